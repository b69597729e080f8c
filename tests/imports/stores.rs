//! Models that other programs keep on a machine: found in every layout, counted once, and bounded where a store is
//! broken or hostile. The layouts are those that the programs themselves write.

#![expect(clippy::panic, reason = "what a test asks of a helper fails that test")]

use std::path::PathBuf;

use crate::paper_disk::PaperDisk;
use plimsoll::import::stores::{
    Found, NotStored, Search, Step, Store, StoreProblem, StoredFormat, Trouble, bytes_on_disk, locate, roots,
};
use plimsoll::spec::Os;

/// A digest of one repeated letter, as Ollama writes it.
fn digest(letter: char) -> String {
    format!("sha256:{}", letter.to_string().repeat(64))
}

/// A manifest of a model with these layers: kind, digest and bytes.
fn manifest(layers: &[(&str, String, u64)]) -> String {
    let layers: Vec<String> = layers
        .iter()
        .map(|(kind, digest, size)| {
            format!(
                r#"{{"mediaType":"application/vnd.ollama.image.{kind}","digest":"{digest}","size":{size}}}"#
            )
        })
        .collect();
    format!(
        r#"{{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{{"mediaType":"application/vnd.docker.container.image.v1+json","digest":"{}","size":485}},"layers":[{}]}}"#,
        digest('c'),
        layers.join(",")
    )
}

/// A home with a store of every program.
fn home() -> PaperDisk {
    let ollama = "/home/u/.ollama/models";
    let hub = "/home/u/.cache/huggingface/hub";
    let llama = [("model", digest('a'), 4_920_734_272), ("license", digest('b'), 7_711)];
    let mut disk = PaperDisk::new(Os::Linux, "/home/u")
        .text(&format!("{ollama}/manifests/registry.ollama.ai/library/llama3.1/8b"), &manifest(&llama))
        .text(&format!("{ollama}/manifests/registry.ollama.ai/library/llama3.1/latest"), &manifest(&llama))
        .text(
            &format!("{ollama}/manifests/hf.co/bartowski/Qwen3-8B-GGUF/Q4_K_M"),
            &manifest(&[("model", digest('d'), 5_027_783_488)]),
        )
        .text(&format!("{ollama}/manifests/registry.ollama.ai/library/gpt-oss/120b-cloud"), &manifest(&[]));
    for (letter, bytes) in [('a', 4_920_734_272), ('b', 7_711), ('c', 485), ('d', 5_027_783_488)] {
        disk = disk.file(&format!("{ollama}/blobs/{}", digest(letter).replace(':', "-")), bytes);
    }
    let lm = "/home/u/.lmstudio/models";
    disk = disk
        .file(&format!("{lm}/lmstudio-community/Qwen3-8B-GGUF/Qwen3-8B-Q4_K_M.gguf"), 5_027_783_488)
        .file(&format!("{lm}/lmstudio-community/gemma-3-4b-it-GGUF/gemma-3-4b-it-Q4_K_M.gguf"), 2_489_757_856)
        .file(&format!("{lm}/lmstudio-community/gemma-3-4b-it-GGUF/gemma-3-4b-it-Q8_0.gguf"), 4_130_226_336)
        .file(&format!("{lm}/lmstudio-community/gemma-3-4b-it-GGUF/mmproj-model-f16.gguf"), 851_251_104)
        .text(
            &format!("{lm}/mlx-community/Qwen3-4B-4bit/config.json"),
            r#"{"model_type":"qwen3","quantization":{"group_size":64,"bits":4}}"#,
        )
        .file(&format!("{lm}/mlx-community/Qwen3-4B-4bit/model.safetensors"), 2_263_022_417);
    let (org, commit) =
        (format!("{hub}/models--Qwen--Qwen3-0.6B"), "c1899de289a04d12100db370d81485cdf75e47ca");
    disk = disk
        .text(&format!("{org}/refs/main"), commit)
        .file(&format!("{org}/blobs/f47f71177f32"), 1_503_300_328)
        .text(&format!("{org}/blobs/aa00"), r#"{"model_type":"qwen3"}"#)
        .link(&format!("{org}/snapshots/{commit}/model.safetensors"), "../../blobs/f47f71177f32")
        .link(&format!("{org}/snapshots/{commit}/config.json"), "../../blobs/aa00")
        .text(&format!("{hub}/datasets--a--b/refs/main"), "1234")
        .file(&format!("{hub}/version.txt"), 1);
    let ggufs = format!("{hub}/models--unsloth--gpt-oss-120b-GGUF");
    disk = disk.text(&format!("{ggufs}/refs/main"), "aaaa");
    for part in 1..=2 {
        let name = format!("Q4_K_M/gpt-oss-120b-Q4_K_M-0000{part}-of-00002.gguf");
        disk = disk.file(&format!("{ggufs}/snapshots/aaaa/{name}"), 31_000_000_000);
    }
    disk.file(&format!("{ggufs}/snapshots/aaaa/gpt-oss-120b-UD-Q8_K_XL.gguf"), 64_000_000_000)
        .file("/home/u/.cache/llama.cpp/ggml-org_gemma-3-1b-it-GGUF_gemma-3-1b-it-Q4_K_M.gguf", 806_058_240)
        .file("/home/u/ComfyUI/models/checkpoints/sd_xl_base_1.0.safetensors", 6_938_078_334)
        .file("/home/u/ComfyUI/models/loras/detail.safetensors", 228_455_380)
        .file("/home/u/ComfyUI/models/upscale_models/RealESRGAN_x4.pth", 67_040_989)
}

fn sought(search: Search<'_>) -> (Vec<Found>, Vec<StoreProblem>) {
    let (mut models, mut problems) = (Vec::new(), Vec::new());
    for step in search {
        match step {
            Step::Model(found) => models.push(*found),
            Step::Problem(problem) => problems.push(problem),
            Step::Looked => {}
        }
    }
    (models, problems)
}

fn all(disk: &PaperDisk) -> (Vec<Found>, Vec<StoreProblem>) {
    sought(Search::of_all(disk))
}

fn named<'m>(models: &'m [Found], key: &str) -> &'m Found {
    let found = models.iter().find(|found| found.key.as_deref() == Some(key));
    found.unwrap_or_else(|| {
        let keys: Vec<_> = models.iter().map(|found| &found.key).collect();
        panic!("no {key} among {keys:#?}")
    })
}

