//! Why a statement does not fit the grammar, in the words of someone who has seen the mistake before.
//!
//! In: the tokens of one statement and the one where the grammar stopped. Out: one diagnostic. Habits are a table,
//! most particular first; what none of them knows is told by what the grammar expected.

mod assignments;
mod calls;
mod classes;
mod python;
mod scripts;
mod simulators;
mod spellings;
mod sweeps;

pub(crate) use python::draws;
pub(crate) use spellings::spelled_out;

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::expected;
use crate::span::{SourceId, Span};
use crate::statements::Line;
use crate::token::{Start, Token, Word};
use crate::words::{self, ITEM_WORDS, MEMBER_WORDS, STEP_WORDS};
use lalrpop_util::ParseError;
use std::convert::Infallible;

/// A statement that does not fit.
pub(crate) struct Failure<'a, 's> {
    source: SourceId,
    text: &'a str,
    /// What it was read as.
    start: Start,
    line: &'a Line<'s>,
    /// The token at which the grammar stopped; the number of tokens if more was expected.
    at: usize,
    /// The grammar's names of what could have stood there.
    expected: Vec<String>,
}

/// A known mistake: a diagnostic if this is it.
type Habit = fn(&Failure<'_, '_>) -> Option<Diagnostic>;

/// Known mistakes, most particular first.
const HABITS: &[Habit] = &[
    python::line,
    python::picture,
    python::module,
    simulators::call,
    simulators::dictionary,
    calls::of_object,
    calls::of_connect,
    calls::of_run,
    calls::of_store,
    connect_without_brackets,
    spellings::comment,
    spellings::declaration,
    spellings::header,
    spellings::comparison_in_code,
    spellings::in_block,
    spellings::parts_in_a_row,
    line_goes_on,
    keyword_with_equals,
    assignments::several_targets,
    reserved_word,
    sweeps::axis,
    sweeps::measure,
    wrong_level,
    assignments::of_member,
    assignments::target,
    missing_braces,
    missing_unit,
    equation_outside,
    assignments::outside_code,
    number_before_name,
    equals_in_condition,
    unknown_statement,
    unexpected_block,
    unfinished,
];

/// The diagnostic for a statement that does not fit.
pub(crate) fn explain(failure: &Failure<'_, '_>) -> Diagnostic {
    HABITS.iter().find_map(|habit| habit(failure)).unwrap_or_else(|| unexpected(failure))
}

/// `reset "v = 0"`, `threshold 'v > 1'`: code as Brian2 takes it, in quotes. Told before the grammar sees it, which
/// would take the second for a text.
pub(crate) fn quoted_code(source: SourceId, line: &Line<'_>) -> Option<Diagnostic> {
    let [first, second, ..] = line.tokens.as_slice() else { return None };
    let Token::Word(word) = first.token else { return None };
    let (Token::Text(text) | Token::SingleQuoted(text)) = second.token else { return None };
    let takes_text =
        matches!(word, Word::Use | Word::Store | Word::Restore | Word::Print | Word::Connect | Word::Spikes);
    (!takes_text).then(|| {
        let word = word.text();
        let message = format!("what follows `{word}` is written without quotes");
        let condition = line.tokens.get(3).map(|lexeme| lexeme.token);
        let help = match text.trim().trim_end_matches(';') {
            name if word == "event" && line.tokens.len() == 4 => match condition {
                Some(Token::Text(condition) | Token::SingleQuoted(condition)) => {
                    format!("write `event {name} if {condition}`")
                }
                _ => format!("write `event {name} if …`"),
            },
            several if several.contains(';') => format!("write `{word} {{ {several} }}`"),
            one => format!("write `{word} {one}`"),
        };
        Diagnostic::error(codes::QUOTED_CODE, Span::new(source, second.start, second.end), message).help(help)
    })
}

