//! Densities by plotters: cells in tones of a colour scale, and the bar that says what they mean.

use super::Axis;
use super::draw::{Area, INK, text, tick};
use plotters::chart::ChartBuilder;
use plotters::element::Rectangle;
use plotters::prelude::DrawingBackend;
use plotters::style::{Color, RGBColor, ShapeStyle};

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

/// Values as colours: few enough that neighbours join.
pub(super) struct Tones {
    low: f32,
    high: f32,
    counts: bool,
}

impl Tones {
    const MOST: usize = 24;

    /// Of the values of a density; `most` is where the scale ends, if not at the largest.
    pub(super) fn of(values: &[f32], counts: bool, most: Option<f32>) -> Self {
        let finite = || values.iter().copied().filter(|value| value.is_finite());
        let low = if counts { 0.0 } else { finite().fold(f32::INFINITY, f32::min) };
        Self { low, high: most.unwrap_or_else(|| finite().fold(f32::NEG_INFINITY, f32::max)), counts }
    }

    /// Of a scale between two values.
    pub(super) fn between(range: (f32, f32)) -> Self {
        Self { low: range.0, high: range.1, counts: false }
    }

    fn tone(&self, value: f32) -> Option<usize> {
        if !value.is_finite() || self.counts && value == 0.0 {
            return None;
        }
        let span = self.high - self.low;
        let share = if span > 0.0 { (value - self.low) / span } else { 1.0 };
        Some(((share * Self::MOST as f32) as usize).min(Self::MOST - 1))
    }

    fn colour(&self, tone: usize) -> RGBColor {
        let share = (tone as f64 + 0.5) / Self::MOST as f64;
        let stops: &[[f64; 3]] = if self.counts {
            &[[201.0, 223.0, 240.0], [127.0, 179.0, 217.0], [47.0, 121.0, 181.0], [8.0, 48.0, 107.0]]
        } else {
            // Viridis, at five places.
            &[[68.0, 1.0, 84.0], [59.0, 82.0, 139.0], [33.0, 145.0, 140.0], [94.0, 201.0, 98.0], [253.0, 231.0, 37.0]]
        };
        let place = share * (stops.len() - 1) as f64;
        let (stop, rest) = (place as usize, place.fract());
        let mix = |channel: usize| {
            let next = stops[(stop + 1).min(stops.len() - 1)][channel];
            (stops[stop][channel] * (1.0 - rest) + next * rest).round() as u8
        };
        RGBColor(mix(0), mix(1), mix(2))
    }
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
    let (low, high) = (f64::from(tones.low), f64::from(tones.high));
    if !(low < high && low.is_finite() && high.is_finite()) {
        return Ok(());
    }
    let axis = Axis { whole: counts, ..Axis::exactly(label.to_owned(), low, high) };
    let mut chart = ChartBuilder::on(area)
        .margin_top(8 * scale)
        .margin_bottom(50 * scale)
        .margin_right(4 * scale)
        .right_y_label_area_size(58 * scale)
        .build_cartesian_2d(0.0..1.0, low..high)?;
    let step = (high - low) / Tones::MOST as f64;
    let tone = |tone: usize| {
        let low = low + tone as f64 * step;
        Rectangle::new([(0.0, low), (1.0, low + step)], tones.colour(tone).filled())
    };
    chart.draw_series((0..Tones::MOST).map(tone))?;
    chart
        .configure_mesh()
        .disable_mesh()
        .disable_x_axis()
        .axis_style(INK.stroke_width(scale))
        .label_style(text(12 * scale))
        .axis_desc_style(text(13 * scale))
        .y_desc(label)
        .y_labels(6)
        .y_label_formatter(&|value| tick(&axis, *value))
        .draw()?;
    Ok(())
}
