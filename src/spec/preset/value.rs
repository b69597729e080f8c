//! Values of preset keys: each reads a number, a text or a yes/no, and says what would be right.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

use crate::spec::{AttentionKernel, GpuLayers, KvPrecision, Logits, Quantization, Runtime};
use crate::units::{ParseQuantityError, count, parse_count, parse_tokens, whole};

/// A value that is read from text, as `--set key=value` gives it; numbers and flags are read as their text.
pub(super) trait FromText: Sized {
    /// The value, or in a sentence what would be right.
    fn from_text(text: &str) -> Result<Self, String>;
}

/// A value of a key.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Value<T>(pub(super) T);

struct ScalarVisitor<T>(PhantomData<T>);

impl<T: FromText> Visitor<'_> for ScalarVisitor<T> {
    type Value = Value<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number, a text in quotes, true or false")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        self.visit_str(if value { "true" } else { "false" })
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        T::from_text(text.trim()).map(Value).map_err(E::custom)
    }
}

impl<'de, T: FromText> Deserialize<'de> for Value<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor(PhantomData))
    }
}

/// A number of tokens; `8k` is 8,192.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TokenCount(pub(super) u64);

/// A count; `10k` is 10,000.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Count(pub(super) u64);

/// A number with a fraction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Real(pub(super) f64);

/// A share from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Share(pub(super) f64);

/// Largest count a key takes; beyond it no quantity here means anything.
const LARGEST: u64 = 1_000_000_000_000_000;

/// At least 1 and below the largest count that means anything.
fn in_range(counted: Result<u64, ParseQuantityError>) -> Result<u64, String> {
    match counted {
        Ok(value) if (1..=LARGEST).contains(&value) => Ok(value),
        Ok(value) => Err(format!("{value} is out of range; it must be from 1 to 10¹⁵")),
        Err(error) => Err(error.to_string()),
    }
}

impl FromText for TokenCount {
    fn from_text(text: &str) -> Result<Self, String> {
        in_range(parse_tokens(text)).map(Self)
    }
}

impl FromText for Count {
    fn from_text(text: &str) -> Result<Self, String> {
        in_range(parse_count(text)).map(Self)
    }
}

impl FromText for Real {
    fn from_text(text: &str) -> Result<Self, String> {
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() && (0.0..=1e6).contains(&value) => Ok(Self(value)),
            Ok(_) => Err(format!("`{text}` is out of range; it must be from 0 to 1,000,000")),
            Err(_) => Err(format!("`{text}` is not a number; write for example 12.5")),
        }
    }
}

impl FromText for Share {
    fn from_text(text: &str) -> Result<Self, String> {
        let (digits, scale) = text.strip_suffix('%').map_or((text, 1.0), |digits| (digits, 100.0));
        match digits.trim().parse::<f64>() {
            Ok(value) if (0.0..=scale).contains(&value) => Ok(Self(value / scale)),
            _ => Err(format!("`{text}` is not a share; write a number from 0 to 1, or 40%")),
        }
    }
}

impl FromText for bool {
    fn from_text(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => Ok(true),
            "false" | "no" | "off" | "0" => Ok(false),
            _ => Err(format!("`{text}` is neither true nor false")),
        }
    }
}

impl FromText for String {
    fn from_text(text: &str) -> Result<Self, String> {
        match text {
            "" => Err("it is empty".to_owned()),
            _ => Ok(text.to_owned()),
        }
    }
}

impl FromText for f64 {
    fn from_text(text: &str) -> Result<Self, String> {
        in_range(parse_count(text)).map(count)
    }
}

/// Which form of work a preset describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Inference,
    GraphSequence,
}

/// One of a few names.
fn one_of<T: Copy>(text: &str, known: &[(&str, T)]) -> Result<T, String> {
    known.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        format!("`{text}` is not known here; known are {}", names.join(", "))
    })
}

impl FromText for Family {
    fn from_text(text: &str) -> Result<Self, String> {
        one_of(text, &[("inference", Self::Inference), ("graph-sequence", Self::GraphSequence)])
    }
}

impl FromText for Runtime {
    fn from_text(text: &str) -> Result<Self, String> {
        one_of(text, &Self::ALL.map(|runtime| (runtime.key(), runtime)))
    }
}

impl FromText for AttentionKernel {
    fn from_text(text: &str) -> Result<Self, String> {
        one_of(text, &[("fused", Self::Fused), ("eager", Self::Eager)])
    }
}

impl FromText for Logits {
    fn from_text(text: &str) -> Result<Self, String> {
        one_of(text, &[("last", Self::Last), ("all", Self::All)])
    }
}

impl FromText for GpuLayers {
    fn from_text(text: &str) -> Result<Self, String> {
        if text.eq_ignore_ascii_case("auto") {
            return Ok(Self::Auto);
        }
        match text.parse::<f64>() {
            Ok(layers) if (0.0..=100_000.0).contains(&layers) => Ok(Self::Count(whole(layers))),
            _ => Err(format!("`{text}` is not a number of layers; write auto or for example 24")),
        }
    }
}

impl FromText for Quantization {
    fn from_text(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|error| error.to_string())
    }
}

impl FromText for KvPrecision {
    fn from_text(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|error| error.to_string())
    }
}
