//! Exponentials whose arguments differ by sign and a constant become one: exp(b - a x) is exp(b + c)/exp(a x + c).
//!
//! Rate functions of conductance models are full of them: of the six exponentials of a Hodgkin-Huxley neuron with Traub's rates three
//! have one scale. A division costs a third of an exponential (5 against 14 cycles a pair on a Zen 4). Two roundings more
//! are made, each of at most half an ulp. Only shifts of less than 30 are taken, so that a result differs otherwise only where the
//! exponential shared is itself within e^30 of overflow or of the denormal numbers.

use crate::ir::steps::{Op, Program, Real1, Real2, ValueId};
use runtime::math::{Scalar, exp};
use std::collections::HashMap;

/// e^30 is 1e13: what is lost of the range is far from where a model still means something.
const LARGEST_SHIFT: f64 = 30.0;

/// A value as `scale*of + shift`; literals have scale 0.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Line {
    of: ValueId,
    scale: f64,
    shift: f64,
}

impl Line {
    fn itself(of: ValueId) -> Self {
        Self { of, scale: 1.0, shift: 0.0 }
    }

    fn times(self, factor: f64) -> Self {
        Self { scale: self.scale * factor, shift: self.shift * factor, ..self }
    }

    fn plus(self, other: Self) -> Option<Self> {
        let of = match (self.scale == 0.0, other.scale == 0.0) {
            (true, _) => other.of,
            (false, true) => self.of,
            // x - x is no literal: it is NaN where x is not finite.
            (false, false) if self.of == other.of && self.scale != -other.scale => self.of,
            (false, false) => return None,
        };
        Some(Self { of, scale: self.scale + other.scale, shift: self.shift + other.shift })
    }
}

/// An exponential that others are made from.
struct Leader {
    value: ValueId,
    line: Line,
    /// Its reciprocal, once it is needed.
    reciprocal: Option<ValueId>,
}

/// Makes exponentials from earlier ones where it can.
pub(super) fn share(program: Program) -> Program {
    let lines = lines(&program.ops);
    let mut leaders: HashMap<(ValueId, u64), Leader> = HashMap::new();
    let mut new: Vec<ValueId> = Vec::with_capacity(program.ops.len());
    let mut ops: Vec<Op> = Vec::with_capacity(program.ops.len());
    for (number, &op) in program.ops.iter().enumerate() {
        let shared = match op {
            Op::Real1(Real1::Exp, argument) => {
                let line = lines[argument.0 as usize];
                let key = (line.of, line.scale.abs().to_bits());
                let leader = leaders.get_mut(&key).filter(|_| line.scale != 0.0);
                leader.and_then(|leader| follow(leader, line, &mut ops)).or_else(|| {
                    let value = push(&mut ops, op.map(|operand| new[operand.0 as usize]));
                    leaders.entry(key).or_insert(Leader { value, line, reciprocal: None });
                    Some(value)
                })
            }
            _ => None,
        };
        let value = shared.unwrap_or_else(|| push(&mut ops, op.map(|operand| new[operand.0 as usize])));
        debug_assert_eq!(new.len(), number);
        new.push(value);
    }
    Program { ops, prelude: 0, ..program }
}

/// The exponential of `line` by way of its leader's, where the shift between them is small.
fn follow(leader: &mut Leader, line: Line, ops: &mut Vec<Op>) -> Option<ValueId> {
    let same = line.scale == leader.line.scale;
    let shift = if same { line.shift - leader.line.shift } else { line.shift + leader.line.shift };
    if shift.is_nan() || shift.abs() > LARGEST_SHIFT {
        return None;
    }
    let base = if same { leader.value } else { reciprocal(leader, ops) };
    // Whatever the processor: what a program means must not depend on who compiles it.
    let factor = exp(&mut Scalar { fused: false }, shift);
    if factor == 1.0 {
        return Some(base);
    }
    let factor = push(ops, Op::Real(factor.to_bits()));
    Some(push(ops, Op::Real2(Real2::Multiply, base, factor)))
}

fn reciprocal(leader: &mut Leader, ops: &mut Vec<Op>) -> ValueId {
    if let Some(value) = leader.reciprocal {
        return value;
    }
    let one = push(ops, Op::Real(1.0_f64.to_bits()));
    let value = push(ops, Op::Real2(Real2::Divide, one, leader.value));
    leader.reciprocal = Some(value);
    value
}

fn push(ops: &mut Vec<Op>, op: Op) -> ValueId {
    ops.push(op);
    ValueId(ops.len() as u32 - 1)
}

