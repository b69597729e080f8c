//! What is started is what was counted: settings that a program has otherwise are no command, and the reason is said.

use std::sync::Arc;

use crate::asked::{CONTEXT, asked};
use plimsoll::catalog::calibration;
use plimsoll::engine::plan::plan;
use plimsoll::engine::runtime::Note;
use plimsoll::engine::{Assumptions, Estimate, estimate};
use plimsoll::report::{plan_command, run_notes, start_command, start_note};
use plimsoll::spec::Optimizer;

fn answer(preset: &str, over: &[(&str, &str)], on: &str, devices: u32) -> Estimate {
    let machine = CONTEXT.catalog.machine(on).expect(on);
    let machine = if devices > 1 { Arc::new(machine.with_devices(devices)) } else { Arc::clone(machine) };
    estimate(&asked(preset, over), &machine, &Assumptions::new(calibration()))
}

fn started(preset: &str, over: &[(&str, &str)], on: &str) -> Option<String> {
    start_command(&answer(preset, over, on, 1).resolved)
}

/// Why there is no command, and that there is none.
fn why(preset: &str, over: &[(&str, &str)], on: &str) -> String {
    let resolved = answer(preset, over, on, 1).resolved;
    assert_eq!(start_command(&resolved), None, "{preset} {over:?}");
    start_note(&resolved).unwrap_or_default()
}

/// `map_pytorch_optim_to_deepspeed` of accelerate 1.15.0: what lies in system memory steps by DeepSpeed's CPU Adam.
#[test]
fn an_optimizer_in_system_memory_is_deepspeeds_adam() {
    for optimizer in ["adamw-8bit", "paged-adamw-8bit", "paged-adamw", "adafactor", "sgd", "lion-8bit"] {
        for trainer in ["none", "trl"] {
            let set = [("trainer", trainer), ("training_offload", "optimizer"), ("optimizer", optimizer)];
            let own = [("trainer", trainer), ("training_offload", "optimizer"), ("optimizer", "adamw")];
            let [is, adam] = [&set, &own].map(|set| answer("lora-13b", set, "rtx-4090", 1));
            assert_eq!(is.budget, adam.budget, "{optimizer} of {trainer}");
            let replaced = is.resolved.notes.iter().any(|note| matches!(note, Note::OptimizerOnHost { .. }));
            assert!(replaced && run_notes(&is).iter().any(|note| note.contains("CPU Adam")), "{optimizer}");
            let start = start_command(&is.resolved).expect("a command");
            assert!(start.contains("adamw_torch_fused"), "{optimizer}: {start}");
        }
    }
    // Lion has one of its own there, torchtune's optimizer moves its state itself, and FSDP steps with what it is given.
    for (set, kept) in [
        (&[("optimizer", "lion"), ("training_offload", "optimizer")][..], Optimizer::Lion),
        (
            &[("optimizer", "adamw-8bit"), ("training_offload", "optimizer"), ("trainer", "torchtune")],
            Optimizer::AdamW8bit,
        ),
        (
            &[("optimizer", "adamw-8bit"), ("training_offload", "all"), ("method", "qlora")],
            Optimizer::AdamW8bit,
        ),
        (&[("optimizer", "adamw-8bit")], Optimizer::AdamW8bit),
        // What is not packed DeepSpeed moves whole, and steps on the processor.
        (
            &[
                ("optimizer", "adamw-8bit"),
                ("training_offload", "all"),
                ("method", "full"),
                ("precision", "bf16"),
            ],
            Optimizer::AdamW,
        ),
    ] {
        let is = answer("lora-13b", set, "rtx-4090", 1);
        assert_eq!(is.resolved.scenario.tune().map(|tune| tune.optimizer), Some(kept), "{set:?}");
    }
}

