//! Projections: synapses from one group of neurons to another, their pathways and their own equations.
//!
//! Synapses are stored by source, then by order of creation (`Rows`), and numbered so everywhere inside. Users number
//! them by creation; where the two differ, the projection keeps the storage number of every created synapse and
//! translates.

mod saved;

pub(crate) use saved::SavedProjection;

use crate::clocks::{ClockId, Clocks};
use crate::code::{Code, Machine, Occasion};
use crate::error::{BuildError, RunError};
use crate::kernel::{Moment, Work};
use crate::pathway::{Backward, Pathway, Side, Synapses};
use crate::population::{Group, Population, Watched};
use crate::rows::Rows;
use crate::summed::Summed;
use crate::turn::{Slot, Turn};

/// The number of a projection in its network, in the order in which they were added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProjectionId(pub u32);

/// What the kernel of clock-driven equations is run over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepOver {
    /// All synapses as a dense range.
    Dense,
    /// The rows of all sources: it reads neurons.
    Rows,
}

/// Synapses from one group to another.
#[derive(Clone, Debug)]
pub struct Projection {
    name: String,
    source: Group,
    target: Group,
    rows: Rows,
    storage: Option<Vec<u32>>,
    backward: Option<Backward>,
    sources: Vec<u32>,
    step: Option<(Code, StepOver)>,
    every_row: Vec<u32>,
    watched: Vec<Watched>,
    clock: ClockId,
    order: i32,
    summed: Vec<Summed>,
    pathways: Vec<Pathway>,
    event_total: u64,
}

impl Projection {
    /// Synapses without effect as yet. `storage` gives the storage number of every synapse in order of creation, and
    /// `None` where they are created in the order of storage.
    ///
    /// # Errors
    /// Where the rows are not the source's, a target is not in the target group, or `storage` is no permutation.
    pub fn new(
        name: &str,
        source: Group,
        target: Group,
        rows: Rows,
        storage: Option<Vec<u32>>,
    ) -> Result<Self, BuildError> {
        let projection = || name.to_owned();
        let from = rows.sources() == source.size as usize && rows.source_offset() == source.offset;
        let end = u64::from(target.offset) + u64::from(target.size);
        let within = |(smallest, largest): (u32, u32)| smallest >= target.offset && u64::from(largest) < end;
        if !from || !rows.bounds().is_none_or(within) {
            return Err(BuildError::Rows { projection: projection() });
        }
        if storage.as_ref().is_some_and(|storage| !is_permutation(storage, rows.len())) {
            return Err(BuildError::Creation { projection: projection() });
        }
        Ok(Self {
            name: projection(),
            source,
            target,
            rows,
            storage,
            backward: None,
            sources: Vec::new(),
            step: None,
            every_row: Vec::new(),
            watched: Vec::new(),
            clock: ClockId::default(),
            order: 0,
            summed: Vec::new(),
            pathways: Vec::new(),
            event_total: 0,
        })
    }

    /// On another clock of the network than clock 0: that of its step, and of the time that its kernels see.
    #[must_use]
    pub fn on_clock(mut self, clock: ClockId) -> Self {
        self.clock = clock;
        self
    }

    /// At another place than 0 among the state updates of a step.
    #[must_use]
    pub fn ordered(mut self, order: i32) -> Self {
        self.order = order;
        self
    }

    /// Adds a summed variable.
    #[must_use]
    pub fn with_summed(mut self, summed: Summed) -> Self {
        self.list_rows();
        self.summed.push(summed);
        self
    }

    /// Adds a pathway; those of one turn act in the order in which they are added.
    #[must_use]
    pub fn with_pathway(mut self, pathway: Pathway) -> Self {
        if pathway.side() == Side::Post && self.backward.is_none() {
            self.backward = Some(Backward::new(&self.rows, self.target, self.storage.as_deref()));
        }
        if pathway.reads_pre() {
            self.look_up_sources();
        }
        self.pathways.push(pathway);
        self
    }

