//! What right texts become: the network, expression by expression.

use super::{check, network};
use crate::ir::expr::{ExprId, Node, Site, Type};
use crate::ir::network::{
    Block, Delay, Each, Network, Object, PopulationKind, ProjectionId, Recorded, Refractory, Role, Rule, Selection,
    Target,
};

/// An expression in brackets, with the site behind a variable's name.
fn show(network: &Network, id: ExprId) -> String {
    let list =
        |operands: &[ExprId]| operands.iter().map(|operand| show(network, *operand)).collect::<Vec<_>>().join(", ");
    match network.arena.node(id) {
        Node::Float(bits) => format!("{:?}", f64::from_bits(*bits)),
        Node::Integer(number) => number.to_string(),
        Node::Boolean(value) => value.to_string(),
        Node::Variable(site, id) => format!("{}{}", network.variables[id.0 as usize].name, suffix(*site)),
        Node::Local(id) => format!("local{}", id.0),
        Node::Index(site) => format!("index{}", suffix(*site)),
        Node::Unary(op, operand) => format!("{op:?}({})", show(network, *operand)),
        Node::Binary(op, left, right) => format!("{op:?}({}, {})", show(network, *left), show(network, *right)),
        Node::Call(function, operands) => format!("{function:?}({})", list(operands)),
        Node::Random(distribution, draw, operands) => format!("{distribution:?}#{draw}({})", list(operands)),
        other => format!("{other:?}"),
    }
}

fn suffix(site: Site) -> &'static str {
    match site {
        Site::Own => "",
        Site::Pre => ".pre",
        Site::Post => ".post",
    }
}

/// The statements of a block: `target = value`, with the guard behind.
fn code(network: &Network, block: &Block) -> Vec<String> {
    let statement = |statement: &crate::ir::network::Statement| {
        let target = match statement.target {
            Target::Variable(site, id) => format!("{}{}", network.variables[id.0 as usize].name, suffix(site)),
            Target::Local(id) => format!("local{}", id.0),
        };
        let guard = statement.guard.map(|guard| format!(" if {}", network.variables[guard.0 as usize].name));
        format!("{target} = {}{}", show(network, statement.value), guard.unwrap_or_default())
    };
    block.statements.iter().map(statement).collect()
}