/// Over several devices FSDP moves all to system memory, and DeepSpeed's second stage the optimizer alone.
#[test]
fn what_waits_in_system_memory_of_several_devices_is_started_as_counted() {
    let full =
        [("model", "llama-3.1-8b"), ("method", "full"), ("precision", "bf16"), ("chunked_loss", "true")];
    let on = |more: &[(&str, &str)]| answer("lora-13b", &[&full[..], more].concat(), "h100-sxm-80gb", 2);
    for trainer in ["none", "trl"] {
        let trainer = ("trainer", trainer);
        let alone = [trainer, ("training_offload", "optimizer"), ("optimizer", "adamw-8bit")];
        let [alone, staged] = [&alone[..], &[&alone[..], &[("zero_stage", "2")]].concat()].map(on);
        assert_eq!(alone.budget, staged.budget, "{trainer:?}");
        assert!(run_notes(&alone).iter().any(|note| note.contains("zero_stage is 2")), "{trainer:?}");
        let start = start_command(&alone.resolved).expect("a command");
        assert!(start.contains("--use_deepspeed --zero_stage 2 --offload_optimizer_device cpu"), "{start}");
        let all = on(&[trainer, ("training_offload", "all"), ("optimizer", "adamw-8bit")]);
        let kept = all.resolved.scenario.tune().map(|tune| tune.optimizer);
        assert_eq!(kept, Some(Optimizer::AdamW8bit), "FSDP steps with what it is given");
        let start = start_command(&all.resolved).expect("a command");
        assert!(start.contains("--use_fsdp --fsdp_version 2 ") && !start.contains("deepspeed"), "{start}");
        assert!(start.contains("--fsdp_offload_params true"), "{start}");
        let layers = on(&[trainer, ("training_offload", "all"), ("split", "layers")]).resolved;
        assert_eq!(start_command(&layers), None, "{trainer:?}");
        assert!(start_note(&layers).is_some_and(|note| note.contains("split=tensor")), "{trainer:?}");
    }
    // Their files are DeepSpeed's.
    for trainer in ["axolotl", "llama-factory"] {
        let all = [("trainer", trainer), ("training_offload", "all"), ("split", "copies")];
        let resolved = on(&all).resolved;
        assert_eq!(start_command(&resolved), None, "{trainer}");
        assert!(start_note(&resolved).is_some_and(|note| note.contains("zero_stage=3")), "{trainer}");
        let staged = on(&[&all[..], &[("zero_stage", "3")]].concat()).resolved;
        assert!(start_command(&staged).is_some(), "{trainer}");
    }
}

/// `DraftModelConfig` of TabbyAPI at e632af41: a model, layers of the model's own, or the text.
#[test]
fn tabbyapi_is_told_what_drafts() {
    let exl = [("runtime", "exllama"), ("quantization", "exl3-4bpw")];
    for (more, part) in [
        (("draft_tokens", "4"), " --draft-mode ngram --draft-num-tokens 4"),
        (("draft_model", "llama-3.2-1b"), " --draft-model-name llama-3.2-1b --draft-num-tokens 3"),
    ] {
        let start = started("chat-8b", &[&exl[..], &[more]].concat(), "rtx-4090").expect("a command");
        assert!(start.contains(part), "{part}: {start}");
    }
    let plain = started("chat-8b", &exl, "rtx-4090").expect("a command");
    assert!(!plain.contains("--draft"), "{plain}");
}

/// `TrainingArguments` of Transformers: `fp16` and `bf16` are what autocast computes in.
#[test]
fn a_base_in_half_precision_trains_in_it() {
    for (precision, is, other) in [("fp16", "fp16=True", "bf16=True"), ("bf16", "bf16=True", "fp16=True")] {
        let set =
            [("trainer", "none"), ("precision", precision), ("adapters_fp32", "true"), ("autocast", "true")];
        let start = started("lora-13b", &set, "h100-sxm-80gb").expect("a command");
        assert!(start.contains(is) && !start.contains(other), "{precision}: {start}");
    }
}

/// `train_text_to_image_lora_sdxl.py` of diffusers takes one `resolution`.
#[test]
fn an_adapter_of_images_that_no_script_trains_is_said() {
    assert!(started("sdxl-lora", &[], "rtx-4090").is_some_and(|start| start.contains("accelerate launch")));
    for (set, said) in [
        (&[("width", "1024"), ("height", "768")][..], "square images"),
        (&[("precision", "fp32")], "16 bit"),
        (&[("pipeline", "wan2.1-14b")], "no script"),
    ] {
        let note = why("sdxl-lora", set, "rtx-4090");
        assert!(note.contains(said), "{set:?}: {note}");
    }
}

/// PyTorch Geometric multiplies by a sparse matrix where a transform makes one of the pairs.
#[test]
fn a_sparse_matrix_is_made_where_one_is_counted() {
    for (passing, made) in [("sparse", true), ("scatter", false)] {
        let set = [("architecture", "gcn"), ("message_passing", passing)];
        let start = started("whole-program-gnn-sampled", &set, "a100-80gb-sxm").expect("a command");
        assert_eq!(start.contains("T.ToSparseTensor()"), made, "{passing}: {start}");
    }
}

