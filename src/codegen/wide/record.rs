//! A program as instructions for eight elements: in, a verified dense program; out, its listing, or nothing where it
//! holds something that has no such instructions (random draws that differ in law from element to element, functions
//! of the host program): then the code is Cranelift's.

use super::lanes::{Address, Both, Condition, LaneId, Lanes, Listing, One, Shift, Two, Width};
use crate::codegen::imports::{Function, address};
use crate::codegen::loops::field;
use crate::codegen::strips::Strips;
use crate::ir::levels::{Level, levels};
use crate::ir::steps::{Access, Comparison, Integer2, Kind, Op, Program, Real1, Real2, Slot, SlotId, ValueId};
use crate::ir::verify::kinds;
use runtime::math::{self, Operations, Rare, single};

/// The listing of a program whose random numbers are in these strips.
pub(super) fn record(program: &Program, strips: &Strips) -> Option<Listing> {
    let levels = levels(program);
    let mut recorder = Recorder {
        listing: Listing::default(),
        in_body: false,
        fused: program.fused,
        single: false,
        program,
        kinds: kinds(program),
        values: vec![None; program.ops.len()],
    };
    for level in [Level::Call, Level::Element] {
        recorder.in_body = level == Level::Element;
        for (at, &op) in program.ops.iter().enumerate() {
            if levels[at] != level || !strips.reading()[at] {
                continue;
            }
            if op.is_effect() {
                recorder.effect(op)?;
                continue;
            }
            let strip = strips.drawn().position(|drawn| drawn == at);
            recorder.values[at] = Some(match strip {
                Some(strip) => recorder.push(Lanes::Drawn(strip as u32, recorder.kind(ValueId(at as u32)))),
                None => recorder.value(op)?,
            });
        }
    }
    Some(recorder.listing)
}

struct Recorder<'p> {
    listing: Listing,
    in_body: bool,
    fused: bool,
    /// Whether reals are singles just now.
    single: bool,
    program: &'p Program,
    kinds: Vec<Option<Kind>>,
    values: Vec<Option<LaneId>>,
}

fn condition(which: Comparison) -> Condition {
    match which {
        Comparison::Less => Condition::Less,
        Comparison::LessEqual => Condition::LessEqual,
        Comparison::Greater => Condition::Greater,
        Comparison::GreaterEqual => Condition::GreaterEqual,
        Comparison::Equal => Condition::Equal,
        Comparison::NotEqual => Condition::NotEqual,
    }
}

