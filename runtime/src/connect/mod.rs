//! Connectivity: from the rules of a projection to its compressed rows.
//!
//! In come rules whose expressions are kernels of shape `Pairs`, and the two groups they connect; out come `Rows` and,
//! where it differs from storage order, where every synapse stands in order of creation.
//!
//! Order of creation: rules one after the other; conditions by source, then target; generators by the neuron gone
//! through, then by the loop; listed pairs as listed; rules of fixed numbers by source, then target; copies of a pair
//! follow each other. Storage order is by source, and stable in order of creation.
//!
//! Holds throughout: the result depends on the rules, the state and the key alone, not on threads. Random choices that
//! need no kernel come from one sequence per neuron; kernels run on one thread, over chunks of a fixed length, each
//! with a key of its own. Neurons are absolute in what kernels and rows see, relative to the group in rules, candidates
//! and errors.

mod assemble;
mod condition;
pub mod counted;
mod deferred;
mod draws;
mod error;
mod evaluate;
mod fixed;
mod generator;
mod piece;
mod renumber;
mod room;
mod select;
mod spans;
mod stretch;
#[cfg(test)]
mod tests;

pub use error::{ConnectError, Fault};
pub use room::Room;

use crate::kernel::Kernel;
use crate::rows::Rows;
use crate::state::State;
use evaluate::Evaluator;
use piece::Piece;
use rayon::ThreadPool;
use room::Before;
use std::sync::Arc;

/// An expression of a rule: shape `Pairs`, yields one number for every pair and writes nothing.
pub type Expression = Arc<dyn Kernel>;

/// One side of a projection: a contiguous group of a population.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Side {
    /// First neuron of the group.
    pub offset: u32,
    /// How many neurons it has.
    pub size: u32,
    /// How many neurons the whole population has; at least `offset + size`.
    pub population: u32,
}

/// What a projection connects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    /// From where.
    pub source: Side,
    /// To where.
    pub target: Side,
    /// Whether both groups are of one population, so that a neuron may be on both sides.
    pub same_population: bool,
}

/// A side, by its role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outer {
    /// Source neurons.
    Source,
    /// Target neurons.
    Target,
}

/// How pairs are chosen.
#[derive(Clone)]
pub enum Rule {
    /// Every candidate for which the condition holds, with a probability, so many times.
    Condition {
        /// The targets worth looking at.
        candidates: Candidates,
        /// What else must hold (not 0); `None` for nothing.
        condition: Option<Expression>,
        /// How likely. Where it does not depend on the target, pairs are sampled first and the condition is asked
        /// after.
        p: Chance,
        /// How many synapses a pair gets, cut to a whole number, none where negative or NaN; `None` for 1.
        n: Option<Expression>,
    },
    /// The pairs listed, relative to the groups.
    Pairs {
        /// Source and target of each.
        pairs: Vec<(u32, u32)>,
        /// How likely.
        p: Chance,
        /// As above.
        n: Option<Expression>,
    },
    /// Partners computed for every neuron of one side.
    Generator(Generator),
    /// So many distinct sources for every target.
    FixedIndegree {
        /// How many.
        count: u32,
        /// Whether a neuron may connect to itself.
        autapses: bool,
    },
    /// So many distinct targets for every source.
    FixedOutdegree {
        /// How many.
        count: u32,
        /// Whether a neuron may connect to itself.
        autapses: bool,
    },
    /// So many synapses in all, each of a pair drawn from all pairs, with replacement.
    FixedTotal {
        /// How many.
        count: u64,
        /// Whether a neuron may connect to itself.
        autapses: bool,
    },
}

/// `value for k in range if condition`, for every neuron of one side.
#[derive(Clone)]
pub struct Generator {
    /// The side gone through.
    pub outer: Outer,
    /// The neuron of the other side, relative to its group; must not read that neuron.
    pub value: Expression,
    /// The loop; `None` for a single value.
    pub each: Option<Each>,
    /// Which are taken.
    pub condition: Option<Expression>,
    /// Whether the condition reads the neuron of the other side. As in Brian2, a condition that does not is asked
    /// before a value outside the group becomes an error, and one that does only after.
    pub condition_reads_partner: bool,
    /// Values outside the group are left out rather than an error.
    pub skip_if_invalid: bool,
    /// How likely a pair is.
    pub p: Chance,
    /// How many synapses a pair gets, as for conditions.
    pub n: Option<Expression>,
}

/// What the loop variable goes through: `start`, `start + step`, … before `stop`. Expressions read the neuron gone
/// through only and yield integers of 32 bits.
#[derive(Clone)]
pub struct Each {
    /// First value; `None` for 0.
    pub start: Option<Expression>,
    /// One past the last.
    pub stop: Expression,
    /// Distance, of either sign; `None` for 1.
    pub step: Option<Expression>,
    /// Which of the values are gone through.
    pub taken: Taken,
    /// Whether one of these expressions draws random numbers, so that how many values there are is known only when they
    /// are gone through.
    pub random: bool,
}