#[test]
fn every_store_is_found_with_names_sizes_and_formats() {
    let disk = home();
    let (models, problems) = all(&disk);
    assert_eq!(problems, []);
    for (key, format, bytes) in [
        ("ollama:llama3.1:8b", StoredFormat::Gguf, 4_920_734_272 + 7_711 + 485),
        ("ollama:llama3.1:latest", StoredFormat::Gguf, 4_920_734_272 + 7_711 + 485),
        ("ollama:hf.co/bartowski/Qwen3-8B-GGUF:Q4_K_M", StoredFormat::Gguf, 5_027_783_488 + 485),
        ("lmstudio:lmstudio-community/Qwen3-8B-GGUF/Qwen3-8B-Q4_K_M.gguf", StoredFormat::Gguf, 5_027_783_488),
        (
            "lmstudio:lmstudio-community/gemma-3-4b-it-GGUF/gemma-3-4b-it-Q8_0.gguf",
            StoredFormat::Gguf,
            4_130_226_336 + 851_251_104,
        ),
        ("lmstudio:mlx-community/Qwen3-4B-4bit", StoredFormat::Mlx, 2_263_022_417),
        ("hf:Qwen/Qwen3-0.6B", StoredFormat::Safetensors, 1_503_300_328),
        (
            "hf:unsloth/gpt-oss-120b-GGUF/Q4_K_M/gpt-oss-120b-Q4_K_M-00001-of-00002.gguf",
            StoredFormat::Gguf,
            62_000_000_000,
        ),
        ("hf:unsloth/gpt-oss-120b-GGUF/gpt-oss-120b-UD-Q8_K_XL.gguf", StoredFormat::Gguf, 64_000_000_000),
        (
            "/home/u/.cache/llama.cpp/ggml-org_gemma-3-1b-it-GGUF_gemma-3-1b-it-Q4_K_M.gguf",
            StoredFormat::Gguf,
            806_058_240,
        ),
        (
            "/home/u/ComfyUI/models/checkpoints/sd_xl_base_1.0.safetensors",
            StoredFormat::TensorFile,
            6_938_078_334,
        ),
        ("/home/u/ComfyUI/models/loras/detail.safetensors", StoredFormat::TensorFile, 228_455_380),
    ] {
        let found = named(&models, key);
        assert_eq!((found.format, found.bytes(), &found.trouble), (format, bytes, &None), "{key}");
    }
    assert_eq!(models.len(), 15, "{:#?}", models.iter().map(|found| &found.name).collect::<Vec<_>>());
    let archive = models.iter().find(|found| found.format == StoredFormat::PyTorch).expect("the upscaler");
    assert!(!archive.opens(), "only Python reads it");
}

