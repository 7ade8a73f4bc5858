//! Draws the meshes of a frame into an image on the CPU: no display, no graphics driver, the same bytes every time.
//!
//! It does what the graphics card does: corners on a grid of 1/256 pixel, a pixel belongs to the triangle that holds its
//! center (to the upper or left one where two meet), textures and colors multiplied and blended as they are stored.

use std::collections::HashMap;

use egui::epaint::{ClippedPrimitive, ImageData, Primitive, Vertex};
use egui::{Color32, Mesh, TextureFilter, TextureId, TexturesDelta};
use rayon::iter::{IndexedParallelIterator as _, ParallelIterator as _};
use rayon::slice::ParallelSliceMut as _;

/// Steps of a pixel that corners are rounded to.
const GRID: i64 = 256;
/// Rows that are drawn by one thread at a time.
const BAND: usize = 48;
/// Farther than this from the image nothing is told apart; keeps products of coordinates within 64 bits.
const FAR: f32 = 1_000_000.0;

/// Red, green, blue and opacity, the colors multiplied by it; 0 to 255 each.
type Pixel = [u8; 4];

/// An image as it is written to a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    pixels: Vec<Pixel>,
}

impl Picture {
    /// Red, green and blue of all pixels, row by row from the top.
    pub fn rgb(&self) -> Vec<u8> {
        self.pixels.iter().flat_map(|&[r, g, b, _]| [r, g, b]).collect()
    }

    /// The picture as a PNG file.
    ///
    /// # Errors
    /// When memory is short; in words.
    pub fn png(&self) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        let side = |n: usize| u32::try_from(n).map_err(|e| e.to_string());
        let mut encoder = png::Encoder::new(&mut out, side(self.width)?, side(self.height)?);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        encoder.set_filter(png::Filter::Adaptive);
        let write = |encoder: png::Encoder<'_, &mut Vec<u8>>| {
            let mut writer = encoder.write_header()?;
            writer.write_image_data(&self.rgb())?;
            writer.finish()
        };
        write(encoder).map_err(|e| e.to_string())?;
        Ok(out)
    }
}

/// The textures that egui has handed over, with which its meshes are drawn.
#[derive(Debug, Default)]
pub struct Raster {
    textures: HashMap<TextureId, Texture>,
}

#[derive(Debug)]
struct Texture {
    size: [usize; 2],
    pixels: Vec<Color32>,
    smooth: bool,
}

impl Raster {
    /// Takes over new and changed textures, and forgets those that are no longer used. To be called for every frame,
    /// drawn or not: the next one tells only what has changed.
    pub fn update(&mut self, delta: &mut TexturesDelta) {
        // In any order: each texture has an id of its own.
        delta.set.drain().for_each(|(id, changes)| {
            for change in changes {
                let ImageData::Color(image) = &change.image;
                let smooth = change.options.magnification == TextureFilter::Linear;
                match (change.pos, self.textures.get_mut(&id)) {
                    (Some(at), Some(texture)) => texture.patch(at, image),
                    (Some(_), None) => {}
                    (None, _) => {
                        let texture = Texture { size: image.size, pixels: image.pixels.clone(), smooth };
                        self.textures.insert(id, texture);
                    }
                }
            }
        });
        delta.free.drain().for_each(|id| drop(self.textures.remove(&id)));
    }

    /// Draws `meshes`, whose coordinates are points of `scale` pixels, on an image of `size` (width, height) pixels.
    pub fn draw(&self, meshes: &[ClippedPrimitive], scale: f32, size: [usize; 2], behind: Color32) -> Picture {
        let [width, height] = size;
        let mut triangles = Vec::new();
        for part in meshes {
            if let Primitive::Mesh(mesh) = &part.primitive
                && let Some(texture) = self.textures.get(&mesh.texture_id)
            {
                let (from, to) = (part.clip_rect.min * scale, part.clip_rect.max * scale);
                let side = |at: f32, n: usize| (at.round() as i64).clamp(0, n as i64);
                let clip =
                    Clip { x: [side(from.x, width), side(to.x, width)], y: [side(from.y, height), side(to.y, height)] };
                collect(mesh, texture, scale, clip, &mut triangles);
            }
        }
        let mut pixels = vec![behind.to_array(); width * height];
        pixels.par_chunks_mut((width * BAND).max(1)).enumerate().for_each(|(band, pixels)| {
            let first = (band * BAND) as i64;
            let last = first + (pixels.len() / width.max(1)) as i64;
            for triangle in &triangles {
                if triangle.y[0] < last && triangle.y[1] > first {
                    triangle.draw(pixels, width, first, last);
                }
            }
        });
        Picture { width, height, pixels }
    }
}

