//! Functions of the host program: Rust closures that a model's code calls by number.
//!
//! In come closures of up to four reals; out come their values. A closure may panic, and nothing may unwind through compiled
//! code: `HostFunction::attempt` catches the panic, notes it for its thread and gives NaN, and asks no closure any more until
//! the kernel, back in Rust, has taken the note (`HostFailure::take`). What is taken is raised by unwinding with itself as the payload, so
//! that whoever drives the network can tell it from a defect and make an error of it (`HostFailure::of_panic`).
//! Functions are pure by contract: equal arguments give equal values, without effects. So they are called as seldom as that
//! allows, in no certain order, and from any thread.

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

/// What is called: gets as many arguments as its declaration says.
pub type Closure = dyn Fn(&[f64]) -> f64 + Send + Sync;

thread_local! {
    /// The first failure on this thread that no kernel has taken yet.
    static FAILURE: RefCell<Option<HostFailure>> = const { RefCell::new(None) };
}

/// A closure with the name it has in models.
#[derive(Clone)]
pub struct HostFunction {
    name: Arc<str>,
    closure: Arc<Closure>,
}

impl fmt::Debug for HostFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HostFunction").field(&self.name).finish()
    }
}

impl HostFunction {
    /// A function of that name.
    #[must_use]
    pub fn new(name: &str, closure: Arc<Closure>) -> Self {
        Self { name: name.into(), closure }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its value.
    ///
    /// # Errors
    /// Where the closure panics.
    pub fn value(&self, arguments: &[f64]) -> Result<f64, HostFailure> {
        catch_unwind(AssertUnwindSafe(|| (self.closure)(arguments))).map_err(|payload| HostFailure {
            function: self.name.to_string(),
            message: message(payload.as_ref()).to_owned(),
        })
    }

    /// Its value, for kernels: NaN where the closure panics, and where one did since the last `HostFailure::take` of this thread.
    #[must_use]
    pub fn attempt(&self, arguments: &[f64]) -> f64 {
        if FAILURE.with_borrow(Option::is_some) {
            return f64::NAN;
        }
        self.value(arguments).unwrap_or_else(|failure| {
            FAILURE.set(Some(failure));
            f64::NAN
        })
    }
}

/// What a panic says, where it says something.
fn message(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&'static str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}

/// A function of the host program that panicked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the function `{function}` that the program gives panicked: {message}")]
pub struct HostFailure {
    /// Its name.
    pub function: String,
    /// What it said.
    pub message: String,
}

impl HostFailure {
    /// The first failure on this thread since the last time this was asked.
    #[must_use]
    pub fn take() -> Option<Self> {
        FAILURE.take()
    }

    /// Unwinds to whoever called a kernel; the hook for panics has been told of the closure's own and is not told again.
    pub fn raise(self) -> ! {
        resume_unwind(Box::new(self))
    }

    /// The failure that a panic was raised for.
    ///
    /// # Errors
    /// The payload of another panic, to go on with.
    pub fn of_panic(payload: Box<dyn Any + Send>) -> Result<Self, Box<dyn Any + Send>> {
        payload.downcast::<Self>().map(|failure| *failure)
    }
}

/// The functions of a model, by number.
#[derive(Clone, Debug, Default)]
pub struct Functions(Arc<[HostFunction]>);

impl Functions {
    /// Takes them in the order of their numbers.
    #[must_use]
    pub fn new(functions: Vec<HostFunction>) -> Self {
        Self(functions.into())
    }

    /// The function of that number.
    ///
    /// # Panics
    /// Where there is none: a program may call only functions of its own model.
    #[must_use]
    pub fn get(&self, number: u32) -> &HostFunction {
        &self.0[number as usize]
    }

    /// All of them, in order.
    #[must_use]
    pub fn all(&self) -> &[HostFunction] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_noted_once_and_nothing_is_called_until_it_is_taken() {
        let add = HostFunction::new("add", Arc::new(|x: &[f64]| x.iter().sum()));
        let fail = HostFunction::new("fail", Arc::new(|x: &[f64]| panic!("no {}", x[0])));
        assert_eq!(add.attempt(&[1.0, 2.0]).to_bits(), 3f64.to_bits());
        assert!(fail.attempt(&[7.0]).is_nan());
        assert!(fail.attempt(&[8.0]).is_nan());
        assert!(add.attempt(&[1.0, 2.0]).is_nan());
        let failure = HostFailure::take().expect("it was noted");
        assert_eq!((failure.function.as_str(), failure.message.as_str()), ("fail", "no 7"));
        assert_eq!(HostFailure::take(), None);
        assert_eq!(add.attempt(&[1.0, 2.0]).to_bits(), 3f64.to_bits());
    }

    #[test]
    fn what_is_raised_is_told_from_other_panics() {
        let failure = HostFailure { function: "f".to_owned(), message: "m".to_owned() };
        let payload = catch_unwind(|| failure.clone().raise()).expect_err("it unwinds");
        assert_eq!(HostFailure::of_panic(payload).ok(), Some(failure));
        let other = catch_unwind(|| resume_unwind(Box::new("other"))).expect_err("it unwinds");
        assert!(HostFailure::of_panic(other).is_err());
    }
}
