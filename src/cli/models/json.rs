//! The list in JSON.

use serde_json::{Value, json};

use super::Sought;
use crate::here::{Listed, ModelHere};
use crate::import::stores::bytes_on_disk;
use crate::spec::Machine;
use crate::units::{Band, Bytes, TokensPerSecond};

/// All of it.
pub(super) fn of(sought: &Sought, machine: &Machine) -> Value {
    let looked = sought.roots.iter().map(|root| {
        let own = sought.models.iter().filter(|model| model.found.path.starts_with(&root.path));
        json!({ "store": root.store.key(), "path": root.path.to_string_lossy(), "models": own.count() })
    });
    json!({
        "schema": "plimsoll/2",
        "machine": machine.id,
        "models": sought.models.iter().map(model).collect::<Vec<_>>(),
        "size_bytes": bytes_on_disk(sought.models.iter().map(|model| &model.found)),
        "looked_in": looked.collect::<Vec<_>>(),
        "notes": sought.problems,
    })
}

fn model(listed: &Listed) -> Value {
    let found = &listed.found;
    let answer = listed.answer.as_ref().ok();
    let here = answer.map(|answer| &answer.here);
    let resolved = here.map(|here| &here.estimate.resolved);
    let deciding = here.and_then(|here| here.estimate.fit.deciding());
    let quantization = here.and_then(|here| here.scenario.inference()).map(|asked| asked.quantization.key());
    let problem = found.trouble.as_ref().map(ToString::to_string);
    json!({
        "id": found.key,
        "name": found.name,
        "store": found.store.key(),
        "path": found.path.to_string_lossy(),
        "format": found.format.key(),
        "quantization": quantization,
        "parameters": answer.and_then(|answer| answer.parameters),
        "size_bytes": found.bytes(),
        "verdict": here.map(|here| here.estimate.fit.verdict.key()),
        "runtime": resolved.map(|resolved| resolved.runtime.key()),
        "memory_bytes": deciding.map(|deciding| bytes(deciding.need)),
        "ceiling_bytes": deciding.map(|deciding| bytes(deciding.ceiling.bytes)),
        "largest_context": here.and_then(|here| here.largest_context).map(|largest| largest.tokens),
        "decode_tokens_per_s": here.and_then(ModelHere::decode).map(speed),
        "notes": answer.map(|answer| answer.notes.as_slice()).unwrap_or_default(),
        "problem": problem.or_else(|| listed.answer.as_ref().err().map(ToString::to_string)),
    })
}

fn bytes(band: Band<Bytes>) -> Value {
    json!({ "low": band.low.get(), "best": band.best.get(), "high": band.high.get() })
}

fn speed(band: Band<TokensPerSecond>) -> Value {
    json!({ "low": band.low.get(), "best": band.best.get(), "high": band.high.get() })
}
