//! Arrays by rule: `linspace(1, 10, 30)*ms`, `logspace(1*nS, 1*uS, 4)`, `arange(0*ms, 5*ms, 0.5*ms)`, `range(10)`.
//!
//! In: a call. Out: an array of one dimension, with the unit of what it was given. `linspace` and `arange` give the bits of
//! NumPy's; `logspace` goes from one value to another, and so is NumPy's `geomspace`: exponents would leave no room for a unit.

use super::arrays::Values;
use super::checks::has_unit;
use super::constants::Value;
use super::spell::quoted;
use super::{Resolver, codes};
use crate::arrays::Array;
use crate::ir::expr::Type;
use crate::units::{Dimension, quantity};
use grammar::ast::{Argument, Expr, ExprKind};
use grammar::{Diagnostic, Span};
use runtime::math::functions;

/// More entries than this are not made: each takes 8 bytes.
const MOST_ENTRIES: usize = 10_000_000;

/// A function that makes an array: its name, a call as it is written, what it takes.
struct Maker {
    name: &'static str,
    example: &'static str,
    takes: &'static str,
    counts: std::ops::RangeInclusive<usize>,
}

/// Every one.
const MAKERS: [Maker; 4] = [
    Maker {
        name: "linspace",
        example: "linspace(1, 10, 30)*ms",
        takes: "the first value, the last one, and how many there are",
        counts: 3..=3,
    },
    Maker {
        name: "logspace",
        example: "logspace(1*nS, 1*uS, 4)",
        takes: "the first value, the last one, and how many there are",
        counts: 3..=3,
    },
    Maker {
        name: "arange",
        example: "arange(0*ms, 5*ms, 0.5*ms)",
        takes: "where it starts, where it stops (left out itself), and the step",
        counts: 1..=3,
    },
    Maker {
        name: "range",
        example: "range(0, 10, 2)",
        takes: "where it starts, where it stops (left out itself), and the step",
        counts: 1..=3,
    },
];

/// Whether a function makes an array.
pub(super) fn is_maker(name: &str) -> bool {
    MAKERS.iter().any(|maker| maker.name == name)
}

/// Names of the functions that make arrays.
pub(super) fn makers() -> impl Iterator<Item = &'static str> {
    MAKERS.iter().map(|maker| maker.name)
}

/// Why a name may not be given to something that is called.
pub(super) fn reserved(name: &str) -> Option<String> {
    is_maker(name).then(|| format!("`{name}` makes an array, as in `{}`", example(name)))
}

fn example(name: &str) -> &'static str {
    MAKERS.iter().find(|maker| maker.name == name).map_or("", |maker| maker.example)
}

/// Whether an expression is a call of one of them.
pub(super) fn is_call(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Call { function, .. } if is_maker(&function.text))
}

