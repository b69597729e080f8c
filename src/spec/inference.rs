//! Running a language model: its settings, and what follows from them.

use super::named::choices;
use super::of_model::{has_experts, has_windows, layers, of_language, trained_on};
use super::settings::{Choice, Families, MOST_TOKENS, Place, Setting, Slider, settings};
use super::{Family, FileType, ImageSize, KvPrecision, LanguageModel, Quantization, Runtime, Scenario};
use crate::units::{count, show_grouped, whole};

const CHAT: Families = &[Family::Inference];
/// Servers that fill a share of the device at their start.
const SHARES: &[Runtime] = &[Runtime::Vllm, Runtime::Sglang];

const READ: Families = &[Family::Inference, Family::GraphSequence];

settings! {
    /// Running a language model.
    #[derive(Clone, Copy, Debug, PartialEq)]
    Inference in INFERENCE for READ, of Scenario::inference, Scenario::inference_mut;

    /// How the weights are stored.
    quantization: Quantization = Quantization::Gguf(FileType::Q4KM), Setting {
        label: "Quantization", place: Place::Slider, usual: "Q4_K_M for llama.cpp, mlx-4bit for MLX, else bf16",
        slider: Some(Slider::steps(|scenario| of_language(scenario, |language| {
            Quantization::ladder_for(&language.base, language.runtime).iter().rev().map(|step| step.key()).collect()
        }))),
        ..Setting::PLAIN
    };
    /// Tokens of context in all, shared out to the slots.
    context: u64 = CONTEXT, Setting {
        also: &["ctx_size", "n_ctx", "num_ctx", "context_length", "ollama_context_length", "max_model_len"], label: "Context", families: CHAT, place: Place::Slider, usual: "8,192, or what the model holds",
        follow: filled_context,
        slider: Some(Slider { first: true, ..Slider::log(|scenario| (512.0, trained_on(scenario))) }),
        ..Setting::TOKENS
    };
    /// How the KV cache is stored.
    kv_precision: KvPrecision = KvPrecision::F16, Setting {
        also: &["kv_cache_dtype", "cache_mode", "kv_bits", "ollama_kv_cache_type"], label: "KV cache", place: Place::Slider,
        slider: Some(Slider::steps(|scenario| of_language(scenario, |language| {
            KvPrecision::ladder(language.runtime).iter().rev().map(|step| step.key()).collect()
        }))),
        ..Setting::PLAIN
    };
    /// How llama.cpp keeps keys (`--cache-type-k`): `auto` as `kv_precision` says, or f32, f16, bf16, q8_0, q5_1,
    /// q5_0, q4_1, q4_0, iq4_nl.
    cache_type_k: Option<KvPrecision> = None, Setting {
        also: &["type_k", "ctk"], label: "Keys stored as", heard: &[Runtime::LlamaCpp], among: Some(cache_types), ..Setting::PLAIN
    };
    /// How llama.cpp keeps values (`--cache-type-v`): as `cache_type_k`; a format in blocks needs fused attention.
    cache_type_v: Option<KvPrecision> = None, Setting {
        also: &["type_v", "ctv"], label: "Values stored as", heard: &[Runtime::LlamaCpp], among: Some(cache_types), ..Setting::PLAIN
    };
    /// Requests in flight at once; llama.cpp calls them slots.
    concurrency: u64 = 1, Setting {
        label: "Concurrent requests", unit: "requests", place: Place::Slider,
        slider: Some(Slider::log(|_| (1.0, 256.0))), ..Setting::COUNT
    };
    /// Tokens of a prompt.
    prompt: u64 = CONTEXT - default_generate(CONTEXT), Setting {
        label: "Prompt", families: CHAT, place: Place::Slider, usual: "what the answer leaves of a slot",
        slider: Some(Slider { plotted: false, ..Slider::log(prompt_room) }), ..Setting::TOKENS
    };
    /// Tokens of an answer.
    generate: u64 = default_generate(CONTEXT), Setting {
        also: &["n_predict", "max_tokens", "num_predict"], label: "Answer tokens", when: writes, usual: "an eighth of a slot, up to 1,024", ..Setting::TOKENS
    };
    /// Tokens that are in the context before the prompt, already read.
    depth: u64 = 0, Setting {
        label: "Depth", families: CHAT, place: Place::Main, words: &[("none", 0)], when: writes,
        range: (0.0, MOST_TOKENS), ..Setting::TOKENS
    };
    /// The backend that llama.cpp computes by: `auto` as usual on the machine, or `cuda`, `rocm`, `vulkan`, `metal`.
    backend: Backend = Backend::Auto, Setting {
        label: "Backend", heard: &[Runtime::LlamaCpp], ..Setting::PLAIN
    };
    /// The server around llama.cpp, with what it keeps and how many slots it provides by itself: `none`, `llama-server`,
    /// `ollama` or `lm-studio`.
    server: Server = Server::None, Setting {
        label: "Server", place: Place::Main, heard: &[Runtime::LlamaCpp], ..Setting::PLAIN
    };
    /// Slots that the server provides (`-np`, OLLAMA_NUM_PARALLEL); `auto` is 4 that share one context for llama-server
    /// and LM Studio, 1 for Ollama, which opens the context once for each.
    parallel: Option<u32> = None, Setting {
        also: &["n_parallel", "num_parallel", "np", "ollama_num_parallel"], label: "Server slots", unit: "slots", range: (1.0, 1024.0), heard: &[Runtime::LlamaCpp], when: served, ..Setting::WIDTH
    };
    /// MiB of system memory that the server fills with prompts it has answered (`--cache-ram`); 0 is off.
    cache_ram: u64 = 8192, Setting {
        also: &["cache_ram_mib"], label: "Prompt cache", unit: "MiB", range: (0.0, 16_777_216.0), heard: &[Runtime::LlamaCpp], when: served, ..Setting::WIDTH
    };
    /// Checkpoints of recurrent states and sliding windows that the server keeps a slot at most (`-ctxcp`).
    context_checkpoints: u64 = 32, Setting {
        also: &["ctx_checkpoints"], label: "Context checkpoints", unit: "checkpoints", range: (0.0, 1024.0), heard: &[Runtime::LlamaCpp], when: served, ..Setting::WIDTH
    };
    /// Tokens computed at once in prefill by llama.cpp (ubatch).
    ubatch: u64 = 512, Setting {
        also: &["ubatch_size", "n_ubatch", "ub"], label: "Micro-batch (ubatch)", heard: &[Runtime::LlamaCpp], slider: Some(Slider::log(|_| (32.0, 8192.0))),
        ..Setting::TOKENS
    };
    /// Tokens of the prompt computed at once by MLX and ExLlama, and by vLLM and SGLang unless `max_num_batched_tokens`
    /// is set.
    prefill_step: u64 = 2048, Setting {
        also: &["prefill_step_size", "max_chunk_size"], label: "Prefill chunk",
        heard: &[Runtime::Mlx, Runtime::Vllm, Runtime::Sglang, Runtime::ExLlama], ..Setting::TOKENS
    };
    /// Share of the device's memory that a server takes at its start: vLLM with all it allocates, SGLang for weights and
    /// cache (`--mem-fraction-static`). `auto` is 0.9 for vLLM, its default up to 2026 (0.33 takes 0.92), and what SGLang
    /// works out of the device's memory.
    gpu_memory_utilization: Option<f64> = None, Setting {
        also: &["mem_fraction_static"], label: "Share of device memory", heard: SHARES,
        usual: "0.9 for vLLM; SGLang works it out of the device's memory", ..Setting::SHARE
    };
    /// Sequences that the server provides for at once (SGLang: `--max-running-requests`); `auto` is vLLM's 256, 1,024 on
    /// devices from 70 GiB on, and SGLang's 2,048 to 4,096.
    max_num_seqs: Option<u32> = None, Setting {
        also: &["max_running_requests"], label: "Most sequences", unit: "sequences", range: (1.0, 65_536.0),
        heard: SHARES, ..Setting::WIDTH
    };
    /// Tokens that the server computes at once (SGLang: `--chunked-prefill-size`); `auto` follows from the device's
    /// memory unless `prefill_step` is given: vLLM's 2,048, 8,192 from 70 GiB on, 16,384 from 160 GiB; SGLang's 2,048
    /// below 20 GiB, 4,096 below 60, 8,192 below 160, else 16,384.
    max_num_batched_tokens: Option<u32> = None, Setting {
        also: &["chunked_prefill_size"], label: "Most tokens at once", unit: "tokens", range: (1.0, 1_048_576.0),
        heard: SHARES, ..Setting::WIDTH
    };
    /// Whether the server captures no CUDA graphs (`--enforce-eager`, SGLang's `--disable-cuda-graph`).
    enforce_eager: bool = false, Setting {
        also: &["disable_cuda_graph"], label: "No captured graphs", heard: SHARES, ..Setting::PLAIN
    };
    /// GiB of weights that the server keeps in system memory for each device (`--cpu-offload-gb`).
    cpu_offload_gb: f64 = 0.0, Setting {
        label: "Weights in system memory", unit: "GiB", range: (0.0, 4096.0), heard: SHARES, ..Setting::REAL
    };
    /// Adapters (LoRA) that the server holds at once, each in a slot of the largest rank; 0 is none.
    max_loras: u64 = 0, Setting {
        also: &["max_loras_per_batch"], label: "Adapter slots", unit: "adapters", range: (0.0, 1024.0), heard: SHARES,
        ..Setting::WIDTH
    };
    /// Largest rank of an adapter, which every slot has room for.
    max_lora_rank: u64 = 16, Setting {
        label: "Adapter rank", range: (1.0, 1024.0),
        heard: SHARES, when: |scenario| scenario.inference().is_some_and(|inference| inference.max_loras > 0),
        ..Setting::WIDTH
    };
    /// Share of the prompt that all requests have in common.
    prefix_share: f64 = 0.0, Setting {
        label: "Shared prefix",
        when: |scenario| scenario.inference().is_some_and(|inference| inference.concurrency > 1), ..Setting::SHARE
    };
    /// Layers on the accelerator, counted from the last: `auto` for all, or a number.
    gpu_layers: GpuLayers = GpuLayers::Auto, Setting {
        also: &["n_gpu_layers", "num_gpu", "ngl"], label: "GPU layers", unit: "layers", range: (0.0, 100_000.0), heard: &[Runtime::LlamaCpp],
        slider: Some(Slider {
            get: Some(layers_on_gpu),
            text: Some(|scenario, place| {
                if place.round() > layers(scenario) { "auto".to_owned() } else { whole(place).to_string() }
            }),
            ..Slider::linear(|scenario| (0.0, layers(scenario) + 1.0))
        }),
        ..Setting::WIDTH
    };
    /// Layers, from the first on, whose routed experts stay in system memory: `none`, a number, or `all`.
    cpu_experts: u64 = 0, Setting {
        also: &["n_cpu_moe", "ncmoe"], label: "Experts in system memory", unit: "layers", range: (0.0, 100_000.0),
        words: &[("none", 0), ("all", Inference::ALL_LAYERS)],
        heard: &[Runtime::LlamaCpp], when: has_experts,
        slider: Some(Slider {
            label: "Expert layers on the GPU",
            get: Some(|scenario| {
                let away = scenario.inference().map_or(0.0, |inference| count(inference.cpu_experts));
                (layers(scenario) - away).max(0.0)
            }),
            text: Some(|scenario, place| whole((layers(scenario) - place).max(0.0)).to_string()),
            ..Slider::linear(|scenario| (0.0, layers(scenario)))
        }),
        ..Setting::WIDTH
    };
    /// Which attention kernel runs; eager writes the score matrix out.
    attention: AttentionKernel = AttentionKernel::Fused, Setting {
        label: "Attention", heard: &[Runtime::LlamaCpp, Runtime::PyTorch], ..Setting::PLAIN
    };
    /// For which tokens logits are reserved.
    logits: Logits = Logits::Last, Setting {
        label: "Logits", heard: &[Runtime::LlamaCpp, Runtime::PyTorch], ..Setting::PLAIN
    };
    /// Whether all slots share one pool of cells instead of an equal part each.
    unified_kv: bool = false, Setting {
        also: &["kv_unified"], label: "Unified KV cache", heard: &[Runtime::LlamaCpp], ..Setting::PLAIN
    };
    /// Whether layers with a sliding window keep the whole context (`--swa-full`), so that a prompt can be taken up
    /// again before its window.
    swa_full: bool = false, Setting {
        label: "Whole context in windows", heard: &[Runtime::LlamaCpp], when: has_windows,
        ..Setting::PLAIN
    };
    /// Whether the vision projector is loaded beside the model.
    vision: bool = false, Setting {
        label: "Vision projector",
        when: |scenario| scenario.language().is_some_and(|language| language.model.vision.is_some()),
        ..Setting::PLAIN
    };
    /// The image that is read, as `1024x768` or `1024` for a square: `auto` for the one that the runtime provides
    /// memory for.
    image_size: Option<ImageSize> = None, Setting {
        label: "Image size", usual: "auto",
        when: |scenario| {
            let tower = |language: &LanguageModel| {
                language.model.vision.as_ref().is_some_and(|vision| vision.tower.is_some_and(|tower| !tower.fixed))
            };
            scenario.inference().is_some_and(|inference| inference.vision)
                && scenario.language().is_some_and(tower)
        },
        ..Setting::PLAIN
    };
    beside
    /// Draft tokens and how many of them hold.
    speculation: Speculation;
    beside
    /// Whether the context is the one that the server opens by itself, which follows from the machine's memory.
    opened: bool;
    beside
    /// Turns of an agent.
    agent_loop: AgentLoop;
}

