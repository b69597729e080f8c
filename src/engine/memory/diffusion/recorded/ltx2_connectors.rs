//! What brings Gemma's states to LTX-2's denoiser (`LTX2TextConnectors` of diffusers 0.42.1), for 1,024 tokens.

use super::{By, Moment, Recorded};
use crate::engine::memory::diffusion::stored::Shapes;

/// The record.
pub static RECORD: Recorded = Recorded {
    shapes: Shapes {
        matrices: 1_430_323_200.0,
        kernels: 0.0,
        rest: 1_152_000.0,
        kept_single: 0.0,
        single_beside_packed: 0.0,
        largest: 722_534_400.0,
    },
    one: &[
        Moment {
            matrix: 0.0,
            alive: &[
                ("empty", &[(By::One, 385_353_728.0)]),
                ("masked_fill", &[(By::One, 770_703_360.0)]),
                ("mul", &[(By::One, 385_351_682.0)]),
                ("bitwise_not", &[(By::One, 192_675_840.0)]),
                ("smaller tensors", &[(By::One, 9514.0)]),
            ],
        },
        Moment {
            matrix: 722_534_400.0,
            alive: &[
                ("empty", &[(By::One, 385_353_728.0)]),
                ("masked_fill", &[(By::One, 385_351_680.0)]),
                ("text_proj_in: mm", &[(By::One, 7_864_320.0)]),
                ("smaller tensors", &[(By::One, 2.0)]),
            ],
        },
    ],
    several: &[Moment {
        matrix: 0.0,
        alive: &[
            ("empty", &[(By::Batch, 385_353_728.0)]),
            ("masked_fill", &[(By::Batch, 770_703_360.0)]),
            ("mul", &[(By::Batch, 385_351_682.0)]),
            ("bitwise_not", &[(By::Batch, 192_675_840.0)]),
            ("smaller tensors", &[(By::One, 8192.0), (By::Batch, 1322.0)]),
        ],
    }],
};
