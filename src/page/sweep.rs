//! The report of a sweep: pictures of what was measured, the points as a table, the model, and how to repeat it.
//!
//! In: a model, what was varied and measured, the points that were run, as plain values. Out: a page like that of a run.

use super::equations::Typesetter;
use super::{document, figure, footer, repeat, waiting, wall, warnings};
use crate::Model;
use crate::pictures::{Picture, Scale, Varied, digits};
use crate::sources::Sources;
use crate::units;
use grammar::Diagnostic;
use maud::{Markup, html};
use std::io::{self, Write};

/// Rows of the table: a browser is slow with more, and a file has all.
const MOST_ROWS: usize = 1_000;

/// A table of more rows is folded: what comes below it would be far away.
const MOST_UNFOLDED: usize = 50;

/// What the page of a sweep is made of.
#[derive(Clone, Copy, Debug)]
pub struct SweepPage<'a> {
    /// What was swept.
    pub model: &'a Model,
    /// What its file is called.
    pub name: &'a str,
    /// What was varied; the first changes slowest.
    pub axes: &'a [Varied<'a>],
    /// What was measured.
    pub measures: &'a [Measured<'a>],
    /// The points that were run, in order.
    pub points: &'a [Point<'a>],
    /// Of every measure, in order.
    pub pictures: &'a [Picture],
    /// What is worth knowing about it.
    pub warnings: &'a [Diagnostic],
    /// The texts that warnings point into.
    pub sources: &'a Sources,
    /// How long it took [s].
    pub took: f64,
    /// The command that gives the same table, with the seed.
    pub command: &'a str,
    /// The file that has all points.
    pub table: &'a str,
}

/// Something that was measured at every point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured<'a> {
    /// As written: `rate(P)`.
    pub measure: &'a str,
    /// The unit of its values, as tables have it: what `Dimension` is displayed as.
    pub unit: &'a str,
}

/// A point that was run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point<'a> {
    /// Its number, from 0; the last axis changes fastest.
    pub number: usize,
    /// The value of every axis [SI base units].
    pub values: &'a [f64],
    /// The seed of its random numbers.
    pub seed: u64,
    /// Every measure [SI base units], NaN where there is none; or why the point has failed.
    pub outcome: Result<&'a [f64], &'a str>,
}

