//! Objects of Brian2: `P = NeuronGroup(100, eqs, threshold='v > 1')`. In: the tokens of a statement, before the grammar sees
//! them. Out: the statement of a model that makes the same, of what the call is given.
//!
//! Holds throughout: what stands elsewhere in the script, or is written as no model has it, is `…` and told.

use super::scripts::{self, entries, literal};
use super::{Failure, is_name, named_argument};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::token::{Start, Token};

/// Equations of more lines are not repeated in a mend.
const MOST_LINES: usize = 6;

/// How a class is called, its arguments in order, and what a model has in its place.
struct Class {
    name: &'static str,
    arguments: &'static [&'static str],
    /// Arguments that are named only, and told too.
    named: &'static [&'static str],
    instead: fn(&Given<'_>, &mut Mend) -> String,
}

const CLASSES: &[Class] = &[
    Class {
        name: "NeuronGroup",
        arguments: &["N", "model", "method", "threshold", "reset", "refractory", "events"],
        named: &["dt", "order"],
        instead: neurons,
    },
    Class {
        name: "Synapses",
        arguments: &["source", "target", "model", "on_pre", "pre", "on_post"],
        named: &["post", "delay", "method", "dt", "order"],
        instead: synapses,
    },
    Class { name: "SpikeMonitor", arguments: &["source", "variables"], named: &["record"], instead: spikes },
    Class { name: "EventMonitor", arguments: &["source", "event", "variables"], named: &["record"], instead: spikes },
    Class { name: "StateMonitor", arguments: &["source", "variables", "record", "dt"], named: &[], instead: values },
    Class { name: "PopulationRateMonitor", arguments: &["source"], named: &[], instead: rate },
    Class { name: "PoissonGroup", arguments: &["N", "rates"], named: &[], instead: poisson },
    Class {
        name: "PoissonInput",
        arguments: &["target", "target_var", "N", "rate", "weight"],
        named: &[],
        instead: poisson_input,
    },
    Class {
        name: "SpikeGeneratorGroup",
        arguments: &["N", "indices", "times"],
        named: &["period"],
        instead: spike_source,
    },
    Class { name: "TimedArray", arguments: &["values", "dt"], named: &[], instead: timed_array },
];

/// What to write for `P = NeuronGroup(…)`, `b2.SpikeMonitor(P)`, whether or not the grammar would take it.
pub(super) fn object(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    let assigned = failure.token(1) == Some(Token::Equals);
    let at = failure.path_end(if assigned { 2 } else { 0 });
    let outside = matches!(failure.start, Start::Item | Start::Step);
    let called = failure.token(at + 1) == Some(Token::LeftParenthesis);
    let name = failure.name(at).filter(|_| outside && called)?;
    let class = CLASSES.iter().find(|class| class.name == name)?;
    if failure.closing(at + 1) + 1 != failure.line.tokens.len() {
        return None;
    }
    let object = if assigned { failure.name(0)? } else { "P" };
    let listed = failure.arguments(at + 1);
    let mut arguments = Vec::with_capacity(listed.len());
    for (at, argument) in listed.into_iter().enumerate() {
        let in_order = || class.arguments.get(at).map(|name| (*name, argument));
        arguments.extend(named_argument(argument).or_else(in_order));
    }
    let mut mend = Mend::default();
    let given = Given { object, arguments };
    let written = (class.instead)(&given, &mut mend);
    let message = format!("`{name}` is a call of Brian2, and no function of a model");
    let diagnostic =
        Diagnostic::error(codes::UNKNOWN_STATEMENT, failure.span(at, at), message).help(mend.told(&written));
    let known = |name: &str| {
        matches!(name, "name" | "codeobj_class") || class.arguments.contains(&name) || class.named.contains(&name)
    };
    let left: Vec<_> = given.arguments.iter().filter(|one| !known(one.0)).map(|one| format!("`{}`", one.0)).collect();
    Some(if left.is_empty() {
        diagnostic
    } else {
        diagnostic.help(format!("not in it is {}: `docs/from-brian2.md` says what is written for it", left.join(", ")))
    })
}

/// What an object is made of.
struct Given<'a> {
    /// The name it is given.
    object: &'a str,
    arguments: Vec<(&'a str, &'a str)>,
}

impl<'a> Given<'a> {
    fn value(&self, name: &str) -> Option<&'a str> {
        let value = self.arguments.iter().find(|argument| argument.0 == name)?.1;
        (!matches!(value, "None" | "False" | "")).then_some(value)
    }

    /// A group or a part of one.
    fn group(&self, name: &str, mend: &mut Mend) -> String {
        let value = self.value(name).unwrap_or_default();
        if value.is_empty() || value.contains(['\'', '"', '(']) { mend.left("the group") } else { value.to_owned() }
    }

    /// A number or an expression, in quotes or not.
    fn expression(&self, name: &str, mend: &mut Mend) -> String {
        let value = self.value(name).and_then(scripts::expression);
        value.unwrap_or_else(|| mend.left(&format!("the value of `{name}`")))
    }

    fn array(&self, name: &str, mend: &mut Mend) -> String {
        let value = self.value(name).and_then(scripts::array);
        value.unwrap_or_else(|| mend.left(&format!("the values of `{name}`")))
    }
}

