//! Is that claim true? A field to type or paste into, claims at the left, and what is found of one at the right.

use std::collections::BTreeSet;

use eframe::egui;
use egui::{
    Align2, Button, Color32, ComboBox, Label, Margin, Rect, RichText, Role, ScrollArea, Sense, Stroke,
    TextEdit, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use crate::app::data::claims::{ClaimData, ClaimsData, Held, composed};
use crate::app::fonts;
use crate::app::text;
use crate::app::theme::Tokens;
use crate::app::widgets::button::{flat_ui, fold_arrow};
use crate::app::widgets::{elided, hint_ui};
use crate::claims::ClaimVerdict;
use crate::engine::Verdict;
use crate::units::show_figures;

/// What is to be done with the claims that are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// Copied as a table of Markdown.
    Copied,
    /// Saved as a file.
    Saved,
}

/// What of the page is looked at.
#[derive(Debug, Default)]
pub(crate) struct View {
    /// What was typed or pasted; nothing shows the documents' claims.
    pub text: String,
    /// A file that was dropped: its name and what stands in it.
    pub file: Option<(String, String)>,
    /// Only these verdicts; all where none is chosen.
    verdicts: BTreeSet<ClaimVerdict>,
    /// Only this document.
    document: Option<String>,
    /// The claim whose findings are shown, by its id.
    chosen: Option<String>,
    /// The rows that the list shows, as they were drawn.
    pub listed: Vec<usize>,
    /// The claim whose working was asked for in this frame.
    pub opened: Option<String>,
    /// Its fields as they are being corrected, with the claim they are of.
    edited: Option<(String, Vec<(&'static str, String)>)>,
}

impl View {
    /// A look at the claims of a file.
    pub(crate) fn of_file(name: String, text: String) -> Self {
        Self { file: Some((name, text)), ..Self::default() }
    }

    /// A look at the claims of a text.
    pub(crate) fn of_text(text: String) -> Self {
        Self { text, ..Self::default() }
    }

    /// What is to be checked; nothing for the documents' claims.
    pub(crate) fn asked(&self) -> Option<&str> {
        let typed = Some(self.text.as_str()).filter(|text| !text.trim().is_empty());
        typed.or_else(|| self.file.as_ref().map(|(_, text)| text.as_str()))
    }

    /// The rows that are shown.
    fn rows(&self, data: &ClaimsData) -> Vec<usize> {
        let shown = |claim: &ClaimData| {
            let of_verdict = self.verdicts.is_empty() || self.verdicts.contains(&claim.verdict);
            of_verdict && (self.document.is_none() || claim.document == self.document)
        };
        data.claims.iter().enumerate().filter(|(_, claim)| shown(claim)).map(|(at, _)| at).collect()
    }
}

/// The letters that are typed or pasted at most.
const LONGEST: usize = 20_000;
/// Room between list and findings, and the least width at which both stand side by side.
const GAP: f32 = 22.0;
const WIDE: f32 = 820.0;

/// Draws the page; `data` is what is checked of the field, or of the documents. Returns what is to be done with the list.
pub(crate) fn page_ui(
    ui: &mut Ui,
    look: &Tokens,
    data: Option<&ClaimsData>,
    view: &mut View,
) -> Option<Kept> {
    ui.add_space(8.0);
    asked_ui(ui, look, view);
    ui.add_space(6.0);
    let Some(data) = data else {
        hint_ui(ui, look, text::the_claims_are_being_held());
        return None;
    };
    let kept = filters_ui(ui, look, data, view);
    ui.add_space(6.0);
    let rows = view.rows(data);
    let room = ui.available_rect_before_wrap();
    let (list, details) = if room.width() >= WIDE {
        let middle = room.left() + (room.width() - GAP) * 0.58;
        (room.with_max_x(middle), room.with_min_x(middle + GAP))
    } else {
        let middle = room.top() + room.height() * 0.45;
        (room.with_max_y(middle), room.with_min_y(middle + 8.0))
    };
    inside(ui, text::claims(), list, |ui| list_ui(ui, look, data, &rows, view));
    let chosen = rows.iter().filter_map(|row| data.claims.get(*row));
    let chosen = chosen.clone().find(|claim| Some(&claim.id) == view.chosen.as_ref()).or_else(|| {
        let mut all = chosen;
        all.next()
    });
    inside(ui, text::findings(), details, |ui| {
        if let Some(claim) = chosen {
            ScrollArea::vertical().id_salt("findings").auto_shrink(false).show(ui, |ui| {
                claim_ui(ui, look, claim, view);
            });
        }
    });
    ui.advance_cursor_after_rect(room);
    view.listed = rows;
    kept
}

fn inside(ui: &mut Ui, name: &str, rect: Rect, draw: impl FnOnce(&mut Ui)) {
    let builder = UiBuilder::new().id_salt(name).max_rect(rect).accessibility_label(name);
    ui.scope_builder(builder, |ui| {
        ui.set_clip_rect(rect.intersect(ui.clip_rect()));
        draw(ui);
    });
}

/// The field, and the file in its place.
fn asked_ui(ui: &mut Ui, look: &Tokens, view: &mut View) {
    ui.label(RichText::new(text::is_that_claim_true()).font(fonts::title()).color(look.text));
    let edit = TextEdit::multiline(&mut view.text)
        .id_salt("claim")
        .hint_text(RichText::new(text::type_or_paste_a_claim()).color(look.faint))
        .font(fonts::body())
        .char_limit(LONGEST)
        .desired_rows(2)
        .margin(Margin::symmetric(9, 6))
        .desired_width(f32::INFINITY);
    ScrollArea::vertical().id_salt("claim text").max_height(84.0).show(ui, |ui| {
        ui.add(edit).accessible_name(text::type_or_paste_a_claim());
    });
    let name = view.file.as_ref().map(|(name, _)| name.clone());
    if view.asked().is_some() {
        ui.horizontal(|ui| {
            if let Some(name) = name.filter(|_| view.text.trim().is_empty()) {
                ui.label(RichText::new(text::claims_of(&name)).font(fonts::small()).color(look.soft));
            }
            if flat_ui(ui, look, text::back_to_the_documents(), true).clicked() {
                *view = View::default();
            }
        });
    }
}

/// Color of a verdict.
const fn color(look: &Tokens, verdict: ClaimVerdict) -> Color32 {
    match verdict {
        ClaimVerdict::Impossible | ClaimVerdict::Wrong => look.verdict(Verdict::DoesNotFit),
        ClaimVerdict::Implausible => look.verdict(Verdict::Tight),
        ClaimVerdict::Outdated | ClaimVerdict::Pessimistic => look.verdict(Verdict::Uncertain),
        ClaimVerdict::Plausible => look.verdict(Verdict::Fits),
        ClaimVerdict::NotCheckable => look.faint,
    }
}

/// How many of each verdict, to choose from, and the documents; what is to be done with the list.
fn filters_ui(ui: &mut Ui, look: &Tokens, data: &ClaimsData, view: &mut View) -> Option<Kept> {
    let mut kept = None;
    ui.horizontal_wrapped(|ui| {
        for verdict in ClaimVerdict::ALL {
            let count = data.count(verdict);
            if count == 0 {
                continue;
            }
            let on = view.verdicts.contains(&verdict);
            let text = format!("{count} {}", verdict.label().to_lowercase());
            let text = RichText::new(text).font(fonts::small_strong()).color(color(look, verdict));
            if ui.add(Button::selectable(on, text)).clicked() && !view.verdicts.remove(&verdict) {
                view.verdicts.insert(verdict);
            }
        }
        let documents = data.documents();
        if documents.len() > 1 {
            let chosen = view.document.clone();
            let shown =
                chosen.as_ref().map_or_else(|| text::all_documents().to_owned(), |id| text::document(&id));
            let arrow = |ui: &Ui, rect: Rect, look: &egui::style::WidgetVisuals, _open: bool| {
                fold_arrow(ui.painter(), rect.center(), true, look.fg_stroke.color);
            };
            ComboBox::from_id_salt("document").icon(arrow).selected_text(shown).show_ui(ui, |ui| {
                ui.selectable_value(&mut view.document, None, text::all_documents());
                for id in documents {
                    let label = text::document(&id);
                    ui.selectable_value(&mut view.document, Some(id), label);
                }
            });
        }
        if flat_ui(ui, look, text::copy_as_a_table(), true).clicked() {
            kept = Some(Kept::Copied);
        }
        let save = flat_ui(ui, look, text::save_the_list(), true);
        if save.on_hover_text(text::the_claims_that_are_listed()).clicked() {
            kept = Some(Kept::Saved);
        }
    });
    kept
}

/// Height of a claim in the list.
const ROW: f32 = 42.0;
/// Width of its verdict.
const VERDICT: f32 = 104.0;

fn list_ui(ui: &mut Ui, look: &Tokens, data: &ClaimsData, rows: &[usize], view: &mut View) {
    if rows.is_empty() {
        hint_ui(ui, look, text::no_claim_was_found());
        return;
    }
    let width = ui.available_width() - 10.0;
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().id_salt("claims").auto_shrink(false).show_rows(
        ui,
        ROW,
        rows.len(),
        |ui, shown| {
            for claim in rows.get(shown).unwrap_or_default().iter().filter_map(|row| data.claims.get(*row)) {
                let chosen = view.chosen.as_ref() == Some(&claim.id);
                if row_ui(ui, look, width, claim, chosen) {
                    view.chosen = Some(claim.id.clone());
                }
            }
        },
    );
}

/// Draws a claim; says whether it was clicked.
fn row_ui(ui: &mut Ui, look: &Tokens, width: f32, claim: &ClaimData, chosen: bool) -> bool {
    let (_, rect) = ui.allocate_space(vec2(width, ROW));
    let response = ui.interact(rect, ui.make_persistent_id(("claim", &claim.id)), Sense::click());
    let said = format!("{}: {}; {}", claim.verdict.label(), claim.subject, claim.reason);
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, &said));
    if !ui.is_rect_visible(rect) {
        return response.clicked();
    }
    let painter = ui.painter();
    if chosen || response.hovered() || response.has_focus() {
        let fill = if chosen { look.control } else { look.control.gamma_multiply(0.6) };
        painter.rect_filled(rect, 5.0, fill);
    }
    if response.has_focus() {
        painter.rect_stroke(rect, 5.0, Stroke::new(1.0, look.accent), egui::StrokeKind::Inside);
    }
    let y = rect.top() + 13.0;
    let label = claim.verdict.label();
    let left = rect.left() + 6.0;
    painter.text(
        pos2(left, y),
        Align2::LEFT_CENTER,
        label,
        fonts::small_strong(),
        color(look, claim.verdict),
    );
    let text = left + VERDICT;
    let room = rect.right() - text - 6.0;
    let subject = elided(painter, &claim.subject, &fonts::body(), look.text, room);
    painter.galley(pos2(text, y - subject.size().y / 2.0), subject, look.text);
    let reason = elided(painter, &claim.reason, &fonts::small(), look.soft, room);
    painter.galley(pos2(text, rect.bottom() - 18.0), reason, look.soft);
    response.on_hover_text(format!("{}\n{}", claim.subject, claim.reason)).clicked()
}

