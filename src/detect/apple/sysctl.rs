//! One value of the kernel's.

use super::{QUICK, SYSCTL};
use crate::detect::reading::value_of;
use crate::detect::world::World;

/// The value of a name, `None` where the kernel does not know it. One name a call: an unknown name may keep
/// the names after it from being answered.
pub(super) fn value(world: &dyn World, name: &str) -> Option<String> {
    let output = world.run(SYSCTL, &[name], QUICK).ok()?;
    value_of(&output.text, name).filter(|value| !value.is_empty()).map(str::to_owned)
}
