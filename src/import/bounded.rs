//! JSON whose texts are bounded before they are read into memory.

use std::io::{Error, Read, Result};

/// The longest text of a header or an index; names of tensors and files have some hundred bytes.
const LONGEST: usize = 64 << 10;

/// Passes JSON through, and fails where no quotation mark comes for longer than any text there is.
pub(super) struct Bounded<R> {
    inner: R,
    since: usize,
}

impl<R> Bounded<R> {
    /// Of a reader of JSON.
    pub(super) const fn new(inner: R) -> Self {
        Self { inner, since: 0 }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let read = self.inner.read(buffer)?;
        let chunk = buffer.get(..read).unwrap_or_default();
        let is_quote = |byte: &u8| *byte == b'"';
        match (chunk.iter().position(is_quote), chunk.iter().rposition(is_quote)) {
            (Some(first), Some(last)) => {
                self.check(first)?;
                self.since = read - last;
            }
            _ => self.check(read)?,
        }
        Ok(read)
    }
}

impl<R> Bounded<R> {
    /// So many more bytes without a quotation mark.
    fn check(&mut self, bytes: usize) -> Result<()> {
        self.since = self.since.saturating_add(bytes);
        if self.since > LONGEST {
            return Err(Error::other(format!("a text of more than {LONGEST} bytes")));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_refused_and_long_lists_of_short_ones_are_not() {
        let read = |text: &str| {
            let mut out = String::new();
            Bounded::new(text.as_bytes()).read_to_string(&mut out).map(|bytes| bytes == text.len())
        };
        assert!(read(&format!("{{{}}}", "\"name\": 1, ".repeat(20_000))).is_ok_and(|whole| whole));
        assert!(read(&format!("{{\"{}\": 1}}", "a".repeat(LONGEST + 10))).is_err());
    }
}
