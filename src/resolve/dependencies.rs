//! In which order definitions that use each other are worked out.
//!
//! In: for every definition, those it uses. Out: an order in which each comes after what it uses, and the cycles that prevent
//! one. Nothing is recursive: a model may chain thousands of definitions.

use grammar::ast::{Expr, ExprKind, IndexItem};

/// An order and the cycles found.
pub(super) struct Order {
    /// Every definition, after what it uses (but for members of a cycle).
    pub(super) sequence: Vec<usize>,
    /// The members of each cycle, each using the next, the last using the first.
    pub(super) cycles: Vec<Vec<usize>>,
}

/// Orders `uses.len()` definitions, where definition `k` uses those of `uses[k]`.
pub(super) fn order(uses: &[Vec<usize>]) -> Order {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        Unseen,
        Open,
        Done,
    }
    let mut state = vec![State::Unseen; uses.len()];
    let mut order = Order { sequence: Vec::with_capacity(uses.len()), cycles: Vec::new() };
    for root in 0..uses.len() {
        if state[root] != State::Unseen {
            continue;
        }
        state[root] = State::Open;
        // The way from the root to where the search stands, with how many uses of each have been followed.
        let mut path = vec![(root, 0)];
        while let Some((at, followed)) = path.last_mut() {
            let Some(&next) = uses[*at].get(*followed) else {
                state[*at] = State::Done;
                order.sequence.push(*at);
                path.pop();
                continue;
            };
            *followed += 1;
            match state[next] {
                State::Unseen => {
                    state[next] = State::Open;
                    path.push((next, 0));
                }
                State::Open => {
                    let start = path.iter().position(|(member, _)| *member == next).unwrap_or(0);
                    order.cycles.push(path[start..].iter().map(|(member, _)| *member).collect());
                }
                State::Done => {}
            }
        }
    }
    order
}

/// The names an expression reads, in the order of the text; functions' names are not among them.
pub(super) fn names(expr: &Expr) -> Vec<&str> {
    let mut names = Vec::new();
    walk(expr, |part| {
        if let ExprKind::Name(name) = &part.kind {
            names.push(&**name);
        }
    });
    names
}

/// The functions an expression calls, in the order of the text.
pub(super) fn called(expr: &Expr) -> Vec<&str> {
    let mut names = Vec::new();
    walk(expr, |part| {
        if let ExprKind::Call { function, .. } = &part.kind {
            names.push(&*function.text);
        }
    });
    names
}

/// Shows every part of an expression, in the order of the text.
pub(super) fn walk<'e>(expr: &'e Expr, mut show: impl FnMut(&'e Expr)) {
    let mut rest = vec![expr];
    while let Some(part) = rest.pop() {
        show(part);
        let first = rest.len();
        match &part.kind {
            ExprKind::Unary { operand, .. } => rest.push(operand),
            ExprKind::Group(inner) => rest.push(inner),
            ExprKind::Binary { left, right, .. } => rest.extend([&**left, &**right]),
            ExprKind::Call { arguments, .. } => rest.extend(arguments.iter().map(|argument| &argument.value)),
            ExprKind::Member { base, .. } => rest.push(base),
            ExprKind::List(items) => rest.extend(items),
            ExprKind::Index { base, items } => {
                rest.push(base);
                for item in items {
                    match item {
                        IndexItem::At(at) => rest.push(at),
                        IndexItem::Slice { start, stop, step, .. } => {
                            rest.extend([start, stop, step].into_iter().flatten())
                        }
                    }
                }
            }
            ExprKind::Number(_) | ExprKind::Boolean(_) | ExprKind::Text(_) | ExprKind::Name(_) | ExprKind::Error => {}
        }
        rest[first..].reverse();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_comes_first() {
        let found = order(&[vec![1, 2], vec![2], vec![], vec![0]]);
        assert_eq!(found.sequence, [2, 1, 0, 3]);
        assert!(found.cycles.is_empty());
    }

    #[test]
    fn cycles_are_named_once_with_their_members() {
        let found = order(&[vec![1], vec![2], vec![1], vec![3]]);
        assert_eq!(found.cycles, [vec![1, 2], vec![3]]);
        assert_eq!(found.sequence.len(), 4);
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let uses: Vec<Vec<usize>> = (0..200_000).map(|k| if k == 0 { vec![] } else { vec![k - 1] }).rev().collect();
        let uses: Vec<Vec<usize>> =
            uses.iter().enumerate().map(|(k, _)| if k + 1 < uses.len() { vec![k + 1] } else { vec![] }).collect();
        assert_eq!(order(&uses).sequence[0], 199_999);
    }
}
