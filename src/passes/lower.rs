//! Expressions to instructions.
//!
//! A `Lowering` holds a program in the making and what variables are worth at the moment: an expression is lowered with the
//! values of that moment. Variables are loaded when first read and stored together at the end, in Brian2's
//! order: alphabetical by the name that code uses (`w`, `x_post`, `x_pre`), so that of two names for one neuron's entry
//! `x_pre` wins. Ticks (`lastspike`, `lastupdate`) are seconds to expressions. Types convert where operands are used.

use super::PassError;
use super::blocks::Context;
use super::fold::{self, Literal};
use super::traces::{Moved, Traces};
use crate::ir::build::Builder;
use crate::ir::expr::{Binary, Distribution, ExprId, Function, HostId, LocalId, Node, Site, Type, Unary, VariableId};
use crate::ir::network::{HostFunction, Network, Object, Role, Variable};
use crate::ir::steps::{Access, Comparison, Draw, Integer2, Kind, Op, Program, Real1, Real2, Shape, ValueId};
use std::collections::{BTreeSet, HashMap};

/// A program in the making, and the values of variables.
pub(super) struct Lowering<'a> {
    network: &'a Network,
    /// The time step of the owner's clock [s], whose ticks `Op::Tick` counts.
    dt: f64,
    /// Where instructions go.
    pub(super) builder: Builder,
    values: HashMap<(Site, VariableId), ValueId>,
    locals: HashMap<LocalId, ValueId>,
    /// By the name that code uses, which two hidden variables may share.
    written: BTreeSet<(String, Site, VariableId)>,
    memo: HashMap<ExprId, ValueId>,
    traces: &'a [Traces],
    /// The tick as of which traces that neurons keep are read, where that is not the present.
    until: Option<ValueId>,
    error: Option<PassError>,
}

impl<'a> Lowering<'a> {
    pub(super) fn new(context: &Context<'a>, name: impl Into<String>, shape: Shape) -> Self {
        Self {
            network: context.network,
            dt: context.dt,
            builder: Builder::new(name, shape, context.fused),
            values: HashMap::new(),
            locals: HashMap::new(),
            written: BTreeSet::new(),
            memo: HashMap::new(),
            traces: context.traces,
            until: None,
            error: None,
        }
    }