settings! {
    /// Speculative decoding by the model's own heads or from the text, each draft verified in one pass; no second model.
    #[derive(Clone, Copy, Debug, PartialEq)]
    Speculation in SPECULATION for READ, of Scenario::speculation, Scenario::speculation_mut;

    /// Speculative decoding: draft tokens for each verification step, made without a second model; `none` is off.
    draft_tokens: u64 = 0, Setting {
        also: &["num_speculative_tokens", "draft_max", "num_draft_tokens"], was: "speculative", label: "Draft tokens", unit: "tokens", range: (0.0, 64.0), words: &[("none", 0)],
        ..Setting::TOKENS
    };
    /// Share of the draft tokens that are accepted, each on its own.
    acceptance_rate: f64 = 0.7, Setting {
        was: "acceptance", label: "Acceptance rate",
        when: |scenario| scenario.speculation().is_some_and(|speculation| speculation.draft_tokens > 0),
        ..Setting::SHARE
    };
}

settings! {
    /// How an agent works at one task: the model is called, a tool answers, and so on.
    #[derive(Clone, Copy, Debug, PartialEq)]
    AgentLoop in AGENT_LOOP for READ, of Scenario::agent_loop, Scenario::agent_loop_mut;

    /// Calls of the model that one task of an agent takes, with a tool's answer between; 1 for a plain chat.
    turns: u64 = 1, Setting {
        was: "calls", label: "Turns (tool calls)", unit: "turns", ..Setting::WIDTH
    };
    /// Tokens that each tool's answer adds to the context.
    tool_output_tokens: u64 = 1024, Setting {
        was: "tool_tokens", label: "Tool output tokens", when: agentic, ..Setting::TOKENS
    };
    /// Whether the KV cache of one turn is kept for the next.
    prefix_caching: bool = true, Setting {
        also: &["enable_prefix_caching"], was: "prefix_cached", label: "Prefix caching", when: agentic, ..Setting::PLAIN
    };
}

