//! Each kind of defect is found by the audit, and a user's broken file costs only itself.

use std::fs;
use std::path::Path;

use plimsoll::catalog::check::{Audit, check};
use plimsoll::catalog::{Catalog, CatalogProblem};
use plimsoll::spec::Model;

/// A card without a fault, and a product of it.
const MACHINES: &str = r#"(
    chips: [
        (
            id: "card-a", name: "Card A", vendor: Nvidia, chip: "X1", pool: Discrete,
            sizes: [(memory: (GiB(24), Datasheet, "A3", "2026-08-21"))],
            bandwidth: (GBps(1008), Datasheet, "B1", "2026-08-22"),
            peaks: (fp16: (TFLOPs(165.2), Datasheet, "H4", "2026-11-20")),
            load: (W(450), Datasheet, "A3", "2026-08-21"),
            availability: OnSale, released: "2022-10",
        ),
    ],
    products: [
        (id: "pc-a", name: "PC A", base: "card-a", price: (USD(2000), Estimate, "N1", "2026-09-30"), availability: OnSale),
    ],
)"#;

/// A model without a fault.
const MODELS: &str = r#"[
    (
        id: "model-a", name: "Model A", family: "A", architecture: "llama",
        parameters: (1000000000, Datasheet, "E1", "2026-09-30"), source: "E1",
        hidden: 2048, vocabulary: 32000, context_max: 8192,
        stack: [(repeat: 1, blocks: [(
            times: 16, mixer: Attention((heads: 32, kv_heads: 8, head: 64)),
            feed_forward: Dense(width: 8192, gated: true),
        )])],
    ),
]"#;

/// What audit and loading find in the fixtures with one text put for another.
fn found(from: &str, to: &str) -> Vec<String> {
    let swap = |text: &str| text.replacen(from, to, 1);
    assert!(from.is_empty() || MACHINES.contains(from) || MODELS.contains(from), "nothing to break: {from}");
    let (catalog, problems) = if from.is_empty() {
        Catalog::from_texts(MACHINES, MODELS)
    } else {
        Catalog::from_texts(&swap(MACHINES), &swap(MODELS))
    };
    let count = |_: &Model| 1_000_500_000.0;
    let findings = check(&catalog, &Audit { today: Some("2026-11-27"), count: Some(&count) });
    problems.iter().map(ToString::to_string).chain(findings.iter().map(ToString::to_string)).collect()
}

#[test]
fn the_fixture_has_no_fault() {
    assert_eq!(found("", ""), Vec::<String>::new());
}

