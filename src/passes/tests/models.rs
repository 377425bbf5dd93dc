//! Small networks for tests, written with a few words, and run by the interpreter.
//!
//! `Model` takes equations and code as text of a small expression language (names, numbers, operators, calls); `Bench` runs one
//! population as the time loop would: propagators, copies, step, threshold, reset.

#![cfg(test)]

use crate::interpreter::Interpreted;
use crate::ir::expr::{Arena, Binary, Distribution, ExprId, Function, Node, Site, Type, Unary, VariableId};
use crate::ir::network::{
    Block, ClockId, Delay, Equation, Group, Network, Neurons, Object, Pathway, Population, PopulationId,
    PopulationKind, Projection, ProjectionId, Role, Slot, Statement, Target, Turn, Variable,
};
use crate::ir::plan::{Plan, ProgramId, SourcePlan};
use crate::ir::steps::Kind;
use crate::passes::{Failure, Options, plan};
use crate::units::Dimension;
use grammar::Span;
use runtime::host::Functions;
use runtime::kernel::{Call, Kernel, Moment, Work};
use runtime::state::{Column, ColumnId, ElementType, State};

/// A network in the making.
#[derive(Clone, Debug, Default)]
pub(in crate::passes) struct Model {
    pub(in crate::passes) network: Network,
}

impl Model {
    pub(in crate::passes) fn new() -> Self {
        Self { network: Network { dt: 1e-4, clocks: vec![1e-4], ..Network::default() } }
    }

    /// A population without equations.
    pub(in crate::passes) fn neurons(&mut self, name: &str, size: u32) -> PopulationId {
        let id = PopulationId(self.network.populations.len() as u32);
        self.network.populations.push(Population {
            name: name.to_owned(),
            span: Span::default(),
            size,
            kind: PopulationKind::Neurons(Neurons {
                equations: Vec::new(),
                method: None,
                threshold: None,
                threshold_span: None,
                reset: Block::default(),
                refractory: None,
                refractory_span: None,
                last_spike: None,
                not_refractory: None,
            }),
            variables: Vec::new(),
            subexpressions: Vec::new(),
            init: Block::default(),
            clock: ClockId(0),
            order: 0,
            threshold_turn: Turn::of(Slot::Thresholds),
            reset_turn: Turn::of(Slot::Resets),
            held: Vec::new(),
            regular: Vec::new(),
            events: Vec::new(),
        });
        self.network.order.push(Object::Population(id));
        id
    }

    pub(in crate::passes) fn group(&self, id: PopulationId) -> Group {
        Group { population: id, offset: 0, size: self.network.populations[id.0 as usize].size }
    }

    pub(in crate::passes) fn of(&mut self, id: PopulationId) -> &mut Neurons {
        match &mut self.network.populations[id.0 as usize].kind {
            PopulationKind::Neurons(neurons) => neurons,
            other => panic!("{other:?} are no neurons"),
        }
    }

    /// A projection between all of two populations.
    pub(in crate::passes) fn synapses(&mut self, name: &str, source: PopulationId, target: PopulationId) -> Object {
        let id = ProjectionId(self.network.projections.len() as u32);
        let (source, target) = (self.group(source), self.group(target));
        self.network.projections.push(Projection {
            name: name.to_owned(),
            span: Span::default(),
            source,
            target,
            variables: Vec::new(),
            subexpressions: Vec::new(),
            clock_driven: Vec::new(),
            event_driven: Vec::new(),
            last_update: None,
            method: None,
            pathways: Vec::new(),
            connects: Vec::new(),
            init: Block::default(),
            clock: ClockId(0),
            order: 0,
            held: Vec::new(),
            regular: Vec::new(),
            summed: Vec::new(),
        });
        self.network.order.push(Object::Projection(id));
        Object::Projection(id)
    }

    /// `on_pre` of the first projection.
    pub(in crate::passes) fn on_pre(&mut self, owner: Object, statements: &[(&str, &str)]) {
        let statements = statements.iter().map(|(target, value)| self.statement(owner, target, value)).collect();
        let Object::Projection(id) = owner else { panic!("{owner:?} has no pathways") };
        self.network.projections[id.0 as usize].pathways.push(Pathway {
            name: "pre".to_owned(),
            side: Site::Pre,
            event: None,
            turn: Turn { slot: Slot::Synapses, order: -1 },
            block: Block { statements, draws: 0 },
            delay: Delay::Shared(0.0),
            delay_span: None,
            span: Span::default(),
        });
    }

