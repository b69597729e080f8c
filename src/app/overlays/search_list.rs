//! A list that is narrowed by typing and walked by the arrow keys.

use std::cmp::Reverse;
use std::sync::Arc;

use eframe::egui;
use egui::scroll_area::ScrollBarVisibility;
use egui::text::LayoutJob;
use egui::{
    Align2, Area, Frame, Id, Key, Margin, Modal, Modifiers, Order, RichText, ScrollArea, Sense, Stroke,
    TextEdit, TextFormat, Ui, WidgetInfo, pos2, vec2,
};
use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use crate::app::fonts;
use crate::app::text;
use crate::app::theme::Tokens;
use crate::app::widgets::elided;
use crate::engine::Verdict;

/// What is typed and which line is chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Search {
    text: String,
    at: usize,
    drawn: bool,
}

impl Search {
    /// What is typed.
    pub(super) fn text(&self) -> &str {
        &self.text
    }
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
    /// The heading it stands under while nothing is typed; empty where the list has none.
    pub group: &'static str,
    /// Whether it is what was typed, and stands before all that is found by it.
    pub first: bool,
    /// Whether it fits the chosen machine, as a word at the right.
    pub verdict: Option<Verdict>,
}

/// A line as it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    /// A heading.
    Head(&'static str),
    /// The entry found at this place.
    Entry(usize),
}

const ROW: f32 = 28.0;
/// Room for the longest verdict, so that what stands before it is aligned.
const VERDICT: f32 = 92.0;

