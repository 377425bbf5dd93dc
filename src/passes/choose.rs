//! Chooses an integrator for every system of equations and writes the new values of its variables.
//!
//! Network in; out come new values as expressions of old ones, every refusal before in words, or the refusal of the
//! integrator that the model names. Unnamed, the first of Brian2's order (exact, euler, heun) is taken that accepts.
//! `unless refractory` means a derivative of 0, noise included, while the neuron is refractory.

use super::algebra::Algebra;
use super::explicit::{self, Slopes};
use super::exponential_euler::Integrated;
use super::linear::{self, LinearSystem};
use super::noise::{self, Accepts, Noise};
use super::text::{name, show};
use super::walk::any;
use super::{brian2, exact, exponential_euler, keep, timed};
use crate::ir::expr::{ExprId, Node, Site, Type, VariableId};
use crate::ir::network::{Equation, Method, Network};

/// A system of equations to integrate.
pub(super) struct Task<'a> {
    /// In order of declaration, without their noise.
    pub(super) equations: &'a [Equation],
    /// Their noise.
    pub(super) noise: &'a Noise,
    /// The time step [s].
    pub(super) dt: f64,
    /// `not_refractory`, where `unless refractory` has a meaning.
    pub(super) not_refractory: Option<ExprId>,
    /// How long the step is [s]: `dt`, or the time since the last event.
    pub(super) interval: ExprId,
    /// What may be kept per neuron; `None` where nothing may.
    pub(super) keep: Option<keep::Rules<'a>>,
}

/// New values of the variables of a system.
#[derive(Clone, Debug, Default)]
pub(super) struct Update {
    /// Variable and new value, in terms of old ones.
    pub(super) values: Vec<(VariableId, ExprId)>,
    /// Hidden variables per neuron, and what they hold.
    pub(super) kept: Vec<(VariableId, ExprId)>,
    /// What is worth knowing.
    pub(super) notes: Vec<String>,
}

/// An integrator: its update, or why it cannot.
struct Integrator {
    method: Method,
    noise: Accepts,
    integrate: fn(&mut Network, &Task<'_>) -> Result<Update, String>,
}

/// Every integrator.
const INTEGRATORS: [Integrator; 7] = [
    Integrator { method: Method::Exact, noise: Accepts::Additive, integrate: by_exact },
    Integrator { method: Method::ExponentialEuler, noise: Accepts::Nothing, integrate: by_exponential_euler },
    Integrator {
        method: Method::Euler,
        noise: Accepts::Additive,
        integrate: |network, task| Ok(by_rule(network, task, explicit::euler)),
    },
    Integrator {
        method: Method::Rk2,
        noise: Accepts::Nothing,
        integrate: |network, task| Ok(by_rule(network, task, explicit::rk2)),
    },
    Integrator {
        method: Method::Rk4,
        noise: Accepts::Nothing,
        integrate: |network, task| Ok(by_rule(network, task, explicit::rk4)),
    },
    Integrator {
        method: Method::Heun,
        noise: Accepts::All,
        integrate: |network, task| Ok(by_rule(network, task, explicit::heun)),
    },
    Integrator {
        method: Method::Milstein,
        noise: Accepts::Diagonal,
        integrate: |network, task| Ok(by_rule(network, task, explicit::milstein)),
    },
];

/// Brian2's order, where the model names none.
const ORDER: [Method; 3] = [Method::Exact, Method::Euler, Method::Heun];

/// What was taken, and what was refused before.
pub(super) struct Chosen {
    /// The integrator.
    pub(super) method: Method,
    /// Its update.
    pub(super) update: Update,
    /// Others, each with its reason.
    pub(super) refused: Vec<(Method, String)>,
}

/// An integrator that refused last, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// Which.
    pub(super) method: Method,
    /// In the user's words.
    pub(super) reason: String,
}

/// The integrator of a system: the one named, else the first of Brian2's order.
pub(super) fn choose(network: &mut Network, task: &Task<'_>, named: Option<Method>) -> Result<Chosen, Refusal> {
    let mut refused = Vec::new();
    let candidates = named.map_or(ORDER.to_vec(), |method| vec![method]);
    for integrator in candidates.iter().filter_map(|&method| INTEGRATORS.iter().find(|row| row.method == method)) {
        let fits = noise::refuse(network, task.equations, task.noise, integrator.noise);
        match fits.and_then(|()| (integrator.integrate)(network, task)) {
            Ok(update) => return Ok(Chosen { method: integrator.method, update, refused }),
            Err(reason) => refused.push((integrator.method, reason)),
        }
    }
    let (method, reason) = refused.pop().unwrap_or((Method::Exact, String::new()));
    Err(Refusal { method, reason })
}

/// New values that keep the old one of a flagged variable while the neuron is refractory.
fn hold(network: &mut Network, task: &Task<'_>, values: Vec<ExprId>) -> Vec<(VariableId, ExprId)> {
    let mut held = Vec::new();
    for (equation, value) in task.equations.iter().zip(values) {
        let old = network.arena.add(Node::Variable(Site::Own, equation.variable), Type::Float);
        let value = match task.not_refractory {
            Some(active) if equation.unless_refractory => {
                Algebra { arena: &mut network.arena }.choose(active, value, old)
            }
            _ => value,
        };
        held.push((equation.variable, value));
    }
    held
}

