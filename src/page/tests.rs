//! The page as text: one file that fetches nothing, in which nothing of a model is markup. A browser sees it in
//! `.ci/extended`.

use super::*;
use crate::pictures::{About, Sketch, Swept, Varied, all};
use crate::{Options, Simulation};
use base64::prelude::{BASE64_STANDARD, Engine as _};

/// What a text might hold to break out of its place.
const HOSTILE: &str = "</script><script>alert(1)</script><img src=x onerror=alert(2)>&\"'";

const MODEL: &str = "
tau_m = 10*ms
drive = 1.2
function clipped(x: 1): 1 = clip(x, 0, 1)
neurons P[4] {
    dv/dt = (drive - v)/tau_m : 1 (unless refractory)
    threshold v > 1
    reset v = 0
    refractory 2*ms
    init v = clipped(rand())
}
synapses S: P -> P {
    w : 1 = 0.01
    on_pre v += w
    connect i != j
    delay 1*ms
}
record P.spikes, P.v
run 50*ms
";

fn page_of(model: &str, name: &str, options: &Options) -> String {
    let model = Model::from_bytes(name, model.as_bytes(), options).expect("a model");
    let mut simulation: Simulation = model.simulation_with_seed(7).expect("built");
    simulation.run_script(|_| {}).expect("runs");
    let summary = simulation.summary(name, None);
    let connections = simulation.connections();
    let about = About::of(&summary);
    let sketches = simulation.tables().expect("in memory").into_iter().map(|(name, table)| {
        let mut sketch = Sketch::new(&name, &about);
        sketch.add(&table);
        sketch
    });
    let pictures = all(sketches.collect::<Vec<_>>(), connections);
    let mut out = Vec::new();
    Page { model: &model, summary: &summary, pictures: &pictures }.write(&mut out).expect("written");
    String::from_utf8(out).expect("text")
}

/// Without the packed library, in which nothing can be read.
fn readable(page: &str) -> String {
    page.replace(LIBRARY, "")
}

#[test]
fn a_page_is_one_file_that_fetches_nothing() {
    let page = page_of(MODEL, "m.rheo", &Options::default());
    assert!(page.len() < 2_100_000, "{} bytes", page.len());
    assert!(page.contains("default-src 'none'"));
    for word in ["://", "src=\"", "@import", "url("] {
        assert!(!readable(&page).contains(word), "{word}");
    }
    let packed = BASE64_STANDARD.decode(LIBRARY).expect("base64");
    assert!(packed.starts_with(&[0x1f, 0x8b]) && packed.len() > 1_000_000, "a gzip file");
}

#[test]
fn texts_of_a_model_are_no_markup() {
    let model = format!("# {HOSTILE}\n{MODEL}# {HOSTILE}\n");
    let page = readable(&page_of(&model, HOSTILE, &Options::default().set("drive", "1.3 # <script>alert(3)</script>")));
    assert_eq!(page.matches("<script").count(), 3, "pictures, library, and what hands the one to the other");
    assert_eq!(page.matches("</script>").count(), 3);
    assert!(!page.contains("<img") && !page.contains("<script>alert"));
    assert!(page.contains("&lt;img src=x onerror=alert(2)&gt;"));
}

#[test]
fn equations_are_typeset_and_what_is_needed_to_repeat_it_is_there() {
    let page = readable(&page_of(MODEL, "m.rheo", &Options::default().set("drive", "1.5").dt("0.05*ms")));
    for part in [
        "<mfrac><mrow><mi mathvariant=\"normal\">d</mi><mi>v</mi></mrow>",
        "<msub><mi>τ</mi><mtext>m</mtext></msub>",
        "(unless refractory)",
        "set to <code>1.5</code>",
        "rheobase run m.rheo --seed 7 --set drive=1.5 --dt '0.05*ms'",
        "record P.spikes, P.v",
        "P: exact",
        "register allocation",
        env!("CARGO_PKG_VERSION"),
    ] {
        assert!(page.contains(part), "{part}");
    }
    for kind in [Kind::Raster, Kind::Rates, Kind::Traces, Kind::Connectivity] {
        assert!(page.contains(&format!("<h2 id=\"{}\">", kind.name())), "{kind:?}");
    }
}

