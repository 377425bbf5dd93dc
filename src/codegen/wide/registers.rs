//! Where values are: in, which values the next instructions read; out, the registers that hold them.
//!
//! A value is in a register, at home in memory (a constant, or what was once written to the stack), or both. When
//! registers run out, the value that is read last leaves its own; it is written to the stack if it has no home yet.
//! Straight-line code needs no more than that (Belady, 1966, IBM Systems Journal 5:78). All is forgotten between the
//! prelude and the body, and whatever the body reads of the prelude has a home.

use super::assembler::{Assembler, Rm, at, is_whole, number_of, sized, zmm};
use super::lanes::{LaneId, Lanes, Listing, Width};
use iced_x86::{Code, MemoryOperand, Register};

/// Vector registers that values may have; the others have duties.
const VECTORS: usize = 30;
/// Mask registers that values may have: k1 to k5.
const MASKS: usize = 5;
/// Where the stack holds which elements there are.
pub(super) const THERE_OFFSET: i32 = 0;

/// Memory of the stack: how many bytes are given out. None comes back but by going back to an earlier `Stack`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stack(i32);

impl Stack {
    /// 64 bytes, where such begin.
    pub(super) fn vector(&mut self) -> i32 {
        let offset = (self.0 + 63) & !63;
        self.0 = offset + 64;
        offset
    }

    fn mask(&mut self) -> i32 {
        self.0 += 1;
        self.0 - 1
    }

    /// How much of it there is.
    pub(super) fn size(self) -> i32 {
        self.0
    }
}

/// Where a value is at home.
#[derive(Clone, Copy, Debug)]
pub(super) enum Home {
    Constant(MemoryOperand),
    Stack(i32),
}

/// What is known of the places of values.
pub(super) struct Registers {
    homes: Vec<Option<Home>>,
    held: Vec<Option<u8>>,
    widths: Vec<Width>,
    /// Positions at which each value is read, last first.
    reads: Vec<Vec<u32>>,
    vectors: [Option<LaneId>; VECTORS],
    masks: [Option<LaneId>; MASKS],
    pub(super) stack: Stack,
}

impl Registers {
    pub(super) fn new(listing: &Listing) -> Self {
        let count = listing.all.len();
        Self {
            homes: vec![None; count],
            held: vec![None; count],
            widths: listing.widths.clone(),
            reads: vec![Vec::new(); count],
            vectors: [None; VECTORS],
            masks: [None; MASKS],
            stack: Stack(THERE_OFFSET + 1),
        }
    }

    /// Begins with a list of instructions: all registers are free.
    pub(super) fn begin(&mut self, listing: &Listing, section: &[LaneId]) {
        self.forget();
        self.reads.iter_mut().for_each(Vec::clear);
        for (position, &id) in section.iter().enumerate().rev() {
            for operand in listing.get(id).operands() {
                self.reads[operand.0 as usize].push(position as u32);
            }
        }
    }

    /// Values are no longer in registers.
    fn forget(&mut self) {
        self.held.fill(None);
        self.vectors.fill(None);
        self.masks.fill(None);
    }

    /// Homes on the stack are no more, but for those of these values.
    pub(super) fn keep_homes(&mut self, kept: &[LaneId]) {
        let keep: std::collections::HashSet<LaneId> = kept.iter().copied().collect();
        for (value, home) in (0..).zip(&mut self.homes) {
            if matches!(home, Some(Home::Stack(_))) && !keep.contains(&LaneId(value)) {
                *home = None;
            }
        }
    }

    fn next_read(&self, id: LaneId) -> u32 {
        self.reads[id.0 as usize].last().copied().unwrap_or(u32::MAX)
    }

    /// Whether nothing reads the value any more.
    fn is_dead(&self, id: LaneId) -> bool {
        self.reads[id.0 as usize].is_empty()
    }

