//! What DeepSpeed and FSDP do to training by themselves: 32-bit copies, and an optimizer of their own on the host.

use super::note::Note;
use crate::spec::support::Target;
use crate::spec::{
    BasePrecision, FineTune, MasterWeights, Method, Optimizer, Runtime, Scenario, Split, Trainer,
    TrainingOffload, ZeroStage,
};

/// FSDP and DeepSpeed keep 32-bit master weights and moments of 16-bit parameters unless told not to.
pub(super) fn masters(scenario: &mut Scenario, target: Target) -> Option<Note> {
    let split = scenario.devices.split.meant(&scenario.workload);
    let sharded = target.several && split == Split::Tensor;
    let language = scenario.language()?;
    let trains = language.runtime == Runtime::PyTorch;
    let tune = scenario.tune_mut()?;
    let deep_speed = tune.zero_stage != ZeroStage::None || offloads(tune, target);
    let narrow = matches!(tune.precision, BasePrecision::Bf16 | BasePrecision::Fp16);
    let full = tune.method == Method::Full && tune.master_weights == MasterWeights::Auto;
    if !(trains && narrow && full && (sharded || deep_speed)) {
        return None;
    }
    tune.master_weights = MasterWeights::Kept;
    Some(Note::Masters { deep_speed })
}

/// What moves the optimizer alone to system memory is DeepSpeed, whose second stage is started where none is asked for: FSDP moves
/// parameters and gradients along (`CPUOffloadPolicy`). On one device there is nothing to shard, and so nothing to say.
pub(super) fn stage(scenario: &mut Scenario, target: Target) -> Option<Note> {
    let trains = scenario.language()?.runtime == Runtime::PyTorch;
    let tune = scenario.tune_mut().filter(|tune| trains && target.several && offloads(tune, target))?;
    if tune.zero_stage != ZeroStage::None {
        return None;
    }
    tune.zero_stage = ZeroStage::Two;
    Some(Note::Staged)
}

/// Accelerate puts DeepSpeed's CPU Adam in the place of an optimizer whose state is to lie in system memory
/// (`map_pytorch_optim_to_deepspeed`): two moments in 32 bit, whatever was asked for. Lion in 32 bit has one of its own.
pub(super) fn optimizer(scenario: &mut Scenario, target: Target) -> Option<Note> {
    let trains = scenario.language()?.runtime == Runtime::PyTorch;
    let tune = scenario.tune_mut().filter(|tune| trains && offloads(tune, target))?;
    let from = tune.optimizer;
    // Transformers' trainer has no Muon, which is said where it would be started.
    if matches!(from, Optimizer::AdamW | Optimizer::Lion | Optimizer::Muon) {
        return None;
    }
    tune.optimizer = Optimizer::AdamW;
    Some(Note::OptimizerOnHost { from })
}

/// Whether DeepSpeed is what moves the optimizer to system memory. torchtune has an optimizer that does, and FSDP is what moves
/// all: of a packed base, and over several devices where no stage is asked for.
fn offloads(tune: &FineTune, target: Target) -> bool {
    let own = matches!(tune.trainer, Trainer::Torchtune | Trainer::Unsloth | Trainer::MlxLm);
    let staged = tune.zero_stage != ZeroStage::None;
    let fsdp = !staged && (target.several || tune.precision.is_quantized());
    match tune.training_offload {
        TrainingOffload::None => false,
        TrainingOffload::Optimizer => !own,
        TrainingOffload::All => !own && !fsdp,
    }
}
