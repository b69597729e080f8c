//! The system's file manager.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// What opens a folder as a click in the system does.
const OPENER: &str = if cfg!(target_os = "macos") {
    "open"
} else if cfg!(windows) {
    "explorer"
} else {
    "xdg-open"
};

/// An opener that still runs then has found something: some end with the window that they opened.
const LONG_ENOUGH: Duration = Duration::from_secs(2);

/// Opens a folder; says whether something opened it.
pub(super) fn open(folder: &Path) -> bool {
    opened_by(OPENER, folder)
}

fn opened_by(program: &str, folder: &Path) -> bool {
    let mut command = Command::new(program);
    command.arg(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(mut child) = command.spawn() else { return false };
    let (send, receive) = channel();
    // Waits as long as it runs, so that what has ended leaves nothing behind.
    thread::spawn(move || {
        // Nobody listens any more where it ran for long.
        let _late = send.send(child.wait().is_ok_and(|status| status.success()));
    });
    match receive.recv_timeout(LONG_ENOUGH) {
        // Windows' explorer ends with a failure though it opened the folder.
        Ok(success) => success || cfg!(windows),
        Err(RecvTimeoutError::Timeout) => true,
        Err(RecvTimeoutError::Disconnected) => false,
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_opens_a_folder_says_whether_it_did() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(opened_by("ls", folder.path()), "it is there");
        assert!(!opened_by("ls", &folder.path().join("gone")), "and that is not");
        assert!(!opened_by("no-such-file-manager", folder.path()));
    }
}
