//! The claims page: what is found of the documents' claims, or of a text that was typed, pasted or dropped.

use crate::catalog::{Catalog, calibration};
use crate::claims::{Asked, Checked, Checker, ClaimVerdict, Quantity};
use crate::report::{claim_fields, claim_subject};
use crate::units::Band;

/// A claim with what is found of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ClaimData {
    /// `C142`, or its number in a text.
    pub id: String,
    /// The document it is from, where it is from one that ships.
    pub document: Option<String>,
    /// Where it stands in that.
    pub place: String,
    /// What it says in one line.
    pub subject: String,
    /// Its own words.
    pub text: String,
    /// What is found.
    pub verdict: ClaimVerdict,
    /// Why.
    pub reason: String,
    /// What is found, side by side: the side, the verdict and why.
    pub findings: Vec<(&'static str, ClaimVerdict, String)>,
    /// What was understood, to be corrected: the field's name and what stands in it.
    pub fields: Vec<(&'static str, String)>,
    /// What was taken for granted.
    pub assumed: Vec<String>,
    /// What would make it true.
    pub would: Vec<String>,
    /// Its figure, and what that is held against.
    pub held: Option<Held>,
    /// What it is about.
    pub quantity: Quantity,
    /// The machine of the catalog that it names, by its id.
    pub machine: Option<String>,
    /// The question to the engine whose answer the bound is.
    pub bound_of: Option<Asked>,
    /// Those whose answers make the band.
    pub band_of: Vec<Asked>,
    /// Whether what it is held against can be opened.
    pub opens: bool,
}

/// A figure of a claim beside what it cannot exceed and what is expected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Held {
    /// What is claimed.
    pub claimed: f64,
    /// What it cannot exceed, or has to be.
    pub bound: f64,
    /// What is expected.
    pub band: Band<f64>,
    /// The unit of all three.
    pub unit: &'static str,
}

/// The claims of one text, or of all documents.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ClaimsData {
    /// Each, the gravest first.
    pub claims: Vec<ClaimData>,
    /// The same as they were checked, in the same order.
    pub checked: Vec<Checked>,
}

impl ClaimsData {
    /// How many there are of a verdict.
    pub(crate) fn count(&self, verdict: ClaimVerdict) -> usize {
        self.claims.iter().filter(|claim| claim.verdict == verdict).count()
    }

    /// The documents they are from.
    pub(crate) fn documents(&self) -> Vec<String> {
        let mut found: Vec<String> = self.claims.iter().filter_map(|claim| claim.document.clone()).collect();
        found.sort();
        found.dedup();
        found
    }

    /// Some of them as they were checked.
    pub(crate) fn rows(&self, rows: &[usize]) -> Vec<&Checked> {
        rows.iter().filter_map(|row| self.checked.get(*row)).collect()
    }
}

/// The claims of the documents that ship.
pub(crate) fn shipped(catalog: &Catalog) -> ClaimsData {
    let checker = Checker::new(catalog, calibration());
    data(checker.judge(checker.shipped()))
}

/// The claims of a text.
pub(crate) fn of_text(catalog: &Catalog, text: &str) -> ClaimsData {
    let checker = Checker::new(catalog, calibration());
    data(checker.judge(checker.read(text)))
}

/// A claim of fields that were corrected, as a text that is read anew.
pub(crate) fn composed(fields: &[(&'static str, String)]) -> String {
    let of = |name: &str| {
        fields.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value.trim()).to_owned()
    };
    let what: Vec<String> = [of("Model"), of("Quantization"), of("Runtime")]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    let machine = of("Machine");
    let mut text = what.join(" ");
    if !machine.is_empty() {
        text.push_str(if text.is_empty() { "" } else { " on " });
        text.push_str(&machine);
    }
    let quantity = of("Quantity");
    // The usual figure of a model on a machine needs no name.
    let named = if quantity.starts_with("decode") { String::new() } else { format!("{quantity} ") };
    format!("{text}: {named}{}", of("Value")).trim().to_owned()
}

fn data(mut checked: Vec<Checked>) -> ClaimsData {
    checked.sort_by_key(|checked| std::cmp::Reverse(checked.verdict()));
    let claims = checked.iter().map(claim).collect();
    ClaimsData { claims, checked }
}

fn claim(checked: &Checked) -> ClaimData {
    let found = &checked.found;
    let claimed = checked.understood.ends().map(|(low, _)| low);
    let unit = checked.understood.figure.as_ref().map_or("", |figure| figure.unit.label());
    let held = claimed.zip(found.bound).zip(found.band).map(|((claimed, bound), band)| Held {
        claimed,
        bound,
        band,
        unit,
    });
    ClaimData {
        id: checked.claim.id.clone(),
        document: checked.claim.document.clone(),
        place: checked.claim.place.clone(),
        subject: claim_subject(checked),
        text: checked.claim.text.clone(),
        verdict: checked.verdict(),
        reason: checked.reason().to_owned(),
        findings: found
            .list
            .iter()
            .map(|finding| (finding.aspect, finding.verdict, finding.reason.clone()))
            .collect(),
        fields: claim_fields(checked),
        assumed: checked.understood.assumed.clone(),
        would: found.would.iter().map(|would| would.what.clone()).collect(),
        held,
        quantity: checked.understood.quantity,
        machine: checked.machine.clone(),
        bound_of: found.bound_of.clone(),
        band_of: found.band_of.clone(),
        opens: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::claims_markdown;

    #[test]
    fn what_was_understood_reads_back_as_the_same_claim() {
        let catalog = Catalog::built_in();
        for text in [
            "My 4090 does 45 t/s on Llama 3.3 70B Q4_K_M",
            "RTX 3090 has 936 GB/s",
            "M5 Pro reaches 1200 tok/s prefill on Llama 3.1 8B Q4_K_M",
        ] {
            let first = of_text(&catalog, text);
            let [claim] = first.claims.as_slice() else { unreachable!("one claim: {first:?}") };
            let again = of_text(&catalog, &composed(&claim.fields));
            let [back] = again.claims.as_slice() else { unreachable!("one claim: {again:?}") };
            assert_eq!((back.verdict, &back.reason), (claim.verdict, &claim.reason), "{text}");
        }
    }

    #[test]
    fn the_gravest_stand_first() {
        let data = shipped(&Catalog::built_in());
        assert_eq!(data.claims.len(), 237);
        assert!(data.claims.is_sorted_by(|a, b| a.verdict >= b.verdict), "by verdict");
        assert_eq!(data.documents().len(), 5);
        assert!(claims_markdown(&data.rows(&[0])).contains("| Impossible |"));
    }
}
