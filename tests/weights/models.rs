//! Architectures for the tests of weights, as their publishers' configurations state them.

use plimsoll::spec::{
    Attention, Block, Experts, FeedForward, Figure, GatedDelta, Kind, Mamba2, Mixer, Mla, Model, NormStyle,
    Run,
};

/// What most models share; each model changes what it has.
fn model(architecture: &str, hidden: u32, vocabulary: u32, stack: Vec<Run>) -> Model {
    Model {
        id: "test".to_owned(),
        name: "Test".to_owned(),
        family: "Test".to_owned(),
        architecture: architecture.to_owned(),
        parameters: Figure(0.0, Kind::Derived, "test".to_owned(), "2026-11-20".to_owned()),
        active_parameters: None,
        source: "test".to_owned(),
        hidden,
        vocabulary,
        tied_embeddings: false,
        context_max: 131_072,
        norms: NormStyle::Pre,
        norm_bias: false,
        rope_factors: 0,
        output_bias: false,
        stack,
        vision: None,
    }
}

/// Query heads, key heads and head width.
type Heads = (u32, u32, u32);

fn heads((heads, kv_heads, head): Heads) -> Attention {
    Attention { heads, kv_heads, head, ..Attention::default() }
}

fn gated(width: u32) -> FeedForward {
    FeedForward::Dense { width, gated: true, bias: false }
}

fn ungated(width: u32, bias: bool) -> FeedForward {
    FeedForward::Dense { width, gated: false, bias }
}

fn routed(count: u32, used: u32, width: u32) -> Experts {
    Experts { count, used, width, ..Experts::default() }
}

/// Layers of one shape.
fn layers(times: u32, mixer: Mixer, feed_forward: FeedForward) -> Run {
    Run { repeat: 1, blocks: vec![Block { times, mixer, feed_forward }] }
}

fn dense(times: u32, attention: Attention, width: u32) -> Vec<Run> {
    vec![layers(times, Mixer::Attention(attention), gated(width))]
}

fn moe(times: u32, attention: Attention, experts: Experts) -> Vec<Run> {
    vec![layers(times, Mixer::Attention(attention), FeedForward::Experts(experts))]
}

fn llama(hidden: u32, vocabulary: u32, stack: Vec<Run>) -> Model {
    Model { rope_factors: 64, ..model("llama", hidden, vocabulary, stack) }
}

fn qwen2(hidden: u32, vocabulary: u32, times: u32, attention: Heads, width: u32) -> Model {
    model("qwen2", hidden, vocabulary, dense(times, Attention { qkv_bias: true, ..heads(attention) }, width))
}

fn qwen3(hidden: u32, times: u32, attention: Heads, width: u32) -> Model {
    model("qwen3", hidden, 151_936, dense(times, Attention { qk_norm: true, ..heads(attention) }, width))
}

fn qwen3_moe(hidden: u32, times: u32, attention: Heads, experts: Experts) -> Model {
    model("qwen3moe", hidden, 151_936, moe(times, Attention { qk_norm: true, ..heads(attention) }, experts))
}

/// Gemma 3: five local layers and a global one, the rest local.
fn gemma3(hidden: u32, times: u32, attention: Heads, width: u32) -> Model {
    let global = Attention { qk_norm: true, ..heads(attention) };
    let local = Attention { window: Some(1024), ..global.clone() };
    let block =
        |times, attention| Block { times, mixer: Mixer::Attention(attention), feed_forward: gated(width) };
    let stack = vec![
        Run { repeat: times / 6, blocks: vec![block(5, local.clone()), block(1, global)] },
        Run { repeat: 1, blocks: vec![block(times % 6, local)] },
    ];
    Model { tied_embeddings: true, norms: NormStyle::PreAndPost, ..model("gemma3", hidden, 262_144, stack) }
}

fn gpt_oss(rounds: u32, experts: u32) -> Model {
    let full = Attention { qkv_bias: true, output_bias: true, sinks: true, ..heads((64, 8, 64)) };
    let local = Attention { window: Some(128), ..full.clone() };
    let block = |attention| Block {
        times: 1,
        mixer: Mixer::Attention(attention),
        feed_forward: FeedForward::Experts(Experts { bias: true, ..routed(experts, 4, 2880) }),
    };
    model("gpt-oss", 2880, 201_088, vec![Run { repeat: rounds, blocks: vec![block(local), block(full)] }])
}

fn deepseek_r1() -> Model {
    let mla =
        || Mixer::Mla(Mla { heads: 128, q_rank: Some(1536), kv_rank: 512, nope: 128, rope: 64, value: 128 });
    let experts = Experts { shared_width: 2048, score_correction: true, ..routed(256, 8, 2048) };
    let stack = vec![layers(3, mla(), gated(18_432)), layers(58, mla(), FeedForward::Experts(experts))];
    model("deepseek2", 7168, 129_280, stack)
}

