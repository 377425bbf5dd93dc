//! Histograms: how values are distributed.

use super::fold::{Ruler, Tally};
use super::scale::Scale;
use super::sweep::digits;
use super::{Axis, Kind, Mark, Panel, Picture};
use crate::units;

/// Fine bins in which values are counted, a power of two.
const FINE: usize = 1024;

/// Bars that are drawn, at most; of few values fewer.
const MOST_BARS: usize = 64;
const FEWEST_BARS: usize = 16;

/// Whole numbers beyond this are measured rather than counted.
const LARGEST_WHOLE: f64 = 1e9;

/// Values on the way to a histogram.
#[derive(Clone, Debug)]
pub(super) struct Counted {
    tally: Option<Tally>,
    /// The same in bins around whole numbers, as long as there are no others.
    whole: Option<Tally>,
    count: u64,
    range: Option<(f64, f64)>,
}

impl Default for Counted {
    fn default() -> Self {
        let whole = Some(Tally::new(Ruler::of_indices(0, FINE)));
        Self { tally: None, whole, count: 0, range: None }
    }
}

impl Counted {
    /// Counts values; what is not finite is left out.
    pub(super) fn add(&mut self, values: impl Iterator<Item = f64> + Clone) {
        let Some((low, high)) = range(values.clone()) else { return };
        let tally = self.tally.get_or_insert_with(|| Tally::new(ruler(low, high)));
        for value in values.filter(|value| value.is_finite()) {
            tally.add(value);
            if value.fract() == 0.0 && value.abs() < LARGEST_WHOLE {
                self.whole.iter_mut().for_each(|whole| whole.add(value));
            } else {
                self.whole = None;
            }
            self.count += 1;
        }
        let (least, most) = self.range.unwrap_or((low, high));
        self.range = Some((least.min(low), most.max(high)));
    }
}

/// The least and the largest of what is finite.
pub(super) fn range(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let pairs = values.filter(|value| value.is_finite()).map(|value| (value, value));
    pairs.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
}

/// Fine bins; weights that lie at their upper limit are in the last.
fn ruler(low: f64, high: f64) -> Ruler {
    Ruler::new(low, low + (high - low) * (1.0 + 1e-9), FINE)
}

/// Where all values are alike there is one bar around them.
fn alike((variable, unit): (&str, &str), value: f64, count: f64, counted: &str) -> Panel {
    let scale = Scale::of(unit, value.abs());
    // To six digits, since a float of 32 bits is told in as many: 1 ms is 1.00000005 ms there.
    let value = format!("{:.5e}", value * scale.factor).parse().unwrap_or(value * scale.factor);
    let width =
        if value == 0.0 || value.fract() == 0.0 && value.abs() < LARGEST_WHOLE { 1.0 } else { value.abs() * 0.1 };
    let bar = Mark::Bars { name: String::new(), start: value - width / 2.0, width, heights: vec![count], colour: 0 };
    let x = Axis::around(scale.label(variable), (value - 3.0 * width, value + 3.0 * width));
    let y = Axis { whole: true, ..Axis::from_zero(counted.to_owned(), count) };
    Panel { x, y, marks: vec![bar] }
}

/// `0.5 mV`
pub(super) fn quantity(value: f64, unit: &str) -> String {
    let scale = Scale::of(unit, value.abs());
    format!("{} {}", digits(value * scale.factor), scale.unit).trim_end().to_owned()
}

/// Two distributions of one quantity over the same bins, each with its name; the second lies on the first.
pub(super) fn both(of: (&str, &str), first: (&str, &[f64]), second: (&str, &[f64]), counted: &str) -> Option<Panel> {
    let (low, high) = range(first.1.iter().chain(second.1).copied())?;
    if low == high {
        return Some(alike(of, low, first.1.len() as f64, counted));
    }
    let tallies = [first, second].map(|(name, values)| {
        let mut tally = Tally::new(ruler(low, high));
        values.iter().for_each(|&value| tally.add(value));
        (name.to_owned(), tally)
    });
    panel(of, &tallies, (low, high), counted)
}

/// Bars over the part of the axis that has values; all tallies have one ruler.
fn panel(of: (&str, &str), tallies: &[(String, Tally)], range: (f64, f64), counted: &str) -> Option<Panel> {
    let (variable, unit) = of;
    let ruler = tallies.first()?.1.ruler;
    let used = |place: &usize| tallies.iter().any(|(_, tally)| tally.counts[*place] > 0.0);
    let (first, last) = ((0..ruler.bins).find(used)?, (0..ruler.bins).rfind(used)?);
    let count: f64 = tallies[0].1.counts.iter().sum();
    let wanted = ((2.0 * count.sqrt()) as usize).clamp(FEWEST_BARS, MOST_BARS);
    let together = (last - first + 1).div_ceil(wanted).next_power_of_two();
    let first = first / together * together;
    let scale = Scale::of(unit, range.0.abs().max(range.1.abs()));
    let width = ruler.width * together as f64 * scale.factor;
    let start = (ruler.start + first as f64 * ruler.width) * scale.factor;
    let mut highest: f64 = 0.0;
    let marks = tallies.iter().enumerate().map(|(colour, (name, tally))| {
        let heights: Vec<f64> = tally.counts[first..=last].chunks(together).map(|counts| counts.iter().sum()).collect();
        highest = heights.iter().copied().fold(highest, f64::max);
        Mark::Bars { name: name.clone(), start, width, heights, colour }
    });
    let marks: Vec<Mark> = marks.collect();
    let bars = (last - first) / together + 1;
    let x = Axis::around(scale.label(variable), (start, start + width * bars as f64));
    let y = Axis { whole: true, ..Axis::from_zero(counted.to_owned(), highest) };
    Some(Panel { x, y, marks })
}

/// How values of many elements are distributed. `shown` are the title and what an element is called.
pub(super) fn picture(
    kind: Kind,
    name: &str,
    of: (&str, &str),
    shown: (String, &str),
    values: &Counted,
) -> Option<Picture> {
    let (low, high) = values.range?;
    let (title, element) = shown;
    let counted = format!("{element}s");
    let made = |note: String, panel: Panel| Picture { kind, name: name.to_owned(), title, note, panels: vec![panel] };
    if low == high {
        let value = quantity(low, of.1);
        let all = if values.count == 1 {
            format!("1 {element}")
        } else {
            format!("all {} {counted}", units::grouped(values.count))
        };
        return Some(made(format!("{all}: {value}"), alike(of, low, values.count as f64, &counted)));
    }
    let whole = values.whole.is_some();
    let tally = values.whole.clone().or_else(|| values.tally.clone())?;
    let mut panel = panel(of, &[(String::new(), tally)], (low, high), &counted)?;
    panel.x.whole = whole;
    let note = format!("{} {counted}", units::grouped(values.count));
    Some(made(note, panel))
}
