//! What the user decides while the window is open: the same bytes by other zones, years, names, clocks and formats.

use std::sync::Arc;

use super::{State, Update, Worker};

impl Worker {
    /// Works out what the user decided last. The clocks that were measured before hold until they are measured anew.
    pub(super) fn assume(&self, state: &mut State) {
        let Some((n, decided)) = state.wanted.take() else { return };
        state.config.decide(&decided);
        let stopped = state.stop_measuring();
        if state.search.stop() {
            self.tell(Update::Searched(Err("looking for findings waits for the clocks".to_owned())));
        }
        let recorded = state.growing.decide(&state.latest.recorded, &state.config);
        let known = state.measured.is_some();
        state.take(Arc::new(recorded));
        // First of all, so that nobody sees a moment in which nothing is under way.
        if state.config.causal || known || stopped {
            self.begin(state);
        }
        self.tell(Update::Snapshot(state.latest.clone()));
        self.tell(Update::Assumed(n));
    }
}
