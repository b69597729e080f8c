//! The speed coefficients that ship, from the measurements that ship.

use std::collections::BTreeSet;

use super::band::{attention_band, band, beyond};
use super::fit::{Recipe, belongs, fit, rounded};
use super::leave_out::{decode_recipe, leave_out, prefill_recipe};
use super::rows::{SpeedKind, SpeedRow, speed_rows};
use super::shares::image_shares;
use super::training::TrainingRuns;
use super::transfer::{transfer_terms, transfers};
use crate::catalog::Catalog;
use crate::evidence::EvidenceError;
use crate::spec::{AttentionBand, Calibration, DecodeTerms, Fitted, PrefillTerms, SpeedGroup};

/// The fit as `assets/catalog/calibration.ron` holds it; the same rows give the same bytes.
///
/// # Errors
/// When a table does not read, or names a machine that the catalog does not know.
pub fn calibration_text(catalog: &Catalog) -> Result<String, EvidenceError> {
    let form = ron::ser::PrettyConfig::new().indentor("    ".to_owned()).depth_limit(4);
    let unwritten = |error: ron::Error| EvidenceError::Unreadable {
        table: "calibration.ron",
        message: error.to_string(),
    };
    let text = ron::ser::to_string_pretty(&calibrate(catalog)?, form).map_err(unwritten)?;
    Ok(format!("// Printed by `cargo run --example fit_speed` from assets/evidence/measurements.\n{text}\n"))
}

/// Fits everything anew: every group that was measured, every maker, and all.
///
/// # Errors
/// When a table does not read, or names a machine that the catalog does not know.
pub fn calibrate(catalog: &Catalog) -> Result<Calibration, EvidenceError> {
    let rows = speed_rows(catalog)?;
    let of = |kind| rows.iter().filter(|row| row.kind == kind).collect::<Vec<&SpeedRow>>();
    let prompts = beyond(&leave_out(&prefill_recipe(), &of(SpeedKind::Prefill)));
    let attention_band = attention_band(&prompts, None);
    let calibration = Calibration {
        attention_band: AttentionBand {
            low: rounded(attention_band.low),
            high: rounded(attention_band.high),
            ..attention_band
        },
        decode: fitted(&decode_recipe(), &of(SpeedKind::Decode), |terms| {
            terms.try_into().map(DecodeTerms::from_array).unwrap_or_default()
        }),
        prefill: fitted(&prefill_recipe(), &of(SpeedKind::Prefill), |terms| {
            terms.try_into().map(PrefillTerms::from_array).unwrap_or_default()
        }),
        images: image_shares(catalog)?,
        transfer: transfer_terms(&transfers(catalog)?),
        ..Calibration::default()
    };
    // Chips that no run was measured on borrow from how fast they multiply prompts.
    let training = TrainingRuns::read(catalog, &calibration)?.fit();
    Ok(Calibration { training, ..calibration })
}

fn fitted<T>(recipe: &Recipe, rows: &[&SpeedRow], terms: impl Fn(&[f64]) -> T) -> Vec<Fitted<T>> {
    let shown: Vec<&SpeedRow> = rows.iter().copied().filter(|row| row.held.is_empty()).collect();
    let chains = shown.iter().map(|row| std::iter::successors(Some(row.group), |group| group.wider()));
    let wanted: BTreeSet<SpeedGroup> = chains.flatten().collect();
    let groups: Vec<SpeedGroup> = wanted.iter().copied().collect();
    let levels = fit(recipe, &shown, &groups);
    let predicted = leave_out(recipe, rows);
    wanted
        .into_iter()
        .map(|group| {
            let own: Vec<&SpeedRow> = shown.iter().copied().filter(|row| belongs(row, group)).collect();
            let mut machines: Vec<&str> = own.iter().map(|row| row.machine.as_str()).collect();
            let mut sources: Vec<String> = own.iter().map(|row| row.source.clone()).collect();
            machines.sort_unstable();
            machines.dedup();
            sources.sort_unstable();
            sources.dedup();
            let own_terms: Vec<f64> = levels.of(group).iter().map(|term| rounded(*term)).collect();
            let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
            let band = |experts| {
                let (low, high) = band((group, experts), &predicted, None);
                (rounded(low), rounded(high))
            };
            Fitted {
                group,
                terms: terms(&own_terms),
                band: band(false),
                band_experts: band(true),
                rows: small(own.len()),
                machines: small(machines.len()),
                sources,
            }
        })
        .collect()
}