/// `DPOConfig` of TRL 1.16 has no packing, and neither is it counted.
#[test]
fn preferences_are_not_packed() {
    let dpo = [("trainer", "trl"), ("objective", "dpo")];
    let packed = [&dpo[..], &[("packing", "true")]].concat();
    let loose = [&dpo[..], &[("packing", "false")]].concat();
    let [is, other] = [&packed, &loose].map(|set| answer("function-trees-8b", set, "h100-sxm-80gb", 1));
    assert_eq!((&is.budget, is.cost), (&other.budget, other.cost), "nothing is packed");
    assert!(run_notes(&is).iter().any(|note| note.contains("packing")), "{:?}", run_notes(&is));
    let start = start_command(&is.resolved).expect("a command");
    assert!(start.starts_with("trl dpo ") && !start.contains("--packing"), "{start}");
    let sft = started("function-trees-8b", &[("trainer", "trl")], "h100-sxm-80gb").expect("a command");
    assert!(sft.starts_with("trl sft ") && sft.contains("--packing"), "{sft}");
}

/// Steps are of the script or of the trainer that is started.
#[test]
fn steps_are_of_the_trainer_that_is_started() {
    let assumptions = Assumptions::new(calibration());
    let machine = CONTEXT.catalog.machine("rtx-3060-12gb").expect("a card");
    for (trainer, objective, config, others) in [
        ("none", "sft", "tokenizer(row", ["SFTConfig", "DPOConfig"]),
        ("transformers", "sft", "tokenizer(row", ["SFTConfig", "DPOConfig"]),
        ("trl", "sft", "SFTConfig(", ["tokenizer(", "DPOConfig"]),
        ("trl", "dpo", "DPOConfig(", ["tokenizer(", "SFTConfig"]),
    ] {
        let set = [("trainer", trainer), ("objective", objective), ("sequence", "12288")];
        let scenario = asked("tool-calling-qlora-8b", &set);
        let found = plan(&scenario, machine, &assumptions).expect("a plan");
        let ways = found.steps.iter().chain(found.alternatives.iter().flat_map(|other| &other.steps));
        let commands: Vec<String> = ways.filter_map(|step| plan_command(step, machine)).collect();
        assert!(
            commands.iter().all(|command| others.iter().all(|other| !command.contains(other))),
            "{trainer} {objective}: {commands:?}"
        );
        assert!(
            commands.iter().any(|command| command.contains(config)),
            "{trainer} {objective}: {commands:?}"
        );
    }
}

/// `SFTTrainer.__init__` of TRL 1.16: adapters are as the base where ZeRO's third stage shards it.
#[test]
fn trl_starts_with_its_own_adapters_under_the_third_stage() {
    let stage = [("trainer", "trl"), ("zero_stage", "3"), ("precision", "bf16")];
    let on = |devices| move |set: &[(&str, &str)]| answer("lora-13b", set, "h100-sxm-80gb", devices).resolved;
    let of = on(2);
    let offloaded = [("zero_stage", "none"), ("training_offload", "all")];
    for (more, devices, fp32) in [
        (&[][..], 2, false),
        (&[("precision", "fp32")], 2, true),
        (&[("zero_stage", "2")], 2, true),
        (&offloaded, 1, false),
    ] {
        let set: Vec<(&str, &str)> = stage
            .iter()
            .filter(|(key, _)| more.iter().all(|(other, _)| key != other))
            .chain(more)
            .copied()
            .collect();
        let resolved = on(devices)(&set);
        assert_eq!(resolved.scenario.tune().map(|tune| tune.adapters_fp32), Some(fp32), "{set:?}");
        assert!(start_command(&resolved).is_some_and(|start| start.starts_with("trl sft ")), "{set:?}");
    }
    // Over several devices FSDP moves all of it, where TRL leaves adapters in 32 bit.
    let set = [&[("trainer", "trl"), ("precision", "bf16")][..], &offloaded].concat();
    assert!(start_note(&of(&set)).is_some_and(|note| note.contains("adapters_fp32=true")), "FSDP");
    let set = [&set[..], &[("adapters_fp32", "true")]].concat();
    assert!(
        start_command(&of(&set)).is_some_and(|start| start.contains("--use_fsdp --fsdp_version 2")),
        "FSDP"
    );
    let plain = of(&[("trainer", "trl"), ("zero_stage", "3")]);
    assert!(start_command(&plain).is_some(), "TRL's own base is in 32 bit, and so are adapters");
    let asked_for = of(&[&stage[..], &[("adapters_fp32", "true")]].concat());
    assert_eq!(start_command(&asked_for), None);
    assert!(start_note(&asked_for).is_some_and(|note| note.contains("adapters_fp32=false")));
    // The same where one setting is changed after the other.
    let scenario = asked("lora-13b", &[("trainer", "trl"), ("precision", "bf16")]);
    let (staged, _) = scenario.with("zero_stage", "3").expect("a stage");
    assert_eq!(staged.tune().map(|tune| tune.adapters_fp32), Some(false));
    let (back, _) = staged.with("zero_stage", "2").expect("a stage");
    assert_eq!(back.tune().map(|tune| tune.adapters_fp32), Some(true));
}

