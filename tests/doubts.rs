//! Warnings of what a model may not mean: silent for ordinary models, told where they are due, in words that fit the
//! integrator.
//!
//! `ordinary/` has models as they are published. `gallery/` has one for every warning, with all of its text.

use rheobase::{MS, Model, Options};
use std::fs;
use std::path::Path;

/// Codes and messages of what a text is warned of, in order.
fn told(text: &str) -> Vec<String> {
    let model = Model::from_source(text, &Options::new()).unwrap_or_else(|error| panic!("{text}\n{error}"));
    model.warnings().iter().map(|warning| format!("{} {}", warning.code.id, warning.message)).collect()
}

fn codes(text: &str) -> Vec<String> {
    told(text).iter().map(|warning| warning[..5].to_owned()).collect()
}

/// The notes of the only warning of a text, which is that of a long step; none where there is none.
fn of_long_step(text: &str) -> Option<String> {
    let model = Model::from_source(text, &Options::new()).unwrap_or_else(|error| panic!("{text}\n{error}"));
    let found = model.warnings();
    assert!(found.iter().all(|warning| warning.code.id == "W0450") && found.len() < 2, "{text}\n{found:?}");
    found.first().map(|warning| format!("{}; {}; {}", warning.message, warning.primary.text, warning.notes.join(" ")))
}

#[test]
fn ordinary_models_are_not_warned_of() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ordinary");
    let mut models = 0;
    for entry in fs::read_dir(folder).expect("listed") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("read");
        let model = Model::from_source(&text, &Options::new().seed(1));
        let model = model.unwrap_or_else(|error| panic!("{}\n{error}", path.display()));
        assert!(model.warnings().is_empty(), "{}: {:?}", path.display(), model.warnings());
        let mut simulation = model.simulation().unwrap_or_else(|error| panic!("{}\n{error}", path.display()));
        simulation.run(5.0 * MS).unwrap_or_else(|error| panic!("{}\n{error}", path.display()));
        models += 1;
    }
    assert!(models >= 30, "{models} models");
}

/// Hodgkin and Huxley's neuron at rest, in mV and ms.
fn hodgkin_huxley(dt: &str, method: &str) -> String {
    format!(
        "dt = {dt}
        neurons P[1] {{
            dv/dt = (0.3*(-54.4 - v) - 120*m**3*h*(v - 50) - 36*n**4*(v + 77) + 10)/ms : 1
            dm/dt = (0.1*(v + 40)/(1 - exp(-(v + 40)/10))*(1 - m) - 4*exp(-(v + 65)/18)*m)/ms : 1
            dn/dt = (0.01*(v + 55)/(1 - exp(-(v + 55)/10))*(1 - n) - 0.125*exp(-(v + 65)/80)*n)/ms : 1
            dh/dt = (0.07*exp(-(v + 65)/20)*(1 - h) - 1/(1 + exp(-(v + 35)/10))*h)/ms : 1
            threshold v > -20
            refractory v > -20
            method {method}
            init {{ v = -65; m = 0.05; h = 0.6; n = 0.32 }}
        }}"
    )
}

#[test]
fn gates_that_are_faster_than_a_step() {
    for method in ["euler", "rk2", "rk4", "exponential_euler"] {
        assert_eq!(of_long_step(&hodgkin_huxley("0.01*ms", method)), None, "{method}");
        let coarse = of_long_step(&hodgkin_huxley("1*ms", method)).unwrap_or_else(|| panic!("{method}"));
        assert!(coarse.starts_with("`m` changes within 237 us, and a time step is 1 ms"), "{coarse}");
        assert!(coarse.contains("time constant 237 us where neurons begin"), "{coarse}");
    }
    // A quarter of a millisecond is a step of 1.06 time constants: a gate that is held to its steady value may be as
    // good as one that is not.
    assert_eq!(of_long_step(&hodgkin_huxley("0.25*ms", "exponential_euler")), None);
    assert!(of_long_step(&hodgkin_huxley("0.25*ms", "euler")).is_some());
}

