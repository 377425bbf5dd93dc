//! Instructions for eight elements as machine instructions: in, a listing and where its values are; out, code for one
//! run through it.
//!
//! The same listing is emitted twice: for eight elements, and for the fewer that are left at the end, of which `THERE`
//! says which there are. Then loads and stores leave the others alone.

use super::assembler::{
    Assembler, BAD, FRAME, INDEX, LANE, Label, MASK_SCRATCH, Rm, SCRATCH, THERE, VECTOR_SCRATCH, at, entry,
    entry_after, is_whole, number_of, sized, xmm_of, ymm_of,
};
use super::codes::{self, Factors};
use super::lanes::{Address, Both, LaneId, Lanes, Listing, One, Two, Width};
use super::registers::{Registers, THERE_OFFSET, load};
use crate::codegen::loops::field;
use crate::ir::steps::{Kind, SlotId};
use iced_x86::{Code, Instruction, MemoryOperand, Register};
use std::collections::HashMap;

/// What happens off the straight way, to be written behind it.
struct Cold {
    from: Label,
    back: Label,
    what: Aside,
}

enum Aside {
    /// Spikes of the elements of a mask, the first of which is so far ahead.
    Spikes(Register, i32),
    /// A function of `x` for elements of a mask, into `result`; these registers are to be kept.
    Rare {
        function: Address,
        mask: Register,
        x: Register,
        result: Register,
        vectors: Vec<Register>,
        masks: Vec<Register>,
    },
}

/// Where a call of functions lane by lane has its arguments and results, and what it keeps: offsets on the stack.
#[derive(Clone, Copy)]
struct Desk {
    first: i32,
    second: i32,
    result: i32,
    bad: i32,
}

/// Writes code.
pub(super) struct Emission<'l> {
    pub(super) listing: &'l Listing,
    pub(super) code: Assembler,
    pub(super) registers: Registers,
    /// Registers that hold the first entries of the first columns.
    pub(super) bases: &'static [Register],
    /// Whether fewer than eight elements are there.
    pub(super) partly: bool,
    /// How far ahead of the first element of the code that of the instruction is.
    ahead: i32,
    counting: HashMap<i32, MemoryOperand>,
    desk: Option<Desk>,
    cold: Vec<Cold>,
}

fn size(kind: Kind) -> u32 {
    match kind {
        Kind::Real | Kind::Long => 8,
        Kind::Single | Kind::Integer => 4,
        Kind::Boolean => 1,
    }
}

impl<'l> Emission<'l> {
    pub(super) fn new(listing: &'l Listing, bases: &'static [Register]) -> Self {
        let (code, mut registers) = (Assembler::default(), Registers::new(listing));
        let stack = &mut registers.stack;
        let desk = listing.calls().then(|| Desk {
            first: stack.vector(),
            second: stack.vector(),
            result: stack.vector(),
            bad: stack.vector(),
        });
        Self {
            listing,
            code,
            registers,
            bases,
            partly: false,
            ahead: 0,
            counting: HashMap::new(),
            desk,
            cold: Vec::new(),
        }
    }

    /// Writes a list of instructions; values that are `wanted` later get a home.
    pub(super) fn section(&mut self, section: &[LaneId], wanted: &[bool]) {
        self.registers.begin(self.listing, section);
        for &id in section {
            let instruction = self.listing.get(id);
            self.ahead = self.listing.ahead(id);
            if instruction.is_effect() {
                self.effect(instruction);
                continue;
            }
            self.value(id, instruction);
            if wanted.get(id.0 as usize).is_some_and(|&wanted| wanted) {
                self.registers.save(&mut self.code, self.listing, id);
            }
            self.registers.drop_if_dead(id);
        }
    }

    /// The register that the result of an instruction goes to, once its operands are read.
    fn result(&mut self, id: LaneId, instruction: Lanes) -> Register {
        self.registers.read(instruction);
        self.registers.new_vector(&mut self.code, self.listing, id, &[])
    }

