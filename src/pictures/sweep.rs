//! Pictures of sweeps: a measure over the values of what was varied, as curves or as a map.
//!
//! In: plain values, one for each combination of the axes. Out: for one axis a curve with its points; for two a map, or, where one
//! of them has few values, a curve for each of those; for more axes such a picture for each combination of those before the last
//! two. Axes of one value are told in words. What has no value leaves a gap.

mod characters;
#[cfg(test)]
mod tests;

pub(super) use characters::characters;

use super::scale::Scale;
use super::{Axis, Kind, Mark, Panel, Picture};
use crate::units;

/// An axis of so many values is told apart by colours.
const MOST_CURVES: usize = 5;

/// Combinations of further axes that are drawn.
const MOST_PICTURES: usize = 12;

/// Values are in logarithmic steps where so many have one ratio, and the last is more than so many times the first.
const FEWEST_OF_A_RATIO: usize = 4;
const DECADE: f64 = 10.0;

/// Cells that differ more than this in width stand beside each other without a scale.
const MOST_UNEVEN: f64 = 8.0;

/// Something that was varied.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Varied<'a> {
    /// The constant: `tau`.
    pub name: &'a str,
    /// The unit of its values, as tables have it: `V`, `S/m^2`, `1`; what `Dimension` is displayed as.
    pub unit: &'a str,
    /// In SI base units, in the order of the sweep; truth is 1.
    pub values: &'a [f64],
}

/// One measure over the points of a sweep.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Swept<'a> {
    /// The measure as written: `rate(P)`.
    pub measure: &'a str,
    /// The unit of its values, as tables have it.
    pub unit: &'a str,
    /// What was varied; the first changes slowest.
    pub axes: &'a [Varied<'a>],
    /// One for each point, in order; `None` where the point failed or was not run. What is not finite is none either.
    pub values: &'a [Option<f64>],
}

impl Swept<'_> {
    /// Its pictures; none where there is no value, or nothing was varied.
    #[must_use]
    pub fn pictures(&self) -> Vec<Picture> {
        self.named(&file(self.measure))
    }

    /// The same, whose files are called so.
    fn named(&self, file: &str) -> Vec<Picture> {
        let used: Vec<usize> = (0..self.axes.len()).filter(|&axis| self.axes[axis].values.len() > 1).collect();
        let finite = || self.values.iter().flatten().copied().filter(|value| value.is_finite());
        let Some(range) = finite().map(|value| (value, value)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))) else {
            return Vec::new();
        };
        let scale = Scale::of(self.unit, range.0.abs().max(range.1.abs()));
        let (further, drawn) = used.split_at(used.len().saturating_sub(2));
        let has_places = |&axis: &usize| self.axes[axis].values.iter().any(|value| value.is_finite());
        if drawn.is_empty() || !drawn.iter().all(has_places) {
            return Vec::new();
        }
        let combinations: usize = further.iter().map(|&axis| self.axes[axis].values.len()).product();
        let picture = |number: usize| {
            let at = self.combination(further, number);
            let name = if further.is_empty() { file.to_owned() } else { format!("{file}.{}", number + 1) };
            let panel = View { swept: self, at: at.clone(), scale: &scale, range }.panel(drawn);
            let here: Vec<String> = further.iter().map(|&axis| self.axes[axis].worth(at[axis])).collect();
            let by: Vec<&str> = drawn.iter().map(|&axis| self.axes[axis].name).collect();
            let title = [format!("{} by {}", self.measure, by.join(" and "))].into_iter().chain(here);
            let title = title.collect::<Vec<_>>().join(", ");
            let mut note = self.note(further, combinations);
            if is_bare(&panel) {
                note = format!("no point of these has a value; {note}");
            }
            Picture { kind: Kind::Sweep, name, title, note, panels: vec![panel] }
        };
        (0..combinations.min(MOST_PICTURES)).map(picture).collect()
    }

    /// The place on each axis for a combination of further ones; the last of them changes fastest.
    fn combination(&self, further: &[usize], number: usize) -> Vec<usize> {
        let (mut at, mut rest) = (vec![0; self.axes.len()], number);
        for &axis in further.iter().rev() {
            let count = self.axes[axis].values.len();
            at[axis] = rest % count;
            rest /= count;
        }
        at
    }

    /// The value at a place on each axis.
    fn value(&self, at: &[usize]) -> f64 {
        let number = self.axes.iter().zip(at).fold(0, |number, (axis, place)| number * axis.values.len() + place);
        self.values.get(number).copied().flatten().filter(|value| value.is_finite()).unwrap_or(f64::NAN)
    }

    fn note(&self, further: &[usize], combinations: usize) -> String {
        let mut said: Vec<String> =
            self.axes.iter().filter(|axis| axis.values.len() == 1).map(|axis| axis.worth(0)).collect();
        let points: usize = self.axes.iter().map(|axis| axis.values.len()).product();
        let there = self.values.iter().flatten().filter(|value| value.is_finite()).count();
        if there < points {
            let (missing, points) = (units::grouped((points - there) as u64), units::grouped(points as u64));
            said.push(format!("{missing} of {points} points have no value"));
        }
        if combinations > MOST_PICTURES {
            let names: Vec<&str> = further.iter().map(|&axis| self.axes[axis].name).collect();
            let (names, left) = (names.join(" and "), units::grouped((combinations - MOST_PICTURES) as u64));
            said.push(format!("the first {MOST_PICTURES} values of {names} are drawn, {left} are left out"));
        }
        said.join("; ")
    }
}

