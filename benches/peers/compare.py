#!/usr/bin/env python3
"""Rheobase and its peers on the same networks, in turn, on this machine: a table in Markdown.

Build first: `cargo build --release`; `setup.sh` puts up the peers. Every round runs each simulator once on a network:
what slows the machine for a while slows all. Run times are those of the time loop alone, medians over the rounds; a
ratio is the median of the rounds' own ratios. Round k has seed k everywhere. Every simulator records the spikes of the
network's population and nothing else. Ends with 1 where mean rates differ by more than chance allows.
"""

import argparse
import datetime
import json
import math
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

import rheobase

HERE = pathlib.Path(__file__).resolve().parent

# Milliseconds, neurons, peers that have the network, and by what share the rate varies from seed to seed: the standard
# deviation over 8 to 20 seeds of Rheobase and of Brian2, the larger. The rate of a network hangs on its connectivity.
NETWORKS = {
    "cuba": (1000, 4000, ("brian2", "nest"), 0.055),
    "coba": (1000, 4000, ("brian2", "brainpy", "brainpy-f32"), 0.08),
    "cobahh": (1000, 4000, ("brian2",), 0.105),
    "stdp": (20000, 1, ("brian2",), 0.16),
    "brunel": (1000, 12500, ("brian2", "nest"), 0.055),
    "lif": (100, 1000000, ("brian2", "brainpy", "brainpy-f32"), 0.0002),
    "hh": (100, 10000, ("brian2", "brainpy", "brainpy-f32"), 0.0),
}

# How many synapses one spike of the population reaches, and how many are reached whatever it does, where synapses are
# what takes the time. In stdp, 1,000 inputs at 15 Hz reach a synapse each, and the neuron's spikes reach all 1,000.
DELIVERED = {"cuba": (80, 0), "coba": (80, 0), "stdp": (1000, 1000 * 15 * 20), "brunel": (1250, 0)}

# Mean rates of two simulators may differ by this many standard errors of the difference of two means over as many seeds
# as there are rounds (by chance 1 comparison in 2,000 does), and by a share that other roundings can make.
STANDARD_ERRORS, ROUNDING = 3.5, 0.001


class Rheobase:
    """This repository's binary on the model of examples/, with its recordings replaced by `record P.spikes`."""

    def __init__(self, name, options, work, arguments=()):
        self.text = f"{rheobase.model(name)}\nrecord P.spikes\nrun {NETWORKS[name][0]}*ms\n"
        self.binary, self.work, self.arguments = options.binary, work, list(arguments)
        if "--threads" not in self.arguments:
            self.arguments += ["--threads", str(options.threads)]
        self.label = " ".join(["Rheobase", *arguments])

    def run(self, seed):
        summary = rheobase.run(self.binary, self.text, self.work, "--seed", seed, *self.arguments)
        spikes = summary["populations"]["P"]["spikes"]
        return {"run_s": summary["run_s"], "compile_s": summary["compile_s"], "spikes": spikes}


class Brian2:
    """Brian2 as a C++ program: compiled once, run in every round."""

    label = "Brian2 C++"

    def __init__(self, name, options, work):
        self.folder = work / f"brian2-{name}"
        script = [HERE / "brian2_network.py", name, self.folder, NETWORKS[name][0], options.threads]
        self.compile_s = peer("brian2", options, script)["compile_s"]

    def run(self, seed):
        environment = os.environ | {"SEED": str(seed)}
        subprocess.run(["./main"], cwd=self.folder, env=environment, check=True, stdout=subprocess.DEVNULL)
        results = self.folder / "results"
        seconds = float((results / "seconds").read_text())
        spikes = next(results.glob("_dynamic_array_spikemonitor_i_*")).stat().st_size // 4
        return {"run_s": seconds, "compile_s": self.compile_s, "spikes": spikes}


class BrainPy:
    """BrainPy, held to as many cores as the others have threads; compiled anew each time, which is not counted."""

    label, precision = "BrainPy f64", "f64"

    def __init__(self, name, options, work):
        self.options = options
        self.script = [HERE / "brainpy_network.py", name, NETWORKS[name][0], self.precision, options.threads]

    def run(self, seed):
        return peer("brainpy", self.options, [*self.script, seed])


class BrainPySingle(BrainPy):
    """The same with numbers of half the size."""

    label, precision = "BrainPy f32", "f32"


