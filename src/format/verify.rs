//! A definition against its own samples: what is shipped, and what a user adds, must do what its file says.

use crate::format::definition::{Decoder, Definition, Sample};
use crate::format::form::{Form, Head};
use crate::format::pattern::Pattern;
use crate::time;

/// A sample as its format reads it.
pub(super) struct Reading<'s> {
    /// The record: the sample without headings above it.
    pub(super) text: &'s str,
    /// Its first line.
    pub(super) first: &'s str,
    /// The format as learned from the sample, and what the first line says; `None` when it begins no record.
    pub(super) found: Option<(Form, Head)>,
}

impl<'s> Reading<'s> {
    /// Reads a sample as a source would be read that holds nothing else.
    pub(super) fn of(definition: &std::sync::Arc<Definition>, sample: &'s Sample) -> Reading<'s> {
        let whole = sample.text.trim_end_matches('\n');
        // Headings stand above the record that they are about.
        let headings = match definition.decoder {
            Decoder::W3c => whole.lines().take_while(|l| l.starts_with('#')).map(|l| l.len() + 1).sum(),
            _ => 0,
        };
        let text = whole.get(headings..).unwrap_or_default();
        let first = text.lines().next().unwrap_or_default();
        let lines: Vec<&[u8]> =
            whole.lines().take(if headings > 0 { usize::MAX } else { 1 }).map(str::as_bytes).collect();
        let found = Form::learn(definition, &lines, &[]).and_then(|form| {
            let head = form.head(first.as_bytes(), &mut Vec::new())?;
            Some((form, head))
        });
        Reading { text, first, found }
    }

    /// The record's stamp as RFC 3339.
    pub(super) fn time(&self) -> Option<String> {
        let (form, head) = self.found.as_ref()?;
        let below = || self.text.lines().skip(1).find_map(|l| form.stamp_below(l.as_bytes()));
        let below = if head.lacks_time() { below() } else { None };
        below.or(head.stamp).map(|s| time::format::utc(s.civil, s.digits))
    }

    /// The record's level.
    pub(super) fn level(&self) -> Option<&'static str> {
        let (form, head) = self.found.as_ref()?;
        let second = self.text.lines().nth(1).filter(|_| form.definition.level_below);
        second.map_or(head.level, |l| form.level_below(l.as_bytes(), head.level)).name()
    }
}

/// Checks a definition against its own samples.
///
/// # Errors
/// The first sample that fails, with what was expected and what was found.
pub fn check(definition: &std::sync::Arc<Definition>) -> Result<(), String> {
    if let Some(n) = definition.below.iter().position(|p| !has_below(definition, p)) {
        return Err(format!("below {} is used by no sample", n + 1));
    }
    for (i, sample) in definition.samples.iter().enumerate() {
        let fail = |what: String| Err(format!("sample {}: {what}", i + 1));
        let reading = Reading::of(definition, sample);
        let Some((form, _)) = &reading.found else { return fail(format!("does not match: {}", reading.first)) };
        let (time, level) = (reading.time(), reading.level());
        if time != sample.time {
            return fail(format!("time is {time:?}, not {:?}", sample.time));
        }
        if level != sample.level.as_deref() {
            return fail(format!("level is {level:?}, not {:?}", sample.level));
        }
        let record = form.decode(reading.text.as_bytes());
        for (name, want) in &sample.fields {
            let got = record.field(name);
            if got != Some(want) {
                return fail(format!("field {name} is {got:?}, not {want:?}"));
            }
        }
    }
    match unused(definition).first() {
        Some(p) => Err(format!("pattern {} is used by no sample", p + 1)),
        None => Ok(()),
    }
}

/// Patterns that no sample uses, by their places.
pub(super) fn unused(definition: &Definition) -> Vec<usize> {
    let firsts = definition.samples.iter().map(|s| s.text.lines().next().unwrap_or_default().as_bytes());
    let by = |line: &[u8]| definition.patterns.iter().position(|(p, _)| p.find(line, &definition.levels).is_some());
    let used: Vec<usize> = firsts.filter_map(by).collect();
    (0..definition.patterns.len()).filter(|p| !used.contains(p)).collect()
}

/// True when some sample has a further line of this pattern.
fn has_below(definition: &Definition, pattern: &Pattern) -> bool {
    let mut further = definition.samples.iter().flat_map(|s| s.text.lines().skip(1));
    further.any(|line| pattern.find(line.as_bytes(), &definition.levels).is_some())
}
