//! Files of models as people have them: read, weighed, refused with a place.

#[path = "../support/checkpoint.rs"]
mod checkpoint;
#[path = "../support/paper_disk.rs"]
mod paper_disk;
#[path = "../support/mod.rs"]
mod support;

mod adapters;
mod bad_inputs;
mod classes;
mod files;
mod folders;
mod gguf;
mod gguf_caches;
mod gguf_types;
mod images;
mod layouts;
mod methods;
mod missing;
mod models_here;
mod placeholders;
mod precision;
mod published;
mod seeing;
mod sparse;
mod stores;
mod two_layers;
mod weigh;
mod widths;
mod written;
