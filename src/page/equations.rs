//! A model's tree as sections of the page: constants, functions, groups of neurons, synapses, and what happens.
//!
//! Equations, conditions and code are typeset; what is a matter of words (`connect`, `record`, `run`) stands as it is
//! written.

use super::math::{derivative, equation, expression, formula, identifier, statement};
use crate::sources::Sources;
use grammar::Span;
use grammar::ast::{
    Block, Equation, EquationKind, Expr, File, Group, Item, ItemKind, Member, MemberKind, Name, Parameter,
};
use maud::{Markup, html};

/// A tree, and where its words are found.
pub(super) struct Typesetter<'a> {
    pub(super) sources: &'a Sources,
    /// Constants that were given another value: name, and the text of the value.
    pub(super) given: &'a [(String, String)],
}

impl Typesetter<'_> {
    /// All of a model.
    pub(super) fn model(&self, file: &File) -> Markup {
        let constants: Vec<(&Name, &Expr)> = file.items.iter().filter_map(constant).collect();
        let happens: Vec<&Item> = file.items.iter().filter(|item| is_words(item)).collect();
        html! {
            @if !constants.is_empty() {
                h3 { "Definitions" }
                div.constants { @for (name, value) in constants { (self.constant(name, value)) } }
            }
            @for item in &file.items { (self.block(&item.kind)) }
            @if !happens.is_empty() {
                h3 { "What is recorded and what happens" }
                pre { @for item in happens { (self.words(item.span)) "\n" } }
            }
        }
    }

    fn constant(&self, name: &Name, value: &Expr) -> Markup {
        let given = self.given.iter().rev().find(|(of, _)| *of == *name.text);
        html! {
            span.constant {
                (equation(identifier(&name.text), value))
                @if let Some((_, text)) = given { span.given { " set to " code { (text) } } }
            }
        }
    }

    fn block(&self, item: &ItemKind) -> Markup {
        match item {
            ItemKind::Neurons(group) => self.group("neurons", group),
            ItemKind::Poisson(group) => self.group("poisson", group),
            ItemKind::SpikeSource(group) => self.group("spike_source", group),
            ItemKind::Synapses { name, source, target, model, body } => {
                let ends = html! { (self.words(source.span)) " → " (self.words(target.span)) };
                self.titled("synapses", &name.text, ends, model.as_ref(), body.as_deref())
            }
            ItemKind::PoissonInput { target, body } => {
                self.titled("poisson_input to", &self.words(target.span), Markup::default(), None, Some(body))
            }
            ItemKind::Model { name, body } => self.titled("model", &name.text, Markup::default(), None, Some(body)),
            ItemKind::Function { name, parameters, unit, value } => self.function(name, parameters, unit, value),
            _ => Markup::default(),
        }
    }

    fn group(&self, kind: &str, group: &Group) -> Markup {
        let size = html! { "[" (self.words(group.size.span)) "]" };
        self.titled(kind, &group.name.text, size, group.model.as_ref(), group.body.as_deref())
    }

    fn titled(&self, kind: &str, name: &str, more: Markup, model: Option<&Name>, body: Option<&[Member]>) -> Markup {
        html! {
            section.block {
                h3 {
                    span.kind { (kind) } " " (name) span.more { " " (more) }
                    @if let Some(model) = model { span.more { " with the equations of " (model.text) } }
                }
                @if let Some(body) = body { table.members { @for member in body { (self.member(member)) } } }
            }
        }
    }

    fn function(&self, name: &Name, parameters: &[Parameter], unit: &Expr, value: &Expr) -> Markup {
        let arguments = parameters.iter().enumerate();
        let called = html! {
            (identifier(&name.text)) mo stretchy="false" { "(" }
            @for (place, parameter) in arguments {
                @if place > 0 { mo separator="true" { "," } }
                (identifier(&parameter.name.text))
            }
            mo stretchy="false" { ")" }
        };
        let of = |parameter: &Parameter| format!("{}: {}", parameter.name.text, self.words(parameter.unit.span));
        let (units, unit) = (parameters.iter().map(of).collect::<Vec<_>>().join(", "), self.words(unit.span));
        html! {
            section.block {
                h3 { span.kind { "function" } " " (name.text) span.more { " (" (units) ")" } }
                table.members {
                    tr {
                        td.word {}
                        td {
                            (equation(called, value))
                            @if unit != "1" { " " span.unit { (unit) } }
                        }
                    }
                }
            }
        }
    }

    fn member(&self, member: &Member) -> Markup {
        let word = member.kind.word().unwrap_or_default();
        let row = |label: &str, content: Markup| html! { tr { td.word { (label) } td { (content) } } };
        let math = |value: &Expr| row(word, formula(expression(value)));
        let named = |name: &Option<Name>| match name {
            Some(name) => format!("{word} {}", name.text),
            None => word.to_owned(),
        };
        match &member.kind {
            MemberKind::Equation(equation) => self.equation(equation),
            MemberKind::Threshold(value)
            | MemberKind::Refractory(value)
            | MemberKind::Rate(value)
            | MemberKind::Count(value)
            | MemberKind::Weight(value)
            | MemberKind::Period(value)
            | MemberKind::Dt(value) => math(value),
            MemberKind::Reset(block) | MemberKind::Init(block) => row(word, code(block)),
            MemberKind::OnPre { pathway, body } | MemberKind::OnPost { pathway, body } => {
                row(&named(pathway), code(body))
            }
            MemberKind::Delay { pathway, value } => row(&named(pathway), formula(expression(value))),
            MemberKind::Every { interval, body, .. } => {
                row(word, html! { (formula(expression(interval))) (code(body)) })
            }
            MemberKind::Event { name, condition, body, .. } => {
                let label = format!("{word} {}", name.text);
                row(&label, html! { (formula(expression(condition))) @if let Some(body) = body { (code(body)) } })
            }
            MemberKind::Connect(_)
            | MemberKind::Method(_)
            | MemberKind::OnEvent { .. }
            | MemberKind::Order { .. }
            | MemberKind::When { .. }
            | MemberKind::MultisynapticIndex(_)
            | MemberKind::Spikes(_) => {
                let words = self.words(member.span);
                row(word, html! { code { (words.strip_prefix(word).unwrap_or(&words).trim()) } })
            }
            MemberKind::Error => Markup::default(),
        }
    }

    fn equation(&self, equation: &Equation) -> Markup {
        let name = &equation.name.text;
        let math = match &equation.kind {
            EquationKind::Differential(value) => self::equation(derivative(name), value),
            EquationKind::Subexpression(value) | EquationKind::Parameter(Some(value)) => {
                self::equation(identifier(name), value)
            }
            EquationKind::Parameter(None) => formula(identifier(name)),
        };
        let flags: Vec<&str> = equation.flags.iter().map(|flag| &*flag.text).collect();
        let unit = self.words(equation.unit.span);
        html! {
            tr {
                td.word {}
                td {
                    (math)
                    @if unit != "1" || !flags.is_empty() {
                        " " span.unit {
                            @if unit != "1" { (unit) }
                            @if !flags.is_empty() { " (" (flags.join(", ")) ")" }
                        }
                    }
                }
            }
        }
    }

    /// As it is written, long texts shortened.
    fn words(&self, span: Span) -> String {
        let source = self.sources.get(span.source);
        let text = source.and_then(|source| source.text.get(span.start as usize..span.end as usize)).unwrap_or("");
        if text.chars().count() <= MOST_WORDS {
            return text.to_owned();
        }
        text.chars().take(MOST_WORDS).chain(['…']).collect()
    }
}

/// A statement of more characters than this is shortened; the whole text stands at the end of the page.
const MOST_WORDS: usize = 600;

fn code(block: &Block) -> Markup {
    html! { div.code { @for line in &block.statements { div { (formula(statement(line))) } } } }
}

fn constant(item: &Item) -> Option<(&Name, &Expr)> {
    match &item.kind {
        ItemKind::Definition { name, value } => Some((name, value)),
        _ => None,
    }
}

/// Whether an item is shown as it is written.
fn is_words(item: &Item) -> bool {
    use ItemKind::{Print, Record, Restore, Run, Set, SetSpikes, Store, Sweep};
    let changes = matches!(item.kind, Set { .. } | SetSpikes { .. } | Store { .. } | Restore { .. });
    changes || matches!(item.kind, Record { .. } | Run { .. } | Print { .. } | Sweep { .. })
}
