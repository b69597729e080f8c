//! Four places at most, and the pages of each; a place is there when it has a page.

pub(super) mod accuracy;
pub(super) mod claims;
pub(super) mod compare;
pub(super) mod cost;
pub(super) mod fit;
pub(super) mod map;
pub(super) mod on_disk;
pub(super) mod own_machines;
pub(super) mod plan;
pub(super) mod ranked;
pub(super) mod report;
pub(super) mod settings;
pub(super) mod sources;
pub(super) mod speed;
pub(super) mod this_machine;
mod usage;

use crate::app::text;

/// What one is about, in the bar at the top.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Place {
    /// One scenario on one machine.
    #[default]
    Answer,
    /// Machines side by side, and the report of it.
    Compare,
    /// Models rather than machines.
    Models,
    /// What the answers rest on.
    Evidence,
    /// This computer and the program itself; reached by menus, and in no bar.
    Program,
}

impl Place {
    /// Every place that the bar shows, in its order.
    pub(super) const ALL: [Self; 4] = [Self::Answer, Self::Compare, Self::Models, Self::Evidence];

    /// As the bar says.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Answer => text::answer(),
            Self::Compare => text::compare(),
            Self::Models => text::models(),
            Self::Evidence => text::evidence(),
            Self::Program => text::program(),
        }
    }

    /// What it holds, for the hint.
    pub(super) fn hint(self) -> &'static str {
        match self {
            Self::Answer => text::one_scenario_on_one_machine(),
            Self::Compare => text::machines_side_by_side(),
            Self::Models => text::which_models_are_best(),
            Self::Program => text::this_machine_and_settings(),
            Self::Evidence => text::whether_claims_are_true(),
        }
    }

    /// Its pages, as the tabs show them.
    pub(super) fn pages(self) -> impl Iterator<Item = Page> {
        Page::ALL.iter().copied().filter(move |page| page.place() == self)
    }
}

/// Declares the pages, place by place: a page is one row here, and an arm where its place is drawn (`centre.rs`).
macro_rules! pages {
    ($($(#[$doc:meta])+ $page:ident in $place:ident: $label:expr;)+) => {
        /// A page.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub(super) enum Page { $($(#[$doc])+ $page,)+ }

        impl Page {
            /// Every page, place by place.
            pub(super) const ALL: &[Self] = &[$(Self::$page),+];

            /// As its tab says.
            pub(super) fn label(self) -> &'static str {
                match self { $(Self::$page => $label,)+ }
            }

            /// Where it is.
            pub(super) const fn place(self) -> Place {
                match self { $(Self::$page => Place::$place,)+ }
            }
        }
    };
}

pages! {
    /// Memory against an axis.
    #[default]
    Fit in Answer: text::pages_fit();
    /// The verdict over two axes.
    Map in Answer: text::pages_map();
    /// How fast, on which machine.
    Speed in Answer: text::speed();
    /// What it costs to own and to run.
    Cost in Answer: text::pages_cost();
    /// What would make it fit.
    Plan in Answer: text::pages_plan();
    /// Chosen machines side by side.
    Table in Compare: text::table();
    /// What a saved report says.
    Report in Compare: text::report();
    /// Every model for one machine, the best first.
    Ranked in Models: text::ranked();
    /// Models that lie on this machine.
    OnDisk in Models: text::on_this_machine();
    /// Whether published claims, or typed ones, are true.
    Claims in Evidence: text::claims();
    /// What was predicted against what was measured.
    Accuracy in Evidence: text::accuracy();
    /// Where every figure comes from.
    Sources in Evidence: text::sources();
    /// What was found of this machine, and machines of one's own.
    ThisMachine in Program: text::this_machine();
    /// Settings, and what the program is.
    Settings in Program: text::settings_and_about();
}

impl Page {
    /// The page after this one, and after the last the first.
    pub(super) fn next(self) -> Self {
        let mut after = Self::ALL.iter().copied().skip_while(|page| *page != self).skip(1);
        after.next().unwrap_or_default()
    }
}

/// The page that shows, and in each place the page that showed there last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    page: Page,
    left: Vec<Page>,
}

impl Shown {
    /// The page.
    pub(super) const fn page(&self) -> Page {
        self.page
    }

    /// Shows a page.
    pub(super) fn show(&mut self, page: Page) {
        self.left.retain(|left| left.place() != self.page.place());
        self.left.push(self.page);
        self.page = page;
    }

    /// Leaves the pages of the program for the page that showed before them.
    pub(super) fn leave(&mut self) {
        if self.page.place() == Place::Program {
            let before = self.left.iter().rev().copied().find(|page| page.place() != Place::Program);
            self.show(before.unwrap_or_default());
        }
    }

    /// Goes to a place: to the page that showed there last, or its first.
    pub(super) fn go(&mut self, place: Place) {
        if self.page.place() == place {
            return;
        }
        let last = self.left.iter().copied().find(|page| page.place() == place);
        if let Some(page) = last.or_else(|| place.pages().next()) {
            self.show(page);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_in_one_place_and_all_are_reached_in_turn() {
        let every = Place::ALL.into_iter().chain([Place::Program]);
        let listed: Vec<Page> = every.flat_map(|place| place.pages().collect::<Vec<_>>()).collect();
        assert_eq!(listed, Page::ALL);
        for (page, next) in Page::ALL.iter().zip(Page::ALL.iter().cycle().skip(1)) {
            assert_eq!(page.next(), *next);
        }
        for place in Place::ALL {
            assert!(place.pages().next().is_some(), "{}", place.label());
        }
    }

    #[test]
    fn a_place_shows_the_page_that_was_left() {
        let mut shown = Shown::default();
        shown.show(Page::Cost);
        shown.go(Place::Compare);
        assert_eq!(shown.page(), Page::Table);
        shown.show(Page::Report);
        shown.go(Place::Answer);
        assert_eq!(shown.page(), Page::Cost);
        shown.go(Place::Compare);
        assert_eq!(shown.page(), Page::Report);
    }
}
