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

/// A file type's name by the number in `general.file_type`, and the recipe where its rules are known.
pub(super) fn file_type(id: u32) -> Option<(&'static str, Option<FileType>)> {
    Some(match id {
        0 => ("F32", Some(FileType::F32)),
        1 => ("F16", Some(FileType::F16)),
        2 => ("Q4_0", Some(FileType::Q4_0)),
        3 => ("Q4_1", Some(FileType::Q4_1)),
        7 => ("Q8_0", Some(FileType::Q8_0)),
        8 => ("Q5_0", Some(FileType::Q5_0)),
        9 => ("Q5_1", None),
        10 => ("Q2_K", Some(FileType::Q2K)),
        11 => ("Q3_K_S", Some(FileType::Q3KS)),
        12 => ("Q3_K_M", Some(FileType::Q3KM)),
        13 => ("Q3_K_L", Some(FileType::Q3KL)),
        14 => ("Q4_K_S", Some(FileType::Q4KS)),
        15 => ("Q4_K_M", Some(FileType::Q4KM)),
        16 => ("Q5_K_S", Some(FileType::Q5KS)),
        17 => ("Q5_K_M", Some(FileType::Q5KM)),
        18 => ("Q6_K", Some(FileType::Q6K)),
        19 => ("IQ2_XXS", Some(FileType::IQ2XXS)),
        20 => ("IQ2_XS", None),
        21 => ("Q2_K_S", None),
        22 => ("IQ3_XS", None),
        23 => ("IQ3_XXS", Some(FileType::IQ3XXS)),
        24 => ("IQ1_S", None),
        25 => ("IQ4_NL", Some(FileType::IQ4NL)),
        26 => ("IQ3_S", None),
        27 => ("IQ3_M", Some(FileType::IQ3M)),
        28 => ("IQ2_S", None),
        29 => ("IQ2_M", Some(FileType::IQ2M)),
        30 => ("IQ4_XS", Some(FileType::IQ4XS)),
        31 => ("IQ1_M", None),
        32 => ("BF16", Some(FileType::BF16)),
        36 => ("TQ1_0", None),
        37 => ("TQ2_0", None),
        38 => ("MXFP4_MOE", Some(FileType::MXFP4)),
        39 => ("NVFP4", None),
        40 => ("Q1_0", None),
        _ => return None,
    })
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
