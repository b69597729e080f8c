//! `plimsoll claim` and `plimsoll claims`: is that true?

mod text;

use std::io::Read as _;
use std::path::Path;

use super::args::{ClaimArgs, ClaimsArgs};
use super::error::CliError;
use super::{Context, Outside};
use crate::catalog::calibration;
use crate::claims::{Checker, ClaimVerdict, Judged, truths};
use crate::report::{ClaimJson, TruthJson, read_text};

/// Largest text on standard input, MiB.
const LARGEST_MIB: u64 = 16;

/// Judges what was typed; 1 where something of it is impossible or wrong.
pub(super) fn claim(asked: &ClaimArgs, outside: &mut Outside<'_>) -> Result<u8, CliError> {
    let context = Context::load(outside);
    let checker = Checker::new(&context.catalog, calibration());
    let text = if asked.text == "-" { piped(outside)? } else { asked.text.clone() };
    let judged = checker.judge(checker.read(&text));
    if asked.json {
        print_json(&judged, outside)?;
    } else {
        text::one_by_one(&judged, outside);
    }
    Ok(exit_code(&judged))
}

/// Judges the claims of a file, or those of the documents that ship.
pub(super) fn claims(asked: &ClaimsArgs, outside: &mut Outside<'_>) -> Result<u8, CliError> {
    let context = Context::load(outside);
    let checker = Checker::new(&context.catalog, calibration());
    if asked.memory {
        let truths = truths(&checker);
        if asked.json {
            let json: Vec<TruthJson<'_>> = truths.iter().map(TruthJson::new).collect();
            outside.print_json(&(serde_json::to_string(&json).map_err(CliError::written)? + "\n"));
        } else {
            text::truths(&truths, outside);
        }
        return Ok(0);
    }
    let read = match &asked.file {
        None => checker.shipped(),
        Some(file) if file.as_os_str() == "-" => checker.read(&piped(outside)?),
        Some(file) => checker.read(&read_text(Path::new(file))?),
    };
    let mut judged = checker.judge(read);
    if !asked.verdicts.is_empty() {
        judged.retain(|judged| asked.verdicts.contains(&judged.verdict()));
    }
    if asked.json {
        print_json(&judged, outside)?;
    } else {
        text::table(&judged, outside);
    }
    Ok(exit_code(&judged))
}

fn print_json(judged: &[Judged], outside: &mut Outside<'_>) -> Result<(), CliError> {
    let json: Vec<ClaimJson<'_>> = judged.iter().map(ClaimJson::new).collect();
    let text = serde_json::to_string(&json).map_err(CliError::written)?;
    outside.print_json(&(text + "\n"));
    Ok(())
}

/// 1 where something is impossible or wrong, 2 where nothing could be checked, else 0.
fn exit_code(judged: &[Judged]) -> u8 {
    let gravest = judged.iter().map(Judged::verdict).max().unwrap_or(ClaimVerdict::NotCheckable);
    match gravest {
        ClaimVerdict::Impossible | ClaimVerdict::Wrong => 1,
        ClaimVerdict::NotCheckable => 2,
        _ => 0,
    }
}

fn piped(outside: &mut Outside<'_>) -> Result<String, CliError> {
    let mut text = String::new();
    let limit = LARGEST_MIB << 20;
    let read = outside.input.take(limit + 1).read_to_string(&mut text).map_err(CliError::Input)?;
    if read as u64 > limit { Err(CliError::InputTooLong(LARGEST_MIB)) } else { Ok(text) }
}
