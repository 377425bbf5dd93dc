//! Top-level constants and settings.
//!
//! In: definitions `name = expression` in any order, and what is set from outside. Out: the value of every constant, with its
//! dimension and type; the time step and the seed. A definition that uses itself, directly or not, is an error that names the ring.

use super::dependencies::{self, Order};
use super::names::{self, Typed};
use super::spell::quoted;
use super::taken_names::is_defined;
use super::{Resolver, arrays, checks, codes, evaluate, ranges, suggestions};
use crate::ir::expr::Type;
use crate::units::{Dimension, quantity};
use grammar::ast::{Expr, ExprKind, File, ItemKind, Name, UnaryOp};
use grammar::{Diagnostic, Span};
use std::collections::HashMap;

/// The value of a constant expression.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Value {
    /// In SI base units; integers exactly, booleans as 0 and 1.
    pub(super) number: f64,
    /// What it measures.
    pub(super) dimension: Dimension,
    /// Its type.
    pub(super) kind: Type,
}

/// Brian2's time step.
const DEFAULT_DT: f64 = 1e-4;

/// A definition, and what it is overridden with.
struct Definition<'a> {
    name: &'a Name,
    /// As the text has it.
    written: &'a Expr,
    /// As it is evaluated.
    taken: &'a Expr,
}

impl<'o> Resolver<'o> {
    /// The value of a constant expression; `place` says what asks for the dimension.
    pub(super) fn constant_of(&mut self, expr: &Expr, expected: Option<Dimension>, place: &str) -> Option<Value> {
        if expected.is_none_or(Dimension::is_one)
            && let Some(plain) = plain_number(expr)
        {
            return Some(plain);
        }
        // An arena of its own: constants leave nothing behind but their values.
        let arena = std::mem::take(&mut self.network.arena);
        let value = self.constant_in_own_arena(expr, expected, place);
        self.network.arena = arena;
        value
    }

    fn constant_in_own_arena(&mut self, expr: &Expr, expected: Option<Dimension>, place: &str) -> Option<Value> {
        let mut scope = std::mem::take(&mut self.outside);
        let typed = self.expression(&mut scope, expr);
        self.outside = scope;
        let Typed { id, dimension } = typed?;
        if let Some(expected) = expected {
            self.must_measure((Typed { id, dimension }, expr), expected, place)?;
        }
        let Some(number) = evaluate::value(&self.network.arena, &self.options.functions, id) else {
            // Names of constants are literals, and random numbers are refused: what is left are timed arrays.
            let message = format!("{} is read while time passes, and a constant is known before", quoted(expr));
            let help = "a timed array is read in equations and code: `dv/dt = (stim(t) - v)/tau : 1`";
            self.report(Diagnostic::error(codes::NOT_A_VALUE, expr.span, message).help(help));
            return None;
        };
        let kind = self.network.arena.kind(id);
        if number.is_nan() {
            let message = format!("{} is not a number (0/0, or a function outside its range)", quoted(expr));
            let help = "`print` its parts to see which one it comes from";
            self.report(Diagnostic::error(codes::NOT_A_NUMBER, expr.span, message).help(help));
            return None;
        }
        if kind == Type::Integer && (number < f64::from(i32::MIN) || number > f64::from(i32::MAX)) {
            let message = format!("{} is {number}, beyond the largest integer ({})", quoted(expr), i32::MAX);
            let help = "make one of its numbers a real one by a decimal point: `1.0*…`";
            self.report(Diagnostic::error(codes::INTEGER_RANGE, expr.span, message).help(help));
            return None;
        }
        Some(Value { number, dimension, kind })
    }

    /// The value of a constant integer; `place` says what asks for it.
    pub(super) fn constant_integer(&mut self, expr: &Expr, place: &str) -> Option<i32> {
        let value = self.constant_of(expr, Some(Dimension::ONE), place)?;
        if value.kind == Type::Integer {
            self.must_stay_whole(expr, place);
            return Some(value.number as i32);
        }
        self.report(checks::not_an_integer(expr, place));
        None
    }

