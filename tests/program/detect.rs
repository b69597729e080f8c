//! Detection on captured machines, on broken ones, and on the machine the tests run on.

use std::fmt::Write as _;
use std::fs;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use crate::world::Captured;
use plimsoll::catalog::Catalog;
use plimsoll::detect::{
    Detected, NvmlCard, NvmlMemory, NvmlReading, Output, Overrides, ProbeError, SystemReading, ThisMachine,
    Warning, World as _, detect,
};
use plimsoll::spec::{
    Figure, GpuKind, GpuLimit, Kind, Machine, Measured, MeasuredGpu, Memory, OperatingSystem, Peaks,
};
use plimsoll::units::{Band, Bytes, BytesPerSecond, show_gib};
use proptest::prelude::*;

/// Everything that was detected, as text.
fn shown(detected: &Detected) -> String {
    let Detected { machine, processor: _, findings, warnings } = detected;
    let mut text = String::new();
    let mut line = |label: &str, value: String| writeln!(text, "{label:<16} {value}").expect("text grows");
    line("name", format!("{} ({:?} {})", machine.name, machine.vendor, machine.chip));
    line("devices", format!("{}, GPU cores {:?}", machine.devices, machine.gpu_cores));
    line("memory", memory(&machine.memory));
    line("bandwidth", figure(machine.bandwidth.as_ref(), |value| format!("{} GB/s", value.as_gb_per_s())));
    line(
        "peak fp16",
        figure(machine.peaks.fp16.as_ref(), |value| format!("{:.1} TFLOP/s", value.get() / 1e12)),
    );
    line("power", figure(machine.load.as_ref(), |value| format!("{:.0} W", value.get())));
    line("free now", figure(machine.now.as_ref(), |value| show_gib(value.free)));
    line("system", format!("{:?}", machine.os.as_ref().map(system).unwrap_or_default()));
    text.push('\n');
    for finding in findings {
        // The words for the rule are the catalog's, and held by its own tests.
        let origin = if finding.name == "Default GPU limit" { "rule" } else { &finding.origin };
        writeln!(text, "{:<20} {}   [{origin}]", finding.name, finding.value).expect("text grows");
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

fn catalog() -> &'static [Arc<Machine>] {
    static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::built_in);
    &CATALOG.machines
}

/// The catalog as if it had no GPU of a laptop.
fn without_laptops() -> Vec<Arc<Machine>> {
    catalog().iter().filter(|machine| !machine.id.contains("laptop")).cloned().collect()
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
        let detected = detect(&Captured::load(&name), catalog());
        insta::assert_snapshot!(name, shown(&detected));
    }
}

/// Answers that no command or file should give.
const NONSENSE: [&str; 9] = [
    "",
    "\u{fffd}\u{fffd}\u{1}\u{fffd}",
    "-1",
    "99999999999999999999999999",
    "18446744073709551615",
    "{\"SPDisplaysDataType\":[{\"sppci_model\":\"Apple M9\",\"sppci_cores\":\"-40\"",
    "{\"SPDisplaysDataType\":[{\"sppci_model\":\"Apple \",\"sppci_cores\":1e99}],\"SPHardwareDataType\":7}",
    "0x",
    ":::\n::::\n\n\t\t\t",
];

/// Whatever is read, the machine stays one that can be shown and evaluated.
fn assert_sane(detected: &Detected, what: &str) {
    let machine = &detected.machine;
    let most = Bytes::gib(130_000.0);
    let capacity = machine.memory.value().capacity();
    assert!(capacity.is_none_or(|all| all > Bytes::ZERO && all <= most), "{what}: memory {capacity:?}");
    assert!((1..=64).contains(&machine.devices), "{what}: {} devices", machine.devices);
    if let Some(now) = &machine.now {
        let free = now.value().free;
        let held = capacity.is_some_and(|all| free >= Bytes::ZERO && free <= all);
        assert!(held, "{what}: {free:?} free of {capacity:?}");
    }
    if let Memory::Unified { total, gpu_limit: Some(limit) } = machine.memory.value() {
        let Band { low, best, high } = limit.default;
        assert!(Bytes::ZERO <= low && low <= best && best <= high && high <= *total, "{what}: {limit:?}");
        assert!(limit.set.is_none_or(|set| set > Bytes::ZERO && set <= *total), "{what}: {limit:?}");
    }
    for warning in &detected.warnings {
        let text = warning.to_string();
        assert!(!text.is_empty() && text.chars().count() < 400, "{what}: {text}");
        assert!(!text.chars().any(char::is_control), "{what}: {text:?}");
    }
}

