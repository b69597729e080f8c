//! Peak rates: of which number format, dense or with sparsity, of which unit; and what operations a cycle make of them.

use super::Judge;
use super::hardware::says;
use crate::claims::understood::Understood;
use crate::claims::verdict::{ClaimVerdict, Findings};
use crate::claims::words::figure::{Figure, Relation};
use crate::claims::words::unit::Unit;
use crate::engine::speed::{Chip, ChipKind};
use crate::spec::{Machine, Vendor};
use crate::units::show_figures;

/// A rate of a machine under a name.
struct Rate {
    name: &'static str,
    teraflops: f64,
}

/// Dense rates of a machine, TFLOP/s.
fn rates(machine: &Machine) -> Vec<Rate> {
    let peaks = &machine.peaks;
    let named = [
        ("fp16", &peaks.fp16),
        ("bf16", &peaks.bf16),
        ("fp32", &peaks.fp32),
        ("int8", &peaks.int8),
        ("fp8", &peaks.fp8),
        ("fp4", &peaks.fp4),
    ];
    named
        .into_iter()
        .filter_map(|(name, rate)| Some(Rate { name, teraflops: rate.as_ref()?.value().get() / 1e12 }))
        .collect()
}

/// Whether a maker's cards have rates with sparsity, twice the dense ones, on their data sheets.
const fn has_sparsity(machine: &Machine) -> bool {
    matches!(machine.vendor, Vendor::Nvidia | Vendor::Amd)
}

impl Judge<'_> {
    /// A peak rate.
    pub(super) fn compute(&self, claim: &mut Understood) -> Findings {
        let Some((_, picked)) = self.all_of(claim) else {
            return Findings::none("compute", "it names no machine that the catalog has");
        };
        let Some(figure) = claim.figure.clone() else {
            return Findings::none("compute", "no figure is said");
        };
        let asked = claim.precision.map(|name| match name {
            "int4" => "fp4",
            "tf32" => "fp32",
            other => other,
        });
        let name = asked.unwrap_or("fp16");
        if asked.is_none() {
            claim.assumed.push("FP16 assumed: no number format was said".to_owned());
        }
        let of = |machine: &Machine, name: &str| {
            rates(machine).iter().find(|rate| rate.name == name).map(|rate| rate.teraflops)
        };
        // Of the machines of that name the one whose rate, or whose rate with sparsity, is nearest.
        let far = |dense: f64| (figure.low / dense).ln().abs().min((figure.low / dense / 2.0).ln().abs());
        let with_rate = picked.all.iter().filter_map(|machine| Some((machine, of(machine, name)?)));
        let Some((machine, dense)) = with_rate.min_by(|(_, a), (_, b)| far(*a).total_cmp(&far(*b))) else {
            let reason = format!("the catalog has no {} rate of it", name.to_uppercase());
            return Findings::none("compute", reason);
        };
        let halved = name == "fp16" || name == "bf16";
        let shader =
            of(machine, "fp32").filter(|fp32| halved && machine.vendor == Vendor::Nvidia && *fp32 < dense);
        of_rate(&figure, (name, dense), shader, claim, machine)
    }

    /// Operations of a core in a cycle, held against the machine's peak.
    pub(super) fn operations(&self, claim: &mut Understood) -> Findings {
        let Some(machine) = self.machine_of(claim) else {
            return Findings::none("compute", "it names no machine that the catalog has");
        };
        let Some(figure) = claim.figure.clone() else {
            return Findings::none("compute", "no figure is said");
        };
        let names = self.fact_names(claim);
        let fact = self.facts.specs("operations_per_cycle", &names).next();
        let clock = self.facts.specs("gpu_clock", &names).next();
        let (Some(cores), Some(peak)) = (machine.gpu_cores, machine.peaks.fp16.as_ref()) else {
            return Findings::none("compute", "the catalog has no cores or rate of it");
        };
        let peak = peak.value().get();
        let cores = f64::from(cores);
        let ghz = clock.and_then(|spec| spec.values.first().copied());
        let fused = ["fma", "multiply-a", "multiply a", "fused"].iter().any(|word| claim.low.contains(word));
        let operations = figure.low * if fused { 2.0 } else { 1.0 };
        // The clock that makes of these operations the peak that is known.
        let clock_needed = peak / (cores * operations) / 1e9;
        let at_clock = ghz.map(|ghz| operations * cores * ghz / 1e3);
        let sum = at_clock.map_or_else(String::new, |teraflops| {
            format!(
                "; {} operations × {cores} cores × {} GHz = {} TFLOP/s",
                show_figures(operations),
                ghz.unwrap_or(0.0),
                show_figures(teraflops)
            )
        });
        let fact_words = fact.map_or_else(String::new, |spec| {
            format!(
                " ({}: {} {})",
                spec.from.words(),
                show_figures(spec.values.first().copied().unwrap_or(0.0)),
                spec.note.as_deref().unwrap_or("operations")
            )
        });
        let reason = format!(
            "{} {} are {} operations, and {} TFLOP/s would follow at {} GHz{sum}{fact_words}",
            show_figures(figure.low),
            if fused { "fused multiply-adds of two operations each" } else { "operations" },
            show_figures(operations),
            show_figures(peak / 1e12),
            show_figures(clock_needed)
        );
        let right = at_clock.map_or((1.0..=2.2).contains(&clock_needed), |teraflops| {
            (teraflops * 1e12 / peak - 1.0).abs() < 0.15
        });
        Findings::of("arithmetic", if right { ClaimVerdict::Plausible } else { ClaimVerdict::Wrong }, reason)
    }
}

