//! Which machine a comparison is about, and which it is held against.

use super::assemble::Reading;
use super::quantity::Quantity;
use super::scan::has;
use super::understood::Understood;
use super::words::figure::Figure;
use super::words::machine::MachineSaid;
use super::words::unit::Unit;

impl Reading<'_> {
    /// The machine that a figure's machine is held against: one that stands behind a word of comparison.
    pub(super) fn held_against(&self, figure: &Figure, understood: &Understood) -> Option<MachineSaid> {
        let compares = [
            "than",
            "vs",
            "vs.",
            "versus",
            "compared to",
            "compared with",
            "exceeds",
            "exceed",
            "beats",
            "outperforms",
            "over",
            "of the",
            "of a",
            "of an",
            "as fast as",
            "matches",
            "rivals",
            "against",
            "the m5",
            "as an",
            "as a",
            "as the",
            "relative to",
            "surpasses",
        ];
        let own = understood.machine.as_ref().map(|own| own.words.to_lowercase());
        let other = |said: &&MachineSaid| Some(said.words.to_lowercase()) != own;
        let behind = self.here.machines.iter().filter(other).find(|said| {
            said.start >= figure.end
                && self.here.low.get(figure.end..said.start).is_some_and(|gap| {
                    // `28x the M5 Max`, of every factor of a list before it.
                    let times = figure.unit == Unit::Times && (gap.trim() == "the" || gap.contains("x the "));
                    times || compares.iter().any(|word| has(gap, word))
                })
        });
        if understood.quantity != Quantity::Ratio {
            let strict = [
                "exceeds",
                "exceed",
                "beats",
                "surpasses",
                "more than",
                "higher than",
                "above that of",
                "outperforms",
            ];
            return behind
                .filter(|said| {
                    self.here
                        .low
                        .get(figure.end..said.start)
                        .is_some_and(|gap| strict.iter().any(|word| has(gap, word)) && !gap.contains(','))
                })
                .cloned();
        }
        behind
            .cloned()
            .or_else(|| self.here.machines.iter().find(other).cloned())
            .or_else(|| self.over.machines.iter().find(other).cloned())
    }

    /// The machine that a comparison is about: the one before the figure, or else that which stands over the piece.
    pub(super) fn compared_machine(&self, figure: &Figure) -> Option<MachineSaid> {
        let before: Vec<&MachineSaid> =
            self.here.machines.iter().filter(|said| said.end <= figure.start).collect();
        let behind = self.here.machines.iter().any(|said| said.start >= figure.end);
        let near = if behind { before.last() } else { before.first() };
        near.map(|said| (*said).clone())
            .or_else(|| self.machine_above())
            .or_else(|| self.here.machines.first().cloned())
    }
}
