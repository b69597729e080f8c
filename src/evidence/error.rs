//! Why a measurement could not be compared.

/// Why a measurement could not be compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceError {
    /// A row of a shipped table, or a shipped file of shapes, does not hold what its columns are for.
    #[error("{table}: {message}")]
    Unreadable {
        /// File of the table.
        table: &'static str,
        /// Which row and column, and what is wrong with it.
        message: String,
    },
    /// The catalog has no model of that name.
    #[error("the catalog has no model `{0}`, which was measured")]
    UnknownModel(String),
    /// Neither the catalog nor the table of further chips has that machine.
    #[error("no machine `{0}` is known, which was measured")]
    UnknownMachine(String),
}
