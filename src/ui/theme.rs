//! Every color, size and font of the window, for dark and light; nothing else in `ui` names one.

use std::sync::Arc;

use egui::{
    Color32, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Shadow, Stroke, TextStyle, Theme,
};

use crate::case::Kind;
use crate::timeline::density::Loudness;

/// Sizes in points.
pub mod size {
    /// Words.
    pub const BODY: f32 = 12.5;
    /// Log text.
    pub const MONO: f32 = 11.8;
    /// Captions and small print.
    pub const CAPTION: f32 = 10.5;
    /// Titles of panels and cards.
    pub const TITLE: f32 = 14.0;
    /// Height of a row of the event list.
    pub const ROW: f32 = 27.0;
    /// Height of a line below an opened row.
    pub const OPENED_LINE: f32 = 16.0;
    /// Height of a row of the list of sources.
    pub const SOURCE_ROW: f32 = 22.0;
    /// Height of the top bar.
    pub const TOP_BAR: f32 = 46.0;
    /// Height of the strip that tells the assumptions.
    pub const TRUST: f32 = 30.0;
    /// Height of the status bar.
    pub const STATUS: f32 = 26.0;
    /// Height of a row of names and values.
    pub const GRID_ROW: f32 = 16.0;
    /// Height of buttons and fields.
    pub const CONTROL: f32 = 28.0;
    /// Height of the chip of a filter's term.
    pub const CHIP: f32 = 20.0;
    /// Height of the bar in which a text is searched.
    pub const FIND: f32 = 36.0;
    /// Width of the lanes' names.
    pub const GUTTER: f32 = 134.0;
    /// Height of the overview, its axis included.
    pub const OVERVIEW: f32 = 62.0;
    /// Height of the time axis.
    pub const AXIS: f32 = 40.0;
    /// A lane is at least this high.
    pub const LANE_MIN: f32 = 34.0;
    /// A lane is at most this high.
    pub const LANE_MAX: f32 = 172.0;
    /// A lane inside of a host's lane is at least this high.
    pub const SUB_LANE_MIN: f32 = 21.0;
    /// A lane inside of a host's lane is at most this high.
    pub const SUB_LANE_MAX: f32 = 58.0;
    /// Height of the strip of flags above the lanes.
    pub const FLAGS: f32 = 18.0;
    /// Radius of corners of buttons and fields.
    pub const CORNER: f32 = 6.0;
    /// Radius of corners of cards and popups.
    pub const CARD_CORNER: f32 = 9.0;
    /// Half the width of a glyph that stands for one event.
    pub const GLYPH: f32 = 4.0;
    /// Width of a scroll bar.
    pub const SCROLL_BAR: f32 = 10.0;
    /// A scroll bar's handle is at least this long.
    pub const SCROLL_HANDLE: f32 = 24.0;
    /// Width of a character of log text, in parts of its size: JetBrains Mono is monospaced.
    pub const MONO_ADVANCE: f32 = 0.6;
}

/// Characters that are drawn as pictures; a test lays each of them out.
pub mod icon {
    /// A menu opens below.
    pub const MENU: &str = "▾";
    /// Something is on.
    pub const ON: &str = "●";
    /// Something is off.
    pub const OFF: &str = "○";
    /// Search.
    pub const SEARCH: &str = "🔍";
    /// Done, read, agreed.
    pub const CHECK: &str = "✔";
    /// Close, clear, remove.
    pub const CLOSE: &str = "✖";
    /// A lane that can be opened.
    pub const CLOSED: &str = "▸";
    /// A lane that is open.
    pub const OPENED: &str = "▾";
    /// Dark or light.
    pub const THEME: &str = "◐";
    /// Lines to where the recorded stamps are.
    pub const SHIFTS: &str = "↔";
    /// It is kept under a name.
    pub const SAVED: &str = "★";
    /// It could be kept under a name.
    pub const SAVE: &str = "☆";
    /// The next below.
    pub const NEXT: &str = "↓";
    /// The next above.
    pub const PREVIOUS: &str = "↑";
    /// More lies behind.
    pub const LATER: &str = "→";
    /// More lies before.
    pub const EARLIER: &str = "←";
    /// More text follows.
    pub const MORE: &str = "…";
    /// Stands for a character that must not be drawn.
    pub const NEUTRAL: char = '·';
    /// All of them.
    pub const ALL: &[&str] = &[
        MENU, CLOSED, OPENED, ON, OFF, SEARCH, CHECK, CLOSE, THEME, SHIFTS, MORE, SAVED, SAVE, NEXT, PREVIOUS, LATER,
        EARLIER, "·", "−", "→", "±", "≥", "µ", "×", "⇧", "Δ",
    ];
}

