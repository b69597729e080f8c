//! Memory on several devices: of the fullest one, which decides, and of the host beside it.

mod shard;
mod sharded_graph;
mod sharded_training;
mod training_offload;
mod zero;

pub(crate) use shard::slice;
pub(super) use training_offload::{Ranks, offloaded};

use super::run_with;
use super::sharing::Sharing;
use super::{
    Budget, Part, PartName, Place, Placement, Unknown, Want, alone, draft, finetune, llama, of_language,
    of_unknown, run, vision, without_file,
};
use crate::engine::graph;
use crate::engine::working::Detail;
use crate::formula;
use crate::spec::{
    Draft, FineTune, Inference, LanguageModel, Model, Runtime, Scenario, Split, TunedLayers, Workload,
    ZeroStage, share_of_requests,
};
use crate::units::{Bytes, count};
use std::sync::Arc;

/// Which of the layers lie on one of some unlike cards: those after a part of all memory, up to the end of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Portion {
    /// Memory of the cards before it, in MiB.
    pub before: u64,
    /// Its own, in MiB.
    pub own: u64,
    /// That of all cards, in MiB.
    pub all: u64,
}

impl Portion {
    /// The first of so many layers that lies on it, and the first behind it.
    ///
    /// As llama.cpp shares them out: layer i of n lies on the first card up to whose end more than i ÷ n of all memory
    /// lies.
    pub(in crate::engine::memory) fn of(self, layers: u64) -> (u64, u64) {
        let all = u128::from(self.all.max(1));
        let at = |memory: u64| {
            let border = (u128::from(memory) * u128::from(layers)).div_ceil(all);
            u64::try_from(border).unwrap_or(layers).min(layers)
        };
        (at(self.before), at(self.before.saturating_add(self.own)))
    }
}

/// Where a workload runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Site {
    /// How memory is laid out there.
    pub placement: Placement,
    /// Devices of one kind that share the work.
    pub devices: u32,
    /// Of unlike cards, the one that is asked about; else all are like, and it is the fullest.
    pub portion: Option<Portion>,
    /// Whether they are in one machine and share its memory.
    pub one_host: bool,
    /// Whether each part brings its working.
    pub detail: Detail,
}

impl Site {
    /// What is wanted of each device.
    pub(super) const fn want(self) -> Want {
        Want { placement: self.placement, detail: self.detail }
    }
}

/// What each device holds: what is asked, where the program does it.
pub fn split(scenario: &Scenario) -> Split {
    let meant = scenario.devices.split.meant(&scenario.workload);
    match scenario.language() {
        Some(language)
            if meant == Split::Tensor
                && language.runtime == Runtime::LlamaCpp
                && !llama::is_sharded_by_tensor(&language.model) =>
        {
            Split::Layers
        }
        _ => meant,
    }
}

/// Memory of the fullest of several devices.
pub(super) fn budget(scenario: &Scenario, site: Site) -> Budget {
    let workload = &scenario.workload;
    if site.placement == Placement::Cpu {
        let mut budget = alone(workload, site.want());
        budget.unknown.push(Unknown::OneDeviceOnly);
        return budget;
    }
    if let Some(language) = scenario.language().filter(|language| language.model.is_unknown()) {
        let devices = site.devices;
        return Budget { devices, ..of_unknown(language, workload, site.want(), devices) };
    }
    let split = split(scenario);
    let mut budget = match (workload, split) {
        (_, Split::Copies) if !is_deep_speed(workload) => copies(workload, site),
        (Workload::Gnn(gnn), _) => sharded_graph::sharded(gnn, site),
        (
            Workload::Inference(language, _)
            | Workload::GraphSequence(language, _)
            | Workload::FineTune(language, _),
            _,
        ) => match (graph::inference(workload), graph::fine_tune(workload)) {
            (Some(inference), _) => infer(language, &inference, site, split),
            (None, Some(tune)) => train(&without_file(language), &tune, site, split),
            (None, None) => of_language(language, workload, site.want()),
        },
        (Workload::Diffusion(_), _) => alone(workload, site.want()),
    };
    budget.devices = site.devices;
    if split != scenario.devices.split.meant(workload) {
        budget.unknown.push(Unknown::SplitUnsupported);
    }
    let processes = match split {
        Split::Copies | Split::Tensor | Split::Experts if site.one_host => f64::from(site.devices),
        _ => 1.0,
    };
    // What DeepSpeed keeps there is of all processes already.
    let everything = split == Split::Copies && !is_deep_speed(workload);
    let trains = graph::fine_tune(workload).is_some() && split == Split::Tensor;
    for part in budget.phases.iter_mut().flat_map(|phase| &mut phase.parts) {
        // Each device has a process of its own; of copies each has everything of its own.
        let each = everything
            || part.name == PartName::Overhead
            || part.name == PartName::Activations && (trains || is_deep_speed(workload));
        if processes > 1.0 && part.place == Place::Host && each {
            part.rework(|whole| {
                let source = "each device has a process of its own";
                formula!(site.detail, source; whole = whole, processes = processes => whole * processes)
            });
        }
    }
    budget
}

