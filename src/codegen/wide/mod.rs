//! Dense programs as code for eight elements at a time, where the processor has AVX-512.
//!
//! In comes a verified dense program; out comes a function of the type `Entry`, or nothing where the program holds what
//! has no such code: then Cranelift, which has vectors of two reals, makes it. The bits are the same: lanes do not see
//! each other, every operation is rounded as the program says, and functions are those of `runtime::math`.
//!
//! `record` makes a listing (`lanes`) of the program, `emit` makes machine instructions of that with `registers`, and
//! `assembler` bytes of those. A Hodgkin-Huxley model takes 11 ns per neuron and step that way and 37 ns in vectors of
//! two, and its code is made in a sixth of the time; constants are operands in memory, so that all registers are for
//! values.

mod assembler;
mod codes;
mod emit;
mod lanes;
mod record;
mod registers;

use super::loops::field;
use super::strips::Strips;
use crate::ir::steps::Program;
use assembler::{Assembler, BAD, FRAME, INDEX, LAST, Label, Rm, SAVED, SCRATCH, STACK_BEFORE, THERE, at};
use emit::Emission;
use iced_x86::{Code, Instruction, Register};
use lanes::{LaneId, Listing};
use registers::THERE_OFFSET;

/// Code of a dense program.
pub(super) struct Function {
    code: Assembler,
    pool: Label,
}

impl Function {
    /// Code of a program whose random numbers are in these strips.
    pub(super) fn of(program: &Program, strips: &Strips) -> Option<Self> {
        let listing = record::record(program, strips)?;
        write(&listing, program.slots.len())
    }

    /// As bytes that may stand anywhere.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.code.bytes(self.pool)
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        self.code.text()
    }
}

/// Registers for the first entries of columns, where no function that is called takes them.
const BASES: [Register; 6] = [Register::RSI, Register::RDI, Register::R8, Register::R9, Register::R10, Register::R11];

/// The most that a function may take of the stack.
const MOST_STACK: i32 = 1 << 16;

/// The code of a listing over so many columns; nothing where it would need too much of the stack.
fn write(listing: &Listing, columns: usize) -> Option<Function> {
    let bases: &'static [Register] = if listing.calls() { &[] } else { &BASES[..BASES.len().min(columns)] };
    let mut emission = Emission::new(listing, bases);
    let pool = emission.code.label();
    let wanted = wanted(listing);

    begin(&mut emission, bases, pool);
    emission.section(&listing.prelude, &wanted);
    emission.asides();
    let of_prelude = emission.registers.stack;
    let (again, rest, end) = (emission.code.label(), emission.code.label(), emission.code.label());
    jump_unless_eight(&mut emission.code, Code::Ja_rel32_64, rest);
    emission.code.bind(again);
    emission.section(&listing.body, &[]);
    emission.code.immediate(Code::Add_rm64_imm8, INDEX, 8);
    jump_unless_eight(&mut emission.code, Code::Jbe_rel32_64, again);
    emission.asides();
    emission.code.bind(rest);
    let of_eight = std::mem::replace(&mut emission.registers.stack, of_prelude);
    emission.registers.keep_homes(&listing.prelude);
    only_there(&mut emission.code, end);
    emission.partly = true;
    emission.section(&listing.body, &[]);
    emission.asides();
    emission.code.bind(end);
    let of_rest = emission.registers.stack;
    let stack = of_eight.size().max(of_rest.size());
    finish(&mut emission.code);
    let body = emission.code.take_instructions();
    prologue(&mut emission.code, stack)?;
    emission.code.extend(body);
    Some(Function { code: emission.code, pool })
}

/// Values of the prelude that the body reads.
fn wanted(listing: &Listing) -> Vec<bool> {
    let mut wanted = vec![false; listing.all.len()];
    for &id in &listing.body {
        for LaneId(operand) in listing.get(id).operands() {
            wanted[operand as usize] = true;
        }
    }
    wanted
}

