//! Work off the frame thread: its results are collected before a frame.

use std::sync::mpsc::{Receiver, Sender, channel};

use eframe::egui;

use super::Plimsoll;
use crate::spec::Machine;

/// Something that was finished.
#[derive(Debug)]
pub enum Done {
    /// This machine was looked at.
    Detected(Box<Machine>),
}

/// How this machine is looked at.
pub type Detect = std::sync::Arc<dyn Fn() -> Machine + Send + Sync>;

/// Threads at work and what they send.
pub struct Work {
    detect: Detect,
    sender: Sender<Done>,
    receiver: Receiver<Done>,
}

impl Work {
    /// Nothing at work yet.
    pub fn new(detect: Detect) -> Self {
        let (sender, receiver) = channel();
        Self { detect, sender, receiver }
    }

    /// Looks at this machine in a thread of its own, and wakes the window when that is done.
    pub fn detect(&self, ctx: &egui::Context) {
        let (detect, sender, ctx) = (self.detect.clone(), self.sender.clone(), ctx.clone());
        std::thread::spawn(move || {
            let machine = detect();
            if sender.send(Done::Detected(Box::new(machine))).is_ok() {
                ctx.request_repaint();
            }
        });
    }
}

impl Plimsoll {
    /// Takes in what was finished since the last frame.
    pub(super) fn collect_work(&mut self, _ctx: &egui::Context) {
        while let Ok(done) = self.work.receiver.try_recv() {
            match done {
                Done::Detected(machine) => {
                    self.detected = Some(*machine);
                    self.rebuild_machines();
                    self.refresh();
                }
            }
        }
    }
}
