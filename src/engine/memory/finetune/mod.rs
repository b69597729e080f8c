//! Memory of training a language model further, by runtime.

pub mod mlx;
