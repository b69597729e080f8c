//! The formats a report is kept in.

use std::path::Path;

use thiserror::Error;

use super::decision::Decision;
use super::pixels::{self, PixelsError};
use super::{Report, advice, chart, csv_text, html, in_words, json, markdown, ron_text};

/// A format a report is kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One file with its charts, to print and to pass on.
    Html,
    /// To read and to paste.
    Markdown,
    /// Re-opens as the same scenario.
    Ron,
    /// For other programs.
    Json,
    /// For spreadsheets.
    Csv,
    /// Its charts alone.
    Svg,
    /// Its charts in pixels.
    Png,
}

/// A file name whose ending says no known format.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum UnknownFormat {
    /// An ending of something else.
    #[error(
        "a report is saved as .html, .md, .ron, .json or .csv, and its charts as .svg or .png; the ending of `{0}` is none of them"
    )]
    Ending(String),
}

impl Format {
    /// Every format, in the order it is offered.
    pub const ALL: [Self; 7] =
        [Self::Html, Self::Markdown, Self::Ron, Self::Json, Self::Csv, Self::Svg, Self::Png];

    /// The ending of its files.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Markdown => "md",
            Self::Ron => "ron",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Svg => "svg",
            Self::Png => "png",
        }
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Html => "HTML (one file, prints)",
            Self::Markdown => "Markdown",
            Self::Ron => "RON (re-opens)",
            Self::Json => "JSON",
            Self::Csv => "CSV",
            Self::Svg => "SVG (charts)",
            Self::Png => "PNG (charts)",
        }
    }

    /// Whether it shows how figures came about.
    pub const fn shows_workings(self) -> bool {
        matches!(self, Self::Html | Self::Markdown)
    }

    /// By the ending of a file name.
    ///
    /// # Errors
    /// When the ending says none of the known formats.
    pub fn of_path(path: &Path) -> Result<Self, UnknownFormat> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|format| format.extension().eq_ignore_ascii_case(ending))
            .ok_or_else(|| UnknownFormat::Ending(path.display().to_string()))
    }
}

/// A report in a format, as the bytes of its file.
///
/// # Errors
/// When the charts cannot be turned into pixels.
pub fn export_bytes(report: &Report, format: Format) -> Result<Vec<u8>, PixelsError> {
    match format {
        Format::Png => pixels::png(&export(report, Format::Svg)),
        text => Ok(export(report, text).into_bytes()),
    }
}

/// The text of a report in a format; of pixels, the charts they are made of.
pub fn export(report: &Report, format: Format) -> String {
    match format {
        Format::Html => html::html(report),
        Format::Markdown => markdown::markdown(report),
        Format::Ron => ron_text::ron_text(report),
        Format::Json => json::report_json(report),
        Format::Csv => csv_text::csv_text(report),
        Format::Svg | Format::Png => {
            let foot = format!(
                "Plimsoll {}, {}, facts of {}",
                report.version,
                in_words(&report.made_on),
                in_words(&report.data_of)
            );
            let decisions: Vec<Decision<'_>> = report.subjects().into_iter().map(Decision::of).collect();
            chart::standalone(&advice::question(report), &foot, &chart::charts_of(&decisions))
        }
    }
}
