//! Both engines give the same bits: in, random step programs over every operation, kind and shape (a third of them with
//! singles), on populations of several sizes with awkward values; out, columns, spikes, results and flags of interpreter, scalar code and vector code, compared.
//! NaNs count as one value: which of them an operation gives is the processor's choice.

use rheobase::codegen::{self, Cpu, Options, Vectors};
use rheobase::interpreter::Interpreted;
use rheobase::ir::print::print;
use rheobase::ir::steps::{
    Access, Comparison, Draw, Integer2, Kind, Op, Program, Real1, Real2, Shape, Slot, SlotId, ValueId,
};
use rheobase::ir::verify::{Verified, kinds, verify};
use runtime::host::{Functions, HostFunction};
use runtime::kernel::{Call, Kernel, Moment, Work};
use runtime::rows::Rows;
use runtime::state::{Column, State};
use std::sync::Arc;

/// Populations of every program; programs times these is the number of cases.
const POPULATIONS: [u32; 6] = [1, 2, 3, 5, 17, 1000];
/// 20,000 cases where code is optimised; without that the interpreter and Cranelift are twenty times slower, and 1,200 must do.
const PROGRAMS: u64 = if cfg!(debug_assertions) { 200 } else { 3_334 };
/// Programs compiled into one module.
const BATCH: u64 = 25;

const SHAPES: [Shape; 5] = [Shape::Dense, Shape::Indexed, Shape::Rows, Shape::List, Shape::Pairs];
const KINDS: [Kind; 5] = [Kind::Real, Kind::Integer, Kind::Long, Kind::Boolean, Kind::Single];
const COMPARISONS: [Comparison; 6] = [
    Comparison::Less,
    Comparison::LessEqual,
    Comparison::Greater,
    Comparison::GreaterEqual,
    Comparison::Equal,
    Comparison::NotEqual,
];
const REAL1: [Real1; 25] = [
    Real1::Negate,
    Real1::Abs,
    Real1::Sqrt,
    Real1::Floor,
    Real1::Ceil,
    Real1::Sign,
    Real1::Sin,
    Real1::Cos,
    Real1::Tan,
    Real1::Sinh,
    Real1::Cosh,
    Real1::Tanh,
    Real1::Arcsin,
    Real1::Arccos,
    Real1::Arctan,
    Real1::Arcsinh,
    Real1::Arccosh,
    Real1::Arctanh,
    Real1::Exp,
    Real1::Expm1,
    Real1::Exprel,
    Real1::Log,
    Real1::Log10,
    Real1::Log1p,
    Real1::Erf,
];
const REAL2: [Real2; 9] = [
    Real2::Add,
    Real2::Subtract,
    Real2::Multiply,
    Real2::Divide,
    Real2::Power,
    Real2::FloorDivide,
    Real2::Remainder,
    Real2::Min,
    Real2::Max,
];
const INTEGER2: [Integer2; 7] = [
    Integer2::Add,
    Integer2::Subtract,
    Integer2::Multiply,
    Integer2::FloorDivide,
    Integer2::Remainder,
    Integer2::Min,
    Integer2::Max,
];
const REALS: [f64; 20] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -2.5,
    1e-3,
    f64::MIN_POSITIVE,
    5e-324,
    -5e-324,
    1e-310,
    f64::MAX,
    f64::MIN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    709.5,
    -745.0,
    1e17,
    2_147_483_648.5,
];
const SINGLES: [f32; 20] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -2.5,
    1e-3,
    f32::MIN_POSITIVE,
    1e-45,
    -1e-45,
    1e-40,
    f32::MAX,
    f32::MIN,
    f32::INFINITY,
    f32::NEG_INFINITY,
    f32::NAN,
    88.5,
    -103.5,
    16_777_217.0,
    2_147_483_648.0,
];
const INTEGERS: [i32; 8] = [0, 1, -1, 2, 7, -13, i32::MAX, i32::MIN];
const LONGS: [i64; 8] = [0, 1, -1, 10, 1_000, -100_000_000, i64::MAX, i64::MIN];

