//! What the window does with assumptions.
//!
//! It asks for another zone, year, name, offset or format, puts the answer into the case, and pins two lines as one
//! moment. That the analysis follows is seen to by the window.

use std::collections::BTreeSet;

use chrono::{Datelike as _, NaiveDate};

use crate::analysis::Analysis;
use crate::case::Case;
use crate::case::assumption::{Say, What, Whom, offset_text, read_offset, read_zone};
use crate::causality::pin::{Effect, Pinned};
use crate::event::settle::SourceInfo;
use crate::event::{EventId, Flags};
use crate::export::clocks::{overruled, size};
use crate::format::detect;
use crate::source::SourceId;
use crate::time::SECOND;
use crate::ui::assumptions::Assumption;
use crate::ui::reading::Stage;
use crate::ui::state::Overlay;
use crate::ui::text;
use crate::ui::window::Window;

/// Events of a source that are looked at for the first whose stamp can be shown.
const LOOKED_AT: u32 = 2_000;
/// Years that times can be kept in.
const YEARS: std::ops::RangeInclusive<i32> = 1971..=2200;
/// A host's name is at most so long.
const LONGEST_NAME: usize = 253;

/// Something that is done with assumptions.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Shows all of them.
    Review,
    /// Pins the held event and the chosen one as one moment.
    SameMoment,
    /// Asks for another value, below this place on the screen.
    Ask(What, Vec<Whom>, At),
    /// Takes the answer, or says in place what is wrong with it.
    Answer(Box<Ask>),
    /// Lets what was found in the logs hold again.
    Forget(What, Vec<Whom>),
    /// Tells all that is known of an assumption, below this place on the screen.
    Why(Box<Assumption>, At),
    /// Takes a pin away, by its place in the case.
    Unpin(usize),
    /// Opens the details of a source or a host in the list of sources, or closes them.
    Fold(Whom),
}

/// A place on the screen, in whole points.
pub type At = (i32, i32);

/// What of the list of sources is open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustView {
    /// Sources and hosts whose details are shown.
    pub open: BTreeSet<Whom>,
}

/// A question for another value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// What is asked for.
    pub what: Option<What>,
    /// What it is about.
    pub whom: Vec<Whom>,
    /// What was typed.
    pub text: String,
    /// Why, in the user's words.
    pub why: String,
    /// Which of the listed values Enter takes.
    pub idx: usize,
    /// What is wrong with what was typed.
    pub error: Option<String>,
    /// Where on the screen it was asked for.
    pub at: At,
    /// It was just opened: the field wants the keyboard.
    pub fresh: bool,
    /// The first stamp that it would change.
    pub first: Option<First>,
    /// Some stamps lack the whole date, so that a year does not do.
    pub needs_date: bool,
    /// Formats, with the sampled lines that each explains, and how many were sampled.
    pub formats: (Vec<(String, usize)>, usize),
}

/// The first stamp that a decision would change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct First {
    /// As it is written.
    pub stamp: String,
    /// Its civil time in nanoseconds since 1970, as it is read now.
    pub civil: i64,
}

/// Does it.
pub fn run(w: &mut Window, act: Act) {
    match act {
        Act::Review => {
            let open = w.view.overlay == Overlay::Review;
            w.view.overlay = if open { Overlay::None } else { Overlay::Review };
        }
        Act::SameMoment => same_moment(w),
        Act::Ask(what, whom, at) => w.view.overlay = Overlay::Assume(Box::new(ask(w, what, whom, at))),
        Act::Answer(ask) => answer(w, *ask),
        Act::Forget(what, whom) => forget(w, what, &whom),
        Act::Why(assumption, at) => w.view.overlay = Overlay::Why(assumption, at),
        Act::Unpin(idx) => unpin(w, idx),
        Act::Fold(whom) => {
            if !w.view.trust.open.remove(&whom) {
                w.view.trust.open.insert(whom);
            }
        }
    }
}

/// The question, with what is true now.
fn ask(w: &Window, what: What, whom: Vec<Whom>, at: At) -> Ask {
    let analysis = w.shown.judge();
    let case = w.notes.case();
    let source = whom.first().and_then(|whom| source_of(analysis, whom));
    let own = whom.first().and_then(|whom| case.assumed(whom, what));
    let info = source.and_then(|s| analysis.infos.get(s.idx()));
    let text = match what {
        What::Zone | What::Format => String::new(),
        What::Date => own.and_then(|a| a.text(what)).unwrap_or_default(),
        What::Host => match whom.first() {
            Some(Whom::Source(_)) => info.and_then(|i| i.host.clone()).unwrap_or_default(),
            Some(Whom::Host(name)) => own.and_then(|a| a.text(what)).unwrap_or_else(|| name.clone()),
            None => String::new(),
        },
        What::Offset => own.and_then(|a| a.text(what)).unwrap_or_default(),
    };
    let formats = match (what, source.and_then(|s| analysis.sources.get(s.idx()))) {
        (What::Format, Some(source)) => detect::candidates(source.text.bytes(), w.reading.definitions()),
        _ => (Vec::new(), 0),
    };
    Ask {
        what: Some(what),
        text,
        why: own.map(|a| a.why.clone()).unwrap_or_default(),
        at,
        fresh: true,
        first: source.zip(info).and_then(|(source, info)| first(analysis, source, info)),
        needs_date: source.is_some_and(|s| lacks_date(analysis, s)),
        formats,
        whom,
        ..Ask::default()
    }
}

