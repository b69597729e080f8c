//! Texts that nobody writes, and some that somebody might to do harm: no panic, nothing invented, bounded.

use plimsoll::claims::Checked;

use crate::{checked, checker};

/// Numbers that follow from one another, the same every time (xorshift64*).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(most.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    fn of<'t>(&mut self, words: &[&'t str]) -> &'t str {
        words.get(self.below(words.len())).copied().unwrap_or_default()
    }
}

/// Words that are no names.
const PLAIN: &[&str] = &[
    "the",
    "a",
    "fast",
    "GPU",
    "with",
    "on",
    "at",
    "needs",
    "has",
    "runs",
    "bandwidth",
    "12",
    "3,5",
    "1.000",
    "70",
    "tok/s",
    "GB/s",
    "GB",
    "W",
    "$",
    "%",
    "x",
    "TFLOPS",
    "Q4",
    "4-bit",
    "B",
    "hours",
    "per",
    "(",
    ")",
    "-",
    "/",
    ",",
    ".",
    "|",
    "\n",
    "ti",
    "super",
    "max",
    "pro",
    "ultra",
    "ß",
    "東",
    "🚀",
    "\u{202e}",
    "\0",
    "é",
    "½",
    "10-20",
    "kWh",
    "and",
    "vs",
    "than",
    "faster",
    "not",
    "fits",
    "OOM",
    "::",
    "{}",
    "\"",
    "'",
    "\\",
    "0",
    "-1",
    "1e999",
    "9999999999999999999999",
];

/// Names, which may be found where they stand.
const NAMES: &[(&str, &str)] = &[
    ("RTX 4090", "rtx-4090"),
    ("M4 Max", "apple-m4max"),
    ("H100", "h100"),
    ("DGX Spark", "dgx-spark"),
    ("7900 XTX", "rx-7900xtx"),
];

fn text(random: &mut Random) -> (String, Vec<&'static str>) {
    let (mut text, mut named) = (String::new(), Vec::new());
    for _ in 0..random.below(24) {
        if random.below(12) == 0 {
            let (name, id) = NAMES[random.below(NAMES.len())];
            text.push_str(name);
            named.push(id);
        } else if random.below(10) == 0 {
            text.extend(char::from_u32(u32::try_from(random.below(0x3000)).unwrap_or(65)));
        } else {
            text.push_str(random.of(PLAIN));
        }
        if random.below(4) != 0 {
            text.push(' ');
        }
    }
    (text, named)
}

#[test]
fn ten_thousand_random_texts_are_read_and_nothing_is_invented() {
    let checker = checker();
    let mut random = Random(0x00C0_FFEE);
    for round in 0..10_000 {
        let (text, named) = text(&mut random);
        for claim in checker.read(&text) {
            for says in &claim.says {
                for machine in says.machine.iter().chain(&says.over).filter(|said| !said.places.is_empty()) {
                    let id = checker.machine_id(machine, says).unwrap_or_default();
                    let known = named.iter().any(|name| id.contains(name))
                        || text.to_lowercase().contains(&machine.words.to_lowercase());
                    assert!(known, "round {round}: {text:?}: {id}");
                }
                for model in &says.models {
                    let written = [text.replace('½', "0.5"), text.replace('½', ".5")];
                    assert!(
                        written.iter().any(|text| text.to_lowercase().contains(&model.words.to_lowercase())),
                        "round {round}: {text:?}: {model:?}"
                    );
                }
            }
        }
        // Judging asks the engine, so that a part of them is checked.
        if round % 20 == 0 {
            let all: Vec<Checked> = checker.judge(checker.read(&text));
            assert!(all.iter().all(|one| !one.reason().is_empty()), "{text:?}: {all:?}");
        }
    }
}

#[test]
fn huge_and_hostile_texts_are_bounded() {
    let long = "M4 Max 12 tok/s Llama 3.3 70B ".repeat(20_000);
    assert!(checker().read(&long).len() <= 3_000);
    let deep = "(".repeat(100_000) + "12 tok/s";
    assert!(checker().read(&deep).len() <= 3);
    let digits = "9".repeat(100_000);
    assert!(checker().read(&digits).len() <= 1);
    let hidden = "M4\u{202e} Max\u{0} 12\u{200b} tok/s on Llama 3.3 70B\u{7}";
    let found = checked(hidden);
    assert!(
        found.iter().all(|one| one.claim.text.chars().all(|sign| !sign.is_control() && sign != '\u{202e}')),
        "{found:?}"
    );
    assert!(checked("").is_empty());
    assert!(checked("Nothing here is a claim.").iter().all(|one| one.verdict().key() == "not-checkable"));
}
