//! What is printed to copy is what the programs take: every flag of every command is in the program's own list.

#![expect(clippy::panic, reason = "what a test asks of a helper fails that test")]

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::asked::{CONTEXT, asked};
use plimsoll::catalog::calibration;
use plimsoll::engine::plan::plan;
use plimsoll::engine::{Assumptions, estimate};
use plimsoll::report::{plan_command, start_command, start_note};
use plimsoll::spec::preset::{PresetKeys, parse, resolve};
use plimsoll::spec::{Machine, Scenario};

/// Flags of the programs, those that could be printed among them. Each list says where and when it was read.
const KNOWN: &[(&str, &str)] = &[
    // common/arg.cpp of ggml-org/llama.cpp at 145b6280, read on 2026-11-27.
    (
        "llama-server",
        "-m --model -c --ctx-size -n --predict -b --batch-size -ub --ubatch-size --keep --swa-full --ctx-checkpoints \
         --cache-ram -cram --kv-unified -kvu -fa --flash-attn -np --parallel -ctk --cache-type-k -ctv --cache-type-v \
         -dev --device --override-tensor -ot --cpu-moe -cmoe --n-cpu-moe -ncmoe -ngl --gpu-layers --n-gpu-layers -sm \
         --split-mode -ts --tensor-split --mlock --mmap --no-mmap -md --model-draft -mm --mmproj \
         --spec-type --spec-draft-n-max --spec-ngram-simple-size-m --rpc",
    ),
    // Engine arguments of vLLM 0.8.5, https://docs.vllm.ai/en/v0.8.5/serving/engine_args.html, read on 2026-11-27.
    (
        "vllm",
        "--max-model-len --gpu-memory-utilization --max-num-seqs --max-num-batched-tokens --enforce-eager \
         --cpu-offload-gb --kv-cache-dtype --tensor-parallel-size --pipeline-parallel-size --quantization --dtype \
         --data-parallel-size --enable-expert-parallel --speculative-config --distributed-executor-backend",
    ),
    // comfy/cli_args.py of comfyanonymous/ComfyUI, read on 2026-11-28.
    (
        "comfyui",
        "--disable-smart-memory --fp32-unet --fp8_e4m3fn-text-enc --fp8_e4m3fn-unet --gpu-only --novram",
    ),
    // Ollama 0.33.0 (cmd/cmd.go) and LM Studio (lmstudio.ai/docs/cli/load), read on 2026-11-28.
    ("ollama", "-f"),
    ("lms", "--context-length --gpu"),
    // mlx-lm 0.32.2 from PyPI, its argparse calls, read on 2026-11-27.
    (
        "mlx_lm.generate",
        "--adapter-path --draft-model --kv-bits --kv-group-size --max-kv-size --max-tokens --model --num-draft-tokens \
         --prefill-step-size --prompt --prompt-cache-file --quantized-kv-start",
    ),
    (
        "mlx_lm.server",
        "--adapter-path --decode-concurrency --draft-model --host --kv-bits --kv-group-size --max-tokens --model --port \
         --num-draft-tokens --prefill-step-size --prompt-cache-size --prompt-concurrency --quantized-kv-start --pipeline",
    ),
    (
        "mlx_lm.lora",
        "--adapter-path --batch-size --config -c --data --fine-tune-type --grad-accumulation-steps --grad-checkpoint \
         --iters --learning-rate --mask-prompt --max-seq-length --model --num-layers --optimizer --train",
    ),
    ("mlx_lm.convert", "--hf-path --mlx-path -q --quantize --q-bits --q-group-size --q-mode --dtype"),
    // TRL 1.16.0 (ModelConfig, ScriptArguments, and SFTConfig or DPOConfig, of which each has its own) and Transformers 5.24.0
    // (TrainingArguments) from PyPI, read on 2026-11-27.
    (
        "trl sft",
        "--model_name_or_path --dataset_name --dtype --bf16 --max_length --packing --per_device_train_batch_size \
         --gradient_accumulation_steps --gradient_checkpointing --num_train_epochs --optim --use_peft --lora_r \
         --lora_target_modules --use_dora --load_in_4bit --bnb_4bit_quant_type --attn_implementation \
         --load_in_8bit --accelerate_config --use_deepspeed --zero_stage --offload_optimizer_device \
         --offload_param_device --use_fsdp --fsdp_offload_params --fsdp_auto_wrap_policy --num_processes \
         --bnb_4bit_quant_storage --fsdp_version",
    ),
    (
        "trl dpo",
        "--model_name_or_path --dataset_name --dtype --bf16 --max_length --per_device_train_batch_size \
         --gradient_accumulation_steps --gradient_checkpointing --num_train_epochs --optim --use_peft --lora_r \
         --lora_target_modules --use_dora --load_in_4bit --bnb_4bit_quant_type --precompute_ref_log_probs --attn_implementation \
         --load_in_8bit --accelerate_config --use_deepspeed --zero_stage --offload_optimizer_device \
         --offload_param_device --use_fsdp --fsdp_offload_params --fsdp_auto_wrap_policy --num_processes \
         --bnb_4bit_quant_storage --fsdp_version",
    ),
    // Accelerate 1.15.0 from PyPI (commands/launch.py), with the arguments that scripts of diffusers take after it:
    // examples/text_to_image/train_text_to_image_lora_sdxl.py at 000280f5, examples/dreambooth/train_dreambooth_lora_flux.py
    // at 0050dea4 and train_dreambooth_lora_qwen_image.py at 02303d1c, read on 2026-11-28. What TRL's command does not know
    // itself it hands to Accelerate (trl/cli/accelerate_launcher.py of 1.16.0).
    (
        "accelerate",
        "--use_deepspeed --zero_stage --offload_optimizer_device --offload_param_device --use_fsdp --fsdp_offload_params \
         --fsdp_version --fsdp_auto_wrap_policy --multi_gpu --num_processes --pretrained_model_name_or_path --dataset_name --instance_prompt --resolution --train_batch_size \
         --max_train_steps --rank --mixed_precision --gradient_checkpointing --cache_latents --offload --output_dir",
    ),
    // TabbyAPI at e632af41 (2026-08-13): common/args.py makes a flag of each field of common/config_models.py, read on
    // 2026-11-28.
    (
        "main.py",
        "--model-dir --model-name --max-seq-len --cache-size --cache-mode --chunk-size --max-batch-size \
         --draft-model-name --draft-mode --draft-num-tokens --tensor-parallel",
    ),
    // SGLang 0.5.23 from PyPI, the fields of ServerArgs, read on 2026-11-27.
    (
        "sglang.launch_server",
        "--model-path --context-length --mem-fraction-static --max-running-requests --chunked-prefill-size --tp-size \
         --kv-cache-dtype --cpu-offload-gb --disable-cuda-graph --pp-size --dp-size --ep-size --quantization --nnodes \
         --node-rank --dist-init-addr",
    ),
    // axolotl 0.18.0 at 067b021c (docs/cli.qmd); what follows `--` is accelerate's. Read on 2026-11-28.
    ("axolotl", "--launcher -- --num_processes=2 --num_processes=4"),
    // torchtune at bd2a0fc7 (torchtune/_cli/run.py), read on 2026-11-28.
    ("tune", "--config"),
    // LLaMA-Factory at ff6d4d12 (src/llamafactory/hparams) and Transformers' TrainingArguments, read on 2026-11-28.
    (
        "llamafactory-cli",
        "--stage --do_train --model_name_or_path --finetuning_type --lora_rank --lora_target --use_dora --bf16 --fp16 \
         --quantization_bit --quantization_method --dataset --cutoff_len --packing --per_device_train_batch_size \
         --gradient_accumulation_steps --disable_gradient_checkpointing --num_train_epochs --optim \
         --enable_liger_kernel --deepspeed --output_dir",
    ),
    ("llama-quantize", ""),
    ("python", "-c"),
    // macOS and Linux: no flags of their own are printed.
    ("sudo", ""),
];

