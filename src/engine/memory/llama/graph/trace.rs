//! A list of tensors in the order they are computed, with copies where the place changes.

use crate::engine::memory::Place;
use crate::engine::working::Detail;

/// Number of a tensor in its trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Id(u32);

/// Which of an operation's sources may give their place to its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reuse {
    /// None: the result needs a place of its own.
    No,
    /// The first source, which has the result's layout.
    First,
    /// The first source or else the second.
    Either,
}

impl Reuse {
    const fn candidates(self) -> usize {
        match self {
            Self::No => 0,
            Self::First => 1,
            Self::Either => 2,
        }
    }
}

/// No tensor.
pub(super) const NONE: u32 = u32::MAX;

/// One tensor with what is known before anything runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tensor {
    /// What it takes of the buffer.
    pub(super) bytes: u64,
    /// What its values take, without a kernel's scratch behind them.
    pub(super) values: u64,
    /// Tensor whose memory it looks at; `NONE` where it has its own.
    pub(super) base: u32,
    pub(super) first_source: u32,
    pub(super) sources: u32,
    pub(super) reuse: u8,
    /// Results handed to the program are never freed nor taken over.
    pub(super) output: bool,
    pub(super) host: bool,
    /// Reads and views left, counted up while the trace is written and down while it runs.
    pub(super) readers: u32,
    pub(super) views: u32,
    pub(super) held: bool,
    pub(super) address: u64,
}

/// A graph under construction.
#[derive(Debug)]
pub(super) struct Trace {
    pub(super) tensors: Vec<Tensor>,
    pub(super) sources: Vec<u32>,
    /// Tensors in the order they are visited; copies for a graph split in one place come before it.
    pub(super) order: Vec<u32>,
    /// Inputs, which are allocated before anything else.
    pub(super) inputs: Vec<u32>,
    /// Copies between the places: source, copy, and whether the copy is on the host.
    pub(super) copies: Vec<(u32, u32, bool)>,
    /// Where in the order the copies of the current graph split end.
    pub(super) split: usize,
    pub(super) host: bool,
    /// How often inputs and copies exist, so that further chunks can be in flight; more than one is never freed.
    pub(super) in_flight: u64,
    /// What each tensor is called in llama.cpp's graph, where workings are wanted.
    pub(super) names: Option<Vec<Name>>,
}

/// What a tensor is called, and whether it is a copy in the other place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    pub(super) text: &'static str,
    pub(super) copy: bool,
}

impl Trace {
    /// An empty trace that computes in `place`, with room for some chunks in flight; names are kept where `detail` asks.
    pub(super) fn new(place: Place, in_flight: u64, detail: Detail) -> Self {
        Self {
            in_flight: in_flight.max(1),
            tensors: Vec::with_capacity(512),
            sources: Vec::with_capacity(768),
            order: Vec::with_capacity(512),
            inputs: Vec::with_capacity(16),
            copies: Vec::with_capacity(16),
            split: 0,
            host: place == Place::Host,
            names: detail.wanted().then(Vec::new),
        }
    }

    /// Computes what follows in `place`; a change starts a new graph split with copies of its own.
    pub(super) fn compute_in(&mut self, place: Place) {
        let host = place == Place::Host;
        if host != self.host {
            self.host = host;
            self.new_split();
        }
    }

    /// Starts a new graph split, as `ggml_backend_sched_split_graph` does before weights it has to copy.
    pub(super) const fn new_split(&mut self) {
        self.split = self.order.len();
    }

    fn push(&mut self, text: &'static str, tensor: Tensor) -> Id {
        let id = u32::try_from(self.tensors.len()).unwrap_or(NONE);
        if let Some(names) = &mut self.names {
            names.push(Name { text, copy: false });
        }
        self.tensors.push(tensor);
        Id(id)
    }

    fn blank(&self, bytes: u64) -> Tensor {
        Tensor {
            bytes,
            values: bytes,
            base: NONE,
            first_source: u32::try_from(self.sources.len()).unwrap_or(NONE),
            sources: 0,
            reuse: 0,
            output: false,
            host: self.host,
            readers: 0,
            views: 0,
            held: false,
            address: 0,
        }
    }

    /// Something the program writes before the pass, in host memory.
    pub(super) fn input(&mut self, name: &'static str, bytes: u64) -> Id {
        let blank = Tensor { host: true, ..self.blank(bytes) };
        let id = self.push(name, blank);
        self.inputs.push(id.0);
        self.spare(name, bytes, true);
        id
    }

    /// The further instances of an input or a copy, each with a place of its own.
    fn spare(&mut self, name: &'static str, bytes: u64, host: bool) {
        for _ in 1..self.in_flight {
            let blank = Tensor { host, output: true, ..self.blank(bytes) };
            let id = self.push(name, blank);
            self.inputs.push(id.0);
        }
    }

    /// Weights or cache that must be copied to the place that computes; freed after their last reader.
    pub(super) fn copy(&mut self, name: &'static str, bytes: u64) -> Id {
        let blank = self.blank(bytes);
        let id = self.push(name, blank);
        self.mark_copy(id);
        self.copy_first(id.0);
        id
    }

