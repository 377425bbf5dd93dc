//! Counting in bounded memory without knowing the extent beforehand: bins that grow.
//!
//! A `Ruler` has a fixed number of bins; where a value lies beyond its end, pairs of bins are laid together and it
//! reaches twice as far. `Tally` counts along one ruler, `Grid` along two; `Extremes` keeps the least and the largest
//! value of every stretch of a trace, `Means` the means.

/// Equal bins along an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ruler {
    pub(super) start: f64,
    pub(super) width: f64,
    pub(super) bins: usize,
}

/// How bins are laid together when a ruler grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Growth {
    /// The old ones become the first half.
    Right,
    /// The old ones become the second half.
    Left,
}

impl Ruler {
    /// From `low` to `high` in so many bins, an even number.
    pub(super) fn new(low: f64, high: f64, bins: usize) -> Self {
        let span = high - low;
        let span = if span > 0.0 && span.is_finite() { span } else { low.abs().max(1e-12) };
        Self { start: low, width: span / bins as f64, bins }
    }

    /// Whole numbers from 0, one a bin until there are more than bins.
    pub(super) fn of_indices(size: u32, bins: usize) -> Self {
        let width = f64::from(size).max(1.0) / bins as f64;
        // Whole numbers a bin, so that no bin has more of them than its neighbour.
        Self { start: -0.5, width: width.ceil(), bins }
    }

    /// Which bin a value is in, where it has one.
    pub(super) fn place(&self, value: f64) -> Option<usize> {
        let place = (value - self.start) / self.width;
        (place >= 0.0 && place < self.bins as f64).then_some(place as usize)
    }

    /// From `low` to `high` and a little beyond, on multiples of the width: whatever comes later, a bin begins at 0. Values
    /// that are nearly alike have bins that numbers can still tell apart.
    pub(super) fn aligned(low: f64, high: f64, bins: usize) -> Self {
        let least = low.abs().max(high.abs()) * 1e-9;
        // Of zeros alone nothing says how large others will be: below anything that is measured.
        let span = (high - low).max(if least > 0.0 { least } else { 1e-24 }).clamp(1e-300, 1e300);
        // Both ends may lie within a bin.
        let width = span * (1.0 + 1e-9) / (bins - 1) as f64;
        let ruler = Self { start: 0.0, width, bins };
        Self { start: ruler.multiple(low) * width, ..ruler }
    }

    /// Which multiple of the width lies at a value, or next below it.
    fn multiple(&self, value: f64) -> f64 {
        let multiple = (value / self.width).floor();
        if multiple * self.width > value { multiple - 1.0 } else { multiple }
    }

    fn growth(&self, value: f64) -> Growth {
        if value < self.start { Growth::Left } else { Growth::Right }
    }

    fn grow(&mut self, growth: Growth) {
        if growth == Growth::Left {
            self.start -= self.width * self.bins as f64;
        }
        self.width *= 2.0;
    }

    /// The middle of a bin.
    pub(super) fn middle(&self, bin: usize) -> f64 {
        self.start + (bin as f64 + 0.5) * self.width
    }
}

/// Pairs of neighbours added, into one half; the other half empty.
fn halved(counts: &mut [f64], growth: Growth) {
    let half = counts.len() / 2;
    match growth {
        Growth::Right => {
            for place in 0..half {
                counts[place] = counts[2 * place] + counts[2 * place + 1];
            }
            counts[half..].fill(0.0);
        }
        Growth::Left => {
            for place in (0..half).rev() {
                counts[half + place] = counts[2 * place] + counts[2 * place + 1];
            }
            counts[..half].fill(0.0);
        }
    }
}

/// Counts along one axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tally {
    pub(super) ruler: Ruler,
    pub(super) counts: Vec<f64>,
}

impl Tally {
    pub(super) fn new(ruler: Ruler) -> Self {
        Self { ruler, counts: vec![0.0; ruler.bins] }
    }

    /// Counts a value; what is not finite is nowhere.
    pub(super) fn add(&mut self, value: f64) {
        if !value.is_finite() {
            return;
        }
        loop {
            if let Some(place) = self.ruler.place(value) {
                self.counts[place] += 1.0;
                return;
            }
            let growth = self.ruler.growth(value);
            halved(&mut self.counts, growth);
            self.ruler.grow(growth);
        }
    }
}