/// The colors of one theme, named by what they are for.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// Behind everything.
    pub background: Color32,
    /// Behind panels.
    pub panel: Color32,
    /// Buttons, fields, cards.
    pub raised: Color32,
    /// What the pointer is on.
    pub hover: Color32,
    /// Lines between things.
    pub hairline: Color32,
    /// Borders of things that can be used.
    pub strong_line: Color32,
    /// Behind a lane.
    pub lane: Color32,
    /// What is to be read first.
    pub text: Color32,
    /// What is to be read next.
    pub text_second: Color32,
    /// Captions, units, what is only there to be looked up.
    pub text_third: Color32,
    /// The one color that says: chosen, active, can be followed.
    pub accent: Color32,
    /// Behind what is chosen.
    pub accent_fill: Color32,
    /// Text on a surface filled with the accent.
    pub on_accent: Color32,
    /// Critical events.
    pub critical: Color32,
    /// Errors.
    pub error: Color32,
    /// Warnings.
    pub warning: Color32,
    /// All other events.
    pub info: Color32,
    /// All is well.
    pub good: Color32,
    /// Loud, and not the cause.
    pub herring: Color32,
    /// Bars of density.
    pub density: Color32,
    hosts: [Color32; 8],
    shadow: Color32,
}

#[expect(clippy::disallowed_methods, reason = "this is the file that colors live in")]
const fn hex(rgb: u32) -> Color32 {
    Color32::from_rgb((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
}

const fn hexes(rgb: [u32; 8]) -> [Color32; 8] {
    let [a, b, c, d, e, f, g, h] = rgb;
    [hex(a), hex(b), hex(c), hex(d), hex(e), hex(f), hex(g), hex(h)]
}

/// Dark.
pub const DARK: Tokens = Tokens {
    background: hex(0x0e1014),
    panel: hex(0x13161c),
    raised: hex(0x1a1e26),
    hover: hex(0x20252f),
    hairline: hex(0x252b36),
    strong_line: hex(0x323a48),
    lane: hex(0x11141a),
    text: hex(0xe7eaf0),
    text_second: hex(0xa3acba),
    text_third: hex(0x6b7585),
    accent: hex(0x6aa9ff),
    accent_fill: hex(0x16263f),
    on_accent: hex(0x0e1014),
    critical: hex(0xff6b9a),
    error: hex(0xff8a5c),
    warning: hex(0xe8b84a),
    info: hex(0x7f8b9c),
    good: hex(0x46c08f),
    herring: hex(0xa48bff),
    density: hex(0x4b586b),
    hosts: hexes([0x56b4e9, 0xcc79a7, 0x3fbf93, 0xd8c24a, 0xe0925a, 0x9d8df1, 0x7cc7d0, 0xc2a383]),
    shadow: Color32::from_black_alpha(110),
};

/// Light.
pub const LIGHT: Tokens = Tokens {
    background: hex(0xf6f7f9),
    panel: hex(0xffffff),
    raised: hex(0xf0f2f5),
    hover: hex(0xe8ebf0),
    hairline: hex(0xe1e5eb),
    strong_line: hex(0xcbd2dc),
    lane: hex(0xfbfcfd),
    text: hex(0x171b22),
    text_second: hex(0x4f5a69),
    text_third: hex(0x7c8796),
    accent: hex(0x1f6fd6),
    accent_fill: hex(0xe3eefc),
    on_accent: hex(0xffffff),
    critical: hex(0xc2185b),
    error: hex(0xc8481a),
    warning: hex(0x9a6a00),
    info: hex(0x6b7686),
    good: hex(0x0f8a5f),
    herring: hex(0x6b4fd8),
    density: hex(0xb4bfcd),
    hosts: hexes([0x0072b2, 0xa8477f, 0x007a58, 0x8a7300, 0xb3560a, 0x5f4fc4, 0x1f7380, 0x7a5a3c]),
    shadow: Color32::from_black_alpha(36),
};

impl Tokens {
    /// The colors of a theme.
    pub fn of(theme: Theme) -> &'static Tokens {
        match theme {
            Theme::Dark => &DARK,
            Theme::Light => &LIGHT,
        }
    }

    /// The color of lane `idx`.
    pub fn host(&self, idx: usize) -> Color32 {
        self.hosts.get(idx % self.hosts.len()).copied().unwrap_or(self.info)
    }

    /// The color of a class of events.
    pub fn loudness(&self, loudness: Loudness) -> Color32 {
        match loudness {
            Loudness::Quiet => self.info,
            Loudness::Warning => self.warning,
            Loudness::Error => self.error,
            Loudness::Critical => self.critical,
        }
    }

    /// The color of a marker.
    pub fn kind(&self, kind: Kind) -> Color32 {
        match kind {
            Kind::Trigger => self.critical,
            Kind::ImpactStart | Kind::ImpactEnd => self.error,
            Kind::Mitigation => self.warning,
            Kind::Recovery => self.good,
            Kind::RedHerring => self.herring,
            Kind::KeyMoment => self.text,
            Kind::Detection | Kind::Diagnosis | Kind::Note => self.accent,
        }
    }

    /// A hairline.
    pub fn line(&self) -> Stroke {
        Stroke::new(1.0, self.hairline)
    }

    /// The border of something that can be used.
    pub fn border(&self) -> Stroke {
        Stroke::new(1.0, self.strong_line)
    }

    /// Surroundings of a panel without lines of its own.
    pub fn frame(&self, x: i8, y: i8) -> egui::Frame {
        egui::Frame::new().fill(self.panel).inner_margin(Margin::symmetric(x, y))
    }
}

/// Words.
pub fn body() -> FontId {
    FontId::new(size::BODY, FontFamily::Proportional)
}

/// Words that matter.
pub fn strong() -> FontId {
    FontId::new(size::BODY, strong_family())
}

/// Titles.
pub fn title() -> FontId {
    FontId::new(size::TITLE, strong_family())
}

/// Small print.
pub fn small() -> FontId {
    FontId::new(size::CAPTION, FontFamily::Proportional)
}

/// Captions.
pub fn caption() -> FontId {
    FontId::new(size::CAPTION, strong_family())
}

/// Log text, times and numbers.
pub fn mono() -> FontId {
    FontId::new(size::MONO, FontFamily::Monospace)
}

/// Small numbers.
pub fn mono_small() -> FontId {
    FontId::new(size::CAPTION, FontFamily::Monospace)
}

fn strong_family() -> FontFamily {
    FontFamily::Name("strong".into())
}

/// Gives a context the fonts and both themes, and lets it follow the system's.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(fonts());
    for theme in [Theme::Dark, Theme::Light] {
        ctx.style_mut_of(theme, |style| apply(style, Tokens::of(theme)));
    }
    ctx.options_mut(|o| {
        o.zoom_with_keyboard = false; // the table of commands has these keys
        o.fallback_theme = Theme::Dark;
    });
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let mut add = |name: &str, data: FontData| {
        fonts.font_data.insert(name.to_owned(), Arc::new(data));
    };
    add("inter", FontData::from_static(include_bytes!("../../assets/fonts/Inter-Regular.otf")));
    add("inter-strong", FontData::from_static(include_bytes!("../../assets/fonts/Inter-SemiBold.otf")));
    add("jetbrains-mono", FontData::from_owned(without_ligatures(JETBRAINS_MONO.to_vec())));
    let fallbacks: Vec<String> = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    let family = |first: &str| {
        let mut names = vec![first.to_owned()];
        names.extend(fallbacks.iter().cloned());
        names.push("Hack".to_owned()); // has the arrows and triangles that the others lack
        names
    };
    let mut mono = family("jetbrains-mono");
    mono.insert(1, "Hack".to_owned());
    fonts.families.insert(FontFamily::Proportional, family("inter"));
    fonts.families.insert(strong_family(), family("inter-strong"));
    fonts.families.insert(FontFamily::Monospace, mono);
    fonts
}

