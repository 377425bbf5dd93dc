//! What drives the equations of synapses: the clock, the events of the synapse, or a sum.
//!
//! In: the equations of a block and its sums. Out: equations by what drives them. An event-driven variable is up to date only when its
//! synapse has an event, others change between events, so that neither may read the other.

use super::dependencies;
use super::equations::{Declared, lines};
use super::names::Scope;
use super::{Resolver, codes, evaluate};
use crate::ir::expr::{ExprId, Node, Site, VariableId};
use crate::ir::network::{Equation, Summed};
use grammar::ast::{EquationKind, Expr, Member};
use grammar::{Diagnostic, Span};
use std::collections::HashSet;

/// What drives a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Drive {
    Clock,
    Events,
    Sum,
}

impl Drive {
    fn words(self) -> &'static str {
        match self {
            Self::Clock => "clock-driven",
            Self::Events => "event-driven",
            Self::Sum => "summed",
        }
    }
}

/// Who may not read whom, and the mend.
const FORBIDDEN: [(Drive, Drive, &str); 4] = [
    (Drive::Events, Drive::Clock, "give both the same flag"),
    (Drive::Clock, Drive::Events, "give both the same flag"),
    (Drive::Events, Drive::Sum, "make the equation `(clock-driven)`: sums change at every step"),
    (Drive::Sum, Drive::Events, "make the equation of the variable `(clock-driven)`: sums are made at every step"),
];

/// A variable with its value.
#[derive(Clone, Copy)]
struct Driven {
    site: Site,
    variable: VariableId,
    value: ExprId,
    drive: Drive,
    span: Span,
}

impl Resolver<'_> {
    /// Clock-driven and event-driven equations.
    pub(super) fn driven(&mut self, scope: &Scope, declared: &[Declared<'_>]) -> (Vec<Equation>, Vec<Equation>) {
        let (mut clock, mut event) = (Vec::new(), Vec::new());
        for line in declared {
            if let Some(equation) = self.derivative(scope, line) {
                if line.flags.event_driven { event.push(equation) } else { clock.push(equation) }
            }
        }
        (clock, event)
    }

    /// Reports what is driven by one thing and depends on what is driven by another.
    pub(super) fn must_not_mix(
        &mut self,
        members: &[&Member],
        clock: &[Equation],
        event: &[Equation],
        sums: &[Summed],
    ) {
        let of = |equations: &[Equation], drive: Drive| -> Vec<Driven> {
            let equation = |equation: &Equation| Driven {
                site: Site::Own,
                variable: equation.variable,
                value: equation.rhs,
                drive,
                span: equation.span,
            };
            equations.iter().map(equation).collect()
        };
        let mut all = of(clock, Drive::Clock);
        all.extend(of(event, Drive::Events));
        all.extend(sums.iter().map(|sum| Driven {
            site: sum.side,
            variable: sum.variable,
            value: sum.value,
            drive: Drive::Sum,
            span: sum.span,
        }));
        for reader in &all {
            let arena = &self.network.arena;
            let read = evaluate::parts(arena, reader.value).into_iter().find_map(|part| match arena.node(part) {
                Node::Variable(site, id) => all.iter().find_map(|other| {
                    let same = other.site == *site && other.variable == *id;
                    let rule = FORBIDDEN.iter().find(|rule| (rule.0, rule.1) == (reader.drive, other.drive))?;
                    same.then_some((other, rule.2))
                }),
                _ => None,
            });
            if let Some((read, mend)) = read {
                self.mixed(members, reader, read, mend);
            }
        }
    }

    fn mixed(&mut self, members: &[&Member], reader: &Driven, read: &Driven, mend: &str) {
        let name = |driven: &Driven| {
            let suffix = match driven.site {
                Site::Own => "",
                Site::Pre => "_pre",
                Site::Post => "_post",
            };
            format!("{}{suffix}", self.network.variables[driven.variable.0 as usize].name)
        };
        let (of, reads) = (name(reader), name(read));
        // The subexpressions on the way are part of the reason.
        let chain = chain(members, &of, &reads).join(" -> ");
        let (words, other) = (reader.drive.words(), read.drive.words());
        let message = format!("`{of}` is {words} and depends on `{reads}`, which is {other}: {chain}");
        self.report(
            Diagnostic::error(codes::EVENT_DRIVEN, reader.span, message)
                .also(read.span, format!("`{reads}` is {other}"))
                .help(mend),
        );
    }
}

/// From a variable to another, by way of subexpressions.
fn chain(members: &[&Member], from: &str, to: &str) -> Vec<String> {
    let value = |name: &str| -> Option<&Expr> {
        lines(members).find(|(line, _)| &*line.name.text == name).and_then(|(line, _)| match &line.kind {
            EquationKind::Subexpression(value) => Some(value),
            EquationKind::Differential(value) if name == from => Some(value),
            _ => None,
        })
    };
    // A variable of the target neuron goes by two names.
    let is_end = |name: &str| name == to || to.strip_suffix("_post") == Some(name);
    let mut path = vec![(from, 0)];
    let mut seen = HashSet::from([from]);
    while let Some((name, followed)) = path.last_mut() {
        let uses = value(name).map(dependencies::names).unwrap_or_default();
        let Some(&next) = uses.get(*followed) else {
            path.pop();
            continue;
        };
        *followed += 1;
        if is_end(next) {
            let way = path.iter().map(|(name, _)| format!("`{name}`"));
            return way.chain([format!("`{to}`")]).collect();
        }
        if seen.insert(next) {
            path.push((next, 0));
        }
    }
    vec![format!("`{from}`"), format!("`{to}`")]
}
