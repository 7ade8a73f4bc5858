//! The parts of the window. A panel reads what [`Ctx`] lends it and pushes commands; it changes nothing.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use egui::Ui;

use crate::event::EventId;
use crate::format::record::Record;
use crate::session::Found;
use crate::ui::command::Command;
use crate::ui::entity::{self, Entity};
use crate::ui::findings::Sections;
use crate::ui::notes::Notes;
use crate::ui::reading::Reading;
use crate::ui::report::Preview;
use crate::ui::settings::Keeper;
use crate::ui::shown::Shown;
use crate::ui::standing::{Standing, Standings};
use crate::ui::state::{Layout, Tab, ViewState};
use crate::ui::sublanes::Subs;
use crate::ui::text;
use crate::ui::theme::{Tokens, icon};
use crate::ui::widget::fold::Folds;

pub mod absence;
pub mod assume;
pub mod axis;
pub mod events;
pub mod filter;
pub mod filter_list;
pub mod find;
pub mod finding;
pub mod findings;
pub mod flags;
pub mod gap_bands;
pub mod inspector;
pub mod lane_head;
pub mod lane_input;
pub mod lane_paint;
pub mod lane_rows;
pub mod lane_under;
pub mod marks;
pub mod order;
pub mod overlay;
pub mod overview;
pub mod report;
pub mod report_details;
pub mod review;
pub mod settings;
pub mod source_details;
pub mod sources;
pub mod span;
pub mod status;
pub mod story_path;
pub mod ties;
pub mod time_menu;
pub mod timeline;
pub mod top_bar;
pub mod trust;
pub mod welcome;

/// A part of the window.
pub struct Panel {
    /// Its name, for tests and reports.
    pub name: &'static str,
    /// Whether it is there.
    pub visible: fn(&Ctx<'_>) -> bool,
    /// Draws it.
    pub show: fn(&Ctx<'_>, &mut Ui),
}

/// All parts, in the order in which they take their place: those at the edges first.
pub const PANELS: &[Panel] = &[
    Panel { name: "top bar", visible: |_| true, show: top_bar::show },
    Panel { name: "time trust", visible: |ctx| ctx.has_events(), show: trust::show },
    Panel { name: "status", visible: |_| true, show: status::show },
    Panel { name: "sources", visible: |ctx| ctx.is_open() && ctx.view.sources, show: sources::show },
    Panel { name: "inspector", visible: inspected, show: inspector::show },
    Panel { name: "report", visible: |ctx| beside(ctx) && ctx.view.tab == Tab::Report, show: report::show },
    Panel { name: "findings", visible: |ctx| beside(ctx) && ctx.view.tab == Tab::Findings, show: findings::show },
    Panel { name: "timeline", visible: |ctx| ctx.is_open(), show: timeline::show },
    Panel { name: "find", visible: |ctx| ctx.has_events() && ctx.view.search.open, show: find::show },
    Panel { name: "events", visible: |ctx| ctx.is_open(), show: events::show },
    Panel { name: "welcome", visible: |ctx| !ctx.is_open(), show: welcome::show },
    Panel { name: "filter list", visible: |ctx| ctx.is_open(), show: filter_list::show },
    Panel { name: "overlay", visible: |_| true, show: overlay::show },
];

/// Something is shown beside the timeline.
fn beside(ctx: &Ctx<'_>) -> bool {
    ctx.is_open() && ctx.view.inspector
}

/// Pages that have no panel of their own.
fn inspected(ctx: &Ctx<'_>) -> bool {
    beside(ctx) && !matches!(ctx.view.tab, Tab::Findings | Tab::Report)
}

/// What panels may look at, and the queue of what they ask for.
pub struct Ctx<'a> {
    /// What is on the screen.
    pub shown: &'a Shown,
    /// What of the axis is folded away.
    pub folds: &'a Folds,
    /// Lanes inside of open lanes.
    pub subs: &'a Subs,
    /// What was found in it.
    pub found: Option<&'a Found>,
    /// Where each finding stands.
    pub sections: &'a Sections,
    /// The session.
    pub reading: &'a Reading,
    /// The case.
    pub notes: &'a Notes,
    /// The report as it would be exported.
    pub report: &'a Preview,
    /// Settings, and what is remembered.
    pub keeper: &'a Keeper,
    /// The user's choices.
    pub view: &'a ViewState,
    /// Rows that the filter is being applied to.
    pub filtering: bool,
    /// Rows left after each term of the filter, as far as that is known.
    pub left: &'a [usize],
    /// Colors.
    pub tokens: &'a Tokens,
    /// Sizes of the last frame.
    pub layout: &'a Layout,
    /// Words of the rows that are on the screen.
    pub words: &'a RefCell<Words>,
    /// How events stand to the chosen one.
    pub standings: &'a RefCell<Standings>,
    /// What is to be done after drawing.
    pub commands: &'a RefCell<Vec<Command>>,
}

impl Ctx<'_> {
    /// Asks for something.
    pub fn push(&self, command: Command) {
        self.commands.borrow_mut().push(command);
    }