impl Texture {
    fn patch(&mut self, at: [usize; 2], image: &egui::ColorImage) {
        let ([x, y], [width, _], [whole, _]) = (at, image.size, self.size);
        for (row, from) in image.pixels.chunks_exact(width.max(1)).enumerate() {
            let begin = (y + row) * whole + x;
            if let Some(to) = self.pixels.get_mut(begin..begin + from.len()) {
                to.copy_from_slice(from);
            }
        }
    }

    fn pixel(&self, x: i64, y: i64) -> [f32; 4] {
        let inside = |at: i64, n: usize| at.clamp(0, n as i64 - 1) as usize;
        let at = inside(y, self.size[1]) * self.size[0] + inside(x, self.size[0]);
        self.pixels.get(at).map_or([0.0; 4], |c| c.to_array().map(f32::from))
    }

    /// The color (0 to 255) at a place told in pixels of the texture.
    fn at(&self, u: f32, v: f32) -> [f32; 4] {
        if !self.smooth {
            return self.pixel(u.floor() as i64, v.floor() as i64);
        }
        // Rounded as graphics cards do, so that a pixel that is met in its center keeps its color exactly.
        let (u, v) = (((u - 0.5) * GRID as f32).round() as i64, ((v - 0.5) * GRID as f32).round() as i64);
        let (x, y) = (u.div_euclid(GRID), v.div_euclid(GRID));
        let (right, below) = (u.rem_euclid(GRID), v.rem_euclid(GRID));
        if right == 0 && below == 0 {
            return self.pixel(x, y);
        }
        let (right, below) = (right as f32 / GRID as f32, below as f32 / GRID as f32);
        let above = mix(self.pixel(x, y), self.pixel(x + 1, y), right);
        mix(above, mix(self.pixel(x, y + 1), self.pixel(x + 1, y + 1), right), below)
    }
}

fn mix(a: [f32; 4], b: [f32; 4], part: f32) -> [f32; 4] {
    let [a0, a1, a2, a3] = a;
    let [b0, b1, b2, b3] = b;
    let one = |a: f32, b: f32| a + (b - a) * part;
    [one(a0, b0), one(a1, b1), one(a2, b2), one(a3, b3)]
}

fn times(a: [f32; 4], b: [f32; 4]) -> [f32; 4] {
    let [a0, a1, a2, a3] = a;
    let [b0, b1, b2, b3] = b;
    [a0 * b0, a1 * b1, a2 * b2, a3 * b3].map(|c| c / 255.0)
}

/// Lays a color over a pixel.
fn blend(pixel: &mut Pixel, over: [f32; 4]) {
    let [r, g, b, a] = over;
    let left = 1.0 - a / 255.0;
    let one = |over: f32, under: u8| (over + f32::from(under) * left + 0.5) as u8;
    let [r0, g0, b0, a0] = *pixel;
    *pixel = [one(r, r0), one(g, g0), one(b, b0), one(a, a0)];
}

/// The pixels that may be drawn on: from the first of each to the second, which is outside.
#[derive(Clone, Copy)]
struct Clip {
    x: [i64; 2],
    y: [i64; 2],
}

/// A pixel's center is inside where `at + x * dx + y * dy` is not negative, in steps of the grid squared.
#[derive(Clone, Copy, Default)]
struct Edge {
    at: i64,
    dx: i64,
    dy: i64,
}

impl Edge {
    fn between(from: [i64; 2], to: [i64; 2]) -> Edge {
        let (right, down) = (to[0] - from[0], to[1] - from[1]);
        // Where two triangles meet, the center of a pixel on their common edge belongs to the one below or right of it.
        let mine = down < 0 || (down == 0 && right > 0);
        let center = GRID / 2;
        let at = right * (center - from[1]) - down * (center - from[0]) - i64::from(!mine);
        Edge { at, dx: -down * GRID, dy: right * GRID }
    }

