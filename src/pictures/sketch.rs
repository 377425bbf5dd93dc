//! From recordings to pictures, in one pass: what a recording is tells its columns.

use super::about::About;
use super::connectivity::Connections;
use super::histogram::{self, Counted};
use super::raster::Raster;
use super::rates::Recorded;
use super::subject::{Form, Subject};
use super::traces::Traces;
use super::weights::Weights;
use super::{Kind, Picture};
use crate::output::{Columns, Table};

/// A recording on the way to pictures; its table comes whole or piece after piece, each with the same columns.
#[derive(Clone, Debug)]
pub struct Sketch {
    subject: Subject,
    draft: Option<Draft>,
}

/// By what it is of.
#[derive(Clone, Debug)]
enum Draft {
    Spikes(Raster),
    Rate(Recorded),
    Traces(Traces),
    Weights(Box<Weights>),
    /// One row for each element.
    Values(Vec<Variable>),
    /// Synapses with their variables.
    Synapses(Connections, Vec<Variable>),
    /// Nothing that could be drawn.
    Nothing,
}

/// Values of a column, counted: its name, its unit.
type Variable = (String, String, Counted);

impl Sketch {
    /// Of the recording that is called `name` in the results.
    #[must_use]
    pub fn new(name: &str, about: &About) -> Self {
        Self { subject: Subject::new(name, about), draft: None }
    }

    /// The next rows.
    pub fn add(&mut self, table: &Table<'_>) {
        let draft = self.draft.get_or_insert_with(|| begun(&self.subject, table));
        match (draft, table) {
            (Draft::Traces(traces), Table::Samples { times, elements, values, .. }) => {
                let rows = values.chunks_exact(elements.len().max(1));
                times.iter().zip(rows).for_each(|(&t, row)| traces.add(t, row));
            }
            (Draft::Weights(weights), Table::Samples { times, elements, values, .. }) => {
                let rows = values.chunks_exact(elements.len().max(1));
                times.iter().zip(rows).for_each(|(&t, row)| weights.add(t, row));
            }
            (draft, Table::Named { columns }) => add_columns(draft, columns),
            _ => {}
        }
    }

    /// What came of it; nothing where nothing was recorded that could be drawn.
    #[must_use]
    pub fn finish(self) -> Vec<Picture> {
        let subject = self.subject;
        match self.draft {
            None | Some(Draft::Nothing) => Vec::new(),
            Some(Draft::Spikes(raster)) => raster.finish(),
            Some(Draft::Rate(rate)) => rate.finish(),
            Some(Draft::Traces(traces)) => traces.finish(),
            Some(Draft::Weights(weights)) => weights.finish(),
            Some(Draft::Values(variables)) => {
                variables.iter().filter_map(|of| values(&subject, of, variables.len() == 1)).collect()
            }
            Some(Draft::Synapses(connections, variables)) => {
                let of = |(variable, unit, counted): &Variable| {
                    let (name, title) =
                        (format!("{}.{variable}", subject.file), format!("{variable} of {}", subject.group));
                    histogram::picture(Kind::Weights, &name, (variable, unit), (title, subject.element), counted)
                };
                // When each was updated last says nothing of a network.
                let variables = variables.iter().filter(|(variable, _, _)| variable != "lastupdate");
                let variables: Vec<Picture> = variables.filter_map(of).collect();
                connections.finish().into_iter().chain(variables).collect()
            }
        }
    }

    /// Whether it is a rate that was recorded and has more than one bin.
    fn is_rate(&self) -> bool {
        matches!(&self.draft, Some(Draft::Rate(rate)) if rate.is_drawn())
    }

    /// Whether another's recording has the rate of all these spikes.
    fn is_told_by(&self, rate: &(String, f64)) -> bool {
        let (group, since) = rate;
        self.subject.what == "spikes" && self.subject.group == *group && *since <= self.subject.since.unwrap_or(0.0)
    }
}

/// How the values of a column are distributed, which has a row for each element.
fn values(subject: &Subject, (variable, unit, counted): &Variable, alone: bool) -> Option<Picture> {
    let kind = if subject.element == "synapse" { Kind::Weights } else { Kind::Histograms };
    let (group, what) = (&subject.group, &subject.what);
    let (label, title) = match subject.form {
        Form::Counts => {
            (subject.happened().to_owned(), format!("{} of each {} of {group}", subject.happenings(), subject.element))
        }
        Form::Mean => (format!("mean of {what}"), format!("Mean over time of {group}.{what}")),
        Form::Variance => (format!("variance of {what}"), format!("Variance over time of {group}.{what}")),
        Form::Course | Form::AtEnd => (variable.clone(), format!("{variable} of {group} at the end")),
    };
    let name = if alone { subject.file.clone() } else { format!("{}.{variable}", subject.file) };
    histogram::picture(kind, &name, (&label, unit), (title, subject.element), counted)
}