class Nest:
    """NEST, which compiles nothing."""

    label = "NEST"

    def __init__(self, name, options, work):
        self.options = options
        self.script = [HERE / "nest_network.py", name, NETWORKS[name][0], options.threads]

    def run(self, seed):
        return peer("nest", self.options, [*self.script, seed])


PEERS = {"brian2": Brian2, "brainpy": BrainPy, "brainpy-f32": BrainPySingle, "nest": Nest}


def python(name, options):
    """The interpreter of a peer's virtual environment."""
    return options.environments / name.removesuffix("-f32") / "bin" / "python"


def peer(name, options, script):
    """What a peer's script prints in its last line, as JSON."""
    command = [str(word) for word in [python(name, options), *script]]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"PYNEST_QUIET": "1"})
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-3000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def measure(name, options):
    """All runs of one network by simulator, in the order of the columns."""
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        contestants = [Rheobase(name, options, work)]
        contestants += [PEERS[one](name, options, work) for one in options.peers if one in NETWORKS[name][2]]
        contestants += [Rheobase(name, options, work, variant.split()) for variant in options.variant]
        runs = {contestant.label: [] for contestant in contestants}
        for seed in range(1, options.repeats + 1):
            for contestant in contestants:
                runs[contestant.label].append(contestant.run(seed))
            print(f"{name}: round {seed} of {options.repeats}", file=sys.stderr, flush=True)
    return runs


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def ratio(runs, label, base="Rheobase"):
    """How many times as long as Rheobase a simulator takes."""
    return statistics.median(other["run_s"] / own["run_s"] for other, own in zip(runs[label], runs[base]))


def per_delivered(name, runs):
    """Run time over spikes that reached a synapse [ns], or nothing where neurons take the time."""
    if name not in DELIVERED:
        return ""
    each, besides = DELIVERED[name]
    return f"{statistics.median(run['run_s'] / (run['spikes'] * each + besides) for run in runs) * 1e9:.2f}"


def table(measured, options):
    """The lines of the main table."""
    labels = [PEERS[one].label for one in options.peers]
    variants = [" ".join(["Rheobase", *variant.split()]) for variant in options.variant]
    head = ["network", "spikes", "Rheobase [s]", "compile [ms]", "ns/delivered"]
    for label in labels:
        head += [f"{label} [s]", "ratio", *(["compile [s]", "ns/delivered"] if label == "Brian2 C++" else [])]
    for label in variants:
        head += [f"{label} [s]", "faster", *(["ratio"] if "brian2" in options.peers else [])]
    rows = [head, ["---"] * len(head)]
    for name, runs in measured.items():
        own = runs["Rheobase"]
        row = [name, f"{statistics.mean(run['spikes'] for run in own):,.0f}", f"{median(own, 'run_s'):.4f}"]
        row += [f"{median(own, 'compile_s') * 1e3:.1f}", per_delivered(name, own)]
        for label in labels:
            there = label in runs
            row += [f"{median(runs[label], 'run_s'):.4f}", f"**{ratio(runs, label):.2f}**"] if there else ["", ""]
            if label == "Brian2 C++":
                row += [f"{median(runs[label], 'compile_s'):.1f}", per_delivered(name, runs[label])]
        for label in variants:
            row += [f"{median(runs[label], 'run_s'):.4f}", f"{1 / ratio(runs, label):.2f}"]
            if "brian2" in options.peers:
                row += [f"**{ratio(runs, 'Brian2 C++', label):.2f}**"]
        rows.append(row)
    lines = [f"| {' | '.join(row)} |" for row in rows]
    for label in labels:
        ratios = [ratio(runs, label) for runs in measured.values() if label in runs]
        if ratios:
            mean = math.exp(statistics.mean(map(math.log, ratios)))
            lines += ["", f"Geometric mean of the ratios to {label}, {len(ratios)} networks: **{mean:.2f}**."]
    return lines


def rates(measured, options):
    """The lines of the table of mean rates, and whether all agree."""
    lines = ["| network | simulator | rate [Hz] | Rheobase [Hz] | difference | allowed |", "|" + " --- |" * 6]
    agree = True
    for name, runs in measured.items():
        duration, neurons, _, varies = NETWORKS[name]
        allowed = STANDARD_ERRORS * varies * math.sqrt(2 / options.repeats) + ROUNDING
        mean = {label: statistics.mean(run["spikes"] for run in made) for label, made in runs.items()}
        hertz = {label: spikes / neurons / duration * 1000 for label, spikes in mean.items()}
        for label in list(hertz)[1:]:
            difference = hertz[label] / hertz["Rheobase"] - 1
            fits = abs(difference) <= allowed
            agree &= fits
            cells = [name, label, f"{hertz[label]:.3f}", f"{hertz['Rheobase']:.3f}", f"{difference:+.2%}"]
            lines.append(f"| {' | '.join(cells)} | {allowed:.2%}{'' if fits else ' **exceeded**'} |")
    return lines, agree


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=rheobase.ROOT).stdout.strip()


