//! Claims out of a piece of text: each figure with the machine, the model and the rest that it belongs to.

use super::attach::{behind, belongs, clause_of, clauses, groups};
use super::circumstances::{circumstances, denied, precision, sparse};
use super::classify::{Around, compared, quantity};
use super::quantity::Quantity;
use super::scan::{Lexicon, Mentions};
use super::text::Piece;
use super::understood::{Circumstances, Understood};
use super::words::amount::Doubt;
use super::words::figure::Figure;
use super::words::format::{FormatSaid, RuntimeSaid};
use super::words::machine::{MachineSaid, key};
use super::words::model::{ModelIs, ModelSaid};
use super::words::unit::Unit;

/// What was named before and is still meant.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    machine: Option<MachineSaid>,
    models: Vec<ModelSaid>,
    format: Option<FormatSaid>,
    runtime: Option<RuntimeSaid>,
    with: Circumstances,
    paragraph: usize,
}

/// What a piece names, what stands over it, and what was named before.
pub(super) struct Reading<'p> {
    pub(super) here: &'p Mentions,
    pub(super) over: &'p Mentions,
    scope: &'p Scope,
    clauses: Vec<(usize, usize)>,
    groups: Vec<Vec<ModelSaid>>,
    all: String,
    with: Circumstances,
}

/// The claims of a piece, in the order of their figures.
pub fn claims(piece: &Piece, scope: &mut Scope, lexicon: &Lexicon) -> Vec<Understood> {
    if scope.paragraph != piece.paragraph {
        *scope = Scope { paragraph: piece.paragraph, ..Scope::default() };
    }
    let (here, over) = (Mentions::of(&piece.text, lexicon), Mentions::of(&piece.about, lexicon));
    let with = circumstances(&here).over(circumstances(&over)).over(scope.with);
    let reading = Reading {
        clauses: clauses(&here.low),
        groups: groups(&here),
        all: format!("{} {}", here.low, over.low),
        here: &here,
        over: &over,
        scope,
        with,
    };
    let mut found = reading.claims();
    if found.is_empty() {
        found.push(reading.statement());
    }
    let next = reading.scope_after();
    *scope = next;
    found
}

