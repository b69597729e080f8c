//! A measured figure beside its estimate, in words.

use crate::evidence::logs::{Beside, LogQuantity};
use crate::units::{Bytes, show_decimals, show_figures, show_gib, show_grouped, whole};

/// What it is, of how many tokens, as it was measured and estimated, how far apart, and whether outside the band.
pub fn measured_words(of: &Beside) -> [String; 6] {
    let own = &of.measured;
    let said = [
        own.tokens.map(|tokens| format!("{} tokens", show_grouped(tokens))),
        own.depth.filter(|depth| *depth > 0).map(|depth| format!("after {}", show_grouped(depth))),
        own.requests.filter(|requests| *requests > 1).map(|requests| format!("{requests} requests")),
    ];
    let estimated = of.estimated.map_or_else(
        || "no estimate".to_owned(),
        |band| {
            let value = |value| show(own.quantity, value);
            if band.is_exact() {
                format!("estimated {}", value(band.best))
            } else {
                format!("estimated {} ({} to {})", value(band.best), value(band.low), value(band.high))
            }
        },
    );
    [
        own.quantity.label().to_owned(),
        said.into_iter().flatten().collect::<Vec<_>>().join(", "),
        show(own.quantity, own.value),
        estimated,
        of.ratio().map_or_else(String::new, |ratio| format!("{:+.0} %", (ratio.get() - 1.0) * 100.0)),
        if of.inside() == Some(false) { "outside the band".to_owned() } else { String::new() },
    ]
}

/// A figure with its unit.
fn show(quantity: LogQuantity, value: f64) -> String {
    match quantity {
        LogQuantity::Decode | LogQuantity::Prefill | LogQuantity::Aggregate => {
            format!("{} tok/s", show_figures(value))
        }
        LogQuantity::KvCapacity => format!("{} tokens", show_grouped(whole(value))),
        LogQuantity::MaxConcurrency => format!("{} requests", show_decimals(value, 2)),
        LogQuantity::Weights
        | LogQuantity::KvCache
        | LogQuantity::CapturedGraphs
        | LogQuantity::PeakMemory => show_gib(Bytes::new(value)),
    }
}
