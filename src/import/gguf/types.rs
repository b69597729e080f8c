//! Number formats and file types by the numbers GGUF files use for them.

use crate::spec::FileType;

/// One number format: how many elements share a block, and the bytes of one block.
pub(super) struct TensorFormat {
    /// Its number in the file.
    pub id: u32,
    /// Its name.
    pub name: &'static str,
    /// Elements of a block.
    pub elements: u64,
    /// Bytes of a block.
    pub bytes: u64,
}

/// Builds one row of the table.
const fn row(id: u32, name: &'static str, elements: u64, bytes: u64) -> TensorFormat {
    TensorFormat { id, name, elements, bytes }
}

/// ggml's formats (ggml.h, November 2026); the missing numbers were withdrawn.
pub(super) const FORMATS: [TensorFormat; 38] = [
    row(0, "F32", 1, 4),
    row(1, "F16", 1, 2),
    row(2, "Q4_0", 32, 18),
    row(3, "Q4_1", 32, 20),
    row(6, "Q5_0", 32, 22),
    row(7, "Q5_1", 32, 24),
    row(8, "Q8_0", 32, 34),
    row(9, "Q8_1", 32, 36),
    row(10, "Q2_K", 256, 84),
    row(11, "Q3_K", 256, 110),
    row(12, "Q4_K", 256, 144),
    row(13, "Q5_K", 256, 176),
    row(14, "Q6_K", 256, 210),
    row(15, "Q8_K", 256, 292),
    row(16, "IQ2_XXS", 256, 66),
    row(17, "IQ2_XS", 256, 74),
    row(18, "IQ3_XXS", 256, 98),
    row(19, "IQ1_S", 256, 50),
    row(20, "IQ4_NL", 32, 18),
    row(21, "IQ3_S", 256, 110),
    row(22, "IQ2_S", 256, 82),
    row(23, "IQ4_XS", 256, 136),
    row(24, "I8", 1, 1),
    row(25, "I16", 1, 2),
    row(26, "I32", 1, 4),
    row(27, "I64", 1, 8),
    row(28, "F64", 1, 8),
    row(29, "IQ1_M", 256, 56),
    row(30, "BF16", 1, 2),
    // Q4_0 interleaved for Arm, written in 2024; the same bytes in another order.
    row(31, "Q4_0_4_4", 32, 18),
    row(32, "Q4_0_4_8", 32, 18),
    row(33, "Q4_0_8_8", 32, 18),
    row(34, "TQ1_0", 256, 54),
    row(35, "TQ2_0", 256, 66),
    row(39, "MXFP4", 32, 17),
    row(40, "NVFP4", 64, 36),
    row(41, "Q1_0", 128, 18),
    row(42, "Q2_0", 64, 18),
];

/// A number format by its number.
pub(super) fn format(id: u32) -> Option<&'static TensorFormat> {
    FORMATS.iter().find(|format| format.id == id)
}

/// A file type by the number in `general.file_type`.
pub(super) const fn file_type(id: u32) -> Option<FileType> {
    Some(match id {
        0 => FileType::F32,
        1 => FileType::F16,
        2 => FileType::Q4_0,
        3 => FileType::Q4_1,
        7 => FileType::Q8_0,
        8 => FileType::Q5_0,
        9 => FileType::Q5_1,
        10 => FileType::Q2K,
        11 => FileType::Q3KS,
        12 => FileType::Q3KM,
        13 => FileType::Q3KL,
        14 => FileType::Q4KS,
        15 => FileType::Q4KM,
        16 => FileType::Q5KS,
        17 => FileType::Q5KM,
        18 => FileType::Q6K,
        19 => FileType::IQ2XXS,
        20 => FileType::IQ2XS,
        21 => FileType::Q2KS,
        22 => FileType::IQ3XS,
        23 => FileType::IQ3XXS,
        24 => FileType::IQ1S,
        25 => FileType::IQ4NL,
        26 => FileType::IQ3S,
        27 => FileType::IQ3M,
        28 => FileType::IQ2S,
        29 => FileType::IQ2M,
        30 => FileType::IQ4XS,
        31 => FileType::IQ1M,
        32 => FileType::BF16,
        38 => FileType::MXFP4,
        _ => return None,
    })
}

/// The name of a file type whose rules are not known.
pub(super) fn other_file_type(id: u32) -> String {
    match id {
        36 => "TQ1_0".to_owned(),
        37 => "TQ2_0".to_owned(),
        39 => "NVFP4".to_owned(),
        40 => "Q1_0".to_owned(),
        _ => format!("number {id}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::TensorType;

    #[test]
    fn agrees_with_the_formats_the_engine_knows() {
        for (name, kind) in [
            ("F32", TensorType::F32),
            ("F16", TensorType::F16),
            ("BF16", TensorType::BF16),
            ("Q8_0", TensorType::Q8_0),
            ("Q6_K", TensorType::Q6K),
            ("Q5_K", TensorType::Q5K),
            ("Q5_0", TensorType::Q5_0),
            ("Q5_1", TensorType::Q5_1),
            ("Q4_K", TensorType::Q4K),
            ("Q4_0", TensorType::Q4_0),
            ("Q4_1", TensorType::Q4_1),
            ("Q3_K", TensorType::Q3K),
            ("Q2_K", TensorType::Q2K),
            ("IQ4_XS", TensorType::IQ4XS),
            ("IQ4_NL", TensorType::IQ4NL),
            ("IQ3_XXS", TensorType::IQ3XXS),
            ("IQ3_S", TensorType::IQ3S),
            ("IQ2_XXS", TensorType::IQ2XXS),
            ("IQ2_XS", TensorType::IQ2XS),
            ("IQ2_S", TensorType::IQ2S),
            ("IQ1_S", TensorType::IQ1S),
            ("IQ1_M", TensorType::IQ1M),
            ("MXFP4", TensorType::MXFP4),
        ] {
            let format = FORMATS.iter().find(|format| format.name == name).expect("listed");
            let (elements, bytes) = kind.block();
            assert_eq!((format.elements, format.bytes), (u64::from(elements), u64::from(bytes)), "{name}");
        }
    }

    #[test]
    fn numbers_are_unique() {
        assert!(FORMATS.windows(2).all(|pair| pair[0].id < pair[1].id));
    }
}
