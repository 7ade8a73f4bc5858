//! The arguments as typed, and what they mean.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::{Args, Parser, Subcommand, ValueEnum};
use globset::{GlobBuilder, GlobMatcher};

use super::picture::PictureArgs;
use super::report::ReportArgs;
use crate::analysis::Config;
use crate::fact::Packs;
use crate::rule::Rules;
use crate::time::infer::Given;
use crate::time::zone::Zone;
use crate::time::{SECOND, query};

/// Turns the logs of an outage into one causal timeline, and says how sure it is.
///
/// With paths alone the window opens on them.
#[derive(Debug, Parser)]
#[command(name = "causeline", version, args_conflicts_with_subcommands = true, subcommand_precedence_over_arg = true)]
pub struct Cli {
    /// What to do; without it the window opens.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What to open in the window.
    #[command(flatten)]
    pub open: OpenArgs,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open the window on these paths.
    Open(OpenArgs),
    /// What each file was taken for: format, host, zone, and where its bytes went.
    Sources(SourcesArgs),
    /// The merged timeline, one record each.
    Events(EventsArgs),
    /// How far each host's clock was off.
    Clocks(SourcesArgs),
    /// How two lines are ordered, how sure that is, and by what.
    Why(WhyArgs),
    /// What is out of order, the cause first.
    Findings(FindingsArgs),
    /// The timeline as a document for a postmortem.
    Report(ReportArgs),
    /// Make, print and check case files.
    Case(super::case::CaseArgs),
    /// Write notes into a case, for scripts.
    Note(super::note::NoteArgs),
    /// The log formats that are understood.
    Formats(super::formats::FormatsArgs),
    /// What is understood of products' lines, and what was understood of some logs.
    Facts(FactsArgs),
    /// What is looked for: relations between facts that are out of order.
    Rules(RulesArgs),
    /// Measure the window's work per frame, without a display.
    #[command(hide = true)]
    MeasureWindow(OpenArgs),
}

/// Paths and how to read them.
#[derive(Clone, Debug, Default, Args)]
pub struct InputArgs {
    /// Files, folders (read recursively), archives and compressed files, or `-` for standard input.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// How to read them.
    #[command(flatten)]
    pub read: ReadArgs,
}

/// How to read the sources.
#[derive(Clone, Debug, Default, Args)]
pub struct ReadArgs {
    /// Zone of stamps that state none, for sources that match: `db2/*=Europe/Berlin`. It decides over all guesses.
    #[arg(long, value_name = "GLOB=ZONE")]
    pub source_tz: Vec<String>,
    /// Date of a source's first record, for stamps without a year or a date: `syslog=2022-12-31`. It decides over all
    /// guesses; for all sources (`*=2022-12-31`) it only helps where neither the text nor another source tells.
    #[arg(long, value_name = "GLOB=YYYY-MM-DD")]
    pub base_date: Vec<String>,
    /// Host that wrote the sources that match: `*/app.log=web1`.
    #[arg(long, value_name = "GLOB=NAME")]
    pub host: Vec<String>,
    /// Clock offset of the hosts or sources that match; positive means that this clock was ahead: `db2=-37.5`.
    #[arg(long, value_name = "GLOB=±SECONDS", allow_hyphen_values = true)]
    pub offset: Vec<String>,
    /// Zone of stamps that state none and whose capture does not tell.
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub default_tz: String,
}

/// How to show.
#[derive(Clone, Debug, Args)]
pub struct ShowArgs {
    /// Zone in which times are shown.
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub tz: String,
    /// Only what was recorded at or after this: RFC 3339, a date, `yesterday`, `-3h`.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub since: Option<String>,
    /// Only what was recorded before this.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub until: Option<String>,
    /// Order of the timeline: by cause, with measured clock offsets taken off, or by the recorded stamps.
    #[arg(long, value_enum, default_value_t = Order::Causal)]
    pub order: Order,
    /// Color in text output.
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
    /// Write to this file instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// The order of the timeline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Order {
    /// By cause, clocks corrected.
    #[default]
    Causal,
    /// By the recorded stamps.
    Recorded,
}

/// When to color.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Arguments of the window.
#[derive(Clone, Debug, Default, Args)]
pub struct OpenArgs {
    /// What to read.
    #[command(flatten)]
    pub input: InputArgs,
    /// Order of the timeline: by cause, with measured clock offsets taken off, or by the recorded stamps.
    #[arg(long, value_enum, default_value_t = Order::Causal)]
    pub order: Order,
    /// A picture instead of a window.
    #[command(flatten)]
    pub picture: PictureArgs,
}

