//! Units as people write them.

/// What a number is of, in the unit that it is held in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    TokensPerSecond,
    GigabytesPerSecond,
    Gigabytes,
    Teraflops,
    Watts,
    KilowattHours,
    Dollars,
    DollarsPerHour,
    DollarsPerMonth,
    DollarsPerKilowattHour,
    DollarsPerMillionTokens,
    Euros,
    Percent,
    Times,
    Seconds,
    Hours,
    HoursADay,
    Years,
    Weeks,
    Cores,
    Gigahertz,
    Tokens,
    Billions,
    Decibels,
    Inches,
    Requests,
    Operations,
    Steps,
    Examples,
    Bits,
    Other,
    None,
}

impl Unit {
    /// As it stands behind a number.
    pub const fn label(self) -> &'static str {
        match self {
            Self::TokensPerSecond => "tok/s",
            Self::GigabytesPerSecond => "GB/s",
            Self::Gigabytes => "GB",
            Self::Teraflops => "TFLOP/s",
            Self::Watts => "W",
            Self::KilowattHours => "kWh",
            Self::Dollars => "$",
            Self::DollarsPerHour => "$/h",
            Self::DollarsPerMonth => "$/month",
            Self::DollarsPerKilowattHour => "$/kWh",
            Self::DollarsPerMillionTokens => "$/1M tokens",
            Self::Euros => "€",
            Self::Percent => "%",
            Self::Times => "x",
            Self::Seconds => "s",
            Self::Hours => "h",
            Self::HoursADay => "h/day",
            Self::Years => "years",
            Self::Weeks => "weeks",
            Self::Cores => "cores",
            Self::Gigahertz => "GHz",
            Self::Tokens => "tokens",
            Self::Billions => "B parameters",
            Self::Decibels => "dB",
            Self::Inches => "in",
            Self::Requests => "requests",
            Self::Operations => "operations a core and cycle",
            Self::Steps => "steps",
            Self::Examples => "examples",
            Self::Bits => "bits",
            Self::Other | Self::None => "",
        }
    }
}

