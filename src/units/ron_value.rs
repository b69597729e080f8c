//! Quantities in RON, with the unit in the value: `memory: GiB(64), bandwidth: GBps(546)`.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Bytes, BytesPerSecond, Dollars, DollarsPerHour, FlopsPerSecond, Watts};

/// Defines how a quantity is written: one variant a unit, the first one is used for writing.
macro_rules! written_as {
    ($quantity:ident as $text:ident { $first:ident = $first_factor:expr $(, $unit:ident = $factor:expr)* $(,)? }) => {
        #[derive(Deserialize, Serialize)]
        #[expect(clippy::allow_attributes, reason = "not every unit trips the lint below")]
        #[allow(clippy::upper_case_acronyms, reason = "a unit is written as the field writes it")]
        enum $text {
            $first(f64),
            $($unit(f64),)*
        }

        impl<'de> Deserialize<'de> for $quantity {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(Self::new(match $text::deserialize(deserializer)? {
                    $text::$first(value) => value * $first_factor,
                    $($text::$unit(value) => value * $factor,)*
                }))
            }
        }

        impl Serialize for $quantity {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $text::$first(self.get() / $first_factor).serialize(serializer)
            }
        }
    };
}

written_as!(Bytes as BytesText { GiB = 1_073_741_824.0, B = 1.0, KiB = 1024.0, MiB = 1_048_576.0, MB = 1e6, GB = 1e9 });
written_as!(BytesPerSecond as BytesPerSecondText { GBps = 1e9, TBps = 1e12 });
written_as!(FlopsPerSecond as FlopsPerSecondText { TFLOPs = 1e12, PFLOPs = 1e15 });
written_as!(Watts as WattsText { W = 1.0 });
written_as!(Dollars as DollarsText { USD = 1.0 });
written_as!(DollarsPerHour as DollarsPerHourText { USDph = 1.0 });
