//! Which format llama.cpp's quantizer gives each tensor of a file type.
//!
//! Follows `llama_tensor_get_type` and `tensor_type_fallback` of llama.cpp 0.5.0. File types that the
//! quantizer refuses to make without an importance matrix are taken to have one, the others not.

use super::view::View;
use crate::spec::{FileType, Model, TensorType};
use crate::spec::{Role, Tensor};

/// A file type applied to one model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipe {
    file_type: FileType,
    default: TensorType,
    model: View,
}

/// The format of a tensor in most layers, and of those layers that are treated better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pick {
    /// In most layers.
    pub usual: TensorType,
    /// Where `when` holds.
    pub special: TensorType,
    /// In which layers.
    pub when: When,
}

/// Which layers a quantizer treats apart, by position among tensors of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// None.
    Never,
    /// The first so many.
    First(u32),
    /// The first and last eighth, and every third between.
    MoreBits,
    /// All but the first and last eighth.
    Middle,
}

impl When {
    /// How many of the first `end` positions of `count` are treated apart.
    pub fn before(self, end: u64, count: u64) -> u64 {
        let first = count / 8;
        // 7 · count / 8 without its overflow
        let last = count - count.div_ceil(8);
        let between = end.min(last).saturating_sub(first);
        match self {
            Self::Never => 0,
            Self::First(few) => end.min(u64::from(few)),
            Self::MoreBits => end.min(first) + between / 3 + end.saturating_sub(last),
            Self::Middle => between,
        }
    }
}

impl Pick {
    const fn always(usual: TensorType) -> Self {
        Self { usual, special: usual, when: When::Never }
    }

    const fn special(usual: TensorType, special: TensorType, when: When) -> Self {
        Self { usual, special, when }
    }

    fn map(self, change: impl Fn(TensorType) -> TensorType) -> Self {
        Self { usual: change(self.usual), special: change(self.special), when: self.when }
    }
}

impl Recipe {
    /// A file type applied to a model.
    pub fn new(model: &Model, file_type: FileType) -> Self {
        Self { file_type, default: file_type.default_tensor(), model: View::of(model) }
    }

    /// How many layers the model has.
    pub const fn layers(&self) -> u64 {
        self.model.layers as u64
    }

    /// How many of its tensors are values or contain them.
    pub const fn value_like(&self) -> u64 {
        self.model.value_like as u64
    }

    /// Whether last feed-forward matrices are counted one by one instead of by layer.
    pub const fn counts_down_one_by_one(&self) -> bool {
        self.model.experts <= 1 || self.is_two_bit()
    }

    /// The format of a tensor.
    pub fn pick(&self, tensor: Tensor) -> Pick {
        if !tensor.role.is_quantized() {
            return Pick::always(TensorType::F32);
        }
        if !self.default.is_quantized() {
            return Pick::always(self.default);
        }
        self.choose(tensor).map(|wanted| fitting(wanted, tensor.columns))
    }

    fn choose(&self, tensor: Tensor) -> Pick {
        let role = tensor.role;
        if role == Role::Output || (self.model.tied && role == Role::TokenEmbedding) {
            return Pick::always(self.output(tensor.columns));
        }
        if self.file_type == FileType::MXFP4 {
            return Pick::always(if tensor.stack > 1 { TensorType::MXFP4 } else { TensorType::Q8_0 });
        }
        if matches!(role, Role::TokenEmbedding | Role::LayerEmbedding) {
            return Pick::always(self.token_embedding());
        }
        if self.is_two_bit() {
            return self.two_bit(role);
        }
        match role {
            Role::Value | Role::QueryKeyValue => self.value(),
            Role::Key => Pick::always(self.key()),
            Role::Query => Pick::always(self.query()),
            Role::Down | Role::ExpertDown | Role::SharedDown => self.down(),
            Role::AttentionOutput => Pick::always(self.attention_output()),
            Role::Gate | Role::ExpertGate | Role::SharedGate | Role::Up | Role::ExpertUp | Role::SharedUp => {
                self.up()
            }
            _ => Pick::always(self.default),
        }
    }

