//! What each instruction does to a block of elements: in, registers and columns; out, registers, columns, spikes and results.

use super::Interpreted;
use super::blocks::{Block, Indices};
use super::registers::{Place, Registers};
use crate::ir::steps::{Access, Comparison, Draw, Integer2, Kind, Op, Real1, Real2, SlotId, ValueId};
use runtime::kernel::Moment;
use runtime::math::{self, Scalar, Single, functions, integer, single};
use runtime::random;
use runtime::state::{Column, State};

/// What a program reads and writes beside its registers.
pub(super) struct Surroundings<'a> {
    pub(super) state: &'a mut State,
    pub(super) moment: Moment,
    pub(super) key: u64,
    pub(super) spikes: &'a mut Vec<u32>,
    pub(super) out: &'a mut [f64],
    pub(super) nonfinite: &'a mut bool,
}

fn map<A: Copy, T>(to: &mut [T], a: &[A], f: impl Fn(A) -> T) {
    for (to, &a) in to.iter_mut().zip(a) {
        *to = f(a);
    }
}

fn zip<A: Copy, T>(to: &mut [T], a: &[A], b: &[A], f: impl Fn(A, A) -> T) {
    for ((to, &a), &b) in to.iter_mut().zip(a).zip(b) {
        *to = f(a, b);
    }
}

fn compare<A: Copy + PartialOrd>(which: Comparison, to: &mut [bool], a: &[A], b: &[A]) {
    match which {
        Comparison::Less => zip(to, a, b, |a, b| a < b),
        Comparison::LessEqual => zip(to, a, b, |a, b| a <= b),
        Comparison::Greater => zip(to, a, b, |a, b| a > b),
        Comparison::GreaterEqual => zip(to, a, b, |a, b| a >= b),
        Comparison::Equal => zip(to, a, b, |a, b| a == b),
        Comparison::NotEqual => zip(to, a, b, |a, b| a != b),
    }
}

fn choose<A: Copy>(to: &mut [A], condition: &[bool], a: &[A], b: &[A]) {
    for (((to, &condition), &a), &b) in to.iter_mut().zip(condition).zip(a).zip(b) {
        *to = if condition { a } else { b };
    }
}

fn gather<A: Copy, T>(to: &mut [T], column: &[A], indices: Indices<'_>, f: impl Fn(A) -> T) {
    match indices {
        Indices::Run(first) => map(to, &column[first as usize..first as usize + to.len()], f),
        Indices::Same(index) => to.iter_mut().for_each(|to| *to = f(column[index as usize])),
        Indices::Listed(indices) => map(to, indices, |index| f(column[index as usize])),
    }
}

/// Entries by number, kept within the column; `nothing` where it has none.
fn pick<A: Copy, T: Copy>(to: &mut [T], column: &[A], indices: &[i32], nothing: T, f: impl Fn(A) -> T) {
    match column.len().checked_sub(1) {
        Some(last) => map(to, indices, |index| f(column[(index.max(0) as usize).min(last)])),
        None => to.fill(nothing),
    }
}

fn scatter<A: Copy, T>(column: &mut [T], from: &[A], indices: Indices<'_>, f: impl Fn(A) -> T) {
    match indices {
        Indices::Run(first) => map(&mut column[first as usize..first as usize + from.len()], from, f),
        Indices::Same(_) | Indices::Listed(_) => {
            for (lane, &value) in from.iter().enumerate() {
                column[indices.at(lane) as usize] = f(value);
            }
        }
    }
}

fn indices_of<'a>(access: Access, block: &Block<'a>) -> Indices<'a> {
    match access {
        Access::Element => block.element,
        Access::Pre => block.pre,
        Access::Post => block.post,
        Access::Shared | Access::At => Indices::Same(0),
    }
}

