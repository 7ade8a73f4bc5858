//! Lines inside of lines: syslog around PostgreSQL, docker around JSON, `docker compose logs` around both.
//!
//! A wrapper's definition names the part that holds a line of another format. Who wrote it (the program,
//! the container) tells which: one file may hold many, and each writer's lines are recognised by themselves.

use std::borrow::Cow;
use std::sync::Arc;

use crate::format::ansi;
use crate::format::decoder::anywhere;
use crate::format::definition::{Decoder, Definition, Definitions};
use crate::format::detect::{self, Plan};
use crate::format::form::{Form, Head};
use crate::format::level::Level;
use crate::format::record::Record;
use crate::time::stamp::{Stamp, States};
use crate::time::{DAY, SECOND};

/// Wrappers around wrappers that are looked through.
pub(super) const DEPTH: u8 = 4;

/// Most writers whose lines are recognised by themselves.
const MOST_WRITERS: usize = 64;

/// So many sampled lines of a writer tell that they are plain text.
const SEEN_ENOUGH: usize = 3;

/// The formats of the lines that a form wraps.
#[derive(Clone, Debug, Default)]
pub struct Inner {
    /// By the program or container that the wrapper names; empty where it names none.
    writers: Vec<(Vec<u8>, Plan)>,
    /// For writers that no sampled line names: all formats but those in a learned place.
    others: Plan,
}

impl Inner {
    /// Recognises what the sampled lines of a form wrap; `depth` wrappers may yet stand inside.
    pub(super) fn learn(form: &Form, lines: &[&[u8]], definitions: &Definitions, depth: u8) -> Option<Box<Inner>> {
        let field = form.definition.inner.as_deref()?;
        if form.definition.decoder == Decoder::Json && form.keys.message.is_none() {
            return None;
        }
        let depth = depth.checked_sub(1)?;
        let mut scratch = Vec::new();
        let mut texts: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        for line in lines.iter().filter(|l| form.head(l, &mut scratch).is_some()) {
            let record = form.decode(line);
            let writer = record.process.as_deref().unwrap_or_default().as_bytes();
            let text = record.field(field).unwrap_or_default().trim_end();
            let at = texts.iter().position(|(w, _)| w == writer).unwrap_or_else(|| {
                texts.push((writer.to_vec(), Vec::new()));
                texts.len() - 1
            });
            if let Some((_, all)) = texts.get_mut(at).filter(|_| !looks_continued(text.as_bytes())) {
                all.extend_from_slice(text.as_bytes());
                all.push(b'\n');
            }
        }
        texts.truncate(MOST_WRITERS);
        let mut inner = Inner::default();
        // Writers whose lines are known to be plain text need not be looked into.
        let mut plain: Vec<(Vec<u8>, Plan)> = Vec::new();
        for (writer, text) in texts {
            let plan = detect::detect_inside(&text, definitions, depth);
            let enough = if form.definition.inner_lines { 0.2 } else { 0.5 };
            if plan.confidence >= enough && plan.primary().is_some() {
                for form in plan.forms.iter().filter(|f| f.definition.decoder != Decoder::Anywhere) {
                    if !inner.others.forms.iter().any(|f| f.definition.name == form.definition.name) {
                        inner.others.forms.push(form.clone());
                    }
                }
                inner.writers.push((writer, plan));
            } else if text.iter().filter(|b| **b == b'\n').count() >= SEEN_ENOUGH {
                plain.push((writer, Plan::default()));
            }
        }
        inner.others.forms.sort_by_key(|f| std::cmp::Reverse(f.definition.rank));
        let some = !inner.writers.is_empty();
        inner.writers.extend(plain);
        some.then(|| Box::new(inner))
    }

    /// All formats inside, those deeper inside included.
    pub fn forms(&self) -> Vec<&Form> {
        let mut out = Vec::new();
        for form in self.writers.iter().flat_map(|(_, plan)| &plan.forms) {
            out.push(form);
            out.extend(form.inner.iter().flat_map(|inner| inner.forms()));
        }
        out
    }

    /// The formats of a writer's lines.
    fn of(&self, writer: &[u8]) -> &Plan {
        self.writers.iter().find(|(w, _)| w == writer).map_or(&self.others, |(_, plan)| plan)
    }

    /// Reads a wrapped line: its level, and its time if that counts more. Where each line of an output is
    /// wrapped by itself, one that begins no record inside goes on with the one above of the same writer.
    pub(super) fn read(&self, head: &mut Head, writer: &[u8], text: &[u8], by_line: bool) {
        let plan = self.of(writer);
        let (mut scratch, mut buffer) = (Vec::new(), Vec::new());
        let text = if plan.ansi { ansi::plain(text, &mut buffer) } else { text };
        match plan.forms.iter().find_map(|form| form.head(text, &mut scratch)) {
            Some(found) => {
                if let Some(stamp) = found.stamp.filter(|s| counts_more(s, head.stamp.as_ref())) {
                    head.stamp = Some(stamp);
                }
                if found.level != Level::None {
                    head.level = found.level;
                    head.level_from_words = found.level_from_words;
                }
                head.continues = found.continues;
            }
            None => {
                let goes_on = plan.primary().is_some_and(|f| f.definition.multiline && f.has_time());
                head.continues = goes_on && by_line;
                head.inherits_time |= head.continues && head.stamp.is_none();
            }
        }
    }

