//! Ceilings are those of machines as their owners have them: held to what was reported of them.

use std::sync::Arc;

use crate::asked::{CONTEXT, asked};
use plimsoll::catalog::calibration;
use plimsoll::engine::working::{Detail, How, Working};
use plimsoll::engine::{
    Assumptions, Ceiling, CeilingKind, Estimate, MachineNote, Verdict, ceilings, estimate,
    usable_by_programs, worked_ceilings,
};
use plimsoll::report::sentence;
use plimsoll::spec::{
    Display, Figure, Kind, Machine, Memory, MemoryNow, OperatingSystem, Os, RaisedLimit, Scenario, Setup,
};
use plimsoll::units::{Band, Bytes};

fn on(id: &str) -> Arc<Machine> {
    Arc::clone(CONTEXT.catalog.machine(id).expect("it is in the catalog"))
}

fn answer(scenario: &Scenario, machine: &Arc<Machine>) -> (Estimate, String, Vec<String>) {
    let estimate = estimate(scenario, machine, &Assumptions::new(calibration()));
    let words = sentence(&estimate, &machine.name);
    (estimate, words.headline, words.remarks)
}

fn of(found: &[Ceiling], kind: CeilingKind) -> &Ceiling {
    found.iter().find(|ceiling| ceiling.kind == kind).expect("the ceiling is there")
}

fn under(os: Os) -> Setup {
    Setup { os, ..Setup::default() }
}

/// The question of the reports: Qwen3.5 122B in four bits with 32K on Strix Halo.
const LARGE: [(&str, &str); 3] =
    [("model", "qwen3.5-122b-a10b"), ("quantization", "Q4_K_M"), ("context", "32768")];

#[test]
fn linux_gives_strix_halo_half_of_its_memory() {
    let found = ceilings(&on("strix-halo-395-128gb"), &under(Os::Linux));
    let limit = of(&found, CeilingKind::GpuLimit).bytes;
    // 63,968 MiB (antirez/ds4, issue 475), 62.2 GB of ROCm (ROCm, issue 5595), 62.47 GiB (unsloth, pull request 7960).
    for reported in [Bytes::mib(63_968.0), Bytes::gib(62.2), Bytes::gib(62.47)] {
        assert!(limit.low <= reported && reported <= limit.high, "{reported:?} of {limit:?}");
    }
    for id in ["strix-halo-395-32gb", "strix-halo-395-64gb", "strix-halo-395-96gb", "framework-desktop-128gb"]
    {
        let machine = on(id);
        let total = machine.memory.value().capacity().expect("it is known");
        let limit = of(&ceilings(&machine, &Setup::default()), CeilingKind::GpuLimit).bytes;
        assert!(limit.high < total * 0.5 && limit.low > total * 0.45, "{id}: {limit:?}");
    }
}

#[test]
fn what_needs_more_than_half_fits_only_when_the_kernel_is_told() {
    let machine = on("strix-halo-395-128gb");
    let (shipped, headline, remarks) = answer(&asked("chat-8b", &LARGE), &machine);
    assert_eq!(shipped.fit.verdict, Verdict::DoesNotFit);
    assert!(headline.contains("of 62.5 GiB allowed"), "{headline}");
    assert!(remarks.iter().any(|remark| remark.contains("ttm.pages_limit=18612224")), "{remarks:?}");
    let [model, quantization, context] = LARGE;
    let raised = asked("chat-8b", &[model, quantization, context, ("raised_limit", "110GiB")]);
    let (raised, headline, _) = answer(&raised, &machine);
    assert_eq!(raised.fit.verdict, Verdict::Fits);
    assert!(headline.ends_with("with the limit raised to 110.0 GiB"), "{headline}");
    let windows = asked("chat-8b", &[model, quantization, context, ("os", "windows")]);
    assert_eq!(
        answer(&windows, &machine).0.fit.verdict,
        Verdict::Uncertain,
        "it depends on what is set aside"
    );
}

