//! Detection on captured machines, on broken ones, and on the machine the tests run on.

#[path = "captured/world.rs"]
mod world;

use std::fmt::Write as _;
use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use plimsoll::detect::{Detected, Output, Overrides, ProbeError, ThisMachine, Warning, World as _, detect};
use plimsoll::spec::{Availability, Figure, GpuLimit, Kind, Machine, Memory, OperatingSystem, Peaks, Vendor};
use plimsoll::units::{Band, Bytes, BytesPerSecond, FlopsPerSecond, Watts, show_gib};
use world::Captured;

/// Everything that was detected, as text.
fn shown(detected: &Detected) -> String {
    let Detected { machine, findings, warnings } = detected;
    let mut text = String::new();
    let mut line = |label: &str, value: String| writeln!(text, "{label:<16} {value}").expect("text grows");
    line("name", format!("{} ({:?} {})", machine.name, machine.vendor, machine.chip));
    line("devices", format!("{}, GPU cores {:?}", machine.devices, machine.gpu_cores));
    line("memory", memory(&machine.memory));
    line("bandwidth", figure(machine.bandwidth.as_ref(), |value| format!("{:.0} GB/s", value.as_gb_per_s())));
    line(
        "peak fp16",
        figure(machine.peaks.fp16.as_ref(), |value| format!("{:.1} TFLOP/s", value.get() / 1e12)),
    );
    line("power", figure(machine.load.as_ref(), |value| format!("{:.0} W", value.get())));
    line("free now", figure(machine.now.as_ref(), |value| show_gib(value.free)));
    line("system", format!("{:?}", machine.os.as_ref().map(system).unwrap_or_default()));
    text.push('\n');
    for finding in findings {
        writeln!(text, "{:<20} {}   [{}]", finding.name, finding.value, finding.origin).expect("text grows");
    }
    for warning in warnings {
        writeln!(text, "! {warning}").expect("text grows");
    }
    text
}

fn system(os: &OperatingSystem) -> String {
    os.virtualised.as_ref().map_or_else(|| os.name.clone(), |inside| format!("{} in {inside}", os.name))
}

fn memory(Figure(memory, kind, source, date): &Figure<Memory>) -> String {
    let value = match memory {
        Memory::Unified { total, gpu_limit } => {
            let limit = gpu_limit.as_ref().map_or_else(|| "no limit known".to_owned(), gpu_limit_shown);
            format!("unified {}, {limit}", show_gib(*total))
        }
        Memory::Discrete { vram, driver, system } => format!(
            "card {}, driver {}, system {:?}",
            show_gib(*vram),
            band(*driver),
            system.map(show_gib).unwrap_or_default()
        ),
        Memory::System { total } => format!("system {}", show_gib(*total)),
    };
    format!("{value} ({kind:?}, {source}, {date})")
}

fn gpu_limit_shown(limit: &GpuLimit) -> String {
    let set = limit.set.map(|set| format!(", set {}", show_gib(set))).unwrap_or_default();
    format!("GPU limit {}{set}", band(limit.default))
}

fn band(band: Band<Bytes>) -> String {
    format!("{} / {} / {}", show_gib(band.low), show_gib(band.best), show_gib(band.high))
}

fn figure<T>(figure: Option<&Figure<T>>, show: impl Fn(&T) -> String) -> String {
    figure.map_or_else(
        || "unknown".to_owned(),
        |Figure(value, kind, source, date)| format!("{} ({kind:?}, {source}, {date})", show(value)),
    )
}

