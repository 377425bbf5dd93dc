//! Equation lines: variables, subexpressions, derivatives and defaults.
//!
//! In: the lines of a neurons or synapses block. Out: stored variables in order of declaration, subexpressions with their
//! values, equations with subexpressions in place, and assignments of defaults. First everything is declared, then
//! subexpressions are read (each after those it uses), then right-hand sides, so that lines may stand in any order.

use super::blocks::finished;
use super::checks::{has_unit, usual_unit};
use super::constants::circular;
use super::dependencies;
use super::flags::Flags;
use super::names::{self, Entry, Meaning, Scope, Typed};
use super::spell::quoted;
use super::{Resolver, codes, evaluate};
use crate::ir::expr::{ExprId, Node, Site, Type, VariableId};
use crate::ir::network::{self, Held, Object, Role, Statement, Target, Variable};
use crate::units::{self, Dimension, number};
use grammar::ast::{self, BinaryOp, EquationKind, Expr, ExprKind, Member, MemberKind};
use grammar::{Diagnostic, Span};
use std::collections::HashMap;

/// A line and what it declares.
#[derive(Clone, Copy, Debug)]
pub(super) struct Declared<'a> {
    /// What is written.
    pub(super) equation: &'a ast::Equation,
    /// The whole line.
    pub(super) span: Span,
    /// Its flags.
    pub(super) flags: Flags,
    /// Its unit.
    pub(super) dimension: Dimension,
    /// Its type.
    pub(super) kind: Type,
    /// The stored variable, if it is one.
    pub(super) variable: Option<VariableId>,
}

/// The equation lines of a block.
pub(super) fn lines<'m>(members: &[&'m Member]) -> impl Iterator<Item = (&'m ast::Equation, Span)> {
    members.iter().filter_map(|member| match &member.kind {
        MemberKind::Equation(equation) => Some((equation, member.span)),
        _ => None,
    })
}

