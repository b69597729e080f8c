//! The month in which a model was published.
//!
//! Most are from models.dev (<https://github.com/anomalyco/models.dev>, MIT, commit f3fc692 of 2026-07-02): of a model
//! that several providers list, the month that most of them say. Some are from the first issue that tells of it. The
//! rest is recalled and was not read again, which is said wherever it is shown.

/// Every month by the model's id.
const MONTHS: &str = include_str!("../../assets/catalog/model_months.csv");

/// When a model was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Published {
    /// `2025-08`.
    pub month: &'static str,
    /// Whether nobody read it again.
    pub recalled: bool,
}

impl Published {
    /// Of every model that a month is known of, by id.
    pub fn all() -> impl Iterator<Item = (&'static str, Self)> {
        MONTHS.lines().skip(1).filter_map(|line| {
            let (id, rest) = line.split_once(',')?;
            let (month, source) = rest.split_once(',')?;
            Some((id, Self { month, recalled: source == "recalled" }))
        })
    }

    /// As it is read: `2025-08`, and `~2025-08` where it is recalled.
    pub fn text(self) -> String {
        format!("{}{}", if self.recalled { "~" } else { "" }, self.month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn every_model_has_a_month_and_every_month_a_model() {
        let catalog = Catalog::built_in();
        let known: Vec<(&str, Published)> = Published::all().collect();
        for model in &catalog.models {
            assert!(known.iter().any(|(id, _)| *id == model.id), "{}: when was it published?", model.id);
        }
        assert_eq!(known.len(), catalog.models.len());
        for (id, published) in known {
            let plausible = ("2022-01"..=catalog.data_of()).contains(&published.month);
            assert!(published.month.len() == 7 && plausible, "{id}: {}", published.month);
        }
    }
}
