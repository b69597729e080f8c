//! A search through stores, one folder a step.

use super::disk::Disk;
use super::found::Store;
use super::look::{Look, Progress, Step, Task, What};
use super::roots::{Root, roots};
use super::{hub, models_in, ollama};

/// A search for models. Each step looks through one folder at most; whoever asks stops by asking no more.
pub struct Search<'d> {
    look: Look<'d>,
}

impl<'d> Search<'d> {
    /// Through every store of this machine.
    pub fn of_all(disk: &'d dyn Disk) -> Self {
        Self::of_roots(disk, &roots(disk))
    }

    /// Through one store of this machine.
    pub fn of_store(disk: &'d dyn Disk, store: Store) -> Self {
        let own: Vec<Root> = roots(disk).into_iter().filter(|root| root.store == store).collect();
        Self::of_roots(disk, &own)
    }

    /// Through folders that were named, whoever's they are.
    pub fn of_folders(disk: &'d dyn Disk, folders: impl IntoIterator<Item = std::path::PathBuf>) -> Self {
        let task = |path| Task::new(Store::Folder, path, What::Folder, false);
        Self { look: Look::new(disk, folders.into_iter().map(task).collect()) }
    }

    fn of_roots(disk: &'d dyn Disk, roots: &[Root]) -> Self {
        let task = |root: &Root| match root.store {
            Store::Ollama => Task::new(root.store, root.path.join("manifests"), What::Manifests, true),
            Store::HuggingFace => Task::new(root.store, root.path.clone(), What::Hub, true),
            _ => Task::new(root.store, root.path.clone(), What::Folder, true),
        };
        Self { look: Look::new(disk, roots.iter().map(task).collect()) }
    }

    /// How far it has come.
    pub fn progress(&self) -> Progress {
        self.look.progress()
    }
}

impl Iterator for Search<'_> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        if let Some(step) = self.look.ready.pop_front() {
            return Some(step);
        }
        let Some(task) = self.look.next_task() else { return self.look.ready.pop_front() };
        match task.what {
            What::Folder => models_in::look_in(&mut self.look, &task),
            What::Manifests => ollama::manifests(&mut self.look, &task),
            What::Hub => hub::repositories(&mut self.look, &task),
            What::Repository => hub::repository(&mut self.look, &task),
        }
        Some(Step::Looked)
    }
}
