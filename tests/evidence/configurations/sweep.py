"""Every configuration class of Transformers, as Plimsoll reads its defaults, against the model on the meta device.

    python sweep.py PLIMSOLL_EXAMPLE OUT [model_type ...]

PLIMSOLL_EXAMPLE is the path of the built example `read_configurations`. OUT gets `configurations/*.json` (one a class),
`measured.json` (what Transformers builds; it is kept from run to run) and `classes.csv`: what was said of each class, and
whether both agree.
"""

import csv
import json
import subprocess
import sys
import warnings
from pathlib import Path

import torch
import transformers
from transformers import CONFIG_MAPPING
from transformers.models.auto import modeling_auto as auto

warnings.filterwarnings("ignore")
transformers.logging.set_verbosity_error()

# Of these the model without a head, which makes embeddings, is what is read.
ENCODERS = ("bert", "camembert", "modernbert", "nomic_bert", "roberta", "xlm-roberta")
GENERATIVE = [auto.MODEL_FOR_CAUSAL_LM_MAPPING, auto.MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING]
# What of a wrapper is no part of its language model.
BESIDE = (
    "visual", "vision", "audio", "image", "video", "projector", "multi_modal", "mm_", "connector", "talker", "code2wav",
    "embed_audio", "embed_vision", "aligner", "qformer", "speech", "encoder", "codec", "vqmodel", "resampler", "vit",
    "merger", "generation", "sam_", "high_res", "language_projection", "query_tokens",
)


def written(model_type):
    """The configuration of a class with all of its defaults, as Transformers saves it."""
    config = CONFIG_MAPPING[model_type]()
    return config, json.loads(config.to_json_string(use_diff=False))


def model_class(config):
    """The class that generates text from a configuration, or makes embeddings, where there is one."""
    for mapping in [auto.MODEL_MAPPING] if config.model_type in ENCODERS else GENERATIVE:
        try:
            found = mapping[type(config)]
        except KeyError:
            continue
        return found[0] if isinstance(found, (list, tuple)) else found
    return None


def counted(config, cls):
    """Parameters of the language model and of everything, tied ones once."""
    with torch.device("meta"):
        model = cls._from_config(config) if hasattr(cls, "_from_config") else cls(config)
    model.tie_weights()
    whole = text = 0
    seen = set()
    for name, parameter in model.named_parameters(remove_duplicate=False):
        if id(parameter) in seen:
            continue
        seen.add(id(parameter))
        whole += parameter.numel()
        if not any(word in part for part in name.split(".")[:3] for word in BESIDE):
            text += parameter.numel()
    return text, whole


def measured(model_type, folder):
    """Writes one configuration and counts its model."""
    try:
        config, text = written(model_type)
    except Exception as error:  # A class that cannot be made of its defaults.
        return {"model_type": model_type, "note": f"no defaults: {type(error).__name__}"}
    text["model_type"] = text.get("model_type") or model_type
    path = folder / f"{model_type}.json"
    path.write_text(json.dumps(text))
    row = {"model_type": model_type, "path": str(path), "note": ""}
    cls = model_class(config)
    if cls is None:
        return row | {"note": "does not generate text"}
    try:
        row["language"], row["whole"] = counted(config, cls)
    except Exception as error:
        row["note"] = f"not built: {type(error).__name__}"
    return row | {"class": cls.__name__}


def said(example, rows):
    """What Plimsoll says of each configuration."""
    paths = [row["path"] for row in rows if "path" in row]
    run = subprocess.run([example, *paths], capture_output=True, text=True, check=True)
    found = {}
    for line in run.stdout.splitlines():
        path, kind, parameters, vision, cache, note = line.split("\t")
        found[path] = {"said": kind, "parameters": int(parameters), "vision": int(vision), "cache": cache, "why": note}
    return found


def main():
    example, out = sys.argv[1], Path(sys.argv[2])
    folder = out / "configurations"
    folder.mkdir(parents=True, exist_ok=True)
    types = sys.argv[3:] or sorted(CONFIG_MAPPING.keys())
    kept = out / "measured.json"
    if kept.exists():
        rows = [row for row in json.loads(kept.read_text()) if row["model_type"] in types]
    else:
        rows = [measured(model_type, folder) for model_type in types]
        kept.write_text(json.dumps(rows))
    answers = said(example, rows)
    columns = ["model_type", "class", "said", "parameters", "vision", "language", "whole", "verdict", "tower", "cache", "note"]
    with open(out / "classes.csv", "w", newline="") as file:
        table = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        table.writeheader()
        tally = {}
        for row in rows:
            row |= answers.get(row.get("path"), {})
            row["verdict"] = verdict(row)
            row["tower"] = tower(row)
            row["note"] = row["note"] or row.get("why", "")
            of = "generates" if row.get("class") else "other"
            for kind in [(row["verdict"], of)] + ([(row["tower"], "what sees or hears")] if row["tower"] else []):
                tally[kind] = tally.get(kind, 0) + 1
            table.writerow(row)
    print(transformers.__version__, len(rows))
    for (kind, of), count in sorted(tally.items()):
        print(f"{of}: {kind}: {count}")


def verdict(row):
    """Whether what was said holds."""
    if row.get("said") not in ("answered", "weights and caches"):
        return row.get("said", "no file")
    if "language" not in row:
        return row["said"] + ", not counted"
    near = lambda count: count and abs(row["parameters"] - count) <= 1e-5 * count
    if near(row["language"]) or near(row["whole"]) or near(row["whole"] - row["vision"]):
        return row["said"] + ", equal"
    return "differs"


def tower(row):
    """Whether what sees or hears has as many parameters as were said, or more than a lower bound."""
    if not row.get("vision") or "language" not in row:
        return ""
    beside = row["whole"] - row["language"]
    if not beside:  # The class that generates text has none.
        return ""
    return "equal" if row["vision"] == beside else "lower bound" if row["vision"] < beside else "differs"


if __name__ == "__main__":
    main()
