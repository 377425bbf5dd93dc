//! How a model is compiled and run, where it does not say so itself.

use super::function::Function;
use crate::arrays::Array;

/// What runs step programs. Both give the same results to the bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Engine {
    /// Machine code made in the process.
    #[default]
    Jit,
    /// The interpreter: slower, and needs nothing of the machine.
    Interpreter,
}

impl Engine {
    /// As it is called on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Jit => "jit",
            Self::Interpreter => "interpreter",
        }
    }
}

/// Which features of the processor are used. Results differ in the last digits between the two, not between engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Cpu {
    /// All that this one has: multiply-adds are fused where it can fuse them.
    #[default]
    Host,
    /// What every processor of its kind has: results repeat on other machines.
    Baseline,
}

/// In what floats the state of neurons and synapses is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Precision {
    /// Of 64 bits.
    #[default]
    F64,
    /// Of 32 bits: half the memory, and up to twice the speed, for about seven digits. What is shared, times, ticks and delays
    /// keep 64 bits.
    F32,
}

impl Precision {
    /// As it is called on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::F64 => "f64",
            Self::F32 => "f32",
        }
    }
}

/// Options of compiling and running a model; values are texts as they would stand in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// Other values for constants of the model, by name: `("taum", "10*ms")`.
    pub set: Vec<(String, String)>,
    /// Another time step than the model's: `0.05*ms`.
    pub dt: Option<String>,
    /// How long to run in all, `2*second`: later runs of the script are left out or cut, the last one made longer.
    pub duration: Option<String>,
    /// The seed of all random numbers; else the model's, else one is drawn.
    pub seed: Option<u64>,
    /// What runs step programs.
    pub engine: Engine,
    /// Which features of the processor are used.
    pub cpu: Cpu,
    /// In what floats the state of neurons and synapses is held.
    pub precision: Precision,
    /// How many threads share the time loop, up to `Options::MOST_THREADS`; 0 counts as 1. Results do not depend on it.
    pub threads: usize,
    /// State update, threshold and reset each at their turn, and not what can be in one: for callbacks that have theirs between them.
    pub threshold_apart: bool,
    /// Every event-driven variable kept per synapse, even where all synapses of a neuron have the same value and the neuron could
    /// keep it: for programs that set such a variable. Results differ in the last digits.
    pub traces_per_synapse: bool,
    /// Machine code for one neuron at a time, for those who want to see what vectors bring. Results do not depend on it.
    pub scalar: bool,
    /// Functions of one's own, which models may call.
    pub functions: Vec<Function>,
    /// Files in memory, by path: what the model names (`use "channels.rheo"`) is looked for here before it is on disk.
    pub files: Vec<(String, Vec<u8>)>,
    /// Arrays in memory, by the name that the model reads them by: `npy("weights")`.
    pub arrays: Vec<(String, Array)>,
}

impl Options {
    /// So many threads there can be. They meet several times in every step, so that each beyond the processor's cores makes it slower.
    pub const MOST_THREADS: usize = 256;

    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Another value for a constant of the model.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.set.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A file in memory: what the model names by this path is not looked for on disk.
    #[must_use]
    pub fn file(mut self, path: &str, contents: impl Into<Vec<u8>>) -> Self {
        self.files.push((path.to_owned(), contents.into()));
        self
    }

    /// Another time step.
    #[must_use]
    pub fn dt(mut self, time: &str) -> Self {
        self.dt = Some(time.to_owned());
        self
    }

    /// How long to run in all.
    #[must_use]
    pub fn duration(mut self, time: &str) -> Self {
        self.duration = Some(time.to_owned());
        self
    }

    /// The seed of all random numbers.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// What runs step programs.
    #[must_use]
    pub fn engine(mut self, engine: Engine) -> Self {
        self.engine = engine;
        self
    }

    /// Which features of the processor are used.
    #[must_use]
    pub fn cpu(mut self, cpu: Cpu) -> Self {
        self.cpu = cpu;
        self
    }

    /// In what floats the state is held.
    #[must_use]
    pub fn precision(mut self, precision: Precision) -> Self {
        self.precision = precision;
        self
    }

    /// How many threads share the time loop.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// An array in memory, which the model reads by this name: `npy("weights")`.
    #[must_use]
    pub fn array(mut self, name: &str, array: Array) -> Self {
        self.arrays.push((name.to_owned(), array));
        self
    }

    /// A function of one's own for models to call. The signature gives the units of its arguments (four at most) and of its value as
    /// the language writes them, `volt, 1 -> 1/second`; the closure gets and gives numbers in SI base units.
    ///
    /// It must be pure: equal arguments give equal values, and nothing else changes. It may be called from any thread, in any
    /// order, and once for several uses, or for several elements, of equal arguments. Where it panics, the run ends with `Error::Function`.
    #[must_use]
    pub fn function(
        mut self,
        name: &str,
        signature: &str,
        closure: impl Fn(&[f64]) -> f64 + Send + Sync + 'static,
    ) -> Self {
        self.functions.push(Function::new(name, signature, closure));
        self
    }

    /// State update, threshold and reset each at their turn.
    #[must_use]
    pub fn threshold_apart(mut self, apart: bool) -> Self {
        self.threshold_apart = apart;
        self
    }

    /// Event-driven variables that can be set.
    #[must_use]
    pub fn traces_per_synapse(mut self, kept: bool) -> Self {
        self.traces_per_synapse = kept;
        self
    }

    /// Machine code for one neuron at a time.
    #[must_use]
    pub fn scalar(mut self, scalar: bool) -> Self {
        self.scalar = scalar;
        self
    }
}
