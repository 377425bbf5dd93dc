//! Whether what synapses do together in a step depends on the order in which they act.
//!
//! In: the code of a pathway. Out: a warning that names the statement, where there is one. Synapses act one after the other, and those
//! of one neuron see what others did to its variables. The order makes no difference where everything done to a variable of a neuron
//!
//! - is of one kind that commutes: sums, products, conjunctions, minima and the like of values that no synapse of the step changes, or
//! - is the same for all synapses of the neuron (`v_post = 0`),
//!
//! and nothing else reads the variable. What is one for each synapse (its own variables, random numbers) commutes with everything.

use super::summed::overlap;
use super::synapses::Ends;
use super::{Resolver, codes, evaluate};
use crate::ir::expr::{Arena, Binary, ExprId, Function, LocalId, Node, Site, VariableId};
use crate::ir::network::{Block, Statement, Target};
use grammar::Diagnostic;
use grammar::ast::{BinaryOp, ConnectPart, Expr, ExprKind, Member, MemberKind};
use std::collections::{BTreeSet, HashMap};

/// A variable of a neuron, as a synapse sees it.
type Cell = (Site, VariableId);

/// What a value depends on that is not the same for all synapses and steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Depends {
    /// Something of the synapse itself, or a random number.
    own: bool,
    /// Something of the source neuron that no synapse changes.
    pre: bool,
    /// Something of the target neuron that no synapse changes.
    post: bool,
    /// Variables of neurons that synapses change.
    cells: BTreeSet<Cell>,
}

impl Depends {
    fn add(&mut self, other: &Self) {
        self.own |= other.own;
        self.pre |= other.pre;
        self.post |= other.post;
        self.cells.extend(&other.cells);
    }

    /// Whether it is the same for all synapses of a neuron.
    fn is_of(&self, site: Site) -> bool {
        let other = if site == Site::Pre { self.post } else { self.pre };
        !self.own && !other && self.cells.is_empty()
    }
}

/// What is done to a variable. All of one kind commute, but for the last two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Add,
    Multiply,
    And,
    Or,
    Least,
    Most,
    Set,
    Other,
}

/// Why the order matters.
enum Fault {
    Last,
    Reads(VariableId, Site),
    Mixed,
    Partial,
}

impl Resolver<'_> {
    /// Warns of a block whose result depends on the order of synapses.
    pub(super) fn warn_of_order(&mut self, ends: Ends, block: &Block) {
        let walk = Walk {
            arena: &self.network.arena,
            shared: &|id| self.network.variables[id.0 as usize].shared,
            one_population: overlap(ends.source.group, ends.target.group),
            written: written(block),
            settled: HashMap::new(),
            locals: HashMap::new(),
            acts: HashMap::new(),
        };
        let Some((statement, fault)) = walk.first_fault(block) else { return };
        let name = |id: VariableId, site: Site| {
            let suffix = match site {
                Site::Own => "",
                Site::Pre => "_pre",
                Site::Post => "_post",
            };
            format!("`{}{suffix}`", self.network.variables[id.0 as usize].name)
        };
        let of = match statement.target {
            Target::Variable(site, id) => name(id, site),
            Target::Local(_) => "this value".to_owned(),
        };
        let (label, help) = match fault {
            Fault::Last => {
                ("each synapse sets it, and the last one counts".to_owned(), "let each add its part: `v_post += w`")
            }
            Fault::Reads(id, site) => (
                format!("{} may have been changed by other synapses in the same step", name(id, site)),
                "read what no synapse of this pathway writes, or write it in a pathway of its own with an `order`",
            ),
            Fault::Mixed => (
                "what one synapse adds, another multiplies or sets".to_owned(),
                "do one of the two in a pathway of its own, with an `order`",
            ),
            Fault::Partial => (
                "each synapse works on what others left".to_owned(),
                "let each add its part, and do the rest in the neurons",
            ),
        };
        let message = format!("{of} depends on the order in which synapses act in a step");
        self.report(Diagnostic::warning(codes::ORDER_OF_SYNAPSES, statement.span, message).label(label).help(help));
    }
}

/// Whether a block connects every neuron to one other at most: `connect i == j` and nothing else.
pub(super) fn is_one_to_one(members: &[&Member]) -> bool {
    let mut connects = members.iter().filter_map(|member| match &member.kind {
        MemberKind::Connect(parts) => Some(parts.as_slice()),
        _ => None,
    });
    let is = |expr: &Expr, name: &str| matches!(&expr.kind, ExprKind::Name(found) if &**found == name);
    let single = match connects.next() {
        Some([ConnectPart::Plain(Expr { kind: ExprKind::Binary { op: BinaryOp::Equal, left, right, .. }, .. })]) => {
            (is(left, "i") && is(right, "j")) || (is(left, "j") && is(right, "i"))
        }
        _ => false,
    };
    single && connects.next().is_none()
}

