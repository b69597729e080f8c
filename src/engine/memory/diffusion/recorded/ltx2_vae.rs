//! LTX-2's VAE (`AutoencoderKLLTX2Video` of diffusers 0.42.1), decoding.

use super::{By, Moment, Recorded};
use crate::engine::memory::diffusion::stored::Shapes;

/// The record.
pub static RECORD: Recorded = Recorded {
    shapes: Shapes {
        matrices: 0.0,
        kernels: 1_222_428_672.0,
        rest: 50_929.0,
        kept_single: 0.0,
        single_beside_packed: 0.0,
        largest: 113_246_208.0,
    },
    one: &[Moment {
        matrix: 0.0,
        alive: &[
            ("decoder.up_blocks.resnets: add", &[(By::Area, -24_576.0), (By::Volume, 32_768.0)]),
            ("decoder.up_blocks.upsamplers: add", &[(By::Area, -114_688.0), (By::Volume, 131_072.0)]),
            ("up_blocks.resnets.nonlinearity: silu", &[(By::Area, -114_688.0), (By::Volume, 131_072.0)]),
            ("up_blocks.resnets.conv1: repeat", &[(By::Area, 32_768.0)]),
            ("up_blocks.resnets.conv1: cat", &[(By::Area, -81_920.0), (By::Volume, 131_072.0)]),
            (
                "resnets.conv1.conv: reflection_pad3d",
                &[
                    (By::One, -5120.0),
                    (By::Height, -20_480.0),
                    (By::Width, -20_480.0),
                    (By::Area, -81_920.0),
                    (By::Frames, 8192.0),
                    (By::FramesHeight, 32_768.0),
                    (By::FramesWidth, 32_768.0),
                    (By::Volume, 131_072.0),
                ],
            ),
            ("resnets.conv1.conv: convolution", &[(By::Area, -114_688.0), (By::Volume, 131_072.0)]),
            ("smaller tensors", &[(By::Volume, 256.0)]),
        ],
    }],
    several: &[],
};
