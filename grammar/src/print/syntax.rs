//! A tree as text. In: a tree, made by the parser or by hand. Out: text in the canonical layout that parses to it.
//!
//! Holds throughout: brackets are written where the tree has them and, for a tree made by hand, where the meaning
//! needs them. An `Error` node has no text: its statement is left out.

use crate::ast::{
    Argument, AssignOp, Axis, BinaryOp, Block, ConnectPart, Equation, EquationKind, Expr, ExprKind, File, Generator,
    Group, IndexItem, Item, ItemKind, Member, MemberKind, Name, Parameter, RecordForm, RecordTarget, Smooth, Statement,
    Turn, UnaryOp,
};
use crate::print::writer::Writer;
use crate::token::{Token, Word};

/// A whole text; items with a block stand apart by a blank line.
#[must_use]
pub fn file(file: &File) -> String {
    let mut printer = Printer { writer: Writer::default() };
    let mut apart = false;
    for item in file.items.iter().filter(|item| item.kind != ItemKind::Error) {
        let block = has_block(item);
        if block || apart {
            printer.writer.blank_line();
        }
        apart = block;
        printer.item(&item.kind);
        printer.writer.end_statement();
    }
    printer.writer.finish()
}

/// One expression, without a line end.
#[must_use]
pub fn expression(expression: &Expr) -> String {
    let mut printer = Printer { writer: Writer::default() };
    printer.expression(expression);
    let mut text = printer.writer.finish();
    text.truncate(text.trim_end().len());
    text
}

fn has_block(item: &Item) -> bool {
    match &item.kind {
        ItemKind::Neurons(group) | ItemKind::Poisson(group) | ItemKind::SpikeSource(group) => group.body.is_some(),
        ItemKind::Synapses { body, .. } => body.is_some(),
        ItemKind::PoissonInput { .. } | ItemKind::Model { .. } | ItemKind::Sweep { .. } => true,
        _ => false,
    }
}

struct Printer<'t> {
    writer: Writer<'t>,
}

impl<'t> Printer<'t> {
    fn item(&mut self, item: &'t ItemKind) {
        match item {
            ItemKind::Definition { name, value } => self.set_to(name, value),
            ItemKind::Neurons(group) => self.group(Word::Neurons, group),
            ItemKind::Poisson(group) => self.group(Word::Poisson, group),
            ItemKind::SpikeSource(group) => self.group(Word::SpikeSource, group),
            ItemKind::Synapses { name, source, target, model, body } => {
                self.word(Word::Synapses);
                self.name(name);
                self.mark(Token::Colon, ":");
                self.expression(source);
                self.mark(Token::Arrow, "->");
                self.expression(target);
                self.model(model.as_ref());
                self.members(body.as_deref());
            }
            ItemKind::PoissonInput { target, body } => {
                self.word(Word::PoissonInput);
                self.word(Word::To);
                self.expression(target);
                self.members(Some(body));
            }
            ItemKind::Model { name, body } => {
                self.word(Word::Model);
                self.name(name);
                self.members(Some(body));
            }
            ItemKind::Function { name, parameters, unit, value } => self.function(name, parameters, unit, value),
            ItemKind::Use { path } => {
                self.word(Word::Use);
                self.text(&path.text);
            }
            ItemKind::Record { targets, smooth, every, last, turn, with } => {
                self.record(targets, smooth.as_ref(), [every.as_ref(), last.as_ref()], turn, with);
            }
            ItemKind::Run { duration } => self.word_and(Word::Run, duration),
            ItemKind::Set { place, value } => {
                self.word_and(Word::Set, place);
                self.mark(Token::Equals, "=");
                self.expression(value);
            }
            ItemKind::SetSpikes { place, body } => {
                self.word_and(Word::Set, place);
                self.members(Some(body));
            }
            ItemKind::Store { name } => {
                self.word(Word::Store);
                self.quoted(name.as_ref());
            }
            ItemKind::Restore { name, random } => {
                self.word(Word::Restore);
                self.quoted(name.as_ref());
                if *random {
                    self.word(Word::With);
                    self.word(Word::Random);
                }
            }
            ItemKind::Print { value } => self.word_and(Word::Print, value),
            ItemKind::Sweep { axes, seeds, body } => self.sweep(axes, seeds.as_ref(), body),
            ItemKind::Report { measures, last } => {
                self.word(Word::Report);
                self.list(measures, Self::expression);
                if let Some(last) = last {
                    self.word_and(Word::Last, last);
                }
            }
            ItemKind::Error => {}
        }
    }

