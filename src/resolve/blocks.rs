//! Code blocks: statements that run one after the other.
//!
//! In: `reset`, `init`, `on_pre` and the like, and what `set` assigns. Out: assignments with `x += y` written out, each
//! converted to its target's type. A name that nothing has becomes a local variable by its first assignment.
//! `every` may write shared variables: first, and from what is one value for all. These statements run once, not per element; so
//! a local value among them is a hidden shared variable, which the statements after them read.

use super::checks::has_unit;
use super::groups::Named;
use super::names::{self, Entry, Meaning, Scope, Typed};
use super::spell::quoted;
use super::{Resolver, codes, suggestions};
use crate::ir::expr::{LocalId, Node, Site, VariableId};
use crate::ir::network::{Block, Object, Role, Statement, Target, Variable};
use grammar::ast::{self, AssignOp, Expr, ExprKind, Name};
use grammar::{Diagnostic, Span};
use std::collections::HashSet;

/// What kind of code it is: what it may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    /// Runs once, when neurons or synapses are made.
    Init,
    /// Runs when a neuron spiked.
    Reset,
    /// Runs when a spike arrives.
    Pathway,
    /// Runs when a custom event happened.
    Event,
    /// Runs every so often, for all elements of the object.
    Every(Object),
}

impl Code {
    /// Whether variables that are declared `(unless refractory)` keep their values while their neuron is refractory.
    fn is_guarded(self) -> bool {
        matches!(self, Self::Pathway | Self::Every(_))
    }
}

/// Begins the names of hidden shared variables that stand for local values.
const HIDDEN: &str = "_every_";

/// A local variable: where it was made, and whether it was read.
struct Local {
    name: Name,
    id: LocalId,
}

