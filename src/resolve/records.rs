//! Places: which values of which neurons or synapses are recorded, set or shown.
//!
//! In: `P.v[0:10]`, `S.w`. Out: the expression meant and the elements it is meant for. Indices that the
//! user writes count from the first neuron of the group named; what is stored is absolute in the population.

use super::groups::{Named, Part};
use super::names::{Entry, Meaning, Scope, Typed};
use super::populations::{Visible, builtin};
use super::spell::quoted;
use super::{Resolver, checks, codes, suggestions};
use crate::ir::expr::{Site, Type};
use crate::ir::network::{Object, ProjectionId, Quantity, Role, Selection};
use crate::units::Dimension;
use grammar::ast::{Expr, ExprKind, IndexItem, Name};
use grammar::{Diagnostic, Span};

/// Indices that are listed one by one, and not as a range, take memory for each.
const LONGEST_LIST: usize = 10_000_000;

/// What stands before the dot.
#[derive(Clone, Copy, Debug)]
pub(super) enum Base {
    /// Neurons.
    Neurons(Part),
    /// Synapses.
    Synapses(ProjectionId),
}

/// `base.name[items]`
pub(super) struct Place<'a> {
    /// What stands before the dot.
    pub(super) base: Base,
    /// As it is written.
    pub(super) base_expr: &'a Expr,
    /// What stands behind it.
    pub(super) name: &'a Name,
    /// What stands between brackets.
    pub(super) items: Option<&'a [IndexItem]>,
    /// The whole.
    pub(super) span: Span,
}

