//! What a recording is of, in the words of whoever asked for it, and from when to when.
//!
//! In: the name of a recording's file, what is known of the run. Out: groups, variables and titles as pictures speak of them.

use super::about::About;
use crate::units::{self, Dimension};

/// A recording as pictures speak of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Subject {
    /// What its file is called, without what it ends in.
    pub(super) file: String,
    /// Whose it is: `P[:50]`.
    pub(super) group: String,
    /// What is recorded: `spikes`, `v`.
    pub(super) what: String,
    /// In which form.
    pub(super) form: Form,
    /// When it begins [s]; `None` where its first row says so.
    pub(super) since: Option<f64>,
    /// When the run ended [s]; 0 where that is not known.
    pub(super) end: f64,
    /// How many neurons the group has, where that is known.
    pub(super) size: Option<u32>,
    /// Whether it is a population of a single neuron, which needs no number.
    pub(super) single: bool,
    /// What one of its elements is called: `neuron`.
    pub(super) element: &'static str,
    /// How a rate is smoothed: `a gaussian of 5 ms`.
    pub(super) smooth: Option<String>,
}

/// What of it is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// All, or what came last.
    Course,
    /// How often it happened.
    Counts,
    /// Its mean over time.
    Mean,
    /// Its variance over time.
    Variance,
    /// What it is worth at the end.
    AtEnd,
}

impl Subject {
    /// Of the recording in this file.
    pub(super) fn new(file: &str, about: &About) -> Self {
        let origin = about.origin(file);
        let recorded = origin.map(|origin| origin.recorded.as_str()).filter(|words| !words.is_empty());
        let written = recorded.map_or_else(|| file.replace("at_end", "at end"), ToOwned::to_owned);
        let (group, rest) = written.split_once('.').unwrap_or((&written, ""));
        let mut words = rest.split([' ', '.', '_']);
        let what = rest.split([' ', '.']).next().unwrap_or_default();
        let base = group.split('[').next().unwrap_or(group);
        let last = rest.strip_prefix(what).unwrap_or_default();
        let last = last.split(" every ").next().unwrap_or_default();
        let form = match last.trim_start_matches([' ', '.']) {
            "counts" => Form::Counts,
            "mean" => Form::Mean,
            "variance" => Form::Variance,
            "at end" => Form::AtEnd,
            _ => Form::Course,
        };
        let window = if last.contains("flat") { "a flat window" } else { "a gaussian" };
        let width = origin.and_then(|origin| origin.smooth_s);
        let smooth = words.any(|word| word == "smooth").then(|| match width {
            Some(width) => format!("{window} of {}", shown(width)),
            None => window.to_owned(),
        });
        let neurons = origin.and_then(|origin| origin.neurons).or_else(|| about.size(group));
        let element = match (neurons.or_else(|| about.size(base)), about.is_projection(base)) {
            (Some(_), _) => "neuron",
            (None, true) => "synapse",
            (None, false) => "element",
        };
        Self {
            file: file.to_owned(),
            group: group.to_owned(),
            what: what.to_owned(),
            form,
            since: origin.map(|origin| origin.since_s),
            end: about.end,
            size: neurons,
            single: about.size(group) == Some(1),
            element,
            smooth,
        }
    }

    /// When it begins [s], where its first row is at this time.
    pub(super) fn start(&self, first: f64) -> f64 {
        self.since.map_or(first, |since| since.min(first))
    }

    /// A title, which says where not all of the run is seen.
    pub(super) fn titled(&self, title: &str) -> String {
        match self.since {
            Some(since) if since > 0.0 && since < self.end => format!("{title}, the last {}", shown(self.end - since)),
            _ => title.to_owned(),
        }
    }

    /// Spikes, or how an event is called.
    pub(super) fn happenings(&self) -> String {
        if self.what == "spikes" { "Spikes".to_owned() } else { format!("Events {}", self.what) }
    }

    /// `spikes` or `events`.
    pub(super) fn happened(&self) -> &'static str {
        if self.what == "spikes" { "spikes" } else { "events" }
    }
}

/// A time [s] of three digits, as people write it: `3.2 ms`.
pub(super) fn shown(seconds: f64) -> String {
    let digits = format!("{seconds:.2e}").parse().unwrap_or(seconds);
    units::quantity(digits, Dimension::SECOND).replace(" us", " µs")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Origin;

    fn subject(file: &str, recorded: &str, since_s: f64, smooth_s: Option<f64>) -> Subject {
        let origin = Origin { recorded: recorded.to_owned(), since_s, smooth_s, neurons: None };
        let about = About {
            end: 1.0,
            populations: vec![("P".to_owned(), 100)],
            projections: vec!["S".to_owned()],
            origins: vec![(file.to_owned(), origin)],
        };
        Subject::new(file, &about)
    }

    #[test]
    fn recordings_are_spoken_of_as_they_were_asked_for() {
        let last = subject("P[-50].spikes.last", "P[:50].spikes last", 0.9, None);
        assert_eq!((last.group.as_str(), last.what.as_str(), last.form), ("P[:50]", "spikes", Form::Course));
        assert_eq!(last.titled("Spikes of P[:50]"), "Spikes of P[:50], the last 100 ms");
        assert_eq!((last.size, last.element), (None, "neuron"));
        let neurons = Origin { recorded: "Pe.spikes".to_owned(), neurons: Some(10), ..Origin::default() };
        let named =
            Subject::new("Pe.spikes", &About { origins: vec![("Pe.spikes".to_owned(), neurons)], ..About::default() });
        assert_eq!((named.size, named.element), (Some(10), "neuron"), "a part with a name of its own");
        let smooth = subject("P.population_rate.smooth_flat", "P.population_rate smooth flat", 0.0, Some(0.005));
        assert_eq!(smooth.smooth.as_deref(), Some("a flat window of 5 ms"));
        assert_eq!(smooth.titled("Rate of P"), "Rate of P");
        for (file, recorded, form) in [
            ("S.w.at_end", "S.w at end", Form::AtEnd),
            ("S.w.mean", "S.w mean", Form::Mean),
            ("S.w.variance", "S.w variance", Form::Variance),
            ("S.w.counts", "S.w counts", Form::Counts),
            ("S.mean", "S.mean", Form::Course),
        ] {
            let asked = subject(file, recorded, 0.0, None);
            assert_eq!((asked.form, asked.element), (form, "synapse"), "{recorded}");
            let about = About { projections: vec!["S".to_owned()], ..About::default() };
            let unknown = Subject::new(file, &about);
            assert_eq!((unknown.form, unknown.what, unknown.since), (form, asked.what, None), "{file}");
        }
    }
}
