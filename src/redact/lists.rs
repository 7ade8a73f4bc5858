//! The words that redaction goes by.

use super::Kind;

/// What a name says of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// The value is of this kind.
    Plain(Kind),
    /// The value is the rest of a header.
    Header(Kind),
}

const PASSWORDS: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "passwort",
    "kennwort",
    "motdepasse",
    "passwordhash",
    "passwdhash",
    "pwdhash",
    "userpass",
    "dbpass",
    "mysqlpass",
    "sqlpass",
    "redispass",
    "smtppass",
    "ftppass",
    "adminpass",
    "rootpass",
    "proxypass",
    "requirepass",
    "masterauth",
    "authstring",
    "passcode",
    "encryptedpassword",
];
const KEYS: &[&str] = &[
    "secret",
    "secretkey",
    "apikey",
    "privatekey",
    "accesskey",
    "accesskeyid",
    "signingkey",
    "encryptionkey",
    "masterkey",
    "authkey",
    "sharedkey",
    "accountkey",
    "storagekey",
    "secretaccesskey",
    "sharedaccesssignature",
    "presharedkey",
    "psk",
    "amzsignature",
    "appkey",
    "licensekey",
    "clientkeydata",
    "secretkeybase",
    "servicekey",
    "hmackey",
    "sshkey",
    "deploykey",
];
const TOKENS: &[&str] = &[
    "token",
    "jwt",
    "sessionid",
    "sessid",
    "jsessionid",
    "phpsessid",
    "connectsid",
    "csrf",
    "xsrf",
    "idtoken",
    "authcode",
    "oauthverifier",
    "sessionkey",
    "bearer",
    "otp",
    "cvv",
    "cvc",
    "mfacode",
    "session",
    "key",
    "sessioncookie",
    "credential",
    "credentials",
    "aspsessionid",
    "rememberme",
];
const USERS: &[&str] = &[
    "user",
    "username",
    "login",
    "loginname",
    "logname",
    "ruser",
    "pguser",
    "dbuser",
    "accountname",
    "usr",
    "principal",
    "saslusername",
    "remoteuser",
    "authuser",
    "sshuser",
    "euser",
    "suser",
    "duser",
    "targetusername",
    "subjectusername",
    "useraccount",
    "uid",
    "loginuser",
    "osuser",
    "currentuser",
    "sessionuser",
    "requser",
];
const HOSTS: &[&str] =
    &["host", "hostname", "rhost", "remotehost", "servername", "nodename", "dbhost", "pghost", "fqdn", "targethost"];
const PHONES: &[&str] = &[
    "phone",
    "phonenumber",
    "mobile",
    "mobilenumber",
    "telephone",
    "tel",
    "telefon",
    "fax",
    "msisdn",
    "cellphone",
    "phonenr",
    "mobilephone",
    "homephone",
    "workphone",
];
const HEADERS: &[&str] = &["authorization", "cookie", "setcookie", "xapikey", "xauthtoken", "proxyauthorization"];

/// What a name, in small letters and without what parts its words, says of its value.
pub(super) fn key(name: &str) -> Option<Key> {
    let ends = |list: &[&str]| list.iter().any(|w| name.ends_with(w));
    if HEADERS.iter().any(|h| name.ends_with(h)) {
        return Some(Key::Header(Kind::Token));
    }
    if ends(PASSWORDS) || matches!(name, "pass" | "passw" | "pswd" | "mysqlpwd" | "pgpass" | "pw") {
        return Some(Key::Plain(Kind::Password));
    }
    if ends(KEYS) {
        return Some(Key::Plain(Kind::Key));
    }
    if ends(TOKENS) && !matches!(name, "primarykey" | "foreignkey" | "cachekey" | "partitionkey" | "publickey")
        || matches!(name, "sid" | "sig" | "signature")
    {
        return Some(Key::Plain(Kind::Token));
    }
    if USERS.contains(&name) || name.ends_with("username") {
        return Some(Key::Plain(Kind::User));
    }
    if HOSTS.contains(&name) {
        return Some(Key::Plain(Kind::Host));
    }
    PHONES.contains(&name).then_some(Key::Plain(Kind::Phone))
}

/// Codes that are secret though short.
pub(super) fn is_short_secret(key: &str) -> bool {
    ["otp", "cvv", "cvc", "mfacode"].iter().any(|k| key.ends_with(k))
}

/// The schemes of `Authorization`.
pub(super) fn is_scheme(word: &str) -> bool {
    ["bearer", "basic", "digest", "negotiate", "token", "ntlm", "apikey", "aws4-hmac-sha256"]
        .iter()
        .any(|s| s.eq_ignore_ascii_case(word))
}

