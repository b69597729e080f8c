//! A management library that lies, hangs or crashes as `FAKE_NVML` says. Built by the test that loads it.

use std::ffi::{c_char, c_int, c_uint, c_void};

#[repr(C)]
pub struct Memory {
    version: c_uint,
    total: u64,
    reserved: u64,
    free: u64,
    used: u64,
}

fn says(mode: &str) -> bool {
    std::env::var("FAKE_NVML").is_ok_and(|said| said == mode)
}

unsafe fn write(text: &[u8], to: *mut c_char, length: c_uint) -> c_int {
    for (at, byte) in text.iter().chain(&[0]).take(length as usize).enumerate() {
        unsafe { *to.add(at) = *byte as c_char };
    }
    0
}

#[unsafe(no_mangle)]
pub extern "C" fn nvmlInit_v2() -> c_int {
    if says("hangs") {
        std::thread::sleep(std::time::Duration::from_secs(60));
    }
    if says("crashes") {
        std::process::abort();
    }
    if says("ends") {
        std::process::exit(0);
    }
    println!("a library that prints");
    0
}

#[unsafe(no_mangle)]
pub extern "C" fn nvmlInitWithFlags(_flags: c_uint) -> c_int {
    nvmlInit_v2()
}

#[unsafe(no_mangle)]
pub extern "C" fn nvmlShutdown() -> c_int {
    0
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetCount_v2(count: *mut c_uint) -> c_int {
    unsafe { *count = if says("millions") { c_uint::MAX } else { 1 } };
    0
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetHandleByIndex_v2(index: c_uint, device: *mut *mut c_void) -> c_int {
    unsafe { *device = (index as usize + 1) as *mut c_void };
    0
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetName(_device: *mut c_void, name: *mut c_char, length: c_uint) -> c_int {
    let said: &[u8] = if says("escapes") { b"\x1b[31mRTX\x1b]0;title\x07" } else { b"NVIDIA GeForce RTX 4090" };
    unsafe { write(said, name, length) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetMemoryInfo_v2(_device: *mut c_void, memory: *mut Memory) -> c_int {
    let total: u64 = if says("no-memory") { 0 } else if says("absurd") { u64::MAX } else { 24 << 30 };
    let memory = unsafe { &mut *memory };
    memory.total = total;
    memory.free = if says("more-free") { 99 << 30 } else { total / 2 };
    memory.reserved = 0;
    memory.used = 0;
    0
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlSystemGetDriverVersion(version: *mut c_char, length: c_uint) -> c_int {
    unsafe { write(b"999.99", version, length) }
}
