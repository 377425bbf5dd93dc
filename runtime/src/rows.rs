//! Synapses as compressed rows: for every source neuron, its synapses side by side.
//!
//! Synapses are numbered by storage order: by source, then by order of creation. A `Rows` is a proof that starts never
//! decrease, that the last start is the number of synapses, and that every target is below the size of the target population.

/// Compressed rows by source: 4 bytes a synapse and 4 a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    starts: Vec<u32>,
    targets: Vec<u32>,
    source_offset: u32,
    target_limit: u32,
}

impl Rows {
    /// Rows from the start of each and the targets (absolute in the target population of `target_limit` neurons); the first
    /// row is neuron `source_offset` of the source population. `None` where the proof fails.
    #[must_use]
    pub fn new(starts: Vec<u32>, targets: Vec<u32>, source_offset: u32, target_limit: u32) -> Option<Self> {
        let ordered = starts.first() == Some(&0) && starts.is_sorted();
        let complete = starts.last().map(|&end| end as usize) == Some(targets.len());
        let within = targets.iter().all(|&target| target < target_limit);
        (ordered && complete && within).then_some(Self { starts, targets, source_offset, target_limit })
    }

    /// Start of every row, one more than there are rows.
    #[must_use]
    pub fn starts(&self) -> &[u32] {
        &self.starts
    }

    /// Target neuron (absolute) of every synapse.
    #[must_use]
    pub fn targets(&self) -> &[u32] {
        &self.targets
    }

    /// Source neuron (absolute) of the first row.
    #[must_use]
    pub fn source_offset(&self) -> u32 {
        self.source_offset
    }

    /// Size of the target population.
    #[must_use]
    pub fn target_limit(&self) -> u32 {
        self.target_limit
    }

    /// Number of synapses.
    #[must_use]
    pub fn len(&self) -> usize {
        self.targets.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }

    /// Number of rows.
    #[must_use]
    pub fn sources(&self) -> usize {
        self.starts.len() - 1
    }
}
