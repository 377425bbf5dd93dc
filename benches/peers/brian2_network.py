"""One network on Brian2 as a C++ program: brian2_network.py NETWORK FOLDER MILLISECONDS THREADS.

Writes and compiles the program in FOLDER (-O3 -march=native; with OpenMP where THREADS is above 1) and runs nothing.
Then FOLDER/main runs the network, each time with the random numbers of the environment's SEED, and writes the seconds
that the time loop took into results/seconds. Prints the seconds that writing and compiling took as JSON.
"""

import json
import sys
import time

from brian2 import *

name, folder, duration, threads = sys.argv[1], sys.argv[2], float(sys.argv[3]) * ms, int(sys.argv[4])
set_device("cpp_standalone", build_on_run=False)
prefs.codegen.cpp.extra_compile_args_gcc = "-w -O3 -ffast-math -fno-finite-math-only -march=native -std=c++11".split()
prefs.devices.cpp_standalone.openmp_threads = threads if threads > 1 else 0
# What is compiled draws seeds from the system at every start; this takes one from the environment, and the next for the
# generator of the next thread.
device.insert_code(
    "after_start",
    """long seed = std::atol(std::getenv("SEED")) * 1000;
       for (auto &generator : brian::_random_generators) generator.seed(seed++);""",
)
# Brian2's own number, in results/last_run_info.txt, is the processor's time where there is one thread: on a busy machine
# it is less than what the others' clocks on the wall show.
prefs.codegen.cpp.headers = ["<chrono>"]
device.insert_code("before_network_run", "const auto begun = std::chrono::steady_clock::now();")
device.insert_code(
    "after_network_run",
    """const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begun;
       std::ofstream(brian::results_dir + "seconds") << taken.count();""",
)
defaultclock.dt = 0.1 * ms

TRAUB_MILES = dict(
    Cm=1 * uF / cm**2 * 20000 * um**2, gl=5e-5 * siemens / cm**2 * 20000 * um**2, EK=-90 * mV, ENa=50 * mV, VT=-63 * mV,
    g_na=100 * msiemens / cm**2 * 20000 * um**2, g_kd=30 * msiemens / cm**2 * 20000 * um**2,
)


def balanced(neurons, excite, inhibit, chance, **delays):
    """Four fifths of the neurons excite all of them, one fifth inhibits; what connects them."""
    border = len(neurons) * 4 // 5
    both = [Synapses(neurons[:border], neurons, on_pre=excite, **delays)]
    both.append(Synapses(neurons[border:], neurons, on_pre=inhibit, **delays))
    for synapses in both:
        synapses.connect(p=chance)
    return both


def cuba():
    P = NeuronGroup(
        4000,
        """dv/dt = (ge + gi - (v - El))/taum : volt (unless refractory)
           dge/dt = -ge/taue : volt
           dgi/dt = -gi/taui : volt""",
        threshold="v > Vt", reset="v = Vr", refractory=5 * ms, method="exact",
        namespace=dict(taum=20 * ms, taue=5 * ms, taui=10 * ms, Vt=-50 * mV, Vr=-60 * mV, El=-49 * mV),
    )
    P.v = "Vr + rand()*(Vt - Vr)"
    return P, *balanced(P, "ge += 1.62*mV", "gi += -9*mV", 0.02)


def coba():
    P = NeuronGroup(
        4000,
        """dv/dt = (ge*(Ee - v) + gi*(Ei - v) - (v - El) + Iext)/taum : volt (unless refractory)
           dge/dt = -ge/taue : 1
           dgi/dt = -gi/taui : 1""",
        threshold="v > Vt", reset="v = Vr", refractory=5 * ms, method="exponential_euler",
        namespace=dict(
            taum=20 * ms, taue=5 * ms, taui=10 * ms, Vt=-50 * mV, Vr=-60 * mV, El=-60 * mV, Ee=0 * mV, Ei=-80 * mV,
            Iext=20 * mV,
        ),
    )
    P.v = "Vr + rand()*(Vt - Vr)"
    return P, *balanced(P, "ge += 0.6", "gi += 6.7", 0.02)


