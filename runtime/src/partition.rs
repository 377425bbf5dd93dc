//! Compiled code run on several shares of its work at once; with its parts, all of this crate's
//! `unsafe` but that of `random/vectors.rs`.
//!
//! In come code, a state and a call over a dense range or over rows; out come the same changes, spikes and flags as one
//! call over all of it would make. Each participant has a range and a buffer for spikes of its own; buffers are
//! appended in the order of the ranges. Of rows, each has some of the parts into which they are cut by target, and goes
//! through each part of all rows in their order. What is relied on, and stated at each block: elements of a dense
//! range, and synapses of different targets, are independent (`Kernel::native`), ranges and parts do not overlap, the
//! state is borrowed for as long as any participant runs, and `Team::act` returns when all shares have ended, by panic
//! too.
#![expect(unsafe_code, reason = "compiled code takes raw pointers to columns, and shares write disjoint parts of them")]

mod by_steps;
pub(crate) mod crew;
pub(crate) mod tiles;

use crate::abi::{Entry, Frame};
use crate::batches::{self, Lists};
use crate::host::HostFailure;
use crate::kernel::Call;
use crate::rows::Rows;
use crate::state::{ColumnId, ElementType, State};
use crate::threads::{Team, share};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Which entries of a slot's column compiled code touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Those of its elements: synapses, of rows.
    Own,
    /// Those of source neurons.
    Pre,
    /// Those of target neurons.
    Post,
    /// The first, which it does not write.
    First,
    /// Any, by number; it writes none of the column, through no slot.
    Any,
}

/// What a slot of compiled code stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NativeSlot {
    /// The column.
    pub column: ColumnId,
    /// What the code takes its entries to be.
    pub kind: ElementType,
    /// Which of them.
    pub reach: Reach,
}

/// Over what compiled code is run, so that its parts may be run side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// A range of elements that do not see each other.
    Range,
    /// A list of such elements, each once.
    List,
    /// Rows whose synapses see but those of the same target.
    Rows,
}

/// Compiled code of a dense or an indexed program whose elements do not see each other, or of one over rows whose
/// synapses see but those of the same target, so that it may be run on several parts of them at once.
#[derive(Clone, Copy, Debug)]
pub struct Native<'a> {
    entry: Entry,
    slots: &'a [NativeSlot],
    over: Over,
}

impl<'a> Native<'a> {
    /// Code and what its slots stand for, in its own order.
    ///
    /// # Safety
    /// Called with a frame of what it is `over`, `entry` must touch nothing but the frame, one entry of its spikes per element at
    /// most (none over a list), and the entries of `slots` as their reach says: of its own elements and their targets, or
    /// others of columns that it only reads. Only code over rows has slots that reach sources or targets. It must stay
    /// callable for as long as this value is there.
    #[must_use]
    pub unsafe fn new(entry: Entry, slots: &'a [NativeSlot], over: Over) -> Self {
        Self { entry, slots, over }
    }

    /// Over what it is run.
    #[must_use]
    pub fn over(&self) -> Over {
        self.over
    }
}

/// A kernel's number, which no other kernel of the process has or had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KernelId(u64);

impl KernelId {
    /// The next.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "each is another")]
    pub fn new() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self(LAST.fetch_add(1, Ordering::Relaxed))
    }
}

/// How many entries the columns of slots have at least, by reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Of those reached by element.
    pub own: usize,
    /// Of those reached by source neuron.
    pub pre: usize,
    /// Of those reached by target neuron.
    pub post: usize,
}

/// Where the columns of a kernel's slots are, found once for as long as none of them moves.
#[derive(Debug, Default)]
pub struct Binding {
    of: Option<(KernelId, u64)>,
    first: Vec<*mut u8>,
    last: Vec<i64>,
    own_width: usize,
    room: Option<Room>,
}

// SAFETY: a binding only keeps addresses. Whoever follows one borrows the state it is of mutably meanwhile, and other
// threads follow them only while `Partition::run` or `run_rows` does so and gives each elements of its own to write.
unsafe impl Send for Binding {}

// SAFETY: as above; a shared binding is only read.
unsafe impl Sync for Binding {}

impl Binding {
    /// Finds the columns of `slots`, which must always be the same for the same kernel; `None` where one is not of its
    /// kind, or has no entry where the first is reached.
    #[inline]
    pub fn bind(&mut self, kernel: KernelId, slots: &[NativeSlot], state: &mut State) -> Option<Room> {
        let of = Some((kernel, state.stamp()));
        if self.of != of {
            self.fill(slots, state);
            self.of = of;
        }
        self.room
    }

