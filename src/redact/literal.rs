//! The literals that `context` looks for, and what each says of the text beside it.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::Kind;

/// What a literal says of the text beside it.
#[derive(Clone, Copy)]
pub(super) enum How {
    /// A user's name follows, quoted or not.
    Name,
    /// A user's name follows in quotes.
    QuotedName,
    /// A user's name follows, and a word that says so follows it.
    NameThen(&'static [&'static str]),
    /// A folder named after its user follows.
    Home,
    /// A user's name stands before.
    NameBefore,
    /// The user of an access log stands before, if a date follows.
    AccessLog,
    /// `uid=1000(bob)`
    InParentheses,
    /// A secret follows, quoted or not.
    Secret(Kind),
    /// A secret follows in quotes.
    QuotedSecret(Kind),
    /// `-u user:password`
    Credentials,
    /// `-psecret`, of the tools named in the same line.
    Attached,
    /// What follows is a token of another kind of letters.
    Scheme,
    /// Base64 of a user and a password.
    Basic,
    /// The literal begins a token: the fewest bytes that must follow, and exactly as many if so.
    Begins(Kind, usize, bool),
    /// A private key, over lines.
    Block,
}

use How::{
    AccessLog, Attached, Basic, Begins, Block, Credentials, Home, InParentheses, Name, NameBefore, NameThen,
    QuotedName, QuotedSecret, Scheme, Secret,
};

const DID: &[&str] = &[
    "logged",
    "connected",
    "disconnected",
    "authenticated",
    "signed",
    "has logged",
    "has been",
    "created",
    "deleted",
    "failed to log",
    "failed to auth",
    "from ",
    "is not allowed",
    "not allowed",
    "not in sudoers",
    "password changed",
    "was ",
];

