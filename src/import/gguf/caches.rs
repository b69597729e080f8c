//! What models keep for past tokens whose layers no record here expresses: by the settings of their file, as llama.cpp
//! lays it out (`create_memory` and each architecture's `load_arch_hparams`, ggml 0.25).

use super::super::limits::{CONTEXT, HEAD, HEADS, HIDDEN, LAYERS, WIDTH};
use super::header::Header;
use super::metadata::{Metadata, Value};
use crate::spec::architecture::{Chooser, Kept, Window, Windows, Writes};
use crate::spec::{Architecture, KeptKind, Sketch, Span};

/// What a model of so many layers keeps; `None` where its architecture is not known, or its file lacks what it needs.
pub(super) fn kept(header: &Header, architecture: &str, layers: u64) -> Option<Sketch> {
    let known = Architecture::named(architecture)?;
    if known.writes != Writes::Tokens {
        return Some(Sketch::default());
    }
    let settings = Settings { metadata: &header.metadata, architecture };
    let layers = u32::try_from(layers).ok().filter(|layers| (1..=LAYERS).contains(layers))?;
    let rule = known.gguf.kept?;
    let file = Keeps { settings, rule, states: States::of(settings, rule) };
    let mut all = Vec::new();
    for layer in 0..layers {
        all.extend(file.layer(layer, u64::from(layers))?);
    }
    Some(all.into_iter().collect())
}

/// The settings of one architecture.
#[derive(Clone, Copy)]
struct Settings<'a> {
    metadata: &'a Metadata,
    architecture: &'a str,
}

impl Settings<'_> {
    /// A number above 0.
    fn number(self, name: &str, most: u32) -> Option<u64> {
        let number = self.metadata.whole(&format!("{}.{name}", self.architecture), most).ok()??;
        Some(u64::from(number)).filter(|number| *number > 0)
    }

    /// A number of one layer, which may be 0: one for all, or a list.
    fn of_layer(self, name: &str, layer: u32, most: u32) -> Option<u64> {
        let within = |number: i128| u64::try_from(number).ok().filter(|number| *number <= u64::from(most));
        match self.metadata.get(&format!("{}.{name}", self.architecture)) {
            Some((_, Value::List(list))) => list.get(layer as usize).copied().and_then(within),
            Some((_, Value::Whole(number))) => within(*number),
            _ => None,
        }
    }

    /// Whether a setting has a value for each layer.
    fn is_list(self, name: &str) -> bool {
        matches!(self.metadata.get(&format!("{}.{name}", self.architecture)), Some((_, Value::List(_))))
    }
}

/// Numbers of a recurrent layer: the last inputs of its convolution, and its state.
#[derive(Clone, Copy)]
struct States {
    convolution: u64,
    state: u64,
}

impl States {
    /// As `llama_hparams::n_embd_r` and `n_embd_s` count them; nothing of a model without such layers.
    fn of(settings: Settings<'_>, rule: Kept) -> Self {
        let hidden = settings.number("embedding_length", HIDDEN).unwrap_or(0);
        let heads = settings.of_layer("attention.head_count", 0, HEADS).unwrap_or(0);
        let taps = settings.number("ssm.conv_kernel", HEADS);
        if let Some(head) = settings.number("wkv.head_size", HEAD) {
            let shifts = settings.number("token_shift_count", HEADS).unwrap_or(2);
            return Self { convolution: shifts * hidden, state: hidden * head };
        }
        if let Some(cached) = settings.number("shortconv.l_cache", HEADS) {
            return Self { convolution: hidden * cached.saturating_sub(1), state: 0 };
        }
        if let Some(head) = settings.number("kda.head_dim", HEAD) {
            let before = taps.map_or(3, |taps| taps.saturating_sub(1));
            return Self { convolution: 3 * before * heads * head, state: head * head * heads };
        }
        if rule.linear_but_every.is_some() {
            let head = settings.number("attention.key_length", HEAD).or_else(|| hidden.checked_div(heads));
            return Self { convolution: 0, state: head.map_or(0, |head| head * head * heads) };
        }
        let inner = settings.number("ssm.inner_size", WIDTH).unwrap_or(0);
        let state = settings.number("ssm.state_size", HEAD).unwrap_or(0);
        let groups = settings.number("ssm.group_count", HEADS).unwrap_or(0);
        let before = taps.map_or(0, |taps| taps.saturating_sub(1));
        Self { convolution: before * (inner + 2 * groups * state), state: state * inner }
    }