    /// Addresses in the order of the slots.
    #[must_use]
    pub fn addresses(&self) -> &[*mut u8] {
        &self.first
    }

    /// The same, for `Frame::slots`.
    #[must_use]
    pub fn slots(&self) -> *const *mut u8 {
        self.first.as_ptr()
    }

    /// Numbers of the last entries of those reached by number, for `Frame::last_entries`.
    #[must_use]
    pub fn last_entries(&self) -> *const i64 {
        self.last.as_ptr()
    }

    /// Bytes that an element has in the columns reached by element.
    #[must_use]
    pub fn own_width(&self) -> usize {
        self.own_width
    }

    fn fill(&mut self, slots: &[NativeSlot], state: &mut State) {
        self.first.clear();
        self.last.clear();
        self.own_width = 0;
        let mut room = Some(Room { own: usize::MAX, pre: usize::MAX, post: usize::MAX });
        for slot in slots {
            let column = state.column(slot.column);
            let fits = column.kind() == slot.kind && (slot.reach != Reach::First || !column.is_empty());
            room = room.filter(|_| fits);
            if let Some(room) = &mut room {
                match slot.reach {
                    Reach::Own => room.own = room.own.min(column.len()),
                    Reach::Pre => room.pre = room.pre.min(column.len()),
                    Reach::Post => room.post = room.post.min(column.len()),
                    Reach::First | Reach::Any => {}
                }
            }
            self.own_width += if slot.reach == Reach::Own { slot.kind.width() } else { 0 };
            if slot.reach == Reach::Any {
                let (first, last) = column.entries();
                self.first.push(first.cast_mut());
                self.last.push(last);
            } else {
                self.first.push(state.address(slot.column));
            }
        }
        self.room = room;
    }
}

/// What one participant leaves.
#[derive(Debug, Default)]
struct Share {
    spikes: Vec<u32>,
    spike_count: usize,
    nonfinite: bool,
    failure: Option<HostFailure>,
}

/// Buffers for shared calls, kept so that a tick allocates nothing.
#[derive(Debug, Default)]
pub(crate) struct Partition {
    binding: Binding,
    shares: Vec<Mutex<Share>>,
}

impl Clone for Partition {
    /// There is nothing in it between calls: buffers start anew.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Partition {
    /// Runs `native` over `first..last`, a share for every participant. `call.out` must be empty, and is left so.
    pub(crate) fn run(
        &mut self,
        team: Team<'_>,
        native: Native<'_>,
        (first, last): (u32, u32),
        state: &mut State,
        call: &mut Call<'_>,
    ) {
        self.bind(native, Room { own: last as usize, pre: 0, post: 0 }, state);
        let shares = team.shares();
        self.make_room_for(shares);
        let (binding, buffers) = (&self.binding, &self.shares);
        let (moment, key, entry) = (call.moment, call.key, native.entry);
        team.act(|index| {
            let (first, last) = share(first, last, index, shares);
            let mut own = lock(&buffers[index as usize]);
            let length = (last - first) as usize;
            if own.spikes.len() < length {
                own.spikes.resize(length, 0);
            }
            let mut frame = Frame {
                slots: binding.slots(),
                last_entries: binding.last_entries(),
                first: u64::from(first),
                last: u64::from(last),
                spikes: own.spikes.as_mut_ptr(),
                ..Frame::at(moment, key)
            };
            // SAFETY: the frame is what `Entry` asks of a dense call: a slot per column, in the kernel's own order,
            // each the address of a column that `state` holds, of the kind found by `Binding::fill` and the length
            // asserted above, which nobody resizes or reads while it is borrowed here, or of a zero that nobody writes
            // where entries are read by number and there are none; a range within the one the caller was given; room
            // for a spike per element, in a buffer that this participant has locked. No other participant has an
            // element of this range (`share` cuts without overlap), and who made the `Native` promised that a call
            // touches what belongs to its own elements and only reads the rest.
            unsafe { entry(&raw mut frame) };
            own.spike_count = frame.spike_count as usize;
            own.nonfinite = frame.nonfinite != 0;
            own.failure = HostFailure::take();
        });
        self.gather(shares, call);
    }

