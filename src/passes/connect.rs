//! Connection rules to programs: which pairs are worth looking at, and what is left to ask of each.
//!
//! A condition is cut at its `and`s. What says something about j that can be solved for it (an equation or inequality of
//! integers in which j has the factor 1 or -1, or the `abs` of such a difference below a bound) becomes a bound or an
//! exception for each source; what does not look at j at all decides whether a source has any targets. The rest stays to be
//! asked of every pair that is left. Solved is only what cannot wrap: ranges of all integers are followed, and bounds are made of
//! reals, which hold every 32-bit integer and every sum of two exactly.

use super::algebra::Algebra;
use super::fold::Literal;
use super::walk::{any, reachable};
use crate::ir::expr::{Arena, Binary, ExprId, Function, Node, Site, Type, Unary};
use crate::ir::network::Group;
use std::collections::HashMap;

/// A condition as bounds of j (relative to its group) per source, and the rest.
#[derive(Clone, Debug, Default)]
pub(super) struct Split {
    pub(super) low: Vec<ExprId>,
    pub(super) high: Vec<ExprId>,
    pub(super) except: Vec<ExprId>,
    pub(super) rest: Option<ExprId>,
}

/// Cuts a condition over pairs of two groups.
pub(super) fn split(arena: &mut Arena, condition: ExprId, source: Group, target: Group) -> Split {
    let mut split = Split::default();
    for part in conjuncts(arena, condition) {
        let mut cut = Cut { arena: &mut *arena, source, target };
        if !cut.take(part, &mut split) {
            split.rest = Some(match split.rest {
                Some(rest) => arena.add(Node::Binary(Binary::And, rest, part), Type::Boolean),
                None => part,
            });
        }
    }
    split
}

/// Whether an expression looks at the target, or at luck.
pub(super) fn is_of_pair(arena: &Arena, id: ExprId) -> bool {
    any(arena, id, |node| {
        matches!(node, Node::Index(Site::Post) | Node::Variable(Site::Post, _) | Node::Random(..) | Node::Each)
    })
}

/// What must hold together, in order; `not` is moved inwards as far as comparisons.
fn conjuncts(arena: &mut Arena, condition: ExprId) -> Vec<ExprId> {
    let mut parts = Vec::new();
    let mut waiting = vec![condition];
    while let Some(id) = waiting.pop() {
        match *arena.node(id) {
            Node::Binary(Binary::And, left, right) => waiting.extend([right, left]),
            Node::Unary(Unary::Not, inner) => match *arena.node(inner) {
                Node::Unary(Unary::Not, same) => waiting.push(same),
                Node::Binary(Binary::Equal, left, right) => {
                    waiting.push(arena.binary(Binary::NotEqual, left, right));
                }
                Node::Binary(Binary::NotEqual, left, right) => {
                    waiting.push(arena.binary(Binary::Equal, left, right));
                }
                _ => parts.push(id),
            },
            _ => parts.push(id),
        }
    }
    parts
}

/// `factor*j + rest` of an integer expression, j absolute, and the range of its values.
#[derive(Clone, Copy, Debug)]
struct Form {
    factor: i64,
    /// A real expression without j.
    rest: ExprId,
    least: i64,
    most: i64,
}

struct Cut<'a> {
    arena: &'a mut Arena,
    source: Group,
    target: Group,
}

