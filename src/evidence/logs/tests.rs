//! Logs as the programs print them.

use super::*;

fn run(text: &str) -> LogRun {
    let mut runs = read_log(text).expect("a log");
    assert_eq!(runs.len(), 1, "{runs:#?}");
    runs.remove(0)
}

/// What a figure is, its value, tokens, depth and requests.
type Told = (LogQuantity, f64, Option<u64>, Option<u64>, Option<u64>);

fn told(run: &LogRun) -> Vec<Told> {
    let figures = run.figures.iter();
    figures.map(|own| (own.quantity, own.value, own.tokens, own.depth, own.requests)).collect()
}

const JSON: &str = r#"[
  {
    "build_commit": "e57f52334", "build_number": 6940, "cpu_info": "AMD Ryzen 9 7950X", "gpu_info": "NVIDIA GeForce RTX 4090",
    "backends": "CUDA", "model_filename": "/models/Llama-3.1-8B-Q4_K_M.gguf", "model_type": "llama 8B Q4_K - Medium",
    "model_size": 4912898304, "model_n_params": 8030261312, "n_batch": 2048, "n_ubatch": 512, "type_k": "f16",
    "n_gpu_layers": 99, "n_prompt": 512, "n_gen": 0, "n_depth": 0, "test_time": "2026-11-20T10:00:00Z",
    "avg_ns": 42000000, "stddev_ns": 100000, "avg_ts": 12190.5, "stddev_ts": 31.5, "samples_ns": [1, 2], "samples_ts": [1.0, 2.0]
  },
  {
    "model_filename": "/models/Llama-3.1-8B-Q4_K_M.gguf", "model_type": "llama 8B Q4_K - Medium", "model_size": 4912898304,
    "n_prompt": 0, "n_gen": 128, "n_depth": 4096, "avg_ts": 141.25, "stddev_ts": 0.5
  }
]"#;

#[test]
fn llama_bench_in_each_of_its_forms() {
    let expected: &[Told] = &[
        (LogQuantity::Prefill, 12_190.5, Some(512), Some(0), None),
        (LogQuantity::Decode, 141.25, Some(128), Some(4_096), None),
    ];
    let found = run(JSON);
    assert_eq!(told(&found), expected);
    assert_eq!(
        (found.model.as_deref(), found.model_bytes),
        (Some("Llama-3.1-8B-Q4_K_M.gguf"), Some(4_912_898_304))
    );
    assert_eq!(found.figures[0].deviation, Some(31.5));

    let lines: String = JSON[1..JSON.len() - 1]
        .split("},")
        .map(|entry| entry.trim().trim_end_matches('}').replace('\n', " ") + "}\n")
        .collect();
    assert_eq!(told(&run(&format!("ggml_cuda_init: found 1 CUDA devices:\n{lines}"))), expected);

    let csv = "build_commit,model_filename,model_type,model_size,n_prompt,n_gen,n_depth,avg_ts,stddev_ts\n\
        \"e57f\",\"a.gguf\",\"llama 8B\",\"4912898304\",\"512\",\"0\",\"0\",\"12190.500000\",\"31.5\"\n\
        \"e57f\",\"a.gguf\",\"llama 8B\",\"4912898304\",\"0\",\"128\",\"4096\",\"141.250000\",\"0.5\"\n\
        \"e57f\",\"a.gguf\",\"llama 8B\",\"4912898304\",\"512\",\"128\",\"0\",\"99.0\",\"0.5\"\n";
    assert_eq!(told(&run(csv)), expected, "a test of both is neither");

    let table = "| model                          |       size |     params | backend    | ngl |            test |                  t/s |\n\
        | ------------------------------ | ---------: | ---------: | ---------- | --: | --------------: | -------------------: |\n\
        | llama 8B Q4_K - Medium         |   4.58 GiB |     8.03 B | CUDA       |  99 |           pp512 |    12190.50 ± 31.50 |\n\
        | llama 8B Q4_K - Medium         |   4.58 GiB |     8.03 B | CUDA       |  99 |   tg128 @ d4096 |       141.25 ± 0.50 |\n\
        | llama 8B Q4_K - Medium         |   4.58 GiB |     8.03 B | CUDA       |  99 |     pp512+tg128 |        99.00 ± 0.50 |\n\
        \nbuild: e57f52334 (6940)\n";
    let found = run(table);
    assert_eq!(told(&found), expected);
    assert_eq!(found.model.as_deref(), Some("llama 8B Q4_K - Medium"));
    assert_eq!(found.model_bytes, Some(4_917_737_554));
}

