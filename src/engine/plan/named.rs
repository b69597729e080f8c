//! What people reach for and the steps do without: each is named, with why.

use super::idea::IDEAS;
use super::not_offered::{NotOffered, Why, reached_for};
use super::search::{At, Search};
use super::step::need;
use crate::engine::memory::Place;
use crate::engine::solve::{Change, fits, holds_beside_the_host};
use crate::engine::{Estimate, Verdict};
use crate::spec::Setting;
use crate::units::Bytes;

impl Search<'_> {
    /// Names what people reach for and is neither moved nor named yet.
    pub(super) fn name_the_rest(
        &self,
        now: &At,
        is_said: &dyn Fn(&str) -> bool,
        not_offered: &mut Vec<NotOffered>,
    ) {
        for key in reached_for(&now.1.resolved.scenario) {
            // Of experts and layers that the host has no room for it is worth a word how much that is.
            let unknown = ["cpu_experts", "gpu_layers"].contains(key) && !is_said(key);
            if let Some(bytes) = unknown.then(|| self.unknown_host(key, now)).flatten() {
                not_offered.retain(|known| known.key != *key);
                not_offered.push(bytes);
            }
            let named = not_offered.iter().any(|known| known.key == *key);
            if !named && !is_said(key) {
                not_offered.extend(self.reason(key, now));
            }
        }
    }

    /// Why the ideas of a key are not among the steps: what comes nearest of them.
    fn reason(&self, key: &'static str, now: &At) -> Option<NotOffered> {
        let mut told: Option<NotOffered> = None;
        let mut most = Bytes::ZERO;
        for idea in IDEAS.iter().filter(|idea| idea.key == key) {
            match self.tried(idea, now, &[]) {
                Ok(Some((changes, next))) => {
                    let value = changes.first().map_or_else(String::new, |change| change.value.clone());
                    if fits(&next.1.fit) {
                        return Some(NotOffered { key, value, why: Why::CostsMore });
                    }
                    let saved = need(&now.1).zip(need(&next.1)).map(|(before, after)| before - after);
                    let saved = saved.filter(|saved| *saved > most);
                    if let Some(saved) = saved {
                        most = saved;
                        told = Some(NotOffered { key, value, why: Why::NotNeeded(saved) });
                    }
                }
                Err(why) => {
                    told.get_or_insert(why);
                }
                Ok(None) => {}
            }
        }
        told.or_else(|| silent(key, now))
    }

    /// What the device holds with a part on the host, of which nobody knows whether it has so much memory.
    fn unknown_host(&self, key: &'static str, now: &At) -> Option<NotOffered> {
        let value = if key == "cpu_experts" { "all" } else { "0" };
        let resolved = &*now.1.resolved.scenario;
        let experts = Setting::find(resolved, "cpu_experts");
        let with_experts = experts.is_some_and(|setting| (setting.when)(resolved));
        if with_experts != (key == "cpu_experts") {
            return None;
        }
        let (_, estimate) = self.at(&[Change::new(key, value)])?;
        let unknown = estimate.fit.verdict == Verdict::Uncertain && holds_beside_the_host(&estimate.fit);
        let bytes = unknown.then(|| of_host(&estimate))?;
        Some(NotOffered { key, value: value.to_owned(), why: Why::UnknownHost(bytes) })
    }
}

/// What it takes of the host at its peak.
fn of_host(estimate: &Estimate) -> Bytes {
    let phase = estimate.budget.peak_in(Place::Host);
    phase.map_or(Bytes::ZERO, |phase| phase.in_place(Place::Host).best)
}

/// Why nothing of a key was even tried.
fn silent(key: &'static str, (_, estimate): &At) -> Option<NotOffered> {
    let runs_a_model = estimate.resolved.scenario.inference().is_some();
    let why = match key {
        "runtime" if runs_a_model => Why::NoOther,
        "quantization" => Why::NonePacked,
        _ => return None,
    };
    Some(NotOffered { key, value: String::new(), why })
}
