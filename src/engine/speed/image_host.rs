//! What models of a pipeline take to come to the device, where they wait in the system's memory.
//!
//! By diffusers 0.42.1 and accelerate: with model offload (`cpu_offload_with_hook`) each model comes when it works and goes
//! back when the next does; with sequential offload (`cpu_offload`) each layer comes for every pass and is let go.
//! Neither pins the memory, and nothing is computed meanwhile.

use super::devices::End;
use super::host::{Copied, Host};
use crate::engine::memory::diffusion::{denoisers, passes_a_step};
use crate::engine::memory::{Budget, Part, PartName, Place};
use crate::engine::working::{Detail, Figure};
use crate::formula;
use crate::spec::{Diffusion, DiffusionMode, Residency};
use crate::units::count;

/// What the seconds of models that come and go rest on.
const COMPONENTS: &str = "enable_model_cpu_offload: each model comes once for a call and goes back (accelerate, cpu_offload_with_hook)";
/// What the seconds of layers that come rest on.
const LAYERS: &str =
    "enable_sequential_cpu_offload: weights come layer by layer for every pass (accelerate, cpu_offload)";

/// The models of a pipeline that wait in the system's memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    host: Host,
    residency: Residency,
    /// Bytes of the text encoders, of a denoiser and of the VAE.
    bytes: [f64; 3],
    /// How often each comes for a call.
    times: [f64; 3],
    devices: f64,
}

impl Waiting {
    /// Of a pipeline on a device with so much memory beside it; nothing where all models stay, and where an adapter is
    /// trained, for which they move once a run.
    pub(super) fn of(diffusion: &Diffusion, budget: &Budget, host: Option<Host>) -> Option<Self> {
        let host = host?;
        if diffusion.mode != DiffusionMode::Generate || diffusion.residency == Residency::All {
            return None;
        }
        let [text, all_denoisers, vae] =
            [PartName::TextEncoder, PartName::Denoiser, PartName::Vae].map(|name| held(budget, name));
        let several = denoisers(diffusion.pipeline).max(1.0);
        let passes = passes_a_step(diffusion);
        let (denoiser, times) = match diffusion.residency {
            Residency::All | Residency::Component => (all_denoisers, [1.0; 3]),
            // Of several denoisers one works in each step; prompts are encoded one after the other.
            Residency::Sequential => {
                let encoded =
                    if diffusion.guidance && !diffusion.pipeline.is_distilled() { 2.0 } else { 1.0 };
                (all_denoisers / several, [encoded, count(diffusion.steps.max(1)) * passes, 1.0])
            }
        };
        Some(Self {
            host,
            residency: diffusion.residency,
            bytes: [text, denoiser, vae],
            times,
            devices: f64::from(budget.devices.max(1)),
        })
    }

    /// Seconds in which they come, for the images that are made at once.
    pub(super) fn seconds(&self, end: End, detail: Detail) -> Figure {
        let Some(rate) = self.host.rate(Copied::Pageable, self.devices, end) else {
            return Figure::default();
        };
        let [text, denoiser, vae] = self.bytes;
        let [encoded, denoised, decoded] = self.times;
        if self.residency == Residency::Sequential {
            return formula!(detail, LAYERS;
                text_encoder_bytes = text, times_encoded = encoded, denoiser_bytes = denoiser,
                times_denoised = denoised, vae_bytes = vae, times_decoded = decoded, link_bytes_per_s = rate
                => (text_encoder_bytes * times_encoded + denoiser_bytes * times_denoised + vae_bytes * times_decoded)
                    / link_bytes_per_s);
        }
        formula!(detail, COMPONENTS;
            text_encoder_bytes = text, denoiser_bytes = denoiser, vae_bytes = vae, there_and_back = 2.0,
            link_bytes_per_s = rate
            => (text_encoder_bytes + denoiser_bytes + vae_bytes) * there_and_back / link_bytes_per_s)
    }

    /// Whether link and memory are known of the machine.
    pub(super) const fn is_known(&self) -> bool {
        self.host.is_known()
    }
}

/// Bytes of all models of a kind, wherever they are: each of several devices has a process of its own with all of them.
fn held(budget: &Budget, name: PartName) -> f64 {
    let devices = f64::from(budget.devices.max(1));
    let of_phase = |parts: &[Part]| -> f64 {
        let own = parts.iter().filter(|part| part.name == name);
        own.map(|part| match part.place {
            Place::Device => part.bytes.best.get(),
            Place::Host => part.bytes.best.get() / devices,
        })
        .sum()
    };
    budget.phases.iter().map(|phase| of_phase(&phase.parts)).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::memory::{Placement, budget};
    use crate::spec::{Pipeline, Scenario, Workload};

    /// With guidance two prompts are encoded one after the other, and a U-net passes both in one batch: 50 steps are 50
    /// passes. FLUX.1-schnell was distilled to need none.
    #[test]
    fn layers_come_once_for_every_prompt_and_every_pass() {
        for (pipeline, guidance, times) in [
            (Pipeline::Sdxl, true, [2.0, 50.0, 1.0]),
            (Pipeline::Sdxl, false, [1.0, 50.0, 1.0]),
            (Pipeline::Flux1Schnell, true, [1.0, 4.0, 1.0]),
        ] {
            let usual = Diffusion::usual(pipeline, DiffusionMode::Generate);
            let diffusion = Diffusion { guidance, residency: Residency::Sequential, ..usual };
            let scenario = Scenario::new("", Workload::Diffusion(diffusion.clone()));
            let host = Some(Host::beside_a_card());
            let budget = budget(&scenario, Placement::Gpu);
            let waiting = Waiting::of(&diffusion, &budget, host).expect("it waits beside a card");
            let off: f64 = waiting.times.iter().zip(times).map(|(is, right)| (is - right).abs()).sum();
            assert!(off < 1e-9, "{pipeline:?}, guidance {guidance}: {:?}", waiting.times);
            let stays = Diffusion { residency: Residency::All, ..diffusion };
            assert!(Waiting::of(&stays, &budget, host).is_none(), "{pipeline:?}");
        }
    }
}
