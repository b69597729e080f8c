//! `plimsoll accuracy`: predicted against measured.

use std::sync::Arc;

use serde_json::json;

use super::args::AccuracyArgs;
use super::{Context, Outside};
use crate::evidence::{
    Group, Row, diffusion, gnn_groups, llama_cpp, llama_cpp_graphs, mlx_groups, mlx_training_groups,
    pytorch_training_groups,
};

/// Prints each group's errors, its worst case named, and each case where asked.
pub(super) fn accuracy(asked: &AccuracyArgs, outside: &mut Outside<'_>) -> Result<u8, String> {
    let context = Context::load(outside);
    let lookup = |id: &str| context.catalog.model(id).ok().map(Arc::clone);
    let mut groups = llama_cpp(lookup).map_err(|error| error.to_string())?;
    groups.extend(llama_cpp_graphs().map_err(|error| error.to_string())?);
    groups.extend(mlx_groups().map_err(|error| error.to_string())?);
    groups.extend(mlx_training_groups().map_err(|error| error.to_string())?);
    groups.extend(pytorch_training_groups().map_err(|error| error.to_string())?);
    groups.extend(diffusion().map_err(|error| error.to_string())?);
    groups.extend(gnn_groups().map_err(|error| error.to_string())?);
    let text = if asked.json { as_json(&groups, asked.all)? } else { as_table(&groups, asked.all) };
    outside.print(&text);
    Ok(0)
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

fn as_json(groups: &[Group], all: bool) -> Result<String, String> {
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
    let whole = json!({ "schema": "plimsoll/1", "groups": groups });
    serde_json::to_string_pretty(&whole).map(|text| text + "\n").map_err(|error| error.to_string())
}
