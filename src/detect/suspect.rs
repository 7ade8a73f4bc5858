//! Changes as suspects: what was changed shortly before the first effect of something that nothing else explains.
//!
//! A change is a suspect by opportunity, not by proof, and says so. Changes of a sort that is routine (often enough
//! that one lies before anything) are none.

use std::collections::BTreeMap;

use super::finding::Finding;
use super::rollup;
use super::sighting::{Seen, World};
use super::violation::Violation;
use crate::fact::Kind;
use crate::rule::Rules;

/// The rule that has the words.
const RULE: &str = "change-suspect";
/// Changes this near each other are one, in nanoseconds.
const ONE_CHANGE: i64 = 20 * 1_000_000_000;
/// A sort of change is routine when more than this many are expected in the time looked at.
const ROUTINE: f64 = 0.7;
/// A change may seem to stand this long after its effect: stamps of whole seconds and unmeasured clocks.
const SLACK: i64 = 2_000_000_000;

/// Changes near each other.
struct Burst {
    list: Vec<u32>,
    from: i64,
    to: i64,
}

/// A finding for every change that may be to blame for one of these.
pub(super) fn changes(world: &World<'_>, rules: &Rules, findings: &[Finding]) -> Vec<Finding> {
    let Some(rule) = rules.get(RULE) else { return Vec::new() };
    let bursts = bursts(world);
    let mut blamed: BTreeMap<usize, Vec<&Finding>> = BTreeMap::new();
    for f in findings.iter().filter(|f| f.benign.is_none()) {
        let Some(within) = rules.get(&f.rule).and_then(|r| r.suspects) else { continue };
        let near = |b: &Burst| b.from <= f.first.saturating_add(SLACK) && b.to >= f.first.saturating_sub(within);
        let latest = bursts.iter().enumerate().rfind(|(_, b)| near(b) && !routine(world, &bursts, b, within));
        if let Some((i, _)) = latest {
            blamed.entry(i).or_default().push(f);
        }
    }
    let mut out = Vec::new();
    for (i, effects) in blamed {
        let Some(burst) = bursts.get(i) else { continue };
        let first = effects.iter().map(|f| f.first).min().unwrap_or(burst.from);
        let gap = first.saturating_sub(if burst.to <= first { burst.to } else { burst.from });
        let mut v = Violation::new(burst.list.iter().map(|at| ("seen", *at)).collect())
            .say("gap", crate::time::format::duration(gap.max(0)))
            .say("what", what(world, burst))
            .say("effect", effects.first().map_or("", |f| f.short.as_str()));
        v.count = burst.list.len();
        if let Some(mut finding) = rollup::single(world, rule, v) {
            finding.targets = effects.iter().map(|f| f.at).collect();
            out.push(finding);
        }
    }
    out
}

/// What was changed, in a few words.
fn what(world: &World<'_>, burst: &Burst) -> String {
    const MOST: usize = 3;
    let mut all: Vec<String> = Vec::new();
    for at in &burst.list {
        let text = describe(&|name| field(world, *at, name));
        if !text.is_empty() && !all.contains(&text) {
            all.push(text);
        }
    }
    let more = all.len().saturating_sub(MOST);
    all.truncate(MOST);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", all.join("; "))
}

fn describe<'w>(get: &dyn Fn(&str) -> Option<&'w str>) -> String {
    let with = |prefix: &str, name: &str| get(name).map(|v| format!("{prefix}{v}")).unwrap_or_default();
    if let Some(package) = get("package") {
        let operation = get("operation").or(get("kind")).unwrap_or("changed");
        let versions = match (get("old_version"), get("version")) {
            (Some(old), Some(new)) => format!(" {old} → {new}"),
            (None, Some(new)) => format!(" {new}"),
            _ => String::new(),
        };
        return format!("{operation} of {package}{versions}");
    }
    if let (Some(node), Some(role)) = (get("node"), get("role")) {
        return format!("{node} became {role}");
    }
    if let Some(name) = get("name") {
        return format!("{name}{}{}{}", with(" = ", "value"), with(" → ", "to"), with(", was ", "from"));
    }
    get("reason").or(get("operation")).or(get("kind")).unwrap_or_default().to_owned()
}

fn is_change(world: &World<'_>, at: u32) -> bool {
    let Some(Seen::Fact(fact)) = world.get(at).map(|s| &s.seen) else { return false };
    match fact.kind() {
        Kind::Change => true,
        // Reading the settings again changes nothing by itself.
        // and the first word about a setting is no change of it.
        Kind::ConfigChange => {
            let from = fact.get("from").unwrap_or("?");
            let first = ["None", "null", "nil", "none"].contains(&from);
            !first && (fact.get("to").is_some() || fact.get("value").is_some())
        }
        Kind::RoleStart => fact.get("role").is_some_and(|r| r == "primary"),
        _ => false,
    }
}

fn bursts(world: &World<'_>) -> Vec<Burst> {
    let mut out: Vec<Burst> = Vec::new();
    for at in (0u32..).take(world.sightings.len()).filter(|at| is_change(world, *at)) {
        let time = world.time(at);
        match out.last_mut().filter(|b| time.saturating_sub(b.to) <= ONE_CHANGE) {
            Some(burst) => {
                burst.list.push(at);
                burst.to = time;
            }
            None => out.push(Burst { list: vec![at], from: time, to: time }),
        }
    }
    out
}

/// Changes of this sort come so often that one is expected in any such time.
fn routine(world: &World<'_>, all: &[Burst], burst: &Burst, within: i64) -> bool {
    let sort = |b: &Burst| {
        b.list.first().and_then(|at| Some(format!("{:?}{:?}", kind(world, *at)?, field(world, *at, "operation"))))
    };
    let own = sort(burst);
    let others = all.iter().filter(|b| b.from != burst.from && sort(b) == own).count();
    let lifetime = world.span.1.saturating_sub(world.span.0).max(1) as f64;
    others as f64 * (within as f64 / lifetime).min(1.0) > ROUTINE.max(0.0) && others > 1
}

fn kind(world: &World<'_>, at: u32) -> Option<Kind> {
    match &world.get(at)?.seen {
        Seen::Fact(fact) => Some(fact.kind()),
        Seen::Finding(..) => None,
    }
}

fn field<'w>(world: &'w World<'_>, at: u32, name: &str) -> Option<&'w str> {
    world.get(at)?.field(name)
}
