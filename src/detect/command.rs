//! Runs a command that may hang, fail or never stop printing, and always comes back.

use std::io::{ErrorKind, Read as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::world::{Output, ProbeError};

/// The longest output that is kept; `system_profiler` prints some tens of KiB.
pub(super) const LONGEST: usize = 4 * 1024 * 1024;

/// How often a running command is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Runs `program` without a shell, input or error output, and stops it after `limit`.
pub(super) fn run(program: &str, arguments: &[&str], limit: Duration) -> Result<Output, ProbeError> {
    let mut child = without_console(&mut Command::new(program))
        .args(arguments)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| of_io(&error))?;
    let printed = read_beside(&mut child);
    let success = match wait(&mut child, limit) {
        Ok(success) => success,
        Err(problem) => {
            stop(&mut child);
            return Err(problem);
        }
    };
    // A grandchild may hold the pipe open after the command itself has ended.
    let bytes = printed.recv_timeout(limit).map_err(|_late: mpsc::RecvTimeoutError| timed_out(limit))?;
    if bytes.len() > LONGEST {
        return Err(ProbeError::TooLong(LONGEST));
    }
    Ok(Output { text: String::from_utf8_lossy(&bytes).into_owned(), success })
}

/// Keeps Windows from opening a console for each command of a window.
#[cfg(windows)]
fn without_console(command: &mut Command) -> &mut Command {
    use std::os::windows::process::CommandExt as _;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    command.creation_flags(CREATE_NO_WINDOW)
}

/// Elsewhere a command has no console of its own.
#[cfg(not(windows))]
const fn without_console(command: &mut Command) -> &mut Command {
    command
}

/// Drains the command's output on a thread, so that a full pipe does not stop it.
fn read_beside(child: &mut Child) -> mpsc::Receiver<Vec<u8>> {
    let (send, receive) = mpsc::channel();
    if let Some(output) = child.stdout.take() {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let longest = u64::try_from(LONGEST).unwrap_or(u64::MAX).saturating_add(1);
            // What was read before an error is still the best there is.
            let _partial = output.take(longest).read_to_end(&mut bytes);
            // Nobody listens any more when the time was up.
            let _late = send.send(bytes);
        });
    }
    receive
}

/// Waits for the end of the command, at most `limit`.
fn wait(child: &mut Child, limit: Duration) -> Result<bool, ProbeError> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().map_err(|error| of_io(&error))? {
            return Ok(status.success());
        }
        if started.elapsed() >= limit {
            return Err(timed_out(limit));
        }
        thread::sleep(LOOK_EVERY);
    }
}

/// Ends a command that would not end, and takes its status so that no zombie stays.
fn stop(child: &mut Child) {
    // It may have ended by itself in the meantime; both answers are then errors of no interest.
    let _gone = child.kill();
    let _status = child.wait();
}

fn timed_out(limit: Duration) -> ProbeError {
    ProbeError::TimedOut(limit.as_secs())
}

/// An error of the operating system in the words of a probe.
pub(super) fn of_io(error: &std::io::Error) -> ProbeError {
    match error.kind() {
        ErrorKind::NotFound => ProbeError::NotFound,
        ErrorKind::PermissionDenied => ProbeError::NotAllowed,
        _ => ProbeError::Failed(error.to_string()),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn output_and_status_come_back() {
        let output = run("sh", &["-c", "echo seven; exit 3"], Duration::from_secs(5)).expect("sh runs");
        assert_eq!(output, Output { text: "seven\n".to_owned(), success: false });
    }

    #[test]
    fn a_command_that_hangs_is_stopped() {
        let started = Instant::now();
        let answer = run("sleep", &["30"], Duration::from_millis(50));
        assert_eq!(answer, Err(ProbeError::TimedOut(0)));
        assert!(started.elapsed() < Duration::from_secs(5), "took {:?}", started.elapsed());
    }

    #[test]
    fn a_command_that_never_stops_printing_is_an_error() {
        let answer = run("yes", &[], Duration::from_secs(20));
        assert_eq!(answer, Err(ProbeError::TooLong(LONGEST)));
    }

    #[test]
    fn a_grandchild_that_holds_the_output_open_does_not_hang() {
        let started = Instant::now();
        let answer = run("sh", &["-c", "sleep 30 & echo done"], Duration::from_millis(200));
        assert_eq!(answer, Err(ProbeError::TimedOut(0)));
        assert!(started.elapsed() < Duration::from_secs(5), "took {:?}", started.elapsed());
    }

    #[test]
    fn a_missing_command_is_not_found() {
        assert_eq!(run("no-such-command-here", &[], Duration::from_secs(1)), Err(ProbeError::NotFound));
    }
}