/// Every value as a line of another, of itself where nothing better is known.
fn lines(ops: &[Op]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::with_capacity(ops.len());
    for (number, op) in ops.iter().enumerate() {
        let of = |value: ValueId| lines[value.0 as usize];
        let literal = |value: ValueId| Some(of(value)).filter(|line| line.scale == 0.0).map(|line| line.shift);
        let itself = Line::itself(ValueId(number as u32));
        let line = match *op {
            Op::Real(bits) => Some(Line { scale: 0.0, shift: f64::from_bits(bits), ..itself }),
            Op::Real1(Real1::Negate, a) => Some(of(a).times(-1.0)),
            Op::Real2(Real2::Add, a, b) => of(a).plus(of(b)),
            Op::Real2(Real2::Subtract, a, b) => of(a).plus(of(b).times(-1.0)),
            Op::Real2(Real2::Multiply, a, b) => match (literal(a), literal(b)) {
                // Nor is 0 x.
                (Some(factor), _) if factor != 0.0 => Some(of(b).times(factor)),
                (None, Some(factor)) if factor != 0.0 => Some(of(a).times(factor)),
                _ => None,
            },
            _ => None,
        };
        lines.push(line.unwrap_or(itself));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::steps::{Access, Kind, Shape, Slot, SlotId};

    /// exp(a (x - b)) for each pair, as the parser and `simplify` write it, all stored.
    fn program(terms: &[(f64, f64)]) -> Program {
        let slot = |column| Slot { column, kind: Kind::Real, access: Access::Element };
        let mut ops = vec![Op::Load(SlotId(0))];
        let mut values = Vec::new();
        for &(scale, shift) in terms {
            let literal = push(&mut ops, Op::Real(shift.to_bits()));
            let difference = push(&mut ops, Op::Real2(Real2::Subtract, ValueId(0), literal));
            let scale = push(&mut ops, Op::Real(scale.to_bits()));
            let argument = push(&mut ops, Op::Real2(Real2::Multiply, difference, scale));
            values.push(push(&mut ops, Op::Real1(Real1::Exp, argument)));
        }
        for (number, value) in values.into_iter().enumerate() {
            push(&mut ops, Op::Store(SlotId(number as u32 + 1), value));
        }
        let slots = (0..=terms.len() as u32).map(slot).collect();
        Program { name: "test".to_owned(), shape: Shape::Dense, slots, ops, prelude: 0, fused: false }
    }

    fn exponentials(program: &Program) -> usize {
        program.ops.iter().filter(|op| matches!(op, Op::Real1(Real1::Exp, _))).count()
    }

    #[test]
    fn one_scale_takes_one_exponential() {
        let table = [
            (vec![(200.0, 0.04), (-200.0, 0.015), (-200.0, -0.023)], 1),
            (vec![(200.0, 0.04), (200.0, 0.05)], 1),
            (vec![(200.0, 0.04), (250.0, 0.04)], 2),
            (vec![(200.0, 0.04), (200.0, 1.0)], 2),
            (vec![(200.0, 0.04)], 1),
        ];
        for (terms, expected) in table {
            assert_eq!(exponentials(&share(program(&terms))), expected, "{terms:?}");
        }
    }

    #[test]
    fn values_are_kept_to_a_few_ulps() {
        use crate::interpreter::Interpreted;
        use crate::ir::verify::verify;
        use runtime::host::Functions;
        use runtime::kernel::{Call, Kernel, Moment, Work};
        use runtime::state::{Column, ColumnId, State};

        let terms = [(200.0, 0.04), (-200.0, 0.015), (200.0, -0.023)];
        let inputs: Vec<f64> = (-200..200).map(|step| f64::from(step) * 7e-4).collect();
        let run = |program: Program| {
            let column = || Column::Real(inputs.clone());
            let mut state = State::new((0..4).map(|_| column()).collect());
            let kernel = Interpreted::new(verify(program).expect("a sound program"), &Functions::default());
            let (spikes, nonfinite, out) = (&mut Vec::new(), &mut false, &mut [][..]);
            let moment = Moment { step: 0, t: 0.0 };
            kernel.run(&mut state, &mut Call { work: Work::dense(0..400), moment, key: 0, spikes, out, nonfinite });
            (1..4).map(move |column| state.column(ColumnId(column)).clone()).collect::<Vec<_>>()
        };
        for (plain, shared) in run(program(&terms)).iter().zip(run(share(program(&terms)))) {
            for element in 0..400 {
                let (plain, shared) = (plain.number(element), shared.number(element));
                assert!((plain - shared).abs() <= 1e-14 * plain, "{plain:e} became {shared:e}");
            }
        }
    }
}
