//! Models for one machine at the scenario's settings, each in the best quantization that fits.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::app::names;
use crate::app::state::AppState;
use crate::app::text;
use crate::catalog::{Catalog, calibration, quality};
use crate::engine::rank::{Contender, Row, Sort, best_first, rank, sort};
use crate::engine::{Assumptions, FigureName, Speed, Verdict};
use crate::report::{quality_change, quality_score, quality_words, rate, runtime_words, time};
use crate::spec::settings::parameters;
use crate::spec::{Machine, Model, Named as _, Quality, Quantization, Scenario};
use crate::units::{
    Band, Bytes, Seconds, TokensPerSecond, show_between, show_figures, show_gib, show_grouped,
};

/// What is ranked: the workload of a state, on a machine.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ask {
    /// The state; of it the scenario and the use of machines count.
    pub state: AppState,
    /// The chosen machine.
    pub machine: Arc<Machine>,
}

impl Ask {
    /// Whether another asks the same.
    pub(crate) fn is(&self, state: &AppState, machine: &Arc<Machine>) -> bool {
        let AppState { scenario, usage, .. } = &self.state;
        *scenario == state.scenario && *usage == state.usage && self.machine == *machine
    }
}

/// One model.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ModelRow {
    /// Its name.
    pub name: String,
    /// `8.03B`.
    pub size: String,
    /// `Q4_K_M`; of a fine-tune the precision of its base.
    pub quantization: String,
    /// The verdict.
    pub verdict: Verdict,
    /// `5.7 GiB`; a dash where it does not run.
    pub memory: String,
    /// `31 to 55 tok/s` of what it does; or a dash.
    pub speed: String,
    /// The same as the table says it: without its unit where the head of the column says that.
    pub speed_told: String,
    /// `4.2 s`, as long as one waits for what it does; or a dash.
    pub wait: String,
    /// What its quantization costs, or that nobody measured it.
    pub quality: String,
    /// The same without the model that it was measured on: `+1.2 % perplexity`.
    pub score: String,
    /// The same in the fewest words: `+1.2 %`.
    pub change: String,
    /// What else should be known: the runtime, and a context beyond what it was trained on.
    pub more: String,
    /// The scenario that the row is of.
    pub scenario: Scenario,
    parameters: f64,
    bytes: f64,
    tokens: f64,
    seconds: f64,
    loss: f64,
}

/// What models do, which their speed and the wait are of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Does {
    /// They answer: decode, and time to the first token.
    #[default]
    Answer,
    /// They read alone and write nothing: prefill, and time of the texts at once.
    Read,
    /// They are trained: tokens of training, and time of the run.
    Train,
}

impl Does {
    fn of(scenario: &Scenario) -> Self {
        if scenario.tune().is_some() {
            Self::Train
        } else if scenario.writes_text() {
            Self::Answer
        } else {
            Self::Read
        }
    }

    /// What one waits for.
    pub(crate) const fn wait(self) -> FigureName {
        match self {
            Self::Answer => FigureName::TimeToFirstToken,
            Self::Read => FigureName::TextsAtOnce,
            Self::Train => FigureName::RunHours,
        }
    }
}

/// The page.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct RankedData {
    /// `Models for RTX 4090 24 GB at 8,192 tokens of context`.
    pub title: String,
    /// What its models do.
    pub does: Does,
    /// The largest that fits first.
    pub rows: Vec<ModelRow>,
}

/// What the rows are ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum By {
    /// As they are ranked: the largest that fits first, those behind that lose much.
    #[default]
    Size,
    /// The name.
    Name,
    /// The least memory first.
    Memory,
    /// The fastest first.
    Speed,
    /// The shortest wait first.
    FirstToken,
    /// The least loss first; what nobody measured behind.
    Quality,
}

/// A model in the best quantization that fits a machine, or else in the smallest.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Best {
    /// Id of the model.
    pub model: String,
    /// `Q8_0`.
    pub quantization: String,
    /// The verdict in it.
    pub verdict: Verdict,
}

impl RankedData {
    /// The best of each model.
    pub(crate) fn best(&self) -> Vec<Best> {
        let best = |row: &ModelRow| {
            Some(Best {
                model: row.scenario.language()?.model.id.clone(),
                quantization: row.quantization.clone(),
                verdict: row.verdict,
            })
        };
        self.rows.iter().filter_map(best).collect()
    }
}

/// Ranks every model of the catalog. `None` where the workload has no language model.
pub(crate) fn compute(ask: &Ask, catalog: &Catalog) -> Option<RankedData> {
    let Ask { state, machine } = ask;
    let makes = state.scenario.language()?.model.makes;
    let like = catalog.models.iter().filter(|model| model.makes == makes);
    let contenders: Vec<Contender> = like.filter_map(|model| contender(state, model)).collect();
    let assumptions = Assumptions { usage: state.usage, ..Assumptions::new(calibration()) };
    let mut rows = rank(&contenders, std::slice::from_ref(machine), &assumptions, quality());
    sort(&mut rows, Sort::Size, &|_| None);
    Some(RankedData {
        title: title(&state.scenario, machine),
        does: Does::of(&state.scenario),
        rows: rows.iter().filter_map(|row| model_row(state, row)).collect(),
    })
}

