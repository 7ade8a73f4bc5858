//! Memory maps that survive the truncation of their file.
//!
//! This is the only module with `unsafe` code. Two things make mapping a log unsafe in general:
//!
//! - *The bytes may change under us.* A log is appended to and, at worst, overwritten or cut. Our
//!   parsers take any bytes for any text: they hold no invariant over what they read twice.
//! - *The file may be cut under us* (`copytruncate` does it), and then touching a page behind its new
//!   end raises SIGBUS, which ends the program. On Unix a handler puts an empty page in the place
//!   of the lost one, so the text reads as NUL bytes; any other SIGBUS goes the way it went before.
//!   Windows refuses to cut a mapped file. Where the handler cannot be installed, or its table is
//!   full, [`Map::open`] fails and the caller reads the file instead.
#![expect(unsafe_code, reason = "mapping a file and guarding the map are system calls; see the module's doc")]

use std::fs::File;
use std::io;
use std::path::Path;

/// A file mapped for reading.
#[derive(Debug)]
pub struct Map {
    // The guard is dropped first: a range must not be guarded any more once it is unmapped.
    _guard: guard::Guard,
    map: memmap2::Mmap,
}

impl Map {
    /// Maps the whole file.
    ///
    /// # Errors
    /// When the file cannot be opened or mapped, or the map cannot be guarded against truncation.
    pub fn open(path: &Path) -> io::Result<Map> {
        let file = File::open(path)?;
        // SAFETY: see the module's doc; the map is read only and guarded before it is handed out.
        let map = unsafe { memmap2::Mmap::map(&file)? };
        let _guard = guard::Guard::new(map.as_ptr() as usize, map.len())?;
        Ok(Map { _guard, map })
    }

    /// The file's bytes; NUL where the file was cut after it was mapped.
    pub fn bytes(&self) -> &[u8] {
        &self.map
    }
}

#[cfg(unix)]
mod guard {
    use std::io;
    use std::sync::Once;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    /// More files than this are read, not mapped.
    const SLOTS: usize = 4096;
    static START: [AtomicUsize; SLOTS] = [const { AtomicUsize::new(0) }; SLOTS];
    static END: [AtomicUsize; SLOTS] = [const { AtomicUsize::new(0) }; SLOTS];
    static INSTALL: Once = Once::new();
    static INSTALLED: AtomicBool = AtomicBool::new(false);

    /// Holds a range of addresses in the handler's table while it lives.
    #[derive(Debug)]
    pub(super) struct Guard(usize);

    impl Guard {
        pub(super) fn new(start: usize, len: usize) -> io::Result<Guard> {
            INSTALL.call_once(|| INSTALLED.store(install(), Ordering::Release));
            if !INSTALLED.load(Ordering::Acquire) {
                return Err(io::Error::other("no guard against truncation"));
            }
            for (slot, (s, e)) in START.iter().zip(&END).enumerate() {
                if s.compare_exchange(0, 1, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
                    e.store(start + len, Ordering::Release);
                    s.store(start, Ordering::Release);
                    return Ok(Guard(slot));
                }
            }
            Err(io::Error::other("too many maps"))
        }
    }

    impl Drop for Guard {
        fn drop(&mut self) {
            if let (Some(s), Some(e)) = (START.get(self.0), END.get(self.0)) {
                e.store(0, Ordering::Release);
                s.store(0, Ordering::Release);
            }
        }
    }

    fn install() -> bool {
        // SAFETY: `sigaction` is given a zeroed structure with a handler of the right type.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            let handler: extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void) = on_bus_error;
            action.sa_sigaction = handler as usize;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_NODEFER;
            libc::sigaction(libc::SIGBUS, &action, std::ptr::null_mut()) == 0
        }
    }

    /// Runs in the thread that touched the lost page: only loads of atomics and system calls.
    extern "C" fn on_bus_error(signal: libc::c_int, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
        // SAFETY: the kernel hands over a valid `siginfo`; the page replaced lies in a map of ours.
        unsafe {
            let at = (*info).si_addr() as usize;
            let ours = START.iter().zip(&END).any(|(s, e)| {
                let start = s.load(Ordering::Acquire);
                start > 1 && start <= at && at < e.load(Ordering::Acquire)
            });
            let page = usize::try_from(libc::sysconf(libc::_SC_PAGESIZE)).unwrap_or(4096).max(4096);
            let place = (at - at % page) as *mut libc::c_void;
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED;
            if ours && libc::mmap(place, page, libc::PROT_READ, flags, -1, 0) != libc::MAP_FAILED {
                return;
            }
            // Not ours: the next touch ends the program as it would have without us.
            libc::signal(signal, libc::SIG_DFL);
        }
    }
}

#[cfg(not(unix))]
mod guard {
    use std::io;

    #[derive(Debug)]
    pub(super) struct Guard;

    impl Guard {
        pub(super) fn new(_: usize, _: usize) -> io::Result<Guard> {
            if cfg!(windows) { Ok(Guard) } else { Err(io::Error::other("no guard against truncation")) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_cut_under_the_map_reads_as_nul_bytes() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("cut.log");
        std::fs::write(&path, vec![b'x'; 1 << 20]).unwrap();
        let map = Map::open(&path).unwrap();
        assert_eq!(map.bytes()[1 << 19], b'x');
        File::options().write(true).open(&path).unwrap().set_len(10).unwrap();
        assert_eq!(map.bytes().len(), 1 << 20);
        assert_eq!(map.bytes()[(1 << 20) - 1], 0);
        assert_eq!(map.bytes()[0], b'x');
    }
}