/// Whether a variable that goes on while the neuron is refractory depends on one that does not.
fn depends_on_held(network: &Network, task: &Task<'_>) -> bool {
    let held = |variable: VariableId| {
        task.equations.iter().any(|equation| equation.unless_refractory && equation.variable == variable)
    };
    let reads_held = |part: ExprId| {
        any(&network.arena, part, |node| matches!(node, Node::Variable(Site::Own, other) if held(*other)))
    };
    let going_on = |row: usize| !task.equations[row].unless_refractory;
    let drifts = task.equations.iter().map(|equation| equation.rhs).enumerate();
    let factors = task.noise.each().map(|(row, _, factor)| (row, factor));
    task.not_refractory.is_some() && drifts.chain(factors).any(|(row, part)| going_on(row) && reads_held(part))
}

fn by_rule(network: &mut Network, task: &Task<'_>, rule: explicit::Rule) -> Update {
    let variables: Vec<VariableId> = task.equations.iter().map(|equation| equation.variable).collect();
    let entangled = depends_on_held(network, task);
    let increments = task.noise.increments(network, task.dt);
    let (mut derivatives, mut factors) = (Vec::new(), Vec::new());
    for (equation, of_noise) in task.equations.iter().zip(&task.noise.factors) {
        let mut algebra = Algebra { arena: &mut network.arena };
        let mut unless_held = |part: ExprId| {
            let part = algebra.real(part);
            match task.not_refractory {
                Some(active) if entangled && equation.unless_refractory => {
                    let still = algebra.literal(0.0);
                    algebra.choose(active, part, still)
                }
                _ => part,
            }
        };
        derivatives.push(unless_held(equation.rhs));
        factors.push(of_noise.iter().map(|(&symbol, &factor)| (symbol, unless_held(factor))).collect());
    }
    let slopes = Slopes {
        variables: &variables,
        derivatives: &derivatives,
        factors: &factors,
        increments: &increments,
        dt: task.dt,
    };
    let values = rule(&mut network.arena, &slopes);
    let values = if entangled { variables.into_iter().zip(values).collect() } else { hold(network, task, values) };
    Update { values, ..Update::default() }
}

fn by_exponential_euler(network: &mut Network, task: &Task<'_>) -> Result<Update, String> {
    let Integrated { values, held } = exponential_euler::integrate(network, task.equations, task.dt)?;
    let note = |variable: &VariableId| {
        let name = name(network, Site::Own, *variable);
        format!("functions of {name} in its own equation are taken at the beginning of the step")
    };
    let notes = held.iter().map(note).collect();
    Ok(Update { values: hold(network, task, values), notes, ..Update::default() })
}

fn by_exact(network: &mut Network, task: &Task<'_>) -> Result<Update, String> {
    let mut system = linear::system(network, task.equations)?;
    system.noise.clone_from(&task.noise.factors);
    refuse_change_within_a_step(network, task, &system)?;
    let mut update = Update::default();
    update.notes.extend(brian2::refuses(network, &system));
    let values = solve(network, task, &system, &mut update)?;
    if !depends_on_held(network, task) {
        update.values = hold(network, task, values);
        return Ok(update);
    }
    let mut still = system.clone();
    let zero = network.arena.float(0.0);
    for (row, equation) in task.equations.iter().enumerate().filter(|(_, equation)| equation.unless_refractory) {
        debug_assert_eq!(equation.variable, still.variables[row]);
        still.matrix[row].fill(zero);
        still.rest[row] = zero;
        still.noise[row].clear();
    }
    let refractory = solve(network, task, &still, &mut update)?;
    let both = values.into_iter().zip(refractory).zip(&system.variables);
    let mut algebra = Algebra { arena: &mut network.arena };
    update.values = both
        .map(|((free, held), &variable)| match task.not_refractory {
            Some(active) => (variable, algebra.choose(active, free, held)),
            None => (variable, free),
        })
        .collect();
    Ok(update)
}

fn solve(
    network: &mut Network,
    task: &Task<'_>,
    system: &LinearSystem,
    update: &mut Update,
) -> Result<Vec<ExprId>, String> {
    let mut solution = exact::solve(&mut network.arena, system, task.interval)?;
    if let Some(rules) = &task.keep {
        rules.keep(network, system, &mut solution, update);
    }
    let normals: Vec<ExprId> = (0..system.variables.len()).map(|number| task.noise.normal(network, number)).collect();
    Ok(exact::update(&mut network.arena, system, &solution.rows, &normals))
}

/// Brian2's rule: coefficients and rests may not contain time or random numbers, of which only the value at the start of a step
/// is known.
fn refuse_change_within_a_step(network: &Network, task: &Task<'_>, system: &LinearSystem) -> Result<(), String> {
    // Since the last event any number of rows may have begun.
    let stepped = matches!(network.arena.node(task.interval), Node::Float(_) | Node::Dt);
    let dt = if stepped { task.dt } else { f64::INFINITY };
    for (row, &variable) in system.variables.iter().enumerate() {
        for &term in system.matrix[row].iter().chain([&system.rest[row]]).chain(system.noise[row].values()) {
            let variable = name(network, Site::Own, variable);
            if timed::any_outside(network, term, dt, |node| matches!(node, Node::Time | Node::Tick)) {
                return Err(format!("t appears in {}, in the equation of {variable}", show(network, term)));
            }
            if any(&network.arena, term, |node| matches!(node, Node::Random(..))) {
                return Err(format!("{} is random, in the equation of {variable}", show(network, term)));
            }
        }
    }
    Ok(())
}