    /// File types of one to two bits, whose rules stand apart.
    const fn is_two_bit(&self) -> bool {
        use FileType as F;
        matches!(self.file_type, F::IQ2XXS | F::IQ2XS | F::IQ2S | F::IQ2M | F::IQ1S | F::IQ1M)
    }

    /// The output matrix, and a token embedding that serves as one.
    const fn output(&self, columns: u32) -> TensorType {
        if matches!(self.default, TensorType::Q8_0 | TensorType::MXFP4) || !fits(self.default, columns) {
            TensorType::Q8_0
        } else if self.is_two_bit() || matches!(self.file_type, FileType::IQ3XXS) {
            TensorType::Q5K
        } else {
            TensorType::Q6K
        }
    }

    const fn token_embedding(&self) -> TensorType {
        use FileType as F;
        match self.file_type {
            F::IQ2XXS | F::IQ2XS | F::IQ1S | F::IQ1M => TensorType::Q2K,
            F::IQ2S | F::IQ2M | F::IQ3XXS => TensorType::IQ3S,
            _ => self.default,
        }
    }

    fn two_bit(&self, role: Role) -> Pick {
        use FileType as F;
        let better =
            if matches!(self.file_type, F::IQ2S | F::IQ2M) { TensorType::IQ3S } else { TensorType::Q2K };
        match role {
            Role::Value | Role::QueryKeyValue => {
                let spare = self.model.shared_heads >= 4 || self.model.experts >= 4;
                Pick::always(if spare { TensorType::Q4K } else { better })
            }
            Role::Key if self.model.experts == 8 => Pick::always(TensorType::Q4K),
            Role::Down | Role::ExpertDown | Role::SharedDown => {
                Pick::special(self.default, better, When::First(self.model.layers / 8))
            }
            Role::AttentionOutput if self.model.experts == 8 => Pick::always(TensorType::Q5K),
            Role::AttentionOutput => Pick::always(match self.file_type {
                F::IQ1S | F::IQ1M => TensorType::IQ2XXS,
                F::IQ2S | F::IQ2M => TensorType::IQ3S,
                _ => self.default,
            }),
            _ => Pick::always(self.default),
        }
    }

    fn value(&self) -> Pick {
        use FileType as F;
        let many = self.model.shared_heads >= 4;
        let default = self.default;
        let pick = match self.file_type {
            F::Q2K => Pick::always(if many { TensorType::Q4K } else { TensorType::Q3K }),
            F::Q2KS | F::IQ3XXS | F::IQ3XS | F::IQ3S if many => Pick::always(TensorType::Q4K),
            F::IQ3M => Pick::always(TensorType::Q4K),
            F::Q3KM => Pick::special(TensorType::Q4K, TensorType::Q5K, When::First(2)),
            F::Q3KL => Pick::always(TensorType::Q5K),
            F::IQ4NL | F::IQ4XS if many => Pick::always(TensorType::Q5K),
            F::Q4KM | F::Q5KM => Pick::special(default, TensorType::Q6K, When::MoreBits),
            F::Q4KS => Pick::special(default, TensorType::Q5K, When::First(4)),
            _ => Pick::always(default),
        };
        if self.model.experts == 8 {
            Pick::always(TensorType::Q8_0)
        } else if self.model.large {
            pick.map(|wanted| match wanted {
                TensorType::Q3K | TensorType::Q4K => TensorType::Q5K,
                other => other,
            })
        } else {
            pick
        }
    }

    const fn key(&self) -> TensorType {
        if self.model.experts == 8 { TensorType::Q8_0 } else { self.query() }
    }

    const fn query(&self) -> TensorType {
        match self.file_type {
            FileType::IQ3XS => TensorType::IQ3XXS,
            FileType::IQ3XXS => TensorType::IQ2S,
            _ => self.default,
        }
    }