#[test]
fn dgx_spark_keeps_a_part_for_its_system() {
    let found = ceilings(&on("dgx-spark-gb10"), &Setup::default());
    let limit = of(&found, CeilingKind::System);
    // 101.3 to 102.2 GiB were free headless (GLM-5.3 on two Sparks, issue 47); 118 GB were taken (vLLM, issue 43969).
    for reported in [Bytes::gib(101.3), Bytes::gib(102.2), Bytes::new(118e9)] {
        assert!(limit.bytes.low <= reported && reported <= limit.bytes.high * 1.001, "{reported:?}");
    }
    assert!(limit.decides && limit.place.is_none(), "GPU and processor share what is left: {limit:?}");
    assert!(limit.basis.contains("121.7 GiB"), "{}", limit.basis);
    assert_eq!(found.iter().filter(|ceiling| ceiling.decides).count(), 1);
}

#[test]
fn device_and_host_of_one_pool_are_judged_together() {
    // FLUX.1 with all its models in nf4 and one component at a time needs 14.4 GiB in all: of 16 GB that macOS shares, not of
    // 16. A third of T5, which stays in 32 bit, is 3.8 GiB of it.
    let flux =
        asked("flux-1-dev", &[("precision", "nf4"), ("text_precision", "nf4"), ("residency", "component")]);
    let (estimate, headline, remarks) = answer(&flux, &on("mac-mini-m4-16gb"));
    assert_eq!(estimate.fit.verdict, Verdict::Uncertain);
    assert!(headline.contains("14.4 of 13.2 GiB usable RAM"), "{headline}");
    assert!(
        remarks.iter().any(|remark| remark.starts_with("On the GPU it takes 7.1 GiB of 11.8 GiB")),
        "{remarks:?}"
    );
    for machine in &CONTEXT.catalog.machines {
        let found = ceilings(machine, &Setup::default());
        let Memory::Unified { total, gpu_limit } = machine.memory.value() else { continue };
        let all = found.iter().filter(|ceiling| ceiling.decides && ceiling.place.is_none());
        let usable = usable_by_programs(*total);
        let bounds: Vec<Band<Bytes>> = all.map(|ceiling| ceiling.bytes).collect();
        assert_eq!(bounds.len(), 1, "{}", machine.id);
        // Where it was measured what the system leaves, that counts, and not the rule for any system.
        let measured = gpu_limit.as_ref().is_some_and(|limit| limit.whole_pool);
        let most = if measured { *total * 0.97 } else { usable.high };
        assert!(bounds.iter().all(|bound| bound.high <= most), "{}: {bounds:?}", machine.id);
    }
}

#[test]
fn a_display_narrows_what_a_card_keeps_and_windows_keeps_more() {
    let card = on("rtx-4090");
    let usable = |display, os| {
        of(&ceilings(&card, &Setup { display, os, ..Setup::default() }), CeilingKind::Vram).bytes
    };
    let unknown = usable(Display::Auto, Os::Linux);
    let headless = usable(Display::Headless, Os::Linux);
    let desktop = usable(Display::Desktop, Os::Linux);
    let windows = usable(Display::Desktop, Os::Windows);
    assert!(headless.low > unknown.low && headless.best == unknown.best && headless.high == unknown.high);
    assert!(desktop.high < unknown.high && desktop.best < unknown.best && desktop.low == unknown.low);
    assert!(windows.low < desktop.low && windows.best == desktop.best);
    // Headless: 23.2 GiB free of a 24 GiB card (ollama, pull request 6279). A desktop under Windows: 2,852 of
    // 24,564 MiB in use with nothing running (ollama, issue 7953).
    let holds = |band: Band<Bytes>, bytes: Bytes| band.low <= bytes && bytes <= band.high;
    assert!(holds(headless, Bytes::gib(23.2)), "{headless:?}");
    assert!(holds(windows, Bytes::mib(24_564.0 - 2_852.0)), "{windows:?}");
}

