//! Gives every system of equations its integrator; the refusals of all systems are collected.
//!
//! Neurons and clock-driven synapses advance by `dt`; event-driven synapses by the time since their last event, in closed form.

use super::assemble::Work;
use super::blocks::EventDriven;
use super::choose::{Chosen, Refusal, Task, Update, choose};
use super::noise::{self, Noise, NotASum};
use super::{PassError, codes, draws, keep, traces, usage};
use crate::ir::expr::{Binary, ExprId, Node, Site, Type, VariableId};
use crate::ir::network::{Equation, Method, Network, Object, PopulationId, PopulationKind, ProjectionId};
use crate::ir::plan::Choice;
use grammar::{Diagnostic, Span};
use std::collections::HashSet;

/// Integrates every population and projection.
pub(super) fn run(work: &mut Work) -> Result<(), PassError> {
    let written_by_events = usage::written_by_events(&work.network);
    for number in 0..work.network.populations.len() {
        let update = population(work, number, &written_by_events);
        work.updates.push(update);
    }
    for number in 0..work.network.projections.len() {
        let update = clock_driven(work, number);
        let mut event_driven = event_driven(work, number);
        traces::take(&mut work.network, number, &mut work.traces[number], &mut event_driven);
        work.synapse_updates.push((update, event_driven));
    }
    Ok(())
}

fn population(work: &mut Work, number: usize, written_by_events: &HashSet<VariableId>) -> Update {
    let PopulationKind::Neurons(neurons) = work.network.populations[number].kind.clone() else {
        return Update::default();
    };
    if neurons.equations.is_empty() {
        return Update::default();
    }
    let object = Object::Population(PopulationId(number as u32));
    let mut equations = neurons.equations.clone();
    let dt = work.network.dt_of(object);
    let first_draw = draws::next(&work.network.arena, draws::of_step(&neurons));
    let noise = match noise::take_out(&mut work.network, &mut equations, first_draw) {
        Ok(noise) => noise,
        Err(wrong) => return not_a_sum(work, &equations, wrong),
    };
    let arena = &mut work.network.arena;
    let not_refractory =
        neurons.not_refractory.map(|variable| arena.add(Node::Variable(Site::Own, variable), Type::Boolean));
    let task = Task {
        equations: &equations,
        noise: &noise,
        dt,
        not_refractory,
        interval: arena.float(dt),
        keep: Some(keep::Rules { owner: object, written_by_events }),
    };
    let chosen = by_name(&mut work.network, &task, neurons.method);
    let name = work.network.populations[number].name.clone();
    note(work, chosen, (object, name, "state"), neurons.method.is_some())
}

fn clock_driven(work: &mut Work, number: usize) -> Update {
    let projection = &work.network.projections[number];
    let (mut equations, method, name) = (projection.clock_driven.clone(), projection.method, projection.name.clone());
    if equations.is_empty() {
        return Update::default();
    }
    let object = Object::Projection(ProjectionId(number as u32));
    let dt = work.network.dt_of(object);
    let first_draw = draws::next(&work.network.arena, equations.iter().map(|equation| equation.rhs));
    let noise = match noise::take_out(&mut work.network, &mut equations, first_draw) {
        Ok(noise) => noise,
        Err(wrong) => return not_a_sum(work, &equations, wrong),
    };
    let interval = work.network.arena.float(dt);
    let task = Task { equations: &equations, noise: &noise, dt, not_refractory: None, interval, keep: None };
    let chosen = by_name(&mut work.network, &task, method);
    note(work, chosen, (object, name, "clock-driven"), method.is_some())
}

fn event_driven(work: &mut Work, number: usize) -> EventDriven {
    let projection = &work.network.projections[number];
    let (equations, name, last_update) =
        (projection.event_driven.clone(), projection.name.clone(), projection.last_update);
    let (Some(last_update), Some(first)) = (last_update, equations.first()) else {
        return EventDriven::default();
    };
    let interval = since(&mut work.network, last_update);
    let noise = Noise::none(equations.len());
    let object = Object::Projection(ProjectionId(number as u32));
    let dt = work.network.dt_of(object);
    let task = Task { equations: &equations, noise: &noise, dt, not_refractory: None, interval, keep: None };
    let chosen = choose(&mut work.network, &task, Some(Method::Exact)).map_err(|Refusal { reason, .. }| {
        let message =
            format!("event-driven equations of {name} must be linear, to be solved from event to event: {reason}");
        let help = "make them `(clock-driven)`, to be integrated at every step";
        Box::new(Diagnostic::error(codes::EVENT_DRIVEN, first.span, message).help(help))
    });
    let chosen = chosen.map(|mut chosen| {
        chosen.update.notes.extend(work.traces[number].notes.iter().cloned());
        chosen
    });
    let update = note(work, chosen, (object, name, "event-driven"), false);
    EventDriven { values: update.values, last_update: Some(last_update) }
}

/// The diagnostic of noise that is not added, times a factor.
fn not_a_sum(work: &mut Work, equations: &[Equation], wrong: NotASum) -> Update {
    let message = format!("noise is added, times a factor: {}", wrong.reason);
    let help = "write it as a sum: `dv/dt = … + sigma*xi : 1`";
    work.diagnostics.push(Diagnostic::error(codes::NOISE, equations[wrong.equation].span, message).help(help));
    Update::default()
}

/// The integrator named, else the first that accepts; a named one that refuses is the user's to change.
fn by_name(network: &mut Network, task: &Task<'_>, named: Option<(Method, Span)>) -> Result<Chosen, Box<Diagnostic>> {
    choose(network, task, named.map(|(method, _)| method)).map_err(|Refusal { method, reason }| {
        let span = named.map_or_else(|| task.equations[0].span, |(_, span)| span);
        let fits = match method {
            _ if !task.noise.is_none() => "heun, which can do any noise",
            Method::Exact => "exponential_euler, rk4 or euler",
            _ => "rk4 or euler",
        };
        let message = format!("`{}` cannot integrate these equations: {reason}", method.name());
        let help = format!("take {fits}, or leave the method out to have one chosen");
        Box::new(Diagnostic::error(codes::METHOD, span, message).label("named here").help(help))
    })
}

/// `t - lastupdate`.
fn since(network: &mut Network, last_update: VariableId) -> ExprId {
    let now = network.arena.add(Node::Time, Type::Float);
    let last = network.arena.add(Node::Variable(Site::Own, last_update), Type::Float);
    network.arena.binary(Binary::Subtract, now, last)
}

/// Keeps the choice, or the diagnostic.
fn note(
    work: &mut Work,
    chosen: Result<Chosen, Box<Diagnostic>>,
    (object, name, part): (Object, String, &'static str),
    named: bool,
) -> Update {
    match chosen {
        Ok(Chosen { method, update, refused }) => {
            let notes = update.notes.clone();
            work.choices.push(Choice { object, name, part, method, named, refused, notes });
            update
        }
        Err(diagnostic) => {
            work.diagnostics.push(*diagnostic);
            Update::default()
        }
    }
}
