"""One network on NEST: nest_network.py NETWORK MILLISECONDS THREADS SEED. Prints seconds and spikes as JSON."""

import json
import sys
import time

import nest
import numpy

name, duration, threads, seed = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
nest.verbosity = nest.VerbosityLevel.ERROR
nest.ResetKernel()
nest.local_num_threads = threads
nest.resolution = 0.1
nest.rng_seed = seed


def cuba():
    # With 200 pF and 20 ms a current of 10 pA is what 1 mV is in the equations of the others.
    lif = dict(C_m=200.0, tau_m=20.0, tau_syn_ex=5.0, tau_syn_in=10.0, E_L=-49.0, V_th=-50.0, V_reset=-60.0, t_ref=5.0)
    cells = nest.Create("iaf_psc_exp", 4000, params=lif)
    cells.V_m = list(numpy.random.default_rng(seed).uniform(-60.0, -50.0, 4000))
    return cells, 0.02, dict(weight=16.2, delay=0.1), dict(weight=-90.0, delay=0.1)


def brunel():
    lif = dict(C_m=1.0, tau_m=20.0, E_L=0.0, V_th=20.0, V_reset=10.0, t_ref=2.0, V_m=0.0)
    cells = nest.Create("iaf_psc_delta", 12500, params=lif)
    outside = nest.Create("poisson_generator", params=dict(rate=1000 * 20.0))
    nest.Connect(outside, cells, syn_spec=dict(weight=0.1, delay=1.5))
    return cells, 0.1, dict(weight=0.1, delay=1.5), dict(weight=-0.5, delay=1.5)


networks = dict(cuba=cuba, brunel=brunel)
if name not in networks:
    sys.exit(f"there is no network {name}")
cells, chance, excite, inhibit = networks[name]()
border = len(cells) * 4 // 5
for sources, synapse in ((cells[:border], excite), (cells[border:], inhibit)):
    nest.Connect(sources, cells, dict(rule="pairwise_bernoulli", p=chance), synapse)
recorder = nest.Create("spike_recorder")
nest.Connect(cells, recorder)
nest.Prepare()
begun = time.perf_counter()
nest.Run(duration)
print(json.dumps({"run_s": time.perf_counter() - begun, "spikes": recorder.n_events}))
