//! What is of the program and this computer rather than of a scenario: this machine, machines of one's own, settings.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use eframe::egui;
use egui::Ui;

use super::Plimsoll;
use super::command::Command;
use super::data::about;
use super::data::own_machine::{Field, OwnMachine};
use super::data::this_machine::build;
use super::measuring::Measuring;
use super::overlays::Overlay;
use super::pages::own_machines::{Asked, Kept, OwnView, own_ui};
use super::pages::{self, Page};
use super::settings::Settings;
use super::state::Change;
use super::theme::Tokens;
use crate::app::text;
use crate::catalog::{Catalog, own_file, own_text, prices_file, read_prices};
use crate::report::{read_text, save_with_folder};

/// What the pages of the program keep beside the state.
#[derive(Debug, Default)]
pub(super) struct Program {
    own: OwnView,
    libraries: Vec<about::Licensed>,
}

impl Plimsoll {
    /// Draws a page of the place.
    pub(super) fn program_ui(&mut self, ui: &mut Ui, look: &Arc<Tokens>, commands: &mut Vec<Command>) {
        let page = self.looks.shown.page();
        let typing = ui.ctx().text_edit_focused() || self.overlay != Overlay::None;
        if !typing && ui.input(|input| input.key_pressed(egui::Key::Escape)) {
            self.looks.shown.leave();
        }
        super::panels::centre::tabs_ui(ui, look, page, &self.state, commands);
        let mut said = Vec::new();
        if page == Page::Settings {
            self.settings_ui(ui, look, commands, &mut said);
        } else {
            self.this_machine_ui(ui, look, commands, &mut said);
        }
        for said in said {
            self.toasts.error(said);
        }
    }

    fn this_machine_ui(
        &mut self,
        ui: &mut Ui,
        look: &Tokens,
        commands: &mut Vec<Command>,
        said: &mut Vec<String>,
    ) {
        let data = self.this_machine().zip(self.as_detected());
        let data = data.map(|(used, detected)| build(&used, &detected, &self.state.overrides));
        let view = pages::this_machine::View {
            data: data.as_ref(),
            overrides: &self.state.overrides,
            measured: self.measured.is_some(),
            measuring: self.measuring.as_ref().map(Measuring::share),
            describing: self.program.own.form.is_some(),
        };
        let (kept, folder) = (self.kept_machines(), self.outside.user_folder.clone());
        let folder = folder.map(|folder| folder.join("machines").display().to_string());
        let own = &mut self.program.own;
        let mut asked = None;
        pages::this_machine::page_ui(ui, look, &view, (commands, said), |ui, _commands| {
            asked = own_ui(ui, look, (&kept, folder.as_deref()), own);
        });
        match asked {
            None => {}
            Some(Asked::Choose(id)) => commands.push(Command::Change(Change::Machine(id))),
            Some(Asked::Edit(id)) => self.edit_own(&id),
            Some(Asked::Remove(id)) => self.remove_own(&id),
            Some(Asked::Keep) => self.keep_own(),
        }
    }

    /// Chips of the user's own.
    fn kept_machines(&self) -> Vec<Kept> {
        let ours = |id: &str, file: &str| {
            self.outside.user_folder.as_deref().is_some_and(|folder| own_file(folder, id) == Path::new(file))
        };
        let all = self.catalog.own_chips().filter_map(|entry| Some((entry, entry.record().ok()?)));
        all.map(|(entry, chip)| Kept {
            id: chip.id.clone(),
            name: chip.name.clone(),
            file: entry.file().to_owned(),
            ours: ours(&chip.id, entry.file()) && OwnMachine::of(chip).is_some(),
        })
        .collect()
    }

    fn edit_own(&mut self, id: &str) {
        let found =
            self.catalog.own_chips().filter_map(|entry| entry.record().ok()).find(|chip| chip.id == id);
        let form = found.and_then(|chip| OwnMachine::of(chip));
        self.program.own = OwnView { form, wrong: Vec::new() };
    }

    /// Keeps what is typed as a file of the user's folder, or says field by field what is wrong.
    fn keep_own(&mut self) {
        let (Some(form), Some(folder)) = (&self.program.own.form, self.outside.user_folder.clone()) else {
            return;
        };
        let chip = match form.chip(&self.catalog, &self.outside.today) {
            Ok(chip) => chip,
            Err(wrong) => {
                self.program.own.wrong = wrong;
                return;
            }
        };
        let path = own_file(&folder, &chip.id);
        let kept = own_text(&chip).map_err(|error| error.to_string());
        let kept = kept.and_then(|text| save_with_folder(&path, &text).map_err(|error| error.to_string()));
        match kept {
            Ok(()) => {
                self.read_catalog();
                self.program.own = OwnView::default();
                self.toasts.say(text::is_kept_in(&chip.name, &path.display()));
            }
            Err(why) => self.program.own.wrong = vec![(Field::Name, why)],
        }
    }

