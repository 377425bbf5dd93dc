//! What variables are worth at one moment, for one neuron or synapse of each kind: before the first run, at a
//! threshold, after a reset.
//!
//! In: a network, and which of the elements is meant, as a share of them: random numbers and indices are such that a
//! part of the elements lies below. Out: values, and slopes of expressions. What a text alone does not tell (sums
//! over synapses, what a program gives) is NaN.

use super::tangent::{self, Tangent};
use crate::ir::expr::{Binary, Distribution, ExprId, LocalId, Node, Site, VariableId};
use crate::ir::network::{Action, Block, Group, Network, Object, PopulationId, ProjectionId, Role, Selection, Target};
use crate::passes::walk::reachable;
use std::collections::HashMap;

/// When a neuron spiked that never did [s].
const NEVER: f64 = -1e4;

/// Values at one moment.
#[derive(Clone)]
pub(super) struct Moment<'n> {
    network: &'n Network,
    /// By variable.
    values: Vec<f64>,
    locals: HashMap<LocalId, f64>,
    /// Which element: the part of them that lies below, between 0 and 1.
    share: f64,
    time: f64,
}

/// Whose code is looked at: sizes of the groups that indices are of, by site, and the time step [s].
#[derive(Clone, Copy)]
pub(super) struct Place {
    sizes: [f64; 3],
    dt: f64,
}

impl Place {
    pub(super) fn of(network: &Network, object: Object) -> Self {
        let of_group = |group: &Group| f64::from(group.size);
        let sizes = match object {
            Object::Population(PopulationId(id)) => [f64::from(network.populations[id as usize].size); 3],
            Object::Projection(ProjectionId(id)) => {
                let made = &network.projections[id as usize];
                [f64::NAN, of_group(&made.source), of_group(&made.target)]
            }
            Object::Input(_) | Object::Array(_) => [f64::NAN; 3],
        };
        Self { sizes, dt: network.dt_of(object) }
    }
}

impl<'n> Moment<'n> {
    /// Before the first run, after all that the text does before it.
    pub(super) fn at_first(network: &'n Network, share: f64) -> Self {
        let values = network.variables.iter().map(|variable| match variable.role {
            Role::State | Role::Parameter => 0.0,
            Role::LastSpike => NEVER,
            Role::NotRefractory => 1.0,
            _ => f64::NAN,
        });
        let mut first = Self { network, values: values.collect(), locals: HashMap::new(), share, time: 0.0 };
        for given in &network.given {
            first.values[given.variable.0 as usize] = first.entry(&given.values);
        }
        first.begin();
        first
    }

    fn begin(&mut self) {
        let network = self.network;
        for (id, population) in (0..).zip(&network.populations) {
            self.run(&population.init, Object::Population(PopulationId(id)));
        }
        for (id, made) in (0..).zip(&network.projections) {
            self.run(&made.init, Object::Projection(ProjectionId(id)));
        }
        for action in network.actions.iter().take_while(|action| !matches!(action, Action::Run { .. })) {
            match action {
                Action::Set { object, selection, block, .. } => {
                    self.run(block, *object);
                    if !self.is_all(*object, selection) {
                        self.forget(block);
                    }
                }
                Action::SetEach { object, variable, selection, values, .. } => {
                    let all = self.is_all(*object, selection);
                    self.values[variable.0 as usize] = if all { self.entry(values) } else { f64::NAN };
                }
                _ => {}
            }
        }
        for summed in network.projections.iter().flat_map(|made| &made.summed) {
            self.values[summed.variable.0 as usize] = f64::NAN;
        }
        for (object, block) in
            super::held(network).chain(super::regular(network).map(|(object, regular)| (object, &regular.block)))
        {
            self.run(block, object);
        }
    }

    /// That of a list which belongs to the element.
    fn entry(&self, values: &[f64]) -> f64 {
        values.get(self.index(values.len() as f64) as usize).copied().unwrap_or(f64::NAN)
    }

    fn index(&self, size: f64) -> f64 {
        (self.share * size).floor().min(size - 1.0)
    }

    fn is_all(&self, object: Object, selection: &Selection) -> bool {
        let size = match object {
            Object::Population(PopulationId(id)) => self.network.populations[id as usize].size,
            _ => u32::MAX,
        };
        matches!(*selection, Selection::Range { start: 0, stop, step: 1 } if stop >= size)
    }

    /// Of what a block writes nothing is known any more.
    fn forget(&mut self, block: &Block) {
        for statement in &block.statements {
            if let Target::Variable(_, variable) = statement.target {
                self.values[variable.0 as usize] = f64::NAN;
            }
        }
    }

    /// After a block of an object.
    pub(super) fn run(&mut self, block: &Block, object: Object) {
        if block.statements.is_empty() {
            return;
        }
        let place = Place::of(self.network, object);
        for statement in &block.statements {
            let value = self.value(statement.value, place);
            match statement.target {
                Target::Variable(_, variable) => self.values[variable.0 as usize] = value,
                Target::Local(local) => {
                    self.locals.insert(local, value);
                }
            }
        }
    }

