//! What a panel or page shows, built anew only when what it follows from is different.

use super::answers::Answers;
use super::state::AppState;

/// Something built from the state and its answers.
#[derive(Debug, Default)]
pub(super) struct Memo<T> {
    made_from: Option<(u64, AppState)>,
    data: T,
}

impl<T> Memo<T> {
    /// The data for the state as it is now.
    pub(super) fn of(
        &mut self,
        state: &AppState,
        answers: &Answers,
        build: impl FnOnce(&AppState, &Answers) -> T,
    ) -> &T {
        let fresh = self
            .made_from
            .as_ref()
            .is_some_and(|(version, made_from)| *version == answers.version && made_from == state);
        if !fresh {
            self.data = build(state, answers);
            self.made_from = Some((answers.version, state.clone()));
        }
        &self.data
    }
}
