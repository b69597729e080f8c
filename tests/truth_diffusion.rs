//! Image and video models against peaks measured in diffusers.

use plimsoll::evidence::{Row, diffusion};

#[test]
fn peaks_of_each_model_are_met() {
    let groups = diffusion().expect("a readable table");
    let mut lines = Vec::new();
    for group in &groups {
        let (median, worst) = (group.quantile(0.5) * 100.0, group.quantile(1.0) * 100.0);
        let rows = group.rows.len();
        lines.push(format!("{}: {rows} rows, median {median:.4} %, worst {worst:.4} %", group.name));
        lines.extend(group.rows.iter().map(|row| {
            let off = (row.predicted - row.measured).get() / 1e6;
            format!("  {:+.4} % ({off:+.1} MB) {}", row.error() * 100.0, row.name)
        }));
    }
    let report = lines.join("\n");
    println!("{report}");
    let rows: Vec<&Row> = groups.iter().flat_map(|group| &group.rows).collect();
    assert_eq!(groups[..3].iter().map(|group| group.rows.len()).sum::<usize>(), 41, "every given row");
    let mut errors: Vec<f64> = rows.iter().map(|row| row.error().abs()).collect();
    errors.sort_by(f64::total_cmp);
    assert!(errors[errors.len() / 2] <= 0.000_01, "the median of all rows\n{report}");
    assert!(errors[errors.len() - 1] <= 0.005, "the worst of all rows\n{report}");
}