#[test]
fn a_long_step_is_told_of_as_the_integrator_takes_it() {
    let model =
        |tau: &str, rest: &str| format!("neurons P[1] {{ dv/dt = (1.2 - v)/({tau}) : 1\n {rest} }}\nrecord P.v");
    let spiking = "threshold v > 1\n reset v = 0";
    let cases = [
        (
            "0.08*ms",
            "method euler",
            Some("in steps above a time constant `euler` oversteps what it goes to, and swings about it"),
        ),
        ("0.06*ms", "method heun", Some("`heun` oversteps what it goes to")),
        ("0.08*ms", "method rk2", Some("in steps above a time constant `rk2` decays too slowly")),
        ("0.051*ms", "method rk4", None),
        ("0.045*ms", "method rk4", Some("in steps above 2 time constants `rk4` decays too slowly")),
        ("0.1*ms", "method euler", None),
        ("dt", "method euler", None),
        ("dt/2", "method rk2", Some("in steps above a time constant `rk2` decays too slowly")),
        (
            "0.049*ms",
            "method euler",
            Some("above 2 time constants `euler` takes it farther off every time: it grows without bound"),
        ),
        ("0.049*ms", "method rk2", Some("above 2 time constants `rk2` takes it farther off every time: it grows")),
        ("0.035*ms", "method rk4", Some("above 2.785 time constants `rk4` takes it farther off every time: it grows")),
        (
            "0.04*ms",
            "method euler\n threshold v > 1\n reset v = 0",
            Some("takes it farther off every time, as long as that is so"),
        ),
        ("0.04*ms", "method exponential_euler", None),
        (
            "0.06*ms",
            "method exponential_euler\n threshold v > 1\n reset v = 0",
            Some("`exponential_euler` knows how it decays"),
        ),
        ("0.06*ms", "method exponential_euler\n du/dt = (v - u)/(5*ms) : 1", None),
        (
            "0.04*ms",
            "method exponential_euler\n du/dt = (v - u)/(5*ms) : 1",
            Some("`exponential_euler` remains stable, but holds all else"),
        ),
        ("0.05*ms", "", None),
        ("0.05*ms", spiking, Some("`exact` knows how it decays, but its threshold is looked at once in a step")),
        ("0.11*ms", "method euler", None),
        ("0.11*ms", spiking, None),
    ];
    for (tau, rest, wanted) in cases {
        let got = of_long_step(&model(tau, rest));
        match wanted {
            None => assert_eq!(got, None, "{tau} {rest}"),
            Some(note) => assert!(got.as_ref().is_some_and(|got| got.contains(note)), "{tau} {rest}: {got:?}"),
        }
    }
}

/// What is said to grow without bound does, and what is said to be stable is.
#[test]
fn the_bounds_of_stability_are_those_of_runs() {
    for (method, stable, unstable) in [("euler", 0.051, 0.0495), ("rk2", 0.051, 0.0495), ("rk4", 0.0362, 0.0357)] {
        let size = |tau: f64| {
            let text = format!("neurons P[1] {{ dv/dt = -v/({tau}*ms) : 1\n method {method}\n init v = 1 }}");
            let model = Model::from_source(&text, &Options::new()).expect("compiled");
            let mut simulation = model.simulation().expect("built");
            simulation.run(100.0 * MS).expect("run");
            (simulation.get("P.v").expect("values").values()[0].abs(), of_long_step(&text).expect("a warning"))
        };
        let (after, note) = size(stable);
        assert!(after < 1e-3 && !note.contains("grows"), "{method}: {after}, {note}");
        let (after, note) = size(unstable);
        assert!(after > 1e3 && note.contains("grows without bound"), "{method}: {after}, {note}");
    }
}

