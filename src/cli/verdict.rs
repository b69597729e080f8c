//! A verdict as the terminal says it: by its exit code, and by its color.

use anstyle::{AnsiColor, Style};

use crate::engine::Verdict;

/// 0 fits or tight, 1 does not fit or cannot run, 2 uncertain.
pub(super) const fn exit_code(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Fits | Verdict::Tight => 0,
        Verdict::DoesNotFit | Verdict::CannotRun => 1,
        Verdict::Uncertain => 2,
    }
}

/// The color it has in the window too.
pub(super) const fn style(verdict: Verdict) -> Style {
    let color = match verdict {
        Verdict::Fits => AnsiColor::Green,
        Verdict::Tight => AnsiColor::Yellow,
        Verdict::Uncertain => AnsiColor::Magenta,
        Verdict::DoesNotFit | Verdict::CannotRun => AnsiColor::Red,
    };
    color.on_default().bold()
}
