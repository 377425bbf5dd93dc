//! Connections in the words of other simulators, and the same in ours: `rule = 'fixed_indegree', indegree = 10`,
//! `p = 0.1, autapses = False`, `FixedProb(0.1)`.
//!
//! In: the parts of a `connect`. Out: the first word that is none of ours, and the whole line as it is written here.

use crate::ir::network::Group;
use grammar::Span;
use grammar::ast::{Argument, ConnectPart, Expr, ExprKind};
use grammar::print::expression;

/// What a rule makes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    All,
    OneToOne,
    Probability,
    /// A fixed number, by the word for it.
    Fixed(&'static str),
}

/// Rules as NEST, PyNN and BrainPy call them; ours among them.
const RULES: [(&str, Kind); 22] = [
    ("all", Kind::All),
    ("all_to_all", Kind::All),
    ("AllToAllConnector", Kind::All),
    ("All2All", Kind::All),
    ("one_to_one", Kind::OneToOne),
    ("OneToOneConnector", Kind::OneToOne),
    ("One2One", Kind::OneToOne),
    ("pairwise_bernoulli", Kind::Probability),
    ("bernoulli", Kind::Probability),
    ("FixedProbabilityConnector", Kind::Probability),
    ("FixedProb", Kind::Probability),
    ("fixed_probability", Kind::Probability),
    ("fixed_indegree", Kind::Fixed("fixed_indegree")),
    ("FixedNumberPreConnector", Kind::Fixed("fixed_indegree")),
    ("FixedPreNum", Kind::Fixed("fixed_indegree")),
    ("fixed_outdegree", Kind::Fixed("fixed_outdegree")),
    ("FixedNumberPostConnector", Kind::Fixed("fixed_outdegree")),
    ("FixedPostNum", Kind::Fixed("fixed_outdegree")),
    ("fixed_total", Kind::Fixed("fixed_total")),
    ("fixed_total_number", Kind::Fixed("fixed_total")),
    ("FixedTotalNumberConnector", Kind::Fixed("fixed_total")),
    ("FixedTotalNum", Kind::Fixed("fixed_total")),
];

/// The rules of ours that are called.
const OURS: [&str; 3] = ["fixed_indegree", "fixed_outdegree", "fixed_total"];

fn rule(word: &str) -> Option<Kind> {
    RULES.iter().find(|row| row.0 == word).map(|row| row.1)
}

/// Which neurons are in both of two groups.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Meet {
    /// All, by the same numbers.
    #[default]
    Same,
    /// None: neurons of one number are two neurons.
    Apart,
    /// Some, and by other numbers.
    Partly,
}

impl Meet {
    pub(super) fn of(source: Group, target: Group) -> Self {
        let end = |group: Group| group.offset.saturating_add(group.size);
        if source.population != target.population || end(source) <= target.offset || end(target) <= source.offset {
            return Self::Apart;
        }
        if source.offset == target.offset { Self::Same } else { Self::Partly }
    }
}

/// What the parts say, as far as they have been read.
#[derive(Default)]
struct Line {
    /// The first word that is none of ours.
    foreign: Option<(String, Span)>,
    rule: Option<Kind>,
    /// How many of a rule with a fixed number.
    count: Option<String>,
    p: Option<String>,
    without_autapses: bool,
    meet: Meet,
    conditions: Vec<String>,
    others: Vec<String>,
}

/// The first word of a `connect` that is of another simulator, and the line as it is written here; `known` are names that the text
/// has given to something, and groups meet as `meet` says. `None` where every word is one of ours, or not all of them can be told.
pub(super) fn translated(
    parts: &[ConnectPart],
    meet: Meet,
    known: impl Fn(&str) -> bool,
) -> Option<(String, Span, Vec<String>)> {
    let mut line = Line { meet, ..Line::default() };
    for part in parts {
        match part {
            ConnectPart::Named { name, value, generator: None } => line.named(&name.text, name.span, value)?,
            ConnectPart::Named { .. } => return None,
            ConnectPart::Plain(expr) => line.plain(expr, &known)?,
        }
    }
    let (word, span) = line.foreign.take()?;
    if line.without_autapses && meet == Meet::Partly {
        return None;
    }
    let mut helps = vec![format!("write `{}`", line.written())];
    if line.without_autapses && meet == Meet::Apart {
        helps.push("source and target have no neuron in common, so that there are no autapses to leave out".to_owned());
    }
    Some((word, span, helps))
}

impl Line {
    fn is_foreign(&mut self, word: &str, span: Span) {
        self.foreign.get_or_insert_with(|| (word.to_owned(), span));
    }

