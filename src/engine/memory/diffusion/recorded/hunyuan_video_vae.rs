//! HunyuanVideo's VAE (`AutoencoderKLHunyuanVideo` of diffusers 0.42.1), decoding five latent frames.

use super::{By, Moment, Recorded};
use crate::engine::memory::diffusion::stored::Shapes;

/// The record.
pub static RECORD: Recorded = Recorded {
    shapes: Shapes {
        matrices: 2_097_152.0,
        kernels: 244_315_648.0,
        rest: 66_003.0,
        kept_single: 0.0,
        single_beside_packed: 0.0,
        largest: 7_077_888.0,
    },
    one: &[Moment {
        matrix: 0.0,
        alive: &[
            ("upsamplers.conv.conv: convolution", &[(By::Area, 704_512.0)]),
            ("decoder.up_blocks.resnets: add", &[(By::Area, 73_728.0)]),
            ("decoder.up_blocks.upsamplers: upsample_nearest2d", &[(By::Area, 32_768.0)]),
            ("decoder.up_blocks.upsamplers: upsample_nearest3d", &[(By::Area, 524_288.0)]),
            ("decoder.up_blocks.upsamplers: cat", &[(By::Area, 557_056.0)]),
            (
                "up_blocks.upsamplers.conv: replication_pad3d",
                &[
                    (By::One, 38_912.0),
                    (By::Height, 155_648.0),
                    (By::Width, 155_648.0),
                    (By::Area, 622_592.0),
                ],
            ),
            ("smaller tensors", &[(By::Area, 320.0)]),
        ],
    }],
    several: &[],
};
