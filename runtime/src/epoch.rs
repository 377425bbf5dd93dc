//! Epochs: stretches of steps that a population does by itself, ahead of the rest of the network.
//!
//! In comes a population at its turn in a step; where nothing can reach it or look at it for some steps (`solo`), as
//! many of them as fit some milliseconds are done at once (`partition::tiles`). Then the agenda goes on step by step,
//! and the population, at its turns, only says who spiked: nobody can tell. Epochs that follow each other with nothing
//! between them are a chain, which is the same stretch of steps, cut so that whoever watches the run is heard. Its
//! columns are saved when a chain begins: where a value becomes not finite, or somebody else ends the run by an error,
//! the population goes back there and does again, step by step or in one go, just what it would have done.

use crate::clock::Tick;
use crate::clocks::ClockId;
use crate::code::{Code, Machine};
use crate::kernel::Moment;
use crate::network::Network;
use crate::partition::tiles::{Deed, Stretch, Tiles, Whom};
use crate::population::{Population, PopulationId};
use crate::state::ColumnId;
use std::time::Instant;

/// Fewer steps are not worth saving columns.
const SHORTEST: u32 = 4;

/// More steps bring nothing: what is saved is then small beside what is done.
const LONGEST: u32 = 256;

/// How long an epoch may take [ns], so that whoever watches the run is heard.
const TIME: f64 = 10e6;

/// Where a network is with its epochs; a clone is of a network between steps, where there are none.
#[derive(Debug, Default)]
pub(crate) struct Epochs {
    /// The first tick of every clock that the run does not do; nothing outside of a run.
    pub(crate) ends: Vec<Tick>,
    /// Populations that are ahead.
    ahead: u32,
    /// Where all that are ahead are met again at the latest: a clock and its tick.
    meeting: (ClockId, Tick),
}

impl Clone for Epochs {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Epochs {
    /// Whether no population is ahead of the others.
    pub(crate) fn are_over(&self) -> bool {
        self.ahead == 0
    }
}

/// How far a population is ahead.
#[derive(Debug, Default)]
pub(crate) struct Ahead {
    tiles: Tiles,
    chain: Option<Chain>,
    begun: Option<Begun>,
    /// What a step of a neuron takes [ns], as the quickest epoch went.
    pace: Option<f64>,
    /// So many steps pass before an epoch is thought of again; and how many were to pass the last time.
    wait: u32,
    patience: u32,
}

/// Steps since the columns were saved.
#[derive(Clone, Copy, Debug)]
struct Chain {
    /// The first step.
    from: Tick,
    /// The step after the last that was done.
    done: Tick,
    /// The first step in which somebody else may have a turn with the population's columns.
    until: Tick,
    /// Of the state when the last epoch was over, and of the network's parts.
    stamp: u64,
    parts: u64,
}

/// An epoch that is gone through.
#[derive(Clone, Copy, Debug)]
struct Begun {
    steps: u32,
    /// Programs that a step consists of, and which of them makes the spikes.
    each: u32,
    firing: u32,
    /// Steps that are over, and programs that have had their turn in the one that is not.
    step: u32,
    deed: u32,
}

impl Clone for Ahead {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Ahead {
    /// The spikes of a step of the last epoch.
    pub(crate) fn spikes(&self, step: u32) -> &[u32] {
        self.tiles.spikes(step)
    }

    /// In how many steps to come there are no spikes.
    fn silence(&self) -> u32 {
        let steps = self.begun.map_or(0..0, |begun| begun.step..begun.steps);
        steps.take_while(|&step| self.tiles.spikes(step).is_empty()).count() as u32
    }

    /// Whether it is in an epoch, which has done what it would do at its turns.
    #[inline]
    pub(crate) fn is_begun(&self) -> bool {
        self.begun.is_some()
    }

    /// Whether it is time to think of an epoch.
    #[inline]
    fn is_time(&mut self) -> bool {
        let time = self.wait == 0;
        self.wait = self.wait.saturating_sub(1);
        time
    }