fn neurons(network: &Network) -> &crate::ir::network::Neurons {
    match &network.populations[0].kind {
        PopulationKind::Neurons(neurons) => neurons,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_population_of_neurons() {
    let network = network(
        "tau = 10*ms
        neurons P[4] {
            dv/dt = (drive - v)/tau : 1 (unless refractory)
            drive = 2*I : 1
            I : 1 = 0.5
            count : integer
            up : boolean (constant)
            threshold v > 1 and not_refractory
            reset { v = 0; count += 2.5 }
            refractory 2*ms + i*0.1*ms
            method rk4
            init { up = i; v = rand() + rand() }
        }",
    );
    let population = &network.populations[0];
    let neurons = neurons(&network);
    assert_eq!(population.size, 4);
    assert_eq!(show(&network, neurons.equations[0].rhs), "Divide(Subtract(Multiply(2, I), v), 0.01)");
    assert!(neurons.equations[0].unless_refractory);
    assert_eq!(neurons.threshold.map(|id| show(&network, id)).as_deref(), Some("And(Greater(v, 1), not_refractory)"));
    assert_eq!(code(&network, &neurons.reset), ["v = 0", "count = Int(Add(count, 2.5))"]);
    assert!(matches!(neurons.refractory, Some(Refractory::Time(id)) if network.arena.kind(id) == Type::Float));
    assert_eq!(neurons.method.map(|(method, _)| method.name()), Some("rk4"));
    let init = ["I = 0.5", "up = NotEqual(index, 0)", "v = Add(Uniform#0(), Uniform#1())"];
    assert_eq!(code(&network, &population.init), init);
    assert_eq!(population.init.draws, 2);
    let roles: Vec<(&str, Role)> = network.variables.iter().map(|variable| (&*variable.name, variable.role)).collect();
    let expected = [
        ("v", Role::State),
        ("I", Role::Parameter),
        ("count", Role::Parameter),
        ("up", Role::Parameter),
        ("lastspike", Role::LastSpike),
        ("not_refractory", Role::NotRefractory),
    ];
    assert_eq!(roles, expected);
    assert_eq!(population.subexpressions[0].name, "drive");
}

#[test]
fn a_condition_may_end_refractoriness() {
    let network = network("neurons P[1] { v : 1\nthreshold v > 1\nrefractory v > 0.5 }");
    assert!(matches!(neurons(&network).refractory, Some(Refractory::While(_))));
}

#[test]
fn constants_are_literals_and_sizes_integers() {
    let network = network("N = 4\nk = 3; on = True\nneurons P[N] { x = N + k + int(on) : integer }");
    let value = network.populations[0].subexpressions[0].value;
    assert_eq!(show(&network, value), "Add(Add(4, 3), Int(true))");
}

#[test]
fn locals_carry_values_from_statement_to_statement() {
    let network = network("neurons P[1] { v : 1\nthreshold v > 1\nreset { old = v; v = 0; v += old*old } }");
    let expected = ["local0 = v", "v = 0", "v = Add(v, Multiply(local0, local0))"];
    assert_eq!(code(&network, &neurons(&network).reset), expected);
}

/// Neurons with everything that synapses may read and write.
const CELLS: &str = "neurons P[10] {
    dv/dt = -v/(10*ms) : 1 (unless refractory)
    double = 2*v + i : 1
    u : 1
    threshold v > 1
    refractory 1*ms
}
";

#[test]
fn synapses_see_both_neurons() {
    let network = network(&format!(
        "{CELLS}synapses S: P[2:5] -> P[6:9] {{
            w : 1
            on_pre {{ v += w*u_pre + double_pre + j; u_pre = i; w = N_pre + N_post }}
            on_post w = lastspike_pre/second + lastspike/second
            connect i == j
        }}"
    ));
    let projection = &network.projections[0];
    let [pre, post] = &projection.pathways[..] else { panic!("{:?}", projection.pathways) };
    let double = "Add(Multiply(2, v.pre), index.pre)";
    let expected = [
        format!(
            "v.post = Add(v.post, Add(Add(Multiply(w, u.pre), {double}), Subtract(index.post, 6))) if not_refractory"
        ),
        "u.pre = Subtract(index.pre, 2)".to_owned(),
        "w = Add(3, 3)".to_owned(),
    ];
    assert_eq!(code(&network, &pre.block), expected);
    assert_eq!(code(&network, &post.block), ["w = Add(Divide(lastspike.pre, 1.0), Divide(lastspike.post, 1.0))"]);
    assert_eq!((pre.side, post.side), (Site::Pre, Site::Post));
    assert_eq!((projection.source.offset, projection.source.size), (2, 3));
    assert_eq!((projection.target.offset, projection.target.size), (6, 3));
    let Rule::Condition { condition: Some(condition), p: None, n: None } = &projection.connects[0].rule else {
        panic!("{:?}", projection.connects)
    };
    assert_eq!(show(&network, *condition), "Equal(Subtract(index.pre, 2), Subtract(index.post, 6))");
}

#[test]
fn equations_of_synapses_are_sorted_by_what_drives_them() {
    let network = network(&format!(
        "{CELLS}synapses S: P -> P {{
            dA/dt = -A/(20*ms) : 1 (event-driven)
            dB/dt = (v_post - B)/(20*ms) : 1 (clock-driven)
            dC/dt = -C/(20*ms) : 1
            s : 1 (shared) = 0.3
            on_pre A += s
            connect all
            method euler
        }}"
    ));
    let projection = &network.projections[0];
    assert_eq!((projection.event_driven.len(), projection.clock_driven.len()), (1, 2));
    assert!(projection.last_update.is_some());
    assert_eq!(code(&network, &projection.init), ["s = 0.3"]);
    assert_eq!(show(&network, projection.clock_driven[0].rhs), "Divide(Subtract(v.post, B), Multiply(20, 0.001))");
}

#[test]
fn delays_are_shared_or_a_variable() {
    let network = network(&format!(
        "d = 2*ms
        {CELLS}synapses S: P -> P {{
            w : 1
            on_pre v += w
            on_post w = 0
            delay d*2
            delay post = 1*ms + rand()*ms
            connect all
        }}
        record S.delay_post
        set S.delay_post = 1*ms"
    ));
    let [pre, post] = &network.projections[0].pathways[..] else { panic!("two pathways") };
    assert!(matches!(pre.delay, Delay::Shared(seconds) if seconds == 4e-3));
    let Delay::PerSynapse { variable, init, .. } = &post.delay else { panic!("{:?}", post.delay) };
    assert_eq!(network.variables[variable.0 as usize].role, Role::Delay);
    assert_eq!(code(&network, init), ["delay_post = Add(Multiply(1, 0.001), Multiply(Uniform#0(), 0.001))"]);
    assert_eq!(init.draws, 1);
}

/// The rule of a `connect` between ten and five neurons.
fn rule(connect: &str) -> (Network, Rule) {
    let source = format!("{CELLS}neurons Q[5] {{ x : 1 }}\nsynapses S: P -> Q {{\nconnect {connect}\n}}");
    let network = network(&source);
    let rule = network.projections[0].connects[0].rule.clone();
    (network, rule)
}