def cobahh():
    P = NeuronGroup(
        4000,
        """dv/dt = (gl*(El - v) + ge*(Ee - v) + gi*(Ei - v)
                    - g_na*(m*m*m)*h*(v - ENa) - g_kd*(n*n*n*n)*(v - EK))/Cm : volt
           dm/dt = alpha_m*(1 - m) - beta_m*m : 1
           dn/dt = alpha_n*(1 - n) - beta_n*n : 1
           dh/dt = alpha_h*(1 - h) - beta_h*h : 1
           dge/dt = -ge/taue : siemens
           dgi/dt = -gi/taui : siemens
           alpha_m = 0.32*(mV**-1)*4*mV/exprel((13*mV - v + VT)/(4*mV))/ms : Hz
           beta_m = 0.28*(mV**-1)*5*mV/exprel((v - VT - 40*mV)/(5*mV))/ms : Hz
           alpha_h = 0.128*exp((17*mV - v + VT)/(18*mV))/ms : Hz
           beta_h = 4/(1 + exp((40*mV - v + VT)/(5*mV)))/ms : Hz
           alpha_n = 0.032*(mV**-1)*5*mV/exprel((15*mV - v + VT)/(5*mV))/ms : Hz
           beta_n = 0.5*exp((10*mV - v + VT)/(40*mV))/ms : Hz""",
        threshold="v > -20*mV", refractory=3 * ms, method="exponential_euler",
        namespace=dict(TRAUB_MILES, El=-60 * mV, taue=5 * ms, taui=10 * ms, Ee=0 * mV, Ei=-80 * mV),
    )
    P.v = "El + (randn()*5 - 5)*mV"
    P.ge = "(randn()*1.5 + 4)*10*nS"
    P.gi = "(randn()*12 + 20)*10*nS"
    return P, *balanced(P, "ge += 6*nS", "gi += 67*nS", 0.02)


def stdp():
    inputs = PoissonGroup(1000, rates=15 * Hz)
    P = NeuronGroup(
        1,
        """dv/dt = (ge*(Ee - v) + El - v)/taum : volt
           dge/dt = -ge/taue : 1""",
        threshold="v > vt", reset="v = vr", method="euler",
        namespace=dict(taum=10 * ms, taue=5 * ms, Ee=0 * mV, El=-74 * mV, vt=-54 * mV, vr=-60 * mV),
    )
    P.v = -60 * mV
    S = Synapses(
        inputs, P,
        """w : 1
           dApre/dt = -Apre/tau : 1 (event-driven)
           dApost/dt = -Apost/tau : 1 (event-driven)""",
        on_pre="ge += w; Apre += up; w = clip(w + Apost, 0, gmax)",
        on_post="Apost += down; w = clip(w + Apre, 0, gmax)",
        namespace=dict(tau=20 * ms, gmax=0.01, up=0.01 * 0.01, down=-0.01 * 1.05 * 0.01),
    )
    S.connect()
    S.w = "rand()*gmax"
    return P, inputs, S


def brunel():
    P = NeuronGroup(
        12500, "dv/dt = -v/tau : volt (unless refractory)", threshold="v > 20*mV", reset="v = 10*mV",
        refractory=2 * ms, method="exact", namespace=dict(tau=20 * ms),
    )
    outside = PoissonInput(P, "v", 1000, 20 * Hz, weight=0.1 * mV)
    return P, outside, *balanced(P, "v += 0.1*mV", "v += -0.5*mV", 0.1, delay=1.5 * ms)


def lif():
    P = NeuronGroup(
        1000000, "dv/dt = (v0 - v)/tau : 1 (unless refractory)\nv0 : 1", threshold="v > 1", reset="v = 0",
        refractory=5 * ms, method="exact", namespace=dict(tau=10 * ms),
    )
    P.v = "rand()"
    P.v0 = "0.5 + 1.0*i/N"
    return (P,)


def hh():
    P = NeuronGroup(
        10000,
        """dv/dt = (gl*(El - v) - g_na*(m*m*m)*h*(v - ENa) - g_kd*(n*n*n*n)*(v - EK) + I)/Cm : volt
           dm/dt = 0.32*(mV**-1)*(13*mV - v + VT)/(exp((13*mV - v + VT)/(4*mV)) - 1)/ms*(1 - m)
                   - 0.28*(mV**-1)*(v - VT - 40*mV)/(exp((v - VT - 40*mV)/(5*mV)) - 1)/ms*m : 1
           dn/dt = 0.032*(mV**-1)*(15*mV - v + VT)/(exp((15*mV - v + VT)/(5*mV)) - 1)/ms*(1 - n)
                   - 0.5*exp((10*mV - v + VT)/(40*mV))/ms*n : 1
           dh/dt = 0.128*exp((17*mV - v + VT)/(18*mV))/ms*(1 - h) - 4/(1 + exp((40*mV - v + VT)/(5*mV)))/ms*h : 1
           I : amp""",
        threshold="v > -40*mV", refractory="v > -40*mV", method="exponential_euler",
        namespace=dict(TRAUB_MILES, El=-65 * mV),
    )
    P.v = -65 * mV
    P.I = "0.7*nA*i/N"
    return (P,)


networks = dict(cuba=cuba, coba=coba, cobahh=cobahh, stdp=stdp, brunel=brunel, lif=lif, hh=hh)
if name not in networks:
    sys.exit(f"there is no network {name}")
objects = networks[name]()
network = Network(*objects, SpikeMonitor(objects[0]))
begun = time.perf_counter()
network.run(duration)
device.build(directory=folder, run=False)
print(json.dumps({"compile_s": time.perf_counter() - begun}))
