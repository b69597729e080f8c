//! What would make a speed true that a machine does not reach: asked of the engine.

use std::sync::Arc;

use super::Judge;
use super::ask::Keys;
use crate::claims::verdict::Would;
use crate::spec::{Machine, Named as _, Quantization, Runtime};
use crate::units::{TokensPerSecond, show_figures};

/// Draft tokens that are tried, and the share of them that texts are taken to accept.
const DRAFTS: [u32; 4] = [2, 4, 8, 16];
const ACCEPTED: f64 = 0.8;
/// Requests at once that are tried.
const REQUESTS: [u32; 7] = [2, 3, 4, 6, 8, 16, 32];
/// Bandwidths above this are no machine's.
const MOST_BANDWIDTH: f64 = 1e5;

/// The same keys with one set.
fn with(keys: &Keys, key: &'static str, value: &str) -> Keys {
    let mut set: Keys = keys.iter().filter(|(known, _)| *known != key).cloned().collect();
    set.push((key, value.to_owned()));
    set
}

impl Judge<'_> {
    /// What would give so many tokens a second.
    pub(super) fn would_be_true(
        &self,
        wanted: f64,
        (keys, machine): (&Keys, &Arc<Machine>),
        bound: f64,
    ) -> Vec<Would> {
        let mut found = Vec::new();
        let plain = self.answers(keys, machine).map_or(bound, |speed| speed.decode.best.get());
        found.push(self.with_drafts(wanted, keys, machine).unwrap_or_else(|| Would {
            what: format!(
                "speculative decoding whose passes yield {} tokens each, and cost no more than one",
                show_figures(wanted / plain)
            ),
            set: Vec::new(),
            value: None,
        }));
        found.extend(self.with_requests(wanted, keys, machine));
        found.extend(self.with_fewer_bits(wanted, keys, machine));
        let bandwidth = machine.bandwidth.as_ref().map(|figure| figure.value().as_gb_per_s());
        if let Some(needed) = bandwidth
            .map(|bandwidth| bandwidth * wanted / bound)
            .filter(|needed| *needed < MOST_BANDWIDTH && wanted > bound)
        {
            found.push(Would {
                what: format!("at least {} GB/s of memory bandwidth", show_figures(needed)),
                set: Vec::new(),
                value: None,
            });
        }
        found
    }

    fn with_drafts(&self, wanted: f64, keys: &Keys, machine: &Arc<Machine>) -> Option<Would> {
        let plain = self.answers(keys, machine)?.decode.best.get();
        for drafts in DRAFTS {
            let set = with(
                &with(keys, "draft_tokens", &drafts.to_string()),
                "acceptance_rate",
                &ACCEPTED.to_string(),
            );
            let speed = self.answers(&set, machine)?;
            if speed.decode.best.get() >= wanted {
                return Some(Would {
                    what: format!(
                        "speculative decoding with {drafts} draft tokens of which {:.0} % are accepted: {} times as many tokens a pass",
                        ACCEPTED * 100.0,
                        show_figures(wanted / plain)
                    ),
                    set: vec![
                        ("draft_tokens", drafts.to_string()),
                        ("acceptance_rate", ACCEPTED.to_string()),
                    ],
                    value: Some(speed.decode.best.get()),
                });
            }
        }
        None
    }

    fn with_requests(&self, wanted: f64, keys: &Keys, machine: &Arc<Machine>) -> Option<Would> {
        REQUESTS.iter().find_map(|requests| {
            let context = format!("{}", requests * 1024);
            let set = with(&with(keys, "concurrency", &requests.to_string()), "context", &context);
            let together = self.answers(&set, machine)?.aggregate.best.get();
            (together >= wanted).then(|| Would {
                what: format!("{requests} requests at once, counted together"),
                set: vec![("concurrency", requests.to_string())],
                value: Some(together),
            })
        })
    }

    fn with_fewer_bits(&self, wanted: f64, keys: &Keys, machine: &Arc<Machine>) -> Option<Would> {
        let now = keys
            .iter()
            .find(|(key, _)| *key == "quantization")
            .and_then(|(_, value)| Quantization::parse(value).ok())?;
        let runtime = keys
            .iter()
            .find(|(key, _)| *key == "runtime")
            .and_then(|(_, value)| Runtime::named(value))
            .unwrap_or_else(|| now.runtime());
        let below = Quantization::ladder(runtime)
            .iter()
            .filter(|step| step.bits() < now.bits() || (step.bits() == now.bits() && **step != now));
        below.into_iter().find_map(|step| {
            let set = with(keys, "quantization", step.key());
            let speed = self.answers(&set, machine)?.decode.map(TokensPerSecond::get);
            (speed.best >= wanted).then(|| Would {
                what: format!("weights in {}", step.key()),
                set: vec![("quantization", step.key().to_owned())],
                value: Some(speed.best),
            })
        })
    }
}