impl Cut<'_> {
    /// Turns a part into bounds; false where it cannot.
    fn take(&mut self, part: ExprId, split: &mut Split) -> bool {
        if !is_of_pair(self.arena, part) {
            if Literal::of(self.arena, part) == Some(Literal::Boolean(true)) {
                return true;
            }
            let mut algebra = Algebra { arena: self.arena };
            let (all, none) = (algebra.literal(f64::NEG_INFINITY), algebra.literal(f64::INFINITY));
            split.low.push(algebra.choose(part, all, none));
            return true;
        }
        let Node::Binary(operator, left, right) = *self.arena.node(part) else { return false };
        self.take_distance(operator, left, right, split) || self.take_comparison(operator, left, right, split)
    }

    /// `abs(d) < k` and the like, k free of j.
    fn take_distance(&mut self, operator: Binary, left: ExprId, right: ExprId, split: &mut Split) -> bool {
        let (operator, distance, bound) = match (self.inside_abs(left), self.inside_abs(right)) {
            (Some(distance), None) => (operator, distance, right),
            (None, Some(distance)) => (mirrored(operator), distance, left),
            _ => return false,
        };
        let Some(form) = self.form(distance).filter(|form| form.least > i64::from(i32::MIN)) else { return false };
        let zero = self.arena.float(0.0);
        let is_zero = Literal::of(self.arena, bound).is_some_and(|literal| literal.float() == 0.0);
        match operator {
            Binary::NotEqual | Binary::Greater if is_zero => self.bound(Binary::NotEqual, form, zero, split),
            Binary::Equal if is_zero => self.bound(Binary::Equal, form, zero, split),
            Binary::Less | Binary::LessEqual => {
                let Some(reach) = self.reach(operator, bound) else { return false };
                let back = Algebra { arena: self.arena }.negate(reach);
                self.bound(Binary::LessEqual, form, reach, split) && self.bound(Binary::GreaterEqual, form, back, split)
            }
            _ => false,
        }
    }

    fn inside_abs(&self, id: ExprId) -> Option<ExprId> {
        match self.arena.node(id) {
            Node::Call(Function::Abs, operands) if operands.len() == 1 => Some(operands[0]),
            _ => None,
        }
    }

    /// The largest integer that is `< bound` or `<= bound`.
    fn reach(&mut self, operator: Binary, bound: ExprId) -> Option<ExprId> {
        let strict = operator == Binary::Less;
        if let Some(Literal::Float(value)) = Literal::of(self.arena, bound) {
            let reach = if strict { value.ceil() - 1.0 } else { value.floor() };
            return (!value.is_nan()).then(|| self.arena.float(reach));
        }
        let form = self.form(bound).filter(|form| form.factor == 0)?;
        let mut algebra = Algebra { arena: self.arena };
        let less = algebra.literal(if strict { -1.0 } else { 0.0 });
        Some(algebra.add(form.rest, less))
    }

    fn take_comparison(&mut self, operator: Binary, left: ExprId, right: ExprId, split: &mut Split) -> bool {
        let (Some(left), Some(right)) = (self.form(left), self.form(right)) else { return false };
        let form = Form { factor: left.factor - right.factor, ..left };
        self.bound(operator, form, right.rest, split)
    }

    /// `factor*j + rest OP other` as bounds of j, for a factor of 1 or -1.
    fn bound(&mut self, operator: Binary, form: Form, other: ExprId, split: &mut Split) -> bool {
        let offset = f64::from(self.target.offset);
        let mut algebra = Algebra { arena: self.arena };
        let (operator, mut at) = match form.factor {
            1 => (operator, algebra.subtract(other, form.rest)),
            -1 => (mirrored(operator), algebra.subtract(form.rest, other)),
            _ => return false,
        };
        let mut shifted = |by: f64| {
            let by = algebra.literal(by);
            algebra.add(at, by)
        };
        at = match operator {
            Binary::Less => shifted(-offset - 1.0),
            Binary::Greater => shifted(1.0 - offset),
            _ => shifted(-offset),
        };
        match operator {
            Binary::Less | Binary::LessEqual => split.high.push(at),
            Binary::Greater | Binary::GreaterEqual => split.low.push(at),
            Binary::Equal => {
                split.low.push(at);
                split.high.push(at);
            }
            Binary::NotEqual => split.except.push(at),
            _ => return false,
        }
        true
    }

    /// An integer expression as `factor*j + rest`, where no part of it can wrap.
    fn form(&mut self, root: ExprId) -> Option<Form> {
        let mut forms: HashMap<ExprId, Form> = HashMap::new();
        for id in reachable(self.arena, &[root]) {
            if self.arena.kind(id) != Type::Integer {
                continue;
            }
            let made = self
                .node_form(id, &forms)
                .filter(|form| i64::from(i32::MIN) <= form.least && form.most <= i64::from(i32::MAX));
            match made.or_else(|| self.leaf(id)) {
                Some(form) => forms.insert(id, form),
                None => return None,
            };
        }
        forms.get(&root).copied()
    }

    /// A part without j that is taken as it is.
    fn leaf(&mut self, id: ExprId) -> Option<Form> {
        if is_of_pair(self.arena, id) {
            return None;
        }
        let (mut least, mut most) = (i64::from(i32::MIN), i64::from(i32::MAX));
        if let Node::Binary(Binary::Remainder, _, divisor) = *self.arena.node(id)
            && let Some(Literal::Integer(divisor @ 1..)) = Literal::of(self.arena, divisor)
        {
            (least, most) = (0, i64::from(divisor) - 1);
        }
        let rest = Algebra { arena: self.arena }.real(id);
        Some(Form { factor: 0, rest, least, most })
    }

    fn node_form(&mut self, id: ExprId, forms: &HashMap<ExprId, Form>) -> Option<Form> {
        let within = |group: Group| (i64::from(group.offset), i64::from(group.offset) + i64::from(group.size) - 1);
        match *self.arena.node(id) {
            Node::Integer(value) => {
                let rest = self.arena.float(f64::from(value));
                Some(Form { factor: 0, rest, least: value.into(), most: value.into() })
            }
            Node::Index(Site::Post) => {
                let (least, most) = within(self.target);
                Some(Form { factor: 1, rest: self.arena.float(0.0), least, most })
            }
            Node::Index(Site::Pre) => {
                let (least, most) = within(self.source);
                let rest = Algebra { arena: self.arena }.real(id);
                Some(Form { factor: 0, rest, least, most })
            }
            Node::Unary(Unary::Negate, operand) => Some(self.negative(*forms.get(&operand)?)),
            Node::Binary(Binary::Add, left, right) => Some(self.sum(*forms.get(&left)?, *forms.get(&right)?)),
            Node::Binary(Binary::Subtract, left, right) => {
                let right = self.negative(*forms.get(&right)?);
                Some(self.sum(*forms.get(&left)?, right))
            }
            Node::Binary(Binary::Multiply, left, right) => self.product(*forms.get(&left)?, *forms.get(&right)?),
            _ => None,
        }
    }

    fn negative(&mut self, form: Form) -> Form {
        let rest = Algebra { arena: self.arena }.negate(form.rest);
        Form { factor: -form.factor, rest, least: -form.most, most: -form.least }
    }

    fn sum(&mut self, left: Form, right: Form) -> Form {
        Form {
            factor: left.factor + right.factor,
            rest: Algebra { arena: self.arena }.add(left.rest, right.rest),
            least: left.least + right.least,
            most: left.most + right.most,
        }
    }

    fn product(&mut self, left: Form, right: Form) -> Option<Form> {
        let constant = |form: &Form| (form.least == form.most).then_some(form.least);
        let factor = match (left.factor, right.factor) {
            (0, 0) => 0,
            (factor, 0) => factor * constant(&right)?,
            (0, factor) => factor * constant(&left)?,
            _ => return None,
        };
        let ends = [left.least * right.least, left.least * right.most, left.most * right.least, left.most * right.most];
        let rest = Algebra { arena: self.arena }.multiply(left.rest, right.rest);
        let least = ends.into_iter().min()?;
        Some(Form { factor, rest, least, most: ends.into_iter().max()? })
    }
}