/// `P = NeuronGroup(…)`: told before the grammar sees it, which would take it for a constant, and also where it has code
/// in three quotes.
pub(crate) fn object_of_brian2(source: SourceId, text: &str, start: Start, line: &Line<'_>) -> Option<Diagnostic> {
    classes::object(&Failure { source, text, start, line, at: 0, expected: Vec::new() })
}

impl<'a, 's> Failure<'a, 's> {
    /// From what the grammar said.
    pub(crate) fn new(
        source: SourceId,
        text: &'a str,
        start: Start,
        line: &'a Line<'s>,
        error: ParseError<usize, Token<'_>, Infallible>,
    ) -> Self {
        let end = line.tokens.len();
        let (at, expected) = match error {
            ParseError::UnrecognizedToken { token: (place, ..), expected } => {
                (line.tokens.iter().position(|lexeme| lexeme.start == place).unwrap_or(end), expected)
            }
            ParseError::UnrecognizedEof { expected, .. } => (end, expected),
            ParseError::InvalidToken { .. } | ParseError::ExtraToken { .. } => (end, Vec::new()),
            ParseError::User { error } => match error {},
        };
        Self { source, text, start, line, at, expected }
    }

    fn token(&self, at: usize) -> Option<Token<'s>> {
        self.line.tokens.get(at).map(|lexeme| lexeme.token)
    }

    fn name(&self, at: usize) -> Option<&'s str> {
        self.token(at)?.name()
    }

    /// The token before the one where the grammar stopped.
    fn before(&self) -> Option<Token<'s>> {
        self.token(self.at.checked_sub(1)?)
    }

    /// The place of tokens `first` to `last`; of braces, the opening one.
    fn span(&self, first: usize, last: usize) -> Span {
        let tokens = &self.line.tokens;
        let last = last.min(tokens.len().saturating_sub(1));
        let start = tokens.get(first.min(last)).map_or(0, |lexeme| lexeme.start);
        let end = tokens.get(last).map_or(start, |lexeme| match lexeme.token {
            Token::Braces(_) => lexeme.start + 1,
            _ => lexeme.end,
        });
        Span::new(self.source, start, end)
    }

    fn written(&self, first: usize, last: usize) -> &'a str {
        self.text.get(self.span(first, last).range()).unwrap_or_default()
    }

    /// The statement from token `first` on.
    fn rest(&self, first: usize) -> &'a str {
        self.written(first, self.line.tokens.len())
    }

    /// The first token outside brackets, from `first` on, for which `wanted` holds.
    fn outside_brackets(&self, first: usize, wanted: impl Fn(Token<'s>) -> bool) -> Option<usize> {
        let mut depth = 0_usize;
        for (at, lexeme) in self.line.tokens.iter().enumerate().skip(first) {
            match lexeme.token {
                Token::LeftParenthesis | Token::LeftBracket | Token::LeftBrace => depth += 1,
                Token::RightParenthesis | Token::RightBracket | Token::RightBrace => depth = depth.saturating_sub(1),
                token if depth == 0 && wanted(token) => return Some(at),
                _ => {}
            }
        }
        None
    }

    /// What stands between commas in tokens `first` to `end`, the last left out.
    fn listed(&self, first: usize, end: usize) -> Vec<&'a str> {
        let mut parts = Vec::new();
        let mut begin = first;
        while begin < end {
            let comma = self.outside_brackets(begin, |token| token == Token::Comma).filter(|at| *at < end);
            let stop = comma.unwrap_or(end);
            parts.push(if stop > begin { self.written(begin, stop - 1) } else { "" });
            begin = stop + 1;
        }
        parts
    }

    /// The last word of the path that begins at a token: of `nest.random.seed` the place of `seed`.
    fn path_end(&self, first: usize) -> usize {
        let mut last = first;
        while self.token(last + 1) == Some(Token::Dot) && self.name(last + 2).is_some() {
            last += 2;
        }
        last
    }

    /// The partner of the bracket at a token; where it has none, the end of the statement.
    fn closing(&self, open: usize) -> usize {
        let mut depth = 0_usize;
        let partner = self.line.tokens.iter().skip(open).position(|lexeme| {
            match lexeme.token {
                Token::LeftParenthesis | Token::LeftBracket | Token::LeftBrace => depth += 1,
                Token::RightParenthesis | Token::RightBracket | Token::RightBrace => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0
        });
        partner.map_or(self.line.tokens.len(), |behind| open + behind)
    }

    /// The arguments between the bracket at a token and its partner.
    fn arguments(&self, open: usize) -> Vec<&'a str> {
        let mut given = self.listed(open + 1, self.closing(open));
        given.retain(|argument| !argument.is_empty());
        given
    }

    fn has_colon(&self) -> bool {
        self.outside_brackets(0, |token| token == Token::Colon).is_some()
    }

    /// Where the code of the statement begins: at its first token, or after `reset`, `init`, `on_pre`, `on_post`.
    fn code(&self) -> Option<usize> {
        match (self.start, self.token(0)?) {
            (Start::Statement, _) => Some(0),
            (_, Token::Word(Word::Reset | Word::Init | Word::OnPre | Word::OnPost)) => Some(1),
            _ => None,
        }
    }

    /// Whether it begins like an equation: `dv/dt =`, `v =`, `v :`.
    fn is_equation(&self) -> bool {
        let derivative =
            self.token(1) == Some(Token::Slash) && self.name(2).is_some() && self.token(3) == Some(Token::Equals);
        let subexpression = self.token(1) == Some(Token::Equals) && self.has_colon();
        self.name(0).is_some() && (derivative || subexpression || self.token(1) == Some(Token::Colon))
    }
}

