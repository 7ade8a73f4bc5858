//! The timeline, as a table or as a list.

use super::escape::{Place, code};
use super::parts::Block;
use super::{Form, Writer, clock};
use crate::export::clocks::size;
use crate::export::document::{Row, Stamp};

/// A band below this is not worth a reader's eye, unless it is wider than the way to the next row.
const WORTH_TELLING: i64 = 100_000_000;

/// About how long, in nanoseconds: `±` wants no more.
fn rough(nanos: i64) -> String {
    match nanos {
        i64::MIN..100_000_000 => size(nanos as f64),
        100_000_000..10_000_000_000 => format!("{:.1} s", nanos as f64 / 1e9),
        _ => format!("{:.0} s", nanos as f64 / 1e9),
    }
}

impl Writer<'_> {
    /// The timeline: a sentence on what it shows, and its rows.
    pub(super) fn timeline(&self, form: Form) -> Vec<Block> {
        let t = &self.doc.timeline;
        let mut about = self.flow(&t.about);
        if !t.base.is_empty() {
            about.push_str(&format!(" T+ counts from {}.", self.flow(&t.base)));
        }
        let mut out = if about.is_empty() { Vec::new() } else { vec![Block::Text(about)] };
        if t.rows.is_empty() {
            return out;
        }
        match form {
            Form::Table => out.push(self.table()),
            Form::List => self.list(&mut out),
        }
        out
    }

    fn table(&self) -> Block {
        let second = self.doc.second_zone.as_ref();
        let base = !self.doc.timeline.base.is_empty();
        let zone = |z: &str| format!("Time ({})", super::escape::words(z, Place::Cell));
        let mut heads = vec![zone(&self.doc.zone)];
        heads.extend(second.map(|z| zone(z)));
        heads.extend(base.then(|| "T+".to_owned()));
        heads.extend(["Source", "Event", "Evidence"].map(str::to_owned));
        let n = heads.len();
        let head = format!("| {} |\n|{}", heads.join(" | "), "---|".repeat(n));
        let mut rows = Vec::new();
        let mut date = None;
        for (i, row) in self.doc.timeline.rows.iter().enumerate() {
            let today = day(row);
            if date != Some(today) {
                rows.push(format!("| **{today}** |{}", " |".repeat(n - 1)));
                date = Some(today);
            }
            let mut cells = vec![self.time(i, row)];
            if second.is_some() {
                cells.push(row.at.as_ref().and_then(|s| s.second.as_deref()).map(clock).unwrap_or_default());
            }
            if base {
                cells.push(row.after.clone().unwrap_or_default());
            }
            cells.push(self.source(row, Place::Cell));
            cells.push(self.event(row, Place::Cell));
            cells.push(self.proof(row));
            rows.push(format!("| {} |", cells.join(" | ")));
        }
        Block::Table(head, rows)
    }

    /// The numbers of the row's record and of its copies.
    fn proof(&self, row: &Row) -> String {
        let all = row.evidence.iter().chain(&row.also);
        all.map(|n| self.number(*n)).collect::<Vec<_>>().join(" ")
    }

    fn list(&self, out: &mut Vec<Block>) {
        let mut items: Vec<String> = Vec::new();
        let mut date = None;
        for (i, row) in self.doc.timeline.rows.iter().enumerate() {
            let today = day(row);
            if date != Some(today) {
                if !items.is_empty() {
                    out.push(Block::List(std::mem::take(&mut items)));
                }
                out.push(Block::Heading(3, today.to_owned()));
                date = Some(today);
            }
            let (time, rest) = self.parts_of_time(i, row);
            let rest = if rest.is_empty() { String::new() } else { format!(" ({})", rest.join(", ")) };
            let after = row.after.as_ref().map_or_else(String::new, |a| match a.strip_prefix('−') {
                Some(before) => format!(" T−{before}"),
                None => format!(" T+{a}"),
            });
            let number = if row.evidence.is_some() { format!(" ({})", self.proof(row)) } else { String::new() };
            let source = self.source(row, Place::Flow);
            let source = if source.is_empty() { source } else { format!(" · {source}") };
            items.push(format!("- `{time}`{rest}{after}{source} · {}{number}", self.event(row, Place::Flow)));
        }
        if !items.is_empty() {
            out.push(Block::List(items));
        }
    }

    /// The cell of the time: how far it may be off, and how sure its place is, where that is worth telling.
    fn time(&self, i: usize, row: &Row) -> String {
        let (mut time, rest) = self.parts_of_time(i, row);
        for more in rest {
            time.push_str(if more.starts_with('±') { " " } else { "<br>" });
            time.push_str(&more);
        }
        time
    }

    fn parts_of_time(&self, i: usize, row: &Row) -> (String, Vec<String>) {
        let Some(at) = &row.at else { return ("no time".to_owned(), Vec::new()) };
        let mut time = clock(&at.time);
        if let Some(until) = &row.until {
            let date = if until.date == at.date { String::new() } else { format!("{} ", until.date) };
            time.push_str(&format!(" – {date}{}", clock(&until.time)));
        }
        let mut rest = Vec::new();
        if let Some(band) = at.band_ns.filter(|&band| self.band_matters(i, row, at, band)) {
            rest.push(format!("±{}", rough(band)));
        }
        if let Some(order) = &row.order {
            let why = super::escape::words(&order.why, Place::Cell);
            rest.push(match (order.certainty, order.why.starts_with("within")) {
                ("unknown", true) => format!("order uncertain {why}"),
                // The reason once: rows of one file share it.
                ("unknown", false) if self.told_above(i, row) => "order uncertain".to_owned(),
                ("unknown", false) => format!("order uncertain: {why}"),
                _ => "order probable".to_owned(),
            });
        }
        (time, rest)
    }

    /// True where a row above gave the same reason for its uncertain order.
    fn told_above(&self, i: usize, row: &Row) -> bool {
        self.doc.timeline.rows.iter().take(i).any(|r| r.order == row.order)
    }

    /// True where the band is wide, or a row of another host is nearer than the band.
    fn band_matters(&self, i: usize, row: &Row, at: &Stamp, band: i64) -> bool {
        let rows = &self.doc.timeline.rows;
        let near = |other: Option<&Row>| {
            let other = other.filter(|o| o.host != row.host);
            other.and_then(|o| o.at.as_ref()).is_some_and(|o| o.at.saturating_sub(at.at).saturating_abs() < band)
        };
        // The digits of the time tell as much by themselves.
        let digits = at.time.split_once('.').map_or(0, |(_, fraction)| fraction.len().min(9));
        let told = band <= 10_i64.pow(9 - u32::try_from(digits).unwrap_or(9));
        if told {
            return false;
        }
        band >= WORTH_TELLING || near(i.checked_sub(1).and_then(|i| rows.get(i))) || near(rows.get(i + 1))
    }

    fn source(&self, row: &Row, place: Place) -> String {
        let host = self.short_in(&row.host, place);
        let file = self.name(&row.file, place);
        [host, file].into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join(" ")
    }

    fn short_in(&self, text: &str, place: Place) -> String {
        super::escape::words(&super::parts::shortened(text, super::LONGEST_NAME, "").0, place)
    }

    /// What happened: the part it plays, what it shows, what the author says, the line of the log.
    fn event(&self, row: &Row, place: Place) -> String {
        let roles = if row.roles.is_empty() { String::new() } else { format!("**{}**", row.roles.join(", ")) };
        // What the line says word for word needs no telling beside it.
        let news = |w: &&String| !row.log.contains(w.as_str());
        let words: Vec<String> = row.words.iter().filter(news).map(|w| self.words(w, place)).collect();
        let said = [roles, words.join("; ")].into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join(" — ");
        let mut out: Vec<String> = Vec::new();
        out.extend((!said.is_empty()).then_some(said));
        for a in &row.markdown {
            let by =
                if a.author.is_empty() { String::new() } else { format!(" ({})", self.short_in(&a.author, place)) };
            let text = self.authored(&a.text, place, "the case has the rest");
            out.extend((!text.is_empty()).then(|| text + &by));
        }
        // The line itself is no news where the words quote it whole.
        if !row.log.is_empty() && !row.words.iter().filter(news).any(|w| w.contains(&row.log)) {
            let (log, cut) = super::parts::shortened(&row.log, super::LONGEST, "the evidence has the rest");
            out.push(code(&log, place) + &cut.map_or_else(String::new, |c| format!(" … ({c})")));
        }
        if out.is_empty() { "—".to_owned() } else { out.join("<br>") }
    }
}

/// The date of a row.
fn day(row: &Row) -> &str {
    row.at.as_ref().map_or("no time", |s| s.date.as_str())
}
