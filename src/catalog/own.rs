//! A machine of the user's own: held against what can be, and written into the user's folder.

use std::path::{Path, PathBuf};

use ron::Options;
use ron::extensions::Extensions;
use ron::ser::PrettyConfig;

use super::record::{Chip, MachineFile};
use super::{Catalog, Entry};

/// A file of one chip, as the catalog reads it.
///
/// # Errors
/// Where a figure cannot be written, as one that is no number.
pub fn own_text(chip: &Chip) -> Result<String, ron::Error> {
    let file = MachineFile { chips: vec![chip.clone()], products: Vec::new() };
    let options = Options::default().with_default_extension(Extensions::IMPLICIT_SOME);
    Ok(options.to_string_pretty(&file, PrettyConfig::default())? + "\n")
}

/// Where a machine of one's own is kept in the user's folder.
pub fn own_file(folder: &Path, id: &str) -> PathBuf {
    folder.join("machines").join(format!("{id}.ron"))
}

impl Catalog {
    /// Chips and cards of the user's own, each with its file.
    pub fn own_chips(&self) -> impl Iterator<Item = &Entry<Chip>> {
        self.machines.chips().entries().iter().filter(|entry| entry.own())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::check::findings_of;
    use crate::spec::AS_TYPED;

    #[test]
    fn what_is_written_is_read_again() {
        let catalog = Catalog::built_in();
        let entry = catalog.machines.chips().entries().iter().find(|entry| entry.id() == "rtx-4090");
        let mut chip = Chip::clone(entry.and_then(|entry| entry.record().ok()).expect("it is listed"));
        chip.id = "my-card".to_owned();
        chip.sizes[0].memory.2 = AS_TYPED.to_owned();
        assert_eq!(findings_of(&chip), []);
        let folder = tempfile::tempdir().expect("a folder");
        let path = own_file(folder.path(), &chip.id);
        std::fs::create_dir_all(path.parent().expect("it is in a folder")).expect("it is made");
        std::fs::write(&path, own_text(&chip).expect("it is written")).expect("a file");
        let (own, problems) = Catalog::load(Some(folder.path()));
        assert_eq!(problems, []);
        let read: Vec<&Chip> =
            own.own_chips().filter_map(|entry| entry.record().ok()).map(AsRef::as_ref).collect();
        assert_eq!(read, [&chip]);
        assert!(own.machine("my-card").is_ok());
    }

    #[test]
    fn what_cannot_be_is_said_of_its_field() {
        let catalog = Catalog::built_in();
        let entry = catalog.machines.chips().entries().iter().find(|entry| entry.id() == "rtx-4090");
        let mut chip = Chip::clone(entry.and_then(|entry| entry.record().ok()).expect("it is listed"));
        chip.bandwidth =
            chip.bandwidth.map(|figure| crate::spec::Figure(figure.0 * 1000.0, figure.1, figure.2, figure.3));
        let fields: Vec<String> = findings_of(&chip).into_iter().map(|finding| finding.field).collect();
        assert!(fields.contains(&"bandwidth".to_owned()), "{fields:?}");
    }
}
