//! Checked claims for a person.

use anstyle::{AnsiColor, Style};

use crate::claims::{Checked, ClaimVerdict, JudgedTruth};
use crate::cli::escape::one_line;
use crate::cli::{Outside, table};
use crate::report::{claim_subject, claim_understood};

/// Letters of a claim and of a reason that stand in a table.
const CLAIM: usize = 58;
const REASON: usize = 96;

/// The color of a verdict.
const fn style(verdict: ClaimVerdict) -> Style {
    let color = match verdict {
        ClaimVerdict::Impossible | ClaimVerdict::Wrong => AnsiColor::Red,
        ClaimVerdict::Implausible => AnsiColor::Yellow,
        ClaimVerdict::Outdated | ClaimVerdict::Pessimistic => AnsiColor::Magenta,
        ClaimVerdict::Plausible => AnsiColor::Green,
        ClaimVerdict::NotCheckable => AnsiColor::BrightBlack,
    };
    color.on_default().bold()
}

/// Each claim with all that was understood and found.
pub(super) fn one_by_one(checked: &[Checked], outside: &mut Outside<'_>) {
    if checked.is_empty() {
        outside.print("no claim was found in that text\n");
    }
    for (index, checked) in checked.iter().enumerate() {
        if index > 0 {
            outside.print("\n");
        }
        outside.paint(style(checked.verdict()), checked.verdict().label());
        outside.print(&format!("  {}\n", one_line(&claim_subject(checked))));
        details(checked, outside);
    }
}

fn details(checked: &Checked, outside: &mut Outside<'_>) {
    let findings = checked.found.list.iter().map(|finding| {
        vec![
            format!("  {}", finding.aspect),
            finding.verdict.label().to_lowercase(),
            one_line(&finding.reason).into_owned(),
        ]
    });
    print_rows(findings, outside);
    outside.print("  understood\n");
    let fields = claim_understood(checked).into_iter();
    print_rows(
        fields.map(|(name, value)| vec![format!("    {name}"), one_line(&value).into_owned()]),
        outside,
    );
    if !checked.found.would.is_empty() {
        outside.print("  it would be true with\n");
        for would in &checked.found.would {
            outside.print(&format!("    {}\n", one_line(&would.what)));
        }
    }
}

fn print_rows(rows: impl Iterator<Item = Vec<String>>, outside: &mut Outside<'_>) {
    let lines = table::lines(rows, &[]);
    if !lines.is_empty() {
        outside.print(&(lines.join("\n") + "\n"));
    }
}

/// How many of each verdict, and a line a claim, the gravest first.
pub(super) fn table(checked: &[Checked], outside: &mut Outside<'_>) {
    if checked.is_empty() {
        outside.print("no claim was found in that text\n");
        return;
    }
    let counts: Vec<String> = ClaimVerdict::ALL
        .iter()
        .filter_map(|verdict| {
            let count = checked.iter().filter(|checked| checked.verdict() == *verdict).count();
            (count > 0).then(|| format!("{count} {}", verdict.label().to_lowercase()))
        })
        .collect();
    outside.print(&format!("{} claims: {}\n", checked.len(), counts.join(", ")));
    for verdict in ClaimVerdict::ALL {
        let of_verdict: Vec<&Checked> =
            checked.iter().filter(|checked| checked.verdict() == verdict).collect();
        if of_verdict.is_empty() {
            continue;
        }
        outside.print("\n");
        outside.paint(style(verdict), verdict.label());
        outside.print("\n");
        let rows = of_verdict.iter().map(|checked| {
            let id = match &checked.claim.document {
                Some(document) => format!("  {} {document}", checked.claim.id),
                None => format!("  {}", checked.claim.id),
            };
            vec![id, shortened(&claim_subject(checked), CLAIM), shortened(checked.reason(), REASON)]
        });
        print_rows(rows, outside);
    }
}

/// The first letters of a text on one line.
fn shortened(text: &str, most: usize) -> String {
    let line = one_line(text);
    if line.chars().count() <= most {
        return line.into_owned();
    }
    let kept: String = line.chars().take(most - 1).collect();
    format!("{}…", kept.trim_end())
}

/// What is believed of memory, with what is so and what the engine says to it.
pub(super) fn truths(truths: &[JudgedTruth], outside: &mut Outside<'_>) {
    for (index, truth) in truths.iter().enumerate() {
        if index > 0 {
            outside.print("\n");
        }
        outside.print(&format!("\"{}\"\n", truth.truth.believed));
        outside.print(&format!(
            "  believed because {}\n  {}\n  source: {}\n",
            truth.truth.why,
            truth.truth.fact,
            truth.truth.from.words()
        ));
        for checked in &truth.checked {
            outside.print("  ");
            outside.paint(style(checked.verdict()), checked.verdict().label());
            outside.print("\n");
            details(checked, outside);
        }
    }
}