    fn mask_result(&mut self, id: LaneId, instruction: Lanes) -> Register {
        self.registers.read(instruction);
        self.registers.new_mask(&mut self.code, self.listing, id, &[])
    }

    fn vector(&mut self, id: LaneId, keep: &[LaneId]) -> Register {
        self.registers.vector(&mut self.code, self.listing, id, keep)
    }

    fn vector_or_memory(&mut self, id: LaneId) -> Rm {
        self.registers.vector_or_memory(&mut self.code, self.listing, id)
    }

    fn mask(&mut self, id: LaneId, keep: &[LaneId]) -> Register {
        self.registers.mask(&mut self.code, self.listing, id, keep)
    }

    fn value(&mut self, id: LaneId, instruction: Lanes) {
        match instruction {
            Lanes::Constant(..) => unreachable!("constants are in no list"),
            Lanes::Truth(truth) => {
                let to = self.mask_result(id, instruction);
                let code = if truth { Code::VEX_Kxnorb_kr_kr_kr } else { Code::VEX_Kxorb_kr_kr_kr };
                self.code.three(code, to, to, Rm::Register(to));
            }
            Lanes::Frame(offset) => {
                let to = self.result(id, instruction);
                self.code.two(Code::EVEX_Vbroadcastsd_zmm_k1z_xmmm64, to, Rm::Memory(at(FRAME, offset)));
            }
            Lanes::First(slot, kind) => self.first(id, slot, kind),
            Lanes::Load(slot, kind) => {
                let base = self.base(slot);
                self.load(id, base, kind);
            }
            Lanes::Drawn(strip, kind) => {
                let table = Rm::Memory(at(FRAME, field!(strips)));
                self.code.two(Code::Mov_r64_rm64, SCRATCH, table);
                self.code.two(Code::Mov_r64_rm64, SCRATCH, Rm::Memory(at(SCRATCH, 8 * strip as i32)));
                self.load(id, SCRATCH, kind);
            }
            Lanes::Entry(slot, kind, place, index) => self.entry(id, (slot, kind, place), index),
            Lanes::Index => {
                let to = self.result(id, instruction);
                self.code.two(Code::EVEX_Vpbroadcastq_zmm_k1z_r64, to, Rm::Register(INDEX));
                let numbers = std::array::from_fn(|lane| (self.ahead as u64) + lane as u64);
                let counting = *self.counting.entry(self.ahead).or_insert_with(|| self.code.constants(numbers));
                self.code.three(Code::EVEX_Vpaddq_zmm_k1z_zmm_zmmm512b64, to, to, Rm::Memory(counting));
            }
            Lanes::One(which, a) => self.one(id, which, a),
            Lanes::Two(which, a, b) => self.two(id, which, a, b),
            Lanes::MulAdd(a, b, c) => self.mul_add(id, [a, b, c]),
            Lanes::Shift(which, a, by) => {
                let source = self.vector_or_memory(a);
                let to = self.result(id, instruction);
                self.code.two_with(codes::shift(which, self.listing.width(id)), to, source, by.into());
            }
            Lanes::CompareReals(which, a, b) => {
                self.compare(id, codes::compare_reals(which, self.listing.width(a)), [a, b]);
            }
            Lanes::CompareLongs(which, a, b) => self.compare(id, codes::compare_longs(which), [a, b]),
            Lanes::Masks(which, a, b) => {
                let code = match which {
                    Both::And => Code::VEX_Kandb_kr_kr_kr,
                    Both::Or => Code::VEX_Korb_kr_kr_kr,
                    Both::AndNot => Code::VEX_Kandnb_kr_kr_kr,
                };
                let (first, second) = (self.mask(a, &[a, b]), self.mask(b, &[a, b]));
                let to = self.mask_result(id, instruction);
                self.code.three(code, to, first, Rm::Register(second));
            }
            Lanes::Not(a) => {
                let source = self.mask(a, &[a]);
                let to = self.mask_result(id, instruction);
                self.code.two(Code::VEX_Knotb_kr_kr, to, Rm::Register(source));
            }
            Lanes::Select(mask, a, b) => self.select(id, mask, a, b),
            Lanes::Call1(function, a) => self.call(id, function, &[a]),
            Lanes::Call2(function, a, b) => self.call(id, function, &[a, b]),
            Lanes::Rare(function, mask, x, inline) => self.rare(id, function, mask, x, inline),
            Lanes::Store(..) | Lanes::Emit(_) | Lanes::Yield(_) | Lanes::Check(_) => {
                unreachable!("effects have no value")
            }
        }
    }

