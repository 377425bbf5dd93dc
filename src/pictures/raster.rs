//! Rasters: spikes or events by time and neuron, as points or, where they are many, counted in cells.
//!
//! Cells are whole numbers of steps wide and of neurons high, so that none has more of them than its neighbour. The
//! same pass counts what a rate needs, for groups whose rate is not recorded.

use super::about::About;
use super::fold::{Grid, Ruler, Tally};
use super::rates;
use super::scale::Scale;
use super::{Axis, Kind, Mark, Panel, Picture};
use crate::units::{self, Dimension};

/// More points than this lie on each other on a screen, and make a browser slow (12,000 take it 0.5 s).
const MOST_POINTS: usize = 12_000;

/// Columns and rows of cells, even numbers.
const CELLS: (usize, usize) = (1024, 256);

/// Bins of the rate.
const RATE_BINS: usize = 2048;

/// Spikes on the way to a picture.
#[derive(Clone, Debug)]
pub(super) struct Raster {
    name: String,
    end: f64,
    size: Option<u32>,
    /// How long a step is [s], known from the first spike that is not at 0.
    dt: f64,
    points: Vec<(i64, u32)>,
    grid: Option<Grid>,
    steps: Tally,
    last: (f64, u32),
    count: u64,
}

impl Raster {
    pub(super) fn new(name: &str, about: &About) -> Self {
        Self {
            name: name.to_owned(),
            end: about.end,
            size: about.size(group(name)),
            dt: 0.0,
            points: Vec::new(),
            grid: None,
            steps: Tally::new(Ruler::of_indices(0, RATE_BINS)),
            last: (0.0, 0),
            count: 0,
        }
    }

    /// One spike: step, time [s], neuron.
    pub(super) fn add(&mut self, step: i64, t: f64, neuron: u32) {
        if step > 0 && self.dt == 0.0 {
            self.dt = t / step as f64;
        }
        self.count += 1;
        self.last = (self.last.0.max(t), self.last.1.max(neuron));
        self.steps.add(step as f64);
        if let Some(grid) = &mut self.grid {
            grid.add(step as f64, f64::from(neuron));
            return;
        }
        self.points.push((step, neuron));
        if self.points.len() > MOST_POINTS {
            self.pour();
        }
    }

    /// From points to cells.
    fn pour(&mut self) {
        let last = self.points.iter().map(|(step, _)| *step).max().unwrap_or(0);
        let steps = u32::try_from(last + 1).unwrap_or(u32::MAX);
        let neurons = self.size.unwrap_or(self.last.1 + 1);
        let rows = CELLS.1.min((neurons as usize).next_multiple_of(2));
        let mut grid = Grid::new(Ruler::of_indices(steps, CELLS.0), Ruler::of_indices(neurons, rows));
        self.points.drain(..).for_each(|(step, neuron)| grid.add(step as f64, f64::from(neuron)));
        self.grid = Some(grid);
    }

    /// The raster, and the rate.
    pub(super) fn finish(mut self) -> Vec<Picture> {
        let (group, what) = self.name.split_once('.').unwrap_or((&self.name, "spikes"));
        let (group, what) = (group.to_owned(), what.to_owned());
        let end = if self.end > 0.0 { self.end } else { self.last.0 };
        let size = self.size.unwrap_or(0).max(self.last.1 + 1);
        let scale = Scale::of_time(end);
        let x = Axis::of_time(&scale, 0.0, end);
        let y = Axis::of_indices("neuron".to_owned(), size);
        let counted = self.grid.take().map(|grid| self.cells(&grid, size, end, &scale));
        let (marks, note) = counted.unwrap_or_else(|| (vec![self.dots(&scale)], String::new()));
        let title = if what == "spikes" { format!("Spikes of {group}") } else { format!("{what} of {group}") };
        let rate = rates::of_spikes(&group, &what, &self.rate(size, end), size, end);
        let name = self.name;
        let raster = Picture { kind: Kind::Raster, name, title, note, panels: vec![Panel { x, y, marks }] };
        if self.count == 0 { vec![raster] } else { vec![raster, rate] }
    }

    fn dots(&self, scale: &Scale) -> Mark {
        let time = |step: i64| step as f64 * self.dt * scale.factor;
        let (x, y) = self.points.iter().map(|&(step, neuron)| (time(step), f64::from(neuron))).unzip();
        Mark::Points { x, y, colour: 0 }
    }

    fn cells(&self, grid: &Grid, size: u32, end: f64, scale: &Scale) -> (Vec<Mark>, String) {
        let step = self.dt * scale.factor;
        let columns = (((end / self.dt).round() + 0.5) / grid.x.width).ceil() as usize;
        let columns = columns.clamp(1, grid.x.bins);
        let rows = ((f64::from(size) / grid.y.width).ceil() as usize).clamp(1, grid.y.bins);
        let row = |row: usize| &grid.counts[row * grid.x.bins..][..columns];
        let values = (0..rows).flat_map(|number| row(number).iter().map(|count| *count as f32)).collect();
        let (wide, high) = (grid.x.width * step, grid.y.width);
        let neurons =
            if high == 1.0 { "1 neuron".to_owned() } else { format!("{} neurons", units::grouped(high as u64)) };
        let cell = format!("{} x {neurons}", shown(wide / scale.factor));
        let x = (grid.x.start * step, wide);
        let y = (grid.y.start, high);
        let mark = Mark::Density { x, y, columns, values, label: "spikes".to_owned(), counts: true };
        (vec![mark], format!("{} spikes, counted in cells of {cell}", units::grouped(self.count)))
    }

    /// Start of each bin [s], spikes per neuron and second in it, and how long a bin is [s].
    fn rate(&self, size: u32, end: f64) -> crate::Rate {
        let bin = self.steps.ruler.width * self.dt;
        let all = if bin > 0.0 { (end / bin - 1e-9).floor().max(1.0) as usize } else { 0 };
        // A last bin that the run ends in is left out: it would look like silence.
        let used = all.min(self.steps.counts.len());
        let times = (0..used).map(|place| place as f64 * bin).collect();
        let rate = |count: &f64| count / f64::from(size) / bin;
        crate::Rate { times, rates: self.steps.counts[..used].iter().map(rate).collect(), bin }
    }
}

/// `P` of `P.spikes`.
pub(super) fn group(name: &str) -> &str {
    name.split_once('.').map_or(name, |(group, _)| group)
}

/// A time [s] of three digits, as people write it: `3.2 ms`.
pub(super) fn shown(seconds: f64) -> String {
    let digits = format!("{seconds:.2e}").parse().unwrap_or(seconds);
    units::quantity(digits, Dimension::SECOND)
}