/// The literals, in small letters; the longest wins.
pub(super) const LITERALS: &[(&str, How)] = &[
    ("for user ", Name),
    ("by user ", Name),
    ("as user ", Name),
    ("of user ", Name),
    ("with user ", Name),
    ("invalid user ", Name),
    ("illegal user ", Name),
    ("authenticating user ", Name),
    ("from user ", Name),
    ("to user ", Name),
    ("user \"", QuotedName),
    ("user '", QuotedName),
    ("user `", QuotedName),
    ("username \"", QuotedName),
    ("username '", QuotedName),
    ("role \"", QuotedName),
    ("role '", QuotedName),
    ("user \\\"", QuotedName),
    ("role \\\"", QuotedName),
    ("user ", NameThen(DID)),
    ("accepted publickey for ", Name),
    ("accepted password for ", Name),
    ("accepted keyboard-interactive/pam for ", Name),
    ("accepted gssapi-with-mic for ", Name),
    ("failed password for ", Name),
    ("failed publickey for ", Name),
    ("failed none for ", Name),
    ("failed keyboard-interactive/pam for ", Name),
    ("postponed publickey for ", Name),
    ("attempts exceeded for ", Name),
    ("disconnected from user ", Name),
    ("password changed for ", Name),
    ("login failed for ", Name),
    ("failed login for ", Name),
    ("logged in as ", Name),
    ("login as ", Name),
    ("authenticated as ", Name),
    ("connected as ", Name),
    ("new user: name=", Name),
    ("create user ", Name),
    ("alter user ", Name),
    ("drop user ", Name),
    ("drop user if exists ", Name),
    ("create user if not exists ", Name),
    ("create role ", Name),
    ("alter role ", Name),
    ("drop role ", Name),
    ("set role ", Name),
    ("owner to ", Name),
    ("session authorization ", Name),
    ("user@host: ", Name),
    ("ftp login: ", Name),
    ("\"targetusername\">", Name),
    ("\"subjectusername\">", Name),
    ("'targetusername'>", Name),
    ("'subjectusername'>", Name),
    ("/home/", Home),
    ("/users/", Home),
    ("\\users\\", Home),
    ("/var/mail/", Home),
    ("/var/spool/mail/", Home),
    (" : tty=", NameBefore),
    (" : pwd=", NameBefore),
    (") cmd (", NameBefore),
    ("'@'", NameBefore),
    ("\"@\"", NameBefore),
    ("`@`", NameBefore),
    ("'@`", NameBefore),
    ("'@localhost", NameBefore),
    (" [0", AccessLog),
    (" [1", AccessLog),
    (" [2", AccessLog),
    (" [3", AccessLog),
    ("(uid=", NameBefore),
    ("uid=", InParentheses),
    ("identified by ", Secret(Kind::Password)),
    ("identified by password ", Secret(Kind::Password)),
    ("password '", QuotedSecret(Kind::Password)),
    ("password \"", QuotedSecret(Kind::Password)),
    ("password('", QuotedSecret(Kind::Password)),
    ("password(\"", QuotedSecret(Kind::Password)),
    ("password ('", QuotedSecret(Kind::Password)),
    ("--password ", Secret(Kind::Password)),
    ("--passwd ", Secret(Kind::Password)),
    ("--pass ", Secret(Kind::Password)),
    ("--passphrase ", Secret(Kind::Password)),
    ("-passin pass:", Secret(Kind::Password)),
    ("-pass pass:", Secret(Kind::Password)),
    ("--token ", Secret(Kind::Token)),
    ("--access-token ", Secret(Kind::Token)),
    ("--api-key ", Secret(Kind::Key)),
    ("--apikey ", Secret(Kind::Key)),
    ("--secret ", Secret(Kind::Key)),
    ("--secret-key ", Secret(Kind::Key)),
    ("requirepass ", Secret(Kind::Password)),
    ("masterauth ", Secret(Kind::Password)),
    ("\"auth\" \"", QuotedSecret(Kind::Password)),
    ("--username ", Name),
    ("--user ", Credentials),
    (" -u ", Credentials),
    (" -u", Attached),
    (" -p", Attached),
    (" -a ", Attached),
    (" -w ", Attached),
    ("bearer ", Scheme),
    ("token token=", Scheme),
    ("basic ", Basic),
    ("akia", Begins(Kind::Key, 16, true)),
    ("asia", Begins(Kind::Key, 16, true)),
    ("abia", Begins(Kind::Key, 16, true)),
    ("acca", Begins(Kind::Key, 16, true)),
    ("ghp_", Begins(Kind::Token, 20, false)),
    ("gho_", Begins(Kind::Token, 20, false)),
    ("ghu_", Begins(Kind::Token, 20, false)),
    ("ghs_", Begins(Kind::Token, 20, false)),
    ("ghr_", Begins(Kind::Token, 20, false)),
    ("github_pat_", Begins(Kind::Token, 20, false)),
    ("glpat-", Begins(Kind::Token, 16, false)),
    ("gldt-", Begins(Kind::Token, 16, false)),
    ("glrt-", Begins(Kind::Token, 16, false)),
    ("glcbt-", Begins(Kind::Token, 16, false)),
    ("glptt-", Begins(Kind::Token, 16, false)),
    ("xoxb-", Begins(Kind::Token, 16, false)),
    ("xoxp-", Begins(Kind::Token, 16, false)),
    ("xoxa-", Begins(Kind::Token, 16, false)),
    ("xoxr-", Begins(Kind::Token, 16, false)),
    ("xoxs-", Begins(Kind::Token, 16, false)),
    ("xapp-", Begins(Kind::Token, 16, false)),
    ("hooks.slack.com/services/", Begins(Kind::Token, 20, false)),
    ("sk_live_", Begins(Kind::Key, 16, false)),
    ("sk_test_", Begins(Kind::Key, 16, false)),
    ("rk_live_", Begins(Kind::Key, 16, false)),
    ("rk_test_", Begins(Kind::Key, 16, false)),
    ("pk_live_", Begins(Kind::Key, 16, false)),
    ("pk_test_", Begins(Kind::Key, 16, false)),
    ("whsec_", Begins(Kind::Key, 16, false)),
    ("sk-ant-", Begins(Kind::Key, 20, false)),
    ("sk-proj-", Begins(Kind::Key, 20, false)),
    ("sk-", Begins(Kind::Key, 32, false)),
    ("aiza", Begins(Kind::Key, 35, false)),
    ("ya29.", Begins(Kind::Token, 20, false)),
    ("gocspx-", Begins(Kind::Key, 20, false)),
    ("npm_", Begins(Kind::Token, 30, false)),
    ("pypi-", Begins(Kind::Token, 32, false)),
    ("dop_v1_", Begins(Kind::Token, 32, false)),
    ("hf_", Begins(Kind::Token, 30, false)),
    ("shpat_", Begins(Kind::Token, 24, false)),
    ("sg.", Begins(Kind::Key, 40, false)),
    ("hvs.", Begins(Kind::Token, 20, false)),
    ("dckr_pat_", Begins(Kind::Token, 20, false)),
    ("age-secret-key-1", Begins(Kind::Key, 40, false)),
    ("eyj", Begins(Kind::Token, 17, false)),
    ("-----begin ", Block),
];

/// Looks for all of them at once.
pub(super) static FIND: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .ascii_case_insensitive(true)
        // So many literals begin with so many letters that looking for first letters only costs.
        .kind(Some(AhoCorasickKind::DFA))
        .prefilter(false)
        .build(LITERALS.iter().map(|l| l.0))
        .ok()
});
