//! `config.json` of a Hugging Face model.

mod config;
mod defaults;
mod family;
mod in_quotes;
mod layers;
mod model;
mod nemotron;
mod outline;
mod params;
mod precision;
mod sketch;
mod text;
mod tower;
mod usual_names;
mod written;

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use self::config::{Keys, Source};
use self::family::{Family, family};
use self::outline::{inside, outline};
use self::written::{LARGEST, Written, parse, written};
use super::error::bounded;
use super::limits::LAYERS;
use super::{Note, Problem, alike, parameters, unknown};
use crate::spec::architecture::{Class, Shape};
use crate::spec::{Makes, Model};
use crate::units::count;

pub(super) use self::precision::Published;
pub(super) use self::sketch::Sketched;
pub(super) use self::tower::Seen;

/// What a configuration says.
pub(super) struct Described {
    /// The model, or `None` where its type is unknown or cannot be expressed.
    pub model: Option<Model>,
    /// The model by its name and embedding alone, where its type is unknown.
    pub outline: Option<Model>,
    /// Its tensors and caches, where its class is known and its passes are not.
    pub sketched: Option<Sketched>,
    /// As the file calls it; empty where it does not.
    pub model_type: String,
    /// How the weights are stored.
    pub published: Published,
    /// Tokens that one image becomes, if the model sees and the file says so.
    pub tokens_per_image: Option<u32>,
    /// Whether it has a vision part.
    pub sees: bool,
    /// What sees or hears, with its projector, as far as its configuration says it.
    pub tower: Option<Seen>,
    /// Its layers, as files number them; `None` where that is not known.
    pub layers: Option<u32>,
    /// What was assumed.
    pub notes: Vec<Note>,
}

/// Whether a model type is known, whatever its configuration lacks.
pub(super) fn is_known(model_type: &str) -> bool {
    family(model_type).is_some() || sketch::is_known(model_type)
}

/// A clause about the model types that are known, where one is not.
pub(super) fn near(model_type: &str) -> String {
    let mut known: Vec<&str> = family::names().chain(sketch::names()).collect();
    known.sort_unstable();
    known.dedup();
    alike::near(model_type, &known)
}

/// Reads a configuration.
///
/// # Errors
/// When it is no JSON, no model's configuration, or lacks what its type needs. An unknown type is no error.
pub(super) fn describe(path: &Path) -> Result<Described, Problem> {
    let written = written(path)?;
    let (is_renamed, twice) = (written.is_renamed, written.twice.clone());
    // What is wrong with a `params.json` stands at another place, by another name.
    let described = described(written, path).map_err(|problem| match problem {
        Problem::Text { what, remedy, .. } if is_renamed => {
            Problem::Content { what: format!("{what}, by the names of a `config.json`"), remedy }
        }
        Problem::Text { what, remedy, .. } if twice.is_some() => Problem::Content { what, remedy },
        other => other,
    });
    described.map(|mut described| {
        let note = |key: &String| {
            format!(
                "`{}` stands twice in the configuration; the last counts, as Python reads it",
                bounded(key)
            )
        };
        described.notes.extend(twice.as_ref().map(|key| Note::Assumed(note(key))));
        described
    })
}

