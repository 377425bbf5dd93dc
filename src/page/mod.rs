//! The report: one page that shows a run and says how to repeat it.
//!
//! In: a model, the summary of its run, pictures of what it recorded. Out: HTML that needs nothing else, no network and
//! no other file: the plotting library is in it, and its own security policy forbids it to fetch anything. Every name
//! and text of the model is escaped, since `maud` writes nothing that is not.

mod equations;
mod math;
pub(crate) mod repeat;
mod sweep;

use crate::Model;
use crate::output::{Summary, pace};
use crate::pictures::{Kind, Picture, height, plotly};
use crate::report;
use crate::sources::Sources;
use crate::units::{self, Dimension};
use equations::Typesetter;
use grammar::Diagnostic;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::io::{self, Write};

pub use sweep::{Measured, Point, SweepPage};

/// Plotly.js, packed; `build.rs` makes it.
const LIBRARY: &str = include_str!(concat!(env!("OUT_DIR"), "/plotly.js.gz.base64"));
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// What browsers may do with the page: run what is in it, and fetch nothing.
const POLICY: &str =
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:";

/// What a page is made of.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// What ran.
    pub model: &'a Model,
    /// What came of it.
    pub summary: &'a Summary,
    /// In their order.
    pub pictures: &'a [Picture],
}

impl Page<'_> {
    /// Writes the page.
    ///
    /// # Errors
    /// What writing fails with.
    pub fn write(&self, out: impl Write) -> io::Result<()> {
        document((&self.summary.model, self.summary.rheobase), &self.body(), self.pictures, out)
    }

    fn body(&self) -> Markup {
        let summary = self.summary;
        html! {
            header {
                h1 { (summary.model) }
                p.soft {
                    (seconds(summary.biological_s)) " of model time in " (wall(summary.run_s)) " of this machine's; dt "
                    (seconds(summary.dt)) ", seed " (summary.seed)
                }
                nav {
                    @if !self.model.warnings().is_empty() { a href="#warnings" { "Warnings" } }
                    @for kind in Kind::ALL.iter().filter(|kind| self.shows(**kind)) {
                        a href={ "#" (kind.name()) } { (heading(*kind)) }
                    }
                    a href="#equations" { "Equations" }
                    a href="#integrators" { "Integrators" }
                    a href="#timings" { "Timings" }
                    a href="#repeat" { "To repeat it" }
                }
            }
            main {
                @if let Some(reason) = &summary.stopped {
                    div.stopped { strong { "It did not run to its end: " } (reason) }
                }
                (self.populations())
                (warnings(self.model.sources(), self.model.warnings()))
                (self.plots())
                h2 id="equations" { "Equations" }
                (Typesetter { sources: self.model.sources(), given: &self.model.options().set }.model(self.model.tree()))
                (self.integrators())
                (self.timings())
                (repeat::section(self))
                (footer(summary.rheobase))
            }
        }
    }

    fn shows(&self, kind: Kind) -> bool {
        self.pictures.iter().any(|picture| picture.kind == kind)
    }

    fn populations(&self) -> Markup {
        let summary = self.summary;
        html! {
            div.table {
                table {
                    tr { th { "Group" } th.number { "Size" } th.number { "Spikes" } th.number { "Rate" } th.number { "CV of intervals" } }
                    @for (name, population) in &summary.populations {
                        tr {
                            td { (name) }
                            td.number { (units::grouped(population.size.into())) }
                            td.number { @if let Some(spikes) = population.spikes { (units::grouped(spikes)) } }
                            td.number { @if let Some(rate) = population.rate_hz { (format!("{rate:.2} Hz")) } }
                            td.number { @if let Some(cv) = self.variation(name) { (format!("{cv:.2}")) } }
                        }
                    }
                    @for (name, synapses) in &summary.synapses {
                        tr { td { (name) } td.number { (units::grouped(*synapses)) " synapses" } td {} td {} td {} }
                    }
                }
            }
        }
    }

    fn variation(&self, population: &str) -> Option<f64> {
        let name = format!("{population}.spikes");
        self.summary.spike_trains.iter().find(|(of, _)| *of == name).and_then(|(_, trains)| trains.mean_cv)
    }

    fn plots(&self) -> Markup {
        let of = |kind: Kind| self.pictures.iter().enumerate().filter(move |(_, picture)| picture.kind == kind);
        html! {
            @if !self.model.records() { (self.nothing_recorded()) }
            (waiting(self.pictures))
            @for kind in Kind::ALL.iter().filter(|kind| self.shows(**kind)) {
                h2 id=(kind.name()) { (heading(*kind)) }
                @for (place, picture) in of(*kind) { (figure(place, picture)) }
            }
        }
    }

    fn nothing_recorded(&self) -> Markup {
        html! {
            div.hint {
                p { "This model records nothing. These lines at its end would show something here:" }
                pre { @for line in self.model.recordable() { (line) "\n" } }
            }
        }
    }

    fn integrators(&self) -> Markup {
        let explanation = self.model.explain();
        html! {
            h2 id="integrators" { "Integrators, and why" }
            @if explanation.choices().is_empty() { p { "There are no differential equations." } }
            @for choice in explanation.choices() {
                h3 {
                    (choice.name)
                    @if choice.part != "state" { span.more { ", " (choice.part) " equations" } }
                    ": " (choice.method.name())
                    span.more { (if choice.named { " – named in the model" } else { " – the first that fits" }) }
                }
                @if !choice.refused.is_empty() || !choice.notes.is_empty() {
                    ul {
                        @for (method, reason) in &choice.refused { li { "not " (method.name()) ": " (reason) } }
                        @for note in &choice.notes { li { (note) } }
                    }
                }
            }
        }
    }

    fn timings(&self) -> Markup {
        let summary = self.summary;
        html! {
            h2 id="timings" { "Timings" }
            div.table {
                table {
                    tr { td { "compile" } td.number { (wall(summary.compile_s)) } td.soft { "from text to machine code" } }
                    tr { td { "build" } td.number { (wall(summary.build_s)) } td.soft { "connecting and initial values" } }
                    tr {
                        td { "run" } td.number { (wall(summary.run_s)) }
                        td.soft {
                            (seconds(summary.biological_s)) " of model time, " (summary.engine) ", " (summary.precision) ", " (summary.threads)
                            (if summary.threads == 1 { " thread" } else { " threads" })
                            @if summary.biological_s > 0.0 && summary.run_s > 0.0 {
                                ", " (pace(summary.biological_s / summary.run_s))
                            }
                        }
                    }
                }
            }
            details {
                summary { "Compiling, by stage" }
                table {
                    @for (name, duration) in self.model.timings() {
                        tr { td { (name) } td.number { (format!("{:.3} ms", duration.as_secs_f64() * 1e3)) } }
                    }
                }
            }
        }
    }
}