/// Accounts that every system has; they identify nobody and often carry the story.
const SYSTEM: &[&str] = &[
    "root",
    "postgres",
    "pgsql",
    "mysql",
    "mariadb",
    "nobody",
    "daemon",
    "bin",
    "sys",
    "sync",
    "games",
    "man",
    "lp",
    "mail",
    "news",
    "uucp",
    "proxy",
    "www-data",
    "www",
    "backup",
    "list",
    "irc",
    "gnats",
    "systemd",
    "systemd-network",
    "systemd-resolve",
    "systemd-timesync",
    "syslog",
    "messagebus",
    "sshd",
    "redis",
    "nginx",
    "apache",
    "httpd",
    "haproxy",
    "rabbitmq",
    "kafka",
    "zookeeper",
    "hdfs",
    "yarn",
    "hadoop",
    "spark",
    "hbase",
    "hive",
    "mongodb",
    "mongod",
    "elasticsearch",
    "kibana",
    "logstash",
    "etcd",
    "consul",
    "vault",
    "prometheus",
    "grafana",
    "docker",
    "jenkins",
    "git",
    "gitlab",
    "system",
    "local",
    "localhost",
    "anonymous",
    "guest",
    "admin",
    "administrator",
    "user",
    "username",
    "replicator",
    "replication",
    "repl",
    "repmgr",
    "patroni",
    "pgbouncer",
    "pgpool",
    "pacemaker",
    "hacluster",
    "corosync",
    "ntp",
    "chrony",
    "dbus",
    "polkitd",
    "rpc",
    "rpcuser",
    "nfsnobody",
    "named",
    "bind",
    "postfix",
    "dovecot",
    "exim",
    "cyrus",
    "tomcat",
    "wildfly",
    "oracle",
    "grid",
    "db2inst1",
    "sa",
    "sqlserver",
    "ubuntu",
    "debian",
    "centos",
    "ec2-user",
    "vagrant",
    "pi",
    "ftp",
    "operator",
    "halt",
    "shutdown",
    "default",
    "rdsadmin",
    "cloudsqladmin",
    "cloudsqlsuperuser",
    "azuresu",
    "public",
    "service",
    "network",
    "local service",
    "network service",
    "event_scheduler",
    "system user",
    "unauthenticated user",
    "mysql.sys",
    "mysql.session",
    "mysql.infoschema",
    "debian-sys-maint",
    "debian-exim",
    "pg_database_owner",
    "pg_monitor",
    "rdsrepladmin",
    "super",
    "superuser",
    "none",
    "nologin",
    "gdm",
    "lightdm",
    "avahi",
    "cron",
    "crond",
    "all",
    "any",
    "other",
    "nagios",
    "zabbix",
    "munin",
    "telegraf",
    "influxdb",
    "cassandra",
    "neo4j",
    "memcache",
    "memcached",
    "squid",
    "varnish",
    "barman",
    "pgbackrest",
    "wal-g",
    "galera",
    "sst",
    "mysqlrouter",
    "proxysql",
    "monitor",
    "maxscale",
];

/// Words that stand where a name could stand, and are none.
const NO_NAMES: &[&str] = &[
    "a",
    "about",
    "access",
    "account",
    "accounts",
    "after",
    "agent",
    "an",
    "and",
    "are",
    "as",
    "at",
    "attempt",
    "attributes",
    "authenticated",
    "authentication",
    "authorized",
    "authorization",
    "be",
    "been",
    "before",
    "being",
    "but",
    "by",
    "can",
    "cannot",
    "canceled",
    "cancelled",
    "changed",
    "client",
    "closed",
    "command",
    "connect",
    "connected",
    "connection",
    "could",
    "create",
    "created",
    "credentials",
    "data",
    "database",
    "defined",
    "deleted",
    "denied",
    "did",
    "disabled",
    "disconnected",
    "does",
    "doesn't",
    "during",
    "enabled",
    "error",
    "event",
    "exists",
    "expired",
    "failed",
    "failure",
    "false",
    "file",
    "for",
    "found",
    "from",
    "given",
    "group",
    "groups",
    "had",
    "has",
    "have",
    "home",
    "host",
    "id",
    "identified",
    "if",
    "in",
    "info",
    "input",
    "interface",
    "interaction",
    "invalid",
    "is",
    "it",
    "its",
    "kernel",
    "limit",
    "lock",
    "logged",
    "login",
    "logout",
    "mapping",
    "may",
    "memory",
    "message",
    "mode",
    "must",
    "name",
    "names",
    "new",
    "nil",
    "no",
    "not",
    "null",
    "of",
    "on",
    "or",
    "out",
    "page",
    "password",
    "permission",
    "permissions",
    "privileges",
    "process",
    "processes",
    "profile",
    "query",
    "request",
    "requested",
    "requests",
    "role",
    "roles",
    "rw",
    "session",
    "sessions",
    "set",
    "setting",
    "settings",
    "shared",
    "should",
    "some",
    "space",
    "started",
    "state",
    "stopped",
    "supplied",
    "table",
    "task",
    "temporary",
    "that",
    "the",
    "then",
    "these",
    "this",
    "thread",
    "time",
    "to",
    "token",
    "true",
    "type",
    "undefined",
    "unknown",
    "unlocked",
    "update",
    "user's",
    "users",
    "valid",
    "value",
    "was",
    "were",
    "when",
    "which",
    "while",
    "who",
    "will",
    "with",
    "without",
    "would",
    "yes",
    "you",
    "your",
    "current_user",
    "session_user",
    "current_role",
    "existing",
    "non-existent",
    "code",
    "variable",
    "variables",
    "threads",
    "statistics",
    "tables",
    "mappings",
    "defined-function",
    "id's",
    "mount",
    "lost+found",
    "info:",
    "exceeded",
    "lookup",
    "input/output",
    "terminated",
    "initiated",
    "specified",
    "activity",
];

