//! Generators: `j = k for k in range(i - 1, i + 2) if k != i`.
//!
//! In: the value, the loop and its condition. Out: expressions. The value and the bounds of the loop are worked out for each
//! neuron of the outer side (the sources for `j = …`), so that they see that neuron only; the condition sees both.

use super::names::{Absence, Entry, Meaning, Scope, Typed};
use super::spell::quoted;
use super::{Resolver, codes, names};
use crate::ir::expr::{ExprId, Node, Site, Type};
use crate::ir::network::Each;
use crate::units::Dimension;
use grammar::ast::{Argument, Expr, ExprKind, Generator, Name};
use grammar::{Diagnostic, Span};

/// Which values of a loop are taken.
enum Taken {
    All,
    Probability(ExprId),
    Size(ExprId),
}

/// A generator, read.
pub(super) struct Loop {
    /// The neuron of the other side.
    pub(super) value: ExprId,
    /// What the loop goes through.
    pub(super) each: Option<Each>,
    /// Which are taken.
    pub(super) condition: Option<ExprId>,
}

impl Resolver<'_> {
    /// Reads a generator for every neuron of the side `outer`.
    pub(super) fn generator(
        &mut self,
        pair: &Scope,
        outer: Site,
        value: &Expr,
        generator: Option<&Generator>,
    ) -> Option<Loop> {
        let mut of_outer = outer_scope(pair, outer);
        let mut of_pair = pair.fresh();
        let mut each = Some(None);
        if let Some((variable, range)) = generator.and_then(|generator| generator.each.as_ref()) {
            each = self.each(&of_outer, range).map(Some);
            self.loop_variable(variable, &mut [&mut of_outer, &mut of_pair]);
        }
        let name = if outer == Site::Pre { "`j`" } else { "`i`" };
        let value = self.whole(&mut of_outer, value, name);
        let condition = generator.and_then(|generator| generator.condition.as_ref());
        let condition = condition.map(|expr| self.condition(&mut of_pair, expr, "`if`"));
        let condition = match condition {
            Some(read) => Some(read?),
            None => None,
        };
        Some(Loop { value: value?, each: each?, condition })
    }

    fn loop_variable(&mut self, name: &Name, scopes: &mut [&mut Scope]) {
        if let Some(reason) = names::reserved_in_block(&name.text, true) {
            let message = format!("`{}` cannot be the name of a loop's variable", name.text);
            self.report(Diagnostic::error(codes::RESERVED_NAME, name.span, message).label(reason).help("call it `k`"));
        }
        let id = self.network.arena.add(Node::Each, Type::Integer);
        for scope in scopes {
            scope.set(&name.text, Entry::Known(Typed { id, dimension: Dimension::ONE }, Meaning::Builtin));
        }
    }

    /// `range(start, stop, step)`, `sample(start, stop, step, p = p)` or `sample(start, stop, step, size = size)`.
    fn each(&mut self, scope: &Scope, range: &Expr) -> Option<Each> {
        let ExprKind::Call { function, arguments } = &range.kind else {
            if !matches!(range.kind, ExprKind::Error) {
                self.not_a_range(range.span);
            }
            return None;
        };
        let sampled = match &*function.text {
            "range" => false,
            "sample" => true,
            _ => {
                self.not_a_range(range.span);
                return None;
            }
        };
        let taken = self.sampling(scope, arguments, sampled, range.span);
        let bounds: Vec<&Expr> =
            arguments.iter().filter(|argument| argument.name.is_none()).map(|argument| &argument.value).collect();
        let mut read = |expr: &Expr| self.whole(&mut scope.fresh(), expr, "a range");
        let (start, stop, step) = match bounds.as_slice() {
            [stop] => (None, read(stop)?, None),
            [start, stop] => (Some(read(start)?), read(stop)?, None),
            [start, stop, step] => (Some(read(start)?), read(stop)?, Some((read(step)?, step.span))),
            _ => {
                let message = format!("`{}` takes its end, or its start, end and step", function.text);
                let help = "write `range(3)`, `range(i - 1, i + 2)` or `range(0, 100, 10)`";
                self.report(Diagnostic::error(codes::ARGUMENTS, range.span, message).help(help));
                return None;
            }
        };
        if let Some((step, span)) = step
            && self.known(step) == Some(0.0)
        {
            let help = "a step is 1 or more, or -1 or less to go down";
            self.report(Diagnostic::error(codes::GENERATOR, span, "a step of 0 goes nowhere").help(help));
            return None;
        }
        let start = start.unwrap_or_else(|| self.network.arena.integer(0));
        let step = step.map(|(step, _)| step).unwrap_or_else(|| self.network.arena.integer(1));
        Some(match taken? {
            Taken::All => Each::Range { start, stop, step },
            Taken::Probability(p) => Each::SampleProbability { start, stop, step, p },
            Taken::Size(size) => Each::SampleSize { start, stop, step, size },
        })
    }

    /// Which values of the loop are taken: all of a `range`, and of a `sample` what it says.
    fn sampling(&mut self, scope: &Scope, arguments: &[Argument], sampled: bool, span: Span) -> Option<Taken> {
        let mut taken: Option<(Taken, Span)> = None;
        for argument in arguments {
            let Some(name) = &argument.name else { continue };
            let value = match &*name.text {
                "p" if sampled => {
                    let p = self.measure(&mut scope.fresh(), &argument.value, Dimension::ONE, "`p`")?;
                    self.must_be_probability(p, &argument.value)?;
                    Taken::Probability(p)
                }
                "size" if sampled => Taken::Size(self.sample_size(scope, &argument.value)?),
                _ => {
                    let message = format!("there is no `{}` here", name.text);
                    let help = "write `range(start, stop, step)`, `sample(start, stop, step, p = 0.1)` or `sample(…, size = 10)`";
                    self.report(Diagnostic::error(codes::ARGUMENTS, name.span, message).help(help));
                    return None;
                }
            };
            if let Some((_, before)) = taken.replace((value, name.span)) {
                let message = "`sample` takes a probability or a number, not two of them";
                let wrong = Diagnostic::error(codes::ARGUMENTS, name.span, message).also(before, "first given here");
                self.report(wrong.help("leave one of them out"));
                return None;
            }
        }
        match taken {
            Some((taken, _)) => Some(taken),
            None if !sampled => Some(Taken::All),
            None => {
                let message = "`sample` takes a probability or a number";
                let help = "write it as in `sample(N_post, p = 0.1)` or `sample(N_post, size = 10)`";
                self.report(Diagnostic::error(codes::ARGUMENTS, span, message).help(help));
                None
            }
        }
    }

    /// How many values a `sample` draws.
    fn sample_size(&mut self, scope: &Scope, expr: &Expr) -> Option<ExprId> {
        let size = self.whole(&mut scope.fresh(), expr, "`size`")?;
        match self.known(size) {
            Some(number) if number < 0.0 => {
                let message = format!("`size` is how many neurons are drawn, and {} is {number}", quoted(expr));
                self.report(Diagnostic::error(codes::COUNT, expr.span, message).help("write it as in `size = 10`"));
                None
            }
            _ => Some(size),
        }
    }

    fn not_a_range(&mut self, span: Span) {
        let message = "a loop goes through `range(…)` or `sample(…)`";
        let help = "to list pairs, write `connect i = [0, 1], j = [2, 3]`";
        self.report(Diagnostic::error(codes::GENERATOR, span, message).help(help));
    }
}