    fn sweep(&mut self, axes: &'t [Axis], seeds: Option<&'t Name>, body: &'t [Item]) {
        self.word(Word::Sweep);
        self.list(axes, |printer, axis| printer.set_to(&axis.name, &axis.values));
        if let Some(seeds) = seeds {
            self.word(Word::Seeds);
            self.name(seeds);
        }
        self.braces(body.iter().filter(|item| item.kind != ItemKind::Error), |printer, item| printer.item(&item.kind));
    }

    fn group(&mut self, word: Word, group: &'t Group) {
        self.word(word);
        self.name(&group.name);
        self.mark(Token::LeftBracket, "[");
        self.expression(&group.size);
        self.mark(Token::RightBracket, "]");
        self.model(group.model.as_ref());
        self.members(group.body.as_deref());
    }

    fn model(&mut self, model: Option<&'t Name>) {
        if let Some(model) = model {
            self.mark(Token::Colon, ":");
            self.name(model);
        }
    }

    fn function(&mut self, name: &'t Name, parameters: &'t [Parameter], unit: &'t Expr, value: &'t Expr) {
        self.word(Word::Function);
        self.name(name);
        self.mark(Token::LeftParenthesis, "(");
        self.list(parameters, |printer, parameter| {
            printer.name(&parameter.name);
            printer.mark(Token::Colon, ":");
            printer.expression(&parameter.unit);
        });
        self.mark(Token::RightParenthesis, ")");
        self.mark(Token::Colon, ":");
        self.expression(unit);
        self.mark(Token::Equals, "=");
        self.expression(value);
    }

