//! Names and figures in a text: which machine, model, format and program it names, and which numbers with which units.

pub mod amount;
pub mod atoms;
pub mod figure;
pub mod format;
pub mod machine;
pub mod machine_lexicon;
pub mod model;
pub mod model_name;
pub mod unit;
