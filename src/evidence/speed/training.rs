//! Published training runs: what the engine's passes take, and what it predicts for them.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Deserialize;

use super::chips::Chips;
use super::errors::{SpeedErrors, SpeedPoint};
use super::fit::rounded;
use super::frozen::Frozen;
use super::rows::SpeedKind;
use super::training_fit::{MeasuredRun, band_of, fitted, fitted_from};
use crate::catalog::Catalog;
use crate::engine::speed::{Question, TrainingWork};
use crate::evidence::EvidenceError;
use crate::evidence::score::Validation;
use crate::evidence::shape::Shape;
use crate::evidence::table::{Table, flag, named};
use crate::spec::{
    Calibration, Devices, FineTune, LanguageModel, Method, Model, Runtime, Scenario, SpeedGroup, TrainedBy,
    TrainingBand, TrainingFit, TrainingKernels, TrainingTerms, TunedLayers, Workload, ZeroStage,
};
use crate::units::whole;

const ROWS: Table = Table::new(
    "training_throughput.csv",
    include_str!("../../../assets/evidence/measurements/training_throughput.csv"),
);
const MODELS: Table = Table::new(
    "training_models.csv",
    include_str!("../../../assets/evidence/measurements/training_models.csv"),
);

#[derive(Debug, Deserialize)]
struct Row {
    #[serde(rename = "row")]
    id: String,
    source: String,
    machine: String,
    devices: u32,
    runtime: TrainedOn,
    method: TrainedHow,
    model: String,
    #[cfg(test)]
    parameters_b: f64,
    /// Whether the base is stored in 4 bit.
    #[serde(deserialize_with = "flag")]
    packed: bool,
    /// Passes over the parameters for a token.
    passes: f64,
    sequence: u64,
    /// Of all devices together.
    tokens_per_s: f64,
    #[serde(deserialize_with = "named")]
    kernels: TrainingKernels,
    micro_batch: u64,
    gradient_accumulation_steps: u64,
    #[serde(deserialize_with = "flag")]
    recomputed: bool,
    #[serde(deserialize_with = "named")]
    zero_stage: ZeroStage,
    /// Why it is scored and not fitted; empty where it is.
    held: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum TrainedOn {
    PyTorch,
    Mlx,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum TrainedHow {
    Full,
    Pretrain,
    Lora,
    Qlora,
}

impl TrainedHow {
    const fn adapters(self) -> bool {
        matches!(self, Self::Lora | Self::Qlora)
    }
}

/// A published run, with what a pass of it is made of.
#[derive(Debug)]
struct TrainingRun {
    row: Row,
    group: SpeedGroup,
    #[cfg(test)]
    scenario: Scenario,
    work: TrainingWork,
    frozen: bool,
}

/// Every published training run.
#[derive(Debug)]
pub struct TrainingRuns(Vec<TrainingRun>);

impl TrainingRuns {
    /// Those that ship; chips without runs borrow from how fast `calibration` says they multiply prompts.
    ///
    /// # Errors
    /// When a table does not read, or names a machine or a model that is not known.
    pub fn read(catalog: &Catalog, calibration: &Calibration) -> Result<Self, EvidenceError> {
        let chips = Chips::of(catalog)?;
        let frozen = Frozen::read()?;
        let shapes: Vec<Shape> = MODELS.rows()?;
        let mut runs = Vec::new();
        for row in ROWS.rows::<Row>()? {
            let machine = Arc::clone(chips.machine(&row.machine)?);
            let scenario = scenario(&row, model(&row.model, &shapes, catalog)?);
            let work = Question::new(Arc::new(scenario.clone())).training_work(&machine, calibration);
            let work = work.ok_or_else(|| EvidenceError::UnknownMachine(row.machine.clone()))?;
            let group = chips.chip(&row.machine)?.training_group();
            runs.push(TrainingRun {
                group,
                #[cfg(test)]
                scenario,
                work,
                frozen: frozen.holds(&row.id),
                row,
            });
        }
        Ok(Self(runs))
    }

    /// The coefficients that ship, from every run.
    pub(super) fn fit(&self) -> TrainingFit {
        let all: Vec<MeasuredRun> = self.shown().map(TrainingRun::measured).collect();
        let terms = TrainingTerms::from_array(fitted(&all).to_array().map(rounded));
        let left_out = self.left_out(&terms);
        let bands = [TrainedBy::Plain, TrainedBy::Fused, TrainedBy::Mlx].map(|trained_by| {
            let own: Vec<&(&TrainingRun, f64)> = left_out
                .iter()
                .filter(|(run, _)| run.row.held.is_empty() && run.trained_by() == trained_by)
                .collect();
            let ratios: Vec<f64> = own.iter().map(|(run, speed)| run.row.tokens_per_s / speed).collect();
            let machines: BTreeSet<&str> = own.iter().map(|(run, _)| run.row.machine.as_str()).collect();
            let sources: BTreeSet<String> = own.iter().map(|(run, _)| run.row.source.clone()).collect();
            let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
            let (low, high) = band_of(&ratios);
            TrainingBand {
                trained_by,
                band: (rounded(low), rounded(high)),
                rows: small(own.len()),
                machines: small(machines.len()),
                sources: sources.into_iter().collect(),
            }
        });
        TrainingFit { terms, bands: bands.into() }
    }

    /// The runs that are fitted.
    fn shown(&self) -> impl Iterator<Item = &TrainingRun> {
        self.0.iter().filter(|run| run.row.held.is_empty())
    }

    /// Every run with what is predicted for it without its machine; without its model where what trains was measured
    /// on one or two machines. The search starts from the coefficients of all.
    fn left_out(&self, all: &TrainingTerms) -> Vec<(&TrainingRun, f64)> {
        let few = |by: TrainedBy| {
            let own = self.shown().filter(|run| run.trained_by() == by);
            own.map(|run| run.row.machine.as_str()).collect::<BTreeSet<&str>>().len() < 3
        };
        let part = |run: &TrainingRun| {
            let whole = if few(run.trained_by()) { run.row.model.as_str() } else { "" };
            (run.row.machine.clone(), whole.to_owned())
        };
        let parts: BTreeSet<(String, String)> = self.0.iter().map(part).collect();
        let mut predicted = Vec::with_capacity(self.0.len());
        for (machine, model) in parts {
            let same = |run: &&TrainingRun| {
                run.row.machine == machine && (model.is_empty() || run.row.model == model)
            };
            let others: Vec<MeasuredRun> =
                self.shown().filter(|run| !same(run)).map(TrainingRun::measured).collect();
            let terms = fitted_from(*all, &others);
            let own = self.0.iter().filter(|run| part(run) == (machine.clone(), model.clone()));
            predicted.extend(own.map(|run| (run, run.work.tokens_per_s(&terms))));
        }
        predicted
    }

    /// Errors of the engine's training speeds: each machine predicted from the others, and the rows that no choice saw
    /// from all others.
    pub fn errors(&self, calibration: &Calibration) -> Vec<SpeedErrors> {
        let compared: Vec<(&TrainingRun, SpeedPoint)> = self
            .left_out(&calibration.training.terms)
            .into_iter()
            .map(|(run, speed)| (run, run.compared(speed, &calibration.training)))
            .collect();
        let line = |name: String, of: &dyn Fn(&TrainingRun) -> bool| {
            let shown = compared.iter().filter(|(run, _)| run.row.held.is_empty() && of(run));
            let own: Vec<SpeedPoint> = shown.map(|(_, row)| row.clone()).collect();
            SpeedErrors::of(name, SpeedKind::Training, Validation::LeaveOut, own)
        };
        let mut errors = vec![
            line("training".to_owned(), &|_| true),
            line("training, every parameter".to_owned(), &|run| !run.row.method.adapters()),
            line("training, adapters".to_owned(), &|run| run.row.method.adapters()),
        ];
        let groups: BTreeSet<SpeedGroup> = self.0.iter().map(|run| run.group).collect();
        errors.extend(
            groups
                .into_iter()
                .map(|group| line(format!("training, {}", group.label()), &|run| run.group == group)),
        );
        let fused =
            line("training, new rows of November 2026: every parameter, fused kernels".to_owned(), &|run| {
                run.row.source == "TR16"
            });
        errors.push(SpeedErrors { before: Some((0.41, 0.30)), ..fused });
        let reasons: BTreeSet<&str> = compared.iter().map(|(run, _)| run.row.held.as_str()).collect();
        for reason in reasons.into_iter().filter(|reason| !reason.is_empty()) {
            let own = compared.iter().filter(|(run, _)| run.row.held == reason);
            let own: Vec<SpeedPoint> = own.map(|(_, row)| row.clone()).collect();
            let name = format!("training, not fitted: {reason}");
            errors.push(SpeedErrors::of(name, SpeedKind::Training, Validation::Predicted, own));
        }
        errors.push(self.unseen(&calibration.training));
        errors
    }

    /// The rows that no choice saw, by coefficients fitted to all others.
    fn unseen(&self, fit: &TrainingFit) -> SpeedErrors {
        let seen: Vec<MeasuredRun> =
            self.shown().filter(|run| !run.frozen).map(TrainingRun::measured).collect();
        let terms = fitted_from(fit.terms, &seen);
        let own: Vec<SpeedPoint> = self
            .0
            .iter()
            .filter(|run| run.frozen)
            .map(|run| run.compared(run.work.tokens_per_s(&terms), fit))
            .collect();
        let validation = Validation::SetAside;
        SpeedErrors::of("training, rows set aside", SpeedKind::Training, validation, own)
    }
}

impl TrainingRun {
    /// Which: `Llama 2 7B, 4096 tokens on 8 × a100-80gb-sxm`.
    fn name(&self) -> String {
        let Row { model, machine, devices, sequence, .. } = &self.row;
        let count = if *devices > 1 { format!("{devices} × ") } else { String::new() };
        format!("{model}, {sequence} tokens on {count}{machine}")
    }

    /// As far as coefficients go.
    const fn measured(&self) -> MeasuredRun {
        MeasuredRun { work: self.work, family: self.group, tokens_per_s: self.row.tokens_per_s }
    }

    /// What trained.
    const fn trained_by(&self) -> TrainedBy {
        match (self.row.runtime, self.row.kernels) {
            (TrainedOn::Mlx, _) => TrainedBy::Mlx,
            (TrainedOn::PyTorch, TrainingKernels::Plain) => TrainedBy::Plain,
            (TrainedOn::PyTorch, _) => TrainedBy::Fused,
        }
    }

    /// A prediction beside what was published.
    fn compared(&self, speed: f64, fit: &TrainingFit) -> SpeedPoint {
        let (low, high) = fit.band(self.trained_by()).map_or((1.0, 1.0), |band| band.band);
        let inside = (speed * low..=speed * high).contains(&self.row.tokens_per_s);
        let measured = self.row.tokens_per_s;
        let error = speed / measured - 1.0;
        SpeedPoint { name: self.name(), predicted: speed, measured, error, inside, wide: high / low }
    }
}

/// A trained model: by its published shapes, or of the catalog.
fn model(name: &str, shapes: &[Shape], catalog: &Catalog) -> Result<Arc<Model>, EvidenceError> {
    if let Some(shape) = shapes.iter().find(|shape| shape.name() == name) {
        return Ok(Arc::new(shape.model("its published configuration")));
    }
    let id = name.to_lowercase().replace(' ', "-");
    let found = catalog.model(&id).ok().map(Arc::clone);
    found.ok_or_else(|| EvidenceError::UnknownModel(name.to_owned()))
}

fn scenario(row: &Row, model: Arc<Model>) -> Scenario {
    let runtime = match row.runtime {
        TrainedOn::PyTorch => Runtime::PyTorch,
        TrainedOn::Mlx => Runtime::Mlx,
    };
    let method = match row.method {
        TrainedHow::Full | TrainedHow::Pretrain => Method::Full,
        TrainedHow::Lora if !row.packed => Method::Lora,
        TrainedHow::Lora | TrainedHow::Qlora => Method::Qlora,
    };
    // Beside one pass forward, gradients of values go through the layers that are trained.
    let backward = row.passes - 1.0;
    let tuned_layers = if row.method.adapters() && backward < 1.0 {
        TunedLayers::Last(whole((backward * f64::from(model.layer_count())).round()))
    } else {
        TunedLayers::All
    };
    let tune = FineTune {
        sequence: row.sequence,
        tokens_per_example: row.sequence,
        tuned_layers,
        kernels: row.kernels,
        micro_batch: row.micro_batch,
        gradient_accumulation_steps: row.gradient_accumulation_steps,
        gradient_checkpointing: row.recomputed,
        zero_stage: row.zero_stage,
        ..FineTune::usual(method, runtime, model.context_max)
    };
    let language = LanguageModel::named(model, runtime);
    Scenario {
        devices: Devices { count: Some(row.devices), ..Devices::default() },
        ..Scenario::new("", Workload::FineTune(language, tune))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::calibration;
    use crate::engine::speed::Reads;
    use crate::spec::Quantization;

    #[test]
    fn shapes_have_the_parameters_that_the_runs_state() {
        let runs = TrainingRuns::read(&Catalog::built_in(), calibration()).expect("readable tables");
        assert_eq!(runs.0.len(), 85, "every published run");
        for each in &runs.0 {
            let language = each.scenario.language().expect("a language model");
            let stated = each.row.parameters_b * 1e9;
            let off = (Reads::of(&language.model, Quantization::Bf16).parameters / stated - 1.0).abs();
            assert!(off < 0.02, "{}: off by {off}", each.row.model);
        }
    }
}