    /// The reads of an instruction are done: values that nothing reads any more leave their registers.
    pub(super) fn read(&mut self, instruction: Lanes) {
        for operand in instruction.operands() {
            self.reads[operand.0 as usize].pop();
        }
        instruction.operands().for_each(|operand| self.drop_if_dead(operand));
    }

    /// A value that nothing reads leaves its register.
    pub(super) fn drop_if_dead(&mut self, id: LaneId) {
        if self.is_dead(id) {
            self.release(id);
        }
    }

    fn release(&mut self, id: LaneId) {
        if self.held[id.0 as usize].take().is_some() {
            for holder in self.vectors.iter_mut().chain(&mut self.masks) {
                if *holder == Some(id) {
                    *holder = None;
                }
            }
        }
    }

    fn home(&mut self, code: &mut Assembler, instruction: Lanes, id: LaneId) -> Option<Home> {
        if let (None, Lanes::Constant(_, bits)) = (self.homes[id.0 as usize], instruction) {
            self.homes[id.0 as usize] = Some(Home::Constant(code.constant(bits)));
        }
        self.homes[id.0 as usize]
    }

    /// The register of a vector, where it is in one.
    pub(super) fn held(&self, id: LaneId) -> Option<Register> {
        self.held[id.0 as usize].map(|number| self.sized(id, number))
    }

    /// The register of that number, or its lower half, as the value is wide.
    fn sized(&self, id: LaneId, number: u8) -> Register {
        sized(self.widths[id.0 as usize], number)
    }

    /// A vector as an operand that may be memory.
    pub(super) fn vector_or_memory(&mut self, code: &mut Assembler, listing: &Listing, id: LaneId) -> Rm {
        if let Some(register) = self.held(id) {
            return Rm::Register(register);
        }
        match self.home(code, listing.get(id), id).expect("a value is in a register or at home") {
            Home::Constant(memory) => Rm::Memory(memory),
            Home::Stack(offset) => Rm::Memory(at(Register::RSP, offset)),
        }
    }

    /// A vector in a register; the values in `keep` stay where they are.
    pub(super) fn vector(&mut self, code: &mut Assembler, listing: &Listing, id: LaneId, keep: &[LaneId]) -> Register {
        if let Some(register) = self.held(id) {
            return register;
        }
        let source = self.vector_or_memory(code, listing, id);
        let register = self.new_vector(code, listing, id, keep);
        load(code, register, source);
        register
    }

    /// The register of a kind that the next value gets: a free one, or that of the value that is read last.
    fn room(&self, kind: &[Option<LaneId>], keep: &[LaneId]) -> usize {
        let free = kind.iter().position(Option::is_none);
        free.unwrap_or_else(|| {
            let last = |&(_, held): &(usize, &Option<LaneId>)| held.map(|id| self.next_read(id));
            let leaving = kind.iter().enumerate().filter(|(_, held)| held.is_none_or(|id| !keep.contains(&id)));
            leaving.max_by_key(last).expect("an instruction reads three values at most").0
        })
    }

    /// What a register holds goes home.
    fn leave(&mut self, code: &mut Assembler, listing: &Listing, held: Option<LaneId>) {
        if let Some(leaving) = held {
            self.save(code, listing, leaving);
            self.release(leaving);
        }
    }

    /// A register for a vector that is not in one.
    pub(super) fn new_vector(
        &mut self,
        code: &mut Assembler,
        listing: &Listing,
        id: LaneId,
        keep: &[LaneId],
    ) -> Register {
        let number = self.room(&self.vectors, keep);
        self.leave(code, listing, self.vectors[number]);
        self.vectors[number] = Some(id);
        self.held[id.0 as usize] = Some(number as u8);
        self.sized(id, number as u8)
    }

    /// Whether a vector register holds nothing that is read any more.
    pub(super) fn is_free(&self, register: Register) -> bool {
        self.vectors[usize::from(number_of(register))].is_none()
    }

