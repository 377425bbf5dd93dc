//! What stands where a value is asked for and is none: texts, lists, columns by name, variables of others.
//!
//! In: an expression and the names that hold where it stands. Out: the diagnostic, with what to write in its place where that is
//! known: a name without quotes, the call that reads a file or a column of it.

use super::files::file_call;
use super::names::{Entry, Scope};
use super::{Resolver, codes, dependencies, functions};
use crate::units;
use grammar::ast::{Expr, ExprKind, IndexItem};
use grammar::{Diagnostic, SourceId, Span};

/// Endings of files, and what reads them.
const ENDINGS: [(&str, &str); 7] = [
    (".csv", "csv"),
    (".txt", "csv"),
    (".dat", "csv"),
    (".tsv", "csv"),
    (".npy", "npy"),
    (".npz", "npz"),
    (".png", "png"),
];

impl Resolver<'_> {
    /// The diagnostic of what is no value where one is asked for.
    pub(super) fn not_a_value(&self, scope: &Scope, expr: &Expr) -> Diagnostic {
        let (message, help) = match &expr.kind {
            ExprKind::Text(text) => return self.text_for_value(scope, text, expr.span),
            ExprKind::List(_) => {
                ("a list is no value here", "write an expression, with `i` for the index of the neuron")
            }
            ExprKind::Member { base, name } => {
                if let Some(wrong) = self.column_by_name(expr) {
                    return wrong;
                }
                let place = grammar::print::expression(expr);
                if let ExprKind::Name(module) = &base.kind
                    && matches!((&**module, &*name.text), ("np" | "numpy" | "math" | "bm" | "jnp", "pi" | "e" | "inf"))
                {
                    let message = format!("`{module}.` is no part of a name here: values have no module");
                    return Diagnostic::error(codes::OTHER_GROUP, expr.span, message)
                        .help(format!("write `{}` without `{module}.`", name.text));
                }
                return Diagnostic::error(
                    codes::OTHER_GROUP,
                    expr.span,
                    "another group's variable cannot be read here",
                )
                .help(format!("in neurons, link it: `{0} : 1 (linked) = {place}`, and read `{0}`", name.text))
                .help("in synapses `x_pre` and `x_post` are the variables of the two neurons");
            }
            _ => (
                "a value is not indexed here",
                "a name alone is the value of the neuron or synapse that the code runs for",
            ),
        };
        Diagnostic::error(codes::NOT_A_VALUE, expr.span, message).help(help)
    }

    /// A text in the place of a value: code in quotes, the path of a file, or words.
    fn text_for_value(&self, scope: &Scope, text: &str, span: Span) -> Diagnostic {
        let diagnostic = Diagnostic::error(codes::NOT_A_VALUE, span, "a text is no value here");
        let text = text.trim();
        if let Some((_, reader)) = ENDINGS.iter().find(|(ending, _)| text.ends_with(ending)) {
            return diagnostic.help(format!("a file is read by a call: `{reader}(\"{text}\")`"));
        }
        let (expr, wrong) = grammar::parse_expression(SourceId(0), text);
        if !wrong.is_empty() {
            return diagnostic.help("expressions are written without quotes");
        }
        let names = dependencies::names(&expr);
        let unknown = names.iter().find(|name| !self.is_known(scope, name));
        match (&expr.kind, unknown) {
            (ExprKind::Name(_), Some(name)) => diagnostic.help(format!(
                "values are written without quotes, and nothing is called `{name}`: define it, as `{name} = …` at the \
                 top level"
            )),
            _ => diagnostic.help(format!("expressions are written without quotes: write `{text}`")),
        }
    }

    /// Whether a name stands for anything: in the block, at the top level, or in the language.
    fn is_known(&self, scope: &Scope, name: &str) -> bool {
        matches!(scope.entries.get(name), Some(Entry::Known(..) | Entry::Poison))
            || scope.open
            || self.open
            || self.constants.contains_key(name)
            || self.definitions.contains_key(name)
            || units::unit(name).is_some()
            || matches!(name, "pi" | "e" | "inf" | "all")
            || functions::function(name).is_some()
    }

    /// Reports a text that is to be printed, as scripts do it to say what follows. Whether there was one.
    pub(super) fn prints_text(&mut self, expr: &Expr) -> bool {
        let mut found: Option<(&str, Span)> = None;
        dependencies::walk(expr, |part| {
            if let ExprKind::Text(text) = &part.kind {
                found = found.or(Some((text.trim(), part.span)));
            }
        });
        let Some((text, span)) = found else { return false };
        let (meant, wrong) = grammar::parse_expression(SourceId(0), text);
        let names = dependencies::names(&meant);
        let known =
            wrong.is_empty() && !names.is_empty() && names.iter().all(|name| self.is_known(&self.outside, name));
        let help = if known && matches!(expr.kind, ExprKind::Text(_)) {
            format!("write `print {text}`, without quotes")
        } else {
            "leave the text out: a value is shown with what it is, as `print 20*mV/(4*nA)`; words for a reader stand behind `#`"
                .to_owned()
        };
        let message = "`print` shows values, and this is a text";
        self.report(Diagnostic::error(codes::NOT_A_VALUE, span, message).help(help));
        true
    }

    /// `csv("x.csv")["v"]`, `csv("x.csv").v`, `x["v"]`: a column, by its name.
    pub(super) fn column_by_name(&self, expr: &Expr) -> Option<Diagnostic> {
        let (base, column) = match &expr.kind {
            ExprKind::Member { base, name } => (base, &*name.text),
            ExprKind::Index { base, items } => match items.as_slice() {
                [IndexItem::At(Expr { kind: ExprKind::Text(column), .. })] => (base, &**column),
                [IndexItem::At(Expr { kind: ExprKind::Name(column), .. })]
                    if file_call(base).is_some() && !self.is_known(&self.outside, column) =>
                {
                    (base, &**column)
                }
                _ => return None,
            },
            _ => return None,
        };
        let call = match (file_call(base), &base.kind) {
            (Some((function, [path])), _) if matches!(&*function.text, "csv" | "npz") => {
                format!("{}({}", function.text, grammar::print::expression(&path.value))
            }
            (None, ExprKind::Name(name)) if self.array_names.contains(name) => "csv(\"…\"".to_owned(),
            _ => return None,
        };
        let message = "a column is named in the call that reads its file";
        let help = if is_name(column) {
            format!("write `{call}, {column})`")
        } else {
            format!("write `{call}, x)`, and `x` for `{column}` in the first line of the file")
        };
        Some(Diagnostic::error(codes::NOT_A_VALUE, expr.span, message).help(help))
    }
}

/// Whether a word may stand as a name.
pub(super) fn is_name(word: &str) -> bool {
    let (expr, wrong) = grammar::parse_expression(SourceId(0), word);
    wrong.is_empty() && matches!(&expr.kind, ExprKind::Name(_))
}
