//! What takes a while: it is begun when it is first looked at, and made in the background.

/// Something that takes a while.
#[derive(Debug, Default)]
pub(super) enum Made<T> {
    /// Nobody looked at it yet.
    #[default]
    NotAsked,
    /// It is being made.
    UnderWay,
    /// It is there.
    Ready(T),
}

impl<T> Made<T> {
    /// Whether it has to be begun, which it then is.
    pub(super) fn begins(&mut self) -> bool {
        let begins = matches!(self, Self::NotAsked);
        if begins {
            *self = Self::UnderWay;
        }
        begins
    }
}
