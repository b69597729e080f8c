//! `plimsoll measure`: memory and processor of this machine, measured.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use serde_json::json;

use super::args::MeasureArgs;
use super::error::CliError;
use super::escape::one_line;
use super::{Outside, table};
use crate::detect::measured_file;
use crate::measure::{Subject, Watch, measure as measure_rates};
use crate::report::save_with_folder;
use crate::spec::{Measured, MeasuredGpu};
use crate::units::show_figures;

/// Measures, prints the rates and keeps them in the user's folder.
pub(super) fn measure(asked: &MeasureArgs, outside: &mut Outside<'_>) -> Result<u8, CliError> {
    let system = outside.world.system();
    let subject = Subject {
        processor: system.cpu,
        total: system.total,
        threads: asked.threads.map(usize::from),
        today: outside.today.clone(),
    };
    outside.complain("Measuring memory and processor for some seconds; other programs make it slower\n");
    // A terminal stops a command by ending it: nothing was written by then.
    let watch = Watch { progress: &|_share| {}, stop: &AtomicBool::new(false) };
    let measured = measure_rates(&subject, &watch).map_err(|error| CliError::Measure(error.to_string()))?;
    let kept = if asked.dry_run { None } else { Some(keep(&measured, outside.user_folder.as_deref())?) };
    if asked.json {
        let value = json!({
            "schema": "plimsoll/2",
            "measured_on": measured.measured_on,
            "processor": measured.processor,
            "threads": measured.threads,
            "copy_bytes_per_s": measured.copy_bytes_per_s,
            "triad_bytes_per_s": measured.triad_bytes_per_s,
            "bandwidth_bytes_per_s": measured.bandwidth().get(),
            "flops_per_s": measured.flops_per_s,
            "gpu": measured.gpu,
            "development_build": measured.development_build,
            "kept_in": kept,
        });
        let text = serde_json::to_string_pretty(&value).map_err(CliError::written)?;
        outside.print_json(&(text + "\n"));
    } else {
        outside.print(&words(&measured, kept.as_deref()));
    }
    Ok(0)
}

/// Writes the rates into the user's folder, which is made where there is none; returns the file.
fn keep(measured: &Measured, user_folder: Option<&Path>) -> Result<String, CliError> {
    let folder = user_folder.ok_or(CliError::NoFolder)?;
    let path = measured_file(folder);
    let text = measured.to_ron().map_err(CliError::written)?;
    save_with_folder(&path, &text)?;
    Ok(path.display().to_string())
}

fn words(measured: &Measured, kept: Option<&str>) -> String {
    let threads = measured.worked_by();
    let mut rows = vec![
        row(
            "Memory, copied",
            bandwidth(measured.copy_bytes_per_s),
            format!("a read and a write for each value, {threads}"),
        ),
        row(
            "Memory, a = b + s c",
            bandwidth(measured.triad_bytes_per_s),
            "two reads and a write for each value".to_owned(),
        ),
        row(
            "Processor",
            arithmetic(measured.flops_per_s),
            "multiply-adds in 32 bit, two operations each".to_owned(),
        ),
    ];
    rows.extend(gpu_rows(measured.gpu.as_ref()));
    let mut text = table::lines(rows, &[]).join("\n") + "\n";
    if measured.development_build {
        text.push_str(
            "note: this is a build for development, which is slower; measure with a release build\n",
        );
    }
    let kept = kept.map_or_else(|| "Not kept".to_owned(), |path| format!("Kept in {}", one_line(path)));
    text + &kept + "\n"
}

fn gpu_rows(gpu: Option<&MeasuredGpu>) -> Vec<Vec<String>> {
    let Some(gpu) = gpu else { return vec![row("GPU", "none answers".to_owned(), String::new())] };
    let adapter = format!("{}; {}", gpu.adapter, gpu.kind.label());
    vec![
        row("GPU memory, copied", bandwidth(gpu.copy_bytes_per_s), adapter),
        row("GPU", arithmetic(gpu.flops_per_s), "multiply-adds in 32 bit on its shaders".to_owned()),
    ]
}

fn row(what: &str, rate: String, how: String) -> Vec<String> {
    vec![what.to_owned(), rate, how]
}

fn bandwidth(bytes_per_s: f64) -> String {
    format!("{} GB/s", show_figures(bytes_per_s / 1e9))
}

fn arithmetic(flops_per_s: f64) -> String {
    format!("{} GFLOP/s", show_figures(flops_per_s / 1e9))
}
