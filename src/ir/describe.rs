//! A resolved network as text, for people: every object with its variables, equations and code, in SI base units.
//!
//! Names are the user's; what the resolver put in the place of names (constants, subexpressions, subgroup offsets) stands here as it
//! is computed.

use super::expr::{Binary, Distribution, ExprId, Node, Site, Unary, VariableId};
use super::network::{
    Axis, Block, ClockId, Equation, Group, Held, Network, Population, PopulationKind, Projection, Refractory, Regular,
    Seeds, Slot, Sweep, Target, Turn,
};
use crate::units;
use std::fmt::Write;

/// How strongly the parts of an expression bind, from `or` to a name.
const ATOM: u8 = 9;

/// Parts nested deeper than this are shown as `…`: nobody reads them, and the recursion stays small.
const DEPTH: usize = 60;

/// The whole network.
#[must_use]
pub fn network(network: &Network) -> String {
    let mut text = format!("dt = {} s\n", network.dt);
    for population in &network.populations {
        self::population(&mut text, network, population);
    }
    for projection in &network.projections {
        self::projection(&mut text, network, projection);
    }
    for input in &network.inputs {
        let place = group(network, input.group);
        line(&mut text, 0, &format!("poisson_input to {place}"));
        block(&mut text, network, "every step", &input.block);
    }
    if let Some(sweep) = &network.sweep {
        self::sweep(&mut text, sweep);
    }
    text
}

/// What is varied, with the first and the last of its values, and what is measured.
fn sweep(text: &mut String, sweep: &Sweep) {
    line(text, 0, if sweep.seeds == Seeds::Apart { "sweep seeds apart" } else { "sweep" });
    for Axis { name, values, dimension, .. } in &sweep.axes {
        let shown = |value: Option<&f64>| value.map(ToString::to_string).unwrap_or_default();
        let (first, last) = (shown(values.first()), shown(values.last()));
        line(text, 1, &format!("axis {name} ({dimension}): {first} to {last}, {} in all", values.len()));
    }
    for measure in &sweep.measures {
        line(text, 1, &format!("report {} ({})", measure.text, measure.dimension));
    }
}

/// An expression, as one would write it; parts nested deeper than `depth` are left out.
#[must_use]
pub fn expression(network: &Network, id: ExprId, depth: usize) -> String {
    write(network, id, depth).0
}

/// The name of a variable as code sees it.
#[must_use]
pub fn name(network: &Network, site: Site, variable: VariableId) -> String {
    let name = &network.variables[variable.0 as usize].name;
    match site {
        Site::Own => name.clone(),
        Site::Pre => format!("{name}_pre"),
        Site::Post => format!("{name}_post"),
    }
}

fn line(text: &mut String, indent: usize, content: &str) {
    writeln!(text, "{:1$}{content}", "", indent * 4).expect("writing to a string does not fail");
}

fn population(text: &mut String, network: &Network, population: &Population) {
    line(text, 0, &format!("population {}[{}]", population.name, population.size));
    clock(text, network, population.clock, population.order);
    variables(text, network, &population.variables);
    match &population.kind {
        PopulationKind::Neurons(neurons) => {
            equations(text, network, "", &neurons.equations);
            if let Some(threshold) = neurons.threshold {
                let when = unless_usual(population.threshold_turn, Slot::Thresholds, population.order);
                line(text, 1, &format!("threshold {}{when}", expression(network, threshold, DEPTH)));
            }
            let when = unless_usual(population.reset_turn, Slot::Resets, population.order);
            block(text, network, &format!("reset{when}"), &neurons.reset);
            match neurons.refractory {
                Some(Refractory::Time(time)) => {
                    line(text, 1, &format!("refractory for {}", expression(network, time, DEPTH)))
                }
                Some(Refractory::While(condition)) => {
                    line(text, 1, &format!("refractory while {}", expression(network, condition, DEPTH)));
                }
                None => {}
            }
        }
        PopulationKind::Poisson { rate } => {
            line(text, 1, &format!("poisson of rate {}", name(network, Site::Own, *rate)));
        }
        PopulationKind::Synapses(_) => line(text, 1, "stands for synapses that others connect"),
        PopulationKind::Spikes { spikes, .. } => line(text, 1, &format!("{} listed spikes", spikes.len())),
    }
    held(text, network, &population.held);
    regular(text, network, &population.regular);
    for event in &population.events {
        let condition = expression(network, event.condition, DEPTH);
        line(text, 1, &format!("event {} if {condition}{}", event.name, at(event.turn)));
        block(text, network, &format!("on {}{}", event.name, at(event.code_turn)), &event.code);
    }
    block(text, network, "init", &population.init);
}