/// `a = 1 +` and in the next line `b = 2`: the operator makes one statement of both.
fn line_goes_on(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    let first_of_line = |at: usize| {
        let [before, token] = failure.line.tokens.get(at.checked_sub(1)?..=at)? else { return None };
        let between = failure.text.get(before.end..token.start)?;
        (before.token.continues_after() && between.contains(['\n', '\r'])).then_some(at - 1)
    };
    let last = first_of_line(failure.at).or_else(|| first_of_line(failure.at.checked_sub(1)?))?;
    let operator = failure.written(last, last);
    let message = format!("the line ends with `{operator}` and goes on in the next, which begins another statement");
    Some(
        Diagnostic::error(codes::UNFINISHED, failure.span(last, last), message)
            .also(failure.span(last + 1, last + 1), "read as part of the line before")
            .help(format!("write a value after `{operator}`, or remove it")),
    )
}

/// `threshold = v > 1`, `method = 'exact'`, `threshold: v > 1`
fn keyword_with_equals(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    let word = words::find(MEMBER_WORDS, failure.name(0)?)?.text();
    let sign = match failure.token(1) {
        Some(Token::Equals) if !failure.has_colon() => "=",
        Some(Token::Colon) if failure.at > 2 => ":",
        _ => return None,
    };
    if failure.start != Start::Member {
        return None;
    }
    let value = match failure.token(2) {
        Some(Token::Text(text) | Token::SingleQuoted(text)) if text.contains(';') => &format!("{{ {text} }}"),
        Some(Token::Text(text) | Token::SingleQuoted(text)) => text,
        Some(_) => failure.rest(2),
        None => "…",
    };
    let message = format!("`{word}` takes what it sets without `{sign}`");
    let variable = if sign == "=" { format!("{word} = … : unit") } else { format!("{word} : unit") };
    Some(
        Diagnostic::error(codes::KEYWORD_WITH_EQUALS, failure.span(1, 1), message)
            .help(format!("write `{word} {value}`"))
            .help(format!("a variable named `{word}` needs a unit: `{variable}`")),
    )
}

