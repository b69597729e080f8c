//! Which module uses which, read from the `use` lines and the paths in the code.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

static USES: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\buse\s+([^;]+);").expect("a pattern"));
static PATHS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b(?:crate|super|self)(?:::\w+)+").expect("a pattern"));

/// A module by its path from the crate's root: `engine`, `memory`, `vllm`.
pub type Module = Vec<String>;

/// Every module with its file.
pub fn modules(root: &Path) -> BTreeMap<Module, PathBuf> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a source folder") {
            let path = entry.expect("a folder entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let inside = path.strip_prefix(root).expect("a file inside").with_extension("");
                let mut module: Module =
                    inside.iter().map(|name| name.to_string_lossy().into_owned()).collect();
                if module.last().is_some_and(|name| name == "mod") {
                    module.pop();
                }
                found.insert(module, path);
            }
        }
    }
    found
}

/// The code of a file without comments and without its tests.
fn code(file: &Path) -> String {
    let text = fs::read_to_string(file).expect("a source file");
    let code: Vec<&str> = text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let code = code.join("\n");
    code.split("#[cfg(test)]").next().unwrap_or_default().to_owned()
}

/// The paths of a `use` tree: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn leaves(tree: &str) -> Vec<String> {
    let Some((before, inside)) = tree.split_once('{') else {
        return vec![tree.split(" as ").next().unwrap_or_default().trim().to_owned()];
    };
    let inside = inside.rsplit_once('}').map_or(inside, |(inside, _)| inside);
    let (mut depth, mut part, mut parts) = (0, String::new(), Vec::new());
    for letter in inside.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(std::mem::take(&mut part));
                continue;
            }
            _ => {}
        }
        part.push(letter);
    }
    parts.push(part);
    let whole = parts.iter().filter(|part| !part.trim().is_empty());
    whole.flat_map(|part| leaves(&format!("{}{}", before.trim(), part.trim()))).collect()
}

/// Every path that a module names, from the crate's root, whether as `crate::`, `self::` or `super::`.
pub fn named(module: &Module, file: &Path, is_module: impl Fn(&[String]) -> bool) -> BTreeSet<Vec<String>> {
    let code = code(file);
    let mut texts: Vec<String> =
        USES.captures_iter(&code).flat_map(|found| leaves(&found[1].replace('\n', " "))).collect();
    texts.extend(PATHS.find_iter(&code).map(|found| found.as_str().to_owned()));
    texts.iter().filter_map(|text| from_root(module, text, &is_module)).collect()
}

fn from_root(module: &Module, path: &str, is_module: impl Fn(&[String]) -> bool) -> Option<Vec<String>> {
    let mut names: Vec<String> = path.split("::").map(|name| name.trim().to_owned()).collect();
    let mut base = match names.first()?.as_str() {
        "crate" => Vec::new(),
        "self" | "super" => module.clone(),
        first => {
            let child = [module.as_slice(), &[first.to_owned()]].concat();
            if !is_module(&child) {
                return None;
            }
            names.insert(0, "self".to_owned());
            module.clone()
        }
    };
    let own = names.iter().take_while(|name| matches!(name.as_str(), "crate" | "self" | "super")).count();
    for name in names.drain(..own) {
        if name == "super" {
            base.pop();
        }
    }
    base.extend(names);
    Some(base)
}

/// Rounds of files that use each other; a folder's own `mod.rs`, which lists its files, is no part of one.
pub fn circles(root: &Path) -> Vec<String> {
    let all = modules(root);
    let known = |path: &[String]| all.contains_key(path);
    let is_file = |module: &Module| !all[module].ends_with("mod.rs") && module.len() > 1;
    let nearest = |mut path: Vec<String>| {
        while !path.is_empty() && !known(&path) {
            path.pop();
        }
        path
    };
    let uses: BTreeMap<&Module, BTreeSet<Module>> = all
        .iter()
        .filter(|(module, _)| is_file(module))
        .map(|(module, file)| {
            let used = named(module, file, known).into_iter().map(nearest);
            (module, used.filter(|used| used != module && !used.is_empty() && is_file(used)).collect())
        })
        .collect();
    let reach = |from: &Module| {
        let mut reached: BTreeSet<&Module> = BTreeSet::new();
        let mut next: Vec<&Module> = uses[from].iter().collect();
        while let Some(module) = next.pop() {
            if reached.insert(module) {
                next.extend(&uses[module]);
            }
        }
        reached
    };
    let reached: BTreeMap<&Module, BTreeSet<&Module>> =
        uses.keys().map(|module| (*module, reach(module))).collect();
    let mut found = BTreeSet::new();
    for (module, others) in &reached {
        let round: BTreeSet<String> = others
            .iter()
            .filter(|other| reached[*other].contains(*module))
            .map(|other| other.join("/"))
            .collect();
        if !round.is_empty() {
            found.insert(round.into_iter().collect::<Vec<_>>().join(" ↔ "));
        }
    }
    found.into_iter().collect()
}
