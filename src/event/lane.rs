//! Lanes: one for each host, with the sources it wrote.

use crate::event::EventStore;
use crate::event::settle::SourceInfo;
use crate::source::SourceId;

/// A horizontal row of the timeline: a host and its sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// The host's name; `unknown host` where neither text nor folder tells.
    pub host: String,
    /// Its sources, in source order.
    pub sources: Vec<SourceId>,
    /// Number of events.
    pub n_events: usize,
}

/// All lanes, hosts in the order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lanes {
    /// The lanes.
    pub list: Vec<Lane>,
    of_source: Vec<usize>,
}

impl Lanes {
    /// Groups the sources by host.
    pub fn new(infos: &[SourceInfo], events: &EventStore) -> Self {
        let name = |info: &SourceInfo| info.host.clone().unwrap_or_else(|| "unknown host".to_owned());
        let mut hosts: Vec<String> = infos.iter().map(name).collect();
        hosts.sort();
        hosts.dedup();
        let mut list: Vec<Lane> =
            hosts.into_iter().map(|host| Lane { host, sources: Vec::new(), n_events: 0 }).collect();
        let mut of_source = Vec::with_capacity(infos.len());
        for (i, info) in infos.iter().enumerate() {
            let lane = list.binary_search_by(|l| l.host.cmp(&name(info))).unwrap_or(0);
            of_source.push(lane);
            if let Some(l) = list.get_mut(lane) {
                l.sources.push(SourceId(u32::try_from(i).unwrap_or(u32::MAX)));
            }
        }
        for segment in events.segments() {
            if let Some(l) = of_source.get(segment.source.idx()).and_then(|&l| list.get_mut(l)) {
                l.n_events += segment.len();
            }
        }
        Lanes { list, of_source }
    }

    /// The lane that a source belongs to.
    pub fn of_source(&self, source: SourceId) -> usize {
        self.of_source.get(source.idx()).copied().unwrap_or(0)
    }
}
