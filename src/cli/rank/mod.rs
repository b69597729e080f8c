//! `plimsoll rank`: the best models for a machine, or the machines for a workload.

mod cores;
mod text;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::args::RankArgs;
use super::ask::{question, single};
use super::error::CliError;
use super::{Context, Outside};
use crate::catalog::{Entry, Published, calibration, quality};
use crate::engine::Assumptions;
use crate::engine::plan::Keyed;
use crate::engine::rank::{Contender, Row, Sort, best_first, rank as ranked_on, sort};
use crate::engine::solve::{Change, Variants as _};
use crate::report::RankJson;
use crate::spec::preset::{Models as _, Preset, PresetKeys};
use crate::spec::{Chosen, LanguageModel, Machine, Model, Offer, Quantization, Runtime, Scenario, offered};

/// The preset that models are ranked for where none is named.
const USUAL: &str = "chat-8b";

/// What is ranked.
enum Ranked<'a> {
    /// A model of the catalog, which is read when its turn comes.
    Listed(&'a Entry<Model>),
    /// A model with the key that a preset names it by.
    Found(String, Arc<Model>),
    /// The workload as it is, with its own model.
    AsAsked,
}

/// Machines that are ranked, or left out.
type Machines = Vec<Arc<Machine>>;

/// Prints the table; 1 where nothing fits.
pub(super) fn rank(asked: &RankArgs, outside: &mut Outside<'_>) -> Result<u8, CliError> {
    let context = Context::load(outside);
    let subject = asked.subject.clone().unwrap_or_else(|| PathBuf::from(USUAL));
    let question = question(Some(&subject), asked.model.as_deref(), &asked.set, &context, outside)?;
    let assumptions =
        Assumptions { usage: asked.usage.over(question.report.as_ref()), ..Assumptions::new(calibration()) };
    let (preset, keys) = single(question)?;
    let (machines, left_out) = machines(asked, &context, outside)?;
    for machine in &machines {
        outside.say_taken(machine);
    }
    let field = field(asked, &preset, &context)?;
    let ask = Ask::new(asked, (&preset.scenario, keys), &context)?;
    let mut rows = cores::ranked(&field, &|part| ask.rows(part, &machines, &assumptions));
    let by = asked.sort.unwrap_or(if field.len() > 1 { Sort::Size } else { Sort::Speed });
    let months: BTreeMap<&str, Published> =
        if by == Sort::Newest { Published::all().collect() } else { BTreeMap::new() };
    sort(&mut rows, by, &|id| months.get(id).map(|published| published.month));
    if asked.json {
        let json = RankJson::new(&rows, by).without(&left_out);
        let json = serde_json::to_string(&json).map_err(CliError::written)?;
        outside.print_json(&(json + "\n"));
    } else {
        text::say(&preset.scenario, &rows, by, outside);
        text::say_left_out(&left_out, asked.max_price, outside);
    }
    Ok(u8::from(!rows.iter().any(Row::fits)))
}

/// Whether a list is all there is.
fn all(list: &[String]) -> bool {
    list.iter().any(|id| id.trim().eq_ignore_ascii_case("all"))
}

/// Whether models are ranked, rather than machines for the preset's own.
const fn ranks_models(asked: &RankArgs) -> bool {
    asked.machine.is_some() || (asked.subject.is_none() && asked.machines.is_empty())
}

/// The machines of the arguments, for a preset all there are, without one this machine; and those that the price leaves
/// out.
fn machines(
    asked: &RankArgs,
    context: &Context,
    outside: &Outside<'_>,
) -> Result<(Machines, Machines), CliError> {
    let named = |id: &str| context.machine(id.trim(), outside);
    let machines: Vec<Arc<Machine>> = if let Some(id) = &asked.machine {
        vec![named(id)?]
    } else if ranks_models(asked) {
        vec![named("this")?]
    } else if asked.machines.is_empty() || all(&asked.machines) {
        context.catalog.machines.iter().cloned().collect()
    } else {
        asked.machines.iter().map(|id| named(id)).collect::<Result<_, _>>()?
    };
    let within = |machine: &Arc<Machine>| match (&machine.offer, asked.max_price) {
        (Some(Offer::Buy(price)), Some(most)) => price.value().get() <= most,
        (Some(Offer::Rent(_)), Some(_)) | (_, None) => true,
        (None, Some(_)) => false,
    };
    Ok(machines.into_iter().partition(within))
}

