//! What a figure is of: by its unit, and by the words around it.

use super::quantity::Quantity;
use super::scan::has;
use super::words::figure::Figure;
use super::words::unit::Unit;

/// Words of a text, near a figure first and then all of its piece.
pub struct Around<'t> {
    /// The clause that the figure stands in, in lower case.
    pub clause: &'t str,
    /// The whole piece with its heads, in lower case.
    pub all: &'t str,
    /// Whether a model is named for the figure.
    pub model: bool,
    /// Whether it is one that makes images.
    pub pipeline: bool,
    /// What stands over the piece, in lower case: the heads of its row and column.
    pub over: &'t str,
    /// What follows the figure, in lower case.
    pub after: &'t str,
    /// Whether it is the only figure of its unit in the piece.
    pub alone: bool,
    /// Whether a machine is named in the clause.
    pub machine: bool,
}

impl Around<'_> {
    fn near(&self, words: &[&str]) -> bool {
        words.iter().any(|word| has(self.clause, word) || has(self.over, word))
    }

    fn any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| has(self.all, word))
    }
}

const PREFILL: &[&str] = &[
    "prefill",
    "prompt processing",
    "prompt eval",
    "prompt speed",
    "pp512",
    "pp2048",
    "pp1024",
    "pp",
    "prompt ingestion",
    "prompt throughput",
    "input tokens",
];
const TRAINING: &[&str] = &["train*", "fine-tun*", "finetun*", "fine tun*", "lora", "qlora", "lora-*"];
const TOGETHER: &[&str] = &[
    "aggregate*",
    "concurrent*",
    "batched",
    "batching",
    "total throughput",
    "combined",
    "in parallel",
    "across requests",
    "simultaneous*",
    "batch",
];
const FIRST: &[&str] = &["ttft", "first token", "time-to-first-token", "first-token", "latency to first"];
/// Words of what a workload takes.
const NEEDS: &[&str] = &[
    "require*",
    "need*",
    "takes",
    "take",
    "consum*",
    "occup*",
    "uses",
    "using",
    "usage",
    "footprint",
    "weigh*",
    "peak vram",
    "peak memory",
    "eats",
    "model size",
    "file size",
    "vram usage",
    "memory usage",
    "in size",
    "download",
    "load*",
];

/// What a figure is of; nothing where it is a condition or an amount that nobody claims anything with.
pub fn quantity(figure: &Figure, around: &Around<'_>) -> Option<Quantity> {
    Some(match figure.unit {
        Unit::TokensPerSecond => speed(around),
        Unit::GigabytesPerSecond => bandwidth(around),
        Unit::Gigabytes if figure.low >= 1000.0 && !around.near(&["memory", "ram", "vram"]) => {
            Quantity::Other
        }
        Unit::Gigabytes => memory(around),
        Unit::Teraflops => {
            if around.near(&["neural engine", "ane", "npu"]) {
                Quantity::NeuralCores
            } else {
                Quantity::Compute
            }
        }
        Unit::Watts => power(around),
        Unit::Dollars => price(around),
        Unit::DollarsPerHour => Quantity::Rent,
        Unit::Percent => percent(around),
        Unit::Times => Quantity::Ratio,
        Unit::Seconds | Unit::Hours => time(around)?,
        Unit::Cores => cores(around),
        Unit::Gigahertz => Quantity::Clock,
        Unit::Billions => Quantity::LargestModel,
        Unit::Decibels => Quantity::Noise,
        Unit::DollarsPerMonth
        | Unit::DollarsPerMillionTokens
        | Unit::Euros
        | Unit::Inches
        | Unit::Weeks
        | Unit::Examples => Quantity::Other,
        Unit::Tokens if around.any(&["context", "context window", "sequence*", "headroom", "long"]) => {
            Quantity::Context
        }
        Unit::None
            if around.near(&["fma", "fmas", "multiply-add*", "multiply-accumulate*", "fused multiply*"]) =>
        {
            Quantity::Operations
        }
        _ => return None,
    })
}

fn speed(around: &Around<'_>) -> Quantity {
    if around.near(PREFILL)
        || (around.alone
            && around.any(PREFILL)
            && !around.near(&["decode", "generat*", "tg", "tg128", "output"]))
    {
        Quantity::Prefill
    } else if around.near(TRAINING) {
        Quantity::TrainingSpeed
    } else if around.any(TOGETHER) && !around.near(&["single"]) {
        Quantity::Aggregate
    } else {
        Quantity::Decode
    }
}

fn bandwidth(around: &Around<'_>) -> Quantity {
    if around.near(&["ssd", "nvme", "disk", "storage"]) {
        Quantity::StorageBandwidth
    } else if around.near(&["pcie", "thunderbolt", "nvlink", "infiniband", "usb4", "link"])
        && !["memory", "gddr*", "hbm*", "a100*", "h100*"].iter().any(|word| has(around.clause, word))
    {
        Quantity::LinkBandwidth
    } else {
        Quantity::Bandwidth
    }
}