impl Varied<'_> {
    /// `tau = 5 ms`
    fn worth(&self, place: usize) -> String {
        let value = self.values[place];
        let scale = Scale::of(self.unit, value.abs());
        let unit = if scale.unit.is_empty() { String::new() } else { format!(" {}", scale.unit) };
        format!("{} = {}{unit}", self.name, digits(value * scale.factor))
    }
}

/// Six digits, as people write numbers.
pub(crate) fn digits(value: f64) -> String {
    units::number(format!("{value:.5e}").parse().unwrap_or(value))
}

/// The pictures of several measures, each under a name of its own, with the measure.
pub fn swept<'a>(measures: impl IntoIterator<Item = Swept<'a>>) -> Vec<(&'a str, Picture)> {
    let mut taken: Vec<String> = Vec::new();
    let mut all = Vec::new();
    for measure in measures {
        let name = file(measure.measure);
        let others = (2..).map(|number| format!("{name}-{number}"));
        let free = |name: &String| !taken.contains(name);
        let name = std::iter::once(name.clone()).chain(others).find(free).unwrap_or(name.clone());
        all.extend(measure.named(&name).into_iter().map(|picture| (measure.measure, picture)));
        taken.push(name);
    }
    all
}

/// What a file of a measure is called: letters, digits and `.`, `_`, `-`, which no shell reads otherwise: `rate-P-last-1-second`.
fn file(measure: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_');
    let words: Vec<&str> = measure.split(|letter| !plain(letter)).filter(|word| !word.is_empty()).collect();
    let name = words.join("-");
    let name = name.trim_start_matches(['.', '-']);
    if name.is_empty() { "measure".to_owned() } else { name.to_owned() }
}

/// Whether there is no value between the axes.
fn is_bare(panel: &Panel) -> bool {
    panel.marks.iter().all(|mark| match mark {
        Mark::Line { y, .. } => y.iter().all(|value| value.is_nan()),
        Mark::Cells { values, .. } => values.iter().all(|value| value.is_nan()),
        _ => false,
    })
}

/// What is drawn between one pair of axes.
struct View<'a> {
    swept: &'a Swept<'a>,
    /// The places on the axes that are not drawn.
    at: Vec<usize>,
    scale: &'a Scale,
    /// Of all values of the sweep, so that pictures can be compared.
    range: (f64, f64),
}

impl View<'_> {
    fn panel(&self, drawn: &[usize]) -> Panel {
        match *drawn {
            [first, second] => {
                let count = |axis: usize| self.swept.axes[axis].values.len();
                if count(first).min(count(second)) > MOST_CURVES {
                    self.map(first, second)
                } else if count(first) <= count(second) {
                    self.curves(second, Some(first))
                } else {
                    self.curves(first, Some(second))
                }
            }
            ref one => self.curves(one[0], None),
        }
    }

    fn value(&self, places: &[(usize, usize)]) -> f64 {
        let mut at = self.at.clone();
        places.iter().for_each(|&(axis, place)| at[axis] = place);
        self.swept.value(&at) * self.scale.factor
    }

    /// Over one axis; for each value of another, if there is one.
    fn curves(&self, over: usize, each: Option<usize>) -> Panel {
        let across = Across::new(&self.swept.axes[over]);
        let line = |colour: usize, name: String, more: &[(usize, usize)]| {
            let value = |&place: &usize| self.value(&[more, &[(over, place)]].concat());
            let y = across.order.iter().map(value).collect();
            Mark::Line { name, x: across.places.clone(), y, colour, faint: false, dots: true }
        };
        let marks = match each {
            None => vec![line(0, String::new(), &[])],
            Some(each) => {
                let axis = &self.swept.axes[each];
                (0..axis.values.len()).map(|place| line(place, axis.worth(place), &[(each, place)])).collect()
            }
        };
        let (low, high) = (self.range.0 * self.scale.factor, self.range.1 * self.scale.factor);
        let label = self.scale.label(self.swept.measure);
        // A curve that comes down to less than half is seen against 0.
        let y = if low >= 0.0 && low <= high / 2.0 {
            Axis::from_zero(label, high)
        } else {
            Axis::around(label, (low, high))
        };
        Panel { x: across.axis(), y, marks }
    }

    fn map(&self, first: usize, second: usize) -> Panel {
        let (x, y) =
            (Across::new(&self.swept.axes[first]).into_cells(), Across::new(&self.swept.axes[second]).into_cells());
        let cell = |row: usize, column: usize| self.value(&[(first, column), (second, row)]) as f32;
        let values =
            y.order.iter().flat_map(|&row| x.order.iter().map(move |&column| (row, column))).map(|(r, c)| cell(r, c));
        let mark = Mark::Cells {
            values: values.collect(),
            range: ((self.range.0 * self.scale.factor) as f32, (self.range.1 * self.scale.factor) as f32),
            label: self.scale.label(self.swept.measure),
            x: x.edges(),
            y: y.edges(),
        };
        let edge_to_edge = |across: &Across| {
            let edges = across.edges();
            Axis { low: edges[0], high: edges[edges.len() - 1], ..across.axis() }
        };
        Panel { x: edge_to_edge(&x), y: edge_to_edge(&y), marks: vec![mark] }
    }
}

