//! Projections: synapses, what they do when spikes arrive, and which neurons they connect.

use super::{Block, ClockId, Equation, Group, Held, Method, Regular, Subexpression, Turn};
use crate::ir::expr::{ExprId, VariableId};
use grammar::Span;

impl Projection {
    pub(super) fn code_blocks(&self) -> Vec<&Block> {
        let held = self.held.iter().map(|held| &held.block);
        let regular = self.regular.iter().map(|regular| &regular.block);
        let pathways = self.pathways.iter().map(|pathway| &pathway.block);
        std::iter::once(&self.init).chain(held).chain(regular).chain(pathways).collect()
    }
}

/// Synapses.
#[derive(Clone, Debug)]
pub struct Projection {
    /// Its name.
    pub name: String,
    /// Where its name stands.
    pub span: Span,
    /// From where.
    pub source: Group,
    /// To where.
    pub target: Group,
    /// Its variables, delays and builtins last.
    pub variables: Vec<VariableId>,
    /// In order of declaration.
    pub subexpressions: Vec<Subexpression>,
    /// Clock-driven equations.
    pub clock_driven: Vec<Equation>,
    /// Event-driven equations.
    pub event_driven: Vec<Equation>,
    /// `lastupdate`, where there are event-driven equations.
    pub last_update: Option<VariableId>,
    /// The integrator named, and where.
    pub method: Option<(Method, Span)>,
    /// In order of declaration, which decides ties.
    pub pathways: Vec<Pathway>,
    /// One or more.
    pub connects: Vec<Connect>,
    /// What runs for every synapse once connected: defaults of parameters, then `init`. Delays are their pathways'.
    pub init: Block,
    /// Its clock.
    pub clock: ClockId,
    /// Its place in the slot `groups`.
    pub order: i32,
    /// Subexpressions held for a step, each after those it reads.
    pub held: Vec<Held>,
    /// In order of declaration.
    pub regular: Vec<Regular>,
    /// In order of declaration.
    pub summed: Vec<Summed>,
}

/// `x_post = value : unit (summed)`: what all synapses of a neuron give together, in slot `groups` before the neurons' own step.
#[derive(Clone, Debug)]
pub struct Summed {
    /// `Pre` or `Post`.
    pub side: crate::ir::expr::Site,
    /// The variable of the neurons that gets the sum.
    pub variable: VariableId,
    /// What a synapse gives.
    pub value: ExprId,
    /// The whole line.
    pub span: Span,
}

/// Code that runs when a spike arrives.
#[derive(Clone, Debug)]
pub struct Pathway {
    /// `pre`, `post` or its own name.
    pub name: String,
    /// Whose spikes trigger it.
    pub side: crate::ir::expr::Site,
    /// The custom event that triggers it in place of spikes, by its number in its population.
    pub event: Option<u32>,
    /// When in a step; usually order -1 of `synapses` for `Pre` and 1 for `Post`.
    pub turn: Turn,
    /// What happens; event-driven equations are brought up to date before.
    pub block: Block,
    /// How long a spike travels.
    pub delay: Delay,
    /// Where that is written.
    pub delay_span: Option<Span>,
    /// Where it is declared.
    pub span: Span,
}

/// How long a spike travels.
#[derive(Clone, Debug)]
pub enum Delay {
    /// So long for all synapses [s]; 0 or more.
    Shared(f64),
    /// Per synapse: an expression [s] that is stored into a variable of role `Delay` after connecting.
    PerSynapse {
        /// The variable.
        variable: VariableId,
        /// `delay = value` as one statement.
        init: Block,
        /// The expression.
        span: Span,
    },
}

/// One `connect`.
#[derive(Clone, Debug)]
pub struct Connect {
    /// Which rule.
    pub rule: Rule,
    /// The statement.
    pub span: Span,
}

