//! Contextual keywords. In: the tokens of one statement and its level. Out: the same tokens, words made keywords
//! where they stand as such.
//!
//! Holds throughout: a word is a keyword by its place alone (first in its statement and not followed by what would
//! make it a name; or after a whole value in `record`, `sweep`, `report`, `event`, `every`, `restore` and
//! `poisson_input`), so that a variable may have any of these names.

use crate::lexer::Lexeme;
use crate::token::{Start, Token, Word};

/// Words that begin a statement at the top level.
pub(crate) const ITEM_WORDS: &[Word] = &[
    Word::Neurons,
    Word::Poisson,
    Word::SpikeSource,
    Word::Synapses,
    Word::PoissonInput,
    Word::Model,
    Word::Function,
    Word::Use,
    Word::Record,
    Word::Run,
    Word::Set,
    Word::Store,
    Word::Restore,
    Word::Print,
    Word::Sweep,
    Word::Report,
];

/// Those of them that begin a statement in the body of a sweep.
pub(crate) const STEP_WORDS: &[Word] = &[Word::Run, Word::Set, Word::Store, Word::Restore, Word::Print, Word::Report];

/// Words that begin a statement in a group's block.
pub(crate) const MEMBER_WORDS: &[Word] = &[
    Word::Threshold,
    Word::Reset,
    Word::Refractory,
    Word::Method,
    Word::Init,
    Word::Event,
    Word::Every,
    Word::Dt,
    Word::OnPre,
    Word::OnPost,
    Word::OnEvent,
    Word::Order,
    Word::When,
    Word::MultisynapticIndex,
    Word::Delay,
    Word::Connect,
    Word::Rate,
    Word::N,
    Word::Weight,
    Word::Spikes,
    Word::Period,
];

/// The word of a table that is written like this.
pub(crate) fn find(table: &[Word], text: &str) -> Option<Word> {
    table.iter().copied().find(|word| word.text() == text)
}

/// Words that follow a whole value in `record`.
const RECORD_WORDS: &[Word] = &[
    Word::Smooth,
    Word::Every,
    Word::Last,
    Word::When,
    Word::Order,
    Word::With,
    Word::At,
    Word::Counts,
    Word::Mean,
    Word::Variance,
];

/// Words that follow a whole value in `sweep`.
const SWEEP_WORDS: &[Word] = &[Word::Seeds];

/// Words that follow a whole value in `report`.
const REPORT_WORDS: &[Word] = &[Word::Last];

/// Words that follow a whole value in `event` and `every`.
const TURN_WORDS: &[Word] = &[Word::When, Word::Order];

/// Words that, with a name after them, declare something at the top level and can stand inside no block.
pub(crate) const GROUP_WORDS: &[Word] =
    &[Word::Neurons, Word::Poisson, Word::SpikeSource, Word::Synapses, Word::Model, Word::Function];

/// Makes words keywords where they stand as such.
pub(crate) fn mark(start: Start, tokens: &mut [Lexeme<'_>]) {
    let table = match start {
        Start::Item | Start::Step => ITEM_WORDS,
        Start::Member => MEMBER_WORDS,
        Start::Statement | Start::Expression => return,
    };
    let Some(first) = tokens.first().and_then(|lexeme| lexeme.token.name()).and_then(|text| find(table, text)) else {
        return;
    };
    if tokens.get(1).is_some_and(|next| makes_a_name(next.token, &tokens[1..])) {
        return;
    }
    tokens[0].token = Token::Word(first);
    match first {
        Word::Record => mark_after_operands(tokens, RECORD_WORDS),
        Word::Sweep => mark_after_operands(tokens, SWEEP_WORDS),
        Word::Report => mark_after_operands(tokens, REPORT_WORDS),
        Word::Event | Word::Every => mark_after_operands(tokens, TURN_WORDS),
        Word::PoissonInput => mark_at(tokens, 1, Word::To),
        Word::Restore => {
            let with = if matches!(tokens.get(1), Some(Lexeme { token: Token::Text(_), .. })) { 2 } else { 1 };
            mark_at(tokens, with, Word::With);
            mark_at(tokens, with + 1, Word::Random);
        }
        _ => {}
    }
}

/// Functions that take the path of a file.
const READERS: [&str; 5] = ["csv", "npy", "npz", "png", "coo"];

/// A text in single quotes that is no path and no name of a checkpoint is no text at all, in whatever quotes: that is
/// for those to say who know what stands there.
pub(crate) fn unquote(tokens: &mut [Lexeme<'_>]) {
    for at in 1..tokens.len() {
        let Token::SingleQuoted(text) = tokens[at].token else { continue };
        let of_reader = at > 1
            && tokens[at - 1].token == Token::LeftParenthesis
            && tokens[at - 2].token.name().is_some_and(|name| READERS.contains(&name));
        let of_word = matches!(tokens[at - 1].token, Token::Word(Word::Use | Word::Store | Word::Restore));
        if !of_reader && !of_word {
            tokens[at].token = Token::Text(text);
        }
    }
}

/// What stands in the braces of a statement whose words are marked.
pub(crate) fn inside(level: Start, tokens: &[Lexeme<'_>]) -> Start {
    match level {
        Start::Item if tokens.first().is_some_and(|first| first.token == Token::Word(Word::Sweep)) => Start::Step,
        Start::Item | Start::Step => Start::Member,
        Start::Member | Start::Statement | Start::Expression => Start::Statement,
    }
}

/// Whether the token after a statement's first word makes that word a name: `rate = …`, `rate : …`, `dt/dt = …`,
/// `rate, x = …`.
fn makes_a_name(next: Token<'_>, rest: &[Lexeme<'_>]) -> bool {
    let derivative = || {
        matches!(rest.get(1).map(|lexeme| lexeme.token), Some(Token::Name(_)))
            && rest.get(2).is_some_and(|lexeme| lexeme.token == Token::Equals)
    };
    next.is_assignment()
        || matches!(next, Token::Colon | Token::Dot | Token::Comma)
        || next == Token::Slash && derivative()
}

fn mark_at(tokens: &mut [Lexeme<'_>], at: usize, word: Word) {
    if let Some(lexeme) = tokens.get_mut(at)
        && lexeme.token == Token::Name(word.text())
    {
        lexeme.token = Token::Word(word);
    }
}

/// Marks words that follow a whole value, outside brackets: `P.every every 1*ms` has one keyword. `end` is one after
/// `at`.
fn mark_after_operands(tokens: &mut [Lexeme<'_>], table: &[Word]) {
    let mut depth = 0_usize;
    for at in 1..tokens.len() {
        match tokens[at].token {
            Token::LeftParenthesis | Token::LeftBracket => depth += 1,
            Token::RightParenthesis | Token::RightBracket => depth = depth.saturating_sub(1),
            Token::Name(text) if depth == 0 => {
                let before = tokens[at - 1].token;
                // After `smooth gaussian` a value follows, whatever it is called.
                if at >= 2 && tokens[at - 2].token == Token::Word(Word::Smooth) {
                    continue;
                }
                if before.ends_operand()
                    || matches!(before, Token::Word(Word::End | Word::Counts | Word::Mean | Word::Variance))
                {
                    if let Some(word) = find(table, text) {
                        tokens[at].token = Token::Word(word);
                    }
                } else if before == Token::Word(Word::At) {
                    mark_at(tokens, at, Word::End);
                }
            }
            _ => {}
        }
    }
}
