//! Puts a plan together: columns, and the programs of populations, projections and connections.

use super::apart::Cut;
use super::blocks::{Context, EventDriven};
use super::choose::Update;
use super::fold::Literal;
use super::step::SpikeNoted;
use super::traces::{self, Traces};
use super::{Options, PassError, connect, keep, lower, regular, step};
use crate::ir::expr::{ExprId, Node, Site, Type, VariableId};
use crate::ir::network::{
    Connect, Counted, Delay, Each, Network, Neurons, Object, Pathway, PopulationId, PopulationKind, Projection,
    ProjectionId, Role, Rule, Slot, Summed, Turn,
};
use crate::ir::plan::{
    ActionPlan, Candidates, Chance, Choice, ColumnPlan, ConnectPlan, DelayPlan, InputPlan, LinkPlan, PathwayPlan, Plan,
    PopulationPlan, ProgramId, ProjectionPlan, RecordPlan, SourcePlan, SummedPlan,
};
use crate::ir::steps::{Access, Op, Program, Shape};
use crate::ir::verify::verify;
use grammar::Diagnostic;

/// The last spike of a neuron that never spiked [s].
const NEVER: f64 = -1e4;

/// A program on its way into the plan.
pub(super) struct Draft {
    pub(super) program: Program,
    /// Runs at steps and events, where products may be fused; initial values and connections are as written.
    pub(super) runs_with_time: bool,
}

/// A plan in the making.
pub(super) struct Work {
    pub(super) network: Network,
    pub(super) options: Options,
    /// Errors.
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) warnings: Vec<Diagnostic>,
    pub(super) choices: Vec<Choice>,
    /// By population.
    pub(super) updates: Vec<Update>,
    /// By projection.
    pub(super) traces: Vec<Traces>,
    /// By projection.
    pub(super) synapse_updates: Vec<(Update, EventDriven)>,
    /// By population.
    pub(super) cuts: Vec<Cut>,
    pub(super) drafts: Vec<Draft>,
    pub(super) records: Vec<RecordPlan>,
    pub(super) actions: Vec<ActionPlan>,
    pub(super) inputs: Vec<InputPlan>,
    pub(super) links: Vec<LinkPlan>,
    pub(super) columns: Vec<ColumnPlan>,
    populations: Vec<PopulationPlan>,
    pub(super) projections: Vec<ProjectionPlan>,
}

impl Work {
    pub(super) fn new(network: Network, options: Options) -> Self {
        Self {
            network,
            options,
            diagnostics: Vec::new(),
            warnings: Vec::new(),
            choices: Vec::new(),
            updates: Vec::new(),
            traces: Vec::new(),
            synapse_updates: Vec::new(),
            cuts: Vec::new(),
            drafts: Vec::new(),
            records: Vec::new(),
            actions: Vec::new(),
            inputs: Vec::new(),
            links: Vec::new(),
            columns: Vec::new(),
            populations: Vec::new(),
            projections: Vec::new(),
        }
    }

