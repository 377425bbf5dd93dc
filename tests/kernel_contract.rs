//! What kernels of either engine promise to whoever drives them: in, calls that are wrong or at the edge; out, a refusal
//! before anything is touched, or the effects in the order of the work.

use rheobase::codegen::{Options, Vectors, assembly, clif, compile};
use rheobase::interpreter::Interpreted;
use rheobase::ir::steps::{Access, Comparison, Draw, Kind, Op, Program, Real1, Real2, Shape, Slot, SlotId, ValueId};
use rheobase::ir::verify::{Verified, verify};
use runtime::host::{Functions, HostFailure, HostFunction};
use runtime::kernel::{Call, Kernel, Moment, Work};
use runtime::rows::Rows;
use runtime::state::{Column, ColumnId, State};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// `column 0 (as `access`) = column 0 + column 1 (shared)`, and the sum is yielded.
fn adding(shape: Shape, access: Access) -> Verified<Program> {
    let mut ops = vec![Op::Load(SlotId(1)), Op::Load(SlotId(0)), Op::Real2(Real2::Add, ValueId(0), ValueId(1))];
    if shape != Shape::Pairs {
        ops.push(Op::Store(SlotId(0), ValueId(2)));
    }
    ops.push(Op::Yield(ValueId(2)));
    let slots = vec![
        Slot { column: 0, kind: Kind::Real, access },
        Slot { column: 1, kind: Kind::Real, access: Access::Shared },
    ];
    verify(Program { name: "test".to_owned(), shape, slots, ops, prelude: 1, fused: false }).expect("a sound program")
}

fn engines(program: &Verified<Program>) -> [Arc<dyn Kernel>; 2] {
    let options = Options { vectors: Vectors::Always, ..Options::default() };
    let compiled = compile(std::slice::from_ref(program), &Functions::default(), options).expect("code for it");
    [Arc::new(Interpreted::new(program.clone(), &Functions::default())), compiled.kernel(0)]
}

fn state(length: usize) -> State {
    State::new(vec![Column::Real(vec![1.0; length]), Column::Real(vec![0.5])])
}

fn run(kernel: &dyn Kernel, state: &mut State, work: Work<'_>, out: &mut [f64]) -> Vec<u32> {
    let (mut spikes, mut nonfinite) = (Vec::new(), false);
    let moment = Moment { step: 3, t: 3e-4 };
    kernel.run(state, &mut Call { work, moment, key: 1, spikes: &mut spikes, out, nonfinite: &mut nonfinite });
    spikes
}

#[test]
fn a_call_beyond_a_column_is_refused() {
    let rows = Rows::new(vec![0, 2, 3], vec![0, 3, 1], 1, 4).expect("rows in order");
    let pairs = |neurons: &'static [u32]| Work::Pairs { pre: neurons, post: neurons, each: &[0, 0] };
    // Each of them needs four entries where there are three.
    let wrong = [
        (Shape::Dense, Access::Element, Work::dense(0..4)),
        (Shape::Indexed, Access::Element, Work::Indexed(&[0, 3])),
        (Shape::Rows, Access::Post, Work::Rows { sources: &[0], rows: &rows }),
        (Shape::List, Access::Post, Work::List { synapses: &[1], rows: &rows, sources: &[] }),
        (Shape::List, Access::Pre, Work::List { synapses: &[1], rows: &rows, sources: &[0, 3, 0] }),
        (Shape::Pairs, Access::Pre, pairs(&[0, 3])),
        (Shape::Pairs, Access::Post, pairs(&[3, 0])),
    ];
    for (shape, access, work) in wrong {
        for kernel in engines(&adding(shape, access)) {
            let mut enough = state(4);
            run(&*kernel, &mut enough, work, &mut [0.0; 4]);
            let mut short = state(3);
            let attempt = catch_unwind(AssertUnwindSafe(|| run(&*kernel, &mut short, work, &mut [0.0; 4])));
            assert!(attempt.is_err(), "{shape:?} by {access:?}");
        }
    }
}

