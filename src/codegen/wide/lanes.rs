//! What is done to eight elements at a time: straight-line instructions in single assignment.
//!
//! A value is eight lanes of 64 bits (a real, a tick, or a 32-bit integer with its sign extended), eight lanes of 32
//! bits (a single) or eight truth values. Operations on numbers are those on reals or on singles, as their operands
//! are. Equal instructions are one; constants belong to no place and are there everywhere. Holds throughout: operands
//! come before their use; loads come before stores, as in the program.

use crate::ir::steps::{Kind, SlotId};
use std::collections::HashMap;

/// The number of an instruction and of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct LaneId(pub(super) u32);

/// How long the lanes of a vector are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Width {
    /// 64 bits: eight lanes fill a register.
    Full,
    /// 32 bits: eight lanes fill the lower half of one.
    Half,
}

impl Width {
    /// That of a kind of value, which is no boolean.
    fn of(kind: Kind) -> Self {
        if kind == Kind::Single { Self::Half } else { Self::Full }
    }
}

/// Operations on one vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum One {
    Sqrt,
    Floor,
    Ceil,
    /// A whole number of 64 bits as a real.
    FromLong,
    /// The whole part of a real; the smallest number where there is none of 64 bits.
    ToLong,
    /// A single as a real.
    Widen,
    /// A real as a single, rounded.
    Narrow,
}

/// Operations on two vectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Two {
    Add,
    Subtract,
    Multiply,
    Divide,
    /// The first where it is less, else the second.
    Lesser,
    /// The first where it is greater, else the second.
    Greater,
    /// The first times two to the power of the second, a whole number.
    Scale,
    AddBits,
    SubtractBits,
    /// Of the lower halves, with their signs.
    MultiplyLow,
    LesserLong,
    GreaterLong,
    And,
    Or,
    Xor,
}

/// Shifts by a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Shift {
    Left,
    /// With zeros from the left.
    Right,
    /// With the sign from the left.
    RightSigned,
}

/// Comparisons, of reals or of whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Condition {
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
}

/// Operations on two masks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Both {
    And,
    Or,
    /// Not the first, and the second.
    AndNot,
}

/// The address of a function of one or two reals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Address(pub(super) usize);

/// An instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Lanes {
    /// The same bits in every lane.
    Constant(Width, u64),
    /// True everywhere, or nowhere.
    Truth(bool),
    /// Eight bytes at that offset of the frame, in every lane.
    Frame(i32),
    /// The first entry of a column, in every lane.
    First(SlotId, Kind),
    /// Entries of the elements.
    Load(SlotId, Kind),
    /// Random numbers of the elements, from the strip of that number.
    Drawn(u32, Kind),
    /// The entry of a column at a number, which is kept between 0 and that of the last entry; that one's place in the
    /// frame's list is given too.
    Entry(SlotId, Kind, u32, LaneId),
    /// The numbers of the elements.
    Index,
    One(One, LaneId),
    Two(Two, LaneId, LaneId),
    /// `a*b + c`, rounded once.
    MulAdd(LaneId, LaneId, LaneId),
    Shift(Shift, LaneId, u8),
    CompareReals(Condition, LaneId, LaneId),
    CompareLongs(Condition, LaneId, LaneId),
    Masks(Both, LaneId, LaneId),
    Not(LaneId),
    /// The second where the mask holds, else the third.
    Select(LaneId, LaneId, LaneId),
    /// A function of one real, lane by lane.
    Call1(Address, LaneId),
    /// A function of two reals, lane by lane.
    Call2(Address, LaneId, LaneId),
    /// A function of the second value in lanes where the mask holds, which it hardly ever does; else the third value.
    Rare(Address, LaneId, LaneId, LaneId),
    Store(SlotId, Kind, LaneId),
    Emit(LaneId),
    Yield(LaneId),
    Check(LaneId),
}

impl Lanes {
    /// The values it reads, in order.
    pub(super) fn operands(self) -> impl Iterator<Item = LaneId> {
        let values = match self {
            Self::Constant(..)
            | Self::Truth(_)
            | Self::Frame(_)
            | Self::First(..)
            | Self::Load(..)
            | Self::Drawn(..)
            | Self::Index => [None; 3],
            Self::One(_, a)
            | Self::Shift(_, a, _)
            | Self::Not(a)
            | Self::Entry(_, _, _, a)
            | Self::Call1(_, a)
            | Self::Store(_, _, a)
            | Self::Emit(a)
            | Self::Yield(a)
            | Self::Check(a) => [Some(a), None, None],
            Self::Two(_, a, b)
            | Self::CompareReals(_, a, b)
            | Self::CompareLongs(_, a, b)
            | Self::Masks(_, a, b)
            | Self::Call2(_, a, b) => [Some(a), Some(b), None],
            Self::MulAdd(a, b, c) | Self::Select(a, b, c) | Self::Rare(_, a, b, c) => [Some(a), Some(b), Some(c)],
        };
        values.into_iter().flatten()
    }

