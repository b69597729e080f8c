//! Weights against llama.cpp's own quantiser and MLX's own allocator.

mod models;

use models::{measured_file, named};

use plimsoll::engine::memory::{
    Placement, active_parameter_count, bits_per_weight, checkpoint_parameter_count, parameter_count, weights,
};
use plimsoll::spec::{FileType, GpuLayers, Model, Quantization, Runtime};
use plimsoll::units::{Bytes, count, whole};

const GGUF_SIZES: &str = include_str!("../../assets/evidence/measurements/gguf_sizes.csv");
const TENSOR_BYTES: &str = include_str!("../../assets/evidence/measurements/gguf_tensor_bytes.csv");
const MLX_WEIGHTS: &str = include_str!("../../assets/evidence/measurements/mlx_weights.csv");

/// Rows of a table without its comments and its header.
fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table.lines().filter(|line| !line.starts_with('#')).skip(1).map(|line| line.split(',').collect())
}

fn number(text: &str) -> u64 {
    text.parse().expect("a number in the table")
}

fn bytes(quantity: Bytes) -> u64 {
    whole(quantity.get())
}

#[test]
fn file_sizes_are_those_of_the_quantiser() {
    let mut worst = 0.0_f64;
    for row in rows(GGUF_SIZES) {
        let quantization = Quantization::parse(row[1]).expect("a known file type");
        let found = weights(&measured_file(row[0]), quantization, Placement::Cpu, GpuLayers::Auto);
        let error = found.file.get() / count(number(row[3])) - 1.0;
        println!("{:20} {:10} file {:+.4} %", row[0], row[1], error * 100.0);
        worst = worst.max(error.abs());
        // the table leaves out the padding after the last tensor
        let padding = bytes(found.host) - number(row[4]);
        assert!(padding < 32, "{} {}: tensors off by {padding}", row[0], row[1]);
    }
    println!("worst file size {:.4} %", worst * 100.0);
    assert!(worst < 0.0005, "worst file size error {worst}");
}

#[test]
fn mlx_holds_what_its_allocator_says() {
    for row in rows(MLX_WEIGHTS) {
        let quantization = match row[1] {
            "0" => Quantization::Bf16,
            bits => {
                Quantization::Mlx { bits: bits.parse().expect("bits"), group: row[2].parse().expect("group") }
            }
        };
        let model = named(row[0]);
        assert_eq!(checkpoint_parameter_count(&model), number(row[3]), "{}", row[0]);
        let found = weights(&model, quantization, Placement::Metal, GpuLayers::Auto);
        assert_eq!(bytes(found.device), number(row[4]), "{} {} bit", row[0], row[1]);
    }
}

/// Device and host bytes with all layers on a device, as llama.cpp 0.5.0 reports them.
const SPLITS: [(&str, &str, u64, u64); 18] = [
    ("Llama-3.1-8B", "Q4_K_M", 4_617_396_480, 295_501_824),
    ("Llama-3.1-8B", "Q8_0", 7_974_764_800, 558_170_112),
    ("Llama-3.1-8B", "F16", 15_010_382_080, 1_050_673_152),
    ("Llama-3.1-8B", "Q2_K", 2_998_919_424, 172_376_064),
    ("Llama-3.1-8B", "IQ4_XS", 4_197_441_792, 279_085_056),
    ("Llama-3.2-1B", "F16", 2_471_764_096, 525_336_576),
    ("Llama-3.2-1B", "Q4_K_M", 799_862_912, 215_470_080),
    ("Llama-3.3-70B", "Q3_K_M", 33_808_171_264, 451_461_120),
    ("Mixtral-8x7B", "Q4_K_M", 28_373_999_616, 73_728_000),
    ("Qwen2.5-14B", "Q6_K", 11_480_047_616, 638_668_800),
    ("Qwen3-8B", "Q4_K_M", 4_671_766_528, 350_060_544),
    ("Qwen3-30B-A3B", "Q4_K_M", 18_375_686_144, 175_030_272),
    ("Gemma-2-9B", "Q4_K_M", 5_755_000_832, 752_640_000),
    ("gpt-oss-20b", "MXFP4_MOE", 11_481_229_056, 615_329_280),
    ("DeepSeek-V2-Lite", "Q4_K_M", 10_245_994_496, 117_964_800),
    ("Command-R-35B", "Q4_K_M", 21_516_156_928, 1_720_320_000),
    ("Falcon-H1-7B", "Q4_K_M", 4_367_356_768, 224_724_672),
    ("Qwen3-Next-80B-A3B", "Q4_K_M", 48_308_028_416, 175_030_272),
];

#[test]
fn a_device_and_its_host_hold_what_llama_cpp_reports() {
    for (name, key, device, host) in SPLITS {
        let quantization = Quantization::parse(key).expect("a known file type");
        let found = weights(&named(name), quantization, Placement::Gpu, GpuLayers::Auto);
        assert_eq!((bytes(found.device), bytes(found.host)), (device, host), "{name} {key}");
    }
}

#[test]
fn every_file_type_takes_what_the_quantiser_would_give_it() {
    let mut keys = Vec::new();
    for row in TENSOR_BYTES.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<_> = row.split(',').collect();
        if keys.is_empty() {
            keys = cells;
            continue;
        }
        let model = named(cells[0]);
        for (key, cell) in keys.iter().zip(&cells).skip(1) {
            let quantization = Quantization::parse(key).expect("a known file type");
            let found = weights(&model, quantization, Placement::Cpu, GpuLayers::Auto);
            assert_eq!(bytes(found.host), number(cell), "{} {key}", cells[0]);
        }
    }
    assert_eq!(keys.len(), FileType::ALL.len() + 1, "every file type is compared");
}

