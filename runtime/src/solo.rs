//! Who may run ahead of the rest of a network, and what limits it.
//!
//! In comes the agenda of a network; out comes, for every population of compiled code that goes from neuron to neuron,
//! what might tell that it is ahead: whatever touches a column that it writes, or writes one that it touches. It must
//! not be ahead when one of those has its turn. Code of which it is not known what it touches tells of everything;
//! spikes tell nothing, since a population that is ahead gives those of each step in that step.

use crate::agenda::{Act, Agenda, Entry, Object, Recording};
use crate::clock::Tick;
use crate::clocks::{ClockId, Clocks};
use crate::code::Code;
use crate::kernel::Moment;
use crate::monitor::{SpikeMonitorId, ValueMonitorId, Values};
use crate::network::Network;
use crate::population::PopulationId;
use crate::projection::ProjectionId;
use crate::state::ColumnId;

/// A population that may run ahead.
#[derive(Clone, Debug)]
pub(crate) struct Solo {
    /// The columns that its programs write.
    pub(crate) written: Vec<ColumnId>,
    obstacles: Vec<Obstacle>,
}

/// Something that it must not be ahead of.
#[derive(Clone, Debug)]
struct Obstacle {
    clock: ClockId,
    /// Its turn in a step is before the population's.
    earlier: bool,
    when: When,
}

/// In which ticks of its clock an obstacle acts.
#[derive(Clone, Copy, Debug)]
enum When {
    Always,
    /// In those that are divisible by this.
    Every(u32),
    /// When spikes arrive at a pathway of a projection.
    Arriving(u32, u32),
}

impl Agenda {
    /// Finds what each population may do by itself.
    pub(crate) fn find_solos(&mut self, network: &Network) {
        let touched: Vec<Option<Touched>> = self.entries.iter().map(|entry| Touched::of(network, entry.act)).collect();
        let solo = |number: usize| self.solo(network, number as u32, &touched);
        self.solos = (0..network.populations.len()).map(solo).collect();
        let silent = |entry: &Entry| match entry.act {
            Act::Update(Object::Population(_)) | Act::Fire(_) | Act::Reset(_) => true,
            Act::Record(Recording::Spikes(SpikeMonitorId(number))) => network.spikes[number as usize].event().is_none(),
            _ => false,
        };
        self.is_silent_without_spikes = self.solos.iter().all(Option::is_some) && self.entries.iter().all(silent);
    }

    /// `touched` is what each entry touches, where that is known.
    fn solo(&self, network: &Network, number: u32, touched: &[Option<Touched>]) -> Option<Solo> {
        let population = &network.populations[number as usize];
        let programs = population.solo_programs()?;
        let places = self.entries.iter().enumerate().filter(|(_, entry)| is_own(entry.act, number));
        let places: Vec<(usize, Act)> = places.map(|(place, entry)| (place, entry.act)).collect();
        let rank = |act: &Act| match act {
            Act::Update(_) => 0,
            Act::Fire(_) => 1,
            _ => 2,
        };
        if places.len() != programs.len() || !places.is_sorted_by_key(|(_, act)| rank(act)) {
            return None;
        }
        let mut own = Touched::default();
        programs.iter().try_for_each(|(code, _)| own.add(code))?;
        let mut written = own.written.clone();
        written.sort_unstable_by_key(|column| column.0);
        written.dedup();
        let mut all = own;
        if let Some(propagators) = population.propagators() {
            if propagators.sources().iter().any(|column| written.contains(column)) {
                return None;
            }
            all.add(propagators.code())?;
        }
        let (first, clock) = (places[0].0, population.clock());
        let mut obstacles = Vec::new();
        for (place, (&Entry { clock: of, act, .. }, touched)) in self.entries.iter().zip(touched).enumerate() {
            if is_own(act, number) || touched.as_ref().is_some_and(|touched| !touched.meets(&all)) {
                continue;
            }
            let Some(when) = when(network, act) else { continue };
            if of == clock && matches!(when, When::Always | When::Every(1)) {
                return None;
            }
            obstacles.push(Obstacle { clock: of, earlier: place < first, when });
        }
        Some(Solo { written, obstacles })
    }
}

/// Whether it is of the population's own step.
fn is_own(act: Act, number: u32) -> bool {
    match act {
        Act::Update(object) => object == Object::Population(PopulationId(number)),
        Act::Fire(of) | Act::Reset(of) => of == number,
        _ => false,
    }
}

/// When something acts; `None` where it never does.
fn when(network: &Network, act: Act) -> Option<When> {
    match act {
        Act::Record(Recording::Values(ValueMonitorId(number))) => {
            Some(When::Every(network.values[number as usize].every()))
        }
        Act::Deliver(number, pathway) => {
            let synapses = network.projections[number as usize].rows();
            (!synapses.is_empty()).then_some(When::Arriving(number, pathway))
        }
        _ => Some(When::Always),
    }
}

