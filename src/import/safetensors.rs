//! safetensors files: eight bytes with the length of a JSON header, the header, the tensors.
//!
//! The header is read as a stream, so that only the totals stay in memory.

use std::cell::Cell;
use std::fmt;
use std::io::{BufReader, Read};
use std::path::Path;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor};

use super::Problem;
use super::bounded::Bounded;
use super::checkpoint_parts::{Parts, is_of_prediction, is_vision};
use super::error::{bounded, json_fault};
use super::image::Seen;
use super::open::open;

/// The longest header that is read; the format allows three times that, and the largest models have 20 MB.
const LONGEST: u64 = 32 << 20;
/// Most bytes of all tensors: up to here an `f64` counts each one.
const MOST_BYTES: u64 = 1 << 53;

/// What the headers of one or more files add up to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    /// Tensors.
    pub tensors: u64,
    /// Bytes of all tensors.
    pub bytes: u64,
    /// Elements of tensors of the language model.
    pub elements: u64,
    /// Elements of the vision tower and its projector.
    pub vision: u64,
    /// Whether some elements hold several parameters, so that elements are no count of them.
    pub packed: bool,
    /// Its tensors by what they do.
    pub parts: Parts,
    /// The same where it is a file for images.
    pub seen: Seen,
    /// Bytes complete files have.
    pub needed: u64,
    /// Bytes the files have.
    pub present: u64,
}

impl Totals {
    /// Both together.
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            parts: self.parts.plus(other.parts),
            seen: self.seen.plus(other.seen),
            tensors: self.tensors.saturating_add(other.tensors),
            bytes: self.bytes.saturating_add(other.bytes),
            elements: self.elements.saturating_add(other.elements),
            vision: self.vision.saturating_add(other.vision),
            packed: self.packed || other.packed,
            needed: self.needed.saturating_add(other.needed),
            present: self.present.saturating_add(other.present),
        }
    }
}

/// Reads the header of one file. Tensors of layers from `layers` on are counted in bytes only.
///
/// # Errors
/// When the file cannot be read, or its header is damaged.
pub(super) fn read(path: &Path, layers: Option<u32>) -> Result<Totals, Problem> {
    let (file, length) = open(path)?;
    totals(file, length, layers)
}

/// The totals of a header.
pub(super) fn totals<R: Read>(file: R, length: u64, layers: Option<u32>) -> Result<Totals, Problem> {
    let mut file = BufReader::with_capacity(64 << 10, Bounded::new(file));
    if length < 10 {
        return Err(Problem::binary(
            format!("the file has {length} bytes"),
            length,
            "a safetensors file has at least 10; download it again",
        ));
    }
    let mut first = [0; 8];
    file.read_exact(&mut first)?;
    let header = u64::from_le_bytes(first);
    if !(2..=LONGEST).contains(&header) {
        return Err(Problem::binary(
            format!("the header claims {header} bytes"),
            0,
            format!("2 to {LONGEST} are read; give a safetensors file"),
        ));
    }
    if header > length - 8 {
        return Err(Problem::binary(
            format!("the header claims {header} bytes and the file has {} after its length", length - 8),
            0,
            "the file is cut off; download it again",
        ));
    }
    let position = Cell::new(8);
    let counted = Counted { inner: file.take(header), position: &position };
    let mut deserializer = serde_json::Deserializer::from_reader(counted);
    let header_totals = Entries { layers }.deserialize(&mut deserializer).and_then(|totals| {
        deserializer.end()?;
        Ok(totals)
    });
    let mut totals = header_totals.map_err(|error| {
        Problem::binary(json_fault(&error), position.get(), "the header must be one JSON object of tensors")
    })?;
    totals.needed = totals.needed.saturating_add(8 + header);
    totals.present = length;
    Ok(totals)
}

/// Counts what passes through.
struct Counted<'a, R> {
    inner: R,
    position: &'a Cell<u64>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.position.set(self.position.get().saturating_add(read as u64));
        Ok(read)
    }
}

/// One entry of a header.
#[derive(Deserialize)]
struct Entry {
    dtype: String,
    shape: Shape,
    data_offsets: (u64, u64),
}

/// Bits of one element of a format, and whether an element may hold several parameters or a scale.
fn format(name: &str) -> Option<(&'static str, u64, bool)> {
    FORMATS.iter().find(|(known, ..)| *known == name).copied()
}

