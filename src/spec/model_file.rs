//! What the file that a model was read from says of its weights.

use std::collections::BTreeMap;

use super::{Adapter, Container, Packing, Quantization, Role, Runtime, Tensor};

/// What the file that a model was read from says of its weights; it decides, not the name of its format.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelFile {
    /// The name of its format. A scenario that asks for another means another file.
    pub stored: Quantization,
    /// Whether the file says so; else it is what is taken where nothing is asked for.
    pub stated: bool,
    /// How its weights are stored.
    pub weights: FileWeights,
    /// Whether what is not packed lies in 32 bit, which most programs load in 16.
    pub wide: Wide,
    /// The one runtime that loads it, where its method says so and its format's name does not.
    pub reader: Option<Runtime>,
    /// Bytes of layers that only draft tokens; they are loaded for speculative decoding alone.
    pub prediction: u64,
    /// Bytes of the vision tower and its projector in the same file.
    pub vision: u64,
    /// Bytes of everything it was read from, where a file of tensors or an index says it.
    pub bytes: Option<u64>,
    /// An adapter that is held beside the model.
    pub adapter: Option<Adapter>,
    /// What was assumed, left out or missing, one sentence each.
    pub notes: Vec<String>,
}

/// Whether a file's plain values lie in 32 bit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wide {
    /// They do not.
    #[default]
    No,
    /// They do, and no configuration says another width.
    Yes,
    /// They do, and the configuration says 16 bit, which Transformers goes by.
    Despite,
}

impl ModelFile {
    /// Whether the shapes of all its tensors are known, so that they can be weighed in another format.
    pub fn has_shapes(&self) -> bool {
        match &self.weights {
            FileWeights::Tensors(tensors) => {
                tensors.len() > 1 && tensors.iter().all(|one| one.tensor.elements() > 0)
            }
            FileWeights::Rules(_) => false,
        }
    }

    /// Weights in a format that the file states, and nothing beside them.
    pub const fn of(stored: Quantization, weights: FileWeights) -> Self {
        Self {
            stored,
            stated: true,
            weights,
            wide: Wide::No,
            reader: None,
            prediction: 0,
            vision: 0,
            bytes: None,
            adapter: None,
            notes: Vec::new(),
        }
    }
}

/// How the weights of a file are stored.
#[derive(Clone, Debug, PartialEq)]
pub enum FileWeights {
    /// The tensors of the language model, as they lie in the file.
    Tensors(Vec<FileTensor>),
    /// A configuration's rules for the tensors of its shapes.
    Rules(Rules),
}

/// Like tensors of one layer, or of none.
#[derive(Clone, Debug, PartialEq)]
pub struct FileTensor {
    /// What they are, and the shape of each; no columns where the file has several shapes.
    pub tensor: Tensor,
    /// Their layer, counted from 0.
    pub layer: Option<u64>,
    /// Name of their number format: `Q4_K`, `BF16`.
    pub format: &'static str,
    /// How many.
    pub count: u64,
    /// Bytes of all of them.
    pub bytes: u64,
}

/// What plain 32-bit floats are called, in files and in configurations.
const WIDE: [&str; 2] = ["F32", "32 bit"];

impl FileTensor {
    /// The same with 32-bit floats in 16 bit.
    fn in_16_bit(&self) -> Self {
        let is_wide = WIDE.contains(&self.format);
        let (format, bytes) = if is_wide { ("16 bit", self.bytes / 2) } else { (self.format, self.bytes) };
        Self { format, bytes, ..self.clone() }
    }
}

/// Which matrices a checkpoint packs, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// Bytes of a value that is not packed.
    pub plain: u32,
    /// The matrices of a kind, in every layer or outside of them; `None` for those that stay plain.
    pub kinds: BTreeMap<Role, Option<Packing>>,
    /// The same of single layers, which have the last word.
    pub layers: BTreeMap<(u64, Role), Option<Packing>>,
    /// Whether how the matrices are packed is not known, so that these are the fewest bytes that they may take.
    pub at_least: bool,
}

impl Rules {
    /// Nothing packed.
    pub const fn plain(bytes: u32) -> Self {
        Self { plain: bytes, kinds: BTreeMap::new(), layers: BTreeMap::new(), at_least: false }
    }

