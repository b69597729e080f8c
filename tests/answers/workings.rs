//! Every working comes to the figure that it stands beside: for every preset on every machine of the catalog, and with
//! each setting moved once.

#![expect(clippy::panic, reason = "what a test asks of a helper fails that test")]

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::evaluate::evaluate;
use plimsoll::catalog::Catalog;
use plimsoll::cli::Context;
use plimsoll::engine::axis::Axis;
use plimsoll::engine::working::{Detail, How, Working};
use plimsoll::engine::{Budget, Part, PartName, Placement, Site, budget_at, site};
use plimsoll::spec::preset::{PresetKeys, parse, resolve};
use plimsoll::spec::{
    Family, Inference, KvPrecision, LanguageModel, Quantization, Runtime, Scenario, Workload,
};

fn context() -> Context {
    Context::built_in("2026-11-27")
}

fn keys(context: &Context) -> Vec<PresetKeys> {
    let presets = context.catalog.presets.iter();
    presets.map(|preset| parse(&preset.text, &preset.file).expect("a preset").remove(0)).collect()
}

fn scenario(context: &Context, keys: &PresetKeys) -> Scenario {
    resolve(keys.clone(), context).expect("a scenario").scenario
}

/// What was evaluated.
#[derive(Default)]
struct Checked {
    budgets: usize,
    workings: usize,
    seen: BTreeSet<*const Working>,
    kept: Vec<Arc<Working>>,
}

impl Checked {
    fn budget(&mut self, scenario: &Scenario, site: Site) {
        let site = Site { detail: Detail::Workings, ..site };
        let budget = budget_at(scenario, site);
        let plain = budget_at(scenario, Site { detail: Detail::Figures, ..site });
        let about = format!("{} {:?} × {}", scenario.name, site.placement, site.devices);
        same_figures(&plain, &budget, &about);
        for phase in &budget.phases {
            for part in &phase.parts {
                self.part(part, &format!("{about}, {} {}", phase.name.key(), part.name.key()));
            }
        }
        self.budgets += 1;
        self.seen.clear();
        self.kept.clear();
    }

    fn part(&mut self, part: &Part, about: &str) {
        let workings = part.workings.as_ref().unwrap_or_else(|| panic!("{about} has no working"));
        let ends = [
            ("best", part.bytes.best, Some(&workings.best)),
            ("low", part.bytes.low, workings.low.as_ref()),
            ("high", part.bytes.high, workings.high.as_ref()),
        ];
        for (end, bytes, working) in ends {
            let about = format!("{about}, {end}");
            match working {
                Some(working) => {
                    assert_eq!(working.value.to_bits(), bytes.get().to_bits(), "{about}: {working:?}");
                    self.working(working, &about);
                }
                None => assert_eq!(bytes, part.bytes.best, "{about} is another figure without a working"),
            }
        }
    }

    fn working(&mut self, working: &Arc<Working>, about: &str) {
        if !self.seen.insert(Arc::as_ptr(working)) {
            return;
        }
        // An address that was seen belongs to this working as long as it is kept.
        self.kept.push(Arc::clone(working));
        self.workings += 1;
        assert!(!working.source.is_empty(), "{about} says its source");
        let value = match &working.how {
            How::Expression { text, inputs } => {
                let named: Vec<(&str, f64)> = inputs.iter().map(|input| (input.name, input.value)).collect();
                for input in inputs {
                    let Some(own) = &input.working else { continue };
                    assert_eq!(own.value.to_bits(), input.value.to_bits(), "{about}: {}", input.name);
                    self.working(own, &format!("{about} > {}", input.name));
                }
                evaluate(text, &named).unwrap_or_else(|| panic!("{about}: {text} with {named:?}"))
            }
            How::Terms(terms) => terms.iter().map(|term| term.value).sum(),
            How::Alive(alive) => {
                assert!(alive.iter().all(|tensor| tensor.bytes > 0.0), "{about}: {alive:?}");
                alive.iter().map(|tensor| tensor.bytes).sum()
            }
        };
        assert_eq!((value + 0.0).to_bits(), working.value.to_bits(), "{about}: {value} of {working:#?}");
    }
}

