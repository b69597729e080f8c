//! When FSDP is what shares a fine-tune out over devices, or keeps it in system memory, and what it cannot.

use crate::engine::Resolved;
use crate::spec::{FineTune, Split, TrainingOffload, ZeroStage};

/// Why a base in 8 bit is not started so (`FlatParamHandle._validate_tensors_to_flatten` of PyTorch).
pub(super) const WHOLE_NUMBERS: &str = "FSDP flattens no whole numbers, which a base in 8 bit is of; precision=nf4 is stored as numbers of 16 bit";

/// Why devices that share nothing keep nothing in system memory.
pub(super) const UNSHARDED: &str = "what waits in system memory is shared out over the devices: split=tensor does with FSDP, and \
                                    zero_stage=3 with DeepSpeed";

/// Whether it shares the parameters out: over several devices, and on one a packed base that waits in system memory.
pub(super) fn is_sharded(resolved: &Resolved, tune: &FineTune) -> bool {
    let tensor = resolved.devices > 1 && is_tensor(resolved);
    let shares = match tune.training_offload {
        TrainingOffload::None => tensor,
        TrainingOffload::Optimizer => false,
        TrainingOffload::All => tensor || tune.precision.is_quantized(),
    };
    shares && tune.zero_stage == ZeroStage::None
}

/// Whether several devices keep all in system memory, which is FSDP's without a stage of ZeRO.
pub(super) fn waits(resolved: &Resolved, tune: &FineTune) -> bool {
    resolved.devices > 1
        && tune.zero_stage == ZeroStage::None
        && tune.training_offload == TrainingOffload::All
}

/// Whether they have copies or layers then, and nothing that starts them.
pub(super) fn waits_unsharded(resolved: &Resolved, tune: &FineTune) -> bool {
    waits(resolved, tune) && !is_tensor(resolved)
}

/// Whether numbers in 4 bit are moved as numbers of 16 (`bnb_4bit_quant_storage`), as FSDP and the third stage of ZeRO take them.
pub(super) fn is_stored_wide(resolved: &Resolved, tune: &FineTune) -> bool {
    is_sharded(resolved, tune) || tune.zero_stage == ZeroStage::Three
}

fn is_tensor(resolved: &Resolved) -> bool {
    let scenario = &*resolved.scenario;
    scenario.devices.split.meant(&scenario.workload) == Split::Tensor
}
