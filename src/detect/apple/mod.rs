//! A Mac: what `sysctl`, `system_profiler`, `vm_stat` and `memory_pressure` say of it.

mod profiler;
mod sysctl;
mod vm_stat;

use std::time::Duration;

use self::profiler::Profile;
use super::finding::Notes;
use super::reading::excerpt;
use super::warning::Warning;
use super::world::{ProbeError, SystemReading, World};
use crate::units::{Bytes, show_gib};

/// For commands that only ask the kernel.
const QUICK: Duration = Duration::from_secs(3);
/// `system_profiler` asks every driver; on a busy machine that takes seconds.
const SLOW: Duration = Duration::from_secs(15);

// Full paths, since a window opened from the Finder has a short PATH.
const SYSCTL: &str = "/usr/sbin/sysctl";
const PROFILER: &str = "/usr/sbin/system_profiler";
const VM_STAT: &str = "/usr/bin/vm_stat";
const PRESSURE: &str = "/usr/bin/memory_pressure";
const SW_VERS: &str = "/usr/bin/sw_vers";

/// A Mac as its own commands describe it; what they do not say is `None`.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Mac {
    /// `M5 Max`; `None` on an Intel Mac.
    pub(super) chip: Option<String>,
    /// `Mac Studio`.
    pub(super) product: Option<String>,
    pub(super) gpu_cores: Option<u32>,
    /// All memory, and where that was read.
    pub(super) total: Option<(Bytes, &'static str)>,
    /// Free for a new program, and where that was read.
    pub(super) available: Option<(Bytes, &'static str)>,
    /// `26.1`.
    pub(super) version: Option<String>,
    /// The GPU limit the user has set.
    pub(super) limit_set: Option<Bytes>,
    pub(super) virtual_machine: bool,
}

impl Mac {
    /// `26` of `26.1`.
    pub(super) fn major(&self) -> Option<u32> {
        self.version.as_deref()?.split('.').next()?.parse().ok()
    }
}

/// Asks the Mac about itself.
pub(super) fn read(world: &dyn World, system: &SystemReading, notes: &mut Notes) -> Mac {
    let profile = profile(world, notes);
    let brand = sysctl::value(world, "machdep.cpu.brand_string");
    let chip = [profile.chip.as_deref(), profile.gpu.as_deref(), brand.as_deref()]
        .into_iter()
        .flatten()
        .find_map(profiler::apple_chip);
    if let Some(chip) = &chip {
        notes.found(
            "Chip",
            chip,
            if profile.knows(chip) { PROFILER } else { "sysctl machdep.cpu.brand_string" },
        );
    }
    if let Some(product) = &profile.product {
        let model = profile.model.as_deref().map(|model| format!(" ({model})")).unwrap_or_default();
        notes.found("Model", format!("{product}{model}"), PROFILER);
    }
    if let Some(cores) = profile.gpu_cores {
        notes.found("GPU cores", cores.to_string(), "system_profiler SPDisplaysDataType");
    }
    cpu_cores(world, system, notes);
    let virtual_machine = sysctl::value(world, "kern.hv_vmm_present").as_deref() == Some("1")
        || profile.model.as_deref().is_some_and(|model| model.starts_with("VirtualMac"));
    let total = total(world, system, &profile, notes);
    pressure(world, notes);
    Mac {
        gpu_cores: profile.gpu_cores.filter(|_cores| chip.is_some()),
        available: available(world, system, total.map(|(bytes, _origin)| bytes), notes),
        limit_set: limit_set(world, total.map(|(bytes, _origin)| bytes), notes),
        version: version(world, system, notes),
        product: profile.product,
        chip,
        total,
        virtual_machine,
    }
}

fn profile(world: &dyn World, notes: &mut Notes) -> Profile {
    let arguments = ["-json", "SPDisplaysDataType", "SPHardwareDataType"];
    let answer = world.run(PROFILER, &arguments, SLOW).and_then(|output| profiler::parse(&output.text));
    answer.unwrap_or_else(|problem| {
        notes.warn(Warning::NotRead { what: "GPU cores", origin: "system_profiler".to_owned(), problem });
        Profile::default()
    })
}

/// `hw.memsize` is exact; the two others stand in for it.
fn total(
    world: &dyn World,
    system: &SystemReading,
    profile: &Profile,
    notes: &mut Notes,
) -> Option<(Bytes, &'static str)> {
    let said = sysctl::value(world, "hw.memsize");
    let exact = said.as_deref().and_then(super::reading::whole_number).and_then(super::reading::memory);
    if let (Some(text), None) = (&said, exact) {
        let origin = "sysctl hw.memsize".to_owned();
        notes.warn(Warning::NotPlausible { what: "Memory", origin, text: excerpt(text) });
    }
    let total = exact
        .map(|bytes| (bytes, "sysctl hw.memsize"))
        .or_else(|| super::reading::memory(system.total).map(|bytes| (bytes, "sysinfo")))
        .or_else(|| profile.memory.map(|bytes| (bytes, "system_profiler SPHardwareDataType")));
    if let Some((bytes, origin)) = total {
        notes.found("Memory", show_gib(bytes), origin);
    }
    total
}

/// What is neither wired, compressed nor an app's own: Activity Monitor's memory less "Memory Used".
fn available(
    world: &dyn World,
    system: &SystemReading,
    total: Option<Bytes>,
    notes: &mut Notes,
) -> Option<(Bytes, &'static str)> {
    let pages = world.run(VM_STAT, &[], QUICK).ok().and_then(|output| vm_stat::available(&output.text));
    let (bytes, origin) = pages
        .map(|bytes| (bytes, "vm_stat: free, file-backed and purgeable pages"))
        .or_else(|| super::reading::memory(system.available).map(|bytes| (bytes, "sysinfo")))?;
    let bytes = total.map_or(bytes, |total| bytes.min(total));
    notes.found("Free now", show_gib(bytes), origin);
    Some((bytes, origin))
}

/// macOS 14 and later take MiB under `iogpu.wired_limit_mb`, macOS 13 bytes under `debug.iogpu.wired_limit`;
/// 0 means the default on both.
fn limit_set(world: &dyn World, total: Option<Bytes>, notes: &mut Notes) -> Option<Bytes> {
    const UNITS: [(&str, u64); 2] = [("iogpu.wired_limit_mb", 1 << 20), ("debug.iogpu.wired_limit", 1)];
    let (name, unit, text) =
        UNITS.iter().find_map(|&(name, unit)| Some((name, unit, sysctl::value(world, name)?)))?;
    let origin = format!("sysctl {name}");
    let total = total?;
    let Some(bytes) = super::reading::whole_number(&text).and_then(|number| number.checked_mul(unit)) else {
        notes.warn(Warning::NotPlausible { what: "GPU limit", origin, text: excerpt(&text) });
        return None;
    };
    let set = Bytes::new(crate::units::count(bytes));
    if bytes == 0 {
        notes.found("GPU limit", "default of macOS", origin);
        return None;
    }
    notes.found("GPU limit", format!("{} set", show_gib(set)), origin);
    if set > total {
        notes.warn(Warning::LimitAboveMemory { set, total });
    }
    Some(set.min(total))
}

fn version(world: &dyn World, system: &SystemReading, notes: &mut Notes) -> Option<String> {
    let from_command = || {
        let output = world.run(SW_VERS, &["-productVersion"], QUICK).ok()?;
        profiler::version(&output.text)
    };
    let (version, origin) = sysctl::value(world, "kern.osproductversion")
        .and_then(|text| profiler::version(&text))
        .map(|version| (version, "sysctl kern.osproductversion"))
        .or_else(|| from_command().map(|version| (version, "sw_vers")))
        .or_else(|| Some((profiler::version(system.os_version.as_deref()?)?, "sysinfo")))?;
    notes.found("macOS", &version, origin);
    Some(version)
}

/// Core counts by kind, as in `18 (6 Super, 12 Performance)`.
fn cpu_cores(world: &dyn World, system: &SystemReading, notes: &mut Notes) {
    let levels = (0..3).map_while(|level| {
        let cores = sysctl::value(world, &format!("hw.perflevel{level}.physicalcpu"))?;
        let cores = super::reading::whole_number(&cores)?;
        let name = sysctl::value(world, &format!("hw.perflevel{level}.name"));
        Some((cores, name.unwrap_or_else(|| format!("level {level}"))))
    });
    let levels: Vec<(u64, String)> = levels.collect();
    if levels.is_empty() {
        if let Some(cores) = system.cores {
            notes.found("CPU cores", cores.to_string(), "sysinfo");
        }
        return;
    }
    let total: u64 = levels.iter().fold(0, |sum, (cores, _name)| sum.saturating_add(*cores));
    let kinds: Vec<String> = levels.iter().map(|(cores, name)| format!("{cores} {name}")).collect();
    notes.found("CPU cores", format!("{total} ({})", kinds.join(", ")), "sysctl hw.perflevel");
}

/// The system's own word on how tight memory is; shown, not used.
fn pressure(world: &dyn World, notes: &mut Notes) {
    let Ok(output) = world.run(PRESSURE, &["-Q"], QUICK) else { return };
    if let Some(share) = vm_stat::free_percentage(&output.text) {
        notes.found("Memory pressure", format!("{share} % free"), "memory_pressure -Q");
    }
}

/// An answer that was printed without success is an error, except from `sysctl`.
fn failed(text: &str) -> ProbeError {
    ProbeError::Failed(text.to_owned())
}