/// `FUSED` is a constant so that the loops have no test of it inside.
fn real1<const FUSED: bool>(which: Real1, to: &mut [f64], a: &[f64]) {
    let ops = || Scalar { fused: FUSED };
    match which {
        Real1::Negate => map(to, a, |a| -a),
        Real1::Abs => map(to, a, f64::abs),
        Real1::Sqrt => map(to, a, f64::sqrt),
        Real1::Floor => map(to, a, f64::floor),
        Real1::Ceil => map(to, a, f64::ceil),
        Real1::Sign => map(to, a, |a| math::sign(&mut ops(), a)),
        Real1::Sin => map(to, a, |a| math::sin(&mut ops(), a)),
        Real1::Cos => map(to, a, |a| math::cos(&mut ops(), a)),
        Real1::Tan => map(to, a, |a| functions::tan(a)),
        Real1::Sinh => map(to, a, |a| functions::sinh(a)),
        Real1::Cosh => map(to, a, |a| functions::cosh(a)),
        Real1::Tanh => map(to, a, |a| math::tanh(&mut ops(), a)),
        Real1::Arcsin => map(to, a, |a| functions::arcsin(a)),
        Real1::Arccos => map(to, a, |a| functions::arccos(a)),
        Real1::Arctan => map(to, a, |a| functions::arctan(a)),
        Real1::Arcsinh => map(to, a, |a| functions::arcsinh(a)),
        Real1::Arccosh => map(to, a, |a| functions::arccosh(a)),
        Real1::Arctanh => map(to, a, |a| functions::arctanh(a)),
        Real1::Exp => map(to, a, |a| math::exp(&mut ops(), a)),
        Real1::Expm1 => map(to, a, |a| math::expm1(&mut ops(), a)),
        Real1::Exprel => map(to, a, |a| math::exprel(&mut ops(), a)),
        Real1::Log => map(to, a, |a| math::log(&mut ops(), a)),
        Real1::Log10 => map(to, a, |a| functions::log10(a)),
        Real1::Log1p => map(to, a, |a| math::log1p(&mut ops(), a)),
        Real1::Erf => map(to, a, |a| functions::erf(a)),
    }
}

fn real2(which: Real2, to: &mut [f64], a: &[f64], b: &[f64]) {
    // Neither of them multiplies and adds.
    let ops = || Scalar { fused: false };
    match which {
        Real2::Add => zip(to, a, b, |a, b| a + b),
        Real2::Subtract => zip(to, a, b, |a, b| a - b),
        Real2::Multiply => zip(to, a, b, |a, b| a * b),
        Real2::Divide => zip(to, a, b, |a, b| a / b),
        Real2::Power => zip(to, a, b, |a, b| functions::power(a, b)),
        Real2::FloorDivide => zip(to, a, b, |a, b| functions::floor_divide(a, b)),
        Real2::Remainder => zip(to, a, b, |a, b| functions::remainder(a, b)),
        Real2::Min => zip(to, a, b, |a, b| math::minimum(&mut ops(), a, b)),
        Real2::Max => zip(to, a, b, |a, b| math::maximum(&mut ops(), a, b)),
    }
}

fn single1<const FUSED: bool>(which: Real1, to: &mut [f32], a: &[f32]) {
    let ops = || Single { fused: FUSED };
    match which {
        Real1::Negate => map(to, a, |a| -a),
        Real1::Abs => map(to, a, f32::abs),
        Real1::Sqrt => map(to, a, f32::sqrt),
        Real1::Floor => map(to, a, f32::floor),
        Real1::Ceil => map(to, a, f32::ceil),
        Real1::Sign => map(to, a, |a| math::sign(&mut ops(), a)),
        Real1::Sin => map(to, a, |a| single::sin(&mut ops(), a)),
        Real1::Cos => map(to, a, |a| single::cos(&mut ops(), a)),
        Real1::Tanh => map(to, a, |a| single::tanh(&mut ops(), a)),
        Real1::Exp => map(to, a, |a| single::exp(&mut ops(), a)),
        Real1::Expm1 => map(to, a, |a| single::expm1(&mut ops(), a)),
        Real1::Exprel => map(to, a, |a| single::exprel(&mut ops(), a)),
        Real1::Log => map(to, a, |a| single::log(&mut ops(), a)),
        Real1::Log1p => map(to, a, |a| single::log1p(&mut ops(), a)),
        other => unreachable!("the verifier lets {other:?} have reals only"),
    }
}