/// A rate held against the dense one, the one with sparsity and that of the shaders.
fn of_rate(
    figure: &Figure,
    (name, dense): (&str, f64),
    shader: Option<f64>,
    claim: &Understood,
    machine: &Machine,
) -> Findings {
    let name = name.to_uppercase();
    let estimate =
        machine.peaks.fp16.as_ref().is_some_and(|figure| matches!(figure.1, crate::spec::Kind::Estimate));
    // What shaders compute grows with the clock that is taken: listings differ by some percent.
    let near = |value: f64| {
        says(figure, value)
            || (figure.low / value - 1.0).abs() < 0.05
            || (figure.high / value - 1.0).abs() < 0.05
    };
    let sparse = dense * 2.0;
    let shown = show_figures(dense);
    let doubled = show_figures(sparse);
    let can_be_sparse = has_sparsity(machine);
    // GeForce cards add 16-bit products in 16 bit at twice the rate; others keep their rate with sums in 32 bit.
    let geforce = Chip::of(machine).is_some_and(|chip| chip.kind == ChipKind::NvidiaCard);
    let found = if claim.sparse && can_be_sparse {
        if near(sparse) || (geforce && near(sparse * 2.0)) {
            Findings::of(
                "compute",
                ClaimVerdict::Plausible,
                format!("{doubled} TFLOP/s {name} with 2:4 sparsity, {shown} dense"),
            )
        } else if near(dense) {
            Findings::of(
                "compute",
                ClaimVerdict::Wrong,
                format!("{shown} TFLOP/s is the dense {name} rate; with 2:4 sparsity it is {doubled}"),
            )
        } else {
            Findings::of(
                "compute",
                ClaimVerdict::Wrong,
                format!("{name} with 2:4 sparsity is {doubled} TFLOP/s, {shown} dense"),
            )
        }
    } else if near(dense) || (figure.relation == Relation::AtLeast && figure.low <= dense) {
        let rough = if estimate { ", itself an estimate" } else { "" };
        Findings::of("compute", ClaimVerdict::Plausible, format!("{shown} TFLOP/s {name}, dense{rough}"))
    } else if let Some(shader) = shader.filter(|shader| near(*shader)) {
        let reason = format!(
            "{} TFLOP/s is the rate of the shaders; the tensor cores compute {shown} TFLOP/s {name}, dense",
            show_figures(shader)
        );
        Findings::of("compute", ClaimVerdict::Plausible, reason)
    } else if can_be_sparse && near(sparse) {
        if geforce && !claim.sparse && name == "FP16" {
            let reason = format!(
                "{doubled} TFLOP/s is {name} with sums in 16 bit, or with 2:4 sparsity; dense with sums in 32 bit it is {shown}"
            );
            Findings::of("compute", ClaimVerdict::Wrong, reason)
        } else {
            Findings::of(
                "compute",
                ClaimVerdict::Wrong,
                format!("{doubled} TFLOP/s is the {name} rate with 2:4 sparsity; dense it is {shown}"),
            )
        }
    } else if figure.low > sparse * 2.2 {
        Findings::of(
            "compute",
            ClaimVerdict::Impossible,
            format!("{} times the dense {name} rate of {shown} TFLOP/s", show_figures(figure.low / dense)),
        )
    } else {
        let more = if can_be_sparse { format!(", {doubled} with 2:4 sparsity") } else { String::new() };
        let verdict = if figure.relation == Relation::AtLeast || figure.rough {
            ClaimVerdict::Implausible
        } else {
            ClaimVerdict::Wrong
        };
        Findings::of("compute", verdict, format!("{shown} TFLOP/s {name} dense{more}"))
    };
    debug_assert!(figure.unit == Unit::Teraflops, "rates come in TFLOP/s");
    found.bounded(dense)
}
