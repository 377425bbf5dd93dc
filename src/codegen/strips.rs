//! Random numbers a strip at a time: in, a dense program that draws and the function that was made of it; out, a
//! function around that one, which has the numbers of a block of elements filled in by the runtime before it calls it
//! for the block.
//!
//! A draw has a strip where its parameters are the same for all elements of a call. The function of the program reads
//! it as it reads a column, by way of `Frame::strips`: whoever makes that function needs to know no more. Blocks are as
//! long as fits a first-level cache with what else a step needs. A draw then costs 1 to 3 ns where a call for each
//! element took 20 to 90.

use super::columns::size;
use super::imports::{Filling, Function};
use super::loops::{Target, Visit, field, write};
use crate::ir::levels::{Level, levels};
use crate::ir::steps::{Draw, Kind, Op, Program, Shape, ValueId};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, MemFlagsData, StackSlotData, StackSlotKind, Value, types};
use cranelift_frontend::FunctionBuilderContext;
use cranelift_module::{FuncId, Module};

/// Strips that a program has at most; what it draws beyond is drawn one by one.
const MOST: usize = 64;
/// Elements in a block at most, and at least.
const LONGEST: usize = 512;
const SHORTEST: usize = 32;
/// Bytes of all strips together, unless blocks were too short.
const BYTES: usize = 16 * 1024;

/// A draw of a program that has a strip.
#[derive(Clone, Copy, Debug)]
struct Drawn {
    /// The instruction.
    at: usize,
    number: u32,
    draw: Draw,
}

/// Which draws of a program have strips, and which instructions are needed on which side of them.
#[derive(Clone, Debug)]
pub(super) struct Strips {
    drawn: Vec<Drawn>,
    reading: Vec<bool>,
    filling: Vec<bool>,
}

impl Strips {
    /// Those of a program.
    pub(super) fn of(program: &Program) -> Self {
        let levels = levels(program);
        let draws = program.ops.iter().enumerate().filter_map(|(at, op)| match *op {
            Op::Random(number, draw) if op.operands().all(|value| levels[value.0 as usize] == Level::Call) => {
                Some(Drawn { at, number, draw })
            }
            _ => None,
        });
        let dense = program.shape == Shape::Dense;
        let drawn: Vec<Drawn> = draws.take(if dense { MOST } else { 0 }).collect();
        if drawn.is_empty() {
            return Self { drawn, reading: vec![true; program.ops.len()], filling: Vec::new() };
        }
        let is_drawn = |at: usize| drawn.iter().any(|drawn| drawn.at == at);
        let effects = (0..program.ops.len()).filter(|&at| program.ops[at].is_effect());
        let parameters = drawn.iter().flat_map(|drawn| program.ops[drawn.at].operands()).map(|value| value.0 as usize);
        let reading = needed(program, effects, is_drawn);
        let filling = needed(program, parameters, |_| false);
        Self { drawn, reading, filling }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.drawn.is_empty()
    }

    /// The instructions whose numbers are in strips, in the order of these.
    pub(super) fn drawn(&self) -> impl Iterator<Item = usize> {
        self.drawn.iter().map(|drawn| drawn.at)
    }

    /// Which instructions are left for the function that reads strips.
    pub(super) fn reading(&self) -> &[bool] {
        &self.reading
    }

    /// Elements in a block.
    fn block(&self) -> usize {
        let fitting = BYTES / (8 * self.drawn.len());
        (fitting - fitting % SHORTEST).clamp(SHORTEST, LONGEST)
    }
}

/// What these instructions need, themselves among it; of a `given` one, nothing more.
fn needed(program: &Program, roots: impl Iterator<Item = usize>, given: impl Fn(usize) -> bool) -> Vec<bool> {
    let mut needed = vec![false; program.ops.len()];
    roots.for_each(|at| needed[at] = true);
    for at in (0..program.ops.len()).rev() {
        if needed[at] && !given(at) {
            program.ops[at].operands().for_each(|value| needed[value.0 as usize] = true);
        }
    }
    needed
}