/// A workload with another model, in every quantization that its runtime offers.
fn contender(state: &AppState, model: &Arc<Model>) -> Option<Contender> {
    let asked = with_model(state, model);
    let language = asked.language()?;
    if asked.inference().is_none() {
        return Some(Contender::as_asked(asked));
    }
    let offered = Quantization::ladder_for(model, language.runtime);
    Contender::new(&asked, &[], &best_first(model, offered, quality()))
}

fn with_model(state: &AppState, model: &Arc<Model>) -> Scenario {
    let mut with = state.clone();
    with.use_model(model);
    with.scenario
}

fn title(scenario: &Scenario, machine: &Machine) -> String {
    let context =
        scenario.inference().map(|inference| text::at_tokens_of_context(&show_grouped(inference.context)));
    text::models_for(&names::in_sentence(machine), &context.unwrap_or_default())
}

fn model_row(state: &AppState, row: &Row<'_>) -> Option<ModelRow> {
    const NONE: &str = "–";
    let resolved = &row.estimate.resolved;
    let model = Arc::clone(&resolved.scenario.language()?.base);
    let mut scenario = with_model(state, &model);
    if let (Some(inference), Some(quantization)) = (scenario.inference_mut(), row.quantization()) {
        inference.quantization = quantization;
        scenario.follow_format();
    }
    let pace = row.estimate.speed.as_ref().and_then(pace);
    let speed = pace.map_or_else(|| NONE.to_owned(), |(speed, _)| rate(speed));
    let told = match pace {
        // Thousands of tokens leave no room for their unit.
        Some((band, _)) if Does::of(&scenario) != Does::Answer => {
            show_between(&show_figures(band.low.get()), &show_figures(band.high.get()))
        }
        _ => speed.clone(),
    };
    let change = match row.quality {
        None => NONE.to_owned(),
        Some(quality) if quality.measured().is_none() => text::sixteen_bit().to_owned(),
        quality => quality_change(quality),
    };
    let mut more = vec![runtime_words(resolved)];
    if let Some(inference) = scenario.inference()
        && inference.context > u64::from(model.context_max)
    {
        more.push(text::trained_on_tokens(&show_grouped(u64::from(model.context_max))));
    }
    let stored = resolved.scenario.inference().map(|inference| inference.quantization.key());
    let stored = stored.or_else(|| resolved.scenario.tune().map(|tune| tune.precision.key()));
    Some(ModelRow {
        name: model.name.clone(),
        size: parameters(*model.parameters.value()),
        quantization: stored.unwrap_or_default().to_owned(),
        verdict: row.estimate.fit.verdict,
        memory: row.memory().map_or_else(|| NONE.to_owned(), show_gib),
        speed,
        speed_told: told,
        wait: pace.map_or_else(|| NONE.to_owned(), |(_, wait)| time(wait)),
        quality: quality_words(row.quality),
        score: quality_score(row.quality),
        change,
        more: more.join(" · "),
        parameters: *model.parameters.value(),
        bytes: row.memory().map_or(f64::INFINITY, Bytes::get),
        tokens: pace.map_or(0.0, |(speed, _)| speed.best.get()),
        seconds: pace.map_or(f64::INFINITY, |(_, wait)| wait.best.get()),
        loss: row.quality.map_or(f64::INFINITY, Quality::loss),
        scenario,
    })
}

/// How fast a model is at what it does, and how long one waits for that.
fn pace(speed: &Speed) -> Option<(Band<TokensPerSecond>, Band<Seconds>)> {
    match speed {
        Speed::Inference(speed) => Some((speed.decode, speed.time_to_first_token)),
        Speed::Reading(speed) => Some((speed.tokens, speed.together)),
        Speed::Training(speed) => Some((speed.tokens, speed.run.map(|run| Seconds::new(run.get() * 3600.0)))),
        Speed::Gnn(_) | Speed::Images(_) => None,
    }
}

impl RankedData {
    /// Places of the rows that have all the words, in an order; whatever fits stands before whatever does not.
    pub(crate) fn found(&self, words: &[String], by: By, backwards: bool) -> Vec<usize> {
        let has = |row: &ModelRow| {
            let text = format!("{} {} {}", row.name, row.quantization, row.verdict.label()).to_lowercase();
            words.iter().all(|word| text.contains(word.as_str()))
        };
        let mut found: Vec<(usize, &ModelRow)> =
            self.rows.iter().enumerate().filter(|(_, row)| has(row)).collect();
        let class = |row: &ModelRow| row.verdict.max(Verdict::Tight);
        found.sort_by(|(place_a, a), (place_b, b)| {
            let asked = order((*place_a, a), (*place_b, b), by);
            class(a).cmp(&class(b)).then(if backwards { asked.reverse() } else { asked })
        });
        found.into_iter().map(|(at, _)| at).collect()
    }
}

