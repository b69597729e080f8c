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
fn given_peaks_are_met() {
    let given = group("PyTorch fine-tuning, peaks");
    println!("{}", lines(&given));
    assert_eq!(given.rows.len(), 80);
    assert!(given.quantile(0.5) <= 0.0001 && given.quantile(1.0) <= 0.001);
}

#[test]
fn settings_measured_afterwards_are_met() {
    let further = group("PyTorch fine-tuning, further settings");
    println!("{}", lines(&further));
    assert_eq!(further.rows.len(), 113);
    assert!(further.quantile(0.5) <= 0.0005 && further.quantile(1.0) <= 0.002);
}

#[test]
fn each_pass_is_met_also_where_it_is_not_the_peak() {
    for (name, worst) in
        [("PyTorch fine-tuning, forward peaks", 0.02), ("PyTorch fine-tuning, backward peaks", 0.002)]
    {
        let group = group(name);
        println!("{}", lines(&group));
        assert!(group.quantile(1.0) <= worst, "{name}: {}", group.quantile(1.0));
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
