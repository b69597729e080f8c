//! `plimsoll claim` and `plimsoll claims`: is that true?

mod text;

use std::io::Read as _;
use std::path::Path;

use super::args::{ClaimArgs, ClaimsArgs};
use super::error::CliError;
use super::{Context, Outside};
use crate::catalog::calibration;
use crate::claims::{Asked, Checked, Checker, Claim, LONGEST_TEXT, truths};
use crate::report::{ClaimJson, TruthJson, read_text};

/// Largest text on standard input, MiB.
const LARGEST_MIB: u64 = 16;

/// Judges what was typed.
pub(super) fn claim(asked: &ClaimArgs, outside: &mut Outside<'_>) -> Result<u8, CliError> {
    let context = Context::load(outside);
    let checker = Checker::new(&context.catalog, calibration());
    let text = if asked.text == "-" { piped(outside)? } else { asked.text.clone() };
    let checked = checker.judge(read(&checker, &text, None, outside));
    if asked.json {
        print_json(&checked, &checker, outside)?;
    } else {
        text::one_by_one(&checked, outside);
    }
    Ok(0)
}

/// Judges the claims of a file, or those of the documents that ship.
pub(super) fn claims(asked: &ClaimsArgs, outside: &mut Outside<'_>) -> Result<u8, CliError> {
    let context = Context::load(outside);
    let checker = Checker::new(&context.catalog, calibration());
    if asked.memory {
        let truths = truths(&checker);
        if asked.json {
            let json: Vec<TruthJson<'_>> =
                truths.iter().map(|truth| TruthJson::new(truth, &|asked| checker.workings(asked))).collect();
            outside.print_json(&(serde_json::to_string(&json).map_err(CliError::written)? + "\n"));
        } else {
            text::truths(&truths, outside);
        }
        return Ok(0);
    }
    let claims = match &asked.file {
        None => checker.shipped(),
        Some(file) if file.as_os_str() == "-" => {
            let text = piped(outside)?;
            read(&checker, &text, None, outside)
        }
        Some(file) => {
            let text = read_text(Path::new(file))?;
            let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
            read(&checker, &text, Some(&name), outside)
        }
    };
    let mut checked = checker.judge(claims);
    if !asked.verdicts.is_empty() {
        checked.retain(|checked| asked.verdicts.contains(&checked.verdict()));
    }
    if asked.json {
        print_json(&checked, &checker, outside)?;
    } else {
        text::table(&checked, outside);
    }
    Ok(0)
}

/// The claims of a text, under the name of the file that it stands in.
fn read(checker: &Checker<'_>, text: &str, file: Option<&str>, outside: &mut Outside<'_>) -> Vec<Claim> {
    if text.chars().nth(LONGEST_TEXT).is_some() {
        outside.remark("note", format!("only the first {LONGEST_TEXT} letters were read"));
    }
    let mut claims = checker.read(text);
    for claim in &mut claims {
        claim.document = file.map(str::to_owned);
    }
    claims
}

fn print_json(checked: &[Checked], checker: &Checker<'_>, outside: &mut Outside<'_>) -> Result<(), CliError> {
    let opened = |asked: &Asked| checker.workings(asked);
    let json: Vec<ClaimJson<'_>> = checked.iter().map(|one| ClaimJson::new(one, &opened)).collect();
    let text = serde_json::to_string(&json).map_err(CliError::written)?;
    outside.print_json(&(text + "\n"));
    Ok(())
}

fn piped(outside: &mut Outside<'_>) -> Result<String, CliError> {
    let mut text = String::new();
    let limit = LARGEST_MIB << 20;
    let read = outside.input.take(limit + 1).read_to_string(&mut text).map_err(CliError::Input)?;
    if read as u64 > limit { Err(CliError::InputTooLong(LARGEST_MIB)) } else { Ok(text) }
}
