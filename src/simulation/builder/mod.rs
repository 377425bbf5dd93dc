//! Models without a file: the parts of a model as strings, put together into its text.
//!
//! In: names, sizes, equations, code, as they would stand in a `.rheo` file. Out: that file's text, which goes the way of every
//! other: the same parser, the same resolver, the same diagnostics, with places in the text that `source` shows.

mod block;
mod neurons;
mod synapses;

pub use neurons::{Neurons, Poisson};
pub use synapses::Synapses;

use super::model::Model;
use super::options::Options;
use crate::error::Error;

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

    /// A timed array, as after the equals sign: `timed_array("stim", "timed_array([0, 1, 3]*nA, dt = 7*ms)")`.
    #[must_use]
    pub fn timed_array(self, name: &str, value: &str) -> Self {
        self.line(&format!("{name} = {value}"))
    }

    /// A function of one's own: `function("ramp(x: second): 1", "clip(x/(10*ms), 0, 1)")`.
    #[must_use]
    pub fn function(self, head: &str, value: &str) -> Self {
        self.line(&format!("function {head} = {value}"))
    }

    /// The models, constants and functions of another file, or of a text that the options give by that name.
    #[must_use]
    pub fn use_file(self, path: &str) -> Self {
        self.line(&format!("use \"{path}\""))
    }

    /// `size` sources that fire at random with the same rate; `poisson_sources` has the rest.
    #[must_use]
    pub fn poisson(self, name: &str, size: u32, rate: &str) -> Self {
        self.line(&format!("poisson {name}[{size}] {{ rate {rate} }}"))
    }

    /// Sources that fire at random, with rates that vary.
    #[must_use]
    pub fn poisson_sources(self, sources: Poisson) -> Self {
        self.line(&sources.block.finish())
    }

    /// A population that fires as listed: neuron and time [s] of each spike.
    #[must_use]
    pub fn spike_source(self, name: &str, size: u32, spikes: &[(u32, f64)]) -> Self {
        self.line(&format!("spike_source {name}[{size}] {{ {} }}", listed(spikes)))
    }

    /// The same again and again: `period` is a time as in `6*ms`.
    #[must_use]
    pub fn periodic_spike_source(self, name: &str, size: u32, spikes: &[(u32, f64)], period: &str) -> Self {
        self.line(&format!("spike_source {name}[{size}] {{ {}; period {period} }}", listed(spikes)))
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

    /// What happens when the script runs (`Simulation::run_script`): `run 100*ms`, `set P.I = 2`, `store`, one a line.
    #[must_use]
    pub fn script(self, statements: &str) -> Self {
        statements.lines().map(str::trim).fold(self, Self::line)
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

fn listed(spikes: &[(u32, f64)]) -> String {
    let list = |values: Vec<String>| format!("[{}]", values.join(", "));
    let neurons = list(spikes.iter().map(|(neuron, _)| neuron.to_string()).collect());
    let times = list(spikes.iter().map(|(_, time)| format!("{time:?}")).collect());
    format!("spikes i = {neurons}, t = {times}*second")
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

    #[test]
    fn every_construct_has_a_method() {
        let builder = NetworkBuilder::new()
            .timed_array("stim", "timed_array([0, 1]*Hz, dt = 5*ms)")
            .function("twice(x: 1): 1", "2*x")
            .use_file("channels.rheo")
            .neurons(Neurons::model("lif").equations("dv/dt = -v/(10*ms) : 1").event("high", "v > 1", "v = 0"))
            .neurons(Neurons::of_model("P", 2, "lif").every("10*ms when end", "v += 1").dt("0.5*ms").order("reset = 2"))
            .poisson_sources(Poisson::new("Q", 3).equations("y : 1").rate("y*stim(t)").init("y = i"))
            .periodic_spike_source("In", 1, &[(0, 0.001)], "6*ms")
            .synapses(
                Synapses::new("S", "P", "P")
                    .on_pre_named("up", "v += 1")
                    .on_event("up = high")
                    .delay("up = 2*ms")
                    .when("up = after_resets")
                    .multisynaptic_index("k")
                    .connect("all, n = 2"),
            )
            .script("run 10*ms\n    store");
        let expected = "stim = timed_array([0, 1]*Hz, dt = 5*ms)
function twice(x: 1): 1 = 2*x
use \"channels.rheo\"
model lif {
    dv/dt = -v/(10*ms) : 1
    event high if v > 1 {
        v = 0
    }
}
neurons P[2]: lif {
    every 10*ms when end {
        v += 1
    }
    dt 0.5*ms
    order reset = 2
}
poisson Q[3] {
    y : 1
    rate y*stim(t)
    init {
        y = i
    }
}
spike_source In[1] { spikes i = [0], t = [0.001]*second; period 6*ms }
synapses S: P -> P {
    on_pre up {
        v += 1
    }
    on_event up = high
    delay up = 2*ms
    when up = after_resets
    multisynaptic_index k
    connect all, n = 2
}
run 10*ms
store
";
        assert_eq!(builder.source(), expected);
    }
}