    /// Runs `native` over all parts of the rows of some sources, some of them by every participant; by the caller where
    /// there is no team.
    pub(crate) fn run_rows(
        &mut self,
        team: Option<Team<'_>>,
        native: Native<'_>,
        (sources, rows): (&[u32], &Rows),
        state: &mut State,
        call: &mut Call<'_>,
    ) {
        let room = Room {
            own: rows.len(),
            pre: rows.source_offset() as usize + rows.sources(),
            post: rows.target_limit() as usize,
        };
        self.bind(native, room, state);
        let shares = team.map_or(1, |team| team.shares());
        self.make_room_for(shares);
        let (binding, buffers) = (&self.binding, &self.shares);
        let (moment, key, entry) = (call.moment, call.key, native.entry);
        let act = |index: u32| {
            let own_slots = native.slots.iter().zip(binding.addresses()).filter(|(slot, _)| slot.reach == Reach::Own);
            let lists = Lists::of(rows, own_slots.map(|(slot, &first)| (first.cast_const(), slot.kind.width())));
            let mut own = lock(&buffers[index as usize]);
            let mut frame = Frame {
                slots: binding.slots(),
                last_entries: binding.last_entries(),
                targets: rows.targets().as_ptr(),
                short_targets: u64::from(rows.targets().width() == 2),
                source_offset: rows.source_offset().into(),
                ..Frame::at(moment, key)
            };
            for part in share_of_parts(rows.parts(), index, shares) {
                batches::for_each(sources.iter().map(|&source| rows.segment(source, part)), &lists, |batch| {
                    frame.segments = batch.segments().as_ptr();
                    frame.last = batch.segments().len() as u64;
                    // SAFETY: the frame is what `Entry` asks of a call over rows: slots as in `run`, of the lengths in
                    // `room`, stretches and targets that `Rows` has proven. No other participant has this part, no two
                    // parts have a target in common, and who made the `Native` promised that a call touches what
                    // belongs to its own synapses and their targets and only reads the rest.
                    unsafe { entry(&raw mut frame) };
                });
            }
            own.spike_count = 0;
            own.nonfinite = frame.nonfinite != 0;
            own.failure = HostFailure::take();
        };
        match team {
            Some(team) => team.act(act),
            None => act(0),
        }
        self.gather(shares, call);
    }

    fn make_room_for(&mut self, shares: u32) {
        while self.shares.len() < shares as usize {
            self.shares.push(Mutex::default());
        }
    }

    /// Finds the columns of `native`, which must have so many entries.
    fn bind(&mut self, native: Native<'_>, needed: Room, state: &mut State) {
        self.binding.fill(native.slots, state);
        let fits = |room: Room| needed.own <= room.own && needed.pre <= room.pre && needed.post <= room.post;
        assert!(self.binding.room.is_some_and(fits), "columns that are too short or of another kind");
    }

    /// Takes what the participants left.
    fn gather(&mut self, shares: u32, call: &mut Call<'_>) {
        let mut failure = None;
        for buffer in &mut self.shares[..shares as usize] {
            let own = buffer.get_mut().unwrap_or_else(PoisonError::into_inner);
            call.spikes.extend_from_slice(&own.spikes[..own.spike_count]);
            *call.nonfinite |= own.nonfinite;
            failure = failure.or(own.failure.take());
        }
        if let Some(failure) = failure {
            failure.raise();
        }
    }
}

/// The parts of participant `index` of `shares`: each part is one participant's.
fn share_of_parts(parts: u32, index: u32, shares: u32) -> Range<u32> {
    let begin = |index: u32| (u64::from(parts) * u64::from(index) / u64::from(shares)) as u32;
    begin(index)..begin(index + 1)
}

/// Asks for so many bytes from an address on, which may be any: they will be read soon.
#[inline]
pub(crate) fn prefetch(first: *const u8, bytes: usize) {
    const LINE: usize = 64;
    #[cfg(target_arch = "x86_64")]
    {
        let begin = first.addr() % LINE;
        for line in (0..begin + bytes).step_by(LINE) {
            let address = first.wrapping_sub(begin).wrapping_add(line).cast();
            // SAFETY: a prefetch reads nothing that a program could see, and ignores addresses that are nobody's; every
            // processor of this kind has the instruction.
            unsafe { std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(address) };
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        let _ = (first, bytes, LINE);
    }
}

/// A participant that panicked left a buffer that the next call fills anew.
fn lock(buffer: &Mutex<Share>) -> MutexGuard<'_, Share> {
    buffer.lock().unwrap_or_else(PoisonError::into_inner)
}
