//! Rules tried on their own samples, through the whole program.

use std::sync::Arc;

use super::{Finding, Findings};
use crate::analysis::{Config, analyze_sources};
use crate::diagnostic::Diagnostics;
use crate::rule::sample::Sample;
use crate::rule::{Rule, Rules};
use crate::source::{Source, Text};

/// Checks a rule against its samples, among these rules.
///
/// # Errors
/// A line for each sample in which the rule does not do what the sample says.
pub fn check(rule: &Rule, rules: &Rules, config: &Config) -> Result<(), String> {
    let mut wrong = Vec::new();
    if ![true, false].iter().all(|wanted| rule.samples.iter().any(|s| s.fires == *wanted)) {
        wrong.push("a rule needs a [[sample]] that fires and one that does not".to_owned());
    }
    for (i, sample) in rule.samples.iter().enumerate() {
        if let Err(e) = check_sample(rule, rules, config, sample) {
            wrong.push(format!("sample {}: {e}", i + 1));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

fn check_sample(rule: &Rule, rules: &Rules, config: &Config, sample: &Sample) -> Result<(), String> {
    let found = run(sample, rules, config);
    let own: Vec<&Finding> = found.list.iter().filter(|f| f.rule == rule.name).collect();
    let bad: Vec<&&Finding> = own.iter().filter(|f| f.benign.is_none()).collect();
    let titles = || own.iter().map(|f| f.title.as_str()).collect::<Vec<_>>().join("; ");
    if sample.fires && bad.is_empty() {
        let others: Vec<&str> = found.list.iter().map(|f| f.rule.as_str()).collect();
        return Err(format!("finds nothing; other rules find: {}", others.join(", ")));
    }
    if !sample.fires && !bad.is_empty() {
        return Err(format!("must find nothing, but finds: {}", titles()));
    }
    if sample.benign && own.len() == bad.len() {
        return Err("must find something harmless, but finds nothing".to_owned());
    }
    if let Some(words) = &sample.title
        && !own.iter().any(|f| f.title.contains(words))
    {
        return Err(format!("no title has `{words}`, but: {}", titles()));
    }
    Ok(())
}

/// What the rules find in a sample's logs.
pub fn run(sample: &Sample, rules: &Rules, config: &Config) -> Findings {
    let source = |(path, text): (&String, &String)| Source {
        path: path.clone(),
        folder: path.split_once('/').map(|(folder, _)| folder.to_owned()),
        text: Arc::new(Text::Owned(text.trim_start_matches('\n').as_bytes().to_vec())),
        ..Source::default()
    };
    let sources: Vec<Source> = sample.logs.iter().map(source).collect();
    let config = Config { causal: true, ..config.clone() };
    let analysis = analyze_sources(Diagnostics::default(), sources, &config, &mut |_| true).unwrap_or_default();
    Findings::detect_with(&analysis, &config, rules)
}
