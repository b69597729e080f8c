//! Choices among a few, each declared once: what it means, its name in presets, and as people read it.

/// A choice among a few, each with its name.
pub trait Named: Copy + PartialEq + 'static {
    /// Every name with what it means; the first name of a meaning is the one that is written.
    const NAMES: &'static [(&'static str, Self)];

    /// As people read it.
    fn label(self) -> &'static str;

    /// The choice of a name, whatever its case, with `_` as well as `-`.
    fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| alike(known, name)).map(|(_, value)| *value)
    }

    /// Its name in presets.
    fn key(self) -> &'static str {
        Self::NAMES.iter().find(|(_, value)| *value == self).map_or("", |(name, _)| name)
    }

    /// Each choice once, in the order it is offered.
    fn all() -> impl Iterator<Item = Self> {
        Self::NAMES.iter().filter(|(name, value)| value.key() == *name).map(|(_, value)| *value)
    }
}

/// Whether two names differ in case and hyphens at most.
fn alike(known: &str, name: &str) -> bool {
    let letter = |sign: u8| if sign == b'_' { b'-' } else { sign.to_ascii_lowercase() };
    known.len() == name.len() && known.bytes().map(letter).eq(name.bytes().map(letter))
}

/// Declares a choice: a line each with its documentation, its name in presets, other names for it, and its label.
macro_rules! choices {
    ($(#[$attribute:meta])* $name:ident {
        $($(#[$of_choice:meta])* $choice:ident = $key:literal $(| $alias:literal)*, $label:literal;)*
    }) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$of_choice])* $choice,)* }

        impl $crate::spec::Named for $name {
            const NAMES: &'static [(&'static str, Self)] =
                &[$(($key, Self::$choice),)* $($(($alias, Self::$choice),)*)*];

            fn label(self) -> &'static str {
                match self { $(Self::$choice => $label,)* }
            }
        }
    };
}

pub(crate) use choices;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Family, GnnArchitecture, Link, Runtime};

    fn reads_back<T: Named + std::fmt::Debug>() {
        for (name, value) in T::NAMES {
            assert_eq!(T::named(&name.to_uppercase()), Some(*value), "{name}");
            assert_eq!(T::named(value.key()), Some(*value), "{name}");
        }
    }

    #[test]
    fn every_name_reads_back_and_the_first_is_written() {
        reads_back::<Family>();
        reads_back::<GnnArchitecture>();
        reads_back::<Link>();
        reads_back::<Runtime>();
        assert_eq!(GnnArchitecture::named("graphsage").map(Named::key), Some("sage"));
        assert_eq!(Link::all().count(), 5, "other names of a choice are not offered");
    }
}
