//! The step of a population as one fused program: refractoriness, state update, threshold; or the threshold apart.
//!
//! In the order of Brian2's slots `groups` and `thresholds`: whether a neuron is active is known first (from the values at the
//! start of the step), then all state variables get new values, then the threshold sees the new values. Every
//! column is loaded and stored once. What a population does not have is left out; what has nothing at all has no program.

use super::PassError;
use super::apart::Cut;
use super::blocks::Context;
use super::choose::Update;
use super::lower::Lowering;
use crate::ir::expr::{Site, VariableId};
use crate::ir::network::{Neurons, Refractory};
use crate::ir::steps::{Comparison, Kind, Op, Program, Real2, Shape, ValueId};

/// Where `lastspike` is noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SpikeNoted {
    /// With the spike, for all neurons: somebody looks before the reset.
    InStep,
    /// With the reset, for those that spiked: 16 bytes less to move per neuron and step, or 8 where a refractory time is compared
    /// with it in every step.
    InReset,
}

/// The step program of a population of neurons; `None` where there is nothing to do.
pub(super) fn neurons(
    context: Context<'_>,
    name: &str,
    neurons: &Neurons,
    update: &Update,
    noted: SpikeNoted,
    cut: &Cut,
) -> Result<Option<Program>, PassError> {
    let fused = neurons.threshold.is_some() && !cut.apart;
    if update.values.is_empty() && !fused && neurons.refractory.is_none() && cut.after.is_empty() {
        return Ok(None);
    }
    let mut lowering = context.program(format!("{name}.step"), Shape::Dense);
    let active = activity(&mut lowering, neurons);
    let state = advance(&mut lowering, update);
    let spike = if fused { threshold(&mut lowering, neurons, active, noted) } else { None };
    copy(&mut lowering, &cut.after);
    lowering.store_all();
    if let Some(spike) = spike {
        lowering.builder.push(Op::Emit(spike));
    }
    watch(&mut lowering, &state);
    lowering.finish().map(Some)
}

/// The threshold of a population as a program of its own: whether a neuron is active is what the step found.
pub(super) fn threshold_apart(
    context: Context<'_>,
    name: &str,
    neurons: &Neurons,
    noted: SpikeNoted,
) -> Result<Program, PassError> {
    let mut lowering = context.program(format!("{name}.threshold"), Shape::Dense);
    let active = neurons.not_refractory.map(|variable| lowering.stored(Site::Own, variable));
    let spike = threshold(&mut lowering, neurons, active, noted);
    lowering.store_all();
    if let Some(spike) = spike {
        lowering.builder.push(Op::Emit(spike));
    }
    lowering.finish()
}

/// The program that copies variables to hidden ones; `None` where there are none.
pub(super) fn copies(
    context: Context<'_>,
    name: String,
    copies: &[(VariableId, VariableId)],
) -> Result<Option<Program>, PassError> {
    if copies.is_empty() {
        return Ok(None);
    }
    let mut lowering = context.program(name, Shape::Dense);
    copy(&mut lowering, copies);
    lowering.store_all();
    lowering.finish().map(Some)
}

/// Gives hidden variables the values that others have at the moment.
fn copy(lowering: &mut Lowering<'_>, copies: &[(VariableId, VariableId)]) {
    for &(hidden, variable) in copies {
        let value = lowering.stored(Site::Own, variable);
        lowering.assign(Site::Own, hidden, value);
    }
}

/// The step of clock-driven synapses, over all of them.
pub(super) fn synapses(context: Context<'_>, name: &str, update: &Update) -> Result<Option<Program>, PassError> {
    if update.values.is_empty() {
        return Ok(None);
    }
    let reads_neurons = update.values.iter().any(|&(_, value)| {
        super::walk::any(&context.network.arena, value, |node| {
            use crate::ir::expr::Node;
            matches!(node, Node::Variable(Site::Pre | Site::Post, _) | Node::Index(Site::Pre | Site::Post))
        })
    });
    let shape = if reads_neurons { Shape::Rows } else { Shape::Dense };
    let mut lowering = context.program(format!("{name}.step"), shape);
    let state = advance(&mut lowering, update);
    lowering.store_all();
    watch(&mut lowering, &state);
    lowering.finish().map(Some)
}

