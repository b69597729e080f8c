//! What should be known of how a machine is set up, in words.

use super::speed_words::time;
use crate::engine::MachineNote;
use crate::spec::Raise;
use crate::units::{show_gib, show_time};

/// A note in a sentence without its full stop.
pub fn machine_note(note: &MachineNote) -> String {
    match note {
        MachineNote::NothingToRaise => {
            "raised_limit counts for nothing here: this machine has no limit that could safely be raised"
                .to_owned()
        }
        MachineNote::HeldAt { asked, most, raise } => format!(
            "raised_limit was held at {}: {} would starve the system; {}",
            show_gib(*most),
            show_gib(*asked),
            consequence(*raise)
        ),
        MachineNote::StarvesSystem { limit, left, needed, raise } => format!(
            "The limit of {} leaves the system {}, and it needs about {}; {}",
            show_gib(*limit),
            show_gib(*left),
            show_gib(*needed),
            consequence(*raise)
        ),
        MachineNote::FitsRaised { to, certain, raise } => format!(
            "With the limit of the GPU {} {} it {}: {} {}",
            if *certain { "set to" } else { "raised to" },
            show_gib(*to),
            if *certain { "is certain to fit" } else { "fits" },
            raise.command(*to),
            raise.place()
        ),
        MachineNote::Spills { over, reading } => format!(
            "Windows does not refuse the {} that are over: its driver moves them to the system's memory, and the \
             work crawls; reading them over PCIe takes about {} a pass ({}, estimated from the link), and a tenth \
             of the speed was reported",
            show_gib(*over),
            show_time(reading.best),
            time(*reading)
        ),
        MachineNote::ShareOverFree { share, free, starts_with } => format!(
            "vLLM takes {} when it starts and refuses where less is free, which is about {} ({} to {}) here; \
             gpu_memory_utilization=0.{starts_with:02} starts",
            show_gib(*share),
            show_gib(free.best),
            show_gib(free.low),
            show_gib(free.high)
        ),
        MachineNote::OnTheGpu { need, limit } => format!(
            "On the GPU it takes {} of {}; what waits beside it is in the same memory",
            show_gib(*need),
            show_gib(*limit)
        ),
        MachineNote::RatesUnknown { bandwidth, compute } => format!(
            "No speed: {} of this machine {} not known; `plimsoll measure` on it gives a speed, and so does a machine \
             described by its memory, GB/s and TFLOPS",
            match (bandwidth, compute) {
                (true, true) => "bandwidth and compute rate",
                (true, false) => "the bandwidth",
                _ => "the compute rate",
            },
            if *bandwidth && *compute { "are" } else { "is" }
        ),
        MachineNote::NoFan => {
            "It has no fan: the speed is that of its first minutes; warm, it slows down, and by how much was not measured"
                .to_owned()
        }
        MachineNote::MayBeHeld { least, most } => format!(
            "Laptops with this chip are set to {} to {} W: the speed is that of the most, and lasts where the laptop cools \
             that; prompts and training slow down first",
            least.get(),
            most.get()
        ),
    }
}

fn consequence(raise: Option<Raise>) -> &'static str {
    raise.map_or("what happens then is not known", Raise::starved)
}
