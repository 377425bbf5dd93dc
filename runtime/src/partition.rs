//! Compiled code run on several shares of a dense range at once: with its parts, the one place of this crate with `unsafe`.
//!
//! In come code, a state and a call over a dense range; out come the same changes, spikes and flags as one call over
//! the whole range would make. Each participant has a range and a buffer for spikes of its own; buffers are appended in
//! the order of the ranges. What is relied on, and stated at each block: elements of a dense range are independent
//! (`Kernel::native`), ranges do not overlap, the state is borrowed for as long as any participant runs, and broadcasts
//! end before they return, by panic too.
#![expect(unsafe_code, reason = "compiled code takes raw pointers to columns, and shares write disjoint parts of them")]

pub(crate) mod crew;
pub(crate) mod tiles;

use crate::abi::{Entry, Frame};
use crate::host::HostFailure;
use crate::kernel::Call;
use crate::state::{ColumnId, ElementType, State};
use crate::threads::{Team, share};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Which entries of a slot's column compiled code touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Those of its elements.
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

/// Compiled code of a dense or an indexed program whose elements do not see each other, so that it may be run on several
/// parts of them at once.
#[derive(Clone, Copy, Debug)]
pub struct Native<'a> {
    entry: Entry,
    slots: &'a [NativeSlot],
    /// It is of an indexed program.
    listed: bool,
}

impl<'a> Native<'a> {
    /// Code of a dense program and what its slots stand for, in its own order.
    ///
    /// # Safety
    /// Called with a frame of a dense range, `entry` must touch nothing but the frame, one entry of its spikes per element at
    /// most, and the entries of `slots` as their reach says: of its own elements, or others of columns that it only reads. No
    /// reach is `Pre` or `Post`. It must stay callable for as long as this value is there.
    #[must_use]
    pub unsafe fn new(entry: Entry, slots: &'a [NativeSlot]) -> Self {
        Self { entry, slots, listed: false }
    }

    /// The same of an indexed program.
    ///
    /// # Safety
    /// As `new`, called with a frame of a list of elements that differ; it must touch no spikes.
    #[must_use]
    pub unsafe fn listed(entry: Entry, slots: &'a [NativeSlot]) -> Self {
        Self { entry, slots, listed: true }
    }

    /// Whether it is of an indexed program, not of a dense one.
    #[must_use]
    pub fn is_listed(&self) -> bool {
        self.listed
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
    room: Option<Room>,
}

// SAFETY: a binding only keeps addresses. Whoever follows one borrows the state it is of mutably meanwhile, and other threads
// follow them only while `Partition::run` or `Stretch::run` does so and gives each elements of its own to write.
unsafe impl Send for Binding {}

// SAFETY: as above; a shared binding is only read.
unsafe impl Sync for Binding {}

impl Binding {
    /// Finds the columns of `slots`, which must always be the same for the same kernel; `None` where one is not of its kind, or has no
    /// entry where the first is reached.
    #[inline]
    pub fn bind(&mut self, kernel: KernelId, slots: &[NativeSlot], state: &mut State) -> Option<Room> {
        let of = Some((kernel, state.stamp()));
        if self.of != of {
            self.fill(slots, state);
            self.of = of;
        }
        self.room
    }

    /// Addresses in the order of the slots, for `Frame::slots`.
    #[must_use]
    pub fn slots(&self) -> *const *mut u8 {
        self.first.as_ptr()
    }

    /// Numbers of the last entries of those reached by number, for `Frame::last_entries`.
    #[must_use]
    pub fn last_entries(&self) -> *const i64 {
        self.last.as_ptr()
    }

    fn fill(&mut self, slots: &[NativeSlot], state: &mut State) {
        self.first.clear();
        self.last.clear();
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
        self.binding.fill(native.slots, state);
        assert!(
            self.binding.room.is_some_and(|room| room.own >= last as usize),
            "columns that are too short or of another kind"
        );
        let shares = team.shares();
        while self.shares.len() < shares as usize {
            self.shares.push(Mutex::default());
        }
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
            // each the address of a column that `state` holds, of the kind found by `Binding::fill` and the length asserted above, which nobody
            // resizes or reads while it is borrowed here, or of a zero that nobody writes where entries are read by number
            // and there are none; a range within the one the caller was given; room for a spike per
            // element, in a buffer that this participant has locked. No other participant has an element of this range
            // (`share` cuts without overlap), and who made the `Native` promised that a call touches what belongs to its
            // own elements and only reads the rest.
            unsafe { entry(&raw mut frame) };
            own.spike_count = frame.spike_count as usize;
            own.nonfinite = frame.nonfinite != 0;
            own.failure = HostFailure::take();
        });
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

/// A participant that panicked left a buffer that the next call fills anew.
fn lock(buffer: &Mutex<Share>) -> MutexGuard<'_, Share> {
    buffer.lock().unwrap_or_else(PoisonError::into_inner)
}
