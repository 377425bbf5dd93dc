//! Who is connected to whom, in two panels: sources and targets as dots with a line for each synapse, and every synapse
//! as a point (source, target). Where synapses are many, lines become bundles and points become a density.

use super::fold::{Grid, Ruler};
use super::{Axis, Kind, Mark, Panel, Picture};
use crate::units;

/// More lines than this are one black area.
const MOST_LINES: usize = 1_500;

/// More points than this are counted in cells.
const MOST_POINTS: usize = 12_000;

/// Columns and rows of cells.
const CELLS: usize = 256;

/// Ends of bundles on either side.
const BUNDLES: usize = 32;

/// Shades of bundles.
const SHADES: usize = 5;

/// Dots on either side, at most: with more, one touches the next.
const MOST_DOTS: u32 = 128;

/// Synapses on the way to a picture.
#[derive(Clone, Debug)]
pub struct Connections {
    name: String,
    sizes: (u32, u32),
    /// What the first source and the first target are called, where they are part of a population.
    firsts: (u32, u32),
    /// What sources and targets are.
    of: (String, String),
    pairs: Vec<(u32, u32)>,
    grid: Option<Grid>,
    count: u64,
    shown: u64,
}

impl Connections {
    /// Synapses called `name` from so many sources to so many targets, as far as that is known: 0 where it is not.
    #[must_use]
    pub fn new(name: &str, sizes: (u32, u32)) -> Self {
        let neuron = || "neuron index".to_owned();
        let of = (neuron(), neuron());
        Self { name: name.to_owned(), sizes, firsts: (0, 0), of, pairs: Vec::new(), grid: None, count: 0, shown: 0 }
    }

    /// Says what sources and targets are (`neuron of P`), and which number the first of either has, where they are parts.
    #[must_use]
    pub fn between(mut self, sources: (String, u32), targets: (String, u32)) -> Self {
        self.firsts = (sources.1, targets.1);
        self.of = (sources.0, targets.0);
        self
    }

    /// One synapse; source and target are counted from the first of their parts.
    pub fn add(&mut self, source: u32, target: u32) {
        self.shown += 1;
        self.count += 1;
        self.sizes = (self.sizes.0.max(source + 1), self.sizes.1.max(target + 1));
        if let Some(grid) = &mut self.grid {
            grid.add(f64::from(source), f64::from(target));
            return;
        }
        self.pairs.push((source, target));
        if self.pairs.len() > MOST_POINTS {
            let side = |size: u32| Ruler::of_indices(size, CELLS.min((size as usize).next_multiple_of(2)));
            let mut grid = Grid::new(side(self.sizes.0), side(self.sizes.1));
            self.pairs.drain(..).for_each(|(source, target)| grid.add(f64::from(source), f64::from(target)));
            self.grid = Some(grid);
        }
    }

    /// Says that those added stand for so many.
    pub fn stand_for(&mut self, count: u64) {
        self.count = count;
    }

    /// The picture; `None` where there are no synapses.
    #[must_use]
    pub fn finish(self) -> Option<Picture> {
        if self.shown == 0 {
            return None;
        }
        let mut note = format!("{} synapse{}", units::grouped(self.count), if self.count == 1 { "" } else { "s" });
        if self.shown < self.count {
            note = format!("{note}, of which {} are shown, evenly spread", units::grouped(self.shown));
        }
        let mut said = |text: &str| note = format!("{note}; {text}");
        let (sides, bundled) = self.sides();
        if bundled {
            said("lines are bundles of synapses, the darker the more");
        }
        let scatter = self.scatter();
        if self.grid.is_some() {
            said("points are counted in cells");
        }
        let (name, title) = (format!("{}.connectivity", self.name), format!("Connections {}", self.name));
        Some(Picture { kind: Kind::Connectivity, name, title, note, panels: vec![sides, scatter] })
    }

    /// What the first of either side is called on their common axis: two populations have no numbers in common.
    fn beside(&self) -> (u32, u32) {
        if self.of.0 == self.of.1 { self.firsts } else { (0, 0) }
    }

