//! Models by name: every block with the members of its model.
//!
//! In: a syntax tree. Out: a tree of the same blocks in which each that names a model has the model's members, with its own in
//! their place or after them; spans stay where the text is. The rules are those of `key`: what has a name is replaced by what has
//! the same name, what a block has once is replaced, `init` and `every` are added.
//!
//! A mistake in a model is found where the model is used, and says by which block. A model that nothing uses is read on its own,
//! as a block of which part is not known: names that a block might add are no mistake.

use super::members::{self, BlockKind};
use super::{Options, Resolver, codes, dependencies, suggestions};
use grammar::ast::{Block, EquationKind, Expr, ExprKind, File, Group, Item, ItemKind, Member, MemberKind, Name};
use grammar::{Diagnostic, Span};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// Places that a diagnostic about a model names as using it, at most.
const MOST_USERS: usize = 4;

/// A tree in which no block waits for its model's members.
pub(super) struct Expanded<'f> {
    /// The tree.
    pub(super) file: Cow<'f, File>,
    /// Unknown models, and models of one name.
    pub(super) found: Vec<Diagnostic>,
    /// Where the models stand.
    pub(super) models: Vec<Span>,
}

/// A model as it is written.
type Models<'f> = HashMap<&'f str, (&'f Name, &'f [Member])>;

/// Gives every block the members of its model.
pub(super) fn expanded(file: &File) -> Expanded<'_> {
    let mut found = Vec::new();
    let models = by_name(file, &mut found);
    let places = file.items.iter().filter(|item| matches!(item.kind, ItemKind::Model { .. }));
    let places = places.map(|item| item.span).collect();
    if !file.items.iter().any(|item| used_by(item).is_some()) {
        return Expanded { file: Cow::Borrowed(file), found, models: places };
    }
    let unknown = file.items.iter().any(|item| matches!(item.kind, ItemKind::Error | ItemKind::Use { .. }));
    let mut file = file.clone();
    for item in &mut file.items {
        let Some((name, body)) = parts_of(&mut item.kind) else { continue };
        let own = body.take().unwrap_or_default();
        *body = Some(match models.get(&*name.text) {
            Some((_, members)) => merged(members, own),
            None => {
                if !unknown {
                    found.push(unknown_model(name, &models));
                }
                // What the model would have declared is not known.
                own.into_iter().chain([not_read(name.span)]).collect()
            }
        });
    }
    Expanded { file: Cow::Owned(file), found, models: places }
}

fn by_name<'f>(file: &'f File, found: &mut Vec<Diagnostic>) -> Models<'f> {
    let mut models: Models<'f> = HashMap::new();
    for item in &file.items {
        let ItemKind::Model { name, body } = &item.kind else { continue };
        let Some((first, _)) = models.get(&*name.text) else {
            models.insert(&name.text, (name, body));
            continue;
        };
        let (first, again) = (first.span.min(name.span), first.span.max(name.span));
        let message = format!("the model `{}` is defined twice", name.text);
        found.push(
            Diagnostic::error(codes::DEFINED_TWICE, again, message)
                .label("defined again here")
                .also(first, "first defined here")
                .help("give one of them another name"),
        );
    }
    models
}

/// The name of the model that an item takes its members from.
pub(super) fn used_by(item: &Item) -> Option<&Name> {
    match &item.kind {
        ItemKind::Neurons(group) | ItemKind::Poisson(group) | ItemKind::SpikeSource(group) => group.model.as_ref(),
        ItemKind::Synapses { model, .. } => model.as_ref(),
        _ => None,
    }
}

/// The model's name and the body of a block that names one.
fn parts_of(kind: &mut ItemKind) -> Option<(&Name, &mut Option<Vec<Member>>)> {
    match kind {
        ItemKind::Neurons(group) | ItemKind::Poisson(group) | ItemKind::SpikeSource(group) => {
            Some((group.model.as_ref()?, &mut group.body))
        }
        ItemKind::Synapses { model, body, .. } => Some((model.as_ref()?, body)),
        _ => None,
    }
}

fn unknown_model(name: &Name, models: &Models<'_>) -> Diagnostic {
    let message = format!("there is no model called `{}`", name.text);
    let diagnostic = Diagnostic::error(codes::UNKNOWN_MODEL, name.span, message);
    let names = models.keys().copied();
    let all = suggestions::listed(names.clone());
    diagnostic.help(match suggestions::nearest(&name.text, names) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if all.is_empty() => format!("define it: `model {} {{ … }}` at the top level", name.text),
        None => format!("the models are: {all}"),
    })
}

