//! Which points of a sweep share code: those whose programs differ in literals alone are compiled once.
//!
//! In: the plans of points, one after the other. Out: a number for each group of them; for a group, plans in which the
//! literals that differ between its points are read from shared columns, which hold what stood there. Such a column is
//! uniform and written by nobody, so that a program does with it what it does with a literal, to the bit.

use crate::error::Error;
use crate::ir::network::{Object, PopulationId};
use crate::ir::plan::{ColumnPlan, Plan};
use crate::ir::steps::{Access, Kind, Op, Program, Slot, SlotId, ValueId};
use crate::ir::verify::verify;
use crate::units::Dimension;
use std::collections::HashMap;

/// What plans of one group have in common: programs without their literals, and how many columns there are.
#[derive(PartialEq, Eq, Hash)]
struct Skeleton {
    programs: Vec<Program>,
    columns: usize,
}

/// A plan without its literals, and these in order.
pub(super) struct Parts {
    skeleton: Skeleton,
    literals: Vec<(Place, Op)>,
}

/// A literal: its program, and its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Place {
    program: usize,
    op: usize,
}

/// Points that share code.
struct Group {
    /// Literals of its first point.
    first: Vec<(Place, Op)>,
    /// Of every other one, those that differ: point, number of the literal, what stands there.
    others: Vec<(usize, usize, Op)>,
    /// How many points it has, the first included.
    points: usize,
}

/// The groups of the points seen so far.
#[derive(Default)]
pub(super) struct Groups {
    numbers: HashMap<Skeleton, usize>,
    groups: Vec<Group>,
}

impl Groups {
    /// The group of a point, which is put among its points.
    pub(super) fn put(&mut self, Parts { skeleton, literals }: Parts) -> usize {
        let groups = &mut self.groups;
        let number = *self.numbers.entry(skeleton).or_insert_with(|| {
            groups.push(Group { first: Vec::new(), others: Vec::new(), points: 0 });
            groups.len() - 1
        });
        let group = &mut groups[number];
        if group.points == 0 {
            group.first = literals;
        } else {
            let numbered = group.first.iter().zip(&literals).enumerate();
            let differing = numbered.filter(|(_, ((_, first), (_, op)))| first != op);
            group.others.extend(differing.map(|(number, (_, (_, op)))| (group.points, number, *op)));
        }
        group.points += 1;
        number
    }

    /// What differs between the points of each group.
    pub(super) fn varied(self) -> Vec<Varied> {
        self.groups.into_iter().map(Group::varied).collect()
    }
}

impl Group {
    /// Literals that are alike at all points have one column.
    fn varied(self) -> Varied {
        let mut at_points: HashMap<usize, Vec<(usize, Op)>> = HashMap::new();
        for (point, number, op) in self.others {
            at_points.entry(number).or_default().push((point, op));
        }
        let mut numbers: Vec<usize> = at_points.keys().copied().collect();
        numbers.sort_unstable();
        let (mut columns, mut seen) = (0, HashMap::new());
        let mut literals = Vec::with_capacity(numbers.len());
        for number in numbers {
            let (place, first) = self.first[number];
            let column = *seen.entry((first, &at_points[&number])).or_insert_with(|| {
                columns += 1;
                columns - 1
            });
            literals.push((place, column));
        }
        Varied { literals, columns }
    }
}

/// The literals that differ between the points of a group, each with the number of the column that it is read from.
#[derive(Debug)]
pub(super) struct Varied {
    literals: Vec<(Place, usize)>,
    columns: usize,
}

