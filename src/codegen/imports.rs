//! The functions that compiled code calls: a table of names, addresses and types, and their declarations in a module.
//!
//! All of them are those that the interpreter calls, and none of them panics: closures of the host program, which may, are called by
//! way of `HostFunction::attempt`.

use super::executable::{call_host, fill_binomial, fill_normal, fill_poisson, fill_uniform};
use crate::ir::steps::{Real1, Real2};
use cranelift_codegen::ir::{self, AbiParam, FuncRef, LibCall, Type, types};
use cranelift_jit::JITModule;
use cranelift_module::{FuncId, Linkage, Module};
use runtime::host::Functions;
use runtime::math::{self, Scalar, Single, functions};
use runtime::random;
use std::collections::HashMap;

/// A function to be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Function {
    /// The functions that are also emitted inline: with fused multiply-adds or without.
    Real1(Real1, bool),
    /// Those of them on singles.
    Single1(Real1, bool),
    /// Of two reals.
    Real2(Real2),
    /// Sine of any argument.
    SinAnywhere,
    /// Cosine of any argument.
    CosAnywhere,
    /// Takes key, step, element and draw, as those that follow.
    Uniform,
    /// See `Uniform`.
    Normal,
    /// And the mean.
    Poisson,
    /// And number and probability.
    Binomial,
    /// Fills a strip with numbers of neighbouring elements. Takes key, step, first element, how many, draw and where the strip is.
    Strip(Filling),
    /// A function of the host program: its address, the number of its arguments, and as many of the four that follow.
    Host,
}

/// The law of the numbers of a strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Filling {
    Uniform,
    Normal,
    /// Takes the mean too.
    Poisson,
    /// Takes number and probability too.
    Binomial,
}

/// How a function is called.
struct Import {
    name: &'static str,
    address: *const u8,
    arguments: &'static [Type],
    result: Option<Type>,
}

const KEY: [Type; 4] = [types::I64, types::I64, types::I32, types::I32];
const HOST: [Type; 6] = [types::I64, types::I64, types::F64, types::F64, types::F64, types::F64];
const WITH_MEAN: [Type; 5] = [KEY[0], KEY[1], KEY[2], KEY[3], types::F64];
const WITH_TRIALS: [Type; 6] = [KEY[0], KEY[1], KEY[2], KEY[3], types::I32, types::F64];
const STRIP: [Type; 6] = [types::I64, types::I64, types::I32, types::I32, types::I32, types::I64];
const STRIP_WITH_MEAN: [Type; 7] = [STRIP[0], STRIP[1], STRIP[2], STRIP[3], STRIP[4], STRIP[5], types::F64];
const STRIP_WITH_TRIALS: [Type; 8] =
    [STRIP[0], STRIP[1], STRIP[2], STRIP[3], STRIP[4], STRIP[5], types::I32, types::F64];

extern "C" fn multiply_add(a: f64, b: f64, c: f64) -> f64 {
    a.mul_add(b, c)
}

extern "C" fn multiply_add_single(a: f32, b: f32, c: f32) -> f32 {
    a.mul_add(b, c)
}

extern "C" fn floor_single(a: f32) -> f32 {
    a.floor()
}

extern "C" fn ceil_single(a: f32) -> f32 {
    a.ceil()
}

/// A function of `runtime::math` as one to be called: fused or not.
macro_rules! called {
    ($function:path, $fused:expr) => {
        called!($function, $fused, Scalar, f64)
    };
    ($function:path, $fused:expr, $machine:ident, $real:ty) => {{
        extern "C" fn plain(x: $real) -> $real {
            $function(&mut $machine { fused: false }, x)
        }
        extern "C" fn with_fused(x: $real) -> $real {
            $function(&mut $machine { fused: true }, x)
        }
        let function: extern "C" fn($real) -> $real = if $fused { with_fused } else { plain };
        function
    }};
}

/// The same of singles.
macro_rules! called_single {
    ($function:ident, $fused:expr) => {{
        let name = if $fused {
            concat!(stringify!($function), "_single_fused")
        } else {
            concat!(stringify!($function), "_single")
        };
        (name, called!(math::single::$function, $fused, Single, f32))
    }};
}

fn single1(which: Real1, fused: bool) -> (&'static str, extern "C" fn(f32) -> f32) {
    match which {
        Real1::Sin => called_single!(sin, fused),
        Real1::Cos => called_single!(cos, fused),
        Real1::Tanh => called_single!(tanh, fused),
        Real1::Exp => called_single!(exp, fused),
        Real1::Expm1 => called_single!(expm1, fused),
        Real1::Exprel => called_single!(exprel, fused),
        Real1::Log => called_single!(log, fused),
        Real1::Log1p => called_single!(log1p, fused),
        _ => unreachable!("{which:?} of singles is emitted everywhere, or there is none"),
    }
}