/// Counts along two axes, row after row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Grid {
    pub(super) x: Ruler,
    pub(super) y: Ruler,
    pub(super) counts: Vec<f64>,
}

impl Grid {
    pub(super) fn new(x: Ruler, y: Ruler) -> Self {
        Self { x, y, counts: vec![0.0; x.bins * y.bins] }
    }

    /// Counts a point.
    pub(super) fn add(&mut self, x: f64, y: f64) {
        if !(x.is_finite() && y.is_finite()) {
            return;
        }
        loop {
            match (self.x.place(x), self.y.place(y)) {
                (Some(column), Some(row)) => {
                    self.counts[row * self.x.bins + column] += 1.0;
                    return;
                }
                (None, _) => self.grow_x(self.x.growth(x)),
                (_, None) => self.grow_y(self.y.growth(y)),
            }
        }
    }

    /// Makes aligned rows reach from `low` to `high`: first by moving them to what is used, else by laying neighbours
    /// together.
    pub(super) fn reach(&mut self, low: f64, high: f64) {
        let reaches = |y: &Ruler| y.place(low).is_some() && y.place(high).is_some();
        while !reaches(&self.y) && self.y.width.is_finite() {
            let first = (self.y.start / self.y.width).round();
            let columns = self.x.bins;
            let used = |row: &usize| self.counts[row * columns..][..columns].iter().any(|count| *count > 0.0);
            let (lowest, highest) = ((0..self.y.bins).find(used), (0..self.y.bins).rfind(used));
            let lowest = lowest.map_or(f64::INFINITY, |row| first + row as f64);
            let moved = Ruler { start: lowest.min(self.y.multiple(low)) * self.y.width, ..self.y };
            let holds = highest.is_none_or(|row| moved.place(self.y.middle(row)).is_some());
            if holds && reaches(&moved) {
                let by = (moved.start / moved.width).round() - first;
                self.move_rows(|row| row as f64 - by);
                self.y = moved;
            } else {
                let half = (first / 2.0).floor();
                self.move_rows(|row| ((first + row as f64) / 2.0).floor() - half);
                self.y.width *= 2.0;
                self.y.start = half * self.y.width;
            }
        }
    }

    /// Adds every row to the one that it becomes.
    fn move_rows(&mut self, becomes: impl Fn(usize) -> f64) {
        let columns = self.x.bins;
        let mut moved = vec![0.0; self.counts.len()];
        for (row, counts) in self.counts.chunks_exact(columns).enumerate() {
            // Those beyond the ends are empty.
            let place = becomes(row);
            if place >= 0.0 && (place as usize) < self.y.bins {
                let to = &mut moved[place as usize * columns..][..columns];
                to.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
            }
        }
        self.counts = moved;
    }

    fn grow_x(&mut self, growth: Growth) {
        self.counts.chunks_exact_mut(self.x.bins).for_each(|row| halved(row, growth));
        self.x.grow(growth);
    }

    fn grow_y(&mut self, growth: Growth) {
        let (columns, rows) = (self.x.bins, self.y.bins);
        let mut column = vec![0.0; rows];
        for place in 0..columns {
            (0..rows).for_each(|row| column[row] = self.counts[row * columns + place]);
            halved(&mut column, growth);
            (0..rows).for_each(|row| self.counts[row * columns + place] = column[row]);
        }
        self.y.grow(growth);
    }
}

/// The least and the largest of a stretch of samples, with their times.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stretch {
    low: (f64, f64),
    high: (f64, f64),
}

impl Stretch {
    fn joined(self, other: Self) -> Self {
        let low = if other.low.1 < self.low.1 { other.low } else { self.low };
        let high = if other.high.1 > self.high.1 { other.high } else { self.high };
        Self { low, high }
    }
}

/// A trace by the extremes of its stretches: what is drawn of it looks as all of it would.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Extremes {
    most: usize,
    length: usize,
    held: usize,
    stretches: Vec<Stretch>,
}

impl Extremes {
    /// In at most so many stretches.
    pub(super) fn new(most: usize) -> Self {
        Self { most, length: 1, held: 0, stretches: Vec::new() }
    }