/// A stream of choices (SplitMix64: Steele, Lea and Flood, OOPSLA 2014).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.roll() % limit as u64) as usize
    }

    fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn real(&mut self) -> f64 {
        let unit = (self.roll() >> 11) as f64 / 9_007_199_254_740_992.0;
        match self.below(8) {
            0 => self.pick(&REALS),
            1 => f64::from_bits(self.roll()),
            2 => (unit - 0.5) * 1_500.0,
            3 => (unit - 0.5) * 1e-3,
            _ => (unit - 0.5) * 10.0,
        }
    }

    fn single(&mut self) -> f32 {
        let unit = (self.roll() >> 40) as f32 / 16_777_216.0;
        match self.below(8) {
            0 => self.pick(&SINGLES),
            1 => f32::from_bits(self.roll() as u32),
            2 => (unit - 0.5) * 200.0,
            3 => (unit - 0.5) * 1e-3,
            _ => (unit - 0.5) * 10.0,
        }
    }

    fn integer(&mut self) -> i32 {
        if self.one_in(3) { self.pick(&INTEGERS) } else { self.below(40) as i32 - 20 }
    }

    fn long(&mut self) -> i64 {
        if self.one_in(3) { self.pick(&LONGS) } else { self.below(2_000) as i64 }
    }
}

/// Columns 0 to 9 are per element, 10 to 19 per neuron, 20 to 29 shared, 30 to 39 somebody else's and read by number; in each the kind
/// is the number modulo 5.
const NEURONS: u32 = 10;
const SHARED: u32 = 20;
const OTHERS: u32 = 30;
const COLUMNS: u32 = 40;

fn kind_of(column: u32) -> Kind {
    KINDS[column as usize % KINDS.len()]
}

/// A program in the making.
struct Draft {
    program: Program,
    values: Vec<(ValueId, Kind)>,
    /// Whether it holds singles.
    singles: bool,
}

impl Draft {
    fn push(&mut self, op: Op) {
        let id = ValueId(u32::try_from(self.program.ops.len()).expect("programs are short"));
        self.program.ops.push(op);
        if let Some(kind) = kinds(&self.program)[id.0 as usize] {
            self.values.push((id, kind));
        }
    }

    /// Some value of the kind: mostly a recent one, so that programs grow deep.
    fn value(&self, dice: &mut Dice, kind: Kind) -> ValueId {
        let fitting: Vec<ValueId> = self.values.iter().filter(|value| value.1 == kind).map(|value| value.0).collect();
        let recent = fitting.len().min(6);
        if dice.one_in(3) { dice.pick(&fitting) } else { dice.pick(&fitting[fitting.len() - recent..]) }
    }

    /// What values may be.
    fn kinds(&self) -> &'static [Kind] {
        if self.singles { &KINDS } else { &KINDS[..4] }
    }

    /// Real, or single where there are such: mostly single then.
    fn float(&self, dice: &mut Dice) -> Kind {
        if self.singles && !dice.one_in(4) { Kind::Single } else { Kind::Real }
    }
}

fn constant(dice: &mut Dice, kind: Kind) -> Op {
    match kind {
        Kind::Real => Op::Real(dice.real().to_bits()),
        Kind::Integer => Op::Integer(dice.integer()),
        Kind::Long => Op::Long(dice.long()),
        Kind::Boolean => Op::Boolean(dice.one_in(2)),
        Kind::Single => Op::Single(dice.single().to_bits()),
    }
}

fn has_pair(shape: Shape) -> bool {
    matches!(shape, Shape::Rows | Shape::List | Shape::Pairs)
}

fn draw_slots(dice: &mut Dice, shape: Shape, singles: bool) -> Vec<Slot> {
    let mut slots = Vec::new();
    for _ in 0..2 + dice.below(6) {
        let (base, access) = match dice.below(if has_pair(shape) { 5 } else { 3 }) {
            0 => (SHARED, Access::Shared),
            1 if shape == Shape::Pairs => (SHARED, Access::Shared),
            1 => (0, Access::Element),
            2 => (OTHERS, Access::At),
            3 => (NEURONS, Access::Pre),
            _ => (NEURONS, Access::Post),
        };
        // Half of them are real, as in most models, or single.
        let kind = if dice.one_in(2) { if singles { 4 } else { 0 } } else { dice.below(if singles { 5 } else { 4 }) };
        let column = base + (kind + KINDS.len() * dice.below(2)) as u32;
        slots.push(Slot { column, kind: kind_of(column), access });
    }
    slots
}