/// Words that may be a name where something says so, but not elsewhere.
const ORDINARY: &[&str] = &[
    "api",
    "app",
    "application",
    "apps",
    "auth",
    "batch",
    "billing",
    "build",
    "cache",
    "core",
    "demo",
    "deploy",
    "deployer",
    "dev",
    "dba",
    "develop",
    "events",
    "exporter",
    "health",
    "info",
    "internal",
    "job",
    "jobs",
    "keeper",
    "log",
    "logger",
    "logs",
    "main",
    "manager",
    "master",
    "metrics",
    "model",
    "node",
    "orders",
    "owner",
    "payments",
    "primary",
    "prod",
    "production",
    "queue",
    "read",
    "reader",
    "readonly",
    "replica",
    "report",
    "reporting",
    "reports",
    "robot",
    "run",
    "runner",
    "scheduler",
    "search",
    "secondary",
    "server",
    "shop",
    "site",
    "slave",
    "social",
    "staging",
    "standby",
    "stats",
    "store",
    "support",
    "test",
    "tester",
    "testing",
    "tmp",
    "tool",
    "tools",
    "web",
    "webapp",
    "worker",
    "workers",
    "write",
    "writer",
    "media",
    "media_rw",
    "shell",
    "phone",
    "video",
    "mastodon",
    "rails",
    "django",
    "node_exporter",
    "sidekiq",
    "puma",
    "discourse",
    "wordpress",
    "ghost",
    "status",
    "start",
    "stop",
    "restart",
    "update",
    "upgrade",
    "install",
    "cluster",
    "leader",
    "follower",
    "client",
    "clients",
    "accounts",
    "account",
    "customer",
    "customers",
    "inventory",
    "checkout",
    "ops",
    "sre",
    "noc",
    "db",
];