#[test]
fn a_page_of_nothing_recorded_says_what_could_be() {
    let page = readable(&page_of(&MODEL.replace("record P.spikes, P.v", ""), "m.rheo", &Options::default()));
    for line in ["record P.spikes, P.population_rate", "record P.v[0:4]", "record S.w at end", "record S.synapses"] {
        assert!(page.contains(line), "{line}");
    }
}

#[test]
fn the_command_that_repeats_a_run_has_its_precision() {
    let options = Options { precision: crate::Precision::F32, ..Options::default() };
    let page = page_of("neurons P[1] { v : 1 }\nrun 1*ms", "m.rheo", &options);
    assert!(page.contains("rheobase run m.rheo --seed 7 --precision f32"), "{}", readable(&page));
}

#[test]
fn a_sweep_is_a_page_with_its_points_and_what_failed() {
    let model = Model::from_bytes("m.rheo", MODEL.as_bytes(), &Options::default()).expect("a model");
    let taus: Vec<f64> = (0..30).map(|n| f64::from(n) * 1e-3).collect();
    let drives: Vec<f64> = (0..50).map(f64::from).collect();
    let values: Vec<[f64; 2]> = (0..1_500).map(|n| [taus[n / 50], drives[n % 50]]).collect();
    let measured: Vec<[f64; 2]> = values.iter().map(|[tau, drive]| [tau * drive, f64::NAN]).collect();
    let point = |number: usize| Point {
        number,
        values: &values[number],
        seed: number as u64 + 1,
        outcome: if number == 51 { Err(HOSTILE) } else { Ok(&measured[number]) },
    };
    let points: Vec<Point<'_>> = (0..1_500).filter(|number| *number != 70).map(point).collect();
    let axes =
        [Varied { name: "tau_m", unit: "s", values: &taus }, Varied { name: "drive", unit: "1", values: &drives }];
    let measures = [Measured { measure: "rate(P)", unit: "Hz" }, Measured { measure: "cv(P)", unit: "1" }];
    let pictures = |place: usize, of: &Measured<'_>| {
        let mut values = vec![None; 1_500];
        for point in &points {
            values[point.number] = point.outcome.ok().map(|measured| measured[place]);
        }
        Swept { measure: of.measure, unit: of.unit, axes: &axes, values: &values }.pictures()
    };
    let pictures = [pictures(0, &measures[0]), pictures(1, &measures[1])].concat();
    let page = SweepPage {
        model: &model,
        name: "m.rheo",
        axes: &axes,
        measures: &measures,
        points: &points,
        pictures: &pictures,
        warnings: model.warnings(),
        sources: model.sources(),
        took: 1.5,
        command: "rheobase sweep m.rheo --vary 'tau_m = <list>'",
        table: "table.csv",
    };
    assert_eq!(pictures.len(), 1, "nothing was measured of the other");
    let mut out = Vec::new();
    page.write(&mut out).expect("written");
    let page = readable(&String::from_utf8(out).expect("text"));
    for part in [
        "1,500 points of tau_m, drive, of which 1,499 were run, in 1.50 s",
        "rate(P) by tau_m and drive",
        "2 of 1,500 points have no value",
        "<th class=\"number\">tau_m [ms]</th>",
        "The first 1,000 of 1,499 points; <code>table.csv</code> has all.",
        "1 point failed",
        "<td class=\"failed\" colspan=\"2\">&lt;/script&gt;",
        "rheobase sweep m.rheo --vary 'tau_m = &lt;list&gt;'",
        "<mfrac><mrow><mi mathvariant=\"normal\">d</mi><mi>v</mi></mrow>",
        "to repeat it",
    ] {
        assert!(page.to_lowercase().contains(&part.to_lowercase()), "{part}");
    }
    assert!(!page.contains("<img") && !page.contains("<script>alert"));
    assert_eq!(page.matches("<tr><td class=\"number\">").count(), 1_000);
    assert!(page.contains("<details><summary>1,000 points</summary>"), "a long table is folded");
}

#[test]
fn links_lead_to_warnings_where_there_are_some() {
    let never = "neurons P[2] {\n v : 1\n threshold v > 1\n}\nrun 1*ms";
    let page = readable(&page_of(never, "m.rheo", &Options::default()));
    assert!(page.contains("<h2 id=\"warnings\">") && page.contains("<a href=\"#warnings\">"), "neurons never spike");
    let page = readable(&page_of(MODEL, "m.rheo", &Options::default()));
    assert_eq!(page.contains("<a href=\"#warnings\">"), page.contains("<h2 id=\"warnings\">"));
}