    fn record(
        &mut self,
        targets: &'t [RecordTarget],
        smooth: Option<&'t Smooth>,
        [every, last]: [Option<&'t Expr>; 2],
        turn: &'t Turn,
        with: &'t [Name],
    ) {
        self.word(Word::Record);
        self.list(targets, |printer, target| {
            printer.expression(&target.place);
            match target.form {
                RecordForm::All => {}
                RecordForm::AtEnd => {
                    printer.word(Word::At);
                    printer.word(Word::End);
                }
                RecordForm::Counts => printer.word(Word::Counts),
                RecordForm::Mean => printer.word(Word::Mean),
                RecordForm::Variance => printer.word(Word::Variance),
            }
        });
        if let Some(Smooth { window, width }) = smooth {
            self.word(Word::Smooth);
            self.name(window);
            self.expression(width);
        }
        if let Some(every) = every {
            self.word_and(Word::Every, every);
        }
        if let Some(last) = last {
            self.word_and(Word::Last, last);
        }
        self.turn(turn);
        if !with.is_empty() {
            self.word(Word::With);
            self.list(with, Self::name);
        }
    }

    fn turn(&mut self, turn: &'t Turn) {
        if let Some(slot) = &turn.when {
            self.word(Word::When);
            self.name(slot);
        }
        if let Some(order) = &turn.order {
            self.word_and(Word::Order, order);
        }
    }

    fn members(&mut self, members: Option<&'t [Member]>) {
        let Some(members) = members else { return };
        self.braces(members.iter().filter(|member| member.kind != MemberKind::Error), |printer, member| {
            printer.member(&member.kind);
        });
    }

    fn member(&mut self, member: &'t MemberKind) {
        match member {
            MemberKind::Equation(equation) => self.equation(equation),
            MemberKind::Threshold(condition) => self.word_and(Word::Threshold, condition),
            MemberKind::Reset(code) => self.code(Word::Reset, None, code),
            MemberKind::Refractory(value) => self.word_and(Word::Refractory, value),
            MemberKind::Method(name) => {
                self.word(Word::Method);
                self.name(name);
            }
            MemberKind::Init(code) => self.code(Word::Init, None, code),
            MemberKind::Event { name, condition, turn, body } => {
                self.word(Word::Event);
                self.name(name);
                self.mark(Token::If, "if");
                self.expression(condition);
                self.turn(turn);
                if let Some(body) = body {
                    self.block(body);
                }
            }
            MemberKind::Every { interval, turn, body } => {
                self.word_and(Word::Every, interval);
                self.turn(turn);
                self.block(body);
            }
            MemberKind::Dt(value) => self.word_and(Word::Dt, value),
            MemberKind::OnPre { pathway, body } => self.code(Word::OnPre, pathway.as_ref(), body),
            MemberKind::OnPost { pathway, body } => self.code(Word::OnPost, pathway.as_ref(), body),
            MemberKind::OnEvent { pathway, event } => {
                self.pathway(Word::OnEvent, pathway.as_ref());
                self.name(event);
            }
            MemberKind::Order { of, value } => {
                self.pathway(Word::Order, of.as_ref());
                self.expression(value);
            }
            MemberKind::When { of, slot } => {
                self.pathway(Word::When, of.as_ref());
                self.name(slot);
            }
            MemberKind::MultisynapticIndex(name) => {
                self.word(Word::MultisynapticIndex);
                self.name(name);
            }
            MemberKind::Delay { pathway, value } => {
                self.pathway(Word::Delay, pathway.as_ref());
                self.expression(value);
            }
            MemberKind::Connect(parts) => {
                self.word(Word::Connect);
                self.list(parts, Self::connect_part);
            }
            MemberKind::Rate(value) => self.word_and(Word::Rate, value),
            MemberKind::Count(value) => self.word_and(Word::N, value),
            MemberKind::Weight(value) => self.word_and(Word::Weight, value),
            MemberKind::Spikes(arguments) => {
                self.word(Word::Spikes);
                self.list(arguments, Self::argument);
            }
            MemberKind::Period(value) => self.word_and(Word::Period, value),
            MemberKind::Error => {}
        }
    }

    fn equation(&mut self, equation: &'t Equation) {
        let Equation { name, kind, unit, flags } = equation;
        match kind {
            EquationKind::Differential(value) => {
                self.writer.token(Token::Name(&name.text), &format!("d{}", name.text));
                self.mark(Token::Slash, "/");
                self.writer.token(Token::Name("dt"), "dt");
                self.mark(Token::Equals, "=");
                self.expression(value);
            }
            EquationKind::Subexpression(value) => self.set_to(name, value),
            EquationKind::Parameter(_) => self.name(name),
        }
        self.mark(Token::Colon, ":");
        self.expression(unit);
        if !flags.is_empty() {
            self.mark(Token::LeftParenthesis, "(");
            self.list(flags, Self::name);
            self.mark(Token::RightParenthesis, ")");
        }
        if let EquationKind::Parameter(Some(default)) = kind {
            self.mark(Token::Equals, "=");
            self.expression(default);
        }
    }

    fn connect_part(&mut self, part: &'t ConnectPart) {
        match part {
            ConnectPart::Plain(value) => self.expression(value),
            ConnectPart::Named { name, value, generator } => {
                self.set_to(name, value);
                if let Some(generator) = generator {
                    self.generator(generator);
                }
            }
        }
    }

    fn generator(&mut self, generator: &'t Generator) {
        if let Some((name, range)) = &generator.each {
            self.mark(Token::For, "for");
            self.name(name);
            self.mark(Token::In, "in");
            self.expression(range);
        }
        if let Some(condition) = &generator.condition {
            self.mark(Token::If, "if");
            self.expression(condition);
        }
    }

    /// A word that takes code, which needs no braces if it is one statement and names no pathway.
    fn code(&mut self, word: Word, pathway: Option<&'t Name>, code: &'t Block) {
        self.word(word);
        if let Some(pathway) = pathway {
            self.name(pathway);
        }
        match code.statements.as_slice() {
            [statement] if !code.braces && pathway.is_none() => self.statement(statement),
            _ => self.block(code),
        }
    }

    fn block(&mut self, block: &'t Block) {
        self.braces(block.statements.iter(), Self::statement);
    }

    fn statement(&mut self, statement: &'t Statement) {
        self.name(&statement.target);
        match statement.op {
            AssignOp::Set => self.mark(Token::Equals, "="),
            AssignOp::With(op) => self.mark(Token::PlusEquals, &format!("{}=", op.symbol())),
        }
        self.expression(&statement.value);
    }

    /// `{ … }`, each statement in a line of its own.
    fn braces<T: 't>(&mut self, statements: impl Iterator<Item = &'t T>, print: impl Fn(&mut Self, &'t T)) {
        let mut statements = statements.peekable();
        if statements.peek().is_none() {
            self.writer.open_inline();
            self.writer.close_inline(true);
            return;
        }
        self.writer.open_block();
        for statement in statements {
            print(self, statement);
            self.writer.end_statement();
        }
        self.writer.close_block();
    }

    fn expression(&mut self, expression: &'t Expr) {
        match &expression.kind {
            ExprKind::Number(number) => self.writer.token(Token::Number(&number.text), &number.text),
            ExprKind::Boolean(true) => self.mark(Token::True, "True"),
            ExprKind::Boolean(false) => self.mark(Token::False, "False"),
            ExprKind::Text(text) => self.text(text),
            ExprKind::Name(name) => self.writer.token(Token::Name(name), name),
            ExprKind::Unary { op, operand } => {
                let (sign, written, needs) = match op {
                    UnaryOp::Negate => (Token::Minus, "-", Precedence::Sign),
                    UnaryOp::Plus => (Token::Plus, "+", Precedence::Sign),
                    UnaryOp::Not => (Token::Not, "not", Precedence::Not),
                };
                self.mark(sign, written);
                self.part(operand, needs);
            }
            ExprKind::Binary { op, left, right, .. } => {
                let (left_needs, right_needs) = needs(*op);
                self.part(left, left_needs);
                self.mark(operator(*op), op.symbol());
                self.part(right, right_needs);
            }
            ExprKind::Call { function, arguments } => {
                self.name(function);
                self.mark(Token::LeftParenthesis, "(");
                self.list(arguments, Self::argument);
                self.mark(Token::RightParenthesis, ")");
            }
            ExprKind::Member { base, name } => {
                self.part(base, Precedence::Postfix);
                self.mark(Token::Dot, ".");
                self.name(name);
            }
            ExprKind::Index { base, items } => {
                self.part(base, Precedence::Postfix);
                self.mark(Token::LeftBracket, "[");
                self.list(items, Self::index);
                self.mark(Token::RightBracket, "]");
            }
            ExprKind::List(items) => {
                self.mark(Token::LeftBracket, "[");
                self.list(items, Self::expression);
                self.mark(Token::RightBracket, "]");
            }
            ExprKind::Group(inner) => self.group_of(inner),
            ExprKind::Error => {}
        }
    }

    /// A part of an expression, in brackets if it binds less than its place needs.
    fn part(&mut self, part: &'t Expr, needs: Precedence) {
        if precedence(part) < needs { self.group_of(part) } else { self.expression(part) }
    }

    fn group_of(&mut self, inner: &'t Expr) {
        self.mark(Token::LeftParenthesis, "(");
        self.expression(inner);
        self.mark(Token::RightParenthesis, ")");
    }

    fn index(&mut self, item: &'t IndexItem) {
        match item {
            IndexItem::At(value) => self.expression(value),
            IndexItem::Slice { start, stop, step, .. } => {
                start.iter().for_each(|start| self.expression(start));
                self.mark(Token::Colon, ":");
                stop.iter().for_each(|stop| self.expression(stop));
                if let Some(step) = step {
                    self.mark(Token::Colon, ":");
                    self.expression(step);
                }
            }
        }
    }

    fn argument(&mut self, argument: &'t Argument) {
        match &argument.name {
            Some(name) => self.set_to(name, &argument.value),
            None => self.expression(&argument.value),
        }
    }

    fn set_to(&mut self, name: &'t Name, value: &'t Expr) {
        self.name(name);
        self.mark(Token::Equals, "=");
        self.expression(value);
    }

    fn list<T>(&mut self, items: &'t [T], print: impl Fn(&mut Self, &'t T)) {
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.mark(Token::Comma, ",");
            }
            print(self, item);
        }
    }

    fn pathway(&mut self, word: Word, pathway: Option<&'t Name>) {
        self.word(word);
        if let Some(pathway) = pathway {
            self.name(pathway);
            self.mark(Token::Equals, "=");
        }
    }

    fn name(&mut self, name: &'t Name) {
        self.writer.token(Token::Name(&name.text), &name.text);
    }

    fn quoted(&mut self, text: Option<&'t Name>) {
        if let Some(text) = text {
            self.text(&text.text);
        }
    }

    fn text(&mut self, text: &'t str) {
        self.writer.token(Token::Text(text), &format!("\"{text}\""));
    }

    fn word(&mut self, word: Word) {
        self.writer.token(Token::Word(word), word.text());
    }

    fn word_and(&mut self, word: Word, value: &'t Expr) {
        self.word(word);
        self.expression(value);
    }

    fn mark(&mut self, token: Token<'t>, written: &str) {
        self.writer.token(token, written);
    }
}

