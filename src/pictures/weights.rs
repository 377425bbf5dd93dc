//! Weights over time: values of synapses as lines where they are few; where they are many, how they are distributed, with their mean,
//! and the first distribution beside the last.

use super::fold::{Grid, Means, Ruler};
use super::histogram::{self, Counted};
use super::raster::group;
use super::scale::Scale;
use super::traces::Traces;
use super::{Axis, Kind, Mark, PALETTE, Panel, Picture};

/// Columns and rows in which values are counted.
const CELLS: (usize, usize) = (512, 128);

/// Synapses whose values are counted in every sample, at most: more would not change the picture.
const MOST_COUNTED: usize = 4096;

/// Samples of synapses on the way to pictures.
#[derive(Clone, Debug)]
pub(super) struct Weights {
    name: String,
    variable: String,
    unit: String,
    lines: Option<Traces>,
    grid: Option<Grid>,
    means: Means,
    samples: usize,
    times: [f64; 2],
    first: Counted,
    last: Vec<f64>,
    synapses: usize,
}

impl Weights {
    pub(super) fn new(name: &str, variable: &str, unit: &str, elements: &[u32]) -> Self {
        let few = elements.len() <= PALETTE.len();
        Self {
            name: name.to_owned(),
            variable: variable.to_owned(),
            unit: unit.to_owned(),
            lines: few.then(|| Traces::new(name, variable, unit, elements)),
            grid: None,
            means: Means::new(1, CELLS.0),
            samples: 0,
            times: [0.0; 2],
            first: Counted::default(),
            last: Vec::new(),
            synapses: elements.len(),
        }
    }

    /// One sample of all synapses recorded.
    pub(super) fn add(&mut self, t: f64, sampled: &[f64]) {
        if let Some(lines) = &mut self.lines {
            lines.add(t, sampled);
            return;
        }
        if let Some(time) = self.times.get_mut(self.samples) {
            *time = t;
        }
        if self.samples == 0 {
            self.first.add(sampled.iter().copied());
        }
        self.last.clear();
        self.last.extend_from_slice(sampled);
        self.means.add(t, &[sampled.iter().sum::<f64>() / sampled.len().max(1) as f64]);
        let (low, high) = self.first.range().unwrap_or((0.0, 1.0));
        let air = (high - low) * 1e-9;
        let made = || Grid::new(Ruler::of_indices(0, CELLS.0), Ruler::new(low, high + air, CELLS.1));
        let grid = self.grid.get_or_insert_with(made);
        let apart = sampled.len().div_ceil(MOST_COUNTED).max(1);
        sampled.iter().step_by(apart).for_each(|&value| grid.add(self.samples as f64, value));
        self.samples += 1;
    }

    pub(super) fn finish(mut self) -> Vec<Picture> {
        if let Some(lines) = self.lines.take() {
            let made = lines.finish().into_iter();
            return made.map(|picture| Picture { kind: Kind::Weights, ..picture }).collect();
        }
        let mut last = Counted::default();
        last.add(self.last.iter().copied());
        let Some(course) = self.course() else { return Vec::new() };
        let ends = [("at the end".to_owned(), &last), ("at the start".to_owned(), &self.first)];
        let ends = if self.samples > 1 { &ends[..] } else { &ends[..1] };
        let panel = histogram::panel(&self.variable, &self.unit, ends, "synapses");
        let title = format!("{} of {}: first and last", self.variable, group(&self.name));
        let (name, note) = (format!("{}.ends", self.name), format!("{} synapses", self.synapses));
        let ends = panel.map(|panel| Picture { kind: Kind::Weights, name, title, note, panels: vec![panel] });
        if self.samples > 1 { std::iter::once(course).chain(ends).collect() } else { ends.into_iter().collect() }
    }

    /// How many synapses have which value when.
    fn course(&self) -> Option<Picture> {
        let grid = self.grid.as_ref()?;
        let every = self.times[1] - self.times[0];
        let end = self.times[0] + every * self.samples as f64;
        let time = Scale::of_time(end);
        let largest = grid.y.start.abs().max((grid.y.start + grid.y.width * grid.y.bins as f64).abs());
        let value = Scale::of(&self.unit, largest);
        let columns = ((self.samples as f64 / grid.x.width).ceil() as usize).clamp(1, grid.x.bins);
        let used = |row: &usize| grid.counts[row * grid.x.bins..][..columns].iter().any(|count| *count > 0.0);
        let (low, high) = ((0..grid.y.bins).find(used)?, (0..grid.y.bins).rfind(used)?);
        let row = |row: usize| &grid.counts[row * grid.x.bins..][..columns];
        let values = (low..=high).flat_map(|number| row(number).iter().map(|count| *count as f32)).collect();
        let start = grid.y.start + low as f64 * grid.y.width;
        let step = grid.x.width * every * time.factor;
        let density = Mark::Density {
            x: (self.times[0] * time.factor, step),
            y: (start * value.factor, grid.y.width * value.factor),
            columns,
            values,
            label: "synapses".to_owned(),
            counts: true,
        };
        let mean = Mark::Line {
            name: "mean".to_owned(),
            x: self.means.times.iter().map(|t| t * time.factor).collect(),
            y: self.means.means().iter().map(|mean| mean * value.factor).collect(),
            colour: 1,
            faint: false,
        };
        let top = start + (high - low + 1) as f64 * grid.y.width;
        let x = Axis::of_time(&time, self.times[0], end);
        let y = Axis::exactly(value.label(&self.variable), start * value.factor, top * value.factor);
        let title = format!("{} of {} over time", self.variable, group(&self.name));
        let note = format!("how {} synapses are distributed, and their mean", self.synapses);
        let panels = vec![Panel { x, y, marks: vec![density, mean] }];
        Some(Picture { kind: Kind::Weights, name: self.name.clone(), title, note, panels })
    }
}