#[test]
fn what_several_share_is_counted_once() {
    let disk = home();
    let (models, _) = all(&disk);
    let tags: Vec<&Found> = models.iter().filter(|found| found.name.starts_with("llama3.1:")).collect();
    assert_eq!(tags.len(), 2);
    let together = bytes_on_disk(tags.iter().copied());
    assert_eq!(together, 4_920_734_272 + 7_711 + 485);
    let gemma = models.iter().filter(|found| found.name.contains("gemma-3-4b"));
    assert_eq!(bytes_on_disk(gemma), 2_489_757_856 + 4_130_226_336 + 851_251_104, "one projector");
}

#[test]
fn variables_lead_where_the_programs_follow_them() {
    let folders = |disk: &PaperDisk, store: Store| -> Vec<PathBuf> {
        roots(disk).into_iter().filter(|root| root.store == store).map(|root| root.path).collect()
    };
    let of = |os| PaperDisk::new(os, "/home/u");
    let path = |text: &str| vec![PathBuf::from(text)];
    let set = of(Os::Linux)
        .variable("OLLAMA_MODELS", "/big/ollama")
        .variable("HF_HOME", "/big/hf")
        .variable("LLAMA_CACHE", "/big/llama");
    assert_eq!(folders(&set, Store::Ollama), path("/big/ollama"));
    assert_eq!(folders(&set, Store::HuggingFace), path("/big/hf/hub"));
    assert_eq!(folders(&set, Store::LlamaCpp), path("/big/llama"));
    let hub = set.variable("HF_HUB_CACHE", "~/hub");
    assert_eq!(
        folders(&hub, Store::HuggingFace),
        path("/home/u/hub"),
        "HF_HUB_CACHE wins, and ~ is the home"
    );
    let cache = of(Os::Linux).variable("XDG_CACHE_HOME", "/cache");
    assert_eq!(folders(&cache, Store::HuggingFace), path("/cache/huggingface/hub"));
    assert_eq!(folders(&cache, Store::LlamaCpp), path("/cache/llama.cpp"));
    let mac = of(Os::MacOs);
    assert_eq!(folders(&mac, Store::LlamaCpp), path("/home/u/Library/Caches/llama.cpp"));
    assert_eq!(folders(&mac, Store::Ollama), path("/home/u/.ollama/models"));
    assert!(folders(&mac, Store::Mlx).contains(&PathBuf::from("/home/u/Documents/huggingface/models")));
    let moved = of(Os::Linux)
        .text("/home/u/.lmstudio-home-pointer", "/big/lm\n")
        .text("/home/u/.lmstudio/settings.json", r#"{"downloadsFolder":"/bigger/lm","other":1}"#);
    let lm = folders(&moved, Store::LmStudio);
    assert!(lm.contains(&"/big/lm/models".into()) && lm.contains(&"/bigger/lm".into()), "{lm:?}");
}

#[test]
fn folders_that_are_named_are_known_by_what_is_in_them() {
    let disk = home();
    for (folder, names) in [
        ("/home/u/.ollama/models", 4),
        ("/home/u/.cache/huggingface/hub", 3),
        ("/home/u/.cache/huggingface", 0),
        ("/home/u/.lmstudio/models/mlx-community", 1),
        ("/home/u/ComfyUI", 3),
    ] {
        let (models, problems) = sought(Search::of_folders(&disk, [PathBuf::from(folder)]));
        let is_hub = folder.ends_with("huggingface");
        assert_eq!(models.len(), if is_hub { 3 } else { names }, "{folder}: {models:#?}");
        assert_eq!(problems, [], "{folder}");
        let by_path = models.iter().filter(|found| found.opens());
        for found in by_path {
            assert_eq!(found.key.as_deref(), found.path.to_str(), "it is in no store that gives it a name");
        }
    }
}

#[test]
fn names_lead_to_files() {
    let disk = home();
    let path =
        |key: &str| locate(&disk, key).expect("a store's name").unwrap_or_else(|error| panic!("{error}"));
    let ends = |key: &str, end: &str| {
        let found = path(key);
        assert!(found.ends_with(end), "{key} leads to {}", found.display());
    };
    let blob = digest('a').replace(':', "-");
    for key in ["ollama:llama3.1:8b", "ollama:llama3.1", "OLLAMA:Llama3.1:8B"] {
        ends(key, &format!("blobs/{blob}"));
    }
    ends("hf:Qwen/Qwen3-0.6B", "c1899de289a04d12100db370d81485cdf75e47ca");
    ends("hf:qwen3-0.6b", "c1899de289a04d12100db370d81485cdf75e47ca");
    ends("hf:unsloth/gpt-oss-120b-GGUF:Q4_K_M", "gpt-oss-120b-Q4_K_M-00001-of-00002.gguf");
    ends("hf:unsloth/gpt-oss-120b-GGUF:UD-Q8_K_XL", "gpt-oss-120b-UD-Q8_K_XL.gguf");
    ends("lmstudio:mlx-community/Qwen3-4B-4bit", "Qwen3-4B-4bit");
    ends("lmstudio:Qwen3-8B-GGUF", "Qwen3-8B-Q4_K_M.gguf");
    for other in ["llama-3.1-8b", "/a/b.gguf", "C:/models/a.gguf", "folder:x", "comfyui:x", ""] {
        assert_eq!(locate(&disk, other), None, "{other}");
    }
}

#[test]
fn names_that_lead_nowhere_say_what_is_near() {
    let disk = home();
    let error =
        |key: &str| locate(&disk, key).expect("a store's name").expect_err("no such model").to_string();
    for (key, expected) in [
        ("ollama:lama3.1:8b", "Ollama has no model `lama3.1:8b` here; did you mean ollama:llama3.1:8b"),
        ("ollama:llama3.1:70b", "did you mean ollama:llama3.1:8b"),
        ("hf:Qwen/Qwen3-8B", "did you mean hf:Qwen/Qwen3-0.6B"),
        (
            "hf:unsloth/gpt-oss-120b-GGUF",
            "several models `unsloth/gpt-oss-120b-GGUF`; name one of them: hf:unsloth",
        ),
        ("lmstudio:gemma", "did you mean lmstudio:lmstudio-community/gemma-3-4b-it-GGUF"),
        ("ollama:gpt-oss:120b-cloud", "cannot be opened: it runs on the store's own servers"),
    ] {
        let said = error(key);
        assert!(said.contains(expected), "{key}: {said}");
        assert!(said.len() < 700, "{said}");
    }
    let long = error(&format!("ollama:{}", "x".repeat(100_000)));
    assert!(long.len() < 700, "{}", long.len());
    let empty = PaperDisk::new(Os::MacOs, "/home/u");
    let Some(Err(NotStored::Nothing { folders, .. })) = locate(&empty, "ollama:x") else {
        panic!("no store")
    };
    assert_eq!(folders, [PathBuf::from("/home/u/.ollama/models")]);
}

#[test]
fn broken_stores_are_listed_with_what_is_wrong() {
    let root = "/home/u/.ollama/models";
    let library = format!("{root}/manifests/registry.ollama.ai/library");
    let (whole, short) = (digest('a'), digest('b'));
    let disk = PaperDisk::new(Os::Linux, "/home/u")
        .text(&format!("{library}/gone/1"), &manifest(&[("model", digest('e'), 10)]))
        .text(&format!("{library}/short/1"), &manifest(&[("model", short.clone(), 1_000)]))
        .text(&format!("{library}/cut/1"), "{\"layers\":[{\"digest\":")
        .text(
            &format!("{library}/way-out/1"),
            &manifest(&[("model", "sha256:../../../etc/passwd".into(), 9)]),
        )
        .text(&format!("{library}/tensors/1"), &manifest(&[("tensor", whole.clone(), 100)]))
        .file(&format!("{root}/blobs/{}", whole.replace(':', "-")), 100)
        .file(&format!("{root}/blobs/{}", digest('c').replace(':', "-")), 485)
        .file(&format!("{root}/blobs/{}", short.replace(':', "-")), 400)
        .file("/home/u/.cache/huggingface/hub/models--a--b/blobs/0123.incomplete", 77)
        .text("/home/u/.cache/huggingface/hub/models--a--c/snapshots/11/config.json", "{}")
        .link(
            "/home/u/.cache/huggingface/hub/models--a--c/snapshots/11/model.safetensors",
            "../../blobs/gone",
        )
        .file("/home/u/.lmstudio/models/p/m/m-00001-of-00003.gguf", 5)
        .file("/home/u/.cache/llama.cpp/x.gguf.downloadInProgress", 3);
    let (models, problems) = all(&disk);
    assert_eq!(problems, []);
    let trouble = |name: &str| {
        let found = models.iter().find(|found| found.name.contains(name));
        found.unwrap_or_else(|| panic!("{name}: {models:#?}")).trouble.clone()
    };
    assert_eq!(trouble("gone"), Some(Trouble::Missing { missing: 1, of: 2 }));
    assert_eq!(trouble("way-out"), Some(Trouble::Missing { missing: 1, of: 2 }));
    assert_eq!(trouble("short"), Some(Trouble::Short { present: 885, promised: 1_485 }));
    assert!(matches!(trouble("cut"), Some(Trouble::Manifest(said)) if said.contains("line 1, column")));
    assert!(matches!(trouble("tensors"), Some(Trouble::NotRead(_))));
    assert_eq!(trouble("a/b"), Some(Trouble::Unfinished));
    assert_eq!(trouble("a/c"), Some(Trouble::Missing { missing: 1, of: 1 }));
    assert_eq!(trouble("p/m/m"), Some(Trouble::Missing { missing: 2, of: 3 }));
    assert_eq!(trouble("x.gguf"), Some(Trouble::Unfinished));
}

#[test]
fn hostile_stores_end() {
    let models = "/home/u/.lmstudio/models";
    let paper = || PaperDisk::new(Os::Linux, "/home/u");
    let mut disk = paper()
        .link(&format!("{models}/loop"), models)
        .link(&format!("{models}/self"), "self")
        .link(&format!("{models}/up"), "/")
        .other(&format!("{models}/p/pipe.gguf"))
        .other("/home/u/.ollama/models/manifests/registry.ollama.ai/library/pipe/1")
        .file("/home/u/.ollama/models/manifests/registry.ollama.ai/library/huge/1", 1 << 40)
        .file(&format!("{models}/\u{1b}[2J\u{202e}evil\n{}/x.gguf", "n".repeat(5_000)), 1);
    for depth in 0..30 {
        disk = disk.file(&format!("{models}/{}deep.gguf", "d/".repeat(depth)), 1);
    }
    let (models, problems) = all(&disk);
    assert!(models.iter().all(|found| found.name.chars().count() <= 201));
    assert!(!models.iter().any(|found| found.path.ends_with("pipe.gguf")), "a pipe is no model");
    let huge = models.iter().find(|found| found.name.starts_with("huge")).expect("the huge manifest");
    assert!(matches!(&huge.trouble, Some(Trouble::Manifest(said)) if said.contains("more than")));
    assert!(problems.iter().any(|problem| matches!(problem, StoreProblem::Deep { .. })), "{problems:?}");
    assert!(disk.asked() < 1_000, "the disk was asked {} times", disk.asked());

    let (mut names, mut files, mut folders) = (paper(), paper(), paper());
    for number in 0..12_000 {
        names = names.file(&format!("/home/u/.cache/llama.cpp/{number}.txt"), 1);
        folders = folders.file(
            &format!("{models}/{}/{number}/x.txt", number % 10, models = "/home/u/.lmstudio/models"),
            1,
        );
    }
    for number in 0..2_500 {
        files = files.file(&format!("/home/u/ComfyUI/models/{number}.safetensors"), 1);
    }
    let (_, problems) = all(&names);
    assert!(matches!(problems.as_slice(), [StoreProblem::ManyNames { .. }]), "{problems:?}");
    let (models, problems) = all(&files);
    assert!(models.len() == 2_000 && problems == [StoreProblem::Stopped], "{} {problems:?}", models.len());
    let (_, problems) = all(&folders);
    assert!(problems.is_empty(), "{problems:?}");
    for disk in [&names, &files, &folders] {
        assert!(disk.asked() < 60_000, "the disk was asked {} times", disk.asked());
    }
}

#[test]
fn a_search_goes_step_by_step_and_can_be_left() {
    let disk = home();
    let mut search = Search::of_all(&disk);
    let before = disk.asked();
    assert!(search.next().is_some());
    assert!(disk.asked() - before < 10, "one folder a step");
    let first = search.progress();
    let all: Vec<Step> = search.by_ref().collect();
    let last = search.progress();
    assert!(first.looked < last.looked && last.waiting == 0, "{first:?} {last:?}");
    assert_eq!(last.models, all.iter().filter(|step| matches!(step, Step::Model(_))).count());
}

#[test]
fn what_this_machine_holds_is_read_for_real() {
    use plimsoll::import::stores::ThisDisk;
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    std::fs::create_dir_all(at("a/b")).expect("folders");
    std::fs::write(at("a/b/m.gguf"), "GGUF").expect("a file");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(at("a"), at("a/b/round")).expect("a link");
        std::os::unix::fs::symlink(at("a/b/m.gguf"), at("a/again.gguf")).expect("a link");
    }
    let (models, problems) = sought(Search::of_folders(&ThisDisk, [folder.path().to_owned()]));
    assert_eq!(problems, []);
    assert_eq!(models.len(), if cfg!(unix) { 2 } else { 1 });
    assert_eq!(bytes_on_disk(models.iter()), 4, "two names of one file");
    assert!(locate(&ThisDisk, "/nowhere").is_none());
}