    /// The register of the first entry of a column.
    fn base(&mut self, slot: SlotId) -> Register {
        if let Some(&register) = self.bases.get(slot.0 as usize) {
            return register;
        }
        let table = at(FRAME, field!(slots));
        self.code.two(Code::Mov_r64_rm64, SCRATCH, Rm::Memory(table));
        let place = at(SCRATCH, 8 * i32::try_from(slot.0).expect("few slots"));
        self.code.two(Code::Mov_r64_rm64, SCRATCH, Rm::Memory(place));
        SCRATCH
    }

    fn first(&mut self, id: LaneId, slot: SlotId, kind: Kind) {
        let base = self.base(slot);
        let first = Rm::Memory(at(base, 0));
        match kind {
            Kind::Real | Kind::Long | Kind::Single => {
                let to = self.result(id, Lanes::Index);
                self.code.two(codes::spread(self.listing.width(id)), to, first);
            }
            Kind::Integer => {
                let to = self.result(id, Lanes::Index);
                self.code.two(Code::Movsxd_r64_rm32, SCRATCH, first);
                self.code.two(Code::EVEX_Vpbroadcastq_zmm_k1z_r64, to, Rm::Register(SCRATCH));
            }
            Kind::Boolean => {
                let to = self.mask_result(id, Lanes::Index);
                self.code.two(Code::Movzx_r32_rm8, Register::EAX, first);
                // 0 or 1 becomes no bits or all of them, by the carry of a negation.
                self.code.push(Instruction::with1(Code::Neg_rm32, Register::EAX));
                self.code.two(Code::Sbb_r32_rm32, Register::EAX, Rm::Register(Register::EAX));
                self.code.two(Code::VEX_Kmovb_kr_r32, to, Rm::Register(Register::EAX));
            }
        }
    }

    fn load(&mut self, id: LaneId, base: Register, kind: Kind) {
        let entries = Rm::Memory(entry_after(base, INDEX, size(kind), self.ahead));
        let partly = self.partly;
        let only_there = |instruction: &mut Instruction| {
            if partly {
                instruction.set_op_mask(THERE);
                instruction.set_zeroing_masking(true);
            }
        };
        match kind {
            Kind::Real | Kind::Long | Kind::Single => {
                let to = self.result(id, Lanes::Index);
                only_there(self.code.two(codes::load(self.listing.width(id)), to, entries));
            }
            Kind::Integer => {
                let to = self.result(id, Lanes::Index);
                only_there(self.code.two(Code::EVEX_Vpmovsxdq_zmm_k1z_ymmm256, to, entries));
            }
            Kind::Boolean => {
                let to = self.mask_result(id, Lanes::Index);
                let bytes = xmm_of(VECTOR_SCRATCH);
                if partly {
                    only_there(self.code.two(Code::EVEX_Vmovdqu8_xmm_k1z_xmmm128, bytes, entries));
                } else {
                    self.code.two(Code::EVEX_Vmovq_xmm_xmmm64, bytes, entries);
                }
                self.code.three(Code::EVEX_Vptestmb_kr_k1_xmm_xmmm128, to, bytes, Rm::Register(bytes));
            }
        }
    }

