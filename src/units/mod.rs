//! Quantities with their dimension in the type, the laws between them, and how they are read and shown.
//!
//! Conventions: every quantity is held in its base unit (bytes, seconds, tokens, dollars); GiB, GB/s and
//! TFLOP/s exist only where text comes in or goes out. Memory is shown in GiB (2³⁰ bytes), files and
//! bandwidth in GB (10⁹). An `f64` holds whole bytes exactly up to 8 PiB.

mod band;
mod count;
mod day;
mod display;
mod numbers;
mod parse;
mod quantity;
mod quoted;
mod ron_value;
mod show;

pub use band::Band;
pub use count::{count, whole};
pub use day::days_between;
pub use display::{Display, MemoryUnit, Money, memory_unit};
pub use numbers::{Numbers, read_number, show_decimals, show_plain, show_signed};
pub use parse::{ParseQuantityError, parse_bytes, parse_count, parse_number, parse_tokens};
pub use quantity::{
    Bytes, BytesPerSecond, Dollars, DollarsPerHour, Flops, FlopsPerByte, FlopsPerSecond, Hours, Ratio,
    Seconds, Tokens, TokensPerSecond, WattHours, Watts,
};
pub use quoted::{acts, cut, plain, quoted};
pub use show::{
    is_short_count, show_before, show_between, show_count, show_dollars, show_figures, show_gb, show_gib,
    show_grouped, show_many, show_power, show_price, show_rent, show_scientific, show_time, show_times,
};
