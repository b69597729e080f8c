//! The two axes of the map.

use std::sync::Arc;

use crate::app::text;
use crate::engine::axis::Axis;
use crate::spec::{Family, Machine, Scenario};

/// A place on an axis of the map.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Spot {
    /// A value of a setting.
    Value(Axis, f64),
    /// A machine.
    Machine(Arc<Machine>),
}

/// One axis of the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MapAxis {
    /// A setting that is slid along.
    Setting(Axis),
    /// The chosen machine, those ticked, and those that head the list.
    Machines,
}

/// Both axes; never the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MapAxes {
    /// From left to right.
    pub across: MapAxis,
    /// From the bottom up.
    pub up: MapAxis,
}

impl MapAxes {
    /// The axes that a scenario's map starts with.
    pub(super) fn first(scenario: &Scenario) -> Self {
        let settings = Axis::available(scenario);
        let across = settings.first().copied();
        let telling = match scenario.workload.family() {
            Family::Inference => Axis::QUANTIZATION,
            Family::FineTune | Family::GraphSequence => Axis::MODEL_SIZE,
            Family::Gnn => Axis::NODES,
            Family::Diffusion => Axis::PRECISION,
        };
        let other = |axis: &Axis| Some(*axis) != across;
        let up = settings.iter().copied().filter(other).find(|axis| *axis == telling);
        let up = up.or_else(|| settings.iter().copied().find(other));
        Self {
            across: across.map_or(MapAxis::Machines, MapAxis::Setting),
            up: up.map_or(MapAxis::Machines, MapAxis::Setting),
        }
    }

    /// What can stand on an axis.
    pub(super) fn offered(scenario: &Scenario) -> Vec<MapAxis> {
        let settings = Axis::available(scenario).into_iter().map(MapAxis::Setting);
        settings.chain([MapAxis::Machines]).collect()
    }

    /// The same where the scenario has both settings, else those it starts with.
    pub(super) fn kept(self, scenario: &Scenario) -> Self {
        let offered = Self::offered(scenario);
        let known = offered.contains(&self.across) && offered.contains(&self.up);
        if known && self.across != self.up { self } else { Self::first(scenario) }
    }

    /// With another axis from left to right; what stood there goes up where both would be the same.
    pub(super) fn with_across(self, across: MapAxis) -> Self {
        let up = if self.up == across { self.across } else { self.up };
        Self { across, up }
    }

    /// With another axis from the bottom up; what stood there goes across where both would be the same.
    pub(super) fn with_up(self, up: MapAxis) -> Self {
        let across = if self.across == up { self.up } else { self.across };
        Self { across, up }
    }
}

impl MapAxis {
    /// As people read it within a sentence.
    pub(super) fn in_sentence(self, scenario: &Scenario) -> String {
        match self {
            Self::Setting(axis) => axis.in_sentence(scenario),
            Self::Machines => text::map_machines().to_owned(),
        }
    }
}