/// The variables of neurons that a block writes.
fn written(block: &Block) -> BTreeSet<Cell> {
    let cells = block.statements.iter().filter_map(|statement| match statement.target {
        Target::Variable(site @ (Site::Pre | Site::Post), id) => Some((site, id)),
        _ => None,
    });
    cells.collect()
}

/// A walk along the statements of a block.
struct Walk<'a> {
    arena: &'a Arena,
    shared: &'a dyn Fn(VariableId) -> bool,
    /// A neuron may be on both sides, so that a variable written on one is changed on the other.
    one_population: bool,
    written: BTreeSet<Cell>,
    /// Variables that were set in this block to what is the same for all synapses of the neuron: what that depends on.
    settled: HashMap<Cell, Depends>,
    locals: HashMap<LocalId, Depends>,
    /// What was done to each variable so far, and whether all of it was the same for all synapses of the neuron.
    acts: HashMap<Cell, (Act, bool)>,
}

impl Walk<'_> {
    fn first_fault(mut self, block: &Block) -> Option<(&Statement, Fault)> {
        block.statements.iter().find_map(|statement| self.statement(statement).map(|fault| (statement, fault)))
    }

    fn statement(&mut self, statement: &Statement) -> Option<Fault> {
        let cell = match statement.target {
            Target::Variable(site @ (Site::Pre | Site::Post), id) => (site, id),
            Target::Variable(Site::Own, _) => return reads(&self.depends(&[statement.value], None)),
            Target::Local(local) => {
                let depends = self.depends(&[statement.value], None);
                self.locals.insert(local, depends);
                return None;
            }
        };
        let (act, operands) = self.act(cell, statement.value);
        let depends = self.depends(&operands, (act != Act::Set).then_some(cell));
        if let Some(fault) = reads(&depends) {
            return Some(fault);
        }
        let uniform = depends.is_of(cell.0);
        let before = self.acts.get(&cell).copied();
        let now = match before {
            // Nothing of what was before is left.
            _ if act == Act::Set => {
                self.settled.insert(cell, depends);
                (Act::Set, uniform)
            }
            None => (act, uniform),
            Some((other, others)) if uniform && others => (if other == act { act } else { Act::Other }, true),
            Some((other, _)) if other == act && act != Act::Other => (act, false),
            Some(_) => return Some(Fault::Mixed),
        };
        self.acts.insert(cell, now);
        match now {
            (Act::Set, false) => Some(Fault::Last),
            (Act::Other, false) => Some(Fault::Partial),
            _ => None,
        }
    }

    /// What an assignment does to a variable, and with which values.
    fn act(&self, cell: Cell, value: ExprId) -> (Act, Vec<ExprId>) {
        let here = Node::Variable(cell.0, cell.1);
        let holds = |id: ExprId| evaluate::parts(self.arena, id).into_iter().any(|part| *self.arena.node(part) == here);
        if self.settled.contains_key(&cell) || !holds(value) {
            return (Act::Set, vec![value]);
        }
        let mut operands = Vec::new();
        let mut act = None;
        let mut at = value;
        // Down to the variable itself, by operations of one kind: `(v + a) - b`.
        while *self.arena.node(at) != here {
            let Some((kind, inner, operand)) =
                self.step(at, &holds).filter(|(kind, ..)| act.is_none_or(|act| act == *kind))
            else {
                return (Act::Other, vec![value]);
            };
            act = Some(kind);
            operands.push(operand);
            at = inner;
        }
        (act.unwrap_or(Act::Add), operands)
    }

    /// One operation that commutes with its like: its kind, the operand with the variable in it and the other.
    fn step(&self, at: ExprId, holds: &dyn Fn(ExprId) -> bool) -> Option<(Act, ExprId, ExprId)> {
        let (act, left, right, either) = match self.arena.node(at) {
            Node::Binary(Binary::Add, a, b) => (Act::Add, *a, *b, true),
            Node::Binary(Binary::Subtract, a, b) => (Act::Add, *a, *b, false),
            Node::Binary(Binary::Multiply, a, b) => (Act::Multiply, *a, *b, true),
            Node::Binary(Binary::Divide, a, b) => (Act::Multiply, *a, *b, false),
            Node::Binary(Binary::And, a, b) => (Act::And, *a, *b, true),
            Node::Binary(Binary::Or, a, b) => (Act::Or, *a, *b, true),
            Node::Call(Function::Min, operands) => (Act::Least, *operands.first()?, *operands.get(1)?, true),
            Node::Call(Function::Max, operands) => (Act::Most, *operands.first()?, *operands.get(1)?, true),
            _ => return None,
        };
        match (holds(left), holds(right)) {
            (true, false) => Some((act, left, right)),
            (false, true) if either => Some((act, right, left)),
            _ => None,
        }
    }

    /// What expressions depend on, but for the variable `itself`.
    fn depends(&self, roots: &[ExprId], itself: Option<Cell>) -> Depends {
        let mut depends = Depends::default();
        for part in roots.iter().flat_map(|root| evaluate::parts(self.arena, *root)) {
            match self.arena.node(part) {
                Node::Variable(site, id) if !(self.shared)(*id) => self.variable((*site, *id), itself, &mut depends),
                Node::Local(local) => {
                    if let Some(known) = self.locals.get(local) {
                        depends.add(known);
                    }
                }
                Node::Index(Site::Pre) => depends.pre = true,
                Node::Index(Site::Post) => depends.post = true,
                Node::Index(Site::Own) | Node::Random(..) => depends.own = true,
                Node::At(id, _) => {
                    let changed = self.written.iter().find(|cell| cell.1 == *id);
                    depends.cells.extend(changed);
                }
                _ => {}
            }
        }
        depends
    }

    fn variable(&self, cell: Cell, itself: Option<Cell>, depends: &mut Depends) {
        if let Some(settled) = self.settled.get(&cell) {
            return depends.add(settled);
        }
        let changed = |other: &&Cell| **other == cell || (self.one_population && other.1 == cell.1);
        match cell.0 {
            _ if itself == Some(cell) => {}
            Site::Own => depends.own = true,
            _ if self.written.iter().any(|other| changed(&other)) => {
                depends.cells.insert(cell);
            }
            Site::Pre => depends.pre = true,
            Site::Post => depends.post = true,
        }
    }
}

