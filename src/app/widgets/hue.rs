//! Colors of machines: each keeps its own, in whatever chart, list or label it stands.

use eframe::egui;
use egui::{Color32, Id, Ui};

use crate::app::theme::Tokens;

/// Which machine has which color, and when it was last drawn.
#[derive(Clone, Debug, Default)]
struct Hues {
    known: Vec<Known>,
}

#[derive(Clone, Debug)]
struct Known {
    machine: String,
    slot: usize,
    drawn: u64,
}

impl Hues {
    /// The place of a machine's color among so many: its own, else one that nobody has, else that of the machine that
    /// was not drawn for longest.
    fn slot(&mut self, machine: &str, slots: usize, now: u64) -> usize {
        if let Some(known) = self.known.iter_mut().find(|known| known.machine == machine) {
            known.drawn = now;
            return known.slot;
        }
        let unused = (0..slots).find(|slot| self.known.iter().all(|known| known.slot != *slot));
        let slot = unused.unwrap_or_else(|| {
            let oldest = self.known.iter().enumerate().min_by_key(|(_, known)| known.drawn);
            oldest.map(|(at, _)| at).map_or(0, |at| self.known.remove(at).slot)
        });
        self.known.push(Known { machine: machine.to_owned(), slot, drawn: now });
        slot
    }
}

/// The color of a machine; that of the chosen one is the accent.
pub(crate) fn hue(ui: &Ui, look: &Tokens, machine: &str, chosen: bool) -> Color32 {
    if chosen {
        return look.accent;
    }
    let series = look.series();
    let now = ui.ctx().cumulative_frame_nr();
    let slot = ui.data_mut(|data| {
        let hues = data.get_temp_mut_or_default::<Hues>(Id::unique("hues"));
        hues.slot(machine, series.len(), now)
    });
    series.get(slot).copied().unwrap_or(look.soft)
}

#[cfg(test)]
mod tests {
    use super::Hues;

    #[test]
    fn a_machine_keeps_its_color_and_none_share_one() {
        let mut hues = Hues::default();
        let first: Vec<usize> = ["a", "b", "c"].map(|machine| hues.slot(machine, 4, 1)).to_vec();
        assert_eq!(first, [0, 1, 2]);
        assert_eq!(hues.slot("b", 4, 2), 1, "in another chart too");
        assert_eq!(hues.slot("d", 4, 2), 3);
        assert_eq!(hues.slot("e", 4, 3), 0, "a was not drawn for longest");
        assert_eq!(["b", "d", "e"].map(|machine| hues.slot(machine, 4, 4)), [1, 3, 0]);
    }
}
