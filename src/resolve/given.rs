//! Values that elements get one by one: `init v = npy("v0.npy")*mV`, `delay npy("d.npy")*ms`, `set P.v[0:3] = [1, 2, 3]*mV`.
//!
//! In: an expression with lists or files in a place where every neuron or synapse gets a value. Out: a hidden variable for each
//! array, which holds its entries while the owner is made; for `set`, the values themselves. Neurons are taken in order, synapses in
//! order of creation, and there are as many values as elements: of synapses that is known when they are connected.

use super::arrays::{Values, kind, shape_words};
use super::checks::has_unit;
use super::constants::Value;
use super::functions::{self, What};
use super::groups::Named;
use super::names::{self, Entry, Scope, Typed};
use super::records::{Base, Place, object};
use super::spell::quoted;
use super::{Resolver, codes, dependencies};
use crate::ir::expr::{Node, Site, Type, VariableId};
use crate::ir::network::{Action, Given, Object, Role, Selection, Variable};
use crate::units::Dimension;
use grammar::ast::{Expr, ExprKind};
use grammar::{Diagnostic, Span};
use std::sync::Arc;

/// What `N` is where a list stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum N {
    /// So many neurons.
    Is(u32),
    /// How many was written wrongly, and told.
    Unknown,
    /// As many as there will be synapses.
    OfSynapses,
}

impl N {
    fn of(sized: bool, size: u32) -> Self {
        if sized { Self::Is(size) } else { Self::Unknown }
    }
}

impl Resolver<'_> {
    /// Gives arrays of an expression that is evaluated once per element a variable each, so that it can be read as any other.
    pub(super) fn admit_lists(&mut self, scope: &mut Scope, expr: &Expr) {
        let leaves = self.array_leaves(scope, expr);
        if leaves.is_empty() {
            return;
        }
        // What depends on no variable is worked out here and needs one variable.
        let whole = [expr];
        let is_known = is_constant(scope, self.number_in(&scope.owner), expr);
        let arrays: &[&Expr] = if is_known { &whole } else { &leaves };
        for array in arrays {
            let value = self.list_of_elements(scope, array);
            scope.leaves.insert(array.span, value);
        }
    }

    /// An array as a value of each element of the scope's owner.
    fn list_of_elements(&mut self, scope: &Scope, expr: &Expr) -> Option<Typed> {
        let number = self.number_in(&scope.owner);
        let Values { array, dimension, .. } = self.list_of_one_dimension(scope, expr, number)?;
        let owner = match self.objects.get(&scope.owner)? {
            Named::Population(part) => Object::Population(part.group.population),
            Named::Projection(id) => Object::Projection(*id),
            Named::Subgroup(_) => return None,
        };
        let given = array.values().len();
        if let N::Is(count) = number
            && count as usize != given
        {
            let count = count as usize;
            self.report(wrong_length(given, count, expr.span, &format!("`{}` has {count} neurons", scope.owner)));
            return None;
        }
        let id = VariableId(u32::try_from(self.network.variables.len()).unwrap_or(u32::MAX));
        self.network.variables.push(Variable {
            name: format!("_list_{}", self.network.given.len()),
            owner,
            dimension,
            kind: kind(&array),
            role: Role::Given,
            shared: false,
            constant: true,
            span: expr.span,
        });
        self.network.given.push(Given { variable: id, values: Arc::clone(array.values()), span: expr.span });
        Some(Typed { id: self.network.arena.add(Node::Variable(Site::Own, id), kind(&array)), dimension })
    }

    /// What `N` is in the block of a group.
    fn number_in(&self, owner: &str) -> N {
        match self.objects.get(owner) {
            Some(Named::Population(part)) => N::of(part.sized, part.group.size),
            Some(Named::Projection(_)) => N::OfSynapses,
            _ => N::Unknown,
        }
    }

    /// A list in a place where `N` is this; nothing else of a block means anything in it.
    fn list_of_one_dimension(&mut self, scope: &Scope, expr: &Expr, number: N) -> Option<Values> {
        if let N::Is(count) = number {
            self.warn_of_hidden_number(scope, expr, count);
        }
        let outside = std::mem::replace(&mut self.outside, names::in_a_list(number == N::OfSynapses));
        let value = match number {
            N::Is(count) => Some(Value { number: count.into(), dimension: Dimension::ONE, kind: Type::Integer }),
            N::Unknown | N::OfSynapses => None,
        };
        // A constant of this name is hidden by the block's.
        let hidden = self.constants.remove("N");
        if number != N::OfSynapses {
            self.constants.insert("N".into(), value);
        }
        let values = self.array(expr);
        self.constants.remove("N");
        self.constants.extend(hidden.map(|value| ("N".into(), value)));
        self.outside = outside;
        let values = values?;
        if values.array.shape().len() == 1 {
            return Some(values);
        }
        let message = format!(
            "{} is {}, and neurons and synapses stand in a row",
            quoted(expr),
            shape_words(values.array.shape())
        );
        let help = "take a column as `x[:, 0]` or a row as `x[0]`";
        self.report(Diagnostic::error(codes::SHAPE, expr.span, message).help(help));
        None
    }

    /// `set P.v[0:3] = [1, 2, 3]*mV`
    pub(super) fn set_each(&mut self, place: &Place<'_>, id: VariableId, expr: &Expr, span: Span) -> Option<Action> {
        let scope = self.base_scope(place.base);
        let variable = self.network.variables[id.0 as usize].clone();
        let selection = self.selection(place, variable.shared);
        let number = match place.base {
            Base::Neurons(part) => N::of(part.sized, part.group.size),
            Base::Synapses(_) => N::OfSynapses,
        };
        if !is_constant(&scope, number, expr) {
            let message = "a list of values is set as it stands, and other variables cannot be mixed with it";
            let help = "`set` the list to a parameter first, and compute with that";
            self.report(Diagnostic::error(codes::NOT_A_VALUE, expr.span, message).help(help));
            return None;
        }
        let Values { array, dimension, .. } = self.list_of_one_dimension(&scope, expr, number)?;
        if variable.shared {
            let message = format!("`{}` is shared: it has one value, and this is a list", variable.name);
            self.report(Diagnostic::error(codes::NOT_SHARED, expr.span, message).help("write one value"));
            return None;
        }
        if dimension != variable.dimension {
            let (wanted, given) = (has_unit(variable.dimension), has_unit(dimension));
            let message = format!("`{}` {wanted}, and {} {given}", variable.name, quoted(expr));
            let help = "multiply the whole list by a unit, as in `[1, 2]*mV`";
            self.report(Diagnostic::error(codes::WRONG_UNIT, expr.span, message).label(given).help(help));
            return None;
        }
        let selection = selection?;
        let given = array.values().len();
        if let Some(count) = self.elements_of(place.base, &selection).filter(|&count| count != given) {
            let base = grammar::print::expression(place.base_expr);
            let mut wrong =
                wrong_length(given, count, expr.span, &format!("{count} of `{base}.{}` are set", place.name.text));
            if let (N::Is(size), Some(_)) = (number, place_of_number(expr)) {
                wrong.help = vec![format!("`N` is the number of neurons in `{base}`, {size}: write {count} for it")];
            }
            self.report(wrong);
            return None;
        }
        let stored = |value: &f64| match variable.kind {
            Type::Float => *value,
            Type::Integer => value.trunc(),
            Type::Boolean => f64::from(*value != 0.0),
        };
        let values = array.values().iter().map(stored).collect();
        Some(Action::SetEach { object: object(place.base).0, variable: id, selection, values, span })
    }

    /// A list reads `N`, and there is a constant of this name and another value.
    fn warn_of_hidden_number(&mut self, scope: &Scope, expr: &Expr, count: u32) {
        if let (Some(span), Ok(count)) = (place_of_number(expr), i32::try_from(count)) {
            let value = Typed { id: self.network.arena.integer(count), dimension: Dimension::ONE };
            self.warn_of_hidden_constant(scope, "N", value, span);
        }
    }

    /// How many elements a selection takes, where that is known.
    fn elements_of(&self, base: Base, selection: &Selection) -> Option<usize> {
        let sized = match base {
            Base::Neurons(part) => part.sized,
            Base::Synapses(_) => false,
        };
        match selection {
            Selection::Range { start, stop, step } if sized && *stop != u32::MAX => {
                Some((stop.saturating_sub(*start)).div_ceil((*step).max(1)) as usize)
            }
            Selection::List(list) => Some(list.len()),
            _ => None,
        }
    }
}

