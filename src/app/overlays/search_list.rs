//! A list that is narrowed by typing and walked by the arrow keys.

use std::cmp::Reverse;

use eframe::egui;
use egui::text::LayoutJob;
use egui::{
    Align2, Area, Frame, Id, Key, Margin, Modal, Modifiers, Order, RichText, ScrollArea, Sense, Stroke,
    TextEdit, TextFormat, Ui, WidgetInfo, vec2,
};
use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

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
        clicked.or_else(|| if entered { found.get(search.at).map(|found| found.index) } else { None })
    });
    let closed = shown.should_close();
    (shown.inner, !closed && shown.inner.is_none())
}

/// An entry that has what was typed, and which letters of its label have it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Found {
    index: usize,
    letters: Vec<u32>,
}

/// Entries that have the letters of every typed word in order, best first; all of them where nothing is typed.
///
/// A label that has them all comes before an entry that is found by its other names.
fn matching(text: &str, entries: &[Entry]) -> Vec<Found> {
    let pattern = Pattern::new(text, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut found: Vec<(Reverse<(u32, u32)>, Found)> = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let mut letters = Vec::new();
        let label = Utf32Str::new(&entry.label, &mut buffer);
        let in_label = pattern.indices(label, &mut matcher, &mut letters);
        let all = format!("{} {} {}", entry.label, entry.beside, entry.found_by);
        let anywhere = pattern.score(Utf32Str::new(&all, &mut buffer), &mut matcher);
        if let Some(anywhere) = anywhere {
            letters.sort_unstable();
            letters.dedup();
            let letters = if in_label.is_some() { letters } else { Vec::new() };
            found.push((Reverse((in_label.unwrap_or(0), anywhere)), Found { index, letters }));
        }
    }
    found.sort_by_key(|(rank, Found { index, .. })| (*rank, *index));
    found.into_iter().map(|(_, found)| found).collect()
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
    found: &[Found],
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
            let Some(Found { index, letters }) = found.get(line) else { continue };
            let Some(entry) = entries.get(*index) else { continue };
            if entry_ui(ui, look, entry, letters, line == search.at) {
                taken = Some(*index);
            }
        }
    });
    taken
}

fn entry_ui(ui: &mut Ui, look: &Tokens, entry: &Entry, letters: &[u32], chosen: bool) -> bool {
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
    let label = ui.painter().layout_job(label_job(look, &entry.label, letters));
    let place = Align2::LEFT_CENTER.anchor_size(rect.left_center() + vec2(10.0, 0.0), label.size()).min;
    ui.painter().with_clip_rect(room.intersect(ui.clip_rect())).galley(place, label, look.text);
    response.clicked()
}

/// The label with the letters that were typed in the accent's color.
fn label_job(look: &Tokens, label: &str, letters: &[u32]) -> LayoutJob {
    let mut job = LayoutJob::default();
    let format = |color| TextFormat { font_id: fonts::body(), color, ..TextFormat::default() };
    for (at, letter) in (0_u32..).zip(label.chars()) {
        let typed = letters.binary_search(&at).is_ok();
        job.append(&letter.to_string(), 0.0, format(if typed { look.accent } else { look.text }));
    }
    job
}

#[cfg(test)]
mod tests {
    use super::{Entry, matching};

    fn found(text: &str) -> Vec<&'static str> {
        let labels = ["Llama 3.1 8B", "Llama 3.3 70B", "Qwen3 30B A3B", "gpt-oss-120b"];
        let entries: Vec<Entry> = labels
            .iter()
            .map(|label| Entry {
                label: (*label).to_owned(),
                found_by: "meta".to_owned(),
                ..Entry::default()
            })
            .collect();
        matching(text, &entries).into_iter().filter_map(|found| labels.get(found.index).copied()).collect()
    }

    #[test]
    fn letters_may_be_left_out_and_words_come_in_any_order() {
        assert_eq!(found("70 llama"), ["Llama 3.3 70B"]);
        assert_eq!(found("lma8b"), ["Llama 3.1 8B"]);
        assert_eq!(found("gptoss"), ["gpt-oss-120b"]);
        assert!(found("mistral").is_empty());
    }

    #[test]
    fn nothing_typed_is_everything_in_order_and_labels_come_before_other_names() {
        assert_eq!(found("").len(), 4);
        assert_eq!(found("meta").len(), 4, "found by another name");
        assert_eq!(found("").first(), Some(&"Llama 3.1 8B"));
    }
}