#[test]
fn active_parameters_are_those_published() {
    for (name, billions) in [("Qwen3-30B-A3B", 3.35), ("Mixtral-8x7B", 12.88), ("DeepSeek-R1", 37.5)] {
        let found = count(active_parameter_count(&named(name))) / 1e9;
        assert!((found / billions - 1.0).abs() < 0.01, "{name}: {found} billion");
    }
}

#[test]
fn layers_go_to_the_device_from_the_last_and_the_output_first() {
    let model = named("Llama-3.1-8B");
    let q8 = Quantization::Gguf(FileType::Q8_0);
    let at = |layers| weights(&model, q8, Placement::Gpu, GpuLayers::Count(layers));
    let output = 128_256 * 4096 / 32 * 34 + 4096 * 4;
    let layer = (2 * 4096 * 4096 + 2 * 1024 * 4096 + 3 * 4096 * 14_336) / 32 * 34 + 2 * 4096 * 4;
    let rope = 64 * 4;
    assert_eq!(at(0).device, Bytes::ZERO);
    assert_eq!(bytes(at(1).device), output);
    assert_eq!(bytes(at(3).device), output + 2 * layer + rope);
    assert_eq!(bytes(at(33).device), output + 32 * layer + rope);
    assert_eq!(at(33), at(99));
    assert_eq!(at(33), weights(&model, q8, Placement::Gpu, GpuLayers::Auto));
}

#[test]
fn what_lies_twice_is_said() {
    for (name, _, _, _) in SPLITS {
        let model = named(name);
        let q4 = Quantization::Gguf(FileType::Q4KM);
        let whole = weights(&model, q4, Placement::Cpu, GpuLayers::Auto);
        assert_eq!(whole.twice, Bytes::ZERO);
        for layers in 0..=u64::from(model.layer_count()) + 1 {
            let split = weights(&model, q4, Placement::Gpu, GpuLayers::Count(layers));
            assert_eq!(bytes(split.total() - split.twice), bytes(whole.total()), "{name} {layers} layers");
            assert_eq!(bytes(split.per_token), bytes(whole.per_token), "{name} {layers} layers");
        }
    }
}

#[test]
fn a_step_down_the_slider_never_needs_more() {
    for row in rows(GGUF_SIZES) {
        for runtime in Runtime::ALL {
            let model = named(row[0]);
            let sizes: Vec<f64> = Quantization::ladder_for(&model, runtime)
                .iter()
                .map(|step| weights(&model, *step, Placement::Cpu, GpuLayers::Auto).file.get())
                .collect();
            assert!(sizes.windows(2).all(|pair| pair[0] >= pair[1]), "{} {runtime:?} {sizes:?}", row[0]);
        }
    }
}

/// One linear layer of 4,096 × 4,096 by hand, in the formats of Hugging Face.
#[test]
fn checkpoints_are_packed_as_their_libraries_pack_them() {
    let model = named("Llama-3.1-8B");
    let kept: u64 = 2 * (2 * 128_256 * 4096 + 65 * 4096);
    let linear: u64 = checkpoint_parameter_count(&model) - kept / 2;
    let columns: u64 = 32 * (6 * 4096 + 14_336);
    let rows: u64 = 32 * (2 * 4096 + 2 * 1024 + 2 * 14_336 + 4096);
    let matrices: u64 = 32 * 7;
    let expected = [
        (Quantization::Bf16, linear * 2),
        (Quantization::Fp8, linear + rows * 4),
        (Quantization::Awq, linear / 2 + linear / 128 * 2 + linear / 256),
        (Quantization::Gptq, linear / 2 + linear / 128 * 2 + linear / 256 + columns * 4),
        (Quantization::Nf4, linear / 2 + linear / 64 + linear / 64 / 256 * 4 + matrices * 4 * (16 + 256 + 1)),
        (Quantization::NvFp4, linear / 2 + linear / 16 + matrices * 8),
    ];
    for (quantization, bytes_of_linear) in expected {
        let found = weights(&model, quantization, Placement::Gpu, GpuLayers::Auto);
        assert_eq!(bytes(found.device), kept + bytes_of_linear, "{}", quantization.key());
    }
}

#[test]
fn bits_per_weight_are_those_llama_cpp_prints() {
    for (key, bits) in [("Q4_K_M", 4.89), ("Q8_0", 8.50), ("Q2_K", 3.16), ("F16", 16.0)] {
        let quantization = Quantization::parse(key).expect("a known file type");
        let found = bits_per_weight(&named("Llama-3.1-8B"), quantization).get();
        assert!((found - bits).abs() < 0.006, "{key}: {found}");
    }
}

#[test]
fn an_impossible_model_is_answered_without_a_panic() {
    let model = Model { hidden: u32::MAX, vocabulary: u32::MAX, ..named("DeepSeek-R1-671B") };
    for quantization in Quantization::known() {
        let found = weights(&model, quantization, Placement::Gpu, GpuLayers::Count(5));
        assert!(found.total().get() > 1e15, "{}", quantization.key());
    }
    let empty = Model { stack: Vec::new(), ..model };
    assert_eq!(parameter_count(&Model { hidden: 0, ..empty }), 0);
}
