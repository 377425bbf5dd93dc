//! Units and dimensions: what numbers in a model are measured in.
//!
//! `table` turns names into factors and dimensions, `dimension` computes with dimensions, `display` writes dimensions and
//! quantities in readable units. Pure: knows nothing of models, texts or files.

mod dimension;
mod display;
mod table;

pub use dimension::Dimension;
pub use display::{grouped, listed, number, quantities, quantity, time_in_text};
pub use table::{Unit, unit};

/// Short unit names, for suggestions.
pub fn short_names() -> impl Iterator<Item = &'static str> {
    table::SHORT.iter().map(|row| row.0)
}
