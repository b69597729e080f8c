//! Libraries of others are asked in a process of their own: one that hangs, crashes or prints rubbish costs its answer
//! and nothing else.

use std::time::Duration;

use super::world::{NvmlReading, Output, ProbeError};

/// The hidden command that answers for a library.
pub const PROBE: &str = "probe-library";
/// NVIDIA's management library.
pub const NVML: &str = "nvml";

/// A broken driver may keep its library from ever answering.
const LIMIT: Duration = Duration::from_secs(2);
/// The longest answer that is read: 64 cards with all their problems take some tens of KiB.
const LONGEST: usize = 1 << 20;

/// What a helper process says of NVIDIA's cards. `run` starts it, with its arguments, and ends it after a limit.
pub(super) fn nvml(
    run: impl Fn(&[&str], Duration) -> Result<Output, ProbeError>,
) -> Result<NvmlReading, ProbeError> {
    let output = match run(&[PROBE, NVML], LIMIT) {
        // That the library is missing is for the helper to say; that the helper is missing is no ordinary thing.
        Err(ProbeError::NotFound) => {
            return Err(ProbeError::Failed("this program could not start itself".to_owned()));
        }
        Err(problem) => return Err(problem),
        Ok(output) => output,
    };
    if !output.success {
        return Err(ProbeError::Failed("its library ended the process that asked it".to_owned()));
    }
    if output.text.len() > LONGEST {
        return Err(ProbeError::TooLong(LONGEST));
    }
    // A library may print on the way; the answer is the last line.
    let answer = output.text.lines().next_back().unwrap_or_default();
    serde_json::from_str(answer)
        .map_err(|_rubbish| ProbeError::Failed("its library gave no answer that can be read".to_owned()))?
}

/// What the helper process prints when it is asked for a library; nothing where it knows none of that name.
pub fn answer(library: &str) -> Option<String> {
    (library == NVML).then(|| serde_json::to_string(&super::nvml::read()).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Result<NvmlReading, ProbeError> {
        nvml(|_, _| Ok(Output { text: text.to_owned(), success: true }))
    }

    #[test]
    fn an_answer_comes_through_whole() {
        let reading = NvmlReading { driver: Some("580".to_owned()), count: 1, ..NvmlReading::default() };
        for answer in
            [Ok(reading), Err(ProbeError::NotFound), Err(ProbeError::Failed("no driver".to_owned()))]
        {
            let text = serde_json::to_string(&answer).expect("it is written");
            assert_eq!(said(&format!("chatter of a library\n{text}\n")), answer);
        }
    }

    #[test]
    fn the_helper_is_asked_by_name_within_two_seconds() {
        let asked = nvml(|arguments, limit| {
            assert_eq!((arguments, limit), ([PROBE, NVML].as_slice(), Duration::from_secs(2)));
            Err(ProbeError::TimedOut(2))
        });
        assert_eq!(asked, Err(ProbeError::TimedOut(2)));
    }

    #[test]
    fn rubbish_is_an_error_and_nothing_more() {
        let endless = "9".repeat(LONGEST + 1);
        let texts = [
            "",
            "\0\0\0",
            "{}",
            "{\"Ok\":{}",
            "{\"Ok\":{\"cards\":7}}",
            "{\"Ok\":{\"count\":-1}}",
            "{\"Ok\":{\"cards\":[{\"memory\":{\"total\":99999999999999999999,\"free\":0,\"reserved\":0}}]}}",
            "{\"Ok\":{\"unheard\":1}}",
            "[[[[[[[[",
            endless.as_str(),
        ];
        for text in texts {
            let answer = said(text);
            assert!(matches!(answer, Err(ProbeError::Failed(_) | ProbeError::TooLong(_))), "{answer:?}");
        }
    }

    #[test]
    fn a_helper_that_crashes_or_is_missing_is_an_error() {
        let crashed = nvml(|_, _| Ok(Output { text: "{\"Ok\":{}}".to_owned(), success: false }));
        assert!(matches!(crashed, Err(ProbeError::Failed(_))), "{crashed:?}");
        let missing = nvml(|_, _| Err(ProbeError::NotFound));
        assert!(matches!(missing, Err(ProbeError::Failed(_))), "{missing:?}");
    }

    #[test]
    fn only_known_libraries_are_answered_for() {
        assert_eq!(answer("libevil.so"), None);
    }
}
