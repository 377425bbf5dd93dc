//! `sweep tau = linspace(1, 10, 30)*ms { run 300*ms; report rate(P) }`: what is varied, and what is measured.
//!
//! In: a sweep, once everything else of the text is known but what happens. Out: `Network::sweep`, whose axes name constants
//! of the text and hold values of their dimension, and among `Network::records` what measures are made of. The network is that
//! of one point, with the constants as they stand; what happens in the body is among the text's other actions (`happening`).

use super::arrays::{Values, shape_words};
use super::checks::has_unit;
use super::constants::Value;
use super::names::Typed;
use super::spell::quoted;
use super::{Resolver, arrays, codes, dependencies, suggestions};
use crate::ir::expr::Type;
use crate::ir::network::{Action, Axis, Seeds, Sweep};
use crate::units::{Dimension, quantity};
use grammar::ast::{self, BinaryOp, Expr, ExprKind, File, Item, ItemKind, Name, UnaryOp};
use grammar::{Diagnostic, Span};
use std::collections::{HashMap, HashSet};

/// More points than this are not run.
const MOST_POINTS: u128 = 1_000_000;

/// A sweep as it is written.
struct Written<'a> {
    axes: &'a [ast::Axis],
    seeds: Option<&'a Name>,
    body: &'a [Item],
    span: Span,
}

/// Everything that happens, in order: what stands in a sweep happens at every point, after what stands before it.
pub(super) fn happening(file: &File) -> impl Iterator<Item = &Item> {
    file.items.iter().flat_map(happening_in)
}

/// What a statement makes happen: itself, or what stands in a sweep.
pub(super) fn happening_in(item: &Item) -> &[Item] {
    match &item.kind {
        ItemKind::Sweep { body, .. } => body.as_slice(),
        _ => std::slice::from_ref(item),
    }
}

/// The names of what a text varies.
pub(super) fn varied(file: &File) -> HashMap<Box<str>, bool> {
    let axes = file.items.iter().filter_map(written).flat_map(|sweep| sweep.axes);
    axes.map(|axis| (axis.name.text.clone(), false)).collect()
}

fn written(item: &Item) -> Option<Written<'_>> {
    match &item.kind {
        ItemKind::Sweep { axes, seeds, body } => Some(Written { axes, seeds: seeds.as_ref(), body, span: item.span }),
        _ => None,
    }
}

/// The word of a statement that makes something happen.
fn happens(item: &Item) -> Option<&'static str> {
    match item.kind {
        ItemKind::Run { .. } => Some("run"),
        ItemKind::Set { .. } | ItemKind::SetSpikes { .. } => Some("set"),
        ItemKind::Store { .. } => Some("store"),
        ItemKind::Restore { .. } => Some("restore"),
        ItemKind::Print { .. } => Some("print"),
        ItemKind::Sweep { .. } => Some("sweep"),
        _ => None,
    }
}

/// What is said where a variable is to be varied, `P.v`: its values are given as `values`.
pub(crate) fn variable_is_no_axis(written: &str, values: &str, span: Span) -> Diagnostic {
    let variable = written.rsplit('.').next().unwrap_or(written);
    let message = format!("`{written}` is a variable, and what is varied is a constant");
    let help = format!(
        "name a constant where it gets its value, as `{variable}0 = 0` and `init {variable} = {variable}0` do, and \
         vary that: '{variable}0 = {values}'"
    );
    Diagnostic::error(codes::AXIS, span, message).help(help)
}

