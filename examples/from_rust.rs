//! A model put together in Rust: no text file, the same parser, the same diagnostics.
//!
//! ```text
//! cargo run --release --example from_rust
//! ```

use rheobase::{MV, NetworkBuilder, Neurons, Options, Synapses};

fn main() -> Result<(), rheobase::Error> {
    let builder = NetworkBuilder::new()
        .constant("tau", "20*ms")
        .constant("Vt", "-50*mV")
        .constant("Vr", "-60*mV")
        .neurons(
            Neurons::new("P", 1000)
                .equations(
                    "dv/dt = (Vr - v + drive)/tau : volt (unless refractory)
                     drive : volt",
                )
                .threshold("v > Vt")
                .reset("v = Vr")
                .refractory("2*ms")
                .init("v = Vr + rand()*(Vt - Vr); drive = 8*mV + rand()*4*mV"),
        )
        .subgroup("Pi", "P[800:]")
        .synapses(
            Synapses::new("Inhibition", "Pi", "P").on_pre("v -= 0.5*mV").connect("i != j, p = 0.1").delay("1*ms"),
        );
    println!("{}", builder.source());

    let model = builder.build(&Options::new().seed(1))?;
    print!("{}", model.explain());

    let mut simulation = model.simulation()?;
    let spikes = simulation.record_spikes("P")?;
    let rate = simulation.record_rate("P")?;
    let v = simulation.record_values("P.v[0:3] every 1*ms")?;
    simulation.run("200*ms")?;
    simulation.set("P.drive", 15.0 * MV)?;
    simulation.run("200*ms")?;

    println!("{} spikes", simulation.recorded(spikes).len());
    let rates = simulation.recorded(rate).rates;
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
    println!("{:.1} Hz before, {:.1} Hz with more drive", mean(&rates[..2000]), mean(&rates[2000..]));
    let trace = simulation.recorded(v).trace(0);
    let lowest = trace.iter().copied().fold(f64::INFINITY, f64::min);
    println!("neuron 0 goes down to {:.1} mV", lowest * 1e3);
    Ok(())
}
