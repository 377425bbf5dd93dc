//! Diagnostics of building and of files: what shows only when a network is connected or a file is read.

use grammar::Code;

/// A projection with more synapses than can be numbered.
pub(super) const TOO_MANY_SYNAPSES: Code = Code { id: "E0590", title: "too many synapses" };
/// A rule gives a neuron that is not there.
pub(super) const OUT_OF_GROUP: Code = Code { id: "E0591", title: "a connection outside the group" };
/// A range that does not move.
pub(super) const ZERO_STEP: Code = Code { id: "E0592", title: "a range with step 0" };
/// Fewer partners than a rule asks for.
pub(super) const TOO_FEW_PARTNERS: Code = Code { id: "E0593", title: "too few partners" };
/// A delay that is negative, no number, or absurd.
pub(super) const DELAY: Code = Code { id: "E0594", title: "a delay out of range" };
/// Listed spikes that cannot be.
pub(super) const SPIKES: Code = Code { id: "E0595", title: "spikes that cannot be" };
/// An element to record that is not there.
pub(super) const ELEMENT: Code = Code { id: "E0597", title: "an index outside its group" };
/// More or fewer values than there are elements.
pub(super) const LENGTH: Code = Code { id: "E0598", title: "a list of another length" };
/// A file that cannot be read.
pub(super) const NOT_READ: Code = Code { id: "E0690", title: "a file that cannot be read" };
/// Files that use each other.
pub(super) const USE_RING: Code = Code { id: "E0691", title: "files that use each other" };
/// Something of an experiment in a file of models.
pub(super) const USED_EXPERIMENT: Code = Code { id: "E0692", title: "an experiment in a used file" };
/// A function of the program's whose signature does not say what it gives.
pub(super) const SIGNATURE: Code = Code { id: "E0693", title: "a signature without a value" };
/// A connect that looks at very many pairs.
pub(super) const MANY_PAIRS: Code = Code { id: "W0590", title: "a condition asked of very many pairs" };
