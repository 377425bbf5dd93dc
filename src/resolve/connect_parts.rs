//! The parts of a `connect`, sorted by what they say.
//!
//! In: the parts as they are written, in any order. Out: at most one of each; what is unknown, given twice or does not go together is
//! reported. What the parts mean is for `connections`.

use super::connect_words::Meet;
use super::names::Scope;
use super::synapses::Ends;
use super::{Resolver, codes, connect_words, files, suggestions};
use grammar::ast::{Argument, ConnectPart, Expr, ExprKind, Generator, Name};
use grammar::{Diagnostic, Span};

/// `name = value for … if …`
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    pub(super) name: &'a Name,
    pub(super) value: &'a Expr,
    pub(super) generator: Option<&'a Generator>,
}

/// The parts of a `connect` by what they say.
#[derive(Clone, Copy, Default)]
pub(super) struct Parts<'a> {
    pub(super) all: Option<Span>,
    pub(super) condition: Option<&'a Expr>,
    /// `fixed_indegree(…)` and the like.
    pub(super) fixed: Option<(&'a Name, &'a [Argument])>,
    pub(super) skip_if_invalid: Option<Span>,
    /// `csv("edges.csv")` and the like.
    pub(super) file: Option<&'a Expr>,
    pub(super) p: Option<Given<'a>>,
    pub(super) n: Option<Given<'a>>,
    pub(super) i: Option<Given<'a>>,
    pub(super) j: Option<Given<'a>>,
}

/// The rules with a fixed number, as they are written.
const FIXED: [&str; 3] = ["fixed_indegree", "fixed_outdegree", "fixed_total"];

/// What a part without a name is taken for.
const WORDS: [&str; 6] = ["all", "skip_if_invalid", "fixed_indegree", "fixed_outdegree", "fixed_total", "csv"];