/// The source of that name, or the first of that host.
fn source_of(analysis: &Analysis, whom: &Whom) -> Option<SourceId> {
    let is = |i: &SourceInfo| match whom {
        Whom::Source(name) => i.path == *name,
        Whom::Host(name) => i.named.as_ref() == Some(name),
    };
    analysis.infos.iter().position(is).and_then(|i| u32::try_from(i).ok()).map(SourceId)
}

fn begin(analysis: &Analysis, source: SourceId) -> impl Iterator<Item = EventId> {
    let all = analysis.events.segments().iter().enumerate().filter(move |(_, s)| s.source == source);
    let ids = all.flat_map(|(i, _)| analysis.events.ids_of_segment(i));
    ids.take(LOOKED_AT as usize).map(EventId)
}

fn first(analysis: &Analysis, source: SourceId, info: &SourceInfo) -> Option<First> {
    let lacks = |id: &EventId| {
        let flags = analysis.events.flags(*id);
        let any = [Flags::ASSUMED_ZONE, Flags::ASSUMED_YEAR, Flags::ASSUMED_DATE];
        any.into_iter().any(|f| flags.has(f))
    };
    let id = begin(analysis, source).find(lacks)?;
    let time = analysis.events.time(id)?;
    let zone = info.decision.zone;
    let civil = time.saturating_add(i64::from(zone.east_at(time)) * SECOND);
    let stamp = analysis.record(id).stamp.as_deref().map(|s| text::neutral(s, 40).0)?;
    Some(First { stamp, civil })
}

fn lacks_date(analysis: &Analysis, source: SourceId) -> bool {
    begin(analysis, source).any(|id| analysis.events.flags(id).has(Flags::ASSUMED_DATE))
}

/// Reads what was typed or chosen.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn read(ask: &Ask) -> Result<Say, String> {
    let typed = ask.text.trim();
    match ask.what {
        Some(What::Zone) => read_zone(typed).map(Say::Zone),
        Some(What::Date) => read_date(typed, ask.needs_date),
        Some(What::Host) => read_name(typed),
        Some(What::Offset) => read_offset(typed).map(Say::Offset),
        Some(What::Format) if ask.formats.0.iter().any(|(name, _)| name == typed) => Ok(Say::Format(typed.to_owned())),
        Some(What::Format) => Err(format!("no format that fits is called “{typed}”")),
        None => Err("nothing was asked".to_owned()),
    }
}

fn read_date(typed: &str, needs_date: bool) -> Result<Say, String> {
    if let Ok(date) = typed.parse::<NaiveDate>() {
        return if YEARS.contains(&date.year()) { Ok(Say::Date(date)) } else { Err(years()) };
    }
    if needs_date {
        return Err("these stamps lack the whole date; type it like 2017-10-10".to_owned());
    }
    match typed.parse::<i32>() {
        Ok(year) if YEARS.contains(&year) => Ok(Say::Year(year)),
        Ok(_) => Err(years()),
        Err(_) => Err(format!("“{typed}” is not a year; type it like 2017")),
    }
}

fn years() -> String {
    format!("the year must be between {} and {}", YEARS.start(), YEARS.end())
}

fn read_name(typed: &str) -> Result<Say, String> {
    if typed.is_empty() {
        return Err("a host needs a name".to_owned());
    }
    if typed.len() > LONGEST_NAME || typed.chars().any(char::is_control) {
        return Err("a host's name is one short word".to_owned());
    }
    Ok(Say::Host(typed.to_owned()))
}

/// What an assumption is about, in words: a name, or how many there are.
pub fn about(whom: &[Whom]) -> String {
    match whom {
        [] => "nothing".to_owned(),
        [one] => text::cut_middle(&text::neutral(one.name(), 200).0, 60),
        [Whom::Source(_), ..] => text::plural(whom.len() as u64, "file", "files"),
        many => text::plural(many.len() as u64, "host", "hosts"),
    }
}

