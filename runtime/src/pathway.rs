//! Pathways: what spikes of one side of a projection do, and when.
//!
//! In come the spikes of the side's population; out go calls of the pathway's kernel for the synapses at which spikes
//! arrive. Within a tick they act in Brian2's order: by the tick in which the spike was sent, then by the neuron that
//! sent it, then by the creation of the synapse. A spike without delay arrives in its own tick.
//!
//! What waits depends on the delay. With one delay for all, spikes wait: as rows where the source's spikes trigger the
//! pathway (the kernel then goes through `Work::Rows`), as target neurons where the target's do. With a delay per
//! synapse, synapses wait. Delays become ticks when a run begins, for spikes sent from then on; spikes on their way
//! keep their tick.
//!
//! What all synapses of a neuron have in common may be kept by the neuron: `Pathway::with_traces` gives the code that runs for the
//! neurons right after their synapses.

mod saved;

pub(crate) use saved::SavedPathway;

use crate::clock::{LONGEST_DELAY, delay_ticks};
use crate::code::{Code, Machine, Occasion};
use crate::error::RunError;
use crate::kernel::Work;
use crate::population::Group;
use crate::queue::Queue;
use crate::rows::Rows;
use crate::state::{ColumnId, State};
use crate::turn::{Slot, Turn};

/// Whose spikes trigger a pathway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The source's: acts before inputs and `Post` pathways of the step, unless it is given another turn.
    Pre,
    /// The target's: acts after them, unless it is given another turn.
    Post,
}

/// How long a spike travels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Delay {
    /// So long for all synapses [s].
    Shared(f64),
    /// As long as this column says, per synapse [s].
    PerSynapse(ColumnId),
}

/// Delays in ticks.
#[derive(Clone, Debug)]
enum Ticks {
    Shared(u32),
    Short(Vec<u16>),
    Long(Vec<u32>),
}

/// Code that runs when a spike arrives.
#[derive(Clone, Debug)]
pub struct Pathway {
    name: String,
    side: Side,
    event: Option<u32>,
    turn: Turn,
    delay: Delay,
    effect: Effect,
    ticks: Ticks,
    /// The shortest delay.
    shortest: u32,
    ticks_of: Option<u64>,
    queue: Queue,
}

/// What happens where spikes arrive.
#[derive(Clone, Debug)]
struct Effect {
    due: Due,
    code: Code,
    traces: Option<Code>,
    /// Buffers, kept so that a tick allocates nothing.
    synapses: Vec<u32>,
    neurons: Vec<u32>,
}

/// What events on their way are.
#[derive(Clone, Copy, Debug)]
enum Due {
    /// Positions in the source group.
    Sources,
    /// Positions in the target group.
    Targets,
    /// Synapses.
    Synapses,
}

/// The synapses of a projection as its pathways need them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Synapses<'a> {
    /// By source neuron.
    pub(crate) rows: &'a Rows,
    /// By target neuron; there where a `Post` pathway is.
    pub(crate) backward: Option<&'a Backward>,
    /// Source neuron of each; there where a kernel reads it.
    pub(crate) sources: &'a [u32],
}

impl Pathway {
    /// A pathway under the name of its own (`pre`, `up`). Its kernel goes through rows where `side` is `Pre` and the
    /// delay is shared (`Work::Rows`), and through lists of synapses otherwise (`Work::List`).
    #[must_use]
    pub fn new(name: &str, side: Side, delay: Delay, code: Code) -> Self {
        let order = if side == Side::Pre { -1 } else { 1 };
        let due = match (delay, side) {
            (Delay::Shared(_), Side::Pre) => Due::Sources,
            (Delay::Shared(_), Side::Post) => Due::Targets,
            (Delay::PerSynapse(_), _) => Due::Synapses,
        };
        Self {
            name: name.to_owned(),
            side,
            event: None,
            turn: Turn::at(Slot::Synapses, order),
            delay,
            effect: Effect { due, code, traces: None, synapses: Vec::new(), neurons: Vec::new() },
            ticks: Ticks::Shared(0),
            shortest: 0,
            ticks_of: None,
            queue: Queue::default(),
        }
    }

