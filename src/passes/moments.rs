//! Which values are points in time, and what such are multiplied with: in, programs; out, a mark for every value.
//!
//! A point in time grows with the run: at 1000 s a single tells times no better than 0.06 ms apart. `t`, ticks and what is
//! loaded of either are marked, and sums, products and quotients with them. The difference of two is a span of time, which is
//! small, and what a function makes of one (a phase, a decay) is no time any more: neither is marked.

use crate::ir::plan::ColumnPlan;
use crate::ir::steps::{Integer2, Kind, Op, Program, Real1, Real2, ValueId};
use crate::ir::verify::kinds;
use crate::units::Dimension;

/// Which values of a program are points in time; `holds_times` says so of columns.
///
/// A value that is `rounded` where it is made, since a column of singles will hold it, has no digits to keep any more.
pub(super) fn points(program: &Program, rounded: &[bool], holds_times: impl Fn(u32) -> bool) -> Vec<bool> {
    let kinds = kinds(program);
    let mut points: Vec<bool> = Vec::with_capacity(program.ops.len());
    for (at, op) in program.ops.iter().enumerate() {
        let is = |value: ValueId| points[value.0 as usize];
        let any = || op.operands().any(is);
        let point = match *op {
            Op::Time | Op::Tick | Op::Timestep(..) => true,
            Op::Load(slot) | Op::LoadAt(slot, _) => {
                kinds[at] == Some(Kind::Long) || holds_times(program.slots[slot.0 as usize].column)
            }
            Op::Real2(Real2::Subtract, a, b) | Op::Integer2(Integer2::Subtract, a, b) => is(a) != is(b),
            Op::Real2(Real2::Power | Real2::Remainder, ..) => false,
            Op::Real1(Real1::Negate | Real1::Abs | Real1::Floor | Real1::Ceil, _) => any(),
            Op::Select(_, a, b) => is(a) || is(b),
            Op::Real2(..)
            | Op::MulAdd(..)
            | Op::PowerInteger(..)
            | Op::Integer2(..)
            | Op::ToReal(_)
            | Op::ToInteger(_) => any(),
            _ => false,
        };
        points.push(point && !rounded[at]);
    }
    points
}

/// What a point in time is multiplied with or divided by, where it is made here by plain arithmetic: an error of 2*pi*f, small as it
/// is, would be multiplied too.
pub(super) fn factors(program: &Program, points: &[bool], rounded: &[bool]) -> Vec<bool> {
    let mut factors = vec![false; program.ops.len()];
    for (at, op) in program.ops.iter().enumerate().rev() {
        let scaled = match *op {
            Op::Real2(Real2::Multiply | Real2::Divide | Real2::FloorDivide | Real2::Remainder, a, b) => {
                points[a.0 as usize] != points[b.0 as usize]
            }
            _ => false,
        };
        if !scaled && !factors[at] {
            continue;
        }
        for value in op.operands().map(|value| value.0 as usize) {
            factors[value] |= is_plain(&program.ops[value]) && !points[value] && !rounded[value];
        }
    }
    factors
}

fn is_plain(op: &Op) -> bool {
    matches!(
        op,
        Op::Real1(Real1::Negate | Real1::Abs, _)
            | Op::Real2(Real2::Add | Real2::Subtract | Real2::Multiply | Real2::Divide, ..)
    )
}

/// Whether a variable is measured as times are: of these, those that are given a point in time hold one.
pub(super) fn may_hold_times(column: &ColumnPlan) -> bool {
    column.kind == Kind::Real && column.dimension == Dimension::SECOND
}
