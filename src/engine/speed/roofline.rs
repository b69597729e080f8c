//! The roofline: FLOP/s against FLOP/byte, and where decode and prefill stand under it.

use super::decode::DecodeModel;
use crate::units::{Bytes, BytesPerSecond, Flops, FlopsPerByte, FlopsPerSecond};

/// A workload on the roofline.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RooflinePoint {
    /// Arithmetic intensity: FLOP for each byte that is read.
    pub intensity: FlopsPerByte,
    /// What is computed, by best estimate.
    pub flops: FlopsPerSecond,
}

/// A machine's roof by its datasheet, with decode and prefill under it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Roofline {
    /// Bandwidth of all devices that work at once.
    pub bandwidth: BytesPerSecond,
    /// The rate of their fastest units.
    pub peak: FlopsPerSecond,
    /// Decode of all requests.
    pub decode: RooflinePoint,
    /// Prefill, a chunk at once.
    pub prefill: RooflinePoint,
}

impl Roofline {
    /// The roof at an arithmetic intensity.
    pub fn at(&self, intensity: FlopsPerByte) -> FlopsPerSecond {
        (intensity * self.bandwidth).min(self.peak)
    }

    /// The roof from 0.1 FLOP/byte over five decades.
    pub fn roof(&self) -> Vec<(FlopsPerByte, FlopsPerSecond)> {
        let places = (0..=40).map(|step| FlopsPerByte::new(10_f64.powf(-1.0 + f64::from(step) * 0.125)));
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
                intensity: Flops::new(pass) / (reads.bytes * model.distinct(rows).value + Bytes::new(cache)),
                flops: FlopsPerSecond::new(pass * passes),
            },
            prefill: RooflinePoint {
                intensity: Flops::new(2.0 * reads.active * chunk) / reads.bytes,
                flops: FlopsPerSecond::new(2.0 * reads.active * prefill),
            },
        }
    }
}
