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
    // Without a stage FSDP is what shards over several devices, whatever lies in system memory.
    let deep_speed = tune.zero_stage != ZeroStage::None || (!target.several && offloads(tune));
    let narrow = matches!(tune.precision, BasePrecision::Bf16 | BasePrecision::Fp16);
    let full = tune.method == Method::Full && tune.master_weights == MasterWeights::Auto;
    if !(trains && narrow && full && (sharded || deep_speed)) {
        return None;
    }
    tune.master_weights = MasterWeights::Kept;
    Some(Note::Masters { deep_speed })
}

/// Accelerate puts DeepSpeed's CPU Adam in the place of an optimizer whose state is to lie in system memory
/// (`map_pytorch_optim_to_deepspeed`): two moments in 32 bit, whatever was asked for. Lion in 32 bit has one of its own.
pub(super) fn optimizer(scenario: &mut Scenario) -> Option<Note> {
    let trains = scenario.language()?.runtime == Runtime::PyTorch;
    let tune = scenario.tune_mut().filter(|tune| trains && offloads(tune))?;
    let from = tune.optimizer;
    // Transformers' trainer has no Muon, which is said where it would be started.
    if matches!(from, Optimizer::AdamW | Optimizer::Lion | Optimizer::Muon) {
        return None;
    }
    tune.optimizer = Optimizer::AdamW;
    Some(Note::OptimizerOnHost { from })
}

/// Whether DeepSpeed is what moves the optimizer to system memory. torchtune has an optimizer that does, and a packed base goes
/// there with FSDP.
fn offloads(tune: &FineTune) -> bool {
    let own = matches!(tune.trainer, Trainer::Torchtune | Trainer::Unsloth | Trainer::MlxLm);
    match tune.training_offload {
        TrainingOffload::None => false,
        TrainingOffload::Optimizer => !own,
        TrainingOffload::All => !own && !tune.precision.is_quantized(),
    }
}
