//! Coefficients corrected by runs that were kept on the machine itself.

use std::borrow::Cow;

use super::chip::{Chip, SpeedEngine};
use crate::spec::{
    Calibration, DecodeTerms, Fitted, Inference, KeptQuantity, KeptRatio, LanguageModel, Machine,
    PrefillTerms,
};

/// What a machine's own runs were of their estimates, for a model as it is asked about.
pub(in crate::engine) fn kept_ratio(
    machine: &Machine,
    language: &LanguageModel,
    inference: &Inference,
    quantity: KeptQuantity,
) -> Option<KeptRatio> {
    if machine.runs.is_empty() {
        return None;
    }
    let asked = (language.model.id.as_str(), inference.quantization.key());
    KeptRatio::of(&machine.runs, quantity, language.runtime, asked)
}

/// The coefficients of a chip, as much slower or faster as the machine's own runs were; as they are where none was kept.
pub(super) fn corrected<'c>(
    calibration: &'c Calibration,
    chip: &Chip,
    machine: &Machine,
    (language, inference): (&LanguageModel, &Inference),
) -> Cow<'c, Calibration> {
    let ratio = |quantity| kept_ratio(machine, language, inference, quantity);
    let (decode, prefill) = (ratio(KeptQuantity::Decode), ratio(KeptQuantity::Prefill));
    if decode.is_none() && prefill.is_none() {
        return Cow::Borrowed(calibration);
    }
    let engine = SpeedEngine::from(language.runtime);
    let group = chip.decode_group(engine);
    let decode = calibration
        .decode(group)
        .map(|fitted| Fitted { group, ..scaled(fitted, decode, DecodeTerms::slower) });
    let group = chip.prefill_group(engine);
    let prefill = calibration
        .prefill(group)
        .map(|fitted| Fitted { group, ..scaled(fitted, prefill, PrefillTerms::slower) });
    Cow::Owned(Calibration {
        decode: decode.into_iter().collect(),
        prefill: prefill.into_iter().collect(),
        attention_band: calibration.attention_band,
        transfer: calibration.transfer.clone(),
        ..Calibration::default()
    })
}

/// One group's coefficients with every term as many times longer as the runs were slower. One run alone tells the
/// middle and no spread, so the band of the group stays; several of the same model have a spread of their own.
fn scaled<T: Copy>(fitted: &Fitted<T>, ratio: Option<KeptRatio>, slower: fn(T, f64) -> T) -> Fitted<T> {
    let Some(ratio) = ratio else { return fitted.clone() };
    let band = |own: (f64, f64)| ratio.spread.unwrap_or(own);
    Fitted {
        terms: slower(fitted.terms, 1.0 / ratio.middle),
        band: band(fitted.band),
        band_experts: band(fitted.band_experts),
        ..fitted.clone()
    }
}
