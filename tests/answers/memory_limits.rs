//! The rules for the GPU limit give back what machines reported.

use plimsoll::catalog::{Catalog, MemoryLimits, default_gpu_limit, driver_reserve};
use plimsoll::engine::{CeilingKind, ceilings, usable_by_programs};
use plimsoll::spec::{GpuLimit, RaisedLimit, Setup, Vendor, raise_reserve};
use plimsoll::units::{Band, Bytes};

/// Reports are rounded, by at most this share.
const ROUNDING: f64 = 0.001;

#[test]
fn every_reported_limit_follows_from_the_rules() {
    let measured = &MemoryLimits::built_in().measured;
    assert!(measured.len() >= 12, "{} machines", measured.len());
    for machine in measured {
        let reported = *machine.limit.value();
        let (band, basis) = default_gpu_limit(machine.memory, machine.macos);
        let inside = band.low * (1.0 - ROUNDING) <= reported && reported <= band.high * (1.0 + ROUNDING);
        assert!(inside, "{}: {reported:?} is not in {band:?}: {basis}", machine.machine);
        if machine.macos.is_some() {
            let off = (band.best - reported).get().abs() / reported.get();
            assert!(off < ROUNDING, "{}: {band:?}, reported {reported:?}", machine.machine);
        }
    }
}

#[test]
fn an_operating_system_keeps_a_tenth_within_bounds() {
    for (total, low, best, high) in [
        (0.0, 0.0, 0.0, 0.0),
        (4.0, 2.0, 2.5, 3.0),
        (8.0, 4.0, 5.25, 6.5),
        (16.0, 12.0, 13.25, 14.5),
        (40.0, 36.0, 37.25, 38.5),
        (128.0, 115.2, 120.85, 126.5),
        (512.0, 460.8, 485.65, 510.5),
    ] {
        let usable = usable_by_programs(Bytes::gib(total)).map(Bytes::as_gib);
        let close = |gib: f64, expected: f64| (gib - expected).abs() < 1e-9;
        let all = close(usable.low, low) && close(usable.best, best) && close(usable.high, high);
        assert!(all, "{total} GiB: {usable:?}");
    }
}

#[test]
fn a_raised_limit_is_held_under_its_maximum() {
    let catalog = Catalog::built_in();
    let mac = catalog.machine("mac-studio-m5-max-128gb").expect("it is in the catalog");
    for (raised, decides) in [(100.0, 100.0), (120.0, 120.0), (121.0, 120.0), (128.0, 120.0), (500.0, 120.0)]
    {
        let found =
            ceilings(mac, &Setup { raised_limit: RaisedLimit(Some(Bytes::gib(raised))), ..Setup::default() });
        let of = |kind| found.iter().find(|ceiling| ceiling.kind == kind).expect("the ceiling is there");
        let limit = of(CeilingKind::RaisedLimit);
        assert_eq!(limit.bytes, Band::exact(Bytes::gib(decides)), "raised to {raised} GiB");
        assert!(limit.decides && !of(CeilingKind::GpuLimit).decides, "the raised one decides");
    }
    let usual = ceilings(mac, &Setup::default());
    assert!(
        usual.iter().all(|ceiling| ceiling.kind != CeilingKind::RaisedLimit),
        "nothing is raised by itself"
    );
    assert!(
        usual.iter().any(|ceiling| ceiling.kind == CeilingKind::GpuLimit && ceiling.decides),
        "{usual:?}"
    );
}

