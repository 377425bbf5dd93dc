//! Pictures in a terminal: rasters, rates, traces and distributions in braille, which has eight dots in a character; sweeps.

use super::{Axis, Kind, Mark, Panel, Picture, sweep};

/// Lines of a raster, of a rate or a distribution, and of a trace.
const LINES: (usize, usize, usize) = (8, 5, 3);

/// Traces that are shown: one below the other, since a terminal may have no colours to tell them apart.
const MOST_TRACES: usize = 3;

/// The narrowest that can be read [columns].
pub(super) const NARROWEST: usize = 30;

/// Where the dots of a braille character stand in its number: row by row, left and right.
const DOTS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

/// Dots in two columns and four rows to each character.
pub(super) struct Field {
    width: usize,
    height: usize,
    cells: Vec<u8>,
}

impl Field {
    pub(super) fn new(width: usize, height: usize) -> Self {
        Self { width, height, cells: vec![0; width * height] }
    }

    /// Sets a dot; the lowest row is 0.
    pub(super) fn set(&mut self, column: usize, row: usize) {
        let (columns, rows) = (2 * self.width, 4 * self.height);
        if column < columns && row < rows {
            let row = rows - 1 - row;
            self.cells[row / 4 * self.width + column / 2] |= DOTS[row % 4][column % 2];
        }
    }

    pub(super) fn lines(&self) -> Vec<String> {
        let braille = |cell: &u8| char::from_u32(0x2800 + u32::from(*cell)).unwrap_or(' ');
        self.cells.chunks(self.width).map(|cells| cells.iter().map(braille).collect()).collect()
    }
}

/// A raster, a rate, traces, weights, a distribution or a sweep in lines of at most `width` columns; `None` for pictures that say
/// nothing in characters.
#[must_use]
pub fn characters(picture: &Picture, width: usize) -> Option<String> {
    if picture.kind == Kind::Sweep {
        return sweep::characters(picture, width);
    }
    let panel = picture.panels.first()?;
    let strips = match picture.kind {
        Kind::Raster | Kind::Rates if is_empty(panel) => {
            let none = if picture.kind == Kind::Raster { "none" } else { "0 Hz throughout" };
            return (width >= NARROWEST).then(|| format!("{}: {none}\n", picture.title));
        }
        Kind::Raster => vec![raster(panel)],
        Kind::Rates => vec![rate(panel)],
        Kind::Traces | Kind::Weights | Kind::Histograms => match bars(panel) {
            Some(strip) => vec![strip],
            None => traces(panel),
        },
        Kind::Connectivity | Kind::Sweep => return None,
    };
    let unit = match picture.kind {
        Kind::Raster | Kind::Histograms => "",
        _ => unit(&panel.y.label),
    };
    let unit = if unit.is_empty() { String::new() } else { format!(" [{unit}]") };
    Some(format!("{}{unit}\n{}", picture.title, framed(&strips, panel, width)?))
}

/// Lines between one pair of labels: those of a raster, or of one neuron's trace.
struct Strip<'a> {
    name: &'a str,
    /// Beside the highest and the lowest line.
    labels: (String, String),
    height: usize,
    draw: Box<dyn Fn(&mut Field) + 'a>,
}

/// Strips below each other, with the axis that they share.
fn framed(strips: &[Strip<'_>], panel: &Panel, width: usize) -> Option<String> {
    let wide = |text: &str| text.chars().count();
    let name = strips.iter().map(|strip| wide(strip.name)).max()?;
    let label = strips.iter().map(|strip| wide(&strip.labels.0).max(wide(&strip.labels.1))).max()?;
    let margin = label + if name > 0 { name + 1 } else { 0 };
    let inner = width.checked_sub(margin + 2).filter(|inner| 2 * inner >= NARROWEST && width >= NARROWEST)?;
    let mut out = String::new();
    for strip in strips {
        let mut field = Field::new(inner, strip.height);
        (strip.draw)(&mut field);
        for (number, line) in field.lines().iter().enumerate() {
            let beside = match number {
                0 => strip.labels.0.as_str(),
                number if number + 1 == strip.height => strip.labels.1.as_str(),
                _ => "",
            };
            let name = if number == strip.height / 2 { strip.name } else { "" };
            out.push_str(&format!("{name}{beside:>0$} │{line}\n", margin - wide(name)));
        }
    }
    let (low, high) = labels(panel.x.low, panel.x.high);
    let last = format!("{high} {}", unit(&panel.x.label));
    let between = inner.saturating_sub(wide(&low) + wide(last.trim_end()));
    out.push_str(&format!("{:>margin$}  {low}{:between$}{}\n", "", "", last.trim_end()));
    Some(out)
}

/// Whether there is nothing between the axes but zeros.
fn is_empty(panel: &Panel) -> bool {
    panel.marks.iter().all(|mark| match mark {
        Mark::Points { x, .. } => x.is_empty(),
        Mark::Line { y, .. } => y.iter().all(|value| *value == 0.0),
        Mark::Density { values, .. } => values.iter().all(|value| *value == 0.0),
        _ => false,
    })
}

/// Few neurons have a line each.
fn raster(panel: &Panel) -> Strip<'_> {
    let rows = panel.y.high.ceil() as usize;
    let few = rows <= LINES.0;
    let highest = if few { rows as f64 - 1.0 } else { (panel.y.high - 0.5).floor() };
    // One line is both the highest and the lowest.
    let labels = if highest > 0.0 { (format!("{highest}"), "0".to_owned()) } else { ("0".to_owned(), String::new()) };
    let draw = move |field: &mut Field| {
        let mark = |mark: &Mark| if few { strokes(field, mark, panel) } else { dots(field, mark, panel) };
        panel.marks.iter().for_each(mark);
    };
    Strip { name: "", labels, height: if few { rows } else { LINES.0 }, draw: Box::new(draw) }
}

