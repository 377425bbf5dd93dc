//! Generated models run on every engine and must agree to the bit: state, spikes, and why a run stopped.
//!
//! The models use every function, operator, flag and integrator of the language, random initial values and delays, and states that are
//! zero of either sign, denormal, huge, infinite or NaN. All NaNs count as one value.

use rheobase::{Engine, Model, Options, Precision, Simulation};
use std::fmt::Write;

/// How many models; debug builds, which are about thirty times slower, try fewer.
const MODELS: u64 = if cfg!(debug_assertions) { 40 } else { 1500 };

const SIZES: [u32; 6] = [1, 2, 3, 5, 17, 1000];

const SPECIAL: [f64; 12] =
    [0.0, -0.0, 5e-324, -2.2e-308, 1e-300, 1.0, -1.5, 1e300, -1.7e308, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];

const UNARY: [&str; 25] = [
    "sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan", "arcsinh", "arccosh", "arctanh", "exp",
    "expm1", "exprel", "log", "log10", "log1p", "sqrt", "erf", "abs", "sign", "ceil", "floor", "-",
];

/// SplitMix64 (Steele, Lea & Flood 2014): enough to choose with.
struct Choices(u64);

impl Choices {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn number(&mut self) -> String {
        let numbers = ["0", "1", "2", "3", "0.5", "1.5", "2.75", "1e-3", "0.1", "7.", "1e5", "1e-310"];
        self.one(&numbers).to_owned()
    }

    /// A float expression of `floats`.
    fn float(&mut self, floats: &[&str], depth: usize) -> String {
        if depth == 0 {
            return if self.chance(70) { self.one(floats).to_owned() } else { self.number() };
        }
        let deeper = depth - 1;
        match self.below(12) {
            0..4 => {
                let op = self.one(&["+", "-", "*", "/", "//", "%"]);
                format!("({} {op} {})", self.float(floats, deeper), self.float(floats, deeper))
            }
            4..8 => format!("{}({})", self.one(&UNARY), self.float(floats, deeper)),
            8 => {
                let exponent = self.one(&["2", "3", "-1", "-2", "0.5", "1.7", "0", "5"]);
                format!("({})**{exponent}", self.float(floats, deeper))
            }
            9 => format!("clip({}, -1, {})", self.float(floats, deeper), self.float(floats, deeper)),
            10 => {
                let function = self.one(&["min", "max"]);
                format!("{function}({}, {})", self.float(floats, deeper), self.float(floats, deeper))
            }
            _ => {
                let condition = self.boolean(floats, deeper);
                format!("where({condition}, {}, {})", self.float(floats, deeper), self.float(floats, deeper))
            }
        }
    }

    /// A boolean expression of `floats`.
    fn boolean(&mut self, floats: &[&str], depth: usize) -> String {
        let deeper = depth.saturating_sub(1);
        match self.below(if depth == 0 { 2 } else { 5 }) {
            0 | 1 => {
                let op = self.one(&["<", "<=", ">", ">=", "==", "!="]);
                format!("({} {op} {})", self.float(floats, deeper), self.float(floats, deeper))
            }
            2 => format!("({} and {})", self.boolean(floats, deeper), self.boolean(floats, deeper)),
            3 => format!("({} or {})", self.boolean(floats, deeper), self.boolean(floats, deeper)),
            _ => format!("(not {})", self.boolean(floats, deeper)),
        }
    }

