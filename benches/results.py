"""Opens results of every format with numpy, pandas, polars and pyarrow, and holds them against each other.

In: the folders that `.ci/extended` has written, `cuba.FORMAT` and `long.FORMAT`. The same bits must be in all of them, with the
units and the times of sampling beside the values.
"""

import json
import pathlib

import numpy
import pandas
import polars
import pyarrow.parquet


# What is no 64-bit float: steps, indices, counts, and what is integer or boolean in the model.
TYPES = {**dict.fromkeys(["step", "i", "j", "elements", "count", "n", "k"], "int64"), "up": "bool"}


def arrays(model, name):
    """The arrays of a recording from its archive, held against those of its folder; and their units."""
    archive = dict(numpy.load(f"{model}.npz/{name}.npz"))
    folder = {path.stem: numpy.load(path, mmap_mode="r") for path in pathlib.Path(f"{model}.npy", name).glob("*.npy")}
    assert archive.keys() == folder.keys(), (name, archive.keys(), folder.keys())
    for key, values in archive.items():
        assert numpy.array_equal(values, folder[key], equal_nan=values.dtype.kind == "f"), (name, key)
        assert values.dtype == folder[key].dtype, (name, key)
    for key, values in archive.items():
        expected = TYPES.get(key, "float64")
        assert key == "units" or values.dtype == expected, (name, key, values.dtype)
    return archive, dict(archive["units"])


def read(model, name):
    """Text and Parquet, each by two readers, held against the arrays."""
    archive, units = arrays(model, name)
    path = f"{model}.csv/{name}.csv"
    text, polar = pandas.read_csv(path, comment="#"), polars.read_csv(path, comment_prefix="#")
    assert polar.shape == text.shape, name
    with open(path) as lines:
        first = lines.readline()
    assert all(f"{column} [{unit}]" in first for column, unit in units.items()), (name, first, units)
    path = f"{model}.parquet/{name}.parquet"
    table, frame = pandas.read_parquet(path), polars.read_parquet(path)
    assert table.shape == frame.shape and list(table.columns) == frame.columns, name
    for column in table.columns:
        assert table[column].dtype == TYPES.get(column, "float64"), (name, column, table[column].dtype)
        expected = {"int64": polars.Int64, "bool": polars.Boolean}.get(TYPES.get(column), polars.Float64)
        assert frame[column].dtype == expected, (name, column, frame[column].dtype)
    metadata = pyarrow.parquet.read_schema(path).metadata
    written = json.loads(metadata[b"rheobase.units"])
    if "elements" in archive:
        (variable,) = set(archive) - {"t", "elements", "units"}
        values = archive[variable]
        assert (text.to_numpy()[:, 1:] == values).all(), "the same bits in both formats"
        assert list(text.columns[1:]) == [str(i) for i in archive["elements"]]
        assert numpy.allclose(text["t"], archive["t"], rtol=1e-14, atol=0)
        shaped = lambda column: table[column].to_numpy().reshape(values.shape)
        assert (shaped(variable) == values).all() and (shaped("t").T == archive["t"]).all()
        assert (shaped("i") == archive["elements"]).all()
        assert (frame[variable].to_numpy().reshape(values.shape) == values).all()
        assert written == {**units, "i": "1"}, (written, units)
    else:
        for column in table.columns:
            assert (table[column].to_numpy() == archive[column]).all(), (name, column)
            assert (frame[column].to_numpy() == archive[column]).all(), (name, column)
            tolerance = 1e-14 if column == "t" else 0
            assert numpy.allclose(text[column], archive[column], rtol=tolerance, atol=0), (name, column)
        assert written == units, (written, units)
    if "step" in archive:
        assert (archive["t"] == archive["step"] * float(metadata[b"rheobase.dt"])).all()
    return archive


for model in ["cuba", "long"]:
    with open(f"{model}.csv/summary.json") as file:
        summary = json.load(file)
    recordings = {name: read(model, name) for name in summary["recordings"]}
    assert summary["populations"]["P"]["spikes"] == len(recordings["P.spikes"]["i"])

v, last = recordings["P.v"]["v"], recordings["P.v.last"]["v"]
mean, variance = recordings["P.v.mean"], recordings["P.v.variance"]
assert v.shape == (20000, 250) and last.shape == (20, 5)
assert (v[-200::10, :3] == last[:, ::2]).all(), "a window is the end of the whole"
assert numpy.allclose(v.mean(0), mean["mean"][::2], rtol=1e-12)
assert numpy.allclose(v.var(0), variance["variance"][::2], rtol=1e-9)
assert dict(variance["units"])["variance"] == "V^2"
counts = numpy.bincount(recordings["P.spikes"]["i"], minlength=500)
assert (counts == recordings["P.spikes.counts"]["count"]).all()
n, up = recordings["P.n"], recordings["P.up"]["up"]
assert n["n"].dtype == numpy.int64 and (n["n"][-1] <= recordings["P.n.at_end"]["n"]).all()
assert up.dtype == bool and (up == (n["n"] % 2 == 1)).all()
assert (recordings["P.spikes"]["n"] % 2 == recordings["P.spikes"]["up"]).all()
assert (recordings["S.synapses"]["k"] == recordings["S.synapses"]["i"] - 250).all(), "indices have a sign"
with open("long.csv/P.n.csv") as lines:
    assert "." not in "".join(line.split(",", 1)[1] for line in lines if not line.startswith("#"))
print(counts.sum(), "spikes and", v.size, "values read in four formats")