    /// Clock-driven equations: a kernel that runs at every tick.
    #[must_use]
    pub fn with_step(mut self, code: Code, over: StepOver) -> Self {
        if over == StepOver::Rows {
            self.list_rows();
        }
        self.step = Some((code, over));
        self
    }

    /// Columns written by the step that must stay finite, in the order in which the first bad one is named.
    #[must_use]
    pub fn watching(mut self, watched: impl IntoIterator<Item = Watched>) -> Self {
        self.watched.extend(watched);
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// From where.
    #[must_use]
    pub fn source(&self) -> Group {
        self.source
    }

    /// To where.
    #[must_use]
    pub fn target(&self) -> Group {
        self.target
    }

    /// Its clock.
    #[must_use]
    pub fn clock(&self) -> ClockId {
        self.clock
    }

    /// Its synapses, by order of storage.
    #[must_use]
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    /// Its pathways, in the order in which they were added.
    #[must_use]
    pub fn pathways(&self) -> &[Pathway] {
        &self.pathways
    }

    /// At how many synapses spikes arrived in the whole experiment, all pathways together.
    #[must_use]
    pub fn event_total(&self) -> u64 {
        self.event_total
    }

    /// Storage number of the synapse that was created as number `created`.
    ///
    /// # Panics
    /// Where there are not so many.
    #[must_use]
    pub fn storage_number(&self, created: u32) -> u32 {
        assert!((created as usize) < self.rows.len(), "synapse {created} of {}", self.rows.len());
        self.storage.as_ref().map_or(created, |storage| storage[created as usize])
    }

    /// Storage numbers of all synapses by order of creation; `None` where they are the same.
    #[must_use]
    pub fn storage_numbers(&self) -> Option<&[u32]> {
        self.storage.as_deref()
    }

    /// Number by creation of the synapse stored as number `stored`. Takes time in proportion to the number of synapses.
    ///
    /// # Panics
    /// Where there are not so many.
    #[must_use]
    pub fn creation_number(&self, stored: u32) -> u32 {
        assert!((stored as usize) < self.rows.len(), "synapse {stored} of {}", self.rows.len());
        let place = |storage: &Vec<u32>| storage.iter().position(|&number| number == stored);
        self.storage.as_ref().and_then(place).map_or(stored, |created| created as u32)
    }

    /// Source neuron (absolute) of the synapse stored as number `stored`.
    ///
    /// # Panics
    /// Where there are not so many.
    #[must_use]
    pub fn source_of(&self, stored: u32) -> u32 {
        assert!((stored as usize) < self.rows.len(), "synapse {stored} of {}", self.rows.len());
        self.rows.source_offset() + (self.rows.starts().partition_point(|&start| start <= stored) - 1) as u32
    }

    /// Source and target neuron (absolute) of every synapse, by order of creation.
    pub fn pairs(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        (0..self.rows.len() as u32).map(|created| {
            let stored = self.storage_number(created);
            (self.source_of(stored), self.rows.targets().at(stored as usize))
        })
    }

    pub(crate) fn watched(&self) -> &[Watched] {
        &self.watched
    }

    pub(crate) fn step_turn(&self) -> Option<Turn> {
        self.step.as_ref().map(|_| Turn::at(Slot::Groups, self.order))
    }

    pub(crate) fn step_code(&self) -> Option<&Code> {
        self.step.as_ref().map(|(code, _)| code)
    }

    pub(crate) fn summed(&self) -> &[Summed] {
        &self.summed
    }

    /// Cuts rows into parts for so many threads, where a pathway goes through them so.
    pub(crate) fn cut_rows(&mut self, threads: usize) {
        if self.pathways.iter().any(Pathway::goes_by_parts) {
            self.rows.cut(threads as u32);
        }
    }

    /// Makes the list of rows, for kernels that go through all of them: 4 bytes a source neuron.
    pub(crate) fn list_rows(&mut self) {
        self.every_row = (0..self.source.size).collect();
    }

    /// All synapses; the list of rows must be there for `StepOver::Rows`.
    pub(crate) fn all(&self, over: StepOver) -> Work<'_> {
        match over {
            StepOver::Dense => Work::dense(0..self.rows.len() as u32),
            StepOver::Rows => Work::Rows { sources: &self.every_row, rows: &self.rows },
        }
    }