    /// An integer expression of `i`.
    fn integer(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.one(&["i", "3", "-7", "2147483647", "0", "count"]).to_owned();
        }
        let op = self.one(&["+", "-", "*", "//", "%"]);
        format!("({} {op} {})", self.integer(depth - 1), self.integer(depth - 1))
    }

    /// Right-hand sides of `v`, `u` and `x` that the integrator accepts.
    fn equations(&mut self, method: &str, flags: [&str; 3]) -> String {
        let all = ["v", "u", "x", "a", "b", "s", "(t/ms)"];
        let rest = ["a", "b", "s"];
        let sides = match method {
            "exact" => match self.below(4) {
                0 => ["(a - v)/tau".to_owned(), "-u/(b2 + 1)/tau".to_owned(), "(s - 2*x)/tau2".to_owned()],
                1 => ["(u - v)/tau".to_owned(), "(x - u)/tau".to_owned(), "-x/tau".to_owned()],
                2 => ["-v/tau - u/tau2".to_owned(), "v/tau2 - u/tau".to_owned(), "(v + b)/tau".to_owned()],
                _ => ["(u + x - v)/tau2".to_owned(), "-u/(b2 + 1)/tau".to_owned(), "a/tau".to_owned()],
            },
            "exponential_euler" => [
                format!("({} - v*{})/tau", self.float(&["u", "x", "a"], 2), self.float(&["u", "x", "b"], 1)),
                format!("({}*(1 - u) - {}*u)/tau", self.float(&["v", "x"], 2), self.float(&["v", "a"], 1)),
                format!("({} - x)/tau2", self.float(&rest, 2)),
            ],
            _ => [self.float(&all, 3), self.float(&all, 2), self.float(&rest, 2)].map(|side| format!("({side})/tau")),
        };
        let mut text = String::new();
        for ((name, side), flag) in ["v", "u", "x"].iter().zip(sides).zip(flags) {
            writeln!(text, "    d{name}/dt = {side} : 1 {flag}").expect("a string");
        }
        text
    }

    fn model(&mut self) -> String {
        let size = self.one(&SIZES);
        let method = self.one(&["exact", "exponential_euler", "euler", "rk2", "rk4", "heun", ""]);
        let flag = |choices: &mut Self| if choices.chance(30) { "(unless refractory)" } else { "" };
        let flags = [flag(self), flag(self), flag(self)];
        let refractory = match self.below(4) {
            0 => "refractory 0.3*ms".to_owned(),
            1 => "refractory (1 + i % 4)*0.1*ms".to_owned(),
            2 => format!("refractory {}", self.boolean(&["v", "u"], 1)),
            _ => "refractory wait".to_owned(),
        };
        let floats = ["v", "u", "x", "a", "b"];
        let mut text = format!("seed = {}\ntau = 2*ms\ntau2 = 3*ms\n", self.below(1000));
        writeln!(text, "neurons P[{size}] {{").expect("a string");
        let kind = if method.is_empty() { "euler" } else { method };
        text += &self.equations(kind, flags);
        text += "    a : 1 (constant)\n    b : 1 = 0.5\n    b2 : 1 = 0.7\n    s : 1 (shared) = 0.25\n    wait : second = 0.2*ms\n";
        text += "    count : integer\n    up : boolean\n";
        writeln!(text, "    sub = {} : 1", self.float(&floats, 2)).expect("a string");
        writeln!(text, "    threshold {}", self.boolean(&["v", "u", "sub"], 2)).expect("a string");
        writeln!(
            text,
            "    reset {{ v = {}; u += 0.1*randn(); count = {}; up = not up; b2 = abs(b2) + 0.1*int(up) }}",
            self.float(&floats, 2),
            self.integer(2)
        )
        .expect("a string");
        writeln!(text, "    {refractory}").expect("a string");
        if !method.is_empty() {
            writeln!(text, "    method {method}").expect("a string");
        }
        writeln!(
            text,
            "    init {{ v = rand(); u = randn(); x = 0.1*i; a = {}; wait = (i % 5)*0.1*ms; count = poisson(2.5); up = rand() < 0.5 }}",
            self.float(&["rand()", "i", "randn()"], 1)
        )
        .expect("a string");
        text += "}\n";
        text += &self.synapses();
        text + "run 1.2*ms\n"
    }

    fn synapses(&mut self) -> String {
        let delay = self.one(&["", "delay 0.2*ms", "delay rand()*0.5*ms", "delay (i % 3)*0.1*ms"]);
        let trace = self.one(&["event-driven", "clock-driven"]);
        format!(
            "poisson In[4] {{ rate 3000*Hz }}
synapses S: In -> P {{
    w : 1
    dp/dt = -p/tau : 1 ({trace})
    dq/dt = (0.1 - q)/tau2 : 1 ({trace})
    on_pre {{ v_post += w; p += 1; k = w*p; w = {} - 0*k }}
    on_post {{ q += 0.5; w = clip(w + p, 0, 2) }}
    connect p = 0.5
    {delay}
    init {{ w = rand(); q = 0.1*j }}
}}
synapses R: P -> P {{
    on_pre {{ u += 0.01*{}; x_pre = x_pre*0.5 }}
    connect abs(i - j) < 3 and i != j
}}
",
            self.float(&["w", "p", "q", "v_post"], 2),
            self.float(&["v_pre", "u_post", "b"], 1),
        )
    }
}

