"""The models of the pipelines that `record.py` writes down, by their published configurations, and how they are called."""
import torch, torch.nn.functional as F


def flash(query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, enable_gqa=False, **_):
    """The fused attention that PyTorch chooses on CUDA: without a mask flash, else memory-efficient."""
    if attn_mask is None and query.dtype in (torch.bfloat16, torch.float16) and query.shape[-1] <= 256:
        of = torch.ops.aten._scaled_dot_product_flash_attention
        return of(query, key, value, dropout_p, is_causal, scale=scale)[0]
    of = torch.ops.aten._scaled_dot_product_efficient_attention
    return of(query, key, value, attn_mask, False, dropout_p, is_causal, scale=scale)[0]


F.scaled_dot_product_attention = torch.nn.functional.scaled_dot_product_attention = flash

import diffusers, transformers
from diffusers import (AutoencoderKLFlux2, AutoencoderKLHunyuanVideo, AutoencoderKLLTX2Video, AutoencoderKLQwenImage,
                       Flux2Transformer2DModel, FluxTransformer2DModel, HunyuanVideoTransformer3DModel,
                       LTX2VideoTransformer3DModel, QwenImageTransformer2DModel, SD3Transformer2DModel,
                       WanTransformer3DModel, ZImageTransformer2DModel)


def empty(*shape, dt=torch.float32):
    return torch.empty(*shape, dtype=dt)


def layers(full, few):
    """Depths for the parameters and for a run: what lives at a peak does not depend on the depth."""
    return dict(full=full, few=few)


TEXT = {"flux.1-schnell": 256, "flux.2-dev": 512, "sd3.5": 333, "qwen-image": 128, "z-image": 128, "hunyuan-video": 256,
        "ltx-2": 1024}


def flux(guided, text):
    def make(depth):
        return lambda: FluxTransformer2DModel(
            patch_size=1, in_channels=64, num_layers=depth[0], num_single_layers=depth[1], attention_head_dim=128,
            num_attention_heads=24, joint_attention_dim=4096, pooled_projection_dim=768, guidance_embeds=guided)

    def call(m, d, s):
        b, n = s["B"], s["N"]
        more = dict(guidance=empty(b)) if guided else {}
        return m(hidden_states=empty(b, n, 64, dt=d), encoder_hidden_states=empty(b, text, 4096, dt=d),
                 pooled_projections=empty(b, 768, dt=d), timestep=empty(b, dt=d), img_ids=empty(n, 3, dt=d),
                 txt_ids=empty(text, 3, dt=d), **more)
    return make, call, (19, 38), (2, 2)


def flux2(text=512, joint=15360, heads=48, depths=(8, 48), guided=True):
    def make(depth):
        return lambda: Flux2Transformer2DModel(num_layers=depth[0], num_single_layers=depth[1], guidance_embeds=guided,
                                               joint_attention_dim=joint, num_attention_heads=heads)

    def call(m, d, s):
        b, n = s["B"], s["N"]
        more = dict(guidance=empty(b)) if guided else {}
        return m(hidden_states=empty(b, n, 128, dt=d), encoder_hidden_states=empty(b, text, joint, dt=d),
                 timestep=empty(b, dt=d), img_ids=empty(b, n, 4), txt_ids=empty(b, text, 4), **more)
    return make, call, depths, (2, 2)


def klein(size):
    """FLUX.2-klein: without guidance, prompts through three layers of Qwen3 4B or 8B (Flux2KleinPipeline)."""
    return flux2(joint=7680, heads=24, depths=(5, 20), guided=False) if size == 4 else flux2(
        joint=12288, heads=32, depths=(8, 24), guided=False)


def sd3(medium, text=333):
    wide = dict(num_attention_heads=24, caption_projection_dim=1536, pos_embed_max_size=384,
                dual_attention_layers=tuple(range(13))) if medium else dict(
                num_attention_heads=38, caption_projection_dim=2432, pos_embed_max_size=192)

    def make(depth):
        few = dict(wide)
        if medium and depth[0] < 24:
            few["dual_attention_layers"] = (0,)
        return lambda: SD3Transformer2DModel(sample_size=128, patch_size=2, in_channels=16, num_layers=depth[0],
                                             attention_head_dim=64, joint_attention_dim=4096, pooled_projection_dim=2048,
                                             out_channels=16, qk_norm="rms_norm", **few)

    def call(m, d, s):
        b, h, w = s["B"], s["H"], s["W"]
        return m(hidden_states=empty(b, 16, h, w, dt=d), encoder_hidden_states=empty(b, text, 4096, dt=d),
                 pooled_projections=empty(b, 2048, dt=d), timestep=empty(b, dt=d))
    return make, call, (24 if medium else 38,), (3,)