fn answer(w: &mut Window, mut ask: Ask) {
    let say = match read(&ask) {
        Ok(say) => say,
        Err(why) => {
            ask.error = Some(why);
            w.view.overlay = Overlay::Assume(Box::new(ask));
            return;
        }
    };
    w.view.overlay = Overlay::None;
    let named = format!("{} of {}", say.what().word(), about(&ask.whom));
    let change = |case: &mut Case| {
        for whom in &ask.whom {
            // A host that is called what its logs call it is not renamed.
            match (&say, whom) {
                (Say::Host(name), Whom::Host(own)) if name == own => case.forget(whom, What::Host),
                _ => case.assume(whom, &say, ask.why.trim()),
            }
        }
    };
    let changed = w.notes.decide(&w.shown.analysis, &named, change);
    let value = match &say {
        Say::Offset(offset) => offset_text(*offset),
        other => text::neutral(&other.text(), 80).0,
    };
    let told = if changed {
        format!("{named} is now {value}; Ctrl+Z takes it back")
    } else {
        format!("{named} is {value} already")
    };
    say_so(w, told, changed);
}

/// Tells what happened; and what is missing for it to be seen.
fn say_so(w: &mut Window, told: String, changed: bool) {
    let waits = changed && !matches!(w.reading.stage, Stage::Reading | Stage::Done);
    let hint = if waits { "; reading was stopped, F5 reads again" } else { "" };
    w.view.message = Some(told + hint);
}

fn forget(w: &mut Window, what: What, whom: &[Whom]) {
    let named = format!("{} of {}", what.word(), about(whom));
    let forget = |case: &mut Case| whom.iter().for_each(|whom| case.forget(whom, what));
    let changed = w.notes.decide(&w.shown.analysis, &named, forget);
    let told = if changed { "is as the logs tell again; Ctrl+Z takes it back" } else { "was not changed" };
    say_so(w, format!("{named} {told}"), changed);
}

fn same_moment(w: &mut Window) {
    let said = match (w.view.compared, w.view.chosen) {
        (None, _) => {
            Err("hold one of the two lines first (X or Ctrl+click), then choose the other and press P".to_owned())
        }
        (_, None) => Err("choose the other line, then press P".to_owned()),
        (Some(a), Some(b)) if a == b => Err("choose another line than the one that is held".to_owned()),
        (Some(a), Some(b)) => can_pin(w.shown.judge(), a, b).map(|()| (a, b)),
    };
    let (a, b) = match said {
        Ok(two) => two,
        Err(why) => {
            w.view.message = Some(why);
            return;
        }
    };
    let analysis = w.shown.analysis.clone();
    let mut new = false;
    w.notes.decide(&analysis, "the pin", |case| new = case.pin(&analysis, a, b));
    let told = if new { "pinned as one moment; Ctrl+Z takes it back" } else { "these two are pinned already" };
    say_so(w, told.to_owned(), new);
}

fn can_pin(analysis: &Analysis, a: EventId, b: EventId) -> Result<(), String> {
    if analysis.events.time(a).is_none() || analysis.events.time(b).is_none() {
        return Err("a line without a time cannot be pinned".to_owned());
    }
    match (clock_lane(analysis, a), clock_lane(analysis, b)) {
        (Some(x), Some(y)) if x == y => {
            let host = analysis.lanes.list.get(x).map_or("one host", |l| &l.host);
            let host = text::neutral(host, 60).0;
            Err(format!("the clock of {host} stamped both; a pin needs lines of two hosts"))
        }
        (Some(_), Some(_)) => Ok(()),
        _ => Err("no file tells whose clock stamped one of them".to_owned()),
    }
}

fn clock_lane(analysis: &Analysis, id: EventId) -> Option<usize> {
    let owned = !analysis.clocks.list.is_empty();
    if owned { analysis.clock_lane(id) } else { Some(analysis.lanes.of_source(analysis.events.source(id))) }
}

fn unpin(w: &mut Window, idx: usize) {
    let remove = |case: &mut Case| {
        if idx < case.pins.len() {
            case.pins.remove(idx);
        }
    };
    let changed = w.notes.decide(&w.shown.analysis, "removing the pin", remove);
    say_so(w, if changed { "pin removed; Ctrl+Z takes it back" } else { "there is no such pin" }.to_owned(), changed);
}

/// What a pin does, in a sentence, safe to draw.
pub fn pin_sentence(analysis: &Analysis, pin: &Pinned) -> String {
    let told = match pin.effect {
        Effect::Waiting => "it is being worked out".to_owned(),
        Effect::Set(lane) => {
            let Some(clock) = analysis.clocks.list.get(lane) else { return String::new() };
            let against = clock.overruled.as_ref().and_then(overruled);
            against.unwrap_or_else(|| {
                format!("it sets the clock of {}: {}", clock.host, crate::export::clocks::off(clock.offset))
            })
        }
        Effect::OneClock => "it changes nothing: one clock stamped both".to_owned(),
        Effect::Floating => "it sets nothing yet: neither host is connected with the reference".to_owned(),
        Effect::Against(apart) => format!(
            "it does not hold: both clocks are set by what else you said, and leave the lines {} apart",
            size(apart)
        ),
        Effect::NoTime => {
            "it sets nothing: one of the lines has no time, or no file tells whose clock it has".to_owned()
        }
        Effect::Lost => "one of the lines is no longer in the files".to_owned(),
    };
    text::neutral(&told, 400).0
}