    pub(crate) fn pathways_mut(&mut self) -> &mut [Pathway] {
        &mut self.pathways
    }

    /// Makes the list of source neurons, for kernels over listed synapses that read them: 4 bytes a synapse.
    pub(crate) fn look_up_sources(&mut self) {
        if self.sources.is_empty() {
            let starts = self.rows.starts();
            self.sources.reserve_exact(self.rows.len());
            for (row, bounds) in (self.rows.source_offset()..).zip(starts.windows(2)) {
                self.sources.resize(bounds[1] as usize, row);
            }
        }
    }

    /// Work over listed synapses, by storage number.
    pub(crate) fn list<'a>(&'a self, synapses: &'a [u32]) -> Work<'a> {
        Work::List { synapses, rows: &self.rows, sources: &self.sources }
    }

    /// The group whose spikes trigger pathways of a side.
    pub(crate) fn side(&self, side: Side) -> Group {
        if side == Side::Pre { self.source } else { self.target }
    }

    /// Makes ticks of all delays that changed: those of the clock of whoever spikes.
    pub(crate) fn round_delays(
        &mut self,
        machine: &Machine,
        populations: &[Population],
        clocks: &Clocks,
    ) -> Result<(), RunError> {
        for number in 0..self.pathways.len() {
            let spiking = self.side(self.pathways[number].side()).population;
            let dt = clocks.get(populations[spiking.0 as usize].clock()).dt();
            if let Err((stored, delay)) = self.pathways[number].round_delays(machine, dt) {
                let created = stored.map(|stored| self.creation_number(stored));
                return Err(RunError::delay(&self.name, self.pathways[number].name(), created, delay, dt));
            }
        }
        Ok(())
    }

    /// Clock-driven equations; true where a watched value was not finite.
    pub(crate) fn step(&self, machine: &mut Machine, moment: Moment) -> bool {
        let Some((code, over)) = &self.step else { return false };
        machine.run(code, self.all(*over), moment)
    }

    /// One summed variable.
    pub(crate) fn sum(&self, summed: usize, machine: &mut Machine, occasion: Occasion) {
        self.summed[summed].sum(self.all(StepOver::Rows), machine, occasion);
    }

    /// One pathway in one tick of whoever triggers it; nothing where nobody does and nothing may be on its way either.
    #[inline]
    pub(crate) fn deliver(
        &mut self,
        pathway: usize,
        populations: &[Population],
        machine: &mut Machine,
        occasion: impl FnOnce() -> Occasion,
    ) {
        let pathway = &mut self.pathways[pathway];
        let group = if pathway.side() == Side::Pre { self.source } else { self.target };
        let spikes = group.spikes(populations[group.population.0 as usize].emitted(pathway.event()));
        if !spikes.is_empty() || pathway.has_a_queue() {
            let synapses = Synapses { rows: &self.rows, backward: self.backward.as_ref(), sources: &self.sources };
            self.event_total += pathway.deliver(spikes, group, synapses, machine, occasion());
        }
    }

    pub(crate) fn reseed(&mut self, seed: u64, stream: u64) {
        self.step.iter_mut().for_each(|(code, _)| code.reseed(seed, stream));
        self.summed.iter_mut().for_each(|summed| summed.reseed(seed, stream));
        self.pathways.iter_mut().for_each(|pathway| pathway.reseed(seed, stream));
    }
}

fn is_permutation(numbers: &[u32], length: usize) -> bool {
    let mut seen = vec![false; length];
    numbers.len() == length
        && numbers
            .iter()
            .all(|&number| seen.get_mut(number as usize).is_some_and(|seen| !std::mem::replace(seen, true)))
}
