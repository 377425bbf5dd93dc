//! What a population does by itself for several steps, tile by tile: neurons that fit the cache do all steps before the
//! next do.
//!
//! In come the compiled programs of a step, update first, resets last, and how many are to be run; out come the columns
//! they write, as they are after these steps, and the spikes of every step, ascending. The columns can be saved before,
//! and put back (`Tiles::go_back`). Tiles are taken by whoever is free next; what a neuron does depends on no other.
#![expect(unsafe_code, reason = "compiled code takes raw pointers to columns, and tiles are disjoint parts of them")]

use super::by_steps::BySteps;
use super::{Native, NativeSlot, Over, Reach};
use crate::abi::{Entry, Frame};
use crate::clock::Tick;
use crate::kernel::Moment;
use crate::state::{Column, ColumnId, State};
use crate::threads::Team;
use std::ptr::copy_nonoverlapping;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

/// Bytes of the columns of a tile.
const TILE_BYTES: usize = 16 * 1024;

/// Tiles begin at multiples of this many neurons: 64 bytes of the smallest type, a cache line, so that no line is
/// written by two.
const GRAIN: usize = 64;

/// Over which neurons a program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whom {
    /// All; those it emits are the step's spikes.
    All,
    /// Those that spiked in the step.
    Spiking,
}

impl Whom {
    /// Over what its code is run.
    pub(crate) fn over(self) -> Over {
        match self {
            Self::All => Over::Range,
            Self::Spiking => Over::List,
        }
    }
}

/// A program of a step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deed<'a> {
    pub(crate) native: Native<'a>,
    pub(crate) key: u64,
    pub(crate) whom: Whom,
}

/// Steps of a population, by the programs that are run in them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch {
    pub(crate) size: u32,
    /// The first step.
    tick: Tick,
    /// Its time step [s].
    dt: f64,
    /// Programs in all, the last step perhaps not complete, and in each step.
    deeds: u64,
    each: u32,
}

impl Stretch {
    /// `deeds` programs, of which every step has `each`.
    pub(crate) fn new(size: u32, tick: Tick, dt: f64, deeds: u64, each: u32) -> Self {
        Self { size, tick, dt, deeds, each }
    }

    /// How many steps, the last perhaps not complete.
    pub(crate) fn steps(&self) -> u32 {
        self.deeds.div_ceil(u64::from(self.each).max(1)) as u32
    }
}

/// What came of the last stretch, and columns as they were.
#[derive(Debug, Default)]
pub(crate) struct Tiles {
    saved: Vec<(ColumnId, Column)>,
    shares: Vec<Share>,
    /// For every tile the share that has it, and the place of its first entry in `ends`.
    places: Vec<(u32, u32)>,
    by_steps: BySteps,
}

/// Spikes of the tiles that one thread did.
#[derive(Debug, Default)]
struct Share {
    tiles: Vec<u32>,
    spikes: Vec<u32>,
    /// For every tile where its spikes begin, and where those of each step end.
    ends: Vec<usize>,
}

/// A program with the addresses of its columns.
struct Bound {
    entry: Entry,
    key: u64,
    whom: Whom,
    first: Vec<*mut u8>,
    last: Vec<i64>,
}

/// A column and where it is saved, and the size of an entry.
struct Pair {
    from: *const u8,
    to: *mut u8,
    width: usize,
}

/// All that threads share during a stretch.
struct Field<'a> {
    deeds: &'a [Bound],
    pairs: &'a [Pair],
    stretch: Stretch,
    tile: usize,
    next: AtomicU32,
    bad: AtomicBool,
}

// SAFETY: the addresses are of columns of a state and of saved ones that `Tiles::run` borrows mutably while threads use
// them. A thread reads and writes entries of its own tiles alone; columns of which any entry may be read are reached by
// element by none of the programs (`reach_apart`), and are not written.
unsafe impl Sync for Field<'_> {}

