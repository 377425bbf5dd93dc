//! Which machine instruction an operation is: in, the operation and how long lanes are; out, the instruction.

use super::lanes::{Condition, One, Shift, Two, Width};
use iced_x86::Code;

/// Of two forms of an instruction, that for a whole register or that for its lower half.
fn form(width: Width, full: Code, half: Code) -> Code {
    match width {
        Width::Full => full,
        Width::Half => half,
    }
}

/// Operations on one vector, and the constant that goes with them: how to round, and that what is inexact is no
/// exception.
pub(super) fn one(which: One, width: Width) -> (Code, Option<u32>) {
    let round = || {
        form(width, Code::EVEX_Vrndscalepd_zmm_k1z_zmmm512b64_imm8_sae, Code::EVEX_Vrndscaleps_ymm_k1z_ymmm256b32_imm8)
    };
    match which {
        One::Sqrt => {
            (form(width, Code::EVEX_Vsqrtpd_zmm_k1z_zmmm512b64_er, Code::EVEX_Vsqrtps_ymm_k1z_ymmm256b32), None)
        }
        One::Floor => (round(), Some(0x09)),
        One::Ceil => (round(), Some(0x0a)),
        One::FromLong => (Code::EVEX_Vcvtqq2pd_zmm_k1z_zmmm512b64_er, None),
        One::ToLong => (Code::EVEX_Vcvttpd2qq_zmm_k1z_zmmm512b64_sae, None),
        One::Widen => (Code::EVEX_Vcvtps2pd_zmm_k1z_ymmm256b32_sae, None),
        One::Narrow => (Code::EVEX_Vcvtpd2ps_ymm_k1z_zmmm512b64_er, None),
    }
}

/// Operations on two vectors, and whether these may change places.
pub(super) fn two(which: Two, width: Width) -> (Code, bool) {
    let (full, half, symmetric) = match which {
        Two::Add => (Code::EVEX_Vaddpd_zmm_k1z_zmm_zmmm512b64_er, Code::EVEX_Vaddps_ymm_k1z_ymm_ymmm256b32, true),
        Two::Subtract => (Code::EVEX_Vsubpd_zmm_k1z_zmm_zmmm512b64_er, Code::EVEX_Vsubps_ymm_k1z_ymm_ymmm256b32, false),
        Two::Multiply => (Code::EVEX_Vmulpd_zmm_k1z_zmm_zmmm512b64_er, Code::EVEX_Vmulps_ymm_k1z_ymm_ymmm256b32, true),
        Two::Divide => (Code::EVEX_Vdivpd_zmm_k1z_zmm_zmmm512b64_er, Code::EVEX_Vdivps_ymm_k1z_ymm_ymmm256b32, false),
        Two::Lesser => (Code::EVEX_Vminpd_zmm_k1z_zmm_zmmm512b64_sae, Code::EVEX_Vminps_ymm_k1z_ymm_ymmm256b32, false),
        Two::Greater => (Code::EVEX_Vmaxpd_zmm_k1z_zmm_zmmm512b64_sae, Code::EVEX_Vmaxps_ymm_k1z_ymm_ymmm256b32, false),
        Two::Scale => {
            (Code::EVEX_Vscalefpd_zmm_k1z_zmm_zmmm512b64_er, Code::EVEX_Vscalefps_ymm_k1z_ymm_ymmm256b32, false)
        }
        Two::AddBits => (Code::EVEX_Vpaddq_zmm_k1z_zmm_zmmm512b64, Code::EVEX_Vpaddd_ymm_k1z_ymm_ymmm256b32, true),
        Two::SubtractBits => {
            (Code::EVEX_Vpsubq_zmm_k1z_zmm_zmmm512b64, Code::EVEX_Vpsubd_ymm_k1z_ymm_ymmm256b32, false)
        }
        Two::MultiplyLow => return (Code::EVEX_Vpmuldq_zmm_k1z_zmm_zmmm512b64, true),
        Two::LesserLong => return (Code::EVEX_Vpminsq_zmm_k1z_zmm_zmmm512b64, true),
        Two::GreaterLong => return (Code::EVEX_Vpmaxsq_zmm_k1z_zmm_zmmm512b64, true),
        Two::And => (Code::EVEX_Vpandq_zmm_k1z_zmm_zmmm512b64, Code::EVEX_Vpandd_ymm_k1z_ymm_ymmm256b32, true),
        Two::Or => (Code::EVEX_Vporq_zmm_k1z_zmm_zmmm512b64, Code::EVEX_Vpord_ymm_k1z_ymm_ymmm256b32, true),
        Two::Xor => (Code::EVEX_Vpxorq_zmm_k1z_zmm_zmmm512b64, Code::EVEX_Vpxord_ymm_k1z_ymm_ymmm256b32, true),
    };
    (form(width, full, half), symmetric)
}

