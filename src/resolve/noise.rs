//! White noise in equations: which equations share a symbol, and who may not see it.
//!
//! In: the equations of an object, subexpressions in place. Out: diagnostics. Plain `xi` belongs to one equation, because two that use
//! it may mean one noise or two; `xi_a` says which. A subexpression with noise in it is a part of equations and nothing else.

use super::evaluate::parts;
use super::names::{Entry, Meaning, NOISE_ELSEWHERE, Scope};
use super::{Resolver, codes};
use crate::ir::expr::{ExprId, Node, NoiseId};
use crate::ir::network::Equation;
use grammar::Diagnostic;

impl Resolver<'_> {
    /// Looks after the noise of an object: of those equations that advance by steps, and of those that wait for events, which can have none.
    pub(super) fn noise_of_equations(&mut self, scope: &mut Scope, by_steps: &[Equation], by_events: &[Equation]) {
        if self.network.noises.is_empty() {
            return;
        }
        self.hide_noise(scope);
        let plain = self.noises.get(&(scope.owner.clone(), "xi".into())).copied();
        let has_plain = |equation: &&Equation| plain.is_some() && self.holds_noise(equation.rhs, plain);
        let mut users = by_steps.iter().filter(has_plain);
        if let (Some(first), Some(second)) = (users.next(), users.next()) {
            let name = |equation: &Equation| self.network.variables[equation.variable.0 as usize].name.clone();
            let message = format!("`xi` stands in the equations of `{}` and of `{}`", name(first), name(second));
            let wrong = Diagnostic::error(codes::NOISE, second.span, message)
                .label("is it the same noise as the other one?")
                .also(first.span, "the other one")
                .help("give it a name: `xi_a` in both equations is one noise, `xi_a` and `xi_b` are independent");
            self.report(wrong);
        }
        for equation in by_events {
            if self.holds_noise(equation.rhs, None) {
                let message = "an event-driven equation cannot have noise: nothing happens to it between events";
                let help = "make it `(clock-driven)`, to be integrated at every step";
                self.report(Diagnostic::error(codes::NOISE, equation.span, message).help(help));
            }
        }
    }

    /// From here on, names of subexpressions with noise in them mean nothing.
    fn hide_noise(&self, scope: &mut Scope) {
        for entry in scope.entries.values_mut() {
            if let Entry::Known(value, Meaning::Subexpression | Meaning::Linked) = entry
                && self.holds_noise(value.id, None)
            {
                *entry = Entry::NotHere(NOISE_ELSEWHERE);
            }
        }
    }

    /// Whether an expression has that noise in it, or any.
    pub(super) fn holds_noise(&self, root: ExprId, which: Option<NoiseId>) -> bool {
        let is = |node: &Node| match node {
            Node::Noise(id) => which.is_none_or(|wanted| wanted == *id),
            _ => false,
        };
        parts(&self.network.arena, root).into_iter().any(|part| is(self.network.arena.node(part)))
    }
}
