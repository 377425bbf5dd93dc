//! What may mend a run that an error ended: in, the error and its model; out, what can be tried, in words.

use super::model::Model;
use crate::error::Error;
use crate::ir::expr::{Arena, ExprId, Function, Node, Site, VariableId};
use crate::ir::network::{Equation, Method, Network, Object, PopulationKind};
use crate::ir::plan::Choice;
use crate::units;
use runtime::RunError;
use std::collections::HashSet;

impl Model {
    /// What may mend an error that ended a run of this model, a sentence each; nothing where there is nothing to say beside the
    /// error.
    #[must_use]
    pub fn mends(&self, error: &Error) -> Vec<String> {
        let Error::Run(RunError::NotFinite { object, variable, tick, .. }) = error else { return Vec::new() };
        let (plan, network) = (self.plan(), self.network());
        let Some(&owner) = plan.order.iter().find(|&&owner| plan.name(owner) == object) else { return Vec::new() };
        let mut numbered = (0..).map(VariableId).zip(&network.variables);
        let Some((id, _)) = numbered.find(|(_, of)| of.owner == owner && of.name == *variable) else {
            return Vec::new();
        };
        let Some(equation) = equation(network, owner, id) else { return Vec::new() };
        if *tick == 0 {
            let has_exp = |node: &Node| matches!(node, Node::Call(Function::Exp | Function::Expm1, _));
            return of_beginning(variable, reaches(&network.arena, equation.rhs, has_exp));
        }
        let stepped = |choice: &&Choice| choice.object == owner && choice.part != "event-driven";
        let method = plan.choices.iter().find(stepped).map(|choice| choice.method);
        let mends = method.map(|method| self.of_steps(owner, equation, method)).unwrap_or_default();
        mends.into_iter().chain(self.of_threshold(owner, id)).collect()
    }

    /// A smaller time step, and other integrators, where they make a difference.
    fn of_steps(&self, owner: Object, equation: &Equation, method: Method) -> Vec<String> {
        let (plan, network) = (self.plan(), self.network());
        let (group, variable) = (plan.name(owner), &network.variables[equation.variable.0 as usize].name);
        if method == Method::Exact {
            return vec![format!(
                "`{group}` is integrated by `exact`, which no smaller time step makes better: look at the equation of \
                 `{variable}`, and at what resets, inputs and synapses write into it"
            )];
        }
        let clock = network.clock_of(owner);
        let dt = plan.clocks.get(clock.0 as usize).copied().unwrap_or(plan.dt);
        let half = format!("{}*ms", units::number(dt * 1e3 / 2.0));
        let step = match clock.0 {
            0 => format!("try a smaller time step: `dt = {half}`, or --dt '{half}'"),
            _ => format!("try a smaller time step: `dt {half}` in the block of `{group}`"),
        };
        let is_noisy = reaches(&network.arena, equation.rhs, |node| matches!(node, Node::Noise(_)));
        let other = match (method, is_noisy) {
            (_, true) => None,
            (Method::Rk4, false) => {
                Some("`method exponential_euler`, where equations are linear in their own variable")
            }
            (Method::ExponentialEuler, false) => Some("`method rk4`"),
            (_, false) => {
                Some("`method rk4`, or `method exponential_euler` where equations are linear in their own variable")
            }
        };
        let other = other.map(|other| {
            format!("try another integrator than `{}`, by which `{group}` is integrated: {other}", method.name())
        });
        std::iter::once(step).chain(other).collect()
    }

    /// A lower threshold, where the variable is compared in one and there is something to reset.
    fn of_threshold(&self, owner: Object, variable: VariableId) -> Option<String> {
        let network = self.network();
        let Object::Population(id) = owner else { return None };
        let PopulationKind::Neurons(neurons) = &network.populations.get(id.0 as usize)?.kind else { return None };
        let (threshold, span) = (neurons.threshold?, neurons.threshold_span?);
        let itself = |node: &Node| *node == Node::Variable(Site::Own, variable);
        if neurons.reset.statements.is_empty() || !reaches(&network.arena, threshold, itself) {
            return None;
        }
        let text = self.sources().get(span.source)?.text.get(span.start as usize..span.end as usize)?;
        let name = &network.variables[variable.0 as usize].name;
        Some(format!("try a lower threshold than `{text}`, so that the reset comes before `{name}` grows so far"))
    }
}

/// Of the first step: nothing has grown yet, so that neither a threshold nor a time step makes a difference.
fn of_beginning(variable: &str, has_exp: bool) -> Vec<String> {
    let divisor = format!(
        "the equations have no value for what variables begin with: look for a divisor that is 0 in that of \
         `{variable}`, in what it reads, and in constants"
    );
    let ratio = has_exp.then(|| "x/(exp(x) - 1) is 1/exprel(x), which has a value at 0 too".to_owned());
    std::iter::once(divisor).chain(ratio).collect()
}

/// The equation of a variable that is integrated at every step: what others hold is not looked at.
fn equation(network: &Network, owner: Object, variable: VariableId) -> Option<&Equation> {
    let equations = match owner {
        Object::Population(id) => match &network.populations.get(id.0 as usize)?.kind {
            PopulationKind::Neurons(neurons) => &neurons.equations,
            _ => return None,
        },
        Object::Projection(id) => &network.projections.get(id.0 as usize)?.clock_driven,
        Object::Input(_) | Object::Array(_) => return None,
    };
    equations.iter().find(|equation| equation.variable == variable)
}

/// Whether some part of an expression is as asked.
fn reaches(arena: &Arena, root: ExprId, is: impl Fn(&Node) -> bool) -> bool {
    let (mut seen, mut waiting) = (HashSet::new(), vec![root]);
    while let Some(id) = waiting.pop() {
        if seen.insert(id) {
            if is(arena.node(id)) {
                return true;
            }
            waiting.extend(arena.operands(id));
        }
    }
    false
}
