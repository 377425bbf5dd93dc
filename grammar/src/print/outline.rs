//! The tree as an outline, one node per line, each with its bytes: what `explain --emit ast` shows. In: a tree. Out:
//! text.
//!
//! Holds throughout: a node's parts stand below it, one step further in, in the order of the text; the form is stable.

use crate::ast::{
    Argument, AssignOp, Block, ConnectPart, Equation, EquationKind, Expr, ExprKind, File, Group, IndexItem, Item,
    ItemKind, Member, MemberKind, Name, Turn, UnaryOp,
};
use crate::span::Span;
use std::fmt::Write;

/// An outline of the whole tree.
#[must_use]
pub fn tree(file: &File) -> String {
    let mut outline = Outline { text: String::new(), level: 0 };
    file.items.iter().for_each(|item| outline.item(item));
    outline.text
}

struct Outline {
    text: String,
    level: usize,
}

impl Outline {
    /// A line, and below it what `parts` adds.
    fn node(&mut self, label: &str, span: Span, parts: impl FnOnce(&mut Self)) {
        let indent = 2 * self.level;
        writeln!(self.text, "{:indent$}{label} {}..{}", "", span.start, span.end).expect("a string takes everything");
        self.level += 1;
        parts(self);
        self.level -= 1;
    }

    fn leaf(&mut self, label: &str, span: Span) {
        self.node(label, span, |_| {});
    }

    fn name(&mut self, role: &str, name: &Name) {
        self.leaf(&format!("{role} {}", name.text), name.span);
    }

    fn item(&mut self, item: &Item) {
        let label = match &item.kind {
            ItemKind::Definition { .. } => "definition",
            ItemKind::Neurons(_) => "neurons",
            ItemKind::Poisson(_) => "poisson",
            ItemKind::SpikeSource(_) => "spike_source",
            ItemKind::Synapses { .. } => "synapses",
            ItemKind::PoissonInput { .. } => "poisson_input",
            ItemKind::Model { .. } => "model",
            ItemKind::Function { .. } => "function",
            ItemKind::Use { .. } => "use",
            ItemKind::Record { .. } => "record",
            ItemKind::Run { .. } => "run",
            ItemKind::Set { .. } | ItemKind::SetSpikes { .. } => "set",
            ItemKind::Store { .. } => "store",
            ItemKind::Restore { random: true, .. } => "restore with random",
            ItemKind::Restore { random: false, .. } => "restore",
            ItemKind::Print { .. } => "print",
            ItemKind::Sweep { .. } => "sweep",
            ItemKind::Report { .. } => "report",
            ItemKind::Error => "error",
        };
        self.node(label, item.span, |outline| outline.item_parts(&item.kind));
    }

    fn item_parts(&mut self, kind: &ItemKind) {
        match kind {
            ItemKind::Definition { name, value } => {
                self.name("name", name);
                self.expression(value);
            }
            ItemKind::Neurons(group) | ItemKind::Poisson(group) | ItemKind::SpikeSource(group) => self.group(group),
            ItemKind::Synapses { name, source, target, model, body } => {
                self.name("name", name);
                self.expression(source);
                self.expression(target);
                model.iter().for_each(|model| self.name("model", model));
                body.iter().flatten().for_each(|member| self.member(member));
            }
            ItemKind::PoissonInput { target, body } => {
                self.expression(target);
                body.iter().for_each(|member| self.member(member));
            }
            ItemKind::Model { name, body } => {
                self.name("name", name);
                body.iter().for_each(|member| self.member(member));
            }
            ItemKind::Function { name, parameters, unit, value } => {
                self.name("name", name);
                for parameter in parameters {
                    self.name("parameter", &parameter.name);
                    self.unit(&parameter.unit);
                }
                self.unit(unit);
                self.expression(value);
            }
            ItemKind::Use { path } => self.name("path", path),
            ItemKind::Record { targets, smooth, every, last, turn, with } => {
                for target in targets {
                    let label = format!("target {}", target.form.text());
                    self.node(label.trim_end(), target.span, |outline| outline.expression(&target.place));
                }
                smooth.iter().for_each(|smooth| {
                    self.name("smooth", &smooth.window);
                    self.role("width", &smooth.width);
                });
                every.iter().for_each(|every| self.role("every", every));
                last.iter().for_each(|last| self.role("last", last));
                self.turn(turn);
                with.iter().for_each(|name| self.name("with", name));
            }
            ItemKind::Run { duration: value } | ItemKind::Print { value } => self.expression(value),
            ItemKind::Set { place, value } => {
                self.expression(place);
                self.expression(value);
            }
            ItemKind::SetSpikes { place, body } => {
                self.expression(place);
                body.iter().for_each(|member| self.member(member));
            }
            ItemKind::Store { name } | ItemKind::Restore { name, .. } => {
                name.iter().for_each(|name| self.name("name", name));
            }
            ItemKind::Sweep { axes, seeds, body } => {
                for axis in axes {
                    self.name("axis", &axis.name);
                    self.expression(&axis.values);
                }
                seeds.iter().for_each(|seeds| self.name("seeds", seeds));
                body.iter().for_each(|item| self.item(item));
            }
            ItemKind::Report { measures, last } => {
                measures.iter().for_each(|measure| self.expression(measure));
                last.iter().for_each(|last| self.role("last", last));
            }
            ItemKind::Error => {}
        }
    }

