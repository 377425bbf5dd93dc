//! A case for every row of the table of diagnostics, and for every feature of a later version.

use super::super::codes::ALL;
use super::super::later::Feature;
use super::{check, lines, resolved};
use grammar::Severity;

/// Neurons that spike.
const CELLS: &str = "neurons P[4] { v : 1\nu : volt\nthreshold v > 1 }\n";

/// Text, and what is found in it: code, place, message. Texts that begin with `+` come after `CELLS`.
const CASES: &[(&str, &str)] = &[
    ("neurons P[3] { x = I : 1 }", "E0201 `I` nothing is called `I`"),
    ("print taum\ntau = 10*ms", "E0201 `taum` nothing is called `taum`"),
    ("a = 1; a = 2; print a", "E0202 `a` `a` is defined twice"),
    ("+neurons P[3] { }", "E0202 `P` `P` is defined twice"),
    ("neurons P[3] { x : 1\nx : 1 }", "E0202 `x` `x` is declared twice"),
    ("mV = 3; print mV", "E0203 `mV` `mV` cannot be the name of a constant"),
    ("neurons exp[3] { x : 1 }", "E0203 `exp` `exp` cannot be the name of a group"),
    ("neurons P[3] { spikes : 1 }", "E0203 `spikes` `spikes` cannot be the name of a variable"),
    ("+synapses S: P -> P { delay : 1\nconnect all }", "E0203 `delay` `delay` cannot be the name of a variable"),
    ("a = b; b = a; print 1", "E0204 `a` `a` is defined by way of itself: `a` -> `b` -> `a`"),
    ("neurons P[3] { x = x + 1 : 1 }", "E0204 `x` `x` is defined by itself"),
    ("A = B[0:1]; B = A[0:1]; print 1", "E0204 `A` `A` is defined by way of itself: `A` -> `B` -> `A`"),
    ("+print P", "E0205 `P` `P` is a group, not a value"),
    ("a = [1, 2]; print a", "E0205 `a` `a` is an array, not one value"),
    (
        "+set P.v = [1, 2, 3, 4]*v",
        "E0205 `[1, 2, 3, 4]*v` a list of values is set as it stands, and other variables cannot be mixed with it",
    ),
    ("+print P.v*2", "E0205 `P.v` a variable is printed by itself, not as a part of an expression"),
    ("+print P.spikes", "E0607 `P.spikes` `P.spikes` is recorded, not printed"),
    ("neurons P[3] { x = j : 1 }", "E0206 `j` `j` has no meaning here"),
    ("+synapses S: P -> P { w : 1\nconnect w > 1 }", "E0206 `w` `w` has no meaning here"),
    ("+synapses S: P -> P { connect j = k + v_post for k in range(3) }", "E0206 `v_post` `v_post` has no meaning here"),
    ("neurons P[3] { x : 1\ninit x = [0, i, 2] }", "E0206 `i` `i` has no meaning here"),
    ("+synapses S: P -> P { w : 1\nconnect all\ninit w = linspace(0, 1, N) }", "E0206 `N` `N` has no meaning here"),
    (
        "neurons P[3] { x : 1\nthreshold x > 1\nrefractory -2*ms }",
        "E0603 `-2*ms` neurons cannot be refractory for -2 ms",
    ),
    (
        "+synapses S: P -> P { on_pre v += 1\nconnect 0.1 }",
        "E0304 `0.1` `0.1` is a number, and `connect` takes what is true or false",
    ),
    ("+record Q.v", "E0207 `Q` there is no group called `Q`"),
    ("+synapses S: P -> P { v : 1\nconnect all }", "E0208 `v` `v` is a variable of the target neurons already"),
    ("model lif { x : 1 }\nneurons P[3]: liff", "E0209 `liff` there is no model called `liff`"),
    ("model a { x : 1 }\nmodel a { x : 1 }", "E0202 `a` the model `a` is defined twice"),
    (
        "neurons P[3] { dv/dt = v/(10*ms) + 3*mV : volt }",
        "E0301 `+` `v/(10*ms)` has unit V/s, `3*mV` has unit V: they cannot be added",
    ),
    (
        "+neurons Q[3] { x : volt\nthreshold x > 0 }",
        "E0301 `>` `x` has unit V, `0` has no unit: they cannot be compared",
    ),
    ("print clip(1, 2*mV, 3)", "E0301 `2*mV` `1` has no unit, `2*mV` has unit V: `clip` needs one unit"),
    ("neurons P[3] { dv/dt = v : volt }", "E0302 `v` `dv/dt` has unit V/s, and its right side has unit V"),
    ("neurons P[3] { dv/dt = 1 - v : 1 }", "E0302 `1 - v` `dv/dt` has unit 1/s, and its right side has no unit"),
    ("+set P.u = 3", "E0302 `3` `P.u` has unit V, and `3` has no unit"),
    ("print exp(1*mV)", "E0302 `1*mV` `1*mV` has unit V, and `exp` takes numbers without unit"),
    ("+neurons Q[3] { x : volt\ninit x = 1 }", "E0302 `1` `x` has unit V, and `1` has no unit"),
    ("neurons P[3] { k : 1\nx = mV**k : 1 }", "E0303 `k` the unit of this power depends on the value of `k`"),
    ("+neurons Q[3] { x : 1\nthreshold x }", "E0304 `x` `x` is a number, and `threshold` takes what is true or false"),
    ("print -(1 < 2)", "E0304 `(1 < 2)` `1 < 2` is true or false and has no sign"),
    ("neurons P[3] { x = 2.5 : integer }", "E0304 `2.5` `x` is an integer, and `2.5` is not"),
    ("neurons P[9/3] { x : 1 }", "E0305 `9/3` the size of a group takes an integer, and `9/3` is none"),
    ("print exp(1, 2)", "E0306 `exp(1, 2)` `exp` takes 1 argument, not 2"),
    ("neurons P[3] { x : mV }", "E0307 `mV` `mV` is not a base unit, and variables are kept in base units"),
    ("neurons P[3] { x : bool }", "E0307 `bool` `bool` is not a unit"),
    ("neurons P[3] { reset : v = 0 }", "E0307 `v` `v` is not a unit"),
    ("P = Clock(3)", "E0308 `Clock` there is no function `Clock`"),
    ("print expp(1)", "E0308 `expp` there is no function `expp`"),
    ("function exp(x: 1): 1 = x", "E0203 `exp` `exp` cannot be the name of a function"),
    ("function f(mV: 1): 1 = 1", "E0203 `mV` `mV` cannot be the name of a parameter"),
    ("f = 3; function f(x: 1): 1 = x", "E0202 `f` `f` is defined twice"),
    ("function f(x: 1, x: 1): 1 = x", "E0202 `x` `x` is a parameter twice"),
    ("function f(x: 1): 1 = f(x - 1)", "E0204 `f` `f` is defined by itself"),
    ("function f(x: 1): 1 = a*x; a = f(2)", "E0204 `f` `f` is defined by way of itself: `f` -> `a` -> `f`"),
    ("function f(x: second): 1 = t/x", "E0206 `t` `t` has no meaning here"),
    ("function f(x: volt): volt = x*x", "E0302 `x*x` `f` has unit V, and what it is has unit V^2"),
    ("function f(x: volt): 1 = x/mV; print f(3)", "E0302 `3` `x` of `f` takes a value in V, and `3` has no unit"),
    (
        "function f(n: integer): integer = 2*n; print f(3.5)",
        "E0305 `3.5` `n` of `f` takes an integer, and `3.5` is none",
    ),
    ("function f(x: 1): integer = x", "E0305 `x` the value of `f` takes an integer, and `x` is none"),
    ("function f(x: 1): 1 = x > 1", "E0304 `x > 1` the value of `f` takes a number, and `x > 1` is true or false"),
    (
        "function f(b: boolean): 1 = int(b); print f(1)",
        "E0304 `1` `1` is a number, and `b` of `f` takes what is true or false",
    ),
    ("function f(x: 1, y: 1): 1 = x; print f(1)", "E0306 `f(1)` `f` takes 2 arguments, not 1"),
    ("function f(x: 1): 1 = x; print f(x = 1)", "E0306 `x` `f` takes its arguments without names"),
    (
        concat!(
            "function a(x: 1): 1 = sin(x+0)+sin(x+1)+sin(x+2)+sin(x+3)+sin(x+4)+sin(x+5)+sin(x+6)+sin(x+7); funct",
            "ion b(x: 1): 1 = a(x*2)+a(x*3)+a(x*4)+a(x*5)+a(x*6)+a(x*7)+a(x*8)+a(x*9); function c(x: 1): 1 = b(x*",
            "2)+b(x*3)+b(x*4)+b(x*5)+b(x*6)+b(x*7)+b(x*8)+b(x*9); function d(x: 1): 1 = c(x*2)+c(x*3)+c(x*4)+c(x*",
            "5)+c(x*6)+c(x*7)+c(x*8)+c(x*9); print d(1)",
        ),
        "E0309 `d` `d` is made of 12882 operations, with those of the functions it uses",
    ),
    ("function f(x: mV): 1 = 1", "E0307 `mV` `mV` is not a base unit, and variables are kept in base units"),
    (
        "function f(x: 1): 1 = x*rand(); a = f(2); print a",
        "E0408 `f(2)` `f` draws random numbers, which cannot be drawn here",
    ),
    (
        "neurons P[3] { x : 1 (unless refractory) }",
        "E0401 `unless refractory` a parameter of neurons cannot have the flag `unless refractory`",
    ),
    ("neurons P[3] { connect all }", "E0402 `connect all` `connect` does not belong in a neurons block"),
    (
        "+neurons Q[3] { x : 1\nthreshold x > 1; threshold x > 2 }",
        "E0403 `threshold x > 2` `threshold` is given twice in this block",
    ),
    ("poisson P[3] { }", "E0404 `P` a poisson block needs a `rate`"),
    ("neurons P[3] { v : 1\nthreshold v > 1\nreset i = 1 }", "E0405 `i` `i` cannot be assigned here"),
    (
        "+tau = 10*ms; set tau = 5*ms",
        "E0405 `tau` `tau` is a constant: what is compiled with it cannot have another value later",
    ),
    ("+set P.lastspike = 1*ms", "E0405 `lastspike` `lastspike` cannot be set"),
    ("neurons P[3] { v : 1\nreset v = 0 }", "E0406 `v = 0` `reset` without a `threshold`: these neurons never spike"),
    ("neurons P[3] { v : 1 }\nrecord P.spikes", "E0406 `P.spikes` `P` never spikes: its neurons have no threshold"),
    ("neurons P[3] { method eulr }", "E0407 `eulr` there is no method `eulr`"),
    ("neurons P[3] { x = rand() : 1 }", "E0408 `rand()` `rand()` cannot be drawn here"),
    ("neurons P[3] { x : 1\ninit x = xi*second**0.5 }", "E0206 `xi` `xi` has no meaning here"),
    (
        "neurons P[3] { dv/dt = I/second : 1\nI = xi_a*second**0.5 : 1\nthreshold I > 1 }",
        "E0206 `I` `I` has no meaning here",
    ),
    (
        "neurons P[3] { dv/dt = I/second : 1\nI = xi_a*second**0.5 : 1 }\nrecord P.I",
        "E0206 `I` `I` has no meaning here",
    ),
    (
        "neurons P[3] { dv/dt = I/second : 1\nI = xi_a*second**0.5 : 1 }
        synapses S: P -> P { w : 1\nconnect all\ninit w = I_post }",
        "E0206 `I_post` `I_post` has no meaning here",
    ),
    ("neurons P[3] { dv/dt = xi : 1 }", "E0302 `xi` `dv/dt` has unit 1/s, and its right side has unit 1/s^0.5"),
    (
        "neurons P[3] { dv/dt = s*xi : 1\ndw/dt = s*xi : 1\ns : second**-0.5 }",
        "E0414 `dw/dt = s*xi : 1` `xi` stands in the equations of `v` and of `w`",
    ),
    (
        "+synapses S: P -> P { dA/dt = -A/second + second**-0.5*xi : 1 (event-driven)\nconnect all }",
        "E0414 `dA/dt = -A/second + second**-0.5*xi : 1 (event-driven)` an event-driven equation cannot have noise: \
         nothing happens to it between events",
    ),
    ("+set P.v = mV*binomial(2.5, 0.1)", "E0305 `2.5` `binomial` takes an integer, and `2.5` is none"),
    (
        "neurons P[3] { x = i : 1 (shared) }",
        "E0409 `i` `x` is shared: one value for all, made of what is the same for all",
    ),
    (
        "+synapses S: P -> P { dA/dt = -A/second : 1 (event-driven)\ny = 2*A : 1\ndB/dt = y/second : 1\nconnect all }",
        "E0410 `dB/dt = y/second : 1` `B` is clock-driven and depends on `A`, which is event-driven: `B` -> `y` -> `A`",
    ),
    (
        "neurons P[3] { dn/dt = 1*Hz : integer }",
        "E0411 `integer` `dn/dt` changes continuously, so that `n` cannot be an integer or a boolean",
    ),
    (
        "+synapses S: P -> P { on_pre v += 1\ndelay down = 1*ms\nconnect all }",
        "E0412 `down` these synapses have no pathway of that name",
    ),
    ("+neurons Q[2] { x : 1 (linked) }", "E0424 `x` `x` is linked to nothing"),
    ("+neurons Q[2] { x : 1 (linked) = 2*P.v }", "E0424 `2*P.v` `2*P.v` is no variable of a population"),
    (
        "+neurons Q[2] { x : 1 (linked) = P.v }",
        "E0424 `P.v` `P.v` is of 4 neurons, and what is linked to it of 2 neurons",
    ),
    ("+synapses S: P -> P { x : 1 (linked) = P.v\nconnect all }", "E0424 `P.v` synapses have no neuron of `P.v` each"),
    (
        "+synapses S: P -> P { w : 1\nconnect all }\nneurons Q[2] { x : 1 (linked) = S.w[0] }",
        "E0424 `S` `S` is synapses, and a variable is linked to one of a population",
    ),
    (
        "neurons Q[4] { v : 1\nx : 1 (linked) = Q.v[3 - i]\nthreshold v > 1\nreset v = x }",
        "E0424 `v = x` this code writes `v` and reads, by a link, `v` of other neurons",
    ),
    (
        "+neurons Q[2] { x : 1 (linked, shared) = P.v[0] }",
        "E0401 `x` a linked variable is what it is linked to, and has no other flags",
    ),
    ("+neurons Q[4] { x : volt (linked) = P.v }", "E0302 `P.v` `x` has unit V, and its right side has no unit"),
    ("+neurons Q[4] { x : 1 (linked) = P.w }", "E0201 `w` `P` has no variable `w`"),
    ("+neurons Q[4] { x : 1 (linked) = R.v }", "E0207 `R` there is no group called `R`"),
    ("+neurons Q[4] { x : 1 (linked) = P.v[4] }", "E0602 `4` index 4 is outside a group of 4 neurons"),
    (
        "+neurons Q[4] { x : 1 (linked) = P.v[0.5*i] }",
        "E0305 `0.5*i` the index of a link takes an integer, and `0.5*i` is none",
    ),
    ("+neurons Q[4] { x : integer (linked) = P.v }", "E0304 `P.v` `x` is an integer, and `P.v` is not"),
    ("+neurons Q[4] { x : 1 (linked) = P.v\nthreshold x > 1\nreset x = 0 }", "E0405 `x` `x` cannot be assigned here"),
    ("+neurons Q[4] { x : 1 (linked) = P.v }\nset Q.x = 0", "E0405 `x` `x` cannot be set"),
    (
        "neurons A[2] { x : 1 (linked) = B.y }\nneurons B[2] { y : 1 (linked) = A.x }",
        "E0204 `y` `A.x` is linked to itself: `A.x` -> `B.y` -> `A.x`",
    ),
    (
        "+synapses S: P -> P { on_pre up { v += 1 }\non_post up { v += 1 }\nconnect all }",
        "E0403 `on_post up { v += 1 }` there are two pathways called `up`",
    ),
    (
        "+synapses S: P -> P { on_pre post { v += 1 }\nconnect all }",
        "E0203 `post` `post` cannot be the name of this pathway",
    ),
    (
        "+synapses S: P -> P { w : 1\non_pre w += 1\non_event hihg\nconnect all }",
        "E0201 `hihg` the neurons of `P` have no event `hihg`",
    ),
    (
        "+synapses S: P -> P { w : 1\non_pre w += 1\nwhen pre = aftr_resets\nconnect all }",
        "E0415 `aftr_resets` a time step has no slot `aftr_resets`",
    ),
    (
        "+synapses S: P -> P { w : 1\non_pre w += 1\norder up = 1\nconnect all }",
        "E0416 `up` nothing in this block is called `up` and has a turn",
    ),
    (
        "+synapses S: P -> P { multisynaptic_index v\nconnect all }",
        "E0202 `v` `v` is the name of something else already",
    ),
    (
        "+synapses S: P -> P { v_post = u_post : 1 (summed)\nconnect all }",
        "E0302 `u_post` `v_post` has no unit, and `u_post` has unit V",
    ),
    (
        "+synapses S: P -> P { v_post = 1 : volt (summed)\nconnect all }",
        "E0302 `volt` `v_post` has no unit, and this line says it has unit V",
    ),
    (
        "+synapses S: P -> P { v_post = 1 : 1 (summed)\nconnect all }\nsynapses T: P[2:] -> P[3:] { v_post = 2 : 1 (summed)\nconnect all }",
        "E0421 `v_post = 2 : 1 (summed)` `v_post` is the sum of other synapses already",
    ),
    (
        "+synapses S: P -> P { v_post = 1 : 1 (summed)\nv_pre = 2 : 1 (summed)\nconnect all }",
        "E0421 `v_pre = 2 : 1 (summed)` `v_pre` is the sum of other synapses already",
    ),
    (
        "+synapses S: P -> P { v_post = v_pre : 1 (summed)\nconnect all }",
        "E0421 `v_pre` `v_post` is a part of what is summed into it",
    ),
    (
        "+synapses S: P -> P { g = 1 : 1 (summed)\nconnect all }",
        "E0421 `g` `g` is no variable of the neurons, and sums are theirs",
    ),
    (
        "neurons Q[2] { dx/dt = -x*Hz : 1 }\nsynapses S: Q -> Q { x_post = 1 : 1 (summed)\nconnect all }",
        "E0421 `x_post` `x_post` cannot get a sum: it has a differential equation",
    ),
    (
        "+synapses S: P -> P { w_post = 1 : 1 (summed)\nconnect all }",
        "E0201 `w_post` the target neurons have no variable `w`",
    ),
    (
        "+synapses S: P -> P { v_post : 1 (summed)\nconnect all }",
        "E0401 `v_post : 1 (summed)` `v_post` is summed, and this line does not say what",
    ),
    (
        "+synapses S: P -> P { v_post = 1 : 1 (summed, shared)\nconnect all }",
        "E0401 `shared` `summed` goes with no other flag, and `shared` is one",
    ),
    (
        "+synapses S: P -> P { dA/dt = -A/second : 1 (event-driven)\ny = 2*A : 1\nv_post = y : 1 (summed)\nconnect all }",
        "E0410 `v_post = y : 1 (summed)` `v_post` is summed and depends on `A`, which is event-driven: `v_post` -> `y` -> `A`",
    ),
    (
        "+synapses S: P -> P { dA/dt = y/second : 1 (event-driven)\ny = 2*v : 1\nv_post = 1 : 1 (summed)\nconnect all }",
        "E0410 `dA/dt = y/second : 1 (event-driven)` `A` is event-driven and depends on `v_post`, which is summed: `A` -> `y` -> `v_post`",
    ),
    ("+neurons Q[2] { y = P.v : 1 }", "E0422 `P.v` another group's variable cannot be read here"),
    ("+neurons Q[2] { y = v : 1 }", "E0422 `v` `v` is a variable of `P`, and this is code of `Q`"),
    ("+synapses S: P -> P { x = N : 1\nconnect n = N }", "E0206 `N` `N` has no meaning here"),
    ("+synapses S: P -> P { w : 1\non_pre N = 2\nconnect all }", "E0405 `N` `N` cannot be assigned here"),
    ("+synapses S: P -> P { connect all }\nset S.N_incoming = 2", "E0405 `N_incoming` `N_incoming` cannot be set"),
    (
        "+synapses S: P -> P { on_pre v += 1\nconnect all }\nset S.delay = 1*ms*rand()",
        "E0603 `1*ms*rand()` `delay` is one delay for all synapses, and `1*ms*rand()` is not the same for all",
    ),
    (
        "+synapses S: P -> P { on_pre v += 1\nconnect all }\nset S.delay = -1*ms",
        "E0603 `-1*ms` a delay is 0 or more, and `-1*ms` is -1 ms",
    ),
    (
        "+synapses S: P -> P { connect j = k for k in sample(3, p = 0.1, size = 2) }",
        "E0306 `size` `sample` takes a probability or a number, not two of them",
    ),
    (
        "+synapses S: P -> P { connect j = k for k in sample(3, size = -2) }",
        "E0509 `-2` `size` is how many neurons are drawn, and `-2` is -2",
    ),
    (
        "+synapses S: P -> P { w : 1\non_pre v = w\nconnect all }",
        "W0403 `v = w` `v_post` depends on the order in which synapses act in a step",
    ),
    ("", "E0413 `` there is nothing to simulate: the text has no population"),
    ("neurons P[3] { x : 1\nevery 1*ms when strat { x = 1 } }", "E0415 `strat` a time step has no slot `strat`"),
    (
        "neurons P[3] { x : 1\nthreshold x > 1\norder spikes = 1 }",
        "E0416 `spikes` nothing in this block is called `spikes` and has a turn",
    ),
    ("+synapses S: P -> P { on_pre v += 1 }", "E0501 `S` nothing connects the neurons of `S`"),
    ("+synapses S: P -> P { connect i == j, i > 2 }", "E0502 `i > 2` there is one condition already"),
    ("+synapses S: P -> P { connect prob = 0.1 }", "E0503 `prob` `connect` knows no `prob`"),
    ("+synapses S: P -> P { connect al }", "E0503 `al` `connect` knows no `al`"),
    ("+synapses S: P -> P { connect p = 1.5 }", "E0504 `1.5` a probability is between 0 and 1, and `1.5` is 1.5"),
    ("+synapses S: P -> P { connect i = 0, j = [4] }", "E0505 `4` target 4 is outside its group of 4"),
    ("+synapses S: P -> P { connect i = [0, 1], j = [1] }", "E0506 `[1]` `i` lists 2 neurons and `j` lists 1"),
    (
        "neurons P[100000] { v : 1 }\nsynapses S: P -> P { connect all }",
        "E0507 `connect all` this makes about 1.0e10 synapses, more than the 2^32 that can be numbered",
    ),
    ("+synapses S: P -> P { connect j = k for k in range(0, 3, 0) }", "E0508 `0` a step of 0 goes nowhere"),
    ("+synapses S: P -> P { connect n = -1 }", "E0509 `-1` `n` is the number of synapses of a pair, and `-1` is -1"),
    ("+synapses S: P -> P { connect fixed_indegree(5) }", "E0509 `5` there are only 4 sources to choose from"),
    ("neurons P[0] { v : 1 }", "E0601 `0` a group has at least 1 neuron, and `0` is 0"),
    ("neurons P[3000000000] { v : 1 }", "E0601 `3000000000` a group has at most 2147483647 neurons"),
    ("+record P.v[4]", "E0602 `4` index 4 is outside a group of 4 neurons"),
    ("+Q = P[0:5]", "E0602 `5` index 5 is outside a group of 4 neurons"),
    ("neurons P[20000000] { v : 1 }\nrecord P.v[:, 3]", "E0602 `:` these are more than 10 million indices to list"),
    ("+dt = 0*ms", "E0603 `0*ms` the time step is 0 s, and must be more than 0"),
    ("+dt = 1e-300*second; run 1*ms", "E0603 `1*ms` this run has about 1e297 time steps, more than can be counted"),
    ("+run -1*ms", "E0603 `-1*ms` a run takes more than 0 s and not for ever, and this is -1 ms"),
    (
        "+synapses S: P -> P { on_pre v += 1\nconnect all\ndelay -1*ms }",
        "E0603 `-1*ms` a delay is 0 or more, and `-1*ms` is -1 ms",
    ),
    (
        "+record P.v every 0.05*ms",
        "E0603 `0.05*ms` `0.05*ms` is 50 us, and samples are taken at whole time steps of 100 us",
    ),
    (
        "spike_source G[3] { spikes i = [0, 0], t = [1, 1.01]*ms }",
        "E0604 `1.01` neuron 0 has two spikes in one time step",
    ),
    ("print 3000000000", "E0605 `3000000000` `3000000000` is beyond the largest integer (2147483647)"),
    ("print sqrt(-1)", "E0606 `sqrt(-1)` `sqrt(-1)` is not a number (0/0, or a function outside its range)"),
    (
        "+sweep a = [1] { run 1*ms }\na = 1; print a",
        "E0613 `sweep a` this sweep reports nothing: no point would leave anything behind\n\
         E0613 `print a` `print` stands after a sweep, where nothing happens any more",
    ),
    (
        "+a = 1\nsweep a = 2 { run a*ms; report rate(P) }",
        "E0614 `2` `2` is one value, and a sweep goes through several",
    ),
    ("+a = 1\nsweep a = [2] { run a*ms; report isi(P) }", "E0615 `isi` there is no measure `isi`"),
    (
        "+a = 1\nsweep a = [2] { run 1*ms; report rate(P) }",
        "W0604 `a` nothing uses `a`: it makes no difference which value it has",
    ),
    (
        "+synapses S: P -> P { w : 1\nconnect all }\nset S.w[0, 5] = 1",
        "W0605 `S.w[0, 5]` `S.w[0, 5]` is of synapses number 0 and 5",
    ),
    ("+run 1*ms\nrecord P.v\nrun 1*ms", "W0606 `P.v` this records from the beginning, also the runs before it"),
    ("a = linspace(0, 1, 0); print 1", "E0804 `0` `linspace` gives at least one value, and `0` is 0"),
    (
        "a = range(1000000000); print 1",
        "E0804 `range(1000000000)` these are 1000000000 values, and at most 10 million are made",
    ),
    (
        "a = arange(0, -1, 0.5); print 1",
        "E0804 `arange(0, -1, 0.5)` there is nothing from 0 to before -1 in steps of 0.5",
    ),
    ("a = arange(2*ms); print 1", "E0804 `arange(2*ms)` a range of values with a unit has a step"),
    (
        "a = logspace(-2, 2, 5); print 1",
        "E0804 `-2` `logspace` goes in equal ratios between values above 0, and -2 is none",
    ),
    ("a = linspace(0*mV, 1, 5); print 1", "E0301 `1` `0*mV` has unit V, `1` has no unit: `linspace` needs one unit"),
    (
        "a = linspace(0, 1); print 1",
        "E0306 `linspace(0, 1)` `linspace` takes the first value, the last one, and how many there are, without names",
    ),
    (
        "a = linspace(0, 1, num = 5); print 1",
        "E0306 `linspace(0, 1, num = 5)` `linspace` takes the first value, the last one, and how many there are, without names",
    ),
    ("a = range(2.5); print 1", "E0305 `2.5` `range` takes an integer, and `2.5` is none"),
    ("a = linspace(0, 1/0, 3); print 1", "E0606 `linspace(0, 1/0, 3)` entry 1 of this range is inf"),
    (
        "neurons P[3] { x = linspace(0, 1, 3) : 1 }",
        "E0205 `linspace(0, 1, 3)` `linspace(0, 1, 3)` is an array, not one value",
    ),
    ("function range(x: 1): 1 = x", "E0203 `range` `range` cannot be the name of a function"),
    ("arange = timed_array([1, 2], dt = 1*ms); print 1", "E0203 `arange` `arange` cannot be the name of a constant"),
    ("+synapses S: P -> P { connect j = range(3) }", "E0502 `range(3)` the other neuron of each pair is missing"),
    ("+record P", "E0607 `P` `P` is nothing to record: it takes a group and a variable"),
    (
        "+record P.v, P.spikes every 1*ms",
        "E0607 `1*ms` `spikes` are recorded as they happen: `every` says nothing about it",
    ),
    (
        "+record P.population_rate at end",
        "E0607 `P.population_rate at end` `population_rate` is recorded while it runs: `at end` says nothing about it",
    ),
    ("+record P.v with u", "E0607 `u` `v` holds values, not spikes: `with` says nothing about it"),
    ("+record P.v at end order 1", "E0607 `1` `v` is recorded once, at the end: `order` says nothing about it"),
    ("+record P.population_rate smooth flt 1*ms", "E0607 `flt` there is no window `flt` to smooth with"),
    (
        "+record P.spikes smooth flat 1*ms",
        "E0607 `flat` `spikes` are recorded as they happen: `smooth` says nothing about it",
    ),
    ("+record P.population_rate smooth flat 0*ms", "E0603 `0*ms` a window is wider than 0 s, and this one is 0 s"),
    ("+record P.spikes with u, u", "E0608 `u` `u` is named twice"),
    ("+record P.spikes with w", "E0201 `w` `P` has no variable `w`"),
    ("+record P.v when strat", "E0415 `strat` a time step has no slot `strat`"),
    ("+record P.spikes when start", "E0611 `start` at that point of a step nothing has spiked yet"),
    ("+store \"warm\"; restore \"wram\"", "E0612 `\"wram\"` nothing is stored as \"wram\" before this"),
    ("+restore; store", "E0612 `restore` nothing is stored without a name before this"),
    ("+record P.v[0], P.v[1]", "E0608 `P.v[1]` `P.v` is recorded twice"),
    (
        "+seed = 99999999999999999999999",
        "E0609 `99999999999999999999999` the seed is 99999999999999999999999, and must be below 2^64",
    ),
    ("+seed = -1", "E0609 `-1` the seed is -1, and must be 0 or more"),
    ("poisson Q[3] { rate -3*Hz }", "E0610 `-3*Hz` a rate is 0 or more, and `-3*Hz` is -3 Hz"),
    ("neurons P[3] { method gsl_rk2 }", "E0701 `gsl_rk2` an adaptive method (`gsl…`) is not in this version yet"),
    ("a = npy(\"none.npy\"); print 1", "E0801 `npy(\"none.npy\")` there is no file \"none.npy\""),
    (
        "a = csv(\"broken.csv\"); print 1",
        "E0802 `csv(\"broken.csv\")` \"broken.csv\" cannot be used: line 2: `x` is not a number",
    ),
    ("a = [1, 2] + [1, 2, 3]; print 1", "E0803 `[1, 2, 3]` `[1, 2]` is a list of 2, and `[1, 2, 3]` is a list of 3"),
    (
        "poisson Q[3] { rate 20*kHz }",
        "W0601 `20*kHz` a source spikes once in a time step of 100 us at most, and `20*kHz` asks for more",
    ),
    (
        "spike_source G[1] { spikes i = 0, t = 0*ms }\nrun 5*ms\nset G { spikes i = 0, t = [1, 6]*ms }",
        "W0602 `set G { spikes i = 0, t = [1, 6]*ms }` 1 spike is of times before 5 ms, and left out",
    ),
    (
        "+synapses S: P -> P { on_pre v += 1\nconnect all\ndelay 30*us }",
        "W0603 `30*us` a delay of 30 us is shorter than a time step of 100 us, and counts as none",
    ),
    (
        "neurons A[1] { dt 0.5*ms\nv : 1\nthreshold v > 1 }\nsynapses S: A -> A { on_pre v += 1\nconnect all\ndelay 0.3*ms }",
        "W0603 `0.3*ms` a delay of 300 us is shorter than a time step of 500 us, and counts as one step",
    ),
    (
        "N = 5\nneurons P[4] { x = N : integer }",
        "W0201 `N` `N` is 4 here, the number of neurons in `P`, not the constant",
    ),
    (
        "neurons P[4] { dv/dt = -v*Hz : 1 (unless refractory) }",
        "W0401 `unless refractory` `(unless refractory)` has no effect: these neurons have no `refractory` statement",
    ),
    (
        "neurons P[4] { v : 1\nthreshold v > 1\nreset { k = 1; v = 0 } }",
        "W0402 `k` `k` is no variable: it gets a value here that nothing reads",
    ),
];

