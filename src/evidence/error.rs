//! Why a measurement could not be compared.

/// Why a measurement could not be compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceError {
    /// A shipped table has no such column, or a row ends before it.
    #[error("{table}: row {row} has no `{column}`")]
    Missing {
        /// File of the table.
        table: &'static str,
        /// Row, counted from 1 after the head.
        row: usize,
        /// The column.
        column: &'static str,
    },
    /// A cell does not hold what its column is for.
    #[error("{table}: row {row}: `{column}` cannot be `{found}`")]
    Unreadable {
        /// File of the table.
        table: &'static str,
        /// Row, counted from 1 after the head.
        row: usize,
        /// The column.
        column: &'static str,
        /// What stands there.
        found: String,
    },
    /// The catalog has no model of that name.
    #[error("the catalog has no model `{0}`, which was measured")]
    UnknownModel(String),
    /// A shipped file of shapes does not read.
    #[error("{0}")]
    Shapes(String),
}