/// Figures are the same whether workings are asked or not.
fn same_figures(plain: &Budget, worked: &Budget, about: &str) {
    for (plain, worked) in plain.phases.iter().zip(&worked.phases) {
        for (plain, worked) in plain.parts.iter().zip(&worked.parts) {
            assert_eq!((plain.name, plain.bytes), (worked.name, worked.bytes), "{about}");
            assert!(plain.workings.is_none(), "{about}: nobody asked");
        }
        assert_eq!(plain.parts.len(), worked.parts.len(), "{about}");
    }
}

#[test]
fn of_every_preset_on_every_machine() {
    let context = context();
    let mut checked = Checked::default();
    for keys in keys(&context) {
        let scenario = scenario(&context, &keys);
        let mut sites: Vec<Site> = Vec::new();
        for machine in &context.catalog.machines {
            let site = site(&scenario, machine);
            let site = Site { one_host: site.one_host && site.devices > 1, ..site };
            if !sites.contains(&site) {
                sites.push(site);
            }
        }
        for site in sites {
            checked.budget(&scenario, site);
        }
    }
    println!("{} workings of {} budgets", checked.workings, checked.budgets);
    assert!(checked.workings > 100, "{}", checked.workings);
}

/// Settings that are no axis, each with other values than the usual.
fn settings(runtime: Runtime) -> Vec<(&'static str, String)> {
    let mut settings: Vec<(&str, String)> = [
        ("gpu_layers", "0"),
        ("gpu_layers", "20"),
        ("cpu_experts", "3"),
        ("cpu_experts", "all"),
        ("logits", "all"),
        ("attention", "eager"),
        ("unified_kv", "false"),
        ("unified_kv", "true"),
        ("vision", "true"),
        ("prefix_share", "0.5"),
        ("concurrency", "3"),
        ("context", "40k"),
        ("prefill_step", "64"),
        ("ubatch", "16"),
        ("model", "qwen3-30b-a3b"),
        ("model", "gpt-oss-20b"),
        ("model", "gemma-3-27b"),
    ]
    .map(|(key, value)| (key, value.to_owned()))
    .to_vec();
    let split = ["layers", "tensor", "copies"].map(|split| ("split", split.to_owned()));
    settings.extend(split);
    // And two that some runtime has not, which stands in the nearest it has.
    let quantizations = Quantization::known().filter(|known| known.runs_on(runtime));
    let quantizations = quantizations.map(Quantization::key).chain(["bf16", "Q4_K_M"]);
    settings.extend(quantizations.map(|key| ("quantization", key.to_owned())));
    settings.extend(KvPrecision::ALL.iter().map(|known| ("kv_precision", known.key().to_owned())));
    settings
}

#[test]
fn with_each_setting_moved_once() {
    let context = context();
    let mut checked = Checked::default();
    let placements = [Placement::Cpu, Placement::Gpu, Placement::Metal];
    for keys in keys(&context) {
        if scenario(&context, &keys).workload.family() != Family::Inference {
            continue;
        }
        for runtime in Runtime::ALL {
            let mut asked = keys.clone();
            asked.set("runtime", runtime.key()).expect("a runtime");
            let usual = scenario(&context, &asked);
            let on_axes = Axis::available(&usual).into_iter().map(|axis| {
                let (least, most) = axis.range(&usual);
                axis.set(&usual, if axis.is_stepped() { most } else { (least * most).sqrt().max(least) })
            });
            let mut moved: Vec<Scenario> = on_axes.collect();
            for (key, value) in settings(runtime) {
                let mut asked = asked.clone();
                if asked.set(key, &value).is_ok()
                    && let Ok(preset) = resolve(asked, &context)
                {
                    moved.push(preset.scenario);
                }
            }
            for scenario in moved {
                for placement in placements {
                    let site = |devices| Site {
                        placement,
                        devices,
                        portion: None,
                        one_host: true,
                        detail: Detail::Workings,
                    };
                    checked.budget(&scenario, site(1));
                    if placement == Placement::Gpu {
                        checked.budget(&scenario, site(3));
                    }
                }
            }
        }
    }
    println!("{} workings of {} budgets", checked.workings, checked.budgets);
}