fn single2(which: Real2, to: &mut [f32], a: &[f32], b: &[f32]) {
    // Neither of them multiplies and adds.
    let ops = || Single { fused: false };
    match which {
        Real2::Add => zip(to, a, b, |a, b| a + b),
        Real2::Subtract => zip(to, a, b, |a, b| a - b),
        Real2::Multiply => zip(to, a, b, |a, b| a * b),
        Real2::Divide => zip(to, a, b, |a, b| a / b),
        Real2::Min => zip(to, a, b, |a, b| math::minimum(&mut ops(), a, b)),
        Real2::Max => zip(to, a, b, |a, b| math::maximum(&mut ops(), a, b)),
        Real2::Power | Real2::FloorDivide | Real2::Remainder => {
            unreachable!("the verifier lets {which:?} have reals only")
        }
    }
}

fn integer2(which: Integer2, to: &mut [i32], a: &[i32], b: &[i32]) {
    match which {
        Integer2::Add => zip(to, a, b, i32::wrapping_add),
        Integer2::Subtract => zip(to, a, b, i32::wrapping_sub),
        Integer2::Multiply => zip(to, a, b, i32::wrapping_mul),
        Integer2::FloorDivide => zip(to, a, b, integer::floor_divide),
        Integer2::Remainder => zip(to, a, b, integer::remainder),
        Integer2::Min => zip(to, a, b, i32::min),
        Integer2::Max => zip(to, a, b, i32::max),
    }
}

/// A block's own view of the registers: operands by value, `count` lanes each.
struct Lanes<'a> {
    program: &'a Interpreted,
    registers: &'a mut Registers,
    count: usize,
}

/// Accessors of one bank: what a value holds, and the writing of a register while others are read.
macro_rules! bank {
    ($get:ident, $write:ident, $bank:ident, $type:ty) => {
        fn $get(&self, value: ValueId) -> &[$type] {
            &self.registers.$bank.get(self.program.layout.place(value.0 as usize).number)[..self.count]
        }

        fn $write(&mut self, to: Place, fill: impl FnOnce(&Self, &mut [$type])) {
            let mut register = self.registers.$bank.take(to.number);
            fill(self, &mut register[..self.count]);
            self.registers.$bank.put(to.number, register);
        }
    };
}

impl Lanes<'_> {
    bank!(real, write_real, reals, f64);
    bank!(integer, write_integer, integers, i32);
    bank!(long, write_long, longs, i64);
    bank!(boolean, write_boolean, booleans, bool);
    bank!(single, write_single, singles, f32);

    fn kind(&self, value: ValueId) -> Kind {
        self.program.layout.place(value.0 as usize).kind
    }
}

impl Interpreted {
    /// Runs one instruction over a block.
    pub(super) fn execute(
        &self,
        at: usize,
        block: &Block<'_>,
        registers: &mut Registers,
        outside: &mut Surroundings<'_>,
    ) {
        let op = self.program.ops[at];
        let mut lanes = Lanes { program: self, registers, count: block.count };
        if op.is_effect() {
            self.effect(op, &lanes, block, outside);
            return;
        }
        let to = self.layout.place(at);
        match to.kind {
            Kind::Real => lanes.write_real(to, |lanes, to| self.real_value(op, lanes, to, block, outside)),
            Kind::Single => lanes.write_single(to, |lanes, to| self.single_value(op, lanes, to, block, outside)),
            Kind::Integer => lanes.write_integer(to, |lanes, to| self.integer_value(op, lanes, to, block, outside)),
            Kind::Long => lanes.write_long(to, |lanes, to| self.long_value(op, lanes, to, block, outside)),
            Kind::Boolean => lanes.write_boolean(to, |lanes, to| self.boolean_value(op, lanes, to, block, outside)),
        }
    }

