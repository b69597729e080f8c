//! The arguments.

use std::path::PathBuf;

use clap::{Args as Flattened, Parser, Subcommand, ValueEnum};

use super::usage::UseArgs;
use crate::claims::ClaimVerdict;
use crate::detect::PROBE;
use crate::engine::rank::Sort;
use crate::spec::{Named as _, Setting, UnknownName};

/// Tells whether an AI workload fits a machine, and shows its working.
#[derive(Clone, Debug, Parser)]
#[command(name = "plimsoll", version, args_conflicts_with_subcommands = true)]
pub struct Args {
    /// What to answer; without it the window opens.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// A preset, report or model file to open in the window.
    pub file: Option<PathBuf>,
}

/// What can be answered without a window.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Does this workload fit a machine?
    #[command(after_help = EXIT_CODES, after_long_help = with_settings())]
    Check(CheckArgs),
    /// Is that claim true? Free text against engine, catalog and facts
    #[command(after_help = CLAIM_VERDICTS)]
    Claim(ClaimArgs),
    /// The claims of a text, or of the documents that ship, each checked
    #[command(after_help = CLAIM_VERDICTS)]
    Claims(ClaimsArgs),
    /// The same workload on several machines
    Compare(CompareArgs),
    /// What would make it fit: ordered steps, the least damage first
    #[command(after_help = EXIT_CODES)]
    Plan(PlanArgs),
    /// How much of a setting fits, and which machine is enough
    Solve(SolveArgs),
    /// The best models for a machine, or machines for a workload, as one table
    #[command(after_help = RANK_EXIT_CODES)]
    Rank(RankArgs),
    /// Models on this machine: those of Ollama, LM Studio, the Hugging Face cache and others, and how each runs
    Models(ModelsArgs),
    /// What is built in, and what your own folder adds
    List(ListArgs),
    /// What was detected of this machine, and how
    Machine(MachineArgs),
    /// Measure this machine's memory and processor for some seconds, and use the rates from then on
    Measure(MeasureArgs),
    /// Predicted against measured, case by case
    Accuracy(AccuracyArgs),
    /// What a library of others says, as this program asks itself in a process of its own
    #[command(name = PROBE, hide = true)]
    Probe {
        /// Which library
        library: String,
    },
}

const RANK_EXIT_CODES: &str = "Exit codes: 0 something fits, 1 nothing does, 3 error";

const CLAIM_VERDICTS: &str = "Verdicts, the gravest first: impossible, wrong, implausible, outdated, pessimistic, plausible, not-checkable";

const EXIT_CODES: &str = "Exit codes: 0 fits or tight, 1 does not fit, 2 uncertain, 3 error";

/// The exit codes, and every setting that `--set` and preset files take.
fn with_settings() -> String {
    let settings = Setting::all().map(|setting| format!("  {}: {}\n", setting.key, setting.help()));
    format!("{EXIT_CODES}\n\nSettings, for preset files and --set:\n{}", settings.collect::<String>())
}

/// Arguments of `check`.
#[derive(Clone, Debug, Parser)]
pub struct CheckArgs {
    /// Name or file of a preset, a report, a model file or folder; `-` reads presets from standard input; with `--model`
    /// alone the model does what is usual
    #[arg(value_name = "PRESET|FILE", required_unless_present = "model")]
    pub subject: Option<PathBuf>,
    /// Another model: an id of `list models`, a path to config.json, .gguf or a model folder, or
    /// one of this machine's, as `ollama:llama3.1:8b`, `hf:org/name` or `lmstudio:publisher/name`
    #[arg(long, value_name = "ID|PATH")]
    pub model: Option<PathBuf>,
    /// Another machine: an id of `list machines`, `this`, or three figures, as `24GiB 1008GBps 82TFLOPS`
    #[arg(long, value_name = "ID")]
    pub machine: Option<String>,
    /// A key of the preset set to another value, such as `context=32k`
    #[arg(long = "set", value_name = "KEY=VALUE", allow_hyphen_values = true)]
    pub set: Vec<String>,
    /// What a program printed of its own run, beside the estimate: llama-bench, llama-server, `ollama run --verbose`,
    /// mlx_lm.generate or vLLM
    #[arg(long, value_name = "FILE")]
    pub log: Vec<PathBuf>,
    /// Keep the speeds of the log as this machine's, and estimate with them from then on
    #[arg(long, requires = "log")]
    pub keep: bool,
    /// One JSON object a scenario instead of text
    #[arg(long)]
    pub json: bool,
    /// With `--json`, how each figure came about, of lists too; a single scenario brings it anyway
    #[arg(long, requires = "json")]
    pub workings: bool,
    /// How the machine is used
    #[command(flatten)]
    pub usage: UseArgs,
}

