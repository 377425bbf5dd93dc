//! Pictures for Plotly.js, which draws them in the report page: data and layout as JSON.
//!
//! Long columns of numbers are written as Plotly's typed arrays (`dtype`, `bdata`), a third of the size of digits, and
//! read at once. No mark needs WebGL: browsers allow few of its contexts on a page, and none under a strict security
//! policy.

use super::tones::Tones;
use super::{Axis, Kind, Mark, PALETTE, Panel, Picture};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use plotters::style::RGBColor;
use serde_json::{Value, json};

/// How high a picture is on the page [pixels], and one of a neuron or two.
const HEIGHT: u32 = 420;
const LOWEST: u32 = 180;

/// Pixels for each neuron of a raster, and for what is around them.
const ROW: f64 = 26.0;
const AROUND: f64 = 130.0;

/// Pixels above and below the axes.
const BESIDE: f64 = 86.0;

/// A title of more letters than this stands beside a colour bar rather than above it.
const LONGEST_ABOVE: usize = 12;

/// An axis of so many things has a tick for each.
const FEW: f64 = 14.0;

/// The share of the width between two panels.
const BETWEEN: f64 = 0.14;

/// How high a picture is on the page [pixels]: rasters of few neurons, and distributions of one bar, are lower than others.
pub(crate) fn height(picture: &Picture) -> u32 {
    let Some(panel) = picture.panels.first() else { return HEIGHT };
    match panel.marks.as_slice() {
        _ if picture.kind == Kind::Raster => of_rows(panel.y.high - panel.y.low),
        [Mark::Bars { heights, .. }] if heights.len() == 1 => LOWEST,
        _ => HEIGHT,
    }
}

/// How high a raster of so many neurons is.
fn of_rows(rows: f64) -> u32 {
    ((AROUND + ROW * rows) as u32).clamp(LOWEST, HEIGHT)
}

/// `{"data": …, "layout": …}` for `Plotly.newPlot`.
#[must_use]
pub fn plotly(picture: &Picture) -> Value {
    let count = picture.panels.len();
    let mut data = Vec::new();
    let mut layout = json!({
        "height": height(picture),
        // Above is the place of the tools, below that of names.
        "margin": {"l": 64, "r": 24, "t": 34, "b": 52},
        "hovermode": "closest",
        "dragmode": "zoom",
        "bargap": 0,
        "barmode": "overlay",
        "font": {"family": "system-ui, sans-serif", "size": 13, "color": "#222"},
        "plot_bgcolor": "#fff",
        "paper_bgcolor": "#fff",
        "legend": {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0},
    });
    for (place, panel) in picture.panels.iter().enumerate() {
        let number = if place == 0 { String::new() } else { (place + 1).to_string() };
        data.extend(panel.marks.iter().map(|mark| trace(mark, panel, &number)));
        let width = (1.0 - BETWEEN * (count - 1) as f64) / count as f64;
        let left = place as f64 * (width + BETWEEN);
        layout[format!("xaxis{number}")] = axis(&panel.x, Some([left, left + width]), &format!("y{number}"));
        layout[format!("yaxis{number}")] = axis(&panel.y, None, &format!("x{number}"));
    }
    let named = data.iter().filter(|trace| trace["showlegend"] == true).count();
    layout["showlegend"] = json!(named > 1);
    json!({"data": data, "layout": layout})
}

fn axis(axis: &Axis, domain: Option<[f64; 2]>, anchor: &str) -> Value {
    let mut value = json!({
        "title": {"text": axis.label, "standoff": 8},
        "range": [axis.low, axis.high],
        "anchor": anchor,
        "zeroline": false,
        "showline": true,
        "linecolor": "#888",
        "gridcolor": "#eee",
        "ticks": "outside",
        "tickcolor": "#888",
        "exponentformat": "power",
        "automargin": true,
    });
    if axis.log {
        value["type"] = json!("log");
        // 20 rather than a small 2 behind 10.
        value["tickformat"] = json!(".3~g");
        value["range"] = json!([axis.low.log10(), axis.high.log10()]);
    }
    if let Some(domain) = domain {
        value["domain"] = json!(domain);
    }
    if !axis.words.is_empty() {
        let (places, words): (Vec<f64>, Vec<&str>) =
            axis.words.iter().map(|(place, word)| (*place, word.as_str())).unzip();
        value["tickvals"] = json!(places);
        value["ticktext"] = json!(words);
    } else if axis.whole {
        // Numbers of things: 4,000 rather than 4k, nothing below the first, and where they are few, no tick between
        // two.
        value["minallowed"] = json!(axis.low);
        value["maxallowed"] = json!(axis.high);
        value["separatethousands"] = json!(true);
        value["exponentformat"] = json!("none");
        if axis.high - axis.low <= FEW {
            value["dtick"] = json!(1);
        }
    }
    value
}

