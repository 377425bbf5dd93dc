//! What stops a run, and what is left then.

use crate::kernels::{DT, code, network, reals, rows, source, still, whole};
use runtime::state::ColumnId;
use runtime::{
    BuildError, Code, Delay, Network, Neurons, Object, Pathway, Population, Projection, RunError, Side, StepOver,
};
use runtime::{Sampling, Threads, Values, Watched};

fn watched(columns: &[(u32, &str)]) -> Vec<Watched> {
    let watched = |&(column, name): &(u32, &str)| Watched { column: ColumnId(column), variable: name.to_owned() };
    columns.iter().map(watched).collect()
}

/// Neurons whose columns get a value at a tick: (tick, column, element, value).
fn bad(columns: &'static [(i64, u32, u32, f64)]) -> Neurons {
    let step = code("step", move |state, site| {
        for &(tick, column, element, value) in columns {
            if (tick, element) == (site.moment.step, site.element) {
                reals(state, column)[element as usize] = value;
                site.nonfinite = true;
            }
        }
    });
    Neurons { step: Some(step), ..Neurons::default() }
}

fn two_populations() -> Network {
    let mut network = network(&[&[0.0; 4], &[0.0; 4], &[0.0; 2]]);
    let first = &[(1, 0, 0, 5.0), (3, 0, 3, f64::NAN), (3, 0, 2, f64::NAN), (3, 1, 2, f64::INFINITY)];
    let first = Population::neurons("A", 4, bad(first)).watching(watched(&[(1, "u"), (0, "v")]));
    let second = Population::neurons("B", 2, bad(&[(3, 2, 0, f64::NEG_INFINITY)])).watching(watched(&[(2, "w")]));
    let first = network.add_population(first);
    let second = network.add_population(second);
    network.set_order(&[Object::Population(first), Object::Population(second)]).expect("both are named");
    network
}

fn not_finite(error: RunError) -> (String, u32, String, f64, i64) {
    match error {
        RunError::NotFinite { object, element, variable, value, t, tick } => {
            assert_eq!(t, tick as f64 * DT);
            (object, element, variable, value, tick)
        }
        other => panic!("{other}"),
    }
}

#[test]
fn the_first_bad_value_is_named_and_what_was_recorded_is_kept() {
    let mut network = two_populations();
    let monitor =
        network.record_values("A.v", Values::Column(ColumnId(0)), vec![0], Sampling::default()).expect("v is there");
    let error = network.run(0.001).expect_err("A.u[2] becomes infinite");
    assert_eq!(error.to_string(), "u of A[2] is inf at t = 0.0003 s (tick 3)");
    assert_eq!(not_finite(error.clone()), ("A".to_owned(), 2, "u".to_owned(), f64::INFINITY, 3));
    assert_eq!(
        network.values(monitor).samples(),
        [0.0, 0.0, 5.0, 5.0],
        "a false alarm at tick 1, and an end at tick 3"
    );
    assert_eq!(network.run(0.001), Err(error.clone()));
    assert_eq!(network.step(), Err(error));
    assert_eq!(network.values(monitor).samples().len(), 4);
}

#[test]
fn the_order_of_declaration_decides_who_is_named() {
    let mut network = two_populations();
    let [first, second] = [0, 1].map(|number| Object::Population(runtime::PopulationId(number)));
    network.set_order(&[second, first]).expect("both are named");
    let error = network.run(0.001).expect_err("B.w[0] becomes infinite");
    assert_eq!(not_finite(error), ("B".to_owned(), 0, "w".to_owned(), f64::NEG_INFINITY, 3));
}

#[test]
fn synapses_are_named_by_creation() {
    let mut network = network(&[&[0.0; 3]]);
    let population = network.add_population(still("P", 3));
    let (rows, storage) = rows(3, 3, &[(2, 0), (0, 1), (1, 1)]);
    let step = code("S.step", |state, site| {
        reals(state, 0)[site.element as usize] = if site.element > 0 { f64::INFINITY } else { 0.0 };
        site.nonfinite = true;
    });
    let projection =
        Projection::new("S", whole(population, 3), whole(population, 3), rows, Some(storage)).expect("good rows");
    let projection = projection.with_step(step, StepOver::Dense).watching(watched(&[(0, "g")]));
    network.add_projection(projection).expect("P is there");
    let error = network.step().expect_err("two synapses become infinite");
    assert_eq!(not_finite(error), ("S".to_owned(), 0, "g".to_owned(), f64::INFINITY, 0));
}

