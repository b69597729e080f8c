//! What buffers must hold to run a trace.
//!
//! The rules are those of ggml's graph allocator (`ggml_gallocr_alloc_graph`): inputs first, each result in the tightest
//! free gap, freed after its last reader, and taken over in place by operations that allow it.

use super::heap::Heap;
use super::peak::{Buffers, Peaks};
use super::trace::{NONE, Tensor, Trace};

impl Trace {
    /// Lays the trace out in empty buffers and says how far each was used.
    pub(super) fn reserve(mut self, align: u64) -> Buffers {
        let mut heaps = [Heap::new(align), Heap::new(align)];
        let mut peaks = Peaks::default();
        let named = self.names.is_some();
        for index in std::mem::take(&mut self.inputs) {
            self.place(index, &mut heaps);
            if named {
                self.watch(&heaps, &mut peaks);
            }
        }
        for index in std::mem::take(&mut self.order) {
            self.place(index, &mut heaps);
            if named {
                self.watch(&heaps, &mut peaks);
            }
            self.release_sources(index, &mut heaps);
        }
        peaks.reserved(&heaps)
    }

    /// Notes what is alive where a buffer has grown.
    fn watch(&self, heaps: &[Heap; 2], peaks: &mut Peaks) {
        for (heap, host) in heaps.iter().zip([false, true]) {
            let held = (0_u32..)
                .zip(&self.tensors)
                .filter(|(_, tensor)| tensor.held && tensor.base == NONE && tensor.host == host)
                .map(|(id, tensor)| (self.name(id), tensor.bytes));
            peaks.watch(heap, host, held);
        }
    }

    /// Counts what an operation read as read, and frees what no other will read.
    fn release_sources(&mut self, index: u32, heaps: &mut [Heap; 2]) {
        let Some(tensor) = self.tensors.get(index as usize) else { return };
        let read = tensor.first_source as usize..(tensor.first_source + tensor.sources) as usize;
        for source in self.sources.get(read).unwrap_or_default() {
            release(&mut self.tensors, *source, heaps);
        }
    }

    /// Gives a tensor its address, in place of a source where that is allowed.
    fn place(&mut self, index: u32, heaps: &mut [Heap; 2]) {
        let Some(tensor) = self.tensors.get(index as usize) else { return };
        if tensor.held || tensor.base != NONE {
            return;
        }
        let (bytes, host, first) = (tensor.bytes, tensor.host, tensor.first_source as usize);
        let may_give = u32::from(tensor.reuse).min(tensor.sources) as usize;
        let given = self.sources.get(first..first + may_give).unwrap_or_default();
        let taken_over = given.iter().find_map(|source| take_over(&mut self.tensors, *source, bytes, heaps));
        let address = taken_over.unwrap_or_else(|| heap(heaps, host).take(bytes));
        if let Some(tensor) = self.tensors.get_mut(index as usize) {
            tensor.address = address;
            tensor.held = true;
        }
    }
}

/// The address of a source no one else needs, never of a view; what is left of it is freed.
fn take_over(tensors: &mut [Tensor], source: u32, bytes: u64, heaps: &mut [Heap; 2]) -> Option<u64> {
    let parent = tensors.get_mut(source as usize)?;
    if !parent.held || parent.output || parent.readers != 1 || parent.views != 0 {
        return None;
    }
    parent.held = false;
    let (address, whole) = (parent.address, parent.bytes);
    let heap = heap(heaps, parent.host);
    let used = heap.padded(bytes);
    heap.give(address + used, heap.padded(whole).saturating_sub(used));
    Some(address)
}

/// Counts one read of a source as done and frees it after the last.
fn release(tensors: &mut [Tensor], source: u32, heaps: &mut [Heap; 2]) {
    let Some(tensor) = tensors.get_mut(source as usize) else { return };
    tensor.readers = tensor.readers.saturating_sub(1);
    if tensor.readers != 0 || tensor.views != 0 {
        return;
    }
    let base = tensor.base;
    let owner = if base == NONE { source } else { base };
    let Some(owner) = tensors.get_mut(owner as usize) else { return };
    if base != NONE {
        owner.views = owner.views.saturating_sub(1);
    }
    if owner.views == 0 && owner.readers == 0 && owner.held && !owner.output {
        owner.held = false;
        let (address, bytes, host) = (owner.address, owner.bytes, owner.host);
        heap(heaps, host).give(address, bytes);
    }
}

const fn heap(heaps: &mut [Heap; 2], host: bool) -> &mut Heap {
    let [device, on_host] = heaps;
    if host { on_host } else { device }
}
