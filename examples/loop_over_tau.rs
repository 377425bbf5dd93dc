//! How fast a neuron fires at thirty time constants: the same simulation goes back to its start each time, and nothing is compiled
//! again.
//!
//! ```text
//! cargo run --release --example loop_over_tau
//! ```

use rheobase::{MS, Simulation};
use std::time::Instant;

const MODEL: &str = "
    poisson Inputs[100] { rate 10*Hz }
    neurons P[1] {
        dv/dt = -v/tau : 1
        tau : second (shared)          # a parameter, so that it can be changed while the model stays as it is compiled
        threshold v > 1
        reset     v = 0
        method    exact
    }
    synapses S: Inputs -> P {
        on_pre  v += 0.1
        connect all
    }
    record P.spikes
    seed = 1
";

fn main() -> Result<(), rheobase::Error> {
    let mut simulation = Simulation::from_source(MODEL)?;
    simulation.store("");
    let started = Instant::now();
    println!("{:>8}  {:>9}", "tau [ms]", "rate [Hz]");
    for point in 0..30 {
        let tau = 1.0 + 9.0 * f64::from(point) / 29.0;
        simulation.restore("")?;
        simulation.set("P.tau", tau * MS)?;
        simulation.run(300.0 * MS)?;
        println!("{tau:8.2}  {:9.1}", simulation.spikes("P")?.mean_rate());
    }
    let compile = simulation.model().compile_time();
    println!("compiled once, in {:.1} ms; thirty runs in {:.1} ms", ms(compile), ms(started.elapsed()));
    Ok(())
}

fn ms(time: std::time::Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
