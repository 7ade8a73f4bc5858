//! In which order a file writes day, month and year: learned from all its lines.

use super::anywhere::Anchor;
use crate::time::stamp::Shape;

/// Shapes that read the same numbers in another order.
const ORDERS: [&[Shape]; 2] = [
    &[Shape::MonthDayNumeric, Shape::DayMonthNumeric],
    &[Shape::ShortYear, Shape::MonthDayShort, Shape::DayMonthShort],
];

/// A file writes its dates in one order: of several, that in which all its lines make sense, for a day beyond the
/// twelfth is no month.
pub(super) fn one_order(counts: &mut std::collections::BTreeMap<Anchor, (usize, i32)>, lines: &[&[u8]]) {
    for anchor in counts.keys().copied().collect::<Vec<_>>() {
        let Some(best) = best_order(anchor, lines) else { continue };
        if best != anchor.shape
            && let Some((n, score)) = counts.remove(&anchor)
        {
            counts.entry(Anchor { shape: best, ..anchor }).or_insert((0, score)).0 += n;
        }
    }
}

/// The order in which most lines make sense; of equals that in which they are nearest together, for a log is written
/// in days and not in decades; then the usual one.
fn best_order(anchor: Anchor, lines: &[&[u8]]) -> Option<Shape> {
    let orders = ORDERS.iter().find(|orders| orders.contains(&anchor.shape))?;
    let rank = |shape: Shape| {
        let anchor = Anchor { shape, ..anchor };
        let days = lines.iter().filter_map(|l| Some(anchor.read(l)?.0.civil.div_euclid(crate::time::DAY)));
        let days: Vec<i64> = days.collect();
        let span = days.iter().max().zip(days.iter().min()).map_or(0, |(last, first)| last - first);
        (std::cmp::Reverse(days.len()), span, orders.iter().position(|s| *s == shape))
    };
    orders.iter().copied().min_by_key(|shape| rank(*shape))
}

/// True when the lines make sense in another order too, and would then have other dates.
pub(in crate::format) fn order_is_open(anchor: Anchor, lines: &[&[u8]]) -> bool {
    let Some(orders) = ORDERS.iter().find(|orders| orders.contains(&anchor.shape)) else { return false };
    let civil = |shape: Shape, line: &[u8]| Anchor { shape, ..anchor }.read(line).map(|(stamp, ..)| stamp.civil);
    let here: Vec<&&[u8]> = lines.iter().filter(|l| anchor.read(l).is_some()).collect();
    let others = orders.iter().filter(|shape| **shape != anchor.shape);
    !here.is_empty()
        && others.into_iter().any(|shape| {
            here.iter().all(|l| civil(*shape, l).is_some())
                && here.iter().any(|l| civil(*shape, l) != civil(anchor.shape, l))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::decoder::anywhere::learn;

    #[test]
    fn one_line_beyond_the_twelfth_tells_the_order_of_all() {
        let shape = |lines: &[&str]| {
            let lines: Vec<&[u8]> = lines.iter().map(|l| l.as_bytes()).collect();
            let found: Vec<Anchor> = learn(lines.iter().copied(), false).into_iter().map(|(a, _)| a).collect();
            assert_eq!(found.len(), 1, "{found:?}");
            (found[0].shape, order_is_open(found[0], &lines))
        };
        let both = "01/02/2020 10:00:00 a";
        assert_eq!(shape(&[both, "13/02/2020 10:00:00 b"]), (Shape::DayMonthNumeric, false));
        assert_eq!(shape(&[both, "01/13/2020 10:00:00 b"]), (Shape::MonthDayNumeric, false));
        assert_eq!(shape(&[both, "03/04/2020 10:00:00 b"]), (Shape::MonthDayNumeric, true));
        assert_eq!(shape(&["01/02/20 10:00:00 a", "31/12/20 10:00:00 b"]).0, Shape::DayMonthShort);
        assert_eq!(shape(&["01/02/20 10:00:00 a", "12/31/20 10:00:00 b"]).0, Shape::MonthDayShort);
        assert_eq!(shape(&["17/06/09 10:00:00 a", "17/06/30 10:00:00 b"]), (Shape::ShortYear, true));
    }
}
