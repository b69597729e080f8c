//! Presets in groups with a line each, and models with their size: what is offered, and whether it fits here.

use std::sync::Arc;

use crate::app::files::Known;
use crate::catalog::{Catalog, calibration};
use crate::engine::{Assumptions, Question, Verdict};
use crate::spec::preset::{parse, resolve};
use crate::spec::{Family, Machine, Model, Named as _, Scenario};

/// A preset as the gallery shows it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Offered {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is, in the first line of its file.
    pub about: String,
    /// The family it belongs to, as a heading.
    pub group: &'static str,
    /// The verdict on the chosen machine, where one is known.
    pub verdict: Option<Verdict>,
}

/// Every preset that can be read, family by family in the order of the tabs.
pub(crate) fn presets(catalog: &Catalog, machine: Option<&Arc<Machine>>, today: &str) -> Vec<Offered> {
    let known = Known { catalog, today };
    let mut offered: Vec<(Family, Offered)> = catalog
        .presets
        .iter()
        .filter_map(|preset| {
            let keys = parse(&preset.text, &preset.file).ok()?.into_iter().next()?;
            let scenario = resolve(keys, &known).ok()?.scenario;
            let family = scenario.workload.family();
            let first = preset.text.lines().next().unwrap_or_default();
            let offered = Offered {
                id: preset.id.clone(),
                name: preset.name.clone(),
                about: first.trim_start_matches('/').trim().trim_end_matches('.').to_owned(),
                group: family.label(),
                verdict: machine.map(|machine| verdict(&scenario, machine)),
            };
            Some((family, offered))
        })
        .collect();
    offered.sort_by_key(|(family, _)| *family);
    offered.into_iter().map(|(_, offered)| offered).collect()
}

/// The verdict on the present question with each of these models in place of its own; nothing for a question without a
/// language model, and where no machine is known yet.
pub(crate) fn with_models(
    state: &crate::app::state::AppState,
    models: &[Arc<Model>],
    machine: Option<&Arc<Machine>>,
) -> Vec<(String, Verdict)> {
    let Some(machine) = machine.filter(|_| state.scenario.language().is_some()) else { return Vec::new() };
    models
        .iter()
        .map(|model| {
            let mut asked = state.clone();
            asked.use_model(model);
            (model.id.clone(), verdict(&asked.scenario, machine))
        })
        .collect()
}

fn verdict(scenario: &Scenario, machine: &Arc<Machine>) -> Verdict {
    Question::new(scenario).on(machine, &Assumptions::new(calibration())).fit.verdict
}