impl Resolver<'_> {
    /// The sweep of a text, where it has one.
    pub(super) fn sweep(&mut self, file: &File) {
        let Some((place, sweep)) =
            file.items.iter().enumerate().find_map(|(place, item)| Some((place, written(item)?)))
        else {
            return;
        };
        self.is_last(&sweep, &file.items[place + 1..]);
        let axes = if self.options.point { Vec::new() } else { self.axes(file, &sweep) };
        let seeds = self.seeds(&sweep);
        let recorded = self.network.records.len();
        let measures = self.measures(sweep.body);
        let unread = sweep.body.iter().any(|item| matches!(item.kind, ItemKind::Error));
        if !unread
            && !self.options.measured
            && !sweep.body.iter().any(|item| matches!(item.kind, ItemKind::Report { .. }))
        {
            let message = "this sweep reports nothing: no point would leave anything behind";
            let help = "say what to measure at every point: `report rate(P), mean(P.v)`";
            self.report(Diagnostic::error(codes::SWEEP, begin(&sweep), message).help(help));
        }
        self.network.sweep = Some(Sweep { axes, seeds, measures, recorded, span: sweep.span });
    }

    /// Something runs, and what is varied matters; to be asked when everything has been read.
    pub(super) fn sweep_is_of_use(&mut self, file: &File) {
        let Some(sweep) = file.items.iter().find_map(written) else { return };
        self.whole_where_asked(file, &sweep);
        let runs = self.network.actions.iter().any(|action| matches!(action, Action::Run { .. }));
        if !runs && self.found.is_empty() && !self.open {
            let message = "nothing runs: neither before this sweep nor in it";
            let help = "let time go on at every point: `run 300*ms` in its braces";
            self.report(Diagnostic::error(codes::SWEEP, begin(&sweep), message).help(help));
        }
        let Some(Sweep { axes, seeds: Seeds::Alike, .. }) = self.network.sweep.as_ref().filter(|_| !self.open) else {
            return;
        };
        let unused = axes.iter().filter(|axis| self.swept.get(&*axis.name) == Some(&false));
        let unused: Vec<(String, Span)> = unused.map(|axis| (axis.name.clone(), axis.span)).collect();
        for (name, span) in unused.into_iter().filter(|(name, _)| !matches!(&**name, "dt" | "seed")) {
            let message = format!("nothing uses `{name}`: it makes no difference which value it has");
            self.report(
                Diagnostic::warning(codes::UNUSED_AXIS, span, message)
                    .help(format!("use `{name}` in the model, or vary something else"))
                    .help("to repeat the same with other random numbers, write `seeds apart` before the braces"),
            );
        }
    }

    /// Keeps the names that an expression is made of and that have to be integers for it to be one.
    pub(super) fn must_stay_whole(&mut self, expr: &Expr, place: &str) {
        for name in makes_whole(expr) {
            self.whole.entry(name.into()).or_insert_with(|| (expr.span, place.to_owned()));
        }
    }

    /// An axis of reals for what has to be an integer would fail at every point.
    fn whole_where_asked(&mut self, file: &File, sweep: &Written<'_>) {
        let options = self.options;
        let mut definitions: HashMap<&str, &Expr> = file.items.iter().filter_map(definition).collect();
        definitions.extend(options.overrides.iter().map(|(name, value)| (&*name.text, value)));
        let mut asked = self.whole.clone();
        let mut waiting: Vec<(Box<str>, (Span, String))> = asked.clone().into_iter().collect();
        while let Some((name, place)) = waiting.pop() {
            for used in definitions.get(&*name).map(|value| makes_whole(value)).unwrap_or_default() {
                if !asked.contains_key(used) {
                    asked.insert(used.into(), place.clone());
                    waiting.push((used.into(), place.clone()));
                }
            }
        }
        let axes = self.network.sweep.as_ref().map(|sweep| sweep.axes.clone()).unwrap_or_default();
        for axis in axes.iter().filter(|axis| axis.kind == Type::Float && axis.dimension.is_one()) {
            let written = sweep.axes.iter().find(|written| *written.name.text == *axis.name);
            let (Some(written), Some((place, what))) = (written, asked.get(&*axis.name)) else { continue };
            let message = format!("{what} takes an integer, and the values of `{}` are none", axis.name);
            self.report(
                Diagnostic::error(codes::NOT_AN_INTEGER, written.values.span, message)
                    .also(*place, "an integer is needed here")
                    .help(format!("write integers: `{} = {}`", axis.name, whole_values(&axis.values))),
            );
        }
    }

    /// Nothing happens after a sweep.
    fn is_last(&mut self, sweep: &Written<'_>, after: &[Item]) {
        let Some((item, word)) = after.iter().find_map(|item| Some((item, happens(item)?))) else { return };
        let (message, help) = if word == "sweep" {
            (
                "a text has one sweep, and this is another".to_owned(),
                "write both axes into one, which goes through all combinations, or another text for the second",
            )
        } else {
            (
                format!("`{word}` stands after a sweep, where nothing happens any more"),
                "put it into the braces of the sweep, to happen at every point, or before the sweep",
            )
        };
        self.report(Diagnostic::error(codes::SWEEP, item.span, message).also(begin(sweep), "the sweep").help(help));
    }

    fn seeds(&mut self, sweep: &Written<'_>) -> Seeds {
        let Some(word) = sweep.seeds else { return Seeds::Alike };
        let axis = sweep.axes.iter().find(|axis| &*axis.name.text == "seed");
        match (&*word.text, axis) {
            ("alike", _) => return Seeds::Alike,
            ("apart", None) => return Seeds::Apart,
            ("apart", Some(axis)) => {
                let message = "seeds cannot be apart and varied";
                let wrong = Diagnostic::error(codes::SWEEP, word.span, message).also(axis.name.span, "varied here");
                self.report(wrong.help("leave out `seeds apart`: every point has the seed that its axis gives it"));
            }
            (other, _) => {
                let message = format!("seeds are `alike` or `apart`, not `{other}`");
                let help = match suggestions::nearest(other, ["alike", "apart"]) {
                    Some(meant) => format!("did you mean `seeds {meant}`?"),
                    None => "`seeds apart` gives every point random numbers of its own; without it all have the same"
                        .to_owned(),
                };
                self.report(Diagnostic::error(codes::SWEEP, word.span, message).help(help));
            }
        }
        Seeds::Alike
    }

    /// What is varied, with its values; without those that cannot be.
    fn axes(&mut self, file: &File, sweep: &Written<'_>) -> Vec<Axis> {
        let depend = depend_on_swept(file, sweep);
        self.seed_is_apart(sweep, &depend);
        let mut axes: Vec<Axis> = Vec::with_capacity(sweep.axes.len());
        for written in sweep.axes {
            if let Some(before) = axes.iter().find(|axis| *axis.name == *written.name.text) {
                let message = format!("`{}` is varied twice", written.name.text);
                let wrong = Diagnostic::error(codes::AXIS, written.name.span, message).also(before.span, "first here");
                self.report(wrong.help("give all its values in one list"));
                continue;
            }
            let constant = self.can_be_varied(file, &written.name);
            let values = self.axis_values(&written.values, &depend);
            let (Some(constant), Some(values)) = (constant, values) else { continue };
            let text = file.items.iter().filter_map(definition).find(|(name, _)| *name == &*written.name.text);
            axes.extend(self.axis((written, text.map(|(_, value)| value)), constant, values));
        }
        let points = axes.iter().map(|axis| axis.values.len() as u128).product::<u128>();
        if points > MOST_POINTS {
            let message = format!("this sweep has {points} points, and at most {MOST_POINTS} are run");
            let each: Vec<String> =
                axes.iter().map(|axis| format!("{} of `{}`", axis.values.len(), axis.name)).collect();
            let wrong = Diagnostic::error(codes::SWEEP, begin(sweep), message).label(each.join(" times "));
            self.report(wrong.help("give fewer values, or several texts a part of them each"));
        }
        axes
    }

    /// The seed of a text is that of its first point, and no other.
    fn seed_is_apart(&mut self, sweep: &Written<'_>, depend: &HashSet<&str>) {
        let varied = sweep.axes.iter().any(|axis| &*axis.name.text == "seed");
        let Some(&defined) = self.definitions.get("seed").filter(|_| depend.contains("seed") && !varied) else {
            return;
        };
        let message = "the seed depends on what is varied, and a sweep has one seed";
        self.report(
            Diagnostic::error(codes::AXIS, defined, message)
                .also(begin(sweep), "the sweep")
                .help("to give every point random numbers of its own, write `seeds apart` before the braces")
                .help("to say which, vary the seed itself: `sweep seed = range(100, 110) { … }`"),
        );
    }

    /// What a name stands for that a sweep varies: a constant, the time step or the seed.
    fn can_be_varied(&mut self, file: &File, name: &Name) -> Option<Value> {
        self.is_not_given(name)?;
        let whole = Value { number: 0.0, dimension: Dimension::ONE, kind: Type::Integer };
        let defined =
            |item: &&Item| matches!(&item.kind, ItemKind::Definition { name: other, .. } if other.text == name.text);
        if &*name.text == "seed" {
            return Some(whole);
        }
        if let Some(constant) = self.constants.get(&name.text) {
            return *constant;
        }
        let definition = file.items.iter().find(defined).and_then(|item| match &item.kind {
            ItemKind::Definition { value, .. } => Some(value),
            _ => None,
        });
        let (message, help) = match definition {
            Some(value) if arrays::is_timed(value) || self.array_names.contains(&name.text) => (
                format!("`{}` is an array, and what is varied is one value", name.text),
                "give it a factor, as in `a = gain*[1, 2, 3]`, and vary that".to_owned(),
            ),
            Some(_) => (
                format!("`{}` is a part of a population, and what is varied is a constant", name.text),
                "give its bounds names, as in `Q = P[:n]`, and vary those".to_owned(),
            ),
            None if self.open => return None,
            None => return self.unknown_axis(name),
        };
        self.report(Diagnostic::error(codes::AXIS, name.span, message).help(help));
        None
    }

    fn unknown_axis(&mut self, name: &Name) -> Option<Value> {
        let constants = || self.constants.keys().map(|name| &**name);
        let message = format!("the text has no constant `{}` to vary", name.text);
        let diagnostic = Diagnostic::error(codes::UNKNOWN_NAME, name.span, message);
        let help = match (suggestions::nearest(&name.text, constants()), self.elsewhere.get(&name.text)) {
            (Some(meant), _) => format!("did you mean `{meant}`?"),
            (None, Some((owner, _))) => format!(
                "it is a variable of `{owner}`: name a constant where it gets its value, `init {0} = {0}0`, and vary that",
                name.text
            ),
            (None, None) => format!("its constants are: {}", suggestions::listed(constants())),
        };
        self.report(diagnostic.help(help));
        None
    }

    /// Whether no value from outside stands against an axis.
    fn is_not_given(&mut self, name: &Name) -> Option<()> {
        let options = self.options;
        let set = options.overrides.iter().find(|(given, _)| given.text == name.text).map(|(given, _)| given.span);
        let Some(place) = set.or(options.dt.filter(|_| &*name.text == "dt").map(|(_, span)| span)) else {
            return Some(());
        };
        let message = format!("`{}` is varied by the sweep, and given a value from outside", name.text);
        self.report(
            Diagnostic::error(codes::AXIS, place, message)
                .also(name.span, "varied here")
                .help("leave one of the two out"),
        );
        None
    }

    /// The values of an axis: a list of constants, none of which is varied.
    fn axis_values(&mut self, expr: &Expr, depend: &HashSet<&str>) -> Option<Values> {
        let mut on: Option<(&str, Span)> = None;
        dependencies::walk(expr, |part| {
            if let ExprKind::Name(name) | ExprKind::Call { function: Name { text: name, .. }, .. } = &part.kind
                && depend.contains(&**name)
            {
                on = on.or(Some((name, part.span)));
            }
        });
        if let Some((name, span)) = on {
            let message = format!("`{name}` is another at every point, and the values of an axis are known before");
            let help = format!("leave `{name}` out here, and let the model work with both: a product, a ratio");
            self.report(Diagnostic::error(codes::AXIS, span, message).help(help));
            return None;
        }
        if !self.is_array(expr) {
            let value = self.constant_of(expr, None, "a sweep")?;
            let message = format!("{} is one value, and a sweep goes through several", quoted(expr));
            let shown = grammar::print::expression(expr);
            let help = match value.kind {
                Type::Float => format!("write a list, as `[{shown}]`, or `linspace(first, last, n)`"),
                _ => format!("write a list, as `[{shown}]`, or `range({shown})` for all from 0 to before it"),
            };
            self.report(Diagnostic::error(codes::AXIS, expr.span, message).help(help));
            return None;
        }
        let values = self.array(expr)?;
        if values.array.values().is_empty() {
            let message = format!("{} has no entries, and an axis has at least one", quoted(expr));
            self.report(Diagnostic::error(codes::SHAPE, expr.span, message).help("write them as in `[1, 2]*ms`"));
            return None;
        }
        if values.array.shape().len() == 1 {
            return Some(values);
        }
        let message = format!("{} is {}", quoted(expr), shape_words(values.array.shape()));
        let help = "an axis is a list: take a column as `x[:, 0]`";
        self.report(Diagnostic::error(codes::SHAPE, expr.span, message).help(help));
        None
    }

    /// An axis whose values fit the constant; with it, what the text defines the constant by.
    fn axis(&mut self, (written, text): (&ast::Axis, Option<&Expr>), constant: Value, values: Values) -> Option<Axis> {
        let name = &written.name.text;
        let kind = match values.kind() {
            Type::Integer if !values.dimension.is_one() => Type::Float,
            kind => kind,
        };
        let Values { array, dimension, .. } = values;
        let place = first_entry(&written.values);
        let defined = self.definitions.get(name).copied();
        if dimension != constant.dimension {
            let (wanted, given) = (has_unit(constant.dimension), has_unit(dimension));
            let message = format!("`{name}` {wanted}, and what it is given here {given}");
            let value = Typed { id: self.network.arena.float(array.values()[0]), dimension };
            let mut wrong = Diagnostic::error(codes::WRONG_UNIT, place.span, message).label(given);
            if let Some(defined) = defined {
                wrong = wrong.also(defined, format!("is {}", quantity(constant.number, constant.dimension)));
            }
            wrong.help.extend(self.unit_as_in((value, place), text, constant.dimension));
            self.report(wrong);
            return None;
        }
        if (kind == Type::Boolean) != (constant.kind == Type::Boolean) {
            let (is, others) =
                if kind == Type::Boolean { ("a number", "true or false") } else { ("true or false", "numbers") };
            let message = format!("`{name}` is {is}, and the values it is given here are {others}");
            let help = if kind == Type::Boolean { "write numbers, as `[0, 1]`" } else { "write `[True, False]`" };
            self.report(Diagnostic::error(codes::WRONG_TYPE, place.span, message).help(help));
            return None;
        }
        self.can_be_set(name, kind, array.values(), place)?;
        Some(Axis { name: name.to_string(), values: array.values().to_vec(), dimension, kind, span: written.name.span })
    }

    /// The time step is more than 0, a seed an integer of 0 or more.
    fn can_be_set(&mut self, name: &str, kind: Type, values: &[f64], place: &Expr) -> Option<()> {
        let bad = match name {
            "dt" => values.iter().find(|&&value| value <= 0.0),
            "seed" => values.iter().find(|&&value| value < 0.0 || kind != Type::Integer),
            _ => None,
        };
        let Some(&bad) = bad else { return Some(()) };
        self.report(if name == "dt" {
            let message =
                format!("the time step is {} here, and must be more than 0", quantity(bad, Dimension::SECOND));
            Diagnostic::error(codes::TIME_VALUE, place.span, message).help("write it as in `[0.1, 0.05]*ms`")
        } else {
            let message = format!("a seed is an integer of 0 or more, and {bad} is none");
            Diagnostic::error(codes::SEED, place.span, message).help("write it as in `range(10)`")
        });
        None
    }
}

