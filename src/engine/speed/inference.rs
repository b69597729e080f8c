//! How fast a language model reads prompts and writes answers.

use super::away::{Away, away};
use super::chip::{Chip, ChipKind, SpeedEngine};
use super::devices::{End, Shape, Sharing};
use super::reads::Reads;
use super::terms::{Prompt, decode_terms, prefill_terms};
use super::{Basis, Bound};
use crate::engine::{Budget, Fit};
use crate::spec::{
    AgentLoop, Calibration, DecodeTerms, Fitted, Inference, Kind, KvPrecision, LanguageModel, Machine, Mixer,
    Model, PrefillTerms, Speculation, SpeedGroup, Split, share_of_requests,
};
use crate::units::{Band, Seconds, TokensPerSecond, count};

/// Speeds of a request and of all requests together.
#[derive(Clone, Debug, PartialEq)]
pub struct InferenceSpeed {
    /// Tokens a second that one request is written with, half way through its answer.
    pub decode: Band<TokensPerSecond>,
    /// What no engine can exceed: all bytes a token reads at the datasheet's bandwidth.
    pub roofline: TokensPerSecond,
    /// Tokens a second of all requests together.
    pub aggregate: Band<TokensPerSecond>,
    /// Tokens a second that a prompt is read with.
    pub prefill: Band<TokensPerSecond>,
    /// From the question to the first token.
    pub first_token: Band<Seconds>,
    /// From the question to the end of the answer.
    pub request: Band<Seconds>,
    /// From the question to the end of the last answer, where a task takes several calls of the model.
    pub task: Option<Band<Seconds>>,
    /// What holds writing back.
    pub bound: Bound,
    /// Share of the weights that lies in the system's memory because the card's is full; 0 where all fit.
    pub offloaded: f64,
    /// Share of the weights that no memory has room for, and that is read from disk.
    pub on_disk: f64,
    /// What the figures rest on.
    pub basis: Basis,
}

/// Band of an engine that no measurement was taken with, on top of its family's.
const UNMEASURED: (f64, f64) = (0.7, 1.3);

/// Band of several requests, or guesses, at once, on top of the group's: how an engine groups their work was no part of
/// any fit.
pub const AT_ONCE: (f64, f64) = (0.9, 1.1);

/// Rows of a tile of a matrix product.
const TILE: f64 = 32.0;
/// Share of the experts that are drawn from as if evenly.
const POPULAR: f64 = 0.35;
/// Seconds in which a server draws one request's token from its scores; benchmarks of a single request draw none.
const DRAWING: f64 = 0.35e-3;

/// How far from the stated share of guesses that hold a text may lie.
const GUESSED: f64 = 0.1;

/// What a guess costs over the pass that checks it: nothing where it is found in the text, a layer or two where a head
/// of the model makes it.
const DRAFTING: Band<f64> = Band { low: 0.05, best: 0.02, high: 0.0 };

/// Everything one token's time is made of.
struct Writing<'a> {
    reads: Reads,
    chip: Chip,
    decode: &'a Fitted<DecodeTerms>,
    prefill: &'a Fitted<PrefillTerms>,
    /// Bytes of a cached value over those of 16 bit.
    cache: f64,
    away: Away,
    /// Tokens of a request that one pass checks beside the one it writes.
    draft_tokens: f64,
    engine: SpeedEngine,
    sharing: Sharing,
    shape: Shape,
    /// Into how many parts the KV cache is cut: heads cannot be, nor what latent attention keeps.
    cache_parts: f64,
}

/// What is asked of which machine.
pub(super) struct Asked<'a> {
    pub(super) language: &'a LanguageModel,
    pub(super) inference: &'a Inference,
    pub(super) machine: &'a Machine,
    pub(super) budget: &'a Budget,
    pub(super) fit: &'a Fit,
    pub(super) sharing: Sharing,
}

