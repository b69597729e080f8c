//! Rules of thumb that people decide by, each held against what follows for the scenario and the machines at hand.
//!
//! They are those that guides to local AI repeat: their numbers are in `id`, their words in `says`. What a rule is held
//! against is computed; where nothing at hand bears on it, it is left out.

mod buying;
mod fitting;
mod hand;
mod running;
mod speed;

use super::Answer;
use crate::engine::Assumptions;
use crate::spec::Scenario;

/// Whether a rule holds at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// The figures bear it out.
    Yes,
    /// They bear it out for some of what is at hand.
    Partly,
    /// They speak against it.
    No,
    /// It is no matter of figures.
    NotComputed,
}

impl Holds {
    /// As in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Partly => "partly",
            Self::No => "no",
            Self::NotComputed => "not-computed",
        }
    }

    /// As it stands before the figures.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Yes => "holds here",
            Self::Partly => "holds in part",
            Self::No => "does not hold here",
            Self::NotComputed => "not a matter of these figures",
        }
    }

    const fn of(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }

    /// Of so many cases of all.
    const fn share(holds: usize, all: usize) -> Self {
        if holds == all {
            Self::Yes
        } else if holds == 0 {
            Self::No
        } else {
            Self::Partly
        }
    }
}

/// A rule with what it comes to at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSaid {
    /// Its number: `R12`.
    pub id: &'static str,
    /// What it says, a sentence without its full stop.
    pub says: &'static str,
    /// Whether it holds.
    pub holds: Holds,
    /// The figures that say so, a sentence without its full stop.
    pub figures: String,
}

/// What rules are held against.
pub(super) struct AtHand<'a> {
    scenario: &'a Scenario,
    answers: &'a [Answer],
    assumptions: &'a Assumptions<'a>,
}

/// What a rule comes to; nothing where nothing at hand bears on it.
type Found = Option<(Holds, String)>;

/// A rule and how it is held against what is at hand.
struct Rule {
    id: &'static str,
    says: &'static str,
    judge: fn(&AtHand<'_>) -> Found,
}

const fn rule(id: &'static str, says: &'static str, judge: fn(&AtHand<'_>) -> Found) -> Rule {
    Rule { id, says, judge }
}

/// Every rule, by its number.
const RULES: [Rule; 30] = [
    rule("R1", "Memory comes before processor cores", fitting::memory_first),
    rule("R2", "A Mac's GPU may use 75 to 80 % of its memory", fitting::share_of_a_mac),
    rule(
        "R3",
        "32 to 48 GB run 7B to 14B in high precision, 64 to 128 GB a quantized 70B, 192 GB and more 120B to 400B",
        fitting::tiers,
    ),
    rule("R4", "Machines of 8 and 16 GB are to be avoided", fitting::small_memory),
    rule(
        "R5",
        "The newest generation of Apple's chips for the first token, an Ultra for bandwidth",
        speed::generation,
    ),
    rule(
        "R6",
        "An 8B QLoRA takes 8 to 12 GB; a 70B in 4 bit takes 40 to 45 GB and no card of 24 GB",
        fitting::usual_needs,
    ),
    rule(
        "R7",
        "Training sequences of more than 16,000 tokens take an A100 of 80 GB, or a Mac of 128 GB and more",
        fitting::long_sequences,
    ),
    rule("R8", "Graphs of whole programs take two to four A100, or 512 GB", fitting::whole_graphs),
    rule("R9", "Frameworks for graph networks are weak on Metal", running::graphs_on_metal),
    rule("R10", "Training on a Mac is 2 to 4 times slower than on an RTX 4090", speed::training_on_macs),
    rule(
        "R11",
        "An Ultra only for LoRA of 70B and more, large graphs, or several jobs at once",
        buying::ultra,
    ),
    rule("R12", "Where weights exceed a card's memory, speed collapses", speed::cliff),
    rule("R13", "Decode follows bandwidth, prefill follows arithmetic", speed::follows_bandwidth),
    rule(
        "R14",
        "A notebook M5 Max for bandwidth and energy, a DGX Spark for arithmetic and CUDA",
        speed::max_or_spark,
    ),
    rule("R15", "NVIDIA's cards for the speed of 7B to 13B", speed::small_models_on_cards),
    rule("R16", "Buy for eight hours of work a day and more", buying::buy_for_long_days),
    rule("R17", "Rent for projects that end", buying::rent_for_projects),
    rule("R18", "A Mac Studio for 70B and more, and for mixtures of experts, at home", buying::studio),
    rule("R19", "A computer with NVIDIA's card for images, video and training", speed::cards_for_training),
    rule("R20", "Bandwidth is the figure of a chip that matters", speed::bound_by_memory),
    rule("R21", "MLX is 10 to 25 % faster than llama.cpp", running::mlx_over_llama),
    rule("R22", "Continuous batching for several users", running::batching),
    rule("R23", "Prefix caching for agents", running::prefix_caching),
    rule(
        "R24",
        "Images are bound by arithmetic: NVIDIA's cards are 3 to 5 times as fast",
        speed::images_on_cards,
    ),
    rule("R25", "What it costs in five years is price, electricity and maintenance", buying::total_cost),
    rule("R26", "Wait, or buy, by the prices of memory and what is to come out", buying::wait),
    rule("R27", "Docker reaches no GPU on macOS", running::docker),
    rule("R28", "Data and evaluation do not depend on the machine", running::data),
    rule("R29", "Beyond 128 GB there is no notebook of Apple's", fitting::notebooks),
    rule("R30", "A fine-tune with MLX is set up in a few commands", running::set_up),
];

/// Every rule that what is at hand bears on.
pub fn rules(scenario: &Scenario, answers: &[Answer], assumptions: &Assumptions<'_>) -> Vec<RuleSaid> {
    let hand = AtHand { scenario, answers, assumptions };
    let said = RULES.iter().filter_map(|rule| {
        let (holds, figures) = (rule.judge)(&hand)?;
        Some(RuleSaid { id: rule.id, says: rule.says, holds, figures })
    });
    said.collect()
}
