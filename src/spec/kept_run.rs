//! Speeds that programs reported of their runs on this machine, kept because the user said so.

use serde::{Deserialize, Serialize};

use super::Runtime;

/// One speed of one run, with what was expected of it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct KeptRun {
    /// The day it was kept, `YYYY-MM-DD`.
    pub kept_on: String,
    /// The machine as it names itself: figures of another one are not this machine's.
    pub machine: String,
    /// The runtime by its key: `llama.cpp`.
    pub runtime: String,
    /// Id of the model.
    pub model: String,
    /// How its weights are stored, by its key: `Q4_K_M`.
    pub quantization: String,
    /// What was measured.
    pub quantity: KeptQuantity,
    /// Tokens that were prefilled or decoded, where the log says it.
    #[serde(default)]
    pub tokens: Option<u64>,
    /// Tokens in the context before, where the log says it.
    #[serde(default)]
    pub depth: Option<u64>,
    /// As it was measured.
    pub tokens_per_s: f64,
    /// Standard deviation of repeated runs, where the log says it.
    #[serde(default)]
    pub deviation: Option<f64>,
    /// As it was estimated without any run that was kept.
    pub estimated_tokens_per_s: f64,
}

/// A speed that can be kept.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum KeptQuantity {
    /// Of one request that is answered.
    Decode,
    /// Of a prompt that is read.
    Prefill,
}

impl KeptRun {
    /// Most runs that are kept; the oldest go first.
    pub const MOST: usize = 200;

    /// Measured over estimated.
    pub fn ratio(&self) -> f64 {
        self.tokens_per_s / self.estimated_tokens_per_s
    }

    /// Whether its speeds are some that a machine may have, and not of another world than the estimate.
    pub fn is_believable(&self) -> bool {
        let speed = |value: f64| (1e-3..=1e7).contains(&value);
        let deviation = self.deviation.is_none_or(|own| own >= 0.0 && own <= self.tokens_per_s);
        speed(self.tokens_per_s)
            && speed(self.estimated_tokens_per_s)
            && (0.02..=50.0).contains(&self.ratio())
            && deviation
    }

    /// Whether it says the same thing of the same run, so that the later one counts.
    pub fn replaces(&self, other: &Self) -> bool {
        let of = |run: &Self| (run.quantity, run.tokens, run.depth);
        self.machine == other.machine
            && self.is_of(other.quantity, &other.runtime)
            && self.model == other.model
            && self.quantization == other.quantization
            && of(self) == of(other)
    }

    /// Whether it measured that of a runtime.
    pub fn is_of(&self, quantity: KeptQuantity, runtime: &str) -> bool {
        self.quantity == quantity && self.runtime == runtime
    }
}

/// What runs that were kept were of their estimates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KeptRatio {
    /// Measured over estimated, the geometric mean.
    pub middle: f64,
    /// The lowest and the highest with their deviations over the mean; `None` where one run tells no spread.
    pub spread: Option<(f64, f64)>,
    /// How many runs.
    pub runs: u32,
    /// Whether all are of the model and the format that are asked about.
    pub same_model: bool,
}

impl KeptRatio {
    /// Of the runs of a runtime: those of the same model and format where there are such, else all.
    pub fn of(
        runs: &[KeptRun],
        quantity: KeptQuantity,
        runtime: Runtime,
        (model, quantization): (&str, &str),
    ) -> Option<Self> {
        let own: Vec<&KeptRun> =
            runs.iter().filter(|run| run.is_of(quantity, runtime.key()) && run.is_believable()).collect();
        let same = |run: &&&KeptRun| run.model == model && run.quantization == quantization;
        let of_model: Vec<&KeptRun> = own.iter().filter(same).copied().collect();
        let same_model = !of_model.is_empty();
        let of = if same_model { of_model } else { own };
        if of.is_empty() {
            return None;
        }
        let number = crate::units::count(of.len() as u64);
        let middle = (of.iter().map(|run| run.ratio().ln()).sum::<f64>() / number).exp();
        let ends = of.iter().map(|run| {
            let deviation = run.deviation.unwrap_or(0.0) / run.estimated_tokens_per_s;
            ((run.ratio() - deviation) / middle, (run.ratio() + deviation) / middle)
        });
        let spread = ends.fold((1.0_f64, 1.0_f64), |(low, high), own| (low.min(own.0), high.max(own.1)));
        let spread = (same_model && spread.0 < spread.1).then_some(spread);
        Some(Self { middle, spread, runs: u32::try_from(of.len()).unwrap_or(u32::MAX), same_model })
    }

    /// `2 kept runs of this model on this machine, 0.92 times as fast as estimated`.
    pub fn words(&self) -> String {
        let (s, of) = (
            if self.runs == 1 { "" } else { "s" },
            if self.same_model { "this model" } else { "other models" },
        );
        format!(
            "{} kept run{s} of {of} on this machine, {:.2} times as fast as estimated",
            self.runs, self.middle
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(model: &str, measured: f64, estimated: f64) -> KeptRun {
        KeptRun {
            kept_on: "2026-11-27".to_owned(),
            machine: "A".to_owned(),
            runtime: "llama.cpp".to_owned(),
            model: model.to_owned(),
            quantization: "Q4_K_M".to_owned(),
            quantity: KeptQuantity::Decode,
            tokens: Some(128),
            depth: Some(0),
            tokens_per_s: measured,
            deviation: None,
            estimated_tokens_per_s: estimated,
        }
    }

    #[test]
    fn the_same_model_counts_before_others_and_one_run_tells_no_spread() {
        let runs = [run("a", 80.0, 100.0), run("b", 50.0, 100.0), run("b", 200.0, 100.0), run("c", 9e9, 1.0)];
        let of = |model| {
            KeptRatio::of(&runs, KeptQuantity::Decode, Runtime::LlamaCpp, (model, "Q4_K_M")).expect("runs")
        };
        // Half and twice as fast as their middle, which is four fifths of the estimate; a deviation widens it.
        let apart = |deviation| [40.0, 160.0].map(|speed| KeptRun { deviation, ..run("d", speed, 100.0) });
        for (deviation, low, high) in [(None, 0.5, 2.0), (Some(8.0), 0.4, 2.1)] {
            let of =
                KeptRatio::of(&apart(deviation), KeptQuantity::Decode, Runtime::LlamaCpp, ("d", "Q4_K_M"));
            let of = of.expect("runs");
            let (is_low, is_high) = of.spread.expect("two runs");
            assert!((of.middle - 0.8).abs() < 1e-12, "{of:?}");
            assert!((is_low - low).abs() < 1e-12 && (is_high - high).abs() < 1e-12, "{of:?}");
        }
        let (a, b, other) = (of("a"), of("b"), of("x"));
        assert!((a.middle - 0.8).abs() < 1e-12 && a.runs == 1 && a.same_model && a.spread.is_none(), "{a:?}");
        assert!((b.middle - 1.0).abs() < 1e-12 && b.spread == Some((0.5, 2.0)), "{b:?}");
        assert!(other.runs == 3 && !other.same_model && other.spread.is_none(), "{other:?}");
        let none = KeptRatio::of(&runs, KeptQuantity::Prefill, Runtime::LlamaCpp, ("a", "Q4_K_M"));
        assert_eq!(none, None);
        assert_eq!(KeptRatio::of(&runs, KeptQuantity::Decode, Runtime::Mlx, ("a", "Q4_K_M")), None);
    }
}
