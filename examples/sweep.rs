//! How synchronous a network is, by drive and coupling: a sweep whose measure is a closure of this program.
//!
//! ```text
//! cargo run --release --example sweep
//! ```

use rheobase::units::Dimension;
use rheobase::{Error, Model, Options, Simulation};
use std::time::Instant;

const MODEL: &str = "
    drive = 1.1
    w = 0.0
    neurons P[200] {
        dv/dt = (drive - v)/(10*ms) : 1
        threshold v > 1
        reset     v = 0
        init      v = rand()
    }
    synapses S: P -> P {
        on_pre  v += w
        connect i != j, p = 0.2
        delay   1*ms
    }
    record P.population_rate every 2*ms
    seed = 1
    run 400*ms
";

fn main() -> Result<(), Error> {
    let model = Model::from_source(MODEL, &Options::default())?;
    let sweep = Simulation::sweep(&model)
        .vary("drive", "linspace(1.05, 1.5, 4)")
        .vary("w", "[0.0, 0.001, 0.002, 0.004]")
        .report("rate(P)")
        .measure("variability", Dimension::ONE, variability);
    let started = Instant::now();
    let table = sweep.run(|_| {})?;
    println!("{:>6}  {:>6}  {:>9}  {:>11}", "drive", "w", "rate [Hz]", "variability");
    for point in &table.points {
        let [drive, w] = point.values[..] else { continue };
        match &point.outcome {
            Ok(values) => println!("{drive:6.2}  {w:6.3}  {:9.1}  {:11.2}", values[0], values[1]),
            Err(reason) => println!("{drive:6.2}  {w:6.3}  {reason}"),
        }
    }
    println!(
        "{} points in {:.0} ms, code made {} times",
        table.size(),
        started.elapsed().as_secs_f64() * 1e3,
        table.compiled
    );
    Ok(())
}

/// How much the rate of all neurons together goes up and down: its deviation over its mean, in bins of 2 ms.
fn variability(simulation: &mut Simulation) -> Result<f64, Error> {
    let rates = simulation.rate("P.population_rate")?.rates;
    let mean = rates.iter().sum::<f64>() / rates.len() as f64;
    let squares = rates.iter().map(|rate| (rate - mean).powi(2)).sum::<f64>();
    Ok((squares / rates.len() as f64).sqrt() / mean)
}
