//! What happens, in order: `run`, `set`, `store`, `restore`, `print`.

use super::checks::has_unit;
use super::constants::Value;
use super::names::Typed;
use super::records::{Place, object};
use super::spell::quoted;
use super::sweep::happening;
use super::{Resolver, blocks, codes, dependencies, suggestions};
use crate::ir::expr::Site;
use crate::ir::network::{Action, ProjectionId, Statement, Target};
use crate::units::{self, Dimension, quantity};
use grammar::ast::{Expr, ExprKind, File, Item, ItemKind, Name};
use grammar::{Diagnostic, Span};

/// `10*ms`, `0.02`: a constant as a model would write it.
fn quantity_as_written(constant: Value) -> String {
    let shown = quantity(constant.number, constant.dimension);
    match shown.split_once(' ') {
        None => shown,
        Some((number, unit)) if units::unit(unit).is_some() => format!("{number}*{unit}"),
        Some(_) => format!("{}*{}", units::number(constant.number), constant.dimension.spelled()),
    }
}

/// Whether an expression names variables of a group: `P.v`, `P.v[0:3]`.
fn is_place(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Member { .. } => true,
        ExprKind::Index { base, .. } => matches!(base.kind, ExprKind::Member { .. }),
        _ => false,
    }
}

/// Time steps are counted in integers that a float holds exactly.
const MOST_STEPS: f64 = 9e15;

