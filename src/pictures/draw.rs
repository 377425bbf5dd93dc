//! Pictures by plotters: as SVG, and as points for PNG.
//!
//! Letters are DejaVu Sans, which the program carries: machines without fonts draw the same. In SVG files they stay
//! text, which the viewer draws in its own sans-serif.

use super::tones::{Tones, colour_bar, stretches};
use super::{Axis, Mark, PALETTE, Panel, Picture};
use plotters::chart::{ChartBuilder, ChartContext, LabelAreaPosition, SeriesLabelPosition};
use plotters::coord::Shift;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::types::RangedCoordf64;
use plotters::element::{Circle, PathElement, Rectangle};
use plotters::prelude::{DrawingArea, DrawingBackend, IntoDrawingArea, LineSeries, SVGBackend};
use plotters::style::{Color, FontStyle, IntoFont, RGBColor, ShapeStyle, TextStyle, WHITE, register_font};
use std::sync::Once;

/// What drawing failed with.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the picture cannot be drawn: {0}")]
pub struct DrawError(pub(super) String);

/// What is drawn on.
pub(super) type Area<D> = DrawingArea<D, Shift>;

/// What a panel is drawn in.
type Chart<'a, D> = ChartContext<'a, D, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

pub(super) const INK: RGBColor = RGBColor(40, 40, 40);
/// Above the plots stand title and note [pixels].
const HEAD: u32 = 48;
const GRID: RGBColor = RGBColor(235, 235, 235);

/// What is drawn on, and how finely.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paper {
    /// How many units a pixel of the result has.
    pub(super) scale: u32,
    /// Whether it is made of points; else lines stay lines.
    pub(super) points: bool,
}

/// Units of a pixel in SVG files: backends count in whole units, and a page of paper has finer lines than a screen.
const FINE: u32 = 8;

/// A picture as SVG of so many pixels.
///
/// # Errors
/// `DrawError` where the picture is too small for its axes.
pub fn svg(picture: &Picture, size: (u32, u32)) -> Result<String, DrawError> {
    let (width, height) = (size.0 * FINE, size.1 * FINE);
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, (width, height)).into_drawing_area();
        onto(picture, &area, Paper { scale: FINE, points: false })?;
    }
    // Units stay fine within; from outside it is as large as it was asked for.
    let fine = format!("width=\"{width}\" height=\"{height}\"");
    Ok(text.replacen(&fine, &format!("width=\"{}\" height=\"{}\"", size.0, size.1), 1))
}

/// Draws everything.
pub(super) fn onto<D: DrawingBackend>(picture: &Picture, area: &Area<D>, paper: Paper) -> Result<(), DrawError>
where
    D::ErrorType: 'static,
{
    let failed = |reason: &dyn std::fmt::Display| DrawError(reason.to_string());
    let scale = paper.scale;
    with_letters();
    area.fill(&WHITE).map_err(|reason| failed(&reason))?;
    let left = 12 * scale as i32;
    let write = |words: &str, style: &TextStyle<'_>, y: u32| {
        area.draw_text(words, style, (left, (y * scale) as i32)).map_err(|reason| failed(&reason))
    };
    write(&picture.title, &text(17 * scale), 8)?;
    write(&picture.note, &text(12 * scale).color(&INK.mix(0.7)), 31)?;
    let (_, plots) = area.split_vertically(HEAD * scale);
    for (panel, part) in picture.panels.iter().zip(plots.split_evenly((1, picture.panels.len()))) {
        draw_panel(panel, &part, paper).map_err(|reason| failed(&reason))?;
    }
    area.present().map_err(|reason| failed(&reason))
}

/// The letters, once for the whole program.
fn with_letters() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // It is the font of the crate, which is whole.
        let _ = register_font("sans-serif", FontStyle::Normal, dejavu::sans::regular());
    });
}

pub(super) fn text(size: u32) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&INK)
}