fn rate(panel: &Panel) -> Strip<'_> {
    let line = panel.marks.last().and_then(curve);
    let highest = line.map_or(0.0, |(_, _, y)| y.iter().copied().fold(0.0, f64::max));
    let (low, high) = labels(0.0, highest);
    let draw = move |field: &mut Field| {
        line.into_iter().for_each(|(_, x, y)| area(field, (x, y), panel, highest));
    };
    Strip { name: "", labels: (high, low), height: LINES.1, draw: Box::new(draw) }
}

/// A distribution's bars, if it is one; of several the last.
fn bars(panel: &Panel) -> Option<Strip<'_>> {
    let Mark::Bars { start, width, heights, .. } = panel.marks.last()? else { return None };
    let highest = heights.iter().copied().fold(0.0, f64::max);
    let (low, high) = labels(0.0, highest);
    let draw = move |field: &mut Field| {
        let columns = 2 * field.width;
        let x: Vec<f64> = (0..columns).map(|column| panel.x.at((column as f64 + 0.5) / columns as f64)).collect();
        let height =
            |x: &f64| if x < start { 0.0 } else { heights.get(((x - start) / width) as usize).copied().unwrap_or(0.0) };
        let y: Vec<f64> = x.iter().map(height).collect();
        area(field, (&x, &y), panel, highest);
    };
    Some(Strip { name: "", labels: (high, low), height: LINES.1, draw: Box::new(draw) })
}

/// The first few lines, each from the least to the largest of their values; one that does not change in one line.
fn traces(panel: &Panel) -> Vec<Strip<'_>> {
    let lines: Vec<Curve<'_>> = panel.marks.iter().filter_map(curve).take(MOST_TRACES).collect();
    let values = || lines.iter().flat_map(|(_, _, y)| y.iter().copied()).filter(|value| value.is_finite());
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    let (several, flat) = (lines.len() > 1, low >= high);
    let y = if flat { panel.y.clone() } else { Axis { low, high, ..panel.y.clone() } };
    let marks = if flat { (labels(0.0, low).1, String::new()) } else { (labels(low, high).1, labels(low, high).0) };
    let strip = |(name, x, values)| {
        let panel = Panel { x: panel.x.clone(), y: y.clone(), marks: Vec::new() };
        let draw = move |field: &mut Field| line(field, (x, values), &panel);
        let name = if several || name == "mean" { name } else { "" };
        Strip { name, labels: marks.clone(), height: if flat { 1 } else { LINES.2 }, draw: Box::new(draw) }
    };
    lines.into_iter().map(strip).collect()
}

/// Name, places across, values.
type Curve<'a> = (&'a str, &'a [f64], &'a [f64]);

pub(super) fn curve(mark: &Mark) -> Option<Curve<'_>> {
    match mark {
        Mark::Line { name, x, y, .. } => Some((name, x, y)),
        _ => None,
    }
}

