#!/usr/bin/env python3
"""Diffusion inference -> $WORK/diffusion.csv.  Fake tensors at real size, random public configs.
Versions: torch 2.15.0, diffusers 0.42.1, transformers 5.23.0.  CFG: batch counts the cond+uncond pair."""
import csv, gc, json, os, sys, time, warnings
warnings.filterwarnings("ignore"); os.environ["HF_HUB_OFFLINE"] = "1"
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "pytorch"))
import torch, torch.nn.functional as F
torch.set_num_threads(2)
def flash_sdpa(query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, enable_gqa=False, **kw):
    q, k, v = query, key, value
    if attn_mask is None and q.dtype in (torch.bfloat16, torch.float16) and q.shape[-1] <= 256:
        return torch.ops.aten._scaled_dot_product_flash_attention(q, k, v, dropout_p, is_causal, scale=scale)[0]
    return torch.ops.aten._scaled_dot_product_efficient_attention(q, k, v, attn_mask, False, dropout_p, is_causal, scale=scale)[0]
F.scaled_dot_product_attention = torch.nn.functional.scaled_dot_product_attention = flash_sdpa
import diffusers, transformers
from diffusers import UNet2DConditionModel, AutoencoderKL, FluxTransformer2DModel
from torch._subclasses.fake_tensor import FakeTensorMode
from livemem import LiveMem
ROOT = os.environ.get("WORK", "work"); OUT = os.environ.get("OUT", ROOT + "/diffusion.csv")
COLS = "case_id,pipeline,component,phase,width,height,frames,batch,dtype,latent_shape,tokens,params,params_bytes,peak_bytes,act_bytes,peak_op,note".split(",")
def vae(latent, force=True, quant=True): return lambda: AutoencoderKL(in_channels=3, out_channels=3, down_block_types=["DownEncoderBlock2D"] * 4, up_block_types=["UpDecoderBlock2D"] * 4, block_out_channels=[128, 256, 512, 512], layers_per_block=2, latent_channels=latent, sample_size=1024, use_quant_conv=quant, use_post_quant_conv=quant)
def clip(h, i, L, H, proj=None):
    c = transformers.CLIPTextConfig(hidden_size=h, intermediate_size=i, num_hidden_layers=L, num_attention_heads=H, vocab_size=49408, max_position_embeddings=77, projection_dim=proj or h)
    return lambda: (transformers.CLIPTextModelWithProjection if proj else transformers.CLIPTextModel)(c)
def t5(umt=False):
    if umt: return lambda: transformers.UMT5EncoderModel(transformers.UMT5Config(vocab_size=256384, d_model=4096, d_kv=64, d_ff=10240, num_layers=24, num_heads=64, feed_forward_proj="gated-gelu"))
    return lambda: transformers.T5EncoderModel(transformers.T5Config(vocab_size=32128, d_model=4096, d_kv=64, d_ff=10240, num_layers=24, num_heads=64, feed_forward_proj="gated-gelu"))
sdxl = lambda: UNet2DConditionModel(sample_size=128, in_channels=4, out_channels=4, down_block_types=["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"], up_block_types=["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"], block_out_channels=[320, 640, 1280], layers_per_block=2, cross_attention_dim=2048, transformer_layers_per_block=[1, 2, 10], attention_head_dim=[5, 10, 20], addition_embed_type="text_time", addition_time_embed_dim=256, projection_class_embeddings_input_dim=2816, use_linear_projection=True)
sd15 = lambda: UNet2DConditionModel(sample_size=64, in_channels=4, out_channels=4, down_block_types=["CrossAttnDownBlock2D"] * 3 + ["DownBlock2D"], up_block_types=["UpBlock2D"] + ["CrossAttnUpBlock2D"] * 3, block_out_channels=[320, 640, 1280, 1280], layers_per_block=2, cross_attention_dim=768, attention_head_dim=8)
flux = lambda: FluxTransformer2DModel(patch_size=1, in_channels=64, num_layers=19, num_single_layers=38, attention_head_dim=128, num_attention_heads=24, joint_attention_dim=4096, pooled_projection_dim=768, guidance_embeds=True)
def wan(big=True, i2v=False):
    from diffusers import WanTransformer3DModel
    if big: return lambda: WanTransformer3DModel(patch_size=(1, 2, 2), num_attention_heads=40, attention_head_dim=128, in_channels=36 if i2v else 16, out_channels=16, text_dim=4096, freq_dim=256, ffn_dim=13824, num_layers=40, cross_attn_norm=True, qk_norm="rms_norm_across_heads")
    return lambda: WanTransformer3DModel(patch_size=(1, 2, 2), num_attention_heads=24, attention_head_dim=128, in_channels=48, out_channels=48, text_dim=4096, freq_dim=256, ffn_dim=14336, num_layers=30, cross_attn_norm=True, qk_norm="rms_norm_across_heads")