    /// The variable of that number.
    pub(super) fn variable(&self, id: VariableId) -> &'a Variable {
        &self.network.variables[id.0 as usize]
    }

    /// An expression's value, of its type's kind.
    pub(super) fn value(&mut self, root: ExprId) -> ValueId {
        for id in super::walk::reachable(&self.network.arena, &[root]) {
            if !self.memo.contains_key(&id) {
                let value = self.node(id);
                self.memo.insert(id, value);
            }
        }
        self.memo[&root]
    }

    /// An expression's value as another kind.
    pub(super) fn value_as(&mut self, root: ExprId, kind: Kind) -> ValueId {
        let value = self.value(root);
        self.builder.convert(value, kind)
    }

    /// What a variable holds at the moment, as it is stored.
    pub(super) fn stored(&mut self, site: Site, id: VariableId) -> ValueId {
        let key = self.key(site, id);
        if let Some(&value) = self.values.get(&key) {
            return value;
        }
        let value = match self.of_neurons(key) {
            Some(value) => value,
            None => {
                let (kind, access) = self.place(site, id);
                self.builder.load(id.0, kind, access)
            }
        };
        self.values.insert(key, value);
        value
    }

    /// What a synapse would hold that neurons keep: a trace as of the synapse's last event, or the tick of that.
    fn of_neurons(&mut self, (site, id): (Site, VariableId)) -> Option<ValueId> {
        if site != Site::Own {
            return None;
        }
        let traces: &'a [Traces] = self.traces;
        if let Some(traces) = traces.iter().find(|traces| traces.last_update == Some(id)) {
            return self.last_event(traces);
        }
        let (traces, moved) = traces.iter().find_map(|traces| Some((traces, traces.of(id)?)))?;
        let &Moved { now: Some((at_synapse, _)), .. } = moved else { return None };
        let last_update = match self.variable(id).owner {
            Object::Projection(number) => self.network.projections[number.0 as usize].last_update?,
            _ => return None,
        };
        let until = match traces.last_update {
            Some(_) => self.last_event(traces)?,
            None => self.stored(Site::Own, last_update),
        };
        let present = self.until.replace(until);
        let value = self.value(at_synapse);
        self.until = present;
        Some(value)
    }

    /// The tick of the last event of any pathway.
    fn last_event(&mut self, traces: &'a Traces) -> Option<ValueId> {
        let mut latest = None;
        for &(site, last) in &traces.last {
            let tick = self.stored(site, last?);
            latest = Some(match latest {
                None => tick,
                Some(before) => {
                    let later = self.builder.push(Op::Compare(Comparison::Greater, tick, before));
                    self.builder.push(Op::Select(later, tick, before))
                }
            });
        }
        latest
    }

    /// Gives a variable a value; converted to its kind, and seen by all expressions from here on.
    pub(super) fn assign(&mut self, site: Site, id: VariableId, value: ValueId) {
        let (kind, _) = self.place(site, id);
        let value = match (kind, self.builder.kind(value)) {
            (Kind::Long, Some(Kind::Long)) => value,
            (Kind::Long, _) => self.seconds_to_ticks(value, id),
            _ => self.builder.convert(value, kind),
        };
        let key = self.key(site, id);
        self.values.insert(key, value);
        self.written.insert((super::text::name(self.network, key.0, id), key.0, id));
        self.memo.clear();
    }

    /// Leaves a variable as it is stored, whatever was assigned.
    pub(super) fn leave(&mut self, site: Site, id: VariableId) {
        self.written.retain(|&(_, written, variable)| (written, variable) != (site, id));
    }

    /// Gives a local variable a value.
    pub(super) fn assign_local(&mut self, local: LocalId, value: ValueId) {
        self.locals.insert(local, value);
        self.memo.clear();
    }

    /// Stores everything that was assigned.
    pub(super) fn store_all(&mut self) {
        for (_, site, id) in std::mem::take(&mut self.written) {
            let (kind, access) = self.place(site, id);
            let value = self.values[&(site, id)];
            self.builder.store(id.0, kind, access, value);
        }
    }

    /// The program; an error where an expression was not one.
    pub(super) fn finish(self) -> Result<Program, PassError> {
        match self.error {
            Some(error) => Err(error),
            None => Ok(self.builder.finish()),
        }
    }

    /// Kind of the column and access to it.
    pub(super) fn place(&self, site: Site, id: VariableId) -> (Kind, Access) {
        let variable = self.variable(id);
        let access = match site {
            _ if variable.shared => Access::Shared,
            Site::Own => Access::Element,
            Site::Pre => Access::Pre,
            Site::Post => Access::Post,
        };
        (kind(variable), access)
    }

    /// A shared variable is one and the same from every site.
    fn key(&self, site: Site, id: VariableId) -> (Site, VariableId) {
        (if self.variable(id).shared { Site::Own } else { site }, id)
    }

    /// How long a tick of a variable is that is kept in ticks [s]: a time step of its owner.
    pub(super) fn tick_of(&self, id: VariableId) -> f64 {
        self.network.dt_of(self.variable(id).owner)
    }

    fn seconds_to_ticks(&mut self, value: ValueId, id: VariableId) -> ValueId {
        let seconds = self.builder.convert(value, Kind::Real);
        let tick = self.builder.real(self.tick_of(id));
        self.builder.push(Op::Timestep(seconds, tick))
    }

    /// Ticks of a variable as seconds.
    fn ticks_to_seconds(&mut self, ticks: ValueId, id: VariableId) -> ValueId {
        let count = self.builder.push(Op::ToReal(ticks));
        let tick = self.builder.real(self.tick_of(id));
        self.builder.real2(Real2::Multiply, count, tick)
    }

    fn node(&mut self, id: ExprId) -> ValueId {
        let node = self.network.arena.node(id).clone();
        match node {
            Node::Float(bits) => self.builder.push(Op::Real(bits)),
            Node::Integer(value) => self.builder.push(Op::Integer(value)),
            Node::Boolean(value) => self.builder.push(Op::Boolean(value)),
            Node::Variable(site, variable) => self.read(site, variable),
            Node::Local(local) => self.read_local(local, id),
            Node::Time => self.builder.push(Op::Time),
            Node::Dt => self.builder.real(self.dt),
            Node::Tick => {
                let tick = self.builder.push(Op::Tick);
                self.builder.push(Op::ToInteger(tick))
            }
            Node::Index(Site::Own) => self.builder.push(Op::Element),
            Node::Index(Site::Pre) => self.builder.push(Op::Pre),
            Node::Index(Site::Post) => self.builder.push(Op::Post),
            Node::Each => self.builder.push(Op::Each),
            Node::Unary(operator, operand) => self.unary(operator, operand, id),
            Node::Binary(operator, left, right) => self.binary(operator, left, right, id),
            Node::Call(function, operands) => self.call(function, &operands, id),
            Node::Noise(noise) => {
                self.error = Some(PassError::NoiseLeft(noise.0));
                self.builder.push(Op::Real(0))
            }
            Node::At(variable, index) => self.read_at(variable, index),
            Node::Host(function, operands) => self.host(function, &operands),
            Node::Random(distribution, draw, operands) => self.random(distribution, draw, &operands),
        }
    }

    fn read(&mut self, site: Site, id: VariableId) -> ValueId {
        let value = self.stored(site, id);
        if self.builder.kind(value) == Some(Kind::Long) { self.ticks_to_seconds(value, id) } else { value }
    }

    /// An entry by number; the only one of a shared variable is read as what it is.
    fn read_at(&mut self, id: VariableId, index: ExprId) -> ValueId {
        let variable = self.variable(id);
        if variable.shared {
            return self.read(Site::Own, id);
        }
        let index = self.operand(index, Kind::Integer);
        let slot = self.builder.slot(id.0, kind(variable), Access::At);
        let value = self.builder.push(Op::LoadAt(slot, index));
        if self.builder.kind(value) == Some(Kind::Long) { self.ticks_to_seconds(value, id) } else { value }
    }

    fn host(&mut self, function: HostId, operands: &[ExprId]) -> ValueId {
        let mut arguments = [None; HostFunction::MOST];
        if operands.len() > arguments.len() {
            self.error = Some(PassError::WrongHostCall(function.0));
        }
        for (argument, &operand) in arguments.iter_mut().zip(operands) {
            *argument = Some(self.operand(operand, Kind::Real));
        }
        self.builder.push(Op::Host(function.0, arguments))
    }

    fn read_local(&mut self, local: LocalId, id: ExprId) -> ValueId {
        let kind = kind_of_type(self.network.arena.kind(id));
        match self.locals.get(&local) {
            Some(&value) => self.builder.convert(value, kind),
            None => {
                self.error = Some(PassError::LocalBeforeItsValue(local.0));
                let zero = self.builder.push(Op::Integer(0));
                self.builder.convert(zero, kind)
            }
        }
    }

    /// An operand that stands before what is made of it, as a kind.
    fn operand(&mut self, id: ExprId, kind: Kind) -> ValueId {
        let value = self.memo[&id];
        self.builder.convert(value, kind)
    }

    fn unary(&mut self, operator: Unary, operand: ExprId, id: ExprId) -> ValueId {
        match (operator, self.network.arena.kind(id)) {
            (Unary::Not, _) => {
                let operand = self.operand(operand, Kind::Boolean);
                self.builder.push(Op::Not(operand))
            }
            (Unary::Negate, Type::Float) => {
                let operand = self.operand(operand, Kind::Real);
                self.builder.push(Op::Real1(Real1::Negate, operand))
            }
            (Unary::Negate, _) => {
                let operand = self.operand(operand, Kind::Integer);
                let zero = self.builder.push(Op::Integer(0));
                self.builder.push(Op::Integer2(Integer2::Subtract, zero, operand))
            }
        }
    }

    fn binary(&mut self, operator: Binary, left: ExprId, right: ExprId, id: ExprId) -> ValueId {
        if let Some(comparison) = comparison(operator) {
            let (left, right) = self.pair(left, right);
            return self.builder.push(Op::Compare(comparison, left, right));
        }
        if let Some(ticks) = self.time_since_update(operator, left, right) {
            return ticks;
        }
        let real = self.network.arena.kind(id) == Type::Float;
        match operator {
            Binary::And | Binary::Or => {
                let (a, b) = (self.operand(left, Kind::Boolean), self.operand(right, Kind::Boolean));
                self.builder.push(if operator == Binary::And { Op::And(a, b) } else { Op::Or(a, b) })
            }
            Binary::Power => self.power(left, right, real),
            _ => match (real2(operator), integer2(operator)) {
                (Some(operator), _) if real => {
                    let (a, b) = (self.operand(left, Kind::Real), self.operand(right, Kind::Real));
                    self.builder.real2(operator, a, b)
                }
                (_, Some(operator)) => {
                    let (a, b) = (self.operand(left, Kind::Integer), self.operand(right, Kind::Integer));
                    self.builder.push(Op::Integer2(operator, a, b))
                }
                _ => {
                    let (a, b) = (self.operand(left, Kind::Real), self.operand(right, Kind::Real));
                    self.builder.real2(Real2::Divide, a, b)
                }
            },
        }
    }

    /// `t - lastupdate` as a whole number of ticks, rather than a difference of two rounded times.
    fn time_since_update(&mut self, operator: Binary, left: ExprId, right: ExprId) -> Option<ValueId> {
        let Node::Variable(site, id) = *self.network.arena.node(right) else { return None };
        let is_time = *self.network.arena.node(left) == Node::Time;
        if operator != Binary::Subtract || !is_time || self.variable(id).role != Role::LastUpdate {
            return None;
        }
        let last = self.stored(site, id);
        let now = match self.until {
            Some(until) => until,
            None => self.builder.push(Op::Tick),
        };
        let ticks = self.builder.push(Op::LongSubtract(now, last));
        Some(self.ticks_to_seconds(ticks, id))
    }

    /// Two operands as the wider of their kinds, integers at least.
    fn pair(&mut self, left: ExprId, right: ExprId) -> (ValueId, ValueId) {
        let arena = &self.network.arena;
        let wider = kind_of_type(arena.kind(left).max(arena.kind(right)).max(Type::Integer));
        (self.operand(left, wider), self.operand(right, wider))
    }

    fn power(&mut self, base: ExprId, exponent: ExprId, real: bool) -> ValueId {
        let literal = Literal::of(&self.network.arena, exponent);
        let whole = literal.and_then(|literal| fold::whole_power(literal.float()));
        match (literal, whole) {
            (Some(Literal::Integer(exponent)), _) if !real => {
                let base = self.operand(base, Kind::Integer);
                self.builder.push(Op::IntegerPower(base, exponent.unsigned_abs()))
            }
            (_, Some(exponent)) => {
                let base = self.operand(base, Kind::Real);
                self.builder.push(Op::PowerInteger(base, exponent))
            }
            _ => {
                let (base, exponent) = (self.operand(base, Kind::Real), self.operand(exponent, Kind::Real));
                self.builder.real2(Real2::Power, base, exponent)
            }
        }
    }

    fn call(&mut self, function: Function, operands: &[ExprId], id: ExprId) -> ValueId {
        let kind = kind_of_type(self.network.arena.kind(id));
        let value = match (function, operands) {
            (Function::Abs | Function::Floor | Function::Ceil, [a]) if kind == Kind::Integer => {
                let a = self.operand(*a, Kind::Integer);
                self.integer_magnitude(function, a)
            }
            (Function::Int, [a]) => self.operand(*a, Kind::Integer),
            (Function::Clip, [x, low, high]) => self.clip(*x, *low, *high, kind),
            (Function::Min | Function::Max, [a, b]) => {
                let (a, b) = self.pair(*a, *b);
                let least = function == Function::Min;
                match self.builder.kind(a) {
                    Some(Kind::Real) => self.builder.real2(if least { Real2::Min } else { Real2::Max }, a, b),
                    _ => self.builder.push(Op::Integer2(if least { Integer2::Min } else { Integer2::Max }, a, b)),
                }
            }
            (Function::Where, [condition, a, b]) => {
                let condition = self.operand(*condition, Kind::Boolean);
                let (a, b) = (self.operand(*a, kind), self.operand(*b, kind));
                self.builder.push(Op::Select(condition, a, b))
            }
            (Function::Timestep, [time, step]) => {
                let (time, step) = (self.operand(*time, Kind::Real), self.operand(*step, Kind::Real));
                self.builder.push(Op::Timestep(time, step))
            }
            (_, [a]) => {
                let a = self.operand(*a, Kind::Real);
                match real1(function) {
                    Some(operation) => self.builder.push(Op::Real1(operation, a)),
                    None => self.wrong_call(function),
                }
            }
            _ => self.wrong_call(function),
        };
        self.builder.convert(value, kind)
    }

    fn wrong_call(&mut self, function: Function) -> ValueId {
        self.error = Some(PassError::WrongCall(function));
        self.builder.push(Op::Integer(0))
    }

    /// Of integers, `abs` stays one and wraps; `floor` and `ceil` change nothing.
    fn integer_magnitude(&mut self, function: Function, a: ValueId) -> ValueId {
        if function != Function::Abs {
            return a;
        }
        let zero = self.builder.push(Op::Integer(0));
        let minus = self.builder.push(Op::Integer2(Integer2::Subtract, zero, a));
        self.builder.push(Op::Integer2(Integer2::Max, a, minus))
    }

    /// The lower bound is looked at first; NaN passes; bounds are reals whatever `x` is.
    fn clip(&mut self, x: ExprId, low: ExprId, high: ExprId, kind: Kind) -> ValueId {
        let own = self.operand(x, kind);
        let real = self.operand(x, Kind::Real);
        let (low, high) = (self.operand(low, Kind::Real), self.operand(high, Kind::Real));
        let below = self.builder.push(Op::Compare(Comparison::Less, real, low));
        let above = self.builder.push(Op::Compare(Comparison::Greater, real, high));
        let (low, high) = (self.builder.convert(low, kind), self.builder.convert(high, kind));
        let upper = self.builder.push(Op::Select(above, high, own));
        self.builder.push(Op::Select(below, low, upper))
    }

    fn random(&mut self, distribution: Distribution, draw: u32, operands: &[ExprId]) -> ValueId {
        let kind = match (distribution, operands) {
            (Distribution::Uniform, _) => Draw::Uniform,
            (Distribution::Normal, _) => Draw::Normal,
            (Distribution::Poisson, [mean]) => Draw::Poisson(self.operand(*mean, Kind::Real)),
            (Distribution::Binomial, [n, p]) => {
                Draw::Binomial(self.operand(*n, Kind::Integer), self.operand(*p, Kind::Real))
            }
            _ => {
                self.error = Some(PassError::WrongDraw(distribution));
                Draw::Uniform
            }
        };
        self.builder.push(Op::Random(draw, kind))
    }
}

