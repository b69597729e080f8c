//! Settings and tensors of one file, asked for by what they mean.

use std::collections::BTreeMap;

use super::super::limits::{CONTEXT, HEAD};
use super::super::{Note, Problem, StoredTensor};
use super::header::Header;
use super::metadata::{Metadata, Value, in_range};
use crate::spec::Architecture;

/// Why no model comes of a file.
pub(super) enum Stop {
    /// The file is wrong.
    Wrong(Problem),
    /// The file is right, but the spec has no words for it.
    Inexpressible(String),
    /// No program runs the file as it is.
    Impossible(Note),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Wrong(problem)
    }
}

/// What a file says of a model of a known architecture.
pub(super) struct Source<'a> {
    /// The architecture.
    pub architecture: &'static Architecture,
    metadata: &'a Metadata,
    tensors: BTreeMap<&'a str, &'a StoredTensor>,
}

impl<'a> Source<'a> {
    /// A header seen as a model of that architecture.
    pub(super) fn new(architecture: &'static Architecture, header: &'a Header) -> Self {
        let tensors = header.tensors.iter().map(|tensor| (tensor.name.as_str(), tensor)).collect();
        Self { architecture, metadata: &header.metadata, tensors }
    }

    /// The full name of a setting of this architecture.
    fn key(&self, name: &str) -> String {
        format!("{}.{name}", self.architecture.name)
    }

    /// A setting from 0 to `most`, if the file has it.
    pub(super) fn optional(&self, name: &str, most: u32) -> Result<Option<u32>, Problem> {
        self.metadata.whole(&self.key(name), most)
    }

    /// A setting from 1 to `most`.
    pub(super) fn required(&self, name: &str, most: u32) -> Result<u32, Problem> {
        self.positive(name, self.optional(name, most)?, most)
    }

    /// A setting of one layer from 0 to `most`: one for all, or a list with one value a layer.
    pub(super) fn of_layer(&self, name: &str, layer: u32, most: u32) -> Result<Option<u32>, Problem> {
        let key = self.key(name);
        match self.metadata.get(&key) {
            Some((at, Value::List(values))) => match values.get(layer as usize) {
                Some(value) => in_range(&key, *at, *value, most).map(Some),
                None => Err(Problem::binary(
                    format!("`{key}` has {} values, no value for layer {layer}", values.len()),
                    *at,
                    "it has one for every layer",
                )),
            },
            _ => self.metadata.whole(&key, most),
        }
    }

    /// Fails where a setting is missing or 0.
    pub(super) fn positive(&self, name: &str, value: Option<u32>, most: u32) -> Result<u32, Problem> {
        let key = self.key(name);
        match (value, self.metadata.get(&key)) {
            (Some(value), _) if value > 0 => Ok(value),
            (_, Some((at, _))) => {
                Err(Problem::binary(format!("`{key}` is 0"), *at, format!("it must be from 1 to {most}")))
            }
            (_, None) => Err(Problem::content(
                format!("the file has no `{key}`"),
                "this architecture needs it; convert the model again",
            )),
        }
    }

    /// The window of a layer, where the architecture uses one.
    pub(super) fn window(&self, layer: u32) -> Result<Option<u32>, Problem> {
        let Some(every) = self.architecture.gguf.global_every else { return Ok(None) };
        let window = self.optional("attention.sliding_window", CONTEXT)?.filter(|window| *window > 0);
        let pattern = "attention.sliding_window_pattern";
        let sliding = match self.of_layer(pattern, layer, CONTEXT)? {
            Some(flag) if self.is_list(pattern) => flag > 0,
            Some(every) if every > 0 => !(layer + 1).is_multiple_of(every),
            _ => !(layer + 1).is_multiple_of(every),
        };
        Ok(window.filter(|_window| sliding))
    }

    /// A width of heads, of which layers with a window may have another (Gemma 4).
    pub(super) fn width(&self, name: &str, window: Option<u32>) -> Result<Option<u32>, Problem> {
        let sliding = match window {
            Some(_) => self.optional(&format!("{name}_swa"), HEAD)?,
            None => None,
        };
        Ok(sliding.or(self.optional(name, HEAD)?))
    }

    /// A window that the file names and llama.cpp does not use for this architecture.
    pub(super) fn ignored_window(&self) -> Result<Option<u32>, Problem> {
        let window = self.optional("attention.sliding_window", CONTEXT)?.filter(|window| *window > 0);
        Ok(window.filter(|_window| self.architecture.gguf.global_every.is_none()))
    }

    /// Whether a setting has a value for each layer.
    fn is_list(&self, name: &str) -> bool {
        matches!(self.metadata.get(&self.key(name)), Some((_, Value::List(_))))
    }

    /// A tensor by its full name.
    pub(super) fn tensor(&self, name: &str) -> Option<&'a StoredTensor> {
        self.tensors.get(name).copied()
    }

    /// A tensor of a layer: `attn_q.weight`.
    pub(super) fn part(&self, layer: u32, name: &str) -> Option<&'a StoredTensor> {
        self.tensor(&format!("blk.{layer}.{name}"))
    }

    /// Whether a layer has a tensor.
    pub(super) fn has(&self, layer: u32, name: &str) -> bool {
        self.part(layer, name).is_some()
    }
}