/// An operation on values there are; `uniform` where it must not depend on the element.
fn operation(dice: &mut Dice, draft: &Draft, uniform: bool) -> Op {
    let any = |dice: &mut Dice| dice.pick(draft.kinds());
    let real = |dice: &mut Dice| draft.value(dice, Kind::Real);
    let integer = |dice: &mut Dice| draft.value(dice, Kind::Integer);
    let boolean = |dice: &mut Dice| draft.value(dice, Kind::Boolean);
    match dice.below(if uniform { 23 } else { 26 }) {
        0..=3 => {
            let which = dice.pick(&REAL1);
            let kind = if which.takes_singles() { draft.float(dice) } else { Kind::Real };
            Op::Real1(which, draft.value(dice, kind))
        }
        4..=7 => {
            let which = dice.pick(&REAL2);
            let kind = if which.takes_singles() { draft.float(dice) } else { Kind::Real };
            Op::Real2(which, draft.value(dice, kind), draft.value(dice, kind))
        }
        8 => {
            let kind = draft.float(dice);
            Op::MulAdd(draft.value(dice, kind), draft.value(dice, kind), draft.value(dice, kind))
        }
        9 => {
            let kind = draft.float(dice);
            Op::PowerInteger(draft.value(dice, kind), dice.below(14) as i32 - 5)
        }
        10 | 11 => Op::Integer2(dice.pick(&INTEGER2), integer(dice), integer(dice)),
        12 => Op::IntegerPower(integer(dice), dice.below(40) as u32),
        13 => Op::LongSubtract(draft.value(dice, Kind::Long), draft.value(dice, Kind::Long)),
        14 | 15 => {
            let float = draft.float(dice);
            let kind = dice.pick(&[float, Kind::Integer, Kind::Long]);
            Op::Compare(dice.pick(&COMPARISONS), draft.value(dice, kind), draft.value(dice, kind))
        }
        16 => match dice.below(3) {
            0 => Op::And(boolean(dice), boolean(dice)),
            1 => Op::Or(boolean(dice), boolean(dice)),
            _ => Op::Not(boolean(dice)),
        },
        17 => {
            let kind = any(dice);
            Op::Select(boolean(dice), draft.value(dice, kind), draft.value(dice, kind))
        }
        18 => {
            let kind = dice.pick(&draft.kinds()[1..]);
            Op::ToReal(draft.value(dice, kind))
        }
        19 if draft.singles && dice.one_in(2) => Op::ToSingle(real(dice)),
        19 => match dice.pick(&[Kind::Real, Kind::Long, Kind::Boolean]) {
            Kind::Real if dice.one_in(2) => Op::ToBoolean(real(dice)),
            Kind::Boolean if dice.one_in(2) => Op::ToBoolean(integer(dice)),
            kind => Op::ToInteger(draft.value(dice, kind)),
        },
        20 => Op::Timestep(real(dice), real(dice)),
        21 => look_up(dice, draft),
        22 => host(dice, draft),
        23 => Op::Random(dice.below(3) as u32, random(dice, draft)),
        _ => index(dice, draft.program.shape),
    }
}

/// Functions of the host program, of no to four arguments; one overflows, one gives NaN now and then.
fn functions() -> Functions {
    let make: [fn(&[f64]) -> f64; 5] = [
        |_| 0.25,
        |x| x[0] * 3.0 - 1.0,
        |x| if x[0] < x[1] { f64::NAN } else { x[0] - x[1] },
        |x| x[0] * x[1] * x[2],
        |x| x[0] + 2.0 * x[1] + 4.0 * x[2] + 8.0 * x[3],
    ];
    let numbered = make.into_iter().enumerate();
    Functions::new(
        numbered.map(|(number, function)| HostFunction::new(&number.to_string(), Arc::new(function))).collect(),
    )
}

