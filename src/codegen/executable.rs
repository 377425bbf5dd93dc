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
use runtime::batches::{self, Lists};
use runtime::host::{Functions, HostFailure, HostFunction};
use runtime::kernel::{Call, Kernel, Work};
use runtime::partition::{Native, NativeSlot, Reach};
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

/// What a slot stands for.
#[derive(Clone, Copy)]
struct Bound {
    kind: ElementType,
    access: Access,
}

/// A compiled program.
pub(super) struct Executable {
    name: String,
    shape: Shape,
    columns: Vec<ColumnId>,
    slots: Vec<Bound>,
    reads_pre: bool,
    emits: bool,
    yields: bool,
    /// Where elements of a dense range, or synapses of different targets, do not see each other, so that they may be run side by
    /// side: what its slots stand for.
    separable: Option<Vec<NativeSlot>>,
    entry: Entry,
    /// Keeps the code.
    _memory: Arc<Memory>,
}

fn element_type(kind: Kind) -> ElementType {
    match kind {
        Kind::Real => ElementType::Real,
        Kind::Integer => ElementType::Integer,
        Kind::Long => ElementType::Long,
        Kind::Boolean => ElementType::Boolean,
    }
}

/// What the slots of a program stand for, where its elements do not see each other (dense) or see but those of the same target
/// (rows).
fn separable(program: &Program) -> Option<Vec<NativeSlot>> {
    let slot = |slot: &Slot| NativeSlot {
        column: ColumnId(slot.column),
        kind: element_type(slot.kind),
        reach: match slot.access {
            Access::Element => Reach::Own,
            Access::Pre => Reach::Pre,
            Access::Post => Reach::Post,
            Access::Shared => Reach::First,
            Access::At => Reach::Any,
        },
    };
    let apart = match program.shape {
        Shape::Dense => !writes_shared(program),
        Shape::Rows => program.slots.iter().all(|slot| is_kept_by_its_target(program, slot)) && !yields(program),
        Shape::Indexed | Shape::List | Shape::Pairs => false,
    };
    apart.then(|| program.slots.iter().map(slot).collect())
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
    indices.iter().max().map_or(0, |&largest| largest as usize + 1)
}

