//! The plan of the scenario, made in the background: a search takes longer than a frame may.

use std::sync::Arc;

use eframe::egui;

use super::Plimsoll;
use super::command::Command;
use super::data::plan::{Ask, PlanData, build};
use super::files::Known;
use super::work::Done;
use crate::app::text;

/// The plan as it was made last.
#[derive(Debug, Default)]
pub(super) struct Plans {
    under_way: bool,
    /// Whether its first way is to be gone as soon as it is made.
    apply: bool,
    made: Option<(Ask, PlanData)>,
}

impl Plans {
    /// Lets go of what was planned: it is shown in other units now.
    pub(super) fn forget(&mut self) {
        self.made = None;
    }

    /// Takes in what was planned.
    pub(super) fn take(&mut self, ask: Ask, data: PlanData) {
        self.under_way = false;
        self.made = Some((ask, data));
    }
}

impl Plimsoll {
    /// Does all steps of the first way, now or as soon as it is found.
    pub(super) fn make_it_fit(&mut self, ctx: &egui::Context) {
        self.plan_now(ctx);
        let made = self.plans.made.as_ref().filter(|(ask, _)| ask.is(&self.state, &self.answers));
        let Some((_, data)) = made else {
            self.plans.apply = true;
            return;
        };
        self.plans.apply = false;
        let last = data.ways.first().and_then(|way| way.steps.last());
        let says = data.says.clone();
        let changes = last.map(|step| step.changes.clone()).unwrap_or_default();
        self.toasts.say(says);
        if !changes.is_empty() {
            self.carry_out(ctx, vec![Command::Apply(changes)]);
        }
    }

    /// Whether a plan is waited for, to be done.
    pub(super) const fn waits_to_fit(&self) -> bool {
        self.plans.apply
    }

    /// The plan of the scenario; until the first is made, that it is being made. While a newer one is being made the
    /// last one stays.
    pub(super) fn plan_now(&mut self, ctx: &egui::Context) -> PlanData {
        let fresh = self.plans.made.as_ref().is_some_and(|(ask, _)| ask.is(&self.state, &self.answers));
        if !fresh
            && !self.plans.under_way
            && let Some(ask) = Ask::of(&self.state, &self.answers)
        {
            self.plans.under_way = true;
            let (catalog, today) = (Arc::clone(&self.catalog), self.outside.today.clone());
            self.work.start(ctx, move || {
                let data = build(&ask, &Known { catalog: &catalog, today: &today });
                Done::Planned(Box::new((ask, data)))
            });
        }
        self.plans.made.as_ref().map_or_else(
            || PlanData { says: text::looking_for_steps().to_owned(), ..PlanData::default() },
            |(_, data)| data.clone(),
        )
    }
}
