//! Which runtime answers, what it replaces or ignores, and why something does not run, in words.

use super::placed_words::of_server;
use super::setup_words::machine_note;
use crate::engine::runtime::{Cause, Defaults, Ignored, IgnoredSetUp, Instead, Note, Refusal};
use crate::engine::{Estimate, Resolved};
use crate::spec::support::{Fact, Platform};
use crate::spec::{Capability, Chosen, KeptQuantity, Named as _, Quantization, Runtime, TrainingOffload};
use crate::units::show_grouped;

/// The runtime that answers: `MLX`, or `MLX (auto)` where nobody asked for it.
pub fn runtime_words(resolved: &Resolved) -> String {
    match resolved.chosen {
        Chosen::Asked => resolved.runtime.name().to_owned(),
        Chosen::Auto => format!("{} (auto)", resolved.runtime.name()),
    }
}

/// What does not run, in a sentence without its full stop.
pub(super) fn refusal_words(refusal: &Refusal) -> String {
    let Refusal { runtime, platform, .. } = refusal;
    let since = refusal.fact.filter(|_| refusal.older).and_then(|fact| fact.since);
    let on = since.map_or_else(
        || platform.label().to_owned(),
        |since| format!("{} below {}", platform.label(), since.named()),
    );
    let on = match refusal.fact.filter(|fact| refusal.older && !fact.without.is_empty()) {
        Some(fact) => format!("such a chip of {}: {}", platform.label(), fact.detail),
        None => on,
    };
    let runtime = runtime.name();
    match refusal.cause {
        Cause::Runtime(None) => format!("{runtime} does not run on {on}"),
        Cause::Runtime(Some(plugin)) => format!(
            "{runtime} does not run on {on}; {}, a program of its own, is not modelled{}",
            plugin.program,
            read(plugin)
        ),
        Cause::NotModelled => {
            format!("{runtime} is not answered on {on}: what it takes of memory there was never measured")
        }
        Cause::Weights(weights) if is_mlx_alone(weights) && refusal.platform != Platform::Apple => format!(
            "{} weights are MLX's, which runs them on Macs; {runtime} reads none of them on {on}",
            weights.key()
        ),
        Cause::Weights(weights) => format!("{runtime} reads no {} weights on {on}", weights.key()),
        Cause::WeightsNotModelled(weights) => {
            format!("{runtime} reads {} weights, and how it holds them was never measured", weights.key())
        }
        Cause::Base(base) => format!("{runtime} trains on no {} base on {on}", base.key()),
        Cause::Optimizer(optimizer) => {
            format!("{} is not there for {runtime} on {on}", optimizer.label())
        }
        Cause::SeveralMakers => {
            format!(
                "{runtime} is built for the cards of one maker, and does not share work among several makers'"
            )
        }
        Cause::UnevenHeads { heads, devices } => format!(
            "{runtime} gives each device as many heads of attention, and {heads} are not to be divided by {devices}"
        ),
        Cause::Trainer(trainer) => {
            format!("{} does not train with {runtime} on {on}{}", trainer.label(), said(refusal.fact))
        }
        Cause::DeepSpeed => format!("DeepSpeed does not shard 16-bit training on {on}{}", said(refusal.fact)),
        Cause::Offload { stage, offload } => {
            let (what, stages) = match offload {
                TrainingOffload::All => ("parameters", "3 alone"),
                TrainingOffload::Optimizer | TrainingOffload::None => ("the optimizer", "1, 2 or 3"),
            };
            format!(
                "DeepSpeed moves {what} to system memory at stage {stages}, and {} is asked for (DeepSpeed 0.19.6 \
                 runtime/zero/offload_config.py)",
                stage.label()
            )
        }
        Cause::UnevenGroups { sharing, devices } => format!(
            "{devices} devices are no whole number of groups of {sharing} that share a sequence (accelerate 1.15.0 \
             parallelism_config.py)"
        ),
        Cause::UnevenSequence { heads: (query, key), sharing } => format!(
            "DeepSpeed's Ulysses gives each of the {sharing} devices that share a sequence as many heads of attention, and \
             {query} heads with {key} of keys and values are not to be shared so (DeepSpeed 0.19.6 \
             runtime/sequence_parallel/ulysses_sp.py)"
        ),
        Cause::LongerThanModel { asked, holds } => format!(
            "{runtime} does not start with requests of {} tokens: the model is published for {}",
            show_grouped(asked),
            show_grouped(holds)
        ),
        Cause::Setting { key, program } => {
            format!("{program} does not take this {key}{}", said(refusal.fact))
        }
        Cause::Part { key, held } => {
            format!("{key}={} cannot be held on {on}{}", held.key(), said(refusal.fact))
        }
    }
}

/// Whether only MLX reads such a file.
fn is_mlx_alone(weights: Quantization) -> bool {
    Runtime::ALL.into_iter().all(|runtime| weights.runs_on(runtime) == (runtime == Runtime::Mlx))
}

