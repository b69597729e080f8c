//! Is that claim true? Free text is read against the catalog's names, and what it says is held against the engine, the
//! catalog and facts with their sources.
//!
//! [`claims_of`] reads a text, [`shipped`] has the claims of the documents that ship; [`Checker::judge`] says what is
//! found. Nothing of a verdict is stored.

mod assemble;
mod attach;
mod classify;
mod document;
mod facts;
mod judge;
mod quantity;
mod scan;
mod shipped;
mod text;
mod truths;
mod understood;
mod verdict;
mod words;

pub use document::{Claim, Judged, claims_of};
pub use facts::{Ability, Absent, Facts, From, PricePoint, Sizes, Spec, Truth};
pub use quantity::Quantity;
pub use shipped::{Record, shipped};
pub use truths::{JudgedTruth, truths};
pub use understood::{Circumstances, Understood};
pub use verdict::{ClaimVerdict, Finding, Findings, Would};
pub use words::figure::Figure as ClaimFigure;
pub use words::format::{FormatSaid, RuntimeSaid};
pub use words::machine::MachineSaid;
pub use words::model::{ModelIs, ModelSaid};

use judge::Judge;
use scan::Lexicon;

use crate::catalog::Catalog;
use crate::spec::Calibration;

/// Reads and judges claims against one catalog.
pub struct Checker<'a> {
    catalog: &'a Catalog,
    lexicon: Lexicon,
    calibration: &'a Calibration,
}

impl<'a> Checker<'a> {
    /// With the names of a catalog.
    pub fn new(catalog: &'a Catalog, calibration: &'a Calibration) -> Self {
        Self { catalog, lexicon: Lexicon::of(catalog), calibration }
    }

    /// The claims of a text.
    pub fn read(&self, text: &str) -> Vec<Claim> {
        claims_of(text, &self.lexicon)
    }

    /// The claims of the documents that ship.
    pub fn shipped(&self) -> Vec<Claim> {
        shipped().iter().map(|record| record.claim(&self.lexicon)).collect()
    }

    /// What is found of claims that belong together: each by itself, and against the others.
    pub fn judge(&self, claims: Vec<Claim>) -> Vec<Judged> {
        let judge = Judge {
            catalog: self.catalog,
            lexicon: &self.lexicon,
            facts: Facts::shipped(),
            calibration: self.calibration,
        };
        document::judge(claims, &judge)
    }

    /// The machine of the catalog that a claim's name means, as it is taken.
    pub fn machine_id(&self, said: &MachineSaid, claim: &Understood) -> Option<String> {
        document::machine_id(said, claim, self.catalog, &self.lexicon, self.calibration)
    }
}
