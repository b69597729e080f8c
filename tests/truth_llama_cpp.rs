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

#[test]
fn totals_are_those_llama_cpp_reports() {
    let catalog = Catalog::built_in();
    let groups = llama_cpp(|id| catalog.model(id).ok().cloned()).expect("the shipped tables read");
    for group in &groups {
        print(group);
    }
    let rows: usize = groups.iter().filter(|group| group.total).map(|group| group.rows.len()).sum();
    assert_eq!(rows, 35 * 6 + 4703 + 44 + 100 + 8 + 105 + 60, "every shipped row is compared");
    for group in groups.iter().filter(|group| group.total) {
        let (median, worst) = match group.name {
            "some layers on the host" => (0.001, 0.02),
            name if name.starts_with("grid") => (0.0005, 0.002),
            _ => (0.001, 0.005),
        };
        assert!(group.quantile(0.5) <= median, "{}: median {}", group.name, group.quantile(0.5));
        assert!(group.quantile(1.0) <= worst, "{}: worst {:?}", group.name, group.worst());
    }
}

#[test]
fn the_fullest_of_several_devices_agrees_to_the_byte() {
    let catalog = Catalog::built_in();
    let groups = llama_cpp(|id| catalog.model(id).ok().cloned()).expect("the shipped tables read");
    let layers = groups.iter().find(|group| group.name == "1 to 4 devices by layers").expect("a group");
    assert_eq!((layers.rows.len(), layers.exact()), (100, 100), "{:?}", layers.worst());
    let experts = groups.iter().find(|group| group.name == "experts on the host").expect("a group");
    assert_eq!((experts.rows.len(), experts.exact()), (60, 60), "{:?}", experts.worst());
}

#[test]
fn caches_and_states_agree_to_the_byte() {
    let catalog = Catalog::built_in();
    let groups = llama_cpp(|id| catalog.model(id).ok().cloned()).expect("the shipped tables read");
    for group in groups.iter().filter(|group| group.name.ends_with("caches and states")) {
        assert_eq!(group.exact(), group.rows.len(), "{:?}", group.worst());
    }
}

#[test]
fn compute_buffers_alone_agree_too() {
    let catalog = Catalog::built_in();
    let groups = llama_cpp(|id| catalog.model(id).ok().cloned()).expect("the shipped tables read");
    let exact =
        |group: &&Group| group.name.contains("compute buffer") && !group.name.starts_with("some layers");
    let buffers = groups.iter().filter(exact);
    for group in buffers {
        assert!(group.quantile(0.9) <= 0.0002, "{}: p90 {}", group.name, group.quantile(0.9));
        assert!(group.quantile(1.0) <= 0.035, "{}: worst {:?}", group.name, group.worst());
    }
}

#[test]
fn graphs_of_further_architectures_agree() {
    for group in llama_cpp_graphs().expect("the shipped tables read") {
        print(&group);
        assert!(group.rows.len() > 200, "one row a shape and setting");
        assert!(group.quantile(1.0) <= 0.0005, "{}: worst {:?}", group.name, group.worst());
    }
}

#[test]
fn a_model_that_was_measured_and_is_not_known_is_an_error() {
    let error = llama_cpp(|_| None).expect_err("no model is known");
    assert!(error.to_string().contains("Llama-3.1-8B"), "{error}");
}
