//! Which integrator each group of equations got, and why; and in what floats the state is held, where not as usual.

use super::options::Precision;
use crate::ir::network::{Method, Object};
use crate::ir::plan::{Choice, DelayPlan, Plan};
use crate::ir::steps::Kind;

/// The integrators of a model with their reasons; `Display` gives the text that `rheobase explain` prints.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    choices: Vec<Choice>,
    precision: Precision,
    times: Vec<String>,
}

impl Explanation {
    pub(super) fn new(plan: &Plan, precision: Precision) -> Self {
        let times = if precision == Precision::F32 { times(plan) } else { Vec::new() };
        Self { choices: plan.choices.clone(), precision, times }
    }

    /// In what floats the state of neurons and synapses is held.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// Where others are held in 32-bit floats: variables that are given points in time, `P.last`, and keep 64 bits.
    #[must_use]
    pub fn times(&self) -> &[String] {
        &self.times
    }

    /// One entry per group of equations, in the order of the model.
    #[must_use]
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// The integrator of a population or projection by name; for synapses with two kinds of equations, of the first.
    #[must_use]
    pub fn method(&self, name: &str) -> Option<Method> {
        self.choices.iter().find(|choice| choice.name == name).map(|choice| choice.method)
    }
}

/// What is left in reals of that which neurons and synapses have one by one, but for delays.
fn times(plan: &Plan) -> Vec<String> {
    let pathways = || plan.projections.iter().flat_map(|projection| &projection.pathways);
    let is_delay = |number: u32| {
        pathways().any(|pathway| matches!(pathway.delay, DelayPlan::PerSynapse { column, .. } if column == number))
    };
    let columns = (0..).zip(&plan.columns).filter(|&(number, column)| {
        let of_elements = !column.shared && matches!(column.owner, Object::Population(_) | Object::Projection(_));
        of_elements && column.kind == Kind::Real && !column.name.starts_with('_') && !is_delay(number)
    });
    columns.map(|(_, column)| format!("{}.{}", plan.name(column.owner), column.name)).collect()
}

impl std::fmt::Display for Explanation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.precision == Precision::F32 {
            writeln!(f, "The state is held in 32-bit floats; times, delays and what is shared in 64.")?;
        }
        for name in &self.times {
            writeln!(f, "    {name} is given points in time: 64 bits")?;
        }
        if self.choices.is_empty() {
            return writeln!(f, "There are no differential equations.");
        }
        for choice in &self.choices {
            let part = if choice.part == "state" { String::new() } else { format!(", {} equations", choice.part) };
            let why = if choice.named { "named in the model" } else { "the first that fits" };
            writeln!(f, "{}{part}: {} ({why})", choice.name, choice.method.name())?;
            for (method, reason) in &choice.refused {
                writeln!(f, "    not {}: {reason}", method.name())?;
            }
            for note in &choice.notes {
                writeln!(f, "    {note}")?;
            }
        }
        Ok(())
    }
}
