//! A workload: what is to be run, independent of the machine.

use super::named::choices;
use super::{Diffusion, FineTune, Gnn, GraphSequence, Inference, LanguageModel};

/// One workload of any family.
#[derive(Clone, Debug, PartialEq)]
pub enum Workload {
    /// Chat, agents, serving.
    Inference(LanguageModel, Inference),
    /// Training a language model further.
    FineTune(LanguageModel, FineTune),
    /// Program graphs written out as tokens, read by a language model or trained on.
    GraphSequence(LanguageModel, GraphSequence),
    /// A graph neural network.
    Gnn(Gnn),
    /// Images and video.
    Diffusion(Diffusion),
}

impl Workload {
    /// Which family it is of.
    pub const fn family(&self) -> Family {
        match self {
            Self::Inference(..) => Family::Inference,
            Self::FineTune(..) => Family::FineTune,
            Self::GraphSequence(..) => Family::GraphSequence,
            Self::Gnn(_) => Family::Gnn,
            Self::Diffusion(_) => Family::Diffusion,
        }
    }
}

choices! {
    /// A family of workloads.
    Family {
        /// Chat, agents, serving.
        Inference = "inference", "Inference";
        /// Training a language model further.
        FineTune = "fine-tune", "Tune";
        /// Program graphs as sequences of tokens.
        GraphSequence = "graph-sequence", "Graph";
        /// Graph neural networks.
        Gnn = "gnn", "GNN";
        /// Images and video.
        Diffusion = "diffusion", "Image";
    }
}

impl Family {
    /// Every family, as they are listed.
    pub const ALL: [Self; 5] =
        [Self::Inference, Self::FineTune, Self::GraphSequence, Self::Gnn, Self::Diffusion];
}
