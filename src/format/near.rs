//! The word that somebody may have meant.

/// The candidate that is nearest to a word: at most a third of its letters are others, left out, added or swapped.
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if word.is_empty() {
        return None;
    }
    let low = word.to_lowercase();
    let most = (low.chars().count() / 3).max(1);
    candidates
        .map(|c| (distance(&low, &c.to_lowercase()), c))
        .filter(|(d, c)| *d <= most && *c != word)
        .min_by_key(|(d, c)| (*d, c.len(), *c))
        .map(|(_, c)| c)
}

/// Edits from one word to another; two neighbours swapped are one edit.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().take(64).collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for (i, ca) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, cb) in b.iter().enumerate() {
            let at = |back: usize, col: usize| {
                (i + 1).checked_sub(back).and_then(|r| rows.get(r)?.get(col)).copied().unwrap_or(usize::MAX / 2)
            };
            let left = row.last().copied().unwrap_or(usize::MAX / 2);
            let mut best = (left + 1).min(at(1, j + 1) + 1).min(at(1, j) + usize::from(ca != cb));
            let swapped = j > 0 && i > 0 && b.get(j - 1) == Some(ca) && a.get(i - 1) == Some(cb);
            if swapped {
                best = best.min(at(2, j - 1) + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows.last().and_then(|r| r.last()).copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_finger_are_found_and_other_words_are_not() {
        let words = ["title", "about", "multiline", "process"];
        let near = |w: &str| nearest(w, words.into_iter());
        assert_eq!((near("tilte"), near("Title2"), near("proces")), (Some("title"), Some("title"), Some("process")));
        assert_eq!((near("rank"), near(""), near("title")), (None, None, None));
    }
}
