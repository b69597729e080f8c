//! The form of the workload: its sliders and rows with what is worth knowing beside each.

use crate::app::answers::{Answers, Largest};
use crate::app::convert::{place, shown};
use crate::app::form::{self, Rows};
use crate::app::state::AppState;
use crate::app::text;
use crate::app::widgets::Scale;
use crate::app::widgets::slider_row::SliderRow;
use crate::engine::axis::Axis;
use crate::engine::{PartName, graph};
use crate::spec::settings::parameters;
use crate::spec::{Attention, Family, LanguageModel, Mixer, Model, Runtime, Scenario, Workload};
use crate::units::{Bytes, show_decimals, show_gb, show_gib, show_grouped, whole};

/// What the form shows.
#[derive(Clone, Debug)]
pub(crate) struct WorkloadData {
    /// Which tab is open.
    pub family: Family,
    /// The language model, where one is run or trained.
    pub model: Option<ModelData>,
    /// What the sliders are of, beside a model: sizes of what a pipeline consists of.
    pub note: Option<String>,
    /// The sliders in order, with their axes.
    pub sliders: Vec<(Axis, SliderRow)>,
    /// Everything that is no slider.
    pub rows: Rows,
    /// Where graphs are written out, how long they are.
    pub graph: Option<String>,
}

/// A language model as the form shows it.
#[derive(Clone, Debug)]
pub(crate) struct ModelData {
    /// Its name, and that its shape is scaled.
    pub name: String,
    /// Its parameters.
    pub parameters: String,
    /// Its shape in one line.
    pub shape: String,
}

/// Builds the form.
pub(crate) fn build(state: &AppState, answers: &Answers) -> WorkloadData {
    let scenario = &state.scenario;
    let sliders =
        Axis::sliders(scenario).into_iter().map(|axis| (axis, slider_row(state, answers, axis))).collect();
    WorkloadData {
        family: scenario.workload.family(),
        model: scenario.language().map(|language| model(scenario, language)),
        note: note(scenario, answers),
        sliders,
        rows: form::rows(scenario, &answers.estimate.resolved.scenario),
        graph: graph_sentence(&scenario.workload),
    }
}

fn model(scenario: &Scenario, language: &LanguageModel) -> ModelData {
    let scaled = if language.size.is_some() { text::shape() } else { "" };
    ModelData {
        name: format!("{}{scaled}", language.model.name),
        parameters: parameters(Axis::MODEL_SIZE.get(scenario)),
        shape: shape(&language.model),
    }
}

