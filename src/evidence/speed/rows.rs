//! Measured speeds, each with what its formula multiplies.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::engine::speed::{Chip, Packing, Prompt, Reads, SpeedEngine, decode_terms, prefill_terms};
use crate::evidence::EvidenceError;
use crate::evidence::table::{Cells, Table};
use crate::spec::{
    Availability, Figure, Kind, Machine, Memory, Model, Peaks, Quantization, SpeedGroup, Vendor,
};
use crate::units::{Bytes, BytesPerSecond, FlopsPerSecond};

const ROWS: &str = include_str!("../../../assets/evidence/measurements/throughput.csv");
const CHIPS: &str = include_str!("../../../assets/evidence/measurements/speed_chips.csv");

/// What was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpeedKind {
    /// Writing, one request.
    Decode,
    /// Reading a prompt.
    Prefill,
    /// Writing, several requests at once.
    Batch,
}

/// A measured speed.
#[derive(Clone, Debug, PartialEq)]
pub struct SpeedRow {
    /// Which: `llama-3-8b Q4_K_M on rtx-3080`.
    pub name: String,
    /// What was measured.
    pub kind: SpeedKind,
    /// The chip it ran on, by id.
    pub machine: String,
    /// Its rates.
    pub chip: Chip,
    /// Code of its source.
    pub source: String,
    /// What runs.
    pub engine: SpeedEngine,
    /// What a token reads and computes.
    pub reads: Reads,
    /// Tokens before the ones measured, the middle of what was written included.
    pub depth: f64,
    /// The prompt.
    pub prompt: Prompt,
    /// Requests at once.
    pub batch: f64,
    /// Tokens a second, of all requests together.
    pub speed: f64,
    /// Whether the size of the file was published.
    pub published: bool,
    /// Seconds of each term.
    pub terms: Vec<f64>,
    /// The group whose coefficients apply.
    pub group: SpeedGroup,
}

/// Every measured speed; `models` and `machines` find what the catalog lists.
///
/// # Errors
/// When a table does not read, or names a chip that neither it nor the catalog knows.
pub fn speed_rows(
    models: impl Fn(&str) -> Option<Arc<Model>>,
    machines: impl Fn(&str) -> Option<Arc<Machine>>,
) -> Result<Vec<SpeedRow>, EvidenceError> {
    let chips = chips()?;
    let known = |id: &str| chips.get(id).copied().or_else(|| Chip::of(machines(id)?.as_ref()));
    let mut cache: BTreeMap<(String, String), Reads> = BTreeMap::new();
    let table = Table::read("throughput.csv", ROWS)?;
    table.rows().map(|row| speed(&row, &known, &models, &mut cache)).collect()
}

/// Chips that the catalog does not list, by id.
pub(super) fn chips() -> Result<BTreeMap<String, Chip>, EvidenceError> {
    let mut chips = BTreeMap::new();
    for row in Table::read("speed_chips.csv", CHIPS)?.rows() {
        let machine = described(&row)?;
        chips.extend(Chip::of(&machine).map(|chip| (machine.id, chip)));
    }
    Ok(chips)
}

pub(super) fn real(row: &Cells<'_>, column: &'static str) -> Result<f64, EvidenceError> {
    let text = row.text(column)?;
    text.parse().ok().ok_or_else(|| row.unreadable(column, text))
}

fn optional(row: &Cells<'_>, column: &'static str) -> Option<f64> {
    row.text(column).ok()?.parse().ok()
}

fn speed(
    row: &Cells<'_>,
    chips: &impl Fn(&str) -> Option<Chip>,
    models: &impl Fn(&str) -> Option<Arc<Model>>,
    cache: &mut BTreeMap<(String, String), Reads>,
) -> Result<SpeedRow, EvidenceError> {
    let machine = row.text("machine")?.to_owned();
    let chip = chips(&machine).ok_or_else(|| row.unreadable("machine", &machine))?;
    let engine = match row.text("engine")? {
        "mlx" => SpeedEngine::Mlx,
        "ds4" => SpeedEngine::OneModel,
        _ => SpeedEngine::LlamaCpp,
    };
    let kind = match row.text("kind")? {
        "prefill" => SpeedKind::Prefill,
        "batch" => SpeedKind::Batch,
        _ => SpeedKind::Decode,
    };
    let reads = reads(row, models, cache)?;
    let older = row.text("older")? == "1";
    let prompt = Prompt {
        tokens: real(row, "prompt")?.max(1.0),
        depth: real(row, "depth")?,
        chunk: real(row, "chunk")?,
        older: older && row.text("source")? == "S01",
        one_model: engine == SpeedEngine::OneModel,
    };
    let depth = real(row, "depth")? + real(row, "generated")? / 2.0;
    let (terms, group) = match kind {
        SpeedKind::Prefill => {
            (prefill_terms(&reads, &chip, &prompt).to_array().to_vec(), chip.prefill_group(engine))
        }
        SpeedKind::Decode | SpeedKind::Batch => {
            (decode_terms(&reads, &chip, depth, older).to_array().to_vec(), chip.decode_group(engine))
        }
    };
    Ok(SpeedRow {
        name: format!("{} {} on {machine}", row.text("model")?, row.text("stored")?),
        kind,
        chip,
        source: row.text("source")?.to_owned(),
        engine,
        reads,
        depth,
        prompt,
        batch: real(row, "batch")?,
        speed: real(row, "tokens_per_s")?,
        published: row.text("published")? == "1",
        terms,
        group,
        machine,
    })
}

