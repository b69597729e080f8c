//! The settings of a GGUF file: numbers, texts and short lists are kept, everything else is stepped over.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use super::super::Problem;
use super::reader::Reader;

/// Most settings a file may have; real ones have about fifty.
const MOST_KEYS: u64 = 65_536;
/// Longest name of a setting, as the format's description has it.
const LONGEST_KEY: u64 = 65_535;
/// Longest text that is kept; chat templates are longer and of no use here.
const LONGEST_TEXT: u64 = 1024;
/// Longest list that is kept: one value a layer.
const LONGEST_LIST: u64 = 1024;
/// All that is kept, in bytes.
const MOST_KEPT: u64 = 4 << 20;
/// Texts in lists that are stepped over one by one; the largest tokenizers have a million.
const MOST_TEXTS: u64 = 4_000_000;
/// Lists within lists; no known writer makes any.
const DEEPEST_LIST: u32 = 4;

/// One kept setting.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// A whole number or a yes (1) or no (0).
    Whole(i128),
    /// A text.
    Text(String),
    /// Whole numbers, one a layer.
    List(Vec<i128>),
}

/// The kept settings, each with the byte where its value starts.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    values: BTreeMap<String, (u64, Value)>,
}

impl Metadata {
    /// A setting and where it stands.
    pub(super) fn get(&self, key: &str) -> Option<&(u64, Value)> {
        self.values.get(key)
    }

    /// A text.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        match self.values.get(key) {
            Some((_, Value::Text(text))) => Some(text),
            _ => None,
        }
    }

    /// A whole number from 0 to `most`; `None` where the file has none.
    ///
    /// # Errors
    /// When it is something else.
    pub(super) fn whole(&self, key: &str, most: u32) -> Result<Option<u32>, Problem> {
        match self.values.get(key) {
            None => Ok(None),
            Some((at, Value::Whole(value))) => in_range(key, *at, *value, most).map(Some),
            Some((at, _)) => Err(Problem::binary(
                format!("`{key}` is no whole number"),
                *at,
                format!("it is one from 0 to {most}"),
            )),
        }
    }
}

/// The number, if it is from 0 to `most`.
pub(super) fn in_range(key: &str, at: u64, value: i128, most: u32) -> Result<u32, Problem> {
    u32::try_from(value).ok().filter(|value| *value <= most).ok_or_else(|| {
        Problem::binary(format!("`{key}` is {value}"), at, format!("it must be from 0 to {most}"))
    })
}

/// Reads `count` settings.
///
/// # Errors
/// When the file ends, a type is unknown, or it claims more than any real file has.
pub(super) fn read<R: Read + Seek>(reader: &mut Reader<R>, count: u64, at: u64) -> Result<Metadata, Problem> {
    if count > MOST_KEYS {
        return Err(Problem::binary(
            format!("the file claims {count} settings"),
            at,
            format!("at most {MOST_KEYS} are read; real files have about fifty"),
        ));
    }
    let mut metadata = Metadata::default();
    let mut budget = Budget { kept: 0, texts: 0 };
    for _ in 0..count {
        let key = reader.text(LONGEST_KEY, "the name of a setting")?;
        let kind = reader.u32("the type of a setting")?;
        let at = reader.position();
        let Some(value) = value(reader, kind, 0, &mut budget)? else { continue };
        budget.keep(key.len() as u64 + 64, at)?;
        metadata.values.insert(key, (at, value));
    }
    Ok(metadata)
}

/// What reading may still cost.
struct Budget {
    kept: u64,
    texts: u64,
}

impl Budget {
    /// Counts bytes that stay in memory.
    fn keep(&mut self, bytes: u64, at: u64) -> Result<(), Problem> {
        self.kept = self.kept.saturating_add(bytes);
        within(self.kept, MOST_KEPT, "bytes of settings", at)
    }

    /// Counts texts stepped over.
    fn step(&mut self, texts: u64, at: u64) -> Result<(), Problem> {
        self.texts = self.texts.saturating_add(texts);
        within(self.texts, MOST_TEXTS, "texts in lists", at)
    }
}

/// Fails above a limit.
fn within(value: u64, limit: u64, what: &str, at: u64) -> Result<(), Problem> {
    if value <= limit {
        return Ok(());
    }
    Err(Problem::binary(
        format!("the file claims {value} {what} so far"),
        at,
        format!("at most {limit} are read, far more than real files have"),
    ))
}