    /// Puts a copy among those its graph split starts with.
    fn copy_first(&mut self, copy: u32) {
        self.order.insert(self.split.min(self.order.len()), copy);
        self.split += 1;
    }

    /// The tensor itself, or its copy in the place that computes.
    #[inline]
    fn local(&mut self, id: Id) -> u32 {
        match self.tensors.get(id.0 as usize) {
            Some(source) if source.host != self.host => self.copy_of(id, source.values),
            _ => id.0,
        }
    }

    /// The copy of a tensor in the place that computes, made when it is first read there.
    fn copy_of(&mut self, id: Id, bytes: u64) -> u32 {
        let known = self.copies.iter().find(|(of, _, host)| *of == id.0 && *host == self.host);
        if let Some((_, copy, _)) = known {
            return *copy;
        }
        let mut copy = self.blank(bytes);
        copy.sources = 1;
        self.sources.push(id.0);
        self.count_reader(id.0);
        copy.output = self.in_flight > 1;
        let host = copy.host;
        let name = self.name(id.0).text;
        let copy = self.push(name, copy);
        self.mark_copy(copy);
        if self.in_flight > 1 {
            // Copies for chunks in flight are laid out with the inputs.
            self.inputs.push(copy.0);
            self.spare(name, bytes, host);
        }
        self.copy_first(copy.0);
        self.copies.push((id.0, copy.0, self.host));
        copy.0
    }

    fn mark_copy(&mut self, id: Id) {
        if let Some(name) = self.names.as_mut().and_then(|names| names.get_mut(id.0 as usize)) {
            name.copy = true;
        }
    }

    /// What a tensor is called; nothing where names are not wanted.
    pub(super) fn name(&self, id: u32) -> Name {
        self.names.as_ref().and_then(|names| names.get(id as usize)).copied().unwrap_or_default()
    }

    fn count_reader(&mut self, id: u32) {
        if let Some(source) = self.tensors.get_mut(id as usize) {
            source.readers += 1;
        }
    }

    /// Notes what an operation reads: where its sources begin, and how many they are.
    fn read(&mut self, from: &[Id]) -> (u32, u32) {
        let elsewhere =
            |id: &Id| self.tensors.get(id.0 as usize).is_some_and(|source| source.host != self.host);
        if from.iter().any(elsewhere) {
            // Copies come first, since each of them notes a source of its own.
            for id in from {
                self.local(*id);
            }
        }
        let first = u32::try_from(self.sources.len()).unwrap_or(NONE);
        for id in from {
            let local = self.local(*id);
            self.sources.push(local);
            self.count_reader(local);
        }
        (first, u32::try_from(from.len()).unwrap_or(0))
    }

    /// A result of `bytes` computed from `from`; weights need not be named.
    pub(super) fn compute(&mut self, name: &'static str, bytes: u64, from: &[Id], reuse: Reuse) -> Id {
        let (first_source, sources) = self.read(from);
        let blank = self.blank(bytes);
        let reuse = u8::try_from(reuse.candidates()).unwrap_or(0);
        let id = self.push(name, Tensor { first_source, sources, reuse, ..blank });
        self.order.push(id.0);
        id
    }

    /// A result with `scratch` behind it that the backend needs only while it computes.
    pub(super) fn compute_with_scratch(
        &mut self,
        name: &'static str,
        bytes: u64,
        scratch: u64,
        from: &[Id],
    ) -> Id {
        let id = self.compute(name, bytes.saturating_add(scratch), from, Reuse::No);
        if let Some(tensor) = self.tensors.get_mut(id.0 as usize) {
            tensor.values = bytes;
        }
        id
    }

    /// Another shape of the same memory.
    pub(super) fn view(&mut self, of: Id) -> Id {
        let (first_source, sources) = self.read(&[of]);
        let parent = self.sources.last().copied().unwrap_or(of.0);
        let base = self
            .tensors
            .get(parent as usize)
            .map_or(parent, |tensor| if tensor.base == NONE { parent } else { tensor.base });
        if let Some(base) = self.tensors.get_mut(base as usize) {
            base.views += 1;
        }
        let blank = self.blank(self.tensors.get(base as usize).map_or(0, |tensor| tensor.values));
        let id = self.push("view", Tensor { base, first_source, sources, ..blank });
        self.order.push(id.0);
        id
    }

    /// A part of the same memory.
    pub(super) fn part(&mut self, of: Id, bytes: u64) -> Id {
        let id = self.view(of);
        if let Some(tensor) = self.tensors.get_mut(id.0 as usize) {
            tensor.values = bytes;
        }
        id
    }

    /// A result written into memory that exists already, such as the KV cache.
    pub(super) fn store(&mut self, from: &[Id]) {
        self.compute("store", 0, from, Reuse::No);
    }

    /// Marks a result the program reads after the pass.
    pub(super) fn keep(&mut self, id: Id) {
        if let Some(tensor) = self.tensors.get_mut(id.0 as usize) {
            tensor.output = true;
        }
    }

    /// Bytes of a tensor's values.
    pub(super) fn bytes(&self, id: Id) -> u64 {
        self.tensors.get(id.0 as usize).map_or(0, |tensor| tensor.values)
    }
}
