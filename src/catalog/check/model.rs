//! Whether a model's shapes can be, and sum to its published parameters.

use super::Audit;
use super::machine::LONGEST_NAME;
use super::report::Report;
use crate::spec::{
    Architecture, Attention, Experts, FeedForward, GatedDelta, Listed, Mamba2, Mixer, Mla, Model, Span,
};
use crate::units::quoted;

/// More layers than any model has; it also keeps a slip from becoming a very long loop.
const MOST_LAYERS: u64 = 10_000;
/// More than any width, number of heads or context.
const MOST: u32 = 1 << 30;
/// How far counted parameters may be off the published ones.
const TOLERANCE: f64 = 0.001;
/// How many times wider or narrower than the residual stream the inside of a mixer may be.
const WIDTHS: f64 = 16.0;

/// Checks a model's shapes.
pub(crate) fn model(model: &Model, report: &mut Report<'_>) {
    if model.id.trim().is_empty() {
        report.impossible("id", "is empty; write small letters, digits, dots and hyphens");
    } else if model.id == "all"
        || model.id.contains([':', '/', '\\', ','])
        || model.id.chars().any(char::is_control)
    {
        // `all`, paths and the names of stores on this machine mean something else where a model is named.
        let id = quoted(&model.id);
        report.impossible("id", format!("is `{id}`; write small letters, digits, dots and hyphens"));
    }
    if model.name.chars().nth(LONGEST_NAME).is_some() {
        report
            .impossible("name", format!("has more than {LONGEST_NAME} characters; write what it is called"));
    }
    positive("hidden", model.hidden, report);
    positive("vocabulary", model.vocabulary, report);
    positive("context_max", model.context_max, report);
    let layers = layer_count(model);
    if layers == 0 || layers > MOST_LAYERS {
        report.impossible("stack", format!("has {layers} layers; 1 to {MOST_LAYERS} are possible"));
        return;
    }
    for block in model.stack.iter().flat_map(|run| &run.blocks) {
        mixer(model, &block.mixer, report);
        feed_forward(&block.feed_forward, report);
    }
}

/// The layers, counted so that no slip in a file overflows.
fn layer_count(model: &Model) -> u64 {
    let run = |blocks: u64, repeat: u32| u64::from(repeat).saturating_mul(blocks);
    model
        .stack
        .iter()
        .map(|part| run(part.blocks.iter().map(|block| u64::from(block.times)).sum(), part.repeat))
        .fold(0, u64::saturating_add)
}

/// Whether the architecture has a record, which its habits and its measurements are read from.
pub(super) fn architecture(model: &Model, report: &mut Report<'_>) {
    if Architecture::named(&model.architecture).is_none() {
        let name = quoted(&model.architecture);
        report.wrong(
            "architecture",
            format!("is `{name}`, which has no record; without one it is taken as usual in everything"),
        );
    }
}

/// Published parameters against those counted from the shapes.
pub(super) fn parameters(model: &Model, audit: &Audit<'_>, report: &mut Report<'_>) {
    let published = *model.parameters.value();
    if !published.is_finite() || published <= 0.0 {
        report.wrong("parameters", format!("is {published}; write the published number"));
        return;
    }
    if let Some(active) = &model.active_parameters
        && !(*active.value() > 0.0 && *active.value() <= published)
    {
        report.wrong("active_parameters", "is not between 0 and all parameters");
    }
    let Some(count) = audit.count else { return };
    let counted = count(model);
    let off = counted / published - 1.0;
    if !off.is_finite() || off.abs() > TOLERANCE {
        report.wrong(
            "parameters",
            format!("is {published:.0}, but the shapes sum to {counted:.0} ({:+.2} %)", off * 100.0),
        );
    }
}

fn mixer(model: &Model, mixer: &Mixer, report: &mut Report<'_>) {
    match mixer {
        Mixer::Attention(heads) => attention(model, heads, report),
        Mixer::Mla(mla) => latent(mla, report),
        Mixer::Mamba2(mamba) => state_space(model, mamba, report),
        Mixer::Parallel(heads, mamba) => {
            attention(model, heads, report);
            state_space(model, mamba, report);
        }
        Mixer::GatedDelta(delta) => gated_delta(model, delta, report),
        Mixer::Listed(listed) => self::listed(model, listed, report),
    }
}

