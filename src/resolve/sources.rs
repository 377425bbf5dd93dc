//! What makes spikes or input by itself: `poisson`, `spike_source`, `poisson_input`.

use super::blocks::{Code, finished};
use super::equations::lines;
use super::groups::Part;
use super::lists::Numbers;
use super::members::BlockKind;
use super::names::{Entry, Meaning, Scope, Typed};
use super::populations::{Visible, find};
use super::spell::quoted;
use super::spikes::Train;
use super::{Resolver, codes, evaluate};
use crate::ir::expr::{Arena, Binary, Distribution, ExprId, Node, Site, Type};
use crate::ir::network::{
    Block, Equation, Group, Held, Neurons, Object, PoissonInput, Population, PopulationId, PopulationKind, Role, Slot,
    Statement, Subexpression, Target, Turn, Variable,
};
use crate::units::{Dimension, quantity};
use grammar::ast::{self, Expr, ExprKind, File, ItemKind, Member, MemberKind};
use grammar::{Diagnostic, Span};

impl Resolver<'_> {
    /// `poisson P[n] { rate 15*Hz }`: one rate for all is a process of its own; any other is looked at in every step, by a threshold.
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
        let mut scope = std::mem::take(&mut visible.scope);
        let declared = self.declare(&mut scope, owner, lines(members));
        self.declare_events(&mut scope, members);
        (population.subexpressions, population.held) = self.subexpressions(&mut scope, owner, &declared);
        for line in &declared {
            visible.show(&line.equation.name.text, line.flags.shared);
            if line.flags.unless_refractory {
                self.flag_without_effect(line.equation, scope.open);
            }
            if &*line.equation.name.text == "rate" {
                self.report(rate_again(line.equation));
            }
        }
        let equations: Vec<Equation> = declared.iter().filter_map(|line| self.derivative(&scope, line)).collect();
        self.noise_of_equations(&mut scope, &equations, &[]);
        let steady =
            equations.is_empty() && !members.iter().any(|member| matches!(member.kind, MemberKind::Every { .. }));
        let method = self.method(members);
        let at = group.name.span;
        let given = rate_of(members);
        if given.is_none() && !scope.open {
            self.report(missing("rate", "rate 15*Hz", "a poisson block", at));
        }
        let dt = self.time_step_of(population.clock);
        let value = given.and_then(|(expr, span)| Some((self.rate(&scope, expr, dt)?, span)));
        match value {
            Some((value, span)) if !(steady && self.known(value.id).is_some()) => {
                let kept = self.rate_of_each(&mut scope, owner, population, value, span);
                visible.show("rate", false);
                let threshold = self.by_chance(kept);
                population.kind = PopulationKind::Neurons(Neurons {
                    equations,
                    method,
                    threshold: Some(threshold),
                    threshold_span: None,
                    reset: Block::default(),
                    refractory: None,
                    refractory_span: None,
                    last_spike: None,
                    not_refractory: None,
                });
            }
            _ => {
                let rate = self.builtin_variable(&mut scope, owner, "rate", Role::Rate, at);
                visible.show("rate", true);
                population.kind = PopulationKind::Poisson { rate };
                let statement = |(value, span): (Typed, Span)| Statement {
                    target: Target::Variable(Site::Own, rate),
                    value: value.id,
                    guard: None,
                    span,
                };
                population.init.statements.extend(value.map(statement));
            }
        }
        let Block { statements, draws } = self.init(&scope, &declared, members);
        population.init.statements.extend(statements);
        population.init.draws = draws;
        visible.scope = scope;
    }

    /// A rate that differs between neurons or changes, under the name `rate`: a variable where it follows from the index alone, a
    /// value held for a step where it is drawn, else a subexpression.
    fn rate_of_each(
        &mut self,
        scope: &mut Scope,
        owner: Object,
        population: &mut Population,
        value: Typed,
        span: Span,
    ) -> Typed {
        let arena = &self.network.arena;
        let parts = || evaluate::parts(arena, value.id).into_iter().map(|part| arena.node(part));
        let drawn = parts().any(|node| matches!(node, Node::Random(..)));
        let of_index = parts().all(|node| {
            matches!(
                node,
                Node::Float(_)
                    | Node::Integer(_)
                    | Node::Boolean(_)
                    | Node::Index(_)
                    | Node::Unary(..)
                    | Node::Binary(..)
                    | Node::Call(..)
            )
        });
        if !drawn && !of_index {
            let (name, dimension) = ("rate".to_owned(), value.dimension);
            population.subexpressions.push(Subexpression { name, value: value.id, dimension, span });
            scope.set("rate", Entry::Known(value, Meaning::Subexpression));
            return value;
        }
        let variable = Variable {
            name: "rate".to_owned(),
            owner,
            dimension: Dimension::HERTZ,
            kind: Type::Float,
            role: if drawn { Role::Held } else { Role::Parameter },
            shared: false,
            constant: false,
            span,
        };
        let variable = self.add_variable(scope, variable);
        let id = self.convert(value.id, Type::Float);
        let statement = Statement { target: Target::Variable(Site::Own, variable), value: id, guard: None, span };
        if drawn {
            // The draws of a rate are the only ones of its statement.
            let draws = parts_drawn(&self.network.arena, id);
            population.held.push(Held { variable, block: Block { statements: vec![statement], draws } });
        } else {
            population.init.statements.push(statement);
        }
        let id = self.network.arena.add(Node::Variable(Site::Own, variable), Type::Float);
        Typed { id, dimension: Dimension::HERTZ }
    }

    /// `rand() < rate*dt`
    fn by_chance(&mut self, rate: Typed) -> ExprId {
        let arena = &mut self.network.arena;
        let drawn = arena.add(Node::Random(Distribution::Uniform, 0, Vec::new()), Type::Float);
        let step = arena.add(Node::Dt, Type::Float);
        let probability = arena.binary(Binary::Multiply, rate.id, step);
        arena.binary(Binary::Less, drawn, probability)
    }

    /// A rate [Hz]; one that is a number is looked at.
    fn rate(&mut self, scope: &Scope, expr: &Expr, dt: f64) -> Option<Typed> {
        let value = self.measure(&mut scope.fresh(), expr, Dimension::HERTZ, "a rate")?;
        let value = Typed { id: value, dimension: Dimension::HERTZ };
        let Some(number) = self.known(value.id) else { return Some(value) };
        let hertz = self.usable_rate(number, expr, dt)?;
        Some(Typed { id: self.network.arena.float(hertz), ..value })
    }

    fn usable_rate(&mut self, rate: f64, expr: &Expr, dt: f64) -> Option<f64> {
        if rate >= 0.0 && rate.is_finite() {
            self.warn_of_rate(rate, expr, dt);
            return Some(rate);
        }
        let message = format!("a rate is 0 or more, and {} is {}", quoted(expr), quantity(rate, Dimension::HERTZ));
        self.report(Diagnostic::error(codes::RATE_VALUE, expr.span, message).help("write it as in `rate 15*Hz`"));
        None
    }

    /// The rate of a `poisson_input`, one for all neurons and times [Hz].
    fn input_rate(&mut self, scope: &Scope, expr: &Expr, dt: f64) -> Option<f64> {
        let value = self.rate(scope, expr, dt)?;
        let number = self.known(value.id);
        if number.is_none() {
            let message = "a poisson_input has one rate for all its neurons, at all times";
            let help = "for rates that differ or change: `poisson X[1000] { rate … }`, and synapses from it";
            self.report(Diagnostic::error(codes::RATE_VALUE, expr.span, message).label("is not a constant").help(help));
        }
        number
    }

    /// In a time step there is at most one spike: what a rate asks for beyond that is not made, as in Brian2.
    fn warn_of_rate(&mut self, rate: f64, expr: &Expr, dt: f64) {
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
        let dt = self.time_step_of(population.clock);
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
        let (part, variable, name) = target?;
        let clock = self.network.populations[part.group.population.0 as usize].clock;
        let (plain, dt) = (self.part_scope(part), self.time_step_of(clock));
        let rate = rate.and_then(|value| self.input_rate(&plain, value, dt));
        let turn = self.turns(members, &[], true, false).block(Turn::of(Slot::Synapses));
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
        Some(PoissonInput { block: finished(vec![statement], &scope), group: part.group, turn, span })
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
            Some(Entry::Known(_, Meaning::Linked)) => {
                self.not_assignable(name, "it is linked: only the one it is linked to can be written");
                None
            }
            Some(Entry::Known(_, Meaning::Subexpression)) => {
                self.not_assignable(name, "it is a subexpression: its value follows from its equation");
                None
            }
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
    pub(super) fn known(&self, id: ExprId) -> Option<f64> {
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

/// How many random calls an expression has.
fn parts_drawn(arena: &Arena, root: ExprId) -> u32 {
    let draws = evaluate::parts(arena, root).into_iter().filter_map(|part| match arena.node(part) {
        Node::Random(_, draw, _) => Some(draw + 1),
        _ => None,
    });
    draws.max().unwrap_or(0)
}

fn rate_again(equation: &ast::Equation) -> Diagnostic {
    let message = "`rate` is what the statement `rate …` of a poisson block gives already";
    Diagnostic::error(codes::DEFINED_TWICE, equation.name.span, message)
        .label("declared again here")
        .help("give the variable another name, and write that in the statement: `rate r`")
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