    /// For programs of no object, at the network's own time step.
    pub(super) fn context(&self) -> Context<'_> {
        Context { network: &self.network, fused: self.options.fused, dt: self.network.dt, traces: &self.traces }
    }

    /// For programs of an object, at the ticks of its clock.
    pub(super) fn context_of(&self, object: Object) -> Context<'_> {
        Context { dt: self.network.dt_of(object), ..self.context() }
    }

    /// Takes a program that runs at steps and events.
    pub(super) fn timed(&mut self, program: Program) -> ProgramId {
        self.take(program, true)
    }

    /// Takes a program that runs beside time: for initial values, connections, recordings.
    pub(super) fn untimed(&mut self, program: Program) -> ProgramId {
        self.take(program, false)
    }

    fn take(&mut self, program: Program, runs_with_time: bool) -> ProgramId {
        self.drafts.push(Draft { program, runs_with_time });
        ProgramId(self.drafts.len() as u32 - 1)
    }

    /// Gives a variable its column, which is the next.
    pub(super) fn add_column(&mut self, id: VariableId) {
        let variable = &self.network.variables[id.0 as usize];
        debug_assert_eq!(self.columns.len(), id.0 as usize);
        let moved = self.traces.iter().flat_map(|traces| &traces.moved).find(|moved| moved.value == id);
        self.columns.push(ColumnPlan {
            name: variable.name.clone(),
            owner: variable.owner,
            shared: variable.shared,
            kind: lower::kind(variable),
            fill: match variable.role {
                Role::LastSpike => (NEVER / self.network.dt_of(variable.owner)).round(),
                Role::NotRefractory => 1.0,
                _ => moved.map_or(0.0, |moved| moved.initial),
            },
            dimension: variable.dimension,
            ticks: matches!(variable.role, Role::LastSpike | Role::LastUpdate),
            from_neurons: None,
        });
    }

    /// A program of pairs that yields an expression.
    fn of_pairs(&mut self, name: &str, value: ExprId) -> Result<ProgramId, PassError> {
        let program = self.context().yields(name.to_owned(), Shape::Pairs, value)?;
        Ok(self.untimed(program))
    }

    /// The plan, its programs verified.
    pub(super) fn finish(self) -> Result<Plan, PassError> {
        let sound = |draft: Draft| verify(draft.program).map_err(|error| PassError::Unsound { pass: "finish", error });
        let given = self.network.given.into_iter();
        Ok(Plan {
            columns: self.columns,
            programs: self.drafts.into_iter().map(sound).collect::<Result<_, _>>()?,
            populations: self.populations,
            projections: self.projections,
            inputs: self.inputs,
            order: self.network.order,
            records: self.records,
            actions: self.actions,
            links: self.links,
            clocks: self.network.clocks,
            arrays: self.network.arrays.into_iter().map(|array| (array.variable.0, array.values)).collect(),
            given: given.map(|given| (given.variable.0, given.values, given.span)).collect(),
            dt: self.network.dt,
            seed: self.network.seed,
            choices: self.choices,
        })
    }
}

/// Every variable gets the column of its number; hidden variables stand last.
pub(super) fn columns(work: &mut Work) -> Result<(), PassError> {
    for number in 0..work.network.variables.len() {
        work.add_column(VariableId(number as u32));
    }
    Ok(())
}

/// Columns with an update, in order of declaration.
fn watched(update: &Update) -> Vec<u32> {
    let mut columns: Vec<u32> = update.values.iter().map(|(variable, _)| variable.0).collect();
    columns.sort_unstable();
    columns
}

/// Programs of populations.
pub(super) fn populations(work: &mut Work) -> Result<(), PassError> {
    for number in 0..work.network.populations.len() {
        let population = work.network.populations[number].clone();
        let name = &population.name;
        let object = Object::Population(PopulationId(number as u32));
        let init = work.context_of(object).block(format!("{name}.init"), Shape::Dense, &population.init)?;
        let init = init.map(|program| work.untimed(program));
        let update = std::mem::take(&mut work.updates[number]);
        let cut = std::mem::take(&mut work.cuts[number]);
        let source = match population.kind {
            PopulationKind::Neurons(neurons) => self::neurons(work, object, name, &neurons, &update, &cut)?,
            PopulationKind::Poisson { rate } => SourcePlan::Poisson { rate: rate.0 },
            PopulationKind::Synapses(id) => SourcePlan::Synapses(id),
            PopulationKind::Spikes { spikes, period, span } => SourcePlan::Spikes { spikes, period, span },
        };
        let watched = watched(&update);
        let held = regular::held(work, object, &population.held)?;
        let regular = regular::regular(work, object, &population.regular)?;
        let events = regular::events(work, object, &population.events)?;
        work.populations.push(PopulationPlan {
            name: population.name,
            span: population.span,
            size: population.size,
            init,
            source,
            watched,
            clock: population.clock,
            order: population.order,
            threshold_turn: population.threshold_turn,
            reset_turn: population.reset_turn,
            held,
            regular,
            events,
        });
    }
    Ok(())
}

