//! The speed coefficients that ship.

use std::sync::LazyLock;

use crate::spec::Calibration;

const TEXT: &str = include_str!("../../assets/catalog/calibration.ron");

static BUILT_IN: LazyLock<Calibration> = LazyLock::new(|| ron::from_str(TEXT).unwrap_or_default());

/// What engines were measured to achieve, as `examples/fit_speed.rs` printed it.
pub fn calibration() -> &'static Calibration {
    &BUILT_IN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_reads() {
        let read: Result<Calibration, _> = ron::from_str(TEXT);
        assert_eq!(read.as_ref().err(), None);
        assert_eq!(read.ok().as_ref(), Some(calibration()));
        assert!(calibration().decode.len() > 10 && calibration().prefill.len() > 10);
        assert_eq!(calibration().training.bands.len(), 3);
    }
}