/// How strongly an expression holds together, loosest first; the grammar's ladder.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Precedence {
    Or,
    And,
    Not,
    Comparison,
    Sum,
    Term,
    Sign,
    Power,
    Operand,
    Postfix,
}

fn precedence(expression: &Expr) -> Precedence {
    match &expression.kind {
        ExprKind::Binary { op, .. } => of_operator(*op),
        ExprKind::Unary { op: UnaryOp::Not, .. } => Precedence::Not,
        ExprKind::Unary { .. } => Precedence::Sign,
        ExprKind::Number(_) | ExprKind::Boolean(_) | ExprKind::Text(_) => Precedence::Operand,
        _ => Precedence::Postfix,
    }
}

fn of_operator(op: BinaryOp) -> Precedence {
    match op {
        BinaryOp::Or => Precedence::Or,
        BinaryOp::And => Precedence::And,
        BinaryOp::Less
        | BinaryOp::LessEqual
        | BinaryOp::Greater
        | BinaryOp::GreaterEqual
        | BinaryOp::Equal
        | BinaryOp::NotEqual => Precedence::Comparison,
        BinaryOp::Add | BinaryOp::Subtract => Precedence::Sum,
        BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::FloorDivide | BinaryOp::Remainder => Precedence::Term,
        BinaryOp::Power => Precedence::Power,
    }
}

