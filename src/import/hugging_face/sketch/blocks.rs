//! A model by its tensors as layers: what each has and keeps, its feed-forward network by its own record.

use crate::import::stack::{self, Layer};
use crate::spec::{
    Attention, Experts, FeedForward, Keep, KeptKind, LayerEmbedding, Listed, Makes, Mixer, Model, NormStyle,
    Role, Span, Tensor,
};

use super::draft::Sketched;

/// The model with the layers of its class; `None` where its tensors are not all those of layers as they are known here.
pub(in crate::import) fn model(sketched: &Sketched, named: &Model) -> Option<Model> {
    let mut outer = Parts::of(sketched, None);
    let layers = u32::try_from(sketched.beside.layers).ok().filter(|layers| *layers > 0)?;
    let model = Model {
        hidden: narrow(sketched.hidden),
        vocabulary: narrow(sketched.vocabulary),
        tied_embeddings: sketched.tied || !sketched.tensors.iter().any(|(_, one)| one.role == Role::Output),
        norms: NormStyle::Pre,
        layer_embedding: outer.embeddings(sketched, layers),
        ..named.clone()
    };
    outer.vectors = outer.vectors.checked_sub(sketched.hidden)?;
    if outer.matrices.iter().any(|one| one.role == Role::TokenEmbedding) {
        return None;
    }
    let mut all = Vec::new();
    for layer in 0..sketched.beside.layers {
        let mut parts = Parts::of(sketched, Some(layer));
        if layer + 1 == sketched.beside.layers {
            // What belongs to no layer is computed behind them.
            parts.vectors += outer.vectors;
            parts.matrices.splice(0..0, std::mem::take(&mut outer.matrices));
        }
        let mut own = parts.layer(sketched, layer)?;
        if named.makes == Makes::Text {
            look_at_another(&mut own.0, &all);
        }
        all.push(own);
    }
    let model = Model { stack: stack::stack(&all), ..model };
    let counted = super::super::super::parameters::counted(&model);
    let right = crate::units::count(sketched.parameters);
    ((counted - right).abs() < 0.5).then_some(model)
}

/// Heads of a layer that keeps nothing look at what the last layer before it with the same heads keeps.
fn look_at_another(mixer: &mut Mixer, before: &[Layer]) {
    let Mixer::Listed(listed) = mixer else { return };
    if listed.heads == 0 || !listed.keeps.is_empty() {
        return;
    }
    let kept = |(mixer, _): &Layer| match mixer {
        Mixer::Listed(other) if (other.heads, other.head) == (listed.heads, listed.head) => {
            other.tokens().copied()
        }
        _ => None,
    };
    listed.reads = before.iter().rev().find_map(kept);
}

fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Tensors of a layer, or of none.
struct Parts {
    matrices: Vec<Tensor>,
    vectors: u64,
}

impl Parts {
    fn of(sketched: &Sketched, layer: Option<u64>) -> Self {
        let own = sketched.tensors.iter().filter(|(of, _)| *of == layer).map(|(_, tensor)| *tensor);
        let (vectors, matrices): (Vec<_>, Vec<_>) = own.partition(|tensor| tensor.role == Role::Norm);
        Self { matrices, vectors: vectors.into_iter().map(Tensor::elements).sum() }
    }

    /// Takes the embeddings and the output matrix out; gives the embedding of the layers, where there is one.
    fn embeddings(&mut self, sketched: &Sketched, layers: u32) -> Option<LayerEmbedding> {
        let mut of_layers = None;
        let mut rest = Vec::new();
        for tensor in std::mem::take(&mut self.matrices) {
            match tensor.role {
                Role::TokenEmbedding if u64::from(tensor.columns) == sketched.hidden => {}
                Role::TokenEmbedding if tensor.columns.is_multiple_of(layers) => {
                    of_layers = Some(LayerEmbedding { rows: tensor.rows, width: tensor.columns / layers });
                }
                Role::Output => {}
                _ => rest.push(tensor),
            }
        }
        self.matrices = rest;
        of_layers
    }

    /// Takes out the first matrix of a role that `fits`.
    fn take(&mut self, role: Role, fits: impl Fn(&Tensor) -> bool) -> Option<Tensor> {
        let place = self.matrices.iter().position(|tensor| tensor.role == role && fits(tensor))?;
        Some(self.matrices.remove(place))
    }