/// A reason as a sentence that begins; a name in letters of its own, as `macOS`, stays as it is.
fn capital(text: &str) -> String {
    let first = text.split(' ').next().unwrap_or_default();
    let mut letters = text.chars();
    match letters.next() {
        Some(letter) if first.chars().all(|sign| sign.is_lowercase() || sign == '\'') => {
            letter.to_uppercase().chain(letters).collect()
        }
        _ => text.to_owned(),
    }
}

/// What is found of a claim, with the fields to correct.
fn claim_ui(ui: &mut Ui, look: &Tokens, claim: &ClaimData, view: &mut View) {
    ui.set_max_width(ui.available_width() - 10.0);
    ui.label(RichText::new(claim.verdict.label()).font(fonts::strong()).color(color(look, claim.verdict)));
    let wrapped = |ui: &mut Ui, text: RichText| ui.add(Label::new(text).wrap());
    wrapped(ui, RichText::new(capital(&claim.reason)).font(fonts::title()).color(look.text));
    ui.add_space(4.0);
    wrapped(ui, RichText::new(format!("“{}”", claim.text)).color(look.soft));
    if let Some(document) = &claim.document {
        let place = text::document_under(&claim.id, &document, &claim.place);
        wrapped(ui, RichText::new(place).font(fonts::small()).color(look.faint));
    }
    if let Some(held) = &claim.held {
        held_ui(ui, look, held, color(look, claim.verdict));
    }
    if claim.opens {
        let response = flat_ui(ui, look, text::show_working(), true);
        let name = text::show_working_of(&claim.subject);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        if response.on_hover_text(text::what_it_is_held_against()).clicked() {
            view.opened = Some(claim.id.clone());
        }
    }
    heading_ui(ui, look, text::understood());
    fields_ui(ui, look, claim, view);
    for assumed in &claim.assumed {
        wrapped(ui, RichText::new(text::assumed(&assumed)).font(fonts::small()).color(look.faint));
    }
    if claim.findings.len() > 1 {
        heading_ui(ui, look, text::found());
        for (aspect, verdict, reason) in &claim.findings {
            ui.label(
                RichText::new(format!("{aspect}: {}", verdict.label().to_lowercase()))
                    .font(fonts::small_strong())
                    .color(color(look, *verdict)),
            );
            wrapped(ui, RichText::new(reason).color(look.soft));
        }
    }
    if !claim.would.is_empty() {
        heading_ui(ui, look, text::it_would_be_true_with());
        for would in &claim.would {
            wrapped(ui, RichText::new(would).color(look.soft));
        }
    }
    ui.add_space(12.0);
}

