//! The sample incidents that come with the program, for somebody who has no logs at hand yet.

use std::path::{Path, PathBuf};

/// A sample incident.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Its folder below `sample-logs`.
    pub folder: &'static str,
    /// Its name.
    pub title: &'static str,
    /// What happened, in a sentence that does not give the cause away.
    pub about: &'static str,
}

/// All of them, the one to begin with first.
pub const SAMPLES: [Sample; 5] = [
    Sample {
        folder: "failover-that-never-promoted",
        title: "The failover that never promoted",
        about: "A database cluster loses its primary and elects nobody.",
    },
    Sample {
        folder: "accounts-that-vanished",
        title: "The accounts that vanished",
        about: "Four accounts are merged into others they have nothing to do with.",
    },
    Sample {
        folder: "ids-handed-out-twice",
        title: "The ids that were handed out twice",
        about: "After a routine swap of databases, new comments take the ids of old ones.",
    },
    Sample {
        folder: "two-servers-one-directory",
        title: "Two servers on one data directory",
        about: "On New Year's Eve orders get numbers that others have, and the backup is empty.",
    },
    Sample {
        folder: "backups-that-never-finished",
        title: "The backups that never finished",
        about: "For two months every night's backup starts, and nothing fails.",
    },
];

/// The folder of the samples: below the working directory, the program's folder or a folder above it.
pub fn find() -> Option<PathBuf> {
    let mut places: Vec<PathBuf> = std::env::current_dir().into_iter().collect();
    if let Ok(program) = std::env::current_exe() {
        places.extend(program.ancestors().skip(1).take(4).map(Path::to_owned));
    }
    let has_all = |p: &PathBuf| SAMPLES.iter().all(|s| p.join(s.folder).is_dir());
    places.into_iter().map(|p| p.join("sample-logs")).find(has_all)
}
