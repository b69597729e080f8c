//! Every tensor type of ggml to the byte, in whole files, in files in parts, and in files that end early.

use std::fs;

use crate::support::Gguf;
use plimsoll::import::{Imported, Note, import};
use plimsoll::units::whole;

/// Numbers and names of the types, values in a block and bytes of one (ggml.h and ggml-common.h, ggml 0.25). The
/// blocks are written as their fields add up, so that a slip in the program's own table shows.
const TYPES: [(u32, &str, u64, u64); 38] = [
    (0, "F32", 1, 4),
    (1, "F16", 1, 2),
    (2, "Q4_0", 32, 2 + 32 / 2),
    (3, "Q4_1", 32, 2 * 2 + 32 / 2),
    (6, "Q5_0", 32, 2 + 4 + 32 / 2),
    (7, "Q5_1", 32, 2 * 2 + 4 + 32 / 2),
    (8, "Q8_0", 32, 2 + 32),
    (9, "Q8_1", 32, 2 * 2 + 32),
    (10, "Q2_K", 256, 2 * 2 + 256 / 16 + 256 / 4),
    (11, "Q3_K", 256, 2 + 256 / 4 + 256 / 8 + 12),
    (12, "Q4_K", 256, 2 * 2 + 12 + 256 / 2),
    (13, "Q5_K", 256, 2 * 2 + 12 + 256 / 2 + 256 / 8),
    (14, "Q6_K", 256, 2 + 256 / 16 + 3 * 256 / 4),
    (15, "Q8_K", 256, 4 + 256 + 256 / 16 * 2),
    (16, "IQ2_XXS", 256, 2 + 256 / 8 * 2),
    (17, "IQ2_XS", 256, 2 + 256 / 8 * 2 + 256 / 32),
    (18, "IQ3_XXS", 256, 2 + 3 * 256 / 8),
    (19, "IQ1_S", 256, 2 + 256 / 8 + 256 / 16),
    (20, "IQ4_NL", 32, 2 + 32 / 2),
    (21, "IQ3_S", 256, 2 + 13 * 256 / 32 + 256 / 64),
    (22, "IQ2_S", 256, 2 + 256 / 4 + 256 / 16),
    (23, "IQ4_XS", 256, 2 + 2 + 256 / 64 + 256 / 2),
    (24, "I8", 1, 1),
    (25, "I16", 1, 2),
    (26, "I32", 1, 4),
    (27, "I64", 1, 8),
    (28, "F64", 1, 8),
    (29, "IQ1_M", 256, 256 / 8 + 256 / 16 + 256 / 32),
    (30, "BF16", 1, 2),
    (31, "Q4_0_4_4", 32, 2 + 32 / 2),
    (32, "Q4_0_4_8", 32, 2 + 32 / 2),
    (33, "Q4_0_8_8", 32, 2 + 32 / 2),
    (34, "TQ1_0", 256, 2 + 256 / 64 + (256 - 4 * 256 / 64) / 5),
    (35, "TQ2_0", 256, 2 + 256 / 4),
    (39, "MXFP4", 32, 1 + 32 / 2),
    (40, "NVFP4", 64, 64 / 16 + 64 / 2),
    (41, "Q1_0", 128, 2 + 128 / 8),
    (42, "Q2_0", 64, 2 + 64 / 4),
];

/// Three rows of 768: whole blocks of every type.
const DIMENSIONS: [u64; 2] = [768, 3];

const fn bytes_of((_, _, elements, bytes): (u32, &str, u64, u64)) -> u64 {
    DIMENSIONS[0] * DIMENSIONS[1] / elements * bytes
}