/// Columns that something reads or writes, and those that it writes.
#[derive(Clone, Debug, Default)]
struct Touched {
    all: Vec<ColumnId>,
    written: Vec<ColumnId>,
}

impl Touched {
    /// What has its turn touches; `None` where that may be anything.
    fn of(network: &Network, act: Act) -> Option<Self> {
        let mut touched = Self::default();
        let population = |number: u32| &network.populations[number as usize];
        let projection = |number: u32| &network.projections[number as usize];
        match act {
            Act::Regular(number) => touched.add_all(network.regular[number as usize].codes())?,
            Act::Update(Object::Population(PopulationId(number))) => {
                touched.add_all(population(number).step_codes())?
            }
            Act::Update(Object::Projection(ProjectionId(number))) => touched.add_all(projection(number).step_code())?,
            Act::Update(Object::Input(_)) => {}
            Act::Sum(number, place) => {
                let summed = &projection(number).summed()[place as usize];
                touched.write(summed.column());
                touched.add(summed.code())?;
            }
            Act::Fire(number) => {
                touched.all.extend(population(number).rate());
                touched.add_all(population(number).threshold_code())?;
            }
            Act::Look(number, event) => touched.add(population(number).events()[event as usize].condition())?,
            Act::Event(number, event) => touched.add_all(population(number).events()[event as usize].code())?,
            Act::Deliver(number, pathway) => {
                touched.add_all(projection(number).pathways()[pathway as usize].codes())?;
            }
            Act::Input(number) => touched.add(network.inputs[number as usize].code())?,
            Act::Reset(number) => touched.add_all(population(number).reset_code())?,
            Act::Call(_) => return None,
            Act::Record(Recording::Rate(_)) => {}
            Act::Record(Recording::Spikes(SpikeMonitorId(number))) => {
                network.spikes[number as usize].noted_values().try_for_each(|values| touched.add_values(values))?;
            }
            Act::Record(Recording::Values(ValueMonitorId(number))) => {
                touched.add_values(network.values[number as usize].values())?;
            }
        }
        Some(touched)
    }

    fn write(&mut self, column: ColumnId) {
        self.all.push(column);
        self.written.push(column);
    }

    fn add(&mut self, code: &Code) -> Option<()> {
        self.all.extend(code.touches()?);
        self.written.extend(code.writes());
        Some(())
    }

    fn add_all<'a>(&mut self, codes: impl IntoIterator<Item = &'a Code>) -> Option<()> {
        codes.into_iter().try_for_each(|code| self.add(code))
    }

    fn add_values(&mut self, values: &Values) -> Option<()> {
        match values {
            Values::Column(column) | Values::Times(column, _) => self.all.push(*column),
            Values::Neurons(_, code) | Values::Synapses(_, code) => self.add(code)?,
        }
        Some(())
    }

    /// Whether one writes what the other touches.
    fn meets(&self, other: &Self) -> bool {
        let any = |written: &[ColumnId], all: &[ColumnId]| written.iter().any(|column| all.contains(column));
        any(&self.written, &other.all) || any(&other.written, &self.all)
    }
}

impl Solo {
    /// How many steps it may do by itself from the one of `now` on, `most` at most.
    pub(crate) fn steps(&self, network: &Network, own: ClockId, now: Moment, most: u32) -> u32 {
        let nearer = |most: u32, obstacle: &Obstacle| most.min(obstacle.distance(network, own, now, most));
        self.obstacles.iter().fold(most, nearer)
    }
}

impl Obstacle {
    /// How many ticks of the clock `own`, from the one of `now` on, are before it acts; what is beyond `most` does not
    /// matter.
    fn distance(&self, network: &Network, own: ClockId, now: Moment, most: u32) -> u32 {
        let clocks = &network.clocks;
        if self.clock != own {
            return self.distance_to_other(clocks, own, now, most);
        }
        let earlier = u32::from(self.earlier);
        match self.when {
            When::Always => earlier,
            When::Every(every) => {
                let from = now.step + i64::from(earlier);
                earlier + (-from).rem_euclid(i64::from(every)) as u32
            }
            When::Arriving(projection, pathway) => {
                let pathway = &network.projections[projection as usize].pathways()[pathway as usize];
                earlier + pathway.quiet(most)
            }
        }
    }

    fn distance_to_other(&self, clocks: &Clocks, own: ClockId, now: Moment, most: u32) -> u32 {
        let other = clocks.get(self.clock);
        let acted = self.earlier && clocks.is_due(self.clock);
        let mut tick = other.tick().0 + i64::from(acted);
        if let When::Every(every) = self.when {
            tick += (-tick).rem_euclid(i64::from(every));
        }
        // Ticks close to each other are of one step; that a tick just before is left out does no harm.
        let ticks = (Tick(tick).time(other.dt()) - now.t) / clocks.get(own).dt() - 1e-3;
        ticks.ceil().clamp(0.0, f64::from(most)) as u32
    }
}
