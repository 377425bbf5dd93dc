#!/usr/bin/env python3
"""Holds the instructions that four small runs take to those in instructions.txt: a guard that no machine's speed moves.

instructions.py [--accept] [--binary FILE]; needs valgrind and a release build on Linux, x86-64. Each network runs twice
under callgrind, on code for any processor of the kind: for one step, which is `start` (compiling and building), and for
some milliseconds more, which are `run`. Ends with 1 where one of the counts has grown by 5 % or more. Start and run
together repeat to 0.1 %, and the smallest part (11 million, stdp's start) to 0.2 %: paths and the environment are the
same for all runs, and what remains is that every process seeds its hash tables anew.
"""

import argparse
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
COUNTS = pathlib.Path(__file__).with_suffix(".txt")

# How long the second run is, and what else it is given: brunel with a fifth of its neurons, and of the inputs of each.
NETWORKS = {
    "coba": ("50*ms",),
    "cobahh": ("10*ms",),
    "stdp": ("2*second",),
    "brunel": ("20*ms", "--set", "NE=2000"),
}

GROWTH = 0.05

# What the C library does shall not depend on the processor (which copy of memcpy) nor on where the heap's end lies
# (whether a growing vector is copied): with these two, runs differ by 0.05 % where they did by 0.15 %.
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX_Fast_Unaligned_Load,-AVX2,-ERMS,-FSRM",
    "MALLOC_TOP_PAD_": str(1 << 28),
}

HEAD = """\
# Instructions of small runs, as benches/instructions.py counts and writes them: network, start, run.
"""


def instructions(folder, arguments):
    """How many instructions the model in `folder` takes, by its `Collected` line."""
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "./rheobase", "run", "model.rheo"]
    command += ["--seed", "1", "--cpu", "baseline", "--no-out", "--quiet", "--duration", *arguments]
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not found:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return int(found[1])


def count(name, binary):
    """The two counts of a network, which records nothing."""
    duration, *others = NETWORKS[name]
    lines = (ROOT / "examples" / f"{name}.rheo").read_text().splitlines()
    text = "\n".join(line for line in lines if not line.startswith("record "))
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "model.rheo").write_text(text)
        shutil.copy(binary, pathlib.Path(folder) / "rheobase")
        start = instructions(folder, ["0.1*ms", *others])
        return {"start": start, "run": instructions(folder, [duration, *others]) - start}


def kept():
    """The counts in the repository."""
    rows = [line.split() for line in COUNTS.read_text().splitlines() if not line.startswith("#")]
    return {name: {"start": int(start), "run": int(run)} for name, start, run in rows}


def compare(old, new):
    """Prints all counts; the names of those that have grown too much."""
    grown = []
    for name, counts in new.items():
        for part, made in counts.items():
            change = made / old[name][part] - 1 if name in old else float("inf")
            print(f"{name:8} {part:5} {made:>13,}  {change:+8.2%}")
            if change >= GROWTH:
                grown.append(f"{name} {part} {change:+.1%}")
    return grown


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accept", action="store_true", help="write the counts of this build into instructions.txt")
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "target" / "release" / "rheobase")
    options = parser.parse_args()
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        sys.exit("the counts of instructions.txt are those of Linux on x86-64")
    new = {name: count(name, options.binary) for name in NETWORKS}
    grown = compare(kept() if COUNTS.exists() else {}, new)
    if options.accept:
        COUNTS.write_text(HEAD + "".join(f"{name} {parts['start']} {parts['run']}\n" for name, parts in new.items()))
    elif grown:
        sys.exit(
            f"more instructions than in {COUNTS.relative_to(ROOT)}: {', '.join(grown)}\n"
            "Find out why. If it is worth it, accept the new counts with `benches/instructions.py --accept`, and say\n"
            "in the commit's message what they buy."
        )


if __name__ == "__main__":
    main()
