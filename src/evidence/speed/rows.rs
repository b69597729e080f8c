//! Measured speeds, each with what its formula multiplies.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::chips::Chips;
use super::frozen::Frozen;
use crate::catalog::Catalog;
use crate::engine::speed::{Build, Chip, Packing, Prompt, Reads, SpeedEngine, decode_terms, prefill_terms};
use crate::evidence::EvidenceError;
use crate::evidence::table::{Table, flag};
use crate::spec::{Quantization, SpeedGroup};
use crate::units::Bytes;

const ROWS: Table =
    Table::new("throughput.csv", include_str!("../../../assets/evidence/measurements/throughput.csv"));

/// What was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SpeedKind {
    /// Decoding, one request.
    Decode,
    /// Prefill of a prompt.
    Prefill,
    /// Decoding, several requests at once.
    Batch,
    /// Training.
    Training,
}

/// A measured speed.
#[derive(Clone, Debug, PartialEq)]
pub struct SpeedRow {
    /// Its number in the table.
    pub row: String,
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
    /// Tokens before the ones measured, the middle of what was decoded included.
    pub depth: f64,
    /// The prompt.
    pub prompt: Prompt,
    /// Requests at once.
    pub batch: f64,
    /// Tokens a second: of several requests the aggregate throughput.
    pub speed: f64,
    /// Whether the size of the file was published.
    pub published: bool,
    /// What it runs: the name of the model as published.
    pub model: String,
    /// How old the program was.
    pub build: Build,
    /// Whether all generated tokens are divided by the whole time, prompts read in between.
    pub wall: bool,
    /// Tokens of an answer.
    pub generated: f64,
    /// Why it is scored and not fitted; empty where it is.
    pub held: String,
    /// Whether no choice may see it.
    pub frozen: bool,
    /// Seconds of each term.
    pub terms: Vec<f64>,
    /// The group whose coefficients apply.
    pub group: SpeedGroup,
}

impl SpeedRow {
    /// Whether it was new in November 2026, after the coefficients before these.
    pub(super) fn is_fresh(&self) -> bool {
        !self.row.starts_with('T')
    }
}

/// The source whose builds of 2024 and before read prompts slower than later ones.
const OLDER_PROMPTS: &str = "S01";

#[derive(Debug, Deserialize)]
struct Measured {
    row: String,
    source: String,
    machine: String,
    model: String,
    catalog: String,
    quantization: String,
    stored: String,
    parameters_b: f64,
    active_b: f64,
    file_gb: f64,
    #[serde(deserialize_with = "flag")]
    published: bool,
    engine: Engine,
    #[serde(deserialize_with = "flag")]
    older: bool,
    kind: SpeedKind,
    prompt: f64,
    generated: f64,
    depth: f64,
    chunk: f64,
    batch: f64,
    tokens_per_s: f64,
    date: String,
    backend: String,
    watts: Option<f64>,
    #[serde(deserialize_with = "flag")]
    wall: bool,
    held: String,
}

impl Measured {
    /// How old the program was: by its publisher's mark, else by the last day of the measurement.
    fn build(&self) -> Build {
        let last = self.date.rsplit("..").next().unwrap_or_default();
        // A year alone says no month.
        let last = if last.len() > 4 { last.to_owned() } else { format!("{last}-01") };
        let today = if matches!(self.engine, Engine::Mlx) { "2026-05" } else { "2025-10" };
        match (self.older, last.as_str() < today) {
            (true, _) => Build::Older,
            (false, true) => Build::Earlier,
            (false, false) => Build::Now,
        }
    }

    /// Whether the program multiplied by what latent attention keeps: llama.cpp since April 2025.
    fn folded(&self) -> bool {
        let first = self.date.split("..").next().unwrap_or_default();
        matches!(self.engine, Engine::LlamaCpp) && first >= "2025-05"
    }

    /// Why it is scored and not fitted: its own reason, a power limit, or a model whose shapes are not known.
    fn held(&self) -> String {
        if !self.held.is_empty() {
            self.held.clone()
        } else if self.watts.is_some() {
            "power limit".to_owned()
        } else if self.catalog.is_empty() {
            "unknown model".to_owned()
        } else {
            String::new()
        }
    }
}

#[derive(Clone, Copy, Debug, Deserialize)]
enum Engine {
    #[serde(rename = "llama.cpp")]
    LlamaCpp,
    #[serde(rename = "mlx")]
    Mlx,
    #[serde(rename = "vllm")]
    Vllm,
    #[serde(rename = "ds4")]
    OneModel,
}

