//! How a text says that weights are stored, and with which program they run.

use super::atoms::{Atom, AtomKind, glued};
use crate::spec::{Quantization, Runtime};

/// A way to store weights, as a text says it.
#[derive(Clone, Debug, PartialEq)]
pub struct FormatSaid {
    /// The words of the text.
    pub words: String,
    /// What it is, where it is one format.
    pub format: Option<Quantization>,
    /// Bits a weight, where no more is said: `4-bit`, `Q4`.
    pub bits: Option<u32>,
    /// Where it starts, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

impl FormatSaid {
    /// Its key in presets, or else the words of the text.
    pub fn key_or_words(&self) -> String {
        self.format.map_or_else(|| self.words.clone(), |format| format.key().to_owned())
    }
}

/// A program, as a text says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuntimeSaid {
    /// The words of the text.
    pub words: String,
    /// The program that computes.
    pub runtime: Runtime,
    /// Where it starts, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// The formats that a text names, in order.
pub fn formats(text: &str, atoms: &[Atom]) -> Vec<FormatSaid> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < atoms.len() {
        match format(text, atoms, at) {
            Some((said, taken)) => {
                found.push(said);
                at += taken;
            }
            None => at += 1,
        }
    }
    found
}

fn format(text: &str, atoms: &[Atom], at: usize) -> Option<(FormatSaid, usize)> {
    let first = atoms.get(at)?;
    let said = |last: &Atom, format, bits| FormatSaid {
        words: text.get(first.start..last.end).unwrap_or_default().to_owned(),
        format,
        bits,
        start: first.start,
        end: last.end,
    };
    match first.low.as_str() {
        "q" | "iq" | "ud" => file_type(atoms, at).map(|(written, taken)| {
            let last = atoms.get(at + taken - 1).unwrap_or(first);
            let format = Quantization::parse(&written).ok();
            let bits = written.chars().find_map(|sign| sign.to_digit(10));
            (said(last, format, if format.is_some() { None } else { bits }), taken)
        }),
        "awq" | "gptq" | "nf" | "nvfp" | "mxfp" | "fp" | "bf" | "f" | "int" | "w" => {
            by_name(atoms, at).map(|(taken, format, bits)| {
                let last = atoms.get(at + taken - 1).unwrap_or(first);
                (said(last, format, bits), taken)
            })
        }
        "unquantized" | "unquantised" => Some((said(first, Some(Quantization::Bf16), None), 1)),
        _ => bits(atoms, at).map(|(bits, taken)| {
            let last = atoms.get(at + taken - 1).unwrap_or(first);
            (said(last, None, Some(bits)), taken)
        }),
    }
}

/// `Q4_K_M`, `q4km`, `IQ4_XS`, `Q8`: the name with its underscores, and how many atoms it takes.
fn file_type(atoms: &[Atom], at: usize) -> Option<(String, usize)> {
    let first = atoms.get(at)?;
    let number =
        atoms.get(at + 1).filter(|number| number.kind == AtomKind::Number && glued(first, number))?;
    let bits: u32 = number.low.parse().ok().filter(|bits| (1..=8).contains(bits))?;
    let mut name = format!("{}{bits}", first.low.to_uppercase());
    let mut taken = 2;
    let mut place = at + 2;
    while let Some(next) = atoms.get(place) {
        let sign = ["_", "-", "."].contains(&next.low.as_str());
        let part = if sign { atoms.get(place + 1) } else { Some(next) };
        let before = atoms.get(place - 1);
        let Some(part) = part.filter(|_| before.is_some_and(|before| glued(before, next))) else { break };
        if sign && !glued(next, part) {
            break;
        }
        let letters = part.low.to_uppercase();
        let parts: &[&str] = match letters.as_str() {
            "K" => &["K"],
            "KM" => &["K", "M"],
            "KS" => &["K", "S"],
            "KL" => &["K", "L"],
            "M" => &["M"],
            "S" => &["S"],
            "L" | "XL" => &["L"],
            "XS" => &["XS"],
            "XXS" => &["XXS"],
            "NL" => &["NL"],
            "0" => &["0"],
            "1" => &["1"],
            _ => break,
        };
        for part in parts {
            name.push('_');
            name.push_str(part);
        }
        place += 1 + usize::from(sign);
        taken = place - at;
    }
    // `Q8` and `Q8_0` are the same file; `Q6` is `Q6_K`; of the rest the number of bits is all that is said.
    let name = match name.as_str() {
        "Q8" => "Q8_0".to_owned(),
        "Q6" => "Q6_K".to_owned(),
        _ => name,
    };
    Some((name, taken))
}

