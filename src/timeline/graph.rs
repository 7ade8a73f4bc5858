//! The edges among events together with the order in which each file holds them, free of circles.
//!
//! Only events that some edge touches are nodes. Edges can run in a circle when a match was false: of a circle's
//! edges the least binding are given up, those against the stamps first, and said to be.

use crate::causality::{Edge, Edges, Rule};
use crate::event::{EventId, EventStore, Flags};

/// A step from one node to another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    /// The later node.
    pub to: usize,
    /// The edge it stands for; `None` for the order in a file.
    pub edge: Option<Edge>,
}

/// Nodes with their links; a node is a position in the sorted list of events.
#[derive(Debug, Default)]
pub(super) struct Graph {
    /// The events, in id order.
    pub nodes: Vec<EventId>,
    links: Vec<(usize, Link)>,
    /// Edges that were given up because they ran in a circle.
    pub given_up: Vec<Edge>,
}

impl Graph {
    /// The graph of all edges. `base` is where an event stands by its own stamp.
    pub(super) fn new(events: &EventStore, edges: &Edges, base: &impl Fn(EventId) -> i64) -> Self {
        let mut nodes: Vec<EventId> = edges.all().iter().flat_map(|e| [e.from, e.to]).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let mut graph = Graph { nodes, ..Graph::default() };
        let at = |id: EventId| graph.nodes.binary_search(&id).unwrap_or(0);
        let mut links: Vec<(usize, Link)> =
            edges.all().iter().map(|e| (at(e.from), Link { to: at(e.to), edge: Some(*e) })).collect();
        // What a file holds later was written later, as long as its stamps do not say otherwise.
        for (i, pair) in graph.nodes.windows(2).enumerate() {
            let [a, b] = pair else { continue };
            let in_order = !events.flags(*b).has(Flags::OUT_OF_ORDER) && base(*b) >= base(*a);
            if events.source(*a) == events.source(*b) && in_order {
                links.push((i, Link { to: i + 1, edge: None }));
            }
        }
        links.sort_by_key(|(from, link)| (*from, link.to, link.edge.is_some()));
        graph.links = links;
        graph.break_circles(base);
        graph
    }

    /// The links that leave a node.
    pub(super) fn links(&self, node: usize) -> impl Iterator<Item = Link> + '_ {
        let first = self.links.partition_point(|(from, _)| *from < node);
        self.links.get(first..).unwrap_or_default().iter().take_while(move |(from, _)| *from == node).map(|(_, l)| *l)
    }

    /// Nodes in an order in which every link goes forward.
    pub(super) fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = self.components().into_iter().flatten().collect();
        order.reverse();
        order
    }

    fn break_circles(&mut self, base: &impl Fn(EventId) -> i64) {
        loop {
            let mut of_node = vec![usize::MAX; self.nodes.len()];
            let mut circles = 0;
            for circle in self.components().into_iter().filter(|c| c.len() > 1) {
                for node in circle {
                    if let Some(slot) = of_node.get_mut(node) {
                        *slot = circles;
                    }
                }
                circles += 1;
            }
            if circles == 0 {
                return;
            }
            let circle = |node: usize| of_node.get(node).copied().unwrap_or(usize::MAX);
            let inside = |(from, link): &(usize, Link)| circle(*from) != usize::MAX && circle(*from) == circle(link.to);
            // The least binding rule, and if some of its edges go against the stamps only those.
            let rank = |e: &Edge| (e.rule, (base(e.from), e.from) > (base(e.to), e.to));
            let mut weakest: Vec<Option<(Rule, bool)>> = vec![None; circles];
            for row in self.links.iter().filter(|row| inside(row)) {
                let (Some(edge), Some(slot)) = (row.1.edge, weakest.get_mut(circle(row.0))) else { continue };
                *slot = (*slot).max(Some(rank(&edge)));
            }
            let before = self.links.len();
            let mut given_up = Vec::new();
            let mut links = std::mem::take(&mut self.links);
            links.retain(|row| {
                let goes = row
                    .1
                    .edge
                    .filter(|e| inside(row) && weakest.get(circle(row.0)).copied().flatten() == Some(rank(e)));
                given_up.extend(goes);
                goes.is_none()
            });
            self.links = links;
            self.given_up.append(&mut given_up);
            if self.links.len() == before {
                return; // cannot be: the order in the files has no circle
            }
        }
    }

    /// Strongly connected components, later ones first (Tarjan's algorithm, without recursion).
    fn components(&self) -> Vec<Vec<usize>> {
        let n = self.nodes.len();
        let starts: Vec<usize> = {
            let mut at = 0;
            let mut next = |node: usize| {
                while self.links.get(at).is_some_and(|(from, _)| *from < node) {
                    at += 1;
                }
                at
            };
            (0..=n).map(&mut next).collect()
        };
        let mut walk = Walk { index: vec![0; n], low: vec![0; n], on_stack: vec![false; n], ..Walk::default() };
        for root in 0..n {
            if walk.index.get(root) == Some(&0) {
                walk.from(root, &starts, &self.links);
            }
        }
        walk.out
    }
}

/// The state of Tarjan's algorithm; index 0 stands for a node not met yet.
#[derive(Default)]
struct Walk {
    index: Vec<usize>,
    low: Vec<usize>,
    on_stack: Vec<bool>,
    stack: Vec<usize>,
    met: usize,
    out: Vec<Vec<usize>>,
}

impl Walk {
    fn enter(&mut self, node: usize) {
        self.met += 1;
        for table in [&mut self.index, &mut self.low] {
            if let Some(slot) = table.get_mut(node) {
                *slot = self.met;
            }
        }
        if let Some(slot) = self.on_stack.get_mut(node) {
            *slot = true;
        }
        self.stack.push(node);
    }

    fn lower(&mut self, node: usize, to: usize) {
        if let Some(slot) = self.low.get_mut(node) {
            *slot = (*slot).min(to);
        }
    }

    fn from(&mut self, root: usize, starts: &[usize], links: &[(usize, Link)]) {
        let mut path: Vec<(usize, usize)> = vec![(root, starts.get(root).copied().unwrap_or(0))];
        self.enter(root);
        while let Some((node, at)) = path.last_mut() {
            let node = *node;
            let next = links.get(*at).filter(|(from, _)| *from == node).map(|(_, link)| link.to);
            *at += 1;
            match next {
                Some(to) if self.index.get(to) == Some(&0) => {
                    self.enter(to);
                    path.push((to, starts.get(to).copied().unwrap_or(0)));
                }
                Some(to) => {
                    if self.on_stack.get(to) == Some(&true) {
                        self.lower(node, self.index.get(to).copied().unwrap_or(0));
                    }
                }
                None => {
                    path.pop();
                    let low = self.low.get(node).copied().unwrap_or(0);
                    if let Some((parent, _)) = path.last() {
                        self.lower(*parent, low);
                    }
                    if self.index.get(node) == Some(&low) {
                        self.leave(node);
                    }
                }
            }
        }
    }

    fn leave(&mut self, root: usize) {
        let mut component = Vec::new();
        while let Some(node) = self.stack.pop() {
            if let Some(slot) = self.on_stack.get_mut(node) {
                *slot = false;
            }
            component.push(node);
            if node == root {
                break;
            }
        }
        self.out.push(component);
    }
}
