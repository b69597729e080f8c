//! What holds for every scenario, over random ones.

#[path = "../support/asked.rs"]
mod asked;

mod diffusion;
mod fine_tuning;
mod gnn;
mod graphs;
mod inference;
