//! Is a time step longer than the shortest time constant? In: equations, and which integrator was chosen for them.
//! Out: one warning for each object.
//!
//! The time constant of a variable is -1/(d(dx/dt)/dx), where that is negative: what x decays with as long as all
//! else stands still. It is that of the equation alone where it is a number of the text; else that of where neurons
//! begin, of a threshold, or of a reset. A variable that runs away from where it is (the upstroke of AdEx, of a
//! quadratic neuron) has none: there is nothing that a step could miss. So of Izhikevich's neuron nothing is told at
//! 0.5 or 1 ms, either, as in his own scripts (2003, IEEE Transactions on Neural Networks 14, 1569: two steps of 0.5
//! ms); 20 of them for a second at 1 ms have 5 % fewer spikes than at 0.01 ms, at 0.5 ms 3 %.

use super::moment::{Moment, Place};
use super::{regular, rounded, stepped, writes};
use crate::ir::expr::{ExprId, VariableId};
use crate::ir::network::{Equation, Method, Network, Neurons, Object, PopulationId, PopulationKind};
use crate::ir::plan::Choice;
use crate::passes::codes;
use crate::passes::usage::variables;
use crate::passes::walk::reachable;
use crate::units::{Dimension, quantity};
use grammar::Diagnostic;
use std::collections::HashSet;

/// The elements that are looked at: so large a part of them lies below, where they differ.
const SHARES: [f64; 3] = [0.5, 0.05, 0.95];

pub(in crate::passes) fn long(network: &Network, choices: &[Choice]) -> Vec<Diagnostic> {
    if stepped(network).all(|(_, equations)| equations.is_empty()) {
        return Vec::new();
    }
    let first = SHARES.map(|share| Moment::at_first(network, share));
    let whatever = first[0].whatever_moves();
    let asked = stepped(network).filter_map(|(object, equations)| {
        let chosen = choices.iter().find(|choice| choice.object == object && choice.part != "event-driven")?;
        System { network, object, equations, method: chosen.method }.too_long(&first, &whatever)
    });
    asked.collect()
}

/// What is known of how long steps may be.
struct Limits {
    /// In time constants: where it goes wrong.
    told: f64,
    /// Beyond this every step leads away from what the exact solution goes to.
    stable: f64,
}

fn limits(method: Method) -> Limits {
    match method {
        Method::Exact => Limits { told: 1.0, stable: f64::INFINITY },
        // Gates that follow at once are as good as any: 4000 neurons of Traub & Miles at 0.1 ms begin with an m of
        // 0.094 ms. At 2 time constants of m Hodgkin and Huxley's neurons have lost a quarter of their spikes (367 of
        // 492), at 4 all but the first.
        Method::ExponentialEuler => Limits { told: 2.0, stable: f64::INFINITY },
        Method::Euler | Method::Heun | Method::Milstein | Method::Rk2 => Limits { told: 1.0, stable: 2.0 },
        // At 1.7 time constants Hindmarsh and Rose's neurons still have all their spikes (389 of 389; by rk2 they are
        // NaN soon, by euler there are 320); it is stable up to where 1 - z + z**2/2 - z**3/6 + z**4/24 is 1.
        Method::Rk4 => Limits { told: 2.0, stable: 2.785 },
    }
}

/// Equations that are integrated together.
struct System<'n> {
    network: &'n Network,
    object: Object,
    equations: &'n [Equation],
    method: Method,
}

/// A time constant, and where it is that.
struct Found<'n> {
    equation: &'n Equation,
    /// [s]
    tau: f64,
    /// "where neurons begin" and the like; `None` where it is so everywhere.
    moment: Option<&'static str>,
    /// Whether others have another.
    of_some: bool,
}

