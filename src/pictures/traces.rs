//! Traces: values of some elements over time, as lines or, where elements are many, as a map of time and element.
//!
//! A line is drawn through the least and the largest value of every stretch of time, so that a spike of one sample is
//! seen in a trace of millions. A map shows means.

use super::fold::{Extremes, Means};
use super::histogram;
use super::scale::Scale;
use super::subject::{Subject, shown};
use super::{Axis, Kind, Mark, PALETTE, Panel, Picture};

/// Elements that are drawn as lines: as many as there are colours.
const MOST_LINES: usize = PALETTE.len();

/// Lines shown beside a map.
const LINES_BESIDE_A_MAP: usize = 4;

/// Stretches of all lines together; each is two points at most.
const MOST_STRETCHES: usize = 8_000;

/// Rows of a map that each have their number beside them.
const MOST_NAMED: usize = 30;

/// Columns and rows of a map.
const CELLS: (usize, usize) = (800, 200);

/// Samples on the way to pictures.
#[derive(Clone, Debug)]
pub(super) struct Traces {
    subject: Subject,
    variable: String,
    unit: String,
    elements: Vec<u32>,
    lines: Vec<Extremes>,
    map: Option<(usize, Means)>,
    row: Vec<f64>,
    span: (f64, f64),
    values: (f64, f64),
}

impl Traces {
    /// Of these elements; `variable` is measured in `unit`.
    pub(super) fn new(subject: Subject, variable: &str, unit: &str, elements: &[u32]) -> Self {
        let many = elements.len() > MOST_LINES;
        let lines = if many { LINES_BESIDE_A_MAP } else { elements.len() };
        let together = elements.len().div_ceil(CELLS.1).max(1);
        let rows = elements.len().div_ceil(together);
        Self {
            subject,
            variable: variable.to_owned(),
            unit: unit.to_owned(),
            elements: elements.to_vec(),
            lines: vec![Extremes::new((MOST_STRETCHES / lines.max(1)).min(2_000)); lines],
            map: many.then(|| (together, Means::new(rows, CELLS.0))),
            row: Vec::new(),
            span: (f64::INFINITY, f64::NEG_INFINITY),
            values: (f64::INFINITY, f64::NEG_INFINITY),
        }
    }

    /// One sample of all elements.
    pub(super) fn add(&mut self, t: f64, sampled: &[f64]) {
        self.span = (self.span.0.min(t), self.span.1.max(t));
        for (line, &value) in self.lines.iter_mut().zip(sampled) {
            line.add(t, value);
            if value.is_finite() {
                self.values = (self.values.0.min(value), self.values.1.max(value));
            }
        }
        if let Some((together, means)) = &mut self.map {
            let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
            self.row.clear();
            self.row.extend(sampled.chunks(*together).map(mean));
            means.add(t, &self.row);
        }
    }

    pub(super) fn finish(self) -> Vec<Picture> {
        if self.span.0 > self.span.1 || self.elements.is_empty() {
            return Vec::new();
        }
        let mut pictures = vec![self.lines()];
        pictures.extend(self.map());
        pictures
    }

    /// From when to when [s]: of the whole recording, however far apart its samples are.
    fn extent(&self) -> (f64, f64) {
        (self.subject.start(self.span.0), self.span.1.max(self.subject.end))
    }

    /// `neurons`, as so many are called.
    fn elements(&self) -> String {
        let count = self.elements.len();
        format!("{count} {}{}", self.subject.element, if count == 1 { "" } else { "s" })
    }

