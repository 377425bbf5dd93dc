//! Models: texts compiled, immutable, shared by all simulations of them.

use super::array_files::ArrayFile;
use super::build;
use super::explain::Explanation;
use super::front::{self, At, Planned, Reading, Timings};
use super::function;
use super::options::{Cpu, Engine, Options};
use super::programs::{Programs, interpreted, interpreted_code};
use super::run::Simulation;
use super::saved::Identity;
use crate::codegen;
use crate::error::{Error, Rejected};
use crate::ir;
use crate::ir::network::Network;
use crate::ir::plan::Plan;
use crate::ir::steps::Program;
use crate::ir::verify::Verified;
use crate::passes::Keep;
use crate::sources::Sources;
use grammar::{Diagnostic, SourceId, ast};
use runtime::Code;
use runtime::host::Functions;
use runtime::kernel::Kernel;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// A compiled model: immutable, cheap to clone, usable by many simulations at once.
#[derive(Clone)]
pub struct Model {
    inner: Arc<Inner>,
}

struct Inner {
    reading: Reading,
    options: Options,
    network: Network,
    plan: Plan,
    kernels: Kernels,
    warnings: Vec<Diagnostic>,
    timings: Timings,
    identity: OnceLock<Identity>,
}

/// A stage between text and machine code, as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emit {
    /// The syntax tree.
    Ast,
    /// The resolved network.
    Ir,
    /// The step programs.
    Steps,
    /// Cranelift's intermediate code.
    Clif,
    /// Machine code.
    Asm,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.plan().order.iter().map(|&object| self.plan().name(object)).collect();
        f.debug_struct("Model").field("objects", &names).finish_non_exhaustive()
    }
}

impl Model {
    /// Compiles a text.
    ///
    /// # Errors
    /// `Error::Model` with everything that is wrong with it.
    pub fn from_source(text: &str, options: &Options) -> Result<Self, Error> {
        Self::compile("<model>", text, options)
    }

    /// Compiles a file.
    ///
    /// # Errors
    /// `Error::File` where it cannot be read, `Error::Model` with everything that is wrong with it.
    pub fn from_file(path: impl AsRef<Path>, options: &Options) -> Result<Self, Error> {
        let path = path.as_ref();
        let bytes = read_file(path)?;
        Self::from_bytes(&path.display().to_string(), &bytes, options)
    }

    /// Compiles bytes that should be a text; `name` is what diagnostics call it.
    ///
    /// # Errors
    /// `Error::Model` with everything that is wrong with it.
    pub fn from_bytes(name: &str, bytes: &[u8], options: &Options) -> Result<Self, Error> {
        Self::compile(name, text(name, bytes)?, options)
    }

    fn compile(name: &str, text: &str, options: &Options) -> Result<Self, Error> {
        let (begun, mut timings) = (Instant::now(), Timings::new());
        let reading = front::read(name, text, options, &mut timings);
        let planned = front::plan(&reading, options, &mut timings)?;
        Self::compiled(reading, options.clone(), planned, (begun, timings))
    }

    /// Of a plan; when all of it was begun, and how long it has taken so far.
    pub(super) fn compiled(
        reading: Reading,
        options: Options,
        mut planned: Planned,
        (begun, mut timings): (Instant, Timings),
    ) -> Result<Self, Error> {
        let started = Instant::now();
        let (kernels, stages) = codegen::timed(|| Kernels::new(&planned.plan, &options));
        let kernels = kernels?;
        // Cranelift's own stages stand apart: what is left makes its input and links.
        let cranelift: Duration = stages.iter().map(|(_, duration)| *duration).sum();
        timings.push(("codegen".to_owned(), started.elapsed().saturating_sub(cranelift)));
        timings.extend(stages);
        planned.warnings.extend(build::warnings(kernels.of(&planned.plan)));
        let told: Duration = timings.iter().map(|(_, duration)| *duration).sum();
        timings.push(("rest".to_owned(), begun.elapsed().saturating_sub(told)));
        Ok(Self::with_timings(reading, options, planned, kernels, timings))
    }

    /// Of a plan whose code is there already.
    pub(super) fn of(reading: Reading, options: Options, planned: Planned, kernels: Kernels) -> Self {
        Self::with_timings(reading, options, planned, kernels, Timings::new())
    }

    fn with_timings(reading: Reading, options: Options, planned: Planned, kernels: Kernels, timings: Timings) -> Self {
        let Planned { network, plan, warnings } = planned;
        let inner = Inner { reading, options, network, plan, kernels, warnings, timings, identity: OnceLock::new() };
        Self { inner: Arc::new(inner) }
    }

