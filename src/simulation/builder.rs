//! Models without a file: the parts of a model as strings, put together into its text.
//!
//! In: names, sizes, equations, code, as they would stand in a `.rheo` file. Out: that file's text, which goes the way of every
//! other: the same parser, the same resolver, the same diagnostics, with places in the text that `source` shows.

use super::model::Model;
use super::options::Options;
use crate::error::Error;
use std::fmt::Write;

/// A model being put together.
///
/// ```
/// use rheobase::{Neurons, NetworkBuilder, Options, Synapses};
///
/// let model = NetworkBuilder::new()
///     .constant("tau", "10*ms")
///     .neurons(
///         Neurons::new("P", 100)
///             .equations("dv/dt = (1.5 - v)/tau : 1 (unless refractory)")
///             .threshold("v > 1")
///             .reset("v = 0")
///             .refractory("2*ms")
///             .init("v = rand()"),
///     )
///     .synapses(Synapses::new("S", "P", "P").on_pre("v += 0.01").connect("i != j, p = 0.1"))
///     .record("P.spikes")
///     .build(&Options::default())?;
/// let mut simulation = model.simulation()?;
/// simulation.run("100*ms")?;
/// assert!(simulation.spikes("P")?.len() > 100);
/// # Ok::<(), rheobase::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct NetworkBuilder {
    text: String,
}

impl NetworkBuilder {
    /// An empty model.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// `name = value`: a constant, or one of the settings `dt` and `seed`.
    #[must_use]
    pub fn constant(self, name: &str, value: &str) -> Self {
        self.line(&format!("{name} = {value}"))
    }

    /// A name for a part of a population: `subgroup("Pe", "P[:3200]")`.
    #[must_use]
    pub fn subgroup(self, name: &str, part: &str) -> Self {
        self.line(&format!("{name} = {part}"))
    }

    /// A population of neurons.
    #[must_use]
    pub fn neurons(self, neurons: Neurons) -> Self {
        self.line(&neurons.block.finish())
    }

    /// `size` sources that fire at random with the same rate.
    #[must_use]
    pub fn poisson(self, name: &str, size: u32, rate: &str) -> Self {
        self.line(&format!("poisson {name}[{size}] {{ rate {rate} }}"))
    }

    /// A population that fires as listed: neuron and time [s] of each spike.
    #[must_use]
    pub fn spike_source(self, name: &str, size: u32, spikes: &[(u32, f64)]) -> Self {
        let list = |values: Vec<String>| format!("[{}]", values.join(", "));
        let neurons = list(spikes.iter().map(|(neuron, _)| neuron.to_string()).collect());
        let times = list(spikes.iter().map(|(_, time)| format!("{time:?}")).collect());
        self.line(&format!("spike_source {name}[{size}] {{ spikes i = {neurons}, t = {times}*second }}"))
    }

    /// Binomial input of `n` sources of one rate to a variable of every neuron: `poisson_input("P.v", "1000", "20*Hz", "0.1*mV")`.
    #[must_use]
    pub fn poisson_input(self, target: &str, n: &str, rate: &str, weight: &str) -> Self {
        self.line(&format!("poisson_input to {target} {{\n    n {n}\n    rate {rate}\n    weight {weight}\n}}"))
    }

    /// Synapses between two populations or parts of them.
    #[must_use]
    pub fn synapses(self, synapses: Synapses) -> Self {
        self.line(&synapses.block.finish())
    }

    /// Something to record, as after the word `record`: `P.spikes`, `P.v[0:10] every 1*ms`.
    #[must_use]
    pub fn record(self, what: &str) -> Self {
        self.line(&format!("record {what}"))
    }

    /// The model's text so far.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.text
    }

    /// Compiles the model.
    ///
    /// # Errors
    /// `Error::Model` with all that is wrong with it.
    pub fn build(&self, options: &Options) -> Result<Model, Error> {
        Model::from_source(&self.text, options)
    }

    fn line(mut self, line: &str) -> Self {
        self.text.push_str(line);
        self.text.push('\n');
        self
    }
}

/// A population of neurons: what stands between the braces of `neurons NAME[size] { … }`.
#[derive(Clone, Debug)]
pub struct Neurons {
    block: Block,
}

impl Neurons {
    /// `size` neurons without equations yet.
    #[must_use]
    pub fn new(name: &str, size: u32) -> Self {
        Self { block: Block::open(&format!("neurons {name}[{size}]")) }
    }

    /// Lines with a colon and a unit: differential equations, subexpressions, parameters.
    #[must_use]
    pub fn equations(mut self, lines: &str) -> Self {
        self.block.lines(lines);
        self
    }

