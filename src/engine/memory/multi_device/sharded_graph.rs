//! A graph on several devices: its nodes shared out, each with the edges that lead to it.

use super::{Site, share};
use crate::engine::memory::gnn;
use crate::engine::memory::{Budget, Place};
use crate::formula;
use crate::spec::Gnn;
use crate::units::{count, whole};

const SOURCE: &str = "analytical: no run on several devices was measured";

/// Memory of one of several equal shards of a graph.
///
/// A device holds its nodes and, as copies, the neighbours that lie elsewhere: none where the graph falls into pieces
/// of that size, and at most all that N · (1 − e^(−edges ÷ (devices · N))) different ones, where edges lead anywhere.
pub(super) fn sharded(of: &Gnn, site: Site) -> Budget {
    let share = share(site.devices);
    let (nodes, edges) = (count(of.nodes), count(of.edges));
    let own = nodes * share;
    let anywhere = own + (nodes - own) * (1.0 - (-edges * share / nodes.max(1.0)).exp());
    let at = |nodes: f64| {
        let part = Gnn { nodes: whole(nodes).max(1), edges: whole(edges * share).max(1), ..of.clone() };
        gnn::budget(&part, site.want())
    };
    let (low, best, high) = (at(own), at(f64::midpoint(own, anywhere)), at(anywhere));
    let all = gnn::budget(of, site.want());
    let mut budget = best;
    for phase in &mut budget.phases {
        let phase_name = phase.name;
        for part in &mut phase.parts {
            let (name, place) = (part.name, part.place);
            let same = |budget: &Budget| {
                let phase = budget.phases.iter().find(|phase| phase.name == phase_name)?;
                let part = phase.parts.iter().find(|part| part.name == name && part.place == place);
                part.cloned()
            };
            if part.place == Place::Host {
                // The host holds the whole graph, to share it out.
                if let Some(whole) = same(&all) {
                    *part = whole;
                }
                continue;
            }
            let (Some(low), Some(high)) = (same(&low), same(&high)) else { continue };
            let [own_low, best, own_high] = part.figures();
            let [low, ..] = low.figures();
            let [.., high] = high.figures();
            let low = if own_low.value < low.value { own_low } else { low };
            let high = if own_high.value > high.value { own_high } else { high };
            part.of_figures(
                [low, best, high]
                    .map(|figure| formula!(site.detail, SOURCE; with_neighbors = figure => with_neighbors)),
            );
        }
    }
    budget
}
