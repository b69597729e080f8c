//! The built-in catalog is complete and passes its audit, and the audit catches each kind of defect.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use plimsoll::catalog::check::{Audit, check};
use plimsoll::catalog::{Catalog, Entry};
use plimsoll::spec::{Availability, Interconnect, Kind, Machine, Memory, Offer};
use plimsoll::units::{Band, Bytes};

/// The day these facts were gathered.
const TODAY: &str = "2026-11-27";

/// Every chip and card the catalog must have, with its memory sizes in GB.
const CHIPS: &[(&str, &[u32])] = &[
    ("apple-m1-7c", &[8, 16]),
    ("apple-m1-8c", &[8, 16]),
    ("apple-m1pro-14c", &[16, 32]),
    ("apple-m1pro-16c", &[16, 32]),
    ("apple-m1max-24c", &[32, 64]),
    ("apple-m1max-32c", &[32, 64]),
    ("apple-m1ultra-48c", &[64, 128]),
    ("apple-m1ultra-64c", &[64, 128]),
    ("apple-m2-8c", &[8, 16, 24]),
    ("apple-m2-10c", &[8, 16, 24]),
    ("apple-m2pro-16c", &[16, 32]),
    ("apple-m2pro-19c", &[16, 32]),
    ("apple-m2max-30c", &[32, 64, 96]),
    ("apple-m2max-38c", &[32, 64, 96]),
    ("apple-m2ultra-60c", &[64, 128, 192]),
    ("apple-m2ultra-76c", &[64, 128, 192]),
    ("apple-m3-8c", &[8, 16, 24]),
    ("apple-m3-10c", &[8, 16, 24]),
    ("apple-m3pro-14c", &[18, 36]),
    ("apple-m3pro-18c", &[18, 36]),
    ("apple-m3max-30c", &[36, 96]),
    ("apple-m3max-40c", &[48, 64, 128]),
    ("apple-m3ultra-60c", &[96, 256]),
    ("apple-m3ultra-80c", &[96, 256, 512]),
    ("apple-m4-8c", &[16, 24, 32]),
    ("apple-m4-10c", &[16, 24, 32]),
    ("apple-m4pro-16c", &[24, 48, 64]),
    ("apple-m4pro-20c", &[24, 48, 64]),
    ("apple-m4max-32c", &[36]),
    ("apple-m4max-40c", &[48, 64, 128]),
    ("apple-m5-8c", &[16, 24, 32]),
    ("apple-m5-10c", &[16, 24, 32]),
    ("apple-m5pro-16c", &[24, 36, 48, 64]),
    ("apple-m5pro-20c", &[24, 36, 48, 64]),
    ("apple-m5max-32c", &[36]),
    ("apple-m5max-40c", &[48, 64, 128]),
    ("apple-m5ultra-64c", &[96, 256]),
    ("apple-m5ultra-80c", &[256, 512]),
    ("apple-m6-12c", &[16, 24, 32]),
    ("apple-a18pro-neo", &[8]),
    ("rtx-3060-12gb", &[12]),
    ("rtx-3090", &[24]),
    ("rtx-3090ti", &[24]),
    ("rtx-4060ti-16gb", &[16]),
    ("rtx-4070", &[12]),
    ("rtx-4070super", &[12]),
    ("rtx-4070tisuper", &[16]),
    ("rtx-4080super", &[16]),
    ("rtx-4090", &[24]),
    ("rtx-5060ti-16gb", &[16]),
    ("rtx-5070", &[12]),
    ("rtx-5070ti", &[16]),
    ("rtx-5080", &[16]),
    ("rtx-5090", &[32]),
    ("rtx-6000-ada", &[48]),
    ("rtx-a6000", &[48]),
    ("rtx-pro-6000", &[96]),
    ("a100-40gb-pcie", &[40]),
    ("a100-40gb-sxm", &[40]),
    ("a100-80gb-pcie", &[80]),
    ("a100-80gb-sxm", &[80]),
    ("h100-pcie", &[80]),
    ("h100-sxm", &[80]),
    ("h200", &[141]),
    ("b200", &[180]),
    ("l40s", &[48]),
    ("tesla-t4", &[16]),
    ("dgx-spark-gb10", &[128]),
    ("jetson-thor-128", &[128]),
    ("rx-7900xtx", &[24]),
    ("rx-7900xt", &[20]),
    ("r9700-ai-pro", &[32]),
    ("mi300x", &[192]),
    ("strix-halo-395", &[32, 64, 96, 128]),
];

