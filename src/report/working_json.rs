//! A working in JSON: what a script needs to compute the figure again.

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use crate::engine::working::{Alive, How, Input, Term, Working, Workings};

/// How a figure came about: an expression over named inputs, or a list that sums to `value`.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct WorkingJson {
    /// Over `+ - * / ( )`, the names of `inputs` and numbers, and `min max ceil floor sqrt exp ln`.
    #[serde(skip_serializing_if = "Option::is_none")]
    expression: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inputs: Option<Named<f64>>,
    /// The workings of those inputs that have one.
    #[serde(skip_serializing_if = "Named::is_empty")]
    workings: Named<Self>,
    /// Many like things; their values sum.
    #[serde(skip_serializing_if = "Option::is_none")]
    terms: Option<Vec<TermJson>>,
    /// What a simulated allocator holds at its peak; the bytes sum.
    #[serde(skip_serializing_if = "Option::is_none")]
    alive: Option<Vec<AliveJson>>,
    value: f64,
    source: String,
}

/// The workings of a figure with a band; `low_working` and `high_working` only where those ends are other figures.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct WorkingsJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    working: Option<WorkingJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    low_working: Option<WorkingJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    high_working: Option<WorkingJson>,
}

/// Names with values, in their order.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Named<T>(pub(super) Vec<(&'static str, T)>);

#[derive(Clone, Debug, PartialEq, serde::Serialize)]
struct TermJson {
    name: String,
    count: f64,
    value: f64,
}

#[derive(Clone, Debug, PartialEq, serde::Serialize)]
struct AliveJson {
    name: String,
    bytes: f64,
}

impl From<&Working> for WorkingJson {
    fn from(working: &Working) -> Self {
        let mut json = Self {
            expression: None,
            inputs: None,
            workings: Named(Vec::new()),
            terms: None,
            alive: None,
            value: working.value,
            source: working.source.to_string(),
        };
        match &working.how {
            How::Expression { text, inputs } => {
                // The compiler may break long expressions into lines.
                json.expression = Some(text.split_whitespace().collect::<Vec<_>>().join(" "));
                json.inputs = Some(Named(inputs.iter().map(|input| (input.name, input.value)).collect()));
                json.workings = Named(inputs.iter().filter_map(own_working).collect());
            }
            How::Terms(terms) => json.terms = Some(terms.iter().map(TermJson::from).collect()),
            How::Alive(alive) => json.alive = Some(alive.iter().map(AliveJson::from).collect()),
        }
        json
    }
}

/// The working of an input, where it has one.
fn own_working(input: &Input) -> Option<(&'static str, WorkingJson)> {
    Some((input.name, WorkingJson::from(input.working.as_deref()?)))
}

impl From<&Workings> for WorkingsJson {
    fn from(workings: &Workings) -> Self {
        Self {
            working: Some(WorkingJson::from(workings.best.as_ref())),
            low_working: workings.low.as_deref().map(WorkingJson::from),
            high_working: workings.high.as_deref().map(WorkingJson::from),
        }
    }
}

impl From<&Term> for TermJson {
    fn from(term: &Term) -> Self {
        Self { name: term.name.to_string(), count: term.count, value: term.value }
    }
}

impl From<&Alive> for AliveJson {
    fn from(alive: &Alive) -> Self {
        Self { name: alive.name.to_string(), bytes: alive.bytes }
    }
}

impl<T> Named<T> {
    const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::working::{Detail, Figure, Worked};
    use crate::formula;

    #[test]
    fn an_expression_its_inputs_and_their_own_workings() {
        let bytes = formula!(Detail::Workings, "GGUF"; file = 100.0, share = 0.5 => file * share);
        let seconds = formula!(Detail::Workings, "datasheet"; bytes = bytes, rate = 25.0 => bytes / rate);
        let json =
            serde_json::to_value(WorkingsJson::from(&*Worked::exact(seconds).workings.expect("asked")));
        assert_eq!(
            json.expect("JSON"),
            serde_json::json!({ "working": {
                "expression": "bytes / rate", "inputs": { "bytes": 50.0, "rate": 25.0 },
                "workings": { "bytes": {
                    "expression": "file * share", "inputs": { "file": 100.0, "share": 0.5 },
                    "value": 50.0, "source": "GGUF",
                } },
                "value": 2.0, "source": "datasheet",
            } })
        );
    }

    #[test]
    fn a_list_that_sums() {
        let terms = || vec![Term { name: "layers".into(), count: 2.0, value: 8.0 }];
        let figure = Figure::terms(Detail::Workings, "PyTorch", 8.0, terms);
        let json = serde_json::to_value(WorkingJson::from(&*figure.working.expect("asked"))).expect("JSON");
        let terms = serde_json::json!([{ "name": "layers", "count": 2.0, "value": 8.0 }]);
        assert_eq!(json, serde_json::json!({ "terms": terms, "value": 8.0, "source": "PyTorch" }));
    }
}
