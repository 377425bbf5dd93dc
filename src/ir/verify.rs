//! A proof that something was checked; here: that a step program keeps what `steps` promises.
//!
//! In comes a program, out comes the same program as `Verified`, or the first fault. Engines take only verified programs and
//! rely on every point:
//! - a value is used only after it is made, and has the kind its use asks for;
//! - the first `prelude` instructions have no effect, and read neither the element, `pre`, `post` or the loop variable, nor a
//!   random number, nor a slot of a column that is per element or that the program writes;
//! - no load stands after a store;
//! - `Pre` and `Post`, as values and as accesses, are of `Rows`, `List` and `Pairs` alone; the loop variable is of `Pairs` alone;
//! - a program of `Pairs` writes nothing and has no slot of the element;
//! - a column has one kind, and is either shared or not;
//! - only `Dense` programs check values or emit spikes, and there is at most one instruction that emits and one that yields.

use super::steps::{Access, Draw, Kind, Op, Program, Shape, Slot, SlotId, ValueId};

/// A value that has passed its verifier; only the verifier makes one.
#[derive(Clone, Debug, PartialEq)]
pub struct Verified<T>(T);

impl<T> std::ops::Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Why a program is not one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("step program `{program}`, {place}: {fault}")]
pub struct VerifyError {
    /// Its name.
    pub program: String,
    /// Where.
    pub place: Place,
    /// What.
    pub fault: Fault,
}

/// The part of a program that is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// All of it.
    Whole,
    /// The slot of that number.
    Slot(usize),
    /// The instruction of that number.
    Instruction(usize),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Whole => write!(f, "as a whole"),
            Self::Slot(number) => write!(f, "slot {number}"),
            Self::Instruction(number) => write!(f, "instruction {number}"),
        }
    }
}

/// A broken promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The prelude is longer than the program.
    #[error("the prelude is longer than the program")]
    PreludeTooLong,
    /// A slot's access does not exist in this shape.
    #[error("this access does not exist in a program of this shape")]
    AccessOfOtherShape,
    /// Two slots see one column as two kinds.
    #[error("an earlier slot of this column is of another kind")]
    ColumnOfTwoKinds,
    /// Two slots see one column as shared and as per element.
    #[error("an earlier slot of this column is shared where this one is not, or the other way round")]
    ColumnSharedAndNot,
    /// A slot read by number is read or written otherwise, or one of another access is read by number.
    #[error("a slot is read by number if its access is `At`, and then in no other way")]
    ByNumberAndNot,
    /// A store into a column of which entries are read by number.
    #[error("entries of this column are read by number, so nothing may be stored into it")]
    StoreIntoReadByNumber,
    /// Arguments of a host function with a gap between them.
    #[error("there is a gap between the arguments of a host function")]
    ArgumentsWithGap,
    /// An operand that does not come before.
    #[error("operand {0} does not stand before its use")]
    OperandNotBefore(u32),
    /// An operand that is an effect.
    #[error("operand {0} has no value")]
    OperandWithoutValue(u32),
    /// An operand of the wrong kind.
    #[error("operand {0} is not of the kind the operation asks for")]
    OperandKind(u32),
    /// A slot that does not exist.
    #[error("there is no slot {0}")]
    NoSuchSlot(u32),
    /// An index that does not exist in this shape.
    #[error("this index does not exist in a program of this shape")]
    IndexOfOtherShape,
    /// A prelude instruction that is not uniform.
    #[error("the prelude holds an effect or something that depends on the element")]
    PreludeNotUniform,
    /// A load after a store.
    #[error("a load stands after a store")]
    LoadAfterStore,
    /// A store in a program over pairs.
    #[error("a program over pairs writes nothing")]
    StoreInPairs,
    /// A spike or a check in a program that is not dense.
    #[error("only dense programs emit spikes and check values")]
    NotDense,
    /// A second emit or yield.
    #[error("a program emits at one place and yields at one place at most")]
    SecondOfItsKind,
}

