//! The one way in: claims are read and checked against one catalog.

use std::sync::Arc;

use super::asked::Asked;
use super::document::{self, Checked, Claim, claims_of};
use super::facts::Facts;
use super::judge::Judge;
use super::scan::Lexicon;
use super::shipped::shipped;
use super::understood::Understood;
use super::words::machine::MachineSaid;
use crate::catalog::Catalog;
use crate::engine::working::Workings;
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
    pub fn judge(&self, claims: Vec<Claim>) -> Vec<Checked> {
        let judge = Judge {
            catalog: self.catalog,
            lexicon: &self.lexicon,
            facts: Facts::shipped(),
            calibration: self.calibration,
        };
        document::judge(claims, &judge)
    }

    /// How a figure of the engine came about that a claim was held against.
    pub fn workings(&self, asked: &Asked) -> Option<Arc<Workings>> {
        asked.workings(self.catalog, self.calibration)
    }

    /// The machine of the catalog that a claim's name means, as it is taken.
    pub fn machine_id(&self, said: &MachineSaid, claim: &Understood) -> Option<String> {
        document::machine_id(said, claim, self.catalog, &self.lexicon, self.calibration)
    }
}
