//! Pictures by plotters: as SVG, and as points for PNG.
//!
//! Letters are DejaVu Sans, which the program carries: machines without fonts draw the same. In SVG files they stay
//! text, which the viewer draws in its own sans-serif.

use super::maps::{self, Map};
use super::tones::{Tones, colour_bar};
use super::{Axis, Mark, PALETTE, Panel, Picture};
use plotters::chart::{ChartBuilder, ChartContext, LabelAreaPosition};
use plotters::coord::Shift;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};
use plotters::element::{Circle, PathElement, Rectangle};
use plotters::prelude::{DrawingArea, DrawingBackend, IntoDrawingArea, LineSeries, SVGBackend};
use plotters::style::{Color, FontStyle, IntoFont, RGBColor, ShapeStyle, TextStyle, WHITE, register_font};
use std::cell::RefCell;
use std::ops::Range;
use std::sync::Once;

/// What drawing failed with.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the picture cannot be drawn: {0}")]
pub struct DrawError(pub(super) String);

/// What is drawn on.
pub(super) type Area<D> = DrawingArea<D, Shift>;

/// What a panel is drawn in.
pub(super) type Chart<'a, D> = ChartContext<'a, D, Cartesian2d<Across, Across>>;

/// An axis with ticks of ours.
#[derive(Clone, Debug)]
pub(super) struct Across {
    low: f64,
    high: f64,
    ticks: Vec<f64>,
}

impl Ranged for Across {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let share = (value - self.low) / (self.high - self.low);
        // As far beyond the plot as anything is drawn: what is not a number is nowhere.
        let share = if share.is_finite() { share.clamp(-1e3, 1e3) } else { -1e3 };
        limit.0 + (f64::from(limit.1 - limit.0) * share).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() { Vec::new() } else { self.ticks.clone() }
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

pub(super) const INK: RGBColor = RGBColor(40, 40, 40);
/// Above the plots stand title and note [pixels].
const HEAD: u32 = 48;
const GRID: RGBColor = RGBColor(235, 235, 235);

/// What is drawn on, and how finely.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paper<'a> {
    /// How many units a pixel of the result has.
    pub(super) scale: u32,
    /// Where lines stay lines: PNG files that take their places in it. `None` where it is made of points itself.
    pub(super) pictures: Option<&'a RefCell<Vec<Vec<u8>>>>,
}

/// Units of a pixel in SVG files: backends count in whole units, and a page of paper has finer lines than a screen.
const FINE: u32 = 8;

/// A picture as SVG of so many pixels.
///
/// # Errors
/// `DrawError` where the picture is too small for its axes.
pub fn svg(picture: &Picture, size: (u32, u32)) -> Result<String, DrawError> {
    let (width, height) = (size.0 * FINE, size.1 * FINE);
    let (mut text, pictures) = (String::new(), RefCell::default());
    {
        let area = SVGBackend::with_string(&mut text, (width, height)).into_drawing_area();
        onto(picture, &area, Paper { scale: FINE, pictures: Some(&pictures) })?;
    }
    // Units stay fine within; from outside it is as large as it was asked for.
    let fine = format!("width=\"{width}\" height=\"{height}\"");
    let text = text.replacen(&fine, &format!("width=\"{}\" height=\"{}\"", size.0, size.1), 1);
    Ok(maps::embedded(text, &pictures.into_inner()))
}

