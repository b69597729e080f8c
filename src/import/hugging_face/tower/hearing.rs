//! What hears: Whisper's encoder in several wrappers, and Gemma's.

use super::Wrapper;
use super::parts::{Defaults, Wide, linear, plain_layer, widths};

/// Parameters of what hears beside what sees, where the class has both and the first is known.
pub(super) fn beside(wrapper: &Wrapper<'_>) -> Option<u128> {
    let given = wrapper.audio?;
    Some(match wrapper.kind {
        "gemma4" => gemma4(given, wrapper.out),
        "gemma4_unified" => given.or("audio_embed_dim", 640) * wrapper.out,
        "qwen2_5_omni" | "qwen2_5_omni_thinker" => qwen2_5(given),
        "qwen3_omni_moe" | "qwen3_omni_moe_thinker" => qwen3(given),
        _ => return None,
    })
}

/// Widths of Whisper's encoder: of a token, of a network, layers, and bins of the spectrum.
fn whisper(given: Wide<'_>) -> [u128; 4] {
    [
        given.or("d_model", 1280),
        given.or("encoder_ffn_dim", 5120),
        given.or("encoder_layers", 32).min(1024),
        given.or("num_mel_bins", 128),
    ]
}

/// `Qwen2_5OmniAudioEncoder`: Whisper's, whose keys have no bias; two tokens mark where a sound begins and ends.
fn qwen2_5(given: Wide<'_>) -> u128 {
    let [hidden, width, layers, bins] = whisper(given);
    let out = given.or("output_dim", 3584);
    let convolutions = linear(3 * bins, hidden) + linear(3 * hidden, hidden);
    convolutions + 2 * out + layers * (plain_layer(hidden, width) - hidden) + 2 * hidden + linear(hidden, out)
}

/// `Qwen3OmniMoeAudioEncoder`: three convolutions over the spectrum, each of which halves it.
fn qwen3(given: Wide<'_>) -> u128 {
    let [hidden, width, layers, bins] = whisper(given);
    let (inner, out) = (given.or("downsample_hidden_size", 480), given.or("output_dim", 3584));
    let convolutions = linear(9, inner) + 2 * linear(9 * inner, inner);
    let rows = bins.div_ceil(2).div_ceil(2).div_ceil(2);
    let projector = linear(hidden, hidden) + linear(hidden, out);
    convolutions + inner * rows * hidden + layers * plain_layer(hidden, width) + 2 * hidden + projector
}

/// `Gemma4AudioModel`: a network before and after attention and a convolution in each layer.
fn gemma4(given: Wide<'_>, out: u128) -> u128 {
    let hidden = given.or("hidden_size", 1024);
    let layers = given.or("num_hidden_layers", 12).min(1024);
    let head = hidden / given.or("num_attention_heads", 8).max(1);
    let channels = given.0.numbers("subsampling_conv_channels").unwrap_or_else(|| vec![128, 32]);
    let channel = |at: usize| channels.get(at).copied().map_or(0, u128::from);
    let (first, second) = (channel(0), channel(1));
    let start = 9 * first + first + 9 * first * second + second + first / 4 * second * hidden;
    let network = 8 * hidden * hidden + 2 * hidden;
    let attention = 5 * hidden * hidden + head;
    let convolution = 3 * hidden * hidden + hidden * given.or("conv_kernel_size", 5) + 2 * hidden;
    let layer = 2 * network + attention + convolution + 3 * hidden;
    let heard = given.or("output_proj_dims", 1536);
    start + layers * layer + linear(hidden, heard) + heard * out
}

/// `VoxtralEncoder`: Whisper's, whose keys have no bias; four frames are projected together.
pub(super) fn voxtral(given: Wide<'_>, out: u128) -> u128 {
    let class = Defaults { hidden: 1280, width: 5120, layers: 32, patch: 0 };
    let [hidden, width, layers, _] = widths(given, &class);
    let (bins, places) = (given.or("num_mel_bins", 128), given.or("max_source_positions", 1500));
    let convolutions = linear(3 * bins, hidden) + linear(3 * hidden, hidden);
    let layer = plain_layer(hidden, width) - hidden;
    let projector = width * out + out * out;
    convolutions + places * hidden + layers * layer + 2 * hidden + projector
}
