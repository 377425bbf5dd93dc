//! Is something drawn that nobody looks at? In: variables that get random numbers. Out: a warning for each that no
//! expression reads and no recording shows.

use super::{Read, regular};
use crate::ir::expr::Node;
use crate::ir::network::{Network, Object, Recorded, Role, Target};
use crate::passes::codes;
use crate::passes::walk::any;
use grammar::Diagnostic;

pub(super) fn unused(network: &Network, read: &Read) -> Vec<Diagnostic> {
    let mut seen = read.clone();
    for record in &network.records {
        if let Recorded::Synapses(projection) = record.what {
            seen.extend(&network.projections[projection.0 as usize].variables);
        }
    }
    let blocks = network.code_blocks().chain(regular(network).map(|(_, regular)| &regular.block));
    let mut found = Vec::new();
    for statement in blocks.flat_map(|block| &block.statements) {
        let Target::Variable(_, variable) = statement.target else { continue };
        let random = any(&network.arena, statement.value, |node| matches!(node, Node::Random(..)));
        let declared = &network.variables[variable.0 as usize];
        let kept = matches!(declared.role, Role::Parameter | Role::Held);
        if random && kept && seen.insert(variable) {
            let whose = match declared.owner {
                Object::Population(id) => &network.populations[id.0 as usize].name,
                Object::Projection(id) => &network.projections[id.0 as usize].name,
                Object::Input(_) | Object::Array(_) => continue,
            };
            let message = format!("`{whose}.{}` is drawn at random, and nothing reads it", declared.name);
            let help = format!("leave it out, or look at it: `record {whose}.{}`", declared.name);
            found.push(Diagnostic::warning(codes::UNUSED_DRAW, statement.span, message).help(help));
        }
    }
    found
}
