//! How fast a language model prefills prompts and decodes answers.

use super::asked::Asked;
use super::chip::{Chip, ChipKind, SpeedEngine};
use super::decode::DecodeModel;
use super::devices::End;
use super::offload::offload;
use super::prefill::PromptToken;
use super::reads::Reads;
use super::roofline::Roofline;
use super::{Basis, Bound, Doubt};
use crate::engine::working::{Detail, Figure};
use crate::engine::{Book, FigureName};
use crate::formula;
use crate::spec::{
    AgentLoop, Backend, Calibration, Inference, Kind, KvPrecision, Machine, Speculation, SpeedGroup,
    share_of_requests,
};
use crate::units::{Band, Seconds, TokensPerSecond, count};

/// Speeds of a request and of all requests.
#[derive(Clone, Debug, PartialEq)]
pub struct InferenceSpeed {
    /// Tokens a second that one request is generated with, half way through its answer.
    pub decode: Band<TokensPerSecond>,
    /// Seconds from one token of a request to the next (TPOT).
    pub time_per_output_token: Band<Seconds>,
    /// What no decode can exceed: all bytes a token reads at the datasheet's bandwidth.
    pub roofline: TokensPerSecond,
    /// Tokens a second of all requests while their answers are generated, with no prefill in between.
    pub generating: Band<TokensPerSecond>,
    /// Tokens a second that all requests generate in a steady state, in which the prompts of all are read in between
    /// (aggregate throughput).
    pub aggregate: Band<TokensPerSecond>,
    /// Tokens a second of a prompt.
    pub prefill: Band<TokensPerSecond>,
    /// What no prefill can exceed: its operations at the peak, or the weights read once a chunk.
    pub prefill_roofline: TokensPerSecond,
    /// From the question to the first token (TTFT).
    pub time_to_first_token: Band<Seconds>,
    /// From the question to the end of the answer.
    pub request: Band<Seconds>,
    /// From the question to the end of the last answer, where a task takes several turns.
    pub task: Option<Band<Seconds>>,
    /// What decode is bound by.
    pub bound: Bound,
    /// What prefill is bound by.
    pub prefill_bound: Bound,
    /// Share of the weights that is offloaded to system memory because the device's is full; 0 where all fit.
    pub offloaded: f64,
    /// Share of the weights that no memory has room for, and that is read from disk.
    pub on_disk: f64,
    /// Where decode and prefill stand under the machine's roof.
    pub under_roof: Roofline,
    /// What the figures rest on.
    pub basis: Basis,
}

/// Band of an engine that no measurement was taken with, on top of its family's.
const UNMEASURED: (f64, f64) = (0.7, 1.3);

/// Band of several requests, or draft tokens, at once, on top of the group's: how an engine groups their work was no
/// part of any fit.
pub const AT_ONCE: (f64, f64) = (0.9, 1.1);

/// How far from the stated acceptance rate a text may lie.
const ACCEPTED: f64 = 0.1;

/// What a draft token costs over the pass that verifies it: nothing where it is found in the text, a layer or two where
/// a head of the model makes it.
const DRAFTING: Band<f64> = Band { low: 0.05, best: 0.02, high: 0.0 };

/// What the low and high ends rest on.
const BAND: &str =
    "leave-one-machine-out: nine in ten measured speeds lay inside this share of the prediction";

/// What they rest on where a prompt is prefilled.
const BAND_OF_PROMPTS: &str = "leave-one-machine-out, with the share of the time that attention takes: its kernels differ more than products";

/// Speeds of a model on a machine; nothing where it does not run.
pub(super) fn speed(
    asked: Asked<'_>,
    reads: Reads,
    chip: Chip,
    calibration: &Calibration,
    book: &mut Book,
) -> Option<InferenceSpeed> {
    let request = request(asked, reads, chip, calibration, book.detail())?;
    Some(request.speed(asked.machine, book))
}

/// What is asked of a model, as one of the requests at once.
pub(super) fn request<'a>(
    asked: Asked<'_>,
    reads: Reads,
    chip: Chip,
    calibration: &'a Calibration,
    detail: Detail,
) -> Option<Request<'a>> {
    let engine = SpeedEngine::from(asked.language.runtime);
    let chip = chip.by(engine == SpeedEngine::LlamaCpp && asked.inference.backend == Backend::Vulkan);
    let model = DecodeModel::alone(reads, chip, engine, calibration)?
        .sourced(asked.machine, detail)
        .shared(asked.language, asked.sharing);
    let model = DecodeModel {
        offload: offload(&asked, &reads)?,
        cache_width: cached_width(asked.inference),
        drafts: count(asked.inference.speculation.draft_tokens),
        ..model
    };
    let inference = share_of_requests(asked.inference, asked.sharing.copy_count());
    // Copies answer side by side, each request at the speed of one device.
    let all = count(asked.inference.concurrency.max(1));
    Some(Request { model, inference, all })
}

