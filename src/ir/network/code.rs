//! Code of a model: statements, and the blocks that run at an interval, at an event, or before a step.

use super::{ClockId, Turn};
use crate::ir::expr::{ExprId, LocalId, VariableId};
use grammar::Span;

/// `x = value : unit (constant over dt)`: evaluated in slot `before_start` and stored.
#[derive(Clone, Debug)]
pub struct Held {
    /// Where it is stored.
    pub variable: VariableId,
    /// `variable = value` as one statement.
    pub block: Block,
}

/// `every interval { … }`.
#[derive(Clone, Debug)]
pub struct Regular {
    /// `every`, `every_1`, …: unique in its object; random numbers are drawn by it.
    pub name: String,
    /// The clock that ticks every interval.
    pub clock: ClockId,
    /// When in a step.
    pub turn: Turn,
    /// For every element; statements that write shared variables come first and read nothing of the elements.
    pub block: Block,
    /// The statement.
    pub span: Span,
}

/// `event name if condition { … }`.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// When it happens.
    pub condition: ExprId,
    /// When in a step the condition is looked at; usually `after_thresholds`.
    pub turn: Turn,
    /// For every neuron it happens to.
    pub code: Block,
    /// When in a step that runs; usually `after_resets`.
    pub code_turn: Turn,
    /// The statement.
    pub span: Span,
}

/// Statements that run one after the other for one element.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// In order; `x += y` is written out as `x = x + y`.
    pub statements: Vec<Statement>,
    /// How many random calls the block has: their draws are `0..draws`.
    pub draws: u32,
}

/// `target = value`, converted to the target's type.
#[derive(Clone, Debug)]
pub struct Statement {
    /// What is written.
    pub target: Target,
    /// The value.
    pub value: ExprId,
    /// Written only where the owner of the target is not refractory (its flag `unless refractory`, outside resets and `init`): the
    /// variable of role `NotRefractory` to look at, on the target's site.
    pub guard: Option<VariableId>,
    /// The statement.
    pub span: Span,
}

/// What a statement writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// A stored variable.
    Variable(crate::ir::expr::Site, VariableId),
    /// A local one.
    Local(LocalId),
}
