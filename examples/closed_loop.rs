//! A closed loop: every 10 ms a controller reads how fast a population fires, and sets its input current.
//!
//! ```text
//! cargo run --release --example closed_loop
//! ```

use rheobase::{MS, Simulation};

/// The rate to hold [Hz].
const WANTED: f64 = 25.0;

/// How much current [nA] a missing spike per second brings in every period.
const GAIN: f64 = 0.0008;

const MODEL: &str = "
    C = 200*pF;  gL = 10*nS;  EL = -65*mV

    neurons P[500] {
        dv/dt = (gL*(EL - v) + I + offset)/C : volt (unless refractory)
        I      : amp (shared)
        offset : amp
        threshold  v > -50*mV
        reset      v = EL
        refractory 3*ms
        init { v = EL + rand()*15*mV; offset = randn()*20*pA }
    }
    seed = 7
";

fn main() -> Result<(), rheobase::Error> {
    let mut simulation = Simulation::from_source(MODEL)?;
    let spikes = simulation.record_spikes("P")?;
    let mut current = 0.1;
    let mut seen = 0;
    println!("{:>7}  {:>9}  {:>9}", "t [ms]", "I [nA]", "rate [Hz]");
    for period in 1..=100 {
        simulation.set("P.I", format!("{current}*nA").as_str())?;
        simulation.run(10.0 * MS)?;
        let total = simulation.recorded(spikes).len();
        let rate = (total - seen) as f64 / 500.0 / 0.010;
        seen = total;
        current += GAIN * (WANTED - rate);
        if period % 10 == 0 {
            println!("{:>7}  {current:>9.4}  {rate:>9.1}", period * 10);
        }
    }
    let last = simulation.recorded(spikes).iter().filter(|spike| spike.t >= 0.9).count();
    let rate = last as f64 / 500.0 / 0.1;
    println!("over the last 100 ms: {rate:.1} Hz, wanted {WANTED:.1} Hz");
    Ok(())
}