/// Keys of axolotl's files: src/axolotl/utils/schemas (config.py, model.py, peft.py, training.py, datasets.py) and
/// integrations/liger/args.py of 0.18.0 at 067b021c, read on 2026-11-28.
const AXOLOTL_KEYS: [&str; 29] = [
    "adapter",
    "attn_implementation",
    "base_model",
    "bf16",
    "datasets",
    "deepspeed",
    "fp16",
    "gradient_accumulation_steps",
    "gradient_checkpointing",
    "learning_rate",
    "liger_fused_linear_cross_entropy",
    "load_in_4bit",
    "load_in_8bit",
    "lora_alpha",
    "lora_r",
    "lora_target_linear",
    "lora_target_modules",
    "micro_batch_size",
    "num_epochs",
    "optimizer",
    "output_dir",
    "path",
    "peft_autocast_adapter_dtype",
    "peft_use_dora",
    "plugins",
    "sample_packing",
    "sequence_len",
    "split",
    "type",
];

/// The command behind a file that is written first, whose keys are held too.
fn behind_its_file(start: &str) -> &str {
    let Some(text) = start.strip_prefix("cat > ") else { return start };
    let (name, text) = text.split_once(" <<'END'\n").expect("a file");
    let (file, command) = text.split_once("\nEND\n").expect("the file ends");
    for line in file.lines().filter(|_| name == "axolotl.yml") {
        let key = line.trim_start_matches([' ', '-']).split(':').next().expect("a key");
        assert!(AXOLOTL_KEYS.contains(&key) || line.contains("axolotl.integrations"), "{key}: {file}");
    }
    command
}

