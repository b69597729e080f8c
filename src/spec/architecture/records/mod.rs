//! The records, a file a maker or a kind.

mod ai2;
mod alibaba;
mod baidu;
mod cohere;
mod deepseek;
mod earlier;
mod encoders;
mod further;
mod google;
mod ibm;
mod inclusion_ai;
mod lg;
mod liquid;
mod meta;
mod microsoft;
mod minimax;
mod mistral;
mod moonshot;
mod nvidia;
mod openai;
mod recurrent;
mod tencent;
mod tii;
mod whole_texts;
mod zhipu;

use super::Architecture;

/// Every record, by file.
pub(super) const FILES: &[&[Architecture]] = &[
    ai2::ALL,
    alibaba::ALL,
    baidu::ALL,
    cohere::ALL,
    deepseek::ALL,
    earlier::ALL,
    encoders::ALL,
    further::ALL,
    google::ALL,
    ibm::ALL,
    inclusion_ai::ALL,
    lg::ALL,
    liquid::ALL,
    meta::ALL,
    microsoft::ALL,
    minimax::ALL,
    mistral::ALL,
    moonshot::ALL,
    nvidia::ALL,
    openai::ALL,
    recurrent::ALL,
    tencent::ALL,
    tii::ALL,
    whole_texts::ALL,
    zhipu::ALL,
];
