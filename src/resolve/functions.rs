//! The functions of the language, as a table: what each takes, what it gives.
//!
//! In: a function's name. Out: its row. Units and types of arguments are checked against the row in `expressions`.

use crate::ir::expr::{Distribution, Function};

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A function of its arguments.
    Function(Function),
    /// A random number.
    Random(Distribution),
}

/// What an argument may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// A number without unit.
    Number,
    /// An integer without unit.
    Whole,
    /// A value of any unit; all such arguments of a call have the same.
    Any,
    /// A time.
    Time,
    /// True or false.
    Condition,
}

/// What the call gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gives {
    /// A float without unit.
    Float,
    /// An integer without unit.
    Integer,
    /// A float with the unit of the arguments.
    FloatOfUnit,
    /// A float with the square root of the argument's unit.
    Root,
    /// The type (at least integer) and unit of the first argument.
    First,
    /// The widest type (at least integer) and the unit of the arguments.
    Widest,
    /// The widest type of the values chosen from, and their unit.
    Chosen,
}

/// A function.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// As it is called.
    pub(super) name: &'static str,
    /// What is called.
    pub(super) what: What,
    /// Its arguments.
    pub(super) takes: &'static [Takes],
    /// Its value.
    pub(super) gives: Gives,
}

impl Row {
    /// A call as it is written.
    pub(super) fn example(&self) -> String {
        let arguments = match (self.name, self.takes.len()) {
            ("clip", _) => "x, low, high",
            ("where", _) => "condition, a, b",
            ("timestep", _) => "t, dt",
            ("poisson", _) => "mean",
            ("binomial", _) => "n, p",
            (_, 0) => "",
            (_, 1) => "x",
            _ => "a, b",
        };
        format!("{}({arguments})", self.name)
    }
}

const fn of_number(name: &'static str, function: Function) -> Row {
    Row { name, what: What::Function(function), takes: &[Number], gives: Gives::Float }
}

const fn row(name: &'static str, function: Function, takes: &'static [Takes], gives: Gives) -> Row {
    Row { name, what: What::Function(function), takes, gives }
}

const fn random(name: &'static str, distribution: Distribution, takes: &'static [Takes], gives: Gives) -> Row {
    Row { name, what: What::Random(distribution), takes, gives }
}

use Takes::{Any, Condition, Number, Time, Whole};

/// Brian2's 26 functions, and min, max, where, arcsinh, arccosh, arctanh, erf and binomial.
pub(super) const FUNCTIONS: [Row; 34] = [
    of_number("sin", Function::Sin),
    of_number("cos", Function::Cos),
    of_number("tan", Function::Tan),
    of_number("sinh", Function::Sinh),
    of_number("cosh", Function::Cosh),
    of_number("tanh", Function::Tanh),
    of_number("arcsin", Function::Arcsin),
    of_number("arccos", Function::Arccos),
    of_number("arctan", Function::Arctan),
    of_number("arcsinh", Function::Arcsinh),
    of_number("arccosh", Function::Arccosh),
    of_number("arctanh", Function::Arctanh),
    of_number("exp", Function::Exp),
    of_number("expm1", Function::Expm1),
    of_number("exprel", Function::Exprel),
    of_number("log", Function::Log),
    of_number("log10", Function::Log10),
    of_number("log1p", Function::Log1p),
    of_number("erf", Function::Erf),
    row("sqrt", Function::Sqrt, &[Any], Gives::Root),
    row("abs", Function::Abs, &[Any], Gives::First),
    row("sign", Function::Sign, &[Any], Gives::Integer),
    row("ceil", Function::Ceil, &[Any], Gives::FloatOfUnit),
    row("floor", Function::Floor, &[Any], Gives::FloatOfUnit),
    row("clip", Function::Clip, &[Any, Any, Any], Gives::First),
    row("min", Function::Min, &[Any, Any], Gives::Widest),
    row("max", Function::Max, &[Any, Any], Gives::Widest),
    row("where", Function::Where, &[Condition, Any, Any], Gives::Chosen),
    row("int", Function::Int, &[Number], Gives::Integer),
    row("timestep", Function::Timestep, &[Time, Time], Gives::Integer),
    random("rand", Distribution::Uniform, &[], Gives::Float),
    random("randn", Distribution::Normal, &[], Gives::Float),
    random("poisson", Distribution::Poisson, &[Number], Gives::Integer),
    random("binomial", Distribution::Binomial, &[Whole, Number], Gives::Integer),
];

/// The function called `name`.
#[must_use]
pub(super) fn function(name: &str) -> Option<&'static Row> {
    FUNCTIONS.iter().find(|row| row.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One call of each row, with what it gives: units and type of a subexpression that must resolve.
    const CALLS: [(&str, &str, &str); 34] = [
        ("sin", "sin(1)", "1"),
        ("cos", "cos(1)", "1"),
        ("tan", "tan(1)", "1"),
        ("sinh", "sinh(1)", "1"),
        ("cosh", "cosh(1)", "1"),
        ("tanh", "tanh(1)", "1"),
        ("arcsin", "arcsin(1)", "1"),
        ("arccos", "arccos(1)", "1"),
        ("arctan", "arctan(1)", "1"),
        ("arcsinh", "arcsinh(1)", "1"),
        ("arccosh", "arccosh(1)", "1"),
        ("arctanh", "arctanh(0)", "1"),
        ("exp", "exp(v/mV)", "1"),
        ("expm1", "expm1(1)", "1"),
        ("exprel", "exprel(1)", "1"),
        ("log", "log(2)", "1"),
        ("log10", "log10(2)", "1"),
        ("log1p", "log1p(2)", "1"),
        ("erf", "erf(1)", "1"),
        ("sqrt", "sqrt(v*v)", "volt"),
        ("abs", "abs(v)", "volt"),
        ("sign", "sign(v)", "integer"),
        ("ceil", "ceil(v)", "volt"),
        ("floor", "floor(v)", "volt"),
        ("clip", "clip(v, 0*mV, 1*mV)", "volt"),
        ("min", "min(v, 1*mV)", "volt"),
        ("max", "max(i, 2)", "integer"),
        ("where", "where(v > 0*mV, v, 1*mV)", "volt"),
        ("int", "int(v > 0*mV)", "integer"),
        ("timestep", "timestep(t, dt)", "integer"),
        ("rand", "rand()", "1"),
        ("randn", "randn()", "1"),
        ("poisson", "poisson(2.5)", "integer"),
        ("binomial", "binomial(10, 0.2)", "integer"),
    ];

    #[test]
    fn every_row_gives_what_it_says() {
        for (row, (name, call, unit)) in FUNCTIONS.iter().zip(CALLS) {
            assert_eq!(row.name, name);
            let drawn = matches!(row.what, What::Random(_));
            let (slot, kind) = if drawn { ("y", "init y = ") } else { ("", "") };
            let line = if drawn { format!("{slot} : {unit}\n{kind}{call}") } else { format!("y = {call} : {unit}") };
            let source = format!("neurons P[3] {{\nv : volt\n{line}\n}}");
            assert_eq!(super::super::tests::check(&source), "", "{source}");
        }
    }

    #[test]
    fn every_row_refuses_a_wrong_number_of_arguments() {
        for row in &FUNCTIONS {
            let many = vec!["1"; row.takes.len() + 1].join(", ");
            let source = format!("neurons P[3] {{\ny : 1\ninit y = {}({many})\n}}", row.name);
            assert!(super::super::tests::check(&source).starts_with("E0306"), "{source}");
        }
    }
}
