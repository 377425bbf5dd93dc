//! Neurons: equations, threshold, reset, refractoriness.
//!
//! In: `neurons` blocks (and, by way of `sources`, `poisson` and `spike_source`). Out: populations, and for each what synapses,
//! recordings and assignments may see of it.

use super::blocks::{Code, finished};
use super::equations::lines;
use super::members::BlockKind;
use super::names::{self, Absence, Entry, Meaning, Scope, Typed};
use super::regular::event_names;
use super::{Resolver, checks, codes, evaluate, groups, later, later::Feature, suggestions};
use crate::ir::expr::{Arena, Node, Site, Type};
use crate::ir::network::{
    self, Block, Method, Neurons, Object, PopulationId, PopulationKind, Refractory, Role, Slot, Turn, Variable,
};
use crate::units::{Dimension, quantity};
use grammar::ast::{self, Expr, File, ItemKind, Member, MemberKind, Name};
use grammar::{Diagnostic, Span};

/// What others see of a population or projection.
#[derive(Clone, Debug, Default)]
pub(super) struct Visible {
    /// Its names, as its own code sees them.
    pub(super) scope: Scope,
    /// Its variables and subexpressions: those that can be recorded or read from a synapse. Whether each is shared.
    pub(super) names: Vec<(Box<str>, bool)>,
    /// Whether it makes spikes.
    pub(super) spikes: bool,
    /// Its custom events, by number.
    pub(super) events: Vec<Box<str>>,
}

/// Why `j` means nothing to a neuron.
const ONE_INDEX: Absence =
    Absence { reason: "a neuron has one index, `i`; `j` belongs to synapses", mend: "write `i`" };

impl Visible {
    /// Adds a name to those others see.
    pub(super) fn show(&mut self, name: &str, shared: bool) {
        self.names.push((name.into(), shared));
    }
}

/// Integrators by name; Brian2's `linear` is its older name of `exact`.
const METHODS: [(&str, Method); 8] = [
    ("exact", Method::Exact),
    ("linear", Method::Exact),
    ("exponential_euler", Method::ExponentialEuler),
    ("euler", Method::Euler),
    ("rk2", Method::Rk2),
    ("rk4", Method::Rk4),
    ("heun", Method::Heun),
    ("milstein", Method::Milstein),
];

