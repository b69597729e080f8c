//! The one entry: a scenario and a machine in, everything that follows out.

use std::sync::Arc;

use super::api::{ApiCost, api};
use super::ceilings::{Ceiling, CeilingKind, worked_ceilings};
use super::cost::{Cost, WorkCost, cost, work_cost};
use super::figures::Book;
use super::fit::{Fit, Verdict, judge, verdict_against};
use super::least_weights::{least_weights, stored_weights};
use super::machine_notes::{MachineNote, machine_notes, of_speed};
use super::memory::{Budget, PartName, Place, Placement, Site, budget_at};
use super::placing::{leaves_experts, one_holds_all, placed, places_itself};
use super::runtime::{self, Note, Resolved, resolve, target};
use super::serving::{Serving, serving, share};
use super::speed::{self, Speed, kept_ratio};
use super::unlike::{CardFit, Decided, as_one, decided};
use super::usage::Use;
use super::working::Detail;
use crate::spec::support::{FACTS, Fact, Target};
use crate::spec::{
    Calibration, Chosen, Devices, Inference, KeptQuantity, Machine, Memory, Runtime, Scenario, Setup, Vendor,
    count_and_id,
};
use crate::units::{Band, Bytes};

/// What an estimate rests on beside the scenario and the machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Assumptions<'a> {
    /// What engines were measured to achieve.
    pub calibration: &'a Calibration,
    /// How the machine is used, for what it costs.
    pub usage: Use,
    /// Whether each figure brings its working.
    pub detail: Detail,
    /// What is known of runtimes.
    pub support: &'static [Fact],
}

impl<'a> Assumptions<'a> {
    /// As most ask: the usual use, figures alone.
    pub fn new(calibration: &'a Calibration) -> Self {
        Self { calibration, usage: Use::default(), detail: Detail::Figures, support: FACTS }
    }
}

/// Everything that follows from a scenario on a machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// The scenario as this machine is asked it: the runtime and the formats, and why it does not run.
    pub resolved: Resolved,
    /// Memory, part by part; shared where many machines lay it out alike, and without phases where nothing runs.
    pub budget: Arc<Budget>,
    /// The verdict against the machine's ceilings.
    pub fit: Fit,
    /// What should be known of how the machine is set up.
    pub machine_notes: Vec<MachineNote>,
    /// Of unlike cards, what each kind holds; empty where all are alike.
    pub cards: Vec<CardFit>,
    /// What a server that takes a share of the device has room for; nothing for other programs.
    pub serving: Option<Serving>,
    /// How fast it runs; nothing where the machine's rates are unknown or it does not run.
    pub speed: Option<Speed>,
    /// What the machine costs; nothing where no price is known.
    pub cost: Option<Cost>,
    /// What the workload costs there, where speed and cost are known.
    pub work_cost: Option<WorkCost>,
    /// What the same model costs by API; nothing where nobody is known to sell it.
    pub api: Option<ApiCost>,
    /// How the figures of speed and cost came about, where that was asked.
    pub workings: Book,
}

/// Everything that follows from a scenario on a machine, or on as many of it as the scenario says.
pub fn estimate(scenario: &Scenario, machine: &Arc<Machine>, assumptions: &Assumptions<'_>) -> Estimate {
    Question::new(scenario).on(machine, assumptions)
}

/// A scenario asked of many machines: what is the same on them is computed once.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    scenario: &'a Scenario,
    ways: Vec<(Target, Way)>,
}

/// A machine that many scenarios are held against: its ceilings are computed once for those that set it up alike.
#[derive(Clone, Debug)]
pub struct Held<'m> {
    machine: &'m Arc<Machine>,
    known: Option<(Setup, bool, Vec<Ceiling>)>,
}

impl<'m> Held<'m> {
    /// Of a machine.
    pub const fn new(machine: &'m Arc<Machine>) -> Self {
        Self { machine, known: None }
    }

    fn ceilings(&mut self, site: Site, setup: Setup) -> &[Ceiling] {
        let several = site.devices > 1;
        self.known.take_if(|(of, among, _)| *of != setup || *among != several);
        let known =
            self.known.get_or_insert_with(|| (setup, several, ceilings_at(site, self.machine, &setup)));
        &known.2
    }

