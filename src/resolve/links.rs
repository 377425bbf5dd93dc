//! Linked variables: names for what belongs to other neurons, `y : 1 (linked) = A.x[index]`.
//!
//! In: the place that a line names, and the populations' own lines. Out: an expression of the entry meant, `Node::At`: of the
//! neuron of the same number where the groups are of one size, of the only one, or by an index. A linked subexpression is worked
//! out from the variables of its own neuron. Populations may be linked to one another whichever is declared first, so that their
//! variables stand under provisional numbers until all are declared (`bind_links`).

use super::groups::Part;
use super::names::{Entry, Meaning, Scope, Typed};
use super::populations::builtin;
use super::spell::quoted;
use super::{Resolver, codes, dependencies, evaluate, groups, suggestions};
use crate::ir::expr::{Binary, ExprId, Function, Node, Site, Type, VariableId};
use crate::ir::network::{Block, Link, Object, PopulationId, Regular, Role, Slot, Statement, Target, Turn, Variable};
use crate::units::Dimension;
use grammar::ast::{self, EquationKind, Expr, ExprKind, File, IndexItem, ItemKind, Member, MemberKind, Name};
use grammar::{Diagnostic, Span};
use std::collections::{HashMap, HashSet};

/// Links that lead from one to the next at most: each is read by way of those before.
const DEEPEST: usize = 64;

/// Why a link draws no random numbers.
const NO_DRAW: &str =
    "a linked value is worked out wherever it is read; `(constant over dt)` gives it one value a step";

/// The lines of a population, which others may be linked to.
#[derive(Clone, Debug, Default)]
pub(super) struct Source {
    name: Box<str>,
    equations: Vec<ast::Equation>,
    /// Variables without a line.
    kept: Vec<(&'static str, Dimension, Type)>,
}

/// What a linked subexpression reads of the clock of its own neurons: its name, and the hidden variable that holds it.
const CLOCK: [(&str, &str, Dimension, Type); 3] = [
    ("t", "_t", Dimension::SECOND, Type::Float),
    ("dt", "_dt", Dimension::SECOND, Type::Float),
    ("t_in_timesteps", "_t_in_timesteps", Dimension::ONE, Type::Integer),
];

/// What is known of links while a text is read.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// By population; empty where the text links nothing.
    sources: Vec<Source>,
    /// The variables that have a provisional number, in order: population and name.
    wanted: Vec<(PopulationId, Box<str>)>,
    /// Those that are being read, each for the one before.
    path: Vec<(PopulationId, Box<str>)>,
    /// The first members of rings that have been told.
    rings: HashSet<(PopulationId, Box<str>)>,
}

/// Whose link it is: what stands for the index of its own element, and how many elements there are.
#[derive(Clone, Copy)]
struct Reader {
    /// `None` in synapses, which have no number of their own to go by.
    index: Option<ExprId>,
    size: Option<u32>,
}

/// A place that a link names: a part of a population, a variable of it, and perhaps an index.
struct Place<'e> {
    part: Part,
    name: &'e Name,
    index: Option<&'e Expr>,
}

fn has_flag(equation: &ast::Equation, flag: &str) -> bool {
    equation.flags.iter().any(|given| &*given.text == flag)
}

fn equations(members: &[Member]) -> impl Iterator<Item = &ast::Equation> {
    members.iter().filter_map(|member| match &member.kind {
        MemberKind::Equation(equation) => Some(equation),
        _ => None,
    })
}

fn source(item: &ast::Item, group: &ast::Group) -> Source {
    let members = group.body.as_deref().unwrap_or_default();
    let has = |wanted: fn(&MemberKind) -> bool| members.iter().any(|member| wanted(&member.kind));
    let mut kept = Vec::new();
    if has(|kind| matches!(kind, MemberKind::Threshold(_))) {
        kept.push(("lastspike", Dimension::SECOND, Type::Float));
    }
    if has(|kind| matches!(kind, MemberKind::Refractory(_))) {
        kept.push(("not_refractory", Dimension::ONE, Type::Boolean));
    }
    let lines =
        matches!(item.kind, ItemKind::Neurons(_) | ItemKind::Poisson(_)).then(|| equations(members).cloned().collect());
    Source { name: group.name.text.clone(), equations: lines.unwrap_or_default(), kept }
}

