//! A definition against its own samples: what is shipped, and what a user adds, must do what its file says.

use crate::format::definition::{Decoder, Definition};
use crate::format::form::Form;
use crate::format::pattern::Pattern;
use crate::time;

/// Checks a definition against its own samples.
///
/// # Errors
/// The first sample that fails, with what was expected and what was found.
pub fn check(definition: &std::sync::Arc<Definition>) -> Result<(), String> {
    let mut used = vec![false; definition.patterns.len()];
    if let Some(n) = definition.below.iter().position(|p| !has_below(definition, p)) {
        return Err(format!("below {} is used by no sample", n + 1));
    }
    for (i, sample) in definition.samples.iter().enumerate() {
        let fail = |what: String| Err(format!("sample {}: {what}", i + 1));
        let whole = sample.text.trim_end_matches('\n');
        // Headings stand above the record that they are about.
        let headings = match definition.decoder {
            Decoder::W3c => whole.lines().take_while(|l| l.starts_with('#')).map(|l| l.len() + 1).sum(),
            _ => 0,
        };
        let text = whole.get(headings..).unwrap_or_default();
        let first = text.lines().next().unwrap_or_default();
        for (p, (pattern, _)) in definition.patterns.iter().enumerate() {
            if pattern.find(first.as_bytes(), &definition.levels).is_some() {
                if let Some(u) = used.get_mut(p) {
                    *u = true;
                }
                break;
            }
        }
        let lines: Vec<&[u8]> =
            whole.lines().take(if headings > 0 { usize::MAX } else { 1 }).map(str::as_bytes).collect();
        let Some(form) = Form::learn(definition, &lines, &[]) else {
            return fail("does not match".to_owned());
        };
        let Some(head) = form.head(first.as_bytes(), &mut Vec::new()) else {
            return fail(format!("does not match: {first}"));
        };
        let below = text.lines().skip(1).find_map(|l| form.stamp_below(l.as_bytes())).filter(|_| head.lacks_time());
        let time = below.or(head.stamp).map(|s| time::format::utc(s.civil, s.digits));
        if time != sample.time {
            return fail(format!("time is {time:?}, not {:?}", sample.time));
        }
        let mut level = head.level;
        if definition.level_below {
            level = text.lines().nth(1).map_or(level, |l| form.level_below(l.as_bytes(), level));
        }
        let level = level.name();
        if level != sample.level.as_deref() {
            return fail(format!("level is {level:?}, not {:?}", sample.level));
        }
        let record = form.decode(text.as_bytes());
        for (name, want) in &sample.fields {
            let got = record.field(name);
            if got != Some(want) {
                return fail(format!("field {name} is {got:?}, not {want:?}"));
            }
        }
    }
    match used.iter().position(|u| !u) {
        Some(p) => Err(format!("pattern {} is used by no sample", p + 1)),
        None => Ok(()),
    }
}

/// True when some sample has a further line of this pattern.
fn has_below(definition: &Definition, pattern: &Pattern) -> bool {
    let mut further = definition.samples.iter().flat_map(|s| s.text.lines().skip(1));
    further.any(|line| pattern.find(line.as_bytes(), &definition.levels).is_some())
}
