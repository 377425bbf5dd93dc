//! The flags between the brackets of an equation line, as a table: which line of which block may have them.

use super::{Resolver, codes, suggestions};
use grammar::Diagnostic;
use grammar::ast::{Equation, EquationKind};

/// What flags say about a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Flags {
    /// `unless refractory`
    pub(super) unless_refractory: bool,
    /// `constant`
    pub(super) constant: bool,
    /// `shared`
    pub(super) shared: bool,
    /// `constant over dt`
    pub(super) constant_over_dt: bool,
    /// `linked`
    pub(super) linked: bool,
    /// `event-driven`
    pub(super) event_driven: bool,
    /// `clock-driven`
    pub(super) clock_driven: bool,
}

/// The forms of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Differential,
    Subexpression,
    Parameter,
}

/// A flag of a form of line, in neurons or in synapses.
struct Row {
    words: &'static str,
    form: Form,
    neurons: bool,
    synapses: bool,
    set: fn(&mut Flags),
}

const fn row(words: &'static str, form: Form, neurons: bool, synapses: bool, set: fn(&mut Flags)) -> Row {
    Row { words, form, neurons, synapses, set }
}

const ROWS: [Row; 8] = [
    row("unless refractory", Form::Differential, true, false, |flags| flags.unless_refractory = true),
    row("event-driven", Form::Differential, false, true, |flags| flags.event_driven = true),
    row("clock-driven", Form::Differential, false, true, |flags| flags.clock_driven = true),
    row("constant", Form::Parameter, true, true, |flags| flags.constant = true),
    row("shared", Form::Parameter, true, true, |flags| flags.shared = true),
    row("linked", Form::Parameter, true, true, |flags| flags.linked = true),
    row("shared", Form::Subexpression, true, true, |flags| flags.shared = true),
    row("constant over dt", Form::Subexpression, true, true, |flags| flags.constant_over_dt = true),
];

impl Resolver<'_> {
    /// The flags of a line, or `None` where one is wrong.
    pub(super) fn flags(&mut self, equation: &Equation, synapses: bool) -> Option<Flags> {
        let (form, line) = match equation.kind {
            EquationKind::Differential(_) => (Form::Differential, "a differential equation"),
            EquationKind::Subexpression(_) => (Form::Subexpression, "a subexpression"),
            EquationKind::Parameter(_) => (Form::Parameter, "a parameter"),
        };
        let allowed =
            || ROWS.iter().filter(|row| row.form == form && if synapses { row.synapses } else { row.neurons });
        let mut flags = Flags::default();
        let mut fine = true;
        for flag in &equation.flags {
            match allowed().find(|row| row.words == &*flag.text) {
                Some(row) => (row.set)(&mut flags),
                None => {
                    let block = if synapses { "synapses" } else { "neurons" };
                    let message = format!("{line} of {block} cannot have the flag `{}`", flag.text);
                    let words = allowed().map(|row| row.words);
                    let mut diagnostic = Diagnostic::error(codes::WRONG_FLAG, flag.span, message);
                    if let Some(meant) = suggestions::nearest(&flag.text, allowed().map(|row| row.words)) {
                        diagnostic = diagnostic.help(format!("did you mean `{meant}`?"));
                    }
                    self.report(diagnostic.help(format!("it may have: {}", suggestions::listed(words))));
                    fine = false;
                }
            }
        }
        if flags.linked && equation.flags.len() > 1 {
            let message = "a linked variable is what it is linked to, and has no other flags";
            self.report(
                Diagnostic::error(codes::WRONG_FLAG, equation.name.span, message).help("keep `(linked)` alone"),
            );
            fine = false;
        }
        if flags.linked && equation.kind == EquationKind::Parameter(None) {
            let message = format!("`{0}` is linked to nothing", equation.name.text);
            let help = format!("say what it is: `{} : … (linked) = A.x`", equation.name.text);
            self.report(Diagnostic::error(codes::LINK, equation.name.span, message).help(help));
            fine = false;
        }
        if flags.event_driven && flags.clock_driven {
            let span = equation.flags.last().map_or(equation.name.span, |flag| flag.span);
            let message = "an equation is either event-driven or clock-driven";
            self.report(Diagnostic::error(codes::WRONG_FLAG, span, message).help("keep one of the two flags"));
            fine = false;
        }
        fine.then_some(flags)
    }
}
