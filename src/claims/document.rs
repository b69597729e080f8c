//! The claims of one text together: what each takes from the others, and where they contradict one another.

use super::assemble::{Scope, claims};
use super::facts::Facts;
use super::judge::Judge;
use super::quantity::Quantity;
use super::scan::Lexicon;
use super::text::{Piece, cleaned, pieces};
use super::understood::Understood;
use super::verdict::{ClaimVerdict, Finding, Findings};
use super::words::machine::MachineSaid;
use super::words::model::{ModelIs, ModelSaid};
use crate::catalog::Catalog;
use crate::spec::{Calibration, Vendor};
use crate::units::show_figures;

/// The side of a claim of which nothing can be said.
const NOTHING: &str = "claim";
/// Most claims of one text.
const MOST: usize = 3_000;

/// A claim with where it stands. One sentence that is kept as one claim may say several things.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// `C142` of a document that ships; a number of a text.
    pub id: String,
    /// What it says.
    pub text: String,
    /// What stands over it: a head, a table's row and column.
    pub about: String,
    /// The document it is from, where it is from one that ships.
    pub document: Option<String>,
    /// Where it stands in that.
    pub place: String,
    /// What was understood.
    pub says: Vec<Understood>,
}

/// A claim with what is found of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The claim, with what was taken for granted.
    pub claim: Claim,
    /// What was understood, of the side whose finding is the gravest.
    pub understood: Understood,
    /// The id of the machine that it was held against.
    pub machine: Option<String>,
    /// What is found.
    pub found: Findings,
}

impl Checked {
    /// The gravest finding's verdict.
    pub fn verdict(&self) -> ClaimVerdict {
        self.found.gravest().map_or(ClaimVerdict::NotCheckable, |finding| finding.verdict)
    }

    /// Why.
    pub fn reason(&self) -> &str {
        self.found.gravest().map_or("", |finding| finding.reason.as_str())
    }
}

/// The claims of a text, each figure a claim of its own. A text of which nothing is understood is one that says so.
pub fn claims_of(text: &str, lexicon: &Lexicon) -> Vec<Claim> {
    let clean = cleaned(text);
    let mut scope = Scope::default();
    let mut found: Vec<Claim> = Vec::new();
    let mut statements: Vec<Claim> = Vec::new();
    for piece in pieces(&clean) {
        if found.len() >= MOST {
            break;
        }
        for says in claims(&piece, &mut scope, lexicon) {
            let claim = Claim {
                id: String::new(),
                text: piece.text.clone(),
                about: piece.about.clone(),
                document: None,
                place: String::new(),
                says: vec![says],
            };
            let is_claim = claim.says.iter().all(|says| !matches!(says.quantity, Quantity::Statement));
            let known = claim.says.iter().any(is_known_statement);
            if is_claim || known { found.push(claim) } else { statements.push(claim) }
        }
    }
    if found.is_empty() {
        // What was typed and not understood is shown as that, rather than passed over.
        found.extend(statements.into_iter().take(1));
    }
    for (index, claim) in found.iter_mut().enumerate() {
        claim.id = (index + 1).to_string();
    }
    found
}

/// Whether facts have something on a statement.
fn is_known_statement(says: &Understood) -> bool {
    Facts::shipped().abilities.iter().any(|ability| {
        ability.about.iter().all(|words| words.iter().any(|word| super::scan::has(&says.low, word)))
    })
}

/// The claim that a record makes: all that its text says, under what stands over it.
pub fn one_claim(text: &str, about: &str, lexicon: &Lexicon) -> Vec<Understood> {
    let piece = Piece { text: cleaned(text), about: cleaned(about), paragraph: 1 };
    let mut scope = Scope::default();
    claims(&piece, &mut scope, lexicon)
}

/// What is found of claims, each by itself and against the others.
pub fn judge(mut claims: Vec<Claim>, judge: &Judge<'_>) -> Vec<Checked> {
    take_from_others(&mut claims);
    let mut all: Vec<Checked> = claims.into_iter().map(|claim| one(claim, judge)).collect();
    contradictions(&mut all, judge.catalog);
    all
}

fn one(mut claim: Claim, judge: &Judge<'_>) -> Checked {
    let mut sides: Vec<(Understood, Findings)> = Vec::new();
    for says in &mut claim.says {
        let found = judge.findings(says);
        sides.push((says.clone(), found));
    }
    let grave = |found: &Findings| found.gravest().map(|finding| finding.verdict);
    // The gravest side speaks for the claim; of equal ones the first.
    sides.sort_by_key(|(_, found)| std::cmp::Reverse(grave(found)));
    let mut sides = sides.into_iter();
    let (understood, found) = sides.next().unwrap_or_else(|| {
        (
            Understood::of(Quantity::Statement, ""),
            Findings::none("claim", "nothing that could be checked was understood"),
        )
    });
    let mut found = sides.fold(found, |found, (_, other)| found.and(other));
    // That one side says nothing is no finding beside another that does.
    if found.list.iter().any(|finding| finding.aspect != NOTHING) {
        found.list.retain(|finding| finding.aspect != NOTHING);
    }
    let machine = understood.machine.as_ref().and_then(|said| id_of(said, &understood, judge));
    Checked { claim, understood, machine, found }
}

fn id_of(said: &MachineSaid, claim: &Understood, judge: &Judge<'_>) -> Option<String> {
    let mut claim = Understood { machine: Some(said.clone()), ..claim.clone() };
    judge.machine_named(&mut claim)
}

