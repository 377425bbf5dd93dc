//! `report rate(P), mean(P.v)`: what is measured at every point of a sweep.
//!
//! In: the `report` lines of a sweep's body. Out: measures, and the records they are made of among the network's, which they
//! name by their numbers. Two measures share a record, and one shares a record of the text's own, where they are the same in
//! every respect; otherwise each has its own, under a name that no other has.

use super::groups::Named;
use super::populations::Visible;
use super::records::{Base, Place};
use super::spell::quoted;
use super::{Resolver, codes, suggestions};
use crate::ir::network::{Measure, Measured, Record};
use crate::units::Dimension;
use grammar::Diagnostic;
use grammar::ast::{Argument, Expr, ExprKind, Item, ItemKind, Name, RecordForm, RecordTarget};

/// What a measure is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    /// Spikes or events of a group.
    Spikes,
    /// Values of a variable.
    Values,
}

/// What can be measured, and of what.
const MEASURES: [(&str, Of); 6] = [
    ("rate", Of::Spikes),
    ("count", Of::Spikes),
    ("cv", Of::Spikes),
    ("mean", Of::Values),
    ("std", Of::Values),
    ("final", Of::Values),
];

/// What measures are called elsewhere.
const HABITS: [(&str, &str); 15] = [
    ("firing_rate", "rate"),
    ("cv_isi", "cv"),
    ("isi_cv", "cv"),
    ("average", "mean"),
    ("avg", "mean"),
    ("var", "std"),
    ("variance", "std"),
    ("sd", "std"),
    ("deviation", "std"),
    ("last", "final"),
    ("end", "final"),
    ("spikes", "count"),
    ("counts", "count"),
    ("frequency", "rate"),
    ("population_rate", "rate"),
];

fn row_of(word: &str) -> Option<&'static (&'static str, Of)> {
    MEASURES.iter().find(|row| row.0 == word)
}