impl Resolver<'_> {
    /// The array that such a call makes.
    pub(super) fn made_array(&mut self, expr: &Expr) -> Option<Values> {
        let ExprKind::Call { function, arguments } = &expr.kind else { return None };
        let maker = MAKERS.iter().find(|maker| *maker.name == *function.text)?;
        if !maker.counts.contains(&arguments.len()) || arguments.iter().any(|argument| argument.name.is_some()) {
            let message = format!("`{}` takes {}, without names", maker.name, maker.takes);
            let help = format!("write it as in `{}`", maker.example);
            self.report(Diagnostic::error(codes::ARGUMENTS, expr.span, message).help(help));
            return None;
        }
        match maker.name {
            "linspace" => self.spaced(maker, arguments, expr.span, even),
            "logspace" => self.spaced(maker, arguments, expr.span, in_ratios),
            _ => self.stepped(maker, arguments, expr.span),
        }
    }

    /// So many values from one to another.
    fn spaced(
        &mut self,
        maker: &Maker,
        arguments: &[Argument],
        span: Span,
        between: fn(f64, f64, usize) -> Vec<f64>,
    ) -> Option<Values> {
        let [first, last, count] = arguments else { return None };
        let place = format!("`{}`", maker.name);
        let ends = self.of_one_unit(maker, &[&first.value, &last.value])?;
        let (from, to) = (ends[0], ends[1]);
        let count_value = self.constant_integer(&count.value, &format!("the number of values of {place}"))?;
        let Some(count) = usize::try_from(count_value).ok().filter(|count| *count > 0) else {
            let message = format!("{place} gives at least one value, and {} is {count_value}", quoted(&count.value));
            let help = format!("write it as in `{}`", maker.example);
            self.report(Diagnostic::error(codes::RANGE, count.value.span, message).help(help));
            return None;
        };
        self.can_be_listed(count as f64, count_of(arguments))?;
        if maker.name == "logspace" && !(from.number > 0.0 && to.number > 0.0) {
            let (argument, value) = if from.number > 0.0 { (last, to) } else { (first, from) };
            let shown = quantity(value.number, value.dimension);
            let message = format!("{place} goes in equal ratios between values above 0, and {shown} is none");
            let help = "give it the values themselves, not exponents of 10: `logspace(0.01, 100, 5)`";
            self.report(Diagnostic::error(codes::RANGE, argument.value.span, message).help(help));
            return None;
        }
        let values = between(from.number, to.number, count);
        self.are_finite(&values, span)?;
        Some(Values::numbers(Array::new(vec![count], values.into(), false), from.dimension))
    }

    /// From start to before stop, step by step.
    fn stepped(&mut self, maker: &Maker, arguments: &[Argument], span: Span) -> Option<Values> {
        let given: Vec<&Expr> = arguments.iter().map(|argument| &argument.value).collect();
        let mut values = self.of_one_unit(maker, &given)?;
        if maker.name == "range" {
            for expr in &given {
                self.constant_integer(expr, "`range`")?;
            }
        }
        let (whole, dimension) =
            (Value { number: 0.0, dimension: Dimension::ONE, kind: Type::Integer }, values[0].dimension);
        if values.len() == 1 {
            values.insert(0, Value { dimension, ..whole });
        }
        if values.len() == 2 {
            if !dimension.is_one() {
                let message = "a range of values with a unit has a step";
                let help = format!("write it as in `{}`", maker.example);
                self.report(Diagnostic::error(codes::RANGE, span, message).help(help));
                return None;
            }
            values.push(Value { number: 1.0, ..whole });
        }
        let [start, stop, step] = values[..] else { return None };
        let count = ((stop.number - start.number) / step.number).ceil();
        // A step of 0, or away from the stop, gives NaN, an infinity or less than one.
        if !(count >= 1.0 && step.number != 0.0) {
            let message = format!(
                "there is nothing from {} to before {} in steps of {}",
                quantity(start.number, dimension),
                quantity(stop.number, dimension),
                quantity(step.number, dimension)
            );
            let help = format!("write it as in `{}`", maker.example);
            self.report(Diagnostic::error(codes::RANGE, span, message).help(help));
            return None;
        }
        self.can_be_listed(count, span)?;
        let integer = values.iter().all(|value| value.kind == Type::Integer);
        // As NumPy does: the step is the distance of the second value from the first.
        let step = (start.number + step.number) - start.number;
        let entries: Vec<f64> = (0..count as usize).map(|entry| start.number + entry as f64 * step).collect();
        self.are_finite(&entries, span)?;
        Some(Values::numbers(Array::new(vec![entries.len()], entries.into(), integer), dimension))
    }

    /// The values of arguments, all of one unit.
    fn of_one_unit(&mut self, maker: &Maker, arguments: &[&Expr]) -> Option<Vec<Value>> {
        let place = format!("`{}`", maker.name);
        let read: Vec<Option<Value>> =
            arguments.iter().map(|argument| self.constant_of(argument, None, &place)).collect();
        let values: Vec<Value> = read.into_iter().collect::<Option<_>>()?;
        let first = *values.first()?;
        let other = values.iter().zip(arguments).find(|(value, _)| value.dimension != first.dimension);
        if let Some((other, argument)) = other {
            let (given, wanted) = (has_unit(other.dimension), has_unit(first.dimension));
            let message =
                format!("{} {wanted}, {} {given}: {place} needs one unit", quoted(arguments[0]), quoted(argument));
            let help = format!("write it as in `{}`", maker.example);
            self.report(Diagnostic::error(codes::UNITS_DIFFER, argument.span, message).help(help));
            return None;
        }
        Some(values)
    }

    fn can_be_listed(&mut self, count: f64, span: Span) -> Option<()> {
        if count <= MOST_ENTRIES as f64 {
            return Some(());
        }
        let message = format!("these are {count:.0} values, and at most {} million are made", MOST_ENTRIES / 1_000_000);
        self.report(Diagnostic::error(codes::RANGE, span, message).help("take a larger step, or fewer values"));
        None
    }

    fn are_finite(&mut self, values: &[f64], span: Span) -> Option<()> {
        let Some(bad) = values.iter().position(|value| !value.is_finite()) else { return Some(()) };
        let message = format!("entry {bad} of this range is {}", values[bad]);
        self.report(Diagnostic::error(codes::NOT_A_NUMBER, span, message).help("every entry is a finite number"));
        None
    }
}

