//! Linked variables: in, populations and synapses that read what belongs to others; out, the values that Brian2's rules give, worked
//! out here step by step, and the same bits on both engines, in vectors and on any number of threads.

use rheobase::{Engine, Error, MS, Model, Options, Simulation};

/// Every engine and width, and threads.
fn ways() -> [Options; 4] {
    let jit = Options::new().seed(5);
    [jit.clone(), jit.clone().scalar(true), jit.clone().threads(3), jit.engine(Engine::Interpreter)]
}

fn built(text: &str, options: &Options) -> Simulation {
    let model = Model::from_source(text, options).unwrap_or_else(|error| panic!("{text}\n{error}"));
    model.simulation().unwrap_or_else(|error| panic!("{text}\n{error}"))
}

/// What is there after some milliseconds, the same in every way.
fn after(text: &str, ms: f64, names: &[&str]) -> Vec<Vec<f64>> {
    let mut all = ways().into_iter().map(|options| {
        let mut simulation = built(text, &options);
        simulation.run(ms * MS).expect("it runs");
        let values = names.iter().map(|name| simulation.get(name).expect("it is there").into_values());
        values.collect::<Vec<_>>()
    });
    let first = all.next().expect("there is a first way");
    for other in all {
        assert_eq!(first, other, "{text}");
    }
    first
}

const SOURCE: &str = "
    neurons A[6] {
        x : 1
        n : integer
        b : boolean
        s : 1 (shared)
        u : volt
        twice = 2*x + i : 1
        init { x = 10*i; n = i - 3; b = i > 2; s = 7; u = i*mV }
    }
    neurons One[1] { x : 1
        init x = 42 }
";

/// The values of a linked line in a group of `size`.
fn linked(size: u32, line: &str, more: &str) -> Vec<f64> {
    let text = format!("{SOURCE}\nneurons B[{size}] {{\n{line}\n{more}\n}}");
    after(&text, 1.0, &["B.y"]).remove(0)
}

#[test]
fn a_link_reads_the_neuron_that_is_meant() {
    let rows: [(u32, &str, &[f64]); 14] = [
        (6, "y : 1 (linked) = A.x", &[0.0, 10.0, 20.0, 30.0, 40.0, 50.0]),
        (3, "y : 1 (linked) = A[2:5].x", &[20.0, 30.0, 40.0]),
        (3, "y : 1 (linked) = A.x[2:5]", &[20.0, 30.0, 40.0]),
        (4, "y : 1 (linked) = A.x[i + 1]", &[10.0, 20.0, 30.0, 40.0]),
        (4, "y : 1 (linked) = A.x[i // 2]", &[0.0, 0.0, 10.0, 10.0]),
        (2, "y : 1 (linked) = A[3:].x[1 - i]", &[40.0, 30.0]),
        (2, "y : 1 (linked) = A.x[-1]", &[50.0, 50.0]),
        (3, "y : 1 (linked) = One.x", &[42.0, 42.0, 42.0]),
        (1, "y : 1 (linked) = One.x", &[42.0]),
        (3, "y : 1 (linked) = A.s", &[7.0, 7.0, 7.0]),
        (3, "y : integer (linked) = A.n[5 - i]", &[2.0, 1.0, 0.0]),
        (3, "y : boolean (linked) = A.b[i + 2]", &[0.0, 1.0, 1.0]),
        (3, "y : volt (linked) = A.u[i + 2]", &[2e-3, 3e-3, 4e-3]),
        (3, "y : 1 (linked) = A.twice[i + 3]", &[63.0, 84.0, 105.0]),
    ];
    for (size, line, expected) in rows {
        assert_eq!(linked(size, line, ""), expected, "{line}");
    }
}

#[test]
fn an_index_may_be_a_variable_that_changes() {
    let more = "k : integer\ninit k = 5 - 2*i";
    assert_eq!(linked(3, "y : 1 (linked) = A.x[k]", more), [50.0, 30.0, 10.0]);
    let text = format!("{SOURCE}\nneurons B[3] {{ y : 1 (linked) = A.x[k]\nk : integer }}");
    for options in ways() {
        let mut simulation = built(&text, &options);
        for (k, expected) in [("2", 20.0), ("5", 50.0), ("6", 50.0), ("-1", 0.0), ("2147483647", 50.0)] {
            simulation.set("B.k", k).expect("an integer");
            assert_eq!(simulation.get("B.y").expect("there").into_values(), [expected; 3], "{k}");
        }
    }
    // What changes while the model runs is kept within the part that was named.
    let text = format!("{SOURCE}\nneurons B[3] {{ y : 1 (linked) = A[1:3].x[k]\nk : integer }}");
    let mut simulation = built(&text, &Options::new());
    for (k, expected) in [("-1", 10.0), ("1", 20.0), ("2", 20.0)] {
        simulation.set("B.k", k).expect("an integer");
        assert_eq!(simulation.get("B.y").expect("there").into_values(), [expected; 3], "{k}");
    }
}