#[test]
fn any_one_answer_may_be_nonsense() {
    for name in captured_machines() {
        let machine = Captured::load(&name);
        for command in machine.commands() {
            for text in NONSENSE {
                let output = Output { text: text.to_owned(), success: true };
                let broken = Captured::load(&name).with_command(&command, Ok(output));
                assert_sane(&detect(&broken, catalog()), &format!("{name}, {command} says {text:?}"));
            }
            let hanging = Captured::load(&name).with_command(&command, Err(ProbeError::TimedOut(15)));
            assert_sane(&detect(&hanging, catalog()), &format!("{name}, {command} hangs"));
        }
        for path in machine.files() {
            for text in NONSENSE {
                let broken = Captured::load(&name).with_file(&path, text.as_bytes());
                assert_sane(&detect(&broken, catalog()), &format!("{name}, {path} holds {text:?}"));
            }
        }
        for problem in [ProbeError::TimedOut(5), ProbeError::NotAllowed, ProbeError::TooLong(9)] {
            let broken = Captured::load(&name).with_nvml(Err(problem.clone()));
            assert_sane(&detect(&broken, catalog()), &format!("{name}, NVML: {problem}"));
        }
    }
}

proptest! {
    #[test]
    fn any_figures_of_library_and_driver_are_survived(
        total: u64,
        available: u64,
        cards in proptest::collection::vec((0_usize..5, any::<[u64; 3]>(), any::<Option<u32>>()), 0..4),
    ) {
        const NAMES: [&str; 5] = ["NVIDIA GeForce RTX 4090", "NVIDIA GB10", "", "\u{7}", "NVIDIA H100 80GB HBM3"];
        let card = |(name, [total, free, reserved], power_limit_mw): (usize, [u64; 3], Option<u32>)| NvmlCard {
            name: NAMES.get(name).map(|&name| name.to_owned()),
            // Half of the figures stay below 256 GiB, so that some cards are believable.
            memory: Some(if free % 2 == 0 {
                NvmlMemory { total: total >> 26, free: free >> 27, reserved: reserved >> 30 }
            } else {
                NvmlMemory { total, free, reserved }
            }),
            power_limit_mw,
            ..NvmlCard::default()
        };
        let nvml = NvmlReading { driver: None, count: 0, cards: cards.into_iter().map(card).collect() };
        let system = SystemReading { total, available, ..SystemReading::default() };
        let machine = Captured::load("silent-linux").with_nvml(Ok(nvml)).with_system(system);
        assert_sane(&detect(&machine, catalog()), "any figures");
    }
}

#[test]
fn a_profiler_that_hangs_costs_the_gpu_cores_and_nothing_else() {
    let profiler = "/usr/sbin/system_profiler -json SPDisplaysDataType SPHardwareDataType";
    let hanging =
        Captured::load("m5-max-128gb-macos-26").with_command(profiler, Err(ProbeError::TimedOut(15)));
    let detected = detect(&hanging, catalog());
    let machine = &detected.machine;
    assert_eq!((machine.chip.as_str(), machine.gpu_cores), ("M5 Max", None));
    assert_eq!(machine.memory.value().capacity(), Some(Bytes::gib(128.0)));
    let said: Vec<String> = detected.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        ["GPU cores could not be read from system_profiler (no answer within 15 s); set it by hand under \
          This machine"]
    );
}

#[test]
fn a_limit_above_memory_is_said_and_capped() {
    let command = "/usr/sbin/sysctl iogpu.wired_limit_mb";
    let output = Output { text: "iogpu.wired_limit_mb: 999999\n".to_owned(), success: true };
    let detected =
        detect(&Captured::load("m3-max-64gb-macos-14").with_command(command, Ok(output)), catalog());
    let Memory::Unified { gpu_limit: Some(limit), .. } = detected.machine.memory.value() else {
        panic!("a Mac has unified memory: {:?}", detected.machine.memory);
    };
    assert_eq!(limit.set, Some(Bytes::gib(64.0)));
    assert!(
        detected.warnings.iter().any(|warning| matches!(warning, Warning::LimitAboveMemory { .. })),
        "{:?}",
        detected.warnings
    );
}