choices! {
    /// What llama.cpp computes by.
    #[derive(Default)]
    Backend {
        /// As usual on the machine: CUDA on NVIDIA, ROCm on AMD, Metal on Apple.
        #[default]
        Auto = "auto", "as usual";
        /// NVIDIA's.
        Cuda = "cuda", "CUDA";
        /// AMD's.
        Rocm = "rocm" | "hip", "ROCm";
        /// Of any maker.
        Vulkan = "vulkan", "Vulkan";
        /// Apple's.
        Metal = "metal", "Metal";
    }
}

choices! {
    /// The server around llama.cpp.
    #[derive(Default)]
    Server {
        /// None: the program alone, as `llama-cli` or a library.
        #[default]
        None = "none", "none";
        /// llama.cpp's own, as vendored in llama-cpp-python 0.3.36.
        LlamaServer = "llama-server", "llama-server";
        /// Ollama 0.33.0, which runs llama-server.
        Ollama = "ollama", "Ollama";
        /// LM Studio 0.4, with llama.cpp inside.
        LmStudio = "lm-studio" | "lmstudio", "LM Studio";
    }
}

choices! {
    /// How attention is computed.
    #[derive(Default)]
    AttentionKernel {
        /// Flash attention and its kin: no score matrix is written out.
        #[default]
        Fused = "fused", "fused";
        /// The score matrix is written out: memory grows with chunk × context.
        Eager = "eager", "eager";
    }
}

