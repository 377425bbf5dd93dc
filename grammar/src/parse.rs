//! Text to syntax tree. In: a text. Out: the tree of what could be read, and every diagnostic.
//!
//! Holds throughout: statements are read one by one, each with one call of the grammar, blocks before the statement
//! around them; a statement that cannot be read is an `Error` node with one diagnostic, and the others are as if it
//! were not there. No recursion is deeper than the three levels of blocks that have a meaning.

use crate::ast::{Block, Expr, ExprKind, File, Item, ItemKind, Member, MemberKind, Statement};
use crate::build::{Builder, Tree};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::habits::{self, Failure};
use crate::lexer::{self, Lexeme};
use crate::limits;
use crate::model::LineParser;
use crate::span::{SourceId, Span};
use crate::statements::{self, Braces, Line};
use crate::token::{Start, Token, Word};
use crate::words;

/// What a text says, and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parsed {
    /// Everything that could be read; a statement that could not is an `Error` node.
    pub file: File,
    /// In the order of the text; empty if every statement could be read.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a whole `.rheo` text. An empty one gives an empty file.
#[must_use]
pub fn parse(source: SourceId, text: &str) -> Parsed {
    let (mut items, diagnostics) = read(source, text, |reader, lines| reader.items(lines, Start::Item));
    let nothing = diagnostics.first().filter(|_| items.is_empty());
    if let Some(lost) = diagnostics.iter().find(|one| one.code == codes::UNCLOSED_BRACE).or(nothing) {
        // The statement of a block that never ends is lost, and what it declares is not to be missed elsewhere.
        items.push(Item { kind: ItemKind::Error, span: lost.primary.span });
    }
    Parsed { file: File { items }, diagnostics }
}

/// Reads the inside of a sweep's braces: what happens at every point, and what is reported of it.
#[must_use]
pub fn parse_sweep_body(source: SourceId, text: &str) -> (Vec<Item>, Vec<Diagnostic>) {
    read(source, text, |reader, lines| reader.items(lines, Start::Step))
}

/// Reads the inside of a group's block, as a builder takes it: equations and other members, one per line or separated
/// by `;`.
#[must_use]
pub fn parse_members(source: SourceId, text: &str) -> (Vec<Member>, Vec<Diagnostic>) {
    read(source, text, |reader, lines| reader.members(lines))
}

/// Reads statements of code, as a builder takes them: `v = 0; u += d`. The block has no braces of its own and the
/// span of the text.
#[must_use]
pub fn parse_block(source: SourceId, text: &str) -> (Block, Vec<Diagnostic>) {
    let (statements, diagnostics) = read(source, text, |reader, lines| reader.statements(lines));
    (Block { statements, braces: false, span: Span::new(source, 0, text.len()) }, diagnostics)
}

/// Reads one expression, as a builder takes it: `v > Vt`. Line ends are spaces in it.
#[must_use]
pub fn parse_expression(source: SourceId, text: &str) -> (Expr, Vec<Diagnostic>) {
    let (expression, diagnostics) = read(source, text, |reader, lines| reader.expression(lines, text.len()));
    let whole = Span::new(source, 0, text.len());
    (expression.unwrap_or(Expr { kind: ExprKind::Error, span: whole }), diagnostics)
}

/// Bytes as text, or the place of the first byte that is none.
///
/// # Errors
///
/// A diagnostic with [`codes::NOT_UTF8`] at the first byte that begins no character.
#[expect(clippy::result_large_err, reason = "made once for a text")]
pub fn diagnose_bytes(source: SourceId, bytes: &[u8]) -> Result<&str, Diagnostic> {
    std::str::from_utf8(bytes).map_err(|error| {
        let start = error.valid_up_to();
        let end = start + error.error_len().unwrap_or(bytes.len() - start);
        let line = 1 + bytes[..start].iter().filter(|&&byte| byte == b'\n').count();
        let message = format!("the text is not UTF-8: byte {start} (line {line}) begins no character");
        Diagnostic::error(codes::NOT_UTF8, Span::new(source, start, end), message).help("save the file as UTF-8")
    })
}

