//! What must hold of images and video, whatever the setting.

use plimsoll::engine::memory::diffusion::budget;
use plimsoll::engine::{Budget, PartName, PhaseName, Place, Placement};
use plimsoll::spec::{Diffusion, DiffusionMode, DiffusionPrecision, PartPrecision, Pipeline, Residency};
use plimsoll::units::Bytes;
use proptest::prelude::*;

const PIPELINES: [Pipeline; 18] = [
    Pipeline::Sd15,
    Pipeline::Sdxl,
    Pipeline::Flux1Dev,
    Pipeline::Flux1Schnell,
    Pipeline::Flux2Dev,
    Pipeline::Flux2Klein4b,
    Pipeline::Flux2Klein9b,
    Pipeline::Sd35Medium,
    Pipeline::Sd35Large,
    Pipeline::QwenImage,
    Pipeline::ZImage,
    Pipeline::ZImageTurbo,
    Pipeline::Wan21Small,
    Pipeline::Wan21Large,
    Pipeline::Wan22Small,
    Pipeline::Wan22Large,
    Pipeline::HunyuanVideo,
    Pipeline::Ltx2,
];
const PRECISIONS: [DiffusionPrecision; 6] = [
    DiffusionPrecision::Fp32,
    DiffusionPrecision::Bf16,
    DiffusionPrecision::Fp8,
    DiffusionPrecision::Q8_0,
    DiffusionPrecision::Q4_0,
    DiffusionPrecision::Nf4,
];
const RESIDENCIES: [Residency; 3] = [Residency::All, Residency::Component, Residency::Sequential];
const PLACEMENTS: [Placement; 3] = [Placement::Cpu, Placement::Gpu, Placement::Metal];

fn side() -> impl Strategy<Value = u64> {
    prop_oneof![16_u64..4096, 0_u64..100_000, Just(u64::MAX)]
}

fn setting() -> impl Strategy<Value = Diffusion> {
    let models = (0..PIPELINES.len(), 0..PRECISIONS.len(), 0..RESIDENCIES.len());
    let size = (side(), side(), prop_oneof![1_u64..200, Just(0), Just(u64::MAX)]);
    let more = (prop_oneof![1_u64..16, Just(0), Just(u64::MAX)], 0_u64..300, any::<[bool; 4]>());
    (models, size, more).prop_map(|((pipeline, precision, residency), (width, height, frames), more)| {
        let (batch, rank, [guidance, vae_tiling, trains, gradient_checkpointing]) = more;
        Diffusion {
            pipeline: PIPELINES[pipeline],
            precision: PRECISIONS[precision],
            width,
            height,
            frames,
            steps: 30,
            batch,
            guidance,
            residency: RESIDENCIES[residency],
            vae_tiling,
            mode: if trains { DiffusionMode::Lora } else { DiffusionMode::Generate },
            rank,
            gradient_checkpointing,
            ..Diffusion::default()
        }
    })
}

/// What a budget needs on the device at its peak, without what surrounds it.
fn device(budget: &Budget) -> f64 {
    let need = |phase: &plimsoll::engine::Phase| -> f64 {
        let parts =
            phase.parts.iter().filter(|part| part.place == Place::Device && part.name != PartName::Overhead);
        parts.map(|part| part.bytes.best.get()).sum()
    };
    budget.phases.iter().map(need).fold(0.0, f64::max)
}

fn on_device(setting: &Diffusion) -> f64 {
    device(&budget(setting, Placement::Gpu))
}

/// Not more, but for the rounding of sums.
fn at_most(less: f64, more: f64) -> bool {
    less <= more * (1.0 + 1e-12) + 1.0
}

