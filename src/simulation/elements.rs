//! Elements: which neurons or synapses are meant.
//!
//! In: selections of a plan. Out: elements as the user numbers them (neurons relative to the group named, synapses by creation) and as
//! the state does (neurons absolute, synapses by storage).

use super::state::Moment;
use crate::error::Error;
use crate::ir::network::{self, Object, Selection};
use runtime::Code;

impl Moment<'_> {
    /// Elements of a quantity, as the user and as the state numbers them.
    pub(super) fn elements(
        &mut self,
        quantity: &network::Quantity,
        condition: Option<&Code>,
    ) -> Result<(Vec<u32>, Vec<u32>), Error> {
        if quantity.shared {
            return Ok((vec![0], vec![0]));
        }
        let selected = self.select(quantity.object, &quantity.selection, condition)?;
        let places = selected.iter().map(|&element| self.place(quantity.object, element)).collect();
        Ok((selected.iter().map(|element| element - quantity.offset).collect(), places))
    }

    /// Where the state has an element: synapses are numbered by creation outside of it.
    pub(super) fn place(&self, object: Object, element: u32) -> u32 {
        match object {
            Object::Projection(id) => self.network.projections()[id.0 as usize].storage_number(element),
            Object::Population(_) | Object::Input(_) | Object::Array(_) => element,
        }
    }

    /// How many elements an object has.
    fn size(&self, object: Object) -> u32 {
        match object {
            Object::Population(id) => self.network.populations()[id.0 as usize].size(),
            Object::Projection(id) => self.network.projections()[id.0 as usize].rows().len() as u32,
            Object::Input(_) | Object::Array(_) => 0,
        }
    }

    /// The elements of a selection: neurons absolute, synapses by creation. `condition` yields what a `Where` asks.
    pub(super) fn select(
        &mut self,
        object: Object,
        selection: &Selection,
        condition: Option<&Code>,
    ) -> Result<Vec<u32>, Error> {
        let size = self.size(object);
        match selection {
            Selection::Range { start, stop, step } => {
                Ok((*start..(*stop).min(size)).step_by((*step).max(1) as usize).collect())
            }
            Selection::List(list) => match list.iter().find(|&&element| element >= size) {
                Some(&index) => Err(self.no_element(object, index.into())),
                None => Ok(list.clone()),
            },
            Selection::Slice { start, stop, step } => Ok(counted(size, *start, *stop, *step)),
            Selection::FromEnd(back) => match size.checked_sub(*back) {
                Some(element) => Ok(vec![element]),
                None => Err(self.no_element(object, -i64::from(*back))),
            },
            Selection::Where { start, stop, .. } => {
                let candidates: Vec<u32> = (*start..(*stop).min(size)).collect();
                let Some(condition) = condition else {
                    return Err(Error::Defect("a selection by a condition has no program for it".to_owned()));
                };
                let holds = self.evaluate(object, &candidates, condition)?;
                Ok(candidates
                    .iter()
                    .zip(holds)
                    .filter(|(_, holds)| *holds != 0.0)
                    .map(|(&element, _)| element)
                    .collect())
            }
        }
    }

    fn no_element(&self, object: Object, index: i64) -> Error {
        Error::Index { object: self.model.plan().name(object).to_owned(), index, size: self.size(object) }
    }
}

/// The elements of a slice of so many, as Python counts.
fn counted(size: u32, start: Option<i32>, stop: Option<i32>, step: i32) -> Vec<u32> {
    let (size, step) = (i64::from(size), i64::from(step));
    // Forwards a bound is between the first and one past the last, backwards between the last and one before the first.
    let (low, high) = if step > 0 { (0, size) } else { (-1, size - 1) };
    let bound = |given: Option<i32>, usual: i64| {
        given.map_or(usual, |at| (i64::from(at) + if at < 0 { size } else { 0 }).clamp(low, high))
    };
    let (start, stop) =
        if step > 0 { (bound(start, low), bound(stop, high)) } else { (bound(start, high), bound(stop, low)) };
    let mut elements = Vec::new();
    let mut at = start;
    while (step > 0 && at < stop) || (step < 0 && at > stop) {
        elements.extend(u32::try_from(at));
        at += step;
    }
    elements
}

#[cfg(test)]
mod tests {
    use super::counted;

    /// How many there are, a slice of them, and what it gives.
    type Row = (u32, Option<i32>, Option<i32>, i32, &'static [u32]);

    /// Against Python's `list(range(n))[start:stop:step]`.
    #[test]
    fn slices_count_as_in_python() {
        let rows: [Row; 12] = [
            (5, None, None, 1, &[0, 1, 2, 3, 4]),
            (5, None, None, -1, &[4, 3, 2, 1, 0]),
            (5, None, None, -2, &[4, 2, 0]),
            (5, Some(-2), None, 1, &[3, 4]),
            (5, None, Some(-2), 2, &[0, 2]),
            (5, Some(-9), Some(9), 3, &[0, 3]),
            (5, Some(9), Some(1), -1, &[4, 3, 2]),
            (5, Some(1), Some(-9), -1, &[1, 0]),
            (5, Some(3), Some(1), 1, &[]),
            (5, Some(-1), Some(-1), 1, &[]),
            (0, None, None, 1, &[]),
            (0, None, None, -1, &[]),
        ];
        for (size, start, stop, step, expected) in rows {
            assert_eq!(counted(size, start, stop, step), expected, "{start:?}:{stop:?}:{step} of {size}");
        }
    }
}
