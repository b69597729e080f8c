//! A machine of one's own, as it is typed, and what is wrong with it field by field.

use crate::app::text::{self, Text};
use crate::catalog::check::{Finding, findings_of};
use crate::catalog::{Catalog, Chip, Pool, Size};
use crate::spec::{AS_TYPED, Availability, Body, Figure, Kind, Peaks, PriceBasis, Priced, Vendor};
use crate::units::{
    Bytes, BytesPerSecond, Dollars, FlopsPerSecond, ParseQuantityError, Watts, parse_bytes, parse_number,
    read_number, show_plain,
};

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    /// What it is called.
    Name,
    /// Memory of one card, or all of it.
    Memory,
    /// How fast that memory is.
    Bandwidth,
    /// Dense operations in 16 bit.
    Half,
    /// Operations of the shaders in 32 bit.
    Single,
    /// Operations in 8 bit.
    Eight,
    /// What it costs.
    Price,
    /// Power under load.
    Load,
    /// Power when idle.
    Idle,
}

impl Field {
    /// Every field in the order it is asked.
    pub(crate) const ALL: [Self; 9] = [
        Self::Name,
        Self::Memory,
        Self::Bandwidth,
        Self::Half,
        Self::Single,
        Self::Eight,
        Self::Price,
        Self::Load,
        Self::Idle,
    ];

    /// As it stands before the field.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Name => text::own_machine_name(),
            Self::Memory => text::memory_gib(),
            Self::Bandwidth => text::bandwidth_gb_s(),
            Self::Half => text::dense_16_bit_tflops(),
            Self::Single => text::own_machine_32_bit_tflops(),
            Self::Eight => text::own_machine_8_bit_tops(),
            Self::Price => text::own_machine_price(),
            Self::Load => text::power_under_load_w(),
            Self::Idle => text::power_idle_w(),
        }
    }

    /// Whether nothing can be estimated without it.
    pub(crate) const fn needed(self) -> bool {
        matches!(self, Self::Name | Self::Memory)
    }

    /// The field that a finding of the catalog's audit is about.
    fn of_finding(field: &str) -> Self {
        match field {
            "memory" | "sizes" => Self::Memory,
            "bandwidth" => Self::Bandwidth,
            "peaks.fp16" | "peaks.bf16" => Self::Half,
            "peaks.fp32" => Self::Single,
            "peaks.int8" => Self::Eight,
            "price" => Self::Price,
            "load" => Self::Load,
            "idle" => Self::Idle,
            _ => Self::Name,
        }
    }
}

/// Makers as the form offers them.
pub(crate) const MAKERS: [(Vendor, Text); 5] = [
    (Vendor::Nvidia, || "NVIDIA"),
    (Vendor::Amd, || "AMD"),
    (Vendor::Apple, || "Apple"),
    (Vendor::Intel, || "Intel"),
    (Vendor::Other, text::another_maker),
];

/// Whose memory it computes from, as the form offers it.
pub(crate) const POOLS: [(Pool, Text); 3] = [
    (Pool::Discrete, text::a_cards_own),
    (Pool::Unified, text::shared_with_the_processor),
    (Pool::System, text::the_processors_no_gpu),
];

/// What is typed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OwnMachine {
    /// Texts by field, in the order of [`Field::ALL`].
    texts: [String; 9],
    /// Who makes it.
    pub maker: Vendor,
    /// Whose memory it computes from.
    pub pool: Pool,
    /// Its id where it was kept before: it keeps that.
    pub kept: Option<String>,
}

impl Default for OwnMachine {
    fn default() -> Self {
        Self { texts: Default::default(), maker: Vendor::Nvidia, pool: Pool::Discrete, kept: None }
    }
}

/// What is wrong, and with which field.
pub(crate) type Wrong = (Field, String);

impl OwnMachine {
    /// What stands in a field.
    pub(crate) fn text(&self, field: Field) -> &str {
        Field::ALL
            .iter()
            .position(|each| *each == field)
            .and_then(|at| self.texts.get(at))
            .map_or("", String::as_str)
    }

