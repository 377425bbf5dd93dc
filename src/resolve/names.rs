//! What names mean in one block.
//!
//! A `Scope` holds the names of a block: variables, subexpressions, locals, `i`, `N` and the like, each with the expression it
//! stands for. What it does not hold is looked up among the model's constants and then among units. A name whose declaration was
//! wrong is poison: it is known, has no value, and what uses it is silent.

use super::groups::Named;
use super::{Resolver, codes, functions, meant_units, suggestions};
use crate::ir::expr::{ExprId, LocalId, Node, NoiseId, Site, Type, VariableId};
use crate::units::{self, Dimension};
use grammar::{Diagnostic, Span};
use std::collections::HashMap;

/// An expression with its dimension; its type is in the arena.
#[derive(Clone, Copy, Debug)]
pub(super) struct Typed {
    /// The expression.
    pub(super) id: ExprId,
    /// What it measures.
    pub(super) dimension: Dimension,
}

/// What kind of name it is: what may be done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A stored variable.
    Variable(Site, VariableId),
    /// A subexpression.
    Subexpression,
    /// A variable of somebody else's.
    Linked,
    /// `i`, `N`, `t`, …
    Builtin,
    /// A local variable of the block.
    Local(LocalId),
}

/// A name of a scope.
#[derive(Clone, Debug)]
pub(super) enum Entry {
    /// It has a value.
    Known(Typed, Meaning),
    /// Its declaration was wrong.
    Poison,
    /// It means nothing in this place.
    NotHere(Absence),
}

/// Why a name means nothing in a place, and what to write there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Absence {
    pub(super) reason: &'static str,
    pub(super) mend: &'static str,
}

/// The names of a block, and how many random numbers it has drawn.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// By name.
    pub(super) entries: HashMap<Box<str>, Entry>,
    /// Whose block it is, for messages: `P`, `S`.
    pub(super) owner: Box<str>,
    /// Some declarations could not be read, so that a missing name is no mistake.
    pub(super) open: bool,
    /// Why no random number can be drawn, where none can.
    pub(super) no_random: Option<&'static str>,
    /// Whether white noise may stand here: in right-hand sides, and in subexpressions, which are their parts.
    pub(super) noise: bool,
    /// How many random calls have been read.
    pub(super) draws: u32,
    /// Parts of an expression that have a value already, by their place: arrays; `None` for those that could not be read.
    pub(super) leaves: HashMap<Span, Option<Typed>>,
    /// The time step of its block's clock [s], where it is not the network's.
    pub(super) step: Option<f64>,
}

impl Scope {
    /// Adds a name, or gives it another meaning.
    pub(super) fn set(&mut self, name: &str, entry: Entry) {
        self.entries.insert(name.into(), entry);
    }

    /// The same names for another block, which draws its own random numbers.
    pub(super) fn fresh(&self) -> Self {
        Self { draws: 0, no_random: None, noise: false, ..self.clone() }
    }

    /// The same names in the right-hand side of a differential equation, which may hold noise.
    pub(super) fn derivative(&self) -> Self {
        Self { noise: true, ..self.fresh() }
    }

    /// The same names in a subexpression: what is evaluated wherever it is read draws nothing, but may be a part of an
    /// equation's noise.
    pub(super) fn subexpression(&self) -> Self {
        Self { noise: true, ..self.without_random(NOT_ONCE) }
    }

    /// The same names where no random number can be drawn, for a reason.
    pub(super) fn without_random(&self, reason: &'static str) -> Self {
        Self { draws: 0, no_random: Some(reason), noise: false, ..self.clone() }
    }
}

/// Why a subexpression draws no random numbers.
const NOT_ONCE: &str = "it would be drawn anew wherever it is read";
/// Where random numbers are drawn instead.
pub(super) const DRAW_ELSEWHERE: &str = "draw it where code runs (`init`, `reset`, `on_pre`, `set`), or once in a step: `x = rand() : 1 (constant over dt)`";
/// Why noise stands nowhere else.
pub(super) const NOISE_ELSEWHERE: Absence = Absence {
    reason: "white noise stands in the right-hand sides of differential equations only",
    mend: "`rand()` and `randn()` draw random numbers wherever code runs",
};

/// Whether a name is that of noise: `xi`, `xi_a`.
fn is_noise(name: &str) -> bool {
    name == "xi" || name.starts_with("xi_")
}

