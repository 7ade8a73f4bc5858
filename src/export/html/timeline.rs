//! The timeline as a table.

use super::escape::{code, plain, words};
use super::{Page, author, band, time};
use crate::export::document::{Row, Stamp};
use crate::words::count;

impl Page<'_> {
    /// The timeline: a row a record or moment, with rows for dates.
    pub(super) fn timeline(&self) -> String {
        let t = &self.doc.timeline;
        let mut about = format!("<p>{}", words(&t.about));
        about.push_str(&format!(" All times {}.", plain(&self.doc.zone)));
        if !t.base.is_empty() {
            about.push_str(&format!(" T+ counts from {}.", words(&t.base)));
        }
        about.push_str("</p>\n");
        if t.rows.is_empty() {
            return about;
        }
        let second = self.doc.second_zone.is_some();
        let based = t.rows.iter().any(|r| r.after.is_some());
        let mut columns = vec![plain(&self.doc.zone)];
        columns.extend(self.doc.second_zone.as_deref().map(plain));
        columns.extend(based.then(|| "T+".to_owned()));
        columns.extend(["Source", "What"].map(str::to_owned));
        let head: String = columns.iter().map(|c| format!("<th scope=\"col\">{c}</th>")).collect();
        let mut body = String::new();
        let mut date = "";
        for row in &t.rows {
            if let Some(at) = row.at.as_ref().filter(|at| at.date != date) {
                date = &at.date;
                body.push_str(&format!(
                    "<tr class=\"date\"><th scope=\"rowgroup\" colspan=\"{}\">{}</th></tr>\n",
                    columns.len(),
                    time(at, date)
                ));
            }
            body.push_str(&self.row(row, second, based));
        }
        let left = if t.left_out == 0 {
            String::new()
        } else {
            format!("<p class=\"none\">{} rows are left out.</p>\n", count(t.left_out as u64))
        };
        format!(
            "{about}<table class=\"timeline stack\">\n<caption>What happened, in order</caption>\n\
             <thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n{left}"
        )
    }

    fn row(&self, row: &Row, second: bool, based: bool) -> String {
        let class = match (row.roles.is_empty(), row.markdown.is_empty() && row.words.is_empty()) {
            (false, _) => " class=\"key\"",
            (true, false) => "",
            (true, true) => " class=\"loud\"",
        };
        let id = row.evidence.map_or_else(String::new, |n| format!(" id=\"t{n}\""));
        let mut out = format!("<tr{class}{id}><td class=\"when\">{}</td>", when(row));
        let zoned = |s: &Stamp| s.second.as_deref().map(plain).unwrap_or_default();
        if second {
            out.push_str(&format!("<td class=\"second\">{}</td>", row.at.as_ref().map(zoned).unwrap_or_default()));
        }
        if based {
            out.push_str(&format!("<td class=\"after\">{}</td>", plain(row.after.as_deref().unwrap_or(""))));
        }
        let source = [&row.host, &row.file].map(|t| words(t));
        let source = source.join(" ");
        out.push_str(&format!("<td class=\"source\">{}</td><td>{}</td></tr>\n", source.trim(), self.what(row)));
        out
    }

    fn what(&self, row: &Row) -> String {
        let mut out = String::new();
        let roles: Vec<String> = row.roles.iter().map(|r| words(r)).collect();
        if !roles.is_empty() {
            out.push_str(&format!("<strong class=\"role\">{}</strong> ", roles.join(", ")));
        }
        // What only repeats the log line is told by that.
        let tells = |w: &&String| !row.roles.is_empty() || !row.log.contains(w.as_str());
        let told: Vec<String> = row.words.iter().filter(tells).map(|w| words(w)).collect();
        out.push_str(&told.join("; "));
        for said in &row.markdown {
            out.push_str(&author::signed(&said.text, &said.author));
        }
        let copies = row.also.iter().map(|n| self.cite(Some(*n)));
        let cite = std::iter::once(self.cite(row.evidence)).chain(copies).collect::<Vec<_>>().join(" ");
        if row.log.is_empty() {
            return format!("{out} {cite}");
        }
        let level = row.level.filter(|_| row.roles.is_empty() && row.words.is_empty());
        let level = level.map(|l| format!("<span class=\"level {l}\">{l}</span> ")).unwrap_or_default();
        format!("{out}<span class=\"log\">{level}{} {cite}</span>", code(&row.log))
    }
}

fn when(row: &Row) -> String {
    let Some(at) = &row.at else { return "<span class=\"band\">no time</span>".to_owned() };
    let mut out = time(at, &at.time);
    out.push_str(&band(at));
    if let Some(until) = &row.until {
        let shown = if until.date == at.date { until.time.clone() } else { format!("{} {}", until.date, until.time) };
        out.push_str(&format!(" – {}", time(until, &shown)));
    }
    if let Some(order) = &row.order {
        let word = if order.certainty == "unknown" { "order uncertain" } else { "order probable" };
        out.push_str(&format!(" <span class=\"order\">{word}: {}</span>", words(&order.why)));
    }
    out
}
