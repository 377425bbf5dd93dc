//! Is there memory for what a plan says? In: a plan, and what the machine has. Out: a diagnostic of its largest population
//! where neurons are too many, and how many bytes the synapses of a projection may take.
//!
//! Asked before anything is made, since a column that cannot be had ends the program, and one that can be had but not filled lets
//! the system end it. What others use of the machine now is not looked at, since they may give it back. What runs make beside
//! columns is not counted: who passes may still be too large.

use super::super::codes;
use super::super::free::written;
use super::super::programs::element_type;
use crate::ir::network::{Object, PopulationId, ProjectionId, Rule};
use crate::ir::plan::{ColumnPlan, Plan, ProjectionPlan};
use crate::ir::steps::Kind;
use crate::units::grouped;
use grammar::Diagnostic;
use runtime::connect::{Ends, Room};

/// Less than this is not asked for [bytes].
pub(in crate::simulation) const SMALL: u64 = 1 << 28;

/// Memory for a network that is built.
pub(super) struct Memory {
    /// Asks the system.
    ask: fn() -> Option<u64>,
    /// What it said, once it was asked, less what was taken since.
    left: Option<Option<u64>>,
}

impl Memory {
    pub(super) fn of(ask: fn() -> Option<u64>) -> Self {
        Self { ask, left: None }
    }

    /// What can be had beside what was taken, where that is known [bytes].
    fn left(&mut self) -> Option<u64> {
        *self.left.get_or_insert_with(self.ask)
    }

    /// So many bytes are taken, filled or not.
    pub(super) fn take(&mut self, bytes: u64) {
        if let Some(Some(left)) = &mut self.left {
            *left = left.saturating_sub(bytes);
        }
    }

    /// Says so where the columns of all neurons are more than can be had; else takes them.
    pub(super) fn missing(&mut self, plan: &Plan) -> Option<Diagnostic> {
        let own = |number: u32| {
            let owner = Object::Population(PopulationId(number));
            plan.columns.iter().filter(move |column| column.owner == owner && !column.shared)
        };
        let numbered = || (0..).zip(&plan.populations);
        let bytes_of = |size: u32, columns: &mut dyn Iterator<Item = &ColumnPlan>| width(columns) * u64::from(size);
        let sizes = numbered().map(|(number, population)| (population, bytes_of(population.size, &mut own(number))));
        let sizes: Vec<_> = sizes.collect();
        let all: u64 = sizes.iter().map(|(_, bytes)| bytes).sum();
        let (largest, _) = sizes.into_iter().max_by_key(|(_, bytes)| *bytes)?;
        if all <= SMALL {
            return None;
        }
        let has = self.left();
        let fits = has.is_none_or(|has| all <= has);
        if fits && usize::try_from(all).is_ok_and(|all| Vec::<u8>::new().try_reserve_exact(all).is_ok()) {
            self.take(all);
            return None;
        }
        let (name, size) = (&largest.name, grouped(u64::from(largest.size)));
        let left = match has.filter(|_| !fits) {
            Some(has) => format!("and the machine has {}", written(has)),
            None => "which the system does not give".to_owned(),
        };
        let message = format!("there is no memory for the {size} neurons of `{name}`");
        let label = format!("the variables of all neurons take {}, {left}", written(all));
        // Offered where it is enough, which it cannot be where it was done.
        let doubles: u64 = numbered()
            .map(|(number, population)| {
                bytes_of(population.size, &mut own(number).filter(|column| column.kind == Kind::Real))
            })
            .sum();
        let narrowed = plan.columns.iter().any(|column| column.kind == Kind::Single);
        let halved = !narrowed && has.is_some_and(|has| all - doubles / 2 <= has);
        let help = if halved {
            "take fewer neurons; `--precision f32` keeps their variables in half the memory"
        } else {
            "take fewer neurons"
        };
        Some(Diagnostic::error(codes::TOO_MANY_NEURONS, largest.span, message).label(label).help(help))
    }

