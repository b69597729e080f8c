//! Prices of the user's own: a table `prices.csv` in the user's folder, laid over those that ship.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;

use super::lookup::named;
use crate::spec::{AS_TYPED, Figure, Kind, Machine, Offer, Price, PriceBasis, Priced};
use crate::units::{Dollars, DollarsPerHour, parse_number, quoted};

/// The columns that are read, as a saved comparison names them; others are passed over.
const COLUMNS: [&str; 5] = ["machine", "price_dollars", "rent_dollars_per_hour", "price_basis", "date"];
/// Most lines of a table.
const MOST_LINES: usize = 10_000;

/// What one line says: this machine costs that.
#[derive(Clone, Debug, PartialEq)]
pub struct PriceLine {
    /// Id of the machine.
    pub machine: String,
    /// What it costs.
    pub offer: Offer,
}

/// Why a table of prices is not taken.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PricesError {
    /// It is no table.
    #[error("line {line}: {reason}; write a table with the columns {}", COLUMNS.join(","))]
    Table {
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// A column is missing.
    #[error("there is no column `{column}`; the first line names the columns, as {}", COLUMNS.join(","))]
    Column {
        /// Which.
        column: &'static str,
    },
    /// A figure is none.
    #[error("line {line}: `{text}` is no {column}; write {right}")]
    Figure {
        /// The line, from 1.
        line: u64,
        /// What stands there.
        text: String,
        /// Of which column.
        column: &'static str,
        /// What would be right.
        right: &'static str,
    },
    /// A line without a price.
    #[error("line {line}: `{machine}` has neither price_dollars nor rent_dollars_per_hour")]
    NoPrice {
        /// The line, from 1.
        line: u64,
        /// The machine.
        machine: String,
    },
    /// A machine that is not known.
    #[error("line {line}: no machine `{machine}`; `plimsoll list machines` lists them all")]
    NoMachine {
        /// The line, from 1.
        line: u64,
        /// What was written.
        machine: String,
    },
    /// Nothing in it.
    #[error("the table has no line with a price")]
    Empty,
}

/// Where prices are kept in the user's folder.
pub fn prices_file(folder: &Path) -> PathBuf {
    folder.join("prices.csv")
}

/// Reads a table of prices that were asked on that day where a line says none; machines must be known.
///
/// # Errors
/// The line, what is wrong with it, and what would be right.
pub fn read_prices(
    text: &str,
    machines: &[Arc<Machine>],
    today: &str,
) -> Result<Vec<PriceLine>, PricesError> {
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let wrong = |error: &csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        PricesError::Table { line, reason: quoted(&error.to_string()) }
    };
    let head = reader.headers().map_err(|error| wrong(&error))?.clone();
    let at = |name: &str| head.iter().position(|column| column.eq_ignore_ascii_case(name));
    let id = at("machine").ok_or(PricesError::Column { column: "machine" })?;
    let (buy, rent) = (at("price_dollars"), at("rent_dollars_per_hour"));
    if buy.is_none() && rent.is_none() {
        return Err(PricesError::Column { column: "price_dollars" });
    }
    let (basis, date) = (at("price_basis"), at("date"));
    let mut lines = Vec::new();
    for record in reader.records().take(MOST_LINES) {
        let record = record.map_err(|error| wrong(&error))?;
        let line = record.position().map_or(1, csv::Position::line);
        let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default();
        let asked = cell(Some(id));
        if asked.is_empty() {
            continue;
        }
        let known =
            named(machines, asked).ok_or_else(|| PricesError::NoMachine { line, machine: quoted(asked) })?;
        let day = if cell(date).is_empty() { today } else { cell(date) };
        let digits = day.bytes().all(|sign| sign.is_ascii_digit() || sign == b'-');
        let is_day = day.is_empty() || (digits && (4..=10).contains(&day.len()));
        if !is_day {
            let text = quoted(day);
            return Err(PricesError::Figure { line, text, column: "date", right: "a day, as 2026-11-27" });
        }
        let dollars = |text: &str, column: &'static str| match text {
            "" => Ok(None),
            text => {
                parse_number(text).ok().filter(|number| *number > 0.0 && *number < 1e9).map(Some).ok_or_else(
                    || PricesError::Figure {
                        line,
                        text: quoted(text),
                        column,
                        right: "dollars above 0, as 1999",
                    },
                )
            }
        };
        let (bought, rented) =
            (dollars(cell(buy), "price_dollars")?, dollars(cell(rent), "rent_dollars_per_hour")?);
        let (source, day) = (AS_TYPED.to_owned(), day.to_owned());
        let offer = match (bought, rented) {
            (Some(price), _) => {
                let basis = basis_of(cell(basis), line)?;
                let figure = Figure(Dollars::new(price), Kind::Estimate, source, day.clone());
                Offer::Buy(Price::new(figure, Some(&Priced(basis, day))))
            }
            (None, Some(rent)) => Offer::Rent(Figure(DollarsPerHour::new(rent), Kind::Estimate, source, day)),
            (None, None) => return Err(PricesError::NoPrice { line, machine: quoted(asked) }),
        };
        lines.push(PriceLine { machine: known.id.clone(), offer });
    }
    if lines.is_empty() { Err(PricesError::Empty) } else { Ok(lines) }
}