    /// A field to type in.
    pub(crate) fn text_mut(&mut self, field: Field) -> Option<&mut String> {
        Field::ALL.iter().position(|each| *each == field).and_then(|at| self.texts.get_mut(at))
    }

    /// One that was kept, to be changed; nothing where it has more than the form asks.
    pub(crate) fn of(chip: &Chip) -> Option<Self> {
        let [size] = chip.sizes.as_slice() else { return None };
        let number = show_plain;
        let peak = |figure: &Option<Figure<FlopsPerSecond>>| {
            figure.as_ref().map_or_else(String::new, |rate| number(rate.value().get() / 1e12))
        };
        let watts = |figure: &Option<Figure<Watts>>| {
            figure.as_ref().map_or_else(String::new, |watts| number(watts.value().get()))
        };
        let bandwidth = size.bandwidth.as_ref().or(chip.bandwidth.as_ref());
        Some(Self {
            texts: [
                chip.name.clone(),
                number(size.memory.value().as_gib()),
                bandwidth.map_or_else(String::new, |rate| number(rate.value().as_gb_per_s())),
                peak(&chip.peaks.fp16),
                peak(&chip.peaks.fp32),
                peak(&chip.peaks.int8),
                size.price.as_ref().map_or_else(String::new, |price| number(price.value().get())),
                watts(&chip.load),
                watts(&chip.idle),
            ],
            maker: chip.vendor,
            pool: chip.pool,
            kept: Some(chip.id.clone()),
        })
    }

    /// The record, or everything that is wrong with what was typed.
    pub(crate) fn chip(&self, catalog: &Catalog, today: &str) -> Result<Chip, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let figure = |value: f64| (value, Kind::Estimate, AS_TYPED.to_owned(), today.to_owned());
        let memory = self.memory(&mut wrong);
        let mut number = |field: Field| self.number(field, &mut wrong);
        let bandwidth = number(Field::Bandwidth);
        let (half, single, eight) = (number(Field::Half), number(Field::Single), number(Field::Eight));
        let (price, load, idle) = (number(Field::Price), number(Field::Load), number(Field::Idle));
        let name = self.text(Field::Name).trim().to_owned();
        let id = self.kept.clone().unwrap_or_else(|| id_of(&name));
        if id.is_empty() {
            wrong.push((Field::Name, text::write_what_it_is_called().to_owned()));
        } else if self.kept.is_none() && catalog.machine(&id).is_ok() {
            wrong.push((Field::Name, text::is_a_machine_already_write(&id)));
        }
        let Some(memory) = memory.filter(|_| wrong.is_empty()) else { return Err(wrong) };
        let rate = |value: Option<f64>| {
            value.map(|value| {
                let (value, kind, source, day) = figure(value * 1e12);
                Figure(FlopsPerSecond::new(value), kind, source, day)
            })
        };
        let watts = |value: Option<f64>| {
            value.map(|value| {
                let (value, kind, source, day) = figure(value);
                Figure(Watts::new(value), kind, source, day)
            })
        };
        let (bytes, kind, source, day) = figure(memory.get());
        let price = price
            .map(|value| Figure(Dollars::new(value), Kind::Estimate, AS_TYPED.to_owned(), today.to_owned()));
        let chip = Chip {
            id,
            name,
            aliases: Vec::new(),
            vendor: self.maker,
            chip: String::new(),
            dies: None,
            gpu_cores: None,
            pool: self.pool,
            sizes: vec![Size {
                memory: Figure(Bytes::new(bytes), kind, source, day),
                visible: None,
                gpu_limit: None,
                left_by_system: None,
                bandwidth: None,
                priced: price.as_ref().map(|_| Priced(PriceBasis::Unsaid, today.to_owned())),
                price,
                availability: None,
                note: None,
            }],
            bandwidth: bandwidth.map(|value| {
                let (value, kind, source, day) = figure(value * 1e9);
                Figure(BytesPerSecond::new(value), kind, source, day)
            }),
            interconnect: None,
            peaks: Peaks {
                fp32: rate(single),
                fp16: rate(half),
                bf16: rate(half),
                int8: rate(eight),
                ..Peaks::default()
            },
            load: watts(load),
            idle: watts(idle),
            body: Body::default(),
            availability: Availability::Owned,
            released: None,
            note: None,
        };
        let found: Vec<Wrong> = findings_of(&chip)
            .into_iter()
            .map(|Finding { field, message, .. }| (Field::of_finding(&field), message))
            .collect();
        if found.is_empty() { Ok(chip) } else { Err(found) }
    }

    /// Memory in GiB, unless another unit is typed.
    fn memory(&self, wrong: &mut Vec<Wrong>) -> Option<Bytes> {
        let text = read_number(self.text(Field::Memory).trim());
        if text.is_empty() {
            wrong.push((Field::Memory, text::write_how_much_it_has().to_owned()));
            return None;
        }
        let with_unit = if text.parse::<f64>().is_ok() { format!("{text} GiB") } else { text };
        parse_bytes(&with_unit).map_err(|error| wrong.push((Field::Memory, error.to_string()))).ok()
    }

    /// A number; an empty field says that it is not known.
    fn number(&self, field: Field, wrong: &mut Vec<Wrong>) -> Option<f64> {
        let text = read_number(self.text(field).trim());
        if text.is_empty() {
            return None;
        }
        match parse_number(&text) {
            Ok(number) if number > 0.0 => return Some(number),
            Err(error @ ParseQuantityError::Separator { .. }) => wrong.push((field, error.to_string())),
            _ => wrong.push((field, text::write_a_number_above_0().to_owned())),
        }
        None
    }
}

