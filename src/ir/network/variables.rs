//! What objects hold: variables and the equations that move them, arrays, links to the variables of others, values given
//! one by one, and functions of the host program.

use super::Object;
use crate::ir::expr::{ExprId, Type, VariableId};
use crate::units::Dimension;
use grammar::Span;

/// A timed array: its values stand in the column of a variable (owner `Object::Array`, role `Array`), rows one after the other, and
/// are read by `Node::At`.
#[derive(Clone, Debug)]
pub struct Array {
    /// Its name.
    pub name: String,
    /// The variable.
    pub variable: VariableId,
    /// In SI base units; `rows*columns` of them.
    pub values: std::sync::Arc<[f64]>,
    /// Values per time; 1 for those that are the same for all neurons.
    pub columns: u32,
    /// Seconds from one row to the next.
    pub dt: f64,
    /// Where that is written.
    pub span: Span,
}

/// The index of a linked variable that is known once neurons and synapses are made: it is checked then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Whose elements have the index.
    pub object: Object,
    /// The index in the part of a population that is linked to.
    pub index: ExprId,
    /// So many elements that part has.
    pub size: u32,
    /// The index, as written.
    pub span: Span,
}

/// A value for every element of an object: those of neurons in order, those of synapses in order of creation.
#[derive(Clone, Debug)]
pub struct Given {
    /// The variable of role `Given` that holds them while the owner is made.
    pub variable: VariableId,
    /// In SI base units.
    pub values: std::sync::Arc<[f64]>,
    /// Where they are asked for.
    pub span: Span,
}

/// A function that the host program gives.
#[derive(Clone, Debug, PartialEq)]
pub struct HostFunction {
    /// Its name.
    pub name: String,
    /// Dimensions of its arguments; at most `HostFunction::MOST`.
    pub arguments: Vec<Dimension>,
    /// Dimension of its value.
    pub result: Dimension,
}

impl HostFunction {
    /// So many arguments it may have.
    pub const MOST: usize = 4;
}

/// A stored variable: one number per element of its owner, or one for all where it is shared.
#[derive(Clone, Debug)]
pub struct Variable {
    /// As the user calls it.
    pub name: String,
    /// Whose it is.
    pub owner: Object,
    /// Its dimension.
    pub dimension: Dimension,
    /// Its type.
    pub kind: Type,
    /// What it is for.
    pub role: Role,
    /// One value for the whole object.
    pub shared: bool,
    /// Declared `constant`: nothing but `init` and `set` writes it.
    pub constant: bool,
    /// Where it is declared.
    pub span: Span,
}

/// What a variable is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Has a differential equation.
    State,
    /// `x : unit`.
    Parameter,
    /// `lastspike` [s]; stored as the tick of the last spike. -10,000 s before the first.
    LastSpike,
    /// `not_refractory`; true at first.
    NotRefractory,
    /// `lastupdate` [s] of a synapse with event-driven equations; stored as a tick; 0 at first.
    LastUpdate,
    /// The delay of a synapse [s] on one pathway.
    Delay,
    /// The rate of a `poisson` [Hz]; shared.
    Rate,
    /// A subexpression held for a step (`constant over dt`).
    Held,
    /// Entries of a timed array.
    Array,
    /// Values that elements get one by one when they are made.
    Given,
    /// A number that is known once synapses are connected.
    Counted(Counted),
}

/// What is counted when synapses are connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Counted {
    /// `N` of a synapses block: how many synapses there are; shared.
    Synapses,
    /// `N_incoming`: how many of them the target neuron has; one entry per neuron of the target population, read by `Site::Post`.
    Incoming,
    /// `N_outgoing`: the same of the source neuron, read by `Site::Pre`.
    Outgoing,
    /// The number of a synapse by creation, where other synapses connect it.
    Number,
    /// `multisynaptic_index`: which of the synapses of its pair of neurons it is, from 0.
    Multisynaptic,
}

/// `dx/dt = rhs`.
#[derive(Clone, Debug)]
pub struct Equation {
    /// The variable.
    pub variable: VariableId,
    /// Its derivative, subexpressions in place.
    pub rhs: ExprId,
    /// `(unless refractory)`.
    pub unless_refractory: bool,
    /// The whole line.
    pub span: Span,
}

/// `x = value : unit`, kept for recordings and for `explain`; expressions already have it in place.
#[derive(Clone, Debug)]
pub struct Subexpression {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: ExprId,
    /// Its dimension.
    pub dimension: Dimension,
    /// The whole line.
    pub span: Span,
}

/// An integrator, as named in a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is its own name")]
pub enum Method {
    Exact,
    ExponentialEuler,
    Euler,
    Rk2,
    Rk4,
    Heun,
    Milstein,
}

impl Method {
    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::ExponentialEuler => "exponential_euler",
            Self::Euler => "euler",
            Self::Rk2 => "rk2",
            Self::Rk4 => "rk4",
            Self::Heun => "heun",
            Self::Milstein => "milstein",
        }
    }
}
