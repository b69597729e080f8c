//! Names of PCI devices from the tables that Linux systems carry.

use super::reading;
use super::world::World;

/// The AMD driver's own list, by device and revision.
const AMD_DRIVER: &str = "/usr/share/libdrm/amdgpu.ids";
/// The common list, where distributions put it.
const PCI_IDS: [&str; 2] = ["/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids"];

/// `AMD Radeon RX 7900 XTX`, from a line `744C, C8, AMD Radeon RX 7900 XTX`.
pub(super) fn of_amd_driver(world: &dyn World, product: u32, revision: u32) -> Option<String> {
    let table = reading::text(world, AMD_DRIVER).ok()?;
    table.lines().find_map(|line| {
        let mut parts = line.splitn(3, ',').map(str::trim);
        let mut id = || u32::from_str_radix(parts.next()?, 16).ok();
        (id()? == product && id()? == revision).then_some(())?;
        reading::name(parts.next()?)
    })
}

/// The name in square brackets, or the whole line where there are none.
pub(super) fn of_pci_ids(world: &dyn World, vendor: u32, product: u32) -> Option<String> {
    let table = PCI_IDS.iter().find_map(|path| reading::text(world, path).ok())?;
    lookup(&table, vendor, product)
}

fn lookup(table: &str, vendor: u32, product: u32) -> Option<String> {
    let (vendor, product) = (format!("{vendor:04x}"), format!("\t{product:04x}"));
    let device = table
        .lines()
        .skip_while(|line| !line.starts_with(&vendor))
        .skip(1)
        .take_while(|line| line.starts_with('\t') || line.starts_with('#') || line.is_empty())
        .find_map(|line| line.strip_prefix(&product))?
        .trim();
    let inner = device.split_once('[').and_then(|(_chip, rest)| rest.strip_suffix(']'));
    reading::name(inner.unwrap_or(device))
}

/// The names a shared entry stands for: `Radeon RX 7900 XT` and `Radeon RX 7900 XTX` of
/// `Radeon RX 7900 XT/7900 XTX`.
pub(super) fn alternatives(name: &str) -> Vec<String> {
    let mut parts = name.split('/').map(str::trim).filter(|part| !part.is_empty());
    let Some(first) = parts.next() else { return Vec::new() };
    let family: Vec<&str> =
        first.split_whitespace().take_while(|word| !word.starts_with(|c: char| c.is_ascii_digit())).collect();
    let others = parts.map(|part| format!("{} {part}", family.join(" ")));
    std::iter::once(first.to_owned()).chain(others).collect()
}

/// The GPU that a processor names: `Radeon 8060S` of `AMD RYZEN AI MAX+ 395 w/ Radeon 8060S`.
pub(super) fn of_processor(cpu: &str) -> Option<String> {
    let start = cpu.find("Radeon")?;
    let name = cpu.get(start..)?.trim();
    let name = if name.ends_with("Graphics") { name.to_owned() } else { format!("{name} Graphics") };
    Some(format!("AMD {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "# list\n1001  Kolter\n\t0010  PCI 1616\n1002  AMD\n\t744c  Navi 31 [Radeon RX 7900 XTX]\n\t\t1002 0e3b  subsystem\n\t7551  Navi 48\n1003  ULSI\n\t1586  other\n";

    #[test]
    fn devices_are_looked_up_under_their_vendor_only() {
        assert_eq!(lookup(TABLE, 0x1002, 0x744c).as_deref(), Some("Radeon RX 7900 XTX"));
        assert_eq!(lookup(TABLE, 0x1002, 0x7551).as_deref(), Some("Navi 48"));
        assert_eq!(lookup(TABLE, 0x1002, 0x1586), None);
        assert_eq!(lookup(TABLE, 0x9999, 0x744c), None);
        assert_eq!(lookup("", 0x1002, 0x744c), None);
    }

    #[test]
    fn a_shared_entry_has_several_names() {
        let names = alternatives("Radeon RX 7900 XT/7900 XTX/7900 GRE/7900M");
        assert_eq!(names.len(), 4);
        assert_eq!(names.get(1).map(String::as_str), Some("Radeon RX 7900 XTX"));
        assert_eq!(alternatives("NVIDIA GB10"), ["NVIDIA GB10"]);
        assert_eq!(alternatives("/"), Vec::<String>::new());
    }

    #[test]
    fn processors_name_their_gpu() {
        let name = of_processor("AMD RYZEN AI MAX+ 395 w/ Radeon 8060S");
        assert_eq!(name.as_deref(), Some("AMD Radeon 8060S Graphics"));
        assert_eq!(of_processor("AMD Ryzen 9 7950X 16-Core Processor"), None);
    }
}