    /// Works out all constants.
    pub(super) fn constants(&mut self, file: &File) {
        self.constants.insert("dt".into(), Some(seconds(DEFAULT_DT)));
        self.array_names(file);
        let functions = self.function_definitions(file);
        let definitions = self.definitions(file);
        self.check_overrides(&definitions);
        // Constants and functions use one another: constants first in this numbering, then functions.
        let names = || {
            let names = definitions.iter().map(|definition| definition.name);
            names.chain(functions.iter().map(|definition| definition.name))
        };
        let places: HashMap<&str, usize> = names().enumerate().map(|(place, name)| (&*name.text, place)).collect();
        let of_constants =
            definitions.iter().map(|definition| used(definition.taken, |name| places.get(name).copied()));
        let of_functions = functions.iter().map(|definition| {
            let place = |name: &str| places.get(name).copied().filter(|_| !definition.has_parameter(name));
            used(definition.value, place)
        });
        let uses: Vec<Vec<usize>> = of_constants.chain(of_functions).collect();
        let Order { sequence, cycles } = dependencies::order(&uses);
        let named: Vec<&Name> = names().collect();
        for cycle in &cycles {
            let mut ring = circular(cycle.iter().map(|member| named[*member]));
            if cycle.iter().any(|member| *member >= definitions.len()) {
                let help = "a function is put in the place of its calls, so that it cannot call itself";
                ring.help = vec![help.to_owned()];
            }
            self.report(ring);
        }
        for member in cycles.iter().flatten() {
            match definitions.get(*member) {
                Some(definition) => self.constants.insert(definition.name.text.clone(), None).is_some(),
                None => self.own_functions.insert(named[*member].text.clone(), None).is_some(),
            };
        }
        let in_cycle: std::collections::HashSet<usize> = cycles.into_iter().flatten().collect();
        for place in sequence.into_iter().filter(|place| !in_cycle.contains(place)) {
            let Some(definition) = definitions.get(place) else {
                self.own_function(&functions[place - definitions.len()]);
                continue;
            };
            let name = &definition.name.text;
            if arrays::is_timed(definition.taken) {
                let timed = self.timed_array(definition.name, definition.taken);
                self.timed.insert(name.clone(), timed);
                continue;
            }
            if self.is_array(definition.taken) {
                // A call of a class of another simulator is told as that, whatever it is given.
                let class = |function: &Name| {
                    suggestions::foreign_class(&function.text).is_some() && !self.is_function(&function.text)
                };
                let values = match &definition.taken.kind {
                    ExprKind::Call { function, .. } if class(function) => self.definition(definition).and(None),
                    _ => self.array(definition.taken),
                };
                self.arrays.insert(name.clone(), values);
                continue;
            }
            let value = self.definition(definition);
            let value = value.filter(|value| self.keeps_unit(definition, *value));
            self.constants.insert(definition.name.text.clone(), value);
        }
    }