fn order((place_a, a): (usize, &ModelRow), (place_b, b): (usize, &ModelRow), by: By) -> Ordering {
    match by {
        By::Size => place_a.cmp(&place_b),
        By::Name => a.name.to_lowercase().cmp(&b.name.to_lowercase()),
        By::Memory => a.bytes.total_cmp(&b.bytes),
        By::Speed => b.tokens.total_cmp(&a.tokens),
        By::FirstToken => a.seconds.total_cmp(&b.seconds),
        By::Quality => a.loss.total_cmp(&b.loss).then(b.parameters.total_cmp(&a.parameters)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::data::tests::{asked_of, preset_on};
    use crate::engine::estimate;

    #[test]
    fn a_row_opens_as_what_it_says() {
        let (state, answers) = asked_of("llama-3.1-8b", "rtx-4090-24gb");
        let machine = answers.machine.clone().expect("a machine");
        let data = compute(&Ask { state, machine: Arc::clone(&machine) }, &Catalog::built_in())
            .expect("a language model");
        assert!(data.title.contains("RTX 4090") && data.title.contains("8,192"), "{}", data.title);
        assert!(data.rows.len() > 150, "{} models", data.rows.len());
        for row in data.rows.iter().step_by(17) {
            let opened = estimate(&row.scenario, &machine, &Assumptions::new(calibration()));
            assert_eq!(opened.fit.verdict, row.verdict, "{}", row.name);
            let memory = opened.budget.peak().map(|phase| show_gib(phase.total().best));
            assert_eq!(memory.as_deref().unwrap_or("–"), row.memory, "{}", row.name);
        }
        let first = data.rows.first().expect("one fits");
        assert!(first.verdict <= Verdict::Tight, "what fits stands first: {first:?}");
    }

    #[test]
    fn a_row_of_a_fine_tune_says_what_its_answer_does() {
        let catalog = Catalog::built_in();
        let tune = catalog.preset("tool-calling-qlora-8b").expect("it ships").text.clone();
        let (state, answers) = preset_on(&tune, "apple-m5max-40c-128gb");
        let machine = answers.machine.clone().expect("a machine");
        let own = state.scenario.language().expect("a model").base.id.clone();
        let verdict = answers.estimate.fit.verdict;
        let data =
            compute(&Ask { state, machine: Arc::clone(&machine) }, &catalog).expect("a language model");
        let of_own =
            |row: &&ModelRow| row.scenario.language().is_some_and(|language| language.base.id == own);
        assert_eq!(data.rows.iter().find(of_own).map(|row| row.verdict), Some(verdict));
        assert!(verdict <= Verdict::Tight, "{verdict:?}");
        assert_eq!(data.does.wait(), FigureName::RunHours);
        for row in data.rows.iter().filter(|row| row.verdict <= Verdict::Tight) {
            assert!(row.speed.ends_with(" tok/s") && row.tokens > 0.0 && row.seconds < 1e9, "{row:?}");
        }
        for row in data.rows.iter().step_by(23) {
            let opened = estimate(&row.scenario, &machine, &Assumptions::new(calibration()));
            assert_eq!(opened.fit.verdict, row.verdict, "{}", row.name);
        }
    }

    #[test]
    fn models_that_write_nothing_are_ranked_by_what_they_read() {
        let (state, answers) = preset_on("(model: \"bge-m3\")", "rtx-4090-24gb");
        let machine = answers.machine.clone().expect("a machine");
        let data = compute(&Ask { state, machine }, &Catalog::built_in()).expect("a language model");
        assert!(data.does == Does::Read && data.rows.len() > 3, "{} models", data.rows.len());
        for row in data.rows.iter().filter(|row| row.verdict <= Verdict::Tight) {
            assert!(row.speed.ends_with(" tok/s") && row.wait.ends_with('s'), "{row:?}");
        }
        let fastest = data.found(&[], By::Speed, false);
        let speeds: Vec<f64> = fastest.iter().map(|at| data.rows[*at].tokens).collect();
        assert!(speeds[0] > 0.0 && speeds.windows(2).all(|pair| pair[0] >= pair[1]), "{speeds:?}");
    }

    #[test]
    fn rows_are_narrowed_and_ordered() {
        let (state, answers) = asked_of("llama-3.1-8b", "rtx-4090-24gb");
        let machine = answers.machine.clone().expect("a machine");
        let data = compute(&Ask { state, machine }, &Catalog::built_in()).expect("a language model");
        let words = ["qwen3".to_owned()];
        let fastest = data.found(&words, By::Speed, false);
        assert!(!fastest.is_empty() && fastest.iter().all(|at| data.rows[*at].name.contains("Qwen3")));
        let fits = |at: &&usize| data.rows[**at].verdict <= Verdict::Tight;
        let speeds: Vec<f64> = fastest.iter().take_while(fits).map(|at| data.rows[*at].tokens).collect();
        assert!(speeds.windows(2).all(|pair| pair[0] >= pair[1]), "{speeds:?}");
        let slowest = data.found(&words, By::Speed, true);
        let fitting: Vec<&usize> = slowest.iter().take_while(fits).collect();
        assert_eq!(fitting.last().copied(), fastest.first(), "the other way around");
    }
}