choices! {
    /// For which tokens logits are reserved: a large difference between front ends.
    #[derive(Default)]
    Logits {
        /// One row a slot, as a server asks.
        #[default]
        Last = "last", "last token (server)";
        /// Every token of a chunk, the library's default.
        All = "all", "all tokens (library)";
    }
}

/// Layers placed on the accelerator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GpuLayers {
    /// All of them where there is an accelerator.
    #[default]
    Auto,
    /// The last `n`, as llama.cpp counts them; the output layer is one more.
    Count(u64),
}

impl Inference {
    /// More layers than any model has.
    pub const ALL_LAYERS: u64 = u64::MAX;

    /// Whether some weights stay in the system's memory because it was said.
    pub const fn offloads(&self) -> bool {
        let layers = matches!(self.gpu_layers, GpuLayers::Count(_));
        layers || self.cpu_experts > 0 || self.cpu_offload_gb > 0.0
    }

    /// As a person would start it: one request, a server's logits, fused attention, everything on the device.
    pub fn usual(runtime: Runtime, context_max: u32) -> Self {
        let context = CONTEXT.min(u64::from(context_max.max(256)));
        let generate = default_generate(context);
        let quantization = match runtime {
            Runtime::LlamaCpp => Quantization::Gguf(FileType::Q4KM),
            Runtime::Mlx => Quantization::Mlx { bits: 4, group: 64 },
            Runtime::PyTorch | Runtime::Vllm | Runtime::Sglang => Quantization::Bf16,
            Runtime::ExLlama => Quantization::Exl { hundredths: 400, third: true },
        };
        Self { quantization, context, prompt: context - generate, generate, ..Self::default() }
    }

