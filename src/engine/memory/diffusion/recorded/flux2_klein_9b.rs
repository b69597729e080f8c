//! FLUX.2-klein 9B's denoiser (`Flux2Transformer2DModel` of diffusers 0.42.1), with 512 tokens of text.

use super::{By, Moment, Recorded};
use crate::engine::memory::diffusion::stored::Shapes;

/// The record.
pub static RECORD: Recorded = Recorded {
    shapes: Shapes {
        matrices: 9_078_571_008.0,
        kernels: 0.0,
        rest: 10_240.0,
        kept_single: 0.0,
        single_beside_packed: 0.0,
        largest: 150_994_944.0,
    },
    one: &[
        Moment {
            matrix: 0.0,
            alive: &[
                ("empty", &[(By::One, 12_591_106.0), (By::Tokens, 272.0)]),
                ("cat", &[(By::One, 4_718_592.0), (By::Tokens, 9216.0)]),
                ("transformer_blocks: add", &[(By::One, 4_194_304.0)]),
                ("single_transformer_blocks: add", &[(By::One, 4_194_304.0), (By::Tokens, 8192.0)]),
                (
                    "single_transformer_blocks.attn.to_qkv_mlp_proj: mm",
                    &[(By::One, 37_748_736.0), (By::Tokens, 73_728.0)],
                ),
                (
                    "single_transformer_blocks.attn: to_copy",
                    &[(By::One, 8_388_608.0), (By::Tokens, 16_384.0)],
                ),
                (
                    "single_transformer_blocks.attn: scaled_dot_product_flash_attention",
                    &[(By::One, 4_194_304.0), (By::Tokens, 8192.0)],
                ),
                (
                    "single_transformer_blocks.attn.mlp_act_fn: mul",
                    &[(By::One, 12_582_912.0), (By::Tokens, 24_576.0)],
                ),
                ("single_transformer_blocks.attn: cat", &[(By::One, 16_777_216.0), (By::Tokens, 32_768.0)]),
                ("smaller tensors", &[(By::One, 655_362.0), (By::Tokens, 1024.0)]),
            ],
        },
        Moment {
            matrix: 150_994_944.0,
            alive: &[
                ("empty", &[(By::One, 12_591_106.0), (By::Tokens, 272.0)]),
                ("pos_embed: cat", &[(By::One, 524_288.0), (By::Tokens, 1024.0)]),
                ("cat", &[(By::One, 4_718_592.0), (By::Tokens, 9216.0)]),
                ("transformer_blocks: add", &[(By::One, 4_194_304.0)]),
                ("single_transformer_blocks: add", &[(By::One, 4_194_304.0), (By::Tokens, 8192.0)]),
                (
                    "single_transformer_blocks.attn.to_qkv_mlp_proj: mm",
                    &[(By::One, 37_748_736.0), (By::Tokens, 73_728.0)],
                ),
                ("smaller tensors", &[(By::One, 131_074.0)]),
            ],
        },
        Moment {
            matrix: 67_108_864.0,
            alive: &[
                ("empty", &[(By::One, 12_591_106.0), (By::Tokens, 272.0)]),
                ("cat", &[(By::One, 4_718_592.0), (By::Tokens, 9216.0)]),
                ("transformer_blocks: add", &[(By::One, 4_194_304.0)]),
                ("single_transformer_blocks: add", &[(By::One, 4_194_304.0), (By::Tokens, 8192.0)]),
                (
                    "single_transformer_blocks.attn.to_qkv_mlp_proj: mm",
                    &[(By::One, 37_748_736.0), (By::Tokens, 73_728.0)],
                ),
                (
                    "single_transformer_blocks.attn: to_copy",
                    &[(By::One, 8_388_608.0), (By::Tokens, 16_384.0)],
                ),
                (
                    "single_transformer_blocks.attn.mlp_act_fn: mul",
                    &[(By::One, 12_582_912.0), (By::Tokens, 24_576.0)],
                ),
                ("single_transformer_blocks.attn: cat", &[(By::One, 16_777_216.0), (By::Tokens, 32_768.0)]),
                (
                    "single_transformer_blocks.attn.to_out: mm",
                    &[(By::One, 4_194_304.0), (By::Tokens, 8192.0)],
                ),
                ("smaller tensors", &[(By::One, 655_362.0), (By::Tokens, 1024.0)]),
            ],
        },
    ],
    several: &[
        Moment {
            matrix: 0.0,
            alive: &[
                ("empty", &[(By::Batch, 12_591_106.0), (By::AllTokens, 272.0)]),
                (
                    "cat",
                    &[
                        (By::One, 524_288.0),
                        (By::Tokens, 1024.0),
                        (By::Batch, 4_194_304.0),
                        (By::AllTokens, 8192.0),
                    ],
                ),
                ("transformer_blocks: add", &[(By::Batch, 4_194_304.0)]),
                ("single_transformer_blocks: add", &[(By::Batch, 4_194_304.0), (By::AllTokens, 8192.0)]),
                (
                    "single_transformer_blocks.attn.to_qkv_mlp_proj: mm",
                    &[(By::Batch, 37_748_736.0), (By::AllTokens, 73_728.0)],
                ),
                (
                    "single_transformer_blocks.attn: to_copy",
                    &[(By::Batch, 8_388_608.0), (By::AllTokens, 16_384.0)],
                ),
                (
                    "single_transformer_blocks.attn: scaled_dot_product_flash_attention",
                    &[(By::Batch, 4_194_304.0), (By::AllTokens, 8192.0)],
                ),
                (
                    "single_transformer_blocks.attn.mlp_act_fn: mul",
                    &[(By::Batch, 12_582_912.0), (By::AllTokens, 24_576.0)],
                ),
                (
                    "single_transformer_blocks.attn: cat",
                    &[(By::Batch, 16_777_216.0), (By::AllTokens, 32_768.0)],
                ),
                ("smaller tensors", &[(By::One, 524_288.0), (By::Tokens, 1024.0), (By::Batch, 131_074.0)]),
            ],
        },
        Moment {
            matrix: 150_994_944.0,
            alive: &[
                ("empty", &[(By::Batch, 12_591_106.0), (By::AllTokens, 272.0)]),
                (
                    "cat",
                    &[
                        (By::One, 524_288.0),
                        (By::Tokens, 1024.0),
                        (By::Batch, 4_194_304.0),
                        (By::AllTokens, 8192.0),
                    ],
                ),
                ("transformer_blocks: add", &[(By::Batch, 4_194_304.0)]),
                ("single_transformer_blocks: add", &[(By::Batch, 4_194_304.0), (By::AllTokens, 8192.0)]),
                (
                    "single_transformer_blocks.attn.to_qkv_mlp_proj: mm",
                    &[(By::Batch, 37_748_736.0), (By::AllTokens, 73_728.0)],
                ),
                ("smaller tensors", &[(By::One, 524_288.0), (By::Tokens, 1024.0), (By::Batch, 131_074.0)]),
            ],
        },
        Moment {
            matrix: 67_108_864.0,
            alive: &[
                ("empty", &[(By::Batch, 12_591_106.0), (By::AllTokens, 272.0)]),
                (
                    "cat",
                    &[
                        (By::One, 524_288.0),
                        (By::Tokens, 1024.0),
                        (By::Batch, 4_194_304.0),
                        (By::AllTokens, 8192.0),
                    ],
                ),
                ("transformer_blocks: add", &[(By::Batch, 4_194_304.0)]),
                ("single_transformer_blocks: add", &[(By::Batch, 4_194_304.0), (By::AllTokens, 8192.0)]),
                (
                    "single_transformer_blocks.attn.to_qkv_mlp_proj: mm",
                    &[(By::Batch, 37_748_736.0), (By::AllTokens, 73_728.0)],
                ),
                (
                    "single_transformer_blocks.attn: to_copy",
                    &[(By::Batch, 8_388_608.0), (By::AllTokens, 16_384.0)],
                ),
                (
                    "single_transformer_blocks.attn.mlp_act_fn: mul",
                    &[(By::Batch, 12_582_912.0), (By::AllTokens, 24_576.0)],
                ),
                (
                    "single_transformer_blocks.attn: cat",
                    &[(By::Batch, 16_777_216.0), (By::AllTokens, 32_768.0)],
                ),
                (
                    "single_transformer_blocks.attn.to_out: mm",
                    &[(By::Batch, 4_194_304.0), (By::AllTokens, 8192.0)],
                ),
                ("smaller tensors", &[(By::One, 524_288.0), (By::Tokens, 1024.0), (By::Batch, 131_074.0)]),
            ],
        },
    ],
};
