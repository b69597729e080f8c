//! Changes to a seed, drawn by the fuzzer.

/// Changes one after the other: where, what kind, with what.
pub type Edits = Vec<(u16, u8, u8)>;

/// Most changes that are made.
const MOST: usize = 24;
/// Most bytes that come of it.
const LONGEST: usize = 256 << 10;

/// A seed with changes made to it; `words` are what a reader of its format looks for.
pub fn mutated(seed: &[u8], edits: &Edits, words: &[&str]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for (place, kind, with) in edits.iter().take(MOST) {
        let at = usize::from(*place) * (bytes.len() + 1) / (usize::from(u16::MAX) + 1);
        let span = 1 + usize::from(*with);
        let end = (at + span).min(bytes.len());
        match kind % 9 {
            0 if at < bytes.len() => bytes[at] = *with,
            1 if at < bytes.len() => bytes[at] ^= 1 << (with % 8),
            2 => bytes.insert(at, *with),
            3 => drop(bytes.drain(at..end)),
            4 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            5 => {
                let word = words[usize::from(*with) % words.len()];
                bytes.splice(at..at, word.bytes());
            }
            6 => {
                let word = words[usize::from(*with) % words.len()];
                let end = (at + word.len()).min(bytes.len());
                bytes.splice(at..end, word.bytes());
            }
            7 => number(&mut bytes, at, *with),
            8 if *with < 8 => bytes.truncate(at),
            _ => {}
        }
        bytes.truncate(LONGEST);
    }
    bytes
}

/// Puts another number in place of the digits at or after a place, or of eight bytes.
fn number(bytes: &mut Vec<u8>, at: usize, with: u8) {
    const NUMBERS: [&str; 10] = [
        "0",
        "1",
        "-1",
        "4294967296",
        "9007199254740993",
        "18446744073709551616",
        "1e308",
        "0.5",
        "255",
        "65536",
    ];
    let digit = |byte: &u8| byte.is_ascii_digit();
    let Some(start) = bytes[at..].iter().take(64).position(digit).map(|ahead| at + ahead) else {
        let values = [0_u64, 1, u64::MAX, 1 << 32, 1 << 53, 1 << 62, u64::from(with)];
        let value = values[usize::from(with) % values.len()].to_le_bytes();
        let end = (at + 8).min(bytes.len());
        bytes.splice(at..end, value);
        return;
    };
    let end = start + bytes[start..].iter().take_while(|byte| digit(byte)).count();
    bytes.splice(start..end, NUMBERS[usize::from(with) % NUMBERS.len()].bytes());
}
