//! Comparison reports: one result, one small exporter a format.

mod answer;
mod asked;
mod band_json;
mod cell;
mod csv_text;
mod figure_json;
mod figure_words;
mod file_label;
mod format;
mod json;
mod markdown;
mod open;
mod read;
mod ron_text;
mod save;
mod sentence;
mod speed_json;
mod speed_words;
mod working_json;
mod workings_markdown;
mod workload_json;

pub use answer::{Answer, Report};
pub use asked::asked;
pub use figure_words::{cost_figures, figure_value, long_hours, speed_figures};
pub use format::{Format, UnknownFormat, export};
pub use json::{AnswerJson, answer_json, report_json};
pub use markdown::markdown;
pub use open::{Opened, SavedAnswer, SavedReport, SavedUse, changes_since, open};
pub use read::{ReadError, read_text};
pub use save::{SaveError, save, save_with_folder};
pub use sentence::{Sentence, part_working, sentence};
pub use speed_words::{cost_line, dollars, hours, rate, speed_basis, speed_line, time, years};
pub use working_json::{WorkingJson, WorkingsJson};
