//! What is recorded: of which elements, how often, and how a rate is smoothed.

use super::{ClockId, Group, Object, ProjectionId, Turn};
use crate::ir::expr::{ExprId, Type};
use crate::units::Dimension;
use grammar::Span;

/// One thing to record.
#[derive(Clone, Debug)]
pub struct Record {
    /// As the user wrote it, and as its file is named: `P.v`, `Pe.spikes`.
    pub name: String,
    /// What.
    pub what: Recorded,
    /// Seconds between samples; `None` for every step.
    pub every: Option<f64>,
    /// Only the last so many seconds are kept; `None` for all.
    pub last: Option<f64>,
    /// Ticks when it samples: the clock of what is recorded, or of `every`.
    pub clock: ClockId,
    /// When in a step; `None` for the usual (values: `start`; spikes and events: right after they are made; rates: `end`).
    pub turn: Option<Turn>,
    /// Variables noted with every spike or event, each under its name; selections are not looked at.
    pub with: Vec<(String, Quantity)>,
    /// How a rate is smoothed.
    pub smooth: Option<Smooth>,
    /// Where it is asked for.
    pub span: Span,
}

impl Record {
    /// Whether another is the same recording, whatever it is called and wherever it is asked for.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        let Self { name: _, what, every, last, clock, turn, with, smooth, span: _ } = self;
        (what, every, last, clock) == (&other.what, &other.every, &other.last, &other.clock)
            && (turn, with, smooth) == (&other.turn, &other.with, &other.smooth)
    }
}

/// `smooth gaussian 5*ms`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Smooth {
    /// The mean over a window of this width [s].
    Flat(f64),
    /// Weighted by a normal distribution of this standard deviation [s], cut at two of them.
    Gaussian(f64),
}

/// What is recorded.
#[derive(Clone, Debug, PartialEq)]
pub enum Recorded {
    /// Step and neuron (relative to the group) of every spike.
    Spikes(Group),
    /// The same of a custom event, by its number in its population.
    Events(Group, u32),
    /// How many spikes each neuron has, or events of that number.
    Counts(Group, Option<u32>),
    /// Spikes per neuron and second in every step.
    Rate(Group),
    /// The values of an expression over elements, at the start of every step that is sampled.
    Values(Quantity),
    /// The mean of such values over the samples.
    Mean(Quantity),
    /// Their variance.
    Variance(Quantity),
    /// The values at the end of the experiment.
    AtEnd(Quantity),
    /// i, j, delay and variables of all synapses at the end.
    Synapses(ProjectionId),
}

impl Recorded {
    /// The values that it is made of, where it is.
    #[must_use]
    pub fn quantity(&self) -> Option<&Quantity> {
        match self {
            Self::Values(quantity) | Self::Mean(quantity) | Self::Variance(quantity) | Self::AtEnd(quantity) => {
                Some(quantity)
            }
            Self::Spikes(_) | Self::Events(..) | Self::Counts(..) | Self::Rate(_) | Self::Synapses(_) => None,
        }
    }

    /// The same, to be changed.
    pub fn quantity_mut(&mut self) -> Option<&mut Quantity> {
        match self {
            Self::Values(quantity) | Self::Mean(quantity) | Self::Variance(quantity) | Self::AtEnd(quantity) => {
                Some(quantity)
            }
            Self::Spikes(_) | Self::Events(..) | Self::Counts(..) | Self::Rate(_) | Self::Synapses(_) => None,
        }
    }
}

/// Values of some elements of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// Whose.
    pub object: Object,
    /// Of a variable or a subexpression.
    pub value: ExprId,
    /// Dimension of the values.
    pub dimension: Dimension,
    /// What they are.
    pub kind: Type,
    /// Which elements.
    pub selection: Selection,
    /// Offset of the subgroup in its population: indices shown to the user are relative to it.
    pub offset: u32,
    /// One value for the whole object.
    pub shared: bool,
}

/// Some elements of an object: neurons absolute in the population, synapses by order of creation.
#[derive(Clone, Debug, PartialEq)]
pub enum Selection {
    /// All of a range (a whole population or a subgroup of it).
    Range {
        /// First.
        start: u32,
        /// One past the last; `u32::MAX` for "to the end" of a projection, whose size is known only when it is connected.
        stop: u32,
        /// Distance; at least 1.
        step: u32,
    },
    /// The ones listed.
    List(Vec<u32>),
    /// Of an object whose size is known only when it is connected: a slice whose bounds count from the end where they are negative, and
    /// which goes backwards where its step is; bounds beyond the ends are those of the ends.
    Slice {
        /// First.
        start: Option<i32>,
        /// Where it stops, itself left out.
        stop: Option<i32>,
        /// Distance; not 0.
        step: i32,
    },
    /// Likewise, one counted from the end: 1 is the last.
    FromEnd(u32),
    /// Those of a range for which a condition holds.
    Where {
        /// The condition, over the object's elements.
        condition: ExprId,
        /// First.
        start: u32,
        /// One past the last; `u32::MAX` as above.
        stop: u32,
    },
}