#[test]
fn time_constants_of_each_element() {
    let neurons = |tau: &str| {
        format!(
            "neurons P[20] {{ dv/dt = (2 - v)/tau : 1\n tau : second\n threshold v > 1\n reset v = 0\n init tau = {tau} }}"
        )
    };
    let some = of_long_step(&neurons("50*us + 0.2*ms*rand()")).expect("a warning");
    assert!(some.contains("; time constant 60 us, in some neurons; "), "{some}");
    let some = of_long_step(&neurons("(10 + 40*i)*us")).expect("a warning");
    assert!(some.contains("; time constant 50 us, in some neurons; "), "{some}");
    assert_eq!(of_long_step(&neurons("50*us")).map(|told| told.contains("some")), Some(false));
    assert_eq!(of_long_step(&neurons("5*ms + 1*ms*randn()")), None);
    // What others write at their time is not what neurons begin with, and who is left out is told.
    let set = |set: &str| format!("{}\n{set}\nrun 1*ms", neurons("10*ms"));
    assert!(of_long_step(&set("set P.tau = 20*us")).is_some());
    assert_eq!(of_long_step(&set("set P.tau = 5*ms")), None);
    assert_eq!(of_long_step(&set("set P[3:5].tau = 20*us")), None);
    // Conductances: C/g.
    let membrane = |g: &str, method: &str| {
        format!(
            "neurons P[5] {{ dv/dt = (g*(-40*mV - v) + ge*(0*mV - v))/(100*pF) : volt
            dge/dt = -ge/(5*ms) : siemens\n g : siemens\n threshold v > -50*mV\n reset v = -60*mV\n method {method}
            init {{ v = -60*mV; g = {g}; ge = 1*nS }} }}"
        )
    };
    assert_eq!(of_long_step(&membrane("10*nS", "euler")), None);
    let leaky = of_long_step(&membrane("1.5*uS", "euler")).expect("a warning");
    assert!(
        leaky.contains("time constant 66.6 us where neurons begin; in steps above a time constant `euler` oversteps"),
        "{leaky}"
    );
    // Synapses that are integrated step by step.
    let synapses = "neurons P[2] { v : 1\n threshold v > 1\n reset v = 0 }
        synapses S: P -> P { ds/dt = -s/(40*us) : 1 (clock-driven)\n method euler\n on_pre { s += 1; v += s }\n connect all }";
    let told = of_long_step(synapses).expect("a warning");
    assert!(told.starts_with("`s` changes within 40 us"), "{told}");
}

#[test]
fn what_runs_away_has_no_time_constant_and_what_comes_back_fast_has() {
    let quadratic = |reset: &str| {
        format!(
            "neurons P[1] {{ dv/dt = (v**2 + 1)/(10*ms) : 1\n threshold v > 100\n reset v = {reset}\n method euler\n init v = -1 }}"
        )
    };
    assert_eq!(of_long_step(&quadratic("-10")), None);
    let far = of_long_step(&quadratic("-100")).expect("a warning");
    assert!(far.contains("time constant 50 us after the reset"), "{far}");
    let relaxing = "neurons P[1] { dv/dt = (v - v**3)/(10*ms) : 1\n threshold v > 8\n reset v = 0\n method euler }";
    assert!(of_long_step(relaxing).expect("a warning").contains("at the threshold"));
}