    /// The same neuron where a threshold begins to hold: a variable that it compares is what it is compared with.
    pub(super) fn at_threshold(&self, condition: ExprId, place: Place) -> Option<Self> {
        let (variable, bound) = self.crossing(condition)?;
        let mut there = self.clone();
        there.values[variable.0 as usize] = self.value(bound, place);
        Some(there)
    }

    /// A variable that an equation moves, and what it is compared with.
    fn crossing(&self, condition: ExprId) -> Option<(VariableId, ExprId)> {
        let moved = |id: ExprId| match *self.network.arena.node(id) {
            Node::Variable(Site::Own, variable) => {
                (self.network.variables[variable.0 as usize].role == Role::State).then_some(variable)
            }
            _ => None,
        };
        match *self.network.arena.node(condition) {
            Node::Binary(Binary::And, a, b) => self.crossing(a).or_else(|| self.crossing(b)),
            Node::Binary(Binary::Greater | Binary::GreaterEqual | Binary::Less | Binary::LessEqual, a, b) => {
                moved(a).map(|variable| (variable, b)).or_else(|| Some((moved(b)?, a)))
            }
            _ => None,
        }
    }

    /// The same, what equations move and time forgotten.
    pub(super) fn whatever_moves(&self) -> Self {
        let mut still = self.clone();
        let states = still.values.iter_mut().zip(&self.network.variables);
        states.filter(|(_, variable)| variable.role == Role::State).for_each(|(value, _)| *value = f64::NAN);
        still.time = f64::NAN;
        still
    }

    fn value(&self, root: ExprId, place: Place) -> f64 {
        self.tangent(&reachable(&self.network.arena, &[root]), None, place).value
    }

    /// How much the last of some expressions changes by where an own variable changes by one; operands come before
    /// what is made of them.
    pub(super) fn slope(&self, parts: &[ExprId], variable: VariableId, place: Place) -> f64 {
        self.tangent(parts, Some(variable), place).slope
    }

    fn tangent(&self, parts: &[ExprId], leaf: Option<VariableId>, place: Place) -> Tangent {
        let mut made: Vec<Tangent> = Vec::with_capacity(parts.len());
        for &id in parts {
            let of = |id: &ExprId| parts.binary_search(id).map_or(Tangent::UNKNOWN, |at| made[at]);
            made.push(self.of_node(self.network.arena.node(id), leaf, place, of));
        }
        made.pop().unwrap_or(Tangent::UNKNOWN)
    }

    fn of_node(&self, node: &Node, leaf: Option<VariableId>, place: Place, of: impl Fn(&ExprId) -> Tangent) -> Tangent {
        match node {
            Node::Variable(Site::Own, variable) if Some(*variable) == leaf => {
                Tangent { value: self.values[variable.0 as usize], slope: 1.0 }
            }
            Node::Unary(operator, a) => tangent::of_one(*operator, of(a)),
            Node::Binary(operator, a, b) => tangent::of_two(*operator, of(a), of(b)),
            Node::Call(function, operands) => {
                let mut parts = [Tangent::UNKNOWN; 3];
                parts.iter_mut().zip(operands).for_each(|(part, id)| *part = of(id));
                tangent::of_call(*function, &parts[..operands.len().min(3)])
            }
            Node::Host(_, operands) | Node::Random(_, _, operands) if operands.iter().any(|id| of(id).slope != 0.0) => {
                Tangent::UNKNOWN
            }
            Node::At(_, index) if of(index).slope != 0.0 => Tangent::UNKNOWN,
            Node::At(variable, index) => Tangent::constant(self.of_entry(*variable, of(index).value)),
            leaf => Tangent::constant(self.of_leaf(leaf, place)),
        }
    }

    fn of_leaf(&self, node: &Node, place: Place) -> f64 {
        match *node {
            Node::Float(bits) => f64::from_bits(bits),
            Node::Integer(value) => f64::from(value),
            Node::Boolean(value) => f64::from(u8::from(value)),
            Node::Variable(_, variable) => self.values[variable.0 as usize],
            Node::Local(local) => self.locals.get(&local).copied().unwrap_or(f64::NAN),
            Node::Time => self.time,
            Node::Tick => self.time / place.dt,
            Node::Dt => place.dt,
            Node::Index(site) => self.index(place.sizes[site as usize]),
            // On the average.
            Node::Noise(_) => 0.0,
            Node::Random(Distribution::Uniform, ..) => self.drawn(place),
            // Within one standard deviation.
            Node::Random(Distribution::Normal, ..) => 2.0 * self.drawn(place) - 1.0,
            _ => f64::NAN,
        }
    }

    /// A number between 0 and 1 such that one of the elements is likely to have drawn one below, where it is small.
    fn drawn(&self, place: Place) -> f64 {
        let margin = (place.sizes[Site::Own as usize] + 1.0).recip();
        self.share.max(margin).min(1.0 - margin)
    }

    /// An entry of a timed array, or a value of an element that is linked to.
    fn of_entry(&self, variable: VariableId, index: f64) -> f64 {
        match self.network.arrays.iter().find(|array| array.variable == variable) {
            Some(array) if index >= 0.0 => array.values.get(index as usize).copied().unwrap_or(f64::NAN),
            Some(_) => f64::NAN,
            None => self.values[variable.0 as usize],
        }
    }
}
