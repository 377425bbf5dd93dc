//! Sweeps in a terminal: a curve in braille, several as signs, a map in shades.

use super::{MOST_CURVES, digits};
use crate::pictures::characters::{Field, NARROWEST, curve, labels, line, unit};
use crate::pictures::{Axis, Mark, Panel, Picture};

/// Lines of a curve, and of a map at most.
const LINES: usize = 10;
const MOST_LINES: usize = 20;

/// Of curves, which are as many at most: no letters, since axes are called by those.
const SIGNS: [char; MOST_CURVES] = ['o', '+', '#', '@', '%'];

/// From the least to the largest value.
const SHADES: [char; 5] = ['·', '░', '▒', '▓', '█'];

/// In lines of at most `width` columns; `None` where there is too little room.
pub(crate) fn characters(picture: &Picture, width: usize) -> Option<String> {
    let panel = picture.panels.first()?;
    let curves: Vec<(&str, &[f64], &[f64])> = panel.marks.iter().filter_map(curve).collect();
    let body = match (panel.marks.first()?, curves.as_slice()) {
        (Mark::Cells { .. }, _) => map(panel, width)?,
        (_, [(_, x, y)]) => framed(&within(panel, x), width, |panel, inner| braille(panel, (x, y), inner))?,
        (_, curves) => {
            let signs: Vec<String> =
                SIGNS.iter().zip(curves).map(|(sign, (name, ..))| format!("  {sign} {name}\n")).collect();
            let panel = within(panel, curves.first()?.1);
            format!("{}{}", framed(&panel, width, |panel, inner| signed(panel, curves, inner))?, signs.concat())
        }
    };
    let of = unit(&panel.y.label);
    let of =
        if of.is_empty() || matches!(panel.marks[0], Mark::Cells { .. }) { String::new() } else { format!(" [{of}]") };
    Some(format!("{}{of}\n{body}", picture.title))
}

/// The same from the first to the last value: characters need no air.
fn within(panel: &Panel, x: &[f64]) -> Panel {
    let mut panel = panel.clone();
    if let [first, .., last] = x
        && first < last
    {
        (panel.x.low, panel.x.high) = (*first, *last);
    }
    panel
}

/// Lines with their axes.
fn framed(panel: &Panel, width: usize, lines: impl Fn(&Panel, usize) -> Vec<String>) -> Option<String> {
    let (low, high) = labels(panel.y.low, panel.y.high);
    let labels = [high, low];
    let margin = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
    let inner = width.checked_sub(margin + 2).filter(|_| width >= NARROWEST)?;
    let (lines, mut out) = (lines(panel, inner), String::new());
    for (number, line) in lines.iter().enumerate() {
        let label = match number {
            0 => labels[0].as_str(),
            number if number + 1 == lines.len() => labels[1].as_str(),
            _ => "",
        };
        out.push_str(&format!("{label:>margin$} │{line}\n"));
    }
    Some(format!("{out}{}", below(&panel.x, margin, inner)))
}

/// The ends of the lower axis, and what it is.
fn below(axis: &Axis, margin: usize, inner: usize) -> String {
    let ends = match (axis.words.first(), axis.words.last()) {
        (Some((_, first)), Some((_, last))) => (first.clone(), last.clone()),
        _ => (digits(rounded(axis.low)), digits(rounded(axis.high))),
    };
    let taken = ends.0.chars().count() + ends.1.chars().count();
    let between = inner.saturating_sub(taken);
    format!("{:>margin$}  {}{:^between$}{}\n", "", ends.0, axis.label, ends.1)
}

/// To three digits.
fn rounded(value: f64) -> f64 {
    format!("{value:.2e}").parse().unwrap_or(value)
}

/// One curve with what lies between its points.
fn braille(panel: &Panel, curve: (&[f64], &[f64]), inner: usize) -> Vec<String> {
    let mut field = Field::new(inner, LINES);
    line(&mut field, curve, panel);
    field.lines()
}

/// A sign for each point of a curve; a star where curves meet.
fn signed(panel: &Panel, curves: &[(&str, &[f64], &[f64])], inner: usize) -> Vec<String> {
    let mut cells = vec![vec![' '; inner]; LINES];
    for (&sign, (_, x, y)) in SIGNS.iter().zip(curves) {
        for (x, y) in x.iter().zip(*y).filter(|(x, y)| x.is_finite() && y.is_finite()) {
            let column = (panel.x.share(*x) * (inner - 1) as f64).round() as usize;
            let row = LINES - 1 - ((panel.y.share(*y) * (LINES - 1) as f64).round() as usize).min(LINES - 1);
            let cell = &mut cells[row][column.min(inner - 1)];
            *cell = if *cell == ' ' || *cell == sign { sign } else { '*' };
        }
    }
    cells.into_iter().map(|row| row.into_iter().collect()).collect()
}

/// A map; of more cells than there is room for, every so many-th.
fn map(panel: &Panel, width: usize) -> Option<String> {
    let Mark::Cells { x, y, values, range, label: of } = panel.marks.first()? else { return None };
    let (columns, rows) = (x.len() - 1, y.len() - 1);
    let middle = |axis: &Axis, edges: &[f64], place: usize| {
        let (low, high) = (edges[place], edges[place + 1]);
        if axis.log { (low * high).sqrt() } else { (low + high) / 2.0 }
    };
    let tick = |row: usize| match panel.y.words.get(row) {
        Some((_, word)) => word.clone(),
        None => digits(rounded(middle(&panel.y, y, row))),
    };
    let margin = (0..rows).map(|row| tick(row).chars().count()).max()?;
    let inner = width.checked_sub(margin + 2).filter(|_| width >= NARROWEST)?;
    let (down, along) = (rows.div_ceil(MOST_LINES), columns.div_ceil(inner));
    let wide = (inner / columns.div_ceil(along)).clamp(1, 4);
    let span = (range.1 - range.0).max(f32::MIN_POSITIVE);
    let shade = |value: f32| {
        let place = ((value - range.0) / span * SHADES.len() as f32) as usize;
        if value.is_finite() { SHADES[place.min(SHADES.len() - 1)] } else { ' ' }
    };
    let mut out = format!("{}\n", panel.y.label);
    for row in (0..rows).step_by(down).collect::<Vec<_>>().into_iter().rev() {
        let cells = (0..columns).step_by(along).map(|column| shade(values[row * columns + column]));
        let line: String = cells.flat_map(|cell| std::iter::repeat_n(cell, wide)).collect();
        out.push_str(&format!("{:>margin$} │{line}\n", tick(row)));
    }
    let middles = |place: usize| middle(&panel.x, x, place);
    let across = Axis { low: middles(0), high: middles(columns - 1), ..panel.x.clone() };
    out.push_str(&below(&across, margin, columns.div_ceil(along) * wide));
    let (low, high) = (f64::from(range.0), f64::from(range.1));
    let ends = (digits(rounded(low)), digits(rounded(high)));
    Some(format!("{out}  {}: {} {} to {} {}\n", of, SHADES[0], ends.0, SHADES[4], ends.1))
}
