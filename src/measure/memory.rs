//! Memory bandwidth of all cores, as STREAM measures it: arrays far larger than the caches, the best of some rounds.

use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::{Stopped, Watch};

/// Bytes a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Memory {
    /// One array copied to another: a read and a write for each value.
    pub(super) copy: f64,
    /// `a = b + s × c`: two reads and a write for each value.
    pub(super) triad: f64,
}

/// Rounds of each; the first warm the pages.
const ROUNDS: u32 = 12;
/// A slow machine is measured no longer than this.
const LONGEST: Duration = Duration::from_secs(3);

/// Values of an array: past any cache, and no more than a 24th of the memory.
fn values(total: u64) -> usize {
    let bytes = (total / 24).clamp(32 << 20, 512 << 20);
    usize::try_from(bytes / 8).unwrap_or(1 << 22)
}

/// What the threads share.
struct Shared<'a> {
    barrier: Barrier,
    /// Set by the first thread before a barrier, read by all after it.
    over: AtomicBool,
    begun: Instant,
    watch: &'a Watch<'a>,
}

/// Copies and triads over arrays that the threads share out.
pub(super) fn measure(total: u64, threads: usize, watch: &Watch<'_>) -> Result<Memory, Stopped> {
    let each = (values(total) / threads).max(1024);
    let shared =
        Shared { barrier: Barrier::new(threads), over: AtomicBool::new(false), begun: Instant::now(), watch };
    let rounds: Vec<Vec<[Duration; 2]>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|worker| {
                let shared = &shared;
                scope.spawn(move || work(each, shared, worker == 0))
            })
            .collect();
        workers.into_iter().filter_map(|worker| worker.join().ok()).collect()
    });
    if watch.stopped() {
        return Err(Stopped);
    }
    let bytes = |passes: u64| {
        let values = u64::try_from(each * threads).unwrap_or(u64::MAX);
        crate::units::count(values) * 8.0 * crate::units::count(passes)
    };
    Ok(Memory { copy: bytes(2) / best(&rounds, 0), triad: bytes(3) / best(&rounds, 1) })
}

/// Seconds of the best round; all threads run between the same barriers, so one takes as long as its slowest.
fn best(rounds: &[Vec<[Duration; 2]>], kind: usize) -> f64 {
    let count = rounds.iter().map(Vec::len).min().unwrap_or(0);
    let slowest = |round: usize| {
        let times = rounds.iter().filter_map(|worker| worker.get(round)?.get(kind).copied());
        times.max()
    };
    (0..count).filter_map(slowest).min().unwrap_or(Duration::MAX).as_secs_f64()
}

/// One thread's arrays, swept round by round with all others.
fn work(length: usize, shared: &Shared<'_>, leads: bool) -> Vec<[Duration; 2]> {
    // Each thread writes its own pages first, so that they lie near it.
    let mut a = vec![1.0_f64; length];
    let b = vec![2.0_f64; length];
    let c = vec![0.5_f64; length];
    let mut times = Vec::new();
    for round in 0..ROUNDS {
        let copy = timed(shared, || {
            a.copy_from_slice(&b);
            black_box(&mut a);
        });
        let triad = timed(shared, || {
            let scale = black_box(3.0);
            for ((a, b), c) in a.iter_mut().zip(&b).zip(&c) {
                *a = b + scale * c;
            }
            black_box(&mut a);
        });
        times.push([copy, triad]);
        if leads {
            let late = shared.begun.elapsed() > LONGEST && round >= 3;
            if late || shared.watch.stopped() {
                shared.over.store(true, Ordering::Release);
            } else {
                (shared.watch.progress)(0.7 * f64::from(round + 1) / f64::from(ROUNDS));
            }
        }
        shared.barrier.wait();
        if shared.over.load(Ordering::Acquire) {
            break;
        }
    }
    times
}

fn timed(shared: &Shared<'_>, mut work: impl FnMut()) -> Duration {
    shared.barrier.wait();
    let begun = Instant::now();
    work();
    begun.elapsed()
}