#[test]
fn a_call_with_the_wrong_rows_lists_or_room_is_refused() {
    let rows = Rows::new(vec![0, 2, 3], vec![0, 3, 1], 1, 4).expect("rows in order");
    let wrong = [
        (Shape::Rows, Access::Element, Work::Rows { sources: &[2], rows: &rows }, 4),
        (Shape::List, Access::Post, Work::List { synapses: &[3], rows: &rows, sources: &[] }, 4),
        (Shape::List, Access::Pre, Work::List { synapses: &[1], rows: &rows, sources: &[0] }, 4),
        (Shape::Pairs, Access::Pre, Work::Pairs { pre: &[0, 1], post: &[0], each: &[0, 0] }, 4),
        (Shape::Dense, Access::Element, Work::Indexed(&[0]), 4),
        (Shape::Dense, Access::Element, Work::dense(0..4), 3),
    ];
    for (shape, access, work, room) in wrong {
        for kernel in engines(&adding(shape, access)) {
            let mut out = vec![0.0; room];
            let attempt = catch_unwind(AssertUnwindSafe(|| run(&*kernel, &mut state(4), work, &mut out)));
            assert!(attempt.is_err(), "{shape:?} by {access:?}");
        }
    }
}

#[test]
fn a_column_of_another_kind_is_refused() {
    for kernel in engines(&adding(Shape::Dense, Access::Element)) {
        let mut other = State::new(vec![Column::Integer(vec![1; 8]), Column::Real(vec![0.5])]);
        let attempt = catch_unwind(AssertUnwindSafe(|| run(&*kernel, &mut other, Work::dense(0..2), &mut [0.0; 2])));
        assert!(attempt.is_err());
    }
}

#[test]
fn the_effects_of_one_element_are_seen_by_the_next() {
    let rows = Rows::new(vec![0, 3], vec![2, 2, 0], 0, 3).expect("rows in order");
    for kernel in engines(&adding(Shape::Rows, Access::Post)) {
        let (mut state, mut out) = (state(3), [0.0; 3]);
        run(&*kernel, &mut state, Work::Rows { sources: &[0], rows: &rows }, &mut out);
        assert_eq!(out, [1.5, 2.0, 1.5]);
        assert_eq!(*state.column(ColumnId(0)), Column::Real(vec![1.5, 1.0, 2.0]));
    }
}

#[test]
fn a_dense_program_that_writes_a_shared_column_goes_element_by_element() {
    let slot = Slot { column: 1, kind: Kind::Real, access: Access::Shared };
    let ops = vec![
        Op::Real(2f64.to_bits()),
        Op::Load(SlotId(0)),
        Op::Real2(Real2::Multiply, ValueId(0), ValueId(1)),
        Op::Store(SlotId(0), ValueId(2)),
    ];
    let program =
        Program { name: "test".to_owned(), shape: Shape::Dense, slots: vec![slot], ops, prelude: 1, fused: false };
    for kernel in engines(&verify(program).expect("a sound program")) {
        let mut state = state(5);
        run(&*kernel, &mut state, Work::dense(0..5), &mut []);
        assert_eq!(*state.column(ColumnId(1)), Column::Real(vec![16.0]));
        assert!(kernel.native().is_none());
    }
}

#[test]
fn spikes_are_appended_in_order_whatever_the_range() {
    let slots = vec![Slot { column: 0, kind: Kind::Boolean, access: Access::Element }];
    let ops = vec![Op::Load(SlotId(0)), Op::Emit(ValueId(0))];
    let program = Program { name: "test".to_owned(), shape: Shape::Dense, slots, ops, prelude: 0, fused: false };
    let spiking = [1, 0, 1, 1, 0, 0, 1, 255, 1];
    for kernel in engines(&verify(program).expect("a sound program")) {
        let mut state = State::new(vec![Column::Boolean(spiking.to_vec())]);
        assert_eq!(run(&*kernel, &mut state, Work::dense(1..9), &mut []), [2, 3, 6, 7, 8]);
        assert_eq!(run(&*kernel, &mut state, Work::dense(4..4), &mut []), [0; 0]);
    }
}

#[test]
fn a_value_that_is_not_finite_is_noted() {
    let slots = vec![Slot { column: 0, kind: Kind::Real, access: Access::Element }];
    let ops = vec![Op::Load(SlotId(0)), Op::Check(ValueId(0))];
    let program = Program { name: "test".to_owned(), shape: Shape::Dense, slots, ops, prelude: 0, fused: false };
    for kernel in engines(&verify(program).expect("a sound program")) {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX] {
            for place in 0..5 {
                let mut values = vec![0.0; 5];
                values[place] = bad;
                let mut state = State::new(vec![Column::Real(values)]);
                let (spikes, mut nonfinite) = (&mut Vec::new(), false);
                let (work, moment) = (Work::dense(0..5), Moment { step: 0, t: 0.0 });
                let call = &mut Call { work, moment, key: 0, spikes, out: &mut [], nonfinite: &mut nonfinite };
                kernel.run(&mut state, call);
                assert_eq!(nonfinite, !bad.is_finite(), "{bad} at {place}");
            }
        }
    }
}

