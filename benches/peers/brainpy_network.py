"""One network on BrainPy: brainpy_network.py NETWORK MILLISECONDS f32|f64 CORES SEED.

Prints seconds and spikes as JSON. The first run compiles, the second begins anew and is the one that is told. BrainPy's
threads share the first CORES cores of the machine.
"""

import json
import os
import sys
import time

name, duration, precision = sys.argv[1], float(sys.argv[2]), sys.argv[3]
# Before JAX starts its threads: it has no setting for their number.
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(sys.argv[4])])

import brainpy as bp
import brainpy.math as bm

bm.set_platform("cpu")
bm.set(dt=0.1)
if precision == "f64":
    bm.enable_x64()
bm.random.seed(int(sys.argv[5]))

# The others' 5 ms: BrainPy holds a neuron up to and including this time after its spike.
REFRACTORY = 4.95


class Coba(bp.DynSysGroup):
    """4,000 conductance-based neurons, one in five of them inhibitory, 80 inputs each."""

    def __init__(self):
        super().__init__()
        lif = dict(V_rest=-60.0, V_th=-50.0, V_reset=-60.0, tau=20.0, tau_ref=REFRACTORY)
        start = bp.init.Uniform(-60.0, -50.0)
        self.populations = bm.NodeList([bp.dyn.LifRef(size, V_initializer=start, **lif) for size in (3200, 800)])
        self.routes = bm.NodeList()
        for source, weight, decay, reversal in zip(self.populations, (0.6, 6.7), (5.0, 10.0), (0.0, -80.0)):
            for target in self.populations:
                pairs = bp.conn.FixedProb(0.02, pre=source.num, post=target.num)
                route = bp.dyn.FullProjAlignPostMg(
                    pre=source, delay=None, comm=bp.dnn.EventCSRLinear(pairs, weight),
                    syn=bp.dyn.Expon.desc(target.varshape, tau=decay), out=bp.dyn.COBA.desc(E=reversal), post=target,
                )
                self.routes.append(route)

    def update(self):
        for route in self.routes:
            route()
        return sum(population(20.0).sum() for population in self.populations)


class Lif(bp.DynSysGroup):
    """A million neurons without connections, each with its own drive."""

    def __init__(self):
        super().__init__()
        start = bp.init.Uniform(0.0, 1.0)
        self.neurons = bp.dyn.LifRef(
            1000000, V_rest=0.0, V_th=1.0, V_reset=0.0, tau=10.0, tau_ref=REFRACTORY, V_initializer=start
        )
        self.drive = bm.linspace(0.5, 1.5, 1000000)

    def update(self):
        return self.neurons(self.drive).sum()


class TraubMiles(bp.dyn.NeuDyn):
    """10,000 Hodgkin-Huxley neurons, each with its own current; mV, ms, and per cm^2 of membrane."""

    def __init__(self):
        super().__init__(10000)
        self.v, self.m, self.n, self.h = (bm.Variable(bm.zeros(10000)) for _ in range(4))
        self.reset_state()
        # 0.7 nA on 20,000 um^2 are 3.5 uA/cm^2.
        self.current = 3.5 * bm.arange(10000) / 10000
        gates = [self.slope_of_v, self.slope_of_m, self.slope_of_n, self.slope_of_h]
        self.integral = bp.odeint(bp.JointEq(gates), method="exp_auto")

    def reset_state(self, batch_size=None, **_):
        self.v.value = bm.full(10000, -65.0)
        for gate in (self.m, self.n, self.h):
            gate.value = bm.zeros(10000)

    def slope_of_v(self, v, t, m, n, h):
        return 0.05 * (-65.0 - v) - 100.0 * m**3 * h * (v - 50.0) - 30.0 * n**4 * (v + 90.0) + self.current

    def slope_of_m(self, m, t, v):
        opening = 0.32 * (-50.0 - v) / (bm.exp((-50.0 - v) / 4.0) - 1.0)
        return opening * (1.0 - m) - 0.28 * (v + 23.0) / (bm.exp((v + 23.0) / 5.0) - 1.0) * m

    def slope_of_n(self, n, t, v):
        opening = 0.032 * (-48.0 - v) / (bm.exp((-48.0 - v) / 5.0) - 1.0)
        return opening * (1.0 - n) - 0.5 * bm.exp((-53.0 - v) / 40.0) * n

    def slope_of_h(self, h, t, v):
        return 0.128 * bm.exp((-46.0 - v) / 18.0) * (1.0 - h) - 4.0 / (1.0 + bm.exp((-23.0 - v) / 5.0)) * h

    def update(self):
        before = self.v.value
        self.v.value, self.m.value, self.n.value, self.h.value = self.integral(
            before, self.m.value, self.n.value, self.h.value, bp.share["t"], dt=bp.share["dt"]
        )
        return bm.sum(bm.logical_and(before <= -40.0, self.v.value > -40.0))


networks = dict(coba=Coba, lif=Lif, hh=TraubMiles)
if name not in networks:
    sys.exit(f"there is no network {name}")
network = networks[name]()
steps = bm.arange(round(duration / 0.1))


@bm.jit
def experiment():
    """All steps; returns the number of spikes."""
    return bm.for_loop(network.step_run, steps, progress_bar=False).sum()


def timed():
    begun = time.perf_counter()
    spikes = int(experiment())
    return time.perf_counter() - begun, spikes


first, _ = timed()
bp.reset_state(network)
seconds, spikes = timed()
print(json.dumps({"compile_s": first - seconds, "run_s": seconds, "spikes": spikes}))