/// Arguments of `why`.
#[derive(Clone, Debug, Args)]
pub struct WhyArgs {
    /// The first line: `pg01/kern.log:1`.
    #[arg(value_name = "FILE:LINE")]
    pub first: String,
    /// The second line.
    #[arg(value_name = "FILE:LINE")]
    pub second: String,
    /// The capture to read; the folder that holds both files when not given.
    #[arg(long, value_name = "PATH")]
    pub within: Vec<PathBuf>,
    /// How to read them.
    #[command(flatten)]
    pub read: ReadArgs,
}

/// Arguments of `sources`.
#[derive(Clone, Debug, Args)]
pub struct SourcesArgs {
    /// What to read.
    #[command(flatten)]
    pub input: InputArgs,
    /// How to show it.
    #[command(flatten)]
    pub show: ShowArgs,
    /// Form of the answer.
    #[arg(long, value_enum, default_value_t = SourcesFormat::Text)]
    pub format: SourcesFormat,
}

/// Forms of `sources`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SourcesFormat {
    /// For people.
    Text,
    /// The contract's JSON.
    Json,
}

/// Arguments of `events`.
#[derive(Clone, Debug, Args)]
pub struct EventsArgs {
    /// What to read.
    #[command(flatten)]
    pub input: InputArgs,
    /// How to show it.
    #[command(flatten)]
    pub show: ShowArgs,
    /// Form of the answer.
    #[arg(long, value_enum, default_value_t = EventsFormat::Text)]
    pub format: EventsFormat,
    /// What leaves beside the events.
    #[command(flatten)]
    pub with: super::events::WithArgs,
    /// Only events that this filter lets pass: words, `"phrases"`, `/regex/`, `-not`, `host:`, `id:`, `level>=` …
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true, long_help = filter_help())]
    pub filter: Option<String>,
}

/// Forms of `events`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EventsFormat {
    /// For people.
    Text,
    /// A JSON object a line.
    Jsonl,
    /// Comma-separated values.
    Csv,
    /// For Timesketch: comma-separated values.
    TimesketchCsv,
    /// For Timesketch: a JSON object a line.
    TimesketchJsonl,
    /// For Perfetto and chrome://tracing.
    ChromeTrace,
    /// OpenTelemetry's logs as JSON.
    Otlp,
}

/// Arguments of `findings`.
#[derive(Clone, Debug, Args)]
pub struct FindingsArgs {
    /// What to read.
    #[command(flatten)]
    pub input: InputArgs,
    /// How to show it.
    #[command(flatten)]
    pub show: ShowArgs,
    /// Form of the answer.
    #[arg(long, value_enum, default_value_t = SourcesFormat::Text)]
    pub format: SourcesFormat,
    /// Exit with 1 when something as grave as this or graver is found.
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,
    /// A rule of one's own, used with the built-in ones.
    #[arg(long, value_name = "FILE")]
    pub rule: Vec<PathBuf>,
}

/// Severities that `--fail-on` knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Unusual.
    Low,
    /// Something does not work as it should.
    Medium,
    /// Users or data are affected, or soon will be.
    High,
    /// Data is wrong or lost, or a service is down.
    Critical,
}

/// Arguments of `rules`.
#[derive(Clone, Debug, Args)]
pub struct RulesArgs {
    /// What to do with them; `list` when not given.
    #[command(subcommand)]
    pub what: Option<DefinitionsCommand>,
}