/// The comparison with its sides changed.
fn mirrored(operator: Binary) -> Binary {
    match operator {
        Binary::Less => Binary::Greater,
        Binary::LessEqual => Binary::GreaterEqual,
        Binary::Greater => Binary::Less,
        Binary::GreaterEqual => Binary::LessEqual,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::network::{Connect, PopulationId, ProjectionId, Role, Rule};
    use crate::ir::plan::ProgramId;
    use crate::passes::tests::models::{Bench, Model};
    use grammar::Span;
    use runtime::kernel::Work;

    const SOURCE: Group = Group { population: PopulationId(0), offset: 2, size: 9 };
    const TARGET: Group = Group { population: PopulationId(0), offset: 3, size: 12 };

    /// Conditions, and whether all of each becomes ranges.
    const CONDITIONS: &[(&str, bool)] = &[
        ("i == j", true),
        ("i != j", true),
        ("j - 3 == i - 2", true),
        ("abs(i - j) < 3 and i != j", true),
        ("abs(j - i) <= 2", true),
        ("3 > abs(i - j)", true),
        ("abs(i - j) < 2.5", true),
        ("abs(i - j) != 0", true),
        ("j == (i + 1) % 9", true),
        ("j > i and j <= i + 4", true),
        ("-j < -i", true),
        ("i - 2*i + j >= 0 and i < 6", true),
        ("not (i == j)", true),
        ("j < i*i", true),
        ("x_pre > 4 and j != i", true),
        ("i == j or j == 5", false),
        ("2*j < i", false),
        ("abs(i - j) > 2 and j < i", false),
        ("(i + j) % 3 == 0", false),
        ("x_post > x_pre and j > 4", false),
        ("j < x_pre", false),
        ("i*j < 20", false),
    ];

    fn bench(condition: &str) -> Bench {
        let mut model = Model::new();
        let id = model.neurons("P", 20);
        model.parameter(id, "x");
        let owner = model.synapses("S", id, id);
        model.variable(owner, "w", Role::Parameter, Type::Float);
        let condition = model.expression(owner, condition);
        let whole = Rule::Generator {
            outer: Site::Pre,
            value: condition,
            each: None,
            condition: None,
            skip_if_invalid: false,
            p: None,
            n: None,
        };
        let cut = Rule::Condition { condition: Some(condition), p: None, n: None };
        let projection = &mut model.network.projections[ProjectionId(0).0 as usize];
        projection.source = SOURCE;
        projection.target = TARGET;
        projection.connects = [cut, whole].into_iter().map(|rule| Connect { rule, span: Span::default() }).collect();
        let mut bench = model.bench();
        for i in 0..20 {
            bench.set("x", i, (i * 7 % 10) as f64);
        }
        bench
    }

    fn at(bench: &mut Bench, program: ProgramId, i: u32, j: u32) -> f64 {
        bench.call(program, Work::Pairs { pre: &[i], post: &[j], each: &[0] }).1[0]
    }

    #[test]
    fn ranges_and_rest_together_are_the_condition() {
        for &(condition, all) in CONDITIONS {
            let mut bench = bench(condition);
            let connects = bench.plan.projections[0].connects.clone();
            let (cut, whole) = (&connects[0], connects[1].value.expect("a generator has a value"));
            assert_eq!(cut.condition.is_none(), all, "`{condition}`");
            for i in SOURCE.offset..SOURCE.offset + SOURCE.size {
                for j in TARGET.offset..TARGET.offset + TARGET.size {
                    let relative = f64::from(j - TARGET.offset);
                    let wanted = at(&mut bench, whole, i, j) != 0.0;
                    let mut got = true;
                    for &low in &cut.candidates.low {
                        got &= at(&mut bench, low, i, 0) <= relative;
                    }
                    for &high in &cut.candidates.high {
                        got &= relative <= at(&mut bench, high, i, 0);
                    }
                    for &except in &cut.candidates.except {
                        got &= at(&mut bench, except, i, 0) != relative;
                    }
                    if let Some(rest) = cut.condition {
                        got &= at(&mut bench, rest, i, j) != 0.0;
                    }
                    assert_eq!(got, wanted, "`{condition}` at i = {i}, j = {j}");
                }
            }
        }
    }

    #[test]
    fn what_always_holds_asks_nothing() {
        let connects = bench("True and 1 < 2").plan.projections[0].connects.clone();
        assert!(connects[0].condition.is_none() && connects[0].candidates.low.is_empty());
    }

    #[test]
    fn what_might_wrap_is_asked_of_every_pair() {
        let mut model = Model::new();
        let id = model.neurons("P", 1_000_000);
        let owner = model.synapses("S", id, id);
        let group = model.group(id);
        for (text, is_cut) in [("j < i*i", true), ("j + i*i > 5", false), ("j - i < 1000000", true)] {
            let condition = model.expression(owner, text);
            let split = split(&mut model.network.arena, condition, group, group);
            assert_eq!(split.rest.is_none(), is_cut, "`{text}`");
        }
    }
}
