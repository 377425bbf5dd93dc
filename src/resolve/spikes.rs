//! Spikes of a `spike_source`: listed, in arrays or in a file, once or in every period; and `set` of them between runs.
//!
//! In: the members `spikes` and `period`. Out: time and neuron of every spike, and the period. No neuron has two spikes in one time
//! step, no spike is before 0, none at or after the end of the period.

use super::groups::{Named, Part};
use super::members::BlockKind;
use super::sources::{missing, paired};
use super::spell::quoted;
use super::{Resolver, codes, edges};
use crate::arrays::Content;
use crate::ir::expr::Type;
use crate::ir::network::{Action, Group, PopulationId, PopulationKind};
use crate::units::{Dimension, quantity};
use grammar::ast::{Argument, Expr, ExprKind, Member, MemberKind};
use grammar::{Diagnostic, Span};
use runtime::clock::{Tick, sample_ticks, spike_tick};
use std::collections::HashMap;

/// What a spike source does.
pub(super) struct Train {
    /// Time [s] and neuron of every spike.
    pub(super) spikes: Vec<(f64, u32)>,
    /// They come again after so long [s].
    pub(super) period: Option<f64>,
    /// Where they are given.
    pub(super) span: Span,
}

/// The spikes of one place before they are checked.
struct Given {
    neurons: Vec<f64>,
    times: Vec<f64>,
    /// Where each neuron and each time stands; one place for all that come from a file.
    places: Vec<(Span, Span)>,
    /// Whether each has a place of its own.
    listed: bool,
}

impl Given {
    fn place(&self, number: usize) -> (Span, Span) {
        self.places.get(number).or(self.places.first()).copied().unwrap_or_default()
    }

    /// What a message begins with: a file's spikes have no places of their own.
    fn which(&self, number: usize) -> String {
        if self.listed { String::new() } else { format!("spike {number}, counted from 0: ") }
    }
}