    const fn down(&self) -> Pick {
        use FileType as F;
        let default = self.default;
        let first_eighth = When::First(self.model.layers / 8);
        match self.file_type {
            F::Q2K => Pick::always(TensorType::Q3K),
            F::Q3KM => Pick::special(TensorType::Q4K, TensorType::Q5K, When::First(self.model.layers / 16)),
            F::Q3KL => Pick::always(TensorType::Q5K),
            F::IQ3M if self.model.experts == 8 => Pick::special(default, TensorType::Q4K, When::MoreBits),
            F::Q2KS | F::IQ3M => Pick::special(default, TensorType::Q4K, first_eighth),
            F::Q4KM | F::Q5KM => Pick::special(default, TensorType::Q6K, When::MoreBits),
            F::IQ4NL | F::IQ4XS | F::Q4KS => Pick::special(default, TensorType::Q5K, first_eighth),
            _ => Pick::always(default),
        }
    }

    const fn attention_output(&self) -> TensorType {
        use FileType as F;
        let eight = self.model.experts == 8;
        match self.file_type {
            F::Q2K
            | F::IQ3XS
            | F::IQ3XXS
            | F::Q3KS
            | F::Q3KM
            | F::IQ4NL
            | F::Q4KS
            | F::Q4KM
            | F::IQ3S
            | F::IQ3M
            | F::IQ4XS
                if eight =>
            {
                TensorType::Q5K
            }
            F::Q2K if !eight => TensorType::Q3K,
            F::IQ3XXS if !eight => TensorType::IQ3S,
            F::Q3KM | F::IQ3M if !eight => TensorType::Q4K,
            F::Q3KL if !eight => TensorType::Q5K,
            _ => self.default,
        }
    }

    fn up(&self) -> Pick {
        if self.file_type == FileType::IQ3XS {
            Pick::special(self.default, TensorType::IQ3XXS, When::Middle)
        } else {
            Pick::always(self.default)
        }
    }
}

/// Whether a row is whole blocks, which are powers of two in every format.
const fn fits(format: TensorType, columns: u32) -> bool {
    columns & (format.block().0 - 1) == 0
}

/// The format itself, or one with shorter blocks where a row is no multiple of its block.
const fn fitting(wanted: TensorType, columns: u32) -> TensorType {
    use TensorType as T;
    if fits(wanted, columns) {
        return wanted;
    }
    let shorter = match wanted {
        T::IQ1S | T::IQ1M | T::IQ2XXS | T::IQ2XS | T::IQ2S | T::IQ3XXS | T::IQ3S | T::IQ4XS => T::IQ4NL,
        T::Q2K | T::Q3K => T::Q4_0,
        T::Q4K => T::Q5_0,
        T::Q5K => T::Q5_1,
        T::Q6K => T::Q8_0,
        other => other,
    };
    if fits(shorter, columns) { shorter } else { T::F16 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The quantizer's own condition for more bits, one position at a time.
    fn more_bits(position: u64, count: u64) -> bool {
        position < count / 8 || position >= 7 * count / 8 || (position - count / 8) % 3 == 2
    }

    #[test]
    fn positions_are_counted_as_the_quantizer_goes_through_them() {
        for count in 0..130 {
            let eighth = count / 8;
            let tests: [(When, &dyn Fn(u64) -> bool); 4] = [
                (When::Never, &|_| false),
                (When::First(4), &|position| position < 4),
                (When::MoreBits, &|position| more_bits(position, count)),
                (When::Middle, &|position| position >= eighth && position < 7 * count / 8),
            ];
            for (when, holds) in tests {
                for end in 0..=count {
                    let one_by_one = (0..end).filter(|position| holds(*position)).count() as u64;
                    assert_eq!(when.before(end, count), one_by_one, "{when:?} {end} of {count}");
                }
            }
        }
    }

    #[test]
    fn rows_that_are_no_multiple_of_a_block_fall_back() {
        for (wanted, columns, found) in [
            (TensorType::Q4K, 4096, TensorType::Q4K),
            (TensorType::Q4K, 2880, TensorType::Q5_0),
            (TensorType::Q6K, 896, TensorType::Q8_0),
            (TensorType::Q3K, 1408, TensorType::Q4_0),
            (TensorType::IQ4XS, 29_568, TensorType::IQ4NL),
            (TensorType::Q8_0, 100, TensorType::F16),
        ] {
            assert_eq!(fitting(wanted, columns), found, "{wanted:?} in rows of {columns}");
        }
    }
}