    /// When a neuron spikes: a condition.
    #[must_use]
    pub fn threshold(mut self, condition: &str) -> Self {
        self.block.member("threshold", condition);
        self
    }

    /// What happens to one that spiked: statements.
    #[must_use]
    pub fn reset(mut self, statements: &str) -> Self {
        self.block.code("reset", statements);
        self
    }

    /// How long it then may not spike (a time), or while what (a condition).
    #[must_use]
    pub fn refractory(mut self, time_or_condition: &str) -> Self {
        self.block.member("refractory", time_or_condition);
        self
    }

    /// The integrator by name.
    #[must_use]
    pub fn method(mut self, name: &str) -> Self {
        self.block.member("method", name);
        self
    }

    /// Initial values: statements.
    #[must_use]
    pub fn init(mut self, statements: &str) -> Self {
        self.block.code("init", statements);
        self
    }
}

/// Synapses: what stands between the braces of `synapses NAME: SOURCE -> TARGET { … }`.
#[derive(Clone, Debug)]
pub struct Synapses {
    block: Block,
}

impl Synapses {
    /// Synapses from `source` to `target`: names of populations or subgroups, or slices such as `P[:3200]`.
    #[must_use]
    pub fn new(name: &str, source: &str, target: &str) -> Self {
        Self { block: Block::open(&format!("synapses {name}: {source} -> {target}")) }
    }

    /// Lines with a colon and a unit: synaptic variables, their equations, parameters.
    #[must_use]
    pub fn equations(mut self, lines: &str) -> Self {
        self.block.lines(lines);
        self
    }

    /// What happens when a spike of the source arrives: statements.
    #[must_use]
    pub fn on_pre(mut self, statements: &str) -> Self {
        self.block.code("on_pre", statements);
        self
    }

    /// What happens when the target spikes: statements.
    #[must_use]
    pub fn on_post(mut self, statements: &str) -> Self {
        self.block.code("on_post", statements);
        self
    }

    /// Which pairs are connected, as after the word `connect`: `all`, `p = 0.1`, `i != j, p = 0.1`. May be given several times.
    #[must_use]
    pub fn connect(mut self, rule: &str) -> Self {
        self.block.member("connect", rule);
        self
    }

    /// How long a spike travels: a time, or an expression for every synapse.
    #[must_use]
    pub fn delay(mut self, time: &str) -> Self {
        self.block.member("delay", time);
        self
    }

    /// The integrator of clock-driven equations by name.
    #[must_use]
    pub fn method(mut self, name: &str) -> Self {
        self.block.member("method", name);
        self
    }

    /// Initial values of synaptic variables: statements.
    #[must_use]
    pub fn init(mut self, statements: &str) -> Self {
        self.block.code("init", statements);
        self
    }
}

/// The text of a block, without its closing brace.
#[derive(Clone, Debug)]
struct Block {
    text: String,
}

impl Block {
    fn open(head: &str) -> Self {
        Self { text: format!("{head} {{\n") }
    }

    fn lines(&mut self, lines: &str) {
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            self.put(line);
        }
    }

    fn member(&mut self, word: &str, rest: &str) {
        self.put(&format!("{word} {rest}"));
    }

    fn code(&mut self, word: &str, statements: &str) {
        let statements = statements.lines().map(str::trim).collect::<Vec<_>>().join("\n        ");
        self.put(&format!("{word} {{\n        {statements}\n    }}"));
    }

    fn put(&mut self, line: &str) {
        writeln!(self.text, "    {line}").expect("writing to a string does not fail");
    }

    fn finish(mut self) -> String {
        self.text.push('}');
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_what_one_would_write() {
        let builder = NetworkBuilder::new()
            .constant("tau", "10*ms")
            .neurons(
                Neurons::new("P", 2).equations("dv/dt = -v/tau : 1\n  I : 1").threshold("v > 1").reset("v = 0; I = 1"),
            )
            .spike_source("In", 1, &[(0, 0.001)])
            .synapses(Synapses::new("S", "In", "P").on_pre("v += 1").connect("all"));
        let expected = "tau = 10*ms
neurons P[2] {
    dv/dt = -v/tau : 1
    I : 1
    threshold v > 1
    reset {
        v = 0; I = 1
    }
}
spike_source In[1] { spikes i = [0], t = [0.001]*second }
synapses S: In -> P {
    on_pre {
        v += 1
    }
    connect all
}
";
        assert_eq!(builder.source(), expected);
    }
}