#[test]
fn every_case_gives_its_diagnostic_and_no_other() {
    for (text, expected) in CASES {
        let source = text.strip_prefix('+').map_or_else(|| (*text).to_owned(), |rest| format!("{CELLS}{rest}"));
        assert_eq!(check(&source), *expected, "{source}");
    }
}

#[test]
fn every_code_has_a_case_and_its_own_number() {
    for (place, code) in ALL.iter().enumerate() {
        assert!(CASES.iter().any(|(_, found)| found.starts_with(code.id)), "{} has no case", code.id);
        assert!(
            ALL[..place]
                .iter()
                .all(|before| before.id < code.id || before.id.starts_with('E') != code.id.starts_with('E'))
        );
    }
}

#[test]
fn only_warnings_let_a_network_through() {
    for (text, expected) in CASES {
        let source = text.strip_prefix('+').map_or_else(|| (*text).to_owned(), |rest| format!("{CELLS}{rest}"));
        let (network, found) = resolved(&source);
        assert_eq!(network.is_some(), expected.starts_with('W'), "{source}");
        let warns = found.iter().all(|found| found.severity == Severity::Warning);
        assert_eq!(warns, expected.starts_with('W'), "{}", lines(&source, &found));
    }
}

/// A message alone leaves its reader to guess: each says what to write, or shows what is in the way.
#[test]
fn every_diagnostic_says_more_than_what_is_wrong() {
    let later = LATER.iter().map(|(_, text)| format!("{CELLS}{text}"));
    let cases = CASES.iter().map(|(text, _)| match text.strip_prefix('+') {
        Some(rest) => format!("{CELLS}{rest}"),
        None => (*text).to_owned(),
    });
    let mut bare = Vec::new();
    for source in cases.chain(later) {
        for found in resolved(&source).1 {
            if found.help.is_empty() && found.notes.is_empty() && found.primary.text.is_empty() {
                bare.push(format!("{} {}", found.code.id, found.message));
            }
        }
    }
    assert!(bare.is_empty(), "say nothing beyond their message:\n{}", bare.join("\n"));
}

