//! Step programs as text, for people and for snapshots.
//!
//! One line an instruction; the text of a program changes only where the program does.

use super::steps::{Draw, Op, Program};
use std::fmt::Write as _;

/// A program as text; `column` names the columns.
#[must_use]
pub fn print(program: &Program, column: impl Fn(u32) -> String) -> String {
    let mut text = format!("{}: {}", program.name, word(program.shape));
    if program.fused {
        text.push_str(", fused");
    }
    text.push('\n');
    for (number, slot) in program.slots.iter().enumerate() {
        let (access, kind) = (word(slot.access), word(slot.kind));
        line(&mut text, &format!("slot {number}: {access} {kind} of {}", column(slot.column)));
    }
    for (number, op) in program.ops.iter().enumerate() {
        if number == program.prelude && number > 0 {
            line(&mut text, "each");
        }
        let what = instruction(op);
        line(&mut text, &if op.is_effect() { what } else { format!("%{number} = {what}") });
    }
    text
}

fn line(text: &mut String, content: &str) {
    writeln!(text, "    {content}").expect("writing to a string cannot fail");
}

/// A name as a word: `LessEqual` is `less_equal`.
fn word(name: impl std::fmt::Debug) -> String {
    let mut word = String::new();
    for letter in format!("{name:?}").chars() {
        if letter.is_uppercase() && !word.is_empty() {
            word.push('_');
        }
        word.push(letter.to_ascii_lowercase());
    }
    word
}

fn instruction(op: &Op) -> String {
    let operands: Vec<String> = op.operands().map(|value| format!("%{}", value.0)).collect();
    let operands = operands.join(", ");
    match op {
        Op::Real(bits) => format!("real {:?}", f64::from_bits(*bits)),
        Op::Single(bits) => format!("single {:?}", f32::from_bits(*bits)),
        Op::Integer(value) => format!("integer {value}"),
        Op::Long(value) => format!("long {value}"),
        Op::Boolean(value) => format!("boolean {value}"),
        Op::Time | Op::Tick | Op::Element | Op::Pre | Op::Post | Op::Each => word(op),
        Op::Load(slot) => format!("load {}", slot.0),
        Op::LoadAt(slot, _) => format!("load {}[{operands}]", slot.0),
        Op::Host(function, _) => format!("host #{function}, {operands}"),
        Op::Store(slot, _) => format!("store {}, {operands}", slot.0),
        Op::Real1(which, _) => format!("{} {operands}", word(which)),
        Op::Real2(which, ..) => format!("{} {operands}", word(which)),
        Op::MulAdd(..) => format!("multiply_add {operands}"),
        Op::PowerInteger(_, power) => format!("power {operands}, {power}"),
        Op::Integer2(which, ..) => format!("integer_{} {operands}", word(which)),
        Op::IntegerPower(_, power) => format!("integer_power {operands}, {power}"),
        Op::LongSubtract(..) => format!("long_subtract {operands}"),
        Op::Compare(which, ..) => format!("{} {operands}", word(which)),
        Op::And(..) => format!("and {operands}"),
        Op::Or(..) => format!("or {operands}"),
        Op::Not(_) => format!("not {operands}"),
        Op::Select(..) => format!("select {operands}"),
        Op::ToReal(_) => format!("to_real {operands}"),
        Op::ToSingle(_) => format!("to_single {operands}"),
        Op::ToInteger(_) => format!("to_integer {operands}"),
        Op::ToBoolean(_) => format!("to_boolean {operands}"),
        Op::Timestep(..) => format!("timestep {operands}"),
        Op::Random(draw, Draw::Uniform) => format!("uniform #{draw}"),
        Op::Random(draw, Draw::Normal) => format!("normal #{draw}"),
        Op::Random(draw, Draw::Poisson(_)) => format!("poisson #{draw}, {operands}"),
        Op::Random(draw, Draw::Binomial(..)) => format!("binomial #{draw}, {operands}"),
        Op::Emit(_) => format!("emit {operands}"),
        Op::Yield(_) => format!("yield {operands}"),
        Op::Check(_) => format!("check {operands}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::steps::{Access, Comparison, Kind, Real2, Shape, Slot, SlotId, ValueId};

    #[test]
    fn a_program_prints_line_by_line() {
        let program = Program {
            name: "P.step".to_owned(),
            shape: Shape::Dense,
            slots: vec![Slot { column: 3, kind: Kind::Real, access: Access::Element }],
            ops: vec![
                Op::Real(0.5f64.to_bits()),
                Op::Load(SlotId(0)),
                Op::Real2(Real2::Multiply, ValueId(0), ValueId(1)),
                Op::Compare(Comparison::GreaterEqual, ValueId(2), ValueId(0)),
                Op::Random(4, Draw::Poisson(ValueId(2))),
                Op::Store(SlotId(0), ValueId(2)),
                Op::Emit(ValueId(3)),
            ],
            prelude: 1,
            fused: true,
        };
        let expected = "\
P.step: dense, fused
    slot 0: element real of column 3
    %0 = real 0.5
    each
    %1 = load 0
    %2 = multiply %0, %1
    %3 = greater_equal %2, %0
    %4 = poisson #4, %2
    store 0, %2
    emit %3
";
        assert_eq!(print(&program, |column| format!("column {column}")), expected);
    }
}