/// The models of the arguments, or the preset's own alone.
fn field<'a>(asked: &RankArgs, preset: &Preset, context: &'a Context) -> Result<Vec<Ranked<'a>>, CliError> {
    let every = all(&asked.models) || (asked.models.is_empty() && ranks_models(asked));
    let own = || Ok(vec![Ranked::AsAsked]);
    if preset.scenario.language().is_none() {
        return if asked.models.is_empty() { own() } else { Err(CliError::NoChoice("models")) };
    }
    if asked.model.is_some() {
        return own();
    }
    if every {
        // Among models that make the same of a text.
        let makes = preset.scenario.language().map(|language| language.model.makes);
        let like = |entry: &&Entry<Model>| entry.record().is_ok_and(|model| Some(model.makes) == makes);
        return Ok(context.catalog.models.entries().iter().filter(like).map(Ranked::Listed).collect());
    }
    if asked.models.is_empty() {
        return own();
    }
    let named = |id: &String| {
        let id = id.trim();
        if context.path_of(id).is_some() {
            let model = context.find(id).map_err(CliError::key)?;
            return Ok(Ranked::Found(id.to_owned(), model));
        }
        let model = context.catalog.model(id).map_err(CliError::NoModel)?;
        Ok(Ranked::Found(model.id.clone(), Arc::clone(model)))
    };
    asked.models.iter().map(named).collect()
}

/// What is asked of every model.
struct Ask<'a> {
    asked: &'a RankArgs,
    scenario: &'a Scenario,
    keys: PresetKeys,
    context: &'a Context,
    /// The quantizations of the arguments.
    named: Vec<Quantization>,
}

impl<'a> Ask<'a> {
    fn new(
        asked: &'a RankArgs,
        (scenario, keys): (&'a Scenario, PresetKeys),
        context: &'a Context,
    ) -> Result<Self, CliError> {
        if scenario.language().zip(scenario.inference()).is_none() && !asked.quantizations.is_empty() {
            return Err(CliError::NoChoice("quantizations"));
        }
        let named = asked
            .quantizations
            .iter()
            .filter(|id| !id.trim().eq_ignore_ascii_case("all"))
            .map(|id| Quantization::parse(id))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self { asked, scenario, keys, context, named })
    }

    /// A row for each of some models on each of the machines, in that order.
    fn rows(
        &self,
        ranked: &[Ranked<'_>],
        machines: &[Arc<Machine>],
        assumptions: &Assumptions<'_>,
    ) -> Vec<Row<'static>> {
        let keyed = Keyed::new(self.keys.clone(), self.context);
        let contenders: Vec<Contender> =
            ranked.iter().filter_map(|ranked| self.contender(ranked, &keyed)).collect();
        ranked_on(&contenders, machines, assumptions, quality())
    }

    /// A model in the quantizations that are considered, or the workload as it is.
    fn contender(&self, ranked: &Ranked<'_>, keyed: &Keyed<'_>) -> Option<Contender> {
        let named = match ranked {
            Ranked::Listed(entry) => Some((entry.id(), entry.record().ok()?)),
            Ranked::Found(key, model) => Some((key.as_str(), model)),
            Ranked::AsAsked => None,
        };
        let change = named.map(|(id, _)| Change::new("model", id));
        let changes: Vec<Change> = change.into_iter().collect();
        let Some((language, inference)) = self.scenario.language().zip(self.scenario.inference()) else {
            return match named {
                Some(_) => keyed.with(&changes).map(Contender::as_asked),
                None => Some(Contender::as_asked(self.scenario.clone())),
            };
        };
        let model = named.map_or(&*language.model, |(_, model)| &**model);
        let considered = if all(&self.asked.quantizations) {
            best_first(model, &every_quantization(model, language), quality())
        } else if !self.named.is_empty() {
            best_first(model, &self.named, quality())
        } else if named.is_some() || ranks_models(self.asked) {
            offered(model, language.runtime, quality())
        } else {
            vec![inference.quantization]
        };
        Contender::new(keyed, &changes, &considered)
    }
}

/// What each runtime that may answer offers of a model.
fn every_quantization(model: &Model, language: &LanguageModel) -> Vec<Quantization> {
    let runtimes = Runtime::ALL.into_iter();
    runtimes
        .filter(|runtime| language.chosen == Chosen::Auto || *runtime == language.runtime)
        .flat_map(|runtime| offered(model, runtime, quality()))
        .collect()
}