/// How a unit is written, in lower case, what it is, and the factor to the unit it is held in.
const WRITTEN: &[(&str, Unit, f64)] = &[
    ("tokens per second", Unit::TokensPerSecond, 1.0),
    ("tokens per sec", Unit::TokensPerSecond, 1.0),
    ("tokens a second", Unit::TokensPerSecond, 1.0),
    ("token per second", Unit::TokensPerSecond, 1.0),
    ("tokens/second", Unit::TokensPerSecond, 1.0),
    ("token/second", Unit::TokensPerSecond, 1.0),
    ("tokens/sec", Unit::TokensPerSecond, 1.0),
    ("token/sec", Unit::TokensPerSecond, 1.0),
    ("tokens/s", Unit::TokensPerSecond, 1.0),
    ("token/s", Unit::TokensPerSecond, 1.0),
    ("toks per second", Unit::TokensPerSecond, 1.0),
    ("tok per second", Unit::TokensPerSecond, 1.0),
    ("toks/sec", Unit::TokensPerSecond, 1.0),
    ("tok/sec", Unit::TokensPerSecond, 1.0),
    ("toks/s", Unit::TokensPerSecond, 1.0),
    ("tok/s", Unit::TokensPerSecond, 1.0),
    ("toks", Unit::TokensPerSecond, 1.0),
    ("tk/s", Unit::TokensPerSecond, 1.0),
    ("t/s", Unit::TokensPerSecond, 1.0),
    ("tps", Unit::TokensPerSecond, 1.0),
    ("tok/min", Unit::TokensPerSecond, 1.0 / 60.0),
    ("tokens per minute", Unit::TokensPerSecond, 1.0 / 60.0),
    ("tokens/min", Unit::TokensPerSecond, 1.0 / 60.0),
    ("gigabytes per second", Unit::GigabytesPerSecond, 1.0),
    ("gigabytes/second", Unit::GigabytesPerSecond, 1.0),
    ("gb per second", Unit::GigabytesPerSecond, 1.0),
    ("gb a second", Unit::GigabytesPerSecond, 1.0),
    ("gb/second", Unit::GigabytesPerSecond, 1.0),
    ("gb/sec", Unit::GigabytesPerSecond, 1.0),
    ("gib/s", Unit::GigabytesPerSecond, 1.073_741_824),
    ("gb/s", Unit::GigabytesPerSecond, 1.0),
    ("gbps", Unit::GigabytesPerSecond, 1.0),
    ("terabytes per second", Unit::GigabytesPerSecond, 1e3),
    ("tb per second", Unit::GigabytesPerSecond, 1e3),
    ("tb/second", Unit::GigabytesPerSecond, 1e3),
    ("tb/sec", Unit::GigabytesPerSecond, 1e3),
    ("tb/s", Unit::GigabytesPerSecond, 1e3),
    ("mb/s", Unit::GigabytesPerSecond, 1e-3),
    ("gigabytes", Unit::Gigabytes, 1.0),
    ("gigabyte", Unit::Gigabytes, 1.0),
    ("gigs", Unit::Gigabytes, 1.0),
    ("gig", Unit::Gigabytes, 1.0),
    ("gib", Unit::Gigabytes, 1.073_741_824),
    ("gb", Unit::Gigabytes, 1.0),
    ("terabytes", Unit::Gigabytes, 1e3),
    ("tib", Unit::Gigabytes, 1_099.511_627_776),
    ("tb", Unit::Gigabytes, 1e3),
    ("mib", Unit::Gigabytes, 0.001_048_576),
    ("mb", Unit::Gigabytes, 1e-3),
    ("teraflops", Unit::Teraflops, 1.0),
    ("teraflop", Unit::Teraflops, 1.0),
    ("tflop/s", Unit::Teraflops, 1.0),
    ("tflops", Unit::Teraflops, 1.0),
    ("tflop", Unit::Teraflops, 1.0),
    ("tops", Unit::Teraflops, 1.0),
    ("petaflops", Unit::Teraflops, 1e3),
    ("petaflop/s", Unit::Teraflops, 1e3),
    ("petaflop", Unit::Teraflops, 1e3),
    ("pflop/s", Unit::Teraflops, 1e3),
    ("pflops", Unit::Teraflops, 1e3),
    ("gflops", Unit::Teraflops, 1e-3),
    ("kilowatt-hours", Unit::KilowattHours, 1.0),
    ("kilowatt hours", Unit::KilowattHours, 1.0),
    ("kwh", Unit::KilowattHours, 1.0),
    ("kilowatts", Unit::Watts, 1e3),
    ("kw", Unit::Watts, 1e3),
    ("watts", Unit::Watts, 1.0),
    ("watt", Unit::Watts, 1.0),
    ("w", Unit::Watts, 1.0),
    ("us dollars", Unit::Dollars, 1.0),
    ("dollars", Unit::Dollars, 1.0),
    ("bucks", Unit::Dollars, 1.0),
    ("usd", Unit::Dollars, 1.0),
    ("euros", Unit::Euros, 1.0),
    ("euro", Unit::Euros, 1.0),
    ("eur", Unit::Euros, 1.0),
    ("€", Unit::Euros, 1.0),
    ("percent", Unit::Percent, 1.0),
    ("per cent", Unit::Percent, 1.0),
    ("pct", Unit::Percent, 1.0),
    ("%", Unit::Percent, 1.0),
    ("times", Unit::Times, 1.0),
    ("fold", Unit::Times, 1.0),
    ("x", Unit::Times, 1.0),
    ("milliseconds", Unit::Seconds, 1e-3),
    ("millisecond", Unit::Seconds, 1e-3),
    ("ms", Unit::Seconds, 1e-3),
    ("seconds", Unit::Seconds, 1.0),
    ("second", Unit::Seconds, 1.0),
    ("secs", Unit::Seconds, 1.0),
    ("sec", Unit::Seconds, 1.0),
    ("s", Unit::Seconds, 1.0),
    ("minutes", Unit::Seconds, 60.0),
    ("minute", Unit::Seconds, 60.0),
    ("mins", Unit::Seconds, 60.0),
    ("min", Unit::Seconds, 60.0),
    ("hours per day", Unit::HoursADay, 1.0),
    ("hours a day", Unit::HoursADay, 1.0),
    ("hours daily", Unit::HoursADay, 1.0),
    ("hours of daily", Unit::HoursADay, 1.0),
    ("hours/day", Unit::HoursADay, 1.0),
    ("hours every day", Unit::HoursADay, 1.0),
    ("h/day", Unit::HoursADay, 1.0),
    ("h a day", Unit::HoursADay, 1.0),
    ("h per day", Unit::HoursADay, 1.0),
    ("hours", Unit::Hours, 1.0),
    ("hour", Unit::Hours, 1.0),
    ("hrs", Unit::Hours, 1.0),
    ("hr", Unit::Hours, 1.0),
    ("h", Unit::Hours, 1.0),
    ("days", Unit::Hours, 24.0),
    ("weeks", Unit::Weeks, 1.0),
    ("years", Unit::Years, 1.0),
    ("year", Unit::Years, 1.0),
    ("cores", Unit::Cores, 1.0),
    ("core", Unit::Cores, 1.0),
    ("ghz", Unit::Gigahertz, 1.0),
    ("mhz", Unit::Gigahertz, 1e-3),
    ("tokens of context", Unit::Tokens, 1.0),
    ("token prompt", Unit::Tokens, 1.0),
    ("prompt", Unit::Tokens, 1.0),
    ("context", Unit::Tokens, 1.0),
    ("ctx", Unit::Tokens, 1.0),
    ("context tokens", Unit::Tokens, 1.0),
    ("tokens", Unit::Tokens, 1.0),
    ("token", Unit::Tokens, 1.0),
    ("billion parameters", Unit::Billions, 1.0),
    ("billion-parameter", Unit::Billions, 1.0),
    ("billion parameter", Unit::Billions, 1.0),
    ("billion", Unit::Billions, 1.0),
    ("bn", Unit::Billions, 1.0),
    ("b params", Unit::Billions, 1.0),
    ("b parameters", Unit::Billions, 1.0),
    ("b", Unit::Billions, 1.0),
    ("dba", Unit::Decibels, 1.0),
    ("db", Unit::Decibels, 1.0),
    ("inches", Unit::Inches, 1.0),
    ("concurrent requests", Unit::Requests, 1.0),
    ("parallel requests", Unit::Requests, 1.0),
    ("concurrent users", Unit::Requests, 1.0),
    ("simultaneous users", Unit::Requests, 1.0),
    ("requests in parallel", Unit::Requests, 1.0),
    ("parallel streams", Unit::Requests, 1.0),
    ("concurrent", Unit::Requests, 1.0),
    ("users", Unit::Requests, 1.0),
    ("steps", Unit::Steps, 1.0),
    ("examples", Unit::Examples, 1.0),
    ("bits", Unit::Bits, 1.0),
    ("bit", Unit::Bits, 1.0),
];

