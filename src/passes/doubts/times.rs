//! Which times are others than they are written, because they count in whole steps? In: runs, delays, refractory
//! times, rows of timed arrays. Out: a warning for each of these kinds, at the first that differs by more than a
//! hundredth.
//!
//! Left out are times that nobody writes one by one (a distribution of delays, lists of spikes), and those that have
//! clocks of their own (`every`, `dt` of a block), which are kept. A hundredth is less than what a step itself leaves
//! uncertain of a time of some steps; of a long one, as a run of 100.05 ms, a part of a step is no difference that a
//! result shows.

use super::{Read, held, rounded, stepped};
use crate::ir::expr::{Node, Site};
use crate::ir::network::{Action, Delay, Network, Object, PopulationId, PopulationKind, Refractory};
use crate::passes::codes;
use crate::passes::fold::Literal;
use crate::passes::walk::any;
use crate::units::{Dimension, quantity};
use grammar::{Diagnostic, Span};
use runtime::clock::{delay_ticks, end_tick};

/// A difference from what is written, as a part of it, that is told.
const TOLD: f64 = 0.01;

/// What times are of; each is told of once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Run,
    Delay,
    Refractory,
    Row,
}

/// A time that counts as another.
struct Counted {
    kind: Kind,
    span: Span,
    /// As it is written [s].
    written: f64,
    /// What it counts as [s].
    used: f64,
    /// The time step [s].
    dt: f64,
    /// Whose: a group with a clock of its own, or one of several that others have.
    of: Clock,
}

/// Whose time step it is that a time is counted in.
#[derive(Clone, Copy)]
struct Clock {
    object: Object,
    /// Whether there are neurons that go on in other steps.
    among_others: bool,
}

impl Clock {
    fn of(network: &Network, object: Object) -> Self {
        let clock = network.clock_of(object);
        Self { object, among_others: network.populations.iter().any(|other| other.clock != clock) }
    }

    /// ` for `P``, where it is not so for all.
    fn for_whom(self, network: &Network) -> String {
        if self.among_others { format!(" for `{}`", self.name(network)) } else { String::new() }
    }

    fn name(self, network: &Network) -> &str {
        match self.object {
            Object::Population(id) => network.populations.get(id.0 as usize).map_or("", |made| &made.name),
            Object::Projection(id) => network.projections.get(id.0 as usize).map_or("", |made| &made.name),
            Object::Input(_) | Object::Array(_) => "",
        }
    }

    /// `dt = 50*us` at the top level, or where the group has a clock of its own.
    fn setting(self, network: &Network, dt: f64) -> String {
        match network.clock_of(self.object).0 {
            0 => format!("`dt = {}`", typed(dt)),
            _ => format!("`dt {}` in the block of `{}`", typed(dt), self.name(network)),
        }
    }
}

impl Counted {
    fn differs(&self) -> bool {
        (self.used - self.written).abs() > TOLD * self.written
    }
}

pub(super) fn in_steps(network: &Network, _: &Read) -> Vec<Diagnostic> {
    let all = runs(network).into_iter().chain(delays(network)).chain(refractory_times(network)).chain(rows(network));
    let differing: Vec<Counted> = all.filter(Counted::differs).collect();
    let kinds = [Kind::Run, Kind::Delay, Kind::Refractory, Kind::Row].into_iter().filter_map(|kind| {
        let mut alike = differing.iter().filter(|time| time.kind == kind);
        let first = alike.next()?;
        Some(warning(network, first, alike.filter(|other| other.span != first.span).count()))
    });
    kinds.collect()
}

fn warning(network: &Network, time: &Counted, others: usize) -> Diagnostic {
    let shown = |time: f64| quantity(rounded(time), Dimension::SECOND);
    let [written, step, used] = [time.written, time.dt, time.used].map(shown);
    let whole = format!("of {written} is no whole number of time steps of {step}, and");
    let message = match time.kind {
        Kind::Run => format!("a run {whole} lasts {used}{}", time.of.for_whom(network)),
        Kind::Delay => format!("a delay {whole} counts as {used}"),
        Kind::Refractory if time.used == 0.0 => {
            format!("a refractory time of {written} is shorter than a time step of {step}, and counts as none")
        }
        Kind::Refractory => format!("a refractory time {whole} counts as {used}"),
        Kind::Row if time.written < time.dt => {
            format!("rows of {written} are shorter than a time step of {step}: some are left out")
        }
        Kind::Row => {
            let steps = (time.written / time.dt).floor();
            let [fewer, more] = [steps, steps + 1.0].map(|steps| shown(steps * time.dt));
            format!("rows of {written} are no whole number of time steps of {step}: they hold for {fewer} or {more}")
        }
    };
    let mut warning = Diagnostic::warning(codes::COUNTED_IN_STEPS, time.span, message);
    match others {
        0 => {}
        1 => warning = warning.note("one more of them in the model is counted likewise"),
        _ => warning = warning.note(format!("{others} more of them in the model are counted likewise")),
    }
    let finer = (2..=10).map(|parts| time.dt / f64::from(parts)).find(|&dt| is_whole(time.written / dt));
    let take = finer.map(|dt| format!("take a step that divides it: {}", time.of.setting(network, dt)));
    warning.help(take.unwrap_or_else(|| "take a `dt` that divides it, or the time that is meant".to_owned()))
}

