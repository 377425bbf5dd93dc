//! The layout. In: tokens, comments, and where statements, blocks and lines end. Out: text.
//!
//! Holds throughout: two or more spaces that align columns stay where a space belongs; a line end is written before what comes next, never after what came last, so that a comment can
//! still join its line, no line ends in spaces, and at most one blank line separates two others.

use crate::token::{Token, Word};

/// Spaces for each level of blocks, brackets and continued lines.
const INDENT: usize = 4;

/// Builds a text in the canonical layout.
#[derive(Default)]
pub(crate) struct Writer<'t> {
    text: String,
    /// Levels of blocks around the statement being written.
    blocks: usize,
    statement: Statement<'t>,
    /// Statements whose block is being written.
    outer: Vec<Statement<'t>>,
    /// What is to be written before the next token.
    pending: Pending,
    /// Nothing stands in the block yet.
    block_begins: bool,
    /// Spaces the author put before what comes next, to align it with other lines; 0 or 1 where that was not meant.
    aligned: usize,
    /// How much further in than its statement the author put the line that comes next; more than a level aligns it.
    further: usize,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Pending {
    /// The line goes on, or the text begins.
    #[default]
    Nothing,
    Line,
    BlankLine,
}

/// What was written of a statement, as far as it decides what comes next.
#[derive(Default)]
struct Statement<'t> {
    first: Option<Token<'t>>,
    previous: Option<Token<'t>>,
    /// `previous` is a sign.
    sign: bool,
    /// Open brackets.
    brackets: Vec<Bracket>,
    /// The unit slot is being written.
    unit: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bracket {
    Parenthesis,
    Square,
    /// Those around the flags of an equation.
    Flags,
}

impl<'t> Writer<'t> {
    /// The text, with a line end at its end unless it is empty.
    pub(crate) fn finish(mut self) -> String {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text
    }

    /// Writes a token, with the space that belongs before it.
    pub(crate) fn token(&mut self, token: Token<'t>, written: &str) {
        if self.pending != Pending::Nothing {
            self.begin_line(token);
        } else if self.statement.space_before(token) {
            let in_flags = self.statement.brackets.last() == Some(&Bracket::Flags);
            self.spaces(if in_flags { 1 } else { self.aligned.max(1) });
        }
        self.aligned = 0;
        self.text.push_str(written);
        self.statement.wrote(token);
        self.block_begins = false;
    }

    /// The author put this many spaces before what comes next.
    pub(crate) fn aligned(&mut self, spaces: usize) {
        self.aligned = spaces;
    }

    /// The author put the line that comes next this much further in than its statement: it stays there if the
    /// statement goes on in it.
    pub(crate) fn further_in(&mut self, spaces: usize) {
        self.further = spaces;
    }

    fn spaces(&mut self, count: usize) {
        self.text.extend(std::iter::repeat_n(' ', count));
    }

    /// The next statement stands in the line of the one before.
    pub(crate) fn join_statement(&mut self) {
        self.text.push(';');
        self.spaces(self.aligned.max(1));
        self.aligned = 0;
        self.pending = Pending::Nothing;
    }

    /// Ends a statement.
    pub(crate) fn end_statement(&mut self) {
        self.statement = Statement::default();
        self.line();
    }

    /// The next token stands in a new line.
    pub(crate) fn line(&mut self) {
        if self.pending == Pending::Nothing && !self.text.is_empty() {
            self.pending = Pending::Line;
        }
    }

    /// An empty line comes before the next one, unless a block or the text begins there.
    pub(crate) fn blank_line(&mut self) {
        if self.pending == Pending::Line && !self.block_begins {
            self.pending = Pending::BlankLine;
        }
    }

    /// A comment behind what the line holds.
    pub(crate) fn comment_behind(&mut self, comment: &str) {
        if !self.text.is_empty() {
            self.spaces(self.aligned.max(2));
        }
        self.aligned = 0;
        self.text.push_str(comment.trim_end());
        self.line();
    }

    /// A comment in a line of its own.
    pub(crate) fn comment_line(&mut self, comment: &str) {
        self.line();
        if self.pending != Pending::Nothing {
            self.begin_line(Token::Comment);
        }
        self.text.push_str(comment.trim_end());
        self.block_begins = false;
        self.line();
    }

    /// `{`, and what follows one level further in.
    pub(crate) fn open_block(&mut self) {
        self.open_inline();
        self.blocks += 1;
        self.block_begins = true;
        self.line();
    }

