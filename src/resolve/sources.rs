//! What makes spikes or input without equations: `poisson`, `spike_source`, `poisson_input`.

use super::blocks::{Code, finished};
use super::groups::Part;
use super::lists::Numbers;
use super::members::BlockKind;
use super::names::{Entry, Meaning, Typed};
use super::populations::{Visible, find};
use super::spell::quoted;
use super::{Resolver, codes, dependencies, evaluate, later, later::Feature};
use crate::ir::expr::{Binary, Distribution, Node, Site, Type};
use crate::ir::network::{
    Group, Object, PoissonInput, Population, PopulationId, PopulationKind, Role, Slot, Statement, Target, Turn,
};
use crate::units::{Dimension, quantity};
use grammar::ast::{self, Argument, Expr, ExprKind, File, ItemKind, Member, MemberKind};
use grammar::{Diagnostic, Span};
use std::collections::HashMap;

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

    /// `spike_source P[n] { spikes i = […], t = […]*ms }`
    pub(super) fn spike_source(
        &mut self,
        group: &ast::Group,
        size: Option<u32>,
        members: &[&Member],
        population: &mut Population,
        visible: &mut Visible,
    ) {
        visible.spikes = true;
        let Some(member) = members.iter().find(|member| matches!(member.kind, MemberKind::Spikes(_))) else {
            if !visible.scope.open {
                self.report(missing(
                    "spikes",
                    "spikes i = [0, 1], t = [1, 2]*ms",
                    "a spike_source block",
                    group.name.span,
                ));
            }
            return;
        };
        let MemberKind::Spikes(arguments) = &member.kind else { return };
        if let Some(spikes) = self.spikes(arguments, size, member.span) {
            population.kind = PopulationKind::Spikes { spikes, period: None, span: member.span };
        }
    }

    fn spikes(&mut self, arguments: &[Argument], size: Option<u32>, span: Span) -> Option<Vec<(f64, u32)>> {
        if let Some(call) = arguments.iter().find(|argument| argument.name.is_none()) {
            let diagnostic = match &call.value.kind {
                ExprKind::Call { function, .. } if &*function.text == "csv" => {
                    later::refusal(Feature::Csv, call.value.span)
                }
                _ => spike_list(call.value.span, "spikes are given by `i = […]` and `t = […]*ms`".to_owned()),
            };
            self.report(diagnostic);
            return None;
        }
        let named = |wanted: &str| {
            arguments.iter().find(|argument| argument.name.as_ref().is_some_and(|name| &*name.text == wanted))
        };
        for argument in arguments {
            if let Some(name) = argument.name.as_ref().filter(|name| !matches!(&*name.text, "i" | "t")) {
                self.report(spike_list(name.span, format!("spikes have `i` and `t`, no `{}`", name.text)));
            }
        }
        let (Some(i), Some(t)) = (named("i"), named("t")) else {
            self.report(spike_list(span, "spikes need both `i = […]` and `t = […]*ms`".to_owned()));
            return None;
        };
        let (neurons, times) = (self.numbers(&i.value), self.numbers(&t.value));
        let (neurons, times) = match paired(neurons?, times?) {
            Ok(lists) => lists,
            Err((neurons, times)) => {
                let wrong = spike_list(t.value.span, format!("{neurons} neurons are listed and {times} times"));
                self.report(wrong.label(format!("{times} times")).also(i.value.span, format!("{neurons} neurons")));
                return None;
            }
        };
        let mut fine = true;
        let mut seen: HashMap<(u32, i64), Span> = HashMap::new();
        let mut spikes = Vec::with_capacity(times.len());
        for ((neuron, place), (time, at)) in neurons.into_iter().zip(times) {
            let neuron = self.spiking_neuron(neuron, size, place);
            let time = self.spike_time(time, at);
            let (Some(neuron), Some(time)) = (neuron, time) else {
                fine = false;
                continue;
            };
            // Brian2's bin of a spike: a time just under a step counts as on it.
            let bin = ((time + 1e-3 * self.network.dt) / self.network.dt) as i64;
            if let Some(first) = seen.insert((neuron, bin), at) {
                let message = format!("neuron {neuron} has two spikes in one time step");
                let mut wrong = spike_list(at, message).also(first, "the other one");
                wrong.help = vec![format!(
                    "leave one of them out, or take a smaller `dt`: it is {}",
                    quantity(self.network.dt, Dimension::SECOND)
                )];
                self.report(wrong);
                fine = false;
            }
            spikes.push((time, neuron));
        }
        fine.then_some(spikes)
    }

    fn spiking_neuron(&mut self, neuron: super::constants::Value, size: Option<u32>, span: Span) -> Option<u32> {
        if neuron.kind != Type::Integer || !neuron.dimension.is_one() {
            self.report(spike_list(span, "neurons are listed by their index, an integer".to_owned()));
            return None;
        }
        let group = Group { population: PopulationId(0), offset: 0, size: size.unwrap_or(1) };
        self.index(neuron.number as i32, Part { group, sized: size.is_some() }, span)
    }

    fn spike_time(&mut self, time: super::constants::Value, span: Span) -> Option<f64> {
        if time.dimension != Dimension::SECOND {
            let message = format!("a spike's time is a time, and this {}", super::checks::has_unit(time.dimension));
            self.report(Diagnostic::error(codes::WRONG_UNIT, span, message).help("write it as in `t = [1, 2]*ms`"));
            return None;
        }
        if time.number >= 0.0 && time.number.is_finite() {
            return Some(time.number);
        }
        let message =
            format!("a spike cannot be at {}: the experiment begins at 0", quantity(time.number, time.dimension));
        self.report(spike_list(span, message));
        None
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

fn spike_list(span: Span, message: String) -> Diagnostic {
    Diagnostic::error(codes::SPIKE_LIST, span, message).help("write them as in `spikes i = [0, 1], t = [1, 2.5]*ms`")
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
