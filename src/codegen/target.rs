//! For which processor code is made: in, a choice; out, Cranelift's description of it.

use super::CodegenError;
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_codegen::settings::{self, Configurable};

/// Which instructions may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cpu {
    /// All that this machine has.
    Host,
    /// Those that every machine of this architecture has: SSE2 alone on x86-64.
    Baseline,
}

/// Whether this machine multiplies and adds in one instruction.
#[must_use]
pub fn host_has_fma() -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        std::arch::is_x86_feature_detected!("fma")
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        cfg!(target_arch = "aarch64")
    }
}

/// Whether this machine works on eight reals at a time, and dense programs become code for that.
#[must_use]
pub fn host_is_wide() -> bool {
    #[cfg(all(target_arch = "x86_64", unix))]
    {
        use std::arch::is_x86_feature_detected as has;
        let vectors = has!("avx512f") && has!("avx512dq") && has!("avx512bw") && has!("avx512vl");
        vectors && has!("bmi1") && has!("fma")
    }
    #[cfg(not(all(target_arch = "x86_64", unix)))]
    {
        false
    }
}

/// Settings of every compilation.
const SETTINGS: [(&str, &str); 7] = [
    // What Cranelift's optimiser would do is done: common values are shared by the passes, what is constant in a loop stands
    // before it. What it does beyond that costs: it moves vector constants out of the loop, more of them than there are registers,
    // and orders instructions so that those that wait for each other stand together. A Hodgkin-Huxley model (10 exponentials)
    // takes 43 ns per neuron and step with it and 35 ns without, and 2.3 instead of 1.4 ms to compile.
    ("opt_level", "none"),
    // Columns, frame and functions are anywhere in the address space.
    ("is_pic", "false"),
    ("use_colocated_libcalls", "false"),
    // Strips of random numbers take more of the stack than a page. A function called to probe it would have to be found
    // by its name.
    ("enable_probestack", "true"),
    ("probestack_strategy", "inline"),
    // Nothing unwinds through this code: what it calls does not panic.
    ("unwind_info", "false"),
    ("enable_verifier", if cfg!(debug_assertions) { "true" } else { "false" }),
];

pub(super) fn isa(cpu: Cpu) -> Result<OwnedTargetIsa, CodegenError> {
    let refused = |reason: String| CodegenError::Target(reason);
    let mut flags = settings::builder();
    for (name, value) in SETTINGS {
        flags.set(name, value).map_err(|error| refused(error.to_string()))?;
    }
    let builder =
        cranelift_native::builder_with_options(cpu == Cpu::Host).map_err(|reason| refused(reason.to_owned()))?;
    builder.finish(settings::Flags::new(flags)).map_err(|error| refused(error.to_string()))
}