fn draw_panel<D: DrawingBackend>(panel: &Panel, area: &Area<D>, paper: Paper) -> Result<(), Box<dyn std::error::Error>>
where
    D::ErrorType: 'static,
{
    let scale = paper.scale;
    let density = panel.marks.iter().find_map(|mark| match mark {
        Mark::Density { values, label, counts, .. } => Some((values.as_slice(), label.as_str(), *counts)),
        _ => None,
    });
    let (plot, bar) = match density {
        Some(_) => {
            let width = area.dim_in_pixel().0;
            let (plot, bar) = area.split_horizontally(width.saturating_sub(86 * scale));
            (plot, Some(bar))
        }
        None => (area.clone(), None),
    };
    let mut chart = ChartBuilder::on(&plot)
        .margin(8 * scale)
        .margin_right(18 * scale)
        .x_label_area_size(42 * scale)
        .y_label_area_size(64 * scale)
        .build_cartesian_2d(panel.x.low..panel.x.high, panel.y.low..panel.y.high)?;
    mesh(&mut chart, panel, scale)?;
    let mut named = 0;
    for mark in &panel.marks {
        named += usize::from(draw_mark(&mut chart, mark, panel, paper)?);
    }
    if named > 1 {
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperRight)
            .legend_area_size(24 * scale)
            .margin(6 * scale)
            .background_style(WHITE.mix(0.85))
            .label_font(text(12 * scale))
            .draw()?;
    }
    if let (Some((values, label, counts)), Some(bar)) = (density, bar) {
        colour_bar(values, label, counts, &bar, scale)?;
    }
    Ok(())
}

fn mesh<D: DrawingBackend>(
    chart: &mut Chart<'_, D>,
    panel: &Panel,
    scale: u32,
) -> Result<(), Box<dyn std::error::Error>>
where
    D::ErrorType: 'static,
{
    let x = |value: &f64| tick(&panel.x, *value);
    let y = |value: &f64| tick(&panel.y, *value);
    let mut mesh = chart.configure_mesh();
    if !panel.x.words.is_empty() {
        mesh.disable_x_mesh();
    }
    let mark = |axis: &Axis| if axis.words.is_empty() { 4 * scale } else { 0 };
    mesh.axis_style(INK.stroke_width(scale))
        .light_line_style(WHITE.mix(0.0))
        .bold_line_style(GRID.stroke_width(scale))
        .label_style(text(13 * scale))
        .axis_desc_style(text(14 * scale))
        .x_desc(&panel.x.label)
        .y_desc(&panel.y.label)
        .x_label_formatter(&x)
        .y_label_formatter(&y)
        .set_tick_mark_size(LabelAreaPosition::Bottom, mark(&panel.x))
        .set_tick_mark_size(LabelAreaPosition::Left, 4 * scale)
        .x_labels(ticks(&panel.x))
        .y_labels(ticks(&panel.y));
    mesh.draw()?;
    Ok(())
}

/// About so many ticks; where words stand, as many as show each of them.
fn ticks(axis: &Axis) -> usize {
    if axis.words.is_empty() { 8 } else { 14 }
}

pub(super) fn tick(axis: &Axis, value: f64) -> String {
    if !axis.words.is_empty() {
        let word = axis.words.iter().find(|(place, _)| (place - value).abs() < 1e-9);
        return word.map(|(_, word)| word.clone()).unwrap_or_default();
    }
    if axis.whole && value.fract().abs() > 1e-9 {
        return String::new();
    }
    let size = axis.low.abs().max(axis.high.abs());
    // A tick at 0 may come out as a hair beside it.
    let value = if value.abs() < size * 1e-9 { 0.0 } else { value };
    if (1e-3..1e6).contains(&size) { crate::units::number(round(value, size)) } else { format!("{value:.1e}") }
}

/// To six digits of the largest value on the axis.
fn round(value: f64, size: f64) -> f64 {
    let unit = 10f64.powf(size.log10().floor() - 5.0);
    let places = (-unit.log10()).round() as i32;
    if places > 0 { (value * 10f64.powi(places)).round() / 10f64.powi(places) } else { value }
}