/// Draws everything.
pub(super) fn onto<D: DrawingBackend>(picture: &Picture, area: &Area<D>, paper: Paper<'_>) -> Result<(), DrawError>
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

fn draw_panel<D: DrawingBackend>(
    panel: &Panel,
    area: &Area<D>,
    paper: Paper<'_>,
) -> Result<(), Box<dyn std::error::Error>>
where
    D::ErrorType: 'static,
{
    let scale = paper.scale;
    let area = &legend(panel, area, scale)?;
    let density = panel.marks.iter().find_map(|mark| match mark {
        Mark::Density { values, label, counts, most, .. } => {
            Some((Tones::of(values, *counts, *most), label.as_str(), *counts))
        }
        Mark::Cells { range, label, .. } => Some((Tones::between(*range), label.as_str(), false)),
        _ => None,
    });
    let (plot, bar) = match &density {
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
        .build_cartesian_2d(across(&panel.x), across(&panel.y))?;
    mesh(&mut chart, panel, scale)?;
    for mark in &panel.marks {
        draw_mark(&mut chart, mark, panel, paper)?;
    }
    if let (Some((tones, label, counts)), Some(bar)) = (density, bar) {
        colour_bar(&tones, label, counts, &bar, scale)?;
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
    let value = |axis: &Axis, place: f64| if axis.log { 10f64.powf(place) } else { place };
    let x = |place: &f64| tick(&panel.x, value(&panel.x, *place));
    let y = |place: &f64| tick(&panel.y, value(&panel.y, *place));
    let mut mesh = chart.configure_mesh();
    if !panel.x.words.is_empty() {
        mesh.disable_x_mesh();
    }
    mesh.axis_style(INK.stroke_width(scale))
        .light_line_style(WHITE.mix(0.0))
        .bold_line_style(GRID.stroke_width(scale))
        .label_style(text(13 * scale))
        .axis_desc_style(text(14 * scale))
        .x_desc(&panel.x.label)
        .y_desc(&panel.y.label)
        .x_label_formatter(&x)
        .y_label_formatter(&y)
        .set_tick_mark_size(LabelAreaPosition::Bottom, 4 * scale)
        .set_tick_mark_size(LabelAreaPosition::Left, 4 * scale);
    mesh.draw()?;
    Ok(())
}

/// About so many ticks.
const TICKS: usize = 7;

fn across(axis: &Axis) -> Across {
    let ticks = axis.ticks(TICKS).into_iter().map(|tick| at(axis, tick));
    Across { low: at(axis, axis.low), high: at(axis, axis.high), ticks: ticks.collect() }
}

/// Where a value lies: plotters' axes have equal steps.
fn at(axis: &Axis, value: f64) -> f64 {
    if axis.log { value.max(f64::MIN_POSITIVE).log10() } else { value }
}

pub(super) fn tick(axis: &Axis, value: f64) -> String {
    if !axis.words.is_empty() {
        let word = axis.words.iter().find(|(place, _)| (place - value).abs() < 1e-9);
        return word.map(|(_, word)| word.clone()).unwrap_or_default();
    }
    if axis.whole && value.fract().abs() > 1e-9 {
        return String::new();
    }
    let size = if axis.log { value.abs() } else { axis.low.abs().max(axis.high.abs()) };
    // A tick at 0 may come out as a hair beside it.
    let value = if value.abs() < size * 1e-9 { 0.0 } else { value };
    if (1e-3..1e6).contains(&size) {
        return crate::units::number(round(value, size));
    }
    let digits: f64 = format!("{value:.3e}").parse().unwrap_or(value);
    if digits == 0.0 { "0".to_owned() } else { format!("{digits:e}") }
}

/// To six digits of the largest value on the axis.
fn round(value: f64, size: f64) -> f64 {
    let unit = 10f64.powf(size.log10().floor() - 5.0);
    let places = (-unit.log10()).round() as i32;
    if places > 0 { (value * 10f64.powi(places)).round() / 10f64.powi(places) } else { value }
}

fn draw_mark<D: DrawingBackend>(
    chart: &mut Chart<'_, D>,
    mark: &Mark,
    panel: &Panel,
    paper: Paper<'_>,
) -> Result<(), Box<dyn std::error::Error>>
where
    D::ErrorType: 'static,
{
    let scale = paper.scale;
    let (across, up) = (|value: f64| at(&panel.x, value), |value: f64| at(&panel.y, value));
    match mark {
        Mark::Points { x, y, colour } => {
            let places = x.iter().zip(y).map(|(x, y)| (across(*x), up(*y)));
            let rows = panel.y.high - panel.y.low;
            let colour = colour_of(*colour);
            if panel.x.label.starts_with("time") && rows <= 40.0 {
                let style = colour.stroke_width(scale + scale / 2);
                chart.draw_series(places.map(|(x, y)| PathElement::new(vec![(x, y - 0.35), (x, y + 0.35)], style)))?;
            } else {
                let size = if rows <= 40.0 { 4 * scale } else { (3 * scale / 2).max(1) };
                chart.draw_series(places.map(|place| Circle::new(place, size, colour.filled())))?;
            }
        }
        Mark::Line { x, y, colour, faint, dots, .. } => {
            let style = shade(*colour, if *faint { 0.35 } else { 1.0 }).stroke_width(scale + scale / 2);
            let places: Vec<(f64, f64)> = x.iter().zip(y).map(|(x, y)| (across(*x), up(*y))).collect();
            let is_there = |place: &(f64, f64)| place.0.is_finite() && place.1.is_finite();
            for places in places.split(|place| !is_there(place)) {
                // In points, a line of several points' width has its corners drawn out, far beyond the plot where they are
                // sharp.
                if paper.pictures.is_none() {
                    chart.draw_series(places.windows(2).map(|pair| PathElement::new(pair.to_vec(), style)))?;
                } else {
                    chart.draw_series(LineSeries::new(places.to_vec(), style))?;
                }
            }
            if *dots {
                let size = (5 * scale / 2).max(1);
                let dot = |place: &(f64, f64)| Circle::new(*place, size, style.color.filled());
                chart.draw_series(places.iter().filter(|place| is_there(place)).map(dot))?;
            }
        }
        Mark::Segments { ends, opacity } => {
            let style = INK.mix(*opacity).stroke_width(scale);
            chart.draw_series(
                ends.iter().map(|&[x, y, to_x, to_y]| PathElement::new(vec![(x, y), (to_x, to_y)], style)),
            )?;
        }
        Mark::Bars { name, start, width, heights, colour } => {
            // Of two distributions the one behind is seen through the other.
            let style = colour_of(*colour).mix(if name.is_empty() { 0.9 } else { 0.6 }).filled();
            let left = |place: usize| start + place as f64 * width;
            let bar = |(place, &height): (usize, &f64)| {
                Rectangle::new([(left(place), 0.0), (left(place + 1), height)], style)
            };
            chart.draw_series(heights.iter().enumerate().filter(|(_, height)| **height > 0.0).map(bar))?;
        }
        Mark::Density { x, y, columns, values, counts, most, .. } => {
            let columns = (*columns).max(1);
            let edges = |(start, width): &(f64, f64), count: usize| {
                (0..=count).map(|place| start + place as f64 * width).collect()
            };
            let (x, y) = (edges(x, columns), edges(y, values.len() / columns));
            Map { x, y, values, tones: Tones::of(values, *counts, *most) }.draw(chart, paper)?;
        }
        Mark::Cells { x, y, values, range, .. } => {
            let (x, y) = (x.iter().map(|x| across(*x)).collect(), y.iter().map(|y| up(*y)).collect());
            Map { x, y, values, tones: Tones::between(*range) }.draw(chart, paper)?;
        }
    }
    Ok(())
}

/// Names of what is drawn, where there are several, in rows above the plot; what is left of the area.
fn legend<D: DrawingBackend>(panel: &Panel, area: &Area<D>, scale: u32) -> Result<Area<D>, Box<dyn std::error::Error>>
where
    D::ErrorType: 'static,
{
    let named: Vec<(&str, ShapeStyle)> = panel.marks.iter().filter_map(named).collect();
    if named.len() < 2 {
        return Ok(area.clone());
    }
    let (style, line) = (text(12 * scale), 20 * scale as i32);
    let (left, width) = (72 * scale as i32, area.dim_in_pixel().0 as i32 - 18 * scale as i32);
    let (mut x, mut y) = (left, line / 2);
    for (name, colour) in named {
        let wide = 20 * scale as i32 + area.estimate_text_size(name, &style)?.0 as i32 + 16 * scale as i32;
        if x > left && x + wide > width {
            (x, y) = (left, y + line);
        }
        let half = scale as i32;
        area.draw(&Rectangle::new([(x, y - half), (x + 15 * scale as i32, y + half)], colour.color.filled()))?;
        area.draw_text(name, &style, (x + 20 * scale as i32, y - 7 * scale as i32))?;
        x += wide;
    }
    Ok(area.split_vertically(y + line / 2).1)
}

/// What the legend calls a mark, and its colour.
fn named(mark: &Mark) -> Option<(&str, ShapeStyle)> {
    let (name, colour) = match mark {
        Mark::Line { name, colour, faint, .. } => (name, shade(*colour, if *faint { 0.35 } else { 1.0 })),
        Mark::Bars { name, colour, .. } => (name, shade(*colour, 0.6)),
        _ => return None,
    };
    (!name.is_empty()).then(|| (name.as_str(), colour.filled()))
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