proptest! {
    #[test]
    fn parts_are_finite_and_sum(setting in setting(), placement in 0..PLACEMENTS.len()) {
        let budget = budget(&setting, PLACEMENTS[placement]);
        prop_assert!(!budget.phases.is_empty());
        for phase in &budget.phases {
            let mut sum = 0.0;
            for part in &phase.parts {
                let band = part.bytes;
                prop_assert!(band.best.get().is_finite() && band.high.get().is_finite(), "{:?}", part);
                prop_assert!(0.0 <= band.low.get() && band.low <= band.best && band.best <= band.high, "{:?}", part);
                sum += band.best.get();
            }
            prop_assert!((phase.total().best.get() - sum).abs() <= sum * 1e-12);
        }
    }

    #[test]
    fn more_is_never_less(setting in setting(), by in 1_u64..500) {
        let grown = [
            Diffusion { width: setting.width.saturating_add(by), ..setting.clone() },
            Diffusion { height: setting.height.saturating_add(by), ..setting.clone() },
            Diffusion { frames: setting.frames.saturating_add(by), ..setting.clone() },
            Diffusion { batch: setting.batch.saturating_add(by), ..setting.clone() },
            Diffusion { rank: setting.rank.saturating_add(by), ..setting.clone() },
            Diffusion { guidance: true, ..setting.clone() },
        ];
        for more in grown {
            prop_assert!(at_most(on_device(&setting), on_device(&more)), "{:?}", more);
        }
    }

    #[test]
    fn moving_models_away_never_needs_more(setting in setting()) {
        let of = |residency| on_device(&Diffusion { residency, ..setting.clone() });
        prop_assert!(at_most(of(Residency::Component), of(Residency::All)), "by component");
        prop_assert!(at_most(of(Residency::Sequential), of(Residency::Component)), "layer by layer");
    }

    #[test]
    fn recomputing_and_tiling_never_need_more(setting in setting()) {
        // All tiles of a clip wait for the last one: of a long narrow clip they need more than it does whole.
        let plain = Diffusion {
            width: setting.width.max(512),
            height: setting.height.max(512),
            frames: setting.frames.min(200),
            gradient_checkpointing: false,
            vae_tiling: false,
            ..setting
        };
        let recomputed = on_device(&Diffusion { gradient_checkpointing: true, ..plain.clone() });
        let tiled = on_device(&Diffusion { vae_tiling: true, ..plain.clone() });
        prop_assert!(at_most(recomputed, on_device(&plain)), "recomputing");
        prop_assert!(at_most(tiled, on_device(&plain)), "tiling");
    }

    #[test]
    fn weights_shrink_with_their_bits(setting in setting()) {
        let weights = |precision| {
            let budget = budget(&Diffusion { precision, ..setting.clone() }, Placement::Cpu);
            let phase = budget.phases.last().expect("a phase");
            phase.named(PartName::Denoiser).best + phase.named(PartName::TextEncoder).best
        };
        prop_assert!(weights(DiffusionPrecision::Nf4) <= weights(DiffusionPrecision::Q8_0));
        prop_assert!(weights(DiffusionPrecision::Q8_0) < weights(DiffusionPrecision::Bf16));
        prop_assert!(weights(DiffusionPrecision::Bf16) < weights(DiffusionPrecision::Fp32));
    }
}

fn example(pipeline: Pipeline, width: u64, height: u64, frames: u64) -> Diffusion {
    Diffusion {
        pipeline,
        precision: DiffusionPrecision::Bf16,
        width,
        height,
        frames,
        steps: 30,
        batch: 1,
        guidance: true,
        residency: Residency::All,
        vae_tiling: false,
        mode: DiffusionMode::Generate,
        rank: 16,
        gradient_checkpointing: false,
        ..Diffusion::default()
    }
}

/// The usual mix: text encoders stay in 16 bit while the denoiser is packed, and have a setting of their own.
#[test]
fn text_encoders_stay_in_16_bit_beside_a_packed_denoiser() {
    let text = |text_precision| {
        let precision = DiffusionPrecision::Nf4;
        let setting = Diffusion { precision, text_precision, ..example(Pipeline::Flux1Dev, 1024, 1024, 1) };
        let budget = budget(&setting, Placement::Gpu);
        let phase = budget.phases.last().expect("a phase");
        phase.named(PartName::TextEncoder).best.as_gib()
    };
    assert!(
        (text(PartPrecision::Auto) - 9.1).abs() < 0.1,
        "T5 of 4.76 B and CLIP: {}",
        text(PartPrecision::Auto)
    );
    // 24 matrices of 4,096 by 10,240 of T5 stay in 32 bit, 3.75 GiB.
    assert!((text(PartPrecision::Nf4) - 6.0).abs() < 0.1, "{}", text(PartPrecision::Nf4));
}

