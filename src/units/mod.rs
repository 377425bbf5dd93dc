//! Units and dimensions: what numbers in a model are measured in.

mod dimension;

pub use dimension::Dimension;
