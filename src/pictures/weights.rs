//! Weights over time: values of synapses as lines where they are few; where they are many, how they are distributed,
//! with their mean, and the first distribution beside the last.

use super::fold::{Grid, Means, Ruler};
use super::histogram;
use super::scale::Scale;
use super::subject::{Subject, shown};
use super::traces::Traces;
use super::{Axis, Kind, Mark, PALETTE, Panel, Picture};
use crate::units;

/// Columns and rows in which values are counted.
const CELLS: (usize, usize) = (512, 128);

/// Synapses whose values are counted in every sample, at most: more would not change the picture.
const MOST_COUNTED: usize = 4096;

/// Samples of synapses on the way to pictures.
#[derive(Clone, Debug)]
pub(super) struct Weights {
    subject: Subject,
    variable: String,
    unit: String,
    lines: Option<Traces>,
    grid: Option<Grid>,
    means: Means,
    samples: usize,
    times: [f64; 2],
    latest: f64,
    /// The least and the largest of all values.
    range: Option<(f64, f64)>,
    first: Vec<f64>,
    last: Vec<f64>,
    synapses: usize,
}

impl Weights {
    pub(super) fn new(subject: Subject, variable: &str, unit: &str, elements: &[u32]) -> Self {
        let few = elements.len() <= PALETTE.len();
        Self {
            lines: few.then(|| Traces::new(subject.clone(), variable, unit, elements)),
            subject,
            variable: variable.to_owned(),
            unit: unit.to_owned(),
            grid: None,
            means: Means::new(1, CELLS.0),
            samples: 0,
            times: [0.0; 2],
            latest: 0.0,
            range: None,
            first: Vec::new(),
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
        self.latest = t;
        if self.samples == 0 {
            self.first = sampled.to_vec();
        }
        self.last.clear();
        self.last.extend_from_slice(sampled);
        if let Some((low, high)) = histogram::range(sampled.iter().copied()) {
            let (least, most) = self.range.unwrap_or((low, high));
            self.range = Some((least.min(low), most.max(high)));
        }
        self.means.add(t, &[sampled.iter().sum::<f64>() / sampled.len().max(1) as f64]);
        let (low, high) = self.range.unwrap_or((0.0, 0.0));
        // Of values that begin alike nothing says how far apart they will be: rows begin narrow and grow.
        let rows = || Ruler::aligned(low, high, CELLS.1);
        let grid = self.grid.get_or_insert_with(|| Grid::new(Ruler::of_indices(0, CELLS.0), rows()));
        // Also for what is not counted: the largest is rarely among a few.
        grid.reach(low, high);
        let apart = apart(sampled.len());
        sampled.iter().step_by(apart).for_each(|&value| grid.add(self.samples as f64, value));
        self.samples += 1;
    }

    pub(super) fn finish(mut self) -> Vec<Picture> {
        if let Some(lines) = self.lines.take() {
            let made = lines.finish().into_iter();
            return made.map(|picture| Picture { kind: Kind::Weights, ..picture }).collect();
        }
        if let Some((value, most)) = self.range
            && value == most
        {
            return vec![self.throughout(value)];
        }
        let of = (self.variable.as_str(), self.unit.as_str());
        let at = |t: f64| format!("at {}", shown(t));
        let (last, first) = (at(self.latest), at(self.times[0]));
        let panel = histogram::both(of, (&first, &self.first), (&last, &self.last), "synapses");
        let title = self.subject.titled(&format!("{} of {}: first and last", self.variable, self.subject.group));
        let (name, note) =
            (format!("{}.ends", self.subject.file), format!("{} synapses", units::grouped(self.synapses as u64)));
        let ends = panel.map(|panel| Picture { kind: Kind::Weights, name, title, note, panels: vec![panel] });
        self.course().into_iter().chain(ends).collect()
    }

    /// From when to when [s].
    fn extent(&self) -> (f64, f64) {
        let every = if self.samples > 1 { self.times[1] - self.times[0] } else { 1e-3 };
        let end = (self.times[0] + every * self.samples as f64).max(self.subject.end);
        (self.subject.start(self.times[0]), end)
    }

    /// All synapses have one value, which never changes.
    fn throughout(&self, value: f64) -> Picture {
        let (start, end) = self.extent();
        let (time, scale) = (Scale::of_time(end), Scale::of(&self.unit, value.abs()));
        let y = value * scale.factor;
        let (x, name) = (vec![start * time.factor, end * time.factor], String::new());
        let line = Mark::Line { name, x, y: vec![y, y], colour: 0, faint: false, dots: false };
        let axes = (Axis::of_time(&time, start, end), Axis::around(scale.label(&self.variable), (y, y)));
        let title = self.subject.titled(&format!("{} of {} over time", self.variable, self.subject.group));
        let synapses = units::grouped(self.synapses as u64);
        let note = format!("all {synapses} synapses: {} throughout", histogram::quantity(value, &self.unit));
        let panels = vec![Panel { x: axes.0, y: axes.1, marks: vec![line] }];
        Picture { kind: Kind::Weights, name: self.subject.file.clone(), title, note, panels }
    }

    /// How many synapses have which value when.
    fn course(&self) -> Option<Picture> {
        let grid = self.grid.as_ref()?;
        let every = if self.samples > 1 { self.times[1] - self.times[0] } else { 1e-3 };
        let (begin, end) = self.extent();
        let time = Scale::of_time(end);
        let (least, largest) = self.range?;
        let value = Scale::of(&self.unit, least.abs().max(largest.abs()));
        let columns = ((self.samples as f64 / grid.x.width).ceil() as usize).clamp(1, grid.x.bins);
        let (low, high) = (grid.y.place(least)?, grid.y.place(largest)?);
        let row = |row: usize| &grid.counts[row * grid.x.bins..][..columns];
        // As many synapses as there are at a time, however many samples a column holds, and however few synapses were
        // counted.
        let apart = apart(self.synapses);
        let weight = apart as f64 / grid.x.width;
        let values = (low..=high).flat_map(|number| row(number).iter().map(|count| (count * weight) as f32));
        let values: Vec<f32> = values.collect();
        let most = usual(&values);
        let start = grid.y.start + low as f64 * grid.y.width;
        let step = grid.x.width * every * time.factor;
        let density = Mark::Density {
            x: (self.times[0] * time.factor, step),
            y: (start * value.factor, grid.y.width * value.factor),
            columns,
            values,
            label: "synapses".to_owned(),
            counts: true,
            most,
        };
        let mean = Mark::Line {
            name: "mean".to_owned(),
            x: self.means.times.iter().map(|t| t * time.factor).collect(),
            y: self.means.means().iter().map(|mean| mean * value.factor).collect(),
            colour: 1,
            faint: false,
            dots: false,
        };
        let top = start + (high - low + 1) as f64 * grid.y.width;
        let x = Axis::of_time(&time, begin, end);
        let y = Axis::exactly(value.label(&self.variable), start * value.factor, top * value.factor);
        let title = self.subject.titled(&format!("{} of {} over time", self.variable, self.subject.group));
        let sampled = if apart > 1 { format!(" (counted of 1 in {apart})") } else { String::new() };
        let synapses = units::grouped(self.synapses as u64);
        let mut note = format!("how {synapses} synapses{sampled} are distributed, and the mean of all");
        if let Some(most) = most {
            note = format!("{note}; the darkest cells have {} or more", units::grouped(most as u64));
        }
        let panels = vec![Panel { x, y, marks: vec![density, mean] }];
        Some(Picture { kind: Kind::Weights, name: self.subject.file.clone(), title, note, panels })
    }
}

/// What nearly all cells have at most, where some have far more: of weights that begin alike, the first cell has all.
fn usual(values: &[f32]) -> Option<f32> {
    let mut counts: Vec<f32> = values.iter().copied().filter(|count| *count > 0.0).collect();
    counts.sort_by(f32::total_cmp);
    let (usual, most) = (counts.get(counts.len() * 99 / 100)?.ceil(), counts.last()?);
    (*most > 3.0 * usual).then_some(usual)
}

/// Every so many-th synapse is counted.
fn apart(synapses: usize) -> usize {
    synapses.div_ceil(MOST_COUNTED).max(1)
}
