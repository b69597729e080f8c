//! How a checkpoint packs a matrix.

use super::Tensor;

/// How a checkpoint packs a matrix: bits of a weight, and what they share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Packing {
    /// As people call it: `int4`, `fp8`, `mxfp4`.
    pub name: &'static str,
    /// Bits of one weight; EXL2 and EXL3 have fractions.
    pub bits: f64,
    /// Which weights share a scale.
    pub scales: Scales,
    /// Bits of one scale, with its zero point or offset.
    pub scale_bits: f64,
    /// Bits that each column has besides (the group index of GPTQ).
    pub column_bits: u32,
    /// Bytes that each matrix has besides.
    pub matrix_bytes: u32,
}

/// Which weights share a scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scales {
    /// None has one.
    None,
    /// Those of a row.
    Rows,
    /// So many of a row.
    Groups(u32),
    /// A square block of so many rows and columns.
    Blocks(u32),
}

impl Packing {
    /// Bits a weight and nothing else.
    pub const fn plain(name: &'static str, bits: f64) -> Self {
        Self { name, bits, scales: Scales::None, scale_bits: 0.0, column_bits: 0, matrix_bytes: 0 }
    }

    /// The same with scales.
    #[must_use]
    pub const fn with(self, scales: Scales, scale_bits: f64) -> Self {
        Self { scales, scale_bits, ..self }
    }

    /// Bytes of a matrix, or of a stack of them.
    pub fn bytes(self, tensor: Tensor) -> u64 {
        let (columns, rows) = (u64::from(tensor.columns), u64::from(tensor.rows));
        let scales = match self.scales {
            Scales::None => 0,
            Scales::Rows => rows,
            Scales::Groups(group) => columns.div_ceil(u64::from(group.max(1))).saturating_mul(rows),
            Scales::Blocks(side) => {
                let side = u64::from(side.max(1));
                columns.div_ceil(side).saturating_mul(rows.div_ceil(side))
            }
        };
        let one = bytes(columns.saturating_mul(rows), self.bits)
            .saturating_add(bytes(scales, self.scale_bits))
            .saturating_add(bytes(columns, f64::from(self.column_bits)))
            .saturating_add(u64::from(self.matrix_bytes));
        one.saturating_mul(u64::from(tensor.stack))
    }
}

/// Bytes of so many values of so many bits.
fn bytes(values: u64, bits: f64) -> u64 {
    // A 64th of a bit is finer than any format; whole numbers stay exact.
    let parts = crate::units::whole(bits * 64.0);
    let exact = u128::from(values) * u128::from(parts);
    u64::try_from(exact.div_ceil(64 * 8)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Role;

    #[test]
    fn scales_are_counted_by_row_group_and_block() {
        let tensor = Tensor { role: Role::Down, columns: 300, rows: 200, stack: 2 };
        let eight = Packing::plain("int8", 8.0);
        for (packing, bytes) in [
            (eight, 2 * 60_000),
            (eight.with(Scales::Rows, 16.0), 2 * (60_000 + 400)),
            (eight.with(Scales::Groups(128), 16.0), 2 * (60_000 + 2 * 600)),
            (eight.with(Scales::Blocks(128), 32.0), 2 * (60_000 + 4 * 6)),
            (Packing { column_bits: 32, matrix_bytes: 8, ..eight }, 2 * (60_000 + 1200 + 8)),
            (Packing::plain("exl3", 3.25), 2 * 24_375),
        ] {
            assert_eq!(packing.bytes(tensor), bytes, "{packing:?}");
        }
    }
}