    /// Whether a ceiling of its devices that decides is surely lower.
    fn is_below(&mut self, bytes: Bytes, site: Site, setup: Setup) -> bool {
        let ceilings = self.ceilings(site, setup).iter();
        let mut of_device = ceilings.filter(|each| each.decides && each.place != Some(Place::Host));
        of_device.any(|ceiling| bytes > ceiling.bytes.high)
    }
}

/// The scenario as one kind of machine is asked it, with what is the same on all of that kind.
#[derive(Clone, Debug)]
struct Way {
    resolved: Resolved,
    /// What of its speed is the same on all of them; a verdict alone asks nothing of it.
    speed: Option<speed::Question>,
    budgets: Vec<(Site, Arc<Budget>)>,
    /// What the weights take on a device that has all of them, at least; 0 where that is not plain.
    least: Bytes,
    /// Whether a server places it by what it finds free.
    placed: bool,
    /// What its model costs by API for such a use, which is the same on all machines.
    api: Option<(Use, Option<ApiCost>)>,
}

impl<'a> Question<'a> {
    /// Of a scenario.
    pub const fn new(scenario: &'a Scenario) -> Self {
        Self { scenario, ways: Vec::new() }
    }

    /// What is asked.
    pub const fn scenario(&self) -> &Scenario {
        self.scenario
    }

    /// The estimate on one machine; the same as [`estimate`] gives.
    pub fn on(&mut self, machine: &Arc<Machine>, assumptions: &Assumptions<'_>) -> Estimate {
        let machine = as_asked(self.scenario, machine);
        let site = Site { detail: assumptions.detail, ..site(self.scenario, &machine) };
        let setup = self.scenario.setup;
        let itself = places_itself(self.scenario);
        let way = self.way(&machine, assumptions.support);
        let mut resolved = way.resolved.clone();
        resolved.computers = if site.one_host { 1 } else { site.devices };
        resolved.notes.extend(runtime::set_up(&setup, &machine, &resolved.scenario));
        resolved.notes.extend(corrected(&resolved.scenario, &machine));
        resolved.notes.extend(runtime::not_shared(&resolved));
        if itself && one_holds_all(&resolved.scenario, &machine, site) {
            resolved.notes.push(Note::OneDevice);
        }
        resolved.notes.extend(not_as_written(&machine));
        let mut workings = Book::new(assumptions.detail);
        if resolved.refusal.is_some() {
            let budget = Arc::new(Budget::new(site.placement, Vec::new()));
            return Estimate {
                resolved,
                budget,
                fit: Fit::CANNOT_RUN,
                machine_notes: Vec::new(),
                cards: Vec::new(),
                serving: None,
                speed: None,
                cost: None,
                work_cost: None,
                api: None,
                workings,
            };
        }
        let decided = way.decided(&machine, site);
        let alone = decided.alone().map(Arc::clone);
        let Decided { budget, fit, cards } = decided;
        if itself && !fit.verdict.fits() && leaves_experts(&resolved.scenario, &machine, site) {
            resolved.notes.push(Note::ExpertsNotPlaced);
        }
        let mut machine_notes = machine_notes(&budget, &fit, &machine, &setup);
        let serving = serving(&resolved.scenario, &machine, (site, &budget));
        let as_one = alone.unwrap_or_else(|| as_one(&resolved.scenario, &machine));
        machine_notes.extend(of_speed(&as_one, fit.verdict));
        let scenario = &way.resolved.scenario;
        let speed = way.speed.get_or_insert_with(|| speed::Question::new(Arc::clone(scenario)));
        let speed = speed.on(&as_one, (&budget, &fit), assumptions.calibration, &mut workings);
        let cost = cost(&machine, &assumptions.usage, &mut workings);
        let work_cost = cost.zip(speed.as_ref()).map(|(cost, speed)| work_cost(&cost, speed, &mut workings));
        let api = way.api(&assumptions.usage, &mut workings);
        Estimate {
            resolved,
            budget,
            fit,
            machine_notes,
            cards,
            serving,
            speed,
            cost,
            work_cost,
            api,
            workings,
        }
    }