/// What is not the network's clock, or not order 0.
fn clock(text: &mut String, network: &Network, clock: ClockId, order: i32) {
    if clock != ClockId::default() {
        line(text, 1, &format!("dt = {} s", network.clocks[clock.0 as usize]));
    }
    if order != 0 {
        line(text, 1, &format!("order {order}"));
    }
}

fn held(text: &mut String, network: &Network, held: &[Held]) {
    held.iter().for_each(|held| block(text, network, "held for a step", &held.block));
}

fn regular(text: &mut String, network: &Network, regular: &[Regular]) {
    for operation in regular {
        let interval = network.clocks[operation.clock.0 as usize];
        block(text, network, &format!("every {interval} s{}", at(operation.turn)), &operation.block);
    }
}

/// ` when end order 1`
fn at(turn: Turn) -> String {
    let order = if turn.order == 0 { String::new() } else { format!(" order {}", turn.order) };
    format!(" when {}{order}", turn.slot.name())
}

fn unless_usual(turn: Turn, slot: Slot, order: i32) -> String {
    if turn == (Turn { slot, order }) { String::new() } else { at(turn) }
}

fn projection(text: &mut String, network: &Network, projection: &Projection) {
    let (source, target) = (group(network, projection.source), group(network, projection.target));
    line(text, 0, &format!("projection {}: {source} -> {target}", projection.name));
    clock(text, network, projection.clock, projection.order);
    variables(text, network, &projection.variables);
    equations(text, network, " (clock-driven)", &projection.clock_driven);
    equations(text, network, " (event-driven)", &projection.event_driven);
    for pathway in &projection.pathways {
        block(text, network, &format!("on {}", pathway.name), &pathway.block);
    }
    held(text, network, &projection.held);
    regular(text, network, &projection.regular);
    block(text, network, "init", &projection.init);
}

fn group(network: &Network, group: Group) -> String {
    let population = &network.populations[group.population.0 as usize].name;
    format!("{population}[{}:{}]", group.offset, u64::from(group.offset) + u64::from(group.size))
}

fn variables(text: &mut String, network: &Network, variables: &[VariableId]) {
    for &id in variables {
        let variable = &network.variables[id.0 as usize];
        let shared = if variable.shared { ", shared" } else { "" };
        let kind = format!("{:?}", variable.kind).to_lowercase();
        line(text, 1, &format!("{} : {} ({kind}{shared})", variable.name, variable.dimension));
    }
}

fn equations(text: &mut String, network: &Network, note: &str, equations: &[Equation]) {
    for equation in equations {
        let flag = if equation.unless_refractory { " unless refractory" } else { "" };
        let left = name(network, Site::Own, equation.variable);
        line(text, 1, &format!("d{left}/dt = {}{flag}{note}", expression(network, equation.rhs, DEPTH)));
    }
}

fn block(text: &mut String, network: &Network, title: &str, block: &Block) {
    if block.statements.is_empty() {
        return;
    }
    line(text, 1, title);
    for statement in &block.statements {
        let target = match statement.target {
            Target::Variable(site, variable) => name(network, site, variable),
            Target::Local(local) => format!("local{}", local.0),
        };
        let guard = statement.guard.map(|_| " unless refractory").unwrap_or_default();
        line(text, 2, &format!("{target} = {}{guard}", expression(network, statement.value, DEPTH)));
    }
}

