//! What is typed to start a scenario as it stands: one command for the runtime that was checked.

mod axolotl;
mod computers;
mod drafting;
mod fsdp;
mod graphs;
mod images;
mod llama_factory;
mod names;
mod own_servers;
mod peft;
mod recipe;
mod served;
mod torchtune;
mod trainers;
mod transformers;
mod unsloth;

use super::command::flag;
use crate::engine::Resolved;
use crate::engine::graph::{self, fine_tune};
use crate::engine::solve::Change;
use crate::spec::{
    FineTune, Inference, Objective, Runtime, Scenario, Server, Setting, Trainer, TunedLayers, Workload,
};

/// What is typed to start a scenario as it stands; nothing where no single command does it.
pub fn start(resolved: &Resolved) -> Option<String> {
    match resolved.refusal {
        Some(_) => None,
        None if resolved.computers > 1 => computers::start(resolved),
        None => alone(resolved),
    }
}

/// The same on one computer.
fn alone(resolved: &Resolved) -> Option<String> {
    let scenario = &*resolved.scenario;
    match &scenario.workload {
        Workload::Diffusion(diffusion) => return images::line(diffusion),
        Workload::Gnn(gnn) => return graphs::script(gnn, resolved),
        _ => {}
    }
    match (resolved.runtime, scenario.tune(), scenario.inference()) {
        (Runtime::LlamaCpp, _, Some(Inference { server: Server::Ollama, .. })) => {
            own_servers::ollama(resolved)
        }
        (Runtime::LlamaCpp, _, Some(Inference { server: Server::LmStudio, .. })) => {
            own_servers::lm_studio(resolved)
        }
        (Runtime::LlamaCpp, ..) => served::llama_server(resolved),
        (Runtime::Vllm, ..) => served::vllm_serve(resolved),
        (Runtime::Sglang, ..) => served::sglang_server(resolved),
        (Runtime::ExLlama, ..) => served::tabby(resolved),
        (Runtime::Mlx, None, Some(inference)) => mlx(resolved, inference),
        (Runtime::Mlx, Some(tune), _) => trainers::mlx_lora(resolved, tune),
        (Runtime::PyTorch, Some(tune), _) => match tune.trainer {
            Trainer::Torchtune => torchtune::train(resolved, tune),
            Trainer::Axolotl => axolotl::train(resolved, tune),
            Trainer::LlamaFactory => llama_factory::train(resolved, tune),
            Trainer::Unsloth => unsloth::train(resolved, tune),
            Trainer::Trl => trainers::trl(resolved, tune),
            _ => peft::train(resolved, tune),
        },
        (Runtime::PyTorch, None, _) => transformers::generate(resolved),
        (Runtime::Mlx, None, None) => None,
    }
}

/// What names in the command stand for, or why there is none, a sentence without its full stop; nothing where neither is to
/// be said.
pub fn start_note(resolved: &Resolved) -> Option<String> {
    let scenario = &*resolved.scenario;
    let refused = resolved.refusal.is_some();
    if refused {
        return None;
    }
    if let Some(command) = start(resolved) {
        let others = computers::beside(resolved, &command);
        let said = names::explained(resolved, &command).into_iter().chain(others).collect::<Vec<_>>();
        return (!said.is_empty()).then(|| said.join("; "));
    }
    if resolved.computers > 1 && alone(resolved).is_some() {
        return Some(computers::why_not(resolved).to_owned());
    }
    let why = match &scenario.workload {
        Workload::Diffusion(diffusion) => images::why_not(diffusion),
        Workload::Gnn(gnn) => graphs::why_not(gnn, resolved),
        _ => return why_not(resolved),
    };
    why.map(str::to_owned)
}

/// Why no command starts a language model.
fn why_not(resolved: &Resolved) -> Option<String> {
    let scenario = &*resolved.scenario;
    if let Some(tune) = scenario.tune() {
        return not_trained(resolved, tune);
    }
    let inference = graph::inference(&scenario.workload)?;
    let why = match inference.server {
        Server::Ollama => "neither a Modelfile nor Ollama's environment has all of these settings",
        Server::LmStudio => "LM Studio has these settings in its window, and its command does not",
        _ => drafting::why_not(resolved)?,
    };
    Some(why.to_owned())
}

/// Why no command trains one.
fn not_trained(resolved: &Resolved, tune: &FineTune) -> Option<String> {
    let why = match (tune.trainer, tune.objective, tune.tuned_layers) {
        (_, Objective::Grpo, _) => "what GRPO rewards is a program of one's own",
        (Trainer::None | Trainer::Transformers, ..) => peft::why_not(resolved, tune)?,
        (
            Trainer::Axolotl | Trainer::LlamaFactory | Trainer::Unsloth | Trainer::Torchtune,
            Objective::Dpo,
            _,
        ) => {
            "objective=dpo is started with trainer=trl here; what other trainers do with preferences is not counted"
        }
        (Trainer::Torchtune, ..) => torchtune::why_not(resolved),
        (Trainer::Axolotl | Trainer::LlamaFactory, ..) if fsdp::waits(resolved, tune) => {
            "their files are DeepSpeed's, and without zero_stage=3 FSDP is counted"
        }
        (Trainer::Axolotl, ..) => "axolotl starts from a file, and its keys do not say all of these settings",
        (Trainer::LlamaFactory, ..) => "LLaMA-Factory has no arguments for all of these settings",
        (Trainer::Unsloth, ..) => "a few lines with Unsloth do not do all of these settings",
        (.., TunedLayers::Last(_)) => {
            "layers by number are an argument of PEFT, and no flag of TRL's command"
        }
        (Trainer::Trl, ..) => return Some(trainers::why_not(resolved, tune)),
        _ => "no single command has all of these settings",
    };
    Some(why.to_owned())
}

/// One request is generated, several are served.
fn mlx(resolved: &Resolved, inference: &Inference) -> Option<String> {
    if inference.concurrency > 1 {
        return mlx_server(resolved, inference);
    }
    Some(format!(
        "mlx_lm.generate --model {} --max-tokens {}{} --prompt - < prompt.txt",
        names::stored(resolved)?,
        inference.generate,
        mlx_flags(resolved)?
    ))
}

/// mlx-lm's server.
fn mlx_server(resolved: &Resolved, inference: &Inference) -> Option<String> {
    let concurrency = match inference.concurrency {
        0 | 1 => String::new(),
        requests => format!(" --decode-concurrency {requests}"),
    };
    Some(format!("mlx_lm.server --model {}{concurrency}{}", names::stored(resolved)?, mlx_flags(resolved)?))
}

fn mlx_flags(resolved: &Resolved) -> Option<String> {
    Some(given(resolved, &["kv_precision", "prefill_step"]) + &drafting::of_mlx(resolved)?)
}

/// Tokens of the longest sequence that is trained on; graphs become sequences by their sizes.
fn longest(scenario: &Scenario, tune: &FineTune) -> u64 {
    fine_tune(&scenario.workload).map_or(tune.sequence, |computed| computed.sequence)
}

/// The flags of settings as they stand.
fn given(resolved: &Resolved, keys: &[&'static str]) -> String {
    let scenario = &*resolved.scenario;
    let flags = keys.iter().filter_map(|key| {
        let setting = Setting::find(scenario, key)?;
        let value = setting.entry(scenario)?.text();
        flag(resolved, &Change { key, value }).filter(|flag| flag.starts_with('-'))
    });
    flags.flat_map(|flag| [" ".to_owned(), flag]).collect()
}
