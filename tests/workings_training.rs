//! Every working of training, of graph networks and of diffusion comes to the bytes that are shown beside it.

#[path = "support/evaluate.rs"]
mod evaluate;

use evaluate::evaluate;

#[test]
fn expressions_are_evaluated_with_the_usual_precedence() {
    let inputs = [("layers", 32.0), ("bytes_per_value", 2.0), ("a", 3.0)];
    let is = |text: &str, value: f64| assert_eq!(evaluate(text, &inputs), Some(value), "{text}");
    is("layers * bytes_per_value + 1.0", 65.0);
    is("1.0 + layers * bytes_per_value", 65.0);
    is("layers / bytes_per_value / 4.0", 4.0);
    is("10.0 - 3.0 - 2.0", 5.0);
    is("-(a - 10.0) * 2.0", 14.0);
    is("max(a, min(layers, 8.0)) ^ 2.0", 64.0);
    is("ceil(a / 2.0) + floor(a / 2.0) + sqrt(4.0) + exp(0.0) + ln(1.0)", 6.0);
    is("1_000.5 * 2.0", 2001.0);
    for wrong in ["", "unknown", "1.0 +", "(1.0", "1.0)", "max(1.0)", "a.sqrt()"] {
        assert_eq!(evaluate(wrong, &inputs), None, "{wrong}");
    }
}
