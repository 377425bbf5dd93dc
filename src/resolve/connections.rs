//! `connect`: which neurons get synapses.
//!
//! In: the parts of a `connect`. Out: a rule. Conditions, probabilities and numbers are expressions of both neurons; lists are
//! checked against the sizes of the groups; what would foreseeably make more than 2^32 synapses is refused.

use super::checks::not_an_integer;
use super::constants::Value;
use super::edges::Edges;
use super::lists::{Numbers, has_list};
use super::names::{Entry, Scope};
use super::sources::paired;
use super::spell::quoted;
use super::synapses::Ends;
use super::{Resolver, codes, files, suggestions};
use crate::ir::expr::{ExprId, Site, Type};
use crate::ir::network::{Connect, Rule};
use crate::units::Dimension;
use grammar::ast::{Argument, ConnectPart, Expr, ExprKind, Generator, Member, MemberKind, Name};
use grammar::{Diagnostic, Span};

/// More synapses than this cannot be numbered.
const MOST_SYNAPSES: f64 = 4_294_967_296.0;

/// `name = value for … if …`
#[derive(Clone, Copy)]
struct Given<'a> {
    name: &'a Name,
    value: &'a Expr,
    generator: Option<&'a Generator>,
}

/// The parts of a `connect` by what they say.
#[derive(Clone, Copy, Default)]
struct Parts<'a> {
    all: Option<Span>,
    condition: Option<&'a Expr>,
    /// `fixed_indegree(…)` and the like.
    fixed: Option<(&'a Name, &'a [Argument])>,
    skip_if_invalid: Option<Span>,
    /// `csv("edges.csv")` and the like.
    file: Option<&'a Expr>,
    p: Option<Given<'a>>,
    n: Option<Given<'a>>,
    i: Option<Given<'a>>,
    j: Option<Given<'a>>,
}

/// The rules with a fixed number, as they are written.
const FIXED: [&str; 3] = ["fixed_indegree", "fixed_outdegree", "fixed_total"];

/// What a part without a name is taken for.
const WORDS: [&str; 6] = ["all", "skip_if_invalid", "fixed_indegree", "fixed_outdegree", "fixed_total", "csv"];

