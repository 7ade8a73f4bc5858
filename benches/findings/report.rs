//! The tables.

use std::collections::BTreeMap;

use super::judge::Verdict;

/// Heads of the columns of [`row`].
pub(crate) fn head() -> String {
    format!(
        "{:22}{:>6}{:>9}{:>11}{:>8}{:>8}{:>8}{:>8}",
        "fault", "runs", "recall", "precision", "first", "top 3", "wrong", "high"
    )
}

/// A share as a decimal number, `–` of nothing.
fn share(part: usize, of: usize) -> String {
    if of == 0 { "–".to_owned() } else { format!("{:.2}", part as f64 / of as f64) }
}

fn sum(of: &[&Verdict], f: impl Fn(&Verdict) -> usize) -> usize {
    of.iter().map(|v| f(v)).sum()
}

fn within(of: &[&Verdict], n: usize) -> usize {
    of.iter().filter(|v| v.place.is_some_and(|p| p <= n)).count()
}

/// The runs of one fault.
pub(crate) fn row(name: &str, of: &[&Verdict]) -> String {
    let (right, wrong) = (sum(of, |v| v.right), sum(of, |v| v.wrong));
    let faulty = of.iter().filter(|v| v.wanted > 0).count();
    format!(
        "{name:22}{:>6}{:>9}{:>11}{:>8}{:>8}{wrong:>8}{:>8}",
        of.len(),
        share(sum(of, |v| v.found), sum(of, |v| v.wanted)),
        share(right, right + wrong),
        share(within(of, 1), faulty),
        share(within(of, 3), faulty),
        of.iter().filter(|v| v.high).count(),
    )
}

/// Wrong findings by rule, most first.
pub(crate) fn rules(all: &[Verdict]) -> Vec<String> {
    let mut sums: BTreeMap<&str, usize> = BTreeMap::new();
    for (rule, n) in all.iter().flat_map(|v| &v.by_rule) {
        *sums.entry(rule).or_default() += n;
    }
    let mut list: Vec<_> = sums.into_iter().collect();
    list.sort_by_key(|(rule, n)| (std::cmp::Reverse(*n), *rule));
    list.into_iter().map(|(rule, n)| format!("{n:6} {rule}")).collect()
}

/// What went wrong in which run.
pub(crate) fn notes(all: &[&Verdict]) -> Vec<String> {
    all.iter().flat_map(|v| v.notes.iter().map(move |n| format!("{} --seed {}: {n}", v.fault, v.seed))).collect()
}

/// Prints the goals; false when one is missed.
pub(crate) fn goals(faulty: &[&Verdict], null: &[&Verdict]) -> bool {
    let all: Vec<&Verdict> = faulty.iter().chain(null).copied().collect();
    let (right, wrong) = (sum(&all, |v| v.right), sum(&all, |v| v.wrong));
    let goals = [
        ("precision", right, right + wrong, 0.90, true),
        ("recall", sum(faulty, |v| v.found), sum(faulty, |v| v.wanted), 0.85, true),
        ("cause in the top three", within(faulty, 3), faulty.len(), 0.85, true),
        ("cause first", within(faulty, 1), faulty.len(), 0.60, true),
        ("null runs with a high finding", null.iter().filter(|v| v.high).count(), null.len(), 0.05, false),
    ];
    println!();
    let mut met = true;
    for (name, part, of, goal, least) in goals {
        let value = part as f64 / of.max(1) as f64;
        let good = of == 0 || if least { value >= goal } else { value <= goal };
        met &= good;
        let (word, mark) = (if least { "at least" } else { "at most" }, if good { "" } else { "  MISSED" });
        println!("{name:32}{:>6}  ({part} of {of}; goal: {word} {goal:.2}){mark}", share(part, of));
    }
    met
}