/// The words of a command that are flags; what is quoted is an argument.
fn flags(command: &str) -> Vec<&str> {
    let mut quoted = false;
    let outside: Vec<&str> = command
        .split(' ')
        .filter(|word| {
            let before = quoted;
            quoted ^= word.matches('\'').count() % 2 == 1;
            !before
        })
        .collect();
    let is_flag = |word: &&str| {
        word.len() > 1
            && word.starts_with('-')
            && !word[1..].starts_with(|first: char| first.is_ascii_digit())
    };
    outside.into_iter().filter(is_flag).collect()
}

fn known(program: &str) -> BTreeSet<&'static str> {
    let list = KNOWN.iter().find(|(name, _)| *name == program);
    let (_, list) = list.unwrap_or_else(|| panic!("{program} has no list of flags"));
    list.split_whitespace().collect()
}

fn held(program: &str, command: &str) {
    let known = known(program);
    for flag in flags(command) {
        assert!(known.contains(flag), "{program} has no {flag}: {command}");
    }
}

const MACHINES: [&str; 6] = [
    "apple-m5max-40c-128gb",
    "apple-m4-10c-16gb",
    "rtx-4090-24gb",
    "a100-80gb-sxm",
    "strix-halo-395-128gb",
    "dgx-spark-gb10-128gb",
];

/// Settings that show up in commands.
const OVER: [&[(&str, &str)]; 28] = [
    &[],
    &[("method", "full"), ("precision", "bf16"), ("optimizer", "adamw"), ("training_offload", "all")],
    &[
        ("runtime", "exllama"),
        ("quantization", "exl3-4bpw"),
        ("kv_precision", "exl-8bit"),
        ("concurrency", "2"),
    ],
    &[("runtime", "pytorch"), ("quantization", "nf4")],
    &[("trainer", "trl")],
    &[("trainer", "trl"), ("objective", "dpo"), ("devices", "2")],
    &[("trainer", "trl"), ("objective", "dpo"), ("packing", "true")],
    &[("server", "ollama"), ("draft_tokens", "none")],
    &[("server", "lm-studio"), ("gpu_layers", "9")],
    &[("draft_tokens", "4")],
    &[("runtime", "vllm"), ("draft_tokens", "4")],
    &[("objective", "dpo"), ("zero_stage", "3"), ("devices", "2"), ("method", "lora"), ("precision", "int8")],
    &[("runtime", "sglang"), ("devices", "4"), ("split", "experts")],
    &[("draft_model", "llama-3.2-1b"), ("vision", "true"), ("split", "tensor"), ("cache_type_v", "q8_0")],
    &[("runtime", "vllm"), ("quantization", "fp8"), ("enforce_eager", "true")],
    &[("runtime", "sglang"), ("devices", "2"), ("kv_precision", "fp8"), ("cpu_offload_gb", "8")],
    &[("runtime", "vllm"), ("kv_precision", "fp8"), ("devices", "2"), ("cpu_offload_gb", "8")],
    &[("runtime", "llama.cpp"), ("kv_precision", "q8_0"), ("gpu_layers", "12"), ("concurrency", "4")],
    &[("cpu_experts", "all"), ("swa_full", "true"), ("unified_kv", "true")],
    &[("runtime", "mlx"), ("quantization", "mlx-4bit"), ("kv_precision", "mlx-8bit")],
    &[("runtime", "mlx"), ("concurrency", "4")],
    &[("trainer", "axolotl"), ("chunked_loss", "true"), ("packing", "true")],
    &[
        ("trainer", "axolotl"),
        ("training_offload", "optimizer"),
        ("devices", "2"),
        ("targets", "query-value"),
    ],
    &[("trainer", "torchtune")],
    &[("trainer", "unsloth"), ("packing", "true")],
    &[("trainer", "llama-factory"), ("chunked_loss", "true")],
    &[("trainer", "llama-factory"), ("training_offload", "optimizer"), ("gradient_checkpointing", "false")],
    &[("method", "dora"), ("chunked_loss", "true"), ("optimizer", "adamw-8bit"), ("packing", "true")],
];

