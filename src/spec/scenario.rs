//! A scenario: a workload under a name, as a preset holds it.

use super::{
    AgentLoop, Chosen, Devices, Diffusion, FineTune, Gnn, Graph, GraphSequence, GraphTask, Inference,
    LanguageModel, Setup, Speculation, Workload,
};

/// Everything that is asked, except the machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// As it is listed.
    pub name: String,
    /// What is run.
    pub workload: Workload,
    /// How many devices share it, and how.
    pub devices: Devices,
    /// How the machine is set up it is asked of.
    pub setup: Setup,
}

/// Two functions that find a part of a scenario: to read it, and to change it.
macro_rules! parts {
    ($($(#[$doc:meta])* $name:ident, $name_mut:ident: $kind:ty = $($pattern:pat_param)|+ => $found:ident;)*) => {
        impl Scenario {
            $(
                $(#[$doc])*
                pub const fn $name(&self) -> Option<&$kind> {
                    match &self.workload {
                        $($pattern)|+ => Some($found),
                        _ => None,
                    }
                }

                /// The same, to be changed.
                pub const fn $name_mut(&mut self) -> Option<&mut $kind> {
                    match &mut self.workload {
                        $($pattern)|+ => Some($found),
                        _ => None,
                    }
                }
            )*
        }
    };
}

parts! {
    /// The language model that is run or trained; graph networks and pipelines have none.
    language, language_mut: LanguageModel =
        Workload::Inference(found, _) | Workload::FineTune(found, _) | Workload::GraphSequence(found, _) => found;
    /// What a language model is asked to answer, as it was set.
    inference, inference_mut: Inference =
        Workload::Inference(_, found)
        | Workload::GraphSequence(_, GraphSequence { task: GraphTask::Read(found), .. }) => found;
    /// Draft tokens of a language model.
    speculation, speculation_mut: Speculation =
        Workload::Inference(_, Inference { speculation: found, .. })
        | Workload::GraphSequence(_, GraphSequence { task: GraphTask::Read(Inference { speculation: found, .. }), .. })
        => found;
    /// Turns of an agent.
    agent_loop, agent_loop_mut: AgentLoop =
        Workload::Inference(_, Inference { agent_loop: found, .. })
        | Workload::GraphSequence(_, GraphSequence { task: GraphTask::Read(Inference { agent_loop: found, .. }), .. })
        => found;
    /// How a language model is trained, as it was set.
    tune, tune_mut: FineTune =
        Workload::FineTune(_, found)
        | Workload::GraphSequence(_, GraphSequence { task: GraphTask::Train(found), .. }) => found;
    /// The graphs that are written out.
    graph, graph_mut: Graph = Workload::GraphSequence(_, GraphSequence { graph: found, .. }) => found;
    /// The graph network.
    gnn, gnn_mut: Gnn = Workload::Gnn(found) => found;
    /// The pipeline for images or video.
    diffusion, diffusion_mut: Diffusion = Workload::Diffusion(found) => found;
}

impl Scenario {
    /// A workload on the devices a machine has.
    pub fn new(name: impl Into<String>, workload: Workload) -> Self {
        Self { name: name.into(), workload, devices: Devices::default(), setup: Setup::default() }
    }

    /// A runtime that nobody asked for is that of the number format, until a machine is known.
    pub(crate) fn follow_format(&mut self) {
        let read = self.inference().map(|inference| inference.quantization.runtime());
        let trained = self.tune().map(|tune| tune.trainer.runtime().unwrap_or(tune.precision.runtime()));
        let (Some(runtime), Some(language)) = (read.or(trained), self.language_mut()) else { return };
        if language.chosen == Chosen::Auto {
            language.runtime = runtime;
        }
    }

    /// The devices that share it, as every workload has them.
    #[expect(clippy::unnecessary_wraps, reason = "settings are found as those of a workload are")]
    pub(super) const fn shared(&self) -> Option<&Devices> {
        Some(&self.devices)
    }

    /// The same, to be changed.
    #[expect(clippy::unnecessary_wraps, reason = "settings are found as those of a workload are")]
    pub(super) const fn shared_mut(&mut self) -> Option<&mut Devices> {
        Some(&mut self.devices)
    }

    /// How the machine is set up, as every workload has it.
    #[expect(clippy::unnecessary_wraps, reason = "settings are found as those of a workload are")]
    pub(super) const fn set_up(&self) -> Option<&Setup> {
        Some(&self.setup)
    }

    /// The same, to be changed.
    #[expect(clippy::unnecessary_wraps, reason = "settings are found as those of a workload are")]
    pub(super) const fn set_up_mut(&mut self) -> Option<&mut Setup> {
        Some(&mut self.setup)
    }

    /// The same without what was raised for one machine: as every other machine is asked.
    #[must_use]
    pub fn with_limit_as_shipped(&self) -> Self {
        self.with_raised_limit(None)
    }

    /// The same with the limit of the GPU raised, or as the system sets it.
    #[must_use]
    pub fn with_raised_limit(&self, to: Option<crate::units::Bytes>) -> Self {
        Self { setup: Setup { raised_limit: super::RaisedLimit(to), ..self.setup }, ..self.clone() }
    }
}
