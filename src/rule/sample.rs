//! Small logs that a rule is tested with: such as must make it speak, and such as must not.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Some logs, and whether the rule finds something in them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// The rule finds something that is not harmless.
    #[serde(default)]
    pub fires: bool,
    /// The rule finds something, and says that it is harmless.
    #[serde(default)]
    pub benign: bool,
    /// Words that the finding's title must hold.
    #[serde(default)]
    pub title: Option<String>,
    /// What the sample is about.
    #[serde(default)]
    pub about: Option<String>,
    /// The logs: paths (the first folder is the host) and texts.
    pub logs: BTreeMap<String, String>,
}