    /// The next sample; what is not finite leaves no trace.
    pub(super) fn add(&mut self, time: f64, value: f64) {
        if !value.is_finite() {
            return;
        }
        let one = Stretch { low: (time, value), high: (time, value) };
        if self.held > 0 && self.held < self.length {
            if let Some(last) = self.stretches.last_mut() {
                *last = last.joined(one);
            }
            self.held += 1;
            return;
        }
        if self.stretches.len() == self.most {
            self.stretches = self.stretches.chunks(2).map(|pair| pair[0].joined(pair[pair.len() - 1])).collect();
            self.length *= 2;
        }
        self.stretches.push(one);
        self.held = 1;
    }

    /// Times and values of all that is kept, ascending in time.
    pub(super) fn points(&self) -> (Vec<f64>, Vec<f64>) {
        let mut points: Vec<(f64, f64)> = Vec::with_capacity(2 * self.stretches.len());
        for stretch in &self.stretches {
            let (first, second) =
                if stretch.low.0 <= stretch.high.0 { (stretch.low, stretch.high) } else { (stretch.high, stretch.low) };
            points.push(first);
            if second.0 > first.0 {
                points.push(second);
            }
        }
        points.into_iter().unzip()
    }

    /// How many samples a stretch holds: 1 where all are kept.
    pub(super) fn length(&self) -> usize {
        self.length
    }
}

/// Means of rows of values over stretches of time.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Means {
    most: usize,
    width: usize,
    length: usize,
    held: usize,
    /// Time of the first row of each stretch.
    pub(super) times: Vec<f64>,
    sums: Vec<f64>,
}

impl Means {
    /// Of rows of so many values, in at most so many stretches.
    pub(super) fn new(width: usize, most: usize) -> Self {
        Self { most, width: width.max(1), length: 1, held: 0, times: Vec::new(), sums: Vec::new() }
    }

    /// The next row.
    pub(super) fn add(&mut self, time: f64, row: &[f64]) {
        if self.held > 0 && self.held < self.length {
            let last = self.sums.len() - self.width;
            self.sums[last..].iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
            self.held += 1;
            return;
        }
        if self.times.len() == self.most {
            self.lay_together();
        }
        self.times.push(time);
        self.sums.extend_from_slice(row);
        self.held = 1;
    }

    fn lay_together(&mut self) {
        let (kept, width) = (self.times.len().div_ceil(2), self.width);
        for stretch in 0..kept {
            for place in 0..width {
                let second = self.sums.get((2 * stretch + 1) * width + place).copied().unwrap_or(0.0);
                self.sums[stretch * width + place] = self.sums[2 * stretch * width + place] + second;
            }
            self.times[stretch] = self.times[2 * stretch];
        }
        self.times.truncate(kept);
        self.sums.truncate(kept * width);
        self.length *= 2;
    }

    /// The means, stretch after stretch; a last one that is not full has the mean of what is there.
    pub(super) fn means(&self) -> Vec<f64> {
        let last = self.times.len().saturating_sub(1) * self.width;
        let held = |place: usize| if place >= last { self.held } else { self.length };
        self.sums.iter().enumerate().map(|(place, sum)| sum / held(place) as f64).collect()
    }

