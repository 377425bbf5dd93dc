//! What a diagnostic tells to write instead: that it is what was meant, that it is right, and that it comes first.

use grammar::{Diagnostic, SourceId, parse, parse_members};

/// Text at the top level, and of every diagnostic the code and the beginning of its first help.
const FILES: &[(&str, &[(&str, &str)])] = &[
    ("a = b && c", &[("E0005", "write `and` for what both sides fulfil")]),
    ("a = b || c", &[("E0005", "write `or` for what one side or both fulfil")]),
    ("a = !c", &[("E0005", "write `not` for the opposite")]),
    // A line of Python is a statement of its own, and touches neither the one before nor the one behind.
    ("tau = 3*ms\nif tau > 5*ms:\n    tau = 2*ms", &[("E0119", "there are no branches here")]),
    ("tau = 3*ms\nif a:\n b = 2\nelse:\n c = 3", &[("E0119", "there are no"), ("E0119", "there are no branches")]),
    ("record P.spikes\nfor k in range(3):\n    run 3*ms", &[("E0119", "there are no loops; to run the model once")]),
    ("a = 1\nwhile a < 3:\n  b = 2", &[("E0119", "there are no loops; to run")]),
    ("def f(x):\n  a = 2", &[("E0119", "a function is one line: `function f(x: volt): 1 = x/mV`")]),
    ("from brian2 import *\nneuron P[3]", &[("E0119", "this is a Python script"), ("E0119", "did you mean `neurons`")]),
    ("import brian2", &[("E0119", "this is a Python script, and `docs/from-brian2.md` says what to write")]),
    ("import numpy as np", &[("E0119", "this is a Python script")]),
    ("\"\"\"\nA network.\n\"\"\"\na = 3", &[("E0117", "what is a comment in Python is one here behind `#`")]),
    ("a = 3\n\n'''A network.'''\n", &[("E0117", "what is a comment in Python")]),
    ("eqs = '''v : 1'''", &[("E0117", "write these lines into the braces of a block: `neurons P[10] { … }`, `syn")]),
    ("seed(42)", &[("E0119", "write `seed = 42`")]),
    ("connect P -> P", &[("E0121", "`connect` stands in the block of synapses, as `synapses S: P -> Q")]),
    ("seed()", &[("E0119", "write `seed = 1`")]),
    ("a = np.linspace(0, 1, 3)", &[("E0101", "write `linspace(…)` without `np.`")]),
    ("a = 2*np.random.rand()", &[("E0101", "write `rand(…)` without `np.random.`")]),
    ("record(P.v)", &[("E0101", "write `record P.v`")]),
    ("print a, b", &[("E0101", "each value has a `print` of its own: `print a`")]),
    ("print f(a, b), b", &[("E0101", "each value has a `print` of its own: `print f(a, b)`")]),
    ("print(a, b)", &[("E0101", "each value has a `print` of its own: `print a`")]),
    ("a = csv('x.csv')\nstore 'warm'", &[("E0008", "write `\"x.csv\"`"), ("E0008", "write `\"warm\"`")]),
    ("print \"tau is\", tau", &[("E0101", "a value is shown with what it is, without a text: write `print tau`")]),
    ("print(\"a\", b*2)", &[("E0101", "a value is shown with what it is, without a text: write `print b*2`")]),
    // Assignments as scripts have them.
    ("M4, M23 = 22, 25", &[("E0111", "write `M4 = 22; M23 = 25`")]),
    ("a, b = f(1, 2), -3*mV", &[("E0111", "write `a = f(1, 2); b = -3*mV`")]),
    ("a, b = 3", &[("E0111", "write one statement for each")]),
    ("P.v = 'i*mV'", &[("E0109", "write `init v = i*mV` in the block that declares `v`")]),
    ("P.v[:3] = -60*mV", &[("E0109", "write `set P.v[:3] = -60*mV` to set it at this point")]),
    ("P[:3].v = -60*mV", &[("E0109", "write `set P[:3].v = -60*mV` to set it at this point")]),
    ("S.active = False", &[("E0109", "all acts at all times: give what acts a factor")]),
    ("record P.v as voltage", &[("E0101", "recordings are called by what they record: leave out `as voltage`")]),
    ("poisson_input P.v { n 3 }", &[("E0101", "it begins as in `poisson_input to P.v { n 1000; rate")]),
    ("P.v, P.u = 1, 2", &[("E0109", "write `set P.v = 1; set P.u = 2`")]),
    ("a, b = b, a", &[("E0111", "write one statement for each: `a = 1; b = 2`")]),
    // Objects of Brian2, as what makes the same in a model.
    (
        "popE = NeuronGroup(NE, model=eqs, threshold='v > Vt', reset='v = Vr', refractory=2*ms, method='euler', name='e')",
        &[(
            "E0119",
            "write `neurons popE[NE] { …; threshold v > Vt; reset v = Vr; refractory 2*ms; method euler }`, with the lines \
             of `eqs` for `…`",
        )],
    ),
    ("G = NeuronGroup(4,\n'''v : 1''')", &[("E0119", "write `neurons G[4] { v : 1 }`")]),
    (
        "G = NeuronGroup(2*N, \"\"\"dv/dt = -v/tau : 1\n  tau : second\n\"\"\", reset='''v = 0; n += 1\nu = 0''', refractory='v > 1')",
        &[(
            "E0119",
            "write `neurons G[2*N] { dv/dt = -v/tau : 1; tau : second; reset { v = 0; n += 1; u = 0 }; refractory v > 1 }`",
        )],
    ),
    (
        "G = NeuronGroup(4, '''dv/dt = (1 - v\n - u)/tau : 1''', reset=code)",
        &[(
            "E0119",
            "write `neurons G[4] { …; reset { … } }`, with its equations and the lines of `code` for each `…`",
        )],
    ),
    (
        "G = NeuronGroup(4, 'v : 1 # of', events={'up': 'v > 2'})",
        &[("E0119", "write `neurons G[4] { …; event up if v > 2 }`, with")],
    ),
    ("G = NeuronGroup(4, eqs + 'u : 1')", &[("E0119", "write `neurons G[4] { … }`, with its equations for `…`")]),
    (
        "S = Synapses(P, Q[:3], 'w : volt', on_pre='v += w', on_post=None, delay=2*ms, method='exact')",
        &[("E0119", "write `synapses S: P -> Q[:3] { w : volt; on_pre v += w; delay 2*ms }`")],
    ),
    ("S = Synapses(P)", &[("E0119", "write `synapses S: P -> P { … }`, with what it has for `…`")]),
    (
        "S = Synapses(P, P, '''dg/dt = -g/tau : 1 (clock-driven)''', pre='g += 1', post='', method='exact')",
        &[("E0119", "write `synapses S: P -> P { dg/dt = -g/tau : 1 (clock-driven); on_pre g += 1; method exact }`")],
    ),
    (
        "S = Synapses(P, Q, on_pre={'pre': 'v += 1', 'up': 'u += 1'})",
        &[("E0119", "write `synapses S: P -> Q { on_pre v += 1; on_pre up { u += 1 } }`")],
    ),
    ("M = SpikeMonitor(popE[:10])", &[("E0119", "write `record popE[:10].spikes`")]),
    ("M = SpikeMonitor(P, variables=['v', 'u'])", &[("E0119", "write `record P.spikes with v, u`")]),
    ("M = SpikeMonitor(P, record=False)", &[("E0119", "write `record P.spikes counts`")]),
    ("M = StateMonitor(P, 'v', record=True)", &[("E0119", "write `record P.v`")]),
    (
        "M = StateMonitor(P, ('v', 'u'), record=[0, 5], dt=1*ms)",
        &[("E0119", "write `record P.v[0, 5], P.u[0, 5] every 1*ms`")],
    ),
    ("M = StateMonitor(P, variables='v', record=0)", &[("E0119", "write `record P.v[0]`")]),
    ("R = PopulationRateMonitor(P)", &[("E0119", "write `record P.population_rate`")]),
    ("Q = PoissonGroup(100, rates='(1 + i)*Hz')", &[("E0119", "write `poisson Q[100] { rate (1 + i)*Hz }`")]),
    (
        "X = PoissonInput(P, 'v', N=1000, rate=20*Hz, weight='w*mV')",
        &[("E0119", "write `poisson_input to P.v { n 1000; rate 20*Hz; weight w*mV }`")],
    ),
    (
        "G = SpikeGeneratorGroup(2, [0, 1], [1, 2]*ms, period=6*ms)",
        &[("E0119", "write `spike_source G[2] { spikes i = [0, 1], t = [1, 2]*ms; period 6*ms }`")],
    ),
    (
        "G = SpikeGeneratorGroup(85, np.arange(85), 50*ms + np.random.randn(85)*ms)",
        &[("E0119", "write `spike_source G[85] { spikes i = arange(85), t = … }`, with the values of `times` for `…`")],
    ),
    (
        "stim = TimedArray(np.array([0, 1])*nA, dt=1*ms)",
        &[("E0119", "write `stim = timed_array(([0, 1])*nA, dt = 1*ms)`")],
    ),
    ("M = StateMonitor(P, 'v', record=True, dt=10*defaultclock.dt)", &[("E0119", "write `record P.v every 10*dt`")]),
    (
        "P.x = linked_var(input, 'y', index=idx)",
        &[(
            "E0109",
            "declare it in the block of `P` as what it is linked to, with its unit: `x : 1 (linked) = input.y[idx]`",
        )],
    ),
    (
        "P.x = linked_var(A, 'y')",
        &[("E0109", "declare it in the block of `P` as what it is linked to, with its unit: `x : 1 (li")],
    ),
    ("mpl.rcParams.update(a)", &[("E0119", "`docs/from-brian2.md` says what to write")]),
    ("rates.append(M.num_spikes/N)", &[("E0119", "`docs/from-brian2.md` says what to write")]),
    (
        "S = Synapses(P, Q, on_pre={'pre': '''v += 1 # one''', 'up': code, 'down': 'a = b; c = d'}, delay={'up': 2*ms})",
        &[(
            "E0119",
            "write `synapses S: P -> Q { on_pre { … }; on_pre up { … }; on_pre down { a = b; c = d }; delay up = 2*ms }`, with \
             the code of `on_pre` and the lines of `code` for each `…`",
        )],
    ),
    (
        "G = NeuronGroup(3, 'v : 1' + eqs, threshold=th)",
        &[("E0119", "write `neurons G[3] { …; threshold … }`, with its equations and the lines of `th` for")],
    ),
    (
        "G = NeuronGroup(len(x), '''v : 1\nu : 1''')",
        &[("E0119", "write `neurons G[…] { v : 1; u : 1 }`, with the value of `N` for `…`")],
    ),
    (
        "G = NeuronGroup(3, 'v : 1', reset='''v = clip(v +\n u, 0, 1)''')",
        &[("E0119", "write `neurons G[3] { v : 1; reset { … } }`, with the code")],
    ),
    ("M = StateMonitor(P, 'v', np.arange(5, 10))", &[("E0119", "write `record P.v[5:10]`")]),
    ("M = StateMonitor(P, 'v', record=list(range(3)))", &[("E0119", "write `record P.v[:3]`")]),
    ("M = StateMonitor(P, 'v', record=np.array([1, 2]))", &[("E0119", "write `record P.v[1, 2]`")]),
    ("M = StateMonitor(P, 'v', record=(0, 1))", &[("E0119", "write `record P.v[0, 1]`")]),
    ("M = StateMonitor(S, 'w', record=S['i == 0'])", &[("E0119", "write `record S.w[i == 0]`")]),
    ("M = StateMonitor(P, 'v', record=[0]*3)", &[("E0119", "write `record P.v[…]`, with the indices for `…`")]),
    ("M = StateMonitor(P, True)", &[("E0119", "write `record P.…`, with a variable for `…`")]),
    ("M = SpikeMonitor(P, 'v', record=False)", &[("E0119", "write `record P.spikes counts`")]),
    ("M = b2.EventMonitor(P, 'high', variables='v')", &[("E0119", "write `record P.high with v`")]),
    (
        "Q = PoissonGroup(2, rates=np.array([10, 20])*Hz)",
        &[("E0119", "write `poisson Q[2] { rate … }`, with an expression of `i` for")],
    ),
    ("SpikeMonitor(P)", &[("E0119", "write `record P.spikes`")]),
    (
        "P = NeuronGroup()",
        &[("E0119", "write `neurons P[…] { … }`, with the value of `N` and what it has for each `…`")],
    ),
    (
        "P.x = linked_var(Q.v)",
        &[("E0109", "declare it in the block of `P` as what it is linked to, with its unit: `x : 1 (linked) = Q.v`")],
    ),
    ("G.run_on_event('high', 'c += 1')", &[("E0119", "in the block of `G` write `event high if … { c += 1 }`")]),
    ("G.set_event_schedule('high', when='end')", &[("E0119", "in the block of `G` write `when high = end`")]),
    ("net.restore('warm')", &[("E0119", "write `restore \"warm\"`")]),
    ("fig.v = 'rand()'", &[("E0109", "write `init v = rand()`")]),
    ("ax.connect(p=0.1)", &[("E0119", "in the block of `ax` write `connect p = 0.1`")]),
    ("plot(a); xlabel('t'); ylabel('v')", &[("E0119", "leave it out")]),
    // What draws is told of once, however many lines it has.
    (
        "plot(M.t/ms, M.v[0])\n# the second\n\nfig, axs = plt.subplots(2, gridspec_kw={'wspace': 2})\naxs[0].set(xlim=(0, 1))\nplt.show()",
        &[("E0119", "leave it out: `rheobase run` draws what is recorded")],
    ),
    ("show()\nspace = 3\nshow()", &[("E0119", "leave it out"), ("E0119", "leave it out")]),
    ("S.w[0, 'i'] = 2*mV", &[("E0109", "write `set S.w[0, 'i'] = 2*mV` to set it at this point")]),
    ("S.w['i < 3'] = 2*mV", &[("E0109", "write `set S.w[i < 3] = 2*mV` to set it at this point")]),
    // Calls of Brian2.
    ("con_e.connect(p=epsilon)", &[("E0119", "in the block of `con_e` write `connect p = epsilon`")]),
    ("S.connect()", &[("E0119", "in the block of `S` write `connect all`")]),
    (
        "S.connect(j='k for k in range(i, '\n  'i + 3) '\n 'if i < N_pre - 3', p=0.1)",
        &[("E0119", "in the block of `S` write `connect j = k for k in range(i, i + 3) if i < N_pre - 3, p = 0.1`")],
    ),
    ("S.connect(True)", &[("E0119", "in the block of `S` write `connect all`")]),
    ("S.connect(condition='i!=j', p=0.1)", &[("E0119", "in the block of `S` write `connect i!=j, p = 0.1`")]),
    (
        "S.connect('i == j or i > 3', p='0.1')",
        &[("E0119", "in the block of `S` write `connect i == j or i > 3, p = 0.1`")],
    ),
    ("S.connect(i=[0,1], j=[1,2])", &[("E0119", "in the block of `S` write `connect i = [0,1], j = [1,2]`")]),
    ("S.connect(j='i')", &[("E0119", "in the block of `S` write `connect i == j`")]),
    (
        "S.connect(j='k for k in range(i, i+3)', skip_if_invalid=True)",
        &[("E0119", "in the block of `S` write `connect j = k for k in range(i, i+3), skip_if_invalid`")],
    ),
    ("P.run_regularly('v = rand()', dt=10*ms)", &[("E0119", "in the block of `P` write `every 10*ms { v = rand() }`")]),
    ("device.build(directory='out')", &[("E0119", "leave it out: nothing is set up")]),
    ("run(simtime-1*second, report='text')", &[("E0101", "write `run simtime-1*second`")]),
    ("run 1*ms, report=\"text\"", &[("E0101", "write `run 1*ms`")]),
    ("run(duration=100*ms)", &[("E0101", "write `run 100*ms`")]),
    ("store()", &[("E0101", "write `store`")]),
    ("restore('init')", &[("E0101", "write `restore \"init\"`")]),
    // Calls of other simulators, each with what a model has in its place; dictionaries are parts of their statements.
    (
        "P = nest.Create('iaf_psc_alpha', 100, params={'tau_m': 20.0})\na = 3",
        &[("E0119", "neurons are a block with their equations: `neurons P[100] { dv/dt =")],
    ),
    ("In = nest.Create(\"poisson_generator\", 3)", &[("E0119", "write `poisson In[3] { rate 15*Hz }`")]),
    ("sr = nest.Create('spike_recorder')", &[("E0119", "write `record P.spikes`, of the neurons")]),
    (
        "nest.Connect(A, B, {'rule': 'fixed_indegree',\n  'indegree': 10}, syn_spec={'weight': 1.0})\nb = 2",
        &[("E0119", "synapses are a block: `synapses S: A -> B { on_pre v += 1*mV; connect fixed_indegree(10) }`")],
    ),
    (
        "Connect(A, B, 'one_to_one')",
        &[("E0119", "synapses are a block: `synapses S: A -> B { on_pre v += 1*mV; connect i == j }`")],
    ),
    (
        "nest.Connect(A, B)",
        &[("E0119", "synapses are a block: `synapses S: A -> B { on_pre v += 1*mV; connect all }`")],
    ),
    (
        "conn = {'rule': 'pairwise_bernoulli', 'p': 0.2}",
        &[("E0119", "in the block of synapses write `connect p = 0.2`")],
    ),
    (
        "params = {\n 'tau_m': 20.0,\n}\na = 3",
        &[("E0119", "each value is a constant with its unit, on a line of its own")],
    ),
    ("nest.Simulate(100.0)", &[("E0119", "write `run 100*ms`")]),
    ("Simulate(T)", &[("E0119", "write `run T*ms`")]),
    ("nest.resolution = 0.1", &[("E0119", "the time step is a setting: write `dt = 0.1*ms`")]),
    ("nest.ResetKernel()", &[("E0119", "leave it out: nothing is left over")]),
    ("P = bp.neurons.LIF(100, tau=10.)", &[("E0119", "neurons are a block with their equations: `neurons P[100] {")]),
    ("c = bp.conn.FixedProb(0.1)", &[("E0119", "in the block of synapses write `connect p = 0.1`")]),
    ("net = bp.Network(P, S)", &[("E0119", "leave it out: the network is all that the text declares")]),
    ("neurons sim[3] { v : 1 }\nrecord sim.v 3", &[("E0101", "write")]),
    ("net.run(10*ms)", &[("E0119", "write `run 10*ms`")]),
    ("runner.run(100.)", &[("E0119", "write `run 100*ms`")]),
    ("bm.random.seed(3)", &[("E0119", "write `seed = 3`")]),
    ("a = bm.exp(3)", &[("E0119", "functions and values have no module: write `exp` without `bm.`")]),
    // Braces that are missing are told once, and what belongs in them is read.
    (
        "neurons P[10]\n    dv/dt = -v/tau : volt\n    threshold v > 1\n\nrecord P.v",
        &[("E0114", "write `neurons P[10] {` here, and `}` behind the last line of it")],
    ),
    ("neurons P[10]:\n  # why\n  v : volt\nrun 3*ms", &[("E0114", "write `neurons P[10] {` here")]),
    ("neurons P[10]\nv : volt\nreset v = 0\nrun 3*ms", &[("E0114", "write `neurons P[10] {` here")]),
    ("neurons P[10]\n  v : volt\n}\nrun 3*ms", &[("E0114", "write `neurons P[10] {` here")]),
    ("synapses S: P -> P:\n  on_pre v += 1\n  connect all\na = 3", &[("E0114", "write `synapses S: P -> P {` here")]),
    ("poisson_input to P.v\n  n 10\n  rate 3*Hz", &[("E0114", "write `poisson_input to P.v {` here")]),
    ("model m:\n  v : volt\nneurons P[3]: m\nrun 3*ms", &[("E0114", "write `model m {` here")]),
    ("neurons P[3] {\n  v : 1\n  reset:\n    v = 0\n    v += 1\n}\nrun 3*ms", &[("E0114", "write `reset {` here")]),
    ("sweep tau = [1, 2]*ms:\n  run 3*ms\n  report rate(P)", &[("E0114", "write `sweep tau = [1, 2]*ms {` here")]),
    // A bodiless group is whole, and a brace that is there counts.
    ("neurons P[3]: m\na = 3\nneurons Q[3]\n{ v : 1 }", &[]),
    (
        "sweep P.I = [1, 2] { run 3*ms; report rate(P) }",
        &[("E0125", "name a constant where it gets its value, as `I0 = 0`")],
    ),
    ("// words", &[("E0101", "comments begin with `#`")]),
    ("a = 3 /* words */", &[("E0101", "write")]),
    ("/* words */", &[("E0101", "comments begin with `#`")]),
    ("float tau = 3*ms", &[("E0119", "write `tau = 3*ms`, without `float`")]),
    ("neurons P(10) { v : 1 }", &[("E0101", "write `neurons P[10] { … }`")]),
    ("neurons(10) { v : 1 }", &[("E0101", "write `neurons P[10] { … }`")]),
    ("poisson P(10, 15*Hz)", &[("E0101", "write `poisson P[10] { rate 15*Hz }`")]),
    ("synapses P -> Q { connect all }", &[("E0101", "write `synapses S: P -> Q { … }`")]),
    ("synapses S(P, Q) { connect all }", &[("E0101", "write `synapses S: P -> Q { … }`")]),
    ("synapses S: P to Q { connect all }", &[("E0101", "write `synapses S: P -> Q { … }`")]),
    ("run 1 s", &[("E0112", "write `1*second`")]),
    ("a = 3V", &[("E0003", "write `3*volt`")]),
    ("record spikes(P)", &[("E0101", "write `record P.spikes`")]),
    ("record P.v dt = 1*ms", &[("E0101", "write `record P.v every 1*ms`")]),
    ("record P.v[0..3]", &[("E0009", "indices from 0 to before 3 are `0:3`")]),
    ("a = np.loadtxt('x.txt')", &[("E0101", "a table is read by `csv(\"table.csv\")`")]),
    ("neurons P[3] { v' = -v/tau : volt }", &[("E0002", "a derivative is written `dv/dt`, not `v'`")]),
    // What a text says that is no path is told where it is known what stands there.
    ("M = monitor(neuron, 'v', record = True)", &[]),
];

