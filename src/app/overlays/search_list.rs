//! A list that is narrowed by typing and walked by the arrow keys.

use eframe::egui;
use egui::{
    Align2, Area, Frame, Id, Key, Margin, Modal, Modifiers, Order, RichText, ScrollArea, Sense, Stroke,
    TextEdit, Ui, WidgetInfo, vec2,
};

use crate::app::fonts;
use crate::app::theme::Tokens;

/// What is typed and which line is chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Search {
    text: String,
    at: usize,
    drawn: bool,
}

/// A line of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// What is read first.
    pub label: String,
    /// What is read at the right.
    pub beside: String,
    /// What else it is found by.
    pub found_by: String,
}

const ROW: f32 = 28.0;

/// Draws the list; returns the index of the entry that was taken, and whether the list stays open.
pub(super) fn show(
    ui: &Ui,
    look: &Tokens,
    search: &mut Search,
    hint: &str,
    entries: &[Entry],
) -> (Option<usize>, bool) {
    let width = (ui.ctx().content_rect().width() - 40.0).min(520.0);
    let area = Area::new(Id::unique(("search", hint)))
        .order(Order::Foreground)
        .anchor(Align2::CENTER_TOP, vec2(0.0, 64.0))
        .interactable(true);
    let frame = Frame::new()
        .fill(look.surface)
        .stroke(Stroke::new(1.0, look.line))
        .corner_radius(10)
        .shadow(ui.visuals().popup_shadow)
        .inner_margin(Margin::same(8));
    let found = matching(&search.text, entries);
    let modal = Modal::new(Id::unique("search modal")).area(area).frame(frame);
    let shown = modal.show(ui.ctx(), |ui| {
        ui.set_width(width);
        let walked = keys(ui, search, found.len());
        field_ui(ui, look, search, hint);
        let found = matching(&search.text, entries);
        search.at = search.at.min(found.len().saturating_sub(1));
        let clicked = list_ui(ui, look, search, entries, &found, walked);
        let entered = ui.input(|input| input.key_pressed(Key::Enter));
        clicked.or_else(|| if entered { found.get(search.at).copied() } else { None })
    });
    let closed = shown.should_close();
    (shown.inner, !closed && shown.inner.is_none())
}

/// Entries that have every typed word, those that begin with the first word before others.
fn matching(text: &str, entries: &[Entry]) -> Vec<usize> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let mut found: Vec<(bool, usize)> = entries
        .iter()
        .enumerate()
        .filter_map(|(index, entry)| {
            let label = entry.label.to_lowercase();
            let all = format!("{label} {} {}", entry.beside, entry.found_by).to_lowercase();
            let first = words.first().is_some_and(|word| label.starts_with(word));
            words.iter().all(|word| all.contains(word)).then_some((!first, index))
        })
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, index)| index).collect()
}

/// Arrow keys move the choice; returns whether they did.
fn keys(ui: &Ui, search: &mut Search, count: usize) -> bool {
    let before = search.at;
    ui.input_mut(|input| {
        let last = count.saturating_sub(1);
        for (key, to) in [
            (Key::ArrowDown, (search.at + 1).min(last)),
            (Key::ArrowUp, search.at.saturating_sub(1)),
            (Key::PageDown, (search.at + 10).min(last)),
            (Key::PageUp, search.at.saturating_sub(10)),
        ] {
            if input.consume_key(Modifiers::NONE, key) {
                search.at = to;
            }
        }
    });
    before != search.at
}

fn field_ui(ui: &mut Ui, look: &Tokens, search: &mut Search, hint: &str) {
    let before = search.text.clone();
    let edit = TextEdit::singleline(&mut search.text)
        .id_salt(hint)
        .hint_text(RichText::new(hint.to_owned()).color(look.faint))
        .font(fonts::body())
        .margin(Margin::symmetric(10, 6))
        .char_limit(100)
        .desired_width(f32::INFINITY);
    let response = ui.add(edit).accessible_name(hint);
    if !search.drawn {
        response.request_focus();
        search.drawn = true;
    }
    if search.text != before {
        search.at = 0;
    }
}

fn list_ui(
    ui: &mut Ui,
    look: &Tokens,
    search: &mut Search,
    entries: &[Entry],
    found: &[usize],
    walked: bool,
) -> Option<usize> {
    if found.is_empty() {
        ui.add_space(6.0);
        ui.label(RichText::new("Nothing has all these words").color(look.faint));
        return None;
    }
    ui.add_space(4.0);
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut taken = None;
    let height = (ui.ctx().content_rect().height() - 220.0).clamp(120.0, 420.0);
    let mut scroll = ScrollArea::vertical().max_height(height).auto_shrink([false, true]);
    if walked {
        #[expect(clippy::cast_precision_loss, reason = "a line of a list")]
        let y = ROW * search.at as f32 - height / 2.0;
        scroll = scroll.vertical_scroll_offset(y.max(0.0));
    }
    scroll.show_rows(ui, ROW, found.len(), |ui, range| {
        for line in range {
            let Some(entry) = found.get(line).and_then(|index| entries.get(*index)) else { continue };
            if entry_ui(ui, look, entry, line == search.at) {
                taken = found.get(line).copied();
            }
        }
    });
    taken
}

fn entry_ui(ui: &mut Ui, look: &Tokens, entry: &Entry, chosen: bool) -> bool {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), ROW));
    let id = ui.make_persistent_id(("entry", &entry.label, &entry.found_by));
    let response = ui.interact(rect, id, Sense::click());
    response.widget_info(|| WidgetInfo::selected(egui::Role::ListBoxOption, true, chosen, &entry.label));
    if chosen || response.hovered() {
        ui.painter().rect_filled(rect, 5.0, if chosen { look.raised } else { look.control });
    }
    let beside = ui.painter().text(
        rect.right_center() - vec2(10.0, 0.0),
        Align2::RIGHT_CENTER,
        &entry.beside,
        fonts::small(),
        look.soft,
    );
    let room = rect.with_max_x(beside.left() - 8.0);
    ui.painter().with_clip_rect(room.intersect(ui.clip_rect())).text(
        rect.left_center() + vec2(10.0, 0.0),
        Align2::LEFT_CENTER,
        &entry.label,
        fonts::body(),
        look.text,
    );
    response.clicked()
}