fn deepseek_v2_lite() -> Model {
    let mla = || Mixer::Mla(Mla { heads: 16, q_rank: None, kv_rank: 512, nope: 128, rope: 64, value: 128 });
    let experts = Experts { shared_width: 2816, ..routed(64, 6, 1408) };
    let stack = vec![layers(1, mla(), gated(10_944)), layers(26, mla(), FeedForward::Experts(experts))];
    model("deepseek2", 2048, 102_400, stack)
}

fn falcon_h1() -> Model {
    let mamba =
        Mamba2 { inner: 3072, heads: 24, state: 256, groups: 1, conv: 4, conv_bias: true, norm: false };
    let stack = vec![layers(44, Mixer::Parallel(heads((12, 2, 128)), mamba), gated(12_288))];
    model("falcon-h1", 3072, 130_049, stack)
}

fn qwen3_next() -> Model {
    let experts =
        || FeedForward::Experts(Experts { shared_width: 512, shared_gate: true, ..routed(512, 10, 512) });
    let delta = GatedDelta { key_heads: 16, value_heads: 32, key_head: 128, value_head: 128, conv: 4 };
    let attention = Attention { qk_norm: true, output_gate: true, ..heads((16, 2, 256)) };
    let blocks = vec![
        Block { times: 3, mixer: Mixer::GatedDelta(delta), feed_forward: experts() },
        Block { times: 1, mixer: Mixer::Attention(attention), feed_forward: experts() },
    ];
    model("qwen3next", 2048, 151_936, vec![Run { repeat: 12, blocks }])
}

fn granite_h_tiny() -> Model {
    let experts = || FeedForward::Experts(Experts { shared_width: 1024, ..routed(64, 6, 512) });
    let mamba =
        Mamba2 { inner: 3072, heads: 48, state: 128, groups: 1, conv: 4, conv_bias: true, norm: true };
    let states = |times| Block { times, mixer: Mixer::Mamba2(mamba.clone()), feed_forward: experts() };
    let attention = Block { times: 1, mixer: Mixer::Attention(heads((12, 4, 128))), feed_forward: experts() };
    let stack = vec![
        Run { repeat: 1, blocks: vec![states(5), attention.clone()] },
        Run { repeat: 3, blocks: vec![states(9), attention] },
        Run { repeat: 1, blocks: vec![states(4)] },
    ];
    Model { tied_embeddings: true, ..model("granitehybrid", 1536, 100_352, stack) }
}

fn tied(model: Model) -> Model {
    Model { tied_embeddings: true, ..model }
}

/// The model a measurement names.
pub(crate) fn named(name: &str) -> Option<Model> {
    let some = match name {
        "Llama-3.1-8B" => llama(4096, 128_256, dense(32, heads((32, 8, 128)), 14_336)),
        "Llama-3.1-8B-4layer" => llama(4096, 128_256, dense(4, heads((32, 8, 128)), 14_336)),
        "Llama-3.2-1B" => {
            Model { rope_factors: 32, ..tied(llama(2048, 128_256, dense(16, heads((32, 8, 64)), 8192))) }
        }
        "Llama-3.3-70B" => llama(8192, 128_256, dense(80, heads((64, 8, 128)), 28_672)),
        "Llama-3.1-405B" => llama(16_384, 128_256, dense(126, heads((128, 8, 128)), 53_248)),
        "Mistral-7B-v0.3" => model("llama", 4096, 32_768, dense(32, heads((32, 8, 128)), 14_336)),
        "Mixtral-8x7B" => model("llama", 4096, 32_000, moe(32, heads((32, 8, 128)), routed(8, 2, 14_336))),
        "Mixtral-8x22B" => model("llama", 6144, 32_000, moe(56, heads((48, 8, 128)), routed(8, 2, 16_384))),
        "mixtral-8x-small" => model("llama", 1024, 32_000, moe(8, heads((16, 4, 64)), routed(8, 2, 3584))),
        "TinyLlama-1.1B" => model("llama", 2048, 32_000, dense(22, heads((32, 4, 64)), 5632)),
        "tiny-llama-test" => model("llama", 256, 2048, dense(4, heads((8, 4, 32)), 688)),
        "tiny-llama-test-704" => model("llama", 256, 2048, dense(4, heads((8, 4, 32)), 704)),
        "Qwen2.5-0.5B" => tied(qwen2(896, 151_936, 24, (14, 2, 64), 4864)),
        "Qwen2.5-14B" => qwen2(5120, 152_064, 48, (40, 8, 128), 13_824),
        "Qwen2.5-32B" => qwen2(5120, 152_064, 64, (40, 8, 128), 27_648),
        "Qwen3-0.6B" => tied(qwen3(1024, 28, (16, 8, 128), 3072)),
        "Qwen3-8B" => qwen3(4096, 36, (32, 8, 128), 12_288),
        "Qwen3-14B" => qwen3(5120, 40, (40, 8, 128), 17_408),
        "tiny-qwen3-test" => Model { vocabulary: 4096, ..tied(qwen3(256, 4, (8, 4, 64), 768)) },
        "Qwen3-30B-A3B" => qwen3_moe(2048, 48, (32, 4, 128), routed(128, 8, 768)),
        "Qwen3-235B-A22B" => qwen3_moe(4096, 94, (64, 4, 128), routed(128, 8, 1536)),
        "Gemma-2-9B" => Model {
            norms: NormStyle::PreAndPost,
            ..tied(model("gemma2", 3584, 256_000, dense(42, heads((16, 8, 256)), 14_336)))
        },
        "Gemma-3-27B" => gemma3(5376, 62, (32, 16, 128), 21_504),
        "Phi-4-14B" => model("phi3", 5120, 100_352, dense(40, heads((40, 10, 128)), 17_920)),
        "gpt-oss-20b" => gpt_oss(12, 32),
        "gpt-oss-120b" => gpt_oss(18, 128),
        "DeepSeek-R1-671B" => deepseek_r1(),
        "DeepSeek-V2-Lite" => deepseek_v2_lite(),
        "Command-R-35B" => Model {
            norms: NormStyle::Shared,
            ..tied(model("command-r", 8192, 256_000, dense(40, heads((64, 64, 128)), 22_528)))
        },
        "Falcon-H1-7B" => falcon_h1(),
        "Qwen3-Next-80B-A3B" => qwen3_next(),
        "Granite-4.0-H-Tiny" => granite_h_tiny(),
        _ => return unmeasured(name),
    };
    Some(some)
}

