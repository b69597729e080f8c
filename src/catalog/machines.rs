//! Machines: chips in every memory size, then products and rentals.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use super::entry::Entry;
use super::expand::{chip_machines, product_machine};
use super::limits::MemoryLimits;
use super::lineup::Lineup;
use super::lookup::{letters, named};
use super::prices::{self, PriceLine};
use super::problem::CatalogProblem;
use super::record::{Chip, Product};
use super::records::Records;
use crate::spec::Machine;
use crate::units::quoted;

/// Every machine there is to choose from. As a slice they are all there is; one alone is found, and parsed,
/// without the others where the user has none of their own.
#[derive(Clone, Debug, Default)]
pub struct Machines {
    chips: Records<Chip>,
    products: Records<Product>,
    /// What each record became, as far as it was asked for: one cell a chip, then one a product.
    made: Vec<OnceLock<Vec<Arc<Machine>>>>,
    all: OnceLock<Vec<Arc<Machine>>>,
}

impl Machines {
    /// Of these records. Where some are not those of the program all are put together at once, because
    /// theirs may take a place or a base among ours.
    pub(super) fn new(
        chips: Records<Chip>,
        products: Records<Product>,
        problems: &mut Vec<CatalogProblem>,
    ) -> Self {
        let as_shipped = chips.entries().iter().all(Entry::is_built_in)
            && products.entries().iter().all(Entry::is_built_in);
        let all =
            if as_shipped { OnceLock::new() } else { OnceLock::from(assemble(&chips, &products, problems)) };
        let made = vec![OnceLock::new(); chips.entries().len() + products.entries().len()];
        Self { chips, products, made, all }
    }

    /// Lays the user's prices over all of them.
    pub(super) fn lay_over(&mut self, prices: &[PriceLine]) {
        let mut all = self.to_vec();
        prices::lay_over(&mut all, prices);
        self.all = OnceLock::from(all);
    }

    /// Chips and cards as they are written.
    pub const fn chips(&self) -> &Records<Chip> {
        &self.chips
    }

    /// Products and rentals as they are written.
    pub const fn products(&self) -> &Records<Product> {
        &self.products
    }

    /// The machine with that id, or else with that alias, whatever its case.
    pub(super) fn find(&self, name: &str) -> Option<&Arc<Machine>> {
        match self.all.get() {
            Some(all) => named(all, name),
            None => self.find_before(self.made.len(), name),
        }
    }

    /// The same among the machines of the first so many records.
    fn find_before(&self, place: usize, name: &str) -> Option<&Arc<Machine>> {
        let among = |may_be: &dyn Fn(usize) -> bool| {
            let asked = (0..place).filter(|place| may_be(*place));
            let machines: Vec<&Arc<Machine>> = asked.flat_map(|place| self.made(place)).collect();
            named(machines, name)
        };
        among(&|place| self.may_be_named(place, name))
            .or_else(|| among(&|place| self.may_be_spelt(place, name)))
    }

    /// Whether a machine of that record can have that name: the names of a chip's machines begin with its id.
    fn may_be_named(&self, place: usize, name: &str) -> bool {
        match self.place(place) {
            Some(Place::Chip(chip)) => {
                let sized =
                    name.get(..chip.id().len()).is_some_and(|start| start.eq_ignore_ascii_case(chip.id()));
                sized || chip.answers_to(name)
            }
            Some(Place::Product(product)) => product.answers_to(name),
            None => false,
        }
    }

    /// The same whatever the hyphens: `rtx-3060-ti` for `rtx-3060ti`.
    fn may_be_spelt(&self, place: usize, name: &str) -> bool {
        match self.place(place) {
            Some(Place::Chip(chip)) => {
                let mut asked = letters(name);
                letters(chip.id()).all(|letter| asked.next() == Some(letter))
                    || chip.names().any(|known| letters(known).eq(letters(name)))
            }
            Some(Place::Product(product)) => product.names().any(|known| letters(known).eq(letters(name))),
            None => false,
        }
    }

    fn place(&self, place: usize) -> Option<Place<'_>> {
        let chips = self.chips.entries();
        let chip = chips.get(place).map(Place::Chip);
        chip.or_else(|| self.products.entries().get(place - chips.len()).map(Place::Product))
    }

    /// What a record becomes, made now if it was not asked for before.
    fn made(&self, place: usize) -> &[Arc<Machine>] {
        self.made.get(place).map_or(&[], |cell| cell.get_or_init(|| self.make(place)))
    }

    fn make(&self, place: usize) -> Vec<Arc<Machine>> {
        let machines = match self.place(place) {
            Some(Place::Chip(chip)) => {
                chip.record().ok().map(|chip| chip_machines(chip, MemoryLimits::built_in()))
            }
            // What a product is made of stands before it, so that no two are made of one another.
            Some(Place::Product(product)) => product.record().ok().and_then(|product| {
                let base = self.find_before(place, product.base.trim())?;
                Some(vec![product_machine(product, base)])
            }),
            None => None,
        };
        machines.unwrap_or_default().into_iter().map(Arc::new).collect()
    }
}

enum Place<'a> {
    Chip(&'a Entry<Chip>),
    Product(&'a Entry<Product>),
}

impl Deref for Machines {
    type Target = [Arc<Machine>];

    fn deref(&self) -> &Self::Target {
        self.all.get_or_init(|| (0..self.made.len()).flat_map(|place| self.made(place)).cloned().collect())
    }
}

impl<'a> IntoIterator for &'a Machines {
    type Item = &'a Arc<Machine>;
    type IntoIter = std::slice::Iter<'a, Arc<Machine>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl PartialEq for Machines {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

/// All machines of records among which the user's own take the places of ours.
fn assemble(
    chips: &Records<Chip>,
    products: &Records<Product>,
    problems: &mut Vec<CatalogProblem>,
) -> Vec<Arc<Machine>> {
    let mut lineup = Lineup::default();
    for entry in chips.entries() {
        let machines = entry.record().map(|chip| chip_machines(chip, MemoryLimits::built_in()));
        for machine in machines.unwrap_or_default() {
            lineup.put(machine, entry.own());
        }
    }
    for entry in products.entries() {
        let Ok(product) = entry.record() else { continue };
        match lineup.find(&product.base) {
            Some(base) => lineup.put(product_machine(product, &base), entry.own()),
            None => problems.push(no_base(entry.file(), product)),
        }
    }
    lineup.finish()
}

fn no_base(file: &str, product: &Product) -> CatalogProblem {
    CatalogProblem::Impossible {
        file: file.to_owned(),
        record: quoted(&product.id),
        field: "base".to_owned(),
        message: format!(
            "no machine `{}`; write a chip's id with its memory size, as `rtx-4090-24gb`",
            quoted(&product.base)
        ),
    }
}
