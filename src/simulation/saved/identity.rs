//! What a checkpoint is of: the texts and options that decide a model's numbers, and what was compiled from them.
//!
//! In: a compiled model. Out: a value that is equal for models that give the same numbers, and, for two that do not,
//! what differs between them in words. Texts are kept whole, so that a run can go on where they are gone; of arrays and
//! other files there is a digest. Engine, threads and vectors are not here: results do not depend on them.

use crate::arrays::Array;
use crate::codegen;
use crate::ir::plan::Plan;
use crate::simulation::options::{Cpu, Options, Precision};
use crate::sources::Source;
use serde::{Deserialize, Serialize};
use std::fmt::{self, Write};
use twox_hash::XxHash3_128;

/// What numbers depend on, besides the seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::simulation) struct Identity {
    /// Name and contents of the model's text, then of those it uses.
    pub(super) texts: Vec<(String, String)>,
    pub(super) set: Vec<(String, String)>,
    pub(super) dt: Option<String>,
    pub(super) duration: Option<String>,
    /// The seed that was given. That of the network, which may be another, is part of its state.
    pub(super) seed: Option<u64>,
    pub(super) baseline: bool,
    /// Neurons and synapses have 32-bit floats.
    pub(super) singles: bool,
    /// Multiply-adds are fused.
    fused: bool,
    pub(super) threshold_apart: bool,
    pub(super) traces_per_synapse: bool,
    /// Names and signatures of the program's own functions.
    functions: Vec<(String, String)>,
    /// Name and digest of the program's own arrays.
    arrays: Vec<(String, u128)>,
    /// Path and digest of files with arrays.
    files: Vec<(String, u128)>,
    /// Digest of what was compiled.
    numbers: u128,
}

/// Text that is only summed up.
struct Digest(XxHash3_128);

impl Write for Digest {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}

/// A digest of bytes.
pub(in crate::simulation) fn digest(bytes: &[u8]) -> u128 {
    XxHash3_128::oneshot(bytes)
}

fn digest_of(array: &Array) -> u128 {
    let mut sum = XxHash3_128::new();
    array.shape().iter().for_each(|&length| sum.write(&(length as u64).to_le_bytes()));
    array.values().iter().for_each(|value| sum.write(&value.to_bits().to_le_bytes()));
    sum.finish_128()
}

impl Identity {
    /// Of a model of these texts (its own first) and files, compiled to that plan.
    pub(in crate::simulation) fn new(
        texts: &[Source],
        files: Vec<(String, u128)>,
        options: &Options,
        plan: &Plan,
    ) -> Self {
        let mut numbers = Digest(XxHash3_128::new());
        // A plan is plain values, whose notes for debugging are all of them.
        let noted = write!(numbers, "{:?}", Plan { seed: None, ..plan.clone() });
        debug_assert!(noted.is_ok(), "a digest takes everything");
        Self {
            texts: texts.iter().map(|source| (source.name.clone(), source.text.clone())).collect(),
            set: options.set.clone(),
            dt: options.dt.clone(),
            duration: options.duration.clone(),
            seed: options.seed,
            baseline: options.cpu == Cpu::Baseline,
            singles: options.precision == Precision::F32,
            fused: options.cpu == Cpu::Host && codegen::host_has_fma(),
            threshold_apart: options.threshold_apart,
            traces_per_synapse: options.traces_per_synapse,
            functions: options.functions.iter().map(|own| (own.name.clone(), own.signature.clone())).collect(),
            arrays: options.arrays.iter().map(|(name, array)| (name.clone(), digest_of(array))).collect(),
            files,
            numbers: numbers.0.finish_128(),
        }
    }

    /// The same, whatever seed was given.
    pub(in crate::simulation) fn of_any_seed(&self) -> Self {
        Self { seed: None, ..self.clone() }
    }

    pub(super) fn numbers(&self) -> u128 {
        self.numbers
    }

