//! Pictures in a terminal: rasters and rates in braille, which has eight dots in a character; sweeps.

use super::{Kind, Mark, Panel, Picture, sweep};

/// Lines of a raster, and of a rate.
const LINES: (usize, usize) = (8, 5);

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

/// A raster, a rate or a sweep in lines of at most `width` columns; `None` for pictures that say nothing in characters.
#[must_use]
pub fn characters(picture: &Picture, width: usize) -> Option<String> {
    if picture.kind == Kind::Sweep {
        return sweep::characters(picture, width);
    }
    let panel = picture.panels.first()?;
    // Few neurons have a line each.
    let rows = panel.y.high.ceil() as usize;
    let (height, highest) = match picture.kind {
        Kind::Raster if rows <= LINES.0 => (rows, f64::from(rows as u32) - 1.0),
        Kind::Raster => (LINES.0, (panel.y.high - 0.5).floor()),
        Kind::Rates => (LINES.1, largest(panel)),
        _ => return None,
    };
    let labels = [label(highest), "0".to_owned()];
    let margin = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
    let inner = width.checked_sub(margin + 2).filter(|inner| *inner + margin + 2 >= NARROWEST)?;
    let mut field = Field::new(inner, height);
    match picture.kind {
        Kind::Raster if rows <= LINES.0 => panel.marks.iter().for_each(|mark| strokes(&mut field, mark, panel)),
        Kind::Raster => panel.marks.iter().for_each(|mark| dots(&mut field, mark, panel)),
        _ => panel.marks.last().into_iter().for_each(|mark| area(&mut field, mark, panel, highest)),
    }
    let what = if picture.kind == Kind::Rates { " [Hz]" } else { "" };
    let mut out = format!("{}{what}\n", picture.title);
    for (number, line) in field.lines().iter().enumerate() {
        let label = match number {
            0 => labels[0].as_str(),
            number if number + 1 == height => labels[1].as_str(),
            _ => "",
        };
        out.push_str(&format!("{label:>margin$} │{line}\n"));
    }
    let (first, last) = (label(panel.x.low), format!("{} {}", label(panel.x.high), unit(&panel.x.label)));
    let between = inner.saturating_sub(first.chars().count() + last.chars().count());
    out.push_str(&format!("{:>margin$}  {first}{:between$}{last}\n", "", ""));
    Some(out)
}

/// `ms` of `time [ms]`.
pub(super) fn unit(label: &str) -> &str {
    label.split_once('[').map_or("", |(_, unit)| unit.trim_end_matches(']'))
}

pub(super) fn label(value: f64) -> String {
    let rounded = if value.abs() >= 10.0 { value.floor() } else { (value * 10.0).round() / 10.0 };
    format!("{rounded}")
}

/// The largest value of the line that is shown.
fn largest(panel: &Panel) -> f64 {
    match panel.marks.last() {
        Some(Mark::Line { y, .. }) => y.iter().copied().fold(0.0, f64::max),
        _ => 0.0,
    }
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
fn area(field: &mut Field, mark: &Mark, panel: &Panel, highest: f64) {
    let Mark::Line { x, y, .. } = mark else { return };
    let (columns, rows) = (2 * field.width, 4 * field.height);
    let mut heights = vec![(0.0, 0_u32); columns];
    for (x, y) in x.iter().zip(y) {
        let column = ((x - panel.x.low) / (panel.x.high - panel.x.low) * columns as f64) as usize;
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