/// The program that fills the hidden columns of kept propagators.
pub(super) fn propagators(context: Context<'_>, name: &str, update: &Update) -> Result<Option<Program>, PassError> {
    if update.kept.is_empty() {
        return Ok(None);
    }
    let mut lowering = context.program(format!("{name}.propagators"), Shape::Dense);
    let values: Vec<_> = update.kept.iter().map(|&(id, value)| (id, lowering.value(value))).collect();
    for (id, value) in values {
        lowering.assign(Site::Own, id, value);
    }
    lowering.store_all();
    lowering.finish().map(Some)
}

/// Whether the neuron is active in this step; `None` where it always is.
fn activity(lowering: &mut Lowering<'_>, neurons: &Neurons) -> Option<ValueId> {
    let not_refractory = neurons.not_refractory?;
    let active = match (neurons.refractory?, neurons.last_spike) {
        (Refractory::Time(duration), Some(last_spike)) => {
            let last = lowering.stored(Site::Own, last_spike);
            let now = lowering.builder.push(Op::Tick);
            let since = lowering.builder.push(Op::LongSubtract(now, last));
            let duration = lowering.value_as(duration, Kind::Real);
            let dt = lowering.tick_of(last_spike);
            let dt = lowering.builder.real(dt);
            let wanted = lowering.builder.push(Op::Timestep(duration, dt));
            lowering.builder.push(Op::Compare(Comparison::GreaterEqual, since, wanted))
        }
        (Refractory::Time(_), None) => lowering.builder.push(Op::Boolean(true)),
        (Refractory::While(condition), _) => {
            let before = lowering.stored(Site::Own, not_refractory);
            let held = lowering.value_as(condition, Kind::Boolean);
            let free = lowering.builder.push(Op::Not(held));
            lowering.builder.push(Op::Or(before, free))
        }
    };
    lowering.assign(Site::Own, not_refractory, active);
    Some(active)
}

/// Gives all variables their new values, made of old ones alone; gives back the values.
fn advance(lowering: &mut Lowering<'_>, update: &Update) -> Vec<ValueId> {
    let values: Vec<(VariableId, ValueId)> =
        update.values.iter().map(|&(id, value)| (id, lowering.value_as(value, Kind::Real))).collect();
    for &(id, value) in &values {
        lowering.assign(Site::Own, id, value);
    }
    values.into_iter().map(|(_, value)| value).collect()
}

/// Whether the neuron spikes; notes when, and that it is refractory from now on.
fn threshold(
    lowering: &mut Lowering<'_>,
    neurons: &Neurons,
    active: Option<ValueId>,
    noted: SpikeNoted,
) -> Option<ValueId> {
    let crossed = lowering.value_as(neurons.threshold?, Kind::Boolean);
    let spike = match active {
        Some(active) => lowering.builder.push(Op::And(crossed, active)),
        None => crossed,
    };
    if let (Some(last_spike), SpikeNoted::InStep) = (neurons.last_spike, noted) {
        let before = lowering.stored(Site::Own, last_spike);
        let now = lowering.builder.push(Op::Tick);
        let last = lowering.builder.push(Op::Select(spike, now, before));
        lowering.assign(Site::Own, last_spike, last);
    }
    if let (Some(active), Some(not_refractory)) = (active, neurons.not_refractory) {
        let quiet = lowering.builder.push(Op::Not(spike));
        let still = lowering.builder.push(Op::And(active, quiet));
        lowering.assign(Site::Own, not_refractory, still);
    }
    Some(spike)
}

/// One check for all: their sum is finite only where each is (a sum that overflows is looked at again by whoever names the culprit).
fn watch(lowering: &mut Lowering<'_>, state: &[ValueId]) {
    let Some((&first, others)) = state.split_first() else { return };
    let mut sum = first;
    for &value in others {
        sum = lowering.builder.real2(Real2::Add, sum, value);
    }
    lowering.builder.push(Op::Check(sum));
}