fn host(dice: &mut Dice, draft: &Draft) -> Op {
    let count = dice.below(5);
    let mut arguments = [None; 4];
    for argument in &mut arguments[..count] {
        *argument = Some(draft.value(dice, Kind::Real));
    }
    Op::Host(count as u32, arguments)
}

/// An entry by number, where some slot is read so; some index far out, or any that there is.
fn look_up(dice: &mut Dice, draft: &Draft) -> Op {
    let slots = draft.program.slots.iter().zip(0..).filter(|(slot, _)| slot.access == Access::At);
    let slots: Vec<u32> = slots.map(|(_, number)| number).collect();
    let index = draft.value(dice, Kind::Integer);
    if slots.is_empty() {
        Op::Integer2(Integer2::Add, index, index)
    } else {
        Op::LoadAt(SlotId(dice.pick(&slots)), index)
    }
}

fn random(dice: &mut Dice, draft: &Draft) -> Draw {
    match dice.below(4) {
        0 => Draw::Uniform,
        1 => Draw::Normal,
        2 => Draw::Poisson(draft.value(dice, Kind::Real)),
        _ => Draw::Binomial(draft.value(dice, Kind::Integer), draft.value(dice, Kind::Real)),
    }
}

fn index(dice: &mut Dice, shape: Shape) -> Op {
    match dice.below(4) {
        0 if has_pair(shape) => Op::Pre,
        1 if has_pair(shape) => Op::Post,
        2 if shape == Shape::Pairs => Op::Each,
        _ => Op::Element,
    }
}

fn draw_program(seed: u64) -> Verified<Program> {
    let dice = &mut Dice(seed);
    // A third of them dense: these alone have vector code.
    let shape = if dice.one_in(3) { Shape::Dense } else { dice.pick(&SHAPES) };
    let singles = dice.one_in(3);
    let program = Program {
        name: format!("{shape:?} {seed}"),
        shape,
        slots: draw_slots(dice, shape, singles),
        ops: Vec::new(),
        prelude: 0,
        fused: dice.one_in(2),
    };
    let mut draft = Draft { program, values: Vec::new(), singles };
    for &kind in draft.kinds() {
        draft.push(constant(dice, kind));
    }
    draft.push(Op::Time);
    draft.push(Op::Tick);
    for _ in 0..dice.below(6) {
        let op = operation(dice, &draft, true);
        draft.push(op);
    }
    draft.program.prelude = draft.program.ops.len();
    for slot in 0..draft.program.slots.len() {
        if draft.program.slots[slot].access == Access::At {
            continue;
        }
        draft.push(Op::Load(SlotId(slot as u32)));
    }
    for _ in 0..4 + dice.below(30) {
        let op = if dice.one_in(8) {
            let kind = dice.pick(draft.kinds());
            constant(dice, kind)
        } else {
            operation(dice, &draft, false)
        };
        draft.push(op);
    }
    draw_effects(dice, &mut draft);
    verify(draft.program).expect("the generator keeps what programs promise")
}

fn draw_effects(dice: &mut Dice, draft: &mut Draft) {
    let shape = draft.program.shape;
    if shape != Shape::Pairs {
        for _ in 0..1 + dice.below(4) {
            let slot = dice.below(draft.program.slots.len());
            if draft.program.slots[slot].access == Access::At {
                continue;
            }
            // Shared columns are hardly ever written, and a dense program that does so has no vector code.
            if draft.program.slots[slot].access == Access::Shared && !dice.one_in(8) {
                continue;
            }
            let value = draft.value(dice, draft.program.slots[slot].kind);
            draft.push(Op::Store(SlotId(slot as u32), value));
        }
    }
    if shape == Shape::Dense && dice.one_in(2) {
        let value = draft.value(dice, Kind::Boolean);
        draft.push(Op::Emit(value));
    }
    if matches!(shape, Shape::Dense | Shape::Rows) {
        for _ in 0..dice.below(3) {
            let kind = draft.float(dice);
            let value = draft.value(dice, kind);
            draft.push(Op::Check(value));
        }
    }
    if shape == Shape::Pairs || dice.one_in(3) {
        let value = draft.value(dice, Kind::Real);
        draft.push(Op::Yield(value));
    }
}