/// `connect fixed_indegree 10`, `connect p 0.1`
fn connect_without_brackets(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    if failure.token(0) != Some(Token::Word(Word::Connect)) || failure.before()?.name().is_none() {
        return None;
    }
    let value = matches!(failure.token(failure.at)?, Token::Number(_) | Token::Name(_) | Token::LeftParenthesis);
    let first = failure.at - 1;
    let end = failure.outside_brackets(failure.at, |token| token == Token::Comma).unwrap_or(failure.line.tokens.len());
    let given = failure.written(failure.at, end - 1);
    let name = failure.name(first).filter(|_| value)?;
    let part = match name {
        "p" | "n" | "i" | "j" => format!("{name} = {given}"),
        "probability" | "prob" => format!("p = {given}"),
        "fixed_indegree" | "fixed_outdegree" | "fixed_total" => format!("{name}({given})"),
        "fixed_total_number" => format!("fixed_total({given})"),
        _ => return None,
    };
    let rest = if end < failure.line.tokens.len() { failure.rest(end) } else { "" };
    let without_autapses = rest.contains("autapses") && rest.contains("False");
    let (part, rest) = match part.strip_suffix(')') {
        Some(rule) if without_autapses => (format!("{rule}, autapses = False)"), ""),
        None if without_autapses => (format!("i != j, {part}"), ""),
        _ if rest.contains("multapses") => (part, ""),
        _ => (part, rest),
    };
    let before = if first > 1 { format!("{} ", failure.written(1, first - 1)) } else { String::new() };
    let message = if part.ends_with(')') {
        format!("the number of `{name}` stands in brackets")
    } else {
        format!("a `=` stands between `{name}` and its value")
    };
    let span = failure.span(first, end - 1);
    let help = format!("write `connect {before}{part}{rest}`");
    Some(Diagnostic::error(codes::UNEXPECTED, span, message).help(help))
}

/// `if = 3`, `v_in.in`, and `if` as a statement.
fn reserved_word(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    let token = failure.token(failure.at)?;
    let reserved = matches!(
        token,
        Token::And | Token::Or | Token::Not | Token::If | Token::For | Token::In | Token::True | Token::False
    );
    let defines = failure.token(failure.at + 1).is_some_and(|next| next == Token::Colon || next.is_assignment());
    let names = failure.at == 0 || failure.before() == Some(Token::Dot) || defines;
    if !reserved || !names {
        return None;
    }
    let word = failure.written(failure.at, failure.at);
    let span = failure.span(failure.at, failure.at);
    if failure.at == 0 && !defines && matches!(token, Token::If | Token::For) {
        let message = format!("`{word}` begins no statement");
        let help = match token {
            Token::If => {
                "write the condition as a number, `v += int(condition)*step`, or choose a value: `v = where(condition, a, b)`"
            }
            Token::For if failure.start == Start::Item => {
                "to run the model once for each of several values, write `sweep tau = [1, 2, 3]*ms { run 1*second; report rate(P) }`"
            }
            _ => "statements run for every neuron or synapse by themselves",
        };
        return Some(Diagnostic::error(codes::UNKNOWN_STATEMENT, span, message).help(help));
    }
    let message = format!("`{word}` is reserved and cannot be a name");
    Some(Diagnostic::error(codes::RESERVED_WORD, span, message).help(format!("choose another name, as `{word}_`")))
}

/// What stands in the block of synapses alone.
const OF_SYNAPSES: [&str; 4] = ["connect", "on_pre", "on_post", "delay"];

/// `threshold …` at the top level, `run …` in a block, `reset …` in code.
fn wrong_level(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    let name = failure.name(0)?;
    if failure.at > 1 || failure.token(1).is_some_and(|next| next == Token::Comma || next.is_assignment()) {
        return None;
    }
    let of_block = words::find(MEMBER_WORDS, name).is_some();
    let of_top = words::find(ITEM_WORDS, name).is_some();
    let place = match failure.start {
        Start::Item | Start::Step if OF_SYNAPSES.contains(&name) => {
            "in the block of synapses, as `synapses S: P -> Q { connect p = 0.1 }`"
        }
        Start::Item | Start::Step if of_block => "in the block of a group, as `neurons P[10] { … }`",
        Start::Member | Start::Statement if name == "report" => "in the body of a sweep",
        Start::Member if of_top => "at the top level, outside every block",
        Start::Statement if of_block => "in the block of a group itself, not in code",
        Start::Statement if of_top => "at the top level, outside every block",
        _ => return None,
    };
    if failure.is_equation() || matches!(failure.token(1), Some(Token::Dot)) {
        return None;
    }
    let message = format!("`{name}` cannot stand here");
    let help = format!("`{name}` stands {place}");
    Some(Diagnostic::error(codes::WRONG_LEVEL, failure.span(0, 0), message).help(help))
}