/// Bytes of a cached value over those of 16 bit, keys and values together.
fn cached_width(inference: &Inference) -> f64 {
    let width = |precision: KvPrecision| {
        let (elements, bytes) = precision.block();
        f64::from(bytes) / f64::from(elements) / 2.0
    };
    let [keys, values] = inference.cache_types().map(width);
    f64::midpoint(keys, values)
}

/// One request among some on a device, and all requests on all devices.
pub(super) struct Request<'a> {
    pub(super) model: DecodeModel<'a>,
    inference: Inference,
    pub(super) all: f64,
}

impl Request<'_> {
    fn speed(&self, machine: &Machine, book: &mut Book) -> InferenceSpeed {
        let model = &self.model;
        let (detail, requests) = (book.detail(), self.requests());
        let depth = self.before() + self.prompt() + self.answer() / 2.0;
        let most = model.roofline(depth, requests);
        let passes = self.passes(depth, &most);
        let decode = self.decode(book, &passes);
        let yielded = self.yielded().high;
        let roofline = formula!(detail, "passes that no engine exceeds, each with all draft tokens that may be accepted";
            passes_per_s = most, tokens_per_pass = yielded => passes_per_s * tokens_per_pass);
        let roofline = book.exact(FigureName::Roofline, roofline);
        let between =
            |speed: &f64| formula!(detail, "one token after another"; decode = *speed => 1.0 / decode);
        book.band(FigureName::TimePerOutputToken, turned(&decode, between));
        let (prefill, prefill_roofline) = self.prefill(book);
        let steady = |decode: f64, prefill: f64| {
            formula!(detail, "a steady state: the prompts of all requests are read, then all answers generated";
                all_requests = self.all, answer_tokens = self.answer(), requests = requests,
                new_tokens = self.new_tokens(), prefill = prefill, decode = decode
                => all_requests * answer_tokens / (requests * new_tokens / prefill + answer_tokens / decode))
        };
        let aggregate = Band {
            low: steady(decode.low, prefill.low),
            best: steady(decode.best, prefill.best),
            high: steady(decode.high, prefill.high),
        };
        let aggregate = book.band(FigureName::Aggregate, aggregate);
        let (first, request) = self.waits(book, decode, prefill);
        let task = (self.inference.agent_loop.turns > 1).then(|| self.task(book, (prefill, decode)));
        let under_roof = Roofline::of(
            model,
            (depth, requests),
            passes.best.value,
            (prefill.best, self.chunk().min(self.new_tokens())),
        );
        InferenceSpeed {
            decode: decode.map(TokensPerSecond::new),
            time_per_output_token: turned(&decode, |speed| Seconds::new(1.0 / speed)),
            roofline: TokensPerSecond::new(roofline),
            generating: decode.map(|speed| TokensPerSecond::new(speed * self.all)),
            aggregate: aggregate.map(TokensPerSecond::new),
            prefill: prefill.map(TokensPerSecond::new),
            prefill_roofline: TokensPerSecond::new(prefill_roofline),
            time_to_first_token: first.map(Seconds::new),
            request: request.map(Seconds::new),
            task: task.map(|task| task.map(Seconds::new)),
            bound: model.bound(depth, requests),
            // A prompt is computed at once, so arithmetic binds it, or what has to be copied to the device.
            prefill_bound: model.offload_bound().unwrap_or(Bound::Compute),
            offloaded: model.offload.of_weights(&model.reads),
            on_disk: model.offload.on_disk(),
            under_roof,
            basis: Basis {
                group: model.decode.group,
                rows: model.decode.rows,
                machines: model.decode.machines,
                measured_here: machine.bandwidth.as_ref().is_some_and(|figure| figure.1 == Kind::Measured),
                doubt: self.doubt(),
            },
        }
    }

    pub(super) fn requests(&self) -> f64 {
        count(self.inference.concurrency.max(1))
    }

    /// Tokens that are in the context before the prompt.
    fn before(&self) -> f64 {
        count(self.inference.depth)
    }

    pub(super) fn prompt(&self) -> f64 {
        count(self.inference.prompt.max(1))
    }

    fn answer(&self) -> f64 {
        count(self.inference.generate.max(1))
    }

    pub(super) fn chunk(&self) -> f64 {
        count(self.model.chunk(&self.inference).max(1))
    }

    /// Tokens of the prompt that are no part of a prefix all requests share.
    fn new_tokens(&self) -> f64 {
        let several = self.inference.concurrency > 1;
        let shared = if several { self.inference.prefix_share.clamp(0.0, 1.0) } else { 0.0 };
        (self.prompt() * (1.0 - shared)).max(1.0)
    }

    /// Tokens that a pass yields: texts differ in how many draft tokens are accepted, a tenth either way.
    fn yielded(&self) -> Band<f64> {
        let speculation = self.inference.speculation;
        let Speculation { acceptance_rate, .. } = speculation;
        let held =
            Band { low: acceptance_rate - ACCEPTED, best: acceptance_rate, high: acceptance_rate + ACCEPTED };
        held.map(|share| speculation.yielded(share))
    }

    /// Passes a second with their band, none above the roofline.
    fn passes(&self, depth: f64, most: &Figure) -> Band<Figure> {
        let model = &self.model;
        let (detail, requests) = (model.detail, self.requests());
        let experts = model.reads.has_experts();
        let measured = if experts { model.decode.band_experts } else { model.decode.band };
        let (low, high) = self.band(measured, model.decode.group);
        let at_once = if requests > 1.0 || model.drafts > 0.0 { AT_ONCE } else { (1.0, 1.0) };
        let (low, high) = (low * at_once.0, high * at_once.1);
        let best = formula!(detail, "one pass after another, none shorter than the roofline's";
            pass_s = model.pass(depth, requests, End::Best), most_per_s = most.value
            => min(1.0 / pass_s, most_per_s));
        // What is only known as a band has ends of its own; else the ends are shares of the best figure.
        let (slow, fast) = if model.offload.is_some() || model.sharing.shards() > 1.0 {
            let at = |end| {
                formula!(detail, "one pass after another, at the end of what is only known as a band";
                    pass_s = model.pass(depth, requests, end) => 1.0 / pass_s)
            };
            (at(End::Slow), at(End::Fast))
        } else {
            (best.value.into(), best.value.into())
        };
        Band {
            low: formula!(detail, BAND; passes_per_s = slow, low_share = low, best_per_s = best.value
                => min(passes_per_s * low_share, best_per_s)),
            high: formula!(detail, BAND;
                passes_per_s = fast, high_share = high, best_per_s = best.value, most_per_s = most.value
                => min(max(passes_per_s * high_share, best_per_s), most_per_s)),
            best,
        }
    }

    /// Tokens a second of one request.
    fn decode(&self, book: &mut Book, passes: &Band<Figure>) -> Band<f64> {
        let detail = book.detail();
        let drafts = self.model.drafts;
        if drafts <= 0.0 {
            // Each pass yields a token of every request.
            return book.band(FigureName::Decode, passes.clone());
        }
        let at = |passes: &Figure, yielded: f64, drafting: f64| {
            formula!(detail, "speculative decoding: accepted draft tokens and one more a pass (Leviathan et al. 2023)";
                passes_per_s = passes.clone(), tokens_per_pass = yielded, draft_tokens = drafts,
                draft_cost = drafting
                => passes_per_s * tokens_per_pass / (1.0 + draft_tokens * draft_cost))
        };
        let yielded = self.yielded();
        let band = Band {
            low: at(&passes.low, yielded.low, DRAFTING.low),
            best: at(&passes.best, yielded.best, DRAFTING.best),
            high: at(&passes.high, yielded.high, DRAFTING.high),
        };
        book.band(FigureName::Decode, band)
    }

    /// Tokens a second of a prompt, and what none exceeds.
    fn prefill(&self, book: &mut Book) -> (Band<f64>, f64) {
        let model = &self.model;
        let (new, chunk) = (self.new_tokens(), self.chunk());
        let token = model.token_alone((new, self.before() + self.prompt() - new), chunk);
        self.prefill_of(&token, (new, chunk), book)
    }

    /// The same of so many tokens, in passes of as many as `chunk`, where one of them takes `token`.
    pub(super) fn prefill_of(
        &self,
        token: &PromptToken,
        (new, chunk): (f64, f64),
        book: &mut Book,
    ) -> (Band<f64>, f64) {
        let model = &self.model;
        let detail = book.detail();
        let experts = model.reads.has_experts();
        let measured = if experts { model.prefill.band_experts } else { model.prefill.band };
        let (low, high) = self.band(measured, model.prefill.group);
        let share = token.attention_share(detail);
        let end = |at: f64, of_attention: f64| {
            formula!(detail, BAND_OF_PROMPTS;
                group_share = at, attention_share = share.clone(), all_attention = of_attention
                => group_share * exp(attention_share * ln(all_attention)))
        };
        let (low, high) = (end(low, model.attention_band.low), end(high, model.attention_band.high));
        let at = |end| model.shared_prompt(token.whole.clone(), (new, chunk), end);
        let most = model.prefill_roofline(chunk.min(new));
        let best = formula!(detail, "tokens of the prompt in its time, none faster than the roofline";
            token_s = at(End::Best), most_per_s = most.value => min(1.0 / token_s, most_per_s));
        let band = Band {
            low: formula!(detail, BAND; token_s = at(End::Slow), low_share = low, best_per_s = best.value
                => min(1.0 / token_s * low_share, best_per_s)),
            high: formula!(detail, BAND;
                token_s = at(End::Fast), high_share = high, most_per_s = most.value, best_per_s = best.value
                => max(min(1.0 / token_s * high_share, most_per_s), best_per_s)),
            best,
        };
        (book.band(FigureName::Prefill, band), book.exact(FigureName::PrefillRoofline, most))
    }

    /// Seconds to the first token, and to the end of the answer.
    fn waits(&self, book: &mut Book, decode: Band<f64>, prefill: Band<f64>) -> (Band<f64>, Band<f64>) {
        let detail = book.detail();
        let requests = self.requests();
        // Of several, a prompt waits at best for none, in a steady state for those that are being read, at worst for all.
        let at = |speed: f64, waiting: f64| {
            formula!(detail, "the prompt, less a prefix that is shared, and prompts of other requests before it";
                prompt_tokens = self.new_tokens(), prefill = speed, prompts_before = waiting
                => prompt_tokens / prefill * (1.0 + prompts_before))
        };
        let reading = requests * self.new_tokens() / prefill.best;
        let busy = reading / (reading + self.answer() / decode.best);
        let first = Band {
            low: at(prefill.high, 0.0),
            best: at(prefill.best, busy * (requests - 1.0) / 2.0),
            high: at(prefill.low, requests - 1.0),
        };
        let first = book.band(FigureName::TimeToFirstToken, first);
        let whole = |prefill: f64, speed: f64| {
            formula!(detail, "the prompts of all requests are read, then the answer is generated";
                requests = requests, prompt_tokens = self.new_tokens(), prefill = prefill,
                answer_tokens = self.answer(), decode = speed
                => requests * prompt_tokens / prefill + answer_tokens / decode)
        };
        let request = Band {
            low: whole(prefill.high, decode.high),
            best: whole(prefill.best, decode.best),
            high: whole(prefill.low, decode.low),
        };
        (first, book.band(FigureName::Request, request))
    }

    /// Seconds of a task of several turns: the first request, then for each further turn what a tool added, or all
    /// of it anew where no prefix is cached, and another answer.
    ///
    /// The conversation grows from turn to turn; its middle and ends stand for all (Simpson's rule).
    fn task(&self, book: &mut Book, (prefill, decode): (Band<f64>, Band<f64>)) -> Band<f64> {
        let model = &self.model;
        let detail = book.detail();
        let AgentLoop { turns, tool_output_tokens, prefix_caching } = self.inference.agent_loop;
        let further = count(turns) - 1.0;
        let (prompt, answer, tool) =
            (count(self.inference.prompt), count(self.inference.generate), count(tool_output_tokens));
        let (requests, chunk) = (self.requests(), self.chunk());
        let depth = |turn: f64| self.before() + prompt + turn * (answer + tool);
        let pass = |turn: f64| model.pass(depth(turn) + answer / 2.0, requests, End::Best);
        let reads = |turn: f64| {
            let (new, behind) = if prefix_caching { (tool, depth(turn) - tool) } else { (depth(turn), 0.0) };
            formula!(detail, "a turn's new tokens";
                new_tokens = new, token_s = model.prompt_token((new.max(1.0), behind.max(0.0)), chunk, End::Best)
                => new_tokens * token_s)
        };
        let middle = f64::midpoint(1.0, further);
        // In tokens at the speeds of the first turn, which carry the bands.
        let decoded = formula!(detail, "answers of all further turns, in tokens at the pace of the first";
            answer_tokens = answer, further_turns = further, second_s = pass(1.0), middle_s = pass(middle),
            last_s = pass(further), first_s = pass(0.0)
            => answer_tokens * further_turns * (second_s + 4.0 * middle_s + last_s) / 6.0 / first_s);
        let prefilled = formula!(detail, "prompts of all further turns, in tokens at the pace of the first";
            further_turns = further, second_s = reads(1.0), middle_s = reads(middle), last_s = reads(further),
            prefill = prefill.best
            => further_turns * (second_s + 4.0 * middle_s + last_s) / 6.0 * prefill);
        let first = turned(&prefill, |speed| self.new_tokens() / speed);
        let answer = self.answer();
        let whole = |ttft: f64, prefill: f64, decode: f64| {
            formula!(detail, "the first request, then what further turns prefill and decode";
                ttft = ttft, answer_tokens = answer, decode = decode, decoded_tokens = decoded.clone(),
                prefilled_tokens = prefilled.clone(), prefill = prefill
                => ttft + answer_tokens / decode + decoded_tokens / decode + prefilled_tokens / prefill)
        };
        let task = Band {
            low: whole(first.low, prefill.high, decode.high),
            best: whole(first.best, prefill.best, decode.best),
            high: whole(first.high, prefill.low, decode.low),
        };
        book.band(FigureName::Task, task)
    }

    /// Why the band is wide, where it is.
    pub(super) fn doubt(&self) -> Doubt {
        let sharing = self.model.sharing;
        if self.model.offload.is_some() {
            Doubt::Offload
        } else if sharing.shards() > 1.0 && sharing.pcie.low < sharing.pcie.high {
            Doubt::Link
        } else if self.unmeasured(self.model.decode.group) {
            Doubt::Unmeasured
        } else {
            Doubt::Spread
        }
    }

    /// Whether no measurement was taken with such a program or on such a chip.
    fn unmeasured(&self, group: SpeedGroup) -> bool {
        let chip = self.model.chip;
        self.model.engine == SpeedEngine::Unmeasured
            || (chip.vulkan && !chip.is_amd())
            || group == SpeedGroup::Every
            || matches!(chip.kind, ChipKind::Processor | ChipKind::Cdna)
    }

    /// The group's band; wider for an engine or a family that was not measured.
    fn band(&self, band: (f64, f64), group: SpeedGroup) -> (f64, f64) {
        let (low, high) = band;
        let unknown = self.unmeasured(group);
        if unknown { (low * UNMEASURED.0, high * UNMEASURED.1) } else { (low, high) }
    }
}

