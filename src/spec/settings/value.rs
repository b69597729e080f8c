//! Values of settings: what is read from text, in one way for presets, `--set`, fields and sliders.

use super::{Choice, Setting};
use crate::spec::{
    GpuLayers, KvPrecision, Named, Quantization, RaisedLimit, Sampling, TunedLayers, UnknownName,
};
use crate::units::{Bytes, ParseQuantityError, count, parse_bytes, parse_count, parse_tokens, quoted, whole};

/// How a number is read and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// `8k` is 8,192.
    Tokens,
    /// `10k` is 10,000.
    Count,
    /// As a count, and shown in full.
    Width,
    /// As a count, and shown with three figures: `8.03B`.
    Parameters,
    /// With a fraction.
    Real,
    /// From 0 to 1, or `40%`.
    Share,
    /// Yes or no; a guidance scale guides above 1.
    Scale,
}

/// The value of a key as it is written.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A name or a text.
    Text(String),
    /// A whole number.
    Count(u64),
    /// A number with a fraction.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// Whole numbers in order.
    List(Vec<u64>),
}

impl Entry {
    /// As it is typed after `--set key=`.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(count) => count.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::List(list) => list.iter().map(u64::to_string).collect::<Vec<_>>().join(", "),
        }
    }
}

impl From<&str> for Entry {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// Why a text is no value of a setting, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// None of the names that are known.
    #[error("`{text}` is not known here; known are {}", known.join(", "))]
    Unknown {
        /// What was given.
        text: String,
        /// What would be right.
        known: Vec<&'static str>,
    },
    /// None of the formats that are known.
    #[error(transparent)]
    Name(#[from] UnknownName),
    /// No number.
    #[error(transparent)]
    Quantity(#[from] ParseQuantityError),
    /// A part of what comes in whole ones only.
    #[error("`{text}` is not a whole number; write for example {near}")]
    Fraction {
        /// What was given.
        text: String,
        /// The nearest that would be right.
        near: u64,
    },
    /// Something else than is expected.
    #[error("`{text}` is {not}")]
    Not {
        /// What was given.
        text: String,
        /// What it is not, and what would be right.
        not: String,
    },
    /// Nothing at all.
    #[error("it is empty")]
    Empty,
}

impl ValueError {
    /// `text` is not what is meant; `not` says that and what would be right.
    pub(crate) fn not(text: &str, not: impl Into<String>) -> Self {
        Self::Not { text: quoted(text), not: not.into() }
    }
}

/// A value that was read, and what had to be changed about it.
#[derive(Clone, Debug)]
pub(crate) struct Given<T> {
    pub(crate) value: T,
    pub(crate) note: Option<String>,
}

impl<T> Given<T> {
    pub(crate) fn plain(value: T) -> Self {
        Self { value, note: None }
    }

    fn map<U>(self, to: impl FnOnce(T) -> U) -> Given<U> {
        Given { value: to(self.value), note: self.note }
    }
}

/// A value of a setting.
pub(crate) trait Value: Sized {
    /// Reads it from text; a number beyond the setting's range is moved into it.
    fn read(setting: &Setting, text: &str) -> Result<Given<Self>, ValueError>;

    /// As it is written.
    fn entry(&self) -> Entry;

    /// The choices of its kind; none where it is typed.
    fn offers() -> Vec<Choice> {
        Vec::new()
    }
}

/// Most of any count; beyond it no quantity here means anything.
pub(super) const LARGEST: f64 = 1e15;

/// A number moved into the setting's range, and what is said of that.
fn in_range(setting: &Setting, value: f64) -> Given<f64> {
    let (least, most) = setting.range;
    let (held, how) = if value > most {
        (most, "lowered")
    } else if value < least {
        (least, "raised")
    } else {
        return Given::plain(value);
    };
    let end = if value > most { "the most" } else { "the least" };
    let (was, held_text) = (setting.number(value), setting.number(held));
    let note = format!("{} {was} was {how} to {held_text}, {end} that is computed with", setting.key);
    Given { value: held, note: Some(note) }
}

impl Value for u64 {
    fn read(setting: &Setting, text: &str) -> Result<Given<Self>, ValueError> {
        if let Some((_, number)) = setting.words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text)) {
            return Ok(Given::plain(*number));
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_infinite() => {
                return Err(ValueError::not(text, "beyond every number; write for example 8192"));
            }
            Ok(number) if number.fract() != 0.0 => {
                return Err(ValueError::Fraction { text: quoted(text), near: whole(number.max(1.0)) });
            }
            _ => {}
        }
        let read = if setting.amount == Amount::Tokens { parse_tokens(text) } else { parse_count(text) };
        match read {
            Ok(number) => Ok(in_range(setting, count(number)).map(whole)),
            Err(ParseQuantityError::NotANumber { .. }) if !setting.words.is_empty() => {
                let words: Vec<&str> = setting.words.iter().map(|(word, _)| *word).collect();
                Err(not_a_number(setting, &words.join(", "), text))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn entry(&self) -> Entry {
        Entry::Count(*self)
    }
}

impl Value for f64 {
    fn read(setting: &Setting, text: &str) -> Result<Given<Self>, ValueError> {
        match setting.amount {
            Amount::Share => {
                let (digits, scale) = text.strip_suffix('%').map_or((text, 1.0), |digits| (digits, 100.0));
                match digits.trim().parse::<Self>() {
                    Ok(value) if (0.0..=scale).contains(&value) => Ok(Given::plain(value / scale)),
                    _ => Err(ValueError::not(text, "not a share; write a number from 0 to 1, or 40%")),
                }
            }
            Amount::Real => match text.parse::<Self>() {
                Ok(value) if value.is_finite() => Ok(in_range(setting, value)),
                _ => Err(ValueError::not(text, "not a number; write for example 12.5")),
            },
            _ => Ok(in_range(setting, count(parse_count(text)?))),
        }
    }

    fn entry(&self) -> Entry {
        Entry::Number(*self)
    }
}

impl Value for bool {
    fn read(setting: &Setting, text: &str) -> Result<Given<Self>, ValueError> {
        let scale = text.parse::<f64>().ok().filter(|scale| (0.0..=1000.0).contains(scale));
        match (text.to_ascii_lowercase().as_str(), setting.amount, scale) {
            ("true" | "yes" | "on", ..) => Ok(Given::plain(true)),
            ("false" | "no" | "off", ..) => Ok(Given::plain(false)),
            (_, Amount::Scale, Some(scale)) => Ok(Given::plain(scale > 1.0)),
            (_, Amount::Scale, None) => {
                Err(ValueError::not(text, "not a guidance; write true, false or a scale such as 7.5"))
            }
            ("1", ..) => Ok(Given::plain(true)),
            ("0", ..) => Ok(Given::plain(false)),
            _ => Err(ValueError::not(text, "neither true nor false")),
        }
    }

    fn entry(&self) -> Entry {
        Entry::Flag(*self)
    }
}

impl Value for String {
    fn read(_: &Setting, text: &str) -> Result<Given<Self>, ValueError> {
        if text.is_empty() { Err(ValueError::Empty) } else { Ok(Given::plain(text.to_owned())) }
    }

    fn entry(&self) -> Entry {
        Entry::Text(self.clone())
    }
}

impl<T: Named> Value for T {
    fn read(_: &Setting, text: &str) -> Result<Given<Self>, ValueError> {
        let known = || T::NAMES.iter().map(|(name, _)| *name).collect();
        let unknown = || ValueError::Unknown { text: quoted(text), known: known() };
        T::named(text).map(Given::plain).ok_or_else(unknown)
    }

    fn entry(&self) -> Entry {
        Entry::from(self.key())
    }

    fn offers() -> Vec<Choice> {
        T::all().map(|choice| (choice.key(), choice.label().to_owned())).collect()
    }
}

impl Value for Quantization {
    fn read(_: &Setting, text: &str) -> Result<Given<Self>, ValueError> {
        Ok(Given::plain(Self::parse(text)?))
    }

    fn entry(&self) -> Entry {
        Entry::from(self.key())
    }
}

impl Value for KvPrecision {
    fn read(_: &Setting, text: &str) -> Result<Given<Self>, ValueError> {
        Ok(Given::plain(Self::parse(text)?))
    }

    fn entry(&self) -> Entry {
        Entry::from(self.key())
    }
}

/// A format of its own, or `auto`.
impl Value for Option<KvPrecision> {
    fn read(_: &Setting, text: &str) -> Result<Given<Self>, ValueError> {
        if text.eq_ignore_ascii_case("auto") {
            return Ok(Given::plain(None));
        }
        Ok(Given::plain(Some(KvPrecision::parse(text)?)))
    }

    fn entry(&self) -> Entry {
        Entry::from(self.map_or("auto", KvPrecision::key))
    }
}

/// That a text is neither a number nor one of the words that may stand for one.
fn not_a_number(setting: &Setting, words: &str, text: &str) -> ValueError {
    let example = if setting.amount == Amount::Tokens && setting.range.1 > 1024.0 { "8k" } else { "16" };
    ValueError::not(text, format!("not a number of {}; write {words} or for example {example}", setting.unit))
}

/// A number, or a word for what has none.
fn or_word<T>(
    setting: &Setting,
    (word, without): (&str, T),
    text: &str,
    with: impl FnOnce(u64) -> T,
) -> Result<Given<T>, ValueError> {
    if text.eq_ignore_ascii_case(word) {
        return Ok(Given::plain(without));
    }
    match u64::read(setting, text) {
        Ok(given) => Ok(given.map(with)),
        Err(ValueError::Quantity(ParseQuantityError::NotANumber { .. })) => {
            Err(not_a_number(setting, word, text))
        }
        Err(error) => Err(error),
    }
}

impl Value for GpuLayers {
    fn read(setting: &Setting, text: &str) -> Result<Given<Self>, ValueError> {
        or_word(setting, ("auto", Self::Auto), text, Self::Count)
    }

    fn entry(&self) -> Entry {
        match self {
            Self::Auto => Entry::from("auto"),
            Self::Count(layers) => Entry::Count(*layers),
        }
    }
}

impl Value for TunedLayers {
    fn read(setting: &Setting, text: &str) -> Result<Given<Self>, ValueError> {
        or_word(setting, ("all", Self::All), text, Self::Last)
    }

    fn entry(&self) -> Entry {
        match self {
            Self::All => Entry::from("all"),
            Self::Last(layers) => Entry::Count(*layers),
        }
    }
}

/// Limits that a machine may have.
const LIMITS: std::ops::RangeInclusive<f64> = 1e8..=1e14;

impl Value for RaisedLimit {
    fn read(_: &Setting, text: &str) -> Result<Given<Self>, ValueError> {
        if text.eq_ignore_ascii_case("default") {
            return Ok(Given::plain(Self(None)));
        }
        let wrong = || ValueError::not(text, "not a limit; write default, or a size such as 56GiB");
        let bytes = parse_bytes(text).map_err(|_not_a_size| wrong())?;
        if LIMITS.contains(&bytes.get()) { Ok(Given::plain(Self(Some(bytes)))) } else { Err(wrong()) }
    }

    fn entry(&self) -> Entry {
        self.0.map_or_else(|| Entry::from("default"), |bytes| Entry::Text(size(bytes)))
    }
}

/// A size that reads back the same: in GiB where those are whole, else in bytes.
fn size(bytes: Bytes) -> String {
    let gib = bytes.as_gib();
    if gib.fract() == 0.0 { format!("{gib} GiB") } else { format!("{} B", bytes.get()) }
}

/// A bound, or `none`.
impl Value for Option<u64> {
    fn read(setting: &Setting, text: &str) -> Result<Given<Self>, ValueError> {
        or_word(setting, ("none", None), text, Some)
    }

    fn entry(&self) -> Entry {
        self.map_or_else(|| Entry::from("none"), Entry::Count)
    }
}

/// A share, or `auto`.
impl Value for Option<f64> {
    fn read(setting: &Setting, text: &str) -> Result<Given<Self>, ValueError> {
        if text.trim().eq_ignore_ascii_case("auto") {
            return Ok(Given::plain(None));
        }
        let Given { value, note } = f64::read(setting, text)?;
        Ok(Given { value: Some(value), note })
    }

    fn entry(&self) -> Entry {
        self.map_or_else(|| Entry::from("auto"), Entry::Number)
    }
}

/// How many, or `auto`.
impl Value for Option<u32> {
    fn read(setting: &Setting, text: &str) -> Result<Given<Self>, ValueError> {
        // As many as there are, by either word.
        let text = if text.eq_ignore_ascii_case("all") { "auto" } else { text };
        or_word(setting, ("auto", None), text, |number| u32::try_from(number).ok())
    }

    fn entry(&self) -> Entry {
        self.map_or_else(|| Entry::from("auto"), |number| Entry::Count(u64::from(number)))
    }
}

/// Most numbers of a list.
const LONGEST_LIST: usize = 16;

impl Value for Sampling {
    fn read(setting: &Setting, text: &str) -> Result<Given<Self>, ValueError> {
        if text.eq_ignore_ascii_case("full") {
            return Ok(Given::plain(Self::Full));
        }
        let hops: Result<Vec<Given<u64>>, ValueError> =
            text.trim_matches(['[', ']']).split(',').map(|hop| u64::read(setting, hop.trim())).collect();
        match hops {
            Ok(hops) if hops.len() <= LONGEST_LIST => Ok(Given {
                note: hops.iter().find_map(|hop| hop.note.clone()),
                value: Self::FanOuts(hops.into_iter().map(|hop| hop.value).collect()),
            }),
            Ok(_) => {
                let not = format!("too long; a list here has at most {LONGEST_LIST} numbers");
                Err(ValueError::not(text, not))
            }
            Err(_) => Err(ValueError::not(text, "not a sampling; write full, or fan-outs such as 15, 10")),
        }
    }

    fn entry(&self) -> Entry {
        match self {
            Self::Full => Entry::from("full"),
            Self::FanOuts(hops) => Entry::List(hops.clone()),
        }
    }
}
