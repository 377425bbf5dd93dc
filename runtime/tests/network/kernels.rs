//! Kernels written as closures that see one element at a time, and short ways to put networks together.

use runtime::kernel::{Call, Kernel, Moment, Work};
use runtime::partition::Native;
use runtime::rows::Rows;
use runtime::state::{Column, ColumnId, State};
use runtime::{Code, Group, Network, Neurons, Population, PopulationId, Sampling, Threads};
use std::sync::{Arc, Mutex};

/// Time step of the reference cases [s].
pub(crate) const DT: f64 = 1e-4;

/// One element of a call, and what the closure says about it.
pub(crate) struct Site {
    pub(crate) element: u32,
    pub(crate) pre: u32,
    pub(crate) post: u32,
    pub(crate) moment: Moment,
    pub(crate) key: u64,
    pub(crate) spike: bool,
    pub(crate) value: f64,
    pub(crate) nonfinite: bool,
}

struct Each<F>(F);

impl<F: Fn(&mut State, &mut Site) + Send + Sync> Kernel for Each<F> {
    fn run(&self, state: &mut State, call: &mut Call<'_>) {
        for (position, (element, pre, post)) in elements(&call.work).into_iter().enumerate() {
            let (moment, key) = (call.moment, call.key);
            let mut site = Site { element, pre, post, moment, key, spike: false, value: 0.0, nonfinite: false };
            (self.0)(state, &mut site);
            if site.spike {
                call.spikes.push(element);
            }
            if let Some(out) = call.out.get_mut(position) {
                *out = site.value;
            }
            *call.nonfinite |= site.nonfinite;
        }
    }

    fn native(&self) -> Option<Native<'_>> {
        None
    }
}

fn elements(work: &Work<'_>) -> Vec<(u32, u32, u32)> {
    match *work {
        Work::Dense { first, last } => (first..last).map(|element| (element, 0, 0)).collect(),
        Work::Indexed(elements) => elements.iter().map(|&element| (element, 0, 0)).collect(),
        Work::Rows { sources, rows } => sources
            .iter()
            .flat_map(|&source| {
                let synapses = rows.starts()[source as usize]..rows.starts()[source as usize + 1];
                synapses
                    .map(move |synapse| (synapse, rows.source_offset() + source, rows.targets().at(synapse as usize)))
            })
            .collect(),
        Work::List { synapses, rows, sources } => synapses
            .iter()
            .map(|&synapse| {
                (synapse, sources.get(synapse as usize).copied().unwrap_or(0), rows.targets().at(synapse as usize))
            })
            .collect(),
        Work::Pairs { .. } => unreachable!("the time loop has no pairs"),
    }
}

/// A closure as code.
pub(crate) fn code(name: &str, each: impl Fn(&mut State, &mut Site) + Send + Sync + 'static) -> Code {
    Code::new(name, Arc::new(Each(each)))
}

/// Who ran when: the tick of its own clock, and its name.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<(i64, &'static str)>>>);

impl Log {
    pub(crate) fn note(&self, tick: i64, name: &'static str) {
        self.0.lock().expect("nobody panics").push((tick, name));
    }

    pub(crate) fn all(&self) -> Vec<(i64, &'static str)> {
        self.0.lock().expect("nobody panics").clone()
    }

    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.all().into_iter().map(|(_, name)| name).collect()
    }
}

/// Code that does nothing but tell that it ran, for every element.
pub(crate) fn logged(log: &Log, name: &'static str) -> Code {
    let log = log.clone();
    code(name, move |_, site| log.note(site.moment.step, name))
}

/// The entries of a column of reals.
pub(crate) fn reals(state: &mut State, column: u32) -> &mut Vec<f64> {
    match state.column_mut(ColumnId(column)) {
        Column::Real(values) => values,
        other => panic!("column {column} is {other:?}"),
    }
}

/// A network whose columns are of reals.
pub(crate) fn network(columns: &[&[f64]]) -> Network {
    let columns = columns.iter().map(|values| Column::Real(values.to_vec())).collect();
    Network::new(State::new(columns), DT, 1, Threads::default()).expect("a good time step")
}

/// A population of listed spikes, times in milliseconds.
pub(crate) fn source(name: &str, size: u32, spikes: &[(f64, u32)]) -> Population {
    let spikes: Vec<(f64, u32)> = spikes.iter().map(|&(time, neuron)| (time * 0.001, neuron)).collect();
    Population::listed(name, size, &spikes, None, DT).expect("a good list")
}

/// Neurons that do nothing.
pub(crate) fn still(name: &str, size: u32) -> Population {
    Population::neurons(name, size, Neurons::default())
}

/// Samples `every` [s].
pub(crate) fn sampled(every: f64) -> Sampling {
    Sampling { every: Some(every), ..Sampling::default() }
}

/// All of a population.
pub(crate) fn whole(population: PopulationId, size: u32) -> Group {
    Group { population, offset: 0, size }
}

/// Rows of whole populations from pairs, and the storage number of every pair.
pub(crate) fn rows(sources: u32, targets: u32, pairs: &[(u32, u32)]) -> (Rows, Vec<u32>) {
    let mut order: Vec<u32> = (0..pairs.len() as u32).collect();
    order.sort_by_key(|&created| pairs[created as usize].0);
    let starts = (0..=sources).map(|source| pairs.iter().filter(|pair| pair.0 < source).count() as u32).collect();
    let of: Vec<u32> = order.iter().map(|&created| pairs[created as usize].1).collect();
    let mut storage = vec![0; pairs.len()];
    order.iter().enumerate().for_each(|(stored, &created)| storage[created as usize] = stored as u32);
    (Rows::new(starts, of, 0, targets).expect("good rows"), storage)
}