impl Resolver<'_> {
    /// Every measure of a sweep's body, in the order of the text.
    pub(super) fn measures(&mut self, body: &[Item]) -> Vec<Measure> {
        let mut all: Vec<Measure> = Vec::new();
        for item in body {
            let ItemKind::Report { measures, last } = &item.kind else { continue };
            let before = self.found.len();
            for expr in measures {
                let Some(measure) = self.measured(expr, last.as_ref()) else { continue };
                match all.iter().find(|before| before.text == measure.text) {
                    Some(first) => {
                        let message = format!("`{}` is reported twice", measure.text);
                        let wrong = Diagnostic::error(codes::RECORDED_TWICE, expr.span, message);
                        self.report(wrong.also(first.span, "first here").help("each is one column of the table"));
                    }
                    None => all.push(measure),
                }
            }
            self.once(before);
        }
        all
    }

    fn measured(&mut self, expr: &Expr, last: Option<&Expr>) -> Option<Measure> {
        let (name, argument) = self.measure_call(expr)?;
        let (word, of) = *row_of(&name.text)?;
        let mut text = grammar::print::expression(expr);
        if let Some(last) = last {
            if word == "final" {
                return self.has_no_window(&text, last);
            }
            text = format!("{text} last {}", grammar::print::expression(last));
        }
        let place = match of {
            Of::Spikes => self.spikes_of(word, argument)?,
            Of::Values => self.values_of(word, argument)?,
        };
        let mut record = |form: RecordForm| {
            let target = RecordTarget { place: place.clone(), form, span: expr.span };
            let record = self.record_alone(&target, last)?;
            let dimension = record.what.quantity().map_or(Dimension::ONE, |quantity| quantity.dimension);
            Some((self.number_of(record), dimension))
        };
        let counts = if last.is_some() { RecordForm::All } else { RecordForm::Counts };
        let (what, dimension) = match word {
            "rate" => (Measured::Rate(record(counts)?.0), Dimension::HERTZ),
            "count" => (Measured::Count(record(counts)?.0), Dimension::ONE),
            "cv" => (Measured::Cv(record(RecordForm::All)?.0), Dimension::ONE),
            "mean" if last.is_some() => {
                record(RecordForm::All).map(|(window, dimension)| (Measured::LastMean(window), dimension))?
            }
            "std" if last.is_some() => {
                record(RecordForm::All).map(|(window, dimension)| (Measured::LastDeviation(window), dimension))?
            }
            "mean" => record(RecordForm::Mean).map(|(mean, dimension)| (Measured::Mean(mean), dimension))?,
            "std" => {
                let (mean, dimension) = record(RecordForm::Mean)?;
                (Measured::Deviation { mean, variance: record(RecordForm::Variance)?.0 }, dimension)
            }
            _ => record(RecordForm::AtEnd).map(|(end, dimension)| (Measured::Final(end), dimension))?,
        };
        Some(Measure { text, what, dimension, span: expr.span })
    }

    /// `rate(P)`: what is measured, and of what.
    fn measure_call<'a>(&mut self, expr: &'a Expr) -> Option<(&'a Name, &'a Expr)> {
        let ExprKind::Call { function, arguments } = &expr.kind else {
            if !matches!(expr.kind, ExprKind::Error) {
                let message = format!("{} is no measure", quoted(expr));
                let shown = grammar::print::expression(expr);
                let help = match &expr.kind {
                    ExprKind::Member { .. } | ExprKind::Index { .. } => {
                        format!("say what of it: `mean({shown})`, `std({shown})`, `final({shown})`")
                    }
                    ExprKind::Name(name) => match (self.objects.get(name), row_of(name)) {
                        (Some(Named::Projection(_)), _) => format!("name a variable of them, as in `mean({name}.w)`"),
                        (Some(_), _) => format!("say what of it: `rate({shown})`, `count({shown})`, `cv({shown})`"),
                        (None, Some((word, of))) => format!("say of what: `{}`", self.example(word, *of)),
                        (None, None) => {
                            let (rate, mean) = (self.example("rate", Of::Spikes), self.example("mean", Of::Values));
                            format!("measures are of spikes or of variables: `{rate}`, `{mean}`")
                        }
                    },
                    _ => "a measure stands by itself, as `rate(P)`: work with the columns of the table".to_owned(),
                };
                self.report(Diagnostic::error(codes::MEASURE, expr.span, message).help(help));
            }
            return None;
        };
        let names = || MEASURES.iter().map(|row| row.0);
        let Some((word, of)) = row_of(&function.text) else {
            let message = format!("there is no measure `{}`", function.text);
            let habit = HABITS.iter().find(|row| *row.0 == *function.text).map(|row| row.1);
            let help = match habit.or_else(|| suggestions::nearest(&function.text, names())) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("the measures are: {}", suggestions::listed(names())),
            };
            self.report(Diagnostic::error(codes::MEASURE, function.span, message).help(help));
            return None;
        };
        match arguments.as_slice() {
            [Argument { name: None, value }] => Some((function, value)),
            _ => {
                let message = format!("`{word}` measures one thing, and has no options");
                let help = format!("write `report {}`, and another measure behind a comma", self.example(word, *of));
                self.report(Diagnostic::error(codes::ARGUMENTS, expr.span, message).help(help));
                None
            }
        }
    }

    /// A call as it may be written of this text: of the first group that spikes, or the first variable.
    fn example(&self, word: &str, of: Of) -> String {
        let populations = || self.network.populations.iter().map(|population| &population.name).zip(&self.visible);
        let spiking = || populations().find(|(_, visible)| visible.spikes).map(|(name, _)| name.clone());
        let projections = || self.network.projections.iter().map(|synapses| &synapses.name).zip(&self.visible_synapses);
        let variable = || {
            let named = |(name, visible): (&String, &Visible)| Some(format!("{name}.{}", visible.names.first()?.0));
            populations().chain(projections()).find_map(named)
        };
        let of = match of {
            Of::Spikes => spiking().unwrap_or_else(|| "P".to_owned()),
            Of::Values => variable().unwrap_or_else(|| "P.v".to_owned()),
        };
        format!("{word}({of})")
    }

    fn has_no_window<T>(&mut self, text: &str, last: &Expr) -> Option<T> {
        let message = format!("`{text}` is the value at the end: `last` says nothing about it");
        let help = format!("write two lines: `report {text}`, and another with `last` for what is measured over time");
        self.report(Diagnostic::error(codes::MEASURE, last.span, message).help(help));
        None
    }

    /// The place of spikes or events that `rate(P)` or `rate(P.high)` is of.
    fn spikes_of(&mut self, word: &str, argument: &Expr) -> Option<Expr> {
        if let Some(place) = self.variable(argument) {
            let place = place?;
            if &*place.name.text == "spikes" || self.event(place.base, &place.name.text).is_some() {
                return Some(argument.clone());
            }
            let group = grammar::print::expression(place.base_expr);
            let message = format!("{} holds values, and `{word}` is of spikes or events", quoted(argument));
            let help = format!(
                "write `{word}({group})` for the spikes of `{group}`, or `mean({})`",
                grammar::print::expression(argument)
            );
            self.report(Diagnostic::error(codes::MEASURE, argument.span, message).help(help));
            return None;
        }
        if let ExprKind::Name(name) = &argument.kind
            && let Some(Named::Projection(_)) = self.objects.get(name)
        {
            let message = format!("`{name}` are synapses, and `{word}` is of what spikes");
            let help = format!("name a population: `{word}(P)`; of synapses, `mean({name}.w)`");
            self.report(Diagnostic::error(codes::MEASURE, argument.span, message).help(help));
            return None;
        }
        let spikes = Name { text: "spikes".into(), span: argument.span };
        let kind = ExprKind::Member { base: Box::new(argument.clone()), name: spikes };
        Some(Expr { kind, span: argument.span })
    }

    /// The place of values that `mean(P.v)` is of.
    fn values_of(&mut self, word: &str, argument: &Expr) -> Option<Expr> {
        let Some(place) = self.variable(argument) else {
            let message = format!("`{word}` is of a variable, and {} is none", quoted(argument));
            let help = format!("name a group's, as in `{}`", self.example(word, Of::Values));
            self.report(Diagnostic::error(codes::MEASURE, argument.span, message).help(help));
            return None;
        };
        let place = place?;
        let name = &place.name.text;
        let spikes = matches!(place.base, Base::Neurons(_)) && matches!(&**name, "spikes" | "population_rate");
        let whole = matches!(place.base, Base::Synapses(_)) && &**name == "synapses";
        if spikes || whole || self.event(place.base, name).is_some() {
            let group = grammar::print::expression(place.base_expr);
            let message = format!("{} is no variable, and `{word}` is of values", quoted(argument));
            let help = match &**name {
                "synapses" => format!("name one of theirs, as in `{word}({group}.w)`"),
                "spikes" | "population_rate" => format!("write `rate({group})` or `count({group})`"),
                event => format!("write `rate({group}.{event})` or `count({group}.{event})`"),
            };
            self.report(Diagnostic::error(codes::MEASURE, argument.span, message).help(help));
            return None;
        }
        Some(argument.clone())
    }

    /// The place that an expression with a dot names; the outer value says whether there is a dot.
    fn variable<'a>(&mut self, expr: &'a Expr) -> Option<Option<Place<'a>>> {
        let of = match &expr.kind {
            ExprKind::Index { base, .. } => base,
            _ => expr,
        };
        matches!(of.kind, ExprKind::Member { .. }).then(|| self.place(expr, "measure"))
    }

    /// The number of a record that is this one, or becomes one.
    fn number_of(&mut self, mut record: Record) -> usize {
        let records = &mut self.network.records;
        if let Some(same) = records.iter().position(|other| other.same_as(&record)) {
            return same;
        }
        let name = std::mem::take(&mut record.name);
        let free = |name: &String| records.iter().all(|other| other.name != *name);
        let others = (1..)
            .map(|number| if number == 1 { format!("{name} of report") } else { format!("{name} of report {number}") });
        record.name = std::iter::once(name.clone()).chain(others).find(free).unwrap_or(name.clone());
        records.push(record);
        records.len() - 1
    }
}