#[test]
fn timings_of_llama_cpp_old_and_new() {
    let expected: &[Told] = &[
        (LogQuantity::Prefill, 210.61, Some(26), None, None),
        (LogQuantity::Decode, 51.84, Some(64), Some(26), None),
    ];
    let server = "llama_model_loader: loaded meta data with 33 key-value pairs and 292 tensors from /m/Qwen3-8B-Q4_K_M.gguf (version GGUF V3 (latest))\n\
        slot print_timing: id  0 | task 0 | \n\
        prompt eval time =     123.45 ms /    26 tokens (    4.75 ms per token,   210.61 tokens per second)\n       \
        eval time =    1234.56 ms /    64 tokens (   19.29 ms per token,    51.84 tokens per second)\n      \
        total time =    1358.01 ms /    90 tokens\n";
    let found = run(server);
    assert_eq!(told(&found), expected);
    assert_eq!((found.program, found.model.as_deref()), (LogProgram::LlamaCpp, Some("Qwen3-8B-Q4_K_M.gguf")));
    let older = "llama_perf_context_print: prompt eval time =     123.45 ms /    26 tokens (    4.75 ms per token,   210.61 tokens per second)\n\
        llama_perf_context_print:        eval time =    1234.56 ms /    64 runs   (   19.29 ms per token,    51.84 tokens per second)\n\
        llama_perf_context_print:       total time =    1358.01 ms /    90 tokens\n";
    assert_eq!(told(&run(older)), expected);
    let prefixed = "0.12.345.678 I slot print_timing: id  0 | task 3 | prompt eval time =     123.45 ms /    26 tokens (    4.75 ms per token,   210.61 tokens per second)\n\
        0.12.345.680 I slot print_timing: id  0 | task 3 |        eval time =    1234.56 ms /    64 tokens (   19.29 ms per token,    51.84 tokens per second)\n";
    assert_eq!(told(&run(prefixed)), expected);
    let answer = r#"{"content":"Hi","model":"qwen","timings":{"cache_n":0,"prompt_n":26,"prompt_ms":123.45,"prompt_per_token_ms":4.75,"prompt_per_second":210.61,"predicted_n":64,"predicted_ms":1234.5,"predicted_per_token_ms":19.29,"predicted_per_second":51.84}}"#;
    let found = run(answer);
    assert!((found.figures[1].value - 51.84).abs() < 1e-9);
    assert_eq!(found.figures[1].depth, Some(26));
}

#[test]
fn ollama_in_the_terminal_and_by_its_interface() {
    let verbose = "$ ollama run --verbose llama3.1:8b\n>>> hi\nHello!\n\n\
        total duration:       4.2s\nload duration:        1.2s\nprompt eval count:    26 token(s)\n\
        prompt eval duration: 130.079ms\nprompt eval rate:     199.88 tokens/s\neval count:           298 token(s)\n\
        eval duration:        4.7s\neval rate:            63.19 tokens/s\n";
    let found = run(verbose);
    let expected: &[Told] = &[
        (LogQuantity::Prefill, 199.88, Some(26), None, None),
        (LogQuantity::Decode, 63.19, Some(298), Some(26), None),
    ];
    assert_eq!(told(&found), expected);
    assert_eq!((found.program, found.model.as_deref()), (LogProgram::Ollama, Some("llama3.1:8b")));
    let answer = r#"{"model":"llama3.1:8b","created_at":"2026-11-20T10:00:00Z","response":"","done":true,"total_duration":4200000000,"prompt_eval_count":26,"prompt_eval_duration":130000000,"eval_count":300,"eval_duration":5000000000}"#;
    assert_eq!(
        told(&run(answer)),
        [
            (LogQuantity::Prefill, 200.0, Some(26), None, None),
            (LogQuantity::Decode, 60.0, Some(300), Some(26), None)
        ]
    );
}

