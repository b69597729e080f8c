//! Lists the records of the built-in catalog by name, so that the program parses only those it is asked for, and
//! makes constants of the amounts that the engine takes as given, and functions of the texts of the window.
//!
//! The records stay text: what their fields mean is known to the program alone (`src/catalog/record.rs`,
//! `src/spec/model.rs`). Here only their names are read, and where each stands in its file.

#[path = "src/import/hugging_face/in_quotes.rs"]
mod in_quotes;
#[path = "build/texts.rs"]
mod texts;

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use ron::value::RawValue;
use serde::Deserialize;

/// A file of `machines/`, its records unread.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
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

/// Where a model's record was read; its other fields are passed over.
#[derive(Deserialize)]
struct ReadAt {
    id: String,
    source: String,
}

/// A source of `model_sources.ron`; its other fields are passed over.
#[derive(Deserialize)]
struct Page {
    url: String,
}

/// A record of `overhead.ron`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Overhead<'a> {
    name: String,
    what: String,
    /// The amount, its kind, its source, and the day it was read; the kind is one of the program's.
    #[serde(borrow)]
    amount: (Amount, &'a RawValue, String, String),
}

/// An amount with its unit.
#[derive(Deserialize)]
enum Amount {
    GiB(f64),
    Share(f64),
    BandGB(f64, f64, f64),
    BandShare(f64, f64, f64),
}

/// A record of `support.ron`; the names are the program's.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fact<'a> {
    #[serde(borrow)]
    runtime: &'a RawValue,
    platform: &'a RawValue,
    feature: &'a RawValue,
    support: &'a RawValue,
    /// The least compute capability, `"8.9"`, or target of AMD's, `"gfx90a"`; empty for any.
    #[serde(default)]
    since: String,
    /// Later targets that are left out, `["gfx1100"]`.
    #[serde(default)]
    without: Vec<String>,
    program: String,
    version: String,
    #[serde(default)]
    detail: String,
    source: String,
    date: String,
}

/// A record of `api_prices.ron`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ApiPrice {
    model: String,
    provider: String,
    input: f64,
    output: f64,
    source: String,
    date: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    fs::write(folder.join("catalog_records.rs"), catalog_records()?)?;
    fs::write(folder.join("overhead.rs"), overhead()?)?;
    fs::write(folder.join("support.rs"), support()?)?;
    fs::write(folder.join("api_prices.rs"), api_prices()?)?;
    fs::write(folder.join("repositories.rs"), repositories()?)?;
    fs::write(folder.join("texts.rs"), texts::texts()?)?;
    for input in [
        "build.rs",
        "build/texts.rs",
        texts::ENGLISH,
        "assets/catalog/machines",
        "assets/catalog/models",
        "assets/catalog/model_sources.ron",
        "assets/catalog/overhead.ron",
        "assets/catalog/support.ron",
        "assets/catalog/api_prices.ron",
    ] {
        println!("cargo:rerun-if-changed={input}");
    }
    Ok(())
}

/// Every record with the names it is found by.
fn catalog_records() -> Result<String, Box<dyn Error>> {
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
    Ok(out)
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
        let record = without_spaces(record);
        let file = path.strip_prefix("assets/catalog")?.to_string_lossy().replace('\\', "/");
        writeln!(
            out,
            "    Written {{ file: \"<built-in>/{file}\", line: {line}, column: {column}, id: {id:?}, \
             aliases: &{aliases:?}, text: {record:?} }},"
        )?;
    }
    Ok(())
}

/// A record without what is between its words but line ends, so that it is read sooner and a line of it is still the line
/// of its file.
fn without_spaces(record: &str) -> String {
    let mut out = String::with_capacity(record.len());
    let mut rest = record;
    while let Some(sign) = rest.chars().next() {
        let raw = rest.starts_with("r\"") || rest.starts_with("r#") || rest.starts_with("/*");
        if raw && !out.ends_with(char::is_alphanumeric) {
            // What is written otherwise than records are stays as it is.
            return record.to_owned();
        }
        let taken = match sign {
            '"' => in_quotes::length(rest),
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            other => other.len_utf8(),
        };
        let (word, after) = rest.split_at(taken);
        if !word.starts_with("//") && !matches!(word, " " | "\t" | "\r") {
            out.push_str(word);
        }
        rest = after;
    }
    out
}

