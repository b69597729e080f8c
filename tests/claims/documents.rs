//! The documents' claims.

use std::fmt::Write as _;
use std::sync::LazyLock;

use plimsoll::claims::{Checked, ClaimVerdict, truths};
use plimsoll::report::claim_subject;

use crate::checker;

static JUDGED: LazyLock<Vec<Checked>> = LazyLock::new(|| {
    let checker = checker();
    checker.judge(checker.shipped())
});

fn of(id: &str) -> &'static Checked {
    JUDGED.iter().find(|checked| checked.claim.id == id).expect("a claim")
}

#[test]
fn all_of_them_with_verdict_and_reason() {
    let mut text = String::new();
    for checked in JUDGED.iter() {
        let about = if checked.claim.about.is_empty() {
            String::new()
        } else {
            format!(" [{}]", checked.claim.about)
        };
        writeln!(text, "{} {}{about}", checked.claim.id, checked.claim.text).expect("text grows");
        writeln!(text, "    {}: {}", checked.verdict().key(), claim_subject(checked)).expect("text grows");
        for finding in &checked.found.list {
            writeln!(text, "    - {} {}: {}", finding.aspect, finding.verdict.key(), finding.reason)
                .expect("text grows");
        }
        for would in &checked.found.would {
            writeln!(text, "    + {}", would.what).expect("text grows");
        }
        for assumed in &checked.understood.assumed {
            writeln!(text, "    ~ {assumed}").expect("text grows");
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn speeds_above_the_roofline_are_impossible() {
    for id in ["C150", "C151", "C088", "C089", "C142", "C152"] {
        let checked = of(id);
        assert_eq!(checked.verdict(), ClaimVerdict::Impossible, "{id}: {}", checked.reason());
        let bound = checked.found.bound.expect("a roofline");
        let (low, _) = checked.understood.ends().expect("a figure");
        assert!(low > bound, "{id}: {low} against {bound}");
        assert!(checked.found.would.iter().any(|would| would.what.contains("speculative")), "{id}");
        assert!(checked.found.would.iter().any(|would| would.what.contains("GB/s")), "{id}");
    }
}

#[test]
fn plausible_speeds_are_called_neither_impossible_nor_implausible() {
    let speed = |checked: &Checked| {
        checked.found.list.iter().find(|finding| finding.aspect == "speed").map(|finding| finding.verdict)
    };
    for id in [
        "C149", "C177", "C178", "C179", "C180", "C181", "C183", "C184", "C185", "C188", "C189", "C191",
        "C210", "C211", "C164", "C093",
    ] {
        assert_eq!(speed(of(id)), Some(ClaimVerdict::Plausible), "{id}: {:?}", of(id).found.list);
    }
    for id in ["C182", "C187"] {
        assert_eq!(of(id).verdict(), ClaimVerdict::Implausible, "{id}: {}", of(id).reason());
    }
}

#[test]
fn models_that_do_not_exist_are_wrong_whatever_their_speed() {
    for id in ["C177", "C178", "C179", "C183", "C184", "C185"] {
        assert_eq!(of(id).verdict(), ClaimVerdict::Wrong, "{id}");
        assert!(of(id).reason().starts_with("there is no Llama 3."), "{id}: {}", of(id).reason());
    }
    assert!(
        of("C142")
            .found
            .list
            .iter()
            .any(|finding| finding.aspect == "model" && finding.verdict == ClaimVerdict::Wrong)
    );
}

#[test]
fn r1_is_refused_for_its_size() {
    let checked = of("C194");
    assert_eq!(checked.verdict(), ClaimVerdict::Impossible, "{}", checked.reason());
    assert_eq!(checked.found.gravest().map(|finding| finding.aspect), Some("capacity"));
    for id in ["C192", "C193", "C195"] {
        assert_eq!(of(id).verdict(), ClaimVerdict::Plausible, "{id}: {}", of(id).reason());
    }
}

/// An id, the verdict that is not to be missed, and words of the reason.
const FOUND: &[(&str, ClaimVerdict, &str)] = &[
    ("C138", ClaimVerdict::Wrong, "460 or 614 GB/s"),
    ("C155", ClaimVerdict::Wrong, "460 or 614 GB/s"),
    ("C145", ClaimVerdict::Wrong, "36, 48, 64 or 128 GB"),
    ("C130", ClaimVerdict::Wrong, "no M4 Ultra"),
    ("C047", ClaimVerdict::Wrong, "2,048 operations"),
    ("C078", ClaimVerdict::Wrong, "sparsity; dense it is 989"),
    ("C172", ClaimVerdict::Wrong, "165 TFLOP/s is the dense FP16 rate"),
    ("C035", ClaimVerdict::Wrong, "1,555 or 1,935 GB/s"),
    ("C224", ClaimVerdict::Wrong, "$205"),
    ("C225", ClaimVerdict::Wrong, "$1,083"),
    ("C227", ClaimVerdict::Wrong, "$3,769"),
    ("C111", ClaimVerdict::Impossible, "240 W"),
    ("C217", ClaimVerdict::Wrong, "223 to 290 W"),
    ("C119", ClaimVerdict::Wrong, "Metal"),
    ("C117", ClaimVerdict::Wrong, "512 GB"),
    ("C007", ClaimVerdict::Outdated, "2026-09"),
    ("C032", ClaimVerdict::Wrong, "GiB"),
    ("C131", ClaimVerdict::Wrong, "no single share"),
];

#[test]
fn errors_of_fact_and_of_sums_are_found_with_their_reason() {
    for (id, verdict, words) in FOUND {
        let checked = of(id);
        assert_eq!(checked.verdict(), *verdict, "{id}: {}", checked.reason());
        assert!(checked.reason().contains(words), "{id}: {}", checked.reason());
    }
    assert_eq!(of("C228").verdict(), ClaimVerdict::Plausible, "{}", of("C228").reason());
    assert_eq!(of("C233").verdict(), ClaimVerdict::Plausible, "{}", of("C233").reason());
}

#[test]
fn contradictions_are_found_by_machine() {
    let other = |id: &str| {
        of(id)
            .found
            .list
            .iter()
            .filter(|finding| finding.aspect == "contradiction")
            .map(|finding| finding.reason.clone())
            .collect::<String>()
    };
    assert!(other("C151").contains("C088") || other("C088").contains("C151"), "{}", other("C088"));
    assert!(other("C138").contains("C005"), "{}", other("C138"));
    assert!(other("C110").is_empty() || !other("C110").contains("C111"), "{}", other("C110"));
}

/// What most readers believe of memory, shown with working and source.
#[test]
fn two_beliefs_about_memory_are_shown_to_be_false() {
    let truths = truths(&checker());
    assert_eq!(truths.len(), 2);
    for truth in &truths {
        assert!(!truth.truth.from.title.is_empty());
        let wrong = truth.checked.iter().find(|checked| checked.verdict() == ClaimVerdict::Wrong);
        assert!(wrong.is_some(), "{}: {:?}", truth.truth.believed, truth.checked);
    }
}

/// Every figure of the engine that a claim is held against opens, and comes to the figure.
#[test]
fn what_a_claim_is_held_against_opens() {
    let checker = checker();
    let mut opened = 0;
    for checked in JUDGED.iter() {
        let found = &checked.found;
        if let (Some(bound), Some(asked)) = (found.bound, &found.bound_of) {
            let workings = checker.workings(asked);
            let value = workings.map(|workings| workings.best.value);
            assert_eq!(value.map(f64::to_bits), Some(bound.to_bits()), "{}: {value:?}", checked.claim.id);
            opened += 1;
        }
        let bands: Vec<_> = found.band_of.iter().filter_map(|asked| checker.workings(asked)).collect();
        assert_eq!(bands.len(), found.band_of.len(), "{}: {:?}", checked.claim.id, found.band_of);
        if let ([workings], Some(band)) = (bands.as_slice(), found.band) {
            let low = workings.low.as_ref().unwrap_or(&workings.best).value;
            let bits = |pair: [f64; 2]| pair.map(f64::to_bits);
            assert_eq!(bits([low, workings.best.value]), bits([band.low, band.best]), "{}", checked.claim.id);
        }
        opened += bands.len();
    }
    assert!(opened > 60, "{opened} figures");
}