/// How pairs are chosen. Expressions see `Index(Pre)`, `Index(Post)` and variables of both sides; random calls count from draw 0 in each expression.
#[derive(Clone, Debug)]
pub enum Rule {
    /// Every pair for which the condition holds (all where there is none), with probability `p`, `n` times. Numbered by source, then target.
    Condition {
        /// Which pairs; `None` for all.
        condition: Option<ExprId>,
        /// How likely; `None` for 1.
        p: Option<ExprId>,
        /// How many synapses a pair gets; `None` for 1.
        n: Option<ExprId>,
    },
    /// The pairs listed, relative to the groups.
    Pairs {
        /// Source and target of each.
        pairs: Vec<(u32, u32)>,
        /// Values that come with the pairs, one for each (columns of a file): they are there before `delay` and `init`.
        values: Vec<(VariableId, std::sync::Arc<[f64]>)>,
        /// How likely; `None` for 1.
        p: Option<ExprId>,
        /// How many synapses a pair gets; `None` for 1.
        n: Option<ExprId>,
    },
    /// `j = value for k in range if condition`, for every neuron of one side.
    Generator {
        /// The side gone through: `Pre` for `j = …`, `Post` for `i = …`.
        outer: crate::ir::expr::Site,
        /// The neuron of the other side, relative to its group: an integer expression that may read `Each`.
        value: ExprId,
        /// The values of `Each`; `None` where there is no loop.
        each: Option<Each>,
        /// Which are taken; sees `Each` and both neurons.
        condition: Option<ExprId>,
        /// Values outside the group are left out rather than an error.
        skip_if_invalid: bool,
        /// How likely; `None` for 1.
        p: Option<ExprId>,
        /// How many synapses a pair gets; `None` for 1.
        n: Option<ExprId>,
    },
    /// So many sources for every target, distinct.
    FixedIndegree {
        /// How many.
        count: u32,
        /// Whether a neuron may connect to itself.
        autapses: bool,
    },
    /// So many targets for every source, distinct.
    FixedOutdegree {
        /// How many.
        count: u32,
        /// Whether a neuron may connect to itself.
        autapses: bool,
    },
    /// So many synapses in all, pairs drawn with replacement.
    FixedTotal {
        /// How many.
        count: u64,
        /// Whether a neuron may connect to itself.
        autapses: bool,
    },
}

impl Rule {
    /// All expressions of the rule.
    #[must_use]
    pub fn values(&self) -> Vec<ExprId> {
        let (own, asked) = match *self {
            Self::Condition { condition, p, n } => (Vec::new(), [condition, p, n]),
            Self::Pairs { p, n, .. } => (Vec::new(), [None, p, n]),
            Self::Generator { value, each, condition, p, n, .. } => {
                let each: Vec<_> =
                    each.into_iter().flat_map(|each| each.bounds().into_iter().chain(each.chosen())).collect();
                ([vec![value], each].concat(), [condition, p, n])
            }
            Self::FixedIndegree { .. } | Self::FixedOutdegree { .. } | Self::FixedTotal { .. } => return Vec::new(),
        };
        own.into_iter().chain(asked.into_iter().flatten()).collect()
    }
}

/// What a generator's loop variable goes through. Expressions see the outer neuron only.
#[derive(Clone, Copy, Debug)]
pub enum Each {
    /// `range(start, stop, step)`
    Range {
        /// First value.
        start: ExprId,
        /// One past the last.
        stop: ExprId,
        /// Distance.
        step: ExprId,
    },
    /// `sample(start, stop, step, p = p)`: every value of the range with that probability.
    SampleProbability {
        /// First value.
        start: ExprId,
        /// One past the last.
        stop: ExprId,
        /// Distance.
        step: ExprId,
        /// How likely.
        p: ExprId,
    },
    /// `sample(start, stop, step, size = size)`: so many values of the range, distinct, ascending.
    SampleSize {
        /// First value.
        start: ExprId,
        /// One past the last.
        stop: ExprId,
        /// Distance.
        step: ExprId,
        /// How many.
        size: ExprId,
    },
}

impl Each {
    /// First value, one past the last, distance.
    #[must_use]
    pub fn bounds(self) -> [ExprId; 3] {
        let (Self::Range { start, stop, step }
        | Self::SampleProbability { start, stop, step, .. }
        | Self::SampleSize { start, stop, step, .. }) = self;
        [start, stop, step]
    }

    /// How likely, or how many; `None` for all.
    #[must_use]
    pub fn chosen(self) -> Option<ExprId> {
        match self {
            Self::Range { .. } => None,
            Self::SampleProbability { p: chosen, .. } | Self::SampleSize { size: chosen, .. } => Some(chosen),
        }
    }
}
