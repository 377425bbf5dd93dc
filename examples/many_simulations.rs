//! One compiled model, several simulations at once: each thread runs its own with its own seed and current.
//!
//! ```text
//! cargo run --release --example many_simulations
//! ```

use rheobase::{Model, NA, Options};
use std::thread;

const MODEL: &str = "
    tau = 10*ms
    neurons P[200] {
        dv/dt = (R*I - v)/tau : volt (unless refractory)
        I : amp (shared)
        threshold  v > 20*mV
        reset      v = 0*mV
        refractory 2*ms
        init       v = rand()*20*mV
    }
    R = 50*Mohm
";

fn main() -> Result<(), rheobase::Error> {
    let model = Model::from_source(MODEL, &Options::default())?;
    let currents = [0.3, 0.4, 0.5, 0.6, 0.8, 1.0];
    let rates = thread::scope(|scope| {
        let start = |(seed, current): (usize, f64)| {
            let model = &model;
            scope.spawn(move || rate(model, seed as u64, current))
        };
        let running: Vec<_> = currents.into_iter().enumerate().map(start).collect();
        running.into_iter().map(|thread| thread.join().expect("no simulation panics")).collect::<Result<Vec<_>, _>>()
    })?;
    for (current, rate) in currents.iter().zip(rates) {
        println!("{current:.1} nA: {rate:5.1} Hz");
    }
    Ok(())
}

/// Rate of the population over one second [Hz].
fn rate(model: &Model, seed: u64, current: f64) -> Result<f64, rheobase::Error> {
    let mut simulation = model.simulation_with_seed(seed)?;
    let spikes = simulation.record_spikes("P")?;
    simulation.set("P.I", current * NA)?;
    simulation.run("1*second")?;
    Ok(simulation.recorded(spikes).len() as f64 / 200.0)
}
