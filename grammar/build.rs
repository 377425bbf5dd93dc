//! Turns the grammar into parser tables. In: `src/model.lalrpop`. Out: `model.rs` in the build folder.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=src/model.lalrpop");
    let out = std::env::var("OUT_DIR")?;
    lalrpop::Configuration::new().emit_rerun_directives(false).set_out_dir(out).process_file("src/model.lalrpop")
}