impl Resolver<'_> {
    /// Sorts the parts, and reports those that are unknown or given twice.
    pub(super) fn connect_parts<'a>(&mut self, ends: Ends, parts: &'a [ConnectPart]) -> Option<Parts<'a>> {
        let known = |name: &str| self.constants.contains_key(name) || self.is_function(name);
        let meet = Meet::of(ends.source.group, ends.target.group);
        if let Some((word, span, helps)) = connect_words::translated(parts, meet, known) {
            let mut wrong = Diagnostic::error(codes::CONNECT_OPTION, span, format!("`connect` knows no `{word}`"));
            wrong.help = helps;
            self.report(wrong);
            return None;
        }
        let before = self.found.len();
        let mut sorted = Parts::default();
        let mut fine = true;
        for part in parts {
            fine &= match part {
                ConnectPart::Plain(expr) => self.plain_part(&mut sorted, expr),
                ConnectPart::Named { name, value, generator } => {
                    let given = Given { name, value, generator: generator.as_ref() };
                    self.named_part(&mut sorted, given)
                }
            };
        }
        self.unknown_together(before);
        fine.then_some(sorted)
    }

    /// Words that are unknown for the same reason are one mistake; `before` is how many mistakes were known.
    fn unknown_together(&mut self, before: usize) {
        for later in self.found.split_off(before) {
            let alike = self.found[before..].iter_mut().find(|one| one.code == later.code && one.help == later.help);
            match alike.filter(|_| later.code == codes::CONNECT_OPTION) {
                Some(one) => *one = one.clone().also(later.primary.span, "unknown too"),
                None => self.found.push(later),
            }
        }
    }

    fn plain_part<'a>(&mut self, sorted: &mut Parts<'a>, expr: &'a Expr) -> bool {
        let is_rule = |name: &str| FIXED.contains(&name) || files::is_reader(name);
        let given = sorted.fixed.is_some() || sorted.file.is_some();
        match &expr.kind {
            ExprKind::Call { function, .. } if given && is_rule(&function.text) => {
                self.misfit(expr.span, "there is one rule already", "write a `connect` of its own for each");
                return false;
            }
            ExprKind::Name(name) if &**name == "all" => sorted.all = Some(expr.span),
            ExprKind::Name(name) if &**name == "skip_if_invalid" => sorted.skip_if_invalid = Some(expr.span),
            ExprKind::Call { function, arguments } if FIXED.contains(&&*function.text) => {
                sorted.fixed = Some((function, arguments))
            }
            ExprKind::Call { function, .. } if files::is_reader(&function.text) => sorted.file = Some(expr),
            ExprKind::Call { function, .. } if suggestions::nearest(&function.text, FIXED).is_some() => {
                self.unknown_part(&function.text, function.span);
                return false;
            }
            ExprKind::Error => return false,
            _ if sorted.condition.is_some() => {
                self.misfit(expr.span, "there is one condition already", "join them by `and`");
                return false;
            }
            _ => sorted.condition = Some(expr),
        }
        if sorted.all.is_some() && sorted.condition.is_some() {
            self.misfit(expr.span, "`all` connects every pair: it goes with no condition", "leave `all` out");
            return false;
        }
        true
    }

    fn named_part<'a>(&mut self, sorted: &mut Parts<'a>, given: Given<'a>) -> bool {
        let place = match &*given.name.text {
            "p" => &mut sorted.p,
            "n" => &mut sorted.n,
            "i" => &mut sorted.i,
            "j" => &mut sorted.j,
            other => {
                self.unknown_part(other, given.name.span);
                return false;
            }
        };
        if let Some(before) = place.replace(given) {
            let message = format!("`{}` is given twice", given.name.text);
            self.report(
                Diagnostic::error(codes::GIVEN_TWICE, given.name.span, message)
                    .also(before.name.span, "first given here")
                    .help("keep one of them"),
            );
            return false;
        }
        let Some(generator) = given.generator.filter(|_| matches!(&*given.name.text, "p" | "n")) else { return true };
        self.misfit(
            generator.span,
            "`p` and `n` have no loop and no condition",
            "they go with `j = …` or `i = …`, as in `connect j = k for k in range(3) if k != i, p = 0.1`",
        );
        false
    }

    /// Reports a name that nothing has and that is nearly one of the words of `connect`.
    pub(super) fn is_misspelt(&mut self, scope: &Scope, expr: &Expr) -> bool {
        let ExprKind::Name(name) = &expr.kind else { return false };
        let known = scope.entries.contains_key(name) || self.constants.contains_key(name) || scope.open || self.open;
        if known || suggestions::nearest(name, WORDS).is_none() {
            return false;
        }
        self.unknown_part(name, expr.span);
        true
    }

    fn unknown_part(&mut self, name: &str, span: Span) {
        let message = format!("`connect` knows no `{name}`");
        let mut diagnostic = Diagnostic::error(codes::CONNECT_OPTION, span, message);
        if let Some(meant) = suggestions::nearest(name, WORDS.into_iter().chain(["p", "n", "i", "j"])) {
            diagnostic = diagnostic.help(format!("did you mean `{meant}`?"));
        }
        self.report(diagnostic.help("it knows `p`, `n`, `i`, `j`, `all`, `skip_if_invalid`, `fixed_indegree(…)`, `fixed_outdegree(…)` and `fixed_total(…)`"));
    }

    pub(super) fn misfit(&mut self, span: Span, message: &str, help: &str) {
        self.report(Diagnostic::error(codes::CONNECT_PARTS, span, message).help(help));
    }

    /// A rule that takes no other parts.
    pub(super) fn alone(&mut self, parts: &Parts<'_>, span: Span, what: &str) -> Option<()> {
        let named = [parts.p, parts.n, parts.i, parts.j].into_iter().flatten().map(|given| given.name.span).next();
        let other = named.or(parts.condition.map(|expr| expr.span)).or(parts.all).or(parts.skip_if_invalid);
        let Some(other) = other else { return Some(()) };
        let message = format!("{what} goes with no other part");
        let help = "write a `connect` of its own for the rest, or another synapses block";
        self.report(Diagnostic::error(codes::CONNECT_PARTS, other, message).also(span, "the rule").help(help));
        None
    }

    /// Parts that give neurons, with which no condition goes.
    pub(super) fn without_condition(&mut self, parts: &Parts<'_>) -> Option<()> {
        let Some(wrong) = parts.condition.map(|expr| expr.span).or(parts.all) else { return Some(()) };
        self.misfit(
            wrong,
            "neurons are given by `i = …` or `j = …` here, not by a condition",
            "a condition goes behind `if`: `connect j = k for k in range(N_post) if k != i`",
        );
        None
    }
}