/// What a program is run over.
struct Network {
    state: State,
    rows: Rows,
    sources: Vec<u32>,
    /// Rows, elements or synapses.
    visited: Vec<u32>,
    pre: Vec<u32>,
    post: Vec<u32>,
    each: Vec<i32>,
    size: u32,
}

/// Source neurons begin here.
const OFFSET: u32 = 2;

fn draw_network(dice: &mut Dice, shape: Shape, size: u32) -> Network {
    let index = |dice: &mut Dice, limit: u32| dice.below(limit as usize) as u32;
    let mut starts = vec![0];
    let mut targets = Vec::new();
    let mut sources = Vec::new();
    for row in 0..size {
        for _ in 0..dice.below(4) {
            targets.push(index(dice, size));
            sources.push(row + OFFSET);
        }
        starts.push(targets.len() as u32);
    }
    let elements = if matches!(shape, Shape::Rows | Shape::List) { targets.len() as u32 } else { size };
    let limit = if shape == Shape::List { elements } else { size };
    let visited =
        if limit == 0 { Vec::new() } else { (0..1 + dice.below(limit as usize)).map(|_| index(dice, limit)).collect() };
    let pairs: Vec<(u32, u32, i32)> =
        (0..size).map(|_| (index(dice, size), index(dice, size), dice.integer())).collect();
    let column = |dice: &mut Dice, number: u32| {
        let length = match number {
            0..NEURONS => elements,
            NEURONS..SHARED => size + OFFSET,
            SHARED..OTHERS => 1,
            _ => dice.pick(&[0, 1, 2, 11, size]),
        };
        match kind_of(number) {
            Kind::Real => Column::Real((0..length).map(|_| dice.real()).collect()),
            Kind::Integer => Column::Integer((0..length).map(|_| dice.integer()).collect()),
            Kind::Long => Column::Long((0..length).map(|_| dice.long()).collect()),
            Kind::Boolean => Column::Boolean((0..length).map(|_| u8::from(dice.one_in(2))).collect()),
            Kind::Single => Column::Single((0..length).map(|_| dice.single()).collect()),
        }
    };
    Network {
        state: State::new((0..COLUMNS).map(|number| column(dice, number)).collect()),
        rows: Rows::new(starts, targets, OFFSET, size).expect("rows in order"),
        sources,
        visited,
        pre: pairs.iter().map(|pair| pair.0).collect(),
        post: pairs.iter().map(|pair| pair.1).collect(),
        each: pairs.iter().map(|pair| pair.2).collect(),
        size,
    }
}

impl Network {
    /// The work, in parts: a dense range is cut where `cut` says, which must change nothing.
    fn work(&self, shape: Shape, cut: u32) -> Vec<Work<'_>> {
        match shape {
            Shape::Dense => vec![Work::dense(0..cut), Work::dense(cut..self.size)],
            Shape::Indexed => vec![Work::Indexed(&self.visited)],
            Shape::Rows => vec![Work::Rows { sources: &self.visited, rows: &self.rows }],
            Shape::List => vec![Work::List { synapses: &self.visited, rows: &self.rows, sources: &self.sources }],
            Shape::Pairs => vec![Work::Pairs { pre: &self.pre, post: &self.post, each: &self.each }],
        }
    }

    fn visits(&self, work: &Work<'_>) -> usize {
        match *work {
            Work::Dense { first, last } => (last - first) as usize,
            Work::Indexed(elements) => elements.len(),
            Work::Rows { sources, rows } => {
                let length = |&row: &u32| rows.starts()[row as usize + 1] - rows.starts()[row as usize];
                sources.iter().map(length).sum::<u32>() as usize
            }
            Work::List { synapses, .. } => synapses.len(),
            Work::Pairs { pre, .. } => pre.len(),
        }
    }
}