impl Resolver<'_> {
    /// Every `connect` of a block; `before` are the names that are there before synapses are.
    pub(super) fn connects(
        &mut self,
        scope: &Scope,
        before: &[Box<str>],
        ends: Ends,
        members: &[&Member],
        name: &Name,
        open: bool,
    ) -> Vec<Connect> {
        let mut scope = pair_scope(scope, before);
        self.numbers_while_connecting(&mut scope, ends);
        let mut connects = Vec::new();
        let mut expected = 0.0;
        let mut given = false;
        for member in members {
            let MemberKind::Connect(parts) = &member.kind else { continue };
            given = true;
            if let Some((rule, count)) = self.connect(&scope, ends, parts, member.span) {
                expected += count;
                connects.push(Connect { rule, span: member.span });
                if expected > MOST_SYNAPSES {
                    self.report(too_many(expected, member.span));
                    expected = 0.0;
                }
            }
        }
        if !given && !open {
            let message = format!("nothing connects the neurons of `{}`", name.text);
            let help = "write `connect all`, or a rule as `connect p = 0.1`";
            self.report(Diagnostic::error(codes::NO_CONNECTION, name.span, message).help(help));
        }
        connects
    }

    /// One rule, and how many synapses it makes as far as that is known.
    fn connect(&mut self, scope: &Scope, ends: Ends, parts: &[ConnectPart], span: Span) -> Option<(Rule, f64)> {
        let parts = self.connect_parts(parts)?;
        let sized = ends.source.sized && ends.target.sized;
        let (sources, targets) = (f64::from(ends.source.group.size), f64::from(ends.target.group.size));
        if let Some((name, arguments)) = parts.fixed {
            let rule = self.fixed(ends, name, arguments)?;
            let count = match rule {
                Rule::FixedIndegree { count, .. } => f64::from(count) * targets,
                Rule::FixedOutdegree { count, .. } => f64::from(count) * sources,
                Rule::FixedTotal { count, .. } => count as f64,
                _ => 0.0,
            };
            self.alone(&parts, name.span, "a rule with a fixed number")?;
            return Some((rule, if sized { count } else { 0.0 }));
        }
        let p = match parts.p {
            Some(given) => Some(self.probability(scope, given)?),
            None => None,
        };
        let n = match parts.n {
            Some(given) => Some(self.repetitions(scope, given)?),
            None => None,
        };
        let share = p.and_then(|p| self.known(p)).unwrap_or(if p.is_some() { 0.0 } else { 1.0 });
        let times = n.and_then(|n| self.known(n)).unwrap_or(if n.is_some() { 0.0 } else { 1.0 });
        if let Some(file) = parts.file {
            let Edges { pairs, values } = self.edges_of_file(ends, file)?;
            let pairs_only = Parts { p: None, n: None, file: None, ..parts };
            self.alone(&pairs_only, file.span, "a file of pairs")?;
            let count = pairs.len() as f64 * share * times;
            return Some((Rule::Pairs { pairs, values, p, n }, count));
        }
        if parts.i.is_none() && parts.j.is_none() {
            if let Some(skip) = parts.skip_if_invalid {
                self.misfit(
                    skip,
                    "nothing can be outside its group here",
                    "`skip_if_invalid` goes with `j = …` or `i = …`",
                );
                return None;
            }
            let condition = match parts.condition {
                Some(expr) if self.is_misspelt(scope, expr) => return None,
                Some(expr) => Some(self.condition(&mut scope.fresh(), expr, "`connect`")?),
                None => None,
            };
            if condition.is_none() && parts.all.is_none() && p.is_none() && n.is_none() {
                self.misfit(span, "this `connect` does not say what connects", "for every pair write `connect all`");
                return None;
            }
            let pairs = if condition.is_none() && sized { sources * targets } else { 0.0 };
            return Some((Rule::Condition { condition, p, n }, pairs * share * times));
        }
        if let Some(wrong) = parts.condition.map(|expr| expr.span).or(parts.all) {
            self.misfit(
                wrong,
                "neurons are given by `i = …` or `j = …` here, not by a condition",
                "a condition goes behind `if`: `connect j = k for k in range(N_post) if k != i`",
            );
            return None;
        }
        match (parts.i, parts.j) {
            (Some(i), Some(j)) => {
                let pairs = self.pairs(ends, i, j)?;
                if let Some(skip) = parts.skip_if_invalid {
                    self.misfit(
                        skip,
                        "`skip_if_invalid` does not go with listed pairs",
                        "leave the pairs out of the lists",
                    );
                    return None;
                }
                let count = pairs.len() as f64 * share * times;
                Some((Rule::Pairs { pairs, values: Vec::new(), p, n }, count))
            }
            (None, Some(given)) | (Some(given), None) => {
                let outer = if parts.j.is_some() { Site::Pre } else { Site::Post };
                if has_list(given.value) && given.generator.is_none() {
                    let other = if parts.j.is_some() { "i" } else { "j" };
                    let help = format!("give `{other} = …` too, a list as long or one number for all");
                    self.misfit(given.value.span, "the other neuron of each pair is missing", &help);
                    return None;
                }
                let generator = self.generator(scope, outer, given.value, given.generator)?;
                let skip_if_invalid = parts.skip_if_invalid.is_some();
                let super::generators::Loop { value, each, condition } = generator;
                Some((Rule::Generator { outer, value, each, condition, skip_if_invalid, p, n }, 0.0))
            }
            (None, None) => None,
        }
    }

    /// Sorts the parts, and reports those that are unknown or given twice.
    fn connect_parts<'a>(&mut self, parts: &'a [ConnectPart]) -> Option<Parts<'a>> {
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
        fine.then_some(sorted)
    }

    fn plain_part<'a>(&mut self, sorted: &mut Parts<'a>, expr: &'a Expr) -> bool {
        match &expr.kind {
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
    fn is_misspelt(&mut self, scope: &Scope, expr: &Expr) -> bool {
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

    fn misfit(&mut self, span: Span, message: &str, help: &str) {
        self.report(Diagnostic::error(codes::CONNECT_PARTS, span, message).help(help));
    }

    /// A rule that takes no other parts.
    fn alone(&mut self, parts: &Parts<'_>, span: Span, what: &str) -> Option<()> {
        let named = [parts.p, parts.n, parts.i, parts.j].into_iter().flatten().map(|given| given.name.span).next();
        let other = named.or(parts.condition.map(|expr| expr.span)).or(parts.all).or(parts.skip_if_invalid);
        let Some(other) = other else { return Some(()) };
        let message = format!("{what} goes with no other part");
        let help = "write a `connect` of its own for the rest, or another synapses block";
        self.report(Diagnostic::error(codes::CONNECT_PARTS, other, message).also(span, "the rule").help(help));
        None
    }

    fn probability(&mut self, scope: &Scope, given: Given<'_>) -> Option<ExprId> {
        let p = self.measure(&mut scope.fresh(), given.value, Dimension::ONE, "`p`")?;
        self.must_be_probability(p, given.value)?;
        Some(p)
    }

    /// A probability that is known is between 0 and 1.
    pub(super) fn must_be_probability(&mut self, p: ExprId, expr: &Expr) -> Option<()> {
        match self.known(p) {
            Some(number) if !(0.0..=1.0).contains(&number) => {
                let message = format!(
                    "a probability is between 0 and 1, and {} is {}",
                    quoted(expr),
                    crate::units::number(number)
                );
                let help = "for several synapses of a pair there is `n`, as in `connect p = 0.5, n = 2`";
                self.report(Diagnostic::error(codes::PROBABILITY, expr.span, message).help(help));
                None
            }
            _ => Some(()),
        }
    }

    fn repetitions(&mut self, scope: &Scope, given: Given<'_>) -> Option<ExprId> {
        let n = self.whole(&mut scope.fresh(), given.value, "`n`")?;
        match self.known(n) {
            Some(number) if number < 0.0 => {
                let message =
                    format!("`n` is the number of synapses of a pair, and {} is {number}", quoted(given.value));
                let help = "write it as in `n = 2`; 0 makes none";
                self.report(Diagnostic::error(codes::COUNT, given.value.span, message).help(help));
                None
            }
            _ => Some(n),
        }
    }

    /// `fixed_indegree(100, autapses = False)`
    fn fixed(&mut self, ends: Ends, name: &Name, arguments: &[Argument]) -> Option<Rule> {
        let mut count = None;
        let mut autapses = true;
        for argument in arguments {
            match argument.name.as_ref().map(|name| (&*name.text, name.span)) {
                None if count.is_none() => count = Some((self.fixed_count(&argument.value)?, argument.value.span)),
                Some(("autapses", _)) => {
                    let value = self.constant_of(&argument.value, None, "`autapses`")?;
                    if value.kind != Type::Boolean {
                        let message = "`autapses` is `True` or `False`";
                        let help = "write `autapses = False` for no synapse of a neuron onto itself";
                        self.report(Diagnostic::error(codes::WRONG_TYPE, argument.value.span, message).help(help));
                        return None;
                    }
                    autapses = value.number != 0.0;
                }
                other => {
                    let span = other.map_or(argument.value.span, |(_, span)| span);
                    let message = format!("`{}` takes a number and `autapses = …`", name.text);
                    let help = format!("write it as in `{}(100, autapses = False)`", name.text);
                    self.report(Diagnostic::error(codes::ARGUMENTS, span, message).help(help));
                    return None;
                }
            }
        }
        let Some((count, span)) = count else {
            let message = format!("`{}` takes the number of synapses", name.text);
            let help = format!("write it as in `{}(100)`", name.text);
            self.report(Diagnostic::error(codes::ARGUMENTS, name.span, message).help(help));
            return None;
        };
        let (drawn_from, side) = match &*name.text {
            "fixed_indegree" => (ends.source, "sources"),
            "fixed_outdegree" => (ends.target, "targets"),
            _ => return Some(Rule::FixedTotal { count: u64::from(count), autapses }),
        };
        // Each is drawn once, and without autapses a neuron of both groups is no choice for itself.
        let same =
            ends.source.group.population == ends.target.group.population && ends.source.group == ends.target.group;
        let choices = drawn_from.group.size - u32::from(!autapses && same);
        if drawn_from.sized && count > choices {
            let message = format!("there are only {choices} {side} to choose from");
            let help = format!("`{}` draws each of them once at most", name.text);
            self.report(Diagnostic::error(codes::COUNT, span, message).help(help));
            return None;
        }
        Some(match &*name.text {
            "fixed_indegree" => Rule::FixedIndegree { count, autapses },
            _ => Rule::FixedOutdegree { count, autapses },
        })
    }

    fn fixed_count(&mut self, expr: &Expr) -> Option<u32> {
        let count = self.constant_integer(expr, "the number of synapses")?;
        if let Ok(count) = u32::try_from(count) {
            return Some(count);
        }
        let message = format!("the number of synapses is 0 or more, and {} is {count}", quoted(expr));
        self.report(Diagnostic::error(codes::COUNT, expr.span, message).help("write it as in `fixed_indegree(100)`"));
        None
    }

    /// `i = [0, 2, 2], j = [1, 1, 3]`
    fn pairs(&mut self, ends: Ends, i: Given<'_>, j: Given<'_>) -> Option<Vec<(u32, u32)>> {
        if let Some(generator) = i.generator.or(j.generator) {
            self.misfit(
                generator.span,
                "a loop gives one of `i` and `j`, for every neuron of the other side",
                "leave the other one out: `connect j = k for k in range(i, i + 3)`",
            );
            return None;
        }
        if self.is_of_file(i.value) || self.is_of_file(j.value) {
            return self.edges_of_arrays(ends, i.value, j.value).map(|edges| edges.pairs);
        }
        let (sources, targets) = (self.numbers(i.value), self.numbers(j.value));
        let (sources, targets): (Numbers, Numbers) = (sources?, targets?);
        let (sources, targets) = match paired(sources, targets) {
            Ok(lists) => lists,
            Err((sources, targets)) => {
                let message = format!("`i` lists {sources} neurons and `j` lists {targets}");
                self.report(
                    Diagnostic::error(codes::LIST_LENGTHS, j.value.span, message)
                        .label(format!("{targets} neurons"))
                        .also(i.value.span, format!("{sources} neurons"))
                        .help("give both as many entries, or one of them as a single number"),
                );
                return None;
            }
        };
        let mut fine = true;
        let mut pairs = Vec::with_capacity(sources.len());
        for (source, target) in sources.into_iter().zip(targets) {
            let source = self.neuron_of_pair(source, ends.source, "source");
            let target = self.neuron_of_pair(target, ends.target, "target");
            match (source, target) {
                (Some(source), Some(target)) => pairs.push((source, target)),
                _ => fine = false,
            }
        }
        fine.then_some(pairs)
    }

    fn neuron_of_pair(&mut self, (value, span): (Value, Span), part: super::groups::Part, side: &str) -> Option<u32> {
        if value.kind != Type::Integer || !value.dimension.is_one() {
            let expr = Expr { kind: ExprKind::Error, span };
            let message = format!("a {side} is given by its index, an integer");
            let mut diagnostic = not_an_integer(&expr, "a pair");
            diagnostic.message = message;
            diagnostic.help = vec!["write it without a decimal point and without unit".to_owned()];
            self.report(diagnostic);
            return None;
        }
        let size = part.group.size;
        match u32::try_from(value.number as i64) {
            Ok(index) if index < size || !part.sized => Some(index),
            _ => {
                let message = format!("{side} {} is outside its group of {size}", value.number);
                let help = format!("indices go from 0 to {}", size - 1);
                self.report(Diagnostic::error(codes::PAIR_OUTSIDE, span, message).help(help));
                None
            }
        }
    }
}

/// What a rule sees: both neurons, but not the synapses, which are not made yet, nor the time.
fn pair_scope(scope: &Scope, before: &[Box<str>]) -> Scope {
    let mut pair = scope.fresh();
    pair.entries.retain(|name, entry| before.contains(name) || matches!(entry, Entry::Poison));
    for name in scope.entries.keys().filter(|name| !before.contains(name)) {
        pair.set(name, Entry::NotHere("synapses have no variables before they are connected"));
    }
    for name in ["t", "t_in_timesteps"] {
        pair.set(name, Entry::NotHere("neurons are connected before time begins"));
    }
    pair
}

fn too_many(expected: f64, span: Span) -> Diagnostic {
    let message = format!("this makes about {expected:.1e} synapses, more than the 2^32 that can be numbered");
    Diagnostic::error(codes::TOO_MANY_SYNAPSES, span, message).help("connect fewer of them, as by `connect p = 0.01`")
}