/// What the fact says of it.
fn said(fact: Option<&Fact>) -> String {
    let detail = fact.map_or("", |fact| fact.detail);
    if detail.is_empty() { String::new() } else { format!(": {detail}") }
}

/// What to choose instead, and where it was read that this does not run, in a sentence without its full stop.
pub(super) fn instead_words(refusal: &Refusal) -> String {
    chosen_instead(refusal.instead, refusal.chosen)
        + &refusal.fact.map_or_else(String::new, |fact| format!(" · read in {}", cited(fact)))
}

fn chosen_instead(instead: Instead, chosen: Chosen) -> String {
    match instead {
        Instead::Weights(weights) if chosen == Chosen::Auto => {
            format!("choose quantization={}, another file of the same model", weights.key())
        }
        Instead::Base(base) if chosen == Chosen::Auto => format!("choose precision={}", base.key()),
        Instead::Optimizer(optimizer) if chosen == Chosen::Auto => {
            format!("choose optimizer={}", optimizer.key())
        }
        Instead::Runtime(runtime) => {
            format!("choose runtime={}, or auto, which takes what people run there", runtime.key())
        }
        Instead::Weights(weights) => format!("choose quantization={}, or runtime=auto", weights.key()),
        Instead::Base(base) => format!("choose precision={}, or runtime=auto", base.key()),
        Instead::Optimizer(optimizer) => format!("choose optimizer={}, or runtime=auto", optimizer.key()),
        Instead::Context(tokens) => format!("choose context={tokens}"),
        Instead::Setting { key, value } => format!("choose {key}={value}"),
    }
}

/// Where a fact was read.
fn read(fact: &Fact) -> String {
    format!(" ({})", cited(fact))
}

/// A fact's program and version, source and day.
fn cited(fact: &Fact) -> String {
    format!("{} {}: {}, {}", fact.program, fact.version, fact.source, fact.date)
}

/// That 32-bit floats are loaded in 16 bit, and what keeps them as they lie.
fn narrowed(runtime: Runtime) -> String {
    let how = match runtime {
        Runtime::Vllm | Runtime::Sglang => ", unless it is started with --dtype float32",
        Runtime::LlamaCpp => ": its converter writes bf16 unless told otherwise",
        Runtime::PyTorch => ", as the configuration says",
        Runtime::Mlx | Runtime::ExLlama => "",
    };
    format!("{} loads the file's 32-bit floats in 16 bit{how}", runtime.name())
}

/// What is said of how a scenario is run on a machine, and of what became of its limit: formats in place of others,
/// settings without effect, limits that were raised.
pub fn run_notes(estimate: &Estimate) -> Vec<String> {
    let of_limit = estimate.machine_notes.iter().map(machine_note);
    estimate.resolved.notes.iter().map(note_words).chain(of_limit).collect()
}

/// What was replaced, is ignored, or should be known, a sentence without its full stop.
pub(super) fn note_words(note: &Note) -> String {
    match note {
        Note::Kept { quantity, ratio } => {
            let what = match quantity {
                KeptQuantity::Decode => "Decode",
                KeptQuantity::Prefill => "Prefill",
            };
            format!("{what} is corrected by {}", ratio.words())
        }
        Note::Narrowed(runtime) => narrowed(*runtime),
        Note::Weights { from, to, runtime } => {
            format!(
                "Answered with {} in place of {}: it is {}'s format",
                to.key(),
                from.key(),
                runtime.name()
            )
        }
        Note::Base { from, to, runtime } => format!(
            "Answered with a base in {} in place of {}: it is {}'s format",
            to.key(),
            from.key(),
            runtime.name()
        ),
        Note::Optimizer { from, to, fact } => format!(
            "Answered with {} in place of {}, which is not there{}",
            to.label(),
            from.label(),
            read(fact)
        ),
        Note::Split { from, to } => {
            format!("split {} is not there for this runtime, so it is {}", from.key(), to.key())
        }
        Note::Backend(backend) => {
            format!(
                "llama.cpp has no {} backend on such a machine, so it is answered as usual",
                backend.label()
            )
        }
        Note::Ignored(Ignored { key, runtime: Some(runtime) }) => {
            format!("{key} is ignored: {} does not hear it", runtime.name())
        }
        Note::Ignored(Ignored { key, runtime: None }) => {
            format!("{key} is ignored: it means nothing with the other settings")
        }
        Note::SetUp(set_up) => set_up_words(*set_up),
        Note::Unpacked { fact, weights } => format!(
            "{} computes with {} weights in 16 bit on this chip, slower and with the same memory: its units compute in it \
             from compute capability {} on{}{}",
            fact.program,
            weights.key(),
            fact.since.map_or_else(|| "none".to_owned(), Capability::text),
            detail(fact),
            read(fact)
        ),
        Note::DevicesNotAsWritten { asked, written } => format!(
            "devices={asked} counts, and not the {written} that the machine is written with: memory, speed, price and \
             power are those of {asked}"
        ),
        Note::Opened(_)
        | Note::Clamped { .. }
        | Note::ExpertsNotPlaced
        | Note::OneDevice
        | Note::NotShared { .. }
        | Note::Placed { .. } => of_server(note),
        Note::OptimizerOnHost { .. } | Note::Staged | Note::Masters { .. } | Note::TrainingSplit { .. } => {
            of_sharing(note)
        }
        Note::NoBf16(fact) => format!(
            "{} has no bf16 below compute capability {}{}{}",
            fact.program,
            fact.since.map_or_else(|| "none".to_owned(), Capability::text),
            detail(fact),
            read(fact)
        ),
        Note::Limit(fact) => format!("{}: {}{}", fact.program, fact.detail, read(fact)),
        Note::UnfusedBackward { fact, sequence } => format!(
            "{} has no fused backward attention here{}: each layer writes out score matrices, which grow with the \
             square of the {} tokens. Shorter sequences, micro_batch=1 and gradient checkpointing help, or a machine \
             with CUDA, where it is fused",
            fact.program,
            read(fact),
            show_grouped(*sequence)
        ),
    }
}

