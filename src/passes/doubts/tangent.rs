//! An expression's value and its slope in one variable, at one place: forward differentiation by numbers.
//!
//! In: an operation with what its operands are worth and how they change. Out: the same of the operation. A value
//! that is not known is NaN, and spoils only what depends on it: 0 times anything is 0.

use crate::ir::expr::{Binary, Function, Unary};
use runtime::math::functions;
use std::f64::consts::{FRAC_2_SQRT_PI, LN_10};

/// A value, and how much it changes by where the variable changes by one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tangent {
    pub(super) value: f64,
    pub(super) slope: f64,
}

impl Tangent {
    pub(super) const UNKNOWN: Self = Self { value: f64::NAN, slope: f64::NAN };

    /// Of what does not depend on the variable.
    pub(super) fn constant(value: f64) -> Self {
        Self { value, slope: 0.0 }
    }

    /// Of a function of this, of which value and derivative are known here.
    fn through(self, (value, derivative): (f64, f64)) -> Self {
        Self { value, slope: times(derivative, self.slope) }
    }
}

fn times(a: f64, b: f64) -> f64 {
    if a == 0.0 || b == 0.0 { 0.0 } else { a * b }
}

/// Of one operand under an operator.
pub(super) fn of_one(operator: Unary, a: Tangent) -> Tangent {
    match operator {
        Unary::Negate => Tangent { value: -a.value, slope: -a.slope },
        Unary::Not => truth(a.value == 0.0, a.value),
    }
}

/// True or false as a number; neither where what is asked about is not known.
fn truth(holds: bool, about: f64) -> Tangent {
    Tangent::constant(if about.is_nan() { about } else { f64::from(u8::from(holds)) })
}

/// Of two operands under an operator.
pub(super) fn of_two(operator: Binary, a: Tangent, b: Tangent) -> Tangent {
    let (x, y) = (a.value, b.value);
    let compared = |holds: bool| truth(holds, x + y);
    match operator {
        Binary::Add => Tangent { value: x + y, slope: a.slope + b.slope },
        Binary::Subtract => Tangent { value: x - y, slope: a.slope - b.slope },
        Binary::Multiply => Tangent { value: times(x, y), slope: times(a.slope, y) + times(x, b.slope) },
        Binary::Divide => {
            let value = x / y;
            Tangent { value, slope: times(a.slope, y.recip()) - times(times(value, y.recip()), b.slope) }
        }
        Binary::Power => {
            let value = x.powf(y);
            let of_base = times(y * x.powf(y - 1.0), a.slope);
            Tangent { value, slope: of_base + times(value * x.ln(), b.slope) }
        }
        Binary::FloorDivide => Tangent::constant(functions::floor_divide(x, y)),
        Binary::Remainder => {
            let value = functions::remainder(x, y);
            Tangent { value, slope: a.slope - times(functions::floor_divide(x, y), b.slope) }
        }
        Binary::Less => compared(x < y),
        Binary::LessEqual => compared(x <= y),
        Binary::Greater => compared(x > y),
        Binary::GreaterEqual => compared(x >= y),
        Binary::Equal => compared(x == y),
        Binary::NotEqual => compared(x != y),
        Binary::And => compared(x != 0.0 && y != 0.0),
        Binary::Or => compared(x != 0.0 || y != 0.0),
    }
}

/// Of a function.
pub(super) fn of_call(function: Function, operands: &[Tangent]) -> Tangent {
    match (function, operands) {
        (Function::Where, [condition, ..]) if condition.value.is_nan() => Tangent::UNKNOWN,
        (Function::Where, &[condition, a, b]) => if_else(condition.value != 0.0, a, b),
        (Function::Min, &[a, b]) => if_else(a.value <= b.value, a, b),
        (Function::Max, &[a, b]) => if_else(a.value >= b.value, a, b),
        (Function::Clip, &[a, low, high]) => {
            let above = if_else(a.value < low.value, low, a);
            if_else(above.value > high.value, high, above)
        }
        (Function::Timestep, &[a, step]) => Tangent::constant((a.value / step.value + 1e-3).trunc()),
        (_, &[a]) => a.through(of_real(function, a.value)),
        _ => Tangent::UNKNOWN,
    }
}

fn if_else(holds: bool, a: Tangent, b: Tangent) -> Tangent {
    if holds { a } else { b }
}