/// Speeds of a model on a machine; nothing where it does not run.
pub(super) fn speed(
    asked: &Asked<'_>,
    reads: Reads,
    chip: Chip,
    calibration: &Calibration,
) -> Option<InferenceSpeed> {
    let engine = SpeedEngine::from(asked.language.runtime);
    let decode = calibration.decode(chip.decode_group(engine))?;
    let prefill = calibration.prefill(chip.prefill_group(engine))?;
    let away = away(asked, &reads)?;
    let cache = cached_width(asked.inference.kv_precision);
    let writing = Writing {
        reads,
        chip,
        decode,
        prefill,
        cache,
        away,
        draft_tokens: count(asked.inference.speculation.draft_tokens),
        engine,
        sharing: asked.sharing,
        shape: Shape { layers: reads.layers, hidden: f64::from(asked.language.model.hidden) },
        cache_parts: cache_parts(&asked.language.model, asked.sharing),
    };
    let inference = share_of_requests(asked.inference, asked.sharing.copy_count());
    let one = writing.speed(&inference, asked.machine);
    // Copies answer side by side, each request at the speed of one device.
    let requests = count(asked.inference.concurrency.max(1));
    let aggregate = one.decode.map(|speed| TokensPerSecond::new(speed.get() * requests));
    Some(InferenceSpeed { aggregate, ..one })
}

/// What all layers keep of a token over what the fullest device keeps of it.
fn cache_parts(model: &Model, sharing: Sharing) -> f64 {
    let devices = if sharing.split == Split::Tensor { sharing.devices.max(1) } else { 1 };
    let (mut all, mut fullest) = (0.0, 0.0);
    for run in &model.stack {
        for block in &run.blocks {
            let layers = f64::from(run.repeat) * f64::from(block.times);
            match &block.mixer {
                Mixer::Attention(shape) | Mixer::Parallel(shape, _) => {
                    let head = f64::from(shape.head) * layers;
                    all += f64::from(shape.kv_heads) * head;
                    fullest += f64::from(shape.kv_heads.div_ceil(devices)) * head;
                }
                Mixer::Mla(mla) => {
                    let kept = (f64::from(mla.kv_rank) + f64::from(mla.rope)) * layers;
                    all += kept;
                    fullest += kept;
                }
                Mixer::Mamba2(_) | Mixer::GatedDelta(_) => {}
            }
        }
    }
    if fullest > 0.0 { all / fullest } else { f64::from(devices) }
}

/// Bytes of a cached value over those of 16 bit.
fn cached_width(precision: KvPrecision) -> f64 {
    let (elements, bytes) = precision.block();
    f64::from(bytes) / f64::from(elements) / 2.0
}

