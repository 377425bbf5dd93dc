//! `connect`: which neurons get synapses.
//!
//! In: the parts of a `connect`. Out: a rule. Conditions, probabilities and numbers are expressions of both neurons; lists are
//! checked against the sizes of the groups; what would foreseeably make more than 2^32 synapses is refused.

use super::checks::not_an_integer;
use super::connect_parts::{Given, Parts};
use super::constants::Value;
use super::edges::Edges;
use super::generators::Loop;
use super::lists::{Numbers, has_list};
use super::names::{Absence, Entry, Scope};
use super::ranges::is_call;
use super::sources::paired;
use super::spell::quoted;
use super::synapses::Ends;
use super::{Resolver, codes};
use crate::ir::expr::{ExprId, Site, Type};
use crate::ir::network::{Connect, Rule};
use crate::units::Dimension;
use grammar::ast::{Argument, ConnectPart, Expr, ExprKind, Member, MemberKind, Name};
use grammar::{Diagnostic, Span};

/// More synapses than this cannot be numbered.
const MOST_SYNAPSES: f64 = 4_294_967_296.0;

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
        let parts = self.connect_parts(ends, parts)?;
        if let Some((name, arguments)) = parts.fixed {
            let rule = self.fixed(ends, name, arguments)?;
            self.alone(&parts, name.span, "a rule with a fixed number")?;
            let count = synapses_of_fixed(&rule, ends);
            return Some((rule, count));
        }
        let of_pair = self.of_pair(scope, &parts)?;
        match (parts.file, parts.i, parts.j) {
            (Some(file), ..) => {
                let edges = self.edges_of_file(ends, file)?;
                self.alone(&Parts { p: None, n: None, ..parts }, file.span, "a file of pairs")?;
                Some(of_pair.listed(edges))
            }
            (None, None, None) => self.by_condition(scope, ends, &parts, of_pair, span),
            (None, Some(i), Some(j)) => {
                self.without_condition(&parts)?;
                let pairs = self.pairs(ends, i, j)?;
                if let Some(skip) = parts.skip_if_invalid {
                    let message = "`skip_if_invalid` does not go with listed pairs";
                    self.misfit(skip, message, "leave the pairs out of the lists");
                    return None;
                }
                Some(of_pair.listed(Edges { pairs, values: Vec::new() }))
            }
            (None, None, Some(j)) => self.generated(scope, Site::Pre, j, &parts, of_pair),
            (None, Some(i), None) => self.generated(scope, Site::Post, i, &parts, of_pair),
        }
    }

    /// What `p` and `n` say.
    fn of_pair(&mut self, scope: &Scope, parts: &Parts<'_>) -> Option<OfPair> {
        let p = match parts.p {
            Some(given) => Some(self.probability(scope, given)?),
            None => None,
        };
        let n = match parts.n {
            Some(given) => Some(self.repetitions(scope, given)?),
            None => None,
        };
        // What is not known promises no synapses.
        let known = |factor: Option<ExprId>| factor.map_or(1.0, |factor| self.known(factor).unwrap_or(0.0));
        Some(OfPair { p, n, expected: known(p) * known(n) })
    }

    /// `connect all`, `connect i != j, p = 0.1`
    fn by_condition(
        &mut self,
        scope: &Scope,
        ends: Ends,
        parts: &Parts<'_>,
        OfPair { p, n, expected }: OfPair,
        span: Span,
    ) -> Option<(Rule, f64)> {
        if let Some(skip) = parts.skip_if_invalid {
            let help = "`skip_if_invalid` goes with `j = …` or `i = …`";
            self.misfit(skip, "nothing can be outside its group here", help);
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
        let pairs = if condition.is_none() { pairs_between(ends) } else { 0.0 };
        Some((Rule::Condition { condition, p, n }, pairs * expected))
    }

    /// `connect j = k for k in range(3) if k != i`: neurons of the side that is not `outer`, for each of `outer`.
    fn generated(
        &mut self,
        scope: &Scope,
        outer: Site,
        given: Given<'_>,
        parts: &Parts<'_>,
        OfPair { p, n, .. }: OfPair,
    ) -> Option<(Rule, f64)> {
        self.without_condition(parts)?;
        let listed = has_list(given.value) || is_call(given.value);
        if listed && given.generator.is_none() {
            let (one, other) = if outer == Site::Pre { ("j", "i") } else { ("i", "j") };
            let mut help = format!("give `{other} = …` too, a list as long or one number for all");
            if is_call(given.value) {
                help += &format!("; or go through a range for each: `connect {one} = k for k in range(5)`");
            }
            self.misfit(given.value.span, "the other neuron of each pair is missing", &help);
            return None;
        }
        let Loop { value, each, condition } = self.generator(scope, outer, given.value, given.generator)?;
        let skip_if_invalid = parts.skip_if_invalid.is_some();
        Some((Rule::Generator { outer, value, each, condition, skip_if_invalid, p, n }, 0.0))
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

/// `p` and `n` of a rule.
#[derive(Clone, Copy)]
struct OfPair {
    p: Option<ExprId>,
    n: Option<ExprId>,
    /// How many synapses a pair gets on average, as far as that is known.
    expected: f64,
}

impl OfPair {
    /// A rule of listed pairs, and how many synapses it makes.
    fn listed(self, Edges { pairs, values }: Edges) -> (Rule, f64) {
        let count = pairs.len() as f64 * self.expected;
        (Rule::Pairs { pairs, values, p: self.p, n: self.n }, count)
    }
}

/// How many pairs two groups have, as far as that is known.
fn pairs_between(ends: Ends) -> f64 {
    let sized = ends.source.sized && ends.target.sized;
    if sized { f64::from(ends.source.group.size) * f64::from(ends.target.group.size) } else { 0.0 }
}

/// How many synapses a rule with a fixed number makes, as far as that is known.
fn synapses_of_fixed(rule: &Rule, ends: Ends) -> f64 {
    let (sources, targets) = (f64::from(ends.source.group.size), f64::from(ends.target.group.size));
    match *rule {
        _ if !(ends.source.sized && ends.target.sized) => 0.0,
        Rule::FixedIndegree { count, .. } => f64::from(count) * targets,
        Rule::FixedOutdegree { count, .. } => f64::from(count) * sources,
        Rule::FixedTotal { count, .. } => count as f64,
        _ => 0.0,
    }
}

/// Why a synapse's variables mean nothing to its rule.
const NOT_YET: Absence = Absence {
    reason: "synapses have no variables before they are connected",
    mend: "use `i`, `j` and variables of the neurons (`x_pre`, `x_post`)",
};
/// Why time means nothing to a rule.
const BEFORE_TIME: Absence = Absence {
    reason: "neurons are connected before time begins",
    mend: "use `i`, `j`, constants and variables of the neurons (`x_pre`, `x_post`)",
};

/// What a rule sees: both neurons, but not the synapses, which are not made yet, nor the time.
fn pair_scope(scope: &Scope, before: &[Box<str>]) -> Scope {
    let mut pair = scope.fresh();
    pair.entries.retain(|name, entry| before.contains(name) || matches!(entry, Entry::Poison));
    for name in scope.entries.keys().filter(|name| !before.contains(name)) {
        pair.set(name, Entry::NotHere(NOT_YET));
    }
    for name in ["t", "t_in_timesteps"] {
        pair.set(name, Entry::NotHere(BEFORE_TIME));
    }
    pair
}

fn too_many(expected: f64, span: Span) -> Diagnostic {
    let message = format!("this makes about {expected:.1e} synapses, more than the 2^32 that can be numbered");
    Diagnostic::error(codes::TOO_MANY_SYNAPSES, span, message).help("connect fewer of them, as by `connect p = 0.01`")
}