    /// `p = 0.1`, `autapses = False`, `rule = 'fixed_indegree'`
    fn named(&mut self, word: &str, span: Span, value: &Expr) -> Option<()> {
        if !matches!(word, "p" | "n" | "i" | "j") {
            self.is_foreign(word, span);
        }
        match word {
            "p" => self.p = Some(expression(value)),
            "n" | "i" | "j" => self.others.push(format!("{word} = {}", expression(value))),
            "condition" => match &value.kind {
                ExprKind::Text(text) => self.conditions.push(text.trim().to_owned()),
                _ => self.conditions.push(expression(value)),
            },
            "probability" | "prob" | "p_connect" => self.p = Some(expression(value)),
            "autapses" | "allow_autapses" | "allow_self_connections" | "include_self" => {
                self.without_autapses = !truth(value)?;
            }
            // A pair is connected once unless `n` says more.
            "multapses" | "allow_multapses" if !truth(value)? => {}
            "rule" | "conn_spec" => match &value.kind {
                ExprKind::Text(word) | ExprKind::Name(word) => self.rule = Some(rule(word)?),
                _ => return None,
            },
            "indegree" | "outdegree" => {
                let word = if word == "indegree" { "fixed_indegree" } else { "fixed_outdegree" };
                self.rule = Some(Kind::Fixed(word));
                self.count = Some(expression(value));
            }
            "N" => self.count = Some(expression(value)),
            _ => match rule(word)? {
                Kind::Probability => self.p = Some(expression(value)),
                kind @ Kind::Fixed(_) => {
                    self.rule = Some(kind);
                    self.count = Some(expression(value));
                }
                kind if truth(value)? => self.rule = Some(kind),
                _ => return None,
            },
        }
        Some(())
    }

    fn plain(&mut self, expr: &Expr, known: &impl Fn(&str) -> bool) -> Option<()> {
        match &expr.kind {
            ExprKind::Text(word) | ExprKind::Name(word) if &**word != "all" && !known(word) && rule(word).is_some() => {
                self.is_foreign(word, expr.span);
                self.rule = rule(word);
            }
            ExprKind::Name(word) if &**word == "all" => self.rule = Some(Kind::All),
            ExprKind::Name(word) if &**word == "skip_if_invalid" => self.others.push(word.to_string()),
            ExprKind::Call { function, arguments } if rule(&function.text).is_some() && !known(&function.text) => {
                if !OURS.contains(&&*function.text) {
                    self.is_foreign(&function.text, function.span);
                }
                self.rule = rule(&function.text);
                for argument in arguments {
                    self.argument(argument)?;
                }
            }
            ExprKind::Call { .. } if super::files::file_call(expr).is_some() => return None,
            _ => self.conditions.push(expression(expr)),
        }
        Some(())
    }

    /// An argument of a rule.
    fn argument(&mut self, argument: &Argument) -> Option<()> {
        let value = expression(&argument.value);
        match argument.name.as_ref().map(|name| (&*name.text, name.span)) {
            Some(("autapses", _)) => self.without_autapses = !truth(&argument.value)?,
            Some((word @ ("allow_autapses" | "allow_self_connections" | "include_self"), span)) => {
                self.is_foreign(word, span);
                self.without_autapses = !truth(&argument.value)?;
            }
            Some((word @ ("multapses" | "allow_multapses"), span)) => {
                self.is_foreign(word, span);
                (!truth(&argument.value)?).then_some(())?;
            }
            Some((word @ ("p" | "p_connect" | "prob"), span)) => {
                self.is_foreign(word, span);
                self.p = Some(value);
            }
            Some((word @ ("n" | "N" | "num" | "indegree" | "outdegree"), span)) => {
                self.is_foreign(word, span);
                self.count = Some(value);
            }
            Some(_) => return None,
            None if self.rule == Some(Kind::Probability) => self.p = Some(value),
            None => self.count = Some(value),
        }
        Some(())
    }

    fn written(&self) -> String {
        if let Some(Kind::Fixed(word)) = self.rule {
            let count = self.count.as_deref().unwrap_or("10");
            let autapses = if self.without_autapses && self.meet == Meet::Same { ", autapses = False" } else { "" };
            return format!("connect {word}({count}{autapses})");
        }
        let mut conditions = self.conditions.clone();
        if self.rule == Some(Kind::OneToOne) {
            conditions.insert(0, "i == j".to_owned());
        }
        if self.without_autapses && self.meet == Meet::Same {
            conditions.insert(0, "i != j".to_owned());
        }
        let p = self.p.clone().or_else(|| (self.rule == Some(Kind::Probability)).then(|| "0.1".to_owned()));
        let mut parts = Vec::new();
        match conditions.as_slice() {
            [] if p.is_none() => parts.push("all".to_owned()),
            [] => {}
            [one] => parts.push(one.clone()),
            conditions => parts.push(conditions.iter().map(|one| joined(one)).collect::<Vec<_>>().join(" and ")),
        }
        parts.extend(p.map(|p| format!("p = {p}")));
        parts.extend(self.others.iter().cloned());
        format!("connect {}", parts.join(", "))
    }
}

/// A condition as it stands beside `and`: in brackets where it has an `or`, which would go with one of its sides alone.
fn joined(condition: &str) -> String {
    let letter = |letter: char| letter.is_alphanumeric() || letter == '_';
    if condition.split(|other| !letter(other)).any(|word| word == "or") {
        return format!("({condition})");
    }
    condition.to_owned()
}

/// `True` or `False`.
fn truth(expr: &Expr) -> Option<bool> {
    match &expr.kind {
        ExprKind::Boolean(value) => Some(*value),
        ExprKind::Name(word) if matches!(&**word, "true" | "false") => Some(&**word == "true"),
        _ => None,
    }
}
