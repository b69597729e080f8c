//! A record that is asked for alone is the one of its whole file, and the others stay unread.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::entry::{Entry, Written};
use super::load::Layers;
use super::problem::{CatalogProblem, parse};
use super::{Catalog, Chip, Records, built_in};
use crate::spec::Machine;

/// The catalog of the folder's files, each parsed whole.
fn of_whole_files() -> Catalog {
    let mut layers = Layers::sources_alone();
    for folder in ["machines", "models"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/catalog").join(folder);
        let mut files: Vec<_> = fs::read_dir(path)
            .expect("the folder is there")
            .map(|entry| entry.expect("a file").path())
            .collect();
        files.sort();
        for file in files {
            let text = fs::read_to_string(&file).expect("text in UTF-8");
            let name = format!("<built-in>/{folder}/{}", file.file_name().unwrap_or_default().display());
            match folder {
                "machines" => layers.machines(&name, &text, false),
                _ => layers.models(&name, &text, false),
            }
        }
    }
    let (catalog, problems) = layers.finish();
    assert_eq!(problems, []);
    catalog
}

fn places<T>(records: &Records<T>) -> Vec<(String, String)> {
    records.entries().iter().map(|entry| (entry.file().to_owned(), entry.id().to_owned())).collect()
}

fn read<T>(records: &Records<T>) -> usize {
    records.entries().iter().filter(|entry| entry.is_read()).count()
}

/// How many records of any kind were parsed.
fn all_read(catalog: &Catalog) -> usize {
    read(catalog.machines.chips())
        + read(catalog.machines.products())
        + read(&catalog.models)
        + read(&catalog.presets)
}

#[test]
fn the_list_of_records_is_that_of_the_files() {
    let (whole, listed) = (of_whole_files(), Catalog::built_in());
    assert_eq!(places(listed.machines.chips()), places(whole.machines.chips()));
    assert_eq!(places(listed.machines.products()), places(whole.machines.products()));
    assert_eq!(places(&listed.models), places(&whole.models));
    assert_eq!(listed.machines.chips(), whole.machines.chips());
    assert_eq!(listed.machines.products(), whole.machines.products());
    assert_eq!(listed.models, whole.models);
    assert_eq!(listed.machines, whole.machines);
    assert!(whole.machines.len() > 200 && whole.models.len() > 190, "there are as many as ever");
}

#[test]
fn every_machine_is_found_alone_by_each_of_its_names() {
    let (whole, asked) = (of_whole_files(), Catalog::built_in());
    for machine in &whole.machines {
        for name in std::iter::once(&machine.id).chain(&machine.aliases) {
            let expected = whole.machine(name).expect("it is there");
            assert_eq!(asked.machine(name).map(Arc::as_ref), Ok(expected.as_ref()), "{name}");
            assert_eq!(asked.machine(&name.to_uppercase()), Ok(expected), "{name} in capitals");
        }
    }
    let alone: Vec<&Arc<Machine>> =
        whole.machines.iter().filter_map(|machine| asked.machine(&machine.id).ok()).collect();
    assert!(
        asked.machines.iter().zip(alone).all(|(listed, alone)| Arc::ptr_eq(listed, alone)),
        "what was found alone is not made again for the list"
    );
}

#[test]
fn every_model_is_found_alone() {
    let (whole, asked) = (of_whole_files(), Catalog::built_in());
    for model in &whole.models {
        assert_eq!(asked.model(&model.id), Ok(model));
        assert_eq!(
            asked.model(&model.id.replace('-', "").to_uppercase()),
            whole.model(&model.id),
            "{}",
            model.id
        );
    }
}

#[test]
fn only_what_is_asked_is_parsed() {
    let catalog = Catalog::built_in();
    assert_eq!(all_read(&catalog), 0, "nothing at first");
    assert!(catalog.machine("rtx-4090").is_ok() && catalog.model("llama-3.1-8b").is_ok(), "both are there");
    assert_eq!(all_read(&catalog), 2, "a chip and a model");
    assert!(catalog.preset("chat-8b").is_ok_and(|preset| preset.name == "Chat 8B"), "the preset is there");
    assert_eq!(all_read(&catalog), 3, "and a preset");
    assert!(catalog.machine("mac-studio-m5-ultra-96gb").is_ok(), "the product is there");
    assert_eq!(all_read(&catalog), 5, "a product and the chip in it");
    assert!(catalog.model("lama-3.1-8b").is_err_and(|unknown| !unknown.near.is_empty()), "it is near one");
    assert_eq!(all_read(&catalog), 5, "near models are known by their ids");
    assert_eq!(catalog.machines.len(), of_whole_files().machines.len());
    assert_eq!(read(catalog.machines.chips()), built_in::CHIPS.len(), "a list takes all chips");
    assert_eq!(read(&catalog.models), 1, "and no further model");
}

#[test]
fn a_broken_record_of_ours_says_where_in_its_file() {
    static BROKEN: Written = Written {
        file: "<built-in>/machines/maker.ron",
        line: 40,
        column: 9,
        id: "card",
        aliases: &[],
        text: "(id: 7,\n  name: \"Card\")",
    };
    static LATER: Written = Written { text: "(id: \"card\",\n  name: 7)", ..BROKEN };
    for written in [&BROKEN, &LATER] {
        let entry: Entry<Chip> = Entry::built_in(written);
        let before = "\n".repeat(written.line - 1) + &" ".repeat(written.column - 1);
        let whole = parse::<Chip>(written.file, &(before + written.text));
        assert_eq!(entry.record().err(), whole.as_ref().err(), "as in the whole file");
        assert!(matches!(whole, Err(CatalogProblem::Malformed { line: 40 | 41, .. })), "{whole:?}");
    }
}

#[test]
fn an_impossible_record_of_ours_is_left_out() {
    static IMPOSSIBLE: Written = Written {
        file: "f.ron",
        line: 1,
        column: 1,
        id: "card",
        aliases: &[],
        text: r#"(id: "card", name: "Card", vendor: Nvidia, chip: "X", pool: Discrete, sizes: [], availability: OnSale)"#,
    };
    let entry: Entry<Chip> = Entry::built_in(&IMPOSSIBLE);
    let said = entry.record().expect_err("it has no memory").to_string();
    assert_eq!(said, "card, sizes: is empty; give at least one memory size: f.ron");
}
