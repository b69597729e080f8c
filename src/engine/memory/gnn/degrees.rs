//! How many edges a node draws, on average, when it may draw only so many.

/// Mean above which a Poisson distribution is taken as normal but for its skew and its whole steps; what that misses
/// is below a thousandth of an edge.
const MANY: f64 = 64.0;

/// Mean of `min(degree, most)` in a graph of uniformly random edges, whose degrees are Poisson distributed.
pub fn poisson(mean: f64, most: f64) -> f64 {
    if mean > MANY {
        return nearly_normal(mean, most);
    }
    // Σ P(degree > k) for k below `most`; beyond the mean and ten deviations nothing is left.
    let last = most.min(mean + 10.0 * mean.sqrt() + 20.0);
    let (mut chance, mut below, mut sum, mut degree) = ((-mean).exp(), 0.0, 0.0, 0.0);
    while degree < last {
        below += chance;
        sum += (1.0 - below).max(0.0);
        degree += 1.0;
        chance *= mean / degree;
    }
    sum.min(mean)
}

/// Mean of `min(degree, most)` where degrees are geometric: many small, few large.
pub fn geometric(mean: f64, most: f64) -> f64 {
    let more = mean / (1.0 + mean);
    mean * (1.0 - more.powf(most))
}

/// The first terms of a Poisson distribution's Edgeworth series, whose variance is its mean.
fn nearly_normal(mean: f64, most: f64) -> f64 {
    let deviation = mean.sqrt();
    let places = (most - mean) / deviation;
    let density = (-places * places / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let over = deviation * (density - places * (1.0 - share_below(places)));
    let skew = density * places / 6.0;
    let steps = density / (12.0 * deviation);
    (mean - over.max(0.0) - skew + steps).clamp(0.0, mean.min(most))
}

/// Share of a standard normal distribution below a value, within 10⁻⁷: Abramowitz and Stegun 26.2.17.
fn share_below(value: f64) -> f64 {
    const TERMS: [f64; 5] = [0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
    let size = value.abs();
    let near = 1.0 / (1.0 + 0.231_641_9 * size);
    let series = TERMS.iter().rev().fold(0.0, |sum, term| (sum + term) * near);
    let above = (-size * size / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt() * series;
    if value < 0.0 { above } else { 1.0 - above }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: f64, expected: f64) {
        assert!((got / expected - 1.0).abs() < 1e-3, "{got} is not {expected}");
    }

    #[test]
    fn a_limit_far_above_or_below_the_mean_decides_alone() {
        close(poisson(10.0, 1e15), 10.0);
        close(poisson(60.0, 5.0), 5.0);
        close(poisson(1e6, 1e9), 1e6);
        close(poisson(1e15, 25.0), 25.0);
        close(geometric(10.0, 1e15), 10.0);
        assert!(poisson(0.0, 10.0).abs() < 1e-12 && geometric(0.0, 10.0).abs() < 1e-12, "no edges");
        assert!(poisson(10.0, 0.0).abs() < 1e-12 && poisson(1e4, 0.0).abs() < 1e-12, "none asked for");
    }

    #[test]
    fn at_the_mean_a_deviation_over_the_root_of_two_pi_is_lost() {
        // E min(X, λ) = λ − λ e^−λ λ^λ ÷ λ!
        close(poisson(10.0, 10.0), 10.0 - 10.0 * 0.125_110);
        close(poisson(100.0, 100.0), 100.0 - 100.0 * 0.039_861);
        // 1 of each: 1 − P(none).
        close(poisson(2.0, 1.0), 1.0 - (-2.0_f64).exp());
        close(geometric(1.0, 1.0), 0.5);
    }

    #[test]
    fn both_ways_of_counting_meet() {
        for most in [40.0, 56.0, 60.0, 64.0, 72.0, 90.0] {
            let (below, above) = (poisson(MANY, most), nearly_normal(MANY, most));
            assert!((below - above).abs() < 1.1e-3, "{most}: {below} and {above}");
        }
    }
}