    /// With code over lists of neurons of the side (absolute), which runs for those whose spikes arrive, right after their
    /// synapses. The delay must be shared.
    #[must_use]
    pub fn with_traces(mut self, traces: Code) -> Self {
        self.effect.traces = Some(traces);
        self
    }

    /// Triggered by a custom event of its side's population, by the event's number, in place of spikes.
    #[must_use]
    pub fn on_event(mut self, event: u32) -> Self {
        self.event = Some(event);
        self
    }

    /// In another turn.
    #[must_use]
    pub fn at(mut self, turn: Turn) -> Self {
        self.turn = turn;
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whose spikes trigger it.
    #[must_use]
    #[inline]
    pub fn side(&self) -> Side {
        self.side
    }

    /// The custom event that triggers it in place of spikes.
    #[must_use]
    #[inline]
    pub fn event(&self) -> Option<u32> {
        self.event
    }

    /// When in a step.
    #[must_use]
    pub fn turn(&self) -> Turn {
        self.turn
    }

    /// How long a spike travels.
    #[must_use]
    pub fn delay(&self) -> Delay {
        self.delay
    }

    /// How many spikes are on their way: events at synapses where each has a delay of its own, else spikes of neurons.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.queue.pending()
    }

    /// Whether spikes may wait from tick to tick; else they arrive in their own.
    #[inline]
    pub(crate) fn has_a_queue(&self) -> bool {
        !self.queue.is_of_one_tick()
    }

    /// All code that runs in its turn.
    pub(crate) fn codes(&self) -> impl Iterator<Item = &Code> {
        [&self.effect.code].into_iter().chain(&self.effect.traces)
    }

    /// For how many ticks from the next one on nothing arrives, whoever spikes meanwhile; what is beyond `most` does not matter.
    pub(crate) fn quiet(&self, most: u32) -> u32 {
        self.queue.quiet(most).min(self.shortest)
    }

    pub(crate) fn reads_pre(&self) -> bool {
        self.effect.code.reads_pre()
    }

    /// Whether its code may go through rows part by part.
    pub(crate) fn goes_by_parts(&self) -> bool {
        matches!(self.effect.due, Due::Sources) && self.effect.code.goes_by_parts()
    }

    pub(crate) fn reseed(&mut self, seed: u64, stream: u64) {
        self.effect.code.reseed(seed, stream);
        self.effect.traces.iter_mut().for_each(|traces| traces.reseed(seed, stream));
    }

    /// Another delay for all synapses [s], from the next run on; where each has its own, this one replaces them. The
    /// kernel of a `Pre` pathway is for one or the other, so that such a replacement is refused: false.
    pub(crate) fn set_shared_delay(&mut self, delay: f64) -> bool {
        let shared = matches!(self.delay, Delay::Shared(_));
        if shared {
            self.delay = Delay::Shared(delay);
            self.ticks_of = None;
        }
        shared
    }

    /// Makes ticks of the delays, where they changed since that was done. Fails with the first bad one and its synapse.
    pub(crate) fn round_delays(&mut self, machine: &Machine, dt: f64) -> Result<(), (Option<u32>, f64)> {
        let version = match self.delay {
            Delay::Shared(_) => 0,
            Delay::PerSynapse(column) => machine.writes(&[column]),
        };
        if self.ticks_of == Some(version) {
            return Ok(());
        }
        let (ticks, longest) = match self.delay {
            Delay::Shared(delay) => {
                delay_ticks(delay, dt).map(|ticks| (Ticks::Shared(ticks), ticks)).ok_or((None, delay))?
            }
            Delay::PerSynapse(column) => per_synapse(&machine.state, column, dt)?,
        };
        self.shortest = match &ticks {
            Ticks::Shared(ticks) => *ticks,
            Ticks::Short(ticks) => ticks.iter().copied().min().unwrap_or(0).into(),
            Ticks::Long(ticks) => ticks.iter().copied().min().unwrap_or(0),
        };
        self.ticks = ticks;
        self.queue.reach(longest);
        self.ticks_of = Some(version);
        Ok(())
    }

