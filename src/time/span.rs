//! Lengths of time as logs write them.

/// A duration in nanoseconds: `2.280 ms`, `13s`, `1m 5s`, `01:02:03.5`, `90` (seconds).
pub fn duration(text: &str) -> Option<i64> {
    let text = text.trim();
    let seconds = if text.contains(':') { clock(text)? } else { spoken(text)? };
    let ns = (seconds * 1e9).round();
    (0.0..9.2e18).contains(&ns).then_some(ns as i64)
}

/// `[days-]hours:minutes:seconds` or `minutes:seconds`, in seconds.
fn clock(text: &str) -> Option<f64> {
    let parts: Vec<&str> = text.split(':').collect();
    if parts.len() > 3 {
        return None;
    }
    parts.iter().try_fold(0.0, |sum, part| Some(sum * 60.0 + plain_number(part)?))
}

/// Numbers with units, one after the other, in seconds.
fn spoken(text: &str) -> Option<f64> {
    let mut rest = text;
    let mut sum = 0.0;
    let mut first = true;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
        let number = plain_number(rest.get(..digits)?)?;
        rest = rest.get(digits..)?.trim_start();
        let letters = rest.chars().take_while(|c| c.is_alphabetic() || *c == 'µ').map(char::len_utf8).sum();
        let unit: &str = rest.get(..letters)?;
        rest = rest.get(letters..)?.trim_start_matches([' ', ',']);
        sum += number
            * match unit {
                "" if first && rest.is_empty() => 1.0,
                "ns" => 1e-9,
                "us" | "µs" | "μs" => 1e-6,
                "ms" | "msec" | "msecs" | "milliseconds" => 1e-3,
                "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
                "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
                "h" | "hour" | "hours" => 3600.0,
                "d" | "day" | "days" => 86_400.0,
                _ => return None,
            };
        first = false;
    }
    (!first).then_some(sum)
}

/// Digits with at most one point; no sign, no exponent, no `inf`.
pub fn plain_number(text: &str) -> Option<f64> {
    let fine = text.len() <= 40 && text.bytes().any(|b| b.is_ascii_digit());
    let fine = fine && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    fine.then(|| text.parse().ok()).flatten()
}
