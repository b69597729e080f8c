//! Memory bandwidth and arithmetic of the GPU, where an adapter answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::{Stopped, Watch};
use crate::spec::{GpuKind, MeasuredGpu};
use crate::units::count;

/// Threads of a workgroup, as the kernels say.
const GROUP: u64 = 256;
/// Bytes of the value a thread copies.
const VALUE: u64 = 16;
/// Operations of a thread that computes: chains × values × rounds × two.
const OPERATIONS: f64 = 8.0 * 4.0 * 256.0 * 2.0;
/// Workgroups in one direction that every adapter takes.
const MOST_GROUPS: u64 = 65_535;
/// How long one submission should take, so that starting it does not matter.
const LASTS: Duration = Duration::from_millis(60);
/// Submissions of each kernel.
const ROUNDS: u32 = 6;
/// A driver that takes longer is not waited for.
const LONGEST: Duration = Duration::from_secs(10);

/// An adapter with its kernels and buffers.
struct Bench {
    device: wgpu::Device,
    queue: wgpu::Queue,
    module: wgpu::ShaderModule,
    source: wgpu::Buffer,
    drain: wgpu::Buffer,
    /// Set when the driver refused something.
    failed: Arc<AtomicBool>,
}

/// Measures the GPU; nothing where there is none, or its driver refuses.
pub(super) fn measure(total: u64, watch: &Watch<'_>) -> Result<Option<MeasuredGpu>, Stopped> {
    let Some((adapter, bench, bytes)) = pollster::block_on(open(total)) else { return Ok(None) };
    watch.reached(0.8)?;
    let copied = bench.rate("copied", bytes / VALUE / GROUP, 2.0 * count(bytes), watch)?;
    watch.reached(0.9)?;
    let groups = MOST_GROUPS.min(4096);
    let computed = bench.rate("computed", groups, count(groups * GROUP) * OPERATIONS, watch)?;
    let info = adapter.get_info();
    let kind = match info.device_type {
        wgpu::DeviceType::DiscreteGpu => GpuKind::Discrete,
        wgpu::DeviceType::Cpu => GpuKind::Processor,
        _ => GpuKind::Integrated,
    };
    Ok(copied.zip(computed).map(|(copy_bytes_per_s, flops_per_s)| MeasuredGpu {
        adapter: info.name,
        kind,
        copy_bytes_per_s,
        flops_per_s,
    }))
}

/// The fastest adapter, two buffers past its caches, and their size in bytes.
async fn open(total: u64) -> Option<(wgpu::Adapter, Bench, u64)> {
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
    let options = wgpu::RequestAdapterOptions {
        power_preference: wgpu::PowerPreference::HighPerformance,
        ..wgpu::RequestAdapterOptions::default()
    };
    let adapter = instance.request_adapter(&options).await.ok()?;
    let limits = adapter.limits();
    let binding = limits.max_storage_buffer_binding_size.min(limits.max_buffer_size);
    let most = binding.min(MOST_GROUPS * GROUP * VALUE).min((total / 16).max(16 << 20));
    let bytes = most / (GROUP * VALUE) * (GROUP * VALUE);
    let wanted = wgpu::DeviceDescriptor { required_limits: limits, ..wgpu::DeviceDescriptor::default() };
    let (device, queue) = adapter.request_device(&wanted).await.ok()?;
    let failed = Arc::new(AtomicBool::new(false));
    let noted = Arc::clone(&failed);
    device.on_uncaptured_error(Arc::new(move |_error: wgpu::Error| noted.store(true, Ordering::Relaxed)));
    let module = device.create_shader_module(wgpu::include_wgsl!("gpu.wgsl"));
    let buffer = |label| {
        let usage = wgpu::BufferUsages::STORAGE;
        device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(label),
            size: bytes,
            usage,
            mapped_at_creation: false,
        })
    };
    let (source, drain) = (buffer("source"), buffer("drain"));
    Some((adapter, Bench { device, queue, module, source, drain, failed }, bytes))
}

impl Bench {
    /// What a kernel does a second, `work` being what one dispatch does; nothing where the driver refused.
    fn rate(&self, kernel: &str, groups: u64, work: f64, watch: &Watch<'_>) -> Result<Option<f64>, Stopped> {
        let pipeline = self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(kernel),
            layout: None,
            module: &self.module,
            entry_point: Some(kernel),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            cache: None,
        });
        let bindings = self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some(kernel),
            layout: &pipeline.get_bind_group_layout(0),
            entries: &[
                wgpu::BindGroupEntry { binding: 0, resource: self.source.as_entire_binding() },
                wgpu::BindGroupEntry { binding: 1, resource: self.drain.as_entire_binding() },
            ],
        });
        let groups = u32::try_from(groups).unwrap_or(u32::MAX);
        // The first touches the pages, the second tells how many fill a submission.
        let (Some(_), Some(once)) =
            (self.submit(&pipeline, &bindings, groups, 1), self.submit(&pipeline, &bindings, groups, 1))
        else {
            return Ok(None);
        };
        let share = (LASTS.as_secs_f64() / once.as_secs_f64().max(1e-6)).clamp(1.0, 256.0);
        let times = u32::try_from(crate::units::whole(share)).unwrap_or(1);
        let mut best: Option<Duration> = None;
        for _ in 0..ROUNDS {
            if watch.stopped() {
                return Err(Stopped);
            }
            let Some(taken) = self.submit(&pipeline, &bindings, groups, times) else { return Ok(None) };
            best = Some(best.map_or(taken, |best| best.min(taken)));
        }
        Ok(best.map(|best| work * f64::from(times) / best.as_secs_f64().max(1e-9)))
    }

    /// Runs a kernel so many times in a row and waits for the end; nothing where the driver refused or hangs.
    fn submit(
        &self,
        pipeline: &wgpu::ComputePipeline,
        bindings: &wgpu::BindGroup,
        groups: u32,
        times: u32,
    ) -> Option<Duration> {
        let mut commands = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let mut pass = commands.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            pass.set_pipeline(pipeline);
            pass.set_bind_group(0, bindings, &[]);
            for _ in 0..times {
                pass.dispatch_workgroups(groups, 1, 1);
            }
        }
        let begun = Instant::now();
        let submission = self.queue.submit([commands.finish()]);
        let wait = wgpu::PollType::Wait { submission_index: Some(submission), timeout: Some(LONGEST) };
        let done = self.device.poll(wait).is_ok() && !self.failed.load(Ordering::Relaxed);
        done.then(|| begun.elapsed())
    }
}