#[test]
fn what_is_over_spills_under_windows_and_nowhere_else() {
    let card = on("rtx-4090");
    let over = |os: &str| asked("chat-8b", &[("model", "qwen3-32b"), ("quantization", "Q8_0"), ("os", os)]);
    let spilt = |os: &str| {
        let notes = answer(&over(os), &card).0.machine_notes;
        notes.into_iter().find_map(|note| match note {
            MachineNote::Spills { over, reading } => Some((over, reading)),
            _ => None,
        })
    };
    let (bytes, reading) = spilt("windows").expect("it is over");
    assert!(bytes > Bytes::gib(5.0), "{bytes:?}");
    // Over PCIe, 8 to 63 GB/s.
    assert!(
        (reading.low.get() - bytes.get() / 63e9).abs() < 1e-9
            && (reading.high.get() - bytes.get() / 8e9).abs() < 1e-9
    );
    assert_eq!(spilt("linux"), None);
    assert_eq!(spilt("auto"), None);
    let (_, _, remarks) = answer(&over("windows"), &card);
    assert!(
        remarks.iter().any(|remark| remark.contains("crawls") && remark.contains("estimated")),
        "{remarks:?}"
    );
}

#[test]
fn a_raised_limit_that_starves_the_system_is_said() {
    let mac = on("mac-studio-m5-max-128gb");
    let remarks = |limit: &str| answer(&asked("chat-8b", &[("raised_limit", limit)]), &mac).2;
    assert!(
        remarks("126GiB").iter().any(|said| said.contains("held at 120.0 GiB") && said.contains("freezes"))
    );
    assert!(!remarks("112GiB").iter().any(|said| said.contains("raised_limit")));
    // Set by the user on the machine itself.
    let mut set = Machine::clone(&mac);
    let Memory::Unified { gpu_limit: Some(limit), .. } = &mut set.memory.0 else { unreachable!("a Mac") };
    limit.set = Some(Bytes::gib(126.0));
    let (_, headline, remarks) = answer(&asked("chat-8b", &[]), &Arc::new(set));
    assert!(remarks.iter().any(|said| said.contains("leaves the system 2.0 GiB")), "{remarks:?}");
    assert!(headline.contains("with the limit raised to 126.0 GiB"), "{headline}");
    for id in ["rtx-4090", "apple-m1-8c-8gb"] {
        let (estimate, headline, remarks) = answer(&asked("chat-8b", &[("raised_limit", "15GiB")]), &on(id));
        assert!(estimate.machine_notes.contains(&MachineNote::NothingToRaise), "{id}: {remarks:?}");
        assert!(!headline.contains("raised"), "{id}: {headline}");
    }
}

#[test]
fn a_raised_limit_is_still_held_under_all_memory_less_the_systems() {
    let mac = on("mac-studio-m5-max-128gb");
    let setup = Setup { raised_limit: RaisedLimit(Some(Bytes::gib(120.0))), ..Setup::default() };
    let found = ceilings(&mac, &setup);
    assert!(of(&found, CeilingKind::RaisedLimit).decides && of(&found, CeilingKind::System).decides);
}

#[test]
fn what_is_free_now_is_judged_beside_the_ceiling() {
    let mut machine = Machine::clone(&on("rtx-4090"));
    machine.os = Some(OperatingSystem { name: "Windows 11".to_owned(), virtualised: None });
    let free = |gib: f64| {
        let now = MemoryNow { free: Bytes::gib(gib) };
        let figure = Figure(now, Kind::Measured, "NVML".to_owned(), "2026-11-27".to_owned());
        let machine = Machine { now: Some(figure), ..machine.clone() };
        answer(&asked("chat-8b", &[]), &Arc::new(machine)).2
    };
    assert!(free(20.0).contains(&"It fits what is free now, 20.0 GiB".to_owned()), "{:?}", free(20.0));
    assert!(free(2.0).iter().any(|said| said.starts_with("Only 2.0 GiB are free now")), "{:?}", free(2.0));
    // A detected system is known without being set.
    let basis = ceilings(&machine, &Setup::default());
    assert!(of(&basis, CeilingKind::Vram).basis.contains("WDDM"));
}

