//! Right-hand sides as drift and noise: dX = f dt + the sum of g_k dW_k.
//!
//! In go equations, out come the same equations without their noise, and for each the factor of every symbol in it. What is no
//! such sum (`xi**2`, `exp(xi)`) is refused: the white noise of these is not defined.

use super::algebra::Algebra;
use super::linear;
use super::walk::any;
use crate::ir::expr::{Distribution, ExprId, Node, NoiseId, Site, Type, VariableId};
use crate::ir::network::{Equation, Network, Role};
use std::collections::BTreeMap;

/// The noise of a system of equations.
#[derive(Clone, Debug, Default)]
pub(super) struct Noise {
    /// Every symbol, in order of number.
    pub(super) symbols: Vec<NoiseId>,
    /// By equation, then by place among the symbols: what the noise is multiplied by.
    pub(super) factors: Vec<BTreeMap<usize, ExprId>>,
    /// The first draw of the step that nothing else takes.
    pub(super) first_draw: u32,
}

impl Noise {
    /// That of so many equations without any.
    pub(super) fn none(equations: usize) -> Self {
        Self { factors: vec![BTreeMap::new(); equations], ..Self::default() }
    }

    /// Whether there is none.
    pub(super) fn is_none(&self) -> bool {
        self.symbols.is_empty()
    }

    /// Every factor, with its equation and its symbol.
    pub(super) fn each(&self) -> impl Iterator<Item = (usize, NoiseId, ExprId)> + '_ {
        let rows = self.factors.iter().enumerate();
        rows.flat_map(move |(row, factors)| {
            factors.iter().map(move |(&place, &factor)| (row, self.symbols[place], factor))
        })
    }

    /// A standard normal number of the step, by number.
    pub(super) fn normal(&self, network: &mut Network, number: usize) -> ExprId {
        let draw = self.first_draw.wrapping_add(number as u32);
        network.arena.add(Node::Random(Distribution::Normal, draw, Vec::new()), Type::Float)
    }

    /// dW of every symbol over a step of `dt` [s]: sqrt(dt) times a normal number.
    pub(super) fn increments(&self, network: &mut Network, dt: f64) -> Vec<ExprId> {
        let normals: Vec<ExprId> = (0..self.symbols.len()).map(|number| self.normal(network, number)).collect();
        let mut algebra = Algebra { arena: &mut network.arena };
        let scale = algebra.literal(dt.sqrt());
        normals.into_iter().map(|normal| algebra.multiply(normal, scale)).collect()
    }
}

/// An equation whose noise is not a sum of factors times noise, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NotASum {
    /// Which.
    pub(super) equation: usize,
    /// In the user's words.
    pub(super) reason: String,
}

/// Takes the noise out of equations; what it is goes back.
pub(super) fn take_out(network: &mut Network, equations: &mut [Equation], first_draw: u32) -> Result<Noise, NotASum> {
    let mut noise = Noise { first_draw, factors: vec![BTreeMap::new(); equations.len()], symbols: Vec::new() };
    for equation in &*equations {
        for id in super::walk::reachable(&network.arena, &[equation.rhs]) {
            if let Node::Noise(symbol) = network.arena.node(id) {
                noise.symbols.push(*symbol);
            }
        }
    }
    noise.symbols.sort_unstable();
    noise.symbols.dedup();
    if noise.is_none() {
        return Ok(noise);
    }
    for (row, equation) in equations.iter_mut().enumerate() {
        let place = |node: &Node| match node {
            Node::Noise(symbol) => noise.symbols.binary_search(symbol).ok(),
            _ => None,
        };
        let split = linear::split_by(network, equation.rhs, place);
        let parts = split.map_err(|reason| NotASum { equation: row, reason })?;
        noise.factors[row] = parts.coefficients;
        equation.rhs = parts.rest;
    }
    Ok(noise)
}

/// What noise an integrator can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Accepts {
    /// None.
    Nothing,
    /// With factors that neither `t` nor the state is part of.
    Additive,
    /// At most one symbol in an equation, and none in two.
    Diagonal,
    /// Any.
    All,
}

/// Why an integrator cannot do the noise of a system.
pub(super) fn refuse(network: &Network, equations: &[Equation], noise: &Noise, accepts: Accepts) -> Result<(), String> {
    match accepts {
        Accepts::All => Ok(()),
        Accepts::Nothing => match noise.each().next() {
            None => Ok(()),
            Some((row, symbol, _)) => Err(format!(
                "it knows no noise, and {} stands in the equation of {}",
                name(network, symbol),
                of(network, &equations[row])
            )),
        },
        Accepts::Additive => {
            let state = |variable: VariableId| equations.iter().any(|equation| equation.variable == variable);
            noise.each().try_for_each(|(row, symbol, factor)| {
                depends(network, factor, &state).map_or(Ok(()), |on| {
                    Err(format!(
                        "it takes additive noise, and what multiplies {} in the equation of {} depends on {on}",
                        name(network, symbol),
                        of(network, &equations[row])
                    ))
                })
            })
        }
        Accepts::Diagonal => diagonal(network, equations, noise),
    }
}

fn diagonal(network: &Network, equations: &[Equation], noise: &Noise) -> Result<(), String> {
    let mut first: BTreeMap<NoiseId, usize> = BTreeMap::new();
    for (row, factors) in noise.factors.iter().enumerate() {
        let mut symbols = factors.keys().map(|&place| noise.symbols[place]);
        let (one, other) = (symbols.next(), symbols.next());
        if let (Some(one), Some(other)) = (one, other) {
            let (one, other) = (name(network, one), name(network, other));
            return Err(format!(
                "it takes one noise for each equation, and that of {} has {one} and {other}",
                of(network, &equations[row])
            ));
        }
        if let Some(symbol) = one
            && let Some(before) = first.insert(symbol, row)
        {
            let (a, b) = (of(network, &equations[before]), of(network, &equations[row]));
            return Err(format!(
                "it takes a noise of its own for each equation, and {a} and {b} share {}",
                name(network, symbol)
            ));
        }
    }
    Ok(())
}

/// On what a factor depends that changes within a step: a state variable, or time outside of timed arrays.
fn depends(network: &Network, factor: ExprId, state: &impl Fn(VariableId) -> bool) -> Option<String> {
    let arena = &network.arena;
    let of_array = |variable: VariableId| network.variables[variable.0 as usize].role == Role::Array;
    let mut waiting = vec![factor];
    while let Some(id) = waiting.pop() {
        match arena.node(id) {
            Node::Variable(Site::Own, variable) if state(*variable) => {
                return Some(super::text::name(network, Site::Own, *variable));
            }
            Node::Time | Node::Tick => return Some("t".to_owned()),
            Node::At(variable, index) if of_array(*variable) => {
                // The entry of this moment is held for the step.
                let on_state = |node: &Node| matches!(node, Node::Variable(Site::Own, other) if state(*other));
                if any(arena, *index, on_state) {
                    waiting.push(*index);
                }
            }
            _ => waiting.extend(arena.operands(id)),
        }
    }
    None
}

/// A symbol as it is written.
pub(super) fn name(network: &Network, symbol: NoiseId) -> String {
    network.noises.get(symbol.0 as usize).cloned().unwrap_or_else(|| "xi".to_owned())
}

fn of(network: &Network, equation: &Equation) -> String {
    super::text::name(network, Site::Own, equation.variable)
}