/// Whose price it is; nothing written is nothing said.
fn basis_of(text: &str, line: u64) -> Result<PriceBasis, PricesError> {
    const ALL: [PriceBasis; 6] = [
        PriceBasis::Launch,
        PriceBasis::List,
        PriceBasis::Street,
        PriceBasis::Used,
        PriceBasis::Refurbished,
        PriceBasis::Unsaid,
    ];
    if text.is_empty() {
        return Ok(PriceBasis::Unsaid);
    }
    ALL.into_iter().find(|basis| basis.key().eq_ignore_ascii_case(text)).ok_or_else(|| PricesError::Figure {
        line,
        text: quoted(text),
        column: "price_basis",
        right: "launch, list, street, used or refurbished",
    })
}

/// Lays prices over machines.
pub(super) fn lay_over(machines: &mut [Arc<Machine>], prices: &[PriceLine]) {
    for line in prices {
        for machine in machines.iter_mut().filter(|machine| machine.id == line.machine) {
            Arc::make_mut(machine).offer = Some(line.offer.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    fn read(text: &str) -> Result<Vec<PriceLine>, PricesError> {
        read_prices(text, &Catalog::built_in().machines, "2026-11-27")
    }

    #[test]
    fn a_table_names_machines_as_people_do() {
        let lines = read("machine,price_dollars,price_basis,date\nrtx-4090,\"$1,850\",used,2026-11\n")
            .expect("a price");
        assert_eq!(lines[0].machine, "rtx-4090-24gb");
        let Offer::Buy(price) = &lines[0].offer else { return assert_eq!(lines, [], "it is to buy") };
        assert_eq!((price.value().get(), price.basis, price.day()), (1850.0, PriceBasis::Used, "2026-11"));
        let rented = read("machine,rent_dollars_per_hour\nrtx-4090,0.4\n").expect("a rent");
        assert!(matches!(rented[0].offer, Offer::Rent(_)));
    }

    #[test]
    fn what_is_wrong_names_its_line() {
        for (text, part) in [
            ("price\n3\n", "no column `machine`"),
            ("machine\nrtx-4090\n", "no column `price_dollars`"),
            ("machine,price_dollars\nrtx-4090,cheap\n", "line 2: `cheap` is no price_dollars"),
            ("machine,price_dollars\nrtx-4090,\n", "line 2: `rtx-4090` has neither"),
            ("machine,price_dollars\nrtx-9999,5\n", "line 2: no machine `rtx-9999`"),
            ("machine,price_dollars,price_basis\nrtx-4090,5,gift\n", "`gift` is no price_basis"),
            ("machine,price_dollars,date\nrtx-4090,5,today\n", "`today` is no date"),
            ("machine,price_dollars\n", "no line with a price"),
        ] {
            let said = read(text).expect_err("it is wrong").to_string();
            assert!(said.contains(part), "{text}: {said}");
        }
    }

    #[test]
    fn prices_in_the_folder_take_the_place_of_those_that_ship() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(prices_file(folder.path()), "machine,price_dollars\nrtx-4090,1234\n").expect("a file");
        let (catalog, problems) = Catalog::load(Some(folder.path()));
        assert_eq!(problems, []);
        let machine = catalog.machine("rtx-4090").expect("it is listed");
        assert!(
            matches!(&machine.offer, Some(Offer::Buy(price)) if (price.value().get() - 1234.0).abs() < 1e-9)
        );
        std::fs::write(prices_file(folder.path()), "machine,price_dollars\nrtx-4090,none\n").expect("a file");
        let (catalog, problems) = Catalog::load(Some(folder.path()));
        assert_eq!((problems.len(), catalog.machines.len()), (1, Catalog::built_in().machines.len()));
        assert!(problems[0].to_string().contains("prices.csv"), "{}", problems[0]);
    }
}
