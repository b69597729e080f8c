//! The roofline: FLOP/s against FLOP/byte, and where decode and prefill stand under it.

use super::decode::DecodeModel;

/// A workload on the roofline.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RooflinePoint {
    /// Arithmetic intensity: FLOP for each byte that is read.
    pub intensity: f64,
    /// FLOP a second by best estimate.
    pub flops: f64,
}

/// A machine's roof by its datasheet, with decode and prefill under it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Roofline {
    /// Bytes a second of all devices that work at once.
    pub bandwidth: f64,
    /// FLOP a second of their fastest units.
    pub peak: f64,
    /// Decode of all requests.
    pub decode: RooflinePoint,
    /// Prefill, a chunk at once.
    pub prefill: RooflinePoint,
}

impl Roofline {
    /// The roof at an arithmetic intensity, in FLOP a second.
    pub fn at(&self, intensity: f64) -> f64 {
        (self.bandwidth * intensity).min(self.peak)
    }

    /// The roof from 0.1 FLOP/byte over five decades, as intensity and FLOP a second.
    pub fn roof(&self) -> Vec<(f64, f64)> {
        let places = (0..=40).map(|step| 10_f64.powf(-1.0 + f64::from(step) * 0.125));
        places.map(|intensity| (intensity, self.at(intensity))).collect()
    }

    /// Of a model at so many passes a second and so many tokens of prompt a second.
    pub(super) fn of(
        model: &DecodeModel<'_>,
        (depth, requests): (f64, f64),
        passes: f64,
        (prefill, chunk): (f64, f64),
    ) -> Self {
        let reads = &model.reads;
        let devices = model.devices_at_work();
        let rows = model.rows(requests);
        let cache = 2.0 * reads.kept_values(depth) * model.cache_width * requests;
        let pass = 2.0 * reads.active * rows;
        Self {
            bandwidth: model.chip.bandwidth * devices,
            peak: model.chip.peak() * devices,
            decode: RooflinePoint {
                intensity: pass / (reads.bytes * model.distinct(rows).value + cache),
                flops: pass * passes,
            },
            prefill: RooflinePoint {
                intensity: 2.0 * reads.active * chunk / reads.bytes,
                flops: 2.0 * reads.active * prefill,
            },
        }
    }
}