    /// How many rows a stretch holds.
    pub(super) fn length(&self) -> usize {
        self.length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rulers_grow_to_either_side_and_lose_nothing() {
        let mut tally = Tally::new(Ruler::new(0.0, 1.0, 16));
        for place in 0..1000 {
            tally.add(f64::from(place) * 0.01 - 3.0);
        }
        tally.add(f64::NAN);
        assert_eq!(tally.counts.iter().sum::<f64>(), 1000.0);
        let first = tally.counts.iter().position(|count| *count > 0.0).expect("counted");
        let Ruler { start, width, .. } = tally.ruler;
        assert!(start + first as f64 * width <= -3.0 && -3.0 < start + (first + 1) as f64 * width, "{tally:?}");
    }

    #[test]
    fn grids_keep_every_point_in_its_cell_while_they_grow() {
        let mut grid = Grid::new(Ruler::new(0.0, 0.1, 8), Ruler::of_indices(1, 8));
        let points: Vec<(f64, f64)> = (0..500).map(|n| (f64::from(n) * 0.01, f64::from(n % 37))).collect();
        points.iter().for_each(|&(x, y)| grid.add(x, y));
        let mut expected = vec![0.0; grid.counts.len()];
        for (x, y) in points {
            let column = ((x - grid.x.start) / grid.x.width) as usize;
            expected[((y - grid.y.start) / grid.y.width) as usize * grid.x.bins + column] += 1.0;
        }
        assert_eq!(grid.counts, expected);
    }

    #[test]
    fn aligned_rows_hold_every_point_and_one_begins_at_0() {
        let values = |n: u32| match n {
            0 => 1e-10,
            1..100 => 1e-10 + f64::from(n) * 1e-6,
            100..200 => 0.0,
            _ => (f64::from(n) * 0.37).sin().abs() * 0.01,
        };
        for (sign, offset) in [(1.0, 0.0), (-1.0, 0.0037), (1.0, 0.5), (1.0, -0.003)] {
            let value = |n: u32| sign * values(n) + offset;
            let mut grid = Grid::new(Ruler::of_indices(1, 8), Ruler::aligned(value(0), value(0), 128));
            (0..1_000).for_each(|n| {
                grid.reach(value(n), value(n));
                grid.add(0.0, value(n));
            });
            let mut expected = vec![0.0; grid.counts.len()];
            (0..1_000).for_each(|n| expected[grid.y.place(value(n)).expect("held") * grid.x.bins] += 1.0);
            assert_eq!(grid.counts.iter().sum::<f64>(), 1_000.0);
            let apart = grid.counts.iter().zip(&expected).map(|(one, other): (&f64, &f64)| (one - other).abs());
            // A value on the edge of two bins may change sides by a hair when they are laid together.
            assert!(apart.sum::<f64>() <= 4.0, "{sign} {offset}");
            let used = (0..128).filter(|row| grid.counts[row * 8] > 0.0);
            assert!(used.count() > 20, "{:?}", grid.y);
            let edge = grid.y.start / grid.y.width;
            assert!((edge - edge.round()).abs() < 1e-6, "{:?}", grid.y);
            if (sign, offset) == (1.0, 0.0) {
                assert_eq!(grid.y.start, 0.0, "an exact 0 is the lowest that is held");
            }
        }
    }

    #[test]
    fn aligned_rows_reach_from_zeros_alone_and_from_one_end_of_numbers_to_the_other() {
        for (first, low, high) in [(0.0, 0.0, 0.01), (1e-10, 0.0, 5e-324), (-1e300, -1e300, 1e300), (1e9, 1e9, 2e9)] {
            let mut grid = Grid::new(Ruler::of_indices(1, 8), Ruler::aligned(first, first, 128));
            grid.reach(first, first);
            grid.add(0.0, first);
            grid.reach(low, high);
            let (bottom, top) = (grid.y.place(low).expect("held"), grid.y.place(high).expect("held"));
            assert!(bottom <= top && grid.counts.iter().sum::<f64>() == 1.0, "{:?}", grid.y);
            assert!(low < 0.0 || grid.y.start >= 0.0, "{:?}", grid.y);
        }
    }

    #[test]
    fn extremes_survive_however_long_the_trace() {
        let mut trace = Extremes::new(64);
        let value = |n: u32| if n == 7777 { 9.0 } else { f64::from(n % 10) * 0.1 };
        (0..100_000).for_each(|n| trace.add(f64::from(n), value(n)));
        let (times, values) = trace.points();
        assert!(times.len() <= 128 && times.len() > 60, "{}", times.len());
        assert!(times.is_sorted());
        let peak = values.iter().position(|value| *value == 9.0).expect("the one spike is kept");
        assert_eq!(times[peak], 7777.0);
    }

    #[test]
    fn means_are_those_of_their_stretches() {
        let mut means = Means::new(1, 4);
        (0..10).for_each(|n| means.add(f64::from(n), &[f64::from(n)]));
        assert_eq!(means.times, [0.0, 4.0, 8.0]);
        assert_eq!(means.means(), [1.5, 5.5, 8.5]);
    }
}