fn kind(draw: Draw) -> Kind {
    match draw {
        Draw::Uniform | Draw::Normal => Kind::Real,
        Draw::Poisson(_) | Draw::Binomial(..) => Kind::Integer,
    }
}

/// Builds the function that fills the strips of a program and calls `reading`, which reads them, for every block.
pub(super) fn build(
    program: &Program,
    strips: &Strips,
    reading: FuncId,
    target: Target<'_>,
    function: &mut ir::Function,
    scratch: &mut FunctionBuilderContext,
) {
    let reading = target.module.declare_func_in_func(reading, function);
    write(program, &strips.filling, target, function, scratch, |visit| {
        let block = strips.block();
        let on_stack = |visit: &mut Visit<'_, '_, '_>, bytes: usize| {
            let slot = StackSlotData::new(StackSlotKind::ExplicitSlot, bytes as u32, 4);
            let slot = visit.body.emitter.builder.create_sized_stack_slot(slot);
            visit.body.emitter.builder.ins().stack_addr(types::I64, slot, 0)
        };
        let memory = on_stack(visit, strips.drawn.len() * 8 * block);
        let table = on_stack(visit, 8 * strips.drawn.len());
        let (frame, flags) = (visit.frame, MemFlagsData::trusted());
        let ins = &mut *visit.body.emitter.builder;
        ins.ins().store(flags, table, frame, field!(strips));
        let [first, last, out] =
            [field!(first), field!(last), field!(out)].map(|field| ins.ins().load(types::I64, flags, frame, field));
        // Rounded up to whole blocks, so that the last is visited too.
        let end = ins.ins().iadd_imm_s(last, block as i64 - 1);
        visit.count((first, end, block as i64), &[], |visit, start, _| {
            let ins = &mut *visit.body.emitter.builder;
            let end = ins.ins().iadd_imm_s(start, block as i64);
            let whole = ins.ins().icmp(IntCC::UnsignedLessThanOrEqual, end, last);
            let end = ins.ins().select(whole, end, last);
            let done = ins.ins().isub(start, first);
            let results = ins.ins().ishl_imm_u(done, 3);
            let results = ins.ins().iadd(out, results);
            for (field, value) in [(field!(first), start), (field!(last), end), (field!(out), results)] {
                ins.ins().store(flags, value, frame, field);
            }
            for (place, drawn) in strips.drawn.iter().enumerate() {
                let offset = (8 * block * place) as i64;
                let strip = visit.body.emitter.builder.ins().iadd_imm_s(memory, offset);
                fill(visit, drawn, strip, (start, end));
                let ins = &mut *visit.body.emitter.builder;
                let before = ins.ins().ishl_imm_u(start, i64::from(size(kind(drawn.draw))));
                let entry_0 = ins.ins().isub(strip, before);
                ins.ins().store(flags, entry_0, table, 8 * place as i32);
            }
            visit.body.emitter.builder.ins().call(reading, &[frame]);
            Vec::new()
        });
    });
}

/// A call that fills a strip with the numbers of the elements from `start` to `end`.
fn fill(visit: &mut Visit<'_, '_, '_>, drawn: &Drawn, strip: Value, (start, end): (Value, Value)) {
    let (key, step) = (visit.body.outside.key, visit.body.outside.step);
    let ins = &mut *visit.body.emitter.builder;
    let count = ins.ins().isub(end, start);
    let [first, count] = [start, count].map(|number| ins.ins().ireduce(types::I32, number));
    let number = ins.ins().iconst(types::I32, i64::from(drawn.number));
    let mut arguments = vec![key, step, first, count, number, strip];
    let mut parameter = |value: ValueId| arguments.push(visit.body.lane(value, 0));
    let filling = match drawn.draw {
        Draw::Uniform => Filling::Uniform,
        Draw::Normal => Filling::Normal,
        Draw::Poisson(mean) => {
            parameter(mean);
            Filling::Poisson
        }
        Draw::Binomial(n, p) => {
            parameter(n);
            parameter(p);
            Filling::Binomial
        }
    };
    visit.body.emitter.call_for_effect(Function::Strip(filling), &arguments);
}