fn trace(mark: &Mark, panel: &Panel, number: &str) -> Value {
    let mut value = match mark {
        Mark::Points { x, y, colour } => points(x, y, *colour, panel),
        Mark::Line { name, x, y, colour, faint, dots } => json!({
            "type": "scatter", "mode": if *dots { "lines+markers" } else { "lines" }, "name": name, "showlegend": !name.is_empty(),
            "x": numbers(x), "y": numbers(y),
            "line": {"color": colour_of(*colour), "width": if *faint { 1.0 } else { 1.6 }, "simplify": true},
            "opacity": if *faint { 0.35 } else { 1.0 },
            "hovertemplate": "%{x:.6~g}, %{y:.5~g}",
        }),
        Mark::Segments { ends, opacity } => {
            let (mut x, mut y) = (Vec::with_capacity(3 * ends.len()), Vec::with_capacity(3 * ends.len()));
            for [from_x, from_y, to_x, to_y] in ends {
                x.extend([*from_x, *to_x, f64::NAN]);
                y.extend([*from_y, *to_y, f64::NAN]);
            }
            json!({
                "type": "scatter", "mode": "lines", "showlegend": false, "hoverinfo": "skip",
                "x": numbers(&x), "y": numbers(&y), "line": {"color": "#222", "width": 1}, "opacity": opacity,
            })
        }
        Mark::Bars { name, start, width, heights, colour } => {
            let middles: Vec<f64> = (0..heights.len()).map(|place| start + (place as f64 + 0.5) * width).collect();
            json!({
                "type": "bar", "name": name, "showlegend": !name.is_empty(),
                "x": exact(&middles), "y": exact(heights), "width": width,
                "marker": {"color": colour_of(*colour), "line": {"width": 0}},
                "opacity": if name.is_empty() { 0.9 } else { 0.6 },
                "hovertemplate": "%{y} at %{x:.4~g}",
            })
        }
        Mark::Density { x, y, columns, values, label, counts, most } => {
            density((*x, *y), (*columns, values), label, counts.then_some(*most))
        }
        Mark::Cells { x, y, values, range, label } => json!({
            "type": "heatmap", "showlegend": false, "hoverongaps": false,
            "x": exact(x), "y": exact(y), "z": cells_of(values, y.len() - 1, x.len() - 1),
            "zmin": range.0, "zmax": range.1, "colorscale": "Viridis",
            "colorbar": colour_bar(label),
            "hovertemplate": "%{x:.5~g}, %{y:.5~g}: %{z:.5~g}",
        }),
    };
    value["xaxis"] = json!(format!("x{number}"));
    value["yaxis"] = json!(format!("y{number}"));
    if value["hoverinfo"] != "skip" && value.get("showlegend").is_none_or(|shown| shown == false) {
        // The name of a trace beside the values, which would be `trace 0` here.
        value["hovertemplate"] =
            json!(format!("{}<extra></extra>", value["hovertemplate"].as_str().unwrap_or_default()));
    }
    value
}