/// The unit at the start of a text, with its factor and the bytes it takes; a space or hyphen may stand before it.
pub fn unit(rest: &str) -> Option<(Unit, f64, usize)> {
    let window: String = rest.chars().take(32).collect::<String>().to_ascii_lowercase();
    let skipped = window.len() - window.trim_start_matches([' ', '-', '+']).len();
    // A sign that stands alone between a number and a word is a dash of the sentence.
    if skipped > 1 && window.get(..skipped).is_some_and(|gap| gap.contains('-')) {
        return None;
    }
    // `18.4 FP16 TFLOPS`, `36 CPU cores`: a word of what is counted stands between.
    let kinds = [
        "fp16",
        "bf16",
        "fp32",
        "fp8",
        "fp4",
        "int8",
        "tf32",
        "dense",
        "sparse",
        "ai",
        "peak",
        "cpu",
        "gpu",
        "performance",
        "super",
        "efficiency",
        "fp16 dense",
        "dense fp16",
        "sparse fp16",
        "tensor",
    ];
    let between = kinds.iter().filter_map(|kind| {
        let rest = window.get(skipped..)?.strip_prefix(kind)?;
        let rest = rest.strip_prefix(' ')?;
        ["tflop", "tops", "teraflop", "pflop", "petaflop", "core"]
            .iter()
            .any(|unit| rest.starts_with(unit))
            .then_some(kind.len() + 1)
    });
    let skipped = skipped + between.max().unwrap_or(0);
    let written = window.get(skipped..)?;
    let longest = WRITTEN
        .iter()
        .filter(|(word, ..)| written.starts_with(word) && ends_there(written, word))
        .max_by_key(|(word, ..)| word.len())?;
    let (word, unit, factor) = *longest;
    Some((unit, factor, skipped + word.len()))
}

/// Whether a word of a text ends where a unit does.
fn ends_there(written: &str, word: &str) -> bool {
    let next = written.get(word.len()..).and_then(|rest| rest.chars().next());
    let Some(next) = next else { return true };
    if word.ends_with(|last: char| last.is_alphanumeric()) {
        !(next.is_alphanumeric() || (next == '/' && word.len() <= 2 && is_rate(written, word)))
    } else {
        true
    }
}

/// Whether a slash behind a short unit makes it another: `GB/s`.
fn is_rate(written: &str, word: &str) -> bool {
    written.get(word.len() + 1..).is_some_and(|rest| rest.starts_with('s') || rest.starts_with("sec"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_as_a_whole() {
        let cases = [
            (" tok/s on", Unit::TokensPerSecond),
            ("t/s", Unit::TokensPerSecond),
            (" tokens per second", Unit::TokensPerSecond),
            (" tokens", Unit::Tokens),
            ("GB/s", Unit::GigabytesPerSecond),
            (" GB of", Unit::Gigabytes),
            ("gigs", Unit::Gigabytes),
            ("-core GPU", Unit::Cores),
            ("W", Unit::Watts),
            (" hours a day", Unit::HoursADay),
            ("x faster", Unit::Times),
            ("%", Unit::Percent),
        ];
        for (text, expected) in cases {
            assert_eq!(unit(text).map(|(unit, ..)| unit), Some(expected), "{text}");
        }
        assert_eq!(unit(" workers"), None);
        assert_eq!(unit(" - short"), None);
    }
}
