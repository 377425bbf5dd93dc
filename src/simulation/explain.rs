//! Which integrator each group of equations got, and why.

use crate::ir::network::Method;
use crate::ir::plan::Choice;

/// The integrators of a model with their reasons; `Display` gives the text that `rheobase explain` prints.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    choices: Vec<Choice>,
}

impl Explanation {
    pub(super) fn new(choices: &[Choice]) -> Self {
        Self { choices: choices.to_vec() }
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

impl std::fmt::Display for Explanation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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
