//! The compute capability of an NVIDIA chip: what its generation can do.

use super::{Machine, Vendor};

/// A generation of NVIDIA's chips as CUDA numbers it, in tenths: 8.9 is 89.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Capability(pub u16);

impl Capability {
    /// Of a chip by its name, such as `AD102`; nothing where it is not NVIDIA's or not known.
    ///
    /// Source: NVIDIA, CUDA GPU Compute Capability, developer.nvidia.com/cuda/gpus, 2026-11.
    pub fn of_chip(chip: &str) -> Option<Self> {
        const KNOWN: [(&str, u16); 18] = [
            ("GP100", 60),
            ("GP10", 61),
            ("GV100", 70),
            ("TU1", 75),
            ("GA100", 80),
            ("GA10B", 87),
            ("GA10", 86),
            ("AD10", 89),
            ("GH", 90),
            ("GB100", 100),
            ("GB102", 100),
            ("GB10B", 110),
            ("GB110", 103),
            ("GB300", 103),
            ("GB200", 100),
            ("GB20", 120),
            ("GB10", 121),
            ("Thor", 110),
        ];
        KNOWN.iter().find(|(name, _)| chip.starts_with(name)).map(|(_, tenths)| Self(*tenths))
    }

    /// Of a machine; nothing where its chip is not NVIDIA's or not known.
    pub fn of(machine: &Machine) -> Option<Self> {
        (machine.vendor == Vendor::Nvidia).then(|| Self::of_chip(&machine.chip)).flatten()
    }

    /// As NVIDIA writes it: `8.9`.
    pub fn text(self) -> String {
        format!("{}.{}", self.0 / 10, self.0 % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generations_are_told_by_their_chips() {
        for (chip, capability) in [
            ("GP102", Some("6.1")),
            ("GV100", Some("7.0")),
            ("TU106", Some("7.5")),
            ("GA100", Some("8.0")),
            ("GA102", Some("8.6")),
            ("GA10B", Some("8.7")),
            ("AD103", Some("8.9")),
            ("GH200", Some("9.0")),
            ("GB100", Some("10.0")),
            ("GB200", Some("10.0")),
            ("GB300", Some("10.3")),
            ("GB202", Some("12.0")),
            ("GB10", Some("12.1")),
            ("GB10B", Some("11.0")),
            ("Navi 31", None),
        ] {
            assert_eq!(Capability::of_chip(chip).map(Capability::text).as_deref(), capability, "{chip}");
        }
    }
}
