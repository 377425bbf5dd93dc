//! Systems of equations as X' = M X + B, or the reason why they are not.
//!
//! In go right-hand sides and the variables to be linear in; out come coefficients that are free of these variables. Every
//! expression is split into a sum of coefficients times variables and a rest, from the leaves up; what is not such a sum is
//! refused by naming the part.

use super::algebra::Algebra;
use super::text::show;
use super::walk::reachable;
use crate::ir::expr::{Arena, Binary, ExprId, Function, Node, Site, Type, Unary, VariableId};
use crate::ir::network::{Equation, Network};
use std::collections::{BTreeMap, HashMap, HashSet};

/// X' = M X + B + G dW/dt; rows and columns in the order of the equations.
#[derive(Clone, Debug)]
pub(super) struct LinearSystem {
    /// The variables.
    pub(super) variables: Vec<VariableId>,
    /// `matrix[i][j]` is the coefficient of variable j in the derivative of i; literal 0 where there is none.
    pub(super) matrix: Vec<Vec<ExprId>>,
    /// What is left of each derivative; literal 0 where nothing is.
    pub(super) rest: Vec<ExprId>,
    /// G: by row, then by number of the noise symbol.
    pub(super) noise: Vec<BTreeMap<usize, ExprId>>,
}

/// A sum of coefficients times variables, and a rest.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Linear {
    /// By position among the variables asked for.
    pub(super) coefficients: BTreeMap<usize, ExprId>,
    /// What is free of them.
    pub(super) rest: ExprId,
}

/// The system of some equations without noise, linear in all their variables.
pub(super) fn system(network: &mut Network, equations: &[Equation]) -> Result<LinearSystem, String> {
    let variables: Vec<VariableId> = equations.iter().map(|equation| equation.variable).collect();
    let zero = network.arena.float(0.0);
    let mut matrix = Vec::new();
    let mut rest = Vec::new();
    for equation in equations {
        let linear = split(network, equation.rhs, &variables)?;
        matrix.push((0..variables.len()).map(|j| linear.coefficients.get(&j).copied().unwrap_or(zero)).collect());
        rest.push(linear.rest);
    }
    let noise = vec![BTreeMap::new(); variables.len()];
    Ok(LinearSystem { variables, matrix, rest, noise })
}

/// An expression as a linear one in some own variables; everything else in it counts as a coefficient.
pub(super) fn split(network: &mut Network, root: ExprId, variables: &[VariableId]) -> Result<Linear, String> {
    split_by(network, root, |node| match node {
        Node::Variable(Site::Own, variable) => variables.iter().position(|other| other == variable),
        _ => None,
    })
}

/// An expression as a linear one in the leaves that have a place.
pub(super) fn split_by(
    network: &mut Network,
    root: ExprId,
    place: impl Fn(&Node) -> Option<usize>,
) -> Result<Linear, String> {
    let ids = reachable(&network.arena, &[root]);
    let zero = network.arena.float(0.0);
    let one = network.arena.float(1.0);
    let mut known: HashMap<ExprId, Linear> = HashMap::new();
    for id in ids {
        let node = network.arena.node(id).clone();
        if let Some(place) = place(&node) {
            known.insert(id, Linear { coefficients: BTreeMap::from([(place, one)]), rest: zero });
            continue;
        }
        let dependent = network.arena.operands(id).iter().any(|operand| known.contains_key(operand));
        if !dependent {
            continue;
        }
        let made = combine(&mut network.arena, &known, &node);
        match made.filter(|_| network.arena.kind(id) == Type::Float) {
            Some(linear) => known.insert(id, linear),
            None => return Err(reason(network, &known, id)),
        };
    }
    Ok(known.remove(&root).unwrap_or(Linear { coefficients: BTreeMap::new(), rest: root }))
}

/// An expression as a linear one in a variable whose functions, and quotients by it, are taken as they are: coefficients may contain
/// it. None where it appears by itself in no term, or to a higher power.
pub(super) fn split_holding(network: &mut Network, root: ExprId, variable: VariableId) -> Option<Linear> {
    let arena = &mut network.arena;
    let (zero, one) = (arena.float(0.0), arena.float(1.0));
    let (mut known, mut powers): (HashMap<ExprId, Linear>, HashSet<ExprId>) = Default::default();
    for id in reachable(arena, &[root]) {
        let node = arena.node(id).clone();
        if node == Node::Variable(Site::Own, variable) {
            known.insert(id, Linear { coefficients: BTreeMap::from([(0, one)]), rest: zero });
        } else if is_power(arena, &known, &powers, &node) {
            powers.insert(id);
        } else if arena.kind(id) == Type::Float && arena.operands(id).iter().any(|part| known.contains_key(part)) {
            let made = match node {
                // What is divided by is held.
                Node::Binary(Binary::Divide, a, b) => known.get(&a).cloned().map(|linear| {
                    linear.map(&mut Algebra { arena: &mut *arena }, |algebra, part| algebra.divide(part, b))
                }),
                _ => combine(arena, &known, &node),
            };
            known.extend(made.filter(|linear| !linear.coefficients.is_empty()).map(|linear| (id, linear)));
        }
    }
    known.remove(&root)
}

