//! A current that changes every 10 ms, set by the host program while the model runs: Brian2's `network_operation`.
//!
//! ```text
//! cargo run --release --example network_operation
//! ```

use rheobase::{NA, Simulation, Slot, Turn};

/// A neuron of Hodgkin and Huxley's kind, as in Brian2's examples (Brette et al. 2007, J. Comput. Neurosci. 23:349).
const MODEL: &str = "
    area = 20000*umetre**2
    Cm   = 1*ufarad*cm**-2*area;   gl  = 5e-5*siemens*cm**-2*area
    g_na = 100*msiemens*cm**-2*area;  g_kd = 30*msiemens*cm**-2*area
    El = -65*mV;  EK = -90*mV;  ENa = 50*mV;  VT = -63*mV

    neurons P[1] {
        dv/dt = (gl*(El - v) - g_na*(m*m*m)*h*(v - ENa) - g_kd*(n*n*n*n)*(v - EK) + I)/Cm : volt
        dm/dt = 0.32*(mV**-1)*(13.*mV - v + VT)/(exp((13.*mV - v + VT)/(4.*mV)) - 1.)/ms*(1 - m)
              - 0.28*(mV**-1)*(v - VT - 40.*mV)/(exp((v - VT - 40.*mV)/(5.*mV)) - 1.)/ms*m : 1
        dn/dt = 0.032*(mV**-1)*(15.*mV - v + VT)/(exp((15.*mV - v + VT)/(5.*mV)) - 1.)/ms*(1. - n)
              - .5*exp((10.*mV - v + VT)/(40.*mV))/ms*n : 1
        dh/dt = 0.128*exp((17.*mV - v + VT)/(18.*mV))/ms*(1. - h) - 4./(1 + exp((40.*mV - v + VT)/(5.*mV)))/ms*h : 1
        I : amp

        threshold  v > -40*mV
        refractory v > -40*mV
        method     exponential_euler
        init       v = El
    }
    record P.v
    record P.spikes with v
    seed = 4
";

fn main() -> Result<(), rheobase::Error> {
    let mut simulation = Simulation::from_source(MODEL)?;
    // A small generator of random numbers, the host program's own: what a callback does is its own affair. (Knuth's MMIX constants.)
    let mut state = 4_u64;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    simulation.on("10*ms", Turn::of(Slot::Start), move |now| {
        let current = random() * 50.0;
        println!("at {:2.0} ms: I = {current:.1} nA", now.t() * 1e3);
        now.set("P.I", current * NA)
    })?;
    simulation.run("50*ms")?;

    let spikes = simulation.spikes("P")?;
    let v = spikes.values("v").unwrap_or_default();
    for (spike, v) in spikes.iter().zip(v) {
        println!("spike at {:.1} ms, v = {:.1} mV", spike.t * 1e3, v * 1e3);
    }
    println!("{} spikes", spikes.len());
    Ok(())
}
