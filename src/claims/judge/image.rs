//! Seconds of an image or clip against the least that its operations take.

use std::sync::Arc;

use super::Judge;
use super::ask::{Asked, Keys};
use super::picked::note;
use super::speed::missing;
use crate::claims::understood::Understood;
use crate::claims::verdict::{ClaimVerdict, Findings};
use crate::claims::words::model::ModelIs;
use crate::engine::{FigureName, Speed};
use crate::units::show_figures;

impl Judge<'_> {
    /// Seconds of an image or clip.
    pub(super) fn image(&self, claim: &mut Understood) -> Findings {
        let Some((machine, models)) = self.who(claim) else { return missing(claim) };
        let Some(pipeline) = models.iter().find_map(|said| match said.is {
            ModelIs::Pipeline(key) => Some(key),
            _ => None,
        }) else {
            return Findings::none("speed", "no pipeline for images is named that is known here");
        };
        let mut keys: Keys = vec![("family", "diffusion".to_owned()), ("pipeline", pipeline.to_owned())];
        if let Some(steps) = claim.with.steps {
            keys.push(("steps", format!("{steps:.0}")));
        }
        if claim.low.contains("q8") || claim.low.contains("8-bit") {
            keys.push(("precision", "q8_0".to_owned()));
        }
        let mut estimate = self.estimate(&keys, &machine).filter(|estimate| estimate.speed.is_some());
        if estimate.is_none() {
            keys.push(("residency", "component".to_owned()));
            estimate = self.estimate(&keys, &machine);
        }
        let Some((Speed::Images(speed), figure)) =
            estimate.and_then(|estimate| estimate.speed).zip(claim.figure.clone())
        else {
            return Findings::none("speed", "it does not fit, or the machine's rates are not known");
        };
        let band = speed.image.map(crate::units::Seconds::get);
        let bound = speed.roofline.get();
        let steps = crate::units::count(speed.steps);
        let says = format!(
            "{} to {} s are expected at {steps:.0} steps",
            show_figures(band.low),
            show_figures(band.high)
        );
        let at_most = (figure.high / bound * steps).floor();
        let expected_at_most = (figure.high / band.low * steps).floor();
        let (verdict, reason) = if figure.high < bound && (claim.with.steps.is_some() || at_most < 4.0) {
            (
                ClaimVerdict::Impossible,
                format!("{steps:.0} steps take at least {} s there", show_figures(bound)),
            )
        } else if figure.high < bound {
            note(claim, format!("the pipeline's usual {steps:.0} steps assumed: none were said"));
            (
                ClaimVerdict::NotCheckable,
                format!(
                    "no steps are said: {steps:.0} take at least {} s there, so it holds for {at_most:.0} steps or fewer",
                    show_figures(bound)
                ),
            )
        } else if figure.high < band.low && claim.with.steps.is_none() {
            // Fewer steps than usual are as common, and nobody said how many.
            (
                ClaimVerdict::Plausible,
                format!("no steps are said: {says}, so it holds for {expected_at_most:.0} steps or fewer"),
            )
        } else if figure.high < band.low {
            // Images were measured on few machines: what the operations allow is not ruled out.
            (
                ClaimVerdict::Plausible,
                format!("{says}; their operations alone take {} s", show_figures(bound)),
            )
        } else if figure.low > band.high {
            (ClaimVerdict::Pessimistic, says)
        } else {
            (ClaimVerdict::Plausible, says)
        };
        let asked = |figure| Asked { machine: Arc::clone(&machine), set: keys.clone(), figure };
        let (bound_of, band_of) = (asked(FigureName::Roofline), asked(FigureName::Image));
        Findings::of("speed", verdict, reason).bounded(bound).expected(band, Some(bound_of), band_of)
    }
}