/// Everything on each device: each answers its share of the requests, or learns from its share of the data.
fn copies(workload: &Workload, site: Site) -> Budget {
    if let (Workload::Inference(language, _) | Workload::GraphSequence(language, _), Some(inference)) =
        (workload, graph::inference(workload))
    {
        return run(language, &share_of_requests(&inference, site.devices), site.want());
    }
    let mut budget = alone(workload, site.want());
    if matches!(workload, Workload::FineTune(..) | Workload::GraphSequence(..)) {
        sharded_training::add_buckets(&mut budget, site.detail);
    }
    budget
}

/// A language model that answers, split by layers or sharded by tensor.
fn infer(language: &LanguageModel, inference: &Inference, site: Site, split: Split) -> Budget {
    let (want, devices) = (site.want(), site.devices);
    match (language.runtime, split) {
        (Runtime::LlamaCpp, Split::Tensor) => {
            let mut budget = llama::by_tensor(&language.model, inference, want, devices);
            let part = shard::shard(&language.model, devices, false);
            vision::add(&mut budget, language, inference, want);
            draft::add(&mut budget, &with(language, part, devices), inference, want);
            budget
        }
        (Runtime::LlamaCpp, _) => {
            // What drafts lies behind the last layer; it is counted on the fullest device, whichever that is.
            let mut budget = llama::by_layers(&language.model, inference, want, (devices, site.portion));
            vision::add(&mut budget, language, inference, want);
            draft::add(&mut budget, language, inference, want);
            budget
        }
        (_, Split::Experts) => {
            let part = shard::shard_experts(&language.model, devices);
            let share = share_of_requests(inference, devices);
            let shared = run_with(&with(language, part, 1), &share, want, Sharing::of(devices));
            whole_file(shared, language, inference, want.placement)
        }
        (runtime, Split::Tensor) => {
            let shared_vocabulary = runtime.fills_a_share();
            let part = shard::shard(&language.model, devices, shared_vocabulary);
            let vocabulary = shared_vocabulary.then_some(language.model.vocabulary);
            let sharing = Sharing { vocabulary, ..Sharing::of(devices) };
            let shared = run_with(&with(language, part, devices), inference, want, sharing);
            whole_file(shared, language, inference, want.placement)
        }
        _ => {
            let of = |part: Model| run_with(&with(language, part, 1), inference, want, Sharing::of(devices));
            whole_file(fullest(&language.model, site, of), language, inference, want.placement)
        }
    }
}

/// The file is that of the whole model.
fn whole_file(
    budget: Budget,
    language: &LanguageModel,
    inference: &Inference,
    placement: Placement,
) -> Budget {
    let stored = super::weights(&language.model, inference.quantization, placement, inference.gpu_layers);
    Budget { weights_file: budget.weights_file.map(|_| stored.file), ..budget }
}

/// Whether DeepSpeed shares the work out, whatever the split.
fn is_deep_speed(workload: &Workload) -> bool {
    graph::fine_tune(workload).is_some_and(|tune| tune.zero_stage != ZeroStage::None)
}

/// Each device's part of the sequences, where several share each of them.
fn in_parallel(tune: &FineTune, devices: u32) -> FineTune {
    let shared = tune.sequence_parallel.clamp(1, u64::from(devices.max(1)));
    FineTune { sequence: tune.sequence.div_ceil(shared), ..*tune }
}

