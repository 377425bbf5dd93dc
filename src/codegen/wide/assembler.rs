//! Machine instructions on their way to bytes: in, instructions with their operands; out, the bytes of a function with
//! its constants behind it, or the text of it. Encoding is that of iced-x86.
//!
//! An operand that does not fit its instruction is a bug of ours and panics: every one is met by the tests.

use super::lanes::Width;
use iced_x86::{
    BlockEncoder, BlockEncoderOptions, Code, Formatter, GasFormatter, Instruction, InstructionBlock, MemoryOperand,
    OpKind, Register,
};
use std::collections::HashMap;

/// The frame of the call.
pub(super) const FRAME: Register = Register::RBX;
/// The number of the first of the eight elements.
pub(super) const INDEX: Register = Register::R12;
/// One past the last element.
pub(super) const LAST: Register = Register::R13;
/// The constants.
pub(super) const POOL: Register = Register::R15;
/// The lane, where a function is called lane by lane; a pointer where spikes are written.
pub(super) const LANE: Register = Register::R14;
/// What the stack pointer was.
pub(super) const STACK_BEFORE: Register = Register::RBP;
/// For a moment.
pub(super) const SCRATCH: Register = Register::RAX;
/// Registers of the caller's that a function saves.
pub(super) const SAVED: [Register; 6] =
    [Register::RBX, Register::RBP, Register::R12, Register::R13, Register::R14, Register::R15];
/// Which elements there are, where fewer than eight are left.
pub(super) const THERE: Register = Register::K7;
/// Bits that are not all zeros once something was not finite.
pub(super) const BAD: Register = Register::ZMM31;
/// For a moment: which entries are still to be fetched.
pub(super) const MASK_SCRATCH: Register = Register::K6;
/// For a moment.
pub(super) const VECTOR_SCRATCH: Register = Register::ZMM30;

/// The vector register of that number.
pub(super) fn zmm(number: u8) -> Register {
    Register::ZMM0 + u32::from(number)
}

/// The number of a vector register, given whole or by its lower half.
pub(super) fn number_of(register: Register) -> u8 {
    let first = if is_whole(register) { Register::ZMM0 } else { Register::YMM0 };
    (register as u32 - first as u32) as u8
}

/// Whether a vector register is meant as a whole.
pub(super) fn is_whole(register: Register) -> bool {
    register >= Register::ZMM0
}

/// A vector register, or its lower half, as a value is wide.
pub(super) fn sized(width: Width, number: u8) -> Register {
    match width {
        Width::Full => zmm(number),
        Width::Half => ymm_of(zmm(number)),
    }
}

/// The 16 lower bytes of a vector register.
pub(super) fn xmm_of(zmm: Register) -> Register {
    Register::XMM0 + (zmm as u32 - Register::ZMM0 as u32)
}

/// The 32 lower bytes of a vector register.
pub(super) fn ymm_of(zmm: Register) -> Register {
    Register::YMM0 + (zmm as u32 - Register::ZMM0 as u32)
}

/// A second or third operand: a register or memory.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rm {
    Register(Register),
    Memory(MemoryOperand),
}

/// A place in the code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Label(u64);

/// Memory at a register and an offset.
pub(super) fn at(base: Register, offset: i32) -> MemoryOperand {
    MemoryOperand::with_base_displ(base, offset.into())
}

/// An entry of a list of entries of `size` bytes.
pub(super) fn entry(base: Register, index: Register, size: u32) -> MemoryOperand {
    MemoryOperand::with_base_index_scale(base, index, size)
}

/// The entry that comes so many after.
pub(super) fn entry_after(base: Register, index: Register, size: u32, after: i32) -> MemoryOperand {
    let offset = i64::from(after) * i64::from(size);
    MemoryOperand::new(base, index, size, offset, u32::from(offset != 0), false, Register::None)
}

/// Instructions, in order.
#[derive(Default)]
pub(super) struct Assembler {
    instructions: Vec<Instruction>,
    constants: Vec<u64>,
    places: HashMap<u64, i32>,
    labels: u64,
    /// Labels of places that have another one already.
    same: HashMap<u64, u64>,
    pending: Option<Label>,
}

impl Assembler {
    pub(super) fn push(&mut self, instruction: Result<Instruction, iced_x86::IcedError>) -> &mut Instruction {
        let mut instruction = instruction.expect("the operands are those of the instruction");
        if let Some(Label(label)) = self.pending.take() {
            instruction.set_ip(label);
        }
        self.instructions.push(instruction);
        self.instructions.last_mut().expect("it was just pushed")
    }

    /// An instruction of a destination and a source.
    pub(super) fn two(&mut self, code: Code, to: Register, source: Rm) -> &mut Instruction {
        self.push(match source {
            Rm::Register(register) => Instruction::with2(code, to, register),
            Rm::Memory(memory) => Instruction::with2(code, to, memory),
        })
    }

    /// An instruction of a destination and two sources.
    pub(super) fn three(&mut self, code: Code, to: Register, first: Register, second: Rm) -> &mut Instruction {
        self.push(match second {
            Rm::Register(register) => Instruction::with3(code, to, first, register),
            Rm::Memory(memory) => Instruction::with3(code, to, first, memory),
        })
    }

