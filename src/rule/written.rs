//! The primitives as rules write them, and the checks on the way to [`super::primitive`].

use serde::Deserialize;

use super::definition::{Several, read_duration};
use super::primitive::{
    Agree, Atomic, Burst, Exclusive, Fall, MEASURED, Monotone, Novel, Occurs, Periodic, Precedes, Primitive, Responds,
    Typed, Unique,
};
use super::select::{Selector, SelectorFile, Value, read_all};

/// Selectors as written: one or several.
pub type Selectors = Several<SelectorFile>;

fn values(list: &Several) -> Result<Vec<Value>, String> {
    list.list().iter().map(|v| Value::parse(v)).collect()
}

fn needed(name: &str, list: &Selectors) -> Result<Vec<Selector>, String> {
    let all = read_all(list)?;
    if all.is_empty() { Err(format!("`{name}` is needed")) } else { Ok(all) }
}

fn time(text: &Option<String>, usual: &str) -> Result<i64, String> {
    read_duration(text.as_deref().unwrap_or(usual))
}

macro_rules! file {
    ($(#[$doc:meta])* $name:ident { $($field:ident : $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name { $($field: $type,)* }
    };
}

file! {
    /// [`Occurs`] as written.
    OccursFile {
        of: Selectors, key: Several, at_least: Option<usize>, within: Option<String>, with: Selectors,
        with_within: Option<String>, with_key: Several, with_before: bool, unless: Selectors, unless_within: Option<String>, unless_key: Several,
    }
}

impl OccursFile {
    /// Checks it.
    ///
    /// # Errors
    /// One sentence.
    pub fn read(&self) -> Result<Primitive, String> {
        Ok(Primitive::Occurs(Occurs {
            of: needed("of", &self.of)?,
            key: values(&self.key)?,
            at_least: self.at_least.unwrap_or(1).max(1),
            within: self.within.as_deref().map(read_duration).transpose()?,
            with: read_all(&self.with)?,
            with_within: time(&self.with_within, "60 s")?,
            with_key: values(&self.with_key)?,
            with_before: self.with_before,
            unless: read_all(&self.unless)?,
            unless_within: time(&self.unless_within, "60 s")?,
            unless_key: values(&self.unless_key)?,
        }))
    }
}

file! {
    /// [`Monotone`] as written.
    MonotoneFile {
        of: Selectors, value: String, r#as: Typed, key: Several, reset: Selectors, back: Selectors,
        exact: bool,
    }
}

impl MonotoneFile {
    /// Checks it.
    ///
    /// # Errors
    /// One sentence.
    pub fn read(&self) -> Result<Primitive, String> {
        Ok(Primitive::Monotone(Monotone {
            of: needed("of", &self.of)?,
            value: Value::parse(&self.value)?,
            typed: self.r#as,
            key: values(&self.key)?,
            reset: read_all(&self.reset)?,
            back: read_all(&self.back)?,
            learned: !self.exact,
        }))
    }
}

file! {
    /// [`Unique`] as written.
    UniqueFile {
        of: Selectors, key: Several, attempt: Several, reset: Selectors, refused: Selectors, done: Selectors,
        apart: Option<String>,
    }
}

impl UniqueFile {
    /// Checks it.
    ///
    /// # Errors
    /// One sentence.
    pub fn read(&self) -> Result<Primitive, String> {
        Ok(Primitive::Unique(Unique {
            of: needed("of", &self.of)?,
            key: values(&self.key)?,
            attempt: values(&self.attempt)?,
            reset: read_all(&self.reset)?,
            refused: read_all(&self.refused)?,
            done: read_all(&self.done)?,
            apart: time(&self.apart, "0 s")?,
        }))
    }
}

file! {
    /// [`Precedes`] as written.
    PrecedesFile { first: Selectors, then: Selectors, key: Several, never: bool, }
}

impl PrecedesFile {
    /// Checks it.
    ///
    /// # Errors
    /// One sentence.
    pub fn read(&self) -> Result<Primitive, String> {
        Ok(Primitive::Precedes(Precedes {
            first: needed("first", &self.first)?,
            then: needed("then", &self.then)?,
            key: values(&self.key)?,
            never: self.never,
        }))
    }
}

file! {
    /// [`Responds`] as written.
    RespondsFile {
        first: Selectors, then: Selectors, key: Several, link: Several, within: Option<String>, learned: bool,
        unless: Selectors, cite: Selectors, answered: usize, forget: Option<String>,
    }
}

impl RespondsFile {
    fn read(&self) -> Result<Responds, String> {
        Ok(Responds {
            first: needed("first", &self.first)?,
            then: needed("then", &self.then)?,
            key: values(&self.key)?,
            link: values(&self.link)?,
            within: time(&self.within, "60 s")?,
            learned: self.learned,
            unless: read_all(&self.unless)?,
            cite: read_all(&self.cite)?,
            answered: self.answered,
            forget: self.forget.as_deref().map(read_duration).transpose()?,
        })
    }

    /// For an answer that came late.
    ///
    /// # Errors
    /// One sentence.
    pub fn read_late(&self) -> Result<Primitive, String> {
        self.read().map(Primitive::Responds)
    }

    /// For an answer that never came.
    ///
    /// # Errors
    /// One sentence.
    pub fn read_never(&self) -> Result<Primitive, String> {
        self.read().map(Primitive::Absent)
    }
}

file! {
    /// [`Periodic`] as written.
    PeriodicFile { of: Selectors, key: Several, miss: Option<f64>, }
}

impl PeriodicFile {
    /// Checks it.
    ///
    /// # Errors
    /// One sentence.
    pub fn read(&self) -> Result<Primitive, String> {
        let miss = self.miss.unwrap_or(1.0).max(0.5);
        Ok(Primitive::Periodic(Periodic { of: needed("of", &self.of)?, key: values(&self.key)?, miss }))
    }
}

file! {
    /// [`Fall`] as written.
    DropFile {
        of: Selectors, value: String, r#as: Typed, key: Several, below: Option<f64>, at_most: Option<f64>,
        rise: bool,
    }
}

impl DropFile {
    /// Checks it.
    ///
    /// # Errors
    /// One sentence.
    pub fn read(&self) -> Result<Primitive, String> {
        Ok(Primitive::Drop(Fall {
            of: needed("of", &self.of)?,
            value: Value::parse(&self.value)?,
            typed: self.r#as,
            key: values(&self.key)?,
            below: self.below.unwrap_or(0.5).clamp(0.01, 0.99),
            at_most: self.at_most,
            rise: self.rise,
        }))
    }
}

file! {
    /// [`Agree`] as written.
    AgreeFile { of: Selectors, with: Selectors, key: Several, value: String, reset: Selectors, }
}

impl AgreeFile {
    /// Checks it.
    ///
    /// # Errors
    /// One sentence.
    pub fn read(&self) -> Result<Primitive, String> {
        Ok(Primitive::Agree(Agree {
            of: needed("of", &self.of)?,
            with: needed("with", &self.with)?,
            key: values(&self.key)?,
            value: Value::parse(&self.value)?,
            reset: read_all(&self.reset)?,
        }))
    }
}

file! {
    /// [`Exclusive`] as written.
    ExclusiveFile { start: Selectors, stop: Selectors, key: Several, holder: String, confirm: Selectors, }
}

impl ExclusiveFile {
    /// Checks it.
    ///
    /// # Errors
    /// One sentence.
    pub fn read(&self) -> Result<Primitive, String> {
        Ok(Primitive::Exclusive(Exclusive {
            start: needed("start", &self.start)?,
            stop: needed("stop", &self.stop)?,
            key: values(&self.key)?,
            holder: Value::parse(&self.holder)?,
            confirm: read_all(&self.confirm)?,
        }))
    }
}

file! {
    /// [`Atomic`] as written.
    AtomicFile {
        first: Selectors, between: Selectors, last: Selectors, key: Several, within: Option<String>,
        differ: Several, same: Several, unless: Selectors, needs_last: bool,
    }
}

impl AtomicFile {
    /// Checks it.
    ///
    /// # Errors
    /// One sentence.
    pub fn read(&self) -> Result<Primitive, String> {
        Ok(Primitive::Atomic(Atomic {
            first: needed("first", &self.first)?,
            between: needed("between", &self.between)?,
            last: read_all(&self.last)?,
            key: values(&self.key)?,
            within: self.within.as_deref().map(read_duration).transpose()?,
            differ: values(&self.differ)?,
            same: values(&self.same)?,
            unless: read_all(&self.unless)?,
            needs_last: self.needs_last,
        }))
    }
}

file! {
    /// [`Burst`] as written.
    BurstFile {
        of: Selectors, key: Several, at_least: Option<usize>, within: Option<String>, factor: Option<f64>,
    }
}

impl BurstFile {
    /// Checks it.
    ///
    /// # Errors
    /// One sentence.
    pub fn read(&self) -> Result<Primitive, String> {
        Ok(Primitive::Burst(Burst {
            of: read_all(&self.of)?,
            key: values(&self.key)?,
            at_least: self.at_least.unwrap_or(5).max(2),
            within: time(&self.within, "60 s")?,
            factor: self.factor.unwrap_or(5.0).max(1.0),
        }))
    }
}

file! {
    /// [`Novel`] as written.
    NovelFile { before: Option<String>, }
}

impl NovelFile {
    /// Checks it.
    ///
    /// # Errors
    /// One sentence.
    pub fn read(&self) -> Result<Primitive, String> {
        Ok(Primitive::Novel(Novel { before: time(&self.before, "10 min")? }))
    }
}

file! {
    /// What is measured, by its name.
    MeasuredFile { what: String, }
}

impl MeasuredFile {
    /// Checks the name.
    ///
    /// # Errors
    /// One sentence.
    pub fn read(&self) -> Result<Primitive, String> {
        if MEASURED.contains(&self.what.as_str()) {
            Ok(Primitive::Measured(self.what.clone()))
        } else {
            Err(format!("nothing called `{}` is measured; there are {}", self.what, MEASURED.join(", ")))
        }
    }
}
