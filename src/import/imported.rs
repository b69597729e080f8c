//! What an import brings home.

use std::sync::Arc;

use super::Note;
use super::error::bounded;
use crate::spec::preset::NoModel;
use crate::spec::{Adapter, ImageFile, Model, ModelFile, Quantization};
use crate::units::{Bytes, show_gb, whole};

/// A model read from disk, as far as the file tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// The architecture; `None` where it is unknown or cannot be expressed, and a note says which.
    pub model: Option<Model>,
    /// Bytes of all tensors, without headers and padding; `None` where only a configuration was given. Of an
    /// unknown architecture it is a lower bound of the memory needed.
    pub exact_bytes: Option<Bytes>,
    /// How the weights are stored: as the file says, or what is taken where it does not; `None` where nothing is known.
    pub file_type: Option<Quantization>,
    /// What it says of its weights; `None` where nothing is known of them.
    pub file: Option<ModelFile>,
    /// The model by what it weighs alone, where its layers are not known and its bytes are.
    pub weighed: Option<Model>,
    /// The file as one of a pipeline for images, where it is one.
    pub image: Option<Arc<ImageFile>>,
    /// Every tensor of a GGUF file in its order; empty for other files.
    pub tensors: Vec<StoredTensor>,
    /// What the user should know about it.
    pub notes: Vec<Note>,
    /// What kind of file it is, for a heading: `GGUF v3, llama, Q4_K_M, 147 tensors`.
    pub what: String,
}

/// One tensor as a file stores it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTensor {
    /// `blk.0.attn_q.weight`.
    pub name: String,
    /// Name of its number format: `Q4_K`.
    pub kind: &'static str,
    /// Its dimensions, the contiguous one first.
    pub dimensions: Vec<u64>,
    /// Bytes it takes.
    pub bytes: u64,
}

impl StoredTensor {
    /// Number of its elements.
    pub fn elements(&self) -> u64 {
        self.dimensions.iter().product()
    }
}

impl Imported {
    /// The same with the day its figures were read, `YYYY-MM-DD`; reading a model looks at no clock.
    #[must_use]
    pub fn read_on(mut self, today: &str) -> Self {
        for model in [&mut self.model, &mut self.weighed].into_iter().flatten() {
            let vision = model.vision.as_mut().map(|vision| &mut vision.parameters);
            let figures = [Some(&mut model.parameters), model.active_parameters.as_mut(), vision];
            for figure in figures.into_iter().flatten() {
                today.clone_into(&mut figure.3);
            }
        }
        self
    }

    /// The model with its file, or where its layers are not known the model by what it weighs; `None` where
    /// neither is known.
    pub fn into_model(self) -> Option<Model> {
        let notes = self.notes.iter().map(ToString::to_string).collect();
        let mut model = self.model.or(self.weighed)?;
        model.file = self.file.map(|file| Arc::new(ModelFile { notes, ..file }));
        Some(model)
    }

    /// The adapter, where it is one: its base model is to be found before anything can be asked of it.
    pub fn adapter(&self) -> Option<&Adapter> {
        self.file.as_ref().and_then(|file| file.adapter.as_ref())
    }

    /// The model of an adapter on its base, which `find` finds; of anything else as [`Imported::into_model`].
    ///
    /// # Errors
    /// When the base is not found.
    pub fn on_base(
        self,
        find: &dyn Fn(&str) -> Result<Arc<Model>, NoModel>,
    ) -> Result<Option<Model>, NoModel> {
        let Some(adapter) = self.adapter() else { return Ok(self.into_model()) };
        let base = find(&adapter.base).map_err(|_unknown| {
            NoModel(format!(
                "the adapter is of `{}`, which is neither in the catalog nor a path here; ask about its base model by itself, or put the path of it into adapter_config.json",
                bounded(&adapter.base)
            ))
        })?;
        let own = self.file.clone();
        let notes: Vec<String> = self.notes.iter().map(ToString::to_string).collect();
        let file = match (base.file.as_deref(), own) {
            (Some(of_base), Some(own)) => {
                let notes = [notes, of_base.notes.clone()].concat();
                Some(ModelFile { adapter: own.adapter, notes, ..of_base.clone() })
            }
            (None, Some(own)) => Some(ModelFile { notes, ..own }),
            (_, None) => None,
        };
        let name = format!("{} with {}", base.name, adapter.name);
        Ok(Some(Model { name, file: file.map(Arc::new), ..base.as_ref().clone() }))
    }

    /// One line for a person: what it is, and how large.
    pub fn summary(&self) -> String {
        match self.exact_bytes {
            Some(bytes) if whole(bytes.get()) > 0 => format!("{}, {}", self.what, show_gb(bytes)),
            _ => self.what.clone(),
        }
    }
}
