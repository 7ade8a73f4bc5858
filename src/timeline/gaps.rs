//! Long stretches without any event, which would take the axis from what happened.
//!
//! Found by halving rows: where the rows of a half lie closer together than the shortest gap that counts, nothing needs
//! to be looked at. The cost follows the number of gaps, not that of events.

/// A gap takes at least this part of the time that is left to be shown.
const LONE: f64 = 0.08;
/// Many gaps of about one length, as between daily jobs, take at least this part of it together.
const MANY: f64 = 0.8;
/// No more are told; with more there would be nothing but gaps.
const MOST: usize = 160;
/// A gap is so many times as long as the usual distance of two events outside of gaps.
const TIMES: f64 = 20.0;
/// So many events stand between two gaps, on average; a slow beat is no row of gaps.
const BETWEEN: usize = 4;
/// Gaps that are told take at least this part of the time, all together, before they should be left out unasked.
const WORTH: f64 = 0.35;
/// The shortest gap looked for, in parts of the time.
const FINE: f64 = 400.0;
/// One band takes this part of the width, many of them at most [`ALL_BANDS`].
const BAND: f64 = 0.035;
const ALL_BANDS: f64 = 0.3;

/// A stretch of time that no event stands in, its ends left out; nanoseconds since 1970 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// When the event before it was.
    pub start: i64,
    /// When the event behind it was.
    pub end: i64,
}

impl Gap {
    /// Its length in nanoseconds.
    pub fn len(&self) -> u64 {
        self.end.abs_diff(self.start)
    }

    /// True when its ends are one instant.
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }
}

/// The gaps of a timeline.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gaps {
    /// The gaps, by time.
    pub list: Vec<Gap>,
    /// How long a gap is drawn when it is left out, in nanoseconds.
    pub width: u64,
    /// The part of the time that they take, 0 to 1.
    pub part: f64,
}

impl Gaps {
    /// Finds the gaps of `n` rows that stand in the order of their times; `time` tells the time of a row.
    pub fn find(n: usize, time: &dyn Fn(usize) -> i64) -> Gaps {
        let Some(last) = n.checked_sub(1) else { return Gaps::default() };
        let whole = time(last).abs_diff(time(0)) as f64;
        let mut left = whole;
        let mut list: Vec<Gap> = Vec::new();
        // What is short beside the whole may be long beside what is left without the longest.
        while list.len() < MOST {
            let mut found = Vec::new();
            let least = (left / FINE).max(2.0) as u64;
            search((0, time(0)), (last, time(last)), least, time, &mut found);
            found.retain(|gap| !list.contains(gap));
            found.sort_by_key(|gap: &Gap| std::cmp::Reverse(gap.len()));
            let Some(longest) = found.first().map(|gap| gap.len() as f64) else { break };
            let alike = found.iter().take_while(|gap| gap.len() as f64 >= longest / 2.0).count();
            let together: f64 = found.iter().take(alike).map(|gap| gap.len() as f64).sum();
            let rare = |gaps: usize, taken: f64| {
                let fits = list.len() + gaps <= MOST && n >= BETWEEN * (list.len() + gaps);
                fits && longest >= (left - taken) / n as f64 * TIMES
            };
            let (taken, gaps) = match () {
                () if longest >= left * LONE && rare(1, longest) => (longest, 1),
                () if together >= left * MANY && rare(alike, together) => (together, alike),
                () => break,
            };
            left -= taken;
            list.extend(found.into_iter().take(gaps));
        }
        list.sort();
        let bands = (BAND * list.len() as f64).min(ALL_BANDS);
        let shortest = list.iter().map(Gap::len).min().unwrap_or(0);
        let width = (left.max(1_000.0) * bands / (1.0 - bands) / list.len().max(1) as f64) as u64;
        let part = if whole > 0.0 { 1.0 - left / whole } else { 0.0 };
        Gaps { list, width: width.clamp(1, (shortest / 2).max(1)), part }
    }

    /// True when leaving them out gives much room to what happened.
    pub fn are_worth_it(&self) -> bool {
        self.part >= WORTH
    }
}

/// Finds gaps of at least this length between two rows.
fn search(a: (usize, i64), b: (usize, i64), least: u64, time: &dyn Fn(usize) -> i64, out: &mut Vec<Gap>) {
    if b.1.abs_diff(a.1) < least || b.0 <= a.0 {
        return;
    }
    if b.0 == a.0 + 1 {
        out.push(Gap { start: a.1, end: b.1 });
        return;
    }
    let row = a.0 + (b.0 - a.0) / 2;
    let middle = (row, time(row));
    search(a, middle, least, time, out);
    search(middle, b, least, time, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(times: &[i64]) -> Gaps {
        Gaps::find(times.len(), &|row| times[row])
    }

    #[test]
    fn a_long_silence_is_found_and_a_regular_beat_is_none() {
        let burst = |at: i64| (0..1_000).map(move |i| at + i * 1_000_000);
        let times: Vec<i64> = burst(0).chain(burst(3_600_000_000_000)).collect();
        let gaps = find(&times);
        assert_eq!(gaps.list, [Gap { start: 999_000_000, end: 3_600_000_000_000 }]);
        assert!(gaps.are_worth_it() && gaps.width < 100_000_000, "{gaps:?}");
        for n in [10, 50, 500] {
            let beat: Vec<i64> = (0..n).map(|i| i * 1_000_000_000).collect();
            assert_eq!(find(&beat).list, []);
        }
    }

    #[test]
    fn nights_between_daily_jobs_are_left_out_together() {
        let day = 86_400_000_000_000_i64;
        let times: Vec<i64> = (0..60).flat_map(|d| (0..40).map(move |i| d * day + i * 5_000_000_000)).collect();
        let gaps = find(&times);
        assert_eq!(gaps.list.len(), 59);
        let bands = gaps.width as f64 * 59.0;
        let busy = 60.0 * 39.0 * 5e9;
        assert!(bands < busy * 0.5, "bands take {bands} beside {busy}");
    }

    #[test]
    fn few_events_and_the_ends_of_time_do_no_harm() {
        assert_eq!(find(&[]).list, []);
        assert_eq!(find(&[5]).list, []);
        assert_eq!(find(&[5, 5, 5]).list, []);
        let gaps = find(&[i64::MIN, 0, i64::MAX]);
        assert!(gaps.list.iter().all(|gap| gap.len() > gaps.width));
    }
}
