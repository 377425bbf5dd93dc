//! Compiled programs as kernels, and the memory their code is in: the only unsafe code of this crate.
//!
//! In come a finished module and the programs its functions were made of; out come kernels that anyone may call. Compiled code
//! reads and writes through the pointers of its frame without looking, so before every call all that it will touch is
//! compared with what there is: the kinds and lengths of the columns of its slots, every index of a list that is not a proof
//! itself, the room for spikes and results. A call that fails that would be a bug of ours and panics.

#![expect(unsafe_code, reason = "compiled code is called through a pointer, and its memory freed by hand")]

use super::writes_shared;
use crate::ir::steps::{Access, Kind, Op, Program, Shape, Slot};
use crate::ir::verify::Verified;
use cranelift_jit::JITModule;
use cranelift_module::FuncId;
use runtime::abi::{Entry, Frame};
use runtime::batches::{self, Batch, Lists};
use runtime::host::{Functions, HostFailure, HostFunction};
use runtime::kernel::{Call, Kernel, Work};
use runtime::partition::{Binding, KernelId, Native, NativeSlot, Over, Reach, Room};
use runtime::random::Strip;
use runtime::rows::Rows;
use runtime::state::{ColumnId, ElementType, State};
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};

/// The executable memory of a module, and where its functions begin.
pub(super) struct Memory {
    /// In a lock since a module may be sent but not shared; nobody takes it but `drop`.
    module: Mutex<Option<JITModule>>,
    entries: Vec<Entry>,
    /// Of the host program; the code holds their addresses.
    _functions: Functions,
}

impl Memory {
    /// Takes a module whose definitions are finalized. All functions must be of the type `Entry`.
    /// `functions` are those whose addresses the code was given.
    pub(super) fn new(module: JITModule, entries: &[FuncId], functions: &Functions) -> Self {
        let entry = |&entry: &FuncId| {
            let address = module.get_finalized_function(entry);
            // SAFETY: the address is that of a finalized function, which was defined with the signature of `Entry`: one pointer in
            // the calling convention of this platform, no result.
            unsafe { std::mem::transmute::<*const u8, Entry>(address) }
        };
        let entries = entries.iter().map(entry).collect();
        Self { module: Mutex::new(Some(module)), entries, _functions: functions.clone() }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        let module = self.module.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(module) = module {
            // SAFETY: entries are used by kernels alone, and each kernel keeps this memory alive; there is none left.
            unsafe { module.free_memory() };
        }
    }
}

/// What compiled code calls for a function of the host program. Never unwinds: what panics is noted, see `HostFunction::attempt`.
///
/// # Safety
/// `function` must be the address of a function that is alive.
pub(super) unsafe extern "C" fn call_host(function: usize, count: usize, a: f64, b: f64, c: f64, d: f64) -> f64 {
    // SAFETY: the address is exposed by `Imports::host_function`, and that of an entry of the list that the code's memory keeps.
    let function = unsafe { &*ptr::with_exposed_provenance::<HostFunction>(function) };
    let arguments = [a, b, c, d];
    function.attempt(&arguments[..count.min(arguments.len())])
}

/// The strip at an address that compiled code gives.
///
/// # Safety
/// There must be `count` entries there that nothing else uses for as long as the strip is used.
unsafe fn strip<'a, T>(to: *mut T, count: u32) -> &'a mut [T] {
    // SAFETY: as the caller promises; an entry may hold any bits.
    unsafe { std::slice::from_raw_parts_mut(to, count as usize) }
}

/// Functions that compiled code calls to have random numbers of neighbouring elements.
macro_rules! fill {
    ($($name:ident: $entry:ty, $fill:ident($($parameter:ident: $type:ty),*);)*) => {$(
        /// See `Strip`.
        ///
        /// # Safety
        /// There must be `count` entries at `to` that nothing else uses.
        pub(super) unsafe extern "C" fn $name(
            key: u64, step: i64, first: u32, count: u32, draw: u32, to: *mut $entry, $($parameter: $type),*
        ) {
            // SAFETY: as the caller promises.
            let to = unsafe { strip(to, count) };
            Strip { key, step, first, draw }.$fill($($parameter,)* to);
        }
    )*};
}

