//! FLUX.2-dev's denoiser (`Flux2Transformer2DModel` of diffusers 0.42.1), with 512 tokens of text.

use super::{By, Moment, Recorded};
use crate::engine::memory::diffusion::stored::Shapes;

/// The record.
pub static RECORD: Recorded = Recorded {
    shapes: Shapes {
        matrices: 32_223_264_768.0,
        kernels: 0.0,
        rest: 16_384.0,
        kept_single: 0.0,
        single_beside_packed: 0.0,
        largest: 339_738_624.0,
    },
    one: &[
        Moment {
            matrix: 0.0,
            alive: &[
                ("empty", &[(By::One, 15_736_838.0), (By::Tokens, 272.0)]),
                ("cat", &[(By::One, 6_815_744.0), (By::Tokens, 13_312.0)]),
                ("transformer_blocks: add", &[(By::One, 6_291_456.0)]),
                ("single_transformer_blocks: add", &[(By::One, 6_291_456.0), (By::Tokens, 12_288.0)]),
                (
                    "single_transformer_blocks.attn.to_qkv_mlp_proj: mm",
                    &[(By::One, 56_623_104.0), (By::Tokens, 110_592.0)],
                ),
                (
                    "single_transformer_blocks.attn: to_copy",
                    &[(By::One, 12_582_912.0), (By::Tokens, 24_576.0)],
                ),
                (
                    "single_transformer_blocks.attn: scaled_dot_product_flash_attention",
                    &[(By::One, 6_291_456.0), (By::Tokens, 12_288.0)],
                ),
                (
                    "single_transformer_blocks.attn.mlp_act_fn: mul",
                    &[(By::One, 18_874_368.0), (By::Tokens, 36_864.0)],
                ),
                ("single_transformer_blocks.attn: cat", &[(By::One, 25_165_824.0), (By::Tokens, 49_152.0)]),
                ("smaller tensors", &[(By::One, 720_900.0), (By::Tokens, 1024.0)]),
            ],
        },
        Moment {
            matrix: 339_738_624.0,
            alive: &[
                ("empty", &[(By::One, 15_736_838.0), (By::Tokens, 272.0)]),
                ("cat", &[(By::One, 6_815_744.0), (By::Tokens, 13_312.0)]),
                ("transformer_blocks: add", &[(By::One, 6_291_456.0)]),
                ("single_transformer_blocks: add", &[(By::One, 6_291_456.0), (By::Tokens, 12_288.0)]),
                (
                    "single_transformer_blocks.attn.to_qkv_mlp_proj: mm",
                    &[(By::One, 56_623_104.0), (By::Tokens, 110_592.0)],
                ),
                ("smaller tensors", &[(By::One, 720_900.0), (By::Tokens, 1024.0)]),
            ],
        },
        Moment {
            matrix: 150_994_944.0,
            alive: &[
                ("empty", &[(By::One, 15_736_838.0), (By::Tokens, 272.0)]),
                ("cat", &[(By::One, 6_815_744.0), (By::Tokens, 13_312.0)]),
                ("transformer_blocks: add", &[(By::One, 6_291_456.0)]),
                ("single_transformer_blocks: add", &[(By::One, 6_291_456.0), (By::Tokens, 12_288.0)]),
                (
                    "single_transformer_blocks.attn.to_qkv_mlp_proj: mm",
                    &[(By::One, 56_623_104.0), (By::Tokens, 110_592.0)],
                ),
                (
                    "single_transformer_blocks.attn: to_copy",
                    &[(By::One, 12_582_912.0), (By::Tokens, 24_576.0)],
                ),
                (
                    "single_transformer_blocks.attn.mlp_act_fn: mul",
                    &[(By::One, 18_874_368.0), (By::Tokens, 36_864.0)],
                ),
                ("single_transformer_blocks.attn: cat", &[(By::One, 25_165_824.0), (By::Tokens, 49_152.0)]),
                (
                    "single_transformer_blocks.attn.to_out: mm",
                    &[(By::One, 6_291_456.0), (By::Tokens, 12_288.0)],
                ),
                ("smaller tensors", &[(By::One, 720_900.0), (By::Tokens, 1024.0)]),
            ],
        },
    ],
    several: &[
        Moment {
            matrix: 0.0,
            alive: &[
                ("empty", &[(By::Batch, 15_736_838.0), (By::AllTokens, 272.0)]),
                (
                    "cat",
                    &[
                        (By::One, 524_288.0),
                        (By::Batch, 6_291_456.0),
                        (By::Tokens, 1024.0),
                        (By::AllTokens, 12_288.0),
                    ],
                ),
                ("transformer_blocks: add", &[(By::Batch, 6_291_456.0)]),
                ("single_transformer_blocks: add", &[(By::Batch, 6_291_456.0), (By::AllTokens, 12_288.0)]),
                (
                    "single_transformer_blocks.attn.to_qkv_mlp_proj: mm",
                    &[(By::Batch, 56_623_104.0), (By::AllTokens, 110_592.0)],
                ),
                (
                    "single_transformer_blocks.attn: to_copy",
                    &[(By::Batch, 12_582_912.0), (By::AllTokens, 24_576.0)],
                ),
                (
                    "single_transformer_blocks.attn: scaled_dot_product_flash_attention",
                    &[(By::Batch, 6_291_456.0), (By::AllTokens, 12_288.0)],
                ),
                (
                    "single_transformer_blocks.attn.mlp_act_fn: mul",
                    &[(By::Batch, 18_874_368.0), (By::AllTokens, 36_864.0)],
                ),
                (
                    "single_transformer_blocks.attn: cat",
                    &[(By::Batch, 25_165_824.0), (By::AllTokens, 49_152.0)],
                ),
                ("smaller tensors", &[(By::One, 524_288.0), (By::Batch, 196_612.0), (By::Tokens, 1024.0)]),
            ],
        },
        Moment {
            matrix: 339_738_624.0,
            alive: &[
                ("empty", &[(By::Batch, 15_736_838.0), (By::AllTokens, 272.0)]),
                (
                    "cat",
                    &[
                        (By::One, 524_288.0),
                        (By::Batch, 6_291_456.0),
                        (By::Tokens, 1024.0),
                        (By::AllTokens, 12_288.0),
                    ],
                ),
                ("transformer_blocks: add", &[(By::Batch, 6_291_456.0)]),
                ("single_transformer_blocks: add", &[(By::Batch, 6_291_456.0), (By::AllTokens, 12_288.0)]),
                (
                    "single_transformer_blocks.attn.to_qkv_mlp_proj: mm",
                    &[(By::Batch, 56_623_104.0), (By::AllTokens, 110_592.0)],
                ),
                ("smaller tensors", &[(By::One, 524_288.0), (By::Batch, 196_612.0), (By::Tokens, 1024.0)]),
            ],
        },
        Moment {
            matrix: 150_994_944.0,
            alive: &[
                ("empty", &[(By::Batch, 15_736_838.0), (By::AllTokens, 272.0)]),
                (
                    "cat",
                    &[
                        (By::One, 524_288.0),
                        (By::Batch, 6_291_456.0),
                        (By::Tokens, 1024.0),
                        (By::AllTokens, 12_288.0),
                    ],
                ),
                ("transformer_blocks: add", &[(By::Batch, 6_291_456.0)]),
                ("single_transformer_blocks: add", &[(By::Batch, 6_291_456.0), (By::AllTokens, 12_288.0)]),
                (
                    "single_transformer_blocks.attn.to_qkv_mlp_proj: mm",
                    &[(By::Batch, 56_623_104.0), (By::AllTokens, 110_592.0)],
                ),
                (
                    "single_transformer_blocks.attn: to_copy",
                    &[(By::Batch, 12_582_912.0), (By::AllTokens, 24_576.0)],
                ),
                (
                    "single_transformer_blocks.attn.mlp_act_fn: mul",
                    &[(By::Batch, 18_874_368.0), (By::AllTokens, 36_864.0)],
                ),
                (
                    "single_transformer_blocks.attn: cat",
                    &[(By::Batch, 25_165_824.0), (By::AllTokens, 49_152.0)],
                ),
                (
                    "single_transformer_blocks.attn.to_out: mm",
                    &[(By::Batch, 6_291_456.0), (By::AllTokens, 12_288.0)],
                ),
                ("smaller tensors", &[(By::One, 524_288.0), (By::Batch, 196_612.0), (By::Tokens, 1024.0)]),
            ],
        },
    ],
};
