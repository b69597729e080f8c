//! Four places at most, and the pages of each; a place is there when it has a page.

pub(super) mod compare;
pub(super) mod cost;
pub(super) mod fit;
pub(super) mod plan;
pub(super) mod report;
pub(super) mod speed;

/// What one is about, in the bar at the top.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Place {
    /// One scenario on one machine.
    #[default]
    Answer,
    /// Machines side by side, and the report of it.
    Compare,
}

impl Place {
    /// Every place, as the bar shows them.
    pub(super) const ALL: [Self; 2] = [Self::Answer, Self::Compare];

    /// As the bar says.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Answer => "Answer",
            Self::Compare => "Compare",
        }
    }

    /// What it holds, for the hint.
    pub(super) const fn hint(self) -> &'static str {
        match self {
            Self::Answer => "One scenario on one machine",
            Self::Compare => "Machines side by side, and the report",
        }
    }

    /// Its pages, as the tabs show them.
    pub(super) const fn pages(self) -> &'static [Page] {
        match self {
            Self::Answer => &[Page::Fit, Page::Speed, Page::Cost, Page::Plan],
            Self::Compare => &[Page::Table, Page::Report],
        }
    }
}

/// A page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Page {
    /// Memory against an axis.
    #[default]
    Fit,
    /// How fast, on which machine.
    Speed,
    /// What it costs to own and to run.
    Cost,
    /// What would make it fit.
    Plan,
    /// Chosen machines side by side.
    Table,
    /// What a saved report says.
    Report,
}

impl Page {
    /// Every page, place by place.
    pub(super) const ALL: [Self; 6] =
        [Self::Fit, Self::Speed, Self::Cost, Self::Plan, Self::Table, Self::Report];

    /// As its tab says.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Fit => "Fit",
            Self::Speed => "Speed",
            Self::Cost => "Cost",
            Self::Plan => "Plan",
            Self::Table => "Table",
            Self::Report => "Report",
        }
    }

    /// Where it is.
    pub(super) const fn place(self) -> Place {
        match self {
            Self::Fit | Self::Speed | Self::Cost | Self::Plan => Place::Answer,
            Self::Table | Self::Report => Place::Compare,
        }
    }

    /// The page after this one, and after the last the first.
    pub(super) const fn next(self) -> Self {
        match self {
            Self::Fit => Self::Speed,
            Self::Speed => Self::Cost,
            Self::Cost => Self::Plan,
            Self::Plan => Self::Table,
            Self::Table => Self::Report,
            Self::Report => Self::Fit,
        }
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

    /// Goes to a place: to the page that showed there last, or its first.
    pub(super) fn go(&mut self, place: Place) {
        if self.page.place() == place {
            return;
        }
        let last = self.left.iter().copied().find(|page| page.place() == place);
        if let Some(page) = last.or_else(|| place.pages().first().copied()) {
            self.show(page);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_in_one_place_and_all_are_reached_in_turn() {
        let listed: Vec<Page> = Place::ALL.iter().flat_map(|place| place.pages()).copied().collect();
        assert_eq!(listed, Page::ALL);
        for (page, next) in Page::ALL.iter().zip(Page::ALL.iter().cycle().skip(1)) {
            assert_eq!(page.next(), *next);
        }
        for place in Place::ALL {
            assert!(place.pages().iter().all(|page| page.place() == place), "{}", place.label());
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
