//! What is answered: verdicts, ceilings, speeds, costs, plans, ranks and the workings that explain them.

#[path = "../support/asked.rs"]
mod asked;
#[path = "../support/evaluate.rs"]
mod evaluate;
#[path = "../support/expression.rs"]
mod expression;
#[path = "../captured/world.rs"]
#[expect(dead_code, reason = "other tests break captured machines in more ways")]
mod world;

mod axes;
mod buyers;
mod by_hand;
mod ceilings;
mod decide;
mod devices;
mod directions;
mod documents;
mod documents_speed;
mod embeddings;
mod figures;
mod first_steps;
mod gentle;
mod listed;
mod machines;
mod memory_limits;
mod models;
mod offload;
mod parts;
mod placing;
mod planned;
mod rank;
mod reads;
mod rules;
mod runtimes;
mod serve;
mod servers;
mod settings;
mod speed_workings;
mod training_shared;
mod unknown_memory;
mod workings;
mod workings_training;
