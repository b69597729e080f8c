//! What llama-server and Ollama open and place by themselves where a model does not fit on the GPU.

use std::sync::Arc;

use crate::asked::CONTEXT;
use plimsoll::catalog::calibration;
use plimsoll::engine::memory::{PartName, Place};
use plimsoll::engine::runtime::Note;
use plimsoll::engine::{Assumptions, Estimate, Verdict, estimate};
use plimsoll::report::sentence;
use plimsoll::spec::preset::{PresetKeys, resolve};
use plimsoll::spec::support::Placed;
use plimsoll::spec::{GpuLayers, Machine, NotTogether, joined};

fn machine(id: &str) -> Arc<Machine> {
    Arc::clone(CONTEXT.catalog.machine(id).expect("a machine"))
}

/// Of a model with nothing else said but this.
fn on(id: &str, set: &[(&str, &str)]) -> Estimate {
    let mut keys = PresetKeys::default();
    for (key, value) in set {
        keys.set(key, value).expect("a setting");
    }
    let scenario = resolve(keys, &*CONTEXT).expect("a scenario").scenario;
    estimate(&scenario, &machine(id), &Assumptions::new(calibration()))
}

fn placed(estimate: &Estimate) -> Option<Placed> {
    estimate.resolved.notes.iter().find_map(|note| match note {
        Note::Placed { placed, .. } => Some(*placed),
        _ => None,
    })
}

/// What llama.cpp itself counts of the device, in GiB: the libraries beside it are not in its breakdown.
fn counted(estimate: &Estimate) -> f64 {
    let of = |phase: &plimsoll::engine::memory::Phase| -> f64 {
        let own = phase.parts.iter().filter(|part| part.place == Place::Device);
        own.filter(|part| part.name != PartName::Overhead).map(|part| part.bytes.best.as_gib()).sum()
    };
    estimate.budget.phases.iter().map(of).fold(0.0, f64::max)
}

fn limit(estimate: &Estimate) -> f64 {
    let decides = estimate.fit.comparisons.iter().map(|each| &each.ceiling).filter(|ceiling| ceiling.decides);
    let device = decides.filter(|ceiling| ceiling.place != Some(Place::Host));
    device.map(|ceiling| ceiling.bytes.best.as_gib()).fold(f64::INFINITY, f64::min)
}

const SERVER: (&str, &str) = ("server", "llama-server");
const SMALL: (&str, &str) = ("model", "Llama-3.1-8B");
const LARGE: (&str, &str) = ("model", "Llama-3.3-70B");
const MIXTURE: (&str, &str) = ("model", "Qwen3-30B-A3B");

/// `common_params_fit_impl`: the context gives way first, in steps of 256 tokens, and all layers stay.
#[test]
fn a_context_that_nobody_asked_for_gives_way_first() {
    let own = on("rtx-3060-12gb", &[SMALL, SERVER]);
    let Placed { context: Some(context), layers: None, experts: None } = placed(&own).expect("it is placed")
    else {
        panic!("{:?}", own.resolved.notes)
    };
    assert!(context.is_multiple_of(256) && (4096..131_072).contains(&context), "{context}");
    assert_eq!(own.resolved.scenario.inference().map(|inference| inference.context), Some(context));
    assert!(own.fit.verdict.fits());
    assert!(counted(&own) <= limit(&own) - 1.0, "1 GiB is left");
    let more = (context + 512).to_string();
    let longer = on("rtx-3060-12gb", &[SMALL, SERVER, ("context", &more), ("gpu_layers", "999")]);
    assert!(counted(&longer) > limit(&longer) - 1.0, "and more would not leave it");
    let said = sentence(&own, "this");
    assert!(said.headline.contains("with a context of"), "{}", said.headline);
    assert!(said.remarks.iter().any(|remark| remark.contains("-fit leaves 1 GiB")), "{:?}", said.remarks);
    let speed = own.speed.is_some();
    assert!(speed, "it has a speed");
}