/// What the entries of a variable's column are.
pub(super) fn kind(variable: &Variable) -> Kind {
    match variable.role {
        Role::LastSpike | Role::LastUpdate => Kind::Long,
        _ => kind_of_type(variable.kind),
    }
}

fn kind_of_type(kind: Type) -> Kind {
    match kind {
        Type::Boolean => Kind::Boolean,
        Type::Integer => Kind::Integer,
        Type::Float => Kind::Real,
    }
}

fn comparison(operator: Binary) -> Option<Comparison> {
    Some(match operator {
        Binary::Less => Comparison::Less,
        Binary::LessEqual => Comparison::LessEqual,
        Binary::Greater => Comparison::Greater,
        Binary::GreaterEqual => Comparison::GreaterEqual,
        Binary::Equal => Comparison::Equal,
        Binary::NotEqual => Comparison::NotEqual,
        _ => return None,
    })
}

fn real2(operator: Binary) -> Option<Real2> {
    Some(match operator {
        Binary::Add => Real2::Add,
        Binary::Subtract => Real2::Subtract,
        Binary::Multiply => Real2::Multiply,
        Binary::Divide => Real2::Divide,
        Binary::FloorDivide => Real2::FloorDivide,
        Binary::Remainder => Real2::Remainder,
        _ => return None,
    })
}

