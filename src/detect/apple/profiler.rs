//! The JSON of `system_profiler -json SPDisplaysDataType SPHardwareDataType`.

use serde_json::Value;

use super::failed;
use crate::detect::reading;
use crate::detect::world::ProbeError;
use crate::units::Bytes;

/// More GPU cores than this are a misreading; the largest chip sold has 80.
const MOST_GPU_CORES: u64 = 1024;

/// What is used of it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Profile {
    /// `Apple M5 Max`, under hardware.
    pub(super) chip: Option<String>,
    /// `Apple M5 Max`, under displays.
    pub(super) gpu: Option<String>,
    /// `Mac Studio`.
    pub(super) product: Option<String>,
    /// `Mac17,6`.
    pub(super) model: Option<String>,
    pub(super) gpu_cores: Option<u32>,
    pub(super) memory: Option<Bytes>,
}

impl Profile {
    /// Whether one of its two names says this chip.
    pub(super) fn knows(&self, chip: &str) -> bool {
        [&self.chip, &self.gpu].into_iter().flatten().any(|name| apple_chip(name).as_deref() == Some(chip))
    }
}

/// Reads the two lists; what is missing or of another type is left out.
pub(super) fn parse(text: &str) -> Result<Profile, ProbeError> {
    if text.trim().is_empty() {
        return Err(failed("it printed nothing"));
    }
    let json: Value = serde_json::from_str(text).map_err(|error| failed(&format!("broken JSON: {error}")))?;
    let hardware = json.pointer("/SPHardwareDataType/0");
    let displays = json.get("SPDisplaysDataType").and_then(Value::as_array);
    let gpu = displays.into_iter().flatten().find(|gpu| is_apple(gpu));
    Ok(Profile {
        chip: text_of(hardware, "chip_type"),
        gpu: text_of(gpu, "sppci_model"),
        product: text_of(hardware, "machine_name"),
        model: text_of(hardware, "machine_model"),
        gpu_cores: gpu.and_then(|gpu| cores(gpu.get("sppci_cores")?)),
        memory: text_of(hardware, "physical_memory").and_then(|text| gigabytes(&text)),
    })
}

fn is_apple(gpu: &Value) -> bool {
    let vendor = gpu.get("spdisplays_vendor").and_then(Value::as_str).unwrap_or_default();
    let model = gpu.get("sppci_model").and_then(Value::as_str).unwrap_or_default();
    vendor.contains("Apple") || model.starts_with("Apple ")
}

fn text_of(object: Option<&Value>, key: &str) -> Option<String> {
    reading::name(object?.get(key)?.as_str()?)
}

/// A count that is text on every macOS so far; a number would do as well.
fn cores(value: &Value) -> Option<u32> {
    let count = value.as_u64().or_else(|| reading::whole_number(value.as_str()?))?;
    (1..=MOST_GPU_CORES).contains(&count).then(|| u32::try_from(count).ok()).flatten()
}

/// `128 GB`, which are GiB.
fn gigabytes(text: &str) -> Option<Bytes> {
    let (number, factor) = match text.split_once(' ')? {
        (number, "GB") => (number, 1 << 30),
        (number, "TB") => (number, 1 << 40),
        _ => return None,
    };
    reading::memory(reading::whole_number(number)?.checked_mul(factor)?)
}

/// `M5 Max` of `Apple M5 Max`; a guest says `Apple M4 Max (Virtual)`.
pub(super) fn apple_chip(name: &str) -> Option<String> {
    let chip = name.trim().strip_prefix("Apple ")?.trim_end_matches("(Virtual)").trim();
    let mut letters = chip.chars();
    let series = matches!(letters.next(), Some('M' | 'A'));
    (series && letters.next().is_some_and(|c| c.is_ascii_digit()) && chip.len() <= 20)
        .then(|| chip.to_owned())
}

/// A version such as `26.1`, and nothing else.
pub(super) fn version(text: &str) -> Option<String> {
    let version = text.trim();
    let looks_right = version.starts_with(|c: char| c.is_ascii_digit())
        && version.len() <= 12
        && version.chars().all(|c| c.is_ascii_digit() || c == '.');
    looks_right.then(|| version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chips() {
        for (name, chip) in [
            ("Apple M1", Some("M1")),
            ("Apple M5 Ultra", Some("M5 Ultra")),
            ("Apple M4 Max (Virtual)", Some("M4 Max")),
            ("Apple A18 Pro", Some("A18 Pro")),
            ("Unknown", None),
            ("Apple processor", None),
            ("Intel(R) Core(TM) i9-9980HK CPU @ 2.40GHz", None),
            ("VirtualApple @ 2.50GHz processor", None),
        ] {
            assert_eq!(apple_chip(name).as_deref(), chip, "{name}");
        }
    }

    #[test]
    fn counts_of_cores() {
        let parsed = |cores: &str| {
            let gpu = format!(r#"{{"sppci_model":"Apple M1","sppci_cores":{cores}}}"#);
            parse(&format!(r#"{{"SPDisplaysDataType":[{gpu}]}}"#)).expect("valid JSON").gpu_cores
        };
        assert_eq!(parsed(r#""40""#), Some(40));
        assert_eq!(parsed("8"), Some(8));
        for absurd in [r#""-8""#, r#""0""#, r#""4096""#, r#""many""#, "null", "[]", "1e300"] {
            assert_eq!(parsed(absurd), None, "{absurd}");
        }
    }

    #[test]
    fn a_card_of_another_maker_lends_no_cores() {
        let text = r#"{"SPDisplaysDataType":[{"sppci_model":"AMD Radeon Pro 5500M","sppci_cores":"24"}]}"#;
        assert_eq!(parse(text).expect("valid JSON").gpu_cores, None);
    }

    #[test]
    fn broken_json_is_an_error_and_odd_json_is_empty() {
        for text in ["", "{", "\u{fffd}\u{fffd}", "[[[["] {
            assert!(matches!(parse(text), Err(ProbeError::Failed(_))), "{text}");
        }
        for text in ["{}", "[]", "3", r#"{"SPDisplaysDataType":{},"SPHardwareDataType":[]}"#] {
            assert_eq!(parse(text), Ok(Profile::default()), "{text}");
        }
    }

    #[test]
    fn versions() {
        assert_eq!(version("26.1\n").as_deref(), Some("26.1"));
        for text in ["", "macOS 26", "26.1 beta", "-1", "....", "123456789012345"] {
            assert_eq!(version(text), None, "{text}");
        }
    }

    #[test]
    fn sizes() {
        assert_eq!(gigabytes("128 GB"), Some(Bytes::gib(128.0)));
        for text in ["128", "-8 GB", "0 GB", "99999999999 TB", "GB"] {
            assert_eq!(gigabytes(text), None, "{text}");
        }
    }
}