/// Where one trainer's reason names another, that one starts it.
#[test]
fn no_reason_leads_back_to_where_it_came_from() {
    let preset = "tool-calling-qlora-8b";
    for more in [("chunked_loss", "false"), ("kbit_preparation", "true"), ("adapters_fp32", "true")] {
        let set = [("trainer", "trl"), ("objective", "dpo"), more];
        let said = why(preset, &set, "h100-sxm-80gb");
        assert!(!said.contains("trainer=") && said.contains(more.0), "{more:?}: {said}");
        let set = [("trainer", "transformers"), ("objective", "dpo"), more];
        assert!(why(preset, &set, "h100-sxm-80gb").contains("trainer=trl"), "{more:?}");
    }
    let set = [("trainer", "trl"), ("objective", "dpo")];
    assert!(started(preset, &set, "h100-sxm-80gb").is_some(), "what is advised starts");
}

/// A Modelfile, Ollama's environment and `lms load` have fewer settings than are counted.
#[test]
fn what_a_server_has_no_setting_for_is_not_dropped() {
    let (ollama, studio) = (("server", "ollama"), ("server", "lm-studio"));
    for (server, model, more) in [
        (ollama, "gemma-3-12b", ("swa_full", "true")),
        (ollama, "llama-3.1-8b", ("unified_kv", "true")),
        (ollama, "llama-3.1-8b", ("cache_ram", "0")),
        (ollama, "gemma-3-12b", ("vision", "true")),
        (ollama, "llama-3.1-8b", ("parallel", "4")),
        (studio, "llama-3.1-8b", ("ubatch", "1024")),
        (studio, "llama-3.1-8b", ("attention", "eager")),
        (studio, "gemma-3-12b", ("vision", "true")),
        (studio, "llama-3.1-8b", ("devices", "2")),
        (studio, "llama-3.1-8b", ("cache_ram", "0")),
        (studio, "llama-3.1-8b", ("unified_kv", "true")),
    ] {
        let set = [server, ("model", model), ("context", "8192"), more];
        let said = why("chat-8b", &set, "rtx-4090");
        assert!(said.contains("settings"), "{server:?} {more:?}: {said}");
        let set = [server, ("model", model), ("context", "8192")];
        assert!(started("chat-8b", &set, "rtx-4090").is_some(), "{server:?} {model}");
    }
    for more in [("ubatch", "1024"), ("attention", "eager"), ("gpu_layers", "9"), ("kv_precision", "q8_0")] {
        let start = started("chat-8b", &[ollama, ("context", "8192"), more], "rtx-4090");
        assert!(start.is_some(), "Ollama has {more:?}");
    }
    let two = [ollama, ("context", "8192"), ("devices", "2")];
    let start = started("chat-8b", &two, "rtx-4090").expect("a command");
    assert!(start.contains("OLLAMA_SCHED_SPREAD=1 "), "{start}");
    assert!(why("chat-8b", &[&two[..], &[("split", "tensor")]].concat(), "rtx-4090").contains("settings"));
}