impl Engine {
    const fn engine(self) -> SpeedEngine {
        match self {
            Self::LlamaCpp => SpeedEngine::LlamaCpp,
            Self::Mlx => SpeedEngine::Mlx,
            Self::Vllm => SpeedEngine::Vllm,
            Self::OneModel => SpeedEngine::OneModel,
        }
    }
}

/// What a model of the catalog reads in a format, by both names.
type Cache = BTreeMap<(String, String), Reads>;

/// Every measured speed of inference.
///
/// # Errors
/// When a table does not read, or names a chip that neither it nor the catalog knows.
pub fn speed_rows(catalog: &Catalog) -> Result<Vec<SpeedRow>, EvidenceError> {
    let chips = Chips::of(catalog)?;
    let frozen = Frozen::read()?;
    let mut cache = Cache::new();
    let rows = ROWS.rows::<Measured>()?.into_iter();
    rows.map(|row| {
        let set_aside = frozen.holds(&row.row);
        Ok(SpeedRow { frozen: set_aside, ..speed(row, &chips, catalog, &mut cache)? })
    })
    .collect()
}

fn speed(
    row: Measured,
    chips: &Chips<'_>,
    catalog: &Catalog,
    cache: &mut Cache,
) -> Result<SpeedRow, EvidenceError> {
    let chip = chips.chip(&row.machine)?.by(row.backend == "vulkan");
    let (build, held) = (row.build(), row.held());
    let engine = row.engine.engine();
    let reads = reads(&row, catalog, cache);
    let prompt = Prompt {
        tokens: row.prompt.max(1.0),
        depth: row.depth,
        chunk: row.chunk,
        older: row.older && row.source == OLDER_PROMPTS,
        one_model: engine == SpeedEngine::OneModel,
        folded: row.folded(),
    };
    let depth = row.depth + row.generated / 2.0;
    let (terms, group) = if row.kind == SpeedKind::Prefill {
        (prefill_terms(&reads, &chip, &prompt).to_array().to_vec(), chip.prefill_group(engine))
    } else {
        (decode_terms(&reads, &chip, depth, build).to_array().to_vec(), chip.decode_group(engine))
    };
    Ok(SpeedRow {
        row: row.row,
        name: format!("{} {} on {}", row.model, row.stored, row.machine),
        kind: row.kind,
        chip,
        source: row.source,
        engine,
        reads,
        depth,
        prompt,
        batch: row.batch,
        speed: row.tokens_per_s,
        published: row.published,
        model: row.model,
        build,
        wall: row.wall,
        generated: row.generated,
        held,
        frozen: false,
        terms,
        group,
        machine: row.machine,
    })
}

/// What a token reads: by the model's tensors where the catalog knows them, else by the published size of the file
/// and shapes that are usual for so many parameters.
fn reads(row: &Measured, catalog: &Catalog, cache: &mut Cache) -> Reads {
    let (file, parameters) = (row.file_gb * 1e9, row.parameters_b * 1e9);
    let packing = Packing::named(&row.stored, file * 8.0 / parameters);
    if let Ok(model) = catalog.model(&row.catalog) {
        let named = Quantization::parse(&row.quantization).unwrap_or(Quantization::Bf16);
        let key = (row.catalog.clone(), row.quantization.clone());
        let mut reads = *cache.entry(key).or_insert_with(|| Reads::of(model, named));
        if file <= 0.0 {
            reads.packing = Packing::named(&row.stored, reads.file.get() * 8.0 / reads.parameters);
            return reads;
        }
        if row.quantization.is_empty() || (reads.file.get() / file - 1.0).abs() > 0.02 {
            // A format of its own: its published size, shared out as the model's own is.
            reads.bytes = reads.bytes * (file / reads.file.get());
            reads.file = Bytes::new(file);
        }
        reads.packing = packing;
        return reads;
    }
    let active = row.active_b * 1e9;
    let mixture = active < 0.8 * parameters;
    let layers = if mixture {
        (40.0 * (parameters / 30e9).powf(0.2)).round()
    } else {
        (32.0 * (parameters / 7e9).powf(0.3)).round()
    };
    Reads {
        bytes: Bytes::new(file * active / parameters),
        file: Bytes::new(file),
        parameters,
        active,
        layers,
        expert_layers: if mixture { layers } else { 0.0 },
        experts: if mixture { 128.0 } else { 0.0 },
        used: if mixture { 5.0 } else { 0.0 },
        packing,
        ..Reads::default()
    }
}