fn integer2(operator: Binary) -> Option<Integer2> {
    Some(match operator {
        Binary::Add => Integer2::Add,
        Binary::Subtract => Integer2::Subtract,
        Binary::Multiply => Integer2::Multiply,
        Binary::FloorDivide => Integer2::FloorDivide,
        Binary::Remainder => Integer2::Remainder,
        _ => return None,
    })
}

fn real1(function: Function) -> Option<Real1> {
    Some(match function {
        Function::Sin => Real1::Sin,
        Function::Cos => Real1::Cos,
        Function::Tan => Real1::Tan,
        Function::Sinh => Real1::Sinh,
        Function::Cosh => Real1::Cosh,
        Function::Tanh => Real1::Tanh,
        Function::Arcsin => Real1::Arcsin,
        Function::Arccos => Real1::Arccos,
        Function::Arctan => Real1::Arctan,
        Function::Arcsinh => Real1::Arcsinh,
        Function::Arccosh => Real1::Arccosh,
        Function::Arctanh => Real1::Arctanh,
        Function::Exp => Real1::Exp,
        Function::Expm1 => Real1::Expm1,
        Function::Exprel => Real1::Exprel,
        Function::Log => Real1::Log,
        Function::Log10 => Real1::Log10,
        Function::Log1p => Real1::Log1p,
        Function::Sqrt => Real1::Sqrt,
        Function::Erf => Real1::Erf,
        Function::Abs => Real1::Abs,
        Function::Sign => Real1::Sign,
        Function::Ceil => Real1::Ceil,
        Function::Floor => Real1::Floor,
        Function::Clip | Function::Int | Function::Min | Function::Max | Function::Where | Function::Timestep => {
            return None;
        }
    })
}
