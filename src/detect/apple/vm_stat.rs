//! The page counts of `vm_stat`, and the share `memory_pressure -Q` ends with.

use crate::detect::reading::{value_of, whole_number};
use crate::units::{Bytes, count};

/// Memory that a new program can have without compressing or swapping: free pages, pages that are a copy of
/// a file, and purgeable pages. Inactive pages are not counted as such, since most of them hold data of
/// programs that would have to be compressed first; those that copy a file are among the file-backed ones,
/// and so are the speculative ones, which `vm_stat` leaves out of the free pages.
pub(super) fn available(text: &str) -> Option<Bytes> {
    let page = page_size(text)?;
    let mut pages = 0_u64;
    for name in ["Pages free", "File-backed pages", "Pages purgeable"] {
        pages = pages.checked_add(page_count(text, name)?)?;
    }
    Some(Bytes::new(count(pages.checked_mul(page)?)))
}

/// A line's count, which ends in a full stop.
fn page_count(text: &str, name: &str) -> Option<u64> {
    whole_number(value_of(text, name)?.trim_end_matches('.'))
}

/// `… (page size of 16384 bytes)`, which is a power of two of 4 to 64 KiB.
fn page_size(text: &str) -> Option<u64> {
    let (_before, rest) = text.split_once("page size of ")?;
    let size = whole_number(rest.split_whitespace().next()?)?;
    (size.is_power_of_two() && (4096..=65_536).contains(&size)).then_some(size)
}

/// 64 of `System-wide memory free percentage: 64%`.
pub(super) fn free_percentage(text: &str) -> Option<u64> {
    let share = whole_number(value_of(text, "System-wide memory free percentage")?.strip_suffix('%')?)?;
    (share <= 100).then_some(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                               10000.
Pages active:                            200000.
Pages inactive:                          190000.
Pages speculative:                         1000.
Pages purgeable:                           2000.
\"Translation faults\":                  13199997.
File-backed pages:                        50000.
Anonymous pages:                         341000.
";

    #[test]
    fn free_file_backed_and_purgeable_pages_are_available() {
        assert_eq!(available(TEXT), Some(Bytes::new(62_000.0 * 16_384.0)));
    }

    #[test]
    fn a_missing_or_absurd_line_gives_no_answer() {
        assert_eq!(available(""), None);
        assert_eq!(available(&TEXT.replace("16384", "0")), None);
        assert_eq!(available(&TEXT.replace("10000.", "-5.")), None);
        assert_eq!(available(&TEXT.replace("50000.", "99999999999999999999.")), None);
        assert_eq!(available(&TEXT.replace("50000.", "18446744073709551615.")), None);
        assert_eq!(available(&TEXT.replace("File-backed", "File")), None);
    }

    #[test]
    fn free_share() {
        assert_eq!(free_percentage("System-wide memory free percentage: 64%\n"), Some(64));
        assert_eq!(free_percentage("System-wide memory free percentage: 640%\n"), None);
        assert_eq!(free_percentage("nonsense"), None);
    }
}