/// The same in the block of a group.
const MEMBERS: &[(&str, &[(&str, &str)])] = &[
    ("N = 4, rate = 3*Hz, weight = '1*mV'", &[("E0108", "write `n 4; rate 3*Hz; weight 1*mV`")]),
    ("reset x, y = y, x", &[("E0111", "write one statement for each, and keep what another still reads")]),
    ("on_pre up x, y = 1, 2", &[("E0114", "write `on_pre up { x, y = 1, 2 }`")]),
    ("float tau = 10*ms", &[("E0119", "write `tau = 10*ms`, without `float`, at the top level")]),
    ("connect(condition='i!=j', p=0.1)", &[("E0101", "write `connect i!=j, p = 0.1`")]),
    ("connect()", &[("E0101", "write `connect all`")]),
    ("connect(p=epsilon)", &[("E0101", "write `connect p = epsilon`")]),
    ("connect(i='j')", &[("E0101", "write `connect i == j`")]),
    ("reset a, b = 0, 1", &[("E0111", "write `reset { a = 0; b = 1 }`")]),
    ("threshold v > 1 && v < 3", &[("E0005", "write `and` for what both")]),
    ("x : 1\nfor k in range(3):\n y : 1", &[("E0119", "there are no loops: statements run for every neuron")]),
    ("v' = -v/tau", &[("E0002", "a derivative is written `dv/dt`, not `v'`")]),
    ("ge' = -ge/tau : 1", &[("E0002", "a derivative is written `dge/dt`, not `ge'`")]),
    ("reset \"vm=Vr; w+=b\"", &[("E0117", "write `reset { vm=Vr; w+=b }`")]),
    ("reset = 'vm=Vr; w+=b'", &[("E0108", "write `reset { vm=Vr; w+=b }`")]),
    ("reset 'v = Vr;'", &[("E0117", "write `reset v = Vr`")]),
    ("connect fixed_indegree 10", &[("E0101", "write `connect fixed_indegree(10)`")]),
    (
        "connect fixed_indegree 10, autapses = False",
        &[("E0101", "write `connect fixed_indegree(10, autapses = False)`")],
    ),
    ("connect fixed_outdegree 10, multapses = False", &[("E0101", "write `connect fixed_outdegree(10)`")]),
    ("connect p 0.1", &[("E0101", "write `connect p = 0.1`")]),
    ("connect i != j, p 0.1", &[("E0101", "write `connect i != j, p = 0.1`")]),
    ("connect", &[("E0120", "for every pair write `connect all`")]),
    ("conn_spec fixed_indegree", &[("E0119", "synapses are made by `connect`")]),
    ("reset v == 0", &[("E0101", "to set a value write `=`: `reset v = 0`")]),
    ("pre: v_post += w", &[("E0101", "write `on_pre v_post += w`")]),
    ("every 10*ms: v = 0", &[("E0114", "write `every 10*ms { v = 0 }`")]),
    ("i = [0, 1], t = [1, 2]*ms", &[("E0101", "write `spikes i = [0, 1], t = [1, 2]*ms`")]),
    ("event 'high', 'v > 1'", &[("E0117", "write `event high if v > 1`")]),
    ("dv/dt = -v/tau : 1; v = 3", &[("E0115", "for a value at the start write `init v = 3`")]),
    ("dv/dt = -v/tau : 1; x = v + 1", &[("E0115", "what is worked out anew in every step ends with a colon")]),
    ("tau = 3*ms", &[("E0115", "a constant stands outside of the block: `tau = 3*ms` at the top level")]),
    ("init { v ~ 3 }", &[("E0001", "what is random is drawn where code sets it")]),
    ("connect 'i != j'", &[]),
    ("connect j = 'i'", &[]),
];

fn wrong(text: &str, found: &[Diagnostic], expected: &[(&str, &str)]) -> Option<String> {
    let first = |one: &Diagnostic| one.help.first().map_or("", |help| help).to_owned();
    let fits = found.len() == expected.len()
        && found.iter().zip(expected).all(|(one, (id, help))| one.code.id == *id && first(one).starts_with(help));
    (!fits).then(|| format!("{text:?}: {found:#?}"))
}

#[test]
fn the_first_mend_is_what_was_meant() {
    let source = SourceId(0);
    let of_files = FILES.iter().filter_map(|row| wrong(row.0, &parse(source, row.0).diagnostics, row.1));
    let of_members = MEMBERS.iter().filter_map(|row| wrong(row.0, &parse_members(source, row.0).1, row.1));
    let all: Vec<String> = of_files.chain(of_members).collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
}