impl Resolver<'_> {
    /// Everything that happens.
    pub(super) fn actions(&mut self, file: &File) {
        for item in happening(file) {
            let action = match &item.kind {
                ItemKind::Run { duration } => self.run(duration, item.span),
                ItemKind::Set { place, value } => self.assign(place, value, item.span),
                ItemKind::Store { name } => Some(Action::Store { name: kept_as(name.as_ref()), span: item.span }),
                ItemKind::Restore { name, random } => self.restore(name.as_ref(), *random, item.span),
                ItemKind::SetSpikes { place, body } => self.set_spikes(place, body, item.span),
                ItemKind::Print { value } => self.print(value, item),
                _ => None,
            };
            self.network.actions.extend(action);
        }
        if let Some((total, span)) = self.options.duration {
            self.last_in_all(total, span);
        }
    }

    fn run(&mut self, duration: &Expr, span: Span) -> Option<Action> {
        let value = self.constant_of(duration, Some(Dimension::SECOND), "`run`")?;
        let duration = self.is_duration(value.number, duration.span)?;
        Some(Action::Run { duration, span })
    }

    /// A time [s] that a run can take.
    fn is_duration(&mut self, duration: f64, span: Span) -> Option<f64> {
        if duration > 0.0 && duration.is_finite() {
            return self.countable(duration, span).then_some(duration);
        }
        let message = format!(
            "a run takes more than 0 s and not for ever, and this is {}",
            quantity(duration, Dimension::SECOND)
        );
        self.report(Diagnostic::error(codes::TIME_VALUE, span, message).help("write it as in `run 100*ms`"));
        None
    }

    /// Whether the steps of a run can be counted.
    fn countable(&mut self, duration: f64, span: Span) -> bool {
        let step = self.network.clocks.iter().copied().fold(self.network.dt, f64::min);
        let steps = duration / step;
        if steps <= MOST_STEPS {
            return true;
        }
        let message = format!("this run has about {steps:.0e} time steps, more than can be counted");
        let help = format!("the time step `dt` is {}", quantity(step, Dimension::SECOND));
        self.report(Diagnostic::error(codes::TIME_VALUE, span, message).help(help));
        false
    }

    /// Runs as long in all as is asked for from outside: later runs are cut or left out, the last one is made longer.
    fn last_in_all(&mut self, total: f64, span: Span) {
        if self.is_duration(total, span).is_none() {
            return;
        }
        let mut left = total;
        let mut last = None;
        for (place, action) in self.network.actions.iter_mut().enumerate() {
            if let Action::Run { duration, .. } = action {
                *duration = duration.min(left);
                left -= *duration;
                last = Some(place);
            }
        }
        match last.and_then(|place| self.network.actions.get_mut(place)) {
            Some(Action::Run { duration, .. }) => *duration += left,
            _ => self.network.actions.push(Action::Run { duration: total, span }),
        }
        self.network.actions.retain(|action| !matches!(action, Action::Run { duration, .. } if *duration <= 0.0));
    }

    /// `set P.v[where] = value`
    fn assign(&mut self, target: &Expr, value: &Expr, span: Span) -> Option<Action> {
        if let ExprKind::Name(name) = &target.kind
            && let Some(constant) = self.constants.get(name).copied()
        {
            self.constant_is_set(target, name, constant?);
            return None;
        }
        let place = self.place(target, "set")?;
        if let Some((projection, pathway)) = self.shared_delay(&place) {
            return self.set_delay(&place, projection, pathway, value, span);
        }
        let id = self.settable(&place)?;
        let variable = self.network.variables[id.0 as usize].clone();
        let mut scope = self.base_scope(place.base);
        if !self.array_leaves(&scope, value).is_empty() {
            return self.set_each(&place, id, value, span);
        }
        let selection = self.selection(&place, variable.shared);
        let typed = self.expression(&mut scope, value)?;
        self.fits_place(typed, value, variable.dimension, target)?;
        if variable.shared {
            self.must_be_one_value(typed.id, value, &variable.name, true)?;
        }
        let value = self.convert(typed.id, variable.kind);
        let statement = Statement { target: Target::Variable(Site::Own, id), value, guard: None, span };
        let block = blocks::finished(vec![statement], &scope);
        Some(Action::Set { object: object(place.base).0, selection: selection?, block, span })
    }

    /// `set S.delay = 2*ms` where all synapses of the pathway share one delay.
    fn set_delay(
        &mut self,
        place: &Place<'_>,
        projection: ProjectionId,
        pathway: u32,
        value: &Expr,
        span: Span,
    ) -> Option<Action> {
        self.selection(place, true)?;
        let mut scope = self.base_scope(place.base);
        let id = self.measure(&mut scope, value, Dimension::SECOND, "a delay")?;
        let Some(seconds) = self.known(id) else {
            let name = &place.name.text;
            let message =
                format!("`{name}` is one delay for all synapses, and {} is not the same for all", quoted(value));
            let begin = match name.strip_prefix("delay_") {
                Some(pathway) => format!("delay {pathway} = {}", grammar::print::expression(value)),
                None => format!("delay {}", grammar::print::expression(value)),
            };
            let owner = grammar::print::expression(place.base_expr);
            let help = format!("to give each synapse its own, write `{begin}` in the block of `{owner}`");
            self.report(Diagnostic::error(codes::TIME_VALUE, value.span, message).help(help));
            return None;
        };
        let delay = self.usable_delay(seconds, value)?;
        let made = &self.network.projections[projection.0 as usize];
        let side = made.pathways.get(pathway as usize).map_or(Site::Pre, |pathway| pathway.side);
        let spiking = if side == Site::Pre { made.source } else { made.target };
        self.shorter_than_a_step(delay, value, spiking.population);
        Some(Action::SetDelay { projection, pathway, delay, span })
    }

    /// `restore "name" with random`: of what was stored before it.
    fn restore(&mut self, name: Option<&Name>, random: bool, span: Span) -> Option<Action> {
        let wanted = kept_as(name);
        let stored = self.network.actions.iter().filter_map(|action| match action {
            Action::Store { name, .. } => Some(name.as_str()),
            _ => None,
        });
        let stored: Vec<&str> = stored.collect();
        if stored.contains(&wanted.as_str()) {
            return Some(Action::Restore { name: wanted, random, span });
        }
        let message = match name {
            Some(_) => format!("nothing is stored as \"{wanted}\" before this"),
            None => "nothing is stored without a name before this".to_owned(),
        };
        let help = match suggestions::nearest(&wanted, stored.iter().copied().filter(|name| !name.is_empty())) {
            Some(meant) => format!("did you mean `restore \"{meant}\"`?"),
            None if stored.contains(&"") => "what was stored without a name is restored without: `restore`".to_owned(),
            None if name.is_none() => "write `store` before it, at the point to go back to".to_owned(),
            None => format!("write `store \"{wanted}\"` before it, at the point to go back to"),
        };
        let place = name.map_or(span, |name| name.span);
        self.report(Diagnostic::error(codes::NEVER_STORED, place, message).help(help));
        None
    }

    /// A constant is compiled into what uses it; what changes between runs is a variable.
    fn constant_is_set(&mut self, target: &Expr, name: &str, constant: Value) {
        let message = format!("`{name}` is a constant: what is compiled with it cannot have another value later");
        let diagnostic = Diagnostic::error(codes::NOT_ASSIGNABLE, target.span, message);
        self.report(if name == "dt" {
            diagnostic.help("one time step holds for the whole experiment: give it at the top, or by `--dt`")
        } else {
            let (unit, value) = (constant.dimension.spelled(), quantity_as_written(constant));
            diagnostic
                .help(format!("declare it in the block that uses it, `{name} : {unit} (shared) = {value}`"))
                .help(format!("then `set P.{name} = …` changes it for all of `P` without compiling again"))
        });
    }

    fn fits_place(&mut self, value: Typed, expr: &Expr, dimension: Dimension, target: &Expr) -> Option<()> {
        if value.dimension == dimension {
            return Some(());
        }
        let given = has_unit(value.dimension);
        let message = format!("{} {}, and {} {given}", quoted(target), has_unit(dimension), quoted(expr));
        let diagnostic = Diagnostic::error(codes::WRONG_UNIT, expr.span, message).label(given);
        let diagnostic = self.with_unit(diagnostic, (value, expr), dimension);
        self.report(diagnostic);
        None
    }

    /// `print expression`, `print P.v[0:3]`
    fn print(&mut self, expr: &Expr, item: &Item) -> Option<Action> {
        if self.prints_text(expr) {
            return None;
        }
        if is_place(expr) {
            let place = self.place(expr, "print")?;
            let quantity = self.shown_quantity(&place)?;
            let kind = self.network.arena.kind(quantity.value);
            return Some(Action::Show { text: grammar::print::expression(expr), quantity, kind, span: item.span });
        }
        let mut state = None;
        dependencies::walk(expr, |part| {
            if state.is_none() && matches!(part.kind, ExprKind::Member { .. }) {
                state = Some(part.span);
            }
        });
        if let Some(span) = state {
            let message = "a variable is printed by itself, not as a part of an expression";
            self.report(
                Diagnostic::error(codes::NOT_A_VALUE, span, message)
                    .help("make the expression a subexpression of its block, as `x = v/mV : 1`, and `print P.x`"),
            );
            return None;
        }
        let value = self.constant_of(expr, None, "`print`")?;
        Some(Action::Print {
            text: grammar::print::expression(expr),
            value: value.number,
            dimension: value.dimension,
            kind: value.kind,
            span: item.span,
        })
    }
}

/// The name that a state is kept under; empty for the unnamed one.
fn kept_as(name: Option<&Name>) -> String {
    name.map(|name| name.text.to_string()).unwrap_or_default()
}
