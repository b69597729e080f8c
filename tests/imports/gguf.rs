//! GGUF headers of every version and byte order, whole and damaged.

use std::fs;

use crate::support::Gguf;
use plimsoll::import::{Imported, Note, import};
use plimsoll::spec::{Makes, Mixer, Model};

/// What comes of a file with a hole for its data.
fn imported(file: &Gguf) -> Imported {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("small.gguf");
    file.write(&path);
    import(&path).expect("a whole file")
}

/// Parameters of the small model: a tied embedding, a last norm, two layers.
const SMALL: u64 = 6400 + 64 + 2 * (64 * (64 + 32 + 32 + 64) + 3 * 64 * 160 + 128);

#[test]
fn every_version_and_byte_order_says_the_same() {
    let mut seen: Vec<(Option<Model>, Option<f64>)> = Vec::new();
    for (version, big_endian) in [(1, false), (2, false), (3, false), (1, true), (2, true), (3, true)] {
        let imported = imported(&Gguf::new(version, big_endian).one_of_each_kind().small_model("llama"));
        let end = if big_endian { " big-endian" } else { "" };
        assert_eq!(imported.what, format!("GGUF v{version}{end}, llama, F16, 20 tensors"));
        assert_eq!(imported.notes, []);
        seen.push((imported.model, imported.exact_bytes.map(plimsoll::units::Bytes::get)));
    }
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{seen:?}");
    let (model, bytes) = seen.remove(0);
    let model = model.expect("known");
    assert_eq!(format!("{:.0}", model.parameters.value()), SMALL.to_string());
    assert_eq!(bytes.map(|bytes| format!("{bytes:.0}")), Some((SMALL * 2).to_string()));
    assert!(model.tied_embeddings);
    assert_eq!((model.id.as_str(), model.vocabulary, model.layer_count()), ("small", 100, 2));
}

#[test]
fn a_header_cut_at_any_byte_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cut.gguf");
    for (version, big_endian) in [(1, false), (3, false), (3, true)] {
        let whole = Gguf::new(version, big_endian).one_of_each_kind().small_model("llama").bytes();
        fs::write(&path, &whole).expect("writable");
        let file = fs::OpenOptions::new().write(true).open(&path).expect("there");
        for length in (0..whole.len()).rev() {
            file.set_len(length as u64).expect("shorter");
            let error = import(&path).expect_err("it is cut").to_string();
            assert!(error.contains(" at byte "), "{length} bytes: {error}");
        }
        fs::write(&path, &whole).expect("writable");
        let notes = import(&path).expect("a whole header").notes;
        assert!(matches!(notes.as_slice(), [Note::EndsEarly { .. }]), "{notes:?}");
    }
}

#[test]
fn an_unknown_architecture_gives_the_bytes_of_its_tensors() {
    let imported = imported(&Gguf::new(3, false).small_model("hyena"));
    assert_eq!(imported.model, None);
    assert_eq!(
        imported.exact_bytes.map(|bytes| format!("{:.0}", bytes.get())),
        Some((SMALL * 2).to_string())
    );
    let note = imported.notes.first().expect("a note").to_string();
    assert!(
        note.contains("`hyena`") && note.contains("lower bound") && note.contains("44 known names"),
        "{note}"
    );
    assert!(note.len() < 300, "few names are said: {note}");
}

/// Files that no program runs by themselves say what they are, and which file to give.
#[test]
fn what_is_no_language_model_is_said_to_be_none() {
    let kind = |kind: &str, architecture: &str| {
        Gguf::new(3, false).say("general.architecture", architecture).say("general.type", kind)
    };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("other.gguf");
    for (file, says) in [
        (kind("adapter", "llama").tensor("blk.0.attn_q.weight.lora_a", &[64, 8]), "an adapter of `llama`"),
        (kind("imatrix", "llama").tensor("blk.0.attn_q.weight.in_sum2", &[64, 1]), "an importance matrix"),
        (kind("model", "controlvector").tensor("direction.1", &[64]), "a control vector"),
        (kind("model", "llama"), "no tensors"),
    ] {
        file.write(&path);
        let error = import(&path).expect_err("no model").to_string();
        assert!(error.contains(says) && error.contains("give the GGUF of the"), "{error}");
    }
    let projector = kind("mmproj", "clip").tensor("v.blk.0.attn_q.weight", &[64, 64]);
    let imported = imported(&projector.tensor("mm.0.weight", &[64, 128]));
    assert!(imported.notes.iter().any(|note| note.to_string().contains("--mmproj")), "{:?}", imported.notes);
    let file = imported.file.expect("weighed");
    assert_eq!(
        (file.vision, file.tensors().iter().map(|tensor| tensor.bytes).sum()),
        (0, 2 * (64 * 64 + 64 * 128))
    );
    let scored = Gguf::new(3, false).small_model("llama").number("llama.pooling_type", 4);
    let notes = self::imported(&scored).notes;
    assert!(notes.iter().any(|note| note.to_string().contains("rerankers")), "{notes:?}");
}

