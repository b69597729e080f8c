//! Writes small model files of any version and byte order, valid or not, for the tests of `import`.

use std::fs;
use std::path::Path;

/// A GGUF header being written.
pub(crate) struct Gguf {
    version: u32,
    big_endian: bool,
    settings: Vec<u8>,
    setting_count: u64,
    tensors: Vec<u8>,
    tensor_count: u64,
    offset: u64,
}

impl Gguf {
    pub(crate) fn new(version: u32, big_endian: bool) -> Self {
        Self {
            version,
            big_endian,
            settings: Vec::new(),
            setting_count: 0,
            tensors: Vec::new(),
            tensor_count: 0,
            offset: 0,
        }
    }

    fn ordered<const N: usize>(&self, mut little: [u8; N]) -> [u8; N] {
        if self.big_endian {
            little.reverse();
        }
        little
    }

    fn size(&self, size: u64) -> Vec<u8> {
        if self.version == 1 {
            let narrow = u32::try_from(size).expect("small");
            self.ordered(narrow.to_le_bytes()).to_vec()
        } else {
            self.ordered(size.to_le_bytes()).to_vec()
        }
    }

    fn text(&self, text: &str) -> Vec<u8> {
        let mut bytes = self.size(text.len() as u64);
        bytes.extend(text.as_bytes());
        bytes
    }

    fn setting(mut self, key: &str, kind: u32, value: &[u8]) -> Self {
        let mut bytes = self.text(key);
        bytes.extend(self.ordered(kind.to_le_bytes()));
        bytes.extend(value);
        self.settings.extend(bytes);
        self.setting_count += 1;
        self
    }

    pub(crate) fn say(self, key: &str, text: &str) -> Self {
        let value = self.text(text);
        self.setting(key, 8, &value)
    }

    pub(crate) fn number(self, key: &str, value: u32) -> Self {
        let value = self.ordered(value.to_le_bytes());
        self.setting(key, 4, &value)
    }

    /// A list of numbers, one a layer.
    pub(crate) fn numbers(self, key: &str, numbers: &[u32]) -> Self {
        let mut value = self.ordered(4_u32.to_le_bytes()).to_vec();
        value.extend(self.size(numbers.len() as u64));
        value.extend(numbers.iter().flat_map(|number| self.ordered(number.to_le_bytes())));
        self.setting(key, 9, &value)
    }

    pub(crate) fn flags(self, key: &str, flags: &[bool]) -> Self {
        let mut value = self.ordered(7_u32.to_le_bytes()).to_vec();
        value.extend(self.size(flags.len() as u64));
        value.extend(flags.iter().map(|flag| u8::from(*flag)));
        self.setting(key, 9, &value)
    }

    /// A list of texts, as a tokenizer has them.
    pub(crate) fn words(self, key: &str, words: &[String]) -> Self {
        let mut value = self.ordered(8_u32.to_le_bytes()).to_vec();
        value.extend(self.size(words.len() as u64));
        for word in words {
            value.extend(self.text(word));
        }
        self.setting(key, 9, &value)
    }

    /// One setting of every kind the format has, and lists of texts, numbers and lists.
    pub(crate) fn one_of_each_kind(mut self) -> Self {
        for (kind, width) in
            [(0, 1), (1, 1), (2, 2), (3, 2), (4, 4), (5, 4), (6, 4), (7, 1), (10, 8), (11, 8), (12, 8)]
        {
            let value: Vec<u8> = std::iter::repeat_n(1, width).collect();
            self = self.setting(&format!("kind.{kind}"), kind, &value);
            let mut list = self.ordered(kind.to_le_bytes()).to_vec();
            list.extend(self.size(3));
            list.extend(std::iter::repeat_n(1, width * 3));
            self = self.setting(&format!("list.{kind}"), 9, &list);
        }
        let mut texts = self.ordered(8_u32.to_le_bytes()).to_vec();
        texts.extend(self.size(2));
        texts.extend(self.text("one"));
        texts.extend(self.text(&"long".repeat(50)));
        let mut lists = self.ordered(9_u32.to_le_bytes()).to_vec();
        lists.extend(self.size(1));
        lists.extend(&texts);
        let long = self.text(&"template ".repeat(120));
        self.setting("texts", 9, &texts)
            .setting("lists", 9, &lists)
            .setting("long", 8, &long)
            .numbers("numbers", &[1, 2, 3])
    }

    /// An `F16` tensor.
    pub(crate) fn tensor(self, name: &str, dimensions: &[u64]) -> Self {
        let bytes = dimensions.iter().product::<u64>() * 2;
        self.typed_tensor(name, dimensions, 1, bytes)
    }

    pub(crate) fn typed_tensor(mut self, name: &str, dimensions: &[u64], kind: u32, bytes: u64) -> Self {
        let mut entry = self.text(name);
        entry.extend(self.ordered(u32::try_from(dimensions.len()).expect("few").to_le_bytes()));
        for dimension in dimensions {
            entry.extend(self.size(*dimension));
        }
        entry.extend(self.ordered(kind.to_le_bytes()));
        entry.extend(self.ordered(self.offset.to_le_bytes()));
        self.offset += bytes.next_multiple_of(32);
        self.tensors.extend(entry);
        self.tensor_count += 1;
        self
    }

    /// The header, with no data after it.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = b"GGUF".to_vec();
        bytes.extend(self.ordered(self.version.to_le_bytes()));
        bytes.extend(self.size(self.tensor_count));
        bytes.extend(self.size(self.setting_count));
        bytes.extend(&self.settings);
        bytes.extend(&self.tensors);
        bytes
    }

    /// The header with room for the data, which are a hole.
    pub(crate) fn write(&self, path: &Path) {
        let bytes = self.bytes();
        let data = (bytes.len() as u64).next_multiple_of(32) + self.offset;
        fs::write(path, &bytes).expect("writable");
        fs::OpenOptions::new().write(true).open(path).expect("there").set_len(data).expect("a hole");
    }

    /// A whole small model: two layers of attention and a gated network.
    pub(crate) fn small_model(self, architecture: &str) -> Self {
        let key = |name: &str| format!("{architecture}.{name}");
        let mut file = self
            .say("general.architecture", architecture)
            .number("general.file_type", 1)
            .number(&key("embedding_length"), 64)
            .number(&key("block_count"), 2)
            .number(&key("context_length"), 4096)
            .number(&key("attention.head_count"), 4)
            .number(&key("attention.head_count_kv"), 2)
            .tensor("token_embd.weight", &[64, 100])
            .tensor("output_norm.weight", &[64]);
        for layer in 0..2 {
            for (name, dimensions) in [
                ("attn_norm.weight", vec![64]),
                ("attn_q.weight", vec![64, 64]),
                ("attn_k.weight", vec![64, 32]),
                ("attn_v.weight", vec![64, 32]),
                ("attn_output.weight", vec![64, 64]),
                ("ffn_norm.weight", vec![64]),
                ("ffn_gate.weight", vec![64, 160]),
                ("ffn_up.weight", vec![64, 160]),
                ("ffn_down.weight", vec![160, 64]),
            ] {
                file = file.tensor(&format!("blk.{layer}.{name}"), &dimensions);
            }
        }
        file
    }
}
