//! The list as a table for a person.

use super::Sought;
use crate::cli::escape::one_line;
use crate::cli::{Outside, table};
use crate::here::{Listed, ModelHere};
use crate::import::stores::bytes_on_disk;
use crate::report::rate;
use crate::spec::Machine;
use crate::units::{Band, Bytes, count, show_gb, show_gib, show_grouped};

/// Columns that hold figures.
const FIGURES: [usize; 4] = [2, 4, 5, 6];

/// Prints the table, what is wrong with some of them, and how much they take together.
pub(super) fn say(sought: &Sought, machine: &Machine, outside: &mut Outside<'_>) {
    if sought.models.is_empty() {
        outside.print("No models were found.\n");
        for root in &sought.roots {
            outside.print(&format!(
                "  looked in {}: {}\n",
                root.store.label(),
                one_line(&root.path.to_string_lossy())
            ));
        }
        problems(sought, outside);
        return;
    }
    outside.print(&format!("Models on this machine, as they run on {}\n\n", one_line(&machine.name)));
    let names = ["model", "format", "on disk", "verdict", "memory", "largest context", "speed"];
    let names = names.map(str::to_owned).to_vec();
    let rows = std::iter::once(names).chain(sought.models.iter().map(row));
    outside.print(&(table::lines(rows, &FIGURES).join("\n") + "\n\n"));
    for model in &sought.models {
        let said = model.found.trouble.as_ref().map(ToString::to_string);
        if let Some(said) = said.or_else(|| model.answer.as_ref().err().map(ToString::to_string)) {
            outside.print(&format!("{}: {}\n", one_line(name(model)), one_line(&said)));
        }
    }
    problems(sought, outside);
    let together = bytes_on_disk(sought.models.iter().map(|model| &model.found));
    let models = sought.models.len();
    outside.print(&format!(
        "{} model{}, {} on disk; a file that several share is counted once.\n",
        show_grouped(count_of(models)),
        if models == 1 { "" } else { "s" },
        show_gb(Bytes::new(count(together)))
    ));
}

fn count_of(models: usize) -> u64 {
    u64::try_from(models).unwrap_or(u64::MAX)
}

/// What could not be looked at.
fn problems(sought: &Sought, outside: &mut Outside<'_>) {
    for problem in &sought.problems {
        outside.print(&format!("note: {}\n", one_line(problem)));
    }
}

/// What is typed after `--model`, or its name where it cannot be.
fn name(model: &Listed) -> &str {
    model.found.key.as_deref().unwrap_or(&model.found.name)
}

fn row(model: &Listed) -> Vec<String> {
    let here = model.answer.as_ref().ok().map(|answer| &answer.here);
    let stored = here.and_then(|here| here.scenario.inference()).map(|asked| asked.quantization.key());
    let kind = model.found.format.label();
    let format = match stored {
        Some(stored) if !kind.eq_ignore_ascii_case(stored) => format!("{kind} {stored}"),
        _ => kind.to_owned(),
    };
    let need =
        here.and_then(|here| here.estimate.fit.deciding()).map(|deciding| show_gib(deciding.need.best));
    let largest = here.and_then(|here| here.largest_context);
    let largest = largest.map(|largest| {
        let all = if largest.ends { " (all)" } else { "" };
        format!("{}{all}", show_grouped(largest.tokens))
    });
    let speed = here.and_then(ModelHere::decode).map(|speed| rate(Band::exact(speed.best)));
    let verdict = here.map_or("cannot be read", |here| here.estimate.fit.verdict.label());
    vec![
        name(model).to_owned(),
        format,
        show_gb(Bytes::new(count(model.found.bytes()))),
        verdict.to_owned(),
        need.unwrap_or_default(),
        largest.unwrap_or_default(),
        speed.unwrap_or_default(),
    ]
}