/// Every product the catalog must have.
const PRODUCTS: &[&str] = &[
    "mac-mini-m6-16gb",
    "mac-mini-m6-24gb",
    "mac-mini-m6-32gb",
    "mac-mini-m5-pro-24gb",
    "mac-mini-m5-pro-48gb",
    "mac-mini-m5-pro-64gb",
    "mac-studio-m5-max-36gb",
    "mac-studio-m5-max-48gb",
    "mac-studio-m5-max-64gb",
    "mac-studio-m5-max-128gb",
    "mac-studio-m5-ultra-96gb",
    "mac-studio-m5-ultra-256gb",
    "mac-studio-m5-ultra-256gb-80c",
    "mac-studio-m5-ultra-512gb",
    "mac-mini-m4-16gb",
    "mac-mini-m4-24gb",
    "mac-mini-m4-32gb",
    "mac-mini-m4-pro-24gb",
    "mac-mini-m4-pro-48gb",
    "mac-mini-m4-pro-64gb",
    "mac-studio-m4-max-36gb",
    "mac-studio-m4-max-48gb",
    "mac-studio-m4-max-64gb",
    "mac-studio-m4-max-128gb",
    "mac-studio-m3-ultra-96gb",
    "mac-studio-m3-ultra-256gb",
    "mac-studio-m3-ultra-512gb",
    "macbook-pro-14-m5-16gb",
    "macbook-pro-14-m5-pro-24gb",
    "macbook-pro-16-m5-pro-24gb",
    "macbook-pro-14-m5-max-36gb",
    "macbook-pro-16-m5-max-36gb",
    "macbook-pro-14-m5-max-128gb",
];

fn dollars(machine: &Machine) -> Option<f64> {
    match &machine.offer {
        Some(Offer::Buy(price)) => Some(price.value().get()),
        Some(Offer::Rent(_)) | None => None,
    }
}

#[test]
fn the_built_in_catalog_passes_its_audit() {
    let (catalog, problems) = Catalog::load(None);
    assert!(problems.is_empty(), "{problems:#?}");
    let findings = check(&catalog, &Audit { today: Some(TODAY), count: None });
    let shown: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(shown.is_empty(), "{shown:#?}");
}

#[test]
fn every_chip_is_there_in_every_memory_size() {
    let catalog = Catalog::built_in();
    assert!(catalog.machines.chips().len() >= 73, "{} chips", catalog.machines.chips().len());
    for (id, sizes) in CHIPS {
        for size in *sizes {
            let sized = catalog.machine(&format!("{id}-{size}gb")).expect("the size is there");
            let capacity = sized.memory.value().capacity();
            assert_eq!(capacity, Some(Bytes::gib(f64::from(*size))), "{id} in {size} GB");
        }
        assert_eq!(catalog.machine(id).is_ok(), sizes.len() == 1, "{id} alone names one size");
    }
}

#[test]
fn every_product_is_there() {
    let catalog = Catalog::built_in();
    assert_eq!(PRODUCTS.len(), 33, "the list itself");
    for id in PRODUCTS {
        let product = catalog.machine(id).expect("the product is there");
        assert_eq!(&product.id, id, "it has the id itself");
        let known = dollars(product).is_some() || *id == "mac-studio-m5-ultra-512gb";
        assert!(known, "{id} has a price");
    }
}

