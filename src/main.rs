//! The command line. It uses only what the library offers to everybody.

mod cli;

fn main() -> std::process::ExitCode {
    cli::run()
}