fn with(mut file: Gguf, kinds: &[(u32, &'static str, u64, u64)]) -> Gguf {
    for kind in kinds {
        file = file.typed_tensor(&format!("blk.0.{}", kind.1), &DIMENSIONS, kind.0, bytes_of(*kind));
    }
    file
}

fn exact(imported: &Imported) -> u64 {
    whole(imported.exact_bytes.expect("tensors").get())
}

#[test]
fn every_type_is_weighed_to_the_byte() {
    let folder = tempfile::tempdir().expect("a folder");
    for kind in TYPES {
        let path = folder.path().join(format!("{}.gguf", kind.1));
        with(Gguf::new(3, false).say("general.architecture", "hyena"), &[kind]).write(&path);
        let imported = import(&path).expect(kind.1);
        assert_eq!(exact(&imported), bytes_of(kind), "{}", kind.1);
        assert_eq!(imported.tensors.first().map(|tensor| tensor.kind), Some(kind.1));
    }
}

#[test]
fn all_types_in_one_file_and_in_parts_weigh_their_sum() {
    let folder = tempfile::tempdir().expect("a folder");
    let sum: u64 = TYPES.iter().map(|kind| bytes_of(*kind)).sum();
    let whole_file = folder.path().join("whole.gguf");
    with(Gguf::new(3, false).say("general.architecture", "hyena"), &TYPES).write(&whole_file);
    assert_eq!(exact(&import(&whole_file).expect("a file")), sum);
    let parts = tempfile::tempdir().expect("a folder");
    let part = |number| parts.path().join(format!("model-{number:05}-of-00003.gguf"));
    let thirds: Vec<_> = TYPES.chunks(13).collect();
    for (number, kinds) in (1..).zip(&thirds) {
        let file = Gguf::new(3, false).say("general.architecture", "hyena").number("split.count", 3);
        with(file, kinds).write(&part(number));
    }
    for number in 1..=3 {
        assert_eq!(exact(&import(&part(number)).expect("three parts")), sum, "given part {number}");
    }
    fs::remove_file(part(2)).expect("removed");
    let rest = import(&part(1)).expect("two parts");
    let second: u64 = thirds[1].iter().map(|kind| bytes_of(*kind)).sum();
    assert_eq!(exact(&rest), sum - second);
    assert_eq!(rest.notes.first(), Some(&Note::MissingParts { missing: 1, of: 3 }));
}

#[test]
fn a_file_that_ends_early_weighs_what_its_header_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cut.gguf");
    with(Gguf::new(3, false).say("general.architecture", "hyena"), &TYPES).write(&path);
    let length = fs::metadata(&path).expect("there").len();
    let sum: u64 = TYPES.iter().map(|kind| bytes_of(*kind)).sum();
    for kept in [length - 32, length / 2, length - length / 50] {
        fs::OpenOptions::new().write(true).open(&path).expect("there").set_len(kept).expect("shorter");
        let imported = import(&path).expect("its header is whole");
        assert_eq!(exact(&imported), sum);
        let early = imported.notes.iter().find_map(|note| match note {
            Note::EndsEarly { present, needed } => Some((*present, *needed)),
            _ => None,
        });
        let (present, needed) = early.expect("it is said");
        assert_eq!(present, kept);
        assert!(needed > length - 32 && needed <= length, "{needed} of {length}");
        with(Gguf::new(3, false).say("general.architecture", "hyena"), &TYPES).write(&path);
    }
}

#[test]
fn a_row_that_is_no_multiple_of_a_block_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("crooked.gguf");
    for (id, name, elements, _) in TYPES.into_iter().filter(|kind| kind.2 > 1) {
        let file = Gguf::new(3, false).say("general.architecture", "hyena");
        file.typed_tensor("blk.0.crooked", &[elements + 1, 2], id, 0).write(&path);
        let error = import(&path).expect_err(name).to_string();
        assert!(error.contains(" at byte "), "{name}: {error}");
    }
    for withdrawn in [4, 5, 36, 37, 38, 43, 99] {
        let file = Gguf::new(3, false).say("general.architecture", "hyena");
        file.typed_tensor("blk.0.withdrawn", &[256, 2], withdrawn, 0).write(&path);
        let error = import(&path).expect_err("no such type").to_string();
        assert!(error.contains(&withdrawn.to_string()), "{error}");
    }
}