    /// The verdict alone; the same as [`on`](Self::on) gives.
    pub fn verdict(&mut self, held: &mut Held<'_>, assumptions: &Assumptions<'_>) -> Verdict {
        let machine = as_asked(self.scenario, held.machine);
        let site = Site { detail: assumptions.detail, ..site(self.scenario, &machine) };
        let way = self.way(&machine, assumptions.support);
        if way.resolved.refusal.is_some() {
            return Verdict::CannotRun;
        }
        if way.placed || !machine.cards.is_empty() || !Arc::ptr_eq(&machine, held.machine) {
            return way.decided(&machine, site).fit.verdict;
        }
        let setup = way.resolved.scenario.setup;
        if site.devices == 1 && held.is_below(way.least, site, setup) {
            return Verdict::DoesNotFit;
        }
        let budget = way.budget(site);
        let share = share(&way.resolved.scenario, &machine, site.detail);
        let ceilings = held.ceilings(site, setup);
        let verdict = verdict_against(&budget, ceilings.iter().chain(&share));
        let unknown =
            verdict.fits() && is_on_an_unknown_host(&budget, &machine, &way.resolved.scenario, USUALLY_THERE);
        if unknown { Verdict::Uncertain } else { verdict }
    }

    /// Whether a model may fit in the format that was asked for, told by its weights and what lies at least beside them:
    /// what is known of it before it is asked how the machine runs it. It may where that is not plain.
    pub fn may_fit(&self, held: &mut Held<'_>, beside: Bytes) -> bool {
        let site = site(self.scenario, held.machine);
        let plain = site.devices == 1 && held.machine.cards.is_empty() && !places_itself(self.scenario);
        // No other program reads these files, so nothing that decides how they are stored is chosen by the machine.
        let gguf = self.scenario.inference().is_some_and(|inference| inference.quantization.is_gguf());
        if !plain || !gguf {
            return true;
        }
        let least = least_weights(self.scenario);
        // Weights to the byte are worth counting once it is known what they leave no room for.
        let counted = beside > Bytes::ZERO && least > Bytes::ZERO;
        let weights =
            if counted { stored_weights(self.scenario, site.placement).unwrap_or(least) } else { least };
        !held.is_below(weights + beside, site, self.scenario.setup)
    }

    /// What a budget that was made for such a machine has on the device beside the weights; 0 where there is none.
    pub fn beside_weights(&self, held: &Held<'_>) -> Bytes {
        let site = alike(site(self.scenario, held.machine));
        let mut known = self.ways.iter().flat_map(|(_, way)| &way.budgets);
        let budget = known.find(|(of, _)| *of == site).map(|(_, budget)| budget);
        let phase = budget.and_then(|budget| budget.peak_in(Place::Device));
        let parts = phase.map_or(&[][..], |phase| &phase.parts).iter();
        let beside = parts.filter(|part| part.place == Place::Device && part.name != PartName::Weights);
        beside.map(|part| part.bytes.best).sum()
    }

    /// The scenario as a machine is asked it.
    pub fn resolved(&mut self, machine: &Machine, assumptions: &Assumptions<'_>) -> &Resolved {
        &self.way(machine, assumptions.support).resolved
    }

    /// What of a machine decides how it is asked, with what a server places there by itself.
    fn target(&self, machine: &Machine, support: &'static [Fact]) -> Target {
        let plain = target(self.scenario, machine, support);
        if !places_itself(self.scenario) {
            return plain;
        }
        let resolved = runtime::on(self.scenario, plain, support);
        let site = site(self.scenario, machine);
        let runs = resolved.refusal.is_none();
        let placed = runs.then(|| placed(&resolved.scenario, machine, site)).flatten();
        Target { placed, ..plain }
    }

    /// The scenario as one kind of machine is asked it; resolved once.
    fn way(&mut self, machine: &Machine, support: &'static [Fact]) -> &mut Way {
        let target = self.target(machine, support);
        let known = self.ways.iter().position(|(of, _)| *of == target);
        let at = known.unwrap_or_else(|| {
            let resolved = runtime::on(self.scenario, target, support);
            let least = least_weights(&resolved.scenario);
            let placed = resolved.runtime == Runtime::LlamaCpp && places_itself(self.scenario);
            self.ways
                .push((target, Way { resolved, speed: None, budgets: Vec::new(), least, placed, api: None }));
            self.ways.len() - 1
        });
        &mut self.ways[at].1
    }
}

