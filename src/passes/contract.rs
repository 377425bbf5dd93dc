//! Decides which products are fused with the sum they go into: once, here, for both engines.
//!
//! `a*b + c` becomes one `MulAdd`, rounded once, where nothing else wants the product. `a*b - c` and `c - a*b` are
//! sums with the opposite of c or of a. Of a sum of two products the first is fused.
//! Ticks times dt are a time, rounded as `t` is, and never fused: else `t - lastspike` of a spike in the last tick would not be `dt`.

use crate::ir::steps::{Kind, Op, Program, Real1, Real2, ValueId};
use crate::ir::verify::kinds;

/// Fuses products with sums. Leaves the fused products behind; `dead` takes them away.
pub(super) fn contract(program: Program) -> Program {
    let mut uses = vec![0_u32; program.ops.len()];
    for op in &program.ops {
        op.operands().for_each(|operand| uses[operand.0 as usize] += 1);
    }
    let kinds = kinds(&program);
    let counts_ticks = |value: ValueId| match program.ops[value.0 as usize] {
        Op::ToReal(of) => kinds[of.0 as usize] == Some(Kind::Long),
        _ => false,
    };
    let product = |value: ValueId| match program.ops[value.0 as usize] {
        Op::Real2(Real2::Multiply, a, b) if uses[value.0 as usize] == 1 && !counts_ticks(a) && !counts_ticks(b) => {
            Some((a, b))
        }
        _ => None,
    };
    let mut out = Out { ops: Vec::with_capacity(program.ops.len()), new: Vec::with_capacity(program.ops.len()) };
    for &op in &program.ops {
        let id = match op {
            Op::Real2(Real2::Add, x, y) => match (product(x), product(y)) {
                (Some((a, b)), _) => out.fused(a, b, y),
                (None, Some((a, b))) => out.fused(a, b, x),
                _ => out.same(op),
            },
            Op::Real2(Real2::Subtract, x, y) => match (product(x), product(y)) {
                (Some((a, b)), _) => {
                    let c = out.opposite(y);
                    let (a, b) = (out.of(a), out.of(b));
                    out.push(Op::MulAdd(a, b, c))
                }
                (None, Some((a, b))) => {
                    let (a, b) = if out.is_literal(b) { (b, a) } else { (a, b) };
                    let a = out.opposite(a);
                    let (b, c) = (out.of(b), out.of(x));
                    out.push(Op::MulAdd(a, b, c))
                }
                _ => out.same(op),
            },
            _ => out.same(op),
        };
        out.new.push(id);
    }
    Program { ops: out.ops, prelude: 0, ..program }
}

struct Out {
    ops: Vec<Op>,
    /// By number in the old program.
    new: Vec<ValueId>,
}

impl Out {
    fn of(&self, old: ValueId) -> ValueId {
        self.new[old.0 as usize]
    }

    fn push(&mut self, op: Op) -> ValueId {
        self.ops.push(op);
        ValueId(self.ops.len() as u32 - 1)
    }

    fn same(&mut self, op: Op) -> ValueId {
        let op = op.map(|operand| self.of(operand));
        self.push(op)
    }

    fn fused(&mut self, a: ValueId, b: ValueId, c: ValueId) -> ValueId {
        let (a, b, c) = (self.of(a), self.of(b), self.of(c));
        self.push(Op::MulAdd(a, b, c))
    }

    fn is_literal(&self, old: ValueId) -> bool {
        matches!(self.ops[self.of(old).0 as usize], Op::Real(_) | Op::Single(_))
    }

    /// The opposite of a value; of a literal a literal.
    fn opposite(&mut self, old: ValueId) -> ValueId {
        let value = self.of(old);
        match self.ops[value.0 as usize] {
            Op::Real(bits) => self.push(Op::Real((-f64::from_bits(bits)).to_bits())),
            Op::Single(bits) => self.push(Op::Single((-f32::from_bits(bits)).to_bits())),
            Op::Real1(Real1::Negate, inner) => inner,
            _ => self.push(Op::Real1(Real1::Negate, value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::steps::{Shape, Slot};

    fn contracted(sum: Real2, product_first: bool, uses: usize) -> Vec<Op> {
        let at = ValueId;
        let mut ops = vec![
            Op::Real(2f64.to_bits()),
            Op::Time,
            Op::Random(0, crate::ir::steps::Draw::Uniform),
            Op::Real2(Real2::Multiply, at(0), at(1)),
        ];
        let (x, y) = if product_first { (at(3), at(2)) } else { (at(2), at(3)) };
        ops.push(Op::Real2(sum, x, y));
        ops.push(Op::Check(at(4)));
        ops.extend((1..uses).map(|_| Op::Check(at(3))));
        let slots: Vec<Slot> = Vec::new();
        contract(Program { name: "test".to_owned(), shape: Shape::Dense, slots, ops, prelude: 0, fused: true }).ops
    }

    #[test]
    fn a_product_of_one_use_goes_into_its_sum() {
        let at = ValueId;
        let fused = |ops: &[Op]| ops.iter().copied().find(|op| matches!(op, Op::MulAdd(..)));
        assert_eq!(fused(&contracted(Real2::Add, true, 1)), Some(Op::MulAdd(at(0), at(1), at(2))));
        assert_eq!(fused(&contracted(Real2::Add, false, 1)), Some(Op::MulAdd(at(0), at(1), at(2))));
        assert_eq!(fused(&contracted(Real2::Add, true, 2)), None);
        let difference = contracted(Real2::Subtract, true, 1);
        assert_eq!(difference[4..6], [Op::Real1(Real1::Negate, at(2)), Op::MulAdd(at(0), at(1), at(4))]);
        let difference = contracted(Real2::Subtract, false, 1);
        assert_eq!(difference[4..6], [Op::Real((-2f64).to_bits()), Op::MulAdd(at(4), at(1), at(2))]);
    }

    #[test]
    fn ticks_times_dt_are_a_time_before_anything_is_taken_from_it() {
        let at = ValueId;
        let ops = vec![
            Op::Real(1e-4f64.to_bits()),
            Op::Tick,
            Op::ToReal(at(1)),
            Op::Real2(Real2::Multiply, at(2), at(0)),
            Op::Time,
            Op::Real2(Real2::Subtract, at(4), at(3)),
            Op::Check(at(5)),
        ];
        let program =
            Program { name: "test".to_owned(), shape: Shape::Dense, slots: Vec::new(), ops, prelude: 0, fused: true };
        assert_eq!(contract(program.clone()).ops, program.ops);
    }
}
