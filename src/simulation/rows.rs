//! Recordings as rows, wherever those are: on disk, in monitors, in the state.
//!
//! In: a simulation between two steps, and which recording. Out: its table, a stretch at a time, the same whatever is on disk.

use super::ends;
use super::options::Precision;
use super::recording::{Kept, Monitor, written};
use super::run::Simulation;
use super::state::{of_neurons, tick_length};
use super::stretches::{self, named, real, variable};
use crate::ir::network::{Group, Object, ProjectionId, Recorded as What};
use crate::ir::plan::ColumnPlan;
use crate::ir::steps;
use crate::output::{Columns, Kind, Origin, Rows, Table};
use runtime::Projection;
use runtime::state::ColumnId;
use std::borrow::Cow;
use std::io;
use std::ops::Range;
use std::path::Path;

/// Synapses whose rows are made at a time.
const STRETCH: u32 = 1 << 14;

/// A recording of a simulation.
pub(super) struct RecordedRows<'a> {
    simulation: &'a Simulation,
    index: usize,
    /// All of it, where it has a row per element; empty for others.
    small: Option<Table<'a>>,
    synapses: Option<SynapseRows<'a>>,
}

impl<'a> RecordedRows<'a> {
    /// `finals` are the values of a recording `at end`.
    pub(super) fn new(simulation: &'a Simulation, index: usize, finals: Option<Vec<f64>>) -> Self {
        let kept = &simulation.kept[index];
        let synapses = match kept.what {
            What::Synapses(id) => Some(SynapseRows::new(simulation, id)),
            _ => None,
        };
        Self { simulation, index, small: small(simulation, kept, finals), synapses }
    }

    fn kept(&self) -> &'a Kept {
        &self.simulation.kept[self.index]
    }

    /// The rows on disk are all there are.
    fn is_on_disk(&self) -> bool {
        let kept = self.kept();
        let plain = kept.smooth.is_none() && kept.grows();
        plain && stretches::rows(&self.simulation.network, kept) == 0
    }
}