/// The word and the name it begins with: what a diagnostic about the whole points at.
fn begin(sweep: &Written<'_>) -> Span {
    match sweep.axes.first() {
        Some(axis) => Span { start: sweep.span.start, ..axis.name.span },
        None => sweep.span,
    }
}

/// What depends on something varied: constants and functions, by way of others too.
fn depend_on_swept<'a>(file: &'a File, sweep: &Written<'a>) -> HashSet<&'a str> {
    let mut depend: HashSet<&str> = sweep.axes.iter().map(|axis| &*axis.name.text).collect();
    let defined: Vec<(&str, &Expr)> = file.items.iter().filter_map(definition).collect();
    loop {
        let before = depend.len();
        for (name, value) in &defined {
            let used = dependencies::names(value).into_iter().chain(dependencies::called(value));
            if !depend.contains(name) && used.into_iter().any(|used| depend.contains(used)) {
                depend.insert(name);
            }
        }
        if depend.len() == before {
            return depend;
        }
    }
}

fn definition(item: &Item) -> Option<(&str, &Expr)> {
    match &item.kind {
        ItemKind::Definition { name, value } | ItemKind::Function { name, value, .. } => Some((&name.text, value)),
        _ => None,
    }
}

/// The names that have to be integers for an expression to be one. What a call or a condition is made of may be anything:
/// `int(x)` and `3*(x > 0.5)` are integers of a real `x`.
fn makes_whole(expr: &Expr) -> Vec<&str> {
    let (mut names, mut rest) = (Vec::new(), vec![expr]);
    while let Some(part) = rest.pop() {
        match &part.kind {
            ExprKind::Name(name) => names.push(&**name),
            ExprKind::Group(inner) | ExprKind::Unary { op: UnaryOp::Negate | UnaryOp::Plus, operand: inner } => {
                rest.push(inner);
            }
            ExprKind::Binary { op, left, right, .. } if is_of_numbers(*op) => rest.extend([&**right, &**left]),
            _ => {}
        }
    }
    names
}

