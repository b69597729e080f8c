//! Rules of what to run, and how.

use super::hand::{generates, is_mac, name, speed, times};
use super::{AtHand, Found, Holds};
use crate::engine::{Estimate, FigureName, estimate};
use crate::report::figure_words::figure_value;
use crate::report::figures_of::figure;
use crate::report::start::start;
use crate::report::{Answer, refusal_words};
use crate::spec::{Works, software};

impl AtHand<'_> {
    /// The same on a machine with other settings; nothing where they make no sense or it does not run so.
    fn asked(&self, of: &Answer, settings: &[(&str, &str)]) -> Option<Estimate> {
        let scenario = settings.iter().try_fold(self.scenario.clone(), |scenario, (key, value)| {
            scenario.with(key, value).ok().map(|(scenario, _)| scenario)
        })?;
        let estimate = estimate(&scenario, &of.machine, self.assumptions);
        estimate.resolved.refusal.is_none().then_some(estimate)
    }
}

pub(super) fn graphs_on_metal(hand: &AtHand<'_>) -> Found {
    hand.scenario.gnn()?;
    let mac = hand.macs().next()?;
    if let Some(refusal) = &mac.estimate.resolved.refusal {
        return Some((Holds::Yes, format!("on the {}: {}", name(mac), refusal_words(refusal))));
    }
    let fact = software(&mac.machine).iter().find(|fact| fact.name == "PyG")?;
    let stated = format!("of PyG on a Mac: {}, as of {}", fact.note, fact.date);
    let weak = fact.works != Works::Yes;
    let other = AtHand::fastest(hand.answers.iter().filter(|answer| !is_mac(answer)));
    let Some((mac, other)) = AtHand::fastest(hand.macs()).zip(other) else {
        return Some((Holds::of(weak), stated));
    };
    let ratio = speed(other) / speed(mac);
    let text = format!("the {} works {} as fast as the {}; {stated}", name(other), times(ratio), name(mac));
    Some((Holds::share(usize::from(weak) + usize::from(ratio > 2.0), 2), text))
}

pub(super) fn mlx_over_llama(hand: &AtHand<'_>) -> Found {
    hand.scenario.inference()?;
    let mac = AtHand::fastest(hand.macs())?;
    let decode = |runtime: &str| {
        let estimate = hand.asked(mac, &[("runtime", runtime)])?;
        figure(&estimate, FigureName::Decode).map(|band| band.best)
    };
    let (mlx, llama) = (decode("mlx")?, decode("llama.cpp")?);
    let more = (mlx / llama - 1.0) * 100.0;
    let (holds, where_it_lies) = match more.round() {
        10.0..=25.0 => (Holds::Yes, ""),
        25.0.. => (Holds::No, ", more than the rule says"),
        // Faster by less is half of what is said.
        0.0.. => (Holds::Partly, ", less than the rule says"),
        _ => (Holds::No, ""),
    };
    let text = format!(
        "on the {} MLX decodes {}, llama.cpp {}: {more:+.0} %{where_it_lies}",
        name(mac),
        figure_value(FigureName::Decode, mlx),
        figure_value(FigureName::Decode, llama)
    );
    Some((holds, text))
}

pub(super) fn batching(hand: &AtHand<'_>) -> Found {
    let inference = hand.scenario.inference()?;
    let fastest = AtHand::fastest(hand.fitting())?;
    let each = (inference.context / inference.concurrency.max(1)).max(1);
    let at = |requests: u64| {
        let (count, context) = (requests.to_string(), (each * requests).to_string());
        let estimate = hand.asked(fastest, &[("concurrency", &count), ("context", &context)])?;
        figure(&estimate, FigureName::Aggregate).map(|band| band.best)
    };
    let (one, eight) = (at(1)?, at(8)?);
    let text = format!(
        "on the {} eight requests at once decode {} together, one {}",
        name(fastest),
        figure_value(FigureName::Aggregate, eight),
        figure_value(FigureName::Aggregate, one)
    );
    Some((Holds::of(eight > one * 1.5), text))
}

pub(super) fn prefix_caching(hand: &AtHand<'_>) -> Found {
    hand.scenario.inference().filter(|inference| inference.agent_loop.turns > 1)?;
    let fastest = AtHand::fastest(hand.fitting())?;
    let task = |caching: &str| {
        let estimate = hand.asked(fastest, &[("prefix_caching", caching)])?;
        figure(&estimate, FigureName::Task).map(|band| band.best)
    };
    let (with, without) = (task("true")?, task("false")?);
    let text = format!(
        "on the {} a task takes {} with a cached prefix and {} without",
        name(fastest),
        figure_value(FigureName::Task, with),
        figure_value(FigureName::Task, without)
    );
    Some((Holds::of(with < without * 0.9), text))
}

pub(super) fn docker(hand: &AtHand<'_>) -> Found {
    let mac = hand.macs().next()?;
    let fact = software(&mac.machine).iter().find(|fact| fact.name.contains("Docker"))?;
    Some((Holds::of(fact.works == Works::No), format!("{}, as of {}", fact.note, fact.date)))
}

pub(super) fn data(hand: &AtHand<'_>) -> Found {
    hand.scenario.tune()?;
    Some((Holds::NotComputed, "what is computed here is the training alone".to_owned()))
}

pub(super) fn set_up(hand: &AtHand<'_>) -> Found {
    hand.scenario.tune()?;
    let mac = hand.fitting().find(|answer| is_mac(answer) && !generates(answer))?;
    let command = start(&mac.estimate.resolved)?;
    Some((Holds::Yes, format!("pip install -U mlx-lm, then `{command}`")))
}
