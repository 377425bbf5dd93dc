//! Decides which products are fused with the sum they go into: once, here, for both engines.
//!
//! `a*b + c` becomes one `MulAdd`, rounded once, where nothing else wants the product. `a*b - c` and `c - a*b` are
//! sums with the opposite of c or of a. Of a sum of two products the first is fused.

use crate::ir::steps::{Op, Program, Real1, Real2, ValueId};

/// Fuses products with sums. Leaves the fused products behind; `dead` takes them away.
pub(super) fn contract(program: Program) -> Program {
    let mut uses = vec![0_u32; program.ops.len()];
    for op in &program.ops {
        op.operands().for_each(|operand| uses[operand.0 as usize] += 1);
    }
    let product = |value: ValueId| match program.ops[value.0 as usize] {
        Op::Real2(Real2::Multiply, a, b) if uses[value.0 as usize] == 1 => Some((a, b)),
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
        matches!(self.ops[self.of(old).0 as usize], Op::Real(_))
    }

    /// The opposite of a value; of a literal a literal.
    fn opposite(&mut self, old: ValueId) -> ValueId {
        let value = self.of(old);
        match self.ops[value.0 as usize] {
            Op::Real(bits) => self.push(Op::Real((-f64::from_bits(bits)).to_bits())),
            Op::Real1(Real1::Negate, inner) => inner,
            _ => self.push(Op::Real1(Real1::Negate, value)),
        }
    }
}