/// What the operands of an operator have to be at least, left and right.
fn needs(op: BinaryOp) -> (Precedence, Precedence) {
    match of_operator(op) {
        Precedence::Or => (Precedence::Or, Precedence::And),
        Precedence::And => (Precedence::And, Precedence::Not),
        Precedence::Comparison => (Precedence::Sum, Precedence::Sum),
        Precedence::Sum => (Precedence::Sum, Precedence::Term),
        Precedence::Term => (Precedence::Term, Precedence::Sign),
        _ => (Precedence::Operand, Precedence::Sign),
    }
}

fn operator(op: BinaryOp) -> Token<'static> {
    match op {
        BinaryOp::Add => Token::Plus,
        BinaryOp::Subtract => Token::Minus,
        BinaryOp::Multiply => Token::Star,
        BinaryOp::Divide => Token::Slash,
        BinaryOp::FloorDivide => Token::DoubleSlash,
        BinaryOp::Remainder => Token::Percent,
        BinaryOp::Power => Token::DoubleStar,
        BinaryOp::Less => Token::Less,
        BinaryOp::LessEqual => Token::LessEqual,
        BinaryOp::Greater => Token::Greater,
        BinaryOp::GreaterEqual => Token::GreaterEqual,
        BinaryOp::Equal => Token::DoubleEquals,
        BinaryOp::NotEqual => Token::NotEqual,
        BinaryOp::And => Token::And,
        BinaryOp::Or => Token::Or,
    }
}