#[test]
fn each_defect_is_found() {
    for (from, to, expected) in [
        (r#""B1""#, r#""""#, "card-a, bandwidth: has no source"),
        (r#""B1""#, r#""ZZ""#, "card-a, bandwidth: names the source `ZZ`"),
        ("2026-08-22", "2026-8-22", "card-a, bandwidth: is dated `2026-8-22`; write the day"),
        ("2026-08-22", "2026-02-30", "card-a, bandwidth: is dated `2026-02-30`"),
        ("2026-08-22", "2026-12-01", "card-a, bandwidth: is dated `2026-12-01`, which is to come"),
        (r#""llama""#, r#""llama9""#, "model-a, architecture: is `llama9`, which has no record"),
        ("GBps(1008)", "TBps(1008)", "card-a, bandwidth: is 1008000 GB/s; 5 to 30000 GB/s is plausible"),
        ("GBps(1008)", "TBps(20)", "card-a, bandwidth: reads all memory 776.10 times a second"),
        ("GBps(1008)", "GBps(10)", "card-a, peaks.fp16: puts the ridge point at 16520.0 FLOP a byte"),
        ("TFLOPs(165.2)", "PFLOPs(165.2)", "card-a, peaks.fp16: is 165200 TFLOP/s"),
        ("GiB(24)", "B(24)", "card-a, memory: is 0.0000000223517417907714"),
        ("GiB(24)", "GiB(0)", "card-a, memory: is 0 GiB; 0.25 to 65536 GiB is plausible"),
        ("GiB(24)", "GiB(-24)", "card-a, memory: is -24 GiB"),
        ("GiB(24)", "GiB(NaN)", "card-a, memory: is NaN GiB"),
        ("GiB(24)", "GiB(inf)", "card-a, memory: is inf GiB"),
        ("W(450)", "W(-1)", "card-a, load: is -1 W"),
        (
            "availability: OnSale, released",
            r#"dies: (1, Datasheet, "A3", "2026-08-21"), availability: OnSale, released"#,
            "card-a, dies: is 1; leave it out where one die forms the chip",
        ),
        (
            "availability: OnSale, released",
            r#"interconnect: (NvLink, Datasheet, "ZZ", "2026-08-21"), availability: OnSale, released"#,
            "card-a, interconnect: names the source `ZZ`",
        ),
        (r#"id: "card-a""#, r#"id: "Card A""#, "id: is `Card A`; write small letters"),
        (r#""2022-10""#, r#""Oct 2022""#, "card-a, released: is `Oct 2022`; write a month"),
        (r#"base: "card-a""#, r#"base: "card-b""#, "pc-a, base: no machine `card-b`"),
        (r#"id: "pc-a""#, r#"id: "card-a-24gb""#, "`card-a-24gb` is also an id of `card-a-24gb`"),
        (r#"id: "pc-a""#, r#"id: "card-a""#, "`card-a` is also an id of `card-a-24gb`"),
        ("USD(2000)", "USD(2)", "pc-a, price: is 2 USD; 20 to 5000000 USD is plausible"),
        ("kv_heads: 8", "kv_heads: 5", "model-a, heads: is 32, which kv_heads = 5 does not divide"),
        ("kv_heads: 8", "kv_heads: 0", "model-a, kv_heads: is 0"),
        ("head: 64", "head: 63", "model-a, head: is 63; head widths are multiples of 8"),
        ("hidden: 2048", "hidden: 64", "model-a, heads: makes the layer 2048 wide, 32.00 times the residual"),
        ("hidden: 2048", "hidden: 0", "model-a, hidden: is 0"),
        ("times: 16", "times: 4000000000", "model-a, stack: has 4000000000 layers"),
        ("stack: [(repeat: 1", "stack: [(repeat: 0", "model-a, stack: has 0 layers"),
        (
            "(1000000000,",
            "(1100000000,",
            "model-a, parameters: is 1100000000, but the shapes sum to 1000500000 (-9.05 %)",
        ),
        ("(1000000000,", "(1002000000,", "model-a, parameters: is 1002000000, but"),
        (r#"source: "E1""#, r#"source: "ZZ""#, "model-a, source: is `ZZ`"),
    ] {
        let found = found(from, to);
        assert!(found.iter().any(|text| text.contains(expected)), "{to}: {expected}\nfound {found:#?}");
    }
}

#[test]
fn unsorted_and_repeated_records_are_found() {
    let chip = MACHINES.split_once("chips: [").and_then(|(_, rest)| rest.split_once("    ],\n    products"));
    let (chip, _) = chip.expect("the fixture has chips");
    let earlier = chip.replace("card-a", "aaa");
    let unsorted = MACHINES.replacen("    ],\n    products", &format!("{earlier}    ],\n    products"), 1);
    let twice = MACHINES.replacen("    ],\n    products", &format!("{chip}    ],\n    products"), 1);
    for (text, expected) in [(unsorted, "stands after `card-a`"), (twice, "is also an id of `card-a-24gb`")] {
        let (catalog, problems) = Catalog::from_texts(&text, MODELS);
        assert_eq!(problems, Vec::new(), "{expected}");
        let findings = check(&catalog, &Audit::default());
        assert!(findings.iter().any(|finding| finding.to_string().contains(expected)), "{findings:#?}");
    }
}

#[test]
fn idle_power_is_no_more_than_that_under_load() {
    let with_idle = |watts: &str| {
        let idle =
            format!(r#"idle: (W({watts}), Datasheet, "A3", "2026-08-21"), availability: OnSale, released"#);
        found("availability: OnSale, released", &idle)
    };
    for (watts, expected) in
        [("20", None), ("450", None), ("451", Some("card-a, idle: is more than under load"))]
    {
        let found = with_idle(watts);
        assert_eq!(found.len(), expected.iter().len(), "{watts} W: {found:#?}");
        assert!(expected.is_none_or(|said| found[0].contains(said)), "{watts} W: {found:#?}");
    }
}

#[test]
fn most_of_the_memory_is_visible() {
    let memory = r#"(memory: (GiB(24), Datasheet, "A3", "2026-08-21"))"#;
    for (visible, finds) in [("19.1", true), ("19.3", false), ("22.5", false), ("24", false), ("24.1", true)]
    {
        let size = format!(
            r#"(memory: (GiB(24), Datasheet, "A3", "2026-08-21"), visible: (GiB({visible}), Datasheet, "A3", "2026-08-21"))"#
        );
        let found = found(memory, &size);
        let said = "card-a, visible: is not between 80 % and all of the memory";
        assert_eq!(found.iter().any(|text| text.contains(said)), finds, "{visible} GiB: {found:#?}");
    }
}

/// What is known exactly is a band of one value; a band that is not in order is none.
#[test]
fn a_limit_is_in_order_and_may_be_exact() {
    let memory = r#"(memory: (GiB(24), Datasheet, "A3", "2026-08-21"))"#;
    for (limit, finds) in [
        ("(GiB(16), GiB(16), GiB(16))", false),
        ("(GiB(16), GiB(16), GiB(18))", false),
        ("(GiB(16), GiB(18), GiB(18))", false),
        ("(GiB(16), GiB(20), GiB(24))", false),
        ("(GiB(17), GiB(16), GiB(18))", true),
        ("(GiB(16), GiB(19), GiB(18))", true),
        ("(GiB(0), GiB(16), GiB(18))", true),
        ("(GiB(16), GiB(18), GiB(25))", true),
    ] {
        for field in ["gpu_limit", "left_by_system"] {
            let size = format!(
                r#"(memory: (GiB(24), Datasheet, "A3", "2026-08-21"), {field}: ({limit}, Derived, "A3", "2026-08-21"))"#
            );
            let found = found(memory, &size);
            let said = format!("card-a, {field}: is not 0 < low ≤ best ≤ high ≤ memory");
            assert_eq!(found.iter().any(|text| text.contains(&said)), finds, "{limit}: {found:#?}");
        }
    }
}

#[test]
fn memory_sizes_stand_in_order() {
    let from = r#"sizes: [(memory: (GiB(24), Datasheet, "A3", "2026-08-21"))]"#;
    let to = r#"sizes: [(memory: (GiB(24), Datasheet, "A3", "2026-08-21")), (memory: (GiB(16), Datasheet, "A3", "2026-08-21"))]"#;
    assert!(found(from, to).iter().any(|text| text.contains("card-a, sizes: are not sorted")), "sizes");
}

#[test]
fn a_file_cut_off_anywhere_is_a_problem_and_no_panic() {
    for end in 0..MACHINES.len() {
        let (catalog, problems) = Catalog::from_texts(&MACHINES[..end], "[]");
        assert!(problems.len() == 1 && catalog.machines.is_empty(), "cut at {end}: {problems:?}");
    }
    for end in 0..MODELS.len() {
        let (catalog, problems) = Catalog::from_texts("()", &MODELS[..end]);
        assert!(problems.len() == 1 && catalog.models.is_empty(), "cut at {end}: {problems:?}");
    }
}

/// A user's folder with these files.
fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a folder can be made");
        fs::write(path, bytes).expect("a file can be written");
    }
    folder
}

fn problems(files: &[(&str, &[u8])]) -> (Catalog, Vec<String>) {
    let folder = folder(files);
    let (catalog, problems) = Catalog::load(Some(folder.path()));
    let root = format!("{}{}", folder.path().display(), std::path::MAIN_SEPARATOR);
    (catalog, problems.iter().map(|problem| problem.to_string().replace(&root, "")).collect())
}

#[test]
fn a_folder_that_is_not_there_is_empty() {
    let (catalog, problems) = Catalog::load(Some(Path::new("no/such/folder")));
    assert_eq!(problems, Vec::new());
    assert_eq!(catalog, Catalog::built_in());
}

#[test]
fn a_users_records_lie_over_ours() {
    let own = MACHINES.replace("card-a", "rtx-4090").replace("GBps(1008)", "GBps(1111)");
    let (catalog, problems) =
        problems(&[("machines/mine.ron", own.as_bytes()), ("presets/chat.ron", b"(context: 4096)")]);
    assert_eq!(problems, Vec::<String>::new());
    let machine = catalog.machine("rtx-4090").expect("it is there");
    assert_eq!(machine.name, "Card A");
    assert_eq!(catalog.machine("pc-a").expect("it is there").id, "pc-a");
    assert_eq!(catalog.machines.len(), Catalog::built_in().machines.len() + 1, "one new, one in place");
    assert!(catalog.preset("chat").is_ok(), "the preset is there");
    let (catalog, problems) = self::problems(&[(
        "machines/mine.ron",
        br#"(products: [(id: "rtx-4090-24gb", name: "Mine", base: "rtx-5090", availability: Owned)])"#,
    )]);
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(
        catalog.machine("rtx-4090").expect("it is there").name,
        "Mine",
        "a product in place of a chip answers to its names"
    );
}

#[test]
fn a_bad_file_costs_only_itself_and_says_where() {
    let bare = MACHINES.replace("GiB(24)", "64");
    let unit = MACHINES.replace("GiB(24)", "Gb(24)");
    let field = MACHINES.replace("released:", "relaesed:");
    let zero = MACHINES.replace("GiB(24)", "GiB(0)").replace("card-a", "card-z").replace("pc-a", "pc-z");
    let cut = MACHINES.split_once("peaks").expect("the fixture has peaks").0.to_owned();
    for (text, expected) in [
        (bare, "machines/a.ron:5:31: "),
        (unit, "machines/a.ron:5:31: `Gb` is not known here; write GiB, B, KiB, MiB, MB, GB"),
        (field, "there is no field `relaesed`; there are id, name"),
        (zero, "card-z, memory: is 0 GiB; 0.25 to 65536 GiB is plausible: machines/a.ron"),
        (cut, "a bracket or a quote is not closed"),
        (String::new(), "machines/a.ron:1:1: "),
        ("[".repeat(100_000), "machines/a.ron:1:1: "),
    ] {
        let good = MACHINES.replace("card-a", "card-b").replace("pc-a", "pc-b");
        let (catalog, problems) =
            problems(&[("machines/a.ron", text.as_bytes()), ("machines/b.ron", good.as_bytes())]);
        assert!(problems.iter().any(|problem| problem.contains(expected)), "{expected}\n{problems:#?}");
        assert!(catalog.machine("card-b").is_ok(), "the good file is kept: {expected}");
        assert!(catalog.machine("card-z").is_err(), "the impossible record is not: {expected}");
        assert!(catalog.machine("rtx-4090").is_ok(), "ours are kept: {expected}");
    }
}

#[test]
fn slips_are_said_in_words_of_the_file() {
    let figure = r#"(GiB(24), Datasheet, "A3", "2026-08-21")"#;
    let shape = r#"; a figure is written `(GBps(614), Datasheet, "source id", "2026-09-30")`"#;
    for (from, to, expected) in [
        ("GiB(24)", "64", "5:31: `64` is not a name; write the unit, as in `GiB(64)`"),
        ("GiB(24)", "24 GiB", "5:31: `24` is not a name; write the unit, as in `GiB(64)`"),
        ("GiB(24)", r#""24GB""#, "5:31: Expected identifier; write it without quotes"),
        ("GiB(24)", r#"GiB("24")"#, "5:35: Expected float; write it without quotes"),
        (figure, "GiB(24)", &format!("5:30: `GiB` stands alone{shape}")),
        (figure, "(GiB(24), Datasheet)", &format!("5:49: there are 2 parts{shape}")),
        (figure, "64", &format!("5:29: expected an opening bracket{shape}")),
        ("GBps(1008)", "GB(1008)", "6:25: `GB` is not known here; write GBps, TBps"),
        ("vendor: Nvidia,", "", "10:9: the field `vendor` is missing"),
        ("vendor: Nvidia,", "vendor: Nvidia, vendor: Amd,", "4:59: the field `vendor` stands twice"),
        (r#""card-a""#, "card-a", "4:16: Expected string; put text in quotes"),
    ] {
        let text = MACHINES.replacen(from, to, 1);
        let (_, problems) = problems(&[("machines/a.ron", text.as_bytes())]);
        assert_eq!(problems, [format!("machines/a.ron:{expected}")], "{to}");
    }
}

#[test]
fn hostile_files_are_refused() {
    let huge = vec![b' '; (4 << 20) + 1];
    let (_, problems) = problems(&[("models/huge.ron", &huge), ("models/latin1.ron", b"\"caf\xe9\"")]);
    assert_eq!(
        problems,
        [
            "the file is larger than 4 MiB and was not read: models/huge.ron",
            "cannot read the file: not UTF-8 text: models/latin1.ron",
        ]
    );
    let folder = folder(&[]);
    fs::create_dir_all(folder.path().join("models/folder.ron")).expect("a folder can be made");
    let (_, problems) = Catalog::load(Some(folder.path()));
    assert!(matches!(problems.as_slice(), [CatalogProblem::Unreadable { .. }]), "{problems:?}");
}

#[test]
fn a_users_record_that_is_like_no_machine_is_used_and_said_with_its_place() {
    for (from, to, place, expected) in [
        ("GiB(24)", "MiB(1)", "5:22", "card-a, memory: is 0.0009765625 GiB; 0.25 to 65536 GiB is plausible"),
        ("GBps(1008)", "GBps(1e-300)", "6:13", "is plausible"),
        ("TFLOPs(165.2)", "PFLOPs(165.2)", "7:21", "card-a, peaks.fp16: is 165200 TFLOP/s"),
        ("USD(2000)", "USD(1)", "13:52", "pc-a, price: is 1 USD; 20 to 5000000 USD is plausible"),
        ("W(450)", "W(1e9)", "8:13", "card-a, load: is 1000000000 W"),
    ] {
        let text = MACHINES.replacen(from, to, 1);
        let (catalog, problems) = self::problems(&[("machines/a.ron", text.as_bytes())]);
        assert!(!problems.is_empty(), "{to}");
        for problem in &problems {
            assert!(problem.contains("; it is used as it stands: machines/a.ron:"), "{problem}");
        }
        let said = problems.iter().find(|problem| problem.ends_with(&format!(":{place}")));
        assert!(said.is_some_and(|problem| problem.contains(expected)), "{to}: {problems:#?}");
        assert!(catalog.machine("card-a").is_ok() && catalog.machine("pc-a").is_ok(), "{to}");
    }
    let far = MODELS.replace("head: 64", "head: 63");
    let (catalog, problems) = self::problems(&[("models/a.ron", far.as_bytes())]);
    assert!(
        problems.iter().any(|problem| problem.contains("head widths are multiples of 8")),
        "{problems:?}"
    );
    assert!(catalog.model("model-a").is_ok());
}

#[test]
fn ids_that_could_not_be_reached_are_refused_with_what_would_be_right() {
    let long = "x".repeat(5_000);
    for (from, to, expected) in [
        ("card-a", "this", "is `this`, which stands for other machines; choose another: machines/a.ron:4:13"),
        ("card-a", "all", "is `all`, which stands for other machines"),
        ("card-a", long.as_str(), "…`; write small letters, digits, dots and hyphens, at most 100"),
        ("Card A", &"N".repeat(100_000), "name: has more than 200 characters"),
    ] {
        let text = MACHINES.replace(from, to);
        let (catalog, problems) = self::problems(&[("machines/a.ron", text.as_bytes())]);
        assert!(problems.iter().any(|problem| problem.contains(expected)), "{expected}: {problems:#?}");
        assert!(problems.iter().all(|problem| problem.len() < 1_000), "what is quoted is short");
        assert!(!catalog.machines.iter().any(|machine| machine.id == to));
    }
    for id in ["all", "ollama:x", "a/b", "a,b", "a\u{1b}b"] {
        let text = MODELS.replace("model-a", id);
        let (_, problems) = self::problems(&[("models/a.ron", text.as_bytes())]);
        assert!(problems.iter().any(|problem| problem.contains("id: is `")), "{id}: {problems:?}");
    }
}

#[test]
fn a_preset_that_cannot_be_read_is_said_and_stays_on_the_list() {
    for (text, expected) in [
        ("(contxt: 5)", "presets/mine.ron:1:2: "),
        ("(context: 5,\n speed: 3)", "presets/mine.ron:2:"),
        ("[(context: 5), (contxt: 5)]", "presets/mine.ron:1:17: "),
        ("(", "presets/mine.ron:1:"),
    ] {
        let (catalog, problems) = self::problems(&[("presets/mine.ron", text.as_bytes())]);
        assert!(problems.len() == 1 && problems[0].starts_with(expected), "{text}: {problems:?}");
        assert!(catalog.preset("mine").is_ok(), "opening it says the same");
    }
}

#[test]
fn a_folder_that_cannot_be_read_is_not_an_empty_one_and_all_of_it_is_bounded() {
    let (_, problems) = self::problems(&[("machines", b"a file where the folder should be")]);
    assert!(problems.len() == 1 && problems[0].starts_with("cannot read the file: "), "{problems:?}");
    let text = vec![b' '; 4 << 20];
    let names: Vec<String> = (10..30).map(|number| format!("models/{number}.ron")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), text.as_slice())).collect();
    let (_, problems) = self::problems(&files);
    let last = "the files before it hold 64 MiB, so it was not read: models/26.ron";
    assert!(problems.iter().any(|problem| problem == last), "{problems:#?}");
    assert_eq!(problems.len(), 17);
}

#[test]
fn the_later_of_two_own_records_counts_and_that_is_said() {
    let later = MACHINES.replace("Card A", "Card later").replace("pc-a", "pc-b");
    let (catalog, problems) =
        problems(&[("machines/a.ron", MACHINES.as_bytes()), ("machines/b.ron", later.as_bytes())]);
    assert_eq!(problems, ["card-a stands twice, and the later one counts: machines/a.ron, machines/b.ron"]);
    assert_eq!(catalog.machine("card-a").expect("it is there").name, "Card later");
}
