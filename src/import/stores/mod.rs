//! Models that other programs keep on this machine: Ollama, LM Studio, the Hugging Face cache, ComfyUI, llama.cpp,
//! MLX, and any folder that is named.
//!
//! [`Search`] looks through one folder a step, so that whoever asks can show progress between two steps and stop. It
//! sees files only through [`Disk`]. Stores are not trusted: a loop of links, a hundred thousand files or a manifest
//! without an end cost a bounded time, and are said.

mod disk;
mod found;
mod hub;
mod locate;
mod look;
mod models_in;
mod ollama;
mod roots;
mod search;
mod this_disk;

pub use disk::{About, Disk, Entry, FileId, FileKind, Listing};
pub use found::{Found, Store, StoredFile, StoredFormat, Trouble, bytes_on_disk};
pub use locate::{NotStored, locate};
pub use look::{Progress, Step, StoreProblem};
pub use roots::{Root, roots};
pub use search::Search;
pub use this_disk::ThisDisk;
