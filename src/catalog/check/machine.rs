//! Whether chips and products can be: ranges wide enough for any machine sold, narrow enough for slips of
//! a unit.

use std::ops::RangeInclusive;

use super::provenance::is_month;
use super::report::Report;
use crate::catalog::record::{Chip, Product, Size};
use crate::spec::{Devices, Figure};
use crate::units::{Bytes, BytesPerSecond, FlopsPerSecond, Watts, quoted};

/// Dies that form one chip, where more than one does.
const DIES: RangeInclusive<u32> = 2..=16;
/// Longest id, in letters.
const LONGEST_ID: usize = 100;
/// Longest name, in characters.
pub(super) const LONGEST_NAME: usize = 200;
/// Ids that the command line gives a meaning of its own: the machine it runs on, and every one.
const RESERVED: [&str; 2] = ["this", "all"];
/// Memory of one pool, GiB.
const MEMORY: RangeInclusive<f64> = 0.25..=65_536.0;
/// Bandwidth of one pool, GB/s.
const BANDWIDTH: RangeInclusive<f64> = 5.0..=30_000.0;
/// How often a second all memory can be read: 0.3 on a server with much of it, 52 on an RTX 5070.
const SWEEPS: RangeInclusive<f64> = 0.02..=500.0;
/// A dense peak rate, TFLOP/s.
const PEAK: RangeInclusive<f64> = 0.01..=100_000.0;
/// Price, dollars.
const PRICE: RangeInclusive<f64> = 20.0..=5_000_000.0;
/// Rent, dollars an hour.
const RENT: RangeInclusive<f64> = 0.01..=2_000.0;
/// Power, watts.
const POWER: RangeInclusive<f64> = 0.5..=200_000.0;

/// Checks a chip and its sizes.
pub(crate) fn chip(chip: &Chip, report: &mut Report<'_>) {
    identity(&chip.id, &chip.name, report);
    if chip.sizes.is_empty() {
        report.impossible("sizes", "is empty; give at least one memory size");
    }
    if chip.gpu_cores == Some(0) {
        report.wrong("gpu_cores", "is 0; leave it out where it is not known");
    }
    if let Some(Figure(dies, ..)) = &chip.dies
        && !DIES.contains(dies)
    {
        report.wrong("dies", format!("is {dies}; leave it out where one die forms the chip"));
    }
    if !chip.sizes.is_sorted_by(|a, b| a.memory.value() < b.memory.value()) {
        report.wrong("sizes", "are not sorted; write the smallest memory first, each once");
    }
    released(chip.released.as_deref(), report);
    power(chip.load.as_ref(), chip.idle.as_ref(), report);
    for peak in peaks(chip) {
        ranged(peak.name, Some(peak.rate.get() / 1e12), &PEAK, "TFLOP/s", report);
    }
    for size in &chip.sizes {
        memory_size(chip, size, report);
    }
}

/// Checks what a product says itself.
pub(crate) fn product(product: &Product, report: &mut Report<'_>) {
    identity(&product.id, &product.name, report);
    released(product.released.as_deref(), report);
    power(product.load.as_ref(), product.idle.as_ref(), report);
    if let Some(devices) = product.devices
        && !(1..=Devices::MOST).contains(&devices)
    {
        report.impossible("devices", format!("is {devices}; 1 to {} is plausible", Devices::MOST));
    }
    if product.price.is_some() && product.rent.is_some() {
        report.wrong("rent", "stands beside a price; write two products");
    }
    ranged("price", product.price.as_ref().map(|price| price.value().get()), &PRICE, "USD", report);
    ranged("rent", product.rent.as_ref().map(|rent| rent.value().get()), &RENT, "USD an hour", report);
    ranged("system", product.system.as_ref().map(|memory| memory.value().as_gib()), &MEMORY, "GiB", report);
}

fn identity(id: &str, name: &str, report: &mut Report<'_>) {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.' | '_');
    if id.is_empty() || !id.chars().all(allowed) || id.len() > LONGEST_ID {
        let id = quoted(id);
        let right = "write small letters, digits, dots and hyphens, at most";
        report.impossible("id", format!("is `{id}`; {right} {LONGEST_ID}"));
    } else if RESERVED.contains(&id) {
        report.impossible("id", format!("is `{id}`, which stands for other machines; choose another"));
    }
    if name.trim().is_empty() {
        report.wrong("name", "is empty; write what stands on the box");
    } else if name.chars().nth(LONGEST_NAME).is_some() {
        report.impossible(
            "name",
            format!("has more than {LONGEST_NAME} characters; write what stands on the box"),
        );
    }
}

