//! Which statement belongs in which block, as a table.
//!
//! In: the members of a block. Out: those that belong there; others are reported, and of what is given twice the first counts.

use super::{Resolver, codes};
use grammar::Diagnostic;
use grammar::ast::{Member, MemberKind};

/// The kinds of blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BlockKind {
    /// `neurons`
    Neurons,
    /// `poisson`
    Poisson,
    /// `spike_source`
    SpikeSource,
    /// `synapses`
    Synapses,
    /// `poisson_input`
    PoissonInput,
}

use BlockKind::{Neurons, Poisson, PoissonInput, SpikeSource, Synapses};

/// How often a statement may stand in a block.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Times {
    Any,
    Once,
}

/// A statement: its word, the blocks it belongs in.
struct Row {
    word: &'static str,
    blocks: &'static [BlockKind],
    times: Times,
}

const fn row(word: &'static str, blocks: &'static [BlockKind], times: Times) -> Row {
    Row { word, blocks, times }
}

const ROWS: [Row; 22] = [
    row("equation", &[Neurons, Synapses, Poisson], Times::Any),
    row("threshold", &[Neurons], Times::Once),
    row("reset", &[Neurons], Times::Once),
    row("refractory", &[Neurons], Times::Once),
    row("method", &[Neurons, Synapses, Poisson], Times::Once),
    row("init", &[Neurons, Synapses, Poisson], Times::Any),
    row("on_pre", &[Synapses], Times::Any),
    row("on_post", &[Synapses], Times::Any),
    row("connect", &[Synapses], Times::Any),
    row("delay", &[Synapses], Times::Any),
    row("rate", &[Poisson, PoissonInput], Times::Once),
    row("n", &[PoissonInput], Times::Once),
    row("weight", &[PoissonInput], Times::Once),
    row("spikes", &[SpikeSource], Times::Once),
    row("period", &[SpikeSource], Times::Once),
    row("event", &[Neurons, Poisson], Times::Any),
    row("every", &[Neurons, Synapses, Poisson], Times::Any),
    row("dt", &[Neurons, Synapses, Poisson, SpikeSource], Times::Once),
    row("on_event", &[Synapses], Times::Any),
    row("order", &[Neurons, Synapses, Poisson, SpikeSource, PoissonInput], Times::Any),
    row("when", &[Neurons, Synapses, Poisson, SpikeSource, PoissonInput], Times::Any),
    row("multisynaptic_index", &[Synapses], Times::Once),
];

/// Whether a statement of some block begins with this word.
pub(super) fn is_keyword(word: &str) -> bool {
    ROWS.iter().any(|row| row.word == word)
}

/// The word of a member in the table; `None` for what could not be read.
pub(super) fn word(kind: &MemberKind) -> Option<&'static str> {
    match kind {
        MemberKind::Equation(_) => Some("equation"),
        other => other.word(),
    }
}

/// Whether a member belongs in a block of a kind; what could not be read belongs everywhere.
pub(super) fn belongs(kind: &MemberKind, block: BlockKind) -> bool {
    word(kind).and_then(|word| ROWS.iter().find(|row| row.word == word)).is_none_or(|row| row.blocks.contains(&block))
}

impl BlockKind {
    /// How such a block begins.
    pub(super) fn words(self) -> &'static str {
        match self {
            Neurons => "neurons",
            Poisson => "poisson",
            SpikeSource => "spike_source",
            Synapses => "synapses",
            PoissonInput => "poisson_input",
        }
    }
}

impl Resolver<'_> {
    /// The members that belong in a block, and whether all of it could be used: what was left out may be what others refer to.
    pub(super) fn members<'m>(&mut self, block: BlockKind, members: &'m [Member]) -> (Vec<&'m Member>, bool) {
        let mut kept: Vec<&Member> = Vec::new();
        let mut whole = true;
        for member in members {
            let Some(row) = word(&member.kind).and_then(|word| ROWS.iter().find(|row| row.word == word)) else {
                whole = false;
                continue;
            };
            if !row.blocks.contains(&block) {
                self.report(misplaced(row, block, member));
                continue;
            }
            let before = kept.iter().find(|before| word(&before.kind) == Some(row.word));
            if let (Times::Once, Some(before)) = (row.times, before) {
                let message = format!("`{}` is given twice in this block", row.word);
                let again = Diagnostic::error(codes::GIVEN_TWICE, member.span, message).label("given again here");
                self.report(again.also(before.span, "first given here").help("keep one of them"));
                continue;
            }
            kept.push(member);
        }
        (kept, whole)
    }
}

fn misplaced(row: &Row, block: BlockKind, member: &Member) -> Diagnostic {
    let what = if row.word == "equation" { "an equation".to_owned() } else { format!("`{}`", row.word) };
    let message = format!("{what} does not belong in a {} block", block.words());
    let allowed: Vec<String> = ROWS
        .iter()
        .filter(|row| row.blocks.contains(&block))
        .map(|row| if row.word == "equation" { "equations".to_owned() } else { format!("`{}`", row.word) })
        .collect();
    let own: Vec<&str> = row.blocks.iter().map(|block| block.words()).collect();
    Diagnostic::error(codes::MISPLACED, member.span, message)
        .label(format!("belongs in {}", own.join(", ")))
        .help(format!("a {} block has: {}", block.words(), allowed.join(", ")))
}
