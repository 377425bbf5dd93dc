//! AST to network: names, units, types, defaults; every diagnostic collected, none fatal to the next.
//!
//! In: a syntax tree, and what the command line sets from outside. Out: a network in which every name is resolved, every unit
//! checked and every value in SI base units; or, where anything is wrong, no network. Warnings come with a network too.
//!
//! One file per concern, in the order of the work: `constants` and settings, `groups` (sizes, subgroups), `equations` and
//! `blocks` (code), used by `populations`, `sources` and `synapses` with their `connections`; then `recordings`, `sweep` with its
//! `measures`, and `actions`.
//! `arrays` and `timed` read lists, `ranges` and files (by way of `files`); `expressions` reads expressions for all of them, with the names of
//! `names`, the table of `functions`, the functions of `own_functions` and the rules of `checks`; `members` says which statement
//! belongs in which block, `turns` when in a step things have their turn, `regular` what is done every so often and at custom
//! events. What could not be read has no value (`None`) and silences whatever
//! uses it, so that one mistake is reported once.

mod actions;
mod arrays;
mod blocks;
mod checks;
pub mod codes;
mod connect_parts;
mod connect_words;
mod connections;
mod constants;
mod dependencies;
mod driven;
mod edge_columns;
mod edges;
mod equations;
mod evaluate;
mod expressions;
mod files;
mod flags;
mod functions;
mod generators;
mod given;
mod groups;
mod later;
mod links;
mod lists;
mod meant_units;
mod measures;
mod members;
mod models;
mod names;
mod noise;
mod onto_synapses;
mod own_functions;
mod pathways;
mod populations;
mod ranges;
mod recordings;
mod records;
mod regular;
mod sources;
mod spell;
mod spikes;
mod suggestions;
mod summed;
mod sweep;
mod synapse_order;
mod synapses;
mod taken_names;
#[cfg(test)]
mod tests;
mod texts;
mod timed;
mod turns;
mod unit_slot;

pub use files::{ArrayFiles, Fault};
pub use own_functions::{Call, Given};
pub use suggestions::nearest;
pub(crate) use sweep::variable_is_no_axis;

use crate::ir::expr::{NoiseId, Type, VariableId};
use crate::ir::network::{Network, Object, PopulationId, ProjectionId};
use crate::units::Dimension;
use constants::Value;
use grammar::ast::{Expr, File, Item, ItemKind, MemberKind, Name};
use grammar::{Diagnostic, Severity, Span};
use groups::Named;
use links::Links;
use names::Scope;
use own_functions::OwnFunction;
use populations::Visible;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// What is set from outside the text.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Constants with other values (`--set taum=10*ms`); `dt` and `seed` may be among them. Spans are those of the caller's sources.
    pub overrides: Vec<(Name, Expr)>,
    /// The time step [s], and where it is written.
    pub dt: Option<(f64, Span)>,
    /// The seed.
    pub seed: Option<u64>,
    /// How long to run in all [s], and where that is written: later runs of the text are left out or cut, the last one made longer
    /// where it is not enough.
    pub duration: Option<(f64, Span)>,
    /// Who reads the files that the text names; without one there are none.
    pub files: Option<Arc<dyn ArrayFiles>>,
    /// Functions that the program gives, in the order of their numbers.
    pub functions: Vec<Given>,
    /// Whether the program measures something at the points of a sweep, so that the text need not report anything.
    pub measured: bool,
    /// Constants are set to those of one point of the text's sweep, whose axes are not read again: its network has a sweep without axes.
    pub point: bool,
}

/// Resolves a text. The network is there if no error is among the diagnostics, which are in the order of the text.
#[must_use]
pub fn resolve(file: &File, options: &Options) -> (Option<Network>, Vec<Diagnostic>) {
    let models::Expanded { file: whole, found, models } = models::expanded(file);
    let mut resolver = Resolver { found, models, ..Resolver::new(options) };
    resolver.file(&whole);
    let Resolver { network, found, models, .. } = resolver;
    let mut found = models::told_once(found, &models);
    found.extend(models::unused(file, options));
    found.sort_by_key(|diagnostic| (diagnostic.primary.span.source, diagnostic.primary.span.start));
    let wrong = found.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    ((!wrong).then_some(network), found)
}

