//! What must hold for every fine-tune, not only for measured ones.

use std::sync::{Arc, LazyLock};

use plimsoll::catalog::Catalog;
use plimsoll::engine::memory::finetune::{mlx, pytorch};
use plimsoll::engine::memory::{Budget, PartName, Placement};
use plimsoll::spec::{
    AttentionKernel, BasePrecision, FineTune, MasterWeights, Method, Model, Objective, Optimizer, Targets,
    TunedLayers,
};
use plimsoll::units::{Band, Bytes};
use proptest::prelude::*;
use proptest::sample::select;

static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::built_in);

fn model() -> impl Strategy<Value = Arc<Model>> {
    (0..CATALOG.models.len()).prop_map(|index| Arc::clone(&CATALOG.models[index]))
}

/// From usual numbers to absurd ones.
fn number(usual: u64) -> impl Strategy<Value = u64> {
    prop_oneof![4 => 0..usual, 1 => Just(u64::MAX), 1 => Just(1_000_000_000_000_000)]
}

prop_compose! {
    fn finetune()(
        method in select(vec![Method::Full, Method::Lora, Method::Qlora, Method::Dora]),
        precision in select(vec![
            BasePrecision::Bf16, BasePrecision::Fp16, BasePrecision::Fp32,
            BasePrecision::Nf4, BasePrecision::Int8, BasePrecision::Mlx4, BasePrecision::Mlx8,
        ]),
        rank in number(256),
        targets in select(vec![Targets::QueryValue, Targets::Attention, Targets::AllLinear]),
        layers in prop_oneof![1 => Just(TunedLayers::All), 3 => number(80).prop_map(TunedLayers::Last)],
        optimizer in select(vec![
            Optimizer::AdamW, Optimizer::AdamW8bit, Optimizer::Adafactor, Optimizer::Lion, Optimizer::Sgd,
            Optimizer::GaLore, Optimizer::Muon, Optimizer::PagedAdamW, Optimizer::Lion8bit,
        ]),
        micro_batch in number(16),
        gradient_accumulation_steps in number(8),
        sequence in number(20_000),
        gradient_checkpointing in any::<bool>(),
        attention in select(vec![AttentionKernel::Fused, AttentionKernel::Eager]),
        objective in select(vec![Objective::Sft, Objective::Dpo, Objective::Grpo]),
        [checkpoint_offload, optimizer_in_backward, kl_reference] in any::<[bool; 3]>(),
        [padded, chunked_loss, return_logits, autocast, adapters_fp32, kbit_preparation] in any::<[bool; 6]>(),
    ) -> FineTune {
        FineTune {
            method, precision, rank, targets, tuned_layers: layers, optimizer,
            master_weights: MasterWeights::Left, micro_batch, gradient_accumulation_steps, sequence, gradient_checkpointing,
            attention, padded, chunked_loss, return_logits, autocast, adapters_fp32,
            kbit_preparation, examples: 1, tokens_per_example: 1, epochs: 1.0,
            objective, checkpoint_offload, optimizer_in_backward, kl_reference,
            ..FineTune::default()
        }
    }
}

/// What answers: a runtime on a kind of memory.
#[derive(Clone, Copy, Debug)]
enum Engine {
    Mlx,
    PyTorch(Placement),
}

const ENGINES: [Engine; 4] = [
    Engine::Mlx,
    Engine::PyTorch(Placement::Gpu),
    Engine::PyTorch(Placement::Metal),
    Engine::PyTorch(Placement::Cpu),
];

impl Engine {
    fn budget(self, model: &Model, finetune: &FineTune) -> Budget {
        match self {
            Self::Mlx => mlx::budget(model, finetune, Placement::Metal),
            Self::PyTorch(placement) => pytorch::budget(model, finetune, placement),
        }
    }

    /// The most of any phase, for each end alone.
    fn peak(self, model: &Model, finetune: &FineTune) -> Band<f64> {
        let budget = self.budget(model, finetune);
        let most = |of: fn(Band<f64>) -> f64| {
            budget.phases.iter().map(|phase| of(phase.total().map(Bytes::get))).fold(0.0, f64::max)
        };
        Band { low: most(|total| total.low), best: most(|total| total.best), high: most(|total| total.high) }
    }

    /// The most of a part in any phase.
    fn most(self, name: PartName, model: &Model, finetune: &FineTune) -> f64 {
        let budget = self.budget(model, finetune);
        budget.phases.iter().map(|phase| phase.named(name).best.get()).fold(0.0, f64::max)
    }
}

fn engine() -> impl Strategy<Value = Engine> {
    select(ENGINES.to_vec())
}

fn at_most(less: Band<f64>, more: Band<f64>) -> bool {
    let fits = |less: f64, more: f64| less <= more * (1.0 + 1e-9);
    fits(less.low, more.low) && fits(less.best, more.best) && fits(less.high, more.high)
}