#[test]
fn conditions_probabilities_and_numbers() {
    assert!(matches!(rule("all").1, Rule::Condition { condition: None, p: None, n: None }));
    let (network, Rule::Condition { condition: Some(condition), p: Some(p), n: Some(n) }) =
        rule("abs(i - j) < 3 and x_post > u_pre, p = rand()*x, n = i + 1")
    else {
        panic!("a condition")
    };
    assert_eq!(show(&network, condition), "And(Less(Abs(Subtract(index.pre, index.post)), 3), Greater(x.post, u.pre))");
    assert_eq!(show(&network, p), "Multiply(Uniform#0(), x.post)");
    assert_eq!(show(&network, n), "Add(index.pre, 1)");
}

#[test]
fn pairs_are_listed_or_repeated() {
    let pairs = |connect: &str| match rule(connect).1 {
        Rule::Pairs { pairs, .. } => pairs,
        other => panic!("{other:?}"),
    };
    assert_eq!(pairs("i = [0, 2, 2], j = [1, 1, 3]"), [(0, 1), (2, 1), (2, 3)]);
    assert_eq!(pairs("i = 9, j = [1, 2]"), [(9, 1), (9, 2)]);
    assert_eq!(pairs("i = [1, 2], j = 0, p = 0.5, n = 2"), [(1, 0), (2, 0)]);
    assert_eq!(pairs("i = 3, j = 4"), [(3, 4)]);
}

#[test]
fn generators() {
    let (
        network,
        Rule::Generator {
            outer, value, each: Some(Each::Range { start, stop, step }), condition, skip_if_invalid, ..
        },
    ) = rule("j = k + 1 for k in range(i - 1, i + 2) if k != i and x_post > 0, skip_if_invalid")
    else {
        panic!("a generator")
    };
    assert_eq!((outer, skip_if_invalid), (Site::Pre, true));
    assert_eq!(show(&network, value), "Add(Each, 1)");
    assert_eq!(show(&network, start), "Subtract(index.pre, 1)");
    assert_eq!(show(&network, stop), "Add(index.pre, 2)");
    assert_eq!(show(&network, step), "1");
    let condition = condition.map(|id| show(&network, id));
    assert_eq!(condition.as_deref(), Some("And(NotEqual(Each, index.pre), Greater(x.post, 0))"));

    let (network, Rule::Generator { outer: Site::Post, value, each: None, condition: Some(_), .. }) =
        rule("i = j + 1 if j < 3")
    else {
        panic!("a value for each target")
    };
    assert_eq!(show(&network, value), "Add(index.post, 1)");

    let (network, Rule::Generator { each: Some(Each::SampleProbability { start, stop, p, .. }), .. }) =
        rule("j = k for k in sample(N_post, p = 0.1)")
    else {
        panic!("a sample")
    };
    let shown = [start, stop, p].map(|id| show(&network, id));
    assert_eq!(shown, ["0", "5", "0.1"]);
}

#[test]
fn fixed_numbers() {
    assert!(matches!(rule("fixed_indegree(3)").1, Rule::FixedIndegree { count: 3, autapses: true }));
    assert!(matches!(
        rule("fixed_outdegree(3, autapses = False)").1,
        Rule::FixedOutdegree { count: 3, autapses: false }
    ));
    assert!(matches!(rule("fixed_total(300)").1, Rule::FixedTotal { count: 300, autapses: true }));
}