def wanvae(v22):
    from diffusers import AutoencoderKLWan
    if v22: return lambda: AutoencoderKLWan(base_dim=160, decoder_base_dim=256, z_dim=48, dim_mult=[1, 2, 4, 4], num_res_blocks=2, attn_scales=[], temperal_downsample=[False, True, True], is_residual=True, in_channels=12, out_channels=12, patch_size=2, scale_factor_spatial=16, scale_factor_temporal=4, latents_mean=[0.0] * 48, latents_std=[1.0] * 48)
    return lambda: AutoencoderKLWan(base_dim=96, z_dim=16, dim_mult=[1, 2, 4, 4], num_res_blocks=2, attn_scales=[], temperal_downsample=[False, True, True])
DT = {"fp16": torch.float16, "bf16": torch.bfloat16, "fp32": torch.float32}
def measure(build, call, dtype, prep=None):
    with FakeTensorMode():
        old = torch.get_default_dtype(); torch.set_default_dtype(DT[dtype])
        m = build().eval(); torch.set_default_dtype(old)
        for mod in m.modules():
            for n, p in list(mod._parameters.items()):
                if p is not None and p.dtype != DT[dtype] and p.is_floating_point(): mod._parameters[n] = torch.nn.Parameter(p.detach().to(DT[dtype]), requires_grad=False)
        if prep: prep(m)
        lm = LiveMem()
        for p in m.parameters(): lm.retag(p, "param")
        for b in m.buffers(): lm.retag(b, "param")
        np_ = sum(p.numel() for p in m.parameters()); nb = sum(p.numel() * p.element_size() for p in m.parameters())
        if call is None: return dict(params=np_, params_bytes=nb)
        with torch.no_grad(), lm:
            lm.reset_peak(); r = call(m, DT[dtype])
        return dict(params=np_, params_bytes=nb, peak_bytes=lm.peak, act_bytes=lm.peak - lm.at_peak.get("param", 0), peak_op=lm.peak_op)
E_ = lambda *s, dt=torch.float32: torch.empty(*s, dtype=dt)
rows = []
def add(pipe, comp, phase, build, call, dtype, w=0, h=0, fr=1, b=1, lat="", tok="", note="", prep=None): rows.append((f"{pipe}|{comp}|{phase}|{w}x{h}x{fr}|b{b}|{dtype}" + ("|" + note.split(";")[0] if note else ""), pipe, comp, phase, w, h, fr, b, dtype, lat, tok, note, build, call, prep))
txt = lambda b, s, dt=None: (lambda m, d: m(input_ids=torch.zeros(b, s, dtype=torch.int64)))
for px in (512, 768, 1024):
    l = px // 8
    for b in (2,):
        add("SD1.5", "unet", "denoise-step", sd15, (lambda b, l: lambda m, d: m(E_(b, 4, l, l, dt=d), torch.tensor(1), encoder_hidden_states=E_(b, 77, 768, dt=d)))(b, l), "fp16", px, px, 1, b, f"{b}x4x{l}x{l}", l * l)