const JETBRAINS_MONO: &[u8] = include_bytes!("../../assets/fonts/JetBrainsMono-Regular.ttf");

/// Hides the font's table of substitutions: `!=` and `->` in a log are two characters and must look so.
fn without_ligatures(mut font: Vec<u8>) -> Vec<u8> {
    const RECORD: usize = 16;
    let tables = font.get(12..).map_or(0, |t| t.len() / RECORD).min(64);
    for i in 0..tables {
        let at = 12 + i * RECORD;
        if let Some(tag) = font.get_mut(at..at + 4)
            && tag == b"GSUB"
        {
            tag.copy_from_slice(b"GSUA"); // unknown, and still in alphabetical order
            break;
        }
    }
    font
}

fn apply(style: &mut egui::Style, t: &Tokens) {
    style.text_styles = [
        (TextStyle::Body, body()),
        (TextStyle::Button, body()),
        (TextStyle::Small, small()),
        (TextStyle::Heading, title()),
        (TextStyle::Monospace, mono()),
    ]
    .into();
    let corner = CornerRadius::same(size::CORNER as u8);
    let s = &mut style.spacing;
    s.item_spacing = egui::vec2(8.0, 6.0);
    s.button_padding = egui::vec2(10.0, 5.0);
    s.interact_size.y = size::CONTROL;
    s.menu_margin = Margin::same(6);
    s.scroll = egui::style::ScrollStyle::floating();
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.35;
    let v = &mut style.visuals;
    v.panel_fill = t.panel;
    v.window_fill = t.panel;
    v.window_stroke = t.border();
    v.window_corner_radius = CornerRadius::same(size::CARD_CORNER as u8);
    v.menu_corner_radius = CornerRadius::same(size::CARD_CORNER as u8);
    v.popup_shadow = Shadow { offset: [0, 6], blur: 18, spread: 0, color: t.shadow };
    v.window_shadow = v.popup_shadow;
    v.extreme_bg_color = t.background;
    v.text_edit_bg_color = Some(t.background);
    v.code_bg_color = t.raised;
    v.faint_bg_color = t.lane;
    v.hyperlink_color = t.accent;
    v.warn_fg_color = t.warning;
    v.error_fg_color = t.error;
    v.weak_text_color = Some(t.text_second);
    v.selection.bg_fill = t.accent_fill;
    v.selection.stroke = Stroke::new(1.0, t.accent);
    v.text_cursor.stroke = Stroke::new(1.5, t.accent);
    let w = &mut v.widgets;
    let parts = [
        (&mut w.noninteractive, t.panel, t.line(), t.text),
        (&mut w.inactive, t.raised, Stroke::new(1.0, t.hairline), t.text),
        (&mut w.hovered, t.hover, t.border(), t.text),
        (&mut w.active, t.hover, Stroke::new(1.0, t.accent), t.text),
        (&mut w.open, t.hover, t.border(), t.text),
    ];
    for (part, fill, border, text) in parts {
        part.bg_fill = fill;
        part.weak_bg_fill = fill;
        part.bg_stroke = border;
        part.fg_stroke = Stroke::new(1.0, text);
        part.corner_radius = corner;
        part.expansion = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_icon_can_be_drawn() {
        let ctx = egui::Context::default();
        install(&ctx);
        let output = ctx.run_ui(egui::RawInput::default(), |ui| {
            for font in [body(), strong(), mono()] {
                for icon in icon::ALL {
                    let has = ui.fonts_mut(|f| f.has_glyphs(&font, icon));
                    assert!(has, "{icon} in {font:?}");
                }
            }
        });
        output.drop_without_applying_deltas();
    }

    #[test]
    fn log_text_has_no_ligatures_and_one_width() {
        let ctx = egui::Context::default();
        install(&ctx);
        let output = ctx.run_ui(egui::RawInput::default(), |ui| {
            let width =
                |text: &str| ui.fonts_mut(|f| f.layout_no_wrap(text.to_owned(), mono(), Color32::WHITE).size().x);
            let one = width("x");
            assert!((one - size::MONO * size::MONO_ADVANCE).abs() < 0.3, "{one}");
            assert!((width("!= -> => ffi 0xFF") - one * 17.0).abs() < 1.0);
        });
        output.drop_without_applying_deltas();
    }
}
