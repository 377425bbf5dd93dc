//! What an experiment does, in order: runs, and what happens between them.

use super::{Block, Object, PopulationId, ProjectionId, Quantity, Selection};
use crate::ir::expr::{Type, VariableId};
use crate::units::Dimension;
use grammar::Span;

/// One thing that happens.
#[derive(Clone, Debug)]
pub enum Action {
    /// Time goes on.
    Run {
        /// For so long [s].
        duration: f64,
        /// The statement.
        span: Span,
    },
    /// A variable gets new values.
    Set {
        /// Whose.
        object: Object,
        /// Of which elements.
        selection: Selection,
        /// One statement.
        block: Block,
        /// The statement.
        span: Span,
    },
    /// The elements of a variable get a value each, in order.
    SetEach {
        /// Whose.
        object: Object,
        /// Of what.
        variable: VariableId,
        /// Of which elements.
        selection: Selection,
        /// As they are stored, in SI base units.
        values: std::sync::Arc<[f64]>,
        /// The statement.
        span: Span,
    },
    /// The state is kept under a name.
    Store {
        /// The name; empty for the unnamed one.
        name: String,
        /// The statement.
        span: Span,
    },
    /// The state goes back to what it was.
    Restore {
        /// The name; empty for the unnamed one.
        name: String,
        /// Whether random numbers come again too.
        random: bool,
        /// The statement.
        span: Span,
    },
    /// A `spike_source` gets other spikes.
    SetSpikes {
        /// Which.
        population: PopulationId,
        /// Time [s] and neuron of every spike.
        spikes: Vec<(f64, u32)>,
        /// They come again after so long [s].
        period: Option<f64>,
        /// The statement.
        span: Span,
    },
    /// A delay that all synapses of a pathway share becomes another.
    SetDelay {
        /// Whose.
        projection: ProjectionId,
        /// Which pathway, by its number.
        pathway: u32,
        /// The delay [s].
        delay: f64,
        /// The statement.
        span: Span,
    },
    /// Values of the state are shown.
    Show {
        /// As written.
        text: String,
        /// What.
        quantity: Quantity,
        /// Type of the values.
        kind: Type,
        /// The statement.
        span: Span,
    },
    /// A value is shown.
    Print {
        /// The expression as written.
        text: String,
        /// Its value.
        value: f64,
        /// Its dimension.
        dimension: Dimension,
        /// Its type.
        kind: Type,
        /// The statement.
        span: Span,
    },
}