    pub(in crate::passes) fn variable(&mut self, owner: Object, name: &str, role: Role, kind: Type) -> VariableId {
        let id = VariableId(self.network.variables.len() as u32);
        self.network.variables.push(Variable {
            name: name.to_owned(),
            owner,
            dimension: Dimension::ONE,
            kind,
            role,
            shared: false,
            constant: false,
            span: Span::default(),
        });
        if let Object::Population(PopulationId(number)) = owner {
            self.network.populations[number as usize].variables.push(id);
        }
        id
    }

    pub(in crate::passes) fn parameter(&mut self, id: PopulationId, name: &str) -> VariableId {
        self.variable(Object::Population(id), name, Role::Parameter, Type::Float)
    }

    /// `dx/dt = rhs` for several; names ending in `!` are `unless refractory`.
    pub(in crate::passes) fn equations(&mut self, id: PopulationId, equations: &[(&str, &str)]) {
        for (name, _) in equations {
            self.variable(Object::Population(id), name.trim_end_matches('!'), Role::State, Type::Float);
        }
        for (name, rhs) in equations {
            let rhs = self.expression(Object::Population(id), rhs);
            let variable = self.find(Object::Population(id), name.trim_end_matches('!')).expect("it was just made");
            let unless_refractory = name.ends_with('!');
            self.of(id).equations.push(Equation { variable, rhs, unless_refractory, span: Span::default() });
        }
    }

    /// A threshold, with `lastspike`.
    pub(in crate::passes) fn threshold(&mut self, id: PopulationId, condition: &str) {
        let last = self.variable(Object::Population(id), "lastspike", Role::LastSpike, Type::Float);
        let condition = self.expression(Object::Population(id), condition);
        let neurons = self.of(id);
        neurons.last_spike = Some(last);
        neurons.threshold = Some(condition);
    }

    /// `target = value` on `site`.
    pub(in crate::passes) fn statement(&mut self, owner: Object, target: &str, value: &str) -> Statement {
        let (site, target) = self.named(owner, target).unwrap_or_else(|| panic!("no variable {target}"));
        let value = self.expression(owner, value);
        Statement { target: Target::Variable(site, target), value, guard: None, span: Span::default() }
    }

    pub(in crate::passes) fn find(&self, owner: Object, name: &str) -> Option<VariableId> {
        let place = self.network.variables.iter().position(|v| v.owner == owner && v.name == name);
        place.map(|place| VariableId(place as u32))
    }

    fn named(&self, owner: Object, name: &str) -> Option<(Site, VariableId)> {
        if let Some(variable) = self.find(owner, name) {
            return Some((Site::Own, variable));
        }
        let Object::Projection(id) = owner else { return None };
        let projection = &self.network.projections[id.0 as usize];
        let (site, group) = match name.rsplit_once('_') {
            Some((_, "pre")) => (Site::Pre, projection.source),
            _ => (Site::Post, projection.target),
        };
        let bare = name.trim_end_matches("_pre").trim_end_matches("_post");
        self.find(Object::Population(group.population), bare).map(|variable| (site, variable))
    }

    /// An expression as code of `owner` would write it.
    pub(in crate::passes) fn expression(&mut self, owner: Object, text: &str) -> ExprId {
        let tokens = tokens(text);
        let mut reader = Reader { model: self, owner, tokens: &tokens, at: 0, draws: 0 };
        let id = reader.binary(0);
        assert_eq!(reader.at, tokens.len(), "`{text}` has a rest");
        id
    }

    pub(in crate::passes) fn plan(&self) -> Result<Plan, Failure> {
        plan(self.network.clone(), Options::default()).map(|made| made.plan)
    }

    /// The plan, run.
    pub(in crate::passes) fn bench(&self) -> Bench {
        Bench::new(self.plan().expect("the model is sound"), self.network.populations[0].size)
    }
}

fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let mut token = c.to_string();
        let part = |c: &char| c.is_alphanumeric() || *c == '_' || *c == '.';
        if c.is_alphanumeric() || c == '_' || c == '.' {
            while let Some(next) =
                chars.next_if(|next| part(next) || (*next == '-' && token.ends_with('e') && c.is_numeric()))
            {
                token.push(next);
            }
        } else if "*/=<>!".contains(c) {
            token.extend(chars.next_if(|next| *next == '=' || (*next == c && "*/".contains(c))));
        }
        if !c.is_whitespace() {
            tokens.push(token);
        }
    }
    tokens
}

const LEVELS: [&[(&str, Binary)]; 6] = [
    &[("or", Binary::Or)],
    &[("and", Binary::And)],
    &[
        ("<", Binary::Less),
        ("<=", Binary::LessEqual),
        (">", Binary::Greater),
        (">=", Binary::GreaterEqual),
        ("==", Binary::Equal),
        ("!=", Binary::NotEqual),
    ],
    &[("+", Binary::Add), ("-", Binary::Subtract)],
    &[("*", Binary::Multiply), ("/", Binary::Divide), ("//", Binary::FloorDivide), ("%", Binary::Remainder)],
    &[("**", Binary::Power)],
];

/// Functions of the test language; their result is real where they are not of integers.
const FUNCTIONS: [(&str, Function); 12] = [
    ("exp", Function::Exp),
    ("exprel", Function::Exprel),
    ("log", Function::Log),
    ("sqrt", Function::Sqrt),
    ("sin", Function::Sin),
    ("tanh", Function::Tanh),
    ("abs", Function::Abs),
    ("clip", Function::Clip),
    ("int", Function::Int),
    ("where", Function::Where),
    ("min", Function::Min),
    ("max", Function::Max),
];

struct Reader<'a> {
    model: &'a mut Model,
    owner: Object,
    tokens: &'a [String],
    at: usize,
    draws: u32,
}

impl Reader<'_> {
    fn arena(&mut self) -> &mut Arena {
        &mut self.model.network.arena
    }

    fn next(&mut self) -> &str {
        self.at += 1;
        self.tokens.get(self.at - 1).map_or("", String::as_str)
    }

    fn take(&mut self, wanted: &str) -> bool {
        let found = self.tokens.get(self.at).is_some_and(|token| token == wanted);
        self.at += usize::from(found);
        found
    }

    fn binary(&mut self, level: usize) -> ExprId {
        let Some(row) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.binary(level + 1);
        while let Some(&(_, operator)) = row.iter().find(|(sign, _)| self.take(sign)) {
            let right = self.binary(level + 1);
            left = self.arena().binary(operator, left, right);
        }
        left
    }

    fn unary(&mut self) -> ExprId {
        let operator = if self.take("-") {
            Unary::Negate
        } else if self.take("not") {
            Unary::Not
        } else {
            return self.atom();
        };
        let operand = if operator == Unary::Not { self.binary(2) } else { self.binary(5) };
        self.arena().unary(operator, operand)
    }

    fn atom(&mut self) -> ExprId {
        let token = self.next().to_owned();
        if token == "(" {
            let inner = self.binary(0);
            assert!(self.take(")"), "a bracket is open");
            return inner;
        }
        if let Ok(value) = token.parse::<i32>() {
            return self.arena().integer(value);
        }
        if let Ok(value) = token.parse::<f64>() {
            return self.arena().float(value);
        }
        if self.take("(") {
            return self.call(&token);
        }
        let node = match token.as_str() {
            "t" => (Node::Time, Type::Float),
            "dt" => (Node::Dt, Type::Float),
            "True" => (Node::Boolean(true), Type::Boolean),
            "False" => (Node::Boolean(false), Type::Boolean),
            "i" if matches!(self.owner, Object::Projection(_)) => (Node::Index(Site::Pre), Type::Integer),
            "i" => (Node::Index(Site::Own), Type::Integer),
            "j" => (Node::Index(Site::Post), Type::Integer),
            name => {
                let found = self.model.named(self.owner, name);
                let (site, variable) = found.unwrap_or_else(|| panic!("no variable {name}"));
                (Node::Variable(site, variable), self.model.network.variables[variable.0 as usize].kind)
            }
        };
        self.arena().add(node.0, node.1)
    }

    fn call(&mut self, name: &str) -> ExprId {
        let mut operands = Vec::new();
        while !self.take(")") {
            operands.push(self.binary(0));
            self.take(",");
        }
        if name == "rand" {
            self.draws += 1;
            let draw = self.draws - 1;
            return self.arena().add(Node::Random(Distribution::Uniform, draw, operands), Type::Float);
        }
        let (_, function) = FUNCTIONS.iter().find(|row| row.0 == name).unwrap_or_else(|| panic!("no function {name}"));
        let widest = operands.iter().map(|&id| self.model.network.arena.kind(id)).max();
        let kind = match function {
            Function::Int => Type::Integer,
            Function::Abs | Function::Clip | Function::Min | Function::Max | Function::Where => {
                widest.unwrap_or(Type::Float)
            }
            _ => Type::Float,
        };
        self.arena().add(Node::Call(*function, operands), kind)
    }
}

