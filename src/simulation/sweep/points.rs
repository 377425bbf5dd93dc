//! The points of a sweep: in, axes and a seed; out, what each point is varied by.
//!
//! The points are all combinations of the axes' values, numbered from 0; the last axis changes fastest, as the innermost of nested
//! loops does.

use super::table::SweepPoint;
use crate::ir::expr::Type;
use crate::ir::network::{Axis, Seeds};

/// What is varied, and how the points' random numbers differ.
#[derive(Clone, Debug)]
pub(super) struct Points {
    pub(super) axes: Vec<Axis>,
    pub(super) seeds: Seeds,
    /// Of the first point.
    pub(super) seed: u64,
}

impl Points {
    /// How many.
    pub(super) fn count(&self) -> usize {
        self.axes.iter().map(|axis| axis.values.len()).product()
    }

    /// The values of all axes at a point [SI base units].
    pub(super) fn values(&self, point: usize) -> Vec<f64> {
        let mut left = point;
        let from_last = self.axes.iter().rev().map(|axis| {
            let count = axis.values.len();
            let value = axis.values[left % count];
            left /= count;
            value
        });
        let mut values: Vec<f64> = from_last.collect();
        values.reverse();
        values
    }

    /// The same as the language writes it: what `--set` is given to run the point by itself, to the same bits.
    pub(super) fn set(&self, point: usize) -> Vec<(String, String)> {
        let named = self.axes.iter().zip(self.values(point));
        named.map(|(axis, value)| (axis.name.clone(), written(axis, value))).collect()
    }

    /// A point's row in the table.
    pub(super) fn row(&self, number: usize, outcome: Result<Vec<f64>, String>) -> SweepPoint {
        SweepPoint { number, values: self.values(number), seed: self.seed(number), outcome }
    }

    /// The axis of seeds, where there is one.
    fn seeds_at(&self) -> Option<usize> {
        self.axes.iter().position(|axis| axis.name == "seed")
    }

    /// Whether the seed is among what is varied.
    pub(super) fn vary_seeds(&self) -> bool {
        self.seeds_at().is_some()
    }

    /// The seed of a point; an axis of seeds has the last word.
    pub(super) fn seed(&self, point: usize) -> u64 {
        let of_axis = self.seeds_at().map(|place| self.values(point)[place] as u64);
        of_axis.unwrap_or(match self.seeds {
            Seeds::Alike => self.seed,
            Seeds::Apart => self.seed.wrapping_add(point as u64),
        })
    }
}

/// A value as the language writes it: units of factor 1, and all digits that it needs.
fn written(axis: &Axis, value: f64) -> String {
    match axis.kind {
        Type::Boolean => if value == 0.0 { "False" } else { "True" }.to_owned(),
        Type::Integer => format!("{value:.0}"),
        _ if axis.dimension.is_one() => format!("{value:?}"),
        _ => format!("{value:?}*{}", axis.dimension.spelled()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Axis, Points, Seeds, Type};
    use crate::units::Dimension;

    fn axis(name: &str, values: &[f64], dimension: Dimension, kind: Type) -> Axis {
        Axis { name: name.to_owned(), values: values.to_vec(), dimension, kind, span: grammar::Span::default() }
    }

    #[test]
    fn the_last_axis_changes_fastest() {
        let axes = vec![
            axis("tau", &[1e-3, 0.1], Dimension::SECOND, Type::Float),
            axis("n", &[1.0, 2.0, -3.0], Dimension::ONE, Type::Integer),
        ];
        let points = Points { axes, seeds: Seeds::Apart, seed: u64::MAX };
        assert_eq!(points.count(), 6);
        let set =
            |point| points.set(point).into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
        assert_eq!(set(0), ["tau=0.001*second", "n=1"]);
        assert_eq!(set(1), ["tau=0.001*second", "n=2"]);
        assert_eq!(set(5), ["tau=0.1*second", "n=-3"]);
        assert_eq!(points.values(3), [0.1, 1.0]);
        assert_eq!((points.seed(0), points.seed(2)), (u64::MAX, 1));
    }

    #[test]
    fn values_are_written_so_that_they_are_read_back_to_the_bit() {
        let rows = [
            (axis("b", &[1.0], Dimension::ONE, Type::Boolean), "True"),
            (axis("x", &[0.1 + 0.2], Dimension::ONE, Type::Float), "0.30000000000000004"),
            (axis("v", &[-6e-2], Dimension([2.0, 1.0, -3.0, -1.0, 0.0, 0.0, 0.0]), Type::Float), "-0.06*volt"),
            (axis("r", &[5e-324], Dimension::HERTZ, Type::Float), "5e-324*hertz"),
            (axis("x", &[f64::INFINITY], Dimension::ONE, Type::Float), "inf"),
        ];
        for (axis, text) in rows {
            let points = Points { axes: vec![axis], seeds: Seeds::Alike, seed: 0 };
            assert_eq!(points.set(0)[0].1, text);
            let quantity: crate::Quantity = match text {
                "True" => continue,
                text => text.parse().expect(text),
            };
            assert_eq!(quantity.value().to_bits(), points.values(0)[0].to_bits(), "{text}");
        }
    }
}