/// Why the target means nothing where it is sought.
const TARGET_SOUGHT: Absence = Absence {
    reason: "the target neuron is what is worked out here, for each source neuron",
    mend: "use `i` and variables of the source neuron (`x_pre`), or a condition after the range: `… if x_post > 0`",
};
/// Why the source means nothing where it is sought.
const SOURCE_SOUGHT: Absence = Absence {
    reason: "the source neuron is what is worked out here, for each target neuron",
    mend: "use `j` and variables of the target neuron (`x_post`), or a condition after the range: `… if x_pre > 0`",
};

/// The names of one side only.
fn outer_scope(pair: &Scope, outer: Site) -> Scope {
    let mut scope = pair.fresh();
    let (index, suffix, absence) = match outer {
        Site::Pre => ("j", "_post", TARGET_SOUGHT),
        _ => ("i", "_pre", SOURCE_SOUGHT),
    };
    scope.set(index, Entry::NotHere(absence));
    let hidden: Vec<Box<str>> = scope
        .entries
        .iter()
        .filter(|(name, entry)| {
            let variable =
                matches!(entry, Entry::Known(_, Meaning::Variable(..) | Meaning::Subexpression | Meaning::Linked));
            let bare = outer == Site::Pre && !name.ends_with("_pre");
            variable && (name.ends_with(suffix) || bare)
        })
        .map(|(name, _)| name.clone())
        .collect();
    for name in hidden {
        scope.set(&name, Entry::NotHere(absence));
    }
    scope
}