/// `FlatParamHandle` of PyTorch's FSDP: a flat parameter is of one type, and k-bit preparation makes norms of another.
#[test]
fn a_prepared_base_is_not_sharded_by_fsdp() {
    let preset = "tool-calling-qlora-8b";
    let plain = ("kbit_preparation", "false");
    for (more, devices) in
        [(("training_offload", "all"), 1), (("training_offload", "all"), 2), (("split", "tensor"), 2)]
    {
        let resolved = answer(preset, &[more], "h100-sxm-80gb", devices).resolved;
        assert_eq!(start_command(&resolved), None, "{more:?} on {devices}");
        let said = start_note(&resolved).unwrap_or_default();
        assert!(said.contains("kbit_preparation=false"), "{more:?} on {devices}: {said}");
        let start = start_command(&answer(preset, &[more, plain], "h100-sxm-80gb", devices).resolved);
        assert!(start.is_some_and(|start| start.contains("--use_fsdp")), "{more:?} on {devices}");
    }
    let whole = [("precision", "int8"), ("method", "lora"), ("split", "tensor"), plain];
    for trainer in ["none", "trl"] {
        let resolved =
            answer(preset, &[&whole[..], &[("trainer", trainer)]].concat(), "h100-sxm-80gb", 2).resolved;
        assert_eq!(start_command(&resolved), None, "{trainer}");
        assert!(start_note(&resolved).is_some_and(|note| note.contains("no whole numbers")), "{trainer}");
    }
    let third = [("zero_stage", "3"), ("training_offload", "all"), plain];
    let start = start_command(&answer(preset, &third, "h100-sxm-80gb", 2).resolved).expect("a command");
    assert!(
        start.contains("--use_deepspeed --zero_stage 3") && start.contains("bnb_4bit_quant_storage"),
        "{start}"
    );
    let staged = answer(preset, &[("zero_stage", "2")], "h100-sxm-80gb", 2).resolved;
    assert!(start_command(&staged).is_some(), "DeepSpeed's second stage shards no base");
}

/// `mlx_lm.generate` loads the whole model on one Mac; `mlx_lm.server` shares it among those that `mlx.launch` starts it on
/// (`ModelProvider`), llama.cpp by `--rpc`, vLLM by Ray and SGLang by `--nnodes`.
#[test]
fn several_computers_get_a_command_that_starts_all_of_them() {
    let on = |preset: &str, set: &[(&str, &str)], on: &str, computers: u32| {
        let resolved = answer(preset, set, on, computers).resolved;
        (start_command(&resolved), start_note(&resolved).unwrap_or_default())
    };
    let mac = "mac-studio-m3-ultra-512gb";
    let (mlx, note) = on("deepseek-r1-671b", &[("runtime", "mlx")], mac, 2);
    let mlx = mlx.expect("a command");
    assert!(mlx.starts_with("mlx.launch --hostfile hosts.json mlx_lm.server --model "), "{mlx}");
    assert!(note.contains("mlx.distributed_config --hosts mac-1,mac-2 --output hosts.json"), "{note}");
    let by_layers = on("deepseek-r1-671b", &[("runtime", "mlx"), ("split", "layers")], mac, 2).0;
    assert!(by_layers.is_some_and(|command| command.ends_with(" --pipeline")));
    // The class of Qwen3's mixtures has no `shard`, and few classes hand out their layers: both are said of the answer too.
    let mixture = [("runtime", "mlx"), ("model", "qwen3-30b-a3b")];
    let (none, why) = on("mixtral-8x22b", &mixture, mac, 2);
    assert_eq!(none, None);
    assert!(why.contains("mlx-lm has no code that shares this model"), "{why}");
    let said = |set: &[(&str, &str)], computers| {
        let notes = run_notes(&answer("mixtral-8x22b", set, mac, computers));
        notes.iter().any(|note| note.contains("mlx-lm has no code that shares this model"))
    };
    let llama = [("runtime", "mlx"), ("model", "llama-3.3-70b")];
    assert!(said(&mixture, 2) && !said(&mixture, 1) && !said(&llama, 2));
    assert!(said(&[&llama[..], &[("split", "layers")]].concat(), 2), "Llama's class has `shard` alone");

    let (llama, note) = on("deepseek-r1-671b", &[("runtime", "llama.cpp")], mac, 3);
    assert!(llama.is_some_and(|command| command.ends_with(" --rpc computer-2:50052,computer-3:50052")));
    assert!(note.contains("each of the 2 other computers"), "{note}");
    let (vllm, note) = on("chat-70b", &[("runtime", "vllm")], "dgx-spark-gb10-128gb", 2);
    let vllm = vllm.expect("a command");
    assert!(vllm.ends_with("--tensor-parallel-size 2 --distributed-executor-backend ray"), "{vllm}");
    assert!(note.contains("ray start --head"), "{note}");
    let tuned = on("lora-13b", &[("runtime", "mlx")], mac, 2).0.expect("a command");
    assert!(tuned.starts_with("mlx.launch --hostfile hosts.json mlx_lm.lora --train"), "{tuned}");

    // Cards in one computer are started as one.
    let (cards, note) = on("chat-70b", &[("runtime", "llama.cpp")], "rtx-3090-24gb", 2);
    assert!(cards.is_some_and(|command| !command.contains("--rpc")));
    assert!(!note.contains("other computer"), "{note}");
}