    /// The size of a panel, in points: what the user gave it in this or an earlier window, else the usual one.
    pub fn size(&self, panel: &str, usual: f32) -> f32 {
        self.keeper.remembered.sizes.get(panel).copied().unwrap_or(usual)
    }

    /// Remembers the size of a panel, where the user has changed it.
    pub fn keep_size(&self, panel: &'static str, size: f32, usual: f32) {
        let changed = ((size - usual).abs() > 2.0).then_some(size);
        self.layout.sizes.borrow_mut().push((panel, changed));
    }

    /// Something was opened.
    pub fn is_open(&self) -> bool {
        !self.reading.paths.is_empty()
    }

    /// There is something on the timeline.
    pub fn has_events(&self) -> bool {
        self.is_open() && !self.shown.analysis.events.is_empty()
    }

    /// How an event stands to the chosen one; `None` where none is chosen, and for that one itself.
    pub fn standing(&self, id: EventId) -> Option<Standing> {
        self.standings.borrow_mut().get(self.shown.judge(), id, self.view.chosen?)
    }

    /// The words of an event's row.
    pub fn words(&self, id: EventId) -> Rc<RowWords> {
        self.words.borrow_mut().of(self.shown, id)
    }

    /// The entities that an event's row mentions.
    pub fn entities<'w>(&self, id: EventId, words: &'w RowWords) -> &'w [Entity] {
        words.entities.get_or_init(|| entity::of_message(self.shown, self.reading.packs(), id, &words.line()))
    }
}

/// What a row says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowWords {
    /// The first line of the message, harmless and cut.
    pub message: String,
    /// Lines that follow it.
    pub more_lines: usize,
    /// Who wrote it.
    pub process: Option<String>,
    /// Its fields, for messages that say little without them.
    pub fields: String,
    /// The stamp as written.
    pub stamp: String,
    /// What it mentions, once somebody has asked.
    entities: OnceCell<Vec<Entity>>,
}

impl RowWords {
    /// Message and fields as a row shows them, the fields only where the message is one line.
    pub fn line(&self) -> String {
        if self.fields.is_empty() || self.more_lines > 0 {
            self.message.clone()
        } else {
            format!("{}   {}", self.message, self.fields)
        }
    }

    /// Characters of [`RowWords::line`].
    pub fn chars(&self) -> usize {
        let fields = if self.fields.is_empty() || self.more_lines > 0 { 0 } else { self.fields.chars().count() + 3 };
        self.message.chars().count() + fields
    }

    /// Message and fields on one line.
    pub fn whole(&self) -> String {
        if self.fields.is_empty() { self.message.clone() } else { format!("{}  {}", self.message, self.fields) }
    }
}

/// The words of rows that were drawn lately: decoding a record costs, and most frames draw the same rows.
#[derive(Debug, Default)]
pub struct Words {
    kept: HashMap<EventId, Rc<RowWords>>,
}

impl Words {
    /// How many are kept.
    const MOST: usize = 4_096;
    /// A record of more bytes is shown as it stands, without being decoded.
    const LONGEST: usize = 1 << 18;

    /// Forgets all, because ids have a new meaning.
    pub fn clear(&mut self) {
        self.kept.clear();
    }

    /// The words of a row that need not be kept.
    pub fn read(shown: &Shown, id: EventId) -> RowWords {
        read_words(shown, id)
    }

    fn of(&mut self, shown: &Shown, id: EventId) -> Rc<RowWords> {
        if let Some(words) = self.kept.get(&id) {
            return words.clone();
        }
        if self.kept.len() >= Self::MOST {
            self.kept.clear();
        }
        let words = Rc::new(read_words(shown, id));
        self.kept.insert(id, words.clone());
        words
    }
}

fn read_words(shown: &Shown, id: EventId) -> RowWords {
    let raw = shown.analysis.raw(id);
    if raw.len() > Words::LONGEST {
        let head = raw.split(|&b| b == b'\n').next().unwrap_or_default();
        let more_lines = memchr::memchr_iter(b'\n', raw.get(..Words::LONGEST).unwrap_or_default()).count();
        return RowWords { message: text::neutral_bytes(head, text::ROW_CHARS).0, more_lines, ..RowWords::default() };
    }
    let record = shown.analysis.record(id);
    let (first, more_lines) = text::first_line(&record.message);
    RowWords {
        message: text::neutral(first, text::ROW_CHARS).0,
        more_lines,
        process: record.process.as_deref().map(|p| text::neutral(p, 100).0),
        fields: fields(&record),
        stamp: record.stamp.as_deref().map_or_else(String::new, |s| text::neutral(s, 80).0),
        entities: OnceCell::new(),
    }
}

/// The first fields of a record as `name=value`, as far as a row may show them.
fn fields(record: &Record<'_>) -> String {
    const MOST: usize = 400;
    let mut out = String::new();
    for (name, value) in &record.fields {
        if out.len() > MOST {
            break;
        }
        let (value, more) = text::neutral(text::first_line(value).0, 80);
        if !out.is_empty() {
            out.push_str("  ");
        }
        out.push_str(&text::neutral(name, 40).0);
        out.push('=');
        out.push_str(&value);
        if more {
            out.push_str(icon::MORE);
        }
    }
    out
}
