"""Shapes of language models by the catalog's ids, and models of random weights made from them."""

import sys
from pathlib import Path

import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "pytorch"))
from hf_models import HF, ll

MODELS = {
    "llama-3.1-8b": HF["llama3.1-8b"],
    "llama-2-13b": HF["llama2-13b"],
    "llama-3.3-70b": HF["llama3.1-70b"],
    "llama-3.2-1b": HF["llama3.2-1b"],
    "qwen2.5-0.5b": HF["qwen2.5-0.5b"],
    "qwen3-8b": HF["qwen3-8b"],
    "qwen3-32b": ("qwen3", ll(5120, 64, 25600, 64, 8, 151936, False, 128)),
    "smollm2-135m": ("llama", ll(576, 30, 1536, 9, 3, 49152, True)),
}
TYPES = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}


class Dequantized(torch.autograd.Function):
    """A product with a matrix that is unpacked for it and dropped, as bitsandbytes' MatMul4Bit does it."""

    @staticmethod
    def forward(ctx, x, packed, shape):
        ctx.shape, ctx.packed = shape, packed
        return x @ x.new_zeros(shape).t()

    @staticmethod
    def backward(ctx, gradient):
        return gradient @ gradient.new_zeros(ctx.shape), None, None


class Packed(nn.Linear):
    """Stands for bitsandbytes' Linear4bit (NF4, double quantization): its bytes, without its kernel."""

    def __init__(self, inward, outward, device):
        nn.Module.__init__(self)
        self.in_features, self.out_features, self.bias = inward, outward, None
        values = inward * outward
        self.weight = nn.Parameter(torch.zeros(values // 2, 1, dtype=torch.uint8, device=device), requires_grad=False)
        # One byte for each 64 weights, and 32 bit for each 256 of these.
        self.register_buffer("scales", torch.zeros(values // 64, dtype=torch.uint8, device=device))
        of_scales = torch.zeros(max(1, values // 64 // 256), dtype=torch.float32, device=device)
        self.register_buffer("scales_of_scales", of_scales)

    def forward(self, x):
        shape = (self.out_features, self.in_features)
        return Dequantized.apply(x.to(torch.bfloat16), self.weight, shape).to(x.dtype)


def bitsandbytes_linear(inward, outward, device):
    """A real 4-bit layer of random weights."""
    import bitsandbytes

    layer = bitsandbytes.nn.Linear4bit(
        inward, outward, bias=False, compute_dtype=torch.bfloat16, compress_statistics=True, quant_type="nf4"
    )
    values = torch.empty(outward, inward, dtype=torch.bfloat16, device=device).normal_(0, 0.02)
    layer.weight = bitsandbytes.nn.Params4bit(
        values, requires_grad=False, compress_statistics=True, quant_type="nf4"
    )
    # Moving it packs it, wherever it is.
    return layer.to(device)


def materialize(model, device, four_bit):
    """Gives a model without data its data: random weights, layer by layer packed where `four_bit` makes layers."""
    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if type(child) is nn.Linear and name != "lm_head" and four_bit:
                setattr(module, name, four_bit(child.in_features, child.out_features, device))
            elif type(child).__name__.endswith("RotaryEmbedding"):
                # Its buffers are computed, not stored.
                setattr(module, name, type(child)(child.config, device=device))
    for module in model.modules():
        for name, parameter in list(module._parameters.items()):
            if parameter is not None and parameter.is_meta:
                data = torch.empty(parameter.shape, dtype=parameter.dtype, device=device)
                data = data.normal_(0, 0.02) if data.dim() > 1 else data.fill_(1)
                module._parameters[name] = nn.Parameter(data, requires_grad=parameter.requires_grad)
    model.tie_weights()
    left = [name for name, tensor in [*model.named_parameters(), *model.named_buffers()] if tensor.is_meta]
    if left:
        raise RuntimeError(f"no data for {left[:3]}")
    return model


def language_model(name, precision, attention, device, four_bit=None):
    """A model of random weights on the device, with nothing downloaded."""
    import transformers

    kind, shape = MODELS[name]
    config = transformers.AutoConfig.for_model(kind, **shape)
    config.use_cache = False
    with torch.device("meta"):
        model = transformers.AutoModelForCausalLM.from_config(
            config, attn_implementation=attention, dtype=TYPES[precision]
        )
    return materialize(model, device, four_bit)
