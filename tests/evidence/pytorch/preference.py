"""Peaks of training steps of TRL's own trainers on a processor, with data; prints rows of trl_training.csv.

Needs torch, transformers, peft, trl, accelerate, datasets (measured with torch 2.15.0, transformers 5.24.0, peft 0.21.2,
trl 1.16.0, accelerate 1.15.0). Every storage is counted from its allocation to its release, as in
measure_training.py; models are small and random, prompts are padded to one length.
Not run by the tests. Usage: python tests/evidence/pytorch/preference.py >> rows.csv
"""
import csv, gc, os, sys, tempfile

os.environ["HF_HUB_OFFLINE"] = "1"
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import torch
from measure_training import Tracker

torch.set_num_threads(2)

COLUMNS = ("trainer,model,architecture,hidden,layers,ff,experts,experts_used,heads,kv_heads,head,window,vocabulary,tied,"
           "method,base,batch,sequence,checkpointing,rank,reference,weights,peak").split(",")
SHAPE = dict(hidden_size=256, intermediate_size=768, num_attention_heads=4, num_key_value_heads=2, head_dim=64,
             vocab_size=64, tie_word_embeddings=False, max_position_embeddings=4096)


# Few entries of the vocabulary: without Triton the tiles of the loss are computed with more copies than on a GPU.
def cases():
    for layers, checkpointing in ((2, 0), (4, 1)):
        yield dict(trainer="dpo", method="full", layers=layers, batch=2, sequence=256, checkpointing=checkpointing)
        yield dict(trainer="dpo", method="lora", layers=layers, batch=2, sequence=256, checkpointing=checkpointing)
    yield dict(trainer="dpo", method="full", layers=3, batch=1, sequence=512, checkpointing=0, reference=0)
    yield dict(trainer="sft", method="full", layers=3, batch=2, sequence=512, checkpointing=0)
    yield dict(trainer="sft", method="lora", layers=4, batch=4, sequence=256, checkpointing=1)


def model(layers):
    from transformers import LlamaConfig, LlamaForCausalLM
    made = LlamaConfig(num_hidden_layers=layers, **SHAPE)
    made._attn_implementation, made.use_cache = "sdpa", False
    torch.manual_seed(0)
    return LlamaForCausalLM(made)


def tokenizer(folder):
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from transformers import PreTrainedTokenizerFast
    words = {f"w{at}": at for at in range(3, 64)} | {"<pad>": 0, "<eos>": 1, "<unk>": 2}
    made = Tokenizer(WordLevel(words, unk_token="<unk>"))
    made.pre_tokenizer = Whitespace()
    return PreTrainedTokenizerFast(tokenizer_object=made, pad_token="<pad>", eos_token="<eos>", unk_token="<unk>")


def measure(case):
    import trl
    from datasets import Dataset
    from peft import LoraConfig
    from transformers import TrainerCallback
    folder = tempfile.mkdtemp()
    tracker = Tracker()
    peaks = []

    class Watch(TrainerCallback):
        def on_step_begin(self, *_, **__):
            gc.collect()
            tracker.peak = tracker.now

        def on_step_end(self, *_, **__):
            peaks.append(tracker.peak)

    sequence, batch = case["sequence"], case["batch"]
    words = lambda count, start: " ".join(f"w{3 + (start + at) % 60}" for at in range(count))
    half = sequence // 2
    rows = range(batch * 2)
    common = dict(output_dir=folder, per_device_train_batch_size=batch, max_steps=2, report_to=[], save_strategy="no",
                  logging_strategy="no", use_cpu=True, bf16=False, max_length=sequence, disable_tqdm=True,
                  gradient_checkpointing=bool(case["checkpointing"]), dataloader_pin_memory=False)
    lora = LoraConfig(r=8, target_modules="all-linear", task_type="CAUSAL_LM") if case["method"] == "lora" else None
    with tracker:
        policy = model(case["layers"])
        if case["trainer"] == "dpo":
            data = Dataset.from_list([{"prompt": words(half, at), "chosen": words(half - 1, at + 7),
                                       "rejected": words(half - 1, at + 11)} for at in rows])
            reference = None
            if case["method"] == "full" and case.get("reference", 1):
                reference = model(case["layers"])
            arguments = trl.DPOConfig(precompute_ref_log_probs=not case.get("reference", 1), **common)
            trainer = trl.DPOTrainer(policy, ref_model=reference, args=arguments, train_dataset=data,
                                     processing_class=tokenizer(folder), peft_config=lora, callbacks=[Watch()])
        else:
            data = Dataset.from_list([{"text": words(sequence - 1, at)} for at in rows])
            trainer = trl.SFTTrainer(policy, args=trl.SFTConfig(**common), train_dataset=data,
                                     processing_class=tokenizer(folder), peft_config=lora, callbacks=[Watch()])
        gc.collect()
        weights = tracker.now
        trainer.train()
    return dict(trainer=case["trainer"], model="llama small", architecture="llama", hidden=256, layers=case["layers"],
                ff=768, experts=0, experts_used=0, heads=4, kv_heads=2, head=64, window="", vocabulary=64, tied=0,
                method=case["method"], base="fp32", batch=batch, sequence=sequence,
                checkpointing=case["checkpointing"], rank=8 if lora else "",
                reference=case.get("reference", 1) if case["trainer"] == "dpo" else 0, weights=weights,
                peak=max(peaks[1:]))


def main():
    rows = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    for case in cases():
        try:
            rows.writerow(measure(case))
        except Exception as problem:  # A setting that this version refuses is said, and left out.
            import traceback
            traceback.print_exc()
            print(case, file=sys.stderr)
            break
        sys.stdout.flush()


if __name__ == "__main__":
    main()