/// What DeepSpeed and FSDP do by themselves.
fn of_sharing(note: &Note) -> String {
    match note {
        Note::OptimizerOnHost { from } => format!(
            "Answered with AdamW in place of {}: an optimizer in system memory is DeepSpeed's CPU Adam, with moments in 32 bit \
             (accelerate 1.15.0 utils/deepspeed.py, map_pytorch_optim_to_deepspeed)",
            from.label()
        ),
        Note::Staged => {
            "zero_stage is 2: an optimizer alone in system memory is DeepSpeed's, because FSDP moves parameters and gradients \
             along (CPUOffloadPolicy)"
                .to_owned()
        }
        Note::Masters { deep_speed } => {
            let (program, source) = if *deep_speed {
                ("DeepSpeed", "DeepSpeed 0.19.6 runtime/constants.py")
            } else {
                ("FSDP", "accelerate 1.15.0 utils/fsdp_utils.py")
            };
            format!(
                "{program} keeps 32-bit weights and moments of 16-bit parameters, 16 bytes a parameter in all ({source}); \
                 master_weights=false is training in 16 bit alone"
            )
        }
        Note::TrainingSplit { deep_speed: true } => {
            "split is ignored: with DeepSpeed zero_stage says what is sharded".to_owned()
        }
        Note::TrainingSplit { deep_speed: false } => {
            "split=tensor of training is counted as FSDP: parameters, gradients and optimizer state sharded, and layers gathered \
             to compute; tensor parallelism, which cuts the matrices themselves, is not modelled"
                .to_owned()
        }
        _ => String::new(),
    }
}

/// What a fact says beside yes and no.
fn detail(fact: &Fact) -> String {
    if fact.detail.is_empty() { String::new() } else { format!("; {}", fact.detail) }
}

/// What a server takes its defaults from, a sentence without its full stop.
pub(super) fn defaults_words(resolved: &Resolved, defaults: Defaults) -> String {
    let Defaults { tokens, sequences, from_gib } = defaults;
    let sequences = sequences.map_or_else(String::new, |sequences| {
        format!(" and {} sequences", show_grouped(u64::from(sequences)))
    });
    format!(
        "{} provides for {} tokens{sequences} at once, its default for a server from {from_gib} GiB of device memory on; \
         max_num_batched_tokens and max_num_seqs say otherwise",
        resolved.runtime.name(),
        show_grouped(u64::from(tokens))
    )
}

/// Why what is said of a machine's set-up changes nothing of it.
fn set_up_words(ignored: IgnoredSetUp) -> String {
    match ignored {
        IgnoredSetUp::SystemOfCard(os) => {
            format!("os={} changes nothing here: of a card only Windows is known to keep more", os.key())
        }
        IgnoredSetUp::SystemOfPool(os) => format!(
            "os={} changes nothing here: no limit of this machine is known that is {}'s own",
            os.key(),
            os.label()
        ),
        IgnoredSetUp::DevicesOfUnlike(count) => format!(
            "devices={count} changes nothing here: the cards are named one by one, so name those that share the work"
        ),
        IgnoredSetUp::DisplayBesideShare(display) => format!(
            "display={} does not move vLLM's share, which is of all device memory; where less than the share is free \
             when it starts, it refuses",
            display.key()
        ),
        IgnoredSetUp::DisplayOfPool(display) => format!(
            "display={} changes nothing here: a display is counted on a card with memory of its own, which this \
             machine has not",
            display.key()
        ),
    }
}