/// Text and how strongly it binds.
fn write(network: &Network, id: ExprId, depth: usize) -> (String, u8) {
    if depth == 0 {
        return ("…".to_owned(), ATOM);
    }
    let list = |operands: &[ExprId]| {
        let texts = operands.iter().map(|&operand| write(network, operand, depth - 1).0);
        texts.collect::<Vec<_>>().join(", ")
    };
    let within = |operand: ExprId, strength: u8| {
        let (text, own) = write(network, operand, depth - 1);
        if own < strength { format!("({text})") } else { text }
    };
    match network.arena.node(id) {
        Node::Float(bits) => number(f64::from_bits(*bits)),
        Node::Integer(value) => number(f64::from(*value)),
        Node::Boolean(value) => (if *value { "True" } else { "False" }.to_owned(), ATOM),
        Node::Variable(site, variable) => (name(network, *site, *variable), ATOM),
        Node::Local(local) => (format!("local{}", local.0), ATOM),
        Node::Time => ("t".to_owned(), ATOM),
        Node::Dt => ("dt".to_owned(), ATOM),
        Node::Tick => ("t_in_timesteps".to_owned(), ATOM),
        Node::Index(Site::Post) => ("j".to_owned(), ATOM),
        Node::Index(_) => ("i".to_owned(), ATOM),
        Node::Each => ("k".to_owned(), ATOM),
        Node::Unary(Unary::Not, operand) => (format!("not {}", within(*operand, 3)), 3),
        Node::Unary(Unary::Negate, operand) => (format!("-{}", within(*operand, 7)), 7),
        Node::Binary(operator, left, right) => {
            let (sign, strength) = sign(*operator);
            let space = if strength >= 6 { "" } else { " " };
            let (left, right) = (within(*left, strength), within(*right, strength + 1));
            (format!("{left}{space}{sign}{space}{right}"), strength)
        }
        Node::Call(function, operands) => {
            (format!("{}({})", format!("{function:?}").to_lowercase(), list(operands)), ATOM)
        }
        Node::Noise(id) => (network.noises.get(id.0 as usize).map_or("xi", String::as_str).to_owned(), ATOM),
        Node::At(variable, index) => {
            let variable = &network.variables[variable.0 as usize];
            (format!("{}[{}]", variable.name, write(network, *index, depth - 1).0), ATOM)
        }
        Node::Host(function, operands) => {
            (format!("{}({})", network.functions[function.0 as usize].name, list(operands)), ATOM)
        }
        Node::Random(distribution, _, operands) => {
            let name = match distribution {
                Distribution::Uniform => "rand",
                Distribution::Normal => "randn",
                Distribution::Poisson => "poisson",
                Distribution::Binomial => "binomial",
            };
            (format!("{name}({})", list(operands)), ATOM)
        }
    }
}

fn number(value: f64) -> (String, u8) {
    (units::number(value), if value < 0.0 { 7 } else { ATOM })
}

fn sign(operator: Binary) -> (&'static str, u8) {
    match operator {
        Binary::Or => ("or", 1),
        Binary::And => ("and", 2),
        Binary::Less => ("<", 4),
        Binary::LessEqual => ("<=", 4),
        Binary::Greater => (">", 4),
        Binary::GreaterEqual => (">=", 4),
        Binary::Equal => ("==", 4),
        Binary::NotEqual => ("!=", 4),
        Binary::Add => ("+", 5),
        Binary::Subtract => ("-", 5),
        Binary::Multiply => ("*", 6),
        Binary::Divide => ("/", 6),
        Binary::FloorDivide => ("//", 6),
        Binary::Remainder => ("%", 6),
        Binary::Power => ("**", 8),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_done_at_its_turn_is_shown_with_it() {
        let text = "neurons P[2] {\nv : 1\nx = rand() : 1 (constant over dt)\nthreshold v > 1\nreset v = 0\ndt 1*second\norder 2\n\
                    when threshold = end\nevery 2*second { v = x }\nevent high if v > 2 when groups { v = 3 }\n}";
        let parsed = grammar::parse(grammar::SourceId(0), text);
        let (network, found) = crate::resolve::resolve(&parsed.file, &crate::resolve::Options::default());
        let shown = super::network(&network.unwrap_or_else(|| panic!("{found:?}")));
        for line in [
            "    dt = 1 s\n    order 2\n",
            "    threshold v > 1 when end order 2\n    reset\n",
            "    held for a step\n        x = rand()\n",
            "    every 2 s when start\n        v = x\n",
            "    event high if v > 2 when after_thresholds order 2\n    on high when groups order 2\n        v = 3",
        ] {
            assert!(shown.contains(line), "{line}\nis not in\n{shown}");
        }
    }
}
