//! Work on several threads, heard of by one: in, pieces of work; out, what each gives, in the order in which they are done.

use crate::error::Error;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

/// What is heard of a piece of work.
pub(super) enum Heard<W, T> {
    /// It says something.
    Said(W, String),
    /// It is done.
    Done(W, T),
}

/// Does all pieces, so many at a time, each begun in their order by whichever thread is free. No more are begun once `asked` says
/// so, or once `on`, which the calling thread runs, fails.
///
/// # Errors
/// That of `on`.
pub(super) fn side_by_side<W: Copy + Send + Sync, T: Send>(
    work: &[W],
    at_a_time: usize,
    asked: &(impl Fn() -> bool + Sync),
    act: impl Fn(W, &dyn Fn(String)) -> T + Sync,
    mut on: impl FnMut(Heard<W, T>) -> Result<(), Error>,
) -> Result<(), Error> {
    let (next, over) = (AtomicUsize::new(0), AtomicBool::new(false));
    // Nobody is ahead of who listens by more than a piece, so that what is to end ends.
    let (sender, receiver) = mpsc::sync_channel(0);
    let worker = |sender: mpsc::SyncSender<Heard<W, T>>| {
        while !over.load(Ordering::Relaxed) && !asked() {
            let Some(&piece) = work.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
            let done = act(piece, &|line| drop(sender.send(Heard::Said(piece, line))));
            if sender.send(Heard::Done(piece, done)).is_err() {
                break;
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..at_a_time {
            let sender = sender.clone();
            scope.spawn(|| worker(sender));
        }
        drop(sender);
        let outcome = receiver.into_iter().try_for_each(&mut on);
        over.store(true, Ordering::Relaxed);
        outcome
    })
}

#[cfg(test)]
mod tests {
    use super::{Heard, side_by_side};
    use crate::error::Error;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn all_work_is_done_once_whatever_the_threads() {
        for threads in [1, 3] {
            let work: Vec<usize> = (0..100).collect();
            let mut squares = vec![0; 100];
            let mut said = 0;
            let done = side_by_side(
                &work,
                threads,
                &|| false,
                |n, say| {
                    if n % 10 == 0 {
                        say("ten".to_owned());
                    }
                    n * n
                },
                |heard| {
                    match heard {
                        Heard::Said(..) => said += 1,
                        Heard::Done(n, square) => squares[n] += square,
                    }
                    Ok(())
                },
            );
            assert!(done.is_ok());
            assert_eq!((squares, said), ((0..100).map(|n| n * n).collect(), 10));
        }
    }

    #[test]
    fn what_is_not_begun_when_it_is_to_end_is_left() {
        let begun = AtomicUsize::new(0);
        let count = |_: usize, _: &dyn Fn(String)| begun.fetch_add(1, Ordering::Relaxed);
        let work: Vec<usize> = (0..100).collect();
        let asked = || begun.load(Ordering::Relaxed) == 7;
        assert!(side_by_side(&work, 1, &asked, count, |_| Ok(())).is_ok());
        assert_eq!(begun.swap(0, Ordering::Relaxed), 7);
        let slow = |_: usize, _: &dyn Fn(String)| {
            std::thread::sleep(std::time::Duration::from_millis(2));
            begun.fetch_add(1, Ordering::Relaxed)
        };
        let failing = |_| Err(Error::Defect("the disk is full".to_owned()));
        assert!(side_by_side(&work, 2, &|| false, slow, failing).is_err());
        assert!(begun.load(Ordering::Relaxed) < 100);
    }
}
