//! What a server opens and places by itself, in words.

use crate::engine::runtime::Note;
use crate::engine::{Estimate, Resolved};
use crate::spec::support::Placed;
use crate::spec::{Named as _, Server};
use crate::units::show_grouped;

/// For the headline: `, with 38 of 81 layers on the GPU`; empty where nothing was placed.
pub(super) fn placed_headline(estimate: &Estimate) -> String {
    found(&estimate.resolved).map_or_else(String::new, |(placed, (_, layers))| {
        let parts = parts(placed, layers);
        if parts.is_empty() { parts } else { format!(", with {parts}") }
    })
}

fn found(resolved: &Resolved) -> Option<(Placed, (u64, u64))> {
    resolved.notes.iter().find_map(|note| match note {
        Note::Placed { placed, asked, layers, .. } => Some((*placed, (*asked, *layers))),
        _ => None,
    })
}

/// Where layers and experts lie, and how long the context is.
fn parts(placed: Placed, layers: u64) -> String {
    let context = placed.context.map(|tokens| format!("a context of {}", show_grouped(tokens)));
    let on = placed.layers.map(|on| format!("{} of {} layers on the GPU", on, layers + 1));
    let experts = placed
        .experts
        .filter(|_| placed.layers != Some(0))
        .map(|held| format!("the experts of {} of {layers} layers in system memory", held.min(layers)));
    context.into_iter().chain(on).chain(experts).collect::<Vec<_>>().join(" and ")
}

/// What a server does by itself; empty for any other note.
pub(super) fn of_server(note: &Note) -> String {
    match note {
        Note::Opened(tokens) => format!(
            "Ollama opens {} tokens by itself with this much GPU memory, and they are answered",
            show_grouped(*tokens)
        ),
        Note::Clamped { asked, holds } => format!(
            "requests are of {} tokens, which the model is published for, in place of {}",
            show_grouped(*holds),
            show_grouped(*asked)
        ),
        Note::ExpertsNotPlaced => "the server starts it all the same: -fit moves experts to system memory, from each GPU its \
                                   share, which is not answered for several; cpu_experts says of how many layers"
            .to_owned(),
        Note::NotShared { split } => format!(
            "mlx-lm has no code that shares this model among several Macs {} (sharded_load of mlx-lm 0.32.2); counted as a \
             program over MLX that does",
            split.label()
        ),
        Note::OneDevice => "Ollama puts a model that one GPU holds on one of them (OLLAMA_SCHED_SPREAD is off): devices=1 \
                            answers that, and this is what it takes spread out"
            .to_owned(),
        Note::Placed { server, placed, asked, layers } => words(*server, *placed, (*asked, *layers)),
        _ => String::new(),
    }
}

/// As a note under the verdict.
fn words(server: Server, placed: Placed, (asked, layers): (u64, u64)) -> String {
    let who = match server {
        Server::Ollama => "Ollama starts llama-server, whose -fit",
        _ => "llama-server's -fit",
    };
    let parts = parts(placed, layers);
    let context = placed.context.map_or_else(String::new, |_| {
        format!(
            "; {} tokens do not fit beside the weights, and longer requests are refused",
            show_grouped(asked)
        )
    });
    let whole = if placed.layers.is_some() || placed.experts.is_some() {
        "; gpu_layers 999 asks whether all of it fits on the GPU"
    } else {
        ""
    };
    format!("{who} leaves 1 GiB of the GPU free: it runs with {parts}{context}{whole}")
}
