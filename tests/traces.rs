//! Traces that neurons keep: the same model gives the same with its traces at the synapses, on both engines, any threads, in pieces and
//! after going back; nothing that reads a trace changes anything; and what moves, and why something does not, is said.
//!
//! A trace at a neuron decays by one exponential from write to write, at a synapse by one from event to event: between the two, values
//! differ by rounding, and are compared so. Everything else is compared by bits.

use rheobase::{Engine, Error, Model, Options, Simulation};

/// A stream of choices (SplitMix64: Steele, Lea and Flood, OOPSLA 2014).
struct Choices(u64);

impl Choices {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    /// Statements in some order.
    fn shuffled(&mut self, mut statements: Vec<&str>) -> String {
        for at in (1..statements.len()).rev() {
            statements.swap(at, self.below(at + 1));
        }
        statements.join("\n        ")
    }
}

/// Rules of plasticity: equations, variables and their initial values, what `on_pre` does in any order, and what `on_post` does. In all
/// of them something moves to the neurons.
struct Rule {
    variables: &'static [&'static str],
    equations: &'static str,
    init: &'static str,
    pre: &'static [&'static str],
    post: &'static [&'static str],
}

const PAIR: &str = "dp/dt = -p/(5*ms) : 1 (event-driven)\n    dq/dt = -q/(7*ms) : 1 (event-driven)";

const RULES: [Rule; 8] = [
    Rule {
        variables: &["p", "q"],
        equations: PAIR,
        init: "",
        pre: &["p += 0.1", "w = clip(w + q, 0, 2)"],
        post: &["q -= 0.12", "w = clip(w + 0.3*p, 0, 2)"],
    },
    Rule {
        variables: &["p", "q"],
        equations: PAIR,
        init: "q = 0.25",
        pre: &["p = 1", "w += 0.01*q*p", "w *= 0.99"],
        post: &["q += 0.3*(1 - q)", "w += 0.02*p - 0.01*q"],
    },
    Rule {
        variables: &["p", "q"],
        equations: "dp/dt = (0.2 - p)/(5*ms) : 1 (event-driven)\n    dq/dt = -q/(7*ms) : 1 (event-driven)\n    g : 1 (shared) = 0.4",
        init: "p = 0.5",
        pre: &["p += g*a_pre", "w += 0.1*q"],
        post: &["q += 0.001*t/ms + 0.01*j", "w -= 0.05*p*b_post"],
    },
    // By triplets: Pfister and Gerstner (2006).
    Rule {
        variables: &["p", "p2", "q", "q2"],
        equations: "dp/dt = -p/(5*ms) : 1 (event-driven)\n    dp2/dt = -p2/(11*ms) : 1 (event-driven)\n    \
                    dq/dt = -q/(7*ms) : 1 (event-driven)\n    dq2/dt = -q2/(13*ms) : 1 (event-driven)",
        init: "",
        pre: &["w -= 0.02*q*(1 + p2)", "p += 1", "p2 += 0.5*p"],
        post: &["w += 0.02*p*(1 + q2)", "q += 1", "q2 += 1"],
    },
    // Short-term plasticity: Tsodyks and Markram (1997). Its statements have their order.
    Rule {
        variables: &["u", "x"],
        equations: "du/dt = (0.2 - u)/(20*ms) : 1 (event-driven)\n    dx/dt = (1 - x)/(30*ms) : 1 (event-driven)",
        init: "u = 0.2\n        x = 1",
        pre: &["u += 0.2*(1 - u)\n        r = u*x\n        x -= r\n        w += 0.1*r"],
        post: &["w *= 0.9"],
    },
    // What neurons keep beside what stays with the synapse.
    Rule {
        variables: &["p", "q", "tag"],
        equations: "dp/dt = -p/(5*ms) : 1 (event-driven)\n    dq/dt = -q/(7*ms) : 1 (event-driven)\n    \
                    dtag/dt = -tag/(9*ms) : 1 (event-driven)",
        init: "tag = 0.1*j",
        pre: &["p += 0.1", "tag += 0.2*w"],
        post: &["q += 0.1", "w = clip(w + 0.1*tag*p, 0, 2)"],
    },
    Rule {
        variables: &["p", "q"],
        equations: PAIR,
        init: "",
        pre: &["p += 0.1", "w += 0.001*(t - lastupdate)/ms"],
        post: &["q += 0.1", "w -= 0.001*p*lastupdate/ms"],
    },
    Rule {
        variables: &["p"],
        equations: "dp/dt = -p/(5*ms) : 1 (event-driven)",
        init: "",
        pre: &["p += 0.1*rand_of_neuron_pre", "w += 0.01*rand()"],
        post: &["w += 0.1*p"],
    },
];

