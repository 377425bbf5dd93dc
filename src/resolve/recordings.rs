//! `record` lines: what is recorded, how often, when in a step, with what beside it.
//!
//! In: `record` lines. Out: records in the order of the text. What comes last on a line (`smooth`, `every`, `last`, `when`, `order`,
//! `with`) holds for all that stands before it; a word that says nothing about a recording is refused, by the table of what each kind takes.

use super::groups::Named;
use super::records::{Base, Place, object};
use super::spell::quoted;
use super::{Resolver, codes, suggestions, sweep};
use crate::ir::network::{ClockId, Quantity, Record, Recorded, Slot, Smooth, Turn};
use crate::units::{Dimension, quantity, time_in_text};
use grammar::Diagnostic;
use grammar::ast::{self, Expr, ExprKind, File, Item, ItemKind, Name, RecordForm, RecordTarget};
use grammar::print::expression;
use runtime::clock::sample_ticks;

/// What comes last on a `record` line, as written.
struct Manner<'a> {
    smooth: Option<&'a ast::Smooth>,
    every: Option<&'a Expr>,
    last: Option<&'a Expr>,
    turn: &'a ast::Turn,
    with: &'a [Name],
    /// Whether it holds for more than one target.
    several: bool,
}

/// A word of a `record` line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    AtEnd,
    Counts,
    Mean,
    Variance,
    Smooth,
    Every,
    Last,
    When,
    Order,
    With,
}

impl Word {
    fn text(self) -> &'static str {
        match self {
            Self::AtEnd => RecordForm::AtEnd.text(),
            Self::Counts => RecordForm::Counts.text(),
            Self::Mean => RecordForm::Mean.text(),
            Self::Variance => RecordForm::Variance.text(),
            Self::Smooth => "smooth",
            Self::Every => "every",
            Self::Last => "last",
            Self::When => "when",
            Self::Order => "order",
            Self::With => "with",
        }
    }

    /// What stands behind a single target, and not at the end of its line.
    fn of(form: RecordForm) -> Option<Self> {
        match form {
            RecordForm::All => None,
            RecordForm::AtEnd => Some(Self::AtEnd),
            RecordForm::Counts => Some(Self::Counts),
            RecordForm::Mean => Some(Self::Mean),
            RecordForm::Variance => Some(Self::Variance),
        }
    }
}

/// A kind of recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Spikes,
    Events,
    Counts,
    Rate,
    Synapses,
    Values,
    Moments,
    AtEnd,
}

/// What each kind takes, and why it takes nothing else: after its name, before ": `every` says nothing about it".
const TAKES: [(Kind, &[Word], &str); 8] = [
    (Kind::Spikes, &[Word::Last, Word::When, Word::Order, Word::With], "are recorded as they happen"),
    (Kind::Events, &[Word::Last, Word::When, Word::Order, Word::With], "is an event, recorded as it happens"),
    (Kind::Counts, &[Word::Counts, Word::When, Word::Order], "counts are taken from the start"),
    (Kind::Rate, &[Word::Smooth, Word::Every, Word::Last, Word::When, Word::Order], "is recorded while it runs"),
    (Kind::Synapses, &[], "are written as they are at the end"),
    (Kind::Values, &[Word::Every, Word::Last, Word::When, Word::Order], "holds values, not spikes"),
    (
        Kind::Moments,
        &[Word::Mean, Word::Variance, Word::Every, Word::When, Word::Order],
        "is summed up from the start, over all samples",
    ),
    (Kind::AtEnd, &[Word::AtEnd], "is recorded once, at the end"),
];

/// Whether a place is of this name: `S.synapses`.
fn is_member(place: &Expr, wanted: &str) -> bool {
    matches!(&place.kind, ExprKind::Member { name, .. } if &*name.text == wanted)
}

/// Whether something is recorded at intervals.
fn samples(what: &Recorded) -> bool {
    matches!(what, Recorded::Values(_) | Recorded::Mean(_) | Recorded::Variance(_) | Recorded::Rate(_))
}

