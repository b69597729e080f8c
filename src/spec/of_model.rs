//! What the language model of a scenario bounds: how many layers there are, how long it reads, whether a setting means
//! anything to it.

use super::{Block, FeedForward, LanguageModel, Mixer, Scenario};

/// Tokens that the model was trained on, and no fewer than people ask for.
pub(super) fn trained_on(scenario: &Scenario) -> f64 {
    let trained = scenario.language().map_or(0, |language| language.model.context_max);
    f64::from(trained).max(131_072.0)
}

/// What a language model has, if there is one.
pub(super) fn of_language<T>(scenario: &Scenario, of: impl FnOnce(&LanguageModel) -> Vec<T>) -> Vec<T> {
    scenario.language().map_or_else(Vec::new, of)
}

/// Layers of the language model.
pub(super) fn layers(scenario: &Scenario) -> f64 {
    scenario.language().map_or(1.0, |language| f64::from(language.model.layer_count()))
}

/// Whether any layer has a sliding window.
pub(super) fn has_windows(scenario: &Scenario) -> bool {
    let windowed = |block: &Block| match &block.mixer {
        Mixer::Attention(attention) | Mixer::Parallel(attention, _) => attention.window.is_some(),
        Mixer::Listed(listed) => listed.keeps.iter().any(|keep| keep.window().is_some()),
        Mixer::Mla(_) | Mixer::Mamba2(_) | Mixer::GatedDelta(_) => false,
    };
    scenario
        .language()
        .is_some_and(|language| language.model.stack.iter().flat_map(|run| &run.blocks).any(windowed))
}

/// Whether any layer has experts.
pub(super) fn has_experts(scenario: &Scenario) -> bool {
    let of = |language: &LanguageModel| {
        let mut blocks = language.model.stack.iter().flat_map(|run| &run.blocks);
        blocks.any(|block| matches!(block.feed_forward, FeedForward::Experts(_)))
    };
    scenario.language().is_some_and(of)
}
