//! Low, best and high in JSON.

use serde::Serialize;

use crate::units::{Band, Bytes};

/// Low, best and high.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct BandJson {
    pub(super) low: f64,
    pub(super) best: f64,
    pub(super) high: f64,
}

impl From<Band<Bytes>> for BandJson {
    fn from(band: Band<Bytes>) -> Self {
        Self { low: band.low.get(), best: band.best.get(), high: band.high.get() }
    }
}

impl From<Band<f64>> for BandJson {
    fn from(Band { low, best, high }: Band<f64>) -> Self {
        Self { low, best, high }
    }
}
