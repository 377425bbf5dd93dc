//! Is there memory for the neurons of a plan? In: a plan. Out: a diagnostic of its largest population where there is not.
//!
//! Asked before anything is made, since a column that cannot be had ends the program, and one that can be had but not filled lets
//! the system end it. What runs make beside columns is not counted: who passes may still be too large.

use super::super::codes;
use super::super::programs::element_type;
use crate::ir::network::{Object, PopulationId};
use crate::ir::plan::Plan;
use crate::units::grouped;
use grammar::Diagnostic;

/// Less than this is not asked for [bytes].
const SMALL: u64 = 1 << 28;

/// Says so where the columns of all neurons are more than can be had.
pub(super) fn missing(plan: &Plan) -> Option<Diagnostic> {
    let sizes = (0..).zip(&plan.populations).map(|(number, population)| {
        let owner = Object::Population(PopulationId(number));
        let own = plan.columns.iter().filter(|column| column.owner == owner && !column.shared);
        let bytes: u64 = own.map(|column| element_type(column.kind).width() as u64).sum();
        (population, bytes * u64::from(population.size))
    });
    let sizes: Vec<_> = sizes.collect();
    let all: u64 = sizes.iter().map(|(_, bytes)| bytes).sum();
    let (largest, _) = sizes.into_iter().max_by_key(|(_, bytes)| *bytes)?;
    let free = available();
    let is_free = free.is_none_or(|free| all <= free);
    let may_be_had = || usize::try_from(all).is_ok_and(|all| Vec::<u8>::new().try_reserve_exact(all).is_ok());
    if all <= SMALL || is_free && may_be_had() {
        return None;
    }
    let (name, size) = (&largest.name, grouped(u64::from(largest.size)));
    let message = format!("there is no memory for the {size} neurons of `{name}`");
    let label = match free.filter(|_| !is_free) {
        Some(free) => format!("the variables of all neurons take {}, and {} are free", gigabytes(all), gigabytes(free)),
        None => format!("the variables of all neurons take {}, which the system does not give", gigabytes(all)),
    };
    let told = Diagnostic::error(codes::TOO_MANY_NEURONS, largest.span, message)
        .label(label)
        .help("take fewer neurons; `--precision f32` keeps their variables in half the memory");
    Some(told)
}

fn gigabytes(bytes: u64) -> String {
    format!("{:.1} GB", bytes as f64 / 1e9)
}

/// Memory that can be had without taking it from others [bytes], where the system tells (`proc_meminfo(5)`).
fn available() -> Option<u64> {
    let told = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = told.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}