/// Whether what an operator gives is a number, and no truth.
fn is_of_numbers(op: BinaryOp) -> bool {
    use BinaryOp::{Add, Divide, FloorDivide, Multiply, Power, Remainder, Subtract};
    matches!(op, Add | Subtract | Multiply | Divide | FloorDivide | Remainder | Power)
}

/// Integers near to these values, as a list or a range.
fn whole_values(values: &[f64]) -> String {
    let mut whole: Vec<i64> = values.iter().map(|value| value.round() as i64).collect();
    whole.dedup();
    let step = whole.get(1).zip(whole.first()).map_or(0, |(second, first)| second - first);
    match whole.as_slice() {
        [first, .., last] if step > 0 && whole.len() > 3 && whole.windows(2).all(|pair| pair[1] - pair[0] == step) => {
            let step = if step == 1 { String::new() } else { format!(", {step}") };
            format!("range({first}, {}{step})", last + 1)
        }
        [first, .., last] if whole.len() > 12 && last > first => {
            format!("range({first}, {}, {})", last + 1, ((last - first) / (whole.len() as i64 - 1)).max(1))
        }
        few => format!("[{}]", few.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// The first entry of a list that stands by itself; of anything else, all of it.
fn first_entry(expr: &Expr) -> &Expr {
    match &expr.kind {
        ExprKind::List(items) => items.first().unwrap_or(expr),
        ExprKind::Group(inner) => first_entry(inner),
        _ => expr,
    }
}
