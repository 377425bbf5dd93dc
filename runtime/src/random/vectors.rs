//! Random numbers of many pairs of elements, as fast as the vector unit of this processor makes them: in, where they
//! are; out, bits, uniform and normal numbers.
//!
//! Every loop is written once, over one pair, in operations that all processors round alike, and compiled several times:
//! for whatever the crate is compiled for, and on x86-64 for AVX2 and for AVX-512 too, where the compiler puts 4 and 8
//! blocks of Philox side by side. All versions give the same bits. Measured on one core of an EPYC (Zen 4), 512 elements
//! at a time, per element: bits 0.9 ns with AVX-512, 1.5 ns with AVX2, 2.8 ns with SSE2; normal numbers 2.7, 5.5, 9.0 ns.
#![cfg_attr(
    target_arch = "x86_64",
    expect(
        unsafe_code,
        reason = "a function for a vector unit is called where the processor was asked whether it has it"
    )
)]

use super::gaussian;
use super::philox::unit;
use super::stream;
use super::strip::Strip;
use crate::math::Scalar;
use crate::math::logarithm::log_of_positive;

/// A loop over pairs of neighbours, from the pair of that number on, and its versions.
macro_rules! every_pair {
    ($(#[$about:meta])* $name:ident: $type:ty = $of_pair:expr; $plain:ident, $with_avx2:ident, $with_avx512:ident) => {
        #[inline(always)]
        fn $plain(strip: Strip, first_pair: u32, to: &mut [[$type; 2]]) {
            let Strip { key, step, draw, .. } = strip;
            for (pair, to) in (0_u32..).zip(to) {
                *to = $of_pair(stream::pair(key, step, first_pair.wrapping_add(pair), draw));
            }
        }

        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2")]
        fn $with_avx2(strip: Strip, first_pair: u32, to: &mut [[$type; 2]]) {
            $plain(strip, first_pair, to);
        }

        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx512f,avx512dq,avx512vl")]
        fn $with_avx512(strip: Strip, first_pair: u32, to: &mut [[$type; 2]]) {
            $plain(strip, first_pair, to);
        }

        $(#[$about])*
        pub(super) fn $name(strip: Strip, first_pair: u32, to: &mut [[$type; 2]]) {
            #[cfg(target_arch = "x86_64")]
            {
                if has_avx512() {
                    // SAFETY: safe but for the instructions it uses, and the processor was asked for those.
                    return unsafe { $with_avx512(strip, first_pair, to) };
                }
                if is_x86_feature_detected!("avx2") {
                    // SAFETY: safe but for the instructions it uses, and the processor was asked for those.
                    return unsafe { $with_avx2(strip, first_pair, to) };
                }
            }
            $plain(strip, first_pair, to);
        }
    };
}

/// ln(1 - u) for the uniform number u of those bits. Inlined come what may: a call would keep the loop around it from
/// becoming vector code.
#[inline(always)]
pub(super) fn log_of_rest(bits: u64) -> f64 {
    log_of_positive(&mut Scalar { fused: false }, 1.0 - unit(bits))
}

/// Whether the processor has what the versions for AVX-512 use.
#[cfg(target_arch = "x86_64")]
fn has_avx512() -> bool {
    is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq") && is_x86_feature_detected!("avx512vl")
}

every_pair! {
    /// The 64 random bits of every element.
    bits: u64 = std::convert::identity; bits_plain, bits_with_avx2, bits_with_avx512
}
every_pair! {
    /// Uniform numbers in [0, 1).
    uniforms: f64 = |[low, high]: [u64; 2]| [unit(low), unit(high)];
    uniforms_plain, uniforms_with_avx2, uniforms_with_avx512
}
every_pair! {
    /// Logarithms of uniform numbers in (0, 1]: ln(1 - u).
    logarithms: f64 = |[low, high]: [u64; 2]| [log_of_rest(low), log_of_rest(high)];
    logarithms_plain, logarithms_with_avx2, logarithms_with_avx512
}
every_pair! {
    /// Standard normal numbers.
    normals: f64 = gaussian::pair; normals_plain, normals_with_avx2, normals_with_avx512
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every version that this processor can run gives the bits of the plain one.
    macro_rules! versions_agree {
        ($name:ident: $plain:ident, $with_avx2:ident, $with_avx512:ident) => {
            #[test]
            fn $name() {
                let strip = Strip { key: 0x1234_5678_9abc_def0, step: -77, first: 0, draw: 5 };
                for (first, pairs) in [(0, 1), (3, 7), (u32::MAX / 2 - 40, 41), (1000, 512)] {
                    let made = |run: &dyn Fn(&mut [[_; 2]])| {
                        let mut to = vec![Default::default(); pairs];
                        run(&mut to);
                        to
                    };
                    let plain = made(&|to| super::$plain(strip, first, to));
                    assert_eq!(made(&|to| super::$name(strip, first, to)), plain);
                    #[cfg(target_arch = "x86_64")]
                    if is_x86_feature_detected!("avx2") {
                        // SAFETY: the processor was asked.
                        assert_eq!(made(&|to| unsafe { super::$with_avx2(strip, first, to) }), plain);
                    }
                    #[cfg(target_arch = "x86_64")]
                    if has_avx512() {
                        // SAFETY: the processor was asked.
                        assert_eq!(made(&|to| unsafe { super::$with_avx512(strip, first, to) }), plain);
                    }
                }
            }
        };
    }

    versions_agree! { bits: bits_plain, bits_with_avx2, bits_with_avx512 }
    versions_agree! { uniforms: uniforms_plain, uniforms_with_avx2, uniforms_with_avx512 }
    versions_agree! { logarithms: logarithms_plain, logarithms_with_avx2, logarithms_with_avx512 }
    versions_agree! { normals: normals_plain, normals_with_avx2, normals_with_avx512 }
}