    fn lines(&self) -> Picture {
        let (start, end) = self.extent();
        let time = Scale::of_time(end);
        let value = Scale::of(&self.unit, self.values.0.abs().max(self.values.1.abs()));
        let marks = self.lines.iter().zip(&self.elements).enumerate().map(|(place, (line, element))| {
            let (x, y) = line.points();
            let x = x.into_iter().map(|t| t * time.factor).collect();
            let y = y.into_iter().map(|v| v * value.factor).collect();
            let faint = false;
            Mark::Line {
                name: format!("{}[{element}]", self.variable),
                x,
                y,
                colour: place % PALETTE.len(),
                faint,
                dots: false,
            }
        });
        let marks = marks.collect();
        let x = Axis::of_time(&time, start, end);
        let range = (self.values.0 * value.factor, self.values.1 * value.factor);
        let y = Axis::around(value.label(&self.variable), range);
        let drawn = self.lines.len();
        let mut note = String::new();
        if drawn < self.elements.len() {
            note = format!("the first {drawn} of {}", self.elements());
        }
        if let Some(length) = self.lines.iter().map(Extremes::length).max().filter(|length| *length > 1) {
            let separator = if note.is_empty() { "" } else { "; " };
            note = format!("{note}{separator}least and largest of every {length} samples");
        }
        // One line has no legend to say of whom it is.
        let of = match self.elements.as_slice() {
            [one] if !self.subject.single => format!("{}[{one}]", self.variable),
            _ => self.variable.clone(),
        };
        if self.values.0 == self.values.1 {
            let separator = if note.is_empty() { "" } else { "; " };
            note = format!("{note}{separator}{} throughout", histogram::quantity(self.values.0, &self.unit));
        }
        let title = self.subject.titled(&format!("{of} of {}", self.subject.group));
        let name = self.subject.file.clone();
        Picture { kind: Kind::Traces, name, title, note, panels: vec![Panel { x, y, marks }] }
    }

    fn map(&self) -> Option<Picture> {
        let (together, means) = self.map.as_ref()?;
        let (start, end) = self.extent();
        let time = Scale::of_time(end);
        let (columns, all) = (means.times.len(), means.means());
        let rows = all.len() / columns.max(1);
        let largest = all.iter().filter(|value| value.is_finite()).fold(0.0, |most: f64, value| most.max(value.abs()));
        let value = Scale::of(&self.unit, largest);
        let cell = |row: usize, column: usize| (all[column * rows + row] * value.factor) as f32;
        let values = (0..rows).flat_map(|row| (0..columns).map(move |column| cell(row, column))).collect();
        let width = match means.times.as_slice() {
            [first, second, ..] => second - first,
            _ => self.span.1.max(1e-9),
        };
        // Elements that follow each other keep their numbers; others are counted.
        let follow = self.elements.windows(2).all(|pair| pair[1] == pair[0] + 1);
        let first = if follow { self.elements[0] } else { 0 };
        let label = if follow {
            self.subject.element.to_owned()
        } else {
            format!("place among the {}s recorded", self.subject.element)
        };
        let low = f64::from(first) - 0.5;
        let high = low + (rows * together) as f64;
        let mut y = Axis { whole: true, ..Axis::exactly(label, low, high) };
        if !follow && self.elements.len() <= MOST_NAMED {
            y.label = self.subject.element.to_owned();
            y.words = self.elements.iter().enumerate().map(|(place, of)| (place as f64, of.to_string())).collect();
        }
        let x = Axis::of_time(&time, start, end.max(self.span.0 + width * columns as f64));
        let label = value.label(&self.variable);
        let columns_at = (self.span.0 * time.factor, width * time.factor);
        let mark = Mark::Density {
            x: columns_at,
            y: (low, *together as f64),
            columns,
            values,
            label,
            counts: false,
            most: None,
        };
        let mut note = self.elements();
        if *together > 1 || means.length() > 1 {
            let elements =
                if *together > 1 { format!("{together} {}s over ", self.subject.element) } else { String::new() };
            note = format!("{note}; means of {elements}{}", shown(width));
        }
        let title = self.subject.titled(&format!("{} of all of {}", self.variable, self.subject.group));
        let name = format!("{}.all", self.subject.file);
        Some(Picture { kind: Kind::Traces, name, title, note, panels: vec![Panel { x, y, marks: vec![mark] }] })
    }
}
