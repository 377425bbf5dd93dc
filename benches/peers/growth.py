#!/usr/bin/env python3
"""What Rheobase takes as work grows: time per neuron and step, per delivered spike, per synapse built; bytes a synapse.

Build first: `cargo build --release`. coba of examples/ with 4,000, 40,000 and 400,000 neurons, 80 inputs each, runs for
100 ms with its synapses and without them, in turn. Without synapses neurons are driven as they are with them, so what
differs is delivery, and building. Times are the best over the rounds: the difference of two medians is at the mercy of
what else the machine does. Then the memory of synapses of each kind: the most that a network with 16 million of them
takes, less that with 8 million.
"""

import argparse
import json
import pathlib
import re
import tempfile

import rheobase

MILLISECONDS = 100
STEPS = MILLISECONDS * 10
INPUTS = 80
SIZES = (4000, 40000, 400000)

# 4,000 neurons that hardly run: nothing but synapses fills the memory.
MEMORY = """\
tau = 20*ms
neurons P[4000] {{ v : 1
    g : 1
    threshold v > 1 }}
synapses S: P -> P {{
    {synapses}
    connect fixed_outdegree({outputs})
}}
run 0.1*ms
"""

PAIR_STDP = """\
    w : 1
    dpre/dt  = -pre/tau  : 1 (event-driven)
    dpost/dt = -post/tau : 1 (event-driven)
    on_pre  { g += w; pre += 0.01; w = clip(w + post, 0, 1) }
    on_post { post -= 0.01; w = clip(w + pre, 0, 1) }"""

KINDS = {
    "one weight for all": "on_pre g += 0.1",
    "one weight and delay for all": "on_pre g += 0.1\n    delay 1.5*ms",
    "a weight each": "w : 1 = 0.1\n    on_pre g += w",
    "a weight each, pair STDP": PAIR_STDP,
}


def coba(neurons, connected):
    """The text of coba with so many neurons, 80 inputs each, or without synapses."""
    text = rheobase.model("coba")
    border = neurons * 4 // 5
    for old, new in (("P[:3200]", f"P[:{border}]"), ("P[3200:]", f"P[{border}:]"), ("p = 0.02", f"p = {INPUTS}/N")):
        if old not in text:
            raise SystemExit(f"examples/coba.rheo no longer has `{old}`")
        text = text.replace(old, new)
    if not connected:
        text = text.split("\nsynapses")[0]
    text, changed = re.subn(r"^N += 4000$", f"N = {neurons}", text, flags=re.MULTILINE)
    if changed != 1:
        raise SystemExit("examples/coba.rheo no longer has `N = 4000`")
    return f"{text}\nrun {MILLISECONDS}*ms\n"


def measure(neurons, options, work):
    """What one size takes. All rounds have one seed, so that they do the same."""
    arguments = ["--seed", 1, "--threads", options.threads]
    texts = coba(neurons, True), coba(neurons, False)
    rounds = [[rheobase.run(options.binary, text, work, *arguments) for text in texts] for _ in range(options.repeats)]
    run, run_alone = (min(pair[which]["run_s"] for pair in rounds) for which in (0, 1))
    build, build_alone = (min(pair[which]["build_s"] for pair in rounds) for which in (0, 1))
    connected = rounds[0][0]
    synapses = sum(connected["synapses"].values())
    delivered = connected["populations"]["P"]["spikes"] * synapses / neurons
    return {
        "synapses": synapses,
        "delivered": delivered,
        "neuron_step_ns": run_alone / (neurons * STEPS) * 1e9,
        "delivered_ns": (run - run_alone) / delivered * 1e9,
        "built_per_s": synapses / (build - build_alone),
    }


def memory(synapses, options, work):
    """Bytes per synapse of one kind at the highest."""
    texts = [MEMORY.format(synapses=synapses, outputs=outputs) for outputs in (2000, 4000)]
    once, twice = (rheobase.run(options.binary, text, work, "--seed", 1)["peak_bytes"] for text in texts)
    return (twice - once) / (2000 * 4000)


def times(values, value):
    """A time and how many times that of the smallest network it is."""
    return f"{value:.2f} ({value / values[0]:.2f} x)"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5, help="rounds [5]")
    parser.add_argument("--threads", type=int, default=1, help="[1]")
    parser.add_argument("--json", type=pathlib.Path, help="write the numbers there")
    parser.add_argument("--binary", type=pathlib.Path, default=rheobase.BINARY, help="[target/release/rheobase]")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        sizes = {neurons: measure(neurons, options, work) for neurons in SIZES}
        kinds = {kind: memory(synapses, options, work) for kind, synapses in KINDS.items()}
    steps, deliveries = ([one[key] for one in sizes.values()] for key in ("neuron_step_ns", "delivered_ns"))
    print("| neurons | synapses | ns per neuron-step | ns per delivered spike | million synapses built a second |")
    print("|" + " --- |" * 5)
    for neurons, one in sizes.items():
        cells = [f"{neurons:,}", f"{one['synapses']:,}", times(steps, one["neuron_step_ns"])]
        cells += [times(deliveries, one["delivered_ns"]), f"{one['built_per_s'] / 1e6:.1f}"]
        print(f"| {' | '.join(cells)} |")
    print("\n| synapses with | bytes a synapse |\n| --- | --- |")
    for kind, taken in kinds.items():
        print(f"| {kind} | {taken:.1f} |")
    if options.json:
        options.json.write_text(json.dumps({"coba": sizes, "memory": kinds}, indent=1) + "\n")


if __name__ == "__main__":
    main()
