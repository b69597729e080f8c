//! Model types by their names, and by those of their classes.

use super::sketch::is_class;
use crate::spec::Architecture;
use crate::spec::architecture::Class;

/// A model type with the architecture that it is.
#[derive(Clone, Copy)]
pub(super) struct Family {
    /// The architecture.
    pub architecture: &'static Architecture,
    /// What its class says where a file is silent.
    pub class: &'static Class,
}

impl Family {
    const fn new((architecture, class): (&'static Architecture, &'static Class)) -> Self {
        Self { architecture, class }
    }
}

/// A model type by its name.
pub(super) fn family(model_type: &str) -> Option<Family> {
    Architecture::of_type(model_type).map(Family::new)
}

/// Names of the model types that are known.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    Architecture::classes().map(|(_, class)| class.model_type)
}

/// The model type of a class, by its name.
pub(super) fn of_class(name: &str) -> Option<Family> {
    Architecture::classes().find(|(_, class)| is_class(class.model_type, name)).map(Family::new)
}
