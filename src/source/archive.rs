//! Compressed files: gzip, several members in a row included.

use std::io::Read as _;

use flate2::bufread::GzDecoder;

use crate::diagnostic::Diagnostics;

/// True when the bytes begin as gzip does.
pub fn is_gzip(magic: &[u8]) -> bool {
    magic.starts_with(&[0x1f, 0x8b])
}

/// Decompresses as much as can be; what is torn off is told, not lost silently.
pub fn gunzip(diagnostics: &mut Diagnostics, path: &str, raw: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(raw.len().saturating_mul(6));
    let mut rest = raw;
    let mut member = 0;
    while is_gzip(rest) {
        let mut decoder = GzDecoder::new(rest);
        let before = text.len();
        let result = decoder.read_to_end(&mut text);
        rest = decoder.into_inner();
        member += 1;
        if let Err(e) = result {
            let got = text.len() - before;
            diagnostics.warning(
                path,
                format!("gzip member {member} is torn ({e}); the {got} bytes before the tear are shown"),
            );
            return text;
        }
    }
    // Padding with zero bytes behind the last member is legal (tapes, block devices).
    if rest.iter().any(|&b| b != 0) {
        diagnostics.warning(path, format!("{} bytes behind the end of the gzip data are not shown", rest.len()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn gz(text: &[u8]) -> Vec<u8> {
        let mut e = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        e.write_all(text).unwrap();
        e.finish().unwrap()
    }

    #[test]
    fn members_in_a_row_are_one_text() {
        let mut d = Diagnostics::default();
        let raw = [gz(b"one\n"), gz(b"two\n"), vec![0; 16]].concat();
        assert_eq!(gunzip(&mut d, "x.gz", &raw), b"one\ntwo\n");
        assert!(d.is_empty());
    }

    #[test]
    fn a_torn_member_keeps_what_came_before() {
        let mut d = Diagnostics::default();
        let text: Vec<u8> =
            (0..20_000u32).flat_map(|i| format!("line {}\n", i.wrapping_mul(2_654_435_761)).into_bytes()).collect();
        let raw = gz(&text);
        let got = gunzip(&mut d, "x.gz", &raw[..raw.len() / 2]);
        assert!(got.len() > text.len() / 4 && text.starts_with(&got));
        assert_eq!(d.len(), 1);
    }
}