/// `on_pre up v += 1`, `event high if v > 1 count += 1`, `every 10*ms v = 0`, `model lif`
fn missing_braces(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    let Token::Word(word) = failure.token(0)? else { return None };
    let at_end = failure.at == failure.line.tokens.len();
    let code_follows = failure.name(failure.at).is_some()
        && failure.before().is_some_and(Token::ends_operand)
        && failure.token(failure.at + 1).is_some_and(Token::is_assignment);
    let (missing, help) = match word {
        Word::OnPre | Word::OnPost => {
            let named = failure.at == 2 && failure.name(1).is_some() && (at_end || failure.name(2).is_some());
            let code = if at_end { "…" } else { failure.rest(2) };
            (named, format!("write `{} {{ {code} }}`", failure.written(0, 1)))
        }
        Word::Event => (code_follows, "write `event name if condition { … }`".to_owned()),
        Word::Every => (code_follows || at_end && failure.at > 1, "write `every interval { … }`".to_owned()),
        Word::Model | Word::PoissonInput | Word::Sweep => (
            at_end && failure.at > 1 && expected::block(&failure.expected),
            format!("write `{} {{ … }}`", failure.rest(0)),
        ),
        _ => return None,
    };
    if !missing {
        return None;
    }
    let message = format!("what belongs to this `{}` stands in braces", word.text());
    Some(Diagnostic::error(codes::MISSING_BRACES, failure.span(failure.at, failure.at), message).help(help))
}

/// `v = 1` or `dv/dt = -v/tau` in a block, without a unit.
fn missing_unit(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    let name = failure.name(0)?;
    let begins = failure.token(1) == Some(Token::Equals) || failure.is_equation();
    let at_end = failure.at == failure.line.tokens.len();
    if failure.start != Start::Member || !begins || !at_end || failure.has_colon() || expected::value(&failure.expected)
    {
        return None;
    }
    let derivative = failure.token(1) == Some(Token::Slash);
    let left = if derivative { failure.written(0, 2) } else { name };
    let message = format!("the equation for `{left}` has no unit");
    let ends = "a colon and the unit: `… : volt` or another one, `… : 1` for a pure number";
    let diagnostic = Diagnostic::error(codes::MISSING_UNIT, failure.span(0, failure.at), message);
    Some(if derivative {
        diagnostic.help(format!("end it with {ends}"))
    } else {
        let line = failure.rest(0);
        diagnostic
            .help(format!("a constant stands outside of the block: `{line}` at the top level"))
            .help(format!("what is worked out anew in every step ends with {ends}"))
            .help(format!("for a value at the start write `init {line}`"))
    })
}

/// An equation at the top level or in code.
fn equation_outside(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    if failure.start == Start::Member || !failure.is_equation() {
        return None;
    }
    let message = "an equation cannot stand here";
    let diagnostic = Diagnostic::error(codes::WRONG_LEVEL, failure.span(0, failure.line.tokens.len()), message);
    Some(match failure.start {
        Start::Statement => {
            diagnostic.help("put it into the block of the group itself; a variable of code alone has no unit")
        }
        _ => diagnostic
            .help("put it into the block of a group, as `neurons P[10] { … }`")
            .help("a constant is written without a colon: `tau = 10*ms`"),
    })
}