    /// Gathers entries by number.
    fn entry(&mut self, id: LaneId, (slot, kind, place): (SlotId, Kind, u32), index: LaneId) {
        let numbers = self.vector(index, &[index]);
        let zero = Rm::Memory(self.code.constant(0));
        self.code.three(Code::EVEX_Vpmaxsq_zmm_k1z_zmm_zmmm512b64, VECTOR_SCRATCH, numbers, zero);
        self.code.two(Code::Mov_r64_rm64, SCRATCH, Rm::Memory(at(FRAME, field!(last_entries))));
        let last = MemoryOperand { is_broadcast: true, ..at(SCRATCH, 8 * place as i32) };
        let last = Rm::Memory(last);
        self.code.three(Code::EVEX_Vpminsq_zmm_k1z_zmm_zmmm512b64, VECTOR_SCRATCH, VECTOR_SCRATCH, last);
        let all = if self.partly { THERE } else { MASK_SCRATCH };
        let code = if self.partly { Code::VEX_Kandb_kr_kr_kr } else { Code::VEX_Kxnorb_kr_kr_kr };
        self.code.three(code, MASK_SCRATCH, all, Rm::Register(all));
        // Not the register of the numbers: a gather must not overwrite what it reads by.
        let to = self.registers.new_vector(&mut self.code, self.listing, id, &[index]);
        self.registers.read(Lanes::Entry(slot, kind, place, index));
        let base = self.base(slot);
        let whole = sized(Width::Full, number_of(to));
        self.code.three(Code::EVEX_Vpxorq_zmm_k1z_zmm_zmmm512b64, whole, whole, Rm::Register(whole));
        let entries = entry(base, VECTOR_SCRATCH, size(kind));
        if kind == Kind::Integer {
            let half = ymm_of(to);
            self.code.two(Code::EVEX_Vpgatherqd_ymm_k1_vm64z, half, Rm::Memory(entries)).set_op_mask(MASK_SCRATCH);
            self.code.two(Code::EVEX_Vpmovsxdq_zmm_k1z_ymmm256, to, Rm::Register(half));
        } else {
            let gather = codes::gather(self.listing.width(id));
            self.code.two(gather, to, Rm::Memory(entries)).set_op_mask(MASK_SCRATCH);
        }
    }

    fn one(&mut self, id: LaneId, which: One, a: LaneId) {
        let source = self.vector_or_memory(a);
        let to = self.result(id, Lanes::One(which, a));
        match codes::one(which, self.listing.width(id)) {
            (code, None) => self.code.two(code, to, source),
            (code, Some(constant)) => self.code.two_with(code, to, source, constant),
        };
    }

    fn two(&mut self, id: LaneId, which: Two, a: LaneId, b: LaneId) {
        let (code, symmetric) = codes::two(which, self.listing.width(id));
        // The second operand alone may be memory.
        let (a, b) = if symmetric && self.registers.held(a).is_none() { (b, a) } else { (a, b) };
        let first = self.vector(a, &[a, b]);
        let second = self.vector_or_memory(b);
        let to = self.result(id, Lanes::Two(which, a, b));
        self.code.three(code, to, first, second);
    }

    /// One of the three operands is overwritten, and one, which is not that, may be memory.
    fn mul_add(&mut self, id: LaneId, [a, b, c]: [LaneId; 3]) {
        let (keep, width) = ([a, b, c], self.listing.width(id));
        let instruction = Lanes::MulAdd(a, b, c);
        // Factors are symmetric: the second is the one in memory, where only one is.
        let (a, b) = if self.registers.held(a).is_none() { (b, a) } else { (a, b) };
        let sum_in_memory = self.registers.held(c).is_none();
        let factor_in_memory = self.registers.held(b).is_none();
        let factor = self.vector(a, &keep);
        if sum_in_memory && !factor_in_memory {
            let (other, sum) = (self.vector(b, &keep), self.vector_or_memory(c));
            self.registers.read(instruction);
            let (from, other) = if self.is_free(factor) { (factor, other) } else { (other, factor) };
            let to = self.take_over(id, from, keep);
            self.code.three(codes::mul_add(Factors::FirstAndSecond, width), to, other, sum);
            return;
        }
        let sum = self.vector(c, &keep);
        let other = self.vector_or_memory(b);
        self.registers.read(instruction);
        if !self.is_free(sum) {
            // Where the sum is still needed, a factor that is not may go.
            if self.is_free(factor) {
                let to = self.take_over(id, factor, keep);
                self.code.three(codes::mul_add(Factors::FirstAndThird, width), to, sum, other);
                return;
            }
            if let Rm::Register(second) = other
                && self.is_free(second)
            {
                let to = self.take_over(id, second, keep);
                self.code.three(codes::mul_add(Factors::FirstAndThird, width), to, sum, Rm::Register(factor));
                return;
            }
        }
        let to = self.take_over(id, sum, keep);
        self.code.three(codes::mul_add(Factors::SecondAndThird, width), to, factor, other);
    }

