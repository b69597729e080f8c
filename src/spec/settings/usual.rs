//! What follows from other settings: defaults, and values that must go together.

use super::super::{
    BasePrecision, Devices, Diffusion, Family, FineTune, Graph, Inference, Makes, Method, Named as _,
    Optimizer, Runtime, Scenario, Server, Setup, Split, Workload, trainer,
};
use crate::units::{show_decimals, show_grouped};

/// Settings that do not go together, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// A program that does not train.
    #[error("runtime {0} does not train; use pytorch or mlx")]
    NoTraining(&'static str),
    /// A family that runs on PyTorch only.
    #[error("runtime {runtime} is not modelled in family {family}; leave it out, or use pytorch")]
    PyTorchOnly {
        /// What was asked for.
        runtime: &'static str,
        /// The family.
        family: &'static str,
    },
    /// A base of PyTorch on MLX.
    #[error("precision {0} is of pytorch; mlx has mlx-4bit and mlx-8bit")]
    BaseOfPyTorch(&'static str),
    /// A base of MLX on PyTorch.
    #[error("precision {0} is of mlx; pytorch has nf4")]
    BaseOfMlx(&'static str),
    /// A trainer on a runtime that it is not built on.
    #[error("trainer {trainer} is built on {own}, not on {runtime}; leave one of them out")]
    TrainerOf {
        /// The trainer.
        trainer: &'static str,
        /// What it is built on.
        own: &'static str,
        /// What was asked for.
        runtime: &'static str,
    },
    /// An optimizer of whole matrices on adapters.
    #[error(
        "optimizer galore projects the gradients of whole matrices; use method full, or another optimizer"
    )]
    GaLoreOfAdapters,
    /// Quantized weights cannot be trained.
    #[error("method full trains every weight, and {0} cannot be trained; use qlora or bf16")]
    BaseNotTrained(&'static str),
    /// QLoRA without a quantized base.
    #[error("method qlora has a quantized base, and {0} is none; use lora, or leave precision out")]
    BaseNotQuantized(&'static str),
    /// A split that no program does.
    #[error("split {split} is not there for this workload; known here are {known}")]
    NoSplit {
        /// What was asked for.
        split: &'static str,
        /// What would be right.
        known: String,
    },
}

impl Scenario {
    /// Whether text is written, where there is a language model: an embedding model and a reranker read alone.
    pub fn writes_text(&self) -> bool {
        self.language().is_none_or(|language| language.model.makes == Makes::Text)
    }

    /// Whether the context is the one that a server opens by itself: Ollama's is longer on a machine with more GPU memory,
    /// llama-server's shorter on one with less.
    pub fn opens_by_itself(&self) -> bool {
        let trained = self.language().map_or(0, |language| u64::from(language.model.context_max)).max(1);
        self.inference().is_some_and(|inference| {
            let least = OLLAMA_CONTEXT.min(trained);
            let opens = match inference.server {
                Server::Ollama => [least, least.saturating_mul(inference.concurrency.max(1))],
                Server::LlamaServer => [trained; 2],
                Server::None | Server::LmStudio => return false,
            };
            inference.opened && opens.contains(&inference.context)
        })
    }

    /// The same workload by the same method on the same runtime, all else as it is usual with a base of as few bits.
    #[must_use]
    pub fn usual(&self) -> Self {
        let mut usual = Self { devices: Devices::default(), setup: Setup::default(), ..self.clone() };
        let language = self.language().map(|language| (language.runtime, language.model.context_max));
        let (runtime, context_max) = language.unwrap_or((Runtime::PyTorch, 0));
        if let Some(inference) = usual.inference_mut() {
            *inference = Inference::usual(runtime, context_max);
        }
        reads_alone(&mut usual, &|_| false);
        if let Some(tune) = usual.tune_mut() {
            let before = *tune;
            let quantized = tune.method == Method::Qlora || tune.precision.is_quantized();
            *tune = FineTune {
                trainer: before.trainer,
                kbit_preparation: quantized && runtime == Runtime::PyTorch,
                ..FineTune::usual(tune.method, runtime, context_max)
            };
            trainer::apply(&mut usual, &before, quantized);
        }
        if let Workload::GraphSequence(_, sequence) = &mut usual.workload {
            sequence.graph = Graph::usual(&sequence.task);
        }
        if let Some(gnn) = usual.gnn_mut() {
            *gnn = crate::spec::Gnn::default();
        }
        if let Some(diffusion) = usual.diffusion_mut() {
            let file = diffusion.file.take();
            *diffusion = Diffusion::usual(diffusion.pipeline, diffusion.mode).with_file(file);
        }
        usual
    }
}

/// Lets what is not given follow from what is, and holds the rest together; says what had to be changed.
///
/// # Errors
/// What does not go together, and what would be right.
pub(crate) fn settle(scenario: &mut Scenario, given: &dyn Fn(&str) -> bool) -> Result<Vec<String>, Conflict> {
    let family = scenario.workload.family();
    let mut notes = Vec::new();
    scenario.follow_format();
    if let Some(said) = reads_alone(scenario, given) {
        notes.push(said);
    } else if let (Family::Inference, Some(inference)) = (family, scenario.inference_mut()) {
        inference.fill(given);
        notes.extend(inference.overfilled());
    }
    notes.extend(opened_by_server(scenario, given));
    notes.extend(fewer_slots(scenario));
    notes.extend(drafts(scenario, given));
    notes.extend(drafted_from_text(scenario));
    notes.extend(both_caches(scenario, given));
    if let Some(tune) = scenario.tune_mut() {
        notes.extend(tune.hold_mean(given("tokens_per_example")));
    }
    notes.extend(scenario.diffusion_mut().and_then(Diffusion::hold_frames));
    notes.extend(scenario.diffusion().and_then(Diffusion::another_file));
    base_fits(scenario)?;
    split_is_there(scenario)?;
    Ok(notes)
}

/// Tokens of a text where nobody says how long the texts are.
const TEXT: u64 = 512;

/// A model that writes no text reads so many texts at once: nothing is generated, and the context is what they take.
fn reads_alone(scenario: &mut Scenario, given: &dyn Fn(&str) -> bool) -> Option<String> {
    let language = scenario.language().filter(|language| language.model.makes != Makes::Text)?;
    let (most, encodes) = (u64::from(language.model.context_max), language.model.is_encoder());
    let (name, makes) = (language.model.name.clone(), language.model.makes);
    let inference = scenario.inference_mut()?;
    // What generates nothing was settled before.
    let asked = if given("prompt") || inference.generate == 0 { inference.prompt } else { TEXT };
    inference.prompt = if encodes { asked.min(most) } else { asked }.max(1);
    inference.generate = 0;
    inference.depth = 0;
    inference.speculation.draft_tokens = 0;
    inference.agent_loop.turns = 1;
    inference.context = inference.prompt.saturating_mul(inference.concurrency.max(1));
    let texts = inference.concurrency.max(1);
    let what = if makes == Makes::Scores { "scores" } else { "embeddings" };
    let cut = if inference.prompt < asked {
        format!("; it reads at most {} tokens, and longer ones are cut", show_grouped(most))
    } else {
        String::new()
    };
    Some(format!(
        "{name} makes {what} and writes no text: {} read at once, of {} tokens each (`concurrency` and `prompt`){cut}",
        if texts == 1 { "one text is".to_owned() } else { format!("{} texts are", show_grouped(texts)) },
        show_grouped(inference.prompt),
    ))
}

/// The context that a server opens where none is asked for.
fn opened_by_server(scenario: &mut Scenario, given: &dyn Fn(&str) -> bool) -> Option<String> {
    let llama = scenario.language().filter(|language| language.runtime == Runtime::LlamaCpp);
    let trained = u64::from(llama?.model.context_max);
    let asked = scenario.workload.family() == Family::Inference && !given("context");
    let inference = scenario.inference_mut().filter(|_| asked)?;
    inference.opened = matches!(inference.server, Server::Ollama | Server::LlamaServer);
    let (context, note) = match inference.server {
        Server::None => return None,
        Server::LmStudio => {
            return Some(format!(
                "context is {}, as the usual question has it: LM Studio opens 4K to 8K by the memory that is free, and may \
                 move layers to system memory by an estimate of its own; gpu_layers says how many stay",
                show_grouped(inference.context)
            ));
        }
        Server::LlamaServer => (
            trained,
            format!(
                "context is left to llama-server: without -c it opens the model's own {}, and with -fit lowers it to what fits",
                show_grouped(trained)
            ),
        ),
        Server::Ollama => (
            OLLAMA_CONTEXT,
            "context is left to Ollama: without num_ctx it opens 4,096 tokens for each request, 32,768 where the GPU has 23 \
             GiB and more, and 262,144 from 47 GiB, up to the model's own"
                .to_owned(),
        ),
    };
    // Ollama's is that of a slot, and each request at once has one.
    let slots = if inference.server == Server::Ollama { inference.concurrency.max(1) } else { 1 };
    inference.context = context.min(trained).max(1).saturating_mul(slots);
    if !given("prompt") && !given("generate") {
        let slot = inference.context / slots;
        inference.generate = inference.generate.min((slot / 8).max(1));
        inference.prompt = inference.prompt.min(slot - inference.generate).max(1);
    }
    Some(note)
}

/// Fewer slots than requests at once.
fn fewer_slots(scenario: &Scenario) -> Option<String> {
    let inference = scenario.inference().filter(|inference| inference.server != Server::None)?;
    let asked = inference.parallel.map(u64::from).filter(|slots| *slots < inference.concurrency)?;
    Some(format!(
        "parallel is {asked}, and {} requests at once need as many slots: they are counted; with {asked} the others wait",
        show_grouped(inference.concurrency)
    ))
}

/// Tokens that Ollama 0.33.0 opens below 23 GiB of GPU memory (`server/routes.go`).
const OLLAMA_CONTEXT: u64 = 4096;

/// A second model drafts as many tokens as llama-server does unless it is said how many.
fn drafts(scenario: &mut Scenario, given: &dyn Fn(&str) -> bool) -> Option<String> {
    let drafts = scenario.language().is_some_and(|language| language.draft.is_some());
    let speculation = scenario.speculation_mut().filter(|_| drafts && !given("draft_tokens"))?;
    speculation.draft_tokens = DRAFT_TOKENS;
    Some(match scenario.language()?.runtime {
        Runtime::LlamaCpp => {
            format!("draft_tokens is {DRAFT_TOKENS}, llama-server's default where something drafts")
        }
        _ => format!("draft_tokens is {DRAFT_TOKENS}, because nothing is said of it and something drafts"),
    })
}

/// What drafts where no second model and no layer of the model's own does.
fn drafted_from_text(scenario: &Scenario) -> Option<String> {
    let language = scenario.language()?;
    let of_file = language.model.file.as_ref().is_some_and(|file| file.prediction > 0);
    let guesses = language.draft.is_some() || language.model.prediction_layers > 0 || of_file;
    let speculation = scenario.speculation().filter(|each| each.draft_tokens > 0 && !guesses)?;
    Some(format!(
        "no layer of {} drafts and no draft_model is named: the {} draft tokens come from the text (n-grams), and \
         {} % of them are taken to be accepted, which only copied text reaches",
        language.model.name,
        speculation.draft_tokens,
        show_decimals(100.0 * speculation.acceptance_rate, 0)
    ))
}

/// Draft tokens of llama-server (`--spec-draft-n-max`), of llama.cpp as vendored in llama-cpp-python 0.3.36.
const DRAFT_TOKENS: u64 = 3;

/// What llama.cpp keeps apart is set by one key.
fn both_caches(scenario: &Scenario, given: &dyn Fn(&str) -> bool) -> Option<String> {
    let llama = scenario.language().is_some_and(|language| language.runtime == Runtime::LlamaCpp);
    let apart = given("cache_type_k") || given("cache_type_v");
    let inference = scenario.inference().filter(|_| llama && given("kv_precision") && !apart)?;
    let key = inference.kv_precision.key();
    Some(format!("kv_precision {key} sets cache_type_k and cache_type_v"))
}

/// A base that the method trains on and the runtime knows, on a runtime that trains.
fn base_fits(scenario: &Scenario) -> Result<(), Conflict> {
    let (Some(tune), Some(language)) = (scenario.tune(), scenario.language()) else { return Ok(()) };
    let name = tune.precision.key();
    match (tune.precision, language.runtime) {
        (_, runtime) if !runtime.trains() => return Err(Conflict::NoTraining(runtime.key())),
        (BasePrecision::Nf4 | BasePrecision::Int8, Runtime::Mlx) => {
            return Err(Conflict::BaseOfPyTorch(name));
        }
        (BasePrecision::Mlx4 | BasePrecision::Mlx8, Runtime::PyTorch) => {
            return Err(Conflict::BaseOfMlx(name));
        }
        _ => {}
    }
    if let Some(own) = tune.trainer.runtime().filter(|own| *own != language.runtime) {
        let trainer = tune.trainer.key();
        return Err(Conflict::TrainerOf { trainer, own: own.key(), runtime: language.runtime.key() });
    }
    if tune.optimizer == Optimizer::GaLore && tune.method != Method::Full {
        return Err(Conflict::GaLoreOfAdapters);
    }
    match (tune.method, tune.precision.is_quantized()) {
        (Method::Full, true) => Err(Conflict::BaseNotTrained(name)),
        (Method::Qlora, false) => Err(Conflict::BaseNotQuantized(name)),
        _ => Ok(()),
    }
}

/// What no program does is refused.
fn split_is_there(scenario: &Scenario) -> Result<(), Conflict> {
    let (split, there) = (scenario.devices.split, Split::of(&scenario.workload));
    if split == Split::Auto || there.contains(&split) {
        return Ok(());
    }
    let known: Vec<&str> =
        std::iter::once(Split::Auto).chain(there.iter().copied()).map(Split::key).collect();
    Err(Conflict::NoSplit { split: split.key(), known: known.join(", ") })
}
