//! What makes spikes or input without equations: `poisson`, `spike_source`, `poisson_input`.

use super::blocks::{Code, finished};
use super::groups::Part;
use super::lists::Numbers;
use super::members::BlockKind;
use super::names::{Entry, Meaning, Typed};
use super::populations::{Visible, find};
use super::spell::quoted;
use super::spikes::Train;
use super::{Resolver, codes, dependencies, evaluate, later, later::Feature};
use crate::ir::expr::{Binary, Distribution, Node, Site, Type};
use crate::ir::network::{
    Group, Object, PoissonInput, Population, PopulationId, PopulationKind, Role, Slot, Statement, Target, Turn,
};
use crate::units::{Dimension, quantity};
use grammar::ast::{self, Expr, ExprKind, File, ItemKind, Member, MemberKind};
use grammar::{Diagnostic, Span};

impl Resolver<'_> {
    /// `poisson P[n] { rate 15*Hz }`
    pub(super) fn poisson(
        &mut self,
        id: PopulationId,
        group: &ast::Group,
        members: &[&Member],
        population: &mut Population,
        visible: &mut Visible,
    ) {
        visible.spikes = true;
        let owner = Object::Population(id);
        let rate = self.builtin_variable(&mut visible.scope, owner, "rate", Role::Rate, group.name.span);
        visible.show("rate", true);
        population.kind = PopulationKind::Poisson { rate };
        let Some((value, span)) = rate_of(members) else {
            if !visible.scope.open {
                self.report(missing("rate", "rate 15*Hz", "a poisson block", group.name.span));
            }
            return;
        };
        let Some(hertz) = self.rate(visible, value) else { return };
        let value = self.network.arena.float(hertz);
        let statement = Statement { target: Target::Variable(Site::Own, rate), value, guard: None, span };
        population.init.statements.push(statement);
    }

    /// A rate that is one number for all neurons and times [Hz].
    fn rate(&mut self, visible: &Visible, expr: &Expr) -> Option<f64> {
        let of_neurons = ["i", "t", "t_in_timesteps"];
        let changing = |name: &&str| of_neurons.contains(name) && !self.constants.contains_key(*name);
        let calls = |part: &Expr| matches!(&part.kind, ExprKind::Call { function, .. } if matches!(&*function.text, "rand" | "randn"));
        let mut random = false;
        dependencies::walk(expr, |part| random |= calls(part));
        if random || dependencies::names(expr).iter().any(changing) || visible.scope.open && expr_is_error(expr) {
            self.report(later::refusal(Feature::PoissonRate, expr.span));
            return None;
        }
        let rate = self.constant_of(expr, Some(Dimension::HERTZ), "a rate")?;
        if rate.number >= 0.0 && rate.number.is_finite() {
            self.warn_of_rate(rate.number, expr);
            return Some(rate.number);
        }
        let message = format!("a rate is 0 or more, and {} is {}", quoted(expr), quantity(rate.number, rate.dimension));
        self.report(Diagnostic::error(codes::RATE_VALUE, expr.span, message).help("write it as in `rate 15*Hz`"));
        None
    }

    /// In a time step there is at most one spike: what a rate asks for beyond that is not made, as in Brian2.
    fn warn_of_rate(&mut self, rate: f64, expr: &Expr) {
        let dt = self.network.dt;
        if rate * dt <= 1.0 {
            return;
        }
        let message = format!(
            "a source spikes once in a time step of {} at most, and {} asks for more",
            quantity(dt, Dimension::SECOND),
            quoted(expr)
        );
        let help = format!("the highest rate is {}; a smaller `dt` raises it", quantity(dt.recip(), Dimension::HERTZ));
        self.report(Diagnostic::warning(codes::RATE_OF_STEPS, expr.span, message).help(help));
    }

    /// `spike_source P[n] { spikes i = […], t = […]*ms; period 6*ms }`
    pub(super) fn spike_source(
        &mut self,
        group: &ast::Group,
        size: Option<u32>,
        members: &[&Member],
        population: &mut Population,
        visible: &mut Visible,
    ) {
        visible.spikes = true;
        if !members.iter().any(|member| matches!(member.kind, MemberKind::Spikes(_))) {
            if !visible.scope.open {
                let example = "spikes i = [0, 1], t = [1, 2]*ms";
                self.report(missing("spikes", example, "a spike_source block", group.name.span));
            }
            return;
        }
        let dt = self.network.clocks.get(population.clock.0 as usize).copied().unwrap_or(self.network.dt);
        if let Some(Train { spikes, period, span }) = self.train(members, size, dt) {
            population.kind = PopulationKind::Spikes { spikes, period, span };
        }
    }

    /// Every `poisson_input`.
    pub(super) fn inputs(&mut self, file: &File) {
        for item in &file.items {
            if let ItemKind::PoissonInput { target, body } = &item.kind {
                let (members, whole) = self.members(BlockKind::PoissonInput, body);
                let input = self.input(target, &members, item.span, whole);
                // A place among the inputs is kept, so that numbers stay those of the text.
                let group = Group { population: PopulationId(0), offset: 0, size: 1 };
                let empty =
                    PoissonInput { block: Default::default(), group, turn: Turn::of(Slot::Synapses), span: item.span };
                self.network.inputs.push(input.unwrap_or(empty));
            }
        }
    }

    fn input(&mut self, place: &Expr, members: &[&Member], span: Span, whole: bool) -> Option<PoissonInput> {
        let target = self.input_target(place);
        let count = find(members, |kind| if let MemberKind::Count(value) = kind { Some(value) } else { None });
        let rate = rate_of(members).map(|(value, _)| value);
        let weight = find(members, |kind| if let MemberKind::Weight(value) = kind { Some(value) } else { None });
        for (there, word, example) in [
            (count.is_some(), "n", "n 1000"),
            (rate.is_some(), "rate", "rate 20*Hz"),
            (weight.is_some(), "weight", "weight 0.1*mV"),
        ] {
            if !there && whole {
                self.report(missing(word, example, "a poisson_input block", span));
            }
        }
        let count = count.and_then(|value| self.input_count(value));
        let rate = rate.and_then(|value| self.rate(&Visible::default(), value));
        let (part, variable, name) = target?;
        let mut scope = self.part_scope(part).fresh();
        // Draw 0 is the number of spikes.
        scope.draws = 1;
        let stored = self.network.variables[variable.0 as usize].clone();
        let weight = self.measure(&mut scope, weight?, stored.dimension, "the weight of this input")?;
        let arena = &mut self.network.arena;
        let (count, rate, step) = (arena.integer(count?), arena.float(rate?), arena.add(Node::Dt, Type::Float));
        let probability = arena.binary(Binary::Multiply, rate, step);
        let drawn = arena.add(Node::Random(Distribution::Binomial, 0, vec![count, probability]), Type::Integer);
        let amount = arena.binary(Binary::Multiply, drawn, weight);
        let old = arena.add(Node::Variable(Site::Own, variable), stored.kind);
        let sum = arena.binary(Binary::Add, old, amount);
        self.may_write(Code::Pathway, Site::Own, variable, &name)?;
        let value = self.convert(sum, stored.kind);
        let guard = self.guards.get(&variable).copied();
        let statement = Statement { target: Target::Variable(Site::Own, variable), value, guard, span };
        Some(PoissonInput {
            block: finished(vec![statement], &scope),
            group: part.group,
            turn: Turn::of(Slot::Synapses),
            span,
        })
    }

    fn input_target(&mut self, place: &Expr) -> Option<(Part, crate::ir::expr::VariableId, ast::Name)> {
        let ExprKind::Member { base, name } = &place.kind else {
            if !expr_is_error(place) {
                let message = "the target of a poisson_input is a variable of a population, as `P.v`";
                let help = "write it as in `poisson_input to P.v { … }`, or `P[0:100].v` for a part of it";
                self.report(Diagnostic::error(codes::NOT_A_PLACE, place.span, message).help(help));
            }
            return None;
        };
        let part = self.part(base)?;
        let visible = self.visible.get(part.group.population.0 as usize)?;
        match visible.scope.entries.get(&name.text) {
            Some(Entry::Known(Typed { .. }, Meaning::Variable(Site::Own, id))) => Some((part, *id, name.clone())),
            Some(Entry::Poison) => None,
            _ => {
                self.unknown_variable(part, name);
                None
            }
        }
    }

    fn input_count(&mut self, expr: &Expr) -> Option<i32> {
        let count = self.constant_integer(expr, "`n`")?;
        if count >= 0 {
            return Some(count);
        }
        let message = format!("`n` is the number of inputs, and {} is {count}", quoted(expr));
        self.report(Diagnostic::error(codes::COUNT, expr.span, message).help("write it as in `n 1000`"));
        None
    }

    /// Whether an expression is a constant, and which.
    pub(super) fn known(&self, id: crate::ir::expr::ExprId) -> Option<f64> {
        evaluate::value(&self.network.arena, &self.options.functions, id)
    }
}

