//! Calls of other simulators: NEST, BrainPy, and what a script does with the network of Brian2. In: a statement that does
//! not fit. Out: what a model has in the place of the call.

use super::{Failure, is_name, unquoted};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::token::Token;

/// The names that scripts give to simulators, and whose they are.
const MODULES: [(&str, &str); 8] = [
    ("nest", "NEST"),
    ("bp", "BrainPy"),
    ("bm", "BrainPy"),
    ("brainpy", "BrainPy"),
    ("bst", "BrainPy"),
    ("brainstate", "BrainPy"),
    ("sim", "PyNN"),
    ("pynn", "PyNN"),
];

/// Functions of NEST that no model has anything of the name of, as `from nest import *` brings them.
const FUNCTIONS: [&str; 12] = [
    "Create",
    "Connect",
    "Simulate",
    "ResetKernel",
    "SetKernelStatus",
    "GetKernelStatus",
    "SetStatus",
    "GetStatus",
    "SetDefaults",
    "CopyModel",
    "Prepare",
    "Cleanup",
];

/// Neurons that only leak, as an example that runs.
const LEAKY: &str = "{ dv/dt = (-70*mV - v)/(10*ms) : volt; threshold v > -55*mV; reset v = -70*mV }";

/// A call as it is written.
struct Call<'a> {
    /// `nest.Create`, in words.
    path: Vec<&'a str>,
    /// Whose it is.
    of: &'static str,
    /// What it is given to, where that is a name.
    target: &'a str,
    arguments: Vec<&'a str>,
}

/// `P = nest.Create('iaf_psc_alpha', 100)`, `Connect(P, Q)`, `bp.conn.FixedProb(0.1)`, `net.run(100*ms)`
pub(super) fn call(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    let tokens = failure.line.tokens.len();
    let module = |at: usize| {
        let row = MODULES.iter().find(|row| failure.name(at) == Some(row.0))?;
        let begins =
            failure.token(at + 1) == Some(Token::Dot) && (at == 0 || failure.token(at - 1) != Some(Token::Dot));
        // A group may be called `sim`.
        let called =
            failure.token(failure.path_end(at) + 1) == Some(Token::LeftParenthesis) || at == 0 && row.0 != "sim";
        (begins && called).then_some((at, row.1))
    };
    let called = |at: usize| failure.token(at) == Some(Token::LeftParenthesis);
    let alone = || (called(1) && FUNCTIONS.contains(&failure.name(0)?)).then_some((0, "NEST"));
    let network = || {
        let runs = failure.token(1) == Some(Token::Dot) && called(3) && matches!(failure.name(2)?, "run" | "simulate");
        (runs && failure.name(0).is_some()).then_some((0, "a Python script"))
    };
    let (first, of) = (0..tokens).find_map(module).or_else(alone).or_else(network)?;
    let last = failure.path_end(first);
    let path = (first..=last).step_by(2).filter_map(|at| failure.name(at)).collect();
    let target =
        if first >= 2 && failure.token(first - 1) == Some(Token::Equals) { failure.name(first - 2) } else { None };
    let arguments = match failure.token(last + 1) {
        Some(Token::LeftParenthesis) => failure.arguments(last + 1),
        Some(Token::Equals) => vec![failure.rest(last + 2)],
        _ => Vec::new(),
    };
    let call = Call { path, of, target: target.unwrap_or("P"), arguments };
    let message = format!("`{}` is a call of {}, and no statement of a model", failure.written(first, last), call.of);
    let span = failure.span(first, last);
    Some(Diagnostic::error(codes::UNKNOWN_STATEMENT, span, message).help(call.instead()))
}

/// `{'rule': 'fixed_indegree', 'indegree': 10}`
pub(super) fn dictionary(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    let open = failure.line.tokens.iter().position(|lexeme| lexeme.token == Token::LeftBrace)?;
    let written = failure.rest(open);
    let message = "a dictionary of Python has no meaning here";
    let help = match connection(written) {
        Some(connect) => format!("in the block of synapses write `{connect}`"),
        None => "each value is a constant with its unit, on a line of its own: `tau_m = 20*ms`".to_owned(),
    };
    Some(Diagnostic::error(codes::UNKNOWN_STATEMENT, failure.span(open, open), message).help(help))
}

