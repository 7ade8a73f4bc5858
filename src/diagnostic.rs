//! Trouble *we* had: an unreadable file, a line no format explains, a definition that does not load.
//!
//! Stages take `&mut Diagnostics` and go on; nothing here stops the program. Equal diagnostics are
//! counted, not repeated, so that a million torn lines are one sentence.

use std::collections::HashMap;

/// How bad a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Something to know; nothing was lost.
    Note,
    /// Something was understood only in part; it is still shown.
    Warning,
    /// Something could not be read at all.
    Error,
}

impl Kind {
    /// The word used in text for people.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Note => "note",
            Kind::Warning => "warning",
            Kind::Error => "error",
        }
    }
}

/// One piece of trouble, told in one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub kind: Kind,
    /// The file concerned, as the user named it.
    pub path: Option<String>,
    /// 1-based line of its first occurrence.
    pub line: Option<u64>,
    /// What happened and, where there is one, the remedy. Lower case, no full stop.
    pub message: String,
    /// How often it happened.
    pub count: u64,
}

impl std::fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: ", self.kind.word())?;
        if let Some(path) = &self.path {
            write!(f, "{path}")?;
            if let Some(line) = self.line {
                write!(f, ":{line}")?;
            }
            write!(f, ": ")?;
        }
        write!(f, "{}", self.message)?;
        if self.count > 1 {
            write!(f, " ({} times)", self.count)?;
        }
        Ok(())
    }
}

/// The collector handed from stage to stage.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    seen: HashMap<(Kind, Option<String>, String), usize>,
}

impl Diagnostics {
    /// Adds a diagnostic; an equal one on the same file is counted instead.
    pub fn push(&mut self, kind: Kind, path: Option<&str>, line: Option<u64>, message: impl Into<String>) {
        let message = message.into();
        let key = (kind, path.map(str::to_owned), message);
        if let Some(found) = self.seen.get(&key).and_then(|&i| self.list.get_mut(i)) {
            found.count += 1;
            return;
        }
        self.list.push(Diagnostic { kind, path: key.1.clone(), line, message: key.2.clone(), count: 1 });
        self.seen.insert(key, self.list.len() - 1);
    }

    /// An error about `path`.
    pub fn error(&mut self, path: &str, message: impl Into<String>) {
        self.push(Kind::Error, Some(path), None, message);
    }

    /// A warning about `path`.
    pub fn warning(&mut self, path: &str, message: impl Into<String>) {
        self.push(Kind::Warning, Some(path), None, message);
    }

    /// A note about `path`.
    pub fn note(&mut self, path: &str, message: impl Into<String>) {
        self.push(Kind::Note, Some(path), None, message);
    }

    /// All of `other`, in its order.
    pub fn extend(&mut self, other: Diagnostics) {
        for d in other.list {
            for _ in 0..d.count {
                self.push(d.kind, d.path.as_deref(), d.line, d.message.clone());
            }
        }
    }

    /// In the order in which they first occurred.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// How many different ones there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// True when nothing went wrong.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// True when at least one input could not be read.
    pub fn has_error(&self) -> bool {
        self.list.iter().any(|d| d.kind == Kind::Error)
    }
}
