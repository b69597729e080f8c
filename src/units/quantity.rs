//! The quantities, and the laws between them.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, Sub};

/// Defines a quantity: an `f64` in its base unit that adds only to its own kind.
macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
        pub struct $name(f64);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0.0);

            /// That many base units.
            pub const fn new(value: f64) -> Self {
                Self(value)
            }

            /// The number of base units.
            pub const fn get(self) -> f64 {
                self.0
            }

            /// The larger of two; a value that is not a number loses.
            pub const fn max(self, other: Self) -> Self {
                Self(self.0.max(other.0))
            }

            /// The smaller of two; a value that is not a number loses.
            pub const fn min(self, other: Self) -> Self {
                Self(self.0.min(other.0))
            }
        }

        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }
        }

        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                self.0 += other.0;
            }
        }

        impl Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self(self.0 - other.0)
            }
        }

        impl Mul<f64> for $name {
            type Output = Self;
            fn mul(self, factor: f64) -> Self {
                Self(self.0 * factor)
            }
        }

        impl Mul<Ratio> for $name {
            type Output = Self;
            fn mul(self, share: Ratio) -> Self {
                Self(self.0 * share.0)
            }
        }

        impl Div<f64> for $name {
            type Output = Self;
            fn div(self, divisor: f64) -> Self {
                Self(self.0 / divisor)
            }
        }

        impl Div for $name {
            type Output = Ratio;
            fn div(self, other: Self) -> Ratio {
                Ratio(self.0 / other.0)
            }
        }

        impl From<$name> for f64 {
            fn from(quantity: $name) -> Self {
                quantity.0
            }
        }

        impl Sum for $name {
            fn sum<I: Iterator<Item = Self>>(values: I) -> Self {
                Self(values.map(|value| value.0).sum())
            }
        }
    };
}

/// States `$whole / $by = $rate` and the two other directions of the same law.
macro_rules! law {
    ($whole:ident / $by:ident = $rate:ident) => {
        impl Div<$by> for $whole {
            type Output = $rate;
            fn div(self, by: $by) -> $rate {
                $rate(self.0 / by.0)
            }
        }

        impl Div<$rate> for $whole {
            type Output = $by;
            fn div(self, rate: $rate) -> $by {
                $by(self.0 / rate.0)
            }
        }

        impl Mul<$by> for $rate {
            type Output = $whole;
            fn mul(self, by: $by) -> $whole {
                $whole(self.0 * by.0)
            }
        }
    };
}

/// A share or a factor, 1 for the whole; never percent.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Ratio(f64);

impl Ratio {
    /// A share of the whole, or a factor.
    pub const fn new(value: f64) -> Self {
        Self(value)
    }

    /// The number itself, 1 for the whole.
    pub const fn get(self) -> f64 {
        self.0
    }
}

quantity!(
    /// Memory, or the size of a file.
    Bytes
);
quantity!(
    /// Time.
    Seconds
);
quantity!(
    /// Time as a tariff counts it.
    Hours
);
quantity!(
    /// Tokens of text, or positions of a sequence.
    Tokens
);
quantity!(
    /// A count of floating-point operations.
    Flops
);
quantity!(
    /// United States dollars.
    Dollars
);
quantity!(
    /// Power.
    Watts
);
quantity!(
    /// Energy as a meter counts it.
    WattHours
);
quantity!(
    /// Memory bandwidth.
    BytesPerSecond
);
quantity!(
    /// Compute rate; peaks are dense.
    FlopsPerSecond
);
quantity!(
    /// Arithmetic intensity; of a machine, its ridge point.
    FlopsPerByte
);
quantity!(
    /// Speed of prefill or of decode.
    TokensPerSecond
);
quantity!(
    /// Rent.
    DollarsPerHour
);

law!(Bytes / Seconds = BytesPerSecond);
law!(Flops / Seconds = FlopsPerSecond);
law!(Flops / Bytes = FlopsPerByte);
law!(FlopsPerSecond / BytesPerSecond = FlopsPerByte);
law!(Tokens / Seconds = TokensPerSecond);
law!(Dollars / Hours = DollarsPerHour);
law!(WattHours / Hours = Watts);

impl Bytes {
    /// That many GiB, 2³⁰ bytes each.
    pub const fn gib(value: f64) -> Self {
        Self(value * GIB)
    }

    /// That many MiB, 2²⁰ bytes each.
    pub const fn mib(value: f64) -> Self {
        Self(value * 1_048_576.0)
    }

    /// In GiB, as memory is shown.
    pub const fn as_gib(self) -> f64 {
        self.0 / GIB
    }

    /// In GB of 10⁹ bytes, as files are shown.
    pub const fn as_gb(self) -> f64 {
        self.0 / 1e9
    }
}

const GIB: f64 = 1_073_741_824.0;

impl BytesPerSecond {
    /// In GB/s of 10⁹ bytes, as bandwidth is shown.
    pub const fn as_gb_per_s(self) -> f64 {
        self.0 / 1e9
    }
}

/// ```compile_fail
/// use plimsoll::units::{Bytes, Seconds};
/// let nonsense = Bytes::new(1.0) + Seconds::new(1.0);
/// ```
#[cfg(doctest)]
struct QuantitiesOfDifferentKindDoNotAdd;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn laws_hold_in_all_three_directions() {
        let weights = Bytes::new(40e9);
        let bandwidth = BytesPerSecond::new(400e9);
        let time: Seconds = weights / bandwidth;
        assert!((time.get() - 0.1).abs() < 1e-12);
        assert_eq!(weights / time, bandwidth);
        assert_eq!(bandwidth * time, weights);
    }

    #[test]
    fn a_ridge_point_is_peak_over_bandwidth() {
        let peak = FlopsPerSecond::new(70e12);
        let ridge: FlopsPerByte = peak / BytesPerSecond::new(614e9);
        assert!((ridge.get() - 114.006_5).abs() < 1e-3, "{ridge:?}");
        assert_eq!(Flops::new(140e12) / peak, Seconds::new(2.0));
    }
}