#[test]
fn macos_13_counts_its_limit_in_bytes_and_later_ones_in_mib() {
    for (machine, command, value, gib) in [
        ("m1-8gb-macos-13", "debug.iogpu.wired_limit", "6442450944", 6.0),
        ("m3-max-64gb-macos-14", "iogpu.wired_limit_mb", "57344", 56.0),
    ] {
        let output = Output { text: format!("{command}: {value}\n"), success: true };
        let set = Captured::load(machine).with_command(&format!("/usr/sbin/sysctl {command}"), Ok(output));
        let detected = detect(&set, catalog());
        let Memory::Unified { gpu_limit: Some(limit), .. } = detected.machine.memory.value() else {
            panic!("a Mac has unified memory: {:?}", detected.machine.memory);
        };
        assert_eq!(limit.set, Some(Bytes::gib(gib)), "{machine}");
    }
}

#[test]
fn a_laptop_card_borrows_nothing_from_the_desktop_card() {
    let laptop = Captured::load("rtx-4090-laptop-windows");
    let detected = detect(&laptop, &without_laptops());
    assert_eq!(detected.machine.bandwidth, None);
    assert_eq!(detected.machine.peaks, Peaks::default());
    let known = detect(&laptop, catalog()).machine;
    assert_eq!(known.bandwidth.map(|figure| figure.value().get()), Some(576e9), "its own, not 1,008");
}

#[test]
fn a_chip_with_another_number_of_gpu_cores_lends_its_bandwidth_alone() {
    let few: Vec<Arc<Machine>> =
        catalog().iter().filter(|machine| machine.gpu_cores != Some(8)).cloned().collect();
    let detected = detect(&Captured::load("m1-8gb-macos-13"), &few);
    let bandwidth = detected.machine.bandwidth.as_ref().expect("both M1 have one").value().as_gb_per_s();
    assert!((bandwidth - 68.25).abs() < 1e-9, "{bandwidth}");
    assert_eq!(detected.machine.peaks, Peaks::default());
    assert_eq!(detected.warnings, [Warning::CoresNotInCatalog { chip: "M1".to_owned(), cores: 8 }]);
}

#[test]
fn a_machine_the_user_describes_does_not_hide_the_catalogs() {
    let mut mine = Machine::clone(
        catalog().iter().find(|machine| machine.id == "apple-m5max-40c-128gb").expect("it is in the catalog"),
    );
    "mine".clone_into(&mut mine.id);
    mine.bandwidth =
        mine.bandwidth.map(|Figure(value, kind, source, date)| Figure(value * 2.0, kind, source, date));
    let with_mine: Vec<Arc<Machine>> = catalog().iter().cloned().chain([Arc::new(mine)]).collect();
    let detected = detect(&Captured::load("m5-max-128gb-macos-26"), &with_mine);
    let bandwidth = detected.machine.bandwidth.as_ref().expect("it is known").value().as_gb_per_s();
    assert!((bandwidth - 614.0).abs() < 1e-9, "{bandwidth}");
    assert_eq!(detected.warnings, []);
}

#[test]
fn overrides_replace_what_was_detected_and_say_so() {
    let detected = detect(&Captured::load("m5-ultra-256gb-macos-27"), catalog());
    let overrides = Overrides {
        memory: Some(Bytes::gib(512.0)),
        bandwidth: Some(BytesPerSecond::new(1.1e12)),
        gpu_limit: Some(Bytes::gib(9999.0)),
        free: Some(Bytes::gib(300.0)),
        ..Overrides::default()
    };
    let text = ron::to_string(&overrides).expect("overrides are written");
    assert_eq!(ron::from_str::<Overrides>(&text).expect("and read back"), overrides);
    let set = overrides.apply(&detected);
    insta::assert_snapshot!("overrides", shown(&set));
    assert_eq!(Overrides::default().apply(&detected), detected);
    assert!(Overrides::default().is_empty() && !overrides.is_empty(), "{overrides:?}");
}

