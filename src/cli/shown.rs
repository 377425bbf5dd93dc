//! What is shown of a run besides its numbers: the report page in the results folder, and pictures in the terminal.
//!
//! In: what was asked for, and a simulation that is over. Out: pictures, made in one pass through what was recorded, wherever
//! that lies; a page of them; some of them in characters.

use super::Failed;
use super::args::Showing;
use super::terminal::{complain, say};
use rheobase::output::Summary;
use rheobase::pictures::{self, About, Kind, Picture, Sketch};
use rheobase::{Error, Simulation};
use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

/// The report in a results folder.
const REPORT: &str = "report.html";

/// Pictures in a terminal are no wider than this, however wide it is: longer lines are not read [columns].
const WIDEST: usize = 120;

/// As wide as pictures are where no terminal says its width [columns].
const USUAL_WIDTH: usize = 80;

/// What a terminal shows, and what where there is none of it.
const GLANCE: [Kind; 4] = [Kind::Raster, Kind::Rates, Kind::Traces, Kind::Sweep];
const OTHERWISE: [Kind; 2] = [Kind::Weights, Kind::Histograms];

/// Which of them are made.
pub(super) struct Shown {
    page: bool,
    in_terminal: bool,
    open: bool,
}

impl Shown {
    /// As asked for; `written` says whether there is a results folder.
    pub(super) fn of(asked: Showing, written: bool) -> Self {
        let Showing { no_report, open, plot, quiet } = asked;
        let page = written && !quiet && !no_report;
        Self { page, in_terminal: !quiet && (plot || io::stdout().is_terminal()), open: page && open }
    }

    /// Whether pictures are made of anything.
    pub(super) fn draws(&self) -> bool {
        self.page || self.in_terminal
    }

    /// Everything recorded, as pictures, and for the page the synapses too.
    ///
    /// # Errors
    /// `Error::File` where recordings cannot be read back.
    pub(super) fn pictures(&self, simulation: &mut Simulation, summary: &Summary) -> Result<Vec<Picture>, Error> {
        if !self.draws() {
            return Ok(Vec::new());
        }
        let about = About { origins: simulation.origins(), ..About::of(summary) };
        let mut sketches: Vec<(String, Sketch)> = Vec::new();
        let read = simulation.read_all(&mut |name, table| {
            if sketches.last().is_none_or(|(last, _)| last != name) {
                sketches.push((name.to_owned(), Sketch::new(name, &about)));
            }
            sketches.iter_mut().last().into_iter().for_each(|(_, sketch)| sketch.add(table));
        });
        match read {
            // Of a run that writes nothing, what does not fit into memory is not kept.
            Ok(()) | Err(Error::Discarded { .. }) => {}
            Err(error) => return Err(error),
        }
        let connections = if self.page { simulation.connections() } else { Vec::new() };
        Ok(pictures::all(sketches.into_iter().map(|(_, sketch)| sketch), connections))
    }

    /// Has the page written into a folder, if there is to be one.
    pub(super) fn write_page(
        &self,
        folder: &Path,
        page: impl FnOnce(&mut io::BufWriter<File>) -> io::Result<()>,
    ) -> io::Result<()> {
        if !self.page {
            return Ok(());
        }
        let path = folder.join(REPORT);
        let written = File::create(&path).and_then(|file| {
            let mut out = io::BufWriter::with_capacity(1 << 16, file);
            page(&mut out)?;
            out.flush()
        });
        // Half a page is none.
        written.inspect_err(|_| drop(std::fs::remove_file(&path)))
    }

    /// Spikes, rates and traces, or a measure of a sweep, in characters, as wide as the terminal.
    pub(super) fn in_terminal(&self, pictures: &[Picture]) -> Result<(), Failed> {
        if !self.in_terminal {
            return Ok(());
        }
        let terminal = terminal_size::terminal_size().map_or(USUAL_WIDTH, |(width, _)| usize::from(width.0));
        let width = terminal.min(WIDEST);
        // One of each is a glance; the report has all.
        let first = |kind: &Kind| {
            let of_kind = pictures.iter().filter(|picture| picture.kind == *kind);
            of_kind.filter_map(|picture| pictures::characters(picture, width)).next()
        };
        let mut texts: Vec<String> = GLANCE.iter().filter_map(first).collect();
        if texts.is_empty() {
            texts.extend(OTHERWISE.iter().find_map(first));
        }
        texts.iter().try_for_each(|text| say(&format!("\n{}", text.trim_end())))?;
        if texts.is_empty() { Ok(()) } else { say("") }
    }

    /// The report in the browser, where that was asked for; a machine without one is no reason to fail, since the report is there.
    pub(super) fn open(&self, folder: &Path) {
        if !self.open {
            return;
        }
        let report = folder.join(REPORT);
        let path = std::path::absolute(&report).unwrap_or(report);
        if let Err(reason) = open::that_detached(&path) {
            complain(&format!("no browser could be started ({reason}); the report is {}", path.display()));
        }
    }
}
