//! Functions of one's own: in, Rust closures with a name and a signature in the language's own words; out, functions that every
//! model compiled with them may call.

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

/// As the engines call them, numbered in their order.
pub(super) fn callable(functions: &[Function]) -> Functions {
    let callable = |function: &Function| HostFunction::new(&function.name, Arc::clone(&function.closure));
    Functions::new(functions.iter().map(callable).collect())
}
