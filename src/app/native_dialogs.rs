//! The system's own file dialogs.

use std::future::Future;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use rfd::AsyncFileDialog;

use super::file_manager;
use super::outside::{Dialogs, Opening, Pending, Picked, Purpose};
use crate::app::text;
use crate::report::{ClaimsFormat, Format};

/// Dialogs through the desktop portal, or the system's own.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NativeDialogs;

/// Nobody cancels a dialog this fast: it was never shown. The library says "none" for both.
const FASTER_THAN_A_PERSON: Duration = Duration::from_millis(250);

impl Dialogs for NativeDialogs {
    fn ask(&self, purpose: Purpose, suggested: &str) -> Pending {
        if !can_show() {
            return Box::new(|| Picked::NoDialog);
        }
        let dialog = AsyncFileDialog::new();
        let future: std::pin::Pin<Box<dyn Future<Output = Option<rfd::FileHandle>> + Send>> = match purpose {
            Purpose::Open => Box::pin(
                dialog
                    .set_title(text::open_a_preset_a_report())
                    .add_filter(text::all_that_plimsoll_opens(), &["ron", "gguf", "json", "safetensors"])
                    .add_filter(text::any_file(), &["*"])
                    .pick_file(),
            ),
            Purpose::Prices => Box::pin(
                dialog
                    .set_title(text::take_prices_from_a_table())
                    .add_filter(text::table(), &["csv"])
                    .add_filter(text::any_file(), &["*"])
                    .pick_file(),
            ),
            Purpose::SavePreset => Box::pin(
                dialog
                    .set_title(text::save_the_scenario())
                    .add_filter(text::preset(), &["ron"])
                    .set_file_name(suggested)
                    .save_file(),
            ),
            Purpose::SaveClaims => {
                let named = ClaimsFormat::ALL
                    .into_iter()
                    .fold(dialog, |dialog, format| dialog.add_filter(format.label(), &[format.extension()]));
                Box::pin(named.set_title(text::save_the_claims()).set_file_name(suggested).save_file())
            }
            Purpose::SaveReport(asked) => {
                let others = Format::ALL.into_iter().filter(|format| *format != asked);
                let named = std::iter::once(asked)
                    .chain(others)
                    .fold(dialog, |dialog, format| dialog.add_filter(format.label(), &[format.extension()]));
                Box::pin(named.set_title(text::save_the_report()).set_file_name(suggested).save_file())
            }
        };
        Box::new(move || {
            let asked = Instant::now();
            match wait_for(future) {
                Some(file) => Picked::File(file.path().to_owned()),
                None if asked.elapsed() < FASTER_THAN_A_PERSON => Picked::NoDialog,
                None => Picked::Cancelled,
            }
        })
    }

    fn open_folder(&self, folder: &Path) -> Opening {
        let folder = folder.to_owned();
        Box::new(move || file_manager::open(&folder))
    }
}

/// On Linux dialogs come over the session bus; without one, asking would only be logged.
fn can_show() -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    set("DBUS_SESSION_BUS_ADDRESS").is_some()
        || set("XDG_RUNTIME_DIR").is_some_and(|folder| std::path::Path::new(&folder).join("bus").exists())
}

/// Wakes a sleeping thread.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs a future to its end on this thread, asleep while there is nothing to do.
fn wait_for<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}