fill! {
    fill_uniform: f64, uniforms();
    fill_normal: f64, normals();
    fill_poisson: i32, poissons(mean: f64);
    fill_binomial: i32, binomials(trials: i32, probability: f64);
}

/// A compiled program.
pub(super) struct Executable {
    name: String,
    id: KernelId,
    shape: Shape,
    slots: Vec<NativeSlot>,
    reads_pre: bool,
    emits: bool,
    yields: bool,
    /// Calls functions of the host program, which may panic.
    calls_host: bool,
    /// Over what it may be run in parts side by side.
    separable: Option<Over>,
    entry: Entry,
    /// Keeps the code.
    _memory: Arc<Memory>,
}

fn element_type(kind: Kind) -> ElementType {
    match kind {
        Kind::Real => ElementType::Real,
        Kind::Single => ElementType::Single,
        Kind::Integer => ElementType::Integer,
        Kind::Long => ElementType::Long,
        Kind::Boolean => ElementType::Boolean,
    }
}

/// What a slot stands for.
fn native_slot(slot: &Slot) -> NativeSlot {
    let reach = match slot.access {
        Access::Element => Reach::Own,
        Access::Pre => Reach::Pre,
        Access::Post => Reach::Post,
        Access::Shared => Reach::First,
        Access::At => Reach::Any,
    };
    NativeSlot { column: ColumnId(slot.column), kind: element_type(slot.kind), reach }
}

/// Over what a program may be run in parts side by side: its elements do not see each other, or, over rows, see but those of
/// the same target; and nothing is yielded, which has its place by the order of all.
fn separable(program: &Program) -> Option<Over> {
    let own = |slot: &Slot| !matches!(slot.access, Access::Pre | Access::Post);
    let apart = || !writes_shared(program) && program.slots.iter().all(own);
    let by_target = || program.slots.iter().all(|slot| is_kept_by_its_target(program, slot));
    match program.shape {
        _ if yields(program) => None,
        Shape::Dense => apart().then_some(Over::Range),
        Shape::Indexed => apart().then_some(Over::List),
        Shape::Rows => by_target().then_some(Over::Rows),
        Shape::List | Shape::Pairs => None,
    }
}

/// Whether what a program over rows writes through the slot is seen by synapses of the same target only: it is the target's or
/// the synapse's, and read in no other way.
fn is_kept_by_its_target(program: &Program, slot: &Slot) -> bool {
    let alone = || program.slots.iter().all(|other| other.column != slot.column || other.access == slot.access);
    !program.writes(slot.column) || matches!(slot.access, Access::Element | Access::Post) && alone()
}

fn yields(program: &Program) -> bool {
    program.ops.iter().any(|op| matches!(op, Op::Yield(_)))
}

/// The lengths that columns must have for what a call will touch, by access, and how many elements it visits.
#[derive(Clone, Copy, Default)]
struct Extent {
    element: usize,
    pre: usize,
    post: usize,
    visited: usize,
}

/// One past the largest index.
fn end(indices: &[u32]) -> usize {
    // A fold goes through many at a time; `max` of an iterator compares and jumps.
    if indices.is_empty() { 0 } else { indices.iter().copied().fold(0, u32::max) as usize + 1 }
}

impl Executable {
    /// The kernel of the program that the function at that place of the memory was made of.
    pub(super) fn new(program: &Verified<Program>, memory: &Arc<Memory>, place: usize) -> Self {
        let has = |wanted: fn(&Op) -> bool| program.ops.iter().any(wanted);
        Self {
            name: program.name.clone(),
            id: KernelId::new(),
            shape: program.shape,
            slots: program.slots.iter().map(native_slot).collect(),
            reads_pre: has(|op| *op == Op::Pre) || program.slots.iter().any(|slot| slot.access == Access::Pre),
            emits: has(|op| matches!(op, Op::Emit(_))),
            yields: yields(program),
            calls_host: has(|op| matches!(op, Op::Host(..))),
            separable: separable(program),
            entry: memory.entries[place],
            _memory: Arc::clone(memory),
        }
    }

