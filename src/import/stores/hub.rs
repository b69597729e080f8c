//! The cache of Hugging Face's libraries: `models--org--name` with blobs, refs, and snapshots of links to blobs.

use super::disk::FileKind;
use super::found::{Found, StoredFormat, Trouble};
use super::look::{Look, Task, What};

/// Longest text of a reference: a commit has 40 letters.
const LONGEST_REFERENCE: u64 = 256;
/// Most snapshots of a repository without a main one.
const MOST_SNAPSHOTS: usize = 16;

/// What a folder of the cache is called that holds a model.
pub(super) const REPOSITORY: &str = "models--";

/// Looks at the repositories of a cache.
pub(super) fn repositories(look: &mut Look<'_>, task: &Task) {
    let Some(entries) = look.list(task) else { return };
    let own = entries.iter().filter(|entry| entry.name.to_string_lossy().starts_with(REPOSITORY));
    let own = own.map(|entry| Task { what: What::Repository, ..task.inside(&entry.name) });
    let own = own.collect();
    look.go_on(own);
}

/// Looks at one of them: the snapshot of its main branch, or all that there are where there is no such branch.
pub(super) fn repository(look: &mut Look<'_>, task: &Task) {
    let folder = task.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = folder.strip_prefix(REPOSITORY).unwrap_or(&folder).replacen("--", "/", 1);
    unfinished(look, task, &name);
    let snapshots = task.path.join("snapshots");
    let snapshot = |commit: &str, prefix: String| Task {
        root: snapshots.join(commit).into(),
        prefix: prefix.into(),
        path: snapshots.join(commit),
        what: What::Folder,
        ..task.clone()
    };
    let main = look.disk.read(&task.path.join("refs/main"), LONGEST_REFERENCE).ok();
    let main = main.and_then(|bytes| String::from_utf8(bytes).ok());
    let main = main.as_deref().map(str::trim).filter(|commit| is_commit(commit));
    let there = |commit: &&str| {
        look.disk.about(&snapshots.join(commit)).is_ok_and(|about| about.kind == FileKind::Folder)
    };
    if let Some(commit) = main.filter(there) {
        look.go_on(vec![snapshot(commit, name)]);
        return;
    }
    let Some(entries) = look.list(&Task { path: snapshots.clone(), ..task.clone() }) else { return };
    let commits: Vec<_> =
        entries.iter().filter_map(|entry| entry.name.to_str()).take(MOST_SNAPSHOTS).collect();
    let several = commits.len() > 1;
    let named = |commit: &str| {
        let short: String = commit.chars().take(8).collect();
        if several { format!("{name}@{short}") } else { name.clone() }
    };
    look.go_on(commits.iter().map(|commit| snapshot(commit, named(commit))).collect());
}

/// A commit or branch, and no way out of the folder.
fn is_commit(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Says so where a download is under way, or was broken off.
fn unfinished(look: &mut Look<'_>, task: &Task, name: &str) {
    let blobs = Task { path: task.path.join("blobs"), ..task.clone() };
    let Some(entries) = look.list(&blobs) else { return };
    let begun = entries.iter().filter(|entry| entry.name.to_string_lossy().ends_with(".incomplete"));
    let files: Vec<_> = begun.filter_map(|entry| look.file(&blobs.path.join(&entry.name))).collect();
    if files.is_empty() {
        return;
    }
    look.found(Found {
        store: task.store,
        key: None,
        name: name.to_owned(),
        path: task.path.clone(),
        format: StoredFormat::Absent,
        files,
        trouble: Some(Trouble::Unfinished),
    });
}