/// The number behind a key of a dictionary or a named argument.
fn value_of<'a>(written: &'a str, key: &str) -> Option<&'a str> {
    let parts = written.trim_matches(['{', '}']).split(',');
    let mut pairs = parts.filter_map(|part| part.split_once([':', '=']));
    pairs.find(|(name, _)| unquoted(name) == key).map(|(_, value)| unquoted(value))
}

/// The rule of a connection, of its dictionary or its name.
fn connection(written: &str) -> Option<String> {
    let rule = value_of(written, "rule").unwrap_or_else(|| unquoted(written));
    let value = |key: &str, usual: &str| value_of(written, key).unwrap_or(usual).to_owned();
    let fixed = |word: &str, key: &str| {
        let autapses = match value_of(written, "allow_autapses") {
            Some("False") => ", autapses = False",
            _ => "",
        };
        format!("connect {word}({}{autapses})", value(key, "10"))
    };
    Some(match rule {
        "all_to_all" => "connect all".to_owned(),
        "one_to_one" => "connect i == j".to_owned(),
        "pairwise_bernoulli" => format!("connect p = {}", value("p", "0.1")),
        "fixed_indegree" => fixed("fixed_indegree", "indegree"),
        "fixed_outdegree" => fixed("fixed_outdegree", "outdegree"),
        "fixed_total_number" => fixed("fixed_total", "N"),
        _ => return None,
    })
}

/// A duration in milliseconds as these scripts give it, with its unit.
fn in_milliseconds(time: &str) -> String {
    let plain = time.trim_end_matches('0').trim_end_matches('.');
    match time.parse::<f64>() {
        Ok(_) if time.contains('.') && !time.contains(['e', 'E']) && !plain.is_empty() => format!("{plain}*ms"),
        Ok(_) => format!("{time}*ms"),
        Err(_) if is_name(time) => format!("{time}*ms"),
        Err(_) => time.to_owned(),
    }
}