/// What a configuration says, once it is read.
fn described(written: Written, path: &Path) -> Result<Described, Problem> {
    let Written { text, model_type, mut document, is_renamed, .. } = written;
    // Where it names no type, its class may.
    let outer = model_type.or_else(|| class(&document).map(str::to_owned)).unwrap_or_default();
    let packed = precision::beside(path, &document);
    let is_packed_beside = packed.is_some();
    if let (Some(packed), Some(keys)) = (packed, document.as_object_mut()) {
        keys.insert("quantization_config".to_owned(), packed);
    }
    let inner = wrapped(&document);
    let inner_type = inner.get("model_type").and_then(Value::as_str);
    // A wrapper's language model is the one that counts.
    let named =
        inner_type.and_then(family).or_else(|| family(&outer)).or_else(|| of_version(&document, &outer));
    let by_type =
        named.is_some() || [inner_type.unwrap_or_default(), &outer].into_iter().any(sketch::is_known);
    // Weights follow the class, whatever its type is called.
    let class = class(inner).or_else(|| class(&document)).filter(|_| !by_type);
    let known = named.or_else(|| family::of_class(class?));
    let mut described = Described {
        model: None,
        outline: None,
        sketched: None,
        published: precision::read(&document, inner, shape(inner, None)),
        model_type: outer,
        tokens_per_image: document
            .get("mm_tokens_per_image")
            .and_then(Value::as_u64)
            .and_then(|tokens| u32::try_from(tokens).ok()),
        sees: [Some(&document), document.get("thinker_config")]
            .into_iter()
            .flatten()
            .any(|part| part.get("vision_config").is_some_and(|vision| !vision.is_null())),
        tower: None,
        layers: None,
        notes: Vec::new(),
    };
    described.notes.extend(is_renamed.then(|| {
        Note::Assumed(
            "Its publisher's own `params.json` is read as the `config.json` that says the same".to_owned(),
        )
    }));
    let makes = makes(&document, described.model_type.as_str());
    described.notes.extend(makes_no_text(makes));
    described.notes.extend(is_packed_beside.then(|| {
        Note::Assumed("How the weights are packed is read from `hf_quant_config.json` beside it".to_owned())
    }));
    let of_class = known.map(|family| family.class.model_type).or_else(|| sketch::of_class(class?));
    if let (Some(class), Some(known)) = (class, of_class) {
        let (outer, class) = (bounded(&described.model_type), bounded(class));
        described
            .notes
            .push(Note::Assumed(format!("`{outer}` is read as `{known}`, by its class `{class}`")));
    }
    let Some(known) = known else {
        described.lay_out(&document, inner, (path, of_class));
        described.model.iter_mut().for_each(|model| model.makes = makes);
        return Ok(described);
    };
    let mut outer_config: Keys = parse(&text)?;
    let is_wrapped = outer_config.language().is_some();
    if is_wrapped {
        described.notes.extend(outer_config.language_mut().map(defaults::fill).unwrap_or_default());
    }
    match outer_config.language_mut() {
        Some(part) => usual_names::usual_names(known.class.names, part),
        None => usual_names::usual_names(known.class.names, &mut outer_config),
    }
    let width = outer_config.language().unwrap_or(&outer_config).hidden_size;
    described.tower = tower::read(&document, inner, width.map(u64::from));
    let beside = beside(&document, inner_type.filter(|_| is_wrapped), &described);
    described.notes.extend(beside);
    let config = outer_config.language().unwrap_or(&outer_config);
    if let Some(why) = inexpressible(known.class, config) {
        described.lay_out(&document, inner, (path, of_class));
        if described.sketched.is_none() {
            described.notes.push(Note::NotExpressible { why });
        }
        return Ok(described);
    }
    let mut source = Source::new(&text, config);
    let model = match model::model(&mut source, known, &outer_config, path) {
        Err(Problem::Lacks { key }) if outline(inner, path, &described.model_type).is_some() => {
            described.lay_out(&document, inner, (path, of_class));
            if described.sketched.is_none() {
                let why = format!("The configuration has no `{key}`, which its layers follow from");
                described.notes.push(Note::NotExpressible { why });
            }
            return Ok(described);
        }
        other => other?,
    };
    described.published = precision::read(&document, inner, shape(inner, Some(&model)));
    described.layers = match known.class.shape {
        Shape::Nemotron => nemotron::numbered(source.config),
        _ => Some(model.layer_count()),
    };
    described.model = Some(Model { makes, ..model });
    described.notes.extend(source.into_notes());
    Ok(described)
}

