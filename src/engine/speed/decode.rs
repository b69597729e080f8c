//! The seconds of one pass in which every request gets a token: weights, unpacking, attention, caches, launches.

use super::chip::{Chip, SpeedEngine};
use super::devices::{End, Shape, Sharing};
use super::offload::Offload;
use super::reads::{Packing, Reads};
use super::terms::{Prompt, prefill_terms};
use crate::engine::figures::fact;
use crate::engine::working::{Detail, Figure};
use crate::formula;
use crate::spec::{
    AttentionBand, Calibration, DecodeTerms, Fitted, LanguageModel, Machine, Mixer, Model, PrefillTerms,
    Split,
};

/// Rows up to which llama.cpp multiplies each alone (mul_mat_vec_max_cols of its Vulkan backend).
const ALONE: f64 = 8.0;
/// Rows of a tile of a matrix product.
const TILE: f64 = 32.0;
/// Share of the experts that tokens are routed to as if evenly. Chosen with the rows of several requests in view, which
/// are scored with it.
const POPULAR: f64 = 0.35;
/// Seconds in which a server samples one request's token; benchmarks of a single request sample none. Chosen with the
/// rows of several requests in view, which are scored with it.
const SAMPLING: f64 = 0.35e-3;

/// What a pass rests on.
const PASS: &str = "one pass: reading, computing, launches, no shorter than its bytes at the full bandwidth";
/// What unpacking and multiplying rest on.
const COMPUTED: &str = "each row alone, or all rows by tiles of 32 as a prompt is, whichever is shorter";

/// Everything the time of one token is made of.
pub(super) struct DecodeModel<'a> {
    pub(super) reads: Reads,
    pub(super) chip: Chip,
    pub(super) decode: &'a Fitted<DecodeTerms>,
    pub(super) prefill: &'a Fitted<PrefillTerms>,
    pub(super) attention_band: AttentionBand,
    /// Bytes of a cached value over those of 16 bit.
    pub(super) cache_width: f64,
    pub(super) offload: Offload,
    /// Draft tokens of a request that one pass verifies beside the one it generates.
    pub(super) drafts: f64,
    pub(super) engine: SpeedEngine,
    pub(super) sharing: Sharing,
    pub(super) shape: Shape,
    /// Into how many shards the KV cache is cut: heads cannot be, nor what latent attention keeps.
    pub(super) cache_shards: f64,
    pub(super) bandwidth: Figure,
    pub(super) shaders: Figure,
    pub(super) detail: Detail,
}

impl<'a> DecodeModel<'a> {
    /// One request on one device, nothing offloaded; nothing where no group was measured.
    pub(super) fn alone(
        reads: Reads,
        chip: Chip,
        engine: SpeedEngine,
        calibration: &'a Calibration,
    ) -> Option<Self> {
        Some(Self {
            reads,
            chip,
            decode: calibration.decode(chip.decode_group(engine))?,
            prefill: calibration.prefill(chip.prefill_group(engine))?,
            attention_band: calibration.attention_band,
            cache_width: 1.0,
            offload: Offload::NONE,
            drafts: 0.0,
            engine,
            sharing: Sharing::alone(),
            shape: Shape { layers: reads.layers, hidden: 0.0 },
            cache_shards: 1.0,
            bandwidth: chip.bandwidth.into(),
            shaders: chip.shaders.into(),
            detail: Detail::Figures,
        })
    }

    /// The same with where the machine's rates are from.
    pub(super) fn sourced(self, machine: &Machine, detail: Detail) -> Self {
        let bandwidth = machine.bandwidth.as_ref();
        let bandwidth = bandwidth.map(|figure| fact(detail, "bandwidth", figure, self.chip.bandwidth));
        let shaders = machine.peaks.fp32.as_ref().or(machine.peaks.fp16.as_ref());
        let shaders = shaders.map(|figure| fact(detail, "shaders", figure, self.chip.shaders));
        Self {
            bandwidth: bandwidth.unwrap_or(self.bandwidth),
            shaders: shaders.unwrap_or(self.shaders),
            detail,
            ..self
        }
    }

    /// A model whose layers are on several devices.
    pub(super) fn shared(self, language: &LanguageModel, sharing: Sharing) -> Self {
        let hidden = f64::from(language.model.hidden);
        let shape = Shape { hidden, ..self.shape };
        Self { sharing, shape, cache_shards: cache_shards(&language.model, sharing), ..self }
    }

