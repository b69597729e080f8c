"""FLOPs of published architectures by PyTorch's own counter, on the meta device: no weights are loaded and nothing is computed.

    python3 -m venv venv && venv/bin/pip install torch transformers peft diffusers
    venv/bin/python count.py > ../../../assets/evidence/measurements/flops.csv

`FlopCounterMode` counts matrix products, convolutions and attention, two FLOPs a multiply-add; attention over all
pairs of positions, also where a mask leaves half of them out. Norms, activations and softmax are not counted.
"""
import csv, sys, warnings
import torch, transformers, peft, diffusers
from torch.utils.flop_counter import FlopCounterMode

warnings.filterwarnings("ignore")
# It looks into the positions, which the meta device does not have; one sequence is not packed.
transformers.masking_utils.find_packed_sequence_indices = lambda *_: None

# The shapes as published in each model's config.json.
MODELS = {
    "llama-3.1-8b": ("LlamaConfig", dict(hidden_size=4096, intermediate_size=14336, num_hidden_layers=32,
        num_attention_heads=32, num_key_value_heads=8, vocab_size=128256)),
    "llama-3.3-70b": ("LlamaConfig", dict(hidden_size=8192, intermediate_size=28672, num_hidden_layers=80,
        num_attention_heads=64, num_key_value_heads=8, vocab_size=128256)),
    "qwen2.5-7b": ("Qwen2Config", dict(hidden_size=3584, intermediate_size=18944, num_hidden_layers=28,
        num_attention_heads=28, num_key_value_heads=4, vocab_size=152064)),
    "gemma-3-27b": ("Gemma3TextConfig", dict(hidden_size=5376, intermediate_size=21504, num_hidden_layers=62,
        num_attention_heads=32, num_key_value_heads=16, head_dim=128, vocab_size=262208, sliding_window=1024)),
    "qwen3-30b-a3b": ("Qwen3MoeConfig", dict(hidden_size=2048, intermediate_size=6144, moe_intermediate_size=768,
        num_hidden_layers=48, num_attention_heads=32, num_key_value_heads=4, head_dim=128, num_experts=128,
        num_experts_per_tok=8, vocab_size=151936)),
    "phi-4-14b": ("Phi3Config", dict(hidden_size=5120, intermediate_size=17920, num_hidden_layers=40,
        num_attention_heads=40, num_key_value_heads=10, vocab_size=100352, pad_token_id=0)),
}


def build(kind, shapes):
    config = getattr(transformers, kind)(**shapes)
    config._attn_implementation = "sdpa"
    if hasattr(config, "num_experts"):
        config._experts_implementation = "batched_mm"
    with torch.device("meta"):
        return transformers.AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16), config


def counted(run):
    with FlopCounterMode(display=False) as counter:
        run()
    return sum(counter.get_flop_counts()["Global"].values())


def ids(config, tokens):
    return torch.zeros((1, tokens), dtype=torch.long, device="meta")


out = csv.writer(sys.stdout, lineterminator="\n")
out.writerow(["case", "model", "what", "tokens", "flops", "program"])
torch_version = f"torch {torch.__version__.split('+')[0]}"
tf = f"{torch_version} transformers {transformers.__version__}"
pf = f"{torch_version} peft {peft.__version__}"
df = f"{torch_version} diffusers {diffusers.__version__}"
for name, (kind, shapes) in MODELS.items():
    model, config = build(kind, shapes)
    tokens = 2048
    with torch.no_grad():
        total = counted(lambda: model(ids(config, tokens), use_cache=False))
    out.writerow([f"F-{name}", name, "forward", tokens, total, tf])
    sys.stdout.flush()

# One LoRA step of Llama 3.1 8B, rank 16 on all linear layers, without gradient checkpointing and with it.
for again in (False, True):
    model, config = build(*MODELS["llama-3.1-8b"])
    tuned = peft.get_peft_model(model, peft.LoraConfig(r=16, target_modules="all-linear", task_type="CAUSAL_LM"))
    tuned.to("meta")
    if again:
        tuned.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
        tuned.enable_input_require_grads()
    tuned.train()

    def step():
        tokens = ids(config, 1024)
        tuned(tokens, labels=tokens, use_cache=False).loss.backward()

    total = counted(step)
    out.writerow([f"L-{'checkpointed' if again else 'plain'}", "llama-3.1-8b",
                  "lora16 step with checkpointing" if again else "lora16 step", 1024, total, pf])

# One pass of the U-nets of SDXL and Stable Diffusion 1.5, one image, no guidance; `tokens` is its pixels.
with torch.device("meta"):
    unet = diffusers.UNet2DConditionModel(
        sample_size=128, down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"), block_out_channels=(320, 640, 1280),
        layers_per_block=2, transformer_layers_per_block=(1, 2, 10), attention_head_dim=(5, 10, 20),
        cross_attention_dim=2048, addition_embed_type="text_time", addition_time_embed_dim=256,
        projection_class_embeddings_input_dim=2816, use_linear_projection=True).to(torch.bfloat16)
    small = diffusers.UNet2DConditionModel(
        sample_size=64, cross_attention_dim=768, attention_head_dim=8, block_out_channels=(320, 640, 1280, 1280),
        down_block_types=("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
        up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3).to(torch.bfloat16)
half = lambda *shape: torch.zeros(shape, dtype=torch.bfloat16, device="meta")
for side in (64, 96, 128):
    pixels = 64 * side * side
    with torch.no_grad():
        total = counted(lambda: unet(
            half(1, 4, side, side), torch.zeros((), device="meta"), half(1, 77, 2048),
            added_cond_kwargs={"text_embeds": half(1, 1280), "time_ids": half(1, 6)}))
    out.writerow([f"U-sdxl-{8 * side}", "sdxl", "unet pass", pixels, total, df])
    with torch.no_grad():
        total = counted(lambda: small(half(1, 4, side, side), torch.zeros((), device="meta"), half(1, 77, 768)))
    out.writerow([f"U-sd-1.5-{8 * side}", "sd-1.5", "unet pass", pixels, total, df])