/// True for a name that identifies a person or an account of one installation.
pub(super) fn is_user(name: &str) -> bool {
    let lower = name.to_lowercase();
    let plain = lower.trim_end_matches('$');
    (2..=64).contains(&name.len())
        && !name.contains(['/', '"', '{', '}', '<', '>', '=', '\n', '[', ']', '(', ')', ',', ';', '%', ':', '*', '?'])
        && name.chars().any(char::is_alphabetic)
        && name.split(' ').count() <= 3
        && !SYSTEM.contains(&plain)
        && !NO_NAMES.contains(&plain)
        && !(plain.len() >= 16 && plain.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-'))
        && !plain.starts_with("0x")
        && !is_no_secret(plain)
}

/// True for a user's name that is replaced wherever it stands, not only where something says that it is one.
pub(super) fn spreads(name: &str) -> bool {
    let lower = name.to_lowercase();
    name.chars().count() >= 3 && !ORDINARY.contains(&lower.as_str())
}

/// True for secrets that no ordinary word is like, so that they may be looked for everywhere.
pub(super) fn is_telling(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let other = text.bytes().filter(|b| !b.is_ascii_digit()).count();
    text.len() >= 6 && digits > 0 && other > 0 || text.len() >= 10 && text.bytes().any(|b| !b.is_ascii_alphanumeric())
}

/// What stands in the place of a secret and is none.
pub(super) fn is_no_secret(plain: &str) -> bool {
    const WORDS: &[&str] = &[
        "",
        "null",
        "nil",
        "none",
        "true",
        "false",
        "yes",
        "no",
        "on",
        "off",
        "redacted",
        "filtered",
        "hidden",
        "masked",
        "secret",
        "password",
        "removed",
        "empty",
        "undefined",
        "unknown",
        "required",
        "missing",
        "invalid",
        "expired",
        "not set",
        "unset",
        "n/a",
        "na",
        "is",
        "was",
        "has",
        "for",
        "the",
        "md5",
        "scram-sha-256",
        "sha256",
        "plain",
        "protected",
        "omitted",
        "sensitive",
        "authentication",
        "failed",
        "denied",
        "incorrect",
        "wrong",
        "string",
        "values",
        "changed",
        "ok",
        "default",
        "optional",
        "disabled",
        "enabled",
        "not",
        "must",
        "and",
        "redacted_password",
        "private",
        "using",
        "by",
        "with",
        "from",
        "to",
        "of",
        "in",
    ];
    WORDS.iter().any(|w| w.eq_ignore_ascii_case(plain))
}

/// `65a1b2c3.1f4a`: the sessions of PostgreSQL, which carry the story.
pub(super) fn is_session_of_postgres(text: &str) -> bool {
    text.split_once('.').is_some_and(|(a, b)| {
        a.len() == 8 && (1..=8).contains(&b.len()) && [a, b].iter().all(|p| p.bytes().all(|c| c.is_ascii_hexdigit()))
    })
}

/// True for names of hosts that tell them apart.
pub(super) fn names_a_host(name: &str) -> bool {
    (2..=253).contains(&name.len())
        && !name.eq_ignore_ascii_case("localhost")
        && !name.contains(char::is_whitespace)
        && name.chars().any(|c| c.is_alphabetic() || c == '.')
        && !name.starts_with("127.")
        && !name.eq_ignore_ascii_case("unknown")
}

/// True for a value of `host=` that names one machine, rather than all, none or any: `db7`, `web-3`.
pub(super) fn names_a_machine(name: &str) -> bool {
    let digits = name.bytes().any(|b| b.is_ascii_digit() || b == b'-');
    names_a_host(name)
        && digits
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        && name.bytes().next().is_some_and(|b| b.is_ascii_alphabetic())
        && !is_no_secret(name)
}

/// True if what comes is a version: `version 10.4.3.1`, `kernel-`, `v`.
pub(super) fn is_version_word(before: &[u8]) -> bool {
    const WORDS: &[&str] = &[
        "version",
        "ver",
        "v",
        "release",
        "rev",
        "revision",
        "firmware",
        "fw",
        "driver",
        "build",
        "upgrade",
        "upgraded",
        "kernel",
        "software",
        "library",
        "lib",
        "package",
        "oid",
        "bios",
        "chapter",
        "section",
        "sdk",
        "jdk",
        "java",
        "agent",
        "plugin",
        "versions",
        "cfe",
        "microcode",
        "patch",
    ];
    let text = String::from_utf8_lossy(before).to_ascii_lowercase();
    let plain = text.trim_end_matches([' ', '=', ':', '"', '\'', '(', '[', '-', '_', 'v']);
    let word: String = plain.chars().rev().take_while(|c| c.is_ascii_alphanumeric()).collect();
    let word: String = word.chars().rev().collect();
    WORDS.contains(&word.as_str()) || text.ends_with(" v") || word.ends_with("version")
}

/// Whether a last label is a top-level domain: `Some(true)` if it is hardly ever anything else.
pub(super) fn top_level(label: &str) -> Option<bool> {
    const SURE: &[&str] = &[
        "com",
        "net",
        "org",
        "edu",
        "gov",
        "mil",
        "arpa",
        "internal",
        "intranet",
        "lan",
        "localdomain",
        "corp",
        "local",
        "cloud",
        "de",
        "uk",
        "fr",
        "nl",
        "ch",
        "eu",
        "pl",
        "se",
        "dk",
        "es",
        "cz",
        "ru",
        "jp",
        "cn",
        "br",
        "au",
        "kr",
        "ie",
        "pt",
        "gr",
        "hu",
        "ro",
        "sk",
        "ua",
        "tr",
        "il",
        "mx",
        "nz",
        "za",
        "sg",
        "hk",
        "tw",
        "vn",
        "bg",
        "hr",
        "lt",
        "lv",
        "ee",
        "biz",
        "online",
        "site",
        "hosting",
        "online",
    ];
    const SOFT: &[&str] = &[
        "io", "dev", "app", "info", "name", "co", "me", "ai", "us", "ca", "at", "be", "it", "in", "no", "fi", "is",
        "to", "tv", "cc", "ws", "so", "sh", "rs", "py", "gg", "ly", "am", "fm", "id", "my", "th", "ar", "cl", "home",
        "private", "test", "example", "invalid", "svc", "tech", "store", "shop", "systems", "services", "network",
        "host", "xyz", "zone", "consul", "cluster", "prod", "staging", "intra", "mobi", "pro",
    ];
    if SURE.contains(&label) {
        return Some(true);
    }
    SOFT.contains(&label).then_some(false)
}

/// First labels of packages, which name domains the other way round.
pub(super) fn opens_a_package(label: &str) -> bool {
    ["com", "org", "net", "io", "edu", "java", "javax", "sun", "android", "jdk", "dalvik", "this", "self", "sys"]
        .contains(&label)
}

/// Names that look like those of hosts, and are parts of programs.
pub(super) fn is_no_host(run: &str) -> bool {
    ["rc.local", "asp.net", "vb.net", "ado.net", "settings.local", "node.local", "paint.net"]
        .iter()
        .any(|n| run.eq_ignore_ascii_case(n))
}

/// Hosts that everybody names: where schemas and documents lie.
pub(super) fn is_public(run: &str) -> bool {
    let run = run.to_ascii_lowercase();
    run.starts_with("schemas.")
        || [
            "www.w3.org",
            "w3.org",
            "www.postgresql.org",
            "postgresql.org",
            "dev.mysql.com",
            "docs.docker.com",
            "www.kernel.org",
            "bugs.mysql.com",
            "apache.org",
            "bugs.launchpad.net",
            "docs.oracle.com",
        ]
        .contains(&run.as_str())
        || run.ends_with(".apache.org")
}

/// Words before a host.
pub(super) fn is_host_word(before: &[u8]) -> bool {
    const WORDS: &[&str] = &[
        "host",
        "hostname",
        "server",
        "upstream",
        "peer",
        "from",
        "client",
        "domain",
        "addr",
        "address",
        "node",
        "connect",
        "resolve",
        "resolving",
        "dns",
        "lookup",
        "rhost",
        "remote",
        "fqdn",
        "servername",
        "authority",
    ];
    let text = String::from_utf8_lossy(before).to_ascii_lowercase();
    let plain = text.trim_end_matches([' ', '=', ':', '"', '\'', '(', '[', '<', '/']);
    let word: String = plain.chars().rev().take_while(|c| c.is_ascii_alphanumeric()).collect();
    let word: String = word.chars().rev().collect();
    WORDS.contains(&word.as_str())
}

/// Endings of files that could be top-level domains.
pub(super) fn is_file_ending(last: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "log",
        "txt",
        "conf",
        "cfg",
        "xml",
        "json",
        "yaml",
        "yml",
        "toml",
        "ini",
        "java",
        "class",
        "jar",
        "war",
        "py",
        "rb",
        "rs",
        "go",
        "js",
        "ts",
        "c",
        "h",
        "cc",
        "cpp",
        "hpp",
        "cs",
        "php",
        "pl",
        "pm",
        "sh",
        "so",
        "sql",
        "csv",
        "gz",
        "zip",
        "tar",
        "bz2",
        "xz",
        "zst",
        "lz4",
        "png",
        "jpg",
        "jpeg",
        "gif",
        "svg",
        "css",
        "html",
        "htm",
        "md",
        "pid",
        "sock",
        "lock",
        "tmp",
        "bak",
        "old",
        "out",
        "err",
        "dat",
        "db",
        "exe",
        "dll",
        "bin",
        "img",
        "iso",
        "rpm",
        "deb",
        "properties",
        "scala",
        "kt",
        "swift",
        "lua",
        "ps",
        "pdf",
        "pem",
        "crt",
        "key",
        "dump",
    ];
    ENDINGS.iter().any(|e| e.eq_ignore_ascii_case(last))
}

/// Units of systemd: `getty@tty1.service`.
pub(super) fn is_unit(last: &str) -> bool {
    ["service", "socket", "timer", "target", "mount", "device", "slice", "scope", "path", "swap"].contains(&last)
}

/// True if a level of PostgreSQL follows, as behind a prefix of `%u@%d`.
pub(super) fn is_severity(after: &str) -> bool {
    let words = ["LOG:", "ERROR:", "FATAL:", "WARNING:", "DETAIL:", "STATEMENT:", "HINT:", "PANIC:", "NOTICE:"];
    let plain = after.trim_start_matches([' ', ']', '-']);
    words.iter().any(|w| plain.starts_with(w))
}