#[test]
fn a_state_update_is_vector_code_and_an_initialiser_is_not() {
    let program = |reads: bool| {
        let first = if reads { Op::Load(SlotId(0)) } else { Op::Real(0) };
        let ops = vec![
            first,
            Op::Real1(Real1::Exp, ValueId(0)),
            Op::Compare(Comparison::Less, ValueId(0), ValueId(1)),
            Op::Select(ValueId(2), ValueId(0), ValueId(1)),
            Op::Store(SlotId(0), ValueId(3)),
        ];
        let slots = vec![Slot { column: 0, kind: Kind::Real, access: Access::Element }];
        let program = Program { name: "test".to_owned(), shape: Shape::Dense, slots, ops, prelude: 0, fused: false };
        verify(program).expect("a sound program")
    };
    let text = |reads, vectors| {
        clif(&program(reads), &Functions::default(), Options { vectors, ..Options::default() }).expect("text")
    };
    assert!(text(true, Vectors::Fitting).contains("f64x2"));
    assert!(!text(false, Vectors::Fitting).contains("f64x2"));
    assert!(text(false, Vectors::Always).contains("f64x2"));
    assert!(!text(true, Vectors::Never).contains("f64x2"));
    let assembly = |wide| {
        let options = Options { wide, ..Options::default() };
        assembly(&program(true), &Functions::default(), options).expect("text")
    };
    assert!(assembly(false).contains("block0:"));
    assert_eq!(assembly(true).contains("zmm"), rheobase::codegen::host_is_wide());
}

/// Yields entry `index` of column 0, by number, for two elements.
fn looking_up(kind: Kind, index: i32) -> Verified<Program> {
    let slots = vec![Slot { column: 0, kind, access: Access::At }];
    let mut ops = vec![Op::Integer(index), Op::LoadAt(SlotId(0), ValueId(0))];
    if kind != Kind::Real {
        ops.push(Op::ToReal(ValueId(1)));
    }
    ops.push(Op::Yield(ValueId(ops.len() as u32 - 1)));
    verify(Program { name: "test".to_owned(), shape: Shape::Dense, slots, ops, prelude: 1, fused: false })
        .expect("a sound program")
}

#[test]
fn an_index_is_kept_within_the_column_and_an_empty_one_holds_zeros() {
    let columns = [
        (Kind::Real, Column::Real(vec![3.0, 4.0, 5.0]), Column::Real(vec![])),
        (Kind::Single, Column::Single(vec![3.0, 4.0, 5.0]), Column::Single(vec![])),
        (Kind::Integer, Column::Integer(vec![3, 4, 5]), Column::Integer(vec![])),
        (Kind::Long, Column::Long(vec![3, 4, 5]), Column::Long(vec![])),
        (Kind::Boolean, Column::Boolean(vec![0, 1, 1]), Column::Boolean(vec![])),
    ];
    for (kind, full, empty) in columns {
        for (index, entry) in [(0, 0), (1, 1), (2, 2), (-1, 0), (i32::MIN, 0), (3, 2), (i32::MAX, 2)] {
            for kernel in engines(&looking_up(kind, index)) {
                let mut out = [7.0; 2];
                run(&*kernel, &mut State::new(vec![full.clone()]), Work::dense(0..2), &mut out);
                assert_eq!(out, [full.number(entry); 2], "{kind:?}[{index}]");
                run(&*kernel, &mut State::new(vec![empty.clone()]), Work::dense(0..2), &mut out);
                assert_eq!(out, [0.0; 2], "{kind:?}[{index}] of nothing");
            }
        }
    }
}

#[test]
fn columns_may_change_their_length_between_calls() {
    for kernel in engines(&looking_up(Kind::Real, 9)) {
        let mut state = State::new(vec![Column::Real(vec![1.0, 2.0])]);
        let mut out = [0.0; 2];
        run(&*kernel, &mut state, Work::dense(0..2), &mut out);
        assert_eq!(out, [2.0; 2]);
        state.column_mut(ColumnId(0)).resize(20, 6.0);
        run(&*kernel, &mut state, Work::dense(0..2), &mut out);
        assert_eq!(out, [6.0; 2]);
    }
}