/// The machine of the catalog that a name means.
pub fn machine_id(
    said: &MachineSaid,
    claim: &Understood,
    catalog: &Catalog,
    lexicon: &Lexicon,
    calibration: &Calibration,
) -> Option<String> {
    id_of(said, claim, &Judge { catalog, lexicon, facts: Facts::shipped(), calibration })
}

/// Fills in what a sum or a bill needs from other claims of the same document about the same machine.
fn take_from_others(claims: &mut [Claim]) {
    let told: Vec<(Option<String>, String, Quantity, f64, String)> = claims
        .iter()
        .flat_map(|claim| claim.says.iter().map(move |says| (claim, says)))
        .filter_map(|(claim, says)| {
            let figure = says.figure.as_ref()?;
            Some((
                claim.document.clone(),
                name_of(says),
                says.quantity,
                figure.low,
                claim.about.to_lowercase(),
            ))
        })
        .collect();
    for claim in claims.iter_mut() {
        let document = claim.document.clone();
        for says in &mut claim.says {
            if !matches!(says.quantity, Quantity::Electricity | Quantity::TotalCost) {
                continue;
            }
            let name = name_of(says);
            let find = |wanted: &dyn Fn(Quantity, &str) -> bool| {
                let of_same = told.iter().filter(|(of, machine, ..)| *of == document && *machine == name);
                of_same
                    .filter(|(_, _, quantity, _, about)| wanted(*quantity, about))
                    .map(|(_, _, _, value, _)| *value)
                    .next_back()
            };
            let with = &mut says.with;
            with.watts = with.watts.or_else(|| find(&|quantity, _| quantity == Quantity::Power));
            with.electricity =
                with.electricity.or_else(|| find(&|quantity, _| quantity == Quantity::Electricity));
            with.price = with.price.or_else(|| find(&|quantity, _| quantity == Quantity::Price));
            with.maintenance = with.maintenance.or_else(|| {
                find(&|quantity, about| quantity == Quantity::Other && about.contains("maintenance"))
            });
        }
    }
}

/// The machine of a claim, with its memory, as its words have it.
fn name_of(says: &Understood) -> String {
    let plain = |words: &str| {
        let words = words.to_lowercase();
        ["mac studio ", "macbook pro ", "macbook air ", "mac mini ", "custom pc "]
            .iter()
            .fold(words, |words, form| words.replace(form, ""))
    };
    says.machine.as_ref().map_or_else(String::new, |said| format!("{} {:?}", plain(&said.words), said.memory))
}

/// Names under every claim those that give another figure for the same thing.
fn contradictions(all: &mut [Checked], catalog: &Catalog) {
    let sides: Vec<(usize, String, f64, f64)> = all
        .iter()
        .enumerate()
        .filter_map(|(index, checked)| {
            let (low, high) = checked.understood.ends()?;
            Some((index, topic(checked, catalog)?, low, high))
        })
        .collect();
    for (index, topic, low, high) in &sides {
        let others: Vec<String> = sides
            .iter()
            .filter(|(other, of, from, to)| {
                other != index && of == topic && (*from > high * 1.05 || *to < low * 0.95)
            })
            .filter_map(|(other, _, from, to)| {
                let id = &all.get(*other)?.claim.id;
                let value = if from < to {
                    format!("{} to {}", show_figures(*from), show_figures(*to))
                } else {
                    show_figures(*from)
                };
                Some(format!("{id} ({value})"))
            })
            .take(4)
            .collect();
        if others.is_empty() {
            continue;
        }
        let unit = all
            .get(*index)
            .and_then(|checked| checked.understood.figure.as_ref())
            .map_or("", |figure| figure.unit.label());
        let reason = format!("another figure for the same: {} {unit}", others.join(", "));
        if let Some(checked) = all.get_mut(*index) {
            checked.found.list.push(Finding::new(
                "contradiction",
                ClaimVerdict::NotCheckable,
                reason.trim_end(),
            ));
        }
    }
}

/// What a claim's figure is of, where two claims on the same are to agree; nothing where that is not said exactly.
fn topic(checked: &Checked, catalog: &Catalog) -> Option<String> {
    let says = &checked.understood;
    let comparable = matches!(
        says.quantity,
        Quantity::Decode
            | Quantity::Bandwidth
            | Quantity::MemoryNeeded
            | Quantity::Compute
            | Quantity::Power
            | Quantity::GpuCores
            | Quantity::CpuCores
            | Quantity::LargestModel
            | Quantity::GpuShare
    );
    // A chip is the same in every computer and size that it comes in.
    let machine = checked.machine.as_ref().map_or_else(String::new, |id| match catalog.machine(id) {
        Ok(machine) if machine.vendor == Vendor::Apple => machine.chip.clone(),
        _ => id.clone(),
    });
    let model = says.models.first().map(model_topic).unwrap_or_default();
    let said = !machine.is_empty() || !model.is_empty();
    let exact = says
        .figure
        .as_ref()
        .is_some_and(|figure| !matches!(figure.relation, super::words::figure::Relation::AtLeast));
    (comparable && said && exact)
        .then(|| format!("{} {machine} {model} {:?}", says.quantity.key(), says.precision))
}

/// A model as far as its size: claims on `70B` and on `Llama 3.3 70B` are on the same.
fn model_topic(said: &ModelSaid) -> String {
    match &said.is {
        ModelIs::Pipeline(key) => (*key).to_owned(),
        _ => said.name.size.map_or_else(|| said.words.to_lowercase(), |size| format!("{size}B")),
    }
}
