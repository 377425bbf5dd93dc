//! Populations and their parts: names, sizes, subgroups.
//!
//! In: declarations and slices. Out: for every name the population and the range it stands for. Indices count from 0, negative
//! ones from the end as in Python; what is outside the group is an error, not cut off as Python would.

use super::names;
use super::spell::quoted;
use super::taken_names::is_defined;
use super::{Resolver, codes, dependencies, suggestions};
use crate::ir::network::{Group, PopulationId, ProjectionId};
use grammar::ast::{Expr, ExprKind, File, IndexItem, Item, ItemKind, Name};
use grammar::{Diagnostic, Span};

/// A contiguous part of a population.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// Which neurons.
    pub(super) group: Group,
    /// Whether the size is known: it is not where its declaration was wrong.
    pub(super) sized: bool,
}

/// What a top-level name stands for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Named {
    /// A population, once its size is worked out.
    Population(Part),
    /// A subgroup; `None` where its declaration was wrong.
    Subgroup(Option<Part>),
    /// Synapses.
    Projection(ProjectionId),
}

/// `name = base[…]` of a subgroup.
struct Subgroup<'a> {
    name: &'a Name,
    value: &'a Expr,
}

/// The group block of an item, if it is one.
pub(super) fn group(item: &Item) -> Option<&grammar::ast::Group> {
    match &item.kind {
        ItemKind::Neurons(group) | ItemKind::Poisson(group) | ItemKind::SpikeSource(group) => Some(group),
        _ => None,
    }
}

