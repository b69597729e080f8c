"""Pipelines of diffusers with random weights, of the shapes that their published config.json files have.

With `small` the same classes are made with few and narrow layers, to try the code on a processor.
"""

import contextlib

import torch
from torch import nn

TYPES = {"bf16": torch.bfloat16, "fp32": torch.float32}


@contextlib.contextmanager
def making(dtype, device):
    """Modules made within are of this type, on this device."""
    torch.set_default_dtype(dtype)
    try:
        with torch.device(device):
            yield
    finally:
        torch.set_default_dtype(torch.float32)


def clip(hidden, inner, layers, heads, projected, small):
    import transformers

    if small:
        layers = 2
    config = transformers.CLIPTextConfig(
        hidden_size=hidden, intermediate_size=inner, num_hidden_layers=layers, num_attention_heads=heads,
        vocab_size=49408, max_position_embeddings=77, projection_dim=hidden,
    )
    return (transformers.CLIPTextModelWithProjection if projected else transformers.CLIPTextModel)(config)


def t5(kind, vocabulary, small):
    import transformers

    wide = dict(d_model=4096, d_kv=64, d_ff=10240, num_layers=24, num_heads=64)
    if small:
        wide.update(d_ff=256, num_layers=1, num_heads=2)
        vocabulary = 1000
    config = getattr(transformers, kind + "Config")(
        vocab_size=vocabulary, feed_forward_proj="gated-gelu", tie_word_embeddings=False, **wide
    )
    return getattr(transformers, kind + "EncoderModel")(config)


def image_vae(latents, quant, small, scaling):
    from diffusers import AutoencoderKL

    widths = [32, 32, 64, 64] if small else [128, 256, 512, 512]
    return AutoencoderKL(
        in_channels=3, out_channels=3, down_block_types=["DownEncoderBlock2D"] * 4,
        up_block_types=["UpDecoderBlock2D"] * 4, block_out_channels=widths, layers_per_block=2,
        latent_channels=latents, sample_size=1024, use_quant_conv=quant, use_post_quant_conv=quant,
        scaling_factor=scaling, shift_factor=None if quant else 0.1159,
    )


def sd15(small):
    from diffusers import PNDMScheduler, StableDiffusionPipeline, UNet2DConditionModel

    widths = [32, 64, 64, 64] if small else [320, 640, 1280, 1280]
    unet = UNet2DConditionModel(
        sample_size=64, in_channels=4, out_channels=4, cross_attention_dim=768, attention_head_dim=8,
        down_block_types=["CrossAttnDownBlock2D"] * 3 + ["DownBlock2D"],
        up_block_types=["UpBlock2D"] + ["CrossAttnUpBlock2D"] * 3, block_out_channels=widths, layers_per_block=2,
    )
    return StableDiffusionPipeline(
        vae=image_vae(4, True, small, 0.18215), text_encoder=clip(768, 3072, 12, 12, False, small), tokenizer=None,
        unet=unet, scheduler=PNDMScheduler(skip_prk_steps=True), safety_checker=None, feature_extractor=None,
        requires_safety_checker=False,
    )


def sdxl(small):
    from diffusers import EulerDiscreteScheduler, StableDiffusionXLPipeline, UNet2DConditionModel

    shape = dict(block_out_channels=[320, 640, 1280], transformer_layers_per_block=[1, 2, 10],
                 attention_head_dim=[5, 10, 20])
    if small:
        shape = dict(block_out_channels=[32, 64, 64], transformer_layers_per_block=1, attention_head_dim=4)
    unet = UNet2DConditionModel(
        sample_size=128, in_channels=4, out_channels=4, cross_attention_dim=2048, layers_per_block=2,
        down_block_types=["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
        up_block_types=["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"], addition_embed_type="text_time",
        addition_time_embed_dim=256, projection_class_embeddings_input_dim=2816, use_linear_projection=True, **shape,
    )
    return StableDiffusionXLPipeline(
        vae=image_vae(4, True, small, 0.13025), text_encoder=clip(768, 3072, 12, 12, False, small),
        text_encoder_2=clip(1280, 5120, 32, 20, True, small), tokenizer=None, tokenizer_2=None, unet=unet,
        scheduler=EulerDiscreteScheduler(), add_watermarker=False,
    )


def flux(small):
    from diffusers import FlowMatchEulerDiscreteScheduler, FluxPipeline, FluxTransformer2DModel

    depth = dict(num_layers=1, num_single_layers=1) if small else dict(num_layers=19, num_single_layers=38)
    heads = 2 if small else 24
    transformer = FluxTransformer2DModel(
        patch_size=1, in_channels=64, attention_head_dim=128, num_attention_heads=heads, joint_attention_dim=4096,
        pooled_projection_dim=768, guidance_embeds=True, **depth,
    )
    return FluxPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(), vae=image_vae(16, False, small, 0.3611),
        text_encoder=clip(768, 3072, 12, 12, False, small), tokenizer=None,
        text_encoder_2=t5("T5", 32128, small), tokenizer_2=None, transformer=transformer,
    )


def wan_5b(small):
    from diffusers import AutoencoderKLWan, FlowMatchEulerDiscreteScheduler, WanPipeline, WanTransformer3DModel

    shape = dict(num_attention_heads=24, ffn_dim=14336, num_layers=30)
    widths = dict(base_dim=160, decoder_base_dim=256)
    if small:
        shape, widths = dict(num_attention_heads=2, ffn_dim=256, num_layers=1), dict(base_dim=16, decoder_base_dim=16)
    transformer = WanTransformer3DModel(
        patch_size=(1, 2, 2), attention_head_dim=128, in_channels=48, out_channels=48, text_dim=4096, freq_dim=256,
        cross_attn_norm=True, qk_norm="rms_norm_across_heads", **shape,
    )
    # What from_pretrained keeps in 32 bit whatever it is told.
    for name, module in transformer.named_modules():
        if name and any(part in name.split(".") for part in transformer._keep_in_fp32_modules or []):
            module.to(torch.float32)
    for name, parameter in list(transformer.named_parameters()):
        if any(part in name.split(".") for part in transformer._keep_in_fp32_modules or []):
            parameter.data = parameter.data.to(torch.float32)
    torch.set_default_dtype(torch.float32)
    vae = AutoencoderKLWan(
        z_dim=48, dim_mult=[1, 2, 4, 4], num_res_blocks=2, attn_scales=[], temperal_downsample=[False, True, True],
        is_residual=True, in_channels=12, out_channels=12, patch_size=2, scale_factor_spatial=16,
        scale_factor_temporal=4, latents_mean=[0.0] * 48, latents_std=[1.0] * 48, **widths,
    )
    torch.set_default_dtype(torch.bfloat16)
    return WanPipeline(
        tokenizer=None, text_encoder=t5("UMT5", 256384, small), transformer=transformer, vae=vae,
        scheduler=FlowMatchEulerDiscreteScheduler(shift=5.0), expand_timesteps=True,
    )


PIPELINES = {"sd1.5": sd15, "sdxl": sdxl, "flux.1-dev": flux, "wan2.2-5b": wan_5b}


def pipeline(name, precision, device, small):
    """The pipeline with all of its models on the device."""
    with making(TYPES[precision], device):
        made = PIPELINES[name](small)
    for component in made.components.values():
        if isinstance(component, nn.Module):
            component.requires_grad_(False).eval()
    made.set_progress_bar_config(disable=True)
    return made
