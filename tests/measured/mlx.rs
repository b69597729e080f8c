//! MLX inference against peaks measured with its own allocator and graph.

use plimsoll::engine::memory::{PartName, PhaseName};
use plimsoll::evidence::{MlxCase, MlxRules, mlx_cases};

fn cases() -> Vec<MlxCase> {
    mlx_cases().expect("a readable table")
}

/// Errors of the best figure for the cases that follow Metal's rules with the host `ahead`, smallest first, and
/// a line about each.
fn errors(ahead: u64) -> (Vec<f64>, Vec<String>) {
    let (mut errors, mut lines) = (Vec::new(), Vec::new());
    for case in cases().iter().filter(|case| case.rules == MlxRules::Metal && case.ahead == Some(ahead)) {
        let budget = case.estimate();
        assert_eq!(budget.unknown, [], "{} runs on MLX", case.scenario.name);
        for (name, measured) in [(PhaseName::Prefill, case.prefill), (PhaseName::Decode, case.decode)] {
            let phase = budget.phases.iter().find(|phase| phase.name == name).expect("a phase");
            let total = phase.total();
            let error = total.best.get() / measured.get() - 1.0;
            lines.push(format!(
                "{:14} ahead {ahead:>2} {:8} {:>12} {:+.3} %, low {:+.2} %, high {:+.2} %",
                case.scenario.name,
                name.key(),
                measured.get(),
                error * 100.0,
                (total.low.get() / measured.get() - 1.0) * 100.0,
                (total.high.get() / measured.get() - 1.0) * 100.0,
            ));
            assert!(
                total.low.get() <= measured.get() * 1.0001 && measured.get() <= total.high.get() * 1.0001,
                "{} {name:?}: {measured:?} lies outside {total:?}",
                case.scenario.name,
            );
            let weights = phase.named(PartName::Weights).best;
            assert!((weights - case.weights).get().abs() < 64.0, "{} {weights:?}", case.scenario.name);
            assert_eq!(phase.named(PartName::KvCache).best, case.cache, "{}", case.scenario.name);
            errors.push(error.abs());
        }
    }
    errors.sort_by(f64::total_cmp);
    (errors, lines)
}

#[test]
fn peaks_with_the_host_ahead_are_met() {
    let (errors, lines) = errors(11);
    println!("{}", lines.join("\n"));
    let (median, worst) = (errors[errors.len() / 2], errors[errors.len() - 1]);
    println!("{} peaks: median {:.3} %, worst {:.3} %", errors.len(), median * 100.0, worst * 100.0);
    assert_eq!(errors.len(), 70, "35 cases with the host ahead, two phases each");
    assert!(median <= 0.000_06 && worst <= 0.028_5, "median {median}, worst {worst}");
}

#[test]
fn peaks_of_a_device_that_keeps_pace_lie_in_the_band() {
    let (errors, lines) = errors(0);
    println!("{}", lines.join("\n"));
    println!("{} peaks: worst of the best figure {:.3} %", errors.len(), errors[errors.len() - 1] * 100.0);
    assert_eq!(errors.len(), 74, "37 cases without a lead, two phases each");
}

/// The processor's six small cases: its queue is long, and what is copied when depends on its pace.
#[test]
fn the_processor_is_met_where_it_keeps_pace_and_where_it_trails() {
    let cases = cases();
    let processor: Vec<&MlxCase> = cases.iter().filter(|case| case.rules == MlxRules::Cpu).collect();
    assert_eq!(processor.len(), 6, "cases on the processor");
    for case in processor {
        let budget = case.estimate();
        for (name, measured) in [(PhaseName::Prefill, case.prefill), (PhaseName::Decode, case.decode)] {
            let total = budget.phases.iter().find(|phase| phase.name == name).expect("a phase").total();
            let nearest = if case.ahead == Some(0) { total.low } else { total.best };
            let error = nearest.get() / measured.get() - 1.0;
            println!(
                "{:6} ahead {:?} {:8} {:+.2} %",
                case.scenario.name,
                case.ahead,
                name.key(),
                error * 100.0
            );
            assert!(error.abs() <= 0.06, "{} {name:?} {measured:?} {total:?}", case.scenario.name);
        }
    }
}
