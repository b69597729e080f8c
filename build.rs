//! Lists the records of the built-in catalog by name, so that the program parses only those it is asked for.
//!
//! The records stay text: what their fields mean is known to the program alone (`src/catalog/record.rs`,
//! `src/spec/model.rs`). Here only their names are read, and where each stands in its file.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use ron::value::RawValue;
use serde::Deserialize;

/// A file of `machines/`, its records unread.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
struct MachineFile<'a> {
    #[serde(borrow)]
    chips: Vec<&'a RawValue>,
    #[serde(borrow)]
    products: Vec<&'a RawValue>,
}

/// What a record is found by; its other fields are passed over.
#[derive(Deserialize)]
struct Names {
    id: String,
    #[serde(default)]
    aliases: Vec<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let catalog = Path::new("assets/catalog");
    let (mut chips, mut products, mut models) = (String::new(), String::new(), String::new());
    for path in files(&catalog.join("machines"))? {
        let text = fs::read_to_string(&path)?;
        let file: MachineFile<'_> = ron::from_str(&text).map_err(|error| at(&path, &error))?;
        list(&mut chips, &path, &text, &file.chips)?;
        list(&mut products, &path, &text, &file.products)?;
    }
    for path in files(&catalog.join("models"))? {
        let text = fs::read_to_string(&path)?;
        let records: Vec<&RawValue> = ron::from_str(&text).map_err(|error| at(&path, &error))?;
        list(&mut models, &path, &text, &records)?;
    }
    let mut out = String::new();
    for (name, what, records) in [
        ("CHIPS", "Chips and cards", chips),
        ("PRODUCTS", "Products and rentals", products),
        ("MODELS", "Models", models),
    ] {
        writeln!(out, "/// {what}, in the order of their files.")?;
        writeln!(out, "pub(super) static {name}: &[Written] = &[\n{records}];")?;
    }
    let folder = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    fs::write(folder.join("catalog_records.rs"), out)?;
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=assets/catalog/machines");
    println!("cargo:rerun-if-changed=assets/catalog/models");
    Ok(())
}

/// The `.ron` files of a folder, by name.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "ron") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// Writes one line of the list a record.
fn list(out: &mut String, path: &Path, text: &str, records: &[&RawValue]) -> Result<(), Box<dyn Error>> {
    for record in records {
        let record = record.get_ron();
        let before = text.get(..record.as_ptr().addr() - text.as_ptr().addr()).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|sign| *sign != '\n').count() + 1;
        let Names { id, aliases } = ron::from_str(record).map_err(|error| at(path, &error))?;
        let file = path.strip_prefix("assets/catalog")?.to_string_lossy().replace('\\', "/");
        writeln!(
            out,
            "    Written {{ file: \"<built-in>/{file}\", line: {line}, column: {column}, id: {id:?}, \
             aliases: &{aliases:?}, text: {record:?} }},"
        )?;
    }
    Ok(())
}

/// An error with the file it is in.
fn at(path: &Path, error: &ron::error::SpannedError) -> String {
    format!("{}:{error}", path.display())
}