    /// An instruction of a destination, a source and a constant.
    pub(super) fn two_with(&mut self, code: Code, to: Register, source: Rm, constant: u32) -> &mut Instruction {
        self.push(match source {
            Rm::Register(register) => Instruction::with3(code, to, register, constant),
            Rm::Memory(memory) => Instruction::with3(code, to, memory, constant),
        })
    }

    /// An instruction of a destination, two sources and a constant.
    pub(super) fn three_with(
        &mut self,
        code: Code,
        to: Register,
        first: Register,
        second: Rm,
        constant: u32,
    ) -> &mut Instruction {
        self.push(match second {
            Rm::Register(register) => Instruction::with4(code, to, first, register, constant),
            Rm::Memory(memory) => Instruction::with4(code, to, first, memory, constant),
        })
    }

    /// An instruction that writes memory.
    pub(super) fn store(&mut self, code: Code, to: MemoryOperand, source: Register) -> &mut Instruction {
        self.push(Instruction::with2(code, to, source))
    }

    /// An instruction of a register and a constant.
    pub(super) fn immediate(&mut self, code: Code, to: Register, constant: i32) -> &mut Instruction {
        self.push(Instruction::with2(code, to, constant))
    }

    pub(super) fn label(&mut self) -> Label {
        self.labels += 1;
        Label(self.labels)
    }

    /// The next instruction stands at the label.
    pub(super) fn bind(&mut self, label: Label) {
        match self.pending {
            Some(Label(same)) => {
                self.same.insert(label.0, same);
            }
            None => self.pending = Some(label),
        }
    }

    pub(super) fn jump(&mut self, code: Code, Label(target): Label) {
        self.push(Instruction::with_branch(code, target));
    }

    /// A constant in memory: once, in all lanes. Those of lanes of 32 bits take eight bytes too.
    pub(super) fn constant(&mut self, bits: u64) -> MemoryOperand {
        let next = 8 * self.constants.len() as i32;
        let offset = *self.places.entry(bits).or_insert(next);
        if offset == next {
            self.constants.push(bits);
        }
        MemoryOperand::new(POOL, Register::None, 1, offset.into(), 1, true, Register::None)
    }

    /// Eight constants in memory, side by side.
    pub(super) fn constants(&mut self, all: [u64; 8]) -> MemoryOperand {
        let offset = 8 * self.constants.len() as i32;
        self.constants.extend(all);
        at(POOL, offset)
    }

    /// Puts the address of the constants into `POOL`; they stand at the label.
    pub(super) fn load_pool(&mut self, Label(pool): Label) {
        let there = MemoryOperand::with_base_displ(Register::RIP, pool as i64);
        self.push(Instruction::with2(Code::Lea_r64_m, POOL, there));
    }

    /// Takes the instructions away; labels and constants stay.
    pub(super) fn take_instructions(&mut self) -> Vec<Instruction> {
        std::mem::take(&mut self.instructions)
    }

    /// Adds instructions whose labels and constants are this one's own.
    pub(super) fn extend(&mut self, instructions: Vec<Instruction>) {
        self.instructions.extend(instructions);
    }

    /// The function as bytes, its constants behind it at the label, at a multiple of eight bytes.
    pub(super) fn bytes(&self, Label(pool): Label) -> Vec<u8> {
        let mut all = self.instructions.clone();
        for jump in all.iter_mut().filter(|instruction| instruction.op0_kind() == OpKind::NearBranch64) {
            let target = jump.near_branch64();
            jump.set_near_branch64(self.same.get(&target).copied().unwrap_or(target));
        }
        let code = all.len();
        // One at least, for the label to be somewhere.
        let constants = self.constants.iter().copied().chain(self.constants.is_empty().then_some(0));
        all.extend(constants.map(Instruction::with_declare_qword_1));
        all[code].set_ip(pool);
        let padding = encode(&all).len().wrapping_neg() % 8;
        if padding > 0 {
            let filling = Instruction::with_declare_byte(&[0xcc; 8][..padding]);
            all.insert(code, filling.expect("one to seven bytes"));
        }
        encode(&all)
    }

    /// The instructions for people, one a line, and the constants.
    pub(super) fn text(&self) -> String {
        let mut formatter = GasFormatter::new();
        let mut text = String::new();
        for instruction in &self.instructions {
            if instruction.ip() > 0 {
                text.push_str(&format!("{:#x}:\n", instruction.ip()));
            }
            text.push_str("  ");
            formatter.format(instruction, &mut text);
            text.push('\n');
        }
        for (place, constant) in self.constants.iter().enumerate() {
            text.push_str(&format!("  constant {:#x}: {constant:#018x} {}\n", 8 * place, f64::from_bits(*constant)));
        }
        text
    }
}

fn encode(instructions: &[Instruction]) -> Vec<u8> {
    let block = InstructionBlock::new(instructions, 0);
    let encoded = BlockEncoder::encode(64, block, BlockEncoderOptions::NONE);
    encoded.expect("every instruction has an encoding, and jumps reach two gigabytes").code_buffer
}
