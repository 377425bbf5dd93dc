//! From recordings to pictures, in one pass: what a recording is tells its columns.

use super::about::About;
use super::connectivity::Connections;
use super::histogram::{self, Counted};
use super::raster::{Raster, group};
use super::rates::Recorded;
use super::traces::Traces;
use super::weights::Weights;
use super::{Kind, Picture};
use crate::output::{Columns, Table};

/// A recording on the way to pictures; its table comes whole or piece after piece, each with the same columns.
#[derive(Clone, Debug)]
pub struct Sketch {
    name: String,
    about: About,
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
        Self { name: name.to_owned(), about: about.clone(), draft: None }
    }

    /// The next rows.
    pub fn add(&mut self, table: &Table<'_>) {
        let draft = self.draft.get_or_insert_with(|| begun(&self.name, &self.about, table));
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
        let projection = self.about.is_projection(group(&self.name));
        let kind = if projection { Kind::Weights } else { Kind::Histograms };
        match self.draft {
            None | Some(Draft::Nothing) => Vec::new(),
            Some(Draft::Spikes(raster)) => raster.finish(),
            Some(Draft::Rate(rate)) => rate.finish(),
            Some(Draft::Traces(traces)) => traces.finish(),
            Some(Draft::Weights(weights)) => weights.finish(),
            Some(Draft::Values(variables)) => {
                let of = |(variable, unit, counted): &Variable| {
                    let title = format!("{variable} of {} at the end", group(&self.name));
                    let name =
                        if variables.len() == 1 { self.name.clone() } else { format!("{}.{variable}", self.name) };
                    histogram::picture(kind, &name, (variable, unit), title, counted)
                };
                variables.iter().filter_map(of).collect()
            }
            Some(Draft::Synapses(connections, variables)) => {
                let of = |(variable, unit, counted): &Variable| {
                    let group = group(&self.name);
                    let (name, title) = (format!("{}.{variable}", self.name), format!("{variable} of {group}"));
                    histogram::picture(Kind::Weights, &name, (variable, unit), title, counted)
                };
                // When each was updated last says nothing of a network.
                let variables = variables.iter().filter(|(variable, _, _)| variable != "lastupdate");
                let variables: Vec<Picture> = variables.filter_map(of).collect();
                connections.finish().into_iter().chain(variables).collect()
            }
        }
    }
}

/// What a table's columns say that it is.
fn begun(name: &str, about: &About, table: &Table<'_>) -> Draft {
    match table {
        Table::Samples { elements, name: variable, unit, .. } if about.is_projection(group(name)) => {
            Draft::Weights(Box::new(Weights::new(name, variable, unit, elements)))
        }
        Table::Samples { elements, name: variable, unit, .. } => {
            Draft::Traces(Traces::new(name, variable, unit, elements))
        }
        Table::Named { columns } => {
            let names: Vec<&str> = columns.iter().map(|(name, _, _)| name.as_str()).collect();
            match names.as_slice() {
                ["step", "t", "i", ..] => Draft::Spikes(Raster::new(name, about)),
                ["t", "rate"] => Draft::Rate(Recorded::new(name, about)),
                ["i", "j", ..] => Draft::Synapses(Connections::new(group(name), (0, 0)), counted(&columns[2..])),
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
        }
    }
}

/// The pictures of all recordings and others, in the order of a report: by kind, then as they were recorded. Of a group
/// whose rate is recorded, the rate is not counted from its spikes once more; no picture is there twice.
#[must_use]
pub fn all(sketches: impl IntoIterator<Item = Sketch>, others: Vec<Picture>) -> Vec<Picture> {
    let mut pictures: Vec<Picture> = sketches.into_iter().flat_map(Sketch::finish).collect();
    let drawn: Vec<String> = pictures.iter().map(|picture| picture.name.clone()).collect();
    pictures.extend(others.into_iter().filter(|other| !drawn.contains(&other.name)));
    let rate = |picture: &&Picture| picture.kind == Kind::Rates && picture.name.contains(".population_rate");
    let recorded: Vec<String> = pictures.iter().filter(rate).map(|picture| group(&picture.name).to_owned()).collect();
    let counted = |picture: &Picture| picture.kind == Kind::Rates && picture.name.ends_with(".spikes.rate");
    pictures.retain(|picture| !(counted(picture) && recorded.iter().any(|name| name == group(&picture.name))));
    pictures.sort_by_key(|picture| picture.kind);
    pictures
}