/// A member that stands for what is not known.
fn not_read(span: Span) -> Member {
    Member { kind: MemberKind::Error, span }
}

/// What a member of a block takes the place of in its model: whatever has the same key. `None` for what is added.
fn key(kind: &MemberKind) -> Option<(&'static str, &str)> {
    match kind {
        MemberKind::Equation(equation) => Some(("equation", &equation.name.text)),
        MemberKind::OnPre { pathway, .. } => Some(("pathway", name_or(pathway, "pre"))),
        MemberKind::OnPost { pathway, .. } => Some(("pathway", name_or(pathway, "post"))),
        MemberKind::OnEvent { pathway, .. } => Some(("on_event", name_or(pathway, "pre"))),
        MemberKind::Delay { pathway, .. } => Some(("delay", name_or(pathway, "pre"))),
        MemberKind::Order { of, .. } => Some(("order", name_or(of, ""))),
        MemberKind::When { of, .. } => Some(("when", name_or(of, ""))),
        MemberKind::Event { name, .. } => Some(("event", &name.text)),
        MemberKind::Init(_) | MemberKind::Every { .. } | MemberKind::Error => None,
        other => members::word(other).map(|word| (word, "")),
    }
}

fn name_or<'m>(name: &'m Option<Name>, unnamed: &'m str) -> &'m str {
    name.as_ref().map_or(unnamed, |name| &name.text)
}

/// A model's members with those of a block: each in the place of what it replaces, the rest at the end.
fn merged(model: &[Member], own: Vec<Member>) -> Vec<Member> {
    let keys: HashSet<(&str, &str)> = own.iter().filter_map(|member| key(&member.kind)).collect();
    let valued: HashSet<&str> = own.iter().filter_map(|member| gives_value(&member.kind)).collect();
    let mut placed: HashSet<(&str, &str)> = HashSet::new();
    let mut members = Vec::new();
    for member in model {
        match key(&member.kind).filter(|key| keys.contains(key)) {
            None => members.extend(without_replaced_values(member, &valued)),
            Some(key_of) if placed.insert(key_of) => {
                members.extend(own.iter().filter(|member| key(&member.kind) == Some(key_of)).cloned());
            }
            Some(_) => {}
        }
    }
    members.extend(own.iter().filter(|member| key(&member.kind).is_none_or(|key| !placed.contains(&key))).cloned());
    members
}

/// The variable that a line gives its value, so that the model's `init` of it is out of place: `x : unit = default`, `x = … : unit`.
fn gives_value(kind: &MemberKind) -> Option<&str> {
    match kind {
        MemberKind::Equation(equation)
            if !matches!(equation.kind, EquationKind::Differential(_) | EquationKind::Parameter(None)) =>
        {
            Some(&equation.name.text)
        }
        _ => None,
    }
}

/// A member of the model; an `init` without what the block gives by equations of its own.
fn without_replaced_values(member: &Member, valued: &HashSet<&str>) -> Option<Member> {
    let MemberKind::Init(block) = &member.kind else { return Some(member.clone()) };
    let kept: Vec<_> =
        block.statements.iter().filter(|statement| !valued.contains(&*statement.target.text)).cloned().collect();
    if kept.is_empty() && !block.statements.is_empty() {
        return None;
    }
    Some(Member { kind: MemberKind::Init(Block { statements: kept, ..block.clone() }), span: member.span })
}

/// What is wrong with models that nothing uses, as far as that can be told.
pub(super) fn unused(file: &File, options: &Options) -> Vec<Diagnostic> {
    let used: HashSet<&str> = file.items.iter().filter_map(used_by).map(|name| &*name.text).collect();
    let mut found = Vec::new();
    for item in &file.items {
        let ItemKind::Model { name, body } = &item.kind else { continue };
        if used.contains(&*name.text) {
            continue;
        }
        let Some(block) = block_of(name, body) else {
            found.push(mixed(name, body));
            continue;
        };
        let given = |item: &&Item| matches!(item.kind, ItemKind::Definition { .. } | ItemKind::Function { .. });
        let block = Item { kind: block, span: item.span };
        let alone = File { items: file.items.iter().filter(given).cloned().chain([block]).collect() };
        let mut resolver = Resolver::new(options);
        resolver.blocks(&alone);
        let within = |diagnostic: &Diagnostic| contains(item.span, diagnostic.primary.span);
        found.extend(resolver.found.into_iter().filter(within));
    }
    found
}