impl Described {
    /// What is known without layers: of some classes all tensors and caches, of others the embedding.
    fn lay_out(&mut self, document: &Value, inner: &Value, (path, of_class): (&Path, Option<&str>)) {
        let named = inner.get("model_type").and_then(Value::as_str).unwrap_or(&self.model_type);
        self.outline =
            outline(inner, path, &self.model_type).or_else(|| inside(document, path, &self.model_type, 0));
        let whole = inner;
        let inner = &tied_as(document, inner);
        let types = [Some(named), Some(&*self.model_type), of_class];
        self.sketched = types.into_iter().flatten().find_map(|named| sketch::sketch(named, inner));
        let width = self.sketched.as_ref().map(|sketched| sketched.hidden);
        let width = width.or_else(|| self.outline.as_ref().map(|outline| u64::from(outline.hidden)));
        self.tower = tower::read(document, whole, width);
        if self.sketched.is_none() && types.into_iter().flatten().any(sketch::is_known) {
            let why = "The configuration lacks numbers that its layers follow from".to_owned();
            self.notes.push(Note::NotExpressible { why });
        }
        let Some(sketched) = &self.sketched else { return };
        let narrow = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let name = self.outline.take().unwrap_or_else(|| unknown::model(path, &self.model_type, 0, None));
        let active =
            (sketched.active < sketched.parameters).then(|| parameters::read(count(sketched.active)));
        self.outline = Some(Model {
            parameters: parameters::read(count(sketched.parameters)),
            active_parameters: active,
            hidden: narrow(sketched.hidden),
            vocabulary: narrow(sketched.vocabulary),
            tied_embeddings: sketched.tied,
            sketch: Some(Arc::new(sketched.kept.clone())),
            ..name
        });
        self.model = self.outline.as_ref().and_then(|outline| sketch::model(sketched, outline));
        if let Some(model) = &self.model {
            self.published = precision::read(document, inner, shape(inner, Some(model)));
            self.layers = Some(model.layer_count());
            self.sketched = None;
        }
        let inner_type = inner.get("model_type").and_then(Value::as_str);
        let is_wrapped = !std::ptr::eq(document, whole);
        let beside = beside(document, inner_type.filter(|_| is_wrapped), self);
        self.notes.extend(beside);
        if let Some(layers) =
            inner.get("num_nextn_predict_layers").and_then(Value::as_u64).filter(|layers| *layers > 0)
        {
            self.notes.push(Note::PredictionLayers { layers: narrow(layers) });
        }
    }
}

/// The part about the language model with the wrapper's word on whether its output matrix is the embedding: its class
/// ties by that one.
fn tied_as<'a>(document: &Value, inner: &'a Value) -> Cow<'a, Value> {
    let tie = "tie_word_embeddings";
    let word = document.get(tie).filter(|word| word.is_boolean() && inner.get(tie) != Some(*word));
    let (Some(word), Some(part)) = (word, inner.as_object()) else { return Cow::Borrowed(inner) };
    let mut part = part.clone();
    part.insert(tie.to_owned(), word.clone());
    Cow::Owned(Value::Object(part))
}

/// The family of `MiniCPM` V's and o's language model, which follows from its version alone.
fn of_version(document: &Value, outer: &str) -> Option<Family> {
    if !matches!(outer, "minicpmv" | "minicpmo") {
        return None;
    }
    match document.get("version").map(ToString::to_string).as_deref()? {
        "2.5" | "4" | "4.0" => family("llama"),
        "2.6" => family("qwen2"),
        "4.5" => family("qwen3"),
        _ => None,
    }
}

/// The class that a configuration names.
fn class(part: &Value) -> Option<&str> {
    part.get("architectures")?.get(0)?.as_str()
}

/// That a model makes embeddings or scores, where its type or its class says so.
fn makes_no_text(makes: Makes) -> Option<Note> {
    let what = match makes {
        Makes::Text => return None,
        Makes::Scores => "A model that scores texts, as rerankers do",
        Makes::Embeddings => "An encoder, as embedding models are",
    };
    Some(Note::Assumed(format!("{what}: it writes no text, so that what is said of answers does not apply")))
}

/// What a model makes of a text, by its type or its class.
fn makes(document: &Value, model_type: &str) -> Makes {
    let class = class(document);
    let ends = |ending: &str| class.is_some_and(|class| class.ends_with(ending));
    let both_ways = document.get("use_bidirectional_attention").and_then(Value::as_bool) == Some(true);
    if ends("ForSequenceClassification") {
        Makes::Scores
    } else if sketch::is_encoder(model_type) || ends("EncoderModel") || ends("TextModel") || both_ways {
        Makes::Embeddings
    } else {
        Makes::Text
    }
}