/// Up to what is lost in arithmetic.
fn is_whole(steps: f64) -> bool {
    (steps - steps.round()).abs() < 1e-6 * steps
}

/// A time as it is typed: `50*us`.
fn typed(time: f64) -> String {
    quantity(rounded(time), Dimension::SECOND).replace(' ', "*")
}

/// Runs end with a whole step of every clock.
fn runs(network: &Network) -> Vec<Counted> {
    let (mut begin, mut found) = (0.0, Vec::new());
    for action in &network.actions {
        let Action::Run { duration, span } = *action else { continue };
        let end = begin + duration;
        found.extend((0..network.populations.len() as u32).filter_map(|id| {
            let object = Object::Population(PopulationId(id));
            let (dt, of) = (network.dt_of(object), Clock::of(network, object));
            let steps = end_tick(end, dt)?.0 - end_tick(begin, dt)?.0;
            Some(Counted { kind: Kind::Run, span, written: duration, used: steps as f64 * dt, dt, of })
        }));
        begin = end;
    }
    found
}

/// Delays that all synapses share, rounded to steps of those that spike. Of those below one it was told already.
fn delays(network: &Network) -> Vec<Counted> {
    let counted = |made: &crate::ir::network::Projection, side: Site, written: f64, span: Span| {
        let group = if side == Site::Pre { made.source } else { made.target };
        let object = Object::Population(group.population);
        let (dt, of) = (network.dt_of(object), Clock::of(network, object));
        let used = f64::from(delay_ticks(written, dt)?) * dt;
        (written >= dt).then_some(Counted { kind: Kind::Delay, span, written, used, dt, of })
    };
    let declared = network.projections.iter().flat_map(|made| {
        made.pathways.iter().filter_map(move |pathway| match (&pathway.delay, pathway.delay_span) {
            (Delay::Shared(written), Some(span)) => counted(made, pathway.side, *written, span),
            _ => None,
        })
    });
    let set = network.actions.iter().filter_map(|action| {
        let Action::SetDelay { projection, pathway, delay, span } = action else { return None };
        let made = &network.projections[projection.0 as usize];
        counted(made, made.pathways.get(*pathway as usize)?.side, *delay, *span)
    });
    declared.chain(set).collect()
}

/// Refractory times that are the same for all, cut to whole steps as `timestep` does.
fn refractory_times(network: &Network) -> Vec<Counted> {
    let counted = (0..).map(PopulationId).zip(&network.populations).filter_map(|(id, population)| {
        let PopulationKind::Neurons(neurons) = &population.kind else { return None };
        let Some(Refractory::Time(value)) = neurons.refractory else { return None };
        let written = Literal::of(&network.arena, value)?.float();
        let object = Object::Population(id);
        let (dt, of) = (network.dt_of(object), Clock::of(network, object));
        let used = (written / dt + 1e-3).trunc() * dt;
        Some(Counted { kind: Kind::Refractory, span: neurons.refractory_span?, written, used, dt, of })
    });
    counted.collect()
}

/// Rows of timed arrays, which are looked at once in a step: those that are no whole number of steps last a step more
/// or less in turn.
fn rows(network: &Network) -> Vec<Counted> {
    let mut found = Vec::new();
    for array in &network.arrays {
        let reads =
            |root| any(&network.arena, root, |node| matches!(node, Node::At(entry, _) if *entry == array.variable));
        let equations = stepped(network).filter(|(_, all)| all.iter().any(|equation| reads(equation.rhs)));
        let blocks = held(network).filter(|(_, block)| block.statements.iter().any(|one| reads(one.value)));
        let readers = equations.map(|(object, _)| object).chain(blocks.map(|(object, _)| object));
        found.extend(readers.map(|object| {
            let (dt, of) = (network.dt_of(object), Clock::of(network, object));
            let used = (array.dt / dt).round() * dt;
            Counted { kind: Kind::Row, span: array.span, written: array.dt, used, dt, of }
        }));
    }
    found
}
