//! FLUX.2-klein 4B's denoiser (`Flux2Transformer2DModel` of diffusers 0.42.1), with 512 tokens of text.

use super::{By, Moment, Recorded};
use crate::engine::memory::diffusion::stored::Shapes;

/// The record.
pub static RECORD: Recorded = Recorded {
    shapes: Shapes {
        matrices: 3_875_536_896.0,
        kernels: 0.0,
        rest: 7680.0,
        kept_single: 0.0,
        single_beside_packed: 0.0,
        largest: 84_934_656.0,
    },
    one: &[
        Moment {
            matrix: 0.0,
            alive: &[
                ("empty", &[(By::One, 7_872_514.0), (By::Tokens, 272.0)]),
                ("cat", &[(By::One, 3_670_016.0), (By::Tokens, 7168.0)]),
                ("transformer_blocks: add", &[(By::One, 3_145_728.0)]),
                ("single_transformer_blocks: add", &[(By::One, 3_145_728.0), (By::Tokens, 6144.0)]),
                (
                    "single_transformer_blocks.attn.to_qkv_mlp_proj: mm",
                    &[(By::One, 28_311_552.0), (By::Tokens, 55_296.0)],
                ),
                (
                    "single_transformer_blocks.attn: to_copy",
                    &[(By::One, 6_291_456.0), (By::Tokens, 12_288.0)],
                ),
                (
                    "single_transformer_blocks.attn: scaled_dot_product_flash_attention",
                    &[(By::One, 3_145_728.0), (By::Tokens, 6144.0)],
                ),
                (
                    "single_transformer_blocks.attn.mlp_act_fn: mul",
                    &[(By::One, 9_437_184.0), (By::Tokens, 18_432.0)],
                ),
                ("single_transformer_blocks.attn: cat", &[(By::One, 12_582_912.0), (By::Tokens, 24_576.0)]),
                ("smaller tensors", &[(By::One, 622_594.0), (By::Tokens, 1024.0)]),
            ],
        },
        Moment {
            matrix: 84_934_656.0,
            alive: &[
                ("empty", &[(By::One, 7_872_514.0), (By::Tokens, 272.0)]),
                ("pos_embed: cat", &[(By::One, 524_288.0), (By::Tokens, 1024.0)]),
                ("cat", &[(By::One, 3_670_016.0), (By::Tokens, 7168.0)]),
                ("transformer_blocks: add", &[(By::One, 3_145_728.0)]),
                ("single_transformer_blocks: add", &[(By::One, 3_145_728.0), (By::Tokens, 6144.0)]),
                (
                    "single_transformer_blocks.attn.to_qkv_mlp_proj: mm",
                    &[(By::One, 28_311_552.0), (By::Tokens, 55_296.0)],
                ),
                ("smaller tensors", &[(By::One, 98_306.0)]),
            ],
        },
        Moment {
            matrix: 37_748_736.0,
            alive: &[
                ("empty", &[(By::One, 7_872_514.0), (By::Tokens, 272.0)]),
                ("cat", &[(By::One, 3_670_016.0), (By::Tokens, 7168.0)]),
                ("transformer_blocks: add", &[(By::One, 3_145_728.0)]),
                ("single_transformer_blocks: add", &[(By::One, 3_145_728.0), (By::Tokens, 6144.0)]),
                (
                    "single_transformer_blocks.attn.to_qkv_mlp_proj: mm",
                    &[(By::One, 28_311_552.0), (By::Tokens, 55_296.0)],
                ),
                (
                    "single_transformer_blocks.attn: to_copy",
                    &[(By::One, 6_291_456.0), (By::Tokens, 12_288.0)],
                ),
                (
                    "single_transformer_blocks.attn.mlp_act_fn: mul",
                    &[(By::One, 9_437_184.0), (By::Tokens, 18_432.0)],
                ),
                ("single_transformer_blocks.attn: cat", &[(By::One, 12_582_912.0), (By::Tokens, 24_576.0)]),
                (
                    "single_transformer_blocks.attn.to_out: mm",
                    &[(By::One, 3_145_728.0), (By::Tokens, 6144.0)],
                ),
                ("smaller tensors", &[(By::One, 622_594.0), (By::Tokens, 1024.0)]),
            ],
        },
    ],
    several: &[
        Moment {
            matrix: 0.0,
            alive: &[
                ("empty", &[(By::Batch, 7_872_514.0), (By::AllTokens, 272.0)]),
                (
                    "cat",
                    &[
                        (By::One, 524_288.0),
                        (By::Tokens, 1024.0),
                        (By::Batch, 3_145_728.0),
                        (By::AllTokens, 6144.0),
                    ],
                ),
                ("transformer_blocks: add", &[(By::Batch, 3_145_728.0)]),
                ("single_transformer_blocks: add", &[(By::Batch, 3_145_728.0), (By::AllTokens, 6144.0)]),
                (
                    "single_transformer_blocks.attn.to_qkv_mlp_proj: mm",
                    &[(By::Batch, 28_311_552.0), (By::AllTokens, 55_296.0)],
                ),
                (
                    "single_transformer_blocks.attn: to_copy",
                    &[(By::Batch, 6_291_456.0), (By::AllTokens, 12_288.0)],
                ),
                (
                    "single_transformer_blocks.attn: scaled_dot_product_flash_attention",
                    &[(By::Batch, 3_145_728.0), (By::AllTokens, 6144.0)],
                ),
                (
                    "single_transformer_blocks.attn.mlp_act_fn: mul",
                    &[(By::Batch, 9_437_184.0), (By::AllTokens, 18_432.0)],
                ),
                (
                    "single_transformer_blocks.attn: cat",
                    &[(By::Batch, 12_582_912.0), (By::AllTokens, 24_576.0)],
                ),
                ("smaller tensors", &[(By::One, 524_288.0), (By::Tokens, 1024.0), (By::Batch, 98_306.0)]),
            ],
        },
        Moment {
            matrix: 84_934_656.0,
            alive: &[
                ("empty", &[(By::Batch, 7_872_514.0), (By::AllTokens, 272.0)]),
                (
                    "cat",
                    &[
                        (By::One, 524_288.0),
                        (By::Tokens, 1024.0),
                        (By::Batch, 3_145_728.0),
                        (By::AllTokens, 6144.0),
                    ],
                ),
                ("transformer_blocks: add", &[(By::Batch, 3_145_728.0)]),
                ("single_transformer_blocks: add", &[(By::Batch, 3_145_728.0), (By::AllTokens, 6144.0)]),
                (
                    "single_transformer_blocks.attn.to_qkv_mlp_proj: mm",
                    &[(By::Batch, 28_311_552.0), (By::AllTokens, 55_296.0)],
                ),
                ("smaller tensors", &[(By::One, 524_288.0), (By::Tokens, 1024.0), (By::Batch, 98_306.0)]),
            ],
        },
        Moment {
            matrix: 37_748_736.0,
            alive: &[
                ("empty", &[(By::Batch, 7_872_514.0), (By::AllTokens, 272.0)]),
                (
                    "cat",
                    &[
                        (By::One, 524_288.0),
                        (By::Tokens, 1024.0),
                        (By::Batch, 3_145_728.0),
                        (By::AllTokens, 6144.0),
                    ],
                ),
                ("transformer_blocks: add", &[(By::Batch, 3_145_728.0)]),
                ("single_transformer_blocks: add", &[(By::Batch, 3_145_728.0), (By::AllTokens, 6144.0)]),
                (
                    "single_transformer_blocks.attn.to_qkv_mlp_proj: mm",
                    &[(By::Batch, 28_311_552.0), (By::AllTokens, 55_296.0)],
                ),
                (
                    "single_transformer_blocks.attn: to_copy",
                    &[(By::Batch, 6_291_456.0), (By::AllTokens, 12_288.0)],
                ),
                (
                    "single_transformer_blocks.attn.mlp_act_fn: mul",
                    &[(By::Batch, 9_437_184.0), (By::AllTokens, 18_432.0)],
                ),
                (
                    "single_transformer_blocks.attn: cat",
                    &[(By::Batch, 12_582_912.0), (By::AllTokens, 24_576.0)],
                ),
                (
                    "single_transformer_blocks.attn.to_out: mm",
                    &[(By::Batch, 3_145_728.0), (By::AllTokens, 6144.0)],
                ),
                ("smaller tensors", &[(By::One, 524_288.0), (By::Tokens, 1024.0), (By::Batch, 98_306.0)]),
            ],
        },
    ],
};
