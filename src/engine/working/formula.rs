//! The macro that computes a figure and keeps its text.

/// Computes a [`Figure`](crate::engine::working::Figure): `formula!(detail, source; a = 2.0, b = 3.0 => a * b)`.
///
/// The expression is compiled, so it is the figure; its text and the values of its inputs are its working, made only
/// where `detail` asks for workings. It may use numbers, `+ - * / ( )`, the inputs, and the functions of
/// [`functions`](crate::engine::working::functions): nothing that a reader could not evaluate. An input is a number, or
/// a figure with a working of its own, which then stays reachable from this one.
///
/// ```
/// use plimsoll::engine::working::Detail;
/// use plimsoll::formula;
///
/// let figure = formula!(Detail::Workings, "llama.cpp, llama_kv_cache"; layers = 32.0, bytes = 4096.0 => layers * bytes);
/// assert_eq!(figure.value, 131_072.0);
/// assert_eq!(figure.working.map(|working| working.text()).as_deref(), Some("layers × bytes"));
/// ```
#[macro_export]
macro_rules! formula {
    ($detail:expr, $source:expr; $($name:ident = $value:expr),* $(,)? => $expression:expr) => {{
        // All values are made before any name is bound, so that a name may be that of what its value is made of.
        let ($($name,)*) = ($($crate::engine::working::Figure::from($value),)*);
        let value: f64 = {
            use $crate::engine::working::functions::{ceil, exp, floor, ln, max, min, sqrt};
            // All are at hand, whichever the expression is made of.
            let _ = (ceil, exp, floor, ln, max, min, sqrt);
            $(let $name: f64 = $name.value;)*
            $expression
        };
        $crate::engine::working::Figure::made($detail, $source, value, || {
            $crate::engine::working::How::Expression {
                text: ::std::borrow::Cow::Borrowed(stringify!($expression)),
                inputs: vec![$($crate::engine::working::Input {
                    name: stringify!($name),
                    value: $name.value,
                    working: $name.working,
                }),*],
            }
        })
    }};
}