#[test]
fn impossible_overrides_are_left_out_and_said() {
    let detected = detect(&Captured::load("rtx-4090-linux"), catalog());
    let overrides = Overrides {
        memory: Some(Bytes::ZERO),
        system_memory: Some(Bytes::new(f64::INFINITY)),
        bandwidth: Some(BytesPerSecond::new(f64::NAN)),
        gpu_limit: Some(Bytes::gib(8.0)),
        free: Some(Bytes::new(-1.0)),
        devices: Some(0),
        machine: None,
    };
    let set = overrides.apply(&detected);
    assert_eq!(set.machine, detected.machine);
    let said: Vec<String> = set.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 6, "{said:?}");
}

#[test]
fn only_a_machine_with_cards_takes_more_of_them() {
    let two = Overrides { devices: Some(2), ..Overrides::default() };
    let with_card = two.apply(&detect(&Captured::load("rtx-4090-linux"), catalog()));
    assert_eq!((with_card.machine.devices, with_card.warnings.len()), (2, 0));
    let mac = two.apply(&detect(&Captured::load("m3-max-64gb-macos-14"), catalog()));
    assert_eq!(mac.machine.devices, 1);
    assert_eq!(mac.warnings, [Warning::NotPossible { what: "Cards" }]);
}

#[test]
fn memory_that_was_not_read_can_be_set() {
    let detected = detect(&Captured::load("silent-linux"), catalog());
    let set = Overrides { memory: Some(Bytes::gib(32.0)), ..Overrides::default() }.apply(&detected);
    assert_eq!(set.machine.memory.value().capacity(), Some(Bytes::gib(32.0)));
    assert!(!set.warnings.contains(&Warning::MemoryUnknown), "{:?}", set.warnings);
}

#[test]
fn this_machine_is_detected_for_real() {
    let started = Instant::now();
    let detected = detect(&ThisMachine::default(), catalog());
    assert!(started.elapsed() < Duration::from_secs(30), "took {:?}", started.elapsed());
    assert_sane(&detected, "this machine");
    assert_eq!(detected.machine.id, "this");
    let Ok(meminfo) = fs::read_to_string("/proc/meminfo") else { return };
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:")).expect("MemTotal");
    let kib: f64 = line.trim().trim_end_matches(" kB").parse().expect("a number of KiB");
    let shown: Vec<&str> = detected
        .findings
        .iter()
        .filter(|finding| ["Memory", "System memory", "Memory of the host"].contains(&finding.name.as_str()))
        .map(|finding| finding.value.as_str())
        .collect();
    let expected = show_gib(Bytes::new(kib * 1024.0));
    assert!(shown.contains(&expected.as_str()), "{expected} in {shown:?}");
    let total = ThisMachine::default().system().total;
    assert_eq!(Bytes::new(total as f64), Bytes::new(kib * 1024.0));
}

#[test]
fn cards_are_found_in_the_catalog_by_the_names_their_drivers_use() {
    for (name, mib, record) in [
        ("NVIDIA GeForce RTX 3060", 12_288, Some("rtx-3060-12gb")),
        ("NVIDIA GeForce RTX 3060", 8_192, Some("rtx-3060-8gb")),
        ("NVIDIA GeForce RTX 4060 Ti", 16_380, Some("rtx-4060ti-16gb")),
        ("NVIDIA GeForce RTX 4060 Ti", 8_188, Some("rtx-4060ti-8gb")),
        ("NVIDIA GeForce RTX 4070 Ti SUPER", 16_376, Some("rtx-4070tisuper-16gb")),
        ("NVIDIA GeForce RTX 4090 D", 24_564, Some("rtx-4090d-24gb")),
        ("NVIDIA GeForce RTX 5090 Laptop GPU", 24_463, Some("rtx-5090-laptop-24gb")),
        ("NVIDIA GeForce RTX 5090 Ti", 49_140, None),
        ("NVIDIA RTX A6000", 49_140, Some("rtx-a6000-48gb")),
        // Error correction takes a sixteenth.
        ("NVIDIA RTX A6000", 46_068, Some("rtx-a6000-48gb")),
        ("NVIDIA RTX 6000 Ada Generation", 49_140, Some("rtx-6000-ada-48gb")),
        ("NVIDIA RTX PRO 6000 Blackwell Workstation Edition", 97_887, Some("rtx-pro-6000-96gb")),
        ("NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition", 97_887, Some("rtx-pro-6000-maxq-96gb")),
        ("NVIDIA A100-SXM4-80GB", 81_920, Some("a100-80gb-sxm")),
        ("NVIDIA A100-SXM4-40GB", 40_960, Some("a100-40gb-sxm")),
        ("NVIDIA A100 80GB PCIe", 81_920, Some("a100-80gb-pcie")),
        ("NVIDIA A100-PCIE-40GB", 40_960, Some("a100-40gb-pcie")),
        ("NVIDIA H100 80GB HBM3", 81_559, Some("h100-sxm-80gb")),
        ("NVIDIA H100 PCIe", 81_559, Some("h100-pcie-80gb")),
        ("NVIDIA H100 NVL", 95_830, Some("h100-nvl-94gb")),
        ("NVIDIA H200", 143_771, Some("h200-141gb")),
        ("NVIDIA H200 NVL", 143_771, Some("h200-nvl-141gb")),
        ("NVIDIA B200", 183_359, Some("b200-180gb")),
        ("NVIDIA L40S", 46_068, Some("l40s-48gb")),
        ("Tesla T4", 15_360, Some("tesla-t4-16gb")),
    ] {
        let total = mib << 20;
        let card = NvmlCard {
            name: Some(name.to_owned()),
            memory: Some(NvmlMemory { total, free: total, reserved: 0 }),
            ..NvmlCard::default()
        };
        let nvml = NvmlReading { driver: None, count: 0, cards: vec![card] };
        let detected = detect(&Captured::load("silent-linux").with_nvml(Ok(nvml)), catalog());
        let found = detected.findings.iter().find(|finding| finding.name == "Catalog record");
        assert_eq!(found.map(|finding| finding.value.as_str()), record, "{name} with {mib} MiB");
        assert_eq!(detected.machine.bandwidth.is_some(), record.is_some(), "{name}");
    }
}

