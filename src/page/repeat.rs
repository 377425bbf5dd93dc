//! What it takes to get the same results again: the version, the command, every text.

use super::Page;
use crate::Model;
use crate::simulation::{At, Cpu, Engine, Options, Precision};
use crate::units;
use maud::{Markup, html};

/// A text longer than this is cut: it is data that stands in a model [bytes].
const MOST_BYTES: usize = 200_000;

/// The section.
pub(super) fn section(page: &Page<'_>) -> Markup {
    html! {
        h2 id="repeat" { "To repeat it" }
        p { "Rheobase " (page.summary.rheobase) " gives the same spikes, to the bit, for these files and this command:" }
        (told(page.model, &command(page)))
    }
}

/// A command, and the files of a model.
pub(super) fn told(model: &Model, command: &str) -> Markup {
    let texts = model.sources().all().iter().filter(|source| !source.name.starts_with('<') || source.name == "<model>");
    html! {
        pre { (command) }
        @if model.options().cpu == Cpu::Host {
            p.soft { "Processors with other features may differ in the last digits; " code { "--cpu baseline" } " is the same on all." }
        }
        @for source in texts {
            details {
                summary { code { (source.name) } }
                pre { (cut(&source.text)) }
            }
        }
        @for file in model.array_files() {
            p {
                code { (file.path.display()) } ": " (units::grouped(file.bytes)) " bytes, CRC-32 "
                code { (format!("{:08x}", file.crc32)) }
            }
        }
    }
}

/// The command of the run, with the seed that it had.
fn command(page: &Page<'_>) -> String {
    let summary = page.summary;
    let seed = match page.model.at() {
        None => vec![("--seed", summary.seed.to_string())],
        Some(At { point, first_seed }) => {
            let seed = first_seed.map(|seed| ("--seed", seed.to_string()));
            [("--point", point.to_string())].into_iter().chain(seed).collect()
        }
    };
    written("run", &summary.model, &seed, page.model.options())
}

/// A command of a model, with options of its own and those that a model is compiled with.
pub(crate) fn written(command: &str, model: &str, own: &[(&str, String)], options: &Options) -> String {
    let mut words: Vec<String> = ["rheobase", command, model].map(ToOwned::to_owned).into();
    let mut add = |option: &str, value: &str| words.extend([option.to_owned(), value.to_owned()]);
    own.iter().for_each(|(option, value)| add(option, value));
    options.set.iter().for_each(|(name, value)| add("--set", &format!("{name}={value}")));
    options.dt.iter().for_each(|time| add("--dt", time));
    options.duration.iter().for_each(|time| add("--duration", time));
    if options.engine == Engine::Interpreter {
        add("--engine", "interpreter");
    }
    if options.cpu == Cpu::Baseline {
        add("--cpu", "baseline");
    }
    if options.precision == Precision::F32 {
        add("--precision", "f32");
    }
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// As a shell reads it.
fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./=:,@%+".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

fn cut(text: &str) -> String {
    match text.char_indices().find(|(place, _)| *place >= MOST_BYTES) {
        None => text.to_owned(),
        Some((place, _)) => format!("{}\n… ({} bytes in all)", &text[..place], text.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn words_are_quoted_as_shells_need_it() {
        for (word, text) in [("m.rheo", "m.rheo"), ("tau=10*ms", "'tau=10*ms'"), ("it's", "'it'\\''s'"), ("", "''")] {
            assert_eq!(quoted(word), text);
        }
    }
}