fn neurons(
    work: &mut Work,
    object: Object,
    name: &str,
    neurons: &Neurons,
    update: &Update,
    cut: &Cut,
) -> Result<SourcePlan, PassError> {
    let late = neurons.last_spike.filter(|_| cut.noted_in_reset);
    let noted = if late.is_some() { SpikeNoted::InReset } else { SpikeNoted::InStep };
    let before = step::copies(work.context_of(object), format!("{name}.before"), &cut.before)?;
    let step = step::neurons(work.context_of(object), name, neurons, update, noted, cut)?;
    let threshold = match neurons.threshold {
        Some(_) if cut.apart => Some(step::threshold_apart(work.context_of(object), name, neurons, noted)?),
        _ => None,
    };
    let reset = work.context_of(object).reset(format!("{name}.reset"), &neurons.reset, late)?;
    let kept: Vec<ExprId> = update.kept.iter().map(|&(_, value)| value).collect();
    let sources = keep::sources(&work.network.arena, &kept).into_iter().map(|id| id.0).collect();
    let propagators = step::propagators(work.context_of(object), name, update)?;
    Ok(SourcePlan::Neurons {
        before: before.map(|program| work.timed(program)),
        step: step.map(|program| work.timed(program)),
        threshold: threshold.map(|program| work.timed(program)),
        spikes: neurons.threshold.is_some() && !cut.apart,
        reset: reset.map(|program| work.timed(program)),
        propagators: propagators.map(|program| (work.timed(program), sources)),
    })
}

/// Programs of projections, but for their connections.
pub(super) fn projections(work: &mut Work) -> Result<(), PassError> {
    for number in 0..work.network.projections.len() {
        let projection = work.network.projections[number].clone();
        let name = &projection.name;
        let object = Object::Projection(ProjectionId(number as u32));
        let init = traces::without(&work.traces[number], &projection.init);
        let init = work.context_of(object).block(format!("{name}.init"), Shape::Rows, &init)?;
        let init = init.map(|program| work.untimed(program));
        let (update, event_driven) = std::mem::take(&mut work.synapse_updates[number]);
        let step = step::synapses(work.context_of(object), name, &update)?.map(|program| work.timed(program));
        let mut pathways = Vec::new();
        for pathway in &projection.pathways {
            pathways.push(self::pathway(work, number, &projection, pathway, &event_driven)?);
        }
        trace_programs(work, number, &mut pathways)?;
        let mut summed = Vec::new();
        for (number, sum) in projection.summed.iter().enumerate() {
            summed.push(self::summed(work, &projection, number, sum)?);
        }
        let counted = counted(&work.network, &projection);
        let held = regular::held(work, object, &projection.held)?;
        let regular = regular::regular(work, object, &projection.regular)?;
        work.projections.push(ProjectionPlan {
            name: projection.name,
            span: projection.span,
            source: projection.source,
            target: projection.target,
            connects: Vec::new(),
            init,
            step,
            watched: watched(&update),
            pathways,
            clock: projection.clock,
            order: projection.order,
            held,
            regular,
            summed,
            counted,
        });
    }
    Ok(())
}

