//! What programs and operating systems take beside what can be computed.
//!
//! The figures stand in `assets/catalog/overhead.ron`, each once, with its source; `build.rs` makes constants of
//! them, because the engine reads no files.

use super::Kind;
use crate::units::{Band, Bytes};

/// An amount that no formula gives, with where it is from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Overhead<T> {
    /// How much.
    pub amount: T,
    /// The name of its constant, by which the file knows it.
    pub name: &'static str,
    /// How it is known.
    pub kind: Kind,
    /// Id of the source in `sources.ron`.
    pub source: &'static str,
    /// Day it was read, `YYYY-MM-DD`.
    pub date: &'static str,
}

impl<T> Overhead<T> {
    /// Where it is from, without the amount.
    const fn origin(&self) -> Overhead<()> {
        let Self { name, kind, source, date, .. } = *self;
        Overhead { amount: (), name, kind, source, date }
    }
}

include!(concat!(env!("OUT_DIR"), "/overhead.rs"));
