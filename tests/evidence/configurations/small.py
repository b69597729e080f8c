"""Counts the models of the small configurations in `tests/classes` anew, on the meta device.

    python small.py ../../classes

For each entry of `language.json` and `towers.json` it builds the class of its `config` and writes its `parameters`, and
of a wrapper those of its `tower` (what sees or hears, with what projects from it).
"""

import json
import sys
from pathlib import Path

import torch
import transformers
from transformers import CONFIG_MAPPING
from transformers.models.auto import modeling_auto as auto

transformers.logging.set_verbosity_error()

MAPPINGS = [
    auto.MODEL_FOR_CAUSAL_LM_MAPPING,
    auto.MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING,
    auto.MODEL_FOR_MULTIMODAL_LM_MAPPING,
    auto.MODEL_FOR_SPEECH_SEQ_2_SEQ_MAPPING,
]
# Of these the model without a head is what makes embeddings.
ENCODERS = ("bert", "roberta", "xlm-roberta", "modernbert")
LANGUAGE = ("language_model", "text_model", "lm_head")


def model(config):
    """The model of a configuration, without memory."""
    values = {key: value for key, value in config.items() if key != "model_type"}
    made = CONFIG_MAPPING[config["model_type"]](**json.loads(json.dumps(values)))
    # Of a wrapper the class that sees, not that of its language model.
    mappings = MAPPINGS[1:] + MAPPINGS[:1] if "text_config" in config else MAPPINGS
    if config["model_type"] in ENCODERS:
        mappings = [auto.MODEL_MAPPING]
    found = next(mapping[type(made)] for mapping in mappings if type(made) in mapping)
    with torch.device("meta"):
        built = (found[0] if isinstance(found, (list, tuple)) else found)._from_config(made)
    built.tie_weights()
    return built


def parameters(built):
    """Names and sizes of all parameters, tied ones once."""
    seen = {}
    for name, parameter in built.named_parameters():
        seen.setdefault(id(parameter), (name, parameter.numel()))
    return list(seen.values())


def main():
    for name in ("language.json", "towers.json"):
        path = Path(sys.argv[1]) / name
        cases = json.loads(path.read_text())
        for case in cases.values():
            built = model(case["config"])
            sizes = parameters(built)
            tower = sum(size for own, size in sizes if not any(word in own for word in LANGUAGE))
            whole = sum(size for _, size in sizes)
            case["class"] = type(built).__name__
            if name == "towers.json":
                case["parameters"], case["tower"] = whole, tower
            else:
                # Of a wrapper, the language model alone.
                case["parameters"] = whole - tower if "text_config" in case["config"] else whole
        lines = (f" {json.dumps(key)}: {json.dumps(case)}" for key, case in sorted(cases.items()))
        path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
