//! A layer by the list of what it has and keeps, where no other kind of layer says it.

use serde::{Deserialize, Serialize};

use super::{KeptKind, Role, Span};

/// A layer by the matrices and caches of its class.
///
/// Short convolutions, values of another width than keys, delta rules with a gate a channel, compressed caches, embeddings of
/// the layer's own: how it computes follows from what it has.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Listed {
    /// Query heads that look at past tokens; 0 where none do.
    pub heads: u32,
    /// Width of a query head.
    pub head: u32,
    /// Its matrices but those of the feed-forward network: what each does, elements of a row, and rows. The last one
    /// leads back to the residual stream.
    pub matrices: Vec<(Role, u32, u32)>,
    /// Learnt numbers beside them, which nothing packs; norms of the residual stream are the model's.
    pub vectors: u32,
    /// What it keeps for past tokens.
    pub keeps: Vec<Keep>,
    /// What an earlier layer keeps that its heads look at, where it keeps nothing of its own (Gemma 3n and 4).
    pub reads: Option<Keep>,
}

/// Something that one layer keeps.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Keep {
    /// What it is.
    pub kind: KeptKind,
    /// Numbers of its keys, or of what stands for keys and values; of a state, the last inputs of its convolution.
    #[serde(default)]
    pub keys: u32,
    /// Numbers of its values beside them; of a state, the state itself.
    #[serde(default)]
    pub values: u32,
    /// Over what it is kept.
    #[serde(default = "whole_context")]
    pub span: Span,
}

const fn whole_context() -> Span {
    Span::Context
}

impl Keep {
    /// Numbers kept in all of one token, or once.
    pub fn numbers(&self) -> f64 {
        f64::from(self.keys) + f64::from(self.values)
    }

    /// The same of each token of the context: of a kept one in so many, that share.
    pub fn of_a_token(&self) -> f64 {
        match self.span {
            Span::Every(tokens) => self.numbers() / crate::units::count(tokens.max(1)),
            Span::Context | Span::Window(_) | Span::Once => self.numbers(),
        }
    }

    /// Tokens that it is kept of at most; `None` for all.
    pub fn window(&self) -> Option<u32> {
        match self.span {
            Span::Window(tokens) => u32::try_from(tokens).ok(),
            Span::Context | Span::Every(_) | Span::Once => None,
        }
    }
}

impl Listed {
    /// What it keeps of a kind, what grows with the context first.
    pub fn kept(&self, kind: KeptKind) -> impl Iterator<Item = &Keep> {
        let of = move |windowed: bool| {
            self.keeps.iter().filter(move |keep| keep.kind == kind && keep.window().is_some() == windowed)
        };
        of(false).chain(of(true))
    }

    /// What it keeps of tokens: what grows with the context, or where nothing does, of its window.
    pub fn tokens(&self) -> Option<&Keep> {
        self.kept(KeptKind::Tokens).next()
    }

    /// What its heads look at: what it keeps of tokens, or what another layer keeps; nothing where tokens of one pass look at
    /// one another, and where none are looked at.
    pub fn looks_at(&self) -> Option<&Keep> {
        self.tokens().or(self.reads.as_ref())
    }

    /// What it keeps of the last tokens beside what grows with the context.
    pub fn beside(&self) -> Option<&Keep> {
        self.kept(KeptKind::Tokens).nth(1)
    }

    /// Keys of what chooses the tokens that are attended to.
    pub fn indexer(&self) -> Option<&Keep> {
        self.kept(KeptKind::Indexer).next()
    }

    /// Width of what stands for keys and values of all heads, without the rotated part beside it; nothing where each has its
    /// own.
    pub fn latent(&self) -> Option<u32> {
        self.matrices.iter().find_map(|(role, columns, _)| (*role == Role::LatentKey).then_some(*columns))
    }

    /// Its state, whatever the length of a sequence.
    pub fn state(&self) -> Option<&Keep> {
        self.kept(KeptKind::State).next()
    }

    /// Whether it keeps a state.
    pub fn is_recurrent(&self) -> bool {
        self.state().is_some()
    }

    /// The matrix back to the residual stream: how wide what it is given is; 0 where there is none.
    pub fn inner(&self) -> u32 {
        self.matrices.last().map_or(0, |(_, columns, _)| *columns)
    }

    /// Rows of all its matrices but the last: what it computes of a token on the way.
    pub fn rows(&self) -> f64 {
        let before = self.matrices.len().saturating_sub(1);
        self.matrices.iter().take(before).map(|(_, _, rows)| f64::from(*rows)).sum()
    }

    /// The same with each width made another; widths of the residual stream become that one.
    #[must_use]
    pub fn resized(&self, (hidden, new): (u32, u32), resize: impl Fn(u32) -> u32) -> Self {
        let other = |width: u32| if width == hidden { new } else { resize(width) };
        let matrices =
            self.matrices.iter().map(|(role, columns, rows)| (*role, other(*columns), other(*rows)));
        Self { matrices: matrices.collect(), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_grows_comes_before_what_a_window_keeps() {
        let keep = |span| Keep { kind: KeptKind::Tokens, keys: 512, values: 0, span };
        let listed =
            Listed { keeps: vec![keep(Span::Window(128)), keep(Span::Every(4))], ..Listed::default() };
        let [main, beside] = [listed.tokens(), listed.beside()].map(|kept| kept.map(Keep::of_a_token));
        assert_eq!((main, beside), (Some(128.0), Some(512.0)));
        assert_eq!(listed.beside().and_then(Keep::window), Some(128));
    }
}
