//! What engine, catalog and facts say to a claim.

mod ask;
mod compute;
mod hardware;
mod image;
mod money;
mod names;
mod picked;
mod prompt;
mod ratio;
mod room;
mod speed;
mod statement;
mod training;
mod would;

use super::facts::Facts;
use super::quantity::Quantity;
use super::scan::Lexicon;
use super::understood::Understood;
use super::verdict::Findings;
use crate::catalog::Catalog;
use crate::spec::Calibration;

/// What claims are held against.
pub struct Judge<'a> {
    /// Machines and models.
    pub catalog: &'a Catalog,
    /// The names that texts are searched for.
    pub lexicon: &'a Lexicon,
    /// What neither engine nor catalog has.
    pub facts: &'a Facts,
    /// What engines were measured to achieve.
    pub calibration: &'a Calibration,
}

impl Judge<'_> {
    /// What is found of a claim. What was taken for granted on the way is added to it.
    pub fn findings(&self, claim: &mut Understood) -> Findings {
        let named = self.names(claim);
        let found = match claim.quantity {
            Quantity::Decode | Quantity::Aggregate => self.decode(claim),
            Quantity::Prefill => self.prefill(claim),
            Quantity::FirstToken => self.first_token(claim),
            Quantity::TrainingSpeed | Quantity::RunTime => self.training(claim),
            Quantity::ImageTime => self.image(claim),
            Quantity::Bandwidth => self.bandwidth(claim),
            Quantity::MemorySize => self.memory_size(claim),
            Quantity::MemoryNeeded => self.memory_needed(claim),
            Quantity::GpuShare => self.gpu_share(claim),
            Quantity::LargestModel => self.largest_model(claim),
            Quantity::Fits => self.fits(claim),
            Quantity::Context => self.context(claim),
            Quantity::Compute => self.compute(claim),
            Quantity::Operations => self.operations(claim),
            Quantity::Price | Quantity::Rent => self.price(claim),
            Quantity::Power | Quantity::IdlePower => self.power(claim),
            Quantity::Electricity => Self::electricity(claim),
            Quantity::TotalCost => Self::total_cost(claim),
            Quantity::GpuCores => self.gpu_cores(claim),
            Quantity::CpuCores
            | Quantity::NeuralCores
            | Quantity::Clock
            | Quantity::Noise
            | Quantity::StorageBandwidth
            | Quantity::LinkBandwidth => self.spec(claim),
            Quantity::Ratio => self.ratio(claim),
            Quantity::Launch => self.launch(claim),
            Quantity::Scaling => self.scaling(claim),
            Quantity::Existence | Quantity::Statement | Quantity::Other => Findings::default(),
        };
        let all = found.and(named).and(self.abilities(claim));
        if all.list.is_empty() {
            let why = match claim.quantity {
                Quantity::Other | Quantity::Statement => {
                    "neither the engine nor the catalog has anything to hold it against"
                }
                _ => "neither the engine nor the catalog has a figure for it",
            };
            return all.and(Findings::none("claim", why));
        }
        all
    }
}
