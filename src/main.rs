//! The `plimsoll` command: opens the window, or answers in the terminal.
fn main() {}