    /// None was long enough: the next one is thought of after twice as many steps.
    fn be_patient(&mut self) {
        self.patience = (self.patience * 2).clamp(1, LONGEST);
        self.wait = self.patience;
    }
}

impl Network {
    /// State update of a population at its turn, or what an epoch has left of it; true where a watched value was not
    /// finite.
    #[inline]
    pub(crate) fn update_population(&mut self, number: u32, moment: Moment, goes_on: bool) -> bool {
        let population = &mut self.populations[number as usize];
        if population.ahead.is_begun() {
            self.pass(number);
            return false;
        }
        if goes_on && population.ahead.is_time() {
            if self.run_ahead(number, moment) {
                self.pass(number);
                return false;
            }
            return self.populations[number as usize].step(&mut self.machine, moment);
        }
        population.step(&mut self.machine, moment)
    }

    /// A turn of a population's own that is ahead, so that nothing is left to be done.
    pub(crate) fn pass(&mut self, number: u32) {
        let population = &mut self.populations[number as usize];
        let Some(begun) = &mut population.ahead.begun else { return };
        let (step, deed, firing) = (begun.step, begun.deed, begun.firing);
        begun.deed += 1;
        if begun.deed == begun.each {
            (begun.step, begun.deed) = (step + 1, 0);
        }
        if begun.step == begun.steps {
            population.ahead.begun = None;
            self.epochs.ahead -= 1;
        }
        if deed == firing {
            population.take_spikes(step);
        }
    }

    /// Begins an epoch, where one is worth it; whether it did.
    #[inline(never)]
    fn run_ahead(&mut self, number: u32, moment: Moment) -> bool {
        // The caller's code may have added parts that this agenda does not know.
        if self.agenda.parts != self.parts {
            return false;
        }
        if !self.agenda.may_run_ahead(number) {
            self.populations[number as usize].ahead.be_patient();
            return false;
        }
        let now = Tick(moment.step);
        let steps = self.steps_alone(number, moment);
        let stamp = self.machine.state.stamp();
        let (parts, dt) = (self.parts, self.clocks.get(self.clock_of(PopulationId(number))).dt());
        let population = &mut self.populations[number as usize];
        let goes_on =
            |chain: &Chain| chain.done == now && now < chain.until && (chain.stamp, chain.parts) == (stamp, parts);
        let chain = population.ahead.chain.filter(goes_on);
        let Some(solo) = &self.agenda.solos[number as usize] else { return false };
        if steps < SHORTEST && chain.is_none() || steps == 0 {
            population.ahead.be_patient();
            return false;
        }
        let until = Tick(now.0 + i64::from(steps));
        let chain = chain.unwrap_or(Chain { from: now, done: now, until, stamp, parts });
        let steps = steps.min(population.steps_in_time());
        let begun = Instant::now();
        population.refresh(&mut self.machine, moment);
        let (each, firing) = population.solo_turns();
        let stretch = Stretch::new(population.size(), now, dt, u64::from(steps) * u64::from(each), each);
        let finite = population.run_stretch(stretch, (chain.from == now).then_some(&solo.written), &mut self.machine);
        if finite != Some(true) {
            // Step by step it is found who is not finite, and when.
            population.ahead.wait = steps;
            if finite.is_some() {
                population.go_back(chain, each, dt, &mut self.machine);
            }
            return false;
        }
        let pace = begun.elapsed().as_nanos() as f64 / f64::from(steps) / f64::from(population.size());
        let ahead = &mut population.ahead;
        ahead.pace = Some(ahead.pace.map_or(pace, |quickest| quickest.min(pace)));
        let done = Tick(now.0 + i64::from(steps));
        ahead.chain = Some(Chain { done, stamp: self.machine.state.stamp(), ..chain });
        ahead.begun = Some(Begun { steps, each, firing, step: 0, deed: 0 });
        ahead.patience = 0;
        if self.epochs.ahead == 0 {
            self.epochs.meeting = (population.clock(), done);
        }
        self.epochs.ahead += 1;
        true
    }

