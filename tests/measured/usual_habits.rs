//! Buffers of an architecture that was not measured are laid out by llama.cpp's usual habits, with a band. Every architecture
//! whose own habits are known is laid out both ways here: its own buffers lie inside that band.

use std::sync::Arc;

use plimsoll::catalog::Catalog;
use plimsoll::engine::memory::{PartName, Place, Placement, Unknown, budget};
use plimsoll::spec::{
    FileType, Inference, Keep, KeptKind, LanguageModel, Listed, Mixer, Model, Quantization, Role, Runtime,
    Scenario, Span, Workload,
};
use plimsoll::units::Band;

use crate::asked::asked;

fn scenario(model: Model, (context, ubatch): (u64, u64)) -> Scenario {
    let quantization = Quantization::Gguf(FileType::Q4KM);
    let language = LanguageModel::named(Arc::new(model), Runtime::LlamaCpp);
    let inference = Inference { quantization, context, ubatch, ..Inference::default() };
    Scenario { workload: Workload::Inference(language, inference), ..asked("chat-8b", &[]) }
}

/// What is computed with, by place; `None` where the architecture was not measured.
fn buffers(scenario: &Scenario, placement: Placement) -> ([Band<f64>; 2], bool) {
    let budget = budget(scenario, placement);
    let usual = budget.unknown.contains(&Unknown::UsualBuffers);
    let phase = budget.peak().expect("a phase");
    let of = |place: Place| {
        let names = [PartName::ComputeBuffer, PartName::HostBuffer];
        let parts = phase.parts.iter().filter(|part| part.place == place && names.contains(&part.name));
        parts.map(|part| part.bytes.map(plimsoll::units::Bytes::get)).fold(Band::exact(0.0), |sum, part| {
            Band { low: sum.low + part.low, best: sum.best + part.best, high: sum.high + part.high }
        })
    };
    ([of(Place::Device), of(Place::Host)], usual)
}

#[test]
fn buffers_of_measured_architectures_lie_in_the_band_of_the_usual_habits() {
    let (mut least, mut most, mut checked) = (f64::INFINITY, 0.0_f64, 0);
    for model in &Catalog::built_in().models {
        for shape in [(8192, 512), (32_768, 512), (8192, 2048), (131_072, 512)] {
            for placement in [Placement::Gpu, Placement::Metal, Placement::Cpu] {
                let (own, unmeasured) = buffers(&scenario((**model).clone(), shape), placement);
                if unmeasured {
                    continue;
                }
                let other = Model { architecture: "nobody's".to_owned(), ..(**model).clone() };
                let (usual, unmeasured) = buffers(&scenario(other, shape), placement);
                assert!(unmeasured, "{}", model.id);
                for (own, usual) in own.into_iter().zip(usual).filter(|(own, _)| own.best > 0.0) {
                    let share = own.best / usual.best;
                    (least, most, checked) = (least.min(share), most.max(share), checked + 1);
                    let inside = usual.low <= own.best && own.best <= usual.high;
                    assert!(inside, "{} {shape:?} {placement:?}: {own:?} of {usual:?}", model.id);
                }
            }
        }
    }
    println!("{checked} buffers, {least:.3} to {most:.3} of the usual");
    assert!(checked > 2000, "{checked}");
}

/// The same layer by its list: the graph that an unknown architecture of such layers would be given.
fn listed(mixer: &Mixer, hidden: u32) -> Option<Listed> {
    match mixer {
        Mixer::Attention(shape) => {
            let (queries, keys) = (shape.heads * shape.head, shape.kv_heads * shape.head);
            let span = shape.window.map_or(Span::Context, |window| Span::Window(u64::from(window)));
            Some(Listed {
                heads: shape.heads,
                head: shape.head,
                matrices: vec![
                    (Role::Query, hidden, queries),
                    (Role::Key, hidden, keys),
                    (Role::Value, hidden, keys),
                    (Role::AttentionOutput, queries, hidden),
                ],
                vectors: 0,
                keeps: vec![Keep { kind: KeptKind::Tokens, keys, values: keys, span }],
                reads: None,
            })
        }
        _ => None,
    }
}

#[test]
fn the_same_layers_by_their_list_lie_in_the_band_too() {
    let (mut least, mut most, mut checked) = (f64::INFINITY, 0.0_f64, 0);
    for model in &Catalog::built_in().models {
        let mut other = Model { architecture: "nobody's".to_owned(), ..(**model).clone() };
        let hidden = other.hidden;
        let blocks = || model.stack.iter().flat_map(|run| &run.blocks);
        if !blocks().all(|block| listed(&block.mixer, hidden).is_some()) {
            continue;
        }
        for block in other.stack.iter_mut().flat_map(|run| &mut run.blocks) {
            if let Some(listed) = listed(&block.mixer, hidden) {
                block.mixer = Mixer::Listed(listed);
            }
        }
        for shape in [(8192, 512), (8192, 2048), (131_072, 512)] {
            for placement in [Placement::Gpu, Placement::Metal, Placement::Cpu] {
                let (own, unmeasured) = buffers(&scenario((**model).clone(), shape), placement);
                if unmeasured {
                    continue;
                }
                let (usual, _) = buffers(&scenario(other.clone(), shape), placement);
                for (own, usual) in own.into_iter().zip(usual).filter(|(own, _)| own.best > 0.0) {
                    let share = own.best / usual.best;
                    (least, most, checked) = (least.min(share), most.max(share), checked + 1);
                    let inside = usual.low <= own.best && own.best <= usual.high;
                    assert!(inside, "{} {shape:?} {placement:?}: {own:?} of {usual:?}", model.id);
                }
            }
        }
    }
    println!("{checked} buffers, {least:.3} to {most:.3} of their list");
    assert!(checked > 1000, "{checked}");
}