/// What was encoded before training is not there in it.
#[test]
fn cached_latents_leave_text_encoders_and_vae_out() {
    let setting = Diffusion { mode: DiffusionMode::Lora, ..example(Pipeline::Flux1Dev, 512, 512, 1) };
    let cached = Diffusion { cached_latents: true, ..setting.clone() };
    assert!(on_device(&setting) - on_device(&cached) > 9e9, "T5 alone has 9.5 GB");
    let given = Diffusion { image_to_image: true, mode: DiffusionMode::Generate, ..setting.clone() };
    let budget = budget(&given, Placement::Gpu);
    let encode = budget.phases.iter().find(|phase| phase.name == PhaseName::Encode).expect("encoding");
    assert!(encode.named(PartName::Activations).best.as_gib() > 0.3, "the VAE reads the image that is given");
}

#[test]
fn a_14b_video_model_waits_on_the_host_while_the_other_works() {
    let setting =
        Diffusion { residency: Residency::Component, ..example(Pipeline::Wan22Large, 832, 480, 81) };
    let budget = budget(&setting, Placement::Gpu);
    let denoise = budget.phases.iter().find(|phase| phase.name == PhaseName::Denoise).expect("denoising");
    let at = |place| {
        let parts =
            denoise.parts.iter().filter(|part| part.place == place && part.name == PartName::Denoiser);
        parts.map(|part| part.bytes.best.get()).sum::<f64>()
    };
    assert!((at(Place::Device) - 28_635_351_168.0).abs() < 1.0, "one expert of 14.3 B");
    assert!((at(Place::Host) - at(Place::Device)).abs() < 1.0, "the other waits");
    assert!(denoise.named(PartName::TextEncoder).best.get() > 0.0, "the text encoder waits too");
}

#[test]
fn guidance_doubles_a_unet_pass_only() {
    for (pipeline, factor) in [(Pipeline::Sdxl, 2.0), (Pipeline::Flux1Dev, 1.0), (Pipeline::Wan22Small, 1.0)]
    {
        let activations = |guidance| {
            let budget = budget(&Diffusion { guidance, ..example(pipeline, 1024, 1024, 49) }, Placement::Gpu);
            let phase =
                budget.phases.iter().find(|phase| phase.name == PhaseName::Denoise).expect("denoising");
            phase.named(PartName::Activations).best.get()
        };
        let ratio = activations(true) / activations(false);
        assert!((ratio - factor).abs() < 0.02, "{pipeline:?}: {ratio}");
    }
}

#[test]
fn sdxl_decodes_in_32_bit_and_that_decides() {
    let budget = budget(&example(Pipeline::Sdxl, 1024, 1024, 1), Placement::Gpu);
    let peak = budget.peak_in(Place::Device).expect("a peak");
    assert_eq!(peak.name, PhaseName::DecodeImage);
    assert_eq!(peak.named(PartName::Vae).best, Bytes::new(4.0 * 83_653_863.0), "in 32 bit");
    assert!((peak.named(PartName::Activations).best.get() - 3_221_749_760.0).abs() < 1e3);
}

#[test]
fn an_adapter_needs_the_base_its_saved_values_and_little_else() {
    let setting = Diffusion { mode: DiffusionMode::Lora, ..example(Pipeline::Sdxl, 1024, 1024, 1) };
    let budget = budget(&setting, Placement::Gpu);
    let names: Vec<PhaseName> = budget.phases.iter().map(|phase| phase.name).collect();
    assert_eq!(
        names,
        [PhaseName::Encode, PhaseName::Forward, PhaseName::Backward, PhaseName::OptimizerStep],
        "phases in order"
    );
    let peak = budget.peak().expect("a peak");
    assert_eq!(peak.name, PhaseName::Backward);
    assert_eq!(peak.named(PartName::Adapters).best, Bytes::new(92_897_280.0), "rank 16");
    assert_eq!(peak.named(PartName::OptimizerState).best, Bytes::new(2.0 * 92_897_280.0), "two moments");
}
