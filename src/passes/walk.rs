//! Ways through an arena: what an expression is made of, and the same expression made of something else.
//!
//! Operands have smaller numbers than what is made of them, so every walk goes in order of numbers, without recursion: the
//! depth of an expression costs no stack.

use crate::ir::expr::{Arena, ExprId, Node};
use std::collections::{BTreeSet, HashMap};

/// Everything the roots are made of, themselves included, operands before what is made of them.
pub(super) fn reachable(arena: &Arena, roots: &[ExprId]) -> Vec<ExprId> {
    let mut found: BTreeSet<ExprId> = BTreeSet::new();
    let mut waiting = roots.to_vec();
    while let Some(id) = waiting.pop() {
        if found.insert(id) {
            waiting.extend(arena.operands(id));
        }
    }
    found.into_iter().collect()
}

/// Whether some part of an expression is as asked.
pub(super) fn any(arena: &Arena, root: ExprId, is: impl Fn(&Node) -> bool) -> bool {
    reachable(arena, &[root]).into_iter().any(|id| is(arena.node(id)))
}

/// The same roots, every node made anew by `make` from the node with its new operands; types stay.
pub(super) fn rebuild(
    arena: &mut Arena,
    roots: &[ExprId],
    mut make: impl FnMut(&mut Arena, ExprId, Node) -> ExprId,
) -> Vec<ExprId> {
    let mut new: HashMap<ExprId, ExprId> = HashMap::new();
    for id in reachable(arena, roots) {
        let node = arena.node(id).with_operands(|operand| new[&operand]);
        let made = make(arena, id, node);
        new.insert(id, made);
    }
    roots.iter().map(|root| new[root]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::expr::Binary;

    #[test]
    fn a_chain_of_a_hundred_thousand_sums_needs_no_stack() {
        let mut arena = Arena::default();
        let one = arena.float(1.0);
        let mut sum = arena.add(Node::Time, crate::ir::expr::Type::Float);
        for _ in 0..100_000 {
            sum = arena.binary(Binary::Add, sum, one);
        }
        assert_eq!(reachable(&arena, &[sum]).len(), 100_002);
        let two = arena.float(2.0);
        let other = rebuild(&mut arena, &[sum], |arena, old, node| match node {
            Node::Time => two,
            other => arena.add(other, arena.kind(old)),
        })[0];
        assert!(any(&arena, sum, |node| *node == Node::Time));
        assert!(!any(&arena, other, |node| *node == Node::Time));
    }
}