#[test]
fn the_program_holds_every_file_of_the_folder() {
    let catalog = Catalog::built_in();
    let (chips, products) = (catalog.machines.chips(), catalog.machines.products());
    let embedded: BTreeSet<&str> = chips
        .entries()
        .iter()
        .map(Entry::file)
        .chain(products.entries().iter().map(Entry::file))
        .chain(catalog.models.entries().iter().map(Entry::file))
        .collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/catalog");
    let mut on_disk = BTreeSet::new();
    for folder in ["machines", "models"] {
        for entry in fs::read_dir(root.join(folder)).expect("the folder is there") {
            let name = entry.expect("it can be listed").file_name();
            on_disk.insert(format!("<built-in>/{folder}/{}", name.to_string_lossy()));
        }
    }
    let on_disk: BTreeSet<&str> = on_disk.iter().map(String::as_str).collect();
    assert_eq!(embedded, on_disk);
}

#[test]
fn figures_people_will_look_up() {
    let catalog = Catalog::built_in();
    for (id, gb_per_s, price) in [
        ("mac-studio-m5-ultra-96gb", 1228.0, Some(5499.0)),
        ("mac-studio-m5-ultra-256gb", 1228.0, Some(9499.0)),
        ("mac-studio-m5-ultra-256gb-80c", 1228.0, Some(10_799.0)),
        ("mac-studio-m5-ultra-512gb", 1228.0, None),
        ("mac-studio-m5-max-36gb", 460.0, Some(2499.0)),
        ("mac-studio-m5-max-128gb", 614.0, Some(5099.0)),
        ("mac-mini-m6-16gb", 153.0, Some(899.0)),
        ("mac-mini-m6-24gb", 170.0, Some(1099.0)),
        ("mac-mini-m4-32gb", 120.0, Some(999.0)),
        ("macbook-pro-14-m5-max-128gb", 614.0, Some(6699.0)),
        ("rtx-3090", 936.0, Some(1050.0)),
        ("rtx-4090", 1008.0, Some(2270.0)),
        ("rtx-5090", 1792.0, Some(3980.0)),
        ("rtx-5080", 960.0, Some(1650.0)),
        ("rtx-5070ti", 896.0, Some(1230.0)),
        ("dgx-spark-gb10", 273.0, Some(4699.0)),
        ("strix-halo-395-128gb", 256.0, Some(3449.0)),
    ] {
        let machine = catalog.machine(id).expect("it is in the catalog");
        let bandwidth = machine.bandwidth.as_ref().map(|figure| figure.value().as_gb_per_s());
        assert_eq!(bandwidth, Some(gb_per_s), "{id}");
        assert_eq!(dollars(machine), price, "{id}");
    }
}

#[test]
fn status_follows_the_facts_of_autumn_2026() {
    let catalog = Catalog::built_in();
    for (id, expected) in [
        ("mac-studio-m5-ultra-256gb", Availability::OnSale),
        ("apple-m5ultra-64c-96gb", Availability::OnSale),
        ("mac-studio-m5-ultra-512gb", Availability::Announced),
        ("apple-m5ultra-80c-512gb", Availability::Announced),
        ("mac-studio-m3-ultra-512gb", Availability::Discontinued),
        ("apple-m4max-40c-128gb", Availability::Discontinued),
        ("rtx-4090", Availability::Discontinued),
        ("rtx-5090", Availability::OnSale),
        ("rent-h100-sxm", Availability::OnSale),
    ] {
        let machine = catalog.machine(id).expect("it is in the catalog");
        assert_eq!(machine.availability, expected, "{id}");
    }
}

#[test]
fn rates_are_dense() {
    let catalog = Catalog::built_in();
    for (id, tflops) in
        [("h100-sxm", 989.4), ("rtx-4090", 165.2), ("rtx-5090", 209.5), ("a100-80gb-sxm", 312.0)]
    {
        let machine = catalog.machine(id).expect("it is in the catalog");
        let fp16 = machine.peaks.fp16.as_ref().map(|figure| figure.value().get() / 1e12);
        assert!(fp16.is_some_and(|fp16| (fp16 - tflops).abs() < 0.05), "{id}: {fp16:?}");
    }
    let m6 = catalog.machine("apple-m6-12c-16gb").expect("it is in the catalog");
    assert_eq!(m6.peaks.fp16, None, "an unknown rate stays unknown");
}

