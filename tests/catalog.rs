//! The built-in catalog is complete and passes its audit, and the audit catches each kind of defect.

use std::collections::BTreeSet;
use std::path::Path;

use plimsoll::catalog::check::{Audit, check};
use plimsoll::catalog::{Catalog, CatalogProblem};
use plimsoll::spec::{Availability, Kind, Machine, Memory, Offer, Vendor};
use plimsoll::units::Bytes;

/// The day these facts were gathered.
const TODAY: &str = "2026-11-20";

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

fn machine(id: &str) -> Machine {
    Machine::clone(Catalog::built_in().machine(id).expect("it is in the catalog"))
}

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
    assert!(catalog.records.chips.len() >= 73, "{} chips", catalog.records.chips.len());
    for (id, sizes) in CHIPS {
        for size in *sizes {
            let sized = catalog.machine(&format!("{id}-{size}gb")).expect("the size is there");
            let capacity = sized.memory.value().capacity();
            assert_eq!(capacity, Bytes::gib(f64::from(*size)), "{id} in {size} GB");
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