/// What a table's columns say that it is.
fn begun(subject: &Subject, table: &Table<'_>) -> Draft {
    let of = || subject.clone();
    match table {
        Table::Samples { elements, name: variable, unit, .. } if subject.element == "synapse" => {
            Draft::Weights(Box::new(Weights::new(of(), variable, unit, elements)))
        }
        Table::Samples { elements, name: variable, unit, .. } => {
            Draft::Traces(Traces::new(of(), variable, unit, elements))
        }
        Table::Named { columns } => {
            let names: Vec<&str> = columns.iter().map(|(name, _, _)| name.as_str()).collect();
            match names.as_slice() {
                ["step", "t", "i", ..] => Draft::Spikes(Raster::new(of())),
                ["t", "rate"] => Draft::Rate(Recorded::new(of())),
                ["i", "j", ..] => Draft::Synapses(Connections::new(&subject.group, (0, 0)), counted(&columns[2..])),
                ["i", _, ..] => Draft::Values(counted(&columns[1..])),
                _ => Draft::Nothing,
            }
        }
    }
}

fn add_columns(draft: &mut Draft, columns: &[(String, String, Columns<'_>)]) {
    let column = |place: usize| columns.get(place).map(|(_, _, values)| values);
    match draft {
        Draft::Spikes(raster) => {
            if let (Some(Columns::Long(steps)), Some(Columns::Real(times)), Some(Columns::Index(neurons))) =
                (column(0), column(1), column(2))
            {
                let spikes = steps.iter().zip(times.iter()).zip(neurons.iter());
                spikes.for_each(|((&step, &t), &neuron)| raster.add(step, t, neuron));
            }
        }
        Draft::Rate(rate) => {
            if let (Some(Columns::Real(times)), Some(Columns::Real(rates))) = (column(0), column(1)) {
                times.iter().zip(rates.iter()).for_each(|(&t, &value)| rate.add(t, value));
            }
        }
        Draft::Values(variables) => count(variables, &columns[1..]),
        Draft::Synapses(connections, variables) => {
            if let (Some(Columns::Index(sources)), Some(Columns::Index(targets))) = (column(0), column(1)) {
                sources.iter().zip(targets.iter()).for_each(|(&source, &target)| connections.add(source, target));
            }
            count(variables, &columns[2..]);
        }
        Draft::Traces(_) | Draft::Weights(_) | Draft::Nothing => {}
    }
}

/// Columns that are counted, nothing in them yet.
fn counted(columns: &[(String, String, Columns<'_>)]) -> Vec<Variable> {
    columns.iter().map(|(name, unit, _)| (name.clone(), unit.clone(), Counted::default())).collect()
}

fn count(variables: &mut [Variable], columns: &[(String, String, Columns<'_>)]) {
    for ((_, _, counted), (_, _, values)) in variables.iter_mut().zip(columns) {
        match values {
            Columns::Real(values) => counted.add(values.iter().copied()),
            Columns::Long(values) => counted.add(values.iter().map(|value| *value as f64)),
            Columns::Index(values) => counted.add(values.iter().map(|value| f64::from(*value))),
            Columns::Truth(values) => counted.add(values.iter().map(|value| f64::from(u8::from(*value)))),
            Columns::Seed(values) => counted.add(values.iter().map(|value| *value as f64)),
        }
    }
}

/// The pictures of all recordings and others, in the order of a report: by kind, then as they were recorded. Of a group
/// whose rate is recorded over the same time, the rate is not counted from its spikes once more; no picture is there twice.
#[must_use]
pub fn all(sketches: impl IntoIterator<Item = Sketch>, others: Vec<Picture>) -> Vec<Picture> {
    let sketches: Vec<Sketch> = sketches.into_iter().collect();
    let rates = sketches.iter().filter(|sketch| sketch.is_rate());
    let rates: Vec<(String, f64)> =
        rates.map(|sketch| (sketch.subject.group.clone(), sketch.subject.since.unwrap_or(0.0))).collect();
    let mut pictures: Vec<Picture> = Vec::new();
    for sketch in sketches {
        let told = rates.iter().any(|rate| sketch.is_told_by(rate));
        pictures.extend(sketch.finish().into_iter().filter(|picture| !told || picture.kind != Kind::Rates));
    }
    // What others are of they know better than a table: connections, which parts of a population they join.
    let others_have = |picture: &Picture| others.iter().any(|other| other.name == picture.name);
    pictures.retain(|picture| !others_have(picture));
    pictures.extend(others);
    pictures.sort_by_key(|picture| picture.kind);
    pictures
}
