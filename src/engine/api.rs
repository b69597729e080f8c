//! What the same model costs by the token from those who sell it so.

use super::figures::{Book, FigureName};
use super::usage::Use;
use super::working::{Detail, Figure};
use crate::spec::{ApiPrice, Scenario, api_prices};
use crate::units::{Band, Dollars};

/// What an API asks for the tokens of a model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ApiCost {
    /// Dollars for a million tokens of prompts: the lowest, the middle and the highest of the providers.
    pub input: Band<Dollars>,
    /// Dollars for a million tokens generated.
    pub output: Band<Dollars>,
    /// Providers whose lists say so; none where the prices were typed.
    pub providers: usize,
    /// The latest day of those lists; nothing where the prices were typed.
    pub date: Option<&'static str>,
}

/// What an API asks for a scenario's model; nothing where no tokens are generated or nobody is known to sell it.
pub fn api(scenario: &Scenario, usage: &Use, book: &mut Book) -> Option<ApiCost> {
    scenario.inference()?;
    let language = scenario.language()?;
    // A model of another size than the published one is nobody's.
    let listed = if language.size.is_none() { api_prices(&language.model.id) } else { &[] };
    let detail = book.detail();
    let input = asked(listed, usage.api_input, |price| price.input, detail)?;
    let output = asked(listed, usage.api_output, |price| price.output, detail)?;
    let typed = usage.api_input.is_some() && usage.api_output.is_some();
    Some(ApiCost {
        input: book.band(FigureName::ApiInput, input).map(Dollars::new),
        output: book.band(FigureName::ApiOutput, output).map(Dollars::new),
        providers: if typed { 0 } else { listed.len() },
        date: listed.iter().map(|price| price.date).max().filter(|_| !typed),
    })
}

/// What was typed, or else the lowest, the middle and the highest of what is listed.
fn asked(
    listed: &[ApiPrice],
    typed: Option<f64>,
    of: impl Fn(&ApiPrice) -> f64,
    detail: Detail,
) -> Option<Band<Figure>> {
    if let Some(typed) = typed {
        let stated = || Figure::found(detail, "typed", "dollars", typed);
        return Some(Band { low: stated(), best: stated(), high: stated() });
    }
    let mut sorted: Vec<&ApiPrice> = listed.iter().collect();
    sorted.sort_by(|a, b| of(a).total_cmp(&of(b)));
    let middle = sorted.len().checked_sub(1)? / 2;
    let at = |place: usize| {
        let price = sorted.get(place)?;
        let source = if detail.wanted() {
            format!(
                "list of {}, source {}, {}; {} providers",
                price.provider,
                price.source,
                price.date,
                listed.len()
            )
        } else {
            String::new()
        };
        Some(Figure::found(detail, source, "dollars", of(price)))
    };
    Some(Band { low: at(0)?, best: at(middle)?, high: at(sorted.len() - 1)? })
}