impl Call<'_> {
    /// The argument at a place, unless it has a name.
    fn argument(&self, at: usize) -> Option<&str> {
        self.arguments.get(at).copied().filter(|argument| !argument.contains('='))
    }

    fn instead(&self) -> String {
        let last = self.path.last().copied().unwrap_or_default();
        let within = |word: &str| self.path.contains(&word);
        let first = self.argument(0);
        let time = |usual: &str| in_milliseconds(first.unwrap_or(usual));
        match last {
            "Create" => self.created(),
            "Connect" => self.connected(),
            "Simulate" | "Run" | "run" | "simulate" => format!("write `run {}`", time("100")),
            "resolution" | "set_dt" => format!("the time step is a setting: write `dt = {}`", time("0.1")),
            "seed" | "rng_seed" => format!("write `seed = {}`", first.unwrap_or("1")),
            "SetKernelStatus" | "set" | "setup" => {
                "settings stand at the top level: `dt = 0.1*ms`, `seed = 1`".to_owned()
            }
            "SetStatus" | "SetDefaults" | "CopyModel" => {
                "values at the start stand in the block, as `init v = -70*mV`; later ones are set: `set P.v = -70*mV`"
                    .to_owned()
            }
            "GetStatus" | "get" => "write `print P.v`, or `record P.v` before the run".to_owned(),
            "GetKernelStatus" | "ResetKernel" | "Prepare" | "Cleanup" | "Install" | "set_verbosity" | "end" => {
                "leave it out: nothing is left over from one text to the next".to_owned()
            }
            "local_num_threads" | "total_num_virtual_procs" => {
                "threads are chosen by `rheobase run`, or given: --threads 4".to_owned()
            }
            "FixedProb" => format!("in the block of synapses write `connect p = {}`", first.unwrap_or("0.1")),
            "All2All" => "in the block of synapses write `connect all`".to_owned(),
            "One2One" => "in the block of synapses write `connect i == j`".to_owned(),
            "FixedPreNum" => {
                format!("in the block of synapses write `connect fixed_indegree({})`", first.unwrap_or("10"))
            }
            "FixedPostNum" => {
                format!("in the block of synapses write `connect fixed_outdegree({})`", first.unwrap_or("10"))
            }
            "Network" | "DynSysGroup" | "Container" => {
                "leave it out: the network is all that the text declares".to_owned()
            }
            "DSRunner" | "StructRunner" | "IntegratorRunner" => {
                "what is monitored is recorded, `record P.spikes, P.v`, and `run 100*ms` runs it".to_owned()
            }
            "odeint" | "sdeint" | "JointEq" => {
                format!(
                    "equations stand in the block of neurons, `neurons P[10] {LEAKY}`, with `method` for an integrator"
                )
            }
            _ if within("inputs") => {
                "a current over time is an array: `I = timed_array([0, 1]*nA, dt = 10*ms)`, read as `I(t)`".to_owned()
            }
            _ if within("visualize") || within("raster_plot") || within("voltage_trace") => {
                "leave it out: `rheobase run` draws what is recorded".to_owned()
            }
            _ if within("synapses") || within("synouts") || last.contains("Proj") || last.contains("Synapse") => {
                "synapses are a block: `synapses S: P -> Q { on_pre v += 1*mV; connect p = 0.1 }`".to_owned()
            }
            _ if within("neurons") || within("dyn") || last.ends_with("Population") => self.neurons(first),
            _ if last.starts_with(|letter: char| letter.is_ascii_lowercase()) && self.path.len() == 2 => {
                format!("functions and values have no module: write `{last}` without `{}.`", self.path[0])
            }
            _ => {
                "a model has blocks: `neurons P[10] { … }`, `synapses S: P -> Q { … }`, `record P.spikes`, `run 100*ms`"
                    .to_owned()
            }
        }
    }

    fn neurons(&self, size: Option<&str>) -> String {
        let target = self.target;
        format!("neurons are a block with their equations: `neurons {target}[{}] {LEAKY}`", size.unwrap_or("10"))
    }

    /// `Create('iaf_psc_alpha', 100)`
    fn created(&self) -> String {
        let model = unquoted(self.argument(0).unwrap_or_default());
        let named = self.arguments.iter().find_map(|argument| value_of(argument, "n"));
        let size = self.argument(1).or(named).filter(|size| !size.contains('{'));
        let target = self.target;
        match model {
            "poisson_generator" => format!("write `poisson {target}[{}] {{ rate 15*Hz }}`", size.unwrap_or("1")),
            "spike_generator" => {
                format!("write `spike_source {target}[{}] {{ spikes i = [0], t = [1]*ms }}`", size.unwrap_or("1"))
            }
            "spike_recorder" | "spike_detector" => "write `record P.spikes`, of the neurons `P`".to_owned(),
            "voltmeter" | "multimeter" => "write `record P.v`, of the neurons `P`".to_owned(),
            _ if model.ends_with("_generator") => {
                "a current is a term of the equations, `I : amp = 1*nA`, or over time `I(t)` with \
                 `I = timed_array([0, 1]*nA, dt = 10*ms)` at the top level"
                    .to_owned()
            }
            _ => self.neurons(Some(size.unwrap_or("1"))),
        }
    }

    /// `Connect(P, Q, {'rule': 'fixed_indegree', 'indegree': 10})`
    fn connected(&self) -> String {
        let group = |at: usize, usual: &'static str| self.argument(at).filter(|name| is_name(name)).unwrap_or(usual);
        let rule =
            |argument: &&str| connection(argument.trim_start_matches("conn_spec").trim_start_matches([' ', '=']));
        let connect = self.arguments.iter().find_map(rule).unwrap_or_else(|| "connect all".to_owned());
        format!(
            "synapses are a block: `synapses S: {} -> {} {{ on_pre v += 1*mV; {connect} }}`; what is recorded is not \
             connected",
            group(0, "P"),
            group(1, "Q")
        )
    }
}
