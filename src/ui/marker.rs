//! What the analyst marks: kinds on events, on spans, and on moments that no log holds; the list of all of it, and the
//! figures that follow.

use crate::case::annotation::{Annotation, Kind};
use crate::case::figures::Figures;
use crate::case::said::Said;
use crate::case::when::When;
use crate::detect::Findings;
use crate::event::EventId;
use crate::time::{SECOND, format};
use crate::ui::marker_words::{aimed, split_tags};
use crate::ui::notes::{Notes, Typing};
use crate::ui::report::Made;
use crate::ui::state::Tab;
use crate::ui::text;
use crate::ui::widget::time_axis::TimeRange;
use crate::ui::window::Window;

/// A span is drawn on about so many points: its edges cannot be aimed at more exactly.
const AIMED: f64 = 400.0;

/// Something that is done with markers.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Gives this kind to the selected span, else to the chosen event; the same once more takes it away.
    Mark(Kind),
    /// Asks for a moment that no log holds.
    Moment,
    /// Writes a note on the selected span.
    OnSpan,
    /// Goes to the next note of the list.
    Next,
    /// Goes to the one before.
    Previous,
    /// Opens the note of the list to be changed.
    Change,
    /// Takes the note of the list away.
    Remove,
    // Below: with something to do it to.
    /// Gives a kind to an event.
    OnEvent(EventId, Kind),
    /// Marks a moment, and opens it to be written on.
    At(When, Kind),
    /// What was typed into the field of a moment.
    Typed(String),
    /// The kind that the moment will have.
    TypedKind(Kind),
    /// Marks the moment that was typed, or says at the field what is wrong with it.
    Add,
    /// Shows the note of this number, and where it stands on the timeline.
    Show(u32),
    /// Opens the note of this number to be changed; `None` closes it.
    Edit(Option<u32>),
    /// Changes its kind.
    SetKind(u32, Kind),
    /// Changes its words.
    SetText(u32, String),
    /// Changes its author, who is remembered for the next one.
    SetAuthor(u32, String),
    /// Changes its tags, given with commas between them.
    SetTags(u32, String),
    /// Changes when it was, or says at the field what is wrong with that.
    SetTime(u32, String),
    /// Takes it away.
    Delete(u32),
    /// Moves it to the chosen event.
    Attach(u32),
    /// Lists only notes with this tag.
    Tag(Option<String>),
    /// The chosen note has been scrolled to.
    Revealed,
    /// The field that wanted the keyboard has it.
    Focused,
}

/// What wants the keyboard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Focus {
    /// Nothing.
    #[default]
    None,
    /// The list of notes.
    List,
    /// The words of the open note.
    Words,
    /// The field of a moment.
    Moment,
}

/// A moment that is being typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// What was typed.
    pub text: String,
    /// The kind it will have.
    pub kind: Kind,
    /// What is wrong with it.
    pub error: Option<String>,
}

/// What of the notes is looked at.
#[derive(Clone, Debug, Default)]
pub struct NotesView {
    /// The number of the note that is chosen in the list.
    pub current: Option<u32>,
    /// The number of the note that is open to be changed.
    pub editing: Option<u32>,
    /// Only notes with this tag are listed.
    pub tag: Option<String>,
    /// The moment that is being typed.
    pub moment: Moment,
    /// What is wrong with the time that was typed for a note.
    pub wrong_time: Option<(u32, String)>,
    /// What wants the keyboard.
    pub focus: Focus,
    /// The chosen note is to be scrolled to.
    pub reveal: bool,
    /// What follows from the notes.
    pub digest: Digest,
}

/// What follows from the notes, kept while they and the events are the same.
#[derive(Clone, Debug, Default)]
pub struct Digest {
    /// How long it took to detect, to mitigate, to recover.
    pub figures: Figures,
    /// The notes by time; those whose record is gone come first, without a time.
    pub order: Vec<Listed>,
    /// All tags, each once, in order.
    pub tags: Vec<String>,
    made: Option<Made>,
}

/// A note in the order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its number.
    pub number: u32,
    /// Its place in the case when the list was made: a hint.
    pub idx: usize,
    /// When it is, or begins.
    pub when: Option<When>,
}

/// What has the keyboard when the list of notes has it.
pub fn list_id() -> egui::Id {
    egui::Id::unique("note-list")
}