    /// The same of other values.
    fn of(self, other: impl Fn(LaneId) -> LaneId) -> Self {
        match self {
            Self::Constant(..)
            | Self::Truth(_)
            | Self::Frame(_)
            | Self::First(..)
            | Self::Load(..)
            | Self::Drawn(..)
            | Self::Index => self,
            Self::One(which, a) => Self::One(which, other(a)),
            Self::Shift(which, a, by) => Self::Shift(which, other(a), by),
            Self::Not(a) => Self::Not(other(a)),
            Self::Entry(slot, kind, place, a) => Self::Entry(slot, kind, place, other(a)),
            Self::Call1(function, a) => Self::Call1(function, other(a)),
            Self::Store(slot, kind, a) => Self::Store(slot, kind, other(a)),
            Self::Emit(a) => Self::Emit(other(a)),
            Self::Yield(a) => Self::Yield(other(a)),
            Self::Check(a) => Self::Check(other(a)),
            Self::Two(which, a, b) => Self::Two(which, other(a), other(b)),
            Self::CompareReals(which, a, b) => Self::CompareReals(which, other(a), other(b)),
            Self::CompareLongs(which, a, b) => Self::CompareLongs(which, other(a), other(b)),
            Self::Masks(which, a, b) => Self::Masks(which, other(a), other(b)),
            Self::Call2(function, a, b) => Self::Call2(function, other(a), other(b)),
            Self::MulAdd(a, b, c) => Self::MulAdd(other(a), other(b), other(c)),
            Self::Select(a, b, c) => Self::Select(other(a), other(b), other(c)),
            Self::Rare(function, a, b, c) => Self::Rare(function, other(a), other(b), other(c)),
        }
    }

    /// Whether its value is a mask.
    pub(super) fn is_mask(self) -> bool {
        match self {
            Self::Truth(_) | Self::CompareReals(..) | Self::CompareLongs(..) | Self::Masks(..) | Self::Not(_) => true,
            Self::First(_, kind) | Self::Load(_, kind) => kind == Kind::Boolean,
            _ => false,
        }
    }

    /// Whether it does something rather than give a value.
    pub(super) fn is_effect(self) -> bool {
        matches!(self, Self::Store(..) | Self::Emit(_) | Self::Yield(_) | Self::Check(_))
    }

    /// Whether it calls a function for every lane.
    fn is_call(self) -> bool {
        matches!(self, Self::Call1(..) | Self::Call2(..))
    }
}

/// Instructions, and which of them are done once a call and which for every eight elements.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) all: Vec<Lanes>,
    /// Of each; a mask has none of its own.
    pub(super) widths: Vec<Width>,
    /// In order; constants are in neither list.
    pub(super) prelude: Vec<LaneId>,
    pub(super) body: Vec<LaneId>,
    /// The body for eight elements and, instruction by instruction, for the eight that follow; or nothing.
    pub(super) pairs: Vec<LaneId>,
    /// From this one on, instructions are those for the eight that follow.
    following: Option<LaneId>,
    known: HashMap<Lanes, LaneId>,
}

impl Listing {
    /// The number of an instruction, which is new or was there before; `in_body` says where a new one stands.
    pub(super) fn add(&mut self, instruction: Lanes, in_body: bool) -> LaneId {
        if let Some(&known) = self.known.get(&instruction) {
            return known;
        }
        let id = LaneId(self.all.len() as u32);
        self.widths.push(self.width_of(instruction));
        self.all.push(instruction);
        if !instruction.is_effect() {
            self.known.insert(instruction, id);
        }
        if !matches!(instruction, Lanes::Constant(..)) {
            if in_body { self.body.push(id) } else { self.prelude.push(id) }
        }
        id
    }

    /// Writes `pairs`, after which nothing is added.
    pub(super) fn pair(&mut self) {
        self.following = Some(LaneId(self.all.len() as u32));
        let mut copies: HashMap<LaneId, LaneId> = HashMap::new();
        for &id in &self.body {
            let copy = LaneId(self.all.len() as u32);
            self.all.push(self.get(id).of(|operand| copies.get(&operand).copied().unwrap_or(operand)));
            self.widths.push(self.width(id));
            copies.insert(id, copy);
            self.pairs.extend([id, copy]);
        }
    }

    /// How far ahead of the first element of the code that of an instruction is.
    pub(super) fn ahead(&self, id: LaneId) -> i32 {
        if self.following.is_some_and(|following| id >= following) { 8 } else { 0 }
    }

    fn width_of(&self, instruction: Lanes) -> Width {
        match instruction {
            Lanes::Constant(width, _) => width,
            Lanes::First(_, kind) | Lanes::Load(_, kind) | Lanes::Drawn(_, kind) | Lanes::Entry(_, kind, ..) => {
                Width::of(kind)
            }
            Lanes::One(One::Widen, _) => Width::Full,
            Lanes::One(One::Narrow, _) => Width::Half,
            Lanes::One(_, a)
            | Lanes::Two(_, a, _)
            | Lanes::MulAdd(a, ..)
            | Lanes::Shift(_, a, _)
            | Lanes::Select(_, a, _)
            | Lanes::Rare(.., a) => self.width(a),
            _ => Width::Full,
        }
    }

    /// How long the lanes of a vector are.
    pub(super) fn width(&self, LaneId(id): LaneId) -> Width {
        self.widths[id as usize]
    }

    /// Whether functions are called, if only for the few lanes that need it.
    pub(super) fn calls(&self) -> bool {
        self.calls_every_lane() || self.all.iter().any(|instruction| matches!(instruction, Lanes::Rare(..)))
    }

    /// Whether functions are called lane by lane.
    pub(super) fn calls_every_lane(&self) -> bool {
        self.all.iter().any(|instruction| instruction.is_call())
    }

    pub(super) fn get(&self, id: LaneId) -> Lanes {
        self.all[id.0 as usize]
    }
}