    /// Fills a slot with a prompt and an answer where they are not given.
    pub(super) fn fill(&mut self, given: &dyn Fn(&str) -> bool) {
        let slot = self.slot();
        if !given("generate") {
            let prompt = if given("prompt") { self.prompt } else { 0 };
            self.generate = default_generate(slot).min(slot.saturating_sub(prompt).max(1));
        }
        if !given("prompt") {
            self.prompt = slot.saturating_sub(self.generate).max(1);
        }
    }

    /// How keys and values are stored: what is said of each, else of both.
    pub fn cache_types(&self) -> [KvPrecision; 2] {
        [self.cache_type_k, self.cache_type_v].map(|own| own.unwrap_or(self.kv_precision))
    }

    /// Slots of llama.cpp, and whether they share one pool of cells: as the server provides them, else one a request.
    pub fn slots(&self) -> (u64, bool) {
        let own = self.parallel.map(u64::from);
        match self.server {
            // More requests than one are asked of as many slots, as `-np` gives them.
            Server::LlamaServer | Server::LmStudio if own.is_none() && self.concurrency <= 1 => (4, true),
            Server::None => (self.concurrency, self.unified_kv),
            _ => (own.unwrap_or(1).max(self.concurrency), self.unified_kv),
        }
    }

    /// Tokens of context that llama.cpp opens: Ollama opens as many for each further slot.
    pub fn context_opened(&self) -> u64 {
        match (self.server, self.parallel) {
            (Server::Ollama, Some(slots)) => (self.context / self.concurrency.max(1))
                .saturating_mul(u64::from(slots).max(self.concurrency)),
            _ => self.context,
        }
    }

    /// Tokens of a prompt that a server computes at once.
    pub fn batched_tokens(&self) -> u64 {
        self.max_num_batched_tokens.map_or(self.prefill_step, u64::from)
    }