/// A time from a speed: the high speed is the low time.
pub(super) fn turned<A, B>(band: &Band<A>, of: impl Fn(&A) -> B) -> Band<B> {
    Band { low: of(&band.high), best: of(&band.best), high: of(&band.low) }
}

/// Some requests at once, as they are measured together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Together {
    /// How many.
    pub requests: f64,
    /// Tokens that each has behind it while it is generated.
    pub depth: f64,
    /// Tokens of each prompt and its answer, where prompts are read in between.
    pub prompt_and_answer: Option<(f64, f64)>,
    /// Tokens of a prompt computed at once.
    pub chunk: f64,
}

/// Aggregate throughput of some requests, tokens a second: while all are generated, or in a steady state in which their
/// prompts are read in between.
pub fn aggregate_throughput(
    reads: Reads,
    chip: Chip,
    engine: SpeedEngine,
    calibration: &Calibration,
    together: Together,
) -> Option<TokensPerSecond> {
    let Together { requests, depth, prompt_and_answer, chunk } = together;
    let model = DecodeModel::alone(reads, chip, engine, calibration)?;
    let pass = model.pass(depth, requests, End::Best).value;
    Some(TokensPerSecond::new(match prompt_and_answer {
        None => requests / pass,
        Some((prompt, answer)) => {
            let read = prompt * model.prompt_token((prompt, 0.0), chunk, End::Best).value;
            requests * answer / (requests * read + answer * pass)
        }
    }))
}