/// `10 ms`
fn number_before_name(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    let name = failure.name(failure.at)?;
    let Some(Token::Number(number)) = failure.before() else { return None };
    // `x : 1 unless refractory`: behind a unit come flags.
    let colon = failure.outside_brackets(0, |token| token == Token::Colon).filter(|colon| *colon < failure.at);
    let in_unit = failure.start == Start::Member
        && failure.is_equation()
        && colon.is_some_and(|colon| failure.outside_brackets(colon, |token| token == Token::Equals).is_none());
    if failure.token(failure.at + 1).is_some_and(Token::is_assignment) || in_unit {
        return None;
    }
    let message = format!("there is no operator between the number `{number}` and the name `{name}`");
    Some(
        Diagnostic::error(codes::NUMBER_BEFORE_NAME, failure.span(failure.at - 1, failure.at), message)
            .help(format!("write `{number}*{}`", spelled_out(name))),
    )
}

/// `threshold v = 1`, `S.w[i = 0]`
fn equals_in_condition(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    let equals = failure.token(failure.at) == Some(Token::Equals);
    if !equals || !failure.before().is_some_and(Token::ends_operand) || expected::colon(&failure.expected) {
        return None;
    }
    let message = "`=` sets a value and cannot stand in an expression";
    let part = failure.before().and_then(Token::name).filter(|name| matches!(*name, "p" | "n" | "i" | "j"));
    let help = match (failure.token(0), part) {
        (Some(Token::Word(Word::Connect)), Some(part)) => {
            format!("parts of a connection stand side by side, without brackets: `connect i != j, {part} = …`")
        }
        _ => "to compare, write `==`".to_owned(),
    };
    let span = failure.span(failure.at, failure.at);
    Some(Diagnostic::error(codes::EQUALS_IN_CONDITION, span, message).help(help))
}

/// `neuron P[10] { … }`, `thresold v > 1`
fn unknown_statement(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    let name = failure.name(0)?;
    let (table, example) = match failure.start {
        Start::Step => (STEP_WORDS, "`run`, `set`, `store`, `restore`, `print`, `report`"),
        Start::Item => (ITEM_WORDS, "`name = value`, `neurons`, `synapses`, `record`, `run`"),
        Start::Member => (MEMBER_WORDS, "`dv/dt = … : unit`, `threshold`, `reset`, `on_pre`, `connect`"),
        Start::Statement | Start::Expression => return None,
    };
    let another = failure.token(1).is_none_or(|next| {
        next.ends_operand()
            || matches!(next, Token::Braces(_) | Token::LeftParenthesis | Token::LeftBracket | Token::Not)
    });
    if failure.at != 1 || !another {
        return None;
    }
    let message = format!("`{name}` begins no statement");
    let help = match expected::nearest(name, table.iter().map(|word| word.text())) {
        _ if name == "seed" && failure.token(1) == Some(Token::LeftParenthesis) => {
            let seed = failure.rest(2).trim_end_matches(')').trim();
            format!("write `seed = {}`", if seed.is_empty() { "1" } else { seed })
        }
        _ if name == "end" => "leave it out: a block ends with its `}`".to_owned(),
        _ if name == "start_scope" => "leave it out: nothing is left over from one text to the next".to_owned(),
        _ if matches!(name, "pre" | "post") => format!("did you mean `on_{name}`?"),
        _ if matches!(name, "conn_spec" | "conn" | "connection" | "rule") => {
            "synapses are made by `connect`: `connect all`, `connect p = 0.1`, `connect fixed_indegree(10)`".to_owned()
        }
        Some(word) => format!("did you mean `{word}`?"),
        None => format!("a statement here is one of {example} and the like"),
    };
    Some(Diagnostic::error(codes::UNKNOWN_STATEMENT, failure.span(0, 0), message).help(help))
}