/// Values of an axis in ascending order, in the unit that they are shown in.
struct Across {
    label: String,
    /// Which value stands at each place.
    order: Vec<usize>,
    places: Vec<f64>,
    log: bool,
    /// Where values have no scale, what they are.
    words: Vec<(f64, String)>,
}

impl Across {
    fn new(axis: &Varied<'_>) -> Self {
        let largest =
            axis.values.iter().filter(|value| value.is_finite()).fold(0.0_f64, |most, value| most.max(value.abs()));
        let scale = Scale::of(axis.unit, largest);
        let mut order: Vec<usize> = (0..axis.values.len()).filter(|&place| axis.values[place].is_finite()).collect();
        order.sort_by(|&one, &other| axis.values[one].total_cmp(&axis.values[other]));
        let places: Vec<f64> = order.iter().map(|&place| axis.values[place] * scale.factor).collect();
        Self { label: scale.label(axis.name), log: are_of_one_ratio(&places), order, places, words: Vec::new() }
    }

    /// The same, where each value is as wide as a cell; values that no scale suits stand beside each other.
    fn into_cells(mut self) -> Self {
        let gaps = || self.places.windows(2).map(|pair| pair[1] - pair[0]);
        let (least, most) = gaps().fold((f64::INFINITY, 0.0_f64), |(least, most), gap| (least.min(gap), most.max(gap)));
        // Also where a value is there twice.
        if self.places.len() < 2 || !self.log && (least * MOST_UNEVEN <= most || most.is_infinite()) {
            self.words = self.places.iter().enumerate().map(|(place, value)| (place as f64, digits(*value))).collect();
            self.places = (0..self.places.len()).map(|place| place as f64).collect();
            self.log = false;
        }
        self
    }

    /// From half way to the neighbour before to half way to the one behind.
    fn edges(&self) -> Vec<f64> {
        let to = |value: f64| if self.log { value.ln() } else { value };
        let from = |place: f64| if self.log { place.exp() } else { place };
        let places: Vec<f64> = self.places.iter().map(|place| to(*place)).collect();
        let [first, .., last] = places.as_slice() else { return vec![-0.5, 0.5] };
        let between = places.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0).collect::<Vec<_>>();
        let ends = (2.0 * first - between[0], 2.0 * last - between[between.len() - 1]);
        [ends.0].into_iter().chain(between).chain([ends.1]).map(from).collect()
    }

    fn axis(&self) -> Axis {
        let label = self.label.clone();
        let [first, .., last] = self.places.as_slice() else { return Axis::exactly(label, -0.5, 0.5) };
        if self.log {
            let air = (last / first).powf(0.04);
            return Axis { log: true, ..Axis::exactly(label, first / air, last * air) };
        }
        Axis { words: self.words.clone(), ..Axis::around(label, (*first, *last)) }
    }
}

/// Whether values are in logarithmic steps.
fn are_of_one_ratio(ascending: &[f64]) -> bool {
    let [first, second, .., last] = ascending else { return false };
    if ascending.len() < FEWEST_OF_A_RATIO || *first <= 0.0 || *last <= DECADE * first * (1.0 + 1e-9) {
        return false;
    }
    let ratio = second / first;
    ascending.windows(2).all(|pair| (pair[1] / pair[0] / ratio - 1.0).abs() < 1e-6)
}