/// Splits a text into statements, has them read, and puts the diagnostics in the order of the text.
fn read<T: Default>(
    source: SourceId,
    text: &str,
    with: impl FnOnce(&mut Reader<'_>, Vec<Line<'_>>) -> T,
) -> (T, Vec<Diagnostic>) {
    if u32::try_from(text.len()).is_err() {
        return (T::default(), vec![too_long(source, text.len())]);
    }
    let mut lexemes = lexer::lex(source, text);
    let mut diagnostics = std::mem::take(&mut lexemes.diagnostics);
    let lines = statements::split(source, text, &lexemes, &mut diagnostics);
    let mut reader = Reader { source, text, parser: LineParser::new(), diagnostics };
    let tree = with(&mut reader, lines);
    let mut diagnostics = reader.diagnostics;
    diagnostics.sort_by_key(|diagnostic| diagnostic.primary.span);
    (tree, diagnostics)
}

fn too_long(source: SourceId, bytes: usize) -> Diagnostic {
    let message = format!("the text has {bytes} bytes; the limit is {}", u32::MAX);
    Diagnostic::error(codes::TEXT_TOO_LONG, Span::new(source, 0, 0), message)
        .help("put large tables into files of their own: `csv(\"…\")`, `npy(\"…\")`")
}

/// Reads the statements of one text.
struct Reader<'t> {
    source: SourceId,
    text: &'t str,
    parser: LineParser,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    /// Statements of the top level, or of the body of a sweep.
    fn items(&mut self, lines: Vec<Line<'_>>, level: Start) -> Vec<Item> {
        let mut items = Vec::with_capacity(lines.len());
        for mut line in lines {
            let mut builder = Builder::new(self.source);
            words::mark(level, &mut line.tokens);
            let first = line.tokens.first().map(|first| first.token);
            match words::inside(level, &line.tokens) {
                Start::Step => builder.items = self.braces(&mut line, |reader, lines| reader.items(lines, Start::Step)),
                // What is wrong in a sweep that cannot be there, or in a loop, need not be told.
                _ if matches!(first, Some(Token::Word(Word::Sweep) | Token::For)) => line.braces.clear(),
                _ => builder.members = self.braces(&mut line, Self::members),
            }
            let kind = match self.line(level, &mut line, &mut builder) {
                Some(Tree::Item(kind)) => self.on_level(level, kind, &line),
                _ => ItemKind::Error,
            };
            items.push(Item { kind, span: self.span(&line) });
        }
        items
    }

    /// The statement if it can stand on this level: `report` stands in sweeps alone, and little else does.
    fn on_level(&mut self, level: Start, kind: ItemKind, line: &Line<'_>) -> ItemKind {
        let Some(first) = line.tokens.first() else { return kind };
        let word = self.text.get(first.start..first.end).unwrap_or_default();
        let (message, help) = match &kind {
            ItemKind::Report { .. } if level == Start::Item => (
                "`report` cannot stand here".to_owned(),
                "`report` stands in the body of a sweep: `sweep tau = [1, 2, 3]*ms { run 1*second; report rate(P) }`; \
                 to write down what happens in one run, write `record P.spikes`"
                    .to_owned(),
            ),
            _ if level == Start::Item => return kind,
            ItemKind::Run { .. }
            | ItemKind::Set { .. }
            | ItemKind::SetSpikes { .. }
            | ItemKind::Store { .. }
            | ItemKind::Restore { .. }
            | ItemKind::Print { .. }
            | ItemKind::Report { .. }
            | ItemKind::Error => return kind,
            ItemKind::Definition { .. } => (
                format!("the constant `{word}` cannot be defined in a sweep"),
                format!(
                    "what is another at every point is an axis, `sweep {word} = [ … ] {{ … }}`; \
                         what is not is defined before the sweep"
                ),
            ),
            ItemKind::Sweep { .. } => (
                "a sweep cannot stand in a sweep".to_owned(),
                "one sweep varies several things: `sweep tau = [ … ], w = [ … ] { … }` goes through all combinations"
                    .to_owned(),
            ),
            ItemKind::Record { .. } => (
                "`record` cannot stand in a sweep".to_owned(),
                "write it before the sweep, or say what to measure at every point: `report rate(P)`".to_owned(),
            ),
            _ => (
                format!("`{word}` cannot stand in a sweep"),
                "write it before the sweep: the network is the same at every point, and constants differ".to_owned(),
            ),
        };
        let span = Span::new(self.source, first.start, first.end);
        self.diagnostics.push(Diagnostic::error(codes::WRONG_LEVEL, span, message).help(help));
        ItemKind::Error
    }

    fn members(&mut self, lines: Vec<Line<'_>>) -> Vec<Member> {
        let mut members: Vec<Member> = Vec::with_capacity(lines.len());
        // The last code without braces on the line being read, which `; u += d` may be meant to belong to.
        let mut code: Option<usize> = None;
        for mut line in lines {
            let mut builder = Builder::new(self.source);
            let told = self.diagnostics.len();
            let spans: Vec<Span> = line.braces.iter().map(|braces| braces.span).collect();
            let blocks = self.braces(&mut line, Self::statements).into_iter().zip(spans);
            builder.blocks = blocks.map(|(statements, span)| Block { statements, braces: true, span }).collect();
            let told_inside = self.diagnostics.len();
            code = code.filter(|_| line.after_semicolon);
            if let Some(at) = code {
                self.without_braces(&mut line, &members[at..]);
            }
            let kind = match self.line(Start::Member, &mut line, &mut builder) {
                Some(Tree::Member(kind)) => kind,
                _ => MemberKind::Error,
            };
            if self.diagnostics[told_inside..].iter().any(|one| one.code == codes::UNEXPECTED_BLOCK) {
                // What stands in braces that mean nothing is no code, and what it is not need not be told.
                self.diagnostics.drain(told..told_inside);
            }
            if code_without_braces(&kind).is_some() {
                code = Some(members.len());
            } else if kind != MemberKind::Error {
                code = None;
            }
            members.push(Member { kind, span: self.span(&line) });
        }
        self.values_of_declared(&members);
        members
    }

    /// `v = 0` beside `dv/dt = …`: a value at the start is what was meant; `x = v + 1`: no constant.
    fn values_of_declared(&mut self, members: &[Member]) {
        let declared = |name: &str| {
            members.iter().any(|member| matches!(&member.kind, MemberKind::Equation(line) if &*line.name.text == name))
        };
        for one in self.diagnostics.iter_mut().filter(|one| one.code == codes::MISSING_UNIT) {
            let inside = members.iter().any(|member| member.span == one.primary.span);
            let line = self.text.get(one.primary.span.range()).unwrap_or_default();
            let Some((name, value)) = line.split_once('=').filter(|_| inside) else { continue };
            let mut words = value.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
            if declared(name.trim()) {
                one.help.retain(|help| help.contains("`init "));
            } else if words.any(|word| declared(word) || matches!(word, "i" | "j" | "t" | "N" | "rand" | "randn")) {
                // What is made of variables is no constant.
                one.help.retain(|help| !help.starts_with("a constant "));
            }
        }
    }

    /// `reset v = 0; u += d`: refuses the second statement, and those behind it without another word. `members`
    /// begins with the `reset`.
    fn without_braces(&mut self, line: &mut Line<'_>, members: &[Member]) {
        let begins_code = matches!(line.tokens.as_slice(), [first, second, ..]
            if first.token.name().is_some() && second.token.is_assignment());
        let is_equation = line.tokens.iter().any(|lexeme| lexeme.token == Token::Colon);
        let [before, told @ ..] = members else { return };
        let Some(code) = code_without_braces(&before.kind).filter(|_| begins_code && !is_equation) else { return };
        line.refused = true;
        if !told.is_empty() {
            return;
        }
        let written = |span: Span| self.text.get(span.range()).unwrap_or_default();
        let word = written(before.span).split_whitespace().next().unwrap_or_default();
        let span = self.span(line);
        let message = format!("several statements after `{word}` need {{ }}");
        self.diagnostics.push(
            Diagnostic::error(codes::STATEMENTS_WITHOUT_BRACES, span, message)
                .label(format!("does not belong to `{word}`"))
                .also(before.span, "ends here")
                .help(format!("write `{word} {{ {}; {} }}`", written(code.span), written(span))),
        );
    }

    /// Statements of code; those that cannot be read are left out.
    fn statements(&mut self, lines: Vec<Line<'_>>) -> Vec<Statement> {
        let mut statements = Vec::with_capacity(lines.len());
        for mut line in lines {
            let mut builder = Builder::new(self.source);
            if let Some(Tree::Statement(statement)) = self.line(Start::Statement, &mut line, &mut builder) {
                statements.push(statement);
            }
        }
        statements
    }

    /// All lines as one expression.
    fn expression(&mut self, lines: Vec<Line<'_>>, end: usize) -> Option<Expr> {
        let mut whole = Line::default();
        for line in lines {
            whole.refused |= line.refused;
            whole.tokens.extend(line.tokens);
        }
        if whole.tokens.is_empty() && !whole.refused {
            let span = Span::new(self.source, 0, end);
            self.diagnostics
                .push(Diagnostic::error(codes::UNFINISHED, span, "there is no expression here").help("write a value"));
            return None;
        }
        match self.line(Start::Expression, &mut whole, &mut Builder::new(self.source)) {
            Some(Tree::Expression(expression)) => Some(expression),
            _ => None,
        }
    }

    /// Reads what the braces of a statement hold.
    fn braces<'s, T>(&mut self, line: &mut Line<'s>, read: fn(&mut Self, Vec<Line<'s>>) -> T) -> Vec<T> {
        let all = std::mem::take(&mut line.braces);
        all.into_iter().map(|Braces { lines, .. }| read(self, lines)).collect()
    }

    /// One call of the grammar; `None` and a diagnostic where it does not fit.
    fn line(&mut self, start: Start, line: &mut Line<'_>, builder: &mut Builder) -> Option<Tree> {
        if let Some(diagnostic) = habits::object_of_brian2(self.source, self.text, start, line) {
            // One mend for the whole statement, with what it has in three quotes.
            if line.refused {
                let whole = self.span(line);
                let within = |span: Span| whole.start <= span.start && span.end <= whole.end;
                self.diagnostics.retain(|told| told.code != codes::QUOTED_CODE || !within(told.primary.span));
            }
            self.diagnostics.push(diagnostic);
            return None;
        }
        if line.refused {
            return None;
        }
        if let Some(diagnostic) = limits::check(self.source, &line.tokens) {
            self.diagnostics.push(diagnostic);
            return None;
        }
        words::mark(start, &mut line.tokens);
        words::unquote(&mut line.tokens);
        if let Some(diagnostic) = habits::quoted_code(self.source, line) {
            self.diagnostics.push(diagnostic);
            return None;
        }
        let first = line.tokens.first().map_or(0, |lexeme| lexeme.start);
        let begin = (first, Token::Start(start), first);
        let tokens = line.tokens.iter().map(|&Lexeme { token, start, end }| (start, token, end));
        let stream = std::iter::once(begin).chain(tokens).map(Ok);
        match self.parser.parse(builder, stream) {
            Ok(tree) => {
                self.diagnostics.append(&mut builder.diagnostics);
                Some(tree)
            }
            Err(error) => {
                let failure = Failure::new(self.source, self.text, start, line, error);
                let diagnostic = habits::explain(&failure);
                self.tell(diagnostic);
                None
            }
        }
    }

    /// Adds a diagnostic; statements that draw, one after the other, are told of once.
    fn tell(&mut self, diagnostic: Diagnostic) {
        let span = diagnostic.primary.span;
        let text = self.text;
        let follows = |last: &Diagnostic| {
            let between = text.get(last.primary.span.end as usize..span.start as usize).unwrap_or("between");
            let nothing = |line: &str| line.trim().trim_matches(';').is_empty() || line.trim().starts_with('#');
            habits::draws(last) && between.lines().all(nothing)
        };
        match self.diagnostics.last_mut().filter(|last| habits::draws(&diagnostic) && follows(last)) {
            Some(last) => last.primary.span = last.primary.span.to(span),
            None => self.diagnostics.push(diagnostic),
        }
    }

    /// From the first token of a statement to its last.
    fn span(&self, line: &Line<'_>) -> Span {
        let start = line.tokens.first().map_or(0, |lexeme| lexeme.start);
        let end = line.tokens.last().map_or(start, |lexeme| lexeme.end);
        Span::new(self.source, start, end)
    }
}

/// The code of a member that takes code, if it was written without braces.
fn code_without_braces(kind: &MemberKind) -> Option<&Block> {
    match kind {
        MemberKind::Reset(code)
        | MemberKind::Init(code)
        | MemberKind::OnPre { body: code, .. }
        | MemberKind::OnPost { body: code, .. } => Some(code).filter(|code| !code.braces),
        _ => None,
    }
}
