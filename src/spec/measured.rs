//! What was measured on this machine.

use serde::{Deserialize, Serialize};

use crate::units::BytesPerSecond;

/// Rates that were measured here, with their day.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// The day, `YYYY-MM-DD`.
    pub measured_on: String,
    /// Processor as it names itself: figures of another one are not this machine's.
    pub processor: String,
    /// Threads that worked at once.
    pub threads: u32,
    /// Memory copied: a read and a write for each value.
    pub copy_bytes_per_s: f64,
    /// Memory of `a = b + s × c`: two reads and a write for each value, as STREAM counts.
    pub triad_bytes_per_s: f64,
    /// Fused multiply-adds in 32 bit, each two operations.
    pub flops_per_s: f64,
    /// The GPU, where an adapter answered.
    #[serde(default)]
    pub gpu: Option<MeasuredGpu>,
    /// Whether a build for development measured, whose figures are too low.
    #[serde(default)]
    pub development_build: bool,
}

/// Rates of a GPU that were measured here.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MeasuredGpu {
    /// As its driver names it.
    pub adapter: String,
    /// What it is.
    pub kind: GpuKind,
    /// Its memory copied: a read and a write for each value.
    pub copy_bytes_per_s: f64,
    /// Fused multiply-adds in 32 bit on its shaders, each two operations.
    pub flops_per_s: f64,
}

/// What an adapter is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum GpuKind {
    /// A card with memory of its own.
    Discrete,
    /// One that shares the system's memory.
    Integrated,
    /// No GPU: the processor stands in for one.
    Processor,
}

impl GpuKind {
    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Discrete => "card",
            Self::Integrated => "shares the system's memory",
            Self::Processor => "no GPU: the processor stands in for one",
        }
    }
}

impl Measured {
    /// Whether its rates are some that a machine may have: 100 MB/s to 1 PB/s, and 10 MFLOP/s to 1 EFLOP/s.
    pub fn is_believable(&self) -> bool {
        let gpu = self.gpu.as_ref();
        let rates =
            [Some(self.copy_bytes_per_s), Some(self.triad_bytes_per_s), gpu.map(|gpu| gpu.copy_bytes_per_s)];
        let operations = [Some(self.flops_per_s), gpu.map(|gpu| gpu.flops_per_s)];
        rates.iter().flatten().all(|rate| (1e8..=1e15).contains(rate))
            && operations.iter().flatten().all(|rate| (1e7..=1e18).contains(rate))
    }

    /// Bytes a second that all cores together draw from memory: the better of both ways.
    pub const fn bandwidth(&self) -> BytesPerSecond {
        BytesPerSecond::new(self.copy_bytes_per_s.max(self.triad_bytes_per_s))
    }

    /// `1 thread`, `8 threads`.
    pub fn worked_by(&self) -> String {
        format!("{} thread{}", self.threads, if self.threads == 1 { "" } else { "s" })
    }

    /// As it is kept: RON, a line a rate.
    ///
    /// # Errors
    /// Never for rates that are numbers.
    pub fn to_ron(&self) -> Result<String, ron::Error> {
        let text = ron::ser::to_string_pretty(self, ron::ser::PrettyConfig::default());
        text.map(|text| text + "\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_that_no_machine_has_are_not_believed() {
        let measured = |memory: f64, flops: f64| Measured {
            measured_on: "2026-11-27".to_owned(),
            processor: "A processor".to_owned(),
            threads: 8,
            copy_bytes_per_s: memory,
            triad_bytes_per_s: memory,
            flops_per_s: flops,
            gpu: None,
            development_build: false,
        };
        for (memory, flops, believable) in [
            (50e9, 1e12, true),
            (1e8, 1e7, true),
            (1e15, 1e18, true),
            (0.9e8, 1e12, false),
            (1.1e15, 1e12, false),
            (50e9, 0.9e7, false),
            (50e9, 1.1e18, false),
            (f64::NAN, 1e12, false),
        ] {
            assert_eq!(measured(memory, flops).is_believable(), believable, "{memory} B/s, {flops} FLOP/s");
        }
        let gpu = |flops_per_s| MeasuredGpu {
            adapter: "A card".to_owned(),
            kind: GpuKind::Discrete,
            copy_bytes_per_s: 500e9,
            flops_per_s,
        };
        let with = |flops| Measured { gpu: Some(gpu(flops)), ..measured(50e9, 1e12) };
        assert!(with(1e13).is_believable() && !with(1e6).is_believable(), "the rates of a GPU count too");
    }
}
