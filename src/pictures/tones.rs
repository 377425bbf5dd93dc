//! Densities by plotters: cells in tones of a colour scale, and the bar that says what they mean.

use super::Axis;
use super::draw::{Area, INK, text, tick};
use plotters::chart::{ChartBuilder, LabelAreaPosition};
use plotters::element::Rectangle;
use plotters::prelude::DrawingBackend;
use plotters::style::{Color, RGBColor, ShapeStyle, WHITE};

/// Cells of one tone beside each other, as one; what is white is left out.
pub(super) fn stretches(values: &[f32], tones: &Tones) -> Vec<(usize, usize, ShapeStyle)> {
    let mut found: Vec<(usize, usize, Option<usize>)> = Vec::new();
    for (column, value) in values.iter().enumerate() {
        let tone = tones.tone(*value);
        match found.last_mut() {
            Some((_, end, last)) if *last == tone => *end = column + 1,
            _ => found.push((column, column + 1, tone)),
        }
    }
    let shown = found.into_iter().filter_map(|(first, last, tone)| Some((first, last, tone?)));
    shown.map(|(first, last, tone)| (first, last, tones.colour(tone).filled())).collect()
}

/// Values as colours.
pub(super) struct Tones {
    low: f32,
    high: f32,
    counts: bool,
}

/// What a count is at least to have a tone, as a share of the least that is there: numbers may be a hair off.
const HAIR: f32 = 0.5;

/// How far the scale of counts reaches below 0, as a share of the largest: there is white, as cells are where there is nothing.
const NOTHING: f64 = 0.06;

impl Tones {
    /// As many as one byte can tell apart, with one more for nothing at all.
    pub(super) const MOST: usize = 255;

    /// Of the values of a density; `most` is where the scale ends, if not at the largest. Counts begin at the least above 0.
    pub(super) fn of(values: &[f32], counts: bool, most: Option<f32>) -> Self {
        let least = if counts { 0.0 } else { f32::NEG_INFINITY };
        let (mut low, mut high) = (f32::INFINITY, f32::NEG_INFINITY);
        // One pass with comparisons that nearly always end alike: a map has 200,000 cells.
        for &value in values {
            if value > high && value > least && value < f32::INFINITY {
                high = value;
            }
            if value < low && value > least {
                low = value;
            }
        }
        Self { low, high: most.unwrap_or(high), counts }
    }

    /// Of a scale between two values.
    pub(super) fn between(range: (f32, f32)) -> Self {
        Self { low: range.0, high: range.1, counts: false }
    }

    /// Which tone a value has; `None` where there is nothing.
    pub(super) fn tone(&self, value: f32) -> Option<usize> {
        if !value.is_finite() || self.counts && value <= self.low * HAIR {
            return None;
        }
        let span = self.high - self.low;
        let share = if span > 0.0 { (value - self.low) / span } else { 1.0 };
        Some(((share * Self::MOST as f32) as usize).min(Self::MOST - 1))
    }

    /// For counts: places on a colour scale from 0 to 1 with their colours, and the value at which it begins.
    pub(super) fn scale(&self) -> (Vec<(f64, RGBColor)>, f64) {
        let (low, high) = (f64::from(self.low), f64::from(self.high));
        let bottom = -NOTHING * high;
        let place = |value: f64| ((value - bottom) / (high - bottom)).clamp(0.0, 1.0);
        let (white, first) = (place(low * f64::from(HAIR)), place(low));
        let last = COUNTS.len() - 1;
        if first >= 1.0 {
            // Where all that is there is alike, cells have the tone of the most.
            let most = mixed(COUNTS, last as f64);
            return (vec![(0.0, WHITE), (white, WHITE), (white, most), (1.0, most)], bottom);
        }
        // Exactly 1 at the end: else readers take no such scale.
        let stop =
            |number: usize| if number == last { 1.0 } else { first + (1.0 - first) * number as f64 / last as f64 };
        let [red, green, blue] = COUNTS[0].map(|channel| channel as u8);
        let nothing = [(0.0, WHITE), (white, WHITE), (white, RGBColor(red, green, blue))];
        let tones = (0..=last).map(|number| (stop(number), mixed(COUNTS, number as f64)));
        (nothing.into_iter().chain(tones).collect(), bottom)
    }