impl Varied {
    /// The plan of one of the points with these literals in columns, which come after its own.
    ///
    /// # Errors
    /// `Error::Defect` where the program that comes out is none.
    pub(super) fn in_columns(&self, plan: Plan) -> Result<Plan, Error> {
        let before = plan.columns.len();
        let mut columns: Vec<Option<ColumnPlan>> = vec![None; self.columns];
        for (place, column) in &self.literals {
            let (kind, fill) = entry(plan.programs[place.program].ops[place.op]);
            columns[*column] = Some(ColumnPlan {
                name: format!("_swept{column}"),
                owner: Object::Population(PopulationId(0)),
                shared: true,
                kind,
                fill,
                dimension: Dimension::ONE,
                ticks: false,
                from_neurons: None,
            });
        }
        let mut programs = plan.programs;
        for of_program in self.literals.chunk_by(|(a, _), (b, _)| a.program == b.program) {
            let number = of_program[0].0.program;
            let read = read_from_columns(&programs[number], of_program, before as u32);
            programs[number] = verify(read).map_err(|error| Error::Defect(error.to_string()))?;
        }
        let columns = plan.columns.into_iter().chain(columns.into_iter().flatten()).collect();
        Ok(Plan { columns, programs, ..plan })
    }
}

impl Parts {
    /// Of a plan.
    pub(super) fn of(plan: &Plan) -> Self {
        let mut literals = Vec::new();
        let mut programs: Vec<Program> = plan.programs.iter().map(|program| Program::clone(program)).collect();
        for (program, made) in programs.iter_mut().enumerate() {
            for (op, literal) in made.ops.iter_mut().enumerate() {
                if let Some(blank) = blank(*literal) {
                    literals.push((Place { program, op }, std::mem::replace(literal, blank)));
                }
            }
        }
        Self { skeleton: Skeleton { programs, columns: plan.columns.len() }, literals }
    }
}

/// What stands for all literals of its kind; none where it is no literal, or one that no column can be filled with.
fn blank(op: Op) -> Option<Op> {
    match op {
        Op::Real(_) => Some(Op::Real(0)),
        Op::Single(_) => Some(Op::Single(0)),
        Op::Integer(_) => Some(Op::Integer(0)),
        Op::Long(value) if value.unsigned_abs() <= 1 << f64::MANTISSA_DIGITS => Some(Op::Long(0)),
        Op::Boolean(_) => Some(Op::Boolean(false)),
        _ => None,
    }
}

/// The column that holds a literal: what its entries are, and this one. Shared values are reals where the state is in singles too.
fn entry(literal: Op) -> (Kind, f64) {
    match literal {
        Op::Single(bits) => (Kind::Real, f32::from_bits(bits).into()),
        Op::Integer(value) => (Kind::Integer, value.into()),
        Op::Long(value) => (Kind::Long, value as f64),
        Op::Boolean(value) => (Kind::Boolean, f64::from(u8::from(value))),
        Op::Real(bits) => (Kind::Real, f64::from_bits(bits)),
        other => unreachable!("{other:?} is no literal"),
    }
}

/// The program that reads these literals from columns, of which the first has the number `first`: all before anything else, since
/// no load stands after a store.
fn read_from_columns(program: &Program, literals: &[(Place, usize)], first: u32) -> Program {
    let (mut slots, mut ops) = (program.slots.clone(), Vec::with_capacity(program.ops.len() + literals.len()));
    let mut new: Vec<Option<ValueId>> = vec![None; program.ops.len()];
    let mut loaded: HashMap<usize, ValueId> = HashMap::new();
    for (Place { op, .. }, column) in literals {
        let literal = program.ops[*op];
        let value = *loaded.entry(*column).or_insert_with(|| {
            let slot = SlotId(slots.len() as u32);
            slots.push(Slot { column: first + *column as u32, kind: entry(literal).0, access: Access::Shared });
            ops.push(Op::Load(slot));
            if matches!(literal, Op::Single(_)) {
                ops.push(Op::ToSingle(ValueId(ops.len() as u32 - 1)));
            }
            ValueId(ops.len() as u32 - 1)
        });
        new[*op] = Some(value);
    }
    let mut prelude = ops.len();
    for (at, op) in program.ops.iter().enumerate() {
        if new[at].is_some() {
            continue;
        }
        prelude += usize::from(at < program.prelude);
        ops.push(op.map(|operand| new[operand.0 as usize].expect("operands stand before")));
        new[at] = Some(ValueId(ops.len() as u32 - 1));
    }
    Program { slots, ops, prelude, ..program.clone() }
}

