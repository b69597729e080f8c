//! Undo and redo as snapshots of the state.

use std::collections::VecDeque;

use super::state::AppState;

/// Steps kept; the oldest are forgotten first.
const DEPTH: usize = 200;
/// Changes of one kind within this many seconds are one step.
const PAUSE: f64 = 0.8;

/// The stroke that is going on: a drag, or typing without a pause.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stroke {
    kind: &'static str,
    last: f64,
    held: bool,
}

/// What the state was before, and after what was undone.
#[derive(Debug, Default)]
pub(super) struct History {
    past: VecDeque<AppState>,
    future: Vec<AppState>,
    stroke: Option<Stroke>,
}

impl History {
    /// Notes the state before a change. `kind` names a stroke whose changes make one step; `now` in seconds;
    /// `held` while the pointer is down.
    pub(super) fn record(&mut self, before: AppState, kind: Option<&'static str>, now: f64, held: bool) {
        self.future.clear();
        let continues = matches!((self.stroke, kind), (Some(stroke), Some(kind))
            if stroke.kind == kind && (stroke.held && held || now - stroke.last < PAUSE));
        if !continues {
            self.past.push_back(before);
            if self.past.len() > DEPTH {
                self.past.pop_front();
            }
        }
        self.stroke = kind.map(|kind| Stroke { kind, last: now, held });
    }

    /// Ends a stroke: the pointer was let go.
    pub(super) const fn seal(&mut self) {
        self.stroke = None;
    }

    /// The state one step back, in exchange for the present one.
    pub(super) fn undo(&mut self, present: &AppState) -> Option<AppState> {
        let before = self.past.pop_back()?;
        self.future.push(present.clone());
        self.stroke = None;
        Some(before)
    }

    /// The state one step forward, in exchange for the present one.
    pub(super) fn redo(&mut self, present: &AppState) -> Option<AppState> {
        let after = self.future.pop()?;
        self.past.push_back(present.clone());
        self.stroke = None;
        Some(after)
    }

    /// Whether there is a step back.
    pub(super) fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is a step forward.
    pub(super) const fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }
}
