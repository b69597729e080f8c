//! Z-Image's denoiser (`ZImageTransformer2DModel` of diffusers 0.42.1), with a prompt of 128 tokens.

use super::{By, Moment, Recorded};
use crate::engine::memory::diffusion::stored::Shapes;

/// The record.
pub static RECORD: Recorded = Recorded {
    shapes: Shapes {
        matrices: 6_153_863_168.0,
        kernels: 0.0,
        rest: 1_045_568.0,
        kept_single: 0.0,
        single_beside_packed: 0.0,
        largest: 39_321_600.0,
    },
    one: &[
        Moment {
            matrix: 0.0,
            alive: &[
                ("empty", &[(By::One, 655_362.0), (By::Tokens, 128.0)]),
                ("polar", &[(By::One, 327_680.0)]),
                ("full", &[(By::One, 1_114_112.0), (By::Tokens, 8704.0)]),
                ("noise_refiner: add", &[(By::Tokens, 7680.0)]),
                ("context_refiner: add", &[(By::One, 983_040.0)]),
                ("layers: add", &[(By::One, 998_400.0), (By::Tokens, 7680.0)]),
                ("layers.attention.to_out: mm", &[(By::One, 983_040.0), (By::Tokens, 7680.0)]),
                ("layers: mul", &[(By::One, 983_040.0), (By::Tokens, 7680.0)]),
                ("layers.feed_forward.w1: mm", &[(By::One, 2_621_440.0), (By::Tokens, 20_480.0)]),
                ("layers.feed_forward.w3: mm", &[(By::One, 2_621_440.0), (By::Tokens, 20_480.0)]),
                ("layers.feed_forward: silu", &[(By::One, 2_621_440.0), (By::Tokens, 20_480.0)]),
                ("layers.feed_forward: mul", &[(By::One, 2_621_440.0), (By::Tokens, 20_480.0)]),
                ("smaller tensors", &[(By::One, 48_256.0), (By::Tokens, 13.0)]),
            ],
        },
        Moment {
            matrix: 39_321_600.0,
            alive: &[
                ("empty", &[(By::One, 655_362.0), (By::Tokens, 128.0)]),
                ("polar", &[(By::One, 327_680.0)]),
                ("full", &[(By::One, 1_114_112.0), (By::Tokens, 8704.0)]),
                ("noise_refiner: add", &[(By::Tokens, 7680.0)]),
                ("context_refiner: add", &[(By::One, 983_040.0)]),
                ("layers: add", &[(By::One, 998_400.0), (By::Tokens, 7680.0)]),
                ("layers.attention.to_out: mm", &[(By::One, 983_040.0), (By::Tokens, 7680.0)]),
                ("layers: mul", &[(By::One, 983_040.0), (By::Tokens, 7680.0)]),
                ("layers.feed_forward.w1: mm", &[(By::One, 2_621_440.0), (By::Tokens, 20_480.0)]),
                ("layers.feed_forward.w3: mm", &[(By::One, 2_621_440.0), (By::Tokens, 20_480.0)]),
                ("smaller tensors", &[(By::One, 48_256.0), (By::Tokens, 13.0)]),
            ],
        },
    ],
    several: &[],
};
