//! Arithmetic of all cores: fused multiply-adds in 32 bit on the widest registers there are.

use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use pulp::{Arch, Simd, WithSimd};

use super::{Stopped, Watch};

/// Registers that are multiplied and added to in turn, so that each waits for none.
const CHAINS: usize = 12;
/// Rounds between two looks at the clock.
const ROUNDS: u32 = 20_000;
/// How long each thread works.
const LASTS: Duration = Duration::from_millis(600);

/// Rounds of multiply-adds over some registers.
struct MultiplyAdd;

impl WithSimd for MultiplyAdd {
    /// Operations done, and a value that depends on them.
    type Output = (f64, f32);

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the registers are chosen where this is inlined")]
    fn with_simd<S: Simd>(self, simd: S) -> (f64, f32) {
        let factor = simd.splat_f32s(black_box(0.999_9));
        let term = simd.splat_f32s(black_box(1e-4));
        let mut chains = [simd.splat_f32s(black_box(1.0)); CHAINS];
        for _ in 0..ROUNDS {
            for chain in &mut chains {
                *chain = simd.mul_add_f32s(*chain, factor, term);
            }
        }
        let sum = chains.into_iter().fold(simd.splat_f32s(0.0), |sum, chain| simd.add_f32s(sum, chain));
        let lanes = u64::try_from(S::F32_LANES * CHAINS).unwrap_or(1);
        (2.0 * crate::units::count(lanes) * f64::from(ROUNDS), simd.reduce_sum_f32s(sum))
    }
}

/// Operations a second of all threads together.
pub(super) fn measure(threads: usize, watch: &Watch<'_>) -> Result<f64, Stopped> {
    let rates: Vec<f64> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| rate(watch))).collect();
        workers.into_iter().filter_map(|worker| worker.join().ok()).collect()
    });
    if watch.stopped() {
        return Err(Stopped);
    }
    Ok(rates.into_iter().sum())
}

fn rate(watch: &Watch<'_>) -> f64 {
    let arch = Arch::new();
    let begun = Instant::now();
    let mut done = 0.0;
    while begun.elapsed() < LASTS && !watch.stopped() {
        let (operations, value) = arch.dispatch(MultiplyAdd);
        black_box(value);
        done += operations;
    }
    done / begun.elapsed().as_secs_f64()
}