/// Braces where none can stand.
fn unexpected_block(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    let Token::Braces(_) = failure.token(failure.at)? else { return None };
    let help = match failure.start {
        Start::Statement => "code holds no blocks: write its statements one after the other".to_owned(),
        _ if failure.at == 0 => "write before it what it belongs to, as `neurons P[10]` or `reset`".to_owned(),
        _ => format!("{} expected here", expected::words(&failure.expected)),
    };
    let span = failure.span(failure.at, failure.at);
    let diagnostic = Diagnostic::error(codes::UNEXPECTED_BLOCK, span, "a block cannot stand here").help(help);
    Some(with_header(failure, diagnostic))
}

/// More was expected.
fn unfinished(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    if failure.at < failure.line.tokens.len() {
        return None;
    }
    let wanted = expected::words(&failure.expected);
    let last = failure.line.tokens.len().saturating_sub(1);
    if last == 0 && failure.token(0) == Some(Token::Word(Word::Connect)) {
        let message = "this `connect` does not say what connects";
        let diagnostic = Diagnostic::error(codes::UNFINISHED, failure.span(0, 0), message);
        return Some(diagnostic.help("for every pair write `connect all`; a rule is written as in `connect p = 0.1`"));
    }
    let message = format!("the statement ends too early after `{}`", failure.written(last, last));
    let diagnostic = Diagnostic::error(codes::UNFINISHED, failure.span(last, last), message)
        .label(format!("{wanted} expected after this"))
        .help(format!("go on with {wanted}, or remove what is too much"));
    Some(with_header(failure, diagnostic))
}

/// Shows what the beginning of a group looks like, where that is what does not fit.
fn with_header(failure: &Failure<'_, '_>, diagnostic: Diagnostic) -> Diagnostic {
    let header = match failure.token(0) {
        Some(Token::Word(word @ (Word::Neurons | Word::Poisson | Word::SpikeSource))) => {
            format!("{} P[100] {{ … }}", word.text())
        }
        Some(Token::Word(Word::Synapses)) => "synapses S: P -> Q { … }".to_owned(),
        Some(Token::Word(Word::PoissonInput)) => {
            "poisson_input to P.v { n 1000; rate 20*Hz; weight 0.1*mV }".to_owned()
        }
        _ => return diagnostic,
    };
    if failure.start != Start::Item {
        return diagnostic;
    }
    diagnostic.help(format!("it begins as in `{header}`"))
}

/// What a line of recordings ends in.
const RECORD_ENDS: [&str; 6] = ["smooth", "every", "last", "when", "order", "with"];

/// What is kept of something recorded, behind its place.
const RECORD_FORMS: [&str; 4] = ["end", "counts", "mean", "variance"];

/// Nothing more particular is known.
fn unexpected(failure: &Failure<'_, '_>) -> Diagnostic {
    let here = failure.written(failure.at, failure.at);
    let span = failure.span(failure.at, failure.at);
    let diagnostic = Diagnostic::error(codes::UNEXPECTED, span, format!("`{here}` cannot stand here"));
    if failure.at == 0 && failure.start != Start::Expression {
        return diagnostic.help("a statement begins with a name or a keyword");
    }
    let wanted = expected::words(&failure.expected);
    let begins_value = matches!(
        failure.token(failure.at),
        Some(Token::Name(_) | Token::Number(_) | Token::Text(_) | Token::True | Token::False | Token::LeftParenthesis)
    );
    let diagnostic = with_header(failure, diagnostic.label(format!("{wanted} expected")));
    let named = failure.name(failure.at).is_some();
    let of_record = in_record(failure, here);
    if named && of_record.is_none() && failure.at > 1 && failure.token(failure.at + 1).is_some_and(Token::is_assignment)
    {
        let help = "separate it from what is before: by `,` in a list, by a line end or `;` as a statement of its own";
        diagnostic.help(help)
    } else if named && failure.start == Start::Member && failure.is_equation() && expected::bracket(&failure.expected) {
        diagnostic.help(format!("flags stand in brackets behind the unit: `({})`", failure.rest(failure.at)))
    } else if failure.token(failure.at) == Some(Token::If) {
        diagnostic.help("a choice is written `where(condition, a, b)`")
    } else if failure.token(failure.at) == Some(Token::Comma) && failure.code() == Some(1) {
        diagnostic.help(format!("several statements stand in braces: `{} {{ a = 1; b = 2 }}`", failure.written(0, 0)))
    } else if let Some(help) = of_record.or_else(|| in_print(failure, here)) {
        diagnostic.help(help)
    } else if begins_value && expected::operator(&failure.expected) {
        let before = failure.written(failure.at - 1, failure.at - 1);
        diagnostic.help(format!("write an operator between `{before}` and `{here}`"))
    } else if failure.expected.is_empty() {
        diagnostic.help(format!("end the statement before `{here}`"))
    } else {
        diagnostic.help(format!("write {wanted} here"))
    }
}