    /// What a value that is not packed is called.
    pub const fn plain_name(&self) -> &'static str {
        match self.plain {
            1 => "8 bit",
            4 => "32 bit",
            _ => "16 bit",
        }
    }

    /// How a matrix of a kind is packed; `None` where it is plain.
    pub fn packing(&self, role: Role, layer: Option<u64>) -> Option<Packing> {
        let single = if self.layers.is_empty() { None } else { layer };
        let own = single.and_then(|layer| self.layers.get(&(layer, role)));
        own.or_else(|| self.kinds.get(&role)).copied().flatten()
    }

    /// Bytes of a tensor.
    pub fn bytes(&self, tensor: Tensor, layer: Option<u64>) -> u64 {
        match self.packing(tensor.role, layer) {
            _ if tensor.role == Role::RopeFactors => 0,
            Some(packing) => packing.bytes(tensor),
            None => tensor.elements().saturating_mul(u64::from(self.plain)),
        }
    }

    /// The rules of some layers, counted from the first of them.
    #[must_use]
    pub fn slice(&self, layers: std::ops::Range<u64>) -> Self {
        let inside = self.layers.iter().filter(|((layer, _), _)| layers.contains(layer));
        let moved = inside.map(|((layer, role), packing)| ((layer - layers.start, *role), *packing));
        Self { layers: moved.collect(), kinds: self.kinds.clone(), ..*self }
    }
}

impl ModelFile {
    /// The same as a runtime loads it, where that is not as it lies there.
    ///
    /// vLLM and `SGLang` load 32-bit floats in 16 bit (`dtype=auto`), as `ExLlama` does and what llama.cpp converts;
    /// Transformers loads what the configuration says, and MLX what lies there.
    pub fn loaded_by(&self, runtime: Runtime) -> Option<Self> {
        let said = match (self.wide, runtime) {
            (Wide::No, _) | (Wide::Yes, Runtime::PyTorch) => return None,
            (_, Runtime::Mlx) => {
                return Some(Self {
                    stored: Quantization::Own(Container::Mlx),
                    wide: Wide::No,
                    ..self.clone()
                });
            }
            (
                _,
                Runtime::PyTorch | Runtime::Vllm | Runtime::Sglang | Runtime::ExLlama | Runtime::LlamaCpp,
            ) => Quantization::Bf16,
        };
        let weights = match &self.weights {
            FileWeights::Rules(rules) => FileWeights::Rules(Rules { plain: 2, ..rules.clone() }),
            FileWeights::Tensors(tensors) => {
                FileWeights::Tensors(tensors.iter().map(FileTensor::in_16_bit).collect())
            }
        };
        let (prediction, vision) = (self.prediction / 2, self.vision / 2);
        Some(Self { stored: said, weights, prediction, vision, wide: Wide::No, ..self.clone() })
    }

    /// Its tensors; none where a configuration alone was read.
    pub fn tensors(&self) -> &[FileTensor] {
        match &self.weights {
            FileWeights::Tensors(tensors) => tensors,
            FileWeights::Rules(_) => &[],
        }
    }

    /// Of some consecutive layers: the first part has the embedding, the last one the output matrix.
    #[must_use]
    pub fn slice(&self, layers: std::ops::Range<u64>, (first, last): (bool, bool), tied: bool) -> Self {
        let outer = |role: Role| match role {
            Role::TokenEmbedding => first || (last && tied),
            Role::LayerEmbedding => first,
            Role::RopeFactors => true,
            _ => last,
        };
        let weights = match &self.weights {
            FileWeights::Rules(rules) => FileWeights::Rules(rules.slice(layers)),
            FileWeights::Tensors(tensors) => FileWeights::Tensors(
                tensors
                    .iter()
                    .filter(|tensor| match tensor.layer {
                        Some(layer) => layers.contains(&layer),
                        None => outer(tensor.tensor.role),
                    })
                    .map(|tensor| FileTensor {
                        layer: tensor.layer.map(|layer| layer - layers.start),
                        ..tensor.clone()
                    })
                    .collect(),
            ),
        };
        let vision = if first { self.vision } else { 0 };
        let prediction = if last { self.prediction } else { 0 };
        Self { weights, vision, prediction, ..self.clone() }
    }

    /// The fullest of so many equal shares of each matrix; the embedding and the output matrix too, if asked.
    #[must_use]
    pub fn shard(&self, devices: u32, vocabulary: bool) -> Self {
        let shared = |role: Role| match role {
            Role::TokenEmbedding | Role::LayerEmbedding | Role::Output => vocabulary,
            _ => role.is_quantized(),
        };
        let mut part = self.clone();
        if let FileWeights::Tensors(tensors) = &mut part.weights {
            for tensor in tensors.iter_mut().filter(|tensor| shared(tensor.tensor.role)) {
                tensor.bytes = tensor.bytes.div_ceil(u64::from(devices.max(1)));
            }
        }
        if vocabulary {
            part.vision = part.vision.div_ceil(u64::from(devices.max(1)));
        }
        part
    }
}
