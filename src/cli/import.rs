//! `causeline formats import`: lnav's format definitions become ours, printed or put into the configuration folder.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};
use clap::Args;

use super::{own, print};
use crate::format::definition::Definitions;
use crate::format::import::{Imported, import};

/// Most bytes of a file that is imported.
const MOST: u64 = 16 << 20;

/// Arguments of `formats import`.
#[derive(Clone, Debug, Args)]
pub struct ImportArgs {
    /// lnav's format file; may hold several formats.
    #[arg(value_name = "FILE.json")]
    pub file: PathBuf,
    /// Only the format of this name.
    #[arg(long, value_name = "NAME")]
    pub only: Option<String>,
    /// Put them into the configuration folder, where each command reads them, instead of printing them.
    #[arg(long)]
    pub install: bool,
    /// With --install: replace definitions that are there.
    #[arg(long, requires = "install")]
    pub force: bool,
}

/// Runs the subcommand; 2 when nothing of the file could be converted.
///
/// # Errors
/// A file that cannot be read or is none of lnav's; a definition that is there already.
pub(super) fn run(args: &ImportArgs) -> Result<u8> {
    let shown = args.file.display();
    let size = std::fs::metadata(&args.file).with_context(|| format!("cannot read: {shown}"))?.len();
    if size > MOST {
        bail!("{shown} is larger than {} MB; that is no format definition", MOST >> 20);
    }
    let text = std::fs::read_to_string(&args.file).with_context(|| format!("cannot read: {shown}"))?;
    let mut formats = import(&text, &Definitions::builtin()).map_err(|e| anyhow!("{shown}: {e}"))?;
    if let Some(only) = &args.only {
        formats.retain(|f| f.name == only.to_lowercase());
        if formats.is_empty() {
            bail!("no format `{only}` in {shown}");
        }
    }
    formats.iter().for_each(tell);
    let whole: Vec<(&str, &str)> = formats.iter().filter_map(|f| Some((f.name.as_str(), f.toml.as_deref()?))).collect();
    if whole.is_empty() {
        return Ok(2);
    }
    if args.install {
        install(&whole, args.force)?;
    } else {
        print::stdout(&printed(&whole))?;
    }
    Ok(0)
}

/// One definition is a file as it is; several have their names between them.
fn printed(formats: &[(&str, &str)]) -> String {
    if let [(_, text)] = formats {
        return (*text).to_owned();
    }
    let each = formats.iter().map(|(name, text)| format!("# ---- {name}.toml ----\n{text}"));
    each.collect::<Vec<_>>().join("\n")
}

/// Says on standard error what became of a format.
fn tell(f: &Imported) {
    let what = match &f.toml {
        Some(_) if f.patterns.1 > 0 => {
            format!("{} of {} expressions, {} of {} samples hold", f.patterns.0, f.patterns.1, f.samples.0, f.samples.1)
        }
        Some(_) => format!("{} of {} samples hold", f.samples.0, f.samples.1),
        None => "not converted".to_owned(),
    };
    print::error(&format!("{}: {what}", f.name));
    for sentence in &f.left_out {
        print::error(&format!("  left out: {sentence}"));
    }
    for sentence in &f.notes {
        print::error(&format!("  {sentence}"));
    }
}

/// Writes the definitions into the configuration folder; none of them when one is there already.
fn install(formats: &[(&str, &str)], force: bool) -> Result<()> {
    let folder =
        own::folder().ok_or_else(|| anyhow!("no configuration folder: neither XDG_CONFIG_HOME nor HOME is set"))?;
    let files: Vec<(PathBuf, &str)> = formats.iter().map(|(name, text)| (file(&folder, name), *text)).collect();
    if let Some((there, _)) = files.iter().find(|(file, _)| !force && file.exists()) {
        bail!("{} is there already; --force replaces it", there.display());
    }
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for (file, text) in files {
        std::fs::write(&file, text).with_context(|| format!("cannot write: {}", file.display()))?;
        print::text(None, |out| writeln!(out, "{}", file.display()))?;
    }
    Ok(())
}

fn file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.toml"))
}