#[test]
fn limits_by_size_and_generation() {
    for (gib, macos, low, best, high) in [
        (8.0, Some(13), 5.333, 5.333, 5.333),
        (18.0, Some(14), 12.0, 12.0, 12.0),
        (32.0, Some(15), 21.333, 21.333, 21.333),
        (36.0, Some(15), 27.0, 27.0, 27.0),
        (96.0, Some(14), 72.0, 72.0, 72.0),
        (512.0, Some(15), 384.0, 384.0, 384.0),
        (8.0, Some(26), 5.333, 5.92, 5.92),
        (16.0, Some(26), 11.84, 11.84, 11.84),
        (24.0, Some(26), 17.76, 18.0, 18.72),
        (64.0, Some(27), 49.92, 50.688, 53.76),
        (128.0, Some(26), 107.52, 107.52, 107.52),
        (256.0, Some(27), 192.0, 215.04, 235.52),
        (16.0, None, 10.667, 11.84, 11.84),
        (128.0, None, 96.0, 107.52, 107.52),
        (512.0, None, 384.0, 430.08, 471.04),
    ] {
        let (band, basis) = default_gpu_limit(Bytes::gib(gib), macos);
        let close = |bytes: Bytes, expected: f64| (bytes.as_gib() - expected).abs() < 0.001;
        assert!(
            close(band.low, low) && close(band.best, best) && close(band.high, high),
            "{gib} GiB, macOS {macos:?}: {:?}",
            band.map(Bytes::as_gib)
        );
        assert!(!basis.is_empty(), "it says what it rests on");
    }
}

#[test]
fn no_limit_is_above_the_memory_or_out_of_order() {
    for macos in [None, Some(12), Some(15), Some(26), Some(99)] {
        for gib in 0_u32..=2048 {
            let total = Bytes::gib(f64::from(gib));
            let (band, _) = default_gpu_limit(total, macos);
            let ordered = band.low <= band.best && band.best <= band.high && band.high <= total;
            assert!(ordered, "{gib} GiB, macOS {macos:?}: {band:?}");
        }
    }
}

#[test]
fn bases_say_what_is_not_measured() {
    for (gib, macos, expected) in [
        (16.0, Some(15), "macOS 15 lets the GPU take 2/3 of this size"),
        (48.0, Some(26), "78 %, measured on macOS 26"),
        (64.0, Some(26), "between 78 % at 48.0 GiB and 84 % at 128.0 GiB, measured on macOS 26"),
        (256.0, Some(27), "no macOS 26 machine above 128.0 GiB was measured"),
        (8.0, Some(26), "no macOS 26 machine below 16.0 GiB was measured"),
        (
            48.0,
            None,
            "macOS version not known; 36.0 GiB before macOS 26, since then 78 %, measured on macOS 26",
        ),
    ] {
        assert_eq!(default_gpu_limit(Bytes::gib(gib), macos).1, expected);
    }
}

#[test]
fn a_raised_limit_leaves_memory_to_the_system() {
    for (gib, reserve, most) in [
        (16.0, 8.0, None),
        (24.0, 8.0, None),
        (48.0, 8.0, Some(40.0)),
        (128.0, 8.0, Some(120.0)),
        (192.0, 12.0, Some(180.0)),
        (256.0, 16.0, Some(240.0)),
        (512.0, 16.0, Some(496.0)),
    ] {
        let total = Bytes::gib(gib);
        assert_eq!(raise_reserve(total), Bytes::gib(reserve), "{gib} GiB");
        let (default, _) = default_gpu_limit(total, Some(26));
        assert_eq!(GpuLimit::most(total, default), most.map(Bytes::gib), "{gib} GiB");
    }
    assert_eq!(raise_reserve(Bytes::gib(4.0)), Bytes::gib(4.0), "never more than there is");
}

#[test]
fn a_limit_as_a_machine_carries_it() {
    let limits = MemoryLimits::built_in();
    let set = Some(Bytes::gib(120.0));
    let limit = limits.gpu_limit(Bytes::gib(128.0), Some(26), set);
    assert_eq!(limit.set, set);
    assert_eq!(limit.raisable_to, Some(Bytes::gib(120.0)));
    let empty = MemoryLimits::default().default_gpu_limit(Bytes::gib(16.0), None).0;
    assert_eq!(empty, Band { low: Bytes::ZERO, best: Bytes::gib(16.0), high: Bytes::gib(16.0) });
}

#[test]
fn every_maker_has_a_driver_reserve() {
    for vendor in [Vendor::Nvidia, Vendor::Amd, Vendor::Intel, Vendor::Other] {
        let keeps = driver_reserve(vendor);
        assert!(keeps.low > Bytes::ZERO && keeps.high < Bytes::gib(2.0), "{vendor:?}: {keeps:?}");
    }
}