impl Resolver<'_> {
    /// Gives every population and projection its number and its name.
    pub(super) fn object_names(&mut self, file: &File) {
        let (mut populations, mut projections) = (0, 0);
        for item in &file.items {
            let (name, named) = match &item.kind {
                ItemKind::Synapses { name, .. } => {
                    projections += 1;
                    (name, Named::Projection(ProjectionId(projections - 1)))
                }
                _ => {
                    let Some(group) = group(item) else { continue };
                    populations += 1;
                    let group_of_all = Group { population: PopulationId(populations - 1), offset: 0, size: 0 };
                    (&group.name, Named::Population(Part { group: group_of_all, sized: false }))
                }
            };
            if let Some(reason) = names::reserved(&name.text) {
                self.name_is_taken(name, "a group", reason, |other| is_defined(file, other, name.span));
            }
            if !self.defined_before(name) {
                self.objects.insert(name.text.clone(), named);
            }
        }
    }

    /// Whether a definition names a part of a population.
    pub(super) fn is_subgroup(&self, value: &Expr) -> bool {
        match &value.kind {
            // What is indexed and is no group is an array.
            ExprKind::Index { .. } => base(value).is_some_and(|name| !self.array_names.contains(name)),
            ExprKind::Name(name) => self.objects.contains_key(name),
            _ => false,
        }
    }

    /// Works out the size of every population.
    pub(super) fn sizes(&mut self, file: &File) {
        for (number, group) in (0..).zip(file.items.iter().filter_map(group)) {
            let size = self.size(&group.size);
            self.sizes.push(size);
            let population = PopulationId(number);
            let whole = Group { population, offset: 0, size: size.unwrap_or(1) };
            // Of two populations of one name, the name stands for the first.
            if let Some(Named::Population(part)) = self.objects.get_mut(&group.name.text)
                && part.group.population == population
            {
                *part = Part { group: whole, sized: size.is_some() };
            }
        }
    }

    fn size(&mut self, expr: &Expr) -> Option<u32> {
        if let ExprKind::Number(number) = &expr.kind
            && number.integer
            && number.value > f64::from(i32::MAX)
        {
            let message = format!("a group has at most {} neurons", i32::MAX);
            let help = "several groups of fewer neurons may be connected to one another";
            self.report(Diagnostic::error(codes::SIZE, expr.span, message).help(help));
            return None;
        }
        let size = self.constant_integer(expr, "the size of a group")?;
        match u32::try_from(size) {
            Ok(size) if size > 0 => Some(size),
            _ => {
                let message = format!("a group has at least 1 neuron, and {} is {size}", quoted(expr));
                self.report(
                    Diagnostic::error(codes::SIZE, expr.span, message).help("write it as in `neurons P[100] { … }`"),
                );
                None
            }
        }
    }

    /// Works out every `name = P[a:b]`, each after those it is a part of.
    pub(super) fn subgroups(&mut self, file: &File) {
        let mut found: Vec<Subgroup<'_>> = Vec::new();
        for item in &file.items {
            let ItemKind::Definition { name, value } = &item.kind else { continue };
            if &*name.text == "seed" || !self.is_subgroup(value) {
                continue;
            }
            if let Some(reason) = names::reserved(&name.text) {
                self.name_is_taken(name, "a group", reason, |other| is_defined(file, other, name.span));
            } else if !self.defined_before(name) {
                found.push(Subgroup { name, value });
            }
        }
        let place = |name: &str| found.iter().position(|subgroup| &*subgroup.name.text == name);
        let uses: Vec<Vec<usize>> =
            found.iter().map(|subgroup| base(subgroup.value).and_then(place).into_iter().collect()).collect();
        let order = dependencies::order(&uses);
        for cycle in &order.cycles {
            self.report(super::constants::circular(cycle.iter().map(|member| found[*member].name)));
            for member in cycle {
                self.objects.insert(found[*member].name.text.clone(), Named::Subgroup(None));
            }
        }
        for place in order.sequence {
            let Subgroup { name, value } = &found[place];
            if !self.objects.contains_key(&name.text) {
                let part = self.part(value);
                self.objects.insert(name.text.clone(), Named::Subgroup(part));
            }
        }
    }

    /// The part of a population that an expression names: `P`, `P[3200:]`, `Pe`.
    pub(super) fn part(&mut self, expr: &Expr) -> Option<Part> {
        match &expr.kind {
            ExprKind::Name(name) => self.part_called(name, expr.span),
            ExprKind::Group(inner) => self.part(inner),
            ExprKind::Index { base, items } => {
                let whole = self.part(base)?;
                let (start, stop) = self.bounds(base, whole, items, expr.span)?;
                let group = Group { offset: whole.group.offset + start, size: stop - start, ..whole.group };
                Some(Part { group, sized: whole.sized })
            }
            ExprKind::Error => None,
            _ => {
                let message = format!("{} names no population", quoted(expr));
                let help = "write the name of a population, or a part of one: `P[0:100]`";
                self.report(Diagnostic::error(codes::UNKNOWN_OBJECT, expr.span, message).help(help));
                None
            }
        }
    }

    fn part_called(&mut self, name: &str, span: Span) -> Option<Part> {
        match self.objects.get(name).copied() {
            Some(Named::Population(part)) => Some(part),
            Some(Named::Subgroup(part)) => part,
            Some(Named::Projection(_)) => {
                self.not_neurons(name, span);
                None
            }
            None => {
                self.unknown_object(name, span);
                None
            }
        }
    }

    /// Reports a name that no population, subgroup or projection has.
    pub(super) fn unknown_object(&mut self, name: &str, span: Span) {
        if self.open {
            return;
        }
        let mut diagnostic =
            Diagnostic::error(codes::UNKNOWN_OBJECT, span, format!("there is no group called `{name}`"));
        if let Some(meant) = suggestions::nearest(name, self.objects.keys().map(|name| &**name)) {
            diagnostic = diagnostic.help(format!("did you mean `{meant}`?"));
        } else if self.constants.contains_key(name) {
            diagnostic = diagnostic.help(format!("`{name}` is a constant, not a group"));
        } else {
            let groups = self.objects.iter().filter(|(_, named)| !matches!(named, Named::Projection(_)));
            let all = suggestions::listed(groups.map(|(name, _)| &**name));
            let make = format!("make one: `neurons {name}[100] {{ … }}`");
            diagnostic = diagnostic.help(if all.is_empty() { make } else { format!("the groups are: {all}") });
        }
        self.report(diagnostic);
    }

    /// First index and one past the last of a slice or a single index, relative to the part it is taken of.
    fn bounds(&mut self, base: &Expr, whole: Part, items: &[IndexItem], span: Span) -> Option<(u32, u32)> {
        let (start, stop) = match items {
            [IndexItem::Slice { start, stop, step, .. }] => {
                if let Some(step) = step
                    && self.constant_integer(step, "a step")? != 1
                {
                    let message = "a part of a population has no gaps: a step is not possible";
                    let help = "a recording may have one: `record P.v[::10]`";
                    self.report(Diagnostic::error(codes::OUTSIDE_GROUP, step.span, message).help(help));
                    return None;
                }
                self.slice(start.as_ref(), stop.as_ref(), whole)?
            }
            [IndexItem::At(at)] => {
                let index = self.constant_integer(at, "an index")?;
                let index = self.index(index, whole, at.span)?;
                (index, index + 1)
            }
            _ => {
                let message = "a part of a population is one slice without gaps";
                self.report(Diagnostic::error(codes::OUTSIDE_GROUP, span, message).help("write it as in `P[0:100]`"));
                return None;
            }
        };
        if start >= stop && whole.sized {
            let message = format!("this part of {} has no neurons", quoted(base));
            let help = format!("`[a:b]` are those from `a` to before `b`; there are {}", whole.group.size);
            self.report(Diagnostic::error(codes::OUTSIDE_GROUP, span, message).help(help));
            return None;
        }
        Some((start, stop.max(start)))
    }

    /// The bounds of a slice: each between 0 and the size, negative ones counted from the end.
    pub(super) fn slice(&mut self, start: Option<&Expr>, stop: Option<&Expr>, whole: Part) -> Option<(u32, u32)> {
        let start = match start {
            Some(expr) => self.bound(expr, whole)?,
            None => 0,
        };
        let stop = match stop {
            Some(expr) => self.bound(expr, whole)?,
            None => whole.group.size,
        };
        Some((start, stop))
    }

    fn bound(&mut self, expr: &Expr, whole: Part) -> Option<u32> {
        let bound = i64::from(self.constant_integer(expr, "a bound of a slice")?);
        let size = i64::from(whole.group.size);
        let counted = if bound < 0 { bound + size } else { bound };
        if !whole.sized {
            return Some(0);
        }
        match u32::try_from(counted) {
            Ok(counted) if i64::from(counted) <= size => Some(counted),
            _ => {
                let mut diagnostic = outside(bound, whole.group.size, expr.span);
                diagnostic.help = vec![format!("a slice ends at {size} at most: the neuron it ends before")];
                self.report(diagnostic);
                None
            }
        }
    }

    /// An index below the size, negative ones counted from the end.
    pub(super) fn index(&mut self, index: i32, whole: Part, span: Span) -> Option<u32> {
        if !whole.sized {
            return Some(0);
        }
        let size = i64::from(whole.group.size);
        let counted = if index < 0 { i64::from(index) + size } else { i64::from(index) };
        match u32::try_from(counted) {
            Ok(counted) if i64::from(counted) < size => Some(counted),
            _ => {
                self.report(outside(i64::from(index), whole.group.size, span));
                None
            }
        }
    }
}

/// The name at the bottom of nested indices.
fn base(expr: &Expr) -> Option<&str> {
    let mut at = expr;
    loop {
        match &at.kind {
            ExprKind::Name(name) => return Some(name),
            ExprKind::Index { base, .. } => at = base,
            ExprKind::Group(inner) => at = inner,
            _ => return None,
        }
    }
}

/// The diagnostic of an index outside its group.
fn outside(index: i64, size: u32, span: Span) -> Diagnostic {
    let neurons = if size == 1 { "1 neuron".to_owned() } else { format!("{size} neurons") };
    let message = format!("index {index} is outside a group of {neurons}");
    Diagnostic::error(codes::OUTSIDE_GROUP, span, message).help(format!("indices go from 0 to {}", size - 1))
}
