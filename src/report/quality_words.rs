//! What a quantization costs in quality, in words.

use crate::spec::Quality;
use crate::units::show_signed;

/// `+1.2 % perplexity (Llama 2 70B)`, with the model that it was measured on.
pub fn quality_words(quality: Option<Quality<'_>>) -> String {
    let scored = quality_score(quality);
    let measured = quality.and_then(Quality::measured);
    measured.map_or_else(|| scored.clone(), |measured| format!("{scored} ({})", measured.name))
}

/// `+1.2 % perplexity`, without the model.
pub fn quality_score(quality: Option<Quality<'_>>) -> String {
    let change = quality_change(quality);
    let measured = quality.and_then(Quality::measured);
    measured.map_or_else(|| change.clone(), |measured| format!("{change} {}", measured.metric.label()))
}

/// `+1.2 %`, without what was scored; where nothing was, why.
pub fn quality_change(quality: Option<Quality<'_>>) -> String {
    let Some(quality) = quality else { return "not measured".to_owned() };
    let Some(measured) = quality.measured() else { return "16-bit weights".to_owned() };
    // Perplexity grows with the loss, and a score falls with it.
    let rises = measured.metric == crate::spec::QualityMetric::Perplexity;
    let change = if rises { quality.loss() } else { -quality.loss() };
    let shown = show_signed(change, if change.abs() < 0.095 { 2 } else { 1 });
    format!("{shown} {}", quality_unit(quality))
}

/// What its loss is counted in.
pub(super) fn quality_unit(quality: Quality<'_>) -> &'static str {
    quality.measured().map_or("%", |measured| measured.metric.unit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Figure, Kind, QualityLoss, QualityMetric, Quantization, Scores};

    #[test]
    fn a_loss_says_how_it_was_scored_and_on_which_model() {
        let loss = |metric, before, after| QualityLoss {
            quantization: Quantization::Awq,
            model: "llama-2-70b".to_owned(),
            name: "Llama 2 70B".to_owned(),
            parameters: 69e9,
            metric,
            scores: Figure(Scores { before, after }, Kind::Measured, String::new(), String::new()),
            imatrix: false,
        };
        let said = |loss: &QualityLoss| quality_words(Some(Quality::Nearest(loss)));
        let perplexity = loss(QualityMetric::Perplexity, 3.4313, 3.4725);
        assert_eq!(said(&perplexity), "+1.2 % perplexity (Llama 2 70B)");
        assert_eq!(said(&loss(QualityMetric::MmluPro, 84.4, 82.9)), "-1.5 points MMLU-Pro (Llama 2 70B)");
        let nearest = Some(Quality::Nearest(&perplexity));
        assert_eq!(
            (quality_score(nearest), quality_change(nearest)),
            ("+1.2 % perplexity".into(), "+1.2 %".into())
        );
        assert_eq!(quality_change(None), "not measured");
        assert_eq!(quality_words(Some(Quality::SixteenBit)), "16-bit weights");
        assert_eq!(quality_words(None), "not measured");
    }
}
