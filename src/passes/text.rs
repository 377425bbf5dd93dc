//! Expressions in the user's words, for reasons and notes: short, with the names of variables, constants as numbers.

use crate::ir::expr::{Binary, ExprId, Node, Site, Unary, VariableId};
use crate::ir::network::Network;

/// Deeper parts are left out: a reason is a hint at the place, not a listing; it also bounds the recursion.
const DEPTH: usize = 5;

/// An expression as text.
pub(super) fn show(network: &Network, id: ExprId) -> String {
    write(network, id, DEPTH).0
}

/// The name of a variable as code sees it.
pub(super) fn name(network: &Network, site: Site, variable: VariableId) -> String {
    let name = &network.variables[variable.0 as usize].name;
    match site {
        Site::Own => name.clone(),
        Site::Pre => format!("{name}_pre"),
        Site::Post => format!("{name}_post"),
    }
}

/// Text and how strongly it binds: 0 `or` … 9 an atom.
fn write(network: &Network, id: ExprId, depth: usize) -> (String, u8) {
    if depth == 0 {
        return ("…".to_owned(), 9);
    }
    let list = |operands: &[ExprId]| {
        operands.iter().map(|&operand| write(network, operand, depth - 1).0).collect::<Vec<_>>().join(", ")
    };
    match network.arena.node(id) {
        Node::Float(bits) => number(f64::from_bits(*bits)),
        Node::Integer(value) => number(f64::from(*value)),
        Node::Boolean(value) => (if *value { "True" } else { "False" }.to_owned(), 9),
        Node::Variable(site, variable) => (name(network, *site, *variable), 9),
        Node::Local(_) => ("…".to_owned(), 9),
        Node::Time => ("t".to_owned(), 9),
        Node::Dt => ("dt".to_owned(), 9),
        Node::Tick => ("t_in_timesteps".to_owned(), 9),
        Node::Index(Site::Post) => ("j".to_owned(), 9),
        Node::Index(_) => ("i".to_owned(), 9),
        Node::Each => ("k".to_owned(), 9),
        Node::Unary(Unary::Not, operand) => (format!("not {}", within(network, *operand, 3, depth)), 3),
        Node::Unary(Unary::Negate, operand) => (format!("-{}", within(network, *operand, 7, depth)), 7),
        Node::Binary(operator, left, right) => {
            let (sign, strength) = sign(*operator);
            let left = within(network, *left, strength, depth);
            let right = within(network, *right, strength + 1, depth);
            let space = if strength >= 6 { "" } else { " " };
            (format!("{left}{space}{sign}{space}{right}"), strength)
        }
        Node::Call(function, operands) => {
            (format!("{}({})", format!("{function:?}").to_lowercase(), list(operands)), 9)
        }
        Node::Random(distribution, _, operands) => {
            let name = match distribution {
                crate::ir::expr::Distribution::Uniform => "rand",
                crate::ir::expr::Distribution::Normal => "randn",
                crate::ir::expr::Distribution::Poisson => "poisson",
                crate::ir::expr::Distribution::Binomial => "binomial",
            };
            (format!("{name}({})", list(operands)), 9)
        }
    }
}

fn number(value: f64) -> (String, u8) {
    (format!("{value}"), if value < 0.0 { 7 } else { 9 })
}

fn within(network: &Network, id: ExprId, strength: u8, depth: usize) -> String {
    let (text, own) = write(network, id, depth - 1);
    if own < strength { format!("({text})") } else { text }
}

fn sign(operator: Binary) -> (&'static str, u8) {
    match operator {
        Binary::Or => ("or", 1),
        Binary::And => ("and", 2),
        Binary::Less => ("<", 4),
        Binary::LessEqual => ("<=", 4),
        Binary::Greater => (">", 4),
        Binary::GreaterEqual => (">=", 4),
        Binary::Equal => ("==", 4),
        Binary::NotEqual => ("!=", 4),
        Binary::Add => ("+", 5),
        Binary::Subtract => ("-", 5),
        Binary::Multiply => ("*", 6),
        Binary::Divide => ("/", 6),
        Binary::FloorDivide => ("//", 6),
        Binary::Remainder => ("%", 6),
        Binary::Power => ("**", 8),
    }
}
