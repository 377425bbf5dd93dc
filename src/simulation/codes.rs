//! Diagnostics of building and of files: what shows only when a network is connected or a file is read.

grammar::codes! {
    pub(super) row, pub(crate) table;

    /// A projection with more synapses than can be numbered.
    TOO_MANY_SYNAPSES = "E0590" "too many synapses";
    /// A rule gives a neuron that is not there.
    OUT_OF_GROUP = "E0591" "a connection outside the group";
    /// A range that does not move.
    ZERO_STEP = "E0592" "a range with step 0";
    /// Fewer partners than a rule asks for.
    TOO_FEW_PARTNERS = "E0593" "too few partners";
    /// A delay that is negative, no number, or absurd.
    DELAY = "E0594" "a delay out of range";
    /// Listed spikes that cannot be.
    SPIKES = "E0595" "spikes that cannot be";
    /// An element to record that is not there.
    ELEMENT = "E0597" "an index outside its group";
    /// More or fewer values than there are elements.
    LENGTH = "E0598" "a list of another length";
    /// A file that cannot be read.
    NOT_READ = "E0690" "a file that cannot be read";
    /// Files that use each other.
    USE_RING = "E0691" "files that use each other";
    /// Something of an experiment in a file of models.
    USED_EXPERIMENT = "E0692" "an experiment in a used file";
    /// A function of the program's whose signature does not say what it gives.
    SIGNATURE = "E0693" "a signature without a value";
    /// Neurons whose variables are more than there is memory for.
    TOO_MANY_NEURONS = "E0694" "too many neurons";
    /// Recordings that will be more than there is room for.
    TOO_MUCH_RECORDED = "E0695" "more recorded than there is room for";
    /// A connect that looks at very many pairs.
    MANY_PAIRS = "W0590" "a condition asked of very many pairs";
    /// Recordings that will be more than is free on the disk, and less than it has.
    MUCH_RECORDED = "W0695" "more recorded than is free";
}
