//! Is that claim true? Free text is read against the catalog's names, and what it says is held against the engine, the
//! catalog and facts with their sources.
//!
//! [`claims_of`] reads a text, [`shipped()`] has the claims of the documents that ship; [`Checker::judge`] says what is
//! found. Nothing of a verdict is stored.

mod asked;
mod assemble;
mod attach;
mod checker;
mod circumstances;
mod classify;
mod document;
mod facts;
mod held_against;
mod judge;
mod quantity;
mod scan;
mod shipped;
mod text;
mod truths;
mod understood;
mod verdict;
mod words;

pub use asked::{Asked, Keys};
pub use checker::Checker;
pub use document::{Checked, Claim, claims_of};
pub use facts::{Ability, Absent, Facts, From, PricePoint, Sizes, Spec, Truth};
pub use quantity::Quantity;
pub use shipped::{Record, shipped};
pub use text::LONGEST_TEXT;
pub use truths::{JudgedTruth, truths};
pub use understood::{Circumstances, Understood};
pub use verdict::{ClaimVerdict, Finding, Findings, Would};
pub use words::figure::Figure as ClaimFigure;
pub use words::format::{FormatSaid, RuntimeSaid};
pub use words::machine::MachineSaid;
pub use words::model::{ModelIs, ModelSaid};
