//! Fine-tuning with PyTorch against peaks measured tensor by tensor.

use plimsoll::engine::memory::{PartName, PhaseName};
use plimsoll::evidence::{Group, pytorch_training_cases, pytorch_training_groups};

fn group(name: &str) -> Group {
    let groups = pytorch_training_groups().expect("a readable table");
    groups.into_iter().find(|group| group.name == name).expect("a group of this name")
}

/// Every row with its error, and the errors of all.
fn lines(group: &Group) -> String {
    let row = |row: &plimsoll::evidence::Row| {
        format!("{:60} {:>16.0} {:+.3} %\n", row.name, row.measured.get(), row.error() * 100.0)
    };
    let rows: String = group.rows.iter().map(row).collect();
    format!("{rows}{}: median {}, worst {}", group.name, group.quantile(0.5), group.quantile(1.0))
}

#[test]
fn peaks_of_a_step_and_of_each_pass_are_met() {
    for (name, rows, median, worst) in [
        ("PyTorch fine-tuning, peaks", 79, 0.000_003, 0.000_1),
        ("PyTorch fine-tuning, peaks, further settings", 125, 0.000_006, 0.000_26),
        ("PyTorch fine-tuning, forward peaks", 204, 0.000_015, 0.013_9),
        ("PyTorch fine-tuning, backward peaks", 204, 0.000_006, 0.000_26),
        ("PyTorch fine-tuning, forward, backward and whole peaks, real tensors", 3, 0.000_015, 0.000_03),
    ] {
        let group = group(name);
        let lines = lines(&group);
        println!("{lines}");
        assert_eq!(group.rows.len(), rows, "{name}");
        assert!(group.quantile(0.5) <= median && group.quantile(1.0) <= worst, "{lines}");
    }
}

#[test]
fn what_is_there_throughout_is_met() {
    for case in pytorch_training_cases().expect("a readable table") {
        let budget = case.estimate();
        let step = budget.phases.iter().find(|phase| phase.name == PhaseName::OptimizerStep).expect("a step");
        let of = |name| step.named(name).best.get();
        let model = of(PartName::Weights) + of(PartName::Adapters);
        let off = (model / case.weights.get() - 1.0).abs();
        assert!(off < 0.000_5, "{}: weights {model}, measured {}", case.name, case.weights.get());
        let states = of(PartName::OptimizerState);
        let off = (states - case.states.get()).abs();
        assert!(off <= 0.01 * states + 2e6, "{}: states {states}, measured {}", case.name, case.states.get());
    }
}
