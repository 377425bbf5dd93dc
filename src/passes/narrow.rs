//! Puts the state into 32-bit floats: in, programs of reals and the list of columns; out, programs that load and store singles.
//!
//! Singles are what neurons and synapses have one by one. Reals stay: what is shared, delays, arrays, and variables that hold
//! points in time (`moments`). An operation with a single among its operands is done in singles, one of reals alone in reals;
//! what is real is rounded where it meets a single, or is stored into one: what is uniform once a call, literals here.
//! But what a point in time goes into is done in reals, so that `t - lastspike` is exact and `sin(2*pi*f*t)` keeps its phase, and
//! uniform random numbers are compared as reals, so that the same neurons are chosen in both precisions.
//! Operations that there are not for singles are done in reals, and rounded. Variables that fade away (`fade`) are 0 rather than
//! denormal.

use super::PassError;
use super::assemble::Work;
use super::fade;
use super::moments;
use super::number::number;
use crate::ir::build::Builder;
use crate::ir::network::Object;
use crate::ir::plan::{ColumnPlan, DelayPlan};
use crate::ir::steps::{Comparison, Draw, Kind, Op, Program, Real1, Real2, SlotId, ValueId};
use std::collections::{HashMap, HashSet};

/// The largest single below 1.
const BELOW_ONE: u32 = 0x3f7f_ffff;

/// Narrows the columns and all programs, where the state is to be of singles.
pub(super) fn run(work: &mut Work) -> Result<(), PassError> {
    if !work.options.singles {
        return Ok(());
    }
    let times = times(work);
    let delays = delays(work);
    for (number, column) in (0..).zip(&mut work.columns) {
        if is_of_elements(column) && !times.contains(&number) && !delays.contains(&number) {
            column.kind = Kind::Single;
        }
    }
    for draft in &mut work.drafts {
        draft.program = number(narrow(&draft.program, &work.columns, &times));
    }
    Ok(())
}

/// Reals of which every neuron or synapse has its own.
fn is_of_elements(column: &ColumnPlan) -> bool {
    column.kind == Kind::Real && !column.shared && matches!(column.owner, Object::Population(_) | Object::Projection(_))
}

/// Columns of delays, which become ticks.
fn delays(work: &Work) -> HashSet<u32> {
    let pathways = work.projections.iter().flat_map(|projection| &projection.pathways);
    let delays = pathways.filter_map(|pathway| match pathway.delay {
        DelayPlan::PerSynapse { column, .. } => Some(column),
        DelayPlan::Shared(_) => None,
    });
    delays.collect()
}

/// Columns that steps and events give a point in time. What a script sets has no part in it: scripts change, and columns must
/// not.
fn times(work: &Work) -> HashSet<u32> {
    let mut times = HashSet::new();
    loop {
        let mut found = HashSet::new();
        for draft in work.drafts.iter().filter(|draft| draft.runs_with_time) {
            let program = &draft.program;
            let column = |number: u32| &work.columns[number as usize];
            let single = |number: u32| is_of_elements(column(number)) && !moments::may_hold_times(column(number));
            let points = moments::points(program, &rounded(program, single), |number| times.contains(&number));
            let given = stores(program).filter(|&(_, value)| points[value.0 as usize]).map(|(number, _)| number);
            found.extend(given.filter(|&number| moments::may_hold_times(column(number))));
        }
        if found.is_subset(&times) {
            return times;
        }
        times.extend(found);
    }
}

fn stores(program: &Program) -> impl Iterator<Item = (u32, ValueId)> {
    program.ops.iter().filter_map(|op| match *op {
        Op::Store(slot, value) => Some((program.slots[slot.0 as usize].column, value)),
        _ => None,
    })
}

/// Values that a column of singles will hold and that are made here: they are rounded at once, so that who reads the variable
/// later in the program sees what the column holds.
fn rounded(program: &Program, is_single: impl Fn(u32) -> bool) -> Vec<bool> {
    let mut rounded = vec![false; program.ops.len()];
    for (_, value) in stores(program).filter(|&(column, _)| is_single(column)) {
        let found = matches!(program.ops[value.0 as usize], Op::Real(_) | Op::Time | Op::Load(_) | Op::LoadAt(..));
        rounded[value.0 as usize] = !found;
    }
    rounded
}

/// The program over columns of which some are of singles by now.
fn narrow(program: &Program, columns: &[ColumnPlan], times: &HashSet<u32>) -> Program {
    let is_single = |column: u32| columns[column as usize].kind == Kind::Single;
    let (rounded, fading) = (rounded(program, is_single), fade::fading(program, is_single));
    let points = moments::points(program, &rounded, |column| times.contains(&column));
    let mut narrowing = Narrowing {
        program,
        columns,
        factors: moments::factors(program, &points, &rounded),
        points,
        new: Vec::with_capacity(program.ops.len()),
        builder: Builder::new(program.name.as_str(), program.shape, program.fused),
        converted: HashMap::new(),
    };
    for (at, &op) in program.ops.iter().enumerate() {
        let made = narrowing.instruction(op);
        let made = if rounded[at] { narrowing.converted(made, Kind::Single) } else { made };
        let made = if fading[at] { narrowing.zero_where_denormal(made) } else { made };
        narrowing.new.push(made);
    }
    narrowing.builder.finish()
}