    /// Narrows a span of row `y` to what is inside.
    fn narrow(&self, y: i64, from: &mut i64, to: &mut i64) {
        let row = self.at + self.dy * y;
        match self.dx {
            0 if row < 0 => *to = *from,
            0 => {}
            dx if dx > 0 => *from = (*from).max(-row.div_euclid(dx)),
            dx => *to = (*to).min(row.div_euclid(-dx) + 1),
        }
    }
}

/// Values that change evenly over a triangle, as many as `N`.
#[derive(Clone, Copy)]
struct Plane<const N: usize> {
    at: [f32; N],
    dx: [f32; N],
    dy: [f32; N],
}

impl<const N: usize> Plane<N> {
    /// The plane through the values at three corners; `at` is the value at the first of them.
    fn through(values: [[f32; N]; 3], corners: [[i64; 2]; 3], area: i64) -> Self {
        let [a, b, c] = corners.map(|[x, y]| [x as f64 / GRID as f64, y as f64 / GRID as f64]);
        let area = area as f64 / (GRID * GRID) as f64;
        let [va, vb, vc] = values;
        let mut plane = Plane { at: va, dx: [0.0; N], dy: [0.0; N] };
        let steps = plane.dx.iter_mut().zip(&mut plane.dy);
        for ((dx, dy), ((va, vb), vc)) in steps.zip(va.iter().zip(&vb).zip(&vc)) {
            let (b_a, c_a) = (f64::from(vb - va), f64::from(vc - va));
            *dx = ((b_a * (c[1] - a[1]) - c_a * (b[1] - a[1])) / area) as f32;
            *dy = ((c_a * (b[0] - a[0]) - b_a * (c[0] - a[0])) / area) as f32;
        }
        plane
    }

    fn value(&self, x: f32, y: f32) -> [f32; N] {
        let mut out = self.at;
        for ((out, dx), dy) in out.iter_mut().zip(&self.dx).zip(&self.dy) {
            *out += dx * x + dy * y;
        }
        out
    }
}

/// What a triangle is filled with.
enum Fill<'a> {
    /// One color.
    Flat([f32; 4]),
    /// A part of a texture, times one color.
    Textured(&'a Texture, Plane<2>, [f32; 4]),
    /// A color that changes.
    Shaded(Plane<4>),
    /// A part of a texture, times a color that changes.
    Both(&'a Texture, Plane<2>, Plane<4>),
}

struct Triangle<'a> {
    edges: [Edge; 3],
    x: [i64; 2],
    y: [i64; 2],
    /// The corner that planes are told from, in pixels.
    origin: [f32; 2],
    fill: Fill<'a>,
}

fn collect<'a>(mesh: &Mesh, texture: &'a Texture, scale: f32, clip: Clip, out: &mut Vec<Triangle<'a>>) {
    for corners in mesh.indices.chunks_exact(3) {
        let vertex = |n: usize| mesh.vertices.get(*corners.get(n)? as usize);
        if let (Some(a), Some(b), Some(c)) = (vertex(0), vertex(1), vertex(2)) {
            out.extend(Triangle::new([a, b, c], texture, scale, clip));
        }
    }
}

