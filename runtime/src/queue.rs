//! Spikes on their way: one list of events for every tick from now to the longest delay.
//!
//! In go events (rows or synapses, whatever their owner means by the number) with their delay; out come those that are
//! due, in the order in which they were pushed. Lists that are not in use hold no memory: their buffers wait in `spare`
//! and are taken again, so that all together they need 4 bytes for every event of the fullest moment and nothing is
//! allocated per tick.

use crate::clock::LONGEST_DELAY;

/// Events by tick of arrival.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    /// The list due now is at `head`, the one due in d ticks d places on, going round.
    lists: Vec<Vec<u32>>,
    head: usize,
    spare: Vec<Vec<u32>>,
}

impl Default for Queue {
    fn default() -> Self {
        Self { lists: vec![Vec::new()], head: 0, spare: Vec::new() }
    }
}

impl Queue {
    /// Makes room for delays up to `longest` ticks; events on their way keep their tick. It never shrinks.
    pub(crate) fn reach(&mut self, longest: u32) {
        let needed = longest as usize + 1;
        if needed > self.lists.len() {
            self.lists.rotate_left(self.head);
            self.head = 0;
            self.lists.resize_with(needed, Vec::new);
        }
    }

    /// Sends an event that is due in `delay` ticks.
    ///
    /// # Panics
    /// Where no room was made for such a delay.
    #[inline]
    pub(crate) fn push(&mut self, delay: u32, event: u32) {
        self.list(delay).push(event);
    }

    /// Sends several that are all due in `delay` ticks.
    ///
    /// # Panics
    /// Where no room was made for such a delay.
    pub(crate) fn extend(&mut self, delay: u32, events: impl ExactSizeIterator<Item = u32>) {
        if events.len() == 0 {
            return;
        }
        self.list(delay).extend(events);
    }

    #[inline]
    fn list(&mut self, delay: u32) -> &mut Vec<u32> {
        let (delay, length) = (delay as usize, self.lists.len());
        assert!(delay < length, "a delay of {delay} ticks in a queue of {length}");
        let place = self.head + delay;
        let list = &mut self.lists[if place < length { place } else { place - length }];
        if list.capacity() == 0 {
            *list = self.spare.pop().unwrap_or_default();
        }
        list
    }

    /// Whether there was never room for delays, so that nothing waits from tick to tick.
    #[inline]
    pub(crate) fn is_of_one_tick(&self) -> bool {
        self.lists.len() == 1
    }

    /// Events due now, in the order of their pushes.
    #[must_use]
    pub(crate) fn due(&self) -> &[u32] {
        &self.lists[self.head]
    }

    /// For how many ticks from this one on nothing is due; what is beyond `most` does not matter.
    #[must_use]
    pub(crate) fn quiet(&self, most: u32) -> u32 {
        let (before, from) = self.lists.split_at(self.head);
        let lists = from.iter().chain(before).take(most as usize);
        (0..).zip(lists).find(|(_, list)| !list.is_empty()).map_or(most, |(tick, _)| tick)
    }

    /// The tick is over: what was due is forgotten.
    pub(crate) fn advance(&mut self) {
        let list = &mut self.lists[self.head];
        if list.capacity() != 0 {
            list.clear();
            self.spare.push(std::mem::take(list));
        }
        self.head += 1;
        if self.head == self.lists.len() {
            self.head = 0;
        }
    }

    /// Events on their way, by ticks from the next one on, ascending.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = (u32, &[u32])> {
        let (before, from) = self.lists.split_at(self.head);
        let lists = (0..).zip(from.iter().chain(before));
        lists.filter(|(_, events)| !events.is_empty()).map(|(ticks, events)| (ticks, &events[..]))
    }

    /// A queue for delays up to `longest` ticks with these events on their way, all below `limit`. `None` where it
    /// cannot be: one is further away than any delay.
    pub(crate) fn loaded<'a>(
        waiting: impl Iterator<Item = (u32, &'a [u32])>,
        longest: u32,
        limit: u32,
    ) -> Option<Self> {
        let mut queue = Self::default();
        queue.reach(longest);
        for (ticks, events) in waiting {
            if ticks > LONGEST_DELAY || events.iter().any(|&event| event >= limit) {
                return None;
            }
            // One more than it takes: what has something to wait for is not of one tick.
            queue.reach(ticks + 1);
            queue.extend(ticks, events.iter().copied());
        }
        Some(queue)
    }

    /// How many events are on their way.
    #[must_use]
    pub(crate) fn pending(&self) -> usize {
        self.lists.iter().map(Vec::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What may happen to a queue.
    #[derive(Clone, Debug)]
    enum Act {
        Push(u32),
        Extend(u32, u8),
        Advance,
        Reach(u32),
    }

    fn acts() -> impl Strategy<Value = Vec<Act>> {
        let act = prop_oneof![
            6 => (0u32..40).prop_map(Act::Push),
            2 => (0u32..40, 0u8..5).prop_map(|(delay, count)| Act::Extend(delay, count)),
            4 => Just(Act::Advance),
            1 => (0u32..60).prop_map(Act::Reach),
        ];
        prop::collection::vec(act, 1..200)
    }

    #[test]
    fn what_waits_is_waited_for_after_it_was_saved_with_delays_of_zero() {
        let mut queue = Queue::loaded([(0, &[7, 9][..])].into_iter(), 0, 10).expect("below the limit");
        assert!(!queue.is_of_one_tick(), "events wait in it");
        assert_eq!(queue.due(), [7, 9]);
        queue.advance();
        assert_eq!(queue.pending(), 0);
        assert!(Queue::loaded(std::iter::empty(), 0, 10).is_some_and(|queue| queue.is_of_one_tick()));
    }

    proptest! {
        /// The model: a list of (tick of arrival, number of the push), sorted stably by tick when it is looked at.
        #[test]
        fn events_come_as_from_a_sorted_list(acts in acts()) {
            let mut queue = Queue::default();
            let mut model: Vec<(u64, u32)> = Vec::new();
            let (mut now, mut pushed) = (0u64, 0u32);
            for act in acts {
                match act {
                    Act::Push(delay) => {
                        let delay = delay % queue.lists.len() as u32;
                        queue.push(delay, pushed);
                        model.push((now + u64::from(delay), pushed));
                        pushed += 1;
                    }
                    Act::Extend(delay, count) => {
                        let delay = delay % queue.lists.len() as u32;
                        queue.extend(delay, pushed..pushed + u32::from(count));
                        model.extend((pushed..pushed + u32::from(count)).map(|event| (now + u64::from(delay), event)));
                        pushed += u32::from(count);
                    }
                    Act::Advance => {
                        queue.advance();
                        model.retain(|&(tick, _)| tick != now);
                        now += 1;
                    }
                    Act::Reach(longest) => queue.reach(longest),
                }
                model.sort_by_key(|&(tick, _)| tick);
                let due: Vec<u32> = model.iter().filter(|&&(tick, _)| tick == now).map(|&(_, event)| event).collect();
                prop_assert_eq!(queue.due(), &due[..]);
                prop_assert_eq!(queue.pending(), model.len());
            }
        }
    }

    #[test]
    fn buffers_go_round() {
        let mut queue = Queue::default();
        queue.reach(999);
        for _ in 0..5000 {
            queue.extend(3, 0..100);
            queue.advance();
        }
        let buffers = queue.lists.iter().chain(&queue.spare).filter(|list| list.capacity() > 0).count();
        assert_eq!(buffers, 4, "one for each of the four ticks that are in use at a time");
    }
}
