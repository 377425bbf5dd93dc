//! Rules that connect: with their kernels, and what is wrong with them in the words of the user.
//!
//! In: a `connect` of the plan. Out: the runtime's rule; a warning where a condition is asked of very many pairs, and a diagnostic
//! for a rule that turned out not to be met.

use crate::ir::expr::Site;
use crate::ir::network::{Each, Rule};
use crate::ir::plan::{Chance, ConnectPlan, ProgramId};
use crate::ir::steps::{Access, Op};
use crate::simulation::free::written;
use crate::simulation::programs::Programs;
use crate::simulation::{codes, ends};
use crate::units::grouped;
use grammar::{Diagnostic, Span};
use runtime::connect::{self, Fault, Outer, Room};

/// Conditions asked of more pairs than this are worth a warning: at about 5 ns a pair they take seconds.
const MANY_PAIRS: u64 = 1_000_000_000;

/// Conditions that will be asked of very many pairs.
pub(in crate::simulation) fn warnings(programs: Programs<'_>) -> Vec<Diagnostic> {
    let plan = programs.plan();
    let mut warnings = Vec::new();
    for projection in &plan.projections {
        // Of synapses that are connected it is not known how many there are.
        let Some(ends) = ends::known(plan, projection) else { continue };
        for connect in &projection.connects {
            let pairs = connect::pairs_to_examine(&rule(programs, connect), &ends);
            if pairs > MANY_PAIRS {
                let message = format!("this condition is asked of {:.1} thousand million pairs", pairs as f64 / 1e9);
                warnings.push(
                    Diagnostic::warning(codes::MANY_PAIRS, connect.span, message)
                        .label(format!("about {:.0} s on one core", pairs as f64 * 5e-9))
                        .help("a condition such as `abs(i - j) < 10`, a formula `j = …` or `p = …` looks at the pairs it makes only"),
                );
            }
        }
    }
    warnings
}

/// A rule with the kernels that it asks.
pub(super) fn rule(programs: Programs<'_>, plan: &ConnectPlan) -> connect::Rule {
    let kernel = |id: ProgramId| programs.kernel(id);
    let kernels = |ids: &[ProgramId]| ids.iter().map(|&id| kernel(id)).collect::<Vec<_>>();
    let p = match plan.p {
        Chance::Always => connect::Chance::Always,
        Chance::Constant(p) => connect::Chance::Constant(p),
        Chance::PerSource(id) => connect::Chance::PerSource(kernel(id)),
        Chance::PerPair(id) => connect::Chance::PerPair(kernel(id)),
    };
    let n = plan.n.map(kernel);
    let condition = plan.condition.map(kernel);
    match &plan.rule {
        Rule::Condition { .. } => {
            let candidates = connect::Candidates {
                low: kernels(&plan.candidates.low),
                high: kernels(&plan.candidates.high),
                except: kernels(&plan.candidates.except),
            };
            connect::Rule::Condition { candidates, condition, p, n }
        }
        Rule::Pairs { pairs, .. } => connect::Rule::Pairs { pairs: pairs.clone(), p, n },
        Rule::Generator { outer, each, skip_if_invalid, .. } => {
            let outer = if *outer == Site::Pre { Outer::Source } else { Outer::Target };
            connect::Rule::Generator(connect::Generator {
                outer,
                value: kernel(plan.value.expect("a generator's plan has a value")),
                each: each.as_ref().map(|each| self::each(programs, plan, each)),
                condition_reads_partner: condition_reads_partner(programs, plan, outer),
                condition,
                skip_if_invalid: *skip_if_invalid,
                p,
                n,
            })
        }
        &Rule::FixedIndegree { count, autapses } => connect::Rule::FixedIndegree { count, autapses },
        &Rule::FixedOutdegree { count, autapses } => connect::Rule::FixedOutdegree { count, autapses },
        &Rule::FixedTotal { count, autapses } => connect::Rule::FixedTotal { count, autapses },
    }
}