/// The value of an expression of numbers, units and functions, in SI base units.
///
/// # Errors
/// What is wrong with it; also where it has another dimension than `expected`.
pub fn value(expr: &Expr, expected: Option<Dimension>) -> Result<(f64, Dimension, Type), Vec<Diagnostic>> {
    let options = Options::default();
    let mut resolver = Resolver::new(&options);
    match resolver.constant_of(expr, expected, "this place") {
        Some(value) => Ok((value.number, value.dimension, value.kind)),
        None => Err(resolver.found),
    }
}

/// What is known so far, and what was found wrong.
struct Resolver<'o> {
    options: &'o Options,
    found: Vec<Diagnostic>,
    network: Network,
    /// Top-level constants; `None` for those without a value.
    constants: HashMap<Box<str>, Option<Value>>,
    /// Top-level names that stand for arrays.
    array_names: HashSet<Box<str>>,
    /// Top-level arrays; `None` for those that could not be read.
    arrays: HashMap<Box<str>, Option<arrays::Values>>,
    /// Timed arrays; `None` for those that could not be read.
    timed: HashMap<Box<str>, Option<timed::Timed>>,
    /// Names that a sweep varies, and whether anything has used them.
    swept: HashMap<Box<str>, bool>,
    /// Names of which an integer was made where nothing else will do, with the place.
    whole: HashMap<Box<str>, (Span, String)>,
    /// Where they are defined.
    definitions: HashMap<Box<str>, Span>,
    /// Names outside of blocks.
    outside: Scope,
    /// Variables of neurons by name, each with one population that has it and its unit as written.
    elsewhere: HashMap<Box<str>, (Box<str>, String)>,
    /// Populations, projections and subgroups by name.
    objects: HashMap<Box<str>, Named>,
    /// Sizes of populations by number; `None` where one is wrong.
    sizes: Vec<Option<u32>>,
    /// What synapses, recordings and assignments see of each population.
    visible: Vec<Visible>,
    /// And of each projection.
    visible_synapses: Vec<Visible>,
    /// For a variable with `(unless refractory)`, the `not_refractory` that guards it.
    guards: HashMap<VariableId, VariableId>,
    /// Numbers of noise symbols, by owner and name.
    noises: HashMap<(Box<str>, Box<str>), NoiseId>,
    /// What linked variables are linked to.
    links: Links,
    /// Functions of one's own; `None` for those whose definition was wrong.
    own_functions: HashMap<Box<str>, Option<Arc<OwnFunction>>>,
    /// Hidden constants that were warned of: owner and name.
    warned: HashSet<(Box<str>, Box<str>)>,
    /// How many locals there are.
    locals: u32,
    /// The number of every projection, in order of declaration.
    projection_numbers: Vec<u32>,
    /// Projections that are ends of others.
    connected: HashSet<ProjectionId>,
    /// Where models stand.
    models: Vec<Span>,
    /// The block that is being read, where it takes members from a model: its name, and where it names the model.
    using: Option<(Box<str>, Span)>,
    /// Part of the text could not be read, so that a missing name is no mistake.
    open: bool,
}

