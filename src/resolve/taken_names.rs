//! Names that are taken, and what to call the thing instead.
//!
//! In: a name that a text gives to something and that means something already. Out: the diagnostic, with a name that is free.

use super::{Resolver, codes, names, ranges};
use grammar::ast::{File, Item, ItemKind, Name};
use grammar::{Diagnostic, Span};

impl Resolver<'_> {
    /// Reports that `what` (`a variable`, `a constant`) cannot be called so, for a reason; `taken` says of other names of the
    /// same block or text whether something is called so.
    pub(super) fn name_is_taken(&mut self, name: &Name, what: &str, reason: String, taken: impl Fn(&str) -> bool) {
        let message = format!("`{}` cannot be the name of {what}", name.text);
        let free = |other: &str| {
            let known = self.definitions.contains_key(other) || self.elsewhere.contains_key(other);
            names::reserved_in_block(other, true).is_none()
                && ranges::reserved(other).is_none()
                && !known
                && !taken(other)
        };
        let help = format!("choose another name, as `{}`", another(&name.text, free));
        self.report(Diagnostic::error(codes::RESERVED_NAME, name.span, message).label(reason).help(help));
    }
}

/// Whether a text defines something of this name at its top level, at another place than `except`.
pub(super) fn is_defined(file: &File, name: &str, except: Span) -> bool {
    let defines = |item: &Item| match &item.kind {
        ItemKind::Definition { name, .. } | ItemKind::Synapses { name, .. } => Some(name.clone()),
        ItemKind::Model { name, .. } | ItemKind::Function { name, .. } => Some(name.clone()),
        _ => super::groups::group(item).map(|group| group.name.clone()),
    };
    file.items.iter().filter_map(defines).any(|other| &*other.text == name && other.span != except)
}

/// A name near to one that is taken.
fn another(name: &str, free: impl Fn(&str) -> bool) -> String {
    let near = match name {
        "t" => "time".to_owned(),
        _ if name.len() == 1 && name.to_ascii_uppercase() != name => name.to_ascii_uppercase(),
        _ if name.len() == 1 => name.to_ascii_lowercase(),
        _ => match (name.strip_prefix("xi"), name.strip_suffix("_pre"), name.strip_suffix("_post")) {
            (Some(rest), ..) if rest.is_empty() || rest.starts_with('_') => format!("noise{rest}"),
            (_, Some(of), _) => format!("pre_{of}"),
            (.., Some(of)) => format!("post_{of}"),
            _ => name.trim_start_matches('_').to_owned(),
        },
    };
    let mut other = near;
    while other.is_empty() || !free(&other) {
        other.push(if other.is_empty() { 'x' } else { '_' });
    }
    other
}

#[cfg(test)]
mod tests {
    use super::another;

    #[test]
    fn another_name_is_near_and_free() {
        let rows = [
            ("i", "I"),
            ("N", "n"),
            ("t", "time"),
            ("e", "E"),
            ("xi", "noise"),
            ("xi_a", "noise_a"),
            ("v_pre", "pre_v"),
            ("w_post", "post_w"),
            ("_x", "x"),
            ("__", "x"),
            ("min", "min_"),
            ("meter", "meter_"),
        ];
        for (name, expected) in rows {
            assert_eq!(another(name, |other| !["min", "meter"].contains(&other)), expected);
        }
        assert_eq!(another("i", |other| other != "I"), "I_");
    }
}
