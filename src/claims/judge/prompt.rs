//! Prefill and the time to the first token of claims.

use std::sync::Arc;

use super::Judge;
use super::ask::{Asked, Keys, Said, formats};
use super::picked::note;
use super::speed::{PROMPT, missing};
use crate::claims::understood::Understood;
use crate::claims::verdict::{ClaimVerdict, Findings};
use crate::claims::words::figure::{Figure, Relation};
use crate::claims::words::model::ModelSaid;
use crate::engine::FigureName;
use crate::engine::speed::InferenceSpeed;
use crate::spec::Machine;
use crate::units::show_figures;

/// What a claim about a prompt is held against.
struct Opened {
    /// What is found of its room.
    found: Findings,
    machine: Arc<Machine>,
    keys: Keys,
    speed: InferenceSpeed,
    /// What it says.
    figure: Figure,
}

impl Judge<'_> {
    /// What a claim about a prompt is held against; where it cannot be, what is found instead.
    fn opened(&self, claim: &mut Understood) -> Result<Opened, Box<Findings>> {
        let Some((machine, models)) = self.who(claim) else { return Err(Box::new(missing(claim))) };
        let found = self.room_for(claim, &machine, &models);
        match self.first_speed(claim, &machine, &models).zip(claim.figure.clone()) {
            Some(((keys, speed), figure)) => Ok(Opened { found, machine, keys, speed, figure }),
            None => Err(Box::new(found.and(Findings::none(
                "speed",
                "the machine's rates are not known, or this does not run there",
            )))),
        }
    }

    /// A speed of prefill.
    pub(super) fn prefill(&self, claim: &mut Understood) -> Findings {
        let Opened { found, machine, keys, speed, figure } = match self.opened(claim) {
            Ok(opened) => opened,
            Err(found) => return *found,
        };
        let band = speed.prefill.map(crate::units::TokensPerSecond::get);
        let bound = speed.prefill_roofline.get();
        let says = format!(
            "about {} tok/s are expected ({} to {})",
            show_figures(band.best),
            show_figures(band.low),
            show_figures(band.high)
        );
        // A peak that is an estimate, or of another way to add up, is no wall.
        let (verdict, reason) = if figure.low > bound * 2.0 {
            (
                ClaimVerdict::Impossible,
                format!(
                    "more than twice what the machine's peak rate computes, {} tok/s",
                    show_figures(bound)
                ),
            )
        } else if figure.low > band.high * 1.05 {
            (ClaimVerdict::Implausible, says)
        } else if figure.high < band.low * 0.95 && figure.relation != Relation::AtLeast {
            (ClaimVerdict::Pessimistic, says)
        } else {
            (ClaimVerdict::Plausible, says)
        };
        let asked = |figure| Asked { machine: Arc::clone(&machine), set: keys.clone(), figure };
        let (bound_of, band_of) = (asked(FigureName::PrefillRoofline), asked(FigureName::Prefill));
        let checked = Findings::of("speed", verdict, reason).bounded(bound);
        found.and(checked.expected(band, Some(bound_of), band_of))
    }

    /// What the likeliest reading of a claim gives.
    pub(super) fn first_speed(
        &self,
        claim: &mut Understood,
        machine: &Arc<Machine>,
        models: &[ModelSaid],
    ) -> Option<(Keys, InferenceSpeed)> {
        let (formats, said) = formats(claim, Some(machine));
        if said == Said::Nothing {
            note(claim, "4 bits a weight assumed: none were said".to_owned());
        }
        let keys = self.run_keys(claim, models.first()?, formats.first()?.key())?;
        let speed = self.answers(&keys, machine)?;
        Some((keys, speed))
    }

    /// A time to the first token: right for prompts up to so many tokens.
    pub(super) fn first_token(&self, claim: &mut Understood) -> Findings {
        let Opened { found, machine, keys, speed, figure } = match self.opened(claim) {
            Ok(opened) => opened,
            Err(found) => return *found,
        };
        let band = speed.time_to_first_token.map(crate::units::Seconds::get);
        let tokens = claim.with.tokens;
        let prompt = tokens.unwrap_or(crate::units::count(PROMPT));
        let most = figure.high * speed.prefill.high.get();
        let says = format!(
            "{} to {} s are expected for a prompt of {prompt:.0} tokens",
            show_figures(band.low),
            show_figures(band.high)
        );
        let below = figure.high < band.low * 0.95;
        let (verdict, reason) = match tokens {
            Some(_) if below => (ClaimVerdict::Implausible, says),
            Some(_) if figure.low > band.high * 1.05 && figure.relation != Relation::AtMost => {
                (ClaimVerdict::Pessimistic, says)
            }
            None if below && most < 100.0 => (
                ClaimVerdict::Implausible,
                format!(
                    "holds only for prompts of up to {most:.0} tokens, or for one that is cached: {says}"
                ),
            ),
            None if below => {
                (ClaimVerdict::Plausible, format!("holds for prompts of up to {most:.0} tokens"))
            }
            _ => (ClaimVerdict::Plausible, says),
        };
        let asked = Asked { machine, set: keys, figure: FigureName::TimeToFirstToken };
        found.and(Findings::of("speed", verdict, reason).expected(band, None, asked))
    }
}