/// What neurons do about the traces that they keep, and what synapses would hold of them.
fn trace_programs(work: &mut Work, number: usize, pathways: &mut [PathwayPlan]) -> Result<(), PassError> {
    let object = Object::Projection(ProjectionId(number as u32));
    let traces = work.traces[number].clone();
    for (place, pathway) in pathways.iter_mut().enumerate() {
        let Some(last) = traces.last.get(place).and_then(|(_, last)| *last) else { continue };
        let name = format!("{}.{}.traces", name_of(&work.network, object), pathway.name);
        let block = traces::at_neuron(&mut work.network, &traces, number, place);
        let program = work.context_of(object).traces(name, traces.written_by(place), &block, last)?;
        pathway.traces = Some(work.timed(program));
    }
    for variable in traces.not_stored() {
        let name = format!("{}.{}", name_of(&work.network, object), work.network.variables[variable.0 as usize].name);
        let value = work.network.arena.add(Node::Variable(Site::Own, variable), Type::Float);
        let program = work.context_of(object).yields(name, Shape::List, value)?;
        work.columns[variable.0 as usize].from_neurons = Some(work.untimed(program));
    }
    Ok(())
}

/// A summed variable: right before the neurons' own step.
fn summed(work: &mut Work, projection: &Projection, number: usize, sum: &Summed) -> Result<SummedPlan, PassError> {
    let group = if sum.side == Site::Pre { projection.source } else { projection.target };
    let order = work.network.populations[group.population.0 as usize].order;
    let turn = Turn { slot: Slot::Groups, order: order.saturating_sub(1) };
    let program = work
        .context_of(Object::Population(group.population))
        .adds(format!("{}.summed {number}", projection.name), sum)?;
    Ok(SummedPlan { column: sum.variable.0, group, program: work.timed(program), turn })
}

/// Variables of a projection that are filled once it is connected.
fn counted(network: &Network, projection: &Projection) -> Vec<(u32, Counted)> {
    let counted = projection.variables.iter().filter_map(|id| match network.variables[id.0 as usize].role {
        Role::Counted(counted) => Some((id.0, counted)),
        _ => None,
    });
    counted.collect()
}

fn pathway(
    work: &mut Work,
    number: usize,
    projection: &Projection,
    pathway: &Pathway,
    event_driven: &EventDriven,
) -> Result<PathwayPlan, PassError> {
    let object = Object::Projection(ProjectionId(number as u32));
    let name = format!("{}.{}", projection.name, pathway.name);
    let pre = pathway.side == Site::Pre;
    let delay = match &pathway.delay {
        Delay::Shared(seconds) => DelayPlan::Shared(*seconds),
        Delay::PerSynapse { variable, init, span } => {
            let context = work.context_of(object);
            let program = context.statements(format!("{name}.delay"), Shape::Rows, init)?;
            DelayPlan::PerSynapse { column: variable.0, init: work.untimed(program), span: *span }
        }
    };
    let by_rows = pre && matches!(delay, DelayPlan::Shared(_));
    let shape = if by_rows { Shape::Rows } else { Shape::List };
    let moved = work.traces[number].moved.clone();
    let program = work.context_of(object).pathway(name, shape, &pathway.block, event_driven, &moved)?;
    let reads_pre = program.slots.iter().any(|slot| slot.access == Access::Pre)
        || program.ops.iter().any(|op| matches!(op, Op::Pre));
    let id = work.timed(program);
    let (rows, list) = if by_rows { (Some(id), None) } else { (None, Some(id)) };
    Ok(PathwayPlan {
        name: pathway.name.clone(),
        event: pathway.event,
        turn: pathway.turn,
        pre,
        rows,
        list,
        delay,
        reads_pre,
        traces: None,
    })
}

/// Programs of connections.
pub(super) fn connections(work: &mut Work) -> Result<(), PassError> {
    for number in 0..work.network.projections.len() {
        let object = ProjectionId(number as u32);
        let connects = work.network.projections[number].connects.clone();
        for connect in connects {
            let plan = self::connect(work, object, connect)?;
            work.projections[number].connects.push(plan);
        }
    }
    Ok(())
}

