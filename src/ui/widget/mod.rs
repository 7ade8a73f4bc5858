//! Drawing that knows nothing of logs: time axes, lanes, lists, glyphs.

pub mod fold;
pub mod glyph;
pub mod lanes;
pub mod list;
pub mod scale;
pub mod standing_mark;
pub mod time_axis;
