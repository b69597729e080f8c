//! What is learnt, and how the work is kept on several devices: settings of training beside the method.

use super::named::choices;
use super::{BasePrecision, FineTune};

choices! {
    /// What is learnt.
    #[derive(Default)]
    Objective {
        /// To continue examples: supervised fine-tuning.
        #[default]
        Sft = "sft", "examples (SFT)";
        /// To prefer one of two answers, against a reference model.
        Dpo = "dpo", "preferences (DPO)";
        /// To be rewarded for answers that it writes itself.
        Grpo = "grpo", "rewards (GRPO)";
    }
}

choices! {
    /// What writes the answers of GRPO.
    #[derive(Default)]
    Generation {
        /// The model that is trained, with a KV cache of Transformers'.
        #[default]
        Transformers = "transformers", "Transformers";
        /// vLLM on the same device, with a share of its memory.
        Vllm = "vllm", "vLLM beside it";
    }
}

choices! {
    /// Whether 32-bit copies of 16-bit parameters are kept.
    #[derive(Default)]
    MasterWeights {
        /// As the program does: FSDP and DeepSpeed keep them, one device does not.
        #[default]
        Auto = "auto", "as the program does";
        /// They are.
        Kept = "true" | "yes", "kept";
        /// They are not.
        Left = "false" | "no", "left out";
    }
}

choices! {
    /// What DeepSpeed shards over the devices (ZeRO).
    #[derive(Default)]
    ZeroStage {
        /// DeepSpeed is not used.
        #[default]
        None = "none" | "auto", "not DeepSpeed";
        /// Nothing: a copy on each device.
        Zero = "0", "stage 0";
        /// The optimizer's state and the master weights.
        One = "1", "stage 1";
        /// The gradients too.
        Two = "2", "stage 2";
        /// The parameters too.
        Three = "3", "stage 3";
    }
}

choices! {
    /// What of training lies in system memory.
    #[derive(Default)]
    TrainingOffload {
        /// Nothing.
        #[default]
        None = "none", "nothing";
        /// The optimizer's state with the master weights and the gradients it reads (ZeRO-Offload).
        Optimizer = "optimizer", "optimizer";
        /// The parameters too, gathered layer by layer.
        All = "all" | "parameters", "optimizer and parameters";
    }
}

impl MasterWeights {
    /// Whether they are kept where the program itself keeps none.
    pub const fn are_kept(self) -> bool {
        matches!(self, Self::Kept)
    }
}

impl FineTune {
    /// Whether DeepSpeed shares a base in 16 bit out layer by layer, where TRL holds adapters as the base is: an optimizer's step
    /// takes parameters of one type there (`autocast_adapter_dtype=False` of `SFTTrainer.__init__`).
    pub fn holds_adapters_as_base(&self) -> bool {
        let narrow = matches!(self.precision, BasePrecision::Bf16 | BasePrecision::Fp16);
        let staged = match self.zero_stage {
            ZeroStage::Three => true,
            // What moves parameters to system memory is the third stage.
            ZeroStage::None => self.training_offload == TrainingOffload::All,
            ZeroStage::Zero | ZeroStage::One | ZeroStage::Two => false,
        };
        narrow && staged
    }
}
