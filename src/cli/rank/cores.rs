//! Many models are shared out to the processor's cores: whoever is free takes the next few.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::available_parallelism;

use crate::engine::rank::Row;

/// Models that are taken at once; for fewer than two such blocks no thread is worth its start.
const EACH: usize = 8;

/// The rows of all, in their order.
pub(super) fn ranked<'a, T: Sync>(all: &[T], rows: &(dyn Fn(&[T]) -> Vec<Row<'a>> + Sync)) -> Vec<Row<'a>> {
    let blocks: Vec<&[T]> = all.chunks(EACH).collect();
    let threads = available_parallelism().map_or(1, usize::from).min(blocks.len());
    if threads <= 1 {
        return rows(all);
    }
    let next = AtomicUsize::new(0);
    let taken = || -> Vec<(usize, Vec<Row<'a>>)> {
        let places = std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)));
        let blocks = places.map_while(|at| Some((at, *blocks.get(at)?)));
        blocks.map(|(at, block)| (at, rows(block))).collect()
    };
    let mut done: Vec<(usize, Vec<Row<'a>>)> = std::thread::scope(|scope| {
        let started: Vec<_> = (1..threads).map(|_| scope.spawn(taken)).collect();
        let own = taken();
        let others =
            started.into_iter().flat_map(|other| other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        own.into_iter().chain(others).collect()
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().flat_map(|(_, rows)| rows).collect()
}