#[cfg(test)]
mod tests {
    use super::{Groups, Parts, Varied};
    use crate::ir::plan::Plan;
    use crate::simulation::front::{self, Timings};
    use crate::simulation::options::Options;

    const MODEL: &str = "
        tau = 10*ms
        other = 5*ms
        n = 3
        neurons P[4] {
            dv/dt = (1.2 - v)/tau : 1 (unless refractory)
            du/dt = -u/other : 1
            threshold  v > 1
            reset      { v = 0; u += n }
            refractory tau/5
            init       v = i/(4*n)
        }
    ";

    fn plan(set: &[(&str, &str)]) -> Plan {
        let options = set.iter().fold(Options::new(), |options, (name, value)| options.set(name, value));
        let timings = &mut Timings::new();
        front::plan(&front::read("m", MODEL, &options, timings), &options, timings).expect("a model").plan
    }

    fn grouped(plans: &[Plan]) -> (Vec<usize>, Vec<Varied>) {
        let mut groups = Groups::default();
        let numbers = plans.iter().map(|plan| groups.put(Parts::of(plan))).collect();
        (numbers, groups.varied())
    }

    #[test]
    fn points_that_differ_in_numbers_have_the_same_programs() {
        let plans: Vec<Plan> = ["10*ms", "11*ms", "12.5*ms"].iter().map(|tau| plan(&[("tau", tau)])).collect();
        let (numbers, varied) = grouped(&plans);
        assert_eq!(numbers, [0, 0, 0]);
        let own = plans[0].columns.len();
        let shared: Vec<Plan> = plans.iter().map(|plan| varied[0].in_columns(plan.clone()).expect("sound")).collect();
        assert!(plans[0].programs != plans[1].programs);
        assert_eq!(shared[0].programs, shared[1].programs);
        assert_eq!(shared[0].programs, shared[2].programs);
        // exp(-dt/tau) and what it leaves, and the refractory time in seconds or ticks: each once.
        let fills = |plan: &Plan| plan.columns[own..].iter().map(|column| column.fill).collect::<Vec<f64>>();
        let decay = |tau: f64| (-1e-4 / tau).exp();
        for (plan, tau) in shared.iter().zip([10e-3, 11e-3, 12.5e-3]) {
            assert!((1..=4).contains(&fills(plan).len()), "{:?}", fills(plan));
            assert!(fills(plan).contains(&decay(tau)), "{:?} without {}", fills(plan), decay(tau));
        }
    }

    #[test]
    fn what_is_alike_at_all_points_stays_in_the_programs() {
        let plans = [plan(&[]), plan(&[])];
        let (numbers, varied) = grouped(&plans);
        assert_eq!((numbers, varied[0].columns), (vec![0, 0], 0));
        assert_eq!(varied[0].in_columns(plans[0].clone()).expect("sound").programs, plans[0].programs);
    }

    #[test]
    fn points_whose_programs_differ_otherwise_are_apart() {
        // With one time constant for both equations there is one decay where there were two.
        let plans = [plan(&[]), plan(&[("tau", "5*ms")]), plan(&[("tau", "20*ms")])];
        assert_eq!(grouped(&plans).0, [0, 1, 0]);
    }

    #[test]
    fn integers_and_booleans_can_differ() {
        let plans = [plan(&[]), plan(&[("n", "2")]), plan(&[("n", "7")])];
        let (numbers, varied) = grouped(&plans);
        assert_eq!(numbers, [0, 0, 0]);
        assert!(varied[0].columns > 0);
    }
}
