//! `rheobase plot`: what a run recorded, or a sweep measured, as SVG or PNG files.

use super::Failed;
use super::args::{KindName, PictureFormat, Plot};
use super::terminal::{complain, say};
use rheobase::output::{NotRead, Results, SweptRead};
use rheobase::pictures::{self, About, Kind, Picture, Sketch, Swept, Varied};
use std::fs;
use std::path::{Path, PathBuf};

pub(super) fn plot(arguments: &Plot) -> Result<(), Failed> {
    let failed = |reason: &dyn std::fmt::Display| {
        complain(&reason.to_string());
        Failed
    };
    let results = Results::open(&arguments.folder).map_err(|reason| failed(&reason))?;
    let all = match results.sweep().map_err(|reason| failed(&reason))? {
        Some(swept) => of_sweep(&swept),
        None => of_run(&results).map_err(|reason| failed(&reason))?,
    };
    let wanted: Vec<Kind> = arguments.kind.iter().map(|name| kind(*name)).collect();
    let chosen: Vec<&Picture> =
        all.iter().filter(|picture| wanted.is_empty() || wanted.contains(&picture.kind)).collect();
    if chosen.is_empty() {
        return Err(failed(&nothing(&arguments.folder, &all)));
    }
    let folder = target(arguments, chosen.len()).map_err(|reason| failed(&reason))?;
    for picture in chosen {
        let path = path(&folder, picture, arguments.format);
        let bytes = match arguments.format {
            PictureFormat::Svg => pictures::svg(picture, arguments.size).map(String::into_bytes),
            PictureFormat::Png => pictures::png(picture, arguments.size),
        };
        let bytes = bytes.map_err(|reason| failed(&reason))?;
        fs::write(&path, bytes).map_err(|reason| failed(&format!("{}: {reason}", path.display())))?;
        say(&path.display().to_string())?;
    }
    Ok(())
}

fn of_run(results: &Results) -> Result<Vec<Picture>, NotRead> {
    let about = About::of_json(results.summary());
    let mut sketches = Vec::new();
    for entry in results.entries() {
        let mut sketch = Sketch::new(&entry.name, &about);
        results.each(&entry, |table| sketch.add(table))?;
        sketches.push(sketch);
    }
    Ok(pictures::all(sketches, Vec::new()))
}

fn of_sweep(swept: &SweptRead) -> Vec<Picture> {
    let axes: Vec<Varied<'_>> = swept.axes.iter().map(|(name, unit, values)| Varied { name, unit, values }).collect();
    let measures = swept.measures.iter().zip(&swept.values);
    pictures::swept(measures.map(|((measure, unit), values)| Swept { measure, unit, axes: &axes, values }))
}

fn kind(name: KindName) -> Kind {
    match name {
        KindName::Raster => Kind::Raster,
        KindName::Rates => Kind::Rates,
        KindName::Traces => Kind::Traces,
        KindName::Weights => Kind::Weights,
        KindName::Histograms => Kind::Histograms,
        KindName::Connectivity => Kind::Connectivity,
        KindName::Sweep => Kind::Sweep,
    }
}

/// Why there is nothing to draw, and what there is.
fn nothing(folder: &Path, all: &[Picture]) -> String {
    let mut kinds: Vec<&str> = all.iter().map(|picture| picture.kind.name()).collect();
    kinds.dedup();
    if kinds.is_empty() {
        let hint = "record something, as by `record P.spikes`, and run the model again";
        return format!("{} has nothing that could be drawn; {hint}", folder.display());
    }
    format!("{} has no pictures of that kind; it has {}", folder.display(), kinds.join(", "))
}

/// Where pictures go.
enum Target {
    /// Each under its own name.
    Folder(PathBuf),
    /// The only one.
    File(PathBuf),
}

/// The folder or file that was asked for; a folder is made.
fn target(arguments: &Plot, count: usize) -> Result<Target, String> {
    let Some(out) = &arguments.out else { return Ok(Target::Folder(arguments.folder.clone())) };
    if out.extension().is_none() || out.is_dir() {
        fs::create_dir_all(out).map_err(|reason| format!("{}: {reason}", out.display()))?;
        return Ok(Target::Folder(out.clone()));
    }
    let extension = out.extension().and_then(|extension| extension.to_str());
    if extension != Some(extension_of(arguments.format)) {
        let format = extension_of(arguments.format);
        return Err(format!("{} would be a {format} file: name it so, or choose another --format", out.display()));
    }
    if count > 1 {
        return Err(format!(
            "{} is one file, and there are {count} pictures: choose a --kind, or a folder",
            out.display()
        ));
    }
    Ok(Target::File(out.clone()))
}

fn path(target: &Target, picture: &Picture, format: PictureFormat) -> PathBuf {
    match target {
        Target::File(path) => path.clone(),
        Target::Folder(folder) => folder.join(format!("{}.{}", picture.file_name(), extension_of(format))),
    }
}

fn extension_of(format: PictureFormat) -> &'static str {
    match format {
        PictureFormat::Svg => "svg",
        PictureFormat::Png => "png",
    }
}