/// Few neurons get upright strokes, as spikes are drawn by hand; many get dots.
fn points(x: &[f64], y: &[f64], colour: usize, panel: &Panel) -> Value {
    let (symbol, size) = match (panel.x.words.is_empty(), panel.y.high - panel.y.low, x.len()) {
        (false, rows, _) => ("circle", if rows <= 40.0 { 10.0 } else { 4.0 }),
        (true, rows, count) if panel.x.label.starts_with("time") && rows <= 40.0 && count <= 4_000 => {
            // A stroke is 1.4 times as long as its size says, and seven tenths of the way to the next.
            ("line-ns-open", ((f64::from(of_rows(rows)) - BESIDE) / rows / 2.0).clamp(4.0, 24.0))
        }
        (true, rows, _) if rows <= 40.0 => ("circle", 7.0),
        (true, _, count) => ("circle", if count <= 3_000 { 3.5 } else { 2.5 }),
    };
    let line = if symbol == "circle" { json!({"width": 0}) } else { json!({"width": 1.5, "color": colour_of(colour)}) };
    json!({
        "type": "scatter", "mode": "markers", "showlegend": false,
        "x": numbers(x), "y": numbers(y),
        "marker": {"color": colour_of(colour), "symbol": symbol, "size": size, "line": line},
        "hovertemplate": "%{x:.6~g}, %{y}",
    })
}

/// `counts` says that 0 means nothing, and where the scale ends, if not at the largest.
fn density(at: ((f64, f64), (f64, f64)), cells: (usize, &[f32]), label: &str, counts: Option<Option<f32>>) -> Value {
    let ((x, y), (columns, values)) = (at, cells);
    let rows = values.len() / columns.max(1);
    let mut value = json!({
        "type": "heatmap", "showlegend": false, "hoverongaps": false,
        "x0": x.0 + x.1 / 2.0, "dx": x.1, "y0": y.0 + y.1 / 2.0, "dy": y.1,
        "z": cells_of(values, rows, columns),
        "colorscale": "Viridis",
        "colorbar": colour_bar(label),
        "hovertemplate": "%{x:.5~g}, %{y:.5~g}: %{z:.4~g}",
    });
    let tones = counts.map(|most| Tones::of(values, true, most)).filter(|tones| tones.high().is_finite());
    if let Some(tones) = tones {
        let (stops, bottom) = tones.scale();
        let stops: Vec<Value> = stops.into_iter().map(|(place, colour)| json!([place, written(colour)])).collect();
        value["colorscale"] = json!(stops);
        value["zmin"] = json!(bottom);
        value["zmax"] = json!(tones.high());
        if f64::from(tones.high()) <= FEW {
            value["colorbar"]["tick0"] = json!(0);
            value["colorbar"]["dtick"] = json!(1);
        }
    }
    value
}

fn colour_bar(label: &str) -> Value {
    let side = if label.chars().count() > LONGEST_ABOVE { "right" } else { "top" };
    json!({
        "title": {"text": label, "side": side}, "thickness": 12, "outlinewidth": 1, "outlinecolor": "#aaa",
        "exponentformat": "power",
    })
}

fn written(RGBColor(red, green, blue): RGBColor) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// Whole numbers below 2^16 in one or two bytes each, others in four.
fn cells_of(values: &[f32], rows: usize, columns: usize) -> Value {
    let whole = values.iter().all(|value| f32::from(*value as u16) == *value);
    let most = values.iter().copied().fold(0.0, f32::max);
    let (dtype, bytes): (&str, Vec<u8>) = match (whole, most < 256.0) {
        (true, true) => ("u1", values.iter().map(|value| *value as u8).collect()),
        (true, false) => ("u2", values.iter().flat_map(|value| (*value as u16).to_le_bytes()).collect()),
        (false, _) => ("f4", values.iter().flat_map(|value| value.to_le_bytes()).collect()),
    };
    json!({"dtype": dtype, "bdata": BASE64_STANDARD.encode(bytes), "shape": format!("{rows}, {columns}")})
}

/// Single precision is finer than any screen.
fn numbers(values: &[f64]) -> Value {
    let bytes: Vec<u8> = values.iter().flat_map(|value| (*value as f32).to_le_bytes()).collect();
    json!({"dtype": "f4", "bdata": BASE64_STANDARD.encode(bytes)})
}

fn exact(values: &[f64]) -> Value {
    json!(values)
}

fn colour_of(number: usize) -> String {
    let [red, green, blue] = PALETTE[number % PALETTE.len()];
    written(RGBColor(red, green, blue))
}