/// Saves the caller's registers and takes memory, touching every page of it in order.
fn prologue(code: &mut Assembler, stack: i32) -> Option<()> {
    const PAGE: i32 = 4096;
    if stack > MOST_STACK {
        return None;
    }
    for register in SAVED {
        code.push(Instruction::with1(Code::Push_r64, register));
    }
    code.two(Code::Mov_r64_rm64, STACK_BEFORE, Rm::Register(Register::RSP));
    code.immediate(Code::And_rm64_imm8, Register::RSP, -64);
    let mut rest = (stack + 63) & !63;
    while rest > 0 {
        let part = rest.min(PAGE);
        code.immediate(Code::Sub_rm64_imm32, Register::RSP, part);
        code.push(Instruction::with2(Code::Test_rm64_r64, at(Register::RSP, 0), Register::RSP));
        rest -= part;
    }
    Some(())
}

/// Takes what the frame says.
fn begin(emission: &mut Emission<'_>, bases: &[Register], pool: Label) {
    let code = &mut emission.code;
    code.two(Code::Mov_r64_rm64, FRAME, Rm::Register(Register::RDI));
    code.load_pool(pool);
    code.two(Code::Mov_r64_rm64, INDEX, Rm::Memory(at(FRAME, field!(first))));
    code.two(Code::Mov_r64_rm64, LAST, Rm::Memory(at(FRAME, field!(last))));
    if !bases.is_empty() {
        code.two(Code::Mov_r64_rm64, SCRATCH, Rm::Memory(at(FRAME, field!(slots))));
    }
    for (&base, slot) in bases.iter().zip(0..) {
        code.two(Code::Mov_r64_rm64, base, Rm::Memory(at(SCRATCH, 8 * slot)));
    }
    code.three(Code::EVEX_Vpxorq_zmm_k1z_zmm_zmmm512b64, BAD, BAD, Rm::Register(BAD));
}

/// Compares the number of the element after the next eight with the end, and jumps on the condition.
fn jump_unless_eight(code: &mut Assembler, condition: Code, to: Label) {
    code.two(Code::Lea_r64_m, SCRATCH, Rm::Memory(at(INDEX, 8)));
    code.two(Code::Cmp_r64_rm64, SCRATCH, Rm::Register(LAST));
    code.jump(condition, to);
}

/// Finds which elements are left; none are: goes to the end.
fn only_there(code: &mut Assembler, end: Label) {
    code.two(Code::Cmp_r64_rm64, INDEX, Rm::Register(LAST));
    code.jump(Code::Jae_rel32_64, end);
    code.two(Code::Mov_r64_rm64, Register::RCX, Rm::Register(LAST));
    code.two(Code::Sub_r64_rm64, Register::RCX, Rm::Register(INDEX));
    code.immediate(Code::Mov_r32_imm32, Register::EAX, 1);
    code.push(Instruction::with2(Code::Shl_rm32_CL, Register::EAX, Register::CL));
    code.push(Instruction::with1(Code::Dec_rm32, Register::EAX));
    code.two(Code::VEX_Kmovb_kr_r32, THERE, Rm::Register(Register::EAX));
    code.store(Code::VEX_Kmovb_m8_kr, at(Register::RSP, THERE_OFFSET), THERE);
}

/// Notes what was not finite, and gives everything back.
fn finish(code: &mut Assembler) {
    code.three(Code::EVEX_Vptestmq_kr_k1_zmm_zmmm512b64, Register::K1, BAD, Rm::Register(BAD));
    code.two(Code::VEX_Kmovb_r32_kr, Register::EAX, Rm::Register(Register::K1));
    code.store(Code::Or_rm64_r64, at(FRAME, field!(nonfinite)), SCRATCH);
    code.push(Ok(Instruction::with(Code::VEX_Vzeroupper)));
    code.two(Code::Mov_r64_rm64, Register::RSP, Rm::Register(STACK_BEFORE));
    for &register in SAVED.iter().rev() {
        code.push(Instruction::with1(Code::Pop_r64, register));
    }
    code.push(Ok(Instruction::with(Code::Retnq)));
}
