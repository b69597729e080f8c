//! A step of training an adapter of FLUX.1-dev (`train_dreambooth_lora_flux.py` of diffusers 0.42.1, PEFT 0.21.2).

use super::By;
use super::training::RecordedStep;

/// The record.
pub static STEP: RecordedStep = RecordedStep {
    adapters: 2_801_664.0,
    kept: [
        &[
            ("add_k_proj.lora_A.default: to_copy", &[(By::Batch, 59_768_832.0), (By::Rank, 116_736.0)]),
            ("add_q_proj.lora_A.default: to_copy", &[(By::Batch, 59_768_832.0), (By::Rank, 116_736.0)]),
            ("add_v_proj.lora_A.default: to_copy", &[(By::Batch, 59_768_832.0), (By::Rank, 116_736.0)]),
            ("ff.net.proj: add", &[(By::AllTokens, 466_944.0)]),
            ("ff_context.net.proj: add", &[(By::Batch, 239_075_328.0)]),
            (
                "net.lora_A.default: to_copy",
                &[(By::Batch, 239_075_328.0), (By::AllTokens, 466_944.0), (By::Rank, 933_888.0)],
            ),
            (
                "proj.lora_A.default: to_copy",
                &[(By::Batch, 59_768_832.0), (By::AllTokens, 116_736.0), (By::Rank, 233_472.0)],
            ),
            ("proj.lora_B.default: to_copy", &[(By::Rank, 933_888.0)]),
            (
                "single_transformer_blocks.attn.norm_k: to_copy",
                &[(By::Batch, 239_075_328.0), (By::AllTokens, 466_944.0)],
            ),
            (
                "single_transformer_blocks.attn.norm_q: to_copy",
                &[(By::Batch, 239_075_328.0), (By::AllTokens, 466_944.0)],
            ),
            (
                "single_transformer_blocks.attn.to_v: add",
                &[(By::Batch, 119_537_664.0), (By::AllTokens, 233_472.0)],
            ),
            (
                "single_transformer_blocks.attn: scaled_dot_product_flash_attention",
                &[(By::Batch, 121_406_352.0), (By::AllTokens, 237_120.0)],
            ),
            (
                "single_transformer_blocks.attn: to_copy",
                &[(By::Batch, 239_075_328.0), (By::AllTokens, 466_944.0)],
            ),
            (
                "single_transformer_blocks.norm.norm: to_copy",
                &[(By::Batch, 239_075_328.0), (By::AllTokens, 466_944.0)],
            ),
            (
                "single_transformer_blocks.proj_mlp: addmm",
                &[(By::Batch, 478_150_656.0), (By::AllTokens, 933_888.0)],
            ),
            ("single_transformer_blocks: cat", &[(By::Batch, 18_874_368.0), (By::AllTokens, 36_864.0)]),
            ("to_add_out.lora_A.default: to_copy", &[(By::Batch, 59_768_832.0), (By::Rank, 116_736.0)]),
            (
                "to_k.lora_A.default: to_copy",
                &[(By::Batch, 119_537_664.0), (By::AllTokens, 350_208.0), (By::Rank, 350_208.0)],
            ),
            ("to_out.lora_A.default: to_copy", &[(By::AllTokens, 116_736.0), (By::Rank, 116_736.0)]),
            (
                "to_q.lora_A.default: to_copy",
                &[(By::Batch, 119_537_664.0), (By::AllTokens, 350_208.0), (By::Rank, 350_208.0)],
            ),
            (
                "to_v.lora_A.default: to_copy",
                &[(By::Batch, 119_537_664.0), (By::AllTokens, 350_208.0), (By::Rank, 350_208.0)],
            ),
            ("transformer_blocks.attn.norm_added_k: to_copy", &[(By::Batch, 119_537_664.0)]),
            ("transformer_blocks.attn.norm_added_q: to_copy", &[(By::Batch, 119_537_664.0)]),
            ("transformer_blocks.attn.norm_k: to_copy", &[(By::AllTokens, 233_472.0)]),
            ("transformer_blocks.attn.norm_q: to_copy", &[(By::AllTokens, 233_472.0)]),
            ("transformer_blocks.attn: cat", &[(By::Batch, 59_768_832.0), (By::AllTokens, 116_736.0)]),
            (
                "transformer_blocks.attn: scaled_dot_product_flash_attention",
                &[(By::Batch, 60_703_176.0), (By::AllTokens, 118_560.0)],
            ),
            ("transformer_blocks.attn: to_copy", &[(By::Batch, 119_537_664.0), (By::AllTokens, 233_472.0)]),
            ("transformer_blocks.norm1.norm: to_copy", &[(By::AllTokens, 221_184.0)]),
            ("transformer_blocks.norm1_context.norm: to_copy", &[(By::Batch, 113_246_208.0)]),
            ("transformer_blocks.norm2: to_copy", &[(By::AllTokens, 233_472.0)]),
            ("transformer_blocks.norm2_context: to_copy", &[(By::Batch, 119_537_664.0)]),
            (
                "smaller tensors",
                &[
                    (By::Batch, 41_743_882.0),
                    (By::AllTokens, 68_004.0),
                    (By::Rank, 2_101_248.0),
                    (By::AllTokensRank, 456.0),
                ],
            ),
        ],
        &[
            ("add_k_proj.lora_A.default: to_copy", &[(By::Batch, 59_768_832.0), (By::Rank, 110_592.0)]),
            ("add_q_proj.lora_A.default: to_copy", &[(By::Batch, 59_768_832.0), (By::Rank, 110_592.0)]),
            ("add_v_proj.lora_A.default: to_copy", &[(By::Batch, 59_768_832.0), (By::Rank, 110_592.0)]),
            ("ff.net.proj: add", &[(By::AllTokens, 466_944.0)]),
            ("ff_context.net.proj: add", &[(By::Batch, 239_075_328.0)]),
            ("mul", &[(By::Batch, 18_874_368.0), (By::AllTokens, 36_864.0)]),
            (
                "net.lora_A.default: to_copy",
                &[(By::Batch, 239_075_328.0), (By::AllTokens, 466_944.0), (By::Rank, 933_888.0)],
            ),
            (
                "proj.lora_A.default: to_copy",
                &[(By::Batch, 59_768_832.0), (By::AllTokens, 116_736.0), (By::Rank, 233_472.0)],
            ),
            ("proj.lora_B.default: to_copy", &[(By::Rank, 933_888.0)]),
            (
                "single_transformer_blocks.attn.norm_k: to_copy",
                &[(By::Batch, 239_075_328.0), (By::AllTokens, 466_944.0)],
            ),
            (
                "single_transformer_blocks.attn.norm_q: to_copy",
                &[(By::Batch, 239_075_328.0), (By::AllTokens, 466_944.0)],
            ),
            (
                "single_transformer_blocks.attn.to_v: add",
                &[(By::Batch, 116_391_936.0), (By::AllTokens, 227_328.0)],
            ),
            (
                "single_transformer_blocks.attn: scaled_dot_product_flash_attention",
                &[(By::Batch, 118_211_448.0), (By::AllTokens, 230_880.0)],
            ),
            (
                "single_transformer_blocks.attn: to_copy",
                &[(By::Batch, 232_783_872.0), (By::AllTokens, 454_656.0)],
            ),
            (
                "single_transformer_blocks.norm.norm: to_copy",
                &[(By::Batch, 239_075_328.0), (By::AllTokens, 466_944.0)],
            ),
            (
                "single_transformer_blocks.proj_mlp: addmm",
                &[(By::Batch, 478_150_656.0), (By::AllTokens, 933_888.0)],
            ),
            ("to_add_out.lora_A.default: to_copy", &[(By::Batch, 59_768_832.0), (By::Rank, 116_736.0)]),
            (
                "to_k.lora_A.default: to_copy",
                &[(By::Batch, 119_537_664.0), (By::AllTokens, 350_208.0), (By::Rank, 344_064.0)],
            ),
            ("to_out.lora_A.default: to_copy", &[(By::AllTokens, 116_736.0), (By::Rank, 116_736.0)]),
            (
                "to_q.lora_A.default: to_copy",
                &[(By::Batch, 119_537_664.0), (By::AllTokens, 350_208.0), (By::Rank, 344_064.0)],
            ),
            (
                "to_v.lora_A.default: to_copy",
                &[(By::Batch, 119_537_664.0), (By::AllTokens, 350_208.0), (By::Rank, 344_064.0)],
            ),
            ("transformer_blocks.attn.norm_added_k: to_copy", &[(By::Batch, 119_537_664.0)]),
            ("transformer_blocks.attn.norm_added_q: to_copy", &[(By::Batch, 119_537_664.0)]),
            ("transformer_blocks.attn.norm_k: to_copy", &[(By::AllTokens, 233_472.0)]),
            ("transformer_blocks.attn.norm_q: to_copy", &[(By::AllTokens, 233_472.0)]),
            ("transformer_blocks.attn: cat", &[(By::Batch, 59_768_832.0), (By::AllTokens, 116_736.0)]),
            (
                "transformer_blocks.attn: scaled_dot_product_flash_attention",
                &[(By::Batch, 60_703_176.0), (By::AllTokens, 118_560.0)],
            ),
            ("transformer_blocks.attn: to_copy", &[(By::Batch, 119_537_664.0), (By::AllTokens, 233_472.0)]),
            ("transformer_blocks.norm1.norm: to_copy", &[(By::AllTokens, 221_184.0)]),
            ("transformer_blocks.norm1_context.norm: to_copy", &[(By::Batch, 113_246_208.0)]),
            ("transformer_blocks.norm2: to_copy", &[(By::AllTokens, 233_472.0)]),
            ("transformer_blocks.norm2_context: to_copy", &[(By::Batch, 119_537_664.0)]),
            (
                "smaller tensors",
                &[
                    (By::Batch, 46_905_348.0),
                    (By::AllTokens, 86_200.0),
                    (By::Rank, 2_101_248.0),
                    (By::AllTokensRank, 456.0),
                ],
            ),
        ],
    ],
    computed_again: [
        &[
            ("net.lora_A.default: to_copy", &[(By::Rank, 933_888.0)]),
            ("proj.lora_B.default: to_copy", &[(By::Rank, 933_888.0)]),
            (
                "single_transformer_blocks.act_mlp: gelu",
                &[(By::Batch, 12_582_912.0), (By::AllTokens, 24_576.0)],
            ),
            ("single_transformer_blocks.attn: mul", &[(By::Batch, 12_582_912.0), (By::AllTokens, 24_576.0)]),
            (
                "single_transformer_blocks.attn: to_copy",
                &[(By::Batch, 6_291_456.0), (By::AllTokens, 12_288.0)],
            ),
            ("single_transformer_blocks.norm: add", &[(By::Batch, 6_291_456.0), (By::AllTokens, 12_288.0)]),
            ("single_transformer_blocks: add", &[(By::Batch, 116_391_936.0), (By::AllTokens, 227_328.0)]),
            ("to_k.lora_A.default: to_copy", &[(By::Rank, 350_208.0)]),
            ("to_k.lora_B.default: to_copy", &[(By::Rank, 350_208.0)]),
            ("to_q.lora_A.default: to_copy", &[(By::Rank, 350_208.0)]),
            ("to_q.lora_B.default: to_copy", &[(By::Rank, 350_208.0)]),
            ("to_v.lora_A.default: to_copy", &[(By::Rank, 350_208.0)]),
            ("to_v.lora_B.default: to_copy", &[(By::Rank, 350_208.0)]),
            ("transformer_blocks: add", &[(By::Batch, 59_768_832.0), (By::AllTokens, 116_736.0)]),
            (
                "smaller tensors",
                &[(By::Batch, 23_625_226.0), (By::AllTokens, 38_028.0), (By::Rank, 1_634_304.0)],
            ),
        ],
        &[
            (
                "single_transformer_blocks.act_mlp: gelu",
                &[(By::Batch, 12_582_912.0), (By::AllTokens, 24_576.0)],
            ),
            (
                "single_transformer_blocks.attn.norm_k: to_copy",
                &[(By::Batch, 6_291_456.0), (By::AllTokens, 12_288.0)],
            ),
            (
                "single_transformer_blocks.attn.norm_q: to_copy",
                &[(By::Batch, 6_291_456.0), (By::AllTokens, 12_288.0)],
            ),
            (
                "single_transformer_blocks.attn: to_copy",
                &[(By::Batch, 6_291_456.0), (By::AllTokens, 12_288.0)],
            ),
            (
                "single_transformer_blocks.norm.norm: to_copy",
                &[(By::Batch, 6_291_456.0), (By::AllTokens, 12_288.0)],
            ),
            ("single_transformer_blocks.norm: add", &[(By::Batch, 6_297_600.0), (By::AllTokens, 12_288.0)]),
            (
                "single_transformer_blocks.proj_mlp: addmm",
                &[(By::Batch, 12_582_912.0), (By::AllTokens, 24_576.0)],
            ),
            ("single_transformer_blocks: add", &[(By::Batch, 116_391_936.0), (By::AllTokens, 227_328.0)]),
            ("single_transformer_blocks: cat", &[(By::Batch, 18_874_368.0), (By::AllTokens, 36_864.0)]),
            ("transformer_blocks: add", &[(By::Batch, 59_768_832.0), (By::AllTokens, 116_736.0)]),
            (
                "smaller tensors",
                &[
                    (By::Batch, 25_866_268.0),
                    (By::AllTokens, 50_472.0),
                    (By::Rank, 39_936.0),
                    (By::AllTokensRank, 6.0),
                ],
            ),
        ],
    ],
};
