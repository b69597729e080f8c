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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::files::first_scenario;
    use crate::app::state::Change;
    use crate::catalog::Catalog;
    use crate::engine::axis::Axis;

    fn state(context: f64) -> AppState {
        let first = first_scenario(&Catalog::built_in()).expect("the catalog has the first model");
        AppState::new(first).after(&Change::Axis(Axis::CONTEXT, context))
    }

    #[test]
    fn a_drag_is_one_step_and_the_next_drag_another() {
        let mut history = History::default();
        history.record(state(1000.0), Some("context"), 0.0, true);
        history.record(state(2000.0), Some("context"), 9.0, true);
        history.seal();
        history.record(state(3000.0), Some("context"), 9.1, true);
        assert_eq!(history.undo(&state(4000.0)), Some(state(3000.0)));
        assert_eq!(history.undo(&state(3000.0)), Some(state(1000.0)));
        assert_eq!(history.undo(&state(1000.0)), None);
        assert_eq!(history.redo(&state(1000.0)), Some(state(3000.0)));
    }

    #[test]
    fn keys_pressed_quickly_are_one_step_and_another_kind_begins_a_new_one() {
        let mut history = History::default();
        history.record(state(1000.0), Some("context"), 0.0, false);
        history.record(state(2000.0), Some("context"), 0.3, false);
        history.record(state(3000.0), Some("prompt"), 0.4, false);
        history.record(state(4000.0), Some("prompt"), 2.0, false);
        for expected in [4000.0, 3000.0, 1000.0] {
            assert_eq!(history.undo(&state(1.0)), Some(state(expected)));
        }
        assert!(!history.can_undo(), "three steps in all");
    }

    #[test]
    fn what_is_done_after_an_undo_ends_redo() {
        let mut history = History::default();
        history.record(state(1000.0), None, 0.0, false);
        assert!(history.undo(&state(2000.0)).is_some(), "there is a step");
        history.record(state(1000.0), None, 1.0, false);
        assert!(!history.can_redo(), "another way was taken");
    }
}
