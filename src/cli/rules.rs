//! `causeline rules`: what is looked for, and checks for one's own rules.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};

use super::args::{DefinitionsCommand, ReadArgs, RulesArgs};
use super::{print, read_definition};
use crate::detect::check::check;
use crate::rule::{Rules, definition};

/// Runs the subcommand.
///
/// # Errors
/// An unknown name, a file that cannot be read, or output that cannot be written.
pub fn run(args: &RulesArgs) -> Result<u8> {
    match &args.what {
        None | Some(DefinitionsCommand::List) => {
            print::stdout(&list())?;
            Ok(0)
        }
        Some(DefinitionsCommand::Show { name }) => {
            let text = Rules::texts()
                .iter()
                .find(|(n, _)| n == name)
                .ok_or_else(|| anyhow!("no rule `{name}`; `causeline rules list` names them"))?;
            print::stdout(text.1)?;
            Ok(0)
        }
        Some(DefinitionsCommand::Check { files }) => check_files(files),
    }
}

fn list() -> String {
    let rules = Rules::builtin();
    let mut all: Vec<_> = rules.list.iter().collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    let width = all.iter().map(|r| r.name.len()).max().unwrap_or(0);
    let line = |r: &&crate::rule::Rule| {
        let relations: Vec<&str> = r.whens.iter().map(|w| w.primitive.name()).collect();
        format!("{:width$}  {:8}  {:7}  {}\n", r.name, r.severity.word(), r.role.word(), relations.join(", "))
    };
    all.iter().map(line).collect()
}

fn check_files(files: &[PathBuf]) -> Result<u8> {
    let mut code = 0;
    for file in files {
        match check_file(file) {
            Ok(samples) => print::stdout(&format!("{}: ok, {samples} samples\n", file.display()))?,
            Err(e) => {
                print::error(&format!("{}: {e:#}", file.display()));
                code = 2;
            }
        }
    }
    Ok(code)
}

fn check_file(file: &Path) -> Result<usize> {
    let (name, text) = read_definition(file, "rule")?;
    let rule = definition::parse(&name, &text).map_err(|e| anyhow!(e))?;
    let rules = Rules::with(&[(name, text)]).map_err(|e| anyhow!(e))?;
    let config = ReadArgs { default_tz: "UTC".to_owned(), ..ReadArgs::default() }.config()?;
    check(&rule, &rules, &config).map_err(|e| anyhow!(e))?;
    Ok(rule.samples.len())
}