fn real1(which: Real1, fused: bool) -> (&'static str, extern "C" fn(f64) -> f64) {
    match which {
        Real1::Sin => (if fused { "sin_fused" } else { "sin_plain" }, called!(math::sin, fused)),
        Real1::Cos => (if fused { "cos_fused" } else { "cos_plain" }, called!(math::cos, fused)),
        Real1::Tanh => (if fused { "tanh_fused" } else { "tanh" }, called!(math::tanh, fused)),
        Real1::Exp => (if fused { "exp_fused" } else { "exp" }, called!(math::exp, fused)),
        Real1::Expm1 => (if fused { "expm1_fused" } else { "expm1" }, called!(math::expm1, fused)),
        Real1::Exprel => (if fused { "exprel_fused" } else { "exprel" }, called!(math::exprel, fused)),
        Real1::Log => (if fused { "log_fused" } else { "log" }, called!(math::log, fused)),
        Real1::Log1p => (if fused { "log1p_fused" } else { "log1p" }, called!(math::log1p, fused)),
        Real1::Sign => ("sign", called!(math::sign, fused)),
        Real1::Tan => ("tan", functions::tan),
        Real1::Sinh => ("sinh", functions::sinh),
        Real1::Cosh => ("cosh", functions::cosh),
        Real1::Arcsin => ("arcsin", functions::arcsin),
        Real1::Arccos => ("arccos", functions::arccos),
        Real1::Arctan => ("arctan", functions::arctan),
        Real1::Arcsinh => ("arcsinh", functions::arcsinh),
        Real1::Arccosh => ("arccosh", functions::arccosh),
        Real1::Arctanh => ("arctanh", functions::arctanh),
        Real1::Log10 => ("log10", functions::log10),
        Real1::Erf => ("erf", functions::erf),
        Real1::Floor => ("floor", functions::floor),
        Real1::Ceil => ("ceil", functions::ceil),
        Real1::Negate | Real1::Abs | Real1::Sqrt => unreachable!("{which:?} is an instruction everywhere"),
    }
}

fn real2(which: Real2) -> (&'static str, extern "C" fn(f64, f64) -> f64) {
    match which {
        Real2::Power => ("power", functions::power),
        Real2::FloorDivide => ("floor_divide", functions::floor_divide),
        Real2::Remainder => ("remainder", functions::remainder),
        _ => unreachable!("{which:?} is emitted everywhere"),
    }
}

fn import(function: Function) -> Import {
    let giving = |name, address, arguments, result| Import { name, address, arguments, result: Some(result) };
    let strip = |name, address, arguments| Import { name, address, arguments, result: None };
    let unary = |(name, function): (_, extern "C" fn(f64) -> f64)| Import {
        name,
        address: function as *const u8,
        arguments: &[types::F64],
        result: Some(types::F64),
    };
    match function {
        Function::Real1(which, fused) => unary(real1(which, fused)),
        Function::Single1(which, fused) => {
            let (name, function) = single1(which, fused);
            giving(name, function as *const u8, &[types::F32], types::F32)
        }
        Function::SinAnywhere => unary(("sin_anywhere", functions::sin_anywhere)),
        Function::CosAnywhere => unary(("cos_anywhere", functions::cos_anywhere)),
        Function::Real2(which) => {
            let (name, function) = real2(which);
            giving(name, function as *const u8, &[types::F64, types::F64], types::F64)
        }
        Function::Host => giving("host", call_host as *const u8, &HOST, types::F64),
        Function::Uniform => giving("uniform", random::uniform as *const u8, &KEY, types::F64),
        Function::Normal => giving("normal", random::normal as *const u8, &KEY, types::F64),
        Function::Poisson => giving("poisson", random::poisson as *const u8, &WITH_MEAN, types::I32),
        Function::Binomial => giving("binomial", random::binomial as *const u8, &WITH_TRIALS, types::I32),
        Function::Strip(Filling::Uniform) => strip("fill_uniform", fill_uniform as *const u8, &STRIP),
        Function::Strip(Filling::Normal) => strip("fill_normal", fill_normal as *const u8, &STRIP),
        Function::Strip(Filling::Poisson) => strip("fill_poisson", fill_poisson as *const u8, &STRIP_WITH_MEAN),
        Function::Strip(Filling::Binomial) => strip("fill_binomial", fill_binomial as *const u8, &STRIP_WITH_TRIALS),
    }
}

/// The address of a function, for code that is not Cranelift's.
pub(super) fn address(function: Function) -> usize {
    import(function).address.expose_provenance()
}

/// Names of what Cranelift itself calls where the processor lacks an instruction.
pub(super) fn libcall_names() -> Box<dyn Fn(LibCall) -> String + Send + Sync> {
    let others = cranelift_module::default_libcall_names();
    Box::new(move |libcall| match libcall {
        LibCall::FmaF64 => "multiply_add".to_owned(),
        LibCall::FloorF64 => "floor".to_owned(),
        LibCall::CeilF64 => "ceil".to_owned(),
        LibCall::FmaF32 => "multiply_add_single".to_owned(),
        LibCall::FloorF32 => "floor_single".to_owned(),
        LibCall::CeilF32 => "ceil_single".to_owned(),
        other => others(other),
    })
}

