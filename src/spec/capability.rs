//! The compute capability of an NVIDIA chip, or the target of one of AMD's: what its generation can do.

use super::{Machine, Vendor};

/// A generation of NVIDIA's chips as CUDA numbers it, in tenths: 8.9 is 89; or of AMD's, by its place among the `TARGETS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Capability(pub u16);

/// Where the places of AMD's generations begin.
const AMD: u16 = 1000;

/// AMD's generations as ROCm calls them, with the beginnings of their chips' names, in the order in which programs take
/// them up: those without matrix units that they use first.
///
/// Source: AMD, ROCm compatibility matrix, rocm.docs.amd.com, 2026-11.
const TARGETS: [(&str, &[&str]); 14] = [
    ("gfx803", &["Polaris", "Ellesmere"]),
    ("gfx1010", &["Navi 1"]),
    ("gfx1035", &["Rembrandt"]),
    ("gfx1103", &["Phoenix", "Hawk Point"]),
    ("gfx900", &["Vega 10"]),
    ("gfx906", &["Vega 20"]),
    ("gfx908", &["Arcturus"]),
    ("gfx1030", &["Navi 2"]),
    ("gfx90a", &["Aldebaran"]),
    ("gfx942", &["Aqua Vanjaram", "MI300"]),
    ("gfx950", &["MI350", "MI355"]),
    ("gfx1100", &["Navi 3", "Navi3"]),
    ("gfx1150", &["Strix", "Gorgon"]),
    ("gfx1200", &["Navi 4", "Navi4"]),
];

impl Capability {
    /// `gfx900`: Vega 56 and 64, the first that builds of `PyTorch` for ROCm have.
    pub const GFX900: Self = Self(AMD + 4);
    /// `gfx90a`: MI210, MI250.
    pub const GFX90A: Self = Self(AMD + 8);
    /// `gfx942`: MI300.
    pub const GFX942: Self = Self(AMD + 9);
    /// `gfx1100`: RX 7000.
    pub const GFX1100: Self = Self(AMD + 11);
    /// `gfx1150`: Ryzen AI.
    pub const GFX1150: Self = Self(AMD + 12);
    /// `gfx1200`: RX 9000.
    pub const GFX1200: Self = Self(AMD + 13);

    /// Of a chip of AMD's by its name, such as `Navi 31`.
    fn of_amd(chip: &str) -> Option<Self> {
        let is_it = |(_, names): &(&str, &[&str])| names.iter().any(|name| chip.starts_with(name));
        let place = TARGETS.iter().position(is_it)?;
        Some(Self(AMD + u16::try_from(place).ok()?))
    }

    /// Whether it is a generation of AMD's.
    pub const fn is_amd(self) -> bool {
        self.0 >= AMD
    }

    /// As a sentence has it: `compute capability 8.9`, or `gfx90a`.
    pub fn named(self) -> String {
        if self.0 < AMD { format!("compute capability {}", self.text()) } else { self.text() }
    }

    /// Of a chip by its name, such as `AD102`; nothing where it is not NVIDIA's or not known.
    ///
    /// Source: NVIDIA, CUDA GPU Compute Capability, developer.nvidia.com/cuda/gpus, 2026-11.
    pub fn of_chip(chip: &str) -> Option<Self> {
        const KNOWN: [(&str, u16); 20] = [
            ("GM20", 52),
            ("GV10B", 72),
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

    /// Of a machine; nothing where its chip is neither NVIDIA's nor AMD's, or not known.
    pub fn of(machine: &Machine) -> Option<Self> {
        match machine.vendor {
            Vendor::Nvidia => Self::of_chip(&machine.chip),
            Vendor::Amd => Self::of_amd(&machine.chip),
            _ => None,
        }
    }

    /// As its maker writes it: `8.9`, `gfx90a`.
    pub fn text(self) -> String {
        let target = self.0.checked_sub(AMD).and_then(|place| TARGETS.get(usize::from(place)));
        if let Some((name, _)) = target {
            return (*name).to_owned();
        }
        format!("{}.{}", self.0 / 10, self.0 % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generations_are_told_by_their_chips() {
        for (chip, capability) in [
            ("GM204", Some("5.2")),
            ("GV10B", Some("7.2")),
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
        for (chip, target) in [
            ("Polaris 20", Some("gfx803")),
            ("Phoenix", Some("gfx1103")),
            ("Vega 20", Some("gfx906")),
            ("Navi 21", Some("gfx1030")),
            ("Aldebaran", Some("gfx90a")),
            ("Navi31", Some("gfx1100")),
            ("Strix Halo", Some("gfx1150")),
            ("Navi 48", Some("gfx1200")),
            ("AD102", None),
        ] {
            assert_eq!(Capability::of_amd(chip).map(Capability::text).as_deref(), target, "{chip}");
        }
        let named = [
            (Capability::GFX900, "gfx900"),
            (Capability::GFX90A, "gfx90a"),
            (Capability::GFX942, "gfx942"),
            (Capability::GFX1100, "gfx1100"),
            (Capability::GFX1150, "gfx1150"),
            (Capability::GFX1200, "gfx1200"),
        ];
        assert!(named.iter().all(|(capability, name)| capability.named() == *name), "{named:?}");
        assert_eq!(Capability(75).named(), "compute capability 7.5");
    }
}
