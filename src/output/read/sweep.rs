//! A folder of a sweep: what was varied and measured, from its summary and its table.

use super::{Entry, NotRead, Results, wrong};
use crate::output::Table;
use serde_json::Value;

/// What a sweep has measured; numbers are in SI base units.
#[derive(Clone, Debug, PartialEq)]
pub struct SweptRead {
    /// Name, unit and values of what was varied; the last changes fastest.
    pub axes: Vec<(String, String, Vec<f64>)>,
    /// Name and unit of what was measured.
    pub measures: Vec<(String, String)>,
    /// Of each measure a value for every point; `None` where the point was not run, or has none.
    pub values: Vec<Vec<Option<f64>>>,
}

impl Results {
    /// What was swept; `None` where these are the results of one run.
    ///
    /// # Errors
    /// `Damaged` where the summary or the table is not as it was written.
    pub fn sweep(&self) -> Result<Option<SweptRead>, NotRead> {
        let Some(Value::Array(axes)) = self.summary.get("axes") else { return Ok(None) };
        let damaged = || NotRead::Damaged {
            path: self.folder.join("summary.json"),
            reason: "it does not say what was swept".to_owned(),
        };
        let measures = self.summary.get("measures").and_then(Value::as_array).ok_or_else(damaged)?;
        let axes: Option<Vec<_>> = axes.iter().map(axis).collect();
        let measures: Option<Vec<_>> = measures.iter().map(named).collect();
        let (Some(axes), Some(measures)) = (axes, measures) else { return Err(damaged()) };
        let entry = self.table_of(&axes, &measures).ok_or_else(damaged)?;
        let points = axes.iter().map(|(_, _, values)| values.len()).try_fold(1_usize, usize::checked_mul);
        let points = points.filter(|points| *points <= MOST_POINTS).ok_or_else(damaged)?;
        let mut values = vec![vec![None; points]; measures.len()];
        let mut outside = false;
        self.each(&entry, |table| {
            let Table::Named { columns } = table else { return };
            let [(_, _, numbers), .., _] = columns.as_slice() else { return };
            let measured = &columns[columns.len() - measures.len()..];
            for (row, number) in numbers.numbers().into_iter().enumerate() {
                outside |= number < 0.0 || number >= points as f64;
                for (values, (_, _, column)) in values.iter_mut().zip(measured) {
                    let value = column.number(row).filter(|value| value.is_finite());
                    values.get_mut(number as usize).into_iter().for_each(|place| *place = value);
                }
            }
        })?;
        if outside {
            let (path, reason) = (self.folder.join(&entry.file), wrong("it has points that the summary does not"));
            return Err(NotRead::Damaged { path, reason: reason.to_string() });
        }
        Ok(Some(SweptRead { axes, measures, values }))
    }

    /// Its table: a row for each point that was run.
    fn table_of(&self, axes: &[(String, String, Vec<f64>)], measures: &[(String, String)]) -> Option<Entry> {
        let counted = |name: &str| (name.to_owned(), "1".to_owned());
        let apart = self.summary.get("seeds")?.as_str()? == "apart";
        let axes = axes.iter().map(|(name, unit, _)| (name.clone(), unit.clone()));
        let units = [counted("point")].into_iter().chain(axes).chain(apart.then(|| counted("seed")));
        let units = units.chain(measures.iter().cloned()).collect();
        let file = self.summary.get("table")?.as_str()?.to_owned();
        let rows = self.summary.get("done")?.as_u64()?;
        Some(Entry { name: "table".to_owned(), file, units, rows, single: false, counts: false })
    }
}

/// A sweep of more points is none that could have been run.
const MOST_POINTS: usize = 1 << 28;

fn named(of: &Value) -> Option<(String, String)> {
    Some((of.get("name")?.as_str()?.to_owned(), of.get("unit")?.as_str()?.to_owned()))
}

fn axis(of: &Value) -> Option<(String, String, Vec<f64>)> {
    let (name, unit) = named(of)?;
    // JSON has no NaN: what is no number is null.
    let value = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
    Some((name, unit, of.get("values")?.as_array()?.iter().map(value).collect()))
}
