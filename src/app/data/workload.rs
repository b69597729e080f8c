//! The form of the workload: its knobs with what is worth knowing beside each.

use crate::app::answers::{Answers, Largest};
use crate::app::choices;
use crate::app::family::Family;
use crate::app::state::AppState;
use crate::app::widgets::Scale;
use crate::app::widgets::knob::Knob;
use crate::engine::axis::Axis;
use crate::engine::graph;
use crate::spec::{Attention, Mixer, Model, Workload};
use crate::units::{show_gb, show_grouped, whole};

/// What the form shows.
#[derive(Clone, Debug)]
pub(crate) struct WorkloadData {
    /// Which tab is open.
    pub family: Family,
    /// Name of the model, and that its shape is scaled.
    pub model: String,
    /// Its parameters.
    pub parameters: String,
    /// Its shape in one line.
    pub shape: String,
    /// The knobs in order, with their axes.
    pub knobs: Vec<(Axis, Knob)>,
    /// On the graph tab, what the graph comes to.
    pub graph: Option<String>,
}

/// Builds the form.
pub(crate) fn build(state: &AppState, answers: &Answers) -> WorkloadData {
    let scenario = &state.scenario;
    let model = &scenario.model;
    let scaled = if scenario.model_size.is_some() { " shape" } else { "" };
    let family = Family::of(scenario);
    let knobs = std::iter::once(&Axis::ModelSize)
        .chain(family.sliders())
        .map(|axis| (*axis, knob(state, answers, *axis)))
        .collect();
    WorkloadData {
        family,
        model: format!("{}{scaled}", model.name),
        parameters: choices::parameters(Axis::ModelSize.get(scenario)),
        shape: shape(model),
        knobs,
        graph: graph_sentence(&scenario.workload),
    }
}

/// One knob with its tick and hint.
pub(crate) fn knob(state: &AppState, answers: &Answers, axis: Axis) -> Knob {
    let scenario = &state.scenario;
    let (least, most) = axis.range(scenario);
    let largest = answers.largest(axis).value().filter(|value| *value < most);
    Knob {
        label: choices::title(axis),
        text: choices::exact(scenario, axis),
        value: choices::place(scenario, axis).clamp(least, most),
        scale: Scale { least, most, log: axis.is_log(), stepped: axis.is_stepped() },
        largest,
        hint: hint(state, answers, axis, largest),
    }
}

fn hint(state: &AppState, answers: &Answers, axis: Axis, largest: Option<f64>) -> String {
    match axis {
        Axis::Quantization => quantization_hint(state, answers),
        Axis::Context | Axis::Concurrency | Axis::ModelSize | Axis::Nodes | Axis::Edges => {
            let most = match (answers.largest(axis), largest) {
                (_, Some(value)) => format!("largest that fits here {}", choices::in_full(axis, value)),
                (Largest::NothingFits, None) => "no value is sure to fit here".to_owned(),
                (Largest::NotAsked | Largest::UpTo(_), None) => String::new(),
            };
            let parts = [slots(state, axis), most];
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
        }
        Axis::KvPrecision | Axis::Prompt | Axis::Ubatch => String::new(),
    }
}

/// What each of several requests has of the context, and whether that holds a prompt and its answer.
fn slots(state: &AppState, axis: Axis) -> String {
    let inference = state.inference();
    let chat = matches!(state.scenario.workload, Workload::Inference(_));
    if axis != Axis::Concurrency || !chat || inference.concurrency < 2 {
        return String::new();
    }
    let slot = inference.context / inference.concurrency;
    let short = if inference.prompt.saturating_add(inference.generate) > slot {
        ", too few for prompt and answer"
    } else {
        ""
    };
    format!("{} tokens each{short}", show_grouped(slot))
}

/// `42.5 GB file · 4.82 bits per weight`.
fn quantization_hint(state: &AppState, answers: &Answers) -> String {
    let Some(file) = answers.estimate.budget.weights_file else { return String::new() };
    let parameters = Axis::ModelSize.get(&state.scenario);
    let bits = file.get() * 8.0 / parameters.max(1.0);
    format!("{} file · {bits:.2} bits per weight", show_gb(file))
}

/// `80 layers · 64 heads, 8 KV · 128K vocabulary`.
fn shape(model: &Model) -> String {
    let heads = model
        .layers()
        .find_map(|block| match &block.mixer {
            Mixer::Attention(Attention { heads, kv_heads, .. })
            | Mixer::Parallel(Attention { heads, kv_heads, .. }, _) => {
                Some(format!("{heads} heads, {kv_heads} KV"))
            }
            Mixer::Mla(mla) => Some(format!("{} heads, latent KV", mla.heads)),
            Mixer::Mamba2(_) | Mixer::GatedDelta(_) => None,
        })
        .unwrap_or_else(|| "no attention".to_owned());
    let vocabulary = format!("{}k", model.vocabulary / 1000);
    format!("{} layers · {heads} · {vocabulary} vocabulary", model.layer_count())
}

/// `1,000 nodes and 3,000 edges are 13,000 tokens`.
fn graph_sentence(workload: &Workload) -> Option<String> {
    match workload {
        Workload::GraphSequence(sequence) => {
            let tokens = show_grouped(whole(graph::tokens(&sequence.graph).get().ceil()));
            let context = show_grouped(graph::as_inference(sequence).context);
            Some(format!("The graph is written in {tokens} tokens; the context holds {context}"))
        }
        Workload::Inference(_) => None,
    }
}
