//! The one contract with compiled code: the frame a compiled kernel gets a pointer to.
//!
//! Offsets are taken with `offset_of!`; nothing else of Rust's layout is assumed. The caller fills what the shape of the
//! work needs (see `kernel::Work`) and leaves the rest null or zero.

use crate::kernel::Moment;
use crate::rows::Segment;
use std::ptr::{null, null_mut};

/// Arguments and results of a call of compiled code.
#[repr(C)]
#[derive(Debug)]
pub struct Frame {
    /// One pointer per slot of the program: the first entry of the slot's column.
    pub slots: *const *mut u8,
    /// One number per slot of the program whose entries are read by number, in the order of the slots: that of the column's last
    /// entry. Such slots and numbers are what `Column::entries` gives.
    pub last_entries: *const i64,
    /// One address per strip of random numbers of a dense program: entry `e` from there is the number of element `e`. Only the
    /// entries of the elements of the call are there. Set by code that fills strips, for the code that reads them.
    pub strips: *const *const u8,
    /// First element (dense), else 0.
    pub first: u64,
    /// One past the last element (dense), or the number of entries of the lists below.
    pub last: u64,
    /// Elements (indexed), synapses (list).
    pub elements: *const u32,
    /// Stretches of rows (rows).
    pub segments: *const Segment,
    /// Target neuron of every synapse (rows, list), or of every pair: four bytes each, or two.
    pub targets: *const u8,
    /// Not zero where targets have two bytes (rows, list).
    pub short_targets: u64,
    /// Source neuron of every synapse (list), or of every pair.
    pub sources: *const u32,
    /// Source neuron of row 0 (rows).
    pub source_offset: u64,
    /// Loop variable of every pair.
    pub each: *const i32,
    /// The tick.
    pub step: i64,
    /// Its time [s].
    pub t: f64,
    /// Key of the random numbers.
    pub key: u64,
    /// Room for one entry per element visited.
    pub spikes: *mut u32,
    /// How many were written.
    pub spike_count: u64,
    /// Room for one entry per element visited.
    pub out: *mut f64,
    /// Not zero where a watched value was not finite.
    pub nonfinite: u64,
}

impl Frame {
    /// A frame over no elements, with nothing but the moment and the key.
    #[must_use]
    pub fn at(moment: Moment, key: u64) -> Self {
        Self {
            slots: null(),
            last_entries: null(),
            strips: null(),
            first: 0,
            last: 0,
            elements: null(),
            segments: null(),
            targets: null(),
            short_targets: 0,
            sources: null(),
            source_offset: 0,
            each: null(),
            step: moment.step,
            t: moment.t,
            key,
            spikes: null_mut(),
            spike_count: 0,
            out: null_mut(),
            nonfinite: 0,
        }
    }
}

/// Entry point of compiled code.
///
/// The frame must be filled as the program's shape demands, all indices must be within their columns, and nothing else may
/// touch the columns' elements in question during the call.
pub type Entry = unsafe extern "C" fn(*mut Frame);