    /// `}` in a line of its own.
    pub(crate) fn close_block(&mut self) {
        self.blocks = self.blocks.saturating_sub(1);
        self.statement = self.outer.pop().unwrap_or_default();
        // A blank line before it says nothing.
        self.pending = Pending::Line;
        self.begin_line(Token::RightBrace);
        self.text.push('}');
        self.block_begins = false;
    }

    /// `{` of a block that stands in one line.
    pub(crate) fn open_inline(&mut self) {
        self.token(Token::LeftBrace, "{");
        self.outer.push(std::mem::take(&mut self.statement));
        self.statement.previous = Some(Token::LeftBrace);
    }

    /// `}` of such a block; `empty` if nothing stands in it.
    pub(crate) fn close_inline(&mut self, empty: bool) {
        self.pending = Pending::Nothing;
        self.statement = self.outer.pop().unwrap_or_default();
        if !empty {
            self.spaces(self.aligned.max(1));
        }
        self.aligned = 0;
        self.text.push('}');
    }

    /// Writes the line end that is due and the indentation of what comes.
    fn begin_line(&mut self, token: Token<'_>) {
        let ends = if self.pending == Pending::BlankLine { "\n\n" } else { "\n" };
        self.text.push_str(ends);
        self.pending = Pending::Nothing;
        let continued = match self.statement.continued(token) {
            0 => 0,
            _ if self.further > INDENT => self.further,
            levels => INDENT * levels,
        };
        self.further = 0;
        self.spaces(INDENT * self.blocks + continued);
    }
}

impl<'t> Statement<'t> {
    /// How much further in a line stands that begins with `token`: not at all where a statement begins.
    fn continued(&self, token: Token<'_>) -> usize {
        let open = self.brackets.len();
        match token {
            Token::RightParenthesis | Token::RightBracket => open.saturating_sub(1),
            Token::LeftBrace | Token::RightBrace => 0,
            _ if self.first.is_none() => 0,
            _ => open.max(1),
        }
    }

    /// Whether a space stands between the last token and `next`.
    fn space_before(&self, next: Token<'_>) -> bool {
        let Some(previous) = self.previous else { return false };
        if self.sign || matches!(previous, Token::LeftParenthesis | Token::LeftBracket | Token::Dot) {
            return false;
        }
        match next {
            Token::RightParenthesis | Token::RightBracket | Token::Comma | Token::Dot => false,
            Token::Colon => self.spaced_colon(),
            Token::LeftParenthesis if self.opens_flags() => true,
            Token::LeftParenthesis | Token::LeftBracket if previous.ends_operand() => false,
            _ if is_tight(next) || is_tight(previous) => false,
            Token::Minus if self.brackets.last() == Some(&Bracket::Flags) => false,
            _ if previous == Token::Minus && self.brackets.last() == Some(&Bracket::Flags) => false,
            _ => previous != Token::Colon || self.brackets.last() != Some(&Bracket::Square),
        }
    }

    /// Whether a `(` that comes now begins the flags: in the unit slot, where nothing is called.
    fn opens_flags(&self) -> bool {
        self.unit && self.brackets.is_empty() && self.previous.is_some_and(Token::ends_operand)
    }

    /// Whether a colon has a space before it: that of an equation does, that of a slice, a parameter or a model does
    /// not.
    fn spaced_colon(&self) -> bool {
        self.brackets.is_empty()
            && !matches!(
                self.first,
                Some(Token::Word(Word::Neurons | Word::Poisson | Word::SpikeSource | Word::Synapses | Word::Function))
            )
    }

    /// Takes note of a token that was written.
    fn wrote(&mut self, token: Token<'t>) {
        let after_operand = self.previous.is_some_and(Token::ends_operand);
        match token {
            Token::LeftParenthesis if self.opens_flags() => self.brackets.push(Bracket::Flags),
            Token::LeftParenthesis => self.brackets.push(Bracket::Parenthesis),
            Token::LeftBracket => self.brackets.push(Bracket::Square),
            Token::RightParenthesis | Token::RightBracket => {
                self.brackets.pop();
            }
            Token::Colon if self.brackets.is_empty() => self.unit = true,
            Token::Equals if self.brackets.is_empty() => self.unit = false,
            _ => {}
        }
        self.sign = matches!(token, Token::Plus | Token::Minus) && !after_operand;
        self.first = self.first.or(Some(token));
        self.previous = Some(token);
    }
}

/// Operators without spaces around them.
fn is_tight(token: Token<'_>) -> bool {
    matches!(token, Token::Star | Token::Slash | Token::DoubleSlash | Token::DoubleStar)
}