fn rate_of<'m>(members: &[&'m Member]) -> Option<(&'m Expr, Span)> {
    members.iter().find_map(|member| match &member.kind {
        MemberKind::Rate(value) => Some((value, member.span)),
        _ => None,
    })
}

fn expr_is_error(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Error)
}

/// The diagnostic of a statement that a block needs.
pub(super) fn missing(word: &str, example: &str, block: &str, span: Span) -> Diagnostic {
    let message = format!("{block} needs a `{word}`");
    Diagnostic::error(codes::MISSING, span, message).help(format!("write `{example}` in it"))
}

/// A list of values, each with its place.
pub(super) type Listed = Vec<(super::constants::Value, Span)>;

/// Two lists of one length; a single value goes with every entry of the other. The lengths where they differ.
pub(super) fn paired(first: Numbers, second: Numbers) -> Result<(Listed, Listed), (usize, usize)> {
    match (first, second) {
        (Numbers::One(a, at), Numbers::One(b, other)) => Ok((vec![(a, at)], vec![(b, other)])),
        (Numbers::One(a, at), Numbers::Many(list)) => Ok((vec![(a, at); list.len()], list)),
        (Numbers::Many(list), Numbers::One(b, at)) => {
            let repeated = vec![(b, at); list.len()];
            Ok((list, repeated))
        }
        (Numbers::Many(first), Numbers::Many(second)) if first.len() == second.len() => Ok((first, second)),
        (Numbers::Many(first), Numbers::Many(second)) => Err((first.len(), second.len())),
    }
}
