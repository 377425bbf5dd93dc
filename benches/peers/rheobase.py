"""This repository's binary on the models of examples/: their texts as the benchmarks run them, and what a run tells."""

import json
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = ROOT / "target" / "release" / "rheobase"


def model(name):
    """The text of an example without its recordings and its run."""
    lines = (ROOT / "examples" / f"{name}.rheo").read_text().splitlines()
    return "\n".join(line for line in lines if not re.match(r"(record|run)\b", line))


def run(binary, text, folder, *arguments):
    """Runs a text that is put into `folder`; its summary, with the memory it took at most [B] as `peak_bytes`."""
    file, results = folder / "model.rheo", folder / "model.results"
    file.write_text(text)
    command = [binary, "run", file, "--quiet", "--format", "npz", "--out", results, *arguments]
    process = subprocess.Popen([str(word) for word in command])
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{' '.join(map(str, command))} failed")
    return json.loads((results / "summary.json").read_text()) | {"peak_bytes": usage.ru_maxrss * 1024}