fn attention(model: &Model, attention: &Attention, report: &mut Report<'_>) {
    positive("heads", attention.heads, report);
    positive("kv_heads", attention.kv_heads, report);
    positive("head", attention.head, report);
    divides("heads", attention.heads, "kv_heads", attention.kv_heads, report);
    if !attention.head.is_multiple_of(8) {
        report.wrong("head", format!("is {}; head widths are multiples of 8", attention.head));
    }
    if attention.window == Some(0) {
        report.impossible("window", "is 0; leave it out where a layer sees everything");
    }
    near_hidden(model, "heads", u64::from(attention.heads) * u64::from(attention.head), report);
}

fn latent(mla: &Mla, report: &mut Report<'_>) {
    positive("heads", mla.heads, report);
    positive("kv_rank", mla.kv_rank, report);
    positive("nope", mla.nope, report);
    positive("rope", mla.rope, report);
    positive("value", mla.value, report);
    if !mla.rope.is_multiple_of(2) {
        report.wrong("rope", format!("is {}; rotary widths are even", mla.rope));
    }
}

fn state_space(model: &Model, mamba: &Mamba2, report: &mut Report<'_>) {
    positive("inner", mamba.inner, report);
    positive("heads", mamba.heads, report);
    positive("state", mamba.state, report);
    positive("groups", mamba.groups, report);
    positive("conv", mamba.conv, report);
    divides("inner", mamba.inner, "heads", mamba.heads, report);
    divides("heads", mamba.heads, "groups", mamba.groups, report);
    near_hidden(model, "inner", u64::from(mamba.inner), report);
}

fn gated_delta(model: &Model, delta: &GatedDelta, report: &mut Report<'_>) {
    positive("key_heads", delta.key_heads, report);
    positive("value_heads", delta.value_heads, report);
    positive("key_head", delta.key_head, report);
    positive("value_head", delta.value_head, report);
    positive("conv", delta.conv, report);
    divides("value_heads", delta.value_heads, "key_heads", delta.key_heads, report);
    let width = u64::from(delta.value_heads) * u64::from(delta.value_head);
    near_hidden(model, "value_heads", width, report);
}

fn listed(model: &Model, listed: &Listed, report: &mut Report<'_>) {
    for (_, columns, rows) in &listed.matrices {
        positive("matrices", *columns, report);
        positive("matrices", *rows, report);
    }
    if listed.matrices.last().is_none_or(|(_, _, rows)| *rows != model.hidden) {
        report.impossible("matrices", format!("do not end at the residual stream of {}", model.hidden));
    }
    if listed.keeps.iter().any(|keep| matches!(keep.span, Span::Window(0) | Span::Every(0))) {
        report.impossible("keeps", "has a span of 0 tokens");
    }
}

fn feed_forward(feed_forward: &FeedForward, report: &mut Report<'_>) {
    match feed_forward {
        FeedForward::Dense { width, .. } => positive("width", *width, report),
        FeedForward::Experts(Experts { count, used, width, .. }) => {
            positive("experts.count", *count, report);
            positive("experts.used", *used, report);
            positive("experts.width", *width, report);
            if used > count {
                report.impossible("experts.used", format!("is {used} of {count} experts"));
            }
        }
        FeedForward::None => {}
    }
}

fn positive(field: &str, value: u32, report: &mut Report<'_>) {
    if value == 0 || value > MOST {
        report.impossible(field, format!("is {value}; write the number of the published configuration"));
    }
}

fn divides(whole: &str, value: u32, part: &str, by: u32, report: &mut Report<'_>) {
    if by != 0 && !value.is_multiple_of(by) {
        report.impossible(whole, format!("is {value}, which {part} = {by} does not divide"));
    }
}

fn near_hidden(model: &Model, field: &str, width: u64, report: &mut Report<'_>) {
    let ratio = crate::units::count(width) / f64::from(model.hidden);
    if width > 0 && !(1.0 / WIDTHS..=WIDTHS).contains(&ratio) {
        let hidden = model.hidden;
        report.wrong(
            field,
            format!("makes the layer {width} wide, {ratio:.2} times the residual stream of {hidden}"),
        );
    }
}