#[test]
fn an_index_that_stays_is_checked_when_the_network_is_built() {
    let wrong = [
        ("y : 1 (linked) = A.x[i + 4]", "element 2 of `B` is linked to neuron 6 of 6"),
        ("y : 1 (linked) = A.x[i - 1]", "element 0 of `B` is linked to neuron -1 of 6"),
        ("y : 1 (linked) = A.x[k]\nk : integer (constant) = 3*i", "element 2 of `B` is linked to neuron 6 of 6"),
        ("y : 1 (linked) = A[1:3].x[i]", "element 2 of `B` is linked to neuron 2 of 2"),
    ];
    for (line, expected) in wrong {
        let text = format!("{SOURCE}\nneurons B[3] {{\n{line}\n}}");
        let error = Model::from_source(&text, &Options::new()).expect("a model").simulation().expect_err(line);
        assert!(matches!(&error, Error::Model(_)) && error.to_string().contains(expected), "{line}: {error}");
    }
}

#[test]
fn linked_variables_drive_equations_resets_and_recordings() {
    // Euler, written out: B reads A as A's own update of the same step left it, since A is declared first.
    let text = "
        neurons A[3] { dv/dt = (i + 1)/(1*ms) : 1
            method euler }
        neurons B[6] {
            drive : 1 (linked) = A.v[i // 2]
            dw/dt = drive/(1*ms) : 1
            method euler
            threshold w > drive
            reset w = drive/2
            init w = 0.013
        }
        record B.w, B.drive
    ";
    let [w, drive] = after(text, 3.0, &["B.w", "B.drive"]).try_into().expect("two");
    for neuron in 0..6 {
        let rate = (neuron / 2 + 1) as f64;
        let (mut v, mut expected) = (0.0, 0.013);
        for _ in 0..30 {
            v += 0.1 * rate;
            expected += 0.1 * v;
            if expected > v {
                expected = v / 2.0;
            }
        }
        assert!((w[neuron] - expected).abs() < 1e-12, "{neuron}: {} and {expected}", w[neuron]);
        assert!((drive[neuron] - v).abs() < 1e-12);
    }
}

#[test]
fn links_may_go_both_ways_and_to_groups_declared_later() {
    let text = "
        neurons A[40] { other : 1 (linked) = B.v
            dv/dt = (other - v)/(5*ms) : 1
            init v = i
            method euler }
        neurons B[40] { other : 1 (linked) = A.v[N - 1 - i]
            dv/dt = (other - v)/(5*ms) : 1
            method euler }
    ";
    let [a, b] = after(text, 2.0, &["A.v", "B.v"]).try_into().expect("two");
    let (mut x, mut y): (Vec<f64>, Vec<f64>) = ((0..40).map(f64::from).collect(), vec![0.0; 40]);
    for _ in 0..20 {
        for k in 0..40 {
            x[k] += 0.02 * (y[k] - x[k]);
        }
        for k in 0..40 {
            y[k] += 0.02 * (x[39 - k] - y[k]);
        }
    }
    for k in 0..40 {
        assert!((a[k] - x[k]).abs() < 1e-12 && (b[k] - y[k]).abs() < 1e-12, "{k}");
    }
}

#[test]
fn neighbours_of_ones_own_group_are_read_as_they_were_before_the_step() {
    let text = "
        neurons Ring[1000] {
            left  : 1 (linked) = Ring.v[(i - 1) % N]
            right : 1 (linked) = Ring.v[(i + 1) % N]
            dv/dt = (left + right - 2*v)/(1*ms) : 1
            method euler
            init v = (i % 7)*0.25
        }
    ";
    let v = after(text, 2.0, &["Ring.v"]).remove(0);
    let mut expected: Vec<f64> = (0..1000).map(|k| f64::from(k % 7) * 0.25).collect();
    for _ in 0..20 {
        let old = expected.clone();
        for k in 0..1000 {
            expected[k] += 0.1 * (old[(k + 999) % 1000] + old[(k + 1) % 1000] - 2.0 * old[k]);
        }
    }
    for k in 0..1000 {
        assert!((v[k] - expected[k]).abs() < 1e-12, "{k}: {} and {}", v[k], expected[k]);
    }
}

#[test]
fn every_reads_neighbours_as_they_were_before_it() {
    let text = "
        neurons Ring[5] {
            left : 1 (linked) = Ring.v[(i - 1) % N]
            v : 1
            w : 1
            every 0.1*ms { v = left + 1; w = left }
            init v = i
        }
    ";
    let [v, w] = after(text, 0.3, &["Ring.v", "Ring.w"]).try_into().expect("two");
    assert_eq!(v, [5.0, 6.0, 7.0, 3.0, 4.0], "moved on by three, and 3 more");
    assert_eq!(w, [4.0, 5.0, 6.0, 2.0, 3.0], "as it was before it was written");
}

#[test]
fn linked_subexpressions_are_those_of_the_neuron_meant() {
    let text = "
        neurons A[4] {
            x : 1
            base : 1 (linked) = C.level[i // 2]
            sum = x*(i + 1) + base + N : 1
            init x = i + 0.5
        }
        neurons B[2] { y : 1 (linked) = A.sum[2*i + 1]
            z : 1 (linked) = A.base[3 - i]
        }
        neurons C[2] { level = 100*(i + 1) + h : 1
            h : 1
            init h = 0.25*i }
    ";
    let [y, z] = after(text, 1.0, &["B.y", "B.z"]).try_into().expect("two");
    assert_eq!(y, [1.5 * 2.0 + 100.0 + 4.0, 3.5 * 4.0 + 200.25 + 4.0]);
    assert_eq!(z, [200.25, 200.25]);
}

#[test]
fn synapses_are_linked_by_an_index() {
    let text = format!(
        "{SOURCE}
        neurons P[3] {{ v : 1
            threshold i >= 0 and t < dt/2 }}
        synapses S: P -> P {{
            k : integer
            first : 1 (linked) = A.x[k]
            another : 1 (linked) = A.twice[i + j]
            on_pre v_post += first + 1000*another
            connect all
            init k = i + 1
        }}"
    );
    let [v, first, another] = after(&text, 1.0, &["P.v", "S.first", "S.another"]).try_into().expect("three");
    let pairs = || (0..3).flat_map(|i| (0..3).map(move |j| (i, j)));
    assert_eq!(first, pairs().map(|(i, _)| 10.0 * f64::from(i + 1)).collect::<Vec<_>>());
    assert_eq!(another, pairs().map(|(i, j)| 21.0 * f64::from(i + j)).collect::<Vec<_>>());
    for (target, v) in (0..3).zip(v) {
        let each = |source: i32| 10.0 * f64::from(source + 1) + 21_000.0 * f64::from(source + target);
        assert!((v - (0..3).map(each).sum::<f64>()).abs() < 1e-9);
    }
}

#[test]
fn a_synapse_sees_the_linked_variables_of_its_neurons() {
    let text = format!(
        "{SOURCE}
        neurons P[3] {{ y : 1 (linked) = A.x[5 - i] }}
        synapses S: P -> P {{ w : 1
            connect y_pre > y_post
            init w = y_pre - y_post }}"
    );
    let w = after(&text, 1.0, &["S.w"]).remove(0);
    assert_eq!(w, [10.0, 20.0, 10.0]);
}

#[test]
fn the_exact_integrator_takes_a_link_as_constant_for_a_step() {
    let text = "
        neurons A[2] { x : 1
            init x = i + 1 }
        neurons B[2] { y : 1 (linked) = A.x
            dv/dt = (y - v)/(10*ms) : 1
            method exact }
    ";
    let v = after(text, 10.0, &["B.v"]).remove(0);
    for (k, v) in (1..).zip(v) {
        assert!((v - f64::from(k) * (1.0 - (-1f64).exp())).abs() < 1e-12);
    }
}

#[test]
fn threads_share_groups_that_are_large_enough_and_change_nothing() {
    let text = "
        neurons Ring[100000] {
            far : 1 (linked) = Ring.v[(7919*i + 13) % N]
            dv/dt = (far - v + sin(far))/(1*ms) : 1
            method euler
            init v = (i % 11)*0.25
        }
    ";
    let values = |threads: usize| {
        let mut simulation = built(text, &Options::new().threads(threads));
        simulation.run(0.5 * MS).expect("it runs");
        simulation.get("Ring.v").expect("there").into_values()
    };
    assert_eq!(values(1), values(4));
}
