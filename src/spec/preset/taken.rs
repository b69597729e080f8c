//! Options of programs, taken as the settings that they are.

use super::keys::{KeyError, PresetKeys};
use super::options::ProgramOption;
use crate::spec::{Method, Named as _, Split};

/// Whether a text that is a yes or a no says yes.
fn is_yes(text: &str) -> bool {
    matches!(text.trim(), "true" | "yes" | "on" | "1")
}

impl PresetKeys {
    /// Takes an option at its word.
    ///
    /// # Errors
    /// Where it contradicts what is given already.
    pub(super) fn take_option(&mut self, option: ProgramOption, text: &str) -> Result<(), KeyError> {
        match option {
            ProgramOption::Devices(name, split) => self.take_devices(name, split, text),
            ProgramOption::RequestLength(name) => {
                self.set("context", text)?;
                self.told.each = Some(name);
                Ok(())
            }
            ProgramOption::LoadIn(name, base) => {
                if !is_yes(text) {
                    return Ok(());
                }
                self.set("precision", base.key())?;
                if !self.gives("method") {
                    self.set("method", Method::Qlora.key())?;
                }
                self.note(format!("`{name}` is `precision` {} beside adapters", base.key()));
                Ok(())
            }
            ProgramOption::ExpertParallel(name) => {
                self.told.experts = is_yes(text);
                if self.told.experts {
                    self.note(format!(
                        "`{name}` is `split` experts beside a data_parallel_size; beside a tensor_parallel_size each \
                         device holds as many bytes as without it, and alone it changes nothing"
                    ));
                }
                self.share_experts();
                Ok(())
            }
        }
    }

    fn take_devices(&mut self, name: &'static str, split: Split, text: &str) -> Result<(), KeyError> {
        let Ok(count) = text.trim().parse::<u32>() else {
            // `auto` and `all` are as for devices.
            return self.set("devices", text);
        };
        match self.told.devices {
            Some((other, before)) if before > 1 && count > 1 => {
                return Err(KeyError::TwoWays(other, name));
            }
            Some(_) if count <= 1 => return Ok(()),
            Some(_) => {
                self.forget("devices");
            }
            None => {}
        }
        match self.text("devices") {
            Some(given) if given != text.trim() => return Err(KeyError::Twice("devices")),
            Some(_) => {}
            None => self.set("devices", text)?,
        }
        self.told.devices = Some((name, count));
        if count > 1 && split != Split::Auto {
            match self.text("split") {
                Some(given) if Split::named(given) != Some(split) => return Err(KeyError::Twice("split")),
                Some(_) => {}
                None => self.set("split", split.key())?,
            }
        }
        let how = if count > 1 && split != Split::Auto {
            format!(", `split` {}", split.key())
        } else {
            String::new()
        };
        self.note(format!("`{name}` is `devices` {count}{how}"));
        self.share_experts();
        Ok(())
    }

    /// With the requests shared out, sharing out the experts is a way to split of its own; with each matrix cut, as
    /// many bytes lie on each device as before.
    fn share_experts(&mut self) {
        if self.told.experts && self.text("split").and_then(Split::named) == Some(Split::Copies) {
            self.forget("split");
            self.give("split", Split::Experts.key());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::preset::parse;

    fn given(pairs: &[(&str, &str)]) -> Result<(Option<String>, Option<String>), KeyError> {
        let mut keys = PresetKeys::default();
        for (key, text) in pairs {
            keys.set(key, text)?;
        }
        let of = |key| keys.text(key).map(str::to_owned);
        Ok((of("devices"), of("split")))
    }

    fn pair(devices: &str, split: &str) -> (Option<String>, Option<String>) {
        (Some(devices.to_owned()), Some(split.to_owned()))
    }

    #[test]
    fn a_servers_parallel_sizes_are_devices_and_how_they_split() {
        let tensor = [("tensor_parallel_size", "4")];
        assert_eq!(given(&tensor), Ok(pair("4", "tensor")));
        assert_eq!(given(&[("pp_size", "2")]), Ok(pair("2", "layers")));
        assert_eq!(
            given(&[("tensor_parallel_size", "1"), ("data_parallel_size", "8")]),
            Ok(pair("8", "copies"))
        );
        assert_eq!(
            given(&[("data_parallel_size", "8"), ("tensor_parallel_size", "1")]),
            Ok(pair("8", "copies"))
        );
        let experts = [("enable_expert_parallel", "true"), ("data_parallel_size", "8")];
        assert_eq!(given(&experts), Ok(pair("8", "experts")));
        assert_eq!(given(&[("dp_size", "8"), ("enable_expert_parallel", "true")]), Ok(pair("8", "experts")));
        let cut = [("tensor_parallel_size", "8"), ("enable_expert_parallel", "true")];
        assert_eq!(given(&cut), Ok(pair("8", "tensor")));
        assert_eq!(given(&[("tensor_parallel_size", "1")]), Ok((Some("1".to_owned()), None)));
        assert_eq!(given(&[("num_processes", "2")]), Ok((Some("2".to_owned()), None)));
    }

    #[test]
    fn a_base_that_is_packed_as_it_is_loaded_is_trained_beside_adapters() {
        let mut keys = PresetKeys::default();
        keys.set("load_in_4bit", "true").expect("an option of Transformers");
        assert_eq!((keys.text("precision"), keys.text("method")), (Some("nf4"), Some("qlora")));
        let mut keys = PresetKeys::default();
        keys.set("load_in_8bit", "false").expect("an option of Transformers");
        assert_eq!((keys.text("precision"), keys.text("method")), (None, None));
    }

    #[test]
    fn what_contradicts_is_refused() {
        let two = given(&[("tensor_parallel_size", "2"), ("pipeline_parallel_size", "2")]);
        assert_eq!(two, Err(KeyError::TwoWays("tensor_parallel_size", "pipeline_parallel_size")));
        assert_eq!(given(&[("devices", "2"), ("tp_size", "4")]), Err(KeyError::Twice("devices")));
        assert_eq!(given(&[("split", "layers"), ("tp_size", "4")]), Err(KeyError::Twice("split")));
        assert_eq!(given(&[("devices", "4"), ("tp_size", "4")]), Ok(pair("4", "tensor")));
        assert!(given(&[("tp_size", "many")]).is_err());
    }

    #[test]
    fn a_preset_takes_them_too() {
        let keys = parse("(model: \"x\", tensor_parallel_size: 2)", "a.ron").expect("a preset");
        assert_eq!((keys[0].text("devices"), keys[0].text("split")), (Some("2"), Some("tensor")));
        assert_eq!(keys[0].notes(), ["`tensor_parallel_size` is `devices` 2, `split` tensor"]);
        let error = parse("(enable_expert_parallel: 7)", "a.ron").expect_err("no yes or no").to_string();
        assert!(error.starts_with("a.ron:1:"), "{error}");
    }
}
