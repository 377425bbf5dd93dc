//! The public API: models, simulations, recordings.
