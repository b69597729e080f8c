//! The program end to end: its command line, what it finds of a machine, what it saves.

#[path = "../captured/world.rs"]
mod world;

mod batches;
mod cli;
mod decisions;
mod described;
mod detect;
#[cfg(target_os = "linux")]
mod hostile_libraries;
#[cfg(unix)]
mod killed;
mod logs;
mod reports;
#[cfg(unix)]
mod terminal;
mod told;