/// The parts of `A.x`, `A.x[index]`, `A[2:5].x`; `None` for anything else.
fn place_of(expr: &Expr) -> Option<(&Expr, &Name, Option<&[IndexItem]>)> {
    match &expr.kind {
        ExprKind::Group(inner) => place_of(inner),
        ExprKind::Member { base, name } => Some((base, name, None)),
        ExprKind::Index { base, items } => match &base.kind {
            ExprKind::Member { base, name } => Some((base, name, Some(items))),
            _ => None,
        },
        _ => None,
    }
}

impl Resolver<'_> {
    /// Keeps the lines of all populations, where some line is linked to one of them.
    pub(super) fn link_sources(&mut self, file: &File) {
        let of_item = |item: &ast::Item| match &item.kind {
            ItemKind::Synapses { body, .. } => {
                equations(body.as_deref().unwrap_or_default()).any(|line| has_flag(line, "linked"))
            }
            _ => groups::group(item).is_some_and(|group| {
                equations(group.body.as_deref().unwrap_or_default()).any(|line| has_flag(line, "linked"))
            }),
        };
        if file.items.iter().any(of_item) {
            let groups = file.items.iter().filter_map(|item| Some((item, groups::group(item)?)));
            self.links.sources = groups.map(|(item, group)| source(item, group)).collect();
        }
    }

    /// The value of a linked line of a block.
    pub(super) fn link(&mut self, scope: &Scope, owner: Object, expr: &Expr) -> Option<Typed> {
        let reader = match owner {
            Object::Population(PopulationId(number)) => Reader {
                index: Some(self.network.arena.add(Node::Index(Site::Own), Type::Integer)),
                size: self.sizes.get(number as usize).copied().flatten(),
            },
            _ => Reader { index: None, size: None },
        };
        let place = self.link_place(expr)?;
        let index = self.link_index(scope, reader, &place, expr, Some(owner))?;
        self.of_element(place.part.group.population, place.name, index)
    }

    fn link_place<'e>(&mut self, expr: &'e Expr) -> Option<Place<'e>> {
        let Some((base, name, items)) = place_of(expr) else {
            if !matches!(expr.kind, ExprKind::Error) {
                let message = format!("{} is no variable of a population", quoted(expr));
                let help = "write what it is linked to as in `y : 1 (linked) = A.x`, or `A.x[index]`";
                self.report(Diagnostic::error(codes::LINK, expr.span, message).help(help));
            }
            return None;
        };
        if let ExprKind::Name(name) = &base.kind
            && let Some(groups::Named::Projection(_)) = self.objects.get(name)
        {
            let message = format!("`{name}` is synapses, and a variable is linked to one of a population");
            let help = "a `(summed)` variable carries values of synapses to their neurons";
            self.report(Diagnostic::error(codes::LINK, base.span, message).help(help));
            return None;
        }
        match items {
            None => Some(Place { part: self.part(base)?, name, index: None }),
            Some([IndexItem::At(index)]) => Some(Place { part: self.part(base)?, name, index: Some(index) }),
            Some(slices) => {
                let part = ExprKind::Index { base: Box::new(base.clone()), items: slices.to_vec() };
                Some(Place { part: self.part(&Expr { kind: part, span: expr.span })?, name, index: None })
            }
        }
    }

    /// Which element of the population is meant. `owner` is given where the index is one of its own elements.
    fn link_index(
        &mut self,
        scope: &Scope,
        reader: Reader,
        place: &Place<'_>,
        expr: &Expr,
        owner: Option<Object>,
    ) -> Option<ExprId> {
        let part = place.part;
        if let Some(index) = place.index {
            return self.chosen(scope, part, index, owner);
        }
        let shared = self.links.sources.get(part.group.population.0 as usize).is_some_and(|source| {
            source.equations.iter().any(|line| line.name.text == place.name.text && has_flag(line, "shared"))
        });
        if shared || part.group.size == 1 {
            return Some(self.element_of(part, 0));
        }
        let (Some(index), Some(size)) = (reader.index, reader.size) else {
            if reader.index.is_none() {
                let message = format!("synapses have no neuron of {} each", quoted(expr));
                let help = format!("give an index: `{}[…]` with `i`, `j` or an integer variable", bare_place(expr));
                self.report(Diagnostic::error(codes::LINK, expr.span, message).help(help));
            }
            return None;
        };
        if size != part.group.size && part.sized {
            let neurons = |size: u32| if size == 1 { "1 neuron".to_owned() } else { format!("{size} neurons") };
            let message = format!(
                "{} is of {}, and what is linked to it of {}",
                quoted(expr),
                neurons(part.group.size),
                neurons(size)
            );
            let help = format!("say which neuron is meant by an index: `{}[i // 2]`", bare_place(expr));
            self.report(Diagnostic::error(codes::LINK, expr.span, message).help(help));
            return None;
        }
        Some(self.absolute(part, index))
    }

    /// The element of an index that is written out.
    fn chosen(&mut self, scope: &Scope, part: Part, expr: &Expr, owner: Option<Object>) -> Option<ExprId> {
        let index = self.whole(&mut scope.without_random("an index stays as it is"), expr, "the index of a link")?;
        if let Some(number) = evaluate::value(&self.network.arena, &self.options.functions, index) {
            // An integer by type, and so one of 32 bits.
            let number = self.index(number as i32, part, expr.span)?;
            return Some(self.element_of(part, number));
        }
        if let Some(object) = owner.filter(|_| part.sized && self.is_settled(index)) {
            self.network.links.push(Link { object, index, size: part.group.size, span: expr.span });
        }
        let index = self.within(part, index);
        Some(self.absolute(part, index))
    }

    /// Whether an index is known once neurons and synapses are made.
    fn is_settled(&self, index: ExprId) -> bool {
        let arena = &self.network.arena;
        evaluate::parts(arena, index).into_iter().all(|part| match arena.node(part) {
            Node::Variable(_, id) => {
                self.network.variables.get(id.0 as usize).is_some_and(|variable| variable.constant)
            }
            Node::Time | Node::Tick | Node::At(..) | Node::Random(..) | Node::Local(_) | Node::Noise(_) => false,
            _ => true,
        })
    }

    /// An index kept within a part of a population; that of a whole one is kept within its column anyway.
    fn within(&mut self, part: Part, index: ExprId) -> ExprId {
        let whole = self.sizes.get(part.group.population.0 as usize).copied().flatten();
        if part.group.offset == 0 && whole == Some(part.group.size) {
            return index;
        }
        let arena = &mut self.network.arena;
        // Sizes of groups are integers of 32 bits.
        let (zero, last) = (arena.integer(0), arena.integer((part.group.size - 1) as i32));
        let index = arena.add(Node::Call(Function::Min, vec![index, last]), Type::Integer);
        arena.add(Node::Call(Function::Max, vec![index, zero]), Type::Integer)
    }

    /// An index of a part as one of the population.
    fn absolute(&mut self, part: Part, index: ExprId) -> ExprId {
        if part.group.offset == 0 {
            return index;
        }
        let arena = &mut self.network.arena;
        let offset = arena.integer(part.group.offset as i32);
        arena.binary(Binary::Add, index, offset)
    }

    fn element_of(&mut self, part: Part, number: u32) -> ExprId {
        self.network.arena.integer((part.group.offset + number) as i32)
    }

    /// What a name stands for at one element of a population.
    fn of_element(&mut self, population: PopulationId, name: &Name, index: ExprId) -> Option<Typed> {
        let key = (population, name.text.clone());
        if self.links.path.contains(&key) || self.links.path.len() >= DEEPEST {
            self.report_ring(&key, name.span);
            return None;
        }
        self.links.path.push(key);
        let value = self.value_of_element(population, name, index);
        self.links.path.pop();
        value
    }

    fn report_ring(&mut self, last: &(PopulationId, Box<str>), span: Span) {
        let first = self.links.path.iter().position(|link| link == last);
        let Some(first) = first else {
            let message = format!("this link leads through more than {DEEPEST} others");
            self.report(Diagnostic::error(codes::LINK, span, message).help("link it to the variable itself"));
            return;
        };
        // Every member of a ring finds it: told is the one that begins with the first of the text.
        let mut ring: Vec<(PopulationId, Box<str>)> = self.links.path[first..].to_vec();
        let start = (0..ring.len()).min_by_key(|&place| ring[place].clone()).unwrap_or(0);
        ring.rotate_left(start);
        if !self.links.rings.insert(ring[0].clone()) {
            return;
        }
        ring.push(ring[0].clone());
        let named = |(population, name): &(PopulationId, Box<str>)| {
            format!("`{}.{name}`", self.links.sources[population.0 as usize].name)
        };
        let ring: Vec<String> = ring.iter().map(named).collect();
        let message = format!("{} is linked to itself: {}", ring[0], ring.join(" -> "));
        self.report(Diagnostic::error(codes::CIRCULAR, span, message).help("link one of them to a stored variable"));
    }

    fn value_of_element(&mut self, population: PopulationId, name: &Name, index: ExprId) -> Option<Typed> {
        let source = self.links.sources.get(population.0 as usize)?.clone();
        if let Some(&(_, dimension, kind)) = source.kept.iter().find(|(kept, ..)| *kept == &*name.text) {
            return Some(self.linked_entry(population, &name.text, dimension, kind, index));
        }
        let Some(line) = source.equations.iter().find(|line| line.name.text == name.text) else {
            let message = format!("`{}` has no variable `{}`", source.name, name.text);
            let mut diagnostic = Diagnostic::error(codes::UNKNOWN_NAME, name.span, message);
            let names = source.equations.iter().map(|line| &*line.name.text);
            if let Some(meant) = suggestions::nearest(&name.text, names.clone()) {
                diagnostic = diagnostic.help(format!("did you mean `{meant}`?"));
            } else if source.equations.is_empty() {
                diagnostic = diagnostic.help("a variable is linked to one of a neurons block");
            } else {
                diagnostic = diagnostic.help(format!("it has: {}", suggestions::listed(names)));
            }
            if !self.open {
                self.report(diagnostic);
            }
            return None;
        };
        match &line.kind {
            EquationKind::Subexpression(value) if !has_flag(line, "constant over dt") => {
                let mut scope = self.scope_of_element(population, &source, value, index);
                self.expression(&mut scope, value)
            }
            EquationKind::Parameter(Some(value)) if has_flag(line, "linked") => {
                let scope = self.scope_of_element(population, &source, value, index);
                self.link_of_element(population, &scope, value, index)
            }
            _ => {
                let (dimension, kind) = self.unit_slot(&line.unit)?;
                Some(self.linked_entry(population, &name.text, dimension, kind, index))
            }
        }
    }

    /// A link of a population as one of its elements has it.
    fn link_of_element(
        &mut self,
        population: PopulationId,
        scope: &Scope,
        expr: &Expr,
        index: ExprId,
    ) -> Option<Typed> {
        let size = self.sizes.get(population.0 as usize).copied().flatten();
        let place = self.link_place(expr)?;
        let index = self.link_index(scope, Reader { index: Some(index), size }, &place, expr, None)?;
        self.of_element(place.part.group.population, place.name, index)
    }

    /// The names of a population, as one of its elements has them, as far as an expression reads them.
    fn scope_of_element(&mut self, population: PopulationId, source: &Source, expr: &Expr, index: ExprId) -> Scope {
        let mut scope = Scope { owner: source.name.clone(), no_random: Some(NO_DRAW), ..Scope::default() };
        let lines = in_order(&source.equations, expr);
        let values = lines.iter().filter_map(|line| value_of(line));
        let read: HashSet<&str> = values.chain([expr]).flat_map(dependencies::names).collect();
        let clock: Vec<_> = CLOCK.into_iter().filter(|(name, ..)| read.contains(name)).collect();
        for (name, hidden, dimension, kind) in clock {
            let only = self.network.arena.integer(0);
            let value = self.linked_entry(population, hidden, dimension, kind, only);
            scope.set(name, Entry::Known(value, Meaning::Linked));
        }
        builtin(&mut scope, "i", index, Dimension::ONE);
        if let Some(size) = self.sizes.get(population.0 as usize).copied().flatten() {
            let size = self.network.arena.integer(size as i32);
            builtin(&mut scope, "N", size, Dimension::ONE);
        }
        for &(name, dimension, kind) in &source.kept {
            let value = self.linked_entry(population, name, dimension, kind, index);
            scope.set(name, Entry::Known(value, Meaning::Linked));
        }
        for line in lines {
            let value = match &line.kind {
                EquationKind::Subexpression(value) if !has_flag(line, "constant over dt") => {
                    self.expression(&mut scope.clone(), value)
                }
                EquationKind::Parameter(Some(value)) if has_flag(line, "linked") => {
                    self.linked_name(population, &scope, line, value, index)
                }
                _ => self
                    .unit_slot(&line.unit)
                    .map(|(dimension, kind)| self.linked_entry(population, &line.name.text, dimension, kind, index)),
            };
            scope.set(&line.name.text, value.map_or(Entry::Poison, |value| Entry::Known(value, Meaning::Linked)));
        }
        scope
    }

    /// A linked name that a subexpression reads: part of the path too.
    fn linked_name(
        &mut self,
        population: PopulationId,
        scope: &Scope,
        line: &ast::Equation,
        value: &Expr,
        index: ExprId,
    ) -> Option<Typed> {
        let key = (population, line.name.text.clone());
        if self.links.path.contains(&key) {
            self.report_ring(&key, value.span);
            return None;
        }
        self.links.path.push(key);
        let value = self.link_of_element(population, scope, value, index);
        self.links.path.pop();
        value
    }

    /// An entry of a stored variable.
    fn linked_entry(
        &mut self,
        population: PopulationId,
        name: &str,
        dimension: Dimension,
        kind: Type,
        index: ExprId,
    ) -> Typed {
        let wanted = &mut self.links.wanted;
        let known = wanted.iter().position(|(of, other)| *of == population && &**other == name);
        let place = known.unwrap_or_else(|| {
            wanted.push((population, name.into()));
            wanted.len() - 1
        });
        // A text of 2^31 links would be larger than one that is read.
        let provisional = VariableId(u32::MAX - place as u32);
        Typed { id: self.network.arena.add(Node::At(provisional, index), kind), dimension }
    }

    /// Gives linked entries the numbers of their variables, once all populations are read.
    pub(super) fn bind_links(&mut self) {
        for population in 0..self.network.populations.len() {
            self.hold_clock(PopulationId(population as u32));
        }
        let variables = &self.network.variables;
        let number = |(population, name): &(PopulationId, Box<str>)| {
            let own =
                |variable: &Variable| variable.owner == Object::Population(*population) && *variable.name == **name;
            variables.iter().position(own).map(|number| VariableId(number as u32))
        };
        let numbers: Vec<Option<VariableId>> = self.links.wanted.iter().map(number).collect();
        // What has no number was declared wrongly, and is not made into a network.
        let bound = |id: VariableId| numbers.get((u32::MAX - id.0) as usize).copied().flatten().unwrap_or(id);
        if !numbers.is_empty() {
            self.network.arena.rename_entries(bound);
        }
    }

    /// Makes the hidden variables in which others see the clock of a population, where they do. As in Brian2, it shows the step
    /// that runs or, after its end, the next one.
    fn hold_clock(&mut self, population: PopulationId) {
        let owner = Object::Population(population);
        let there =
            |name: &str| self.network.variables.iter().any(|variable| variable.owner == owner && variable.name == name);
        let wanted = |name: &str| self.links.wanted.iter().any(|(of, other)| *of == population && &**other == name);
        let missing: Vec<_> = CLOCK.into_iter().filter(|(_, hidden, ..)| wanted(hidden) && !there(hidden)).collect();
        let span = self.network.populations[population.0 as usize].span;
        let (mut at_first, mut after_each) = (Vec::new(), Vec::new());
        for (name, hidden, dimension, kind) in missing {
            let id = VariableId(self.network.variables.len() as u32);
            self.network.variables.push(Variable {
                name: hidden.to_owned(),
                owner,
                dimension,
                kind,
                role: Role::Parameter,
                shared: true,
                constant: false,
                span,
            });
            self.network.populations[population.0 as usize].variables.push(id);
            let value = self.next_of_clock(name);
            let target = Target::Variable(Site::Own, id);
            let statement = Statement { target, value, guard: None, span };
            if name == "dt" { at_first.push(statement) } else { after_each.push(statement) }
        }
        let population = &mut self.network.populations[population.0 as usize];
        population.init.statements.splice(0..0, at_first);
        if !after_each.is_empty() {
            let name = format!("_clock_{}", population.regular.len());
            let turn = Turn { slot: Slot::AfterEnd, order: i32::MAX };
            let block = Block { statements: after_each, draws: 0 };
            population.regular.push(Regular { name, clock: population.clock, turn, block, span });
        }
    }

    /// What a name of the clock stands for in the next step.
    fn next_of_clock(&mut self, name: &str) -> ExprId {
        let arena = &mut self.network.arena;
        let step = arena.add(Node::Dt, Type::Float);
        match name {
            "t" => {
                // A time is a product of the step's number, which as an integer of 32 bits would wrap.
                let (time, beyond) = (arena.add(Node::Time, Type::Float), arena.float(1.5));
                let number = arena.binary(Binary::Divide, time, step);
                let number = arena.binary(Binary::Add, number, beyond);
                let next = arena.add(Node::Call(Function::Floor, vec![number]), Type::Float);
                arena.binary(Binary::Multiply, next, step)
            }
            "dt" => step,
            _ => {
                let (tick, one) = (arena.add(Node::Tick, Type::Integer), arena.integer(1));
                arena.binary(Binary::Add, tick, one)
            }
        }
    }

    /// Code that writes a variable may not read entries of it by number: what it reads would depend on who came first.
    pub(super) fn links_apart_from_writes(&mut self) {
        let mut wrong = Vec::new();
        for block in self.network.code_blocks() {
            let written: HashSet<VariableId> = block
                .statements
                .iter()
                .filter_map(|statement| match statement.target {
                    Target::Variable(_, id) => Some(id),
                    Target::Local(_) => None,
                })
                .collect();
            for statement in &block.statements {
                let arena = &self.network.arena;
                let read =
                    evaluate::parts(arena, statement.value).into_iter().find_map(|part| match arena.node(part) {
                        Node::At(id, _) if written.contains(id) => Some(*id),
                        _ => None,
                    });
                wrong.extend(read.map(|id| (statement.span, id)));
            }
        }
        for (span, id) in wrong {
            let Some(variable) = self.network.variables.get(id.0 as usize) else { continue };
            let message = format!("this code writes `{0}` and reads, by a link, `{0}` of other neurons", variable.name);
            let help =
                "what it reads would depend on which neuron came first; link to a copy that is written elsewhere";
            self.report(Diagnostic::error(codes::LINK, span, message).help(help));
        }
    }
}

