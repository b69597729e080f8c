//! Published speeds of models whose matrices are split over several cards, each asked of the engine as it ran.

use std::sync::Arc;

use serde::Deserialize;

use super::chips::Chips;
use super::errors::{SpeedErrors, SpeedPoint};
use super::frozen::Frozen;
use super::rows::SpeedKind;
use crate::catalog::Catalog;
use crate::engine::memory::{Budget, Placement};
use crate::engine::speed::{InferenceSpeed, Question, Speed};
use crate::engine::working::Detail;
use crate::engine::{Book, judge};
use crate::evidence::EvidenceError;
use crate::evidence::score::Validation;
use crate::evidence::table::Table;
use crate::spec::{
    Calibration, Devices, Inference, LanguageModel, Link, PeerToPeer, Quantization, Runtime, Scenario, Split,
    Workload,
};
use crate::units::{Band, TokensPerSecond};

const ROWS: Table = Table::new(
    "throughput_tensor.csv",
    include_str!("../../../assets/evidence/measurements/throughput_tensor.csv"),
);

#[derive(Debug, Deserialize)]
struct Row {
    #[serde(rename = "row")]
    id: String,
    machine: String,
    devices: u32,
    catalog: String,
    quantization: String,
    kind: SpeedKind,
    prompt: u64,
    generated: u64,
    depth: u64,
    batch: u64,
    /// Of all requests.
    tokens_per_s: f64,
}

/// A measured speed with what the engine says.
struct Answered {
    kind: SpeedKind,
    devices: u32,
    frozen: bool,
    compared: SpeedPoint,
}

/// Errors of decode, prefill and several requests; coefficients are those of one card, two constants of the link were
/// solved from these rows.
///
/// # Errors
/// When the table does not read, or names what the catalog does not know.
pub fn tensor_errors(
    catalog: &Catalog,
    calibration: &Calibration,
) -> Result<Vec<SpeedErrors>, EvidenceError> {
    let chips = Chips::of(catalog)?;
    let frozen = Frozen::read()?;
    let mut answered = Vec::new();
    for row in ROWS.rows::<Row>()? {
        let Some(said) = said(&row, &chips, catalog, calibration)? else { continue };
        let of = match row.kind {
            SpeedKind::Prefill => said.prefill,
            SpeedKind::Batch => said.aggregate,
            SpeedKind::Decode | SpeedKind::Training => said.decode,
        };
        let Band { low, best, high } = of.map(TokensPerSecond::get);
        answered.push(Answered {
            kind: row.kind,
            devices: row.devices,
            frozen: frozen.holds(&row.id),
            compared: SpeedPoint {
                name: format!("{} {} on {} × {}", row.catalog, row.quantization, row.devices, row.machine),
                predicted: best,
                measured: row.tokens_per_s,
                error: best / row.tokens_per_s - 1.0,
                inside: (low..=high).contains(&row.tokens_per_s),
                wide: high / low,
            },
        });
    }
    let line = |name: &str, kind: SpeedKind, before: Option<(f64, f64)>, of: &dyn Fn(&Answered) -> bool| {
        let own = answered.iter().filter(|each| each.kind == kind && !each.frozen && of(each));
        let own: Vec<SpeedPoint> = own.map(|each| each.compared.clone()).collect();
        let name = format!("tensor parallel over PCIe, {name}");
        let any = !own.is_empty();
        let errors = SpeedErrors::of(name, kind, Validation::Chosen { constants: 2 }, own);
        any.then_some(SpeedErrors { before, ..errors })
    };
    let mut errors: Vec<SpeedErrors> = Vec::new();
    errors.extend(line("decode", SpeedKind::Decode, None, &|_| true));
    errors.extend(line("prefill", SpeedKind::Prefill, Some((2.95, 0.43)), &|_| true));
    errors.extend(line("several requests on 2 cards", SpeedKind::Batch, Some((0.41, 0.0)), &|each| {
        each.devices == 2
    }));
    errors.extend(line("several requests on 4 cards", SpeedKind::Batch, Some((1.90, 0.0)), &|each| {
        each.devices == 4
    }));
    let aside: Vec<SpeedPoint> =
        answered.iter().filter(|each| each.frozen).map(|each| each.compared.clone()).collect();
    let name = "tensor parallel over PCIe, rows set aside";
    errors.push(SpeedErrors::of(name, SpeedKind::Decode, Validation::SetAside, aside));
    Ok(errors)
}

/// What the engine says of a row: cards on PCI Express 3.0 with 16 lanes and peer-to-peer, as the publisher's are.
fn said(
    row: &Row,
    chips: &Chips<'_>,
    catalog: &Catalog,
    calibration: &Calibration,
) -> Result<Option<InferenceSpeed>, EvidenceError> {
    let model =
        catalog.model(&row.catalog).map_err(|_unknown| EvidenceError::UnknownModel(row.catalog.clone()))?;
    let quantization = Quantization::parse(&row.quantization)
        .map_err(|_unknown| EvidenceError::UnknownModel(format!("{} {}", row.catalog, row.quantization)))?;
    let inference = Inference {
        quantization,
        prompt: row.prompt.max(1),
        generate: row.generated.max(1),
        depth: row.depth,
        context: 262_144,
        concurrency: row.batch,
        ..Inference::default()
    };
    let devices = Devices {
        count: Some(row.devices),
        split: Split::Tensor,
        link: Link::Pcie,
        pcie_generation: Some(3),
        pcie_lanes: Some(16),
        peer_to_peer: PeerToPeer::Yes,
    };
    let language = LanguageModel::named(Arc::clone(model), Runtime::Vllm);
    let scenario = Scenario { devices, ..Scenario::new("", Workload::Inference(language, inference)) };
    // It ran, so it fitted.
    let budget = Budget {
        reserved: None,
        placement: Placement::Gpu,
        phases: Vec::new(),
        weights_file: None,
        unknown: Vec::new(),
        devices: row.devices,
    };
    let fit = judge(&budget, &[]);
    let machine = chips.machine(&row.machine)?;
    let mut book = Book::new(Detail::Figures);
    let speed = Question::new(Arc::new(scenario)).on(machine, (&budget, &fit), calibration, &mut book);
    Ok(match speed {
        Some(Speed::Inference(speed)) => Some(speed),
        _ => None,
    })
}
