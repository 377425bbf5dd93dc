//! Values that kernels yield, for neurons and synapses, and code run between runs.

use crate::kernels::{code, network, reals, rows, sampled, source, still, whole};
use runtime::state::ColumnId;
use runtime::{BuildError, Over, PopulationId, Projection, Sampling, SpikeRecord, Values};

#[test]
fn kernels_yield_values_of_neurons_and_synapses() {
    let mut network = network(&[&[1.0, 2.0, 3.0], &[10.0, 20.0, 30.0]]);
    let pre = network.add_population(still("A", 3));
    let post = network.add_population(still("B", 2));
    let (rows, storage) = rows(3, 2, &[(2, 0), (0, 1), (1, 1)]);
    let projection = Projection::new("S", whole(pre, 3), whole(post, 2), rows, Some(storage)).expect("good rows");
    let projection = network.add_projection(projection).expect("both are there");
    let square = code("A.square", |state, site| site.value = reals(state, 0)[site.element as usize].powi(2));
    let squares = network.record_values("A.square", Values::Neurons(pre, square), vec![2, 0], Sampling::default());
    let weighted = || {
        let weighted = code("S.weighted", |state, site| {
            let (w, x) = (reals(state, 1)[site.element as usize], reals(state, 0)[site.pre as usize]);
            site.value = w + x + 1000.0 * f64::from(site.post);
        });
        weighted.reading_pre()
    };
    let created = |numbers: &[u32], network: &runtime::Network| -> Vec<u32> {
        let projection = &network.projections()[projection.0 as usize];
        numbers.iter().map(|&created| projection.storage_number(created)).collect()
    };
    let elements = created(&[0, 1, 2], &network);
    let weights =
        network.record_values("S.x", Values::Synapses(projection, weighted()), elements.clone(), sampled(0.0002));
    let (squares, weights) = (squares.expect("neurons are there"), weights.expect("synapses are there"));
    network.run(0.0004).expect("nothing can go wrong");
    assert_eq!(network.values(squares).samples(), [9.0, 1.0, 9.0, 1.0, 9.0, 1.0, 9.0, 1.0]);
    let expected = [33.0, 1011.0, 1022.0];
    assert_eq!(network.values(weights).samples(), [expected, expected].concat());

    let mut out = [0.0; 3];
    network.execute(&weighted(), Over::Synapses(projection, &elements), 3, &mut out);
    assert_eq!(out, expected);
    let double = code("A.double", |state, site| reals(state, 0)[site.element as usize] *= 2.0);
    network.execute(&double, Over::Dense(pre, 0..2), 1, &mut []);
    network.execute(&double, Over::Neurons(pre, &[1, 2]), 2, &mut []);
    assert_eq!(reals(network.state_mut(), 0), &[2.0, 8.0, 6.0]);
    let each =
        code("S.init", |state, site| reals(state, 1)[site.element as usize] = f64::from(site.pre * 10 + site.post));
    network.execute(&each, Over::Rows(projection), 1, &mut []);
    assert_eq!(reals(network.state_mut(), 1), &[1.0, 11.0, 20.0]);
}

/// Streams of one statement differ, and so do statements.
#[test]
fn code_between_runs_draws_from_its_stream() {
    let mut network = network(&[&[0.0]]);
    network.add_population(still("P", 1));
    let mut drawn = |name: &str, stream: u64| {
        let draw = code(name, |_, site| site.value = runtime::random::uniform(site.key, 0, 0, 0));
        let mut out = [0.0];
        network.execute(&draw, Over::Neurons(PopulationId(0), &[0]), stream, &mut out);
        out[0]
    };
    assert_eq!(drawn("P.init", 1), drawn("P.init", 1));
    assert_ne!(drawn("P.init", 1), drawn("P.init", 2));
    assert_ne!(drawn("P.init", 1), drawn("Q.init", 1));
}

#[test]
fn recordings_must_be_of_what_is_there() {
    let mut network = network(&[&[0.0, 0.0]]);
    let population = network.add_population(source("P", 2, &[]));
    let mut record =
        |elements: Vec<u32>, sampling| network.record_values("P.v", Values::Column(ColumnId(0)), elements, sampling);
    let missing = BuildError::Element { name: "P.v".to_owned(), element: 2, size: 2 };
    assert_eq!(record(vec![0, 2], Sampling::default()), Err(missing));
    assert_eq!(record(vec![0], sampled(0.00015)), Err(BuildError::Every { every: 0.00015, dt: 1e-4 }));
    let mut group = whole(population, 2);
    group.offset = 1;
    let error = network.record_spikes(SpikeRecord::new(group)).expect_err("the group ends behind the population");
    assert!(matches!(error, BuildError::Group { population: 0, offset: 1, end: 3, .. }));
}