#[test]
fn a_rate_can_be_mended() {
    let mut network = network(&[&[10.0]]);
    network.add_population(Population::poisson("P", 10, ColumnId(0)));
    network.run(0.001).expect("a good rate");
    for rate in [-5.0, f64::NAN] {
        network.column_mut(ColumnId(0)).set_number(0, rate);
        let error = network.run(0.001).expect_err("a bad rate");
        assert!(matches!(&error, RunError::Rate { population, tick: 10, .. } if population == "P"), "{error}");
    }
    network.column_mut(ColumnId(0)).set_number(0, 0.0);
    assert_eq!(network.run(0.001).expect("a good rate").ticks, 10);
}

fn nothing() -> Code {
    code("S.pre", |_, _| {})
}

#[test]
fn bad_delays_are_named_and_can_be_mended() {
    for side in [Side::Pre, Side::Post] {
        let mut network = network(&[&[0.0, 0.0, -1e-4]]);
        let population = network.add_population(source("P", 3, &[]));
        let (rows, storage) = rows(3, 3, &[(2, 0), (0, 1), (1, 1)]);
        let projection = Projection::new("S", whole(population, 3), whole(population, 3), rows, Some(storage));
        let projection = projection.expect("good rows");
        let each = Pathway::new("each", side, Delay::PerSynapse(ColumnId(0)), nothing());
        let all = Pathway::new("all", side, Delay::Shared(1e9), nothing());
        let projection = network.add_projection(projection.with_pathway(each).with_pathway(all)).expect("P is there");
        let error = network.run(0.001).expect_err("a negative delay");
        let RunError::Delay { pathway, synapse, delay, .. } = error else { panic!("{error}") };
        assert_eq!((&pathway[..], synapse, delay), ("each", Some(0), -1e-4));
        network.column_mut(ColumnId(0)).set_number(2, 0.0);
        let error = network.run(0.001).expect_err("an absurd delay");
        assert_eq!(error.to_string(), "the delay of pathway all of S is 1000000000 s; delays are 0 to 1677.7216 s");
        assert!(!network.set_delay(projection, 0, 0.0), "each has its own");
        assert!(!network.set_delay(projection, 2, 0.0), "there are two");
        assert!(network.set_delay(projection, 1, 0.0));
        assert_eq!(network.run(0.001).expect("good delays").ticks, 10);
    }
}

#[test]
fn durations_are_times() {
    let mut network = network(&[]);
    for duration in [-1e-3, f64::NAN, f64::INFINITY, 1e14] {
        assert!(matches!(network.run(duration), Err(RunError::Duration { .. })), "{duration}");
    }
    assert_eq!(network.time(), 0.0);
}

#[test]
fn parts_must_fit() {
    let mut network = network(&[]);
    let population = network.add_population(still("P", 3));
    let (three, storage) = rows(3, 3, &[(2, 0), (0, 1)]);
    let group = whole(population, 3);
    let new = |source, target, storage: Option<Vec<u32>>| Projection::new("S", source, target, three.clone(), storage);
    assert_eq!(
        new(whole(population, 2), group, None).expect_err("rows of three"),
        BuildError::Rows { projection: "S".to_owned() }
    );
    assert_eq!(
        new(group, whole(population, 1), None).expect_err("a target 1"),
        BuildError::Rows { projection: "S".to_owned() }
    );
    for wrong in [vec![0], vec![0, 0], vec![0, 2]] {
        assert_eq!(
            new(group, group, Some(wrong)).expect_err("no order"),
            BuildError::Creation { projection: "S".to_owned() }
        );
    }
    let good = new(group, group, Some(storage)).expect("good rows");
    let other = network.add_population(still("Q", 4));
    assert!(network.add_projection(good).is_ok());
    let larger = new(group, whole(other, 4), None).expect("all targets are below 4");
    assert!(matches!(network.add_projection(larger), Err(BuildError::Rows { .. })), "rows for three targets");
    let missing = new(group, whole(runtime::PopulationId(2), 3), None).expect("all targets are below 3");
    assert!(matches!(network.add_projection(missing), Err(BuildError::Group { population: 2, .. })));
    let step = Network::new(Default::default(), 0.0, 0, Threads::default()).expect_err("no time step");
    assert_eq!(step, BuildError::TimeStep { dt: 0.0 });
}