    fn is_free(&self, register: Register) -> bool {
        self.registers.is_free(register)
    }

    /// The register of a result that overwrites what is in `from`: that one itself where nothing needs it any more.
    fn take_over(&mut self, id: LaneId, from: Register, keep: [LaneId; 3]) -> Register {
        if self.is_free(from) {
            self.registers.inherit(from, id);
            return from;
        }
        let to = self.registers.new_vector(&mut self.code, self.listing, id, &keep);
        load(&mut self.code, to, Rm::Register(from));
        to
    }

    fn compare(&mut self, id: LaneId, (code, predicate): (Code, u32), [a, b]: [LaneId; 2]) {
        let first = self.vector(a, &[a, b]);
        let second = self.vector_or_memory(b);
        let to = self.mask_result(id, self.listing.get(id));
        self.code.three_with(code, to, first, second, predicate);
    }

    fn select(&mut self, id: LaneId, mask: LaneId, a: LaneId, b: LaneId) {
        let keep = [mask, a, b];
        let (condition, width) = (self.mask(mask, &keep), self.listing.width(id));
        if matches!(self.listing.get(b), Lanes::Constant(_, 0)) {
            let source = self.vector(a, &keep);
            let to = self.result(id, Lanes::Select(mask, a, b));
            let moved = self.code.two(codes::keep(width), to, Rm::Register(source));
            moved.set_op_mask(condition);
            moved.set_zeroing_masking(true);
            return;
        }
        let otherwise = self.vector(b, &keep);
        let source = self.vector_or_memory(a);
        let to = self.result(id, Lanes::Select(mask, a, b));
        let blended = self.code.three(codes::blend(width), to, otherwise, source);
        blended.set_op_mask(condition);
    }

    fn effect(&mut self, instruction: Lanes) {
        match instruction {
            Lanes::Store(slot, kind, a) => self.store(slot, kind, a),
            Lanes::Emit(mask) => self.emit(mask),
            Lanes::Yield(a) => {
                let source = self.vector(a, &[a]);
                // Results are numbered from the first element on.
                self.code.two(Code::Mov_r64_rm64, SCRATCH, Rm::Register(INDEX));
                self.code.two(Code::Sub_r64_rm64, SCRATCH, Rm::Memory(at(FRAME, field!(first))));
                self.code.push(Instruction::with2(Code::Shl_rm64_imm8, SCRATCH, 3));
                self.code.two(Code::Add_r64_rm64, SCRATCH, Rm::Memory(at(FRAME, field!(out))));
                self.store_vector(at(SCRATCH, 8 * self.ahead), source, Width::Full);
            }
            Lanes::Check(a) => {
                // x - x is 0 for what is finite and NaN for what is not.
                let source = self.vector(a, &[a]);
                let (partly, width) = (self.partly, self.listing.width(a));
                let (subtract, _) = codes::two(Two::Subtract, width);
                // Where it is the lower half of a register, the upper becomes zeros.
                let to = sized(width, number_of(VECTOR_SCRATCH));
                let difference = self.code.three(subtract, to, source, Rm::Register(source));
                if partly {
                    difference.set_op_mask(THERE);
                    difference.set_zeroing_masking(true);
                }
                self.code.three(Code::EVEX_Vporq_zmm_k1z_zmm_zmmm512b64, BAD, BAD, Rm::Register(VECTOR_SCRATCH));
            }
            _ => unreachable!("values are no effects"),
        }
        self.registers.read(instruction);
    }