#[test]
fn modules_have_nvlink_and_ultras_two_dies() {
    let catalog = Catalog::built_in();
    let nvlink: BTreeSet<&str> = catalog
        .machines
        .iter()
        .filter(|machine| machine.interconnect.as_ref().is_some_and(|of| of.0 == Interconnect::NvLink))
        .map(|machine| machine.id.as_str())
        .collect();
    let instances = [
        "a2-highgpu-1g",
        "a2-highgpu-8g",
        "a2-ultragpu-1g",
        "a2-ultragpu-8g",
        "a3-highgpu-1g",
        "a3-highgpu-8g",
        "nd96amsr-a100-v4",
        "nd96isr-h100-v5",
        "p3.2xlarge",
        "p4d.24xlarge",
        "p4de.24xlarge",
        "p5.48xlarge",
        "p5.4xlarge",
        "p5en.48xlarge",
        "p6-b200.48xlarge",
    ];
    let modules = [
        "a100-40gb-sxm",
        "a100-80gb-sxm",
        "a800-80gb-sxm",
        "b200-180gb",
        "b300-288gb",
        "dgx-a100-640gb",
        "dgx-b200",
        "dgx-h100",
        "gb200-186gb",
        "gb300-288gb",
        "gh200-141gb",
        "gh200-96gb",
        "h100-sxm-80gb",
        "h20-96gb",
        "h200-141gb",
        "h800-80gb-sxm",
        "rent-4x-gb200",
        "rent-8x-b200",
        "rent-8x-h100-sxm",
        "rent-a100-80gb",
        "rent-b200",
        "rent-h100-sxm",
        "rent-h200",
        "tesla-v100-16gb-sxm2",
        "tesla-v100-32gb-sxm2",
    ];
    let known: BTreeSet<&str> = modules.into_iter().chain(instances).collect();
    assert_eq!(nvlink, known);
    for machine in &catalog.machines {
        let dies = machine.dies.as_ref().map(|figure| figure.0);
        assert_eq!(dies, machine.chip.ends_with("Ultra").then_some(2), "{}: {}", machine.id, machine.chip);
    }
}

#[test]
fn rentals_say_what_an_hour_costs_or_nothing() {
    let catalog = Catalog::built_in();
    let rent = |id: &str| match &catalog.machine(id).expect("it is in the catalog").offer {
        Some(Offer::Rent(figure)) => Some(figure.value().get()),
        Some(Offer::Buy(_)) | None => None,
    };
    assert_eq!(rent("rent-a100-80gb"), Some(1.79));
    assert_eq!(rent("rent-h100"), Some(3.99));
    assert_eq!(rent("rent-mac-m4-max-128gb"), None);
}

#[test]
fn limits_of_catalog_machines() {
    let catalog = Catalog::built_in();
    let limit = |id: &str| match catalog.machine(id).expect("it is in the catalog").memory.value() {
        Memory::Unified { gpu_limit: Some(limit), .. } => limit.clone(),
        other => panic!("{id} has no GPU limit but {other:?}"),
    };
    let new = limit("mac-studio-m5-max-128gb").default;
    assert_eq!(new, Band::exact(Bytes::gib(128.0) * 0.84), "sold with macOS 26 or later");
    let first = limit("apple-m5-10c-16gb").default;
    assert_eq!(
        first,
        Band::exact(Bytes::gib(16.0) * 0.74),
        "the first month that they were sold with it counts"
    );
    let old = limit("mac-studio-m4-max-128gb").default;
    assert_eq!((old.low, old.high), (Bytes::gib(96.0), Bytes::gib(128.0) * 0.84), "either rule");
    assert_eq!(limit("mac-studio-m5-ultra-256gb").raisable_to, Some(Bytes::gib(240.0)));
    assert_eq!(limit("apple-m1-8c-8gb").raisable_to, None, "8 GB leave nothing to raise");
    let spark = limit("dgx-spark-gb10");
    assert_eq!((spark.default.low, spark.default.high), (Bytes::gib(101.3), Bytes::gib(109.9)));
    assert!(spark.whole_pool && spark.raisable_to.is_none(), "{spark:?}");
    let strix = limit("strix-halo-395-128gb");
    assert_eq!(strix.raisable_to, Some(Bytes::gib(120.0)), "by ttm.pages_limit");
}

