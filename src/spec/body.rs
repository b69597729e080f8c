//! What a machine is as a thing: what it looks like, how large and loud it is, what slot it takes.

use serde::{Deserialize, Serialize};

use super::Figure;
use crate::units::Watts;

/// What is bought.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Form {
    /// A card, for a computer that is bought apart.
    Card,
    /// A laptop, or the card built into one.
    Laptop,
    /// A small computer that stands on a desk.
    Mini,
    /// A desktop computer.
    Desktop,
    /// A server, or a module of one.
    Server,
}

impl Form {
    /// As in JSON and as people read it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Laptop => "laptop",
            Self::Mini => "mini",
            Self::Desktop => "desktop",
            Self::Server => "server",
        }
    }
}

/// What is known of a machine as a thing; what is left out is unknown.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Body {
    /// What is bought.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<Figure<Form>>,
    /// Its size as its maker writes it: `267 mm long`, `150 x 150 x 50.5 mm`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<Figure<String>>,
    /// Its weight as its maker writes it: `1.24 kg`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<Figure<String>>,
    /// How loud it was found to be, and where: `43 dB at 1 m under load`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noise: Option<Figure<String>>,
    /// The slot it takes: `PCIe 4.0 x16`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slot: Option<Figure<String>>,
    /// The least and most power that makers of laptops and small boards set for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub power_limits: Option<Figure<(Watts, Watts)>>,
}

impl Body {
    /// What this says, and else what another does.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        let Self { form, dimensions, weight, noise, slot, power_limits } = self.clone();
        Self {
            form: form.or_else(|| other.form.clone()),
            dimensions: dimensions.or_else(|| other.dimensions.clone()),
            weight: weight.or_else(|| other.weight.clone()),
            noise: noise.or_else(|| other.noise.clone()),
            slot: slot.or_else(|| other.slot.clone()),
            power_limits: power_limits.or_else(|| other.power_limits.clone()),
        }
    }
}
