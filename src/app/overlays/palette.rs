//! Every command by name.

use eframe::egui::Ui;

use super::search_list::{self, Entry, Search};
use crate::app::command::Command;
use crate::app::state::Change;
use crate::app::text;
use crate::app::theme::Tokens;

/// A command and its words.
pub(super) type Said = (Command, String);

/// Draws the palette; returns whether it stays open.
pub(super) fn show(
    ui: &Ui,
    look: &Tokens,
    search: &mut Search,
    (typed, offered): (&[Said], &[Said]),
    commands: &mut Vec<Command>,
) -> bool {
    let all: Vec<&Said> = typed.iter().chain(offered).collect();
    let entries: Vec<Entry> = all
        .iter()
        .enumerate()
        .map(|(at, (command, label))| Entry {
            label: label.clone(),
            beside: command.shortcut().map_or_else(String::new, |keys| ui.ctx().format_shortcut(&keys)),
            found_by: also_found_by(command),
            first: at < typed.len(),
            ..Entry::default()
        })
        .collect();
    let (taken, stays) = search_list::show(ui, look, search, text::type_a_command(), &entries);
    commands.extend(taken.and_then(|index| all.get(index).map(|(command, _)| command.clone())));
    stays
}

/// What a machine, a model or a preset is called where it is written, in a terminal and in files; and what leads to a page by
/// the other verb.
fn also_found_by(command: &Command) -> String {
    match command {
        Command::Change(Change::Machine(id)) => format!("evaluate on {id}"),
        Command::Change(Change::Model(model)) => format!("model {}", model.id),
        Command::Preset(id) => format!("preset {id}"),
        Command::Go(place) => text::command_show(&place.label().to_lowercase()),
        Command::Show(page) => text::go_to(&page.label().to_lowercase()),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::overlays::search_list::first_of;

    #[test]
    fn pages_and_places_are_found_by_either_verb() {
        let commands = Command::plain();
        let entries: Vec<Entry> = commands
            .iter()
            .map(|command| Entry {
                label: command.label(),
                found_by: also_found_by(command),
                ..Entry::default()
            })
            .collect();
        let found =
            |typed: &str| first_of(typed, &entries).and_then(|at| commands.get(at)).map(Command::label);
        assert_eq!(found("show compare").as_deref(), Some("Go to compare"));
        assert_eq!(found("go to plan").as_deref(), Some("Show plan"));
    }
}
