//! The declaration of settings: the fields of a family with their defaults and all that is known about each.

use super::value::LARGEST;
use super::{Amount, Place, Setting};
use crate::spec::Runtime;

/// Declares a struct whose fields are settings, its defaults, and the table of its settings.
///
/// Each field is lines of documentation (which are its help), `name: type = default` (`name as "key"` where its key is
/// another), and what is known about it as a [`Setting`]. `for` names the families that know the settings that name
/// none, `of` what finds the struct in a scenario, `beside` fields that are no settings.
macro_rules! settings {
    (@key $field:ident) => { stringify!($field) };
    (@key $field:ident $key:literal) => { $key };
    (
        $(#[$attribute:meta])*
        $name:ident in $table:ident for $families:expr, of $of:path, $of_mut:path;
        $($(#[doc = $doc:literal])+ $field:ident $(as $key:literal)?: $kind:ty = $default:expr, $setting:expr;)*
        $(beside $(#[$of_plain:meta])* $plain:ident: $plain_kind:ty;)*
    ) => {
        $(#[$attribute])*
        pub struct $name {
            $($(#[doc = $doc])+ pub $field: $kind,)*
            $($(#[$of_plain])* pub $plain: $plain_kind,)*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)* $($plain: Default::default(),)* }
            }
        }

        /// The settings that these fields are.
        pub(crate) static $table: &[$crate::spec::Setting] = &[$({
            const DECLARED: $crate::spec::Setting = $setting;
            $crate::spec::Setting {
                key: $crate::spec::settings::settings!(@key $field $($key)?),
                doc: &[$($doc),+],
                families: if DECLARED.families.is_empty() { $families } else { DECLARED.families },
                there: |scenario| $of(scenario).is_some(),
                get: |scenario| $of(scenario).map(|section| $crate::spec::settings::Value::entry(&section.$field)),
                same: Some(|one, other| {
                    $of(one).map(|section| &section.$field) == $of(other).map(|section| &section.$field)
                }),
                set: |setting, scenario, text| {
                    let given = <$kind as $crate::spec::settings::Value>::read(setting, text)?;
                    if let Some(section) = $of_mut(scenario) {
                        section.$field = given.value;
                    }
                    Ok(given.note)
                },
                check: |setting, text| <$kind as $crate::spec::settings::Value>::read(setting, text).map(drop),
                default: || Some($crate::spec::settings::Value::entry(&<$name>::default().$field)),
                offers: <$kind as $crate::spec::settings::Value>::offers,
                ..DECLARED
            }
        }),*];
    };
}

pub(crate) use settings;

impl Setting {
    /// A choice among names, a yes or no, or a text.
    pub(crate) const PLAIN: Self = Self {
        key: "",
        was: "",
        also: &[],
        doc: &[],
        label: "",
        unit: "",
        families: &[],
        written: true,
        place: Place::Advanced,
        range: (0.0, 0.0),
        amount: Amount::Count,
        words: &[],
        usual: "",
        heard: &Runtime::ALL,
        when: |_| true,
        among: None,
        offers: Vec::new,
        slider: None,
        resets: &[],
        follow: |_, _| {},
        there: |_| true,
        get: |_| None,
        same: None,
        set: |_, _, _| Ok(None),
        check: |_, _| Ok(()),
        default: || None,
    };

    /// A number of things.
    pub(crate) const COUNT: Self = Self { range: (1.0, LARGEST), ..Self::PLAIN };

    /// A width, a depth or a batch.
    pub(crate) const WIDTH: Self = Self { range: (1.0, 1e6), amount: Amount::Width, ..Self::PLAIN };

    /// A number of tokens.
    pub(crate) const TOKENS: Self =
        Self { range: (1.0, MOST_TOKENS), amount: Amount::Tokens, unit: "tokens", ..Self::PLAIN };

    /// A number with a fraction.
    pub(crate) const REAL: Self = Self { range: (0.0, 1e6), amount: Amount::Real, ..Self::PLAIN };

    /// A share from 0 to 1.
    pub(crate) const SHARE: Self = Self { range: (0.0, 1.0), amount: Amount::Share, ..Self::PLAIN };
}

/// Most tokens that are computed with.
pub(crate) const MOST_TOKENS: f64 = 1e8;
