//! Objects of Brian2: `P = NeuronGroup(100, eqs, threshold='v > 1')`. In: the tokens of a statement, before the grammar sees
//! them. Out: the statement of a model that makes the same, of what the call is given.

use super::simulators::is_name;
use super::{Failure, named_argument, unquoted};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::token::{Start, Token};

/// Equations of more lines are not repeated in a mend.
const MOST_LINES: usize = 6;

/// What stands before names in a script, in the order in which it is taken away.
const MODULES: [(&str, &str); 4] = [("np.random.", ""), ("np.array", ""), ("np.", ""), ("defaultclock.dt", "dt")];

/// How a class is called, its arguments in order, and what a model has in its place.
struct Class {
    name: &'static str,
    arguments: &'static [&'static str],
    instead: fn(&Given<'_>) -> String,
}

const CLASSES: &[Class] = &[
    Class {
        name: "NeuronGroup",
        arguments: &["N", "model", "method", "threshold", "reset", "refractory", "events"],
        instead: neurons,
    },
    Class {
        name: "Synapses",
        arguments: &["source", "target", "model", "on_pre", "pre", "on_post"],
        instead: synapses,
    },
    Class { name: "SpikeMonitor", arguments: &["source", "variables", "record", "event"], instead: spikes },
    Class { name: "StateMonitor", arguments: &["source", "variables", "record", "dt"], instead: values },
    Class { name: "PopulationRateMonitor", arguments: &["source"], instead: rate },
    Class { name: "PoissonGroup", arguments: &["N", "rates"], instead: poisson },
    Class { name: "PoissonInput", arguments: &["target", "target_var", "N", "rate", "weight"], instead: poisson_input },
    Class {
        name: "SpikeGeneratorGroup",
        arguments: &["N", "indices", "times", "dt", "clock", "period"],
        instead: spike_source,
    },
    Class { name: "TimedArray", arguments: &["values", "dt"], instead: timed_array },
];

/// What an object is made of.
struct Given<'a> {
    /// The name it is given.
    object: &'a str,
    arguments: Vec<(&'a str, &'a str)>,
}

/// What to write for `P = NeuronGroup(…)`, whether or not the grammar would take it.
pub(super) fn object(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    let outside = matches!(failure.start, Start::Item | Start::Step);
    let called = failure.token(1) == Some(Token::Equals) && failure.token(3) == Some(Token::LeftParenthesis);
    if !outside || !called || failure.closing(3) + 1 != failure.line.tokens.len() {
        return None;
    }
    let (object, name) = (failure.name(0)?, failure.name(2)?);
    let class = CLASSES.iter().find(|class| class.name == name)?;
    let listed = failure.arguments(3);
    let mut arguments = Vec::with_capacity(listed.len());
    for (at, argument) in listed.into_iter().enumerate() {
        let in_order = || class.arguments.get(at).map(|name| (*name, argument));
        arguments.extend(named_argument(argument).or_else(in_order));
    }
    let help = (class.instead)(&Given { object, arguments });
    let message = format!("`{name}` is a call of Brian2, and no function of a model");
    Some(Diagnostic::error(codes::UNKNOWN_STATEMENT, failure.span(2, 2), message).help(help))
}

