//! Packs the library that draws the report page's plots, so that the program carries it and pages need no network.
//!
//! In: Plotly.js, which the crate `plotly` brings along. Out: `plotly.js.gz.base64` in the folder of build outputs. It
//! is packed here and not at each run, since packing takes a hundred times as long as writing: 4.7 MB become 1.9 MB, in
//! the program and in every page; browsers unpack it themselves.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let tags = plotly::Plot::offline_js_sources();
    // Two scripts in tags: Plotly.js, then MathJax, which our pages do without, as browsers typeset MathML themselves.
    let library = tags.split_once('>').and_then(|(_, rest)| rest.split_once("</script>")).map(|(script, _)| script);
    let library = library.filter(|script| script.contains("plotly.js v") && script.len() > 1_000_000);
    let library = library.ok_or_else(|| std::io::Error::other("the crate `plotly` does not begin with Plotly.js"))?;
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(library.as_bytes())?;
    let text = BASE64_STANDARD.encode(packed.finish()?);
    let folder = std::env::var_os("OUT_DIR").map(PathBuf::from);
    let folder = folder.ok_or_else(|| std::io::Error::other("cargo sets OUT_DIR"))?;
    std::fs::write(folder.join("plotly.js.gz.base64"), text)
}
