//! Nothing is done by the name of an architecture: engine, readers and evidence look records up (`src/spec/architecture`).

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use plimsoll::spec::Architecture;
use regex::Regex;

/// Where a name stands all the same: a path, the names, and why. A path that needs none of its names fails the test.
const ALLOWED: [(&str, &[&str], &str); 9] = [
    ("import/hugging_face/sketch/mod.rs", &[], "the one table of layouts, which are code, by `model_type`"),
    (
        "import/hugging_face/tower/",
        &[],
        "what sees or hears has a type of its own; some are those of its language model",
    ),
    (
        "import/hugging_face/params.rs",
        &["deepseek_v3", "llama", "mistral", "mistral3", "mixtral"],
        "writes the `model_type` that a publisher's own format stands for",
    ),
    (
        "import/hugging_face/mod.rs",
        &["llama", "qwen2", "qwen3"],
        "MiniCPM's wrapper names no type of its language model, which follows from its version",
    ),
    ("import/hugging_face/mod.rs", &["encoder"], "a part of a wrapper"),
    ("import/checkpoint_parts.rs", &["encoder"], "a part of a wrapper"),
    ("import/hugging_face/nemotron.rs", &["mamba"], "a kind of layer in a configuration"),
    ("import/hugging_face/sketch/", &["mamba", "qwen3"], "a kind of layer, and of norm, in a configuration"),
    ("import/hugging_face/precision/known.rs", &["bitnet"], "a way to store weights"),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a source folder") {
        let path = entry.expect("a folder entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("tests.rs") {
            found.push(path);
        }
    }
}

/// Lines of code of a file, without comments and tests, with their numbers.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines().enumerate().map(|(index, line)| (index + 1, line.split("//").next().unwrap_or_default()))
}

#[test]
fn no_code_knows_an_architecture_by_its_name() {
    let mut names: BTreeSet<&str> = Architecture::classes().map(|(_, class)| class.model_type).collect();
    names.extend(
        Architecture::all().flat_map(|one| std::iter::once(one.name).chain(one.also.iter().copied())),
    );
    let literal = Regex::new(r#""([^"]*)""#).expect("a pattern");
    let by_part = Regex::new(
        r#"architecture[\w.()]*\.(starts_with|ends_with|contains)\(|architecture[\w.()]* *(==|!=) *""#,
    )
    .expect("a pattern");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut wrong, mut needed) = (Vec::new(), BTreeSet::new());
    for room in ["engine", "import", "evidence"] {
        let mut files = Vec::new();
        sources(&root.join(room), &mut files);
        for file in files {
            let path = file.strip_prefix(&root).expect("a file inside").to_string_lossy().replace('\\', "/");
            let text = fs::read_to_string(&file).expect("a source file");
            for (number, line) in lines(&text) {
                let named =
                    literal.captures_iter(line).map(|found| found.get(1).map_or("", |it| it.as_str()));
                for name in named.filter(|name| names.contains(name)) {
                    let allows = |(start, own, _): &(&str, &[&str], &str)| {
                        path.starts_with(start) && (own.is_empty() || own.contains(&name))
                    };
                    match ALLOWED.iter().position(allows) {
                        Some(row) => _ = needed.insert(row),
                        None => wrong.push(format!("{path}:{number}: `{name}`")),
                    }
                }
                if by_part.is_match(line) {
                    wrong.push(format!("{path}:{number}: {}", line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "what these do is a field of `Architecture`:\n{}", wrong.join("\n"));
    let idle: Vec<_> = ALLOWED.iter().enumerate().filter(|(row, _)| !needed.contains(row)).collect();
    assert!(idle.is_empty(), "no longer needed: {idle:?}");
}

/// What names a choice, the file that builds it, and other files with why they name one.
type Built = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// A choice whose records say everything, the one place that builds what it computes, and where else a kind is named.
const BUILT: [Built; 2] = [
    (
        r"\bPipeline::[A-Z]\w*[a-z0-9]\b",
        "engine/memory/diffusion/records.rs",
        &[("spec/diffusion.rs", "the default")],
    ),
    (
        r"\bGnnArchitecture::[A-Z]\w*\b",
        "engine/memory/gnn/network.rs",
        &[
            ("spec/gnn.rs", "the default"),
            ("evidence/gnn.rs", "names of a table that was given"),
            ("evidence/gnn_networks.rs", "titles of its groups"),
        ],
    ),
];

#[test]
fn kinds_of_pipelines_and_graph_networks_are_told_apart_in_one_builder_each() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut wrong = Vec::new();
    for (pattern, builder, others) in BUILT {
        let kind = Regex::new(pattern).expect("a pattern");
        for file in &files {
            let path = file.strip_prefix(&root).expect("a file inside").to_string_lossy().replace('\\', "/");
            if path == builder || others.iter().any(|(other, _)| path == *other) {
                continue;
            }
            let text = fs::read_to_string(file).expect("a source file");
            let named = lines(&text).filter(|(_, line)| kind.is_match(line));
            wrong.extend(named.map(|(number, line)| format!("{path}:{number}: {}", line.trim())));
        }
    }
    assert!(wrong.is_empty(), "what these do is a field of the record:\n{}", wrong.join("\n"));
}

/// What stands in one column of a table of measurements.
fn column(file: &str, name: &str) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/evidence/measurements").join(file);
    let mut table = csv::ReaderBuilder::new().comment(Some(b'#')).from_path(path).expect("a table");
    let at = table.headers().expect("columns").iter().position(|column| column == name).expect("the column");
    table.records().map(|row| row.expect("a row")[at].to_owned()).collect()
}

/// Names of records that are measured, by what a program's habits say.
fn said(measured: impl Fn(&Architecture) -> bool) -> BTreeSet<String> {
    Architecture::all().filter(|one| measured(one)).map(|one| one.name.to_owned()).collect()
}

#[test]
fn a_record_is_measured_where_a_table_has_its_cases() {
    let shapes = include_str!("../../assets/evidence/measurements/llama_cpp_graphs.ron");
    let named = Regex::new(r#"architecture: *"([^"]+)""#).expect("a pattern");
    let mut llama_cpp = column("llama_cpp.csv", "arch");
    llama_cpp.extend(named.captures_iter(shapes).map(|found| found[1].to_owned()));
    assert_eq!(said(|one| one.llama_cpp.measured.is_some()), llama_cpp, "llama.cpp");
    let mlx = column("mlx_inference.csv", "architecture");
    assert_eq!(said(|one| one.mlx.measured.is_some()), mlx, "MLX");
    let transformers = column("pytorch_training.csv", "architecture");
    assert_eq!(said(|one| one.transformers.measured.is_some()), transformers, "Transformers");
}
