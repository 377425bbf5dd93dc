//! What is around the instructions: in, a program; out, a function that visits all elements of its frame.
//!
//! Values that do not depend on the element come before the loop, those of a row before the loop over its synapses. Dense
//! programs may be vector code: a loop over two or four elements at a time, then one over what is left. In the second one, and in
//! whatever draws random numbers (initialisers, most of all), mathematical functions are called and not emitted: the bits are
//! the same, and such code is short to compile and hardly ever run.

use super::imports::Imports;
use super::lower::{Body, Element, Outside};
use super::operations::{Emitter, Width};
use super::strips::Strips;
use crate::ir::levels::{Level, levels};
use crate::ir::steps::{Access, Op, Program, Shape, SlotId};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, BlockArg, InstBuilder, MemFlagsData, Type, Value, types};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_jit::JITModule;
use cranelift_module::Module;
use runtime::rows::Segment;
use std::collections::HashMap;

/// Where functions are declared.
pub(super) struct Target<'a> {
    pub(super) module: &'a mut JITModule,
    pub(super) imports: &'a mut Imports,
}

/// Builds the function of a program into `function`, which has the signature of an `Entry`.
pub(super) fn build(
    program: &Program,
    strips: &Strips,
    vectors: bool,
    target: Target<'_>,
    function: &mut ir::Function,
    scratch: &mut FunctionBuilderContext,
) {
    write(program, strips.reading(), target, function, scratch, |visit| {
        visit.find_strips(strips);
        match program.shape {
            Shape::Dense => visit.dense(vectors),
            Shape::Rows => visit.rows(),
            Shape::Indexed | Shape::List | Shape::Pairs => visit.listed(),
        }
    });
}

/// Writes a function with the signature of an `Entry`: of a program, the instructions marked in `written`, those that do not
/// depend on the element first, then what `rest` writes.
pub(super) fn write(
    program: &Program,
    written: &[bool],
    target: Target<'_>,
    function: &mut ir::Function,
    scratch: &mut FunctionBuilderContext,
    rest: impl FnOnce(&mut Visit<'_, '_, '_>),
) {
    let Target { module, imports } = target;
    imports.begin_function();
    let config = module.target_config();
    let mut builder = FunctionBuilder::new(function, scratch);
    let entry = builder.create_block();
    builder.append_block_params_for_function_params(entry);
    builder.switch_to_block(entry);
    let frame = builder.block_params(entry)[0];
    let emitter = Emitter {
        builder: &mut builder,
        module,
        imports,
        width: Width::One,
        fused: program.fused,
        single: false,
        constants: HashMap::new(),
    };
    let mut visit = Visit::new(program, written, frame, emitter);
    rest(&mut visit);
    visit.body.emitter.builder.ins().return_(&[]);
    builder.seal_all_blocks();
    builder.finalize(config);
}

/// Synapses visited from one look at the end of a row to the next, by short programs.
const GROUP: i32 = 4;
/// Instructions per synapse of a program that is short: `x += w` has three or four, and two more where that is only while the
/// target is not refractory.
const SHORT: usize = 8;

/// Byte offset of a field of the frame.
macro_rules! field {
    ($name:ident) => {
        i32::try_from(std::mem::offset_of!(runtime::abi::Frame, $name)).expect("a frame is a hundred bytes or so")
    };
}
pub(super) use field;

/// Flags of what does not change during a call.
fn constant() -> MemFlagsData {
    MemFlagsData::trusted().with_readonly().with_can_move()
}

/// Where the targets of synapses are.
#[derive(Clone, Copy)]
struct TargetList {
    list: Value,
    /// Two bytes each and not four.
    short: bool,
}

/// A function in the making, and what it goes through.
pub(super) struct Visit<'p, 'a, 'f> {
    pub(super) body: Body<'p, 'a, 'f>,
    pub(super) frame: Value,
    draws: bool,
}