/// A value is made of what other synapses may have changed.
fn reads(depends: &Depends) -> Option<Fault> {
    depends.cells.first().map(|&(site, id)| Fault::Reads(id, site))
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    /// Code of `on_pre`, and the statement that the warning names.
    const CODE: &[(&str, &str)] = &[
        ("v += w", ""),
        ("v_post += w; u += 2*w", ""),
        ("v += w; v -= 2*w", ""),
        ("v *= w; v /= 2", ""),
        ("v = v + w + rand()", ""),
        ("v = max(v, w)", ""),
        ("b = b or w > 0", ""),
        ("v = 0", ""),
        ("v = u", ""),
        ("v = clip(v, 0, 1)", ""),
        ("v += 1; v *= 0.5", ""),
        ("v = 0; v += 1; w = v", ""),
        ("v += x_pre; x_pre += w", "v += x_pre"),
        ("a += 0.01; w = clip(w + c, 0, 1); v += w", ""),
        ("k = w*u; v += k; c = k", ""),
        ("w = clip(w + u_post - x_pre, 0, 1)", ""),
        ("v += w*(1 - u)", ""),
        ("v += w*(1 - v)", "v += w*(1 - v)"),
        ("v = w", "v = w"),
        ("v = x_pre", "v = x_pre"),
        ("v = i", "v = i"),
        ("v = j", ""),
        ("v = 0; v += w", "v += w"),
        ("v += w; v *= 0.5", "v *= 0.5"),
        ("v += w; v = clip(v, 0, 1)", "v = clip(v, 0, 1)"),
        ("v = clip(v + w, 0, 1)", "v = clip(v + w, 0, 1)"),
        ("v += w; w = v", "w = v"),
        ("w = v; v = 0", "w = v"),
        ("k = v; v += w; c = k", "c = k"),
        ("u += v; v += w", "u += v"),
        ("n += w", "n += w"),
        ("n += 1", ""),
    ];

    #[test]
    fn warned_is_of_what_the_order_of_synapses_decides() {
        for (code, named) in CODE {
            let code = code.replace("; ", "\n");
            let source = format!(
                "neurons Q[4] {{ x : 1\nthreshold x > 1 }}\nneurons P[4] {{ v : 1\nu : 1\nb : boolean\nn : integer }}\n\
                 synapses S: Q -> P {{ w : 1\na : 1\nc : 1\non_pre {{\n{code}\n}}\nconnect all }}"
            );
            let found = check(&source);
            let expected = if named.is_empty() { String::new() } else { format!("W0403 `{named}`") };
            assert!(found.starts_with(&expected) && found.is_empty() == named.is_empty(), "{code}: {found}");
        }
    }

    #[test]
    fn a_neuron_on_both_sides_is_one_neuron() {
        let code = |group: &str, connect: &str| {
            check(&format!(
                "neurons P[4] {{ v : 1\nthreshold v > 1 }}\nsynapses S: {group} -> P[2:] {{ on_pre v_post += v_pre\n{connect} }}"
            ))
        };
        assert!(code("P", "connect all").starts_with("W0403"));
        assert_eq!(code("P", "connect i == j"), "");
        assert_eq!(code("P[:2]", "connect all"), "");
    }
}