    /// A coefficient of decode with the measurements behind it.
    pub(super) fn fitted(&self, name: &'static str, value: f64) -> Figure {
        let of = || format!("calibration.ron, decode, {}", measured(self.decode));
        if self.detail.wanted() { Figure::found(self.detail, of(), name, value) } else { value.into() }
    }

    /// Rows that one pass computes: of every request the token that it generates and its draft tokens.
    pub(super) fn rows(&self, requests: f64) -> f64 {
        requests * (self.drafts + 1.0)
    }

    /// Seconds of a pass, in which every one of some requests gets a token, or its accepted draft tokens.
    ///
    /// Weights are read once for all; of experts as many as different requests use. Caches and attention are each
    /// request's own. Unpacking is repeated for each until multiplying as for a prompt is the shorter way.
    pub(super) fn pass(&self, depth: f64, requests: f64, end: End) -> Figure {
        let rows = self.rows(requests);
        let distinct = self.distinct(rows);
        let share = self.offload.share(self.routed(rows));
        let read = formula!(self.detail, "weights of one token, and of experts those of all rows";
            bytes_per_token = self.reads.bytes, distinct = distinct.clone() => bytes_per_token * distinct);
        let weights = formula!(self.detail, "bytes at the fitted share of the datasheet's bandwidth";
            bytes_per_token = self.reads.bytes, distinct = distinct.clone(), on_device_share = 1.0 - share,
            s_per_byte = self.seconds_per_byte()
            => s_per_byte * bytes_per_token * distinct * on_device_share);
        let least = formula!(self.detail, "the bytes of the fullest shard at the datasheet's bandwidth";
            bytes_per_token = self.reads.bytes, distinct = distinct, on_device_share = 1.0 - share,
            bandwidth = self.bandwidth.clone(), shards = self.sharing.shards()
            => bytes_per_token * distinct * on_device_share / bandwidth / shards);
        let sampling = if requests < 2.0 { 0.0 } else { SAMPLING };
        formula!(self.detail, PASS;
            weights_s = weights, compute_s = self.computing(rows), attention_s = self.attention(depth, rows),
            shards = self.sharing.shards(), cache_s = self.caches(depth, requests), sampling_s = sampling,
            requests = requests, launch_s = self.launches(), least_s = least,
            offload_s = self.offload.seconds(read, share, end, self.detail),
            transfer_s = self.sharing.transfer(rows, self.shape, end, self.detail)
            => max((weights_s + compute_s + attention_s) / shards + cache_s + sampling_s * requests + launch_s, least_s)
                + offload_s + transfer_s)
    }

    /// Seconds of reading one byte of weights.
    fn seconds_per_byte(&self) -> Figure {
        let fitted = self.decode.terms;
        let reading = if self.reads.has_experts() { fitted.memory_experts } else { fitted.memory };
        let two_dies = match (self.chip.two_dies, self.reads.has_experts()) {
            (false, _) => 0.0,
            (true, false) => fitted.memory_two_dies,
            (true, true) => fitted.memory_two_dies_experts,
        };
        let first = if self.chip.first { fitted.memory_first } else { 0.0 };
        let bf16 = if self.chip.vulkan && self.reads.bf16 { fitted.memory_bf16_vulkan } else { 0.0 };
        let shared = if self.chip.shares_memory() { fitted.memory_shared } else { 0.0 };
        formula!(self.detail, "times the datasheet's time, and operations that issue the loads";
            reading = self.fitted("reading", reading), two_dies = two_dies, shared_memory = shared,
            first_generation = first, bf16_by_vulkan = bf16,
            bandwidth = self.bandwidth.clone(), issue = self.fitted("issue", fitted.issue),
            shaders = self.shaders.clone()
            => (reading + two_dies + shared_memory + first_generation + bf16_by_vulkan) / bandwidth
                + issue * 10.0 / shaders)
    }

    /// Seconds of reading the weights of one token once, whatever lies where.
    fn read_time(&self) -> Figure {
        formula!(self.detail, "bytes at the fitted share of the datasheet's bandwidth";
            bytes_per_token = self.reads.bytes, s_per_byte = self.seconds_per_byte()
            => bytes_per_token * s_per_byte)
    }