def qwen_image(text=128):
    def make(depth):
        return lambda: QwenImageTransformer2DModel(num_layers=depth[0])

    def call(m, d, s):
        b, h, w = s["B"], s["H"], s["W"]
        return m(hidden_states=empty(b, h * w // 4, 64, dt=d), encoder_hidden_states=empty(b, text, 3584, dt=d),
                 encoder_hidden_states_mask=None, timestep=empty(b, dt=d), img_shapes=[[(1, h // 2, w // 2)]] * b)
    return make, call, (60,), (3,)


def z_image(text=128):
    def make(depth):
        return lambda: ZImageTransformer2DModel(n_layers=depth[0])

    def call(m, d, s):
        b, h, w = s["B"], s["H"], s["W"]
        x = empty(b, 16, 1, h, w, dt=d)
        caps = [empty(text, 2560, dt=d) for _ in range(b)]
        return m(list(x.unbind(0)), empty(b, dt=d), caps)
    return make, call, (30,), (3,)


def wan(heads, layers_, ffn):
    def make(depth):
        return lambda: WanTransformer3DModel(patch_size=(1, 2, 2), num_attention_heads=heads, attention_head_dim=128,
                                             in_channels=16, out_channels=16, text_dim=4096, freq_dim=256, ffn_dim=ffn,
                                             num_layers=depth[0], cross_attn_norm=True,
                                             qk_norm="rms_norm_across_heads")

    def call(m, d, s):
        b, f, h, w = s["B"], s["F"], s["H"], s["W"]
        return m(empty(b, 16, f, h, w, dt=d), empty(b), empty(b, 512, 4096, dt=d))
    return make, call, (layers_,), (3,)


def hunyuan(text=256):
    def make(depth):
        return lambda: HunyuanVideoTransformer3DModel(num_layers=depth[0], num_single_layers=depth[1])

    def call(m, d, s):
        b, f, h, w = s["B"], s["F"], s["H"], s["W"]
        return m(empty(b, 16, f, h, w, dt=d), empty(b), empty(b, text, 4096, dt=d), empty(b, text, dt=d),
                 empty(b, 768, dt=d), guidance=empty(b, dt=d))
    return make, call, (20, 40), (2, 2)


def ltx2(text=1024):
    def make(depth):
        return lambda: LTX2VideoTransformer3DModel(num_layers=depth[0], rope_type="split")

    def call(m, d, s):
        b, f, h, w, a = s["B"], s["F"], s["H"], s["W"], s["A"]
        mask = empty(b, text, dt=d)
        return m(empty(b, f * h * w, 128, dt=d), empty(b, a, 128, dt=d), empty(b, text, 3840, dt=d),
                 empty(b, text, 3840, dt=d), empty(b), sigma=empty(b), encoder_attention_mask=mask,
                 audio_encoder_attention_mask=mask, num_frames=f, height=h, width=w, fps=24.0, audio_num_frames=a,
                 video_coords=empty(b, 3, f * h * w, 2), audio_coords=empty(b, 1, a, 2))
    return make, call, (48,), (3,)


def ids(b, n):
    return torch.zeros(b, n, dtype=torch.int64)


def llm(kind, tokens):
    t = transformers
    config = {
        "mistral-small-3.1-24b": lambda: t.MistralConfig(
            hidden_size=5120, intermediate_size=32768, num_hidden_layers=40, num_attention_heads=32,
            num_key_value_heads=8, head_dim=128, vocab_size=131072, sliding_window=None),
        "qwen2.5-vl-7b": lambda: t.Qwen2Config(
            hidden_size=3584, intermediate_size=18944, num_hidden_layers=28, num_attention_heads=28,
            num_key_value_heads=4, vocab_size=152064),
        "qwen3-4b": lambda: t.Qwen3Config(
            hidden_size=2560, intermediate_size=9728, num_hidden_layers=36, num_attention_heads=32,
            num_key_value_heads=8, head_dim=128, vocab_size=151936, tie_word_embeddings=True),
        "qwen3-4b-head": lambda: t.Qwen3Config(
            hidden_size=2560, intermediate_size=9728, num_hidden_layers=36, num_attention_heads=32,
            num_key_value_heads=8, head_dim=128, vocab_size=151936, tie_word_embeddings=True),
        "qwen3-8b": lambda: t.Qwen3Config(
            hidden_size=4096, intermediate_size=12288, num_hidden_layers=36, num_attention_heads=32,
            num_key_value_heads=8, head_dim=128, vocab_size=151936, tie_word_embeddings=False),
        "llama-3-8b": lambda: t.LlamaConfig(
            hidden_size=4096, intermediate_size=14336, num_hidden_layers=32, num_attention_heads=32,
            num_key_value_heads=8, vocab_size=128320),
        "gemma-3-12b": lambda: t.Gemma3TextConfig(
            hidden_size=3840, intermediate_size=15360, num_hidden_layers=48, num_attention_heads=16,
            num_key_value_heads=8, head_dim=256, vocab_size=262208, sliding_window=1024),
    }[kind]
    whole = {"mistral-small-3.1-24b": t.MistralForCausalLM, "qwen2.5-vl-7b": t.Qwen2ForCausalLM,
             "qwen3-4b": t.Qwen3Model, "qwen3-8b": t.Qwen3ForCausalLM,
             "qwen3-4b-head": t.Qwen3ForCausalLM, "llama-3-8b": t.LlamaModel, "gemma-3-12b": t.Gemma3ForCausalLM}[kind]

    def make(_):
        def build():
            c = config()
            c._attn_implementation = "sdpa"
            return whole(c)
        return build

    def call(m, d, s):
        return m(input_ids=ids(s["B"], tokens), attention_mask=None, output_hidden_states=True, use_cache=False)
    return make, call, None, None


def vae(kind, tiled=False):
    make = {"flux.2": lambda: AutoencoderKLFlux2(), "qwen-image": lambda: AutoencoderKLQwenImage(),
            "hunyuan-video": lambda: AutoencoderKLHunyuanVideo(), # The published configuration says so; the class alone would take tiles half as long.
            "ltx-2": lambda: AutoencoderKLLTX2Video(spatial_compression_ratio=32, temporal_compression_ratio=8)}[kind]
    channels = {"flux.2": 32, "qwen-image": 16, "hunyuan-video": 16, "ltx-2": 128}[kind]

    def call(m, d, s):
        if tiled:
            m.enable_tiling()
        shape = [s["B"], channels] + ([] if kind == "flux.2" else [s.get("F", 1)]) + [s["H"], s["W"]]
        if kind == "ltx-2":
            return m.decode(empty(*shape, dt=d), None, return_dict=False)
        return m.decode(empty(*shape, dt=d), return_dict=False)
    return (lambda _: make), call, None, None
