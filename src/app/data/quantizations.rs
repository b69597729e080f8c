//! The quantizations of the model: the size of each, its bits, what it costs in quality, and whether it fits.

use std::sync::Arc;

use crate::app::text;
use crate::catalog::{calibration, quality};
use crate::engine::scale::parameters;
use crate::engine::{Assumptions, Question, Verdict};
use crate::report::quality_words;
use crate::spec::{Machine, Quality, Quantization, Scenario};
use crate::units::{show_decimals, show_gb};

/// A quantization as the list shows it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stored {
    /// As it is set: `Q4_K_M`.
    pub key: String,
    /// `4.92 GB · 4.89 bits a weight · +1.2 % perplexity (Llama 2 70B)`.
    pub about: String,
    /// The verdict on the chosen machine, where one is known.
    pub verdict: Option<Verdict>,
}

/// Every quantization of the model that its runtime offers, the largest first; none where weights are not chosen so.
pub(crate) fn build(scenario: &Scenario, machine: Option<&Arc<Machine>>) -> Vec<Stored> {
    let (Some(language), Some(machine)) =
        (scenario.language().filter(|_| scenario.inference().is_some()), machine)
    else {
        return Vec::new();
    };
    let offered = Quantization::ladder_for(&language.model, language.runtime);
    let stored = |quantization: &Quantization| {
        let mut asked = scenario.clone();
        if let Some(inference) = asked.inference_mut() {
            inference.quantization = *quantization;
        }
        let estimate = Question::new(&asked).on(machine, &Assumptions::new(calibration()));
        let size = estimate.budget.weights_file.map(|file| {
            let bits = file.get() * 8.0 / parameters(&language.model).max(1.0);
            text::bits_a_weight(&show_gb(file), &show_decimals(bits, 2))
        });
        let loss = quality_words(Quality::of(&language.model, *quantization, quality()));
        Stored {
            key: quantization.key().to_owned(),
            about: size.into_iter().chain([loss]).collect::<Vec<_>>().join(" · "),
            verdict: Some(estimate.fit.verdict),
        }
    };
    offered.iter().map(stored).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::data::tests::asked_of;

    #[test]
    fn smaller_ones_come_later_and_fit_where_larger_ones_do_not() {
        let (state, answers) = asked_of("llama-3.3-70b", "apple-m5max-40c-64gb");
        let all = build(&state.scenario, answers.machine.as_ref());
        let of = |key: &str| all.iter().find(|stored| stored.key == key).expect("it is offered");
        assert_eq!(of("Q8_0").verdict, Some(Verdict::DoesNotFit));
        assert!(of("Q3_K_M").verdict.is_some_and(|verdict| verdict <= Verdict::Tight), "{all:?}");
        assert!(of("Q4_K_M").about.starts_with("42.52 GB · 4.82 bits a weight"), "{}", of("Q4_K_M").about);
    }
}