/// Which of the three operands of a fused multiply-add are its factors: the first is overwritten, the third may be
/// memory.
#[derive(Clone, Copy)]
pub(super) enum Factors {
    FirstAndSecond,
    FirstAndThird,
    SecondAndThird,
}

/// A fused multiply-add.
pub(super) fn mul_add(factors: Factors, width: Width) -> Code {
    let (full, half) = match factors {
        Factors::FirstAndSecond => {
            (Code::EVEX_Vfmadd213pd_zmm_k1z_zmm_zmmm512b64_er, Code::EVEX_Vfmadd213ps_ymm_k1z_ymm_ymmm256b32)
        }
        Factors::FirstAndThird => {
            (Code::EVEX_Vfmadd132pd_zmm_k1z_zmm_zmmm512b64_er, Code::EVEX_Vfmadd132ps_ymm_k1z_ymm_ymmm256b32)
        }
        Factors::SecondAndThird => {
            (Code::EVEX_Vfmadd231pd_zmm_k1z_zmm_zmmm512b64_er, Code::EVEX_Vfmadd231ps_ymm_k1z_ymm_ymmm256b32)
        }
    };
    form(width, full, half)
}

/// A shift by a constant.
pub(super) fn shift(which: Shift, width: Width) -> Code {
    let (full, half) = match which {
        Shift::Left => (Code::EVEX_Vpsllq_zmm_k1z_zmmm512b64_imm8, Code::EVEX_Vpslld_ymm_k1z_ymmm256b32_imm8),
        Shift::Right => (Code::EVEX_Vpsrlq_zmm_k1z_zmmm512b64_imm8, Code::EVEX_Vpsrld_ymm_k1z_ymmm256b32_imm8),
        Shift::RightSigned => (Code::EVEX_Vpsraq_zmm_k1z_zmmm512b64_imm8, Code::EVEX_Vpsrad_ymm_k1z_ymmm256b32_imm8),
    };
    form(width, full, half)
}

/// A comparison of reals or singles, and which it is.
pub(super) fn compare_reals(which: Condition, width: Width) -> (Code, u32) {
    let full = Code::EVEX_Vcmppd_kr_k1_zmm_zmmm512b64_imm8_sae;
    let predicate = match which {
        Condition::Less => 0x01,
        Condition::LessEqual => 0x02,
        Condition::Greater => 0x0e,
        Condition::GreaterEqual => 0x0d,
        Condition::Equal => 0x00,
        Condition::NotEqual => 0x04,
    };
    (form(width, full, Code::EVEX_Vcmpps_kr_k1_ymm_ymmm256b32_imm8), predicate)
}

/// A comparison of whole numbers of 64 bits, and which it is.
pub(super) fn compare_longs(which: Condition) -> (Code, u32) {
    let predicate = match which {
        Condition::Less => 1,
        Condition::LessEqual => 2,
        Condition::Greater => 6,
        Condition::GreaterEqual => 5,
        Condition::Equal => 0,
        Condition::NotEqual => 4,
    };
    (Code::EVEX_Vpcmpq_kr_k1_zmm_zmmm512b64_imm8, predicate)
}

/// A move under a mask: with zeros elsewhere.
pub(super) fn keep(width: Width) -> Code {
    form(width, Code::EVEX_Vmovapd_zmm_k1z_zmmm512, Code::EVEX_Vmovaps_ymm_k1z_ymmm256)
}

/// The choice between two vectors by a mask.
pub(super) fn blend(width: Width) -> Code {
    form(width, Code::EVEX_Vblendmpd_zmm_k1z_zmm_zmmm512b64, Code::EVEX_Vblendmps_ymm_k1z_ymm_ymmm256b32)
}

/// One number from memory, in every lane.
pub(super) fn spread(width: Width) -> Code {
    form(width, Code::EVEX_Vbroadcastsd_zmm_k1z_xmmm64, Code::EVEX_Vbroadcastss_ymm_k1z_xmmm32)
}

/// Entries from memory, and to it.
pub(super) fn load(width: Width) -> Code {
    form(width, Code::EVEX_Vmovupd_zmm_k1z_zmmm512, Code::EVEX_Vmovups_ymm_k1z_ymmm256)
}

/// See `load`.
pub(super) fn store(width: Width) -> Code {
    form(width, Code::EVEX_Vmovupd_zmmm512_k1z_zmm, Code::EVEX_Vmovups_ymmm256_k1z_ymm)
}

/// Entries from memory by the numbers in a vector.
pub(super) fn gather(width: Width) -> Code {
    form(width, Code::EVEX_Vgatherqpd_zmm_k1_vm64z, Code::EVEX_Vgatherqps_ymm_k1_vm64z)
}