/// Why a name may not be given to a variable or an object.
pub(super) fn reserved(name: &str) -> Option<String> {
    if let Some(unit) = units::unit(name)
        && unit.reserved
    {
        return Some(format!("`{name}` is a unit"));
    }
    if functions::function(name).is_some() {
        return Some(format!("`{name}` is a function"));
    }
    match name {
        "pi" | "e" | "inf" => Some(format!("`{name}` is a constant of the language")),
        _ if is_noise(name) => Some(format!("`{name}` is noise")),
        _ => None,
    }
}

/// Names that mean something in every block, or that recordings use.
const OF_BLOCKS: [&str; 14] = [
    "t",
    "dt",
    "t_in_timesteps",
    "i",
    "N",
    "N_pre",
    "N_post",
    "lastspike",
    "not_refractory",
    "refractory",
    "refractory_until",
    "spikes",
    "population_rate",
    "synapses",
];

/// Names that mean something in synapses only.
const OF_SYNAPSES: [&str; 5] = ["j", "delay", "lastupdate", "N_incoming", "N_outgoing"];

/// Why a name may not be given to a variable.
pub(super) fn reserved_in_block(name: &str, synapses: bool) -> Option<String> {
    if let Some(reason) = reserved(name) {
        return Some(reason);
    }
    if OF_BLOCKS.contains(&name) || (synapses && OF_SYNAPSES.contains(&name)) {
        return Some(format!("`{name}` has a meaning of its own in a block"));
    }
    if name.starts_with('_') {
        return Some("names that begin with `_` are for internal use".to_owned());
    }
    let of_neuron = name.ends_with("_pre") || name.ends_with("_post");
    of_neuron.then(|| "names that end in `_pre` or `_post` are the variables of a synapse's neurons".to_owned())
}

/// Why what neurons and synapses have means nothing outside of them.
const OF_A_BLOCK: Absence = Absence {
    reason: "it belongs to neurons and synapses, inside a block",
    mend: "use it inside a block, or name whose it is: `print P.v[0]`",
};

/// Why a list knows nothing of the neurons and synapses that get its entries.
const OF_ELEMENTS: Absence = Absence {
    reason: "each neuron or synapse has its own, and the entries of a list are known before",
    mend: "give each its value by an expression without a list, as in `init v = i/N`, or write the list without it",
};

/// Why a list does not know how many synapses there are.
const OF_SYNAPSES_MADE: Absence = Absence {
    reason: "how many synapses there are is known once they are made, and the entries of a list before",
    mend: "write how many there are as a number, or give each its value by an expression: `init w = rand()`",
};

/// Names outside of blocks: those that mean something in blocks only are refused by name.
pub(super) fn outside() -> Scope {
    without_blocks("a constant has one value, known before the run", OF_A_BLOCK)
}

/// Names in a list that stands in a block: those of the block mean nothing in it, but for the `N` of neurons.
pub(super) fn in_a_list(of_synapses: bool) -> Scope {
    let mut scope = without_blocks("the entries of a list are known before the run", OF_ELEMENTS);
    if of_synapses {
        scope.set("N", Entry::NotHere(OF_SYNAPSES_MADE));
    }
    scope
}

fn without_blocks(no_random: &'static str, absence: Absence) -> Scope {
    let mut scope = Scope { no_random: Some(no_random), ..Scope::default() };
    for name in OF_BLOCKS.iter().chain(&OF_SYNAPSES).filter(|name| **name != "dt") {
        scope.set(name, Entry::NotHere(absence));
    }
    scope
}