/// A context that was asked for stays, and layers go to the host.
#[test]
fn layers_go_to_the_host_where_the_context_was_asked_for() {
    for server in ["llama-server", "ollama"] {
        let set = [LARGE, ("server", server), ("context", "32768"), ("quantization", "Q4_K_M")];
        let own = on("rtx-4090", &set);
        let Placed { context: None, layers: Some(layers), experts: None } = placed(&own).expect("placed")
        else {
            panic!("{:?}", own.resolved.notes)
        };
        assert!((20..70).contains(&layers), "{server}: {layers}");
        assert_eq!(
            own.fit.verdict,
            Verdict::Uncertain,
            "{server}: who knows how much memory the computer has"
        );
        let said = sentence(&own, "this");
        assert!(said.detail.contains("how much system memory"), "{}", said.detail);
        let rented = on("g5.4xlarge", &set);
        assert!(rented.fit.verdict.fits(), "{server}: 64 GiB hold what is moved there");
        let small = on("g5.xlarge", &set);
        assert!(!small.fit.verdict.fits(), "{server}: 16 GiB do not");
        assert!(counted(&own) <= limit(&own) - 1.0, "{server}");
        let asked_for = (layers + 1).to_string();
        let [a, b, c, d] = set;
        let one_more = on("rtx-4090", &[a, b, c, d, ("gpu_layers", &asked_for)]);
        assert!(placed(&one_more).is_none(), "what is asked for stands");
        assert!(counted(&one_more) > limit(&one_more) - 1.0, "{server}: one layer more leaves less");
        let whole = on("rtx-4090", &[a, b, c, d, ("gpu_layers", "999")]);
        assert_eq!(whole.fit.verdict, Verdict::DoesNotFit, "{server}");
    }
}

/// Routed experts go first: `-fit` keeps what every token reads on the GPU.
#[test]
fn experts_of_a_mixture_go_before_its_layers() {
    let own = on("rtx-4090", &[MIXTURE, SERVER, ("context", "16384"), ("quantization", "Q8_0")]);
    let Placed { context: None, layers: None, experts: Some(experts) } = placed(&own).expect("placed") else {
        panic!("{:?}", own.resolved.notes)
    };
    assert!((5..40).contains(&experts), "{experts}");
    assert!(
        on("g5.4xlarge", &[MIXTURE, SERVER, ("context", "16384"), ("quantization", "Q8_0")])
            .fit
            .verdict
            .fits()
    );
    assert!(counted(&own) <= limit(&own) - 1.0);
    let inference = own.resolved.scenario.inference().expect("inference");
    assert_eq!((inference.cpu_experts, inference.gpu_layers), (experts, GpuLayers::Auto));
    let small = on("gtx-1050ti-4gb", &[MIXTURE, SERVER, ("quantization", "Q8_0"), ("context", "4096")]);
    let of_small = placed(&small).expect("placed");
    assert!(of_small.experts.is_some_and(|held| held >= experts), "{of_small:?}");
}

/// Ollama 0.32.12 on an RTX 2080 with 8 GB, gemma4:26b at 4,096 tokens: every expert in system memory, and
/// `offloaded 31/31 layers to GPU`.
#[test]
fn ollama_keeps_all_layers_of_a_mixture_and_moves_its_experts() {
    let set =
        [("model", "gemma-4-26b-a4b"), ("server", "ollama"), ("context", "4096"), ("quantization", "Q4_K_M")];
    let own = on("rtx-2080", &set);
    let of_it = placed(&own).expect("placed");
    assert_eq!(of_it.layers, None, "31 of 31 layers");
    assert!(of_it.experts.is_some_and(|held| held >= 20), "{of_it:?}");
}

#[test]
fn what_fits_stays_as_it_is_and_other_servers_place_nothing() {
    let fits = on("rtx-4090", &[SMALL, SERVER, ("context", "8192")]);
    assert!(placed(&fits).is_none() && fits.fit.verdict == Verdict::Fits);
    for server in ["none", "lm-studio"] {
        let other = on("rtx-4090", &[LARGE, ("server", server)]);
        assert!(placed(&other).is_none(), "{server}");
        assert_eq!(other.fit.verdict, Verdict::DoesNotFit, "{server}");
    }
    let shared = on("apple-m4-10c-16gb", &[MIXTURE, SERVER, ("runtime", "llama.cpp"), ("context", "8192")]);
    assert!(placed(&shared).is_some(), "Macs' Metal has a limit of its own");
}