#[test]
fn times_that_are_no_whole_steps() {
    let model = |text: &str| {
        format!("neurons P[2] {{ v : 1\n threshold v > 1\n reset v = 0\n init v = 2\n REFRACTORY }}\n{text}")
    };
    let refractory = |time: &str| told(&model("").replace("REFRACTORY", &format!("refractory {time}")));
    assert_eq!(
        refractory("1.23*ms"),
        ["W0458 a refractory time of 1.23 ms is no whole number of time steps of 100 us, and counts as 1.2 ms"]
    );
    assert_eq!(
        refractory("50*us"),
        ["W0458 a refractory time of 50 us is shorter than a time step of 100 us, and counts as none"]
    );
    for time in ["1.2*ms", "0.3*ms", "3*0.1*ms", "20.05*ms", "0*ms", "1.23*ms + 0.1*ms*i", "v > 0.5"] {
        assert_eq!(refractory(time), [""; 0], "{time}");
    }
    let rest = |text: &str| told(&model(text).replace("REFRACTORY", ""));
    let synapses = |delay: &str| format!("synapses S: P -> P {{ on_pre v += 1\n connect all\n delay {delay} }}");
    assert_eq!(
        rest(&synapses("0.25*ms")),
        ["W0458 a delay of 250 us is no whole number of time steps of 100 us, and counts as 300 us"]
    );
    assert_eq!(codes(&model(&synapses("30*us")).replace("REFRACTORY", "")), ["W0603"]);
    for delay in ["1.5*ms", "0.3*ms", "12.34*ms", "1*ms*rand() + 0.25*ms", "[0.25, 1, 1, 1]*ms"] {
        assert_eq!(rest(&synapses(delay)), [""; 0], "{delay}");
    }
    assert_eq!(
        rest(&format!("{}\nrun 1*ms\nset S.delay = 0.25*ms\nrun 1*ms", synapses("1*ms"))),
        ["W0458 a delay of 250 us is no whole number of time steps of 100 us, and counts as 300 us"]
    );
    assert_eq!(
        rest("run 0.25*ms"),
        ["W0458 a run of 250 us is no whole number of time steps of 100 us, and lasts 300 us"]
    );
    // A part of a step of a long run is nothing that a result shows.
    assert_eq!(rest("run 100.05*ms"), [""; 0]);
    assert_eq!(rest("run 0.3*ms\nrun 0.7*ms"), [""; 0]);
    // What has a clock of its own is told of by its name, and mended in its block.
    let clocked = "neurons P[2] { v : 1\n threshold v > 1\n reset v = 0\n init v = 2\n dt 1*ms\n refractory 2.5*ms }
        neurons Q[2] { v : 1\n dt 150*us }\nrun 2*ms";
    let clocked = Model::from_source(clocked, &Options::new()).expect("compiled");
    let found = |told: &str| {
        clocked.warnings().iter().any(|one| one.message == told || one.help.iter().any(|help| help == told))
    };
    for told in [
        "a run of 2 ms is no whole number of time steps of 150 us, and lasts 2.1 ms for `Q`",
        "take a step that divides it: `dt 50*us` in the block of `Q`",
        "take a step that divides it: `dt 500*us` in the block of `P`",
    ] {
        assert!(found(told), "{told}: {:?}", clocked.warnings());
    }
    // What has a clock of its own keeps its times.
    assert_eq!(
        told("neurons P[2] { v : 1\n every 0.25*ms { v += 1 } }\nneurons Q[1] { v : 1\n dt 0.25*ms }\nrun 1*ms"),
        [""; 0]
    );
    let array = |dt: &str| {
        told(&format!(
            "s = timed_array([0, 1, 2], dt = {dt})\nneurons P[2] {{ dv/dt = (s(t) - v)/(5*ms) : 1 }}\nrecord P.v"
        ))
    };
    assert_eq!(
        array("0.25*ms"),
        ["W0458 rows of 250 us are no whole number of time steps of 100 us: they hold for 200 us or 300 us"]
    );
    assert_eq!(array("50*us"), ["W0458 rows of 50 us are shorter than a time step of 100 us: some are left out"]);
    assert_eq!(array("0.3*ms"), [""; 0]);
    // One for each kind.
    let all = format!("{}\n{}\nrun 0.25*ms\nrun 0.25*ms", synapses("0.25*ms"), synapses("0.35*ms").replace('S', "T"));
    assert_eq!(codes(&model(&all).replace("REFRACTORY", "refractory 0.15*ms")), ["W0458"; 3]);
}

#[test]
fn what_is_drawn_and_never_read() {
    let text = "neurons P[2] { v : 1\n x : 1\n threshold v > 1\n reset { v = 0\n RESET }\n REST }
        synapses S: P -> P { w : 1\n on_pre { v += 0.1\n PRE }\n connect all }";
    let drawn = |place: &str| {
        let (hole, code) = place.split_once(' ').expect("two parts");
        codes(&text.replace(hole, code).replace("RESET", "").replace("REST", "").replace("PRE", ""))
    };
    for place in ["REST every 1*ms { x = rand() }", "RESET x = randn()", "PRE w = rand()", "REST init x = poisson(3)"] {
        assert_eq!(drawn(place), ["W0452"], "{place}");
    }
    for place in ["REST every 1*ms { x = rand(); v = x }", "PRE w = w + rand()", "REST init { x = rand(); v = x }"] {
        assert_eq!(drawn(place), [""; 0], "{place}");
    }
}

