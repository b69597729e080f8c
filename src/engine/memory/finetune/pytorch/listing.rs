//! What lives at the peaks of a pass, tensor by tensor: made only where workings are asked.

use super::held::{Held, Item, Kind, put};
use super::trace::Recorded;
use super::walk::{At, Walk};
use crate::engine::working::Term;

/// What lives at the peaks, and what is trained.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Items {
    /// At the peak up to the loss.
    pub forward: Vec<Item>,
    /// At the peak of the gradients.
    pub backward: Vec<Item>,
    /// Everything that is trained, by kind of matrix.
    pub trained: Vec<Term>,
}

/// Lists both peaks.
pub fn list(walk: &Walk<'_>, forward: At, backward: At) -> Items {
    let lister = Lister { walk, kinds: walk.kinds.recorded(), head: walk.head.recorded() };
    Items { forward: lister.forward(forward), backward: lister.backward(backward), trained: lister.trained() }
}

struct Lister<'a> {
    walk: &'a Walk<'a>,
    kinds: Vec<Recorded>,
    head: Recorded,
}

impl Lister<'_> {
    fn forward(&self, at: At) -> Vec<Item> {
        let checkpointing = self.walk.pass.gradient_checkpointing;
        let (end, peak) = match at {
            At::Layer(layer) | At::Again(layer) => {
                let recorded = self.recorded(layer);
                let peak = recorded.map(|of| if checkpointing { &of.passing } else { &of.forward });
                (layer, peak.map_or_else(Vec::new, Clone::clone))
            }
            At::Head | At::Embedding => (self.walk.layers.len(), self.head.forward.clone()),
        };
        let mut items = self.kept(end);
        if checkpointing {
            let casts = self.walk.layers.iter().take(end).map(|(_, layer)| self.walk.cast_by(layer));
            let bytes = casts.fold(Held::default(), Held::plus).activations;
            let name = format!("trained matrices of {end} layers cast to 16 bit by autocast");
            put(&mut items, Item::new(Kind::Activations, name, bytes));
        } else if matches!(at, At::Layer(_)) {
            put(&mut items, Item::new(Kind::Activations, "attention mask", self.walk.mask()));
        }
        add(&mut items, peak);
        items
    }

    fn backward(&self, at: At) -> Vec<Item> {
        let layers = self.walk.layers.len();
        let mut items = match at {
            At::Layer(layer) | At::Again(layer) => {
                let mut items = self.kept(layer);
                let recorded = self.recorded(layer);
                if matches!(at, At::Again(_)) {
                    let input =
                        Item::new(Kind::Activations, "input of the layer computed again", self.walk.stream());
                    put(&mut items, input);
                    add(&mut items, recorded.map_or_else(Vec::new, |of| of.forward.clone()));
                } else {
                    add(&mut items, recorded.map_or_else(Vec::new, |of| of.backward.clone()));
                }
                self.add_gradients(&mut items, layer + 1);
                add(&mut items, self.head.gradients.clone());
                items
            }
            At::Head => {
                let mut items = self.kept(layers);
                add(&mut items, self.head.backward.clone());
                items
            }
            At::Embedding => self.embedding(),
        };
        let returned = Item::new(Kind::Logits, "logits that the model returns", self.walk.head.held);
        put(&mut items, returned);
        items
    }

    /// At the gradient of the embedding.
    fn embedding(&self) -> Vec<Item> {
        let mut items = Vec::new();
        let (table, passing) = self.walk.embedding();
        if self.walk.pass.accumulates {
            let name = "gradient of the embedding before it is added";
            put(&mut items, Item::new(Kind::Activations, name, table));
            let name = "sum with the head's gradient, or gradient of the residual stream";
            put(&mut items, Item::new(Kind::Activations, name, passing - table));
        } else {
            self.add_gradients(&mut items, 0);
            add(&mut items, self.head.gradients.clone());
            put(&mut items, Item::new(Kind::Gradients, "embedding: table", table));
            let name = "sum with the head's gradient, or gradient of the residual stream";
            put(&mut items, Item::new(Kind::Activations, name, passing));
        }
        items
    }

    /// What is kept before a layer, or before the head.
    fn kept(&self, end: usize) -> Vec<Item> {
        let mut items = Vec::new();
        let positions = self.walk.positions();
        put(&mut items, Item::new(Kind::Activations, "cosines and sines of positions", positions));
        if self.walk.pass.gradient_checkpointing {
            put(&mut items, Item::new(Kind::Activations, "attention mask", self.walk.mask()));
            let mut inputs = 0.0;
            (0..end).for_each(|_| inputs += self.walk.stream());
            let name = format!("inputs of {end} checkpointed layers");
            put(&mut items, Item::new(Kind::Activations, name, inputs));
            return items;
        }
        for (layers, recorded) in self.counted(0, end) {
            for item in &recorded.kept {
                let name = format!("saved for backward by {}: {}", named(layers), item.name);
                put(&mut items, Item::new(item.kind, name, item.bytes * count(layers)));
            }
        }
        items
    }

    /// Gradients of the parameters of the layers from one on.
    fn add_gradients(&self, items: &mut Vec<Item>, begin: usize) {
        for (layers, recorded) in self.counted(begin, self.walk.layers.len()) {
            for item in &recorded.gradients {
                let name = format!("{}: {}", named(layers), item.name);
                put(items, Item::new(item.kind, name, item.bytes * count(layers)));
            }
        }
    }

    /// Everything that is trained.
    fn trained(&self) -> Vec<Term> {
        let mut terms: Vec<Term> = Vec::new();
        let mut term = |item: &Item, layers: usize| {
            let value = item.bytes * count(layers);
            match terms.iter_mut().find(|term| term.name == item.name) {
                Some(term) => {
                    term.count += count(layers);
                    term.value += value;
                }
                None => terms.push(Term { name: item.name.clone(), count: count(layers), value }),
            }
        };
        for (layers, recorded) in self.counted(0, self.walk.layers.len()) {
            recorded.trained.iter().for_each(|item| term(item, layers));
        }
        self.head.trained.iter().for_each(|item| term(item, 1));
        if self.walk.trains_all && !self.walk.model.tied_embeddings {
            term(&Item::new(Kind::Gradients, "embedding: table", self.walk.table()), 1);
        }
        terms
    }

    /// How many of each kind of layer lie in a range.
    fn counted(&self, begin: usize, end: usize) -> impl Iterator<Item = (usize, &Recorded)> {
        self.kinds.iter().enumerate().filter_map(move |(kind, recorded)| {
            let some = self.walk.layers.iter().take(end).skip(begin);
            let layers = some.filter(|(of, _)| *of == kind).count();
            (layers > 0).then_some((layers, recorded))
        })
    }

    fn recorded(&self, layer: usize) -> Option<&Recorded> {
        self.walk.layers.get(layer).and_then(|(kind, _)| self.kinds.get(*kind))
    }
}

fn add(items: &mut Vec<Item>, more: Vec<Item>) {
    for item in more {
        put(items, item);
    }
}

fn named(layers: usize) -> String {
    if layers == 1 { "1 layer".to_owned() } else { format!("{layers} layers") }
}

fn count(layers: usize) -> f64 {
    layers as f64
}