/// A measurement is used where it is the better evidence, and only on the machine it was taken on.
#[test]
fn a_measurement_stands_where_it_is_better_evidence() {
    let catalog = without_laptops();
    let on = |name: &str, processor: Option<&str>| {
        let detected = detect(&Captured::load(name), &catalog);
        let processor = processor.map_or_else(|| detected.processor.clone(), str::to_owned);
        let measured = Measured {
            measured_on: "2026-11-21".to_owned(),
            processor,
            threads: 8,
            copy_bytes_per_s: 80e9,
            triad_bytes_per_s: 76e9,
            flops_per_s: 900e9,
            gpu: Some(MeasuredGpu {
                adapter: "A Card".to_owned(),
                kind: GpuKind::Discrete,
                copy_bytes_per_s: 300e9,
                flops_per_s: 20e12,
            }),
            development_build: false,
        };
        (detected.clone(), detected.with_measured(&measured))
    };
    let rate = |figure: &Option<Figure<BytesPerSecond>>| figure.as_ref().map(|figure| figure.value().get());
    let (_, laptop) = on("laptop-without-gpu", None);
    assert_eq!(rate(&laptop.machine.bandwidth), Some(80e9));
    assert_eq!(
        laptop.machine.peaks.fp32.as_ref().map(|peak| (peak.value().get(), peak.1)),
        Some((900e9, Kind::Measured))
    );
    let (mac, measured) = on("m5-max-128gb-macos-26", None);
    assert_eq!(rate(&measured.machine.bandwidth), rate(&mac.machine.bandwidth), "a datasheet stands");
    assert_eq!(measured.machine.peaks, mac.machine.peaks, "they are the GPU's");
    let (card, measured) = on("rtx-4090-linux", None);
    assert_eq!(rate(&measured.machine.bandwidth), rate(&card.machine.bandwidth), "the card was not measured");
    assert_eq!(rate(&measured.machine.system_bandwidth), Some(80e9));
    let (laptop, elsewhere) = on("laptop-without-gpu", Some("Another Processor"));
    assert_eq!(elsewhere.machine, laptop.machine);
    assert!(elsewhere.warnings.iter().any(|warning| matches!(warning, Warning::MeasuredElsewhere { .. })));
    let (unknown, measured) = on("rtx-4090-laptop-windows", None);
    assert_eq!(rate(&unknown.machine.bandwidth), None, "no datasheet is lent to a laptop card");
    assert_eq!(rate(&measured.machine.bandwidth), Some(300e9), "the card was measured");
    assert_eq!(measured.machine.peaks.fp32.as_ref().map(|peak| peak.value().get()), Some(20e12));
}
