//! The audit of what runs where.

use super::provenance::day;
use super::{Audit, Finding, Report};
use crate::spec::Capability;
use crate::spec::support::{Fact, Platform, Support};

/// Each fact says what it was read in, where and when, and stands once.
pub(super) fn support(facts: &[Fact], audit: &Audit<'_>, findings: &mut Vec<Finding>) {
    for (at, fact) in facts.iter().enumerate() {
        let record = format!("{} on {}: {:?}", fact.runtime.name(), fact.platform.label(), fact.feature);
        let mut report = Report { file: "support.ron", record: &record, findings };
        for (field, text) in [("program", fact.program), ("version", fact.version), ("source", fact.source)] {
            if text.trim().is_empty() {
                report.wrong(field, "is empty; say what it was read in, and where");
            }
        }
        day("date", fact.date, audit.today, &mut report);
        let key = |fact: &Fact| (fact.runtime, fact.platform, fact.feature);
        if facts.iter().take(at).any(|other| key(other) == key(fact)) {
            report.wrong("feature", "stands twice; keep the one that was read last");
        }
        let amd = fact.since.is_some_and(Capability::is_amd);
        if fact.since.is_some() && fact.platform != if amd { Platform::Rocm } else { Platform::Cuda } {
            report.wrong("since", "is a compute capability, which NVIDIA's chips have, or a target of AMD's; write it for Cuda or Rocm");
        }
        if fact.support == Support::Partial && fact.detail.is_empty() && is_said(fact) {
            report.wrong("detail", "is empty; say what limits it");
        }
    }
}

/// Whether a limit of it is said beside an answer.
const fn is_said(fact: &Fact) -> bool {
    use crate::spec::support::Feature;
    matches!(
        fact.feature,
        Feature::Runs
            | Feature::Weights(_)
            | Feature::GraphKernels
            | Feature::TensorParallel
            | Feature::PipelineParallel
            | Feature::ExpertParallel
            | Feature::TrainedBy(_)
            | Feature::ServedBy(_)
            | Feature::CacheOf(_)
            | Feature::DeepSpeed
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Runtime;
    use crate::spec::support::{FACTS, Feature, Format};

    const AUDIT: Audit<'static> = Audit { today: Some("2026-11-27"), count: None };

    fn found(facts: &[Fact]) -> Vec<String> {
        let mut findings = Vec::new();
        support(facts, &AUDIT, &mut findings);
        findings.into_iter().map(|finding| finding.field).collect()
    }

    #[test]
    fn what_ships_has_nothing_wrong() {
        assert_eq!(found(FACTS), Vec::<String>::new());
    }

    #[test]
    fn what_is_wrong_with_a_fact_is_found() {
        let fact = Fact {
            without: &[],
            runtime: Runtime::Vllm,
            platform: Platform::Rocm,
            feature: Feature::Weights(Format::Fp8),
            support: Support::Partial,
            since: Some(Capability(89)),
            detail: "",
            program: "vLLM",
            version: " ",
            source: "wheel",
            date: "2027-01-01",
        };
        assert_eq!(found(&[fact]), ["version", "date", "since", "detail"]);
        let sound = Fact { version: "0.33.0", date: "2026-11-27", since: None, detail: "in part", ..fact };
        assert_eq!(found(&[sound, sound]), ["feature"]);
    }
}
