//! How a machine is set up: its system, its display, and a limit that was raised. What a buyer of the same box may find
//! different.

use super::named::choices;
use super::settings::{Setting, settings};
use super::{Family, Machine, Scenario, Vendor};
use crate::units::Bytes;

settings! {
    /// How the machine is set up that a scenario is asked of.
    #[derive(Clone, Copy, Debug, PartialEq)]
    Setup in SETUP for &Family::ALL, of Scenario::set_up, Scenario::set_up_mut;

    /// The machine's operating system, which decides what a GPU may take of shared memory, and what a card keeps.
    os: Os = Os::Auto, Setting { label: "System", ..Setting::PLAIN };
    /// Whether a card also drives a display.
    display: Display = Display::Auto, Setting { label: "Display", ..Setting::PLAIN };
    /// What if the limit of the GPU were raised: `default`, or a size such as `56GiB`. It belongs to the machine it was
    /// set for, and is never raised beyond what the system needs.
    raised_limit: RaisedLimit = RaisedLimit(None), Setting {
        label: "Raised limit", ..Setting::PLAIN
    };
}

/// What the limit of the GPU is raised to; `None` as the system sets it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RaisedLimit(pub Option<Bytes>);

choices! {
    /// The operating system of a machine.
    #[derive(Default)]
    Os {
        /// As it is shipped, or as it was detected.
        #[default]
        Auto = "auto", "as shipped";
        /// Apple's.
        MacOs = "macos" | "mac" | "darwin", "macOS";
        /// Any distribution.
        Linux = "linux", "Linux";
        /// Windows 10 or later.
        Windows = "windows", "Windows";
    }
}

choices! {
    /// Whether a card drives a display beside its work.
    #[derive(Default)]
    Display {
        /// Not known: from a card without one to one with a busy desktop.
        #[default]
        Auto = "auto", "not known";
        /// No display: the card has nothing but its work.
        Headless = "headless" | "none" | "no", "none";
        /// A desktop with its windows and a browser.
        Desktop = "desktop" | "yes", "a desktop";
    }
}

impl Os {
    /// The one of a machine: as it is set, else as it was detected, else as it is sold.
    pub fn of(self, machine: &Machine) -> Self {
        if self != Self::Auto {
            return self;
        }
        let name = machine.os.as_ref().map(|os| os.name.as_str());
        match name {
            Some(name) if name.starts_with("macOS") => Self::MacOs,
            Some(name) if name.starts_with("Windows") => Self::Windows,
            Some(_) => Self::Linux,
            None if machine.vendor == Vendor::Apple => Self::MacOs,
            None => Self::Auto,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Named as _;

    #[test]
    fn a_raised_limit_reads_back() {
        let setting = Setting::named("raised_limit").expect("it is a setting");
        let setting = setting.first().expect("one");
        for good in ["default", "56GiB", "60.5 GB", "1TiB"] {
            assert_eq!(setting.check(good), Ok(()), "{good}");
        }
        for bad in ["", "much", "-1GiB", "0", "56 parsecs", "200000 TiB"] {
            assert!(setting.check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn systems_have_the_names_people_use() {
        assert_eq!(Os::named("Windows"), Some(Os::Windows));
        assert_eq!(Os::Windows.key(), "windows");
        assert_eq!(Display::named("headless"), Some(Display::Headless));
    }
}