/// Proves a program.
///
/// # Errors
/// The first promise of this module's header that it breaks.
pub fn verify(program: Program) -> Result<Verified<Program>, VerifyError> {
    match find_fault(&program) {
        None => Ok(Verified(program)),
        Some((place, fault)) => Err(VerifyError { program: program.name, place, fault }),
    }
}

/// The kind of every value; none for effects, and for loads of slots that are not there.
#[must_use]
pub fn kinds(program: &Program) -> Vec<Option<Kind>> {
    let mut kinds: Vec<Option<Kind>> = Vec::with_capacity(program.ops.len());
    for op in &program.ops {
        let kind = kind_of(op, &program.slots, &kinds);
        kinds.push(kind);
    }
    kinds
}

/// The kind of what an instruction gives, from the kinds of the values before it.
pub(super) fn kind_of(op: &Op, slots: &[Slot], before: &[Option<Kind>]) -> Option<Kind> {
    let of = |value: &ValueId| before.get(value.0 as usize).copied().flatten();
    match op {
        Op::Real1(_, a) | Op::Real2(_, a, _) | Op::MulAdd(a, ..) | Op::PowerInteger(a, _) => match of(a) {
            Some(Kind::Single) => Some(Kind::Single),
            _ => Some(Kind::Real),
        },
        Op::Single(_) | Op::ToSingle(_) => Some(Kind::Single),
        Op::Real(_) | Op::Time | Op::Host(..) | Op::ToReal(_) | Op::Random(_, Draw::Uniform | Draw::Normal) => {
            Some(Kind::Real)
        }
        Op::Integer(_)
        | Op::Element
        | Op::Pre
        | Op::Post
        | Op::Each
        | Op::Integer2(..)
        | Op::IntegerPower(..)
        | Op::ToInteger(_)
        | Op::Random(_, Draw::Poisson(_) | Draw::Binomial(..)) => Some(Kind::Integer),
        Op::Long(_) | Op::Tick | Op::LongSubtract(..) | Op::Timestep(..) => Some(Kind::Long),
        Op::Boolean(_) | Op::Compare(..) | Op::And(..) | Op::Or(..) | Op::Not(_) | Op::ToBoolean(_) => {
            Some(Kind::Boolean)
        }
        Op::Load(slot) | Op::LoadAt(slot, _) => slots.get(slot.0 as usize).map(|slot| slot.kind),
        Op::Select(_, a, _) => of(a),
        Op::Store(..) | Op::Emit(_) | Op::Yield(_) | Op::Check(_) => None,
    }
}

fn find_fault(program: &Program) -> Option<(Place, Fault)> {
    if program.prelude > program.ops.len() {
        return Some((Place::Whole, Fault::PreludeTooLong));
    }
    for (number, slot) in program.slots.iter().enumerate() {
        if let Err(fault) = check_slot(program.shape, &program.slots[..number], slot) {
            return Some((Place::Slot(number), fault));
        }
    }
    let mut walk = Walk { program, kinds: kinds(program), stored: false, emitted: false, yielded: false };
    (0..program.ops.len()).find_map(|at| walk.check(at).err().map(|fault| (Place::Instruction(at), fault)))
}

fn check_slot(shape: Shape, earlier: &[Slot], slot: &Slot) -> Result<(), Fault> {
    let fits = match slot.access {
        Access::Shared | Access::At => true,
        Access::Element => shape != Shape::Pairs,
        Access::Pre | Access::Post => has_pair(shape),
    };
    ensure(fits, Fault::AccessOfOtherShape)?;
    let same = || earlier.iter().filter(|other| other.column == slot.column);
    ensure(same().all(|other| other.kind == slot.kind), Fault::ColumnOfTwoKinds)?;
    let shared = |slot: &Slot| slot.access == Access::Shared;
    ensure(same().all(|other| shared(other) == shared(slot)), Fault::ColumnSharedAndNot)
}

/// Whether elements of this shape have a source and a target.
fn has_pair(shape: Shape) -> bool {
    matches!(shape, Shape::Rows | Shape::List | Shape::Pairs)
}

fn ensure(holds: bool, fault: Fault) -> Result<(), Fault> {
    if holds { Ok(()) } else { Err(fault) }
}

