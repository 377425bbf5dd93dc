//! Step programs to machine code by way of Cranelift.
//!
//! In come the verified programs of a plan, out comes one kernel for each, all in one piece of executable memory that goes back
//! when the last of them is dropped. A compiled program gives the bits that the interpreter gives, whatever the processor and
//! the width of its code: `operations` emits the functions of `runtime::math`, `lower` the instructions, `loops` what is
//! around them. Code never traps and reads or writes nothing but its frame and the columns of its slots; that all indices are
//! within these is checked by `executable` before every call.

mod columns;
mod executable;
mod imports;
mod interleave;
mod loops;
mod lower;
mod operations;
mod scalar;
mod singles;
mod stages;
mod strips;
mod target;
mod wide;

pub(crate) use stages::timed;
pub use target::{Cpu, host_has_fma, host_is_wide};

use crate::ir::steps::{Access, Op, Program, Shape};
use crate::ir::verify::Verified;
use cranelift_codegen::Context;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::{AbiParam, types};
use cranelift_frontend::FunctionBuilderContext;
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{FuncId, Module};
use executable::{Executable, Memory};
use imports::Imports;
use runtime::host::Functions;
use runtime::kernel::Kernel;
use std::sync::Arc;
use strips::Strips;

/// How to compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// For which processor.
    pub cpu: Cpu,
    /// Which dense programs become vector code.
    pub vectors: Vectors,
    /// Whether vector code is for eight elements at a time where the processor has AVX-512, else for two.
    pub wide: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { cpu: Cpu::Host, vectors: Vectors::Fitting, wide: true }
    }
}

/// Which dense programs become vector code; results are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vectors {
    /// None.
    Never,
    /// Those that read a variable per element and write it, as every state update does and no initialiser.
    Fitting,
    /// All.
    Always,
}

/// Why there is no code.
#[derive(Debug, thiserror::Error)]
pub enum CodegenError {
    /// Cranelift does not know this machine.
    #[error("no machine code for this processor: {0}")]
    Target(String),
    /// Cranelift refused a program: a bug of ours or of Cranelift's, or a program too large for it.
    #[error("no machine code for `{program}`: {reason}")]
    Program {
        /// Its name.
        program: String,
        /// What Cranelift says.
        reason: String,
    },
    /// The system gave no executable memory.
    #[error("no executable memory: {0}")]
    Memory(String),
}

/// The code of all programs of a plan.
#[derive(Clone)]
pub struct Compiled {
    kernels: Vec<Arc<Executable>>,
}

impl Compiled {
    /// The kernel of the program at that place of the list given to `compile`.
    ///
    /// # Panics
    /// Where there is no such program.
    #[must_use]
    pub fn kernel(&self, index: usize) -> Arc<dyn Kernel> {
        self.kernels[index].clone()
    }

    /// How many kernels there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kernels.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kernels.is_empty()
    }
}

/// Compiles programs, which may call these functions of the host program.
///
/// # Errors
/// Where this processor is not one that Cranelift knows, where there is no memory, and where Cranelift refuses a program.
///
/// # Panics
/// Where a program calls a function that is not among them.
pub fn compile(
    programs: &[Verified<Program>],
    functions: &Functions,
    options: Options,
) -> Result<Compiled, CodegenError> {
    let mut emission = Emission::new(functions, options)?;
    let mut entries = Vec::with_capacity(programs.len());
    for program in programs {
        entries.push(emission.define(program, |_| Ok(()))?);
    }
    let mut module = emission.module;
    module.finalize_definitions().map_err(|error| CodegenError::Memory(error.to_string()))?;
    let memory = Arc::new(Memory::new(module, &entries, functions));
    let executable = |(place, program)| Arc::new(Executable::new(program, &memory, place));
    Ok(Compiled { kernels: programs.iter().enumerate().map(executable).collect() })
}

/// The code of a program as Cranelift gets it, or would where it is code for eight elements at a time.
///
/// # Errors
/// As `compile`.
pub fn clif(program: &Verified<Program>, functions: &Functions, options: Options) -> Result<String, CodegenError> {
    let mut texts = Vec::new();
    let options = Options { wide: false, ..options };
    Emission::new(functions, options)?.define(program, |stage| {
        if let Stage::Cranelift(_, context) = stage {
            texts.push(context.func.display().to_string());
        }
        Ok(())
    })?;
    Ok(texts.join("\n"))
}

/// The code of a program as the processor gets it, in the notation of whoever makes it.
///
/// # Errors
/// As `compile`.
pub fn assembly(program: &Verified<Program>, functions: &Functions, options: Options) -> Result<String, CodegenError> {
    let mut texts = Vec::new();
    Emission::new(functions, options)?.define(program, |stage| {
        texts.push(match stage {
            Stage::Cranelift(module, context) => {
                context.set_disasm(true);
                let code = context.compile(module.isa(), &mut ControlPlane::default());
                let code = code.map_err(|error| refused(program, error.inner))?;
                code.vcode.clone().unwrap_or_default()
            }
            Stage::Wide(function) => function.text(),
        });
        Ok(())
    })?;
    Ok(texts.join("\n"))
}