impl<'a> Given<'a> {
    fn value(&self, name: &str) -> Option<&'a str> {
        let value = self.arguments.iter().find(|argument| argument.0 == name)?.1;
        (value != "None").then_some(value)
    }

    /// One expression, without quotes and modules, in one line.
    fn expression(&self, name: &str, usual: &str) -> String {
        let mut value = unquoted(self.value(name).unwrap_or(usual)).to_owned();
        for (theirs, ours) in MODULES {
            value = value.replace(theirs, ours);
        }
        value.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// The parts of a block; what stands elsewhere in the script is `…`, and told.
#[derive(Default)]
struct Parts {
    parts: Vec<String>,
    elsewhere: Vec<String>,
}

impl Parts {
    fn equations(&mut self, model: Option<&str>) {
        let Some(model) = model else { return };
        let lines = lines_of(model).filter(|lines| lines.len() <= MOST_LINES);
        match lines.filter(|lines| lines.iter().all(|line| line.contains(':'))) {
            Some(lines) => self.parts.extend(lines.into_iter().map(str::to_owned)),
            None => {
                let elsewhere = self.elsewhere(model, "its equations");
                self.parts.push(elsewhere);
            }
        }
    }

    /// `reset v = 0`, `on_pre { v += w; x += 1 }`
    fn code(&mut self, word: &str, code: Option<&str>) {
        let Some(code) = code else { return };
        match lines_of(code) {
            Some(lines) if lines.is_empty() => {}
            Some(lines) if lines.len() == 1 && !lines[0].contains(';') => {
                self.parts.push(format!("{word} {}", lines[0]))
            }
            Some(lines) => {
                let lines = lines.iter().map(|line| line.trim_end_matches([';', ' '])).collect::<Vec<_>>();
                self.parts.push(format!("{word} {{ {} }}", lines.join("; ")));
            }
            None => {
                let elsewhere = self.elsewhere(code, &format!("the code of `{word}`"));
                self.parts.push(format!("{word} {{ {elsewhere} }}"));
            }
        }
    }

    fn elsewhere(&mut self, value: &str, otherwise: &str) -> String {
        self.elsewhere.push(if is_name(value) { format!("the lines of `{value}`") } else { otherwise.to_owned() });
        "…".to_owned()
    }

    /// The block, and where to find what is left out of it.
    fn block(&self, head: &str) -> String {
        let inside = if self.parts.is_empty() { "…".to_owned() } else { self.parts.join("; ") };
        let elsewhere = match self.elsewhere.as_slice() {
            [] => String::new(),
            [one] => format!(", with {one} for `…`"),
            several => format!(", with {} for each `…`", several.join(" and ")),
        };
        format!("write `{head} {{ {inside} }}`{elsewhere}")
    }
}

/// The lines of a text in quotes; `None` where it has none, or comments that would hide what follows.
fn lines_of(value: &str) -> Option<Vec<&str>> {
    let inside = value.strip_prefix(['\'', '"']).map(|_| unquoted(value)).filter(|text| !text.contains('#'))?;
    Some(inside.lines().map(str::trim).filter(|line| !line.is_empty()).collect())
}

/// The keys and values of a dictionary of texts.
fn pairs(dictionary: &str) -> Option<Vec<(&str, &str)>> {
    let inside = dictionary.strip_prefix('{')?.strip_suffix('}')?;
    let mut texts = Vec::new();
    let mut rest = inside;
    while let Some(open) = rest.find(['\'', '"']) {
        let quote = &rest[open..=open];
        let (text, after) = rest[open + 1..].split_once(quote)?;
        texts.push(text);
        rest = after;
    }
    Some(texts.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect())
}

/// `NeuronGroup(100, eqs, threshold='v > 1', reset='v = 0', refractory=5*ms, method='exact')`
fn neurons(given: &Given<'_>) -> String {
    let mut parts = Parts::default();
    parts.equations(given.value("model"));
    if given.value("threshold").is_some() {
        parts.parts.push(format!("threshold {}", given.expression("threshold", "")));
    }
    parts.code("reset", given.value("reset"));
    for (event, condition) in given.value("events").and_then(pairs).unwrap_or_default() {
        parts.parts.push(format!("event {event} if {condition}"));
    }
    for word in ["refractory", "method"] {
        if given.value(word).is_some_and(|value| value != "False") {
            parts.parts.push(format!("{word} {}", given.expression(word, "")));
        }
    }
    parts.block(&format!("neurons {}[{}]", given.object, given.expression("N", "1")))
}

/// `Synapses(P, Q, 'w : volt', on_pre='v += w', delay=2*ms)`
fn synapses(given: &Given<'_>) -> String {
    let mut parts = Parts::default();
    let model = given.value("model");
    parts.equations(model);
    for (word, names) in [("on_pre", ["on_pre", "pre"]), ("on_post", ["on_post", "post"])] {
        let code = names.into_iter().find_map(|name| given.value(name));
        match code.and_then(pairs) {
            Some(pathways) => {
                for (pathway, code) in pathways {
                    parts.parts.push(if pathway == names[1] {
                        format!("{word} {{ {code} }}")
                    } else {
                        format!("{word} {pathway} {{ {code} }}")
                    });
                }
            }
            None => parts.code(word, code),
        }
    }
    if given.value("delay").is_some_and(|delay| !delay.starts_with('{')) {
        parts.parts.push(format!("delay {}", given.expression("delay", "")));
    }
    // Without equations there is nothing to integrate.
    if model.is_some_and(|model| model.contains("/dt") || is_name(model)) && given.value("method").is_some() {
        parts.parts.push(format!("method {}", given.expression("method", "")));
    }
    let source = given.value("source").unwrap_or("P");
    let target = given.value("target").unwrap_or(source);
    parts.block(&format!("synapses {}: {source} -> {target}", given.object))
}

/// The variables a monitor is given: a text or several.
fn variables(written: &str) -> Vec<&str> {
    let inside = written.trim_matches(['[', ']', '(', ')']);
    inside.split(',').map(unquoted).filter(|name| is_name(name)).collect()
}

/// `SpikeMonitor(P, variables='v', record=False)`
fn spikes(given: &Given<'_>) -> String {
    let source = given.value("source").unwrap_or("P");
    let event = given.value("event").map_or("spikes", unquoted);
    let counted = if given.value("record") == Some("False") { " counts" } else { "" };
    let with = match given.value("variables").map(variables).filter(|names| !names.is_empty()) {
        Some(names) => format!(" with {}", names.join(", ")),
        None => String::new(),
    };
    format!("write `record {source}.{}{counted}{with}`", if event == "spike" { "spikes" } else { event })
}

/// `StateMonitor(P, ['v', 'u'], record=[0, 5], dt=1*ms)`
fn values(given: &Given<'_>) -> String {
    let source = given.value("source").unwrap_or("P");
    let names = given.value("variables").map(variables).filter(|names| !names.is_empty());
    let part = match given.value("record") {
        None | Some("True" | "False") => String::new(),
        Some(list) if list.starts_with('[') => list.to_owned(),
        Some(one) => format!("[{one}]"),
    };
    let every = given.value("dt").map(|_| format!(" every {}", given.expression("dt", ""))).unwrap_or_default();
    let all = names.unwrap_or_else(|| vec!["v"]);
    let recorded = all.iter().map(|name| format!("{source}.{name}{part}")).collect::<Vec<_>>();
    format!("write `record {}{every}`", recorded.join(", "))
}

/// `PopulationRateMonitor(P)`
fn rate(given: &Given<'_>) -> String {
    format!("write `record {}.population_rate`", given.value("source").unwrap_or("P"))
}

/// `PoissonGroup(100, rates='(1 + i)*Hz')`
fn poisson(given: &Given<'_>) -> String {
    let (size, rate) = (given.expression("N", "1"), given.expression("rates", "15*Hz"));
    format!("write `poisson {}[{size}] {{ rate {rate} }}`", given.object)
}

/// `PoissonInput(P, 'v', 1000, 20*Hz, weight=0.1*mV)`
fn poisson_input(given: &Given<'_>) -> String {
    let (target, variable) = (given.value("target").unwrap_or("P"), given.expression("target_var", "v"));
    let (n, rate) = (given.expression("N", "1000"), given.expression("rate", "20*Hz"));
    let weight = given.expression("weight", "0.1*mV");
    format!("write `poisson_input to {target}.{variable} {{ n {n}; rate {rate}; weight {weight} }}`")
}

/// `SpikeGeneratorGroup(2, [0, 1], [1, 2]*ms, period=6*ms)`
fn spike_source(given: &Given<'_>) -> String {
    let size = given.expression("N", "1");
    let (i, t) = (given.expression("indices", "[0]"), given.expression("times", "[1]*ms"));
    let period = given.value("period").map(|period| format!("; period {period}")).unwrap_or_default();
    format!("write `spike_source {}[{size}] {{ spikes i = {i}, t = {t}{period} }}`", given.object)
}

/// `TimedArray([0, 1]*nA, dt=1*ms)`
fn timed_array(given: &Given<'_>) -> String {
    let (values, dt) = (given.expression("values", "[0, 1]"), given.expression("dt", "1*ms"));
    format!("write `{} = timed_array({values}, dt = {dt})`", given.object)
}