/// A network whose plasticity is of one of the rules, and the variables to look at.
fn network(choices: &mut Choices, rule: &Rule) -> String {
    let delays = ["", "delay 0.3*ms", "delay post = 0.7*ms", "delay 0.2*ms\n    delay post = 0.4*ms"];
    let (delay, connect) = (choices.one(&delays), choices.one(&["all", "p = 0.6", "i != j", "i != j, n = 2"]));
    let ends = choices.one(&["A -> B", "A[1:4] -> B[2:]", "B -> B", "A -> A", "B[3:] -> A"]);
    let parameters = "a : 1 = 0.5\n    b : 1 = 0.7\n    rand_of_neuron : 1\n    v : 1";
    let pre = choices.shuffled(rule.pre.to_vec());
    let post = choices.shuffled(rule.post.to_vec());
    let later = if delay.starts_with("delay 0") { "set S.delay = 0.1*ms\nrun 6*ms\n" } else { "" };
    format!(
        "neurons A[5] {{\n    {parameters}\n    dz/dt = (2 + 0.5*i - z)/(2*ms) : 1\n    threshold z > 1 or rand() < 0.02\n    \
         reset z = 0\n    init {{ z = rand()\n rand_of_neuron = rand() }}\n}}
neurons B[6] {{\n    {parameters}\n    dy/dt = (1.1 - y)/(3*ms) : 1\n    threshold y + 0.01*v > 1\n    reset y = 0\n    \
         init {{ y = rand()\n rand_of_neuron = rand() }}\n}}
synapses S: {ends} {{
    w : 1\n    {}
    on_pre {{\n        {pre}\n        v_post += 0.1*w\n    }}
    on_post {{\n        {post}\n    }}
    connect {connect}\n    {delay}
    init {{ w = rand()\n        {} }}
}}
run 12*ms\n{later}",
        rule.equations, rule.init,
    )
}

fn simulation(text: &str, options: &Options) -> Simulation {
    let model = Model::from_source(text, &options.clone().seed(3)).unwrap_or_else(|error| panic!("{text}\n{error}"));
    model.simulation().unwrap_or_else(|error| panic!("{text}\n{error}"))
}

fn moved(simulation: &Simulation) -> Vec<String> {
    let explanation = simulation.explain();
    let notes = explanation.choices().iter().flat_map(|choice| &choice.notes);
    notes.filter(|note| note.contains("once per neuron")).cloned().collect()
}

/// Everything there is to see at the end.
fn values(simulation: &mut Simulation, variables: &[&str]) -> Vec<(String, Vec<f64>)> {
    let of_synapses = variables.iter().chain(&["w", "lastupdate"]).map(|name| format!("S.{name}"));
    let names: Vec<String> =
        of_synapses.chain(["A.v", "B.v", "A.lastspike", "B.lastspike"].map(String::from)).collect();
    let value = |name: String| (name.clone(), simulation.get(&name).expect("a variable").into_values());
    names.into_iter().map(value).collect()
}

fn run(simulation: &mut Simulation, text: &str) {
    simulation.run_script(|_| {}).unwrap_or_else(|error| panic!("{text}\n{error}"));
}

fn bits(values: &[(String, Vec<f64>)]) -> Vec<(String, Vec<u64>)> {
    let of = |(name, values): &(String, Vec<f64>)| (name.clone(), values.iter().map(|value| value.to_bits()).collect());
    values.iter().map(of).collect()
}

fn close(got: &[f64], expected: &[f64], told: &str) {
    assert_eq!(got.len(), expected.len(), "{told}");
    for (place, (got, expected)) in got.iter().zip(expected).enumerate() {
        let error = (got - expected).abs();
        assert!(error <= 1e-12 * (1.0 + expected.abs()), "{told}: entry {place} is {got}, expected {expected}");
    }
}

const MODELS: u64 = if cfg!(debug_assertions) { 24 } else { 160 };

#[test]
fn a_trace_of_a_neuron_is_that_of_its_synapses() {
    for seed in 0..MODELS {
        let rule = &RULES[seed as usize % RULES.len()];
        let recorded: String = rule.variables.iter().map(|name| format!("record S.{name}\n")).collect();
        let text = format!("record S.w, A.spikes, B.spikes\n{recorded}{}", network(&mut Choices(seed), rule));
        let mut at_neurons = simulation(&text, &Options::new());
        let mut at_synapses = simulation(&text, &Options::new().traces_per_synapse(true));
        assert!(!moved(&at_neurons).is_empty() && moved(&at_synapses).is_empty(), "{text}");
        run(&mut at_neurons, &text);
        run(&mut at_synapses, &text);
        for group in ["A", "B"] {
            let spikes = |simulation: &Simulation| simulation.spikes(group).expect("recorded").spike_trains();
            assert_eq!(spikes(&at_neurons), spikes(&at_synapses), "{text}");
        }
        let (got, expected) = (values(&mut at_neurons, rule.variables), values(&mut at_synapses, rule.variables));
        for ((name, got), (_, expected)) in got.iter().zip(&expected) {
            close(got, expected, &format!("{name} of model {seed}\n{text}"));
        }
        for name in rule.variables.iter().chain(&["w"]) {
            let samples =
                |simulation: &Simulation| simulation.samples(&format!("S.{name}")).expect("recorded").values().to_vec();
            close(&samples(&at_neurons), &samples(&at_synapses), &format!("samples of {name}, model {seed}\n{text}"));
        }
    }
}