fn refused(program: &Program, error: impl std::fmt::Debug) -> CodegenError {
    CodegenError::Program { program: program.name.clone(), reason: format!("{error:?}") }
}

/// A function on its way to machine code.
enum Stage<'a> {
    /// As Cranelift gets it.
    Cranelift(&'a JITModule, &'a mut Context),
    /// As the processor gets it.
    Wide(&'a wide::Function),
}

/// Who looks at functions on their way.
type Look<'a> = dyn FnMut(Stage<'_>) -> Result<(), CodegenError> + 'a;

/// A module in the making.
struct Emission {
    module: JITModule,
    imports: Imports,
    context: Context,
    scratch: FunctionBuilderContext,
    options: Options,
}

impl Emission {
    fn new(functions: &Functions, options: Options) -> Result<Self, CodegenError> {
        let isa = target::isa(options.cpu)?;
        let mut builder = JITBuilder::with_isa(isa, imports::libcall_names());
        builder.symbols(imports::symbols());
        let module = JITModule::new(builder);
        let context = module.make_context();
        let scratch = FunctionBuilderContext::new();
        Ok(Self { module, imports: Imports::new(functions), context, scratch, options })
    }

    /// Defines the function of a program, and that of its strips around it where it draws random numbers; `look` sees each
    /// before it is compiled.
    fn define(
        &mut self,
        program: &Verified<Program>,
        mut look: impl FnMut(Stage<'_>) -> Result<(), CodegenError>,
    ) -> Result<FuncId, CodegenError> {
        let strips = Strips::of(program);
        let wide = is_wide(program, self.options).then(|| wide::Function::of(program, &strips)).flatten();
        let reading = match wide {
            Some(function) => self.define_wide(program, &function, &mut look)?,
            None => {
                let vectors = is_vector(program, self.options.vectors);
                self.begin();
                let target = loops::Target { module: &mut self.module, imports: &mut self.imports };
                loops::build(program, &strips, vectors, target, &mut self.context.func, &mut self.scratch);
                self.end(program, &mut look)?
            }
        };
        if strips.is_empty() {
            return Ok(reading);
        }
        self.begin();
        let target = loops::Target { module: &mut self.module, imports: &mut self.imports };
        strips::build(program, &strips, reading, target, &mut self.context.func, &mut self.scratch);
        self.end(program, &mut look)
    }

    /// An empty function in the context, with the signature of an `Entry`.
    fn begin(&mut self) {
        self.module.clear_context(&mut self.context);
        self.context.func.signature = self.module.make_signature();
        self.context.func.signature.params.push(AbiParam::new(types::I64));
    }

    /// Compiles the function in the context.
    fn end(&mut self, program: &Program, look: &mut Look<'_>) -> Result<FuncId, CodegenError> {
        look(Stage::Cranelift(&self.module, &mut self.context))?;
        let function = self
            .module
            .declare_anonymous_function(&self.context.func.signature)
            .map_err(|error| refused(program, error))?;
        self.module.define_function(function, &mut self.context).map_err(|error| refused(program, error))?;
        Ok(function)
    }

    /// A function for eight elements at a time.
    fn define_wide(
        &mut self,
        program: &Program,
        function: &wide::Function,
        look: &mut Look<'_>,
    ) -> Result<FuncId, CodegenError> {
        /// A cache line: loops begin where the processor fetches.
        const ALIGNMENT: u64 = 64;
        look(Stage::Wide(function))?;
        self.begin();
        let signature = &self.context.func.signature;
        let id = self.module.declare_anonymous_function(signature).map_err(|error| refused(program, error))?;
        let defined = self.module.define_function_bytes(id, ALIGNMENT, &function.bytes(), &[]);
        defined.map_err(|error| refused(program, error))?;
        Ok(id)
    }
}

/// Whether a program is to be code for eight elements at a time.
fn is_wide(program: &Program, options: Options) -> bool {
    options.wide && options.cpu == Cpu::Host && is_vector(program, options.vectors) && host_is_wide()
}

/// Whether a program is to be code for several elements at a time.
fn is_vector(program: &Program, vectors: Vectors) -> bool {
    let updates = || {
        program.ops.iter().any(|op| match op {
            Op::Load(slot) => {
                let slot = program.slots[slot.0 as usize];
                slot.access == Access::Element && program.writes(slot.column)
            }
            _ => false,
        })
    };
    let chosen = match vectors {
        Vectors::Never => false,
        Vectors::Fitting => updates(),
        Vectors::Always => true,
    };
    chosen && program.shape == Shape::Dense && !writes_shared(program)
}

/// Whether elements see each other through a shared column, so that they must be visited one by one.
fn writes_shared(program: &Program) -> bool {
    program.slots.iter().any(|slot| slot.access == Access::Shared && program.writes(slot.column))
}
