//! `causeline facts`: what is understood of products' lines, checks for one's own packs, and what was understood
//! of some logs.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use serde_json::{Map, Value};

use super::args::{FactsArgs, FactsCommand, FactsFormat, FactsOfArgs};
use super::{finish, print, read_definition};
use crate::analysis::{Analysis, analyze};
use crate::export::text::push_clean;
use crate::fact::{Fact, Facts, Packs, definition, packs};

/// Runs the subcommand.
///
/// # Errors
/// An unknown name, a file that cannot be read, a wrong pack, or output that cannot be written.
pub fn run(args: &FactsArgs) -> Result<u8> {
    match &args.what {
        None | Some(FactsCommand::List) => {
            print::stdout(&list())?;
            Ok(0)
        }
        Some(FactsCommand::Show { name }) => {
            let text = Packs::texts()
                .iter()
                .find(|(n, _)| n == name)
                .ok_or_else(|| anyhow!("no pack `{name}`; `causeline facts list` names them"))?;
            print::stdout(text.1)?;
            Ok(0)
        }
        Some(FactsCommand::Check { files }) => check(files),
        Some(FactsCommand::Of(args)) => of(args),
    }
}

fn list() -> String {
    let packs = Packs::builtin();
    let width = packs.list.iter().map(|p| p.name.len()).max().unwrap_or(0);
    packs.list.iter().map(|p| format!("{:width$}  {}: {}\n", p.name, p.title, p.about)).collect()
}

fn check(files: &[PathBuf]) -> Result<u8> {
    let mut code = 0;
    for file in files {
        let shown = file.display();
        let (name, text) = read_definition(file, "pack")?;
        let checked = definition::parse(&name, &text)
            .and_then(|pack| packs::check(&pack).map(|()| (pack.definitions.len(), pack.samples.len())));
        match checked {
            Ok((facts, samples)) => print::stdout(&format!("{shown}: ok, {facts} facts, {samples} samples\n"))?,
            Err(e) => {
                print::error(&format!("{shown}: {e}"));
                code = 2;
            }
        }
    }
    Ok(code)
}

fn of(args: &FactsOfArgs) -> Result<u8> {
    args.input.some_paths()?;
    let config = args.input.config()?;
    let packs = if args.pack.is_empty() {
        Arc::clone(&config.packs)
    } else {
        let files = args.pack.iter().map(|f| read_definition(f, "pack")).collect::<Result<Vec<_>>>()?;
        Arc::new(Packs::with(&files).map_err(|e| anyhow!("pack {e}"))?)
    };
    let analysis = analyze(&args.input.paths, &config);
    let facts = Facts::extract(&packs, &analysis.sources, &analysis.infos, &analysis.events);
    print::to(args.output.as_deref(), |out| {
        facts.iter().try_for_each(|fact| match args.format {
            FactsFormat::Text => text(out, &analysis, &fact),
            FactsFormat::Jsonl => json(out, &analysis, &fact),
        })
    })?;
    Ok(finish(&analysis.diagnostics))
}

fn place<'a>(analysis: &'a Analysis, fact: &Fact<'_>) -> (&'a str, u64) {
    (analysis.source(fact.event()).map_or("", |s| s.path.as_str()), analysis.events.line(fact.event()))
}

fn text(out: &mut dyn Write, analysis: &Analysis, fact: &Fact<'_>) -> io::Result<()> {
    let (file, line) = place(analysis, fact);
    let mut row = String::new();
    push_clean(&mut row, file);
    row.push_str(&format!(":{line} {}", fact.kind().name()));
    for (name, value) in fact.fields() {
        row.push_str(&format!(" {name}="));
        if value.contains([' ', '"', '\n', '\t']) {
            push_clean(&mut row, &format!("\"{}\"", value.replace('"', "\\\"")));
        } else {
            push_clean(&mut row, value);
        }
    }
    writeln!(out, "{row}")
}

fn json(out: &mut dyn Write, analysis: &Analysis, fact: &Fact<'_>) -> io::Result<()> {
    let (file, line) = place(analysis, fact);
    let fields: Map<String, Value> = fact.fields().map(|(n, v)| (n.to_owned(), v.into())).collect();
    let row = serde_json::json!({
        "file": file, "line": line, "fact": fact.kind().name(), "pack": fact.pack(), "fields": fields,
    });
    writeln!(out, "{row}")
}
