//! `rheobase plot`: what a run recorded, or a sweep measured, as SVG or PNG files.

use super::Failed;
use super::args::{KindName, PictureFormat, Plot};
use super::terminal::{complain, say};
use rheobase::output::{NotRead, Results, SweptRead};
use rheobase::pictures::{self, About, Kind, Picture, Sketch, Swept, Varied};
use std::fs;
use std::path::PathBuf;

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
    let chosen = chosen(arguments, &all).map_err(|reason| failed(&reason))?;
    let folder = target(arguments, &chosen).map_err(|reason| failed(&reason))?;
    for Drawn { picture, .. } in chosen {
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

/// A picture, and what it is of, as `--of` names it.
struct Drawn {
    of: String,
    picture: Picture,
}

/// The pictures that were asked for; else why there are none, and what there is.
fn chosen<'a>(arguments: &Plot, all: &'a [Drawn]) -> Result<Vec<&'a Drawn>, String> {
    let kinds: Vec<Kind> = arguments.kind.iter().map(|name| kind(*name)).collect();
    let folder = arguments.folder.display();
    if all.is_empty() {
        let hint = "record something, as by `record P.spikes`, and run the model again";
        return Err(format!("{folder} has nothing that could be drawn; {hint}"));
    }
    let of_kind: Vec<&Drawn> =
        all.iter().filter(|drawn| kinds.is_empty() || kinds.contains(&drawn.picture.kind)).collect();
    if of_kind.is_empty() {
        let there = listed(all.iter().map(|drawn| drawn.picture.kind.name()));
        return Err(format!("{folder} has no pictures of that kind; it has {there}"));
    }
    let is_there = |of: &&String| of_kind.iter().any(|drawn| drawn.of == **of);
    if let Some(missing) = arguments.of.iter().find(|of| !is_there(of)) {
        let that = if kinds.is_empty() { "" } else { " of that kind" };
        let there = listed(of_kind.iter().map(|drawn| drawn.of.as_str()));
        return Err(format!("{folder} has no picture{that} of `{missing}`; it has those of {there}"));
    }
    Ok(of_kind.into_iter().filter(|drawn| arguments.of.is_empty() || arguments.of.contains(&drawn.of)).collect())
}

/// Each once.
fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut listed: Vec<&str> = Vec::new();
    for name in names {
        if !listed.contains(&name) {
            listed.push(name);
        }
    }
    listed.join(", ")
}

fn of_run(results: &Results) -> Result<Vec<Drawn>, NotRead> {
    let about = About::of_json(results.summary());
    let mut sketches = Vec::new();
    for entry in results.entries() {
        let mut sketch = Sketch::new(&entry.name, &about);
        results.each(&entry, |table| sketch.add(table))?;
        sketches.push(sketch);
    }
    let all = pictures::all(sketches, Vec::new()).into_iter();
    Ok(all.map(|picture| Drawn { of: picture.name.clone(), picture }).collect())
}

fn of_sweep(swept: &SweptRead) -> Vec<Drawn> {
    let axes: Vec<Varied<'_>> = swept.axes.iter().map(|(name, unit, values)| Varied { name, unit, values }).collect();
    let measures = swept.measures.iter().zip(&swept.values);
    let all = measures.map(|((measure, unit), values)| Swept { measure, unit, axes: &axes, values });
    let drawn = pictures::swept(all).into_iter();
    drawn.map(|(measure, picture)| Drawn { of: measure.to_owned(), picture }).collect()
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

/// Where pictures go.
enum Target {
    /// Each under its own name.
    Folder(PathBuf),
    /// The only one.
    File(PathBuf),
}

/// The folder or file that was asked for; a folder is made.
fn target(arguments: &Plot, chosen: &[&Drawn]) -> Result<Target, String> {
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
    if chosen.len() > 1 {
        let kinds = listed(chosen.iter().map(|drawn| drawn.picture.kind.name()));
        let of = listed(chosen.iter().map(|drawn| drawn.of.as_str()));
        return Err(format!(
            "{} is one file, and there are {} pictures: choose one by --kind ({kinds}) and --of ({of}), or a folder",
            out.display(),
            chosen.len()
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