/// Which values of a loop are gone through. Expressions read the neuron gone through only.
#[derive(Clone)]
pub enum Taken {
    /// All (`range`).
    All,
    /// Each with a probability (`sample(…, p = …)`).
    Probability(Expression),
    /// So many, distinct, all choices being as likely (`sample(…, size = …)`). More than there are, or fewer than none, is an
    /// error, unless values outside the group are left out: then as many as there can be.
    Size(Expression),
}

/// How likely a pair is. A probability of 1 and more is certain; 0 and less, and NaN, impossible.
#[derive(Clone)]
pub enum Chance {
    /// Certain.
    Always,
    /// The same for all pairs.
    Constant(f64),
    /// One for every source: does not read the target.
    PerSource(Expression),
    /// One for every pair.
    PerPair(Expression),
}

/// The targets j that a source may connect to, relative to the group: `low <= j <= high`, cut to the group, without
/// `except`. Expressions do not read the target. A bound that is NaN leaves no target.
#[derive(Clone, Default)]
pub struct Candidates {
    /// Lower bounds, inclusive: the largest counts.
    pub low: Vec<Expression>,
    /// Upper bounds, inclusive: the smallest counts.
    pub high: Vec<Expression>,
    /// Targets left out.
    pub except: Vec<Expression>,
}

/// The synapses of a projection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connected {
    /// In storage order.
    pub rows: Rows,
    /// For every synapse in order of creation, its place in storage order; `None` where the two orders are one.
    pub creation: Option<Vec<u32>>,
    /// What each rule made, in their order: synapses are created rule by rule.
    pub made: Vec<Made>,
}

/// The synapses that one rule made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// How many.
    pub synapses: u32,
    /// Of listed pairs, which one each synapse is of; `None` where each of them has one, in their order.
    pub pairs: Option<Vec<u32>>,
}

/// The most synapses that a projection can have.
pub const MOST_SYNAPSES: u32 = u32::MAX;

/// Connects: all rules, one after the other.
///
/// `key` is that of the projection's random numbers. Rules that need no kernel per pair run on the pool, where there is
/// one. Kernels see time 0. More synapses than there is `room` for are refused before they are made, as far as their
/// number is known by then.
///
/// # Errors
/// The first rule that cannot be met, and why.
pub fn build(
    rules: &[Rule],
    ends: &Ends,
    state: &mut State,
    key: u64,
    pool: Option<&ThreadPool>,
    room: Room,
) -> Result<Connected, ConnectError> {
    let mut pieces = Vec::with_capacity(rules.len());
    let mut before = Before { synapses: 0, sorted: 0, room };
    for (connect, rule) in rules.iter().enumerate() {
        let key = draws::rule_key(key, connect);
        let piece = build_one(rule, ends, state, key, before, pool).map_err(|fault| ConnectError { connect, fault })?;
        before.synapses += piece.len() as u64;
        before.sorted = before.sorted.saturating_add(piece.sorted_bytes());
        pieces.push(piece);
    }
    Ok(assemble::assemble(pieces, ends))
}

/// The synapses of one rule, behind those that exist already.
fn build_one(
    rule: &Rule,
    ends: &Ends,
    state: &mut State,
    key: u64,
    before: Before,
    pool: Option<&ThreadPool>,
) -> Result<Piece, Fault> {
    let mut evaluator = Evaluator::new(state, key);
    match rule {
        Rule::Condition { candidates, condition, p, n } => {
            let rule = condition::Condition { candidates, condition: condition.as_ref(), p, n: n.as_ref() };
            condition::connect(&rule, ends, &mut evaluator, before, pool)
        }
        Rule::Pairs { pairs, p, n } => select::connect_listed(pairs, p, n.as_ref(), ends, &mut evaluator, before),
        Rule::Generator(generator) => generator::connect(generator, ends, &mut evaluator, before),
        &Rule::FixedIndegree { count, autapses } => fixed::indegree(count, autapses, ends, key, before),
        &Rule::FixedOutdegree { count, autapses } => fixed::outdegree(count, autapses, ends, key, before, pool),
        &Rule::FixedTotal { count, autapses } => fixed::total(count, autapses, ends, key, before),
    }
}

/// For how many pairs a rule runs a kernel, about; for a warning before it takes long.
///
/// Conditions with bounds on both sides count as one pair per source; rules that ask nothing of single pairs,
/// generators and fixed numbers, whose work is what they make, as none.
#[must_use]
pub fn pairs_to_examine(rule: &Rule, ends: &Ends) -> u64 {
    let Rule::Condition { candidates, condition, p, n } = rule else { return 0 };
    let asks = condition.is_some() || n.is_some() || matches!(p, Chance::PerPair(_));
    if !asks {
        return 0;
    }
    if !candidates.low.is_empty() && !candidates.high.is_empty() {
        return u64::from(ends.source.size);
    }
    let all = u64::from(ends.source.size) * u64::from(ends.target.size);
    match p {
        Chance::Constant(p) => (all as f64 * p.clamp(0.0, 1.0)) as u64,
        Chance::Always | Chance::PerSource(_) | Chance::PerPair(_) => all,
    }
}
