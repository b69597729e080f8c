//! Values of preset keys: each reads a number, a text or a yes/no, and says what would be right.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

use crate::spec::{
    BasePrecision, Devices, DiffusionMode, DiffusionPrecision, GnnMode, GnnPrecision, GpuLayers, Inference,
    KvPrecision, Named, Quantization, Runtime, TunedLayers,
};
use crate::units::{ParseQuantityError, count, parse_count, parse_tokens, whole};

/// A value that is read from text, as `--set key=value` gives it; numbers and flags are read as their text.
pub(super) trait FromText: Sized {
    /// Whether several numbers, as a list or with commas between, are a value of it.
    const TAKES_A_LIST: bool = false;

    /// The value, or in a sentence what would be right.
    fn from_text(text: &str) -> Result<Self, String>;
}

/// A value of a key.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Value<T>(pub(super) T);

struct ScalarVisitor<T>(PhantomData<T>);

impl<'de, T: FromText> Visitor<'de> for ScalarVisitor<T> {
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

    /// A list of numbers is read as their text with commas between, where commas mean a list and not thousands.
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        if !T::TAKES_A_LIST {
            return Err(A::Error::custom("one value is taken here, not a list; write it without brackets"));
        }
        let mut texts: Vec<String> = Vec::new();
        while let Some(Value(Small(number))) = list.next_element::<Value<Small>>()? {
            if texts.len() >= LONGEST_LIST {
                return Err(A::Error::custom(format!("a list here has at most {LONGEST_LIST} numbers")));
            }
            texts.push(number.to_string());
        }
        self.visit_str(&texts.join(","))
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

/// One of a few names.
fn one_of<T: Copy>(text: &str, known: &[(&str, T)]) -> Result<T, String> {
    known.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        format!("`{text}` is not known here; known are {}", names.join(", "))
    })
}

impl<T: Named> FromText for T {
    fn from_text(text: &str) -> Result<Self, String> {
        one_of(text, T::NAMES)
    }
}

impl FromText for Runtime {
    fn from_text(text: &str) -> Result<Self, String> {
        one_of(text, &Self::ALL.map(|runtime| (runtime.key(), runtime)))
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

/// Layers whose experts stay in the system's memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ExpertLayers(pub(super) u64);

impl FromText for ExpertLayers {
    fn from_text(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "none" => Ok(Self(0)),
            "all" => Ok(Self(Inference::ALL_LAYERS)),
            _ => match text.parse::<u32>() {
                Ok(layers) => Ok(Self(u64::from(layers))),
                Err(_) => {
                    Err(format!("`{text}` is not a number of layers; write none, all or for example 12"))
                }
            },
        }
    }
}

/// How many devices; none for as many as the machine has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct DeviceCount(pub(super) Option<u32>);

impl FromText for DeviceCount {
    fn from_text(text: &str) -> Result<Self, String> {
        if text.eq_ignore_ascii_case("auto") {
            return Ok(Self(None));
        }
        match text.parse::<u32>() {
            Ok(devices) if (1..=Devices::MOST).contains(&devices) => Ok(Self(Some(devices))),
            _ => Err(format!("`{text}` is not a number of devices; write auto, or 1 to {}", Devices::MOST)),
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

/// Most numbers of a list.
const LONGEST_LIST: usize = 16;

/// A count that stands for a width, a depth or a batch; at most a million.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Small(pub(super) u64);

impl FromText for Small {
    fn from_text(text: &str) -> Result<Self, String> {
        match parse_count(text) {
            Ok(value) if (1..=1_000_000).contains(&value) => Ok(Self(value)),
            Ok(value) => Err(format!("{value} is out of range; it must be from 1 to 1,000,000")),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// A number of tokens, or `none`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bound(pub(super) Option<u64>);

impl FromText for Bound {
    fn from_text(text: &str) -> Result<Self, String> {
        if text.eq_ignore_ascii_case("none") {
            return Ok(Self(None));
        }
        TokenCount::from_text(text).map(|tokens| Self(Some(tokens.0)))
    }
}

impl FromText for TunedLayers {
    fn from_text(text: &str) -> Result<Self, String> {
        if text.eq_ignore_ascii_case("all") {
            return Ok(Self::All);
        }
        match Small::from_text(text) {
            Ok(layers) => Ok(Self::Last(layers.0)),
            Err(_) => Err(format!("`{text}` is not a number of layers; write all or for example 16")),
        }
    }
}

/// Neighbours drawn at each hop; none for the whole graph.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FanOuts(pub(super) Vec<u64>);

impl FromText for FanOuts {
    const TAKES_A_LIST: bool = true;

    fn from_text(text: &str) -> Result<Self, String> {
        if text.eq_ignore_ascii_case("full") {
            return Ok(Self(Vec::new()));
        }
        let hops: Result<Vec<u64>, String> = text
            .trim_matches(['[', ']'])
            .split(',')
            .map(|hop| Small::from_text(hop.trim()).map(|hop| hop.0))
            .collect();
        match hops {
            Ok(hops) if hops.len() <= LONGEST_LIST => Ok(Self(hops)),
            Ok(_) => Err(format!("a list here has at most {LONGEST_LIST} numbers")),
            Err(_) => Err(format!("`{text}` is not a sampling; write full, or fan-outs such as 15, 10")),
        }
    }
}

/// Whether pictures are guided: yes or no, or a scale, which guides above 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Guidance(pub(super) bool);

impl FromText for Guidance {
    fn from_text(text: &str) -> Result<Self, String> {
        match (text, text.parse::<f64>()) {
            ("true" | "yes" | "on", _) => Ok(Self(true)),
            ("false" | "no" | "off", _) => Ok(Self(false)),
            (_, Ok(scale)) if (0.0..=1000.0).contains(&scale) => Ok(Self(scale > 1.0)),
            _ => Err(format!("`{text}` is not a guidance; write true, false or a scale such as 7.5")),
        }
    }
}

/// The names of a choice.
fn names<T: Named>() -> impl Iterator<Item = &'static str> {
    T::NAMES.iter().map(|(name, _)| *name)
}

/// A name that one of several choices knows; which one it is depends on the family.
fn known_to_one(text: &str, known: impl Iterator<Item = &'static str>) -> Result<String, String> {
    let mut all: Vec<&str> = Vec::new();
    for name in known {
        if name.eq_ignore_ascii_case(text) {
            return Ok(name.to_owned());
        }
        if !all.contains(&name) {
            all.push(name);
        }
    }
    Err(format!("`{text}` is not known here; known are {}", all.join(", ")))
}

/// How numbers are held, before the family says which names it knows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PrecisionName(pub(super) String);

impl FromText for PrecisionName {
    fn from_text(text: &str) -> Result<Self, String> {
        let known =
            names::<BasePrecision>().chain(names::<GnnPrecision>()).chain(names::<DiffusionPrecision>());
        known_to_one(text, known).map(Self)
    }
}

/// What is done, before the family says which names it knows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ModeName(pub(super) String);

impl FromText for ModeName {
    fn from_text(text: &str) -> Result<Self, String> {
        known_to_one(text, names::<GnnMode>().chain(names::<DiffusionMode>())).map(Self)
    }
}