    /// What the work will touch.
    fn extent(&self, work: &Work<'_>) -> Extent {
        match (self.shape, *work) {
            (Shape::Dense, Work::Dense { first, last }) => {
                Extent { element: last as usize, visited: last.saturating_sub(first) as usize, ..Extent::default() }
            }
            (Shape::Indexed, Work::Indexed(elements)) => {
                Extent { element: end(elements), visited: elements.len(), ..Extent::default() }
            }
            (Shape::Rows, Work::Rows { rows, .. }) => Extent {
                element: rows.len(),
                pre: rows.source_offset() as usize + rows.sources(),
                post: rows.target_limit() as usize,
                visited: 0,
            },
            (Shape::List, Work::List { synapses, rows, sources }) => self.extent_of_list(synapses, rows, sources),
            (Shape::Pairs, Work::Pairs { pre, post, each }) => {
                assert!(
                    pre.len() == post.len() && pre.len() == each.len(),
                    "pairs for `{}` are of unequal length",
                    self.name
                );
                Extent { element: 0, pre: end(pre), post: end(post), visited: pre.len() }
            }
            _ => panic!("`{}` was called over work of another shape", self.name),
        }
    }

    fn extent_of_list(&self, synapses: &[u32], rows: &Rows, sources: &[u32]) -> Extent {
        assert!(end(synapses) <= rows.len(), "`{}` was called over synapses that do not exist", self.name);
        let pre = if self.reads_pre {
            assert!(sources.len() >= rows.len(), "`{}` needs the source of every synapse", self.name);
            synapses.iter().map(|&synapse| sources[synapse as usize] as usize + 1).max().unwrap_or(0)
        } else {
            0
        };
        Extent { element: rows.len(), pre, post: rows.target_limit() as usize, visited: synapses.len() }
    }

    /// Tells which column is not as the code relies on.
    #[cold]
    fn refuse(&self, state: &State, extent: Extent) {
        for slot in &self.slots {
            let column = state.column(slot.column);
            let needed = match slot.reach {
                Reach::Own => extent.element,
                Reach::Pre => extent.pre,
                Reach::Post => extent.post,
                Reach::First => 1,
                Reach::Any => 0,
            };
            assert!(
                column.kind() == slot.kind && column.len() >= needed,
                "`{}` needs column {} to hold {needed} of {:?}; it holds {} of {:?}",
                self.name,
                slot.column.0,
                slot.kind,
                column.len(),
                column.kind(),
            );
        }
    }
}

/// What the frame says of the width of targets.
fn is_short(rows: &Rows) -> u64 {
    u64::from(rows.targets().width() == 2)
}

/// Fills the frame of a call but for slots, stretches of rows, spikes and results.
#[inline]
fn fill_frame(frame: &mut Frame, work: Work<'_>) {
    match work {
        Work::Dense { first, last } => (frame.first, frame.last) = (first.into(), last.into()),
        Work::Indexed(elements) => (frame.last, frame.elements) = (elements.len() as u64, elements.as_ptr()),
        Work::Rows { rows, .. } => {
            (frame.targets, frame.short_targets) = (rows.targets().as_ptr(), is_short(rows));
            frame.source_offset = rows.source_offset().into();
        }
        Work::List { synapses, rows, sources } => {
            (frame.last, frame.elements) = (synapses.len() as u64, synapses.as_ptr());
            (frame.targets, frame.short_targets) = (rows.targets().as_ptr(), is_short(rows));
            frame.sources = sources.as_ptr();
        }
        Work::Pairs { pre, post, each } => {
            (frame.last, frame.sources) = (pre.len() as u64, pre.as_ptr());
            (frame.targets, frame.each) = (post.as_ptr().cast(), each.as_ptr());
        }
    }
}