/// What the models of a pipeline take, or the parameters of a network.
fn note(scenario: &Scenario, answers: &Answers) -> Option<String> {
    if scenario.language().is_some() {
        return None;
    }
    let most = |name: PartName| {
        let of = |phase: &crate::engine::Phase| phase.named(name).best;
        answers.estimate.budget.phases.iter().map(of).fold(Bytes::ZERO, Bytes::max)
    };
    let named = [PartName::Denoiser, PartName::TextEncoder, PartName::Vae, PartName::Weights];
    let parts: Vec<String> = named
        .into_iter()
        .map(|name| (name, most(name)))
        .filter(|(_, bytes)| bytes.get() > 0.0)
        .map(|(name, bytes)| format!("{} {}", name.label(), show_gib(bytes)))
        .collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// One slider with its tick and hint.
pub(crate) fn slider_row(state: &AppState, answers: &Answers, axis: Axis) -> SliderRow {
    let scenario = &state.scenario;
    let shown = shown(scenario, &answers.estimate, axis);
    let (least, most) = axis.range(if axis == Axis::PROMPT { shown } else { scenario });
    let shared = shared_out(answers, axis);
    let largest = answers.largest(axis).value().filter(|value| *value < most && shared.is_none());
    SliderRow {
        label: axis.label(scenario),
        text: axis.exact(shown),
        value: place(shown, axis).clamp(least, most),
        scale: Scale { least, most, log: axis.is_log(), stepped: axis.is_stepped() },
        largest,
        reach: reach(axis, largest),
        hint: shared.unwrap_or_else(|| hint(state, answers, axis, largest)),
        keeps_line: axis == Axis::QUANTIZATION || (searched(axis) && !axis.is_stepped()),
    }
}

/// The largest that fits as it is said, of an axis along which one looks for it.
fn reach(axis: Axis, largest: Option<f64>) -> Option<String> {
    largest.filter(|_| searched(axis)).map(|value| axis.in_full(value))
}

/// Whether one looks for the largest along an axis.
fn searched(axis: Axis) -> bool {
    !matches!(axis, Axis::QUANTIZATION | Axis::KV_PRECISION | Axis::PROMPT | Axis::UBATCH | Axis::PRECISION)
}

fn hint(state: &AppState, answers: &Answers, axis: Axis, largest: Option<f64>) -> String {
    match axis {
        Axis::QUANTIZATION => quantization_hint(state, answers),
        Axis::KV_PRECISION | Axis::PROMPT | Axis::UBATCH | Axis::PRECISION => String::new(),
        _ => {
            let most = match (answers.largest(axis), largest) {
                (Largest::NothingFits, None)
                    if axis == form::first_axis(&state.scenario)
                        && answers.estimate.resolved.refusal.is_none() =>
                {
                    text::no_value_is_sure().to_owned()
                }
                _ => String::new(),
            };
            let parts = [slots(&state.scenario, axis), most];
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
        }
    }
}

/// Where it is the context and not the memory that bounds the number of requests: slots of llama.cpp share it.
fn shared_out(answers: &Answers, axis: Axis) -> Option<String> {
    let most = answers.largest(axis).value().filter(|_| axis == Axis::CONCURRENCY)?;
    let scenario = &answers.estimate.resolved.scenario;
    let inference =
        scenario.inference().filter(|_| answers.estimate.resolved.runtime == Runtime::LlamaCpp)?;
    let each = inference.prompt.saturating_add(inference.generate).max(1);
    let room = (inference.context / each).max(1);
    let bounded = room <= whole(most) && inference.concurrency <= room;
    let requests =
        if room == 1 { text::one_request().to_owned() } else { text::requests(&show_grouped(room)) };
    bounded.then(|| text::the_context_has_room_for(&requests))
}

/// What each of several requests has of the context, and whether that holds a prompt and its answer.
fn slots(scenario: &Scenario, axis: Axis) -> String {
    let Workload::Inference(_, inference) = &scenario.workload else { return String::new() };
    if axis != Axis::CONCURRENCY || inference.concurrency < 2 {
        return String::new();
    }
    let slot = inference.context / inference.concurrency;
    let short = if inference.prompt.saturating_add(inference.generate) > slot {
        text::too_few_for_prompt()
    } else {
        ""
    };
    text::tokens_each(&show_grouped(slot), &short)
}

/// `42.5 GB file · 4.82 bits per weight`.
fn quantization_hint(state: &AppState, answers: &Answers) -> String {
    let Some(file) = answers.estimate.budget.weights_file else { return String::new() };
    let parameters = Axis::MODEL_SIZE.get(&state.scenario);
    let bits = file.get() * 8.0 / parameters.max(1.0);
    text::file_bits_per_weight(&show_gb(file), &show_decimals(bits, 2))
}

/// `80 layers · 64 heads, 8 KV · 128K vocabulary`.
fn shape(model: &Model) -> String {
    let heads = model
        .layers()
        .find_map(|block| match &block.mixer {
            Mixer::Attention(Attention { heads, kv_heads, .. })
            | Mixer::Parallel(Attention { heads, kv_heads, .. }, _) => {
                Some(text::heads_kv(&heads, &kv_heads))
            }
            Mixer::Mla(mla) => Some(text::heads_latent_kv(&mla.heads)),
            Mixer::Listed(listed) if listed.heads > 0 => Some(text::heads_alone(&listed.heads)),
            Mixer::Listed(_) | Mixer::Mamba2(_) | Mixer::GatedDelta(_) => None,
        })
        .unwrap_or_else(|| text::no_attention().to_owned());
    let vocabulary = text::workload_k(&(model.vocabulary / 1000));
    text::layers_vocabulary(&model.layer_count(), &heads, &vocabulary)
}

/// `Written out: median 13,000 tokens, 19 of 20 under 52,000, longest 100,000`.
fn graph_sentence(workload: &Workload) -> Option<String> {
    let Workload::GraphSequence(_, sequence) = workload else { return None };
    let lengths = graph::lengths(&sequence.graph);
    let shown = |tokens: crate::units::Tokens| show_grouped(whole(tokens.get().ceil()));
    if sequence.graph.graphs <= 1 {
        return Some(text::written_out_in_tokens(&shown(lengths.longest)));
    }
    Some(text::tokens_of_a_graph_median(&shown(lengths.median), &shown(lengths.p95), &shown(lengths.longest)))
}