#[test]
fn a_driver_keeps_some_of_a_card() {
    let catalog = Catalog::built_in();
    for machine in &catalog.machines {
        if let Memory::Discrete { vram, driver, .. } = machine.memory.value() {
            let ordered = driver.low > Bytes::ZERO && driver.low <= driver.best && driver.best <= driver.high;
            // What a context keeps does not shrink with the card.
            assert!(
                ordered && driver.high < (*vram * 0.2).max(Bytes::gib(1.75)),
                "{}: {driver:?}",
                machine.id
            );
        }
    }
    let Memory::Discrete { driver, .. } = catalog.machine("l40s").expect("it is there").memory.0.clone()
    else {
        panic!("an L40S is a card");
    };
    assert!(driver.low > Bytes::gib(3.0), "error correction takes a sixteenth: {driver:?}");
}

#[test]
fn ids_are_found_whatever_their_case_and_near_ones_named() {
    let catalog = Catalog::built_in();
    for (asked, id) in [
        ("rtx-4090", "rtx-4090-24gb"),
        (" RTX-4090-24GB ", "rtx-4090-24gb"),
        ("a100-80gb-sxm", "a100-80gb-sxm"),
        ("macbook-pro-14-m5-max", "macbook-pro-14-m5-max-36gb"),
    ] {
        assert_eq!(catalog.machine(asked).expect("it is found").id, id, "{asked}");
    }
    for (asked, near) in [
        ("rtx-4900", "rtx-4090"),
        ("apple-m5max-40c", "apple-m5max-40c-128gb"),
        ("mac-studio-m5-utlra-256gb", "mac-studio-m5-ultra-256gb"),
    ] {
        let unknown = catalog.machine(asked).expect_err("it is not there");
        assert!(unknown.near.iter().any(|id| id == near), "{asked}: {unknown}");
    }
    let unknown = catalog.machine("toaster").expect_err("it is not there");
    assert_eq!(unknown.to_string(), "no machine `toaster`");
    assert!(catalog.machine(&"x".repeat(100_000)).is_err(), "a long id is only unknown");
    assert!(catalog.model("llama-3.1-8b").is_ok(), "the first model people see");
    let near = catalog.model("lama-3.1-8b").expect_err("it is not there").to_string();
    assert_eq!(near, "no model `lama-3.1-8b`; did you mean llama-3.1-8b?");
}

#[test]
fn every_figure_of_unconfirmed_notes_is_an_estimate() {
    let catalog = Catalog::built_in();
    for source in ["N1", "LIST", "R", "SEED", "W"] {
        assert!(catalog.sources.contains_key(source), "{source} is a source");
        for machine in &catalog.machines {
            if let Some(Offer::Buy(price)) = &machine.offer {
                assert!(
                    price.figure.2 != source || price.figure.1 == Kind::Estimate,
                    "{}: {price:?}",
                    machine.id
                );
            }
        }
    }
}

#[test]
fn api_prices_are_of_models_of_the_catalog() {
    let catalog = Catalog::built_in();
    for price in plimsoll::spec::API_PRICES {
        assert!(catalog.model(price.model).is_ok(), "{} of {}", price.model, price.provider);
    }
}