/// What is wrong in a `record` line.
fn in_record(failure: &Failure<'_, '_>, here: &str) -> Option<String> {
    if failure.token(0) != Some(Token::Word(Word::Record)) {
        return None;
    }
    if failure.at == 1 && here == "(" {
        return Some(format!("write `record {}`", failure.rest(2).trim_end_matches(')').trim()));
    }
    if let (Some(what @ ("spikes" | "rate" | "population_rate")), "(", 2) = (failure.name(1), here, failure.at) {
        let group = failure.name(3).unwrap_or("P");
        let what = if what == "rate" { "population_rate" } else { what };
        return Some(format!("write `record {group}.{what}`"));
    }
    if here == "dt" && failure.token(failure.at + 1) == Some(Token::Equals) {
        return Some(format!("write `{} every {}`", failure.written(0, failure.at - 1), failure.rest(failure.at + 2)));
    }
    if here == "as" {
        return Some(format!("recordings are called by what they record: leave out `{}`", failure.rest(failure.at)));
    }
    if here == "," || RECORD_ENDS.contains(&here) {
        let order = RECORD_ENDS.map(|word| format!("`{word}`")).join(", ");
        return Some(format!(
            "{order} stand in this order, once, behind all that the line records; write a line for each"
        ));
    }
    let after_form = RECORD_FORMS.contains(&failure.written(failure.at - 1, failure.at - 1));
    (after_form && (here == "at" || RECORD_FORMS.contains(&here)))
        .then(|| "each is a recording of its own: `record P.v mean, P.v variance`".to_owned())
}

/// `print a, b` and `print(a, b)`
fn in_print(failure: &Failure<'_, '_>, here: &str) -> Option<String> {
    if failure.token(0) != Some(Token::Word(Word::Print)) || here != "," {
        return None;
    }
    // Of several in one pair of brackets, the first begins behind the bracket.
    let outside = failure.outside_brackets(1, |token| token == Token::Comma).is_some_and(|first| first <= failure.at);
    let first = match failure.token(1) {
        Some(Token::LeftParenthesis) if !outside => 2,
        _ if outside => 1,
        _ => return None,
    };
    if let (Some(Token::Text(_)), true) = (failure.token(first), failure.at == first + 1) {
        // Words before a value, as scripts print them.
        let end = failure.outside_brackets(failure.at + 1, |token| token == Token::Comma);
        let end = end.unwrap_or(failure.line.tokens.len() - usize::from(first == 2));
        let value = failure.written(failure.at + 1, end.saturating_sub(1));
        return Some(format!("a value is shown with what it is, without a text: write `print {value}`"));
    }
    Some(format!("each value has a `print` of its own: `print {}`", failure.written(first, failure.at - 1)))
}

/// What a script writes in quotes, without them.
fn unquoted(text: &str) -> &str {
    text.trim().trim_matches(['\'', '"'])
}

/// The name and the value of a named argument.
fn named_argument(argument: &str) -> Option<(&str, &str)> {
    let (name, value) = argument.split_once('=')?;
    let name = name.trim();
    (is_name(name) && !value.starts_with('=')).then_some((name, value.trim()))
}

/// Whether it may stand as a name of a group.
fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}
