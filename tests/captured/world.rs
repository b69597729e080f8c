//! A machine on paper: a folder with what its commands print, its files hold and its libraries say.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use plimsoll::detect::{NvmlReading, Output, Platform, ProbeError, SystemReading, World};
use serde::Deserialize;

/// The contents of `machine.ron`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    platform: Platform,
    today: String,
    system: SystemReading,
    nvml: Result<NvmlReading, ProbeError>,
}

/// A captured machine.
pub(crate) struct Captured {
    sheet: Sheet,
    commands: BTreeMap<String, Result<Output, ProbeError>>,
    files: BTreeMap<String, Vec<u8>>,
}

impl Captured {
    /// Reads `tests/captured/<name>/`: `machine.ron`, and `commands.txt` and `files.txt` where there are any.
    pub(crate) fn load(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captured").join(name);
        let optional = |file: &str| fs::read_to_string(folder.join(file)).unwrap_or_default();
        let sheet = fs::read_to_string(folder.join("machine.ron")).expect("every machine has a sheet");
        Self {
            sheet: ron::from_str(&sheet)
                .map_err(|error| format!("{name}: {error}"))
                .expect("a sheet that reads"),
            commands: sections(&optional("commands.txt"), |line| line.strip_prefix("$ "))
                .into_iter()
                .map(|(command, text)| (command, answer(text)))
                .collect(),
            files: sections(&optional("files.txt"), |line| line.strip_prefix("==> ")?.strip_suffix(" <=="))
                .into_iter()
                .map(file)
                .collect(),
        }
    }

    /// Another answer of a command, to break one thing at a time.
    pub(crate) fn with_command(mut self, command: &str, answer: Result<Output, ProbeError>) -> Self {
        assert!(self.commands.contains_key(command), "the capture has no `{command}` to break");
        self.commands.insert(command.to_owned(), answer);
        self
    }

    /// Other contents of a file.
    pub(crate) fn with_file(mut self, path: &str, bytes: &[u8]) -> Self {
        assert!(self.files.contains_key(path), "the capture has no {path} to break");
        self.files.insert(path.to_owned(), bytes.to_vec());
        self
    }

    /// Another answer of NVIDIA's library.
    pub(crate) fn with_nvml(mut self, nvml: Result<NvmlReading, ProbeError>) -> Self {
        self.sheet.nvml = nvml;
        self
    }

    /// Other figures of the sysinfo library.
    pub(crate) fn with_system(mut self, system: SystemReading) -> Self {
        self.sheet.system = system;
        self
    }

    /// Commands with an answer, in order.
    pub(crate) fn commands(&self) -> Vec<String> {
        self.commands.keys().cloned().collect()
    }

    /// Files with contents, in order.
    pub(crate) fn files(&self) -> Vec<String> {
        self.files.keys().cloned().collect()
    }
}

/// Text between headings.
fn sections<'a>(text: &'a str, heading: impl Fn(&'a str) -> Option<&'a str>) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut current = None;
    for line in text.lines() {
        if let Some(name) = heading(line) {
            found.insert(name.to_owned(), String::new());
            current = Some(name);
        } else if let Some(body) = current.and_then(|name| found.get_mut(name)) {
            body.push_str(line);
            body.push('\n');
        }
    }
    found
}

/// `[hangs]` stands for a command that never ends, `[exit 1]` for one that fails after what it printed.
fn answer(text: String) -> Result<Output, ProbeError> {
    if text.trim() == "[hangs]" {
        return Err(ProbeError::TimedOut(15));
    }
    match text.split_once("[exit ") {
        Some((before, _status)) => Ok(Output { text: before.to_owned(), success: false }),
        None => Ok(Output { text, success: true }),
    }
}

/// A heading that ends in `(hex)` says that the bytes are written in hexadecimal.
fn file((name, text): (String, String)) -> (String, Vec<u8>) {
    match name.strip_suffix(" (hex)") {
        Some(path) => {
            let byte = |pair: &str| u8::from_str_radix(pair, 16).expect("pairs of hexadecimal digits");
            (path.to_owned(), text.split_whitespace().map(byte).collect())
        }
        None => (name, text.into_bytes()),
    }
}

impl World for Captured {
    fn platform(&self) -> Platform {
        self.sheet.platform
    }

    fn run(&self, program: &str, arguments: &[&str], _limit: Duration) -> Result<Output, ProbeError> {
        let mut command = program.to_owned();
        for argument in arguments {
            command.push(' ');
            command.push_str(argument);
        }
        self.commands.get(&command).cloned().unwrap_or(Err(ProbeError::NotFound))
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ProbeError> {
        self.files.get(path).cloned().ok_or(ProbeError::NotFound)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ProbeError> {
        let start = format!("{folder}/");
        let mut names: Vec<String> = self
            .files
            .keys()
            .filter_map(|path| path.strip_prefix(&start)?.split('/').next().map(str::to_owned))
            .collect();
        names.dedup();
        if names.is_empty() { Err(ProbeError::NotFound) } else { Ok(names) }
    }

    fn system(&self) -> SystemReading {
        self.sheet.system.clone()
    }

    fn nvml(&self) -> Result<NvmlReading, ProbeError> {
        self.sheet.nvml.clone()
    }

    fn today(&self) -> String {
        self.sheet.today.clone()
    }
}