    /// Builds a simulation with the seed of the options, else of the model, else one drawn.
    ///
    /// # Errors
    /// `Error::Model` where the network cannot be connected as the model says.
    pub fn simulation(&self) -> Result<Simulation, Error> {
        let seed = self.inner.options.seed.or(self.plan().seed);
        Simulation::build(self, seed.unwrap_or_else(Self::drawn_seed), |_| true)
    }

    /// A seed for those who give none: one of the standard library's hasher differs from one process and call to the next.
    pub(super) fn drawn_seed() -> u64 {
        RandomState::new().hash_one(Instant::now()) >> 32
    }

    /// Builds a simulation with a seed of one's own.
    ///
    /// # Errors
    /// `Error::Model` where the network cannot be connected as the model says.
    pub fn simulation_with_seed(&self, seed: u64) -> Result<Simulation, Error> {
        Simulation::build(self, seed, |_| true)
    }

    /// Whether options or text give a seed; else every simulation draws one.
    #[must_use]
    pub fn has_seed(&self) -> bool {
        self.inner.options.seed.or(self.plan().seed).is_some()
    }

    /// Whether the text has a `sweep` of which it is no point: a simulation is then one with the constants as they stand.
    #[must_use]
    pub fn has_sweep(&self) -> bool {
        self.inner.network.sweep.is_some() && self.at().is_none()
    }

    /// Which point of the text's sweep it is, where it is one.
    pub(crate) fn at(&self) -> Option<At> {
        self.inner.reading.at
    }

    /// What is worth knowing about the text but no error.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.inner.warnings
    }

    /// The texts that diagnostics point into.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.inner.reading.sources
    }

    /// The files that the model's arrays were read from.
    #[must_use]
    pub fn array_files(&self) -> Vec<ArrayFile> {
        self.inner.reading.store.seen()
    }

    /// How long each stage of compiling took, in order; none includes another, and together they are all of it.
    #[must_use]
    pub fn timings(&self) -> &[(String, Duration)] {
        &self.inner.timings
    }

    /// From text to callable code.
    #[must_use]
    pub fn compile_time(&self) -> Duration {
        self.inner.timings.iter().map(|(_, duration)| *duration).sum()
    }

    /// Which integrator each group of equations got, and why.
    #[must_use]
    pub fn explain(&self) -> Explanation {
        Explanation::new(self.plan(), self.options().precision)
    }

    /// A stage between text and machine code, as text for people.
    ///
    /// # Errors
    /// `Error::Defect` where Cranelift cannot make code of a program.
    pub fn emit(&self, stage: Emit) -> Result<String, Error> {
        let name = |column: u32| {
            let column = &self.plan().columns[column as usize];
            format!("{}.{}", self.plan().name(column.owner), column.name)
        };
        let target = target(&self.inner.options);
        let functions = &self.inner.kernels.functions;
        let each = |show: &dyn Fn(&Verified<Program>) -> Result<String, Error>| {
            let texts: Result<Vec<_>, _> = self.plan().programs.iter().map(show).collect();
            texts.map(|texts| texts.join("\n"))
        };
        match stage {
            Emit::Ast => Ok(grammar::print::tree(&self.inner.reading.file)),
            Emit::Ir => Ok(ir::describe::network(&self.inner.network)),
            Emit::Steps => each(&|program| Ok(ir::print::print(program, name))),
            Emit::Clif => each(&|program| codegen::clif(program, functions, target).map_err(defect)),
            Emit::Asm => each(&|program| codegen::assembly(program, functions, target).map_err(defect)),
        }
    }

    /// The tree of the main text and the files it uses.
    pub(crate) fn tree(&self) -> &ast::File {
        &self.inner.reading.file
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.inner.plan
    }

    /// What its numbers depend on. Found when first asked for, since it goes through all that the model lists.
    pub(super) fn identity(&self) -> &Identity {
        let Inner { reading, options, plan, .. } = &*self.inner;
        let texts = &reading.sources.all()[..reading.files];
        self.inner.identity.get_or_init(|| Identity::new(texts, reading.store.digests(), options, plan))
    }

    pub(super) fn programs(&self) -> Programs<'_> {
        self.inner.kernels.of(&self.inner.plan)
    }

    pub(super) fn network(&self) -> &Network {
        &self.inner.network
    }

    pub(super) fn reading(&self) -> &Reading {
        &self.inner.reading
    }

    /// A program as code that is interpreted: for what is done once.
    pub(super) fn interpreted(&self, program: &Verified<Program>) -> Code {
        interpreted_code(program, &self.inner.kernels.functions)
    }

    pub(crate) fn options(&self) -> &Options {
        &self.inner.options
    }

    /// An error of building as one of this model.
    pub(super) fn failed(&self, failure: build::Failure) -> Error {
        match failure {
            build::Failure::Told(diagnostic) => front::rejected(&self.inner.reading.sources, vec![*diagnostic]),
            build::Failure::Other(error) => error,
        }
    }

    /// The plan of this model with one more statement at its end, which is in `what` in diagnostics: how `set` and `record` of the
    /// library go the way of the language. Numbers of columns are the same, since a statement adds no variables.
    pub(super) fn extended(&self, what: &str, statement: &str) -> Result<Plan, Error> {
        let mut reading = self.inner.reading.clone();
        let id = reading.sources.add(format!("<{what}>"), statement);
        let added = grammar::parse(id, statement);
        // What happens and what else is recorded has no part in it; the same thing may be recorded again.
        reading.file.items.retain(|item| !happens(&item.kind));
        reading.file.items.extend(added.file.items);
        reading.diagnostics.extend(added.diagnostics);
        let traces = Keep::These(self.plan().traces_of_neurons().collect());
        Ok(front::plan_with(&reading, &self.inner.options, traces, &mut Timings::new())?.plan)
    }
}

