//! Print and parse are inverse, formatting changes no tree and stays, and no text makes the parser fall over.

mod common {
    mod spans;
    pub(crate) mod trees;
    pub(crate) use spans::without_spans;
}

use common::trees;
use common::without_spans;
use grammar::print::{self, format};
use grammar::{Diagnostic, SourceId, parse, parse_block, parse_expression, parse_members};
use proptest::prelude::*;

const SOURCE: SourceId = SourceId(0);

/// Pieces of texts, right and wrong.
const PIECES: &[&str] = &[
    "\n",
    "\n",
    "\n",
    " ",
    " ",
    ";",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ",",
    ":",
    ".",
    "->",
    "=",
    "+=",
    "**=",
    "+",
    "-",
    "*",
    "/",
    "**",
    "<",
    "==",
    "^",
    "&&",
    "!",
    "# comment\n",
    "\"text\"",
    "'text'",
    "\"",
    "1",
    "2.5",
    "1e",
    "1e999",
    "µ",
    "$",
    "\r\n",
    "\u{feff}",
    "v",
    "dv",
    "dt",
    "if",
    "for",
    "in",
    "not",
    "and",
    "True",
    "neurons ",
    "synapses ",
    "P",
    "record ",
    "every ",
    "with ",
    "at end",
    "run ",
    "set ",
    "threshold ",
    "reset ",
    "init ",
    "on_pre ",
    "connect ",
    "event ",
    "method ",
    "delay ",
    "function ",
    "model ",
    "use ",
    "poisson_input to ",
    "restore ",
    "sweep ",
    "report ",
    "seeds ",
    "sweep a = [1] {",
    "volt",
    "(unless refractory)",
    "dv/dt = -v/tau : volt\n",
    "neurons P[3] {\n",
    "reset { v = 0 }",
];

/// Every place of every diagnostic is in the text, between two characters, and the diagnostics are in order.
fn well_placed(text: &str, diagnostics: &[Diagnostic]) -> Result<(), TestCaseError> {
    for diagnostic in diagnostics {
        let labels = std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary);
        for label in labels {
            prop_assert!(text.get(label.span.range()).is_some(), "{diagnostic:?} of {text:?}");
        }
        prop_assert!(!diagnostic.help.is_empty(), "{diagnostic:?} of {text:?}");
    }
    prop_assert!(diagnostics.is_sorted_by_key(|diagnostic| diagnostic.primary.span));
    Ok(())
}

/// What holds for every text, whatever stands in it.
fn survives(text: &str) -> Result<(), TestCaseError> {
    let parsed = parse(SOURCE, text);
    well_placed(text, &parsed.diagnostics)?;
    well_placed(text, &parse_members(SOURCE, text).1)?;
    well_placed(text, &parse_block(SOURCE, text).1)?;
    well_placed(text, &parse_expression(SOURCE, text).1)?;
    prop_assert_eq!(print::tree(&parsed.file).is_empty(), parsed.file.items.is_empty());
    if parsed.diagnostics.is_empty() {
        let formatted = format(text).expect("it has no mistakes");
        let again = parse(SOURCE, &formatted);
        prop_assert_eq!(without_spans(&parsed.file), without_spans(&again.file), "{:?} became {:?}", text, formatted);
        prop_assert_eq!(format(&formatted), Ok(formatted));
    } else {
        prop_assert_eq!(format(text), Err(parsed.diagnostics));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_printed_file_parses_to_itself(file in trees::file()) {
        let printed = print::file(&file);
        let parsed = parse(SOURCE, &printed);
        prop_assert_eq!(&parsed.diagnostics, &[], "{}", printed);
        prop_assert_eq!(without_spans(&parsed.file), without_spans(&file), "{}", printed);
        prop_assert_eq!(format(&printed), Ok(printed));
    }

    #[test]
    fn a_printed_expression_parses_to_itself(expression in trees::expression()) {
        let printed = print::expression(&expression);
        let (parsed, diagnostics) = parse_expression(SOURCE, &printed);
        prop_assert_eq!(&diagnostics, &[], "{}", printed);
        prop_assert_eq!(without_spans(&parsed), without_spans(&expression), "{}", printed);
        prop_assert_eq!(parsed.span.range(), 0..printed.len());
    }

    #[test]
    fn comments_and_line_ends_put_in_are_kept(
        file in trees::file(), places in prop::collection::vec(any::<u8>(), 1..40),
    ) {
        let mut places = places.into_iter().cycle();
        let mut put_in = 0;
        let mut text = String::new();
        for character in print::file(&file).chars() {
            let choice = places.next().unwrap_or_default();
            match character {
                '\n' if choice < 60 => text.push_str("  # c"),
                '\n' if choice < 90 => text.push_str("\n\n\n# c"),
                '(' | ',' | '[' if choice < 30 => text.push_str(&format!("{character} # c\n")),
                '(' | ',' | '[' if choice < 60 => text.push_str(&format!("{character}\n# c\n\n")),
                _ => {}
            }
            let broken = matches!(character, '(' | ',' | '[') && choice < 60;
            put_in += usize::from(broken || character == '\n' && choice < 90);
            if !broken {
                text.push(character);
            }
        }
        let parsed = parse(SOURCE, &text);
        // A line end put into a text in quotes is a mistake.
        prop_assume!(parsed.diagnostics.is_empty());
        prop_assert_eq!(without_spans(&parsed.file), without_spans(&file), "{}", text);
        survives(&text)?;
        let formatted = format(&text).expect("it has no mistakes");
        prop_assert_eq!(formatted.matches("# c\n").count(), put_in, "{} became {}", text, formatted);
        prop_assert!(!formatted.contains("\n\n\n") && !formatted.contains(" \n"), "{}", formatted);
    }

    #[test]
    fn any_pieces_are_survived(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)) {
        survives(&pieces.concat())?;
    }

    #[test]
    fn any_text_is_survived(text in "\\PC{0,60}") {
        survives(&text)?;
    }

    #[test]
    fn an_example_with_a_piece_changed_is_survived(
        at in 0.0..1.0_f64, removed in 0..8_usize, piece in prop::sample::select(PIECES),
    ) {
        let text = include_str!("language/synapses.rheo");
        let start = (at * text.len() as f64) as usize;
        let end = (start + removed).min(text.len());
        survives(&format!("{}{piece}{}", &text[..start], &text[end..]))?;
    }
}
