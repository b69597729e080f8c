//! llama.cpp's memory against its own breakdown, measured without and with allocation.

use plimsoll::catalog::Catalog;
use plimsoll::evidence::{Group, llama_cpp, llama_cpp_graphs};

/// Prints one line a group, so that `--nocapture` shows the table.
#[expect(clippy::print_stdout, reason = "the table is what this test is read for")]
fn print(group: &Group) {
    let worst = group.worst().map(|row| format!("{:+.4} % {}", row.error() * 100.0, row.name));
    println!(
        "{:45} {:5} rows {:5} exact  median {:.4} %  p90 {:.4} %  worst {}",
        group.name,
        group.rows.len(),
        group.exact(),
        group.quantile(0.5) * 100.0,
        group.quantile(0.9) * 100.0,
        worst.unwrap_or_default()
    );
}

fn groups() -> Vec<Group> {
    llama_cpp(&Catalog::built_in()).expect("the shipped tables read")
}

/// Groups that do not agree to the byte in every row, with the rows that do, and the largest error.
const NOT_EXACT: [(&str, usize, f64); 6] = [
    ("llama.cpp grid, CPU", 2174, 0.001_7),
    ("llama.cpp grid, CPU, compute buffer", 2174, 0.031),
    ("llama.cpp, 2 to 4 devices by tensor", 4, 0.001_7),
    ("llama.cpp, some layers on the host", 0, 0.016_5),
    ("llama.cpp, some layers on the host, compute buffer on the device", 0, 0.58),
    ("GGUF file sizes by llama.cpp's quantizer", 0, 0.000_02),
];

#[test]
fn what_llama_cpp_reports_is_met_to_the_byte_but_in_six_groups() {
    let groups = groups();
    let rows: usize = groups.iter().filter(|group| group.total).map(|group| group.rows.len()).sum();
    assert_eq!(rows, 35 * 6 + 4703 + 44 + 100 + 8 + 105 + 60, "every shipped row is compared");
    for group in &groups {
        print(group);
        let loose = NOT_EXACT.iter().find(|(name, ..)| *name == group.name);
        let (exact, worst) = loose.map_or((group.rows.len(), 0.0), |(_, exact, worst)| (*exact, *worst));
        assert!(group.exact() >= exact, "{}: {} to the byte, {:?}", group.name, group.exact(), group.worst());
        assert!(group.quantile(1.0) <= worst, "{}: {:?}", group.name, group.worst());
    }
    let known = |name: &str| groups.iter().any(|group| group.name == name);
    assert!(NOT_EXACT.iter().all(|(name, ..)| known(name)), "every bound is of a group");
}

#[test]
fn half_of_all_errors_are_small_where_layers_lie_on_the_host() {
    for (name, median, p90) in [
        ("llama.cpp, some layers on the host", 0.000_6, 0.005_1),
        ("llama.cpp, some layers on the host, compute buffer on the device", 0.015, 0.22),
        ("llama.cpp, 2 to 4 devices by tensor", 0.000_7, 0.001_7),
    ] {
        let groups = groups();
        let group = groups.iter().find(|group| group.name == name).expect("a group");
        assert!(group.quantile(0.5) <= median, "{name}: median {}", group.quantile(0.5));
        assert!(group.quantile(0.9) <= p90, "{name}: p90 {}", group.quantile(0.9));
    }
}

#[test]
fn graphs_of_further_architectures_agree_to_the_byte() {
    for group in llama_cpp_graphs().expect("the shipped tables read") {
        print(&group);
        assert_eq!((group.rows.len(), group.exact()), (272, 272), "{}: {:?}", group.name, group.worst());
    }
}

#[test]
fn a_model_that_was_measured_and_is_not_known_is_an_error() {
    let error = llama_cpp(&Catalog::from_texts("[]", "[]").0).expect_err("no model is known");
    assert!(error.to_string().contains("Llama-3.1-8B"), "{error}");
}
