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
            ("add_k_proj.lora_A.default: to_copy", &[(By::Rank, 116_736.0)]),
            ("add_k_proj.lora_B.default: to_copy", &[(By::Rank, 116_736.0)]),
            ("add_q_proj.lora_A.default: to_copy", &[(By::Rank, 116_736.0)]),
            ("add_q_proj.lora_B.default: to_copy", &[(By::Rank, 116_736.0)]),
            ("add_v_proj.lora_A.default: to_copy", &[(By::Rank, 116_736.0)]),
            ("add_v_proj.lora_B.default: to_copy", &[(By::Rank, 116_736.0)]),
            ("empty", &[(By::Batch, 4_198_918.0), (By::AllTokens, 134.0)]),
            ("ff.net.base_layer: addmm", &[(By::Batch, 293_601_280.0), (By::AllTokens, -286_720.0)]),
            ("net.lora_A.default: mm", &[(By::Rank, 95_573.333252), (By::AllTokensRank, -93.333252)]),
            (
                "net.lora_A.default: to_copy",
                &[
                    (By::Batch, 1_174_405_120.0),
                    (By::AllTokens, -1_146_880.0),
                    (By::Rank, 647_168.0),
                    (By::AllTokensRank, 280.0),
                ],
            ),
            ("net.lora_B.default: to_copy", &[(By::Rank, 90_112.0), (By::AllTokensRank, 140.0)]),
            ("proj.lora_A.default: to_copy", &[(By::Rank, 161_792.0), (By::AllTokensRank, 70.0)]),
            ("proj.lora_B.default: to_copy", &[(By::Rank, 647_168.0), (By::AllTokensRank, 280.0)]),
            (
                "single_transformer_blocks.act_mlp: gelu",
                &[(By::Batch, -1_308_622_848.0), (By::AllTokens, 1_314_816.0)],
            ),
            (
                "single_transformer_blocks.attn.norm_k: to_copy",
                &[(By::Batch, -327_155_712.0), (By::AllTokens, 328_704.0)],
            ),
            (
                "single_transformer_blocks.attn.norm_q: to_copy",
                &[(By::Batch, -327_155_712.0), (By::AllTokens, 328_704.0)],
            ),
            (
                "single_transformer_blocks.attn.to_v: add",
                &[(By::Batch, -327_155_712.0), (By::AllTokens, 328_704.0)],
            ),
            (
                "single_transformer_blocks.attn: mul",
                &[(By::Batch, -1_308_622_848.0), (By::AllTokens, 1_314_816.0)],
            ),
            (
                "single_transformer_blocks.attn: stack",
                &[(By::Batch, -327_155_712.0), (By::AllTokens, 328_704.0)],
            ),
            (
                "single_transformer_blocks.attn: to_copy",
                &[(By::Batch, -654_311_424.0), (By::AllTokens, 657_408.0)],
            ),
            (
                "single_transformer_blocks.norm: add",
                &[(By::Batch, -654_311_424.0), (By::AllTokens, 657_408.0)],
            ),
            ("single_transformer_blocks: add", &[(By::Batch, -213_909_504.0), (By::AllTokens, 549_888.0)]),
            ("single_transformer_blocks: cat", &[(By::Batch, -327_155_712.0), (By::AllTokens, 328_704.0)]),
            ("to_add_out.lora_A.default: to_copy", &[(By::Rank, 116_736.0)]),
            ("to_add_out.lora_B.default: to_copy", &[(By::Rank, 116_736.0)]),
            ("to_k.lora_A.default: to_copy", &[(By::Rank, 206_848.0), (By::AllTokensRank, 140.0)]),
            ("to_k.lora_B.default: to_copy", &[(By::Rank, 206_848.0), (By::AllTokensRank, 140.0)]),
            ("to_out.lora_A.default: to_copy", &[(By::Rank, 116_736.0)]),
            ("to_out.lora_B.default: to_copy", &[(By::Rank, 116_736.0)]),
            ("to_q.lora_A.default: to_copy", &[(By::Rank, 206_848.0), (By::AllTokensRank, 140.0)]),
            ("to_q.lora_B.default: to_copy", &[(By::Rank, 206_848.0), (By::AllTokensRank, 140.0)]),
            ("to_v.lora_A.default: to_copy", &[(By::Rank, 206_848.0), (By::AllTokensRank, 140.0)]),
            ("to_v.lora_B.default: to_copy", &[(By::Rank, 206_848.0), (By::AllTokensRank, 140.0)]),
            (
                "transformer_blocks.attn.to_add_out: add",
                &[(By::Batch, 36_700_160.0), (By::AllTokens, -35_840.0)],
            ),
            (
                "transformer_blocks.attn.to_out: add",
                &[(By::Batch, 293_601_280.0), (By::AllTokens, -286_720.0)],
            ),
            (
                "transformer_blocks.ff.net: gelu",
                &[(By::Batch, 1_174_405_120.0), (By::AllTokens, -1_146_880.0)],
            ),
            (
                "transformer_blocks.ff.net: to_copy",
                &[(By::Batch, 2_348_810_240.0), (By::AllTokens, -2_293_760.0)],
            ),
            (
                "transformer_blocks.norm1_context: add",
                &[(By::Batch, 73_400_320.0), (By::AllTokens, -71_680.0)],
            ),
            ("transformer_blocks: add", &[(By::Batch, 610_271_232.0), (By::AllTokens, -420_864.0)]),
            ("transformer_blocks: mul", &[(By::Batch, 293_601_280.0), (By::AllTokens, -286_720.0)]),
            ("x_embedder: addmm", &[(By::AllTokens, 6144.0)]),
            ("smaller tensors", &[(By::Batch, 4_342_788.0), (By::AllTokens, 400.0)]),
        ],
        &[
            ("add", &[(By::Batch, 3_145_728.0), (By::AllTokens, 6144.0)]),
            ("add_k_proj.lora_A.default: to_copy", &[(By::Batch, 3_145_728.0), (By::Rank, 6144.0)]),
            ("add_q_proj.lora_A.default: to_copy", &[(By::Batch, 3_145_728.0), (By::Rank, 6144.0)]),
            ("add_v_proj.lora_A.default: to_copy", &[(By::Batch, 3_145_728.0), (By::Rank, 6144.0)]),
            ("context_embedder: addmm", &[(By::Batch, 3_145_728.0)]),
            ("ff.net.base_layer: addmm", &[(By::Batch, -8_388_608.0), (By::AllTokens, 8192.0)]),
            ("ff.net.proj: add", &[(By::AllTokens, 24_576.0)]),
            ("ff_context.net.base_layer: addmm", &[(By::Batch, 4_194_304.0), (By::AllTokens, -1024.0)]),
            ("ff_context.net.proj: add", &[(By::Batch, 16_777_216.0), (By::AllTokens, -4096.0)]),
            (
                "net.lora_A.default: to_copy",
                &[
                    (By::Batch, 16_777_216.0),
                    (By::AllTokens, 20_480.0),
                    (By::Rank, 57_344.0),
                    (By::AllTokensRank, -8.0),
                ],
            ),
            ("net.lora_B.default: mm", &[(By::Batch, -4_194_304.0), (By::AllTokens, 7168.0)]),
            (
                "proj.lora_A.default: to_copy",
                &[
                    (By::Batch, 4_194_304.0),
                    (By::AllTokens, 5120.0),
                    (By::Rank, 14_336.0),
                    (By::AllTokensRank, -2.0),
                ],
            ),
            ("proj.lora_B.default: to_copy", &[(By::Rank, 57_344.0), (By::AllTokensRank, -8.0)]),
            ("to_add_out.lora_A.default: to_copy", &[(By::Batch, 3_145_728.0), (By::Rank, 6144.0)]),
            ("to_k.lora_A.default: to_copy", &[(By::AllTokens, 6144.0), (By::Rank, 6144.0)]),
            ("to_out.lora_A.default: to_copy", &[(By::AllTokens, 6144.0), (By::Rank, 6144.0)]),
            ("to_q.lora_A.default: to_copy", &[(By::AllTokens, 6144.0), (By::Rank, 6144.0)]),
            ("to_v.lora_A.default: to_copy", &[(By::AllTokens, 6144.0), (By::Rank, 6144.0)]),
            ("transformer_blocks.attn.norm_added_k: to_copy", &[(By::Batch, 6_291_456.0)]),
            ("transformer_blocks.attn.norm_added_q: to_copy", &[(By::Batch, 6_291_456.0)]),
            ("transformer_blocks.attn.norm_k: to_copy", &[(By::AllTokens, 12_288.0)]),
            ("transformer_blocks.attn.norm_q: to_copy", &[(By::AllTokens, 12_288.0)]),
            ("transformer_blocks.attn.to_add_out: add", &[(By::Batch, 3_145_728.0)]),
            ("transformer_blocks.attn.to_out: add", &[(By::AllTokens, 6144.0)]),
            ("transformer_blocks.attn: cat", &[(By::Batch, 3_145_728.0), (By::AllTokens, 6144.0)]),
            (
                "transformer_blocks.attn: scaled_dot_product_flash_attention",
                &[(By::Batch, 3_194_904.0), (By::AllTokens, 6240.0)],
            ),
            ("transformer_blocks.attn: to_copy", &[(By::Batch, 6_291_456.0), (By::AllTokens, 12_288.0)]),
            ("transformer_blocks.ff.net: gelu", &[(By::Batch, -33_554_432.0), (By::AllTokens, 32_768.0)]),
            ("transformer_blocks.ff.net: mul", &[(By::Batch, -8_388_608.0), (By::AllTokens, 8192.0)]),
            ("transformer_blocks.ff.net: to_copy", &[(By::Batch, -67_108_864.0), (By::AllTokens, 65_536.0)]),
            (
                "transformer_blocks.ff_context.net: gelu",
                &[(By::Batch, 16_777_216.0), (By::AllTokens, -4096.0)],
            ),
            ("transformer_blocks.ff_context.net: mul", &[(By::Batch, 4_194_304.0), (By::AllTokens, -1024.0)]),
            (
                "transformer_blocks.ff_context.net: to_copy",
                &[(By::Batch, 33_554_432.0), (By::AllTokens, -8192.0)],
            ),
            ("transformer_blocks.norm1.norm: to_copy", &[(By::AllTokens, 12_288.0)]),
            ("transformer_blocks.norm1_context.norm: to_copy", &[(By::Batch, 6_291_456.0)]),
            ("transformer_blocks.norm2: to_copy", &[(By::AllTokens, 12_288.0)]),
            (
                "transformer_blocks.norm2_context: to_copy",
                &[(By::Batch, 8_388_608.0), (By::AllTokens, -2048.0)],
            ),
            ("transformer_blocks: add", &[(By::Batch, 69_220_352.0), (By::AllTokens, 125_950.0)]),
            ("transformer_blocks: mul", &[(By::Batch, 12_582_912.0), (By::AllTokens, 3072.0)]),
            ("x_embedder: addmm", &[(By::AllTokens, 6144.0)]),
            (
                "smaller tensors",
                &[
                    (By::Batch, -1_372_838.666748),
                    (By::AllTokens, 3278.666748),
                    (By::Rank, 70_314.666504),
                    (By::AllTokensRank, 9.333496),
                ],
            ),
        ],
    ],
};