    fn store_vector(&mut self, to: MemoryOperand, source: Register, width: Width) {
        let partly = self.partly;
        let stored = self.code.store(codes::store(width), to, source);
        if partly {
            stored.set_op_mask(THERE);
        }
    }

    fn store(&mut self, slot: SlotId, kind: Kind, a: LaneId) {
        if kind == Kind::Boolean {
            let mask = self.mask(a, &[a]);
            let to = entry_after(self.base(slot), INDEX, 1, self.ahead);
            let bytes = xmm_of(VECTOR_SCRATCH);
            // All bits of a byte, or none; as a number, -1 or 0.
            self.code.two(Code::EVEX_Vpmovm2b_xmm_kr, bytes, Rm::Register(mask));
            self.code.two(Code::EVEX_Vpabsb_xmm_k1z_xmmm128, bytes, Rm::Register(bytes));
            if self.partly {
                self.code.store(Code::EVEX_Vmovdqu8_xmmm128_k1z_xmm, to, bytes).set_op_mask(THERE);
            } else {
                self.code.store(Code::EVEX_Vmovq_xmmm64_xmm, to, bytes);
            }
            return;
        }
        let source = self.vector(a, &[a]);
        let to = entry_after(self.base(slot), INDEX, size(kind), self.ahead);
        if kind == Kind::Integer {
            let partly = self.partly;
            let stored = self.code.store(Code::EVEX_Vpmovqd_ymmm256_k1z_zmm, to, source);
            if partly {
                stored.set_op_mask(THERE);
            }
        } else {
            self.store_vector(to, source, self.listing.width(a));
        }
    }

    /// Appends the numbers of elements that spike. Hardly any does, so that is off the straight way.
    fn emit(&mut self, id: LaneId) {
        let mut mask = self.mask(id, &[id]);
        if self.partly {
            self.code.three(Code::VEX_Kandb_kr_kr_kr, Register::K0, mask, Rm::Register(THERE));
            mask = Register::K0;
        }
        let (from, back) = (self.code.label(), self.code.label());
        self.code.two(Code::VEX_Kortestb_kr_kr, mask, Rm::Register(mask));
        self.code.jump(Code::Jne_rel32_64, from);
        self.code.bind(back);
        self.cold.push(Cold { from, back, what: Aside::Spikes(mask, self.ahead) });
    }

    /// Calls a function for every lane. All registers are the callee's.
    fn call(&mut self, id: LaneId, function: Address, arguments: &[LaneId]) {
        let desk = self.desk.expect("a function that calls others has a desk");
        for (&argument, offset) in arguments.iter().zip([desk.first, desk.second]) {
            let register = self.vector(argument, arguments);
            self.code.store(Code::EVEX_Vmovapd_zmmm512_k1z_zmm, at(Register::RSP, offset), register);
        }
        self.registers.save_all(&mut self.code, self.listing);
        self.lane_by_lane(function, arguments.len(), None);
        let instruction = match *arguments {
            [a, b] => Lanes::Call2(function, a, b),
            _ => Lanes::Call1(function, arguments[0]),
        };
        let to = self.result(id, instruction);
        self.code.two(Code::EVEX_Vmovapd_zmm_k1z_zmmm512, to, Rm::Memory(at(Register::RSP, desk.result)));
    }