/// The formats of safetensors 0.6.
const FORMATS: [(&str, u64, bool); 22] = [
    ("BF16", 16, false),
    ("F16", 16, false),
    ("F32", 32, false),
    ("F8_E4M3", 8, false),
    ("F8_E5M2", 8, false),
    ("F8_E8M0", 8, true),
    ("F8_E4M3FNUZ", 8, false),
    ("F8_E5M2FNUZ", 8, false),
    ("F6_E2M3", 6, false),
    ("F6_E3M2", 6, false),
    ("F4", 4, true),
    ("BOOL", 8, true),
    ("U8", 8, true),
    ("I8", 8, true),
    ("I16", 16, true),
    ("U16", 16, true),
    ("I32", 32, true),
    ("U32", 32, true),
    ("F64", 64, false),
    ("C64", 64, false),
    ("I64", 64, true),
    ("U64", 64, true),
];

/// The product of a list of dimensions, and the first of them.
struct Shape {
    elements: u64,
    first: [u64; 2],
    count: usize,
}

impl Shape {
    /// The dimensions that are kept.
    fn dimensions(&self) -> &[u64] {
        self.first.get(..self.count.min(2)).unwrap_or_default()
    }
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Product;
        impl<'de> Visitor<'de> for Product {
            type Value = Shape;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of dimensions")
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<Shape, A::Error> {
                let (mut product, mut first, mut count) = (1_u64, [0; 2], 0_usize);
                while let Some(dimension) = list.next_element::<u64>()? {
                    product = product
                        .checked_mul(dimension)
                        .filter(|product| *product <= MOST_BYTES)
                        .ok_or_else(|| A::Error::custom("a tensor of more than 2⁵³ elements"))?;
                    if let Some(place) = first.get_mut(count) {
                        *place = dimension;
                    }
                    count = count.saturating_add(1);
                }
                Ok(Shape { elements: product, first, count })
            }
        }
        deserializer.deserialize_seq(Product)
    }
}

/// Adds the entries of a header up.
struct Entries {
    layers: Option<u32>,
}

impl<'de> DeserializeSeed<'de> for Entries {
    type Value = Totals;
    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Totals, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Entries {
    type Value = Totals;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of tensors")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Totals, A::Error> {
        let mut totals = Totals::default();
        while let Some(name) = map.next_key::<String>()? {
            if name == "__metadata__" {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let Entry { dtype, shape, data_offsets: (start, end) } = map.next_value()?;
            let elements = shape.elements;
            let (form, bits, packs) = format(&dtype).ok_or_else(|| {
                let (name, dtype) = (bounded(&name), bounded(&dtype));
                A::Error::custom(format!("tensor `{name}` has elements of the unknown format `{dtype}`"))
            })?;
            let bytes = end.checked_sub(start).filter(|_bytes| end <= MOST_BYTES);
            if bytes.and_then(|bytes| bytes.checked_mul(8)) != elements.checked_mul(bits) {
                let name = bounded(&name);
                return Err(A::Error::custom(format!(
                    "tensor `{name}` takes bytes {start} to {end}, which its shape does not explain"
                )));
            }
            let bytes = bytes.unwrap_or(0);
            totals.tensors += 1;
            totals.bytes = totals.bytes.saturating_add(bytes);
            totals.needed = totals.needed.max(end);
            totals.packed |= packs && elements > 1;
            totals.parts.add(&name, form, bytes, self.layers);
            totals.seen.look(&name, form, shape.dimensions(), bytes);
            if is_vision(&name) {
                totals.vision = totals.vision.saturating_add(elements);
            } else if is_used(&name, self.layers) {
                totals.elements = totals.elements.saturating_add(elements);
            }
        }
        if totals.bytes > MOST_BYTES {
            return Err(A::Error::custom("tensors of more than 2⁵³ bytes"));
        }
        Ok(totals)
    }
}

/// Whether a tensor belongs to a layer that ordinary use loads, and holds parameters.
fn is_used(name: &str, layers: Option<u32>) -> bool {
    if is_of_prediction(name) {
        return false;
    }
    if name.ends_with("_scale_inv") || name.ends_with("rotary_emb.inv_freq") {
        return false;
    }
    let after = name.split_once("layers.").and_then(|(_, rest)| rest.split('.').next());
    match (after.and_then(|layer| layer.parse::<u32>().ok()), layers) {
        (Some(layer), Some(layers)) => layer < layers,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::format;

    #[test]
    fn an_element_has_the_bits_that_the_format_publishes() {
        // safetensors 0.6, Dtype::bitsize.
        for (bits, names) in [
            (4, &["F4"][..]),
            (6, &["F6_E2M3", "F6_E3M2"]),
            (8, &["BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0"]),
            (16, &["F16", "BF16", "I16", "U16"]),
            (32, &["F32", "I32", "U32"]),
            (64, &["F64", "C64", "I64", "U64"]),
        ] {
            for name in names {
                assert_eq!(format(name).map(|(_, bits, _)| bits), Some(bits), "{name}");
            }
        }
        assert_eq!(format("F3"), None);
    }
}