/// The block that a model is for, open for what is not known.
fn block_of(name: &Name, body: &[Member]) -> Option<ItemKind> {
    let all = |block: BlockKind| body.iter().all(|member| members::belongs(&member.kind, block));
    let members = || Some(body.iter().cloned().chain([not_read(name.span)]).collect());
    let expr = |kind: ExprKind| Expr { kind, span: name.span };
    let one = grammar::ast::Number { text: "1".into(), integer: true, value: 1.0 };
    let group =
        || Group { name: name.clone(), size: expr(ExprKind::Number(one.clone())), model: None, body: members() };
    if all(BlockKind::Neurons) && !(all(BlockKind::Synapses) && body.iter().any(reads_neurons)) {
        Some(ItemKind::Neurons(group()))
    } else if all(BlockKind::Synapses) {
        let (source, target) = (expr(ExprKind::Error), expr(ExprKind::Error));
        Some(ItemKind::Synapses { name: name.clone(), source, target, model: None, body: members() })
    } else if all(BlockKind::Poisson) {
        Some(ItemKind::Poisson(group()))
    } else if all(BlockKind::SpikeSource) {
        Some(ItemKind::SpikeSource(group()))
    } else {
        None
    }
}

/// Whether a member only makes sense for synapses, though its kind of statement stands in neurons too.
fn reads_neurons(member: &Member) -> bool {
    let of_synapse = |name: &str| name == "j" || name.ends_with("_pre") || name.ends_with("_post");
    let flag = |flag: &Name| matches!(&*flag.text, "event-driven" | "clock-driven" | "summed");
    let in_block = |block: &Block| {
        block.statements.iter().any(|statement| dependencies::names(&statement.value).into_iter().any(of_synapse))
    };
    match &member.kind {
        MemberKind::Equation(equation) => {
            let value = match &equation.kind {
                EquationKind::Differential(value)
                | EquationKind::Subexpression(value)
                | EquationKind::Parameter(Some(value)) => Some(value),
                EquationKind::Parameter(None) => None,
            };
            let reads = value.is_some_and(|value| dependencies::names(value).into_iter().any(of_synapse));
            reads || of_synapse(&equation.name.text) || equation.flags.iter().any(flag)
        }
        MemberKind::Init(block) | MemberKind::Every { body: block, .. } => in_block(block),
        _ => false,
    }
}

fn mixed(name: &Name, body: &[Member]) -> Diagnostic {
    let words = |block: BlockKind| {
        let of_block = body.iter().find(|member| {
            members::belongs(&member.kind, block)
                && !(members::belongs(&member.kind, BlockKind::Neurons)
                    && members::belongs(&member.kind, BlockKind::Synapses))
        });
        of_block.map(|member| (block, member.span))
    };
    let message = format!("no block can have all that the model `{}` has", name.text);
    let mut diagnostic = Diagnostic::error(codes::MISPLACED, name.span, message)
        .help("make one model for neurons, and one for synapses");
    for block in [BlockKind::Neurons, BlockKind::Synapses, BlockKind::Poisson, BlockKind::SpikeSource] {
        if let Some((block, span)) = words(block) {
            diagnostic = diagnostic.also(span, format!("belongs in a {} block", block.words()));
        }
    }
    diagnostic
}

/// Whether a place stands within another.
pub(super) fn contains(outer: Span, inner: Span) -> bool {
    outer.source == inner.source && outer.start <= inner.start && inner.end <= outer.end
}

/// The same mistake of a model, found by way of each block that uses it, as one.
pub(super) fn told_once(found: Vec<Diagnostic>, models: &[Span]) -> Vec<Diagnostic> {
    let mut kept: Vec<Diagnostic> = Vec::with_capacity(found.len());
    for diagnostic in found {
        let of_model = models.iter().any(|model| contains(*model, diagnostic.primary.span));
        let same = |before: &&mut Diagnostic| {
            (before.code, before.primary.span, &before.message)
                == (diagnostic.code, diagnostic.primary.span, &diagnostic.message)
        };
        match kept.iter_mut().find(same).filter(|_| of_model) {
            Some(before) => {
                let more = diagnostic.secondary.into_iter().filter(|label| !before.secondary.contains(label));
                let room = MOST_USERS.saturating_sub(before.secondary.len());
                let more: Vec<_> = more.take(room).collect();
                before.secondary.extend(more);
            }
            None => kept.push(diagnostic),
        }
    }
    kept
}
