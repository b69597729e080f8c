//! `plimsoll measure`: memory and processor of this machine, measured.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use serde_json::json;

use super::Outside;
use super::args::MeasureArgs;
use crate::detect::measured_file;
use crate::measure::{Subject, Watch, measure as measure_rates};
use crate::report::save_with_folder;
use crate::spec::{Measured, MeasuredGpu};
use crate::units::show_figures;

/// Measures, prints the rates and keeps them in the user's folder.
pub(super) fn measure(asked: &MeasureArgs, outside: &mut Outside<'_>) -> Result<u8, String> {
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
    let measured = measure_rates(&subject, &watch).map_err(|error| error.to_string())?;
    let kept = if asked.dry_run { None } else { Some(keep(&measured, outside.user_folder.as_deref())?) };
    if asked.json {
        let value = json!({
            "schema": "plimsoll/1",
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
        let text = serde_json::to_string_pretty(&value).map_err(|error| error.to_string())?;
        outside.print(&format!("{text}\n"));
    } else {
        outside.print(&words(&measured, kept.as_deref()));
    }
    Ok(0)
}

/// Writes the rates into the user's folder, which is made where there is none; returns the file.
fn keep(measured: &Measured, user_folder: Option<&Path>) -> Result<String, String> {
    let folder =
        user_folder.ok_or("this system has no folder for settings; --dry-run prints the rates only")?;
    let path = measured_file(folder);
    let text = measured.to_ron()?;
    save_with_folder(&path, &text).map_err(|error| error.to_string())?;
    Ok(path.display().to_string())
}

fn words(measured: &Measured, kept: Option<&str>) -> String {
    let threads = measured.worked_by();
    let rate = |bytes: f64| format!("{} GB/s", show_figures(bytes / 1e9));
    let mut text = format!(
        "Memory, copied         {:<18}a read and a write for each value, {threads}\n\
         Memory, a = b + s c    {:<18}two reads and a write for each value\n\
         Processor              {:<18}multiply-adds in 32 bit, two operations each\n",
        rate(measured.copy_bytes_per_s),
        rate(measured.triad_bytes_per_s),
        format!("{} GFLOP/s", show_figures(measured.flops_per_s / 1e9)),
    );
    text += &gpu_words(measured.gpu.as_ref());
    if measured.development_build {
        text.push_str(
            "note: this is a build for development, which is slower; measure with a release build\n",
        );
    }
    let kept = kept.map_or_else(|| "Not kept".to_owned(), |path| format!("Kept in {path}"));
    text + &kept + "\n"
}

fn gpu_words(gpu: Option<&MeasuredGpu>) -> String {
    let Some(gpu) = gpu else { return "GPU                    none answers\n".to_owned() };
    let rate = format!("{} GB/s", show_figures(gpu.copy_bytes_per_s / 1e9));
    let operations = format!("{} GFLOP/s", show_figures(gpu.flops_per_s / 1e9));
    format!(
        "GPU memory, copied     {rate:<18}{}; {}\n\
         GPU                    {operations:<18}multiply-adds in 32 bit on its shaders\n",
        gpu.adapter,
        gpu.kind.label()
    )
}
