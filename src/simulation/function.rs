//! Functions of one's own: in, Rust closures with a name and a signature in the language's own words; out, functions that every
//! model compiled with them may call.

use super::codes;
use crate::resolve;
use crate::sources::Sources;
use grammar::{Diagnostic, Span, ast};
use runtime::host::{Closure, Functions, HostFailure, HostFunction};
use std::fmt;
use std::panic::{AssertUnwindSafe, RefUnwindSafe, UnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

/// A Rust closure that models may call, see `Options::function`.
#[derive(Clone)]
pub struct Function {
    /// As models call it.
    pub name: String,
    /// Units of its arguments and of its value: `volt, 1 -> 1/second`.
    pub signature: String,
    closure: Arc<Closure>,
}

impl Function {
    /// A function of SI values: its arguments and its value are in base units.
    #[must_use]
    pub fn new(name: &str, signature: &str, closure: impl Fn(&[f64]) -> f64 + Send + Sync + 'static) -> Self {
        Self { name: name.to_owned(), signature: signature.to_owned(), closure: Arc::new(closure) }
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.signature)
    }
}

impl PartialEq for Function {
    /// Closures are equal where they are the same one.
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.signature == other.signature && Arc::ptr_eq(&self.closure, &other.closure)
    }
}

// A closure that panics ends the run that called it; what it leaves in itself is its own concern.
impl UnwindSafe for Function {}
impl RefUnwindSafe for Function {}

/// What an act that runs kernels gives; where a function panics in it, that is its error. Other panics go on.
///
/// # Errors
/// The function, and what it said.
pub(super) fn guarded<T>(act: impl FnOnce() -> T) -> Result<T, HostFailure> {
    catch_unwind(AssertUnwindSafe(act))
        .map_err(|payload| HostFailure::of_panic(payload).unwrap_or_else(|other| resume_unwind(other)))
}

/// Its value, NaN where the closure panics.
fn value_or_nan(function: &Function) -> Arc<Closure> {
    let callable = HostFunction::new(&function.name, Arc::clone(&function.closure));
    Arc::new(move |arguments: &[f64]| callable.value(arguments).unwrap_or(f64::NAN))
}

/// A function as the resolver knows it. Its signature is read as what stands left of `=` in a definition of the language.
pub(super) fn given(
    function: &Function,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<resolve::Given> {
    let (arguments, result) = function.signature.split_once("->").unwrap_or((&function.signature, ""));
    let units = arguments.split(',').map(str::trim).filter(|unit| !unit.is_empty());
    let parameters: Vec<String> = units.zip('a'..='z').map(|(unit, name)| format!("{name}: {unit}")).collect();
    let text = format!("function {}({}): {} = 0", function.name, parameters.join(", "), result.trim());
    let id = sources.add("<function>", text.as_str());
    if result.trim().is_empty() {
        let message = format!("the signature of `{}` gives no unit of its value", function.name);
        let wrong = Diagnostic::error(codes::SIGNATURE, Span::new(id, 0, text.len()), message);
        diagnostics.push(wrong.help("write the units of its arguments and of its value: `volt, 1 -> 1/second`"));
        return None;
    }
    let parsed = grammar::parse(id, &text);
    diagnostics.extend(parsed.diagnostics);
    parsed.file.items.into_iter().find_map(|item| match item.kind {
        ast::ItemKind::Function { name, parameters, unit, .. } => Some(resolve::Given {
            name,
            arguments: parameters.into_iter().map(|parameter| parameter.unit).collect(),
            result: unit,
            call: value_or_nan(function),
        }),
        _ => None,
    })
}

/// As the engines call them, numbered in their order.
pub(super) fn callable(functions: &[Function]) -> Functions {
    let callable = |function: &Function| HostFunction::new(&function.name, Arc::clone(&function.closure));
    Functions::new(functions.iter().map(callable).collect())
}
