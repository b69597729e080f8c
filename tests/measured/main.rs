//! The engine against what was measured and reported, with the errors printed.

#[path = "../support/asked.rs"]
mod asked;

mod accuracy;
mod diffusion;
mod flops;
mod frameworks;
mod gnn;
mod llama_cpp;
mod llama_cpp_bounds;
mod mlx;
mod mlx_training;
mod pytorch;
mod reported;
mod speed;
mod trainers;
mod usual_habits;
mod weights;