fn memory(around: &Around<'_>) -> Quantity {
    let fits = around.near(&["fit", "fits", "fitting"]);
    let runs =
        around.any(&["run", "runs", "good for", "enough for", "sweet spot", "handle*"]) && !around.any(NEEDS);
    let beside = around.after.trim_start();
    if around.near(&["ssd", "storage", "disk", "aggregate", "combined"])
        || ["system", "ddr", "of system"].iter().any(|word| beside.starts_with(word))
    {
        Quantity::Other
    } else if around.near(&[
        "gpu can access",
        "gpu to access",
        "gpu to use",
        "gpu can use",
        "gpu can take",
        "gpu have",
        "gpu take",
        "lets the gpu",
        "let the gpu",
        "allocate",
        "gpu limit",
        "wired limit",
        "usable by the gpu",
        "available to the gpu",
    ]) {
        Quantity::GpuShare
    } else if around.near(&["threadgroup", "cache", "l2", "system-level", "sram"]) {
        Quantity::Other
    } else if (around.model || around.any(TRAINING)) && (around.near(NEEDS) || around.any(NEEDS)) && !fits {
        Quantity::MemoryNeeded
    } else if around.model && (fits || (runs && !around.machine)) {
        Quantity::Fits
    } else if around.model && !around.machine {
        Quantity::MemoryNeeded
    } else {
        Quantity::MemorySize
    }
}

fn power(around: &Around<'_>) -> Quantity {
    if around.near(&["idle", "idles", "idling", "standby", "sleep"]) {
        Quantity::IdlePower
    } else {
        Quantity::Power
    }
}

fn price(around: &Around<'_>) -> Quantity {
    if around.near(&["electric*", "power bill", "energy cost", "energy bill", "power cost"]) {
        Quantity::Electricity
    } else if around.near(&["tco", "total cost", "cost of ownership", "all in"]) {
        Quantity::TotalCost
    } else if around.near(&[
        "maintenance",
        "upgrades",
        "repair*",
        "wheels",
        "raised the price",
        "raised by",
        "removed",
        "increase",
        "+$*",
    ]) || (around.any(&["maintenance"]) && !around.near(&["price", "cost*", "purchase", "for"]))
    {
        Quantity::Other
    } else {
        Quantity::Price
    }
}

fn percent(around: &Around<'_>) -> Quantity {
    let share = around.near(&["vram", "ram", "unified memory", "memory"])
        && around.near(&[
            "of total",
            "of your",
            "of ram",
            "of the ram",
            "of the memory",
            "of memory",
            "of unified",
            "entire pool",
            "of system",
            "of it",
            "of the pool",
            "of total ram",
        ]);
    if share { Quantity::GpuShare } else { Quantity::Ratio }
}

fn time(around: &Around<'_>) -> Option<Quantity> {
    if around.near(FIRST) || around.any(FIRST) {
        Some(Quantity::FirstToken)
    } else if around.any(TRAINING) {
        Some(Quantity::RunTime)
    } else if around.pipeline || around.any(&["image", "images", "video", "clip"]) {
        Some(Quantity::ImageTime)
    } else {
        None
    }
}

fn cores(around: &Around<'_>) -> Quantity {
    if around.near(&["neural engine", "ane"]) {
        Quantity::NeuralCores
    } else if !around.near(&["cpu"])
        && (around.near(&["gpu"]) || (around.any(&["gpu"]) && !around.any(&["cpu"])))
    {
        Quantity::GpuCores
    } else {
        Quantity::CpuCores
    }
}

/// What a comparison is of: by the words around it.
pub fn compared(around: &Around<'_>) -> Option<Quantity> {
    let near = |words: &[&str]| around.near(words) || around.any(words);
    let elsewhere = [
        "geekbench*",
        "single-core",
        "multi-core",
        "single-thread",
        "cpu",
        "ipc",
        "ray tracing",
        "davinci*",
        "topaz*",
        "graphics",
    ];
    if near(&elsewhere) {
        return None;
    }
    Some(if near(FIRST) || near(&["prompt*", "prefill"]) {
        Quantity::Prefill
    } else if around.near(&["bandwidth", "gb/s"]) {
        Quantity::Bandwidth
    } else if near(&["tflops", "teraflops", "flops", "compute", "raw compute"])
        && !around.near(&["faster", "slower"])
    {
        Quantity::Compute
    } else if near(&[
        "image generation",
        "generating images",
        "images",
        "flux*",
        "sdxl",
        "stable diffusion",
        "diffusion",
    ]) {
        Quantity::ImageTime
    } else if near(TRAINING) {
        Quantity::TrainingSpeed
    } else if around.near(&["price", "cheaper", "expensive", "cost", "costs"]) {
        Quantity::Price
    } else if around.near(&["power", "watt*", "efficien*"]) && !around.near(&["faster"]) {
        Quantity::Power
    } else if near(&["bandwidth"]) {
        Quantity::Bandwidth
    } else if around.near(&["memory", "vram", "ram", "capacity", "exceeds"]) {
        Quantity::MemorySize
    } else if near(&[
        "faster",
        "slower",
        "fast",
        "speed*",
        "generation",
        "decode",
        "throughput",
        "tok/s",
        "inference",
        "tokens",
    ]) {
        Quantity::Decode
    } else {
        return None;
    })
}
