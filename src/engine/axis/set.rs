//! A scenario moved to another place on an axis.

use std::sync::Arc;

use super::{Axis, ladder};
use crate::engine::scale::{parameters, scaled};
use crate::spec::{
    Diffusion, FineTune, Gnn, GpuLayers, Graph, GraphTask, Inference, LanguageModel, Pipeline, Scenario,
    TunedLayers, Workload,
};
use crate::units::{count, whole};

impl Axis {
    /// The scenario moved to another place on it; everything else stays, but for what must follow.
    pub fn set(self, scenario: &Scenario, value: f64) -> Scenario {
        let mut moved = scenario.clone();
        if self == Self::ModelSize {
            if let Some(language) = moved.language_mut() {
                resize(language, value);
            }
            return moved;
        }
        match &mut moved.workload {
            Workload::Inference(language, inference) => in_inference(self, language, inference, value),
            Workload::FineTune(language, tune) => in_tune(self, language, tune, value),
            Workload::GraphSequence(language, sequence) => {
                in_graph(self, &mut sequence.graph, value);
                match &mut sequence.task {
                    GraphTask::Read(inference) => in_inference(self, language, inference, value),
                    GraphTask::Train(tune) => in_tune(self, language, tune, value),
                }
            }
            Workload::Gnn(gnn) => in_gnn(self, gnn, value),
            Workload::Diffusion(diffusion) => in_diffusion(self, diffusion, value),
        }
        moved
    }
}

/// How near to its own size a model counts as itself.
const OWN_SIZE: f64 = 0.01;

/// Scales the published shape, so that sliding there and back changes nothing; near its own size it is itself.
fn resize(language: &mut LanguageModel, wanted: f64) {
    if (wanted / parameters(&language.base) - 1.0).abs() < OWN_SIZE {
        language.model = Arc::clone(&language.base);
        language.size = None;
    } else {
        language.model = Arc::new(scaled(&language.base, wanted));
        language.size = Some(parameters(&language.model));
    }
}

/// A whole amount of at least one.
fn amount(value: f64) -> u64 {
    whole(value).max(1)
}

/// A place on a ladder.
fn step(value: f64) -> usize {
    usize::try_from(whole(value.max(0.0))).unwrap_or(usize::MAX)
}

fn in_inference(axis: Axis, language: &LanguageModel, inference: &mut Inference, value: f64) {
    match axis {
        Axis::Context => set_context(inference, amount(value)),
        Axis::Concurrency => inference.concurrency = amount(value),
        Axis::Prompt => inference.prompt = amount(value),
        Axis::Ubatch => inference.ubatch = amount(value),
        Axis::GpuLayers => {
            let (asked, all) = (whole(value), u64::from(language.model.layer_count()) + 1);
            inference.gpu_layers = if asked >= all { GpuLayers::Auto } else { GpuLayers::Count(asked) };
        }
        Axis::GpuExperts => {
            let layers = u64::from(language.model.layer_count());
            inference.cpu_experts = layers - whole(value).min(layers);
        }
        Axis::Quantization => {
            let quantization = ladder::quantization(language, step(value));
            inference.quantization = quantization.unwrap_or(inference.quantization);
        }
        Axis::KvPrecision => {
            let precision = ladder::kv_precision(language, step(value));
            inference.kv_precision = precision.unwrap_or(inference.kv_precision);
        }
        _ => {}
    }
}

/// A prompt that filled the context goes on filling it; one that no longer fits is cut to fit.
fn set_context(inference: &mut Inference, context: u64) {
    let slots = inference.concurrency.max(1);
    let filled = inference.prompt.saturating_add(inference.generate) >= inference.context / slots;
    inference.context = context;
    let slot = (context / slots).max(1);
    inference.generate = inference.generate.min((slot / 2).max(1));
    let room = slot.saturating_sub(inference.generate).max(1);
    inference.prompt = if filled { room } else { inference.prompt.min(room) };
}

fn in_tune(axis: Axis, language: &LanguageModel, tune: &mut FineTune, value: f64) {
    match axis {
        Axis::Sequence => {
            // Examples that filled their sequence go on filling it.
            let filled = tune.tokens_per_example >= tune.sequence;
            tune.sequence = amount(value);
            tune.tokens_per_example =
                if filled { tune.sequence } else { tune.tokens_per_example.min(tune.sequence) };
        }
        Axis::MicroBatch => tune.micro_batch = amount(value),
        Axis::Rank => tune.rank = amount(value),
        Axis::TunedLayers => {
            let layers = amount(value);
            tune.tuned_layers = if layers >= u64::from(language.model.layer_count()) {
                TunedLayers::All
            } else {
                TunedLayers::Last(layers)
            };
        }
        Axis::BasePrecision => {
            let base = ladder::base(tune.method, language.runtime, step(value));
            tune.precision = base.unwrap_or(tune.precision);
        }
        _ => {}
    }
}

fn in_graph(axis: Axis, graph: &mut Graph, value: f64) {
    match axis {
        Axis::Nodes => graph.nodes = amount(value),
        Axis::Edges => graph.edges = amount(value),
        Axis::SizeSpread => graph.size_spread = value.max(1.0),
        Axis::Truncation => graph.truncation = Some(amount(value)),
        _ => {}
    }
}

fn in_gnn(axis: Axis, gnn: &mut Gnn, value: f64) {
    match axis {
        Axis::Nodes => gnn.nodes = amount(value),
        Axis::Edges => gnn.edges = amount(value),
        Axis::InWidth => gnn.in_width = amount(value),
        Axis::Hidden => gnn.hidden = amount(value),
        Axis::GnnLayers => gnn.layers = amount(value),
        Axis::Heads => gnn.heads = amount(value),
        Axis::BatchNodes => gnn.batch_nodes = amount(value),
        _ => {}
    }
}

fn in_diffusion(axis: Axis, diffusion: &mut Diffusion, value: f64) {
    match axis {
        Axis::Resolution => resolve_to(diffusion, value),
        Axis::Frames => diffusion.frames = amount(value),
        Axis::Pictures => diffusion.batch = amount(value),
        Axis::Rank => diffusion.rank = amount(value),
        Axis::PicturePrecision => {
            diffusion.precision = ladder::picture(step(value)).unwrap_or(diffusion.precision);
        }
        _ => {}
    }
}

/// Both sides scaled together, to whole patches of the pipeline.
fn resolve_to(diffusion: &mut Diffusion, side: f64) {
    let patch = match diffusion.pipeline {
        Pipeline::Sd15 | Pipeline::Sdxl => 8,
        Pipeline::Flux1Dev | Pipeline::Wan22Large => 16,
        Pipeline::Wan22Small => 32,
    };
    let (width, height) = (count(diffusion.width.max(1)), count(diffusion.height.max(1)));
    let factor = side / (width * height).sqrt();
    let patches = |pixels: f64| whole(pixels * factor / count(patch)).max(1) * patch;
    diffusion.width = patches(width);
    diffusion.height = patches(height);
}