/// Keeps [`Digest`] up to date. Cheap when nothing has changed.
pub fn poll(w: &mut Window) {
    let now = Made::of(w);
    if w.view.notes.digest.made.as_ref().is_some_and(|made| made.is(&now)) {
        return;
    }
    let analysis = &w.shown.analysis;
    let nothing = Findings::default();
    let findings = w.found.as_ref().map_or(&nothing, |f| &*f.findings);
    let case = w.notes.case();
    let said = Said::of(Some(case), analysis, findings);
    let time = |a: &Annotation, place: Option<EventId>| {
        if a.spot().is_some() && place.is_none() { None } else { a.time(analysis, place) }
    };
    let listed = |(idx, (a, place)): (usize, (&Annotation, _))| Listed { number: a.id, idx, when: time(a, place) };
    let mut order: Vec<Listed> = w.notes.all().enumerate().map(listed).collect();
    order.sort_by_key(|l| (l.when.map(|w| w.at), l.number));
    let mut tags: Vec<String> = case.annotations.iter().flat_map(|a| a.tags.iter().cloned()).collect();
    tags.sort();
    tags.dedup();
    let digest =
        Digest { figures: Figures::of(analysis, w.notes.all(), &said, findings), order, tags, made: Some(now) };
    let view = &mut w.view.notes;
    view.digest = digest;
    view.current = view.current.filter(|n| case.get(*n).is_some());
    view.editing = view.editing.filter(|n| case.get(*n).is_some());
    view.tag = view.tag.take().filter(|tag| view.digest.tags.contains(tag));
}