#[test]
fn waves_wherever_steps_look_at_them() {
    for text in [
        "neurons P[2] { dv/dt = (sin(2*pi*6*kHz*t) - v)/(10*ms) : 1 }",
        "neurons P[2] { v : 1\n every 5*ms { v = cos(2*pi*150*Hz*t) } }\nrecord P.v",
        "neurons P[2] { v : 1\n threshold v > sin(2*pi*6*kHz*t)\n every 1*ms { v = 0 } }",
        "neurons P[2] { v : 1\n event up if v > sin(2*pi*6*kHz*t) { v = 0 } }",
        "poisson P[2] { rate 20*Hz*(1 + sin(2*pi*6*kHz*t)) }",
    ] {
        assert_eq!(codes(text), ["W0453"], "{text}");
        let slower = text.replace("6*kHz", "60*Hz").replace("150*Hz", "15*Hz");
        assert_eq!(codes(&slower), [""; 0], "{slower}");
    }
}

/// Each of the issue's, by what a user writes.
#[test]
fn the_warnings_that_help_are_told() {
    let neurons = "neurons P[5] { dv/dt = (0.9 - v)/(10*ms) : 1\n threshold v > 1\n reset v = 1.2 }";
    // Nothing is said of a reset that never happens.
    assert_eq!(codes(neurons), ["W0451"]);
    assert_eq!(codes(&neurons.replace("\n reset v = 1.2", "")), ["W0451"]);
    assert_eq!(codes(&neurons.replace("0.9", "1.9")), ["W0456"]);
    assert_eq!(codes(&neurons.replace("0.9", "1.9").replace("\n reset v = 1.2", "")), ["W0457"]);
    let volts = "neurons P[5] { dv/dt = (-50*mV - v)/(10*ms) : volt\n threshold v > -55*mV\n reset v = -70*mV }";
    assert_eq!(codes(volts), ["W0455"]);
    assert_eq!(codes(&volts.replace("= -70*mV }", "= -70*mV\n init v = -70*mV }")), [""; 0]);
}