    /// The calls for the eight lanes, or for those of a mask, from the desk to the desk; then `BAD` and `THERE` are as
    /// before.
    fn lane_by_lane(&mut self, function: Address, arguments: usize, mask: Option<Register>) {
        let desk = self.desk.expect("a function that calls others has a desk");
        let lane = |offset: i32| MemoryOperand::new(Register::RSP, LANE, 8, offset.into(), 1, false, Register::None);
        self.code.store(Code::EVEX_Vmovapd_zmmm512_k1z_zmm, at(Register::RSP, desk.bad), BAD);
        if let Some(mask) = mask {
            // The second place is free: functions of the few have one argument.
            self.code.store(Code::VEX_Kmovb_m8_kr, at(Register::RSP, desk.second), mask);
        }
        self.code.push(Ok(Instruction::with(Code::VEX_Vzeroupper)));
        self.code.two(Code::Xor_r32_rm32, Register::R14D, Rm::Register(Register::R14D));
        let (again, next) = (self.code.label(), self.code.label());
        self.code.bind(again);
        if mask.is_some() {
            self.code.two(Code::Movzx_r32_rm8, Register::EAX, Rm::Memory(at(Register::RSP, desk.second)));
            self.code.push(Instruction::with2(Code::Bt_rm32_r32, Register::EAX, Register::R14D));
            self.code.jump(Code::Jae_rel32_64, next);
        }
        self.code.two(Code::VEX_Vmovsd_xmm_m64, Register::XMM0, Rm::Memory(lane(desk.first)));
        if arguments == 2 {
            self.code.two(Code::VEX_Vmovsd_xmm_m64, Register::XMM1, Rm::Memory(lane(desk.second)));
        }
        self.code.push(Instruction::with2(Code::Mov_r64_imm64, SCRATCH, function.0 as u64));
        self.code.push(Instruction::with1(Code::Call_rm64, SCRATCH));
        self.code.store(Code::VEX_Vmovsd_m64_xmm, lane(desk.result), Register::XMM0);
        self.code.bind(next);
        self.code.push(Instruction::with1(Code::Inc_rm64, LANE));
        self.code.immediate(Code::Cmp_rm64_imm8, LANE, 8);
        self.code.jump(Code::Jne_rel32_64, again);
        self.code.two(Code::EVEX_Vmovapd_zmm_k1z_zmmm512, BAD, Rm::Memory(at(Register::RSP, desk.bad)));
        if self.partly {
            self.code.two(Code::VEX_Kmovb_kr_km8, THERE, Rm::Memory(at(Register::RSP, THERE_OFFSET)));
        }
    }

    /// The third value, in a register of its own, changed off the straight way in lanes of the mask.
    fn rare(&mut self, id: LaneId, function: Address, mask: LaneId, x: LaneId, inline: LaneId) {
        let keep = [mask, x, inline];
        let condition = self.mask(mask, &keep);
        let (argument, source) = (self.vector(x, &keep), self.vector(inline, &keep));
        // The operands are not yet read: what is written here must not take their places.
        let result = self.registers.new_vector(&mut self.code, self.listing, id, &keep);
        load(&mut self.code, result, Rm::Register(source));
        let mut meant = condition;
        if self.partly {
            self.code.three(Code::VEX_Kandb_kr_kr_kr, Register::K0, condition, Rm::Register(THERE));
            meant = Register::K0;
        }
        let (from, back) = (self.code.label(), self.code.label());
        self.code.two(Code::VEX_Kortestb_kr_kr, meant, Rm::Register(meant));
        self.code.jump(Code::Jne_rel32_64, from);
        self.code.bind(back);
        let (vectors, masks) = self.registers.occupied();
        let what = Aside::Rare { function, mask: meant, x: argument, result, vectors, masks };
        self.cold.push(Cold { from, back, what });
        self.registers.read(Lanes::Rare(function, mask, x, inline));
    }

    /// What is off the straight way since this was written last: it comes behind a jump over it.
    pub(super) fn asides(&mut self) {
        if self.cold.is_empty() {
            return;
        }
        let over = self.code.label();
        self.code.jump(Code::Jmp_rel32_64, over);
        for Cold { from, back, what } in std::mem::take(&mut self.cold) {
            self.code.bind(from);
            match what {
                Aside::Spikes(mask, ahead) => self.spikes(mask, ahead),
                Aside::Rare { function, mask, x, result, vectors, masks } => {
                    self.rare_aside(function, mask, (x, result), (&vectors, &masks));
                }
            }
            self.code.jump(Code::Jmp_rel32_64, back);
        }
        self.code.bind(over);
    }