impl<'a> Triangle<'a> {
    /// `None` for one that has no pixel.
    fn new(vertices: [&Vertex; 3], texture: &'a Texture, scale: f32, clip: Clip) -> Option<Self> {
        if vertices.iter().any(|v| !v.pos.is_finite() || !v.uv.is_finite()) {
            return None;
        }
        let on_grid = |at: f32| ((at * scale).clamp(-FAR, FAR) * GRID as f32).round() as i64;
        let corner = |v: &Vertex| [on_grid(v.pos.x), on_grid(v.pos.y)];
        let [a, b, c] = vertices;
        let area =
            |a: [i64; 2], b: [i64; 2], c: [i64; 2]| (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
        let (vertices, turned) = match area(corner(a), corner(b), corner(c)) {
            0 => return None,
            turned if turned < 0 => ([a, c, b], -turned),
            area => ([a, b, c], area),
        };
        let corners = vertices.map(corner);
        let [p, q, r] = corners;
        let reach = |axis: fn([i64; 2]) -> i64, clip: [i64; 2]| {
            let [p, q, r] = corners.map(axis);
            let (least, most) = (p.min(q).min(r), p.max(q).max(r));
            [least.div_euclid(GRID).max(clip[0]), (most.div_euclid(GRID) + 1).min(clip[1])]
        };
        let (x, y) = (reach(|[x, _]| x, clip.x), reach(|[_, y]| y, clip.y));
        if x[0] >= x[1] || y[0] >= y[1] {
            return None;
        }
        Some(Triangle {
            edges: [Edge::between(p, q), Edge::between(q, r), Edge::between(r, p)],
            x,
            y,
            origin: p.map(|at| at as f32 / GRID as f32),
            fill: fill(vertices, corners, turned, texture),
        })
    }

    /// Draws what lies in the rows from `first` to `last`, which is outside; `pixels` begins with the first.
    fn draw(&self, pixels: &mut [Pixel], width: usize, first: i64, last: i64) {
        let from = self.y[0].max(first);
        let rows = pixels.chunks_exact_mut(width).skip((from - first) as usize);
        for (y, row) in (from..self.y[1].min(last)).zip(rows) {
            let [mut from, mut to] = self.x;
            for edge in &self.edges {
                edge.narrow(y, &mut from, &mut to);
            }
            if from < to
                && let Some(span) = row.get_mut(from as usize..to as usize)
            {
                self.fill_span(span, from as f32 + 0.5 - self.origin[0], y as f32 + 0.5 - self.origin[1]);
            }
        }
    }

    fn fill_span(&self, span: &mut [Pixel], x: f32, y: f32) {
        let within = |color: [f32; 4]| color.map(|c| c.clamp(0.0, 255.0));
        let places = (0..span.len()).map(|i| x + i as f32);
        let each = span.iter_mut().zip(places);
        match &self.fill {
            &Fill::Flat(color) if color[3] >= 255.0 => span.fill(color.map(|c| (c + 0.5) as u8)),
            &Fill::Flat(color) => each.for_each(|(pixel, _)| blend(pixel, color)),
            Fill::Textured(texture, place, color) => each.for_each(|(pixel, x)| {
                let [u, v] = place.value(x, y);
                let texel = texture.at(u, v);
                if texel != [0.0; 4] {
                    blend(pixel, times(texel, *color));
                }
            }),
            Fill::Shaded(color) => each.for_each(|(pixel, x)| blend(pixel, within(color.value(x, y)))),
            Fill::Both(texture, place, color) => each.for_each(|(pixel, x)| {
                let [u, v] = place.value(x, y);
                blend(pixel, times(texture.at(u, v), within(color.value(x, y))));
            }),
        }
    }
}

fn fill<'a>(vertices: [&Vertex; 3], corners: [[i64; 2]; 3], area: i64, texture: &'a Texture) -> Fill<'a> {
    let [a, b, c] = vertices;
    let [width, height] = texture.size.map(|n| n as f32);
    let places = vertices.map(|v| [v.uv.x * width, v.uv.y * height]);
    let colors = vertices.map(|v| v.color.to_array().map(f32::from));
    let one_color = a.color == b.color && b.color == c.color;
    let one_place = a.uv == b.uv && b.uv == c.uv;
    let texel = texture.at(places[0][0], places[0][1]);
    let place = || Plane::through(places, corners, area);
    match (one_place, one_color) {
        (true, true) => Fill::Flat(times(texel, colors[0])),
        (true, false) => Fill::Shaded(Plane::through(colors.map(|c| times(texel, c)), corners, area)),
        (false, true) => Fill::Textured(texture, place(), colors[0]),
        (false, false) => Fill::Both(texture, place(), Plane::through(colors, corners, area)),
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "colors to be drawn with, not those of the window")]
mod tests {
    use super::*;
    use egui::epaint::ImageDelta;
    use egui::{ColorImage, Rect, TextureOptions, pos2};

    const WHITE: TextureId = TextureId::Managed(0);

    fn raster() -> Raster {
        let mut raster = Raster::default();
        let mut delta = TexturesDelta::default();
        let mut image = ColorImage::filled([4, 4], Color32::WHITE);
        let options = TextureOptions::LINEAR;
        delta.set.insert(WHITE, [ImageDelta::full(image.clone(), options)].into_iter().collect());
        raster.update(&mut delta);
        // A black pixel in the corner of the right lower quarter.
        image = ColorImage::filled([2, 2], Color32::WHITE);
        image.pixels[3] = Color32::BLACK;
        delta.set.insert(WHITE, [ImageDelta::partial([2, 2], image, options)].into_iter().collect());
        raster.update(&mut delta);
        raster
    }