/// What of a configuration no layer known here can say.
fn inexpressible(class: &Class, config: &Keys) -> Option<String> {
    let given = |value: Option<u32>| value.is_some_and(|value| value > 0);
    let shared = |kinds: &Vec<String>| kinds.iter().any(|kind| kind == "shared");
    if config.per_layer_config.as_ref().is_some_and(|own| !is_of_kinds(class, config, own)) {
        return Some("Single layers have widths of their own".to_owned());
    }
    let own = given(config.hidden_size_per_layer_input) || given(config.num_kv_shared_layers);
    let why = if class.global_heads && own {
        "Layers share keys or have embeddings of their own"
    } else if class.shape == Shape::Nemotron && !nemotron::is_expressible(config) {
        "Its layers are not mixers with a network after each"
    } else if class.indexed && config.indexer_types.as_ref().is_some_and(shared) {
        "Layers share what chooses the tokens that are attended to"
    } else {
        return None;
    };
    Some(why.to_owned())
}

/// Whether what single layers have of their own follows from their kinds: of Gemma 4, heads of those that see everything.
fn is_of_kinds(class: &Class, config: &Keys, own: &Value) -> bool {
    let Some(own) = own.as_object() else { return own.is_null() };
    let Some(one) = own.values().next() else { return true };
    let known = |one: &Value| {
        let mut keys = one.as_object().into_iter().flat_map(|one| one.keys());
        one.is_object() && keys.all(|key| matches!(key.as_str(), "head_dim" | "num_key_value_heads"))
    };
    let layers = config.layer_types.iter().flatten().zip(0_u64..);
    let global =
        |layer: u64| own.contains_key(&layer.to_string()) || own.contains_key(&format!("{layer:02}"));
    class.global_heads
        && known(one)
        && own.values().all(|other| other == one)
        && layers.into_iter().all(|(kind, layer)| global(layer) == (kind == "full_attention"))
}

/// The part about the language model, or the whole where there is none.
fn wrapped(document: &Value) -> &Value {
    let part = ["text_config", "llm_config", "language_config", "thinker_config"]
        .iter()
        .find_map(|key| document.get(*key).filter(|part| part.is_object()));
    part.map_or(document, |part| part.get("text_config").filter(|text| text.is_object()).unwrap_or(part))
}

/// What the rules of precision look at.
fn shape(inner: &Value, model: Option<&Model>) -> precision::Shape {
    let written =
        ["num_hidden_layers", "num_layers"].iter().find_map(|key| inner.get(*key)).and_then(Value::as_u64);
    let layers = model.map_or_else(|| written.unwrap_or(0), |model| u64::from(model.layer_count()));
    precision::Shape {
        layers: layers.min(u64::from(LAYERS)),
        tied: model.is_some_and(|model| model.tied_embeddings),
        delta: inner.get("linear_num_value_heads").is_some(),
    }
}

/// Parts of a wrapper that are not its language model, in a sentence.
fn beside(document: &Value, inner: Option<&str>, described: &Described) -> Option<Note> {
    let whole = [Some(document), document.get("thinker_config")].into_iter().flatten();
    let parts = whole.filter_map(Value::as_object).flatten();
    let parts = parts.filter(|(_, value)| value.is_object()).map(|(key, _)| key.as_str());
    // What is counted by its class is said apart.
    let heard = described.tower.is_some_and(|tower| tower.hears);
    let parts = parts.filter(|key| !heard || !key.contains("audio"));
    let words = [
        "audio",
        "speech",
        "encoder",
        "talker",
        "2wav",
        "code_predictor",
        "video",
        "acoustic",
        "semantic",
        "projector",
        "qformer",
        "lora",
        "embd_layer",
    ];
    let names: Vec<&str> = parts.filter(|key| words.iter().any(|word| key.contains(word))).take(8).collect();
    if names.is_empty() {
        return None;
    }
    Some(Note::Beside(format!(
        "Of `{}` the language model{} is counted; {} of the configuration {} not, nor what connects {}",
        bounded(&described.model_type),
        inner.map_or_else(String::new, |inner| format!(" (`{}`)", bounded(inner))),
        names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
        if names.len() == 1 { "is" } else { "are" },
        if names.len() == 1 { "it" } else { "them" },
    )))
}