    /// What a model differs in from this one, which was saved; each as a clause of a sentence.
    pub(in crate::simulation) fn differences(&self, model: &Self) -> Vec<String> {
        let mut told = Vec::new();
        for (place, (name, saved)) in self.texts.iter().enumerate() {
            match model.texts.get(place) {
                Some((_, text)) if text == saved => {}
                Some((_, text)) => {
                    told.push(format!("`{name}` has changed in line {}", first_changed_line(saved, text)))
                }
                None => told.push(format!("it used `{name}`")),
            }
        }
        let more = model.texts.iter().skip(self.texts.len());
        told.extend(more.map(|(name, _)| format!("`{name}` is used now")));
        let written = |option: &Option<String>| option.clone().unwrap_or_else(|| "not given".to_owned());
        for (name, saved, given) in [("dt", &self.dt, &model.dt), ("duration", &self.duration, &model.duration)] {
            if saved != given {
                told.push(format!("the option `{name}` was {} and is {}", written(saved), written(given)));
            }
        }
        let valued = |was: &String, is: &String| format!("was {was} and is {is}");
        told.extend(pairs("constant", &self.set, &model.set, valued));
        let signed = |was: &String, is: &String| format!("was `{was}` and is `{is}`");
        told.extend(pairs("function", &self.functions, &model.functions, signed));
        let filled = |_: &u128, _: &u128| "has changed".to_owned();
        told.extend(pairs("array", &self.arrays, &model.arrays, filled));
        told.extend(pairs("file", &self.files, &model.files, filled));
        let mut either = |differs: bool, was: &str, is: &str, saved: bool| {
            let (was, is) = if saved { (was, is) } else { (is, was) };
            told.extend(differs.then(|| format!("it was compiled {was}, and the model is compiled {is}")));
        };
        let processor = self.baseline != model.baseline;
        either(processor, "for every processor", "for this one", self.baseline);
        let fused = self.fused != model.fused && !processor;
        either(fused, "with fused multiply-adds", "without, which this processor has not", self.fused);
        let singles = self.singles != model.singles;
        either(singles, "with floats of 32 bits", "with floats of 64 bits", self.singles);
        let apart = self.threshold_apart != model.threshold_apart;
        either(apart, "with thresholds apart", "with thresholds within steps", self.threshold_apart);
        let traces = self.traces_per_synapse != model.traces_per_synapse;
        either(traces, "with traces kept by synapses", "with traces kept by neurons", self.traces_per_synapse);
        told
    }
}

/// Names that are on one side only, or stand for something else there. Of one name the last counts.
fn pairs<T: PartialEq>(
    what: &str,
    saved: &[(String, T)],
    given: &[(String, T)],
    changed: impl Fn(&T, &T) -> String,
) -> Vec<String> {
    let last = |list: &[(String, T)], name: &str| list.iter().rposition(|(other, _)| other == name);
    let mut told = Vec::new();
    let counting = saved.iter().enumerate().filter(|(place, (name, _))| last(saved, name) == Some(*place));
    for (_, (name, value)) in counting {
        match last(given, name).map(|place| &given[place].1) {
            Some(other) if other == value => {}
            Some(other) => told.push(format!("the {what} `{name}` {}", changed(value, other))),
            None => told.push(format!("the {what} `{name}` was given and is not")),
        }
    }
    let added = given.iter().filter(|(name, _)| last(saved, name).is_none());
    told.extend(added.map(|(name, _)| format!("the {what} `{name}` was not given and is")));
    told
}

/// From 1; the first beyond the shorter where one goes on.
fn first_changed_line(saved: &str, text: &str) -> usize {
    saved.lines().zip(text.lines()).take_while(|(a, b)| a == b).count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    type Change = fn(&mut Identity);

    fn identity() -> Identity {
        let text = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        Identity {
            texts: vec![text("m.rheo", "a = 1\nb = 2\n"), text("c.rheo", "c = 3\n")],
            set: vec![text("a", "2")],
            dt: None,
            duration: Some("1*second".to_owned()),
            seed: None,
            baseline: false,
            singles: false,
            fused: true,
            threshold_apart: false,
            traces_per_synapse: false,
            functions: vec![],
            arrays: vec![("w".to_owned(), 5)],
            files: vec![("w.npy".to_owned(), 7)],
            numbers: 1,
        }
    }

    #[test]
    fn what_differs_is_named() {
        let saved = identity();
        let differs = |change: Change| {
            let mut other = identity();
            change(&mut other);
            saved.differences(&other)
        };
        let rows: [(Change, &str); 12] = [
            (|other| other.texts[0].1 = "a = 1\nb = 3\n".to_owned(), "`m.rheo` has changed in line 2"),
            (|other| drop(other.texts.pop()), "it used `c.rheo`"),
            (|other| other.texts.push(("d.rheo".to_owned(), String::new())), "`d.rheo` is used now"),
            (|other| other.set[0].1 = "3".to_owned(), "the constant `a` was 2 and is 3"),
            (|other| other.set.clear(), "the constant `a` was given and is not"),
            (|other| other.set.push(("b".to_owned(), "1".to_owned())), "the constant `b` was not given and is"),
            (|other| other.dt = Some("0.1*ms".to_owned()), "the option `dt` was not given and is 0.1*ms"),
            (|other| other.arrays[0].1 = 6, "the array `w` has changed"),
            (|other| other.files[0].1 = 8, "the file `w.npy` has changed"),
            (
                |other| other.baseline = true,
                "it was compiled for this one, and the model is compiled for every processor",
            ),
            (
                |other| other.threshold_apart = true,
                "it was compiled with thresholds within steps, and the model is compiled with thresholds apart",
            ),
            (
                |other| other.fused = false,
                "it was compiled with fused multiply-adds, and the model is compiled without, which this processor has not",
            ),
        ];
        for (change, told) in rows {
            assert_eq!(differs(change), [told]);
        }
        assert_eq!(differs(|_| {}), Vec::<String>::new());
    }
}