impl Recorder<'_> {
    fn push(&mut self, instruction: Lanes) -> LaneId {
        self.listing.add(instruction, self.in_body)
    }

    fn two(&mut self, which: Two, a: LaneId, b: LaneId) -> LaneId {
        self.push(Lanes::Two(which, a, b))
    }

    fn long(&mut self, value: i64) -> LaneId {
        self.push(Lanes::Constant(Width::Full, value.cast_unsigned()))
    }

    fn operand(&self, value: ValueId) -> LaneId {
        self.values[value.0 as usize].expect("an operand comes before its use, and its level is not above")
    }

    fn kind(&self, value: ValueId) -> Kind {
        self.kinds[value.0 as usize].expect("the verifier lets nobody read an effect")
    }

    fn slot(&self, slot: SlotId) -> Slot {
        self.program.slots[slot.0 as usize]
    }

    fn effect(&mut self, op: Op) -> Option<()> {
        let instruction = match op {
            Op::Store(slot, value) => {
                let Access::Element = self.slot(slot).access else { return None };
                Lanes::Store(slot, self.slot(slot).kind, self.operand(value))
            }
            Op::Emit(value) => Lanes::Emit(self.operand(value)),
            Op::Yield(value) => Lanes::Yield(self.operand(value)),
            Op::Check(value) => Lanes::Check(self.operand(value)),
            _ => return None,
        };
        self.push(instruction);
        Some(())
    }

    fn value(&mut self, op: Op) -> Option<LaneId> {
        Some(match op {
            Op::Real(bits) => self.push(Lanes::Constant(Width::Full, bits)),
            Op::Single(bits) => self.push(Lanes::Constant(Width::Half, bits.into())),
            Op::Integer(value) => self.long(value.into()),
            Op::Long(value) => self.long(value),
            Op::Boolean(value) => self.push(Lanes::Truth(value)),
            Op::Time => self.push(Lanes::Frame(field!(t))),
            Op::Tick => self.push(Lanes::Frame(field!(step))),
            Op::Element => {
                let index = self.push(Lanes::Index);
                self.wrapped(index)
            }
            Op::Load(slot) => match self.slot(slot).access {
                Access::Element => self.push(Lanes::Load(slot, self.slot(slot).kind)),
                Access::Shared => self.push(Lanes::First(slot, self.slot(slot).kind)),
                Access::Pre | Access::Post | Access::At => return None,
            },
            Op::LoadAt(slot, index) => self.entry(slot, self.operand(index))?,
            Op::Real1(which, a) if self.is_single(a) => {
                let a = self.operand(a);
                self.in_singles(|this| this.single1(which, a))
            }
            Op::Real1(which, a) => self.real1(which, self.operand(a)),
            Op::Real2(which, a, b) => {
                let (single, a, b) = (self.is_single(a), self.operand(a), self.operand(b));
                if single { self.in_singles(|this| this.real2(which, a, b)) } else { self.real2(which, a, b) }
            }
            Op::MulAdd(a, b, c) => self.push(Lanes::MulAdd(self.operand(a), self.operand(b), self.operand(c))),
            Op::PowerInteger(a, n) => {
                let (single, a) = (self.is_single(a), self.operand(a));
                if single { self.in_singles(|this| math::powi(this, a, n)) } else { math::powi(self, a, n) }
            }
            Op::Integer2(which, a, b) => self.integer2(which, self.operand(a), self.operand(b)),
            Op::IntegerPower(a, n) => self.integer_power(self.operand(a), n),
            Op::LongSubtract(a, b) => self.two(Two::SubtractBits, self.operand(a), self.operand(b)),
            Op::Compare(which, a, b) => {
                let (kind, a, b) = (self.kind(a), self.operand(a), self.operand(b));
                match kind {
                    Kind::Real | Kind::Single => self.push(Lanes::CompareReals(condition(which), a, b)),
                    _ => self.push(Lanes::CompareLongs(condition(which), a, b)),
                }
            }
            Op::And(a, b) => self.push(Lanes::Masks(Both::And, self.operand(a), self.operand(b))),
            Op::Or(a, b) => self.push(Lanes::Masks(Both::Or, self.operand(a), self.operand(b))),
            Op::Not(a) => self.push(Lanes::Not(self.operand(a))),
            Op::Select(mask, a, b) => self.choose(self.kind(a), self.operand(mask), self.operand(a), self.operand(b)),
            Op::ToReal(a) => match self.kind(a) {
                Kind::Boolean => {
                    let (one, zero) = (self.real(1.0), self.real(0.0));
                    self.push(Lanes::Select(self.operand(a), one, zero))
                }
                Kind::Single => self.push(Lanes::One(One::Widen, self.operand(a))),
                _ => self.push(Lanes::One(One::FromLong, self.operand(a))),
            },
            Op::ToSingle(a) => self.push(Lanes::One(One::Narrow, self.operand(a))),
            Op::ToInteger(a) => self.integer(self.kind(a), self.operand(a)),
            Op::ToBoolean(a) => {
                let zero = self.long(0);
                match self.kind(a) {
                    Kind::Real => self.push(Lanes::CompareReals(Condition::NotEqual, self.operand(a), zero)),
                    _ => self.push(Lanes::CompareLongs(Condition::NotEqual, self.operand(a), zero)),
                }
            }
            Op::Timestep(t, dt) => self.timestep(self.operand(t), self.operand(dt)),
            _ => return None,
        })
    }

    fn is_single(&self, value: ValueId) -> bool {
        self.kind(value) == Kind::Single
    }

    /// What `write` writes, with singles for reals.
    fn in_singles(&mut self, write: impl FnOnce(&mut Self) -> LaneId) -> LaneId {
        self.single = true;
        let written = write(self);
        self.single = false;
        written
    }

    fn call(&mut self, function: Function, a: LaneId) -> LaneId {
        self.push(Lanes::Call1(Address(address(function)), a))
    }

    fn real1(&mut self, which: Real1, x: LaneId) -> LaneId {
        match which {
            Real1::Negate => self.neg(x),
            Real1::Abs => self.abs(x),
            Real1::Sqrt => self.sqrt(x),
            Real1::Floor => self.push(Lanes::One(One::Floor, x)),
            Real1::Ceil => self.push(Lanes::One(One::Ceil, x)),
            Real1::Sign => math::sign(self, x),
            Real1::Sin => math::sin(self, x),
            Real1::Cos => math::cos(self, x),
            Real1::Tanh => math::tanh(self, x),
            Real1::Exp => math::exp(self, x),
            Real1::Expm1 => math::expm1(self, x),
            Real1::Exprel => math::exprel(self, x),
            Real1::Log => math::log(self, x),
            Real1::Log1p => math::log1p(self, x),
            _ => self.call(Function::Real1(which, self.fused), x),
        }
    }

    fn single1(&mut self, which: Real1, x: LaneId) -> LaneId {
        match which {
            Real1::Sin => single::sin(self, x),
            Real1::Cos => single::cos(self, x),
            Real1::Tanh => single::tanh(self, x),
            Real1::Exp => single::exp(self, x),
            Real1::Expm1 => single::expm1(self, x),
            Real1::Exprel => single::exprel(self, x),
            Real1::Log => single::log(self, x),
            Real1::Log1p => single::log1p(self, x),
            // These are no functions with a width in them, and others have reals only.
            _ => self.real1(which, x),
        }
    }

    fn real2(&mut self, which: Real2, a: LaneId, b: LaneId) -> LaneId {
        match which {
            Real2::Add => self.two(Two::Add, a, b),
            Real2::Subtract => self.two(Two::Subtract, a, b),
            Real2::Multiply => self.two(Two::Multiply, a, b),
            Real2::Divide => self.two(Two::Divide, a, b),
            Real2::Min => math::minimum(self, a, b),
            Real2::Max => math::maximum(self, a, b),
            Real2::Power | Real2::FloorDivide | Real2::Remainder => {
                self.push(Lanes::Call2(Address(address(Function::Real2(which))), a, b))
            }
        }
    }

    /// The lower half of each lane with its sign: what a wrapping operation on 32 bits leaves.
    fn wrapped(&mut self, a: LaneId) -> LaneId {
        let high = self.push(Lanes::Shift(Shift::Left, a, 32));
        self.push(Lanes::Shift(Shift::RightSigned, high, 32))
    }

    /// Entries of booleans are bytes, which are not gathered.
    fn entry(&mut self, slot: SlotId, index: LaneId) -> Option<LaneId> {
        let kind = Some(self.slot(slot).kind).filter(|&kind| kind != Kind::Boolean)?;
        let before = &self.program.slots[..slot.0 as usize];
        let place = before.iter().filter(|slot| slot.access == Access::At).count() as u32;
        Some(self.push(Lanes::Entry(slot, kind, place, index)))
    }

    fn integer2(&mut self, which: Integer2, a: LaneId, b: LaneId) -> LaneId {
        let result = match which {
            Integer2::Min => return self.two(Two::LesserLong, a, b),
            Integer2::Max => return self.two(Two::GreaterLong, a, b),
            Integer2::Add => self.two(Two::AddBits, a, b),
            Integer2::Subtract => self.two(Two::SubtractBits, a, b),
            Integer2::Multiply => self.two(Two::MultiplyLow, a, b),
            Integer2::FloorDivide => self.quotient(a, b),
            Integer2::Remainder => {
                let quotient = self.quotient(a, b);
                let product = self.two(Two::MultiplyLow, quotient, b);
                let rest = self.two(Two::SubtractBits, a, product);
                self.unless_zero(b, rest)
            }
        };
        self.wrapped(result)
    }

    /// The floor of a quotient, 0 where `b` is 0. The quotient of reals is near enough: where it is not whole, it is
    /// 1/|b| at least from what is, and rounding moves it by 2^31/|b| 2^-53 at most.
    fn quotient(&mut self, a: LaneId, b: LaneId) -> LaneId {
        let (dividend, divisor) = (self.push(Lanes::One(One::FromLong, a)), self.push(Lanes::One(One::FromLong, b)));
        let quotient = self.div(dividend, divisor);
        let floor = self.push(Lanes::One(One::Floor, quotient));
        let whole = self.push(Lanes::One(One::ToLong, floor));
        self.unless_zero(b, whole)
    }

    fn unless_zero(&mut self, b: LaneId, value: LaneId) -> LaneId {
        let zero = self.long(0);
        let divides = self.push(Lanes::CompareLongs(Condition::NotEqual, b, zero));
        self.push(Lanes::Select(divides, value, zero))
    }

    fn integer_power(&mut self, a: LaneId, n: u32) -> LaneId {
        let (mut product, mut square, mut rest) = (self.long(1), a, n);
        while rest > 0 {
            if rest & 1 == 1 {
                product = self.integer2(Integer2::Multiply, product, square);
            }
            rest >>= 1;
            if rest > 0 {
                square = self.integer2(Integer2::Multiply, square, square);
            }
        }
        product
    }

    fn choose(&mut self, kind: Kind, mask: LaneId, a: LaneId, b: LaneId) -> LaneId {
        if kind != Kind::Boolean {
            return self.push(Lanes::Select(mask, a, b));
        }
        let yes = self.push(Lanes::Masks(Both::And, mask, a));
        let no = self.push(Lanes::Masks(Both::AndNot, mask, b));
        self.push(Lanes::Masks(Both::Or, yes, no))
    }

    /// To a 32-bit integer: reals towards zero, kept within its range, NaN to 0.
    fn integer(&mut self, kind: Kind, a: LaneId) -> LaneId {
        let zero = self.long(0);
        match kind {
            Kind::Boolean => {
                let one = self.long(1);
                self.push(Lanes::Select(a, one, zero))
            }
            Kind::Real => {
                let (least, most) = (self.real(i32::MIN.into()), self.real(i32::MAX.into()));
                let kept = self.greater(least, a);
                let kept = self.lesser(most, kept);
                let whole = self.push(Lanes::One(One::ToLong, kept));
                let number = self.eq(a, a);
                self.push(Lanes::Select(number, whole, zero))
            }
            _ => self.wrapped(a),
        }
    }

    /// The whole part of `(t + 1e-3 dt)/dt`, kept within 64 bits, NaN to 0.
    fn timestep(&mut self, t: LaneId, dt: LaneId) -> LaneId {
        let thousandth = self.real(1e-3);
        let slack = self.mul(thousandth, dt);
        let later = self.add(t, slack);
        let steps = self.div(later, dt);
        let whole = self.push(Lanes::One(One::ToLong, steps));
        let (top, most, zero) = (self.real(9_223_372_036_854_775_808.0), self.long(i64::MAX), self.long(0));
        let beyond = self.ge(steps, top);
        let whole = self.push(Lanes::Select(beyond, most, whole));
        let number = self.eq(steps, steps);
        self.push(Lanes::Select(number, whole, zero))
    }

    fn compare(&mut self, which: Condition, a: LaneId, b: LaneId) -> LaneId {
        self.push(Lanes::CompareReals(which, a, b))
    }
}