impl<'p, 'a, 'f> Visit<'p, 'a, 'f> {
    fn new(program: &'p Program, written: &[bool], frame: Value, emitter: Emitter<'a, 'f>) -> Self {
        let mut load = |kind: Type, offset: i32| emitter.builder.ins().load(kind, constant(), frame, offset);
        let outside = Outside {
            step: load(types::I64, field!(step)),
            time: load(types::F64, field!(t)),
            key: load(types::I64, field!(key)),
            spikes: load(types::I64, field!(spikes)),
            out: load(types::I64, field!(out)),
            frame,
            spike_count: field!(spike_count),
            nonfinite: field!(nonfinite),
        };
        let table = load(types::I64, field!(slots));
        let slots = program
            .slots
            .iter()
            .zip(0..)
            .map(|(_, number)| emitter.builder.ins().load(types::I64, constant(), table, 8 * number));
        let slots = slots.collect();
        let by_number = program.slots.iter().zip(0..).filter(|(slot, _)| slot.access == Access::At);
        let by_number: Vec<SlotId> = by_number.map(|(_, number)| SlotId(number)).collect();
        let mut last_entries = HashMap::new();
        if !by_number.is_empty() {
            let table = emitter.builder.ins().load(types::I64, constant(), frame, field!(last_entries));
            for (slot, place) in by_number.into_iter().zip(0..) {
                last_entries.insert(slot, emitter.builder.ins().load(types::I64, constant(), table, 8 * place));
            }
        }
        let body = Body::new(program, levels(program), emitter, outside, slots, last_entries, written.to_vec());
        let draws = program.ops.iter().any(|op| matches!(op, Op::Random(..)));
        let mut visit = Self { body, frame, draws };
        let zero = visit.zero();
        visit.body.level(Level::Call, &[Element::nowhere(zero)]);
        visit
    }

    /// Takes the addresses of strips from the frame.
    fn find_strips(&mut self, strips: &Strips) {
        if strips.is_empty() {
            return;
        }
        let table = self.load(types::I64, field!(strips));
        for (draw, place) in strips.drawn().zip(0..) {
            let strip = self.body.emitter.builder.ins().load(types::I64, constant(), table, 8 * place);
            self.body.strips.insert(draw, strip);
        }
    }

    fn load(&mut self, kind: Type, offset: i32) -> Value {
        let frame = self.frame;
        self.body.emitter.builder.ins().load(kind, constant(), frame, offset)
    }

    /// An entry of a list of 32-bit numbers, as an index.
    fn look_up(&mut self, list: Value, index: Value) -> Value {
        let address = self.body.address(list, index, 2);
        self.body.emitter.builder.ins().uload32(MemFlagsData::trusted(), address, 0)
    }

    pub(super) fn zero(&mut self) -> Value {
        self.body.emitter.builder.ins().iconst(types::I64, 0)
    }

