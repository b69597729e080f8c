//! The header of a GGUF file: version, settings, and one entry a tensor.
//!
//! Layout: the four letters `GGUF`, a 32-bit version, the counts of tensors and settings, the settings, the
//! tensor entries. Version 1 has 32-bit counts. A big-endian file keeps the letters and turns every number.

use std::io::{Read, Seek};

use super::super::{Problem, StoredTensor};
use super::metadata::{self, Metadata};
use super::reader::Reader;
use super::types;

/// Most tensors a file may have; the largest models have a few thousand.
const MOST_TENSORS: u64 = 100_000;
/// Longest name of a tensor; llama.cpp allows 63 bytes.
const LONGEST_NAME: u64 = 127;
/// Most dimensions of a tensor.
const MOST_DIMENSIONS: u32 = 4;
/// Most bytes of all tensors: up to here an `f64` counts each one.
const MOST_BYTES: u64 = 1 << 53;
/// Where tensors start unless the file says otherwise: at multiples of so many bytes.
const ALIGNMENT: u32 = 32;

/// What a header says.
#[derive(Debug)]
pub(super) struct Header {
    /// 1 to 3.
    pub version: u32,
    /// Whether numbers have their highest byte first.
    pub big_endian: bool,
    /// The settings worth keeping.
    pub metadata: Metadata,
    /// Every tensor, in the order of the file.
    pub tensors: Vec<StoredTensor>,
    /// Bytes of all tensors without the padding between them.
    pub tensor_bytes: u64,
    /// Bytes a complete file has at least.
    pub needed: u64,
    /// Bytes this file has.
    pub present: u64,
}

/// Reads a header and nothing after it.
///
/// # Errors
/// When the file is no GGUF, is cut off inside the header, or claims what cannot be.
pub(super) fn read<R: Read + Seek>(file: R, length: u64) -> Result<Header, Problem> {
    let mut reader = Reader::new(file, length);
    let magic: [u8; 4] = reader.array("the first four bytes")?;
    if &magic != b"GGUF" {
        return Err(Problem::binary("the file does not start with `GGUF`", 0, "give a GGUF file"));
    }
    let (version, big_endian) = version(&mut reader)?;
    if big_endian {
        reader.turn();
    }
    if version == 1 {
        reader.narrow();
    }

    let tensors_at = reader.position();
    let tensor_count = reader.size("the count of tensors")?;
    if tensor_count > MOST_TENSORS {
        return Err(Problem::binary(
            format!("the file claims {tensor_count} tensors"),
            tensors_at,
            format!("at most {MOST_TENSORS} are read; real files have a few thousand"),
        ));
    }
    let settings_at = reader.position();
    let settings = reader.size("the count of settings")?;
    let metadata = metadata::read(&mut reader, settings, settings_at)?;
    let alignment = alignment(&metadata)?;

    let mut header = Header {
        version,
        big_endian,
        metadata,
        tensors: Vec::new(),
        tensor_bytes: 0,
        needed: 0,
        present: reader.length(),
    };
    let mut end = 0;
    for _ in 0..tensor_count {
        let (tensor, tensor_end) = tensor(&mut reader, alignment)?;
        header.tensor_bytes = header.tensor_bytes.saturating_add(tensor.bytes);
        if header.tensor_bytes > MOST_BYTES {
            return Err(Problem::binary(
                format!("the tensors up to `{}` claim {} bytes", tensor.name, header.tensor_bytes),
                reader.position(),
                format!("at most {MOST_BYTES} are read; the dimensions are damaged"),
            ));
        }
        end = tensor_end.max(end);
        header.tensors.push(tensor);
    }
    header.needed = reader.position().next_multiple_of(u64::from(alignment)).saturating_add(end);
    Ok(header)
}

/// The version, and whether numbers have their highest byte first.
fn version<R: Read + Seek>(reader: &mut Reader<R>) -> Result<(u32, bool), Problem> {
    let at = reader.position();
    let raw = reader.u32("the version")?;
    // No version reaches 65,536: a number with only its high half set was written the other way round.
    let big_endian = raw != 0 && raw.trailing_zeros() >= 16;
    let version = if big_endian { raw.swap_bytes() } else { raw };
    if (1..=3).contains(&version) {
        return Ok((version, big_endian));
    }
    Err(Problem::binary(format!("GGUF version {version}"), at, "versions 1 to 3 are known"))
}

/// The alignment of tensors.
fn alignment(metadata: &Metadata) -> Result<u32, Problem> {
    let key = "general.alignment";
    let Some(alignment) = metadata.whole(key, 1 << 20)? else { return Ok(ALIGNMENT) };
    if alignment.is_power_of_two() {
        return Ok(alignment);
    }
    let at = metadata.get(key).map_or(0, |(at, _)| *at);
    Err(Problem::binary(format!("`{key}` is {alignment}"), at, "it must be a power of two, as 32"))
}

/// One tensor entry, and where its data end, counted from the start of all data.
fn tensor<R: Read + Seek>(reader: &mut Reader<R>, alignment: u32) -> Result<(StoredTensor, u64), Problem> {
    let name = reader.text(LONGEST_NAME, "the name of a tensor")?;
    let at = reader.position();
    let count = reader.u32("the dimensions of a tensor")?;
    if !(1..=MOST_DIMENSIONS).contains(&count) {
        return Err(Problem::binary(
            format!("tensor `{name}` has {count} dimensions"),
            at,
            format!("1 to {MOST_DIMENSIONS} are right"),
        ));
    }
    let mut dimensions = Vec::new();
    let mut elements = 1_u64;
    for _ in 0..count {
        let at = reader.position();
        let dimension = reader.size("the dimensions of a tensor")?;
        elements = Some(dimension)
            .filter(|dimension| (1..=MOST_BYTES).contains(dimension))
            .and_then(|dimension| elements.checked_mul(dimension))
            .filter(|elements| *elements <= MOST_BYTES)
            .ok_or_else(|| {
                Problem::binary(
                    format!("tensor `{name}` has a dimension of {}", dimension.cast_signed()),
                    at,
                    format!("it must be at least 1, and all together at most {MOST_BYTES} elements"),
                )
            })?;
        dimensions.push(dimension);
    }
    let at = reader.position();
    let id = reader.u32("the type of a tensor")?;
    let Some(format) = types::format(id) else {
        return Err(Problem::binary(
            format!("tensor `{name}` has the unknown type {id}"),
            at,
            "known are 0 to 42 without the withdrawn ones; the file is damaged or newer than this program",
        ));
    };
    if dimensions.first().is_some_and(|row| !row.is_multiple_of(format.elements)) {
        return Err(Problem::binary(
            format!("tensor `{name}` of type {} has rows of {dimensions:?} elements", format.name),
            at,
            format!("the first must be a multiple of {}", format.elements),
        ));
    }
    let at = reader.position();
    let offset = reader.u64("the offset of a tensor")?;
    if !offset.is_multiple_of(u64::from(alignment)) || offset > i64::MAX.cast_unsigned() {
        return Err(Problem::binary(
            format!("tensor `{name}` starts at offset {offset}"),
            at,
            format!("it must be a multiple of {alignment}"),
        ));
    }
    let bytes = (elements / format.elements).saturating_mul(format.bytes);
    let end = offset.saturating_add(bytes);
    Ok((StoredTensor { name, kind: format.name, dimensions, bytes }, end))
}
