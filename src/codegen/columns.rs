//! What a program reads and writes: in, instructions that load or have an effect; out, code that reads and writes columns,
//! spikes, results and the flag of what is not finite.

use super::lower::{Body, Element, Lowered, Outside};
use super::operations::Width;
use crate::ir::steps::{Access, Kind, Op, SlotId, ValueId};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Type, Value, types};
use runtime::math::Operations;

/// Log2 of the bytes of an entry.
pub(super) fn size(kind: Kind) -> u32 {
    match kind {
        Kind::Real | Kind::Long => 3,
        Kind::Single | Kind::Integer => 2,
        Kind::Boolean => 0,
    }
}

fn scalar_type(kind: Kind) -> Type {
    match kind {
        Kind::Real => types::F64,
        Kind::Single => types::F32,
        Kind::Integer => types::I32,
        Kind::Long => types::I64,
        Kind::Boolean => types::I8,
    }
}

/// Columns are where their owner put them: vectors begin at any entry.
fn column_flags() -> MemFlagsData {
    MemFlagsData::new().with_notrap()
}

impl Body<'_, '_, '_> {
    /// Address of an entry of two to the power of `size` bytes.
    pub(super) fn address(&mut self, base: Value, index: Value, size: u32) -> Value {
        let offset = if size == 0 { index } else { self.emitter.builder.ins().ishl_imm_u(index, i64::from(size)) };
        self.emitter.builder.ins().iadd(base, offset)
    }

    fn slot_address(&mut self, slot: SlotId, element: &Element) -> Value {
        let base = self.slots[slot.0 as usize];
        let slot = self.program.slots[slot.0 as usize];
        let index = match slot.access {
            Access::Shared => return base,
            Access::At => unreachable!("the verifier lets such a slot be read by number alone"),
            Access::Element => Some(element.index),
            Access::Pre => element.pre,
            Access::Post => element.post,
        };
        let index = index.expect("loops look up every index that the program reads");
        self.address(base, index, size(slot.kind))
    }

    /// The entry of a column at an index, which is kept between 0 and that of the last entry.
    pub(super) fn load_at(&mut self, slot: SlotId, index: Value) -> Value {
        let (base, last) = (self.slots[slot.0 as usize], self.last_entries[&slot]);
        let kind = self.program.slots[slot.0 as usize].kind;
        let ins = &mut *self.emitter.builder;
        let index = ins.ins().sextend(types::I64, index);
        let zero = ins.ins().iconst(types::I64, 0);
        let below = ins.ins().icmp(IntCC::SignedLessThan, index, zero);
        let index = ins.ins().select(below, zero, index);
        let beyond = ins.ins().icmp(IntCC::SignedGreaterThan, index, last);
        let index = ins.ins().select(beyond, last, index);
        let address = self.address(base, index, size(kind));
        let entry = self.emitter.builder.ins().load(scalar_type(kind), column_flags(), address, 0);
        match kind {
            Kind::Boolean => self.emitter.builder.ins().icmp_imm_u(IntCC::NotEqual, entry, 0),
            _ => entry,
        }
    }

    pub(super) fn load(&mut self, slot: SlotId, element: &Element) -> Lowered {
        let kind = self.program.slots[slot.0 as usize].kind;
        let address = self.slot_address(slot, element);
        self.load_entry(address, kind)
    }

    /// The random number of an element in a strip.
    pub(super) fn load_drawn(&mut self, strip: Value, kind: Kind, element: &Element) -> Lowered {
        let address = self.address(strip, element.index, size(kind));
        self.load_entry(address, kind)
    }

    fn load_entry(&mut self, address: Value, kind: Kind) -> Lowered {
        let flags = column_flags();
        let ins = &mut *self.emitter.builder;
        match (self.emitter.width, kind) {
            (Width::One, Kind::Boolean) => {
                let byte = ins.ins().load(types::I8, flags, address, 0);
                Lowered::Scalar(ins.ins().icmp_imm_u(IntCC::NotEqual, byte, 0))
            }
            (Width::One, kind) => Lowered::Scalar(ins.ins().load(scalar_type(kind), flags, address, 0)),
            (Width::Two, Kind::Single) => {
                let both = ins.ins().load(types::F64, flags, address, 0);
                let lower = ins.ins().scalar_to_vector(types::F64X2, both);
                Lowered::Vector(self.emitter.cast(types::F32X4, lower))
            }
            (Width::Two, Kind::Real) => Lowered::Vector(ins.ins().load(types::F64X2, flags, address, 0)),
            (Width::Two, Kind::Long) => Lowered::Vector(ins.ins().load(types::I64X2, flags, address, 0)),
            (Width::Two, Kind::Integer) => {
                Lowered::Lanes([0, 4].map(|offset| ins.ins().load(types::I32, flags, address, offset)))
            }
            (Width::Two, Kind::Boolean) => {
                let bytes = [0, 1].map(|offset| ins.ins().uload8(types::I64, flags, address, offset));
                let vector = self.emitter.join(bytes, types::I64X2);
                let zero = self.emitter.bits(0);
                Lowered::Vector(self.emitter.builder.ins().icmp(IntCC::NotEqual, vector, zero))
            }
        }
    }

    pub(super) fn effect(&mut self, op: Op, element: &Element) {
        match op {
            Op::Store(slot, value) => self.store(slot, value, element),
            Op::Emit(value) => self.emit(value, element),
            Op::Yield(value) => {
                let value = self.operand(value);
                let address = self.address(self.outside.out, element.position, size(Kind::Real));
                self.emitter.builder.ins().store(column_flags(), value, address, 0);
            }
            Op::Check(value) => {
                // x - x is 0 for what is finite and NaN for what is not, in two instructions and one of latency.
                let single = self.kind(value) == Kind::Single;
                let value = self.operand(value);
                let nothing = self.emitter.builder.ins().fsub(value, value);
                let bits = if single { self.single_bits(nothing) } else { self.emitter.bits_of(nothing) };
                match self.bad {
                    Some(bad) => self.bad = Some(self.emitter.builder.ins().bor(bad, bits)),
                    None => self.note_bad(bits),
                }
            }
            other => unreachable!("{other:?} has no effect"),
        }
    }

    /// Notes bits of what is not finite in the frame, where the loop does not carry them (rows).
    fn note_bad(&mut self, bits: Value) {
        let (frame, offset) = (self.outside.frame, self.outside.nonfinite);
        let flags = MemFlagsData::trusted();
        let before = self.emitter.builder.ins().load(types::I64, flags, frame, offset);
        let now = self.emitter.builder.ins().bor(before, bits);
        self.emitter.builder.ins().store(flags, now, frame, offset);
    }

    fn store(&mut self, slot: SlotId, value: ValueId, element: &Element) {
        let kind = self.program.slots[slot.0 as usize].kind;
        let address = self.slot_address(slot, element);
        let flags = column_flags();
        match (self.emitter.width, kind) {
            (Width::Two, Kind::Integer) => {
                for (lane, offset) in [(0, 0), (1, 4)] {
                    let scalar = self.lane(value, lane);
                    self.emitter.builder.ins().store(flags, scalar, address, offset);
                }
            }
            (Width::Two, Kind::Single) => {
                let value = self.operand(value);
                let halves = self.emitter.cast(types::F64X2, value);
                let both = self.emitter.builder.ins().extractlane(halves, 0);
                self.emitter.builder.ins().store(flags, both, address, 0);
            }
            (Width::Two, Kind::Boolean) => {
                // Bits 0 and 1 become bytes 0 and 1.
                let mask = self.operand(value);
                let bits = self.emitter.lanes_of(mask);
                let ins = &mut *self.emitter.builder;
                let spread = ins.ins().imul_imm_u(bits, 0x81);
                let bytes = ins.ins().band_imm_u(spread, 0x101);
                ins.ins().istore16(flags, bytes, address, 0);
            }
            _ => {
                let value = self.operand(value);
                self.emitter.builder.ins().store(flags, value, address, 0);
            }
        }
    }

    /// Appends the indices of elements that spike. Hardly any does, so this is off the straight way.
    fn emit(&mut self, value: ValueId, element: &Element) {
        let mask = self.operand(value);
        let some = self.emitter.lanes_of(mask);
        let (cold, after) = (self.emitter.builder.create_block(), self.emitter.builder.create_block());
        self.emitter.builder.set_cold_block(cold);
        self.emitter.builder.ins().brif(some, cold, &[], after, &[]);
        self.emitter.builder.switch_to_block(cold);
        let Outside { frame, spikes, spike_count, .. } = self.outside;
        let flags = MemFlagsData::trusted();
        let mut count = self.emitter.builder.ins().load(types::I64, flags, frame, spike_count);
        let lanes: &[u8] = if self.emitter.width == Width::One { &[0] } else { &[0, 1] };
        for &lane in lanes {
            // Written in any case, and counted where it spikes: no more elements than there is room for have come by.
            let index = self.index(Some(element.index), lane);
            let address = self.address(spikes, count, 2);
            self.emitter.builder.ins().store(flags, index, address, 0);
            let spiked = self.lane(value, lane);
            let spiked = self.emitter.builder.ins().uextend(types::I64, spiked);
            count = self.emitter.builder.ins().iadd(count, spiked);
        }
        self.emitter.builder.ins().store(flags, count, frame, spike_count);
        self.emitter.builder.ins().jump(after, &[]);
        self.emitter.builder.switch_to_block(after);
    }
}