for px in (512, 1024, 1536):
    l = px // 8
    for b in (1, 2, 8):
        if b == 8 and px != 1024: continue
        add("SDXL", "unet", "denoise-step", sdxl, (lambda b, l: lambda m, d: m(E_(b, 4, l, l, dt=d), torch.tensor(1), encoder_hidden_states=E_(b, 77, 2048, dt=d), added_cond_kwargs=dict(text_embeds=E_(b, 1280, dt=d), time_ids=E_(b, 6, dt=d))))(b, l), "fp16", px, px, 1, b, f"{b}x4x{l}x{l}", (l // 2) ** 2)
for name, lc in (("SD1.5", 4), ("SDXL", 4), ("FLUX.1-dev", 16)):
    for px in (512, 1024, 2048):
        l = px // 8
        for dt in (("fp16", "fp32") if name != "FLUX.1-dev" else ("bf16",)):
            add(name, "vae", "decode", vae(lc, quant=lc == 4), (lambda l, lc: lambda m, d: m.decode(E_(1, lc, l, l, dt=d)))(l, lc), dt, px, px, 1, 1, f"1x{lc}x{l}x{l}", l * l, "SDXL pipeline upcasts its VAE to fp32 (force_upcast)" if name == "SDXL" and dt == "fp32" else "")
            if px > 512: add(name, "vae", "decode", vae(lc, quant=lc == 4), (lambda l, lc: lambda m, d: m.decode(E_(1, lc, l, l, dt=d)))(l, lc), dt, px, px, 1, 1, f"1x{lc}x{l}x{l}", l * l, "tiled;enable_tiling()", prep=lambda m: m.enable_tiling())
        add(name, "vae", "encode", vae(lc, quant=lc == 4), (lambda px: lambda m, d: m.encode(E_(1, 3, px, px, dt=d)))(px), "fp16" if name != "FLUX.1-dev" else "bf16", px, px, 1, 1, f"1x{lc}x{l}x{l}")
add("SD1.5", "text_encoder CLIP-L", "encode", clip(768, 3072, 12, 12), txt(2, 77), "fp16", b=2)
add("SDXL", "text_encoder CLIP-L", "encode", clip(768, 3072, 12, 12), txt(2, 77), "fp16", b=2)
add("SDXL", "text_encoder_2 bigG", "encode", clip(1280, 5120, 32, 20, 1280), txt(2, 77), "fp16", b=2)
add("FLUX.1-dev", "text_encoder CLIP-L", "encode", clip(768, 3072, 12, 12), txt(1, 77), "bf16")
add("FLUX.1-dev", "text_encoder_2 T5-XXL", "encode", t5(), txt(1, 512), "bf16", tok=512)
add("Wan2.2", "text_encoder UMT5-XXL", "encode", t5(True), txt(1, 512), "bf16", tok=512)
for px in (512, 1024, 2048):
    for b in (1, 4):
        if b == 4 and px != 1024: continue
        s = (px // 16) ** 2
        add("FLUX.1-dev", "transformer", "denoise-step", flux, (lambda b, s: lambda m, d: m(hidden_states=E_(b, s, 64, dt=d), encoder_hidden_states=E_(b, 512, 4096, dt=d), pooled_projections=E_(b, 768, dt=d), timestep=E_(b, dt=d), img_ids=E_(s, 3, dt=d), txt_ids=E_(512, 3, dt=d), guidance=E_(b, dt=d)))(b, s), "bf16", px, px, 1, b, f"{b}x{s}x64", s + 512)
for w, h, fr in ((832, 480, 81), (1280, 720, 81), (832, 480, 33)):
    lf = (fr - 1) // 4 + 1
    add("Wan2.2-T2V-A14B", "transformer (one of 2 experts)", "denoise-step", wan(True), (lambda lf, h, w: lambda m, d: m(hidden_states=E_(1, 16, lf, h // 8, w // 8, dt=d), timestep=torch.zeros(1, dtype=torch.int64), encoder_hidden_states=E_(1, 512, 4096, dt=d)))(lf, h, w), "bf16", w, h, fr, 1, f"1x16x{lf}x{h//8}x{w//8}", lf * (h // 16) * (w // 16))
    add("Wan2.2-T2V-A14B", "vae (Wan2.1)", "decode", wanvae(False), (lambda lf, h, w: lambda m, d: m.decode(E_(1, 16, lf, h // 8, w // 8, dt=d)))(lf, h, w), "fp32", w, h, fr, 1, f"1x16x{lf}x{h//8}x{w//8}", "", "")
add("Wan2.2-T2V-A14B", "vae (Wan2.1)", "decode", wanvae(False), lambda m, d: m.decode(E_(1, 16, 21, 60, 104, dt=d)), "bf16", 832, 480, 81)
for w, h, fr in ((1280, 704, 121), (832, 480, 121), (1280, 704, 49)):
    lf = (fr - 1) // 4 + 1
    add("Wan2.2-TI2V-5B", "transformer", "denoise-step", wan(False), (lambda lf, h, w: lambda m, d: m(hidden_states=E_(1, 48, lf, h // 16, w // 16, dt=d), timestep=torch.zeros(1, lf * (h // 32) * (w // 32), dtype=torch.float32), encoder_hidden_states=E_(1, 512, 4096, dt=d)))(lf, h, w), "bf16", w, h, fr, 1, f"1x48x{lf}x{h//16}x{w//16}", lf * (h // 32) * (w // 32), "expand_timesteps; per-token timestep as in the TI2V pipeline")
    add("Wan2.2-TI2V-5B", "vae (Wan2.2)", "decode", wanvae(True), (lambda lf, h, w: lambda m, d: m.decode(E_(1, 48, lf, h // 16, w // 16, dt=d)))(lf, h, w), "fp32", w, h, fr, 1, f"1x48x{lf}x{h//16}x{w//16}")
if __name__ == "__main__":
    done = set()
    if os.path.exists(OUT): done = {r["case_id"] for r in csv.DictReader(open(OUT))}
    else: csv.writer(open(OUT, "w")).writerow(COLS)
    for (cid, pipe, comp, phase, w, h, fr, b, dtype, lat, tok, note, build, call, prep) in rows:
        if cid in done: continue
        done.add(cid); t = time.time()
        try: r = measure(build, call, dtype, prep)
        except Exception as ex:
            import traceback; r = {}; note = "ERROR " + traceback.format_exc()[-300:].replace("\n", " ")
        gc.collect()
        row = dict(case_id=cid, pipeline=pipe, component=comp, phase=phase, width=w, height=h, frames=fr, batch=b, dtype=dtype, latent_shape=lat, tokens=tok, note=note)
        for k in COLS: row.setdefault(k, r.get(k, ""))
        with open(OUT, "a") as f: csv.DictWriter(f, COLS).writerow(row)
        print(cid, r.get("params"), round(r.get("peak_bytes", 0) / 2**30, 3), round(r.get("act_bytes", 0) / 2**30, 3), round(time.time() - t, 1), note[-150:] if "ERROR" in note else "", flush=True)