impl<'o> Resolver<'o> {
    fn new(options: &'o Options) -> Self {
        Self {
            options,
            found: Vec::new(),
            network: Network::default(),
            constants: HashMap::new(),
            array_names: HashSet::new(),
            arrays: HashMap::new(),
            timed: HashMap::new(),
            swept: HashMap::new(),
            whole: HashMap::new(),
            definitions: HashMap::new(),
            outside: names::outside(),
            elsewhere: HashMap::new(),
            objects: HashMap::new(),
            sizes: Vec::new(),
            visible: Vec::new(),
            visible_synapses: Vec::new(),
            guards: HashMap::new(),
            noises: HashMap::new(),
            links: Links::default(),
            own_functions: HashMap::new(),
            warned: HashSet::new(),
            locals: 0,
            projection_numbers: Vec::new(),
            connected: HashSet::new(),
            models: Vec::new(),
            using: None,
            open: false,
        }
    }

    /// The whole text. Populations come before what connects and drives them, wherever they stand.
    fn file(&mut self, file: &File) {
        self.blocks(file);
        let says = |item: &Item| {
            !matches!(
                item.kind,
                ItemKind::Run { .. } | ItemKind::Record { .. } | ItemKind::Set { .. } | ItemKind::Sweep { .. }
            )
        };
        if self.network.populations.is_empty() && self.found.is_empty() && !self.open && !file.items.iter().any(says) {
            let end = file.items.last().map(|item| item.span).unwrap_or_default();
            let empty =
                Diagnostic::error(codes::EMPTY, end, "there is nothing to simulate: the text has no population");
            self.report(empty.help("begin with `neurons P[100] { dv/dt = -v/(10*ms) : 1 }`"));
        }
    }

    /// All that it says.
    fn blocks(&mut self, file: &File) {
        self.open = file.items.iter().any(|item| matches!(item.kind, ItemKind::Error | ItemKind::Use { .. }));
        self.given_functions();
        self.object_names(file);
        self.order_projections(file);
        self.elsewhere = variables_by_name(file);
        self.swept = sweep::varied(file);
        self.constants(file);
        self.settings(file);
        self.sizes(file);
        self.subgroups(file);
        self.link_sources(file);
        self.populations(file);
        self.bind_links();
        self.projections(file);
        self.bind_links();
        self.inputs(file);
        self.records(file);
        self.sweep(file);
        self.actions(file);
        self.sweep_is_of_use(file);
        self.links_apart_from_writes();
        self.network.order = order(file, &self.projection_numbers);
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        // A mistake of a model is one of the model's text; who looks for it wants to know by which block it came up.
        let of_model = |model: &Span| models::contains(*model, diagnostic.primary.span);
        let diagnostic = match &self.using {
            Some((name, span)) if self.models.iter().any(of_model) => {
                let used = format!("`{name}` uses the model here");
                diagnostic.also(*span, used)
            }
            _ => diagnostic,
        };
        self.found.push(diagnostic);
    }
}

/// Every variable of neurons, with the first population that declares it and its unit.
fn variables_by_name(file: &File) -> HashMap<Box<str>, (Box<str>, String)> {
    let mut found = HashMap::new();
    for group in file.items.iter().filter_map(groups::group) {
        for member in group.body.iter().flatten() {
            if let MemberKind::Equation(equation) = &member.kind {
                let place = || (group.name.text.clone(), grammar::print::expression(&equation.unit));
                found.entry(equation.name.text.clone()).or_insert_with(place);
            }
        }
    }
    found
}

/// Objects of all kinds in order of declaration; `projections` has the numbers of projections.
fn order(file: &File, projections: &[u32]) -> Vec<Object> {
    let mut projections = projections.iter();
    let (mut populations, mut inputs) = (0, 0);
    let next = |count: &mut u32| {
        *count += 1;
        *count - 1
    };
    let objects = file.items.iter().filter_map(|item| match item.kind {
        ItemKind::Neurons(_) | ItemKind::Poisson(_) | ItemKind::SpikeSource(_) => {
            Some(Object::Population(PopulationId(next(&mut populations))))
        }
        ItemKind::Synapses { .. } => projections.next().map(|&number| Object::Projection(ProjectionId(number))),
        ItemKind::PoissonInput { .. } => Some(Object::Input(next(&mut inputs))),
        _ => None,
    });
    objects.collect()
}