impl Way {
    /// Memory held against the machine's ceilings, or each card's portion against its own.
    fn decided(&mut self, machine: &Arc<Machine>, site: Site) -> Decided {
        let scenario = Arc::clone(&self.resolved.scenario);
        if !machine.cards.is_empty() {
            let ceilings = |card: &Machine| limits(&scenario, site, card);
            if let Some(unlike) = decided(&scenario, machine, site, &ceilings, &mut |site| self.budget(site))
            {
                return unlike;
            }
        }
        let budget = self.budget(site);
        let mut limits = limits(&scenario, site, machine);
        if self.placed {
            as_found(&mut limits);
        }
        let mut fit = judge(&budget, &limits);
        let there = if self.placed { SURELY_THERE } else { USUALLY_THERE };
        if fit.verdict.fits() && is_on_an_unknown_host(&budget, machine, &scenario, there) {
            fit.verdict = Verdict::Uncertain;
        }
        Decided { budget, fit, cards: Vec::new() }
    }

    /// What the model costs by API; looked up once where no working is wanted.
    fn api(&mut self, usage: &Use, workings: &mut Book) -> Option<ApiCost> {
        match self.api {
            Some((of, known)) if of == *usage && !workings.detail().wanted() => known,
            _ => {
                let asked = api(&self.resolved.scenario, usage, workings);
                self.api = Some((*usage, asked));
                asked
            }
        }
    }

    /// Memory where it runs: one budget a kind of site, however many machines are one.
    fn budget(&mut self, site: Site) -> Arc<Budget> {
        let site = alike(site);
        if let Some((_, known)) = self.budgets.iter().find(|(known, _)| *known == site) {
            return Arc::clone(known);
        }
        let budget = Arc::new(budget_at(&self.resolved.scenario, site));
        self.budgets.push((site, Arc::clone(&budget)));
        budget
    }
}

/// Which speeds runs that were kept on the machine correct.
fn corrected(scenario: &Scenario, machine: &Machine) -> Vec<Note> {
    let Some((language, inference)) = scenario.language().zip(scenario.inference()) else {
        return Vec::new();
    };
    let kept =
        |quantity| Some(Note::Kept { quantity, ratio: kept_ratio(machine, language, inference, quantity)? });
    [KeptQuantity::Decode, KeptQuantity::Prefill].into_iter().filter_map(kept).collect()
}

/// The verdict alone, which is all that a search for the largest value asks of each: with all layers where they are asked
/// for, whatever a server would move away by itself.
pub fn fit(scenario: &Scenario, machine: &Machine) -> Fit {
    let site = site(scenario, machine);
    let resolved = resolve(scenario, machine, FACTS);
    if resolved.refusal.is_some() {
        return Fit::CANNOT_RUN;
    }
    let scenario = &*resolved.scenario;
    let mut budget = |site| Arc::new(budget_at(scenario, site));
    let ceilings = |card: &Machine| limits(scenario, site, card);
    if !machine.cards.is_empty()
        && let Some(decided) = decided(scenario, machine, site, &ceilings, &mut budget)
    {
        return decided.fit;
    }
    let budget = budget(site);
    let mut fit = judge(&budget, &limits(scenario, site, machine));
    if fit.verdict.fits() && is_on_an_unknown_host(&budget, machine, scenario, USUALLY_THERE) {
        fit.verdict = Verdict::Uncertain;
    }
    fit
}

/// Memory as a GPU lays it out, while no machine is known, with the runtime of the number format.
pub fn nowhere(scenario: &Scenario, detail: Detail) -> Estimate {
    let devices = scenario.devices.count.unwrap_or(1);
    let site = Site { placement: Placement::Gpu, devices, portion: None, one_host: true, detail };
    let budget = Arc::new(budget_at(scenario, site));
    let fit = judge(&budget, &[]);
    let language = scenario.language();
    let resolved = Resolved {
        scenario: Arc::new(scenario.clone()),
        runtime: language.map_or(Runtime::PyTorch, |language| language.runtime),
        chosen: language.map_or(Chosen::Auto, |language| language.chosen),
        notes: Vec::new(),
        refusal: None,
        defaults: None,
        devices: 1,
        computers: 1,
    };
    Estimate {
        resolved,
        budget,
        fit,
        machine_notes: Vec::new(),
        cards: Vec::new(),
        serving: None,
        speed: None,
        cost: None,
        work_cost: None,
        api: None,
        workings: Book::default(),
    }
}