    /// The definitions that are constants: subgroups, settings of the seed and what a later version will know are not.
    fn definitions<'a>(&mut self, file: &'a File) -> Vec<Definition<'a>>
    where
        'o: 'a,
    {
        let options = self.options;
        let mut found: Vec<Definition<'a>> = Vec::new();
        for item in &file.items {
            let ItemKind::Definition { name, value } = &item.kind else { continue };
            if &*name.text == "seed" || self.is_subgroup(value) {
                continue;
            }
            let called = arrays::is_timed(value).then(|| ranges::reserved(&name.text)).flatten();
            if let Some(reason) = names::reserved(&name.text).or(called) {
                self.name_is_taken(name, "a constant", reason, |other| is_defined(file, other, name.span));
                // What uses it is silent.
                self.constants.insert(name.text.clone(), None);
                continue;
            }
            if self.defined_before(name) {
                if self.own_functions.contains_key(&name.text) {
                    self.constants.insert(name.text.clone(), None);
                } else if found.iter().any(|before| before.name.text == name.text) && &*name.text != "dt" {
                    let help = format!(
                        "a constant has one value in all runs; for another one in the next run make it a parameter of \
                         the group, `{0} : unit`, and write `set P.{0} = …` between them",
                        name.text
                    );
                    if let Some(told) = self.found.last_mut() {
                        told.help.push(help);
                    }
                }
                continue;
            }
            let taken =
                options.overrides.iter().rev().find(|(set, _)| set.text == name.text).map_or(value, |(_, value)| value);
            found.push(Definition { name, written: value, taken });
        }
        let step = options.overrides.iter().rev().find(|(set, _)| &*set.text == "dt");
        if let Some((name, value)) = step.filter(|_| !self.definitions.contains_key("dt")) {
            found.push(Definition { name, written: value, taken: value });
        }
        if let Some((dt, _)) = options.dt {
            found.retain(|definition| &*definition.name.text != "dt");
            self.constants.insert("dt".into(), Some(seconds(dt)));
        }
        found
    }

    /// Reports a second definition of a name.
    pub(super) fn defined_before(&mut self, name: &Name) -> bool {
        let Some(&first) = self.definitions.get(&name.text) else {
            self.definitions.insert(name.text.clone(), name.span);
            return false;
        };
        // Groups are named before constants: the second one in the text is the one that is told of.
        let (first, again) = if first < name.span { (first, name.span) } else { (name.span, first) };
        let message = format!("`{}` is defined twice", name.text);
        let diagnostic = Diagnostic::error(codes::DEFINED_TWICE, again, message)
            .label("defined again here")
            .also(first, "first defined here");
        self.report(if matches!(&*name.text, "dt" | "seed") {
            diagnostic.help("leave one of the two out: it holds for the whole text")
        } else {
            diagnostic.help("leave one of the two out, or give it another name")
        });
        true
    }

    fn definition(&mut self, definition: &Definition<'_>) -> Option<Value> {
        if let ExprKind::Call { function, .. } = &definition.taken.kind
            && let Some(instead) = suggestions::foreign_class(&function.text)
        {
            let message = format!("there is no function `{}`", function.text);
            self.report(Diagnostic::error(codes::UNKNOWN_FUNCTION, function.span, message).help(instead));
            return None;
        }
        self.constant_of(definition.taken, None, "a constant")
    }

    /// Overrides of names that are no constants, and the values that are taken instead.
    fn check_overrides(&mut self, definitions: &[Definition<'_>]) {
        let options = self.options;
        for (name, _) in &options.overrides {
            let known = definitions.iter().any(|definition| definition.name.text == name.text);
            if known || matches!(&*name.text, "dt" | "seed") || self.open {
                continue;
            }
            let message = format!("the text has no constant `{}` to set", name.text);
            let mut diagnostic = Diagnostic::error(codes::UNKNOWN_NAME, name.span, message);
            let names = definitions.iter().map(|definition| &*definition.name.text);
            let listed = suggestions::listed(names.clone());
            diagnostic = diagnostic.help(match suggestions::nearest(&name.text, names) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None if listed.is_empty() => {
                    "write it as a constant into the text: `name = value` at the top level".to_owned()
                }
                None => format!("its constants are: {listed}"),
            });
            self.report(diagnostic);
        }
    }

    /// A constant that is set from outside keeps its unit.
    fn keeps_unit(&mut self, definition: &Definition<'_>, taken: Value) -> bool {
        if std::ptr::eq(definition.written, definition.taken) {
            return true;
        }
        // What is wrong with the text's own value is not reported a second time by way of its unit.
        let before = self.found.len();
        let written = self.constant_of(definition.written, None, "a constant");
        self.found.truncate(before);
        let Some(written) = written.filter(|written| written.dimension != taken.dimension) else { return true };
        let name = &definition.name.text;
        let (wanted, given) = (checks::has_unit(written.dimension), checks::has_unit(taken.dimension));
        let message = format!("`{name}` {wanted}, and the value it is set to {given}");
        let is = format!("is {}", quantity(written.number, written.dimension));
        let value = Typed { id: self.network.arena.float(taken.number), dimension: taken.dimension };
        let help = self.unit_as_in((value, definition.taken), Some(definition.written), written.dimension);
        let mut diagnostic =
            Diagnostic::error(codes::WRONG_UNIT, definition.taken.span, message).also(definition.written.span, is);
        diagnostic.help.extend(help);
        self.report(diagnostic);
        false
    }

    /// The time step and the seed.
    pub(super) fn settings(&mut self, file: &File) {
        let mut seed: Option<(&Name, &Expr)> = None;
        for item in &file.items {
            let ItemKind::Definition { name, value } = &item.kind else { continue };
            if &*name.text == "seed" && !self.defined_before(name) {
                seed = Some((name, value));
            }
        }
        let options = self.options;
        let outside = |wanted: &str| options.overrides.iter().rev().find(|(name, _)| &*name.text == wanted);
        let seed = outside("seed").map(|(_, value)| value).or(seed.map(|(_, value)| value));
        self.network.seed = seed.and_then(|value| self.seed(value));
        if options.seed.is_some() {
            self.network.seed = options.seed;
        }
        self.network.dt = DEFAULT_DT;
        if let Some(Some(dt)) = self.constants.get("dt").copied() {
            let given = options.dt.map(|(_, span)| span).or(outside("dt").map(|(_, value)| value.span));
            let span = given.or_else(|| written_value(file, "dt")).unwrap_or_default();
            self.network.dt = self.time_step(dt, span).unwrap_or(DEFAULT_DT);
        }
        self.network.clocks = vec![self.network.dt];
    }

    fn time_step(&mut self, dt: Value, span: Span) -> Option<f64> {
        if dt.dimension != Dimension::SECOND {
            let message = format!("the time step `dt` is a time, and this {}", checks::has_unit(dt.dimension));
            self.report(Diagnostic::error(codes::WRONG_UNIT, span, message).help("write it as in `dt = 0.1*ms`"));
            return None;
        }
        if dt.number > 0.0 && dt.number.is_finite() {
            return Some(dt.number);
        }
        let message = format!("the time step is {}, and must be more than 0", quantity(dt.number, dt.dimension));
        self.report(Diagnostic::error(codes::TIME_VALUE, span, message).help("write it as in `dt = 0.1*ms`"));
        None
    }

    /// A seed: an integer of 64 bits; as a plain number it may be beyond the integers of a model.
    fn seed(&mut self, value: &Expr) -> Option<u64> {
        if let ExprKind::Number(number) = &value.kind
            && number.integer
        {
            if let Ok(seed) = number.text.parse() {
                return Some(seed);
            }
            let message = format!("the seed is {}, and must be below 2^64", number.text);
            self.report(Diagnostic::error(codes::SEED, value.span, message).help("write it as in `seed = 42`"));
            return None;
        }
        let number = self.constant_integer(value, "the seed")?;
        if let Ok(seed) = u64::try_from(number) {
            return Some(seed);
        }
        let message = format!("the seed is {number}, and must be 0 or more");
        self.report(Diagnostic::error(codes::SEED, value.span, message).help("write it as in `seed = 42`"));
        None
    }
}