/// Whether it has a name in the legend.
fn draw_mark<D: DrawingBackend>(
    chart: &mut Chart<'_, D>,
    mark: &Mark,
    panel: &Panel,
    paper: Paper,
) -> Result<bool, Box<dyn std::error::Error>>
where
    D::ErrorType: 'static,
{
    let scale = paper.scale;
    match mark {
        Mark::Points { x, y, colour } => {
            let places = x.iter().copied().zip(y.iter().copied());
            let rows = panel.y.high - panel.y.low;
            let colour = colour_of(*colour);
            if panel.x.label.starts_with("time") && rows <= 40.0 {
                let style = colour.stroke_width(scale + scale / 2);
                chart.draw_series(places.map(|(x, y)| PathElement::new(vec![(x, y - 0.35), (x, y + 0.35)], style)))?;
            } else {
                let size = if rows <= 40.0 { 4 * scale } else { (3 * scale / 2).max(1) };
                chart.draw_series(places.map(|place| Circle::new(place, size, colour.filled())))?;
            }
            Ok(false)
        }
        Mark::Line { name, x, y, colour, faint } => {
            let style = shade(*colour, if *faint { 0.35 } else { 1.0 }).stroke_width(scale + scale / 2);
            let places: Vec<(f64, f64)> = x.iter().copied().zip(y.iter().copied()).collect();
            // In points, a line of several points' width has its corners drawn out, far beyond the plot where they are
            // sharp.
            let line = if paper.points {
                chart.draw_series(places.windows(2).map(|pair| PathElement::new(pair.to_vec(), style)))?
            } else {
                chart.draw_series(LineSeries::new(places, style))?
            };
            if !name.is_empty() {
                let length = 16 * scale as i32;
                line.label(name).legend(move |(x, y)| PathElement::new(vec![(x, y), (x + length, y)], style));
            }
            Ok(!name.is_empty())
        }
        Mark::Segments { ends, opacity } => {
            let style = INK.mix(*opacity).stroke_width(scale);
            chart.draw_series(
                ends.iter().map(|&[x, y, to_x, to_y]| PathElement::new(vec![(x, y), (to_x, to_y)], style)),
            )?;
            Ok(false)
        }
        Mark::Bars { name, start, width, heights, colour } => {
            // Of two distributions the one behind is seen through the other.
            let style = colour_of(*colour).mix(if name.is_empty() { 0.9 } else { 0.6 }).filled();
            let left = |place: usize| start + place as f64 * width;
            let bar = |(place, &height): (usize, &f64)| {
                Rectangle::new([(left(place), 0.0), (left(place + 1), height)], style)
            };
            let bars = chart.draw_series(heights.iter().enumerate().filter(|(_, height)| **height > 0.0).map(bar))?;
            if !name.is_empty() {
                let side = 5 * scale as i32;
                bars.label(name).legend(move |(x, y)| Rectangle::new([(x, y - side), (x + 2 * side, y + side)], style));
            }
            Ok(!name.is_empty())
        }
        Mark::Density { x, y, columns, values, counts, .. } => {
            let tones = Tones::of(values, *counts);
            for (row, values) in values.chunks_exact((*columns).max(1)).enumerate() {
                let (low, high) = (y.0 + row as f64 * y.1, y.0 + (row + 1) as f64 * y.1);
                let cell = |(first, last, style): (usize, usize, ShapeStyle)| {
                    Rectangle::new([(x.0 + first as f64 * x.1, low), (x.0 + last as f64 * x.1, high)], style)
                };
                chart.draw_series(stretches(values, &tones).into_iter().map(cell))?;
            }
            Ok(false)
        }
    }
}

fn colour_of(number: usize) -> RGBColor {
    let [red, green, blue] = PALETTE[number % PALETTE.len()];
    RGBColor(red, green, blue)
}

/// A colour of the palette on white paper; opaque, since lines that cross would otherwise darken each other.
fn shade(number: usize, opacity: f64) -> RGBColor {
    let on_white = |channel: u8| (f64::from(channel) * opacity + 255.0 * (1.0 - opacity)).round() as u8;
    let RGBColor(red, green, blue) = colour_of(number);
    RGBColor(on_white(red), on_white(green), on_white(blue))
}