impl Resolver<'_> {
    /// Every `record` line.
    pub(super) fn records(&mut self, file: &File) {
        for (number, item) in file.items.iter().enumerate() {
            let ItemKind::Record { targets, smooth, every, last, turn, with } = &item.kind else { continue };
            let (smooth, every, last) = (smooth.as_ref(), every.as_ref(), last.as_ref());
            let manner = Manner { smooth, every, last, turn, with, several: targets.len() > 1 };
            let before = self.found.len();
            for target in targets {
                if let Some(record) = self.record(target, &manner) {
                    self.keep_record(record);
                }
            }
            self.once(before);
            if last.is_none() && self.found.len() == before {
                self.warn_of_late(file, number, targets);
            }
        }
    }

    /// A monitor of Brian2 that is made between two runs begins there; a recording holds for all runs, wherever it stands.
    fn warn_of_late(&mut self, file: &File, number: usize, targets: &[RecordTarget]) {
        let (before, behind) = file.items.split_at(number);
        let is_run = |item: &&Item| matches!(item.kind, ItemKind::Run { .. });
        let restores = |item: &Item| matches!(item.kind, ItemKind::Restore { .. });
        let behind: Vec<&Item> = behind.iter().flat_map(sweep::happening_in).filter(is_run).collect();
        // Where an experiment goes back in time, what is last is not what stands behind.
        if behind.is_empty() || !before.iter().any(|item| is_run(&item)) || sweep::happening(file).any(restores) {
            return;
        }
        let from_start =
            |target: &&RecordTarget| target.form != RecordForm::AtEnd && !is_member(&target.place, "synapses");
        let Some(target) = targets.iter().find(from_start) else { return };
        let message = "this records from the beginning, also the runs before it";
        let mut warning = Diagnostic::warning(codes::RECORDED_LATE, target.span, message);
        let kept = matches!(target.form, RecordForm::All);
        if let Some(time) = self.time_of(&behind).filter(|_| kept) {
            let help = format!("for what comes behind it write `record {} last {time}`", expression(&target.place));
            warning = warning.help(help);
        }
        self.report(warning.help("for all runs write it before the first of them"));
    }

    /// How long runs last together, as it is written.
    fn time_of(&mut self, runs: &[&Item]) -> Option<String> {
        let durations = runs.iter().map(|item| match &item.kind {
            ItemKind::Run { duration, .. } => Some(duration),
            _ => None,
        });
        let durations = durations.collect::<Option<Vec<&Expr>>>()?;
        if let [one] = durations.as_slice() {
            return Some(expression(one));
        }
        let known = self.found.len();
        let times = durations.into_iter().map(|one| self.constant_of(one, Some(Dimension::SECOND), "`run`"));
        let times: Vec<_> = times.collect();
        self.found.truncate(known);
        let sum: f64 = times.into_iter().map(|time| Some(time?.number)).sum::<Option<f64>>()?;
        Some(quantity(sum, Dimension::SECOND).replace(' ', "*"))
    }

    /// What comes last on a line was read for each target: a mistake in it is one mistake. `before` is how many were known.
    pub(super) fn once(&mut self, before: usize) {
        let read = self.found.split_off(before);
        for diagnostic in read {
            if !self.found[before..].contains(&diagnostic) {
                self.found.push(diagnostic);
            }
        }
    }

    /// A recording that no line of the text asks for.
    pub(super) fn record_alone(&mut self, target: &RecordTarget, last: Option<&Expr>) -> Option<Record> {
        let turn = ast::Turn::default();
        self.record(target, &Manner { smooth: None, every: None, last, turn: &turn, with: &[], several: false })
    }

    /// Files are named by what they hold: the same thing recorded twice would be one file, but at another interval, which is then
    /// part of its name.
    fn keep_record(&mut self, mut record: Record) {
        let interval = |record: &Record| record.every.unwrap_or(self.time_step_of(record.clock));
        let mut alike = self.network.records.iter().filter(|before| before.name == record.name).peekable();
        if alike.peek().is_some() && alike.all(|before| interval(before) != interval(&record)) && samples(&record.what)
        {
            let every = time_in_text(interval(&record));
            record.name = format!("{} every {every}", record.name);
        }
        let Some(before) = self.network.records.iter().find(|before| before.name == record.name) else {
            self.network.records.push(record);
            return;
        };
        let message = format!("`{}` is recorded twice", record.name);
        let diagnostic =
            Diagnostic::error(codes::RECORDED_TWICE, record.span, message).also(before.span, "first recorded here");
        let alike = Record { what: before.what.clone(), ..record.clone() }.same_as(before);
        let group = record.name.split(['.', '[']).next().unwrap_or_default();
        let of_neurons = matches!(self.objects.get(group), Some(Named::Population(_)));
        let diagnostic = if record.same_as(before) || !alike && !of_neurons {
            diagnostic.help("leave one of the two out")
        } else if alike {
            diagnostic
                .help("leave one of the two out, or name all the indices in one pair of brackets, as `[0, 5, 10:20]`")
        } else {
            let what = record.name.rsplit('.').next().unwrap_or_default();
            diagnostic.help("leave one of the two out").help(format!(
                "or give one of them another name, by that of a part of the group: `Some = {group}[…]`, `record Some.{what} …`"
            ))
        };
        self.report(diagnostic);
    }

    fn record(&mut self, target: &RecordTarget, manner: &Manner<'_>) -> Option<Record> {
        let place = self.place(&target.place, "record")?;
        let (kind, what) = self.recorded(target, &place)?;
        self.says_nothing_else(kind, &place, target, manner)?;
        let clock = self.network.clock_of(object(place.base).0);
        let every = match manner.every {
            Some(expr) => Some(self.interval(expr, clock)?),
            None => None,
        };
        let last = match manner.last {
            Some(expr) => Some(self.window_of(expr, every.unwrap_or(self.time_step_of(clock)))?),
            None => None,
        };
        let turn = self.record_turn(manner.turn, self.made(place.base, &what), kind)?;
        let smooth = match manner.smooth {
            Some(smooth) => Some(self.smooth(smooth)?),
            None => None,
        };
        let with = self.variables_at_spikes(&place, manner.with)?;
        let mut name = format!("{}.{}", expression(place.base_expr), place.name.text);
        match smooth {
            Some(Smooth::Flat(_)) => name += " smooth flat",
            Some(Smooth::Gaussian(_)) => name += " smooth gaussian",
            None => {}
        }
        if target.form != RecordForm::All {
            name = format!("{name} {}", target.form.text());
        }
        if last.is_some() {
            name += " last";
        }
        Some(Record { name, what, every, last, clock, turn, with, smooth, span: target.span })
    }

    /// What a target names.
    fn recorded(&mut self, target: &RecordTarget, place: &Place<'_>) -> Option<(Kind, Recorded)> {
        Some(match (place.base, &*place.name.text) {
            (Base::Neurons(part), name @ ("spikes" | "population_rate")) => {
                self.must_spike(part, place)?;
                match name {
                    "population_rate" => (Kind::Rate, Recorded::Rate(part.group)),
                    _ if target.form == RecordForm::Counts => (Kind::Counts, Recorded::Counts(part.group, None)),
                    _ => (Kind::Spikes, Recorded::Spikes(part.group)),
                }
            }
            (Base::Synapses(id), "synapses") => (Kind::Synapses, Recorded::Synapses(id)),
            (Base::Neurons(part), name) if let Some(event) = self.event(place.base, name) => match target.form {
                RecordForm::Counts => (Kind::Counts, Recorded::Counts(part.group, Some(event))),
                _ => (Kind::Events, Recorded::Events(part.group, event)),
            },
            _ => {
                let quantity = self.quantity(place)?;
                match target.form {
                    RecordForm::All | RecordForm::Counts => (Kind::Values, Recorded::Values(quantity)),
                    RecordForm::AtEnd => (Kind::AtEnd, Recorded::AtEnd(quantity)),
                    RecordForm::Mean => (Kind::Moments, Recorded::Mean(quantity)),
                    RecordForm::Variance => {
                        let dimension = quantity.dimension.power(2.0);
                        (Kind::Moments, Recorded::Variance(Quantity { dimension, ..quantity }))
                    }
                }
            }
        })
    }

    /// The number of a custom event in its population.
    pub(super) fn event(&self, base: Base, name: &str) -> Option<u32> {
        let Base::Neurons(part) = base else { return None };
        let events = &self.visible.get(part.group.population.0 as usize)?.events;
        events.iter().position(|event| &**event == name).and_then(|place| u32::try_from(place).ok())
    }

    /// Refuses the words that say nothing about a recording, and indices where it is of a whole group.
    fn says_nothing_else(
        &mut self,
        kind: Kind,
        place: &Place<'_>,
        target: &RecordTarget,
        manner: &Manner<'_>,
    ) -> Option<()> {
        let name = &place.name.text;
        let whole = !matches!(kind, Kind::Values | Kind::Moments | Kind::AtEnd);
        if whole && place.items.is_some() {
            let message = format!("`{name}` is not indexed");
            let help = format!("record those of a part: `{}[0:10].{name}`", expression(place.base_expr));
            self.report(Diagnostic::error(codes::NOT_A_PLACE, place.span, message).help(help));
            return None;
        }
        let given = [
            (Word::of(target.form), Some(target.span)),
            (Some(Word::Smooth), manner.smooth.map(|smooth| smooth.window.span)),
            (Some(Word::Every), manner.every.map(|every| every.span)),
            (Some(Word::Last), manner.last.map(|last| last.span)),
            (Some(Word::When), manner.turn.when.as_ref().map(|slot| slot.span)),
            (Some(Word::Order), manner.turn.order.as_ref().map(|order| order.span)),
            (Some(Word::With), manner.with.first().map(|name| name.span)),
        ];
        let (_, takes, reason) = TAKES.iter().find(|row| row.0 == kind)?;
        let mut given = given.into_iter().filter_map(|(word, span)| Some((word?, span?)));
        let Some((word, span)) = given.find(|(word, _)| !takes.contains(word)) else { return Some(()) };
        let behind = Word::of(target.form);
        let form = if behind == Some(word) { "" } else { target.form.text() };
        let written = format!("{} {form}", expression(&target.place));
        let written = written.trim_end();
        let message = format!("`{name}` {reason}: `{}` says nothing about it", word.text());
        let help = if manner.several && behind != Some(word) {
            format!("write two lines: `record {written}`, and another with `{}` for the rest", word.text())
        } else {
            format!("write `record {written}`")
        };
        self.report(Diagnostic::error(codes::NOT_A_PLACE, span, message).help(help));
        None
    }

    /// When spikes and events are made.
    fn made(&self, base: Base, what: &Recorded) -> Option<Turn> {
        let Base::Neurons(part) = base else { return None };
        let population = self.network.populations.get(part.group.population.0 as usize)?;
        match what {
            Recorded::Spikes(_) | Recorded::Rate(_) => Some(population.threshold_turn),
            Recorded::Counts(_, None) => Some(population.threshold_turn),
            Recorded::Events(_, event) | Recorded::Counts(_, Some(event)) => {
                population.events.get(*event as usize).map(|event| event.turn)
            }
            Recorded::Values(_) | Recorded::Mean(_) | Recorded::Variance(_) => None,
            Recorded::AtEnd(_) | Recorded::Synapses(_) => None,
        }
    }

    /// How often to sample [s]: a positive multiple of the time step of what is recorded.
    fn interval(&mut self, expr: &Expr, clock: ClockId) -> Option<f64> {
        let value = self.constant_of(expr, Some(Dimension::SECOND), "`every`")?;
        let dt = self.time_step_of(clock);
        let interval = value.number;
        if sample_ticks(interval, dt).is_some() {
            return Some(interval);
        }
        let message = format!(
            "{} is {}, and samples are taken at whole time steps of {}",
            quoted(expr),
            quantity(interval, Dimension::SECOND),
            quantity(dt, Dimension::SECOND)
        );
        self.report(Diagnostic::error(codes::TIME_VALUE, expr.span, message).help("write a multiple of `dt`"));
        None
    }

    /// How long a window is [s]: at least as long as from one sample to the next.
    fn window_of(&mut self, expr: &Expr, every: f64) -> Option<f64> {
        let window = self.constant_of(expr, Some(Dimension::SECOND), "`last`")?.number;
        if window.is_finite() && window >= every * (1.0 - 1e-4) {
            return Some(window);
        }
        let message = format!(
            "the last {} hold nothing: there is a sample every {}",
            quantity(window, Dimension::SECOND),
            quantity(every, Dimension::SECOND)
        );
        self.report(Diagnostic::error(codes::TIME_VALUE, expr.span, message).help("write it as in `last 100*ms`"));
        None
    }

    /// When in a step it is recorded, where that is written: never before what is recorded is made.
    fn record_turn(&mut self, written: &ast::Turn, made: Option<Turn>, kind: Kind) -> Option<Option<Turn>> {
        let span = match (&written.when, &written.order) {
            (Some(slot), _) => slot.span,
            (None, Some(order)) => order.span,
            (None, None) => return Some(None),
        };
        let usual = match (kind, made) {
            (Kind::Spikes | Kind::Events | Kind::Counts, Some(made)) => made.slot,
            (Kind::Rate, _) => Slot::End,
            _ => Slot::Start,
        };
        let before = self.found.len();
        let turn = self.turn(written, Turn::of(usual));
        if self.found.len() > before {
            return None;
        }
        if made.is_none_or(|made| made <= turn) {
            return Some(Some(turn));
        }
        let message = "at that point of a step nothing has spiked yet";
        let help = "without `when` and `order` it is recorded right after it is made";
        self.report(Diagnostic::error(codes::TOO_EARLY, span, message).help(help));
        None
    }

    /// `smooth gaussian 5*ms`
    fn smooth(&mut self, written: &ast::Smooth) -> Option<Smooth> {
        let window: fn(f64) -> Smooth = match &*written.window.text {
            "flat" => Smooth::Flat,
            "gaussian" => Smooth::Gaussian,
            other => {
                let message = format!("there is no window `{other}` to smooth with");
                let help = match suggestions::nearest(other, ["flat", "gaussian"]) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => "write `smooth flat 10*ms` or `smooth gaussian 5*ms`".to_owned(),
                };
                self.report(Diagnostic::error(codes::NOT_A_PLACE, written.window.span, message).help(help));
                return None;
            }
        };
        let width = self.constant_of(&written.width, Some(Dimension::SECOND), "`smooth`")?.number;
        if width > 0.0 && width.is_finite() {
            return Some(window(width));
        }
        let message = format!("a window is wider than 0 s, and this one is {}", quantity(width, Dimension::SECOND));
        let help = "write it as in `smooth gaussian 5*ms`";
        self.report(Diagnostic::error(codes::TIME_VALUE, written.width.span, message).help(help));
        None
    }

    /// `with v, vt`: each name with its value.
    fn variables_at_spikes(&mut self, of: &Place<'_>, names: &[Name]) -> Option<Vec<(String, Quantity)>> {
        let mut with: Vec<(String, Quantity)> = Vec::new();
        for name in names {
            if with.iter().any(|(before, _)| **before == *name.text) {
                let message = format!("`{}` is named twice", name.text);
                let help = "each is one column of the table";
                self.report(Diagnostic::error(codes::RECORDED_TWICE, name.span, message).help(help));
                return None;
            }
            let place = Place { base: of.base, base_expr: of.base_expr, name, items: None, span: name.span };
            with.push((name.text.to_string(), self.quantity(&place)?));
        }
        Some(with)
    }
}
