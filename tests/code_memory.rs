//! Code memory goes back: in, the same programs compiled and dropped many times; out, a process that has not grown.

#![cfg(target_os = "linux")]

use rheobase::codegen::{Options, compile};
use rheobase::ir::steps::{Access, Kind, Op, Program, Real1, Shape, Slot, SlotId, ValueId};
use rheobase::ir::verify::verify;
use runtime::host::Functions;
use runtime::kernel::{Call, Moment, Work};
use runtime::state::{Column, State};

/// Without optimisation compiling takes twenty times as long.
const ROUNDS: usize = if cfg!(debug_assertions) { 1_000 } else { 10_000 };

/// Resident memory [bytes].
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells a process about itself");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("resident memory is told");
    let kilobytes: usize =
        line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number of kB");
    1024 * kilobytes
}

fn compile_and_run() {
    let program = Program {
        name: "P.step".to_owned(),
        shape: Shape::Dense,
        slots: vec![Slot { column: 0, kind: Kind::Real, access: Access::Element }],
        ops: vec![Op::Load(SlotId(0)), Op::Real1(Real1::Exp, ValueId(0)), Op::Store(SlotId(0), ValueId(1))],
        prelude: 0,
        fused: false,
    };
    let compiled = compile(&[verify(program).expect("a sound program")], &Functions::default(), Options::default())
        .expect("code for it");
    let kernel = compiled.kernel(0);
    // The kernel alone keeps the code.
    drop(compiled);
    let mut state = State::new(vec![Column::Real(vec![0.0; 3])]);
    let moment = Moment { step: 0, t: 0.0 };
    let (spikes, nonfinite) = (&mut Vec::new(), &mut false);
    kernel.run(&mut state, &mut Call { work: Work::dense(0..3), moment, key: 0, spikes, out: &mut [], nonfinite });
    assert_eq!(state, State::new(vec![Column::Real(vec![1.0; 3])]));
}

#[test]
fn ten_thousand_compiled_and_dropped_do_not_grow_the_process() {
    // The allocator's own buffers fill during the first rounds.
    for _ in 0..ROUNDS / 10 {
        compile_and_run();
    }
    let before = resident();
    for _ in 0..ROUNDS {
        compile_and_run();
    }
    let grown = resident().saturating_sub(before);
    // A page of code is 4,096 bytes: kept, a round would cost that at least.
    assert!(grown < ROUNDS * 400, "{ROUNDS} rounds left {grown} bytes behind");
}