/// What a token reads: by the model's tensors where the catalog knows them, else by the published size of the file
/// and shapes that are usual for so many parameters.
fn reads(
    row: &Cells<'_>,
    models: &impl Fn(&str) -> Option<Arc<Model>>,
    cache: &mut BTreeMap<(String, String), Reads>,
) -> Result<Reads, EvidenceError> {
    let (id, stored) = (row.text("catalog")?, row.text("quantization")?);
    let file = real(row, "file_gb")? * 1e9;
    let parameters = real(row, "parameters_b")? * 1e9;
    let bits = file * 8.0 / parameters;
    if let Some(model) = models(id) {
        let named = Quantization::parse(stored).unwrap_or(Quantization::Bf16);
        let key = (id.to_owned(), stored.to_owned());
        let mut reads = *cache.entry(key).or_insert_with(|| Reads::of(&model, named));
        if stored.is_empty() || (reads.file / file - 1.0).abs() > 0.02 {
            // A format of its own: its published size, shared out as the model's own is.
            reads.bytes *= file / reads.file;
            reads.file = file;
        }
        reads.packing = packing(row.text("stored")?, bits);
        return Ok(reads);
    }
    let active = real(row, "active_b")? * 1e9;
    let mixture = active < 0.8 * parameters;
    let layers = if mixture {
        (40.0 * (parameters / 30e9).powf(0.2)).round()
    } else {
        (32.0 * (parameters / 7e9).powf(0.3)).round()
    };
    Ok(Reads {
        bytes: file * active / parameters,
        file,
        parameters,
        active,
        layers,
        expert_layers: if mixture { layers } else { 0.0 },
        experts: if mixture { 128.0 } else { 0.0 },
        used: if mixture { 5.0 } else { 0.0 },
        packing: packing(row.text("stored")?, bits),
        ..Reads::default()
    })
}

fn packing(stored: &str, bits: f64) -> Packing {
    if bits > 12.0 {
        Packing::Plain
    } else if stored.contains("_K") {
        Packing::Nested
    } else {
        Packing::Simple
    }
}

/// A chip that the catalog does not list.
fn described(row: &Cells<'_>) -> Result<Machine, EvidenceError> {
    const READ: &str = "2026-11-21";
    let source = || "datasheet".to_owned();
    let peak =
        |tera: f64| Figure(FlopsPerSecond::new(tera * 1e12), Kind::Datasheet, source(), READ.to_owned());
    let total = Bytes::gib(8.0);
    let memory = if row.text("memory")? == "unified" {
        Memory::Unified { total, gpu_limit: None }
    } else {
        Memory::Discrete { vram: total, driver: crate::units::Band::exact(Bytes::ZERO), system: None }
    };
    Ok(Machine {
        id: row.text("machine")?.to_owned(),
        aliases: Vec::new(),
        name: row.text("machine")?.to_owned(),
        vendor: match row.text("vendor")? {
            "Nvidia" => Vendor::Nvidia,
            "Amd" => Vendor::Amd,
            _ => Vendor::Intel,
        },
        chip: row.text("chip")?.to_owned(),
        gpu_cores: None,
        dies: None,
        devices: 1,
        interconnect: None,
        memory: Figure(memory, Kind::Datasheet, source(), READ.to_owned()),
        bandwidth: Some(Figure(
            BytesPerSecond::new(real(row, "bandwidth")? * 1e9),
            Kind::Datasheet,
            source(),
            READ.to_owned(),
        )),
        system_bandwidth: None,
        peaks: Peaks {
            fp32: optional(row, "fp32").map(peak),
            fp16: optional(row, "fp16").map(peak),
            int8: optional(row, "int8").map(peak),
            ..Peaks::default()
        },
        load: None,
        idle: None,
        offer: None,
        availability: Availability::Discontinued,
        released: None,
        os: None,
        now: None,
        note: None,
    })
}
