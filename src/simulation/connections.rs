//! Who is connected to whom, as pictures, whether recorded or not; and what a model could record.

use super::ends;
use super::model::Model;
use super::run::Simulation;
use crate::ir::network::{Group, Object};
use crate::ir::plan::{PopulationPlan, SourcePlan};
use crate::ir::steps::Kind;
use crate::pictures::{Connections, Picture};

/// Synapses of a projection that are looked at, at most; of more, every so many-th. A million takes some milliseconds.
const MOST_SYNAPSES: usize = 1_000_000;

impl Simulation {
    /// A picture of the connections of each projection that has any.
    #[must_use]
    pub fn connections(&self) -> Vec<Picture> {
        (0..self.network.projections().len()).filter_map(|number| self.connections_of(number)).collect()
    }

    fn connections_of(&self, number: usize) -> Option<Picture> {
        let (plan, made) = (self.model.plan(), &self.network.projections()[number]);
        let declared = plan.projections.get(number)?;
        let (source, target) = (declared.source, declared.target);
        let size = |group: Group| ends::group(&self.network, plan, group).size;
        let numbers = |group: Group| ends::creation(plan, &self.network, group);
        let (sources, targets) = (numbers(source), numbers(target));
        let relative = |created: &Option<Vec<u32>>, group: Group, element: u32| {
            created.as_ref().map_or(element - group.offset, |made| made[element as usize])
        };
        let rows = made.rows();
        let apart = rows.len().div_ceil(MOST_SYNAPSES).max(1);
        // As the populations number them, wherever a part begins: as spikes of all of a population, not those of a part.
        let end = |group: Group| {
            let of = &plan.populations[group.population.0 as usize];
            let element = if ends::synapses(plan, group).is_some() { "synapse" } else { "neuron" };
            (format!("{element} of {}", of.name), group.offset)
        };
        let connections = Connections::new(made.name(), (size(source), size(target)));
        let mut connections = connections.between(end(source), end(target));
        let mut next = 0;
        for (row, ends) in rows.starts().windows(2).enumerate() {
            let from = relative(&sources, source, rows.source_offset() + row as u32);
            while next < ends[1] as usize {
                connections.add(from, relative(&targets, target, rows.targets().at(next)));
                next += apart;
            }
        }
        connections.stand_for(rows.len() as u64);
        connections.finish()
    }
}

impl Model {
    /// What could be recorded, as lines of a model: of each population its spikes, its rate and its first variable, of
    /// each projection its first variable and who is connected to whom.
    #[must_use]
    pub fn recordable(&self) -> Vec<String> {
        let plan = self.plan();
        let first = |owner: Object| {
            let own =
                plan.columns.iter().filter(move |column| column.owner == owner && !column.ticks && !column.shared);
            own.filter(|column| !column.name.starts_with('_') && column.kind == Kind::Real)
                .map(|column| &column.name)
                .next()
        };
        let mut lines = Vec::new();
        for &object in &plan.order {
            let name = plan.name(object);
            match object {
                Object::Population(id) => {
                    let population = &plan.populations[id.0 as usize];
                    if spikes(population) {
                        lines.push(format!("record {name}.spikes, {name}.population_rate"));
                    }
                    if let Some(variable) = first(object) {
                        lines.push(format!("record {name}.{variable}[0:{}]", population.size.min(5)));
                    }
                }
                Object::Projection(_) => {
                    lines.extend(first(object).map(|variable| format!("record {name}.{variable} at end")));
                    lines.push(format!("record {name}.synapses"));
                }
                Object::Input(_) | Object::Array(_) => {}
            }
        }
        lines
    }

    /// Whether the text records anything.
    #[must_use]
    pub fn records(&self) -> bool {
        !self.plan().records.is_empty()
    }
}

/// Whether a population's elements can spike; those that stand for synapses cannot.
fn spikes(population: &PopulationPlan) -> bool {
    match population.source {
        SourcePlan::Neurons { spikes, threshold, .. } => spikes || threshold.is_some(),
        SourcePlan::Poisson { .. } | SourcePlan::Spikes { .. } => true,
        SourcePlan::Synapses(_) => false,
    }
}
