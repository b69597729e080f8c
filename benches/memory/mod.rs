//! The most memory that a piece of work takes beyond what was held before, as Linux counts pages.

use std::fs;

/// A line of `/proc/self/status` in KiB.
fn kibibytes(name: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim_start_matches(':').split_whitespace().next()?.parse().ok()
}

/// Does the work once and prints what it took at most; elsewhere than on Linux nothing is known of it.
#[expect(clippy::print_stderr, reason = "a figure beside those of criterion")]
pub(crate) fn of<T>(what: &str, work: impl FnOnce() -> T) -> T {
    // 5 forgets the highest mark so far.
    let forgot = fs::write("/proc/self/clear_refs", "5").is_ok();
    let before = kibibytes("VmHWM").filter(|_| forgot);
    let done = work();
    match before.zip(kibibytes("VmHWM")) {
        Some((before, after)) => {
            eprintln!("{what}: {:.1} MiB at most", after.saturating_sub(before) as f64 / 1024.0);
        }
        None => eprintln!("{what}: memory is not known here"),
    }
    done
}
