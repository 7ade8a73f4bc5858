//! Redaction: what identifies people, machines or accounts becomes pseudonyms in text that leaves.
//!
//! Nothing here touches the case or the analysis. [`Learner`] reads all texts that will leave, in order, and numbers
//! what it finds by first appearance; the [`Redactor`] it ends in replaces the same in any text, on any thread.
//!
//! `scan` walks a text once and asks `address`, `name`, `number`, `pair` and `context` what stands where; `escape`
//! lets them see percent-encoded and JSON-escaped text as it was meant; `lists` holds the words they go by.

pub mod redactor;

mod address;
mod context;
mod escape;
mod learner;
mod lists;
mod name;
mod number;
mod pair;
mod scan;

pub use learner::Learner;
pub use redactor::{Redactor, Replaced};

use regex::{Regex, RegexBuilder};

/// One sentence for the preview and the help: what stays on purpose.
pub const KEPT: &str = "Ids that carry the story (UUIDs, request and account ids, LSNs, hashes), loopback addresses and \
     system accounts such as postgres or root stay; a pattern of your own replaces them too.";

/// What a replaced text was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An IPv4 or IPv6 address.
    Address,
    /// A hardware address of a network card.
    Mac,
    /// A host of the analysis, or a fully qualified name of another one.
    Host,
    /// An e-mail address.
    Email,
    /// A user's name. System accounts stay.
    User,
    /// A token, cookie, session id or access key.
    Token,
    /// A private or secret key.
    Key,
    /// A password.
    Password,
    /// A payment card's number with a right check digit.
    Card,
    /// An international bank account number with right check digits.
    Iban,
    /// A phone number that is labelled as one.
    Phone,
    /// What a pattern of the user's own matched.
    Own,
}

impl Kind {
    /// All kinds, in the order in which a preview lists them.
    pub const ALL: [Kind; 12] = [
        Kind::Address,
        Kind::Mac,
        Kind::Host,
        Kind::Email,
        Kind::User,
        Kind::Token,
        Kind::Key,
        Kind::Password,
        Kind::Card,
        Kind::Iban,
        Kind::Phone,
        Kind::Own,
    ];

    /// The word that pseudonyms of this kind begin with: `address`, `host`, `user`.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Address => "address",
            Kind::Mac => "mac",
            Kind::Host => "host",
            Kind::Email => "email",
            Kind::User => "user",
            Kind::Token => "token",
            Kind::Key => "key",
            Kind::Password => "password",
            Kind::Card => "card",
            Kind::Iban => "iban",
            Kind::Phone => "phone",
            Kind::Own => "own",
        }
    }
}

/// What is to be replaced.
#[derive(Clone, Debug)]
pub struct Rules {
    pub(crate) hosts: bool,
    pub(crate) own: Vec<Regex>,
}

impl Rules {
    /// Everything that this module knows, host names included.
    pub fn builtin() -> Rules {
        Rules { hosts: true, own: Vec::new() }
    }

    /// Whether host names (those of the analysis and others) are replaced; addresses are in any case.
    pub fn with_hosts(mut self, hosts: bool) -> Rules {
        self.hosts = hosts;
        self
    }

    /// Adds the user's own patterns (regular expressions). Where one has a group, its first group is replaced, else
    /// the whole match.
    ///
    /// # Errors
    ///
    /// A pattern that is no regular expression, or that matches the empty text: the sentence names which and why.
    pub fn with_also(mut self, patterns: &[String]) -> Result<Rules, String> {
        for (i, pattern) in patterns.iter().enumerate() {
            let place = format!("redaction pattern {} ({pattern})", i + 1);
            let regex = RegexBuilder::new(pattern).size_limit(4 << 20).build().map_err(|e| {
                let why = e.to_string();
                let last = why.lines().last().unwrap_or_default();
                format!("{place}: {}", last.trim_start_matches("error: "))
            })?;
            if regex.is_match("") {
                return Err(format!("{place} matches the empty text, so it would replace nothing or everything"));
            }
            self.own.push(regex);
        }
        Ok(self)
    }
}
