//! What must hold for every MLX fine-tune, not only for measured ones.

use std::sync::{Arc, LazyLock};

use plimsoll::catalog::Catalog;
use plimsoll::engine::memory::finetune::mlx;
use plimsoll::engine::memory::{Budget, Placement};
use plimsoll::spec::{
    AttentionKernel, BasePrecision, FineTune, Method, Model, Optimizer, Targets, TunedLayers,
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
            BasePrecision::Nf4, BasePrecision::Mlx4, BasePrecision::Mlx8,
        ]),
        rank in number(256),
        targets in select(vec![Targets::QueryValue, Targets::Attention, Targets::AllLinear]),
        layers in prop_oneof![1 => Just(TunedLayers::All), 3 => number(80).prop_map(TunedLayers::Last)],
        optimizer in select(vec![
            Optimizer::AdamW, Optimizer::AdamW8bit, Optimizer::Adafactor, Optimizer::Lion, Optimizer::Sgd,
        ]),
        micro_batch in number(16),
        accumulation in number(8),
        sequence in number(20_000),
        checkpointing in any::<bool>(),
    ) -> FineTune {
        FineTune {
            method, precision, rank, targets, tuned_layers: layers, optimizer,
            master_weights: false, micro_batch, accumulation, sequence, checkpointing,
            attention: AttentionKernel::Fused, padded: false, fused_loss: false, adapters_fp32: true,
            kbit_preparation: false, examples: 1, tokens_per_example: 1, epochs: 1.0,
        }
    }
}

/// The most of any phase, for each end alone.
fn peak(model: &Model, finetune: &FineTune) -> Band<f64> {
    let budget = mlx::budget(model, finetune, Placement::Metal);
    let most = |of: fn(Band<f64>) -> f64| {
        budget.phases.iter().map(|phase| of(phase.total().map(Bytes::get))).fold(0.0, f64::max)
    };
    Band { low: most(|total| total.low), best: most(|total| total.best), high: most(|total| total.high) }
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

proptest! {
    #[test]
    fn parts_sum_and_bands_are_in_order(model in model(), finetune in finetune()) {
        for placement in [Placement::Cpu, Placement::Gpu, Placement::Metal] {
            check_parts(&mlx::budget(&model, &finetune, placement));
        }
    }

    #[test]
    fn more_never_needs_less(model in model(), finetune in finetune(), more in 1_u64..64) {
        let before = peak(&model, &finetune);
        let layers = match finetune.tuned_layers {
            TunedLayers::All => TunedLayers::All,
            TunedLayers::Last(layers) => TunedLayers::Last(layers.saturating_add(more)),
        };
        for larger in [
            FineTune { sequence: finetune.sequence.saturating_add(more), ..finetune },
            FineTune { micro_batch: finetune.micro_batch.saturating_add(more), ..finetune },
            FineTune { rank: finetune.rank.saturating_add(more), ..finetune },
            FineTune { accumulation: finetune.accumulation.saturating_add(more), ..finetune },
            FineTune { tuned_layers: layers, ..finetune },
            FineTune { targets: Targets::AllLinear, ..finetune },
        ] {
            prop_assert!(at_most(before, peak(&model, &larger)), "{} {:?}", model.id, larger);
        }
    }

    #[test]
    fn recomputation_never_needs_more(model in model(), finetune in finetune()) {
        let with = peak(&model, &FineTune { checkpointing: true, ..finetune });
        let without = peak(&model, &FineTune { checkpointing: false, ..finetune });
        prop_assert!(at_most(with, without), "{} {:?}", model.id, finetune);
    }
}
