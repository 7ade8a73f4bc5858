//! Names of members: cleaned, so that none leads out of its archive, and the host that a folder may name.

/// A member's name as the folders it lies in and its own.
///
/// What would lead out of the archive is dropped (`..`, a leading `/`, a drive), control characters are replaced; the
/// answer's second part tells whether the name tried to. Nothing is ever written, so such a member is shown all the same.
pub(super) fn clean(name: &[u8], backslashes: bool) -> (Vec<String>, bool) {
    let text = String::from_utf8_lossy(name);
    let mut leaves = text.starts_with('/') || backslashes && text.starts_with('\\');
    let mut parts: Vec<String> = Vec::new();
    for part in text.split(|c| c == '/' || backslashes && c == '\\') {
        match part {
            "" | "." => {}
            ".." => leaves = true,
            drive if parts.is_empty() && is_drive(drive) => leaves = true,
            part => {
                leaves |= part.contains('\0');
                parts.push(part.chars().map(|c| if c.is_control() { '_' } else { c }).collect());
            }
        }
    }
    (parts, leaves)
}

fn is_drive(part: &str) -> bool {
    matches!(part.as_bytes(), [letter, b':'] if letter.is_ascii_alphabetic())
}

/// The host by the folders that a member lies in, given how many of them all members share.
///
/// A folder that all members share is what the archive was packed from (`crm-report/`, `must-gather.local.123/`)
/// and tells nothing of one of them, unless it is called as sosreports are, which name their host. Below it, the first
/// folder is the host's, as with folders that are read as they lie; the folders that every system has name none.
pub(super) fn host(folders: &[String], shared: usize) -> Option<String> {
    let sos = folders.iter().filter_map(|f| sosreport(f)).next_back();
    let own = folders.get(shared).map(|f| bare(f)).filter(|f| !is_common(f));
    sos.map(str::to_owned).or_else(|| own.map(|f| sosreport(f).unwrap_or(f).to_owned()))
}

/// An archive inside an archive stands for the folder it was packed from.
fn bare(name: &str) -> &str {
    const ENDS: [&str; 14] = [
        ".tar", ".tgz", ".tbz", ".tbz2", ".txz", ".tzst", ".tlz4", ".zip", ".gz", ".bz2", ".xz", ".zst", ".lz4",
        ".lzma",
    ];
    let mut name = name;
    while let Some(shorter) = ENDS.iter().find_map(|end| name.strip_suffix(end)).filter(|s| !s.is_empty()) {
        name = shorter;
    }
    name
}

/// `sosreport-HOST[-CASE]-YYYY-MM-DD-abcdefg`, and the older `sosreport-HOST-YYYYMMDDhhmmss`.
fn sosreport(name: &str) -> Option<&str> {
    let rest = bare(name).strip_prefix("sosreport-")?;
    let digits = |part: &str, n: usize| part.len() == n && part.bytes().all(|b| b.is_ascii_digit());
    let mut ends: Vec<usize> = rest.match_indices('-').map(|(at, _)| at).collect();
    ends.push(rest.len());
    // The date is the first part behind the host that looks like one.
    let date = ends.iter().zip(ends.iter().skip(1)).find_map(|(at, end)| {
        let part = rest.get(at + 1..*end)?;
        (digits(part, 4) && part.starts_with("20") || digits(part, 14) || digits(part, 12)).then_some(*at)
    })?;
    let host = rest.get(..date)?;
    // A number of a support case stands behind the host.
    let host = host
        .rsplit_once('-')
        .filter(|(h, n)| !h.is_empty() && n.len() > 4 && digits(n, n.len()))
        .map_or(host, |(h, _)| h);
    (!host.is_empty()).then_some(host)
}

/// Folders that every system has.
fn is_common(folder: &str) -> bool {
    const COMMON: [&str; 33] = [
        "var",
        "log",
        "logs",
        "etc",
        "opt",
        "usr",
        "run",
        "tmp",
        "home",
        "root",
        "proc",
        "sys",
        "srv",
        "mnt",
        "data",
        "journal",
        "audit",
        "host_service_logs",
        "namespaces",
        "cluster-scoped-resources",
        "pods",
        "containers",
        "sos_commands",
        "sos_logs",
        "sos_reports",
        "sos_strings",
        "output",
        "archive",
        "old",
        "backup",
        "lib",
        "dev",
        "boot",
    ];
    COMMON.contains(&folder)
}

/// How many folders all members share at their begin.
pub(super) fn shared<'a>(members: impl Iterator<Item = &'a [String]>) -> usize {
    let mut common: Option<&[String]> = None;
    for folders in members {
        let n = common.map_or(folders.len(), |c| c.iter().zip(folders).take_while(|(a, b)| a == b).count());
        common = folders.get(..n);
    }
    common.map_or(0, <[String]>::len)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(name: &str) -> (Vec<String>, bool) {
        clean(name.as_bytes(), true)
    }

    #[test]
    fn no_name_leads_out_of_the_archive() {
        let owned = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        assert_eq!(parts("./a//b.log"), (owned(&["a", "b.log"]), false));
        assert_eq!(parts("../../etc/passwd"), (owned(&["etc", "passwd"]), true));
        assert_eq!(parts("/var/log/x"), (owned(&["var", "log", "x"]), true));
        assert_eq!(parts("C:\\logs\\..\\x.log"), (owned(&["logs", "x.log"]), true));
        assert_eq!(parts("a\0/b\nc"), (owned(&["a_", "b_c"]), true));
        assert_eq!(parts("../.."), (vec![], true));
    }

    #[test]
    fn hosts_come_from_folders_that_name_one() {
        let folders = |path: &str| path.split('/').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(host(&folders("crm-report/node1"), 1).as_deref(), Some("node1"));
        assert_eq!(host(&folders("crm-report"), 1), None);
        assert_eq!(host(&folders("bundle/var/log"), 1), None);
        let sos = "sosreport-web1-2020-05-03-abcdefg";
        assert_eq!(host(&folders(&format!("{sos}/var/log")), 1).as_deref(), Some("web1"));
        assert_eq!(host(&folders(&format!("{sos}.tar.xz/{sos}/var/log")), 0).as_deref(), Some("web1"));
        assert_eq!(host(&folders("sosreport-my-db-01234567-2023-01-31-x/var"), 0).as_deref(), Some("my-db"));
        assert_eq!(host(&folders("db2.tar.gz/var/log"), 0).as_deref(), Some("db2"));
        let all = [folders("top/a/x"), folders("top/a"), folders("top/b")];
        assert_eq!(shared(all.iter().map(Vec::as_slice)), 1);
    }
}