    /// What the synapses of a projection may take. The system is not asked where as many as there can be are little.
    pub(super) fn room(&mut self, plan: &Plan, number: u32, projection: &ProjectionPlan, ends: &Ends) -> Room {
        let owner = Object::Projection(ProjectionId(number));
        let own = plan.columns.iter().filter(|column| column.owner == owner && !column.shared);
        let beside = width(&mut own.filter(|column| column.from_neurons.is_none()));
        let pairs = u64::from(ends.source.size) * u64::from(ends.target.size);
        let most = projection.connects.iter().map(|connect| match connect.rule {
            // Any number of them.
            _ if connect.n.is_some() => u64::MAX,
            Rule::FixedTotal { count, .. } => count,
            _ => pairs,
        });
        let most = most.fold(0, u64::saturating_add);
        let bytes = if most.saturating_mul(beside + LARGEST) <= SMALL { None } else { self.left() };
        Room { bytes: bytes.unwrap_or(u64::MAX), beside }
    }
}

/// Most bytes of a synapse beside its variables: source, target and place while it is put into a row.
const LARGEST: u64 = 16;

/// Bytes of an element.
fn width(columns: &mut dyn Iterator<Item = &ColumnPlan>) -> u64 {
    columns.map(|column| element_type(column.kind).width() as u64).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::{Model, Options, Precision};

    fn model(text: &str, precision: Precision) -> Model {
        let options = Options { precision, ..Options::default() };
        Model::from_source(text, &options).expect("a model")
    }

    fn told(neurons: u32, precision: Precision, ask: fn() -> Option<u64>) -> Option<Diagnostic> {
        let text = format!("neurons P[{neurons}] {{ dv/dt = -v/(10*ms) : 1; dw/dt = -w/(10*ms) : 1 }}");
        Memory::of(ask).missing(model(&text, precision).plan())
    }

    #[test]
    fn neurons_that_do_not_fit_are_told_with_a_mend_that_helps() {
        let half = || Some(1_000_000_000);
        assert_eq!(told(16_000_000, Precision::F64, || panic!("it is little")), None);
        assert_eq!(told(60_000_000, Precision::F64, half), None);
        let told_of = |neurons, precision| told(neurons, precision, half).expect("it does not fit");
        let first = told_of(100_000_000, Precision::F64);
        assert_eq!(first.primary.text, "the variables of all neurons take 1.6 GB, and the machine has 1.0 GB");
        assert_eq!(first.help, ["take fewer neurons; `--precision f32` keeps their variables in half the memory"]);
        // Half of it is too much as well; it is halved already.
        assert_eq!(told_of(200_000_000, Precision::F64).help, ["take fewer neurons"]);
        assert_eq!(told_of(150_000_000, Precision::F32).help, ["take fewer neurons"]);
        let huge = told(2_000_000_000, Precision::F64, || None);
        assert!(huge.is_none_or(|told| told.primary.text.ends_with("which the system does not give")));
    }

    #[test]
    fn synapses_have_what_neurons_and_others_have_left() {
        let text = "neurons P[10000] { v : 1 }
            neurons Q[30000000] { v : 1; w : 1 }
            synapses S: P -> P { w : 1; k : integer; connect all }
            synapses T: P -> P { connect p = 0.1 }";
        let model = model(text, Precision::F64);
        let plan = model.plan();
        let side = runtime::connect::Side { offset: 0, size: 10_000, population: 10_000 };
        let ends = Ends { source: side, target: side, same_population: true };
        let mut memory = Memory::of(|| Some(1_000_000_000));
        assert_eq!(memory.missing(plan), None);
        let left = memory.left().expect("it is told");
        assert!(left < 1_000_000_000 - 30_000_000 * 16, "{left}");
        assert_eq!(memory.room(plan, 0, &plan.projections[0], &ends), Room { bytes: left, beside: 12 });
        memory.take(100_000_000);
        let room = memory.room(plan, 1, &plan.projections[1], &ends);
        assert_eq!(room, Room { bytes: left - 100_000_000, beside: 0 });
        // Of few pairs nobody is asked.
        let few = Ends { source: runtime::connect::Side { size: 100, ..side }, ..ends };
        let mut memory = Memory::of(|| panic!("it is little"));
        assert_eq!(memory.room(plan, 1, &plan.projections[1], &few), Room::default());
    }
}