impl Rows for RecordedRows<'_> {
    fn heading(&self) -> Table<'_> {
        match (&self.small, &self.synapses) {
            (Some(table), _) => table.emptied(),
            (None, Some(synapses)) => synapses.table(0..0),
            (None, None) => typed(self.kept(), &stretches::heading(self.kept())).emptied(),
        }
    }

    fn rows(&self) -> u64 {
        match (&self.small, &self.synapses) {
            (Some(table), _) => table.rows() as u64,
            (None, Some(synapses)) => synapses.made.rows().len() as u64,
            (None, None) if matches!(self.kept().monitor, Monitor::Rate(_)) => {
                self.simulation.records().bins(self.index) as u64
            }
            (None, None) => {
                let on_disk = self.simulation.records().stream(self.index).map_or(0, |(_, stream)| stream.rows());
                on_disk + stretches::rows(&self.simulation.network, self.kept()) as u64
            }
        }
    }

    fn dt(&self) -> Option<f64> {
        let network = &self.simulation.network;
        match self.kept().monitor {
            Monitor::Spikes(id) => Some(network.spikes(id).dt()),
            Monitor::Rate(id) => Some(network.rate(id).dt()),
            Monitor::Values(id) => Some(network.values(id).dt()),
            Monitor::AtEnd => None,
        }
    }

    fn origin(&self) -> Origin {
        self.kept().origin(self.simulation.t())
    }

    fn are_single(&self) -> bool {
        let of_state = !matches!(self.kept().monitor, Monitor::Rate(_));
        of_state && self.simulation.model.options().precision == Precision::F32
    }

    fn file_of(&self, place: usize, kind: Kind) -> Option<&Path> {
        let (_, stream) = self.simulation.records().stream(self.index)?;
        let (_, _, there, _) = stretches::heading(self.kept()).layout().into_iter().nth(place)?;
        if self.is_on_disk() && there == kind { stream.file_of(place) } else { None }
    }

    fn each(&self, on: &mut dyn FnMut(&Table<'_>) -> io::Result<()>) -> io::Result<()> {
        match (&self.small, &self.synapses) {
            (Some(table), _) => on(table),
            (None, Some(synapses)) => synapses.each(on),
            (None, None) if matches!(self.kept().monitor, Monitor::Rate(_)) => {
                self.simulation.records().each_rate(self.index, &mut |times, rates| {
                    let column = |values| Columns::Real(Cow::Borrowed(values));
                    on(&named([("t", "s", column(times)), ("rate", "Hz", column(rates))]))
                })
            }
            (None, None) => {
                let kept = self.kept();
                self.simulation.records().each_held(self.index, &mut |table| on(&typed(kept, table)))
            }
        }
    }

    fn each_of(&self, place: usize, on: &mut dyn FnMut(&Columns<'_>) -> io::Result<()>) -> io::Result<()> {
        match self.simulation.records().stream(self.index) {
            Some((_, stream)) if self.is_on_disk() && !stream.lacks_some() => {
                let kind = kind_of(self.kept(), place);
                stream.each_of(place, &mut |values| on(&values.of_kind(kind.unwrap_or(values.kind()))))
            }
            _ => self.each(&mut |table| on(&table.column(place))),
        }
    }
}

/// What is written of a column where monitors hold numbers.
fn kind_of(kept: &Kept, place: usize) -> Option<Kind> {
    match &kept.what {
        What::Values(quantity) if place == 1 => Some(written(quantity.kind)),
        What::Spikes(_) | What::Events(..) => kept.with.get(place.checked_sub(3)?).map(|noted| noted.kind),
        _ => None,
    }
}

/// Rows as they are written: whole numbers as such.
fn typed<'a>(kept: &Kept, table: &'a Table<'a>) -> Table<'a> {
    match table {
        Table::Named { columns } => Table::of(columns.iter().enumerate().map(|(place, (name, unit, values))| {
            let kind = kind_of(kept, place).unwrap_or(values.kind());
            (name.clone(), unit.clone(), values.of_kind(kind))
        })),
        Table::Samples { times, elements, name, unit, kind, values } => Table::Samples {
            times: Cow::Borrowed(times),
            elements: Cow::Borrowed(elements),
            name: name.clone(),
            unit: unit.clone(),
            kind: kind_of(kept, 1).unwrap_or(*kind),
            values: Cow::Borrowed(values),
        },
    }
}

/// A recording with a row per element.
fn small<'a>(simulation: &'a Simulation, kept: &'a Kept, finals: Option<Vec<f64>>) -> Option<Table<'a>> {
    let elements = Columns::Index(Cow::Borrowed(&kept.elements[..]));
    match (&kept.what, kept.monitor) {
        (What::AtEnd(quantity), _) => {
            let unit = quantity.dimension.to_string();
            let values = real(finals.unwrap_or_default());
            // Where a function could not tell a value, there is none, which only a number can say.
            let told = matches!(&values, Columns::Real(values) if values.iter().all(|value| value.is_finite()));
            let kind = if told { written(quantity.kind) } else { Kind::Real };
            let values = values.of_kind(kind).into_owned();
            Some(named([("i", "1", elements), (variable(&kept.name), unit.as_str(), values)]))
        }
        (What::Counts(..), Monitor::Spikes(id)) => {
            let counts = simulation.network.spikes(id).counts().unwrap_or_default();
            let counts = Columns::Long(counts.iter().map(|&count| count as i64).collect());
            Some(named([("i", "1", elements), ("count", "1", counts)]))
        }
        (What::Mean(quantity) | What::Variance(quantity), Monitor::Values(id)) => {
            let moments = simulation.network.values(id).moments()?;
            let (name, values) = match moments.variances() {
                Some(variances) => ("variance", variances),
                None => ("mean", moments.means()),
            };
            let unit = quantity.dimension.to_string();
            Some(named([("i", "1", elements), (name, unit.as_str(), real(values))]))
        }
        _ => None,
    }
}

/// The synapses of a projection, by creation: i, j, delay and variables.
struct SynapseRows<'a> {
    simulation: &'a Simulation,
    id: ProjectionId,
    made: &'a Projection,
    /// Numbers of the elements of both ends, where those are no neurons.
    ends: [(Group, Option<Vec<u32>>); 2],
    columns: Vec<(usize, &'a ColumnPlan, Option<Vec<f64>>)>,
}

impl<'a> SynapseRows<'a> {
    fn new(simulation: &'a Simulation, id: ProjectionId) -> Self {
        let (plan, network) = (simulation.model.plan(), &simulation.network);
        let declared = &plan.projections[id.0 as usize];
        let end = |group: Group| (group, ends::creation(plan, network, group));
        let own = plan.columns.iter().enumerate().filter(|(_, column)| {
            column.owner == Object::Projection(id) && !column.shared && !column.name.starts_with('_')
        });
        let columns = own.map(|(number, column)| {
            let kept_by_neurons =
                column.from_neurons.map(|program| of_neurons(&simulation.model, network, id, program));
            (number, column, kept_by_neurons)
        });
        Self {
            simulation,
            id,
            made: &network.projections()[id.0 as usize],
            ends: [end(declared.source), end(declared.target)],
            columns: columns.collect(),
        }
    }

    fn each(&self, on: &mut stretches::On<'_>) -> io::Result<()> {
        let all = self.made.rows().len() as u32;
        let mut first = 0;
        while first < all {
            let last = all.min(first.saturating_add(STRETCH));
            on(&self.table(first..last))?;
            first = last;
        }
        Ok(())
    }

    /// Those created in this range.
    fn table(&self, created: Range<u32>) -> Table<'static> {
        let stored = |created: u32| self.made.storage_number(created);
        let number = |element: u32, (group, of): &(Group, Option<Vec<u32>>)| {
            of.as_ref().map_or(element - group.offset, |of| of[element as usize])
        };
        let pre = |synapse: u32| number(self.made.source_of(stored(synapse)), &self.ends[0]);
        let post = |synapse: u32| number(self.made.rows().targets().at(stored(synapse) as usize), &self.ends[1]);
        let indices = |of: &dyn Fn(u32) -> u32| Columns::Index(created.clone().map(of).collect());
        let mut columns =
            vec![("i".to_owned(), "1".to_owned(), indices(&pre)), ("j".to_owned(), "1".to_owned(), indices(&post))];
        if let Some(pathway) = self.made.pathways().first()
            && let runtime::Delay::Shared(delay) = pathway.delay()
        {
            columns.push(("delay".to_owned(), "s".to_owned(), real(vec![delay; created.len()])));
        }
        for (column, plan, kept_by_neurons) in &self.columns {
            let values = match kept_by_neurons {
                Some(values) => values[created.start as usize..created.end as usize].to_vec(),
                None => {
                    let dt = || tick_length(self.simulation.model.plan(), Object::Projection(self.id));
                    let scale = if plan.ticks { dt() } else { 1.0 };
                    let values = self.simulation.network.state().column(ColumnId(*column as u32));
                    created.clone().map(|created| values.number(stored(created) as usize) * scale).collect()
                }
            };
            let kind = match plan.kind {
                steps::Kind::Boolean => Kind::Truth,
                steps::Kind::Integer => Kind::Long,
                steps::Kind::Real | steps::Kind::Single | steps::Kind::Long => Kind::Real,
            };
            columns.push((plan.name.clone(), plan.dimension.to_string(), real(values).of_kind(kind).into_owned()));
        }
        Table::of(columns)
    }
}