/// What can be done with rules, which are files of definitions.
#[derive(Clone, Debug, Subcommand)]
pub enum DefinitionsCommand {
    /// Name each in a line.
    List,
    /// Print one's definition.
    Show {
        /// Its name.
        name: String,
    },
    /// Check definition files against their own samples.
    Check {
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

/// Arguments of `facts`.
#[derive(Clone, Debug, Args)]
pub struct FactsArgs {
    /// What to do with them; `list` when not given.
    #[command(subcommand)]
    pub what: Option<FactsCommand>,
}

/// What can be done with packs of facts.
#[derive(Clone, Debug, Subcommand)]
pub enum FactsCommand {
    /// Name each pack in a line.
    List,
    /// Print a pack.
    Show {
        /// Name of the pack.
        name: String,
    },
    /// Check packs against their own samples.
    Check {
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Print the facts in some logs, one a line, in the order of the files.
    Of(FactsOfArgs),
}

/// Arguments of `facts of`.
#[derive(Clone, Debug, Args)]
pub struct FactsOfArgs {
    /// What to read.
    #[command(flatten)]
    pub input: InputArgs,
    /// A pack of one's own, used with the built-in ones.
    #[arg(long, value_name = "FILE")]
    pub pack: Vec<PathBuf>,
    /// Form of the answer.
    #[arg(long, value_enum, default_value_t = FactsFormat::Text)]
    pub format: FactsFormat,
    /// Write to this file instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Forms of `facts of`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FactsFormat {
    /// For people.
    Text,
    /// A JSON object a line.
    Jsonl,
}

impl InputArgs {
    /// Fails with a sentence when no path is given.
    ///
    /// # Errors
    /// When there is none.
    pub fn some_paths(&self) -> Result<()> {
        if self.paths.is_empty() {
            bail!("no path given; name files or folders with logs, or `-` for standard input");
        }
        Ok(())
    }

    /// What the options mean for the analysis.
    ///
    /// # Errors
    /// When an option cannot be read.
    pub fn config(&self) -> Result<Config> {
        self.read.config()
    }
}

impl ReadArgs {
    /// What the options mean for the analysis.
    ///
    /// # Errors
    /// When an option cannot be read.
    pub fn config(&self) -> Result<Config> {
        let zones = pairs("--source-tz", &self.source_tz, zone)?;
        let dates = pairs("--base-date", &self.base_date, |d| {
            d.parse().with_context(|| format!("not a date (YYYY-MM-DD): {d}"))
        })?;
        let hosts = pairs("--host", &self.host, |h| Ok(h.to_owned()))?;
        let default_zone = Some(zone(&self.default_tz).context("--default-tz")?);
        let offsets = pairs("--offset", &self.offset, |o| {
            let seconds: f64 = o.parse().with_context(|| format!("not a number of seconds: {o}"))?;
            Ok(seconds * 1e9)
        })?;
        Ok(Config {
            definitions: Arc::new(super::own::definitions()),
            packs: Packs::builtin(),
            rules: Rules::builtin(),
            given: Given { zones, dates, hosts, default_zone, ..Given::default() },
            causal: false,
            offsets,
            pins: Vec::new(),
        })
    }
}

/// A zone, or a sentence that says what is understood.
///
/// # Errors
/// When the name is not a zone.
pub fn zone(name: &str) -> Result<Zone> {
    Zone::parse(name).ok_or_else(|| {
        anyhow!("not a zone, or one with several meanings: `{name}`; give an IANA name (Europe/Berlin) or an offset (+02:00)")
    })
}

fn pairs<T>(option: &str, list: &[String], value: impl Fn(&str) -> Result<T>) -> Result<Vec<(GlobMatcher, T)>> {
    list.iter()
        .map(|text| {
            let (glob, right) =
                text.rsplit_once('=').ok_or_else(|| anyhow!("{option} wants GLOB=VALUE, not `{text}`"))?;
            let glob = GlobBuilder::new(glob)
                .literal_separator(false)
                .build()
                .with_context(|| format!("{option}: not a pattern: `{glob}`"))?;
            Ok((glob.compile_matcher(), value(right).with_context(|| option.to_owned())?))
        })
        .collect()
}

impl ShowArgs {
    /// The zone in which times are shown.
    ///
    /// # Errors
    /// When `--tz` is not a zone.
    pub fn zone(&self) -> Result<Zone> {
        zone(&self.tz).context("--tz")
    }

    /// The time shown, from and to (nanoseconds since 1970 UTC).
    ///
    /// # Errors
    /// When `--since` or `--until` cannot be read.
    pub fn span(&self) -> Result<(Option<i64>, Option<i64>)> {
        let zone = self.zone()?;
        let read = |text: &Option<String>, option: &str| {
            text.as_deref().map(|t| query::instant(t, zone, now()).map_err(|e| anyhow!("{option}: {e}"))).transpose()
        };
        Ok((read(&self.since, "--since")?, read(&self.until, "--until")?))
    }

    /// True when text is to be colored.
    pub fn colored(&self) -> bool {
        use std::io::IsTerminal as _;
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                self.output.is_none()
                    && std::io::stdout().is_terminal()
                    && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "relative times of the command line count from the moment it was given")]
pub(super) fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(0).saturating_mul(SECOND)
}

fn filter_help() -> String {
    format!("Only events that this filter lets pass:\n\n{}", crate::query::language::help())
}