/// One value of a type, or `None` where it is not worth keeping.
fn value<R: Read + Seek>(
    reader: &mut Reader<R>,
    kind: u32,
    depth: u32,
    budget: &mut Budget,
) -> Result<Option<Value>, Problem> {
    let what = "the value of a setting";
    let at = reader.position();
    Ok(match kind {
        6 | 12 => {
            reader.skip(if kind == 6 { 4 } else { 8 }, what)?;
            None
        }
        8 => text(reader, budget, what)?,
        9 => list(reader, depth, budget)?,
        _ => match whole(reader, kind, what)? {
            Some(number) => Some(Value::Whole(number)),
            None => return Err(unknown_type(kind, at.saturating_sub(4))),
        },
    })
}

/// A text, kept if it is short.
fn text<R: Read + Seek>(
    reader: &mut Reader<R>,
    budget: &mut Budget,
    what: &str,
) -> Result<Option<Value>, Problem> {
    let at = reader.position();
    let length = reader.size(what)?;
    if length > LONGEST_TEXT {
        reader.skip(length, what)?;
        return Ok(None);
    }
    budget.keep(length, at)?;
    let bytes = reader.bytes(length, what)?;
    // A name in another encoding is no reason to refuse the model.
    Ok(Some(Value::Text(String::from_utf8_lossy(&bytes).into_owned())))
}

/// A list: kept if it holds a few whole numbers, else stepped over.
fn list<R: Read + Seek>(
    reader: &mut Reader<R>,
    depth: u32,
    budget: &mut Budget,
) -> Result<Option<Value>, Problem> {
    let what = "a list among the settings";
    let at = reader.position();
    if depth >= DEEPEST_LIST {
        return Err(Problem::binary(
            "lists within lists within lists",
            at,
            format!("at most {DEEPEST_LIST} levels are read"),
        ));
    }
    let kind = reader.u32(what)?;
    let count = reader.size(what)?;
    let smallest = match kind {
        8 => reader.size_width(),
        9 => 4 + reader.size_width(),
        _ => width(kind).ok_or_else(|| unknown_type(kind, at))?,
    };
    let bytes = count.saturating_mul(smallest);
    if bytes > reader.left() {
        return Err(Problem::binary(
            format!("a list claims {count} values, which need {bytes} bytes, and {} are left", reader.left()),
            at + 4,
            "the file is cut off or damaged; download it again",
        ));
    }
    match kind {
        8 => {
            budget.step(count, at + 4)?;
            reader.skip_texts(count, what)?;
            Ok(None)
        }
        9 => {
            budget.step(count, at + 4)?;
            for _ in 0..count {
                list(reader, depth + 1, budget)?;
            }
            Ok(None)
        }
        6 | 12 => reader.skip(bytes, what).map(|()| None),
        _ if count > LONGEST_LIST || depth > 0 => reader.skip(bytes, what).map(|()| None),
        _ => {
            budget.keep(count.saturating_mul(16), at)?;
            let mut numbers = Vec::new();
            for _ in 0..count {
                numbers.extend(whole(reader, kind, what)?);
            }
            Ok(Some(Value::List(numbers)))
        }
    }
}

/// Bytes of one value of a type of fixed width.
const fn width(kind: u32) -> Option<u64> {
    match kind {
        0 | 1 | 7 => Some(1),
        2 | 3 => Some(2),
        4..=6 => Some(4),
        10..=12 => Some(8),
        _ => None,
    }
}

/// A whole number or a yes or no; `None` for other types, of which nothing is read.
fn whole<R: Read + Seek>(reader: &mut Reader<R>, kind: u32, what: &str) -> Result<Option<i128>, Problem> {
    Ok(Some(match kind {
        0 | 7 => i128::from(reader.array::<1>(what).map(u8::from_le_bytes)?),
        1 => i128::from(reader.array::<1>(what).map(i8::from_le_bytes)?),
        2 => i128::from(reader.u16(what)?),
        3 => i128::from(reader.u16(what)?.cast_signed()),
        4 => i128::from(reader.u32(what)?),
        5 => i128::from(reader.u32(what)?.cast_signed()),
        10 => i128::from(reader.u64(what)?),
        11 => i128::from(reader.u64(what)?.cast_signed()),
        _ => return Ok(None),
    }))
}

/// A type number that the format does not have.
fn unknown_type(kind: u32, at: u64) -> Problem {
    Problem::binary(
        format!("a setting has the unknown type {kind}"),
        at,
        "GGUF has the types 0 to 12; the file is damaged or newer than version 3",
    )
}