impl Resolver<'_> {
    /// All populations, in order of declaration.
    pub(super) fn populations(&mut self, file: &File) {
        for item in &file.items {
            let Some(group) = groups::group(item) else { continue };
            let number = self.network.populations.len();
            let id = PopulationId(u32::try_from(number).unwrap_or(u32::MAX));
            self.using = group.model.as_ref().map(|model| (group.name.text.clone(), model.span));
            let kind = match &item.kind {
                ItemKind::Poisson(_) => BlockKind::Poisson,
                ItemKind::SpikeSource(_) => BlockKind::SpikeSource,
                _ => BlockKind::Neurons,
            };
            let (members, whole) = self.members(kind, group.body.as_deref().unwrap_or_default());
            let size = self.sizes.get(number).copied().flatten();
            let clock = self.own_clock(&members);
            let events = event_names(&members);
            let parts: Vec<&str> = if kind == BlockKind::Neurons { &["threshold", "reset"][..] } else { &[] }
                .iter()
                .chain(&events)
                .copied()
                .collect();
            let turns = self.turns(&members, &parts, kind != BlockKind::Neurons, !whole);
            let usual = |slot| Turn { slot, order: turns.order() };
            let threshold_turn = match kind {
                BlockKind::Neurons => turns.of("threshold", usual(Slot::Thresholds)),
                _ => turns.block(Turn::of(Slot::Thresholds)),
            };
            let mut population = network::Population {
                name: group.name.text.to_string(),
                span: group.name.span,
                size: size.unwrap_or(1),
                kind: PopulationKind::Spikes { spikes: Vec::new(), period: None, span: item.span },
                variables: Vec::new(),
                subexpressions: Vec::new(),
                init: Block::default(),
                clock,
                order: turns.order(),
                threshold_turn,
                reset_turn: turns.of("reset", usual(Slot::Resets)),
                held: Vec::new(),
                regular: Vec::new(),
                events: Vec::new(),
            };
            let mut visible = Visible { scope: self.neuron_scope(group, size, !whole), ..Visible::default() };
            visible.scope.step = Some(self.time_step_of(clock));
            visible.events = events.into_iter().map(Into::into).collect();
            let first = self.network.variables.len();
            match kind {
                BlockKind::Poisson => self.poisson(id, group, &members, &mut population, &mut visible),
                BlockKind::SpikeSource => self.spike_source(group, size, &members, &mut population, &mut visible),
                _ => self.neurons(id, &members, &mut population, &mut visible),
            }
            for (equation, _) in lines(&members) {
                // What could not be declared is known to others as such.
                if names::reserved_in_block(&equation.name.text, false).is_some() {
                    visible.show(&equation.name.text, false);
                }
            }
            population.regular = self.regular(&visible.scope, Object::Population(id), &members);
            population.events = self.events(&visible.scope, &members, &turns);
            population.variables = self.variables_since(first);
            self.network.populations.push(population);
            self.visible.push(visible);
        }
        self.using = None;
    }

    /// The variables made since there were `first`.
    pub(super) fn variables_since(&self, first: usize) -> Vec<crate::ir::expr::VariableId> {
        let numbers = first..self.network.variables.len();
        numbers.filter_map(|number| u32::try_from(number).ok().map(crate::ir::expr::VariableId)).collect()
    }

    /// The names every neuron has.
    fn neuron_scope(&mut self, group: &ast::Group, size: Option<u32>, open: bool) -> Scope {
        let mut scope = Scope { owner: group.name.text.clone(), open, ..Scope::default() };
        self.clock_names(&mut scope);
        let index = self.network.arena.add(Node::Index(Site::Own), Type::Integer);
        builtin(&mut scope, "i", index, Dimension::ONE);
        match size.and_then(|size| i32::try_from(size).ok()) {
            Some(size) => {
                let size = self.network.arena.integer(size);
                builtin(&mut scope, "N", size, Dimension::ONE);
            }
            None => scope.set("N", Entry::Poison),
        }
        scope.set("j", Entry::NotHere(ONE_INDEX));
        scope
    }

    /// `t`, `dt` and `t_in_timesteps`.
    pub(super) fn clock_names(&mut self, scope: &mut Scope) {
        let arena = &mut self.network.arena;
        let time = arena.add(Node::Time, Type::Float);
        let step = arena.add(Node::Dt, Type::Float);
        let tick = arena.add(Node::Tick, Type::Integer);
        builtin(scope, "t", time, Dimension::SECOND);
        builtin(scope, "dt", step, Dimension::SECOND);
        builtin(scope, "t_in_timesteps", tick, Dimension::ONE);
    }

    fn neurons(
        &mut self,
        id: PopulationId,
        members: &[&Member],
        population: &mut network::Population,
        visible: &mut Visible,
    ) {
        let object = Object::Population(id);
        let mut scope = std::mem::take(&mut visible.scope);
        let declared = self.declare(&mut scope, object, lines(members));
        self.declare_events(&mut scope, members);
        let threshold =
            find(members, |kind| if let MemberKind::Threshold(condition) = kind { Some(condition) } else { None });
        let refractory =
            find(members, |kind| if let MemberKind::Refractory(value) = kind { Some(value) } else { None });
        let span = population.span;
        let last_spike =
            threshold.map(|_| self.builtin_variable(&mut scope, object, "lastspike", Role::LastSpike, span));
        let not_refractory =
            refractory.map(|_| self.builtin_variable(&mut scope, object, "not_refractory", Role::NotRefractory, span));
        for line in &declared {
            if let (true, Some(variable)) = (line.flags.unless_refractory, line.variable) {
                match not_refractory {
                    Some(guard) => {
                        self.guards.insert(variable, guard);
                    }
                    None => self.flag_without_effect(line.equation, scope.open),
                }
            }
        }
        (population.subexpressions, population.held) = self.subexpressions(&mut scope, object, &declared);
        let equations: Vec<_> = declared.iter().filter_map(|line| self.derivative(&scope, line)).collect();
        self.noise_of_equations(&mut scope, &equations, &[]);
        let spikes = threshold.is_some() || scope.open;
        let neurons = Neurons {
            equations,
            method: self.method(members),
            threshold: threshold.and_then(|condition| self.condition(&mut scope.fresh(), condition, "`threshold`")),
            threshold_span: threshold.map(|condition| condition.span),
            reset: self.reset(&scope, members, spikes),
            refractory: refractory.and_then(|value| self.refractory(&scope, value, spikes)),
            refractory_span: refractory.map(|value| value.span),
            last_spike,
            not_refractory,
        };
        population.kind = PopulationKind::Neurons(neurons);
        population.init = self.init(&scope, &declared, members);
        for line in &declared {
            visible.show(&line.equation.name.text, line.flags.shared);
        }
        for (name, there) in [("lastspike", last_spike), ("not_refractory", not_refractory)] {
            if there.is_some() {
                visible.show(name, false);
            }
        }
        visible.spikes = spikes;
        visible.scope = scope;
    }

    /// A variable that the simulation keeps.
    pub(super) fn builtin_variable(
        &mut self,
        scope: &mut Scope,
        owner: Object,
        name: &str,
        role: Role,
        span: Span,
    ) -> crate::ir::expr::VariableId {
        let (dimension, kind) = match role {
            Role::NotRefractory => (Dimension::ONE, Type::Boolean),
            Role::Rate => (Dimension::HERTZ, Type::Float),
            _ => (Dimension::SECOND, Type::Float),
        };
        let shared = role == Role::Rate;
        self.add_variable(
            scope,
            Variable { name: name.to_owned(), owner, dimension, kind, role, shared, constant: false, span },
        )
    }

    pub(super) fn flag_without_effect(&mut self, equation: &ast::Equation, open: bool) {
        if let Some(flag) = equation.flags.iter().find(|flag| &*flag.text == "unless refractory" && !open) {
            let message = "`(unless refractory)` has no effect: these neurons have no `refractory` statement";
            self.report(
                Diagnostic::warning(codes::NO_EFFECT, flag.span, message).help("add one, as `refractory 5*ms`"),
            );
        }
    }

    fn reset(&mut self, scope: &Scope, members: &[&Member], spikes: bool) -> Block {
        let Some(block) = find(members, |kind| if let MemberKind::Reset(block) = kind { Some(block) } else { None })
        else {
            return Block::default();
        };
        if !spikes {
            self.report(without_threshold(&self.network.arena, scope, "reset", block.span));
        }
        let mut scope = scope.fresh();
        let statements = self.block(&mut scope, Code::Reset, block);
        finished(statements, &scope)
    }

    fn refractory(&mut self, scope: &Scope, expr: &Expr, spikes: bool) -> Option<Refractory> {
        if !spikes {
            self.report(without_threshold(&self.network.arena, scope, "refractory", expr.span));
        }
        let value = self.expression(&mut scope.fresh(), expr)?;
        if self.network.arena.kind(value.id) == Type::Boolean {
            return Some(Refractory::While(value.id));
        }
        self.must_measure((value, expr), Dimension::SECOND, "`refractory`")?;
        let constant = evaluate::value(&self.network.arena, &self.options.functions, value.id);
        if let Some(time) = constant.filter(|&time| time < 0.0) {
            let message = format!("neurons cannot be refractory for {}", quantity(time, Dimension::SECOND));
            let help = "write a time of 0 or more, or a condition: `refractory v > -40*mV`";
            self.report(Diagnostic::error(codes::TIME_VALUE, expr.span, message).help(help));
            return None;
        }
        Some(Refractory::Time(value.id))
    }

    /// Defaults of parameters, then every `init`.
    pub(super) fn init(
        &mut self,
        scope: &Scope,
        declared: &[super::equations::Declared<'_>],
        members: &[&Member],
    ) -> Block {
        let mut scope = scope.fresh();
        let mut statements: Vec<network::Statement> =
            declared.iter().filter_map(|line| self.default_value(&mut scope, line)).collect();
        for member in members {
            if let MemberKind::Init(block) = &member.kind {
                statements.extend(self.block(&mut scope, Code::Init, block));
            }
        }
        finished(statements, &scope)
    }

    /// The integrator a block names.
    pub(super) fn method(&mut self, members: &[&Member]) -> Option<(Method, Span)> {
        let name = find(members, |kind| if let MemberKind::Method(name) = kind { Some(name) } else { None })?;
        if let Some((_, method)) = METHODS.iter().find(|row| row.0 == &*name.text) {
            return Some((*method, name.span));
        }
        self.report(unknown_method(name));
        None
    }
}