/// Whether a sum or a product has a higher power in it than the first of what is `known`; not what has it in a function.
fn is_power(arena: &Arena, known: &HashMap<ExprId, Linear>, powers: &HashSet<ExprId>, node: &Node) -> bool {
    let whole = |exponent: &ExprId| match arena.node(*exponent) {
        Node::Integer(value) => *value > 1,
        Node::Float(bits) => f64::from_bits(*bits) > 1.0 && f64::from_bits(*bits).fract() == 0.0,
        _ => false,
    };
    match node {
        Node::Unary(Unary::Negate, a) | Node::Binary(Binary::Divide, a, _) => powers.contains(a),
        Node::Binary(Binary::Add | Binary::Subtract, a, b) => powers.contains(a) || powers.contains(b),
        Node::Binary(Binary::Multiply, a, b) => {
            powers.contains(a) || powers.contains(b) || known.contains_key(a) && known.contains_key(b)
        }
        Node::Binary(Binary::Power, a, exponent) => (known.contains_key(a) || powers.contains(a)) && whole(exponent),
        Node::Call(Function::Where, operands) => operands[1..].iter().any(|part| powers.contains(part)),
        _ => false,
    }
}

/// What a node is whose dependent operands are known; `None` where it is not linear.
fn combine(arena: &mut Arena, known: &HashMap<ExprId, Linear>, node: &Node) -> Option<Linear> {
    let free = |id: &ExprId| !known.contains_key(id);
    let zero = arena.float(0.0);
    let of = |id: &ExprId| known.get(id).cloned().unwrap_or(Linear { coefficients: BTreeMap::new(), rest: *id });
    let mut algebra = Algebra { arena };
    match node {
        Node::Unary(Unary::Negate, a) => Some(of(a).map(&mut algebra, |w, x| w.negate(x))),
        Node::Binary(Binary::Add, a, b) => Some(of(a).join(&of(b), zero, &mut algebra, |w, x, y| w.add(x, y))),
        Node::Binary(Binary::Subtract, a, b) => {
            Some(of(a).join(&of(b), zero, &mut algebra, |w, x, y| w.subtract(x, y)))
        }
        Node::Binary(Binary::Multiply, a, b) if free(b) => Some(of(a).map(&mut algebra, |w, x| w.multiply(x, *b))),
        Node::Binary(Binary::Multiply, a, b) if free(a) => Some(of(b).map(&mut algebra, |w, x| w.multiply(*a, x))),
        Node::Binary(Binary::Divide, a, b) if free(b) => Some(of(a).map(&mut algebra, |w, x| w.divide(x, *b))),
        Node::Binary(Binary::Power, a, exponent) if algebra.value(*exponent) == Some(1.0) => Some(of(a)),
        Node::Call(Function::Where, operands) if free(&operands[0]) => {
            let (a, b) = (of(&operands[1]), of(&operands[2]));
            Some(a.join(&b, zero, &mut algebra, |w, x, y| {
                let (x, y) = (w.real(x), w.real(y));
                w.choose(operands[0], x, y)
            }))
        }
        _ => None,
    }
}

impl Linear {
    fn map(self, algebra: &mut Algebra<'_>, mut f: impl FnMut(&mut Algebra<'_>, ExprId) -> ExprId) -> Self {
        let coefficients = self.coefficients.into_iter().map(|(place, value)| (place, f(algebra, value))).collect();
        Self { coefficients, rest: f(algebra, self.rest) }.without_zeros(algebra)
    }

    fn join(
        self,
        other: &Self,
        zero: ExprId,
        algebra: &mut Algebra<'_>,
        mut f: impl FnMut(&mut Algebra<'_>, ExprId, ExprId) -> ExprId,
    ) -> Self {
        let places: Vec<usize> = self.coefficients.keys().chain(other.coefficients.keys()).copied().collect();
        let at = |linear: &Self, place: usize| linear.coefficients.get(&place).copied().unwrap_or(zero);
        let mut coefficients = BTreeMap::new();
        for place in places {
            coefficients.entry(place).or_insert_with(|| f(algebra, at(&self, place), at(other, place)));
        }
        Self { coefficients, rest: f(algebra, self.rest, other.rest) }.without_zeros(algebra)
    }

    fn without_zeros(mut self, algebra: &Algebra<'_>) -> Self {
        self.coefficients.retain(|_, value| !algebra.is_zero(*value));
        self
    }
}

/// Why an expression is not linear, in the user's words.
fn reason(network: &Network, known: &HashMap<ExprId, Linear>, id: ExprId) -> String {
    let variables: Vec<String> = reachable(&network.arena, &[id])
        .into_iter()
        .filter(|part| known.contains_key(part))
        .filter_map(|part| match network.arena.node(part) {
            Node::Variable(_, variable) => Some(network.variables[variable.0 as usize].name.clone()),
            Node::Noise(symbol) => Some(super::noise::name(network, *symbol)),
            _ => None,
        })
        .collect();
    let (names, verb) = match variables.as_slice() {
        [one] => (one.clone(), "appears"),
        [most @ .., last] => (format!("{} and {last}", most.join(", ")), "appear"),
        [] => ("a state variable".to_owned(), "appears"),
    };
    let place = match network.arena.node(id) {
        Node::Binary(Binary::Divide, ..) => "in the divisor of ",
        Node::Binary(Binary::Multiply, ..) => "together in ",
        _ => "in ",
    };
    format!("{names} {verb} {place}{}", show(network, id))
}
