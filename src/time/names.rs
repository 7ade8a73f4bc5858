//! Names of months and weekdays in the languages of Europe, with or without their diacritics, in UTF-8 or Latin-1.

/// The longest name, and one letter more.
const LONGEST: usize = 16;

/// Names and abbreviations of each month: English, German, French, Spanish, Italian, Portuguese, Dutch, Polish,
/// Swedish, Danish, Norwegian, Finnish, Czech; as [`fold`] leaves them.
const MONTHS: [&str; 12] = [
    "jan january januar janner janvier janv enero ene gennaio gen janeiro januari styczen stycznia sty tammikuu tammikuuta tammi leden ledna led",
    "feb february februar feber fevrier fevr fev febrero febbraio fevereiro februari luty lutego lut helmikuu helmikuuta helmi unor unora uno",
    "mar march marz mrz mars marzo marco maart mrt marzec marca marts maaliskuu maaliskuuta maalis brezen brezna bre",
    "apr april avril avr abril abr aprile kwiecien kwietnia kwi huhtikuu huhtikuuta huhti duben dubna dub",
    "may mai mayo maggio mag maio mei maj maja toukokuu toukokuuta touko kveten kvetna kve",
    "jun june juni juin junio giugno giu junho czerwiec czerwca cze kesakuu kesakuuta kesa cerven cervna cen",
    "jul july juli juillet juil julio luglio lug julho lipiec lipca lip heinakuu heinakuuta heina cervenec cervence cec",
    "aug august aout agosto ago augustus sierpien sierpnia sie augusti elokuu elokuuta elo srpen srpna srp",
    "sep sept september septembre septiembre settembre set setembro wrzesien wrzesnia wrz syyskuu syyskuuta syys zari zar",
    "oct october okt oktober octobre octubre ottobre ott outubro out pazdziernik pazdziernika paz lokakuu lokakuuta loka rijen rijna rij",
    "nov november novembre noviembre novembro listopad listopadu listopada lis marraskuu marraskuuta marras",
    "dec december dez dezember decembre diciembre dic dicembre dezembro desember des grudzien grudnia gru joulukuu joulukuuta joulu prosinec prosince pro",
];

/// Names and abbreviations of weekdays in the same languages.
const WEEKDAYS: &str = " mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday tues thur thurs \
     mo di mi do fr sa so montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag \
     lun mar mer jeu ven sam dim lundi mardi mercredi jeudi vendredi samedi dimanche \
     mie jue vie sab dom lunes martes miercoles jueves viernes sabado domingo \
     gio lunedi martedi mercoledi giovedi venerdi domenica \
     seg ter qua qui sex segunda terca quarta quinta sexta feira \
     ma wo vr za zo maandag dinsdag woensdag donderdag vrijdag zaterdag zondag \
     pon wto sro czw pia sob nie pn wt sr cz pt nd poniedzialek wtorek sroda czwartek piatek sobota niedziela \
     man tis ons tor fre lor son mandag mandag tisdag onsdag torsdag fredag lordag sondag tir tirsdag \
     ti ke to pe la su maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai \
     po ut st ct ne pondeli utery streda ctvrtek patek nedele ";

/// Small words and signs of dates: `10 de octubre`, `10. Oktober 2026 um 12:00`, `den 10. oktober kl.`.
const FILLERS: &str = " de del di as das den der dem le il el al um at a alle kl klo o od w v van om dnia las ";

/// The letters from U+0100 on, without their diacritics.
const EXTENDED: &[u8; 128] = b"aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiijjjjkkklllllll\
lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
/// The letters from U+00C0 on.
const LATIN: &[u8; 64] = b"aaaaaaaceeeeiiiidnooooo-ouuuuypsaaaaaaaceeeeiiiidnooooo-ouuuuypy";

/// A word in small letters without diacritics.
pub(super) struct Word {
    letters: [u8; LONGEST],
    len: usize,
    /// Bytes that the word takes in the text.
    pub(super) bytes: usize,
}

impl Word {
    /// The word that a text begins with; empty when none does.
    pub(super) fn read(text: &[u8]) -> Word {
        let mut word = Word { letters: [0; LONGEST], len: 0, bytes: 0 };
        while let Some((letter, bytes)) = text.get(word.bytes..).and_then(fold) {
            let Some(slot) = word.letters.get_mut(word.len) else { break };
            *slot = letter;
            word.len += 1;
            word.bytes += bytes;
        }
        word
    }

    fn text(&self) -> &[u8] {
        self.letters.get(..self.len).unwrap_or_default()
    }

    /// The month of this name, 1 to 12.
    pub(super) fn month(&self) -> Option<u32> {
        if self.len < 3 {
            return None;
        }
        let named = |names: &&str| names.split(' ').any(|name| name.as_bytes() == self.text());
        let idx = MONTHS.iter().position(named)?;
        u32::try_from(idx + 1).ok()
    }

    /// True for a weekday.
    pub(super) fn is_weekday(&self) -> bool {
        is_in(WEEKDAYS, self.text())
    }

    /// True for a small word that stands in dates.
    pub(super) fn is_filler(&self) -> bool {
        is_in(FILLERS, self.text())
    }
}

fn is_in(list: &str, word: &[u8]) -> bool {
    !word.is_empty() && list.split_ascii_whitespace().any(|name| name.as_bytes() == word)
}

/// A letter without its diacritic and in small, and the bytes it takes.
fn fold(text: &[u8]) -> Option<(u8, usize)> {
    let first = *text.first()?;
    if first.is_ascii_alphabetic() {
        return Some((first.to_ascii_lowercase(), 1));
    }
    let second = text.get(1).copied().unwrap_or(0);
    let (table, at, bytes): (&[u8], u8, usize) = match (first, second) {
        (0xc3, 0x80..=0xbf) => (LATIN, second - 0x80, 2),
        (0xc4, 0x80..=0xbf) => (EXTENDED, second - 0x80, 2),
        (0xc5, 0x80..=0xbf) => (EXTENDED, second - 0x40, 2),
        (0xc0..=0xff, _) => (LATIN, first - 0xc0, 1),
        _ => return None,
    };
    table.get(usize::from(at)).map(|letter| (*letter, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_with_and_without_diacritics() {
        let month = |name: &[u8]| {
            let word = Word::read(name);
            (word.bytes == name.len()).then(|| word.month()).flatten()
        };
        for (name, want) in [
            ("Oct", 10),
            ("März", 3),
            ("MÄRZ", 3),
            ("Mrz", 3),
            ("Jänner", 1),
            ("août", 8),
            ("févr", 2),
            ("décembre", 12),
            ("março", 3),
            ("października", 10),
            ("paź", 10),
            ("września", 9),
            ("září", 9),
            ("říjen", 10),
            ("březen", 3),
            ("kesäkuu", 6),
            ("heinäkuuta", 7),
            ("desember", 12),
        ] {
            assert_eq!(month(name.as_bytes()), Some(want), "{name}");
        }
        assert_eq!(month(b"M\xe4rz"), Some(3), "Latin-1");
        assert_eq!(month(b"ao\xfbt"), Some(8), "Latin-1");
        assert_eq!(month(b"marching"), None);
        for day in ["Mi", "mer", "środa", "sábado", "lör", "čtvrtek", "úterý", "Sonntag"] {
            assert!(Word::read(day.as_bytes()).is_weekday(), "{day}");
        }
    }
}