    /// Seconds of unpacking and multiplying for some rows, beside reading the weights once; by the shorter way.
    ///
    /// Either each row is multiplied alone, for which Apple's kernels read the weights anew each time, or all
    /// together as a prompt is, by tiles of 32 rows that few requests fill only in part.
    fn computing(&self, rows: f64) -> Figure {
        let fitted = self.decode.terms;
        let factor = match (self.reads.packing, self.reads.has_experts()) {
            (Packing::Plain, _) => 0.0,
            (Packing::Simple, false) => fitted.unpack_simple,
            (Packing::Simple, true) => fitted.unpack_simple_experts,
            (Packing::Nested, false) => fitted.unpack_nested,
            (Packing::Nested, true) => fitted.unpack_nested_experts,
            (Packing::Scattered, _) => fitted.unpack_scattered,
        };
        let packed = self.reads.packing != Packing::Plain;
        let factor = if self.chip.first && packed { factor + fitted.unpack_first } else { factor };
        let unpack = formula!(self.detail, "two operations a parameter at the shaders' peak, times a fitted factor";
            unpack = self.fitted("unpack", factor), active_parameters = self.reads.active,
            shaders = self.shaders.clone() => unpack * 2.0 * active_parameters / shaders);
        if rows < 2.0 {
            return formula!(self.detail, COMPUTED; unpack_s = unpack, rows = rows => unpack_s * rows);
        }
        let again = if self.chip.is_apple() { self.read_time() } else { Figure::default() };
        let tiles = (rows / TILE).ceil() * TILE;
        if self.chip.vulkan && self.engine == SpeedEngine::LlamaCpp && rows > ALONE {
            return formula!(self.detail, "more rows than llama.cpp multiplies one by one by Vulkan: by tiles, as a prompt";
                unpack_s = unpack, product_s = self.product(tiles), tile_rows = tiles => product_s * tile_rows + unpack_s);
        }
        formula!(self.detail, COMPUTED;
            unpack_s = unpack, rows = rows, reread_s = again, product_s = self.product(tiles), tile_rows = tiles
            => min(unpack_s * rows + reread_s * (rows - 1.0), product_s * tile_rows + unpack_s))
    }

    /// Seconds of multiplying for one row by the way prompts are multiplied, of so many rows.
    fn product(&self, rows: f64) -> Figure {
        let prompt = Prompt {
            tokens: rows,
            depth: 0.0,
            chunk: rows,
            older: false,
            one_model: false,
            folded: self.engine == SpeedEngine::LlamaCpp,
        };
        let terms = prefill_terms(&self.reads, &self.chip, &prompt);
        self.products(terms)
    }

    /// Seconds of attention over the tokens before.
    fn attention(&self, depth: f64, rows: f64) -> Figure {
        formula!(self.detail, "four operations a value of the query and token that it sees, times a fitted factor";
            attention = self.fitted("attention", self.decode.terms.attention), depth = depth,
            query_values = self.reads.query_of_all(true),
            window_query_values = self.reads.query_in_window, window = self.reads.window,
            shaders = self.shaders.clone(), rows = rows
            => (depth * query_values + min(depth, window) * window_query_values) * 4.0 / shaders * attention * rows)
    }

    /// Seconds of reading the KV caches of some requests.
    fn caches(&self, depth: f64, requests: f64) -> Figure {
        let values = formula!(self.detail, "keys and values of all layers, those with a window as far as it reaches";
            values_per_token = self.reads.kept, depth = depth, window_values_per_token = self.reads.kept_in_window,
            window = self.reads.window
            => values_per_token * depth + window_values_per_token * min(depth, window));
        formula!(self.detail, "bytes of the cache at the fitted share of the datasheet's bandwidth";
            cache = self.fitted("cache", self.decode.terms.cache), cached_values = values,
            bandwidth = self.bandwidth.clone(), bytes_per_value = 2.0 * self.cache_width, requests = requests,
            cache_shards = self.cache_shards
            => bytes_per_value * cached_values / bandwidth * cache * requests / cache_shards)
    }

    /// Seconds of launches whatever the size of the layers.
    fn launches(&self) -> Figure {
        let fitted = self.decode.terms;
        let layer = if self.reads.has_experts() { fitted.expert_layer } else { fitted.layer };
        formula!(self.detail, "launch overhead: tens of microseconds a layer, milliseconds a token";
            layers = self.reads.layers, layer = self.fitted("layer", layer),
            recurrent_layers = self.reads.recurrent_layers,
            recurrent_layer = self.fitted("recurrent_layer", fitted.recurrent_layer),
            per_token = self.fitted("per_token", fitted.fixed), ten_microseconds = 1e-5, millisecond = 1e-3
            => (layers * layer + recurrent_layers * recurrent_layer) * ten_microseconds
                + per_token * millisecond)
    }