impl Operations for Recorder<'_> {
    type Real = LaneId;
    type Bits = LaneId;
    type Mask = LaneId;

    fn real(&mut self, value: f64) -> LaneId {
        self.push(match self.single {
            false => Lanes::Constant(Width::Full, value.to_bits()),
            true => Lanes::Constant(Width::Half, (value as f32).to_bits().into()),
        })
    }
    fn bits(&mut self, value: u64) -> LaneId {
        self.push(match self.single {
            false => Lanes::Constant(Width::Full, value),
            true => Lanes::Constant(Width::Half, value & 0xffff_ffff),
        })
    }
    fn add(&mut self, a: LaneId, b: LaneId) -> LaneId {
        self.two(Two::Add, a, b)
    }
    fn sub(&mut self, a: LaneId, b: LaneId) -> LaneId {
        self.two(Two::Subtract, a, b)
    }
    fn mul(&mut self, a: LaneId, b: LaneId) -> LaneId {
        self.two(Two::Multiply, a, b)
    }
    fn div(&mut self, a: LaneId, b: LaneId) -> LaneId {
        self.two(Two::Divide, a, b)
    }
    fn neg(&mut self, a: LaneId) -> LaneId {
        let sign = self.bits(if self.single { 1 << 31 } else { 1 << 63 });
        self.two(Two::Xor, a, sign)
    }
    fn abs(&mut self, a: LaneId) -> LaneId {
        let others = self.bits(if self.single { !(1 << 31) } else { !(1 << 63) });
        self.two(Two::And, a, others)
    }
    fn sqrt(&mut self, a: LaneId) -> LaneId {
        self.push(Lanes::One(One::Sqrt, a))
    }
    fn mul_add(&mut self, a: LaneId, b: LaneId, c: LaneId) -> LaneId {
        if self.fused {
            return self.push(Lanes::MulAdd(a, b, c));
        }
        let product = self.mul(a, b);
        self.two(Two::Add, product, c)
    }
    fn lt(&mut self, a: LaneId, b: LaneId) -> LaneId {
        self.compare(Condition::Less, a, b)
    }
    fn le(&mut self, a: LaneId, b: LaneId) -> LaneId {
        self.compare(Condition::LessEqual, a, b)
    }
    fn gt(&mut self, a: LaneId, b: LaneId) -> LaneId {
        self.compare(Condition::Greater, a, b)
    }
    fn ge(&mut self, a: LaneId, b: LaneId) -> LaneId {
        self.compare(Condition::GreaterEqual, a, b)
    }
    fn eq(&mut self, a: LaneId, b: LaneId) -> LaneId {
        self.compare(Condition::Equal, a, b)
    }
    fn ne(&mut self, a: LaneId, b: LaneId) -> LaneId {
        self.compare(Condition::NotEqual, a, b)
    }
    fn and(&mut self, a: LaneId, b: LaneId) -> LaneId {
        self.push(Lanes::Masks(Both::And, a, b))
    }
    fn or(&mut self, a: LaneId, b: LaneId) -> LaneId {
        self.push(Lanes::Masks(Both::Or, a, b))
    }
    fn not(&mut self, a: LaneId) -> LaneId {
        self.push(Lanes::Not(a))
    }
    fn select(&mut self, mask: LaneId, a: LaneId, b: LaneId) -> LaneId {
        self.push(Lanes::Select(mask, a, b))
    }
    fn select_bits(&mut self, mask: LaneId, a: LaneId, b: LaneId) -> LaneId {
        self.push(Lanes::Select(mask, a, b))
    }
    fn select_rare(&mut self, mask: LaneId, rare: Rare, x: LaneId, inline: LaneId) -> LaneId {
        let function = Address(rare.function() as *const () as usize);
        self.push(Lanes::Rare(function, mask, x, inline))
    }
    fn bits_of(&mut self, a: LaneId) -> LaneId {
        a
    }
    fn real_of(&mut self, a: LaneId) -> LaneId {
        a
    }
    fn add_bits(&mut self, a: LaneId, b: LaneId) -> LaneId {
        self.two(Two::AddBits, a, b)
    }
    fn sub_bits(&mut self, a: LaneId, b: LaneId) -> LaneId {
        self.two(Two::SubtractBits, a, b)
    }
    fn and_bits(&mut self, a: LaneId, b: LaneId) -> LaneId {
        self.two(Two::And, a, b)
    }
    fn or_bits(&mut self, a: LaneId, b: LaneId) -> LaneId {
        self.two(Two::Or, a, b)
    }
    fn xor_bits(&mut self, a: LaneId, b: LaneId) -> LaneId {
        self.two(Two::Xor, a, b)
    }
    fn shift_left(&mut self, a: LaneId, by: u32) -> LaneId {
        self.push(Lanes::Shift(Shift::Left, a, by as u8))
    }
    fn shift_right(&mut self, a: LaneId, by: u32) -> LaneId {
        self.push(Lanes::Shift(Shift::Right, a, by as u8))
    }
    fn lesser(&mut self, a: LaneId, b: LaneId) -> LaneId {
        self.two(Two::Lesser, a, b)
    }
    fn greater(&mut self, a: LaneId, b: LaneId) -> LaneId {
        self.two(Two::Greater, a, b)
    }
    fn times_power_of_two(&mut self, a: LaneId, whole: LaneId, _: LaneId) -> LaneId {
        self.two(Two::Scale, a, whole)
    }
}