/// What a line is worked out from where it is read; `None` for what is stored.
fn value_of(line: &ast::Equation) -> Option<&Expr> {
    match &line.kind {
        EquationKind::Subexpression(value) if !has_flag(line, "constant over dt") => Some(value),
        EquationKind::Parameter(Some(value)) if has_flag(line, "linked") => Some(value),
        _ => None,
    }
}

/// A place as it would be written with an index behind it.
fn bare_place(expr: &Expr) -> String {
    grammar::print::expression(expr)
}

/// The lines that an expression reads, and those that they read in turn, each after what it reads; those in rings are left out.
fn in_order<'e>(equations: &'e [ast::Equation], expr: &Expr) -> Vec<&'e ast::Equation> {
    let places: HashMap<&str, usize> =
        equations.iter().enumerate().map(|(place, line)| (&*line.name.text, place)).collect();
    let read = |expr: &Expr| -> Vec<usize> {
        dependencies::names(expr).iter().filter_map(|name| places.get(name).copied()).collect()
    };
    let uses: Vec<Vec<usize>> = equations.iter().map(|line| value_of(line).map_or_else(Vec::new, read)).collect();
    let mut needed: HashSet<usize> = HashSet::new();
    let mut rest = read(expr);
    while let Some(place) = rest.pop() {
        if needed.insert(place) {
            rest.extend(&uses[place]);
        }
    }
    let order = dependencies::order(&uses);
    let in_ring: HashSet<usize> = order.cycles.into_iter().flatten().collect();
    let sequence = order.sequence.into_iter().filter(|place| needed.contains(place) && !in_ring.contains(place));
    sequence.map(|place| &equations[place]).collect()
}