#[test]
fn mlx_says_tokens_speed_and_memory() {
    let text = "==========\nThe sky is blue.\n==========\nPrompt: 36 tokens, 512.345 tokens-per-sec\n\
        Generation: 100 tokens, 45.678 tokens-per-sec\nPeak memory: 4.567 GB\n";
    let found = run(text);
    assert_eq!(
        told(&found),
        [
            (LogQuantity::Prefill, 512.345, Some(36), None, None),
            (LogQuantity::Decode, 45.678, Some(100), Some(36), None),
            (LogQuantity::PeakMemory, 4.567e9, None, None, None)
        ]
    );
    let bench = "Averages: prompt_tps=512.300, generation_tps=45.600, peak_memory=4.500\n";
    assert_eq!(run(bench).figures.len(), 3);
}

#[test]
fn vllm_at_its_start_and_under_load() {
    let text = "INFO 11-20 10:00:00 [core.py:84] Initializing a V1 LLM engine (v0.11.0) with config: model='Qwen/Qwen3-8B', speculative_config=None\n\
        INFO 11-20 10:00:09 [gpu_model_runner.py:2653] Model loading took 15.2683 GiB memory and 3.512 seconds\n\
        INFO 11-20 10:00:20 [gpu_worker.py:298] Available KV cache memory: 5.26 GiB\n\
        INFO 11-20 10:00:20 [kv_cache_utils.py:1087] GPU KV cache size: 38,304 tokens\n\
        INFO 11-20 10:00:20 [kv_cache_utils.py:1091] Maximum concurrency for 8,192 tokens per request: 4.68x\n\
        INFO 11-20 10:00:31 [gpu_model_runner.py:2700] Graph capturing finished in 11 secs, took 0.62 GiB\n\
        INFO 11-20 10:01:00 [loggers.py:127] Engine 000: Avg prompt throughput: 4.8 tokens/s, Avg generation throughput: 30.2 tokens/s, Running: 1 reqs, Waiting: 0 reqs, GPU KV cache usage: 0.3%, Prefix cache hit rate: 0.0%\n\
        INFO 11-20 10:01:10 [loggers.py:127] Engine 000: Avg prompt throughput: 0.0 tokens/s, Avg generation throughput: 55.1 tokens/s, Running: 1 reqs, Waiting: 0 reqs, GPU KV cache usage: 0.3%, Prefix cache hit rate: 0.0%\n\
        INFO 11-20 10:01:20 [loggers.py:127] Engine 000: Avg prompt throughput: 0.0 tokens/s, Avg generation throughput: 400.5 tokens/s, Running: 8 reqs, Waiting: 0 reqs, GPU KV cache usage: 0.3%, Prefix cache hit rate: 0.0%\n\
        INFO 11-20 10:01:30 [loggers.py:127] Engine 000: Avg prompt throughput: 0.0 tokens/s, Avg generation throughput: 0.0 tokens/s, Running: 0 reqs, Waiting: 0 reqs, GPU KV cache usage: 0.0%, Prefix cache hit rate: 0.0%\n";
    let found = run(text);
    assert_eq!((found.program, found.model.as_deref()), (LogProgram::Vllm, Some("Qwen/Qwen3-8B")));
    let gib = 1024.0_f64.powi(3);
    assert_eq!(
        told(&found),
        [
            (LogQuantity::Weights, 15.2683 * gib, None, None, None),
            (LogQuantity::KvCache, 5.26 * gib, None, None, None),
            (LogQuantity::KvCapacity, 38_304.0, None, None, None),
            (LogQuantity::MaxConcurrency, 4.68, Some(8_192), None, None),
            (LogQuantity::CapturedGraphs, 0.62 * gib, None, None, None),
            (LogQuantity::Decode, 55.1, None, None, Some(1)),
            (LogQuantity::Aggregate, 400.5, None, None, Some(8)),
        ],
        "an interval with a prompt in it, and an idle one, measure nothing"
    );
    let one_line =
        "GPU KV cache size: 123,456 tokens, Maximum concurrency for 4,096 tokens per request: 30.14x";
    assert_eq!(run(one_line).figures.len(), 2);
    let bench = "============ Serving Benchmark Result ============\nSuccessful requests:                     100       \n\
        Maximum request concurrency:             8         \nBenchmark duration (s):                  12.50     \n\
        Total input tokens:                      51200     \nTotal generated tokens:                  12800     \n\
        Request throughput (req/s):              8.00      \nOutput token throughput (tok/s):         1024.00   \n";
    assert_eq!(told(&run(bench)), [(LogQuantity::Aggregate, 1024.0, Some(128), Some(512), Some(8))]);
}

