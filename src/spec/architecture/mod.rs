//! Architectures of language models: one record each, with everything that is done by an architecture's name.
//!
//! Readers of files, simulators, evidence and the audit look the record up; none of them knows a name
//! (`tests/house/architectures.rs`). Adding one is a record in `records`, and a case that measured it.

mod class;
mod gguf;
mod index;
mod programs;
mod records;

pub use class::{Class, Correction, Defaults, Heads, KeyNames, QkNorm, Shape};
pub use gguf::{Chooser, Gguf, Kept, Window, Windows, Writes};
pub use programs::{LLAMA_CPP, Large, LlamaCpp, MLX, Mlx, Rows, TRANSFORMERS, Transformers};

use super::{Model, NormStyle, Quantization, Runtime};

/// Formats that a runtime is offered, from the largest to the smallest.
pub type Ladder = (Runtime, &'static [Quantization]);

/// One architecture: what its layers have, what its files leave out, and the habits of each program that runs it.
#[derive(Clone, Copy, Debug)]
pub struct Architecture {
    /// llama.cpp's name of it, as in `general.architecture` of a GGUF file; where llama.cpp has none, one alike.
    pub name: &'static str,
    /// Other names that models carry for it.
    pub also: &'static [&'static str],
    /// Which norms a layer has.
    pub norms: NormStyle,
    /// What it makes of a text.
    pub writes: Writes,
    /// The class of Transformers that it was made for; without a `model_type` where none is read.
    pub class: Class,
    /// Further classes that are the same to llama.cpp.
    pub others: &'static [Class],
    /// What its GGUF files do not say.
    pub gguf: Gguf,
    /// Habits of llama.cpp.
    pub llama_cpp: LlamaCpp,
    /// Habits of MLX.
    pub mlx: Mlx,
    /// Habits of Transformers.
    pub transformers: Transformers,
    /// Formats of runtimes in which other formats than the usual save something.
    pub ladders: &'static [Ladder],
}

impl Architecture {
    /// What most have, and what is taken of an architecture without a record.
    pub const USUAL: Self = Self {
        name: "",
        also: &[],
        norms: NormStyle::Pre,
        writes: Writes::Tokens,
        class: Class::USUAL,
        others: &[],
        gguf: Gguf::UNKNOWN,
        llama_cpp: LlamaCpp::USUAL,
        mlx: Mlx::USUAL,
        transformers: Transformers::USUAL,
        ladders: &[],
    };

    /// The record of a name.
    pub fn named(name: &str) -> Option<&'static Self> {
        index::find(name)
    }

    /// The record of a model's architecture, the usual one where it has none.
    pub fn of(model: &Model) -> &'static Self {
        const USUAL: &Architecture = &Architecture::USUAL;
        Self::named(&model.architecture).unwrap_or(USUAL)
    }

    /// The record of a `model_type` of Transformers, with its class.
    pub fn of_type(model_type: &str) -> Option<(&'static Self, &'static Class)> {
        Self::classes().find(|(_, class)| class.model_type == model_type)
    }

    /// Every class with a `model_type`, beside its architecture.
    pub fn classes() -> impl Iterator<Item = (&'static Self, &'static Class)> {
        let of =
            |one: &'static Self| std::iter::once(&one.class).chain(one.others).map(move |class| (one, class));
        Self::all().flat_map(of).filter(|(_, class)| !class.model_type.is_empty())
    }

    /// Every record.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        records::FILES.iter().flat_map(|file| file.iter())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_name_and_each_model_type_is_of_one_record() {
        let mut names = BTreeSet::new();
        for one in Architecture::all() {
            for name in std::iter::once(&one.name).chain(one.also) {
                assert!(names.insert(*name), "{name} is there twice");
                assert_eq!(Architecture::named(name).map(|found| found.name), Some(one.name), "{name}");
            }
        }
        let mut types = BTreeSet::new();
        for (_, class) in Architecture::classes() {
            assert!(types.insert(class.model_type), "{} is there twice", class.model_type);
        }
        for unknown in ["", "no such", "zzz", "llama "] {
            assert!(Architecture::named(unknown).is_none(), "{unknown}");
        }
    }

    #[test]
    fn the_files_of_records_are_by_name() {
        for file in records::FILES {
            assert!(file.is_sorted_by(|one, next| one.name < next.name), "{:?}", file.first());
        }
    }
}