impl Resolver<'_> {
    /// Reads the statements of a block. Locals stay in the scope, random calls are counted there.
    pub(super) fn block(&mut self, scope: &mut Scope, code: Code, block: &ast::Block) -> Vec<Statement> {
        let mut locals: Vec<Local> = Vec::new();
        let mut statements = Vec::new();
        let shared = self.shared_statements(scope, code, block);
        for statement in &block.statements[..shared] {
            statements.extend(self.shared_statement(scope, code, statement, &block.statements[shared - 1]));
        }
        for statement in &block.statements[shared..] {
            statements.extend(self.statement(scope, code, statement, &mut locals));
        }
        self.unused_locals((scope, block), code, &locals, &statements);
        statements
    }

    /// How many of the first statements are of shared variables: up to the last that writes one.
    fn shared_statements(&self, scope: &Scope, code: Code, block: &ast::Block) -> usize {
        let Code::Every(_) = code else { return 0 };
        let writes_shared = |statement: &ast::Statement| match scope.entries.get(&statement.target.text) {
            Some(Entry::Known(_, Meaning::Variable(_, id))) => self.network.variables[id.0 as usize].shared,
            _ => false,
        };
        block.statements.iter().rposition(writes_shared).map_or(0, |last| last + 1)
    }

    /// One of the first statements of `every`, the last of which writes a shared variable.
    fn shared_statement(
        &mut self,
        scope: &mut Scope,
        code: Code,
        statement: &ast::Statement,
        last: &ast::Statement,
    ) -> Option<Statement> {
        let name = &statement.target;
        match scope.entries.get(&name.text).cloned() {
            Some(Entry::Known(_, Meaning::Variable(site, id))) => {
                if self.is_hidden(id) {
                    return self.hidden_value(scope, code, statement, last);
                }
                if !self.network.variables[id.0 as usize].shared {
                    self.late_shared_write(last, statement);
                    return None;
                }
                let value = self.value_of(scope, statement);
                self.may_write(code, site, id, name)?;
                self.write(code, site, id, value?, statement)
            }
            None if self.may_be_local(scope, statement) => self.hidden_value(scope, code, statement, last),
            _ => self.statement(scope, code, statement, &mut Vec::new()),
        }
    }

    /// Whether a variable stands for a local value.
    fn is_hidden(&self, id: VariableId) -> bool {
        self.network.variables[id.0 as usize].name.starts_with(HIDDEN)
    }

    /// A local value that is one for all: a hidden shared variable.
    fn hidden_value(
        &mut self,
        scope: &mut Scope,
        code: Code,
        statement: &ast::Statement,
        last: &ast::Statement,
    ) -> Option<Statement> {
        let Code::Every(owner) = code else { return None };
        let name = &statement.target;
        let Some(value) = self.value_of(scope, statement) else {
            scope.set(&name.text, Entry::Poison);
            return None;
        };
        if self.differs_between_elements(value.id, true).is_some() {
            self.late_shared_write(last, statement);
            scope.set(&name.text, Entry::Poison);
            return None;
        }
        let id = VariableId(u32::try_from(self.network.variables.len()).unwrap_or(u32::MAX));
        let kind = self.network.arena.kind(value.id);
        self.network.variables.push(Variable {
            name: format!("{HIDDEN}{}", name.text),
            owner,
            dimension: value.dimension,
            kind,
            role: Role::Parameter,
            shared: true,
            constant: false,
            span: name.span,
        });
        let read = self.network.arena.add(Node::Variable(Site::Own, id), kind);
        let typed = Typed { id: read, dimension: value.dimension };
        scope.set(&name.text, Entry::Known(typed, Meaning::Variable(Site::Own, id)));
        let target = Target::Variable(Site::Own, id);
        Some(Statement { target, value: value.id, guard: None, span: statement.span })
    }

    /// A shared variable is written after something that differs between elements.
    fn late_shared_write(&mut self, late: &ast::Statement, before: &ast::Statement) {
        let name = &late.target;
        let message = format!("`{}` cannot be assigned here", name.text);
        self.report(
            Diagnostic::error(codes::NOT_ASSIGNABLE, name.span, message)
                .label("it is one value for all, and set after values that each has for itself")
                .also(before.span, "each has its own")
                .help("in `every`, write shared variables first, from what is one value for all"),
        );
    }

    fn statement(
        &mut self,
        scope: &mut Scope,
        code: Code,
        statement: &ast::Statement,
        locals: &mut Vec<Local>,
    ) -> Option<Statement> {
        let name = &statement.target;
        if code == Code::Init {
            self.admit_lists(scope, &statement.value);
        }
        let value = self.value_of(scope, statement);
        match scope.entries.get(&name.text).cloned() {
            Some(Entry::Known(_, Meaning::Variable(_, id))) if self.is_hidden(id) => {
                let value = value?;
                let id = self.local(scope, name, value, locals);
                Some(Statement { target: Target::Local(id), value: value.id, guard: None, span: statement.span })
            }
            Some(Entry::Known(_, Meaning::Variable(site, id))) => {
                self.may_write(code, site, id, name)?;
                self.write(code, site, id, value?, statement)
            }
            Some(Entry::Known(old, Meaning::Local(local))) => {
                let value = value?;
                self.fits_target(old, value, statement)?;
                let arena = &self.network.arena;
                // Where a wider value comes later, the name stands for another local from here on.
                let wider = arena.kind(value.id) > arena.kind(old.id);
                let id = if wider { self.local(scope, name, value, locals) } else { local };
                let kind = self.network.arena.kind(old.id).max(self.network.arena.kind(value.id));
                let value = self.convert(value.id, kind);
                Some(Statement { target: Target::Local(id), value, guard: None, span: statement.span })
            }
            Some(Entry::Poison) => None,
            Some(Entry::Known(_, Meaning::Linked)) => {
                self.not_assignable(name, "it is linked: only the one it is linked to can be written");
                None
            }
            Some(Entry::Known(_, Meaning::Subexpression)) => {
                self.not_assignable(name, "it is a subexpression: its value follows from the equation it is given in");
                None
            }
            Some(_) => {
                self.not_assignable(name, "it is not a variable");
                None
            }
            None => self.first_assignment(scope, statement, value, locals),
        }
    }

    /// The value that is assigned, with `op=` written out.
    fn value_of(&mut self, scope: &mut Scope, statement: &ast::Statement) -> Option<Typed> {
        let AssignOp::With(op) = statement.op else { return self.expression(scope, &statement.value) };
        let target = Expr { kind: ExprKind::Name(statement.target.text.clone()), span: statement.target.span };
        // What cannot be written is reported as such, not as a name without meaning.
        let readable = matches!(scope.entries.get(&statement.target.text), Some(Entry::Known(..) | Entry::Poison));
        let read = |resolver: &mut Self, scope: &mut Scope| resolver.expression(scope, &target);
        let old = if readable || self.is_unknown(scope, &statement.target.text) { read(self, scope) } else { None };
        let new = self.expression(scope, &statement.value);
        self.binary(op, statement.span, (old?, &target), (new?, &statement.value))
    }

    /// Whether nothing at all has a name.
    fn is_unknown(&self, scope: &Scope, name: &str) -> bool {
        !scope.entries.contains_key(name) && !self.constants.contains_key(name) && names::reserved(name).is_none()
    }

    /// Whether an assignment to a name that the scope does not have makes a local value.
    fn may_be_local(&self, scope: &Scope, statement: &ast::Statement) -> bool {
        let name = &*statement.target.text;
        let of_neuron = name.ends_with("_pre") || name.ends_with("_post") || name.starts_with('_');
        let closed = !scope.open && !self.open && statement.op == AssignOp::Set;
        closed && !of_neuron && self.is_unknown(scope, name)
    }

    fn first_assignment(
        &mut self,
        scope: &mut Scope,
        statement: &ast::Statement,
        value: Option<Typed>,
        locals: &mut Vec<Local>,
    ) -> Option<Statement> {
        let name = &statement.target;
        if let Some(reason) = names::reserved(&name.text) {
            self.not_assignable(name, &reason);
            return None;
        }
        if self.constants.contains_key(&name.text) {
            self.not_assignable(name, "it is a constant of the model");
            return None;
        }
        if name.text.ends_with("_pre") || name.text.ends_with("_post") || name.text.starts_with('_') {
            let message = format!("nothing is called `{}`", name.text);
            let mut diagnostic = Diagnostic::error(codes::UNKNOWN_NAME, name.span, message);
            diagnostic = diagnostic.help(match nearest_variable(scope, &name.text) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "give a local value another name: these stand for variables of the two neurons".to_owned(),
            });
            if !scope.open && !self.open {
                self.report(diagnostic);
            }
            return None;
        }
        // In a block that could not be read whole it may be a variable: what it is used for is silent.
        if scope.open || self.open || matches!(statement.op, AssignOp::With(_)) {
            scope.set(&name.text, Entry::Poison);
            return None;
        }
        let Some(value) = value else {
            scope.set(&name.text, Entry::Poison);
            return None;
        };
        let id = self.local(scope, name, value, locals);
        Some(Statement { target: Target::Local(id), value: value.id, guard: None, span: statement.span })
    }

    /// A new local variable of the type and unit of a value.
    fn local(&mut self, scope: &mut Scope, name: &Name, value: Typed, locals: &mut Vec<Local>) -> LocalId {
        let id = LocalId(self.locals);
        self.locals += 1;
        let kind = self.network.arena.kind(value.id);
        let read = self.network.arena.add(Node::Local(id), kind);
        scope.set(&name.text, Entry::Known(Typed { id: read, dimension: value.dimension }, Meaning::Local(id)));
        locals.push(Local { name: name.clone(), id });
        id
    }

    /// One assignment to a stored variable.
    fn write(
        &mut self,
        code: Code,
        site: Site,
        id: VariableId,
        value: Typed,
        statement: &ast::Statement,
    ) -> Option<Statement> {
        let variable = &self.network.variables[id.0 as usize];
        let (dimension, kind, shared) = (variable.dimension, variable.kind, variable.shared);
        let old = Typed { id: value.id, dimension };
        self.fits_target(old, value, statement)?;
        if shared {
            let once = matches!(code, Code::Every(_));
            self.must_be_one_value(value.id, &statement.value, &statement.target.text, once)?;
        }
        let guard = if code.is_guarded() { self.guards.get(&id).copied() } else { None };
        let value = self.convert(value.id, kind);
        Some(Statement { target: Target::Variable(site, id), value, guard, span: statement.span })
    }

    /// Whether this code may write this variable.
    pub(super) fn may_write(&mut self, code: Code, site: Site, id: VariableId, name: &Name) -> Option<()> {
        let variable = &self.network.variables[id.0 as usize];
        let reason = match variable.role {
            Role::LastSpike | Role::NotRefractory | Role::LastUpdate | Role::Counted(_) => {
                "it is kept by the simulation"
            }
            Role::Held => "it is a subexpression: its value follows from the equation it is given in",
            Role::Delay | Role::Rate if code != Code::Init => {
                "it is set by its own statement, or by `set` between runs"
            }
            _ if variable.constant && code != Code::Init => {
                "it is declared `(constant)`: only `init` and `set` may change it"
            }
            _ if variable.shared && !matches!(code, Code::Init | Code::Every(_)) => {
                "it is declared `(shared)`, and this code runs for single neurons or synapses"
            }
            _ if code == Code::Init && site != Site::Own => "`init` of synapses sets the synapses' own variables",
            _ => return Some(()),
        };
        self.not_assignable(name, reason);
        None
    }

    pub(super) fn not_assignable(&mut self, name: &Name, reason: &str) {
        let message = format!("`{}` cannot be assigned here", name.text);
        self.report(Diagnostic::error(codes::NOT_ASSIGNABLE, name.span, message).label(reason));
    }

    /// The value has the target's unit.
    fn fits_target(&mut self, target: Typed, value: Typed, statement: &ast::Statement) -> Option<()> {
        if target.dimension == value.dimension {
            return Some(());
        }
        let name = &statement.target.text;
        let (wanted, given) = (has_unit(target.dimension), has_unit(value.dimension));
        let message = match statement.op {
            AssignOp::Set => format!("`{name}` {wanted}, and {} {given}", quoted(&statement.value)),
            AssignOp::With(_) => format!("`{name}` {wanted}, and the result {given}"),
        };
        let mut diagnostic = Diagnostic::error(codes::WRONG_UNIT, statement.value.span, message)
            .label(given)
            .also(statement.target.span, wanted);
        if statement.op == AssignOp::Set {
            diagnostic = self.with_unit(diagnostic, (value, &statement.value), target.dimension);
        }
        self.report(diagnostic);
        None
    }

    /// A local that nothing reads is a variable's name with a slip, or left over.
    fn unused_locals(
        &mut self,
        (scope, written): (&Scope, &ast::Block),
        code: Code,
        locals: &[Local],
        statements: &[Statement],
    ) {
        let mut read = HashSet::new();
        for statement in statements {
            for part in super::evaluate::parts(&self.network.arena, statement.value) {
                if let Node::Local(id) = self.network.arena.node(part) {
                    read.insert(*id);
                }
            }
        }
        // A local that became wider has several numbers: its name counts.
        let names: HashSet<&str> =
            locals.iter().filter(|local| read.contains(&local.id)).map(|local| &*local.name.text).collect();
        for local in locals.iter().filter(|local| !names.contains(&*local.name.text)) {
            let (name, span): (&str, Span) = (&local.name.text, local.name.span);
            let meant = nearest_variable(scope, name).map(|meant| format!("did you mean `{meant}`?"));
            if code == Code::Init
                && name == "delay"
                && matches!(self.objects.get(&scope.owner), Some(Named::Projection(_)))
            {
                let message = format!("`delay` of `{}` is no variable: it has a line of its own", scope.owner);
                let value = written.statements.iter().find(|one| one.target.span == span).map(|one| &one.value);
                let written = value.map_or("…".to_owned(), grammar::print::expression);
                let help = format!("write `delay {written}` in the block of `{}`", scope.owner);
                self.report(Diagnostic::error(codes::UNKNOWN_NAME, span, message).help(help));
                continue;
            }
            let mut diagnostic = if code == Code::Init {
                Diagnostic::error(codes::UNKNOWN_NAME, span, format!("`{}` has no variable `{name}`", scope.owner))
            } else {
                let message = format!("`{name}` is no variable: it gets a value here that nothing reads");
                Diagnostic::warning(codes::UNUSED_LOCAL, span, message)
            };
            diagnostic = diagnostic.help(meant.unwrap_or_else(|| format!("declare it: `{name} : 1`")));
            self.report(diagnostic);
        }
    }
}

/// The variable a name may have been meant for.
fn nearest_variable<'s>(scope: &'s Scope, name: &str) -> Option<&'s str> {
    let variables = scope.entries.iter().filter(|(_, entry)| matches!(entry, Entry::Known(_, Meaning::Variable(..))));
    suggestions::nearest(name, variables.map(|(name, _)| &**name))
}

/// Statements as a block, with the random calls counted in their scope.
pub(super) fn finished(statements: Vec<Statement>, scope: &Scope) -> Block {
    Block { statements, draws: scope.draws }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn a_local_widens_where_a_float_comes_later() {
        let source = "neurons P[2] {\nx : 1\ninit {\nk = 1\nk = k + 0.5\nx = k\n}\n}";
        assert_eq!(check(source), "");
    }
}