    fn group(&mut self, group: &Group) {
        self.name("name", &group.name);
        self.role("size", &group.size);
        group.model.iter().for_each(|model| self.name("model", model));
        group.body.iter().flatten().for_each(|member| self.member(member));
    }

    fn member(&mut self, member: &Member) {
        let label = match &member.kind {
            MemberKind::Equation(equation) => match equation.kind {
                EquationKind::Differential(_) => "differential equation",
                EquationKind::Subexpression(_) => "subexpression",
                EquationKind::Parameter(_) => "parameter",
            },
            other => other.word().unwrap_or("error"),
        };
        self.node(label, member.span, |outline| outline.member_parts(&member.kind));
    }

    fn member_parts(&mut self, kind: &MemberKind) {
        match kind {
            MemberKind::Equation(equation) => self.equation(equation),
            MemberKind::Threshold(value)
            | MemberKind::Refractory(value)
            | MemberKind::Dt(value)
            | MemberKind::Rate(value)
            | MemberKind::Count(value)
            | MemberKind::Weight(value)
            | MemberKind::Period(value) => self.expression(value),
            MemberKind::Reset(code) | MemberKind::Init(code) => self.code(code),
            MemberKind::Method(name) | MemberKind::MultisynapticIndex(name) => self.name("name", name),
            MemberKind::Event { name, condition, turn, body } => {
                self.name("name", name);
                self.expression(condition);
                self.turn(turn);
                body.iter().for_each(|code| self.code(code));
            }
            MemberKind::Every { interval, turn, body } => {
                self.expression(interval);
                self.turn(turn);
                self.code(body);
            }
            MemberKind::OnPre { pathway, body } | MemberKind::OnPost { pathway, body } => {
                pathway.iter().for_each(|pathway| self.name("pathway", pathway));
                self.code(body);
            }
            MemberKind::OnEvent { pathway, event } => {
                pathway.iter().for_each(|pathway| self.name("pathway", pathway));
                self.name("event", event);
            }
            MemberKind::Order { of, value } => {
                of.iter().for_each(|of| self.name("of", of));
                self.expression(value);
            }
            MemberKind::When { of, slot } => {
                of.iter().for_each(|of| self.name("of", of));
                self.name("slot", slot);
            }
            MemberKind::Delay { pathway, value } => {
                pathway.iter().for_each(|pathway| self.name("pathway", pathway));
                self.expression(value);
            }
            MemberKind::Connect(parts) => parts.iter().for_each(|part| self.connect_part(part)),
            MemberKind::Spikes(arguments) => arguments.iter().for_each(|argument| self.argument(argument)),
            MemberKind::Error => {}
        }
    }

    fn turn(&mut self, turn: &Turn) {
        turn.when.iter().for_each(|slot| self.name("when", slot));
        turn.order.iter().for_each(|order| self.role("order", order));
    }

    fn equation(&mut self, equation: &Equation) {
        self.name("name", &equation.name);
        match &equation.kind {
            EquationKind::Differential(value) | EquationKind::Subexpression(value) => self.expression(value),
            EquationKind::Parameter(default) => default.iter().for_each(|value| self.role("default", value)),
        }
        self.unit(&equation.unit);
        equation.flags.iter().for_each(|flag| self.name("flag", flag));
    }

