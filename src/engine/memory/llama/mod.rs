//! Memory of llama.cpp beside and with the weights.

mod graph;
mod settings;