fn connect(work: &mut Work, object: ProjectionId, connect: Connect) -> Result<ConnectPlan, PassError> {
    let mut plan = ConnectPlan {
        rule: connect.rule.clone(),
        condition: None,
        candidates: Candidates::default(),
        p: Chance::Always,
        n: None,
        value: None,
        each: None,
        span: connect.span,
    };
    let name = work.network.projections[object.0 as usize].name.clone();
    let of = |part: &str| format!("{name}.connect.{part}");
    match connect.rule {
        Rule::Condition { condition, p, n } => {
            if let Some(condition) = condition {
                restrict(work, object, condition, &mut plan)?;
            }
            plan.p = chance(work, &of("p"), p)?;
            plan.n = count(work, &of("n"), n)?;
        }
        Rule::Pairs { p, n, .. } => {
            plan.p = chance(work, &of("p"), p)?;
            plan.n = count(work, &of("n"), n)?;
        }
        Rule::Generator { value, each, condition, p, n, .. } => {
            plan.value = Some(work.of_pairs(&of("value"), value)?);
            plan.condition = condition.map(|condition| work.of_pairs(&of("if"), condition)).transpose()?;
            plan.each = each.map(|each| loop_bounds(work, &of("range"), each)).transpose()?;
            plan.p = chance(work, &of("p"), p)?;
            plan.n = count(work, &of("n"), n)?;
        }
        Rule::FixedIndegree { .. } | Rule::FixedOutdegree { .. } | Rule::FixedTotal { .. } => {}
    }
    Ok(plan)
}

fn restrict(work: &mut Work, object: ProjectionId, condition: ExprId, plan: &mut ConnectPlan) -> Result<(), PassError> {
    let projection = &work.network.projections[object.0 as usize];
    let (name, source, target) = (projection.name.clone(), projection.source, projection.target);
    let split = connect::split(&mut work.network.arena, condition, source, target);
    let mut all = |part: &str, bounds: Vec<ExprId>| -> Result<Vec<ProgramId>, PassError> {
        bounds.into_iter().map(|bound| work.of_pairs(&format!("{name}.connect.{part}"), bound)).collect()
    };
    plan.candidates = Candidates {
        low: all("low", split.low)?,
        high: all("high", split.high)?,
        except: all("except", split.except)?,
    };
    plan.condition = split.rest.map(|rest| work.of_pairs(&format!("{name}.connect.if"), rest)).transpose()?;
    Ok(())
}

fn loop_bounds(work: &mut Work, name: &str, each: Each) -> Result<[Option<ProgramId>; 4], PassError> {
    let ([start, stop, step], p) = (each.bounds(), each.chosen());
    let mut program = |value| work.of_pairs(name, value);
    Ok([Some(program(start)?), Some(program(stop)?), Some(program(step)?), p.map(&mut program).transpose()?])
}

fn chance(work: &mut Work, name: &str, p: Option<ExprId>) -> Result<Chance, PassError> {
    let Some(p) = p else { return Ok(Chance::Always) };
    let arena = &work.network.arena;
    if let Some(value) = Literal::of(arena, p).map(Literal::float) {
        return Ok(if value == 1.0 { Chance::Always } else { Chance::Constant(value) });
    }
    let of_pair = connect::is_of_pair(arena, p);
    let program = work.of_pairs(name, p)?;
    Ok(if of_pair { Chance::PerPair(program) } else { Chance::PerSource(program) })
}

fn count(work: &mut Work, name: &str, n: Option<ExprId>) -> Result<Option<ProgramId>, PassError> {
    let single = |n: &ExprId| matches!(work.network.arena.node(*n), Node::Integer(1));
    n.filter(|n| !single(n)).map(|n| work.of_pairs(name, n)).transpose()
}

/// The name of an object, for programs.
pub(super) fn name_of(network: &Network, object: Object) -> &str {
    match object {
        Object::Population(id) => &network.populations[id.0 as usize].name,
        Object::Projection(id) => &network.projections[id.0 as usize].name,
        Object::Input(_) => "poisson_input",
        Object::Array(_) => "timed_array",
    }
}
