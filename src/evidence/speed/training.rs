//! Published training runs: what share of the peak they reached, and what the engine predicts for them.

use std::sync::Arc;

use serde::Deserialize;

use super::chips::Chips;
use super::errors::{SpeedErrors, SpeedPoint};
use super::rows::SpeedKind;
use super::shares::{Run, groups, share};
use crate::catalog::Catalog;
use crate::engine::memory::{Budget, Placement};
use crate::engine::speed::{Question, Speed};
use crate::engine::working::Detail;
use crate::engine::{Book, judge};
use crate::evidence::EvidenceError;
use crate::evidence::score::Validation;
use crate::evidence::shape::Shape;
use crate::evidence::table::{Table, flag};
use crate::spec::{
    Calibration, Devices, FineTune, LanguageModel, Machine, Method, Model, PeakShare, Runtime, Scenario,
    SpeedGroup, TunedLayers, Workload,
};
use crate::units::{TokensPerSecond, whole};

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
    source: String,
    machine: String,
    devices: u32,
    runtime: TrainedBy,
    method: TrainedHow,
    model: String,
    parameters_b: f64,
    /// Whether the base is stored in 4 bit.
    #[serde(deserialize_with = "flag")]
    packed: bool,
    /// Passes over the parameters for a token.
    passes: f64,
    sequence: u64,
    /// Of all devices together.
    tokens_per_s: f64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum TrainedBy {
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

/// A published run, with what it ran on and the question that it answers.
#[derive(Debug)]
struct TrainingRun {
    row: Row,
    run: Run,
    machine: Arc<Machine>,
    scenario: Scenario,
}

/// Every published training run.
#[derive(Debug)]
pub struct TrainingRuns(Vec<TrainingRun>);

impl TrainingRuns {
    /// Those that ship.
    ///
    /// # Errors
    /// When a table does not read, or names a machine or a model that is not known.
    pub fn read(catalog: &Catalog) -> Result<Self, EvidenceError> {
        let chips = Chips::of(catalog)?;
        let shapes: Vec<Shape> = MODELS.rows()?;
        let runs = ROWS.rows::<Row>()?.into_iter().map(|row| {
            let chip = chips.chip(&row.machine)?;
            let operations = 2.0 * row.parameters_b * 1e9 * row.passes;
            let done = row.tokens_per_s / f64::from(row.devices) * operations;
            Ok(TrainingRun {
                run: Run {
                    group: chip.training_group(),
                    machine: row.machine.clone(),
                    source: row.source.clone(),
                    share: done / chip.training_peak(),
                },
                machine: Arc::clone(chips.machine(&row.machine)?),
                scenario: scenario(&row, model(&row.model, &shapes, catalog)?),
                row,
            })
        });
        runs.collect::<Result<_, _>>().map(Self)
    }

    /// What training reaches on each family, and on all.
    pub(super) fn shares(&self) -> Vec<PeakShare> {
        self.shares_without(None)
    }

    /// The same without the runs of one machine.
    fn shares_without(&self, machine: Option<&str>) -> Vec<PeakShare> {
        let counted = self.0.iter().filter(|each| Some(each.run.machine.as_str()) != machine);
        let runs: Vec<Run> = counted.map(|each| each.run.clone()).collect();
        let mut wanted = groups(&runs);
        wanted.insert(SpeedGroup::Every);
        wanted.into_iter().map(|group| share(group, &runs)).collect()
    }

    /// Errors of the engine's training speeds, with the share of the peak from all other machines. Whether a run
    /// recomputed activations was not published; the engine's default is taken, as of a user who says nothing.
    pub fn errors(&self, calibration: &Calibration) -> Vec<SpeedErrors> {
        let compared: Vec<(&TrainingRun, SpeedPoint)> = self
            .0
            .iter()
            .filter_map(|each| {
                let training = self.shares_without(Some(&each.run.machine));
                let calibration = Calibration { training, ..calibration.clone() };
                Some((each, each.compared(&calibration)?))
            })
            .collect();
        let line = |name: String, of: &dyn Fn(&TrainingRun) -> bool| {
            let own: Vec<SpeedPoint> =
                compared.iter().filter(|(run, _)| of(run)).map(|(_, row)| row.clone()).collect();
            // What unpacking costs was chosen with the runs of a packed base in view.
            let chosen = u32::from(compared.iter().any(|(run, _)| of(run) && run.row.packed));
            SpeedErrors::of(name, SpeedKind::Training, Validation::LeaveOneMachineOut { chosen }, own)
        };
        let mut errors = vec![
            line("training".to_owned(), &|_| true),
            line("training, every parameter".to_owned(), &|run| !run.row.method.adapters()),
            line("training, adapters".to_owned(), &|run| run.row.method.adapters()),
        ];
        let runs: Vec<Run> = self.0.iter().map(|each| each.run.clone()).collect();
        errors.extend(
            groups(&runs)
                .into_iter()
                .map(|group| line(format!("training, {}", group.label()), &|run| run.run.group == group)),
        );
        errors
    }
}

impl TrainingRun {
    /// Which: `Llama 2 7B, 4096 tokens on 8 × a100-80gb-sxm`.
    fn name(&self) -> String {
        let Row { model, machine, devices, sequence, .. } = &self.row;
        let count = if *devices > 1 { format!("{devices} × ") } else { String::new() };
        format!("{model}, {sequence} tokens on {count}{machine}")
    }

    /// What the engine predicts beside what was published; nothing where the machine's rates are unknown.
    fn compared(&self, calibration: &Calibration) -> Option<SpeedPoint> {
        // It ran, so it fitted.
        let budget = Budget {
            placement: Placement::Gpu,
            phases: Vec::new(),
            weights_file: None,
            unknown: Vec::new(),
            devices: self.row.devices,
        };
        let fit = judge(&budget, &[]);
        let mut book = Book::new(Detail::Figures);
        match Question::new(Arc::new(self.scenario.clone())).on(
            &self.machine,
            (&budget, &fit),
            calibration,
            &mut book,
        )? {
            Speed::Training(speed) => {
                let tokens = speed.tokens.map(TokensPerSecond::get);
                Some(SpeedPoint {
                    name: self.name(),
                    predicted: tokens.best,
                    measured: self.row.tokens_per_s,
                    error: tokens.best / self.row.tokens_per_s - 1.0,
                    inside: (tokens.low..=tokens.high).contains(&self.row.tokens_per_s),
                })
            }
            Speed::Inference(_) | Speed::Gnn(_) | Speed::Images(_) => None,
        }
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
        TrainedBy::PyTorch => Runtime::PyTorch,
        TrainedBy::Mlx => Runtime::Mlx,
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
    use crate::engine::speed::Reads;
    use crate::spec::Quantization;

    #[test]
    fn shapes_have_the_parameters_that_the_runs_state() {
        let runs = TrainingRuns::read(&Catalog::built_in()).expect("readable tables");
        assert_eq!(runs.0.len(), 64, "every published run");
        for each in &runs.0 {
            let language = each.scenario.language().expect("a language model");
            let stated = each.row.parameters_b * 1e9;
            let off = (Reads::of(&language.model, Quantization::Bf16).parameters / stated - 1.0).abs();
            assert!(off < 0.02, "{}: off by {off}", each.row.model);
        }
    }
}