impl Reading<'_> {
    fn claims(&self) -> Vec<Understood> {
        let mut found: Vec<Understood> = Vec::new();
        let mut beside_names = Vec::new();
        for figure in &self.here.figures {
            let Some(understood) = self.claim(figure) else { continue };
            let attached = self.is_attached(figure);
            if attached { beside_names.push(understood) } else { found.push(understood) }
        }
        let electricity =
            found.iter().any(|claim| matches!(claim.quantity, Quantity::Electricity | Quantity::TotalCost));
        if electricity {
            // What the sum is made of is no claim of its own where no machine is named.
            found.retain(|claim| claim.quantity != Quantity::Power || claim.machine.is_some());
        }
        let speeds = found
            .iter()
            .any(|claim| claim.quantity != Quantity::Context && claim.quantity != Quantity::MemorySize);
        if !speeds && let Some(fits) = self.fits() {
            found.retain(|claim| claim.quantity != Quantity::MemorySize);
            if !found.iter().any(|claim| claim.quantity == Quantity::Fits) {
                found.push(fits);
            }
        }
        // What a comparison is made of is no claim of its own, unless it stands with the name it belongs to.
        let compares = found.iter().any(|claim| claim.quantity == Quantity::Ratio && claim.beside.len() >= 2);
        if compares {
            found.retain(|claim| claim.quantity == Quantity::Ratio || self.is_named_here(claim));
        }
        // A clip's length is no time that it takes.
        let longest =
            found.iter().filter(|claim| claim.quantity == Quantity::ImageTime).filter_map(Understood::ends);
        if let Some(longest) = longest.map(|(_, high)| high).reduce(f64::max)
            && self.here.says(&["video", "clip", "seconds long"])
        {
            found.retain(|claim| {
                claim.quantity != Quantity::ImageTime || claim.ends().is_some_and(|(_, high)| high >= longest)
            });
        }
        // A size that stands beside a name is a claim where nothing else is said of the machine.
        if found.is_empty() {
            found = beside_names;
        }
        found
    }

    /// `94 and 250, respectively`: names and figures of one unit, as many of each, belong together in their order.
    fn in_turn<'n, N>(&self, names: &'n [N], figure: &Figure) -> Option<&'n N> {
        let same: Vec<usize> = self
            .here
            .figures
            .iter()
            .filter(|other| other.unit == figure.unit)
            .map(|other| other.start)
            .collect();
        if same.len() < 2 || same.len() != names.len() || !self.here.says(&["respectively", "resp"]) {
            return None;
        }
        names.get(same.iter().position(|start| *start == figure.start)?)
    }

    /// Whether the machine of a claim is named in the piece itself.
    fn is_named_here(&self, claim: &Understood) -> bool {
        claim.machine.as_ref().is_some_and(|said| self.here.machines.contains(said))
    }

    /// Whether a figure is part of how a machine is named.
    fn is_attached(&self, figure: &Figure) -> bool {
        let same = |value: Option<f64>| {
            value.is_some_and(|value| (value - figure.low).abs() < 1e-9) && figure.low >= figure.high
        };
        // `B200: 192 GB, 8 TB/s`: what a colon introduces is said of the machine.
        let listed = |machine: &&MachineSaid| {
            let gap = self.here.text.get(machine.end..figure.start);
            gap.is_some_and(|gap| gap.trim_start().starts_with(':'))
        };
        let machines = self.here.machines.iter().filter(|machine| !listed(machine));
        match figure.unit {
            Unit::Gigabytes => machines.clone().any(|machine| same(machine.memory)),
            Unit::Cores => machines.clone().any(|machine| same(machine.cores.map(f64::from))),
            _ => false,
        }
    }

    /// The claim that a figure makes.
    fn claim(&self, figure: &Figure) -> Option<Understood> {
        let clause = clause_of(&self.clauses, figure.start);
        let clause_text = self.here.low.get(clause.0..clause.1.max(figure.end)).unwrap_or_default();
        let place = (figure.start, figure.end);
        let is_count = figure.unit == Unit::Times
            && self.here.machines.iter().any(|said| {
                let gap = self.here.text.get(figure.end..said.start).filter(|_| said.start >= figure.end);
                gap.is_some_and(|gap| {
                    gap.trim().is_empty() || gap.trim() == "NVIDIA" || gap.trim() == "GeForce"
                })
            });
        if is_count {
            return None;
        }
        let machine = self.in_turn(&self.here.machines, figure);
        let machine = machine
            .or_else(|| belongs(&self.here.machines, place, &self.here.text, &self.clauses))
            .or_else(|| self.over.machines.first())
            .or_else(|| behind(&self.here.machines, place));
        let group = self
            .in_turn(&self.groups, figure)
            .or_else(|| belongs(&self.groups, place, &self.here.text, &self.clauses))
            .or_else(|| behind(&self.groups, place).filter(|_| self.over.models.is_empty()));
        let models = group.cloned().unwrap_or_else(|| self.models_above());
        let around = Around {
            clause: clause_text,
            all: &self.all,
            over: &self.over.low,
            alone: self.here.figures.iter().filter(|other| other.unit == figure.unit).count() == 1,
            after: self.here.low.get(figure.end..).unwrap_or_default(),
            model: !models.is_empty(),
            pipeline: models.iter().any(|said| matches!(said.is, ModelIs::Pipeline(_))),
            machine: self.here.machines.iter().any(|said| said.start >= clause.0 && said.end <= clause.1),
        };
        let quantity = quantity(figure, &around)?;
        let of = if quantity == Quantity::Ratio { compared(&around) } else { None };
        let hardware = matches!(
            quantity,
            Quantity::Bandwidth
                | Quantity::MemorySize
                | Quantity::Compute
                | Quantity::Price
                | Quantity::Rent
                | Quantity::GpuCores
                | Quantity::CpuCores
                | Quantity::Clock
                | Quantity::Noise
                | Quantity::StorageBandwidth
                | Quantity::LinkBandwidth
                | Quantity::Operations
                | Quantity::IdlePower
                | Quantity::Power
                | Quantity::Electricity
                | Quantity::TotalCost
                | Quantity::NeuralCores
        );
        let mut understood = Understood {
            machine: machine.cloned().or_else(|| self.machine_above()),
            models: if hardware { Vec::new() } else { models },
            format: if hardware { None } else { self.format(place) },
            runtime: if hardware { None } else { self.runtime(place) },
            of,
            figure: Some(figure.clone()),
            with: self.with,
            denied: denied(clause_text),
            precision: precision(clause_text).or_else(|| precision(&self.all)),
            sparse: sparse(&self.all),
            ..Understood::of(quantity, &self.all)
        };
        if quantity == Quantity::Ratio {
            understood.machine = self.compared_machine(figure).map(|said| self.specified(said));
        }
        if quantity == Quantity::Price
            && let Some(machine) = understood.machine.as_mut().filter(|machine| machine.memory.is_none())
        {
            // `$5,549 (128 GB / 2 TB)`: the memory that the price is for.
            let sizes =
                self.here.figures.iter().filter(|other| other.unit == Unit::Gigabytes && other.low < 1000.0);
            let sizes: Vec<f64> = sizes.map(|other| other.low).collect();
            if let [size] = sizes.as_slice() {
                machine.memory = Some(*size);
            }
        }
        understood.over = self.held_against(figure, &understood).map(|said| self.specified(said));
        if quantity == Quantity::Ratio {
            let over = self.over.figures.iter();
            let here = self.here.figures.iter().filter(|other| other.start != figure.start);
            let amounts = here.chain(over).filter(|other| !matches!(other.unit, Unit::Times | Unit::Percent));
            understood.beside = amounts.cloned().collect();
            if understood.of.is_none() && understood.beside.len() < 2 {
                return None;
            }
        }
        self.say_assumed(&mut understood, figure);
        Some(understood)
    }

    /// `M5` under a heading that speaks of the `M5 Max`: the fuller name is meant.
    fn specified(&self, said: MachineSaid) -> MachineSaid {
        let short = key(&said.words);
        let fuller = self.over.machines.iter().find(|other| {
            let long = key(&other.words);
            said.unknown.is_none() && long.len() > short.len() && long.starts_with(&short)
        });
        fuller.cloned().unwrap_or(said)
    }

    pub(super) fn machine_above(&self) -> Option<MachineSaid> {
        self.over.machines.first().cloned().or_else(|| self.scope.machine.clone())
    }

    fn models_above(&self) -> Vec<ModelSaid> {
        let over = groups(self.over).into_iter().next();
        over.unwrap_or_else(|| self.scope.models.clone())
    }

    fn format(&self, place: (usize, usize)) -> Option<FormatSaid> {
        belongs(&self.here.formats, place, &self.here.text, &self.clauses)
            .or_else(|| self.over.formats.first())
            .or_else(|| behind(&self.here.formats, place))
            .or(self.scope.format.as_ref())
            .cloned()
    }

    fn runtime(&self, place: (usize, usize)) -> Option<RuntimeSaid> {
        belongs(&self.here.runtimes, place, &self.here.text, &self.clauses)
            .or_else(|| self.over.runtimes.first())
            .or_else(|| behind(&self.here.runtimes, place))
            .or(self.scope.runtime.as_ref())
            .cloned()
    }

    /// That a model fits or does not, where no figure says more.
    fn fits(&self) -> Option<Understood> {
        let yes = [
            "fit",
            "fits",
            "run",
            "runs",
            "running",
            "handle",
            "handles",
            "hold",
            "holds",
            "load",
            "loads",
            "able to run",
            "entirely in",
            "hardware for",
            "good for",
            "inference",
        ];
        let no = [
            "oom",
            "out of memory",
            "cannot load",
            "can't load",
            "too big for",
            "too large for",
            "overflows",
            "doesn't fit",
        ];
        let largest =
            ["max model size", "model size", "largest model", "models up to", "up to", "maximum model"];
        let machine = self.here.machines.first().cloned().or_else(|| self.machine_above());
        let size = self.groups.first().and_then(|group| group.last()).filter(|_| self.groups.len() == 1);
        if let Some((said, billions)) = size.and_then(|said| match said.is {
            ModelIs::Size(billions) => Some((said, billions)),
            _ => None,
        }) && self.here.says(&largest)
            && machine.is_some()
            && self.here.figures.iter().all(|figure| figure.unit == Unit::None)
        {
            return Some(Understood {
                machine,
                models: vec![said.clone()],
                format: self.format((said.start, said.end)),
                figure: Some(billions_of(said, billions)),
                with: self.with,
                ..Understood::of(Quantity::LargestModel, &self.all)
            });
        }
        if !self.here.says(&yes) && !self.here.says(&no) {
            return None;
        }
        let models = self.groups.first().cloned().unwrap_or_else(|| self.models_above());
        let room = self.here.figures.iter().find(|figure| {
            figure.unit == Unit::Gigabytes && (machine.is_none() || !self.is_attached(figure))
        });
        if models.is_empty() || (machine.is_none() && room.is_none()) {
            return None;
        }
        let place = models.first().map_or((0, 0), |said| (said.start, said.end));
        let mut understood = Understood {
            machine,
            models,
            format: self.format(place),
            runtime: self.runtime(place),
            figure: room.cloned(),
            with: self.with,
            denied: denied(&self.here.low) || self.here.says(&no),
            ..Understood::of(Quantity::Fits, &self.all)
        };
        if let Some(room) = room {
            self.say_assumed(&mut understood, room);
        }
        Some(understood)
    }

    /// What a piece says without a figure that could be checked: that there is a product, when it is sold, how
    /// something grows, what it can do.
    fn statement(&self) -> Understood {
        let launch = [
            "announced",
            "launch*",
            "shipping",
            "ships",
            "released",
            "expected",
            "delayed",
            "schedule*",
            "on sale",
            "unveiled",
            "skipped",
        ];
        let machine = self.here.machines.first().cloned().or_else(|| self.over.machines.first().cloned());
        let unknown = machine.as_ref().is_some_and(|said| said.unknown.is_some());
        let models: Vec<ModelSaid> = self.groups.first().cloned().unwrap_or_default();
        let unknown_model = models.iter().any(|said| said.is == ModelIs::Unknown);
        let quantity = if unknown || unknown_model {
            Quantity::Existence
        } else if machine.is_some() && self.here.says(&launch) {
            Quantity::Launch
        } else if self.here.says(&["quadratic*", "quadratically", "o(n^2)", "o(n²)", "linearly", "scales*"])
        {
            Quantity::Scaling
        } else {
            Quantity::Statement
        };
        Understood {
            machine,
            over: self.here.machines.get(1).cloned(),
            models,
            denied: denied(&self.here.low) || self.here.says(&["skipped", "never made", "no such"]),
            with: self.with,
            ..Understood::of(quantity, &self.all)
        }
    }

    fn say_assumed(&self, understood: &mut Understood, figure: &Figure) {
        let written = self.here.text.get(figure.start..figure.end).unwrap_or_default().trim().to_owned();
        match figure.doubt {
            Some(Doubt::DecimalComma) => {
                understood.assumed.push(format!("`{written}` read with a decimal comma"));
            }
            Some(Doubt::Thousands)
                if self.here.figures.iter().any(|other| other.doubt == Some(Doubt::DecimalComma)) =>
            {
                understood.assumed.push(format!("`{written}` read with a comma for thousands"));
            }
            _ => {}
        }
        let named = |words: &str| self.here.text.contains(words);
        if let Some(machine) = understood
            .machine
            .as_ref()
            .filter(|said| !named(&said.words) && !self.over.text.contains(&said.words))
        {
            understood.assumed.push(format!("the machine is that named before: {}", machine.words));
        }
        if let Some(model) = understood
            .models
            .first()
            .filter(|said| !named(&said.words) && !self.over.text.contains(&said.words))
        {
            understood.assumed.push(format!("the model is that named before: {}", model.words));
        }
        understood.assumed.extend(understood.models.iter().filter_map(|said| said.assumed.clone()));
    }

    fn scope_after(&self) -> Scope {
        let machine = self.here.machines.last().cloned().or_else(|| self.scope.machine.clone());
        let models = self.groups.last().cloned().unwrap_or_else(|| self.scope.models.clone());
        Scope {
            machine,
            models,
            format: self.here.formats.last().cloned().or_else(|| self.scope.format.clone()),
            runtime: self.here.runtimes.last().cloned().or_else(|| self.scope.runtime.clone()),
            with: self.with,
            paragraph: self.scope.paragraph,
        }
    }
}

/// A number of parameters as a figure.
fn billions_of(said: &ModelSaid, billions: f64) -> Figure {
    Figure {
        low: billions,
        high: billions,
        half_digit: billions * 0.02,
        unit: Unit::Billions,
        relation: super::words::figure::Relation::Is,
        start: said.start,
        end: said.end,
        doubt: None,
        rough: false,
    }
}