/// A format that has a name of its own.
fn by_name(atoms: &[Atom], at: usize) -> Option<(usize, Option<Quantization>, Option<u32>)> {
    let first = atoms.get(at)?;
    if let Ok(format) = Quantization::parse(&first.low)
        && ["awq", "gptq"].contains(&first.low.as_str())
    {
        return Some((1, Some(format), None));
    }
    let number =
        atoms.get(at + 1).filter(|number| number.kind == AtomKind::Number && glued(first, number))?;
    let named = match (first.low.as_str(), number.low.as_str()) {
        ("nf", "4") => (Some(Quantization::Nf4), None),
        ("nvfp", "4") => (Some(Quantization::NvFp4), None),
        ("mxfp", "4") => (Quantization::parse("mxfp4").ok(), None),
        ("fp", "8") => (Some(Quantization::Fp8), None),
        ("fp" | "bf" | "f", "16") => (Some(Quantization::Bf16), None),
        ("fp" | "int" | "w", "4") => (None, Some(4)),
        ("int" | "w", "8") => (None, Some(8)),
        _ => return None,
    };
    Some((2, named.0, named.1))
}

/// `4-bit`, `4bit`, `4 bits`: the bits, and how many atoms that takes.
fn bits(atoms: &[Atom], at: usize) -> Option<(u32, usize)> {
    let number = atoms.get(at)?;
    let bits: u32 = number.low.parse().ok().filter(|bits| [2, 3, 4, 5, 6, 8, 16].contains(bits))?;
    let hyphen = usize::from(atoms.get(at + 1).is_some_and(|atom| atom.is("-")));
    let word = atoms.get(at + 1 + hyphen)?;
    ["bit", "bits", "bpw"].contains(&word.low.as_str()).then_some((bits, 2 + hyphen))
}

/// Programs by the words that people use for them.
const RUNTIMES: &[(&[&str], Runtime)] = &[
    (&["llama", ".", "cpp"], Runtime::LlamaCpp),
    (&["llama", "cpp"], Runtime::LlamaCpp),
    (&["llamacpp"], Runtime::LlamaCpp),
    (&["ollama"], Runtime::LlamaCpp),
    (&["lm", "studio"], Runtime::LlamaCpp),
    (&["lmstudio"], Runtime::LlamaCpp),
    (&["koboldcpp"], Runtime::LlamaCpp),
    (&["gguf"], Runtime::LlamaCpp),
    (&["mlx"], Runtime::Mlx),
    (&["vllm"], Runtime::Vllm),
    (&["pytorch"], Runtime::PyTorch),
    (&["transformers"], Runtime::PyTorch),
];

/// The programs that a text names, in order.
pub fn runtimes(text: &str, atoms: &[Atom]) -> Vec<RuntimeSaid> {
    let mut found: Vec<RuntimeSaid> = Vec::new();
    for at in 0..atoms.len() {
        let named = RUNTIMES.iter().find(|(words, _)| {
            atoms
                .get(at..at + words.len())
                .is_some_and(|here| here.iter().zip(*words).all(|(atom, word)| atom.is(word)))
        });
        let Some((words, runtime)) = named else { continue };
        let Some((first, last)) = atoms.get(at).zip(atoms.get(at + words.len() - 1)) else { continue };
        found.push(RuntimeSaid {
            words: text.get(first.start..last.end).unwrap_or_default().to_owned(),
            runtime: *runtime,
            start: first.start,
            end: last.end,
        });
    }
    found
}