    /// The layer of these.
    fn layer(mut self, sketched: &Sketched, layer: u64) -> Option<Layer> {
        let hidden = narrow(sketched.hidden);
        let network = self.network(sketched, hidden)?;
        let norms = if network == FeedForward::None { 1 } else { 2 };
        self.vectors = self.vectors.checked_sub(norms * sketched.hidden)?;
        let (heads, head) = sketched.beside.heads.get(&layer).copied().unwrap_or_default();
        let own = sketched.beside.kept.iter().filter(|(of, _)| *of == Some(layer));
        let keeps = own.map(|(_, (kind, span, keys, values))| Keep {
            kind: *kind,
            keys: narrow(*keys),
            values: narrow(*values),
            span: *span,
        });
        let keeps: Vec<Keep> = keeps.collect();
        let (heads, head) = (narrow(heads), narrow(head));
        if let Some(attention) = self.attention((heads, head), &keeps, hidden) {
            return Some((Mixer::Attention(attention), network));
        }
        // What leads back to the residual stream stands last.
        let back = self
            .matrices
            .iter()
            .rposition(|one| {
                one.rows == hidden && matches!(one.role, Role::AttentionOutput | Role::RecurrentOut)
            })
            .or_else(|| self.matrices.iter().rposition(|one| one.rows == hidden))?;
        let last = self.matrices.remove(back);
        self.matrices.push(last);
        let matrices =
            self.matrices.iter().map(|one| (one.role, one.columns, one.rows.saturating_mul(one.stack)));
        let vectors = narrow(self.vectors);
        let listed = Listed { heads, head, matrices: matrices.collect(), vectors, keeps, reads: None };
        Some((Mixer::Listed(listed), network))
    }

    /// The feed-forward network, its tensors taken out.
    fn network(&mut self, sketched: &Sketched, hidden: u32) -> Option<FeedForward> {
        let (mut dense_width, mut gated) = (0, true);
        if let Some(up) = self.take(Role::Up, |_| true) {
            gated =
                self.take(Role::Gate, |gate| (gate.columns, gate.rows) == (up.columns, up.rows)).is_some();
            self.take(Role::Down, |down| (down.columns, down.rows) == (up.rows, hidden))?;
            dense_width = up.rows;
        }
        let Some(up) = self.take(Role::ExpertUp, |_| true) else {
            let dense = FeedForward::Dense { width: dense_width, gated, bias: false };
            return Some(if dense_width > 0 { dense } else { FeedForward::None });
        };
        self.take(Role::ExpertGate, |gate| *gate == Tensor { role: Role::ExpertGate, ..up })?;
        self.take(Role::ExpertDown, |down| down.columns == up.rows)?;
        self.take(Role::Router, |router| (router.columns, router.rows) == (hidden, up.stack))?;
        let shared_width = self.take(Role::SharedUp, |_| true).map_or(0, |shared| shared.rows);
        if shared_width > 0 {
            self.take(Role::SharedGate, |gate| gate.rows == shared_width)?;
            self.take(Role::SharedDown, |down| down.columns == shared_width)?;
        }
        let latent = if up.columns == hidden { 0 } else { up.columns };
        if latent > 0 {
            self.take(Role::Other, |into| (into.columns, into.rows) == (hidden, latent))?;
            self.take(Role::Other, |out| (out.columns, out.rows) == (latent, hidden))?;
        }
        Some(FeedForward::Experts(Experts {
            count: up.stack,
            used: narrow(sketched.beside.used),
            width: up.rows,
            shared_width,
            dense_width,
            latent,
            ..Experts::default()
        }))
    }

    /// Plain attention, where that is all there is.
    fn attention(&self, (heads, head): (u32, u32), keeps: &[Keep], hidden: u32) -> Option<Attention> {
        let [keep] = keeps else { return None };
        let kv_heads = keep.keys.checked_div(head)?;
        let matrix = |role, columns, rows| Tensor { role, columns, rows, stack: 1 };
        let plain = [
            matrix(Role::Query, hidden, heads * head),
            matrix(Role::Key, hidden, keep.keys),
            matrix(Role::Value, hidden, keep.keys),
            matrix(Role::AttentionOutput, heads * head, hidden),
        ];
        let norms = 2 * u64::from(head);
        let is_plain = keep.kind == KeptKind::Tokens
            && keep.keys == keep.values
            && self.matrices == plain
            && (self.vectors == 0 || self.vectors == norms);
        let window = match keep.span {
            Span::Context => None,
            Span::Window(_) => Some(keep.window()?),
            Span::Every(_) | Span::Once => return None,
        };
        is_plain.then(|| Attention {
            heads,
            kv_heads,
            head,
            window,
            qk_norm: self.vectors == norms,
            ..Attention::default()
        })
    }
}