impl Writing<'_> {
    fn speed(&self, inference: &Inference, machine: &Machine) -> InferenceSpeed {
        let requests = count(inference.concurrency.max(1));
        let prompt = count(inference.prompt.max(1));
        let answer = count(inference.generate.max(1));
        let depth = prompt + answer / 2.0;
        let step = self.step(depth, requests, End::Best);
        let experts = self.reads.has_experts();
        let measured = if experts { self.decode.band_experts } else { self.decode.band };
        let (decode_low, decode_high) = self.band(measured, self.decode.group);
        let at_once = if requests > 1.0 || self.draft_tokens > 0.0 { AT_ONCE } else { (1.0, 1.0) };
        let (decode_low, decode_high) = (decode_low * at_once.0, decode_high * at_once.1);
        // Texts differ in how well they are guessed: a tenth either way.
        let Speculation { acceptance_rate, .. } = inference.speculation;
        let held =
            Band { low: acceptance_rate - GUESSED, best: acceptance_rate, high: acceptance_rate + GUESSED };
        let yielded = held.map(|share| inference.speculation.yielded(share));
        let pass = self.roofline(depth, requests);
        let single = pass * yielded.high;
        let passes = self.around(1.0 / step, (decode_low, decode_high), pass, depth, requests);
        let guessing = DRAFTING.map(|share| self.draft_tokens.mul_add(share, 1.0));
        let each = Band {
            low: passes.low * yielded.low / guessing.low,
            best: passes.best * yielded.best / guessing.best,
            high: passes.high * yielded.high / guessing.high,
        };
        let shared = if inference.concurrency > 1 { inference.prefix_share.clamp(0.0, 1.0) } else { 0.0 };
        let new = (prompt * (1.0 - shared)).max(1.0);
        let chunk = count(self.chunk(inference).max(1));
        let read = |end| self.read((new, prompt - new), chunk, end);
        let measured = if experts { self.prefill.band_experts } else { self.prefill.band };
        let (low, high) = self.band(measured, self.prefill.group);
        let peak = self.chip.matrix.max(self.chip.integer).max(self.chip.shaders);
        let at_once = if self.sharing.copy_count() > 1 { 1.0 } else { f64::from(self.sharing.devices) };
        let most = peak * at_once / (2.0 * self.reads.active);
        let prefill = Band {
            low: read(End::Slow) * low,
            best: read(End::Best).min(most),
            high: (read(End::Fast) * high).min(most),
        };
        let prefill =
            Band { low: prefill.low.min(prefill.best), high: prefill.high.max(prefill.best), ..prefill };
        let first = Band { low: new / prefill.high, best: new / prefill.best, high: new / prefill.low };
        let request = Band {
            low: first.low + answer / each.high,
            best: first.best + answer / each.best,
            high: first.high + answer / each.low,
        };
        InferenceSpeed {
            decode: each.map(TokensPerSecond::new),
            roofline: TokensPerSecond::new(single),
            aggregate: each.map(|speed| TokensPerSecond::new(speed * requests)),
            prefill: prefill.map(TokensPerSecond::new),
            first_token: first.map(Seconds::new),
            request: request.map(Seconds::new),
            task: (inference.agent_loop.turns > 1)
                .then(|| self.task(inference, &request, (prefill, each)).map(Seconds::new)),
            bound: self.bound(depth, requests),
            offloaded: self.away.of_weights(&self.reads),
            on_disk: self.away.on_disk(),
            basis: Basis {
                group: self.decode.group,
                rows: self.decode.rows,
                machines: self.decode.machines,
                measured_here: machine.bandwidth.as_ref().is_some_and(|figure| figure.1 == Kind::Measured),
            },
        }
    }

    /// Seconds of a task of several calls: the first request, then for each further call what a tool added, or all
    /// of it anew where nothing is kept, and another answer.
    ///
    /// The conversation grows from call to call; its middle and ends stand for all.
    fn task(
        &self,
        inference: &Inference,
        first: &Band<f64>,
        (prefill, each): (Band<f64>, Band<f64>),
    ) -> Band<f64> {
        let AgentLoop { turns, tool_output_tokens, prefix_caching } = inference.agent_loop;
        let further = count(turns) - 1.0;
        let (prompt, answer, tool) =
            (count(inference.prompt), count(inference.generate), count(tool_output_tokens));
        let requests = count(inference.concurrency.max(1));
        let chunk = count(self.chunk(inference).max(1));
        let depth = |call: f64| prompt + call * (answer + tool);
        let pass = |call: f64| self.step(depth(call) + answer / 2.0, requests, End::Best);
        let reads = |call: f64| {
            let (new, behind) = if prefix_caching { (tool, depth(call) - tool) } else { (depth(call), 0.0) };
            new / self.read((new.max(1.0), behind.max(0.0)), chunk, End::Best)
        };
        let middle = f64::midpoint(1.0, further);
        let over = |seconds: &dyn Fn(f64) -> f64| {
            further * (seconds(1.0) + 4.0 * seconds(middle) + seconds(further)) / 6.0
        };
        // In tokens at the speeds of the first call, which carry the bands.
        let written = answer * over(&pass) / pass(0.0);
        let read = over(&reads) * prefill.best;
        Band {
            low: first.low + written / each.high + read / prefill.high,
            best: first.best + written / each.best + read / prefill.best,
            high: first.high + written / each.low + read / prefill.low,
        }
    }

    /// Tokens of a prompt computed at once.
    const fn chunk(&self, inference: &Inference) -> u64 {
        match self.engine {
            SpeedEngine::LlamaCpp => inference.ubatch,
            _ => inference.prefill_step,
        }
    }

    /// Seconds of a pass, in which every one of some requests gets a token, or those of its guesses that hold.
    ///
    /// Weights are read once for all; of experts as many as different requests use. Caches and attention are each
    /// request's own. Unpacking is repeated for each until multiplying as for a prompt is the shorter way.
    fn step(&self, depth: f64, requests: f64, end: End) -> f64 {
        let time = self.times(depth);
        let rows = requests * (self.draft_tokens + 1.0);
        let distinct = self.distinct(rows);
        let share = self.away.share(self.routed(rows));
        let kept = 1.0 - share;
        let parts = self.sharing.parts();
        let read = reading(&time) * distinct * kept;
        let elsewhere = self.away.seconds(self.reads.bytes * distinct, share, end);
        let drawing = if requests < 2.0 { 0.0 } else { DRAWING };
        let caches = time.cache * self.cache * requests / self.cache_parts;
        let floor = self.reads.bytes * distinct * kept / self.chip.bandwidth;
        let shared = read + self.computing(&time, rows) + time.attention * rows;
        (shared / parts + caches + drawing * requests + spending(&time)).max(floor / parts)
            + elsewhere
            + self.sharing.passing(rows, self.shape, end)
    }

    /// Seconds of each term of one token after `depth` others.
    fn times(&self, depth: f64) -> DecodeTerms {
        decode_terms(&self.reads, &self.chip, depth, false).times(self.decode.terms)
    }

    /// Seconds of unpacking and multiplying for some requests, beside reading the weights once; by the shorter way.
    ///
    /// Either each request is multiplied alone, for which Apple's kernels read the weights anew each time, or all
    /// together as a prompt is, in tiles of 32 rows that few requests fill only in part.
    fn computing(&self, time: &DecodeTerms, requests: f64) -> f64 {
        let unpack =
            time.unpack_nested + time.unpack_simple + time.unpack_nested_experts + time.unpack_simple_experts;
        let again = if self.chip.is_apple() { reading(time) * (requests - 1.0) } else { 0.0 };
        let alone = unpack.mul_add(requests, again);
        let rows = (requests / TILE).ceil() * TILE;
        let together = self.product(rows).mul_add(rows, unpack);
        if requests < 2.0 { alone } else { alone.min(together) }
    }

    /// How many times as much is read for so many requests at once as for one.
    ///
    /// Only experts differ from request to request. Texts of a kind draw on some of them far more often than on
    /// others: as if a third of the experts were drawn from evenly, near which three mixtures were measured.
    fn distinct(&self, requests: f64) -> f64 {
        let routed = self.reads.routed_share();
        if routed <= 0.0 {
            return 1.0;
        }
        let share = (self.reads.used / (self.reads.experts * POPULAR)).min(1.0);
        // All different experts that are drawn, over those of one.
        let drawn = (1.0 - (1.0 - share).powf(requests)) / share;
        routed.mul_add(drawn - 1.0, 1.0)
    }

    /// Share of what so many rows read that belongs to routed experts.
    fn routed(&self, rows: f64) -> f64 {
        let distinct = self.distinct(rows);
        (self.reads.routed_share() + distinct - 1.0) / distinct
    }

    /// Seconds of multiplying for one token by the way prompts are multiplied.
    fn product(&self, requests: f64) -> f64 {
        let prompt = Prompt { tokens: requests, depth: 0.0, chunk: requests, older: false, one_model: false };
        let time = prefill_terms(&self.reads, &self.chip, &prompt).times(self.prefill.terms);
        time.quantized + time.plain + time.experts
    }

    /// Tokens a second of a prompt.
    fn read(&self, (tokens, depth): (f64, f64), chunk: f64, end: End) -> f64 {
        let prompt = Prompt { tokens, depth, chunk, older: false, one_model: false };
        let terms = prefill_terms(&self.reads, &self.chip, &prompt).to_array();
        let seconds: f64 =
            terms.iter().zip(self.prefill.terms.to_array()).map(|(term, own)| term * own).sum();
        // What lies in the system's memory crosses to the card once a chunk.
        let elsewhere = self.away.crossing(&self.reads, end) / tokens.min(chunk).max(1.0);
        let together = self.sharing.prompt(seconds * tokens, tokens, chunk, self.shape, end);
        1.0 / (together / tokens + elsewhere)
    }

    /// Tokens a second of one request among some that no engine can exceed.
    fn roofline(&self, depth: f64, requests: f64) -> f64 {
        let cache = 2.0 * self.reads.kept_values(depth) * self.cache * requests;
        let rows = requests * (self.draft_tokens + 1.0);
        let share = self.away.share(self.routed(rows));
        let read = self.reads.bytes * self.distinct(rows);
        let parts = self.sharing.parts();
        // As much as the fullest device reads.
        let bytes = read * (1.0 - share) / parts + cache / self.cache_parts;
        let elsewhere = self.away.seconds(read, share, End::Fast);
        let peak = self.chip.matrix.max(self.chip.integer).max(self.chip.shaders);
        let computed = 2.0 * self.reads.active * rows / peak;
        1.0 / ((bytes / self.chip.bandwidth).max(computed / parts) + elsewhere)
    }

    /// A speed with its band, none of it above the roofline.
    fn around(
        &self,
        speed: f64,
        (low, high): (f64, f64),
        roofline: f64,
        depth: f64,
        requests: f64,
    ) -> Band<f64> {
        let best = speed.min(roofline);
        let (slow, fast) = if self.away.is_some() || self.sharing.parts() > 1.0 {
            (1.0 / self.step(depth, requests, End::Slow), 1.0 / self.step(depth, requests, End::Fast))
        } else {
            (best, best)
        };
        Band { low: (slow * low).min(best), best, high: (fast * high).clamp(best, roofline) }
    }

    /// The group's band; wider for an engine or a family that was not measured.
    fn band(&self, band: (f64, f64), group: SpeedGroup) -> (f64, f64) {
        let (low, high) = band;
        let unknown = self.engine == SpeedEngine::Unmeasured
            || group == SpeedGroup::Every
            || self.chip.kind == ChipKind::Processor;
        if unknown { (low * UNMEASURED.0, high * UNMEASURED.1) } else { (low, high) }
    }

    /// What takes most of a token's time.
    fn bound(&self, depth: f64, requests: f64) -> Bound {
        if self.away.on_disk() > 0.0 {
            return Bound::Disk;
        }
        if self.away.is_some() {
            return Bound::Link;
        }
        let time = self.times(depth);
        let parts = self.sharing.parts();
        let caches = time.cache * self.cache * requests / self.cache_parts * parts;
        let read = reading(&time).mul_add(self.distinct(requests), caches);
        let computed = time.attention.mul_add(requests, self.computing(&time, requests));
        let spent = spending(&time);
        let passed = self.sharing.passing(requests, self.shape, End::Best);
        let (read, computed) = (read / parts, computed / parts);
        if passed > read.max(computed).max(spent) {
            Bound::Devices
        } else if read >= computed && read >= spent {
            Bound::Memory
        } else if computed >= spent {
            Bound::Compute
        } else {
            Bound::Overhead
        }
    }
}

/// Tokens a second of some requests together, each with `depth` tokens behind it.
pub fn together(
    reads: Reads,
    chip: Chip,
    engine: SpeedEngine,
    calibration: &Calibration,
    (depth, requests): (f64, f64),
) -> Option<TokensPerSecond> {
    let decode = calibration.decode(chip.decode_group(engine))?;
    let prefill = calibration.prefill(chip.prefill_group(engine))?;
    let writing = Writing {
        reads,
        chip,
        decode,
        prefill,
        cache: 1.0,
        away: Away::NONE,
        draft_tokens: 0.0,
        engine,
        sharing: Sharing::alone(),
        shape: Shape { layers: reads.layers, hidden: 0.0 },
        cache_parts: 1.0,
    };
    Some(TokensPerSecond::new(requests / writing.step(depth, requests, End::Best)))
}

/// Seconds of reading weights, of one request.
fn reading(time: &DecodeTerms) -> f64 {
    time.memory + time.memory_experts + time.memory_two_dies + time.memory_shared + time.issue
}

/// Seconds spent whatever the size of the layers.
fn spending(time: &DecodeTerms) -> f64 {
    time.layer + time.expert_layer + time.recurrent_layer + time.fixed
}
