//! The window, driven by the names a screen reader sees; no display and no GPU.

mod driver;
mod shown_working;
#[path = "../captured/world.rs"]
#[expect(dead_code, reason = "other tests break captured machines; these take them as they are")]
mod world;

mod compare;
mod desk;
mod driving;
mod families;
mod figures;
mod hints;
mod hour;
mod layout;
mod numbers;
mod painted;
mod places;