/// What is asked: a workload, with another model or settings laid over it.
#[derive(Clone, Debug, Flattened)]
pub struct SubjectArgs {
    /// Name or file of a preset, a report, a model file or folder; with `--model` alone the model does what is usual
    #[arg(value_name = "PRESET|FILE", required_unless_present = "model")]
    pub subject: Option<PathBuf>,
    /// Another model: an id of `list models`, a path, or one of `plimsoll models`
    #[arg(long, value_name = "ID|PATH")]
    pub model: Option<PathBuf>,
    /// A key of the preset set to another value
    #[arg(long = "set", value_name = "KEY=VALUE", allow_hyphen_values = true)]
    pub set: Vec<String>,
}

/// Arguments of `claim`.
#[derive(Clone, Debug, Parser)]
pub struct ClaimArgs {
    /// The claim, as "M5 Max, Llama 70B Q4_K_M, 32 tok/s", or a whole paragraph; `-` reads standard input
    #[arg(value_name = "TEXT", allow_hyphen_values = true)]
    pub text: String,
    /// A JSON list instead of text
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `claims`.
#[derive(Clone, Debug, Parser)]
pub struct ClaimsArgs {
    /// A file of text, Markdown or CSV; `-` reads standard input; without it the claims of the documents that ship
    pub file: Option<PathBuf>,
    /// What is widely believed of memory instead, with working and source
    #[arg(long, conflicts_with = "file")]
    pub memory: bool,
    /// Only claims of these verdicts, with commas between them
    #[arg(long = "verdict", value_name = "VERDICT", value_delimiter = ',', value_parser = claim_verdict)]
    pub verdicts: Vec<ClaimVerdict>,
    /// A JSON list instead of text
    #[arg(long)]
    pub json: bool,
}

fn claim_verdict(text: &str) -> Result<ClaimVerdict, UnknownName> {
    let known = ClaimVerdict::ALL.into_iter().find(|verdict| verdict.key() == text.trim());
    known.ok_or_else(|| {
        UnknownName::new("verdict", text, ClaimVerdict::ALL.into_iter().map(ClaimVerdict::key))
    })
}

/// Arguments of `compare`.
#[derive(Clone, Debug, Parser)]
pub struct CompareArgs {
    /// What is asked
    #[command(flatten)]
    pub subject: SubjectArgs,
    /// Ids of machines, with commas between them; `this` is the one it runs on, `all` those of the catalog. A report brings its own
    #[arg(long, value_name = "A,B,C", value_delimiter = ',')]
    pub machines: Vec<String>,
    /// Another scenario to compare with on the same machines: name or file of a preset
    #[arg(long, value_name = "PRESET")]
    pub with: Option<PathBuf>,
    /// The machine that the others are held against in a saved report; without it the first in its order
    #[arg(long, value_name = "ID")]
    pub baseline: Option<String>,
    /// File to save the report to; its ending (.html, .md, .ron, .json, .csv, .svg) says the format
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    /// JSON instead of text
    #[arg(long)]
    pub json: bool,
    /// In JSON, how each figure came about
    #[arg(long)]
    pub workings: bool,
    /// How the machines are used
    #[command(flatten)]
    pub usage: UseArgs,
}

/// Arguments of `plan`.
#[derive(Clone, Debug, Parser)]
pub struct PlanArgs {
    /// What is asked
    #[command(flatten)]
    pub subject: SubjectArgs,
    /// The machine: an id of `list machines`, `this`, or three figures, as `24GiB 1008GBps 82TFLOPS`
    #[arg(long, value_name = "ID")]
    pub machine: Option<String>,
    /// JSON instead of text
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `solve`.
#[derive(Clone, Debug, Parser)]
pub struct SolveArgs {
    /// What is asked
    #[command(flatten)]
    pub subject: SubjectArgs,
    /// What to solve for: context, prompt, concurrency, micro_batch, sequence, nodes, edges, resolution, frames, rank,
    /// model_size, quantization, `machine` for the cheapest that fits, `budget` for its price, or
    /// `requests_per_second` within the limits of --ttft and --tpot
    #[arg(long = "for", value_name = "SETTING")]
    pub what: String,
    /// The machine: an id of `list machines`, `this`, or three figures, as `24GiB 1008GBps 82TFLOPS`
    #[arg(long, value_name = "ID")]
    pub machine: Option<String>,
    /// The most that a machine to buy may cost, in dollars
    #[arg(long, value_name = "DOLLARS")]
    pub budget: Option<f64>,
    /// Only machines to rent
    #[arg(long)]
    pub rent: bool,
    /// With `--for machine`: so many users at once, each asking anew when answered; several machines where it takes them
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub users: Option<u64>,
    /// The longest that a first token may take, in seconds
    #[arg(long, value_name = "SECONDS")]
    pub ttft: Option<f64>,
    /// The longest that each further token may take, in seconds
    #[arg(long, value_name = "SECONDS")]
    pub tpot: Option<f64>,
    /// JSON instead of text
    #[arg(long)]
    pub json: bool,
    /// How the machines are used
    #[command(flatten)]
    pub usage: UseArgs,
}

/// Arguments of `rank`.
#[derive(Clone, Debug, Parser)]
pub struct RankArgs {
    /// Name or file of a preset, a report, a model file or folder; without it one person chats at 8,192 tokens
    #[arg(value_name = "PRESET|FILE")]
    pub subject: Option<PathBuf>,
    /// The machine whose models are ranked: an id of `list machines`, `this`, or three figures, as `24GiB 1008GBps 82TFLOPS`
    #[arg(long, value_name = "ID", conflicts_with = "machines")]
    pub machine: Option<String>,
    /// Machines to rank: ids with commas between them, or `all`, as it is for a preset without `--machine`
    #[arg(long, value_name = "all|IDS", value_delimiter = ',')]
    pub machines: Vec<String>,
    /// Models to rank: ids with commas between them, or `all`, as it is for one machine; else the preset's own
    #[arg(long, value_name = "all|IDS", value_delimiter = ',')]
    pub models: Vec<String>,
    /// Quantizations to choose from: ids with commas between them, `all` of every runtime, or without it those of the
    /// preset's runtime where models are ranked, and else the preset's own
    #[arg(long, value_name = "all|IDS", value_delimiter = ',')]
    pub quantizations: Vec<String>,
    /// What comes first: speed, quality, cost, price, memory, size or newest; without it the largest model, or the
    /// fastest machine
    #[arg(long, value_name = "BY", value_parser = sort)]
    pub sort: Option<Sort>,
    /// The most that a machine to buy may cost, in dollars; what has no price is left out
    #[arg(long, value_name = "DOLLARS")]
    pub max_price: Option<f64>,
    /// The model alone: an id of `list models`, a path, or one of `plimsoll models`
    #[arg(long, value_name = "ID|PATH", conflicts_with = "models")]
    pub model: Option<PathBuf>,
    /// A key of the preset set to another value
    #[arg(long = "set", value_name = "KEY=VALUE", allow_hyphen_values = true)]
    pub set: Vec<String>,
    /// JSON instead of text
    #[arg(long)]
    pub json: bool,
    /// How the machines are used
    #[command(flatten)]
    pub usage: UseArgs,
}

fn sort(text: &str) -> Result<Sort, UnknownName> {
    Sort::named(text).ok_or_else(|| UnknownName::new("order", text, Sort::all().map(Sort::key)))
}

/// What comes first of models on this machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ModelSort {
    /// By the program that keeps them, then by name
    #[default]
    Store,
    /// By name
    Name,
    /// The largest on disk
    Size,
    /// What fits, then the largest
    Fit,
    /// The most context that fits
    Context,
    /// The fastest
    Speed,
}

/// Arguments of `models`.
#[derive(Clone, Debug, Parser)]
pub struct ModelsArgs {
    /// Folders to look through, with those inside them; without one, where programs are known to keep models
    #[arg(value_name = "FOLDER")]
    pub folders: Vec<PathBuf>,
    /// The machine they are to run on: an id of `list machines`, `this`, or three figures, as `24GiB 1008GBps 82TFLOPS`
    #[arg(long, value_name = "ID", default_value = "this")]
    pub machine: String,
    /// What comes first
    #[arg(long, value_enum, value_name = "BY", default_value_t)]
    pub sort: ModelSort,
    /// JSON instead of text
    #[arg(long)]
    pub json: bool,
}

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Listed {
    /// Workloads to start from
    Presets,
    /// Models with their exact architecture
    Models,
    /// Chips, cards, computers and rentals
    Machines,
    /// Ways to store weights
    #[value(alias = "quantisations")]
    Quantizations,
    /// Keys of preset files and of `--set`, with their defaults and ranges
    Settings,
    /// What programs that train start with, default by default, and the file that says so
    Trainers,
}

/// Arguments of `list`.
#[derive(Clone, Debug, Parser)]
pub struct ListArgs {
    /// What to list
    #[arg(value_enum, required_unless_present = "check")]
    pub what: Option<Listed>,
    /// Audit every record instead: sources, plausibility, shapes
    #[arg(long)]
    pub check: bool,
    /// JSON instead of text
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `machine`.
#[derive(Clone, Debug, Parser)]
pub struct MachineArgs {
    /// JSON instead of text
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `measure`.
#[derive(Clone, Debug, Parser)]
pub struct MeasureArgs {
    /// Threads that work at once; as many as there are processors without it
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub threads: Option<u16>,
    /// Print the rates without keeping them
    #[arg(long)]
    pub dry_run: bool,
    /// JSON instead of text
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `accuracy`.
#[derive(Clone, Debug, Parser)]
pub struct AccuracyArgs {
    /// Every case, not only each group's summary
    #[arg(long)]
    pub all: bool,
    /// JSON instead of text
    #[arg(long)]
    pub json: bool,
    /// The tables of the README instead of text
    #[arg(long, conflicts_with_all = ["json", "all"])]
    pub markdown: bool,
}