/// Where the value of a definition stands.
fn written_value(file: &File, wanted: &str) -> Option<Span> {
    file.items.iter().find_map(|item| match &item.kind {
        ItemKind::Definition { name, value } if &*name.text == wanted => Some(value.span),
        _ => None,
    })
}

/// The definitions an expression uses, by the places of their names: constants, and functions that are called.
fn used(expr: &Expr, place: impl Fn(&str) -> Option<usize>) -> Vec<usize> {
    dependencies::names(expr).into_iter().chain(dependencies::called(expr)).filter_map(place).collect()
}

/// A time that is known.
fn seconds(number: f64) -> Value {
    Value { number, dimension: Dimension::SECOND, kind: Type::Float }
}

/// A number with an optional sign, without an arena: lists of spikes have many.
fn plain_number(expr: &Expr) -> Option<Value> {
    let (sign, number) = match &expr.kind {
        ExprKind::Number(number) => (1.0, number),
        ExprKind::Unary { op: UnaryOp::Negate, operand } => match &operand.kind {
            ExprKind::Number(number) => (-1.0, number),
            _ => return None,
        },
        _ => return None,
    };
    let fits = number.value.is_finite() && (!number.integer || number.value <= f64::from(i32::MAX));
    let kind = if number.integer { Type::Integer } else { Type::Float };
    fits.then_some(Value { number: sign * number.value, dimension: Dimension::ONE, kind })
}

/// The diagnostic of a ring of definitions, at the first of them.
pub(super) fn circular<'n>(members: impl Iterator<Item = &'n Name>) -> Diagnostic {
    let members: Vec<&Name> = members.collect();
    let first = members.iter().min_by_key(|name| name.span.start).copied();
    let start = members.iter().position(|name| Some(name.span) == first.map(|first| first.span)).unwrap_or(0);
    let mut ring: Vec<String> =
        (0..members.len()).map(|k| format!("`{}`", members[(start + k) % members.len()].text)).collect();
    ring.extend(ring.first().cloned());
    let span = first.map(|name| name.span).unwrap_or_default();
    let message = match ring.as_slice() {
        [name, _] => format!("{name} is defined by itself"),
        [name, ..] => format!("{name} is defined by way of itself: {}", ring.join(" -> ")),
        [] => String::new(),
    };
    let mut diagnostic = Diagnostic::error(codes::CIRCULAR, span, message);
    for name in members.iter().filter(|name| name.span != span) {
        diagnostic = diagnostic.also(name.span, "part of the ring");
    }
    diagnostic.help("give one of them a value of its own")
}
