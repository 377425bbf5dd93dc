//! The diagnostics of the passes: what can be known to be wrong only once equations are integrated.

grammar::codes! {
    pub row, pub table;

    /// An integrator cannot do the equations it is named for.
    METHOD = "E0450" "integrator cannot solve the equations";
    /// Event-driven equations have no closed solution.
    EVENT_DRIVEN = "E0451" "event-driven equations are not linear";
    /// Noise that is not added, times a factor.
    NOISE = "E0452" "noise that is not added";
    /// A time step above the shortest time constant.
    LONG_STEP = "W0450" "time step longer than a time constant";
    /// A threshold that the text's own equations never reach.
    NEVER_REACHED = "W0451" "threshold that cannot be reached";
    /// Random numbers that nobody looks at.
    UNUSED_DRAW = "W0452" "random numbers that nothing reads";
    /// A sine of which steps see another.
    FOLDED_WAVE = "W0453" "wave too fast for the time step";
    /// Something that is brought up to date by spikes alone is looked at between them.
    STALE = "W0454" "event-driven variable looked at";
    /// A threshold that holds for what variables begin with.
    ABOVE_AT_FIRST = "W0455" "threshold that holds from the beginning";
    /// A threshold that holds for what a reset leaves.
    ABOVE_AFTER_RESET = "W0456" "reset above the threshold";
    /// Neurons that spike in every step in which their threshold holds.
    NO_RESET = "W0457" "threshold without a reset";
    /// A time that counts in whole steps as another.
    COUNTED_IN_STEPS = "W0458" "time that is no whole number of steps";
    /// Values that neurons get after synapses have looked at them.
    SET_LATE = "W0459" "values set after synapses have looked at them";
}
