//! Grey-scale pictures in PNG: an array of the picture's rows, from the top, 0 for black and 1 for white.

use super::{Array, MOST_VALUES, Malformed};
use png::{BitDepth, ColorType, DecodingError, Transformations};
use std::io::Cursor;

pub(super) fn read(bytes: &[u8]) -> Result<Array, Malformed> {
    let broken = |error: DecodingError| {
        let reason = match error {
            DecodingError::Format(_) => "it is not a picture in PNG",
            DecodingError::LimitsExceeded => "it is too large",
            _ => "it ends too early",
        };
        Malformed::new(reason, "save the picture anew, in grey, as PNG")
    };
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(Transformations::IDENTITY);
    let mut reader = decoder.read_info().map_err(broken)?;
    let info = reader.info();
    let (width, height, depth) = (info.width as usize, info.height as usize, info.bit_depth);
    if info.color_type != ColorType::Grayscale {
        let kind = match info.color_type {
            ColorType::GrayscaleAlpha => "grey with transparency",
            ColorType::Indexed => "one of a palette of colours",
            _ => "one of colours",
        };
        let mend = "save it in grey, as by `PIL.Image.open(…).convert(\"L\").save(…)`";
        return Err(Malformed::new(format!("the picture is {kind}, not grey-scale"), mend));
    }
    if width.checked_mul(height).is_none_or(|count| count > MOST_VALUES) {
        return Err(Malformed::new("the picture has more than 2^31 points", "make it smaller"));
    }
    let mut bytes = vec![0; reader.output_buffer_size().unwrap_or_default()];
    let frame = reader.next_frame(&mut bytes).map_err(broken)?;
    let mut values = Vec::with_capacity(width * height);
    for row in bytes.chunks_exact(frame.line_size).take(height) {
        grey(row, depth, width, &mut values);
    }
    Ok(Array::new(vec![height, width], values.into(), false))
}

/// The points of a row: bytes, pairs of bytes, or several in a byte from its highest bits on.
fn grey(row: &[u8], depth: BitDepth, width: usize, values: &mut Vec<f64>) {
    let few = |bits: u32| {
        let most = (1_u16 << bits) - 1;
        let in_byte = move |byte: u8| (1..=8 / bits).map(move |place| (u16::from(byte) >> (8 - bits * place)) & most);
        row.iter().flat_map(move |&byte| in_byte(byte)).map(move |point| f64::from(point) / f64::from(most)).take(width)
    };
    match depth {
        BitDepth::One => values.extend(few(1)),
        BitDepth::Two => values.extend(few(2)),
        BitDepth::Four => values.extend(few(4)),
        BitDepth::Eight => values.extend(row.iter().map(|&point| f64::from(point) / 255.0)),
        BitDepth::Sixteen => {
            let points = row.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            values.extend(points.map(|point| f64::from(point) / 65_535.0));
        }
    }
}