/// Which layout a machine's memory asks for.
pub const fn placement(machine: &Machine) -> Placement {
    match (machine.memory.value(), machine.vendor) {
        (Memory::System { .. }, _) => Placement::Cpu,
        (Memory::Unified { .. }, Vendor::Apple) => Placement::Metal,
        (Memory::Unified { .. } | Memory::Discrete { .. }, _) => Placement::Gpu,
    }
}

/// The machine, or as many of it as the scenario says.
pub fn as_asked(scenario: &Scenario, machine: &Arc<Machine>) -> Arc<Machine> {
    match scenario.devices.count {
        // How processors share work is not modelled, so there is one.
        Some(count)
            if count != machine.devices
                && machine.cards.is_empty()
                && placement(machine) != Placement::Cpu =>
        {
            Arc::new(machine.with_devices(count))
        }
        _ => Arc::clone(machine),
    }
}

/// A note where the scenario's number of devices is another than the one the machine is written with, `2x rtx-4090`.
fn not_as_written(machine: &Machine) -> Option<Note> {
    let (written, _) = count_and_id(&machine.id).filter(|_| machine.cards.is_empty())?;
    (written != machine.devices).then_some(Note::DevicesNotAsWritten { asked: machine.devices, written })
}

/// Where a scenario runs: the machine's devices, or as many of them as the scenario says.
pub fn site(scenario: &Scenario, machine: &Machine) -> Site {
    Site {
        placement: placement(machine),
        devices: scenario
            .devices
            .count
            .filter(|_| machine.cards.is_empty())
            .unwrap_or(machine.devices)
            .clamp(1, Devices::MOST),
        portion: None,
        one_host: matches!(machine.memory.value(), Memory::Discrete { .. }),
        detail: Detail::Figures,
    }
}

/// A site as its budget knows it: who shares a host matters only to several devices.
const fn alike(site: Site) -> Site {
    Site { one_host: site.one_host && site.devices > 1, ..site }
}

/// Ceilings of a device, with the share of it that the program takes.
fn limits(scenario: &Scenario, site: Site, machine: &Machine) -> Vec<Ceiling> {
    let mut found = ceilings_at(site, machine, &scenario.setup);
    found.extend(share(scenario, machine, site.detail));
    found
}

/// The ceilings of a device as a server finds them that places by them: where less is free, it places less.
fn as_found(ceilings: &mut [Ceiling]) {
    for ceiling in ceilings.iter_mut().filter(|ceiling| ceiling.decides && ceiling.place != Some(Place::Host))
    {
        ceiling.bytes = Band::exact(ceiling.bytes.best);
    }
}

/// Whether what is moved to the host needs more memory than is there in any case, of which nobody knows how much there
/// is.
fn is_on_an_unknown_host(budget: &Budget, machine: &Machine, scenario: &Scenario, there: Bytes) -> bool {
    let moved = scenario.inference().is_some_and(Inference::offloads) || waits_on_the_host(scenario);
    let unknown = matches!(machine.memory.value(), Memory::Discrete { system: None, .. });
    let host = budget.peak_in(Place::Host).map(|phase| phase.in_place(Place::Host).best);
    moved && unknown && host.is_some_and(|bytes| bytes > there)
}

/// Whether a graph is sampled there.
fn waits_on_the_host(scenario: &Scenario) -> bool {
    scenario.gnn().is_some_and(|gnn| gnn.fan_outs().is_some())
}

/// System memory that a usual computer around a card has for a program, at most: who asks for layers there may have it. Two
/// slots of usual boards hold as much.
const USUALLY_THERE: Bytes = Bytes::gib(64.0);

/// System memory that a computer with a card has for a program in any case.
const SURELY_THERE: Bytes = Bytes::gib(4.0);

/// Ceilings of one of several devices; what a card and the system's memory hold together says nothing there.
pub fn ceilings_at(site: Site, machine: &Machine, setup: &Setup) -> Vec<Ceiling> {
    let mut found = worked_ceilings(machine, setup, site.detail);
    if site.devices > 1 {
        found.retain(|ceiling| ceiling.kind != CeilingKind::VramAndSystem);
    }
    found
}
