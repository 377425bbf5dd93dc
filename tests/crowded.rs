//! Programs with more values than a processor has registers, and calls and rare cases among them: in, one program and
//! states of every length around eight; out, the bits of the interpreter.

use rheobase::codegen::{Cpu, Options, Vectors, compile};
use rheobase::interpreter::Interpreted;
use rheobase::ir::steps::{Access, Comparison, Kind, Op, Program, Real1, Real2, Shape, Slot, SlotId, ValueId};
use rheobase::ir::verify::{Verified, verify};
use runtime::host::Functions;
use runtime::kernel::{Call, Kernel, Moment, Work};
use runtime::state::{Column, ColumnId, State};

/// Builds programs.
#[derive(Default)]
struct Writer(Vec<Op>);

impl Writer {
    fn push(&mut self, op: Op) -> ValueId {
        self.0.push(op);
        ValueId(self.0.len() as u32 - 1)
    }

    fn number(&mut self, kind: Kind, value: f64) -> ValueId {
        self.push(if kind == Kind::Single { Op::Single((value as f32).to_bits()) } else { Op::Real(value.to_bits()) })
    }

    fn two(&mut self, which: Real2, a: ValueId, b: ValueId) -> ValueId {
        self.push(Op::Real2(which, a, b))
    }
}

/// `count` reals or singles and as many conditions, all made before any is used; between, what `middle` adds to x.
fn crowded(kind: Kind, count: usize, middle: impl Fn(&mut Writer, ValueId) -> ValueId) -> Verified<Program> {
    let mut ops = Writer::default();
    let factors: Vec<ValueId> = (0..count).map(|number| ops.number(kind, 0.1 + number as f64 * 0.37)).collect();
    let prelude = ops.0.len();
    let (x, y) = (ops.push(Op::Load(SlotId(0))), ops.push(Op::Load(SlotId(1))));
    let reals: Vec<ValueId> = factors.iter().map(|&factor| ops.push(Op::MulAdd(x, factor, y))).collect();
    let larger = |ops: &mut Writer, &real: &ValueId| ops.push(Op::Compare(Comparison::Greater, real, y));
    let conditions: Vec<ValueId> = reals.iter().map(|real| larger(&mut ops, real)).collect();
    let added = middle(&mut ops, x);
    let mut sum = ops.two(Real2::Add, added, y);
    let mut odd = conditions[0];
    for (&real, &condition) in reals.iter().zip(&conditions).rev() {
        let product = ops.two(Real2::Multiply, real, real);
        let chosen = ops.push(Op::Select(condition, product, real));
        sum = ops.push(Op::MulAdd(chosen, real, sum));
        let (not, other) = (ops.push(Op::Not(odd)), ops.push(Op::Not(condition)));
        let (one, two) = (ops.push(Op::And(odd, other)), ops.push(Op::And(not, condition)));
        odd = ops.push(Op::Or(one, two));
    }
    ops.push(Op::Store(SlotId(1), sum));
    ops.push(Op::Store(SlotId(2), odd));
    ops.push(Op::Emit(odd));
    ops.push(Op::Check(sum));
    let slot = |column, kind| Slot { column, kind, access: Access::Element };
    let slots = vec![slot(0, kind), slot(1, kind), slot(2, Kind::Boolean)];
    let name = format!("{count} values of kind {kind:?}");
    let program = Program { name, shape: Shape::Dense, slots, ops: ops.0, prelude, fused: true };
    verify(program).expect("a sound program")
}

fn state(kind: Kind, length: u32) -> State {
    // Every third is so large that sine and cosine are worked out elsewhere.
    let x = |element: u32| f64::from(element) * if element.is_multiple_of(3) { 3e9 } else { 0.21 } - 1.0;
    let y = |element: u32| 1.0 - 0.3 * f64::from(element);
    let column = |entry: &dyn Fn(u32) -> f64| match kind {
        Kind::Single => Column::Single((0..length).map(|element| entry(element) as f32).collect()),
        _ => Column::Real((0..length).map(entry).collect()),
    };
    State::new(vec![column(&x), column(&y), Column::Boolean(vec![0; length as usize])])
}

type Outcome = (Vec<u64>, Vec<u8>, Vec<u32>, bool);

fn outcome(kernel: &dyn Kernel, kind: Kind, length: u32) -> Outcome {
    let (mut state, mut spikes, mut nonfinite) = (state(kind, length), Vec::new(), false);
    let (work, moment) = (Work::dense(0..length), Moment { step: 3, t: 3e-4 });
    let call = &mut Call { work, moment, key: 1, spikes: &mut spikes, out: &mut [], nonfinite: &mut nonfinite };
    kernel.run(&mut state, call);
    let sums = (0..length as usize).map(|element| state.column(ColumnId(1)).number(element).to_bits()).collect();
    let Column::Boolean(odd) = state.column(ColumnId(2)) else { unreachable!("a boolean column") };
    (sums, odd.clone(), spikes, nonfinite)
}

fn agree(program: &Verified<Program>) {
    let kind = program.slots[0].kind;
    let interpreted = Interpreted::new(program.clone(), &Functions::default());
    for (cpu, wide) in [(Cpu::Host, true), (Cpu::Host, false), (Cpu::Baseline, false)] {
        let options = Options { cpu, vectors: Vectors::Always, wide };
        let compiled = compile(std::slice::from_ref(program), &Functions::default(), options).expect("code for it");
        for length in 1..=33 {
            let expected = outcome(&interpreted, kind, length);
            assert_eq!(outcome(&*compiled.kernel(0), kind, length), expected, "{options:?}, {length} elements");
        }
    }
}

const KINDS: [Kind; 2] = [Kind::Real, Kind::Single];

#[test]
fn values_leave_their_registers_and_come_back() {
    for kind in KINDS {
        for count in [3, 12, 28, 31, 60] {
            agree(&crowded(kind, count, |ops, x| ops.push(Op::Real1(Real1::Exp, x))));
        }
    }
}

#[test]
fn values_outlive_calls() {
    for count in [3, 12, 31] {
        agree(&crowded(Kind::Real, count, |ops, x| {
            let tangent = ops.push(Op::Real1(Real1::Arctan, x));
            ops.two(Real2::Remainder, x, tangent)
        }));
        agree(&crowded(Kind::Single, count, |ops, x| {
            let x = ops.push(Op::ToReal(x));
            let tangent = ops.push(Op::Real1(Real1::Arctan, x));
            let rest = ops.two(Real2::Remainder, x, tangent);
            ops.push(Op::ToSingle(rest))
        }));
    }
}

#[test]
fn values_outlive_rare_cases() {
    for kind in KINDS {
        for count in [3, 12, 31] {
            agree(&crowded(kind, count, |ops, x| {
                let (sine, cosine) = (ops.push(Op::Real1(Real1::Sin, x)), ops.push(Op::Real1(Real1::Cos, x)));
                ops.two(Real2::Multiply, sine, cosine)
            }));
        }
    }
}
