//! What was recorded, as pictures: values that the report page, SVG and PNG files and the terminal all draw.
//!
//! In: recordings as tables, in one piece or piece after piece, and what the summary says of the model. Out: pictures
//! with titles, axes in readable units, and marks. Holds throughout: a picture is no larger for 400,000 neurons than
//! for 10,000 (points become densities, long traces the least and the largest value of each stretch); making one takes
//! one pass and bounded memory.
//!
//! ```text
//! Table ─► Sketch (one pass) ─► Picture ─┬─► plotly (the page)
//!                                        ├─► draw (SVG, PNG)
//!                                        └─► characters (terminal)
//! ```
//!
//! ```
//! use rheobase::Simulation;
//! use rheobase::pictures::{About, Kind, Sketch, svg};
//!
//! let mut simulation = Simulation::from_source("
//!     neurons P[4] {
//!         dv/dt = (1.2 + 0.1*i - v)/(10*ms) : 1
//!         threshold  v > 1
//!         reset      v = 0
//!     }
//!     record P.spikes
//!     run 100*ms
//! ")?;
//! simulation.run_script(|_| {})?;
//! let mut sketch = Sketch::new("P.spikes", &About::of(&simulation.summary("model", None)));
//! sketch.add(&simulation.table("P.spikes")?);
//! let pictures = sketch.finish();
//! assert_eq!(pictures[0].kind, Kind::Raster);
//! assert!(svg(&pictures[0], (900, 480))?.starts_with("<svg"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod about;
mod axis;
mod characters;
mod connectivity;
mod draw;
mod fold;
mod histogram;
mod maps;
mod plotly;
mod png_file;
mod raster;
mod rates;
mod scale;
mod sketch;
mod subject;
mod sweep;
mod tones;
mod traces;
mod weights;

pub use about::About;
pub use characters::characters;
pub use connectivity::Connections;
pub use draw::{DrawError, svg};
pub(crate) use plotly::height;
pub use plotly::plotly;
pub use png_file::png;
pub(crate) use scale::Scale;
pub use sketch::{Sketch, all};
pub(crate) use sweep::digits;
pub use sweep::{Swept, Varied, swept};

/// What a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Spikes by time and neuron.
    Raster,
    /// Spikes per neuron and second over time.
    Rates,
    /// Values over time.
    Traces,
    /// Values of synapses: their course and how they are distributed.
    Weights,
    /// How values are distributed at the end.
    Histograms,
    /// Who is connected to whom.
    Connectivity,
    /// A measure over what was varied.
    Sweep,
}

impl Kind {
    /// All kinds, in the order of a report.
    pub const ALL: [Self; 7] =
        [Self::Raster, Self::Rates, Self::Traces, Self::Weights, Self::Histograms, Self::Connectivity, Self::Sweep];

    /// As it is asked for.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Raster => "raster",
            Self::Rates => "rates",
            Self::Traces => "traces",
            Self::Weights => "weights",
            Self::Histograms => "histograms",
            Self::Connectivity => "connectivity",
            Self::Sweep => "sweep",
        }
    }
}

/// One picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// What it shows.
    pub kind: Kind,
    /// What it is of, as its file is called: `P.spikes`.
    pub name: String,
    /// What stands above it.
    pub title: String,
    /// What there is to say about how it was made: that points were counted in bins, that of many only some are shown.
    pub note: String,
    /// One or two, side by side.
    pub panels: Vec<Panel>,
}

impl Picture {
    /// What its file is called, without what it ends in: `P.spikes.raster`.
    #[must_use]
    pub fn file_name(&self) -> String {
        let kind = self.kind.name();
        let name = self.name.strip_suffix(".rate").filter(|_| self.kind == Kind::Rates).unwrap_or(&self.name);
        if name.ends_with(kind) { name.to_owned() } else { format!("{name}.{kind}") }
    }
}

/// One pair of axes with what is drawn between them; later marks lie on earlier ones.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// From left to right.
    pub x: Axis,
    /// From bottom to top.
    pub y: Axis,
    /// What is drawn.
    pub marks: Vec<Mark>,
}

/// An axis. Values are already in the unit that its label names.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// With the unit: `time [ms]`.
    pub label: String,
    /// Where it begins.
    pub low: f64,
    /// Where it ends; above `low`.
    pub high: f64,
    /// Words instead of numbers at some places; empty where numbers stand.
    pub words: Vec<(f64, String)>,
    /// Whether its values are whole numbers.
    pub whole: bool,
    /// Whether equal ratios are equally far apart; its values are above 0 then.
    pub log: bool,
}

/// Something drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// Points.
    Points {
        /// Across.
        x: Vec<f64>,
        /// Up; as many.
        y: Vec<f64>,
        /// Which colour of the palette.
        colour: usize,
    },
    /// A line.
    Line {
        /// What the legend calls it; empty for lines that need no name.
        name: String,
        /// Across, ascending.
        x: Vec<f64>,
        /// Up; as many.
        y: Vec<f64>,
        /// Which colour of the palette.
        colour: usize,
        /// Whether it stands behind another that matters more.
        faint: bool,
        /// Whether its values are marked by dots; where one is NaN the line has a gap.
        dots: bool,
    },
    /// Straight lines, each from one point to another.
    Segments {
        /// x and y of the start, x and y of the end.
        ends: Vec<[f64; 4]>,
        /// From 0 to 1.
        opacity: f64,
    },
    /// Bars side by side.
    Bars {
        /// What the legend calls them; empty where there is one set only.
        name: String,
        /// Where the first begins.
        start: f64,
        /// How wide each is.
        width: f64,
        /// How high each is.
        heights: Vec<f64>,
        /// Which colour of the palette.
        colour: usize,
    },
    /// A value for each cell of a grid; NaN where there is nothing.
    Density {
        /// Start and width of the columns.
        x: (f64, f64),
        /// Start and width of the rows.
        y: (f64, f64),
        /// How many cells a row has.
        columns: usize,
        /// Row after row, from the lowest.
        values: Vec<f32>,
        /// What the values are, with their unit: `spikes per neuron and second [Hz]`.
        label: String,
        /// Whether 0 means nothing there: white, on a scale of one colour.
        counts: bool,
        /// What the end of the scale stands for, where some cells have more.
        most: Option<f32>,
    },
    /// A value for each cell of a grid whose cells may differ in width; NaN where there is nothing.
    Cells {
        /// Where columns begin and the last ends, ascending.
        x: Vec<f64>,
        /// The same of rows.
        y: Vec<f64>,
        /// Row after row, from the lowest.
        values: Vec<f32>,
        /// What the ends of the colour scale stand for.
        range: (f32, f32),
        /// What the values are, with their unit.
        label: String,
    },
}

/// Colours that differ for everybody (Okabe & Ito 2008), dark enough for white paper.
pub const PALETTE: [[u8; 3]; 8] = [
    [0, 94, 162],
    [213, 94, 0],
    [0, 138, 100],
    [170, 68, 153],
    [86, 160, 211],
    [196, 140, 0],
    [90, 90, 90],
    [120, 40, 31],
];

#[cfg(test)]
mod tests;
