//! Where the interpreter keeps values: in, a program; out, a register for every value, each as wide as a block.
//!
//! Values computed once a call keep their register; the others share registers with those that are no longer read, so that few
//! are needed at a time. An instruction never writes a register that it reads.

use crate::ir::levels::Level;
use crate::ir::steps::{Kind, Program};
use crate::ir::verify::kinds;

/// A register: a kind and a number among those of the kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) kind: Kind,
    pub(super) number: usize,
}

/// The register of every value, and how many there are.
#[derive(Debug)]
pub(super) struct Layout {
    places: Vec<Option<Place>>,
    counts: [usize; BANKS],
}

/// One for each kind.
const BANKS: usize = 5;

fn bank(kind: Kind) -> usize {
    match kind {
        Kind::Real => 0,
        Kind::Integer => 1,
        Kind::Long => 2,
        Kind::Boolean => 3,
        Kind::Single => 4,
    }
}

impl Layout {
    pub(super) fn new(program: &Program, levels: &[Level]) -> Self {
        let kinds = kinds(program);
        let mut last_use: Vec<usize> = (0..program.ops.len()).collect();
        for (at, op) in program.ops.iter().enumerate() {
            for operand in op.operands() {
                last_use[operand.0 as usize] = at;
            }
        }
        let mut layout = Self { places: vec![None; program.ops.len()], counts: [0; BANKS] };
        let mut free: [Vec<usize>; BANKS] = Default::default();
        for (at, op) in program.ops.iter().enumerate() {
            let once = levels[at] == Level::Call;
            if let Some(kind) = kinds[at] {
                let reused = if once { None } else { free[bank(kind)].pop() };
                let number = reused.unwrap_or_else(|| layout.add(kind));
                layout.places[at] = Some(Place { kind, number });
            }
            let mut released: Vec<usize> = op.operands().map(|value| value.0 as usize).chain([at]).collect();
            released.retain(|&value| last_use[value] == at && levels[value] != Level::Call);
            released.sort_unstable();
            released.dedup();
            for value in released {
                if let Some(place) = layout.places[value] {
                    free[bank(place.kind)].push(place.number);
                }
            }
        }
        layout
    }

    fn add(&mut self, kind: Kind) -> usize {
        let count = &mut self.counts[bank(kind)];
        *count += 1;
        *count - 1
    }

    /// The register of the value of an instruction that has one.
    pub(super) fn place(&self, at: usize) -> Place {
        self.places[at].expect("only effects have no register, and the verifier lets nobody read those")
    }
}

/// The registers of one kind.
#[derive(Debug)]
pub(super) struct Bank<T>(Vec<Vec<T>>);

impl<T: Copy + Default> Bank<T> {
    fn new(count: usize, width: usize) -> Self {
        Self(vec![vec![T::default(); width]; count])
    }

    /// What the register holds.
    pub(super) fn get(&self, number: usize) -> &[T] {
        &self.0[number]
    }

    /// Takes a register out to be written, while others are read.
    pub(super) fn take(&mut self, number: usize) -> Vec<T> {
        std::mem::take(&mut self.0[number])
    }

    /// Puts it back.
    pub(super) fn put(&mut self, number: usize, register: Vec<T>) {
        self.0[number] = register;
    }

    fn spread(&mut self, number: usize, width: usize) {
        let register = &mut self.0[number][..width];
        register.fill(register[0]);
    }
}

/// All registers of one call.
#[derive(Debug)]
pub(super) struct Registers {
    pub(super) reals: Bank<f64>,
    pub(super) integers: Bank<i32>,
    pub(super) longs: Bank<i64>,
    pub(super) booleans: Bank<bool>,
    pub(super) singles: Bank<f32>,
}

impl Registers {
    pub(super) fn new(layout: &Layout, width: usize) -> Self {
        let [reals, integers, longs, booleans, singles] = layout.counts;
        Self {
            reals: Bank::new(reals, width),
            integers: Bank::new(integers, width),
            longs: Bank::new(longs, width),
            booleans: Bank::new(booleans, width),
            singles: Bank::new(singles, width),
        }
    }

    /// Copies the first entry of a register to the first `width`.
    pub(super) fn spread(&mut self, place: Place, width: usize) {
        match place.kind {
            Kind::Real => self.reals.spread(place.number, width),
            Kind::Integer => self.integers.spread(place.number, width),
            Kind::Long => self.longs.spread(place.number, width),
            Kind::Boolean => self.booleans.spread(place.number, width),
            Kind::Single => self.singles.spread(place.number, width),
        }
    }
}
