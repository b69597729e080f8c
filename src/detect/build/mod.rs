//! From readings to a machine.

mod mac;
mod pc;
mod system;

pub(super) use mac::mac;
pub(super) use pc::pc;

use super::{THIS, reading};
use crate::spec::{Availability, Body, Figure, Kind, Machine, Memory, Peaks, Rental, Vendor};

/// A machine of which only the maker and the memory are known yet.
fn bare(vendor: Vendor, name: String, memory: Figure<Memory>) -> Machine {
    Machine {
        id: THIS.to_owned(),
        aliases: Vec::new(),
        chip: name.clone(),
        name,
        vendor,
        gpu_cores: None,
        dies: None,
        devices: 1,
        cards: Vec::new(),
        interconnect: None,
        memory,
        bandwidth: None,
        system_bandwidth: None,
        peaks: Peaks::default(),
        load: None,
        idle: None,
        offer: None,
        rental: Rental::default(),
        body: Body::default(),
        availability: Availability::Owned,
        released: None,
        runs: Vec::new(),
        os: None,
        now: None,
        note: None,
    }
}

/// A value read here today.
fn read<T>(value: T, origin: impl Into<String>, date: &str) -> Figure<T> {
    Figure(value, Kind::Measured, origin.into(), date.to_owned())
}

/// The maker of a processor, as it names itself.
fn maker(cpu: &str) -> Vendor {
    let cpu = cpu.to_lowercase();
    if cpu.contains("intel") {
        Vendor::Intel
    } else if cpu.contains("amd") {
        Vendor::Amd
    } else if cpu.starts_with("apple") {
        Vendor::Apple
    } else {
        Vendor::Other
    }
}

/// A processor's name without the filler: `Intel Core i7-1165G7`.
fn processor(cpu: &str) -> String {
    let name = cpu.replace("(R)", "").replace("(TM)", "").replace(" CPU", "");
    let name = name.split(" @").next().unwrap_or_default();
    let words: Vec<&str> = name.split_whitespace().collect();
    reading::name(&words.join(" ")).unwrap_or_else(|| "This machine".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processors_without_filler() {
        let name = processor("11th Gen Intel(R) Core(TM) i7-1165G7 @ 2.80GHz");
        assert_eq!(name, "11th Gen Intel Core i7-1165G7");
        assert_eq!(processor("  "), "This machine");
        assert_eq!(maker("11th Gen Intel(R) Core(TM) i7-1165G7 @ 2.80GHz"), Vendor::Intel);
        assert_eq!(maker("AMD EPYC"), Vendor::Amd);
        assert_eq!(maker(""), Vendor::Other);
    }
}
