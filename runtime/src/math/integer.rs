//! Integers: in, `i32` (ticks `i64`); out, results for every argument, none of which traps. Both engines follow these
//! rules.

/// a // b, towards minus infinity; 0 where b is 0; `i32::MIN // -1` wraps to `i32::MIN`.
pub fn floor_divide(a: i32, b: i32) -> i32 {
    if b == 0 {
        return 0;
    }
    let quotient = a.wrapping_div(b);
    let rest = a.wrapping_rem(b);
    if rest != 0 && (rest < 0) != (b < 0) { quotient - 1 } else { quotient }
}

/// a % b, with the sign of b; 0 where b is 0.
pub fn remainder(a: i32, b: i32) -> i32 {
    if b == 0 {
        return 0;
    }
    let rest = a.wrapping_rem(b);
    if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest }
}

/// a^n, wrapping; a^0 is 1.
pub fn power(a: i32, n: u32) -> i32 {
    a.wrapping_pow(n)
}

/// The integer part of x, towards zero; the nearest `i32` where it is beyond, 0 for NaN.
pub fn from_real(x: f64) -> i32 {
    x as i32
}

/// `timestep(t, dt)` as Brian2 defines it: the integer part of (t + dt/1000)/dt, so that a t just under a tick counts
/// as on it. Saturating; 0 where the quotient is NaN.
pub fn timestep(t: f64, dt: f64) -> i64 {
    ((t + 1e-3 * dt) / dt) as i64
}