/// Where each model is published, by its id, where that is a repository of Hugging Face.
fn repositories() -> Result<String, Box<dyn Error>> {
    let path = Path::new("assets/catalog/model_sources.ron");
    let text = fs::read_to_string(path)?;
    let pages: BTreeMap<String, Page> = ron::from_str(&text).map_err(|error| at(path, &error))?;
    let mut published = BTreeMap::new();
    for path in files(Path::new("assets/catalog/models"))? {
        let text = fs::read_to_string(&path)?;
        let records: Vec<&RawValue> = ron::from_str(&text).map_err(|error| at(&path, &error))?;
        for record in records {
            let ReadAt { id, source } = ron::from_str(record.get_ron()).map_err(|error| at(&path, &error))?;
            let page = pages.get(&source).and_then(|page| page.url.strip_prefix("https://huggingface.co/"));
            let words: Vec<&str> = page.unwrap_or_default().split('/').collect();
            if let [owner, name, ..] = words[..] {
                published.insert(id, format!("{owner}/{name}"));
            }
        }
    }
    let mut out = String::new();
    writeln!(out, "/// Every model that is published there, by its id.")?;
    writeln!(out, "static REPOSITORIES: &[(&str, &str)] = &[")?;
    for (id, repository) in &published {
        writeln!(out, "    ({id:?}, {repository:?}),")?;
    }
    writeln!(out, "];")?;
    Ok(out)
}

/// One constant an amount, and a list of where they are from.
fn overhead() -> Result<String, Box<dyn Error>> {
    let path = Path::new("assets/catalog/overhead.ron");
    let text = fs::read_to_string(path)?;
    let records: Vec<Overhead<'_>> = ron::from_str(&text).map_err(|error| at(path, &error))?;
    let mut out = String::new();
    for Overhead { name, what, amount: (amount, kind, source, date) } in &records {
        let (unit, amount) = match *amount {
            Amount::GiB(value) => ("Bytes", format!("Bytes::gib({value:?})")),
            Amount::Share(value) => ("f64", format!("{value:?}")),
            Amount::BandGB(low, best, high) => {
                ("Band<f64>", format!("Band {{ low: {low}e9, best: {best}e9, high: {high}e9 }}"))
            }
            Amount::BandShare(low, best, high) => {
                ("Band<f64>", format!("Band {{ low: {low:?}, best: {best:?}, high: {high:?} }}"))
            }
        };
        writeln!(
            out,
            "/// {what}.\npub const {name}: Overhead<{unit}> = Overhead {{ amount: {amount}, name: {name:?}, \
             kind: Kind::{}, source: {source:?}, date: {date:?} }};",
            kind.get_ron().trim()
        )?;
    }
    let names: Vec<String> = records.iter().map(|record| format!("{}.origin()", record.name)).collect();
    writeln!(out, "/// Where each is from, for the audit.")?;
    writeln!(out, "pub const ORIGINS: &[Overhead<()>] = &[{}];", names.join(", "))?;
    Ok(out)
}