impl Executable {
    /// The kernel of the program that the function at that place of the memory was made of.
    pub(super) fn new(program: &Verified<Program>, memory: &Arc<Memory>, place: usize) -> Self {
        let has = |wanted: fn(&Op) -> bool| program.ops.iter().any(wanted);
        Self {
            name: program.name.clone(),
            shape: program.shape,
            columns: program.slots.iter().map(|slot| ColumnId(slot.column)).collect(),
            slots: program
                .slots
                .iter()
                .map(|slot| Bound { kind: element_type(slot.kind), access: slot.access })
                .collect(),
            reads_pre: has(|op| *op == Op::Pre) || program.slots.iter().any(|slot| slot.access == Access::Pre),
            emits: has(|op| matches!(op, Op::Emit(_))),
            yields: yields(program),
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

    /// Asserts that every column is of the kind and length that the code relies on, and gives their addresses, and the last entries
    /// of those that it reads by number.
    fn bind(&self, state: &mut State, extent: Extent, table: &mut [*mut u8]) -> Vec<i64> {
        let mut last_entries = Vec::new();
        for ((slot, &id), address) in self.slots.iter().zip(&self.columns).zip(table) {
            let column = state.column_mut(id);
            let needed = match slot.access {
                Access::Element => extent.element,
                Access::Pre => extent.pre,
                Access::Post => extent.post,
                Access::Shared => 1,
                Access::At => 0,
            };
            assert!(
                column.kind() == slot.kind && column.len() >= needed,
                "`{}` needs column {} to hold {needed} of {:?}; it holds {} of {:?}",
                self.name,
                id.0,
                slot.kind,
                column.len(),
                column.kind(),
            );
            *address = if slot.access == Access::At {
                let (first, last) = column.entries();
                last_entries.push(last);
                first.cast_mut()
            } else {
                column.as_mut_ptr()
            };
        }
        last_entries
    }
}

/// What the frame says of the width of targets.
fn is_short(rows: &Rows) -> u64 {
    u64::from(rows.targets().width() == 2)
}

/// The frame of a call but for slots, stretches of rows, spikes and results.
fn frame(call: &Call<'_>) -> Frame {
    let frame = Frame::at(call.moment, call.key);
    match call.work {
        Work::Dense { first, last } => Frame { first: first.into(), last: last.into(), ..frame },
        Work::Indexed(elements) => Frame { last: elements.len() as u64, elements: elements.as_ptr(), ..frame },
        Work::Rows { rows, .. } => Frame {
            targets: rows.targets().as_ptr(),
            short_targets: is_short(rows),
            source_offset: rows.source_offset().into(),
            ..frame
        },
        Work::List { synapses, rows, sources } => Frame {
            last: synapses.len() as u64,
            elements: synapses.as_ptr(),
            targets: rows.targets().as_ptr(),
            short_targets: is_short(rows),
            sources: sources.as_ptr(),
            ..frame
        },
        Work::Pairs { pre, post, each } => Frame {
            last: pre.len() as u64,
            sources: pre.as_ptr(),
            targets: post.as_ptr().cast(),
            each: each.as_ptr(),
            ..frame
        },
    }
}

impl Executable {
    /// Runs over rows, a batch at a time. The frame is filled but for the stretches and room for results.
    fn run_rows(&self, sources: &[u32], rows: &Rows, out: &mut [f64], frame: &mut Frame, table: &[*mut u8]) {
        let own = self.slots.iter().zip(table).filter(|(slot, _)| slot.access == Access::Element);
        let lists = Lists::of(rows, own.map(|(slot, &first)| (first.cast_const(), slot.kind.width())));
        let mut visited = 0;
        batches::for_each(sources.iter().map(|&source| rows.row(source)), &lists, |batch| {
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
        });
    }
}

/// Slots whose addresses fit a table on the stack; hardly a program has more.
const SLOTS: usize = 48;

impl Kernel for Executable {
    fn run(&self, state: &mut State, call: &mut Call<'_>) {
        let extent = self.extent(&call.work);
        if call.work.is_empty() {
            return;
        }
        let mut small = [ptr::null_mut(); SLOTS];
        let mut large = Vec::new();
        let table = match small.get_mut(..self.slots.len()) {
            Some(table) => table,
            None => {
                large.resize(self.slots.len(), ptr::null_mut());
                &mut large[..]
            }
        };
        let last_entries = self.bind(state, extent, table);
        let mut frame = frame(call);
        frame.slots = table.as_ptr();
        frame.last_entries = last_entries.as_ptr();
        if self.emits {
            call.spikes.reserve(extent.visited);
            frame.spikes = call.spikes.spare_capacity_mut().as_mut_ptr().cast();
        }
        if self.yields {
            assert!(call.out.len() >= extent.visited, "`{}` yields more than there is room for", self.name);
            frame.out = call.out.as_mut_ptr();
        }
        if let Work::Rows { sources, rows } = call.work {
            self.run_rows(sources, rows, call.out, &mut frame, table);
        } else {
            // SAFETY: the frame is filled for the program's shape, which `extent` compared with that of the work. Every index the
            // code can form is below the lengths in `extent`, or kept within 0 and the last entry that `bind` gave, and `bind`
            // found every column that long and of the kind it is read and written as. Targets are proven by `Rows`. Columns
            // are borrowed for the whole call through `state`; spikes and results have room for one entry per element visited.
            unsafe { (self.entry)(&raw mut frame) };
        }
        if self.emits {
            let count = usize::try_from(frame.spike_count).expect("no more than the elements visited");
            assert!(count <= extent.visited, "`{}` emitted more spikes than it has elements", self.name);
            // SAFETY: the code wrote that many entries into the spare capacity, which was reserved above.
            unsafe { call.spikes.set_len(call.spikes.len() + count) };
        }
        *call.nonfinite |= frame.nonfinite != 0;
        if let Some(failure) = HostFailure::take() {
            failure.raise();
        }
    }

    fn native(&self) -> Option<Native<'_>> {
        let slots = self.separable.as_deref()?;
        // SAFETY: the code was made of a verified program that touches what its slots say and writes no column of which it reads
        // entries by number: a dense one that writes no shared column, or one over rows that writes nothing but what its
        // target or synapse has and no synapse of another target sees. This kernel, which the result borrows, keeps its memory.
        Some(unsafe { Native::new(self.entry, slots) })
    }
}
