//! What the grammar's rules do beyond naming a node: spans, numbers, and mistakes that a rule understands.
//!
//! In: the parts of a node and their bytes. Out: the node. Holds throughout: a rule that finds a mistake says so in
//! `diagnostics` and gives a node all the same.

use crate::ast::{
    Argument, BinaryOp, Block, Expr, ExprKind, Item, ItemKind, Member, MemberKind, Name, Number, Statement, UnaryOp,
};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::span::{SourceId, Span};

/// What one statement is.
pub(crate) enum Tree {
    Item(ItemKind),
    Member(MemberKind),
    Statement(Statement),
    Expression(Expr),
}

/// Makes nodes for one statement.
pub(crate) struct Builder {
    source: SourceId,
    /// What the statement's braces hold, by their number; one of the three, by the statement's level and word.
    pub(crate) items: Vec<Vec<Item>>,
    pub(crate) members: Vec<Vec<Member>>,
    pub(crate) blocks: Vec<Block>,
    /// What the rules found.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Builder {
    pub(crate) fn new(source: SourceId) -> Self {
        Self { source, items: Vec::new(), members: Vec::new(), blocks: Vec::new(), diagnostics: Vec::new() }
    }

    pub(crate) fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.source, start, end)
    }

    pub(crate) fn name(&self, text: &str, start: usize, end: usize) -> Name {
        Name { text: text.into(), span: self.span(start, end) }
    }

    pub(crate) fn expr(&self, start: usize, end: usize, kind: ExprKind) -> Expr {
        Expr { kind, span: self.span(start, end) }
    }

    /// `first` and `rest` as one list.
    pub(crate) fn list<T>(first: T, rest: Vec<T>) -> Vec<T> {
        let mut list = rest;
        list.insert(0, first);
        list
    }

    /// What stands in the braces of this number; each is taken once.
    pub(crate) fn items(&mut self, number: usize) -> Vec<Item> {
        self.items.get_mut(number).map(std::mem::take).unwrap_or_default()
    }

    /// Likewise, for the members of a block.
    pub(crate) fn members(&mut self, number: usize) -> Vec<Member> {
        self.members.get_mut(number).map(std::mem::take).unwrap_or_default()
    }

    /// Likewise, for code.
    pub(crate) fn block(&mut self, number: usize) -> Block {
        let nothing = Block { statements: Vec::new(), braces: true, span: self.span(0, 0) };
        self.blocks.get_mut(number).map(|block| std::mem::replace(block, nothing.clone())).unwrap_or(nothing)
    }

    /// A statement that needs no braces.
    pub(crate) fn one_statement(statement: Statement) -> Block {
        let span = statement.span;
        Block { statements: vec![statement], braces: false, span }
    }

    pub(crate) fn number(&self, text: &str, start: usize, end: usize) -> Expr {
        let integer = text.bytes().all(|byte| byte.is_ascii_digit());
        // Whatever the lexer takes for a number is one to `f64` too; one that is too large becomes infinite and was
        // reported.
        let value = text.parse().unwrap_or(f64::NAN);
        self.expr(start, end, ExprKind::Number(Number { text: text.into(), integer, value }))
    }

    /// A text in single quotes where one in double quotes is right.
    pub(crate) fn single_quoted(&mut self, text: &str, start: usize, end: usize) -> Name {
        let span = self.span(start, end);
        self.diagnostics.push(
            Diagnostic::error(codes::SINGLE_QUOTES, span, "a text stands in double quotes")
                .help(format!("write `\"{text}\"`")),
        );
        self.name(text, start, end)
    }

    pub(crate) fn unary(&self, op: UnaryOp, operand: Expr, start: usize, end: usize) -> Expr {
        self.expr(start, end, ExprKind::Unary { op, operand: Box::new(operand) })
    }

    /// A binary expression; the operator comes with its place.
    pub(crate) fn binary(&self, left: Expr, (op, op_span): (BinaryOp, Span), right: Expr) -> Expr {
        let span = left.span.to(right.span);
        Expr { span, kind: ExprKind::Binary { op, op_span, left: Box::new(left), right: Box::new(right) } }
    }

    /// A comparison, which is refused after another one without brackets.
    pub(crate) fn comparison(&mut self, left: Expr, op: (BinaryOp, Span), right: Expr) -> Expr {
        let compared = self.binary(left, op, right);
        if let ExprKind::Binary { op_span, left, .. } = &compared.kind
            && let ExprKind::Binary { op: first, op_span: first_span, left: leftmost, .. } = &left.kind
            && is_comparison(*first)
            && !matches!(&leftmost.kind, ExprKind::Binary { op, .. } if is_comparison(*op))
        {
            self.diagnostics.push(
                Diagnostic::error(codes::CHAINED_COMPARISON, *op_span, "comparisons cannot be chained")
                    .label("second comparison")
                    .also(*first_span, "first comparison")
                    .help("compare twice and join the two with `and`: write `a < b and b < c` for `a < b < c`"),
            );
        }
        compared
    }

    /// `dx/dt`: the name `x` where `left` is `dx` and `right` is `dt`.
    pub(crate) fn derivative(&mut self, left: Name, right: &Name, start: usize, end: usize) -> Name {
        let variable = left.text.strip_prefix('d').filter(|rest| !rest.is_empty());
        if right.text.as_ref() == "dt"
            && let Some(variable) = variable
        {
            let first = left.span.range().start + 1;
            return self.name(variable, first, first + variable.len());
        }
        let message =
            format!("`{}/{}` is not the derivative of a variable with respect to time", left.text, right.text);
        let help = match variable {
            Some(variable) => format!("write `d{variable}/dt = …`"),
            None => format!("write `d{}/dt = …`", left.text),
        };
        let span = self.span(start, end);
        self.diagnostics.push(Diagnostic::error(codes::NOT_A_DERIVATIVE, span, message).help(help));
        left
    }

    /// The words of a flag, one space between each two.
    pub(crate) fn flag(&self, first: String, rest: Vec<String>, start: usize, end: usize) -> Name {
        self.name(&Self::list(first, rest).join(" "), start, end)
    }

    /// Arguments, of which those without a name come first.
    pub(crate) fn arguments(&mut self, first: Argument, rest: Vec<Argument>) -> Vec<Argument> {
        let arguments = Self::list(first, rest);
        let named = arguments.iter().position(|argument| argument.name.is_some()).unwrap_or(arguments.len());
        let late = arguments[named..].iter().find(|argument| argument.name.is_none());
        if let (Some(late), Some(name)) = (late, arguments.get(named).and_then(|argument| argument.name.as_ref())) {
            let message = format!("an argument without a name follows the argument `{}`", name.text);
            self.diagnostics.push(
                Diagnostic::error(codes::ARGUMENT_ORDER, late.value.span, message)
                    .also(name.span, "the first argument with a name")
                    .help("put it before those with a name, or give it one"),
            );
        }
        arguments
    }
}

fn is_comparison(op: BinaryOp) -> bool {
    matches!(
        op,
        BinaryOp::Less
            | BinaryOp::LessEqual
            | BinaryOp::Greater
            | BinaryOp::GreaterEqual
            | BinaryOp::Equal
            | BinaryOp::NotEqual
    )
}