/// A function of one number and its derivative.
fn of_real(function: Function, x: f64) -> (f64, f64) {
    match function {
        Function::Sin => (x.sin(), x.cos()),
        Function::Cos => (x.cos(), -x.sin()),
        Function::Tan => (x.tan(), x.cos().powi(-2)),
        Function::Sinh => (x.sinh(), x.cosh()),
        Function::Cosh => (x.cosh(), x.sinh()),
        Function::Tanh => (x.tanh(), 1.0 - x.tanh().powi(2)),
        Function::Arcsin => (x.asin(), (1.0 - x * x).sqrt().recip()),
        Function::Arccos => (x.acos(), -(1.0 - x * x).sqrt().recip()),
        Function::Arctan => (x.atan(), (1.0 + x * x).recip()),
        Function::Arcsinh => (x.asinh(), (1.0 + x * x).sqrt().recip()),
        Function::Arccosh => (x.acosh(), (x * x - 1.0).sqrt().recip()),
        Function::Arctanh => (x.atanh(), (1.0 - x * x).recip()),
        Function::Exp => (x.exp(), x.exp()),
        Function::Expm1 => (x.exp_m1(), x.exp()),
        // The derivative loses digits to cancellation where x is small; there it is that of the series.
        Function::Exprel if x.abs() < 1e-4 => (1.0 + x / 2.0 + x * x / 6.0, 0.5 + x / 3.0),
        Function::Exprel => (x.exp_m1() / x, (x.exp() - x.exp_m1() / x) / x),
        Function::Log => (x.ln(), x.recip()),
        Function::Log10 => (x.log10(), (x * LN_10).recip()),
        Function::Log1p => (x.ln_1p(), (1.0 + x).recip()),
        Function::Sqrt => (x.sqrt(), 0.5 / x.sqrt()),
        Function::Erf => (functions::erf(x), FRAC_2_SQRT_PI * (-x * x).exp()),
        Function::Abs => (x.abs(), if x < 0.0 { -1.0 } else { 1.0 }),
        // What is 0 at 0 and 1 beside it.
        Function::Sign if x == 0.0 => (0.0, 0.0),
        Function::Sign => (x.signum(), 0.0),
        Function::Ceil => (x.ceil(), 0.0),
        Function::Floor => (x.floor(), 0.0),
        Function::Int => (x.trunc(), 0.0),
        Function::Clip | Function::Min | Function::Max | Function::Where | Function::Timestep => (f64::NAN, f64::NAN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(value: f64) -> Tangent {
        Tangent { value, slope: 1.0 }
    }

    /// Every function against a central difference of its own values.
    #[test]
    fn slopes_are_those_of_the_values_beside() {
        use Function::{
            Abs, Arccos, Arccosh, Arcsin, Arcsinh, Arctan, Arctanh, Ceil, Cos, Cosh, Erf, Exp, Expm1, Exprel, Floor,
            Int, Log, Log1p, Log10, Sign, Sin, Sinh, Sqrt, Tan, Tanh,
        };
        let everywhere =
            [Sin, Cos, Tan, Sinh, Cosh, Tanh, Arctan, Arcsinh, Exp, Expm1, Exprel, Erf, Abs, Sign, Ceil, Floor, Int];
        let cases = everywhere.iter().flat_map(|&f| [(f, -1.3), (f, 0.4), (f, 2.7)]);
        let cases = cases.chain([Arcsin, Arccos, Arctanh, Log1p].into_iter().flat_map(|f| [(f, -0.4), (f, 0.7)]));
        let cases = cases.chain([(Arccosh, 1.6), (Log, 0.3), (Log10, 4.0), (Sqrt, 2.0), (Exprel, 2e-5)]);
        for (function, x) in cases {
            let near = |x: f64| of_call(function, &[at(x)]).value;
            let (got, wanted) = (of_call(function, &[at(x)]).slope, (near(x + 1e-5) - near(x - 1e-5)) / 2e-5);
            assert!((got - wanted).abs() < 1e-7 * (1.0 + wanted.abs()), "{function:?} at {x}: {got}, not {wanted}");
        }
        for operator in
            [Binary::Add, Binary::Subtract, Binary::Multiply, Binary::Divide, Binary::Power, Binary::Remainder]
        {
            let near = |x: f64| of_two(operator, at(2.3 * x), at(0.7 + x));
            let along = |x: f64| {
                of_two(operator, Tangent { value: 2.3 * x, slope: 2.3 }, Tangent { value: 0.7 + x, slope: 1.0 }).slope
            };
            let wanted = (near(1.1 + 1e-5).value - near(1.1 - 1e-5).value) / 2e-5;
            assert!((along(1.1) - wanted).abs() < 1e-6, "{operator:?}: {}, not {wanted}", along(1.1));
        }
    }

    #[test]
    fn what_is_not_known_spoils_no_more_than_what_depends_on_it() {
        let drive = Tangent::constant(f64::NAN);
        let decay = of_two(Binary::Divide, of_one(Unary::Negate, at(0.5)), Tangent::constant(0.02));
        assert_eq!(of_two(Binary::Add, decay, drive).slope, -50.0);
        assert!(of_two(Binary::Multiply, drive, at(0.5)).slope.is_nan());
        assert_eq!(of_two(Binary::Multiply, drive, Tangent::constant(0.0)).value, 0.0);
        let unclear = of_two(Binary::Less, drive, at(1.0));
        assert!(of_call(Function::Where, &[unclear, at(1.0), at(1.0)]).slope.is_nan());
    }
}