/// A whole page: what stands in it, its pictures, and what draws them. It is called by a model and the version that made it.
fn document(named: (&str, &str), body: &Markup, pictures: &[Picture], mut out: impl Write) -> io::Result<()> {
    let (model, version) = named;
    let head = html! {
        (DOCTYPE)
        (PreEscaped("<html lang=\"en\">\n"))
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(POLICY);
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="generator" content={ "Rheobase " (version) };
            // An icon of nothing, so that no browser asks for one.
            link rel="icon" href="data:,";
            title { (model) " – Rheobase" }
            style { (PreEscaped(STYLE)) }
        }
        (PreEscaped("\n<body>\n"))
    };
    out.write_all(head.into_string().as_bytes())?;
    out.write_all(body.0.as_bytes())?;
    out.write_all(b"<script type=\"application/json\" id=\"pictures\">")?;
    out.write_all(json(pictures.iter().map(plotly).collect()).as_bytes())?;
    out.write_all(b"</script>\n<script type=\"text/plain\" id=\"library\">")?;
    out.write_all(LIBRARY.as_bytes())?;
    out.write_all(b"</script>\n")?;
    out.write_all(html! { script { (PreEscaped(SCRIPT)) } }.into_string().as_bytes())?;
    out.write_all(b"\n</body>\n</html>\n")
}

/// What is seen until the pictures are drawn.
fn waiting(pictures: &[Picture]) -> Markup {
    html! {
        @if !pictures.is_empty() {
            p id="waiting" { "Drawing …" }
            noscript { p.hint { "The plots are drawn by a script in this page; the browser is told not to run any." } }
        }
    }
}

/// Where a picture is drawn, by its place among all.
fn figure(place: usize, picture: &Picture) -> Markup {
    html! {
        figure {
            h3 { (picture.title) }
            @if !picture.note.is_empty() { figcaption { (picture.note) } }
            // Two panels beside each other need their width: a narrow window scrolls.
            div.plot.pair[picture.panels.len() > 1] id={ "picture-" (place) } style={ "height: " (height(picture)) "px" } {}
        }
    }
}

fn warnings(sources: &Sources, warnings: &[Diagnostic]) -> Markup {
    if warnings.is_empty() {
        return Markup::default();
    }
    html! { h2 id="warnings" { "Warnings" } pre { (report::plain(sources, warnings)) } }
}

fn footer(version: &str) -> Markup {
    html! { footer { "Made by Rheobase " (version) ". Plots by Plotly.js (MIT licence), which this page carries." } }
}

fn heading(kind: Kind) -> &'static str {
    match kind {
        Kind::Raster => "Spikes",
        Kind::Rates => "Rates",
        Kind::Traces => "Traces",
        Kind::Weights => "Weights",
        Kind::Histograms => "Distributions",
        Kind::Connectivity => "Connectivity",
        Kind::Sweep => "Measures",
    }
}

/// JSON that can stand in a script: no `<` of a text can end it.
fn json(pictures: serde_json::Value) -> String {
    pictures.to_string().replace('<', "\\u003c")
}

/// A time of the model.
fn seconds(time: f64) -> String {
    units::quantity(time, Dimension::SECOND).replace(" us", " µs")
}

/// A time of the machine.
fn wall(seconds: f64) -> String {
    if seconds < 1.0 { format!("{:.1} ms", seconds * 1e3) } else { format!("{seconds:.2} s") }
}

#[cfg(test)]
mod tests;
