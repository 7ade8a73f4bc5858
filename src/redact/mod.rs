//! Redaction: what identifies people, machines or accounts becomes pseudonyms in text that leaves.

use std::borrow::Cow;

/// Replaces what identifies people and machines.
#[derive(Clone, Debug, Default)]
pub struct Redactor;

impl Redactor {
    /// Changes nothing.
    pub fn none() -> Redactor {
        Redactor
    }

    /// False for [`Redactor::none`].
    pub fn is_on(&self) -> bool {
        false
    }

    /// The text with pseudonyms.
    pub fn apply<'a>(&self, text: &'a str) -> Cow<'a, str> {
        Cow::Borrowed(text)
    }

    /// The value of a field that stands alone.
    pub fn apply_field<'a>(&self, _name: &str, value: &'a str) -> Cow<'a, str> {
        Cow::Borrowed(value)
    }
}