/// The listed notes in order, each with the event it stands on.
pub fn listed<'a>(
    notes: &'a Notes,
    view: &'a NotesView,
) -> impl Iterator<Item = (Listed, &'a Annotation, Option<EventId>)> + 'a {
    let has = |a: &Annotation| view.tag.as_ref().is_none_or(|tag| a.tags.contains(tag));
    let note = |l: &Listed| notes.entry(l.idx, l.number).map(|(a, place)| (*l, a, place));
    view.digest.order.iter().filter_map(note).filter(move |(_, a, _)| has(a))
}

/// Does it.
pub fn run(w: &mut Window, ctx: &egui::Context, act: Act) {
    match act {
        Act::Mark(kind) => mark(w, kind),
        Act::Moment => ask_moment(w),
        Act::OnSpan => on_span(w, Kind::Note, true),
        Act::Next => step(w, true),
        Act::Previous => step(w, false),
        Act::Change => edit(w, w.view.notes.current),
        Act::Remove => {
            if let Some(number) = w.view.notes.current {
                delete(w, number);
            }
        }
        Act::OnEvent(id, kind) => on_event(w, id, kind),
        Act::At(when, kind) => add_moment(w, when, None, kind),
        Act::Typed(typed) => w.view.notes.moment = Moment { text: typed, error: None, ..w.view.notes.moment.clone() },
        Act::TypedKind(kind) => w.view.notes.moment.kind = kind,
        Act::Add => add_typed(w),
        Act::Show(number) => show(w, number),
        Act::Edit(number) => edit(w, number),
        Act::SetKind(number, kind) => {
            w.notes.change(&w.shown.analysis, number, None, "the kind of the note", |a| a.kind = kind);
        }
        Act::SetText(number, words) => set(w, number, "text", |a| words.trim().clone_into(&mut a.comment)),
        Act::SetAuthor(number, name) => {
            w.keeper.settings.author = name.trim().to_owned();
            set(w, number, "author", |a| name.trim().clone_into(&mut a.author));
        }
        Act::SetTags(number, tags) => set(w, number, "tags", |a| a.tags = split_tags(&tags)),
        Act::SetTime(number, typed) => set_time(w, number, &typed),
        Act::Delete(number) => delete(w, number),
        Act::Attach(number) => attach(w, number),
        Act::Tag(tag) => w.view.notes.tag = tag,
        Act::Revealed => w.view.notes.reveal = false,
        Act::Focused => w.view.notes.focus = Focus::None,
    }
    ctx.request_repaint();
}

/// Marks the chosen event, or takes its mark away.
pub fn toggle_mark(w: &mut Window) {
    match w.view.chosen {
        Some(id) => w.notes.toggle_mark(&w.shown.analysis, id, &w.keeper.author()),
        None => w.view.message = Some("no event is chosen".to_owned()),
    }
}

/// Puts the keyboard into the comment of the chosen event.
pub fn begin_comment(w: &mut Window) {
    if w.view.chosen.is_none() {
        w.view.message = Some("no event is chosen".to_owned());
        return;
    }
    w.view.show_tab(Tab::Event);
    w.view.focus_comment = true;
}

fn set(w: &mut Window, number: u32, part: &'static str, change: impl FnOnce(&mut Annotation)) {
    let what = format!("the {part} of the note");
    w.notes.change(&w.shown.analysis, number, Some(Typing::Marker(number, part)), &what, change);
}

fn mark(w: &mut Window, kind: Kind) {
    if w.view.lanes.span.is_some() {
        on_span(w, kind, kind == Kind::Note);
    } else if let Some(id) = w.view.chosen {
        on_event(w, id, kind);
    } else {
        w.view.notes.moment.kind = kind;
        ask_moment(w);
        w.view.message = Some("no event is chosen; type when it was".to_owned());
    }
}

fn on_event(w: &mut Window, id: EventId, kind: Kind) {
    let analysis = w.shown.analysis.clone();
    let word = kind.title().to_lowercase();
    let plain = w.notes.on(id).find(|a| a.is_plain_mark()).map(|a| a.id);
    let there = w.notes.on(id).find(|a| a.kind == kind).map(|a| (a.id, a.comment.is_empty() && a.tags.is_empty()));
    let told = match (there, plain) {
        (_, Some(number)) if kind == Kind::Note => return edit(w, Some(number)),
        (Some((number, true)), _) if kind != Kind::Note => {
            w.notes.remove(&analysis, number, &format!("the mark “{word}”"));
            format!("no longer marked as {word}")
        }
        (Some(_), _) if kind != Kind::Note => format!("marked as {word} already; Delete on the page Notes removes it"),
        // A plain mark that gets a kind is that marker.
        (_, Some(number)) => {
            w.notes.change(&analysis, number, None, &format!("the mark “{word}”"), |a| a.kind = kind);
            format!("marked as {word}")
        }
        _ => {
            let Some(marker) = Annotation::on(&analysis, id) else { return };
            let marker = Annotation { kind, author: w.keeper.author(), ..marker };
            let number = w.notes.add(&analysis, marker, Some(id), &format!("the mark “{word}”"));
            w.view.notes.current = Some(number);
            if kind == Kind::Note {
                return edit(w, Some(number));
            }
            format!("marked as {word}")
        }
    };
    w.view.message = Some(told);
}

/// The edge of a span: the time of an event where it was set to one.
fn edge(w: &Window, time: i64, span: TimeRange) -> When {
    let at = w.shown.event(w.shown.row_at(time)).filter(|id| w.shown.time(*id) == Some(time));
    at.map_or_else(|| aimed(time, span.span() / AIMED), |id| When::exact(time, w.shown.analysis.digits(id)))
}

fn on_span(w: &mut Window, kind: Kind, write: bool) {
    let Some(span) = w.view.lanes.span else {
        w.view.message = Some("no span is selected; Shift+drag on the timeline does that".to_owned());
        return;
    };
    let (from, to) = (edge(w, span.start, span), edge(w, span.end, span));
    if write {
        add_moment(w, from, Some(to), kind);
    } else {
        let number = add(w, Annotation { kind, ..Annotation::at(from, Some(to)) });
        w.view.notes.current = Some(number);
        w.view.message = Some(format!("the span is marked as {}", kind.title().to_lowercase()));
    }
}

fn add(w: &mut Window, marker: Annotation) -> u32 {
    let author = w.keeper.author();
    let what = match marker.kind {
        Kind::Note => "the note".to_owned(),
        kind => format!("the mark “{}”", kind.title().to_lowercase()),
    };
    w.notes.add(&w.shown.analysis, Annotation { author, ..marker }, None, &what)
}

fn add_moment(w: &mut Window, at: When, until: Option<When>, kind: Kind) {
    let number = add(w, Annotation { kind, ..Annotation::at(at, until) });
    edit(w, Some(number));
    outside(w, at);
}

/// Says so where a moment lies beyond what the timeline can show.
fn outside(w: &mut Window, when: When) {
    let Some(extent) = w.shown.extent else { return };
    let told = |nanos: u64| format::duration(i64::try_from(nanos).unwrap_or(i64::MAX) / SECOND * SECOND);
    let far = (extent.span() as i64 / 50).max(SECOND);
    if when.at < extent.start.saturating_sub(far) {
        w.view.message = Some(format!("{} before the first event", told(extent.start.abs_diff(when.at))));
    } else if when.at > extent.end.saturating_add(far) {
        w.view.message = Some(format!("{} after the last event", told(extent.end.abs_diff(when.at))));
    }
}

fn ask_moment(w: &mut Window) {
    w.view.show_tab(Tab::Notes);
    w.view.notes.editing = None;
    w.view.notes.focus = Focus::Moment;
}

/// What a time without a date is nearest to: what is on the screen.
fn near(w: &Window) -> i64 {
    let chosen = w.view.chosen.and_then(|id| w.shown.time(id));
    let seen = w.view.range(&w.shown).map(|r| r.at(0.5));
    chosen.or(seen).unwrap_or(0)
}

fn add_typed(w: &mut Window) {
    let moment = w.view.notes.moment.clone();
    match When::parse_range(&moment.text, w.view.zone, near(w)) {
        Ok((at, until)) => {
            w.view.notes.moment = Moment::default();
            add_moment(w, at, until, moment.kind);
        }
        Err(why) => w.view.notes.moment.error = Some(text::neutral(&why, 200).0),
    }
}

fn set_time(w: &mut Window, number: u32, typed: &str) {
    let own = w.notes.case().get(number).and_then(|a| a.at).map(|at| at.at);
    match When::parse_range(typed, w.view.zone, own.unwrap_or_else(|| near(w))) {
        Ok((at, until)) => {
            w.view.notes.wrong_time = None;
            w.notes.change(&w.shown.analysis, number, None, "the time of the note", |a| {
                (a.at, a.until) = (Some(at), until);
            });
        }
        Err(why) => w.view.notes.wrong_time = Some((number, text::neutral(&why, 200).0)),
    }
}

fn edit(w: &mut Window, number: Option<u32>) {
    let there = number.filter(|n| w.notes.case().get(*n).is_some());
    w.view.notes.editing = there;
    w.view.notes.wrong_time = None;
    if let Some(number) = there {
        w.view.show_tab(Tab::Notes);
        w.view.notes.current = Some(number);
        w.view.notes.tag = None;
        w.view.notes.focus = Focus::Words;
        w.view.notes.reveal = true;
    } else {
        w.view.notes.focus = Focus::List;
        w.keeper.save();
    }
}

/// Closes what is being changed; false when nothing is.
pub fn close(w: &mut Window) -> bool {
    let open = w.view.notes.editing.is_some() && w.view.tab == Tab::Notes;
    if open {
        edit(w, None);
    }
    open
}

/// Shows a page of the inspector; the list of notes has the keyboard on its own.
pub fn show_tab(w: &mut Window, tab: Tab) {
    w.view.show_tab(tab);
    if tab == Tab::Notes && w.view.notes.editing.is_none() {
        w.view.notes.focus = Focus::List;
    }
}

fn show(w: &mut Window, number: u32) {
    let Some((at, until)) = w.notes.case().get(number).map(|a| (a.at, a.until)) else { return };
    w.view.notes.current = Some(number);
    w.view.notes.reveal = true;
    if w.view.notes.editing != Some(number) {
        w.view.notes.editing = None;
    }
    if let Some(id) = w.notes.place_of(number) {
        w.view.choose_and_show(&w.shown, &w.layout, id);
        if w.shown.row_of(id).is_err() {
            w.view.message = Some("that event is hidden by the filter".to_owned());
        }
        return;
    }
    let Some(at) = at else {
        w.view.show_tab(Tab::Notes);
        return;
    };
    w.view.show_tab(Tab::Notes);
    let middle = until.map_or(at.at, |until| at.at.midpoint(until.at));
    if w.view.range.is_some_and(|range| !range.has(at.at)) {
        w.view.show_time(&w.shown, middle);
    }
    w.view.show_row(&w.layout, w.shown.row_at(at.at), true);
    outside(w, at);
}

fn step(w: &mut Window, forward: bool) {
    let numbers: Vec<u32> = listed(&w.notes, &w.view.notes).map(|(l, ..)| l.number).collect();
    let here = w.view.notes.current.and_then(|n| numbers.iter().position(|other| *other == n));
    let next = match (here, forward) {
        (None, true) => Some(0),
        (None, false) => numbers.len().checked_sub(1),
        (Some(i), true) => Some((i + 1).min(numbers.len().saturating_sub(1))),
        (Some(i), false) => Some(i.saturating_sub(1)),
    };
    if let Some(number) = next.and_then(|i| numbers.get(i)) {
        show(w, *number);
    }
}

fn delete(w: &mut Window, number: u32) {
    let numbers: Vec<u32> = listed(&w.notes, &w.view.notes).map(|(l, ..)| l.number).collect();
    let here = numbers.iter().position(|other| *other == number);
    // What stands there next is chosen, so that several can be removed one after the other.
    let next = here.and_then(|i| numbers.get(i + 1).or_else(|| numbers.get(i.checked_sub(1)?)));
    w.notes.remove(&w.shown.analysis, number, "removing the note");
    w.view.notes.current = next.copied();
    if w.view.notes.editing == Some(number) {
        edit(w, None);
    }
    w.view.message = Some("note removed; Ctrl+Z brings it back".to_owned());
}

fn attach(w: &mut Window, number: u32) {
    let analysis = w.shown.analysis.clone();
    let spot = w.view.chosen.and_then(|id| Annotation::on(&analysis, id));
    let Some(spot) = spot else {
        w.view.message = Some("choose the event that the note belongs to, then attach it".to_owned());
        return;
    };
    w.notes.change(&analysis, number, None, "attaching the note", |a| {
        (a.file, a.line, a.hash) = (spot.file, spot.line, spot.hash);
        (a.at, a.until) = (None, None);
    });
    w.view.message = Some("the note stands on the chosen event now".to_owned());
}
