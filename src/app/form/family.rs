//! The families of workload as the tabs show them.

use std::sync::Arc;

use crate::app::files::{Listed, first_scenario};
use crate::app::load_error::LoadError;
use crate::app::text;
use crate::catalog::Catalog;
use crate::engine::axis::Axis;
use crate::spec::preset::{parse, resolve};
use crate::spec::{Family, LanguageModel, Scenario};

/// What the tab is for.
pub(crate) fn hint(family: Family) -> &'static str {
    match family {
        Family::Inference => text::chat_agents_and_serving(),
        Family::FineTune => text::training_a_language_model_further(),
        Family::GraphSequence => text::parse_trees_and_data_flow(),
        Family::Gnn => text::graph_neural_networks_on_nodes(),
        Family::Diffusion => text::images_and_video(),
    }
}

/// The axis its plot starts with.
pub(crate) fn first_axis(scenario: &Scenario) -> Axis {
    Axis::available(scenario).first().copied().unwrap_or(Axis::CONTEXT)
}

/// The preset a family starts with.
const fn first_preset(family: Family) -> Option<&'static str> {
    match family {
        Family::Inference => None,
        Family::FineTune => Some("tool-calling-qlora-8b"),
        Family::GraphSequence => Some("function-trees-8b"),
        Family::Gnn => Some("whole-program-gnn-sampled"),
        Family::Diffusion => Some("sdxl"),
    }
}

/// What a family starts with; a language model stays the one that was there.
///
/// # Errors
/// When the catalog lacks its preset, which the tests rule out.
pub(crate) fn switched(before: &Scenario, family: Family, catalog: &Catalog) -> Result<Scenario, LoadError> {
    let mut scenario = match first_preset(family) {
        None => first_scenario(catalog)?,
        Some(id) => {
            let preset = catalog.preset(id)?;
            let keys = parse(&preset.text, &preset.file)?;
            let keys = keys.into_iter().next().ok_or_else(|| LoadError::Empty(id.to_owned()))?;
            resolve(keys, &Listed(catalog))?.scenario
        }
    };
    if let (Some(old), Some(new)) = (before.language(), scenario.language_mut())
        && old.key != new.key
    {
        let LanguageModel { model, base, key, size, draft, .. } = old;
        let (model, base) = (Arc::clone(model), Arc::clone(base));
        let draft = draft.clone();
        *new = LanguageModel { model, base, key: key.clone(), size: *size, draft, ..new.clone() };
        scenario.name = text::family_of(&what(family), &old.base.name);
    }
    Ok(scenario)
}

/// What is done with a language model.
fn what(family: Family) -> &'static str {
    match family {
        Family::Inference => text::family_chat(),
        Family::FineTune => text::fine_tune(),
        Family::GraphSequence => text::graphs_for_training(),
        Family::Gnn | Family::Diffusion => text::family_run(),
    }
}
