//! Summed variables: `g_post = w*s : siemens (summed)`.
//!
//! In: the lines with that flag. Out: sums, each with the variable of the neurons that gets it. That variable is a plain parameter, gets
//! the sum of one synapses block only, and is no part of what is summed.

use super::checks::has_unit;
use super::equations::lines;
use super::groups::Part;
use super::names::{Entry, Meaning, Scope};
use super::spell::quoted;
use super::synapses::Ends;
use super::{Resolver, codes, evaluate, suggestions};
use crate::ir::expr::{Node, Site, Type, VariableId};
use crate::ir::network::{Group, Role, Summed};
use grammar::ast::{self, EquationKind, Expr, Member};
use grammar::{Diagnostic, Span};

/// Whether a line has the flag `summed`.
pub(super) fn is_summed(equation: &ast::Equation) -> bool {
    equation.flags.iter().any(|flag| &*flag.text == "summed")
}

impl Resolver<'_> {
    /// The sums of a block.
    pub(super) fn sums(&mut self, scope: &Scope, ends: Ends, members: &[&Member]) -> Vec<Summed> {
        let mut sums: Vec<Summed> = Vec::new();
        for (equation, span) in lines(members).filter(|(equation, _)| is_summed(equation)) {
            let Some(sum) = self.sum(scope, ends, equation, span) else { continue };
            let group = |side: Site| if side == Site::Pre { ends.source.group } else { ends.target.group };
            let of_others = self.network.projections.iter().flat_map(|other| {
                let group = |side: Site| if side == Site::Pre { other.source } else { other.target };
                other.summed.iter().map(move |sum| (sum, group(sum.side)))
            });
            let mut before = of_others.chain(sums.iter().map(|sum| (sum, group(sum.side))));
            let taken =
                before.find(|(other, theirs)| other.variable == sum.variable && overlap(*theirs, group(sum.side)));
            match taken.map(|(other, _)| other.span) {
                Some(first) => self.summed_twice(&equation.name, span, first),
                None => sums.push(sum),
            }
        }
        sums
    }

    fn sum(&mut self, scope: &Scope, ends: Ends, equation: &ast::Equation, span: Span) -> Option<Summed> {
        let name = &equation.name;
        let value = self.summed_value(equation, span)?;
        let (dimension, _) = self.unit_slot(&equation.unit)?;
        let (side, variable) = self.summed_variable(scope, ends, equation)?;
        let target = &self.network.variables[variable.0 as usize];
        let (kind, unit, declared) = (target.kind, target.dimension, target.span);
        let wrong = |what: &str, given: &str| format!("`{}` {}, and {what} {given}", name.text, has_unit(unit));
        if dimension != unit {
            let given = has_unit(dimension);
            let wrong = Diagnostic::error(codes::WRONG_UNIT, equation.unit.span, wrong("this line says it", &given));
            self.report(wrong.label(given).also(declared, "declared here"));
            return None;
        }
        let typed = self.expression(&mut scope.fresh(), value)?;
        if typed.dimension != unit {
            let given = has_unit(typed.dimension);
            let wrong = Diagnostic::error(codes::WRONG_UNIT, value.span, wrong(&quoted(value), &given));
            self.report(wrong.label(given).also(equation.unit.span, format!("the unit of `{}`", name.text)));
            return None;
        }
        let reads_itself = evaluate::parts(&self.network.arena, typed.id)
            .into_iter()
            .any(|part| matches!(self.network.arena.node(part), Node::Variable(_, id) if *id == variable));
        if reads_itself {
            let message = format!("`{}` is a part of what is summed into it", name.text);
            let wrong = Diagnostic::error(codes::SUMMED, value.span, message)
                .label("the sum starts from 0 in every step, so that nothing of the last one is left");
            self.report(wrong.help("keep the value of the last step in a variable of its own"));
            return None;
        }
        let value = self.convert(typed.id, kind);
        Some(Summed { side, variable, value, span })
    }

    /// What is summed: the line is `x_post = value`, with no other flag.
    fn summed_value<'e>(&mut self, equation: &'e ast::Equation, span: Span) -> Option<&'e Expr> {
        if let Some(other) = equation.flags.iter().find(|flag| &*flag.text != "summed") {
            let message = format!("`summed` goes with no other flag, and `{}` is one", other.text);
            self.report(Diagnostic::error(codes::WRONG_FLAG, other.span, message).help("keep `(summed)` alone"));
            return None;
        }
        if let EquationKind::Subexpression(value) = &equation.kind {
            return Some(value);
        }
        let name = &equation.name.text;
        let message = format!("`{name}` is summed, and this line does not say what");
        let help = format!("write it as in `{name} = w*s : 1 (summed)`");
        self.report(Diagnostic::error(codes::WRONG_FLAG, span, message).help(help));
        None
    }

    /// The variable that gets the sum: a plain parameter of one of the neurons.
    fn summed_variable(&mut self, scope: &Scope, ends: Ends, equation: &ast::Equation) -> Option<(Site, VariableId)> {
        let name = &equation.name;
        let sided = name.text.ends_with("_pre") || name.text.ends_with("_post");
        if !sided {
            let message = format!("`{}` is no variable of the neurons, and sums are theirs", name.text);
            let help = format!(
                "write `{0}_post` for a variable `{0}` of the target neurons, `{0}_pre` of the source",
                name.text
            );
            self.report(Diagnostic::error(codes::SUMMED, name.span, message).help(help));
            return None;
        }
        let another = "declare a parameter for the sum in the neurons, as `g_in : siemens`";
        let mut why = None;
        match scope.entries.get(&name.text) {
            Some(Entry::Known(_, Meaning::Variable(site, id))) => {
                let variable = &self.network.variables[id.0 as usize];
                why = match variable.role {
                    Role::State => Some(("it has a differential equation", another)),
                    Role::Parameter if variable.constant => {
                        Some(("it is declared `(constant)`", "leave out `(constant)` where it is declared"))
                    }
                    Role::Parameter if variable.shared => Some((
                        "it is declared `(shared)`: one value for all neurons",
                        "leave out `(shared)` where it is declared: a single neuron has one value anyway",
                    )),
                    Role::Parameter if variable.kind == Type::Boolean => Some(("it is true or false", another)),
                    Role::Parameter => None,
                    _ => Some(("it is kept by the simulation", another)),
                };
                if why.is_none() {
                    return Some((*site, *id));
                }
            }
            Some(Entry::Known(_, Meaning::Subexpression)) => {
                why = Some(("it is a subexpression: its value follows from its equation", another));
            }
            Some(Entry::Poison) => return None,
            _ => {}
        }
        match why {
            Some((why, help)) => {
                let message = format!("`{}` cannot get a sum: {why}", name.text);
                self.report(Diagnostic::error(codes::SUMMED, name.span, message).help(help));
            }
            None => self.no_such_variable(scope, ends, name),
        }
        None
    }

    fn no_such_variable(&mut self, scope: &Scope, ends: Ends, name: &ast::Name) {
        if scope.open || self.open {
            return;
        }
        let (bare, side, part) = match name.text.strip_suffix("_pre") {
            Some(bare) => (bare, "source", ends.source),
            None => (name.text.trim_end_matches("_post"), "target", ends.target),
        };
        let message = format!("the {side} neurons have no variable `{bare}`");
        let mut wrong = Diagnostic::error(codes::UNKNOWN_NAME, name.span, message);
        let suffix = &name.text[bare.len()..];
        let known = scope.entries.keys().filter(|known| known.ends_with(suffix)).map(|known| &**known);
        wrong = match suggestions::nearest(&name.text, known) {
            Some(meant) => wrong.help(format!("did you mean `{meant}`?")),
            None => wrong.help(format!("declare it in `{}`: `{bare} : 1`", self.name_of(part))),
        };
        self.report(wrong);
    }

    fn name_of(&self, part: Part) -> &str {
        let population = self.network.populations.get(part.group.population.0 as usize);
        population.map_or("", |population| &population.name)
    }

    fn summed_twice(&mut self, name: &ast::Name, span: Span, first: Span) {
        let message = format!("`{}` is the sum of other synapses already", name.text);
        let help = "let each sum into a variable of its own, and add them in the neurons: `I = I_a + I_b : amp`";
        let wrong = Diagnostic::error(codes::SUMMED, span, message).label("summed again here");
        self.report(wrong.also(first, "first summed here").help(help));
    }
}

/// Whether two groups have a neuron in common.
pub(super) fn overlap(a: Group, b: Group) -> bool {
    let end = |group: Group| u64::from(group.offset) + u64::from(group.size);
    a.population == b.population && u64::from(a.offset) < end(b) && u64::from(b.offset) < end(a)
}
