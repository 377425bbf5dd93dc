//! Expressions in the user's words, for reasons and notes: short, with the names of variables, constants as numbers.

pub(super) use crate::ir::describe::name;

use crate::ir::describe;
use crate::ir::expr::ExprId;
use crate::ir::network::Network;

/// Deeper parts are left out: a reason is a hint at the place, not a listing.
const DEPTH: usize = 5;

/// An expression as text.
pub(super) fn show(network: &Network, id: ExprId) -> String {
    describe::expression(network, id, DEPTH)
}
