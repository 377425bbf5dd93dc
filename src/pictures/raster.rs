//! Rasters: spikes or events by time and neuron, as points or, where they are many, counted in cells.
//!
//! Cells are whole numbers of steps wide and of neurons high, so that none has more of them than its neighbour. The
//! same pass counts what a rate needs, for groups whose rate is not recorded.

use super::fold::{Grid, Ruler, Tally};
use super::rates;
use super::scale::Scale;
use super::subject::{Subject, shown};
use super::{Axis, Kind, Mark, Panel, Picture};
use crate::{Rate, units};

/// More points than this lie on each other on a screen, and make a browser slow (12,000 take it 0.5 s).
const MOST_POINTS: usize = 12_000;

/// Columns and rows of cells, even numbers.
const CELLS: (usize, usize) = (1024, 256);

/// Bins of the rate.
const RATE_BINS: usize = 2048;

/// Spikes on the way to a picture.
#[derive(Clone, Debug)]
pub(super) struct Raster {
    subject: Subject,
    /// How long a step is [s], known from the first spike that is not at 0.
    dt: f64,
    points: Vec<(i64, u32)>,
    grid: Option<Grid>,
    /// Spikes by step, from the first step of the recording on.
    steps: Option<Tally>,
    first: f64,
    last: (f64, u32),
    count: u64,
}

impl Raster {
    pub(super) fn new(subject: Subject) -> Self {
        Self {
            subject,
            dt: 0.0,
            points: Vec::new(),
            grid: None,
            steps: None,
            first: f64::INFINITY,
            last: (0.0, 0),
            count: 0,
        }
    }

    /// The first step of the recording, as far as it is known; none of its spikes is earlier.
    fn first_step(&self) -> i64 {
        match self.subject.since {
            Some(since) if self.dt > 0.0 => (since / self.dt).round() as i64,
            _ => 0,
        }
    }

    /// One spike: step, time [s], neuron.
    pub(super) fn add(&mut self, step: i64, t: f64, neuron: u32) {
        if step > 0 && self.dt == 0.0 {
            self.dt = t / step as f64;
        }
        self.count += 1;
        self.first = self.first.min(t);
        self.last = (self.last.0.max(t), self.last.1.max(neuron));
        let first = self.first_step().min(step);
        let steps = self
            .steps
            .get_or_insert_with(|| Tally::new(Ruler { start: first as f64 - 0.5, ..Ruler::of_indices(0, RATE_BINS) }));
        steps.add(step as f64);
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
        let steps = || self.points.iter().map(|(step, _)| *step);
        let first = self.first_step().min(steps().min().unwrap_or(0));
        let count = u32::try_from(steps().max().unwrap_or(0) + 1 - first).unwrap_or(u32::MAX);
        let neurons = self.subject.size.unwrap_or(self.last.1 + 1);
        let rows = CELLS.1.min((neurons as usize).next_multiple_of(2));
        let across = Ruler { start: first as f64 - 0.5, ..Ruler::of_indices(count, CELLS.0) };
        let mut grid = Grid::new(across, Ruler::of_indices(neurons, rows));
        self.points.drain(..).for_each(|(step, neuron)| grid.add(step as f64, f64::from(neuron)));
        self.grid = Some(grid);
    }

    /// The raster, and the rate.
    pub(super) fn finish(mut self) -> Vec<Picture> {
        let subject = self.subject.clone();
        let end = if subject.end > 0.0 { subject.end } else { self.last.0 };
        let start = if self.count > 0 { subject.start(self.first) } else { subject.since.unwrap_or(0.0) };
        // Of what is not known to be a part, all of the run is seen.
        let start = if subject.since.is_some() { start } else { 0.0 };
        let size = subject.size.unwrap_or(0).max(self.last.1 + 1);
        let scale = Scale::of_time(end);
        let x = Axis::of_time(&scale, start, end);
        let y = Axis::of_indices("neuron".to_owned(), 0, size);
        let counted = self.grid.take().map(|grid| self.cells(&grid, size, end, &scale));
        let note = if self.count == 0 { format!("no {}", subject.happened()) } else { String::new() };
        let (marks, note) = counted.unwrap_or_else(|| (vec![self.dots(&scale)], note));
        let title = subject.titled(&format!("{} of {}", subject.happenings(), subject.group));
        let rate = self.steps.as_ref().map(|steps| rates::of_spikes(&subject, &self.rate(steps, size, end), size, end));
        let raster =
            Picture { kind: Kind::Raster, name: subject.file, title, note, panels: vec![Panel { x, y, marks }] };
        [raster].into_iter().chain(rate).collect()
    }

    fn dots(&self, scale: &Scale) -> Mark {
        let time = |step: i64| step as f64 * self.dt * scale.factor;
        let (x, y) = self.points.iter().map(|&(step, neuron)| (time(step), f64::from(neuron))).unzip();
        Mark::Points { x, y, colour: 0 }
    }

    fn cells(&self, grid: &Grid, size: u32, end: f64, scale: &Scale) -> (Vec<Mark>, String) {
        let step = self.dt * scale.factor;
        let columns = (((end / self.dt).round() - grid.x.start) / grid.x.width).ceil() as usize;
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
        let happened = self.subject.happened();
        let mark = Mark::Density { x, y, columns, values, label: happened.to_owned(), counts: true, most: None };
        (vec![mark], format!("{} {happened}, counted in cells of {cell}", units::grouped(self.count)))
    }

    /// Start of each bin [s], spikes per neuron and second in it, and how long a bin is [s].
    fn rate(&self, steps: &Tally, size: u32, end: f64) -> Rate {
        let bin = steps.ruler.width * self.dt;
        let start = (steps.ruler.start + 0.5) * self.dt;
        let all = if bin > 0.0 { ((end - start) / bin - 1e-9).floor().max(1.0) as usize } else { 0 };
        // A last bin that the run ends in is left out: it would look like silence.
        let used = all.min(steps.counts.len());
        let times = (0..used).map(|place| start + place as f64 * bin).collect();
        let rate = |count: &f64| count / f64::from(size) / bin;
        Rate { times, rates: steps.counts[..used].iter().map(rate).collect(), bin }
    }
}