/// All that a run leaves behind, as bits with one NaN.
#[derive(Debug, PartialEq)]
struct Outcome {
    columns: Vec<Vec<u64>>,
    spikes: Vec<u32>,
    out: Vec<u64>,
    nonfinite: bool,
}

fn bits(value: f64) -> u64 {
    if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() }
}

fn column_bits(column: &Column) -> Vec<u64> {
    match column {
        Column::Real(values) => values.iter().map(|&value| bits(value)).collect(),
        Column::Single(values) => values.iter().map(|&value| bits(f64::from(value))).collect(),
        Column::Integer(values) => values.iter().map(|&value| u64::from(value.cast_unsigned())).collect(),
        Column::Long(values) => values.iter().map(|&value| value.cast_unsigned()).collect(),
        Column::Boolean(values) => values.iter().map(|&value| u64::from(value)).collect(),
    }
}

fn outcome(kernel: &dyn Kernel, program: &Program, network: &Network, cut: u32) -> Outcome {
    let mut state = network.state.clone();
    let mut spikes = vec![7];
    let mut results = Vec::new();
    let mut nonfinite = false;
    for work in network.work(program.shape, cut) {
        let yields = program.ops.iter().any(|op| matches!(op, Op::Yield(_)));
        let mut out = vec![0.0; if yields { network.visits(&work) } else { 0 }];
        let moment = Moment { step: 12_345, t: 1.2345 };
        let mut call = Call { work, moment, key: 99, spikes: &mut spikes, out: &mut out, nonfinite: &mut nonfinite };
        kernel.run(&mut state, &mut call);
        results.extend(out.into_iter().map(bits));
    }
    let columns = (0..COLUMNS).map(|number| column_bits(state.column(runtime::state::ColumnId(number)))).collect();
    Outcome { columns, spikes, out: results, nonfinite }
}

const CODE: [Options; 5] = [
    Options { cpu: Cpu::Host, vectors: Vectors::Never, wide: false },
    Options { cpu: Cpu::Host, vectors: Vectors::Always, wide: false },
    Options { cpu: Cpu::Host, vectors: Vectors::Always, wide: true },
    Options { cpu: Cpu::Baseline, vectors: Vectors::Never, wide: false },
    Options { cpu: Cpu::Baseline, vectors: Vectors::Always, wide: false },
];

fn check_batch(seeds: std::ops::Range<u64>) {
    let programs: Vec<Verified<Program>> = seeds.clone().map(draw_program).collect();
    let functions = functions();
    let compiled =
        CODE.map(|options| codegen::compile(&programs, &functions, options).expect("every program has code"));
    for (place, program) in programs.iter().enumerate() {
        let interpreted = Interpreted::new(program.clone(), &functions);
        let dice = &mut Dice(!(seeds.start + place as u64));
        for size in POPULATIONS {
            let network = draw_network(dice, program.shape, size);
            let expected = outcome(&interpreted, program, &network, size);
            for (options, compiled) in CODE.iter().zip(&compiled) {
                let cut = dice.below(size as usize + 1) as u32;
                let got = outcome(&*compiled.kernel(place), program, &network, cut);
                if got != expected {
                    let text = print(program, |column| format!("column {column}"));
                    panic!(
                        "{options:?} differs from the interpreter on {size} elements cut at {cut}:\n{text}{}",
                        first_difference(&expected, &got)
                    );
                }
            }
        }
    }
}

fn first_difference(expected: &Outcome, got: &Outcome) -> String {
    for (number, (expected, got)) in expected.columns.iter().zip(&got.columns).enumerate() {
        if let Some(at) = (0..expected.len()).find(|&at| expected[at] != got[at]) {
            return format!("column {number}, entry {at}: {:#x} and {:#x}", expected[at], got[at]);
        }
    }
    format!(
        "spikes {:?} and {:?}, flags {} and {}, results differ: {}",
        expected.spikes,
        got.spikes,
        expected.nonfinite,
        got.nonfinite,
        expected.out != got.out
    )
}

#[test]
fn engines_agree_to_the_bit() {
    for start in (0..PROGRAMS).step_by(BATCH as usize) {
        check_batch(start..PROGRAMS.min(start + BATCH));
    }
}