/// A preset with settings that it may not have.
fn over_preset((text, file): (&str, &str), set: &[(&str, &str)]) -> Option<Scenario> {
    let below = parse(text, file).expect("a built-in preset").remove(0);
    let mut over = PresetKeys::default();
    for (key, value) in set {
        over.set(key, value).ok()?;
    }
    resolve(over.over(below), &*CONTEXT).ok().map(|preset| preset.scenario)
}

fn machines() -> Vec<Arc<Machine>> {
    MACHINES.iter().map(|id| Arc::clone(CONTEXT.catalog.machine(id).expect(id))).collect()
}

#[test]
fn every_flag_that_starts_a_scenario_is_one_of_its_program() {
    let assumptions = Assumptions::new(calibration());
    let mut seen = BTreeSet::new();
    for preset in &CONTEXT.catalog.presets {
        for over in OVER {
            let Some(scenario) = over_preset((&preset.text, &preset.file), over) else { continue };
            for machine in machines() {
                let estimate = estimate(&scenario, &machine, &assumptions);
                if estimate.resolved.refusal.is_some() {
                    continue;
                }
                let Some(start) = start_command(&estimate.resolved) else { continue };
                let start = behind_its_file(&start);
                // What is set for the program alone stands before it.
                let set = |word: &&str| {
                    word.contains('=') && word.starts_with(|first: char| first.is_ascii_uppercase())
                };
                let words: Vec<&str> = start.split(' ').skip_while(set).collect();
                let start = words.join(" ");
                // A module or a file of Python is a program of its own.
                let module = start.strip_prefix("python -m ");
                let file = start.strip_prefix("python ").filter(|rest| rest.starts_with("main.py "));
                let command = module.or(file).unwrap_or(&start);
                // What starts a program on several Macs has its own argument before it.
                let command = command.strip_prefix("mlx.launch --hostfile hosts.json ").unwrap_or(command);
                // Each of TRL's commands has flags of its own.
                let words = if command.starts_with("trl ") { 2 } else { 1 };
                let program = command.splitn(words + 1, ' ').take(words).collect::<Vec<_>>().join(" ");
                held(&program, command);
                seen.insert(program);
            }
        }
    }
    let expected = [
        "accelerate",
        "axolotl",
        "llama-server",
        "llamafactory-cli",
        "lms",
        "main.py",
        "mlx_lm.generate",
        "mlx_lm.lora",
        "mlx_lm.server",
        "ollama",
        "python",
        "sglang.launch_server",
        "trl dpo",
        "trl sft",
        "tune",
        "vllm",
    ];
    assert_eq!(seen.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

#[test]
fn every_flag_of_a_plans_steps_is_one_of_its_program() {
    let assumptions = Assumptions::new(calibration());
    let mut commands = 0;
    for preset in &CONTEXT.catalog.presets {
        for over in &OVER[..3] {
            let Some(scenario) = over_preset((&preset.text, &preset.file), over) else { continue };
            for machine in machines().iter().take(3) {
                let Some(plan) = plan(&scenario, machine, &assumptions) else { continue };
                let ways = plan.steps.iter().chain(plan.alternatives.iter().flat_map(|other| &other.steps));
                for step in ways {
                    let Some(command) = plan_command(step, machine) else { continue };
                    let first = command.split(' ').next().expect("a word");
                    // Flags by themselves are of the program that runs the scenario, arguments of Python none.
                    let program = match first {
                        _ if first.starts_with('-') => match step.after.runtime.key() {
                            "llama.cpp" => "llama-server",
                            "vllm" => "vllm",
                            "sglang" => "sglang.launch_server",
                            _ if scenario.diffusion().is_some() => "comfyui",
                            _ if scenario.tune().is_some() => "mlx_lm.lora",
                            _ => "mlx_lm.generate",
                        },
                        "mlx_lm.convert" | "sudo" | "accelerate" => first,
                        _ => continue,
                    };
                    held(program, &command);
                    commands += 1;
                }
            }
        }
    }
    assert!(commands > 20, "{commands} commands");
}

#[test]
fn a_command_says_what_was_judged() {
    let assumptions = Assumptions::new(calibration());
    let start = |preset: &str, over: &[(&str, &str)], on: &str| {
        let machine = CONTEXT.catalog.machine(on).expect(on);
        start_command(&estimate(&asked(preset, over), machine, &assumptions).resolved).expect("one command")
    };
    let mlx = start("tool-calling-qlora-8b", &[], "apple-m5max-40c-128gb");
    for part in ["mlx_lm.lora --train", "--max-seq-length 2048", "rank: ", "--iters "] {
        assert!(mlx.contains(part), "{part}: {mlx}");
    }
    // mlx-lm refuses a rotating cache that is quantized.
    let chat = start("chat-8b", &[("runtime", "mlx"), ("kv_precision", "mlx-8bit")], "apple-m5max-40c-128gb");
    assert!(chat.contains("--kv-bits 8") && !chat.contains("--max-kv-size"), "{chat}");
    let card = start("tool-calling-qlora-8b", &[], "rtx-4090-24gb");
    assert!(card.contains("load_in_4bit=True") && card.contains("target_modules=\"all-linear\""), "{card}");
    // Four requests of 8,192 tokens each.
    let served =
        start("chat-8b", &[("runtime", "vllm"), ("context", "32768"), ("concurrency", "4")], "a100-80gb-sxm");
    assert!(served.contains("--max-model-len 8192"), "{served}");
    // Devices that nobody counted are those of the machine, and another split is another flag.
    let machine = CONTEXT.catalog.machine("a100-80gb-sxm").expect("a card").named_with_devices(2);
    for (split, part) in [("auto", "--tensor-parallel-size 2"), ("layers", "--pipeline-parallel-size 2")] {
        let scenario = asked("chat-8b", &[("runtime", "vllm"), ("split", split)]);
        let answer = estimate(&scenario, &Arc::new(machine.clone()), &assumptions);
        let served = start_command(&answer.resolved).expect("one command");
        assert!(served.contains(part), "{split}: {served}");
    }
    let server = start("chat-8b", &[("draft_model", "llama-3.2-1b"), ("cache_type_k", "q8_0")], "rtx-4090");
    assert!(server.ends_with("-md llama-3.2-1b.gguf"), "{server}");
    assert!(server.contains("-Q4_K_M.gguf -c 8192") && server.contains("-ctk q8_0 -ctv f16"), "{server}");
    let preferred = start(
        "tool-calling-qlora-8b",
        &[("trainer", "trl"), ("objective", "dpo"), ("precision", "int8"), ("method", "lora")],
        "a100-80gb-sxm",
    );
    assert!(preferred.starts_with("trl dpo ") && preferred.contains("--load_in_8bit"), "{preferred}");
    let trees = start("parse-trees-16k-8b", &[], "macbook-pro-16-m5-max-128gb");
    assert!(trees.contains("--iters 10000"), "5,000 graphs twice: {trees}");
    let seeing = start("chat-8b", &[("model", "gemma-3-12b"), ("vision", "true")], "rtx-4090");
    assert!(seeing.contains("--mmproj"), "{seeing}");
    // Graphs that are read have their context from their sizes.
    let awq = [("runtime", "vllm"), ("quantization", "awq"), ("kv_precision", "fp8")];
    let read = start("program-graph-8b", &awq, "h100-sxm-80gb");
    assert!(read.contains("vllm serve llama-3.1-8b-awq --max-model-len "), "{read}");
    let packed = start("tool-calling-qlora-8b", &[("targets", "query-value")], "apple-m5max-40c-128gb");
    assert!(
        packed.contains("--model llama-3.1-8b-4bit ")
            && packed.contains("keys: [self_attn.q_proj, self_attn.v_proj]"),
        "{packed}"
    );
    let plain =
        start("tool-calling-qlora-8b", &[("method", "lora"), ("precision", "bf16")], "apple-m5max-40c-128gb");
    assert!(plain.contains("--model meta-llama/Llama-3.1-8B "), "{plain}");
    let sharded = [
        ("method", "full"),
        ("precision", "bf16"),
        ("optimizer", "adamw"),
        ("devices", "8"),
        ("zero_stage", "3"),
    ];
    let sharded = start("tool-calling-qlora-8b", &sharded, "h100-sxm-80gb");
    assert!(sharded.contains("--use_deepspeed --zero_stage 3 --num_processes 8"), "{sharded}");
    // What another trainer or server starts, or a program of one's own, is no line of these.
    let tune = "tool-calling-qlora-8b";
    for (preset, set) in [
        (tune, &[("trainer", "unsloth"), ("objective", "dpo")][..]),
        (tune, &[("trainer", "torchtune"), ("model", "phi-3.5-mini")]),
        (tune, &[("trainer", "axolotl"), ("objective", "grpo")]),
        (tune, &[("objective", "grpo")]),
        ("chat-8b", &[("runtime", "sglang"), ("draft_model", "llama-3.2-1b")]),
    ] {
        let card = CONTEXT.catalog.machine("h100-sxm-80gb").expect("a card");
        let answer = estimate(&asked(preset, set), card, &assumptions);
        assert_eq!(start_command(&answer.resolved), None, "{preset} {set:?}");
        assert!(start_note(&answer.resolved).is_some(), "why there is none: {preset} {set:?}");
    }
    let image = start("flux-1-dev", &[("residency", "component")], "a100-80gb-sxm");
    assert!(image.contains("enable_model_cpu_offload()") && image.contains("width=1024"), "{image}");
}

/// What had no line: programs of a few lines, scripts of others, and what a name stands for.
#[test]
fn what_people_start_otherwise_has_a_line_or_a_reason() {
    let assumptions = Assumptions::new(calibration());
    let answer = |preset: &str, over: &[(&str, &str)], on: &str| {
        let machine = CONTEXT.catalog.machine(on).expect(on);
        estimate(&asked(preset, over), machine, &assumptions).resolved
    };
    let full =
        [("method", "full"), ("precision", "bf16"), ("optimizer", "adamw"), ("training_offload", "all")];
    let offloaded = [("runtime", "exllama"), ("quantization", "exl3-4bpw"), ("kv_precision", "exl-8bit")];
    for (preset, over, on, parts) in [
        (
            "lora-13b",
            &full[..],
            "rtx-4090",
            &["accelerate launch", "--zero_stage 3 --offload_optimizer_device cpu"][..],
        ),
        (
            "chat-8b",
            &offloaded,
            "rtx-4090",
            &["python main.py --model-name llama-3.1-8b-exl3-4bpw", "--cache-size 8192 --cache-mode 8,8"],
        ),
        (
            "chat-8b",
            &[("runtime", "pytorch"), ("quantization", "nf4")],
            "rtx-4090",
            &["bnb_4bit_quant_type=\"nf4\""],
        ),
        (
            "whole-program-gnn",
            &[("sampling", "15, 10")],
            "rtx-4090",
            &["NeighborLoader(data, num_neighbors=[15, 10]", "torch_geometric.nn import"],
        ),
        ("sdxl-lora", &[], "rtx-4090", &["train_text_to_image_lora_sdxl.py", "--rank ", "--resolution 1024"]),
        (
            "flux-1-dev",
            &[("precision", "nf4")],
            "rtx-4090",
            &["PipelineQuantizationConfig", "\"transformer\""],
        ),
        ("flux-1-dev", &[("precision", "fp8")], "rtx-4090", &["enable_layerwise_casting"]),
        ("wan-2.2-5b", &[], "h100-sxm-80gb", &["export_to_video(clip", "fps=24"]),
        (
            "chat-8b",
            &[("runtime", "vllm"), ("quantization", "bf16")],
            "h100-sxm-80gb",
            &["vllm serve meta-llama/"],
        ),
        (
            "chat-8b",
            &[("runtime", "vllm"), ("quantization", "fp8")],
            "h100-sxm-80gb",
            &["--quantization fp8"],
        ),
    ] {
        starts_with(&answer(preset, over, on), parts);
    }
    let note = start_note(&answer("chat-8b", &[], "rtx-4090")).expect("a name that stands for a file");
    assert!(note.contains("llama-3.1-8b-Q4_K_M.gguf") && note.contains("meta-llama/Llama-3.1-8B"), "{note}");
}

/// What starts a scenario has all of these parts.
fn starts_with(resolved: &plimsoll::engine::Resolved, parts: &[&str]) {
    let start = start_command(resolved).unwrap_or_else(|| panic!("no command: {resolved:?}"));
    for part in parts {
        assert!(start.contains(part), "{part}: {start}");
    }
}

/// Servers are told what they keep and what drafts, and files of one part are loaded beside the rest.
#[test]
fn servers_and_files_start_as_they_are_counted() {
    let assumptions = Assumptions::new(calibration());
    for (preset, over, on, parts) in [
        (
            "flux-1-dev",
            &[("precision", "q8_0")][..],
            "rtx-4090",
            &["FluxTransformer2DModel.from_single_file(file", "transformer=part(\"denoiser.gguf\""][..],
        ),
        (
            "wan-2.2-a14b",
            &[("precision", "q8_0")],
            "h100-sxm-80gb",
            &["WanTransformer3DModel", "transformer_2=part(\"denoiser_2.gguf\""],
        ),
        (
            "chat-8b",
            &[("server", "ollama"), ("context", "16384"), ("concurrency", "2"), ("kv_precision", "q8_0")],
            "rtx-4090",
            &["PARAMETER num_ctx 8192", "OLLAMA_NUM_PARALLEL=2", "OLLAMA_KV_CACHE_TYPE=q8_0 ollama serve"],
        ),
        (
            "chat-8b",
            &[("server", "lm-studio"), ("context", "16384")],
            "rtx-4090",
            &["lms load llama-3.1-8b-Q4_K_M --context-length 16384 --gpu max"],
        ),
        (
            "chat-8b",
            &[("runtime", "vllm"), ("quantization", "bf16"), ("draft_model", "llama-3.2-1b")],
            "h100-sxm-80gb",
            &[
                "\"method\": \"draft_model\", \"model\": \"meta-llama/Llama-3.2-1B",
                "\"num_speculative_tokens\": 3",
            ],
        ),
        (
            "chat-8b",
            &[("runtime", "vllm"), ("quantization", "bf16"), ("draft_tokens", "4")],
            "h100-sxm-80gb",
            &["\"method\": \"ngram\"", "\"num_speculative_tokens\": 4"],
        ),
        (
            "chat-8b",
            &[("draft_tokens", "4")],
            "rtx-4090",
            &["--spec-type ngram-simple --spec-ngram-simple-size-m 4"],
        ),
        ("chat-8b", &[("ubatch", "4096")], "rtx-4090", &["-b 4096 -ub 4096"]),
        // Counted without a server, it keeps no prompts; with one, what was asked.
        ("chat-8b", &[], "rtx-4090", &[" -np 1 ", " --cache-ram 0"]),
        ("chat-8b", &[("model", "gemma-3-12b")], "rtx-4090", &[" --cache-ram 0 --ctx-checkpoints 0"]),
        (
            "chat-8b",
            &[("server", "llama-server"), ("cache_ram", "0"), ("parallel", "4"), ("context", "8192")],
            "rtx-4090",
            &[" -np 4 ", " --cache-ram 0"],
        ),
    ] {
        let machine = CONTEXT.catalog.machine(on).expect(on);
        starts_with(&estimate(&asked(preset, over), machine, &assumptions).resolved, parts);
    }
}

/// Trainers with files and scripts of their own, and pipelines whose models are loaded as they are counted.
#[test]
fn trainers_and_pipelines_start_as_they_are_counted() {
    let assumptions = Assumptions::new(calibration());
    let machine = CONTEXT.catalog.machine("h100-sxm-80gb").expect("a card");
    let start = |preset: &str, over: &[(&str, &str)]| {
        start_command(&estimate(&asked(preset, over), machine, &assumptions).resolved)
    };
    for (preset, over, parts) in [
        (
            "tool-calling-qlora-8b",
            &[("trainer", "axolotl")][..],
            &[
                "base_model: meta-llama/Llama-3.1-8B\nload_in_4bit: true",
                "adapter: qlora",
                "axolotl train axolotl.yml",
            ][..],
        ),
        (
            "tool-calling-qlora-8b",
            &[("trainer", "torchtune")],
            &[
                "tune run lora_finetune_single_device --config llama3_1/8B_lora_single_device",
                "model.quantize_base=True",
                "tokenizer.path=MODEL/original/tokenizer.model",
            ],
        ),
        (
            "tool-calling-qlora-8b",
            &[("trainer", "unsloth")],
            &["FastLanguageModel.get_peft_model(model, r=16", "use_gradient_checkpointing=\"unsloth\""],
        ),
        (
            "tool-calling-qlora-8b",
            &[("trainer", "llama-factory")],
            &[
                "llamafactory-cli train --stage sft",
                "--quantization_bit 4 --quantization_method bnb",
                "--lora_target all",
            ],
        ),
        // diffusers widens SDXL's VAE where it was loaded in float16 alone, and its example has Wan's in float32.
        ("sdxl", &[], &["torch_dtype=torch.float16)"]),
        ("sdxl", &[("vae_precision", "bf16")], &["torch_dtype=torch.bfloat16)"]),
        ("wan-2.2-5b", &[], &["torch_dtype={\"default\": torch.bfloat16, \"vae\": torch.float32}"]),
        ("wan-2.2-5b", &[("vae_precision", "bf16")], &["torch_dtype=torch.bfloat16)"]),
        ("flux-1-dev", &[], &["torch_dtype=torch.bfloat16)"]),
    ] {
        let start = start(preset, over).unwrap_or_else(|| panic!("{preset} {over:?}"));
        for part in parts {
            assert!(start.contains(part), "{part}: {start}");
        }
    }
    // No call loads a VAE in 32 bit beside a denoiser in 16 and hands it latents that it reads.
    for (preset, over) in [("sdxl", ("vae_precision", "fp32")), ("flux-1-dev", ("vae_precision", "fp32"))] {
        assert_eq!(start(preset, &[over]), None, "{preset}");
    }
}

/// Every word of a command that is one's own is explained: files, folders, data sets, what is asked for.
#[test]
fn every_name_that_stands_for_something_is_explained() {
    const STAND_INS: [&str; 8] =
        [".gguf", "prompt.txt", "graph.pt", "DATASET", "ADAPTER", "PROMPT", "DATA ", "MODEL"];
    let assumptions = Assumptions::new(calibration());
    let mut explained = 0;
    let over = [&OVER[..], &[&[("model", "gemma-3-12b"), ("vision", "true"), ("draft_model", "gemma-3-1b")]]]
        .concat();
    for preset in &CONTEXT.catalog.presets {
        for over in &over {
            let Some(scenario) = over_preset((&preset.text, &preset.file), over) else { continue };
            for machine in machines() {
                let resolved = estimate(&scenario, &machine, &assumptions).resolved;
                let Some(start) = start_command(&resolved) else { continue };
                let note = start_note(&resolved).unwrap_or_default();
                let words = start.split([' ', '"', '\n', '=', '\'', '/', '(', ',']);
                for word in words.filter(|word| STAND_INS.iter().any(|of| word.contains(of.trim()))) {
                    assert!(note.contains(word), "{word} of {start} is not explained: {note}");
                    explained += 1;
                }
            }
        }
    }
    assert!(explained > 200, "{explained} names");
}

/// Where no program is named, a script does what memory was counted of; TRL's command does what TRL does, or is not printed.
#[test]
fn a_trainers_command_is_not_of_another_training() {
    let assumptions = Assumptions::new(calibration());
    let machine = CONTEXT.catalog.machine("rtx-3060-12gb").expect("a card");
    let of = |over: &[(&str, &str)]| {
        estimate(&asked("tool-calling-qlora-8b", over), machine, &assumptions).resolved
    };
    let plain = start_command(&of(&[])).expect("a script");
    assert!(!plain.contains("trl"), "{plain}");
    assert!(
        plain.contains("prepare_model_for_kbit_training(model, use_gradient_checkpointing=True)")
            && !plain.contains("use_liger_kernel"),
        "all logits at once, over a prepared base: {plain}"
    );
    let chunked =
        start_command(&of(&[("chunked_loss", "true"), ("kbit_preparation", "false")])).expect("a script");
    assert!(chunked.contains("use_liger_kernel=True") && !chunked.contains("prepare_model"), "{chunked}");
    let last =
        start_command(&of(&[("tuned_layers", "8")])).expect("layers by number are an argument of PEFT");
    assert!(last.contains("layers_to_transform=list(range(model.config.num_hidden_layers))[-8:]"), "{last}");
    let trl = start_command(&of(&[("trainer", "trl")])).expect("TRL's command");
    assert!(trl.starts_with("trl sft ") && !trl.contains("liger"), "{trl}");
    // What TRL does otherwise, whatever is set.
    for other in [("chunked_loss", "false"), ("kbit_preparation", "true"), ("adapters_fp32", "true")] {
        let resolved = of(&[("trainer", "trl"), other]);
        assert_eq!(start_command(&resolved), None, "{other:?}");
        assert!(start_note(&resolved).is_some_and(|note| note.contains("trainer=transformers")), "{other:?}");
    }
    for other in [("objective", "dpo"), ("optimizer", "muon"), ("checkpoint_offload", "true")] {
        let resolved = of(&[other, ("method", "lora"), ("precision", "bf16")]);
        assert_eq!(start_command(&resolved), None, "{other:?}");
        assert!(start_note(&resolved).is_some(), "{other:?}");
    }
    let factory = of(&[("trainer", "llama-factory"), ("kbit_preparation", "true")]);
    assert_eq!(start_command(&factory), None, "LLaMA-Factory has no argument for it");
}

/// Adam's 1e-8 is no number in `fp16`, and what it divides by is 0.
#[test]
fn half_precision_of_a_graph_network_trains() {
    let assumptions = Assumptions::new(calibration());
    let machine = CONTEXT.catalog.machine("a100-80gb-sxm").expect("a card");
    let start = |precision: &str| {
        let scenario = asked("whole-program-gnn", &[("precision", precision)]);
        start_command(&estimate(&scenario, machine, &assumptions).resolved).expect("a script")
    };
    let bf16 = start("bf16");
    assert!(
        bf16.contains(".to(torch.bfloat16); data") && bf16.contains("Adam(model.parameters())"),
        "{bf16}"
    );
    let fp16 = start("fp16");
    assert!(fp16.contains("eps=1e-4") && fp16.contains("1024 * torch.nn.functional.cross_entropy"), "{fp16}");
    assert!(!start("fp32").contains("eps"), "32 bit as PyTorch has it");
}
