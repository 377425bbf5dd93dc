//! Dense programs as code for eight elements at a time, where the processor has AVX-512.
//!
//! In comes a verified dense program; out comes a function of the type `Entry`, or nothing where the program holds what
//! has no such code: then Cranelift, which has vectors of two reals, makes it. The bits are the same: lanes do not see
//! each other, every operation is rounded as the program says, and functions are those of `runtime::math`.
//!
//! `record` makes a listing (`lanes`) of the program, `emit` makes machine instructions of that with `registers` and
//! the tables of `codes`, and `assembler` bytes of those. A Hodgkin-Huxley model takes 11 ns per neuron and step that
//! way and 37 ns in vectors of two, and its code is made in a sixth of the time; constants are operands in memory, so
//! that all registers are for values. Eight singles are the lower half of a register, so that elements, masks and
//! what is read of reals are where they are without singles; the same model takes 5.5 ns then, since its functions
//! are shorter too.

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
        let mut listing = record::record(program, strips)?;
        if pays_in_pairs(&listing) {
            listing.pair();
        }
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
    let of_pairs = if listing.pairs.is_empty() { 0 } else { repeat(&mut emission, &listing.pairs, 16) };
    let of_eight = repeat(&mut emission, &listing.body, 8);
    let end = emission.code.label();
    only_there(&mut emission.code, end);
    emission.partly = true;
    emission.section(&listing.body, &[]);
    emission.asides();
    emission.code.bind(end);
    let of_rest = emission.registers.stack.size();
    let stack = of_rest.max(of_eight).max(of_pairs);
    finish(&mut emission.code);
    let body = emission.code.take_instructions();
    prologue(&mut emission.code, stack)?;
    emission.code.extend(body);
    Some(Function { code: emission.code, pool })
}

/// Writes a list of instructions as a loop over so many elements at a time, as long as there are so many. Returns how
/// much of the stack it needs; what follows may have the same memory, but for that of values of the prelude.
fn repeat(emission: &mut Emission<'_>, section: &[LaneId], elements: i32) -> i32 {
    let of_prelude = emission.registers.stack;
    let (again, after) = (emission.code.label(), emission.code.label());
    jump_if_there(&mut emission.code, elements, Code::Ja_rel32_64, after);
    emission.code.bind(again);
    emission.section(section, &[]);
    emission.code.immediate(Code::Add_rm64_imm8, INDEX, elements);
    jump_if_there(&mut emission.code, elements, Code::Jbe_rel32_64, again);
    emission.asides();
    emission.code.bind(after);
    emission.registers.keep_homes(&emission.listing.prelude);
    std::mem::replace(&mut emission.registers.stack, of_prelude).size()
}

/// Instructions of a body that is still written twice: what comes of the longest takes milliseconds to make.
const LONGEST_OF_PAIRS: usize = 1000;

/// Whether to have a loop over sixteen elements too: the processor looks a hundred instructions ahead or so, and finds
/// twice as many that do not wait for each other. Hodgkin-Huxley models take 5 % less time that way (10 % with singles,
/// whose instructions are done sooner), and 0.4 ms more to make; calls lane by lane would hide it.
fn pays_in_pairs(listing: &Listing) -> bool {
    listing.body.len() <= LONGEST_OF_PAIRS && !listing.calls_every_lane()
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

/// Compares the number of the element after so many with the end, and jumps on the condition.
fn jump_if_there(code: &mut Assembler, elements: i32, condition: Code, to: Label) {
    code.two(Code::Lea_r64_m, SCRATCH, Rm::Memory(at(INDEX, elements)));
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
