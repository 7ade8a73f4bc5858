//! All rules that a run knows.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use super::definition::{self, Rule};
use super::select::What;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/rules.rs"));
}

/// Rules, those that others build on before them.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// The rules.
    pub list: Vec<Rule>,
}

impl Rules {
    /// The built-in rules. They are read once and shared.
    ///
    /// The tests read and check each, so nothing that is shipped can fail here; one that did would be left out.
    pub fn builtin() -> Arc<Rules> {
        static BUILTIN: OnceLock<Arc<Rules>> = OnceLock::new();
        Arc::clone(BUILTIN.get_or_init(|| Arc::new(Rules::join(builtin_rules()))))
    }

    /// The built-in rules and these, given as names and texts; one of the same name replaces the built-in one.
    ///
    /// # Errors
    /// One sentence that names the rule that cannot be read.
    pub fn with(files: &[(String, String)]) -> Result<Rules, String> {
        let mut rules = builtin_rules();
        for (name, text) in files {
            let rule = definition::parse(name, text).map_err(|e| format!("{name}: {e}"))?;
            rules.retain(|r| r.name != *name);
            rules.push(rule);
        }
        Ok(Rules::join(rules))
    }

    /// Names and texts of the built-in rules.
    pub fn texts() -> &'static [(&'static str, &'static str)] {
        embedded::RULES
    }

    /// Puts the rules that others refer to before them. Rules that refer to each other in a circle come last.
    fn join(mut rules: Vec<Rule>) -> Rules {
        rules.sort_by(|a, b| a.name.cmp(&b.name));
        let names: BTreeSet<String> = rules.iter().map(|r| r.name.clone()).collect();
        let mut list: Vec<Rule> = Vec::with_capacity(rules.len());
        while !rules.is_empty() {
            let done: BTreeSet<&str> = list.iter().map(|r| r.name.as_str()).collect();
            let ready = |r: &Rule| {
                let all = r.refers_to();
                all.iter().all(|n| done.contains(n.as_str()) || !names.contains(n) || *n == r.name)
            };
            let at = rules.iter().position(ready).unwrap_or(0);
            let rule = rules.remove(at);
            list.push(rule);
        }
        Rules { list }
    }

    /// A rule by its name.
    pub fn get(&self, name: &str) -> Option<&Rule> {
        self.list.iter().find(|r| r.name == name)
    }
}

impl Rule {
    /// True for rules that look back from what others found.
    pub fn looks_back(&self) -> bool {
        self.whens.iter().any(|w| matches!(w.primitive, super::Primitive::Novel(_)))
    }

    /// The rules on whose findings this one builds.
    pub fn refers_to(&self) -> BTreeSet<String> {
        let selectors = self.whens.iter().flat_map(|w| w.primitive.selectors()).flatten();
        let what = selectors.flat_map(|s| &s.what);
        what.filter_map(|w| if let What::Rule(name) = w { Some(name.clone()) } else { None }).collect()
    }
}

fn builtin_rules() -> Vec<Rule> {
    embedded::RULES.iter().filter_map(|(name, text)| definition::parse(name, text).ok()).collect()
}
