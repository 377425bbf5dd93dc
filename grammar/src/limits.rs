//! How deep an expression may be. In: the tokens of one statement. Out: a diagnostic where the tree made of them
//! would be too deep to walk by recursion; found on the tokens, so that no such tree is ever built.
//!
//! Holds throughout: an expression of a statement that passes is at most [`OPERATORS`] operators and brackets deep,
//! plus [`DEPTH`] signs, powers and indices at its leaves. Walking one takes less than a 2 MB stack in an unoptimised
//! build, where a frame of the walk may be 1.5 kB.

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::lexer::Lexeme;
use crate::span::{SourceId, Span};
use crate::token::Token;

/// How many brackets, braces, signs or powers may be nested in one another.
pub const DEPTH: usize = 256;

/// How many operators and brackets may lie on the way from an expression to its innermost part; a chain `a + b + c`
/// counts each.
pub const OPERATORS: usize = 1000;

/// Depth of one part between brackets, as far as it was read.
#[derive(Default)]
struct Part {
    /// Operators of the chain since the last comma.
    operators: usize,
    /// Signs, powers and indices that stand directly on the operand being read.
    tight: usize,
    /// Depth of the deepest bracket in the operand being read.
    inner: usize,
    /// Deepest operand of the chain.
    operand: usize,
    /// Deepest chain before the last comma.
    chain: usize,
}

impl Part {
    /// Ends an operand.
    fn operand(&mut self) {
        self.operand = self.operand.max(self.tight + self.inner);
        self.tight = 0;
        self.inner = 0;
    }

    /// Ends a chain.
    fn chain(&mut self) {
        self.chain = self.depth();
        self.operators = 0;
        self.tight = 0;
        self.inner = 0;
        self.operand = 0;
    }

    /// A bound on the depth of what was read.
    fn depth(&self) -> usize {
        self.chain.max(self.operators + self.operand.max(self.tight + self.inner))
    }
}

/// Reports the first place where an expression of the statement grows too deep. Brackets must be balanced.
pub(crate) fn check(source: SourceId, tokens: &[Lexeme<'_>]) -> Option<Diagnostic> {
    let mut parts = vec![Part::default()];
    let mut previous = None;
    for lexeme in tokens {
        let after_operand = previous.is_some_and(Token::ends_operand);
        previous = Some(lexeme.token);
        let part = parts.last_mut()?;
        match lexeme.token {
            Token::LeftParenthesis | Token::LeftBracket => part.tight += usize::from(after_operand),
            Token::RightParenthesis | Token::RightBracket => {
                let depth = part.depth() + 1;
                parts.pop();
                let outer = parts.last_mut()?;
                outer.inner = outer.inner.max(depth);
            }
            Token::Dot | Token::DoubleStar | Token::Not => part.tight += 1,
            Token::Plus | Token::Minus if !after_operand => part.tight += 1,
            Token::Comma | Token::Colon | Token::Equals | Token::If | Token::For | Token::In => part.chain(),
            token if token.is_binary_operator() => {
                part.operand();
                part.operators += 1;
            }
            _ => {}
        }
        let part = parts.last()?;
        let span = Span::new(source, lexeme.start, lexeme.end);
        if part.tight > DEPTH {
            let message = format!("signs, powers or indices are nested more than {DEPTH} deep");
            let help = "give an inner part a name of its own";
            return Some(Diagnostic::error(codes::NESTED_TOO_DEEP, span, message).label("too deep here").help(help));
        }
        if part.depth() > OPERATORS {
            let message = format!("this expression has more than {OPERATORS} operators and brackets in one chain");
            let help = "split it: give a part a name of its own, as a constant or a subexpression";
            return Some(
                Diagnostic::error(codes::EXPRESSION_TOO_LONG, span, message).label("too long here").help(help),
            );
        }
        if matches!(lexeme.token, Token::LeftParenthesis | Token::LeftBracket) {
            parts.push(Part::default());
        }
    }
    None
}