    fn spikes(&mut self, mask: Register, ahead: i32) {
        let (bits, count, element, element_64) = (Register::EAX, Register::RCX, Register::EDX, Register::RDX);
        let again = self.code.label();
        self.code.two(Code::VEX_Kmovb_r32_kr, bits, Rm::Register(mask));
        self.code.two(Code::Mov_r64_rm64, count, Rm::Memory(at(FRAME, field!(spike_count))));
        self.code.two(Code::Mov_r64_rm64, LANE, Rm::Memory(at(FRAME, field!(spikes))));
        self.code.bind(again);
        self.code.two(Code::Tzcnt_r32_rm32, element, Rm::Register(bits));
        let first = MemoryOperand::with_base_index_scale_displ_size(element_64, INDEX, 1, ahead.into(), 1);
        self.code.two(Code::Lea_r32_m, element, Rm::Memory(first));
        self.code.store(Code::Mov_rm32_r32, entry(LANE, count, 4), element);
        self.code.push(Instruction::with1(Code::Inc_rm64, count));
        self.code.two(Code::VEX_Blsr_r32_rm32, bits, Rm::Register(bits));
        self.code.jump(Code::Jne_rel32_64, again);
        self.code.store(Code::Mov_rm64_r64, at(FRAME, field!(spike_count)), count);
    }

    /// Keeps all registers that hold values, calls the function where the mask holds, and brings them back.
    fn rare_aside(
        &mut self,
        function: Address,
        mask: Register,
        (x, result): (Register, Register),
        (vectors, masks): (&[Register], &[Register]),
    ) {
        let desk = self.desk.expect("a function that calls others has a desk");
        let kept: Vec<(Register, i32)> = vectors
            .iter()
            .filter(|&&vector| number_of(vector) != number_of(result))
            .map(|&vector| (vector, self.registers.stack.vector()))
            .collect();
        let kept_masks: Vec<(Register, i32)> =
            masks.iter().map(|&mask| (mask, self.registers.stack.vector())).collect();
        for &(vector, offset) in &kept {
            self.code.store(Code::EVEX_Vmovapd_zmmm512_k1z_zmm, at(Register::RSP, offset), vector);
        }
        for &(mask, offset) in &kept_masks {
            self.code.store(Code::VEX_Kmovb_m8_kr, at(Register::RSP, offset), mask);
        }
        // Functions are of reals: singles are widened for them, and their results rounded.
        for (mut register, offset) in [(x, desk.first), (result, desk.result)] {
            if !is_whole(register) {
                let (widen, _) = codes::one(One::Widen, Width::Full);
                self.code.two(widen, VECTOR_SCRATCH, Rm::Register(register));
                register = VECTOR_SCRATCH;
            }
            self.code.store(Code::EVEX_Vmovapd_zmmm512_k1z_zmm, at(Register::RSP, offset), register);
        }
        self.lane_by_lane(function, 1, Some(mask));
        for (vector, offset) in kept {
            self.code.two(Code::EVEX_Vmovapd_zmm_k1z_zmmm512, vector, Rm::Memory(at(Register::RSP, offset)));
        }
        let returned = Rm::Memory(at(Register::RSP, desk.result));
        match codes::one(One::Narrow, Width::Half) {
            (narrow, _) if !is_whole(result) => self.code.two(narrow, result, returned),
            _ => self.code.two(Code::EVEX_Vmovapd_zmm_k1z_zmmm512, result, returned),
        };
        for (mask, offset) in kept_masks {
            self.code.two(Code::VEX_Kmovb_kr_km8, mask, Rm::Memory(at(Register::RSP, offset)));
        }
    }
}
