//! Maps by plotters: cells of a grid in tones, as rectangles, or in SVG files as one picture where they are of one size.
//!
//! In: edges of columns and rows as the axes have them, values, tones. Out: what is drawn. A map of 200,000 cells is some
//! hundred kilobytes as a picture within the file, and 20 megabytes as rectangles.

use super::draw::{Chart, Paper};
use super::tones::{Tones, stretches};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use plotters::element::Rectangle;
use plotters::prelude::DrawingBackend;
use plotters::style::{Color, RGBColor, ShapeStyle};

/// Cells, row after row from the lowest.
pub(super) struct Map<'a> {
    /// Where columns begin and the last ends.
    pub(super) x: Vec<f64>,
    /// The same of rows.
    pub(super) y: Vec<f64>,
    pub(super) values: &'a [f32],
    pub(super) tones: Tones,
}

/// Points of an embedded picture for each pixel that it is shown in: viewers smooth it, and are to see cells with edges.
const FINER: usize = 2;

/// The colour that stands for the picture of this number until it takes its place.
fn place_holder(number: usize) -> RGBColor {
    RGBColor(1, 2, number as u8)
}

impl Map<'_> {
    /// Draws it between the axes.
    pub(super) fn draw<D: DrawingBackend>(
        &self,
        chart: &mut Chart<'_, D>,
        paper: Paper<'_>,
    ) -> Result<(), Box<dyn std::error::Error>>
    where
        D::ErrorType: 'static,
    {
        let (Some((&left, &right)), Some((&low, &high))) = (ends(&self.x), ends(&self.y)) else { return Ok(()) };
        if let Some(pictures) = paper.pictures
            && are_even(&self.x)
            && are_even(&self.y)
        {
            let (width, height) = chart.plotting_area().dim_in_pixel();
            let shown = |size: u32| FINER * (size / paper.scale) as usize;
            let picture = self.picture((shown(width), shown(height)))?;
            let mut pictures = pictures.borrow_mut();
            let holder = place_holder(pictures.len()).filled();
            chart.draw_series([Rectangle::new([(left, high), (right, low)], holder)])?;
            pictures.push(picture);
            return Ok(());
        }
        for (row, values) in self.values.chunks_exact(self.x.len() - 1).enumerate() {
            let (low, high) = (self.y[row], self.y[row + 1]);
            let cell = |(first, last, style): (usize, usize, ShapeStyle)| {
                Rectangle::new([(self.x[first], low), (self.x[last], high)], style)
            };
            chart.draw_series(stretches(values, &self.tones).into_iter().map(cell))?;
        }
        Ok(())
    }

    /// As a PNG file of at least so many points, or as many as there are cells; what has no tone is clear.
    fn picture(&self, (wide, high): (usize, usize)) -> Result<Vec<u8>, png::EncodingError> {
        let (columns, rows) = (self.x.len() - 1, self.y.len() - 1);
        let (across, up) = (wide.div_ceil(columns).max(1), high.div_ceil(rows).max(1));
        let tone = |value: &f32| self.tones.tone(*value).map_or(Tones::MOST as u8, |tone| tone as u8);
        let mut points = Vec::with_capacity(columns * across * rows * up);
        for row in self.values.chunks_exact(columns).rev() {
            let line: Vec<u8> = row.iter().flat_map(|value| std::iter::repeat_n(tone(value), across)).collect();
            (0..up).for_each(|_| points.extend_from_slice(&line));
        }
        let colours = (0..Tones::MOST).map(|tone| self.tones.colour(tone));
        let palette: Vec<u8> =
            colours.flat_map(|RGBColor(red, green, blue)| [red, green, blue]).chain([255, 255, 255]).collect();
        let mut clear = vec![255; Tones::MOST];
        clear.push(0);
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, (columns * across) as u32, (rows * up) as u32);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_palette(palette);
        encoder.set_trns(clear);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&points)?;
        writer.finish()?;
        Ok(bytes)
    }
}

/// Puts pictures where their holders are in an SVG text.
pub(super) fn embedded(mut svg: String, pictures: &[Vec<u8>]) -> String {
    for (number, picture) in pictures.iter().enumerate() {
        let RGBColor(red, green, blue) = place_holder(number);
        let fill = format!("opacity=\"1\" fill=\"#{red:02X}{green:02X}{blue:02X}\" stroke=\"none\"");
        let Some(at) = svg.find(&fill) else { continue };
        let Some(start) = svg[..at].rfind("<rect") else { continue };
        let data = BASE64_STANDARD.encode(picture);
        let shown = format!("preserveAspectRatio=\"none\" href=\"data:image/png;base64,{data}\"");
        svg.replace_range(at..at + fill.len(), &shown);
        svg.replace_range(start..start + "<rect".len(), "<image");
    }
    svg
}

fn ends(edges: &[f64]) -> Option<(&f64, &f64)> {
    (edges.len() > 1).then_some((edges.first()?, edges.last()?))
}

/// Whether all cells are as wide as each other.
fn are_even(edges: &[f64]) -> bool {
    let (Some((first, last)), count) = (ends(edges), edges.len() - 1) else { return false };
    let width = (last - first) / count as f64;
    width.is_finite() && edges.windows(2).all(|pair| ((pair[1] - pair[0]) / width - 1.0).abs() < 1e-3)
}
