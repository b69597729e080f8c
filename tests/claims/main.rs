//! Claims: the documents' 237 checked anew, what has to be found among them, and free text of other people's kind.

mod documents;
mod file;
mod free_text;
mod hostile;
mod nicknames;
mod terminal;

use std::sync::LazyLock;

use plimsoll::catalog::{Catalog, calibration};
use plimsoll::claims::{Checked, Checker};

static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::built_in);

/// The checker with the built-in catalog.
pub(crate) fn checker() -> Checker<'static> {
    Checker::new(&CATALOG, calibration())
}

/// What is found of a text.
pub(crate) fn checked(text: &str) -> Vec<Checked> {
    let checker = checker();
    checker.judge(checker.read(text))
}