    /// Between two steps: those to come in which nobody spikes and nothing else is done are passed at once; how many.
    pub(crate) fn pass_silence(&mut self) -> u64 {
        let agenda = &self.agenda;
        let all_ahead = self.epochs.ahead > 0 && self.epochs.ahead as usize == self.populations.len();
        if !all_ahead || !agenda.is_silent_without_spikes || agenda.parts != self.parts || self.clocks.all().len() > 1 {
            return 0;
        }
        let steps = self.populations.iter().map(|population| population.ahead.silence()).min().unwrap_or(0);
        for population in self.populations.iter_mut().filter(|_| steps > 0) {
            population.be_silent(steps);
            self.epochs.ahead -= u32::from(population.ahead.begun.is_none());
        }
        self.clocks.pass(steps);
        steps.into()
    }

    /// How many steps a population may do by itself from this one on.
    fn steps_alone(&self, number: u32, moment: Moment) -> u32 {
        let clock = self.clock_of(PopulationId(number));
        let Some(solo) = &self.agenda.solos[number as usize] else { return 0 };
        let Some(end) = self.epochs.ends.get(clock.0 as usize) else { return 0 };
        let last = match self.epochs.meeting {
            _ if self.epochs.are_over() => *end,
            (of, meeting) if of == clock => meeting.min(*end),
            _ => return 0,
        };
        let most = (last.0 - moment.step).clamp(0, LONGEST.into()) as u32;
        solo.steps(self, clock, moment, most)
    }

    /// A run ends by an error while populations are ahead: they go back to where they would be.
    pub(crate) fn end_epochs(&mut self) {
        for population in &mut self.populations {
            if let (Some(begun), Some(chain)) = (population.ahead.begun.take(), population.ahead.chain) {
                let dt = self.clocks.get(population.clock()).dt();
                let done = Tick(chain.done.0 - i64::from(begun.steps - begun.step));
                population.go_back(Chain { done, ..chain }, begun.each, dt, &mut self.machine);
                let rest = Stretch::new(population.size(), done, dt, begun.deed.into(), begun.each);
                population.run_stretch(rest, None, &mut self.machine);
            }
        }
        self.epochs.ahead = 0;
    }
}

impl Population {
    /// Steps without spikes are passed.
    fn be_silent(&mut self, steps: u32) {
        self.clear_spikes();
        if let Some(begun) = &mut self.ahead.begun {
            begun.step += steps;
            if begun.step == begun.steps {
                self.ahead.begun = None;
            }
        }
    }

    /// Steps that may be done in the time there is.
    fn steps_in_time(&self) -> u32 {
        let pace = self.ahead.pace.unwrap_or_else(|| self.cost());
        ((TIME / (pace.max(0.01) * f64::from(self.size().max(1)))) as u32).clamp(1, LONGEST)
    }

    /// Does a stretch, and saves columns before it where some are given. Whether all values were finite; `None` where
    /// it cannot be done, and nothing is.
    fn run_stretch(&mut self, stretch: Stretch, save: Option<&Vec<ColumnId>>, machine: &mut Machine) -> Option<bool> {
        let mut tiles = std::mem::take(&mut self.ahead.tiles);
        let programs = self.solo_programs().unwrap_or_default();
        let deeds: Option<Vec<Deed<'_>>> = programs.iter().map(deed).collect();
        let finite = deeds.and_then(|deeds| {
            let team = machine.threads.team(stretch.size, self.cost() * f64::from(stretch.steps()));
            tiles.run(team, &deeds, stretch, save.map(Vec::as_slice), &mut machine.state)
        });
        programs.iter().for_each(|(code, _)| machine.note_writes(code));
        self.ahead.tiles = tiles;
        finite
    }

    /// Goes back to where it was when the last step of a chain was done.
    fn go_back(&mut self, chain: Chain, each: u32, dt: f64, machine: &mut Machine) {
        self.ahead.tiles.go_back(&mut machine.state);
        let deeds = (chain.done.0 - chain.from.0) as u64 * u64::from(each);
        self.run_stretch(Stretch::new(self.size(), chain.from, dt, deeds, each), None, machine);
        self.ahead.chain = None;
    }
}

/// A program with the key of its random numbers.
fn deed<'a>(&(code, whom): &(&'a Code, Whom)) -> Option<Deed<'a>> {
    code.native_over(whom.over()).map(|native| Deed { native, key: code.key(), whom })
}