impl Resolver<'_> {
    /// The value a name stands for; `None` once its absence has been reported.
    pub(super) fn name(&mut self, scope: &Scope, name: &str, span: Span) -> Option<Typed> {
        let entry = scope.entries.get(name);
        if is_noise(name) && !matches!(entry, Some(Entry::Poison)) {
            return self.noise(scope, name, span);
        }
        let hidden = matches!(entry, Some(Entry::NotHere(_))) && self.constants.contains_key(name);
        match entry.filter(|_| !hidden) {
            Some(Entry::Known(value, _)) => {
                self.warn_of_hidden_constant(scope, name, *value, span);
                return Some(*value);
            }
            Some(Entry::Poison) => return None,
            Some(&Entry::NotHere(absence)) => {
                self.absent(name, absence, span);
                return None;
            }
            None => {}
        }
        if let Some(used) = self.swept.get_mut(name) {
            *used = true;
        }
        if let Some(constant) = self.constants.get(name) {
            let value = (*constant)?;
            return Some(Typed { id: self.literal(value.number, value.kind), dimension: value.dimension });
        }
        if self.array_names.contains(name) {
            self.array_for_value(name, span);
            return None;
        }
        if let Some(timed) = self.timed.get(name) {
            if timed.is_some() {
                let message = format!("`{name}` is a function of time, not a value");
                let help = format!("write `{name}(t)`, or `{name}(t, i)` where it has two dimensions");
                self.report(Diagnostic::error(codes::NOT_A_VALUE, span, message).help(help));
            }
            return None;
        }
        let number = match name {
            "pi" => std::f64::consts::PI,
            "e" => std::f64::consts::E,
            "inf" => f64::INFINITY,
            _ => match units::unit(name) {
                Some(unit) => {
                    let id = self.network.arena.float(unit.factor);
                    return Some(Typed { id, dimension: unit.dimension });
                }
                None => {
                    self.unknown(scope, name, span);
                    return None;
                }
            },
        };
        Some(Typed { id: self.network.arena.float(number), dimension: Dimension::ONE })
    }

    /// Says why a name means nothing here.
    pub(super) fn absent(&mut self, name: &str, absence: Absence, span: Span) {
        let Absence { reason, mend } = absence;
        let message = format!("`{name}` has no meaning here");
        self.report(Diagnostic::error(codes::NOT_HERE, span, message).label(reason).help(mend));
    }

    /// `xi` or `xi_a`: one symbol for the whole object, wherever in its equations it stands.
    fn noise(&mut self, scope: &Scope, name: &str, span: Span) -> Option<Typed> {
        if !scope.noise {
            self.absent(name, NOISE_ELSEWHERE, span);
            return None;
        }
        let symbol = self.noise_of(&scope.owner, name);
        let id = self.network.arena.add(Node::Noise(symbol), Type::Float);
        Some(Typed { id, dimension: Dimension::SECOND.power(-0.5) })
    }

    /// The number of an object's noise of that name.
    fn noise_of(&mut self, owner: &str, name: &str) -> NoiseId {
        let noises = &mut self.network.noises;
        *self.noises.entry((owner.into(), name.into())).or_insert_with(|| {
            noises.push(name.to_owned());
            // A text of 2^32 names would be larger than the 4 GiB that are read.
            NoiseId(u32::try_from(noises.len() - 1).unwrap_or(u32::MAX))
        })
    }

    /// A number of a type, as an expression.
    pub(super) fn literal(&mut self, number: f64, kind: Type) -> ExprId {
        match kind {
            Type::Boolean => self.network.arena.boolean(number != 0.0),
            // Constants of integer type are within the range of an integer: others were reported.
            Type::Integer => self.network.arena.integer(number as i32),
            Type::Float => self.network.arena.float(number),
        }
    }

    /// A name of the block hides a constant of another value: the block's is taken, as in Brian2, and the author told.
    pub(super) fn warn_of_hidden_constant(&mut self, scope: &Scope, name: &str, value: Typed, span: Span) {
        let Some(Some(constant)) = self.constants.get(name).copied() else { return };
        let same = match self.network.arena.node(value.id) {
            Node::Integer(number) => f64::from(*number) == constant.number,
            // A block's own time step hides the network's, as it is meant to.
            _ => name == "dt",
        };
        let is = self.size_meant(scope, name, value).unwrap_or_else(|| format!("the one of `{}` here", scope.owner));
        if same || !self.warned.insert((is.as_str().into(), name.into())) {
            return;
        }
        let message = format!("`{name}` is {is}, not the constant");
        let mut warning = Diagnostic::warning(codes::SHADOWED, span, message)
            .help("give the constant another name, so that a reader knows which is meant");
        if let Some(definition) = self.definitions.get(name) {
            warning = warning.also(*definition, "the constant");
        }
        self.report(warning);
    }

    /// What `N` is: how many neurons, and of what.
    fn size_meant(&self, scope: &Scope, name: &str, value: Typed) -> Option<String> {
        let Node::Integer(size) = self.network.arena.node(value.id) else { return None };
        let whole = match self.objects.get(&scope.owner)? {
            Named::Population(part) if name == "N" => part.group.size,
            _ => return None,
        };
        let of = if u32::try_from(*size) == Ok(whole) { "" } else { "this part of " };
        Some(format!("{size} here, the number of neurons in {of}`{}`", scope.owner))
    }

    /// Reports a name that nothing has.
    fn unknown(&mut self, scope: &Scope, name: &str, span: Span) {
        if scope.open || self.open {
            return;
        }
        let mut diagnostic = Diagnostic::error(codes::UNKNOWN_NAME, span, format!("nothing is called `{name}`"));
        if functions::function(name).is_some() || self.own_functions.contains_key(name) {
            diagnostic = diagnostic.help(match name {
                "rand" | "randn" => format!("`{name}` is a function: write `{name}()`"),
                _ => format!("`{name}` is a function: write `{name}(…)`"),
            });
            if name == "min" {
                diagnostic = diagnostic.help("a minute is `(60*second)`");
            }
        } else if self.objects.contains_key(name) {
            let message = format!("`{name}` is a group, not a value");
            diagnostic = Diagnostic::error(codes::NOT_A_VALUE, span, message)
                .help("its variables are named in `record` and `set`, as `P.v`; in a block their names stand alone");
        } else if let Some((owner, unit)) =
            self.elsewhere.get(name).filter(|(owner, _)| !scope.owner.is_empty() && *owner != scope.owner)
        {
            let message = format!("`{name}` is a variable of `{owner}`, and this is code of `{}`", scope.owner);
            diagnostic = Diagnostic::error(codes::OTHER_GROUP, span, message);
            diagnostic = if scope.entries.contains_key(&*format!("{name}_pre")) {
                diagnostic.help(format!("that of a synapse's source neuron is called `{name}_pre`"))
            } else {
                diagnostic
                    .help(format!("link it: `{name} : {unit} (linked) = {owner}.{name}`"))
                    .help(format!("or let synapses carry it: `synapses S: {owner} -> …`"))
            };
        } else if let Some(meant) = suggestions::habit(name) {
            diagnostic = diagnostic.help(format!("write `{meant}`"));
        } else if let Some(meant) = self.unit_not_name(scope, name) {
            diagnostic = diagnostic.help(format!("the unit is written `{meant}`"));
        } else if let Some(meant) = self.nearest_name(scope, name) {
            diagnostic = diagnostic.help(format!("did you mean `{meant}`?"));
        } else if matches!(name, "lastspike" | "not_refractory") {
            let needs = if name == "lastspike" { "threshold" } else { "refractory" };
            diagnostic = diagnostic.help(format!("it is there where the neurons have a `{needs}` statement"));
        } else {
            diagnostic = diagnostic.help(format!("define it: `{name} = …` at the top level is a constant"));
            if !scope.owner.is_empty() {
                let help = format!("or declare it: `{name} : volt` (or another unit) in the block is a variable");
                diagnostic = diagnostic.help(help);
            }
        }
        self.report(diagnostic);
    }

    /// The unit that `name` plainly is, unless the model has that name in other capitals.
    fn unit_not_name(&self, scope: &Scope, name: &str) -> Option<String> {
        let unit = meant_units::plain(name)?;
        let near = self.nearest_name(scope, name);
        let of_model = near.is_some_and(|near| near.eq_ignore_ascii_case(name) && units::unit(&near).is_none());
        (!of_model).then_some(unit)
    }

    fn nearest_name(&self, scope: &Scope, name: &str) -> Option<String> {
        let builtin = |entry: &Entry| matches!(entry, Entry::Known(_, Meaning::Builtin));
        let of_scope = scope.entries.iter().filter(|(_, entry)| matches!(entry, Entry::Known(..) | Entry::Poison));
        let (of_language, of_model): (Vec<_>, Vec<_>) = of_scope.partition(|(_, entry)| builtin(entry));
        let unit = meant_units::near(name);
        let mut candidates: Vec<&str> = of_model.into_iter().map(|(name, _)| &**name).collect();
        candidates.extend(self.constants.keys().map(|name| &**name).filter(|name| *name != "dt"));
        // A name of two letters is one change away from half of the language's words, and `I` is not meant for `i`.
        let letters = name.chars().count();
        let likely = |word: &str| letters > 2 || letters == 2 && word.eq_ignore_ascii_case(name);
        candidates.extend(of_language.into_iter().map(|(word, _)| &**word).filter(|word| likely(word)));
        candidates.extend(unit.as_deref().into_iter().chain(["pi", "dt"]).filter(|word| likely(word)));
        suggestions::nearest(name, candidates).map(ToOwned::to_owned)
    }
}
