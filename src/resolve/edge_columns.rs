//! Columns of a table of pairs that are called otherwise than `i`, `j` and the synapses' variables: what to write for them.
//!
//! In: a table with its call, and the variables of the synapses. Out: the connection in the form that names every column by itself,
//! `connect i = csv("edges.csv", pre), j = csv("edges.csv", post); init w = csv("edges.csv", weight)`, as a text for messages.

use super::Resolver;
use super::edges::own_variables;
use super::files::ReadFile;
use super::texts::is_name;
use crate::arrays::Table;
use crate::ir::network::Role;

/// What tables of other programs call the neuron that a synapse comes from.
const SOURCES: [&str; 12] = [
    "i",
    "pre",
    "source",
    "src",
    "from",
    "sender",
    "presynaptic",
    "pre_id",
    "source_id",
    "i_pre",
    "presyn",
    "pre_index",
];

/// And the one it goes to.
const TARGETS: [&str; 14] = [
    "j",
    "post",
    "target",
    "tgt",
    "to",
    "dst",
    "dest",
    "receiver",
    "postsynaptic",
    "post_id",
    "target_id",
    "i_post",
    "postsyn",
    "post_index",
];

/// Columns as lists.
pub(super) struct Lists {
    /// Sources and targets.
    pair: [String; 2],
    /// Variables, each with its column.
    values: Vec<(String, String)>,
    /// The column of delays.
    delay: Option<String>,
}

impl Lists {
    /// The statements; `shift` stands behind both lists of neurons: nothing, or ` - 1`.
    pub(super) fn written(&self, shift: &str) -> String {
        let [i, j] = &self.pair;
        let mut written = format!("connect i = {i}{shift}, j = {j}{shift}");
        let values: Vec<String> = self.values.iter().map(|(name, column)| format!("{name} = {column}")).collect();
        match values.as_slice() {
            [] => {}
            [one] => written += &format!("; init {one}"),
            several => written += &format!("; init {{ {} }}", several.join("; ")),
        }
        if let Some(delay) = &self.delay {
            written += &format!("; delay {delay}");
        }
        written
    }
}

impl Resolver<'_> {
    /// The columns of a table as lists, for the projection that is being read.
    pub(super) fn as_lists(&self, read: &ReadFile<'_>, table: &Table) -> Lists {
        let columns = &table.columns;
        let written = |at: usize| match columns.get(at) {
            Some(column) if is_name(&column.name) => format!("csv(\"{}\", {})", read.path, column.name),
            _ => format!("csv(\"{}\")[:, {at}]", read.path),
        };
        let called = |at: usize| columns[at].name.to_ascii_lowercase();
        let found = |names: &[&str]| (0..columns.len()).find(|&at| names.contains(&&*called(at)));
        let source = found(&SOURCES).unwrap_or(0);
        let target = found(&TARGETS).unwrap_or(1);
        let own = own_variables(&self.network);
        let rest: Vec<usize> = (0..columns.len()).filter(|&at| at != source && at != target).collect();
        let of_role = |at: usize, delays: bool| {
            own.iter().find(|own| own.1.name == columns[at].name && (own.1.role == Role::Delay) == delays)
        };
        let delay = rest.iter().copied().find(|&at| &*columns[at].name == "delay" && of_role(at, true).is_some());
        let mut values: Vec<(String, String)> = Vec::new();
        let mut unknown = Vec::new();
        for &at in rest.iter().filter(|&&at| Some(at) != delay) {
            match of_role(at, false) {
                Some((_, variable)) => values.push((variable.name.clone(), written(at))),
                None if columns[at].name != "delay" => unknown.push(at),
                None => {}
            }
        }
        // One variable without a column and one column without a variable are meant for each other.
        let free: Vec<&str> = own
            .iter()
            .filter(|(_, variable)| {
                variable.role != Role::Delay && values.iter().all(|(name, _)| *name != variable.name)
            })
            .map(|(_, variable)| &*variable.name)
            .collect();
        if let ([name], [at]) = (&free[..], &unknown[..]) {
            values.push(((*name).to_owned(), written(*at)));
        }
        Lists { pair: [written(source), written(target)], values, delay: delay.map(written) }
    }

    /// Names for the columns of a table that names none, in their order.
    pub(super) fn names_for(&self, read: &ReadFile<'_>, table: &Table) -> String {
        let own = own_variables(&self.network);
        let mut names = vec!["i", "j"];
        names.extend(own.iter().rev().map(|(_, variable)| &*variable.name));
        match table.columns.len() {
            count if count >= 2 && count <= names.len() => {
                format!("name them in order: `csv(\"{}\", {})`", read.path, names[..count].join(", "))
            }
            _ => format!("name those to take: `{}`", self.as_lists(read, table).written("")),
        }
    }
}