/// Addresses of these, whether or not some program names them.
fn libcall_symbols() -> [(&'static str, *const u8); 6] {
    [
        ("multiply_add", multiply_add as *const u8),
        ("floor", functions::floor as *const u8),
        ("ceil", functions::ceil as *const u8),
        ("multiply_add_single", multiply_add_single as *const u8),
        ("floor_single", floor_single as *const u8),
        ("ceil_single", ceil_single as *const u8),
    ]
}

/// Finds the address of whatever a module imports.
pub(super) fn symbols() -> impl Iterator<Item = (&'static str, *const u8)> {
    libcall_symbols().into_iter().chain(all().map(|function| {
        let import = import(function);
        (import.name, import.address)
    }))
}

/// Every function that may be imported.
fn all() -> impl Iterator<Item = Function> {
    use Function::{Binomial, CosAnywhere, Host, Normal, Poisson, SinAnywhere, Uniform};
    use Real1::{
        Arccos, Arccosh, Arcsin, Arcsinh, Arctan, Arctanh, Cos, Cosh, Erf, Exp, Expm1, Exprel, Log, Log1p, Log10, Sign,
        Sin, Sinh, Tan, Tanh,
    };
    let both = [Sin, Cos, Tanh, Exp, Expm1, Exprel, Log, Log1p];
    let both = both.into_iter().flat_map(|which| {
        [false, true]
            .into_iter()
            .flat_map(move |fused| [Function::Real1(which, fused), Function::Single1(which, fused)])
    });
    let reals = [Sign, Tan, Sinh, Cosh, Arcsin, Arccos, Arctan, Arcsinh, Arccosh, Arctanh, Log10, Erf];
    let reals = reals.into_iter().map(|which| Function::Real1(which, false));
    let two = [Real2::Power, Real2::FloorDivide, Real2::Remainder].into_iter().map(Function::Real2);
    let strips =
        [Filling::Uniform, Filling::Normal, Filling::Poisson, Filling::Binomial].into_iter().map(Function::Strip);
    let others = [SinAnywhere, CosAnywhere, Uniform, Normal, Poisson, Binomial, Host];
    both.chain(reals).chain(two).chain(strips).chain(others)
}

/// What a module, and the function being built, have declared.
pub(super) struct Imports {
    functions: Functions,
    of_module: HashMap<&'static str, FuncId>,
    of_function: HashMap<Function, FuncRef>,
}

impl Imports {
    /// Nothing is declared; programs may call these functions of the host program.
    pub(super) fn new(functions: &Functions) -> Self {
        Self { functions: functions.clone(), of_module: HashMap::new(), of_function: HashMap::new() }
    }

    /// The address of a function of the host program, where it stays as long as the list of functions does.
    pub(super) fn host_function(&self, number: u32) -> i64 {
        std::ptr::from_ref(self.functions.get(number)).expose_provenance() as i64
    }

    /// Forgets what was declared in the last function.
    pub(super) fn begin_function(&mut self) {
        self.of_function.clear();
    }

    /// A reference to the function, in the function being built.
    pub(super) fn reference(
        &mut self,
        module: &mut JITModule,
        building: &mut ir::Function,
        function: Function,
    ) -> FuncRef {
        if let Some(&reference) = self.of_function.get(&function) {
            return reference;
        }
        let Import { name, arguments, result, .. } = import(function);
        let id = *self.of_module.entry(name).or_insert_with(|| {
            let mut signature = module.make_signature();
            signature.params.extend(arguments.iter().map(|&kind| AbiParam::new(kind)));
            signature.returns.extend(result.map(AbiParam::new));
            let declared = module.declare_function(name, Linkage::Import, &signature);
            declared.expect("a name of the table is declared once, with the types of the table")
        });
        let reference = module.declare_func_in_func(id, building);
        self.of_function.insert(function, reference);
        reference
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_stands_for_one_address() {
        let mut addresses = HashMap::new();
        for (name, address) in symbols() {
            assert!(!address.is_null());
            assert_eq!(*addresses.entry(name).or_insert(address), address, "{name}");
        }
        assert_eq!(addresses.len(), all().count() + 6);
    }

    #[test]
    fn every_libcall_that_floats_need_has_an_address() {
        let names = libcall_names();
        let of_reals = [LibCall::FmaF64, LibCall::FloorF64, LibCall::CeilF64];
        let of_singles = [LibCall::FmaF32, LibCall::FloorF32, LibCall::CeilF32];
        for libcall in of_reals.into_iter().chain(of_singles) {
            let name = names(libcall);
            assert!(symbols().any(|(symbol, _)| symbol == name), "{name}");
        }
    }
}
