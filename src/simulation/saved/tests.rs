//! Checkpoints whose bytes nobody wrote: whatever they say, they are refused or do no harm.

use super::*;
use crate::simulation::options::{Engine, Options};
use proptest::prelude::*;
use std::sync::LazyLock;

#[test]
fn the_next_multiple_is_after_now() {
    let next = |every: f64, t: f64| Saving { every, path: PathBuf::new(), note: String::new() }.next_after(t);
    assert_eq!(next(10.0, 0.0), 10.0);
    assert_eq!(next(10.0, 9.99), 10.0);
    assert_eq!(next(10.0, 9.999_999_999), 20.0);
    assert_eq!(next(10.0, 10.0), 20.0);
    assert_eq!(next(10.0, 15.0), 20.0);
    assert_eq!(next(0.1, 0.1 * 3.0), 0.4);
}

/// A little of everything that is saved: sources, delays of both kinds, a trace, an event, a stored state, recordings.
const SMALL: &str = "
    poisson Noise[3] { rate 500*Hz }
    spike_source Listed[2] { spikes i = [0, 1], t = [1, 2]*ms; period 3*ms }
    neurons Q[2] { dt 0.25*ms
        dx/dt = (1.3 - x)/(2*ms) : 1 }
    neurons P[4] {
        dv/dt = (1.3 - v)/tau : 1 (unless refractory)
        tau : second
        up : boolean
        threshold v > 1
        reset { v = 0; up = not up }
        refractory 1*ms
        event high if v > 0.8
        init { v = rand(); tau = 2*ms }
    }
    synapses S: Noise -> P { w : 1
        dapre/dt = -apre/(20*ms) : 1 (event-driven)
        on_pre { v += w; apre += 0.01; w += apre }
        connect all
        delay rand()*2*ms
        init w = 0.05 }
    synapses L: Listed -> P { on_pre v += 0.3; connect all; delay 1*ms }
    record P.spikes with v
    record P.high
    record P.v, P.population_rate every 0.5*ms
    seed = 3
";

/// The model, and the body of a checkpoint of it in the middle of a run.
static SAVED: LazyLock<(Model, Vec<u8>)> = LazyLock::new(|| {
    let model = Model::from_source(SMALL, &Options::new().engine(Engine::Interpreter)).expect("compiled");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("m.checkpoint");
    let mut simulation = model.simulation().expect("built");
    simulation.run("2*ms").expect("it runs");
    simulation.store("two");
    simulation.checkpoint_every("5*ms", &path, "note").expect("an interval");
    simulation.run("4*ms").expect("it runs");
    let contents: Contents<'static> = file::read(&path).expect("a checkpoint");
    (model, postcard::to_stdvec(&contents).expect("encoded"))
});

/// Goes on from a body; what it does then is of no interest.
fn try_out(body: &[u8]) -> bool {
    let Ok(contents) = postcard::from_bytes::<Contents<'static>>(body) else { return false };
    let Ok(mut simulation) = SAVED.0.resume(&Checkpoint::of("m.checkpoint", contents)) else { return false };
    for _ in 0..12 {
        let _ = simulation.step();
    }
    let _ = simulation.restore("two");
    let _ = simulation.step();
    drop(simulation.tables());
    true
}

#[test]
fn what_was_written_is_gone_on_from() {
    assert!(try_out(&SAVED.1));
}

/// Where the first byte of the network's state is: what comes before is compared with the model.
fn state() -> usize {
    let (model, body) = &*SAVED;
    let texts: usize = model.sources().all().iter().map(|source| source.text.len()).sum();
    assert!(body.len() > texts + 1000);
    texts
}

#[test]
fn every_byte_may_be_any_other() {
    let from = state();
    let mut refused = 0;
    for place in from..SAVED.1.len() {
        for value in [0, 1, 0x7f, 0x80, 0xff] {
            let mut body = SAVED.1.clone();
            body[place] = value;
            refused += usize::from(!try_out(&body));
        }
    }
    assert!(refused > 100, "{refused} were refused");
}

/// What is said of recordings on disk stands last, and is not believed either; what lies there stays as it was.
#[test]
fn what_is_said_of_recordings_on_disk_may_be_anything() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("m.checkpoint");
    let text = "neurons P[2] { dv/dt = (1.3 - v)/ms : 1\n threshold v > 1\n reset v = 0 }\n record P.spikes, P.v[0]";
    let model = Model::from_source(text, &Options::new().engine(Engine::Interpreter).seed(1)).expect("compiled");
    let mut simulation = model.simulation().expect("built");
    simulation.stream_to(folder.path().join("spool"), 300);
    simulation.run("5*ms").expect("it runs");
    simulation.store("two");
    simulation.run("5*ms").expect("it runs");
    simulation.save(&path).expect("saved");
    // Another one, so that nothing is taken over.
    std::fs::copy(&path, folder.path().join("kept.checkpoint")).expect("copied");
    drop(simulation);
    let contents: Contents<'static> = file::read(&path).expect("a checkpoint");
    let length = postcard::to_stdvec(&contents.spool).expect("encoded").len();
    let body = postcard::to_stdvec(&contents).expect("encoded");
    assert!((100..3000).contains(&length), "{length}");
    let find = |body: &[u8]| {
        let Ok(contents) = postcard::from_bytes::<Contents<'static>>(body) else { return false };
        let Ok(mut found) = model.resume(&Checkpoint::of(&path, contents)) else { return false };
        let _ = found.step();
        drop(found.tables());
        drop(found.summary("m", None));
        let _ = found.restore("two");
        drop(found.tables());
        true
    };
    assert!(find(&body));
    let mut refused = 0;
    for place in body.len() - length..body.len() {
        for value in [0, 1, 0x7f, 0xff] {
            let mut body = body.clone();
            body[place] = value;
            refused += usize::from(!find(&body));
        }
    }
    assert!(refused > length, "{refused} were refused");
    assert!(find(&body), "nothing was changed on disk");
}

/// Places, how many bytes are missing there, and what there is in their stead.
fn cuts() -> impl Strategy<Value = Vec<(prop::sample::Index, usize, Vec<u8>)>> {
    let bytes = prop::collection::vec(any::<u8>(), 0..9);
    prop::collection::vec((any::<prop::sample::Index>(), 0..9_usize, bytes), 1..4)
}

proptest! {
    #[test]
    fn bytes_may_be_missing_and_others_be_there(cuts in cuts()) {
        let mut body = SAVED.1.clone();
        for (place, length, bytes) in cuts {
            let place = place.index(body.len());
            body.splice(place..(place + length).min(body.len()), bytes);
        }
        try_out(&body);
    }
}
