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
    if let Some(picture) = &open.picture {
        return draw(open, picture);
    }
    match causeline::ui::run(open.paths.clone(), open.config.clone(), open.kept.clone()) {
        Ok(()) => 0,
        Err(why) => cli::window::refuse(open, &why),
    }
}

#[cfg(feature = "gui")]
fn draw(open: &cli::window::Open, picture: &cli::picture::Picture) -> u8 {
    use causeline::ui::screenshot::{self, Click, Shot};
    let args = &picture.args;
    let event = args.select.clone().map(Click::Event);
    let shot = Shot {
        size: args.size.0,
        scale: args.scale,
        dark: args.theme == cli::picture::Theme::Dark,
        click: event.or(args.story.map(Click::Story)),
    };
    let taken = screenshot::take(open.paths.clone(), open.config.clone(), &shot);
    match taken.and_then(|(picture, analysis)| Ok((picture.png()?, analysis))) {
        Ok((png, analysis)) => cli::window::write_picture(picture, &png, &analysis),
        Err(why) => cli::window::no_picture(&why),
    }
}

#[cfg(not(feature = "gui"))]
fn window(open: &cli::window::Open) -> u8 {
    cli::window::refuse(open, "this build has no window")
}