    /// Tokens of context that each request has.
    fn slot(&self) -> u64 {
        (self.context / self.concurrency.max(1)).max(1)
    }

    /// That prompts and answers overfill their slot.
    pub(super) fn overfilled(&self) -> Option<String> {
        let AgentLoop { turns, tool_output_tokens, .. } = self.agent_loop;
        let answers =
            self.generate.saturating_mul(turns).saturating_add(tool_output_tokens.saturating_mul(turns - 1));
        let taken = self.depth.saturating_add(self.prompt).saturating_add(answers);
        let what = match (self.depth > 0, turns > 1) {
            (false, false) => "prompt and answer",
            (false, true) => "prompt, answers and tools",
            (true, false) => "depth, prompt and answer",
            (true, true) => "depth, prompt, answers and tools",
        };
        (taken > self.slot()).then(|| {
            format!(
                "{what} take {} tokens and a slot holds {}; raise context or lower them",
                show_grouped(taken),
                show_grouped(self.slot())
            )
        })
    }
}

impl Speculation {
    /// Tokens that a pass yields at an acceptance rate: those before the first that is refused, and one more.
    ///
    /// Source: Leviathan, Kalman and Matias, Fast Inference from Transformers via Speculative Decoding (2023).
    pub fn yielded(&self, acceptance_rate: f64) -> f64 {
        let tokens = count(self.draft_tokens) + 1.0;
        let share = acceptance_rate.clamp(0.0, 1.0);
        if share > 0.999 { tokens } else { (1.0 - share.powf(tokens)) / (1.0 - share) }
    }
}

/// Most tokens of context that are computed with; more is lowered to it, and said.
pub const MOST_CONTEXT: u64 = whole(MOST_TOKENS);

/// Tokens of context where none are given, and the model allows them.
const CONTEXT: u64 = 8192;

/// An answer takes up to 1,024 tokens, and no more than an eighth of a slot.
const fn default_generate(slot: u64) -> u64 {
    match slot / 8 {
        0 => 1,
        eighth if eighth > 1024 => 1024,
        eighth => eighth,
    }
}

/// A prompt that filled the context goes on filling it; one that no longer fits is cut to fit.
fn filled_context(before: &Scenario, after: &mut Scenario) {
    let (Some(before), Some(inference)) = (before.inference(), after.inference_mut()) else { return };
    let filled = before.prompt.saturating_add(before.generate) >= before.context / before.concurrency.max(1);
    let slot = inference.slot();
    inference.generate = inference.generate.min((slot / 2).max(1));
    let room = slot.saturating_sub(inference.generate).max(1);
    inference.prompt = if filled { room } else { inference.prompt.min(room) };
}

/// Tokens that a slot leaves to the prompt beside its answer.
fn prompt_room(scenario: &Scenario) -> (f64, f64) {
    let room = scenario.inference().map_or(0, |inference| {
        (inference.context / inference.concurrency.max(1)).saturating_sub(inference.generate)
    });
    (16.0, count(room).max(32.0))
}

/// Layers on the accelerator, the output counted as one more.
fn layers_on_gpu(scenario: &Scenario) -> f64 {
    let all = layers(scenario) + 1.0;
    match scenario.inference().map(|inference| inference.gpu_layers) {
        Some(GpuLayers::Count(asked)) => count(asked).min(all),
        Some(GpuLayers::Auto) | None => all,
    }
}

/// Whether the model writes text.
fn writes(scenario: &Scenario) -> bool {
    scenario.writes_text()
}

fn served(scenario: &Scenario) -> bool {
    scenario.inference().is_some_and(|inference| inference.server != Server::None)
}

fn agentic(scenario: &Scenario) -> bool {
    scenario.agent_loop().is_some_and(|agent| agent.turns > 1)
}

/// What llama.cpp may keep keys or values in.
fn cache_types(_: &Scenario) -> Vec<Choice> {
    let own = KvPrecision::LLAMA_CPP.iter().map(|format| (format.key(), format.key().to_owned()));
    std::iter::once(("auto", "as the KV cache".to_owned())).chain(own).collect()
}
