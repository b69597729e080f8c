//! What is read of configurations and model files: a line each, separated by tabs, for `tests/evidence`.
//!
//! The path, `answered`, `weights and caches` (exact, and no more is known), `lower bound`, `images` or `refused`, parameters without the tower that sees, those of the
//! tower, bytes of cache a token beyond every window (under vLLM, in 16 bit), and the first note.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::path::Path;
use std::sync::Arc;

use plimsoll::engine::{PartName, Placement, budget};
use plimsoll::import::{Imported, import};
use plimsoll::spec::{
    Inference, KvPrecision, LanguageModel, Model, Quantization, Runtime, Scenario, Workload,
};
use plimsoll::units::whole;

/// Contexts beyond every window, whose caches differ by what each token adds.
const CONTEXTS: [u64; 2] = [1 << 20, 1 << 21];

/// Bytes of caches at a context.
fn cache(model: &Arc<Model>, context: u64) -> f64 {
    let language = LanguageModel::named(Arc::clone(model), Runtime::Vllm);
    let inference = Inference {
        quantization: Quantization::Bf16,
        kv_precision: KvPrecision::F16,
        context,
        prompt: context - 8,
        generate: 8,
        ..Inference::usual(Runtime::Vllm, u32::MAX)
    };
    let scenario = Scenario::new("", Workload::Inference(language, inference));
    let budget = budget(&scenario, Placement::Gpu);
    let parts = budget.phases.last().into_iter().flat_map(|phase| &phase.parts);
    let caches = parts.filter(|part| matches!(part.name, PartName::KvCache | PartName::IndexerCache));
    caches.map(|part| part.bytes.best.get()).sum()
}

/// What is said of one file.
fn line(imported: Imported) -> [String; 5] {
    let note = imported.notes.first().map(|note| note.to_string().replace(['\t', '\n'], " "));
    let sketched = imported.weighed.as_ref().is_some_and(|weighed| weighed.sketch.is_some());
    let kind = match (&imported.model, &imported.image) {
        (Some(_), _) => "answered",
        (None, Some(_)) => "images",
        (None, None) if sketched => "weights and caches",
        (None, None) => "lower bound",
    };
    let sketched = imported.weighed.filter(|weighed| weighed.sketch.is_some());
    let model = imported.model.or(sketched);
    let model = model.map(|model| Arc::new(Model { context_max: u32::MAX, file: None, ..model }));
    let vision =
        model.as_ref().and_then(|model| model.vision.as_ref()).map_or(0.0, |own| *own.parameters.value());
    let parameters = model.as_ref().map_or(0.0, |model| *model.parameters.value()) - vision;
    let cache = model
        .as_ref()
        .map_or(0.0, |model| (cache(model, CONTEXTS[1]) - cache(model, CONTEXTS[0])) / f64::from(1 << 20));
    [
        kind.to_owned(),
        whole(parameters).to_string(),
        whole(vision).to_string(),
        cache.to_string(),
        note.unwrap_or_default(),
    ]
}

fn main() {
    for path in std::env::args().skip(1) {
        let fields = match import(Path::new(&path)) {
            Ok(imported) => line(imported),
            Err(error) => {
                let why = error.to_string().replace(['\t', '\n'], " ");
                ["refused".to_owned(), "0".to_owned(), "0".to_owned(), "0".to_owned(), why]
            }
        };
        println!("{path}\t{}", fields.join("\t"));
    }
}