    /// Sends this tick's spikes on their way and lets the synapses act at which spikes arrive; how many they were.
    /// `spikes` are those of `group`, which is the side's.
    pub(crate) fn deliver(
        &mut self,
        spikes: &[u32],
        group: Group,
        synapses: Synapses<'_>,
        machine: &mut Machine,
        occasion: Occasion,
    ) -> u64 {
        if group.offset == 0 && !self.has_a_queue() && matches!(self.ticks, Ticks::Shared(_)) {
            return self.effect.act(spikes, group, synapses, machine, occasion);
        }
        self.send(spikes, group, synapses);
        let events = self.effect.act(self.queue.due(), group, synapses, machine, occasion);
        self.queue.advance();
        events
    }

    fn send(&mut self, spikes: &[u32], group: Group, synapses: Synapses<'_>) {
        let positions = spikes.iter().map(|neuron| neuron - group.offset);
        match (&self.ticks, self.side, synapses.backward) {
            (&Ticks::Shared(delay), ..) => self.queue.extend(delay, positions),
            (Ticks::Short(delays), Side::Post, Some(backward)) => {
                send_each(&mut self.queue, positions.flat_map(|target| backward.row(target)), |synapse| {
                    delays[synapse].into()
                });
            }
            (Ticks::Long(delays), Side::Post, Some(backward)) => {
                send_each(&mut self.queue, positions.flat_map(|target| backward.row(target)), |synapse| {
                    delays[synapse]
                });
            }
            (Ticks::Short(delays), ..) => {
                let rows = positions.flat_map(|source| row(synapses.rows, source));
                send_each(&mut self.queue, rows, |synapse| delays[synapse].into());
            }
            (Ticks::Long(delays), ..) => {
                let rows = positions.flat_map(|source| row(synapses.rows, source));
                send_each(&mut self.queue, rows, |synapse| delays[synapse]);
            }
        }
    }
}

impl Effect {
    /// Lets act what is due; at how many synapses.
    #[inline]
    fn act(
        &mut self,
        due: &[u32],
        group: Group,
        synapses: Synapses<'_>,
        machine: &mut Machine,
        occasion: Occasion,
    ) -> u64 {
        if due.is_empty() { 0 } else { self.act_on_some(due, group, synapses, machine, occasion) }
    }

    fn act_on_some(
        &mut self,
        due: &[u32],
        group: Group,
        synapses: Synapses<'_>,
        machine: &mut Machine,
        occasion: Occasion,
    ) -> u64 {
        if self.traces.is_none() {
            return self.run(due, synapses, machine, occasion);
        }
        let mut events = 0;
        // A neuron is there twice where the delay has changed meanwhile: then the second time sees what the first has left.
        for due in due.chunk_by(|before, after| before < after) {
            events += self.run(due, synapses, machine, occasion);
            let neurons = if group.offset == 0 {
                due
            } else {
                self.neurons.clear();
                self.neurons.extend(due.iter().map(|position| group.offset + position));
                &self.neurons[..]
            };
            self.traces.iter().for_each(|traces| _ = machine.run(traces, Work::Indexed(neurons), occasion));
        }
        events
    }

    /// Runs the code of synapses.
    fn run(
        &mut self,
        due: &[u32],
        Synapses { rows, backward, sources }: Synapses<'_>,
        machine: &mut Machine,
        occasion: Occasion,
    ) -> u64 {
        let list = match (self.due, backward) {
            (Due::Sources, _) => {
                machine.run(&self.code, Work::Rows { sources: due, rows }, occasion);
                return due.iter().map(|&source| row(rows, source).len() as u64).sum();
            }
            (Due::Targets, Some(backward)) => {
                self.synapses.clear();
                due.iter().for_each(|&target| self.synapses.extend_from_slice(backward.slice(target)));
                &self.synapses[..]
            }
            _ => due,
        };
        if !list.is_empty() {
            machine.run(&self.code, Work::List { synapses: list, rows, sources }, occasion);
        }
        list.len() as u64
    }
}

