//! Opening, showing and closing scenarios beside one another.

use std::collections::BTreeMap;

use super::state::AppState;
use super::tabs::Waiting;
use crate::spec::Scenario;

impl AppState {
    /// Every scenario that is open with what it is known by, in order.
    pub(super) fn open_scenarios(&self) -> impl Iterator<Item = (u32, &Scenario)> {
        let of = |tab: &'_ Waiting| tab.id;
        let before = self.tabs.before.iter().map(move |tab| (of(tab), &tab.scenario));
        let after = self.tabs.after.iter().map(move |tab| (of(tab), &tab.scenario));
        before.chain([(self.tabs.shown, &self.scenario)]).chain(after)
    }

    /// Opens a scenario behind the one that shows, and shows it; where there are too many it takes its place.
    pub(super) fn open_beside(&mut self, scenario: Scenario) {
        if !self.tabs.is_full() {
            let left = self.leave_waiting();
            self.tabs.before.push(left);
            self.tabs.next += 1;
            self.tabs.shown = self.tabs.next;
        }
        self.open(scenario);
    }

    /// Opens another behind the last, and leaves the one that shows.
    pub(super) fn keep_behind(&mut self, scenario: Scenario) -> u32 {
        self.tabs.next += 1;
        let id = self.tabs.next;
        self.tabs.after.push(Waiting { id, scenario, others: BTreeMap::new() });
        id
    }

    /// Moves the one that shows behind so many of those after it.
    pub(super) fn move_behind(&mut self, count: usize) {
        let count = count.min(self.tabs.after.len());
        self.tabs.before.extend(self.tabs.after.drain(..count));
    }

    /// Shows another.
    pub(super) fn go_to_tab(&mut self, id: u32) {
        if id == self.tabs.shown || !self.tabs.waiting().any(|tab| tab.id == id) {
            return;
        }
        let left = self.leave_waiting();
        let tabs = std::mem::take(&mut self.tabs);
        let mut after = Vec::new();
        let mut shown = None;
        for tab in tabs.before.into_iter().chain([left]).chain(tabs.after) {
            match (&shown, tab.id == id) {
                (None, true) => shown = Some(tab),
                (None, false) => self.tabs.before.push(tab),
                (Some(_), _) => after.push(tab),
            }
        }
        self.tabs.after = after;
        self.tabs.next = tabs.next;
        if let Some(tab) = shown {
            self.take_out(tab);
        }
    }

    /// Closes one; the last that is open stays.
    pub(super) fn close_tab(&mut self, id: u32) {
        if id != self.tabs.shown {
            self.tabs.before.retain(|tab| tab.id != id);
            self.tabs.after.retain(|tab| tab.id != id);
            return;
        }
        let next =
            if self.tabs.after.is_empty() { self.tabs.before.pop() } else { Some(self.tabs.after.remove(0)) };
        if let Some(tab) = next {
            self.take_out(tab);
        }
    }

    fn leave_waiting(&mut self) -> Waiting {
        Waiting {
            id: self.tabs.shown,
            scenario: self.scenario.clone(),
            others: std::mem::take(&mut self.others),
        }
    }

    fn take_out(&mut self, tab: Waiting) {
        self.tabs.shown = tab.id;
        self.others = tab.others;
        self.open(tab.scenario);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::files::first_scenario;
    use crate::app::tabs::MOST;
    use crate::catalog::Catalog;

    fn named(state: &AppState) -> Vec<(String, bool)> {
        let shown = state.tabs.shown;
        state.open_scenarios().map(|(id, scenario)| (scenario.name.clone(), id == shown)).collect()
    }

    fn scenario(name: &str) -> Scenario {
        let first = first_scenario(&Catalog::built_in()).expect("the catalog has the first model");
        Scenario { name: name.to_owned(), ..first }
    }

    #[test]
    fn scenarios_are_opened_shown_and_closed_in_their_order() {
        let mut state = AppState::new(scenario("a"));
        assert!(!state.tabs.are_several());
        state.open_beside(scenario("b"));
        state.open_beside(scenario("c"));
        let of = |name: &str, shown| (name.to_owned(), shown);
        assert_eq!(named(&state), [of("a", false), of("b", false), of("c", true)]);
        let ids: Vec<u32> = state.open_scenarios().map(|(id, _)| id).collect();
        state.go_to_tab(ids[0]);
        assert_eq!(named(&state), [of("a", true), of("b", false), of("c", false)]);
        assert_eq!(state.tabs.following(), Some(ids[1]));
        state.go_to_tab(ids[1]);
        state.close_tab(ids[1]);
        assert_eq!(named(&state), [of("a", false), of("c", true)]);
        state.close_tab(ids[0]);
        state.close_tab(ids[2]);
        assert_eq!(named(&state), [of("c", true)], "the last one stays");
        state.open_beside(scenario("d"));
        assert!(state.open_scenarios().all(|(id, _)| id != ids[1]), "no id is used twice");
    }

    #[test]
    fn there_is_an_end_to_how_many() {
        let mut state = AppState::new(scenario("a"));
        for _ in 0..100 {
            state.open_beside(scenario("b"));
        }
        assert_eq!(state.open_scenarios().count(), MOST);
    }
}