/// What is to be written, as it grows.
#[derive(Default)]
struct Mend {
    /// The parts of a block.
    members: Vec<String>,
    /// What stands for each `…`.
    left: Vec<String>,
}

impl Mend {
    /// `…`, for what is told beside it.
    fn left(&mut self, what: &str) -> String {
        self.left.push(what.to_owned());
        "…".to_owned()
    }

    fn left_of(&mut self, value: &str, otherwise: &str) -> String {
        let what = if is_name(value) { format!("the lines of `{value}`") } else { otherwise.to_owned() };
        self.left(&what)
    }

    /// The lines of a block of equations.
    fn equations(&mut self, model: &str) {
        let lines = whole_lines(model).filter(|lines| lines.len() <= MOST_LINES);
        match lines.filter(|lines| lines.iter().all(|line| line.contains(':'))) {
            Some(lines) => self.members.extend(lines.into_iter().map(str::to_owned)),
            None => {
                let left = self.left_of(model, "its equations");
                self.members.push(left);
            }
        }
    }

    /// `reset v = 0`, `on_pre { v += w; x += 1 }`
    fn code(&mut self, word: &str, code: &str) {
        match whole_lines(code).as_deref() {
            Some([]) => {}
            // Of a pathway with a name only braces show where its code begins.
            Some([one]) if !one.contains(';') && !word.contains(' ') => self.members.push(format!("{word} {one}")),
            Some(lines) => self.members.push(format!("{word} {{ {} }}", lines.join("; "))),
            None => {
                let left = self.left_of(code, &format!("the code of `{word}`"));
                self.members.push(format!("{word} {{ {left} }}"));
            }
        }
    }

    /// `threshold v > 1`: a name is a text of the script.
    fn condition(&mut self, word: &str, condition: &str) {
        let written = match literal(condition) {
            Some(written) => written.split_whitespace().collect::<Vec<_>>().join(" "),
            None => self.left_of(condition, "its condition"),
        };
        self.members.push(format!("{word} {written}"));
    }

    /// A member of one value, where it is given.
    fn member(&mut self, given: &Given<'_>, word: &str) {
        if given.value(word).is_some() {
            let value = given.expression(word, self);
            self.members.push(format!("{word} {value}"));
        }
    }

    fn block(&mut self, head: &str) -> String {
        if self.members.is_empty() {
            let left = self.left("what it has");
            self.members.push(left);
        }
        format!("{head} {{ {} }}", self.members.join("; "))
    }

    /// The help, and what is left for the reader to fill in.
    fn told(&self, written: &str) -> String {
        match self.left.as_slice() {
            [] => format!("write `{written}`"),
            [one] => format!("write `{written}`, with {one} for `…`"),
            several => format!("write `{written}`, with {} for each `…`", several.join(" and ")),
        }
    }
}

/// The lines of a text in quotes; `None` where one goes on in the next.
fn whole_lines(value: &str) -> Option<Vec<&str>> {
    let lines = literal(value)?.lines().map(|line| line.trim().trim_end_matches([';', ' ']));
    let lines: Vec<_> = lines.filter(|line| !line.is_empty()).collect();
    let whole = |line: &&str| {
        let count = |of: [char; 2]| line.matches(of).count();
        count(['(', '[']) == count([')', ']']) && !line.ends_with(['+', '-', '*', '/', ',', '=', '\\'])
    };
    lines.iter().all(whole).then_some(lines)
}

/// `NeuronGroup(100, eqs, threshold='v > 1', reset='v = 0', refractory=5*ms, method='exact')`
fn neurons(given: &Given<'_>, mend: &mut Mend) -> String {
    let size = given.expression("N", mend);
    if let Some(model) = given.value("model") {
        mend.equations(model);
    }
    if let Some(threshold) = given.value("threshold") {
        mend.condition("threshold", threshold);
    }
    if let Some(reset) = given.value("reset") {
        mend.code("reset", reset);
    }
    for (event, condition) in given.value("events").map(entries).unwrap_or_default() {
        mend.condition(&format!("event {event} if"), condition);
    }
    for word in ["refractory", "method", "dt", "order"] {
        mend.member(given, word);
    }
    mend.block(&format!("neurons {}[{size}]", given.object))
}

