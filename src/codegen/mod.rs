//! Step programs to machine code by way of Cranelift.