/// Models whose files the quantiser was not measured on.
fn unmeasured(name: &str) -> Option<Model> {
    let some = match name {
        "Qwen2.5-72B" => qwen2(8192, 152_064, 80, (64, 8, 128), 29_568),
        "Qwen3-Coder-480B" => qwen3_moe(6144, 62, (96, 8, 128), routed(160, 8, 2560)),
        "Gemma-3-4B" => gemma3(2560, 34, (8, 4, 256), 10_240),
        "Mistral-Small-24B" => model("llama", 5120, 131_072, dense(40, heads((32, 8, 128)), 32_768)),
        "Llama-4-Maverick" => maverick(),
        "GLM-4.5-Air" => glm_air(),
        "GLM-4-32B" => Model {
            norms: NormStyle::PreAndPost,
            ..model("glm4", 6144, 151_552, dense(61, heads((48, 2, 128)), 23_040))
        },
        "OLMo-2-7B" => Model {
            norms: NormStyle::Post,
            ..model(
                "olmo2",
                4096,
                100_352,
                dense(32, Attention { qk_norm_wide: true, ..heads((32, 32, 128)) }, 11_008),
            )
        },
        "Phi-3-mini" => model("phi3", 3072, 32_064, dense(32, heads((32, 32, 96)), 8192)),
        "StarCoder2-3B" => starcoder2(),
        "Nemotron-mini-4B" => nemotron(),
        _ => return None,
    };
    Some(some)
}

/// Dense and routed layers in turn.
fn maverick() -> Model {
    let block = |feed_forward| Block { times: 1, mixer: Mixer::Attention(heads((40, 8, 128))), feed_forward };
    let experts = Experts { shared_width: 8192, ..routed(128, 1, 8192) };
    let blocks = vec![block(gated(16_384)), block(FeedForward::Experts(experts))];
    Model { rope_factors: 64, ..model("llama4", 5120, 202_048, vec![Run { repeat: 24, blocks }]) }
}

fn glm_air() -> Model {
    let mixer = || Mixer::Attention(Attention { qkv_bias: true, ..heads((96, 8, 128)) });
    let experts = Experts { shared_width: 1408, score_correction: true, ..routed(128, 8, 1408) };
    let stack = vec![layers(1, mixer(), gated(10_944)), layers(45, mixer(), FeedForward::Experts(experts))];
    model("glm4moe", 4096, 151_552, stack)
}

fn starcoder2() -> Model {
    let attention = Attention { qkv_bias: true, output_bias: true, ..heads((24, 2, 128)) };
    let stack = vec![layers(30, Mixer::Attention(attention), ungated(12_288, true))];
    Model { norm_bias: true, ..tied(model("starcoder2", 3072, 49_152, stack)) }
}

fn nemotron() -> Model {
    let stack = vec![layers(32, Mixer::Attention(heads((24, 8, 128))), ungated(9216, false))];
    Model { norm_bias: true, ..model("nemotron", 3072, 256_000, stack) }
}
