//! Functions of one's own: `function ramp(x: second): 1 = …` in a text, and those that the program gives.
//!
//! In: their definitions. Out: what a call of one is. A function of a text is read once, where it stands, with its parameters as
//! placeholders in an arena of its own; a call puts that expression in its place, arguments for placeholders, with draws of its
//! own for every random call inside. So functions may use one another, but not themselves. A function of the program
//! is called when the model runs. Either way units and types are checked against the definition at every call.

use super::checks::{Operand, has_unit, not_an_integer};
use super::names::{self, Entry, Meaning, Scope, Typed};
use super::spell::quoted;
use super::taken_names::is_defined;
use super::{Resolver, codes, evaluate, ranges};
use crate::ir::expr::{Arena, Binary, ExprId, HostId, LocalId, Node, Type};
use crate::ir::network::HostFunction;
use crate::units::Dimension;
use grammar::ast::{self, Argument, Expr, File, ItemKind, Name};
use grammar::{Diagnostic, Span};
use std::sync::Arc;

/// Operations a function is made of at most, those it uses included: every call is as large.
const LARGEST: usize = 10_000;

/// What gives a value for arguments.
pub type Call = dyn Fn(&[f64]) -> f64 + Send + Sync;

/// A function that the program gives.
#[derive(Clone)]
pub struct Given {
    /// Its name.
    pub name: Name,
    /// The units of its arguments.
    pub arguments: Vec<Expr>,
    /// The unit of its value.
    pub result: Expr,
    /// Its value for arguments in SI base units, NaN where it fails.
    pub call: Arc<Call>,
}

impl std::fmt::Debug for Given {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Given").field(&self.name.text).finish()
    }
}

/// A definition in a text.
#[derive(Clone, Copy)]
pub(super) struct Definition<'a> {
    /// Its name.
    pub(super) name: &'a Name,
    parameters: &'a [ast::Parameter],
    unit: &'a Expr,
    /// What it is.
    pub(super) value: &'a Expr,
}

impl Definition<'_> {
    /// Whether it is a parameter, which hides what else has its name.
    pub(super) fn has_parameter(&self, name: &str) -> bool {
        self.parameters.iter().any(|parameter| &*parameter.name.text == name)
    }
}

/// What a function does.
enum Does {
    /// This expression, `Node::Local(k)` for parameter k, and as many random numbers.
    Expression(Arena, ExprId, u32),
    /// Something of the program's.
    Host(HostId),
}

/// A function of one's own.
pub(super) struct OwnFunction {
    parameters: Vec<Parameter>,
    dimension: Dimension,
    does: Does,
}

struct Parameter {
    name: Box<str>,
    /// As it is called in messages.
    place: String,
    dimension: Dimension,
    kind: Type,
}

impl OwnFunction {
    /// A call as it is written.
    fn example(&self, name: &str) -> String {
        let names: Vec<&str> = self.parameters.iter().map(|parameter| &*parameter.name).collect();
        format!("{name}({})", names.join(", "))
    }
}

impl<'o> Resolver<'o> {
    /// The functions that the program gives: their names are taken before those of the text.
    pub(super) fn given_functions(&mut self) {
        let options = self.options;
        for (number, given) in (0..).zip(&options.functions) {
            let own = self.given_function(HostId(number), given);
            self.network.functions.push(HostFunction {
                name: given.name.text.to_string(),
                arguments: own.iter().flat_map(|own| &own.parameters).map(|parameter| parameter.dimension).collect(),
                result: own.as_ref().map_or(Dimension::ONE, |own| own.dimension),
            });
            self.own_functions.insert(given.name.text.clone(), own.map(Arc::new));
        }
    }

    fn given_function(&mut self, id: HostId, given: &Given) -> Option<OwnFunction> {
        let name = &given.name;
        self.may_be_called(name, |_| false)?;
        if given.arguments.len() > HostFunction::MOST {
            let message = format!("`{}` takes {} arguments", name.text, given.arguments.len());
            let help = format!("a function of the program takes {} at most", HostFunction::MOST);
            self.report(
                Diagnostic::error(codes::ARGUMENTS, given.arguments[HostFunction::MOST].span, message).help(help),
            );
            return None;
        }
        let mut parameters = Vec::new();
        for ((number, letter), unit) in (1..).zip(["a", "b", "c", "d"]).zip(&given.arguments) {
            let (dimension, place) = (self.unit_of_real(unit)?, format!("argument {number}"));
            parameters.push(Parameter { name: letter.into(), place, dimension, kind: Type::Float });
        }
        let dimension = self.unit_of_real(&given.result)?;
        Some(OwnFunction { parameters, dimension, does: Does::Host(id) })
    }