/// Computes a working again, and those of its inputs.
fn holds(working: &Working, about: &str) {
    let How::Expression { text, inputs } = &working.how else {
        unreachable!("a ceiling is no list: {about}")
    };
    let named: Vec<(&str, f64)> = inputs.iter().map(|input| (input.name, input.value)).collect();
    let value = crate::evaluate::evaluate(text, &named);
    let same = value.is_some_and(|value| (value - working.value).abs() <= 1e-9 * working.value.abs());
    assert!(same, "{about}: {text} is {value:?}, not {}", working.value);
    assert!(!working.source.is_empty(), "{about}: no source");
    for input in inputs {
        if let Some(own) = &input.working {
            assert_eq!(own.value.to_bits(), input.value.to_bits(), "{about}: {}", input.name);
            holds(own, about);
        }
    }
}

#[test]
fn every_ceiling_is_the_value_of_its_working() {
    let raised = RaisedLimit(Some(Bytes::gib(100.0)));
    let setups = [
        Setup::default(),
        under(Os::Windows),
        Setup { display: Display::Headless, raised_limit: raised, ..under(Os::Linux) },
    ];
    let mut seen = 0;
    for machine in &CONTEXT.catalog.machines {
        for setup in &setups {
            let plain = ceilings(machine, setup);
            let worked = worked_ceilings(machine, setup, Detail::Workings);
            assert_eq!(plain.len(), worked.len(), "{}", machine.id);
            for (plain, worked) in plain.iter().zip(&worked) {
                let about = format!("{} {}", machine.id, worked.kind.key());
                assert_eq!(plain.bytes, worked.bytes, "{about}");
                assert!(plain.workings.is_none(), "{about}: asked for figures alone");
                let workings = worked.workings.as_ref().expect("asked for");
                let ends = [&workings.low, &workings.high].map(|end| end.as_ref().unwrap_or(&workings.best));
                let shown = [ends[0].value, workings.best.value, ends[1].value];
                let bytes = [worked.bytes.low, worked.bytes.best, worked.bytes.high].map(Bytes::get);
                assert_eq!(shown.map(f64::to_bits), bytes.map(f64::to_bits), "{about}");
                for working in [ends[0], &workings.best, ends[1]] {
                    holds(working, &about);
                }
                seen += 1;
            }
        }
    }
    assert!(seen > 500, "{seen} ceilings");
}

#[test]
fn the_share_that_a_server_takes_is_opened_too() {
    for (runtime, kind) in [("vllm", CeilingKind::Share), ("sglang", CeilingKind::StaticShare)] {
        let scenario = asked("chat-8b", &[("runtime", runtime), ("quantization", "awq")]);
        let assumptions = Assumptions { detail: Detail::Workings, ..Assumptions::new(calibration()) };
        let answer = estimate(&scenario, &on("rtx-4090"), &assumptions);
        let compared = answer.fit.comparisons.iter().find(|compared| compared.ceiling.kind == kind);
        let workings =
            compared.and_then(|compared| compared.ceiling.workings.clone()).expect("it is asked for");
        holds(&workings.best, runtime);
    }
}
/// SGLang 0.5.23, `handle_gpu_memory_settings`: of 24,576 MiB are kept 512, 1.5 for each of 4,096 tokens of a chunk, 128
/// for the device, and for graphs 2 for each of 48 requests and 8 for each of 50 lengths of a chunk.
#[test]
fn sglangs_static_share_is_worked_out_as_it_does() {
    for (eager, share) in [("true", "0.724"), ("false", "0.704")] {
        let keys = [("runtime", "sglang"), ("quantization", "awq"), ("enforce_eager", eager)];
        let answer = estimate(&asked("chat-8b", &keys), &on("rtx-4090"), &Assumptions::new(calibration()));
        let compared = answer.fit.comparisons.iter();
        let ceiling =
            compared.map(|each| &each.ceiling).find(|ceiling| ceiling.kind == CeilingKind::StaticShare);
        let basis = &ceiling.expect("it takes a share").basis;
        assert!(basis.starts_with(&format!("mem_fraction_static {share} of ")), "{basis}");
    }
}
