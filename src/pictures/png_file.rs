//! Pictures as PNG: drawn three times as large and averaged, so that lines and letters have smooth edges.

use super::Picture;
use super::draw::{self, DrawError, Paper};
use plotters::prelude::{BitMapBackend, IntoDrawingArea};

/// How many points a pixel is the mean of, in either direction.
const FINER: u32 = 3;

/// A picture as the bytes of a PNG file of so many pixels.
///
/// # Errors
/// `DrawError` where the picture is too small for its axes.
pub fn png(picture: &Picture, size: (u32, u32)) -> Result<Vec<u8>, DrawError> {
    let fine = (size.0 * FINER, size.1 * FINER);
    let mut points = vec![0; fine.0 as usize * fine.1 as usize * 3];
    {
        let area = BitMapBackend::with_buffer(&mut points, fine).into_drawing_area();
        draw::onto(picture, &area, Paper { scale: FINER, pictures: None })?;
    }
    encoded(&averaged(&points, size), size)
}

/// The mean of every square of points.
fn averaged(points: &[u8], size: (u32, u32)) -> Vec<u8> {
    let (width, finer) = (size.0 as usize, FINER as usize);
    let mut pixels = Vec::with_capacity(width * size.1 as usize * 3);
    let line = width * finer * 3;
    for rows in points.chunks_exact(line * finer) {
        for place in 0..width * 3 {
            let (pixel, channel) = (place / 3, place % 3);
            let at = |row: usize, column: usize| u32::from(rows[row * line + (pixel * finer + column) * 3 + channel]);
            let sum: u32 =
                (0..finer).flat_map(|row| (0..finer).map(move |column| (row, column))).map(|(r, c)| at(r, c)).sum();
            pixels.push((sum / (FINER * FINER)) as u8);
        }
    }
    pixels
}

fn encoded(pixels: &[u8], size: (u32, u32)) -> Result<Vec<u8>, DrawError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, size.0, size.1);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(pixels));
    written.map_err(|reason| DrawError(reason.to_string()))?;
    Ok(bytes)
}