    /// Where the scale ends.
    pub(super) fn high(&self) -> f32 {
        self.high
    }

    /// The colour of a tone.
    pub(super) fn colour(&self, tone: usize) -> RGBColor {
        let share = (tone as f64 + 0.5) / Self::MOST as f64;
        let stops = if self.counts { COUNTS } else { VIRIDIS };
        mixed(stops, share * (stops.len() - 1) as f64)
    }
}

/// From few to many.
const COUNTS: &[[f64; 3]] = &[[201.0, 223.0, 240.0], [127.0, 179.0, 217.0], [47.0, 121.0, 181.0], [8.0, 48.0, 107.0]];

/// Viridis, at nine places.
const VIRIDIS: &[[f64; 3]] = &[
    [68.0, 1.0, 84.0],
    [71.0, 44.0, 122.0],
    [59.0, 81.0, 139.0],
    [44.0, 113.0, 142.0],
    [33.0, 144.0, 141.0],
    [39.0, 173.0, 129.0],
    [92.0, 200.0, 99.0],
    [170.0, 220.0, 50.0],
    [253.0, 231.0, 37.0],
];

/// The colour at a place between stops.
fn mixed(stops: &[[f64; 3]], place: f64) -> RGBColor {
    let (stop, rest) = (place as usize, place.fract());
    let mix = |channel: usize| {
        let next = stops[(stop + 1).min(stops.len() - 1)][channel];
        (stops[stop][channel] * (1.0 - rest) + next * rest).round() as u8
    };
    RGBColor(mix(0), mix(1), mix(2))
}

/// What the tones of a density mean.
pub(super) fn colour_bar<D: DrawingBackend>(
    tones: &Tones,
    label: &str,
    counts: bool,
    area: &Area<D>,
    scale: u32,
) -> Result<(), Box<dyn std::error::Error>>
where
    D::ErrorType: 'static,
{
    let (least, high) = (f64::from(tones.low), f64::from(tones.high));
    let low = if counts { -NOTHING * high } else { least };
    if !(low < high && least.is_finite() && high.is_finite()) {
        return Ok(());
    }
    let axis = Axis { whole: counts, ..Axis::exactly(label.to_owned(), low, high) };
    let mut chart = ChartBuilder::on(area)
        .margin_top(8 * scale)
        .margin_bottom(50 * scale)
        .margin_right(4 * scale)
        .right_y_label_area_size(58 * scale)
        .build_cartesian_2d(0.0..1.0, low..high)?;
    let step = (high - least) / Tones::MOST as f64;
    // Each to the end, and the next upon it: viewers leave no seams between them.
    let tone = |tone: usize| {
        let low = least + tone as f64 * step;
        Rectangle::new([(0.0, low), (1.0, high)], tones.colour(tone).filled())
    };
    if counts {
        // What is between nothing and the least has its tone, as a cell of it would.
        let from = least * f64::from(HAIR);
        let tone = if step > 0.0 { 0 } else { Tones::MOST - 1 };
        chart.draw_series([Rectangle::new([(0.0, from), (1.0, high)], tones.colour(tone).filled())])?;
    }
    chart.draw_series((0..if step > 0.0 { Tones::MOST } else { 0 }).map(tone))?;
    chart.draw_series([Rectangle::new([(0.0, low), (1.0, high)], INK.mix(0.4).stroke_width(scale))])?;
    chart
        .configure_mesh()
        .disable_mesh()
        .disable_x_axis()
        .axis_style(INK.stroke_width(scale))
        .set_tick_mark_size(LabelAreaPosition::Right, 5 * scale)
        .label_style(text(12 * scale))
        .axis_desc_style(text(13 * scale))
        .y_desc(label)
        .y_labels(6)
        .y_label_formatter(&|value| tick(&axis, *value))
        .draw()?;
    Ok(())
}