fn each(programs: Programs<'_>, plan: &ConnectPlan, each: &Each) -> connect::Each {
    let [start, stop, step, taken] = plan.each.expect("a loop's plan has its programs");
    let kernel = |id: Option<ProgramId>| id.map(|id| programs.kernel(id));
    let some = |id: Option<ProgramId>| programs.kernel(id.expect("a loop has an end, and a sample says of how many"));
    let taken = match each {
        Each::Range { .. } => connect::Taken::All,
        Each::SampleProbability { .. } => connect::Taken::Probability(some(taken)),
        Each::SampleSize { .. } => connect::Taken::Size(some(taken)),
    };
    let draws =
        |id: &ProgramId| programs.plan().programs[id.0 as usize].ops.iter().any(|op| matches!(op, Op::Random(..)));
    let random = plan.each.iter().flatten().flatten().any(draws);
    connect::Each { start: kernel(start), stop: some(stop), step: kernel(step), taken, random }
}

fn condition_reads_partner(programs: Programs<'_>, plan: &ConnectPlan, outer: Outer) -> bool {
    let Some(condition) = plan.condition else { return false };
    let program = &programs.plan().programs[condition.0 as usize];
    let (index, access) = match outer {
        Outer::Source => (Op::Post, Access::Post),
        Outer::Target => (Op::Pre, Access::Pre),
    };
    program.ops.contains(&index) || program.slots.iter().any(|slot| slot.access == access)
}

/// A rule that cannot be met, in the user's words.
pub(super) fn told(fault: &Fault, span: Span, room: Room) -> Diagnostic {
    let side = |outer: Outer| if outer == Outer::Source { "source" } else { "target" };
    match fault {
        Fault::TooMany { synapses, limit } => {
            let message = format!("about {synapses:.0} synapses are more than the {limit} that a projection can have");
            Diagnostic::error(codes::TOO_MANY_SYNAPSES, span, message).help(
                "connect fewer pairs, as with a smaller probability or over a shorter range, or split the projection",
            )
        }
        Fault::NoMemory { synapses, bytes } => {
            let left = if *bytes > room.bytes as f64 {
                format!("and the machine has {} for them", written(room.bytes))
            } else {
                "which the system does not give".to_owned()
            };
            let (all, bytes) = (grouped(*synapses as u64), written(*bytes as u64));
            let message = format!("there is no memory for about {all} synapses: they take {bytes}, {left}");
            let label = match room.beside {
                0 => "the target of each".to_owned(),
                beside => format!("{beside} bytes of variables for each, and its target"),
            };
            Diagnostic::error(codes::TOO_MANY_SYNAPSES, span, message)
                .label(label)
                .help("connect fewer pairs, as with a smaller probability or over a shorter range")
        }
        Fault::OutOfGroup { outer, neuron, value, size } => {
            let message =
                format!("{} neuron {neuron} is connected to neuron {value} of a group of {size}", side(*outer));
            Diagnostic::error(codes::OUT_OF_GROUP, span, message)
                .help("add `skip_if_invalid` to leave out neurons that are not there")
        }
        Fault::PairOutOfGroup { position, neuron, size, .. } => {
            let message = format!("pair {position} names neuron {neuron} of a group of {size}");
            Diagnostic::error(codes::OUT_OF_GROUP, span, message)
                .help("indices count from 0 and are relative to the group")
        }
        Fault::ZeroStep { outer, neuron } => {
            let message = format!("the range of {} neuron {neuron} has step 0", side(*outer));
            Diagnostic::error(codes::ZERO_STEP, span, message).help("a step is 1 or more, or -1 or less")
        }
        Fault::SampleSize { outer, neuron, wanted, available } => {
            let message = format!("{} neuron {neuron} draws {wanted} of {available} values", side(*outer));
            Diagnostic::error(codes::TOO_FEW_PARTNERS, span, message)
                .help("ask for fewer, or add `skip_if_invalid` to take as many as there are")
        }
        Fault::TooFewPartners { outer, neuron, wanted, available } => {
            let message = format!("{} neuron {neuron} has {available} possible partners, not {wanted}", side(*outer));
            Diagnostic::error(codes::TOO_FEW_PARTNERS, span, message).help("ask for fewer, or allow autapses")
        }
        Fault::NoPair { wanted } => {
            let message = format!("{wanted} synapses are asked for, but there is no pair to connect");
            Diagnostic::error(codes::TOO_FEW_PARTNERS, span, message).help("allow autapses")
        }
    }
}
