//! Code blocks to programs: resets, pathways, initialisers, assignments, Poisson inputs.
//!
//! Statements run one after the other on values, which are stored at the end. A guarded statement keeps the old value where
//! its owner is refractory. Pathways bring event-driven variables up to date first, and note when.

use super::PassError;
use super::lower::Lowering;
use super::traces::{Moved, Traces};
use crate::ir::expr::{ExprId, Site, VariableId};
use crate::ir::network::{Block, Network, Statement, Summed, Target};
use crate::ir::steps::{Integer2, Kind, Op, Program, Real2, Shape};

/// What all programs of an object have in common.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) network: &'a Network,
    pub(super) fused: bool,
    /// The time step of its clock [s].
    pub(super) dt: f64,
    /// Traces that neurons keep, by projection.
    pub(super) traces: &'a [Traces],
}

/// Event-driven variables of a projection.
#[derive(Clone, Debug, Default)]
pub(super) struct EventDriven {
    /// Their values at the moment of the event.
    pub(super) values: Vec<(VariableId, ExprId)>,
    /// `lastupdate`.
    pub(super) last_update: Option<VariableId>,
}

impl<'a> Context<'a> {
    /// An empty program.
    pub(super) fn program(&self, name: impl Into<String>, shape: Shape) -> Lowering<'a> {
        Lowering::new(self, name, shape)
    }

    /// A block as it stands; `None` where it does nothing.
    pub(super) fn block(&self, name: String, shape: Shape, block: &Block) -> Result<Option<Program>, PassError> {
        if block.statements.is_empty() { Ok(None) } else { self.statements(name, shape, block).map(Some) }
    }

    /// A block as it stands, even where it does nothing.
    pub(super) fn statements(&self, name: String, shape: Shape, block: &Block) -> Result<Program, PassError> {
        let mut lowering = self.program(name, shape);
        run(&mut lowering, block);
        lowering.store_all();
        lowering.finish()
    }

    /// The code of a reset, with `lastspike` noted first where it is noted here; `None` where it does nothing.
    pub(super) fn reset(
        &self,
        name: String,
        block: &Block,
        last_spike: Option<VariableId>,
    ) -> Result<Option<Program>, PassError> {
        let Some(last_spike) = last_spike else { return self.block(name, Shape::Indexed, block) };
        let mut lowering = self.program(name, Shape::Indexed);
        let now = lowering.builder.push(Op::Tick);
        lowering.assign(Site::Own, last_spike, now);
        run(&mut lowering, block);
        lowering.store_all();
        lowering.finish().map(Some)
    }

    /// The code of a pathway.
    pub(super) fn pathway(
        &self,
        name: String,
        shape: Shape,
        block: &Block,
        event_driven: &EventDriven,
        moved: &[Moved],
    ) -> Result<Program, PassError> {
        let mut lowering = self.program(name, shape);
        bring_up_to_date(&mut lowering, event_driven, moved);
        run(&mut lowering, block);
        moved.iter().for_each(|trace| lowering.leave(Site::Own, trace.variable));
        if let Some(last_update) = event_driven.last_update {
            let now = lowering.builder.push(Op::Tick);
            lowering.assign(Site::Own, last_update, now);
        }
        lowering.store_all();
        lowering.finish()
    }

    /// The code of a pathway for the neuron whose synapses it was run for: traces that the neuron keeps are brought up to date, then
    /// written by `block`; `last` has the tick.
    pub(super) fn traces<'m>(
        &self,
        name: String,
        moved: impl Iterator<Item = &'m Moved>,
        block: &Block,
        last: VariableId,
    ) -> Result<Program, PassError> {
        let mut lowering = self.program(name, Shape::Indexed);
        let values: Vec<_> = moved
            .filter_map(|trace| trace.now.map(|(_, at_neuron)| (trace.value, lowering.value(at_neuron))))
            .collect();
        values.into_iter().for_each(|(id, value)| lowering.assign(Site::Own, id, value));
        run(&mut lowering, block);
        let now = lowering.builder.push(Op::Tick);
        lowering.assign(Site::Own, last, now);
        lowering.store_all();
        lowering.finish()
    }

    /// What every synapse adds to a sum.
    pub(super) fn adds(&self, name: String, sum: &Summed) -> Result<Program, PassError> {
        let mut lowering = self.program(name, Shape::Rows);
        let (kind, _) = lowering.place(sum.side, sum.variable);
        let value = lowering.value_as(sum.value, kind);
        let before = lowering.stored(sum.side, sum.variable);
        let after = match kind {
            Kind::Integer => lowering.builder.push(Op::Integer2(Integer2::Add, before, value)),
            _ => lowering.builder.real2(Real2::Add, before, value),
        };
        lowering.assign(sum.side, sum.variable, after);
        lowering.store_all();
        lowering.finish()
    }

    /// A program that yields an expression.
    pub(super) fn yields(&self, name: String, shape: Shape, value: ExprId) -> Result<Program, PassError> {
        let mut lowering = self.program(name, shape);
        let value = lowering.value_as(value, Kind::Real);
        lowering.builder.push(Op::Yield(value));
        lowering.finish()
    }
}

/// All new values are made of old ones, then take their places; those of traces that neurons keep are there to be read.
fn bring_up_to_date(lowering: &mut Lowering<'_>, event_driven: &EventDriven, moved: &[Moved]) {
    let of_neurons = moved.iter().filter_map(|trace| trace.now.map(|(at_synapse, _)| (trace.variable, at_synapse)));
    let values = event_driven.values.iter().copied().chain(of_neurons);
    let values: Vec<_> = values.map(|(id, value)| (id, lowering.value(value))).collect();
    for (id, value) in values {
        lowering.assign(Site::Own, id, value);
    }
}

fn run(lowering: &mut Lowering<'_>, block: &Block) {
    for statement in &block.statements {
        step(lowering, statement);
    }
}

fn step(lowering: &mut Lowering<'_>, statement: &Statement) {
    let value = lowering.value(statement.value);
    match statement.target {
        Target::Local(local) => lowering.assign_local(local, value),
        Target::Variable(site, id) => {
            let value = match statement.guard {
                None => value,
                Some(guard) => {
                    let active = lowering.stored(site, guard);
                    let (kind, _) = lowering.place(site, id);
                    let old = lowering.stored(site, id);
                    let new = lowering.builder.convert(value, kind);
                    lowering.builder.push(Op::Select(active, new, old))
                }
            };
            lowering.assign(site, id, value);
        }
    }
}