/// Where the number of values stands.
fn count_of(arguments: &[Argument]) -> Span {
    arguments.last().map(|argument| argument.value.span).unwrap_or_default()
}

/// NumPy's `linspace`: multiples of the step, and the last value exactly.
fn even(first: f64, last: f64, count: usize) -> Vec<f64> {
    let (parts, distance) = (count.saturating_sub(1) as f64, last - first);
    let step = distance / parts;
    let value = |entry: usize| match entry {
        0 => first,
        // A step below the smallest number loses what the distance still has.
        _ if step == 0.0 => entry as f64 / parts * distance + first,
        _ => entry as f64 * step + first,
    };
    with_last((0..count).map(value).collect(), last)
}

/// NumPy's `geomspace`: powers of 10 whose exponents are even, and both ends exactly.
fn in_ratios(first: f64, last: f64, count: usize) -> Vec<f64> {
    let mut values = even(functions::log10(first), functions::log10(last), count);
    for value in &mut values {
        *value = functions::power(10.0, *value);
    }
    if let Some(begin) = values.first_mut() {
        *begin = first;
    }
    with_last(values, last)
}

/// Of more than one value, the last as it is given.
fn with_last(mut values: Vec<f64>, last: f64) -> Vec<f64> {
    if let [_, .., end] = values.as_mut_slice() {
        *end = last;
    }
    values
}

#[cfg(test)]
mod tests {
    use super::{even, in_ratios};

    /// What NumPy 2 prints for the same calls, which is enough to read the same bits.
    #[test]
    fn values_are_those_of_numpy() {
        let rows: [(f64, f64, usize, &[f64]); 5] = [
            (0.0, 1.0, 4, &[0.0, 0.333_333_333_333_333_3, 0.666_666_666_666_666_6, 1.0]),
            (1.0, 10.0, 4, &[1.0, 4.0, 7.0, 10.0]),
            (0.0, 0.3, 4, &[0.0, 0.099_999_999_999_999_99, 0.199_999_999_999_999_98, 0.3]),
            (5.0, 1.0, 3, &[5.0, 3.0, 1.0]),
            (2.5, 9.0, 1, &[2.5]),
        ];
        for (first, last, count, expected) in rows {
            assert_eq!(even(first, last, count), expected, "linspace({first}, {last}, {count})");
        }
    }

    #[test]
    fn ratios_are_alike_and_both_ends_are_as_given() {
        assert_eq!(in_ratios(1.0, 1000.0, 4), [1.0, 10.0, 100.0, 1000.0]);
        assert_eq!(in_ratios(0.01, 100.0, 5), [0.01, 0.1, 1.0, 10.0, 100.0]);
        assert_eq!(in_ratios(1e-9, 0.1, 2), [1e-9, 0.1]);
        assert_eq!(in_ratios(7.0, 8.0, 1), [7.0]);
        let halves = in_ratios(8.0, 0.5, 5);
        let near =
            halves.iter().zip([8.0, 4.0, 2.0, 1.0, 0.5]).all(|(value, exact)| (value / exact - 1.0).abs() < 1e-15);
        assert!(near && (halves[0], halves[4]) == (8.0, 0.5), "{halves:?}");
    }
}