    fn connect_part(&mut self, part: &ConnectPart) {
        let (name, value, generator) = match part {
            ConnectPart::Plain(value) => return self.expression(value),
            ConnectPart::Named { name, value, generator } => (name, value, generator),
        };
        self.name("name", name);
        self.expression(value);
        let Some(generator) = generator else { return };
        self.node("generator", generator.span, |outline| {
            if let Some((name, range)) = &generator.each {
                outline.name("for", name);
                outline.role("in", range);
            }
            generator.condition.iter().for_each(|condition| outline.role("if", condition));
        });
    }

    fn code(&mut self, code: &Block) {
        self.node("code", code.span, |outline| {
            for statement in &code.statements {
                let op = match statement.op {
                    AssignOp::Set => "=".to_owned(),
                    AssignOp::With(op) => format!("{}=", op.symbol()),
                };
                outline.node(&format!("assign {op}"), statement.span, |outline| {
                    outline.name("name", &statement.target);
                    outline.expression(&statement.value);
                });
            }
        });
    }

    /// A value under the name of its part in what is above it.
    fn role(&mut self, role: &str, value: &Expr) {
        self.node(role, value.span, |outline| outline.expression(value));
    }

    fn unit(&mut self, unit: &Expr) {
        self.role("unit", unit);
    }

    fn expression(&mut self, expression: &Expr) {
        let label = match &expression.kind {
            ExprKind::Number(number) => format!("number {}", number.text),
            ExprKind::Boolean(true) => "True".to_owned(),
            ExprKind::Boolean(false) => "False".to_owned(),
            ExprKind::Text(text) => format!("text \"{text}\""),
            ExprKind::Name(name) => format!("value {name}"),
            ExprKind::Unary { op: UnaryOp::Negate, .. } => "sign -".to_owned(),
            ExprKind::Unary { op: UnaryOp::Plus, .. } => "sign +".to_owned(),
            ExprKind::Unary { op: UnaryOp::Not, .. } => "not".to_owned(),
            ExprKind::Binary { op, .. } => format!("operator {}", op.symbol()),
            ExprKind::Call { function, .. } => format!("call {}", function.text),
            ExprKind::Member { name, .. } => format!("member {}", name.text),
            ExprKind::Index { .. } => "index".to_owned(),
            ExprKind::List(_) => "list".to_owned(),
            ExprKind::Group(_) => "brackets".to_owned(),
            ExprKind::Error => "error".to_owned(),
        };
        self.node(&label, expression.span, |outline| outline.operands(&expression.kind));
    }

    fn operands(&mut self, kind: &ExprKind) {
        match kind {
            ExprKind::Unary { operand, .. } => self.expression(operand),
            ExprKind::Binary { left, right, .. } => {
                self.expression(left);
                self.expression(right);
            }
            ExprKind::Call { arguments, .. } => arguments.iter().for_each(|argument| self.argument(argument)),
            ExprKind::Member { base, .. } => self.expression(base),
            ExprKind::Index { base, items } => {
                self.expression(base);
                items.iter().for_each(|item| self.index(item));
            }
            ExprKind::List(items) => items.iter().for_each(|item| self.expression(item)),
            ExprKind::Group(inner) => self.expression(inner),
            ExprKind::Number(_) | ExprKind::Boolean(_) | ExprKind::Text(_) | ExprKind::Name(_) | ExprKind::Error => {}
        }
    }

    fn index(&mut self, item: &IndexItem) {
        match item {
            IndexItem::At(value) => self.expression(value),
            IndexItem::Slice { start, stop, step, span } => self.node("slice", *span, |outline| {
                start.iter().for_each(|value| outline.role("start", value));
                stop.iter().for_each(|value| outline.role("stop", value));
                step.iter().for_each(|value| outline.role("step", value));
            }),
        }
    }

    fn argument(&mut self, argument: &Argument) {
        match &argument.name {
            Some(name) => {
                self.name("argument", name);
                self.expression(&argument.value);
            }
            None => self.expression(&argument.value),
        }
    }
}
