//! A few seconds of measurement on this machine: memory bandwidth and arithmetic of processor and GPU.
//!
//! Nothing here knows about workloads; what is measured is written down with its day and read again by detection.

mod arithmetic;
#[cfg(feature = "gpu-measure")]
mod gpu;
mod memory;

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::spec::Measured;

/// How a measurement is watched and stopped.
pub struct Watch<'a> {
    /// Told the share that is done, 0 to 1.
    pub progress: &'a (dyn Fn(f64) + Sync),
    /// Set from elsewhere to stop.
    pub stop: &'a AtomicBool,
}

impl Watch<'_> {
    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Says the share that is done, unless it was stopped.
    fn reached(&self, share: f64) -> Result<(), Stopped> {
        if self.stopped() {
            return Err(Stopped);
        }
        (self.progress)(share);
        Ok(())
    }
}

/// The measurement was stopped before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the measurement was stopped")]
pub struct Stopped;

/// What is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Processor as it names itself.
    pub processor: String,
    /// Memory of the machine, bytes: it bounds the arrays.
    pub total: u64,
    /// Threads that work at once; as many as the system has processors where it is `None`.
    pub threads: Option<usize>,
    /// Today, `YYYY-MM-DD`.
    pub today: String,
}

/// Measures memory and arithmetic of all cores, and of the GPU where one answers. Takes some seconds.
///
/// # Errors
/// When it is stopped.
pub fn measure(subject: &Subject, watch: &Watch<'_>) -> Result<Measured, Stopped> {
    let cores = || thread::available_parallelism().map_or(1, usize::from);
    let threads = subject.threads.unwrap_or_else(cores).clamp(1, 4096);
    watch.reached(0.0)?;
    let memory = memory::measure(subject.total, threads, watch)?;
    watch.reached(0.7)?;
    let operations = arithmetic::measure(threads, watch)?;
    watch.reached(0.78)?;
    #[cfg(feature = "gpu-measure")]
    let gpu = gpu::measure(subject.total, watch)?;
    #[cfg(not(feature = "gpu-measure"))]
    let gpu = None;
    watch.reached(1.0)?;
    Ok(Measured {
        measured_on: subject.today.clone(),
        processor: subject.processor.clone(),
        threads: u32::try_from(threads).unwrap_or(u32::MAX),
        copy_bytes_per_s: memory.copy,
        triad_bytes_per_s: memory.triad,
        flops_per_s: operations,
        gpu,
        development_build: cfg!(debug_assertions),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Subject {
        let today = "2026-11-21".to_owned();
        Subject { processor: "Some Processor".to_owned(), total: 1 << 30, threads: Some(2), today }
    }

    #[test]
    fn something_is_measured_and_progress_rises_to_its_end() {
        let stop = AtomicBool::new(false);
        let seen = std::sync::Mutex::new(Vec::new());
        let progress = |share: f64| seen.lock().expect("one at a time").push(share);
        let watch = Watch { progress: &progress, stop: &stop };
        let measured = measure(&small(), &watch).expect("nobody stops it");
        assert!(measured.copy_bytes_per_s > 1e8 && measured.triad_bytes_per_s > 1e7, "{measured:?}");
        assert!(measured.flops_per_s > 1e7, "{measured:?}");
        let seen = seen.lock().expect("one at a time");
        assert!(seen.windows(2).all(|pair| pair[0] <= pair[1]), "{seen:?}");
        assert_eq!(seen.last(), Some(&1.0));
    }

    #[test]
    fn it_can_be_stopped() {
        let stop = AtomicBool::new(false);
        let progress = |share: f64| stop.store(share > 0.1, Ordering::Relaxed);
        let watch = Watch { progress: &progress, stop: &stop };
        assert_eq!(measure(&small(), &watch), Err(Stopped));
    }
}