impl Executable {
    /// Runs over rows, a batch at a time. The frame is filled but for the stretches and room for results.
    fn run_rows(&self, sources: &[u32], rows: &Rows, out: &mut [f64], frame: &mut Frame, binding: &Binding) {
        let mut visited = 0;
        let mut visit = |batch: &Batch| {
            frame.segments = batch.segments().as_ptr();
            frame.last = batch.segments().len() as u64;
            if self.yields {
                let room = out.get_mut(visited..visited + batch.synapses());
                frame.out = room.expect("room for the result of every synapse").as_mut_ptr();
                visited += batch.synapses();
            }
            // SAFETY: as in `run`; the stretches are of rows that `Rows` has, and proven by it, and results have room for one
            // entry per synapse of them.
            unsafe { (self.entry)(frame) };
        };
        let segments = sources.iter().map(|&source| rows.row(source));
        if batches::are_near(rows, binding.own_width()) {
            return batches::for_each_near(segments, visit);
        }
        let own = self.slots.iter().zip(binding.addresses()).filter(|(slot, _)| slot.reach == Reach::Own);
        let lists = Lists::of(rows, own.map(|(slot, &first)| (first.cast_const(), slot.kind.width())));
        batches::for_each(segments, &lists, &mut visit);
    }
}

impl Kernel for Executable {
    fn run(&self, state: &mut State, call: &mut Call<'_>) {
        self.run_bound(&mut Binding::default(), state, call);
    }

    fn run_bound(&self, binding: &mut Binding, state: &mut State, call: &mut Call<'_>) {
        let extent = self.extent(&call.work);
        if call.work.is_empty() {
            return;
        }
        let room = binding.bind(self.id, &self.slots, state);
        let fits = |room: Room| extent.element <= room.own && extent.pre <= room.pre && extent.post <= room.post;
        if !room.is_some_and(fits) {
            self.refuse(state, extent);
            unreachable!("a column of `{}` does not fit", self.name);
        }
        let mut frame = Frame::at(call.moment, call.key);
        fill_frame(&mut frame, call.work);
        frame.slots = binding.slots();
        frame.last_entries = binding.last_entries();
        if self.emits {
            call.spikes.reserve(extent.visited);
            frame.spikes = call.spikes.spare_capacity_mut().as_mut_ptr().cast();
        }
        if self.yields {
            assert!(call.out.len() >= extent.visited, "`{}` yields more than there is room for", self.name);
            frame.out = call.out.as_mut_ptr();
        }
        if let Work::Rows { sources, rows } = call.work {
            self.run_rows(sources, rows, call.out, &mut frame, binding);
        } else {
            // SAFETY: the frame is filled for the program's shape, which `extent` compared with that of the work. `binding` has the
            // columns of this kernel's slots where they are in this state now: it is bound anew when the state's stamp is another,
            // and the stamp is another whenever a column may have moved. Every index the code can form is below the lengths in
            // `extent`, or kept within 0 and the last entry that the binding gives; the columns were found to be that long and
            // of the kind they are read and written as. Targets are proven by `Rows`. Columns are borrowed for the whole call
            // through `state`; spikes and results have room for one entry per element visited.
            unsafe { (self.entry)(&raw mut frame) };
        }
        if self.emits {
            let count = usize::try_from(frame.spike_count).expect("no more than the elements visited");
            assert!(count <= extent.visited, "`{}` emitted more spikes than it has elements", self.name);
            // SAFETY: the code wrote that many entries into the spare capacity, which was reserved above.
            unsafe { call.spikes.set_len(call.spikes.len() + count) };
        }
        *call.nonfinite |= frame.nonfinite != 0;
        if let Some(failure) = self.calls_host.then(HostFailure::take).flatten() {
            failure.raise();
        }
    }

    fn native(&self) -> Option<Native<'_>> {
        let over = self.separable?;
        // SAFETY: the code was made of a verified program that touches what its slots say, yields nothing and writes no column of
        // which it reads entries by number: a dense or indexed one that writes no shared column (an indexed one emits nothing),
        // or one over rows that writes nothing but what its target or synapse has and no synapse of another target sees. This
        // kernel, which the result borrows, keeps its memory.
        Some(unsafe { Native::new(self.entry, &self.slots, over) })
    }
}