#[test]
fn sources_of_spikes() {
    let network = network(
        "poisson Q[3] { rate 2*15*Hz }
        spike_source G[3] { spikes i = [0, 2, 1], t = [1, 2, 3.5]*ms }
        spike_source H[3] { spikes i = 2, t = [1, 2]*ms }
        record Q.rate, Q.spikes, G.population_rate
        set Q.rate = 3*Hz",
    );
    let PopulationKind::Poisson { rate } = network.populations[0].kind else { panic!("poisson") };
    assert!(network.variables[rate.0 as usize].shared);
    assert_eq!(code(&network, &network.populations[0].init), ["rate = 30.0"]);
    let spikes = |place: usize| match &network.populations[place].kind {
        PopulationKind::Spikes { spikes, .. } => spikes.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(spikes(1), [(1e-3, 0), (2e-3, 2), (3.5e-3, 1)]);
    assert_eq!(spikes(2), [(1e-3, 2), (2e-3, 2)]);
}

#[test]
fn a_poisson_input_adds_to_a_variable() {
    let network = network(&format!("{CELLS}poisson_input to P[2:4].v {{ n 100; rate 5*Hz; weight 0.1*i*rand() }}"));
    let input = &network.inputs[0];
    let expected = "v = Add(v, Multiply(Binomial#0(100, Multiply(5.0, Dt)), \
                    Multiply(Multiply(0.1, Subtract(index, 2)), Uniform#1()))) if not_refractory";
    assert_eq!(code(&network, &input.block), [expected]);
    assert_eq!((input.block.draws, input.group.offset, input.group.size), (2, 2, 2));
    assert_eq!(network.order, [Object::Population(crate::ir::network::PopulationId(0)), Object::Input(0)]);
}

#[test]
fn recordings_name_elements() {
    let network = network(&format!(
        "{CELLS}Back = P[4:]
        First = Back[:2]
        synapses S: P -> P {{ w : 1\nconnect all }}
        record P.spikes
        record Back.population_rate, P.v[0, 5, 7:9], Back.double every 1*ms
        record First.u[-1], S.w[2:8:3], S.synapses
        record Back.u at end, Back.u
        record P.u[v > 0.5]"
    ));
    let shown: Vec<(String, String)> = network
        .records
        .iter()
        .map(|record| {
            let what = match &record.what {
                Recorded::Spikes(group) => format!("spikes of {}+{}", group.offset, group.size),
                Recorded::Events(group, event) => format!("event {event} of {}+{}", group.offset, group.size),
                Recorded::Counts(group, event) => format!("counts of {event:?} of {}+{}", group.offset, group.size),
                Recorded::Rate(group) => format!("rate of {}+{}", group.offset, group.size),
                Recorded::Synapses(ProjectionId(id)) => format!("synapses {id}"),
                Recorded::Mean(_) | Recorded::Variance(_) => "moments".to_owned(),
                Recorded::Values(quantity) | Recorded::AtEnd(quantity) => {
                    let selection = match &quantity.selection {
                        Selection::Range { start, stop, step } => format!("{start}:{stop}:{step}"),
                        Selection::List(list) => format!("{list:?}"),
                        other @ (Selection::Slice { .. } | Selection::FromEnd(_)) => format!("{other:?}"),
                        Selection::Where { condition, start, stop } => {
                            format!("{start}:{stop} where {}", show(&network, *condition))
                        }
                    };
                    format!("{} at {selection} from {}", show(&network, quantity.value), quantity.offset)
                }
            };
            (record.name.clone(), what)
        })
        .collect();
    let expected = [
        ("P.spikes", "spikes of 0+10"),
        ("Back.population_rate", "rate of 4+6"),
        ("P.v", "v at [0, 5, 7, 8] from 0"),
        ("Back.double", "Add(Multiply(2, v), index) at 4:10:1 from 4"),
        ("First.u", "u at [5] from 4"),
        ("S.w", "w at 2:8:3 from 0"),
        ("S.synapses", "synapses 0"),
        ("Back.u at end", "u at 4:10:1 from 4"),
        ("Back.u", "u at 4:10:1 from 4"),
        ("P.u", "u at 0:10 where Greater(v, 0.5) from 0"),
    ];
    let shown: Vec<(&str, &str)> = shown.iter().map(|(name, what)| (&**name, &**what)).collect();
    assert_eq!(shown, expected);
    assert_eq!(network.records[2].every, Some(1e-3));
}

#[test]
fn values_are_set_between_runs() {
    use crate::ir::network::Action;
    let network = network(&format!(
        "{CELLS}synapses S: P -> P {{ w : integer\nk : 1 (shared)\nconnect all }}
        set P[2:].v[i > 3] = rand()*i
        run 1*ms
        set S.w = 2.5
        set S.k = rand()
        set S.w[i == 0 and j == 5] = 1"
    ));
    let [
        Action::Set { selection: Selection::Where { condition, start: 2, stop: 10 }, block, .. },
        Action::Run { .. },
        rest @ ..,
    ] = &network.actions[..]
    else {
        panic!("{:?}", network.actions)
    };
    assert_eq!(show(&network, *condition), "Greater(Subtract(index, 2), 3)");
    assert_eq!(code(&network, block), ["v = Multiply(Uniform#0(), Subtract(index, 2))"]);
    let values: Vec<String> = rest
        .iter()
        .map(|action| match action {
            Action::Set { block, .. } => code(&network, block).join(""),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(values, ["w = Int(2.5)", "k = Uniform#0()", "w = 1"]);
}

#[test]
fn what_was_refused_is_silent_where_it_is_used() {
    let source = "stim = timed_array([0, 1], dt = 7*ms)
        neurons P[3] { x = stim(t)*2 + y : 1\nbroken : mV\nz = broken + 3*mV : volt }
        record P.broken, P.z";
    let expected = "E0201 `y` nothing is called `y`
E0307 `mV` `mV` is not a base unit, and variables are kept in base units";
    assert_eq!(check(source), expected);
}
