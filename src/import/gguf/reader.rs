//! Reads the parts of a GGUF header in order, knowing at every step where it is and what is left.

use std::io::{BufRead as _, BufReader, Read, Seek, SeekFrom};

use super::super::Problem;

/// A header being read. Nothing is taken before it is known that the file holds it.
pub(super) struct Reader<R> {
    inner: BufReader<R>,
    position: u64,
    length: u64,
    big_endian: bool,
    /// Version 1 has 32-bit counts and lengths.
    narrow: bool,
}

/// Bytes that are read at once: token lists are several megabytes.
const BUFFER: usize = 64 << 10;

impl<R: Read + Seek> Reader<R> {
    /// Starts at the first byte of a file of that length.
    pub(super) fn new(file: R, length: u64) -> Self {
        Self {
            inner: BufReader::with_capacity(BUFFER, file),
            position: 0,
            length,
            big_endian: false,
            narrow: false,
        }
    }

    /// From here on numbers have their highest byte first.
    pub(super) const fn turn(&mut self) {
        self.big_endian = true;
    }

    /// From here on counts and lengths have 32 bits.
    pub(super) const fn narrow(&mut self) {
        self.narrow = true;
    }

    /// Bytes read so far.
    pub(super) const fn position(&self) -> u64 {
        self.position
    }

    /// Bytes of the whole file.
    pub(super) const fn length(&self) -> u64 {
        self.length
    }

    /// Bytes not read yet.
    pub(super) const fn left(&self) -> u64 {
        self.length.saturating_sub(self.position)
    }

    /// Fails unless that many bytes are left for what is named.
    fn ensure(&self, bytes: u64, what: &str) -> Result<(), Problem> {
        if bytes <= self.left() {
            return Ok(());
        }
        Err(Problem::binary(
            format!("the file ends inside {what}: {bytes} bytes needed, {} left", self.left()),
            self.position,
            "it is cut off or damaged; download it again",
        ))
    }

    /// The next `N` bytes.
    pub(super) fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N], Problem> {
        self.ensure(N as u64, what)?;
        let mut bytes = [0; N];
        self.inner.read_exact(&mut bytes)?;
        self.position += N as u64;
        Ok(bytes)
    }

    /// A 32-bit number.
    pub(super) fn u32(&mut self, what: &str) -> Result<u32, Problem> {
        let bytes = self.array(what)?;
        Ok(if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    /// A 64-bit number.
    pub(super) fn u64(&mut self, what: &str) -> Result<u64, Problem> {
        let bytes = self.array(what)?;
        Ok(if self.big_endian { u64::from_be_bytes(bytes) } else { u64::from_le_bytes(bytes) })
    }

    /// A 16-bit number.
    pub(super) fn u16(&mut self, what: &str) -> Result<u16, Problem> {
        let bytes = self.array(what)?;
        Ok(if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    /// A count or length, as wide as the version has them.
    pub(super) fn size(&mut self, what: &str) -> Result<u64, Problem> {
        if self.narrow { self.u32(what).map(u64::from) } else { self.u64(what) }
    }

    /// The fewest bytes a length and what follows it take.
    pub(super) const fn size_width(&self) -> u64 {
        if self.narrow { 4 } else { 8 }
    }

    /// A text of at most `limit` bytes.
    pub(super) fn text(&mut self, limit: u64, what: &str) -> Result<String, Problem> {
        let at = self.position;
        let length = self.size(what)?;
        if length > limit {
            return Err(Problem::binary(
                format!("{what} claims {length} bytes"),
                at,
                format!("at most {limit} are right there"),
            ));
        }
        let bytes = self.bytes(length, what)?;
        String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to() as u64;
            Problem::binary(
                format!("{what} is not UTF-8"),
                at + self.size_width() + valid,
                "GGUF texts are UTF-8",
            )
        })
    }

    /// The next bytes; the caller has bounded their number.
    pub(super) fn bytes(&mut self, length: u64, what: &str) -> Result<Vec<u8>, Problem> {
        self.ensure(length, what)?;
        let mut bytes = Vec::new();
        (&mut self.inner).take(length).read_to_end(&mut bytes)?;
        self.position += length;
        Ok(bytes)
    }

    /// Steps over a text of any length the file can hold.
    pub(super) fn skip_text(&mut self, what: &str) -> Result<(), Problem> {
        let length = self.size(what)?;
        self.skip(length, what)
    }

    /// Steps over so many texts: those that lie whole in the buffer in one go.
    pub(super) fn skip_texts(&mut self, count: u64, what: &str) -> Result<(), Problem> {
        let mut left = count;
        while left > 0 {
            let (bytes, texts) = self.whole_texts(left);
            self.inner.consume(bytes);
            self.position = self.position.saturating_add(bytes as u64);
            left -= texts;
            // One that the buffer ends in, or that the file does.
            if left > 0 {
                self.skip_text(what)?;
                left -= 1;
            }
        }
        Ok(())
    }

    /// Bytes and number of the texts, at most so many, that lie whole in the buffer.
    fn whole_texts(&self, most: u64) -> (usize, u64) {
        let buffer = self.inner.buffer();
        let (mut at, mut texts) = (0_usize, 0);
        while texts < most {
            let Some(length) = buffer.get(at..).and_then(|rest| self.length_of(rest)) else { break };
            let width = if self.narrow { 4 } else { 8 };
            let end = usize::try_from(length).ok().and_then(|length| (at + width).checked_add(length));
            let Some(end) = end.filter(|end| *end <= buffer.len()) else { break };
            (at, texts) = (end, texts + 1);
        }
        (at, texts)
    }

    /// The length that stands at the start of some bytes.
    fn length_of(&self, bytes: &[u8]) -> Option<u64> {
        Some(match (self.narrow, self.big_endian) {
            (false, false) => u64::from_le_bytes(*bytes.first_chunk()?),
            (false, true) => u64::from_be_bytes(*bytes.first_chunk()?),
            (true, false) => u64::from(u32::from_le_bytes(*bytes.first_chunk()?)),
            (true, true) => u64::from(u32::from_be_bytes(*bytes.first_chunk()?)),
        })
    }

    /// Steps over bytes without reading them.
    pub(super) fn skip(&mut self, bytes: u64, what: &str) -> Result<(), Problem> {
        self.ensure(bytes, what)?;
        self.position += bytes;
        match i64::try_from(bytes) {
            Ok(step) => self.inner.seek_relative(step)?,
            Err(_too_far) => {
                self.inner.seek(SeekFrom::Start(self.position))?;
            }
        }
        Ok(())
    }
}