    fn load<'s>(&self, slot: SlotId, outside: &'s Surroundings<'_>) -> (&'s Column, Access) {
        (outside.state.column(self.column(slot)), self.program.slots[slot.0 as usize].access)
    }

    fn real_value(&self, op: Op, lanes: &Lanes<'_>, to: &mut [f64], block: &Block<'_>, outside: &Surroundings<'_>) {
        let Surroundings { key, moment, .. } = *outside;
        match op {
            Op::Real(bits) => to.fill(f64::from_bits(bits)),
            Op::Time => to.fill(moment.t),
            Op::Load(slot) => match self.load(slot, outside) {
                (Column::Real(column), access) => gather(to, column, indices_of(access, block), |value| value),
                (other, _) => self.wrong_column(other),
            },
            Op::LoadAt(slot, index) => match self.load(slot, outside).0 {
                Column::Real(column) => pick(to, column, lanes.integer(index), 0.0, |value| value),
                other => self.wrong_column(other),
            },
            Op::Host(function, arguments) => {
                let function = self.functions.get(function);
                let arguments: Vec<&[f64]> = arguments.iter().flatten().map(|&argument| lanes.real(argument)).collect();
                let mut of_lane = vec![0.0; arguments.len()];
                each_lane(to, |lane| {
                    of_lane.iter_mut().zip(&arguments).for_each(|(to, argument)| *to = argument[lane]);
                    function.attempt(&of_lane)
                });
            }
            Op::Real1(which, a) if self.program.fused => real1::<true>(which, to, lanes.real(a)),
            Op::Real1(which, a) => real1::<false>(which, to, lanes.real(a)),
            Op::Real2(which, a, b) => real2(which, to, lanes.real(a), lanes.real(b)),
            Op::MulAdd(a, b, c) => {
                let factors = lanes.real(a).iter().zip(lanes.real(b));
                for ((to, (&a, &b)), &c) in to.iter_mut().zip(factors).zip(lanes.real(c)) {
                    *to = a.mul_add(b, c);
                }
            }
            Op::PowerInteger(a, n) => map(to, lanes.real(a), |a| math::powi(&mut Scalar { fused: false }, a, n)),
            Op::Select(condition, a, b) => choose(to, lanes.boolean(condition), lanes.real(a), lanes.real(b)),
            Op::ToReal(a) => match lanes.kind(a) {
                Kind::Integer => map(to, lanes.integer(a), f64::from),
                Kind::Long => map(to, lanes.long(a), |a| a as f64),
                Kind::Boolean => map(to, lanes.boolean(a), f64::from),
                Kind::Single => map(to, lanes.single(a), f64::from),
                Kind::Real => unreachable!("the verifier lets no real be made real"),
            },
            Op::Random(draw, Draw::Uniform) => {
                each_lane(to, |lane| random::uniform(key, moment.step, block.element.at(lane), draw));
            }
            Op::Random(draw, _) => {
                each_lane(to, |lane| random::normal(key, moment.step, block.element.at(lane), draw));
            }
            other => unreachable!("{other:?} is no real"),
        }
    }

    fn single_value(&self, op: Op, lanes: &Lanes<'_>, to: &mut [f32], block: &Block<'_>, outside: &Surroundings<'_>) {
        match op {
            Op::Single(bits) => to.fill(f32::from_bits(bits)),
            Op::Load(slot) => match self.load(slot, outside) {
                (Column::Single(column), access) => gather(to, column, indices_of(access, block), |value| value),
                (other, _) => self.wrong_column(other),
            },
            Op::LoadAt(slot, index) => match self.load(slot, outside).0 {
                Column::Single(column) => pick(to, column, lanes.integer(index), 0.0, |value| value),
                other => self.wrong_column(other),
            },
            Op::Real1(which, a) if self.program.fused => single1::<true>(which, to, lanes.single(a)),
            Op::Real1(which, a) => single1::<false>(which, to, lanes.single(a)),
            Op::Real2(which, a, b) => single2(which, to, lanes.single(a), lanes.single(b)),
            Op::MulAdd(a, b, c) => {
                let factors = lanes.single(a).iter().zip(lanes.single(b));
                for ((to, (&a, &b)), &c) in to.iter_mut().zip(factors).zip(lanes.single(c)) {
                    *to = a.mul_add(b, c);
                }
            }
            Op::PowerInteger(a, n) => map(to, lanes.single(a), |a| math::powi(&mut Single { fused: false }, a, n)),
            Op::Select(condition, a, b) => choose(to, lanes.boolean(condition), lanes.single(a), lanes.single(b)),
            Op::ToSingle(a) => map(to, lanes.real(a), |a| a as f32),
            other => unreachable!("{other:?} is no single"),
        }
    }

    fn integer_value(&self, op: Op, lanes: &Lanes<'_>, to: &mut [i32], block: &Block<'_>, outside: &Surroundings<'_>) {
        let Surroundings { key, moment, .. } = *outside;
        match op {
            Op::Integer(value) => to.fill(value),
            Op::Element => each_lane(to, |lane| block.element.at(lane) as i32),
            Op::Pre => each_lane(to, |lane| block.pre.at(lane) as i32),
            Op::Post => each_lane(to, |lane| block.post.at(lane) as i32),
            Op::Each => map(to, block.each, |each| each),
            Op::Load(slot) => match self.load(slot, outside) {
                (Column::Integer(column), access) => gather(to, column, indices_of(access, block), |value| value),
                (other, _) => self.wrong_column(other),
            },
            Op::LoadAt(slot, index) => match self.load(slot, outside).0 {
                Column::Integer(column) => pick(to, column, lanes.integer(index), 0, |value| value),
                other => self.wrong_column(other),
            },
            Op::Integer2(which, a, b) => integer2(which, to, lanes.integer(a), lanes.integer(b)),
            Op::IntegerPower(a, n) => map(to, lanes.integer(a), |a| integer::power(a, n)),
            Op::Select(condition, a, b) => choose(to, lanes.boolean(condition), lanes.integer(a), lanes.integer(b)),
            Op::ToInteger(a) => match lanes.kind(a) {
                Kind::Real => map(to, lanes.real(a), integer::from_real),
                Kind::Long => map(to, lanes.long(a), |a| a as i32),
                Kind::Boolean => map(to, lanes.boolean(a), i32::from),
                Kind::Integer | Kind::Single => unreachable!("the verifier lets neither be made integer"),
            },
            Op::Random(draw, Draw::Poisson(mean)) => {
                let means = lanes.real(mean);
                each_lane(to, |lane| random::poisson(key, moment.step, block.element.at(lane), draw, means[lane]));
            }
            Op::Random(draw, Draw::Binomial(n, p)) => {
                let (n, p) = (lanes.integer(n), lanes.real(p));
                each_lane(to, |lane| {
                    random::binomial(key, moment.step, block.element.at(lane), draw, n[lane], p[lane])
                });
            }
            other => unreachable!("{other:?} is no integer"),
        }
    }

    fn long_value(&self, op: Op, lanes: &Lanes<'_>, to: &mut [i64], block: &Block<'_>, outside: &Surroundings<'_>) {
        match op {
            Op::Long(value) => to.fill(value),
            Op::Tick => to.fill(outside.moment.step),
            Op::Load(slot) => match self.load(slot, outside) {
                (Column::Long(column), access) => gather(to, column, indices_of(access, block), |value| value),
                (other, _) => self.wrong_column(other),
            },
            Op::LoadAt(slot, index) => match self.load(slot, outside).0 {
                Column::Long(column) => pick(to, column, lanes.integer(index), 0, |value| value),
                other => self.wrong_column(other),
            },
            Op::LongSubtract(a, b) => zip(to, lanes.long(a), lanes.long(b), i64::wrapping_sub),
            Op::Select(condition, a, b) => choose(to, lanes.boolean(condition), lanes.long(a), lanes.long(b)),
            Op::Timestep(t, dt) => zip(to, lanes.real(t), lanes.real(dt), integer::timestep),
            other => unreachable!("{other:?} is no long"),
        }
    }

    fn boolean_value(&self, op: Op, lanes: &Lanes<'_>, to: &mut [bool], block: &Block<'_>, outside: &Surroundings<'_>) {
        match op {
            Op::Boolean(value) => to.fill(value),
            Op::Load(slot) => match self.load(slot, outside) {
                (Column::Boolean(column), access) => gather(to, column, indices_of(access, block), |value| value != 0),
                (other, _) => self.wrong_column(other),
            },
            Op::LoadAt(slot, index) => match self.load(slot, outside).0 {
                Column::Boolean(column) => pick(to, column, lanes.integer(index), false, |value| value != 0),
                other => self.wrong_column(other),
            },
            Op::Compare(which, a, b) => match lanes.kind(a) {
                Kind::Real => compare(which, to, lanes.real(a), lanes.real(b)),
                Kind::Single => compare(which, to, lanes.single(a), lanes.single(b)),
                Kind::Integer => compare(which, to, lanes.integer(a), lanes.integer(b)),
                Kind::Long => compare(which, to, lanes.long(a), lanes.long(b)),
                Kind::Boolean => unreachable!("the verifier lets no booleans be compared"),
            },
            Op::And(a, b) => zip(to, lanes.boolean(a), lanes.boolean(b), |a, b| a & b),
            Op::Or(a, b) => zip(to, lanes.boolean(a), lanes.boolean(b), |a, b| a | b),
            Op::Not(a) => map(to, lanes.boolean(a), |a| !a),
            Op::Select(condition, a, b) => choose(to, lanes.boolean(condition), lanes.boolean(a), lanes.boolean(b)),
            Op::ToBoolean(a) => match lanes.kind(a) {
                Kind::Real => map(to, lanes.real(a), |a| a != 0.0),
                _ => map(to, lanes.integer(a), |a| a != 0),
            },
            other => unreachable!("{other:?} is no boolean"),
        }
    }

    fn effect(&self, op: Op, lanes: &Lanes<'_>, block: &Block<'_>, outside: &mut Surroundings<'_>) {
        match op {
            Op::Store(slot, value) => {
                let indices = indices_of(self.program.slots[slot.0 as usize].access, block);
                match (outside.state.column_mut(self.column(slot)), lanes.kind(value)) {
                    (Column::Real(column), Kind::Real) => scatter(column, lanes.real(value), indices, |value| value),
                    (Column::Single(column), Kind::Single) => {
                        scatter(column, lanes.single(value), indices, |value| value)
                    }
                    (Column::Integer(column), Kind::Integer) => {
                        scatter(column, lanes.integer(value), indices, |value| value)
                    }
                    (Column::Long(column), Kind::Long) => scatter(column, lanes.long(value), indices, |value| value),
                    (Column::Boolean(column), Kind::Boolean) => {
                        scatter(column, lanes.boolean(value), indices, u8::from)
                    }
                    (other, _) => self.wrong_column(other),
                }
            }
            Op::Emit(value) => {
                let spiking = lanes.boolean(value).iter().enumerate().filter(|(_, spikes)| **spikes);
                outside.spikes.extend(spiking.map(|(lane, _)| block.element.at(lane)));
            }
            Op::Yield(value) => {
                outside.out[block.position..block.position + block.count].copy_from_slice(lanes.real(value));
            }
            Op::Check(value) => {
                *outside.nonfinite |= match lanes.kind(value) {
                    Kind::Single => lanes.single(value).iter().any(|value| !value.is_finite()),
                    _ => lanes.real(value).iter().any(|value| !value.is_finite()),
                }
            }
            other => unreachable!("{other:?} has no effect"),
        }
    }

    fn wrong_column(&self, column: &Column) -> ! {
        panic!("`{}` was called on a state in which one of its columns is {:?}", self.program.name, column.kind())
    }
}

fn each_lane<T>(to: &mut [T], mut f: impl FnMut(usize) -> T) {
    for (lane, to) in to.iter_mut().enumerate() {
        *to = f(lane);
    }
}