    /// Sources on the left, targets on the right, and what joins them.
    fn sides(&self) -> (Panel, bool) {
        let firsts = self.beside();
        let bundled = self.grid.is_some() || self.pairs.len() > MOST_LINES;
        let mut marks = Vec::new();
        if bundled {
            marks.extend(self.bundles());
        } else {
            let ends = self.pairs.iter().map(|&(source, target)| {
                [0.0, numbered(source.into(), firsts.0), 1.0, numbered(target.into(), firsts.1)]
            });
            let opacity = (60.0 / self.pairs.len() as f64).clamp(0.12, 0.7);
            marks.push(Mark::Segments { ends: ends.collect(), opacity });
        }
        for (side, size, first) in [(0.0, self.sizes.0, firsts.0), (1.0, self.sizes.1, firsts.1)] {
            let apart = size.div_ceil(MOST_DOTS).max(1) as usize;
            let y: Vec<f64> = (0..size).step_by(apart).map(|place| numbered(place.into(), first)).collect();
            marks.push(Mark::Points { x: vec![side; y.len()], y, colour: side as usize });
        }
        let words = vec![(0.0, "source".to_owned()), (1.0, "target".to_owned())];
        let x = Axis { words, ..Axis::exactly(String::new(), -0.15, 1.15) };
        let first = firsts.0.min(firsts.1);
        let end = (firsts.0 + self.sizes.0).max(firsts.1 + self.sizes.1);
        let of = match (self.of.0 == self.of.1, self.firsts) {
            (true, _) => &self.of.0,
            (false, (0, 0)) => "index",
            (false, _) => "index, from the first of each part",
        };
        let of = of.to_owned();
        (Panel { x, y: Axis::of_indices(of, first, end - first), marks }, bundled)
    }

    /// Lines between stretches of sources and of targets, in a few shades.
    fn bundles(&self) -> Vec<Mark> {
        let firsts = self.beside();
        let side = |size: u32| Ruler::of_indices(size, BUNDLES);
        let mut grid = Grid::new(side(self.sizes.0), side(self.sizes.1));
        match &self.grid {
            None => self.pairs.iter().for_each(|&(source, target)| grid.add(f64::from(source), f64::from(target))),
            Some(fine) => {
                for (place, count) in fine.counts.iter().enumerate().filter(|(_, count)| **count > 0.0) {
                    let (row, column) = (place / fine.x.bins, place % fine.x.bins);
                    let bundle =
                        |ruler: &Ruler, value: f64| (((value - ruler.start) / ruler.width) as usize).min(BUNDLES - 1);
                    let (x, y) = (bundle(&grid.x, fine.x.middle(column)), bundle(&grid.y, fine.y.middle(row)));
                    grid.counts[y * BUNDLES + x] += count;
                }
            }
        }
        let most = grid.counts.iter().copied().fold(0.0, f64::max);
        let mut shades = vec![Vec::new(); SHADES];
        for (place, count) in grid.counts.iter().enumerate().filter(|(_, count)| **count > 0.0) {
            let shade = ((count / most * SHADES as f64).ceil() as usize).clamp(1, SHADES) - 1;
            let middle = |ruler: &Ruler, bin: usize, size: u32| ruler.middle(bin).min(f64::from(size) - 1.0);
            let source = middle(&grid.x, place % BUNDLES, self.sizes.0);
            let target = middle(&grid.y, place / BUNDLES, self.sizes.1);
            shades[shade].push([0.0, numbered(source, firsts.0), 1.0, numbered(target, firsts.1)]);
        }
        let lines: usize = shades.iter().map(Vec::len).sum();
        let darkest = (100.0 / lines.max(1) as f64).clamp(0.15, 0.8);
        let mark = |(shade, ends)| Mark::Segments { ends, opacity: darkest * (shade + 1) as f64 / SHADES as f64 };
        shades.into_iter().enumerate().filter(|(_, ends)| !ends.is_empty()).map(mark).collect()
    }

    /// Every synapse as a point.
    fn scatter(&self) -> Panel {
        let mark = match &self.grid {
            None => {
                let place = |&(source, target): &(u32, u32)| {
                    (numbered(source.into(), self.firsts.0), numbered(target.into(), self.firsts.1))
                };
                let (x, y) = self.pairs.iter().map(place).unzip();
                Mark::Points { x, y, colour: 6 }
            }
            Some(grid) => {
                let used = |ruler: &Ruler, size: u32| (f64::from(size) / ruler.width).ceil() as usize;
                let columns = used(&grid.x, self.sizes.0).clamp(1, grid.x.bins);
                let rows = used(&grid.y, self.sizes.1).clamp(1, grid.y.bins);
                let row = |row: usize| &grid.counts[row * grid.x.bins..][..columns];
                let values = (0..rows).flat_map(|number| row(number).iter().map(|count| *count as f32)).collect();
                let x = (numbered(grid.x.start, self.firsts.0), grid.x.width);
                let y = (numbered(grid.y.start, self.firsts.1), grid.y.width);
                Mark::Density { x, y, columns, values, label: "synapses".to_owned(), counts: true, most: None }
            }
        };
        let x = Axis::of_indices(format!("source {}", self.of.0), self.firsts.0, self.sizes.0);
        let y = Axis::of_indices(format!("target {}", self.of.1), self.firsts.1, self.sizes.1);
        Panel { x, y, marks: vec![mark] }
    }
}

/// The number of an element that is the so many-th of a part which begins at `first`.
fn numbered(place: f64, first: u32) -> f64 {
    place + f64::from(first)
}
