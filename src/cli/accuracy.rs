//! `plimsoll accuracy`: predicted against measured.

use std::sync::Arc;

use serde_json::json;

use super::args::AccuracyArgs;
use super::{Context, Outside};
use crate::catalog::{Catalog, calibration};
use crate::evidence::{
    Group, Row, SpeedErrors, calibrate, diffusion, gnn_groups, hand_over, hand_over_errors, handed_on,
    llama_cpp, llama_cpp_graphs, mlx_groups, mlx_training_groups, peak_shares, pytorch_training_groups,
    speed_errors, speed_rows,
};
use crate::spec::{Calibration, Machine};

/// Prints each group's errors, its worst case named, and each case where asked.
pub(super) fn accuracy(asked: &AccuracyArgs, outside: &mut Outside<'_>) -> Result<u8, String> {
    let context = Context::load(outside);
    let speeds =
        speed_rows(|id| context.catalog.model(id).ok().map(Arc::clone), |id| chip(&context.catalog, id))
            .map_err(|error| error.to_string())?;
    let several = handed_on(|id| chip(&context.catalog, id)).map_err(|error| error.to_string())?;
    if asked.fit {
        let shares = peak_shares(|id| chip(&context.catalog, id)).map_err(|error| error.to_string())?;
        outside.print(&calibration_text(&calibrate(&speeds, shares, hand_over(&several)))?);
        return Ok(0);
    }
    let lookup = |id: &str| context.catalog.model(id).ok().map(Arc::clone);
    let mut groups = llama_cpp(lookup).map_err(|error| error.to_string())?;
    groups.extend(llama_cpp_graphs().map_err(|error| error.to_string())?);
    groups.extend(mlx_groups().map_err(|error| error.to_string())?);
    groups.extend(mlx_training_groups().map_err(|error| error.to_string())?);
    groups.extend(pytorch_training_groups().map_err(|error| error.to_string())?);
    groups.extend(diffusion().map_err(|error| error.to_string())?);
    groups.extend(gnn_groups().map_err(|error| error.to_string())?);
    let mut errors = speed_errors(&speeds, calibration());
    errors.extend(hand_over_errors(&several, calibration()));
    let text = if asked.json {
        as_json(&groups, &errors, asked.all)?
    } else {
        as_table(&groups, asked.all) + &speed_table(&errors)
    };
    outside.print(&text);
    Ok(0)
}

/// A machine with a chip of that id, whatever its memory.
fn chip(catalog: &Catalog, id: &str) -> Option<Arc<Machine>> {
    let with_memory = format!("{id}-");
    let named = |machine: &&Arc<Machine>| machine.id == id || machine.id.starts_with(&with_memory);
    catalog.machines.iter().find(named).map(Arc::clone)
}

/// As the catalog's file is written.
fn calibration_text(calibration: &Calibration) -> Result<String, String> {
    let form = ron::ser::PrettyConfig::new().indentor("    ".to_owned()).depth_limit(4);
    let text = ron::ser::to_string_pretty(calibration, form).map_err(|error| error.to_string())?;
    Ok(format!("// Printed by `plimsoll accuracy --fit` from assets/evidence/measurements.\n{text}\n"))
}

/// Errors of speeds, each machine foretold from all others, beside a peer's formula on the same rows.
fn speed_table(errors: &[SpeedErrors]) -> String {
    let mut lines = vec![format!(
        "\n{:<52}{:>6}{:>10}{:>10}{:>14}  bandwidth / bytes × 0.55",
        "speed, predicted against measured", "rows", "median", "p90", "inside band"
    )];
    lines.extend(errors.iter().map(|error| {
        let simple = error.simple.map_or_else(String::new, |(median, p90)| {
            format!("  {:>8}{:>10}", percent(median), percent(p90))
        });
        format!(
            "{:<52}{:>6}{:>10}{:>10}{:>14}{simple}",
            error.name,
            error.rows,
            percent(error.median),
            percent(error.p90),
            percent(error.inside),
        )
    }));
    lines.join("\n") + "\n"
}

/// A share in percent.
fn percent(share: f64) -> String {
    if share.abs() < 0.000_05 { "0 %".to_owned() } else { format!("{:.2} %", share * 100.0) }
}

/// A line a group; the totals first, then the parts that explain them.
fn as_table(groups: &[Group], all: bool) -> String {
    let mut lines = vec![format!(
        "{:<52}{:>6}{:>10}{:>10}{:>10}{:>8}  worst case",
        "predicted against measured", "cases", "median", "p90", "worst", "exact"
    )];
    for (title, total) in [("totals", true), ("parts", false)] {
        lines.push(title.to_owned());
        for group in groups.iter().filter(|group| group.total == total) {
            lines.push(summary(group));
            if all {
                lines.extend(group.rows.iter().map(case));
            }
        }
    }
    lines.join("\n") + "\n"
}

fn summary(group: &Group) -> String {
    let worst = group.worst().map_or_else(String::new, |row| {
        let sign = if row.error() < 0.0 { "−" } else { "+" };
        format!("{} ({sign}{})", row.name, percent(row.error().abs()))
    });
    format!(
        "  {:<50}{:>6}{:>10}{:>10}{:>10}{:>8}  {worst}",
        group.name,
        group.rows.len(),
        percent(group.quantile(0.5)),
        percent(group.quantile(0.9)),
        percent(group.quantile(1.0)),
        group.exact()
    )
}

fn case(row: &Row) -> String {
    format!(
        "      {:<64}{:>16.0}{:>16.0}{:>10}",
        row.name,
        row.predicted.get(),
        row.measured.get(),
        percent(row.error())
    )
}

fn as_json(groups: &[Group], speeds: &[SpeedErrors], all: bool) -> Result<String, String> {
    let groups: Vec<serde_json::Value> = groups
        .iter()
        .map(|group| {
            let mut value = json!({
                "name": group.name, "total": group.total, "cases": group.rows.len(),
                "median": group.quantile(0.5), "p90": group.quantile(0.9), "worst": group.quantile(1.0),
                "exact": group.exact(), "worst_case": group.worst().map(|row| &row.name),
            });
            if all {
                value["rows"] = group
                    .rows
                    .iter()
                    .map(|row| {
                        json!({
                            "name": row.name, "predicted_bytes": row.predicted.get(),
                            "measured_bytes": row.measured.get(), "error": row.error(),
                        })
                    })
                    .collect();
            }
            value
        })
        .collect();
    let speeds: Vec<serde_json::Value> = speeds
        .iter()
        .map(|error| {
            json!({
                "name": error.name.trim(), "rows": error.rows, "median": error.median, "p90": error.p90,
                "inside_band": error.inside,
            })
        })
        .collect();
    let whole = json!({ "schema": "plimsoll/1", "groups": groups, "speeds": speeds });
    serde_json::to_string_pretty(&whole).map(|text| text + "\n").map_err(|error| error.to_string())
}
