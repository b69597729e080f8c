//! Machines of one's own: those that are kept, and the form that makes one.

use eframe::egui;
use egui::{Label, RichText, TextEdit, Ui, vec2};

use super::this_machine::heading_ui;
use crate::app::data::own_machine::{Field, MAKERS, OwnMachine, POOLS, Wrong};
use crate::app::fonts;
use crate::app::text;
use crate::app::theme::Tokens;
use crate::app::widgets::button::choice_ui;
use crate::app::widgets::hint_ui;
use crate::app::widgets::slider_row::label_ui;

/// What the form holds, and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct OwnView {
    /// What is typed; nothing while the form is closed.
    pub form: Option<OwnMachine>,
    /// What was wrong when it was last to be kept.
    pub wrong: Vec<Wrong>,
}

/// A machine that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub file: String,
    /// Whether the form can change it.
    pub ours: bool,
}

/// What was asked of them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Asked {
    /// To be changed in the form.
    Edit(String),
    /// To be removed.
    Remove(String),
    /// To be evaluated on.
    Choose(String),
    /// What is typed is to be kept.
    Keep,
}

/// Draws them; returns what is asked.
pub(crate) fn own_ui(
    ui: &mut Ui,
    look: &Tokens,
    (kept, folder): (&[Kept], Option<&str>),
    view: &mut OwnView,
) -> Option<Asked> {
    heading_ui(ui, look, text::machines_of_your_own());
    let Some(folder) = folder else {
        hint_ui(ui, look, text::this_system_has_no_folder());
        return None;
    };
    let mut asked = None;
    for machine in kept {
        asked = asked.or(kept_ui(ui, look, machine));
    }
    let Some(form) = &mut view.form else {
        hint_ui(ui, look, text::what_is());
        ui.add_space(4.0);
        if ui.button(text::describe_a_machine()).clicked() {
            view.form = Some(OwnMachine::default());
            view.wrong.clear();
        }
        return asked;
    };
    form_ui(ui, look, form, &view.wrong);
    hint_ui(ui, look, &text::it_is_kept(&folder));
    ui.add_space(4.0);
    let closes = ui
        .horizontal(|ui| {
            if ui.button(text::keep_this_machine()).clicked() {
                asked = Some(Asked::Keep);
            }
            ui.button(text::discard()).clicked()
        })
        .inner;
    if closes {
        *view = OwnView::default();
    }
    asked
}

/// A machine that is kept, with what can be done with it.
fn kept_ui(ui: &mut Ui, look: &Tokens, machine: &Kept) -> Option<Asked> {
    let mut asked = None;
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(&machine.name).color(look.text)).on_hover_text(&machine.file);
        let button = |ui: &mut Ui, label: &str| {
            let button = ui.small_button(label);
            let name = format!("{label}: {}", machine.name);
            ui.ctx().accesskit_node_builder(button.id, |node| node.set_label(name));
            button.clicked()
        };
        if button(ui, text::evaluate()) {
            asked = Some(Asked::Choose(machine.id.clone()));
        }
        if machine.ours {
            if button(ui, text::own_machines_edit()) {
                asked = Some(Asked::Edit(machine.id.clone()));
            }
            if button(ui, text::remove()) {
                asked = Some(Asked::Remove(machine.id.clone()));
            }
        } else {
            ui.label(RichText::new(&machine.file).font(fonts::small()).color(look.soft));
        }
    });
    asked
}

fn form_ui(ui: &mut Ui, look: &Tokens, form: &mut OwnMachine, wrong: &[Wrong]) {
    for field in Field::ALL {
        row_ui(ui, look, form, field);
        for (_, why) in wrong.iter().filter(|(of, _)| *of == field) {
            let text = RichText::new(why).font(fonts::small()).color(look.does_not_fit);
            ui.add(Label::new(text).wrap());
        }
        if field == Field::Name {
            choices_ui(ui, look, form);
        }
    }
}

/// A label with its field; what may stay empty says so.
fn row_ui(ui: &mut Ui, look: &Tokens, form: &mut OwnMachine, field: Field) {
    let (_, row) = ui.allocate_space(vec2(ui.available_width().min(380.0), 26.0));
    label_ui(ui, look, row.with_max_x(row.right() - 188.0), field.label());
    let Some(text) = form.text_mut(field) else { return };
    let hint = if field.needed() { "" } else { text::unknown() };
    let edit = TextEdit::singleline(text)
        .hint_text(RichText::new(hint).color(look.faint))
        .char_limit(100)
        .desired_width(180.0);
    ui.put(row.with_min_x(row.right() - 184.0), edit).accessible_name(field.label());
}

fn choices_ui(ui: &mut Ui, look: &Tokens, form: &mut OwnMachine) {
    let row = |ui: &mut Ui, label: &str| {
        let (_, row) = ui.allocate_space(vec2(ui.available_width().min(380.0), 26.0));
        label_ui(ui, look, row.with_max_x(row.right() - 188.0), label);
        row.with_min_x(row.right() - 184.0)
    };
    let makers: Vec<_> = MAKERS.iter().map(|(maker, label)| (*maker, label().to_owned())).collect();
    let place = row(ui, text::maker());
    if let Some(maker) = choice_ui(ui, look, text::maker(), place, &makers, form.maker) {
        form.maker = maker;
    }
    let pools: Vec<_> = POOLS.iter().map(|(pool, label)| (*pool, label().to_owned())).collect();
    let place = row(ui, text::its_memory_is());
    if let Some(pool) = choice_ui(ui, look, text::its_memory_is(), place, &pools, form.pool) {
        form.pool = pool;
    }
}
