//! Every diagnostic this crate can give: one row each, `E00…` for characters and words, `E01…` for their order.
//!
//! A row's identifier is never reused; `tests/diagnostics.rs` has a case for every row of [`ALL`].

crate::codes! {
    pub row, pub table;

    /// A character that no word of the language has.
    UNKNOWN_CHARACTER = "E0001" "unknown character";
    /// A `"` without its partner on the same line.
    UNCLOSED_TEXT = "E0002" "text without its closing quote";
    /// `10ms`
    NUMBER_AGAINST_NAME = "E0003" "number against a name";
    /// `1e999`
    NUMBER_TOO_LARGE = "E0004" "number beyond the range of a double";
    /// `^`, `&&` and other operators of other languages.
    FOREIGN_OPERATOR = "E0005" "operator of another language";
    /// Bytes that are no text.
    NOT_UTF8 = "E0006" "not UTF-8";
    /// A text of 4 GiB or more.
    TEXT_TOO_LONG = "E0007" "text too long";
    /// `'exact'` where a text stands.
    SINGLE_QUOTES = "E0008" "text in single quotes";
    /// `1e`, `1_000`, `1.2.3`
    MALFORMED_NUMBER = "E0009" "malformed number";

    /// A token where it cannot stand, with nothing more particular to say.
    UNEXPECTED = "E0101" "unexpected token";
    /// `(` or `[` without its partner.
    UNCLOSED_BRACKET = "E0102" "unclosed bracket";
    /// `)`, `]` or `}` without its partner.
    UNOPENED_BRACKET = "E0103" "closing bracket without an opening one";
    /// `{` without its partner.
    UNCLOSED_BRACE = "E0104" "unclosed brace";
    /// Brackets, signs, powers or braces nested beyond the limit.
    NESTED_TOO_DEEP = "E0105" "nested too deep";
    /// More operators in one expression than the limit.
    EXPRESSION_TOO_LONG = "E0106" "expression too long";
    /// `a < b < c`
    CHAINED_COMPARISON = "E0107" "chain of comparisons";
    /// `threshold = v > 1`
    KEYWORD_WITH_EQUALS = "E0108" "`=` after a keyword";
    /// `P.v = 1` at the top level.
    ASSIGNMENT_TO_MEMBER = "E0109" "assignment to a group's variable";
    /// `reset v = 0; u += d`
    STATEMENTS_WITHOUT_BRACES = "E0110" "several statements without braces";
    /// `a, b = 1, 2`
    SEVERAL_TARGETS = "E0111" "several targets of one assignment";
    /// `10 ms`
    NUMBER_BEFORE_NAME = "E0112" "number before a name";
    /// `threshold v = 1`
    EQUALS_IN_CONDITION = "E0113" "`=` in a condition";
    /// `every 10*ms v = 0`
    MISSING_BRACES = "E0114" "missing braces";
    /// `x = v + 1` in a block, without `: unit`.
    MISSING_UNIT = "E0115" "equation without a unit";
    /// `dv/dx = …`, `v/dt = …`
    NOT_A_DERIVATIVE = "E0116" "not a derivative with respect to time";
    /// `reset "v = 0"`
    QUOTED_CODE = "E0117" "code in quotes";
    /// Braces where none can stand.
    UNEXPECTED_BLOCK = "E0118" "unexpected block";
    /// A statement that begins with a word that begins none.
    UNKNOWN_STATEMENT = "E0119" "unknown statement";
    /// A statement that ends too early.
    UNFINISHED = "E0120" "unfinished statement";
    /// A statement of another level: `threshold` outside a block, `run` inside one.
    WRONG_LEVEL = "E0121" "statement on the wrong level";
    /// `f(a = 1, 2)`
    ARGUMENT_ORDER = "E0122" "argument without a name after one with a name";
    /// `if = 3`
    RESERVED_WORD = "E0123" "reserved word used as a name";
    /// `v[0] = 1` in code.
    ASSIGNMENT_TARGET = "E0124" "not something that can be assigned to";
    /// `sweep tau in [1, 2]`, `sweep(tau = 1)`
    SWEEP_AXIS = "E0125" "axis of a sweep in another form";
    /// `report rate P`, `report rate(P) every 1*ms`
    MEASURE = "E0126" "measure in another form";
}
