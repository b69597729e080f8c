//! What quantizations cost in quality, as it ships.

use std::sync::LazyLock;

use super::built_in;
use super::problem::parse;
use crate::spec::QualityLoss;

static BUILT_IN: LazyLock<Vec<QualityLoss>> = LazyLock::new(|| {
    let (file, text) = built_in::QUALITY;
    parse(file, text).unwrap_or_default()
});

/// Every measurement of what a quantization costs, in the order of the file.
pub fn quality() -> &'static [QualityLoss] {
    &BUILT_IN
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::spec::{FileType, Quality, Quantization};

    #[test]
    fn the_file_reads() {
        let (file, text) = built_in::QUALITY;
        let read: Result<Vec<QualityLoss>, _> = parse(file, text);
        assert_eq!(read.as_ref().err(), None);
        assert_eq!(read.as_deref(), Ok(quality()));
        assert!(quality().len() > 50);
        for (at, loss) in quality().iter().enumerate() {
            let twin = quality().iter().skip(at + 1).find(|other| {
                other.is_comparable(loss)
                    && other.quantization == loss.quantization
                    && other.imatrix == loss.imatrix
            });
            assert_eq!(twin, None, "stands twice");
        }
    }

    #[test]
    fn a_models_own_measurement_counts_then_that_of_the_nearest_size_then_none() {
        let catalog = Catalog::built_in();
        let of = |id: &str, quantization| {
            Quality::of(catalog.model(id).expect("a model"), quantization, quality())
        };
        let q4 = Quantization::Gguf(FileType::Q4KM);
        let own = of("llama-2-70b", q4).expect("measured");
        assert!(matches!(own, Quality::Own(loss) if loss.model == "llama-2-70b"), "{own:?}");
        assert!((own.loss() - 1.2).abs() < 0.01, "{}", own.loss());
        for (id, on) in [("llama-3.3-70b", "llama-2-70b"), ("llama-3.1-8b", "llama-3-8b")] {
            let nearest = of(id, q4);
            assert!(matches!(nearest, Some(Quality::Nearest(loss)) if loss.model == on), "{nearest:?}");
        }
        let sixteen = of("llama-3.1-8b", Quantization::Gguf(FileType::F16));
        assert_eq!(sixteen, Some(Quality::SixteenBit));
        assert_eq!(of("llama-3.1-8b", Quantization::Mlx { bits: 4, group: 64 }), None, "nobody measured it");
    }
}
