//! Image and video models against peaks measured in diffusers.

use plimsoll::evidence::{Group, diffusion, diffusion_training_groups};

/// Every row with its error, and the errors of all.
fn report(group: &Group) -> String {
    let (median, worst) = (group.quantile(0.5) * 100.0, group.quantile(1.0) * 100.0);
    let rows = group.rows.iter().map(|row| {
        let off = (row.predicted - row.measured).get() / 1e6;
        format!("\n  {:+.4} % ({off:+.1} MB) {}", row.error() * 100.0, row.name)
    });
    let head = format!("{}: {} rows, median {median:.4} %, worst {worst:.4} %", group.name, group.rows.len());
    head + &rows.collect::<String>()
}

#[test]
fn peaks_of_each_model_are_met() {
    let groups = diffusion().expect("a readable table");
    let bounds = [
        ("Image and video, denoiser", 12, 0, 0.0017),
        ("Image and video, VAE", 24, 24, 0.0),
        ("Image and video, text encoders", 5, 0, 0.0012),
        ("Image and video, denoiser, further settings", 18, 6, 0.000_01),
        ("Image and video, VAE, further settings", 28, 26, 0.0038),
    ];
    for (group, (name, rows, exact, worst)) in groups.iter().zip(bounds) {
        let report = report(group);
        println!("{report}");
        assert_eq!((group.name, group.rows.len()), (name, rows), "{report}");
        assert!(group.exact() >= exact && group.quantile(1.0) <= worst, "{report}");
        assert!(group.quantile(0.5) <= 0.000_01, "{report}");
    }
}

/// Video pipelines and steps of training adapters, at settings that no record was made from.
#[test]
fn pipelines_and_adapters_are_met_to_a_hundredth() {
    let mut groups = diffusion().expect("a readable table");
    groups.retain(|group| group.name.contains("models at further settings"));
    groups.extend(diffusion_training_groups().expect("a readable table"));
    for (name, rows) in [("Wan 2.1", 3), ("HunyuanVideo", 7), ("LTX-2", 7), ("FLUX.1-dev, training", 6)] {
        assert!(
            groups.iter().any(|group| group.name.starts_with(name) && group.rows.len() == rows),
            "{name}"
        );
    }
    for group in groups {
        let report = report(&group);
        println!("{report}");
        assert!(group.quantile(1.0) <= 0.01 && group.quantile(0.5) <= 0.01, "{report}");
    }
}