    /// Hands the register of a value that nothing reads any more to another.
    pub(super) fn inherit(&mut self, from: Register, id: LaneId) {
        let number = number_of(from);
        assert!(self.vectors[usize::from(number)].is_none(), "the value that was there is read no more");
        self.vectors[usize::from(number)] = Some(id);
        self.held[id.0 as usize] = Some(number);
    }

    /// Sees that a value in a register has a home.
    pub(super) fn save(&mut self, code: &mut Assembler, listing: &Listing, id: LaneId) {
        let instruction = listing.get(id);
        if self.home(code, instruction, id).is_some() {
            return;
        }
        let number = self.held[id.0 as usize].expect("a value without a home is in a register");
        let offset = if instruction.is_mask() {
            let offset = self.stack.mask();
            code.store(Code::VEX_Kmovb_m8_kr, at(Register::RSP, offset), mask_register(number));
            offset
        } else {
            let offset = self.stack.vector();
            let store = match self.widths[id.0 as usize] {
                Width::Full => Code::EVEX_Vmovapd_zmmm512_k1z_zmm,
                Width::Half => Code::EVEX_Vmovaps_ymmm256_k1z_ymm,
            };
            code.store(store, at(Register::RSP, offset), self.sized(id, number));
            offset
        };
        self.homes[id.0 as usize] = Some(Home::Stack(offset));
    }

    /// Sends all values home: a call takes the registers.
    pub(super) fn save_all(&mut self, code: &mut Assembler, listing: &Listing) {
        let all: Vec<LaneId> = self.vectors.iter().chain(&self.masks).flatten().copied().collect();
        for id in all {
            self.save(code, listing, id);
        }
        self.forget();
    }

    /// The registers that hold vectors, and those that hold masks.
    pub(super) fn occupied(&self) -> (Vec<Register>, Vec<Register>) {
        let vectors = (0..).zip(&self.vectors).filter(|(_, held)| held.is_some()).map(|(number, _)| zmm(number));
        let masks = (0..).zip(&self.masks).filter(|(_, held)| held.is_some()).map(|(number, _)| mask_register(number));
        (vectors.collect(), masks.collect())
    }

    /// A mask in a register; the values in `keep` stay where they are.
    pub(super) fn mask(&mut self, code: &mut Assembler, listing: &Listing, id: LaneId, keep: &[LaneId]) -> Register {
        if let Some(number) = self.held[id.0 as usize] {
            return mask_register(number);
        }
        let Some(Home::Stack(offset)) = self.homes[id.0 as usize] else {
            unreachable!("a mask is in a register or on the stack")
        };
        let register = self.new_mask(code, listing, id, keep);
        code.two(Code::VEX_Kmovb_kr_km8, register, Rm::Memory(at(Register::RSP, offset)));
        register
    }

    /// A register for a mask that is not in one.
    pub(super) fn new_mask(
        &mut self,
        code: &mut Assembler,
        listing: &Listing,
        id: LaneId,
        keep: &[LaneId],
    ) -> Register {
        let number = self.room(&self.masks, keep);
        self.leave(code, listing, self.masks[number]);
        self.masks[number] = Some(id);
        self.held[id.0 as usize] = Some(number as u8);
        mask_register(number as u8)
    }
}

fn mask_register(number: u8) -> Register {
    Register::K1 + u32::from(number)
}

/// Brings a vector into a register, or into the lower half of one.
pub(super) fn load(code: &mut Assembler, register: Register, source: Rm) {
    let (load, spread) = if is_whole(register) {
        (Code::EVEX_Vmovapd_zmm_k1z_zmmm512, Code::EVEX_Vbroadcastsd_zmm_k1z_xmmm64)
    } else {
        (Code::EVEX_Vmovaps_ymm_k1z_ymmm256, Code::EVEX_Vbroadcastss_ymm_k1z_xmmm32)
    };
    match source {
        Rm::Memory(memory) if memory.is_broadcast => {
            let memory = MemoryOperand { is_broadcast: false, ..memory };
            code.two(spread, register, Rm::Memory(memory));
        }
        source => {
            code.two(load, register, source);
        }
    }
}