/// Models as those that are warned of, where a warning would be wrong.
#[test]
fn thresholds_that_something_else_moves() {
    for text in [
        "neurons P[1] { dv/dt = (-70*mV - v)/(1*ms) : volt\n threshold v > -1*mV\n reset v = -70*mV }",
        "neurons P[9] { dr/dt = (100*Hz - r)/(10*ms) : Hz\n threshold rand() < r*dt }",
        "neurons P[1] { dv/dt = (0.5 - v)/(10*ms) : 1\n init v = 1.5\n threshold v > 1\n reset v = 1.2\n refractory 5*ms }",
        "neurons P[1] { dv/dt = (2 - v)/(10*ms) : 1\n threshold v > 1 }
        synapses S: P -> P { connect i == j\n on_pre v_post = 0 }",
        "neurons P[1] { dv/dt = (2 - v)/(10*ms) : 1\n threshold v > 1\n every 1*ms { v = 0 } }",
        "neurons P[2] { dv/dt = (2 - v)/(10*ms) : 1\n threshold v > 1 and t - lastspike > 3*ms }",
        "neurons P[2] { dv/dt = (2 - v)/(10*ms) : 1\n threshold v > th\n reset th += 0.1\n th : 1 = 1 }",
        "neurons P[2] { g : 1\n threshold g > 1\n reset g = 0 }
        synapses S: P -> P { x : 1\n g_post = x : 1 (summed)\n connect all\n init x = 1 }",
        "neurons A[2] { dx/dt = (2 - x)/(10*ms) : 1 }
        neurons P[2] { x : 1 (linked) = A.x\n threshold x > 1\n refractory 1*ms }",
        "neurons P[2] { v : 1\n threshold v > 1\n reset v = 0\n event up if t > 5*ms { v = 2 } }",
        "neurons P[2] { v : 1\n dw/dt = 1*kHz : 1\n threshold v > 1\n reset { v = 0; w = 0 }\n event go if w > 3 { v = 1.5 } }",
        "neurons P[2] { dv/dt = -v/(10*ms) : 1\n threshold v > 1\n reset v = 0 }\npoisson Q[9] { rate 90*Hz }
        synapses S: Q -> P { on_pre v += 0.5\n connect all }",
        "neurons P[2] { dv/dt = -v/(10*ms) : 1\n threshold v > 1\n reset v = 0 }
        poisson_input to P.v { n 10; rate 90*Hz; weight 0.5 }",
        "neurons P[2] { dv/dt = (u - v)/(10*ms) : 1\n u : 1\n threshold v > 1\n reset v = 0 }\nrun 5*ms\nset P.u = 2\nrun 5*ms",
        "neurons P[2] { dv/dt = (u - v)/(10*ms) : 1\n u : 1\n threshold v > 1\n reset v = 0 }\nset P.u = [1, 3]\nrun 5*ms",
        "neurons P[2] { dv/dt = -v/(10*ms) + 0.5*xi*(10*ms)**-0.5 : 1\n threshold v > 1\n reset v = 0 }",
        "neurons P[2] { dv/dt = 50*Hz : 1\n threshold v > 1 and v < 1.006 }",
        "neurons P[2] { dv/dt = (2 - v)/(10*ms) : 1\n th : 1 = 1\n threshold v > th }
        synapses S: P -> P { on_pre th_post += 1\n connect i == j }",
        "neurons P[2] { dv/dt = (2 - v)/(10*ms) : 1\n th : 1 = 1\n threshold v > th\n every 10*ms { th += 0.1 } }",
        "neurons P[2] { dv/dt = (2 - v)/(10*ms) : 1\n down : 1\n threshold v > 1 + down }
        synapses S: P -> P { dx/dt = -x/(5*ms) : 1 (clock-driven)\n on_pre x += 1\n down_post = x : 1 (summed)
        connect i == j }",
        "neurons P[2] { dv/dt = (0.5 - v)/(10*ms) : 1\n threshold v < 0.1\n reset v += 0.3\n init v = 0.4 }\nrun 1*ms\nset P.v = 0\nrun 1*ms",
    ] {
        assert_eq!(codes(text), [""; 0], "{text}");
    }
}

#[test]
fn what_is_set_after_synapses_have_looked_at_it() {
    let after = |begins: &str, rule: &str, experiment: &str| {
        codes(&format!(
            "neurons P[10] {{ x : 1
                u : 1
                threshold u > 1
                reset u = 0
                {begins} }}
            synapses S: P -> P {{ w : 1
                on_pre u += w
                {rule} }}
            {experiment}"
        ))
    };
    let near = "connect abs(x_pre - x_post) < 3";
    for (rule, set) in [
        (near, "set P.x = i"),
        (near, "set P[:5].x = i"),
        (near, "set P.x = range(10)"),
        ("connect p = x_pre", "set P.x = i"),
        ("connect j = k for k in range(int(x_pre))", "set P.x = i"),
        ("connect all\ndelay x_post*ms", "set P.x = i"),
        ("connect all\ninit w = x_pre", "set P.x = i"),
    ] {
        assert_eq!(after("", rule, &format!("{set}\nrun 1*ms")), ["W0459"], "{rule}, {set}");
    }
    // It has begun with something; it is set once time has gone on; nothing is looked at while synapses are made.
    assert!(after("init x = i", near, "set P.x = 2*i\nrun 1*ms").is_empty());
    assert!(after("", near, "run 1*ms\nset P.x = i\nrun 1*ms").is_empty());
    assert!(after("", "connect all", "set P.x = i\nrun 1*ms").is_empty());
    assert!(after("", "connect all\ninit w = x_pre", "set P.u = i\nrun 1*ms").is_empty());
}