/// One list of what runs where.
fn support() -> Result<String, Box<dyn Error>> {
    let path = Path::new("assets/catalog/support.ron");
    let text = fs::read_to_string(path)?;
    let mut facts: Vec<Fact<'_>> = ron::from_str(&text).map_err(|error| at(path, &error))?;
    // As `Runtime` declares them, so that those of one are looked up at once.
    let runtimes = ["LlamaCpp", "Mlx", "PyTorch", "Vllm", "Sglang", "ExLlama"];
    facts.sort_by_key(|fact| runtimes.iter().position(|name| *name == fact.runtime.get_ron().trim()));
    let mut out = String::new();
    let mut named = vec![Vec::new(); runtimes.len()];
    writeln!(out, "/// Every fact that ships, runtime by runtime.\npub static FACTS: &[Fact] = &[")?;
    for Fact {
        runtime,
        platform,
        feature,
        support,
        since,
        without,
        program,
        version,
        detail,
        source,
        date,
    } in &facts
    {
        let name = |raw: &RawValue| raw.get_ron().trim().to_owned();
        let feature = name(feature);
        let of = match feature.split('(').next() {
            Some("TrainedBy") => "(Trainer::",
            Some("ServedBy" | "CacheOf") => "(Server::",
            _ => "(Format::",
        };
        let feature = feature.replace('(', of);
        let capability = |text: &str| -> Result<String, Box<dyn Error>> {
            Ok(match text.strip_prefix("gfx") {
                Some(target) => format!("Capability::GFX{}", target.to_uppercase()),
                None => format!("Capability({})", tenths(text)?),
            })
        };
        let mut left_out = Vec::new();
        for text in without {
            let capability = capability(text)?;
            if let Some(own) = runtimes.iter().position(|own| *own == name(runtime)) {
                named[own].push(format!("(Platform::{}, {capability})", name(platform)));
            }
            left_out.push(capability);
        }
        let left_out = left_out.join(", ");
        let since = match since.as_str() {
            "" => "None".to_owned(),
            text => {
                let capability = capability(text)?;
                if let Some(own) = runtimes.iter().position(|own| *own == name(runtime)) {
                    named[own].push(format!("(Platform::{}, {capability})", name(platform)));
                }
                format!("Some({capability})")
            }
        };
        writeln!(
            out,
            "    Fact {{ runtime: Runtime::{}, platform: Platform::{}, feature: Feature::{feature}, support: \
             Support::{}, since: {since}, without: &[{left_out}], detail: {detail:?}, program: {program:?}, version: {version:?}, source: {source:?}, date: {date:?} }},",
            name(runtime),
            name(platform),
            name(support),
        )?;
    }
    writeln!(out, "];")?;
    writeln!(out, "/// Of each runtime, the capabilities that its facts name, and on what.")?;
    writeln!(out, "static NAMED: [&[(Platform, Capability)]; {}] = [", runtimes.len())?;
    for mut own in named {
        own.sort();
        own.dedup();
        writeln!(out, "    &[{}],", own.join(", "))?;
    }
    writeln!(out, "];")?;
    Ok(out)
}

/// What providers ask for models, by model.
fn api_prices() -> Result<String, Box<dyn Error>> {
    let path = Path::new("assets/catalog/api_prices.ron");
    let text = fs::read_to_string(path)?;
    let mut prices: Vec<ApiPrice> = ron::from_str(&text).map_err(|error| at(path, &error))?;
    prices.sort_by(|a, b| a.model.cmp(&b.model));
    let mut out = String::new();
    writeln!(out, "/// Every price that ships, by model.\npub static PRICES: &[ApiPrice] = &[")?;
    for ApiPrice { model, provider, input, output, source, date } in &prices {
        writeln!(
            out,
            "    ApiPrice {{ model: {model:?}, provider: {provider:?}, input: {input:?}, output: {output:?}, \
             source: {source:?}, date: {date:?} }},"
        )?;
    }
    writeln!(out, "];")?;
    Ok(out)
}

/// A compute capability in tenths: `8.9` is 89.
fn tenths(text: &str) -> Result<u16, Box<dyn Error>> {
    let (major, minor) = text.split_once('.').ok_or("a capability is written as 8.9")?;
    Ok(major.parse::<u16>()? * 10 + minor.parse::<u16>()?)
}

/// An error with the file it is in.
fn at(path: &Path, error: &ron::error::SpannedError) -> String {
    format!("{}:{error}", path.display())
}
