//! The level of an event: as the log said it, on one scale of seven.

/// Ordered from quiet to loud; `None` means that the text states no level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Level {
    /// The text states no level.
    #[default]
    None = 0,
    /// Finer than debug.
    Trace,
    /// For developers.
    Debug,
    /// Normal operation.
    Info,
    /// Normal, but worth a look.
    Notice,
    /// May become a problem.
    Warning,
    /// Something failed.
    Error,
    /// A process, a server or a file system is lost.
    Critical,
}

impl Level {
    /// All levels that a text can state, loudest last.
    pub const STATED: [Level; 7] =
        [Level::Trace, Level::Debug, Level::Info, Level::Notice, Level::Warning, Level::Error, Level::Critical];

    /// The word of the contract, `None` for [`Level::None`].
    pub fn name(self) -> Option<&'static str> {
        Some(match self {
            Level::None => return None,
            Level::Trace => "trace",
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Notice => "notice",
            Level::Warning => "warning",
            Level::Error => "error",
            Level::Critical => "critical",
        })
    }

    /// The level with this contract name.
    pub fn from_name(name: &str) -> Option<Level> {
        Level::STATED.into_iter().find(|l| l.name() == Some(name))
    }

    /// The level of a syslog priority's severity (0 is an emergency, 7 is debug).
    pub fn from_syslog(severity: u64) -> Level {
        match severity {
            0..=2 => Level::Critical,
            3 => Level::Error,
            4 => Level::Warning,
            5 => Level::Notice,
            6 => Level::Info,
            7 => Level::Debug,
            _ => Level::None,
        }
    }

    /// The level of a number as bunyan and pino write it (10 trace … 60 fatal).
    pub fn from_bunyan(number: u64) -> Level {
        match number {
            1..=10 => Level::Trace,
            11..=20 => Level::Debug,
            21..=30 => Level::Info,
            31..=40 => Level::Warning,
            41..=50 => Level::Error,
            51..=100 => Level::Critical,
            _ => Level::None,
        }
    }

    /// The level of a number as the usual libraries write it, by its size: bunyan and pino (10 … 60), Monolog
    /// (100 … 600), Logback (5000 … 40000).
    pub fn from_number(number: u64) -> Level {
        match number {
            ..100 => Level::from_bunyan(number),
            100 => Level::Debug,
            200 => Level::Info,
            250 => Level::Notice,
            300 => Level::Warning,
            400 => Level::Error,
            500 | 550 | 600 => Level::Critical,
            5_000 => Level::Trace,
            10_000 => Level::Debug,
            20_000 => Level::Info,
            30_000 => Level::Warning,
            40_000 => Level::Error,
            _ => Level::None,
        }
    }

    /// The level of OpenTelemetry's severity number (1 is trace, 24 is fatal).
    pub fn from_otlp(number: u64) -> Level {
        match number {
            1..=4 => Level::Trace,
            5..=8 => Level::Debug,
            9..=12 => Level::Info,
            13..=16 => Level::Warning,
            17..=20 => Level::Error,
            21..=24 => Level::Critical,
            _ => Level::None,
        }
    }

    /// The level that a word stands for in nearly every log, whatever its case.
    ///
    /// Single letters are left to the definitions that know them (`E` is an error in glog, an
    /// event elsewhere).
    pub fn from_word(word: &[u8]) -> Level {
        let mut low = [0u8; 13];
        let Some(low) = low.get_mut(..word.len()) else { return Level::None };
        low.copy_from_slice(word);
        low.make_ascii_lowercase();
        match &*low {
            b"trace" | b"trc" | b"trac" | b"trce" | b"vrb" | b"finest" | b"finer" | b"verbose" | b"verb" | b"silly"
            | b"spam" => Level::Trace,
            b"debug" | b"dbg" | b"debu" | b"dbug" | b"fine" | b"ddebug" | b"subdebug" | b"debug1" | b"debug2"
            | b"debug3" | b"debug4" | b"debug5" => Level::Debug,
            b"info" | b"inf" | b"information" | b"informational" | b"log" | b"config" | b"stats" | b"success" => {
                Level::Info
            }
            b"notice" | b"noti" | b"note" | b"system" | b"audit" => Level::Notice,
            b"warn" | b"warning" | b"wrn" | b"war" => Level::Warning,
            b"error" | b"err" | b"erro" | b"eror" | b"severe" | b"fail" | b"failure" => Level::Error,
            b"fatal" | b"critical" | b"crit" | b"alert" | b"emerg" | b"emergency" | b"panic" | b"emer" | b"ftl"
            | b"fata" | b"pani" | b"dpanic" => Level::Critical,
            _ => Level::None,
        }
    }

    /// The level of a single letter, for formats that write `I`, `W`, `E`, `F`.
    pub fn from_letter(letter: u8) -> Level {
        match letter.to_ascii_uppercase() {
            b'T' => Level::Trace,
            b'D' | b'V' => Level::Debug,
            b'I' => Level::Info,
            b'N' => Level::Notice,
            b'W' => Level::Warning,
            b'E' => Level::Error,
            b'F' | b'C' => Level::Critical,
            _ => Level::None,
        }
    }
}