impl SweepPage<'_> {
    /// Writes the page.
    ///
    /// # Errors
    /// What writing fails with.
    pub fn write(&self, out: impl Write) -> io::Result<()> {
        document((self.name, env!("CARGO_PKG_VERSION")), &self.body(), self.pictures, out)
    }

    fn body(&self) -> Markup {
        let pictures = self.pictures;
        let size: usize = self.axes.iter().map(|axis| axis.values.len()).product();
        let names: Vec<&str> = self.axes.iter().map(|axis| axis.name).collect();
        html! {
            header {
                h1 { (self.name) ", a sweep" }
                p.soft {
                    (counted(size)) " of " (names.join(", "))
                    @if self.points.len() < size { ", of which " (units::grouped(self.points.len() as u64)) " were run," }
                    " in " (wall(self.took)) " of this machine's"
                }
                nav {
                    @if !self.warnings.is_empty() { a href="#warnings" { "Warnings" } }
                    @if !pictures.is_empty() { a href="#sweep" { "Measures" } }
                    a href="#points" { "Points" }
                    a href="#equations" { "Equations" }
                    a href="#repeat" { "To repeat it" }
                }
            }
            main {
                (self.varied())
                (warnings(self.sources, self.warnings))
                (waiting(pictures))
                @if !pictures.is_empty() { h2 id="sweep" { "Measures" } }
                @for (place, picture) in pictures.iter().enumerate() { (figure(place, picture)) }
                (self.table())
                h2 id="equations" { "Equations" }
                (Typesetter { sources: self.model.sources(), given: &self.model.options().set }.model(self.model.tree()))
                h2 id="repeat" { "To repeat it" }
                p {
                    "Rheobase " (env!("CARGO_PKG_VERSION"))
                    " gives the same values, to the bit, for these files and this command:"
                }
                (repeat::told(self.model, self.command))
                (footer(env!("CARGO_PKG_VERSION")))
            }
        }
    }

    /// What was varied, from where to where.
    fn varied(&self) -> Markup {
        html! {
            div.table {
                table {
                    tr { th { "Varied" } th.number { "Values" } th { "From" } th { "To" } }
                    @for axis in self.axes {
                        @let end = |value: Option<&f64>| value.map(|value| quantity(*value, axis.unit)).unwrap_or_default();
                        tr {
                            td { (axis.name) }
                            td.number { (units::grouped(axis.values.len() as u64)) }
                            td { (end(axis.values.first())) }
                            td { (end(axis.values.last())) }
                        }
                    }
                }
            }
        }
    }

    fn table(&self) -> Markup {
        let columns: Vec<Column> = self.axes.iter().map(|axis| Column::of(axis.name, axis.unit, axis.values)).collect();
        let measured =
            |place: usize| self.points.iter().filter_map(move |point| point.outcome.ok()?.get(place).copied());
        let measures = self.measures.iter().enumerate();
        let measures: Vec<Column> =
            measures.map(|(place, of)| Column::of(of.measure, of.unit, &measured(place).collect::<Vec<_>>())).collect();
        // Where all points have one seed, the command has it.
        let seeds = self.points.windows(2).any(|pair| pair[0].seed != pair[1].seed);
        let failed = self.points.iter().filter(|point| point.outcome.is_err()).count();
        html! {
            h2 id="points" { "Points" }
            @if failed > 0 { div.stopped { (counted(failed)) " failed; why is said beside them." } }
            @if self.points.len() > MOST_ROWS {
                p.soft {
                    "The first " (units::grouped(MOST_ROWS as u64)) " of " (counted(self.points.len())) "; "
                    code { (self.table) } " has all."
                }
            } @else {
                p.soft { code { (self.table) } " has them in SI base units." }
            }
            details open[self.points.len() <= MOST_UNFOLDED] {
                summary { (counted(self.points.len().min(MOST_ROWS))) }
                div.table {
                    table {
                        tr {
                            th.number { "Point" }
                            @for column in &columns { th.number { (column.heading) } }
                            @if seeds { th.number { "Seed" } }
                            @for column in &measures { th.number { (column.heading) } }
                        }
                        @for point in self.points.iter().take(MOST_ROWS) {
                            tr {
                                td.number { (point.number) }
                                @for (column, value) in columns.iter().zip(point.values) { td.number { (column.shown(*value)) } }
                                @if seeds { td.number { (point.seed) } }
                                @match point.outcome {
                                    Ok(values) => {
                                        @for (column, value) in measures.iter().zip(values) { td.number { (column.shown(*value)) } }
                                    }
                                    Err(reason) => { td.failed colspan=(measures.len().max(1)) { (reason.trim()) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// `1 point`, `1,200 points`
fn counted(points: usize) -> String {
    format!("{} point{}", units::grouped(points as u64), if points == 1 { "" } else { "s" })
}

/// Numbers under each other, in the unit that suits the largest.
struct Column {
    heading: String,
    scale: Scale,
}

impl Column {
    fn of(name: &str, unit: &str, values: &[f64]) -> Self {
        let finite = values.iter().filter(|value| value.is_finite());
        let scale = Scale::of(unit, finite.fold(0.0, |most: f64, value| most.max(value.abs())));
        Self { heading: scale.label(name), scale }
    }

    fn shown(&self, value: f64) -> String {
        if value.is_finite() { digits(value * self.scale.factor) } else { "–".to_owned() }
    }
}

/// A value with the unit that suits it.
fn quantity(value: f64, unit: &str) -> String {
    let column = Column::of("", unit, &[value]);
    format!("{} {}", column.shown(value), column.scale.unit).trim_end().to_owned()
}