    /// Takes apart what a record wraps: its parts replace the wrapper's message and add to its parts.
    pub(super) fn unwrap(&self, out: &mut Record<'_>, outer: Option<Stamp>) {
        let writer = out.process.as_deref().unwrap_or_default().as_bytes();
        let text = out.message.trim_end().as_bytes();
        let mut buffer = Vec::new();
        let text = if self.of(writer).ansi { ansi::plain(text, &mut buffer) } else { text }.to_vec();
        let mut scratch = Vec::new();
        let first = text.split(|b| *b == b'\n').next().unwrap_or_default();
        let found = self.of(writer).forms.iter().find_map(|f| f.head(first, &mut scratch).map(|head| (f, head)));
        let Some((form, head)) = found else { return };
        let found = form.decode(&text);
        let own = |c: &Cow<'_, str>| Cow::Owned(c.clone().into_owned());
        out.message = own(&found.message);
        out.took = found.took.or(out.took);
        for (name, slot, value) in [
            ("inner_host", &mut out.host, &found.host),
            ("logger", &mut out.process, &found.process),
            ("inner_pid", &mut out.pid, &found.pid),
            ("inner_thread", &mut out.thread, &found.thread),
        ] {
            let Some(value) = value else { continue };
            if slot.is_none() {
                *slot = Some(own(value));
            } else if slot.as_ref() != Some(value) && form.definition.process.as_deref() != Some(&**value) {
                // The program that a definition names only says what the format is.
                out.fields.push((Cow::Borrowed(name), own(value)));
            }
        }
        if let Some(level) = &found.level {
            out.level = Some(own(level));
        }
        out.fields.extend(found.fields.iter().map(|(k, v)| (own(k), own(v))));
        let Some(stamp) = &found.stamp else { return };
        if head.stamp.is_some_and(|s| counts_more(&s, outer.as_ref())) {
            if let Some(outer) = out.stamp.take() {
                out.fields.push((Cow::Borrowed("outer_time"), outer));
            }
            out.stamp = Some(own(stamp));
            out.stamp_span = None;
        } else if out.stamp.as_ref() != Some(stamp) {
            out.fields.push((Cow::Borrowed("inner_time"), own(stamp)));
        }
    }
}

/// The stamp inside counts, unless it lacks a part that the outer one states, says the same moment with
/// fewer digits, or neither states its zone and the two differ by more than writing takes.
fn counts_more(inner: &Stamp, outer: Option<&Stamp>) -> bool {
    let Some(outer) = outer else { return true };
    if !inner.states.has(outer.states) || !inner.states.has(States::DATE) {
        return false;
    }
    let apart = (inner.civil - outer.civil).abs();
    let last_digit = SECOND / 10i64.pow(u32::from(inner.digits.min(9)));
    if inner.states == outer.states && apart < last_digit && inner.digits < outer.digits {
        return false;
    }
    let of_day = apart % DAY;
    inner.states.has(States::ZONE) || of_day.min(DAY - of_day) < 600 * SECOND
}

/// Indented, or as programs begin the further lines of a stack trace.
fn looks_continued(text: &[u8]) -> bool {
    const BEGINS: [&[u8]; 6] = [b"#011", b"Caused by: ", b"... ", b"Traceback (most", b"at ", b"}"];
    text.first().is_some_and(|b| matches!(b, b' ' | b'\t')) || BEGINS.iter().any(|b| text.starts_with(b))
}

/// The fallback inside a wrapper: the stamp must stand where lines begin, since the wrapper's own is as
/// good as any that stands in a sentence. Stack traces may take most of the lines.
pub(super) fn fallback(definition: &Arc<Definition>, lines: &[&[u8]]) -> Option<Form> {
    let text = |l: &&[u8]| !matches!(l.first(), Some(b'{' | b'[')) || l.get(1).is_some_and(u8::is_ascii_digit);
    let anchors = anywhere::learn(lines.iter().copied().filter(text), false);
    let (anchor, n) = *anchors.first()?;
    let telling = anchor.words <= 1 && anchor.prefix <= 1 && anywhere::says_a_day(anchor.shape);
    (telling && n * 4 >= lines.len()).then(|| Form::anchored(definition, vec![anchor]))
}

/// A number for who wrote a line, made of the parts by which a wrapper tells writers apart.
pub(super) fn writer_of<'a>(parts: impl Iterator<Item = &'a [u8]>) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    for part in parts {
        for &b in part.iter().chain(b"\0") {
            hash = (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
}
