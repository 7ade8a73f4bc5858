//! A record's words, parsed again from its source when somebody looks.

use std::borrow::Cow;
use std::ops::Range;

use crate::format::took::Took;

/// What a record says, beside its time and level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record<'a> {
    /// The stamp as written.
    pub stamp: Option<Cow<'a, str>>,
    /// Where the stamp stands, in bytes from the record's begin; `None` when it stands in an unescaped inner text.
    pub stamp_span: Option<Range<usize>>,
    /// Host that wrote the record, as the text names it.
    pub host: Option<Cow<'a, str>>,
    /// Program that wrote it.
    pub process: Option<Cow<'a, str>>,
    /// Process id.
    pub pid: Option<Cow<'a, str>>,
    /// Thread or task in the process.
    pub thread: Option<Cow<'a, str>>,
    /// The level's word as written.
    pub level: Option<Cow<'a, str>>,
    /// The text without stamp and header; further lines included.
    pub message: Cow<'a, str>,
    /// How long it took what the record tells of, where it says so.
    pub took: Option<Took>,
    /// Everything else that the format names, in the order of the text.
    pub fields: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl Record<'_> {
    /// The value of a named field, the standard ones included.
    pub fn field(&self, name: &str) -> Option<&str> {
        match name {
            "host" => self.host.as_deref(),
            "process" => self.process.as_deref(),
            "pid" => self.pid.as_deref(),
            "thread" => self.thread.as_deref(),
            "message" => Some(&self.message),
            _ => self.fields.iter().find(|(n, _)| n == name).map(|(_, v)| &**v),
        }
    }
}
