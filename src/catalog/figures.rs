//! Every figure that ships, with its origin, one by one: the audit looks at each, and so does whoever asks what came
//! from where.

use super::record::{Chip, Product};
use super::{Catalog, MemoryLimits, quality};
use crate::spec::{ApiPrice, Body, Figure, Kind, Model, QualityLoss, SOFTWARE, overhead};

/// How a figure is known, and where and when it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin<'a> {
    /// What it says of the thing it belongs to: `bandwidth`.
    pub field: &'a str,
    /// How it is known.
    pub kind: Kind,
    /// Key of its source.
    pub source: &'a str,
    /// The day it was read.
    pub date: &'a str,
}

/// Is shown one origin after the other.
pub(super) struct Seen<'s>(pub(super) &'s mut dyn FnMut(&Origin<'_>));

impl Seen<'_> {
    fn figure<T>(&mut self, field: &str, figure: &Figure<T>) {
        let Figure(_, kind, source, date) = figure;
        (self.0)(&Origin { field, kind: *kind, source, date });
    }

    fn optional<T>(&mut self, field: &str, figure: Option<&Figure<T>>) {
        if let Some(figure) = figure {
            self.figure(field, figure);
        }
    }
}

/// Every figure of a chip.
pub(super) fn chip(chip: &Chip, seen: &mut Seen<'_>) {
    seen.optional("dies", chip.dies.as_ref());
    seen.optional("bandwidth", chip.bandwidth.as_ref());
    seen.optional("interconnect", chip.interconnect.as_ref());
    seen.optional("load", chip.load.as_ref());
    seen.optional("idle", chip.idle.as_ref());
    seen.optional("peaks.fp32", chip.peaks.fp32.as_ref());
    seen.optional("peaks.fp16", chip.peaks.fp16.as_ref());
    seen.optional("peaks.bf16", chip.peaks.bf16.as_ref());
    seen.optional("peaks.int8", chip.peaks.int8.as_ref());
    seen.optional("peaks.fp8", chip.peaks.fp8.as_ref());
    seen.optional("peaks.fp4", chip.peaks.fp4.as_ref());
    body(&chip.body, seen);
    for size in &chip.sizes {
        seen.figure("sizes.memory", &size.memory);
        seen.optional("sizes.visible", size.visible.as_ref());
        seen.optional("sizes.gpu_limit", size.gpu_limit.as_ref());
        seen.optional("sizes.left_by_system", size.left_by_system.as_ref());
        seen.optional("sizes.bandwidth", size.bandwidth.as_ref());
        seen.optional("sizes.price", size.price.as_ref());
    }
}

/// Every figure of a product.
pub(super) fn product(product: &Product, seen: &mut Seen<'_>) {
    seen.optional("system", product.system.as_ref());
    seen.optional("price", product.price.as_ref());
    seen.optional("rent", product.rent.as_ref());
    seen.optional("load", product.load.as_ref());
    seen.optional("idle", product.idle.as_ref());
    body(&product.body, seen);
}

/// Every figure of what a machine is as a thing.
fn body(body: &Body, seen: &mut Seen<'_>) {
    let Body { form, dimensions, weight, noise, slot, power_limits } = body;
    seen.optional("body.form", form.as_ref());
    seen.optional("body.dimensions", dimensions.as_ref());
    seen.optional("body.weight", weight.as_ref());
    seen.optional("body.noise", noise.as_ref());
    seen.optional("body.slot", slot.as_ref());
    seen.optional("body.power_limits", power_limits.as_ref());
}

/// Every figure of a model.
pub(super) fn model(model: &Model, seen: &mut Seen<'_>) {
    seen.figure("parameters", &model.parameters);
    seen.optional("active_parameters", model.active_parameters.as_ref());
    seen.optional("vision.parameters", model.vision.as_ref().map(|vision| &vision.parameters));
}

/// What surrounds a program's own allocations.
pub(super) fn overheads(seen: &mut Seen<'_>) {
    for overhead in overhead::ORIGINS {
        let (kind, source, date) = (overhead.kind, overhead.source, overhead.date);
        (seen.0)(&Origin { field: overhead.name, kind, source, date });
    }
}

/// What runs on which machines.
pub(super) fn software(seen: &mut Seen<'_>) {
    for fact in SOFTWARE.into_iter().flatten() {
        let (source, date) = (fact.source, fact.date);
        (seen.0)(&Origin { field: fact.name, kind: Kind::Datasheet, source, date });
    }
}

/// What a provider asks for a model.
pub(super) fn api_price(price: &ApiPrice, seen: &mut Seen<'_>) {
    for field in ["input", "output"] {
        (seen.0)(&Origin { field, kind: Kind::Datasheet, source: price.source, date: price.date });
    }
}

/// One loss of quality.
pub(super) fn loss(loss: &QualityLoss, seen: &mut Seen<'_>) {
    seen.figure("scores", &loss.scores);
}

/// What systems keep for themselves.
pub(super) fn limits(limits: &MemoryLimits, seen: &mut Seen<'_>) {
    if let Some(older) = &limits.older {
        seen.figure("older.small", &older.small);
        seen.figure("older.large", &older.large);
    }
    if let Some(newer) = &limits.newer {
        seen.figure("newer.beyond", &newer.beyond);
        for point in &newer.shares {
            seen.figure("newer.shares", &point.share);
        }
    }
    for measured in &limits.measured {
        seen.figure(&measured.machine, &measured.limit);
    }
    for driver in &limits.drivers {
        seen.figure("drivers.keeps", &driver.keeps);
    }
    for rule in &limits.shared {
        seen.figure("shared.share", &rule.share);
        seen.optional("shared.at_most", rule.at_most.as_ref());
    }
}

impl Catalog {
    /// Shows the origin of every figure that answers rest on, with the name of the thing that it belongs to. A model's
    /// shape is its own figure, `shape`; how that is known its source says.
    pub fn each_origin(&self, see: &mut dyn FnMut(&str, &Origin<'_>)) {
        for record in self.machines.chips().entries().iter().filter_map(|entry| entry.record().ok()) {
            chip(record, &mut Seen(&mut |origin| see(&record.name, origin)));
        }
        for record in self.machines.products().entries().iter().filter_map(|entry| entry.record().ok()) {
            product(record, &mut Seen(&mut |origin| see(&record.name, origin)));
        }
        for record in self.models.entries().iter().filter_map(|entry| entry.record().ok()) {
            let date = record.parameters.3.as_str();
            see(
                &record.name,
                &Origin { field: "shape", kind: Kind::Datasheet, source: &record.source, date },
            );
            model(record, &mut Seen(&mut |origin| see(&record.name, origin)));
        }
        for measured in quality() {
            let of = format!("{} of {}", measured.quantization.key(), measured.name);
            loss(measured, &mut Seen(&mut |origin| see(&of, origin)));
        }
        overheads(&mut Seen(&mut |origin| see("Overhead", origin)));
        software(&mut Seen(&mut |origin| see("Software", origin)));
        limits(MemoryLimits::built_in(), &mut Seen(&mut |origin| see("Memory limits", origin)));
    }
}
