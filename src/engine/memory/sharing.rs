//! Several devices that serve one model: what each of them holds more than its part.

use crate::engine::working::{Detail, Figure, Worked};
use crate::formula;
use crate::spec::{Makes, Model, overhead};

/// With how many others a device serves one model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine::memory) struct Sharing {
    /// Devices that pass data to one another, this one among them.
    pub devices: u32,
    /// Where each has a share of the output matrix: the whole vocabulary, whose logits all of them gather.
    pub vocabulary: Option<u32>,
}

impl Sharing {
    /// With no others.
    pub const NONE: Self = Self { devices: 1, vocabulary: None };
    /// With as many, each with layers or experts of its own.
    pub const fn of(devices: u32) -> Self {
        Self { devices, vocabulary: None }
    }

    /// Logits of a sequence that a device holds; none of a model that writes no text.
    pub fn logits(self, model: &Model) -> f64 {
        if model.makes != Makes::Text {
            return 0.0;
        }
        f64::from(self.vocabulary.unwrap_or(model.vocabulary))
    }

    /// What lies outside of PyTorch's allocator in a server's process.
    pub fn around(self, detail: Detail) -> Worked {
        let figure = |context: f64, nccl: f64| match self.devices {
            0 | 1 => Figure::found(detail, AROUND, "context", context),
            _ => formula!(
                detail, NCCL;
                context = context, nccl = nccl => context + nccl
            ),
        };
        let (context, nccl) = (overhead::VLLM_CONTEXT.amount, overhead::NCCL.amount);
        Worked::band(
            figure(context.low, nccl.low),
            figure(context.best, nccl.best),
            figure(context.high, nccl.high),
        )
    }
}

const AROUND: &str = "observed range, by card, model and version";
const NCCL: &str = "what NCCL and its like take on each of several devices, by start-up logs of vLLM: 0.2 GiB over PCIe between \
     GeForce cards (vLLM, pull request 14447), 1.8 GiB over NVLink between two H100 (10511)";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Bytes;

    #[test]
    fn only_devices_that_talk_to_others_hold_what_nccl_takes() {
        let best = |devices: u32| Sharing::of(devices).around(Detail::Figures).bytes().best;
        let more = Bytes::new(overhead::NCCL.amount.best);
        assert_eq!(best(1), Bytes::new(overhead::VLLM_CONTEXT.amount.best));
        assert_eq!((best(2), best(8)), (best(1) + more, best(1) + more));
    }
}