/// A text that uses each feature of a later version; after `CELLS`.
const LATER: &[(Feature, &str)] = &[(Feature::Gsl, "neurons Q[2] { method gsl_rk2 }")];

/// The guide's list of what is not there yet has every row of the table, by the words in backquotes.
#[test]
fn the_guide_lists_every_later_feature() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/language.md");
    let guide = std::fs::read_to_string(path).expect("the guide is there");
    let (_, list) = guide.split_once("## Not yet").expect("it has the list");
    for feature in Feature::ALL {
        let written: Vec<&str> = feature.words().split('`').skip(1).step_by(2).collect();
        assert!(!written.is_empty(), "{feature:?} does not say how it is written");
        for word in written {
            let word = word.split(['…', '(', '{']).next().unwrap_or_default().trim();
            assert!(list.contains(word), "{feature:?}: the list has no `{word}`");
        }
    }
}

#[test]
fn every_later_feature_is_refused_by_name_and_alone() {
    for feature in Feature::ALL {
        let (_, text) = LATER.iter().find(|row| row.0 == *feature).unwrap_or_else(|| panic!("{feature:?} has no case"));
        let source = format!("{CELLS}{text}");
        let (_, found) = resolved(&source);
        let messages: Vec<&str> = found.iter().map(|found| &*found.message).collect();
        assert_eq!(messages, [format!("{} is not in this version yet", feature.words())], "{source}");
    }
}
