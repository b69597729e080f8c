//! Qwen-Image's VAE (`AutoencoderKLQwenImage` of diffusers 0.42.1), decoding one image.

use super::{By, Moment, Recorded};
use crate::engine::memory::diffusion::stored::Shapes;

/// The record.
pub static RECORD: Recorded = Recorded {
    shapes: Shapes {
        matrices: 0.0,
        kernels: 126_856_640.0,
        rest: 35_891.0,
        kept_single: 0.0,
        single_beside_packed: 0.0,
        largest: 3_981_312.0,
    },
    one: &[Moment {
        matrix: 0.0,
        alive: &[
            ("decoder.mid_block.resnets: clone", &[(By::Area, 3072.0)]),
            ("decoder.up_blocks.resnets: clone", &[(By::Area, 132_096.0)]),
            ("up_blocks.upsamplers.resample: convolution", &[(By::Area, 12_288.0)]),
            ("decoder.up_blocks.resnets: add", &[(By::Area, 12_288.0)]),
            ("up_blocks.resnets.nonlinearity: silu", &[(By::Area, 12_288.0)]),
            (
                "up_blocks.resnets.conv2: constant_pad_nd",
                &[(By::One, 2304.0), (By::Height, 9216.0), (By::Width, 9216.0), (By::Area, 36_864.0)],
            ),
            ("up_blocks.resnets.conv2: convolution", &[(By::Area, 12_288.0)]),
            ("smaller tensors", &[(By::Area, 96.0)]),
        ],
    }],
    several: &[Moment {
        matrix: 0.0,
        alive: &[
            ("decoder.mid_block.resnets: clone", &[(By::AllArea, 3072.0)]),
            ("decoder.up_blocks.resnets: clone", &[(By::AllArea, 132_096.0)]),
            ("up_blocks.upsamplers.resample: convolution", &[(By::AllArea, 12_288.0)]),
            ("decoder.up_blocks.resnets: add", &[(By::AllArea, 12_288.0)]),
            ("up_blocks.resnets.nonlinearity: silu", &[(By::AllArea, 12_288.0)]),
            (
                "up_blocks.resnets.conv2: constant_pad_nd",
                &[
                    (By::Batch, 2304.0),
                    (By::AllHeight, 9216.0),
                    (By::AllWidth, 9216.0),
                    (By::AllArea, 36_864.0),
                ],
            ),
            ("up_blocks.resnets.conv2: convolution", &[(By::AllArea, 12_288.0)]),
            ("smaller tensors", &[(By::AllArea, 96.0)]),
        ],
    }],
};
