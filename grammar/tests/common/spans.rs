//! What several tests need.

use std::fmt::Debug;

/// A tree as text with every span left out: two trees that differ in their places alone give the same.
pub(crate) fn without_spans(tree: &impl Debug) -> String {
    const SPAN: &str = "Span { source: SourceId(";
    let written = format!("{tree:?}");
    let mut parts = written.split(SPAN);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (_, rest) = part.split_once('}').expect("a span ends");
        kept.push_str(rest);
    }
    kept
}