impl Resolver<'_> {
    pub(super) fn must_spike(&mut self, part: Part, place: &Place<'_>) -> Option<()> {
        let visible = self.visible.get(part.group.population.0 as usize).filter(|visible| !visible.spikes);
        let Some(visible) = visible else { return Some(()) };
        let message = format!("{} never spikes: its neurons have no threshold", quoted(place.base_expr));
        self.report(checks::without_threshold(&self.network.arena, &visible.scope, message, place.span));
        None
    }

    /// `P.v`, `P.v[0:10]`, `P[0:10].v`, `S.w`; `verb` says what is done with it.
    pub(super) fn place<'a>(&mut self, expr: &'a Expr, verb: &str) -> Option<Place<'a>> {
        let (of, items) = match &expr.kind {
            ExprKind::Index { base, items } if matches!(base.kind, ExprKind::Member { .. }) => {
                (&**base, Some(items.as_slice()))
            }
            _ => (expr, None),
        };
        let ExprKind::Member { base, name } = &of.kind else {
            if !matches!(of.kind, ExprKind::Error) {
                let message = format!("{} is nothing to {verb}: it takes a group and a variable", quoted(expr));
                self.report(
                    Diagnostic::error(codes::NOT_A_PLACE, expr.span, message)
                        .help("write `P.v`, or `P.v[0:10]` for some of them"),
                );
            }
            return None;
        };
        let found = match &base.kind {
            ExprKind::Name(name) => match self.objects.get(name) {
                Some(Named::Projection(id)) => Some(Base::Synapses(*id)),
                _ => None,
            },
            _ => None,
        };
        let found = match found {
            Some(found) => found,
            None => Base::Neurons(self.part(base)?),
        };
        Some(Place { base: found, base_expr: base, name, items, span: expr.span })
    }

    /// What is seen of what stands before the dot.
    fn visible(&self, base: Base) -> Option<&Visible> {
        match base {
            Base::Neurons(part) => self.visible.get(part.group.population.0 as usize),
            Base::Synapses(id) => self.visible_synapses.get(id.0 as usize),
        }
    }

    /// The names that code for some of the neurons or synapses sees: `i` and `N` are those of the part.
    pub(super) fn base_scope(&mut self, base: Base) -> Scope {
        match base {
            Base::Neurons(part) => self.part_scope(part),
            Base::Synapses(id) => {
                self.visible_synapses.get(id.0 as usize).map(|visible| visible.scope.fresh()).unwrap_or_default()
            }
        }
    }

    /// The names of a part of a population.
    pub(super) fn part_scope(&mut self, part: Part) -> Scope {
        let visible = self.visible.get(part.group.population.0 as usize);
        let mut scope = visible.map(|visible| visible.scope.fresh()).unwrap_or_default();
        let index = self.index_in(part, Site::Own);
        builtin(&mut scope, "i", index, Dimension::ONE);
        if let (Ok(size), true) = (i32::try_from(part.group.size), part.sized) {
            let size = self.network.arena.integer(size);
            builtin(&mut scope, "N", size, Dimension::ONE);
        }
        scope
    }

    /// The value that a place names, for the elements it names.
    pub(super) fn quantity(&mut self, place: &Place<'_>) -> Option<Quantity> {
        let visible = self.visible(place.base)?;
        let entry = visible.scope.entries.get(&place.name.text);
        let shown = visible.names.iter().find(|(name, _)| *name == place.name.text).map(|(_, shared)| *shared);
        let (Some(Entry::Known(value, _)), Some(shared)) = (entry.cloned(), shown) else {
            match self.entry(place) {
                Some(Entry::Poison) => {}
                Some(&Entry::NotHere(absence)) if shown.is_some() => {
                    self.absent(&place.name.text, absence, place.name.span);
                }
                _ => self.unknown_in(place),
            }
            return None;
        };
        let Typed { id, dimension } = value;
        let selection = self.selection(place, shared)?;
        let (object, offset) = object(place.base);
        let kind = self.network.arena.kind(id);
        Some(Quantity { object, value: id, dimension, kind, selection, offset, shared })
    }

    /// The value of a place to be shown, which may also be an index (`S.i`) or a number of elements (`P.N`).
    pub(super) fn shown_quantity(&mut self, place: &Place<'_>) -> Option<Quantity> {
        if let (Base::Neurons(_), "spikes" | "population_rate") | (Base::Synapses(_), "synapses") =
            (place.base, &*place.name.text)
        {
            let message = format!("{} is recorded, not printed", quoted_place(place));
            let help = format!("write `record {}`", grammar::print::expression(place.base_expr));
            self.report(
                Diagnostic::error(codes::NOT_A_PLACE, place.span, message).help(format!("{help}.{}", place.name.text)),
            );
            return None;
        }
        let mut scope = self.base_scope(place.base);
        let Some(Entry::Known(Typed { id, dimension }, Meaning::Builtin)) = scope.entries.remove(&place.name.text)
        else {
            return self.quantity(place);
        };
        let shared = !matches!(&*place.name.text, "i" | "j");
        let selection = self.selection(place, shared)?;
        let (object, offset) = object(place.base);
        let kind = self.network.arena.kind(id);
        Some(Quantity { object, value: id, dimension, kind, selection, offset, shared })
    }

    /// The name of a place in its object's scope.
    pub(super) fn entry(&self, place: &Place<'_>) -> Option<&Entry> {
        self.visible(place.base)?.scope.entries.get(&place.name.text)
    }

    /// Reports a name that a population has no variable of.
    pub(super) fn unknown_variable(&mut self, part: Part, name: &Name) {
        self.unknown_of(Base::Neurons(part), name, &[]);
    }

    /// Reports the name of a place that its object does not have.
    pub(super) fn unknown_in(&mut self, place: &Place<'_>) {
        let special: &[&str] =
            if matches!(place.base, Base::Synapses(_)) { &["synapses"] } else { &["spikes", "population_rate"] };
        self.unknown_of(place.base, place.name, special);
    }

    fn unknown_of(&mut self, base: Base, name: &Name, special: &[&str]) {
        let Some(visible) = self.visible(base) else { return };
        if visible.scope.open || self.open {
            return;
        }
        let owner = &visible.scope.owner;
        let mut diagnostic =
            Diagnostic::error(codes::UNKNOWN_NAME, name.span, format!("`{owner}` has no variable `{}`", name.text));
        let names: Vec<&str> = visible.names.iter().map(|(name, _)| &**name).chain(special.iter().copied()).collect();
        if let Some(meant) = suggestions::nearest(&name.text, names.iter().copied()) {
            diagnostic = diagnostic.help(format!("did you mean `{meant}`?"));
        } else if special.contains(&"population_rate") && &*name.text == "rate" {
            diagnostic = diagnostic.help("did you mean `population_rate`?");
        } else if matches!(base, Base::Synapses(_)) && &*name.text == "delay" {
            diagnostic = diagnostic
                .help("one delay for all synapses is no variable: give an expression of `i`, `j` or `rand()`");
        } else {
            let list: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            diagnostic = diagnostic.help(format!("it has: {}", list.join(", ")));
        }
        self.report(diagnostic);
    }

    /// Which elements a place names.
    pub(super) fn selection(&mut self, place: &Place<'_>, shared: bool) -> Option<Selection> {
        let (start, stop) = match place.base {
            Base::Neurons(part) => (part.group.offset, part.group.offset + part.group.size),
            Base::Synapses(_) => (0, u32::MAX),
        };
        let Some(items) = place.items else {
            return Some(if shared {
                Selection::Range { start: 0, stop: 1, step: 1 }
            } else {
                Selection::Range { start, stop, step: 1 }
            });
        };
        if shared {
            let message = format!("`{}` is shared: it has one value and no indices", place.name.text);
            let help = format!(
                "write it without: {}",
                format_args!("`{}.{}`", grammar::print::expression(place.base_expr), place.name.text)
            );
            self.report(Diagnostic::error(codes::NOT_A_PLACE, place.span, message).help(help));
            return None;
        }
        if let [IndexItem::At(at)] = items {
            let mut scope =
                self.base_scope(place.base).without_random("which elements are meant is the same each time");
            if let Some(condition) = self.is_condition(&mut scope, at) {
                return condition.map(|condition| Selection::Where { condition, start, stop });
            }
        }
        if let [IndexItem::Slice { start: first, stop: last, step, .. }] = items {
            return self.sliced(place.base, first.as_ref(), last.as_ref(), step.as_ref(), start);
        }
        if let ([IndexItem::At(at)], Base::Synapses(_)) = (items, place.base)
            && !matches!(at.kind, ExprKind::List(_))
        {
            let index = self.constant_integer(at, "an index")?;
            let counted = u32::try_from(index).map(|index| Selection::List(vec![index]));
            return Some(counted.unwrap_or(Selection::FromEnd(index.unsigned_abs())));
        }
        self.warn_of_a_pair(place, items);
        self.index_list(place, items, start).map(Selection::List)
    }

    /// `S.w[0, 5]` is the synapse from 0 to 5 in Brian2, and synapses 0 and 5 here.
    fn warn_of_a_pair(&mut self, place: &Place<'_>, items: &[IndexItem]) {
        let (Base::Synapses(_), [IndexItem::At(first), IndexItem::At(second)]) = (place.base, items) else { return };
        let (ExprKind::Number(source), ExprKind::Number(target)) = (&first.kind, &second.kind) else { return };
        let (source, target) = (&source.text, &target.text);
        let variable = format!("{}.{}", grammar::print::expression(place.base_expr), place.name.text);
        let message = format!("`{variable}[{source}, {target}]` is of synapses number {source} and {target}");
        let warning = Diagnostic::warning(codes::TWO_SYNAPSES, place.span, message)
            .help(format!(
                "for the synapse from neuron {source} to {target} write `{variable}[i == {source} and j == {target}]`"
            ))
            .help(format!("for these two write `{variable}[[{source}, {target}]]`"));
        if !self.found.contains(&warning) {
            self.report(warning);
        }
    }

    /// The elements of a slice; `offset` is that of the group in its population.
    fn sliced(
        &mut self,
        base: Base,
        first: Option<&Expr>,
        last: Option<&Expr>,
        step: Option<&Expr>,
        offset: u32,
    ) -> Option<Selection> {
        let step_size = self.step(step)?;
        match base {
            Base::Neurons(part) if step_size > 0 => {
                let (first, last) = self.range(part, first, last)?;
                Some(Selection::Range { start: first + offset, stop: last + offset, step: step_size.unsigned_abs() })
            }
            Base::Neurons(part) => {
                let first = match first {
                    Some(expr) => {
                        let index = self.constant_integer(expr, "an index")?;
                        self.index(index, part, expr.span)? + 1
                    }
                    None => part.group.size,
                };
                let last = match last {
                    Some(expr) => {
                        let index = self.constant_integer(expr, "an index")?;
                        self.index(index, part, expr.span)? + 1
                    }
                    None => 0,
                };
                let elements = (last..first).rev().step_by(step_size.unsigned_abs() as usize);
                if elements.len() > LONGEST_LIST {
                    self.report(too_long(step.map_or(Span::default(), |step| step.span)));
                    return None;
                }
                Some(Selection::List(elements.map(|index| index + offset).collect()))
            }
            Base::Synapses(_) => {
                let start = self.optional_integer(first)?;
                let stop = self.optional_integer(last)?;
                let plain =
                    |bound: Option<i32>, usual: u32| bound.map_or(Some(usual), |bound| u32::try_from(bound).ok());
                match (plain(start, 0), plain(stop, u32::MAX), u32::try_from(step_size)) {
                    (Some(start), Some(stop), Ok(step)) => {
                        Some(Selection::Range { start, stop: stop.max(start), step })
                    }
                    _ => Some(Selection::Slice { start, stop, step: step_size }),
                }
            }
        }
    }

    /// A bound of a slice of synapses, where there is one.
    fn optional_integer(&mut self, bound: Option<&Expr>) -> Option<Option<i32>> {
        match bound {
            Some(expr) => self.constant_integer(expr, "a bound of a slice").map(Some),
            None => Some(None),
        }
    }

    /// A condition, if that is what the expression is: the outer value says so, the inner one is `None` where it is wrong.
    fn is_condition(&mut self, scope: &mut Scope, at: &Expr) -> Option<Option<crate::ir::expr::ExprId>> {
        if matches!(at.kind, ExprKind::Number(_) | ExprKind::List(_)) || super::lists::has_list(at) {
            return None;
        }
        let before = self.found.len();
        match self.expression(scope, at) {
            None => (self.found.len() > before).then_some(None).or(Some(None)),
            Some(value) if self.network.arena.kind(value.id) == Type::Boolean => Some(Some(value.id)),
            Some(value) if self.known(value.id).is_some() => None,
            Some(_) => {
                let message = format!("{} is neither an index nor a condition", quoted(at));
                let help = "write a constant index, a slice, or a condition as `i > 10`";
                self.report(Diagnostic::error(codes::WRONG_TYPE, at.span, message).help(help));
                Some(None)
            }
        }
    }

    /// The bounds of a slice, relative to the group.
    fn range(&mut self, part: Part, start: Option<&Expr>, stop: Option<&Expr>) -> Option<(u32, u32)> {
        let (start, stop) = self.slice(start, stop, part)?;
        Some((start, stop.max(start)))
    }

    fn synapse_index(&mut self, expr: &Expr) -> Option<u32> {
        let index = self.constant_integer(expr, "an index")?;
        if let Ok(index) = u32::try_from(index) {
            return Some(index);
        }
        let message = format!("index {index}: how many synapses there are is known only when they are connected");
        self.report(
            Diagnostic::error(codes::OUTSIDE_GROUP, expr.span, message).help("count from the first, which is 0"),
        );
        None
    }

    fn step(&mut self, step: Option<&Expr>) -> Option<i32> {
        let Some(expr) = step else { return Some(1) };
        let step = self.constant_integer(expr, "a step")?;
        if step != 0 {
            return Some(step);
        }
        let help = "write it as in `P.v[::10]`, every tenth, or `P.v[::-1]`, backwards";
        self.report(Diagnostic::error(codes::OUTSIDE_GROUP, expr.span, "a step of 0 goes nowhere").help(help));
        None
    }

    /// Indices and slices, one after the other.
    fn index_list(&mut self, place: &Place<'_>, items: &[IndexItem], offset: u32) -> Option<Vec<u32>> {
        let mut list = Vec::new();
        for item in items {
            match item {
                IndexItem::At(at) => match &at.kind {
                    ExprKind::List(inner) => {
                        for at in inner {
                            list.push(self.element(place.base, at)? + offset);
                        }
                    }
                    _ => list.push(self.element(place.base, at)? + offset),
                },
                IndexItem::Slice { start, stop, step, span } => {
                    let sliced = self.sliced(place.base, start.as_ref(), stop.as_ref(), step.as_ref(), offset)?;
                    let (first, last, step) = match sliced {
                        Selection::Range { start, stop, step } if stop < u32::MAX => (start, stop, step),
                        Selection::List(more) => {
                            list.extend(more);
                            continue;
                        }
                        _ => {
                            let message = "how many synapses there are is known only when they are connected";
                            let help = "in a list a slice has an end, and counts from the first: `S.w[0:10, 20:30]`";
                            self.report(Diagnostic::error(codes::OUTSIDE_GROUP, *span, message).help(help));
                            return None;
                        }
                    };
                    if list.len() + ((last - first) / step) as usize > LONGEST_LIST {
                        self.report(too_long(*span));
                        return None;
                    }
                    list.extend((first..last).step_by(step as usize));
                }
            }
        }
        Some(list)
    }

    fn element(&mut self, base: Base, at: &Expr) -> Option<u32> {
        match base {
            Base::Neurons(part) => {
                let index = self.constant_integer(at, "an index")?;
                self.index(index, part, at.span)
            }
            Base::Synapses(_) => self.synapse_index(at),
        }
    }

    fn is_counted(&self, id: crate::ir::expr::VariableId) -> bool {
        matches!(self.network.variables[id.0 as usize].role, Role::Counted(_))
    }

    /// The variable that a place names, if it can be set.
    pub(super) fn settable(&mut self, place: &Place<'_>) -> Option<crate::ir::expr::VariableId> {
        match self.entry(place).cloned() {
            Some(Entry::Known(_, Meaning::Variable(site, id))) if site == Site::Own || self.is_counted(id) => {
                let role = self.network.variables[id.0 as usize].role;
                let reason = match role {
                    Role::LastSpike | Role::NotRefractory | Role::LastUpdate | Role::Counted(_) => {
                        "it is kept by the simulation"
                    }
                    Role::Held => "it is a subexpression: its value follows from its equation",
                    _ => return Some(id),
                };
                let message = format!("`{}` cannot be set", place.name.text);
                let diagnostic = Diagnostic::error(codes::NOT_ASSIGNABLE, place.name.span, message);
                self.report(diagnostic.label(reason));
            }
            Some(Entry::Known(_, Meaning::Linked)) => {
                let message = format!("`{}` cannot be set", place.name.text);
                let diagnostic = Diagnostic::error(codes::NOT_ASSIGNABLE, place.name.span, message);
                self.report(diagnostic.label("it is linked: only the one it is linked to can be set"));
            }
            Some(Entry::Known(_, Meaning::Subexpression)) => {
                let message = format!("`{}` cannot be set", place.name.text);
                let diagnostic = Diagnostic::error(codes::NOT_ASSIGNABLE, place.name.span, message);
                self.report(diagnostic.label("it is a subexpression: its value follows from its equation"));
            }
            Some(Entry::Poison) => {}
            _ => self.unknown_in(place),
        }
        None
    }
}

fn too_long(span: Span) -> Diagnostic {
    Diagnostic::error(codes::OUTSIDE_GROUP, span, "these are more than 10 million indices to list")
        .help("name them by one slice or a condition, as in `P.v[::10]` or `P.v[i < 1000]`")
}

/// A place without its indices, in backquotes.
fn quoted_place(place: &Place<'_>) -> String {
    format!("`{}.{}`", grammar::print::expression(place.base_expr), place.name.text)
}

/// The object of a place, and the offset of its part.
pub(super) fn object(base: Base) -> (Object, u32) {
    match base {
        Base::Neurons(part) => (Object::Population(part.group.population), part.group.offset),
        Base::Synapses(id) => (Object::Projection(id), 0),
    }
}
