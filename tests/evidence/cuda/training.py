"""Fine-tuning steps with Transformers and PEFT, at the settings of `plimsoll check`."""

import contextlib
import functools

import torch

from models import Packed, bitsandbytes_linear, language_model

EVERY = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
TARGETS = {"all-linear": EVERY, "attention": EVERY[:4], "query-value": ["q_proj", "v_proj"]}
# The second step finds the optimizer's states; the second pass of a step finds gradients.
STEPS, MOST_PASSES = 2, 2


def has_bitsandbytes():
    try:
        import bitsandbytes  # noqa: F401
    except Exception:  # It may be there without its library for this GPU.
        return False
    return True


def optimizer_of(name, trained):
    import transformers

    if name in ("adamw-8bit", "paged-adamw-8bit"):
        import bitsandbytes

        kind = bitsandbytes.optim.PagedAdamW8bit if name.startswith("paged") else bitsandbytes.optim.AdamW8bit
        return kind(trained, lr=1e-4)
    return {
        "adamw": lambda: torch.optim.AdamW(trained, lr=1e-4, fused=True),
        "adamw-foreach": lambda: torch.optim.AdamW(trained, lr=1e-4, foreach=True),
        "sgd": lambda: torch.optim.SGD(trained, lr=1e-4, foreach=False),
        "adafactor": lambda: transformers.Adafactor(trained, lr=1e-4, relative_step=False, scale_parameter=False),
    }[name]()


def raised_to_fp32(model):
    """What prepare_model_for_kbit_training of PEFT does to all that is not packed."""
    for parameter in model.parameters():
        parameter.requires_grad = False
        if parameter.dtype in (torch.bfloat16, torch.float16):
            parameter.data = parameter.data.to(torch.float32)


def build(of, device, notes):
    """The model as it is trained."""
    import peft

    four_bit = None
    if of["method"] == "qlora":
        real = has_bitsandbytes() and device != "cpu"
        four_bit = bitsandbytes_linear if real else Packed
        notes.append("4-bit layers of bitsandbytes" if real else "4-bit layers emulated")
    base = "bf16" if four_bit else of["precision"]
    attention = "eager" if of["attention"] == "eager" else "sdpa"
    model = language_model(of["model"], base, attention, device, four_bit)
    if four_bit is bitsandbytes_linear:
        model.is_loaded_in_4bit = True
    if four_bit and of["kbit_preparation"]:
        raised_to_fp32(model)
    if of["method"] != "full":
        wanted = peft.LoraConfig(
            r=of["rank"], lora_alpha=16, lora_dropout=0.0, target_modules=TARGETS[of["targets"]],
            task_type="CAUSAL_LM", use_dora=of["method"] == "dora",
        )
        model = peft.get_peft_model(model, wanted, autocast_adapter_dtype=of["adapters_fp32"])
        model.to(device)
    if of["gradient_checkpointing"]:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
        if of["method"] != "full":
            model.enable_input_require_grads()
    return model.train()


def batch_of(of, vocabulary, device):
    shape = (of["micro_batch"], of["sequence"])
    tokens = torch.randint(0, vocabulary, shape, device=device)
    if not of["padded"]:
        return {"input_ids": tokens, "labels": tokens}
    mask = torch.ones_like(tokens)
    mask[-1, -shape[1] // 8 :] = 0
    return {"input_ids": tokens, "labels": tokens, "attention_mask": mask}


def run(of, device, meter, notes):
    """Trains for two steps and leaves the peaks in the meter."""
    model = build(of, device, notes)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = optimizer_of(of["optimizer"], trained)
    meter.ready()
    vocabulary = model.config.vocab_size
    kind = torch.device(device).type
    cast = functools.partial(torch.autocast, kind, torch.bfloat16) if of["autocast"] else contextlib.nullcontext
    for _ in range(STEPS):
        for _ in range(min(of["gradient_accumulation_steps"], MOST_PASSES)):
            meter.begin("forward")
            batch = batch_of(of, vocabulary, device)
            with cast():
                out = model(**batch, use_cache=False)
            loss = out.loss
            if not of["return_logits"]:
                out = None
            meter.begin("backward")
            loss.backward()
            out = loss = batch = None
        meter.begin("optimizer_step")
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    meter.end()