impl Tiles {
    /// Does a stretch, and saves columns before it where some are given. Whether all watched values were finite; `None`
    /// where it cannot be done, and nothing is: a column is not what the programs take it to be.
    pub(crate) fn run(
        &mut self,
        team: Option<Team<'_>>,
        deeds: &[Deed<'_>],
        stretch: Stretch,
        save: Option<&[ColumnId]>,
        state: &mut State,
    ) -> Option<bool> {
        let size = stretch.size as usize;
        if !reach_apart(deeds) || !save.is_none_or(|columns| self.make_room(columns, size, state)) {
            return None;
        }
        let bound: Vec<Bound> = deeds.iter().map(|deed| Bound::new(deed, size, state)).collect::<Option<_>>()?;
        let pairs: Vec<Pair> = match save {
            None => Vec::new(),
            Some(_) => self.saved.iter_mut().map(|(id, saved)| Pair::new(state.address(*id), saved)).collect(),
        };
        let tile = tile_size(deeds);
        let shares = team.map_or(1, |team| team.shares() as usize);
        self.shares.resize_with(shares.max(self.shares.len()), Share::default);
        self.shares.iter_mut().for_each(Share::clear);
        let (next, bad) = (AtomicU32::new(0), AtomicBool::new(false));
        let field = Field { deeds: &bound, pairs: &pairs, stretch, tile, next, bad };
        match team {
            None => self.shares[0].run(&field),
            Some(team) => {
                let shares: Vec<Mutex<&mut Share>> = self.shares.iter_mut().map(Mutex::new).collect();
                team.act(|number| shares[number as usize].lock().unwrap_or_else(PoisonError::into_inner).run(&field));
            }
        }
        let finite = !field.bad.into_inner();
        if finite {
            self.gather(team, size.div_ceil(tile), stretch.steps());
        }
        Some(finite)
    }

    /// Puts the saved columns back. They are those of all neurons, whatever became of the stretch for which they were
    /// saved.
    pub(crate) fn go_back(&mut self, state: &mut State) {
        for (id, saved) in &mut self.saved {
            std::mem::swap(state.column_mut(*id), saved);
        }
    }

    /// The spikes of one step of the last stretch, in which all values were finite.
    pub(crate) fn spikes(&self, step: u32) -> &[u32] {
        self.by_steps.spikes(step)
    }

    /// Makes room to save these columns, which must be of so many entries each.
    fn make_room(&mut self, columns: &[ColumnId], size: usize, state: &State) -> bool {
        if !self.saved.iter().map(|(id, _)| id).eq(columns) {
            self.saved = columns.iter().map(|&id| (id, state.column(id).clone())).collect();
        }
        for (id, saved) in &mut self.saved {
            let column = state.column(*id);
            if saved.kind() != column.kind() || saved.len() != column.len() {
                *saved = column.clone();
            }
        }
        self.saved.iter().all(|(_, saved)| saved.len() == size)
    }

    fn gather(&mut self, team: Option<Team<'_>>, tiles: usize, steps: u32) {
        self.places.clear();
        self.places.resize(tiles, (0, 0));
        for (number, share) in (0..).zip(&self.shares) {
            for (place, &tile) in (0..).zip(&share.tiles) {
                self.places[tile as usize] = (number, place * (steps + 1));
            }
        }
        let Self { shares, places, by_steps, .. } = self;
        by_steps.gather(team, (tiles, steps), |tile| {
            let (share, place) = places[tile];
            let (share, place) = (&shares[share as usize], place as usize);
            (&share.spikes, &share.ends[place..=place + steps as usize])
        });
    }
}

/// Whether no column is reached by element and in another way.
fn reach_apart(deeds: &[Deed<'_>]) -> bool {
    let slots = || deeds.iter().flat_map(|deed| deed.native.slots);
    let own = |wanted: &NativeSlot| slots().any(|slot| slot.reach == Reach::Own && slot.column == wanted.column);
    !slots().any(|slot| slot.reach != Reach::Own && own(slot))
}

impl Pair {
    fn new(from: *mut u8, saved: &mut Column) -> Self {
        Self { from, to: saved.as_mut_ptr(), width: saved.kind().width() }
    }
}

impl Bound {
    /// A program with its columns; `None` where one is not of its kind or too short, or it is not a program for those
    /// it is to be run over.
    fn new(deed: &Deed<'_>, size: usize, state: &mut State) -> Option<Self> {
        let Native { entry, slots, over } = deed.native;
        if over != deed.whom.over() {
            return None;
        }
        let (mut first, mut last) = (Vec::with_capacity(slots.len()), Vec::new());
        for slot in slots {
            let column = state.column(slot.column);
            let needed = match slot.reach {
                Reach::Own => size,
                Reach::First => 1,
                Reach::Any => 0,
                Reach::Pre | Reach::Post => return None,
            };
            if column.kind() != slot.kind || column.len() < needed {
                return None;
            }
            if slot.reach == Reach::Any {
                let (address, number) = column.entries();
                first.push(address.cast_mut());
                last.push(number);
            } else {
                first.push(state.address(slot.column));
            }
        }
        Some(Self { entry, key: deed.key, whom: deed.whom, first, last })
    }
}

/// Neurons of a tile, by the bytes of the columns that they have entries in.
fn tile_size(deeds: &[Deed<'_>]) -> usize {
    let mut own: Vec<(ColumnId, usize)> = Vec::new();
    let slots = deeds.iter().flat_map(|deed| deed.native.slots).filter(|slot| slot.reach == Reach::Own);
    for slot in slots {
        if !own.iter().any(|&(id, _)| id == slot.column) {
            own.push((slot.column, slot.kind.width()));
        }
    }
    let bytes: usize = own.iter().map(|(_, width)| width).sum();
    (TILE_BYTES / bytes.max(1) / GRAIN).max(1) * GRAIN
}

/// Saves the entries of a tile.
fn save(pairs: &[Pair], first: usize, last: usize) {
    for pair in pairs {
        let (offset, bytes) = (first * pair.width, (last - first) * pair.width);
        // SAFETY: both columns have entries of `width` bytes up to `size` (`Tiles::make_room`), and the range is
        // within; they are two columns; nobody else reads or writes this range of either: tiles do not overlap, and
        // each is taken once.
        unsafe { copy_nonoverlapping(pair.from.add(offset), pair.to.add(offset), bytes) };
    }
}

impl Share {
    fn clear(&mut self) {
        self.tiles.clear();
        self.spikes.clear();
        self.ends.clear();
    }

    /// Does tiles until all are taken.
    fn run(&mut self, field: &Field<'_>) {
        let size = field.stretch.size as usize;
        loop {
            let tile = field.next.fetch_add(1, Ordering::Relaxed);
            let first = tile as usize * field.tile;
            if first >= size {
                return;
            }
            let last = size.min(first + field.tile);
            save(field.pairs, first, last);
            // What is done once a value is not finite is done in vain; but all is saved.
            if !field.bad.load(Ordering::Relaxed) {
                self.tiles.push(tile);
                self.run_tile(field, first, last);
            }
        }
    }

    fn run_tile(&mut self, field: &Field<'_>, first: usize, last: usize) {
        let stretch = field.stretch;
        let mut left = stretch.deeds;
        self.ends.push(self.spikes.len());
        for step in 0..stretch.steps() {
            let tick = Tick(stretch.tick.0 + i64::from(step));
            let moment = Moment { step: tick.0, t: tick.time(stretch.dt) };
            let before = self.spikes.len();
            for deed in field.deeds {
                if left == 0 {
                    break;
                }
                left -= 1;
                let bad = match deed.whom {
                    Whom::All => self.run_all(deed, moment, first, last),
                    Whom::Spiking => self.run_spiking(deed, moment, before),
                };
                if bad {
                    field.bad.store(true, Ordering::Relaxed);
                    return;
                }
            }
            self.ends.push(self.spikes.len());
        }
    }

    /// A program over the neurons of a tile; true where a watched value was not finite.
    fn run_all(&mut self, deed: &Bound, moment: Moment, first: usize, last: usize) -> bool {
        self.spikes.reserve(last - first);
        let spare = self.spikes.spare_capacity_mut();
        let mut frame = Frame {
            slots: deed.first.as_ptr(),
            last_entries: deed.last.as_ptr(),
            first: first as u64,
            last: last as u64,
            spikes: spare.as_mut_ptr().cast(),
            ..Frame::at(moment, deed.key)
        };
        // SAFETY: the frame is what `Entry` asks of a dense call: a slot per column in the program's own order, each
        // the address of a column of its kind that has what is reached (`Bound::new`), which is borrowed by
        // `Tiles::run`; a range within; room for a spike per element. No other thread has an element of this range, and
        // who made the `Native` promised that a call writes entries of its own elements only; what others read of these
        // columns are their own elements.
        unsafe { (deed.entry)(&raw mut frame) };
        let count = frame.spike_count as usize;
        assert!(count <= last - first, "more spikes than neurons");
        // SAFETY: the code wrote that many entries into the spare capacity.
        unsafe { self.spikes.set_len(self.spikes.len() + count) };
        frame.nonfinite != 0
    }

    /// A program over the neurons that have spiked since there were `before` spikes.
    fn run_spiking(&mut self, deed: &Bound, moment: Moment, before: usize) -> bool {
        let spiking = &self.spikes[before..];
        if spiking.is_empty() {
            return false;
        }
        let mut frame = Frame {
            slots: deed.first.as_ptr(),
            last_entries: deed.last.as_ptr(),
            last: spiking.len() as u64,
            elements: spiking.as_ptr(),
            ..Frame::at(moment, deed.key)
        };
        // SAFETY: as for a dense call, with a list of elements in place of the range: neurons of this tile, each once,
        // since the dense program before it emitted them. An indexed program emits nothing.
        unsafe { (deed.entry)(&raw mut frame) };
        frame.nonfinite != 0
    }
}