#[test]
fn a_function_that_panics_unwinds_to_the_caller_with_its_name_and_harms_nothing() {
    let fails = |x: &[f64]| if x[0] > 2.0 { panic!("{} is too much", x[0]) } else { x[0] };
    let functions = Functions::new(vec![HostFunction::new("careful", Arc::new(fails))]);
    let slots = vec![Slot { column: 0, kind: Kind::Real, access: Access::Element }];
    let ops = vec![Op::Load(SlotId(0)), Op::Host(0, [Some(ValueId(0)), None, None, None]), Op::Yield(ValueId(1))];
    let program = Program { name: "test".to_owned(), shape: Shape::Dense, slots, ops, prelude: 0, fused: false };
    let program = verify(program).expect("a sound program");
    let compiled = |vectors| {
        let options = Options { vectors, ..Options::default() };
        compile(std::slice::from_ref(&program), &functions, options).expect("code for it").kernel(0)
    };
    let interpreted: Arc<dyn Kernel> = Arc::new(Interpreted::new(program.clone(), &functions));
    for kernel in [interpreted, compiled(Vectors::Never), compiled(Vectors::Always)] {
        let mut state = State::new(vec![Column::Real(vec![1.0, 2.0, 3.0, 4.0, 5.0])]);
        let mut out = [0.0; 5];
        let attempt = catch_unwind(AssertUnwindSafe(|| run(&*kernel, &mut state, Work::dense(0..5), &mut out)));
        let failure = HostFailure::of_panic(attempt.expect_err("the third fails")).expect("it is the function's");
        assert_eq!((failure.function.as_str(), failure.message.as_str()), ("careful", "3 is too much"));
        *state.column_mut(ColumnId(0)) = Column::Real(vec![0.5; 5]);
        run(&*kernel, &mut state, Work::dense(0..5), &mut out);
        assert_eq!(out, [0.5; 5]);
    }
}

/// Adds up draws of all kinds, `uniforms` uniform ones among them, into a column; yields the sum, spikes where one is below 1/2.
fn drawing(uniforms: u32) -> Verified<Program> {
    let mut ops = vec![
        Op::Load(SlotId(1)),
        Op::Real(4f64.to_bits()),
        Op::Real2(Real2::Multiply, ValueId(0), ValueId(1)),
        Op::Integer(1000),
        Op::Real(0.002f64.to_bits()),
        Op::Load(SlotId(0)),
        Op::Random(0, Draw::Normal),
        Op::Random(1, Draw::Poisson(ValueId(2))),
        Op::Random(2, Draw::Binomial(ValueId(3), ValueId(4))),
        Op::Random(3, Draw::Poisson(ValueId(5))),
        Op::ToReal(ValueId(7)),
        Op::ToReal(ValueId(8)),
        Op::ToReal(ValueId(9)),
    ];
    let mut sum = ValueId(5);
    let mut add = |ops: &mut Vec<Op>, value: u32| {
        ops.push(Op::Real2(Real2::Add, sum, ValueId(value)));
        sum = ValueId(ops.len() as u32 - 1);
    };
    [6, 10, 11, 12].into_iter().for_each(|value| add(&mut ops, value));
    for number in 0..uniforms {
        ops.push(Op::Random(4 + number, Draw::Uniform));
        let drawn = ops.len() as u32 - 1;
        add(&mut ops, drawn);
    }
    ops.push(Op::Compare(Comparison::Less, sum, ValueId(2)));
    let spikes = ValueId(ops.len() as u32 - 1);
    ops.extend([Op::Store(SlotId(0), sum), Op::Emit(spikes), Op::Yield(sum), Op::Check(sum)]);
    let slots = vec![
        Slot { column: 0, kind: Kind::Real, access: Access::Element },
        Slot { column: 1, kind: Kind::Real, access: Access::Shared },
    ];
    verify(Program { name: "test".to_owned(), shape: Shape::Dense, slots, ops, prelude: 5, fused: false })
        .expect("a sound program")
}

#[test]
fn numbers_drawn_in_strips_are_those_drawn_one_by_one() {
    // One draw, as many as have strips, and more; ranges within a block, of several blocks, and beginning at either neighbour.
    for program in [drawing(1), drawing(60), drawing(90)] {
        let scalar = Options { vectors: Vectors::Never, ..Options::default() };
        let compiled = compile(std::slice::from_ref(&program), &Functions::default(), scalar).expect("code for it");
        let [interpreted, vectors] = engines(&program);
        for range in [0..1, 7..8, 0..512, 512..1025, 1..1300, 1299..1300] {
            let results = [&interpreted, &vectors, &compiled.kernel(0)].map(|kernel| {
                let (mut state, mut out) = (state(1300), vec![0.0; range.len()]);
                let spikes = run(&**kernel, &mut state, Work::dense(range.clone()), &mut out);
                let drawn: Vec<u64> = out.iter().map(|value| value.to_bits()).collect();
                (spikes, drawn, state.column(ColumnId(0)).clone())
            });
            assert_eq!(results[0], results[1], "{range:?} in vectors");
            assert_eq!(results[0], results[2], "{range:?} in scalars");
        }
    }
}