    fn drawn(build: impl FnOnce(&mut Mesh), clip: Rect) -> Picture {
        let mut mesh = Mesh::with_texture(WHITE);
        build(&mut mesh);
        let part = ClippedPrimitive { clip_rect: clip, primitive: Primitive::Mesh(mesh) };
        raster().draw(&[part], 1.0, [16, 100], Color32::BLACK)
    }

    fn all() -> Rect {
        Rect::from_min_max(pos2(0.0, 0.0), pos2(16.0, 100.0))
    }

    #[test]
    fn triangles_that_meet_leave_no_gap_and_draw_nothing_twice() {
        let half = Color32::from_white_alpha(128);
        // A fan around a point that is no center of a pixel, and a rectangle over two bands.
        let fan = |mesh: &mut Mesh| {
            let rim = [pos2(1.3, 2.1), pos2(14.7, 1.2), pos2(15.1, 96.4), pos2(0.2, 91.9)];
            mesh.colored_vertex(pos2(7.31, 50.77), half);
            rim.iter().for_each(|&at| mesh.colored_vertex(at, half));
            for i in 0..4 {
                mesh.add_triangle(0, 1 + i, 1 + (i + 1) % 4);
            }
        };
        for picture in [drawn(fan, all()), drawn(|m| m.add_colored_rect(all(), half), all())] {
            let values: std::collections::BTreeSet<Pixel> = picture.pixels.iter().copied().collect();
            assert!(values.iter().all(|v| [0, 128].contains(&v[0])), "{values:?}");
            assert_eq!(picture.pixels[16 * 50 + 8][0], 128);
        }
    }

    #[test]
    fn a_pixel_is_drawn_when_its_center_is_inside_and_within_the_clip() {
        let rect = Rect::from_min_max(pos2(2.4, 3.6), pos2(5.6, 90.0));
        let clip = Rect::from_min_max(pos2(0.0, 0.0), pos2(16.0, 60.0));
        let picture = drawn(|m| m.add_colored_rect(rect, Color32::WHITE), clip);
        let is = |x: usize, y: usize| picture.pixels[y * 16 + x][0] == 255;
        assert!(is(2, 4) && is(4, 59) && is(5, 30));
        assert!(!is(1, 30) && !is(6, 30) && !is(3, 3) && !is(3, 60));
    }

    #[test]
    fn textures_are_changed_in_parts_and_met_exactly() {
        let picture = drawn(
            |mesh| {
                let at = Rect::from_min_max(pos2(8.0, 8.0), pos2(12.0, 12.0));
                let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
                mesh.add_rect_with_uv(at, whole, Color32::from_rgb(200, 100, 50));
            },
            all(),
        );
        assert_eq!(picture.pixels[8 * 16 + 8], [200, 100, 50, 255]);
        assert_eq!(picture.pixels[11 * 16 + 11], [0, 0, 0, 255]);
        assert_eq!(picture.pixels[11 * 16 + 10], [200, 100, 50, 255]);
    }

    #[test]
    fn colors_change_evenly_and_harmful_numbers_draw_nothing() {
        let picture = drawn(
            |mesh| {
                for (at, gray) in [(pos2(0.0, 0.0), 0), (pos2(16.0, 0.0), 160), (pos2(0.0, 100.0), 0)] {
                    mesh.colored_vertex(at, Color32::from_gray(gray));
                }
                mesh.add_triangle(0, 1, 2);
                for at in [pos2(f32::NAN, 0.0), pos2(1e30, f32::INFINITY), pos2(-1e30, 5.0)] {
                    mesh.colored_vertex(at, Color32::RED);
                }
                mesh.add_triangle(3, 4, 5);
                mesh.add_triangle(0, 1, 77);
            },
            all(),
        );
        assert_eq!([picture.pixels[0][0], picture.pixels[4][0], picture.pixels[8][0]], [5, 45, 85]);
        assert!(picture.pixels.iter().all(|p| p[0] == p[1]));
    }
}