#[test]
fn of_uses_nobody_has() {
    let catalog = Catalog::built_in();
    let mut checked = 0;
    let sizes = [0, 1, 255, 1_000_000_000_000, u64::MAX];
    let cases = sizes.into_iter().flat_map(|size| [0, 7, u64::MAX].map(move |slots| (size, slots)));
    for (context, concurrency) in cases {
        for (id, runtime) in ["llama-3.1-8b", "qwen3-next-80b-a3b"]
            .into_iter()
            .flat_map(|id| Runtime::ALL.map(move |runtime| (id, runtime)))
        {
            let usual = Inference::usual(runtime, 131_072);
            let inference = Inference {
                context,
                prompt: context / 2,
                ubatch: context,
                prefill_step: context,
                concurrency,
                ..usual
            };
            let model = catalog.model(id).expect("a model of the catalog");
            let language = LanguageModel::named(Arc::clone(model), runtime);
            let scenario = Scenario::new(id, Workload::Inference(language, inference));
            for placement in [Placement::Cpu, Placement::Gpu, Placement::Metal] {
                let site =
                    Site { placement, devices: 1, portion: None, one_host: true, detail: Detail::Workings };
                for part in budget_at(&scenario, site).phases.iter().flat_map(|phase| &phase.parts) {
                    let workings = part.workings.as_ref().expect("a working");
                    let best = part.bytes.best.get();
                    assert_eq!(workings.best.value.to_bits(), best.to_bits(), "{id} {context}: {part:?}");
                    checked += 1;
                }
            }
        }
    }
    println!("{checked} parts of absurd uses");
}

#[test]
fn of_the_weights_of_every_model_in_every_format() {
    let mut checked = Checked::default();
    let site = Site {
        placement: Placement::Cpu,
        devices: 1,
        portion: None,
        one_host: true,
        detail: Detail::Workings,
    };
    for model in &Catalog::built_in().models {
        for quantization in Quantization::known() {
            let runtime = Runtime::ALL.into_iter().find(|runtime| quantization.runs_on(*runtime));
            let runtime = runtime.expect("some runtime has it");
            let inference =
                Inference { quantization, context: 512, ubatch: 32, ..Inference::usual(runtime, 512) };
            let language = LanguageModel::named(Arc::clone(model), runtime);
            let scenario = Scenario::new(&model.id, Workload::Inference(language, inference));
            let budget = budget_at(&scenario, site);
            let load = budget.phases.first().expect("a phase");
            for part in load.parts.iter().filter(|part| part.name == PartName::Weights) {
                checked.part(part, &format!("{} {}", model.id, quantization.key()));
            }
            checked.seen.clear();
            checked.kept.clear();
        }
    }
    println!("{} workings of weights", checked.workings);
}

#[test]
fn expressions_are_evaluated_with_the_usual_precedence() {
    let inputs = [("layers", 32.0), ("bytes_per_value", 2.0), ("a", 3.0)];
    let is = |text: &str, value: f64| assert_eq!(evaluate(text, &inputs), Some(value), "{text}");
    is("layers * bytes_per_value + 1.0", 65.0);
    is("layers / bytes_per_value / 4.0", 4.0);
    is("-(a - 10.0) * 2.0", 14.0);
    is("max(a, min(layers, 8.0)) ^ 2.0", 64.0);
    for wrong in ["", "unknown", "1.0 +", "(1.0", "max(1.0)", "a.sqrt()"] {
        assert_eq!(evaluate(wrong, &inputs), None, "{wrong}");
    }
}
