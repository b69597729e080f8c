//! What starts a scenario on several computers that are linked: Macs, or other machines with memory of their own each.

use super::served;
use super::{mlx_server, trainers};
use crate::engine::Resolved;
use crate::engine::runtime::not_shared;
use crate::spec::{Runtime, Server, Split, Workload};

/// What is typed on the first of them; nothing where no program is known to be started so.
pub(super) fn start(resolved: &Resolved) -> Option<String> {
    let scenario = &*resolved.scenario;
    let split = scenario.devices.split.meant(&scenario.workload);
    let own_server = matches!(
        scenario.inference().map(|inference| inference.server),
        Some(Server::Ollama | Server::LmStudio)
    );
    match (resolved.runtime, scenario.tune(), scenario.inference()) {
        // Each computes its own share as one alone does.
        (_, None, _) if split == Split::Copies => super::alone(resolved),
        (Runtime::LlamaCpp, None, _) if !own_server && split == Split::Layers => {
            let others: Vec<String> =
                (2..=resolved.computers).map(|at| format!("computer-{at}:50052")).collect();
            Some(format!("{} --rpc {}", served::llama_server(resolved)?, others.join(",")))
        }
        (Runtime::Mlx, None, Some(inference)) if not_shared(resolved).is_none() => {
            let by_layers = if split == Split::Layers { " --pipeline" } else { "" };
            // With a draft model it does not load on several.
            scenario.language()?.draft.is_none().then_some(())?;
            Some(format!("{LAUNCHED}{}{by_layers}", mlx_server(resolved, inference)?))
        }
        (Runtime::Mlx, Some(tune), _) if split == Split::Copies => {
            Some(format!("{LAUNCHED}{}", trainers::mlx_lora(resolved, tune)?))
        }
        (Runtime::Vllm, None, _) => {
            Some(format!("{} --distributed-executor-backend ray", served::vllm_serve(resolved)?))
        }
        (Runtime::Sglang, None, _) => Some(format!(
            "{} --nnodes {} --node-rank 0 --dist-init-addr computer-1:20000",
            served::sglang_server(resolved)?,
            resolved.computers
        )),
        _ => None,
    }
}

/// Starts a program of MLX on every Mac of a file.
const LAUNCHED: &str = "mlx.launch --hostfile hosts.json ";

/// What has to run on the others, a sentence without its full stop.
pub(super) fn beside(resolved: &Resolved, command: &str) -> Option<String> {
    let others = resolved.computers.checked_sub(1).filter(|others| *others > 0)?;
    let each = if others == 1 {
        "the other computer".to_owned()
    } else {
        format!("each of the {others} other computers")
    };
    Some(if command.contains(" --rpc ") {
        format!(
            "`rpc-server -H 0.0.0.0 -p 50052` runs on {each} before it, in a network that nobody else is in; computer-2 stands for its name"
        )
    } else if command.starts_with(LAUNCHED) {
        let hosts: Vec<String> = (1..=resolved.computers).map(|at| format!("mac-{at}")).collect();
        format!(
            "`mlx.distributed_config --hosts {} --output hosts.json` writes that file; the model lies at the same place on every Mac",
            hosts.join(",")
        )
    } else if command.contains("executor-backend ray") {
        format!(
            "`ray start --head` runs on the first computer before it, and `ray start --address computer-1:6379` on {each}"
        )
    } else if command.contains(" --node-rank 0 ") {
        format!(
            "the same runs on {each} with its own --node-rank; computer-1 stands for the name of the first"
        )
    } else {
        format!("the same runs on {each} with its own share of the work")
    })
}

/// Why no command starts it.
pub(super) fn why_not(resolved: &Resolved) -> &'static str {
    let scenario = &*resolved.scenario;
    match (resolved.runtime, scenario.tune(), &scenario.workload) {
        (Runtime::LlamaCpp, None, Workload::Inference(..)) => {
            "llama.cpp shares a model among computers by layers alone, and by its own server (split=layers, server=llama-server)"
        }
        (Runtime::Mlx, ..) if not_shared(resolved).is_some() => {
            "mlx-lm has no code that shares this model among several Macs so; llama.cpp does, by layers (runtime=llama.cpp)"
        }
        (Runtime::Mlx, None, Workload::Inference(..)) => "mlx-lm loads no draft model on several Macs",
        _ => "how it is started on several computers is not written here",
    }
}