#[test]
fn engines_threads_and_what_is_recorded_change_no_bit() {
    for seed in 0..MODELS / 4 {
        let rule = &RULES[seed as usize % RULES.len()];
        let text = network(&mut Choices(seed + 1000), rule);
        let mut plain = simulation(&text, &Options::new());
        run(&mut plain, &text);
        let expected = bits(&values(&mut plain, rule.variables));
        let recorded: String =
            rule.variables.iter().map(|name| format!("record S.{name}\nrecord S.{name} at end\n")).collect();
        let asked = format!("{text}{recorded}record S.synapses\nprint S.{}\n", rule.variables[0]);
        let others = [
            (&text, Options::new().engine(Engine::Interpreter)),
            (&text, Options::new().scalar(true)),
            (&text, Options::new().threads(3)),
            (&asked, Options::new()),
            (&asked, Options::new().engine(Engine::Interpreter)),
        ];
        for (text, options) in others {
            let mut other = simulation(text, &options);
            assert_eq!(moved(&other), moved(&plain), "{text}");
            run(&mut other, text);
            assert_eq!(bits(&values(&mut other, rule.variables)), expected, "{options:?}\n{text}");
        }
        // Looked at from outside at every step, by name and by a recording of the program's own.
        let mut watched = simulation(&text, &Options::new());
        let looked = format!("S.{}", rule.variables[0]);
        let recording = watched.record_values(&looked).expect("a recording");
        run(&mut watched, &text);
        assert!(!watched.recorded(recording).values().is_empty(), "{text}");
        assert_eq!(bits(&values(&mut watched, rule.variables)), expected, "{text}");
    }
}

#[test]
fn halves_and_going_back_give_the_same_bits() {
    for (seed, rule) in (0..).zip(&RULES) {
        let text = network(&mut Choices(seed + 2000), rule);
        let mut whole = simulation(&text, &Options::new());
        whole.run("12*ms").expect("it runs");
        let expected = bits(&values(&mut whole, rule.variables));
        let mut parts = simulation(&text, &Options::new());
        parts.run("5*ms").expect("it runs");
        let half = bits(&values(&mut parts, rule.variables));
        parts.store("half");
        parts.run("7*ms").expect("it runs");
        assert_eq!(bits(&values(&mut parts, rule.variables)), expected, "{text}");
        parts.restore_with_random("half").expect("it was stored");
        assert_eq!(bits(&values(&mut parts, rule.variables)), half, "{text}");
        parts.run("7*ms").expect("it runs");
        assert_eq!(bits(&values(&mut parts, rule.variables)), expected, "{text}");
    }
}

/// A delay that became shorter meanwhile lets a neuron's spikes overtake: two arrive at once, and the second finds what the first left.
#[test]
fn two_spikes_of_a_neuron_may_arrive_together() {
    let text = "spike_source A[3] { spikes i = [1, 2, 0, 1], t = [1, 1, 1.5, 1.5]*ms }
        neurons B[2] { v : 1\n threshold v > 1 }
        synapses S: A -> B { w : 1\n dp/dt = -p/(5*ms) : 1 (event-driven)
            on_pre { p += 1\n w += p }\n connect all\n delay 1*ms }
        run 1.2*ms\nset S.delay = 0.5*ms\nrun 1.8*ms\n";
    for engine in [Engine::Jit, Engine::Interpreter] {
        let mut simulation = simulation(text, &Options::new().engine(engine));
        assert_eq!(moved(&simulation).len(), 1);
        run(&mut simulation, text);
        assert_eq!(simulation.get("S.w").expect("weights").values(), [1.0, 1.0, 3.0, 3.0, 1.0, 1.0]);
        assert_eq!(simulation.get("S.p").expect("traces").values(), [1.0, 1.0, 2.0, 2.0, 1.0, 1.0]);
    }
}