fn released(month: Option<&str>, report: &mut Report<'_>) {
    if let Some(month) = month
        && !is_month(month)
    {
        report.wrong("released", format!("is `{month}`; write a month, as `2026-09`"));
    }
}

fn power(load: Option<&Figure<Watts>>, idle: Option<&Figure<Watts>>, report: &mut Report<'_>) {
    ranged("load", load.map(|watts| watts.value().get()), &POWER, "W", report);
    ranged("idle", idle.map(|watts| watts.value().get()), &POWER, "W", report);
    if let (Some(load), Some(idle)) = (load, idle)
        && idle.value() > load.value()
    {
        report.wrong("idle", "is more than under load");
    }
}

fn memory_size(chip: &Chip, size: &Size, report: &mut Report<'_>) {
    let memory = *size.memory.value();
    ranged("memory", Some(memory.as_gib()), &MEMORY, "GiB", report);
    ranged("price", size.price.as_ref().map(|price| price.value().get()), &PRICE, "USD", report);
    if let Some(Figure(visible, ..)) = &size.visible
        && !(*visible <= memory && *visible >= memory * 0.8)
    {
        report.impossible("visible", "is not between 80 % and all of the memory");
    }
    for (field, limit) in [("gpu_limit", &size.gpu_limit), ("left_by_system", &size.left_by_system)] {
        let Some(Figure(limit, ..)) = limit else { continue };
        let band = limit.band();
        let ordered = band.low > Bytes::ZERO && band.low <= band.best && band.best <= band.high;
        if !ordered || band.high > memory {
            report.impossible(field, "is not 0 < low ≤ best ≤ high ≤ memory");
        }
    }
    if let Some(Figure(bandwidth, ..)) = size.bandwidth.as_ref().or(chip.bandwidth.as_ref()) {
        balance(chip, memory, *bandwidth, report);
    }
}

/// Bandwidth against memory and against the peak rates: catches a slip of a thousand in any of them.
fn balance(chip: &Chip, memory: Bytes, bandwidth: BytesPerSecond, report: &mut Report<'_>) {
    ranged("bandwidth", Some(bandwidth.as_gb_per_s()), &BANDWIDTH, "GB/s", report);
    let sweeps = bandwidth.get() / memory.get();
    if !SWEEPS.contains(&sweeps) {
        let (least, most) = (SWEEPS.start(), SWEEPS.end());
        report.wrong(
            "bandwidth",
            format!("reads all memory {sweeps:.2} times a second; {least} to {most} is plausible"),
        );
    }
    for Peak { name, rate, ridges } in peaks(chip) {
        let ridge = (rate / bandwidth).get();
        if !ridges.contains(&ridge) {
            let (least, most) = (ridges.start(), ridges.end());
            report.wrong(
                name,
                format!(
                    "puts the ridge point at {ridge:.1} FLOP a byte; {least} to {most} is plausible, so look \
                     at the units of peak and bandwidth"
                ),
            );
        }
    }
}

/// A peak rate with the ridge points machines have at it.
struct Peak {
    name: &'static str,
    rate: FlopsPerSecond,
    ridges: RangeInclusive<f64>,
}

/// The peak rates that are known. Ridge points seen: 10 (B200) to 116 (Strix Halo) at fp32, 31 (A18 Pro)
/// to 945 (Jetson Thor) at 16 bit, up to 3,800 at 4 bit; the ranges leave a factor of two.
fn peaks(chip: &Chip) -> Vec<Peak> {
    let peaks = &chip.peaks;
    [
        ("peaks.fp32", &peaks.fp32, 4.0..=250.0),
        ("peaks.fp16", &peaks.fp16, 4.0..=2_000.0),
        ("peaks.bf16", &peaks.bf16, 4.0..=2_000.0),
        ("peaks.int8", &peaks.int8, 8.0..=4_000.0),
        ("peaks.fp8", &peaks.fp8, 8.0..=4_000.0),
        ("peaks.fp4", &peaks.fp4, 16.0..=8_000.0),
    ]
    .into_iter()
    .filter_map(|(name, figure, ridges)| {
        figure.as_ref().map(|figure| Peak { name, rate: *figure.value(), ridges })
    })
    .collect()
}

/// A figure must be a number above zero, or nothing can be computed; and within what is sold.
fn ranged(field: &str, value: Option<f64>, range: &RangeInclusive<f64>, unit: &str, report: &mut Report<'_>) {
    let Some(value) = value else { return };
    let expected = format!("{} to {} {unit} is plausible", range.start(), range.end());
    if !value.is_finite() || value <= 0.0 {
        report.impossible(field, format!("is {value} {unit}; {expected}"));
    } else if !range.contains(&value) {
        report.wrong(field, format!("is {value} {unit}; {expected}"));
    }
}
