//! What GGUF files of an architecture do not say (`create_memory` and each architecture's `load_arch_hparams` in llama.cpp).

use super::Shape;

/// What an architecture makes of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writes {
    /// Text, token by token.
    Tokens,
    /// A whole text, which is refined at once: nothing is kept for past tokens.
    WholeTexts,
    /// None: an encoder, which keeps nothing either.
    Nothing,
}

/// Which layers look back no further than a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Windows {
    /// None.
    Never,
    /// All but the last of every so many, where the file does not list them.
    AllButLast(u32),
    /// All but the first of every so many, where the file does not list them.
    AllButFirst(u32),
    /// Those that the file lists.
    Listed,
    /// All that have keys.
    Everywhere,
}

/// The window, where the program takes another than the file names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// So many tokens, whether the file names one or not.
    Always(u64),
    /// So many tokens, where the file names any.
    WhereNamed(u64),
}

/// Which layers have small heads that choose the tokens that are attended to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chooser {
    /// None.
    Nowhere,
    /// Every layer.
    EveryLayer,
    /// Those that the file lists; without a list all, of contexts shorter than so many tokens: a longer one brings a list of
    /// its own.
    ListedOrShorter(u64),
    /// Those that the file lists, all without a list; each keeps a key, a gate and a pooled key of each token.
    Pooled,
    /// Those that the file lists, where it says how many tokens are chosen.
    Listed,
    /// Those behind the layers without experts; values are kept too.
    BehindDense,
}

/// What is kept for past tokens, by the settings of a file alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Layers with a window.
    pub windows: Windows,
    /// The window, where it is not the one that the file names.
    pub window: Option<Window>,
    /// The first so many layers alone have keys of their own, where the file does not say how many share them.
    pub own_keys: Option<u64>,
    /// Of layers that have heads and keep a state of head × head: every how many one keeps keys instead.
    pub linear_but_every: Option<u32>,
    /// Whether no layer keeps anything but a state.
    pub states_alone: bool,
    /// Whether layers without heads that name a width are networks, which keep nothing.
    pub networks_alone: bool,
    /// Whether layers keep the last tokens whole and the others compressed (DeepSeek V4).
    pub compressed: bool,
    /// What chooses the tokens that are attended to.
    pub indexer: Chooser,
}

impl Kept {
    /// Every layer with heads sees all tokens; layers without heads keep a state, or nothing.
    pub const OVER_ALL: Self = Self {
        windows: Windows::Never,
        window: None,
        own_keys: None,
        linear_but_every: None,
        states_alone: false,
        networks_alone: false,
        compressed: false,
        indexer: Chooser::Nowhere,
    };
}

/// How GGUF files are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gguf {
    /// Which layers their tensors are read as; `None` where only weights are counted.
    pub layers: Option<Shape>,
    /// Where some layers have a sliding window: every how many layers one sees everything.
    pub global_every: Option<u32>,
    /// What is kept for past tokens where layers are not read; `None` where that is not known.
    pub kept: Option<Kept>,
}

impl Gguf {
    /// Nothing is known of them.
    pub const UNKNOWN: Self = Self { layers: None, global_every: None, kept: None };
    /// Usual layers, of which the tensors tell everything.
    pub const LAYERS: Self = Self { layers: Some(Shape::Dense), ..Self::UNKNOWN };
    /// Layers are not read; each with heads keeps all tokens.
    pub const OVER_ALL: Self = Self { kept: Some(Kept::OVER_ALL), ..Self::UNKNOWN };
}
