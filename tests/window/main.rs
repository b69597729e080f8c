//! The window, driven by the names a screen reader sees; no display and no GPU.

mod driver;
#[path = "../captured/world.rs"]
#[expect(dead_code, reason = "other tests break captured machines; these take them as they are")]
mod world;

mod compare;
mod driving;
mod families;
mod places;
