//! Every model by name.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use eframe::egui::Ui;

use super::search_list::{self, Entry, Search};
use crate::app::command::Command;
use crate::app::data::ranked::Best;
use crate::app::state::Change;
use crate::app::text;
use crate::app::theme::Tokens;
use crate::catalog::Published;
use crate::engine::Verdict;
use crate::spec::settings::parameters;
use crate::spec::{FeedForward, Mixer, Model};
use crate::units::show_count;

/// A model by its id, with its verdict on the present question.
type Fit = (String, Verdict);

/// Draws the picker; returns whether it stays open.
pub(crate) fn show(
    ui: &Ui,
    look: &Tokens,
    search: &mut Search,
    (models, fits, best): (&[Arc<Model>], &[Fit], &[Best]),
    present: Option<&Model>,
    commands: &mut Vec<Command>,
) -> bool {
    let months: BTreeMap<&str, Published> = Published::all().collect();
    let month = |model: &Model| months.get(model.id.as_str()).copied();
    let mut models: Vec<&Arc<Model>> = models.iter().collect();
    models.sort_by_cached_key(|model| order(model, month(model), present));
    let entries: Vec<Entry> = models
        .iter()
        .map(|model| Entry {
            label: model.name.clone(),
            beside: beside(model, month(model), best.iter().find(|best| best.model == model.id)),
            found_by: format!("{} {} {}", model.id, model.family, model.architecture),
            verdict: best
                .iter()
                .find(|best| best.model == model.id)
                .map(|best| best.verdict)
                .or_else(|| fits.iter().find(|(id, _)| *id == model.id).map(|(_, verdict)| *verdict)),
            ..Entry::default()
        })
        .collect();
    let (taken, stays) = search_list::show(ui, look, search, text::search_models(), &entries);
    if let Some(model) = taken.and_then(|index| models.get(index)) {
        commands.push(Command::Change(Change::Model(Arc::clone(model))));
    }
    stays
}

/// The present model first, then the newest; by name where they are of one month.
fn order(
    model: &Model,
    published: Option<Published>,
    present: Option<&Model>,
) -> (bool, Reverse<Option<&'static str>>, String) {
    let other = present.is_none_or(|present| model.id != present.id);
    (other, Reverse(published.map(|published| published.month)), model.name.to_lowercase())
}

/// When it was published, parameters, active ones where they differ, what kind it is, the longest context, and the best quantization that fits
/// here.
fn beside(model: &Model, published: Option<Published>, best: Option<&Best>) -> String {
    let all = parameters(*model.parameters.value());
    let active = model
        .active_parameters
        .as_ref()
        .map(|active| parameters(*active.value()))
        .filter(|active| *active != all)
        .map_or_else(String::new, |active| text::active(&active));
    let here = best.map_or_else(String::new, |best| format!(" · {}", best.quantization));
    let context = show_count(f64::from(model.context_max));
    let month = published.map_or_else(String::new, |published| format!("{} · ", published.text()));
    format!("{month}{all}{active} · {} · {context}{here}", kind(model))
}

/// What its layers are: `dense`, `experts`, `hybrid`; and that it sees.
fn kind(model: &Model) -> String {
    let experts = model.layers().any(|block| matches!(block.feed_forward, FeedForward::Experts(_)));
    let recurrent = |mixer: &Mixer| match mixer {
        Mixer::Mamba2(_) | Mixer::Parallel(..) | Mixer::GatedDelta(_) => true,
        Mixer::Listed(listed) => listed.is_recurrent(),
        Mixer::Attention(_) | Mixer::Mla(_) => false,
    };
    let hybrid = model.layers().any(|block| recurrent(&block.mixer));
    let words = [
        Some(if experts { text::picker_moe() } else { text::picker_dense() }),
        hybrid.then_some(text::hybrid()),
        model.vision.is_some().then_some(text::vision()),
    ];
    words.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