struct Narrowing<'a> {
    program: &'a Program,
    columns: &'a [ColumnPlan],
    /// By number in the old program, as the two that follow.
    points: Vec<bool>,
    factors: Vec<bool>,
    new: Vec<ValueId>,
    builder: Builder,
    /// Of values of the new program, the same as the other kind of float.
    converted: HashMap<ValueId, ValueId>,
}

impl Narrowing<'_> {
    fn instruction(&mut self, op: Op) -> ValueId {
        match op {
            Op::Load(slot) => {
                let slot = self.slot(slot);
                self.builder.push(Op::Load(slot))
            }
            Op::LoadAt(slot, index) => {
                let slot = self.slot(slot);
                self.builder.push(Op::LoadAt(slot, self.new[index.0 as usize]))
            }
            Op::Store(slot, value) => {
                let kind = self.kind_of_entries(slot);
                let (slot, value) = (self.slot(slot), self.float(value, kind));
                self.builder.push(Op::Store(slot, value))
            }
            _ => self.operation(op),
        }
    }

    fn operation(&mut self, op: Op) -> ValueId {
        let is_single = |value: ValueId| self.builder.kind(self.new[value.0 as usize]) == Some(Kind::Single);
        let narrow = op.operands().any(is_single) && !self.is_precise(op);
        let kind = if narrow && takes_singles(op) { Kind::Single } else { Kind::Real };
        let operands: Vec<ValueId> = op.operands().map(|value| self.float(value, kind)).collect();
        let mut operands = operands.into_iter();
        let made = self.builder.push(op.map(|_| operands.next().expect("`map` goes through the operands in order")));
        let real = self.builder.kind(made) == Some(Kind::Real);
        if narrow && real { self.converted(made, Kind::Single) } else { made }
    }

    /// Whether to round would lose what matters: how late it is, which of two times is later, whether a probability is met.
    fn is_precise(&self, op: Op) -> bool {
        // The next of the old program.
        let is_factor = self.factors[self.new.len()];
        let compares = matches!(op, Op::Compare(..));
        let is_draw = |value: ValueId| self.is_uniform(self.new[value.0 as usize]);
        is_factor || op.operands().any(|value| self.points[value.0 as usize] || compares && is_draw(value))
    }

    fn is_uniform(&self, value: ValueId) -> bool {
        matches!(self.builder.op(value), Op::Random(_, Draw::Uniform))
    }

    /// An operand of the old program; of that kind, where it is a float.
    fn float(&mut self, old: ValueId, kind: Kind) -> ValueId {
        let value = self.new[old.0 as usize];
        match self.builder.kind(value) {
            Some(Kind::Real | Kind::Single) => self.converted(value, kind),
            _ => value,
        }
    }

    /// A float as that kind; made once.
    fn converted(&mut self, value: ValueId, kind: Kind) -> ValueId {
        if self.builder.kind(value) == Some(kind) {
            return value;
        }
        if let Some(&made) = self.converted.get(&value) {
            return made;
        }
        let mut made = self.builder.convert(value, kind);
        if self.is_uniform(value) {
            // [0, 1) has no 1, to which numbers near it would be rounded.
            let below = self.builder.push(Op::Single(BELOW_ONE));
            made = self.builder.real2(Real2::Min, made, below);
        }
        self.converted.insert(value, made);
        made
    }

    fn zero_where_denormal(&mut self, value: ValueId) -> ValueId {
        let [zero, least] = [0.0, f32::MIN_POSITIVE].map(|literal| self.builder.push(Op::Single(literal.to_bits())));
        let magnitude = self.builder.push(Op::Real1(Real1::Abs, value));
        let denormal = self.builder.push(Op::Compare(Comparison::Less, magnitude, least));
        self.builder.push(Op::Select(denormal, zero, value))
    }

    fn kind_of_entries(&self, slot: SlotId) -> Kind {
        self.columns[self.program.slots[slot.0 as usize].column as usize].kind
    }

    fn slot(&mut self, old: SlotId) -> SlotId {
        let slot = self.program.slots[old.0 as usize];
        self.builder.slot(slot.column, self.columns[slot.column as usize].kind, slot.access)
    }
}

/// Whether there is such an operation on singles.
fn takes_singles(op: Op) -> bool {
    match op {
        Op::Real1(which, _) => which.takes_singles(),
        Op::Real2(which, ..) => which.takes_singles(),
        _ => matches!(op, Op::MulAdd(..) | Op::PowerInteger(..) | Op::Compare(..) | Op::Select(..) | Op::Check(_)),
    }
}