/// A value by its bits; NaNs are one.
fn bits(value: f64) -> u64 {
    if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() }
}

/// Everything there is to see of a simulation after its run.
fn outcome(text: &str, options: &Options, special: &[(usize, f64)]) -> Vec<(String, Vec<u64>)> {
    let failed = |error: rheobase::Error| -> ! { panic!("{text}\n{error}") };
    let model = Model::from_source(text, options).unwrap_or_else(|error| failed(error));
    let mut simulation: Simulation = model.simulation().unwrap_or_else(|error| failed(error));
    let spikes = simulation.record_spikes("P").unwrap_or_else(|error| failed(error));
    for (place, &(neuron, value)) in special.iter().enumerate() {
        let name = ["P.v", "P.u", "P.a", "P.b2"][place % 4];
        let mut values = simulation.get(name).unwrap_or_else(|error| failed(error)).into_values();
        let neuron = neuron % values.len();
        values[neuron] = value;
        simulation.set_values(name, &values).unwrap_or_else(|error| failed(error));
    }
    let stopped = simulation.run_script(|_| {}).err().map(|error| error.to_string()).unwrap_or_default();
    let mut seen = vec![(stopped, Vec::new())];
    for name in ["P.v", "P.u", "P.x", "P.b2", "P.count", "P.up", "P.not_refractory", "P.lastspike", "S.w", "S.p", "S.q"]
    {
        let values = simulation.get(name).unwrap_or_else(|error| failed(error)).into_values();
        seen.push((name.to_owned(), values.into_iter().map(bits).collect()));
    }
    let fired = simulation.recorded(spikes).iter().map(|spike| (spike.tick as u64) << 32 | u64::from(spike.neuron));
    seen.push(("spikes".to_owned(), fired.collect()));
    seen
}

/// So many engines against the interpreter.
fn compare(text: &str, options: &Options, special: &[(usize, f64)], count: usize) {
    let expected = outcome(text, &options.clone().engine(Engine::Interpreter), special);
    let others = [options.clone(), options.clone().scalar(true), options.clone().threads(3)];
    for options in &others[..count] {
        let got = outcome(text, options, special);
        for (expected, got) in expected.iter().zip(&got) {
            assert_eq!(expected, got, "{options:?}, with {special:?}:\n{text}");
        }
    }
}

#[test]
fn generated_models_give_the_same_bits_on_every_engine() {
    for seed in 0..MODELS {
        let mut choices = Choices(seed);
        let text = choices.model();
        let special: Vec<(usize, f64)> =
            (0..choices.below(5)).map(|_| (choices.below(1000), choices.one(&SPECIAL))).collect();
        let count = 1 + choices.below(3);
        compare(&text, &Options::new(), &special, count);
        // Half of them, since an interpreted model takes most of the time.
        if seed % 2 == 0 {
            compare(&text, &Options::new().precision(Precision::F32), &special, count);
        }
    }
}
