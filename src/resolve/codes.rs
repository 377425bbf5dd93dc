//! The table of what can be wrong with a model's meaning.
//!
//! `E02…` names, `E03…` units and types, `E04…` equations and blocks, `E05…` connections, `E06…` values, `E07…` what a later
//! version will understand, `E08…` files and arrays, `W…` warnings. A number is never reused. Every row has a case in `tests/codes.rs`.

grammar::codes! {
    pub(super) row, pub table;

    UNKNOWN_NAME = "E0201" "unknown name";
    DEFINED_TWICE = "E0202" "defined twice";
    RESERVED_NAME = "E0203" "reserved name";
    CIRCULAR = "E0204" "defined by itself";
    NOT_A_VALUE = "E0205" "not a value";
    NOT_HERE = "E0206" "name without meaning here";
    UNKNOWN_OBJECT = "E0207" "unknown population or synapses";
    NAME_OF_NEURON = "E0208" "name taken by a neuron's variable";
    UNKNOWN_MODEL = "E0209" "unknown model";

    UNITS_DIFFER = "E0301" "units differ";
    WRONG_UNIT = "E0302" "wrong unit";
    EXPONENT = "E0303" "exponent not known";
    WRONG_TYPE = "E0304" "wrong type";
    NOT_AN_INTEGER = "E0305" "integer needed";
    ARGUMENTS = "E0306" "wrong arguments";
    UNIT_SLOT = "E0307" "not a unit for a variable";
    UNKNOWN_FUNCTION = "E0308" "unknown function";
    FUNCTION_SIZE = "E0309" "function too large";

    WRONG_FLAG = "E0401" "wrong flag";
    MISPLACED = "E0402" "statement in the wrong block";
    GIVEN_TWICE = "E0403" "statement given twice";
    MISSING = "E0404" "statement missing";
    NOT_ASSIGNABLE = "E0405" "not assignable";
    NO_THRESHOLD = "E0406" "no threshold";
    UNKNOWN_METHOD = "E0407" "unknown method";
    RANDOM = "E0408" "random number where none can be drawn";
    NOT_SHARED = "E0409" "not one value for all";
    EVENT_DRIVEN = "E0410" "event-driven and clock-driven mixed";
    EQUATION_TYPE = "E0411" "equation of a wrong type";
    UNKNOWN_PATHWAY = "E0412" "unknown pathway";
    EMPTY = "E0413" "nothing to simulate";
    NOISE = "E0414" "noise out of place";
    SLOT = "E0415" "unknown slot";
    NO_TURN = "E0416" "nothing that has a turn";
    SUMMED = "E0421" "sum that cannot be made";
    OTHER_GROUP = "E0422" "another group's variable";
    LINK = "E0424" "not a link";

    NO_CONNECTION = "E0501" "nothing connects";
    CONNECT_PARTS = "E0502" "parts of a connection that do not fit";
    CONNECT_OPTION = "E0503" "unknown part of a connection";
    PROBABILITY = "E0504" "not a probability";
    PAIR_OUTSIDE = "E0505" "pair outside its groups";
    LIST_LENGTHS = "E0506" "lists of different lengths";
    TOO_MANY_SYNAPSES = "E0507" "too many synapses";
    GENERATOR = "E0508" "not a range";
    COUNT = "E0509" "not a number of synapses";

    SIZE = "E0601" "not a size";
    OUTSIDE_GROUP = "E0602" "index outside its group";
    TIME_VALUE = "E0603" "not a usable time";
    SPIKE_LIST = "E0604" "not a list of spikes";
    INTEGER_RANGE = "E0605" "number out of range";
    NOT_A_NUMBER = "E0606" "not a number";
    NOT_A_PLACE = "E0607" "nothing to record or set";
    RECORDED_TWICE = "E0608" "recorded twice";
    SEED = "E0609" "not a seed";
    RATE_VALUE = "E0610" "not a rate";
    TOO_EARLY = "E0611" "recorded before it happens";
    NEVER_STORED = "E0612" "nothing stored under this name";
    SWEEP = "E0613" "sweep that cannot be made";
    AXIS = "E0614" "not something to vary";
    MEASURE = "E0615" "nothing to measure";

    LATER = "E0701" "not in this version";

    FILE = "E0801" "file not readable";
    FILE_CONTENT = "E0802" "file of other content";
    SHAPE = "E0803" "array of another shape";
    RANGE = "E0804" "not a range of values";

    SHADOWED = "W0201" "constant hidden by a name of the block";
    NO_EFFECT = "W0401" "flag without effect";
    UNUSED_LOCAL = "W0402" "local value never used";
    ORDER_OF_SYNAPSES = "W0403" "result that depends on the order of synapses";
    RATE_OF_STEPS = "W0601" "more spikes asked for than there are time steps";
    PAST_SPIKES = "W0602" "spikes of the past";
    SHORT_DELAY = "W0603" "delay shorter than a time step";
    UNUSED_AXIS = "W0604" "axis of a constant that nothing uses";
    TWO_SYNAPSES = "W0605" "synapses by their numbers, not by their neurons";
    RECORDED_LATE = "W0606" "recorded from the start, not from here";
}