/// A record as the catalog has it, for machines that the captured ones are.
fn record(
    id: &str,
    name: &str,
    vendor: Vendor,
    chip: &str,
    gpu_cores: Option<u32>,
    memory: Memory,
    rate: f64,
) -> Arc<Machine> {
    let known = |value: f64| Figure(value, Kind::Datasheet, "E1".to_owned(), "2026-09-30".to_owned());
    let Figure(bandwidth, kind, source, date) = known(rate * 1e9);
    Arc::new(Machine {
        id: id.to_owned(),
        aliases: Vec::new(),
        name: name.to_owned(),
        vendor,
        chip: chip.to_owned(),
        gpu_cores,
        devices: 1,
        memory: Figure(memory, Kind::Datasheet, "E1".to_owned(), "2026-09-30".to_owned()),
        bandwidth: Some(Figure(BytesPerSecond::new(bandwidth), kind, source, date)),
        peaks: Peaks {
            fp16: Some(Figure(
                FlopsPerSecond::new(70e12),
                Kind::Derived,
                "Z1".to_owned(),
                "2026-09-30".to_owned(),
            )),
            ..Peaks::default()
        },
        load: Some(Figure(Watts::new(145.0), Kind::Datasheet, "C1".to_owned(), "2026-09-30".to_owned())),
        idle: None,
        offer: None,
        availability: Availability::OnSale,
        released: None,
        os: None,
        now: None,
        note: None,
    })
}

fn catalog() -> Vec<Arc<Machine>> {
    let unified = |gib: f64| Memory::Unified { total: Bytes::gib(gib), gpu_limit: None };
    let card = |gib: f64| Memory::Discrete {
        vram: Bytes::gib(gib),
        driver: Band::exact(Bytes::gib(0.5)),
        system: None,
    };
    let apple = |id: &str, name: &str, chip: &str, cores: u32, gib: f64, rate: f64| {
        record(id, name, Vendor::Apple, chip, Some(cores), unified(gib), rate)
    };
    let nvidia = |id: &str, name: &str, gib: f64, rate: f64| {
        record(id, name, Vendor::Nvidia, "AD102", None, card(gib), rate)
    };
    vec![
        apple("apple-m1-7c-8gb", "Apple M1 (7-core GPU) 8 GB", "M1", 7, 8.0, 68.25),
        apple("apple-m1-8c-8gb", "Apple M1 (8-core GPU) 8 GB", "M1", 8, 8.0, 68.25),
        apple("apple-m3max-40c-64gb", "Apple M3 Max (40-core GPU) 64 GB", "M3 Max", 40, 64.0, 400.0),
        apple("apple-m5max-40c-128gb", "Apple M5 Max (40-core GPU) 128 GB", "M5 Max", 40, 128.0, 614.0),
        apple("mac-studio-m5-ultra-256gb", "Mac Studio M5 Ultra 256 GB", "M5 Ultra", 80, 256.0, 1228.0),
        nvidia("rtx-4090-24gb", "GeForce RTX 4090", 24.0, 1008.0),
        nvidia("rtx-3090-24gb", "GeForce RTX 3090", 24.0, 936.0),
        nvidia("rtx-5090-32gb", "GeForce RTX 5090", 32.0, 1792.0),
        nvidia("rtx-4070-12gb", "GeForce RTX 4070", 12.0, 504.0),
        record(
            "dgx-spark-gb10-128gb",
            "DGX Spark (GB10)",
            Vendor::Nvidia,
            "GB10",
            None,
            unified(128.0),
            273.0,
        ),
        record(
            "strix-halo-395-128gb",
            "Ryzen AI Max+ 395 (Strix Halo, Radeon 8060S) 128 GB",
            Vendor::Amd,
            "Strix Halo",
            None,
            unified(128.0),
            256.0,
        ),
        record("rx-7900xtx-24gb", "Radeon RX 7900 XTX", Vendor::Amd, "Navi31", None, card(24.0), 960.0),
    ]
}

/// Every folder under `tests/captured`.
fn captured_machines() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/captured");
    let entries = fs::read_dir(folder).expect("captured machines are there");
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn every_captured_machine_is_detected() {
    let names = captured_machines();
    assert!(names.len() >= 20, "{} machines", names.len());
    for name in names {
        let detected = detect(&Captured::load(&name), &catalog());
        insta::assert_snapshot!(name, shown(&detected));
    }
}
