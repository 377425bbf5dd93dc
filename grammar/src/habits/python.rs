//! Lines of a Python script. In: a statement that does not fit. Out: what a model has in the place of what it does there.

use super::Failure;
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::statements;
use crate::token::{Start, Token};

/// `for tau in [1, 2]:`, `if v > 1:`, `import numpy as np`
pub(super) fn line(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    if !statements::is_of_python(&failure.line.tokens) {
        return None;
    }
    let word = failure.written(0, 0);
    let outside = matches!(failure.start, Start::Item | Start::Step);
    let helps: &[&str] = match word {
        "from" | "import" => &[
            "this is a Python script, and `docs/from-brian2.md` says what to write for each part of one of Brian2",
            "nothing is imported: all units and functions are there",
        ],
        "for" | "while" if outside => &[
            "there are no loops; to run the model once for each of several values, write \
             `sweep tau = [1, 2, 3]*ms { run 1*second; report rate(P) }`",
            "synapses by a rule stand in their block: `connect j = k for k in range(3)`",
        ],
        "for" | "while" => &["there are no loops: statements run for every neuron or synapse by themselves"],
        "if" | "elif" | "else" if outside => {
            &["there are no branches here: what is to differ between runs is a constant, which \
             `rheobase run FILE --set tau=10*ms` gives another value"]
        }
        "if" | "elif" | "else" => &[
            "write the condition as a number, `v += int(condition)*step`, or choose a value: `v = where(condition, a, b)`",
        ],
        "def" => &["a function is one line: `function f(x: volt): 1 = x/mV`"],
        _ => &["this is a line of a Python script, and `docs/from-brian2.md` says what to write for each of its parts"],
    };
    let span = failure.span(0, 0);
    let diagnostic = Diagnostic::error(codes::UNKNOWN_STATEMENT, span, format!("`{word}` begins no statement"));
    Some(helps.iter().fold(diagnostic, |diagnostic, help| diagnostic.help(*help)))
}

/// What is said of one line that draws, or of several in a row.
const DRAWS_NOTHING: &str = "a model draws nothing by itself";

/// Functions that scripts draw with.
const DRAWING: [&str; 31] = [
    "plot",
    "figure",
    "subplot",
    "subplots",
    "xlabel",
    "ylabel",
    "title",
    "suptitle",
    "legend",
    "show",
    "xlim",
    "ylim",
    "xticks",
    "yticks",
    "tight_layout",
    "savefig",
    "hist",
    "scatter",
    "imshow",
    "colorbar",
    "semilogy",
    "semilogx",
    "loglog",
    "axvline",
    "axhline",
    "errorbar",
    "bar",
    "fill_between",
    "grid",
    "axis",
    "brian_plot",
];

/// Names that scripts give to pictures.
const PICTURES: [&str; 6] = ["plt", "pylab", "ax", "axs", "axes", "fig"];

/// Methods that groups have, whatever they are called.
const OF_GROUPS: [&str; 6] = ["connect", "run_regularly", "run_on_event", "set_event_schedule", "store", "restore"];

/// Whether a diagnostic is that of [`picture`].
pub(crate) fn draws(diagnostic: &Diagnostic) -> bool {
    diagnostic.message == DRAWS_NOTHING
}

/// `plot(M.t/ms, M.v[0])`, `axs[0].set(xlim=(0, 1))`, `fig, ax = plt.subplots()`
pub(super) fn picture(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    let first = failure.name(0)?;
    let tokens = failure.line.tokens.len();
    let module =
        |at: usize| failure.token(at + 1) == Some(Token::Dot) && matches!(failure.name(at), Some("plt" | "pylab"));
    let method = || {
        let dot = failure.outside_brackets(1, |token| token == Token::Dot)?;
        let called = failure.outside_brackets(1, Token::is_assignment).is_none()
            && failure.line.tokens.last().is_some_and(|last| last.token == Token::RightParenthesis);
        (PICTURES.contains(&first) && called && !OF_GROUPS.contains(&failure.name(dot + 1)?)).then_some(())
    };
    let function = || failure.token(1) == Some(Token::LeftParenthesis) && DRAWING.contains(&first);
    if !matches!(failure.start, Start::Item | Start::Step) {
        return None;
    }
    ((0..tokens).any(module) || method().is_some() || function()).then(|| {
        Diagnostic::error(codes::UNKNOWN_STATEMENT, failure.span(0, tokens), DRAWS_NOTHING)
            .help("leave it out: `rheobase run` draws what is recorded, and `rheobase plot` writes it as SVG or PNG")
    })
}

/// `np.exp(x)`, `np.random.rand()`
pub(super) fn module(failure: &Failure<'_, '_>) -> Option<Diagnostic> {
    if failure.token(failure.at) != Some(Token::LeftParenthesis) {
        return None;
    }
    let last = failure.at.checked_sub(1)?;
    let function = failure.name(last)?;
    let mut first = last;
    while first >= 2 && failure.token(first - 1) == Some(Token::Dot) && failure.name(first - 2).is_some() {
        first -= 2;
    }
    let module = failure.name(first).filter(|_| first < last)?;
    if !matches!(module, "np" | "numpy" | "math" | "random" | "scipy" | "brian2" | "b2" | "br" | "bn" | "pd" | "plt") {
        return None;
    }
    let written = failure.written(first, last - 1);
    let message = format!("`{written}` is no part of a name here: functions have no module");
    let help = match function {
        "loadtxt" | "genfromtxt" | "read_csv" => "a table is read by `csv(\"table.csv\")`, a column of it by \
                                                 `csv(\"table.csv\", w)`"
            .to_owned(),
        "load" => "an array is read by `npy(\"x.npy\")` or `npz(\"all.npz\", w)`".to_owned(),
        "imread" => "a picture is read by `png(\"face.png\")`".to_owned(),
        "uniform" => "write `low + (high - low)*rand()`".to_owned(),
        "normal" => "write `mean + sd*randn()`".to_owned(),
        _ => format!("write `{function}(…)` without `{written}`"),
    };
    Some(Diagnostic::error(codes::UNEXPECTED, failure.span(first, last), message).help(help))
}