    /// A unit of what the program's functions get and give: real numbers.
    fn unit_of_real(&mut self, unit: &Expr) -> Option<Dimension> {
        let (dimension, kind) = self.unit_slot(unit)?;
        if kind == Type::Float {
            return Some(dimension);
        }
        let message = "functions of the program get and give real numbers";
        self.report(
            Diagnostic::error(codes::UNIT_SLOT, unit.span, message).help("write `1` for a number without unit"),
        );
        None
    }

    /// Whether a function may have this name; takes it.
    fn may_be_called(&mut self, name: &Name, taken: impl Fn(&str) -> bool) -> Option<()> {
        if let Some(reason) = names::reserved(&name.text).or_else(|| ranges::reserved(&name.text)) {
            self.name_is_taken(name, "a function", reason, taken);
            return None;
        }
        (!self.defined_before(name)).then_some(())
    }

    /// The definitions of functions in a text, each name once.
    pub(super) fn function_definitions<'f>(&mut self, file: &'f File) -> Vec<Definition<'f>> {
        let mut found = Vec::new();
        for item in &file.items {
            let ItemKind::Function { name, parameters, unit, value } = &item.kind else { continue };
            match self.may_be_called(name, |other| is_defined(file, other, name.span)) {
                Some(()) => found.push(Definition { name, parameters, unit, value }),
                // What is called so is silent, unless there is a first one of that name.
                None => {
                    self.own_functions.entry(name.text.clone()).or_insert(None);
                }
            }
        }
        found
    }

    /// Reads a function's definition; what it uses has been read.
    pub(super) fn own_function(&mut self, definition: &Definition<'_>) {
        let before = std::mem::take(&mut self.network.arena);
        let own = self.read_function(definition);
        self.network.arena = before;
        self.own_functions.insert(definition.name.text.clone(), own.map(Arc::new));
    }

    /// In an arena of its own.
    fn read_function(&mut self, definition: &Definition<'_>) -> Option<OwnFunction> {
        let Definition { name, unit, value: expr, .. } = *definition;
        let mut scope = Scope { owner: name.text.clone(), no_random: None, ..self.outside.clone() };
        let parameters = self.parameters(definition, &mut scope);
        let (dimension, kind) = self.unit_slot(unit)?;
        let parameters = parameters?;
        let value = self.expression(&mut scope, expr)?;
        if value.dimension != dimension {
            let (wanted, given) = (has_unit(dimension), has_unit(value.dimension));
            let message = format!("`{}` {wanted}, and what it is {given}", name.text);
            let wrong = Diagnostic::error(codes::WRONG_UNIT, expr.span, message).label(given);
            self.report(wrong.also(unit.span, format!("the unit of `{}`", name.text)));
            return None;
        }
        let value = self.of_kind((value, expr), kind, &format!("the value of `{}`", name.text))?;
        let arena = std::mem::take(&mut self.network.arena);
        let size = evaluate::parts(&arena, value).len();
        if size > LARGEST {
            let message = format!("`{}` is made of {size} operations, with those of the functions it uses", name.text);
            let help =
                format!("a function may be made of {LARGEST}: give intermediate values names, as subexpressions");
            self.report(Diagnostic::error(codes::FUNCTION_SIZE, name.span, message).help(help));
            return None;
        }
        Some(OwnFunction { parameters, dimension, does: Does::Expression(arena, value, scope.draws) })
    }

    /// The parameters of a definition, as placeholders in its scope.
    fn parameters(&mut self, definition: &Definition<'_>, scope: &mut Scope) -> Option<Vec<Parameter>> {
        let mut fine = true;
        let mut parameters: Vec<Parameter> = Vec::new();
        for (number, ast::Parameter { name, unit }) in (0..).zip(definition.parameters) {
            scope.set(&name.text, Entry::Poison);
            if let Some(reason) = names::reserved(&name.text) {
                let others = definition.parameters;
                let taken = |other: &str| others.iter().any(|parameter| &*parameter.name.text == other);
                self.name_is_taken(name, "a parameter", reason, taken);
                fine = false;
            }
            if parameters.iter().any(|before| before.name == name.text) {
                let message = format!("`{}` is a parameter twice", name.text);
                self.report(Diagnostic::error(codes::DEFINED_TWICE, name.span, message).help("give one another name"));
                fine = false;
            }
            let Some((dimension, kind)) = self.unit_slot(unit) else {
                fine = false;
                continue;
            };
            let id = self.network.arena.add(Node::Local(LocalId(number)), kind);
            scope.set(&name.text, Entry::Known(Typed { id, dimension }, Meaning::Builtin));
            let place = format!("`{}`", name.text);
            parameters.push(Parameter { name: name.text.clone(), place, dimension, kind });
        }
        fine.then_some(parameters)
    }

    /// What a call of a function of one's own is.
    pub(super) fn own_call(
        &mut self,
        scope: &mut Scope,
        span: Span,
        (name, own): (&str, &OwnFunction),
        arguments: &[Argument],
        operands: &[Option<Typed>],
    ) -> Option<Typed> {
        if let Some(named) = arguments.iter().find_map(|argument| argument.name.as_ref()) {
            let message = format!("`{name}` takes its arguments without names");
            let help = format!("write `{}`", own.example(name));
            self.report(Diagnostic::error(codes::ARGUMENTS, named.span, message).help(help));
            return None;
        }
        if arguments.len() != own.parameters.len() {
            let takes = super::expressions::counted(own.parameters.len());
            let message = format!("`{name}` takes {takes}, not {}", arguments.len());
            let help = format!("write `{}`", own.example(name));
            self.report(Diagnostic::error(codes::ARGUMENTS, span, message).help(help));
            return None;
        }
        let mut values = Vec::new();
        for ((parameter, value), argument) in own.parameters.iter().zip(operands).zip(arguments) {
            values.push(value.and_then(|value| self.argument(name, parameter, (value, &argument.value))));
        }
        let values: Vec<ExprId> = values.into_iter().collect::<Option<_>>()?;
        let id = match &own.does {
            Does::Host(function) => self.network.arena.add(Node::Host(*function, values), Type::Float),
            Does::Expression(arena, root, draws) => {
                if let (Some(reason), true) = (scope.no_random, *draws > 0) {
                    let message = format!("`{name}` draws random numbers, which cannot be drawn here");
                    self.report(
                        Diagnostic::error(codes::RANDOM, span, message).label(reason).help(names::DRAW_ELSEWHERE),
                    );
                    return None;
                }
                let first = scope.draws;
                scope.draws += draws;
                self.put_in_place(arena, *root, &values, first)
            }
        };
        Some(Typed { id, dimension: own.dimension })
    }

    /// An argument, of the unit and type of its parameter.
    fn argument(&mut self, name: &str, parameter: &Parameter, operand: Operand<'_>) -> Option<ExprId> {
        let place = format!("{} of `{name}`", parameter.place);
        self.must_measure(operand, parameter.dimension, &place)?;
        self.of_kind(operand, parameter.kind, &place)
    }

    /// A value as one of a type: integers are real numbers too, but not the other way round.
    fn of_kind(&mut self, operand: Operand<'_>, kind: Type, place: &str) -> Option<ExprId> {
        let (value, expr) = operand;
        let given = self.network.arena.kind(value.id);
        match kind {
            Type::Boolean => self.must_be_boolean(operand, place)?,
            _ if given == Type::Boolean => {
                let message = format!("{place} takes a number, and {} is true or false", quoted(expr));
                let wrong = Diagnostic::error(codes::WRONG_TYPE, expr.span, message);
                self.report(wrong.help("write `int(…)` for 0 or 1"));
                return None;
            }
            Type::Integer if given == Type::Float => {
                self.report(not_an_integer(expr, place));
                return None;
            }
            Type::Integer | Type::Float => {}
        }
        Some(self.widened(value.id, kind))
    }

    /// An integer as a real number, exactly: expressions have the types of what they are made of.
    fn widened(&mut self, value: ExprId, kind: Type) -> ExprId {
        let arena = &mut self.network.arena;
        match *arena.node(value) {
            Node::Integer(number) if kind == Type::Float => arena.float(f64::from(number)),
            _ if kind == Type::Float && arena.kind(value) == Type::Integer => {
                let one = arena.float(1.0);
                arena.binary(Binary::Multiply, value, one)
            }
            _ => value,
        }
    }

    /// The expression of a function with arguments for its parameters, its random numbers counted from `first`.
    fn put_in_place(&mut self, from: &Arena, root: ExprId, arguments: &[ExprId], first: u32) -> ExprId {
        let mut copied = std::collections::HashMap::new();
        for part in evaluate::parts(from, root) {
            let node = from.node(part).with_operands(|operand| copied[&operand]);
            let id = match node {
                Node::Local(LocalId(number)) => arguments[number as usize],
                Node::Random(distribution, draw, operands) => {
                    self.network.arena.add(Node::Random(distribution, draw + first, operands), from.kind(part))
                }
                node => self.network.arena.add(node, from.kind(part)),
            };
            copied.insert(part, id);
        }
        copied[&root]
    }
}
