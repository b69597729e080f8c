//! Errors as JSON; `assets/evidence/accuracy.json` is such a file.

use serde_json::{Value, json};

use crate::evidence::{Accuracy, Group, MeasuredOn, Report, Reported, SpeedErrors, Validation};

/// Every group; every case of memory and every report too where asked, else the reports that disagree.
pub(super) fn value(accuracy: &Accuracy, all: bool) -> Value {
    let groups: Vec<Value> = accuracy.memory.iter().map(|group| memory(group, all)).collect();
    let speeds: Vec<Value> = accuracy.speed.iter().map(|line| speed(line, all)).collect();
    let reported = [reported(&accuracy.reported, all)];
    json!({ "schema": "plimsoll/2", "reported": reported, "groups": groups, "speeds": speeds })
}

/// What a group of figures rests on.
fn basis(kind: &str, measured_on: MeasuredOn, validation: Validation) -> Value {
    let fitted = validation.fitted().map_or(Value::Bool(false), Value::from);
    json!({ "kind": kind, "measured_on": measured_on.label(), "fitted": fitted, "how": validation.label() })
}

fn reported(group: &Reported, all: bool) -> Value {
    let shown = group.reports.iter().filter(|report| all || !report.agrees());
    json!({
        "name": group.name, "basis": basis("memory", group.measured_on, group.validation),
        "rows": group.reports.len(), "agree": group.agreeing(), "uncertain": group.uncertain(),
        "share": group.share(), "reports": shown.map(report).collect::<Vec<Value>>(),
    })
}

fn report(report: &Report) -> Value {
    let findings = report.findings.iter().map(|finding| {
        json!({
            "what": finding.what, "measured": finding.measured, "said": finding.said,
            "agrees": finding.agrees,
        })
    });
    json!({
        "name": report.name, "machine": report.machine, "source": report.source, "date": report.date,
        "agrees": report.agrees(), "comment": report.comment, "findings": findings.collect::<Vec<Value>>(),
    })
}

fn memory(group: &Group, all: bool) -> Value {
    let mut value = json!({
        "name": group.name, "basis": basis("memory", group.measured_on, group.validation),
        "total": group.total, "cases": group.rows.len(),
        "median": group.quantile(0.5), "p90": group.quantile(0.9), "worst": group.quantile(1.0),
        "exact": group.exact(), "worst_case": group.worst().map(|row| &row.name),
    });
    if all {
        let rows = group.rows.iter().map(|row| {
            json!({
                "name": row.name, "predicted_bytes": row.predicted.get(),
                "measured_bytes": row.measured.get(), "error": row.error(),
            })
        });
        value["rows"] = rows.collect();
    }
    value
}

fn speed(errors: &SpeedErrors, all: bool) -> Value {
    let mut value = json!({
        "name": errors.name, "basis": basis("speed", errors.measured_on, errors.validation),
        "rows": errors.rows, "median": errors.median, "p90": errors.p90, "worst": errors.worst,
        "inside_band": errors.inside, "width": errors.width,
        "before": errors.before.map(|(median, inside)| json!({ "median": median, "inside_band": inside })),
    });
    if all {
        let rows = errors.points.iter().map(|row| {
            json!({
                "name": row.name, "predicted": row.predicted, "measured": row.measured, "error": row.error,
                "inside_band": row.inside, "width": row.wide,
            })
        });
        value["points"] = rows.collect();
    }
    value
}
