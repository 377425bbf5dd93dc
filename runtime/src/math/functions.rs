//! Functions called lane by lane: in, `f64`; out, `f64`, the same bits on every platform, since all are pure Rust
//! (`libm`, a port of musl's; 1 ulp or so).
//!
//! They have the C calling convention, so that Rust and compiled code call the same address. `ROWS` names them.

/// A function of one or two reals, callable from Rust and from compiled code.
#[derive(Clone, Copy, Debug)]
pub enum Call {
    /// Of one.
    Unary(extern "C" fn(f64) -> f64),
    /// Of two.
    Binary(extern "C" fn(f64, f64) -> f64),
}

impl Call {
    /// Number of arguments: 1 or 2.
    pub fn arity(self) -> usize {
        match self {
            Self::Unary(_) => 1,
            Self::Binary(_) => 2,
        }
    }

    /// The address, for a symbol of compiled code.
    pub fn address(self) -> *const u8 {
        match self {
            Self::Unary(function) => function as *const u8,
            Self::Binary(function) => function as *const u8,
        }
    }
}

/// A row of the table of functions.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// As in the language; operators by what they do.
    pub name: &'static str,
    /// The function.
    pub call: Call,
}

const fn unary(name: &'static str, function: extern "C" fn(f64) -> f64) -> Row {
    Row { name, call: Call::Unary(function) }
}

const fn binary(name: &'static str, function: extern "C" fn(f64, f64) -> f64) -> Row {
    Row { name, call: Call::Binary(function) }
}

/// All functions that are called, not emitted.
pub const ROWS: [Row; 18] = [
    unary("sin", sin_anywhere),
    unary("cos", cos_anywhere),
    unary("tan", tan),
    unary("sinh", sinh),
    unary("cosh", cosh),
    unary("arcsin", arcsin),
    unary("arccos", arccos),
    unary("arctan", arctan),
    unary("arcsinh", arcsinh),
    unary("arccosh", arccosh),
    unary("arctanh", arctanh),
    unary("erf", erf),
    unary("log10", log10),
    unary("floor", floor),
    unary("ceil", ceil),
    binary("power", power),
    binary("remainder", remainder),
    binary("floor_divide", floor_divide),
];

/// The row of that name.
pub fn row(name: &str) -> Option<&'static Row> {
    const TABLE: &[Row] = &ROWS;
    TABLE.iter().find(|row| row.name == name)
}

/// Sine of any argument, the largest too; straight-line code calls it where its own reduction would not do.
pub extern "C" fn sin_anywhere(x: f64) -> f64 {
    libm::sin(x)
}

/// Cosine of any argument, the largest too; straight-line code calls it where its own reduction would not do.
pub extern "C" fn cos_anywhere(x: f64) -> f64 {
    libm::cos(x)
}

/// Tangent of an angle in radians; NaN at ±inf.
pub extern "C" fn tan(x: f64) -> f64 {
    libm::tan(x)
}

/// Hyperbolic sine.
pub extern "C" fn sinh(x: f64) -> f64 {
    libm::sinh(x)
}

/// Hyperbolic cosine.
pub extern "C" fn cosh(x: f64) -> f64 {
    libm::cosh(x)
}

/// Inverse sine, in [-pi/2, pi/2]; NaN outside [-1, 1].
pub extern "C" fn arcsin(x: f64) -> f64 {
    libm::asin(x)
}

/// Inverse cosine, in [0, pi]; NaN outside [-1, 1].
pub extern "C" fn arccos(x: f64) -> f64 {
    libm::acos(x)
}

/// Inverse tangent, in [-pi/2, pi/2].
pub extern "C" fn arctan(x: f64) -> f64 {
    libm::atan(x)
}

/// Inverse hyperbolic sine.
pub extern "C" fn arcsinh(x: f64) -> f64 {
    libm::asinh(x)
}

/// Inverse hyperbolic cosine; NaN below 1.
pub extern "C" fn arccosh(x: f64) -> f64 {
    libm::acosh(x)
}

/// Inverse hyperbolic tangent; ±inf at ±1, NaN beyond.
pub extern "C" fn arctanh(x: f64) -> f64 {
    libm::atanh(x)
}

/// Error function, 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x.
pub extern "C" fn erf(x: f64) -> f64 {
    libm::erf(x)
}

/// Logarithm to base 10; -inf at ±0, NaN below.
pub extern "C" fn log10(x: f64) -> f64 {
    libm::log10(x)
}

/// The largest whole number not above x.
pub extern "C" fn floor(x: f64) -> f64 {
    libm::floor(x)
}

/// The smallest whole number not below x.
pub extern "C" fn ceil(x: f64) -> f64 {
    libm::ceil(x)
}

/// x^y as IEEE 754 defines `pow`: NaN for a negative base and a broken exponent, 1 for y = 0 or x = 1 whatever the
/// other is.
pub extern "C" fn power(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

/// x % y, with the sign of y: the exact remainder of the truncated division, plus y (rounded once) where the signs
/// differ.
///
/// NaN where y is 0, x is infinite or either is NaN. x % ±inf is x, or ±inf itself where the signs differ (as Python
/// has it). A remainder of zero has the sign of y.
pub extern "C" fn remainder(x: f64, y: f64) -> f64 {
    let rest = libm::fmod(x, y);
    if rest == 0.0 {
        libm::copysign(0.0, y)
    } else if (rest < 0.0) != (y < 0.0) {
        rest + y
    } else {
        rest
    }
}

/// x // y: the floor of the exact quotient, not of the rounded one, so that it agrees with `remainder`.
///
/// ±inf where y is 0 or x is infinite and the quotient has that sign, NaN for 0 // 0, inf // inf and NaN. x // ±inf
/// is 0, or -1 where the signs differ. Quotients of 2^53 and more are the rounded quotient.
pub extern "C" fn floor_divide(x: f64, y: f64) -> f64 {
    let quotient = libm::floor(x / y);
    // x - quotient*y, whose sign is exact: it differs from that of y where the division rounded up to a whole number.
    let rest = if y.is_infinite() && x.is_finite() { x } else { libm::fma(-quotient, y, x) };
    let rounded_up = (rest < 0.0 && y > 0.0) || (rest > 0.0 && y < 0.0);
    if rounded_up && quotient.abs() < 9_007_199_254_740_992.0 { quotient - 1.0 } else { quotient }
}