/// What the instructions so far leave to say about the next one.
struct Walk<'a> {
    program: &'a Program,
    kinds: Vec<Option<Kind>>,
    stored: bool,
    emitted: bool,
    yielded: bool,
}

impl Walk<'_> {
    fn check(&mut self, at: usize) -> Result<(), Fault> {
        let op = &self.program.ops[at];
        for operand in op.operands() {
            ensure((operand.0 as usize) < at, Fault::OperandNotBefore(operand.0))?;
            ensure(self.kinds[operand.0 as usize].is_some(), Fault::OperandWithoutValue(operand.0))?;
        }
        self.check_operand_kinds(op)?;
        self.check_place(op)?;
        ensure(at >= self.program.prelude || self.is_uniform(op), Fault::PreludeNotUniform)
    }

    fn check_operand_kinds(&self, op: &Op) -> Result<(), Fault> {
        use Kind::{Boolean, Integer, Long, Real, Single};
        let is = |value: ValueId, allowed: &[Kind]| {
            let kind = self.kinds[value.0 as usize];
            ensure(kind.is_some_and(|kind| allowed.contains(&kind)), Fault::OperandKind(value.0))
        };
        let alike = |a: ValueId, b: ValueId| {
            ensure(self.kinds[a.0 as usize] == self.kinds[b.0 as usize], Fault::OperandKind(b.0))
        };
        match *op {
            Op::Host(_, arguments) => {
                let gap = arguments.windows(2).any(|pair| pair[0].is_none() && pair[1].is_some());
                ensure(!gap, Fault::ArgumentsWithGap)?;
                op.operands().try_for_each(|value| is(value, &[Real]))
            }
            Op::Real1(which, a) => is(a, if which.takes_singles() { &[Real, Single] } else { &[Real] }),
            Op::Real2(which, a, b) => {
                is(a, if which.takes_singles() { &[Real, Single] } else { &[Real] }).and(alike(a, b))
            }
            Op::MulAdd(a, b, c) => is(a, &[Real, Single]).and(alike(a, b)).and(alike(a, c)),
            Op::PowerInteger(a, _) => is(a, &[Real, Single]),
            Op::Timestep(..) => op.operands().try_for_each(|value| is(value, &[Real])),
            Op::Integer2(..) | Op::IntegerPower(..) => op.operands().try_for_each(|value| is(value, &[Integer])),
            Op::LongSubtract(..) => op.operands().try_for_each(|value| is(value, &[Long])),
            Op::And(..) | Op::Or(..) | Op::Not(_) | Op::Emit(_) => {
                op.operands().try_for_each(|value| is(value, &[Boolean]))
            }
            Op::Compare(_, a, b) => is(a, &[Real, Single, Integer, Long]).and(alike(a, b)),
            Op::Select(condition, a, b) => is(condition, &[Boolean]).and(alike(a, b)),
            Op::ToReal(a) => is(a, &[Boolean, Integer, Long, Single]),
            Op::ToSingle(a) => is(a, &[Real]),
            Op::ToInteger(a) => is(a, &[Boolean, Real, Long]),
            Op::ToBoolean(a) => is(a, &[Real, Integer]),
            Op::Random(_, Draw::Poisson(mean)) => is(mean, &[Real]),
            Op::Random(_, Draw::Binomial(n, p)) => is(n, &[Integer]).and(is(p, &[Real])),
            Op::Store(slot, value) => is(value, &[self.slot(slot)?.kind]),
            Op::Yield(value) => is(value, &[Real]),
            Op::Check(value) => is(value, &[Real, Single]),
            Op::Load(slot) => ensure(self.slot(slot)?.access != Access::At, Fault::ByNumberAndNot),
            Op::LoadAt(slot, index) => {
                ensure(self.slot(slot)?.access == Access::At, Fault::ByNumberAndNot)?;
                is(index, &[Integer])
            }
            _ => Ok(()),
        }
    }

    fn slot(&self, slot: SlotId) -> Result<&Slot, Fault> {
        self.program.slots.get(slot.0 as usize).ok_or(Fault::NoSuchSlot(slot.0))
    }

    fn check_place(&mut self, op: &Op) -> Result<(), Fault> {
        let shape = self.program.shape;
        match op {
            Op::Pre | Op::Post => ensure(has_pair(shape), Fault::IndexOfOtherShape),
            Op::Each => ensure(shape == Shape::Pairs, Fault::IndexOfOtherShape),
            Op::Load(_) | Op::LoadAt(..) => ensure(!self.stored, Fault::LoadAfterStore),
            Op::Store(slot, _) => {
                self.stored = true;
                let column = self.slot(*slot)?.column;
                let read = self.program.slots.iter().any(|other| other.column == column && other.access == Access::At);
                ensure(!read, Fault::StoreIntoReadByNumber)?;
                ensure(shape != Shape::Pairs, Fault::StoreInPairs)
            }
            Op::Check(_) => ensure(matches!(shape, Shape::Dense | Shape::Rows), Fault::NotDense),
            Op::Emit(_) => {
                ensure(shape == Shape::Dense, Fault::NotDense)?;
                ensure(!std::mem::replace(&mut self.emitted, true), Fault::SecondOfItsKind)
            }
            Op::Yield(_) => ensure(!std::mem::replace(&mut self.yielded, true), Fault::SecondOfItsKind),
            _ => Ok(()),
        }
    }

    fn is_uniform(&self, op: &Op) -> bool {
        match op {
            Op::Element | Op::Pre | Op::Post | Op::Each | Op::Random(..) => false,
            Op::Load(slot) => {
                self.slot(*slot).is_ok_and(|slot| slot.access == Access::Shared && !self.program.writes(slot.column))
            }
            _ => !op.is_effect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::steps::{Comparison, Integer2, Real1, Real2};

    const V: ValueId = ValueId(0);
    const W: ValueId = ValueId(1);
    const S: SlotId = SlotId(0);

    fn slot(kind: Kind, access: Access) -> Slot {
        Slot { column: 7, kind, access }
    }

    fn program(shape: Shape, slots: Vec<Slot>, ops: Vec<Op>, prelude: usize) -> Program {
        Program { name: "test".to_owned(), shape, slots, ops, prelude, fused: false }
    }

    fn fault(program: Program) -> Option<Fault> {
        verify(program).err().map(|error| error.fault)
    }

    #[test]
    fn a_sound_program_passes_unchanged() {
        let ops = vec![
            Op::Time,
            Op::Load(S),
            Op::Real2(Real2::Add, V, W),
            Op::Compare(Comparison::Less, V, ValueId(2)),
            Op::Store(S, ValueId(2)),
            Op::Check(ValueId(2)),
            Op::Emit(ValueId(3)),
            Op::Yield(V),
        ];
        let good = program(Shape::Dense, vec![slot(Kind::Real, Access::Element)], ops, 1);
        let kinds = kinds(&good);
        assert_eq!(kinds[2..5], [Some(Kind::Real), Some(Kind::Boolean), None]);
        assert_eq!(*verify(good.clone()).expect("it keeps every promise"), good);
    }

    #[test]
    fn every_fault_of_slots_is_found() {
        let element = slot(Kind::Real, Access::Element);
        let rows = [
            (Shape::Dense, vec![slot(Kind::Real, Access::Pre)], Fault::AccessOfOtherShape),
            (Shape::Indexed, vec![slot(Kind::Real, Access::Post)], Fault::AccessOfOtherShape),
            (Shape::Pairs, vec![element], Fault::AccessOfOtherShape),
            (Shape::Rows, vec![element, slot(Kind::Long, Access::Pre)], Fault::ColumnOfTwoKinds),
            (Shape::Rows, vec![element, slot(Kind::Real, Access::Shared)], Fault::ColumnSharedAndNot),
        ];
        for (shape, slots, expected) in rows {
            assert_eq!(fault(program(shape, slots, vec![], 0)), Some(expected));
        }
    }

    #[test]
    fn every_fault_of_instructions_is_found() {
        let element = || vec![slot(Kind::Real, Access::Element)];
        let shared = || vec![slot(Kind::Real, Access::Shared)];
        let one = Op::Real(0);
        let half = Op::Single(0.5f32.to_bits());
        let yes = Op::Boolean(true);
        let three = Op::Integer(3);
        let any = || vec![slot(Kind::Real, Access::At)];
        let both = || vec![slot(Kind::Real, Access::Element), slot(Kind::Real, Access::At)];
        let apart = || vec![slot(Kind::Real, Access::Element), Slot { column: 8, ..slot(Kind::Real, Access::At) }];
        let rows = [
            (Shape::Dense, vec![], vec![one], 2, Fault::PreludeTooLong),
            (Shape::Dense, vec![], vec![Op::Real1(Real1::Exp, V)], 0, Fault::OperandNotBefore(0)),
            (Shape::Dense, element(), vec![one, Op::Store(S, V), Op::Not(W)], 0, Fault::OperandWithoutValue(1)),
            (Shape::Dense, vec![], vec![yes, Op::Real1(Real1::Exp, V)], 0, Fault::OperandKind(0)),
            (Shape::Dense, vec![], vec![one, Op::Integer2(Integer2::Add, V, V)], 0, Fault::OperandKind(0)),
            (Shape::Dense, vec![], vec![one, Op::Tick, Op::Compare(Comparison::Equal, V, W)], 0, Fault::OperandKind(1)),
            (Shape::Dense, vec![], vec![yes, one, Op::Select(V, W, V)], 0, Fault::OperandKind(0)),
            (Shape::Dense, vec![], vec![one, half, Op::Real2(Real2::Add, V, W)], 0, Fault::OperandKind(1)),
            (Shape::Dense, vec![], vec![half, half, Op::Real2(Real2::Power, V, W)], 0, Fault::OperandKind(0)),
            (Shape::Dense, vec![], vec![half, Op::Real1(Real1::Tan, V)], 0, Fault::OperandKind(0)),
            (Shape::Dense, vec![], vec![half, one, Op::MulAdd(V, V, W)], 0, Fault::OperandKind(1)),
            (Shape::Dense, vec![], vec![one, half, Op::Compare(Comparison::Less, V, W)], 0, Fault::OperandKind(1)),
            (Shape::Dense, vec![], vec![half, Op::ToSingle(V)], 0, Fault::OperandKind(0)),
            (Shape::Dense, vec![], vec![half, Op::ToInteger(V)], 0, Fault::OperandKind(0)),
            (Shape::Dense, vec![], vec![half, Op::Yield(V)], 0, Fault::OperandKind(0)),
            (Shape::Dense, element(), vec![half, Op::Store(S, V)], 0, Fault::OperandKind(0)),
            (Shape::Dense, element(), vec![yes, Op::Store(S, V)], 0, Fault::OperandKind(0)),
            (Shape::Dense, vec![], vec![Op::Load(S)], 0, Fault::NoSuchSlot(0)),
            (Shape::Dense, vec![], vec![Op::Pre], 0, Fault::IndexOfOtherShape),
            (Shape::Rows, vec![], vec![Op::Each], 0, Fault::IndexOfOtherShape),
            (Shape::Dense, vec![], vec![Op::Element], 1, Fault::PreludeNotUniform),
            (Shape::Dense, vec![], vec![Op::Random(0, Draw::Uniform)], 1, Fault::PreludeNotUniform),
            (Shape::Dense, element(), vec![Op::Load(S)], 1, Fault::PreludeNotUniform),
            (Shape::Indexed, shared(), vec![Op::Load(S), Op::Store(S, V)], 1, Fault::PreludeNotUniform),
            (Shape::Indexed, shared(), vec![one, Op::Store(S, V)], 2, Fault::PreludeNotUniform),
            (Shape::Dense, element(), vec![one, Op::Store(S, V), Op::Load(S)], 0, Fault::LoadAfterStore),
            (Shape::Dense, element(), vec![three, Op::LoadAt(S, V)], 0, Fault::ByNumberAndNot),
            (Shape::Dense, any(), vec![Op::Load(S)], 0, Fault::ByNumberAndNot),
            (Shape::Dense, any(), vec![one, Op::LoadAt(S, V)], 0, Fault::OperandKind(0)),
            (Shape::Dense, any(), vec![three, Op::LoadAt(SlotId(1), V)], 0, Fault::NoSuchSlot(1)),
            (Shape::Dense, any(), vec![Op::Element, Op::LoadAt(S, V)], 2, Fault::PreludeNotUniform),
            (Shape::Dense, any(), vec![one, Op::Store(S, V)], 0, Fault::StoreIntoReadByNumber),
            (Shape::Dense, both(), vec![one, Op::Store(S, V)], 0, Fault::StoreIntoReadByNumber),
            (
                Shape::Dense,
                apart(),
                vec![three, one, Op::Store(S, W), Op::LoadAt(SlotId(1), V)],
                0,
                Fault::LoadAfterStore,
            ),
            (Shape::Dense, vec![], vec![three, Op::Host(0, [Some(V), None, None, None])], 0, Fault::OperandKind(0)),
            (Shape::Dense, vec![], vec![one, Op::Host(0, [None, Some(V), None, None])], 0, Fault::ArgumentsWithGap),
            (Shape::Pairs, shared(), vec![one, Op::Store(S, V)], 0, Fault::StoreInPairs),
            (Shape::Indexed, vec![], vec![one, Op::Check(V)], 0, Fault::NotDense),
            (Shape::Rows, vec![], vec![yes, Op::Emit(V)], 0, Fault::NotDense),
            (Shape::Dense, vec![], vec![yes, Op::Emit(V), Op::Emit(V)], 0, Fault::SecondOfItsKind),
            (Shape::Indexed, vec![], vec![one, Op::Yield(V), Op::Yield(V)], 0, Fault::SecondOfItsKind),
        ];
        for (shape, slots, ops, prelude, expected) in rows {
            let text = format!("{ops:?}");
            assert_eq!(fault(program(shape, slots, ops, prelude)), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_does_not_depend_on_the_element_may_be_looked_up_and_called_in_the_prelude() {
        let ops = vec![
            Op::Integer(3),
            Op::LoadAt(S, V),
            Op::Host(0, [Some(W), None, None, None]),
            Op::Element,
            Op::LoadAt(S, ValueId(3)),
            Op::Yield(ValueId(4)),
        ];
        let slots = vec![slot(Kind::Real, Access::At)];
        assert_eq!(fault(program(Shape::Dense, slots.clone(), ops.clone(), 3)), None);
        assert_eq!(fault(program(Shape::Pairs, slots, ops, 0)), None);
    }

    #[test]
    fn what_is_made_of_singles_is_single() {
        let ops = vec![
            Op::Load(S),
            Op::Time,
            Op::ToSingle(W),
            Op::Real2(Real2::Add, V, ValueId(2)),
            Op::MulAdd(V, V, ValueId(3)),
            Op::PowerInteger(ValueId(4), 2),
            Op::Real1(Real1::Exp, ValueId(5)),
            Op::Compare(Comparison::Less, V, ValueId(6)),
            Op::Select(ValueId(7), V, ValueId(6)),
            Op::ToReal(ValueId(8)),
            Op::Check(ValueId(8)),
            Op::Store(S, ValueId(8)),
            Op::Yield(ValueId(9)),
        ];
        use Kind::{Boolean, Real, Single};
        let good = program(Shape::Dense, vec![slot(Single, Access::Element)], ops, 0);
        let made: Vec<Kind> = kinds(&good).into_iter().flatten().collect();
        assert_eq!(made, [Single, Real, Single, Single, Single, Single, Single, Boolean, Single, Real]);
        assert_eq!(fault(good), None);
    }

    #[test]
    fn an_error_says_where() {
        let error = verify(program(Shape::Dense, vec![], vec![Op::Pre], 0)).expect_err("dense programs have no source");
        assert_eq!(
            error.to_string(),
            "step program `test`, instruction 0: this index does not exist in a program of this shape"
        );
    }
}
