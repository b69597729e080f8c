//! Rules of the house: the catalog's audit, every setting, every word.

#[path = "../support/asked.rs"]
mod asked;

mod architecture;
mod architectures;
mod catalog;
mod catalog_defects;
mod commands;
mod ignored;
mod misread;
mod settings;
mod started;
mod texts;
mod words;
