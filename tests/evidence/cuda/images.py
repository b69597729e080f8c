"""Images, clips and adapters with diffusers, at the settings of `plimsoll check`."""

import gc

import torch
import torch.nn.functional as F

from pipelines import pipeline

# Steps of denoising that are run: each needs as much as the others.
STEPS = 2
GUIDANCE = {"sd1.5": 7.5, "sdxl": 5.0, "flux.1-dev": 3.5, "wan2.2-5b": 5.0}
ADAPTED = ["to_k", "to_q", "to_v", "to_out.0"]


def ids(encoder, length, device):
    most = encoder.config.vocab_size
    return torch.randint(1, most - 1, (1, length), device=device)


@torch.no_grad()
def prompt(pipe, name, device):
    """One prompt, encoded: what the pipeline takes, without a tokenizer."""
    if name == "wan2.2-5b":
        return {"prompt_embeds": pipe.text_encoder(ids(pipe.text_encoder, 512, device))[0]}
    first = pipe.text_encoder(ids(pipe.text_encoder, 77, device), output_hidden_states=True)
    if name == "sd1.5":
        return {"prompt_embeds": first.last_hidden_state}
    if name == "flux.1-dev":
        long = pipe.text_encoder_2(ids(pipe.text_encoder_2, 512, device))[0]
        return {"prompt_embeds": long, "pooled_prompt_embeds": first.pooler_output}
    second = pipe.text_encoder_2(ids(pipe.text_encoder_2, 77, device), output_hidden_states=True)
    embeds = torch.cat([first.hidden_states[-2], second.hidden_states[-2]], -1)
    return {"prompt_embeds": embeds, "pooled_prompt_embeds": second[0]}


def residency(pipe, of, device):
    """Models that wait for the one that works go to the host."""
    if of["residency"] == "all" or device == "cpu":
        return
    pipe.to("cpu")
    gc.collect()
    torch.cuda.empty_cache()
    offload = {"component": pipe.enable_model_cpu_offload, "sequential": pipe.enable_sequential_cpu_offload}
    offload[of["residency"]]()


def run(of, device, meter, notes):
    """Makes images or trains an adapter, and leaves the peaks in the meter."""
    small = of.get("small", False)
    if small:
        notes.append("models made small: not the shapes of the settings")
    pipe = pipeline(of["pipeline"], of["precision"], device, small)
    if of["mode"] == "lora":
        return train(pipe, of, device, meter)
    residency(pipe, of, device)
    if of["vae_tiling"]:
        pipe.vae.enable_tiling()
    generate(pipe, of, device, meter)


def generate(pipe, of, device, meter):
    name, batch = of["pipeline"], of["batch"]
    meter.ready()
    meter.begin("encode")
    embeds = prompt(pipe, name, device)
    if of["guidance"]:
        embeds.update({f"negative_{key}": value for key, value in prompt(pipe, name, device).items()})

    def after_step(_, step, timestep, tensors):
        # The last step is done: what follows is the VAE's.
        if step == pipe.num_timesteps - 1:
            meter.begin("decode_image")
        return tensors

    size = {"width": of["width"], "height": of["height"]}
    if name == "wan2.2-5b":
        size["num_frames"] = of["frames"]
    of_prompt = {"num_videos_per_prompt" if name == "wan2.2-5b" else "num_images_per_prompt": batch}
    scale = GUIDANCE[name] if of["guidance"] or name == "flux.1-dev" else 1.0
    meter.begin("denoise")
    pipe(
        **embeds, **size, **of_prompt, num_inference_steps=STEPS, guidance_scale=scale, output_type="np",
        callback_on_step_end=after_step,
    )
    meter.end()


def train(pipe, of, device, meter):
    """A step of `train_text_to_image_lora_sdxl.py`: the base in 16 bit, adapters and the VAE in 32 bit."""
    from diffusers import DDPMScheduler
    from diffusers.training_utils import cast_training_params
    from peft import LoraConfig

    unet, vae, batch, schedule = pipe.unet, pipe.vae.to(torch.float32), of["batch"], DDPMScheduler()
    unet.add_adapter(LoraConfig(r=of["rank"], lora_alpha=of["rank"], target_modules=ADAPTED))
    unet.to(device)
    cast_training_params(unet, dtype=torch.float32)
    if of["gradient_checkpointing"]:
        unet.enable_gradient_checkpointing()
    unet.train()
    trained = [parameter for parameter in unet.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-4)
    meter.ready()
    kind, dtype = torch.device(device).type, unet.conv_in.weight.dtype
    for _ in range(STEPS):
        meter.begin("encode")
        with torch.no_grad():
            pixels = torch.rand(batch, 3, of["height"], of["width"], device=device)
            latents = vae.encode(pixels).latent_dist.sample().to(dtype)
            embeds = prompt(pipe, "sdxl", device)
        meter.begin("forward")
        noise, when = torch.randn_like(latents), torch.randint(0, 1000, (batch,), device=device)
        noisy = schedule.add_noise(latents, noise, when)
        sizes = torch.tensor([[of["height"], of["width"], 0, 0, of["height"], of["width"]]] * batch, device=device)
        added = {"text_embeds": embeds["pooled_prompt_embeds"].repeat(batch, 1), "time_ids": sizes}
        with torch.autocast(kind, torch.bfloat16):
            predicted = unet(
                noisy, when, embeds["prompt_embeds"].repeat(batch, 1, 1), added_cond_kwargs=added, return_dict=False
            )[0].float()
        loss = F.mse_loss(predicted, noise.float())
        meter.begin("backward")
        loss.backward()
        del predicted, loss, noisy, noise, latents, pixels
        meter.begin("optimizer_step")
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    meter.end()