/// 16.0 GiB and 15.9996 GiB are the same where two digits are printed.
#[test]
fn a_figure_is_held_beside_an_estimate_as_far_as_its_digits_tell() {
    let line = "INFO [gpu_model_runner.py:1] Model loading took 15.27 GiB memory and 3.5 seconds";
    let measured = run(line).figures[0];
    let gib = 1024.0_f64.powi(3);
    assert!((measured.rounding - 0.005 * gib).abs() < 1.0);
    let beside = |bytes: f64| Beside { measured, estimated: Some(crate::units::Band::exact(bytes)) };
    for (gibs, inside) in [(15.2683, true), (15.2745, true), (15.26, false), (15.28, false)] {
        assert_eq!(beside(gibs * gib).inside(), Some(inside), "{gibs}");
    }
    let exact = LogFigure::new(LogQuantity::Decode, 55.1, 1);
    assert_eq!(
        Beside { measured: exact, estimated: Some(crate::units::Band::exact(55.11)) }.inside(),
        Some(false)
    );
}

#[test]
fn what_is_no_log_says_what_would_be_one() {
    for text in [
        "",
        "hello",
        "[1, 2]",
        "{}",
        "[",
        "eval rate: fast",
        "| a | b |",
        "Prompt: many tokens, x tokens-per-sec",
    ] {
        let error = read_log(text).expect_err("nothing in it").to_string();
        assert!(error.contains("llama-bench"), "{error}");
    }
}

#[test]
fn hostile_logs_are_bounded() {
    for text in [
        "[".repeat(1 << 20),
        "{\"timings\":".repeat(100_000),
        "eval rate: 1 tokens/s\n".repeat(50_000),
        format!("eval rate: {} tokens/s", "9".repeat(1 << 20)),
        "x".repeat(8 << 20),
        "|".repeat(1 << 20),
        format!("llama_model_loader: loaded meta data from {}\neval rate: 5 tokens/s", "n".repeat(1 << 20)),
    ] {
        let runs = read_log(&text).unwrap_or_default();
        assert!(runs.iter().map(|run| run.figures.len()).sum::<usize>() <= 10_000);
        assert!(runs.iter().all(|run| run.model.as_ref().is_none_or(|name| name.chars().count() <= 200)));
        let figures = runs.iter().flat_map(|run| &run.figures);
        assert!(figures.map(|figure| figure.value).all(|value| value.is_finite() && value > 0.0));
    }
}
