//! The figures of speed and cost one by one, by name, as people read them.

use super::speed_words::{dollars, energy, hours, rate, texts, time};
use crate::engine::{Cost, FigureName, Speed, WorkCost};
use crate::units::{
    Band, Dollars, Hours, Ratio, Seconds, show_between, show_decimals, show_dollars, show_figures,
    show_grouped, show_time, whole,
};

/// Every figure of a speed that has a working, what matters most first.
pub fn speed_figures(speed: &Speed) -> Vec<(FigureName, String)> {
    let tokens = |roofline: f64| format!("{} tok/s", show_figures(roofline));
    match speed {
        Speed::Inference(speed) => {
            let mut figures = vec![
                (FigureName::Decode, rate(speed.decode)),
                (FigureName::TimePerOutputToken, time(speed.time_per_output_token)),
                (FigureName::Aggregate, rate(speed.aggregate)),
                (FigureName::Prefill, rate(speed.prefill)),
                (FigureName::TimeToFirstToken, time(speed.time_to_first_token)),
                (FigureName::Request, time(speed.request)),
                (FigureName::Roofline, tokens(speed.roofline.get())),
                (FigureName::PrefillRoofline, tokens(speed.prefill_roofline.get())),
            ];
            figures.extend(speed.task.map(|task| (FigureName::Task, time(task))));
            figures
        }
        Speed::Reading(speed) => vec![
            (FigureName::Texts, texts(speed.texts)),
            (FigureName::Prefill, rate(speed.tokens)),
            (FigureName::TextsAtOnce, time(speed.together)),
            (FigureName::PrefillRoofline, tokens(speed.roofline.get())),
        ],
        Speed::Training(speed) => vec![
            (FigureName::TrainTokens, rate(speed.tokens)),
            (FigureName::RunHours, hours(speed.run)),
            (FigureName::ShareOfPeak, percent(speed.share)),
            (FigureName::Roofline, tokens(speed.roofline.get())),
        ],
        Speed::Gnn(speed) => vec![
            (FigureName::Epoch, time(speed.epoch)),
            (FigureName::RunHours, hours(speed.run)),
            (FigureName::Roofline, show_time(speed.roofline)),
        ],
        Speed::Images(speed) => {
            let mut figures = match speed.run {
                Some(run) => vec![(FigureName::Step, time(speed.image)), (FigureName::RunHours, hours(run))],
                None => {
                    vec![(FigureName::Image, time(speed.image)), (FigureName::Batch, time(speed.batch_time))]
                }
            };
            figures.push((FigureName::Roofline, show_time(speed.roofline)));
            figures
        }
    }
}

/// Every figure of a cost that has a working, what matters most first.
pub fn cost_figures(cost: &Cost, work: Option<&WorkCost>) -> Vec<(FigureName, String)> {
    let mut figures = vec![(FigureName::Total, show_dollars(cost.total))];
    let electricity = cost.electricity.map(|dollars| (FigureName::Electricity, show_dollars(dollars)));
    figures.extend(electricity);
    figures.extend(cost.residual.map(|dollars| (FigureName::Residual, show_dollars(dollars))));
    figures.push((FigureName::Hour, show_dollars(Dollars::new(cost.hour.get()))));
    if let Some(work) = work {
        let tokens = if work.million_prompt_tokens.is_some() {
            FigureName::OutputMillion
        } else {
            FigureName::MillionTokens
        };
        figures.extend(work.million_prompt_tokens.map(|band| (FigureName::InputMillion, dollars(band))));
        figures.extend(work.million_tokens.map(|band| (tokens, dollars(band))));
        figures.extend(work.run.map(|band| (FigureName::RunDollars, dollars(band))));
        figures.extend(work.energy.map(|band| (FigureName::Energy, energy(band))));
    }
    figures
}

fn percent(share: Band<Ratio>) -> String {
    let shown = |share: Ratio| format!("{:.0} %", share.get() * 100.0);
    show_between(&shown(share.low), &shown(share.high))
}

/// A value of a figure as it is read: the best of a band, or an end.
pub fn figure_value(name: FigureName, value: f64) -> String {
    let seconds = || show_time(Seconds::new(value));
    match name {
        FigureName::Decode | FigureName::Aggregate | FigureName::Prefill | FigureName::TrainTokens => {
            format!("{} tok/s", show_figures(value))
        }
        FigureName::PrefillRoofline => format!("{} tok/s", show_figures(value)),
        FigureName::Texts => format!("{} texts/s", show_figures(value)),
        FigureName::TimePerOutputToken
        | FigureName::TimeToFirstToken
        | FigureName::Request
        | FigureName::Task
        | FigureName::TextsAtOnce
        | FigureName::Epoch
        | FigureName::Batch
        | FigureName::Image
        | FigureName::Step => seconds(),
        FigureName::RunHours => show_time(Seconds::new(value * 3600.0)),
        FigureName::BreakEven => long_hours(Hours::new(value)),
        FigureName::ShareOfPeak => format!("{} %", show_decimals(value * 100.0, 1)),
        // Tokens a second, or seconds: its working says which.
        FigureName::Roofline => show_figures(value),
        FigureName::Electricity
        | FigureName::Total
        | FigureName::Hour
        | FigureName::Residual
        | FigureName::MillionTokens
        | FigureName::InputMillion
        | FigureName::OutputMillion
        | FigureName::ApiInput
        | FigureName::ApiOutput
        | FigureName::RunDollars => show_dollars(Dollars::new(value)),
        FigureName::Energy => format!("{} kWh", show_figures(value / 1000.0)),
    }
}

/// Hours as people plan them: `1,609 h`.
pub fn long_hours(hours: Hours) -> String {
    if hours.get() >= 100.0 {
        format!("{} h", show_grouped(whole(hours.get())))
    } else {
        show_time(Seconds::new(hours.get() * 3600.0))
    }
}
