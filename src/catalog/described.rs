//! A machine in three figures, with what is taken for granted of it.

use std::sync::Arc;

use super::Catalog;
use super::expand::chip_machines;
use super::limits::MemoryLimits;
use super::lookup::UnknownId;
use super::record::{Chip, Pool, Size};
use crate::spec::{
    AS_TYPED, Availability, Body, Described, Figure, Kind, Machine, NotDescribed, Peaks, Vendor,
};
use crate::units::{FlopsPerSecond, show_gib, show_grouped, whole};

/// Neither a machine of the catalog nor a description of one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoMachine {
    /// There is none of that id.
    #[error("{0}")]
    Unknown(#[from] UnknownId),
    /// It describes no machine.
    #[error("{0}")]
    NotDescribed(#[from] NotDescribed),
}

impl Catalog {
    /// The machine with that id, or the one that three figures describe: `24GiB 1008GBps 82TFLOPS`, typed on that day.
    ///
    /// # Errors
    /// The nearest ids, or what a description lacks.
    pub fn machine_or_described(&self, text: &str, today: &str) -> Result<Arc<Machine>, NoMachine> {
        match self.machine(text) {
            Ok(machine) => Ok(Arc::clone(machine)),
            Err(unknown) => match Described::read(text) {
                Some(described) => {
                    described_machine(text, &described?, today).ok_or(NoMachine::Unknown(unknown))
                }
                None => Err(NoMachine::Unknown(unknown)),
            },
        }
    }
}

/// The machine of a description; its id is the description, so that it can be named again.
fn described_machine(text: &str, described: &Described, today: &str) -> Option<Arc<Machine>> {
    let vendor = described.vendor.unwrap_or(Vendor::Nvidia);
    let typed =
        |rate: FlopsPerSecond| Some(Figure(rate, Kind::Estimate, AS_TYPED.to_owned(), today.to_owned()));
    // Matrix units do products in 8 bit at twice the rate of those in 16 bit; Apple's shaders do them no faster.
    let integer = (vendor != Vendor::Apple).then_some(2.0);
    let name = format!(
        "{} · {} GB/s · {} TFLOPS",
        show_gib(described.memory),
        show_grouped(whole(described.bandwidth.as_gb_per_s())),
        (described.compute.get() / 1e10).round() / 100.0
    );
    let chip = Chip {
        id: String::new(),
        name,
        aliases: Vec::new(),
        vendor,
        chip: String::new(),
        dies: None,
        gpu_cores: None,
        pool: if described.unified { Pool::Unified } else { Pool::Discrete },
        sizes: vec![Size {
            memory: Figure(described.memory, Kind::Estimate, AS_TYPED.to_owned(), today.to_owned()),
            visible: None,
            gpu_limit: None,
            left_by_system: None,
            bandwidth: None,
            price: None,
            priced: None,
            availability: None,
            note: None,
        }],
        bandwidth: Some(Figure(described.bandwidth, Kind::Estimate, AS_TYPED.to_owned(), today.to_owned())),
        interconnect: None,
        peaks: Peaks {
            fp16: typed(described.compute),
            bf16: typed(described.compute),
            int8: integer.and_then(|times| typed(described.compute * times)),
            ..Peaks::default()
        },
        load: None,
        idle: None,
        body: Body::default(),
        availability: Availability::Owned,
        released: None,
        note: Some(taken_for_granted(described, vendor)),
    };
    let name = chip.name.clone();
    let machine = chip_machines(&chip, MemoryLimits::built_in()).into_iter().next()?;
    Some(Arc::new(Machine {
        id: text.split_whitespace().collect::<Vec<_>>().join(" "),
        name,
        aliases: Vec::new(),
        ..machine
    }))
}

/// What is taken for granted, and what is not known.
fn taken_for_granted(described: &Described, vendor: Vendor) -> String {
    let kind = match (vendor, described.unified) {
        (Vendor::Apple, _) => "a Mac of an unknown chip, with macOS's default limit for the GPU",
        (Vendor::Nvidia, false) => "an NVIDIA card of an unknown chip with matrix units",
        (Vendor::Nvidia, true) => "an NVIDIA chip that shares its memory with the processor",
        (Vendor::Amd, false) => "an AMD card of an unknown generation",
        (Vendor::Amd, true) => "an AMD chip that shares its memory with the processor",
        (_, false) => "a card of an unknown chip",
        (_, true) => "a chip that shares its memory with the processor",
    };
    let maker = if described.vendor.is_none() { ", because no maker was named" } else { "" };
    let integer = if vendor == Vendor::Apple { "" } else { ", 8-bit products twice as fast" };
    format!(
        "taken for {kind}{maker}; its arithmetic is taken as dense operations in 16 bit, of the shaders as of the matrix \
         units{integer}; price, power, link and system memory are unknown"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Memory;

    #[test]
    fn a_description_is_a_machine_that_is_named_by_it() {
        let catalog = Catalog::built_in();
        let text = "24GiB 1008GBps 82TFLOPS";
        let machine = catalog.machine_or_described(text, "2026-11-27").expect("a machine");
        assert_eq!(machine.id, text);
        assert_eq!(machine.name, "24.0 GiB · 1,008 GB/s · 82 TFLOPS");
        assert!(matches!(machine.memory.value(), Memory::Discrete { system: None, .. }));
        assert!(machine.offer.is_none() && machine.load.is_none());
        assert!(machine.assumed().is_some_and(|assumed| assumed.contains("no maker was named")));
        let mac = catalog.machine_or_described("128GiB 614GBps 70TFLOPS apple", "2026-11-27").expect("a Mac");
        assert!(matches!(mac.memory.value(), Memory::Unified { gpu_limit: Some(_), .. }));
    }

    #[test]
    fn an_id_comes_first_and_nonsense_names_what_is_near() {
        let catalog = Catalog::built_in();
        assert_eq!(catalog.machine_or_described("rtx-4090", "2026-11-27").expect("it").id, "rtx-4090-24gb");
        assert!(catalog.machine("rtx-4090").expect("it").assumed().is_none());
        let wrong = catalog.machine_or_described("rtx-4091", "2026-11-27").expect_err("none");
        assert!(wrong.to_string().contains("rtx-4090"), "{wrong}");
        let lacks = catalog.machine_or_described("24GiB 1008GBps", "2026-11-27").expect_err("no arithmetic");
        assert!(lacks.to_string().contains("no arithmetic"), "{lacks}");
    }
}