fn heading_ui(ui: &mut Ui, look: &Tokens, text: &str) {
    ui.add_space(10.0);
    ui.label(RichText::new(text).font(fonts::strong()).color(look.text));
}

/// What was understood, a field a line; a field that was changed is checked anew as a text.
fn fields_ui(ui: &mut Ui, look: &Tokens, claim: &ClaimData, view: &mut View) {
    let of_this = view.edited.take().filter(|(id, _)| *id == claim.id);
    let (id, mut fields) = of_this.unwrap_or_else(|| (claim.id.clone(), claim.fields.clone()));
    let mut entered = false;
    for (name, value) in &mut fields {
        let name = *name;
        ui.horizontal(|ui| {
            let (_, rect) = ui.allocate_space(vec2(92.0, 24.0));
            let at = pos2(rect.left(), rect.center().y);
            ui.painter().text(at, Align2::LEFT_CENTER, name, fonts::body(), look.soft);
            let edit = TextEdit::singleline(value)
                .id_salt((name, "understood"))
                .hint_text(RichText::new(text::not_said()).color(look.faint))
                .font(fonts::body())
                .char_limit(120)
                .interactive(name != "Quantity")
                .desired_width(ui.available_width().min(280.0));
            let response = ui.add(edit).accessible_name(text::claims_understood(&name.to_lowercase()));
            entered |= response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        });
    }
    if entered && fields != claim.fields {
        view.text = composed(&fields);
        view.chosen = None;
    } else {
        view.edited = Some((id, fields));
    }
}

