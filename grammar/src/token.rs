//! The words of the language. In: characters, by way of logos. Out: `Token`, which the grammar's terminals are.
//!
//! Holds throughout: only Python's `and or not if for in True False` are reserved; every other word of the language
//! comes out of logos as a `Name` and is made a `Word` by `words.rs` where it stands as one. The tokens of `^`, `&`,
//! `|`, `!` and single quotes are in here so that `lexer.rs` can say what to write instead.

use logos::Logos;

/// One token; the second half of the list is made by later steps, never by logos.
#[derive(Logos, Clone, Copy, Debug, PartialEq)]
#[logos(skip r"[ \t\x0B\x0C]+")]
pub(crate) enum Token<'s> {
    #[regex(r"\r\n|\n|\r")]
    Newline,
    #[regex(r"#[^\r\n]*", allow_greedy = true)]
    Comment,

    #[regex(r"[A-Za-z_][A-Za-z0-9_]*")]
    Name(&'s str),
    #[regex(r"([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")]
    Number(&'s str),
    #[regex("\"[^\"\r\n]*\"", between_quotes)]
    Text(&'s str),
    #[regex("'[^'\r\n]*'", between_quotes)]
    SingleQuoted(&'s str),
    /// Lines of code between three quotes, as Python writes them.
    #[regex("\"\"\"([^\"]|\"[^\"]|\"\"[^\"])*\"\"\"")]
    #[regex("'''([^']|'[^']|''[^'])*'''")]
    Quoted,
    #[regex("\"[^\"\r\n]*")]
    #[regex("'[^'\r\n]*")]
    Unclosed,

    #[token("and")]
    And,
    #[token("or")]
    Or,
    #[token("not")]
    Not,
    #[token("if")]
    If,
    #[token("for")]
    For,
    #[token("in")]
    In,
    #[token("True")]
    True,
    #[token("False")]
    False,

    #[token("(")]
    LeftParenthesis,
    #[token(")")]
    RightParenthesis,
    #[token("[")]
    LeftBracket,
    #[token("]")]
    RightBracket,
    #[token("{")]
    LeftBrace,
    #[token("}")]
    RightBrace,
    #[token(";")]
    Semicolon,
    #[token(",")]
    Comma,
    #[token(":")]
    Colon,
    #[token(".")]
    Dot,
    #[token("->")]
    Arrow,

    #[token("=")]
    Equals,
    #[token("+=")]
    PlusEquals,
    #[token("-=")]
    MinusEquals,
    #[token("*=")]
    StarEquals,
    #[token("/=")]
    SlashEquals,
    #[token("//=")]
    DoubleSlashEquals,
    #[token("%=")]
    PercentEquals,
    #[token("**=")]
    DoubleStarEquals,

    #[token("+")]
    Plus,
    #[token("-")]
    Minus,
    #[token("*")]
    Star,
    #[token("/")]
    Slash,
    #[token("//")]
    DoubleSlash,
    #[token("%")]
    Percent,
    #[token("**")]
    DoubleStar,
    #[token("<")]
    Less,
    #[token("<=")]
    LessEqual,
    #[token(">")]
    Greater,
    #[token(">=")]
    GreaterEqual,
    #[token("==")]
    DoubleEquals,
    #[token("!=")]
    NotEqual,

    #[token("^")]
    #[token("&")]
    #[token("&&")]
    #[token("|")]
    #[token("||")]
    #[token("!")]
    #[token("<>")]
    Foreign,

    /// What could not be read; a diagnostic was given.
    Unreadable,
    /// A contextual word where it stands as one.
    Word(Word),
    /// Braces and all between them, by their number in the statement.
    Braces(usize),
    /// What is to be read; stands before the first token.
    Start(Start),
}

/// A text without its quotes, which are one byte each.
fn between_quotes<'s>(lexer: &logos::Lexer<'s, Token<'s>>) -> &'s str {
    let text = lexer.slice();
    text.get(1..text.len().saturating_sub(1)).unwrap_or_default()
}

/// What a statement is read as; the grammar's one entry begins with one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// A statement at the top level.
    Item,
    /// A statement in the body of a sweep.
    Step,
    /// A statement in a group's block.
    Member,
    /// A statement of code: `v += 1`.
    Statement,
    /// An expression alone.
    Expression,
}

/// Declares the contextual words with their spelling, so that both stand in one place.
macro_rules! words {
    ($($name:ident = $text:literal,)*) => {
        /// A word that is a keyword where it stands and may be a variable's name elsewhere.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Word { $($name),* }

        impl Word {
            /// As it is written.
            pub(crate) fn text(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

words! {
    At = "at",
    Connect = "connect",
    Counts = "counts",
    Delay = "delay",
    Dt = "dt",
    End = "end",
    Event = "event",
    Every = "every",
    Function = "function",
    Init = "init",
    Last = "last",
    Mean = "mean",
    Method = "method",
    Model = "model",
    MultisynapticIndex = "multisynaptic_index",
    N = "n",
    Neurons = "neurons",
    OnEvent = "on_event",
    OnPost = "on_post",
    OnPre = "on_pre",
    Order = "order",
    Period = "period",
    Poisson = "poisson",
    PoissonInput = "poisson_input",
    Print = "print",
    Random = "random",
    Rate = "rate",
    Record = "record",
    Refractory = "refractory",
    Report = "report",
    Reset = "reset",
    Restore = "restore",
    Run = "run",
    Seeds = "seeds",
    Set = "set",
    Smooth = "smooth",
    SpikeSource = "spike_source",
    Spikes = "spikes",
    Store = "store",
    Sweep = "sweep",
    Synapses = "synapses",
    Threshold = "threshold",
    To = "to",
    Use = "use",
    Variance = "variance",
    Weight = "weight",
    When = "when",
    With = "with",
}

impl<'s> Token<'s> {
    /// Whether a value may end with it.
    pub(crate) fn ends_operand(self) -> bool {
        matches!(
            self,
            Self::Name(_)
                | Self::Number(_)
                | Self::Text(_)
                | Self::SingleQuoted(_)
                | Self::True
                | Self::False
                | Self::RightParenthesis
                | Self::RightBracket
        )
    }

    /// Whether it stands between two values: `+`, `<`, `and`.
    pub(crate) fn is_binary_operator(self) -> bool {
        self.is_comparison()
            || matches!(
                self,
                Self::Plus
                    | Self::Minus
                    | Self::Star
                    | Self::Slash
                    | Self::DoubleSlash
                    | Self::Percent
                    | Self::DoubleStar
                    | Self::And
                    | Self::Or
            )
    }

    /// Whether it compares.
    pub(crate) fn is_comparison(self) -> bool {
        matches!(
            self,
            Self::Less | Self::LessEqual | Self::Greater | Self::GreaterEqual | Self::DoubleEquals | Self::NotEqual
        )
    }

    /// `=`, `+=` and so on.
    pub(crate) fn is_assignment(self) -> bool {
        matches!(
            self,
            Self::Equals
                | Self::PlusEquals
                | Self::MinusEquals
                | Self::StarEquals
                | Self::SlashEquals
                | Self::DoubleSlashEquals
                | Self::PercentEquals
                | Self::DoubleStarEquals
        )
    }

    /// Whether a statement goes on in the next line when it stands last in its line.
    pub(crate) fn continues_after(self) -> bool {
        self.is_binary_operator()
            || self.is_assignment()
            || matches!(self, Self::Comma | Self::Colon | Self::Arrow | Self::Not | Self::If | Self::For | Self::In)
    }

    /// Whether the statement before goes on when it stands first in its line.
    pub(crate) fn continues_before(self) -> bool {
        self.is_binary_operator()
            || matches!(
                self,
                Self::Equals
                    | Self::Comma
                    | Self::Colon
                    | Self::Arrow
                    | Self::If
                    | Self::For
                    | Self::In
                    | Self::LeftBrace
            )
    }

    /// The name it is, if it is one.
    pub(crate) fn name(self) -> Option<&'s str> {
        match self {
            Self::Name(text) => Some(text),
            _ => None,
        }
    }
}