/// The id that a name becomes: `My 4090 box` is `my-4090-box`.
fn id_of(name: &str) -> String {
    let plain: String = name
        .to_lowercase()
        .chars()
        .map(|sign| if sign.is_ascii_alphanumeric() { sign } else { '-' })
        .collect();
    plain.split('-').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(texts: &[(Field, &str)]) -> OwnMachine {
        let mut form = OwnMachine::default();
        for (field, text) in texts {
            *form.text_mut(*field).expect("it is a field") = (*text).to_owned();
        }
        form
    }

    #[test]
    fn what_is_typed_becomes_a_record_and_back() {
        let catalog = Catalog::built_in();
        let form = typed(&[
            (Field::Name, "My next card"),
            (Field::Memory, "48"),
            (Field::Bandwidth, "1,800"),
            (Field::Half, "250"),
            (Field::Price, "$2,999"),
            (Field::Load, "600"),
        ]);
        let chip = form.chip(&catalog, "2026-11-27").expect("nothing is wrong");
        assert_eq!(chip.id, "my-next-card");
        assert!((chip.sizes[0].memory.value().as_gib() - 48.0).abs() < 1e-9);
        let again = OwnMachine::of(&chip).expect("it has one size");
        assert_eq!(again.chip(&catalog, "2026-11-27").expect("the same"), chip);
    }

    #[test]
    fn every_field_says_what_is_wrong_with_it() {
        let catalog = Catalog::built_in();
        let fields = |texts: &[(Field, &str)]| {
            let wrong = typed(texts).chip(&catalog, "2026-11-27").expect_err("something is wrong");
            wrong.into_iter().map(|(field, _)| field).collect::<Vec<Field>>()
        };
        assert_eq!(fields(&[]), [Field::Memory, Field::Name]);
        let named = [(Field::Name, "Mine"), (Field::Memory, "48")];
        assert_eq!(fields(&[named[0], (Field::Memory, "a lot")]), [Field::Memory]);
        assert_eq!(fields(&[named[0], named[1], (Field::Bandwidth, "fast")]), [Field::Bandwidth]);
        assert_eq!(
            fields(&[named[0], named[1], (Field::Bandwidth, "1800000")]).first(),
            Some(&Field::Bandwidth)
        );
        assert_eq!(fields(&[(Field::Name, "RTX 4090"), named[1]]), [Field::Name]);
        let power = [(Field::Load, "100"), (Field::Idle, "200")];
        assert_eq!(fields(&[named[0], named[1], power[0], power[1]]), [Field::Idle]);
    }
}