/// Whether an item says what happens or is recorded, and so gives nothing that other items refer to.
fn happens(item: &ast::ItemKind) -> bool {
    use ast::ItemKind::{Print, Record, Restore, Run, Set, SetSpikes, Store, Sweep};
    let changes = matches!(item, Set { .. } | SetSpikes { .. } | Store { .. } | Restore { .. });
    changes || matches!(item, Print { .. } | Record { .. } | Run { .. } | Sweep { .. })
}

/// The code of a plan, which others whose programs are the same share.
#[derive(Clone)]
pub(super) struct Kernels {
    /// One for each program.
    kernels: Arc<[Arc<dyn Kernel>]>,
    functions: Functions,
}

impl Kernels {
    /// Compiles the programs of a plan, or gets them ready to be interpreted.
    ///
    /// # Errors
    /// `Error::Defect` where there is no code for this machine.
    pub(super) fn new(plan: &Plan, options: &Options) -> Result<Self, Error> {
        let functions = function::callable(&options.functions);
        let kernels: Arc<[Arc<dyn Kernel>]> = match options.engine {
            Engine::Jit => {
                let compiled = codegen::compile(&plan.programs, &functions, target(options)).map_err(defect)?;
                (0..compiled.len()).map(|index| compiled.kernel(index)).collect()
            }
            Engine::Interpreter => plan.programs.iter().map(|program| interpreted(program, &functions)).collect(),
        };
        Ok(Self { kernels, functions })
    }

    /// The programs of such a plan with their code.
    fn of<'a>(&'a self, plan: &'a Plan) -> Programs<'a> {
        Programs::new(plan, &self.kernels)
    }
}

fn target(options: &Options) -> codegen::Options {
    let cpu = match options.cpu {
        Cpu::Host => codegen::Cpu::Host,
        Cpu::Baseline => codegen::Cpu::Baseline,
    };
    let vectors = if options.scalar { codegen::Vectors::Never } else { codegen::Vectors::Fitting };
    codegen::Options { cpu, vectors, wide: true }
}

fn defect(error: impl std::error::Error) -> Error {
    Error::Defect(error.to_string())
}

fn read_file(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|reason| Error::File { path: path.to_owned(), reason })
}

fn text<'a>(name: &str, bytes: &'a [u8]) -> Result<&'a str, Error> {
    grammar::diagnose_bytes(SourceId::default(), bytes).map_err(|diagnostic| {
        let mut sources = Sources::default();
        sources.add(name, String::from_utf8_lossy(bytes));
        Error::Model(Rejected { sources, diagnostics: vec![diagnostic] })
    })
}

/// A text laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formatted {
    /// The new text.
    pub text: String,
    /// Whether it differs from the old.
    pub changed: bool,
}

/// A text in canonical layout, comments and blank lines kept.
///
/// # Errors
/// `Error::Model` where it cannot be read.
pub fn format_source(name: &str, text: &str) -> Result<Formatted, Error> {
    match grammar::print::format(text) {
        Ok(formatted) => Ok(Formatted { changed: formatted != text, text: formatted }),
        Err(diagnostics) => {
            let mut sources = Sources::default();
            sources.add(name, text);
            Err(Error::Model(Rejected { sources, diagnostics }))
        }
    }
}

/// A file's text in canonical layout; the file is not changed.
///
/// # Errors
/// `Error::File` where it cannot be read, `Error::Model` where it is no model.
pub fn format_file(path: impl AsRef<Path>) -> Result<Formatted, Error> {
    let path = path.as_ref();
    let (name, bytes) = (path.display().to_string(), read_file(path)?);
    format_source(&name, text(&name, &bytes)?)
}

/// Models are shared between threads.
const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<Model>();
    fn sent<T: Send>() {}
    sent::<Simulation>();
};