    /// Runs `body` for every `step`th number from `from` on, as long as `step` of them are left below `to`. It carries values
    /// from one round to the next; the first number not visited and the values are given back.
    pub(super) fn count(
        &mut self,
        (from, to, step): (Value, Value, i64),
        carried: &[Value],
        body: impl FnOnce(&mut Self, Value, &[Value]) -> Vec<Value>,
    ) -> (Value, Vec<Value>) {
        let arguments = |index: Value, carried: &[Value]| -> Vec<BlockArg> {
            std::iter::once(index).chain(carried.iter().copied()).map(BlockArg::Value).collect()
        };
        let builder = &mut *self.body.emitter.builder;
        let (round, after) = (builder.create_block(), builder.create_block());
        let kinds: Vec<Type> = carried.iter().map(|&value| builder.func.dfg.value_type(value)).collect();
        for block in [round, after] {
            builder.append_block_param(block, types::I64);
            for &kind in &kinds {
                builder.append_block_param(block, kind);
            }
        }
        let enough = |builder: &mut FunctionBuilder<'_>, index: Value| {
            if step == 1 {
                return builder.ins().icmp(IntCC::UnsignedLessThan, index, to);
            }
            let end = builder.ins().iadd_imm_s(index, step);
            builder.ins().icmp(IntCC::UnsignedLessThanOrEqual, end, to)
        };
        let enter = enough(builder, from);
        let first = arguments(from, carried);
        builder.ins().brif(enter, round, &first, after, &first);
        builder.switch_to_block(round);
        let parameters = builder.block_params(round).to_vec();
        let next_carried = body(self, parameters[0], &parameters[1..]);
        let builder = &mut *self.body.emitter.builder;
        let next = builder.ins().iadd_imm_s(parameters[0], step);
        let again = enough(builder, next);
        let next = arguments(next, &next_carried);
        builder.ins().brif(again, round, &next, after, &next);
        builder.switch_to_block(after);
        let results = builder.block_params(after);
        (results[0], results[1..].to_vec())
    }

    fn dense(&mut self, vectors: bool) {
        let (first, last) = (self.load(types::I64, field!(first)), self.load(types::I64, field!(last)));
        let checks = self.body.checks();
        let mut start = first;
        let mut bad = Vec::new();
        if vectors {
            self.body.set_width(Width::Two, true);
            self.body.spread();
            let groups = if self.body.has_chains() { 2 } else { 1 };
            let none = if checks { vec![self.body.nothing_bad()] } else { Vec::new() };
            let (next, carried) =
                self.count((first, last, 2 * groups), &none, |this, index, bad| this.at(index, groups, first, bad));
            bad = carried.into_iter().map(|bits| self.together(bits)).collect();
            start = next;
        } else if checks {
            bad.push(self.zero());
        }
        self.body.set_width(Width::One, !vectors && !self.draws);
        let (_, bad) = self.count((start, last, 1), &bad, |this, index, bad| this.at(index, 1, first, bad));
        if let [bad] = bad[..] {
            let frame = self.frame;
            let flags = MemFlagsData::trusted();
            let ins = &mut *self.body.emitter.builder;
            let before = ins.ins().load(types::I64, flags, frame, field!(nonfinite));
            let now = ins.ins().bor(before, bad);
            ins.ins().store(flags, now, frame, field!(nonfinite));
        }
    }

    /// The elements of a dense program from `index` on, in so many groups of the width of the code.
    fn at(&mut self, index: Value, groups: i64, first: Value, bad: &[Value]) -> Vec<Value> {
        let mut element = |group: i64| {
            let ins = &mut *self.body.emitter.builder;
            let index = if group == 0 { index } else { ins.ins().iadd_imm_s(index, 2 * group) };
            let position = ins.ins().isub(index, first);
            Element { index, position, ..Element::nowhere(index) }
        };
        let elements: Vec<Element> = (0..groups).map(&mut element).collect();
        self.body.bad = bad.first().copied();
        self.body.level(Level::Element, &elements);
        self.body.bad.into_iter().collect()
    }

    /// Writes code that reads targets once for each width that they may have, and once where none is read.
    fn for_targets(&mut self, body: impl Fn(&mut Self, Option<TargetList>)) {
        if !self.uses(Op::Post, Access::Post) {
            return body(self, None);
        }
        let list = self.load(types::I64, field!(targets));
        if self.body.program.shape == Shape::Pairs {
            return body(self, Some(TargetList { list, short: false }));
        }
        let is_short = self.load(types::I64, field!(short_targets));
        let builder = &mut *self.body.emitter.builder;
        let [short, long, after] = [(); 3].map(|()| builder.create_block());
        builder.ins().brif(is_short, short, &[], long, &[]);
        for (block, short) in [(short, true), (long, false)] {
            self.body.emitter.builder.switch_to_block(block);
            body(self, Some(TargetList { list, short }));
            self.body.emitter.builder.ins().jump(after, &[]);
        }
        self.body.emitter.builder.switch_to_block(after);
    }

    /// The target of a synapse, and those of the next ones.
    fn look_up_targets(&mut self, targets: TargetList, index: Value, count: i32) -> Vec<Value> {
        let address = self.body.address(targets.list, index, if targets.short { 1 } else { 2 });
        let ins = &mut *self.body.emitter.builder;
        let flags = MemFlagsData::trusted();
        let look_up = |place: i32| match targets.short {
            true => ins.ins().uload16(types::I64, flags, address, 2 * place),
            false => ins.ins().uload32(flags, address, 4 * place),
        };
        (0..count).map(look_up).collect()
    }

    fn rows(&mut self) {
        let zero = self.zero();
        let last = self.load(types::I64, field!(last));
        let segments = self.load(types::I64, field!(segments));
        let offset = self.load(types::I64, field!(source_offset));
        let yields = self.body.program.ops.iter().any(|op| matches!(op, Op::Yield(_)));
        let position = if yields { vec![zero] } else { Vec::new() };
        self.for_targets(|this, targets| this.rows_with((zero, last, segments, offset), &position, targets));
    }

    fn rows_with(
        &mut self,
        (zero, last, segments, offset): (Value, Value, Value, Value),
        position: &[Value],
        targets: Option<TargetList>,
    ) {
        let inline = !self.draws;
        self.count((zero, last, 1), position, |this, entry, position| {
            let ins = &mut *this.body.emitter.builder;
            let place = ins.ins().imul_imm_s(entry, size_of::<Segment>() as i64);
            let address = ins.ins().iadd(segments, place);
            let mut part = |offset: usize| ins.ins().uload32(MemFlagsData::trusted(), address, offset as i32);
            let row = part(std::mem::offset_of!(Segment, row));
            let begin = part(std::mem::offset_of!(Segment, begin));
            let end = part(std::mem::offset_of!(Segment, end));
            let pre = this.body.emitter.builder.ins().iadd(row, offset);
            this.body.set_width(Width::One, inline);
            this.body.level(Level::Row, &[Element { pre: Some(pre), ..Element::nowhere(row) }]);
            let (mut begin, mut position) = (begin, position.to_vec());
            for group in if this.is_short() { &[GROUP, 1][..] } else { &[1] } {
                let visit = |this: &mut Self, index: Value, position: &[Value]| {
                    this.synapses((index, *group), pre, targets, position)
                };
                (begin, position) = this.count((begin, end, (*group).into()), &position, visit);
            }
            position
        });
    }

    /// Some synapses of a row, one after the other.
    fn synapses(
        &mut self,
        (first, count): (Value, i32),
        pre: Value,
        targets: Option<TargetList>,
        position: &[Value],
    ) -> Vec<Value> {
        let posts = targets.map(|targets| self.look_up_targets(targets, first, count));
        let mut position = position.to_vec();
        for place in 0..count {
            let ins = &mut *self.body.emitter.builder;
            let index = if place == 0 { first } else { ins.ins().iadd_imm_s(first, i64::from(place)) };
            let post = posts.as_ref().map(|posts| posts[place as usize]);
            let at = position.first().copied().unwrap_or(index);
            self.body.level(Level::Element, &[Element { index, pre: Some(pre), post, each: None, position: at }]);
            let ins = &mut *self.body.emitter.builder;
            position.iter_mut().for_each(|place| *place = ins.ins().iadd_imm_s(*place, 1));
        }
        position
    }

    /// Whether a synapse is so little work that counting them would be a good part of it.
    fn is_short(&self) -> bool {
        let program = self.body.program;
        let levels = levels(program);
        program.ops.iter().zip(&levels).filter(|&(_, &level)| level == Level::Element).count() <= SHORT
    }

    /// Elements, synapses or pairs one by one.
    fn listed(&mut self) {
        let shape = self.body.program.shape;
        let zero = self.zero();
        let last = self.load(types::I64, field!(last));
        let [elements, sources, each] =
            [field!(elements), field!(sources), field!(each)].map(|offset| self.load(types::I64, offset));
        let reads_pre = self.uses(Op::Pre, Access::Pre);
        let reads_each = self.body.program.ops.contains(&Op::Each);
        self.body.set_width(Width::One, !self.draws);
        self.for_targets(|this, targets| {
            this.count((zero, last, 1), &[], |this, position, _| {
                let index = if shape == Shape::Pairs { position } else { this.look_up(elements, position) };
                let pre = reads_pre.then(|| this.look_up(sources, index));
                let post = targets.map(|targets| this.look_up_targets(targets, index, 1)[0]);
                let each = reads_each.then(|| this.look_up(each, index));
                this.body.level(Level::Element, &[Element { index, pre, post, each, position }]);
                Vec::new()
            });
        });
    }

    fn uses(&self, index: Op, access: Access) -> bool {
        let program = self.body.program;
        program.ops.contains(&index) || program.slots.iter().any(|slot| slot.access == access)
    }

    /// The bits of both lanes in one.
    fn together(&mut self, bits: Value) -> Value {
        let [first, second] = self.body.emitter.split(bits);
        self.body.emitter.builder.ins().bor(first, second)
    }
}
