//! Thirty texts as people write in forums: nicknames of machines, formats without signs, several figures in one breath.

use crate::free_text::Said;

/// Texts with what they say.
pub(crate) const NICKNAMES: &[(&str, &[Said])] = &[
    (
        "Getting 21 tokens per second out of gemma3 27b q4km on my 3090",
        &[("decode", "rtx-3090-24gb", "gemma-3-27b", 21.0)],
    ),
    ("qwen3 14b 4bit hits 46 t/s on the M4 Max", &[("decode", "apple-m4max", "qwen3-14b", 46.0)]),
    (
        "Meine 3090 schafft 24,5 tok/s mit Qwen2.5-32B q4_k_m",
        &[("decode", "rtx-3090-24gb", "qwen2.5-32b", 24.5)],
    ),
    (
        "my M1 Ultra 128gb spits out 8.6 tps with Llama-3.3-70B-Instruct Q4_K_M",
        &[("decode", "apple-m1ultra-64c-128gb", "llama-3.3-70b", 8.6)],
    ),
    (
        "4090: 130 tok/s (Llama 3.1 8B, Q4_K_M). 3090: 110 tok/s, same model.",
        &[
            ("decode", "rtx-4090-24gb", "llama-3.1-8b", 130.0),
            ("decode", "rtx-3090-24gb", "llama-3.1-8b", 110.0),
        ],
    ),
    (
        "A Strix Halo box generates 5 tokens/sec with a 70B at Q4_K_M, its memory runs at 256 GB/s.",
        &[("decode", "strix-halo", "70B", 5.0), ("bandwidth", "strix-halo", "", 256.0)],
    ),
    ("Spark does 38 t/s on gpt-oss 120b", &[("decode", "dgx-spark", "gpt-oss-120b", 38.0)]),
    ("The 5090's bandwidth: 1.79 TB/s", &[("bandwidth", "rtx-5090-32gb", "", 1790.0)]),
    ("I paid $2,400 for a used 4090", &[("price", "rtx-4090-24gb", "", 2400.0)]),
    ("gpt oss 20b at 170 tok/s on a 4090", &[("decode", "rtx-4090-24gb", "gpt-oss-20b", 170.0)]),
    ("Two 3090s hold Llama 70B at Q4_K_M", &[("fits", "2x rtx-3090-24gb", "llama-3.3-70b", f64::NAN)]),
    ("The 128GB M4 Max lets the GPU have about 96 GB", &[("gpu_share", "apple-m4max-40c-128gb", "", 96.0)]),
    (
        "Deepseek R1 (671B, Q4_K_M) does 17-18 t/s on the 512GB M3 Ultra Studio",
        &[("decode", "apple-m3ultra-80c-512gb", "deepseek-r1", 17.0)],
    ),
    (
        "B200: 192 GB, 8 TB/s and 1000 W",
        &[("memory", "b200", "", 192.0), ("bandwidth", "b200", "", 8000.0), ("power", "b200", "", 1000.0)],
    ),
    (
        "M3 Max 128GB pulls 65 tok/s from Qwen3-30B-A3B q4km in llama.cpp",
        &[("decode", "apple-m3max-40c-128gb", "qwen3-30b-a3b", 65.0)],
    ),
    (
        "prompt processing of llama 3.1 8b q4_k_m on a 4090 is about 9,000 t/s",
        &[("prefill", "rtx-4090-24gb", "llama-3.1-8b", 9000.0)],
    ),
    ("Llama 3.1 70B at 8bit wants 75 GB", &[("memory_needed", "", "llama-3.1-70b", 75.0)]),
    ("Renting an H100 SXM costs $2.99/hour", &[("rent", "h100-sxm-80gb", "", 2.99)]),
    (
        "An RTX A6000 has 48GB with 768 GB/s and draws 300 W",
        &[
            ("memory", "rtx-a6000-48gb", "", 48.0),
            ("bandwidth", "rtx-a6000-48gb", "", 768.0),
            ("power", "rtx-a6000-48gb", "", 300.0),
        ],
    ),
    ("Phi-4 Q8_0 = 41 tokens/s | RTX 4090", &[("decode", "rtx-4090-24gb", "phi-4-14b", 41.0)]),
    (
        "The 7900XTX (24 GB, 960 GB/s) is 20% slower than the 4090 on Llama 3.1 8B Q4_K_M",
        &[("bandwidth", "rx-7900xtx-24gb", "", 960.0), ("ratio", "rx-7900xtx-24gb", "llama-3.1-8b", 20.0)],
    ),
    ("mlx 4bit Mistral 7B on M2 Pro: 37 toks/s", &[("decode", "apple-m2pro", "mistral-7b-v0.3", 37.0)]),
    (
        "You can't fit Mixtral 8x22B Q4_K_M on a 48GB A6000",
        &[("fits", "rtx-a6000-48gb", "mixtral-8x22b", f64::NAN)],
    ),
    ("Flux dev takes 14 s for 28 steps on a 4090", &[("image_time", "rtx-4090-24gb", "flux.1-dev", 14.0)]),
    (
        "QLoRA on Llama 3.1 8B trains at 1,900 tokens per second on a 4090",
        &[("training", "rtx-4090-24gb", "llama-3.1-8b", 1900.0)],
    ),
    (
        "M5 Max MacBook, 128 gigs: gpt-oss-120b, 88 tokens per second",
        &[("decode", "apple-m5max-40c-128gb", "gpt-oss-120b", 88.0)],
    ),
    (
        "A MacBook Air M4 with 24GB manages 12 t/s with Qwen3 14B 4bit, drawing 20 W",
        &[
            ("decode", "macbook-air-13-m4-24gb", "qwen3-14b", 12.0),
            ("power", "macbook-air-13-m4-24gb", "", 20.0),
        ],
    ),
    (
        "Command R 35B Q4_K_M: 31 tok/s (RTX 4090), 9 tok/s (M3 Max)",
        &[
            ("decode", "rtx-4090-24gb", "command-r-35b", 31.0),
            ("decode", "apple-m3max", "command-r-35b", 9.0),
        ],
    ),
    (
        "8 concurrent users get 600 tok/s together from Qwen3 8B AWQ in vLLM on a 4090",
        &[("aggregate", "rtx-4090-24gb", "qwen3-8b", 600.0)],
    ),
    (
        "The M2 Ultra has 800 GB/s, the M3 Ultra 819 GB/s",
        &[("bandwidth", "apple-m2ultra", "", 800.0), ("bandwidth", "apple-m3ultra", "", 819.0)],
    ),
];