/// A server that goes by what is free is no less sure of what it leaves whole than of what it moves.
#[test]
fn no_context_is_less_certain_than_a_longer_one() {
    for context in ["8192", "12288", "14337", "15000", "16384", "20000"] {
        let own = on("rtx-4060", &[SMALL, SERVER, ("context", context)]);
        assert!(own.fit.verdict.fits(), "{context}: {:?}", own.fit.verdict);
    }
}

#[test]
fn unlike_cards_are_filled_by_what_each_has() {
    let pair = "rtx-3090 + rtx-3060-12gb";
    let find = |id: &str| CONTEXT.catalog.machine(id).cloned().map_err(|_unknown| NotTogether::Nothing);
    let machine = joined(pair, find).expect("it is written with a plus").map(Arc::new).expect("two cards");
    let of = |set: &[(&str, &str)]| {
        let mut keys = PresetKeys::default();
        for (key, value) in set {
            keys.set(key, value).expect("a setting");
        }
        let scenario = resolve(keys, &*CONTEXT).expect("a scenario").scenario;
        estimate(&scenario, &machine, &Assumptions::new(calibration()))
    };
    let own = of(&[LARGE, SERVER, ("quantization", "Q4_K_M")]);
    let Placed { context: Some(4096), layers: Some(layers), experts: None } = placed(&own).expect("placed")
    else {
        panic!("{:?}", own.resolved.notes)
    };
    assert!((50..81).contains(&layers), "{layers}");
    assert!(own.fit.verdict <= Verdict::Uncertain);
}

/// `bestSingleGPUFit` of Ollama's scheduler.
#[test]
fn ollama_puts_on_one_card_what_one_card_holds() {
    let two = Arc::new(machine("rtx-3060-12gb").named_with_devices(2));
    let of = |set: &[(&str, &str)]| {
        let mut keys = PresetKeys::default();
        for (key, value) in set {
            keys.set(key, value).expect("a setting");
        }
        let scenario = resolve(keys, &*CONTEXT).expect("a scenario").scenario;
        let estimate = estimate(&scenario, &two, &Assumptions::new(calibration()));
        estimate.resolved.notes.contains(&Note::OneDevice)
    };
    let ollama = ("server", "ollama");
    assert!(of(&[SMALL, ollama, ("context", "4096")]));
    assert!(!of(&[SMALL, ollama, ("context", "65536")]), "more than four fifths of one");
    assert!(!of(&[SMALL, ollama, ("context", "4096"), ("devices", "2")]), "what was asked for stands");
    assert!(!of(&[SMALL, SERVER, ("context", "4096")]));
}

#[test]
fn ollama_cuts_a_context_to_what_the_model_is_trained_on() {
    let own = on("a100-80gb-sxm", &[SMALL, ("server", "ollama"), ("context", "200000")]);
    assert_eq!(own.resolved.scenario.inference().map(|inference| inference.context), Some(131_072));
    assert!(own.resolved.notes.contains(&Note::Clamped { asked: 200_000, holds: 131_072 }));
    let llama = on("a100-80gb-sxm", &[SMALL, ("server", "none"), ("context", "200000")]);
    assert_eq!(llama.resolved.scenario.inference().map(|inference| inference.context), Some(200_000));
}

/// What a server does by itself is not switched off by the command that starts it.
#[test]
fn what_a_server_does_by_itself_is_left_out_of_its_command() {
    let own = on("rtx-4090", &[LARGE, SERVER, ("quantization", "Q4_K_M")]);
    let command = plimsoll::report::start_command(&own.resolved).expect("a command");
    for option in [" -c ", " -ngl ", " -np "] {
        assert!(!command.contains(option), "{option}: {command}");
    }
    let asked = on("rtx-4090", &[LARGE, SERVER, ("context", "8192"), ("gpu_layers", "30")]);
    let command = plimsoll::report::start_command(&asked.resolved).expect("a command");
    assert!(command.contains(" -c 8192") && command.contains(" -ngl 30"), "{command}");
}
