//! Figures of speed and cost in JSON: low, best and high, or one value, with what binds it and how it came about.

use serde::Serialize;

use super::band_json::BandJson;
use super::working_json::WorkingsJson;
use crate::engine::speed::Bound;
use crate::engine::{Book, FigureName};
use crate::units::Band;

/// A figure as a script reads it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct FigureJson {
    #[serde(flatten)]
    figure: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    bound: Option<&'static str>,
    #[serde(flatten)]
    workings: WorkingsJson,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
enum Value {
    Band(BandJson),
    Exact { value: f64 },
}

impl FigureJson {
    /// A value without a band or a working.
    pub(super) fn given(value: f64) -> Self {
        Self { figure: Value::Exact { value }, bound: None, workings: WorkingsJson::default() }
    }

    /// A band without a working.
    pub(super) fn band(band: Band<f64>) -> Self {
        let Band { low, best, high } = band;
        let figure = Value::Band(BandJson { low, best, high });
        Self { figure, bound: None, workings: WorkingsJson::default() }
    }

    /// The same with what binds it.
    pub(super) fn bound(self, bound: Bound) -> Self {
        Self { bound: Some(bound.key()), ..self }
    }

    /// The same with its working, where it was asked.
    pub(super) fn with_working(self, book: &Book, name: FigureName) -> Self {
        let workings = book.of(name).map(|kept| WorkingsJson::from(kept.as_ref())).unwrap_or_default();
        Self { workings, ..self }
    }
}