impl<'n> System<'n> {
    /// The warning of the equation whose time constant a step is longest for.
    fn too_long(&self, first: &[Moment<'n>; 3], whatever: &Moment<'n>) -> Option<Diagnostic> {
        let place = Place::of(self.network, self.object);
        let dt = self.network.dt_of(self.object);
        let moments = self.moments(first, place);
        let found = self.equations.iter().filter_map(|equation| {
            let method = self.follows(equation)?;
            let found = self.shortest(equation, &moments, (whatever, place))?;
            longer(dt, limits(method).told * found.tau).then_some((found, method))
        });
        let (found, method) = found.min_by(|(a, _), (b, _)| a.tau.total_cmp(&b.tau))?;
        Some(self.warning(&found, method, dt))
    }

    /// The shortest time constant of an equation.
    fn shortest(
        &self,
        equation: &'n Equation,
        moments: &[(&'static str, Vec<Moment<'n>>)],
        (whatever, place): (&Moment<'n>, Place),
    ) -> Option<Found<'n>> {
        let parts = reachable(&self.network.arena, &[equation.rhs]);
        let constant = whatever.slope(&parts, equation.variable, place).is_finite();
        let found = moments[..if constant { 1 } else { moments.len() }].iter().filter_map(|(name, moments)| {
            let slope = |moment: &Moment<'n>| moment.slope(&parts, equation.variable, place);
            let slopes: Vec<f64> = moments.iter().map(slope).collect();
            let steepest =
                slopes.iter().copied().filter(|slope| *slope < 0.0 && slope.is_finite()).min_by(f64::total_cmp)?;
            let of_some = slopes.iter().any(|&slope| slope != steepest);
            Some(Found { equation, tau: -steepest.recip(), moment: (!constant).then_some(*name), of_some })
        });
        found.min_by(|a, b| a.tau.total_cmp(&b.tau))
    }

    /// The integrator that an equation has in effect; none where steps of any length do no harm.
    ///
    /// What the solution of `exact` is at steps is so however long they are, and that of `exponential_euler` where
    /// nothing else that moves is part of it: then only what a threshold looks at counts.
    fn follows(&self, equation: &Equation) -> Option<Method> {
        let known = self.method == Method::Exact || self.method == Method::ExponentialEuler && self.is_alone(equation);
        let looked_at = || {
            let Some((id, neurons)) = self.neurons() else { return false };
            let events = self.network.populations[id.0 as usize].events.iter().map(|event| event.condition);
            let conditions: Vec<ExprId> = neurons.threshold.into_iter().chain(events).collect();
            variables(&self.network.arena, &conditions).contains(&equation.variable)
        };
        match (known, self.method) {
            (true, _) => looked_at().then_some(Method::Exact),
            (false, method) => Some(method),
        }
    }

    /// Whether no equation of the others and this one have anything to do with each other.
    fn is_alone(&self, equation: &Equation) -> bool {
        let read = |by: &Equation| variables(&self.network.arena, &[by.rhs]);
        let others = || self.equations.iter().filter(|other| other.variable != equation.variable);
        let of_this = read(equation);
        !others().any(|other| of_this.contains(&other.variable) || read(other).contains(&equation.variable))
    }

    fn neurons(&self) -> Option<(PopulationId, &'n Neurons)> {
        let Object::Population(id) = self.object else { return None };
        match &self.network.populations[id.0 as usize].kind {
            PopulationKind::Neurons(neurons) => Some((id, neurons)),
            _ => None,
        }
    }

    /// The moments to look at, in words, each for the same elements.
    fn moments(&self, first: &[Moment<'n>; 3], place: Place) -> Vec<(&'static str, Vec<Moment<'n>>)> {
        let at_first = if self.neurons().is_some() { "where neurons begin" } else { "where synapses begin" };
        let mut moments = vec![(at_first, first.to_vec())];
        let Some((_, neurons)) = self.neurons() else { return moments };
        let Some(condition) = neurons.threshold else { return moments };
        let there: Option<Vec<Moment<'n>>> = first.iter().map(|moment| moment.at_threshold(condition, place)).collect();
        if let Some(there) = there {
            let mut after = there.clone();
            after.iter_mut().for_each(|moment| moment.run(&neurons.reset, self.object));
            moments.extend([("at the threshold", there), ("after the reset", after)]);
        }
        moments
    }

    fn warning(&self, found: &Found<'_>, method: Method, dt: f64) -> Diagnostic {
        let name = &self.network.variables[found.equation.variable.0 as usize].name;
        let [tau, step] = [rounded(found.tau), dt].map(|time| quantity(time, Dimension::SECOND));
        let message = format!("`{name}` changes within {tau}, and a time step is {step}");
        let elements = if self.neurons().is_some() { "neurons" } else { "synapses" };
        let of_some = if found.of_some { format!(", in some {elements}") } else { String::new() };
        let moment = found.moment.map(|moment| format!(" {moment}")).unwrap_or_default();
        let help = format!("take a step of {} or less", quantity(readable(found.tau / 5.0), Dimension::SECOND));
        Diagnostic::warning(codes::LONG_STEP, found.equation.span, message)
            .label(format!("time constant {tau}{moment}{of_some}"))
            .note(self.consequence(found, method, dt))
            .help(help)
    }

    /// What the integrator makes of it.
    fn consequence(&self, found: &Found<'_>, method: Method, dt: f64) -> String {
        let name = self.method.name();
        let stable = limits(method).stable;
        if longer(dt, stable * found.tau) {
            let end = if found.moment.is_none() && self.is_left_alone(found.equation) {
                ": it grows without bound"
            } else {
                ", as long as that is so"
            };
            return format!("in steps above {stable} time constants `{name}` takes it farther off every time{end}");
        }
        match method {
            Method::Exact => format!(
                "`{name}` knows how it decays, but its threshold is looked at once in a step: what comes and goes between is \
                 lost"
            ),
            Method::ExponentialEuler => format!(
                "`{name}` remains stable, but holds all else still for a step: what follows from a change comes a step \
                 late"
            ),
            Method::Rk2 => format!("in steps above a time constant `{name}` decays too slowly"),
            Method::Rk4 => format!("in steps above 2 time constants `{name}` decays too slowly"),
            _ => format!("in steps above a time constant `{name}` oversteps what it goes to, and swings about it"),
        }
    }

    /// Whether a variable goes where its own equation takes it: no other that depends on it comes back to it, and
    /// nothing puts it back.
    fn is_left_alone(&self, equation: &Equation) -> bool {
        let reads = |equation: &Equation| variables(&self.network.arena, &[equation.rhs]);
        let mut reached: HashSet<VariableId> = reads(equation);
        reached.remove(&equation.variable);
        let mut waiting: Vec<VariableId> = reached.iter().copied().collect();
        while let Some(variable) = waiting.pop() {
            let more = self.equations.iter().filter(|other| other.variable == variable).flat_map(reads);
            waiting.extend(more.filter(|&other| reached.insert(other)));
        }
        let summed = self.network.projections.iter().any(|made| !made.summed.is_empty());
        let init = self.neurons().map(|(id, _)| &raw const self.network.populations[id.0 as usize].init);
        let blocks = self.network.code_blocks().chain(regular(self.network).map(|(_, regular)| &regular.block));
        let mut others = blocks.filter(|&block| init != Some(std::ptr::from_ref(block)));
        let written = others.any(|block| writes(block, equation.variable));
        !reached.contains(&equation.variable) && !written && !summed
    }
}

/// Whether a step is longer than a time by more than is lost in arithmetic: `(y - x)/dt` follows y.
fn longer(dt: f64, time: f64) -> bool {
    dt > time * (1.0 + 1e-9)
}

/// The next 1, 2 or 5 times a power of ten below.
fn readable(value: f64) -> f64 {
    let power = 10.0_f64.powf(value.log10().floor());
    let digit = [5.0, 2.0].into_iter().find(|digit| digit * power <= value);
    digit.unwrap_or(1.0) * power
}