/// A plan that is run.
pub(in crate::passes) struct Bench {
    pub(in crate::passes) plan: Plan,
    pub(in crate::passes) state: State,
    size: u32,
    tick: i64,
}

impl Bench {
    pub(in crate::passes) fn new(plan: Plan, size: u32) -> Self {
        let column = |column: &crate::ir::plan::ColumnPlan| {
            let kind = match column.kind {
                Kind::Real => ElementType::Real,
                Kind::Single => ElementType::Single,
                Kind::Integer => ElementType::Integer,
                Kind::Long => ElementType::Long,
                Kind::Boolean => ElementType::Boolean,
            };
            Column::filled(kind, if column.shared { 1 } else { size as usize }, column.fill)
        };
        let state = State::new(plan.columns.iter().map(column).collect());
        Self { plan, state, size, tick: 0 }
    }

    fn number(&self, name: &str) -> ColumnId {
        let place = self.plan.columns.iter().position(|column| column.name == name);
        ColumnId(place.unwrap_or_else(|| panic!("no column {name}")) as u32)
    }

    pub(in crate::passes) fn set(&mut self, name: &str, index: usize, value: f64) {
        let column = self.number(name);
        self.state.column_mut(column).set_number(index, value);
    }

    pub(in crate::passes) fn get(&self, name: &str, index: usize) -> f64 {
        self.state.column(self.number(name)).number(index)
    }

    /// Runs the initialiser of the first population.
    pub(in crate::passes) fn initialise(&mut self) {
        if let Some(init) = self.plan.populations[0].init {
            self.call(init, Work::Dense { first: 0, last: self.size });
        }
    }

    /// Calls are at that tick from here on.
    pub(in crate::passes) fn tick_to(&mut self, tick: i64) {
        self.tick = tick;
    }

    /// Runs a program over some work; gives back spikes and results.
    pub(in crate::passes) fn call(&mut self, program: ProgramId, work: Work<'_>) -> (Vec<u32>, Vec<f64>) {
        let kernel = Interpreted::new(self.plan.programs[program.0 as usize].clone(), &Functions::default());
        let count = match work {
            Work::Dense { first, last } => last - first,
            Work::Indexed(elements) => elements.len() as u32,
            Work::Pairs { pre, .. } => pre.len() as u32,
            Work::Rows { .. } | Work::List { .. } => 0,
        };
        let mut spikes = Vec::new();
        let mut out = vec![0.0; count as usize];
        let moment = Moment { step: self.tick, t: self.tick as f64 * self.plan.dt };
        let call = &mut Call { work, moment, key: 1, spikes: &mut spikes, out: &mut out, nonfinite: &mut false };
        kernel.run(&mut self.state, call);
        (spikes, out)
    }

    /// One step of the first population; gives back who spiked.
    pub(in crate::passes) fn step(&mut self) -> Vec<u32> {
        let SourcePlan::Neurons { before, step, threshold, reset, propagators, .. } =
            self.plan.populations[0].source.clone()
        else {
            panic!("these are no neurons");
        };
        let all = Work::Dense { first: 0, last: self.size };
        if let (0, Some((program, _))) = (self.tick, propagators) {
            self.call(program, all);
        }
        if let Some(before) = before {
            self.call(before, all);
        }
        let (mut spikes, _) = step.map(|step| self.call(step, all)).unwrap_or_default();
        if let Some(threshold) = threshold {
            (spikes, _) = self.call(threshold, all);
        }
        if let Some(reset) = reset {
            self.call(reset, Work::Indexed(&spikes));
        }
        self.tick += 1;
        spikes
    }
}