fn check_parts(budget: &Budget) {
    assert!(!budget.phases.is_empty(), "a budget has phases");
    for phase in &budget.phases {
        let total = phase.total().map(Bytes::get);
        let sum: f64 = phase.parts.iter().map(|part| part.bytes.best.get()).sum();
        assert!((sum - total.best).abs() <= sum * 1e-12, "{:?}: parts sum", phase.name);
        for part in &phase.parts {
            let bytes = part.bytes.map(Bytes::get);
            assert!(bytes.low.is_finite() && bytes.high.is_finite(), "{part:?}");
            assert!(
                0.0 <= bytes.low && bytes.low <= bytes.best && bytes.best <= bytes.high,
                "{:?} {part:?}",
                phase.name
            );
        }
    }
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 300,
        rng_seed: proptest::test_runner::RngSeed::Fixed(20_261_121),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn parts_sum_and_bands_are_in_order(model in model(), finetune in finetune()) {
        for engine in ENGINES {
            check_parts(&engine.budget(&model, &finetune));
        }
        for placement in [Placement::Cpu, Placement::Gpu] {
            check_parts(&mlx::budget(&model, &finetune, placement));
        }
    }

    #[test]
    fn more_never_needs_less(engine in engine(), model in model(), finetune in finetune(), more in 1_u64..64) {
        let before = engine.peak(&model, &finetune);
        let layers = match finetune.tuned_layers {
            TunedLayers::All => TunedLayers::All,
            TunedLayers::Last(layers) => TunedLayers::Last(layers.saturating_add(more)),
        };
        for larger in [
            FineTune { sequence: finetune.sequence.saturating_add(more), ..finetune },
            FineTune { micro_batch: finetune.micro_batch.saturating_add(more), ..finetune },
            FineTune { rank: finetune.rank.saturating_add(more), ..finetune },
            FineTune { gradient_accumulation_steps: finetune.gradient_accumulation_steps.saturating_add(more), ..finetune },
            FineTune { tuned_layers: layers, ..finetune },
            FineTune { targets: Targets::AllLinear, ..finetune },
            FineTune { return_logits: true, ..finetune },
            FineTune { master_weights: MasterWeights::Kept, ..finetune },
        ] {
            prop_assert!(at_most(before, engine.peak(&model, &larger)), "{} {:?}", model.id, larger);
        }
    }

    /// Where every layer is trained: below frozen ones nothing is kept without recomputation, and their inputs are
    /// with it.
    #[test]
    fn recomputation_never_needs_more(engine in engine(), model in model(), finetune in finetune()) {
        let finetune = FineTune { tuned_layers: TunedLayers::All, ..finetune };
        let with = engine.peak(&model, &FineTune { gradient_checkpointing: true, ..finetune });
        let without = engine.peak(&model, &FineTune { gradient_checkpointing: false, ..finetune });
        prop_assert!(at_most(with, without), "{} {:?}", model.id, finetune);
    }

    #[test]
    fn fused_kernels_never_need_more(engine in engine(), model in model(), finetune in finetune()) {
        // Whoever trains the head as well pays for its gradient in 32 bit while the loss is computed in chunks.
        let finetune = FineTune { tuned_layers: TunedLayers::Last(1), ..finetune };
        let chunked = FineTune { chunked_loss: true, ..finetune };
        let whole = FineTune { chunked_loss: false, ..finetune };
        prop_assert!(at_most(engine.peak(&model, &chunked), engine.peak(&model, &whole)), "{} {:?}", model.id, finetune);
        // Of a few tokens the result that a fused kernel keeps is more than their scores.
        let finetune = FineTune { sequence: finetune.sequence.max(1024), ..finetune };
        let fused = FineTune { attention: AttentionKernel::Fused, ..finetune };
        let eager = FineTune { attention: AttentionKernel::Eager, ..finetune };
        prop_assert!(at_most(engine.peak(&model, &fused), engine.peak(&model, &eager)), "{} {:?}", model.id, finetune);
    }

    #[test]
    fn fewer_bits_never_need_more(engine in engine(), model in model(), finetune in finetune()) {
        let packed = match engine {
            Engine::Mlx => BasePrecision::Mlx4,
            Engine::PyTorch(_) => BasePrecision::Nf4,
        };
        let plain = FineTune { kbit_preparation: false, precision: BasePrecision::Bf16, ..finetune };
        let lora = FineTune { method: Method::Lora, ..plain };
        let qlora = FineTune { method: Method::Qlora, precision: packed, ..plain };
        let weights = |finetune| engine.most(PartName::Weights, &model, finetune);
        prop_assert!(weights(&qlora) <= weights(&lora) * (1.0 + 1e-9), "{}", model.id);
        let wide = FineTune { precision: BasePrecision::Fp32, ..lora };
        prop_assert!(weights(&lora) <= weights(&wide), "{}", model.id);
    }

    /// With adapters as small as they are meant to be, whatever else is asked.
    #[test]
    fn adapters_never_need_more_than_full_training(engine in engine(), model in model(), finetune in finetune()) {
        let full = FineTune {
            method: Method::Full, precision: BasePrecision::Bf16, tuned_layers: TunedLayers::All, ..finetune
        };
        let lora = FineTune { method: Method::Lora, rank: finetune.rank.min(16), ..full };
        // Adafactor keeps sums of rows and columns, of which two thin matrices have more than one large one.
        let optimizer = if finetune.optimizer == Optimizer::Adafactor { Optimizer::AdamW } else { finetune.optimizer };
        let (full, lora) = (FineTune { optimizer, ..full }, FineTune { optimizer, ..lora });
        for name in [PartName::Weights, PartName::Gradients, PartName::OptimizerState] {
            let (less, more) = (engine.most(name, &model, &lora), engine.most(name, &model, &full));
            prop_assert!(less <= more, "{} {name:?}: {less} {more}", model.id);
        }
    }
}