/// Draws the list; returns the index of the entry that was taken, and whether the list stays open.
pub(super) fn show(
    ui: &Ui,
    look: &Tokens,
    search: &mut Search,
    hint: &str,
    entries: &[Entry],
) -> (Option<usize>, bool) {
    let width = (ui.ctx().content_rect().width() - 40.0).min(760.0);
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
        let anew = field_ui(ui, look, search, hint);
        let found = matching(&search.text, entries);
        search.at = search.at.min(found.len().saturating_sub(1));
        let clicked = list_ui(ui, look, search, (entries, &found), (walked, anew));
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

/// The entry that words would find first.
pub(super) fn first_of(text: &str, entries: &[Entry]) -> Option<usize> {
    matching(text, entries).first().map(|found| found.index)
}

/// How well an entry is found: as it is written, by its label, by all that it is found by.
type Rank = Reverse<(u8, u32, u32)>;

/// Entries that have the letters of every typed word in order, best first; all of them where nothing is typed.
///
/// A label that is what was typed comes first, then those that begin with it; a label that has all words comes before an
/// entry that is found by its other names.
fn matching(text: &str, entries: &[Entry]) -> Vec<Found> {
    let pattern = Pattern::new(text, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut found: Vec<(Rank, Found)> = Vec::new();
    let typed = text.trim().to_lowercase();
    let alike = |label: &str| match label.to_lowercase().trim_end_matches('…').strip_prefix(&typed) {
        Some("") => 2,
        Some(_) => 1,
        None => 0,
    };
    for (index, entry) in entries.iter().enumerate() {
        if entry.first {
            found.push((Reverse((u8::MAX, u32::MAX, u32::MAX)), Found { index, letters: Vec::new() }));
            continue;
        }
        let mut letters = Vec::new();
        let label = Utf32Str::new(&entry.label, &mut buffer);
        let in_label = pattern.indices(label, &mut matcher, &mut letters);
        let all = format!("{} {} {}", entry.label, entry.beside, entry.found_by);
        let anywhere = pattern.score(Utf32Str::new(&all, &mut buffer), &mut matcher);
        if let Some(anywhere) = anywhere {
            // What it is called elsewhere is as good as its label where it is typed in full.
            let other_name = if entry.found_by.to_lowercase() == typed && !typed.is_empty() { 2 } else { 0 };
            letters.sort_unstable();
            letters.dedup();
            let letters = if in_label.is_some() { letters } else { Vec::new() };
            found.push((
                Reverse((alike(&entry.label).max(other_name), in_label.unwrap_or(0), anywhere)),
                Found { index, letters },
            ));
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

/// Draws the field; returns whether the list begins anew: it was opened, or something else is typed.
fn field_ui(ui: &mut Ui, look: &Tokens, search: &mut Search, hint: &str) -> bool {
    let before = search.text.clone();
    let edit = TextEdit::singleline(&mut search.text)
        .id_salt(hint)
        .hint_text(RichText::new(hint.to_owned()).color(look.faint))
        .font(fonts::body())
        .margin(Margin::symmetric(10, 6))
        .char_limit(300)
        .desired_width(f32::INFINITY);
    let response = ui.add(edit).accessible_name(hint);
    let opened = !search.drawn;
    if opened {
        response.request_focus();
        search.drawn = true;
    }
    let typed = search.text != before;
    if typed {
        search.at = 0;
    }
    opened || typed
}

/// Entries under their headings where nothing is typed; what was found in its own order else.
fn lines(typed: bool, entries: &[Entry], found: &[Found]) -> Vec<Line> {
    let mut lines = Vec::with_capacity(found.len());
    let mut group = "";
    for (at, Found { index, .. }) in found.iter().enumerate() {
        let of = entries.get(*index).map_or("", |entry| entry.group);
        if !typed && of != group {
            group = of;
            lines.push(Line::Head(of));
        }
        lines.push(Line::Entry(at));
    }
    lines
}

/// The height of the list depends on the window alone: a short list leaves the rest empty.
fn list_ui(
    ui: &mut Ui,
    look: &Tokens,
    search: &Search,
    (entries, found): (&[Entry], &[Found]),
    (walked, anew): (bool, bool),
) -> Option<usize> {
    ui.add_space(4.0);
    ui.spacing_mut().item_spacing.y = 0.0;
    let height = (ui.ctx().content_rect().height() - 220.0).clamp(120.0, 420.0);
    if found.is_empty() {
        ui.allocate_ui(vec2(ui.available_width(), height), |ui| {
            ui.set_min_height(height);
            ui.add_space(6.0);
            ui.label(RichText::new(text::nothing_has_all_these_words()).color(look.faint));
        });
        return None;
    }
    let lines = lines(!search.text.trim().is_empty(), entries, found);
    let mut taken = None;
    let mut scroll = ScrollArea::vertical()
        .max_height(height)
        .min_scrolled_height(height)
        .auto_shrink(false)
        .scroll_bar_visibility(ScrollBarVisibility::VisibleWhenNeeded);
    let chosen = lines.iter().position(|line| *line == Line::Entry(search.at)).unwrap_or(0);
    if anew {
        scroll = scroll.vertical_scroll_offset(0.0);
    } else if walked {
        #[expect(clippy::cast_precision_loss, reason = "a line of a list")]
        let y = ROW * chosen as f32 - height / 2.0;
        scroll = scroll.vertical_scroll_offset(y.max(0.0));
    }
    scroll.show_rows(ui, ROW, lines.len(), |ui, range| {
        for line in lines.get(range).unwrap_or_default() {
            match *line {
                Line::Head(text) => head_ui(ui, look, text),
                Line::Entry(at) => {
                    let Some(Found { index, letters }) = found.get(at) else { continue };
                    let Some(entry) = entries.get(*index) else { continue };
                    if entry_ui(ui, look, entry, letters, at == search.at) {
                        taken = Some(*index);
                    }
                }
            }
        }
    });
    taken
}

fn head_ui(ui: &mut Ui, look: &Tokens, text: &str) {
    let (id, rect) = ui.allocate_space(vec2(ui.available_width(), ROW));
    let response = ui.interact(rect, id, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Heading, true, text));
    let at = rect.left_bottom() + vec2(10.0, -6.0);
    ui.painter().text(at, Align2::LEFT_BOTTOM, text, fonts::small_strong(), look.faint);
}

fn entry_ui(ui: &mut Ui, look: &Tokens, entry: &Entry, letters: &[u32], chosen: bool) -> bool {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), ROW));
    let id = ui.make_persistent_id(("entry", &entry.label, &entry.found_by));
    let response = ui.interact(rect, id, Sense::click());
    let said = entry.verdict.map_or_else(
        || entry.label.clone(),
        |verdict| format!("{}, {}, {}", entry.label, entry.beside, verdict.label()),
    );
    response.widget_info(|| WidgetInfo::selected(egui::Role::ListBoxOption, true, chosen, &said));
    if chosen || response.hovered() {
        ui.painter().rect_filled(rect, 5.0, if chosen { look.raised } else { look.control });
    }
    if chosen {
        // What Enter takes is not what the pointer rests on.
        let edge = egui::Rect::from_min_size(rect.min + vec2(0.0, 5.0), vec2(3.0, rect.height() - 10.0));
        ui.painter().rect_filled(edge, 1.5, look.accent);
    }
    let right = rect.right_center() - vec2(10.0, 0.0);
    let mut free = right.x;
    if let Some(verdict) = entry.verdict {
        let color = look.verdict(verdict);
        ui.painter().text(right, Align2::RIGHT_CENTER, verdict.label(), fonts::small_strong(), color);
        free -= VERDICT;
    }
    let label = ui.painter().layout_job(label_job(look, &entry.label, letters));
    // The name is read whole; what stands beside it takes the room that is left.
    let room = free - rect.left() - label.size().x - 34.0;
    let beside = elided(ui.painter(), &entry.beside, &fonts::small(), look.soft, room.max(0.0));
    if room > 40.0 {
        free -= beside.size().x;
        let place = pos2(free, rect.center().y - beside.size().y / 2.0);
        ui.painter().galley(place, Arc::clone(&beside), look.soft);
    }
    let room = rect.with_max_x(free - 8.0);
    let place = Align2::LEFT_CENTER.anchor_size(rect.left_center() + vec2(10.0, 0.0), label.size()).min;
    ui.painter().with_clip_rect(room.intersect(ui.clip_rect())).galley(place, label, look.text);
    let clicked = response.clicked();
    if beside.elided {
        response.on_hover_text(&entry.beside);
    }
    clicked
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
    use super::{Entry, Line, lines, matching};

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
    fn a_label_that_is_what_was_typed_comes_first_then_those_that_begin_with_it() {
        let of = |label: &str| Entry { label: label.to_owned(), ..Entry::default() };
        let entries =
            ["Show on this machine", "Show this machine's log", "Show this machine", "This machine"].map(of);
        let found = matching("show this machine", &entries);
        let found: Vec<usize> = found.into_iter().map(|found| found.index).collect();
        assert_eq!(
            found,
            [2, 1, 0],
            "the same words, then what begins with them, then what has their letters"
        );
        let menus = ["Compare with Open", "Open…"].map(of);
        assert_eq!(matching("open", &menus).first().map(|found| found.index), Some(1), "dots are no word");
    }

    #[test]
    fn nothing_typed_is_everything_in_order_and_labels_come_before_other_names() {
        assert_eq!(found("").len(), 4);
        assert_eq!(found("meta").len(), 4, "found by another name");
        assert_eq!(found("").first(), Some(&"Llama 3.1 8B"));
    }

    #[test]
    fn headings_stand_where_the_group_changes_and_only_while_nothing_is_typed() {
        let of = |label: &str, group| Entry { label: label.to_owned(), group, ..Entry::default() };
        let entries = [of("Chat", "Inference"), of("Agent", "Inference"), of("QLoRA", "Fine-tuning")];
        let all = matching("", &entries);
        let [head, tuning] = [Line::Head("Inference"), Line::Head("Fine-tuning")];
        assert_eq!(
            lines(false, &entries, &all),
            [head, Line::Entry(0), Line::Entry(1), tuning, Line::Entry(2)]
        );
        assert_eq!(lines(true, &entries, &matching("qlora", &entries)), [Line::Entry(0)]);
        let plain = [of("Chat", ""), of("Agent", "")];
        assert_eq!(
            lines(false, &plain, &matching("", &plain)).len(),
            2,
            "a list without groups has no headings"
        );
    }
}
