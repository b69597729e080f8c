//! One value of the kernel's.

use super::{QUICK, SYSCTL};
use crate::detect::reading::{self, value_of};
use crate::detect::world::World;

/// The value of a name, `None` where the kernel does not know it. One name a call: an unknown name may keep
/// the names after it from being answered.
pub(super) fn value(world: &dyn World, name: &str) -> Option<String> {
    let output = world.run(SYSCTL, &[name], QUICK).ok()?;
    reading::name(value_of(&output.text, name)?)
}