    const fn are_any(self) -> bool {
        self.convolution + self.state > 0
    }
}

/// A file seen by the rule of its architecture.
struct Keeps<'a> {
    settings: Settings<'a>,
    rule: Kept,
    states: States,
}

/// What one layer keeps: its kind, over what, keys and values.
type Of = (KeptKind, Span, u64, u64);

impl Keeps<'_> {
    /// What one layer keeps, each by its kind; `None` where the file does not say what it takes.
    fn layer(&self, layer: u32, layers: u64) -> Option<Vec<Of>> {
        let settings = self.settings;
        let linear = self.rule.linear_but_every.map(|every| {
            let listed = settings.of_layer("attention.recurrent_layers", layer, 1).map(|flag| flag > 0);
            listed.unwrap_or(!(layer + 1).is_multiple_of(every))
        });
        let heads = settings.of_layer("attention.head_count", layer, HEADS);
        let kv_heads = settings.of_layer("attention.head_count_kv", layer, HEADS).or(heads).unwrap_or(0);
        if self.rule.states_alone || linear.unwrap_or(kv_heads == 0 && self.states.are_any()) {
            let States { convolution, state } = self.states;
            let network = self.rule.networks_alone
                && settings.of_layer("feed_forward_length", layer, WIDTH).unwrap_or(0) > 0;
            let kept = (KeptKind::State, Span::Once, convolution, state);
            return if network { Some(Vec::new()) } else { self.states.are_any().then(|| vec![kept]) };
        }
        if kv_heads == 0 || u64::from(layer) >= self.with_keys(layers) {
            return Some(Vec::new());
        }
        if self.rule.compressed {
            return self.compressed(layer);
        }
        let span = self.span(layer)?;
        let (key, value) = self.widths(span != Span::Context)?;
        let latent = settings.number("attention.key_length_mla", HEAD).is_some();
        let values = if latent { 0 } else { kv_heads * value };
        let mut kept = vec![(KeptKind::Tokens, span, kv_heads * key, values)];
        let (index, beside) = self.indexer(layer, value)?;
        kept.extend((index > 0).then_some((KeptKind::Indexer, span, index, beside)));
        Some(kept)
    }

    /// Layers that have keys of their own; those behind them read those of others.
    fn with_keys(&self, layers: u64) -> u64 {
        let shared = self.settings.number("attention.shared_kv_layers", LAYERS).unwrap_or(0);
        self.rule.own_keys.unwrap_or_else(|| layers.saturating_sub(shared))
    }

    /// How far a layer looks back; `None` where the file does not say.
    fn span(&self, layer: u32) -> Option<Span> {
        let settings = self.settings;
        let named = settings.number("attention.sliding_window", CONTEXT);
        let written = settings.metadata.get(&format!("{}.attention.sliding_window", settings.architecture));
        let switched_off = written.is_some() && named.is_none();
        let taken = match self.rule.window {
            Some(Window::Always(window)) => Some(window),
            Some(Window::WhereNamed(window)) => named.map(|_| window),
            None => named,
        };
        let Some(window) = taken.filter(|_| !switched_off) else { return Some(Span::Context) };
        let pattern = "attention.sliding_window_pattern";
        let listed = settings.is_list(pattern);
        let flag = settings.of_layer(pattern, layer, CONTEXT);
        let written = flag.filter(|_| !listed).and_then(|every| u32::try_from(every).ok());
        let slides = match self.rule.windows {
            Windows::Never => false,
            Windows::Everywhere => true,
            _ if listed => flag? > 0,
            Windows::Listed => return None,
            Windows::AllButLast(every) => {
                let every = written.unwrap_or(every);
                every == 0 || !(layer + 1).is_multiple_of(every)
            }
            Windows::AllButFirst(every) => {
                let every = written.unwrap_or(every);
                every == 0 || !layer.is_multiple_of(every)
            }
        };
        Some(if slides { Span::Window(window) } else { Span::Context })
    }

    /// Widths of a head's keys and values.
    fn widths(&self, slides: bool) -> Option<(u64, u64)> {
        let settings = self.settings;
        let hidden = settings.number("embedding_length", HIDDEN)?;
        let heads = settings.of_layer("attention.head_count", 0, HEADS).filter(|heads| *heads > 0);
        let of = |name: &str| {
            let own = settings.number(&format!("attention.{name}_swa"), HEAD).filter(|_| slides);
            own.or_else(|| settings.number(&format!("attention.{name}"), HEAD))
                .or_else(|| hidden.checked_div(heads?))
        };
        Some((of("key_length")?, of("value_length")?))
    }

    /// Numbers of keys, and of values beside them, of what chooses the tokens that a layer attends to: 0 where nothing
    /// does; `None` where the file does not say.
    fn indexer(&self, layer: u32, value: u64) -> Option<(u64, u64)> {
        let settings = self.settings;
        let head = settings.number("attention.indexer.key_length", HEAD);
        let own = settings.of_layer("attention.indexer.types", layer, 1).map(|flag| flag > 0);
        let (chooses, times, value) = match self.rule.indexer {
            Chooser::EveryLayer => (true, 1, 0),
            Chooser::ListedOrShorter(context) => {
                let shorter = settings.number("context_length", CONTEXT)? < context;
                (own.or(shorter.then_some(true))?, 1, 0)
            }
            // A key, a gate and a pooled key.
            Chooser::Pooled => (own.unwrap_or(true), 3, 0),
            Chooser::Listed if settings.number("attention.indexer.top_k", CONTEXT).is_some() => (own?, 1, 0),
            Chooser::BehindDense => {
                let dense = settings.number("leading_dense_block_count", LAYERS).unwrap_or(0);
                (u64::from(layer) >= dense, 1, value)
            }
            Chooser::Nowhere | Chooser::Listed => (false, 0, 0),
        };
        if chooses { Some((times * head?, value)) } else { Some((0, 0)) }
    }

    /// A layer of DeepSeek V4: the last tokens whole, all of them compressed, and what the compressors gather.
    fn compressed(&self, layer: u32) -> Option<Vec<Of>> {
        let settings = self.settings;
        let window = settings.number("attention.sliding_window", CONTEXT)?;
        let (head, _) = self.widths(true)?;
        let index = settings.number("attention.indexer.key_length", HEAD)?;
        let mut kept = vec![(KeptKind::Tokens, Span::Window(window), head, 0)];
        match settings.of_layer("attention.compress_ratios", layer, CONTEXT)? {
            ratio @ 4 => kept.extend([
                (KeptKind::Tokens, Span::Every(ratio), head, 0),
                (KeptKind::Indexer, Span::Every(ratio), index, 0),
                (KeptKind::State, Span::Once, 2 * ratio * 2 * head, 2 * ratio * 2 * head),
                (KeptKind::State, Span::Once, 2 * ratio * 2 * index, 2 * ratio * 2 * index),
            ]),
            ratio @ 128 => kept.extend([
                (KeptKind::Tokens, Span::Every(ratio), head, 0),
                (KeptKind::State, Span::Once, ratio * head, ratio * head),
            ]),
            _ => {}
        }
        Some(kept)
    }
}