/// `enum llama_pooling_type`: none, mean, first token, last token, score.
#[test]
fn a_file_says_what_is_made_of_a_text() {
    let makes = |pooling| {
        let file = Gguf::new(3, false).small_model("llama").number("llama.pooling_type", pooling);
        imported(&file).model.expect("known").makes
    };
    let expected = [Makes::Text, Makes::Embeddings, Makes::Embeddings, Makes::Embeddings, Makes::Scores];
    assert_eq!([0, 1, 2, 3, 4].map(makes), expected);
    assert_eq!(imported(&Gguf::new(3, false).small_model("llama")).model.expect("known").makes, Makes::Text);
}

#[test]
fn windows_come_from_the_pattern_in_the_file_or_the_architecture() {
    let window = |file: Gguf| -> Vec<Option<u32>> {
        let model = imported(&file).model.expect("known");
        model
            .layers()
            .map(|block| match &block.mixer {
                Mixer::Attention(attention) => attention.window,
                _ => None,
            })
            .collect()
    };
    let gemma = || Gguf::new(3, false).small_model("gemma2").number("gemma2.attention.sliding_window", 512);
    assert_eq!(window(gemma()), [Some(512), None]);
    let pattern = "gemma2.attention.sliding_window_pattern";
    assert_eq!(window(gemma().flags(pattern, &[false, true])), [None, Some(512)]);
    // Of a list too short for the layers nothing is guessed.
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("short.gguf");
    gemma().flags(pattern, &[true]).write(&path);
    let error = import(&path).expect_err("one flag for two layers").to_string();
    assert!(error.contains("no value for layer 1"), "{error}");
}

#[test]
fn a_window_that_llama_cpp_does_not_use_is_said() {
    let file = Gguf::new(3, false).small_model("phi3").number("phi3.attention.sliding_window", 2047);
    assert_eq!(imported(&file).notes, [Note::WindowIgnored { window: 2047 }]);
}

#[test]
fn shapes_that_contradict_the_settings_are_not_bent() {
    let file = Gguf::new(3, false).small_model("llama").number("llama.attention.key_length", 32);
    let file = file.number("llama.attention.value_length", 32);
    let imported = imported(&file);
    assert_eq!(imported.model, None);
    let note = imported.notes.first().expect("a note").to_string();
    assert!(note.contains("64 outputs, which 4 heads of 32 do not explain"), "{note}");
}

#[test]
fn a_model_in_parts_is_one_model() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |number: u32| folder.path().join(format!("big-{number:05}-of-00003.gguf"));
    Gguf::new(3, false).small_model("llama").write(&path(1));
    Gguf::new(3, false).tensor("extra.a", &[100]).write(&path(2));
    let two_of_three = import(&path(2)).expect("two parts");
    assert_eq!(two_of_three.model, None);
    assert_eq!(two_of_three.notes.first(), Some(&Note::MissingParts { missing: 1, of: 3 }));
    Gguf::new(3, false).tensor("extra.b", &[100]).write(&path(3));
    for given in [&path(1), &path(3), &folder.path().to_owned()] {
        let whole = import(given).expect("three parts");
        assert_eq!(whole.exact_bytes.map(|b| format!("{:.0}", b.get())), Some((SMALL * 2 + 400).to_string()));
        assert_eq!(whole.model.map(|model| model.id).as_deref(), Some("big"));
    }
}

#[test]
fn a_file_of_forty_gigabytes_is_read_in_an_instant() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("large.gguf");
    // Twenty billion numbers of two bytes each, as a hole.
    Gguf::new(3, false).small_model("llama").tensor("extra", &[200_000, 100_000]).write(&path);
    let started = std::time::Instant::now();
    let imported = import(&path).expect("a whole file");
    assert!(started.elapsed().as_millis() < 500, "{:?}", started.elapsed());
    assert!(imported.exact_bytes.is_some_and(|bytes| bytes.as_gb() > 40.0));
    assert_eq!(imported.notes, []);
}

#[test]
fn a_vocabulary_of_any_length_is_stepped_over() {
    let words: Vec<String> =
        (0..20_000).map(|token| "token ".repeat(token % 7)).chain(["long ".repeat(30_000)]).collect();
    for (version, big_endian) in [(1, false), (2, false), (3, false), (3, true)] {
        let file = Gguf::new(version, big_endian).words("tokenizer.ggml.tokens", &words).small_model("llama");
        let read = imported(&file);
        assert_eq!(read.model.map(|model| model.layer_count()), Some(2), "{version} {big_endian}");
        // Cut inside the list it is refused, wherever the buffer ends.
        let whole = file.bytes();
        for end in [100, 65_536, 65_537, 200_000] {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("cut.gguf");
            fs::write(&path, whole.get(..end).expect("longer")).expect("writable");
            assert!(import(&path).is_err(), "{version} {big_endian} {end}");
        }
    }
}