fn unknown_method(name: &Name) -> Diagnostic {
    match &*name.text {
        text if text == "gsl" || text.starts_with("gsl_") => return later::refusal(Feature::Gsl, name.span),
        _ => {}
    }
    let mut diagnostic =
        Diagnostic::error(codes::UNKNOWN_METHOD, name.span, format!("there is no method `{}`", name.text));
    if let Some(meant) = suggestions::nearest(&name.text, METHODS.iter().map(|row| row.0)) {
        diagnostic = diagnostic.help(format!("did you mean `{meant}`?"));
    }
    diagnostic.help(
        "the methods are `exact`, `exponential_euler`, `euler`, `rk2`, `rk4`, `heun` and `milstein`; without one it is chosen",
    )
}

fn without_threshold(arena: &Arena, scope: &Scope, word: &str, span: Span) -> Diagnostic {
    let message = format!("`{word}` without a `threshold`: these neurons never spike");
    checks::without_threshold(arena, scope, message, span)
}

/// A name that stands for an expression of its own, unless a variable was to be called so.
pub(super) fn builtin(scope: &mut Scope, name: &str, id: crate::ir::expr::ExprId, dimension: Dimension) {
    if matches!(scope.entries.get(name), Some(Entry::Poison)) {
        return;
    }
    scope.set(name, Entry::Known(Typed { id, dimension }, Meaning::Builtin));
}

/// The first member of a kind.
pub(super) fn find<'m, T>(members: &[&'m Member], wanted: impl Fn(&'m MemberKind) -> Option<T>) -> Option<T> {
    members.iter().find_map(|member| wanted(&member.kind))
}