/// Synapses of row `source`.
fn row(rows: &Rows, source: u32) -> std::ops::Range<u32> {
    rows.starts()[source as usize]..rows.starts()[source as usize + 1]
}

fn send_each(queue: &mut Queue, synapses: impl Iterator<Item = u32>, delay: impl Fn(usize) -> u32) {
    synapses.for_each(|synapse| queue.push(delay(synapse as usize), synapse));
}

/// Delays of a column in ticks, two bytes each where that is enough, and the longest.
fn per_synapse(state: &State, column: ColumnId, dt: f64) -> Result<(Ticks, u32), (Option<u32>, f64)> {
    let column = state.column(column);
    let mut delays = Vec::with_capacity(column.len());
    for synapse in 0..column.len() {
        let delay = column.number(synapse);
        delays.push(delay_ticks(delay, dt).ok_or((Some(synapse as u32), delay))?);
    }
    let longest = delays.iter().copied().max().unwrap_or(0);
    if longest > u32::from(u16::MAX) {
        return Ok((Ticks::Long(delays), longest));
    }
    Ok((Ticks::Short(delays.into_iter().map(|delay| delay as u16).collect()), longest))
}

impl RunError {
    pub(crate) fn delay(projection: &str, pathway: &str, synapse: Option<u32>, delay: f64, dt: f64) -> Self {
        let (projection, pathway) = (projection.to_owned(), pathway.to_owned());
        Self::Delay { projection, pathway, synapse, delay, longest: f64::from(LONGEST_DELAY) * dt }
    }
}

/// Synapses by target: 4 bytes a synapse and 4 a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Backward {
    starts: Vec<u32>,
    synapses: Vec<u32>,
}

impl Backward {
    /// For every neuron of the target group its synapses in order of creation; `created` lists the synapses in that
    /// order where it is not that of storage. All targets must be in the group.
    pub(crate) fn new(rows: &Rows, group: Group, created: Option<&[u32]>) -> Self {
        let position = |synapse: u32| (rows.targets().at(synapse as usize) - group.offset) as usize;
        let mut starts = vec![0; group.size as usize + 1];
        for synapse in 0..rows.len() as u32 {
            starts[position(synapse) + 1] += 1;
        }
        for target in 0..group.size as usize {
            starts[target + 1] += starts[target];
        }
        let mut next = starts.clone();
        let mut synapses = vec![0; rows.len()];
        let mut place = |synapse: u32| {
            let next = &mut next[position(synapse)];
            synapses[*next as usize] = synapse;
            *next += 1;
        };
        match created {
            Some(created) => created.iter().for_each(|&synapse| place(synapse)),
            None => (0..rows.len() as u32).for_each(place),
        }
        Self { starts, synapses }
    }

    fn slice(&self, target: u32) -> &[u32] {
        &self.synapses[self.starts[target as usize] as usize..self.starts[target as usize + 1] as usize]
    }

    fn row(&self, target: u32) -> impl Iterator<Item = u32> + '_ {
        self.slice(target).iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::PopulationId;

    #[test]
    fn backward_rows_are_in_order_of_creation() {
        let rows = Rows::new(vec![0, 2, 4], vec![6, 5, 5, 7], 0, 8).expect("good rows");
        let group = Group { population: PopulationId(0), offset: 5, size: 3 };
        let stored = Backward::new(&rows, group, None);
        assert_eq!([stored.slice(0), stored.slice(1), stored.slice(2)], [&[1, 2][..], &[0], &[3]]);
        let created = Backward::new(&rows, group, Some(&[2, 3, 0, 1]));
        assert_eq!([created.slice(0), created.slice(1), created.slice(2)], [&[2, 1][..], &[0], &[3]]);
    }
}