impl Resolver<'_> {
    /// The spikes that members give to a source of so many neurons whose time step is `dt`.
    pub(super) fn train(&mut self, members: &[&Member], size: Option<u32>, dt: f64) -> Option<Train> {
        let (arguments, span) = members.iter().find_map(|member| match &member.kind {
            MemberKind::Spikes(arguments) => Some((arguments, member.span)),
            _ => None,
        })?;
        let period = members.iter().find_map(|member| match &member.kind {
            MemberKind::Period(value) => Some(value),
            _ => None,
        });
        let given = self.given_spikes(arguments, span);
        let period = match period {
            Some(expr) => Some((self.period(expr, dt)?, expr)),
            None => None,
        };
        let given = given?;
        let spikes = self.checked(&given, size, dt)?;
        if let Some((period, expr)) = period {
            self.within_period(&given, period, expr, dt)?;
        }
        Some(Train { spikes, period: period.map(|(period, _)| period), span })
    }

    fn given_spikes(&mut self, arguments: &[Argument], span: Span) -> Option<Given> {
        if let Some(unnamed) = arguments.iter().find(|argument| argument.name.is_none()) {
            return self.spikes_of_file(&unnamed.value);
        }
        let named = |wanted: &str| {
            arguments.iter().find(|argument| argument.name.as_ref().is_some_and(|name| &*name.text == wanted))
        };
        for argument in arguments {
            if let Some(name) = argument.name.as_ref().filter(|name| !matches!(&*name.text, "i" | "t")) {
                self.report(spike_list(name.span, format!("spikes have `i` and `t`, no `{}`", name.text)));
            }
        }
        let (Some(i), Some(t)) = (named("i"), named("t")) else {
            self.report(spike_list(span, "spikes need both `i = […]` and `t = […]*ms`".to_owned()));
            return None;
        };
        let (neurons, times) = (self.numbers(&i.value), self.numbers(&t.value));
        let (neurons, times) = match paired(neurons?, times?) {
            Ok(lists) => lists,
            Err((neurons, times)) => {
                let wrong = spike_list(t.value.span, format!("{neurons} neurons are listed and {times} times"));
                self.report(wrong.label(format!("{times} times")).also(i.value.span, format!("{neurons} neurons")));
                return None;
            }
        };
        for (neuron, place) in &neurons {
            if neuron.kind != Type::Integer || !neuron.dimension.is_one() {
                self.report(spike_list(*place, "neurons are listed by their index, an integer".to_owned()));
                return None;
            }
        }
        for (time, place) in &times {
            self.is_time(time.dimension, *place)?;
        }
        let places = neurons.iter().zip(&times).map(|((_, neuron), (_, time))| (*neuron, *time)).collect();
        let neurons = neurons.into_iter().map(|(neuron, _)| neuron.number).collect();
        let times = times.into_iter().map(|(time, _)| time.number).collect();
        let listed = !self.is_of_file(&i.value) && !self.is_of_file(&t.value);
        Some(Given { neurons, times, places, listed })
    }

    /// `spikes csv("spikes.csv")`: columns i and t, or two without names; `spikes npy("spikes.npy")`: two columns.
    fn spikes_of_file(&mut self, expr: &Expr) -> Option<Given> {
        let read = match super::files::file_call(expr) {
            Some(_) => self.read_file(expr, 0)?,
            None => {
                let message = "spikes are given by `i = […]` and `t = […]*ms`, or by one file";
                self.report(spike_list(expr.span, message.to_owned()));
                return None;
            }
        };
        let places = vec![(read.span, read.span)];
        let table = match &read.content {
            Content::Table(table) => table,
            Content::Array(array) if array.shape().get(1) == Some(&2) => {
                let column = |first: usize| array.values().iter().skip(first).step_by(2).copied().collect();
                return Some(Given { neurons: column(0), times: column(1), places, listed: false });
            }
            Content::Array(array) => {
                let message = format!("this is {}", super::arrays::shape_words(array.shape()));
                let help = "spikes are rows of two columns: the neuron, and the time in seconds";
                self.report(Diagnostic::error(codes::SHAPE, read.span, message).help(help));
                return None;
            }
            Content::Matrix(_) => {
                self.report(spike_list(read.span, "a sparse matrix holds no spikes".to_owned()));
                return None;
            }
        };
        let (neurons, times) = match table.columns.as_slice() {
            [first, second] if first.name.is_empty() => (first, second),
            columns => {
                let mut wanted = |name: &str| {
                    let found = columns.iter().find(|column| column.name == name);
                    if found.is_none() {
                        self.report(edges::no_column(table, read.path, name, read.span));
                    }
                    found
                };
                (wanted("i")?, wanted("t")?)
            }
        };
        let (factor, dimension) = self.heading_unit(times, read.path, read.span)?.unwrap_or((1.0, Dimension::SECOND));
        self.is_time(dimension, read.span)?;
        let times = times.values.iter().map(|time| time * factor).collect();
        Some(Given { neurons: neurons.values.to_vec(), times, places, listed: false })
    }

    fn is_time(&mut self, dimension: Dimension, span: Span) -> Option<()> {
        if dimension == Dimension::SECOND {
            return Some(());
        }
        let message = format!("a spike's time is a time, and this {}", super::checks::has_unit(dimension));
        self.report(Diagnostic::error(codes::WRONG_UNIT, span, message).help("write it as in `t = [1, 2]*ms`"));
        None
    }

    /// Spikes whose neurons are there, whose times can be reached, and of which no two fall together.
    fn checked(&mut self, given: &Given, size: Option<u32>, dt: f64) -> Option<Vec<(f64, u32)>> {
        let mut fine = true;
        let mut seen: HashMap<(u32, i64), usize> = HashMap::new();
        let mut spikes = Vec::with_capacity(given.times.len());
        for (number, (&neuron, &time)) in given.neurons.iter().zip(&given.times).enumerate() {
            let place = given.place(number);
            let neuron = self.spiking_neuron(given, number, neuron, size);
            let (Some(neuron), Some(time)) = (neuron, self.spike_time(given, number, time)) else {
                fine = false;
                // All mistakes of a file have one place: the first is enough.
                if !given.listed {
                    break;
                }
                continue;
            };
            let Tick(tick) = spike_tick(time, dt);
            if let Some(first) = seen.insert((neuron, tick), number) {
                let message = format!("{}neuron {neuron} has two spikes in one time step", given.which(number));
                let mut wrong = spike_list(place.1, message).also(given.place(first).1, "the other one");
                wrong.help = vec![format!(
                    "leave one of them out, or take a smaller `dt`: it is {}",
                    quantity(dt, Dimension::SECOND)
                )];
                self.report(wrong);
                fine = false;
                if !given.listed {
                    break;
                }
            }
            spikes.push((time, neuron));
        }
        fine.then_some(spikes)
    }

    fn spiking_neuron(&mut self, given: &Given, number: usize, neuron: f64, size: Option<u32>) -> Option<u32> {
        let (span, _) = given.place(number);
        if given.listed {
            let group = Group { population: PopulationId(0), offset: 0, size: size.unwrap_or(1) };
            return self.index(neuron as i32, Part { group, sized: size.is_some() }, span);
        }
        let count = size.unwrap_or(u32::MAX);
        if neuron.fract() == 0.0 && (0.0..f64::from(count)).contains(&neuron) {
            return Some(neuron as u32);
        }
        let message = if neuron.fract() == 0.0 {
            format!("{}neuron {neuron} is outside a group of {count} neurons", given.which(number))
        } else {
            format!("{}a neuron is given by its index, an integer, and this is {neuron}", given.which(number))
        };
        let help = format!("indices go from 0 to {}", count.saturating_sub(1));
        self.report(Diagnostic::error(codes::OUTSIDE_GROUP, span, message).help(help));
        None
    }

    fn spike_time(&mut self, given: &Given, number: usize, time: f64) -> Option<f64> {
        if time >= 0.0 && time.is_finite() {
            return Some(time);
        }
        let (shown, which) = (quantity(time, Dimension::SECOND), given.which(number));
        let message = format!("{which}a spike cannot be at {shown}: the experiment begins at 0");
        self.report(spike_list(given.place(number).1, message));
        None
    }

    /// After how long spikes come again [s]: a whole number of time steps.
    fn period(&mut self, expr: &Expr, dt: f64) -> Option<f64> {
        let period = self.constant_of(expr, Some(Dimension::SECOND), "`period`")?.number;
        if sample_ticks(period, dt).is_some() {
            return Some(period);
        }
        let (shown, step) = (quantity(period, Dimension::SECOND), quantity(dt, Dimension::SECOND));
        let message = format!("a period is one or more whole time steps of {step}, and {} is {shown}", quoted(expr));
        self.report(Diagnostic::error(codes::TIME_VALUE, expr.span, message).help("write a multiple of `dt`"));
        None
    }

    fn within_period(&mut self, given: &Given, period: f64, expr: &Expr, dt: f64) -> Option<()> {
        let ticks = sample_ticks(period, dt).map(i64::from)?;
        let late = given.times.iter().position(|&time| spike_tick(time, dt).0 >= ticks);
        let Some(number) = late else { return Some(()) };
        let shown = |time| quantity(time, Dimension::SECOND);
        let message = format!(
            "{}a spike at {} is not within a period of {}",
            given.which(number),
            shown(given.times[number]),
            shown(period)
        );
        self.report(
            spike_list(given.place(number).1, message)
                .also(expr.span, "the period")
                .help("make the period longer than the time of the last spike"),
        );
        None
    }

    /// `set Gen { spikes …; period … }`
    pub(super) fn set_spikes(&mut self, place: &Expr, body: &[Member], span: Span) -> Option<Action> {
        let (members, whole) = self.members(BlockKind::SpikeSource, body);
        let population = self.spike_source_of(place)?;
        let other = members.iter().find(|member| !matches!(member.kind, MemberKind::Spikes(_) | MemberKind::Period(_)));
        if let Some(other) = other {
            let message = "between runs only the spikes of a source can be changed";
            let help = "`set` takes `spikes` and `period`: write the rest into the spike_source block";
            self.report(Diagnostic::error(codes::MISPLACED, other.span, message).help(help));
            return None;
        }
        if !members.iter().any(|member| matches!(member.kind, MemberKind::Spikes(_))) {
            if whole {
                self.report(missing("spikes", "spikes i = [0, 1], t = [1, 2]*ms", "`set` of a spike_source", span));
            }
            return None;
        }
        let number = population.0 as usize;
        let clock = self.network.populations.get(number).map(|population| population.clock).unwrap_or_default();
        let dt = self.time_step_of(clock);
        let Train { spikes, period, .. } = self.train(&members, self.sizes.get(number).copied().flatten(), dt)?;
        self.warn_of_past(&spikes, period, span);
        Some(Action::SetSpikes { population, spikes, period, span })
    }

    /// Spikes of times that are past are left out, as in Brian2; a state that was restored may be of any time.
    fn warn_of_past(&mut self, spikes: &[(f64, u32)], period: Option<f64>, span: Span) {
        let mut now = 0.0;
        for action in &self.network.actions {
            match action {
                Action::Run { duration, .. } => now += duration,
                Action::Restore { .. } => return,
                _ => {}
            }
        }
        let past = spikes.iter().filter(|(time, _)| time + 1e-3 * self.network.dt < now).count();
        if past == 0 || period.is_some() {
            return;
        }
        let spikes = if past == 1 { "1 spike is".to_owned() } else { format!("{past} spikes are") };
        let message = format!("{spikes} of times before {}, and left out", quantity(now, Dimension::SECOND));
        let help = "times are those of the whole experiment, not of the next run";
        self.report(Diagnostic::warning(codes::PAST_SPIKES, span, message).help(help));
    }

    fn spike_source_of(&mut self, place: &Expr) -> Option<PopulationId> {
        let whole = match &place.kind {
            ExprKind::Name(name) => match self.objects.get(name) {
                Some(Named::Population(part)) => Some(part.group.population),
                _ => None,
            },
            ExprKind::Error => return None,
            _ => None,
        };
        let source = whole.filter(|population| {
            let found = self.network.populations.get(population.0 as usize);
            found.is_some_and(|population| matches!(population.kind, PopulationKind::Spikes { .. }))
        });
        if source.is_some() {
            return source;
        }
        if whole.is_none()
            && let ExprKind::Name(name) = &place.kind
            && !self.objects.contains_key(name)
        {
            self.unknown_object(name, place.span);
            return None;
        }
        let message = format!("{} is no spike source: its spikes cannot be set", quoted(place));
        let help = "name a whole `spike_source`; variables are set by `set P.v = …`";
        self.report(Diagnostic::error(codes::NOT_A_PLACE, place.span, message).help(help));
        None
    }
}

fn spike_list(span: Span, message: String) -> Diagnostic {
    Diagnostic::error(codes::SPIKE_LIST, span, message).help("write them as in `spikes i = [0, 1], t = [1, 2.5]*ms`")
}
