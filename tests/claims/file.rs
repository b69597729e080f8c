//! Claims as a file to keep.

use std::path::Path;

use plimsoll::claims::{Asked, Checked};
use plimsoll::report::ClaimsFormat;

use crate::checked;

#[test]
fn every_format_has_every_claim_and_a_cell_stays_a_cell() {
    let checked = checked("RTX 3090 has 936 GB/s. M4 Max | has 819 GB/s, \"they\" say.");
    let all: Vec<&Checked> = checked.iter().collect();
    let none = |_: &Asked| None;
    assert_eq!(all.len(), 2, "{checked:?}");
    let markdown = ClaimsFormat::Markdown.write(&all, &none).expect("Markdown");
    assert_eq!(markdown.lines().count(), 4, "{markdown}");
    assert!(markdown.contains("| RTX 3090: 936 GB/s | Plausible |"), "{markdown}");
    let text = ClaimsFormat::Csv.write(&all, &none).expect("CSV");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 2, "{text}");
    assert_eq!(rows[1].get(4), Some("wrong"), "{text}");
    let json = ClaimsFormat::Json.write(&all, &none).expect("JSON");
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json.as_array().map(Vec::len), Some(2));
}

#[test]
fn the_ending_says_the_format() {
    let of = |name: &str| ClaimsFormat::of_path(Path::new(name)).ok();
    assert_eq!(of("claims.md"), Some(ClaimsFormat::Markdown));
    assert_eq!(of("Claims.CSV"), Some(ClaimsFormat::Csv));
    assert_eq!(of("claims.json"), Some(ClaimsFormat::Json));
    assert_eq!(of("claims.html"), None);
    assert_eq!(of("claims"), None);
}
