//! Where a value lies along a rail or an axis, and back.

/// Ends of a rail and how values are spread between them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    /// Value at the left end.
    pub least: f64,
    /// Value at the right end, above `least`.
    pub most: f64,
    /// Whether equal lengths are equal factors.
    pub log: bool,
    /// Whether only whole steps exist.
    pub stepped: bool,
}

impl Scale {
    /// Where a value lies, 0 at the left end and 1 at the right.
    pub(crate) fn share(&self, value: f64) -> f64 {
        if self.most <= self.least {
            return 0.0;
        }
        let value = value.clamp(self.least, self.most);
        if self.log {
            (value / self.least).ln() / (self.most / self.least).ln()
        } else {
            (value - self.least) / (self.most - self.least)
        }
    }

    /// The value at a share of the rail, rounded as a person would say it.
    pub(crate) fn value(&self, share: f64) -> f64 {
        let share = share.clamp(0.0, 1.0);
        let raw = if self.log {
            self.least * (self.most / self.least).powf(share)
        } else {
            self.least + (self.most - self.least) * share
        };
        if share <= 0.0 {
            self.least
        } else if share >= 1.0 {
            self.most
        } else if self.stepped {
            raw.round()
        } else {
            round(raw).clamp(self.least, self.most)
        }
    }

    /// One press of an arrow key away.
    pub(crate) fn nudged(&self, value: f64, steps: f64) -> f64 {
        if self.stepped {
            return (value + steps).clamp(self.least, self.most);
        }
        let moved = self.value(self.share(value) + steps * 0.01);
        let whole = (value + steps).clamp(self.least, self.most);
        if (moved - value) * steps.signum() > 0.0 { moved } else { whole }
    }
}

/// To thirty-seconds of the power of two below: 32,768 stays, 33,000 becomes 32,768; small numbers stay whole.
fn round(value: f64) -> f64 {
    let quantum = (value.log2().floor() - 5.0).exp2().max(1.0);
    (value / quantum).round() * quantum
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: Scale = Scale { least: 512.0, most: 131_072.0, log: true, stepped: false };
    const STEPS: Scale = Scale { least: 0.0, most: 10.0, log: false, stepped: true };

    #[test]
    fn there_and_back() {
        for value in [512.0, 1024.0, 32_768.0, 131_072.0] {
            assert!((LOG.value(LOG.share(value)) - value).abs() < 1e-6, "{value}");
        }
        for step in 0..=10 {
            assert!((STEPS.value(STEPS.share(f64::from(step))) - f64::from(step)).abs() < 1e-9, "{step}");
        }
    }

    #[test]
    fn an_arrow_key_always_moves_and_never_leaves() {
        for value in [512.0, 513.0, 5000.0, 131_071.0] {
            assert!(LOG.nudged(value, 1.0) > value, "{value}");
        }
        assert!(LOG.nudged(131_072.0, 1.0) <= 131_072.0, "the end is the end");
        assert!((STEPS.nudged(3.0, -1.0) - 2.0).abs() < 1e-9, "one step");
    }
}
