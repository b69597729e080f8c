//! A shipped table of measurements: each row is read into a struct by the names of its columns.

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _};

use super::EvidenceError;
use crate::spec::{FileType, Named, Quantization};
use crate::units::{Bytes, count};

/// A table: lines of remarks, the head, and the rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table {
    name: &'static str,
    text: &'static str,
}

impl Table {
    /// A table by its file's name and its text.
    pub(super) const fn new(name: &'static str, text: &'static str) -> Self {
        Self { name, text }
    }

    /// Every row; columns that `T` does not name are left out.
    pub(super) fn rows<T: DeserializeOwned>(self) -> Result<Vec<T>, EvidenceError> {
        let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(self.text.as_bytes());
        let rows = reader.deserialize().collect::<Result<Vec<T>, csv::Error>>();
        rows.map_err(|error| EvidenceError::Unreadable { table: self.name, message: error.to_string() })
    }
}

/// A column of 0 and 1.
pub(super) fn flag<'de, D: Deserializer<'de>>(cell: D) -> Result<bool, D::Error> {
    match u8::deserialize(cell)? {
        0 => Ok(false),
        1 => Ok(true),
        other => Err(D::Error::custom(format!("`{other}` is neither 0 nor 1"))),
    }
}

/// A cell of whole bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Size(u64);

impl Size {
    /// As a quantity.
    pub(super) fn bytes(self) -> Bytes {
        Bytes::new(count(self.0))
    }
}

/// A column of choices by their names in presets.
pub(super) fn named<'de, D: Deserializer<'de>, T: Named>(cell: D) -> Result<T, D::Error> {
    let text = String::deserialize(cell)?;
    T::named(&text).ok_or_else(|| D::Error::custom(format!("`{text}` is not known")))
}

/// A column of llama.cpp's file types.
pub(super) fn file_type<'de, D: Deserializer<'de>>(cell: D) -> Result<Quantization, D::Error> {
    let key = String::deserialize(cell)?;
    let known = FileType::ALL.into_iter().find(|file_type| file_type.key() == key);
    known.map(Quantization::Gguf).ok_or_else(|| D::Error::custom(format!("`{key}` is no file type")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Pair {
        #[serde(deserialize_with = "flag")]
        on: bool,
        size: Size,
    }

    #[test]
    fn rows_are_read_by_the_names_of_their_columns() {
        let rows: Vec<Pair> =
            Table::new("t.csv", "# remark\nother,size,on\nx,7,1\n").rows().expect("it reads");
        assert!(rows.len() == 1 && rows[0].on && rows[0].size.bytes() == Bytes::new(7.0), "{rows:?}");
    }

    #[test]
    fn a_cell_that_does_not_read_names_its_table_and_row() {
        for (text, said) in
            [("on,size\n2,7\n", "neither 0 nor 1"), ("on\n1\n", "size"), ("on,size\n1,-3\n", "digit")]
        {
            let error = Table::new("t.csv", text).rows::<Pair>().expect_err("it does not read").to_string();
            assert!(
                error.starts_with("t.csv: ") && error.contains("line: 2") && error.contains(said),
                "{error}"
            );
        }
    }
}