def circumstances(options):
    """Machine, date, commit, versions."""
    described = pathlib.Path("/proc/cpuinfo")
    named = [line for line in described.read_text().splitlines() if "model name" in line] if described.exists() else []
    processor = named[0].split(":")[1].strip() if named else platform.processor()
    changed = " with changes" if output("git", "status", "--porcelain", "--untracked-files=no") else ""
    versions = {"Rheobase": output(options.binary, "--version").split()[-1]}
    for one, package in (("brian2", "brian2"), ("brainpy", "brainpy"), ("nest", "nest-simulator")):
        if one in options.peers:
            ask = f"import importlib.metadata as data; print(data.version('{package}'))"
            versions[PEERS[one].label.split()[0]] = output(python(one, options), "-c", ask)
    if "brian2" in options.peers:
        versions["gcc"] = output("gcc", "-dumpfullversion")
    return {
        "processor": processor, "cores": os.cpu_count(), "system": f"{platform.system()} {platform.machine()}",
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": output("git", "rev-parse", "--short=10", "HEAD") + changed, "versions": versions,
        "threads": options.threads, "repeats": options.repeats,
        "load": round(os.getloadavg()[0], 2),
    }


def heading(where):
    """The line above the tables."""
    versions = ", ".join(f"{name} {version}" for name, version in where["versions"].items())
    threads = f"{where['threads']} thread{'s' * (where['threads'] > 1)}"
    return (
        f"{where['processor']}, {where['cores']} cores, {where['system']}; {where['date']}; commit {where['commit']}; "
        f"{versions}; {threads}, f64, medians of {where['repeats']} rounds in {where['minutes']} min; "
        f"load when it began: {where['load']}."
    )


def listed(known):
    """Reads some of the known names, with commas between them."""

    def read(text):
        unknown = [one for one in text.split(",") if one not in known]
        if unknown:
            raise argparse.ArgumentTypeError(f"there is no {unknown[0]}, but {', '.join(known)}")
        return text.split(",")

    return read


def arguments():
    """What was typed; peers that are not named are those that are set up."""
    home = os.environ.get("RHEOBASE_PEERS", os.path.expanduser("~/.cache/rheobase-peers"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", type=listed(NETWORKS), default=list(NETWORKS), help="as in cuba,hh [all]")
    parser.add_argument("--peers", type=listed(PEERS), help="as in brian2,nest [those that setup.sh has put up]")
    parser.add_argument("--repeats", type=int, default=5, help="rounds, each with a seed of its own [5]")
    parser.add_argument("--threads", type=int, default=1, help="of every simulator [1]")
    parser.add_argument("--variant", action="append", default=[], metavar="ARGUMENTS",
                        help="measure Rheobase with these too, as in --variant='--threads 2'; can be repeated")
    parser.add_argument("--json", type=pathlib.Path, help="write every single run there")
    parser.add_argument("--environments", type=pathlib.Path, default=pathlib.Path(home), help="the folder of setup.sh")
    parser.add_argument("--binary", type=pathlib.Path, default=rheobase.BINARY, help="[target/release/rheobase]")
    options = parser.parse_args()
    there = [one for one in PEERS if python(one, options).exists()]
    options.peers = there if options.peers is None else options.peers
    missing = [one for one in options.peers if one not in there]
    if missing:
        parser.error(f"{missing[0]} is not in {options.environments}: run setup.sh first, or give --environments")
    return options


def main():
    options, begun = arguments(), time.monotonic()
    where = circumstances(options)
    measured = {name: measure(name, options) for name in options.networks}
    where["minutes"] = round((time.monotonic() - begun) / 60, 1)
    lines, agree = rates(measured, options)
    print("\n".join([heading(where), "", *table(measured, options), "", *lines]))
    if options.json:
        options.json.write_text(json.dumps(where | {"networks": measured}, indent=1) + "\n")
    sys.exit(0 if agree else "mean rates differ")


if __name__ == "__main__":
    main()
