//! A sweep: which constants take which values, and what is measured at every point.

use crate::ir::expr::Type;
use crate::units::Dimension;
use grammar::Span;

/// `sweep tau = […], w = […] seeds apart { …, report rate(P) }`. What happens at a point is among the network's actions, and what
/// measures need is among its records: a network is that of one point, with the constants as they stand.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// What is varied, in order of the text: the points are all combinations, of which the first axis changes slowest.
    pub axes: Vec<Axis>,
    /// What the points' random numbers have to do with each other.
    pub seeds: Seeds,
    /// What is measured, in order of the text.
    pub measures: Vec<Measure>,
    /// So many of the network's records are the text's own; those behind them are of measures alone.
    pub recorded: usize,
    /// The statement.
    pub span: Span,
}

/// A constant and its values.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// The constant.
    pub name: String,
    /// In SI base units, at least one; integers exactly, booleans as 0 and 1.
    pub values: Vec<f64>,
    /// What they measure: the same as the constant.
    pub dimension: Dimension,
    /// Their type.
    pub kind: Type,
    /// Where the name stands.
    pub span: Span,
}

/// What the random numbers of points have to do with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Seeds {
    /// All have the seed of the model: they differ by what is varied alone.
    #[default]
    Alike,
    /// The first has the seed of the model, each other the next one.
    Apart,
}

impl Seeds {
    /// As the language calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Alike => "alike",
            Self::Apart => "apart",
        }
    }
}

/// Something that is measured at every point.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// As written, and as its column in the table is named: `rate(P)`, `mean(P.v)`.
    pub text: String,
    /// What it is.
    pub what: Measured,
    /// Its value's dimension.
    pub dimension: Dimension,
    /// Where it is asked for.
    pub span: Span,
}

/// What is measured; numbers are those of the network's records that it is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measured {
    /// `rate(P)`: spikes (or events) per neuron and second, of recorded counts or spikes.
    Rate(usize),
    /// `count(P)`: how many spikes there are, likewise.
    Count(usize),
    /// `cv(P)`: the coefficient of variation of interspike intervals, the mean over neurons that have enough of them; of recorded spikes.
    Cv(usize),
    /// `mean(P.v)`: over elements and time; of a recorded mean.
    Mean(usize),
    /// `std(P.v)`: the standard deviation over elements and time; of a recorded mean and a recorded variance.
    Deviation {
        /// The mean of each element.
        mean: usize,
        /// Its variance.
        variance: usize,
    },
    /// `mean(P.v) last 100*ms`: over elements and the samples of a window; of values recorded in it.
    LastMean(usize),
    /// `std(P.v) last 100*ms`: the standard deviation, likewise.
    LastDeviation(usize),
    /// `final(P.v)`: the value at the end, the mean over elements; of values recorded at the end.
    Final(usize),
}
