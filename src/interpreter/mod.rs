//! Runs step programs, safe and obvious: the oracle, and the fall-back where no code can be made.
