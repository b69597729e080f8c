//! `plimsoll rank`: the best models for a machine, or the machines for a workload.

mod cores;
mod text;

use std::path::PathBuf;
use std::sync::Arc;

use super::args::RankArgs;
use super::ask::{question, single};
use super::error::CliError;
use super::{Context, Outside};
use crate::catalog::{calibration, quality};
use crate::engine::Assumptions;
use crate::engine::plan::Keyed;
use crate::engine::rank::{Contender, Row, Sort, best_first, sort};
use crate::engine::solve::{Change, Variants as _};
use crate::report::RankJson;
use crate::spec::preset::{Models as _, Preset};
use crate::spec::{Chosen, LanguageModel, Machine, Model, Offer, Quantization, Runtime, Scenario};

/// The preset that models are ranked for where none is named.
const USUAL: &str = "chat-8b";

/// A model with the key that a preset names it by.
type Named = (String, Arc<Model>);

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
    let models = models(asked, &preset, &context)?;
    let keyed = Keyed::new(keys, &context);
    let contenders = contenders(asked, &preset.scenario, models.as_deref(), &keyed)?;
    let mut rows = cores::ranked(&contenders, &machines, &assumptions, quality());
    let by = asked.sort.unwrap_or(if contenders.len() > 1 { Sort::Size } else { Sort::Speed });
    sort(&mut rows, by);
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

/// The models of the arguments, by id; `None` for the preset's own alone.
fn models(asked: &RankArgs, preset: &Preset, context: &Context) -> Result<Option<Vec<Named>>, CliError> {
    let every = all(&asked.models) || (asked.models.is_empty() && ranks_models(asked));
    if preset.scenario.language().is_none() {
        return if asked.models.is_empty() { Ok(None) } else { Err(CliError::NoChoice("models")) };
    }
    if asked.model.is_some() {
        return Ok(None);
    }
    if every {
        let catalog = context.catalog.models.iter();
        return Ok(Some(catalog.map(|model| (model.id.clone(), Arc::clone(model))).collect()));
    }
    if asked.models.is_empty() {
        return Ok(None);
    }
    let named = |id: &String| {
        let id = id.trim();
        if context.path_of(id).is_some() {
            return context.find(id).map(|model| (id.to_owned(), model)).map_err(CliError::key);
        }
        context
            .catalog
            .model(id)
            .map(|model| (model.id.clone(), Arc::clone(model)))
            .map_err(CliError::NoModel)
    };
    asked.models.iter().map(named).collect::<Result<_, _>>().map(Some)
}

/// Each model in the quantizations that are considered, or the workload as it is.
fn contenders(
    asked: &RankArgs,
    scenario: &Scenario,
    models: Option<&[Named]>,
    keyed: &Keyed<'_>,
) -> Result<Vec<Contender>, CliError> {
    let Some((language, inference)) = scenario.language().zip(scenario.inference()) else {
        if !asked.quantizations.is_empty() {
            return Err(CliError::NoChoice("quantizations"));
        }
        let Some(models) = models else { return Ok(vec![Contender::as_asked(scenario.clone())]) };
        let with = |id: &String| keyed.with(&[Change::new("model", id)]).map(Contender::as_asked);
        return Ok(models.iter().filter_map(|(id, _)| with(id)).collect());
    };
    let named = asked
        .quantizations
        .iter()
        .filter(|id| !id.trim().eq_ignore_ascii_case("all"))
        .map(|id| Quantization::parse(id))
        .collect::<Result<Vec<_>, _>>()?;
    let considered = |model: &Model| {
        let offered = if all(&asked.quantizations) {
            every_quantization(model, language)
        } else if !named.is_empty() {
            named.clone()
        } else if models.is_some() || ranks_models(asked) {
            Quantization::ladder_for(model, language.runtime).to_vec()
        } else {
            vec![inference.quantization]
        };
        best_first(model, &offered, quality())
    };
    let own = [(language.key.clone(), Arc::clone(&language.model))];
    let contender = |(id, model): &Named| {
        let changes: &[Change] = if models.is_some() { &[Change::new("model", id)] } else { &[] };
        Contender::new(keyed, changes, &considered(model))
    };
    Ok(models.unwrap_or(&own).iter().filter_map(contender).collect())
}

/// What each runtime that may answer offers of a model.
fn every_quantization(model: &Model, language: &LanguageModel) -> Vec<Quantization> {
    let runtimes = Runtime::ALL.into_iter();
    runtimes
        .filter(|runtime| language.chosen == Chosen::Auto || *runtime == language.runtime)
        .flat_map(|runtime| Quantization::ladder_for(model, runtime))
        .copied()
        .collect()
}
