//! A function of one's own: neurons driven by a current that Rust code works out, here the light of a day on a retina.
//!
//! ```text
//! cargo run --release --example own_function
//! ```
//!
//! A closure gets and gives numbers in SI base units; its signature says what they measure, so that calls are checked. Where an
//! expression will do, `function name(x: unit): unit = …` in the text is faster: it becomes part of the machine code.

use rheobase::{Model, Options};

const MODEL: &str = "
    function current(level: 1): amp = 0.4*nA*level

    neurons Retina[50] {
        dv/dt = (-65*mV - v + current(light(t, i/N))*100*Mohm)/(10*ms) : volt (unless refractory)
        threshold  v > -50*mV
        reset      v = -65*mV
        refractory 2*ms
        init       v = -65*mV
    }
    record Retina.spikes
    run 1*second
";

/// How bright it is at a time [s] in a place between 0 and 1: a bright band that goes round twice a second.
fn light(arguments: &[f64]) -> f64 {
    let &[time, place] = arguments else { return 0.0 };
    let distance = (place - 2.0 * time).rem_euclid(1.0);
    if distance < 0.25 { 1.0 } else { 0.1 }
}

fn main() -> Result<(), rheobase::Error> {
    let options = Options::new().function("light", "second, 1 -> 1", light);
    let mut simulation = Model::from_source(MODEL, &options)?.simulation()?;
    simulation.run_script(|_| {})?;
    let spikes = simulation.spikes("Retina")?;
    let first = spikes.iter().filter(|spike| spike.neuron < 25).count();
    println!("{} spikes, {first} of them in the first half of the retina", spikes.len());
    Ok(())
}