    /// How many times as much is read for so many rows at once as for one.
    ///
    /// Only experts differ from row to row. Texts of a kind use some of them far more often than others: as if a
    /// third of the experts were routed to evenly, near which three mixtures were measured.
    pub(super) fn distinct(&self, rows: f64) -> Figure {
        let routed = self.reads.routed_share();
        if routed <= 0.0 {
            return 1.0.into();
        }
        formula!(self.detail, "different experts that the rows use, as if a third of all were used evenly";
            routed_share = routed, used = self.reads.used, experts = self.reads.experts, popular = POPULAR,
            rows = rows
            => 1.0 + routed_share * ((1.0 - exp(rows * ln(1.0 - min(used / (experts * popular), 1.0))))
                / min(used / (experts * popular), 1.0) - 1.0))
    }

    /// Share of what so many rows read that belongs to routed experts.
    pub(super) fn routed(&self, rows: f64) -> f64 {
        let distinct = self.distinct(rows).value;
        (self.reads.routed_share() + distinct - 1.0) / distinct
    }

    /// Passes a second that no engine can exceed.
    pub(super) fn roofline(&self, depth: f64, requests: f64) -> Figure {
        let rows = self.rows(requests);
        let share = self.offload.share(self.routed(rows));
        let read = formula!(self.detail, "weights of one token, and of experts those of all rows";
            bytes_per_token = self.reads.bytes, distinct = self.distinct(rows) => bytes_per_token * distinct);
        let cache = 2.0 * self.reads.kept_values(depth) * self.cache_width * requests;
        formula!(self.detail, "the bytes of the fullest shard at the datasheet's bandwidth, or operations at the peak";
            weight_bytes = read.clone(), on_device_share = 1.0 - share, shards = self.sharing.shards(),
            cache_bytes = cache, cache_shards = self.cache_shards, bandwidth = self.bandwidth.clone(),
            active_parameters = self.reads.active, rows = rows, peak = self.chip.peak(),
            offload_s = self.offload.seconds(read, share, End::Fast, self.detail)
            => 1.0 / (max((weight_bytes * on_device_share / shards + cache_bytes / cache_shards) / bandwidth,
                2.0 * active_parameters * rows / peak / shards) + offload_s))
    }

    /// What takes most of a pass.
    pub(super) fn bound(&self, depth: f64, requests: f64) -> super::Bound {
        use super::Bound;
        if let Some(slower) = self.offload_bound() {
            return slower;
        }
        let (rows, shards) = (requests, self.sharing.shards());
        let read =
            self.read_time().value * self.distinct(rows).value / shards + self.caches(depth, requests).value;
        let computed = (self.attention(depth, rows).value + self.computing(rows).value) / shards;
        let launches = self.launches().value;
        let transfer = self.sharing.transfer(rows, self.shape, End::Best, Detail::Figures).value;
        if transfer > read.max(computed).max(launches) {
            Bound::Devices
        } else if read >= computed && read >= launches {
            Bound::Memory
        } else if computed >= launches {
            Bound::Compute
        } else {
            Bound::Overhead
        }
    }

    /// Where weights are offloaded, that is what binds.
    pub(super) fn offload_bound(&self) -> Option<super::Bound> {
        if self.offload.on_disk() > 0.0 {
            Some(super::Bound::Disk)
        } else {
            self.offload.is_some().then_some(super::Bound::Link)
        }
    }
}

/// Measurements behind coefficients, in words.
pub(super) fn measured<T>(fitted: &Fitted<T>) -> String {
    let Fitted { group, rows, machines, sources, .. } = fitted;
    format!("{}: {rows} measurements on {machines} machines, {}", group.label(), sources.join(" "))
}

/// What all layers keep of a token over what the fullest device keeps of it.
fn cache_shards(model: &Model, sharing: Sharing) -> f64 {
    let by_tensor = matches!(sharing.split, Split::Tensor | Split::Experts);
    let devices = if by_tensor { sharing.devices.max(1) } else { 1 };
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
                Mixer::Listed(listed) => {
                    let Some(keep) = listed.tokens() else { continue };
                    let kept = keep.of_a_token() * layers;
                    all += kept;
                    // What stands for keys and values of all heads is not shared out.
                    fullest += if keep.values > 0 { kept / f64::from(devices) } else { kept };
                }
                Mixer::Mamba2(_) | Mixer::GatedDelta(_) => {}
            }
        }
    }
    if fullest > 0.0 { all / fullest } else { f64::from(devices) }
}
