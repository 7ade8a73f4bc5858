//! Chooses a client: a subcommand is the command line, paths alone are the window.

use std::process::ExitCode;

use causeline::cli::{self, Next};

fn main() -> ExitCode {
    match cli::run() {
        Next::Exit(code) => ExitCode::from(code),
        Next::Window(open) => ExitCode::from(window(&open)),
    }
}

#[cfg(feature = "gui")]
fn window(open: &cli::window::Open) -> u8 {
    if open.measure {
        return cli::window::print(&causeline::ui::measure::report(&open.paths, &open.config));
    }
    match causeline::ui::run(open.paths.clone(), open.config.clone()) {
        Ok(()) => 0,
        Err(why) => cli::window::refuse(open, &why),
    }
}

#[cfg(not(feature = "gui"))]
fn window(open: &cli::window::Open) -> u8 {
    cli::window::refuse(open, "this build has no window")
}