/// `Synapses(P, Q, 'w : volt', on_pre='v += w', delay=2*ms)`
fn synapses(given: &Given<'_>, mend: &mut Mend) -> String {
    let source = given.group("source", mend);
    let target = if given.value("target").is_some() { given.group("target", mend) } else { source.clone() };
    let model = given.value("model");
    if let Some(model) = model {
        mend.equations(model);
    }
    for (word, names) in [("on_pre", ["on_pre", "pre"]), ("on_post", ["on_post", "post"])] {
        let Some(code) = names.into_iter().find_map(|name| given.value(name)) else { continue };
        if !code.starts_with('{') {
            mend.code(word, code);
        }
        for (pathway, code) in entries(code) {
            mend.code(&if pathway == names[1] { word.to_owned() } else { format!("{word} {pathway}") }, code);
        }
    }
    match given.value("delay") {
        Some(delays) if delays.starts_with('{') => {
            for (pathway, delay) in entries(delays) {
                mend.members.push(format!("delay {pathway} = {delay}"));
            }
        }
        _ => mend.member(given, "delay"),
    }
    // Without equations there is nothing to integrate.
    if model.is_some_and(|model| literal(model).is_none_or(|lines| lines.contains("/dt"))) {
        mend.member(given, "method");
    }
    for word in ["dt", "order"] {
        mend.member(given, word);
    }
    mend.block(&format!("synapses {}: {source} -> {target}", given.object))
}

/// The variables a monitor is given: a text or several.
fn variables(given: &Given<'_>) -> Vec<String> {
    let written = given.value("variables").unwrap_or_default().trim_matches(['[', ']', '(', ')']);
    written.split(',').filter_map(|one| literal(one.trim())).filter(|name| is_name(name)).map(str::to_owned).collect()
}

/// `SpikeMonitor(P, variables='v', record=False)`, `EventMonitor(P, 'high')`
fn spikes(given: &Given<'_>, mend: &mut Mend) -> String {
    let source = given.group("source", mend);
    let event = given.value("event").and_then(literal).filter(|event| *event != "spike").unwrap_or("spikes");
    let counted = given.arguments.contains(&("record", "False"));
    let with = match variables(given) {
        _ if counted => " counts".to_owned(),
        names if names.is_empty() => String::new(),
        names => format!(" with {}", names.join(", ")),
    };
    format!("record {source}.{event}{with}")
}

/// `StateMonitor(P, ['v', 'u'], record=[0, 5], dt=1*ms)`
fn values(given: &Given<'_>, mend: &mut Mend) -> String {
    let source = given.group("source", mend);
    let mut names = variables(given);
    if names.is_empty() {
        names.push(mend.left("a variable"));
    }
    let part = match given.value("record") {
        None | Some("True") => String::new(),
        Some(record) => match scripts::part(record) {
            Some(part) => format!("[{part}]"),
            None => format!("[{}]", mend.left("the indices")),
        },
    };
    let every = match given.value("dt") {
        Some(_) => format!(" every {}", given.expression("dt", mend)),
        None => String::new(),
    };
    let recorded = names.iter().map(|name| format!("{source}.{name}{part}")).collect::<Vec<_>>();
    format!("record {}{every}", recorded.join(", "))
}

/// `PopulationRateMonitor(P)`
fn rate(given: &Given<'_>, mend: &mut Mend) -> String {
    format!("record {}.population_rate", given.group("source", mend))
}

/// `PoissonGroup(100, rates='(1 + i)*Hz')`
fn poisson(given: &Given<'_>, mend: &mut Mend) -> String {
    let size = given.expression("N", mend);
    let rates = given.value("rates").and_then(scripts::expression).filter(|rates| !scripts::is_array(rates));
    let rate = rates.unwrap_or_else(|| mend.left("an expression of `i`"));
    format!("poisson {}[{size}] {{ rate {rate} }}", given.object)
}

/// `PoissonInput(P, 'v', 1000, 20*Hz, weight=0.1*mV)`
fn poisson_input(given: &Given<'_>, mend: &mut Mend) -> String {
    let (target, variable) = (given.group("target", mend), given.expression("target_var", mend));
    let (n, rate) = (given.expression("N", mend), given.expression("rate", mend));
    let weight = given.expression("weight", mend);
    format!("poisson_input to {target}.{variable} {{ n {n}; rate {rate}; weight {weight} }}")
}

/// `SpikeGeneratorGroup(2, [0, 1], [1, 2]*ms, period=6*ms)`
fn spike_source(given: &Given<'_>, mend: &mut Mend) -> String {
    let size = given.expression("N", mend);
    let (i, t) = (given.array("indices", mend), given.array("times", mend));
    mend.members.push(format!("spikes i = {i}, t = {t}"));
    mend.member(given, "period");
    mend.block(&format!("spike_source {}[{size}]", given.object))
}

/// `TimedArray([0, 1]*nA, dt=1*ms)`
fn timed_array(given: &Given<'_>, mend: &mut Mend) -> String {
    let (values, dt) = (given.array("values", mend), given.expression("dt", mend));
    format!("{} = timed_array({values}, dt = {dt})", given.object)
}
