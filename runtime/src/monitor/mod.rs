//! Monitors: what is kept of an experiment.
//!
//! In come the spikes of a step, or the state at some point of it; they are kept compactly and given out as they are
//! asked for. Ticks count from the start of the experiment, whatever the runs: a monitor of every k-th tick of its
//! clock sees those divisible by k. Values are as in the state (SI base units), neurons relative to the group recorded.
//! What grows with the run may be taken elsewhere between two steps, and forgotten here (`Notice::Full`).

mod moments;
mod rate;
mod spikes;
mod values;

pub use moments::Moments;
pub use rate::{RateMonitor, RateMonitorId};
pub use spikes::{SpikeMonitor, SpikeMonitorId, SpikeRecord};
pub use values::{Keep, Sampling, ValueMonitor, ValueMonitorId};

pub(crate) use rate::SavedRate;
pub(crate) use spikes::SavedSpikes;
pub(crate) use values::SavedSamples;

use crate::code::{Code, Machine, Occasion, Results};
use crate::kernel::Work;
use crate::population::PopulationId;
use crate::projection::{Projection, ProjectionId};
use crate::state::{Column, ColumnId};

/// Where recorded values come from.
#[derive(Clone, Debug)]
pub enum Values {
    /// As they stand in a column; that of a shared variable has one entry for all elements.
    Column(ColumnId),
    /// As they stand in a column of ticks of so many seconds each, in seconds.
    Times(ColumnId, f64),
    /// Yielded by an indexed kernel for neurons.
    Neurons(PopulationId, Code),
    /// Yielded by a kernel over listed synapses.
    Synapses(ProjectionId, Code),
}

impl Values {
    fn reseed(&mut self, seed: u64, stream: u64) {
        if let Self::Neurons(_, code) | Self::Synapses(_, code) = self {
            code.reseed(seed, stream);
        }
    }

    /// Appends the values of some elements, in their order.
    fn take(
        &self,
        elements: &[u32],
        projections: &[Projection],
        machine: &mut Machine,
        occasion: Occasion,
        samples: &mut Vec<f64>,
    ) {
        let start = samples.len();
        let (code, work) = match self {
            &Self::Column(column) => return copy(machine.state.column(column), elements, samples),
            &Self::Times(column, dt) => {
                copy(machine.state.column(column), elements, samples);
                return samples[start..].iter_mut().for_each(|tick| *tick *= dt);
            }
            Self::Neurons(_, code) => (code, Work::Indexed(elements)),
            Self::Synapses(projection, code) => (code, projections[projection.0 as usize].list(elements)),
        };
        samples.resize(start + elements.len(), 0.0);
        let results = Results { spikes: &mut Vec::new(), out: &mut samples[start..] };
        machine.run_for(code, work, occasion, results);
    }
}

fn copy(column: &Column, elements: &[u32], samples: &mut Vec<f64>) {
    match column {
        column if column.len() == 1 => samples.resize(samples.len() + elements.len(), column.number(0)),
        Column::Real(values) => samples.extend(elements.iter().map(|&element| values[element as usize])),
        column => samples.extend(elements.iter().map(|&element| column.number(element as usize))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Tick;
    use crate::kernel::Moment;
    use crate::population::Group;
    use crate::state::State;

    fn at(step: i64) -> Moment {
        Moment { step, t: step as f64 * 1e-4 }
    }

    const GROUP: Group = Group { population: PopulationId(0), offset: 2, size: 4 };

    fn machine(columns: Vec<Column>) -> Machine {
        Machine::new(State::new(columns), Default::default())
    }

    #[test]
    fn spikes_are_those_of_the_group_and_values_those_of_their_neurons() {
        let columns =
            vec![Column::Real((0..7).map(f64::from).collect()), Column::Integer(vec![9]), Column::Long(vec![5; 7])];
        let mut machine = machine(columns);
        let record = SpikeRecord::new(GROUP)
            .with(Values::Column(ColumnId(0)))
            .with(Values::Column(ColumnId(1)))
            .with(Values::Times(ColumnId(2), 0.5));
        let mut monitor = SpikeMonitor::new(record, 1e-4, None);
        for (step, spikes) in [(3, &[0, 2, 5, 6][..]), (4, &[1, 6]), (9, &[3])] {
            monitor.record(at(step), spikes, &mut machine);
        }
        assert_eq!(monitor.spikes().collect::<Vec<_>>(), [(Tick(3), 0), (Tick(3), 3), (Tick(9), 1)]);
        assert_eq!(monitor.len(), 3);
        assert_eq!([0, 1, 2].map(|place| monitor.noted(place)), [[2.0, 5.0, 3.0], [9.0; 3], [2.5; 3]]);
    }

    #[test]
    fn rates_count_whole_bins_from_tick_0() {
        let mut each = RateMonitor::new(GROUP, 1, 1e-4, None);
        let mut bins = RateMonitor::new(GROUP, 3, 1e-4, None);
        for step in 1..9 {
            each.record(at(step), &[2, 3]);
            bins.record(at(step), &[2, 3]);
        }
        assert_eq!(each.counts().collect::<Vec<_>>(), (1..9).map(|tick| (Tick(tick), 2)).collect::<Vec<_>>());
        assert_eq!(bins.counts().collect::<Vec<_>>(), [(Tick(3), 6), (Tick(6), 6)]);
        let rates: Vec<f64> = bins.rates().map(|(_, rate)| rate).collect();
        assert!(rates.iter().all(|rate| (rate - 5000.0).abs() < 1e-9), "{rates:?}");
    }

    #[test]
    fn values_are_sampled_from_every_type_of_column() {
        let columns = [
            (Column::Real(vec![0.5, 1.5, 2.5, 3.5]), [1.5, 2.5, 3.5, 0.5]),
            (Column::Single(vec![0.5, 1.5, 2.5, 3.5]), [1.5, 2.5, 3.5, 0.5]),
            (Column::Integer(vec![5, -6, 7, 8]), [-6.0, 7.0, 8.0, 5.0]),
            (Column::Long(vec![1 << 40, -2, 3, 4]), [-2.0, 3.0, 4.0, 1_099_511_627_776.0]),
            (Column::Boolean(vec![0, 1, 0, 1]), [1.0, 0.0, 1.0, 0.0]),
        ];
        for (column, values) in columns {
            let mut machine = machine(vec![column]);
            let mut range = ValueMonitor::new(Values::Column(ColumnId(0)), vec![1, 2, 3], 2, 1e-4);
            let mut list = ValueMonitor::new(Values::Column(ColumnId(0)), vec![1, 2, 3, 0], 2, 1e-4);
            let mut times = ValueMonitor::new(Values::Times(ColumnId(0), 1e-4), vec![3], 2, 1e-4);
            for step in 0..4 {
                for monitor in [&mut range, &mut list, &mut times] {
                    monitor.sample(step, &[], &mut machine, at(step).into());
                }
            }
            assert_eq!(range.ticks(), [Tick(0), Tick(2)]);
            assert_eq!(range.samples(), [&values[..3], &values[..3]].concat());
            assert_eq!(list.samples(), [values, values].concat());
            assert_eq!(list.trace(3).collect::<Vec<_>>(), [values[3]; 2]);
            assert_eq!(times.samples(), [values[2] * 1e-4; 2]);
        }
    }
}
