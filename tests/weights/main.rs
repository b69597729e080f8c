//! Weights against llama.cpp's own quantiser and MLX's own allocator.

mod models;

use plimsoll::engine::memory::{Placement, checkpoint_parameter_count, parameter_count, weights};
use plimsoll::spec::{GpuLayers, Model, Quantization};

const GGUF_SIZES: &str = include_str!("../../assets/evidence/measurements/gguf_sizes.csv");
const MLX_WEIGHTS: &str = include_str!("../../assets/evidence/measurements/mlx_weights.csv");

/// Rows of a table without its comments and its header.
fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table.lines().filter(|line| !line.starts_with('#')).skip(1).map(|line| line.split(',').collect())
}

fn model(name: &str) -> Model {
    models::named(name).unwrap_or_else(|| panic!("no test model is called {name}"))
}

fn number(text: &str) -> f64 {
    text.parse().expect("a number in the table")
}

#[test]
fn file_sizes_are_those_of_the_quantiser() {
    let mut worst = 0.0_f64;
    for row in rows(GGUF_SIZES) {
        let quantization = Quantization::parse(row[1]).expect("a known file type");
        let found = weights(&model(row[0]), quantization, Placement::Cpu, GpuLayers::Auto);
        let file_error = found.file.get() / number(row[3]) - 1.0;
        let tensor_error = found.host.get() - number(row[4]);
        println!(
            "{:20} {:10} file {:>14} {:+.4} %  tensors {:+}",
            row[0],
            row[1],
            found.file.get(),
            file_error * 100.0,
            tensor_error
        );
        worst = worst.max(file_error.abs());
        assert!((0.0..32.0).contains(&tensor_error), "{} {}: tensors off by {tensor_error}", row[0], row[1]);
    }
    println!("worst file size {:.4} %", worst * 100.0);
    assert!(worst < 0.0005, "worst file size error {worst}");
}

#[test]
fn parameters_are_counted_to_the_unit() {
    for row in rows(GGUF_SIZES) {
        assert_eq!(parameter_count(&model(row[0])) as f64, number(row[2]), "{}", row[0]);
    }
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
        let model = model(row[0]);
        assert_eq!(checkpoint_parameter_count(&model) as f64, number(row[3]), "{}", row[0]);
        let found = weights(&model, quantization, Placement::Metal, GpuLayers::Auto);
        assert_eq!(found.device.get(), number(row[4]), "{} {} bit", row[0], row[1]);
    }
}

/// Device and host bytes with all layers on a device, as llama.cpp 0.5.0 reports them.
const SPLITS: [(&str, &str, f64, f64); 18] = [
    ("Llama-3.1-8B", "Q4_K_M", 4_617_396_480.0, 295_501_824.0),
    ("Llama-3.1-8B", "Q8_0", 7_974_764_800.0, 558_170_112.0),
    ("Llama-3.1-8B", "F16", 15_010_382_080.0, 1_050_673_152.0),
    ("Llama-3.1-8B", "Q2_K", 2_998_919_424.0, 172_376_064.0),
    ("Llama-3.1-8B", "IQ4_XS", 4_197_441_792.0, 279_085_056.0),
    ("Llama-3.2-1B", "F16", 2_471_764_096.0, 525_336_576.0),
    ("Llama-3.2-1B", "Q4_K_M", 799_862_912.0, 215_470_080.0),
    ("Llama-3.3-70B", "Q3_K_M", 33_808_171_264.0, 451_461_120.0),
    ("Mixtral-8x7B", "Q4_K_M", 28_373_999_616.0, 73_728_000.0),
    ("Qwen2.5-14B", "Q6_K", 11_480_047_616.0, 638_668_800.0),
    ("Qwen3-8B", "Q4_K_M", 4_671_766_528.0, 350_060_544.0),
    ("Qwen3-30B-A3B", "Q4_K_M", 18_375_686_144.0, 175_030_272.0),
    ("Gemma-2-9B", "Q4_K_M", 5_755_000_832.0, 752_640_000.0),
    ("gpt-oss-20b", "MXFP4_MOE", 11_481_229_056.0, 615_329_280.0),
    ("DeepSeek-V2-Lite", "Q4_K_M", 10_245_994_496.0, 117_964_800.0),
    ("Command-R-35B", "Q4_K_M", 21_516_156_928.0, 1_720_320_000.0),
    ("Falcon-H1-7B", "Q4_K_M", 4_367_356_768.0, 224_724_672.0),
    ("Qwen3-Next-80B-A3B", "Q4_K_M", 48_308_028_416.0, 175_030_272.0),
];

#[test]
fn a_device_and_its_host_hold_what_llama_cpp_reports() {
    for (name, key, device, host) in SPLITS {
        let quantization = Quantization::parse(key).expect("a known file type");
        let found = weights(&model(name), quantization, Placement::Gpu, GpuLayers::Auto);
        assert_eq!((found.device.get(), found.host.get()), (device, host), "{name} {key}");
    }
}