/// Pair STDP between groups of neurons, with places for more.
fn pairs(equations: &str, pre: &str, connect: &str, after: &str) -> String {
    format!(
        "neurons A[4] {{ v : 1\n k : 1\n threshold v > 1 }}\nneurons B[4] {{ v : 1\n threshold v > 1 }}\nneurons C[1] {{ v : 1\n threshold v > 1 }}
        synapses S: A -> B {{ w : 1\n z : second\n {equations}
            on_pre {{ {pre} }}\n on_post {{ w += p }}\n connect all\n {connect} }}\n{after}\n"
    )
}

#[test]
fn what_stays_with_the_synapses_is_said_with_its_reason() {
    let decay = "dp/dt = -p/(5*ms) : 1 (event-driven)";
    let rows = [
        (pairs(decay, "p += 1", "", ""), "p is kept once per neuron of A: all its synapses have the same"),
        (pairs(decay, "p += 1", "init p = 0.5", "record S.p\nprint S.p"), "p is kept once per neuron of A"),
        (pairs("dp/dt = -p/z : 1 (event-driven)", "p += 1", "init z = 1*ms", ""), "its equation reads `z`"),
        (pairs(decay, "p += w", "", ""), "`pre` makes it from `w`"),
        (pairs("dp/dt = -p/(5*ms*(1 + i)) : 1 (event-driven)", "p += 1", "", ""), "its equation reads `i`"),
        (
            pairs(decay, "p += 1", "", "synapses T: C -> S { y : 1\n on_pre y += p_post\n connect all }"),
            "synapses of S are connected",
        ),
        (pairs(decay, "p += rand()", "", ""), "`pre` makes it from `rand()`"),
        (pairs(decay, "h = w*2\n p += h", "", ""), "`pre` makes it from"),
        (pairs(decay, "p += k_pre\n k_pre += 1", "", ""), "`pre` makes it from `k_pre`"),
        (pairs(decay, "p += 0.1*j", "", ""), "`pre` makes it from"),
        (pairs(decay, "w += p", "", ""), "no pathway writes it"),
        (pairs(decay, "p += 1", "delay rand()*ms", ""), "every synapse has its own delay of `pre`"),
        (pairs(decay, "p += 1", "init p = rand()", ""), "`init` gives every synapse its own"),
        (pairs(decay, "p += 1", "init { p = 1\n w = p }", ""), "`init` gives every synapse its own"),
        (pairs(decay, "p += 1", "delay post = p*ms\n init p = 1", ""), "`init` gives every synapse its own"),
        (pairs(decay, "p += 1", "", "run 1*ms\nset S.p = 0.5"), "a statement sets `p`"),
        (pairs(decay, "p += 1", "every 1*ms { w = p }", ""), "other code than that of pathways uses it"),
        (pairs(decay, "p += 1", "dt 0.05*ms", ""), "`A` has another clock"),
        (
            pairs(&format!("{decay}\n dq/dt = (p - q)/(5*ms) : 1 (event-driven)"), "p += 1", "", ""),
            "the equation of `q` reads it",
        ),
        (pairs(decay, "p += 1", "", "").replace("A -> B", "A -> C"), "there is one neuron of C"),
    ];
    for (text, reason) in rows {
        let model = Model::from_source(&text, &Options::new()).unwrap_or_else(|error| panic!("{text}\n{error}"));
        let told = model.explain().to_string();
        assert!(told.contains(reason), "{text}\nnot `{reason}` in\n{told}");
    }
}

#[test]
fn a_trace_is_set_where_synapses_keep_it() {
    let text = pairs("dp/dt = -p/(5*ms) : 1 (event-driven)", "p += 1", "", "");
    let mut simulation = simulation(&text, &Options::new());
    let trace = simulation.variable("S.p").expect("a variable");
    let refused = [
        simulation.set("S.p", 1.0),
        simulation.set("S.p", "rand()"),
        simulation.set("S.p[0:2]", 1.0),
        simulation.set_values("S.p", &[1.0; 16]),
        simulation.fill(trace, 1.0),
        simulation.write(trace, &[1.0; 16]),
    ];
    for result in refused {
        let told = result.expect_err("neurons keep it");
        assert!(matches!(told, Error::Trace { .. }) && told.to_string().contains("`S.p`"), "{told}");
    }
    let mut own = self::simulation(&text, &Options::new().traces_per_synapse(true));
    own.set("S.p", "i + 0.1*j").expect("synapses keep it");
    assert_eq!(own.get("S.p[i == 2]").expect("values").values(), [2.0, 2.1, 2.2, 2.3]);
    // The text may say so too; then what the library adds or asks afterwards changes nothing about it.
    let mut set = self::simulation(&format!("{text}set S.p = 0.25\nrun 1*ms\n"), &Options::new());
    set.run_script(|_| {}).expect("it runs");
    set.set("S.p[0]", 0.5).expect("synapses keep it");
    assert_eq!(set.get("S.p[0:3]").expect("values").values(), [0.5, 0.25, 0.25]);
}
