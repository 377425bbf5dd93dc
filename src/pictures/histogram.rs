//! Histograms: how values are distributed.

use super::fold::{Ruler, Tally};
use super::scale::Scale;
use super::{Axis, Kind, Mark, Panel, Picture};

/// Fine bins in which values are counted, a power of two.
const FINE: usize = 1024;

/// Bars that are drawn, at most.
const MOST_BARS: usize = 64;

/// Values on the way to a histogram.
#[derive(Clone, Debug, Default)]
pub(super) struct Counted {
    tally: Option<Tally>,
    count: u64,
    range: Option<(f64, f64)>,
}

impl Counted {
    /// Counts values; what is not finite is left out.
    pub(super) fn add(&mut self, values: impl Iterator<Item = f64> + Clone) {
        let finite = values.filter(|value| value.is_finite());
        let Some(low) = finite.clone().reduce(f64::min) else { return };
        let high = finite.clone().fold(low, f64::max);
        // Weights that lie at their limits are bars of their own: the last bin holds the largest value.
        let tally = self.tally.get_or_insert_with(|| Tally::new(Ruler::new(low, low + (high - low) * (1.0 + 1e-9), FINE)));
        for value in finite {
            tally.add(value);
            self.count += 1;
        }
        let (least, most) = self.range.unwrap_or((low, high));
        self.range = Some((least.min(low), most.max(high)));
    }

    pub(super) fn range(&self) -> Option<(f64, f64)> {
        self.range
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Bars over those parts of the axis that have values: start, width, heights.
    fn bars(&self, scale: &Scale) -> Option<(f64, f64, Vec<f64>)> {
        let tally = self.tally.as_ref()?;
        let first = tally.counts.iter().position(|count| *count > 0.0)?;
        let last = tally.counts.iter().rposition(|count| *count > 0.0)?;
        let wanted = if self.count < 50 { 16 } else { MOST_BARS };
        let together = (last - first + 1).div_ceil(wanted).next_power_of_two();
        let first = first / together * together;
        let heights = tally.counts[first..=last].chunks(together).map(|counts| counts.iter().sum()).collect();
        let start = tally.ruler.start + first as f64 * tally.ruler.width;
        Some((start * scale.factor, tally.ruler.width * together as f64 * scale.factor, heights))
    }
}

/// A panel of one or several distributions of the same quantity, the later ones behind.
pub(super) fn panel(variable: &str, unit: &str, of: &[(String, &Counted)], counted: &str) -> Option<Panel> {
    let ranges = of.iter().filter_map(|(_, counted)| counted.range());
    let (low, high) = ranges.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))?;
    let scale = Scale::of(unit, low.abs().max(high.abs()));
    let mut marks = Vec::new();
    for (place, (name, counted)) in of.iter().enumerate() {
        let (start, width, heights) = counted.bars(&scale)?;
        marks.push(Mark::Bars { name: name.clone(), start, width, heights, colour: place });
    }
    let ends = marks.iter().filter_map(|mark| match mark {
        Mark::Bars { start, width, heights, .. } => Some((*start, start + width * heights.len() as f64)),
        _ => None,
    });
    let (low, high) = ends.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))?;
    let heights = marks.iter().flat_map(|mark| match mark {
        Mark::Bars { heights, .. } => heights.as_slice(),
        _ => &[],
    });
    let highest = heights.copied().fold(0.0, f64::max);
    let x = Axis::around(scale.label(variable), (low, high));
    let y = Axis { whole: true, ..Axis::from_zero(counted.to_owned(), highest) };
    Some(Panel { x, y, marks })
}

/// How values of many elements are distributed; nothing where all are equal.
pub(super) fn picture(kind: Kind, name: &str, of: (&str, &str), title: String, values: &Counted) -> Option<Picture> {
    let (low, high) = values.range()?;
    if values.count() < 2 || low == high {
        return None;
    }
    let counted = if kind == Kind::Weights { "synapses" } else { "elements" };
    let panel = panel(of.0, of.1, &[(String::new(), values)], counted)?;
    let note = format!("{} {counted}", values.count());
    Some(Picture { kind, name: name.to_owned(), title, note, panels: vec![panel] })
}