/// The figure on a line, with what it cannot exceed and what is expected.
fn held_ui(ui: &mut Ui, look: &Tokens, held: &Held, claimed: Color32) {
    ui.add_space(8.0);
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), 58.0));
    let most = held.claimed.max(held.bound).max(held.band.high) * 1.12;
    if most <= 0.0 || !most.is_finite() {
        return;
    }
    #[expect(clippy::cast_possible_truncation, reason = "a place on the screen")]
    let at = |value: f64| rect.left() + rect.width() * (value / most).clamp(0.0, 1.0) as f32;
    let y = rect.center().y;
    let painter = ui.painter();
    painter.hline(rect.x_range(), y, Stroke::new(1.0, look.line));
    let band = Rect::from_min_max(pos2(at(held.band.low), y - 5.0), pos2(at(held.band.high), y + 5.0));
    painter.rect_filled(band, 3.0, look.accent.gamma_multiply(0.5));
    painter.vline(at(held.bound), (y - 12.0)..=(y + 12.0), Stroke::new(2.0, look.text));
    painter.vline(at(held.claimed), (y - 12.0)..=(y + 12.0), Stroke::new(2.0, claimed));
    let label = |x: f32, y: f32, text: &str, color: Color32| {
        let left = x > rect.center().x;
        let align = if left { Align2::RIGHT_CENTER } else { Align2::LEFT_CENTER };
        painter.text(pos2(x, y), align, text, fonts::small(), color);
    };
    let unit = held.unit;
    label(at(held.bound), rect.top() + 7.0, &text::at_most(&show_figures(held.bound)), look.text);
    let claims = text::claimed(&show_figures(held.claimed), &unit);
    label(at(held.claimed), rect.bottom() - 7.0, &claims, claimed);
    ui.add(
        Label::new(
            RichText::new(text::expected_to(
                &show_figures(held.band.low),
                &show_figures(held.band.high),
                &unit,
            ))
            .font(fonts::small())
            .color(look.soft),
        )
        .wrap(),
    );
}
