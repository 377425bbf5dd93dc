//! What is varied and reported beside a model's text: in, lines as the language writes them; out, the model's tree with one sweep.

use super::error::SweepError;
use crate::error::Error;
use crate::ir::network::Seeds;
use crate::resolve;
use crate::simulation::front::Reading;
use grammar::Span;
use grammar::ast::{Axis, Item, ItemKind, Name};

/// What takes the place of the text's own.
#[derive(Clone, Debug, Default)]
pub(super) struct Given {
    /// `tau = linspace(1, 10, 30)*ms`
    pub(super) axes: Vec<String>,
    /// `rate(P)`, or several with commas between them.
    pub(super) reports: Vec<String>,
    pub(super) seeds: Option<Seeds>,
}

impl Given {
    /// Puts what is given into the tree: into the text's own sweep where it has one, else in a sweep at its end.
    ///
    /// # Errors
    /// `SweepError` where nothing is varied, nothing `measured` or reported, or a line says more than that. What is wrong with the lines is among the diagnostics of
    /// the reading.
    pub(super) fn put_into(&self, reading: &mut Reading, measured: bool) -> Result<(), Error> {
        reading.given.measured = measured;
        let (mut axes, mut reports) = (Vec::new(), Vec::new());
        for line in &self.axes {
            axes.extend(axes_of(reading, line)?);
        }
        for line in &self.reports {
            reports.extend(reports_of(reading, line)?);
        }
        let seeds = self.seeds.map(|seeds| word(reading, seeds));
        let items = &mut reading.file.items;
        let own = items.iter_mut().find_map(|item| match &mut item.kind {
            ItemKind::Sweep { axes, seeds, body } => Some((axes, seeds, body)),
            _ => None,
        });
        if let Some((own_axes, own_seeds, body)) = own {
            if !self.axes.is_empty() {
                *own_axes = axes;
            }
            if !self.reports.is_empty() {
                body.retain(|item| !matches!(item.kind, ItemKind::Report { .. }));
                body.extend(reports);
            }
            if seeds.is_some() {
                *own_seeds = seeds;
            }
            return Ok(());
        }
        if self.axes.is_empty() {
            return Err(SweepError::NothingVaried.into());
        }
        if self.reports.is_empty() && !measured {
            return Err(SweepError::NothingReported.into());
        }
        let span = axes.first().map_or(Span::default(), |axis| axis.name.span);
        items.push(Item { kind: ItemKind::Sweep { axes, seeds, body: reports }, span });
        Ok(())
    }
}

/// The axes of a line such as `tau = [1, 2]*ms`.
fn axes_of(reading: &mut Reading, line: &str) -> Result<Vec<Axis>, SweepError> {
    let text = format!("sweep {line} {{ }}");
    let id = reading.sources.add("<vary>", text.as_str());
    if let Some((name, values)) = line.split_once('=').filter(|(name, _)| is_of_a_group(name.trim())) {
        let span = Span::new(id, "sweep ".len(), "sweep ".len() + name.trim_end().len());
        reading.diagnostics.push(resolve::variable_is_no_axis(name.trim(), values.trim(), span));
        return Ok(Vec::new());
    }
    let parsed = grammar::parse(id, &text);
    let sound = parsed.diagnostics.is_empty();
    reading.diagnostics.extend(parsed.diagnostics);
    let mut items = parsed.file.items;
    match (items.pop().map(|item| item.kind), items.is_empty()) {
        (Some(ItemKind::Sweep { axes, seeds: None, body }), true) if body.is_empty() => Ok(axes),
        _ if sound => Err(SweepError::More { given: line.to_owned(), what: "varied" }),
        _ => Ok(Vec::new()),
    }
}

/// `P.v`
fn is_of_a_group(name: &str) -> bool {
    let is_name = |part: &str| !part.is_empty() && part.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    name.contains('.') && name.split('.').all(is_name)
}

/// The statement of a line such as `rate(P), cv(P)`.
fn reports_of(reading: &mut Reading, line: &str) -> Result<Vec<Item>, SweepError> {
    let text = format!("report {line}");
    let id = reading.sources.add("<report>", text.as_str());
    let (items, found) = grammar::parse_sweep_body(id, &text);
    let alone = matches!(&*items, [Item { kind: ItemKind::Report { .. } | ItemKind::Error, .. }]);
    reading.diagnostics.extend(found);
    if alone { Ok(items) } else { Err(SweepError::More { given: line.to_owned(), what: "reported" }) }
}

fn word(reading: &mut Reading, seeds: Seeds) -> Name {
    let text = seeds.name();
    let source = reading.sources.add("<seeds>", text);
    Name { text: text.into(), span: Span::new(source, 0, text.len()) }
}
