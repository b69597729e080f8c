//! What is chosen from lists that open over the window.

use eframe::egui;

use super::Plimsoll;
use super::data;
use super::overlays::Overlay;
use super::panels::machines::filter_field;
use crate::app::text;

impl Plimsoll {
    /// Offers the presets, each with its verdict here.
    pub(super) fn pick_preset(&mut self) {
        let machine = self.answers.machine.as_ref();
        let offered = data::gallery::presets(&self.catalog, machine, &self.outside.today);
        self.overlay.toggle(Overlay::presets(offered));
    }

    /// Offers the models, each with its verdict here.
    pub(super) fn pick_model(&mut self) {
        let machine = self.answers.machine.as_ref();
        let fits = data::gallery::with_models(&self.state, &self.catalog.models, machine);
        self.overlay.toggle(Overlay::picker(fits));
    }

    /// Offers the quantizations of the model, or says that there are none to choose from.
    pub(super) fn pick_quantization(&mut self) {
        let offered = data::quantizations::build(&self.state.scenario, self.answers.machine.as_ref());
        if offered.is_empty() {
            self.toasts.say(text::the_weights_of_this_workload());
        } else {
            self.overlay.toggle(Overlay::quantizations(offered));
        }
    }

    /// Shows the machines, with the cursor in what narrows them.
    pub(super) fn filter_machines(&mut self, ctx: &egui::Context) {
        self.looks.sides_mut().machines = true;
        ctx.memory_mut(|memory| memory.request_focus(filter_field()));
    }
}