impl Resolver<'_> {
    /// Declares what the lines of a block declare; names go into the scope, wrong ones as poison.
    pub(super) fn declare<'a>(
        &mut self,
        scope: &mut Scope,
        owner: Object,
        lines: impl Iterator<Item = (&'a ast::Equation, Span)>,
    ) -> Vec<Declared<'a>> {
        let synapses = matches!(owner, Object::Projection(_));
        let lines: Vec<_> = lines.collect();
        let others: Vec<&str> = lines.iter().map(|(equation, _)| &*equation.name.text).collect();
        let mut first: HashMap<&str, Span> = HashMap::new();
        let mut declared = Vec::new();
        for (equation, span) in lines {
            let name = &equation.name;
            if let Some(reason) = names::reserved_in_block(&name.text, synapses) {
                let taken = |other: &str| others.contains(&other) || scope.entries.contains_key(other);
                self.name_is_taken(name, "a variable", reason, taken);
                let of_neuron = name.text.ends_with("_pre") || name.text.ends_with("_post");
                if let (true, true, EquationKind::Subexpression(_)) = (synapses, of_neuron, &equation.kind)
                    && let Some(wrong) = self.found.last_mut()
                {
                    let unit = grammar::print::expression(&equation.unit);
                    wrong
                        .help
                        .insert(0, format!("for a sum over all synapses of a neuron write `… : {unit} (summed)`"));
                }
                // What was meant by it is not known, and what uses it is silent.
                scope.set(&name.text, Entry::Poison);
                continue;
            }
            if let Some(&before) = first.get(&*name.text) {
                let message = format!("`{}` is declared twice", name.text);
                let again = Diagnostic::error(codes::DEFINED_TWICE, name.span, message).label("declared again here");
                self.report(again.also(before, "first declared here").help("give one of them another name"));
                continue;
            }
            first.insert(&name.text, name.span);
            if synapses && self.is_of_neuron(scope, name) {
                continue;
            }
            scope.set(&name.text, Entry::Poison);
            let flags = self.flags(equation, synapses);
            let before = self.found.len();
            let unit = self.unit_slot(&equation.unit);
            if let Some(wrong) = self.found[before..].last_mut().filter(|_| super::members::is_keyword(&name.text)) {
                let value = match &equation.kind {
                    EquationKind::Parameter(Some(value)) => {
                        let [target, value] = [&equation.unit, value].map(grammar::print::expression);
                        format!("{target} = {value}")
                    }
                    _ => "…".to_owned(),
                };
                wrong.help.insert(0, format!("a statement is written without colon: `{} {value}`", name.text));
            }
            let (Some(flags), Some((dimension, kind))) = (flags, unit) else { continue };
            let mut line = Declared { equation, span, flags, dimension, kind, variable: None };
            if matches!(equation.kind, EquationKind::Differential(_)) && kind != Type::Float {
                let message = format!(
                    "`d{0}/dt` changes continuously, so that `{0}` cannot be an integer or a boolean",
                    name.text
                );
                self.report(
                    Diagnostic::error(codes::EQUATION_TYPE, equation.unit.span, message)
                        .help("write `1` for a number without unit"),
                );
                continue;
            }
            let stored = flags.constant_over_dt || !matches!(equation.kind, EquationKind::Subexpression(_));
            if stored && !flags.linked {
                line.variable = Some(self.store(scope, owner, &line));
            }
            declared.push(line);
        }
        declared
    }

    /// A synaptic variable may not be called as one of the target's, which it would hide.
    pub(super) fn is_of_neuron(&mut self, scope: &Scope, name: &ast::Name) -> bool {
        let taken = |suffix: &str| scope.entries.contains_key(&*format!("{}{suffix}", name.text));
        let (pre, post) = (taken("_pre"), taken("_post"));
        if !pre && !post {
            return false;
        }
        let side = if post { "target" } else { "source" };
        let message = format!("`{}` is a variable of the {side} neurons already", name.text);
        let help = format!("give it another name, as `{}_syn`", name.text);
        self.report(Diagnostic::error(codes::NAME_OF_NEURON, name.span, message).help(help));
        true
    }

    /// Makes the stored variable of a line.
    fn store(&mut self, scope: &mut Scope, owner: Object, line: &Declared<'_>) -> VariableId {
        let role = match line.equation.kind {
            EquationKind::Differential(_) => Role::State,
            EquationKind::Subexpression(_) => Role::Held,
            EquationKind::Parameter(_) => Role::Parameter,
        };
        self.add_variable(
            scope,
            Variable {
                name: line.equation.name.text.to_string(),
                owner,
                dimension: line.dimension,
                kind: line.kind,
                role,
                shared: line.flags.shared,
                constant: line.flags.constant,
                span: line.equation.name.span,
            },
        )
    }

    /// Adds a stored variable to the network and its name to the scope.
    pub(super) fn add_variable(&mut self, scope: &mut Scope, variable: Variable) -> VariableId {
        // A model of 2^32 variables would be a text of more than 4 GiB, which is refused before it is read.
        let id = VariableId(u32::try_from(self.network.variables.len()).unwrap_or(u32::MAX));
        let value = self.network.arena.add(Node::Variable(Site::Own, id), variable.kind);
        let typed = Typed { id: value, dimension: variable.dimension };
        scope.set(&variable.name, Entry::Known(typed, Meaning::Variable(Site::Own, id)));
        self.network.variables.push(variable);
        id
    }

    /// Reads the subexpressions; each name stands for its value from then on, and those that are held for a step for their variable.
    pub(super) fn subexpressions(
        &mut self,
        scope: &mut Scope,
        owner: Object,
        declared: &[Declared<'_>],
    ) -> (Vec<network::Subexpression>, Vec<Held>) {
        let found: Vec<(&Declared<'_>, &Expr)> = declared
            .iter()
            .filter_map(|line| match &line.equation.kind {
                EquationKind::Subexpression(value) => Some((line, value)),
                EquationKind::Parameter(Some(value)) if line.flags.linked => Some((line, value)),
                _ => None,
            })
            .collect();
        let places: HashMap<&str, usize> =
            found.iter().enumerate().map(|(place, (line, _))| (&*line.equation.name.text, place)).collect();
        let uses: Vec<Vec<usize>> = found
            .iter()
            .map(|(_, value)| dependencies::names(value).iter().filter_map(|name| places.get(name).copied()).collect())
            .collect();
        let order = dependencies::order(&uses);
        let mut in_cycle = vec![false; found.len()];
        for cycle in &order.cycles {
            self.report(circular(cycle.iter().map(|member| &found[*member].0.equation.name)));
            cycle.iter().for_each(|member| in_cycle[*member] = true);
        }
        let mut values: Vec<Option<Typed>> = vec![None; found.len()];
        let mut held = Vec::new();
        for place in order.sequence.into_iter().filter(|place| !in_cycle[*place]) {
            let (line, value) = found[place];
            if let Some(variable) = line.variable {
                held.extend(self.held(scope, owner, line, value, variable));
            } else if let Some(value) = self.subexpression(&mut scope.subexpression(), owner, line, value) {
                values[place] = Some(value);
                let meaning = if line.flags.linked { Meaning::Linked } else { Meaning::Subexpression };
                scope.set(&line.equation.name.text, Entry::Known(value, meaning));
            }
        }
        let known = found.iter().zip(values).filter_map(|((line, _), value)| Some((line, value?)));
        let known = known.map(|(line, value)| network::Subexpression {
            name: line.equation.name.text.to_string(),
            value: value.id,
            dimension: value.dimension,
            span: line.span,
        });
        (known.collect(), held)
    }

    /// A subexpression that is worked out once in a step.
    fn held(
        &mut self,
        scope: &Scope,
        owner: Object,
        line: &Declared<'_>,
        expr: &Expr,
        variable: VariableId,
    ) -> Option<Held> {
        let mut own = scope.fresh();
        let value = self.subexpression(&mut own, owner, line, expr)?;
        if self.holds_noise(value.id, None) {
            let message = format!("`{}` is held for a step and cannot have noise in it", line.equation.name.text);
            self.report(Diagnostic::error(codes::NOISE, expr.span, message).label(names::NOISE_ELSEWHERE.reason));
            return None;
        }
        let value = self.convert(value.id, line.kind);
        let statement =
            Statement { target: Target::Variable(Site::Own, variable), value, guard: None, span: line.span };
        Some(Held { variable, block: finished(vec![statement], &own) })
    }

    fn subexpression(&mut self, scope: &mut Scope, owner: Object, line: &Declared<'_>, expr: &Expr) -> Option<Typed> {
        let name = &line.equation.name.text;
        let value = if line.flags.linked { self.link(scope, owner, expr)? } else { self.expression(scope, expr)? };
        self.fits_line(line, value, expr, line.dimension, &format!("`{name}`"))?;
        let kind = self.network.arena.kind(value.id);
        if kind > line.kind {
            let wanted = if line.kind == Type::Boolean { "a boolean" } else { "an integer" };
            let message = format!("`{name}` is {wanted}, and {} is not", quoted(expr));
            let help = if kind == Type::Float { "write `1` as its unit" } else { "write `integer` as its unit" };
            self.report(
                Diagnostic::error(codes::WRONG_TYPE, expr.span, message)
                    .also(line.equation.unit.span, wanted)
                    .help(help),
            );
            return None;
        }
        if line.flags.shared {
            self.must_be_one_value(value.id, expr, name, line.flags.constant_over_dt)?;
        }
        Some(value)
    }

    /// The derivative of a line, read.
    pub(super) fn derivative(&mut self, scope: &Scope, line: &Declared<'_>) -> Option<network::Equation> {
        let EquationKind::Differential(expr) = &line.equation.kind else { return None };
        let name = &line.equation.name.text;
        let value = self.expression(&mut scope.derivative(), expr)?;
        let wanted = line.dimension.over(Dimension::SECOND);
        if value.dimension == line.dimension && value.dimension != wanted {
            let unit = has_unit(value.dimension);
            let shown = if wanted == Dimension::HERTZ { "1/s".to_owned() } else { wanted.to_string() };
            let message = format!("`d{name}/dt` has unit {shown}, and its right side {unit}");
            self.report(
                Diagnostic::error(codes::WRONG_UNIT, expr.span, message)
                    .label(unit)
                    .also(line.equation.unit.span, format!("`{name}` {}", has_unit(line.dimension)))
                    .help(
                        self.time_without_unit(expr).unwrap_or_else(|| "divide it by a time, as in `(…)/tau`".into()),
                    ),
            );
            return None;
        }
        self.fits_line(line, value, expr, wanted, &format!("`d{name}/dt`"))?;
        if self.network.arena.kind(value.id) == Type::Boolean {
            let message = format!("`d{name}/dt` is a number, and {} is true or false", quoted(expr));
            self.report(Diagnostic::error(codes::WRONG_TYPE, expr.span, message).help("write `int(…)` for 0 or 1"));
            return None;
        }
        Some(network::Equation {
            variable: line.variable?,
            rhs: value.id,
            unless_refractory: line.flags.unless_refractory,
            span: line.span,
        })
    }

    /// The right side of a line has the unit that the line asks for.
    fn fits_line(
        &mut self,
        line: &Declared<'_>,
        value: Typed,
        expr: &Expr,
        wanted: Dimension,
        what: &str,
    ) -> Option<()> {
        if value.dimension == wanted {
            return Some(());
        }
        let unit = has_unit(value.dimension);
        let needed = wanted;
        let derivative = matches!(line.equation.kind, EquationKind::Differential(_));
        // Hertz counts events; a derivative is something per second.
        let wanted =
            if derivative && wanted == Dimension::HERTZ { "has unit 1/s".to_owned() } else { has_unit(wanted) };
        let message = format!("{what} {wanted}, and its right side {unit}");
        let mut diagnostic = Diagnostic::error(codes::WRONG_UNIT, expr.span, message)
            .label(unit)
            .also(line.equation.unit.span, format!("the unit of `{}`", line.equation.name.text));
        if let Some(help) = self.unit_of_divisor(expr, value.dimension.over(needed)) {
            diagnostic = diagnostic.help(help);
        } else if let Some(help) = unit_behind_division(expr, value.dimension.over(needed)) {
            diagnostic = diagnostic.help(help);
        } else if !derivative {
            diagnostic = self.with_unit(diagnostic, (value, expr), needed);
        }
        self.report(diagnostic);
        None
    }

    /// `-v/tau` with `tau = 20`, and `-v/20`: a time was meant, and has no unit.
    fn time_without_unit(&self, expr: &Expr) -> Option<String> {
        let ExprKind::Binary { op: BinaryOp::Divide, right, .. } = &expr.kind else { return None };
        match &right.kind {
            ExprKind::Name(name) => {
                let constant = self.constants.get(name).copied().flatten()?;
                let number = number(constant.number);
                let help = || format!("`{name}` has no unit: where it is defined write `{name} = {number}*ms`");
                constant.dimension.is_one().then(help)
            }
            ExprKind::Number(_) => {
                let number = grammar::print::expression(right);
                Some(format!("`{number}` has no unit: write `({number}*ms)`, in the unit of time that is meant"))
            }
            _ => None,
        }
    }

    /// `-v/taum` where `taum` is a constant of another unit than it should be: `excess` is what the quotient has too much.
    fn unit_of_divisor(&self, expr: &Expr, excess: Dimension) -> Option<String> {
        let ExprKind::Binary { op: BinaryOp::Divide, right, .. } = &expr.kind else { return None };
        let ExprKind::Name(name) = &right.kind else { return None };
        let has = self.constants.get(name).copied().flatten()?.dimension;
        let needed = has.times(excess);
        (!needed.is_one()).then(|| {
            let unit = usual_unit(needed);
            format!("`{name}` {}; they would agree if it were in {needed}, as `{name} = …*{unit}`", has_unit(has))
        })
    }

    /// The assignment of a parameter's default.
    pub(super) fn default_value(&mut self, scope: &mut Scope, line: &Declared<'_>) -> Option<Statement> {
        let EquationKind::Parameter(Some(expr)) = &line.equation.kind else { return None };
        let variable = line.variable?;
        let value = self.expression(scope, expr)?;
        self.fits_line(line, value, expr, line.dimension, &format!("`{}`", line.equation.name.text))?;
        if line.flags.shared {
            self.must_be_shared(value.id, expr, &line.equation.name.text)?;
        }
        let value = self.convert(value.id, line.kind);
        Some(Statement { target: Target::Variable(Site::Own, variable), value, guard: None, span: line.span })
    }

    /// What is one for all neurons or synapses is made only of what is one for all, where code runs for each of them.
    pub(super) fn must_be_shared(&mut self, value: ExprId, expr: &Expr, name: &str) -> Option<()> {
        self.must_be_one_value(value, expr, name, false)
    }

    /// Likewise; where the value is worked out once (`once`), it may be drawn.
    pub(super) fn must_be_one_value(&mut self, value: ExprId, expr: &Expr, name: &str, once: bool) -> Option<()> {
        let Some(reason) = self.differs_between_elements(value, once) else { return Some(()) };
        let message = format!("`{name}` is shared: one value for all, made of what is the same for all");
        self.report(
            Diagnostic::error(codes::NOT_SHARED, expr.span, message)
                .label(reason)
                .help("take away `shared`, or use only what is the same for all"),
        );
        None
    }

    /// Why a value is not one for all, if it is not; where it is worked out `once`, it may be drawn.
    pub(super) fn differs_between_elements(&self, value: ExprId, once: bool) -> Option<String> {
        let arena = &self.network.arena;
        evaluate::parts(arena, value).into_iter().find_map(|part| match arena.node(part) {
            Node::Variable(_, id) => {
                let variable = &self.network.variables[id.0 as usize];
                (!variable.shared).then(|| format!("`{}` has a value for each", variable.name))
            }
            Node::Index(_) => Some("an index is not the same for all".to_owned()),
            Node::Random(..) if !once => Some("each draws its own random number".to_owned()),
            Node::Noise(_) => Some("each has noise of its own".to_owned()),
            Node::Local(_) => Some("a local value is not the same for all".to_owned()),
            _ => None,
        })
    }
}

/// `-v/10*ms`, which is `(-v/10)*ms`: `excess` is what it has too much, the square of the unit.
fn unit_behind_division(expr: &Expr, excess: Dimension) -> Option<String> {
    let ExprKind::Binary { op: BinaryOp::Multiply, left, right, .. } = &expr.kind else { return None };
    let ExprKind::Binary { op: BinaryOp::Divide, left: divided, right: number, .. } = &left.kind else { return None };
    let (ExprKind::Name(unit), ExprKind::Number(_)) = (&right.kind, &number.kind) else { return None };
    (units::unit(unit)?.dimension.power(2.0) == excess).then(|| {
        let [divided, number] = [divided, number].map(|part| grammar::print::expression(part));
        format!("`{divided}/{number}*{unit}` is `({divided}/{number})*{unit}`: write `{divided}/({number}*{unit})`")
    })
}