/// Points joined by what lies between them; none where a value is missing.
pub(super) fn line(field: &mut Field, (x, y): (&[f64], &[f64]), panel: &Panel) {
    let (columns, rows) = ((2 * field.width - 1) as f64, (4 * field.height - 1) as f64);
    let place = |(x, y): (&f64, &f64)| (panel.x.share(*x) * columns, panel.y.share(*y) * rows);
    let points: Vec<(f64, f64)> = x.iter().zip(y).map(place).collect();
    let mut set = |(x, y): (f64, f64)| {
        if x.is_finite() && y.is_finite() && x > -0.5 && y > -0.5 {
            field.set(x.round() as usize, y.round() as usize);
        }
    };
    points.iter().for_each(|point| set(*point));
    for pair in points.windows(2) {
        let steps = (pair[1].0 - pair[0].0).abs().max((pair[1].1 - pair[0].1).abs()).ceil();
        let between = |step: usize, from: f64, to: f64| from + (to - from) * step as f64 / steps;
        (0..steps as usize).for_each(|step| {
            set((between(step, pair[0].0, pair[1].0), between(step, pair[0].1, pair[1].1)));
        });
    }
}

/// `ms` of `time [ms]`.
pub(super) fn unit(label: &str) -> &str {
    label.split_once('[').map_or("", |(_, unit)| unit.trim_end_matches(']'))
}

/// The ends of an axis, with as many digits as tell them apart.
pub(super) fn labels(low: f64, high: f64) -> (String, String) {
    let written = |value: f64, digits: usize| {
        let rounded: f64 = format!("{value:.digits$e}").parse().unwrap_or(value);
        sweep::digits(rounded)
    };
    // A value that is a hair beside 0, where the other is not, is 0.
    let size = low.abs().max(high.abs());
    let [low, high] = [low, high].map(|value| if value.abs() < 1e-9 * size { 0.0 } else { value });
    let apart = |digits: &usize| {
        let (one, other) = (written(low, *digits), written(high, *digits));
        let error = |text: &str, value: f64| text.parse().map_or(0.0, |shown: f64| (shown - value).abs());
        one != other && error(&one, low).max(error(&other, high)) < 0.05 * (high - low)
    };
    let digits = (2..=5).find(apart).unwrap_or(5);
    (written(low, digits), written(high, digits))
}

/// Every point a stroke as high as its line.
fn strokes(field: &mut Field, mark: &Mark, panel: &Panel) {
    let columns = (2 * field.width) as f64;
    let column = |x: f64| ((x - panel.x.low) / (panel.x.high - panel.x.low) * columns) as usize;
    if let Mark::Points { x, y, .. } = mark {
        for (x, y) in x.iter().zip(y) {
            (0..4).for_each(|dot| field.set(column(*x), 4 * y.round() as usize + dot));
        }
    } else {
        dots(field, mark, panel);
    }
}

/// Every point a dot; of a density, cells that have more than the mean of those that have any.
fn dots(field: &mut Field, mark: &Mark, panel: &Panel) {
    let (columns, rows) = (2 * field.width, 4 * field.height);
    let column = |x: f64| ((x - panel.x.low) / (panel.x.high - panel.x.low) * columns as f64) as usize;
    let row = |y: f64| ((y - panel.y.low) / (panel.y.high - panel.y.low) * rows as f64) as usize;
    match mark {
        Mark::Points { x, y, .. } => x.iter().zip(y).for_each(|(x, y)| field.set(column(*x), row(*y))),
        Mark::Density { x, y, columns: across, values, .. } => {
            let mut sums = vec![0.0; columns * rows];
            for (place, value) in values.iter().enumerate() {
                let (at, up) = ((place % across) as f64 + 0.5, (place / across) as f64 + 0.5);
                let (at, up) = (column(x.0 + at * x.1), row(y.0 + up * y.1));
                if at < columns && up < rows {
                    sums[up * columns + at] += f64::from(*value);
                }
            }
            let mean = sums.iter().sum::<f64>() / sums.iter().filter(|sum| **sum > 0.0).count().max(1) as f64;
            for (place, _) in sums.iter().enumerate().filter(|(_, sum)| **sum > 0.0 && **sum >= mean) {
                field.set(place % columns, place / columns);
            }
        }
        _ => {}
    }
}

/// The area under a line.
fn area(field: &mut Field, (x, y): (&[f64], &[f64]), panel: &Panel, highest: f64) {
    let (columns, rows) = (2 * field.width, 4 * field.height);
    let mut heights = vec![(0.0, 0_u32); columns];
    for (x, y) in x.iter().zip(y) {
        let column = (panel.x.share(*x) * columns as f64) as usize;
        if let Some((sum, count)) = heights.get_mut(column) {
            *sum += y;
            *count += 1;
        }
    }
    let mut last = 0.0;
    for (column, (sum, count)) in heights.into_iter().enumerate() {
        // Columns between two bins have the height of the one before.
        last = if count > 0 { sum / f64::from(count) } else { last };
        let dots = (last / highest.max(f64::MIN_POSITIVE) * rows as f64).round() as usize;
        (0..dots.min(rows)).for_each(|row| field.set(column, row));
    }
}