    fn remove_own(&mut self, id: &str) {
        let Some(folder) = self.outside.user_folder.clone() else { return };
        let path = own_file(&folder, id);
        match std::fs::remove_file(&path) {
            Ok(()) => {
                self.read_catalog();
                self.toasts.say(text::is_removed(&id));
            }
            Err(error) => {
                self.toasts.error(text::could_not_be_removed(&id, &error, &path.display()));
            }
        }
    }

    /// Reads the catalog anew after the user's folder was changed; where the machine that was chosen is gone, this one is.
    fn read_catalog(&mut self) {
        let (catalog, problems) = Catalog::load(self.outside.user_folder.as_deref());
        self.catalog = Arc::new(catalog);
        for problem in problems {
            self.toasts.error(problem.to_string());
        }
        self.evidence.sources = super::made::Made::NotAsked;
        let gone: Vec<String> =
            self.state.compared.iter().filter(|id| self.known(id).is_none()).cloned().collect();
        for id in gone {
            self.state.compared.remove(&id);
        }
        if self.known(&self.state.machine).is_none() {
            self.state.ask_of(crate::detect::THIS);
        }
        self.rebuild_machines();
        self.refresh();
    }

    /// Takes a table of prices into the user's folder, if all of it is understood.
    pub(super) fn take_prices(&mut self, path: &Path) {
        let Some(folder) = self.outside.user_folder.clone() else { return };
        let taken = read_text(path).map_err(|error| error.to_string()).and_then(|text| {
            let prices = read_prices(&text, &self.catalog.machines, &self.outside.today);
            let count = prices.map_err(|error| format!("{error}: {}", path.display()))?.len();
            save_with_folder(&prices_file(&folder), &text).map_err(|error| error.to_string())?;
            Ok(count)
        });
        match taken {
            Ok(count) => {
                self.read_catalog();
                self.toasts.say(match count {
                    1 => text::one_price_taken_from(&path.display()),
                    many => text::prices_taken_from(&many, &path.display()),
                });
            }
            Err(why) => self.toasts.error(why),
        }
    }

    /// Goes back to the prices that ship.
    pub(super) fn drop_prices(&mut self) {
        let Some(path) = self.own_prices() else { return };
        match std::fs::remove_file(&path) {
            Ok(()) => {
                self.read_catalog();
                self.toasts.say(text::the_prices_that_ship());
            }
            Err(error) => {
                self.toasts.error(text::the_prices_could(&error, &path.display()));
            }
        }
    }

    /// The user's own table of prices, where there is one.
    fn own_prices(&self) -> Option<PathBuf> {
        self.outside.user_folder.as_deref().map(prices_file).filter(|path| path.is_file())
    }

    fn settings_ui(
        &mut self,
        ui: &mut Ui,
        look: &Tokens,
        commands: &mut Vec<Command>,
        said: &mut Vec<String>,
    ) {
        if self.program.libraries.is_empty() {
            self.program.libraries = about::libraries();
        }
        let catalog = &self.catalog;
        let view = pages::settings::View {
            settings: &self.settings,
            theme: self.looks.theme,
            usage: &self.state.usage,
            folder: self.outside.user_folder.as_ref().map(|folder| folder.display().to_string()),
            own_prices: self.own_prices().is_some(),
            recent: self.file.recent.len(),
            data_of: catalog.data_of(),
            counts: (catalog.machines.len(), catalog.models.len(), catalog.presets.len()),
            libraries: &self.program.libraries,
        };
        pages::settings::page_ui(ui, look, &view, (commands, said));
    }

    /// Other settings; everything is shown anew in them.
    pub(super) fn set_settings(&mut self, ctx: &egui::Context, settings: Settings) {
        let before = self.settings.display();
        self.settings = Settings { system: self.outside.numbers, ..settings };
        let now = self.settings.display();
        now.choose();
        self.rebuild_machines();
        self.refresh();
        if now != before {
            self.models.forget();
            self.plans.forget();
            self.evidence.forget();
            // What was found of this machine says sizes too.
            self.start_detection(ctx);
        }
    }

    /// Look, money and panels as they were at first.
    pub(super) fn reset_settings(&mut self, ctx: &egui::Context) {
        let shown = std::mem::take(&mut self.looks).shown;
        self.looks.shown = shown;
        ctx.set_theme(self.looks.theme.preference());
        ctx.set_zoom_factor(1.0);
        self.set_settings(ctx, Settings::default());
        let usage = crate::engine::Use { tariff: crate::engine::Use::default().tariff, ..self.state.usage };
        let after = self.state.after(&Change::Usage(usage));
        self.replace(after);
        self.toasts.say(text::settings_are_as_they_were());
    }
}