/// Whether an expression names nothing of its block, but for the `N` of neurons, and draws no random number.
fn is_constant(scope: &Scope, number: N, expr: &Expr) -> bool {
    let mut constant = true;
    dependencies::walk(expr, |part| match &part.kind {
        ExprKind::Name(name) if number != N::OfSynapses && &**name == "N" => {}
        ExprKind::Name(name) => {
            constant &= !matches!(scope.entries.get(name), Some(Entry::Known(..) | Entry::Poison));
        }
        ExprKind::Call { function, .. } => {
            constant &= functions::function(&function.text).is_none_or(|row| matches!(row.what, What::Function(_)));
        }
        _ => {}
    });
    constant
}

/// Where an expression reads `N`.
fn place_of_number(expr: &Expr) -> Option<Span> {
    let mut read = None;
    dependencies::walk(expr, |part| {
        if matches!(&part.kind, ExprKind::Name(name) if &**name == "N") {
            read = read.or(Some(part.span));
        }
    });
    read
}

fn wrong_length(given: usize, count: usize, span: Span, elements: &str) -> Diagnostic {
    let values = if given == 1 { "1 value is".to_owned() } else { format!("{given} values are") };
    let help = if given > count {
        format!("take as many of them, as `x[0:{count}]`")
    } else {
        format!("give {count}, or set a part at a time: `set P.v[0:{given}] = …`")
    };
    Diagnostic::error(codes::LIST_LENGTHS, span, format!("{values} given, and {elements}")).help(help)
}