/// A language model that is trained, split by layers or sharded by tensor.
fn train(language: &LanguageModel, tune: &FineTune, site: Site, split: Split) -> Budget {
    let want = site.want();
    let tune = &in_parallel(tune, site.devices);
    let at = (site.devices, want.detail);
    let on_host = if site.one_host { site.devices } else { 1 };
    let ranks = Ranks { devices: site.devices, on_host, detail: want.detail };
    if tune.zero_stage != ZeroStage::None {
        let whole = finetune::trained(language, tune, want);
        let mut sharded = zero::sharded(whole, &language.model, tune, at);
        offloaded(&mut sharded, &language.model, tune, ranks);
        return sharded;
    }
    if split == Split::Tensor {
        let whole = finetune::trained(language, tune, want);
        let mut sharded = sharded_training::sharded(whole, &language.model, tune, at);
        if want.placement == Placement::Metal {
            sharded.unknown.push(Unknown::SharedTrainingNotOnMetal);
        }
        offloaded(&mut sharded, &language.model, tune, ranks);
        return sharded;
    }
    let mut fullest = trained_by_layers(language, tune, site);
    let waits = fullest.phases.iter().flat_map(|phase| &phase.parts).any(waits);
    if site.one_host && waits {
        on_the_host_of_all(&mut fullest, finetune::budget(language, tune, want));
    }
    fullest
}

/// What waits in system memory of the whole model, beside the device that is fullest.
fn on_the_host_of_all(fullest: &mut Budget, whole: Budget) {
    for (phase, of_all) in fullest.phases.iter_mut().zip(whole.phases) {
        phase.parts.retain(|part| !waits(part));
        phase.parts.extend(of_all.parts.into_iter().filter(waits));
    }
}

/// Whether a part lies in system memory beside what surrounds a process.
fn waits(part: &Part) -> bool {
    part.place == Place::Host && part.name != PartName::Overhead
}

/// The layers shared out: the device that needs most.
fn trained_by_layers(language: &LanguageModel, tune: &FineTune, site: Site) -> Budget {
    let want = site.want();
    let layers = u64::from(language.model.layer_count());
    let behind = |part: &Model, first: u64| {
        let own = u64::from(part.layer_count());
        match tune.tuned_layers {
            TunedLayers::All => TunedLayers::All,
            TunedLayers::Last(last) => {
                let begin = layers.saturating_sub(last);
                TunedLayers::Last((first + own).saturating_sub(begin.max(first)).max(1))
            }
        }
    };
    let of = |(first, part): (u64, Model)| {
        let tuned_layers = behind(&part, first);
        finetune::budget(&with(language, part, 1), &FineTune { tuned_layers, ..*tune }, want)
    };
    fullest_of(&language.model, site, of)
}

/// The same model's part, with what drafts for it shared out to as many devices.
fn with(language: &LanguageModel, part: Model, devices: u32) -> LanguageModel {
    let draft = language.draft.as_ref().map(|draft| Draft {
        model: Arc::new(shard::shard(&draft.model, devices, false)),
        key: draft.key.clone(),
    });
    LanguageModel { model: Arc::new(part), draft, ..language.clone() }
}

fn fullest(model: &Model, site: Site, of: impl Fn(Model) -> Budget) -> Budget {
    fullest_of(model, site, |(_, part)| of(part))
}

/// The budget of the device that needs most, the layers shared out evenly, in order.
fn fullest_of(model: &Model, site: Site, of: impl Fn((u64, Model)) -> Budget) -> Budget {
    let layers = u64::from(model.layer_count());
    if let Some(portion) = site.portion {
        let (first, behind) = portion.of(layers);
        // A card too small for a layer still has the process of one.
        let first = first.min(layers.saturating_sub(1));
        return of((first, shard::slice(model, first..behind.max(first + 1))));
    }
    let devices = u64::from(site.devices).clamp(1, layers.max(1));
    let begin = |device: u64| device * layers / devices;
    let longest = (1..devices.saturating_sub(1)).max_by_key(|device| begin(device + 1) - begin(*device));
    let need = |budget: &Budget| {
        budget.peak_in(Place::Device).map_or(Bytes::ZERO, |phase| phase.in_place(Place::Device).best)
    };
    [Some(0), longest, Some(devices - 1)]
        .into_iter()
        .flatten()
        .map(|device| {
            let first = begin(device);
            of((first, shard::slice(model, first..begin(device + 1))))
        })
        .max_by(|a, b| need(a).get().total_cmp(&need(b).get()))
        .unwrap_or_else(|| of((0, model.clone())))
}

/// A share of so many.
fn share(devices: u32) -> f64 {
    1.0 / count(u64::from(devices.max(1)))
}
