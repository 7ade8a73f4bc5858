//! How long it took: to detect, to mitigate, to recover. From markers, and from findings where nothing is marked.

use serde::Serialize;

use super::said::Said;
use super::{Annotation, Kind, When};
use crate::analysis::Analysis;
use crate::detect::Findings;
use crate::event::EventId;
use crate::time::{SECOND, format};

/// Who says when something was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// A marker of the analyst.
    Analyst,
    /// A finding: the first effect that the logs show.
    Logs,
}

/// A moment that figures are counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub when: When,
    /// Who says so.
    pub by: By,
    /// The event that shows it, where one does.
    pub event: Option<EventId>,
}

/// A length of time between two moments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Took {
    /// In nanoseconds; negative when the second was before the first, which is worth a question.
    pub nanos: i64,
    /// One of the two is about.
    pub approximate: bool,
    /// Both to the minute only, or worse.
    pub minutes: bool,
}

impl Took {
    /// As exactly as the two moments were given: `68 s`, `12 min`, with `about` before it where one is about then.
    pub fn words(self, about: &str) -> String {
        let about = if self.approximate { about } else { "" };
        let minute = 60 * SECOND;
        let rounded = |unit: i64| (self.nanos.saturating_add(unit / 2)).div_euclid(unit).saturating_mul(unit);
        let long = self.nanos.unsigned_abs() >= 2 * minute.unsigned_abs();
        let length = match () {
            _ if self.minutes || (self.approximate && long) => {
                if rounded(minute) == 0 {
                    "< 1 min".to_owned()
                } else {
                    format::duration(rounded(minute))
                }
            }
            _ if long || self.approximate => format::duration(rounded(SECOND)),
            // An outage of 68 s is told so, not as a minute and eight seconds.
            _ => {
                let tenths = rounded(SECOND / 10) / (SECOND / 10);
                let sign = if tenths < 0 { "−" } else { "" };
                let fraction = if tenths % 10 == 0 { String::new() } else { format!(".{}", (tenths % 10).abs()) };
                format!("{sign}{}{fraction} s", (tenths / 10).abs())
            }
        };
        format!("{about}{length}")
    }
}

/// The moments of an incident and how long it took between them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// The first trigger.
    pub trigger: Option<Moment>,
    /// When users began to be affected.
    pub impact_start: Option<Moment>,
    /// When they no longer were.
    pub impact_end: Option<Moment>,
    /// The first detection.
    pub detection: Option<Moment>,
    /// The first diagnosis.
    pub diagnosis: Option<Moment>,
    /// The first mitigation.
    pub mitigation: Option<Moment>,
    /// The last recovery.
    pub recovery: Option<Moment>,
}

impl Figures {
    /// What markers say, with the events that they stand on; for the trigger and the start of the impact what findings
    /// say, where no marker does.
    pub fn of<'a>(
        analysis: &Analysis,
        markers: impl IntoIterator<Item = (&'a Annotation, Option<EventId>)>,
        said: &Said,
        findings: &Findings,
    ) -> Self {
        let mut out = Figures::default();
        for (a, event) in markers {
            let Some(when) = a.time(analysis, event) else { continue };
            let moment = Moment { when, by: By::Analyst, event };
            match a.kind {
                Kind::Trigger => first(&mut out.trigger, moment),
                Kind::ImpactStart => first(&mut out.impact_start, moment),
                Kind::Detection => first(&mut out.detection, moment),
                Kind::Diagnosis => first(&mut out.diagnosis, moment),
                Kind::Mitigation => first(&mut out.mitigation, moment),
                Kind::Recovery => last(&mut out.recovery, moment),
                Kind::ImpactEnd => last(&mut out.impact_end, moment),
                Kind::KeyMoment | Kind::RedHerring | Kind::Note => {}
            }
            // A span of impact ends where it says.
            if let (Kind::ImpactStart, Some(when)) = (a.kind, a.until) {
                last(&mut out.impact_end, Moment { when, by: By::Analyst, event: None });
            }
        }
        out.add_findings(analysis, said, findings);
        out
    }

    fn add_findings(&mut self, analysis: &Analysis, said: &Said, findings: &Findings) {
        let Some(story) = findings.stories.iter().find(|s| said.tells(s)) else { return };
        let told = |i: usize| findings.list.get(i).filter(|f| !said.is_put_away(i) && f.first > i64::MIN);
        let moment = |i: usize| {
            let f = told(i)?;
            let event = Some(f.at).filter(|id| analysis.corrected(*id) == Some(f.first));
            let digits = event.map_or(1, |id| analysis.digits(id));
            Some(Moment { when: When::exact(f.first, digits), by: By::Logs, event })
        };
        self.trigger = self.trigger.or_else(|| moment(story.trigger?));
        let impact = || story.impacts.iter().filter_map(|&i| moment(i)).min_by_key(|m| m.when.at);
        self.impact_start = self.impact_start.or_else(impact);
    }

    /// From the start of the impact to its detection.
    pub fn to_detect(&self) -> Option<Took> {
        took(self.impact_start?, self.detection?)
    }

    /// From the start of the impact to the first mitigation.
    pub fn to_mitigate(&self) -> Option<Took> {
        took(self.impact_start?, self.mitigation?)
    }

    /// From the start of the impact to recovery, or else to its end.
    pub fn to_recover(&self) -> Option<Took> {
        took(self.impact_start?, self.recovery.or(self.impact_end)?)
    }

    /// How long users were affected.
    pub fn impact(&self) -> Option<Took> {
        took(self.impact_start?, self.impact_end.or(self.recovery)?)
    }
}

fn first(slot: &mut Option<Moment>, m: Moment) {
    if slot.is_none_or(|there| m.when.at < there.when.at) {
        *slot = Some(m);
    }
}

fn last(slot: &mut Option<Moment>, m: Moment) {
    if slot.is_none_or(|there| m.when.at > there.when.at) {
        *slot = Some(m);
    }
}

fn took(from: Moment, to: Moment) -> Option<Took> {
    use super::when::Precision;
    Some(Took {
        nanos: to.when.at.checked_sub(from.when.at)?,
        approximate: from.when.approximate || to.when.approximate,
        minutes: from.when.precision == Precision::Minute || to.when.precision == Precision::Minute,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_as_exact_as_what_they_follow_from() {
        let of = |seconds: f64, approximate: bool, minutes: bool| {
            Took { nanos: (seconds * 1e9) as i64, approximate, minutes }.words("~")
        };
        assert_eq!(of(68.0, false, false), "68 s");
        assert_eq!(of(68.24, false, false), "68.2 s");
        assert_eq!(of(-12.0, false, false), "−12 s");
        assert_eq!(of(725.0, false, true), "12 min");
        assert_eq!(of(2_412.0, true, false), "~40 min");
        assert_eq!(of(200.4, false, false), "3 min 20 s");
        assert_eq!(of(10.0, false, true), "< 1 min");
    }
}
